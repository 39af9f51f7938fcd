/* mux.c: what omvstrmux costs per frame
 *
 * The same frames go into a file as they are, which is the reference, and
 * through each muxer. From 150 kB up all are bound by the pages of the file,
 * and ours must not be seen; tiny frames show what a frame costs in itself, and
 * there ours must beat gdppay, the leanest of the others.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "benchtable.h"

#define REFERENCE "filesink"

static const gchar *const peers[] = { "gdppay", "avimux", "matroskamux" };

static void
add (BenchTable * table, const Bench * bench, const BenchCase * bench_case,
    const gchar * muxer)
{
  g_autofree gchar *out = bench_path (bench, "out");
  g_autofree gchar *tail = g_strdup_printf ("%s%sfilesink location=%s", muxer,
      *muxer ? " ! " : "", out);

  bench_table_add (table, *muxer ? muxer : REFERENCE, REFERENCE,
      bench_feed_argv (bench, bench_case, muxer, tail), TRUE);
}

static void
set_target (BenchTable * table, const Bench * bench, BenchKind kind)
{
  static const struct
  {
    gdouble limit;
    const gchar *rivals[2];
  } targets[] = {
    [BENCH_LARGE] = {1.05, {REFERENCE}},
    [BENCH_TINY] = {0.90, {"gdppay"}},
    [BENCH_JPEG] = {1.00, {"avimux"}},
  };

  bench_table_add_target (table, bench->element, targets[kind].limit,
      targets[kind].rivals);
}

static gboolean
run_case (const Bench * bench, const BenchCase * bench_case, GError ** error)
{
  g_autoptr (BenchTable) table = bench_table_new (bench, bench_case);

  add (table, bench, bench_case, "");
  add (table, bench, bench_case, bench->element);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++) {
    if (bench_has (bench, peers[i]))
      add (table, bench, bench_case, peers[i]);
  }
  set_target (table, bench, bench_case->kind);

  return bench_table_run (table, error);
}

static gboolean
run (Bench * bench, GError ** error)
{
  for (guint i = 0; i < BENCH_N_CASES; i++) {
    if (bench_wants (bench, &bench->cases[i])
        && !run_case (bench, &bench->cases[i], error))
      return FALSE;
  }

  return TRUE;
}

int
main (int argc, char **argv)
{
  return bench_main (argc, argv, "mux", "omvstrmux", run, NULL);
}
