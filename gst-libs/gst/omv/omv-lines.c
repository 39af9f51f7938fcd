/* omv-lines.c: what a recording cannot say of its frames: FILE.jsonl
 *
 * A line is a JSON object, for a frame or for whatever came at that moment; what
 * stands in it is its writer's business. Lines are written while a camera runs,
 * so each call opens the file, writes a line and its end in one go, and closes
 * it: nothing waits in memory. Guarantees, cited by the tests:
 *
 *  L1  Whoever is killed in a call tears one line. It has no end, is not read,
 *      and is gone with the next line.
 *  L2  What is read are JSON objects, or there is an error.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-lines.h"

#include <string.h>

#include "omv-disk.h"
#include "omv-format.h"
#include "omv-i18n.h"
#include "omv-json.h"
#include "omv-sidecar-file-private.h"

#define SUFFIX ".jsonl"
#define LINES_SIZE_MAX 268435456

/* Bytes to look through for the end of a line. */
#define LOOK_SIZE 4096

/* ---- writing ---- */

/* The end of the last whole line in the first @size bytes. */
static gboolean
find_last_line (GFile * file, guint64 size, guint64 * ret_end, GError ** error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  gchar bytes[LOOK_SIZE];

  if (stream == NULL)
    return FALSE;

  while (size > 0) {
    gsize look = (gsize) MIN (size, LOOK_SIZE), got;

    if (!g_seekable_seek (G_SEEKABLE (stream), (goffset) (size - look),
            G_SEEK_SET, NULL, error)
        || !g_input_stream_read_all (G_INPUT_STREAM (stream), bytes, look,
            &got, NULL, error))
      return FALSE;
    while (got > 0 && bytes[got - 1] != '\n')
      got--;
    if (got > 0) {
      *ret_end = size - look + got;
      return TRUE;
    }
    size -= look;
  }

  *ret_end = 0;
  return TRUE;
}

/* L1 */
static gboolean
write_line (OmvDisk * disk, GFile * file, const gchar * line, GError ** error)
{
  const OmvDiskPart part = { line, strlen (line) };
  guint64 size, end, written;

  if (!omv_disk_get_size (disk, &size, error)
      || !find_last_line (file, size, &end, error)
      || (end < size && !omv_disk_truncate (disk, end, error)))
    return FALSE;
  if (omv_disk_write (disk, end, &part, 1, &written, error))
    return TRUE;

  (void) omv_disk_truncate (disk, end, NULL);
  return FALSE;
}

/**
 * gst_omv_lines_append:
 * @recording: a recording, in the local file system
 * @object: a JSON object
 * @error: return location
 *
 * Adds a line to the file beside @recording, `FILE.jsonl`. It is in the file when
 * this returns. Only one may write at a time.
 *
 * Errors: %GST_OMV_ERROR_CORRUPT if @object is not a JSON object; %G_IO_ERROR. The
 * file then has no line more.
 *
 * Returns: %FALSE on failure
 *
 * Since: 0.1
 */
gboolean
gst_omv_lines_append (GFile * recording, const gchar * object, GError ** error)
{
  g_autoptr (JsonObject) parsed = NULL;
  g_autoptr (GFile) file = NULL;
  g_autofree gchar *path = NULL, *text = NULL, *line = NULL;
  OmvDisk *disk;
  gboolean written, closed;

  g_return_val_if_fail (G_IS_FILE (recording), FALSE);
  g_return_val_if_fail (object != NULL, FALSE);

  parsed = omv_json_parse (object, strlen (object));
  if (parsed == NULL) {
    g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
        _("What is to be noted is not a JSON object."));
    return FALSE;
  }
  text = omv_json_print (parsed, FALSE);
  line = g_strconcat (text, "\n", NULL);

  file = omv_sidecar_file_get (recording, SUFFIX, error);
  if (file == NULL)
    return FALSE;
  path = omv_disk_get_local_path (file, error);
  disk = path != NULL ? omv_disk_open (path, OMV_DISK_ANY, error) : NULL;
  if (disk == NULL)
    return FALSE;

  written = write_line (disk, file, line, error);
  closed = omv_disk_close (disk, written ? error : NULL);
  return written && closed;
}

