/* gstomvstrdemux-push.c: omvstrdemux is pushed to
 *
 * Upstream's thread drives the walk over what OmvFeed keeps. Every frame leaves as
 * soon as its payload is whole.
 *
 * A seek asks upstream for bytes: from the nearest frame before its target that
 * was passed earlier, or from the recording's start. What comes from there up to
 * the target is left out. Only then does a frame wait for the next header, which
 * tells whether that one is still before the target.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvstrdemux-private.h"

GST_DEBUG_CATEGORY_EXTERN (omvstrdemux_debug);
#define GST_CAT_DEFAULT omvstrdemux_debug

/* Remembers the frame that the walk has just passed, for seeks. */
static void
remember_frame (GstOmvStrDemux * self, const GstOmvWalkStep * frame)
{
  GST_OBJECT_LOCK (self);
  gst_omv_index_add (self->seen, &self->walk, frame);
  GST_OBJECT_UNLOCK (self);
}

/* The time of the frame behind the one that the walk has just passed. */
static gboolean
peek_time (GstOmvStrDemux * self, const GstOmvWalkStep * frame,
    guint64 * ret_time)
{
  return omv_feed_bytes (&self->feed, self->walk.position,
      gst_omv_version_get_header_size (frame->version))
      && gst_omv_walk_peek_time (&self->walk, &self->feed.input, ret_time);
}

typedef enum
{
  FRAME_SHOWN,
  FRAME_LEFT_OUT,
  FRAME_UNDECIDED
} Verdict;

/* Whether @frame is before what a seek wants. */
static Verdict
judge_frame (GstOmvStrDemux * self, const GstOmvWalkStep * frame)
{
  guint64 next;

  if (!self->leaving_out)
    return FRAME_SHOWN;
  if (self->target.by_number)
    return frame->number < self->target.value ? FRAME_LEFT_OUT : FRAME_SHOWN;
  if (frame->time >= self->target.value)
    return FRAME_SHOWN;
  if (self->target.after)
    return self->feed.input.at_end ? FRAME_SHOWN : FRAME_LEFT_OUT;
  if (peek_time (self, frame, &next))
    return next <= self->target.value ? FRAME_LEFT_OUT : FRAME_SHOWN;
  return self->feed.input.at_end ? FRAME_SHOWN : FRAME_UNDECIDED;
}

/* Whether nothing would be shown at a segment's start: it is before the first
 * frame, or behind the last one. */
static gboolean
is_outside (GstOmvStrDemux * self, const GstOmvWalkStep * frame)
{
  return frame->time > self->segment.start
      || (self->feed.input.at_end && frame->time
      + gst_omv_str_demux_get_frame_duration (self) <= self->segment.start);
}

static GstFlowReturn
take_frame (GstOmvStrDemux * self, const GstOmvWalkStep * frame)
{
  GstClockTime duration = GST_CLOCK_TIME_NONE;
  guint64 next;

  if (self->leaving_out && is_outside (self, frame))
    self->start_at_frame = TRUE;
  self->leaving_out = FALSE;
  if (gst_omv_str_demux_is_behind_stop (self, frame))
    return GST_FLOW_EOS;
  if (!gst_omv_str_demux_show_frame (self, frame))
    return GST_FLOW_OK;

  /* a frame is not held back for its duration */
  if (peek_time (self, frame, &next))
    duration = self->last_duration = next - frame->time;
  else if (self->feed.input.at_end)
    duration = gst_omv_str_demux_get_frame_duration (self);

  return gst_omv_str_demux_push_frame (self, frame,
      omv_feed_payload (&self->feed, frame->payload_offset,
          frame->header.payload_size), duration);
}

