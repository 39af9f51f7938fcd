/* omvframedec.c: what omvframedec and omvbayerdec promise, one promise a test
 *
 * Which pixels a frame has is the business of libs/decode.c; here they are taken
 * from the library and looked for in the buffers. Colours are computed by the
 * formulas of docs/format.md.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/omv/omv.h>
#include <gst/video/video.h>
#include <string.h>

#include "omvtest.h"

#define FRAMES "video/x-omv-frame, framerate=30/1"

#define GRAY GST_OMV_PIXEL_FORMAT_GRAYSCALE
#define RGB565 GST_OMV_PIXEL_FORMAT_RGB565
#define YUV422 GST_OMV_PIXEL_FORMAT_YUV422
#define YVU422 GST_OMV_PIXEL_FORMAT_YVU422
#define ARGB8 GST_OMV_PIXEL_FORMAT_ARGB8
#define JPEG GST_OMV_PIXEL_FORMAT_JPEG
#define PNG GST_OMV_PIXEL_FORMAT_PNG

/* A frame with its payload. */
typedef struct
{
  GstOmvFrameHeader header;
  guint8 *payload;
} Stored;

static void
stored_free (gpointer stored)
{
  g_free (((Stored *) stored)->payload);
  g_free (stored);
}

static Stored *
stored_new (GstOmvPixelFormat format, gint width, gint height,
    const guint8 * payload, gsize size)
{
  Stored *stored = g_new0 (Stored, 1);

  stored->header.format = format;
  stored->header.width = width;
  stored->header.height = height;
  stored->header.payload_size = (guint32) size;
  stored->payload = g_memdup2 (payload, size);
  return stored;
}

/* A raw frame, filled with @size bytes over and over. */
static Stored *
stored_new_filled (GstOmvPixelFormat format, gint width, gint height,
    const guint8 * bytes, gsize size)
{
  gsize payload_size = gst_omv_pixel_format_get_row_size (format, width)
      * (gsize) height;
  g_autofree guint8 *payload = g_malloc (payload_size + 1);

  for (gsize i = 0; i < payload_size; i++)
    payload[i] = bytes[i % size];

  return stored_new (format, width, height, payload, payload_size);
}

/* The frames of a camera in every format, taken in turn, so that each differs
 * from the one before it in format and mostly in size. */
static GPtrArray *
load_mixed (void)
{
  static const gchar *const names[] = {
    "v20_grayscale", "v20_jpeg", "v20_binary", "v20_png", "v20_rgb565",
    "v20_bayer_grbg", "v20_yuv422", "v20_resolution_switch"
  };
  GPtrArray *mixed = g_ptr_array_new_with_free_func (stored_free);
  guint added = 1;

  for (guint i = 0; added > 0; i++) {
    added = 0;
    for (guint n = 0; n < G_N_ELEMENTS (names); n++) {
      g_autoptr (OmvTestGolden) golden = omv_test_golden_load (names[n]);
      const OmvTestFrame *frame;

      if (i >= golden->frames->len)
        continue;
      frame = omv_test_frame (golden->frames, i);
      g_ptr_array_add (mixed, stored_new ((GstOmvPixelFormat) frame->format,
              frame->width, frame->height, golden->data + frame->offset + 32,
              frame->size));
      added++;
    }
  }

  fail_unless (mixed->len > 50);
  return mixed;
}

static GstBuffer *
wrap_frame (const Stored * stored, guint number)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  GstBuffer *buffer;

  omv_test_append_header (bytes, 2, 33, stored->header.width,
      stored->header.height, stored->header.format,
      stored->header.payload_size);
  g_byte_array_append (bytes, stored->payload, stored->header.payload_size);
  buffer = gst_buffer_new_memdup (bytes->data, bytes->len);
  GST_BUFFER_PTS (buffer) = number * GST_SECOND;
  GST_BUFFER_DURATION (buffer) = GST_SECOND;
  GST_BUFFER_OFFSET (buffer) = number;
  return buffer;
}

static GstHarness *
make_harness_with (const gchar * element, gint width, gint height,
    const gchar * caps)
{
  GstElement *decoder = gst_element_factory_make (element, NULL);
  GstHarness *h;

  fail_unless (decoder != NULL);
  g_object_set (decoder, "width", width, "height", height, NULL);
  h = gst_harness_new_with_element (decoder, "sink", "src");
  gst_object_unref (decoder);
  if (caps != NULL)
    gst_harness_set_src_caps_str (h, caps);

  return h;
}

