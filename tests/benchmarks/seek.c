/* seek.c: what it takes to open a recording and to find a frame of it
 *
 * A recording has no index, and must be no worse for it: however long it is, it
 * opens as fast as a short one, and once its headers have been read any frame
 * is found as fast as by a demuxer whose format does have one. That holds for a
 * recording that was cut off, too. Frames are small, so that there are many of
 * them: 32x32 JPEG pictures of 700 bytes, each with its number in it.
 *
 * To read all headers of small frames, the library must read in blocks: the
 * reference of that is a loop that reads one header at a time.
 *
 * All runs on one CPU. With several, a seek takes two or three times as long
 * whenever the scheduler moves a thread.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifndef _GNU_SOURCE
#define _GNU_SOURCE             /* sched_setaffinity() */
#endif

#include "benchtable.h"
#include "seekchild.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#define FRAME_SIZE 700
#define COMMENT_OVERHEAD 4      /* marker and length */

/* A seek is mostly other people's locks and system calls, whose cost moves by
 * half from one second to the next. */
#define ROUNDS_RATIO 2

#define N_LENGTHS 3
#define N_READS 3
#define READ_SIZE (1024 * 1024)

#define SINK "fakesink name=sink sync=false"

typedef struct
{
  const gchar *name;
  guint n_frames;
} Length;

static const Length lengths[N_LENGTHS] = {
  {"1k", 1000}, {"100k", 100000}, {"1M", 1000000},
};

static const Length quick_lengths[N_LENGTHS] = {
  {"1k", 1000}, {"10k", 10000}, {"100k", 100000},
};

static const struct
{
  const gchar *muxer;
  const gchar *demuxer;         /* NULL: ours */
} formats[] = {
  {"omvstrmux", NULL},
  {"avimux", "avidemux"},
  {"qtmux", "qtdemux"},
};

static const BenchCase frame_case = {.kind = BENCH_JPEG,.width = 32,
  .height = 32,.number_at = SEEK_NUMBER_AT
};

static const BenchCase open_case = {.name = "open",.n_frames = 1,
  .unit = "open"
};

static const BenchCase seek_case = {.name = "seek",.n_frames = SEEK_N_SEEKS,
  .unit = "seek"
};

/* Numbered, so that each frame has a memory of its own: filesink collects
 * hundreds of frames this small, more than a shared GstMemory counts. */
static const BenchCase walk_case = {.name = "walk",.kind = BENCH_TINY,
  .format = "GRAY8",.width = 8,.height = 8,.size = 64,.n_frames = 1000000,
  .number_at = 4
};

static const Length *
get_length (const Bench * bench, guint i)
{
  return bench->quick ? &quick_lengths[i] : &lengths[i];
}

static const gchar *
get_demuxer (const Bench * bench, guint format)
{
  return formats[format].demuxer ? formats[format].demuxer : bench->element;
}

static gboolean
has_format (const Bench * bench, guint format)
{
  return formats[format].demuxer == NULL || (bench_has (bench,
          formats[format].muxer) && bench_has (bench, formats[format].demuxer));
}

/* ------------------------------------------------------------ work files -- */

static gchar *
get_file (const Bench * bench, const gchar * muxer, const Length * length,
    const gchar * suffix)
{
  g_autofree gchar *name = g_strconcat (muxer, "-", length->name, suffix, NULL);

  return bench_path (bench, name);
}

/* Makes the frame to be fed: a picture that a comment makes room for a number
 * in, and as long as it has to be. */
static gboolean
make_frame (const Bench * bench, gsize * ret_size, GError ** error)
{
  g_autofree gchar *path = bench_path (bench, "frame.jpg");
  g_autofree gchar *picture = NULL;
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint8 comment[FRAME_SIZE] = { 0xff, 0xfe };
  gsize size, comment_size;

  if (!bench_make_jpeg (bench, &frame_case, "gradient", 20, &size, error)
      || !g_file_get_contents (path, &picture, &size, error))
    return FALSE;

  /* marker, length and number */
  comment_size = MAX (COMMENT_OVERHEAD + 4, FRAME_SIZE - MIN (size,
          FRAME_SIZE));
  GST_WRITE_UINT16_BE (comment + 2, (guint16) (comment_size - 2));
  g_byte_array_append (frame, (const guint8 *) picture, 2);
  g_byte_array_append (frame, comment, (guint) comment_size);
  g_byte_array_append (frame, (const guint8 *) picture + 2, (guint) size - 2);

  *ret_size = frame->len;
  return g_file_set_contents (path, (const gchar *) frame->data, frame->len,
      error);
}

