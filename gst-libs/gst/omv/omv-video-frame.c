/* omv-video-frame.c: frames that travel without their recording
 *
 * Some recordings mix raw frames with pictures. No caps of GStreamer's describe
 * such a stream, and players cannot follow a media type that changes. So it
 * leaves the demuxer as video/x-omv-frame: every buffer carries the header of
 * its own frame, and whoever takes it - omvframedec, omvstrmux - looks there.
 *
 * Buffers are untrusted like files: they may have come over a network.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-video.h"

#include <inttypes.h>

#include "omv-i18n.h"

#define HEADER_SIZE GST_OMV_FRAME_HEADER_SIZE_MAX

/**
 * gst_omv_video_make_frame_caps:
 * @framerate_numerator: frames …
 * @framerate_denominator: … per so many seconds; 0/1 where the rate varies
 *
 * Returns: (transfer full): the caps of a stream of video/x-omv-frame
 *
 * Since: 0.1
 */
GstCaps *
gst_omv_video_make_frame_caps (gint framerate_numerator,
    gint framerate_denominator)
{
  return gst_caps_new_simple (GST_OMV_FRAME_CAPS_NAME,
      "framerate", GST_TYPE_FRACTION, framerate_numerator,
      framerate_denominator, NULL);
}

static GstBuffer *
make_header (GstOmvVersion version, const GstOmvFrameHeader * header)
{
  guint64 unit = gst_omv_version_get_unit (version);
  GstOmvFrameHeader alone = *header;
  guint8 *data = g_malloc (HEADER_SIZE);

  alone.interval =
      (guint32) ((header->interval * unit + GST_MSECOND / 2) / GST_MSECOND);
  gst_omv_frame_header_write_alone (&alone, data);

  return gst_buffer_new_wrapped (data, HEADER_SIZE);
}

static gboolean
append_swapped (GstBuffer * frame, GstBuffer * payload, gsize size)
{
  GstMapInfo map;
  guint8 *swapped;

  if (!gst_buffer_map (payload, &map, GST_MAP_READ))
    return FALSE;
  swapped = g_malloc (size);
  for (gsize i = 0; i + 1 < size; i += 2) {
    swapped[i] = map.data[i + 1];
    swapped[i + 1] = map.data[i];
  }
  gst_buffer_unmap (payload, &map);

  gst_buffer_append_memory (frame, gst_memory_new_wrapped (0, swapped, size, 0,
          size, swapped, g_free));
  return TRUE;
}

/**
 * gst_omv_video_make_frame:
 * @version: the version of the recording
 * @header: the header of a frame that is not ARGB8
 * @payload: the frame's payload, at least as many bytes as @header says
 *
 * Makes a buffer of video/x-omv-frame. It shares the memory of @payload, but for
 * RGB565 of version 1.0, which is stored in the other byte order. Timestamps,
 * flags and offsets are left to the caller. The interval of version 2.1 is
 * rounded to whole ms; it does not add up to times.
 *
 * Returns: (transfer full) (nullable): the frame, %NULL if @payload cannot be
 *   mapped
 *
 * Since: 0.1
 */
GstBuffer *
gst_omv_video_make_frame (GstOmvVersion version,
    const GstOmvFrameHeader * header, GstBuffer * payload)
{
  g_autoptr (GstBuffer) frame = NULL;

  g_return_val_if_fail (gst_buffer_get_size (payload) >= header->payload_size,
      NULL);

  frame = make_header (version, header);
  if (version != GST_OMV_VERSION_V1_0
      || header->format != GST_OMV_PIXEL_FORMAT_RGB565)
    gst_buffer_copy_into (frame, payload, GST_BUFFER_COPY_MEMORY, 0,
        header->payload_size);
  else if (!append_swapped (frame, payload, header->payload_size))
    return NULL;

  return g_steal_pointer (&frame);
}

/**
 * gst_omv_video_read_frame:
 * @frame: a buffer of video/x-omv-frame
 * @ret_header: (out caller-allocates): the frame's header, untouched on failure
 * @error: return location
 *
 * Reads what a buffer of video/x-omv-frame says of itself; its payload follows
 * after 32 bytes. The frame may be ARGB8, of which there are no pixels. A picture
 * is not looked into.
 *
 * Errors: %GST_OMV_ERROR_CORRUPT if there is no sound header,
 * %GST_OMV_ERROR_INVALID_FRAME_SIZE if what follows it is not of the size that
 * it states.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
gst_omv_video_read_frame (GstBuffer * frame, GstOmvFrameHeader * ret_header,
    GError ** error)
{
  gsize size = gst_buffer_get_size (frame);
  guint8 data[HEADER_SIZE];
  GstOmvFrameHeader header;
  GstOmvFault fault;

  if (gst_buffer_extract (frame, 0, data, sizeof data) < sizeof data) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
        _("A buffer of %" PRIu64 " bytes does not hold the header of a frame."),
        (guint64) size);
    return FALSE;
  }

  fault = gst_omv_frame_header_read (GST_OMV_VERSION_V2_0, data, G_MAXUINT32,
      &header);
  if (fault != GST_OMV_FAULT_NONE) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
        _("The frame's header is damaged: %s."),
        gst_omv_fault_describe (fault));
    return FALSE;
  }
  if (size - HEADER_SIZE != header.payload_size) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("The frame has %" PRIu64 " bytes, but its header says %" PRIu64 "."),
        (guint64) size, (guint64) HEADER_SIZE + header.payload_size);
    return FALSE;
  }

  *ret_header = header;
  return TRUE;
}

/**
 * gst_omv_video_parse_frame:
 * @frame: a buffer of video/x-omv-frame
 * @ret_header: (out caller-allocates): the frame's header, untouched on failure
 * @error: return location
 *
 * Takes a buffer of video/x-omv-frame apart. RGB565 is stored as version 2.0
 * stores it.
 *
 * Errors: those of gst_omv_video_read_frame().
 *
 * Returns: (transfer full) (nullable): the payload, which shares the memory of
 *   @frame, or %NULL
 *
 * Since: 0.1
 */
GstBuffer *
gst_omv_video_parse_frame (GstBuffer * frame, GstOmvFrameHeader * ret_header,
    GError ** error)
{
  if (!gst_omv_video_read_frame (frame, ret_header, error))
    return NULL;

  return gst_buffer_copy_region (frame, GST_BUFFER_COPY_MEMORY, HEADER_SIZE,
      ret_header->payload_size);
}
