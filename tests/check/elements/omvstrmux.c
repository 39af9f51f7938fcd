/* omvstrmux.c: what omvstrmux promises, one promise a test
 *
 * Frames go in through a GstHarness and the bytes that come out are read by
 * hand, after docs/format.md.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <string.h>

#include "omvtest.h"

#define GRAY "video/x-raw, format=GRAY8, width=4, height=4"
#define GRAY_30 GRAY ", framerate=30/1"

#define CODE_BINARY 0x08010000
#define CODE_GRAY 0x08020001
#define CODE_RGB565 0x0C030002
#define CODE_JPEG 0x06060000
#define CODE_PNG 0x06070000

static const guint8 zeros[16] = { 0 };

/* An element with a property set. All are taken over on the way to PAUSED. */
static GstHarness *
make_harness_with (const gchar * property, const gchar * value,
    const gchar * caps)
{
  GstElement *mux = gst_element_factory_make ("omvstrmux", NULL);
  GstHarness *h;

  fail_unless (mux != NULL);
  if (property != NULL)
    gst_util_set_object_arg (G_OBJECT (mux), property, value);
  h = gst_harness_new_with_element (mux, "video_%u", "src");
  gst_object_unref (mux);
  if (caps != NULL)
    gst_harness_set_src_caps_str (h, caps);

  return h;
}

static GstHarness *
make_harness (const gchar * caps)
{
  return make_harness_with (NULL, NULL, caps);
}

static GstBuffer *
make_buffer (gsize size, GstClockTime pts, GstClockTime duration)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (buffer, 0, 0x5A, size);
  GST_BUFFER_PTS (buffer) = pts;
  GST_BUFFER_DURATION (buffer) = duration;
  return buffer;
}

static void
push_gray (GstHarness * h, GstClockTime pts)
{
  fail_unless_equals_int (gst_harness_push (h, make_buffer (16, pts,
              GST_CLOCK_TIME_NONE)), GST_FLOW_OK);
}

static GstBuffer *
take_picture (const gchar * golden_name, guint index)
{
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load (golden_name);
  const OmvTestFrame *frame = omv_test_frame (golden->frames, index);
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, frame->size, NULL);

  gst_buffer_fill (buffer, 0, golden->data + frame->offset + 32, frame->size);
  return buffer;
}

/* All that has come out so far, one after the other. */
static GByteArray *
take_bytes (GstHarness * h)
{
  GByteArray *bytes = g_byte_array_new ();
  GstBuffer *buffer;

  while ((buffer = gst_harness_try_pull (h)) != NULL) {
    GstMapInfo map;

    gst_buffer_map (buffer, &map, GST_MAP_READ);
    g_byte_array_append (bytes, map.data, (guint) map.size);
    gst_buffer_unmap (buffer, &map);
    gst_buffer_unref (buffer);
  }

  return bytes;
}

static guint32
read_u32 (const GByteArray * bytes, gsize at)
{
  fail_unless (at + 4 <= bytes->len);
  return GST_READ_UINT32_LE (bytes->data + at);
}

/* The intervals of frames whose size in the file is @stride. */
static void
assert_intervals (const GByteArray * bytes, gsize stride,
    const guint32 * intervals, guint count)
{
  fail_unless_equals_int (bytes->len, 16 + count * stride);
  for (guint i = 0; i < count; i++)
    fail_unless (read_u32 (bytes, 16 + i * stride) == intervals[i],
        "interval %u is %u, not %u", i, read_u32 (bytes, 16 + i * stride),
        intervals[i]);
}

#define GRAY_STRIDE 48

static void
assert_gray_intervals (GstHarness * h, const guint32 * intervals, guint count)
{
  g_autoptr (GByteArray) bytes = take_bytes (h);

  assert_intervals (bytes, GRAY_STRIDE, intervals, count);
}

static GError *
take_message (GstHarness * h, GstBus * bus, GstMessageType type)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (bus, type);
  GError *error = NULL;

  if (message == NULL)
    return NULL;
  if (type == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  else
    gst_message_parse_warning (message, &error, NULL);
  return error;
}

static GstBus *
watch (GstHarness * h)
{
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (h->element, bus);
  return bus;
}

static void
assert_error (GstHarness * h, GstBus * bus, gint code, const gchar * words)
{
  g_autoptr (GError) error = take_message (h, bus, GST_MESSAGE_ERROR);

  fail_unless (error != NULL, "no error where one was due: %s", words);
  fail_unless (g_error_matches (error, GST_STREAM_ERROR, code), "%s (%d)",
      error->message, error->code);
  fail_unless (strstr (error->message, words) != NULL, "%s", error->message);
}

static void
drop_watch (GstHarness * h, GstBus * bus)
{
  gst_bus_set_flushing (bus, TRUE);
  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
}

/* --- the stream ----------------------------------------------------------- */

