/* omvringsink.c: what omvringsink promises of triggers and clips
 *
 * Which frames a trigger saves is held against a model in libs/windows.c. Here it
 * is whether files, their notes and messages are those frames. Files and states
 * have tests of their own.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvringtest.h"

#include <gst/omv/omv.h>
#include <string.h>

#define NO_TIME GST_CLOCK_TIME_NONE
#define FRAMES(n) ((n) * RING_FRAME_TIME)

/* The next message is about these frames. */
#define check_clip(ring, ...) \
  G_STMT_START { \
    const Clip expected_ = { __VA_ARGS__ }; \
    g_free (ring_check_clip (ring, &expected_)); \
  } G_STMT_END

/* --- windows -------------------------------------------------------------- */

static const struct
{
  guint slots;
  guint64 fill;                 /* frames before the trigger's, with it */
  gint64 pre_frames;
  guint64 pre_time;
  guint64 post_frames;
  guint64 post_time;
  guint64 first;
  guint64 end;
} windows[] = {
  /* all there is, of a ring that is not full, just full, full */
  {10, 1, -1, NO_TIME, 0, 0, 0, 1},
  {10, 4, -1, NO_TIME, 0, 0, 0, 4},
  {10, 10, -1, NO_TIME, 0, 0, 0, 10},
  {10, 11, -1, NO_TIME, 0, 0, 1, 11},
  {10, 75, -1, NO_TIME, 0, 0, 65, 75},
  /* before it */
  {10, 25, 0, NO_TIME, 0, 0, 24, 25},
  {10, 25, 3, NO_TIME, 0, 0, 21, 25},
  {10, 25, 9, NO_TIME, 0, 0, 15, 25},
  {10, 2, 3, NO_TIME, 0, 0, 0, 2},
  {10, 25, -1, 0, 0, 0, 24, 25},
  {10, 25, -1, FRAMES (3), 0, 0, 21, 25},
  {10, 25, -1, FRAMES (3) - 1, 0, 0, 22, 25},
  {10, 25, 2, FRAMES (3), 0, 0, 22, 25},
  {10, 25, 4, FRAMES (3), 0, 0, 21, 25},
  /* behind it, for longer than the ring is, too */
  {10, 25, 0, NO_TIME, 1, 0, 24, 26},
  {10, 25, -1, NO_TIME, 3, 0, 15, 28},
  {10, 25, -1, NO_TIME, 40, 0, 15, 65},
  {10, 25, 2, NO_TIME, 0, FRAMES (3), 22, 28},
  {10, 25, 2, NO_TIME, 0, FRAMES (3) - 1, 22, 27},
  {10, 25, 2, NO_TIME, 5, FRAMES (3), 22, 30},
  {10, 25, 2, NO_TIME, 2, FRAMES (3), 22, 28},
};

GST_START_TEST (test_windows)
{
  g_autoptr (Ring) ring = ring_new ("slots", windows[__i__].slots,
      "pre-frames", windows[__i__].pre_frames,
      "pre-time", windows[__i__].pre_time,
      "post-frames", windows[__i__].post_frames,
      "post-time", windows[__i__].post_time, NULL);

  ring_play (ring);
  ring_push (ring, windows[__i__].fill);
  fail_unless_equals_uint64 (ring_trigger (ring, "gate"), 1);
  for (guint64 n = windows[__i__].fill; n < windows[__i__].end; n++) {
    ring_push (ring, 1);
    /* not to overtake the disk */
    slow_disk_wait_written (n + 1 - windows[__i__].first);
  }
  ring_push (ring, 1);
  check_clip (ring, 1, "gate", windows[__i__].first, windows[__i__].fill - 1,
      windows[__i__].end);
}

GST_END_TEST;

