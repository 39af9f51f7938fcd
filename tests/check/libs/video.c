/* video.c: tests of frames as caps and buffers
 *
 * Pixels are compared by way of GstVideoFrame, so as the elements beside ours
 * see them, and "without a copy" by the address of the bytes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-rows.h>
#include <gst/omv/omv-video.h>

#include <string.h>

#define FULL_601 ",colorimetry=(string)1:4:7:1"
#define RAW(format) "video/x-raw,format=(string)" format \
    ",pixel-aspect-ratio=(fraction)1/1,interlace-mode=(string)progressive"

/* docs/format.md, "Pixel formats": all that there are caps for. */
static const struct
{
  GstOmvPixelFormat format;
  const gchar *name;
  const gchar *caps;            /* without size and rate */
  gboolean v1;
  gboolean raw;                 /* video/x-raw */
} entries[] = {
  {GST_OMV_PIXEL_FORMAT_GRAYSCALE, "gray", RAW ("GRAY8"), TRUE, TRUE},
  {GST_OMV_PIXEL_FORMAT_RGB565, "rgb565", RAW ("RGB16"), TRUE, TRUE},
  {GST_OMV_PIXEL_FORMAT_YUV422, "yuv422", RAW ("YUY2") FULL_601, FALSE, TRUE},
  {GST_OMV_PIXEL_FORMAT_YVU422, "yvu422", RAW ("YVYU") FULL_601, FALSE, TRUE},
  {GST_OMV_PIXEL_FORMAT_BAYER_BGGR, "bggr",
      "video/x-bayer,format=(string)bggr", TRUE, FALSE},
  {GST_OMV_PIXEL_FORMAT_BAYER_GBRG, "gbrg",
      "video/x-bayer,format=(string)gbrg", FALSE, FALSE},
  {GST_OMV_PIXEL_FORMAT_BAYER_GRBG, "grbg",
      "video/x-bayer,format=(string)grbg", FALSE, FALSE},
  {GST_OMV_PIXEL_FORMAT_BAYER_RGGB, "rggb",
      "video/x-bayer,format=(string)rggb", FALSE, FALSE},
  {GST_OMV_PIXEL_FORMAT_JPEG, "jpeg", "image/jpeg,parsed=(boolean)true", TRUE,
      FALSE},
  {GST_OMV_PIXEL_FORMAT_PNG, "png", "image/png", FALSE, FALSE},
  {GST_OMV_PIXEL_FORMAT_BINARY, "binary", "video/x-omv-binary", TRUE, FALSE},
};

static const GstOmvVersion versions[] = {
  GST_OMV_VERSION_V1_0, GST_OMV_VERSION_V1_1, GST_OMV_VERSION_V2_0,
  GST_OMV_VERSION_V2_1
};

#define HEIGHT 3

static GstOmvFrameHeader
make_header (GstOmvPixelFormat format, gint width)
{
  gsize row_size = gst_omv_pixel_format_get_row_size (format, width);
  const GstOmvFrameHeader header = {.format = format,.width = width,
    .height = HEIGHT,.payload_size = (guint32) row_size * HEIGHT
  };

  return header;
}

static GstCaps *
make_entry_caps (guint i, gint width, gint height)
{
  g_autofree gchar *text = g_strdup_printf ("%s,width=(int)%d,height=(int)%d,"
      "framerate=(fraction)25/1", entries[i].caps, width, height);

  return gst_caps_from_string (text);
}

/* ---- caps ---- */