static GstHarness *
make_harness (void)
{
  return make_harness_with ("omvframedec", 0, 0, FRAMES);
}

static void
push (GstHarness * h, const Stored * stored, guint number)
{
  fail_unless_equals_int (gst_harness_push (h, wrap_frame (stored, number)),
      GST_FLOW_OK);
}

static void
get_output_info (GstHarness * h, GstVideoInfo * info)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (h->sinkpad);

  fail_unless (caps != NULL);
  fail_unless (gst_video_info_from_caps (info, caps));
}

/* --- each frame as it is -------------------------------------------------- */

static void
assert_shows (GstHarness * h, GstBuffer * buffer, const Stored * stored)
{
  GstOmvDecodedFormat format;
  GstVideoInfo info, expected;
  GstVideoFrame frame;
  g_autofree guint8 *pixels = NULL;
  gsize row;

  fail_unless (gst_omv_decode_get_format (&stored->header, stored->payload,
          stored->header.payload_size, &format, NULL));
  fail_unless (gst_omv_video_info_set_decoded (&expected, format,
          stored->header.width, stored->header.height));
  get_output_info (h, &info);
  fail_unless_equals_int (GST_VIDEO_INFO_FORMAT (&info),
      GST_VIDEO_INFO_FORMAT (&expected));
  fail_unless_equals_int (info.width, stored->header.width);
  fail_unless_equals_int (info.height, stored->header.height);
  fail_unless_equals_int (info.fps_n, 30);

  row = gst_omv_decoded_format_get_row_size (format, info.width);
  pixels = g_malloc (row * (gsize) info.height);
  fail_unless (gst_omv_decode (GST_OMV_VERSION_V2_0, &stored->header,
          stored->payload, stored->header.payload_size, format, pixels, row,
          NULL));
  fail_unless (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  for (gint y = 0; y < info.height; y++)
    fail_unless (memcmp ((guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0)
            + y * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0),
            pixels + (gsize) y * row, row) == 0, "row %d", y);
  gst_video_frame_unmap (&frame);
}

GST_START_TEST (test_formats_in_turn)
{
  g_autoptr (GPtrArray) mixed = load_mixed ();
  GstHarness *h = make_harness ();

  for (guint i = 0; i < mixed->len; i++) {
    g_autoptr (GstBuffer) buffer = NULL;

    push (h, g_ptr_array_index (mixed, i), i);
    buffer = gst_harness_pull (h);
    fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer), i * GST_SECOND);
    fail_unless_equals_uint64 (GST_BUFFER_DURATION (buffer), GST_SECOND);
    assert_shows (h, buffer, g_ptr_array_index (mixed, i));
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

static guint
count_caps (GstHarness * h)
{
  GstEvent *event;
  guint count = 0;

  while ((event = gst_harness_try_pull_event (h)) != NULL) {
    if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
      count++;
    gst_event_unref (event);
  }

  return count;
}