/* The clip lasts longer; there is one message. */
GST_START_TEST (test_retrigger_extends)
{
  g_autoptr (Ring) ring = ring_new ("slots", 40, "pre-frames",
      G_GINT64_CONSTANT (2), "post-frames", G_GUINT64_CONSTANT (5), NULL);

  ring_play (ring);
  ring_push (ring, 10);
  fail_unless_equals_uint64 (ring_trigger (ring, "first"), 1);
  ring_push (ring, 4);
  fail_unless_equals_uint64 (ring_trigger (ring, "second"), 1);
  ring_push (ring, 10);
  check_clip (ring, 1, "first", 7, 9, 19);
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 2);
  ring_push (ring, 10);
  check_clip (ring, 2, NULL, 21, 23, 29);
  fail_unless_equals_uint64 (ring_get_stat (ring, "triggers"), 3);
}

GST_END_TEST;

GST_START_TEST (test_retrigger_is_ignored)
{
  g_autoptr (Ring) ring = ring_new ("slots", 40, "pre-frames",
      G_GINT64_CONSTANT (2), "post-frames", G_GUINT64_CONSTANT (5), NULL);

  gst_util_set_object_arg (G_OBJECT (ring->sink), "retrigger", "ignore");
  ring_play (ring);
  ring_push (ring, 10);
  fail_unless_equals_uint64 (ring_trigger (ring, "first"), 1);
  ring_push (ring, 4);
  fail_unless_equals_uint64 (ring_trigger (ring, "second"), 0);
  ring_push (ring, 10);
  check_clip (ring, 1, "first", 7, 9, 15);
}

GST_END_TEST;

/* Two clips that touch neither repeat nor lose a frame. */
GST_START_TEST (test_retrigger_new)
{
  g_autoptr (Ring) ring = ring_new ("slots", 40, "post-frames",
      G_GUINT64_CONSTANT (5), NULL);

  gst_util_set_object_arg (G_OBJECT (ring->sink), "retrigger", "new");
  ring_play (ring);
  ring_push (ring, 10);
  fail_unless_equals_uint64 (ring_trigger (ring, "a"), 1);
  ring_push (ring, 8);
  fail_unless_equals_uint64 (ring_trigger (ring, "b"), 2);
  ring_push (ring, 8);
  check_clip (ring, 1, "a", 0, 9, 15);
  check_clip (ring, 2, "b", 15, 17, 23);
}

GST_END_TEST;

/* A trigger in the post window: the frames behind the first clip's last one. */
GST_START_TEST (test_retrigger_new_within)
{
  g_autoptr (Ring) ring = ring_new ("slots", 40, "post-frames",
      G_GUINT64_CONSTANT (5), NULL);
  g_autoptr (GstMessage) message = NULL;

  gst_util_set_object_arg (G_OBJECT (ring->sink), "retrigger", "new");
  ring_play (ring);
  ring_push (ring, 10);
  fail_unless_equals_uint64 (ring_trigger (ring, "a"), 1);
  ring_push (ring, 3);
  fail_unless_equals_uint64 (ring_trigger (ring, "b"), 2);
  ring_push (ring, 12);
  check_clip (ring, 1, "a", 0, 9, 15);

  message = ring_pop_dump (ring);
  ring_check_file (ring_get_location (message), 15, 18);
  fail_unless_equals_uint64 (ring_get_number (message, "frames-before"), 0);
  fail_unless_equals_uint64 (ring_get_number (message, "frames-after"), 3);
  fail_if (gst_structure_has_field (gst_message_get_structure (message),
          "trigger-time"));
}

GST_END_TEST;

GST_START_TEST (test_many_triggers)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);
  guint64 next = 0;

  gst_util_set_object_arg (G_OBJECT (ring->sink), "retrigger", "new");
  ring_play (ring);
  for (guint i = 0; i < 50; i++) {
    ring_push (ring, 4);
    fail_unless_equals_uint64 (ring_trigger (ring, "x"), i + 1);
    fail_unless_equals_uint64 (ring_trigger (ring, "y"), 0);
    check_clip (ring, i + 1, "x", next, next + 3, next + 4);
    next += 4;
  }
  fail_unless_equals_uint64 (ring_get_stat (ring, "triggers"), 100);
  fail_unless_equals_uint64 (ring_get_stat (ring, "dumps"), 50);
}

GST_END_TEST;

/* --- signals -------------------------------------------------------------- */

