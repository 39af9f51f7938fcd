/* import-gif.c: animated GIF files as a source
 *
 * FFmpeg's demuxer is the only one that GStreamer has, and within it (gst-libav
 * 1.22) it never ends.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "import.h"

#include "omvrun.h"

#ifdef HAVE_GIF

#include "omvgifreader.h"

/* A file that is damaged ends where it is. */
static void
end (GstElement * appsrc, const GError * error)
{
  GstFlowReturn flow;

  if (error != NULL && error->domain != GST_OMV_ERROR) {
    GST_ELEMENT_ERROR (appsrc, RESOURCE, READ, ("%s", error->message), (NULL));
    return;
  }
  if (error != NULL)
    GST_ELEMENT_WARNING (appsrc, STREAM, DECODE, ("%s", error->message),
        (NULL));
  g_signal_emit_by_name (appsrc, "end-of-stream", &flow);
}

static void
on_need_data (GstElement * appsrc, guint length, OmvGifReader * reader)
{
  const gsize size = (gsize) omv_gif_reader_get_width (reader)
      * (gsize) omv_gif_reader_get_height (reader) * sizeof (guint32);
  guint64 time = 0, duration = 0;
  g_autoptr (GError) error = NULL;
  const guint32 *pixels =
      omv_gif_reader_next (reader, &time, &duration, &error);
  g_autoptr (GstBuffer) buffer = NULL;
  GstFlowReturn flow;

  if (pixels == NULL) {
    end (appsrc, error);
    return;
  }
  buffer = gst_buffer_new_memdup (pixels, size);
  GST_BUFFER_PTS (buffer) = time;
  GST_BUFFER_DURATION (buffer) = duration;
  g_signal_emit_by_name (appsrc, "push-buffer", buffer, &flow);
}

static void
on_gone (gpointer reader, GClosure * closure)
{
  omv_gif_reader_free (reader);
}

GstElement *
omv_gif_new (const gchar * path, GError ** error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (OmvGifReader) reader = omv_gif_reader_open (file, error);
  g_autoptr (GstCaps) caps = NULL;
  GstElement *appsrc;

  if (reader == NULL)
    return NULL;
  appsrc = omv_make_element ("appsrc", error);
  if (appsrc == NULL)
    return NULL;

  caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "BGRx",
      "width", G_TYPE_INT, omv_gif_reader_get_width (reader), "height",
      G_TYPE_INT, omv_gif_reader_get_height (reader), "framerate",
      GST_TYPE_FRACTION, 0, 1, NULL);
  g_object_set (appsrc, "caps", caps, "format", GST_FORMAT_TIME, NULL);
  g_signal_connect_data (appsrc, "need-data", G_CALLBACK (on_need_data),
      g_steal_pointer (&reader), on_gone, 0);

  return appsrc;
}

#else

GstElement *
omv_gif_new (const gchar * path, GError ** error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
      _("This omvstr was built without giflib."));
  return NULL;
}

#endif