GST_START_TEST (test_caps_change_only_when_needed)
{
  static const struct
  {
    GstOmvPixelFormat format;
    gint width;
    guint caps;
  } steps[] = {
    {GRAY, 5, 1}, {GRAY, 5, 0}, {GST_OMV_PIXEL_FORMAT_BINARY, 5, 0},
    {GRAY, 6, 1}, {RGB565, 6, 1}, {RGB565, 6, 0},
    {GST_OMV_PIXEL_FORMAT_BAYER_BGGR, 6, 1},
    {GST_OMV_PIXEL_FORMAT_BAYER_RGGB, 6, 0}, {YUV422, 6, 1}, {YVU422, 6, 1},
  };
  GstHarness *h = make_harness ();

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    Stored *stored = stored_new_filled (steps[i].format, steps[i].width, 3,
        (const guint8 *) "x", 1);

    push (h, stored, i);
    fail_unless_equals_int (count_caps (h), steps[i].caps);
    stored_free (stored);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_yuv_is_full_range)
{
  static const GstOmvPixelFormat formats[] = { YUV422, YVU422 };
  GstHarness *h = make_harness ();

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    Stored *stored = stored_new_filled (formats[i], 5, 3,
        (const guint8 *) "abcd", 4);
    g_autoptr (GstCaps) caps = NULL;

    push (h, stored, i);
    caps = gst_pad_get_current_caps (h->sinkpad);
    assert_equals_string (gst_structure_get_string (gst_caps_get_structure
            (caps, 0), "colorimetry"), "1:4:7:1");
    stored_free (stored);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_binary_stream)
{
  static const guint8 bits[] = { 0x41, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0,
    0
  };
  GstHarness *h = make_harness_with ("omvframedec", 0, 0,
      "video/x-omv-binary, width=33, height=2, framerate=30/1");
  Stored *stored = stored_new (GST_OMV_PIXEL_FORMAT_BINARY, 33, 2, bits,
      sizeof bits);
  g_autoptr (GstBuffer) buffer = NULL;

  fail_unless_equals_int (gst_harness_push (h, gst_buffer_new_memdup (bits,
              sizeof bits)), GST_FLOW_OK);
  buffer = gst_harness_pull (h);
  assert_shows (h, buffer, stored);
  stored_free (stored);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* --- Bayer ---------------------------------------------------------------- */

typedef struct
{
  const gchar *name;
  GstOmvPixelFormat format;
} BayerCase;

static const BayerCase bayer_cases[] = {
  {"bggr", GST_OMV_PIXEL_FORMAT_BAYER_BGGR},
  {"gbrg", GST_OMV_PIXEL_FORMAT_BAYER_GBRG},
  {"grbg", GST_OMV_PIXEL_FORMAT_BAYER_GRBG},
  {"rggb", GST_OMV_PIXEL_FORMAT_BAYER_RGGB},
};

/* GStreamer's Bayer rows are whole words; those of a recording are not. As
 * v4l2src marks them, the frames are DELTA_UNIT. */
static GstBuffer *
make_bayer_buffer (const Stored * stored)
{
  gsize width = (gsize) stored->header.width;
  gsize stride = GST_ROUND_UP_4 (width);
  gsize height = (gsize) stored->header.height;
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, stride * height, NULL);

  gst_buffer_memset (buffer, 0, 0xEE, stride * height);
  for (gsize y = 0; y < height; y++)
    gst_buffer_fill (buffer, y * stride, stored->payload + y * width, width);
  GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

GST_START_TEST (test_bayer)
{
  static const gint sizes[][2] = { {8, 6}, {161, 3}, {7, 5}, {3, 2}, {1, 9},
  {9, 1}, {1, 1}
  };
  const BayerCase *test = &bayer_cases[__i__];

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
    g_autofree gchar *caps = g_strdup_printf ("video/x-bayer, format=%s, "
        "width=%d, height=%d, framerate=30/1", test->name, sizes[s][0],
        sizes[s][1]);
    GstHarness *h = make_harness_with ("omvbayerdec", 0, 0, caps);
    Stored *stored = stored_new_filled (test->format, sizes[s][0],
        sizes[s][1], (const guint8 *) "\x01\x80\x33\xF0\x77", 5);
    g_autoptr (GstBuffer) buffer = NULL;

    fail_unless_equals_int (gst_harness_push (h, make_bayer_buffer (stored)),
        GST_FLOW_OK);
    buffer = gst_harness_pull (h);
    fail_if (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT));
    assert_shows (h, buffer, stored);
    stored_free (stored);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

GST_START_TEST (test_ranks)
{
  static const struct
  {
    const gchar *name;
    guint rank;
  } elements[] = {
    {"omvframedec", GST_RANK_PRIMARY}, {"omvbayerdec", GST_RANK_MARGINAL}
  };

  for (guint i = 0; i < G_N_ELEMENTS (elements); i++) {
    g_autoptr (GstElementFactory) factory =
        gst_element_factory_find (elements[i].name);

    fail_unless (factory != NULL);
    fail_unless_equals_int (gst_plugin_feature_get_rank (GST_PLUGIN_FEATURE
            (factory)), elements[i].rank);
    assert_equals_string (gst_element_factory_get_metadata (factory,
            GST_ELEMENT_METADATA_KLASS), "Codec/Decoder/Video");
  }
}

GST_END_TEST;

/* --- one size ------------------------------------------------------------- */

/* The pixels of an RGB buffer. */
static guint8 *
take_rgb (GstHarness * h, gint width, gint height)
{
  g_autoptr (GstBuffer) buffer = gst_harness_pull (h);
  guint8 *pixels = g_malloc ((gsize) (3 * width * height));
  GstVideoFrame frame;
  GstVideoInfo info;

  get_output_info (h, &info);
  fail_unless_equals_int (GST_VIDEO_INFO_FORMAT (&info), GST_VIDEO_FORMAT_RGB);
  fail_unless_equals_int (info.width, width);
  fail_unless_equals_int (info.height, height);
  fail_unless (gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ));
  for (gint y = 0; y < height; y++)
    memcpy (pixels + 3 * y * width,
        (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0)
        + y * GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), (gsize) (3 * width));
  gst_video_frame_unmap (&frame);

  return pixels;
}

