/* omvringsrc.c: what omvringsrc promises
 *
 * A ring sink and a source in one process, each with a harness of its own.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvringtest.h"

#define FRAMES(n) ((n) * RING_FRAME_TIME)

typedef struct
{
  Ring *ring;
  GstElement *source;
  GstBus *bus;
  GstHarness *harness;          /* NULL until player_play() */

  /* a gate at the source's pad, see player_close_gate() */
  GMutex lock;
  GCond changed;
  gboolean closed;              /* lock */
  guint n_waiting;              /* lock */
} Player;

static Player *
player_new (Ring * ring, const gchar * mode)
{
  Player *player = g_new0 (Player, 1);

  player->ring = ring;
  player->source = gst_check_setup_element ("omvringsrc");
  player->bus = gst_bus_new ();
  gst_element_set_bus (player->source, player->bus);
  g_object_set (player->source, "channel", "cam", NULL);
  gst_util_set_object_arg (G_OBJECT (player->source), "mode", mode);
  g_mutex_init (&player->lock);
  g_cond_init (&player->changed);

  return player;
}

static void
player_play (Player * player)
{
  player->harness = gst_harness_new_with_element (player->source, NULL, "src");
  gst_harness_play (player->harness);
}

static void
set_state (GstElement * element, GstState state)
{
  GstStateChangeReturn result = gst_element_set_state (element, state);

  fail_if (result == GST_STATE_CHANGE_FAILURE);
  result = gst_element_get_state (element, NULL, NULL, 60 * GST_SECOND);
  fail_unless (result == GST_STATE_CHANGE_SUCCESS
      || result == GST_STATE_CHANGE_NO_PREROLL);
}

static void
player_free (Player * player)
{
  if (player->harness != NULL)
    gst_harness_teardown (player->harness);
  set_state (player->source, GST_STATE_NULL);
  gst_element_set_bus (player->source, NULL);
  gst_bus_set_flushing (player->bus, TRUE);
  gst_object_unref (player->bus);
  ASSERT_OBJECT_REFCOUNT (player->source, "the source", 1);
  gst_check_teardown_element (player->source);
  g_cond_clear (&player->changed);
  g_mutex_clear (&player->lock);
  g_free (player);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Player, player_free);

static Ring *
make_ring (guint slots, guint64 post_frames)
{
  return ring_new ("channel", "cam", "slots", slots, "location", NULL,
      "post-frames", post_frames, NULL);
}

/* The next buffer is that frame. */
static void
check_frame (Player * player, guint64 number, gboolean discont)
{
  GstBuffer *expected = ring_make_frame (number, RING_FRAME_SIZE);
  GstBuffer *buffer = gst_harness_pull (player->harness);
  GstMapInfo map;

  fail_unless (buffer != NULL, "no frame %" G_GUINT64_FORMAT, number);
  fail_unless_equals_uint64 (GST_BUFFER_OFFSET (buffer), number);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (buffer), FRAMES (number));
  fail_unless_equals_uint64 (GST_BUFFER_DURATION (buffer), RING_FRAME_TIME);
  fail_unless_equals_int (GST_BUFFER_FLAG_IS_SET (buffer,
          GST_BUFFER_FLAG_DISCONT), discont);
  fail_unless (gst_buffer_map (expected, &map, GST_MAP_READ));
  fail_unless_equals_uint64 (gst_buffer_get_size (buffer), map.size);
  fail_unless_equals_int (gst_buffer_memcmp (buffer, 0, map.data, map.size), 0);
  gst_buffer_unmap (expected, &map);
  gst_buffer_unref (expected);
  gst_buffer_unref (buffer);
}

static void
check_frames (Player * player, guint64 from, guint64 end)
{
  for (guint64 number = from; number < end; number++)
    check_frame (player, number, number == from);
}