/* Passes on all frames that have come. */
static GstFlowReturn
drain (GstOmvStrDemux * self)
{
  GstFlowReturn flow = GST_FLOW_OK;
  GError *error = NULL;

  while (flow == GST_FLOW_OK) {
    GstOmvWalk before = self->walk;
    GstOmvWalkStep step;
    Verdict verdict;

    omv_feed_drop (&self->feed, self->walk.keep);
    switch (gst_omv_walk_next (&self->walk, &self->feed.input, &step, &error)) {
      case GST_OMV_WALK_NEED:
        if (step.size == 0
            || !omv_feed_bytes (&self->feed, step.offset, (gsize) step.size))
          return GST_FLOW_OK;
        break;
      case GST_OMV_WALK_FRAME:
        verdict = judge_frame (self, &step);
        if (verdict == FRAME_UNDECIDED) {
          self->walk = before;
          return GST_FLOW_OK;
        }
        remember_frame (self, &step);
        if (verdict == FRAME_SHOWN)
          flow = take_frame (self, &step);
        break;
      case GST_OMV_WALK_SKIP:
        gst_omv_str_demux_skip (self, &step);
        break;
      case GST_OMV_WALK_END:
        gst_omv_str_demux_report_end (self, &step);
        flow = gst_omv_str_demux_finish (self);
        break;
      case GST_OMV_WALK_ERROR:
        flow = gst_omv_str_demux_fail (self, error);
        break;
    }
  }

  return flow;
}

/* The end that a seek has set may come before upstream's. */
GstFlowReturn
gst_omv_str_demux_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstOmvStrDemux *self = GST_OMV_STR_DEMUX (parent);

  if (self->push_flow != GST_FLOW_OK) {
    gst_buffer_unref (buffer);
    return self->push_flow;
  }

  omv_feed_push (&self->feed, buffer);
  self->push_flow = drain (self);
  if (self->push_flow == GST_FLOW_EOS)
    gst_omv_str_demux_end_stream (self, GST_FLOW_EOS);
  return self->push_flow;
}

static void
end_of_stream (GstOmvStrDemux * self)
{
  self->feed.input.at_end = TRUE;
  if (self->push_flow != GST_FLOW_OK)
    return;

  self->push_flow = drain (self);
  /* an error, too: nothing follows from upstream that would end the stream */
  gst_omv_str_demux_end_stream (self, self->push_flow);
}

/* The recording is pushed from its start again, unless a segment follows that
 * belongs to a seek. */
static void
flush_stop (GstOmvStrDemux * self)
{
  omv_feed_reset (&self->feed, 0);
  self->push_flow = GST_FLOW_OK;
  GST_OBJECT_LOCK (self);
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  GST_OBJECT_UNLOCK (self);
  gst_omv_str_demux_start_walk (self);
  self->leaving_out = FALSE;
  self->need_segment = self->srcpad != NULL;
  self->start_at_frame = TRUE;
}

/* Upstream starts where the pending seek wants it to: that seek is played now. */
static void
take_segment (GstOmvStrDemux * self, const GstSegment * bytes)
{
  OmvPushSeek seek;

  GST_OBJECT_LOCK (self);
  seek = self->push_seek;
  if (seek.pending && bytes->format == GST_FORMAT_BYTES
      && bytes->start == seek.walk.position) {
    self->push_seek.pending = FALSE;
    self->segment = seek.segment;
  } else {
    seek.pending = FALSE;
  }
  GST_OBJECT_UNLOCK (self);
  if (!seek.pending)
    return;

  omv_feed_reset (&self->feed, bytes->start);
  self->push_flow = GST_FLOW_OK;
  self->walk = seek.walk;
  self->target = seek.target;
  self->leaving_out = TRUE;
  self->seqnum = seek.seqnum;
  self->need_segment = TRUE;
  self->start_at_frame = seek.start_at_frame;
}

gboolean
gst_omv_str_demux_sink_event (GstPad * pad, GstObject * parent,
    GstEvent * event)
{
  GstOmvStrDemux *self = GST_OMV_STR_DEMUX (parent);
  const GstSegment *segment;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_EOS:
      end_of_stream (self);
      break;
    case GST_EVENT_SEGMENT:
      gst_event_parse_segment (event, &segment);
      take_segment (self, segment);
      break;
    case GST_EVENT_FLUSH_STOP:
      flush_stop (self);
      return gst_pad_event_default (pad, parent, event);
    default:
      /* stream-start, caps and tags of the file are not its frames' */
      if (!GST_EVENT_IS_STICKY (event))
        return gst_pad_event_default (pad, parent, event);
      break;
  }

  gst_event_unref (event);
  return TRUE;
}
