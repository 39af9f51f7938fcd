/* omvstrdemux-seek.c: omvstrdemux goes where it is told to, to the exact frame
 *
 * Each seek is compared with what a list of frame times says it must bring.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib/gstdio.h>
#include <gst/check/gstcheck.h>
#include <gst/omv/omv.h>
#include <string.h>

#include "omvplayer.h"
#include "omvtest.h"

#define ACCURATE (GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE)
#define NONE GST_CLOCK_TIME_NONE

/* Frames that cannot be counted in a fifth of a second, however fast the machine is, as
 * reading each header takes so many microseconds at least. */
#define N_LONG 500
#define PULL_TIME 2000

/* --- recordings and what is known of them ---------------------------------- */

/* A recording and the times of its frames with pixels, with their numbers. */
typedef struct
{
  guint8 *data;
  gsize size;
  GArray *times;                /* of guint64 */
  GArray *numbers;              /* of guint64 */
  OmvPlayer *player;
} Fixture;

static void
add_frame (Fixture * fixture, guint64 time, guint64 number)
{
  g_array_append_val (fixture->times, time);
  g_array_append_val (fixture->numbers, number);
}

static Fixture *
fixture_new (gconstpointer data, gsize size)
{
  Fixture *fixture = g_new0 (Fixture, 1);

  fixture->data = g_memdup2 (data, size);
  fixture->size = size;
  fixture->times = g_array_new (FALSE, FALSE, sizeof (guint64));
  fixture->numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  return fixture;
}

/* Plays it once to the end, and leaves the element there. */
static void
fixture_start (Fixture * fixture, OmvPlayerMode mode)
{
  fixture->player = omv_player_new (mode, fixture->data, fixture->size);
  omv_player_start (fixture->player);
  omv_player_wait (fixture->player);
  fail_unless (fixture->player->eos);
}

static void
fixture_free (Fixture * fixture)
{
  omv_player_stop (fixture->player);
  omv_player_free (fixture->player);
  g_array_unref (fixture->times);
  g_array_unref (fixture->numbers);
  g_free (fixture->data);
  g_free (fixture);
}

static Fixture *
load_golden (const gchar * name, OmvPlayerMode mode)
{
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load (name);
  Fixture *fixture = fixture_new (golden->data, golden->size);

  for (guint i = 0; i < golden->frames->len; i++) {
    const OmvTestFrame *frame = omv_test_frame (golden->frames, i);

    if (frame->format != 0x0C080004)
      add_frame (fixture, frame->time, i);
  }
  fixture_start (fixture, mode);

  return fixture;
}

/* Frames of 4 x 4 gray pixels after intervals of so many ms. */
static Fixture *
make_recording (const guint32 * intervals, guint count)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 pixels[16] = { 0 };
  Fixture *fixture;
  guint64 time = 0;

  omv_test_append_file_header (bytes, "2.0");
  for (guint i = 0; i < count; i++) {
    omv_test_append_header (bytes, 2, intervals[i], 4, 4, 0x08020001, 0);
    g_byte_array_append (bytes, pixels, sizeof pixels);
  }
  fixture = fixture_new (bytes->data, bytes->len);
  for (guint i = 0; i < count; i++) {
    time += intervals[i] * GST_MSECOND;
    add_frame (fixture, time, i);
  }
  fixture_start (fixture, OMV_PLAYER_PULL);

  return fixture;
}

static guint64
get_time (const Fixture * fixture, guint i)
{
  return g_array_index (fixture->times, guint64, i);
}

/* --- what a seek must bring ------------------------------------------------ */

/* The first frame that has exactly @time, else the last one before it, else the
 * first one. */
static guint
find_at (const Fixture * fixture, guint64 time)
{
  guint found = 0;

  for (guint i = 0; i < fixture->times->len; i++) {
    if (get_time (fixture, i) == time)
      return i;
    if (get_time (fixture, i) < time)
      found = i;
  }

  return found;
}

static void
assert_frame_at (Fixture * fixture, guint index, guint i)
{
  GstBuffer *buffer = omv_player_buffer (fixture->player, index);

  fail_unless_equals_uint64 (GST_BUFFER_OFFSET (buffer),
      g_array_index (fixture->numbers, guint64, i));
  fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer), get_time (fixture, i));
}

/* The frames from @from on, to before @end. */
static void
assert_forward (Fixture * fixture, guint from, guint end)
{
  fail_unless_equals_int (fixture->player->buffers->len, end - from);
  for (guint i = from; i < end; i++) {
    assert_frame_at (fixture, i - from, i);
    fail_unless_equals_int (GST_BUFFER_FLAG_IS_SET (omv_player_buffer
            (fixture->player, i - from), GST_BUFFER_FLAG_DISCONT) != 0,
        i == from);
  }
}

/* The frames from @last on, down to @from. */
static void
assert_backward (Fixture * fixture, guint last, guint from)
{
  fail_unless_equals_int (fixture->player->buffers->len, last - from + 1);
  for (guint i = 0; i <= last - from; i++) {
    assert_frame_at (fixture, i, last - i);
    fail_unless (GST_BUFFER_FLAG_IS_SET (omv_player_buffer (fixture->player,
                i), GST_BUFFER_FLAG_DISCONT));
  }
}