/* Reads @path as often as it takes until it costs no more than later. */
static gboolean
warm_up (const gchar * path, GError ** error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree gchar *block = g_malloc (READ_SIZE);

  for (gint i = 0; i < N_READS; i++) {
    g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
    gssize got = stream ? 1 : -1;

    while (got > 0)
      got = g_input_stream_read (G_INPUT_STREAM (stream), block, READ_SIZE,
          NULL, error);
    if (got < 0)
      return FALSE;
  }

  return TRUE;
}

/* filesink 1.22 loses a frame where it collects more than 1024 memories, which
 * it does not in a buffer of this size. */
static gboolean
record (const Bench * bench, const BenchCase * bench_case, const gchar * muxer,
    const gchar * path, GError ** error)
{
  g_autofree gchar *tail =
      g_strdup_printf ("%s ! filesink buffer-size=32768 location=%s", muxer,
      path);
  g_auto (GStrv) argv = bench_feed_argv (bench, bench_case, muxer, tail);
  BenchResult result;

  return bench_spawn (argv, &result, error) && warm_up (path, error);
}

/* Makes @cut the first nine tenths of @path. */
static gboolean
cut_off (const gchar * path, const gchar * cut, GError ** error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) cut_file = g_file_new_for_path (cut);
  GStatBuf info;

  if (!g_file_copy (file, cut_file, G_FILE_COPY_NONE, NULL, NULL, NULL, error))
    return FALSE;
  if (g_stat (cut, &info) != 0 || truncate (cut, info.st_size / 10 * 9) != 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
        "%s: %s", cut, g_strerror (errno));
    return FALSE;
  }

  return warm_up (cut, error);
}

static gboolean
record_length (const Bench * bench, const Length * length, gsize frame_size,
    GError ** error)
{
  BenchCase bench_case = frame_case;
  g_autofree gchar *own = get_file (bench, formats[0].muxer, length, "");
  g_autofree gchar *cut = get_file (bench, formats[0].muxer, length, "-cut");

  bench_case.size = frame_size;
  bench_case.n_frames = length->n_frames;
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autofree gchar *path = get_file (bench, formats[i].muxer, length, "");

    if (has_format (bench, i)
        && !record (bench, &bench_case, formats[i].muxer, path, error))
      return FALSE;
  }

  return cut_off (own, cut, error);
}

/* --------------------------------------------------------------- tables -- */

static gchar *
get_name (const Bench * bench, guint format, const Length * length,
    const gchar * suffix)
{
  const gchar *demuxer = get_demuxer (bench, format);

  return g_strdup_printf ("%.*s %s%s", (int) strcspn (demuxer, " "), demuxer,
      length->name, suffix);
}

static void
add (BenchTable * table, const Bench * bench, const BenchCase * bench_case,
    guint format, const Length * length, const gchar * suffix, guint n_frames)
{
  g_autofree gchar *path = get_file (bench, formats[format].muxer, length,
      suffix);
  g_autofree gchar *name = get_name (bench, format, length, suffix);
  g_autofree gchar *reference = get_name (bench, 0, get_length (bench, 0), "");
  g_autofree gchar *pipeline = g_strdup_printf ("filesrc location=%s ! %s ! "
      SINK, path, get_demuxer (bench, format));

  bench_table_add (table, name, reference, bench_measure_argv (bench,
          bench_case->name, pipeline, n_frames), TRUE);
}

/* States what ours may cost at @length, compared with @format at @other. */
static void
add_target (BenchTable * table, const Bench * bench, const Length * length,
    const gchar * suffix, gdouble limit, guint format, const Length * other)
{
  g_autofree gchar *name = get_name (bench, 0, length, suffix);
  g_autofree gchar *rival = get_name (bench, format, other, "");
  const gchar *const rivals[] = { rival, NULL };

  bench_table_add_target (table, name, limit, rivals);
}

