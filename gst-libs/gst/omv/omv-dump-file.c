/* omv-dump-file.c: a recording that gets its name when it is whole
 *
 * Until then it is NAME.part, so that nobody takes a piece for the whole, and
 * whatever happens no file that was there before is lost: where NAME is taken,
 * NAME-1 is tried, and so on. With `sync` the name is not given before the frames
 * have reached the disk, and the name has reached it before that is announced, with
 * all that was noted beside it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-dump-file.h"

#include <string.h>

#include "gstomvwriter.h"
#include "omv-disk.h"
#include "omv-metadata-private.h"

/* After how many names that are taken to give up. */
#define COUNTER_MAX 100000

struct _GstOmvDumpFile
{
  GstOmvWriter *writer;
  gchar *wanted;                /* the final name, if it is free */
  gchar *part;
  gchar *path;                  /* what the file is called now */
};

/* run.bin and 2 are run-2.bin; 0 changes nothing. */
static gchar *
number_path (const gchar * path, guint counter)
{
  g_autofree gchar *name = g_path_get_basename (path);
  const gchar *dot = strrchr (name, '.');
  gsize suffix = dot != NULL && dot != name ? strlen (dot) : 0;

  if (counter == 0)
    return g_strdup (path);
  return g_strdup_printf ("%.*s-%u%s", (int) (strlen (path) - suffix), path,
      counter, path + strlen (path) - suffix);
}

/* Creates the file under the first name for the meantime that is free. */
static gboolean
open_part (GstOmvDumpFile * self, GError ** error)
{
  g_autoptr (GError) failure = NULL;

  for (guint i = 0; i <= COUNTER_MAX; i++) {
    g_autofree gchar *numbered = number_path (self->wanted, i);

    g_clear_error (&failure);
    g_free (self->part);
    self->part = g_strconcat (numbered, GST_OMV_DUMP_FILE_SUFFIX, NULL);
    if (gst_omv_writer_open_path (self->writer, self->part,
            GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0, &failure)) {
      self->path = g_strdup (self->part);
      return TRUE;
    }
    if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_EXISTS))
      break;
  }

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/*
 * gst_omv_dump_file_new:
 * @path: the name that is wanted
 * @exact_time: whether times are stored in ns, too
 *
 * Creates the file under its name for the meantime.
 *
 * Errors: %G_IO_ERROR, as the system says.
 */
GstOmvDumpFile *
gst_omv_dump_file_new (const gchar * path, gboolean exact_time, GError ** error)
{
  GstOmvDumpFile *self = g_new0 (GstOmvDumpFile, 1);

  self->writer = gst_omv_writer_new ();
  self->wanted = g_strdup (path);
  gst_omv_writer_set_exact_time (self->writer, exact_time);
  if (!open_part (self, error))
    g_clear_pointer (&self, gst_omv_dump_file_free);

  return self;
}

/* A file that was not finished stays, under its name for the meantime. */
void
gst_omv_dump_file_free (GstOmvDumpFile * self)
{
  g_clear_object (&self->writer);
  g_free (self->wanted);
  g_free (self->part);
  g_free (self->path);
  g_free (self);
}

/*
 * gst_omv_dump_file_append:
 *
 * As gst_omv_writer_append(), with as many bytes of @payload as @header says.
 */
gboolean
gst_omv_dump_file_append (GstOmvDumpFile * self,
    const GstOmvFrameHeader * header, guint64 time, const guint8 * payload,
    GError ** error)
{
  return gst_omv_writer_append (self->writer, header, time, payload,
      header->payload_size, error);
}

static gboolean
give_name (GstOmvDumpFile * self, GError ** error)
{
  g_autoptr (GError) failure = NULL;

  for (guint i = 0; i <= COUNTER_MAX; i++) {
    g_autofree gchar *numbered = number_path (self->wanted, i);

    g_clear_error (&failure);
    if (omv_disk_rename (self->part, numbered, &failure)) {
      g_free (self->path);
      self->path = g_steal_pointer (&numbered);
      return TRUE;
    }
    if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_EXISTS))
      break;
  }

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
store_metadata (GstOmvDumpFile * self, GstOmvMetadata * metadata,
    gboolean sync, GError ** error)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->path);

  return omv_metadata_store (metadata, file, sync, error);
}

/*
 * gst_omv_dump_file_finish:
 * @metadata: of the recording
 * @sync: whether to wait for the disk
 *
 * Closes the file, gives it its name and puts @metadata beside it. Unless it could
 * be given that, it keeps the one for the meantime, with all frames that could be
 * written.
 *
 * Errors: %G_IO_ERROR, as the system says.
 */
gboolean
gst_omv_dump_file_finish (GstOmvDumpFile * self, GstOmvMetadata * metadata,
    gboolean sync, GError ** error)
{
  gboolean stored;

  if ((sync && !gst_omv_writer_sync (self->writer, error))
      || !gst_omv_writer_close (self->writer, error)
      || !give_name (self, error))
    return FALSE;

  /* the name counts without them, too */
  stored = store_metadata (self, metadata, sync, error);
  return (!sync || omv_disk_sync_folder (self->path, stored ? error : NULL))
      && stored;
}

/* What the file is called now. */
const gchar *
gst_omv_dump_file_get_path (GstOmvDumpFile * self)
{
  return self->path;
}

/* Bytes of the recording so far. */
guint64
gst_omv_dump_file_get_size (GstOmvDumpFile * self)
{
  return gst_omv_writer_get_size (self->writer);
}
