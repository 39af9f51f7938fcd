/* gstomvstrdemux.c: the element omvstrdemux
 *
 * The walk over the frames is the library's; this file drives it, in pull mode
 * by a loop over what OmvPull fetches, in push mode over a GstAdapter, and turns
 * what it answers into pads, events, buffers and messages. What a frame looks
 * like when it leaves is OmvOutput's.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-omvstrdemux
 * @title: omvstrdemux
 * @see_also: omvstrmux
 *
 * Reads recordings of OpenMV cameras, `OMV IMG STR` files of any version: every
 * frame in its own size and format, at its own time.
 *
 * The time of a frame is the sum of all intervals up to it. The first interval
 * is that between opening the file and the first frame, often two seconds, and
 * is not waited for: the segment starts at the first frame.
 *
 * Where size or format change, so do the caps. 1-bit frames come as GRAY8 with 0
 * and 255, or, where downstream asks for `video/x-omv-binary`, as they are
 * stored. Frames of the camera's ARGB8 have no pixels on the disk and are left
 * out with a warning.
 *
 * After a damaged stretch it goes on with the next good frame and says what was
 * lost. A last frame that a power cut left incomplete is a warning; all frames
 * before it are played. Files that were joined end to end play on.
 *
 * It does not decode and, so far, does not seek.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 filesrc location=run.bin ! omvstrdemux ! videoconvert ! autovideosink
 * ]| Plays a recording of raw frames.
 * |[
 * gst-launch-1.0 filesrc location=run.bin ! omvstrdemux ! videoconvert ! jpegenc ! avimux ! filesink location=run.avi
 * ]| Makes a Motion-JPEG file that any player plays.
 * |[
 * gst-launch-1.0 filesrc location=run.bin ! omvstrdemux ! omvstrmux offset-to-zero=false ! filesink location=copy.bin
 * ]| Copies a recording without loss.
 *
 * Since: 0.1
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvstrdemux.h"

#include <gst/omv/omv.h>
#include <inttypes.h>

#include <gst/omv/omv-i18n.h>

#include "omv-feed.h"
#include "omv-look.h"
#include "omv-output.h"
#include "omv-pull.h"
#include "omv-report.h"

GST_DEBUG_CATEGORY_STATIC (omvstrdemux_debug);
#define GST_CAT_DEFAULT omvstrdemux_debug

#define DEFAULT_OUTPUT GST_OMV_STR_DEMUX_OUTPUT_NATIVE
#define DEFAULT_LOOP FALSE
#define DEFAULT_RESYNC TRUE
#define DEFAULT_MAX_FRAME_SIZE GST_OMV_FRAME_SIZE_MAX_DEFAULT

typedef enum
{
  GST_OMV_STR_DEMUX_OUTPUT_NATIVE
} GstOmvStrDemuxOutput;

enum
{
  PROP_0,
  PROP_OUTPUT,
  PROP_LOOP,
  PROP_RESYNC,
  PROP_MAX_FRAME_SIZE
};

typedef struct
{
  GstOmvStrDemuxOutput output;
  gboolean loop;
  gboolean resync;
  guint max_frame_size;
} Settings;

struct _GstOmvStrDemux
{
  GstElement element;

  GstPad *sinkpad;

  /* object lock */
  Settings properties;
  Settings settings;            /* @properties as they were in READY */
  gboolean pull_mode;
  GstSegment segment;           /* written by the streaming thread only */
  guint64 next_number;          /* of the frame after the last one pushed */
  guint64 measured_frames;      /* 0 until measured … */
  GstClockTime measured_time;   /* … from time 0 to the last frame's end */

  /* streaming thread; other threads only while it does not run */
  GstPad *srcpad;               /* NULL until the first frame */
  guint group_id;
  OmvPull pull;                 /* in pull mode, from … */
  gboolean pulling;             /* … the first pull on */
  OmvFeed feed;                 /* in push mode … */
  GstFlowReturn push_flow;      /* … with what became of the last frame */

  GstOmvWalk walk;
  OmvOutput output;
  gboolean need_segment;
  gboolean discont;
  GstClockTime last_duration;   /* of the last frame, if known */
  GstClockTime pass_end;        /* end of the last frame pushed */
  OmvReport report;
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_OMV_CAPS));

