/* gstomvreader.h: a recording to read
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <gst/omv/omv-frame.h>
#include <gst/omv/omv-part.h>

G_BEGIN_DECLS

#define GST_OMV_TYPE_READER (gst_omv_reader_get_type ())

GST_OMV_API
G_DECLARE_FINAL_TYPE (GstOmvReader, gst_omv_reader, GST_OMV, READER, GObject)

GST_OMV_API
GstOmvReader *gst_omv_reader_new (void);

GST_OMV_API
gboolean gst_omv_reader_open_path (GstOmvReader * self, const gchar * path,
    GError ** error);

GST_OMV_API
gboolean gst_omv_reader_open_file (GstOmvReader * self, GFile * file,
    GError ** error);

GST_OMV_API
gboolean gst_omv_reader_open_bytes (GstOmvReader * self, GBytes * bytes,
    GError ** error);

GST_OMV_API
void gst_omv_reader_close (GstOmvReader * self);

GST_OMV_API
gboolean gst_omv_reader_is_open (GstOmvReader * self);

GST_OMV_API
GstOmvVersion gst_omv_reader_get_version (GstOmvReader * self,
    GError ** error);

GST_OMV_API
guint64 gst_omv_reader_get_n_frames (GstOmvReader * self, GError ** error);

GST_OMV_API
guint64 gst_omv_reader_get_size (GstOmvReader * self, GError ** error);

GST_OMV_API
guint64 gst_omv_reader_get_duration (GstOmvReader * self, GError ** error);

GST_OMV_API
gboolean gst_omv_reader_is_torn (GstOmvReader * self, GError ** error);

GST_OMV_API
GList *gst_omv_reader_list_damages (GstOmvReader * self, GError ** error);

GST_OMV_API
GList *gst_omv_reader_list_parts (GstOmvReader * self, GError ** error);

GST_OMV_API
guint64 *gst_omv_reader_list_times (GstOmvReader * self, gsize * ret_n_times,
    GError ** error);

/**
 * GstOmvWalkFunc:
 * @result: %GST_OMV_WALK_FRAME, %GST_OMV_WALK_SKIP or, last, %GST_OMV_WALK_END
 * @step: (transfer none): the frame, damage or end; valid during the call
 * @user_data: what was given to gst_omv_reader_walk()
 *
 * Is told of each step of a walk over a recording.
 *
 * Returns: %FALSE to walk no further
 *
 * Since: 0.1
 */
typedef gboolean (*GstOmvWalkFunc) (GstOmvWalkResult result,
    const GstOmvWalkStep * step, gpointer user_data);

GST_OMV_API
gboolean gst_omv_reader_walk (GstOmvReader * self, GstOmvWalkFunc func,
    gpointer user_data, GError ** error);

GST_OMV_API
GstOmvFrame *gst_omv_reader_read_frame (GstOmvReader * self, guint64 number,
    GError ** error);

GST_OMV_API
GstOmvFrame *gst_omv_reader_read_frame_at (GstOmvReader * self, guint64 time,
    GstOmvSnap snap, GError ** error);

GST_OMV_API
GstOmvFrame *gst_omv_reader_read_next (GstOmvReader * self, GError ** error);

GST_OMV_API
gboolean gst_omv_reader_seek (GstOmvReader * self, guint64 number,
    GError ** error);

GST_OMV_API
guint64 gst_omv_reader_get_position (GstOmvReader * self);

GST_OMV_API
gboolean gst_omv_reader_write_index (GstOmvReader * self, GError ** error);

G_END_DECLS
