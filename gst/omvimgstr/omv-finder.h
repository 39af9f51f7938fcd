/* omv-finder.h: finds frames of a recording that can be pulled
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/gst.h>
#include <gst/omv/omv.h>

#include "omv-pull.h"

G_BEGIN_DECLS

/* Belongs to one thread at a time. */
typedef struct _OmvFinder OmvFinder;

/* A frame, and where a walk finds it. */
typedef struct
{
  guint64 number;
  GstClockTime time;
  guint64 offset;
  GstOmvWalkMark mark;
} OmvPlace;

typedef enum
{
  OMV_SNAP_BEFORE,
  OMV_SNAP_AFTER,
  OMV_SNAP_NEAREST
} OmvSnap;

OmvFinder *omv_finder_new (GstPad * pad, const GstOmvWalk * start,
    gboolean use_sidecar);
void omv_finder_free (OmvFinder * finder);
const GstOmvIndex *omv_finder_get_index (OmvFinder * finder);
void omv_finder_hand_over (OmvFinder * finder, OmvPull * pull);
guint64 omv_finder_get_end (OmvFinder * finder);
gboolean omv_finder_reach_end (OmvFinder * finder, gint64 time_max,
    const gint * cancelled);
gboolean omv_finder_find_number (OmvFinder * finder, guint64 number,
    OmvPlace * ret_place);
gboolean omv_finder_find_time (OmvFinder * finder, GstClockTime time,
    OmvSnap snap, OmvPlace * ret_place);
gboolean omv_finder_find_offset (OmvFinder * finder, guint64 offset,
    OmvPlace * ret_place);
gboolean omv_finder_list_before (OmvFinder * finder, guint64 number,
    GArray * places);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvFinder, omv_finder_free)

G_END_DECLS
