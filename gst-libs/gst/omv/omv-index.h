/* omv-index.h: where the frames of a recording are
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-walk.h>

G_BEGIN_DECLS

/**
 * GstOmvIndex:
 *
 * Places of a recording's frames, found by a walk over their headers.
 *
 * Since: 0.1
 */
typedef struct _GstOmvIndex GstOmvIndex;

GST_OMV_API
GstOmvIndex *gst_omv_index_new (const GstOmvWalk * start);

GST_OMV_API
void gst_omv_index_free (GstOmvIndex * index);

GST_OMV_API
GstOmvWalkResult gst_omv_index_extend (GstOmvIndex * index,
    const GstOmvWalkInput * input, GstOmvWalkStep * ret_step, GError ** error);

GST_OMV_API
void gst_omv_index_reopen (GstOmvIndex * index);

GST_OMV_API
gboolean gst_omv_index_agrees (const GstOmvIndex * index,
    const GstOmvWalkStep * frame);

GST_OMV_API
const GstOmvWalk *gst_omv_index_get_walk (const GstOmvIndex * index);

GST_OMV_API
void gst_omv_index_add (GstOmvIndex * index, const GstOmvWalk * walk,
    const GstOmvWalkStep * frame);

GST_OMV_API
gboolean gst_omv_index_is_complete (const GstOmvIndex * index);

GST_OMV_API
gboolean gst_omv_index_is_torn (const GstOmvIndex * index);

GST_OMV_API
guint gst_omv_index_get_n_damages (const GstOmvIndex * index);

GST_OMV_API
void gst_omv_index_get_damage (const GstOmvIndex * index, guint i,
    GstOmvWalkStep * ret_step);

GST_OMV_API
guint64 gst_omv_index_get_n_frames (const GstOmvIndex * index);

GST_OMV_API
guint64 gst_omv_index_get_first_time (const GstOmvIndex * index);

GST_OMV_API
guint64 gst_omv_index_get_last_time (const GstOmvIndex * index);

GST_OMV_API
guint64 gst_omv_index_get_end_time (const GstOmvIndex * index);

GST_OMV_API
guint64 gst_omv_index_get_position (const GstOmvIndex * index);

GST_OMV_API
guint64 gst_omv_index_get_distance (const GstOmvIndex * index);

GST_OMV_API
gboolean gst_omv_index_find_number (const GstOmvIndex * index, guint64 number,
    GstOmvWalk * walk);

GST_OMV_API
gboolean gst_omv_index_find_time (const GstOmvIndex * index, guint64 time,
    GstOmvWalk * walk);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstOmvIndex, gst_omv_index_free)

G_END_DECLS
