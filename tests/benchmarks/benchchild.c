/* benchchild.c: one measurement, in a process of its own
 *
 * The heap of a process remembers what ran in it before: malloc() moves its
 * mmap threshold, pages stay mapped, elements keep their pools. So a benchmark
 * starts itself anew for each measurement, and this file is what then runs.
 *
 * To feed is to time a muxer: frames that all share one memory, from a source
 * that adds as little as a GstBuffer shell costs (videotestsrc would cost more
 * than what is measured), from the first frame to EOS. To play is to time a
 * demuxer: from PAUSED, where the first frame waits in the sink, to EOS, the
 * median of several passes. What else a benchmark measures is its own. The
 * clock is the wall's, or that of the CPU time of all threads, which tells more
 * on a machine that others keep busy.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "benchchild.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gst/base/gstpushsrc.h>

#define FRAMES_PER_SECOND 30

static clockid_t bench_clock = CLOCK_MONOTONIC;

GstClockTime
bench_child_now (void)
{
  struct timespec time;

  clock_gettime (bench_clock, &time);
  return GST_TIMESPEC_TO_TIME (time);
}

/* ----------------------------------------------------------- the source -- */

#define BENCH_TYPE_SRC (bench_src_get_type ())
G_DECLARE_FINAL_TYPE (BenchSrc, bench_src, BENCH, SRC, GstPushSrc);

struct _BenchSrc
{
  GstPushSrc parent;

  /* set before the source starts */
  GstCaps *caps;
  GstMemory *frame;
  gsize number_at;              /* where a frame holds its number, or 0 */
  guint64 n_frames;

  /* streaming thread only, and the main thread after EOS */
  guint64 next;
  GstClockTime started;
};

enum
{
  PROP_0,
  PROP_CAPS
};

G_DEFINE_TYPE (BenchSrc, bench_src, GST_TYPE_PUSH_SRC);

static GstStaticPadTemplate src_template =
GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS_ANY);

/* A frame of its own, which can be told from all others. */
static GstMemory *
number_frame (BenchSrc * self)
{
  GstMemory *memory = gst_memory_copy (self->frame, 0, -1);
  GstMapInfo map;

  gst_memory_map (memory, &map, GST_MAP_WRITE);
  GST_WRITE_UINT32_BE (map.data + self->number_at, (guint32) self->next);
  gst_memory_unmap (memory, &map);

  return memory;
}

static GstFlowReturn
bench_src_create (GstPushSrc * push_src, GstBuffer ** ret_buffer)
{
  BenchSrc *self = BENCH_SRC (push_src);
  GstBuffer *buffer;

  if (self->next == 0)
    self->started = bench_child_now ();
  if (self->next == self->n_frames)
    return GST_FLOW_EOS;

  buffer = gst_buffer_new ();
  gst_buffer_append_memory (buffer, self->number_at > 0
      ? number_frame (self) : gst_memory_ref (self->frame));
  GST_BUFFER_PTS (buffer) =
      gst_util_uint64_scale_int (self->next, GST_SECOND, FRAMES_PER_SECOND);
  GST_BUFFER_DTS (buffer) = GST_BUFFER_PTS (buffer);
  GST_BUFFER_DURATION (buffer) = GST_SECOND / FRAMES_PER_SECOND;
  GST_BUFFER_OFFSET (buffer) = self->next++;

  *ret_buffer = buffer;
  return GST_FLOW_OK;
}

static GstCaps *
bench_src_get_caps (GstBaseSrc * base_src, GstCaps * filter)
{
  BenchSrc *self = BENCH_SRC (base_src);

  return self->caps ? gst_caps_ref (self->caps) : gst_caps_new_any ();
}

static gboolean
bench_src_is_seekable (GstBaseSrc * base_src)
{
  return FALSE;
}

/* The one property is the caps: linking asks for them. */
static void
bench_src_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  gst_caps_replace (&BENCH_SRC (object)->caps, g_value_get_boxed (value));
}

static void
bench_src_finalize (GObject * object)
{
  BenchSrc *self = BENCH_SRC (object);

  gst_clear_caps (&self->caps);
  g_clear_pointer (&self->frame, gst_memory_unref);

  G_OBJECT_CLASS (bench_src_parent_class)->finalize (object);
}

static void
bench_src_class_init (BenchSrcClass * klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstBaseSrcClass *base_src_class = GST_BASE_SRC_CLASS (klass);

  object_class->set_property = bench_src_set_property;
  object_class->finalize = bench_src_finalize;
  g_object_class_install_property (object_class, PROP_CAPS,
      g_param_spec_boxed ("caps", "Caps", "The caps of the frames",
          GST_TYPE_CAPS, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Benchmark source",
      "Source/Video", "Frames that share one memory", "gst-omv");
  base_src_class->get_caps = bench_src_get_caps;
  base_src_class->is_seekable = bench_src_is_seekable;
  GST_PUSH_SRC_CLASS (klass)->create = bench_src_create;
}

static void
bench_src_init (BenchSrc * self)
{
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
}

/* --------------------------------------------------------- a measurement -- */

static GstMemory *
frame_memory (const BenchChildOptions * options, GError ** error)
{
  GstMemory *memory;
  GstMapInfo map;
  g_autofree gchar *payload = NULL;
  gsize size = options->size;

  if (options->payload
      && !g_file_get_contents (options->payload, &payload, &size, error))
    return NULL;

  memory = gst_allocator_alloc (NULL, size, NULL);
  gst_memory_map (memory, &map, GST_MAP_WRITE);
  for (gsize i = 0; i < size; i++)
    map.data[i] = payload ? payload[i] : (guint8) (i * 31 >> 3);
  gst_memory_unmap (memory, &map);
  GST_MINI_OBJECT_FLAG_SET (memory, GST_MEMORY_FLAG_READONLY);

  return memory;
}

/* When EOS was posted: the main thread may wake much later. */
static GstBusSyncReply
note_eos (GstBus * bus, GstMessage * message, gpointer user_data)
{
  GstClockTime *eos = user_data;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
    *eos = bench_child_now ();

  return GST_BUS_PASS;
}

static GstElement *
parse (const gchar * description, GstClockTime * eos, GError ** error)
{
  GstElement *pipeline = gst_parse_launch_full (description, NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, error);

  if (pipeline) {
    g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

    gst_bus_set_sync_handler (bus, note_eos, eos, NULL);
  }

  return pipeline;
}

static gboolean
is_no_error (GstMessage * message, GError ** error)
{
  g_autofree gchar *debug = NULL;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return TRUE;

  gst_message_parse_error (message, error, &debug);
  g_prefix_error (error, "%s: ", debug);
  return FALSE;
}

static gboolean
wait_for (GstElement * pipeline, GstMessageType type, GError ** error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus,
      GST_CLOCK_TIME_NONE, type | GST_MESSAGE_ERROR);

  return is_no_error (message, error);
}

