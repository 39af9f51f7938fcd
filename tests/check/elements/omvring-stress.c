/* omvring-stress.c: ring sink and sources under everything at once
 *
 * Threads that push frames, flush and end the stream; fire triggers of every kind;
 * pause, play and restart sink and sources; and make the disk slow or full. What
 * each does follows from a seed, when it does it does not: pauses of random length
 * vary who meets whom, and nothing is expected to be done after one. Afterwards every
 * file must hold whole frames in order, and no frame may be in two files. It is of most
 * use under the thread sanitizer.
 *
 * Threads assert by GLib, because Check's macros are for one thread at a time.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvringtest.h"
#include "omvstress.h"

#include <gst/omv/omv.h>

#define N_FRAMES 6000
#define LARGE_SIZE 64

typedef struct
{
  Ring *ring;
  GstPad *trigger;
  guint64 n_frames;             /* to be pushed */
  gint done;                    /* atomic: the stream is over */
  GMutex pushing;               /* while something is pushed */
} Stress;

static gboolean
is_done (Stress * stress)
{
  return g_atomic_int_get (&stress->done);
}

/* --- the stream ----------------------------------------------------------- */

static void
push_segment (GstHarness * harness)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  (void) gst_harness_push_event (harness, gst_event_new_segment (&segment));
}

static void
push_flush (GstHarness * harness)
{
  (void) gst_harness_push_event (harness, gst_event_new_flush_start ());
  (void) gst_harness_push_event (harness, gst_event_new_flush_stop (TRUE));
  push_segment (harness);
}

/* Returns the size of frames from now on. */
static gsize
push_caps (GstHarness * harness, guint kind)
{
  static const gchar *const kinds[] =
      { RING_CAPS, RING_CAPS_LARGE, RING_CAPS_RGB };
  g_autoptr (GstCaps) caps = gst_caps_from_string (kinds[kind]);

  (void) gst_harness_push_event (harness, gst_event_new_caps (caps));
  return kind == 1 ? LARGE_SIZE : RING_FRAME_SIZE;
}

/* Its first 8 bytes are its number, and the others follow from it. */
static GstBuffer *
make_frame (guint64 number, GstClockTime time, gsize size)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_WRITE));
  GST_WRITE_UINT64_LE (map.data, number);
  for (gsize i = 8; i < size; i++)
    map.data[i] = (guint8) (number * 31 + i);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = time;

  return buffer;
}

/* Whether running time starts anew. */
static gboolean
push_events (GstHarness * harness, guint action, gsize * size)
{
  if (action < 3)
    (void) gst_harness_push_event (harness, gst_event_new_eos ());
  if (action < 8) {
    push_flush (harness);
    return TRUE;
  }

  if (action < 20)
    *size = push_caps (harness, action % 3);
  else if (action < 40)
    (void) gst_harness_push_event (harness,
        gst_event_new_custom (action < 30 ? GST_EVENT_CUSTOM_DOWNSTREAM
            : GST_EVENT_CUSTOM_DOWNSTREAM_OOB,
            gst_structure_new_empty ("omv-trigger")));
  return FALSE;
}

static gpointer
feed (gpointer data)
{
  Stress *stress = data;
  GstHarness *harness = stress->ring->harness;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  GstClockTime time = 0;
  gsize size = RING_FRAME_SIZE;

  for (guint64 number = 0; number < stress->n_frames; number++) {
    GstFlowReturn flow;

    g_mutex_lock (&stress->pushing);
    if (push_events (harness, omv_stress_roll (rand, 1000), &size))
      time = 0;
    flow = gst_harness_push (harness, make_frame (number, time, size));
    g_mutex_unlock (&stress->pushing);
    g_assert_cmpint (flow, ==, GST_FLOW_OK);
    time += omv_stress_roll (rand, 2) * RING_FRAME_TIME;
    if (omv_stress_roll (rand, 8) == 0)
      g_usleep (omv_stress_roll (rand, 300));
  }
  g_atomic_int_set (&stress->done, TRUE);

  return NULL;
}

/* --- triggers ------------------------------------------------------------- */

static gpointer
fire (gpointer data)
{
  Stress *stress = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);

  while (!is_done (stress)) {
    g_autoptr (GstStructure) stats = NULL;

    switch (omv_stress_roll (rand, 5)) {
      case 0:
        (void) ring_trigger (stress->ring, "now");
        break;
      case 1:
        (void) ring_trigger_at (stress->ring, omv_stress_roll (rand, 400)
            * RING_FRAME_TIME, "then");
        break;
      case 2:
        (void) gst_element_send_event (stress->ring->sink,
            gst_event_new_custom (GST_EVENT_CUSTOM_DOWNSTREAM_OOB,
                gst_structure_new_empty ("omv-trigger")));
        break;
      case 3:
        g_mutex_lock (&stress->pushing);
        (void) ring_push_text (stress->trigger, "one\ntwo\n");
        g_mutex_unlock (&stress->pushing);
        break;
      default:
        g_object_get (stress->ring->sink, "ring-stats", &stats, NULL);
        break;
    }
    g_usleep (omv_stress_roll (rand, 600));
  }

  return NULL;
}

/* --- states --------------------------------------------------------------- */