static void
add_open_targets (BenchTable * table, const Bench * bench)
{
  const Length *longest = get_length (bench, N_LENGTHS - 1);

  add_target (table, bench, longest, "", 1.50, 0, get_length (bench, 0));
  add_target (table, bench, longest, "", 1.00, 2, longest);
}

static void
add_seek_targets (BenchTable * table, const Bench * bench)
{
  for (guint i = 0; i < N_LENGTHS; i++) {
    const Length *length = get_length (bench, i);

    add_target (table, bench, length, "", 1.00, 1, length);
  }
  add_target (table, bench, get_length (bench, N_LENGTHS - 1), "", 1.10, 0,
      get_length (bench, 0));
}

/* Opening or seeking: all formats at all lengths, and ours cut off. */
static gboolean
run_lengths (const Bench * bench, const BenchCase * bench_case,
    void (*add_targets) (BenchTable *, const Bench *), GError ** error)
{
  g_autoptr (BenchTable) table = bench_table_new (bench, bench_case);

  for (guint i = 0; i < N_LENGTHS; i++) {
    const Length *length = get_length (bench, i);

    for (guint format = 0; format < G_N_ELEMENTS (formats); format++) {
      g_autofree gchar *path = get_file (bench, formats[format].muxer, length,
          "");

      if (g_access (path, R_OK) == 0)
        add (table, bench, bench_case, format, length, "", length->n_frames);
    }
    /* one frame less: the last one may be torn */
    add (table, bench, bench_case, 0, length, "-cut",
        length->n_frames / 10 * 9 - 1);
    add_target (table, bench, length, "-cut", 1.10, 0, length);
  }
  add_targets (table, bench);

  return bench_table_run (table, error);
}

static gboolean
run_walk (const Bench * bench, GError ** error)
{
  static const gchar *const rivals[] = { "pread", NULL };
  g_autoptr (BenchTable) table = NULL;
  g_autofree gchar *path = bench_path (bench, "walk");
  BenchCase bench_case = walk_case;
  gboolean done;

  if (bench->quick)
    bench_case.n_frames /= 10;
  table = bench_table_new (bench, &bench_case);
  for (gint i = 0; i < 2; i++) {
    const gchar *name = i == 0 ? "pread" : "reader";

    bench_table_add (table, name, "pread",
        bench_measure_argv (bench, name, path, bench_case.n_frames), TRUE);
  }
  bench_table_add_target (table, "reader", 0.50, rivals);

  done = record (bench, &bench_case, formats[0].muxer, path, error)
      && bench_table_run (table, error);
  (void) g_unlink (path);

  return done;
}

/* ------------------------------------------------------------------ all -- */

/* Children inherit it, before any of them starts a thread. */
static void
pin_to_one_cpu (void)
{
  int cpu = sched_getcpu ();
  cpu_set_t set;

  CPU_ZERO (&set);
  CPU_SET (MAX (cpu, 0), &set);
  if (sched_setaffinity (0, sizeof set, &set) != 0)
    printf ("# seek: not pinned to a CPU: %s\n", g_strerror (errno));
}

static gboolean
run (Bench * bench, GError ** error)
{
  gboolean opens = bench_wants_name (bench, open_case.name);
  gboolean seeks = bench_wants_name (bench, seek_case.name);
  gsize frame_size;

  pin_to_one_cpu ();
  if (!bench->quick) {
    bench->n_rounds *= ROUNDS_RATIO;
    printf ("# seek: %d times as many rounds\n", ROUNDS_RATIO);
  }

  if (bench_wants (bench, &walk_case) && !run_walk (bench, error))
    return FALSE;
  if (!(opens || seeks) || !bench_has (bench, "jpegenc"))
    return TRUE;

  if (!make_frame (bench, &frame_size, error))
    return FALSE;
  for (guint i = 0; i < N_LENGTHS; i++) {
    if (!record_length (bench, get_length (bench, i), frame_size, error))
      return FALSE;
  }

  return (!opens || run_lengths (bench, &open_case, add_open_targets, error))
      && (!seeks || run_lengths (bench, &seek_case, add_seek_targets, error));
}

int
main (int argc, char **argv)
{
  return bench_main (argc, argv, "seek", "omvstrdemux", run, seek_measure);
}
