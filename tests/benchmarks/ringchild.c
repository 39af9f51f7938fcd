/* ringchild.c: what keeping and saving the newest frames takes
 *
 * There is no source element: this pushes the frames itself, into the first of
 * the elements that are measured. How long the source is held is then what it
 * takes to make a buffer and to push it. Frames are passed by reference, from a
 * few memories or, where they are to be cold, from as many as there are slots; or
 * they are copied into the buffers of a pool, which is what has to be done for
 * a queue: one that held references would starve the camera.
 *
 * A slow disk is this program's own pwritev(), which the library then calls: it
 * writes, and sleeps for as long as a slow disk would have taken.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#define _GNU_SOURCE

#include "ringchild.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#define N_SOURCES 4
#define PACE (GST_MSECOND)
#define SLOW_BYTES_PER_SECOND (20 * 1000 * 1000)

/* ------------------------------------------------------------ the slow disk -- */

static gboolean slow_disk;

static void
sleep_for (GstClockTime time)
{
  struct timespec rest = { 0 };

  GST_TIME_TO_TIMESPEC (time, rest);
  while (nanosleep (&rest, &rest) != 0);
}

ssize_t
pwritev (int fd, const struct iovec *parts, int n_parts, off_t offset)
{
  ssize_t written = pwritev2 (fd, parts, n_parts, offset, 0);

  if (slow_disk && written > 0)
    sleep_for (gst_util_uint64_scale ((guint64) written, GST_SECOND,
            SLOW_BYTES_PER_SECOND));
  return written;
}

/* ---------------------------------------------------------------- the job -- */

gboolean
ring_job_parse (RingJob * job, const BenchChildOptions * options,
    GError ** error)
{
  int read = 0;

  memset (job, 0, sizeof *job);
  if (sscanf (options->subject, "%dx%dx%u%n", &job->width, &job->height,
          &job->n_slots, &read) != 3) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "%s: not a ring.", options->subject);
    return FALSE;
  }

  job->size = (gsize) job->width * job->height;
  job->n_frames = options->frames;
  if (options->subject[read] == ':')
    job->path = g_strdup (options->subject + read + 1);
  return TRUE;
}

void
ring_job_clear (RingJob * job)
{
  g_free (job->path);
}

/* -------------------------------------------------------------- the feeder -- */

typedef struct
{
  const RingJob *job;
  GstElement *pipeline;
  GstElement *first;
  GstPad *pad;
  GstPad *peer;
  GstMemory **sources;
  guint n_sources;
  GstBufferPool *pool;          /* NULL: frames by reference */
  guint64 n_pushed;
} Feeder;

static GstMemory *
make_source (gsize size, guint number)
{
  GstMemory *memory = gst_allocator_alloc (NULL, size, NULL);
  GstMapInfo map;

  gst_memory_map (memory, &map, GST_MAP_WRITE);
  memset (map.data, (gint) number, size);
  gst_memory_unmap (memory, &map);
  GST_MINI_OBJECT_FLAG_SET (memory, GST_MEMORY_FLAG_READONLY);

  return memory;
}

static GstBufferPool *
make_pool (const RingJob * job)
{
  GstBufferPool *pool = gst_buffer_pool_new ();
  GstStructure *config = gst_buffer_pool_get_config (pool);
  guint count = job->n_slots + N_SOURCES;

  gst_buffer_pool_config_set_params (config, NULL, job->size, count, count);
  gst_buffer_pool_set_config (pool, config);
  gst_buffer_pool_set_active (pool, TRUE);

  return pool;
}

/* Format: four bytes are two pixels, and every element takes it. */
static void
push_start (Feeder * feeder)
{
  g_autoptr (GstCaps) caps = gst_caps_new_simple ("video/x-raw",
      "format", G_TYPE_STRING, "YUY2",
      "width", G_TYPE_INT, feeder->job->width / 2,
      "height", G_TYPE_INT, feeder->job->height,
      "framerate", GST_TYPE_FRACTION, 30, 1, NULL);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (feeder->pad, gst_event_new_stream_start ("ring"));
  gst_pad_push_event (feeder->pad, gst_event_new_caps (caps));
  gst_pad_push_event (feeder->pad, gst_event_new_segment (&segment));
}

