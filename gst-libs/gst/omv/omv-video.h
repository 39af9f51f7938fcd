/* omv-video.h: frames of a recording <-> caps and buffers
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-decode.h>
#include <gst/omv/omv-format.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/**
 * GST_OMV_CAPS:
 *
 * The media type of a recording, without fields.
 *
 * Since: 0.1
 */
#define GST_OMV_CAPS "video/x-omv-imgstr"

/**
 * GST_OMV_BINARY_CAPS_NAME:
 *
 * The media type of a 1-bit frame as it is stored: rows of whole 32-bit words,
 * the lowest bit of the first byte leftmost.
 *
 * Since: 0.1
 */
#define GST_OMV_BINARY_CAPS_NAME "video/x-omv-binary"

/**
 * GST_OMV_FRAME_CAPS_NAME:
 *
 * The media type of a stream whose frames are of any format and size. A buffer
 * is one frame: a header of 32 bytes as version 2.0 has it, with the size of
 * the payload for every format, the interval in ms for orientation and the
 * spare bytes zero; then the payload without padding, RGB565 in little-endian
 * byte order. The time is that of the buffer, and the caps never change.
 *
 * Since: 0.1
 */
#define GST_OMV_FRAME_CAPS_NAME "video/x-omv-frame"

/**
 * GstOmvVideoInfo:
 * @format: how a frame is stored; %GST_OMV_PIXEL_FORMAT_UNKNOWN for
 *   video/x-omv-frame, where every frame says that itself
 * @width: pixels; 0 where the caps do not say: JPEG, PNG, video/x-omv-frame
 * @height: pixels; 0 where the caps do not say: JPEG, PNG, video/x-omv-frame
 * @frame_duration: what the caps' frame rate says, in ns, or
 *   %GST_CLOCK_TIME_NONE
 * @threshold: whether 8-bit gray is to be stored as 1 bit
 * @raw: the layout of the buffers, of video/x-raw only
 *
 * What caps say about frames, as a recording sees it.
 *
 * Since: 0.1
 */
typedef struct {
  GstOmvPixelFormat format;
  gint width;
  gint height;
  GstClockTime frame_duration;
  gboolean threshold;
  GstVideoInfo raw;
} GstOmvVideoInfo;

GST_OMV_API
GstCaps *gst_omv_video_get_template_caps (GstOmvVersion version);

GST_OMV_API
gboolean gst_omv_video_info_from_caps (GstOmvVideoInfo * info,
    const GstCaps * caps, gboolean binary, GError ** error);

GST_OMV_API
gsize gst_omv_video_info_get_payload_size (const GstOmvVideoInfo * info);

GST_OMV_API
gboolean gst_omv_video_copy_bytes (GstBuffer * buffer, gsize offset,
    gsize size, guint8 * dest);

GST_OMV_API
gboolean gst_omv_video_info_pack_to (const GstOmvVideoInfo * info,
    GstBuffer * buffer, guint8 * payload, GError ** error);

GST_OMV_API
GstBuffer *gst_omv_video_info_pack (const GstOmvVideoInfo * info,
    GstBuffer * buffer, GError ** error);

GST_OMV_API
GstCaps *gst_omv_video_make_caps (const GstOmvFrameHeader * header,
    gint framerate_numerator, gint framerate_denominator);

GST_OMV_API
GstCaps *gst_omv_video_make_binary_caps (const GstOmvFrameHeader * header,
    gint framerate_numerator, gint framerate_denominator);

GST_OMV_API
gboolean gst_omv_video_is_passthrough (GstOmvVersion version,
    const GstOmvFrameHeader * header);

GST_OMV_API
gboolean gst_omv_video_add_meta (GstBuffer * buffer, GstOmvVersion version,
    const GstOmvFrameHeader * header);

GST_OMV_API
GstBuffer *gst_omv_video_unpack (GstOmvVersion version,
    const GstOmvFrameHeader * header, GstBuffer * payload);

GST_OMV_API
gboolean gst_omv_video_info_set_decoded (GstVideoInfo * info,
    GstOmvDecodedFormat format, gint width, gint height);

GST_OMV_API
GstCaps *gst_omv_video_make_frame_caps (gint framerate_numerator,
    gint framerate_denominator);

GST_OMV_API
GstBuffer *gst_omv_video_make_frame (GstOmvVersion version,
    const GstOmvFrameHeader * header, GstBuffer * payload);

GST_OMV_API
gboolean gst_omv_video_read_frame (GstBuffer * frame,
    GstOmvFrameHeader * ret_header, GError ** error);

GST_OMV_API
GstBuffer *gst_omv_video_parse_frame (GstBuffer * frame,
    GstOmvFrameHeader * ret_header, GError ** error);

G_END_DECLS
