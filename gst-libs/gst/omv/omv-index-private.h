/* omv-index-private.h: what an index consists of, for those who store one
 *
 * Private to the bytes room: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-index.h>

G_BEGIN_DECLS

#define OMV_INDEX_ENTRIES_MAX 131072
#define OMV_INDEX_DAMAGES_MAX 16384
#define OMV_INDEX_FIRST_DISTANCE 4

/* A frame remembered. */
typedef struct {
  GstOmvWalkMark mark;
  guint64 time;                 /* of the frame there */
  guint32 check;                /* of its header */
} OmvIndexPlace;

/* The same as it is kept, without its number and its time: what there are
 * thousands of has to be small. */
typedef struct {
  guint64 position;
  guint64 base;
  guint64 time_before;
  guint64 exact_before;
  guint64 anchor_time;
  guint64 anchor_exact;
  guint32 check;
  guint16 version;
  guint16 gap;
} OmvIndexEntry;

/* A stretch without frames. */
typedef struct {
  guint64 offset;
  guint64 size;
  guint64 number;               /* of the frame that was due */
  GstOmvFault fault;
} OmvIndexDamage;

struct _GstOmvIndex {
  GstOmvWalk start;
  GstOmvWalk walk;              /* stands where the index ends */
  gboolean complete;
  gboolean torn;
  GArray *entries;              /* of OmvIndexEntry, numbers 0, @distance … */
  GArray *times;                /* of guint64: theirs, apart: they are searched */
  GArray *damages;              /* of OmvIndexDamage, at rising offsets */
  guint64 distance;             /* a power of 2 */
  guint64 first_time;
  guint64 last_time;
  guint64 last_interval;
};

void omv_index_get_place (const GstOmvIndex * index, guint i,
    OmvIndexPlace * ret_place);
void omv_index_add_place (GstOmvIndex * index, const OmvIndexPlace * place);
void omv_index_forget_places (GstOmvIndex * index, guint kept);

static inline OmvIndexDamage *
omv_index_get_damage (const GstOmvIndex * index, guint i)
{
  return &g_array_index (index->damages, OmvIndexDamage, i);
}

G_END_DECLS
