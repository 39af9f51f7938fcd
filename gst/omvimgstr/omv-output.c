/* omv-output.c: from a frame of a recording to what leaves a pad
 *
 * Decides the caps, when a frame differs from the one before it or downstream
 * asks anew, and in which layout rows leave: as they are stored where that is
 * what GStreamer expects, described by a GstVideoMeta where downstream
 * understands one, else copied. Where the element says so, all frames leave
 * under one header and one kind of caps instead, whatever they are.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-output.h"

#include <string.h>

void
omv_output_init (OmvOutput * output, gboolean frames)
{
  memset (output, 0, sizeof *output);
  output->rate_denominator = 1;
  output->frames = frames;
}

/* Whether downstream asks for 1-bit frames by name. ANY does not count: who
 * takes anything has use for gray pixels rather than for our own type. */
static gboolean
peer_takes_binary (GstPad * pad)
{
  g_autoptr (GstCaps) caps = gst_pad_peer_query_caps (pad, NULL);

  if (gst_caps_is_any (caps))
    return FALSE;
  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    if (gst_structure_has_name (gst_caps_get_structure (caps, i),
            GST_OMV_BINARY_CAPS_NAME))
      return TRUE;
  }

  return FALSE;
}

static gboolean
peer_takes_meta (GstPad * pad, GstCaps * caps)
{
  GstQuery *query = gst_query_new_allocation (caps, FALSE);
  gboolean takes = gst_pad_peer_query (pad, query)
      && gst_query_find_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);

  gst_query_unref (query);
  return takes;
}

static gboolean
is_configured_for (const OmvOutput * output, const GstOmvWalkStep * frame)
{
  return output->configured && output->format == frame->header.format
      && output->width == frame->header.width
      && output->height == frame->header.height
      && output->version == frame->version;
}

static gboolean
has_caps (GstPad * pad, GstCaps * caps)
{
  g_autoptr (GstCaps) current = gst_pad_get_current_caps (pad);

  return current != NULL && gst_caps_is_equal (current, caps);
}

/* FALSE if they were lost, as they are in a flush or behind EOS. */
static gboolean
push_caps (GstPad * pad, GstCaps * caps)
{
  if (has_caps (pad, caps))
    return TRUE;

  gst_pad_push_event (pad, gst_event_new_caps (caps));
  return has_caps (pad, caps);
}

/*
 * omv_output_configure:
 *
 * Makes @pad ready for @frame, which is not ARGB8. If downstream refuses its
 * caps, the push of the frame will tell.
 */
void
omv_output_configure (OmvOutput * output, GstPad * pad,
    const GstOmvWalkStep * frame)
{
  gboolean asked_anew = gst_pad_check_reconfigure (pad);
  g_autoptr (GstCaps) caps = NULL;

  if (output->configured && output->frames)
    return;
  if (!asked_anew && is_configured_for (output, frame))
    return;

  if (output->frames) {
    caps = gst_omv_video_make_frame_caps (output->rate_numerator,
        output->rate_denominator);
    output->configured = push_caps (pad, caps);
    return;
  }

  output->version = frame->version;
  output->format = frame->header.format;
  output->width = frame->header.width;
  output->height = frame->header.height;
  output->binary = output->format == GST_OMV_PIXEL_FORMAT_BINARY
      && peer_takes_binary (pad);

  caps = (output->binary ? gst_omv_video_make_binary_caps
      : gst_omv_video_make_caps) (&frame->header, output->rate_numerator,
      output->rate_denominator);
  output->configured = push_caps (pad, caps);

  output->passthrough = output->binary
      || gst_omv_video_is_passthrough (frame->version, &frame->header);
  output->takes_meta = !output->passthrough && peer_takes_meta (pad, caps);
}

/*
 * omv_output_convert:
 *
 * Returns what leaves the pad for @payload, which is taken: the same buffer or
 * a copy. NULL if it cannot be read.
 */
GstBuffer *
omv_output_convert (const OmvOutput * output, const GstOmvWalkStep * frame,
    GstBuffer * payload)
{
  GstBuffer *copy;

  if (output->frames) {
    copy = gst_omv_video_make_frame (frame->version, &frame->header, payload);
    gst_buffer_unref (payload);
    return copy;
  }
  if (output->passthrough)
    return payload;
  if (output->takes_meta
      && gst_omv_video_add_meta (payload, frame->version, &frame->header))
    return payload;

  copy = gst_omv_video_unpack (frame->version, &frame->header, payload);
  gst_buffer_unref (payload);
  return copy;
}