#define gst_omv_str_demux_parent_class parent_class
G_DEFINE_TYPE_WITH_CODE (GstOmvStrDemux, gst_omv_str_demux, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (omvstrdemux_debug, "omvstrdemux", 0,
        "reader of OMV IMG STR recordings"));
GST_ELEMENT_REGISTER_DEFINE (omvstrdemux, "omvstrdemux", GST_RANK_PRIMARY,
    GST_TYPE_OMV_STR_DEMUX);

#define GST_TYPE_OMV_STR_DEMUX_OUTPUT (gst_omv_str_demux_output_get_type ())
static GType
gst_omv_str_demux_output_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_OMV_STR_DEMUX_OUTPUT_NATIVE, "Each frame in its own format",
        "native"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  if (g_once_init_enter (&type)) {
    GType registered = g_enum_register_static ("GstOmvStrDemuxOutput", values);

    g_once_init_leave (&type, registered);
  }

  return (GType) type;
}

/* --- the pad -------------------------------------------------------------- */

static gboolean gst_omv_str_demux_src_event (GstPad * pad, GstObject * parent,
    GstEvent * event);
static gboolean gst_omv_str_demux_src_query (GstPad * pad, GstObject * parent,
    GstQuery * query);

static void
gst_omv_str_demux_push_segment (GstOmvStrDemux * self, GstClockTime start)
{
  GstSegment segment;

  GST_OBJECT_LOCK (self);
  self->segment.start = start;
  self->segment.time = start;
  self->segment.position = start;
  segment = self->segment;
  GST_OBJECT_UNLOCK (self);

  self->need_segment = FALSE;
  self->discont = TRUE;
  gst_pad_push_event (self->srcpad, gst_event_new_segment (&segment));
}

static void
gst_omv_str_demux_push_stream_start (GstOmvStrDemux * self)
{
  g_autofree gchar *stream_id = gst_pad_create_stream_id (self->srcpad,
      GST_ELEMENT (self), "0");
  GstEvent *upstream =
      gst_pad_get_sticky_event (self->sinkpad, GST_EVENT_STREAM_START, 0);
  GstEvent *event = gst_event_new_stream_start (stream_id);

  if (upstream == NULL || !gst_event_parse_group_id (upstream, &self->group_id))
    self->group_id = gst_util_group_id_next ();
  gst_clear_event (&upstream);

  gst_event_set_group_id (event, self->group_id);
  gst_pad_push_event (self->srcpad, event);
}

/* Adds the pad, with all that goes before its first buffer. */
static void
gst_omv_str_demux_add_pad (GstOmvStrDemux * self, const GstOmvWalkStep * frame)
{
  GstPadTemplate *templ =
      gst_element_get_pad_template (GST_ELEMENT (self), "video_0");
  GstTagList *tags = gst_tag_list_new (GST_TAG_CONTAINER_FORMAT,
      "OpenMV recording", NULL);

  self->srcpad = gst_pad_new_from_template (templ, "video_0");
  gst_pad_use_fixed_caps (self->srcpad);
  gst_pad_set_event_function (self->srcpad, gst_omv_str_demux_src_event);
  gst_pad_set_query_function (self->srcpad, gst_omv_str_demux_src_query);
  gst_pad_set_active (self->srcpad, TRUE);

  gst_omv_str_demux_push_stream_start (self);
  omv_output_configure (&self->output, self->srcpad, frame);
  gst_omv_str_demux_push_segment (self, frame->time);
  gst_tag_list_set_scope (tags, GST_TAG_SCOPE_GLOBAL);
  gst_pad_push_event (self->srcpad, gst_event_new_tag (tags));

  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
  gst_element_no_more_pads (GST_ELEMENT (self));
}

