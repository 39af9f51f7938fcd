/* omvstrdemux-stress.c: the demuxer under seeks, queries and state changes at once
 *
 * Threads that seek in every way, ask everything, and take the element down to
 * every state and up again, while it pulls a recording whose frames change their
 * size. What each does follows from a seed, when it does it does not. Each frame
 * must be the one that its number says, under its own caps, and follow the one
 * before it in its segment. Afterwards each frame must come once, in the whole
 * recording and in a part of it. It is of most use under the thread sanitizer.
 *
 * Threads assert by GLib, because Check's macros are for one thread at a time.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/check/gstcheck.h>

#include "omvplayer.h"
#include "omvstress.h"
#include "omvtest.h"

#define N_FRAMES 2000
#define N_LAST 500              /* frames of the last seek */
#define N_SEEKS 30000
#define RUN 3                   /* frames of one shape */
#define INTERVAL (10 * GST_MSECOND)
#define PAYLOAD_SIZE 16

typedef struct
{
  OmvPlayer *player;
  guint64 n_seeks;              /* to be done */
  GMutex lock;
  GCond changed;

  /* lock */
  guint64 n_tried;              /* seeks, with those that were refused */
  gboolean done;                /* there are no more */
  gboolean eos;                 /* since start_over() */

  /* streaming thread, or under the stream lock of the sink pad */
  gdouble rate;                 /* of the segment */
  gboolean skips;               /* it leaves out frames */
  guint64 last;                 /* number of the last frame, or NONE */
  guint n_frames;               /* since start_over() */
} Stress;

#define NONE GST_BUFFER_OFFSET_NONE

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
  stress->n_frames++;
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

static void
note_eos (Stress * stress)
{
  g_mutex_lock (&stress->lock);
  stress->eos = TRUE;
  g_cond_broadcast (&stress->changed);
  g_mutex_unlock (&stress->lock);
}

static gboolean
sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  Stress *stress = g_object_get_data (G_OBJECT (pad), "stress");

  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
    note_segment (stress, event);
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    note_eos (stress);
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
  gboolean by_number = omv_stress_roll (rand, 3) == 0;
  guint64 unit = by_number ? 1 : INTERVAL;
  guint64 start =
      omv_stress_roll (rand, N_FRAMES) * unit + omv_stress_roll (rand,
      2) * unit / 2;
  gint64 stop = omv_stress_roll (rand,
      2) == 0 ? -1 : (gint64) (start + omv_stress_roll (rand, 300) * unit);

  return gst_event_new_seek (rates[omv_stress_roll (rand,
              G_N_ELEMENTS (rates))],
      by_number ? GST_FORMAT_DEFAULT : GST_FORMAT_TIME,
      flags[omv_stress_roll (rand, G_N_ELEMENTS (flags))]
      | (omv_stress_roll (rand, 4) > 0 ? GST_SEEK_FLAG_FLUSH : 0),
      GST_SEEK_TYPE_SET, (gint64) start, GST_SEEK_TYPE_SET, stop);
}

static void
count_seek (Stress * stress, gboolean done)
{
  g_mutex_lock (&stress->lock);
  stress->n_tried++;
  stress->done = done;
  g_cond_broadcast (&stress->changed);
  g_mutex_unlock (&stress->lock);
}

/* The others keep step with the seeks, however fast a machine is. FALSE: there are
 * no more. */
static gboolean
wait_for_seeks (Stress * stress, guint count)
{
  gboolean done;
  guint64 until;

  g_mutex_lock (&stress->lock);
  until = stress->n_tried + count;
  while (!stress->done && stress->n_tried < until)
    g_cond_wait (&stress->changed, &stress->lock);
  done = stress->done;
  g_mutex_unlock (&stress->lock);

  return !done;
}

/* Seeks may be refused: there is no pad while the element is down. */
static gpointer
seek (gpointer data)
{
  Stress *stress = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (guint64 i = 0; i < stress->n_seeks;) {
    if (gst_pad_push_event (stress->player->sink, make_seek (rand)))
      i++;
    count_seek (stress, i == stress->n_seeks);
  }

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

  while (wait_for_seeks (stress, omv_stress_roll (rand, 4))) {
    ask_once (stress->player->sink, formats[omv_stress_roll (rand, 3)],
        formats[omv_stress_roll (rand, 3)],
        (gint64) omv_stress_roll (rand, N_FRAMES));
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

  while (wait_for_seeks (stress, omv_stress_roll (rand, 100))) {
    change_state (stress->player,
        states[omv_stress_roll (rand, G_N_ELEMENTS (states))]);
  }

  return NULL;
}

/* --- the test -------------------------------------------------------------- */

/* No message of all this is an error. */
static void
check_messages (Stress * stress)
{
  g_autoptr (GstMessage) message = gst_bus_pop_filtered (stress->player->bus,
      GST_MESSAGE_ERROR | GST_MESSAGE_WARNING);

  g_assert_null (message);
}

/* Nothing is being played. */
static void
start_over (Stress * stress)
{
  stress->n_frames = 0;
  g_mutex_lock (&stress->lock);
  stress->eos = FALSE;
  g_mutex_unlock (&stress->lock);
}

static void
check_frames (Stress * stress, guint n_frames)
{
  g_mutex_lock (&stress->lock);
  while (!stress->eos)
    g_cond_wait (&stress->changed, &stress->lock);
  g_mutex_unlock (&stress->lock);
  fail_unless_equals_int (stress->n_frames, n_frames);
}

/* The recording is played as if nothing had been before it, and so is a part. */
static void
check_afterwards (Stress * stress)
{
  change_state (stress->player, GST_STATE_READY);
  start_over (stress);
  change_state (stress->player, GST_STATE_PLAYING);
  check_frames (stress, N_FRAMES);

  start_over (stress);
  fail_unless (gst_pad_push_event (stress->player->sink, gst_event_new_seek (1,
              GST_FORMAT_DEFAULT, GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET, 100,
              GST_SEEK_TYPE_SET, 100 + N_LAST)));
  check_frames (stress, N_LAST);
}

GST_START_TEST (test_everything_at_once)
{
  static const GThreadFunc functions[] = { seek, ask, change_states };
  g_autoptr (GByteArray) bytes = make_recording ();
  g_autoptr (OmvPlayer) player = omv_player_new (OMV_PLAYER_PULL, bytes->data,
      bytes->len);
  Stress stress = {.player = player,.n_seeks =
        omv_stress_get_count (N_SEEKS, N_SEEKS / 60),.last = NONE
  };
  GThread *threads[G_N_ELEMENTS (functions)];

  g_mutex_init (&stress.lock);
  g_cond_init (&stress.changed);
  g_object_set_data (G_OBJECT (player->sink), "stress", &stress);
  gst_pad_set_chain_function (player->sink, sink_chain);
  gst_pad_set_event_function (player->sink, sink_event);
  omv_player_start (player);
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    threads[i] = g_thread_new ("stress", functions[i], &stress);
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    g_thread_join (threads[i]);

  check_afterwards (&stress);
  check_messages (&stress);
  omv_player_stop (player);
  g_cond_clear (&stress.changed);
  g_mutex_clear (&stress.lock);
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
