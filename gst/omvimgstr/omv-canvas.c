/* omv-canvas.c: pictures of any size and format in one of a constant size
 *
 * Some elements, encoders above all, take one size from beginning to end. So a
 * picture is scaled as large as it fits, in its own shape, to the middle of a
 * canvas whose rest is black. A canvas is RGB: that loses nothing of any format
 * but transparency, which has no meaning on black borders.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-canvas.h"

/*
 * omv_canvas_init:
 * @width: 0 to have it follow from @height and the shape of the first picture
 * @height: 0 to have it follow from @width; both 0: no canvas is wanted
 */
void
omv_canvas_init (OmvCanvas * canvas, gint width, gint height)
{
  *canvas = (OmvCanvas) {
  .width = width,.height = height};
}

void
omv_canvas_clear (OmvCanvas * canvas)
{
  g_clear_pointer (&canvas->converter, gst_video_converter_free);
  gst_clear_buffer (&canvas->room);
}

gboolean
omv_canvas_is_used (const OmvCanvas * canvas)
{
  return canvas->width > 0 || canvas->height > 0;
}

static gint
scale (gint value, gint to, gint from)
{
  return (gint) CLAMP (((gint64) value * to + from / 2) / from, 1,
      GST_OMV_DIMENSION_MAX);
}

/* As large as it fits, in the middle. Linear, because GStreamer's default, cubic,
 * darkens what it makes much smaller: white becomes 241 at a tenth of the size
 * (1.22). */
static GstStructure *
make_options (const GstVideoInfo * picture, const GstVideoInfo * canvas)
{
  gint width = canvas->width, height = canvas->height;

  if ((gint64) picture->width * height > (gint64) picture->height * width)
    height = scale (picture->height, width, picture->width);
  else
    width = scale (picture->width, height, picture->height);

  return gst_structure_new ("options",
      GST_VIDEO_CONVERTER_OPT_RESAMPLER_METHOD,
      GST_TYPE_VIDEO_RESAMPLER_METHOD, GST_VIDEO_RESAMPLER_METHOD_LINEAR,
      GST_VIDEO_CONVERTER_OPT_DEST_X, G_TYPE_INT, (canvas->width - width) / 2,
      GST_VIDEO_CONVERTER_OPT_DEST_Y, G_TYPE_INT,
      (canvas->height - height) / 2,
      GST_VIDEO_CONVERTER_OPT_DEST_WIDTH, G_TYPE_INT, width,
      GST_VIDEO_CONVERTER_OPT_DEST_HEIGHT, G_TYPE_INT, height, NULL);
}

static gboolean
is_set_up (const OmvCanvas * canvas, const GstVideoInfo * picture)
{
  return canvas->room != NULL
      && gst_video_info_is_equal (&canvas->picture, picture);
}

/*
 * omv_canvas_set_picture:
 *
 * Gets ready for pictures like @picture: @canvas->room has room for one then.
 * FALSE: GStreamer cannot handle so many pixels.
 */
gboolean
omv_canvas_set_picture (OmvCanvas * canvas, const GstVideoInfo * picture)
{
  GstVideoInfo to;

  if (is_set_up (canvas, picture))
    return TRUE;

  omv_canvas_clear (canvas);
  if (canvas->width == 0)
    canvas->width = scale (picture->width, canvas->height, picture->height);
  if (canvas->height == 0)
    canvas->height = scale (picture->height, canvas->width, picture->width);
  if (!gst_video_info_set_format (&to, GST_VIDEO_FORMAT_RGB,
          (guint) canvas->width, (guint) canvas->height))
    return FALSE;

  canvas->converter = gst_video_converter_new (picture, &to,
      make_options (picture, &to));
  if (canvas->converter == NULL)
    return FALSE;
  canvas->picture = *picture;
  canvas->canvas = to;
  canvas->room = gst_buffer_new_allocate (NULL, picture->size, NULL);

  return TRUE;
}

/*
 * omv_canvas_draw:
 * @picture: what has been drawn in @canvas->room
 * @canvas_frame: of the format @canvas->canvas
 */
void
omv_canvas_draw (OmvCanvas * canvas, GstVideoFrame * picture,
    GstVideoFrame * canvas_frame)
{
  gst_video_converter_frame (canvas->converter, picture, canvas_frame);
}
