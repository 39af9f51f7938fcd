/* import-pictures.c: numbered PNG or JPEG files as a source
 *
 * Files that are missing in between are left out: a picture is where its number
 * stands among those that are there. Each is checked to be of the first one's
 * type, by its first bytes, and to be all there: the parser would take the pictures
 * behind a torn one for its rest.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "import.h"

#include <inttypes.h>
#include <string.h>

#include "omv-picture-end.h"
#include "omvrun.h"

#define RATE 30

typedef struct
{
  guint64 number;
  gchar *path;
} Picture;

typedef struct
{
  GArray *pictures;             /* of Picture */
  gboolean jpeg;
  guint next;
} Source;

static void
picture_clear (gpointer data)
{
  Picture *picture = data;

  g_free (picture->path);
}

static void
source_free (gpointer data, GClosure * closure)
{
  Source *source = data;

  g_array_unref (source->pictures);
  g_free (source);
}

/* ---- which files ---- */

/* What stands before and behind "%d" or "%05d" in a name. */
static gboolean
split_pattern (const gchar * name, gchar ** ret_prefix,
    const gchar ** ret_suffix)
{
  const gchar *start = strchr (name, '%');
  const gchar *end;

  if (start == NULL)
    return FALSE;
  end = start + 1 + strspn (start + 1, "0123456789");
  if (*end != 'd' || strchr (end, '%') != NULL)
    return FALSE;

  *ret_prefix = g_strndup (name, (gsize) (start - name));
  *ret_suffix = end + 1;
  return TRUE;
}

gboolean
omv_pictures_is_pattern (const gchar * path)
{
  g_autofree gchar *name = g_path_get_basename (path);
  g_autofree gchar *prefix = NULL;
  const gchar *suffix;

  return !g_file_test (path, G_FILE_TEST_EXISTS)
      && split_pattern (name, &prefix, &suffix);
}

static gboolean
parse_name (const gchar * name, const gchar * prefix, const gchar * suffix,
    guint64 * ret_number)
{
  gsize length = strlen (name), before = strlen (prefix);
  gsize behind = strlen (suffix);
  g_autofree gchar *digits = NULL;

  if (length <= before + behind || !g_str_has_prefix (name, prefix)
      || !g_str_has_suffix (name, suffix))
    return FALSE;

  digits = g_strndup (name + before, length - before - behind);
  return g_ascii_string_to_unsigned (digits, 10, 0, G_MAXUINT64, ret_number,
      NULL);
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  const Picture *first = a, *second = b;

  return first->number < second->number ? -1 : first->number > second->number;
}

/* @path: (transfer full) */
static void
add_picture (GArray * pictures, guint64 number, gchar * path)
{
  const Picture picture = { number, path };

  g_array_append_val (pictures, picture);
}

static gboolean
find_pictures (const gchar * pattern, GArray * pictures, GError ** error)
{
  g_autofree gchar *folder = g_path_get_dirname (pattern);
  g_autofree gchar *name = g_path_get_basename (pattern);
  g_autofree gchar *prefix = NULL;
  g_autoptr (GDir) dir = NULL;
  const gchar *suffix, *entry;

  if (!split_pattern (name, &prefix, &suffix)) {
    add_picture (pictures, 0, g_strdup (pattern));
    return TRUE;
  }

  dir = g_dir_open (folder, 0, error);
  if (dir == NULL)
    return FALSE;
  while ((entry = g_dir_read_name (dir)) != NULL) {
    guint64 number;

    if (parse_name (entry, prefix, suffix, &number))
      add_picture (pictures, number, g_build_filename (folder, entry, NULL));
  }
  g_array_sort (pictures, compare);
  if (pictures->len == 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        _("There are no such pictures."));

  return pictures->len > 0;
}

static void
note_gaps (const OmvTool * tool, const gchar * path, const GArray * pictures)
{
  guint64 first = g_array_index (pictures, Picture, 0).number;
  guint64 last = g_array_index (pictures, Picture, pictures->len - 1).number;

  if (last - first >= pictures->len)
    omv_note (tool, path, _("%" PRIu64 " numbers between %" PRIu64 " and %"
            PRIu64 " have no picture."), last - first + 1 - pictures->len,
        first, last);
}