static GstPadProbeReturn
block (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  return GST_PAD_PROBE_OK;
}

/* Behind a queue nothing moves. */
static void
block_queue (GstElement * first)
{
  GstElementFactory *factory = gst_element_get_factory (first);
  g_autoptr (GstPad) pad = NULL;

  if (!g_str_equal (GST_OBJECT_NAME (factory), "queue"))
    return;
  pad = gst_element_get_static_pad (first, "src");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM, block, NULL,
      NULL);
}

/* @elements: of which the first is called "first", and takes the frames. */
static Feeder *
feeder_new (const RingJob * job, const gchar * elements, guint n_sources,
    gboolean from_pool, GError ** error)
{
  g_autofree gchar *description = g_strdup_printf ("pipeline.( %s )",
      elements);
  GstElement *pipeline = gst_parse_launch_full (description, NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, error);
  Feeder *feeder;

  if (!pipeline)
    return NULL;

  feeder = g_new0 (Feeder, 1);
  feeder->job = job;
  feeder->pipeline = pipeline;
  feeder->first = gst_bin_get_by_name (GST_BIN (pipeline), "first");
  feeder->pad = gst_object_ref_sink (gst_pad_new ("src", GST_PAD_SRC));
  feeder->peer = gst_element_get_static_pad (feeder->first, "sink");
  if (!feeder->peer)
    feeder->peer = gst_element_request_pad_simple (feeder->first, "video_%u");
  feeder->n_sources = n_sources;
  feeder->sources = g_new (GstMemory *, n_sources);
  for (guint i = 0; i < n_sources; i++)
    feeder->sources[i] = make_source (job->size, i);
  feeder->pool = from_pool ? make_pool (job) : NULL;

  block_queue (feeder->first);
  gst_pad_link_full (feeder->pad, feeder->peer, GST_PAD_LINK_CHECK_NOTHING);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  gst_pad_set_active (feeder->pad, TRUE);
  push_start (feeder);

  return feeder;
}

static void
feeder_free (Feeder * feeder)
{
  gst_element_set_state (feeder->pipeline, GST_STATE_NULL);
  gst_pad_set_active (feeder->pad, FALSE);
  gst_pad_unlink (feeder->pad, feeder->peer);
  gst_object_unref (feeder->peer);
  gst_object_unref (feeder->pad);
  gst_object_unref (feeder->first);
  gst_object_unref (feeder->pipeline);
  if (feeder->pool) {
    gst_buffer_pool_set_active (feeder->pool, FALSE);
    gst_object_unref (feeder->pool);
  }
  for (guint i = 0; i < feeder->n_sources; i++)
    gst_memory_unref (feeder->sources[i]);
  g_free (feeder->sources);
  g_free (feeder);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Feeder, feeder_free);

static GstBuffer *
copy_into_pool (Feeder * feeder, GstMemory * source)
{
  GstBuffer *buffer = NULL;
  GstMapInfo from, to;

  gst_buffer_pool_acquire_buffer (feeder->pool, &buffer, NULL);
  gst_memory_map (source, &from, GST_MAP_READ);
  gst_buffer_map (buffer, &to, GST_MAP_WRITE);
  memcpy (to.data, from.data, from.size);
  gst_buffer_unmap (buffer, &to);
  gst_memory_unmap (source, &from);

  return buffer;
}

static GstFlowReturn
feeder_push (Feeder * feeder)
{
  GstMemory *source = feeder->sources[feeder->n_pushed % feeder->n_sources];
  GstBuffer *buffer;

  if (feeder->pool) {
    buffer = copy_into_pool (feeder, source);
  } else {
    buffer = gst_buffer_new ();
    gst_buffer_append_memory (buffer, gst_memory_ref (source));
  }
  GST_BUFFER_PTS (buffer) = feeder->n_pushed * (GST_SECOND / 30);
  GST_BUFFER_DTS (buffer) = GST_BUFFER_PTS (buffer);
  GST_BUFFER_DURATION (buffer) = GST_SECOND / 30;
  GST_BUFFER_OFFSET (buffer) = feeder->n_pushed++;

  return gst_pad_push (feeder->pad, buffer);
}

