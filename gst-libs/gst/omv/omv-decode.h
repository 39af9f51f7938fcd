/* omv-decode.h: a stored frame -> pixels
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-format.h>

G_BEGIN_DECLS

/**
 * GST_OMV_DECODED_SIZE_MAX:
 *
 * The bytes of pixels above which a JPEG or PNG picture is not decoded: a file
 * of a few kilobytes can claim gigabytes of them.
 *
 * Since: 0.1
 */
#define GST_OMV_DECODED_SIZE_MAX G_GUINT64_CONSTANT (268435456)

/**
 * GstOmvDecodedFormat:
 * @GST_OMV_DECODED_FORMAT_GRAY8: 8 bits of gray
 * @GST_OMV_DECODED_FORMAT_RGB: 3 bytes, red first
 * @GST_OMV_DECODED_FORMAT_RGBA: 4 bytes, red first, alpha not multiplied in
 * @GST_OMV_DECODED_FORMAT_RGB16: 16 bits in the host's byte order, 5 red, 6
 *   green and 5 blue ones
 * @GST_OMV_DECODED_FORMAT_YUY2: Y U Y V for each two pixels, full-range BT.601
 * @GST_OMV_DECODED_FORMAT_YVYU: Y V Y U for each two pixels, full-range BT.601
 *
 * Pixels as gst_omv_decode() gives them, with GStreamer's names.
 *
 * Since: 0.1
 */
typedef enum {
  GST_OMV_DECODED_FORMAT_GRAY8,
  GST_OMV_DECODED_FORMAT_RGB,
  GST_OMV_DECODED_FORMAT_RGBA,
  GST_OMV_DECODED_FORMAT_RGB16,
  GST_OMV_DECODED_FORMAT_YUY2,
  GST_OMV_DECODED_FORMAT_YVYU
} GstOmvDecodedFormat;

GST_OMV_API
gsize gst_omv_decoded_format_get_row_size (GstOmvDecodedFormat format,
    gint width);

GST_OMV_API
gboolean gst_omv_decode_get_format (const GstOmvFrameHeader * header,
    const guint8 * payload, gsize size, GstOmvDecodedFormat * ret_format,
    GError ** error);

GST_OMV_API
gboolean gst_omv_decode (GstOmvVersion version,
    const GstOmvFrameHeader * header, const guint8 * payload, gsize size,
    GstOmvDecodedFormat format, guint8 * pixels, gsize stride,
    GError ** error);

GST_OMV_API
GBytes *gst_omv_decode_bytes (GstOmvVersion version, GstOmvPixelFormat format,
    gint width, gint height, GBytes * payload,
    GstOmvDecodedFormat * ret_format, GError ** error);

G_END_DECLS
