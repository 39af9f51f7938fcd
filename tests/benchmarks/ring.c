/* ring.c: how long a ring holds up who writes to it, and what a dump takes
 *
 * The reference is memcpy() into memory of the same size, as large pages as the
 * ring has, all of it touched before: nobody who keeps a copy of each frame can
 * do it in a plainer way. Large frames have to be faster by the streaming
 * stores, tiny ones may take longer by what it takes to take a slot and to make
 * the frame visible. Frames come from a few buffers, as from a camera's pool.
 *
 * The library's ring is measured by itself, omvringsink beside what else keeps
 * the newest frames of a pipeline. There each frame includes its buffer; what
 * that and a sink cost is the line "feeding".
 *
 * While dumps go on, one after the other, the time of one frame in a thousand may
 * double, on a slow disk, too. And a dump is compared with a filesink that gets the
 * same frames.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "benchtable.h"
#include "ringchild.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <gio/gio.h>

#include <gst/omv/omv-copy.h>
#include <gst/omv/omv.h>

#define REFERENCE "memcpy"
#define FEEDING "feeding"
#define LEAKY_QUEUE "leaky queue"
#define N_SOURCES 4
#define N_LAPS 5

/* A ring, and what a frame may cost. */
typedef struct
{
  BenchCase bench_case;
  guint n_slots;
  gdouble ratio;                /* to the reference; 0: not limited */
  gdouble more_ns;              /* than the reference; 0: not limited */
} RingCase;

static const RingCase ring_cases[] = {
  {{"150K", BENCH_LARGE, NULL, 320, 480, 153600}, 3000, 0.90, 0},
  {{"2M", BENCH_LARGE, NULL, 1920, 1080, 2073600}, 258, 0.75, 0},
  {{"tiny", BENCH_TINY, NULL, 32, 32, 1024}, 65536, 0, 100},
};

/* Enough that a thousandth of them is some. */
static const RingCase percentile_case = {
  {"p999", BENCH_LARGE, NULL, 320, 480, 153600, 6000}, 500, 2, 0
};

static const RingCase dump_case = {
  {"dump", BENCH_LARGE, NULL, 320, 480, 153600}, 1250, 1.05, 0
};

/* -------------------------------------------------------- in a child -- */

typedef void (*CopyFunc) (guint8 * dest, const guint8 * src, gsize size);

static void
copy_plainly (guint8 * dest, const guint8 * src, gsize size)
{
  memcpy (dest, src, size);
}

static const guint8 *
get_source (const RingJob * job, const guint8 * sources, guint i)
{
  return sources + i % N_SOURCES * job->size;
}

/* Into bare memory, slot by slot. */
static gboolean
measure_copy (const RingJob * job, const guint8 * sources, CopyFunc copy,
    GstClockTime * ret_elapsed, GError ** error)
{
  gsize total = job->size * job->n_slots;
  guint8 *memory = mmap (NULL, total, PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  GstClockTime started;

  if (memory == MAP_FAILED) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
        "%s", g_strerror (errno));
    return FALSE;
  }
#ifdef MADV_HUGEPAGE
  (void) madvise (memory, total, MADV_HUGEPAGE);
#endif
  memset (memory, 1, total);

  started = bench_child_now ();
  for (guint i = 0, slot = 0; i < job->n_frames; i++) {
    copy (memory + slot * job->size, get_source (job, sources, i), job->size);
    slot = slot + 1 < job->n_slots ? slot + 1 : 0;
  }
  *ret_elapsed = bench_child_now () - started;

  (void) munmap (memory, total);
  return TRUE;
}

static gboolean
measure_ring (const RingJob * job, const guint8 * sources,
    GstClockTime * ret_elapsed, GError ** error)
{
  const GstOmvFrameHeader header = {.width = 1,.height = 1,
    .format = GST_OMV_PIXEL_FORMAT_GRAYSCALE,.exact_time = GST_OMV_TIME_NONE
  };
  g_autoptr (GstOmvRing) ring =
      gst_omv_ring_new (job->n_slots, job->size, error);
  GstClockTime started;

  if (!ring)
    return FALSE;

  started = bench_child_now ();
  for (guint i = 0; i < job->n_frames; i++) {
    if (!gst_omv_ring_write (ring, &header, i, 0, get_source (job, sources, i),
            job->size, error))
      return FALSE;
  }
  *ret_elapsed = bench_child_now () - started;

  return TRUE;
}