static void
seek (Fixture * fixture, gdouble rate, GstFormat format, GstSeekFlags flags,
    guint64 start, guint64 stop)
{
  fail_unless (omv_player_seek (fixture->player, gst_event_new_seek (rate,
              format, flags, GST_SEEK_TYPE_SET, (gint64) start,
              GST_SEEK_TYPE_SET, (gint64) stop)));
}

static const gchar *const goldens[] = {
  "v10_mixed_jpeg", "v10_rgb565", "v11_bayer", "v11_jpeg", "v11_rgb565",
  "v20_bayer_grbg", "v20_binary", "v20_first2000",
  "v20_grayscale", "v20_intervals", "v20_jpeg", "v20_png",
  "v20_resolution_switch", "v20_rgb565", "v20_sizefield", "v20_yuv422",
  "v21_steady30",
  /* at the times of ARGB8 frames nothing is shown: by number only */
  "v20_argb8"
};

#define ALL_GOLDENS G_N_ELEMENTS (goldens)
#define GOLDENS (ALL_GOLDENS - 1)

/* --- forward --------------------------------------------------------------- */

/* At, just before and just after each frame of each golden recording. */
GST_START_TEST (test_times)
{
  Fixture *fixture = load_golden (goldens[__i__], OMV_PLAYER_PULL);
  guint count = fixture->times->len;

  for (guint i = 0; i < count; i += omv_test_get_pace (3)) {
    for (gint off = -1; off <= 1; off++) {
      guint64 time = get_time (fixture, i) + (guint64) off;

      seek (fixture, 1.0, GST_FORMAT_TIME, ACCURATE, time, NONE);
      assert_forward (fixture, find_at (fixture, time), count);
      if (time <= get_time (fixture, count - 1))
        fail_unless_equals_uint64 (omv_player_segment (fixture->player,
                0)->start, MAX (time, get_time (fixture, 0)));
    }
  }
  fixture_free (fixture);
}

GST_END_TEST;

#define MANY_FRAMES 2000

/* Frames of 20 x 20 gray pixels, each with its number in it. */
static Fixture *
make_numbered_recording (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Fixture *fixture;

  omv_test_append_file_header (bytes, "2.0");
  for (guint i = 0; i < MANY_FRAMES; i++) {
    guint8 pixels[400];

    memset (pixels, (gint) i, sizeof pixels);
    GST_WRITE_UINT32_LE (pixels, i);
    omv_test_append_header (bytes, 2, 10, 20, 20, 0x08020001, 0);
    g_byte_array_append (bytes, pixels, sizeof pixels);
  }
  fixture = fixture_new (bytes->data, bytes->len);
  for (guint i = 0; i < MANY_FRAMES; i++)
    add_frame (fixture, (i + 1) * 10 * GST_MSECOND, i);

  return fixture;
}

/* What an application keeps does not change when it seeks on. */
GST_START_TEST (test_frames_stay)
{
  Fixture *fixture = make_numbered_recording ();
  g_autoptr (GPtrArray) kept =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_buffer_unref);

  fixture_start (fixture, OMV_PLAYER_PULL);
  for (guint i = 0; i < 100; i++) {
    guint64 time = get_time (fixture, i * 377 % MANY_FRAMES);

    seek (fixture, 1.0, GST_FORMAT_TIME, ACCURATE, time, time + 1);
    g_ptr_array_add (kept, gst_buffer_ref (omv_player_buffer (fixture->player,
                0)));
  }
  for (guint i = 0; i < kept->len; i++) {
    guint8 pixels[400];

    memset (pixels, (gint) (i * 377 % MANY_FRAMES), sizeof pixels);
    GST_WRITE_UINT32_LE (pixels, i * 377 % MANY_FRAMES);
    gst_check_buffer_data (g_ptr_array_index (kept, i), pixels, sizeof pixels);
  }
  fixture_free (fixture);
}

GST_END_TEST;

GST_START_TEST (test_numbers)
{
  Fixture *fixture = load_golden (goldens[__i__], OMV_PLAYER_PULL);
  guint count = fixture->times->len;

  for (guint i = 0; i < count; i++) {
    seek (fixture, 1.0, GST_FORMAT_DEFAULT, ACCURATE,
        g_array_index (fixture->numbers, guint64, i), NONE);
    assert_forward (fixture, i, count);
    fail_unless_equals_uint64 (omv_player_segment (fixture->player, 0)->start,
        get_time (fixture, i));
  }
  fixture_free (fixture);
}

GST_END_TEST;

static const guint32 uneven[] = { 2000, 10, 40, 0, 0, 5, 1000, 30, 30 };

#define UNEVEN G_N_ELEMENTS (uneven)

