/* gstomvstrdemux-play.c: omvstrdemux turns the frames of a recording into pads,
 * events, buffers and messages, and plays them by pulling
 *
 * The walk over the frames is the library's. A task drives it over what OmvPull
 * fetches. What a frame looks like when it leaves is OmvOutput's. Playing
 * backward, the walk goes from one place that the finder has listed to the one
 * before it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvstrdemux-private.h"

#include <gst/omv/omv-i18n.h>
#include <inttypes.h>

#include "omv-look.h"
#include "omv-pad-file.h"

GST_DEBUG_CATEGORY_EXTERN (omvstrdemux_debug);
#define GST_CAT_DEFAULT omvstrdemux_debug

/* --- the pad -------------------------------------------------------------- */

/* Whether @metadata is about the recording whose frame @frame is; known of its
 * first frame only. */
static gboolean
is_own (GstOmvMetadata * metadata, const GstOmvWalkStep * frame,
    GstBuffer * payload)
{
  const GstOmvFrameHeader *header = &frame->header;
  GstMapInfo map;
  gboolean own;

  if (frame->number > 0 || !gst_buffer_map (payload, &map, GST_MAP_READ))
    return TRUE;

  own = gst_omv_metadata_belongs_to (metadata, header->format, header->width,
      header->height, map.data, map.size);
  gst_buffer_unmap (payload, &map);
  return own;
}

/* What lies beside the recording. It is not worth failing for. */
static void
load_metadata (GstOmvStrDemux * self, const GstOmvWalkStep * frame,
    GstBuffer * payload)
{
  g_autoptr (GFile) file = omv_pad_query_file (self->sinkpad);
  g_autoptr (GstOmvMetadata) metadata = NULL;
  g_autoptr (GDateTime) start = NULL;
  g_autoptr (GError) error = NULL;

  self->need_metadata = FALSE;
  self->unix_start = GST_CLOCK_TIME_NONE;
  gst_clear_tag_list (&self->tags);
  if (file == NULL)
    return;
  metadata = gst_omv_metadata_load (file, &error);
  if (metadata == NULL) {
    GST_DEBUG_OBJECT (self, "no metadata: %s", error->message);
    return;
  }
  if (!is_own (metadata, frame, payload)) {
    GST_WARNING_OBJECT (self, "the metadata is that of another recording");
    return;
  }

  self->tags = gst_omv_tags_from_metadata (metadata);
  start = gst_omv_metadata_get_start (metadata);
  if (start != NULL)
    self->unix_start = gst_omv_unix_time_from_datetime (start);
}

/* Until they are there: a flush may come in between. */
static void
push_tags (GstOmvStrDemux * self)
{
  g_autoptr (GstEvent) stored = NULL;
  GstTagList *tags = gst_tag_list_new (GST_TAG_CONTAINER_FORMAT,
      "OpenMV recording", NULL);

  if (self->tags != NULL)
    gst_tag_list_insert (tags, self->tags, GST_TAG_MERGE_KEEP);
  gst_tag_list_set_scope (tags, GST_TAG_SCOPE_GLOBAL);
  gst_pad_push_event (self->srcpad, gst_event_new_tag (tags));
  stored = gst_pad_get_sticky_event (self->srcpad, GST_EVENT_TAG, 0);
  self->need_tags = stored == NULL;
}

/* Pushes the segment before @frame. */
static void
push_segment (GstOmvStrDemux * self, const GstOmvWalkStep * frame)
{
  GstSegment segment;
  GstEvent *event;

  GST_OBJECT_LOCK (self);
  if (self->start_at_frame)
    self->segment.start = self->segment.time = self->segment.position =
        frame->time;
  segment = self->segment;
  GST_OBJECT_UNLOCK (self);

  self->need_segment = FALSE;
  self->start_at_frame = FALSE;
  self->discont = TRUE;
  event = gst_event_new_segment (&segment);
  gst_event_set_seqnum (event, self->seqnum);
  gst_pad_push_event (self->srcpad, event);
  if (self->need_tags)
    push_tags (self);
}