static void
gst_omv_str_demux_remove_pad (GstOmvStrDemux * self)
{
  if (self->srcpad == NULL)
    return;

  gst_pad_set_active (self->srcpad, FALSE);
  gst_element_remove_pad (GST_ELEMENT (self), self->srcpad);
  self->srcpad = NULL;
}

/* --- frames --------------------------------------------------------------- */

static GstClockTime
gst_omv_str_demux_get_frame_duration (GstOmvStrDemux * self)
{
  const OmvOutput *output = &self->output;

  if (GST_CLOCK_TIME_IS_VALID (self->last_duration))
    return self->last_duration;
  if (output->rate_numerator > 0)
    return gst_util_uint64_scale_int (GST_SECOND, output->rate_denominator,
        output->rate_numerator);
  return 0;
}

static void
gst_omv_str_demux_stamp (GstOmvStrDemux * self, const GstOmvWalkStep * frame,
    GstClockTime duration, GstBuffer * buffer)
{
  GST_BUFFER_PTS (buffer) = frame->time;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (buffer) = duration;
  GST_BUFFER_OFFSET (buffer) = frame->number;
  GST_BUFFER_OFFSET_END (buffer) = frame->number + 1;
  if (self->discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  else
    GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_DISCONT);
  self->discont = FALSE;

  self->pass_end = frame->time;
  if (GST_CLOCK_TIME_IS_VALID (duration))
    self->pass_end += duration;

  GST_OBJECT_LOCK (self);
  self->segment.position = frame->time;
  self->next_number = frame->number + 1;
  GST_OBJECT_UNLOCK (self);
}

/* Pushes @frame, whose pixels are @payload. */
static GstFlowReturn
gst_omv_str_demux_push_frame (GstOmvStrDemux * self,
    const GstOmvWalkStep * frame, GstBuffer * payload, GstClockTime duration)
{
  GstFlowReturn flow;
  GstBuffer *buffer;

  if (self->need_segment)
    gst_omv_str_demux_push_segment (self, frame->time);

  omv_output_configure (&self->output, self->srcpad, frame);
  buffer = omv_output_convert (&self->output, frame, payload);
  if (buffer == NULL) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ, (NULL),
        ("frame %" G_GUINT64_FORMAT " cannot be mapped", frame->number));
    return GST_FLOW_ERROR;
  }
  gst_omv_str_demux_stamp (self, frame, duration, buffer);

  flow = gst_pad_push (self->srcpad, buffer);
  if (flow != GST_FLOW_NOT_NEGOTIATED && flow != GST_FLOW_NOT_LINKED)
    return flow;

  GST_ELEMENT_ERROR (self, STREAM, FORMAT,
      (_("Frame %" PRIu64 " at byte %" PRIu64 " is a %s frame of %d x %d "
              "pixels, which nothing behind the demuxer takes."), frame->number,
          frame->offset, gst_omv_pixel_format_get_name (frame->header.format),
          frame->header.width, frame->header.height), (NULL));
  return GST_FLOW_ERROR;
}

/* Whether @frame has pixels to push. Adds the pad for the first that has. */
static gboolean
gst_omv_str_demux_show_frame (GstOmvStrDemux * self,
    const GstOmvWalkStep * frame)
{
  if (frame->header.format == GST_OMV_PIXEL_FORMAT_ARGB8) {
    omv_report_pixelless (&self->report, frame);
    return FALSE;
  }

  if (self->srcpad == NULL)
    gst_omv_str_demux_add_pad (self, frame);
  return TRUE;
}

static GstFlowReturn
gst_omv_str_demux_fail (GstOmvStrDemux * self, GError * error)
{
  gst_omv_element_error (GST_ELEMENT (self), &error,
      "after %" G_GUINT64_FORMAT " frames", self->walk.number);
  return GST_FLOW_ERROR;
}

static void
gst_omv_str_demux_skip (GstOmvStrDemux * self, const GstOmvWalkStep * damage)
{
  self->discont = TRUE;
  omv_report_damage (&self->report, damage);
}

/* Ends the stream. Without a pad there is nothing to end, and silence would
 * leave applications that wait for the pad waiting. */
