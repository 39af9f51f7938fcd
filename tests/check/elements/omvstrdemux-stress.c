/* omvstrdemux-stress.c: the demuxer under seeks, queries and state changes at once
 *
 * Threads that seek in every way, ask everything, and take the element down to
 * every state and up again, while it pulls a recording whose frames change their
 * size. What each does follows from a seed, when it does it does not. Each frame
 * must be the one that its number says, under its own caps, and follow the one
 * before it in its segment. Afterwards a last seek must bring each frame, once. It
 * is of most use under the thread sanitizer.
 *
 * Threads assert by GLib, because Check's macros are for one thread at a time.
 *
 * OMV_TEST_STRESS: how many times as long as usual. OMV_TEST_SLOW: shorter.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/check/gstcheck.h>

#include "omvplayer.h"
#include "omvtest.h"

#define N_FRAMES 2000
#define N_LAST 500              /* frames of the last seek */
#define N_SEEKS 10000
#define RUN 30                  /* frames of one shape */
#define INTERVAL (10 * GST_MSECOND)
#define DURATION (N_FRAMES * INTERVAL)
#define PAYLOAD_SIZE 16

typedef struct
{
  OmvPlayer *player;
  guint n_seeks;
  gint done;                    /* atomic: there are no more seeks */

  /* streaming thread, or under the stream lock of the sink pad */
  gdouble rate;                 /* of the segment */
  gboolean skips;               /* it leaves out frames */
  guint64 last;                 /* number of the last frame, or NONE */

  /* atomic */
  gint n_frames;                /* since the last seek, when there is but one */
  gint n_eos;
} Stress;

#define NONE GST_BUFFER_OFFSET_NONE

static guint
roll (GRand * rand, guint sides)
{
  return (guint) g_rand_int_range (rand, 0, (gint32) sides);
}

static gboolean
is_done (Stress * stress)
{
  return g_atomic_int_get (&stress->done);
}

/* --- the recording --------------------------------------------------------- */

/* Whether a frame has 8 x 2 pixels, not 4 x 4. */
static gboolean
is_wide (guint64 number)
{
  return number / RUN % 2 != 0;
}

/* Each frame's pixels begin with its number. */
static GByteArray *
make_recording (void)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 pixels[PAYLOAD_SIZE] = { 0 };

  omv_test_append_file_header (bytes, "2.0");
  for (guint32 i = 0; i < N_FRAMES; i++) {
    omv_test_append_header (bytes, 2, INTERVAL / GST_MSECOND,
        is_wide (i) ? 8 : 4, is_wide (i) ? 2 : 4, 0x08020001, 0);
    GST_WRITE_UINT32_LE (pixels, i);
    g_byte_array_append (bytes, pixels, sizeof pixels);
  }

  return bytes;
}

/* --- the sink -------------------------------------------------------------- */

static void
check_frame (GstBuffer * buffer)
{
  guint64 number = GST_BUFFER_OFFSET (buffer);
  guint8 bytes[4];

  g_assert_cmpuint (gst_buffer_extract (buffer, 0, bytes, sizeof bytes), ==,
      sizeof bytes);
  g_assert_cmpuint (GST_READ_UINT32_LE (bytes), ==, number);
  g_assert_cmpuint (GST_BUFFER_PTS (buffer), ==, (number + 1) * INTERVAL);
}

/* Also where a flush, or the end of the stream, came before the caps. */
static void
check_caps (GstPad * pad, guint64 number)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  gint width;

  g_assert_true (gst_structure_get_int (gst_caps_get_structure (caps, 0),
          "width", &width));
  g_assert_cmpint (width, ==, is_wide (number) ? 8 : 4);
}

/* Of a segment that leaves out nothing. */
static void
check_order (const Stress * stress, guint64 number)
{
  if (stress->last == NONE || stress->skips)
    return;
  g_assert_cmpuint (number, ==, stress->rate > 0 ? stress->last + 1
      : stress->last - 1);
}

