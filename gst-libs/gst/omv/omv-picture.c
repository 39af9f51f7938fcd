/* omv-picture.c: what a JPEG or PNG picture says of itself, without decoding it
 *
 * A recording stores width and height of every frame, and caps may lack them or
 * lie. The picture knows, within its first few hundred bytes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-picture.h"

#include <string.h>

#include "omv-bytes.h"

/**
 * gst_omv_picture_has_signature:
 * @format: %GST_OMV_PIXEL_FORMAT_JPEG or %GST_OMV_PIXEL_FORMAT_PNG
 * @data: (array length=size): the first bytes of a payload
 * @size: bytes in @data
 *
 * Returns: %TRUE if @data starts as a picture of @format does
 *
 * Since: 0.1
 */
gboolean
gst_omv_picture_has_signature (GstOmvPixelFormat format, const guint8 * data,
    gsize size)
{
  static const guint8 jpeg[] = { 0xFF, 0xD8 };
  static const guint8 png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n' };

  if (format == GST_OMV_PIXEL_FORMAT_JPEG)
    return size >= sizeof jpeg && memcmp (data, jpeg, sizeof jpeg) == 0;

  return size >= sizeof png && memcmp (data, png, sizeof png) == 0;
}

/* ISO/IEC 10918-1, B.1.1: FF and a marker, then, but for the markers that
 * stand alone, a big-endian length that counts itself. The size is in the
 * first start-of-frame segment: length, precision, height, width. */
static gboolean
read_jpeg_size (const guint8 * data, gsize size, gint * ret_width,
    gint * ret_height)
{
  gsize at = 2;

  while (at + 4 <= size && data[at] == 0xFF) {
    guint8 marker = data[at + 1];
    guint length;

    if (marker == 0xFF) {
      at++;                     /* fill byte */
      continue;
    }
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) {
      at += 2;
      continue;
    }
    if (marker == 0x00 || (marker >= 0xD8 && marker <= 0xDA))
      return FALSE;

    length = omv_read_u16_be (data + at + 2);
    if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8
        && marker != 0xCC) {
      if (length < 8 || at + 9 > size)
        return FALSE;
      *ret_height = omv_read_u16_be (data + at + 5);
      *ret_width = omv_read_u16_be (data + at + 7);
      return TRUE;
    }
    if (length < 2)
      return FALSE;
    at += 2 + length;
  }

  return FALSE;
}

/* PNG specification, 5.3 and 11.2.2: signature, length and name of the IHDR
 * chunk, then its width and height, big-endian. */
static gboolean
read_png_size (const guint8 * data, gsize size, gint * ret_width,
    gint * ret_height)
{
  static const guint8 ihdr[] = { 0, 0, 0, 13, 'I', 'H', 'D', 'R' };
  guint32 width, height;

  if (size < 24 || memcmp (data + 8, ihdr, sizeof ihdr) != 0)
    return FALSE;

  width = omv_read_u32_be (data + 16);
  height = omv_read_u32_be (data + 20);
  if (width > G_MAXINT || height > G_MAXINT)
    return FALSE;
  *ret_width = (gint) width;
  *ret_height = (gint) height;

  return TRUE;
}

/**
 * gst_omv_picture_read_size:
 * @format: %GST_OMV_PIXEL_FORMAT_JPEG or %GST_OMV_PIXEL_FORMAT_PNG
 * @data: (array length=size): a picture
 * @size: bytes in @data
 * @ret_width: (out): pixels, at least 1
 * @ret_height: (out): pixels, at least 1
 *
 * Reads the size of a picture from its own bytes, without decoding it.
 *
 * Returns: %FALSE if @data is not such a picture or does not say its size; the
 *   output arguments are then untouched
 *
 * Since: 0.1
 */
gboolean
gst_omv_picture_read_size (GstOmvPixelFormat format, const guint8 * data,
    gsize size, gint * ret_width, gint * ret_height)
{
  gint width, height;
  gboolean found;

  if (!gst_omv_picture_has_signature (format, data, size))
    return FALSE;

  if (format == GST_OMV_PIXEL_FORMAT_JPEG)
    found = read_jpeg_size (data, size, &width, &height);
  else
    found = read_png_size (data, size, &width, &height);
  if (!found || width < 1 || height < 1)
    return FALSE;

  *ret_width = width;
  *ret_height = height;

  return TRUE;
}
