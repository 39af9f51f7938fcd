/* gstomvmemorystream.h: a camera's stream of frames in memory
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <gst/omv/omv-frame.h>

G_BEGIN_DECLS

#define GST_OMV_TYPE_MEMORY_STREAM (gst_omv_memory_stream_get_type ())

GST_OMV_API
G_DECLARE_FINAL_TYPE (GstOmvMemoryStream, gst_omv_memory_stream, GST_OMV,
    MEMORY_STREAM, GObject)

GST_OMV_API
GstOmvMemoryStream *gst_omv_memory_stream_new (gint width, gint height,
    GstOmvPixelFormat format, guint n_slots, GError ** error);

GST_OMV_API
guint gst_omv_memory_stream_get_n_slots (GstOmvMemoryStream * self);

GST_OMV_API
gsize gst_omv_memory_stream_get_slot_size (GstOmvMemoryStream * self);

GST_OMV_API
guint gst_omv_memory_stream_get_position (GstOmvMemoryStream * self);

GST_OMV_API
gboolean gst_omv_memory_stream_seek (GstOmvMemoryStream * self,
    gint64 position, GError ** error);

GST_OMV_API
gboolean gst_omv_memory_stream_write (GstOmvMemoryStream * self,
    const GstOmvFrameHeader * header, const guint8 * payload, gsize size,
    GError ** error);

GST_OMV_API
GstOmvFrame *gst_omv_memory_stream_read (GstOmvMemoryStream * self,
    GError ** error);

G_END_DECLS