GST_START_TEST (test_snapping)
{
  Fixture *fixture = make_recording (uneven, UNEVEN);
  /* frame 5 is at 2055 ms, frame 6 at 3055 ms */
  const guint64 near_five = 2100 * GST_MSECOND, near_six = 3000 * GST_MSECOND;
  const struct
  {
    GstSeekFlags flags;
    guint64 time;
    guint first;
    guint64 start;
  } cases[] = {
    {GST_SEEK_FLAG_ACCURATE, near_six, 5, near_six},
    {GST_SEEK_FLAG_NONE, near_six, 5, near_six},
    {GST_SEEK_FLAG_KEY_UNIT, near_six, 5, 2055 * GST_MSECOND},
    {GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_BEFORE, near_six, 5,
        2055 * GST_MSECOND},
    {GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_AFTER, near_five, 6,
        3055 * GST_MSECOND},
    {GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_NEAREST, near_five, 5,
        2055 * GST_MSECOND},
    {GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_NEAREST, near_six, 6,
        3055 * GST_MSECOND},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    seek (fixture, 1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH | cases[i].flags,
        cases[i].time, NONE);
    assert_forward (fixture, cases[i].first, UNEVEN);
    fail_unless_equals_uint64 (omv_player_segment (fixture->player, 0)->start,
        cases[i].start);
  }
  fixture_free (fixture);
}

GST_END_TEST;

GST_START_TEST (test_stop)
{
  Fixture *fixture = make_recording (uneven, UNEVEN);

  /* a frame at the stop is not a part of the segment */
  seek (fixture, 1.0, GST_FORMAT_TIME, ACCURATE, 2010 * GST_MSECOND,
      2055 * GST_MSECOND);
  assert_forward (fixture, 1, 5);
  seek (fixture, 1.0, GST_FORMAT_TIME, ACCURATE, 2010 * GST_MSECOND,
      2055 * GST_MSECOND + 1);
  assert_forward (fixture, 1, 6);
  seek (fixture, 1.0, GST_FORMAT_DEFAULT, ACCURATE, 2, 5);
  assert_forward (fixture, 2, 5);
  seek (fixture, 1.0, GST_FORMAT_DEFAULT, ACCURATE, 2, 100);
  assert_forward (fixture, 2, UNEVEN);
  fixture_free (fixture);
}

GST_END_TEST;

/* As splitmuxsrc seeks to find a part's last frames. */
GST_START_TEST (test_from_the_end)
{
  Fixture *fixture = make_recording (uneven, UNEVEN);

  fail_unless (omv_player_seek (fixture->player, gst_event_new_seek (1.0,
              GST_FORMAT_TIME, ACCURATE, GST_SEEK_TYPE_END,
              -100 * (gint64) GST_MSECOND, GST_SEEK_TYPE_NONE, -1)));
  /* the recording ends at 3145 ms, 30 ms after its last frame */
  assert_forward (fixture, 5, UNEVEN);
  fail_unless (omv_player_seek (fixture->player, gst_event_new_seek (1.0,
              GST_FORMAT_TIME, ACCURATE, GST_SEEK_TYPE_SET,
              3055 * (gint64) GST_MSECOND, GST_SEEK_TYPE_END, 0)));
  assert_forward (fixture, 6, UNEVEN);
  fixture_free (fixture);
}

GST_END_TEST;

/* Beyond the end there is the last frame, before the start the first one. */
GST_START_TEST (test_outside)
{
  Fixture *fixture = make_recording (uneven, UNEVEN);

  seek (fixture, 1.0, GST_FORMAT_TIME, ACCURATE, 100 * GST_SECOND, NONE);
  assert_forward (fixture, UNEVEN - 1, UNEVEN);
  fail_unless_equals_uint64 (omv_player_segment (fixture->player, 0)->start,
      get_time (fixture, UNEVEN - 1));
  seek (fixture, 1.0, GST_FORMAT_DEFAULT, ACCURATE, 1000, NONE);
  assert_forward (fixture, UNEVEN - 1, UNEVEN);

  /* nobody waits for the camera to settle */
  seek (fixture, 1.0, GST_FORMAT_TIME, ACCURATE, 0, NONE);
  assert_forward (fixture, 0, UNEVEN);
  fail_unless_equals_uint64 (omv_player_segment (fixture->player, 0)->start,
      2 * GST_SECOND);
  fixture_free (fixture);
}

GST_END_TEST;

/* --- forward, in push mode -------------------------------------------------- */

GST_START_TEST (test_pushed_times)
{
  Fixture *fixture = load_golden (goldens[__i__], OMV_PLAYER_PUSH);
  guint count = fixture->times->len;

  for (guint i = 0; i < count; i += omv_test_get_pace (3)) {
    for (gint off = -1; off <= 1; off++) {
      guint64 time = get_time (fixture, i) + (guint64) off;

      fixture->player->chunk = 1 + i * 37;
      seek (fixture, 1.0, GST_FORMAT_TIME, ACCURATE, time, NONE);
      assert_forward (fixture, find_at (fixture, time), count);
      if (time <= get_time (fixture, count - 1))
        fail_unless_equals_uint64 (omv_player_segment (fixture->player,
                0)->start, MAX (time, get_time (fixture, 0)));
    }
  }
  fixture_free (fixture);
}

GST_END_TEST;

GST_START_TEST (test_pushed_numbers)
{
  Fixture *fixture = load_golden (goldens[__i__], OMV_PLAYER_PUSH);
  guint count = fixture->times->len;

  for (guint i = 0; i < count; i++) {
    seek (fixture, 1.0, GST_FORMAT_DEFAULT, ACCURATE,
        g_array_index (fixture->numbers, guint64, i), NONE);
    assert_forward (fixture, i, count);
    fail_unless_equals_uint64 (omv_player_segment (fixture->player, 0)->start,
        get_time (fixture, i));
  }
  fixture_free (fixture);
}