static void
test_caps_both_ways (gconstpointer user_data)
{
  guint i = GPOINTER_TO_UINT (user_data);
  GstOmvFrameHeader header = make_header (entries[i].format, 5);
  g_autoptr (GstCaps) expected = make_entry_caps (i, 5, HEIGHT);
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GError) error = NULL;
  GstOmvVideoInfo info;

  caps = entries[i].format == GST_OMV_PIXEL_FORMAT_BINARY
      ? gst_omv_video_make_binary_caps (&header, 25, 1)
      : gst_omv_video_make_caps (&header, 25, 1);
  g_assert_true (gst_caps_is_fixed (caps));
  g_assert_true (gst_caps_is_equal (caps, expected));

  g_assert_true (gst_omv_video_info_from_caps (&info, caps, FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmphex (info.format, ==, entries[i].format);
  g_assert_cmpint (info.width, ==, 5);
  g_assert_cmpint (info.height, ==, HEIGHT);
  g_assert_cmpuint (info.frame_duration, ==, 40 * GST_MSECOND);
  g_assert_false (info.threshold);
}

static void
test_binary_is_gray_too (void)
{
  GstOmvFrameHeader header = make_header (GST_OMV_PIXEL_FORMAT_BINARY, 5);
  g_autoptr (GstCaps) expected = make_entry_caps (0, 5, HEIGHT);
  g_autoptr (GstCaps) caps = gst_omv_video_make_caps (&header, 25, 1);

  g_assert_true (gst_caps_is_equal (caps, expected));
}

static void
test_yuv_is_full_range (void)
{
  GstOmvFrameHeader header = make_header (GST_OMV_PIXEL_FORMAT_YUV422, 6);
  g_autoptr (GstCaps) caps = gst_omv_video_make_caps (&header, 0, 1);
  GstVideoInfo info;

  g_assert_true (gst_video_info_from_caps (&info, caps));
  g_assert_cmpint (info.colorimetry.range, ==, GST_VIDEO_COLOR_RANGE_0_255);
  g_assert_cmpint (info.colorimetry.matrix, ==, GST_VIDEO_COLOR_MATRIX_BT601);
}

static void
test_gray_to_binary (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++) {
    g_autoptr (GstCaps) caps = make_entry_caps (i, 9, 9);
    gboolean gray = entries[i].format == GST_OMV_PIXEL_FORMAT_GRAYSCALE;
    GstOmvVideoInfo info;

    g_assert_true (gst_omv_video_info_from_caps (&info, caps, TRUE, NULL));
    g_assert_cmpint (info.threshold, ==, gray);
    g_assert_cmphex (info.format, ==,
        gray ? GST_OMV_PIXEL_FORMAT_BINARY : entries[i].format);
  }
}

/* ARGB8 is in no template. */
static void
test_templates (void)
{
  for (guint v = 0; v < G_N_ELEMENTS (versions); v++) {
    g_autoptr (GstCaps) caps = gst_omv_video_get_template_caps (versions[v]);
    g_autoptr (GstCaps) other = gst_caps_from_string ("video/x-raw,"
        "format=(string){ARGB,I420,GRAY16_LE,RGB15,UYVY}; image/gif; "
        "video/x-bayer,format=(string){bggr10le,bggr16le}");

    g_assert_false (gst_caps_can_intersect (caps, other));
    for (guint i = 0; i < G_N_ELEMENTS (entries); i++) {
      gboolean can = entries[i].v1 || v >= 2;
      g_autoptr (GstCaps) smallest = make_entry_caps (i, 1, 1);
      g_autoptr (GstCaps) largest = make_entry_caps (i, 32767, 32767);
      g_autoptr (GstCaps) larger = make_entry_caps (i, 32768, 1);

      g_assert_cmpint (gst_caps_is_subset (smallest, caps), ==, can);
      g_assert_cmpint (gst_caps_is_subset (largest, caps), ==, can);
      g_assert_false (gst_caps_can_intersect (larger, caps));
    }
  }
}