static void
push_stream_start (GstOmvStrDemux * self)
{
  g_autofree gchar *stream_id = gst_pad_create_stream_id (self->srcpad,
      GST_ELEMENT (self), "0");
  GstEvent *upstream =
      gst_pad_get_sticky_event (self->sinkpad, GST_EVENT_STREAM_START, 0);
  GstEvent *event = gst_event_new_stream_start (stream_id);
  guint group_id;

  if (upstream == NULL || !gst_event_parse_group_id (upstream, &group_id))
    group_id = gst_util_group_id_next ();
  gst_clear_event (&upstream);

  gst_event_set_group_id (event, group_id);
  gst_pad_push_event (self->srcpad, event);
}

/* Adds the pad. Its segment comes with its first frame: splitmuxsrc takes one that
 * is there before the pad for its own, of no length. */
static void
add_pad (GstOmvStrDemux * self, const GstOmvWalkStep * frame)
{
  GstPadTemplate *templ =
      gst_element_get_pad_template (GST_ELEMENT (self), "video_%u");
  GstPad *pad = gst_pad_new_from_template (templ, "video_0");

  GST_OBJECT_LOCK (self);
  self->srcpad = pad;
  GST_OBJECT_UNLOCK (self);
  gst_pad_use_fixed_caps (self->srcpad);
  gst_pad_set_event_function (self->srcpad, gst_omv_str_demux_src_event);
  gst_pad_set_query_function (self->srcpad, gst_omv_str_demux_src_query);
  gst_pad_set_active (self->srcpad, TRUE);

  push_stream_start (self);
  omv_output_configure (&self->output, self->srcpad, frame);
  self->need_segment = TRUE;
  self->need_metadata = TRUE;
  self->need_tags = TRUE;

  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
  gst_element_no_more_pads (GST_ELEMENT (self));
}

/* --- frames --------------------------------------------------------------- */

GstClockTime
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
stamp (GstOmvStrDemux * self, const GstOmvWalkStep * frame,
    GstClockTime duration, GstBuffer * buffer)
{
  GST_BUFFER_PTS (buffer) = frame->time;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (buffer) = duration;
  GST_BUFFER_OFFSET (buffer) = frame->number;
  GST_BUFFER_OFFSET_END (buffer) = frame->number + 1;
  /* decoders gather what is played backward until the next DISCONT */
  if (self->discont || self->segment.rate < 0)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  else
    GST_BUFFER_FLAG_UNSET (buffer, GST_BUFFER_FLAG_DISCONT);
  self->discont = FALSE;
  if (GST_CLOCK_TIME_IS_VALID (self->unix_start))
    gst_omv_buffer_set_unix_time (buffer, self->unix_start + frame->time,
        duration);

  self->pass_end = frame->time;
  if (GST_CLOCK_TIME_IS_VALID (duration))
    self->pass_end += duration;

  GST_OBJECT_LOCK (self);
  self->segment.position = frame->time;
  self->next_number = frame->number + 1;
  GST_OBJECT_UNLOCK (self);
}

/* Says of an error @flow that somebody else has returned, and perhaps said nothing
 * about, that it ends the stream. */
static GstFlowReturn
explain (GstOmvStrDemux * self, GstFlowReturn flow)
{
  if (flow < GST_FLOW_EOS || flow == GST_FLOW_NOT_LINKED)
    GST_ELEMENT_FLOW_ERROR (self, flow);
  return flow;
}

/* Pushes @frame, whose pixels are @payload. */
GstFlowReturn
gst_omv_str_demux_push_frame (GstOmvStrDemux * self,
    const GstOmvWalkStep * frame, GstBuffer * payload, GstClockTime duration)
{
  GstFlowReturn flow;
  GstBuffer *buffer;

  if (self->need_metadata)
    load_metadata (self, frame, payload);
  omv_output_configure (&self->output, self->srcpad, frame);
  if (self->need_segment)
    push_segment (self, frame);

  buffer = omv_output_convert (&self->output, frame, payload);
  if (buffer == NULL) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ, (NULL),
        ("frame %" G_GUINT64_FORMAT " cannot be mapped", frame->number));
    return GST_FLOW_ERROR;
  }
  stamp (self, frame, duration, buffer);

  flow = gst_pad_push (self->srcpad, buffer);
  if (flow != GST_FLOW_NOT_NEGOTIATED && flow != GST_FLOW_NOT_LINKED) {
    /* an upstream that still pushes is told, and says it by itself */
    return self->pulling || self->feed.input.at_end ? explain (self, flow)
        : flow;
  }

  GST_ELEMENT_ERROR (self, STREAM, FORMAT,
      (_("Frame %" PRIu64 " at byte %" PRIu64 " is a %s frame of %d x %d "
              "pixels, which nothing behind the demuxer takes. "
              "output=frames ! omvframedec makes raw video of all frames."),
          frame->number, frame->offset,
          gst_omv_pixel_format_get_name (frame->header.format),
          frame->header.width, frame->header.height), (NULL));
  return GST_FLOW_ERROR;
}

