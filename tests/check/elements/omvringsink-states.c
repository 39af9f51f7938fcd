/* omvringsink-states.c: omvringsink while states change, streams are flushed and
 * the disk is slow
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvringtest.h"

#define FRAMES(n) ((n) * RING_FRAME_TIME)

#define check_clip(ring, ...) \
  G_STMT_START { \
    const Clip expected_ = { __VA_ARGS__ }; \
    g_free (ring_check_clip (ring, &expected_)); \
  } G_STMT_END

static void
set_state (GstElement * element, GstState state)
{
  fail_unless_equals_int (gst_element_set_state (element, state),
      GST_STATE_CHANGE_SUCCESS);
}

static void
flush (Ring * ring)
{
  GstSegment segment;

  fail_unless (gst_harness_push_event (ring->harness,
          gst_event_new_flush_start ()));
  fail_unless (gst_harness_push_event (ring->harness,
          gst_event_new_flush_stop (TRUE)));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  fail_unless (gst_harness_push_event (ring->harness,
          gst_event_new_segment (&segment)));
}

GST_START_TEST (test_up_and_down)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, "channel", "up-and-down",
      NULL);

  for (guint i = 0; i < 3; i++) {
    set_state (ring->sink, GST_STATE_READY);
    set_state (ring->sink, GST_STATE_PAUSED);
    set_state (ring->sink, GST_STATE_PLAYING);
    set_state (ring->sink, GST_STATE_PAUSED);
    set_state (ring->sink, GST_STATE_READY);
    set_state (ring->sink, GST_STATE_PLAYING);
    set_state (ring->sink, GST_STATE_NULL);
  }
}

GST_END_TEST;

/* PAUSED -> READY: windows close, and what is held is saved and announced. The
 * next start knows nothing of it. */
GST_START_TEST (test_ready_finishes_clips)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, "post-frames",
      G_GUINT64_CONSTANT (100), NULL);

  ring_play (ring);
  for (guint i = 0; i < 3; i++) {
    GstSegment segment;

    ring_push (ring, 5);
    fail_unless_equals_uint64 (ring_trigger (ring, "open"), 1);
    ring_push (ring, 3);
    if (i == 1)
      fail_unless (gst_harness_push_event (ring->harness,
              gst_event_new_eos ()));
    set_state (ring->sink, GST_STATE_READY);
    check_clip (ring, 1, "open", 0, 4, 8);
    fail_unless_equals_uint64 (ring_trigger (ring, NULL), 0);

    set_state (ring->sink, GST_STATE_PLAYING);
    fail_unless_equals_uint64 (ring_get_stat (ring, "received"), 0);
    fail_unless_equals_uint64 (ring_trigger (ring, NULL), 0);
    ring->n_frames = 0;
    (void) gst_harness_push_event (ring->harness, gst_event_new_flush_start ());
    (void) gst_harness_push_event (ring->harness,
        gst_event_new_flush_stop (TRUE));
    gst_harness_set_src_caps_str (ring->harness, RING_CAPS);
    gst_segment_init (&segment, GST_FORMAT_TIME);
    fail_unless (gst_harness_push_event (ring->harness,
            gst_event_new_segment (&segment)));
  }
}

GST_END_TEST;

/* What is set in READY counts from the next start on. */
GST_START_TEST (test_settings_of_ready)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);

  set_state (ring->sink, GST_STATE_READY);
  g_object_set (ring->sink, "slots", 5, NULL);
  ring_play (ring);
  ring_push (ring, 20);
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  check_clip (ring, 1, NULL, 15, 19, 20);
}

GST_END_TEST;

/* Capture goes on while the disk does not. What it overtakes is counted; what
 * follows is there. */
GST_START_TEST (test_overtaken)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, "post-frames",
      G_GUINT64_CONSTANT (100), NULL);
  g_autoptr (GstMessage) message = NULL;
  guint64 missing;

  ring_play (ring);
  ring_push (ring, 10);
  slow_disk_hold ();
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  slow_disk_wait_held ();
  ring_push (ring, 60);
  slow_disk_release ();
  ring_push (ring, 1);
  set_state (ring->sink, GST_STATE_READY);

  message = ring_pop_dump (ring);
  missing = ring_get_number (message, "frames-missing");
  /* of 70 frames the ring holds 17, one more is held; the trigger's is gone */
  fail_unless (missing >= 70 - 17 - 1 && missing < 71 - 10);
  fail_unless_equals_uint64 (ring_get_number (message, "frames-before"), 1);
  fail_unless_equals_uint64 (missing + 1 + ring_get_number (message,
          "frames-after"), 71);
  fail_unless_equals_uint64 (ring_get_number (message, "first-time"), 0);
  fail_unless_equals_uint64 (ring_get_number (message, "last-time"),
      FRAMES (70));
}

