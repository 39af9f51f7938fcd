/* export-play.c: runs a recording through the elements of an export
 *
 * Where frames leave the demuxer, each gets the time that the plan has for it,
 * or is left out; what comes behind sees a stream that starts at 0 and has the
 * plan's rate. The same place ends the stream: behind the last frame that is
 * wanted, or when the user has had enough. Whatever is then in encoders and
 * muxers still comes out, so that the file is whole.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "export.h"

#include "omvprogress.h"
#include "omvrun.h"

typedef struct
{
  OmvExport *export;
  OmvImageFiles *files;         /* or NULL */

  /* the demuxer's streaming thread */
  gboolean has_begun;

  /* the muxer's streaming thread */
  gboolean repeating;

  /* streaming threads write, any thread reads */
  gint n_frames;                /* that went in, … */
  gint n_written;               /* … and were decoded, or into a recording */
  gint failed;                  /* and it was said why */

  /* main thread writes, streaming thread reads */
  gint interrupted;

  OmvProgress *progress;        /* main thread */
} Player;

/* ---- where frames leave the demuxer ---- */

static GstPadProbeReturn
end_stream (GstPadProbeInfo * info)
{
  gst_buffer_unref (GST_PAD_PROBE_INFO_BUFFER (info));
  GST_PAD_PROBE_INFO_DATA (info) = NULL;
  GST_PAD_PROBE_INFO_FLOW_RETURN (info) = GST_FLOW_EOS;

  return GST_PAD_PROBE_HANDLED;
}

/* Goes on at the first frame that is wanted, over what lies before it. Not before
 * the pipeline starts, because the demuxer has no pad then; without a flush, as
 * nothing has gone by yet. */
static void
begin (Player * self, GstPad * pad, guint64 number)
{
  const guint first = omv_plan_get_first (self->export->plan);

  self->has_begun = TRUE;
  /* if this fails, all is dropped that is not wanted */
  if (number < first)
    (void) gst_pad_send_event (pad, gst_event_new_seek (1.0,
            GST_FORMAT_DEFAULT, GST_SEEK_FLAG_NONE, GST_SEEK_TYPE_SET, first,
            GST_SEEK_TYPE_NONE, -1));
}

static GstPadProbeReturn
on_frame (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Player *self = user_data;
  const OmvPlan *plan = self->export->plan;
  GstBuffer *frame = GST_PAD_PROBE_INFO_BUFFER (info);
  const guint64 number = GST_BUFFER_OFFSET (frame);
  guint64 time, end;

  if (number > plan->last || g_atomic_int_get (&self->interrupted)
      || g_atomic_int_get (&self->failed))
    return end_stream (info);

  if (!self->has_begun)
    begin (self, pad, number);
  time = omv_plan_get_time (plan, number, &end);
  if (time == GST_OMV_TIME_NONE)
    return GST_PAD_PROBE_DROP;

  frame = gst_buffer_make_writable (frame);
  GST_BUFFER_PTS (frame) = time;
  GST_BUFFER_DURATION (frame) = end - time;
  GST_PAD_PROBE_INFO_DATA (info) = frame;
  g_atomic_int_inc (&self->n_frames);

  return GST_PAD_PROBE_OK;
}

static GstEvent *
make_caps (const OmvExport * export, GstEvent * event)
{
  const OmvPlan *plan = export->plan;
  g_autoptr (GstCaps) own = NULL;
  GstCaps *caps;

  gst_event_parse_caps (event, &caps);
  own = gst_caps_copy (caps);
  gst_caps_set_simple (own, "framerate", GST_TYPE_FRACTION,
      plan->rate_numerator, plan->rate_denominator, NULL);

  return gst_event_new_caps (own);
}

/* What omvstrmux stores as exact times is running time, what makes intervals are
 * timestamps. So a recording keeps its clock. */
static GstEvent *
make_segment (const OmvExport * export)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  if (export->container == OMV_CONTAINER_BIN)
    segment.base = export->plan->exact_offset;
  return gst_event_new_segment (&segment);
}

static GstPadProbeReturn
on_event (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  const OmvExport *export = ((Player *) user_data)->export;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
    GST_PAD_PROBE_INFO_DATA (info) = make_segment (export);
  else if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    GST_PAD_PROBE_INFO_DATA (info) = make_caps (export, event);
  else
    return GST_PAD_PROBE_OK;

  gst_event_unref (event);
  return GST_PAD_PROBE_OK;
}

static void
on_pad_added (GstElement * demuxer, GstPad * pad, Player * self)
{
  (void) gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame, self,
      NULL);
  (void) gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_event,
      self, NULL);
}

/* ---- where frames arrive at a muxer that wants a constant rate ---- */