static void
test_refused_caps (void)
{
  static const struct
  {
    const gchar *caps;
    GstOmvError code;
  } cases[] = {
    {"audio/x-raw", GST_OMV_ERROR_UNSUPPORTED},
    {"video/x-raw,width=5,height=5", GST_OMV_ERROR_UNSUPPORTED},
    {"video/x-raw,format=I420,width=5,height=5", GST_OMV_ERROR_UNSUPPORTED},
    {"video/x-raw,format=gray8,width=5,height=5", GST_OMV_ERROR_UNSUPPORTED},
    {"video/x-bayer,format=bggr16le,width=5,height=5",
        GST_OMV_ERROR_UNSUPPORTED},
    {"image/gif,width=5,height=5", GST_OMV_ERROR_UNSUPPORTED},
    {"video/x-raw,format=GRAY8", GST_OMV_ERROR_INVALID_FRAME_SIZE},
    {"video/x-raw,format=GRAY8,width=5", GST_OMV_ERROR_INVALID_FRAME_SIZE},
    {"video/x-raw,format=GRAY8,width=0,height=5",
        GST_OMV_ERROR_INVALID_FRAME_SIZE},
    {"video/x-raw,format=YUY2,width=32768,height=5",
        GST_OMV_ERROR_INVALID_FRAME_SIZE},
    {"video/x-bayer,format=bggr,width=5,height=32768",
        GST_OMV_ERROR_INVALID_FRAME_SIZE},
    {"video/x-bayer,format=bggr,width=-5,height=5",
        GST_OMV_ERROR_INVALID_FRAME_SIZE},
    {"video/x-omv-binary,width=5,height=2147483647",
        GST_OMV_ERROR_INVALID_FRAME_SIZE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GstCaps) caps = gst_caps_from_string (cases[i].caps);
    g_autoptr (GError) error = NULL;
    GstOmvVideoInfo info = {.width = -7 };

    g_test_message ("%s", cases[i].caps);
    g_assert_false (gst_omv_video_info_from_caps (&info, caps, FALSE, &error));
    g_assert_error (error, GST_OMV_ERROR, (gint) cases[i].code);
    g_assert_cmpint (info.width, ==, -7);
  }
}

static void
test_frame_durations (void)
{
  static const struct
  {
    const gchar *caps;
    GstClockTime duration;
  } cases[] = {
    {"image/jpeg", GST_CLOCK_TIME_NONE},
    {"image/jpeg,framerate=0/1", GST_CLOCK_TIME_NONE},
    {"image/png,framerate=30000/1001", 33366666},
    {"image/png,framerate=1/7", 7 * GST_SECOND},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GstCaps) caps = gst_caps_from_string (cases[i].caps);
    GstOmvVideoInfo info;

    g_assert_true (gst_omv_video_info_from_caps (&info, caps, FALSE, NULL));
    g_assert_cmpuint (info.frame_duration, ==, cases[i].duration);
    g_assert_cmpint (info.width, ==, 0);
    g_assert_cmpint (info.height, ==, 0);
  }
}

/* What is decoded has rows as GStreamer lays them out, and the colours that the
 * frame's own caps would say. */
static void
test_decoded_layouts (void)
{
  static const struct
  {
    GstOmvDecodedFormat decoded;
    GstVideoFormat format;
    GstOmvPixelFormat stored;
  } cases[] = {
    {GST_OMV_DECODED_FORMAT_GRAY8, GST_VIDEO_FORMAT_GRAY8,
        GST_OMV_PIXEL_FORMAT_GRAYSCALE},
    {GST_OMV_DECODED_FORMAT_RGB, GST_VIDEO_FORMAT_RGB,
        GST_OMV_PIXEL_FORMAT_UNKNOWN},
    {GST_OMV_DECODED_FORMAT_RGBA, GST_VIDEO_FORMAT_RGBA,
        GST_OMV_PIXEL_FORMAT_UNKNOWN},
    {GST_OMV_DECODED_FORMAT_RGB16, GST_VIDEO_FORMAT_RGB16,
        GST_OMV_PIXEL_FORMAT_RGB565},
    {GST_OMV_DECODED_FORMAT_YUY2, GST_VIDEO_FORMAT_YUY2,
        GST_OMV_PIXEL_FORMAT_YUV422},
    {GST_OMV_DECODED_FORMAT_YVYU, GST_VIDEO_FORMAT_YVYU,
        GST_OMV_PIXEL_FORMAT_YVU422},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstVideoInfo info, expected;

    g_assert_true (gst_omv_video_info_set_decoded (&info, cases[i].decoded, 5,
            HEIGHT));
    g_assert_cmpint (GST_VIDEO_INFO_FORMAT (&info), ==, cases[i].format);
    g_assert_cmpint (info.width, ==, 5);
    g_assert_cmpint (info.height, ==, HEIGHT);
    g_assert_cmpint (GST_VIDEO_INFO_PLANE_STRIDE (&info, 0), >=,
        (gint) gst_omv_decoded_format_get_row_size (cases[i].decoded, 5));
    if (cases[i].stored != GST_OMV_PIXEL_FORMAT_UNKNOWN) {
      GstOmvFrameHeader header = make_header (cases[i].stored, 5);
      g_autoptr (GstCaps) caps = gst_omv_video_make_caps (&header, 0, 1);

      g_assert_true (gst_video_info_from_caps (&expected, caps));
      g_assert_true (gst_video_colorimetry_is_equal (&info.colorimetry,
              &expected.colorimetry));
      g_assert_cmpuint (info.size, ==, expected.size);
    }
  }
}

