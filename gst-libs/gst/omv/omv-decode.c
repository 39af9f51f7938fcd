/* omv-decode.c: a stored frame -> pixels
 *
 * What a frame becomes is asked first, then memory is found for it, then it is
 * decoded there. Payloads are untrusted. So a picture is compared with its
 * frame's header and with what its bytes can hold as soon as its own header has
 * been read: until then nothing of its size has been allocated, neither here
 * nor by the caller nor in libjpeg or libpng.
 *
 * A JPEG picture of which the end is missing is shown as far as it goes, as
 * libjpeg does; a PNG picture, whose checksums tell of every damage, is not.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-decode.h"

#include <gio/gio.h>
#include <inttypes.h>

#include "omv-bayer.h"
#include "omv-decode-picture.h"
#include "omv-i18n.h"
#include "omv-picture.h"
#include "omv-rows.h"

/* Pixels of so many bytes may come from any picture: of a torn one only the
 * first few bytes may be there. */
#define HARMLESS_SIZE (G_GUINT64_CONSTANT (1024) * 1024)

/**
 * gst_omv_decoded_format_get_row_size:
 * @format: a format
 * @width: pixels, in 1…%GST_OMV_DIMENSION_MAX
 *
 * Returns: the bytes of a row; YUV rows consist of whole pairs of pixels
 *
 * Since: 0.1
 */
gsize
gst_omv_decoded_format_get_row_size (GstOmvDecodedFormat format, gint width)
{
  g_return_val_if_fail (width > 0 && width <= GST_OMV_DIMENSION_MAX, 0);

  switch (format) {
    case GST_OMV_DECODED_FORMAT_GRAY8:
      return (gsize) width;
    case GST_OMV_DECODED_FORMAT_RGB:
      return 3 * (gsize) width;
    case GST_OMV_DECODED_FORMAT_RGBA:
      return 4 * (gsize) width;
    case GST_OMV_DECODED_FORMAT_RGB16:
      return 2 * (gsize) width;
    case GST_OMV_DECODED_FORMAT_YUY2:
    case GST_OMV_DECODED_FORMAT_YVYU:
      return ((gsize) width + 1) / 2 * 4;
  }

  g_return_val_if_reached (0);
}

/*
 * omv_picture_check:
 *
 * Whether @claim, which is all that is known yet, allows to decode @picture.
 */
gboolean
omv_picture_check (const OmvPicture * picture, const OmvPictureClaim * claim,
    GError ** error)
{
  guint64 decoded;

  if (claim->width != (guint) picture->width
      || claim->height != (guint) picture->height) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("The %s picture has %u x %u pixels, but its frame has %d x %d."),
        picture->name, claim->width, claim->height, picture->width,
        picture->height);
    return FALSE;
  }

  decoded = (guint64) gst_omv_decoded_format_get_row_size (claim->format,
      picture->width) * (guint64) picture->height;
  if (decoded > GST_OMV_DECODED_SIZE_MAX) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("The %s picture of %d x %d pixels is too large to be decoded."),
        picture->name, picture->width, picture->height);
    return FALSE;
  }
  if (decoded > HARMLESS_SIZE
      && claim->packed_size / claim->packing_max > picture->size) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
        _("The %s picture of %" PRIu64 " bytes cannot hold the %d x %d pixels "
            "that it claims."), picture->name, (guint64) picture->size,
        picture->width, picture->height);
    return FALSE;
  }

  return TRUE;
}

/*
 * omv_picture_set_broken:
 *
 * @message is libjpeg's or libpng's.
 */
void
omv_picture_set_broken (const OmvPicture * picture, const gchar * message,
    GError ** error)
{
  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
      _("The %s picture is broken (%s)."), picture->name, message);
}

/* @target is NULL to have only the format told. */
static gboolean
decode_picture (const GstOmvFrameHeader * header, const guint8 * payload,
    gsize size, const OmvPictureTarget * target,
    GstOmvDecodedFormat * ret_format, GError ** error)
{
  const OmvPicture picture = {
    .name = gst_omv_pixel_format_get_name (header->format),
    .data = payload,
    .size = size,
    .width = header->width,
    .height = header->height
  };

  if (!gst_omv_picture_has_signature (header->format, payload, size)) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_WRONG_TYPE,
        _("This is not a %s picture."), picture.name);
    return FALSE;
  }

  if (header->format == GST_OMV_PIXEL_FORMAT_JPEG)
    return omv_picture_decode_jpeg (&picture, target, ret_format, error);
  return omv_picture_decode_png (&picture, target, ret_format, error);
}