GST_END_TEST;

/* Of a clip that waits for the one before it nothing is left: there is no file,
 * which is an error. */
GST_START_TEST (test_all_overtaken)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);
  g_autoptr (GstMessage) held = NULL;
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  ring_play (ring);
  ring_push (ring, 10);
  slow_disk_hold ();
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  slow_disk_wait_held ();
  ring_push (ring, 5);
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 2);
  ring_push (ring, 60);
  slow_disk_release ();

  held = ring_pop_dump (ring);
  fail_if (gst_structure_has_field (gst_message_get_structure (held), "error"));
  ring_pop_warning (ring, GST_RESOURCE_ERROR_WRITE,
      "None of the 5 frames could be written in time.");
  message = ring_pop_dump (ring);
  fail_unless (ring_get_location (message) == NULL);
  fail_unless_equals_uint64 (ring_get_number (message, "frames-missing"), 5);
  fail_unless (gst_structure_get (gst_message_get_structure (message), "error",
          G_TYPE_ERROR, &error, NULL));
  fail_unless_equals_string (error->message,
      "None of the 5 frames could be written in time.");
}

GST_END_TEST;

/* The spare slots: a full ring loses nothing to a disk that starts late. */
GST_START_TEST (test_late_disk)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);

  ring_play (ring);
  ring_push (ring, 50);
  slow_disk_hold ();
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  slow_disk_wait_held ();
  ring_push (ring, 7);
  slow_disk_release ();
  check_clip (ring, 1, NULL, 40, 49, 50);
}

GST_END_TEST;

/* --- while EOS waits ------------------------------------------------------ */

static gpointer
push_eos (gpointer data)
{
  Ring *ring = data;

  return GINT_TO_POINTER (gst_harness_push_event (ring->harness,
          gst_event_new_eos ()));
}

/* A clip of 5 frames hangs at the disk, and EOS waits for it in the thread. */
static GThread *
start_waiting (Ring * ring)
{
  GstPad *pad = ring_link_trigger (ring, NULL);
  GThread *thread;

  ring_play (ring);
  ring_push (ring, 5);
  slow_disk_hold ();
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  slow_disk_wait_held ();
  thread = g_thread_new ("eos", push_eos, ring);
  /* an empty text is no trigger */
  while (ring_push_text (pad, "") != GST_FLOW_EOS)
    g_thread_yield ();
  ring_unlink_trigger (ring, pad);

  return thread;
}

GST_START_TEST (test_pause_while_eos_waits)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);
  GThread *thread = start_waiting (ring);

  for (guint i = 0; i < 3; i++) {
    set_state (ring->sink, GST_STATE_PAUSED);
    fail_unless (gst_bus_pop_filtered (ring->bus, GST_MESSAGE_EOS) == NULL);
    set_state (ring->sink, GST_STATE_PLAYING);
  }
  slow_disk_release ();
  fail_unless (GPOINTER_TO_INT (g_thread_join (thread)));
  check_clip (ring, 1, NULL, 0, 4, 5);
  gst_message_unref (ring_pop (ring, GST_MESSAGE_EOS));
}

GST_END_TEST;

/* The wait ends, the dump goes on. */
GST_START_TEST (test_flush_while_eos_waits)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);
  GThread *thread = start_waiting (ring);

  fail_unless (gst_harness_push_event (ring->harness,
          gst_event_new_flush_start ()));
  fail_if (GPOINTER_TO_INT (g_thread_join (thread)));
  ring_check_no_dump (ring);
  slow_disk_release ();
  check_clip (ring, 1, NULL, 0, 4, 5);
  fail_unless (gst_bus_pop_filtered (ring->bus, GST_MESSAGE_EOS) == NULL);
  fail_unless (gst_harness_push_event (ring->harness,
          gst_event_new_flush_stop (TRUE)));
}

GST_END_TEST;

static gpointer
set_null (gpointer data)
{
  set_state (data, GST_STATE_NULL);
  return NULL;
}

/* READY waits until what is held is on the disk. */
GST_START_TEST (test_null_while_eos_waits)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);
  GThread *thread = start_waiting (ring);
  GThread *changer = g_thread_new ("state", set_null, ring->sink);

  fail_if (GPOINTER_TO_INT (g_thread_join (thread)));
  ring_check_no_dump (ring);
  slow_disk_release ();
  g_thread_join (changer);
  check_clip (ring, 1, NULL, 0, 4, 5);
}

GST_END_TEST;

/* A flush closes nothing: the clip gets the frames behind it, whose ring time
 * goes on. */