GST_START_TEST (test_nothing_to_save)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);

  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 0);
  ring_play (ring);
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 0);
  fail_unless_equals_uint64 (ring_trigger_at (ring, 0, NULL), 0);
  ring_push (ring, 1);
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  check_clip (ring, 1, NULL, 0, 0, 1);
  /* that frame is saved already */
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 0);
}

GST_END_TEST;

GST_START_TEST (test_trigger_at)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, "pre-frames",
      G_GINT64_CONSTANT (2), "post-frames", G_GUINT64_CONSTANT (1), NULL);

  ring_play (ring);
  ring_push (ring, 30);
  /* the oldest frame of the ring is number 20 */
  fail_unless_equals_uint64 (ring_trigger_at (ring, FRAMES (20) - 1, NULL), 0);
  fail_unless_equals_uint64 (ring_trigger_at (ring, 0, NULL), 0);
  fail_unless_equals_uint64 (ring_trigger_at (ring, FRAMES (29) + 1, NULL), 0);
  fail_unless_equals_uint64 (ring_trigger_at (ring, NO_TIME, NULL), 0);
  fail_unless_equals_uint64 (ring_trigger_at (ring, NO_TIME - 1, NULL), 0);
  /* the newest frame that is not later */
  fail_unless_equals_uint64 (ring_trigger_at (ring, FRAMES (25) - 1, "at"), 1);
  check_clip (ring, 1, "at", 22, 24, 26);
  fail_unless_equals_uint64 (ring_trigger_at (ring, FRAMES (20), "old"), 2);
  check_clip (ring, 2, "old", 20, 20, 22);
  fail_unless_equals_uint64 (ring_trigger_at (ring, FRAMES (29), "new"), 3);
  ring_push (ring, 1);
  check_clip (ring, 3, "new", 27, 29, 31);
}

GST_END_TEST;

/* The wall clock of a trigger in the past is in the past, too. */
GST_START_TEST (test_wall_clock)
{
  g_autoptr (Ring) ring = ring_new ("slots", 100, NULL);
  g_autoptr (GDateTime) before = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) after = NULL, told = NULL;
  g_autoptr (GstMessage) message = NULL;
  GTimeSpan age;

  ring_play (ring);
  ring_push (ring, 51);
  fail_unless_equals_uint64 (ring_trigger_at (ring, FRAMES (25), NULL), 1);
  after = g_date_time_new_now_utc ();
  message = ring_pop_dump (ring);
  told = g_date_time_new_from_iso8601 (gst_structure_get_string
      (gst_message_get_structure (message), "wall-clock"), NULL);
  fail_unless (told != NULL);
  age = g_date_time_difference (before, told);
  fail_unless (age <= G_TIME_SPAN_SECOND);
  fail_unless (g_date_time_difference (after, told) >= G_TIME_SPAN_SECOND);
}

GST_END_TEST;

/* A frame that is due by the clock is waited for: here frame 2 at 12 s. */
GST_START_TEST (test_frame_on_its_way)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);
  g_autoptr (GstMessage) message = NULL;
  GstBuffer *buffer;

  ring_play (ring);
  gst_harness_set_src_caps_str (ring->harness,
      "video/x-raw, format=GRAY8, width=8, height=4, framerate=1/5");
  ring_push (ring, 2);
  fail_unless (gst_harness_set_time (ring->harness, 12 * GST_SECOND));
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  for (guint i = 0; i < 2; i++) {
    buffer = ring_make_frame (2 + i, RING_FRAME_SIZE);
    GST_BUFFER_PTS (buffer) = (12 + 5 * i) * GST_SECOND;
    fail_unless_equals_int (gst_harness_push (ring->harness, buffer),
        GST_FLOW_OK);
  }
  message = ring_pop_dump (ring);
  fail_unless_equals_uint64 (ring_get_number (message, "frames-before"), 2);
}

GST_END_TEST;

/* None comes: the trigger is at the newest one. */
GST_START_TEST (test_frame_that_does_not_come)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);

  ring_play (ring);
  ring_push (ring, 2);
  fail_unless (gst_harness_set_time (ring->harness, 12 * GST_SECOND));
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  check_clip (ring, 1, NULL, 0, 1, 2);
}