GST_END_TEST;

/* Upstream is asked for what is near, once that has been passed, and reads on to
 * what has not. */
GST_START_TEST (test_pushed_far)
{
  const guint count = 1000;
  g_autofree guint32 *intervals = g_new (guint32, count);
  Fixture *fixture;

  for (guint i = 0; i < count; i++)
    intervals[i] = 10;
  fixture = make_recording (intervals, count);
  omv_player_stop (fixture->player);
  omv_player_free (fixture->player);
  fixture->player = omv_player_new (OMV_PLAYER_PUSH, fixture->data,
      fixture->size);
  fixture->player->chunk = 100;
  fixture->player->max_buffers = 100;
  omv_player_start (fixture->player);
  omv_player_wait (fixture->player);
  fixture->player->max_buffers = 0;

  seek (fixture, 1.0, GST_FORMAT_DEFAULT, ACCURATE, 50, NONE);
  assert_forward (fixture, 50, count);
  fail_unless (fixture->player->sought > 16 + 30 * 48);
  seek (fixture, 1.0, GST_FORMAT_DEFAULT, ACCURATE, 990, NONE);
  assert_forward (fixture, 990, count);
  fail_unless (fixture->player->sought > 16 + 970 * 48);

  seek (fixture, 1.0, GST_FORMAT_TIME, ACCURATE, get_time (fixture, 20),
      get_time (fixture, 25));
  assert_forward (fixture, 20, 25);
  fail_if (omv_player_seek (fixture->player, gst_event_new_seek (-1.0,
              GST_FORMAT_TIME, ACCURATE, GST_SEEK_TYPE_SET, 0,
              GST_SEEK_TYPE_NONE, -1)));
  fixture_free (fixture);
}

GST_END_TEST;

/* --- backward -------------------------------------------------------------- */

/* From just before, at and just after each frame down to the first. */
GST_START_TEST (test_backward)
{
  Fixture *fixture = load_golden (goldens[__i__], OMV_PLAYER_PULL);

  for (guint i = 1; i < fixture->times->len; i++) {
    for (gint off = -1; off <= 1; off++) {
      guint64 stop = get_time (fixture, i) + (guint64) off;
      guint last = 0;

      for (guint n = 0; n < fixture->times->len; n++) {
        if (get_time (fixture, n) < stop)
          last = n;
      }
      seek (fixture, -1.0, GST_FORMAT_TIME, ACCURATE, 0, stop);
      assert_backward (fixture, last, 0);
    }
  }
  fixture_free (fixture);
}

GST_END_TEST;

GST_START_TEST (test_backward_from_the_end)
{
  Fixture *fixture = make_recording (uneven, UNEVEN);

  seek (fixture, -2.0, GST_FORMAT_TIME, ACCURATE, 0, NONE);
  assert_backward (fixture, UNEVEN - 1, 0);
  /* running time rises from frame to frame, at twice the speed */
  for (guint i = 0; i < UNEVEN; i++) {
    const GstSegment *segment = omv_player_segment (fixture->player, i);

    fail_unless_equals_uint64 (gst_segment_to_running_time (segment,
            GST_FORMAT_TIME, get_time (fixture, UNEVEN - 1 - i)),
        (3145 * GST_MSECOND - get_time (fixture, UNEVEN - 1 - i)) / 2);
  }
  fixture_free (fixture);
}

GST_END_TEST;

/* Down to the frame that is shown at the segment's start. */
GST_START_TEST (test_backward_to_a_start)
{
  Fixture *fixture = make_recording (uneven, UNEVEN);

  seek (fixture, -1.0, GST_FORMAT_TIME, ACCURATE, 2500 * GST_MSECOND, NONE);
  assert_backward (fixture, UNEVEN - 1, 5);
  seek (fixture, -1.0, GST_FORMAT_TIME, ACCURATE, 3055 * GST_MSECOND, NONE);
  assert_backward (fixture, UNEVEN - 1, 6);
  fixture_free (fixture);
}

GST_END_TEST;

/* Over the places that the index does not remember. */
GST_START_TEST (test_long_recording)
{
  const guint count = 1000;
  g_autofree guint32 *intervals = g_new (guint32, count);
  Fixture *fixture;

  for (guint i = 0; i < count; i++)
    intervals[i] = 1 + i % 7;
  fixture = make_recording (intervals, count);
  seek (fixture, -1.0, GST_FORMAT_TIME, ACCURATE, 0, NONE);
  assert_backward (fixture, count - 1, 0);
  for (guint i = 0; i < count; i += 13) {
    seek (fixture, 1.0, GST_FORMAT_DEFAULT, ACCURATE, i, i + 1);
    assert_forward (fixture, i, i + 1);
    seek (fixture, 1.0, GST_FORMAT_TIME, ACCURATE, get_time (fixture, i) + 1,
        get_time (fixture, i) + 2);
    assert_forward (fixture, i, i + 1);
  }
  fixture_free (fixture);
}

GST_END_TEST;

/* --- other kinds ----------------------------------------------------------- */