static GstFlowReturn
gst_omv_str_demux_finish (GstOmvStrDemux * self)
{
  if (self->srcpad != NULL)
    return GST_FLOW_EOS;

  if (self->report.pixelless > 0)
    GST_ELEMENT_ERROR (self, STREAM, DEMUX,
        (_("The recording holds no frame with pixels.")), (NULL));
  else
    GST_ELEMENT_ERROR (self, STREAM, DEMUX,
        (_("The recording holds no whole frame.")), (NULL));
  gst_element_no_more_pads (GST_ELEMENT (self));

  return GST_FLOW_ERROR;
}

/* Makes @walk stand at the start of the recording. */
static void
gst_omv_str_demux_init_walk (GstOmvStrDemux * self, GstOmvWalk * walk)
{
  gst_omv_walk_init (walk);
  GST_OBJECT_LOCK (self);
  walk->max_frame_size = self->settings.max_frame_size;
  walk->resync = self->settings.resync;
  walk->rewind = self->pull_mode;
  GST_OBJECT_UNLOCK (self);
}

static void
gst_omv_str_demux_start_walk (GstOmvStrDemux * self)
{
  gst_omv_str_demux_init_walk (self, &self->walk);
  self->last_duration = GST_CLOCK_TIME_NONE;
}

static void
gst_omv_str_demux_reset (GstOmvStrDemux * self)
{
  GST_OBJECT_LOCK (self);
  self->settings = self->properties;
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  self->next_number = 0;
  self->measured_frames = 0;
  self->measured_time = GST_CLOCK_TIME_NONE;
  GST_OBJECT_UNLOCK (self);

  if (self->pulling)
    omv_pull_clear (&self->pull);
  self->pulling = FALSE;
  omv_feed_reset (&self->feed);
  self->push_flow = GST_FLOW_OK;

  self->output = (OmvOutput) {
  .rate_denominator = 1};
  self->need_segment = FALSE;
  omv_report_init (&self->report, GST_ELEMENT (self));
  gst_omv_str_demux_start_walk (self);
}

/* --- pull mode ------------------------------------------------------------ */

/* How long a frame lasts whose successor the walk stands before. */
static GstClockTime
gst_omv_str_demux_pull_duration (GstOmvStrDemux * self,
    const GstOmvWalkStep * frame)
{
  guint64 next;

  if (omv_pull_bytes (&self->pull, self->walk.position,
          gst_omv_version_get_header_size (frame->version)) == GST_FLOW_OK
      && gst_omv_walk_peek_time (&self->walk, &self->pull.input, &next)) {
    self->last_duration = next - frame->time;
    return self->last_duration;
  }

  return gst_omv_str_demux_get_frame_duration (self);
}

/* Passes on the frame that the walk has just passed; @before is the walk as it
 * was, in case the recording has become too short for it. */
static GstFlowReturn
gst_omv_str_demux_pull_frame (GstOmvStrDemux * self,
    const GstOmvWalkStep * frame, const GstOmvWalk * before)
{
  GstBuffer *payload;
  GstFlowReturn flow;

  if (self->srcpad == NULL && frame->header.payload_size > 0)
    omv_look_find_frame_rate (self->sinkpad, &self->walk, frame,
        &self->output.rate_numerator, &self->output.rate_denominator);
  if (!gst_omv_str_demux_show_frame (self, frame))
    return GST_FLOW_OK;

  flow = omv_pull_payload (&self->pull, frame->payload_offset,
      frame->header.payload_size, &payload);
  if (flow == GST_FLOW_EOS) {
    self->walk = *before;
    return GST_FLOW_OK;
  }
  if (flow != GST_FLOW_OK)
    return flow;

  return gst_omv_str_demux_push_frame (self, frame, payload,
      gst_omv_str_demux_pull_duration (self, frame));
}

