/* omvimage.c: pixels, from frames and into PNG files
 *
 * The library decodes, GStreamer's converter makes RGB of it and scales, libpng
 * writes. The few characters that times consist of are drawn here, so that a
 * sheet looks the same on a machine without any font.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvimage.h"

#include <errno.h>
#include <png.h>
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include <gst/omv/omv-i18n.h>

#define SIZE_MAX_BYTES (G_GUINT64_CONSTANT (1) << 30)

/* Rows of 5 pixels, the highest bit leftmost. */
#define GLYPH_WIDTH 5
#define GLYPH_HEIGHT 7
#define GLYPH_ADVANCE (GLYPH_WIDTH + 1)

static const gchar glyph_names[] = "0123456789:.#";
static const guint8 glyphs[][GLYPH_HEIGHT] = {
  {0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e},
  {0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e},
  {0x0e, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1f},
  {0x1f, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0e},
  {0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02},
  {0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e},
  {0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e},
  {0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08},
  {0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e},
  {0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c},
  {0x00, 0x0c, 0x0c, 0x00, 0x0c, 0x0c, 0x00},
  {0x00, 0x00, 0x00, 0x00, 0x00, 0x0c, 0x0c},
  {0x0a, 0x0a, 0x1f, 0x0a, 0x1f, 0x0a, 0x0a},
};

/* ---- making and writing one ---- */

/* Allocates and maps a picture. */
static gboolean
map_new (GstVideoInfo * info, GstVideoFrame * ret_frame, GError ** error)
{
  g_autoptr (GstBuffer) buffer = NULL;

  if (info->size > SIZE_MAX_BYTES) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("A picture of %d x %d pixels is too large."), info->width,
        info->height);
    return FALSE;
  }

  buffer = gst_buffer_new_allocate (NULL, info->size, NULL);
  (void) gst_buffer_memset (buffer, 0, 0, info->size);
  /* it keeps the buffer */
  return gst_video_frame_map (ret_frame, info, buffer, GST_MAP_READWRITE);
}

OmvImage *
omv_image_new (gboolean gray, gint width, gint height, GError ** error)
{
  GstVideoFrame frame;
  GstVideoInfo info;
  OmvImage *image;

  if (width < 1 || width > GST_OMV_DIMENSION_MAX || height < 1
      || height > GST_OMV_DIMENSION_MAX
      || !gst_video_info_set_format (&info,
          gray ? GST_VIDEO_FORMAT_GRAY8 : GST_VIDEO_FORMAT_RGB, (guint) width,
          (guint) height)) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("A picture of %d x %d pixels is too large."), width, height);
    return NULL;
  }
  if (!map_new (&info, &frame, error))
    return NULL;

  image = g_new0 (OmvImage, 1);
  image->gray = gray;
  image->width = width;
  image->height = height;
  image->stride = (gsize) info.stride[0];
  image->pixels = GST_VIDEO_FRAME_PLANE_DATA (&frame, 0);
  image->frame = frame;
  return image;
}

void
omv_image_free (OmvImage * image)
{
  gst_video_frame_unmap (&image->frame);
  g_free (image);
}

gboolean
omv_image_write_png (const OmvImage * image, const gchar * path,
    GError ** error)
{
  png_image png = { NULL, };
  FILE *file = g_fopen (path, "wbe");
  int number = errno;
  gboolean written;

  if (file != NULL) {
    png.version = PNG_IMAGE_VERSION;
    png.width = (png_uint_32) image->width;
    png.height = (png_uint_32) image->height;
    png.format = image->gray ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    errno = 0;
    written = png_image_write_to_stdio (&png, file, 0, image->pixels,
        (png_int_32) image->stride, NULL) != 0;
    number = errno;
    if (fclose (file) == 0 && written)
      return TRUE;
    number = number != 0 ? number : errno;
    number = number != 0 ? number : EIO;        /* libpng does not say */
  }

  g_set_error_literal (error, G_IO_ERROR,
      (gint) g_io_error_from_errno (number), g_strerror (number));
  return FALSE;
}

/* ---- frames ---- */

