/* ring.c: how long a ring holds up who writes to it
 *
 * The reference is memcpy() into memory of the same size, as large pages as the
 * ring has, all of it touched before: nobody who keeps a copy of each frame can
 * do it in a plainer way. Large frames have to be faster by the streaming
 * stores, tiny ones may take longer by what it takes to take a slot and to make
 * the frame visible. Frames come from a few buffers, as from a camera's pool.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "benchtable.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <gio/gio.h>

#include <gst/omv/omv-copy.h>
#include <gst/omv/omv.h>

#define REFERENCE "memcpy"
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
  {{.name = "150K",.kind = BENCH_LARGE,.size = 153600}, 3000, 0.90, 0},
  {{.name = "2M",.kind = BENCH_LARGE,.size = 2073600}, 258, 0.75, 0},
  {{.name = "tiny",.kind = BENCH_TINY,.size = 1024}, 65536, 0, 100},
};

/* -------------------------------------------------------- in a child -- */

typedef struct
{
  gsize size;
  guint n_slots;
  guint n_frames;
  guint8 *sources;              /* N_SOURCES frames */
} Job;

typedef void (*CopyFunc) (guint8 * dest, const guint8 * src, gsize size);

static void
copy_plainly (guint8 * dest, const guint8 * src, gsize size)
{
  memcpy (dest, src, size);
}

static const guint8 *
get_source (const Job * job, guint i)
{
  return job->sources + i % N_SOURCES * job->size;
}

/* Into bare memory, slot by slot. */
static gboolean
measure_copy (const Job * job, CopyFunc copy, GstClockTime * ret_elapsed,
    GError ** error)
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
    copy (memory + slot * job->size, get_source (job, i), job->size);
    slot = slot + 1 < job->n_slots ? slot + 1 : 0;
  }
  *ret_elapsed = bench_child_now () - started;

  (void) munmap (memory, total);
  return TRUE;
}

static gboolean
measure_ring (const Job * job, GstClockTime * ret_elapsed, GError ** error)
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
    if (!gst_omv_ring_write (ring, &header, i, 0, get_source (job, i),
            job->size, error))
      return FALSE;
  }
  *ret_elapsed = bench_child_now () - started;

  return TRUE;
}

static gboolean
measure (const BenchChildOptions * options, GError ** error)
{
  Job job = {.n_frames = (guint) options->frames };
  GstClockTime elapsed = 0;
  gboolean done;

  if (sscanf (options->subject, "%" G_GSIZE_FORMAT "x%u", &job.size,
          &job.n_slots) != 2) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "%s: not a ring.", options->subject);
    return FALSE;
  }

  job.sources = g_malloc (job.size * N_SOURCES);
  memset (job.sources, 2, job.size * N_SOURCES);
  if (g_str_equal (options->measure, "ring"))
    done = measure_ring (&job, &elapsed, error);
  else if (g_str_equal (options->measure, "streaming"))
    done = measure_copy (&job, gst_omv_copy_streaming, &elapsed, error);
  else
    done = measure_copy (&job, copy_plainly, &elapsed, error);
  g_free (job.sources);

  if (done)
    bench_child_tell (elapsed, job.n_frames);
  return done;
}

/* -------------------------------------------------------------- tables -- */

static gboolean
run_case (const Bench * bench, const RingCase * ring_case, GError ** error)
{
  static const gchar *const candidates[] = { REFERENCE, "streaming", "ring" };
  static const gchar *const rivals[] = { REFERENCE, NULL };
  BenchCase bench_case = ring_case->bench_case;
  g_autofree gchar *subject = g_strdup_printf ("%" G_GSIZE_FORMAT "x%u",
      bench_case.size, ring_case->n_slots);
  g_autoptr (BenchTable) table = bench_table_new (bench, &bench_case);

  bench_case.n_frames = ring_case->n_slots * (bench->quick ? 1 : N_LAPS);
  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    bench_table_add (table, candidates[i], REFERENCE,
        bench_measure_argv (bench, candidates[i], subject,
            bench_case.n_frames), TRUE);
  if (ring_case->ratio > 0)
    bench_table_add_target (table, "ring", ring_case->ratio, rivals);
  if (ring_case->more_ns > 0)
    bench_table_add_margin (table, "ring", ring_case->more_ns, REFERENCE);

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

  return TRUE;
}

int
main (int argc, char **argv)
{
  return bench_main (argc, argv, "ring", "omvringsink", run, measure);
}