/* At the end: starts over, if `loop` says so and time passes in a pass. */
static GstFlowReturn
gst_omv_str_demux_end_pass (GstOmvStrDemux * self)
{
  if (!self->settings.loop || self->srcpad == NULL
      || self->pass_end == self->segment.start)
    return gst_omv_str_demux_finish (self);

  GST_OBJECT_LOCK (self);
  self->segment.base += self->pass_end - self->segment.start;
  GST_OBJECT_UNLOCK (self);

  gst_omv_str_demux_start_walk (self);
  omv_report_silence (&self->report);
  self->need_segment = TRUE;

  return GST_FLOW_OK;
}

/* One step of the walk. */
static GstFlowReturn
gst_omv_str_demux_pull_step (GstOmvStrDemux * self)
{
  GstOmvWalk before = self->walk;
  GstOmvWalkStep step;
  GError *error = NULL;

  switch (gst_omv_walk_next (&self->walk, &self->pull.input, &step, &error)) {
    case GST_OMV_WALK_NEED:
      return omv_pull_bytes (&self->pull, step.offset, (gsize) step.size);
    case GST_OMV_WALK_FRAME:
      return gst_omv_str_demux_pull_frame (self, &step, &before);
    case GST_OMV_WALK_SKIP:
      gst_omv_str_demux_skip (self, &step);
      return GST_FLOW_OK;
    case GST_OMV_WALK_END:
      omv_report_end (&self->report, &step);
      return gst_omv_str_demux_end_pass (self);
    case GST_OMV_WALK_ERROR:
      return gst_omv_str_demux_fail (self, error);
  }

  g_return_val_if_reached (GST_FLOW_ERROR);
}

static void
gst_omv_str_demux_pause (GstOmvStrDemux * self, GstFlowReturn flow)
{
  GST_DEBUG_OBJECT (self, "pausing: %s", gst_flow_get_name (flow));
  gst_pad_pause_task (self->sinkpad);

  /* whoever returned an error has said why */
  if (self->srcpad != NULL && flow <= GST_FLOW_EOS)
    gst_pad_push_event (self->srcpad, gst_event_new_eos ());
}

static void
gst_omv_str_demux_loop (GstPad * pad)
{
  GstOmvStrDemux *self = GST_OMV_STR_DEMUX (GST_PAD_PARENT (pad));
  GstFlowReturn flow = GST_FLOW_OK;

  if (!self->pulling) {
    self->pulling = omv_pull_init (&self->pull, pad);
    if (!self->pulling) {
      GST_ELEMENT_ERROR (self, RESOURCE, READ, (NULL),
          ("upstream does not know the size of the recording"));
      flow = GST_FLOW_ERROR;
    }
  }

  if (flow == GST_FLOW_OK)
    flow = gst_omv_str_demux_pull_step (self);
  if (flow != GST_FLOW_OK)
    gst_omv_str_demux_pause (self, flow);
}

/* --- push mode ------------------------------------------------------------ */

static GstFlowReturn
gst_omv_str_demux_take_frame (GstOmvStrDemux * self,
    const GstOmvWalkStep * frame)
{
  GstClockTime duration = GST_CLOCK_TIME_NONE;
  guint64 next;

  if (!gst_omv_str_demux_show_frame (self, frame))
    return GST_FLOW_OK;

  /* a frame is not held back for its duration */
  if (omv_feed_bytes (&self->feed, self->walk.position,
          gst_omv_version_get_header_size (frame->version))
      && gst_omv_walk_peek_time (&self->walk, &self->feed.input, &next))
    duration = self->last_duration = next - frame->time;
  else if (self->feed.input.at_end)
    duration = gst_omv_str_demux_get_frame_duration (self);

  return gst_omv_str_demux_push_frame (self, frame,
      omv_feed_payload (&self->feed, frame->payload_offset,
          frame->header.payload_size), duration);
}

