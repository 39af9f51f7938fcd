/* demux.c: what omvstrdemux costs per frame, and whether it grows
 *
 * Each muxer records the same frames and its demuxer plays them. Two files of
 * equal size on a tmpfs differ by up to two times in how fast they are read,
 * with where their pages happen to lie. So each demuxer's reference is a bare
 * read of its own file, in blocks of a frame, and the demuxers are compared by
 * their ratios to that. Reading blocks rather than frames, a demuxer of tiny
 * frames can be faster than its reference.
 *
 * The memory that a demuxer takes must not depend on how long a recording is:
 * one is played that is ten times as long as another, pulled and pushed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "benchtable.h"

#include <errno.h>
#include <stdio.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#define N_PASSES 3
#define SINK "fakesink name=sink sync=false"

#define MEMORY_RATIO 10
#define MEMORY_LIMIT 512        /* KiB */

static const struct
{
  const gchar *muxer;
  const gchar *demuxer;
} peers[] = {
  {"avimux", "avidemux"},
  {"qtmux", "qtdemux"},
  {"matroskamux", "matroskademux"},
};

/* Our muxer, for whatever is measured in place of our demuxer. */
static const gchar *
own_muxer (const Bench * bench)
{
  return g_str_has_prefix (bench->element, "gdpdepay") ? "gdppay" : "omvstrmux";
}

static gboolean
record (const Bench * bench, const BenchCase * bench_case, const gchar * muxer,
    const gchar * file, gsize * ret_size, GError ** error)
{
  g_autofree gchar *tail =
      g_strdup_printf ("%s ! filesink location=%s", muxer, file);
  g_auto (GStrv) argv = bench_feed_argv (bench, bench_case, muxer, tail);
  BenchResult result;
  GStatBuf info;

  if (!bench_spawn (argv, &result, error))
    return FALSE;
  if (g_stat (file, &info) != 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
        "%s: %s", file, g_strerror (errno));
    return FALSE;
  }

  *ret_size = info.st_size;
  return TRUE;
}

/* Adds @demuxer and the bare read of a file that @muxer makes. */
static gboolean
add (BenchTable * table, const Bench * bench, const BenchCase * bench_case,
    const gchar * muxer, const gchar * demuxer, GError ** error)
{
  g_autofree gchar *file = bench_path (bench, muxer);
  g_autofree gchar *reference = g_strdup_printf ("%s-file", muxer);
  g_autofree gchar *read = NULL, *play = NULL;
  gsize size;

  if (!record (bench, bench_case, muxer, file, &size, error))
    return FALSE;

  read = g_strdup_printf ("filesrc location=%s blocksize=%" G_GSIZE_FORMAT
      " ! " SINK, file, size / bench_case->n_frames);
  play = g_strdup_printf ("filesrc location=%s ! %s ! " SINK, file, demuxer);
  bench_table_add (table, reference, reference,
      bench_play_argv (bench, read, N_PASSES), FALSE);
  bench_table_add (table, demuxer, reference,
      bench_play_argv (bench, play, N_PASSES), TRUE);

  return TRUE;
}

static void
set_target (BenchTable * table, const Bench * bench, BenchKind kind)
{
  static const gchar *const demuxers[] = { "qtdemux", "avidemux", NULL };
  g_autofree gchar *reference = g_strdup_printf ("%s-file", own_muxer (bench));
  const gchar *const bare_read[] = { reference, NULL };

  if (kind == BENCH_LARGE)
    bench_table_add_target (table, bench->element, 1.00, demuxers);
  else
    bench_table_add_target (table, bench->element,
        kind == BENCH_TINY ? 0.80 : 1.00, bare_read);
}

static void
remove_file (const Bench * bench, const gchar * name)
{
  g_autofree gchar *file = bench_path (bench, name);

  (void) g_unlink (file);
}

static gboolean
run_case (const Bench * bench, const BenchCase * bench_case, GError ** error)
{
  g_autoptr (BenchTable) table = bench_table_new (bench, bench_case);
  gboolean done;

  done = add (table, bench, bench_case, own_muxer (bench), bench->element,
      error);
  for (guint i = 0; done && i < G_N_ELEMENTS (peers); i++) {
    if (bench_has (bench, peers[i].muxer)
        && bench_has (bench, peers[i].demuxer))
      done = add (table, bench, bench_case, peers[i].muxer, peers[i].demuxer,
          error);
  }
  if (done) {
    set_target (table, bench, bench_case->kind);
    done = bench_table_run (table, error);
  }

  remove_file (bench, own_muxer (bench));
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    remove_file (bench, peers[i].muxer);

  return done;
}

/* The most memory that playing a recording of the case takes, in KiB. */
static gboolean
memory_of (const Bench * bench, const BenchCase * bench_case, const gchar * via,
    gint64 * ret_max_rss, GError ** error)
{
  g_autofree gchar *file = bench_path (bench, "memory");
  g_autofree gchar *play = g_strdup_printf ("filesrc location=%s ! %s%s ! "
      SINK, file, via, bench->element);
  g_auto (GStrv) argv = bench_play_argv (bench, play, 1);
  BenchResult result;
  gsize size;

  if (!record (bench, bench_case, own_muxer (bench), file, &size, error)
      || !bench_spawn (argv, &result, error))
    return FALSE;

  *ret_max_rss = result.max_rss;
  return TRUE;
}

/* @via is what makes filesrc push, or nothing. */
static gboolean
run_memory (const Bench * bench, const BenchCase * bench_case,
    const gchar * mode, const gchar * via, GError ** error)
{
  BenchCase shorter = *bench_case;
  gint64 long_rss, short_rss;

  shorter.n_frames /= MEMORY_RATIO;
  if (!memory_of (bench, &shorter, via, &short_rss, error)
      || !memory_of (bench, bench_case, via, &long_rss, error))
    return FALSE;

  printf ("demux %-4s memory, %-7s  n=%u: %" G_GINT64_FORMAT " KiB, n=%u: %"
      G_GINT64_FORMAT " KiB  target <= %d KiB more: %" G_GINT64_FORMAT
      " %s\n", bench_case->name, mode, shorter.n_frames, short_rss,
      bench_case->n_frames, long_rss, MEMORY_LIMIT, long_rss - short_rss,
      long_rss - short_rss <= MEMORY_LIMIT ? "ok" : "MISSED");

  return TRUE;
}

static gboolean
run (Bench * bench, GError ** error)
{
  for (guint i = 0; i < BENCH_N_CASES; i++) {
    const BenchCase *bench_case = &bench->cases[i];

    if (!bench_wants (bench, bench_case))
      continue;
    if (!run_case (bench, bench_case, error))
      return FALSE;
    if (bench_case->kind == BENCH_TINY
        && !(run_memory (bench, bench_case, "pulled", "", error)
            && run_memory (bench, bench_case, "pushed", "queue ! ", error)))
      return FALSE;
  }
  remove_file (bench, "memory");

  return TRUE;
}

int
main (int argc, char **argv)
{
  return bench_main (argc, argv, "demux", "omvstrdemux", run, NULL);
}