/* All pixels but those of a rectangle are black, those are of one gray. */
static void
assert_rectangle (const guint8 * pixels, gint width, gint height,
    const gint * rectangle, guint8 gray)
{
  for (gint y = 0; y < height; y++) {
    for (gint x = 0; x < width; x++) {
      gboolean inside = x >= rectangle[0] && x < rectangle[0] + rectangle[2]
          && y >= rectangle[1] && y < rectangle[1] + rectangle[3];

      for (gint c = 0; c < 3; c++)
        fail_unless (ABS (pixels[3 * (y * width + x) + c]
                - (inside ? gray : 0)) <= 1, "%d,%d is %u", x, y,
            pixels[3 * (y * width + x) + c]);
    }
  }
}

typedef struct
{
  gint width;
  gint height;
  gint canvas_width;
  gint canvas_height;
  gint rectangle[4];            /* x, y, width, height */
} CanvasCase;

static const CanvasCase canvas_cases[] = {
  {40, 30, 40, 30, {0, 0, 40, 30}},
  {20, 15, 40, 30, {0, 0, 40, 30}},
  {160, 120, 40, 30, {0, 0, 40, 30}},
  {30, 30, 40, 30, {5, 0, 30, 30}},
  {60, 60, 40, 30, {5, 0, 30, 30}},
  {40, 10, 40, 30, {0, 10, 40, 10}},
  {80, 20, 40, 30, {0, 10, 40, 10}},
  {1, 1, 41, 31, {5, 0, 31, 31}},
  {1, 300, 40, 30, {19, 0, 1, 30}},
  {400, 1, 40, 30, {0, 14, 40, 1}},
  {33, 9, 66, 18, {0, 0, 66, 18}},
};

