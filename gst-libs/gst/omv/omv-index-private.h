/* omv-index-private.h: what an index consists of, for those who store one
 *
 * Private to the bytes room: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-index.h>

G_BEGIN_DECLS

#define OMV_INDEX_ENTRIES_MAX 65536
#define OMV_INDEX_DAMAGES_MAX 16384
#define OMV_INDEX_FIRST_DISTANCE 16

/* A frame remembered. */
typedef struct {
  GstOmvWalkMark mark;
  guint64 time;                 /* of the frame there */
  guint32 check;                /* of its header */
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
  GArray *damages;              /* of OmvIndexDamage, at rising offsets */
  guint64 distance;             /* a power of 2 */
  guint64 first_time;
  guint64 last_time;
  guint64 last_interval;
};

static inline OmvIndexEntry *
omv_index_get_entry (const GstOmvIndex * index, guint i)
{
  return &g_array_index (index->entries, OmvIndexEntry, i);
}

static inline OmvIndexDamage *
omv_index_get_damage (const GstOmvIndex * index, guint i)
{
  return &g_array_index (index->damages, OmvIndexDamage, i);
}

G_END_DECLS