GST_END_TEST;

/* --- events --------------------------------------------------------------- */

static GstEvent *
make_event (GstEventType type, const gchar * label)
{
  GstStructure *structure = gst_structure_new_empty ("omv-trigger");

  if (label != NULL)
    gst_structure_set (structure, "label", G_TYPE_STRING, label, NULL);
  return gst_event_new_custom (type, structure);
}

/* Between two frames: exactly there, whatever the clock says. */
GST_START_TEST (test_serialized_event)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);

  ring_play (ring);
  fail_unless (gst_harness_set_time (ring->harness, 3600 * GST_SECOND));
  fail_unless (gst_harness_push_event (ring->harness,
          make_event (GST_EVENT_CUSTOM_DOWNSTREAM, "early")));
  ring_push (ring, 7);
  fail_unless (gst_harness_push_event (ring->harness,
          make_event (GST_EVENT_CUSTOM_DOWNSTREAM, "exact")));
  ring_push (ring, 7);
  check_clip (ring, 1, "exact", 0, 6, 7);
}

GST_END_TEST;

GST_START_TEST (test_events_out_of_band)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);

  ring_play (ring);
  ring_push (ring, 7);
  fail_unless (gst_harness_push_event (ring->harness,
          make_event (GST_EVENT_CUSTOM_DOWNSTREAM_OOB, NULL)));
  check_clip (ring, 1, NULL, 0, 6, 7);
  ring_push (ring, 2);
  fail_unless (gst_element_send_event (ring->sink,
          make_event (GST_EVENT_CUSTOM_DOWNSTREAM, "sent")));
  check_clip (ring, 2, "sent", 7, 8, 9);
  /* others are none of ours */
  fail_unless (gst_harness_push_event (ring->harness,
          gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM,
              gst_structure_new_empty ("omv-triggers"))));
  fail_unless_equals_uint64 (ring_get_stat (ring, "triggers"), 2);
}

GST_END_TEST;

/* --- the trigger pad ------------------------------------------------------ */

/* One buffer of three lines, as three quick echos into a pipe are. */
GST_START_TEST (test_lines)
{
  static const gchar *const caps[] = { NULL, "text/x-raw, format=utf8" };
  g_autoptr (Ring) ring = ring_new ("slots", 10, "post-frames",
      G_GUINT64_CONSTANT (2), NULL);
  GstPad *pad = ring_link_trigger (ring, caps[__i__]);

  gst_util_set_object_arg (G_OBJECT (ring->sink), "retrigger", "new");
  ring_play (ring);
  ring_push (ring, 5);
  fail_unless_equals_int (ring_push_text (pad, " one \r\ntwo\n\tthree\n"),
      GST_FLOW_OK);
  fail_unless_equals_uint64 (ring_get_stat (ring, "triggers"), 3);
  ring_push (ring, 3);
  check_clip (ring, 1, "one", 0, 4, 7);
  ring_push (ring, 2);
  /* without an end of line, without text, without anything */
  fail_unless_equals_int (ring_push_text (pad, "part-17"), GST_FLOW_OK);
  ring_push (ring, 3);
  check_clip (ring, 2, "part-17", 7, 9, 12);
  fail_unless_equals_int (ring_push_text (pad, "\n"), GST_FLOW_OK);
  ring_push (ring, 3);
  check_clip (ring, 3, NULL, 12, 12, 15);
  fail_unless_equals_int (ring_push_text (pad, ""), GST_FLOW_OK);
  fail_unless_equals_uint64 (ring_get_stat (ring, "triggers"), 5);
  ring_unlink_trigger (ring, pad);
}

GST_END_TEST;

/* What is no text is a trigger, whatever it holds. */
GST_START_TEST (test_buffers)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);
  GstPad *pad = ring_link_trigger (ring, "application/x-signal");

  ring_play (ring);
  ring_push (ring, 5);
  fail_unless_equals_int (ring_push_text (pad, "a\nb\nc\n"), GST_FLOW_OK);
  check_clip (ring, 1, NULL, 0, 4, 5);
  ring_push (ring, 5);
  fail_unless_equals_int (ring_push_text (pad, ""), GST_FLOW_OK);
  check_clip (ring, 2, NULL, 5, 9, 10);
  fail_unless_equals_uint64 (ring_get_stat (ring, "triggers"), 2);
  ring_unlink_trigger (ring, pad);
}