/* Waits until an event of @type has come, and takes it from those before it. */
static GstEvent *
pull_event (Player * player, GstEventType type)
{
  GstEvent *event;

  while ((event = gst_harness_pull_event (player->harness)) != NULL) {
    if (GST_EVENT_TYPE (event) == type)
      return event;
    gst_event_unref (event);
  }

  fail ("no %s", gst_event_type_get_name (type));
  return NULL;
}

static void
check_segment (Player * player, GstClockTime start, GstClockTime base)
{
  GstEvent *event = pull_event (player, GST_EVENT_SEGMENT);
  const GstSegment *segment;

  gst_event_parse_segment (event, &segment);
  fail_unless_equals_int (segment->format, GST_FORMAT_TIME);
  fail_unless_equals_uint64 (segment->start, start);
  fail_unless_equals_uint64 (segment->base, base);
  gst_event_unref (event);
}

static guint64
get_overtaken (Player * player)
{
  guint64 count;

  g_object_get (player->source, "overtaken", &count, NULL);
  return count;
}

/* --- which ring ----------------------------------------------------------- */

GST_START_TEST (test_not_found)
{
  static const gchar *const channels[] = { NULL, "", "other" };
  g_autoptr (Ring) ring = make_ring (10, 0);

  ring_play (ring);
  for (guint i = 0; i < G_N_ELEMENTS (channels); i++) {
    g_autoptr (Player) player = player_new (ring, "clip");
    g_autoptr (GstMessage) message = NULL;
    g_autoptr (GError) error = NULL;

    g_object_set (player->source, "channel", channels[i], NULL);
    fail_unless_equals_int (gst_element_set_state (player->source,
            GST_STATE_PAUSED), GST_STATE_CHANGE_FAILURE);
    message = gst_bus_pop_filtered (player->bus, GST_MESSAGE_ERROR);
    fail_unless (message != NULL);
    gst_message_parse_error (message, &error, NULL);
    fail_unless (g_error_matches (error, GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_NOT_FOUND));
  }
}

GST_END_TEST;

/* --- clips ---------------------------------------------------------------- */

/* Nothing before a trigger; then its frames, those behind it as they come; each
 * clip is a segment whose base is now, or the end of the clip before it. */
GST_START_TEST (test_clips)
{
  g_autoptr (Ring) ring = make_ring (40, 3);
  g_autoptr (Player) player = player_new (ring, "clip");
  GstEvent *event;

  ring_play (ring);
  player_play (player);
  ring_push (ring, 10);
  fail_unless (gst_harness_set_time (player->harness, 7 * GST_SECOND));
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  check_frames (player, 0, 10);
  event = pull_event (player, GST_EVENT_CAPS);
  {
    g_autoptr (GstCaps) expected = gst_caps_from_string (RING_CAPS);
    GstCaps *caps;

    gst_event_parse_caps (event, &caps);
    fail_unless (gst_caps_is_subset (caps, expected));
  }
  gst_event_unref (event);
  check_segment (player, 0, 7 * GST_SECOND);
  ring_push (ring, 10);
  for (guint64 i = 10; i < 13; i++)
    check_frame (player, i, FALSE);

  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 2);
  ring_push (ring, 3);
  check_frames (player, 13, 23);
  /* the first clip lasts until 7 s + 13 frames, and now is still 7 s */
  check_segment (player, FRAMES (13), 7 * GST_SECOND + FRAMES (13));

  fail_unless (gst_harness_push_event (ring->harness, gst_event_new_eos ()));
  gst_event_unref (pull_event (player, GST_EVENT_EOS));
  fail_unless_equals_uint64 (get_overtaken (player), 0);
}

GST_END_TEST;

/* A clip that is open when the stream ends is played to its end. */
GST_START_TEST (test_eos_in_a_clip)
{
  g_autoptr (Ring) ring = make_ring (40, 100);
  g_autoptr (Player) player = player_new (ring, "clip");

  ring_play (ring);
  player_play (player);
  ring_push (ring, 10);
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  ring_push (ring, 2);
  fail_unless (gst_harness_push_event (ring->harness, gst_event_new_eos ()));
  check_frames (player, 0, 12);
  gst_event_unref (pull_event (player, GST_EVENT_EOS));
}

