/* picture.c: fuzzes what reads JPEG and PNG pictures
 *
 * A size is told only if it is one. What is decoded then has that size, and no
 * picture of a few bytes becomes gigabytes of pixels.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-decode.h>
#include <gst/omv/omv-picture.h>

#include "omvfuzz.h"

/* Larger pictures are only asked for their format: decoding takes too long. */
#define PIXELS_MAX (256 * 256)

static void
decode (GstOmvPixelFormat format, gint width, gint height,
    const OmvFuzzTape * tape)
{
  const GstOmvFrameHeader header = {.width = width,.height = height,
    .format = format
  };
  g_autoptr (GBytes) payload = g_bytes_new_static (tape->data, tape->size);
  g_autoptr (GBytes) pixels = NULL;
  g_autoptr (GError) error = NULL;
  GstOmvDecodedFormat told = 0, decoded = 0;

  if (!gst_omv_decode_get_format (&header, tape->data, tape->size, &told,
          &error)) {
    g_assert_nonnull (error);
    return;
  }
  if ((gint64) width * height > PIXELS_MAX)
    return;

  pixels = gst_omv_decode_bytes (GST_OMV_VERSION_V2_0, format, width, height,
      payload, &decoded, &error);
  g_assert_true ((pixels == NULL) == (error != NULL));
  if (pixels == NULL)
    return;
  g_assert_cmpint (decoded, ==, told);
  g_assert_cmpuint (g_bytes_get_size (pixels), ==,
      gst_omv_decoded_format_get_row_size (decoded, width) * (gsize) height);
}

static void
run_format (GstOmvPixelFormat format, const OmvFuzzTape * tape)
{
  gint width = 0, height = 0;

  if (!gst_omv_picture_read_size (format, tape->data, tape->size, &width,
          &height)) {
    g_assert_true (width == 0 && height == 0);
    decode (format, 8, 8, tape);
    return;
  }

  g_assert_true (width >= 1 && height >= 1);
  g_assert_true (gst_omv_picture_has_signature (format, tape->data,
          tape->size));
  decode (format, width, height, tape);
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  run_format (GST_OMV_PIXEL_FORMAT_JPEG, tape);
  run_format (GST_OMV_PIXEL_FORMAT_PNG, tape);
}