/* Without FLUSH running time goes on where the last segment ended. */
GST_START_TEST (test_without_flush)
{
  Fixture *fixture = make_recording (uneven, UNEVEN);

  seek (fixture, 1.0, GST_FORMAT_TIME, ACCURATE | GST_SEEK_FLAG_SEGMENT,
      2000 * GST_MSECOND, NONE);
  seek (fixture, 1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_ACCURATE,
      2050 * GST_MSECOND, NONE);
  assert_forward (fixture, 2, UNEVEN);
  fail_unless_equals_uint64 (omv_player_segment (fixture->player, 0)->base,
      1145 * GST_MSECOND);
  for (guint i = 0; i < fixture->player->events->len; i++)
    fail_if (g_array_index (fixture->player->events, GstEventType, i)
        == GST_EVENT_FLUSH_START);
  fixture_free (fixture);
}

GST_END_TEST;

/* An application that loops a part: no EOS, and no gap in running time. */
GST_START_TEST (test_segment_seeks)
{
  Fixture *fixture = make_recording (uneven, UNEVEN);
  GstSeekFlags flags = ACCURATE | GST_SEEK_FLAG_SEGMENT;

  for (guint pass = 0; pass < 3; pass++) {
    seek (fixture, 1.0, GST_FORMAT_TIME, flags, 2010 * GST_MSECOND,
        2055 * GST_MSECOND);
    assert_forward (fixture, 1, 5);
    fail_if (fixture->player->eos);
    fail_unless_equals_int64 (fixture->player->segment_done,
        2055 * (gint64) GST_MSECOND);
    fail_unless_equals_uint64 (omv_player_segment (fixture->player, 0)->base,
        pass * 45 * GST_MSECOND);
    flags = GST_SEEK_FLAG_ACCURATE | GST_SEEK_FLAG_SEGMENT;
  }
  fixture_free (fixture);
}

GST_END_TEST;

GST_START_TEST (test_loop_backward)
{
  static const guint32 intervals[] = { 2000, 10, 20 };
  static const guint expected[] = { 2, 1, 0, 2, 1, 0, 2 };
  Fixture *fixture = make_recording (intervals, 3);
  GstClockTime last = 0;

  omv_player_stop (fixture->player);
  g_object_set (fixture->player->demux, "loop", TRUE, NULL);
  fixture->player->max_buffers = 3;
  omv_player_start (fixture->player);
  fixture->player->eos = FALSE;
  omv_player_wait (fixture->player);

  fixture->player->max_buffers = G_N_ELEMENTS (expected);
  seek (fixture, -1.0, GST_FORMAT_TIME, ACCURATE, 0, NONE);
  fail_unless_equals_int (fixture->player->buffers->len,
      G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    GstClockTime running;

    assert_frame_at (fixture, i, expected[i]);
    running = gst_segment_to_running_time (omv_player_segment (fixture->player,
            i), GST_FORMAT_TIME,
        GST_BUFFER_PTS (omv_player_buffer (fixture->player, i)));
    fail_unless (GST_CLOCK_TIME_IS_VALID (running));
    fail_unless (i == 0 || running > last);
    last = running;
  }
  fixture_free (fixture);
}

GST_END_TEST;

GST_START_TEST (test_refused)
{
  Fixture *fixture = make_recording (uneven, UNEVEN);

  fail_if (omv_player_seek (fixture->player, gst_event_new_seek (2.0,
              GST_FORMAT_TIME, GST_SEEK_FLAG_INSTANT_RATE_CHANGE,
              GST_SEEK_TYPE_NONE, 0, GST_SEEK_TYPE_NONE, 0)));
  fail_if (omv_player_seek (fixture->player, gst_event_new_seek (1.0,
              GST_FORMAT_BYTES, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 16,
              GST_SEEK_TYPE_NONE, 0)));
  fixture_free (fixture);
}

GST_END_TEST;

/* Damage is passed in the same way from wherever one comes, and told once. */
GST_START_TEST (test_damaged)
{
  g_autoptr (GByteArray) bytes =
      omv_test_build ("V2.0 g8x8 g8x8 +64 g8x8 g8x8=0x8 g8x8 g8x8", NULL);
  Fixture *fixture = fixture_new (bytes->data, bytes->len);

  for (guint i = 0; i < 5; i++)
    add_frame (fixture, (i + 1) * 33 * GST_MSECOND, i);
  fixture_start (fixture, OMV_PLAYER_PULL);
  fail_unless_equals_int (fixture->player->warnings->len, 2);
  for (guint i = 0; i < 5; i++) {
    seek (fixture, 1.0, GST_FORMAT_DEFAULT, ACCURATE, i, NONE);
    fail_unless_equals_int (fixture->player->buffers->len, 5 - i);
    assert_frame_at (fixture, 0, i);
    seek (fixture, -1.0, GST_FORMAT_TIME, ACCURATE, 0,
        get_time (fixture, i) + 1);
    assert_backward (fixture, i, 0);
  }
  fail_unless_equals_int (fixture->player->warnings->len, 2);
  fixture_free (fixture);
}

GST_END_TEST;

/* Plays only the first frame, before all damage. */
static Fixture *
start_at_first (const gchar * recipe)
{
  g_autoptr (GByteArray) bytes = omv_test_build (recipe, NULL);
  Fixture *fixture = fixture_new (bytes->data, bytes->len);

  fixture->player = omv_player_new (OMV_PLAYER_PULL, fixture->data,
      fixture->size);
  fixture->player->max_buffers = 1;
  omv_player_start (fixture->player);
  omv_player_wait (fixture->player);
  fail_unless_equals_int (fixture->player->warnings->len, 0);
  fixture->player->max_buffers = 0;

  return fixture;
}

