/* omv-rows.c: rows of pixels as stored <-> as GStreamer lays them out
 *
 * A recording has no gaps between rows; GStreamer rounds a row up to 4 bytes
 * where a buffer does not say otherwise. Besides that gap there are three
 * differences: version 1.0 stores RGB565 big-endian, GStreamer has no 1-bit
 * format (we use GRAY8 with 0 and 255), and its YUY2 and YVYU end an odd row
 * with a whole pair of pixels where a recording stops after the first one.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-rows.h"

#include <string.h>

/**
 * gst_omv_rows_get_stride:
 * @format: a raw pixel format
 * @width: pixels
 *
 * Returns: the bytes from one row to the next in a GStreamer buffer that does
 *   not say otherwise; for 1-bit frames that of 8-bit gray
 *
 * Since: 0.1
 */
gsize
gst_omv_rows_get_stride (GstOmvPixelFormat format, gint width)
{
  gsize row = format == GST_OMV_PIXEL_FORMAT_BINARY ? (gsize) width
      : gst_omv_pixel_format_get_row_size (format, width);

  return (row + 3) & ~(gsize) 3;
}

static void
unpack_binary_row (const guint8 * row, gint width, guint8 * pixels)
{
  for (gint x = 0; x < width; x++)
    pixels[x] = row[x / 8] >> (x % 8) & 1 ? 255 : 0;
}

static void
pack_binary_row (const guint8 * pixels, gint width, guint8 * row,
    gsize row_size)
{
  memset (row, 0, row_size);
  for (gint x = 0; x < width; x++) {
    if (pixels[x] > 127)
      row[x / 8] |= (guint8) (1 << (x % 8));
  }
}

static void
swap_row (const guint8 * row, gint width, guint8 * pixels)
{
  for (const guint8 * end = row + 2 * (gsize) width; row < end; row += 2) {
    *pixels++ = row[1];
    *pixels++ = row[0];
  }
}

/* The last pixel of an odd YUV 4:2:2 row has no partner: repeat its luma, and
 * take the chroma sample that was not stored from the pair before it. */
static void
complete_last_pair (gint width, guint8 * pixels)
{
  guint8 *pair = pixels + 2 * ((gsize) width - 1);

  pair[2] = pair[0];
  pair[3] = width > 1 ? pair[-1] : 128;
}

/**
 * gst_omv_rows_are_swapped:
 * @version: the version of the recording
 * @format: a raw pixel format
 *
 * Returns: %TRUE if the recording's pixels have another byte order than this
 *   host, which is what GStreamer's RGB16 has
 *
 * Since: 0.1
 */
gboolean
gst_omv_rows_are_swapped (GstOmvVersion version, GstOmvPixelFormat format)
{
  return format == GST_OMV_PIXEL_FORMAT_RGB565
      && (version == GST_OMV_VERSION_V1_0) == (G_BYTE_ORDER == G_LITTLE_ENDIAN);
}

/* The bytes of a row's pixels once it is unpacked. */
static gsize
get_used (GstOmvPixelFormat format, gint width)
{
  gsize row_size = gst_omv_pixel_format_get_row_size (format, width);

  if (format == GST_OMV_PIXEL_FORMAT_BINARY)
    return (gsize) width;
  if (format == GST_OMV_PIXEL_FORMAT_YUV422
      || format == GST_OMV_PIXEL_FORMAT_YVU422)
    return (row_size + 3) & ~(gsize) 3;
  return row_size;
}

/* @gap: bytes behind each row that become 0. */
static void
unpack (GstOmvVersion version, const GstOmvFrameHeader * header,
    const guint8 * payload, guint8 * pixels, gsize stride, gsize gap)
{
  gint width = header->width;
  gsize row_size = gst_omv_pixel_format_get_row_size (header->format, width);
  gsize used = get_used (header->format, width);
  gboolean binary = header->format == GST_OMV_PIXEL_FORMAT_BINARY;
  gboolean swap = gst_omv_rows_are_swapped (version, header->format);
  gboolean complete = !binary && used > row_size;

  for (gint y = 0; y < header->height; y++) {
    if (binary)
      unpack_binary_row (payload, width, pixels);
    else if (swap)
      swap_row (payload, width, pixels);
    else
      memcpy (pixels, payload, row_size);

    if (complete)
      complete_last_pair (width, pixels);
    memset (pixels + used, 0, gap);
    payload += row_size;
    pixels += stride;
  }
}

/**
 * gst_omv_rows_unpack:
 * @version: the version of the recording
 * @header: the header of a raw frame
 * @payload: the frame's payload, as many bytes as @header says
 * @pixels: (out caller-allocates): room for @header's height times
 *   gst_omv_rows_get_stride() bytes
 *
 * Lays a raw frame out as GStreamer does. Bytes between rows become 0.
 *
 * Since: 0.1
 */
void
gst_omv_rows_unpack (GstOmvVersion version, const GstOmvFrameHeader * header,
    const guint8 * payload, guint8 * pixels)
{
  gsize stride = gst_omv_rows_get_stride (header->format, header->width);

  unpack (version, header, payload, pixels, stride,
      stride - get_used (header->format, header->width));
}

/**
 * gst_omv_rows_unpack_to:
 * @version: the version of the recording
 * @header: the header of a raw frame
 * @payload: the frame's payload, as many bytes as @header says
 * @pixels: (out caller-allocates): the first of @header's height rows
 * @stride: bytes from one row to the next
 *
 * Lays a raw frame out in rows at any distance. Bytes between rows are left
 * alone; a YUV row of odd width is completed to whole pairs of pixels.
 *
 * Since: 0.1
 */
void
gst_omv_rows_unpack_to (GstOmvVersion version,
    const GstOmvFrameHeader * header, const guint8 * payload, guint8 * pixels,
    gsize stride)
{
  unpack (version, header, payload, pixels, stride, 0);
}

/**
 * gst_omv_rows_pack:
 * @format: a raw pixel format; BINARY takes 8-bit gray, of which values over
 *   127 are set
 * @width: pixels
 * @height: pixels
 * @pixels: the first row
 * @stride: bytes from one row to the next, may be negative
 * @payload: (out caller-allocates): room for @height times
 *   gst_omv_pixel_format_get_row_size() bytes
 *
 * Lays a raw frame out as versions 1.1 and later store it.
 *
 * Since: 0.1
 */
void
gst_omv_rows_pack (GstOmvPixelFormat format, gint width, gint height,
    const guint8 * pixels, gssize stride, guint8 * payload)
{
  gsize row_size = gst_omv_pixel_format_get_row_size (format, width);
  gboolean swap = gst_omv_rows_are_swapped (GST_OMV_VERSION_V2_0, format);

  for (gint y = 0; y < height; y++) {
    if (format == GST_OMV_PIXEL_FORMAT_BINARY)
      pack_binary_row (pixels, width, payload, row_size);
    else if (swap)
      swap_row (pixels, width, payload);
    else
      memcpy (payload, pixels, row_size);
    payload += row_size;
    pixels += stride;
  }
}