/* ---- buffers to payloads ---- */

static GstBuffer *
make_buffer (gsize size)
{
  guint8 *data = size > 0 ? g_malloc (size) : NULL;

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) (i * 41 + i / 256 + 7);

  return size > 0 ? gst_buffer_new_wrapped (data, size) : gst_buffer_new ();
}

static GstOmvVideoInfo
make_info (guint i, gint width, gboolean binary)
{
  g_autoptr (GstCaps) caps = make_entry_caps (i, width, HEIGHT);
  g_autoptr (GError) error = NULL;
  GstOmvVideoInfo info;

  gst_omv_video_info_from_caps (&info, caps, binary, &error);
  g_assert_no_error (error);

  return info;
}

/* What is written to a place of the caller's is the same, and no more. */
static void
check_written (const GstOmvVideoInfo * info, GstBuffer * buffer,
    GstBuffer * payload)
{
  gsize size = gst_omv_video_info_get_payload_size (info);
  g_autofree guint8 *written = g_malloc (size + 1);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (gst_buffer_get_size (payload), ==, size);
  written[size] = 0xA5;
  g_assert_true (gst_omv_video_info_pack_to (info, buffer, written, &error));
  g_assert_no_error (error);
  g_assert_cmpint (gst_buffer_memcmp (payload, 0, written, size), ==, 0);
  g_assert_cmpuint (written[size], ==, 0xA5);
}

static GstBuffer *
pack (const GstOmvVideoInfo * info, GstBuffer * buffer)
{
  g_autoptr (GError) error = NULL;
  GstBuffer *payload = gst_omv_video_info_pack (info, buffer, &error);

  g_assert_no_error (error);
  g_assert_nonnull (payload);
  if (!gst_omv_pixel_format_is_compressed (info->format))
    check_written (info, buffer, payload);

  return payload;
}

static void
check_refused (const GstOmvVideoInfo * info, GstBuffer * buffer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBuffer) payload =
      gst_omv_video_info_pack (info, buffer, &error);

  g_autofree guint8 *room =
      g_malloc (gst_omv_video_info_get_payload_size (info));

  g_assert_null (payload);
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE);
  g_clear_error (&error);
  g_assert_false (gst_omv_video_info_pack_to (info, buffer, room, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE);
}

/* The payload is so large, and starts where @buffer's bytes do. */
static void
check_shared (GstBuffer * payload, GstBuffer * buffer, gsize size)
{
  GstMapInfo a, b;

  g_assert_true (gst_buffer_map (payload, &a, GST_MAP_READ));
  g_assert_true (gst_buffer_map (buffer, &b, GST_MAP_READ));
  g_assert_cmpuint (a.size, ==, size);
  g_assert_true (a.data == b.data);
  gst_buffer_unmap (buffer, &b);
  gst_buffer_unmap (payload, &a);
}

static void
check_bytes (GstBuffer * buffer, const guint8 * data, gsize size)
{
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpmem (map.data, map.size, data, size);
  gst_buffer_unmap (buffer, &map);
}

/* The payload has the bytes of each pixel in the other order. */
static void
check_turned (GstBuffer * payload, GstBuffer * buffer, gsize size)
{
  GstMapInfo a, b;

  g_assert_true (gst_buffer_map (payload, &a, GST_MAP_READ));
  g_assert_true (gst_buffer_map (buffer, &b, GST_MAP_READ));
  g_assert_cmpuint (a.size, ==, size);
  for (gsize i = 0; i < size; i++)
    g_assert_cmpint (a.data[i], ==, b.data[i ^ 1]);
  gst_buffer_unmap (buffer, &b);
  gst_buffer_unmap (payload, &a);
}