static gboolean
measure_memory (const BenchChildOptions * options, const RingJob * job,
    GError ** error)
{
  g_autofree guint8 *sources = g_malloc (job->size * N_SOURCES);
  GstClockTime elapsed = 0;
  gboolean done;

  memset (sources, 2, job->size * N_SOURCES);
  if (g_str_equal (options->measure, "ring"))
    done = measure_ring (job, sources, &elapsed, error);
  else if (g_str_equal (options->measure, "streaming"))
    done = measure_copy (job, sources, gst_omv_copy_streaming, &elapsed, error);
  else
    done = measure_copy (job, sources, copy_plainly, &elapsed, error);

  if (done)
    bench_child_tell (elapsed, job->n_frames);
  return done;
}

static gboolean
measure (const BenchChildOptions * options, GError ** error)
{
  static const gchar *const memory[] = { REFERENCE, "streaming", "ring", NULL };
  RingJob job;
  gboolean done;

  if (!ring_job_parse (&job, options, error))
    return FALSE;

  done = g_strv_contains (memory, options->measure)
      ? measure_memory (options, &job, error)
      : ring_measure (options, &job, error);
  ring_job_clear (&job);
  return done;
}

/* -------------------------------------------------------------- tables -- */

static void
add (BenchTable * table, const Bench * bench, const RingCase * ring_case,
    const gchar * name, const gchar * reference, const gchar * what,
    guint n_frames)
{
  const BenchCase *bench_case = &ring_case->bench_case;
  g_autofree gchar *path = bench_path (bench, "clip.bin");
  g_autofree gchar *subject = g_strdup_printf ("%dx%dx%u:%s",
      bench_case->width, bench_case->height, ring_case->n_slots, path);

  bench_table_add (table, name, reference, bench_measure_argv (bench, what,
          subject, n_frames), TRUE);
}

/* What keeps the newest frames of a pipeline. */
static void
add_elements (BenchTable * table, const Bench * bench,
    const RingCase * ring_case, guint n_frames)
{
  g_autofree gchar *ours = g_strdup_printf (RING_HELD
      "%s name=first slots=%u location=NULL", bench->element,
      ring_case->n_slots / 5 * 4);
  g_autofree gchar *queue = g_strdup_printf (RING_HELD_FROM_POOL
      "queue name=first leaky=downstream max-size-buffers=%u max-size-bytes=0 "
      "max-size-time=0 ! fakesink async=false", ring_case->n_slots);
  g_autofree gchar *appsink = g_strdup_printf (RING_HELD_FROM_POOL
      "appsink name=first drop=true max-buffers=%u async=false sync=false",
      ring_case->n_slots);

  add (table, bench, ring_case, FEEDING, REFERENCE, RING_HELD
      "fakesink name=first async=false sync=false enable-last-sample=false",
      n_frames);
  add (table, bench, ring_case, LEAKY_QUEUE, REFERENCE, queue, n_frames);
  if (bench_has (bench, "appsink"))
    add (table, bench, ring_case, "appsink", REFERENCE, appsink, n_frames);
  if (bench_has (bench, bench->element))
    add (table, bench, ring_case, bench->element, REFERENCE, ours, n_frames);
}

static void
add_targets (BenchTable * table, const RingCase * ring_case,
    const gchar * name, const gchar * feeding)
{
  const gchar *const rivals[] = { REFERENCE, NULL };

  if (ring_case->ratio > 0)
    bench_table_add_target (table, name, ring_case->ratio, rivals);
  if (ring_case->more_ns > 0)
    bench_table_add_margin (table, name, ring_case->more_ns, feeding);
}