static gboolean
feeder_push_many (Feeder * feeder, guint n_frames, GError ** error)
{
  for (guint i = 0; i < n_frames; i++) {
    GstFlowReturn flow = feeder_push (feeder);

    if (flow != GST_FLOW_OK) {
      if (bench_child_empty_bus (feeder->pipeline, error))
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Frame %u: %s.", i,
            gst_flow_get_name (flow));
      return FALSE;
    }
  }

  return TRUE;
}

/* ------------------------------------------------------ held by an element -- */

/* Nothing is timed before the ring was full once: a pool, and what malloc() gives,
 * has no pages before. */
static gboolean
measure_held (const RingJob * job, const gchar * elements, gboolean from_pool,
    GError ** error)
{
  g_autoptr (Feeder) feeder = feeder_new (job, elements, N_SOURCES, from_pool,
      error);
  GstClockTime started;

  if (!feeder || !feeder_push_many (feeder, job->n_slots + N_SOURCES, error))
    return FALSE;
  started = bench_child_now ();
  if (!feeder_push_many (feeder, job->n_frames, error))
    return FALSE;
  bench_child_tell (bench_child_now () - started, job->n_frames);

  return TRUE;
}

/* ------------------------------------------------------------- while dumping -- */

/* The ring has a quarter more slots than promised. */
static gchar *
describe_sink (const RingJob * job, const gchar * more)
{
  return g_strdup_printf ("omvringsink name=first slots=%u %s%s %s",
      job->n_slots / 5 * 4, job->path ? "location=" : "", job->path
      ? job->path : "", more);
}

/* What became of a dump, from its message. */
typedef struct
{
  volatile gint n_dumps;
  GstClockTime time;            /* of the latest */
  guint64 n_frames;             /* in it */
  gboolean failed;
} Dumps;

static void
remove_dump (const gchar * path)
{
  g_autofree gchar *sidecar = g_strconcat (path, ".json", NULL);

  (void) g_unlink (path);
  (void) g_unlink (sidecar);
}

static GstBusSyncReply
note_dump (GstBus * bus, GstMessage * message, gpointer user_data)
{
  Dumps *dumps = user_data;
  const GstStructure *structure = gst_message_get_structure (message);
  guint64 before = 0, after = 0;

  if (!gst_message_has_name (message, "omv-ring-dump"))
    return GST_BUS_PASS;

  dumps->time = bench_child_now ();
  gst_structure_get (structure, "frames-before", G_TYPE_UINT64, &before,
      "frames-after", G_TYPE_UINT64, &after, NULL);
  dumps->n_frames = before + 1 + after;
  dumps->failed |= gst_structure_has_field (structure, "error");
  if (gst_structure_has_field (structure, "location"))
    remove_dump (gst_structure_get_string (structure, "location"));
  g_atomic_int_inc (&dumps->n_dumps);

  return GST_BUS_DROP;
}

static void
watch_dumps (Feeder * feeder, Dumps * dumps)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (feeder->pipeline);

  gst_bus_set_sync_handler (bus, note_dump, dumps, NULL);
}

static gboolean
trigger (Feeder * feeder)
{
  guint64 id = 0;

  g_signal_emit_by_name (feeder->first, "trigger", NULL, &id);
  return id != 0;
}

/* Frames at a steady pace, as from a camera. If @dump, one dump follows the
 * other: there is always one going on. No clip has a frame of the one before it,
 * so the ring is filled anew for each, and that is not timed. */