static gpointer
change_states (gpointer data)
{
  Stress *stress = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  while (!is_done (stress)) {
    const GstState state = omv_stress_roll (rand, 10) == 0 ? GST_STATE_READY
        : GST_STATE_PAUSED;

    g_usleep (omv_stress_roll (rand, 6000));
    /* what is pushed just when a pad is switched off or on meets neither */
    if (state == GST_STATE_READY)
      g_mutex_lock (&stress->pushing);
    g_assert_cmpint (gst_element_set_state (stress->ring->sink, state), !=,
        GST_STATE_CHANGE_FAILURE);
    g_usleep (omv_stress_roll (rand, 300));
    g_assert_cmpint (gst_element_set_state (stress->ring->sink,
            GST_STATE_PLAYING), !=, GST_STATE_CHANGE_FAILURE);
    if (state == GST_STATE_READY)
      g_mutex_unlock (&stress->pushing);
  }

  return NULL;
}

/* Two sources that come and go. There may be no ring when they come. */
static gpointer
replay (gpointer data)
{
  Stress *stress = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  GstElement *sources[2];
  GstHarness *harnesses[2];

  for (guint i = 0; i < 2; i++) {
    sources[i] = gst_check_setup_element ("omvringsrc");
    g_object_set (sources[i], "channel", "stress", NULL);
    gst_util_set_object_arg (G_OBJECT (sources[i]), "mode",
        i == 0 ? "clip" : "replay");
    harnesses[i] = gst_harness_new_with_element (sources[i], NULL, "src");
    gst_harness_set_drop_buffers (harnesses[i], TRUE);
  }
  while (!is_done (stress)) {
    GstElement *source = sources[omv_stress_roll (rand, 2)];

    (void) gst_element_set_state (source, (GstState) (GST_STATE_NULL
            + omv_stress_roll (rand, 4)));
    (void) gst_element_set_state (source, GST_STATE_PLAYING);
    g_usleep (omv_stress_roll (rand, 4000));
  }
  for (guint i = 0; i < 2; i++) {
    gst_harness_teardown (harnesses[i]);
    gst_check_teardown_element (sources[i]);
  }

  return NULL;
}

/* --- the disk ------------------------------------------------------------- */

static gpointer
be_a_disk (gpointer data)
{
  Stress *stress = data;
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  while (!is_done (stress)) {
    slow_disk_set_delay (omv_stress_roll (rand, 3) == 0 ? omv_stress_roll (rand,
            500) : 0);
    slow_disk_fail (omv_stress_roll (rand, 20) == 0);
    g_usleep (omv_stress_roll (rand, 5000));
  }
  slow_disk_set_delay (0);
  slow_disk_fail (FALSE);

  return NULL;
}

/* --- what has come of it -------------------------------------------------- */

/* Adds the frames of a file to @seen. */
static void
check_file (const gchar * path, GHashTable * seen)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GError) error = NULL;
  guint64 count, last = 0;

  gst_omv_reader_open_path (reader, path, &error);
  g_assert_no_error (error);
  g_assert_false (gst_omv_reader_is_torn (reader, NULL));
  count = gst_omv_reader_get_n_frames (reader, NULL);
  for (guint64 n = 0; n < count; n++) {
    g_autoptr (GstOmvFrame) frame = gst_omv_reader_read_next (reader, NULL);
    const guint8 *bytes;
    guint64 number;
    gsize size;

    g_assert_true (frame != NULL);
    bytes = g_bytes_get_data (frame->payload, &size);
    number = GST_READ_UINT64_LE (bytes);
    g_assert_cmpuint (size, ==,
        frame->header.height == 8 ? LARGE_SIZE : RING_FRAME_SIZE);
    for (gsize i = 8; i < size; i++)
      g_assert_cmpuint (bytes[i], ==, (guint8) (number * 31 + i));
    g_assert_true (n == 0 || number > last);
    /* in one file only */
    g_assert_true (g_hash_table_add (seen, GSIZE_TO_POINTER (number + 1)));
    last = number;
  }
}

static void
check_files (Ring * ring)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GDir) dir = g_dir_open (ring->folder, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = g_build_filename (ring->folder, name, NULL);

    if (!g_str_has_suffix (name, ".json"))
      check_file (path, seen);
  }
  g_assert_true (g_hash_table_size (seen) > 0);
}

GST_START_TEST (test_everything_at_once)
{
  static const gchar *const retriggers[] = { "extend", "ignore", "new" };
  static const GThreadFunc functions[] =
      { feed, fire, change_states, replay, be_a_disk };
  g_autoptr (Ring) ring = ring_new ("slots", 20, "slot-size", LARGE_SIZE,
      "channel", "stress", "pre-frames", G_GINT64_CONSTANT (12), "post-frames",
      G_GUINT64_CONSTANT (5), NULL);
  GThread *threads[G_N_ELEMENTS (functions)];
  Stress stress =
      { ring, NULL, omv_stress_get_count (N_FRAMES, N_FRAMES / 20), FALSE };

  g_mutex_init (&stress.pushing);
  gst_util_set_object_arg (G_OBJECT (ring->sink), "retrigger",
      retriggers[__i__]);
  gst_bus_set_flushing (ring->bus, TRUE);
  stress.trigger = ring_link_trigger (ring, NULL);
  ring_play (ring);
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    threads[i] = g_thread_new ("stress", functions[i], &stress);
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    g_thread_join (threads[i]);
  ring_unlink_trigger (ring, stress.trigger);
  g_mutex_clear (&stress.pushing);

  fail_unless_equals_int (gst_element_set_state (ring->sink, GST_STATE_READY),
      GST_STATE_CHANGE_SUCCESS);
  check_files (ring);
}

GST_END_TEST;

static Suite *
omvring_stress_suite (void)
{
  Suite *s = suite_create ("omvring-stress");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_everything_at_once, 0, 3);

  return s;
}

GST_CHECK_MAIN (omvring_stress);