static void
assert_warning (Fixture * fixture, guint i, const gchar * words)
{
  const gchar *warning;

  fail_unless (i < fixture->player->warnings->len, "no warning %u", i);
  warning = g_ptr_array_index (fixture->player->warnings, i);
  fail_unless (strstr (warning, words) != NULL, "%s", warning);
}

/* Damage is told when it is first passed, whatever the direction. */
GST_START_TEST (test_damage_passed_backward)
{
  Fixture *fixture = start_at_first
      ("V2.0 g8x8 g8x8 +64 g8x8 g8x8=0x8 g8x8 g8x8 -10");

  seek (fixture, -1.0, GST_FORMAT_TIME, ACCURATE, 0, NONE);
  fail_unless_equals_int (fixture->player->buffers->len, 4);
  fail_unless_equals_int (fixture->player->warnings->len, 3);
  assert_warning (fixture, 0, "ends within frame 4 at byte 560;");
  assert_warning (fixture, 1, "Frame 3 at byte 368 is damaged");
  assert_warning (fixture, 2, "Frame 2 at byte 208 is damaged");

  for (guint i = 0; i < 2; i++) {
    seek (fixture, 1.0, GST_FORMAT_TIME, ACCURATE, 0, NONE);
    seek (fixture, -1.0, GST_FORMAT_TIME, ACCURATE, 0, NONE);
  }
  fail_unless_equals_int (fixture->player->warnings->len, 3);
  fixture_free (fixture);
}

GST_END_TEST;

/* What is before the first frame shown is not passed. */
GST_START_TEST (test_damage_before_a_start)
{
  Fixture *fixture = start_at_first
      ("V2.0 g8x8 g8x8 +64 g8x8 g8x8 g8x8=0x8 g8x8");

  seek (fixture, -1.0, GST_FORMAT_TIME, ACCURATE, 100 * GST_MSECOND, NONE);
  fail_unless_equals_int (fixture->player->buffers->len, 3);
  fail_unless_equals_int (fixture->player->warnings->len, 1);
  assert_warning (fixture, 0, "Frame 4 ");
  seek (fixture, -1.0, GST_FORMAT_TIME, ACCURATE, 0, NONE);
  fail_unless_equals_int (fixture->player->warnings->len, 2);
  assert_warning (fixture, 1, "Frame 2 ");
  fixture_free (fixture);
}

GST_END_TEST;

/* The end is no sign that all was passed. */
GST_START_TEST (test_damage_before_an_end)
{
  Fixture *fixture = start_at_first ("V2.0 g8x8 g8x8 +64 g8x8 g8x8=0x8 g8x8");

  seek (fixture, 1.0, GST_FORMAT_DEFAULT, ACCURATE, 3, NONE);
  fail_unless_equals_int (fixture->player->warnings->len, 0);
  seek (fixture, 1.0, GST_FORMAT_TIME, ACCURATE, 0, NONE);
  fail_unless_equals_int (fixture->player->warnings->len, 2);
  assert_warning (fixture, 0, "Frame 2 ");
  assert_warning (fixture, 1, "Frame 3 ");
  fixture_free (fixture);
}

GST_END_TEST;

/* Backward as forward, the first ten are told, and at the end how many there are. */
GST_START_TEST (test_much_damage_passed_backward)
{
  g_autoptr (GString) recipe = g_string_new ("V2.0 g8x8");
  Fixture *fixture;

  for (guint i = 0; i < 100; i++)
    g_string_append (recipe, " +16 g8x8");
  fixture = start_at_first (recipe->str);
  for (guint i = 0; i < 2; i++) {
    seek (fixture, -1.0, GST_FORMAT_TIME, ACCURATE, 0, NONE);
    fail_unless_equals_int (fixture->player->buffers->len, 101);
    fail_unless_equals_int (fixture->player->warnings->len, 11);
  }
  assert_warning (fixture, 0, "Frame 100 ");
  assert_warning (fixture, 9, "Frame 91 ");
  assert_warning (fixture, 10, "in 100 places");
  fixture_free (fixture);
}

GST_END_TEST;

/* --- the index beside a recording ------------------------------------------- */

#define LONG 20000

/* Frames that never have the size of the one before. */
static GByteArray *
build_long_recording (gint width)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 pixels[64] = { 0 };

  omv_test_append_file_header (bytes, "2.0");
  for (guint i = 0; i < LONG; i++) {
    gint height = 1 + (gint) (i % 3);

    omv_test_append_header (bytes, 2, 10, width, height, 0x08020001, 0);
    g_byte_array_append (bytes, pixels, (guint) (width * height));
    omv_test_append_padding (bytes, (gsize) (width * height));
  }

  return bytes;
}

static gchar *
write_with_index (const gchar * folder, const GByteArray * bytes)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  gchar *path = g_build_filename (folder, "run.bin", NULL);

  fail_unless (g_file_set_contents (path, (const gchar *) bytes->data,
          bytes->len, NULL));
  fail_unless (gst_omv_reader_open_path (reader, path, NULL));
  fail_unless (gst_omv_reader_write_index (reader, NULL));
  return path;
}

