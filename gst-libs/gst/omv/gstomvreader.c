/* gstomvreader.c: a recording to read
 *
 * The objects room's way to the frames of a recording: by number, by time or one
 * after the other, with what is wrong with the file. It is a thin layer over
 * omv-recording, with types that any language can hold.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:gstomvreader
 * @title: GstOmvReader
 * @short_description: a recording to read
 *
 * Reads a recording from a file or from memory, without a pipeline.
 *
 * |[<!-- language="C" -->
 * g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
 * g_autoptr (GError) error = NULL;
 * GstOmvFrame *frame;
 *
 * if (!gst_omv_reader_open_path (reader, "run.bin", &error))
 *   return FALSE;
 * while ((frame = gst_omv_reader_read_next (reader, &error)) != NULL) {
 *   g_print ("%" G_GUINT64_FORMAT " ns\n", frame->time);
 *   gst_omv_frame_unref (frame);
 * }
 * ]|
 *
 * To find a frame, only headers are read, and memory does not grow with the
 * recording. Where #GstOmvReader:use-index allows it, an index that lies beside
 * the file as `FILE.idx` saves most of that; one that does not fit the file is
 * ignored.
 *
 * A folder opens as one recording of all files in it whose names end in `.bin`,
 * in the order of their names, in which numbers count as numbers; so does a name
 * with `*` or `?` in its last part. That is how the parts of splitmuxsink or the
 * clips of a ring are read. Frames are numbered through all files. Where
 * exact times, or metadata beside the files, tell how much time passed between
 * two of them, frames are at these times, and gst_omv_reader_list_parts() tells
 * the gaps; else a file starts where the one before it ends. Time never goes
 * back. Files are looked at when they are needed; those that are no recordings
 * are left out, and a torn last frame costs only itself.
 *
 * The file may be written to meanwhile. Each call sees what is there then. Of
 * many files that is true of the last one, if it had a frame when it was first
 * looked at; new files are not seen.
 *
 * Frames are as they are stored. gst_omv_decode() makes pixels of them.
 *
 * A reader may be handed from one thread to another, but only one may use it at
 * a time. What it returns may be used by any thread.
 *
 * Since: 0.1
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvreader.h"

#include "gstomvreader-private.h"
#include "omv-files.h"
#include "omv-i18n.h"

#define DEFAULT_RESYNC FALSE
#define DEFAULT_MAX_FRAME_SIZE GST_OMV_FRAME_SIZE_MAX_DEFAULT
#define DEFAULT_USE_INDEX TRUE

enum
{
  PROP_RESYNC = 1,
  PROP_MAX_FRAME_SIZE,
  PROP_USE_INDEX
};

G_DEFINE_TYPE (GstOmvReader, gst_omv_reader, G_TYPE_OBJECT);

static void
gst_omv_reader_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  GstOmvReader *self = GST_OMV_READER (object);

  switch (id) {
    case PROP_RESYNC:
      self->resync = g_value_get_boolean (value);
      break;
    case PROP_MAX_FRAME_SIZE:
      self->max_frame_size = g_value_get_uint (value);
      break;
    case PROP_USE_INDEX:
      self->use_index = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_omv_reader_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  GstOmvReader *self = GST_OMV_READER (object);

  switch (id) {
    case PROP_RESYNC:
      g_value_set_boolean (value, self->resync);
      break;
    case PROP_MAX_FRAME_SIZE:
      g_value_set_uint (value, self->max_frame_size);
      break;
    case PROP_USE_INDEX:
      g_value_set_boolean (value, self->use_index);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_omv_reader_finalize (GObject * object)
{
  gst_omv_reader_close (GST_OMV_READER (object));

  G_OBJECT_CLASS (gst_omv_reader_parent_class)->finalize (object);
}

static void
gst_omv_reader_class_init (GstOmvReaderClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = gst_omv_reader_set_property;
  object_class->get_property = gst_omv_reader_get_property;
  object_class->finalize = gst_omv_reader_finalize;

  /**
   * GstOmvReader:resync:
   *
   * Whether to go on at the next good frame behind damage. Otherwise the
   * recording counts as ending there, and asking for a frame behind it is an
   * error. Counts from the next opening on.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_RESYNC,
      g_param_spec_boolean ("resync", "Resynchronise",
          "Go on at the next good frame behind damage", DEFAULT_RESYNC, flags));

  /**
   * GstOmvReader:max-frame-size:
   *
   * The largest payload in bytes. A frame that says it is larger is damage.
   * Counts from the next opening on.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_MAX_FRAME_SIZE,
      g_param_spec_uint ("max-frame-size", "Maximum Frame Size",
          "Bytes above which a frame is taken for damage",
          1, G_MAXINT, DEFAULT_MAX_FRAME_SIZE, flags));

  /**
   * GstOmvReader:use-index:
   *
   * Whether to look for an index beside the file, `FILE.idx`. Counts from the
   * next opening on.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_USE_INDEX,
      g_param_spec_boolean ("use-index", "Use Index",
          "Believe an index beside the file that passes its checks",
          DEFAULT_USE_INDEX, flags));
}

static void
gst_omv_reader_init (GstOmvReader * self)
{
  self->resync = DEFAULT_RESYNC;
  self->max_frame_size = DEFAULT_MAX_FRAME_SIZE;
  self->use_index = DEFAULT_USE_INDEX;
}

/**
 * gst_omv_reader_new:
 *
 * Returns: (transfer full): a reader that is closed
 *
 * Since: 0.1
 */