GST_END_TEST;

/* Bytes that are no text make a label that is. */
GST_START_TEST (test_odd_labels)
{
  static const gchar bytes[] = "\xff\xfe" "x\0y/../z";
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);
  g_autoptr (GstMessage) message = NULL;
  g_autofree gchar *folder = NULL;
  const gchar *label;
  GstPad *pad = ring_link_trigger (ring, NULL);

  ring_play (ring);
  ring_push (ring, 5);
  fail_unless_equals_int (gst_pad_push (pad, gst_buffer_new_memdup (bytes,
              sizeof bytes - 1)), GST_FLOW_OK);
  message = ring_pop_dump (ring);
  label = gst_structure_get_string (gst_message_get_structure (message),
      "label");
  fail_unless (g_utf8_validate (label, -1, NULL));
  fail_unless (g_str_has_suffix (label, "y/../z"));
  folder = g_path_get_dirname (ring_get_location (message));
  fail_unless_equals_string (folder, ring->folder);
  ring_unlink_trigger (ring, pad);
}

GST_END_TEST;

/* In PAUSED neither pad makes the other wait; flushes, gaps and other queries
 * do not reach the frames. */
GST_START_TEST (test_trigger_pad_is_apart)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);
  GstPad *pad = ring_link_trigger (ring, NULL);
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("text/x-raw");
  GstQuery *query = gst_query_new_allocation (caps, FALSE);

  fail_unless_equals_int (gst_element_set_state (ring->sink, GST_STATE_PAUSED),
      GST_STATE_CHANGE_SUCCESS);
  fail_unless_equals_int (ring_push_text (pad, "nothing is there\n"),
      GST_FLOW_OK);
  ring_play (ring);
  fail_if (gst_pad_peer_query (pad, query));
  gst_query_unref (query);
  ring_push (ring, 3);
  fail_unless (gst_pad_push_event (pad, gst_event_new_flush_start ()));
  fail_unless (gst_pad_push_event (pad, gst_event_new_flush_stop (TRUE)));
  fail_unless (gst_pad_push_event (pad, gst_event_new_eos ()));
  ring_push (ring, 3);
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  check_clip (ring, 1, NULL, 0, 5, 6);
  ring_unlink_trigger (ring, pad);
}

GST_END_TEST;

GST_START_TEST (test_trigger_pad_after_eos)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);
  GstPad *pad = ring_link_trigger (ring, NULL);
  GstSegment segment;

  ring_play (ring);
  ring_push (ring, 3);
  fail_unless (gst_harness_push_event (ring->harness, gst_event_new_eos ()));
  fail_unless_equals_int (ring_push_text (pad, "late\n"), GST_FLOW_EOS);
  fail_unless_equals_uint64 (ring_get_stat (ring, "triggers"), 0);
  /* a flush undoes it */
  fail_unless (gst_harness_push_event (ring->harness,
          gst_event_new_flush_start ()));
  fail_unless (gst_harness_push_event (ring->harness,
          gst_event_new_flush_stop (TRUE)));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  fail_unless (gst_harness_push_event (ring->harness,
          gst_event_new_segment (&segment)));
  fail_unless_equals_int (ring_push_text (pad, "again\n"), GST_FLOW_OK);
  check_clip (ring, 1, "again", 0, 2, 3);
  ring_unlink_trigger (ring, pad);
}

GST_END_TEST;