/* Passes on all frames that have come. */
static GstFlowReturn
gst_omv_str_demux_drain (GstOmvStrDemux * self)
{
  GstFlowReturn flow = GST_FLOW_OK;
  GstOmvWalkStep step;
  GError *error = NULL;

  while (flow == GST_FLOW_OK) {
    omv_feed_drop (&self->feed, self->walk.keep);

    switch (gst_omv_walk_next (&self->walk, &self->feed.input, &step, &error)) {
      case GST_OMV_WALK_NEED:
        if (step.size == 0
            || !omv_feed_bytes (&self->feed, step.offset, (gsize) step.size))
          return GST_FLOW_OK;
        break;
      case GST_OMV_WALK_FRAME:
        flow = gst_omv_str_demux_take_frame (self, &step);
        break;
      case GST_OMV_WALK_SKIP:
        gst_omv_str_demux_skip (self, &step);
        break;
      case GST_OMV_WALK_END:
        omv_report_end (&self->report, &step);
        flow = gst_omv_str_demux_finish (self);
        break;
      case GST_OMV_WALK_ERROR:
        flow = gst_omv_str_demux_fail (self, error);
        break;
    }
  }

  return flow;
}

static GstFlowReturn
gst_omv_str_demux_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstOmvStrDemux *self = GST_OMV_STR_DEMUX (parent);

  omv_feed_push (&self->feed, buffer);
  self->push_flow = gst_omv_str_demux_drain (self);
  return self->push_flow;
}

static gboolean
gst_omv_str_demux_sink_event (GstPad * pad, GstObject * parent,
    GstEvent * event)
{
  GstOmvStrDemux *self = GST_OMV_STR_DEMUX (parent);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_EOS:
      self->feed.input.at_end = TRUE;
      if (self->push_flow == GST_FLOW_OK)
        self->push_flow = gst_omv_str_demux_drain (self);
      if (self->push_flow == GST_FLOW_EOS)
        return gst_pad_event_default (pad, parent, event);
      break;
    case GST_EVENT_FLUSH_STOP:
      omv_feed_reset (&self->feed);
      self->push_flow = GST_FLOW_OK;
      GST_OBJECT_LOCK (self);
      gst_segment_init (&self->segment, GST_FORMAT_TIME);
      GST_OBJECT_UNLOCK (self);
      gst_omv_str_demux_start_walk (self);
      self->need_segment = self->srcpad != NULL;
      return gst_pad_event_default (pad, parent, event);
    default:
      /* stream-start, caps, segment and tags of the file are not its frames' */
      if (!GST_EVENT_IS_STICKY (event))
        return gst_pad_event_default (pad, parent, event);
      break;
  }

  gst_event_unref (event);
  return TRUE;
}

/* --- scheduling ----------------------------------------------------------- */

static gboolean
gst_omv_str_demux_sink_activate (GstPad * pad, GstObject * parent)
{
  GstQuery *query = gst_query_new_scheduling ();
  gboolean pull = gst_pad_peer_query (pad, query)
      && gst_query_has_scheduling_mode_with_flags (query, GST_PAD_MODE_PULL,
      GST_SCHEDULING_FLAG_SEEKABLE);

  gst_query_unref (query);
  return gst_pad_activate_mode (pad,
      pull ? GST_PAD_MODE_PULL : GST_PAD_MODE_PUSH, TRUE);
}

static gboolean
gst_omv_str_demux_sink_activate_mode (GstPad * pad, GstObject * parent,
    GstPadMode mode, gboolean active)
{
  GstOmvStrDemux *self = GST_OMV_STR_DEMUX (parent);

  if (active) {
    GST_OBJECT_LOCK (self);
    self->pull_mode = mode == GST_PAD_MODE_PULL;
    GST_OBJECT_UNLOCK (self);
    gst_omv_str_demux_start_walk (self);
  }
  if (mode == GST_PAD_MODE_PUSH)
    return TRUE;
  if (!active)
    return gst_pad_stop_task (pad);

  return gst_pad_start_task (pad, (GstTaskFunction) gst_omv_str_demux_loop,
      pad, NULL);
}

