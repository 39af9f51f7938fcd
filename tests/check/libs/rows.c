/* rows.c: tests of rows of pixels as stored and as GStreamer lays them out
 *
 * Every payload and every frame is a piece of memory of its exact size, so that
 * a memory checker sees a step beyond it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-rows.h>

#include <string.h>

#include "omvtest.h"

static const GstOmvPixelFormat formats[] = {
  GST_OMV_PIXEL_FORMAT_BINARY, GST_OMV_PIXEL_FORMAT_GRAYSCALE,
  GST_OMV_PIXEL_FORMAT_RGB565, GST_OMV_PIXEL_FORMAT_BAYER_BGGR,
  GST_OMV_PIXEL_FORMAT_BAYER_GBRG, GST_OMV_PIXEL_FORMAT_BAYER_GRBG,
  GST_OMV_PIXEL_FORMAT_BAYER_RGGB, GST_OMV_PIXEL_FORMAT_YUV422,
  GST_OMV_PIXEL_FORMAT_YVU422
};

static const gint widths[] = { 1, 2, 3, 5, 7, 8, 30, 31, 32, 33, 64, 161 };

#define HEIGHT 3

/* A payload as a camera stores it: the bits behind the last pixel of a 1-bit
 * row are 0. */
static guint8 *
make_payload (GRand * random, GstOmvPixelFormat format, gint width,
    gsize * size)
{
  gsize row = gst_omv_pixel_format_get_row_size (format, width);
  guint8 *payload = g_malloc (row * HEIGHT);

  for (gsize i = 0; i < row * HEIGHT; i++) {
    payload[i] = (guint8) g_rand_int (random);
    for (gint bit = 0; bit < 8; bit++) {
      if (format == GST_OMV_PIXEL_FORMAT_BINARY
          && (gint) (i % row) * 8 + bit >= width)
        payload[i] &= (guint8) ~ (1 << bit);
    }
  }

  *size = row * HEIGHT;
  return payload;
}

static guint8 *
unpack (GstOmvVersion version, GstOmvPixelFormat format, gint width,
    const guint8 * payload, gsize payload_size)
{
  const GstOmvFrameHeader header = {.format = format,.width = width,
    .height = HEIGHT,.payload_size = (guint32) payload_size
  };
  gsize size = gst_omv_rows_get_stride (format, width) * HEIGHT;
  guint8 *pixels = g_malloc (size);

  memset (pixels, 0xA5, size);
  gst_omv_rows_unpack (version, &header, payload, pixels);

  return pixels;
}

static void
for_each_payload (void (*check) (GstOmvPixelFormat format, gint width,
        const guint8 * payload, gsize size))
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint f = 0; f < G_N_ELEMENTS (formats); f++) {
    for (guint w = 0; w < G_N_ELEMENTS (widths); w++) {
      gsize size;
      g_autofree guint8 *payload =
          make_payload (random, formats[f], widths[w], &size);

      check (formats[f], widths[w], payload, size);
    }
  }
}

static void
check_round_trip (GstOmvPixelFormat format, gint width, const guint8 * payload,
    gsize size)
{
  g_autofree guint8 *pixels =
      unpack (GST_OMV_VERSION_V2_0, format, width, payload, size);
  g_autofree guint8 *packed = g_malloc (size);

  memset (packed, 0x5A, size);
  gst_omv_rows_pack (format, width, HEIGHT, pixels,
      (gssize) gst_omv_rows_get_stride (format, width), packed);
  g_assert_cmpmem (packed, size, payload, size);
}

static void
test_round_trip (void)
{
  for_each_payload (check_round_trip);
}

/* Rows at any distance: far apart, or from the last one up. */
static void
check_strides (GstOmvPixelFormat format, gint width, const guint8 * payload,
    gsize size)
{
  gsize stride = gst_omv_rows_get_stride (format, width);
  gsize used = format == GST_OMV_PIXEL_FORMAT_BINARY ? (gsize) width
      : gst_omv_pixel_format_get_row_size (format, width);
  g_autofree guint8 *pixels =
      unpack (GST_OMV_VERSION_V1_1, format, width, payload, size);

  for (gsize far = used; far < used + 20; far += 19) {
    gsize room_size = far * (HEIGHT - 1) + used;
    g_autofree guint8 *room = g_malloc (room_size);
    g_autofree guint8 *packed = g_malloc (size);

    memset (room, 0xA5, room_size);
    for (gsize y = 0; y < HEIGHT; y++)
      memcpy (room + y * far, pixels + y * stride, used);
    gst_omv_rows_pack (format, width, HEIGHT, room, (gssize) far, packed);
    g_assert_cmpmem (packed, size, payload, size);

    for (gsize y = 0; y < HEIGHT; y++)
      memcpy (room + (HEIGHT - 1 - y) * far, pixels + y * stride, used);
    gst_omv_rows_pack (format, width, HEIGHT, room + (HEIGHT - 1) * far,
        -(gssize) far, packed);
    g_assert_cmpmem (packed, size, payload, size);
  }
}