GstOmvReader *
gst_omv_reader_new (void)
{
  return g_object_new (GST_OMV_TYPE_READER, NULL);
}

/* ---- opening and closing ---- */

static void
init_walk (GstOmvReader * self, GstOmvWalk * start)
{
  gst_omv_walk_init (start);
  start->resync = self->resync;
  start->rewind = TRUE;
  start->max_frame_size = self->max_frame_size;
}

/* @source: (transfer full) */
static gboolean
open_source (GstOmvReader * self, OmvSource * source, GFile * file,
    GError ** error)
{
  GstOmvWalk start;

  init_walk (self, &start);
  self->recording = omv_recording_new (source, &start,
      self->use_index ? file : NULL, error);
  if (self->recording == NULL)
    return FALSE;

  g_set_object (&self->file, file);
  return TRUE;
}

/* All the files that @place stands for. */
static gboolean
open_many (GstOmvReader * self, GFile * place, GError ** error)
{
  g_autoptr (GPtrArray) files = gst_omv_files_list (place, error);
  GstOmvJoin *join;
  GstOmvWalk start;

  if (files == NULL)
    return FALSE;

  init_walk (self, &start);
  join = gst_omv_join_new (files, &start, self->use_index, error);
  if (join == NULL
      || !open_source (self, omv_source_new_for_join (join), NULL, error))
    return FALSE;

  self->join = join;
  return TRUE;
}

/**
 * gst_omv_reader_open_path:
 * @self: a reader; what it has open is closed first
 * @path: (type filename): the place of a recording, or of many
 * @error: return location
 *
 * Opens a recording in the local file system, or many as one.
 *
 * Errors: those of gst_omv_reader_open_file().
 *
 * Returns: %FALSE on failure; @self is then closed
 *
 * Since: 0.1
 */
gboolean
gst_omv_reader_open_path (GstOmvReader * self, const gchar * path,
    GError ** error)
{
  g_autoptr (GFile) file = NULL;

  g_return_val_if_fail (path != NULL, FALSE);

  file = g_file_new_for_path (path);
  return gst_omv_reader_open_file (self, file, error);
}

/**
 * gst_omv_reader_open_file:
 * @self: a reader; what it has open is closed first
 * @file: a recording, or a folder or pattern
 * @error: return location
 *
 * Opens a recording. One without any frame is valid. What is a folder, or has
 * `*` or `?` in its name, opens as many recordings in one: see the description
 * of this object.
 *
 * Errors: %GST_OMV_ERROR_WRONG_TYPE, %GST_OMV_ERROR_UNSUPPORTED and
 * %GST_OMV_ERROR_TRUNCATED if the file header is none, of an unknown version
 * or incomplete, of many files if none of them is a recording; %G_IO_ERROR if
 * the file cannot be read from any place, or no file fits the pattern.
 *
 * Returns: %FALSE on failure; @self is then closed
 *
 * Since: 0.1
 */
gboolean
gst_omv_reader_open_file (GstOmvReader * self, GFile * file, GError ** error)
{
  OmvSource *source;

  g_return_val_if_fail (GST_OMV_IS_READER (self), FALSE);
  g_return_val_if_fail (G_IS_FILE (file), FALSE);

  gst_omv_reader_close (self);
  if (gst_omv_files_are_many (file))
    return open_many (self, file, error);

  source = omv_source_new_for_file (file, error);
  return source != NULL && open_source (self, source, file, error);
}