/* ---- what is in them ---- */

static gboolean
is_of (GstOmvPixelFormat format, const gchar * data, gsize size)
{
  return gst_omv_picture_has_signature (format, (const guint8 *) data, size);
}

static gboolean
check_picture (const Source * source, const gchar * path, const gchar * data,
    gsize size, GError ** error)
{
  g_autofree gchar *name = g_filename_display_basename (path);

  if (!is_of (source->jpeg ? GST_OMV_PIXEL_FORMAT_JPEG
          : GST_OMV_PIXEL_FORMAT_PNG, data, size)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        source->jpeg ? _("%s is not a JPEG picture.")
        : _("%s is not a PNG picture."), name);
    return FALSE;
  }
  if (!omv_picture_has_end ((const guint8 *) data, size)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("%s is torn."),
        name);
    return FALSE;
  }

  return TRUE;
}

/* The next picture, or NULL. */
static GstBuffer *
load (const Source * source, GError ** error)
{
  const gchar *path = g_array_index (source->pictures, Picture,
      source->next).path;
  g_autofree gchar *data = NULL;
  GstBuffer *buffer;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, error)
      || !check_picture (source, path, data, size, error))
    return NULL;

  buffer = gst_buffer_new_wrapped (g_steal_pointer (&data), size);
  GST_BUFFER_PTS (buffer) =
      gst_util_uint64_scale_round (source->next, GST_SECOND, RATE);
  GST_BUFFER_DURATION (buffer) = GST_SECOND / RATE;
  return buffer;
}

static void
on_need_data (GstElement * appsrc, guint length, Source * source)
{
  g_autoptr (GError) error = NULL;
  GstFlowReturn flow;
  GstBuffer *buffer;

  if (source->next == source->pictures->len) {
    g_signal_emit_by_name (appsrc, "end-of-stream", &flow);
    return;
  }

  buffer = load (source, &error);
  if (buffer == NULL) {
    GST_ELEMENT_ERROR (appsrc, RESOURCE, READ, ("%s", error->message), (NULL));
    return;
  }
  source->next++;
  g_signal_emit_by_name (appsrc, "push-buffer", buffer, &flow);
  gst_buffer_unref (buffer);
}

/* FALSE: it is neither; the decoder will see. */
static gboolean
look (Source * source, GError ** error)
{
  const gchar *path = g_array_index (source->pictures, Picture, 0).path;
  g_autofree gchar *data = NULL;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, error))
    return FALSE;
  source->jpeg = is_of (GST_OMV_PIXEL_FORMAT_JPEG, data, size);
  if (source->jpeg || is_of (GST_OMV_PIXEL_FORMAT_PNG, data, size))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
      _("The pictures are neither PNG nor JPEG."));
  return FALSE;
}

GstElement *
omv_pictures_new (const OmvTool * tool, const gchar * path, GError ** error)
{
  Source *source = g_new0 (Source, 1);
  GstElement *appsrc = NULL;
  GstCaps *caps;

  source->pictures = g_array_new (FALSE, FALSE, sizeof (Picture));
  g_array_set_clear_func (source->pictures, picture_clear);
  if (find_pictures (path, source->pictures, error) && look (source, error))
    appsrc = omv_make_element ("appsrc", error);
  if (appsrc == NULL) {
    source_free (source, NULL);
    return NULL;
  }

  note_gaps (tool, path, source->pictures);
  caps = source->jpeg ? gst_caps_new_simple ("image/jpeg", "parsed",
      G_TYPE_BOOLEAN, TRUE, NULL) : gst_caps_new_empty_simple ("image/png");
  gst_caps_set_simple (caps, "framerate", GST_TYPE_FRACTION, RATE, 1, NULL);
  g_object_set (appsrc, "caps", caps, "format", GST_FORMAT_TIME, NULL);
  gst_caps_unref (caps);
  g_signal_connect_data (appsrc, "need-data", G_CALLBACK (on_need_data), source,
      source_free, 0);

  return appsrc;
}