static GstStateChangeReturn
gst_omv_str_demux_change_state (GstElement * element, GstStateChange transition)
{
  GstOmvStrDemux *self = GST_OMV_STR_DEMUX (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    gst_omv_str_demux_reset (self);

  result = GST_ELEMENT_CLASS (parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    gst_omv_str_demux_remove_pad (self);
    gst_omv_str_demux_reset (self);
  }

  return result;
}

/* --- queries -------------------------------------------------------------- */

static gboolean
gst_omv_str_demux_query_duration (GstOmvStrDemux * self, GstQuery * query)
{
  GstClockTime time;
  gboolean pull_mode;
  GstFormat format;
  guint64 frames;
  GstOmvWalk walk;

  gst_query_parse_duration (query, &format, NULL);
  if (format != GST_FORMAT_TIME && format != GST_FORMAT_DEFAULT)
    return FALSE;

  GST_OBJECT_LOCK (self);
  pull_mode = self->pull_mode;
  frames = self->measured_frames;
  time = self->measured_time;
  GST_OBJECT_UNLOCK (self);

  if (!pull_mode)
    return FALSE;
  if (frames == 0) {
    gst_omv_str_demux_init_walk (self, &walk);
    if (!omv_look_measure (self->sinkpad, &walk, &frames, &time))
      return FALSE;
    GST_OBJECT_LOCK (self);
    self->measured_frames = frames;
    self->measured_time = time;
    GST_OBJECT_UNLOCK (self);
  }

  gst_query_set_duration (query, format,
      format == GST_FORMAT_TIME ? (gint64) time : (gint64) frames);
  return TRUE;
}

static gboolean
gst_omv_str_demux_query_position (GstOmvStrDemux * self, GstQuery * query)
{
  GstFormat format;
  gint64 position;

  gst_query_parse_position (query, &format, NULL);

  GST_OBJECT_LOCK (self);
  if (format == GST_FORMAT_TIME)
    position = (gint64) gst_segment_to_stream_time (&self->segment,
        GST_FORMAT_TIME, self->segment.position);
  else if (format == GST_FORMAT_DEFAULT)
    position = (gint64) self->next_number - 1;
  else
    position = -1;
  GST_OBJECT_UNLOCK (self);

  if (position < 0)
    return FALSE;
  gst_query_set_position (query, format, position);
  return TRUE;
}

static gboolean
gst_omv_str_demux_src_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  GstOmvStrDemux *self = GST_OMV_STR_DEMUX (parent);

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_DURATION:
      return gst_omv_str_demux_query_duration (self, query);
    case GST_QUERY_POSITION:
      return gst_omv_str_demux_query_position (self, query);
    case GST_QUERY_SEEKING:{
      GstFormat format;

      gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
      gst_query_set_seeking (query, format, FALSE, 0, -1);
      return TRUE;
    }
    default:
      return gst_pad_query_default (pad, parent, query);
  }
}

static gboolean
gst_omv_str_demux_src_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_SEEK:
    case GST_EVENT_QOS:
      gst_event_unref (event);
      return FALSE;
    default:
      return gst_pad_event_default (pad, parent, event);
  }
}

/* --- the object ----------------------------------------------------------- */