/**
 * gst_omv_reader_open_bytes:
 * @self: a reader; what it has open is closed first
 * @bytes: a whole recording
 * @error: return location
 *
 * Opens a recording in memory. Payloads will be parts of @bytes, not copies.
 *
 * Errors: %GST_OMV_ERROR_WRONG_TYPE, %GST_OMV_ERROR_UNSUPPORTED and
 * %GST_OMV_ERROR_TRUNCATED, as for gst_omv_reader_open_file().
 *
 * Returns: %FALSE on failure; @self is then closed
 *
 * Since: 0.1
 */
gboolean
gst_omv_reader_open_bytes (GstOmvReader * self, GBytes * bytes, GError ** error)
{
  g_return_val_if_fail (GST_OMV_IS_READER (self), FALSE);
  g_return_val_if_fail (bytes != NULL, FALSE);

  gst_omv_reader_close (self);
  return open_source (self, omv_source_new_for_bytes (bytes), NULL, error);
}

/**
 * gst_omv_reader_close:
 * @self: a reader
 *
 * Closes what is open, if anything is. Frames stay valid.
 *
 * Since: 0.1
 */
void
gst_omv_reader_close (GstOmvReader * self)
{
  g_return_if_fail (GST_OMV_IS_READER (self));

  g_clear_pointer (&self->recording, omv_recording_free);
  g_clear_object (&self->file);
  self->join = NULL;
  self->position = 0;
}

/**
 * gst_omv_reader_is_open:
 * @self: a reader
 *
 * Returns: whether a recording is open
 *
 * Since: 0.1
 */
gboolean
gst_omv_reader_is_open (GstOmvReader * self)
{
  g_return_val_if_fail (GST_OMV_IS_READER (self), FALSE);

  return self->recording != NULL;
}

/*
 * gst_omv_reader_check_open:
 *
 * FALSE: nothing is open.
 */
gboolean
gst_omv_reader_check_open (GstOmvReader * self, GError ** error)
{
  g_return_val_if_fail (GST_OMV_IS_READER (self), FALSE);

  if (self->recording != NULL)
    return TRUE;

  g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_CLOSED,
      _("No recording is open."));
  return FALSE;
}

/*
 * gst_omv_reader_forget:
 *
 * Nothing that is known of the recording counts any more: somebody has put other
 * frames into the place of some.
 */
void
gst_omv_reader_forget (GstOmvReader * self)
{
  if (self->recording != NULL)
    omv_recording_start_over (self->recording);
}

/* ---- frames ---- */

/**
 * gst_omv_reader_read_frame:
 * @self: a reader
 * @number: of the frame, from 0
 * @error: return location
 *
 * Reads a frame. This does not change which one gst_omv_reader_read_next() will
 * read.
 *
 * Errors: %GST_OMV_ERROR_CLOSED; %GST_OMV_ERROR_END_OF_STREAM if there is no
 * such frame; %GST_OMV_ERROR_CORRUPT if it lies behind damage and
 * #GstOmvReader:resync is off; %G_IO_ERROR.
 *
 * Returns: (transfer full): the frame, or %NULL on failure
 *
 * Since: 0.1
 */
GstOmvFrame *
gst_omv_reader_read_frame (GstOmvReader * self, guint64 number, GError ** error)
{
  return gst_omv_reader_check_open (self, error)
      ? omv_recording_read_number (self->recording, number, error) : NULL;
}

/**
 * gst_omv_reader_read_frame_at:
 * @self: a reader
 * @time: ns from the recording's start
 * @snap: which frame to read where there is none at @time
 * @error: return location
 *
 * Reads the frame that has exactly @time, the first one if there are several,
 * or else the one that @snap says. Before the first frame that is always the
 * first one, after the last frame the last one. This does not change which one
 * gst_omv_reader_read_next() will read.
 *
 * Errors: %GST_OMV_ERROR_CLOSED; %GST_OMV_ERROR_END_OF_STREAM or
 * %GST_OMV_ERROR_CORRUPT if there is no frame at all; %G_IO_ERROR.
 *
 * Returns: (transfer full): the frame, or %NULL on failure
 *
 * Since: 0.1
 */
GstOmvFrame *
gst_omv_reader_read_frame_at (GstOmvReader * self, guint64 time,
    GstOmvSnap snap, GError ** error)
{
  return gst_omv_reader_check_open (self, error)
      ? omv_recording_read_time (self->recording, time, snap, error)
      : NULL;
}

