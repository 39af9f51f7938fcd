/* gstomvwriter.c: a recording to write
 *
 * The objects room's way to make a recording, or to make one longer. Here it is
 * opened, cut and closed; gstomvwriter-frame.c adds frames, gstomvwriter-end.c
 * finds the place for them. How bytes reach the file is omv-spool's business.
 *
 * Guarantee, cited by the tests:
 *
 *  O1  Whatever is refused leaves the file as it was, and no file where there was
 *      none.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:gstomvwriter
 * @title: GstOmvWriter
 * @short_description: a recording to write
 *
 * Writes a recording to a file, without a pipeline.
 *
 * |[<!-- language="C" -->
 * g_autoptr (GstOmvWriter) writer = gst_omv_writer_new ();
 * GstOmvFrameHeader header = { 0, };
 *
 * header.width = 320;
 * header.height = 240;
 * header.format = GST_OMV_PIXEL_FORMAT_GRAYSCALE;
 * return gst_omv_writer_open_path (writer, "run.bin",
 *         GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0, error)
 *     && gst_omv_writer_append (writer, &header, 33333333, pixels, 320 * 240,
 *         error)
 *     && gst_omv_writer_close (writer, error);
 * ]|
 *
 * The file holds whole frames at any time: who is killed leaves a recording that
 * ends, at worst, in a torn frame, and so does a power cut where the file system
 * keeps the order of writes. gst_omv_writer_sync() says that all frames so far
 * are safe. Small frames are collected before they are written; after
 * gst_omv_writer_flush() readers find all of them. A frame for which the disk
 * has no room is refused, the file then ends in the frame before it, and the
 * writer can be used on.
 *
 * An index that lies beside the file as `FILE.idx` need not be removed: it is
 * held against the file by whoever reads it.
 *
 * A writer may be handed from one thread to another, but only one may use it at
 * a time, and only one writer may write to a file.
 *
 * Since: 0.1
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvwriter.h"

#include <glib/gstdio.h>
#include <inttypes.h>

#include "gstomvwriter-private.h"
#include "omv-i18n.h"

#define DEFAULT_EXACT_TIME FALSE

enum
{
  PROP_EXACT_TIME = 1
};

G_DEFINE_TYPE (GstOmvWriter, gst_omv_writer, G_TYPE_OBJECT);

static void
gst_omv_writer_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  GstOmvWriter *self = GST_OMV_WRITER (object);

  switch (id) {
    case PROP_EXACT_TIME:
      self->exact_time = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_omv_writer_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstOmvWriter *self = GST_OMV_WRITER (object);

  switch (id) {
    case PROP_EXACT_TIME:
      g_value_set_boolean (value, self->exact_time);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_omv_writer_finalize (GObject * object)
{
  GstOmvWriter *self = GST_OMV_WRITER (object);

  (void) gst_omv_writer_close (self, NULL);
  g_clear_object (&self->file);

  G_OBJECT_CLASS (gst_omv_writer_parent_class)->finalize (object);
}

static void
gst_omv_writer_class_init (GstOmvWriterClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = gst_omv_writer_set_property;
  object_class->get_property = gst_omv_writer_get_property;
  object_class->finalize = gst_omv_writer_finalize;

  /**
   * GstOmvWriter:exact-time:
   *
   * Whether appended frames get their exact times in ns, in bytes of their
   * headers that other programs ignore. Version 1.1 has no place for them;
   * there they are left out. Counts from the next frame on.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_EXACT_TIME,
      g_param_spec_boolean ("exact-time", "Exact Time",
          "Store exact times in spare bytes of frame headers",
          DEFAULT_EXACT_TIME, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
}

static void
gst_omv_writer_init (GstOmvWriter * self)
{
  self->exact_time = DEFAULT_EXACT_TIME;
}

/**
 * gst_omv_writer_new:
 *
 * Returns: (transfer full): a writer that is closed
 *
 * Since: 0.1
 */
GstOmvWriter *
gst_omv_writer_new (void)
{
  return g_object_new (GST_OMV_TYPE_WRITER, NULL);
}

/**
 * gst_omv_writer_set_exact_time:
 * @self: a writer
 * @exact_time: see #GstOmvWriter:exact-time
 *
 * Since: 0.1
 */