/* A frame's pixels, mapped. */
static gboolean
decode (const GstOmvFrame * frame, GstVideoFrame * ret_pixels, GError ** error)
{
  const GstOmvFrameHeader *header = &frame->header;
  GstOmvDecodedFormat format;
  GstVideoFrame pixels;
  GstVideoInfo info;
  const guint8 *payload;
  gsize size;

  payload = g_bytes_get_data (frame->payload, &size);
  if (!gst_omv_decode_get_format (header, payload, size, &format, error))
    return FALSE;
  if (!gst_omv_video_info_set_decoded (&info, format, header->width,
          header->height)) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("A picture of %d x %d pixels is too large."), header->width,
        header->height);
    return FALSE;
  }
  if (!map_new (&info, &pixels, error))
    return FALSE;
  if (!gst_omv_decode (frame->version, header, payload, size, format,
          GST_VIDEO_FRAME_PLANE_DATA (&pixels, 0),
          (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&pixels, 0), error)) {
    gst_video_frame_unmap (&pixels);
    return FALSE;
  }

  *ret_pixels = pixels;
  return TRUE;
}

/* The pixels in the size and format of @image. */
static void
convert (OmvImage * image, const GstVideoFrame * pixels)
{
  GstVideoConverter *converter =
      gst_video_converter_new (&pixels->info, &image->frame.info, NULL);

  gst_video_converter_frame (converter, pixels, &image->frame);
  gst_video_converter_free (converter);
}

static OmvImage *
new_for_frame (const GstOmvFrame * frame, gboolean may_be_gray, gint width,
    gint height, GError ** error)
{
  g_autoptr (OmvImage) image = NULL;
  GstVideoFrame pixels;

  if (!decode (frame, &pixels, error))
    return NULL;

  image = omv_image_new (may_be_gray && GST_VIDEO_FRAME_FORMAT (&pixels)
      == GST_VIDEO_FORMAT_GRAY8, width, height, error);
  if (image != NULL)
    convert (image, &pixels);
  gst_video_frame_unmap (&pixels);

  return g_steal_pointer (&image);
}

OmvImage *
omv_image_new_for_frame (const GstOmvFrame * frame, GError ** error)
{
  return new_for_frame (frame, TRUE, frame->header.width, frame->header.height,
      error);
}

gboolean
omv_image_draw_frame (OmvImage * image, const GstOmvFrame * frame,
    const OmvRectangle * place, GError ** error)
{
  gint64 width = frame->header.width, height = frame->header.height;
  OmvRectangle at = *place;
  g_autoptr (OmvImage) scaled = NULL;
  guint8 *target;

  if (width * place->height > height * place->width)
    at.height = (gint) MAX (1, height * place->width / width);
  else
    at.width = (gint) MAX (1, width * place->height / height);
  at.x += (place->width - at.width) / 2;
  at.y += (place->height - at.height) / 2;

  scaled = new_for_frame (frame, FALSE, at.width, at.height, error);
  if (scaled == NULL)
    return FALSE;

  target = image->pixels + (gsize) at.y * image->stride + (gsize) at.x * 3;
  for (gint row = 0; row < at.height; row++)
    memcpy (target + (gsize) row * image->stride,
        scaled->pixels + (gsize) row * scaled->stride, (gsize) at.width * 3);
  return TRUE;
}

/* ---- digits ---- */

static void
draw_block (OmvImage * image, gint x, gint y, gint size)
{
  const gint n_bytes = image->gray ? 1 : 3;

  if (x < 0 || y < 0 || x > image->width - size || y > image->height - size)
    return;

  for (gint row = y; row < y + size; row++)
    memset (image->pixels + (gsize) row * image->stride
        + (gsize) x * (gsize) n_bytes, 0xff, (gsize) size * (gsize) n_bytes);
}

static void
draw_glyph (OmvImage * image, const guint8 * glyph, gint x, gint y, gint scale)
{
  for (gint row = 0; row < GLYPH_HEIGHT; row++) {
    for (gint column = 0; column < GLYPH_WIDTH; column++) {
      if (glyph[row] >> (GLYPH_WIDTH - 1 - column) & 1)
        draw_block (image, x + column * scale, y + row * scale, scale);
    }
  }
}

void
omv_image_draw_digits (OmvImage * image, const gchar * text, gint scale,
    const OmvRectangle * place)
{
  const gint width = ((gint) strlen (text) * GLYPH_ADVANCE - 1) * scale;
  gint x = place->x + (place->width - width) / 2;
  gint y = place->y + (place->height - GLYPH_HEIGHT * scale) / 2;

  for (; *text != '\0'; text++, x += GLYPH_ADVANCE * scale) {
    const gchar *name = strchr (glyph_names, *text);

    if (name != NULL)
      draw_glyph (image, glyphs[name - glyph_names], x, y, scale);
  }
}