GST_END_TEST;

/* Each format has its caps. */
GST_START_TEST (test_caps_change)
{
  g_autoptr (Ring) ring = make_ring (40, 2);
  g_autoptr (Player) player = player_new (ring, "clip");
  const gchar *formats[] = { "GRAY8", "RGB16" };

  ring_play (ring);
  player_play (player);
  ring_push (ring, 2);
  gst_harness_set_src_caps_str (ring->harness, RING_CAPS_RGB);
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  ring_push (ring, 2);
  check_frames (player, 0, 4);
  for (guint i = 0; i < 2; i++) {
    GstEvent *event = pull_event (player, GST_EVENT_CAPS);
    GstCaps *caps;

    gst_event_parse_caps (event, &caps);
    fail_unless_equals_string (gst_structure_get_string
        (gst_caps_get_structure (caps, 0), "format"), formats[i]);
    gst_event_unref (event);
  }
}

GST_END_TEST;

/* --- replay --------------------------------------------------------------- */

/* From the oldest frame on, with the original times, while capture goes on. */
GST_START_TEST (test_replay)
{
  g_autoptr (Ring) ring = make_ring (10, 0);
  g_autoptr (Player) player = player_new (ring, "replay");

  ring_play (ring);
  ring_push (ring, 25);
  player_play (player);
  check_frames (player, 15, 25);
  check_segment (player, FRAMES (15), 0);
  ring_push (ring, 5);
  for (guint64 i = 25; i < 30; i++)
    check_frame (player, i, FALSE);
  fail_unless (gst_harness_push_event (ring->harness, gst_event_new_eos ()));
  gst_event_unref (pull_event (player, GST_EVENT_EOS));
}

GST_END_TEST;

/* It waits for the ring and for its first frame. */
GST_START_TEST (test_replay_waits)
{
  g_autoptr (Ring) ring = make_ring (10, 0);
  g_autoptr (Player) player = player_new (ring, "replay");

  set_state (ring->sink, GST_STATE_READY);
  player_play (player);
  ring_play (ring);
  ring_push (ring, 3);
  check_frames (player, 0, 3);
}

GST_END_TEST;

/* Again and again when capture has ended, each pass behind the one before. */
GST_START_TEST (test_loop)
{
  g_autoptr (Ring) ring = make_ring (10, 0);
  g_autoptr (Player) player = player_new (ring, "replay");

  g_object_set (player->source, "loop", TRUE, NULL);
  ring_play (ring);
  ring_push (ring, 25);
  fail_unless (gst_harness_push_event (ring->harness, gst_event_new_eos ()));
  player_play (player);
  for (guint i = 0; i < 3; i++) {
    check_frames (player, 15, 25);
    check_segment (player, FRAMES (15), i * FRAMES (10));
  }
  g_object_set (player->source, "loop", FALSE, NULL);
  gst_event_unref (pull_event (player, GST_EVENT_EOS));
}

GST_END_TEST;

/* A frame that lasts no time would be repeated without end. */
GST_START_TEST (test_loop_of_no_time)
{
  g_autoptr (Ring) ring = make_ring (10, 0);
  g_autoptr (Player) player = player_new (ring, "replay");

  g_object_set (player->source, "loop", TRUE, NULL);
  ring_play_caps (ring,
      "video/x-raw, format=GRAY8, width=8, height=4, framerate=0/1");
  ring_push (ring, 1);
  fail_unless (gst_harness_push_event (ring->harness, gst_event_new_eos ()));
  player_play (player);
  gst_buffer_unref (gst_harness_pull (player->harness));
  gst_event_unref (pull_event (player, GST_EVENT_EOS));
}

GST_END_TEST;

/* --- overtaken ------------------------------------------------------------ */

