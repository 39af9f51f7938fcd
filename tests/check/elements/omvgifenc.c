/* omvgifenc.c: what omvgifenc promises, one promise a test
 *
 * How pixels become images is the business of libs/gif.c; here it is time,
 * buffers and caps. What comes out is played by giflib.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <string.h>

#include "omvgifplayer.h"

#define MS GST_MSECOND

static GstHarness *
make_harness (const gchar * caps)
{
  GstHarness *h = gst_harness_new ("omvgifenc");

  gst_harness_set_src_caps_str (h, caps);
  return h;
}

/* A plain frame. */
static GstBuffer *
make_frame (gsize size, guint8 level, GstClockTime pts, GstClockTime duration)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);

  gst_buffer_memset (buffer, 0, level, size);
  GST_BUFFER_PTS (buffer) = pts;
  GST_BUFFER_DURATION (buffer) = duration;
  return buffer;
}

static void
push_gray (GstHarness * h, guint8 level, GstClockTime pts,
    GstClockTime duration)
{
  fail_unless_equals_int (gst_harness_push (h, make_frame (8, level, pts,
              duration)), GST_FLOW_OK);
}

/* 2 x 2: rows of 4 bytes, of which two are pixels. */
#define GRAY "video/x-raw, format=GRAY8, width=2, height=2, framerate=25/1"
#define GRAY_0 "video/x-raw, format=GRAY8, width=2, height=2, framerate=0/1"

static OmvGifPlayed *
play (GPtrArray * got)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (guint i = 0; i < got->len; i++) {
    GstMapInfo map;

    fail_unless (gst_buffer_map (g_ptr_array_index (got, i), &map,
            GST_MAP_READ));
    g_byte_array_append (bytes, map.data, (guint) map.size);
    gst_buffer_unmap (g_ptr_array_index (got, i), &map);
  }

  return omv_gif_play (bytes->data, bytes->len);
}

static GPtrArray *
pull_all (GstHarness * h)
{
  GPtrArray *got = g_ptr_array_new_with_free_func ((GDestroyNotify)
      gst_buffer_unref);
  GstBuffer *buffer;

  while ((buffer = gst_harness_try_pull (h)) != NULL)
    g_ptr_array_add (got, buffer);
  return got;
}

static OmvGifPlayed *
finish (GstHarness * h)
{
  g_autoptr (GPtrArray) got = NULL;

  fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
  got = pull_all (h);
  return play (got);
}

static void
check_delays (const OmvGifPlayed * played, const guint * delays, guint n)
{
  fail_unless_equals_int (played->images->len, n);
  for (guint i = 0; i < n; i++)
    fail_unless_equals_int (omv_gif_played_image (played, i)->delay, delays[i]);
}

/* --- time ----------------------------------------------------------------- */