static void
test_strides (void)
{
  for_each_payload (check_strides);
}

/* No uninitialised byte leaves a frame. */
static void
check_gap (GstOmvPixelFormat format, gint width, const guint8 * payload,
    gsize size)
{
  gsize stride = gst_omv_rows_get_stride (format, width);
  gsize used = format == GST_OMV_PIXEL_FORMAT_BINARY ? (gsize) width
      : gst_omv_pixel_format_get_row_size (format, width);
  g_autofree guint8 *pixels =
      unpack (GST_OMV_VERSION_V2_0, format, width, payload, size);

  g_assert_cmpuint (stride % 4, ==, 0);
  g_assert_cmpuint (stride - used, <, 4);
  if (format == GST_OMV_PIXEL_FORMAT_YUV422
      || format == GST_OMV_PIXEL_FORMAT_YVU422)
    return;
  for (gsize y = 0; y < HEIGHT; y++) {
    for (gsize at = used; at < stride; at++)
      g_assert_cmphex (pixels[y * stride + at], ==, 0);
  }
}

static void
test_gaps_are_zero (void)
{
  for_each_payload (check_gap);
}

/* "bit 0 of the first byte is the leftmost pixel, rows padded to 32 bits" */
static void
test_binary_order (void)
{
  static const guint8 payload[] = {
    0x01, 0, 0, 0x80, 0x01, 0, 0, 0,
    0xF0, 0, 0, 0, 0, 0, 0, 0,
    0, 0x80, 0, 0, 0, 0, 0, 0,
  };
  g_autofree guint8 *pixels = unpack (GST_OMV_VERSION_V2_0,
      GST_OMV_PIXEL_FORMAT_BINARY, 33, payload, sizeof payload);

  for (gint x = 0; x < 33; x++) {
    g_assert_cmpint (pixels[x], ==, x == 0 || x == 31 || x == 32 ? 255 : 0);
    g_assert_cmpint (pixels[36 + x], ==, x >= 4 && x < 8 ? 255 : 0);
    g_assert_cmpint (pixels[72 + x], ==, x == 15 ? 255 : 0);
  }
}

static void
test_binary_ignores_bits_behind_the_row (void)
{
  static const guint8 payload[] = {
    0xF8, 0xFF, 0xFF, 0xFF, 0xFA, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF
  };
  static const guint8 expected[] = { 0, 0, 0, 0, 0, 255, 0, 0, 255, 255, 255, 0
  };
  g_autofree guint8 *pixels = unpack (GST_OMV_VERSION_V1_0,
      GST_OMV_PIXEL_FORMAT_BINARY, 3, payload, sizeof payload);

  g_assert_cmpmem (pixels, 12, expected, sizeof expected);
}

static void
test_binary_threshold (void)
{
  static const guint8 pixels[] = { 0, 1, 127, 128, 129, 254, 255, 0, 200 };
  guint8 payload[4];

  memset (payload, 0x5A, sizeof payload);
  gst_omv_rows_pack (GST_OMV_PIXEL_FORMAT_BINARY, 9, 1, pixels, 12, payload);
  g_assert_cmpmem (payload, 4, "\x78\x01\0", 4);
}

/* The table's RGB565 is red 0x1F, green 0, blue 1 and the like: 0xF801, 0x07E2.
 * 1.0 stores the high byte first; the host's order is what GStreamer wants. */
static void
test_rgb565_order (void)
{
  static const guint8 big[] = { 0xF8, 0x01, 0x07, 0xE2, 0x12, 0x34 };
  static const guint8 little[] = { 0x01, 0xF8, 0xE2, 0x07, 0x34, 0x12 };

  for (guint v = 0; v < 4; v++) {
    static const GstOmvVersion version[] = { 10, 11, 20, 21 };
    g_autofree guint8 *pixels = unpack (version[v],
        GST_OMV_PIXEL_FORMAT_RGB565, 1, v == 0 ? big : little, 6);
    guint8 packed[6];

    for (guint y = 0; y < 3; y++) {
      guint16 pixel;

      memcpy (&pixel, pixels + 4 * y, 2);
      g_assert_cmphex (pixel, ==, big[2 * y] << 8 | big[2 * y + 1]);
    }
    gst_omv_rows_pack (GST_OMV_PIXEL_FORMAT_RGB565, 1, 3, pixels, 4, packed);
    g_assert_cmpmem (packed, 6, little, 6);
  }
}

