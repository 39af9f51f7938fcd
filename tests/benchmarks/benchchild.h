/* benchchild.h: one measurement, in a process of its own
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* The first word of the line in which a child tells its parent the result. */
#define BENCH_RESULT "bench-result"

typedef struct
{
  gchar *feed;                  /* what follows our source, or NULL */
  gchar *play;                  /* a pipeline with a sink "sink", or NULL */
  gchar *caps;                  /* of the frames fed */
  gchar *payload;               /* a file that holds one frame, or NULL */
  gint size;                    /* of a frame, where there is no payload */
  gint frames;                  /* how many to feed, or that there are */
  gint number_at;               /* where a frame holds its number, or 0 */
  gint passes;                  /* how often to play */
  gchar *measure;               /* what the benchmark itself does */
  gchar *subject;               /* of that, such as a file */
  gboolean cpu;                 /* take CPU time, not wall clock */
} BenchChildOptions;

/* A benchmark's own measurement: calls bench_child_tell(), if all goes well. */
typedef gboolean (*BenchMeasureFunc) (const BenchChildOptions *options,
    GError **error);

gboolean bench_child_run (const BenchChildOptions *options,
    BenchMeasureFunc measure, GError **error);

GstClockTime bench_child_now (void);
gboolean bench_child_empty_bus (GstElement *pipeline, GError **error);
GstClockTime bench_child_median (GstClockTime *times, gsize n_times);
void bench_child_tell (GstClockTime elapsed, guint64 n_frames);

G_END_DECLS