GST_START_TEST (test_flush_in_a_clip)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, "post-frames",
      G_GUINT64_CONSTANT (5), NULL);
  guint64 pushed;

  ring_play (ring);
  ring_push (ring, 5);
  fail_unless_equals_uint64 (ring_trigger (ring, "over"), 1);
  ring_push (ring, 2);
  flush (ring);
  for (pushed = 7; pushed < 10; pushed++) {
    GstBuffer *buffer = ring_make_frame (pushed, RING_FRAME_SIZE);

    GST_BUFFER_PTS (buffer) = FRAMES (pushed - 7);
    fail_unless_equals_int (gst_harness_push (ring->harness, buffer),
        GST_FLOW_OK);
  }
  check_clip (ring, 1, "over", 0, 4, 10);
  /* times are those of the new segment: frame 8 */
  fail_unless_equals_uint64 (ring_trigger_at (ring, FRAMES (3), NULL), 0);
}

GST_END_TEST;

GST_START_TEST (test_eos_then_flush_then_frames)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, "post-frames",
      G_GUINT64_CONSTANT (2), NULL);

  ring_play (ring);
  ring_push (ring, 5);
  fail_unless_equals_uint64 (ring_trigger (ring, "before"), 1);
  fail_unless (gst_harness_push_event (ring->harness, gst_event_new_eos ()));
  check_clip (ring, 1, "before", 0, 4, 5);
  flush (ring);
  for (guint i = 5; i < 10; i++) {
    GstBuffer *buffer = ring_make_frame (i, RING_FRAME_SIZE);

    GST_BUFFER_PTS (buffer) = FRAMES (i - 5);
    fail_unless_equals_int (gst_harness_push (ring->harness, buffer),
        GST_FLOW_OK);
    if (i == 7)
      fail_unless_equals_uint64 (ring_trigger (ring, "behind"), 2);
  }
  check_clip (ring, 2, "behind", 5, 7, 10);
}

GST_END_TEST;

/* Between the flush and the first frame behind it there is only the past. */
GST_START_TEST (test_trigger_at_behind_a_flush)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);

  ring_play (ring);
  ring_push (ring, 5);
  set_state (ring->sink, GST_STATE_PAUSED);
  flush (ring);
  fail_unless_equals_uint64 (ring_trigger_at (ring, 0, NULL), 0);
  fail_unless_equals_uint64 (ring_trigger_at (ring, FRAMES (3), NULL), 0);
  ring_check_no_dump (ring);
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  check_clip (ring, 1, NULL, 0, 4, 5);
}

GST_END_TEST;

/* Behind EOS no frame comes: a clip that is opened then is closed at once. */
GST_START_TEST (test_trigger_behind_eos)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, "post-frames",
      G_GUINT64_CONSTANT (5), NULL);

  ring_play (ring);
  ring_push (ring, 5);
  fail_unless (gst_harness_push_event (ring->harness, gst_event_new_eos ()));
  fail_unless_equals_uint64 (ring_trigger (ring, "late"), 1);
  check_clip (ring, 1, "late", 0, 4, 5);
}

GST_END_TEST;

/* --- channels ------------------------------------------------------------- */

GST_START_TEST (test_channel_is_taken)
{
  g_autoptr (Ring) ring = ring_new ("channel", "cam", NULL);
  g_autoptr (Ring) other = ring_new ("channel", "cam", NULL);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  set_state (ring->sink, GST_STATE_READY);
  fail_unless_equals_int (gst_element_set_state (other->sink, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
  message = ring_pop (other, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_BUSY));
  /* it is free again */
  set_state (ring->sink, GST_STATE_NULL);
  set_state (other->sink, GST_STATE_PLAYING);
  fail_unless_equals_int (gst_element_set_state (ring->sink, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
}

GST_END_TEST;

static Suite *
omvringsink_states_suite (void)
{
  Suite *s = suite_create ("omvringsink-states");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_up_and_down);
  tcase_add_test (tc, test_ready_finishes_clips);
  tcase_add_test (tc, test_settings_of_ready);
  tcase_add_test (tc, test_overtaken);
  tcase_add_test (tc, test_all_overtaken);
  tcase_add_test (tc, test_late_disk);
  tcase_add_test (tc, test_pause_while_eos_waits);
  tcase_add_test (tc, test_flush_while_eos_waits);
  tcase_add_test (tc, test_null_while_eos_waits);
  tcase_add_test (tc, test_flush_in_a_clip);
  tcase_add_test (tc, test_eos_then_flush_then_frames);
  tcase_add_test (tc, test_trigger_at_behind_a_flush);
  tcase_add_test (tc, test_trigger_behind_eos);
  tcase_add_test (tc, test_channel_is_taken);

  return s;
}

GST_CHECK_MAIN (omvringsink_states);