GST_START_TEST (test_nothing_is_written_on_caps)
{
  GstHarness *h = make_harness (GRAY);

  fail_unless_equals_int (gst_harness_buffers_received (h), 0);
  fail_unless_equals_int (gst_harness_events_received (h), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_event_order)
{
  static const GstEventType expected[] = {
    GST_EVENT_STREAM_START, GST_EVENT_CAPS, GST_EVENT_SEGMENT
  };
  GstHarness *h = make_harness (GRAY);
  const GstSegment *segment;
  GstEvent *event = NULL;

  push_gray (h, 0);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    gst_clear_event (&event);
    event = gst_harness_pull_event (h);
    fail_unless_equals_int (GST_EVENT_TYPE (event), expected[i]);
  }
  gst_event_parse_segment (event, &segment);
  fail_unless_equals_int (segment->format, GST_FORMAT_TIME);
  fail_unless_equals_uint64 (segment->start, 0);
  gst_event_unref (event);
  fail_unless_equals_int (gst_harness_events_in_queue (h), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* A network sink gives the caps' header to late joiners, and tells from the
 * flag that it need not send the same again. */
GST_START_TEST (test_header_is_a_buffer_of_its_own)
{
  GstHarness *h = make_harness (GRAY);
  g_autoptr (GstBuffer) header = NULL;
  g_autoptr (GstCaps) caps = NULL;
  const GValue *headers;

  push_gray (h, 0);
  header = gst_harness_pull (h);
  fail_unless_equals_int (gst_buffer_get_size (header), 16);
  fail_unless (gst_buffer_memcmp (header, 0, "OMV IMG STR V2.0", 16) == 0);
  fail_unless (GST_BUFFER_FLAG_IS_SET (header, GST_BUFFER_FLAG_HEADER));
  fail_if (GST_BUFFER_PTS_IS_VALID (header));

  caps = gst_pad_get_current_caps (h->sinkpad);
  headers = gst_structure_get_value (gst_caps_get_structure (caps, 0),
      "streamheader");
  fail_unless (headers != NULL);
  fail_unless_equals_int (gst_value_array_get_size (headers), 1);
  fail_unless (gst_value_get_buffer (gst_value_array_get_value (headers, 0))
      == header);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_one_buffer_a_frame)
{
  GstHarness *h = make_harness (GRAY_30);
  GstBuffer *in = make_buffer (16, GST_SECOND, GST_SECOND / 30);
  g_autoptr (GstBuffer) header = NULL;
  g_autoptr (GstBuffer) frame = NULL;

  /* as v4l2src marks Bayer frames */
  GST_BUFFER_FLAG_SET (in, GST_BUFFER_FLAG_DELTA_UNIT);
  fail_unless_equals_int (gst_harness_push (h, in), GST_FLOW_OK);
  header = gst_harness_pull (h);
  frame = gst_harness_pull (h);
  fail_unless_equals_int (gst_buffer_get_size (frame), GRAY_STRIDE);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (frame), GST_SECOND);
  fail_unless_equals_uint64 (GST_BUFFER_DURATION (frame), GST_SECOND / 30);
  fail_if (GST_BUFFER_FLAG_IS_SET (frame, GST_BUFFER_FLAG_DELTA_UNIT));
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_empty_recording)
{
  GstHarness *h = make_harness (GRAY);
  g_autoptr (GByteArray) bytes = NULL;

  fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
  bytes = take_bytes (h);
  fail_unless_equals_int (bytes->len, 16);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* As behind a tee with allow-not-linked, whose sink is linked while it runs: what
 * has not gone out is tried again, and events that wait on the pad are not
 * repeated. */
GST_START_TEST (test_linked_late)
{
  static const guint32 intervals[] = { 0, 40 };
  GstHarness *h = make_harness (GRAY);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (h->element, "src");

  fail_unless (gst_pad_unlink (pad, h->sinkpad));
  for (guint i = 0; i < 3; i++)
    fail_unless_equals_int (gst_harness_push (h, make_buffer (16,
                i * GST_SECOND, GST_CLOCK_TIME_NONE)), GST_FLOW_NOT_LINKED);

  fail_unless_equals_int (gst_pad_link (pad, h->sinkpad), GST_PAD_LINK_OK);
  push_gray (h, 3 * GST_SECOND);
  push_gray (h, 3040 * GST_MSECOND);
  fail_unless_equals_int (gst_harness_events_received (h), 3);
  assert_gray_intervals (h, intervals, 2);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* As between the fragments of splitmuxsink. */
GST_START_TEST (test_flush_starts_a_new_file)
{
  static const guint32 intervals[] = { 0, 40 };
  GstHarness *h = make_harness (GRAY);
  GstSegment segment;

  for (guint file = 0; file < 2; file++) {
    push_gray (h, 5 * GST_SECOND);
    push_gray (h, 5040 * GST_MSECOND);
    assert_gray_intervals (h, intervals, 2);
    fail_unless (gst_harness_push_event (h, gst_event_new_flush_start ()));
    fail_unless (gst_harness_push_event (h, gst_event_new_flush_stop (FALSE)));
    gst_segment_init (&segment, GST_FORMAT_TIME);
    fail_unless (gst_harness_push_event (h, gst_event_new_segment (&segment)));
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_null_starts_a_new_file)
{
  static const guint32 intervals[] = { 0 };
  GstHarness *h = make_harness (GRAY);

  for (guint file = 0; file < 3; file++) {
    g_autoptr (GstCaps) caps = gst_caps_from_string (GRAY);
    GstSegment segment;

    push_gray (h, file * GST_SECOND);
    assert_gray_intervals (h, intervals, 1);

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
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_pads)
{
  GstElement *mux = gst_check_setup_element ("omvstrmux");
  GstPad *pad = gst_element_request_pad_simple (mux, "video_7");

  assert_equals_string (GST_PAD_NAME (pad), "video_7");
  fail_unless (gst_element_request_pad_simple (mux, "video_%u") == NULL);
  gst_element_release_request_pad (mux, pad);
  gst_object_unref (pad);

  pad = gst_element_request_pad_simple (mux, "video_%u");
  assert_equals_string (GST_PAD_NAME (pad), "video_0");
  gst_element_release_request_pad (mux, pad);
  gst_object_unref (pad);
  gst_check_teardown_element (mux);
}

GST_END_TEST;

GST_START_TEST (test_does_not_seek)
{
  GstHarness *h = make_harness (GRAY);

  push_gray (h, 0);
  fail_if (gst_harness_push_upstream_event (h, gst_event_new_seek (1.0,
              GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 0,
              GST_SEEK_TYPE_NONE, -1)));
  gst_harness_teardown (h);
}

GST_END_TEST;

/* --- formats and layout --------------------------------------------------- */

typedef struct
{
  const gchar *caps;            /* without a size */
  guint32 code;
  gint bits;                    /* per pixel, stored and given */
  gboolean raw;
} FormatCase;

static const FormatCase format_cases[] = {
  {"video/x-raw, format=GRAY8", CODE_GRAY, 8, TRUE},
  {"video/x-raw, format=RGB16", CODE_RGB565, 16, TRUE},
  {"video/x-raw, format=YUY2", 0x14050002, 16, TRUE},
  {"video/x-raw, format=YVYU", 0x14050102, 16, TRUE},
  {"video/x-bayer, format=bggr", 0x05040001, 8, FALSE},
  {"video/x-bayer, format=gbrg", 0x05040101, 8, FALSE},
  {"video/x-bayer, format=grbg", 0x05040201, 8, FALSE},
  {"video/x-bayer, format=rggb", 0x05040301, 8, FALSE},
};

static const gint widths[] = { 1, 3, 5, 7, 8, 30, 33, 161 };

typedef enum
{
  LAYOUT_DEFAULT,
  LAYOUT_META_TIGHT,
  LAYOUT_META_PADDED,
  LAYOUT_META_OFFSET,
  LAYOUTS
} Layout;

static guint8
pixel_byte (gsize row, gsize column)
{
  return (guint8) (row * 131 + column * 7 + 1);
}

/* A frame of which each stored byte is pixel_byte(), and all others are not. */
static GstBuffer *
make_frame (const FormatCase * format, gint width, gint height, Layout layout)
{
  gsize row_size = (gsize) (width * format->bits / 8);
  gsize strides[GST_VIDEO_MAX_PLANES] = { 0, };
  gsize offsets[GST_VIDEO_MAX_PLANES] = { 0, };
  gint meta_strides[GST_VIDEO_MAX_PLANES] = { 0, };
  gsize stride = GST_ROUND_UP_4 (row_size);
  gsize offset = layout == LAYOUT_META_OFFSET ? 36 : 0;
  GstBuffer *buffer;
  GstMapInfo map;

  if (layout == LAYOUT_META_TIGHT)
    stride = row_size;
  else if (layout != LAYOUT_DEFAULT)
    stride += 20;
  strides[0] = stride;
  offsets[0] = offset;
  meta_strides[0] = (gint) strides[0];

  buffer = make_buffer (offset + stride * (gsize) height, 0,
      GST_CLOCK_TIME_NONE);
  gst_buffer_map (buffer, &map, GST_MAP_WRITE);
  for (gsize y = 0; y < (gsize) height; y++) {
    for (gsize x = 0; x < row_size; x++)
      map.data[offset + y * stride + x] = pixel_byte (y, x);
  }
  gst_buffer_unmap (buffer, &map);

  if (layout != LAYOUT_DEFAULT)
    gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE,
        gst_video_format_from_string (strstr (format->caps, "format=") + 7),
        (guint) width, (guint) height, 1, offsets, meta_strides);

  return buffer;
}

static void
assert_stored (const GByteArray * bytes, const FormatCase * format, gint width,
    gint height)
{
  gsize row_size = (gsize) (width * format->bits / 8);
  gsize size = row_size * (gsize) height;

  fail_unless_equals_int (bytes->len, 16 + 32 + GST_ROUND_UP_16 (size));
  fail_unless_equals_int (read_u32 (bytes, 16), 0);
  fail_unless_equals_int (read_u32 (bytes, 20), width);
  fail_unless_equals_int (read_u32 (bytes, 24), height);
  fail_unless_equals_int (read_u32 (bytes, 28), format->code);
  fail_unless (memcmp (bytes->data + 32, zeros, 16) == 0);
  for (gsize i = 0; i < size; i++) {
    gsize column = i % row_size;

    if (format->code == CODE_RGB565)
      column = OMV_TEST_RGB16_BYTE (column);
    fail_unless_equals_int (bytes->data[48 + i], pixel_byte (i / row_size,
            column));
  }
  fail_unless (memcmp (bytes->data + 48 + size, zeros,
          GST_ROUND_UP_16 (size) - size) == 0);
}

/* Rows are stored without gaps, whatever they had in memory. */
GST_START_TEST (test_rows_become_tight)
{
  const FormatCase *format = &format_cases[__i__];

  for (guint w = 0; w < G_N_ELEMENTS (widths); w++) {
    for (guint layout = 0; layout < (format->raw ? LAYOUTS : 1); layout++) {
      g_autofree gchar *caps = g_strdup_printf ("%s, width=%d, height=3",
          format->caps, widths[w]);
      GstHarness *h = make_harness (caps);
      g_autoptr (GByteArray) bytes = NULL;

      fail_unless_equals_int (gst_harness_push (h, make_frame (format,
                  widths[w], 3, layout)), GST_FLOW_OK);
      bytes = take_bytes (h);
      assert_stored (bytes, format, widths[w], 3);
      gst_harness_teardown (h);
    }
  }
}

GST_END_TEST;

/* Muxing frames without gaps copies no pixels: the memory is the input's. Only
 * those of RGB565 are turned around on a host of the other byte order. */
GST_START_TEST (test_no_copy)
{
  const FormatCase *format = &format_cases[__i__];
  const guint layouts = format->raw ? 2 : 1;
  const gboolean shared = format->code != CODE_RGB565
      || G_BYTE_ORDER == G_LITTLE_ENDIAN;

  for (guint layout = 0; layout < layouts; layout++) {
    gint width = layout == LAYOUT_META_TIGHT && format->bits == 8 ? 33 : 32;
    g_autofree gchar *caps = g_strdup_printf ("%s, width=%d, height=16",
        format->caps, width);
    GstHarness *h = make_harness (caps);
    GstBuffer *in = make_frame (format, width, 16, layout);
    GstMemory *memory = gst_buffer_peek_memory (in, 0);
    g_autoptr (GstBuffer) header = NULL;
    g_autoptr (GstBuffer) frame = NULL;

    gst_harness_push (h, gst_buffer_ref (in));
    header = gst_harness_pull (h);
    frame = gst_harness_pull (h);
    fail_unless_equals_int (gst_buffer_peek_memory (frame, 1) == memory,
        shared);
    gst_buffer_unref (in);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* Not even to read the size of a picture that lies in several memories. */
GST_START_TEST (test_no_copy_of_pictures)
{
  GstHarness *h = make_harness ("image/jpeg");
  GstBuffer *in = take_picture ("v20_jpeg", 3);
  gsize size = gst_buffer_get_size (in);
  GstMemory *first, *second;
  g_autoptr (GstBuffer) header = NULL;
  g_autoptr (GstBuffer) frame = NULL;

  gst_buffer_append_memory (in, gst_memory_copy (gst_buffer_peek_memory (in,
              0), (gssize) size / 2, -1));
  gst_buffer_replace_memory (in, 0, gst_memory_copy (gst_buffer_peek_memory (in,
              0), 0, (gssize) size / 2));
  first = gst_buffer_peek_memory (in, 0);
  second = gst_buffer_peek_memory (in, 1);
  gst_harness_push (h, gst_buffer_ref (in));
  header = gst_harness_pull (h);
  frame = gst_harness_pull (h);
  fail_unless (gst_buffer_peek_memory (frame, 1) == first);
  fail_unless (gst_buffer_peek_memory (frame, 2) == second);
  gst_buffer_unref (in);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_any_stride_is_welcome)
{
  GstHarness *h = make_harness (GRAY);
  GstCaps *caps = gst_caps_from_string (GRAY);
  GstQuery *query = gst_query_new_allocation (caps, TRUE);

  fail_unless (gst_pad_peer_query (h->srcpad, query));
  fail_unless (gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE,
          NULL));
  gst_query_unref (query);
  gst_caps_unref (caps);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_binary)
{
  static const guint8 expected[] = { 0x05, 0, 0, 0, 0x02, 0, 0, 0 };
  static const guint8 pixels[] = { 128, 127, 255, 9, 0, 200, 100, 9 };
  GstHarness *h = make_harness_with ("binary", "true",
      "video/x-raw, format=GRAY8, width=3, height=2");
  GstBuffer *buffer = make_buffer (8, 0, GST_CLOCK_TIME_NONE);
  g_autoptr (GByteArray) bytes = NULL;

  gst_buffer_fill (buffer, 0, pixels, sizeof pixels);
  fail_unless_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
  bytes = take_bytes (h);
  fail_unless_equals_int (bytes->len, 16 + 32 + 16);
  fail_unless_equals_int (read_u32 (bytes, 28), CODE_BINARY);
  fail_unless (memcmp (bytes->data + 48, expected, sizeof expected) == 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_binary_as_stored)
{
  GstHarness *h = make_harness ("video/x-omv-binary, width=33, height=2");
  g_autoptr (GByteArray) bytes = NULL;

  fail_unless_equals_int (gst_harness_push (h, make_buffer (16, 0,
              GST_CLOCK_TIME_NONE)), GST_FLOW_OK);
  bytes = take_bytes (h);
  fail_unless_equals_int (bytes->len, 16 + 32 + 16);
  fail_unless_equals_int (read_u32 (bytes, 28), CODE_BINARY);
  fail_unless_equals_int (bytes->data[48], 0x5A);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_caps_change)
{
  GstHarness *h = make_harness (GRAY);
  g_autoptr (GByteArray) bytes = NULL;

  push_gray (h, 0);
  gst_harness_set_src_caps_str (h, "video/x-raw, format=RGB16, width=2, "
      "height=2");
  fail_unless_equals_int (gst_harness_push (h, make_buffer (8, 0,
              GST_CLOCK_TIME_NONE)), GST_FLOW_OK);
  bytes = take_bytes (h);
  fail_unless_equals_int (bytes->len, 16 + 2 * GRAY_STRIDE);
  fail_unless_equals_int (read_u32 (bytes, 28), CODE_GRAY);
  fail_unless_equals_int (read_u32 (bytes, GRAY_STRIDE + 20), 2);
  fail_unless_equals_int (read_u32 (bytes, GRAY_STRIDE + 28), CODE_RGB565);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_short_buffer)
{
  GstHarness *h = make_harness (GRAY);
  GstBus *bus = watch (h);

  push_gray (h, 0);
  fail_unless_equals_int (gst_harness_push (h, make_buffer (15, 0,
              GST_CLOCK_TIME_NONE)), GST_FLOW_ERROR);
  assert_error (h, bus, GST_STREAM_ERROR_FORMAT,
      "Frame 1 at byte 64: A buffer of 15 bytes ");
  drop_watch (h, bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* --- pictures ------------------------------------------------------------- */

typedef struct
{
  const gchar *golden;
  const gchar *caps;
  guint32 code;
} PictureCase;

static const PictureCase picture_cases[] = {
  {"v20_jpeg", "image/jpeg", CODE_JPEG},
  {"v20_png", "image/png", CODE_PNG},
};

/* The size is that of the picture, frame by frame. */
GST_START_TEST (test_picture_size)
{
  const PictureCase *test = &picture_cases[__i__];
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load (test->golden);
  GstHarness *h = make_harness (test->caps);
  g_autoptr (GByteArray) bytes = NULL;
  gsize at = 16;

  for (guint i = 0; i < golden->frames->len; i++)
    fail_unless_equals_int (gst_harness_push (h, take_picture (test->golden,
                i)), GST_FLOW_OK);
  bytes = take_bytes (h);
  for (guint i = 0; i < golden->frames->len; i++) {
    const OmvTestFrame *frame = omv_test_frame (golden->frames, i);

    fail_unless_equals_int (read_u32 (bytes, at + 4), frame->width);
    fail_unless_equals_int (read_u32 (bytes, at + 8), frame->height);
    fail_unless_equals_int (read_u32 (bytes, at + 12), test->code);
    fail_unless_equals_int (read_u32 (bytes, at + 16), frame->size);
    fail_unless (memcmp (bytes->data + at + 32,
            golden->data + frame->offset + 32, frame->size) == 0);
    at += 32 + GST_ROUND_UP_16 (frame->size);
  }
  fail_unless_equals_int (at, bytes->len);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_picture_contradicts_caps)
{
  GstHarness *h = make_harness ("image/jpeg, width=640, height=480");
  GstBus *bus = watch (h);

  fail_unless_equals_int (gst_harness_push (h, take_picture ("v20_jpeg", 3)),
      GST_FLOW_ERROR);
  assert_error (h, bus, GST_STREAM_ERROR_FORMAT,
      "Frame 0 at byte 16: It is a JPEG picture of 7 x 7 pixels, but its caps say "
      "640 x 480");
  drop_watch (h, bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_no_picture)
{
  GstHarness *h = make_harness (picture_cases[__i__].caps);
  GstBus *bus = watch (h);

  fail_unless_equals_int (gst_harness_push (h, make_buffer (100, 0,
              GST_CLOCK_TIME_NONE)), GST_FLOW_ERROR);
  assert_error (h, bus, GST_STREAM_ERROR_WRONG_TYPE,
      "Frame 0 at byte 16: It is not " "a ");
  drop_watch (h, bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* --- frames of any format ------------------------------------------------- */

#define FRAMES "video/x-omv-frame, framerate=30/1"

/* A buffer that says itself what it is, with an interval that must not count. */
static GstBuffer *
wrap_frame (gint width, gint height, guint32 code, const guint8 * payload,
    gsize size, GstClockTime pts)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  GstBuffer *buffer;

  omv_test_append_header (bytes, 2, 4711, width, height, code, (guint32) size);
  g_byte_array_append (bytes, payload, (guint) size);
  buffer = gst_buffer_new_memdup (bytes->data, bytes->len);
  GST_BUFFER_PTS (buffer) = pts;
  return buffer;
}

/* All frames of all good recordings of a camera, one after the other. */
GST_START_TEST (test_mixed_frames)
{
  static const gchar *const names[] = {
    "v20_grayscale", "v20_jpeg", "v20_binary", "v20_png", "v20_rgb565",
    "v20_bayer_grbg", "v20_yuv422", "v20_resolution_switch"
  };
  GstHarness *h = make_harness (FRAMES);
  GstClockTime pts = 0;

  for (guint n = 0; n < G_N_ELEMENTS (names); n++) {
    g_autoptr (OmvTestGolden) golden = omv_test_golden_load (names[n]);

    for (guint i = 0; i < golden->frames->len; i++) {
      const OmvTestFrame *frame = omv_test_frame (golden->frames, i);
      const guint8 *data = golden->data + frame->offset;
      guint32 picture_size = frame->format == CODE_JPEG
          || frame->format == CODE_PNG ? frame->size : 0;
      g_autoptr (GByteArray) bytes = NULL;

      fail_unless_equals_int (gst_harness_push (h, wrap_frame (frame->width,
                  frame->height, frame->format, data + 32, frame->size, pts)),
          GST_FLOW_OK);
      bytes = take_bytes (h);
      if (pts == 0)
        g_byte_array_remove_range (bytes, 0, 16);
      fail_unless_equals_int (bytes->len, 32 + GST_ROUND_UP_16 (frame->size));
      fail_unless_equals_int (read_u32 (bytes, 0), pts == 0 ? 0 : 20);
      fail_unless (memcmp (bytes->data + 4, data + 4, 12) == 0);
      fail_unless_equals_int (read_u32 (bytes, 16), picture_size);
      fail_unless (memcmp (bytes->data + 20, zeros, 12) == 0);
      fail_unless (memcmp (bytes->data + 32, data + 32, frame->size) == 0);
      pts += 20 * GST_MSECOND;
    }
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

typedef struct
{
  const gchar *version;
  gint width;
  guint32 code;
  gsize size;
  gint error;
  const gchar *words;
} FrameCase;

static const FrameCase frame_cases[] = {
  {"1.1", 2, 0x14050002, 8, GST_STREAM_ERROR_FORMAT,
      "A recording of version 1.1 cannot hold frames of the format YUV422"},
  {"1.1", 2, CODE_PNG, 8, GST_STREAM_ERROR_FORMAT, "the format PNG"},
  {"1.1", 2, 0x05040301, 4, GST_STREAM_ERROR_FORMAT, "the format BAYER_RGGB"},
  {"2.0", 2, 0x0C080004, 0, GST_STREAM_ERROR_FORMAT,
      "A recording of version 2.0 cannot hold frames of the format ARGB8"},
  {"2.0", 2, CODE_GRAY, 5, GST_STREAM_ERROR_FORMAT,
      "The frame has 37 bytes, but its header says 36"},
  {"2.0", 0, CODE_GRAY, 4, GST_STREAM_ERROR_DEMUX, "its width"},
  {"2.0", 2, 0x12345678, 4, GST_STREAM_ERROR_DEMUX, "pixel format is unknown"},
  {"2.0", 2, CODE_JPEG, 8, GST_STREAM_ERROR_WRONG_TYPE, "not a JPEG picture"},
};

/* Frame and byte are named. */
GST_START_TEST (test_refused_frame)
{
  const FrameCase *test = &frame_cases[__i__];
  GstHarness *h = make_harness_with ("version", test->version, FRAMES);
  GstBus *bus = watch (h);
  static const guint8 payload[8] = { 0 };
  guint stride = g_str_equal (test->version, "1.1") ? 32 : 48;
  g_autofree gchar *start = g_strdup_printf ("Frame 1 at byte %u",
      16 + stride);
  g_autoptr (GError) error = NULL;

  fail_unless_equals_int (gst_harness_push (h, wrap_frame (2, 2, CODE_GRAY,
              payload, 4, 0)), GST_FLOW_OK);
  fail_unless_equals_int (gst_harness_push (h, wrap_frame (test->width, 2,
              test->code, payload, test->size, GST_SECOND)), GST_FLOW_ERROR);
  error = take_message (h, bus, GST_MESSAGE_ERROR);
  fail_unless (error != NULL);
  fail_unless (g_error_matches (error, GST_STREAM_ERROR, test->error), "%s",
      error->message);
  fail_unless (g_str_has_prefix (error->message, start), "%s", error->message);
  fail_unless (strstr (error->message, test->words) != NULL, "%s",
      error->message);
  drop_watch (h, bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_picture_contradicts_header)
{
  GstHarness *h = make_harness (FRAMES);
  GstBus *bus = watch (h);
  g_autoptr (GstBuffer) picture = take_picture ("v20_jpeg", 3);
  GstMapInfo map;

  gst_buffer_map (picture, &map, GST_MAP_READ);
  fail_unless_equals_int (gst_harness_push (h, wrap_frame (7, 8, CODE_JPEG,
              map.data, map.size, 0)), GST_FLOW_ERROR);
  gst_buffer_unmap (picture, &map);
  assert_error (h, bus, GST_STREAM_ERROR_FORMAT,
      "Frame 0 at byte 16: It is a JPEG "
      "picture of 7 x 7 pixels, but its header says 7 x 8");
  drop_watch (h, bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_v11_mixed_frames)
{
  static const guint32 codes[] = { CODE_BINARY, CODE_GRAY, CODE_RGB565 };
  static const guint8 payload[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  GstHarness *h = make_harness_with ("version", "1.1", FRAMES);
  g_autoptr (GByteArray) bytes = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    fail_unless_equals_int (gst_harness_push (h, wrap_frame (2, 2, codes[i],
                payload, codes[i] == CODE_GRAY ? 4 : 8, 0)), GST_FLOW_OK);
  bytes = take_bytes (h);
  fail_unless_equals_int (bytes->len, 16 + 3 * 32);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++) {
    fail_unless_equals_int (read_u32 (bytes, 28 + 32 * i), i);
    fail_unless (memcmp (bytes->data + 32 + 32 * i, payload,
            codes[i] == CODE_GRAY ? 4 : 8) == 0);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

/* --- version 1.1 ---------------------------------------------------------- */

GST_START_TEST (test_v11_frame)
{
  GstHarness *h = make_harness_with ("version", "1.1",
      "video/x-raw, format=RGB16, width=2, " "height=2");
  g_autoptr (GByteArray) bytes = NULL;

  fail_unless_equals_int (gst_harness_push (h, make_buffer (8, 0,
              GST_CLOCK_TIME_NONE)), GST_FLOW_OK);
  bytes = take_bytes (h);
  fail_unless_equals_int (bytes->len, 16 + 16 + 16);
  fail_unless (memcmp (bytes->data, "OMV IMG STR V1.1", 16) == 0);
  fail_unless_equals_int (read_u32 (bytes, 28), 2);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_v11_jpeg)
{
  GstHarness *h = make_harness_with ("version", "1.1", "image/jpeg");
  GstBuffer *picture = take_picture ("v20_jpeg", 3);
  guint32 size = (guint32) gst_buffer_get_size (picture);
  g_autoptr (GByteArray) bytes = NULL;

  fail_unless_equals_int (gst_harness_push (h, picture), GST_FLOW_OK);
  bytes = take_bytes (h);
  fail_unless_equals_int (read_u32 (bytes, 28), size);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* What version 1.1 cannot hold is not in the caps, so it cannot be linked. */
GST_START_TEST (test_v11_caps)
{
  static const gchar *const refused[] = {
    "video/x-raw, format=YUY2, width=4, height=4",
    "video/x-raw, format=YVYU, width=4, height=4",
    "video/x-bayer, format=rggb, width=4, height=4",
    "image/png",
  };
  static const gchar *const taken[] = {
    GRAY, "video/x-raw, format=RGB16, width=4, height=4",
    "video/x-bayer, format=bggr, width=4, height=4", "image/jpeg",
    "video/x-omv-binary, width=4, height=4",
  };
  GstHarness *h = make_harness_with ("version", "1.1", NULL);
  g_autoptr (GstCaps) caps = gst_pad_peer_query_caps (h->srcpad, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr (GstCaps) other = gst_caps_from_string (refused[i]);

    fail_if (gst_caps_can_intersect (caps, other), "%s", refused[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (taken); i++) {
    g_autoptr (GstCaps) other = gst_caps_from_string (taken[i]);

    fail_unless (gst_caps_can_intersect (caps, other), "%s", taken[i]);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_v11_has_no_exact_times)
{
  GstElement *mux = gst_check_setup_element ("omvstrmux");
  GstBus *bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;

  gst_element_set_bus (mux, bus);
  gst_util_set_object_arg (G_OBJECT (mux), "version", "1.1");
  g_object_set (mux, "exact-time", TRUE, NULL);
  fail_unless_equals_int (gst_element_set_state (mux, GST_STATE_PAUSED),
      GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_clear_message (&message);
  gst_bus_set_flushing (bus, TRUE);
  gst_element_set_bus (mux, NULL);
  gst_object_unref (bus);
  gst_element_set_state (mux, GST_STATE_NULL);
  gst_check_teardown_element (mux);
}

GST_END_TEST;

/* --- time ----------------------------------------------------------------- */

/* The sum of the intervals is rounded, never an interval: an hour stays one. */
GST_START_TEST (test_time_does_not_drift)
{
  const guint count = 30 * 60;
  GstHarness *h = make_harness (GRAY_30);
  g_autoptr (GByteArray) bytes = NULL;
  guint64 sum = 0;

  for (guint i = 0; i < count; i++)
    push_gray (h, gst_util_uint64_scale (i, GST_SECOND, 30));
  bytes = take_bytes (h);
  for (guint i = 0; i < count; i++) {
    sum += read_u32 (bytes, 16 + i * GRAY_STRIDE);
    fail_unless_equals_uint64 (sum, (i * 1000 + 15) / 30);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_offset_to_zero)
{
  static const guint32 zero_based[] = { 0, 100 };
  static const guint32 kept[] = { 3000, 100 };

  for (guint keep = 0; keep < 2; keep++) {
    GstHarness *h = make_harness_with ("offset-to-zero",
        keep != 0 ? "false" : "true", GRAY);
    GstSegment segment;

    /* as omvstrdemux sends it */
    gst_segment_init (&segment, GST_FORMAT_TIME);
    segment.start = segment.time = 3 * GST_SECOND;
    gst_harness_push_event (h, gst_event_new_segment (&segment));
    push_gray (h, 3 * GST_SECOND);
    push_gray (h, 3100 * GST_MSECOND);
    assert_gray_intervals (h, keep != 0 ? kept : zero_based, 2);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

GST_START_TEST (test_missing_timestamps)
{
  static const guint32 from_duration[] = { 0, 250, 33 };
  static const guint32 from_nothing[] = { 0, 250, 0 };

  for (guint rate = 0; rate < 2; rate++) {
    GstHarness *h = make_harness (rate != 0 ? GRAY_30 : GRAY);

    gst_harness_push (h, make_buffer (16, GST_SECOND, 250 * GST_MSECOND));
    gst_harness_push (h, make_buffer (16, GST_CLOCK_TIME_NONE,
            GST_CLOCK_TIME_NONE));
    gst_harness_push (h, make_buffer (16, GST_CLOCK_TIME_NONE,
            GST_CLOCK_TIME_NONE));
    assert_gray_intervals (h, rate != 0 ? from_duration : from_nothing, 3);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* One warning when it happens, and a count at the end. */
GST_START_TEST (test_time_runs_backward)
{
  static const guint32 intervals[] = { 0, 500, 0, 0, 500 };
  static const GstClockTime times[] = { 1000, 1500, 1200, 1400, 2000 };
  GstHarness *h = make_harness (GRAY);
  GstBus *bus = watch (h);
  g_autoptr (GError) first = NULL;
  g_autoptr (GError) last = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    push_gray (h, times[i] * GST_MSECOND);
  first = take_message (h, bus, GST_MESSAGE_WARNING);
  fail_unless (first != NULL);
  fail_unless (strstr (first->message, "Frame 2 at byte 112 ") != NULL, "%s",
      first->message);
  fail_unless (take_message (h, bus, GST_MESSAGE_WARNING) == NULL);

  gst_harness_push_event (h, gst_event_new_eos ());
  last = take_message (h, bus, GST_MESSAGE_WARNING);
  fail_unless (last != NULL && g_str_has_prefix (last->message, "2 of 5 "));
  assert_gray_intervals (h, intervals, 5);
  drop_watch (h, bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_outside_the_segment)
{
  static const guint32 intervals[] = { 0, 500 };
  GstHarness *h = make_harness (GRAY);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = GST_SECOND;
  segment.stop = 2 * GST_SECOND;
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  push_gray (h, 999 * GST_MSECOND);
  push_gray (h, GST_SECOND);
  push_gray (h, 1500 * GST_MSECOND);
  push_gray (h, 2 * GST_SECOND + 1);
  assert_gray_intervals (h, intervals, 2);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Running time is what counts: a second segment goes on where the first ended. */
GST_START_TEST (test_second_segment)
{
  static const guint32 intervals[] = { 0, 1000, 500 };
  GstHarness *h = make_harness (GRAY);
  GstSegment segment;

  push_gray (h, 0);
  push_gray (h, GST_SECOND);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.base = 1500 * GST_MSECOND;
  gst_harness_push_event (h, gst_event_new_segment (&segment));
  push_gray (h, 0);
  assert_gray_intervals (h, intervals, 3);
  gst_harness_teardown (h);
}

GST_END_TEST;

#define LONGEST (G_MAXUINT32 * GST_MSECOND)

GST_START_TEST (test_longest_interval)
{
  static const guint32 intervals[] = { 0, G_MAXUINT32 };
  GstHarness *h = make_harness (GRAY);
  GstBus *bus = watch (h);

  push_gray (h, 0);
  push_gray (h, LONGEST);
  fail_unless_equals_int (gst_harness_push (h, make_buffer (16,
              2 * LONGEST + GST_MSECOND, GST_CLOCK_TIME_NONE)), GST_FLOW_ERROR);
  assert_error (h, bus, GST_STREAM_ERROR_MUX, "Frame 2 at byte 112 comes "
      "4294967 s after");
  assert_gray_intervals (h, intervals, 2);
  drop_watch (h, bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* The un-shifted running time, in spare bytes that cameras skip. */
GST_START_TEST (test_exact_time)
{
  static const GstClockTime times[] = { 5000000123, 5033333456 };
  GstHarness *h = make_harness_with ("exact-time", "true", GRAY);
  g_autoptr (GByteArray) bytes = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    push_gray (h, times[i]);
  bytes = take_bytes (h);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    guint8 *header = bytes->data + 16 + i * GRAY_STRIDE;
    guint8 expected[32];

    memcpy (expected, header, 20);
    omv_test_set_exact_time (expected, times[i]);
    fail_unless (memcmp (header, expected, 32) == 0);
    fail_unless_equals_int (read_u32 (bytes, 16 + i * GRAY_STRIDE), i * 33);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_sync_interval)
{
  GstHarness *h = make_harness_with ("sync-interval", "1000000000", GRAY);
  GstBuffer *buffer;
  guint index = 0;

  for (guint i = 0; i < 12; i++)
    push_gray (h, 7 * GST_SECOND + i * 400 * GST_MSECOND);
  gst_buffer_unref (gst_harness_pull (h));
  while ((buffer = gst_harness_try_pull (h)) != NULL) {
    fail_unless_equals_int (GST_BUFFER_FLAG_IS_SET (buffer,
            GST_BUFFER_FLAG_SYNC_AFTER) != 0, index > 0 && index % 3 == 0);
    gst_buffer_unref (buffer);
    index++;
  }
  fail_unless_equals_int (index, 12);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_buffer_before_caps)
{
  GstHarness *h = make_harness (NULL);
  GstBus *bus = watch (h);
  GstSegment segment;
  g_autoptr (GError) error = NULL;

  gst_harness_play (h);
  gst_pad_push_event (h->srcpad, gst_event_new_stream_start ("test"));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (h->srcpad, gst_event_new_segment (&segment));
  fail_unless_equals_int (gst_pad_push (h->srcpad, make_buffer (16, 0,
              GST_CLOCK_TIME_NONE)), GST_FLOW_NOT_NEGOTIATED);
  error = take_message (h, bus, GST_MESSAGE_ERROR);
  fail_unless (g_error_matches (error, GST_CORE_ERROR,
          GST_CORE_ERROR_NEGOTIATION));
  drop_watch (h, bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
omvstrmux_suite (void)
{
  Suite *suite = suite_create ("omvstrmux");
  TCase *tcase = tcase_create ("general");
  const gint formats = G_N_ELEMENTS (format_cases);
  const gint pictures = G_N_ELEMENTS (picture_cases);

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_nothing_is_written_on_caps);
  tcase_add_test (tcase, test_event_order);
  tcase_add_test (tcase, test_header_is_a_buffer_of_its_own);
  tcase_add_test (tcase, test_one_buffer_a_frame);
  tcase_add_test (tcase, test_empty_recording);
  tcase_add_test (tcase, test_linked_late);
  tcase_add_test (tcase, test_flush_starts_a_new_file);
  tcase_add_test (tcase, test_null_starts_a_new_file);
  tcase_add_test (tcase, test_pads);
  tcase_add_test (tcase, test_does_not_seek);
  tcase_add_loop_test (tcase, test_rows_become_tight, 0, formats);
  tcase_add_loop_test (tcase, test_no_copy, 0, formats);
  tcase_add_test (tcase, test_no_copy_of_pictures);
  tcase_add_test (tcase, test_any_stride_is_welcome);
  tcase_add_test (tcase, test_binary);
  tcase_add_test (tcase, test_binary_as_stored);
  tcase_add_test (tcase, test_caps_change);
  tcase_add_test (tcase, test_short_buffer);
  tcase_add_loop_test (tcase, test_picture_size, 0, pictures);
  tcase_add_test (tcase, test_picture_contradicts_caps);
  tcase_add_loop_test (tcase, test_no_picture, 0, pictures);
  tcase_add_test (tcase, test_mixed_frames);
  tcase_add_loop_test (tcase, test_refused_frame, 0,
      G_N_ELEMENTS (frame_cases));
  tcase_add_test (tcase, test_picture_contradicts_header);
  tcase_add_test (tcase, test_v11_mixed_frames);
  tcase_add_test (tcase, test_v11_frame);
  tcase_add_test (tcase, test_v11_jpeg);
  tcase_add_test (tcase, test_v11_caps);
  tcase_add_test (tcase, test_v11_has_no_exact_times);
  tcase_add_test (tcase, test_time_does_not_drift);
  tcase_add_test (tcase, test_offset_to_zero);
  tcase_add_test (tcase, test_missing_timestamps);
  tcase_add_test (tcase, test_time_runs_backward);
  tcase_add_test (tcase, test_outside_the_segment);
  tcase_add_test (tcase, test_second_segment);
  tcase_add_test (tcase, test_longest_interval);
  tcase_add_test (tcase, test_exact_time);
  tcase_add_test (tcase, test_sync_interval);
  tcase_add_test (tcase, test_buffer_before_caps);

  return suite;
}

GST_CHECK_MAIN (omvstrmux);
