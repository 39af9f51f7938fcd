/* omv-sidecar-file.c: files beside a recording, the FILE.idx above all
 *
 * Where what belongs to a recording lies, and how it gets there: it is written
 * as NAME.part, which takes the place of an old file in one go. So whatever fails
 * leaves the old file, or none; who is killed leaves the NAME.part as well.
 *
 * GIO would put the half of a file that the disk still took in the old one's
 * place. It is good enough where there are only URIs.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-sidecar-file.h"

#include <glib/gstdio.h>

#include "omv-disk.h"
#include "omv-i18n.h"
#include "omv-sidecar-file-private.h"

#define SUFFIX ".idx"

/* After how many names for the meantime that are taken to give up. */
#define N_PARTS_MAX 100

/* ---- any kind ---- */

/* NULL: @recording is a root. */
static GFile *
get_file (GFile * recording, const gchar * suffix)
{
  g_autoptr (GFile) folder = g_file_get_parent (recording);
  g_autofree gchar *name = g_file_get_basename (recording);
  g_autofree gchar *sidecar_name = NULL;

  if (folder == NULL || name == NULL)
    return NULL;

  sidecar_name = g_strconcat (name, suffix, NULL);
  return g_file_get_child (folder, sidecar_name);
}

/*
 * omv_sidecar_file_get:
 *
 * Returns: (transfer full): the place beside @recording
 */
GFile *
omv_sidecar_file_get (GFile * recording, const gchar * suffix, GError ** error)
{
  GFile *file = get_file (recording, suffix);

  if (file == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
        _("There is no place beside the recording."));
  return file;
}

/* How much to read. A pipe would let us wait, a device might never end. */
static gboolean
get_size (GFile * file, gsize size_max, gsize * ret_size, GError ** error)
{
  g_autoptr (GFileInfo) info = g_file_query_info (file,
      G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
      G_FILE_QUERY_INFO_NONE, NULL, error);
  goffset size;

  if (info == NULL)
    return FALSE;

  size = g_file_info_get_size (info);
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR
      || size < 0 || (guint64) size > size_max) {
    g_autofree gchar *name = g_file_get_parse_name (file);

    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        _("\"%s\" is not a regular file, or too large."), name);
    return FALSE;
  }

  *ret_size = (gsize) size;
  return TRUE;
}

/*
 * omv_file_load:
 *
 * Returns: (transfer full): at most @size_max bytes, or NULL if there is no such
 *   file or it cannot be read
 */
GBytes *
omv_file_load (GFile * file, gsize size_max, GError ** error)
{
  g_autoptr (GFileInputStream) stream = NULL;
  g_autofree guint8 *data = NULL;
  gsize size;

  if (!get_size (file, size_max, &size, error))
    return NULL;
  stream = g_file_read (file, NULL, error);
  if (stream == NULL)
    return NULL;

  data = g_malloc (MAX (size, 1));
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), data, size, &size,
          NULL, error))
    return NULL;

  return g_bytes_new_take (g_steal_pointer (&data), size);
}

/*
 * omv_sidecar_file_load:
 *
 * As omv_file_load() of what lies beside @recording.
 */
GBytes *
omv_sidecar_file_load (GFile * recording, const gchar * suffix, gsize size_max,
    GError ** error)
{
  g_autoptr (GFile) file = omv_sidecar_file_get (recording, suffix, error);

  return file != NULL ? omv_file_load (file, size_max, error) : NULL;
}

/* A file under the first name for the meantime that is free: another one may be
 * what somebody else writes just now. */
static OmvDisk *
open_part (const gchar * path, gchar ** ret_part, GError ** error)
{
  g_autoptr (GError) failure = NULL;

  for (guint i = 1; i <= N_PARTS_MAX; i++) {
    g_autofree gchar *part = i == 1 ? g_strconcat (path, ".part", NULL)
        : g_strdup_printf ("%s.%u.part", path, i);
    OmvDisk *disk;

    g_clear_error (&failure);
    disk = omv_disk_open (part, OMV_DISK_NEW, &failure);
    if (disk != NULL) {
      *ret_part = g_steal_pointer (&part);
      return disk;
    }
    if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_EXISTS))
      break;
  }

  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/* An old file is given up only for one that is on the disk. */
static gboolean
store (const gchar * path, const gchar * data, gsize size, gboolean sync,
    GError ** error)
{
  const OmvDiskPart all = { data, size };
  const gboolean waits = sync || g_file_test (path, G_FILE_TEST_EXISTS);
  g_autofree gchar *part = NULL;
  OmvDisk *disk = open_part (path, &part, error);
  guint64 written;
  gboolean stored;

  if (disk == NULL)
    return FALSE;

  stored = omv_disk_write (disk, 0, &all, 1, &written, error)
      && (!waits || omv_disk_sync (disk, error));
  stored = omv_disk_close (disk, stored ? error : NULL) && stored;
  if (stored && omv_disk_replace (part, path, error))
    return TRUE;

  (void) g_unlink (part);
  return FALSE;
}

/*
 * omv_sidecar_file_store:
 * @sync: whether to wait for the disk, if it is a file of the local file system;
 *   its name is there after omv_disk_sync_folder()
 *
 * Puts @data beside @recording, in place of what was there.
 */
gboolean
omv_sidecar_file_store (GFile * recording, const gchar * suffix,
    const gchar * data, gsize size, gboolean sync, GError ** error)
{
  g_autoptr (GFile) file = omv_sidecar_file_get (recording, suffix, error);
  g_autofree gchar *path = file != NULL ? g_file_get_path (file) : NULL;

  if (file == NULL)
    return FALSE;
  if (path != NULL)
    return store (path, data, size, sync, error);

  return g_file_replace_contents (file, data, size, NULL, FALSE,
      G_FILE_CREATE_REPLACE_DESTINATION, NULL, NULL, error);
}

/* ---- the index ---- */

/**
 * gst_omv_sidecar_get_file: (skip)
 * @recording: a recording
 *
 * Returns: (transfer full) (nullable): the place of its sidecar index, or %NULL
 *   if @recording is a root
 *
 * Since: 0.1
 */
GFile *
gst_omv_sidecar_get_file (GFile * recording)
{
  return get_file (recording, SUFFIX);
}

/**
 * gst_omv_sidecar_load: (skip)
 * @recording: a recording
 * @error: return location
 *
 * Reads the bytes beside @recording, for gst_omv_sidecar_read(). They are not
 * looked at here.
 *
 * Returns: (transfer full): at most %GST_OMV_SIDECAR_SIZE_MAX bytes, or %NULL
 *   if there is no sidecar or it cannot be read
 *
 * Since: 0.1
 */
GBytes *
gst_omv_sidecar_load (GFile * recording, GError ** error)
{
  return omv_sidecar_file_load (recording, SUFFIX, GST_OMV_SIDECAR_SIZE_MAX,
      error);
}

/**
 * gst_omv_sidecar_store: (skip)
 * @recording: a recording
 * @sidecar: what gst_omv_sidecar_write() returned
 * @error: return location
 *
 * Puts @sidecar beside @recording, in place of what was there.
 *
 * Returns: %FALSE on failure
 *
 * Since: 0.1
 */
gboolean
gst_omv_sidecar_store (GFile * recording, GBytes * sidecar, GError ** error)
{
  gsize size;
  const gchar *data = g_bytes_get_data (sidecar, &size);

  return omv_sidecar_file_store (recording, SUFFIX, data, size, FALSE, error);
}