/**
 * gst_omv_reader_read_next:
 * @self: a reader
 * @error: return location
 *
 * Reads one frame after the other. At the end, %NULL is returned without an
 * error; if the recording grows, a later call goes on.
 *
 * Errors: %GST_OMV_ERROR_CLOSED; %GST_OMV_ERROR_CORRUPT at damage if
 * #GstOmvReader:resync is off; %G_IO_ERROR.
 *
 * Returns: (transfer full) (nullable): the frame, or %NULL at the end and on
 *   failure
 *
 * Since: 0.1
 */
GstOmvFrame *
gst_omv_reader_read_next (GstOmvReader * self, GError ** error)
{
  g_autoptr (GError) own_error = NULL;
  GstOmvFrame *frame =
      gst_omv_reader_read_frame (self, self->position, &own_error);

  if (frame != NULL)
    self->position++;
  else if (!g_error_matches (own_error, GST_OMV_ERROR,
          GST_OMV_ERROR_END_OF_STREAM))
    g_propagate_error (error, g_steal_pointer (&own_error));

  return frame;
}

/**
 * gst_omv_reader_seek:
 * @self: a reader
 * @number: of a frame, or the number of frames to stand at the end
 * @error: return location
 *
 * Chooses the frame that gst_omv_reader_read_next() will read.
 *
 * Errors: %GST_OMV_ERROR_CLOSED; %GST_OMV_ERROR_END_OF_STREAM and
 * %GST_OMV_ERROR_CORRUPT if there are not so many frames; %G_IO_ERROR.
 *
 * Returns: %FALSE on failure; the position is then as it was
 *
 * Since: 0.1
 */
gboolean
gst_omv_reader_seek (GstOmvReader * self, guint64 number, GError ** error)
{
  if (!gst_omv_reader_check_open (self, error)
      || (number > 0
          && !omv_recording_reach (self->recording, number - 1, error)))
    return FALSE;

  self->position = number;
  return TRUE;
}

/**
 * gst_omv_reader_get_position:
 * @self: a reader
 *
 * Returns: the number of the frame that gst_omv_reader_read_next() will read
 *
 * Since: 0.1
 */
guint64
gst_omv_reader_get_position (GstOmvReader * self)
{
  g_return_val_if_fail (GST_OMV_IS_READER (self), 0);

  return self->position;
}

/* ---- the index beside the file ---- */

/* Beside one of many files. */
static gboolean
write_part_index (GstOmvReader * self, GFile * file, GError ** error)
{
  OmvSource *source = omv_source_new_for_file (file, error);
  g_autoptr (OmvRecording) recording = NULL;
  GstOmvWalk start;

  if (source == NULL)
    return FALSE;

  init_walk (self, &start);
  recording = omv_recording_new (source, &start, NULL, error);
  return recording != NULL
      && omv_recording_write_sidecar (recording, file, error);
}

static gboolean
write_part_indexes (GstOmvReader * self, GError ** error)
{
  if (!gst_omv_join_reach (self->join, GST_OMV_OFFSET_NONE, error))
    return FALSE;

  for (guint i = 0; i < gst_omv_join_get_n_parts (self->join); i++) {
    GstOmvPart part;

    gst_omv_join_get_part (self->join, i, &part);
    if (!write_part_index (self, part.file, error))
      return FALSE;
  }

  return TRUE;
}

/**
 * gst_omv_reader_write_index:
 * @self: a reader
 * @error: return location
 *
 * Writes an index beside the file, `FILE.idx`, in place of one that is there; of
 * many files, beside each. Whoever opens the recording later finds each frame
 * without having read the headers before it.
 *
 * Errors: %GST_OMV_ERROR_CLOSED; %G_IO_ERROR, of which
 * %G_IO_ERROR_NOT_SUPPORTED for a recording in memory.
 *
 * Returns: %FALSE on failure
 *
 * Since: 0.1
 */
gboolean
gst_omv_reader_write_index (GstOmvReader * self, GError ** error)
{
  if (!gst_omv_reader_check_open (self, error))
    return FALSE;
  if (self->join != NULL)
    return write_part_indexes (self, error);
  if (self->file == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
        _("A recording in memory has no place for an index."));
    return FALSE;
  }

  return omv_recording_write_sidecar (self->recording, self->file, error);
}
