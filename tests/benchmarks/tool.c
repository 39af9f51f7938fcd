/* tool.c: what omvstr costs beside the least that its work takes
 *
 * `info` has to look at every header, and must do so in blocks: its reference is
 * a loop that reads one header at a time. `verify` has to read every byte, and
 * should cost little more than that: its reference is cat. Both are measured as
 * a user meets them, as whole processes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "benchtable.h"
#include "seekchild.h"

#include <gio/gio.h>
#include <sys/resource.h>

/* The limits: info's time in that of the loop; verify at 0.8 of cat's speed. */
#define INFO_RATIO 0.5
#define VERIFY_RATIO 1.25

#define MUXER "omvstrmux"
#define N_HEADERS 1000000

/* Numbered, so that each frame has a memory of its own. */
static const BenchCase info_case = {.name = "info",.kind = BENCH_TINY,
  .format = "GRAY8",.width = 28,.height = 25,.size = 700,
  .n_frames = N_HEADERS,.number_at = 4
};

/* With --cpu what counts is what processes used that have ended. */
static GstClockTime
get_time (const BenchChildOptions * options)
{
  struct rusage usage;

  if (!options->cpu)
    return bench_child_now ();

  (void) getrusage (RUSAGE_CHILDREN, &usage);
  return GST_TIMEVAL_TO_TIME (usage.ru_utime)
      + GST_TIMEVAL_TO_TIME (usage.ru_stime);
}

/* @subject: a command line, which is run to its end */
static gboolean
measure_process (const BenchChildOptions * options, GError ** error)
{
  g_auto (GStrv) argv = NULL;
  g_autoptr (GSubprocess) process = NULL;
  GstClockTime started;

  if (!g_shell_parse_argv (options->subject, NULL, &argv, error))
    return FALSE;

  started = get_time (options);
  process = g_subprocess_newv ((const gchar * const *) argv,
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE, error);
  if (process == NULL || !g_subprocess_wait_check (process, NULL, error))
    return FALSE;
  bench_child_tell (get_time (options) - started, (guint64) options->frames);

  return TRUE;
}

static gboolean
measure (const BenchChildOptions * options, GError ** error)
{
  return g_str_equal (options->measure, "process")
      ? measure_process (options, error) : seek_measure (options, error);
}

static gboolean
record (const Bench * bench, const BenchCase * bench_case, const gchar * path,
    GError ** error)
{
  g_autofree gchar *tail = g_strdup_printf (MUXER " ! filesink "
      "buffer-size=32768 location=%s", path);
  g_auto (GStrv) argv = bench_feed_argv (bench, bench_case, MUXER, tail);
  g_autofree gchar *line = g_strdup_printf ("cat %s", path);
  g_auto (GStrv) warm_up = bench_measure_argv (bench, "process", line, 1);
  BenchResult result;

  return bench_spawn (argv, &result, error)
      && bench_spawn (warm_up, &result, error);
}

static void
add_process (BenchTable * table, const Bench * bench,
    const BenchCase * bench_case, const gchar * name, const gchar * reference,
    const gchar * program, const gchar * path)
{
  g_autofree gchar *line = g_strdup_printf ("%s %s", program, path);

  bench_table_add (table, name, reference, bench_measure_argv (bench,
          "process", line, bench_case->n_frames), TRUE);
}

static gboolean
run_info (const Bench * bench, GError ** error)
{
  static const gchar *const rivals[] = { "pread", NULL };
  g_autofree gchar *path = bench_path (bench, "run.bin");
  g_autoptr (BenchTable) table = NULL;
  BenchCase bench_case = info_case;

  if (bench->quick)
    bench_case.n_frames /= 10;
  if (!record (bench, &bench_case, path, error))
    return FALSE;

  table = bench_table_new (bench, &bench_case);
  bench_table_add (table, "pread", "pread", bench_measure_argv (bench, "pread",
          path, bench_case.n_frames), TRUE);
  add_process (table, bench, &bench_case, "info", "pread", OMVSTR " info",
      path);
  bench_table_add_target (table, "info", INFO_RATIO, rivals);

  return bench_table_run (table, error);
}

static gboolean
run_verify (const Bench * bench, const BenchCase * bench_case, GError ** error)
{
  static const gchar *const rivals[] = { "cat", NULL };
  g_autofree gchar *path = bench_path (bench, "run.bin");
  g_autoptr (BenchTable) table = bench_table_new (bench, bench_case);

  if (!record (bench, bench_case, path, error))
    return FALSE;

  add_process (table, bench, bench_case, "cat", "cat", "cat", path);
  add_process (table, bench, bench_case, "verify", "cat", OMVSTR " verify",
      path);
  bench_table_add_target (table, "verify", VERIFY_RATIO, rivals);

  return bench_table_run (table, error);
}

static gboolean
run (Bench * bench, GError ** error)
{
  if (bench_wants_name (bench, info_case.name) && !run_info (bench, error))
    return FALSE;

  for (gint i = 0; i < BENCH_N_CASES; i++) {
    if (bench_wants (bench, &bench->cases[i])
        && !run_verify (bench, &bench->cases[i], error))
      return FALSE;
  }

  return TRUE;
}

int
main (int argc, char **argv)
{
  return bench_main (argc, argv, "tool", MUXER, run, measure);
}