/* Pushes a picture once for each place that its duration fills, but for the
 * last one, which it returns. */
static GstBuffer *
repeat (Player * self, GstPad * pad, GstBuffer * picture)
{
  const OmvPlan *plan = self->export->plan;
  const guint64 first = omv_plan_get_slot (plan, GST_BUFFER_PTS (picture));
  const guint64 end = omv_plan_get_slot (plan, GST_BUFFER_PTS (picture)
      + GST_BUFFER_DURATION (picture));
  GstFlowReturn flow = GST_FLOW_OK;

  self->repeating = TRUE;
  for (guint64 slot = first; slot + 1 < end && flow == GST_FLOW_OK; slot++) {
    GstBuffer *copy = gst_buffer_copy (picture);

    GST_BUFFER_PTS (copy) = omv_plan_get_slot_time (plan, slot);
    GST_BUFFER_DURATION (copy) = omv_plan_get_slot_time (plan, slot + 1)
        - GST_BUFFER_PTS (copy);
    flow = gst_pad_push (pad, copy);
  }
  self->repeating = FALSE;

  picture = gst_buffer_make_writable (picture);
  GST_BUFFER_PTS (picture) = omv_plan_get_slot_time (plan, MAX (end, 1) - 1);
  GST_BUFFER_DURATION (picture) = omv_plan_get_slot_time (plan, end)
      - GST_BUFFER_PTS (picture);
  return picture;
}

static GstPadProbeReturn
on_encoded (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Player *self = user_data;

  /* what is pushed here comes by again */
  if (!self->repeating)
    GST_PAD_PROBE_INFO_DATA (info) = repeat (self, pad,
        GST_PAD_PROBE_INFO_BUFFER (info));

  return GST_PAD_PROBE_OK;
}

/* ---- where pictures arrive that are files of their own ---- */

static GstPadProbeReturn
on_picture (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Player *self = user_data;
  GstBuffer *picture = GST_PAD_PROBE_INFO_BUFFER (info);

  if (!g_atomic_int_get (&self->failed)
      && !omv_image_files_write (self->files, picture))
    g_atomic_int_set (&self->failed, TRUE);

  return GST_PAD_PROBE_OK;
}

/* ---- where frames arrive that could be decoded ---- */

static GstPadProbeReturn
on_written (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  Player *self = user_data;

  if (!GST_BUFFER_FLAG_IS_SET (GST_PAD_PROBE_INFO_BUFFER (info),
          GST_BUFFER_FLAG_HEADER))
    g_atomic_int_inc (&self->n_written);

  return GST_PAD_PROBE_OK;
}

/* ---- the main thread ---- */

static void
on_tick (gpointer user_data)
{
  const Player *self = user_data;

  omv_progress_update (self->progress,
      (guint64) g_atomic_int_get (&self->n_frames));
}

/* The next frame ends the stream. */
static gboolean
on_stop (gpointer user_data)
{
  Player *self = user_data;

  g_atomic_int_set (&self->interrupted, TRUE);
  return TRUE;
}

static void
add_probe (GstElement * element, const gchar * name,
    GstPadProbeCallback callback, Player * self)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, name);

  (void) gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, callback, self,
      NULL);
}

gboolean
omv_export_play (OmvExport * export, const gchar * part, OmvImageFiles * files,
    OmvExportResult * ret_result)
{
  Player self = {.export = export,.files = files };
  OmvRun run = {
    .tool = export->tool,.subject = export->in,.output = export->out,
    .stop = on_stop,.tick = on_tick,.user_data = &self
  };
  OmvExportPipeline pipeline;
  OmvRunResult result;

  if (!omv_export_make_pipeline (export, part, &pipeline))
    return FALSE;

  run.pipeline = pipeline.pipeline;
  (void) g_signal_connect (pipeline.demuxer, "pad-added",
      G_CALLBACK (on_pad_added), &self);
  if (files != NULL)
    add_probe (pipeline.sink, "sink", on_picture, &self);
  if (pipeline.decoded != NULL)
    add_probe (pipeline.decoded, "sink", on_written, &self);
  if (pipeline.repeater != NULL)
    add_probe (pipeline.repeater, "src", on_encoded, &self);
  self.progress = omv_progress_new (export->tool, OMV_PROGRESS_FRAMES,
      export->plan->n_taken);

  result = omv_run (&run);
  omv_progress_free (self.progress);
  gst_object_unref (pipeline.pipeline);
  if (result == OMV_RUN_FAILED || self.failed)
    return FALSE;

  ret_result->n_frames = (guint64) self.n_frames;
  ret_result->n_written = (guint64) self.n_written;
  ret_result->interrupted = result == OMV_RUN_INTERRUPTED;
  return TRUE;
}