/* Whether @frame has pixels to push. Adds the pad for the first that has. */
gboolean
gst_omv_str_demux_show_frame (GstOmvStrDemux * self,
    const GstOmvWalkStep * frame)
{
  if (frame->header.format == GST_OMV_PIXEL_FORMAT_ARGB8) {
    omv_report_pixelless (&self->report, frame);
    return FALSE;
  }

  if (self->srcpad == NULL)
    add_pad (self, frame);
  return TRUE;
}

GstFlowReturn
gst_omv_str_demux_fail (GstOmvStrDemux * self, GError * error)
{
  gst_omv_element_error (GST_ELEMENT (self), &error,
      "after %" G_GUINT64_FORMAT " frames", self->walk.number);
  return GST_FLOW_ERROR;
}

void
gst_omv_str_demux_skip (GstOmvStrDemux * self, const GstOmvWalkStep * damage)
{
  self->discont = TRUE;
  omv_report_damage (&self->report, damage);
}

/* The walk has come to the end. */
void
gst_omv_str_demux_report_end (GstOmvStrDemux * self, const GstOmvWalkStep * end)
{
  if (end->fault == GST_OMV_FAULT_TORN)
    omv_report_torn (&self->report, end);
  omv_report_end (&self->report);
}

/* Ends the stream. Without a pad there is nothing to end, and silence would
 * leave applications that wait for the pad waiting. */
GstFlowReturn
gst_omv_str_demux_finish (GstOmvStrDemux * self)
{
  if (self->srcpad != NULL)
    return GST_FLOW_EOS;

  if (self->report.pixelless.count > 0)
    GST_ELEMENT_ERROR (self, STREAM, DEMUX,
        (_("The recording holds no frame with pixels.")), (NULL));
  else
    GST_ELEMENT_ERROR (self, STREAM, DEMUX,
        (_("The recording holds no whole frame.")), (NULL));
  gst_element_no_more_pads (GST_ELEMENT (self));

  return GST_FLOW_ERROR;
}

void
gst_omv_str_demux_start_walk (GstOmvStrDemux * self)
{
  gst_omv_str_demux_init_walk (self, &self->walk);
  self->last_duration = GST_CLOCK_TIME_NONE;
}

/* --- pull mode ------------------------------------------------------------ */

/* How long a frame lasts whose successor the walk stands before. */
static GstClockTime
pull_duration (GstOmvStrDemux * self, const GstOmvWalkStep * frame)
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

/* Settles what all caps have in common. */
static void
look_ahead (GstOmvStrDemux * self, const GstOmvWalkStep * first)
{
  OmvLook look;

  omv_look_ahead (self->sinkpad, &self->walk, first, &look);
  self->output.rate_numerator = look.rate_numerator;
  self->output.rate_denominator = look.rate_denominator;
  if (look.mixed && self->settings.output == GST_OMV_STR_DEMUX_OUTPUT_AUTO)
    self->output.frames = TRUE;
}

/* Passes on the frame that the walk has just passed; @before is the walk as it
 * was, in case the recording has become too short for it. */
static GstFlowReturn
pull_frame (GstOmvStrDemux * self,
    const GstOmvWalkStep * frame, const GstOmvWalk * before)
{
  GstBuffer *payload;
  GstFlowReturn flow;

  if (self->srcpad == NULL && frame->header.payload_size > 0)
    look_ahead (self, frame);
  if (!gst_omv_str_demux_show_frame (self, frame))
    return GST_FLOW_OK;

  flow = omv_pull_payload (&self->pull, frame->payload_offset,
      frame->header.payload_size, &payload);
  if (flow == GST_FLOW_EOS) {
    self->walk = *before;
    return GST_FLOW_OK;
  }
  if (flow != GST_FLOW_OK)
    return explain (self, flow);

  return gst_omv_str_demux_push_frame (self, frame, payload,
      pull_duration (self, frame));
}