/* At 8 pixels the rows of all formats are tight. What lies behind the frame is
 * left out. */
static void
test_tight_buffers_are_shared (gconstpointer user_data)
{
  guint i = GPOINTER_TO_UINT (user_data);
  GstOmvVideoInfo info = make_info (i, 8, FALSE);
  gsize size = make_header (entries[i].format, 8).payload_size;
  gboolean picture = gst_omv_pixel_format_is_compressed (entries[i].format);

  if (picture)
    size = 314;
  for (gsize more = 0; more < 9; more += 8) {
    g_autoptr (GstBuffer) buffer = make_buffer (size + more);
    g_autoptr (GstBuffer) payload = pack (&info, buffer);

    if (gst_omv_rows_are_swapped (GST_OMV_VERSION_V2_0, entries[i].format)) {
      check_turned (payload, buffer, size);
      continue;
    }
    check_shared (payload, buffer, picture ? size + more : size);
    if (more == 0)
      g_assert_true (payload == buffer);
  }
}

/* Several pieces of memory stay several. */
static void
test_pieces_are_shared (void)
{
  GstOmvVideoInfo info = make_info (0, 8, FALSE);
  g_autoptr (GstBuffer) buffer = make_buffer (8);
  g_autoptr (GstBuffer) payload = NULL;

  buffer = gst_buffer_append (buffer, make_buffer (16));
  payload = pack (&info, buffer);
  g_assert_cmpuint (gst_buffer_n_memory (payload), ==, 2);
  for (guint i = 0; i < 2; i++)
    g_assert_true (gst_buffer_peek_memory (payload, i) ==
        gst_buffer_peek_memory (buffer, i));
}

static guint8 *
make_payload (const GstOmvFrameHeader * header)
{
  guint8 *payload = g_malloc (header->payload_size);

  for (guint32 i = 0; i < header->payload_size; i++)
    payload[i] = header->format == GST_OMV_PIXEL_FORMAT_BINARY
        ? (guint8) (i % 4 == 0 ? 1 + i : 0) : (guint8) (i * 29 + 3);

  return payload;
}

static gboolean
is_raw_or_bayer (guint i)
{
  return !gst_omv_pixel_format_is_compressed (entries[i].format)
      && entries[i].format != GST_OMV_PIXEL_FORMAT_BINARY;
}

static const gint widths[] = { 1, 2, 3, 5, 6, 7, 8, 31, 32, 33, 161 };

/* A payload, laid out as GStreamer wants it, packs to that payload, and a
 * buffer that is one byte short to nothing. */
static void
test_default_strides_pack (gconstpointer user_data)
{
  guint i = GPOINTER_TO_UINT (user_data);

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++) {
    GstOmvFrameHeader header = make_header (entries[i].format, widths[w]);
    GstOmvVideoInfo info = make_info (i, widths[w], FALSE);
    g_autofree guint8 *data = make_payload (&header);
    g_autoptr (GstBuffer) stored =
        gst_buffer_new_memdup (data, header.payload_size);
    g_autoptr (GstBuffer) frame =
        gst_omv_video_unpack (GST_OMV_VERSION_V2_0, &header, stored);
    g_autoptr (GstBuffer) payload = pack (&info, frame);
    g_autoptr (GstBuffer) cut = gst_buffer_copy_region (frame,
        GST_BUFFER_COPY_MEMORY, 0, gst_buffer_get_size (frame) - 1);
    GstVideoInfo video;

    check_bytes (payload, data, header.payload_size);
    check_refused (&info, cut);
    if (!entries[i].raw)
      continue;
    gst_video_info_set_format (&video, GST_VIDEO_INFO_FORMAT (&info.raw),
        (guint) widths[w], HEIGHT);
    g_assert_cmpuint (gst_buffer_get_size (frame), ==,
        GST_VIDEO_INFO_SIZE (&video));
  }
}

/* Rows of Bayer without padding, which v4l2src gives whatever the width, are taken
 * for what they are. */