GST_START_TEST (test_shape_is_kept)
{
  static const GstOmvPixelFormat formats[] = {
    GRAY, RGB565, YUV422, GST_OMV_PIXEL_FORMAT_BAYER_GRBG,
    GST_OMV_PIXEL_FORMAT_BINARY
  };
  /* white, or nearly: of every format the same bytes */
  static const guint8 bytes[] = { 0xFF, 0xFF, 0xFF, 0xFF };
  static const guint8 white_yuv[] = { 0xFF, 0x80, 0xFF, 0x80 };
  const CanvasCase *test = &canvas_cases[__i__];

  /* where all is slow, one format for each case; there are more cases than formats */
  for (guint f = (guint) __i__ % omv_test_get_pace (5);
      f < G_N_ELEMENTS (formats); f += omv_test_get_pace (5)) {
    GstHarness *h = make_harness_with ("omvframedec", test->canvas_width,
        test->canvas_height, FRAMES);
    Stored *stored = stored_new_filled (formats[f], test->width, test->height,
        formats[f] == YUV422 ? white_yuv : bytes, 4);
    g_autofree guint8 *pixels = NULL;

    /* an odd YUV row does not end with a whole pair, so the next starts amid */
    for (gint y = 0; formats[f] == YUV422 && y < test->height; y++) {
      for (gint i = 0; i < 2 * test->width; i++)
        stored->payload[2 * y * test->width + i] = white_yuv[i % 4];
    }
    push (h, stored, 0);
    pixels = take_rgb (h, test->canvas_width, test->canvas_height);
    assert_rectangle (pixels, test->canvas_width, test->canvas_height,
        test->rectangle, 255);
    stored_free (stored);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* One size and one format, whatever comes. */
GST_START_TEST (test_constant_caps)
{
  g_autoptr (GPtrArray) mixed = load_mixed ();
  GstHarness *h = make_harness_with ("omvframedec", 50, 40, FRAMES);

  for (guint i = 0; i < mixed->len; i++) {
    g_autofree guint8 *pixels = NULL;

    push (h, g_ptr_array_index (mixed, i), i);
    pixels = take_rgb (h, 50, 40);
    fail_unless_equals_int (count_caps (h), i == 0 ? 1 : 0);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

/* The other one follows from the first frame, and remains when the shape of
 * frames changes. */
GST_START_TEST (test_one_dimension)
{
  static const gint cases[][4] = { {80, 0, 80, 60}, {0, 90, 120, 90} };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstHarness *h = make_harness_with ("omvframedec", cases[i][0],
        cases[i][1], FRAMES);
    Stored *first = stored_new_filled (GRAY, 40, 30, (const guint8 *) "x", 1);
    Stored *second = stored_new_filled (GRAY, 20, 90, (const guint8 *) "x", 1);
    g_autofree guint8 *first_pixels = NULL;
    g_autofree guint8 *second_pixels = NULL;

    push (h, first, 0);
    first_pixels = take_rgb (h, cases[i][2], cases[i][3]);
    push (h, second, 1);
    second_pixels = take_rgb (h, cases[i][2], cases[i][3]);
    stored_free (first);
    stored_free (second);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* A capsfilter with the same size behind the element must not be taken for the
 * size that has to come in. */
GST_START_TEST (test_size_downstream)
{
  GstHarness *h = make_harness_with ("omvbayerdec", 50, 40, NULL);
  Stored *stored = stored_new_filled (GST_OMV_PIXEL_FORMAT_BAYER_RGGB, 8, 6,
      (const guint8 *) "x", 1);
  g_autofree guint8 *pixels = NULL;

  gst_harness_set_caps_str (h,
      "video/x-bayer, format=rggb, width=8, height=6, framerate=30/1",
      "video/x-raw, format=RGB, width=50, height=40");
  fail_unless_equals_int (gst_harness_push (h, make_bayer_buffer (stored)),
      GST_FLOW_OK);
  pixels = take_rgb (h, 50, 40);
  stored_free (stored);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* --- colours -------------------------------------------------------------- */

/* docs/format.md, "Pixel formats": full-range BT.601. */
static void
get_yuv_colour (gint y, gint u, gint v, gdouble * ret_rgb)
{
  ret_rgb[0] = y + 1.402 * (v - 128);
  ret_rgb[1] = y - 0.344136 * (u - 128) - 0.714136 * (v - 128);
  ret_rgb[2] = y + 1.772 * (u - 128);
}

/* What the caps say that samples mean, by GStreamer's own numbers, is what the
 * camera means. */
GST_START_TEST (test_caps_mean_the_same_colours)
{
  GstHarness *h = make_harness ();
  Stored *stored = stored_new_filled (YUV422, 2, 1,
      (const guint8 *) "\x37\xC8\x91\x19", 4);
  g_autoptr (GstBuffer) buffer = NULL;
  guint8 bytes[4];
  gint offset[GST_VIDEO_MAX_COMPONENTS], scale[GST_VIDEO_MAX_COMPONENTS];
  gdouble kr, kb, y, u, v, expected[3];
  GstVideoInfo info;

  push (h, stored, 0);
  buffer = gst_harness_pull (h);
  get_output_info (h, &info);
  gst_buffer_extract (buffer, 0, bytes, sizeof bytes);
  gst_video_color_range_offsets (info.colorimetry.range, info.finfo, offset,
      scale);
  fail_unless (gst_video_color_matrix_get_Kr_Kb (info.colorimetry.matrix, &kr,
          &kb));

  get_yuv_colour (0x37, 0xC8, 0x19, expected);
  y = (gdouble) (bytes[0] - offset[0]) / scale[0];
  u = (gdouble) (bytes[1] - offset[1]) / scale[1];
  v = (gdouble) (bytes[3] - offset[2]) / scale[2];
  fail_unless (ABS (255 * (y + 2 * (1 - kr) * v) - expected[0]) < 0.1);
  fail_unless (ABS (255 * (y + 2 * (1 - kb) * u) - expected[2]) < 0.1);
  fail_unless (ABS (255 * (y - 2 * (kr * (1 - kr) * v + kb * (1 - kb) * u)
              / (1 - kr - kb)) - expected[1]) < 0.1);
  stored_free (stored);
  gst_harness_teardown (h);
}

GST_END_TEST;

static void
assert_colour (const guint8 * pixels, guint count, const gdouble * expected,
    gdouble tolerance, const gchar * what)
{
  for (guint i = 0; i < 3 * count; i++)
    fail_unless (ABS (pixels[i] - CLAMP (expected[i % 3], 0, 255))
        <= tolerance, "%s: channel %u is %u, not %f", what, i % 3, pixels[i],
        expected[i % 3]);
}

/* GStreamer's arithmetic for YUV has 8 bits and rounds each product down. */
static void
check_yuv_colour (GstHarness * h, gboolean swapped, gint y, gint u, gint v)
{
  const guint8 bytes[] = { (guint8) y, (guint8) (swapped ? v : u), (guint8) y,
    (guint8) (swapped ? u : v)
  };
  g_autofree gchar *what = g_strdup_printf ("Y %d U %d V %d", y, u, v);
  Stored *stored = stored_new_filled (swapped ? YVU422 : YUV422, 4, 4, bytes,
      4);
  g_autofree guint8 *pixels = NULL;
  gdouble expected[3];

  get_yuv_colour (y, u, v, expected);
  push (h, stored, 0);
  pixels = take_rgb (h, 4, 4);
  assert_colour (pixels, 16, expected, 2.9, what);
  stored_free (stored);
}

/* Nothing is stretched as it would be with a limited range. */
GST_START_TEST (test_yuv_colours)
{
  static const gint values[] = { 0, 16, 90, 128, 200, 240, 255 };
  const guint count = G_N_ELEMENTS (values);

  for (gint swapped = FALSE; swapped <= TRUE; swapped++) {
    GstHarness *h = make_harness_with ("omvframedec", 4, 4, FRAMES);

    for (guint i = 0; i < count * count * count; i++)
      check_yuv_colour (h, swapped, values[i % count],
          values[i / count % count], values[i / count / count]);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

GST_START_TEST (test_rgb565_colours)
{
  GstHarness *h = make_harness_with ("omvframedec", 4, 4, FRAMES);

  for (guint value = 0; value <= 0xFFFF; value += 331) {
    const guint8 bytes[] = { (guint8) value, (guint8) (value >> 8) };
    const gdouble expected[] = { (value >> 11) * 255 / 31.0,
      (value >> 5 & 63) * 255 / 63.0, (value & 31) * 255 / 31.0
    };
    g_autofree gchar *what = g_strdup_printf ("%04x", value);
    Stored *stored = stored_new_filled (RGB565, 4, 4, bytes, 2);
    g_autofree guint8 *pixels = NULL;

    push (h, stored, 0);
    pixels = take_rgb (h, 4, 4);
    assert_colour (pixels, 16, expected, 1, what);
    stored_free (stored);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

/* --- what is broken ------------------------------------------------------- */

static GstBus *
watch (GstHarness * h)
{
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (h->element, bus);
  return bus;
}

static void
drop_watch (GstHarness * h, GstBus * bus)
{
  gst_bus_set_flushing (bus, TRUE);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
}

static gchar *
take_text (GstBus * bus, GstMessageType type)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, type);
  g_autoptr (GError) error = NULL;

  if (message == NULL)
    return NULL;
  if (type == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  else
    gst_message_parse_warning (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_STREAM_ERROR,
          GST_STREAM_ERROR_DECODE), "%s", error->message);
  return g_strdup (error->message);
}

typedef struct
{
  GstOmvPixelFormat format;
  const gchar *payload;
  gsize size;
  const gchar *words;
} BrokenCase;

static const BrokenCase broken_cases[] = {
  {JPEG, "no picture", 10, "This is not a JPEG picture."},
  {JPEG, "\xFF\xD8\xFF\xD9", 4, "The JPEG picture is broken ("},
  {PNG, "no picture", 10, "This is not a PNG picture."},
  {PNG, "\x89PNG\r\n\x1A\n", 8, "The PNG picture is broken ("},
  {ARGB8, "", 0, "no pixels"},
  {GRAY, "x", 1, "The frame has 33 bytes, but its header says 57."},
  {0x12345678, "x", 1, "its pixel format is unknown"},
};

/* Left out with a sentence that has the frame's number; the next one is fine. */
GST_START_TEST (test_broken_frame)
{
  const BrokenCase *test = &broken_cases[__i__];
  GstHarness *h = make_harness ();
  GstBus *bus = watch (h);
  Stored *good = stored_new_filled (GRAY, 5, 3, (const guint8 *) "x", 1);
  Stored *broken = stored_new (test->format, 5, 5,
      (const guint8 *) test->payload, test->size);
  g_autofree gchar *text = NULL;

  push (h, broken, 4711);
  text = take_text (bus, GST_MESSAGE_WARNING);
  fail_unless (text != NULL);
  fail_unless (g_str_has_prefix (text, "Frame 4711 is left out. "), "%s", text);
  fail_unless (strstr (text, test->words) != NULL, "%s", text);
  fail_unless_equals_int (gst_harness_buffers_received (h), 0);

  push (h, good, 4712);
  fail_unless_equals_int (gst_harness_buffers_received (h), 1);
  fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING) == NULL);
  stored_free (good);
  stored_free (broken);
  drop_watch (h, bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* A picture of another size than its header says, and one that holds too little
 * for the size both say. */
GST_START_TEST (test_lying_pictures)
{
  GstHarness *h = make_harness ();
  GstBus *bus = watch (h);
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load ("v20_png");
  const OmvTestFrame *frame = omv_test_frame (golden->frames, 6);
  Stored *stored = stored_new (PNG, 30000, 30000,
      golden->data + frame->offset + 32, frame->size);
  g_autofree gchar *text = NULL;

  push (h, stored, 0);
  text = take_text (bus, GST_MESSAGE_WARNING);
  assert_equals_string (text, "Frame 0 is left out. The PNG picture has "
      "40 x 40 pixels, but its frame has 30000 x 30000.");
  stored_free (stored);
  drop_watch (h, bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Ten are told one by one, the rest at the end. */
GST_START_TEST (test_many_broken_frames)
{
  GstHarness *h = make_harness ();
  GstBus *bus = watch (h);
  Stored *broken = stored_new (JPEG, 5, 5, (const guint8 *) "no", 2);
  g_autofree gchar *last = NULL;

  for (guint i = 0; i < 25; i++)
    push (h, broken, i);
  for (guint i = 0; i < 10; i++)
    g_free (take_text (bus, GST_MESSAGE_WARNING));
  fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING) == NULL);

  gst_harness_push_event (h, gst_event_new_eos ());
  last = take_text (bus, GST_MESSAGE_WARNING);
  assert_equals_string (last,
      "25 frames were left out; the first 10 were reported.");
  fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR) == NULL);
  stored_free (broken);
  drop_watch (h, bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_max_errors)
{
  GstHarness *h = make_harness ();
  GstBus *bus = watch (h);
  Stored *broken = stored_new (JPEG, 5, 5, (const guint8 *) "no", 2);
  g_autofree gchar *text = NULL;

  g_object_set (h->element, "max-errors", 2, NULL);
  push (h, broken, 0);
  push (h, broken, 1);
  fail_unless (gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR) == NULL);
  fail_unless_equals_int (gst_harness_push (h, wrap_frame (broken, 2)),
      GST_FLOW_ERROR);
  text = take_text (bus, GST_MESSAGE_ERROR);
  fail_unless (text != NULL && g_str_has_prefix (text, "Frame 2 is left out."));
  stored_free (broken);
  drop_watch (h, bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* --- the stream ----------------------------------------------------------- */

GST_START_TEST (test_flush)
{
  g_autoptr (GPtrArray) mixed = load_mixed ();
  GstHarness *h = make_harness_with ("omvframedec", __i__ * 50, 0, FRAMES);

  for (guint i = 0; i < mixed->len; i++) {
    GstSegment segment;

    push (h, g_ptr_array_index (mixed, i), i);
    fail_unless (gst_harness_push_event (h, gst_event_new_flush_start ()));
    fail_unless (gst_harness_push_event (h, gst_event_new_flush_stop (TRUE)));
    gst_segment_init (&segment, GST_FORMAT_TIME);
    fail_unless (gst_harness_push_event (h, gst_event_new_segment (&segment)));
  }
  fail_unless_equals_int (gst_harness_buffers_received (h), mixed->len);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_states)
{
  g_autoptr (GPtrArray) mixed = load_mixed ();
  GstHarness *h = make_harness_with ("omvframedec", __i__ * 50, 0, FRAMES);

  for (guint i = 0; i < mixed->len; i++) {
    g_autoptr (GstCaps) caps = gst_caps_from_string (FRAMES);
    GstSegment segment;

    push (h, g_ptr_array_index (mixed, i), i);
    fail_unless_equals_int (gst_element_set_state (h->element,
            GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
    gst_pad_set_active (h->srcpad, FALSE);
    gst_pad_set_active (h->srcpad, TRUE);
    fail_unless_equals_int (gst_element_set_state (h->element,
            GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
    gst_pad_push_event (h->srcpad, gst_event_new_stream_start ("again"));
    gst_pad_push_event (h->srcpad, gst_event_new_caps (caps));
    gst_segment_init (&segment, GST_FORMAT_TIME);
    gst_pad_push_event (h->srcpad, gst_event_new_segment (&segment));
  }
  fail_unless_equals_int (gst_harness_buffers_received (h), mixed->len);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Backward every frame comes alone, as the demuxer sends it then: DISCONT. */
GST_START_TEST (test_reverse)
{
  g_autoptr (GPtrArray) mixed = load_mixed ();
  GstHarness *h = make_harness ();
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.rate = -1.0;
  segment.stop = mixed->len * GST_SECOND;
  fail_unless (gst_harness_push_event (h, gst_event_new_segment (&segment)));
  for (guint i = mixed->len; i-- > 0;) {
    GstBuffer *buffer = wrap_frame (g_ptr_array_index (mixed, i), i);

    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
    fail_unless_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
  }
  gst_harness_push_event (h, gst_event_new_eos ());

  fail_unless_equals_int (gst_harness_buffers_received (h), mixed->len);
  for (guint i = mixed->len; i-- > 0;) {
    g_autoptr (GstBuffer) buffer = gst_harness_pull (h);

    fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer), i * GST_SECOND);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_refused_downstream)
{
  GstHarness *h = make_harness_with ("omvframedec", 0, 0, NULL);
  Stored *gray = stored_new_filled (GRAY, 5, 3, (const guint8 *) "x", 1);
  Stored *rgb = stored_new_filled (RGB565, 5, 3, (const guint8 *) "x", 1);

  gst_harness_set_caps_str (h, FRAMES, "video/x-raw, format=GRAY8");
  push (h, gray, 0);
  fail_unless_equals_int (gst_harness_push (h, wrap_frame (rgb, 1)),
      GST_FLOW_NOT_NEGOTIATED);
  push (h, gray, 2);
  stored_free (gray);
  stored_free (rgb);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
omvframedec_suite (void)
{
  Suite *suite = suite_create ("omvframedec");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_formats_in_turn);
  tcase_add_test (tcase, test_caps_change_only_when_needed);
  tcase_add_test (tcase, test_yuv_is_full_range);
  tcase_add_test (tcase, test_binary_stream);
  tcase_add_loop_test (tcase, test_bayer, 0, G_N_ELEMENTS (bayer_cases));
  tcase_add_test (tcase, test_ranks);
  tcase_add_loop_test (tcase, test_shape_is_kept, 0,
      G_N_ELEMENTS (canvas_cases));
  tcase_add_test (tcase, test_constant_caps);
  tcase_add_test (tcase, test_one_dimension);
  tcase_add_test (tcase, test_size_downstream);
  tcase_add_test (tcase, test_caps_mean_the_same_colours);
  tcase_add_test (tcase, test_yuv_colours);
  tcase_add_test (tcase, test_rgb565_colours);
  tcase_add_loop_test (tcase, test_broken_frame, 0,
      G_N_ELEMENTS (broken_cases));
  tcase_add_test (tcase, test_lying_pictures);
  tcase_add_test (tcase, test_many_broken_frames);
  tcase_add_test (tcase, test_max_errors);
  tcase_add_loop_test (tcase, test_flush, 0, 2);
  tcase_add_loop_test (tcase, test_states, 0, 2);
  tcase_add_test (tcase, test_reverse);
  tcase_add_test (tcase, test_refused_downstream);

  return suite;
}

GST_CHECK_MAIN (omvframedec);