/* Pulls it takes to go to the last frame right after opening. */
static gint
count_pulls (const GByteArray * bytes, const gchar * uri, gboolean use_index)
{
  OmvPlayer *player = omv_player_new (OMV_PLAYER_PULL, bytes->data, bytes->len);
  gint before;

  g_object_set (player->demux, "use-index", use_index, NULL);
  player->uri = uri;
  player->max_buffers = 1;
  omv_player_start (player);
  omv_player_wait (player);
  before = player->pulls;
  player->max_buffers = 0;
  fail_unless (omv_player_seek (player, gst_event_new_seek (1.0,
              GST_FORMAT_DEFAULT, ACCURATE, GST_SEEK_TYPE_SET, LONG - 1,
              GST_SEEK_TYPE_NONE, -1)));
  before = player->pulls - before;
  fail_unless_equals_int (player->buffers->len, 1);
  fail_unless_equals_uint64 (GST_BUFFER_OFFSET (omv_player_buffer (player, 0)),
      LONG - 1);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (omv_player_buffer (player, 0)),
      LONG * 10 * GST_MSECOND);
  omv_player_stop (player);
  omv_player_free (player);

  return before;
}

static void
remove_folder (const gchar * folder)
{
  g_autofree gchar *recording = g_build_filename (folder, "run.bin", NULL);
  g_autofree gchar *index = g_strconcat (recording, ".idx", NULL);

  g_remove (recording);
  g_remove (index);
  g_rmdir (folder);
}

/* With a valid index beside it, a recording need not be walked over. */
GST_START_TEST (test_index_beside_the_recording)
{
  g_autofree gchar *folder = g_dir_make_tmp ("omv-XXXXXX", NULL);
  g_autoptr (GByteArray) bytes = build_long_recording (4);
  g_autofree gchar *path = write_with_index (folder, bytes);
  g_autofree gchar *uri = g_filename_to_uri (path, NULL, NULL);
  gint with = count_pulls (bytes, uri, TRUE);

  fail_unless (with <= 4, "%d pulls", with);
  fail_unless (count_pulls (bytes, uri, FALSE) > with);
  fail_unless (count_pulls (bytes, NULL, TRUE) > with);
  remove_folder (folder);
}

GST_END_TEST;

/* One of another recording is not believed, even if that has the same size. */
GST_START_TEST (test_index_of_another_recording)
{
  g_autofree gchar *folder = g_dir_make_tmp ("omv-XXXXXX", NULL);
  g_autoptr (GByteArray) bytes = build_long_recording (4);
  g_autoptr (GByteArray) other = build_long_recording (16);
  g_autofree gchar *path = write_with_index (folder, other);
  g_autofree gchar *uri = g_filename_to_uri (path, NULL, NULL);

  count_pulls (bytes, uri, TRUE);
  remove_folder (folder);
}

GST_END_TEST;

/* --- queries --------------------------------------------------------------- */

static void
assert_converts (Fixture * fixture, GstFormat from, gint64 value, GstFormat to,
    gint64 expected)
{
  gint64 result;

  fail_unless (gst_pad_peer_query_convert (fixture->player->sink, from, value,
          to, &result));
  fail_unless_equals_int64 (result, expected);
}

GST_START_TEST (test_convert)
{
  Fixture *fixture = make_recording (uneven, UNEVEN);

  for (guint i = 0; i < UNEVEN; i++) {
    gint64 time = (gint64) get_time (fixture, i);
    gint64 offset = 16 + i * 48;

    assert_converts (fixture, GST_FORMAT_DEFAULT, i, GST_FORMAT_TIME, time);
    assert_converts (fixture, GST_FORMAT_DEFAULT, i, GST_FORMAT_BYTES, offset);
    assert_converts (fixture, GST_FORMAT_BYTES, offset, GST_FORMAT_DEFAULT, i);
    assert_converts (fixture, GST_FORMAT_BYTES, offset + 47, GST_FORMAT_TIME,
        time);
    assert_converts (fixture, GST_FORMAT_TIME, time, GST_FORMAT_DEFAULT,
        find_at (fixture, (guint64) time));
  }
  fixture_free (fixture);
}

GST_END_TEST;

/* A recording that takes far longer than a fifth of a second to walk over: its
 * frames are larger than what is read at once. */
static OmvPlayer *
start_long_recording (GByteArray * bytes)
{
  OmvPlayer *player;
  g_autofree guint8 *pixels = g_malloc0 (320 * 240);

  omv_test_append_file_header (bytes, "2.0");
  omv_test_append_header (bytes, 2, 10, 320, 240, 0x08020001, 0);
  g_byte_array_append (bytes, pixels, 320 * 240);
  player = omv_player_new (OMV_PLAYER_PULL, bytes->data, bytes->len);
  player->pull_time = PULL_TIME;
  player->repeat = N_LONG;
  player->max_buffers = 1;
  omv_player_start (player);
  omv_player_wait (player);

  return player;
}

/* An estimate at once, which is true as all frames are alike, and the exact number
 * when a worker has counted. */
