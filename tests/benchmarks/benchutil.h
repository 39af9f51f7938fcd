/* benchutil.h: what the benchmarks share: options, cases and children
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "benchchild.h"

G_BEGIN_DECLS

#define BENCH_N_CASES 5

typedef enum
{
  BENCH_LARGE,
  BENCH_TINY,
  BENCH_JPEG
} BenchKind;

/* Frames of one size, as many as take a good fraction of a second. */
typedef struct
{
  const gchar *name;
  BenchKind kind;
  const gchar *format;          /* of video/x-raw; NULL for a JPEG */
  gint width;
  gint height;
  gsize size;                   /* of a frame in bytes; 0: there is none */
  guint n_frames;
  gsize number_at;              /* where a frame holds its number, or 0 */
  const gchar *unit;            /* what is counted, if not frames */
} BenchCase;

typedef struct
{
  guint64 elapsed;              /* in ns */
  guint64 n_frames;
  gint64 max_rss;               /* in KiB */
} BenchResult;

typedef struct
{
  const gchar *name;
  gchar *element;               /* our candidate, as in a gst-launch line */
  BenchCase cases[BENCH_N_CASES];
  gint n_rounds;
  gboolean quick;

  /* private */
  gboolean cpu;
  gchar *program;
  gchar *work;
  gchar *only;
} Bench;

typedef gboolean (*BenchFunc) (Bench *bench, GError **error);

int bench_main (int argc, char **argv, const gchar *name,
    const gchar *element, BenchFunc func, BenchMeasureFunc measure);

gboolean bench_wants_name (const Bench *bench, const gchar *name);
gboolean bench_wants (const Bench *bench, const BenchCase *bench_case);
gboolean bench_has (const Bench *bench, const gchar *fragment);
gchar *bench_path (const Bench *bench, const gchar *name);
gboolean bench_make_jpeg (const Bench *bench, const BenchCase *bench_case,
    const gchar *pattern, gint quality, gsize *ret_size, GError **error);
gchar *bench_caps (const BenchCase *bench_case, const gchar *muxer);

/* Command lines that make this program measure one thing, for bench_spawn(). */
gchar **bench_feed_argv (const Bench *bench, const BenchCase *bench_case,
    const gchar *muxer, const gchar *tail);
gchar **bench_play_argv (const Bench *bench, const gchar *pipeline,
    guint n_passes);
gchar **bench_measure_argv (const Bench *bench, const gchar *measure,
    const gchar *subject, guint n_frames);
gboolean bench_spawn (gchar **argv, BenchResult *ret_result, GError **error);

G_END_DECLS
