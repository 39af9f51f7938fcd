/* video-frame.c: tests of frames that travel without their recording
 *
 * The bytes of a buffer are compared with ones made by hand, after the
 * description of GST_OMV_FRAME_CAPS_NAME.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-video.h>

#include <string.h>

#include "omvtest.h"

static const GstOmvVersion versions[] = {
  GST_OMV_VERSION_V1_0, GST_OMV_VERSION_V1_1, GST_OMV_VERSION_V2_0,
  GST_OMV_VERSION_V2_1
};

static const GstOmvPixelFormat formats[] = {
  GST_OMV_PIXEL_FORMAT_BINARY, GST_OMV_PIXEL_FORMAT_GRAYSCALE,
  GST_OMV_PIXEL_FORMAT_RGB565, GST_OMV_PIXEL_FORMAT_BAYER_BGGR,
  GST_OMV_PIXEL_FORMAT_BAYER_GBRG, GST_OMV_PIXEL_FORMAT_BAYER_GRBG,
  GST_OMV_PIXEL_FORMAT_BAYER_RGGB, GST_OMV_PIXEL_FORMAT_YUV422,
  GST_OMV_PIXEL_FORMAT_YVU422, GST_OMV_PIXEL_FORMAT_JPEG,
  GST_OMV_PIXEL_FORMAT_PNG
};

static GstOmvFrameHeader
make_header (GstOmvPixelFormat format, gint width, gint height)
{
  GstOmvFrameHeader header = {.interval = 33000,.format = format,
    .width = width,.height = height,.size_word = 0xDEADBEEF,
    .exact_time = 123456789
  };

  header.payload_size = gst_omv_pixel_format_is_compressed (format) ? 71
      : (guint32) (gst_omv_pixel_format_get_row_size (format, width)
      * (gsize) height);
  return header;
}

static GstBuffer *
make_payload (gsize size)
{
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) (i * 37 + 5);

  return gst_buffer_new_wrapped (data, size);
}

/* What the buffer has to hold. */
static GByteArray *
make_expected (GstOmvVersion version, const GstOmvFrameHeader * header,
    GstBuffer * payload)
{
  gboolean swap = version == GST_OMV_VERSION_V1_0
      && header->format == GST_OMV_PIXEL_FORMAT_RGB565;
  GByteArray *bytes = g_byte_array_new ();

  omv_test_append_header (bytes, 2,
      version == GST_OMV_VERSION_V2_1 ? 33 : 33000, header->width,
      header->height, header->format, header->payload_size);
  for (gsize i = 0; i < header->payload_size; i++) {
    guint8 byte;

    gst_buffer_extract (payload, swap ? i ^ 1 : i, &byte, 1);
    g_byte_array_append (bytes, &byte, 1);
  }

  return bytes;
}

static void
check_frame (GstOmvVersion version, GstOmvPixelFormat format, gint width)
{
  GstOmvFrameHeader header = make_header (format, width, 3), parsed;
  g_autoptr (GstBuffer) payload = make_payload (header.payload_size + 9);
  g_autoptr (GByteArray) expected = make_expected (version, &header, payload);
  g_autoptr (GstBuffer) frame =
      gst_omv_video_make_frame (version, &header, payload);
  g_autoptr (GstBuffer) back = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (gst_buffer_get_size (frame), ==, expected->len);
  g_assert_cmpint (gst_buffer_memcmp (frame, 0, expected->data, expected->len),
      ==, 0);

  back = gst_omv_video_parse_frame (frame, &parsed, &error);
  g_assert_no_error (error);
  g_assert_cmphex (parsed.format, ==, format);
  g_assert_cmpint (parsed.width, ==, width);
  g_assert_cmpint (parsed.height, ==, 3);
  g_assert_cmpuint (parsed.payload_size, ==, header.payload_size);
  g_assert_cmpuint (parsed.exact_time, ==, GST_OMV_TIME_NONE);
  g_assert_cmpuint (gst_buffer_get_size (back), ==, header.payload_size);
  g_assert_cmpint (gst_buffer_memcmp (back, 0, expected->data + 32,
          header.payload_size), ==, 0);
}

/* Whatever the version, and whatever follows the payload. */
static void
test_bytes (void)
{
  for (guint v = 0; v < G_N_ELEMENTS (versions); v++) {
    for (guint f = 0; f < G_N_ELEMENTS (formats); f++) {
      for (gint width = 1; width < 40; width++)
        check_frame (versions[v], formats[f], width);
    }
  }
}

static const guint8 *
get_address (GstBuffer * buffer, guint memory)
{
  GstMapInfo map;
  const guint8 *address;

  g_assert_cmpuint (memory, <, gst_buffer_n_memory (buffer));
  g_assert_true (gst_buffer_map_range (buffer, memory, 1, &map, GST_MAP_READ));
  address = map.data;
  gst_buffer_unmap (buffer, &map);

  return address;
}

static void
test_payload_is_shared (void)
{
  for (guint f = 0; f < G_N_ELEMENTS (formats); f++) {
    GstOmvFrameHeader header = make_header (formats[f], 33, 5), parsed;
    g_autoptr (GstBuffer) payload = make_payload (header.payload_size);
    g_autoptr (GstBuffer) frame =
        gst_omv_video_make_frame (GST_OMV_VERSION_V2_0, &header, payload);
    g_autoptr (GstBuffer) back =
        gst_omv_video_parse_frame (frame, &parsed, NULL);

    g_assert_cmpuint (gst_buffer_n_memory (frame), ==, 2);
    g_assert_true (get_address (frame, 1) == get_address (payload, 0));
    g_assert_true (get_address (back, 0) == get_address (payload, 0));
  }
}