void
gst_omv_writer_set_exact_time (GstOmvWriter * self, gboolean exact_time)
{
  g_return_if_fail (GST_OMV_IS_WRITER (self));

  g_object_set (self, "exact-time", exact_time, NULL);
}

/**
 * gst_omv_writer_get_exact_time:
 * @self: a writer
 *
 * Returns: see #GstOmvWriter:exact-time
 *
 * Since: 0.1
 */
gboolean
gst_omv_writer_get_exact_time (GstOmvWriter * self)
{
  g_return_val_if_fail (GST_OMV_IS_WRITER (self), FALSE);

  return self->exact_time;
}

/* ---- opening ---- */

static gboolean
check_version (GstOmvVersion version, GError ** error)
{
  if (version == GST_OMV_VERSION_V1_1 || version == GST_OMV_VERSION_V2_0)
    return TRUE;

  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED,
      _("Recordings of version %d.%d cannot be written, only of 1.1 and 2.0."),
      version / 10, version % 10);
  return FALSE;
}

/* What is written next follows at @end. */
void
gst_omv_writer_go_to_end (GstOmvWriter * self, const OmvWriterEnd * end)
{
  self->end = *end;
  self->due = end->time.time;
  gst_omv_time_writer_init (&self->intervals, end->version);
  gst_omv_time_writer_go_to (&self->intervals, self->due);
}

/* @disk: (transfer full): a file that is given up once the header could be
 * written */
static gboolean
start_recording (GstOmvWriter * self, OmvDisk * disk, GstOmvVersion version,
    GError ** error)
{
  g_autoptr (OmvDisk) own_disk = disk;
  guint8 header[GST_OMV_FILE_HEADER_SIZE];
  const OmvDiskPart part = { header, sizeof header };
  guint64 size, written;
  OmvWriterEnd end;

  if (!omv_disk_get_size (disk, &size, error))
    return FALSE;
  gst_omv_file_header_write (version, header);
  if (!omv_disk_write (disk, 0, &part, 1, &written, error)) {
    (void) omv_disk_truncate (disk, size, NULL);
    return FALSE;
  }
  self->spool = omv_spool_new (g_steal_pointer (&own_disk), sizeof header,
      error);
  if (self->spool == NULL)
    return FALSE;

  omv_writer_end_init (&end, version);
  gst_omv_writer_go_to_end (self, &end);
  return TRUE;
}

/* @disk: (transfer full) */
static gboolean
continue_recording (GstOmvWriter * self, OmvDisk * disk, GFile * file,
    GstOmvVersion version, GError ** error)
{
  g_autoptr (OmvDisk) own_disk = disk;
  g_autoptr (GError) own_error = NULL;
  OmvWriterEnd end;

  if (!omv_writer_end_find_last (&end, file, &own_error)) {
    /* whoever wrote the header was not done when the power went */
    if (g_error_matches (own_error, GST_OMV_ERROR, GST_OMV_ERROR_TRUNCATED))
      return start_recording (self, g_steal_pointer (&own_disk), version,
          error);
    g_propagate_error (error, g_steal_pointer (&own_error));
    return FALSE;
  }
  if (!check_version (end.version, error))
    return FALSE;

  self->spool = omv_spool_new (g_steal_pointer (&own_disk), end.position,
      error);
  if (self->spool == NULL)
    return FALSE;
  gst_omv_writer_go_to_end (self, &end);
  return TRUE;
}

/* NULL: the file cannot be written, or must not be there. */
static OmvDisk *
open_disk (const gchar * path, GstOmvWriterMode mode, gboolean * ret_is_new,
    GError ** error)
{
  g_autoptr (GError) own_error = NULL;
  OmvDisk *disk = omv_disk_open (path, OMV_DISK_NEW, &own_error);

  *ret_is_new = disk != NULL;
  if (disk != NULL)
    return disk;
  if (mode != GST_OMV_WRITER_MODE_CREATE
      && g_error_matches (own_error, G_IO_ERROR, G_IO_ERROR_EXISTS))
    return omv_disk_open (path, OMV_DISK_ANY, error);

  g_propagate_error (error, g_steal_pointer (&own_error));
  return NULL;
}

