/* omv-walk-private.h: what a walk and its search for good frames share
 *
 * Private to the bytes room: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omv-walk.h"

G_BEGIN_DECLS

enum {
  OMV_WALK_STATE_FILE_HEADER,
  OMV_WALK_STATE_FRAME_HEADER,
  OMV_WALK_STATE_BINARY,
  OMV_WALK_STATE_SEARCH,
  OMV_WALK_STATE_CONFIRM
};

/* omv-walk.c */
G_GNUC_INTERNAL
void omv_walk_go_to (GstOmvWalk * walk, guint64 offset);

G_GNUC_INTERNAL
const guint8 *omv_walk_take (const GstOmvWalkInput * input, guint64 offset,
    gsize size, GstOmvWalkStep * step);

G_GNUC_INTERNAL
gsize omv_walk_clip (const GstOmvWalkInput * input, guint64 offset,
    gsize size);

G_GNUC_INTERNAL
GstOmvWalkResult omv_walk_finish (const GstOmvWalk * walk,
    const GstOmvWalkInput * input, GstOmvFault fault, guint64 offset,
    GstOmvWalkStep * step);

/* omv-walk-search.c; TRUE: *result is the answer, FALSE: go on in walk->state */
G_GNUC_INTERNAL
void omv_walk_start_search (GstOmvWalk * walk, guint64 from);

G_GNUC_INTERNAL
void omv_walk_skip_to (GstOmvWalk * walk, guint64 offset,
    GstOmvWalkStep * step);

G_GNUC_INTERNAL
gboolean omv_walk_search (GstOmvWalk * walk, const GstOmvWalkInput * input,
    GstOmvWalkStep * step, GstOmvWalkResult * result);

G_GNUC_INTERNAL
gboolean omv_walk_confirm (GstOmvWalk * walk, const GstOmvWalkInput * input,
    GstOmvWalkStep * step, GstOmvWalkResult * result);

G_END_DECLS
