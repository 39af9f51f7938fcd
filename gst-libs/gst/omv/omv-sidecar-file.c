/* omv-sidecar-file.c: the FILE.idx beside a recording
 *
 * Where the bytes of omv-sidecar.c lie, and how they get there. Old ones are
 * replaced in one go; new ones that are not all there yet, or never will be, are
 * given away by their checksum.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-sidecar-file.h"

#define SUFFIX ".idx"

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
  g_autoptr (GFile) folder = g_file_get_parent (recording);
  g_autofree gchar *name = g_file_get_basename (recording);
  g_autofree gchar *sidecar_name = NULL;

  if (folder == NULL || name == NULL)
    return NULL;

  sidecar_name = g_strconcat (name, SUFFIX, NULL);
  return g_file_get_child (folder, sidecar_name);
}

static GFile *
get_file (GFile * recording, GError ** error)
{
  GFile *file = gst_omv_sidecar_get_file (recording);

  if (file == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
        "There is no place for a sidecar");
  return file;
}

/* How much to read. A pipe would let us wait, a device might never end. */
static gboolean
get_size (GFile * file, gsize * ret_size, GError ** error)
{
  g_autoptr (GFileInfo) info = g_file_query_info (file,
      G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
      G_FILE_QUERY_INFO_NONE, NULL, error);
  goffset size;

  if (info == NULL)
    return FALSE;

  size = g_file_info_get_size (info);
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR
      || size < 0 || size > GST_OMV_SIDECAR_SIZE_MAX) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        "The sidecar is no regular file, or too large");
    return FALSE;
  }

  *ret_size = (gsize) size;
  return TRUE;
}

/**
 * gst_omv_sidecar_load: (skip)
 * @recording: a recording
 * @error: return location
 *
 * Reads the bytes beside @recording, for gst_omv_sidecar_read(). They are not
 * looked at here. The @error is for a log, not for a user.
 *
 * Returns: (transfer full): at most %GST_OMV_SIDECAR_SIZE_MAX bytes, or %NULL
 *   if there is no sidecar or it cannot be read
 *
 * Since: 0.1
 */
GBytes *
gst_omv_sidecar_load (GFile * recording, GError ** error)
{
  g_autoptr (GFile) file = get_file (recording, error);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autofree guint8 *data = NULL;
  gsize size;

  if (file == NULL || !get_size (file, &size, error))
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
  g_autoptr (GFile) file = get_file (recording, error);
  gsize size;
  const gchar *data = g_bytes_get_data (sidecar, &size);

  return file != NULL && g_file_replace_contents (file, data, size, NULL,
      FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL, NULL, error);
}