static void
test_tight_bayer_packs (void)
{
  guint i = 0;

  while (entries[i].format != GST_OMV_PIXEL_FORMAT_BAYER_BGGR)
    i++;
  for (guint w = 0; w < G_N_ELEMENTS (widths); w++) {
    GstOmvFrameHeader header = make_header (entries[i].format, widths[w]);
    GstOmvVideoInfo info = make_info (i, widths[w], FALSE);
    g_autofree guint8 *data = make_payload (&header);
    g_autoptr (GstBuffer) frame =
        gst_buffer_new_memdup (data, header.payload_size);
    g_autoptr (GstBuffer) payload = pack (&info, frame);

    check_bytes (payload, data, header.payload_size);
  }
}

/* Rows anywhere in the buffer, as a GstVideoMeta says. */
static const struct
{
  const gchar *promise;
  gsize offset;
  gint stride;
  gsize size;
  gboolean shared;
} metas[] = {
  {"tight", 0, 10, 30, TRUE},
  {"tight-with-more-behind", 0, 10, 99, TRUE},
  {"padded", 0, 16, 48, FALSE},
  {"padded-but-for-the-last-row", 0, 16, 42, FALSE},
  {"odd-stride", 0, 11, 33, FALSE},
  {"behind-an-offset", 7, 10, 37, FALSE},
  {"padded-behind-an-offset", 64, 32, 160, FALSE},
  {"upside-down", 40, -20, 60, FALSE},
};

static GstBuffer *
make_meta_buffer (gsize size, GstVideoFormat format, guint width,
    gsize start, gint row)
{
  gsize offset[GST_VIDEO_MAX_PLANES] = { start, };
  gint stride[GST_VIDEO_MAX_PLANES] = { row, };
  GstBuffer *buffer = make_buffer (size);

  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE, format,
      width, HEIGHT, 1, offset, stride);
  return buffer;
}

static void
test_meta_packs (gconstpointer user_data)
{
  guint m = GPOINTER_TO_UINT (user_data);
  GstOmvVideoInfo info = make_info (0, 10, FALSE);
  g_autoptr (GstBuffer) buffer = make_meta_buffer (metas[m].size,
      GST_VIDEO_FORMAT_GRAY8, 10, metas[m].offset, metas[m].stride);
  g_autoptr (GstBuffer) payload = pack (&info, buffer);
  guint8 expected[30];

  for (gint y = 0; y < HEIGHT; y++)
    gst_buffer_extract (buffer, (gsize) ((gint) metas[m].offset
            + y * metas[m].stride), expected + 10 * y, 10);
  check_bytes (payload, expected, sizeof expected);
  if (metas[m].shared)
    check_shared (payload, buffer, sizeof expected);
}

/* A plane in two pieces of memory, the second one elsewhere. */
static void
test_meta_packs_in_pieces (void)
{
  GstOmvVideoInfo info = make_info (0, 10, FALSE);
  g_autoptr (GstBuffer) whole =
      make_meta_buffer (48, GST_VIDEO_FORMAT_GRAY8, 10, 0, 16);
  g_autoptr (GstBuffer) buffer =
      make_meta_buffer (20, GST_VIDEO_FORMAT_GRAY8, 10, 0, 16);
  g_autoptr (GstBuffer) payload = NULL;
  guint8 rest[28], expected[30];

  gst_buffer_extract (whole, 20, rest, sizeof rest);
  gst_buffer_append_memory (buffer, gst_allocator_alloc (NULL, sizeof rest,
          NULL));
  gst_buffer_fill (buffer, 20, rest, sizeof rest);
  for (gsize y = 0; y < HEIGHT; y++)
    gst_buffer_extract (whole, 16 * y, expected + 10 * y, 10);

  payload = pack (&info, buffer);
  check_bytes (payload, expected, sizeof expected);
}

static void
test_meta_beyond_the_buffer (void)
{
  static const struct
  {
    gsize offset;
    gint stride;
    gsize size;
  } cases[] = {
    {0, 16, 41}, {0, 4096, 42}, {64, 10, 30}, {8, 10, 30}, {0, -10, 30}
  };
  GstOmvVideoInfo info = make_info (0, 10, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GstBuffer) buffer = make_meta_buffer (cases[i].size,
        GST_VIDEO_FORMAT_GRAY8, 10, cases[i].offset, cases[i].stride);

    g_test_message ("case %u", i);
    check_refused (&info, buffer);
  }
}