GST_START_TEST (test_one_trigger_pad)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);
  static const GstState states[] = { GST_STATE_NULL, GST_STATE_READY,
    GST_STATE_PAUSED, GST_STATE_PLAYING
  };
  GstPadTemplate *templ = gst_element_get_pad_template (ring->sink, "trigger");

  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    GstPad *pad;

    fail_unless_equals_int (gst_element_set_state (ring->sink, states[i]),
        GST_STATE_CHANGE_SUCCESS);
    pad = gst_element_request_pad (ring->sink, templ, NULL, NULL);
    fail_unless (pad != NULL);
    fail_unless_equals_int (gst_pad_is_active (pad),
        states[i] > GST_STATE_READY);
    fail_unless (gst_element_request_pad (ring->sink, templ, NULL, NULL)
        == NULL);
    gst_element_release_request_pad (ring->sink, pad);
    gst_object_unref (pad);
  }
}

GST_END_TEST;

/* --- the end of the stream ------------------------------------------------ */

GST_START_TEST (test_dump_on_eos)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, "dump-on-eos", TRUE,
      "post-frames", G_GUINT64_CONSTANT (100), NULL);

  ring_play (ring);
  ring_push (ring, 30);
  fail_unless (gst_harness_push_event (ring->harness, gst_event_new_eos ()));
  check_clip (ring, 1, NULL, 20, 29, 30);
}

GST_END_TEST;

/* EOS closes post windows, and comes when the clips are announced. */
GST_START_TEST (test_eos_waits_for_clips)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, "post-frames",
      G_GUINT64_CONSTANT (100), NULL);

  ring_play (ring);
  ring_push (ring, 5);
  fail_unless_equals_uint64 (ring_trigger (ring, "open"), 1);
  ring_push (ring, 5);
  fail_unless (gst_harness_push_event (ring->harness, gst_event_new_eos ()));
  fail_unless_equals_uint64 (ring_get_stat (ring, "dumps"), 1);
  check_clip (ring, 1, "open", 0, 4, 10);
}

GST_END_TEST;

/* --- frames --------------------------------------------------------------- */

/* Size and format may change within a clip. */
GST_START_TEST (test_caps_change)
{
  static const struct
  {
    const gchar *caps;
    gsize size;
    gint height;
    GstOmvPixelFormat format;
  } kinds[] = {
    {RING_CAPS, 32, 4, GST_OMV_PIXEL_FORMAT_GRAYSCALE},
    {RING_CAPS_RGB, 32, 2, GST_OMV_PIXEL_FORMAT_RGB565},
    {RING_CAPS, 32, 4, GST_OMV_PIXEL_FORMAT_GRAYSCALE},
    {RING_CAPS_LARGE, 64, 8, GST_OMV_PIXEL_FORMAT_GRAYSCALE},
  };
  g_autoptr (Ring) ring = ring_new ("slots", 10, "slot-size", 64,
      "post-frames", G_GUINT64_CONSTANT (6), NULL);
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GstMessage) message = NULL;

  ring_play (ring);
  for (guint i = 0; i < 8; i++) {
    if (i % 2 == 0)
      gst_harness_set_src_caps_str (ring->harness, kinds[i / 2].caps);
    fail_unless_equals_int (gst_harness_push (ring->harness,
            ring_make_frame (i, kinds[i / 2].size)), GST_FLOW_OK);
    if (i == 1)
      fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  }
  message = ring_pop_dump (ring);
  fail_unless (gst_omv_reader_open_path (reader, ring_get_location (message),
          NULL));
  for (guint i = 0; i < 8; i++) {
    g_autoptr (GstOmvFrame) frame = gst_omv_reader_read_next (reader, NULL);
    GstBuffer *pushed = ring_make_frame (i, kinds[i / 2].size);
    gboolean rgb = kinds[i / 2].format == GST_OMV_PIXEL_FORMAT_RGB565;
    const guint8 *bytes;
    gsize size;

    fail_unless (frame != NULL);
    bytes = g_bytes_get_data (frame->payload, &size);
    fail_unless_equals_int (frame->header.format, kinds[i / 2].format);
    fail_unless_equals_int (frame->header.height, kinds[i / 2].height);
    fail_unless_equals_uint64 (size, kinds[i / 2].size);
    /* RGB16 is of this host, RGB565 little-endian */
    for (gsize n = 0; n < size; n++)
      fail_unless_equals_int (gst_buffer_memcmp (pushed,
              rgb
              && G_BYTE_ORDER == G_BIG_ENDIAN ? n ^ 1 : n, bytes + n, 1), 0);
    gst_buffer_unref (pushed);
  }
}