static GstPadProbeReturn
wait_at_gate (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Player *player = user_data;

  g_mutex_lock (&player->lock);
  player->n_waiting++;
  g_cond_broadcast (&player->changed);
  while (player->closed)
    g_cond_wait (&player->changed, &player->lock);
  player->n_waiting--;
  g_mutex_unlock (&player->lock);

  return GST_PAD_PROBE_OK;
}

/* The next buffer waits at the source's pad. */
static void
close_gate (Player * player)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (player->source, "src");

  player->closed = TRUE;
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, wait_at_gate, player,
      NULL);
}

static void
wait_for_waiting (Player * player)
{
  g_mutex_lock (&player->lock);
  while (player->n_waiting == 0)
    g_cond_wait (&player->changed, &player->lock);
  g_mutex_unlock (&player->lock);
}

static void
open_gate (Player * player)
{
  g_mutex_lock (&player->lock);
  player->closed = FALSE;
  g_cond_broadcast (&player->changed);
  g_mutex_unlock (&player->lock);
}

/* The source keeps the ring when the sink goes. */
GST_START_TEST (test_ring_outlives_its_sink)
{
  g_autoptr (Ring) ring = make_ring (10, 0);
  g_autoptr (Player) player = player_new (ring, "replay");

  ring_play (ring);
  ring_push (ring, 25);
  close_gate (player);
  player_play (player);
  wait_for_waiting (player);
  set_state (ring->sink, GST_STATE_NULL);
  open_gate (player);
  check_frames (player, 15, 25);
  gst_event_unref (pull_event (player, GST_EVENT_EOS));
}

GST_END_TEST;

/* Of a clip at most its own frames are missed. */
GST_START_TEST (test_overtaken_clip)
{
  g_autoptr (Ring) ring = make_ring (10, 0);
  g_autoptr (Player) player = player_new (ring, "clip");

  ring_play (ring);
  close_gate (player);
  player_play (player);
  ring_push (ring, 10);
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  wait_for_waiting (player);
  ring_push (ring, 90);
  open_gate (player);
  check_frame (player, 0, TRUE);
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 2);
  check_frames (player, 90, 100);
  fail_unless_equals_uint64 (get_overtaken (player), 9);
}

GST_END_TEST;

/* It goes on with the oldest frame there is. */
GST_START_TEST (test_overtaken_replay)
{
  g_autoptr (Ring) ring = make_ring (10, 0);
  g_autoptr (Player) player = player_new (ring, "replay");
  GstBuffer *buffer;
  guint64 next;

  ring_play (ring);
  ring_push (ring, 10);
  close_gate (player);
  player_play (player);
  wait_for_waiting (player);
  ring_push (ring, 90);
  open_gate (player);
  check_frame (player, 0, TRUE);
  buffer = gst_harness_pull (player->harness);
  next = GST_BUFFER_OFFSET (buffer);
  /* 18 slots */
  fail_unless (next >= 82 && next <= 90);
  fail_unless (GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DISCONT));
  gst_buffer_unref (buffer);
  fail_unless_equals_uint64 (get_overtaken (player), next - 1);
}

GST_END_TEST;

/* --- states --------------------------------------------------------------- */

typedef enum
{
  FOR_THE_RING,
  FOR_A_CLIP,
  IN_A_CLIP,
  FOR_A_FRAME
} Wait;