static GstFlowReturn
sink_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  Stress *stress = g_object_get_data (G_OBJECT (pad), "stress");

  check_frame (buffer);
  check_caps (pad, GST_BUFFER_OFFSET (buffer));
  check_order (stress, GST_BUFFER_OFFSET (buffer));
  stress->last = GST_BUFFER_OFFSET (buffer);
  g_atomic_int_inc (&stress->n_frames);
  gst_buffer_unref (buffer);

  return GST_FLOW_OK;
}

static void
note_segment (Stress * stress, GstEvent * event)
{
  const GstSegment *segment;

  gst_event_parse_segment (event, &segment);
  g_assert_cmpint (segment->format, ==, GST_FORMAT_TIME);
  stress->rate = segment->rate;
  stress->skips = (segment->flags & GST_SEGMENT_FLAG_TRICKMODE) != 0;
  stress->last = NONE;
}

static gboolean
sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  Stress *stress = g_object_get_data (G_OBJECT (pad), "stress");

  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
    note_segment (stress, event);
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    g_atomic_int_inc (&stress->n_eos);
  gst_event_unref (event);

  return TRUE;
}

/* --- what the threads do --------------------------------------------------- */

/* Forward or backward, by time or number, with and without flush. */
static GstEvent *
make_seek (GRand * rand)
{
  static const gdouble rates[] = { 1, 1, 1, 2, 0.5, -1, -2 };
  static const GstSeekFlags flags[] = {
    GST_SEEK_FLAG_NONE, GST_SEEK_FLAG_ACCURATE, GST_SEEK_FLAG_KEY_UNIT,
    GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_BEFORE,
    GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_AFTER,
    GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_NEAREST, GST_SEEK_FLAG_SEGMENT,
    GST_SEEK_FLAG_TRICKMODE
  };
  gboolean by_number = roll (rand, 3) == 0;
  guint64 unit = by_number ? 1 : INTERVAL;
  guint64 start = roll (rand, N_FRAMES) * unit + roll (rand, 2) * unit / 2;
  gint64 stop = roll (rand, 2) == 0 ? -1
      : (gint64) (start + roll (rand, 300) * unit);

  return gst_event_new_seek (rates[roll (rand, G_N_ELEMENTS (rates))],
      by_number ? GST_FORMAT_DEFAULT : GST_FORMAT_TIME,
      flags[roll (rand, G_N_ELEMENTS (flags))]
      | (roll (rand, 4) > 0 ? GST_SEEK_FLAG_FLUSH : 0),
      GST_SEEK_TYPE_SET, (gint64) start, GST_SEEK_TYPE_SET, stop);
}

/* Seeks may be refused: there is no pad while the element is down. */
static gpointer
seek (gpointer data)
{
  Stress *stress = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (guint i = 0; i < stress->n_seeks;) {
    if (gst_pad_push_event (stress->player->sink, make_seek (rand)))
      i++;
    if (roll (rand, 4) == 0)
      g_thread_yield ();
  }

  g_atomic_int_set (&stress->done, TRUE);
  return NULL;
}

/* What is asked for in numbers is near, also while it is estimated. */
static void
ask_once (GstPad * pad, GstFormat format, GstFormat other, gint64 place)
{
  gint64 value;

  if (gst_pad_peer_query_duration (pad, format, &value)
      && format == GST_FORMAT_DEFAULT)
    g_assert_cmpint (ABS (value - N_FRAMES), <, N_FRAMES / 100);
  if (gst_pad_peer_query_position (pad, format, &value))
    g_assert_cmpint (value, >=, 0);
  (void) gst_pad_peer_query_convert (pad, format, place, other, &value);
}

static gpointer
ask (gpointer data)
{
  static const GstFormat formats[] =
      { GST_FORMAT_TIME, GST_FORMAT_DEFAULT, GST_FORMAT_BYTES };
  Stress *stress = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);

  while (!is_done (stress)) {
    ask_once (stress->player->sink, formats[roll (rand, 3)],
        formats[roll (rand, 3)], (gint64) roll (rand, N_FRAMES));
    g_usleep (100);             /* only so that others do something */
  }

  return NULL;
}