/* The same as one piece of memory, as it comes over a network. */
static void
test_one_piece (void)
{
  GstOmvFrameHeader header = make_header (GST_OMV_PIXEL_FORMAT_GRAYSCALE, 7, 3);
  GstOmvFrameHeader parsed;
  g_autoptr (GstBuffer) payload = make_payload (header.payload_size);
  g_autoptr (GByteArray) bytes =
      make_expected (GST_OMV_VERSION_V2_0, &header, payload);
  g_autoptr (GstBuffer) frame = gst_buffer_new_memdup (bytes->data, bytes->len);
  g_autoptr (GstBuffer) back = gst_omv_video_parse_frame (frame, &parsed, NULL);

  g_assert_cmpint (gst_buffer_memcmp (back, 0, bytes->data + 32, 21), ==, 0);
  g_assert_true (get_address (back, 0) == get_address (frame, 0) + 32);
}

/* The size of raw frames is in the header, but is not believed. */
static void
test_size_of_raw_is_not_believed (void)
{
  GstOmvFrameHeader parsed;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GstBuffer) frame = NULL;
  g_autoptr (GstBuffer) back = NULL;

  omv_test_append_header (bytes, 2, 0, 7, 3, 0x08020001, 0xFFFFFFFF);
  g_byte_array_set_size (bytes, 32 + 21);
  frame = gst_buffer_new_memdup (bytes->data, bytes->len);
  back = gst_omv_video_parse_frame (frame, &parsed, NULL);
  g_assert_nonnull (back);
  g_assert_cmpuint (parsed.payload_size, ==, 21);
}

static void
check_refused (const guint8 * data, gsize size, GstOmvError code)
{
  g_autoptr (GstBuffer) frame = size > 0
      ? gst_buffer_new_memdup (data, size) : gst_buffer_new ();
  g_autoptr (GError) error = NULL;
  GstOmvFrameHeader header = {.width = -7 };

  g_assert_null (gst_omv_video_parse_frame (frame, &header, &error));
  g_assert_error (error, GST_OMV_ERROR, (gint) code);
  g_assert_cmpint (header.width, ==, -7);
}

static void
test_wrong_sizes (void)
{
  for (guint f = 0; f < G_N_ELEMENTS (formats); f++) {
    GstOmvFrameHeader header = make_header (formats[f], 7, 3);
    g_autoptr (GstBuffer) payload = make_payload (header.payload_size);
    g_autoptr (GByteArray) bytes =
        make_expected (GST_OMV_VERSION_V2_0, &header, payload);

    g_byte_array_append (bytes, (const guint8 *) "more", 4);
    for (guint size = 0; size <= bytes->len; size++) {
      if (size != bytes->len - 4)
        check_refused (bytes->data, size, size < 32
            ? GST_OMV_ERROR_CORRUPT : GST_OMV_ERROR_INVALID_FRAME_SIZE);
    }
  }
}

static void
test_bad_headers (void)
{
  static const struct
  {
    gint width;
    gint height;
    guint32 format;
    guint32 size;
  } cases[] = {
    {0, 3, 0x08020001, 0}, {7, -1, 0x08020001, 0}, {32768, 3, 0x08020001, 0},
    {7, 3, 0, 0}, {7, 3, 0x08020002, 0}, {7, 3, 0x06060000, 0}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();

    omv_test_append_header (bytes, 2, 0, cases[i].width, cases[i].height,
        cases[i].format, cases[i].size);
    omv_test_append_padding (bytes, 1);
    check_refused (bytes->data, bytes->len, GST_OMV_ERROR_CORRUPT);
  }
}

static void
test_caps (void)
{
  g_autoptr (GstCaps) caps = gst_omv_video_make_frame_caps (30, 1);
  g_autoptr (GError) error = NULL;
  GstOmvVideoInfo info;

  g_assert_true (gst_caps_is_fixed (caps));
  g_assert_true (gst_omv_video_info_from_caps (&info, caps, TRUE, &error));
  g_assert_no_error (error);
  g_assert_cmpint (info.format, ==, GST_OMV_PIXEL_FORMAT_UNKNOWN);
  g_assert_cmpuint (info.frame_duration, ==, GST_SECOND / 30);
  g_assert_false (info.threshold);

  for (guint v = 0; v < G_N_ELEMENTS (versions); v++) {
    g_autoptr (GstCaps) all = gst_omv_video_get_template_caps (versions[v]);

    g_assert_true (gst_caps_is_subset (caps, all));
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/video-frame/bytes", test_bytes);
  g_test_add_func ("/video-frame/payload-is-shared", test_payload_is_shared);
  g_test_add_func ("/video-frame/one-piece", test_one_piece);
  g_test_add_func ("/video-frame/size-of-raw-is-not-believed",
      test_size_of_raw_is_not_believed);
  g_test_add_func ("/video-frame/wrong-sizes", test_wrong_sizes);
  g_test_add_func ("/video-frame/bad-headers", test_bad_headers);
  g_test_add_func ("/video-frame/caps", test_caps);

  return g_test_run ();
}
