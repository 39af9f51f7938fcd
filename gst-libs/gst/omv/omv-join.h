/* omv-join.h: the recordings of many files as the bytes of one
 *
 * Private to this project: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <gst/omv/omv-part.h>
#include <gst/omv/omv-walk.h>

G_BEGIN_DECLS

/* Belongs to one thread at a time. */
typedef struct _GstOmvJoin GstOmvJoin;

GST_OMV_API
GstOmvJoin *gst_omv_join_new (GPtrArray * files, const GstOmvWalk * start,
    gboolean use_index, GError ** error);

GST_OMV_API
void gst_omv_join_free (GstOmvJoin * self);

GST_OMV_API
gboolean gst_omv_join_reach (GstOmvJoin * self, guint64 end,
    GError ** error);

GST_OMV_API
gboolean gst_omv_join_measure (GstOmvJoin * self, GError ** error);

GST_OMV_API
guint64 gst_omv_join_get_end (const GstOmvJoin * self);

GST_OMV_API
gboolean gst_omv_join_is_complete (const GstOmvJoin * self);

GST_OMV_API
gboolean gst_omv_join_read (GstOmvJoin * self, guint64 offset, guint8 * data,
    gsize size, gsize * ret_size, GError ** error);

GST_OMV_API
guint gst_omv_join_get_n_parts (const GstOmvJoin * self);

GST_OMV_API
void gst_omv_join_get_part (const GstOmvJoin * self, guint i,
    GstOmvPart * ret_part);

GST_OMV_API
gboolean gst_omv_join_get_cut (const GstOmvJoin * self, guint i,
    GstOmvWalkStep * ret_step);

GST_OMV_API
gboolean gst_omv_join_get_own_cut (const GstOmvJoin * self, guint i,
    GstOmvWalkStep * ret_step);

GST_OMV_API
const gchar *gst_omv_join_get_left_out (const GstOmvJoin * self, guint i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstOmvJoin, gst_omv_join_free)

G_END_DECLS