/* What is downstream goes up and down first, as a bin has it. Else it would go on
 * flushing for a seek that was under way when the element went down. */
static void
change_state (OmvPlayer * player, GstState state)
{
  (void) gst_pad_set_active (player->sink, state >= GST_STATE_PAUSED);
  g_assert_cmpint (gst_element_set_state (player->demux, state), ==,
      GST_STATE_CHANGE_SUCCESS);
}

static gpointer
change_states (gpointer data)
{
  static const GstState states[] = {
    GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_READY, GST_STATE_PLAYING,
    GST_STATE_NULL, GST_STATE_PAUSED
  };
  Stress *stress = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  while (!is_done (stress)) {
    change_state (stress->player, states[roll (rand, G_N_ELEMENTS (states))]);
    g_usleep (roll (rand, 3000));
  }

  return NULL;
}

/* --- the test -------------------------------------------------------------- */

static guint
get_n_seeks (void)
{
  const gchar *factor = g_getenv ("OMV_TEST_STRESS");

  if (g_getenv ("OMV_TEST_SLOW") != NULL)
    return N_SEEKS / 400;
  return factor == NULL ? N_SEEKS
      : N_SEEKS * (guint) g_ascii_strtoull (factor, NULL, 10);
}

/* No message of all this is an error. */
static void
check_messages (Stress * stress)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (stress->player->bus,
      GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);

  g_assert_null (message);
}

/* One last seek ends at once whatever else was under way, and is played as if
 * nothing had been before it. */
static void
check_last_seek (Stress * stress)
{
  OmvPlayer *player = stress->player;

  change_state (player, GST_STATE_PLAYING);
  while (!gst_pad_push_event (player->sink, gst_event_new_seek (1,
              GST_FORMAT_DEFAULT, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 0,
              GST_SEEK_TYPE_SET, 1)))
    g_thread_yield ();          /* until there is a pad */

  /* the streaming thread stands still, at the end of that one frame */
  while (g_atomic_int_get (&stress->n_eos) == 0)
    g_thread_yield ();
  g_atomic_int_set (&stress->n_frames, 0);
  g_atomic_int_set (&stress->n_eos, 0);
  fail_unless (gst_pad_push_event (player->sink, gst_event_new_seek (1,
              GST_FORMAT_DEFAULT, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 100,
              GST_SEEK_TYPE_SET, 100 + N_LAST)));
  while (g_atomic_int_get (&stress->n_eos) == 0)
    g_thread_yield ();
  fail_unless_equals_int (g_atomic_int_get (&stress->n_frames), N_LAST);
}

GST_START_TEST (test_everything_at_once)
{
  static const GThreadFunc functions[] = { seek, ask, change_states };
  g_autoptr (GByteArray) bytes = make_recording ();
  g_autoptr (OmvPlayer) player = omv_player_new (OMV_PLAYER_PULL, bytes->data,
      bytes->len);
  Stress stress = {.player = player,.n_seeks = get_n_seeks (),.last = NONE };
  GThread *threads[G_N_ELEMENTS (functions)];

  g_object_set_data (G_OBJECT (player->sink), "stress", &stress);
  gst_pad_set_chain_function (player->sink, sink_chain);
  gst_pad_set_event_function (player->sink, sink_event);
  omv_player_start (player);
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    threads[i] = g_thread_new ("stress", functions[i], &stress);
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    g_thread_join (threads[i]);

  g_atomic_int_set (&stress.n_eos, 0);
  check_last_seek (&stress);
  check_messages (&stress);
  omv_player_stop (player);
}

GST_END_TEST;

static Suite *
omvstrdemux_stress_suite (void)
{
  Suite *s = suite_create ("omvstrdemux-stress");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_everything_at_once);

  return s;
}

GST_CHECK_MAIN (omvstrdemux_stress);