GST_END_TEST;

/* With exact-time=false only the milliseconds that cameras read are there. */
GST_START_TEST (test_exact_time_is_optional)
{
  g_autoptr (Ring) ring = ring_new ("exact-time", FALSE, NULL);
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GstMessage) message = NULL;

  ring_play (ring);
  ring_push (ring, 3);
  ring_trigger (ring, NULL);
  message = ring_pop_dump (ring);
  fail_unless (gst_omv_reader_open_path (reader, ring_get_location (message),
          NULL));
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GstOmvFrame) frame = gst_omv_reader_read_next (reader, NULL);

    fail_unless_equals_uint64 (frame->header.exact_time, GST_OMV_TIME_NONE);
    fail_unless_equals_uint64 (frame->time, FRAMES (i));
  }
}

GST_END_TEST;

static void
check_error (Ring * ring, GstMessageType type, gint code, const gchar * part)
{
  g_autoptr (GstMessage) message = ring_pop (ring, type);
  g_autoptr (GError) error = NULL;

  if (type == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  else
    gst_message_parse_warning (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_RESOURCE_ERROR, code), "%s",
      error->message);
  fail_unless (strstr (error->message, part) != NULL, "%s", error->message);
}

GST_START_TEST (test_first_frame_too_large)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, "slot-size", 31, NULL);

  ring_play (ring);
  fail_unless_equals_int (gst_harness_push (ring->harness, ring_make_frame (0,
              32)), GST_FLOW_ERROR);
  check_error (ring, GST_MESSAGE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
      "must be at least 32");
}

GST_END_TEST;

/* Later ones are left out and counted; there is one warning. */
GST_START_TEST (test_later_frames_too_large)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);

  ring_play (ring);
  ring_push (ring, 5);
  gst_harness_set_src_caps_str (ring->harness, RING_CAPS_LARGE);
  for (guint i = 0; i < 3; i++)
    fail_unless_equals_int (gst_harness_push (ring->harness, ring_make_frame (5
                + i, 64)), GST_FLOW_OK);
  check_error (ring, GST_MESSAGE_WARNING, GST_RESOURCE_ERROR_SETTINGS, "64");
  fail_unless (gst_bus_pop_filtered (ring->bus, GST_MESSAGE_WARNING) == NULL);
  fail_unless_equals_uint64 (ring_get_stat (ring, "too-large"), 3);
  fail_unless_equals_uint64 (ring_get_stat (ring, "received"), 8);
  fail_unless_equals_uint64 (ring_get_stat (ring, "stored"), 5);
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  check_clip (ring, 1, NULL, 0, 4, 5);
}

GST_END_TEST;

/* More slots than are allowed are refused; where the number is free, there are
 * fewer, and a warning. */
GST_START_TEST (test_size_limit)
{
  g_autoptr (Ring) wanted = ring_new ("slots", 1000, "max-size-bytes",
      G_GUINT64_CONSTANT (20000), NULL);
  g_autoptr (Ring) automatic = ring_new ("max-size-bytes",
      G_GUINT64_CONSTANT (6400), NULL);
  guint64 slots;

  wanted->harness = gst_harness_new_with_element (wanted->sink, "sink", NULL);
  gst_harness_set_src_caps_str (wanted->harness, RING_CAPS);
  fail_unless_equals_int (gst_harness_push (wanted->harness, ring_make_frame
          (0, 32)), GST_FLOW_NOT_NEGOTIATED);
  check_error (wanted, GST_MESSAGE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
      "1000 frames");

  ring_play (automatic);
  check_error (automatic, GST_MESSAGE_WARNING, GST_RESOURCE_ERROR_SETTINGS,
      "holds no more than");
  slots = ring_get_stat (automatic, "slots");
  fail_unless (slots > 0 && slots < 126);
  fail_unless (ring_get_stat (automatic, "size") <= 6400);
  ring_push (automatic, 200);
  fail_unless_equals_uint64 (ring_get_stat (automatic, "fill"), slots);
  fail_unless_equals_uint64 (ring_trigger (automatic, NULL), 1);
  check_clip (automatic, 1, NULL, 200 - slots, 199, 200);
}