/* Every wait ends when the state changes, and goes on behind a pause. */
GST_START_TEST (test_unlock)
{
  g_autoptr (Ring) ring = make_ring (10, 100);
  g_autoptr (Player) player = player_new (ring,
      __i__ == FOR_A_FRAME ? "replay" : "clip");
  guint64 n_seen = 0;

  set_state (ring->sink, GST_STATE_READY);
  player_play (player);
  if (__i__ != FOR_THE_RING) {
    ring_play (ring);
    ring_push (ring, 5);
  }
  if (__i__ == IN_A_CLIP)
    fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  if (__i__ == IN_A_CLIP || __i__ == FOR_A_FRAME) {
    check_frames (player, 0, 5);
    n_seen = 5;
  }

  for (guint i = 0; i < 3; i++) {
    set_state (player->source, GST_STATE_PAUSED);
    set_state (player->source, GST_STATE_PLAYING);
  }
  if (ring->harness == NULL) {
    ring_play (ring);
    ring_push (ring, 5);
  }
  if (__i__ == FOR_THE_RING || __i__ == FOR_A_CLIP)
    fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  ring_push (ring, 2);
  for (guint64 n = n_seen; n < 7; n++)
    check_frame (player, n, n == 0);
  set_state (player->source, GST_STATE_NULL);
}

GST_END_TEST;

/* An application may send what it likes, when it likes. The base class keeps an EOS
 * until the source is started. */
GST_START_TEST (test_events_in_every_state)
{
  static const GstState states[] = { GST_STATE_NULL, GST_STATE_READY,
    GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_READY, GST_STATE_NULL,
    GST_STATE_PLAYING
  };
  g_autoptr (Ring) ring = make_ring (10, 100);
  g_autoptr (Player) player = player_new (ring, "clip");

  ring_play (ring);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    set_state (player->source, states[i]);
    (void) gst_element_send_event (player->source,
        gst_event_new_flush_start ());
    (void) gst_element_send_event (player->source,
        gst_event_new_flush_stop (TRUE));
    (void) gst_element_send_event (player->source, gst_event_new_eos ());
  }
}

GST_END_TEST;

GST_START_TEST (test_up_and_down)
{
  static const gchar *const modes[] = { "clip", "replay" };
  g_autoptr (Ring) ring = make_ring (10, 100);
  g_autoptr (Player) player = player_new (ring, modes[__i__]);

  ring_play (ring);
  ring_push (ring, 5);
  for (guint i = 0; i < 3; i++) {
    set_state (player->source, GST_STATE_READY);
    set_state (player->source, GST_STATE_PAUSED);
    set_state (player->source, GST_STATE_PLAYING);
    set_state (player->source, GST_STATE_PAUSED);
    set_state (player->source, GST_STATE_READY);
    set_state (player->source, GST_STATE_PLAYING);
    set_state (player->source, GST_STATE_NULL);
  }
}

GST_END_TEST;

GST_START_TEST (test_no_seeking)
{
  g_autoptr (Ring) ring = make_ring (10, 0);
  g_autoptr (Player) player = player_new (ring, "replay");

  ring_play (ring);
  ring_push (ring, 5);
  player_play (player);
  check_frames (player, 0, 5);
  fail_if (gst_harness_push_upstream_event (player->harness,
          gst_event_new_seek (1.0, GST_FORMAT_TIME, GST_SEEK_FLAG_FLUSH,
              GST_SEEK_TYPE_SET, 0, GST_SEEK_TYPE_NONE, 0)));
}

GST_END_TEST;

static Suite *
omvringsrc_suite (void)
{
  Suite *s = suite_create ("omvringsrc");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_not_found);
  tcase_add_test (tc, test_clips);
  tcase_add_test (tc, test_eos_in_a_clip);
  tcase_add_test (tc, test_caps_change);
  tcase_add_test (tc, test_replay);
  tcase_add_test (tc, test_replay_waits);
  tcase_add_test (tc, test_loop);
  tcase_add_test (tc, test_loop_of_no_time);
  tcase_add_test (tc, test_ring_outlives_its_sink);
  tcase_add_test (tc, test_overtaken_clip);
  tcase_add_test (tc, test_overtaken_replay);
  tcase_add_loop_test (tc, test_unlock, 0, 4);
  tcase_add_test (tc, test_events_in_every_state);
  tcase_add_loop_test (tc, test_up_and_down, 0, 2);
  tcase_add_test (tc, test_no_seeking);

  return s;
}

GST_CHECK_MAIN (omvringsrc);