static gboolean
measure_pace (Feeder * feeder, gboolean dump, GstClockTime * times,
    GError ** error)
{
  const RingJob *job = feeder->job;
  Dumps dumps = { 0 };
  gint n_triggers = 0;
  GstClockTime due = bench_child_now ();

  watch_dumps (feeder, &dumps);
  for (guint i = 0; i < job->n_frames; i++) {
    GstClockTime started;

    if (dump && g_atomic_int_get (&dumps.n_dumps) == n_triggers) {
      if (!feeder_push_many (feeder, job->n_slots, error))
        return FALSE;
      n_triggers += trigger (feeder) ? 1 : 0;
      due = bench_child_now ();
    }
    due += PACE;
    started = bench_child_now ();
    if (started < due)
      sleep_for (due - started);

    started = bench_child_now ();
    if (!feeder_push_many (feeder, 1, error))
      return FALSE;
    times[i] = bench_child_now () - started;
  }
  slow_disk = FALSE;
  gst_element_set_state (feeder->pipeline, GST_STATE_NULL);

  if (dumps.failed || dumps.n_dumps < n_triggers || (dump && n_triggers == 0)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%d of %d dumps%s.",
        dumps.n_dumps, n_triggers, dumps.failed ? ", not all whole" : "");
    return FALSE;
  }
  return TRUE;
}

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  const GstClockTime *time_a = a, *time_b = b;

  return (*time_a > *time_b) - (*time_a < *time_b);
}

/* The time that one frame of a thousand exceeds; @goes_on: "idle", "dumping" or
 * "slow-disk". */
static gboolean
measure_percentile (const RingJob * job, const gchar * goes_on, GError ** error)
{
  g_autofree GstClockTime *times = g_new0 (GstClockTime, job->n_frames);
  g_autofree gchar *elements = describe_sink (job, "retrigger=new");
  g_autoptr (Feeder) feeder = feeder_new (job, elements, N_SOURCES, FALSE,
      error);

  if (!feeder || !feeder_push_many (feeder, job->n_slots, error))
    return FALSE;
  slow_disk = g_str_equal (goes_on, "slow-disk");
  if (!measure_pace (feeder, !g_str_equal (goes_on, "idle"), times, error))
    return FALSE;

  qsort (times, job->n_frames, sizeof *times, compare_times);
  bench_child_tell (times[job->n_frames - 1 - job->n_frames / 1000]
      * job->n_frames, job->n_frames);
  return TRUE;
}

/* ------------------------------------------------------------------- a dump -- */

/* All that a full ring promises, from the trigger to the message. */
static gboolean
measure_dump (const RingJob * job, GError ** error)
{
  g_autofree gchar *elements = describe_sink (job, "fsync=false");
  g_autoptr (Feeder) feeder = feeder_new (job, elements, N_SOURCES, FALSE,
      error);
  GstClockTime started;
  Dumps dumps = { 0 };

  if (!feeder || !feeder_push_many (feeder, job->n_slots, error))
    return FALSE;
  watch_dumps (feeder, &dumps);
  started = bench_child_now ();
  if (!trigger (feeder)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "No dump.");
    return FALSE;
  }
  gst_element_set_state (feeder->pipeline, GST_STATE_NULL);
  bench_child_tell (dumps.time - started, dumps.failed ? 0 : dumps.n_frames);

  return TRUE;
}

/* As many frames by reference into a file, each from memory of its own. */
static gboolean
measure_store (const RingJob * job, const gchar * elements, GError ** error)
{
  guint n_frames = job->n_slots / 5 * 4;
  g_autoptr (Feeder) feeder = feeder_new (job, elements, n_frames, FALSE,
      error);
  GstClockTime started;

  if (!feeder)
    return FALSE;
  started = bench_child_now ();
  if (!feeder_push_many (feeder, n_frames, error))
    return FALSE;
  gst_pad_push_event (feeder->pad, gst_event_new_eos ());
  bench_child_tell (bench_child_now () - started, n_frames);

  return TRUE;
}

gboolean
ring_measure (const BenchChildOptions * options, const RingJob * job,
    GError ** error)
{
  const gchar *what = options->measure;

  if (g_str_has_prefix (what, RING_HELD))
    return measure_held (job, what + strlen (RING_HELD), FALSE, error);
  if (g_str_has_prefix (what, RING_HELD_FROM_POOL))
    return measure_held (job, what + strlen (RING_HELD_FROM_POOL), TRUE, error);
  if (g_str_has_prefix (what, RING_PERCENTILE))
    return measure_percentile (job, what + strlen (RING_PERCENTILE), error);
  if (g_str_has_prefix (what, RING_STORE))
    return measure_store (job, what + strlen (RING_STORE), error);

  return measure_dump (job, error);
}