/* Drops all messages so far. FALSE: one was an error. */
gboolean
bench_child_empty_bus (GstElement * pipeline, GError ** error)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  gboolean good = TRUE;
  GstMessage *message;

  while (good && (message = gst_bus_pop (bus))) {
    good = is_no_error (message, error);
    gst_message_unref (message);
  }

  return good;
}

/* The most memory that this process ever had, without what it inherited over
 * exec() from a fat parent, as ru_maxrss does. */
static gint64
max_rss_kib (void)
{
  g_autofree gchar *status = NULL;
  const gchar *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  line = strstr (status, "VmHWM:");

  return line ? g_ascii_strtoll (line + strlen ("VmHWM:"), NULL, 10) : 0;
}

/* Prints the result for the parent. */
void
bench_child_tell (GstClockTime elapsed, guint64 n_frames)
{
  printf (BENCH_RESULT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
      " %" G_GINT64_FORMAT "\n", elapsed, n_frames, max_rss_kib ());
}

static gboolean
feed (const BenchChildOptions * options, GError ** error)
{
  g_autofree gchar *description =
      g_strdup_printf ("benchsrc name=src caps=\"%s\" ! %s", options->caps,
      options->feed);
  GstClockTime eos = 0;
  g_autoptr (GstElement) pipeline = parse (description, &eos, error);
  g_autoptr (GstElement) src = NULL;
  BenchSrc *bench_src;
  gboolean done;

  if (!pipeline)
    return FALSE;

  src = gst_bin_get_by_name (GST_BIN (pipeline), "src");
  bench_src = BENCH_SRC (src);
  bench_src->frame = frame_memory (options, error);
  if (!bench_src->frame)
    return FALSE;
  bench_src->number_at = options->number_at;
  bench_src->n_frames = options->frames;

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  done = wait_for (pipeline, GST_MESSAGE_EOS, error);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  if (done)
    bench_child_tell (eos - bench_src->started, bench_src->next);

  return done;
}

static guint64
n_rendered (GstElement * pipeline)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline),
      "sink");
  g_autoptr (GstStructure) stats = NULL;
  guint64 rendered = 0;

  g_object_get (sink, "stats", &stats, NULL);
  gst_structure_get_uint64 (stats, "rendered", &rendered);

  return rendered;
}

/* A new pipeline each time: delayed links are made only once. */
static gboolean
play_once (const gchar * description, GstClockTime * ret_elapsed,
    guint64 * ret_n_frames, GError ** error)
{
  GstClockTime started, eos = 0;
  g_autoptr (GstElement) pipeline = parse (description, &eos, error);
  gboolean done;

  if (!pipeline)
    return FALSE;

  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  done = wait_for (pipeline, GST_MESSAGE_ASYNC_DONE, error);
  if (done) {
    started = bench_child_now ();
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
    done = wait_for (pipeline, GST_MESSAGE_EOS, error);
  }
  if (done) {
    *ret_elapsed = eos - started;
    *ret_n_frames = n_rendered (pipeline);
  }
  gst_element_set_state (pipeline, GST_STATE_NULL);

  return done;
}

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  const GstClockTime *time_a = a, *time_b = b;

  return (*time_a > *time_b) - (*time_a < *time_b);
}

/* The middle of @times, which get sorted. */
GstClockTime
bench_child_median (GstClockTime * times, gsize n_times)
{
  qsort (times, n_times, sizeof *times, compare_times);
  return times[n_times / 2];
}

static gboolean
play (const BenchChildOptions * options, GError ** error)
{
  g_autofree GstClockTime *elapsed = g_new0 (GstClockTime, options->passes);
  guint64 n_frames = 0;

  for (gint i = 0; i < options->passes; i++) {
    if (!play_once (options->play, &elapsed[i], &n_frames, error))
      return FALSE;
  }

  bench_child_tell (bench_child_median (elapsed, options->passes), n_frames);

  return TRUE;
}

/* Measures what @options ask for, and prints the result for the parent. */
gboolean
bench_child_run (const BenchChildOptions * options, BenchMeasureFunc measure,
    GError ** error)
{
  if (options->cpu)
    bench_clock = CLOCK_PROCESS_CPUTIME_ID;
  if (options->measure)
    return measure (options, error);

  gst_element_register (NULL, "benchsrc", GST_RANK_NONE, BENCH_TYPE_SRC);

  return options->feed ? feed (options, error) : play (options, error);
}
