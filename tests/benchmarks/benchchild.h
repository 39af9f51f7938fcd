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
  gint frames;                  /* how many to feed */
  gint passes;                  /* how often to play */
  gboolean cpu;                 /* take CPU time, not wall clock */
} BenchChildOptions;

gboolean bench_child_run (const BenchChildOptions *options, GError **error);

G_END_DECLS