static gboolean
run_case (const Bench * bench, const RingCase * ring_case, GError ** error)
{
  static const gchar *const candidates[] = { REFERENCE, "streaming", "ring" };
  static const gchar *const rivals[] = { LEAKY_QUEUE, NULL };
  BenchCase bench_case = ring_case->bench_case;
  g_autoptr (BenchTable) table = bench_table_new (bench, &bench_case);

  bench_case.n_frames = ring_case->n_slots * (bench->quick ? 1 : N_LAPS);
  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    add (table, bench, ring_case, candidates[i], REFERENCE, candidates[i],
        bench_case.n_frames);
  add_targets (table, ring_case, "ring", REFERENCE);
  add_elements (table, bench, ring_case, bench_case.n_frames);
  if (gst_element_factory_find (bench->element)) {
    bench_table_add_target (table, bench->element, 1.00, rivals);
    add_targets (table, ring_case, bench->element, FEEDING);
  }

  return bench_table_run (table, error);
}

static gboolean
run_percentile (const Bench * bench, const RingCase * ring_case,
    GError ** error)
{
  static const gchar *const goings_on[] = { "idle", "dumping", "slow-disk" };
  static const gchar *const rivals[] = { "idle", NULL };
  BenchCase bench_case = ring_case->bench_case;
  g_autoptr (BenchTable) table = bench_table_new (bench, &bench_case);

  bench_case.n_frames /= bench->quick ? 4 : 1;
  bench_case.unit = "frame, 99.9%";
  for (guint i = 0; i < G_N_ELEMENTS (goings_on); i++) {
    g_autofree gchar *what = g_strconcat (RING_PERCENTILE, goings_on[i], NULL);

    add (table, bench, ring_case, goings_on[i], rivals[0], what,
        bench_case.n_frames);
    if (i > 0)
      bench_table_add_target (table, goings_on[i], ring_case->ratio, rivals);
  }

  return bench_table_run (table, error);
}

static gboolean
run_dump (const Bench * bench, const RingCase * ring_case, GError ** error)
{
  static const gchar *const filesink[] = { "filesink", NULL };
  static const gchar *const avimux[] = { "avimux", NULL };
  BenchCase bench_case = ring_case->bench_case;
  g_autofree gchar *out = bench_path (bench, "out");
  g_autofree gchar *bare = g_strdup_printf (RING_STORE
      "filesink name=first async=false location=%s", out);
  g_autofree gchar *muxed = g_strdup_printf (RING_STORE
      "avimux name=first ! filesink async=false location=%s", out);
  g_autoptr (BenchTable) table = bench_table_new (bench, &bench_case);

  bench_case.n_frames = ring_case->n_slots / 5 * 4;
  add (table, bench, ring_case, filesink[0], filesink[0], bare,
      bench_case.n_frames);
  if (bench_has (bench, avimux[0]))
    add (table, bench, ring_case, avimux[0], filesink[0], muxed,
        bench_case.n_frames);
  add (table, bench, ring_case, bench->element, filesink[0], RING_DUMP,
      bench_case.n_frames);
  bench_table_add_target (table, bench->element, ring_case->ratio, filesink);
  bench_table_add_target (table, bench->element, 1.00, avimux);

  return bench_table_run (table, error);
}

static gboolean
run (Bench * bench, GError ** error)
{
  for (guint i = 0; i < G_N_ELEMENTS (ring_cases); i++) {
    if (bench_wants (bench, &ring_cases[i].bench_case)
        && !run_case (bench, &ring_cases[i], error))
      return FALSE;
  }
  if (!bench_has (bench, bench->element))
    return TRUE;

  return (!bench_wants (bench, &percentile_case.bench_case)
      || run_percentile (bench, &percentile_case, error))
      && (!bench_wants (bench, &dump_case.bench_case)
      || run_dump (bench, &dump_case, error));
}

int
main (int argc, char **argv)
{
  return bench_main (argc, argv, "ring", "omvringsink", run, measure);
}