/* 30 frames a second are 3.33 hundredths each: the sum is right. */
GST_START_TEST (test_rounding_is_carried_on)
{
  GstHarness *h = make_harness (GRAY);
  g_autoptr (OmvGifPlayed) played = NULL;
  guint sum = 0;

  for (guint i = 0; i < 90; i++)
    push_gray (h, (guint8) i, 5 * GST_SECOND + i * GST_SECOND / 30,
        GST_SECOND / 30);
  played = finish (h);
  fail_unless_equals_int (played->images->len, 90);
  for (guint i = 0; i < 90; i++) {
    guint delay = omv_gif_played_image (played, i)->delay;

    fail_unless (delay == 3 || delay == 4);
    sum += delay;
    fail_unless_equals_int (sum, (i + 1) * 100 / 30 + ((i + 1) % 3 == 2));
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

/* What is nearer than 2 hundredths takes the place of the frame before. */
GST_START_TEST (test_short_frames)
{
  static const guint times[] = { 0, 10, 40, 50, 59, 100, 115, 200 };
  static const guint delays[] = { 4, 2, 4, 2, 8, 9, 2 };
  static const guint8 levels[] = { 1, 3, 4, 5, 6, 7, 99 };
  GstHarness *h = make_harness (GRAY);
  g_autoptr (OmvGifPlayed) played = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    push_gray (h, (guint8) i, times[i] * MS, 10 * MS);
  push_gray (h, 99, 285 * MS, 15 * MS);
  played = finish (h);
  check_delays (played, delays, G_N_ELEMENTS (delays));
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    fail_unless_equals_int (omv_gif_played_image (played,
            i)->pixels[0] & 255, levels[i]);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_hundred_frames_a_second)
{
  GstHarness *h = make_harness (GRAY);
  g_autoptr (OmvGifPlayed) played = NULL;

  for (guint i = 0; i < 100; i++)
    push_gray (h, (guint8) i, i * 10 * MS, 10 * MS);
  played = finish (h);
  fail_unless_equals_int (played->images->len, 50);
  for (guint i = 0; i < 50; i++) {
    fail_unless_equals_int (omv_gif_played_image (played, i)->delay, 2);
    fail_unless_equals_int (omv_gif_played_image (played, i)->pixels[0] & 255,
        2 * i + 1);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

/* A frame leaves when the next one comes, with the time between them. */
GST_START_TEST (test_one_frame_is_held_back)
{
  GstHarness *h = make_harness (GRAY_0);
  g_autoptr (GPtrArray) got = NULL;
  g_autoptr (OmvGifPlayed) played = NULL;
  static const guint delays[] = { 100, 25, 25 };
  static const GstClockTime times[] = { 1000 * MS, 2000 * MS, 2250 * MS };

  for (guint i = 0; i < 3; i++) {
    push_gray (h, (guint8) i, times[i], GST_CLOCK_TIME_NONE);
    fail_unless_equals_int (gst_harness_buffers_received (h), i);
  }
  fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
  got = pull_all (h);
  fail_unless_equals_int (got->len, 3);
  for (guint i = 0; i < 3; i++) {
    GstBuffer *buffer = g_ptr_array_index (got, i);

    fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer), times[i]);
    fail_unless_equals_uint64 (GST_BUFFER_DURATION (buffer),
        delays[i] * 10 * MS);
    fail_unless_equals_int (GST_BUFFER_FLAG_IS_SET (buffer,
            GST_BUFFER_FLAG_DELTA_UNIT), i > 0);
  }
  played = play (got);
  check_delays (played, delays, 3);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* The last image: its duration; else that of the one before; else the caps'
 * frame time; else a tenth of a second. */
GST_START_TEST (test_last_delay)
{
  static const struct
  {
    const gchar *caps;
    guint n_frames;
    GstClockTime duration;
    guint delay;
  } cases[] = {
    {GRAY, 2, 130 * MS, 13},
    {GRAY, 2, 1 * MS, 2},
    {GRAY, 2, GST_CLOCK_TIME_NONE, 50},
    {GRAY, 1, GST_CLOCK_TIME_NONE, 4},
    {GRAY_0, 1, GST_CLOCK_TIME_NONE, 10},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstHarness *h = make_harness (cases[i].caps);
    g_autoptr (OmvGifPlayed) played = NULL;

    for (guint k = 0; k < cases[i].n_frames; k++)
      push_gray (h, (guint8) k, k * 500 * MS, cases[i].duration);
    played = finish (h);
    fail_unless_equals_int (played->images->len, cases[i].n_frames);
    fail_unless_equals_int (omv_gif_played_image (played,
            cases[i].n_frames - 1)->delay, cases[i].delay);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* A frame without a time, or of an earlier one, follows the one before it. */
GST_START_TEST (test_frames_without_time)
{
  GstHarness *h = make_harness (GRAY);
  g_autoptr (OmvGifPlayed) played = NULL;
  static const guint delays[] = { 4, 8, 20, 20 };

  push_gray (h, 1, GST_CLOCK_TIME_NONE, GST_CLOCK_TIME_NONE);
  push_gray (h, 2, GST_CLOCK_TIME_NONE, 80 * MS);
  push_gray (h, 3, 0, 200 * MS);
  push_gray (h, 4, 320 * MS, GST_CLOCK_TIME_NONE);
  played = finish (h);
  check_delays (played, delays, 4);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Time is running time: a new segment goes on. */
GST_START_TEST (test_segments)
{
  GstHarness *h = make_harness (GRAY);
  g_autoptr (OmvGifPlayed) played = NULL;
  static const guint delays[] = { 10, 50, 10 };
  GstSegment segment;

  push_gray (h, 1, 0, 100 * MS);
  push_gray (h, 2, 100 * MS, 100 * MS);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = 30 * MS;
  segment.base = 600 * MS;
  fail_unless (gst_harness_push_event (h, gst_event_new_segment (&segment)));
  push_gray (h, 3, 30 * MS, 100 * MS);
  played = finish (h);
  check_delays (played, delays, 3);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* --- pixels --------------------------------------------------------------- */

static guint8
sample (guint x, guint y, guint k)
{
  return (guint8) (x * 37 + y * 91 + k * 50);
}

/* Formats, odd sizes and one pixel, with rows that lie apart by default or by
 * GstVideoMeta. */
static void
check_format (GstVideoFormat format, guint width, guint height, guint gap)
{
  g_autofree gchar *caps = g_strdup_printf ("video/x-raw, format=%s, width=%u, "
      "height=%u, framerate=10/1", gst_video_format_to_string (format), width,
      height);
  GstHarness *h = make_harness (caps);
  g_autoptr (OmvGifPlayed) played = NULL;
  gsize offsets[GST_VIDEO_MAX_PLANES] = { 0, };
  gint strides[GST_VIDEO_MAX_PLANES] = { 0, };
  GstBuffer *buffer;
  GstVideoInfo info;
  GstVideoFrame frame;
  guint n_bytes;
  guint8 *pixels;

  gst_video_info_set_format (&info, format, width, height);
  n_bytes = (guint) GST_VIDEO_INFO_COMP_PSTRIDE (&info, 0);
  strides[0] = info.stride[0] + (gint) gap;
  offsets[0] = gap;
  buffer = make_frame (gap + height * (gsize) strides[0], 0xee, 0, 100 * MS);
  if (gap > 0)
    gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE, format,
        width, height, 1, offsets, strides);
  fail_unless (gst_video_frame_map (&frame, &info, buffer, GST_MAP_WRITE));
  pixels = GST_VIDEO_FRAME_PLANE_DATA (&frame, 0);
  for (guint y = 0; y < height; y++) {
    for (guint i = 0; i < width * n_bytes; i++)
      pixels[y * (gsize) strides[0] + i] = sample (i / n_bytes, y, i % n_bytes);
  }
  gst_video_frame_unmap (&frame);
  fail_unless_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
  played = finish (h);

  fail_unless_equals_int (played->width, width);
  fail_unless_equals_int (played->height, height);
  for (guint y = 0; y < height; y++) {
    for (guint x = 0; x < width; x++) {
      guint32 expected = 0xff000000u;

      for (guint k = 0; k < 3; k++) {
        guint at = format == GST_VIDEO_FORMAT_GRAY8 ? 0
            : format == GST_VIDEO_FORMAT_BGRx ? 2 - k : k;

        expected |= (guint32) sample (x, y, at) << (16 - 8 * k);
      }
      if (format == GST_VIDEO_FORMAT_RGBA && sample (x, y, 3) < 128)
        expected = 0;
      fail_unless_equals_int_hex (omv_gif_played_image (played,
              0)->pixels[y * width + x], expected);
    }
  }
  gst_harness_teardown (h);
}

GST_START_TEST (test_formats)
{
  static const GstVideoFormat formats[] = { GST_VIDEO_FORMAT_GRAY8,
    GST_VIDEO_FORMAT_RGB, GST_VIDEO_FORMAT_RGBA, GST_VIDEO_FORMAT_BGRx
  };
  static const guint sizes[][2] = { {1, 1}, {3, 5}, {15, 13}, {16, 1}, {1, 9} };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    for (guint k = 0; k < G_N_ELEMENTS (sizes); k++) {
      check_format (formats[i], sizes[k][0], sizes[k][1], 0);
      check_format (formats[i], sizes[k][0], sizes[k][1], 52);
    }
  }
}

GST_END_TEST;

/* A gray film of any noise comes back exactly. */
GST_START_TEST (test_gray_is_lossless)
{
  GstHarness *h = make_harness ("video/x-raw, format=GRAY8, width=64, "
      "height=48, framerate=10/1");
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (OmvGifPlayed) played = NULL;
  static guint8 frames[5][64 * 48];

  for (guint i = 0; i < 5; i++) {
    GstBuffer *buffer = make_frame (64 * 48, 0, i * 100 * MS, 100 * MS);

    for (guint k = 0; k < 64 * 48; k++)
      frames[i][k] = (guint8) g_rand_int (random);
    gst_buffer_fill (buffer, 0, frames[i], 64 * 48);
    fail_unless_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
  }
  played = finish (h);
  for (guint i = 0; i < 5; i++) {
    for (guint k = 0; k < 64 * 48; k++)
      fail_unless_equals_int (omv_gif_played_image (played,
              i)->pixels[k] & 0xffffff, frames[i][k] * 0x10101);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

/* A frame with holes that comes too soon cannot take the place of another one
 * if something is shown in the holes; it is left out then. */
GST_START_TEST (test_holes_that_come_too_soon)
{
  GstHarness *h = make_harness ("video/x-raw, format=RGBA, width=1, height=1, "
      "framerate=0/1");
  g_autoptr (OmvGifPlayed) played = NULL;
  static const guint delays[] = { 10, 10, 10 };
  static const guint8 levels[] = { 200, 201, 0, 202, 0 };
  static const guint times[] = { 0, 100, 110, 200, 205 };

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    fail_unless_equals_int (gst_harness_push (h, make_frame (4, levels[i],
                times[i] * MS, i == 4 ? 95 * MS : 10 * MS)), GST_FLOW_OK);
  played = finish (h);
  check_delays (played, delays, 3);
  for (guint i = 0; i < 3; i++)
    fail_unless_equals_int_hex (omv_gif_played_image (played, i)->pixels[0],
        0xff000000u | (200 + i) * 0x10101u);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* --- files ---------------------------------------------------------------- */

GST_START_TEST (test_repeat)
{
  static const struct
  {
    gint repeat;
    gint loop_count;
  } cases[] = { {-1, 0}, {0, -1}, {1, 1}, {7, 7}, {65535, 65535} };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstHarness *h = gst_harness_new ("omvgifenc");
    g_autoptr (OmvGifPlayed) played = NULL;
    gint repeat;

    g_object_get (h->element, "repeat", &repeat, NULL);
    fail_unless_equals_int (repeat, -1);
    gst_element_set_state (h->element, GST_STATE_READY);
    g_object_set (h->element, "repeat", cases[i].repeat, NULL);
    gst_element_set_state (h->element, GST_STATE_PLAYING);
    gst_harness_set_src_caps_str (h, GRAY);
    push_gray (h, 1, 0, 40 * MS);
    played = finish (h);
    fail_unless_equals_int (played->loop_count, cases[i].loop_count);
    gst_harness_teardown (h);
  }
}

GST_END_TEST;

/* One buffer an image: the header in the first, the trailer in the last. */
GST_START_TEST (test_buffers)
{
  GstHarness *h = make_harness (GRAY);
  g_autoptr (GPtrArray) got = NULL;
  guint8 byte;

  for (guint i = 0; i < 4; i++)
    push_gray (h, (guint8) i, i * 40 * MS, 40 * MS);
  fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
  got = pull_all (h);
  fail_unless_equals_int (got->len, 4);
  fail_unless_equals_int (gst_buffer_memcmp (g_ptr_array_index (got, 0), 0,
          "GIF89a", 6), 0);
  for (guint i = 1; i < 4; i++) {
    GstBuffer *buffer = g_ptr_array_index (got, i);

    /* a control block comes first */
    fail_unless_equals_int (gst_buffer_memcmp (buffer, 0, "\x21\xf9\x04", 3),
        0);
    fail_unless_equals_int (gst_buffer_extract (buffer,
            gst_buffer_get_size (buffer) - 1, &byte, 1), 1);
    fail_unless_equals_int (byte, i == 3 ? ';' : 0);
  }
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_caps)
{
  GstHarness *h = make_harness (GRAY);
  GstCaps *caps, *expected;

  push_gray (h, 1, 0, 40 * MS);
  fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
  caps = gst_pad_get_current_caps (h->sinkpad);
  expected = gst_caps_from_string ("image/gif, width=2, height=2, "
      "framerate=25/1");
  fail_unless (gst_caps_is_subset (caps, expected));
  gst_caps_unref (expected);
  gst_caps_unref (caps);

  caps = gst_pad_peer_query_caps (h->srcpad, NULL);
  expected = gst_caps_from_string ("video/x-raw, "
      "format={ GRAY8, RGB, RGBA, BGRx }");
  fail_unless (gst_caps_is_subset (caps, expected));
  gst_caps_unref (expected);
  gst_caps_unref (caps);
  gst_harness_teardown (h);
}

GST_END_TEST;

GST_START_TEST (test_no_frames)
{
  GstHarness *h = make_harness (GRAY);

  fail_unless (gst_harness_push_event (h, gst_event_new_eos ()));
  fail_unless_equals_int (gst_harness_buffers_received (h), 0);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* An error in one sentence, and what came before is a whole file. */
GST_START_TEST (test_size_change)
{
  GstHarness *h = make_harness (GRAY);
  GstBus *bus = gst_bus_new ();
  g_autoptr (GPtrArray) got = NULL;
  g_autoptr (OmvGifPlayed) played = NULL;
  g_autoptr (GError) error = NULL;
  GstMessage *message;

  gst_element_set_bus (h->element, bus);
  push_gray (h, 1, 0, 40 * MS);
  push_gray (h, 2, 40 * MS, 40 * MS);
  gst_harness_set_src_caps_str (h, "video/x-raw, format=GRAY8, width=4, "
      "height=3, framerate=25/1");
  (void) gst_harness_push (h, make_frame (12, 3, 80 * MS, 40 * MS));

  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_STREAM_ERROR,
          GST_STREAM_ERROR_FORMAT));
  fail_unless_equals_string (error->message, "A GIF has one size, but the "
      "video changes from 2 x 2 to 4 x 3 pixels.");
  gst_message_unref (message);
  got = pull_all (h);
  played = play (got);
  fail_unless_equals_int (played->images->len, 2);

  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Caps that promise more than there is cost an error, and no memory. */
GST_START_TEST (test_frame_is_too_small)
{
  GstHarness *h = make_harness ("video/x-raw, format=GRAY8, width=65535, "
      "height=65535, framerate=25/1");
  GstBus *bus = gst_bus_new ();
  g_autoptr (GError) error = NULL;
  GstMessage *message;

  gst_element_set_bus (h->element, bus);
  fail_unless_equals_int (gst_harness_push (h, make_frame (8, 1, 0, 40 * MS)),
      GST_FLOW_ERROR);
  message = gst_bus_pop_filtered (bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_STREAM_ERROR,
          GST_STREAM_ERROR_ENCODE));
  gst_message_unref (message);

  gst_element_set_bus (h->element, NULL);
  gst_object_unref (bus);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* Another format of the same size goes on; a size is free until there is a
 * frame. */
GST_START_TEST (test_format_change)
{
  GstHarness *h = make_harness ("video/x-raw, format=GRAY8, width=9, height=9, "
      "framerate=25/1");
  g_autoptr (OmvGifPlayed) played = NULL;

  gst_harness_set_src_caps_str (h, GRAY);
  push_gray (h, 1, 0, 40 * MS);
  gst_harness_set_src_caps_str (h, "video/x-raw, format=RGB, width=2, "
      "height=2, framerate=25/1");
  fail_unless_equals_int (gst_harness_push (h, make_frame (16, 2, 40 * MS,
              40 * MS)), GST_FLOW_OK);
  played = finish (h);
  fail_unless_equals_int (played->images->len, 2);
  fail_unless_equals_int_hex (omv_gif_played_image (played, 1)->pixels[3],
      0xff020202);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* What was held is forgotten, and a new file starts. */
GST_START_TEST (test_flush_starts_anew)
{
  GstHarness *h = make_harness (GRAY);
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (OmvGifPlayed) played = NULL;
  static const guint delays[] = { 4, 4 };
  GstSegment segment;

  for (guint i = 0; i < 3; i++)
    push_gray (h, (guint8) i, i * 40 * MS, 40 * MS);
  before = pull_all (h);
  fail_unless_equals_int (before->len, 2);
  fail_unless (gst_harness_push_event (h, gst_event_new_flush_start ()));
  fail_unless (gst_harness_push_event (h, gst_event_new_flush_stop (TRUE)));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  fail_unless (gst_harness_push_event (h, gst_event_new_segment (&segment)));
  push_gray (h, 7, 0, 40 * MS);
  push_gray (h, 8, 40 * MS, 40 * MS);
  played = finish (h);
  check_delays (played, delays, 2);
  fail_unless_equals_int (omv_gif_played_image (played, 0)->pixels[0] & 255, 7);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* What was held in one life is forgotten in the next. */
GST_START_TEST (test_second_life)
{
  GstHarness *h = make_harness (GRAY);
  g_autoptr (OmvGifPlayed) played = NULL;
  GstSegment segment;
  GstCaps *caps;

  push_gray (h, 1, 0, 40 * MS);
  fail_unless_equals_int (gst_element_set_state (h->element,
          GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
  gst_pad_set_active (h->srcpad, FALSE);
  gst_pad_set_active (h->srcpad, TRUE);
  fail_unless_equals_int (gst_element_set_state (h->element,
          GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
  gst_pad_push_event (h->srcpad, gst_event_new_stream_start ("again"));
  caps = gst_caps_from_string ("video/x-raw, format=GRAY8, width=3, height=2, "
      "framerate=25/1");
  gst_pad_push_event (h->srcpad, gst_event_new_caps (caps));
  gst_caps_unref (caps);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (h->srcpad, gst_event_new_segment (&segment));

  push_gray (h, 5, 0, 40 * MS);
  played = finish (h);
  fail_unless_equals_int (played->images->len, 1);
  fail_unless_equals_int (played->width, 3);
  fail_unless_equals_int (omv_gif_played_image (played, 0)->pixels[0] & 255, 5);
  gst_harness_teardown (h);
}

GST_END_TEST;

/* A live pipeline learns that a frame waits for the next one. */
GST_START_TEST (test_latency)
{
  GstHarness *h = make_harness (GRAY);

  push_gray (h, 1, 0, 40 * MS);
  gst_harness_set_upstream_latency (h, 10 * MS);
  fail_unless_equals_uint64 (gst_harness_query_latency (h), 50 * MS);
  gst_harness_teardown (h);
}

GST_END_TEST;

static Suite *
omvgifenc_suite (void)
{
  Suite *s = suite_create ("omvgifenc");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_rounding_is_carried_on);
  tcase_add_test (tc, test_short_frames);
  tcase_add_test (tc, test_hundred_frames_a_second);
  tcase_add_test (tc, test_one_frame_is_held_back);
  tcase_add_test (tc, test_last_delay);
  tcase_add_test (tc, test_frames_without_time);
  tcase_add_test (tc, test_segments);
  tcase_add_test (tc, test_formats);
  tcase_add_test (tc, test_gray_is_lossless);
  tcase_add_test (tc, test_holes_that_come_too_soon);
  tcase_add_test (tc, test_repeat);
  tcase_add_test (tc, test_buffers);
  tcase_add_test (tc, test_caps);
  tcase_add_test (tc, test_no_frames);
  tcase_add_test (tc, test_size_change);
  tcase_add_test (tc, test_frame_is_too_small);
  tcase_add_test (tc, test_format_change);
  tcase_add_test (tc, test_flush_starts_anew);
  tcase_add_test (tc, test_second_life);
  tcase_add_test (tc, test_latency);

  return s;
}

GST_CHECK_MAIN (omvgifenc);