/* ---- reading ---- */

/* L2 */
static gboolean
check_line (const gchar * line, gsize size, guint number, GError ** error)
{
  g_autoptr (JsonObject) object = omv_json_parse (line, size);

  if (object != NULL)
    return TRUE;

  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
      _("Line %u beside the recording is not a JSON object."), number);
  return FALSE;
}

/**
 * gst_omv_lines_load:
 * @recording: a recording
 * @error: return location
 *
 * Reads all lines of the file beside @recording, `FILE.jsonl`. A last line that
 * was not written to its end is left out.
 *
 * Errors: %GST_OMV_ERROR_CORRUPT if a line is not a JSON object; %G_IO_ERROR, of
 * which %G_IO_ERROR_NOT_FOUND if there is no such file.
 *
 * Returns: (transfer full) (array zero-terminated=1): JSON objects, or %NULL on
 *   failure
 *
 * Since: 0.1
 */
gchar **
gst_omv_lines_load (GFile * recording, GError ** error)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GBytes) bytes = NULL;
  const gchar *at, *end, *line_end;
  gsize size;

  g_return_val_if_fail (G_IS_FILE (recording), NULL);

  bytes = omv_sidecar_file_load (recording, SUFFIX, LINES_SIZE_MAX, error);
  if (bytes == NULL)
    return NULL;

  at = g_bytes_get_data (bytes, &size);
  for (end = at + size; at < end; at = line_end + 1) {
    line_end = memchr (at, '\n', (gsize) (end - at));
    if (line_end == NULL)
      break;                    /* L1 */

    size = (gsize) (line_end - at);
    if (!check_line (at, size, lines->len + 1, error))
      return NULL;
    g_ptr_array_add (lines, g_strndup (at, size));
  }
  g_ptr_array_add (lines, NULL);

  return (gchar **) g_ptr_array_steal (lines, NULL);
}

/* ---- the frame of a line ---- */

/**
 * gst_omv_line_get_frame:
 * @object: a line
 * @ret_number: (out): the frame's number, untouched on failure
 *
 * Reads which frame a line belongs to, its member `frame`.
 *
 * Returns: %FALSE if it belongs to none
 *
 * Since: 0.1
 */
gboolean
gst_omv_line_get_frame (const gchar * object, guint64 * ret_number)
{
  g_autoptr (JsonObject) parsed = NULL;
  JsonNode *node;

  g_return_val_if_fail (object != NULL, FALSE);

  parsed = omv_json_parse (object, strlen (object));
  node =
      parsed != NULL ? json_object_get_member (parsed,
      GST_OMV_LINE_FRAME) : NULL;
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_INT64
      || json_node_get_int (node) < 0)
    return FALSE;

  *ret_number = (guint64) json_node_get_int (node);
  return TRUE;
}

/**
 * gst_omv_line_set_frame:
 * @object: a line
 * @number: a frame's number, at most 2⁶³-1
 *
 * Makes a line belong to a frame. Everything else in it stays.
 *
 * Returns: (transfer full) (nullable): the line that does, %NULL if @object is not
 *   a JSON object
 *
 * Since: 0.1
 */
gchar *
gst_omv_line_set_frame (const gchar * object, guint64 number)
{
  g_autoptr (JsonObject) parsed = NULL;

  g_return_val_if_fail (object != NULL, NULL);
  g_return_val_if_fail (number <= G_MAXINT64, NULL);

  parsed = omv_json_parse (object, strlen (object));
  if (parsed == NULL)
    return NULL;

  json_object_set_int_member (parsed, GST_OMV_LINE_FRAME, (gint64) number);
  return omv_json_print (parsed, FALSE);
}