static gboolean
check_raw_size (const GstOmvFrameHeader * header, gsize size, GError ** error)
{
  guint64 needed = (guint64) gst_omv_pixel_format_get_row_size (header->format,
      header->width) * (guint64) header->height;

  if (size < needed) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("A buffer of %" PRIu64 " bytes does not hold a frame of %d x %d "
            "pixels."), (guint64) size, header->width, header->height);
    return FALSE;
  }

  return TRUE;
}

static gboolean
check_dimensions (const GstOmvFrameHeader * header, GError ** error)
{
  if (header->width < 1 || header->width > GST_OMV_DIMENSION_MAX
      || header->height < 1 || header->height > GST_OMV_DIMENSION_MAX) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("Frames of %d x %d pixels cannot be decoded; "
            "width and height must be in 1…32767."), header->width,
        header->height);
    return FALSE;
  }

  return TRUE;
}

/* TRUE: raw pixels become that. */
static gboolean
get_raw_format (GstOmvPixelFormat format, GstOmvDecodedFormat * ret_format)
{
  switch (format) {
    case GST_OMV_PIXEL_FORMAT_BINARY:
    case GST_OMV_PIXEL_FORMAT_GRAYSCALE:
      *ret_format = GST_OMV_DECODED_FORMAT_GRAY8;
      return TRUE;
    case GST_OMV_PIXEL_FORMAT_RGB565:
      *ret_format = GST_OMV_DECODED_FORMAT_RGB16;
      return TRUE;
    case GST_OMV_PIXEL_FORMAT_BAYER_BGGR:
    case GST_OMV_PIXEL_FORMAT_BAYER_GBRG:
    case GST_OMV_PIXEL_FORMAT_BAYER_GRBG:
    case GST_OMV_PIXEL_FORMAT_BAYER_RGGB:
      *ret_format = GST_OMV_DECODED_FORMAT_RGB;
      return TRUE;
    case GST_OMV_PIXEL_FORMAT_YUV422:
      *ret_format = GST_OMV_DECODED_FORMAT_YUY2;
      return TRUE;
    case GST_OMV_PIXEL_FORMAT_YVU422:
      *ret_format = GST_OMV_DECODED_FORMAT_YVYU;
      return TRUE;
    case GST_OMV_PIXEL_FORMAT_ARGB8:
    case GST_OMV_PIXEL_FORMAT_JPEG:
    case GST_OMV_PIXEL_FORMAT_PNG:
    case GST_OMV_PIXEL_FORMAT_UNKNOWN:
      return FALSE;
  }

  return FALSE;
}