GST_START_TEST (test_duration_of_a_long_recording)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  OmvPlayer *player = start_long_recording (bytes);
  g_autoptr (GstMessage) changed = NULL;
  gint64 estimate, frames, time;

  fail_unless (gst_pad_peer_query_duration (player->sink, GST_FORMAT_DEFAULT,
          &estimate));
  fail_unless_equals_int64 (estimate, N_LONG);

  changed = gst_bus_timed_pop_filtered (player->bus, 60 * GST_SECOND,
      GST_MESSAGE_DURATION_CHANGED);
  fail_unless (changed != NULL);
  fail_unless (gst_pad_peer_query_duration (player->sink, GST_FORMAT_DEFAULT,
          &frames));
  fail_unless_equals_int64 (frames, N_LONG);
  fail_unless (gst_pad_peer_query_duration (player->sink, GST_FORMAT_TIME,
          &time));
  fail_unless_equals_int64 (time, (N_LONG + 1) * 10 * (gint64) GST_MSECOND);
  fail_unless (gst_bus_pop_filtered (player->bus, GST_MESSAGE_DURATION_CHANGED)
      == NULL);
  gst_clear_message (&changed);
  omv_player_stop (player);
  omv_player_free (player);
}

GST_END_TEST;

/* The worker does not outlive the state in which it was started. */
GST_START_TEST (test_worker_is_stopped)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  OmvPlayer *player = start_long_recording (bytes);
  gint64 estimate;

  /* the last frame's header */
  player->hold_from = 16 + (N_LONG - 1) * (guint64) (bytes->len - 16);
  fail_unless (gst_pad_peer_query_duration (player->sink, GST_FORMAT_TIME,
          &estimate));
  omv_player_stop (player);
  fail_unless (gst_bus_pop_filtered (player->bus, GST_MESSAGE_DURATION_CHANGED)
      == NULL);
  omv_player_free (player);
}

GST_END_TEST;

GST_START_TEST (test_seeking_query)
{
  Fixture *fixture = make_recording (uneven, UNEVEN);
  GstQuery *query = gst_query_new_seeking (GST_FORMAT_TIME);
  gboolean seekable;

  fail_unless (gst_pad_peer_query (fixture->player->sink, query));
  gst_query_parse_seeking (query, NULL, &seekable, NULL, NULL);
  fail_unless (seekable);
  gst_query_unref (query);
  fixture_free (fixture);
}

GST_END_TEST;

/* A thread that called the pad may be held up until the element has gone down and
 * up again: it must not seek what is played now, whose pad may not be there yet. */
GST_START_TEST (test_pad_of_an_earlier_run)
{
  Fixture *fixture = make_recording (uneven, UNEVEN);
  OmvPlayer *player = fixture->player;
  g_autoptr (GstPad) earlier = gst_pad_get_peer (player->sink);
  GstObject *parent = GST_OBJECT (player->demux);
  GstQuery *query = gst_query_new_duration (GST_FORMAT_TIME);

  omv_player_wait (player);
  omv_player_stop (player);
  player->eos = FALSE;
  omv_player_start (player);
  omv_player_wait (player);

  fail_if (GST_PAD_EVENTFUNC (earlier) (earlier, parent,
          gst_event_new_seek (1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
              GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, -1)));
  fail_if (GST_PAD_QUERYFUNC (earlier) (earlier, parent, query));
  gst_query_unref (query);
  fixture_free (fixture);
}

GST_END_TEST;

static Suite *
omvstrdemux_seek_suite (void)
{
  Suite *suite = suite_create ("omvstrdemux-seek");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_times, 0, GOLDENS);
  tcase_add_test (tcase, test_frames_stay);
  tcase_add_loop_test (tcase, test_numbers, 0, ALL_GOLDENS);
  tcase_add_test (tcase, test_snapping);
  tcase_add_test (tcase, test_stop);
  tcase_add_test (tcase, test_from_the_end);
  tcase_add_test (tcase, test_outside);
  tcase_add_loop_test (tcase, test_pushed_times, 0, GOLDENS);
  tcase_add_loop_test (tcase, test_pushed_numbers, 0, ALL_GOLDENS);
  tcase_add_test (tcase, test_pushed_far);
  tcase_add_loop_test (tcase, test_backward, 0, GOLDENS);
  tcase_add_test (tcase, test_backward_from_the_end);
  tcase_add_test (tcase, test_backward_to_a_start);
  tcase_add_test (tcase, test_long_recording);
  tcase_add_test (tcase, test_without_flush);
  tcase_add_test (tcase, test_segment_seeks);
  tcase_add_test (tcase, test_loop_backward);
  tcase_add_test (tcase, test_refused);
  tcase_add_test (tcase, test_damaged);
  tcase_add_test (tcase, test_damage_passed_backward);
  tcase_add_test (tcase, test_damage_before_a_start);
  tcase_add_test (tcase, test_damage_before_an_end);
  tcase_add_test (tcase, test_much_damage_passed_backward);
  tcase_add_test (tcase, test_index_beside_the_recording);
  tcase_add_test (tcase, test_index_of_another_recording);
  tcase_add_test (tcase, test_convert);
  tcase_add_test (tcase, test_duration_of_a_long_recording);
  tcase_add_test (tcase, test_worker_is_stopped);
  tcase_add_test (tcase, test_seeking_query);
  tcase_add_test (tcase, test_pad_of_an_earlier_run);

  return suite;
}

GST_CHECK_MAIN (omvstrdemux_seek);
