/* omv-rows.h: rows of pixels as stored <-> as GStreamer lays them out
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-format.h>

G_BEGIN_DECLS

GST_OMV_API
gsize gst_omv_rows_get_stride (GstOmvPixelFormat format, gint width);

GST_OMV_API
gboolean gst_omv_rows_are_swapped (GstOmvVersion version,
    GstOmvPixelFormat format);

GST_OMV_API
void gst_omv_rows_unpack (GstOmvVersion version,
    const GstOmvFrameHeader * header, const guint8 * payload, guint8 * pixels);

GST_OMV_API
void gst_omv_rows_unpack_to (GstOmvVersion version,
    const GstOmvFrameHeader * header, const guint8 * payload, guint8 * pixels,
    gsize stride);

GST_OMV_API
void gst_omv_rows_pack (GstOmvPixelFormat format, gint width, gint height,
    const guint8 * pixels, gssize stride, guint8 * payload);

G_END_DECLS