static gboolean
open_file (GstOmvWriter * self, GFile * file, const gchar * path,
    GstOmvWriterMode mode, GstOmvVersion version, GError ** error)
{
  gboolean is_new, is_open;
  OmvDisk *disk = open_disk (path, mode, &is_new, error);

  if (disk == NULL)
    return FALSE;

  if (is_new || mode == GST_OMV_WRITER_MODE_REPLACE)
    is_open = start_recording (self, disk, version, error);
  else
    is_open = continue_recording (self, disk, file, version, error);
  if (is_new && !is_open)
    (void) g_unlink (path);

  return is_open;
}

/**
 * gst_omv_writer_open_path:
 * @self: a writer; what it has open is closed first
 * @path: (type filename): the place of a file
 * @mode: what becomes of a file that is there
 * @version: of a new recording: %GST_OMV_VERSION_V2_0 or, for old cameras,
 *   %GST_OMV_VERSION_V1_1
 * @error: return location
 *
 * Opens a file to write.
 *
 * Errors: those of gst_omv_writer_open_file().
 *
 * Returns: %FALSE on failure; @self is then closed
 *
 * Since: 0.1
 */
gboolean
gst_omv_writer_open_path (GstOmvWriter * self, const gchar * path,
    GstOmvWriterMode mode, GstOmvVersion version, GError ** error)
{
  g_autoptr (GFile) file = NULL;

  g_return_val_if_fail (path != NULL, FALSE);

  file = g_file_new_for_path (path);
  return gst_omv_writer_open_file (self, file, mode, version, error);
}

/**
 * gst_omv_writer_open_file:
 * @self: a writer; what it has open is closed first
 * @file: a file that has a path
 * @mode: what becomes of a file that is there
 * @version: of a new recording: %GST_OMV_VERSION_V2_0 or, for old cameras,
 *   %GST_OMV_VERSION_V1_1
 * @error: return location
 *
 * Opens a file to write. A new recording is valid at once, without any frame.
 *
 * With %GST_OMV_WRITER_MODE_APPEND a recording that is there keeps its version.
 * A torn last frame is cut off, missing padding is added, and time goes on from
 * the last frame. To find the end takes a walk over all headers, or an index
 * beside the file. Of joined recordings the last one goes on.
 *
 * Errors: %GST_OMV_ERROR_UNSUPPORTED if the version is one that is only read;
 * to append also %GST_OMV_ERROR_WRONG_TYPE if the file is no recording, and
 * %GST_OMV_ERROR_CORRUPT if it is damaged anywhere but in a torn last frame;
 * %G_IO_ERROR, of which %G_IO_ERROR_EXISTS if a file is there and @mode is
 * %GST_OMV_WRITER_MODE_CREATE, %G_IO_ERROR_NOT_SUPPORTED if @file has no path,
 * and %G_IO_ERROR_NOT_REGULAR_FILE. The file is then as it was; only of one that
 * was to be replaced, and that the disk does not let go, the first 16 bytes may
 * be new.
 *
 * Returns: %FALSE on failure; @self is then closed
 *
 * Since: 0.1
 */
gboolean
gst_omv_writer_open_file (GstOmvWriter * self, GFile * file,
    GstOmvWriterMode mode, GstOmvVersion version, GError ** error)
{
  g_autofree gchar *path = NULL;

  g_return_val_if_fail (GST_OMV_IS_WRITER (self), FALSE);
  g_return_val_if_fail (G_IS_FILE (file), FALSE);

  if (!gst_omv_writer_close (self, error) || !check_version (version, error))
    return FALSE;

  path = omv_disk_get_local_path (file, error);
  if (path == NULL || !open_file (self, file, path, mode, version, error))
    return FALSE;

  g_set_object (&self->file, file);
  self->is_named = FALSE;
  return TRUE;
}

/* ---- the end of writing ---- */

/**
 * gst_omv_writer_close:
 * @self: a writer
 * @error: return location
 *
 * Writes what has been collected and closes the file. Closing a writer that is
 * closed does nothing. This does not wait for the disk, see
 * gst_omv_writer_sync().
 *
 * Errors: %G_IO_ERROR. Frames at the end are then missing, the others are whole.
 *
 * Returns: %FALSE on failure; @self is closed all the same
 *
 * Since: 0.1
 */