GST_END_TEST;

/* 5 seconds, or the window before the trigger, and the frame of the trigger. */
GST_START_TEST (test_automatic_slots)
{
  g_autoptr (Ring) ring = ring_new ("name", "r", NULL);
  g_autoptr (Ring) timed = ring_new ("pre-time", 2 * GST_SECOND, NULL);

  ring_play (ring);
  fail_unless_equals_uint64 (ring_get_stat (ring, "slots"), 126);
  ring_play (timed);
  fail_unless_equals_uint64 (ring_get_stat (timed, "slots"), 51);
}

GST_END_TEST;

/* The source's losses show in the offsets of its buffers. */
GST_START_TEST (test_missed_by_the_source)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);

  ring_play (ring);
  ring_push (ring, 3);
  ring->n_frames += 4;
  ring_push (ring, 3);
  fail_unless_equals_uint64 (ring_get_stat (ring, "missed"), 4);
  fail_unless_equals_uint64 (ring_get_stat (ring, "received"), 6);
}

GST_END_TEST;

/* Frames outside their segment are none. */
GST_START_TEST (test_segment)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);
  g_autoptr (GstMessage) message = NULL;
  GstSegment segment;

  ring_play (ring);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = FRAMES (2);
  segment.stop = FRAMES (6);
  segment.base = GST_SECOND;
  fail_unless (gst_harness_push_event (ring->harness,
          gst_event_new_segment (&segment)));
  for (guint i = 0; i < 8; i++)
    (void) gst_harness_push (ring->harness, ring_make_frame (i, 32));
  fail_unless_equals_uint64 (ring_get_stat (ring, "stored"), 4);
  fail_unless_equals_uint64 (ring_trigger_at (ring, GST_SECOND - 1, NULL), 0);
  fail_unless_equals_uint64 (ring_trigger_at (ring, GST_SECOND, NULL), 1);
  message = ring_pop_dump (ring);
  fail_unless_equals_uint64 (ring_get_number (message, "first-time"),
      GST_SECOND);
}

GST_END_TEST;

static Suite *
omvringsink_suite (void)
{
  Suite *s = suite_create ("omvringsink");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_windows, 0, G_N_ELEMENTS (windows));
  tcase_add_test (tc, test_retrigger_extends);
  tcase_add_test (tc, test_retrigger_is_ignored);
  tcase_add_test (tc, test_retrigger_new);
  tcase_add_test (tc, test_retrigger_new_within);
  tcase_add_test (tc, test_many_triggers);
  tcase_add_test (tc, test_nothing_to_save);
  tcase_add_test (tc, test_trigger_at);
  tcase_add_test (tc, test_wall_clock);
  tcase_add_test (tc, test_frame_on_its_way);
  tcase_add_test (tc, test_frame_that_does_not_come);
  tcase_add_test (tc, test_serialized_event);
  tcase_add_test (tc, test_events_out_of_band);
  tcase_add_loop_test (tc, test_lines, 0, 2);
  tcase_add_test (tc, test_buffers);
  tcase_add_test (tc, test_odd_labels);
  tcase_add_test (tc, test_trigger_pad_is_apart);
  tcase_add_test (tc, test_trigger_pad_after_eos);
  tcase_add_test (tc, test_one_trigger_pad);
  tcase_add_test (tc, test_dump_on_eos);
  tcase_add_test (tc, test_eos_waits_for_clips);
  tcase_add_test (tc, test_caps_change);
  tcase_add_test (tc, test_exact_time_is_optional);
  tcase_add_test (tc, test_first_frame_too_large);
  tcase_add_test (tc, test_later_frames_too_large);
  tcase_add_test (tc, test_size_limit);
  tcase_add_test (tc, test_automatic_slots);
  tcase_add_test (tc, test_missed_by_the_source);
  tcase_add_test (tc, test_segment);

  return s;
}

GST_CHECK_MAIN (omvringsink);
