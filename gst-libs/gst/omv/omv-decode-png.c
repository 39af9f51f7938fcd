/* omv-decode-png.c: a PNG picture -> pixels, by libpng
 *
 * libpng reports errors as libjpeg does; see omv-decode-jpeg.c. What follows
 * the pixels is not looked at, so a picture that lost only its last chunk is
 * whole.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-decode-picture.h"

#include <string.h>

#include <png.h>

/* Deflate, the compression of PNG, reaches no more than 1032 to 1. */
#define PACKING_MAX 1032

/* The largest text, colour profile and the like that is unpacked. None of them
 * is of use here. */
#define CHUNK_SIZE_MAX 1048576

typedef struct
{
  png_struct *decoder;
  png_info *info;
  gsize position;
  gchar message[128];

  const OmvPicture *picture;
  const OmvPictureTarget *target;
} Png;

G_NORETURN static void
on_error (png_struct * decoder, const char *message)
{
  Png *png = png_get_error_ptr (decoder);

  g_strlcpy (png->message, message, sizeof png->message);
  png_longjmp (decoder, 1);
}

static void
on_warning (png_struct * decoder, const char *message)
{
}

static void
on_read (png_struct * decoder, guint8 * data, gsize size)
{
  Png *png = png_get_io_ptr (decoder);

  if (size > png->picture->size - png->position)
    png_error (decoder, "it ends too early");
  memcpy (data, png->picture->data + png->position, size);
  png->position += size;
}

/* FALSE: libpng has given up in @step, and @png has its message. */
static gboolean
attempt (Png * png, void (*step) (Png *))
{
  if (setjmp (png_jmpbuf (png->decoder)) != 0)
    return FALSE;
  step (png);
  return TRUE;
}

static void
read_header (Png * png)
{
  png_set_read_fn (png->decoder, png, on_read);
  png_set_user_limits (png->decoder, GST_OMV_DIMENSION_MAX,
      GST_OMV_DIMENSION_MAX);
  png_set_chunk_malloc_max (png->decoder, CHUNK_SIZE_MAX);
  png_read_info (png->decoder, png->info);
}

static gboolean
is_transparent (const Png * png)
{
  return (png_get_color_type (png->decoder, png->info)
      & PNG_COLOR_MASK_ALPHA) != 0
      || png_get_valid (png->decoder, png->info, PNG_INFO_tRNS) != 0;
}

static GstOmvDecodedFormat
get_format (const Png * png)
{
  if (is_transparent (png))
    return GST_OMV_DECODED_FORMAT_RGBA;
  if (png_get_color_type (png->decoder, png->info) == PNG_COLOR_TYPE_GRAY)
    return GST_OMV_DECODED_FORMAT_GRAY8;
  return GST_OMV_DECODED_FORMAT_RGB;
}

static void
set_up_conversion (Png * png)
{
  png_set_expand (png->decoder);
  png_set_scale_16 (png->decoder);
  if (png->target->format != GST_OMV_DECODED_FORMAT_GRAY8)
    png_set_gray_to_rgb (png->decoder);
}

/* An interlaced picture comes in several passes over all rows, each of which
 * adds pixels to those that the row has. */
static void
read_pixels (Png * png)
{
  gsize row_size = gst_omv_decoded_format_get_row_size (png->target->format,
      png->picture->width);
  gint passes;

  set_up_conversion (png);
  passes = png_set_interlace_handling (png->decoder);
  png_read_update_info (png->decoder, png->info);
  if (png_get_rowbytes (png->decoder, png->info) != row_size)
    png_error (png->decoder, "its rows have an unexpected size");

  for (gint pass = 0; pass < passes; pass++) {
    guint8 *row = png->target->pixels;

    for (gint y = 0; y < png->picture->height; y++) {
      png_read_row (png->decoder, row, NULL);
      row += png->target->stride;
    }
  }
}

static gboolean
check (const Png * png, GstOmvDecodedFormat * ret_format, GError ** error)
{
  const OmvPictureClaim claim = {
    .width = png_get_image_width (png->decoder, png->info),
    .height = png_get_image_height (png->decoder, png->info),
    .format = get_format (png),
    .packed_size = (guint64) png_get_rowbytes (png->decoder, png->info)
        * png_get_image_height (png->decoder, png->info),
    .packing_max = PACKING_MAX
  };

  if (!omv_picture_check (png->picture, &claim, error))
    return FALSE;

  *ret_format = claim.format;
  return TRUE;
}

static gboolean
decode (Png * png, GstOmvDecodedFormat * ret_format, GError ** error)
{
  GstOmvDecodedFormat format;

  if (!attempt (png, read_header)) {
    omv_picture_set_broken (png->picture, png->message, error);
    return FALSE;
  }
  if (!check (png, &format, error))
    return FALSE;

  if (png->target != NULL && png->target->format != format) {
    omv_picture_set_broken (png->picture, "it changes", error);
    return FALSE;
  }
  if (png->target != NULL && !attempt (png, read_pixels)) {
    omv_picture_set_broken (png->picture, png->message, error);
    return FALSE;
  }

  *ret_format = format;
  return TRUE;
}

/*
 * omv_picture_decode_png:
 * @target: where the pixels go, NULL to have only their format told
 * @ret_format: untouched on failure
 */
gboolean
omv_picture_decode_png (const OmvPicture * picture,
    const OmvPictureTarget * target, GstOmvDecodedFormat * ret_format,
    GError ** error)
{
  Png png = {.picture = picture,.target = target };
  gboolean decoded;

  png.decoder = png_create_read_struct (PNG_LIBPNG_VER_STRING, &png, on_error,
      on_warning);
  if (png.decoder != NULL)
    png.info = png_create_info_struct (png.decoder);
  if (png.info == NULL) {
    png_destroy_read_struct (&png.decoder, NULL, NULL);
    omv_picture_set_broken (picture, "libpng cannot start", error);
    return FALSE;
  }

  decoded = decode (&png, ret_format, error);
  png_destroy_read_struct (&png.decoder, &png.info, NULL);

  return decoded;
}