gboolean
gst_omv_writer_close (GstOmvWriter * self, GError ** error)
{
  g_return_val_if_fail (GST_OMV_IS_WRITER (self), FALSE);

  return self->spool == NULL
      || omv_spool_close (g_steal_pointer (&self->spool), error);
}

/**
 * gst_omv_writer_is_open:
 * @self: a writer
 *
 * Returns: whether a recording is open
 *
 * Since: 0.1
 */
gboolean
gst_omv_writer_is_open (GstOmvWriter * self)
{
  g_return_val_if_fail (GST_OMV_IS_WRITER (self), FALSE);

  return self->spool != NULL;
}

/*
 * gst_omv_writer_check_open:
 *
 * FALSE: nothing is open.
 */
gboolean
gst_omv_writer_check_open (GstOmvWriter * self, GError ** error)
{
  g_return_val_if_fail (GST_OMV_IS_WRITER (self), FALSE);

  if (self->spool != NULL)
    return TRUE;

  g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_CLOSED,
      _("No recording is open."));
  return FALSE;
}

/**
 * gst_omv_writer_flush:
 * @self: a writer
 * @error: return location
 *
 * Writes what has been collected, so that readers of the file find it.
 *
 * Errors: %GST_OMV_ERROR_CLOSED; %G_IO_ERROR. What could not be written is kept
 * for a later call.
 *
 * Returns: %FALSE on failure
 *
 * Since: 0.1
 */
gboolean
gst_omv_writer_flush (GstOmvWriter * self, GError ** error)
{
  return gst_omv_writer_check_open (self, error)
      && omv_spool_flush (self->spool, error);
}

/**
 * gst_omv_writer_sync:
 * @self: a writer
 * @error: return location
 *
 * Writes what has been collected and waits until the file, and the first time
 * its name too, is on the disk: a power cut then costs none of these frames.
 *
 * Errors: %GST_OMV_ERROR_CLOSED; %G_IO_ERROR.
 *
 * Returns: %FALSE on failure
 *
 * Since: 0.1
 */
gboolean
gst_omv_writer_sync (GstOmvWriter * self, GError ** error)
{
  if (!gst_omv_writer_check_open (self, error)
      || !omv_spool_sync (self->spool, error))
    return FALSE;

  if (!self->is_named) {
    g_autofree gchar *path = g_file_get_path (self->file);

    self->is_named = omv_disk_sync_folder (path, error);
  }
  return self->is_named;
}

/*
 * gst_omv_writer_find_cut:
 *
 * Where the recording would end if it were cut off behind its first @n_frames
 * frames. FALSE: it cannot be.
 */
gboolean
gst_omv_writer_find_cut (GstOmvWriter * self, guint64 n_frames,
    OmvWriterEnd * ret_end, GError ** error)
{
  if (!gst_omv_writer_flush (self, error))
    return FALSE;
  if (n_frames == self->end.n_frames) {
    *ret_end = self->end;
    return TRUE;
  }
  if (n_frames > self->end.n_frames) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_END_OF_STREAM,
        _("The recording has %" PRIu64 " frames and cannot be cut behind %"
            PRIu64 "."), self->end.n_frames, n_frames);
    return FALSE;
  }

  return omv_writer_end_find (ret_end, self->file, n_frames, error)
      && check_version (ret_end->version, error);
}

/**
 * gst_omv_writer_truncate:
 * @self: a writer
 * @n_frames: frames to keep
 * @error: return location
 *
 * Cuts the recording off behind its first @n_frames frames. What is written next
 * follows there.
 *
 * Errors: %GST_OMV_ERROR_CLOSED; %GST_OMV_ERROR_END_OF_STREAM if there are not so
 * many; %GST_OMV_ERROR_UNSUPPORTED if what is left of joined recordings is of a
 * version that is only read; %G_IO_ERROR.
 *
 * Returns: %FALSE on failure; the recording is then as it was
 *
 * Since: 0.1
 */
gboolean
gst_omv_writer_truncate (GstOmvWriter * self, guint64 n_frames, GError ** error)
{
  OmvWriterEnd end;

  if (!gst_omv_writer_find_cut (self, n_frames, &end, error))
    return FALSE;
  if (n_frames == self->end.n_frames)
    return TRUE;

  if (!omv_spool_cut (self->spool, end.position, error))
    return FALSE;
  gst_omv_writer_go_to_end (self, &end);
  return TRUE;
}