/**
 * gst_omv_decode_get_format:
 * @header: the header of a frame
 * @payload: (array length=size): its payload
 * @size: bytes in @payload
 * @ret_format: (out): what gst_omv_decode() makes of the frame, untouched on
 *   failure
 * @error: return location
 *
 * Tells what a frame becomes, and whether it can be decoded at all, without
 * decoding it. Width and height stay those of @header.
 *
 * 1-bit and 8-bit gray become GRAY8, RGB565 becomes RGB16, Bayer of all four
 * orders RGB, YUV422 YUY2 and YVU422 YVYU. JPEG and PNG pictures become GRAY8 or
 * RGB, PNG pictures with transparent parts RGBA. Samples of 16 bits become
 * ones of 8.
 *
 * Errors: %GST_OMV_ERROR_WRONG_TYPE if a picture is none,
 * %GST_OMV_ERROR_CORRUPT if its beginning is broken or claims more pixels than
 * its bytes can hold, %GST_OMV_ERROR_INVALID_FRAME_SIZE if it is of another
 * size than @header says or would need more than %GST_OMV_DECODED_SIZE_MAX, or
 * if @payload is shorter than a raw frame is, %GST_OMV_ERROR_UNSUPPORTED for
 * ARGB8, of which cameras store no pixels, and for JPEG pictures for printers.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
gst_omv_decode_get_format (const GstOmvFrameHeader * header,
    const guint8 * payload, gsize size, GstOmvDecodedFormat * ret_format,
    GError ** error)
{
  GstOmvDecodedFormat format;

  if (!check_dimensions (header, error))
    return FALSE;
  if (gst_omv_pixel_format_is_compressed (header->format))
    return decode_picture (header, payload, size, NULL, ret_format, error);
  if (!get_raw_format (header->format, &format)) {
    g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED,
        _("Frames of this format hold no pixels."));
    return FALSE;
  }
  if (!check_raw_size (header, size, error))
    return FALSE;

  *ret_format = format;
  return TRUE;
}

/**
 * gst_omv_decode: (skip)
 * @version: the version of the recording
 * @header: the header of a frame
 * @payload: (array length=size): its payload
 * @size: bytes in @payload
 * @format: what gst_omv_decode_get_format() said
 * @pixels: (out caller-allocates): room for @header's height times @stride
 *   bytes, of the last row only as many as
 *   gst_omv_decoded_format_get_row_size() says
 * @stride: bytes from one row to the next
 * @error: return location
 *
 * Decodes a frame. Bytes between rows are left alone. Of a torn or otherwise
 * damaged JPEG picture there may be only a part, as libjpeg shows it.
 *
 * On failure the content of @pixels is undefined.
 *
 * Errors: those of gst_omv_decode_get_format(); %GST_OMV_ERROR_CORRUPT for
 * pictures that are broken, and where @payload has become another picture than
 * the one of which @format was told.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
gst_omv_decode (GstOmvVersion version, const GstOmvFrameHeader * header,
    const guint8 * payload, gsize size, GstOmvDecodedFormat format,
    guint8 * pixels, gsize stride, GError ** error)
{
  const OmvPictureTarget target = {
    .format = format,
    .pixels = pixels,
    .stride = stride
  };
  GstOmvDecodedFormat found;

  if (!check_dimensions (header, error))
    return FALSE;
  g_return_val_if_fail (stride >= gst_omv_decoded_format_get_row_size (format,
          header->width), FALSE);

  if (gst_omv_pixel_format_is_compressed (header->format))
    return decode_picture (header, payload, size, &target, &found, error);
  if (!gst_omv_decode_get_format (header, payload, size, &found, error))
    return FALSE;
  g_return_val_if_fail (found == format, FALSE);

  if (found == GST_OMV_DECODED_FORMAT_RGB)
    omv_bayer_to_rgb (header->format, header->width, header->height, payload,
        pixels, stride);
  else
    gst_omv_rows_unpack_to (version, header, payload, pixels, stride);

  return TRUE;
}

/**
 * gst_omv_decode_bytes: (rename-to gst_omv_decode)
 * @version: the version of the recording
 * @format: the frame's pixel format
 * @width: pixels
 * @height: pixels
 * @payload: the frame's payload
 * @ret_format: (out): what the frame has become, untouched on failure
 * @error: return location
 *
 * Decodes a frame as gst_omv_decode() does, into memory of its own.
 *
 * Errors: those of gst_omv_decode(), and %G_IO_ERROR_NO_SPACE.
 *
 * Returns: (transfer full): rows without gaps, each of as many bytes as
 *   gst_omv_decoded_format_get_row_size() says; %NULL on failure
 *
 * Since: 0.1
 */
GBytes *
gst_omv_decode_bytes (GstOmvVersion version, GstOmvPixelFormat format,
    gint width, gint height, GBytes * payload,
    GstOmvDecodedFormat * ret_format, GError ** error)
{
  const GstOmvFrameHeader header = {.width = width,.height = height,.format =
        format
  };
  g_autoptr (GBytes) decoded_bytes = NULL;
  GstOmvDecodedFormat decoded;
  guint8 *pixels = NULL;
  const guint8 *data;
  gsize size, stride, pixels_size;

  data = g_bytes_get_data (payload, &size);
  if (!gst_omv_decode_get_format (&header, data, size, &decoded, error))
    return NULL;

  stride = gst_omv_decoded_format_get_row_size (decoded, width);
  if (g_size_checked_mul (&pixels_size, stride, (gsize) height))
    pixels = g_try_malloc (pixels_size);
  if (pixels == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
        _("There is no memory for a frame of %" PRIu64 " bytes."),
        (guint64) stride * (guint64) height);
    return NULL;
  }
  decoded_bytes = g_bytes_new_take (pixels, pixels_size);
  if (!gst_omv_decode (version, &header, data, size, decoded, pixels, stride,
          error))
    return NULL;

  *ret_format = decoded;
  return g_steal_pointer (&decoded_bytes);
}