static void
test_only_rgb565_is_swapped (void)
{
  gboolean little = G_BYTE_ORDER == G_LITTLE_ENDIAN;

  for (guint f = 0; f < G_N_ELEMENTS (formats); f++) {
    gboolean rgb = formats[f] == GST_OMV_PIXEL_FORMAT_RGB565;

    g_assert_cmpint (gst_omv_rows_are_swapped (GST_OMV_VERSION_V1_0,
            formats[f]), ==, rgb && little);
    g_assert_cmpint (gst_omv_rows_are_swapped (GST_OMV_VERSION_V1_1,
            formats[f]), ==, rgb && !little);
    g_assert_cmpint (gst_omv_rows_are_swapped (GST_OMV_VERSION_V2_1,
            formats[f]), ==, rgb && !little);
  }
}

/* What the last pixel of an odd row lacks is its own luma and the chroma sample
 * of the pair before it, or none. */
static void
test_odd_yuv_ends_with_a_pair (void)
{
  static const guint8 payload[] = { 1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16,
    21, 22, 23, 24, 25, 26
  };
  static const guint8 expected[] = { 1, 2, 3, 4, 5, 6, 5, 4,
    11, 12, 13, 14, 15, 16, 15, 14, 21, 22, 23, 24, 25, 26, 25, 24
  };
  static const guint8 expected_1[] = { 1, 2, 1, 128, 3, 4, 3, 128, 5, 6, 5, 128
  };

  for (guint f = 7; f < 9; f++) {
    g_autofree guint8 *three = unpack (GST_OMV_VERSION_V2_0, formats[f], 3,
        payload, sizeof payload);
    g_autofree guint8 *one = unpack (GST_OMV_VERSION_V2_0, formats[f], 1,
        payload, 6);

    g_assert_cmpmem (three, 24, expected, sizeof expected);
    g_assert_cmpmem (one, 12, expected_1, sizeof expected_1);
  }
}

/* The list of a 1.0 recording has the checksums of the pixels as a camera holds
 * them, little-endian, which is what 1.1 and later store. */
static void
test_golden_v10 (void)
{
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load ("v10_rgb565");

  for (guint i = 0; i < golden->frames->len; i++) {
    const OmvTestFrame *frame = omv_test_frame (golden->frames, i);
    const GstOmvFrameHeader header = {.width = frame->width,
      .height = frame->height,.format = frame->format,
      .payload_size = frame->size
    };
    gsize stride = gst_omv_rows_get_stride (header.format, header.width);
    g_autofree guint8 *pixels = g_malloc (stride * (gsize) header.height);
    g_autofree guint8 *packed = g_malloc (frame->size);
    g_autofree gchar *sha256 = NULL;

    gst_omv_rows_unpack (GST_OMV_VERSION_V1_0, &header,
        golden->data + frame->offset + 16, pixels);
    gst_omv_rows_pack (header.format, header.width, header.height, pixels,
        (gssize) stride, packed);
    sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, packed,
        frame->size);
    g_assert_cmpstr (sha256, ==, frame->sha256);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rows/what-is-unpacked-packs-to-the-same", test_round_trip);
  g_test_add_func ("/rows/any-stride-packs", test_strides);
  g_test_add_func ("/rows/gaps-are-zero", test_gaps_are_zero);
  g_test_add_func ("/rows/binary/lowest-bit-is-leftmost", test_binary_order);
  g_test_add_func ("/rows/binary/bits-behind-the-row-are-ignored",
      test_binary_ignores_bits_behind_the_row);
  g_test_add_func ("/rows/binary/over-127-is-set", test_binary_threshold);
  g_test_add_func ("/rows/rgb565/v10-is-big-endian", test_rgb565_order);
  g_test_add_func ("/rows/rgb565/nothing-else-is-swapped",
      test_only_rgb565_is_swapped);
  g_test_add_func ("/rows/yuv/odd-rows-end-with-a-pair",
      test_odd_yuv_ends_with_a_pair);
  g_test_add_func ("/rows/golden-v10", test_golden_v10);

  return g_test_run ();
}