/* Starts over, forward from the first frame or backward from the last one. */
static gboolean
start_over (GstOmvStrDemux * self, GstClockTime base)
{
  gboolean forward = self->segment.rate > 0;
  OmvPlace last;

  if (!forward) {
    OmvFinder *finder = gst_omv_str_demux_borrow_finder (self);
    gboolean found = finder != NULL
        && omv_finder_find_number (finder, G_MAXUINT64 - 1, &last);

    if (finder != NULL)
      gst_omv_str_demux_return_finder (self, finder);
    if (!found)
      return FALSE;
    self->backward_number = last.number + 1;
  }

  GST_OBJECT_LOCK (self);
  self->segment.base = base;
  self->segment.offset = 0;
  if (forward)
    self->segment.stop = GST_CLOCK_TIME_NONE;
  else
    self->segment.stop = MAX (self->segment.stop, last.time);
  GST_OBJECT_UNLOCK (self);

  gst_omv_str_demux_start_walk (self);
  self->need_segment = TRUE;
  self->start_at_frame = forward;

  return TRUE;
}

/* At the end of a segment: starts over, if `loop` says so and time has passed. */
static GstFlowReturn
end_pass (GstOmvStrDemux * self)
{
  GstSegment *segment = &self->segment;
  GstClockTime end = segment->start;
  GstClockTime base;

  if (self->srcpad == NULL || !self->settings.loop
      || (segment->flags & GST_SEGMENT_FLAG_SEGMENT) != 0)
    return gst_omv_str_demux_finish (self);

  if (segment->rate > 0)
    end = MIN (self->pass_end, segment->stop);
  base = gst_segment_to_running_time (segment, GST_FORMAT_TIME, end);
  if (!GST_CLOCK_TIME_IS_VALID (base) || base <= segment->base
      || !start_over (self, base))
    return gst_omv_str_demux_finish (self);

  return GST_FLOW_OK;
}

/* The number of the first frame that will be played of those in hand. */
static guint64
get_first_shown (GstOmvStrDemux * self)
{
  const OmvPlace *places = (const OmvPlace *) self->backward->data;
  guint i = 0;

  while (i + 1 < self->backward->len
      && places[i + 1].time <= self->segment.start)
    i++;

  return places[i].number;
}

/* How many damages are before frame @number. */
static guint
count_damages (const GstOmvIndex * index, guint64 number)
{
  guint low = 0, high = gst_omv_index_get_n_damages (index);

  while (low < high) {
    guint middle = low + (high - low) / 2;
    GstOmvWalkStep damage;

    gst_omv_index_get_damage (index, middle, &damage);
    if (damage.number <= number)
      low = middle + 1;
    else
      high = middle;
  }

  return low;
}

/* Tells what lies between the frames in hand, and between them and frame @end, which
 * was played last: the walk jumps over it. Behind the last frame of all is what
 * the recording ends with, and before the first one what it starts with. */
static void
report_between (GstOmvStrDemux * self, const GstOmvIndex * index, guint64 end)
{
  guint n_damages = gst_omv_index_get_n_damages (index);
  guint64 first = get_first_shown (self);

  for (guint i = count_damages (index, end); i-- > 0;) {
    GstOmvWalkStep damage;

    gst_omv_index_get_damage (index, i, &damage);
    if (damage.number <= first && first > 0)
      break;
    if (i + 1 == n_damages && gst_omv_index_is_torn (index))
      omv_report_torn (&self->report, &damage);
    else
      omv_report_damage (&self->report, &damage);
  }
}

/* Playing backward: gets frames in hand. FALSE: there are no more. */
static gboolean
list_back (GstOmvStrDemux * self)
{
  OmvFinder *finder = gst_omv_str_demux_borrow_finder (self);
  gboolean found;

  if (finder == NULL)
    return FALSE;

  found = omv_finder_list_before (finder, self->backward_number,
      self->backward);
  if (found)
    report_between (self, omv_finder_get_index (finder), self->backward_number);
  gst_omv_str_demux_return_finder (self, finder);

  return found;
}

/* Playing backward: makes the walk stand before the next frame, which is the one
 * before the last. */
