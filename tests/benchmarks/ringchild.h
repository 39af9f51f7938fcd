/* ringchild.h: what keeping and saving the newest frames takes
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "benchchild.h"

G_BEGIN_DECLS

/* What to measure, beside the plain memory and rings of ring.c. */
#define RING_HELD "held "         /* and then the elements that take the frames */
#define RING_HELD_FROM_POOL "pool "     /* the same, but into frames of a pool */
#define RING_PERCENTILE "percentile "   /* … of omvringsink, and what goes on */
#define RING_DUMP "dump"          /* of omvringsink */
#define RING_STORE "store "       /* and then the elements that write a file */

/* Frames, and room for how many of them. */
typedef struct
{
  gint width;                   /* bytes of a row */
  gint height;
  gsize size;                   /* bytes of a frame */
  guint n_slots;
  guint n_frames;               /* to be measured */
  gchar *path;                  /* of a file to write, or NULL */
} RingJob;

gboolean ring_job_parse (RingJob *job, const BenchChildOptions *options,
    GError **error);
void ring_job_clear (RingJob *job);

gboolean ring_measure (const BenchChildOptions *options, const RingJob *job,
    GError **error);

G_END_DECLS