static void
test_threshold_packs (void)
{
  static const guint8 gray[] = {
    0, 127, 128, 255, 200, 0, 0, 0,
    128, 128, 128, 128, 128, 9, 9, 9,
    0, 0, 0, 0, 255, 255, 255, 255
  };
  static const guint8 expected[] = { 0x1C, 0, 0, 0, 0x1F, 0, 0, 0, 0x10, 0, 0, 0
  };
  GstOmvVideoInfo info = make_info (0, 5, TRUE);
  g_autoptr (GstBuffer) buffer = gst_buffer_new_memdup (gray, sizeof gray);
  g_autoptr (GstBuffer) cut = gst_buffer_new_memdup (gray, sizeof gray - 1);
  g_autoptr (GstBuffer) payload = pack (&info, buffer);

  check_bytes (payload, expected, sizeof expected);
  check_refused (&info, cut);
}

/* At a width of 32 a gray frame is eight times a 1-bit one: its size says
 * nothing. */
static void
test_threshold_is_no_binary (void)
{
  GstOmvVideoInfo info = make_info (0, 32, TRUE);
  g_autoptr (GstBuffer) stored = make_buffer (4 * HEIGHT);

  check_refused (&info, stored);
}

static void
test_too_small (gconstpointer user_data)
{
  guint i = GPOINTER_TO_UINT (user_data);
  gsize size = make_header (entries[i].format, 8).payload_size;

  for (gsize n = 0; n < size; n++) {
    GstOmvVideoInfo info = make_info (i, 8, FALSE);
    g_autoptr (GstBuffer) buffer = make_buffer (n);

    check_refused (&info, buffer);
  }
}

/* ---- payloads to buffers ---- */

/* Bytes of a row that are pixels, in a buffer of make_caps(). */
static gsize
get_used (const GstOmvFrameHeader * header)
{
  if (header->format == GST_OMV_PIXEL_FORMAT_BINARY)
    return (gsize) header->width;
  return gst_omv_pixel_format_get_row_size (header->format, header->width);
}

/* Passed on as it lies in the file, a payload shows what its copy shows. */
static void
check_passthrough (GstOmvVersion version, const GstOmvFrameHeader * header)
{
  g_autofree guint8 *data = make_payload (header);
  g_autoptr (GstBuffer) payload =
      gst_buffer_new_memdup (data, header->payload_size);
  g_autoptr (GstBuffer) frame = gst_omv_video_unpack (version, header, payload);
  gsize size = gst_buffer_get_size (frame);
  gboolean same = size == header->payload_size
      && gst_buffer_memcmp (frame, 0, data, size) == 0;

  g_assert_cmpint (gst_omv_video_is_passthrough (version, header), ==, same);
}

/* The same, as GstVideoFrame sees it, where a meta tells the stride. */
static void
check_meta (GstOmvVersion version, const GstOmvFrameHeader * header)
{
  g_autofree guint8 *data = make_payload (header);
  g_autoptr (GstBuffer) payload =
      gst_buffer_new_memdup (data, header->payload_size);
  g_autoptr (GstBuffer) frame = gst_omv_video_unpack (version, header, payload);
  g_autoptr (GstCaps) caps = gst_omv_video_make_caps (header, 0, 1);
  GstVideoFrame seen, meant;
  GstVideoInfo info;

  g_assert_true (gst_video_info_from_caps (&info, caps));
  g_assert_true (gst_omv_video_add_meta (payload, version, header));
  g_assert_true (gst_video_frame_map (&seen, &info, payload, GST_MAP_READ));
  g_assert_true (gst_video_frame_map (&meant, &info, frame, GST_MAP_READ));
  g_assert_true (gst_buffer_get_video_meta (payload)->format ==
      GST_VIDEO_INFO_FORMAT (&info));
  for (gint y = 0; y < HEIGHT; y++) {
    gsize used = get_used (header);

    g_assert_cmpmem ((guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&seen, 0)
        + y * GST_VIDEO_FRAME_PLANE_STRIDE (&seen, 0), used,
        (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&meant, 0)
        + y * GST_VIDEO_FRAME_PLANE_STRIDE (&meant, 0), used);
  }
  gst_video_frame_unmap (&meant);
  gst_video_frame_unmap (&seen);
}