static GstFlowReturn
step_back (GstOmvStrDemux * self)
{
  const OmvPlace *place;

  if ((!self->need_segment && self->segment.position <= self->segment.start)
      || (self->backward->len == 0 && !list_back (self))) {
    omv_report_end (&self->report);
    return end_pass (self);
  }

  place = &g_array_index (self->backward, OmvPlace, self->backward->len - 1);
  self->backward_number = place->number;
  gst_omv_walk_go_to_mark (&self->walk, &place->mark);
  g_array_set_size (self->backward, self->backward->len - 1);
  self->at_place = TRUE;

  return GST_FLOW_OK;
}

/* Whether @frame is beyond what a seek asked for. */
gboolean
gst_omv_str_demux_is_behind_stop (GstOmvStrDemux * self,
    const GstOmvWalkStep * frame)
{
  const GstSegment *segment = &self->segment;

  return segment->rate > 0 && !self->start_at_frame
      && GST_CLOCK_TIME_IS_VALID (segment->stop)
      && frame->time >= segment->stop && frame->time > segment->start;
}

/* One step of the walk. */
static GstFlowReturn
pull_step (GstOmvStrDemux * self)
{
  GstOmvWalkStep step;
  GstOmvWalk before;
  GError *error = NULL;

  if (self->segment.rate < 0 && !self->at_place) {
    GstFlowReturn flow = step_back (self);

    if (flow != GST_FLOW_OK || !self->at_place)
      return flow;
  }

  before = self->walk;
  switch (gst_omv_walk_next (&self->walk, &self->pull.input, &step, &error)) {
    case GST_OMV_WALK_NEED:
      return explain (self, omv_pull_bytes (&self->pull, step.offset,
              (gsize) step.size));
    case GST_OMV_WALK_FRAME:
      self->at_place = FALSE;
      return gst_omv_str_demux_is_behind_stop (self, &step) ? end_pass (self)
          : pull_frame (self, &step, &before);
    case GST_OMV_WALK_SKIP:
      gst_omv_str_demux_skip (self, &step);
      return GST_FLOW_OK;
    case GST_OMV_WALK_END:
      gst_omv_str_demux_report_end (self, &step);
      return end_pass (self);
    case GST_OMV_WALK_ERROR:
      return gst_omv_str_demux_fail (self, error);
  }

  g_return_val_if_reached (GST_FLOW_ERROR);
}

/* Tells downstream and application that a seek of the flag SEGMENT has been
 * played; the application may go on with another one. */
static void
push_segment_done (GstOmvStrDemux * self)
{
  const GstSegment *segment = &self->segment;
  GstClockTime end = segment->start;
  GstMessage *message;
  GstEvent *event;

  if (segment->rate > 0)
    end = MIN (self->pass_end, segment->stop);
  message = gst_message_new_segment_done (GST_OBJECT (self), GST_FORMAT_TIME,
      (gint64) end);
  gst_message_set_seqnum (message, self->seqnum);
  gst_element_post_message (GST_ELEMENT (self), message);
  event = gst_event_new_segment_done (GST_FORMAT_TIME, (gint64) end);
  gst_event_set_seqnum (event, self->seqnum);
  gst_pad_push_event (self->srcpad, event);
}

/* Tells downstream that @flow was the last word. Of an error, a message has said
 * why. */
void
gst_omv_str_demux_end_stream (GstOmvStrDemux * self, GstFlowReturn flow)
{
  GstEvent *eos;

  if (self->srcpad == NULL
      || (flow > GST_FLOW_EOS && flow != GST_FLOW_NOT_LINKED))
    return;
  if (flow == GST_FLOW_EOS
      && (self->segment.flags & GST_SEGMENT_FLAG_SEGMENT) != 0) {
    push_segment_done (self);
    return;
  }
  eos = gst_event_new_eos ();
  gst_event_set_seqnum (eos, self->seqnum);
  gst_pad_push_event (self->srcpad, eos);
}

void
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
    flow = pull_step (self);
  if (flow != GST_FLOW_OK) {
    GST_DEBUG_OBJECT (self, "pausing: %s", gst_flow_get_name (flow));
    gst_pad_pause_task (pad);
    gst_omv_str_demux_end_stream (self, flow);
  }
}
