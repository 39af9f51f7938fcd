/* decode.c: fuzzes the decoding of raw frames
 *
 * A frame is refused or decoded, and what lies between and behind its rows stays
 * as it is.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-decode.h>
#include <string.h>

#include "omvfuzz.h"

#define UNTOUCHED 0xA5

static void
decode (GstOmvVersion version, const GstOmvFrameHeader * header,
    const OmvFuzzTape * tape, GstOmvDecodedFormat format, gsize gap)
{
  gsize row = gst_omv_decoded_format_get_row_size (format, header->width);
  gsize rows = (gsize) header->height, stride = row + gap;
  gsize size = stride * (rows - 1) + row;
  g_autofree guint8 *pixels = g_malloc (size);

  memset (pixels, UNTOUCHED, size);
  g_assert_true (gst_omv_decode (version, header, tape->data, tape->size,
          format, pixels, stride, NULL));
  for (gsize y = 0; y + 1 < rows; y++) {
    for (gsize x = row; x < stride; x++)
      g_assert_cmpint (pixels[y * stride + x], ==, UNTOUCHED);
  }
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  static const GstOmvPixelFormat formats[] = {
    GST_OMV_PIXEL_FORMAT_BINARY, GST_OMV_PIXEL_FORMAT_GRAYSCALE,
    GST_OMV_PIXEL_FORMAT_RGB565, GST_OMV_PIXEL_FORMAT_ARGB8,
    GST_OMV_PIXEL_FORMAT_BAYER_BGGR, GST_OMV_PIXEL_FORMAT_BAYER_GBRG,
    GST_OMV_PIXEL_FORMAT_BAYER_GRBG, GST_OMV_PIXEL_FORMAT_BAYER_RGGB,
    GST_OMV_PIXEL_FORMAT_YUV422, GST_OMV_PIXEL_FORMAT_YVU422,
    GST_OMV_PIXEL_FORMAT_UNKNOWN
  };
  GstOmvFrameHeader header = { 0, };
  GstOmvDecodedFormat format;
  GstOmvVersion version;
  gsize gap;

  header.format = formats[omv_fuzz_take (tape, 1) % G_N_ELEMENTS (formats)];
  version = omv_fuzz_take (tape, 1) & 1 ? GST_OMV_VERSION_V1_0
      : GST_OMV_VERSION_V2_0;
  gap = (gsize) omv_fuzz_take (tape, 1) % 17;
  header.width = (gint16) omv_fuzz_take (tape, 2);
  header.height = (gint16) omv_fuzz_take (tape, 2);

  if (gst_omv_decode_get_format (&header, tape->data, tape->size, &format,
          NULL))
    decode (version, &header, tape, format, gap);
}