static void
test_passthrough_and_meta (gconstpointer user_data)
{
  guint i = GPOINTER_TO_UINT (user_data);

  for (guint v = 0; v < G_N_ELEMENTS (versions); v++) {
    for (guint w = 0; w < G_N_ELEMENTS (widths); w++) {
      GstOmvFrameHeader header = make_header (entries[i].format, widths[w]);
      gboolean can = entries[i].format == GST_OMV_PIXEL_FORMAT_GRAYSCALE
          || (entries[i].format == GST_OMV_PIXEL_FORMAT_RGB565
          && !gst_omv_rows_are_swapped (versions[v], entries[i].format));
      g_autoptr (GstBuffer) none = gst_buffer_new ();

      check_passthrough (versions[v], &header);
      if (can) {
        check_meta (versions[v], &header);
        continue;
      }
      g_assert_false (gst_omv_video_add_meta (none, versions[v], &header));
      g_assert_null (gst_buffer_get_video_meta (none));
    }
  }
}

static void
test_pictures_pass (void)
{
  for (guint v = 0; v < G_N_ELEMENTS (versions); v++) {
    GstOmvFrameHeader jpeg = make_header (GST_OMV_PIXEL_FORMAT_JPEG, 5);
    GstOmvFrameHeader png = make_header (GST_OMV_PIXEL_FORMAT_PNG, 5);

    g_assert_true (gst_omv_video_is_passthrough (versions[v], &jpeg));
    g_assert_true (gst_omv_video_is_passthrough (versions[v], &png));
  }
}

static void
add_entry_test (const gchar * promise, guint i, GTestDataFunc function)
{
  g_autofree gchar *path = g_strdup_printf ("/video/%s/%s", promise,
      entries[i].name);

  g_test_add_data_func (path, GUINT_TO_POINTER (i), function);
}

static void
add_data_tests (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++) {
    gboolean picture = gst_omv_pixel_format_is_compressed (entries[i].format);

    add_entry_test ("caps-both-ways", i, test_caps_both_ways);
    add_entry_test ("tight-buffers-are-shared", i,
        test_tight_buffers_are_shared);
    if (!picture)
      add_entry_test ("too-small-is-refused", i, test_too_small);
    if (!picture)
      add_entry_test ("passthrough-and-meta", i, test_passthrough_and_meta);
    if (is_raw_or_bayer (i))
      add_entry_test ("default-strides-pack", i, test_default_strides_pack);
  }
  for (guint i = 0; i < G_N_ELEMENTS (metas); i++) {
    g_autofree gchar *path =
        g_strconcat ("/video/meta-packs/", metas[i].promise, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_meta_packs);
  }
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);

  add_data_tests ();
  g_test_add_func ("/video/tight-bayer-packs", test_tight_bayer_packs);
  g_test_add_func ("/video/binary-is-gray-too", test_binary_is_gray_too);
  g_test_add_func ("/video/yuv-is-full-range", test_yuv_is_full_range);
  g_test_add_func ("/video/gray-to-binary", test_gray_to_binary);
  g_test_add_func ("/video/templates-hold-what-a-version-holds",
      test_templates);
  g_test_add_func ("/video/refused-caps", test_refused_caps);
  g_test_add_func ("/video/decoded-layouts", test_decoded_layouts);
  g_test_add_func ("/video/frame-durations", test_frame_durations);
  g_test_add_func ("/video/pieces-are-shared", test_pieces_are_shared);
  g_test_add_func ("/video/meta-packs-in-pieces", test_meta_packs_in_pieces);
  g_test_add_func ("/video/meta-beyond-the-buffer-is-refused",
      test_meta_beyond_the_buffer);
  g_test_add_func ("/video/threshold/packs", test_threshold_packs);
  g_test_add_func ("/video/threshold/size-is-that-of-gray",
      test_threshold_is_no_binary);
  g_test_add_func ("/video/pictures-pass", test_pictures_pass);

  return g_test_run ();
}