static void
gst_omv_str_demux_set_property (GObject * object, guint property_id,
    const GValue * value, GParamSpec * pspec)
{
  GstOmvStrDemux *self = GST_OMV_STR_DEMUX (object);

  GST_OBJECT_LOCK (self);
  switch (property_id) {
    case PROP_OUTPUT:
      self->properties.output = (GstOmvStrDemuxOutput) g_value_get_enum (value);
      break;
    case PROP_LOOP:
      self->properties.loop = g_value_get_boolean (value);
      break;
    case PROP_RESYNC:
      self->properties.resync = g_value_get_boolean (value);
      break;
    case PROP_MAX_FRAME_SIZE:
      self->properties.max_frame_size = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_omv_str_demux_get_property (GObject * object, guint property_id,
    GValue * value, GParamSpec * pspec)
{
  GstOmvStrDemux *self = GST_OMV_STR_DEMUX (object);

  GST_OBJECT_LOCK (self);
  switch (property_id) {
    case PROP_OUTPUT:
      g_value_set_enum (value, self->properties.output);
      break;
    case PROP_LOOP:
      g_value_set_boolean (value, self->properties.loop);
      break;
    case PROP_RESYNC:
      g_value_set_boolean (value, self->properties.resync);
      break;
    case PROP_MAX_FRAME_SIZE:
      g_value_set_uint (value, self->properties.max_frame_size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_omv_str_demux_finalize (GObject * object)
{
  GstOmvStrDemux *self = GST_OMV_STR_DEMUX (object);

  omv_feed_finish (&self->feed);

  G_OBJECT_CLASS (parent_class)->finalize (object);
}

static void
gst_omv_str_demux_install_properties (GObjectClass * object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
      | GST_PARAM_MUTABLE_READY;

  /**
   * GstOmvStrDemux:output:
   *
   * What the frames leave as.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_OUTPUT,
      g_param_spec_enum ("output", "Output", "What the frames leave as",
          GST_TYPE_OMV_STR_DEMUX_OUTPUT, DEFAULT_OUTPUT, flags));

  /**
   * GstOmvStrDemux:loop:
   *
   * Whether to start over at the end of a recording, without a break in running
   * time. Needs a source that can be read at any place, such as filesrc.
   * A recording in which no time passes is played once.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_LOOP,
      g_param_spec_boolean ("loop", "Loop",
          "Start over at the end (needs a source that can be read at any "
          "place)", DEFAULT_LOOP, flags));

  /**
   * GstOmvStrDemux:resync:
   *
   * Whether to go on with the next good frame after a damaged stretch, with a
   * warning. If not, damage is an error.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_RESYNC,
      g_param_spec_boolean ("resync", "Resync",
          "Skip damage to the next good frame, with a warning; "
          "if false, damage is an error", DEFAULT_RESYNC, flags));

  /**
   * GstOmvStrDemux:max-frame-size:
   *
   * The largest payload in bytes. A frame that says it is larger is damage.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_MAX_FRAME_SIZE,
      g_param_spec_uint ("max-frame-size", "Maximum Frame Size",
          "Bytes above which a frame is taken for damage",
          1, G_MAXINT, DEFAULT_MAX_FRAME_SIZE, flags));

  gst_type_mark_as_plugin_api (GST_TYPE_OMV_STR_DEMUX_OUTPUT, 0);
}

static void
gst_omv_str_demux_class_init (GstOmvStrDemuxClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstCaps *caps = gst_omv_video_get_template_caps (GST_OMV_VERSION_V2_0);

  object_class->set_property = gst_omv_str_demux_set_property;
  object_class->get_property = gst_omv_str_demux_get_property;
  object_class->finalize = gst_omv_str_demux_finalize;
  gst_omv_str_demux_install_properties (object_class);

  element_class->change_state = gst_omv_str_demux_change_state;

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_pad_template (element_class,
      gst_pad_template_new ("video_0", GST_PAD_SRC, GST_PAD_SOMETIMES, caps));
  gst_caps_unref (caps);

  gst_element_class_set_static_metadata (element_class,
      "OpenMV recording demuxer", "Codec/Demuxer",
      "Reads recordings of OpenMV cameras (OMV IMG STR)",
      "The gst-omv authors");
}

static void
gst_omv_str_demux_init (GstOmvStrDemux * self)
{
  self->properties.output = DEFAULT_OUTPUT;
  self->properties.loop = DEFAULT_LOOP;
  self->properties.resync = DEFAULT_RESYNC;
  self->properties.max_frame_size = DEFAULT_MAX_FRAME_SIZE;
  omv_feed_init (&self->feed);
  gst_omv_str_demux_reset (self);

  self->sinkpad = gst_pad_new_from_static_template (&sink_template, "sink");
  gst_pad_set_activate_function (self->sinkpad,
      gst_omv_str_demux_sink_activate);
  gst_pad_set_activatemode_function (self->sinkpad,
      gst_omv_str_demux_sink_activate_mode);
  gst_pad_set_chain_function (self->sinkpad, gst_omv_str_demux_chain);
  gst_pad_set_event_function (self->sinkpad, gst_omv_str_demux_sink_event);
  gst_element_add_pad (GST_ELEMENT (self), self->sinkpad);
}
