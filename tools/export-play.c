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

#include <glib-unix.h>
#include <signal.h>

#include "omvprogress.h"

/* Between two looks at the progress, in ms. */
#define PERIOD 50

/* Of what is only worth a note. */
#define WARNINGS_MAX 10

typedef struct
{
  OmvExport *export;
  OmvImageFiles *files;         /* or NULL */

  /* the muxer's streaming thread */
  gboolean repeating;

  /* streaming threads write, any thread reads */
  gint n_frames;                /* that went in */
  gint failed;                  /* and it was said why */

  /* main thread writes, streaming thread reads */
  gint interrupted;

  /* main thread */
  GMainLoop *loop;
  OmvProgress *progress;
  GError *error;
  gboolean error_of_input;
  guint n_warnings;
  guint signals[2];
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

static GstEvent *
make_segment (void)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  return gst_event_new_segment (&segment);
}

static GstPadProbeReturn
on_event (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  const OmvExport *export = ((Player *) user_data)->export;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
    GST_PAD_PROBE_INFO_DATA (info) = make_segment ();
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

/* ---- the main thread ---- */

static gboolean
on_tick (gpointer user_data)
{
  Player *self = user_data;

  omv_progress_update (self->progress,
      (guint64) g_atomic_int_get (&self->n_frames));
  return G_SOURCE_CONTINUE;
}

/* A second Ctrl-C ends the process, as if this were not here. */
static gboolean
on_signal (gpointer user_data)
{
  Player *self = user_data;

  g_atomic_int_set (&self->interrupted, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (self->signals); i++) {
    if (self->signals[i] != 0)
      (void) g_source_remove (self->signals[i]);
    self->signals[i] = 0;
  }

  return G_SOURCE_REMOVE;
}

static void
note_warning (Player * self, GstMessage * message)
{
  const OmvExport *export = self->export;
  g_autoptr (GError) error = NULL;

  gst_message_parse_warning (message, &error, NULL);
  if (self->n_warnings++ < WARNINGS_MAX)
    omv_note (export->tool, export->in, "%s", error->message);
}

static void
note_error (Player * self, GstMessage * message)
{
  if (self->error == NULL) {
    self->error_of_input = g_str_has_prefix (GST_MESSAGE_SRC_NAME (message),
        "demuxer");
    gst_message_parse_error (message, &self->error, NULL);
  }
}

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer user_data)
{
  Player *self = user_data;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_WARNING:
      note_warning (self, message);
      break;
    case GST_MESSAGE_ERROR:
      note_error (self, message);
      g_main_loop_quit (self->loop);
      break;
    case GST_MESSAGE_EOS:
      g_main_loop_quit (self->loop);
      break;
    default:
      break;
  }

  return G_SOURCE_CONTINUE;
}

static void
fail (const Player * self)
{
  const OmvExport *export = self->export;

  if (g_error_matches (self->error, GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_NO_SPACE_LEFT))
    (void) omv_fail_with (export->out, _("There is no space left."));
  else
    (void) omv_fail (self->error_of_input ? export->in : export->out,
        self->error);
}

static void
run_loop (Player * self, GstElement * pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  guint tick = g_timeout_add (PERIOD, on_tick, self);

  self->loop = g_main_loop_new (NULL, FALSE);
  self->signals[0] = g_unix_signal_add (SIGINT, on_signal, self);
  self->signals[1] = g_unix_signal_add (SIGTERM, on_signal, self);
  (void) gst_bus_add_watch (bus, on_message, self);

  (void) gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_main_loop_run (self->loop);
  (void) gst_element_set_state (pipeline, GST_STATE_NULL);

  (void) gst_bus_remove_watch (bus);
  for (guint i = 0; i < G_N_ELEMENTS (self->signals); i++) {
    if (self->signals[i] != 0)
      (void) g_source_remove (self->signals[i]);
  }
  (void) g_source_remove (tick);
  g_main_loop_unref (self->loop);
}

static void
add_probe (GstElement * pipeline, const gchar * name, const gchar * pad_name,
    GstPadProbeCallback callback, Player * self)
{
  g_autoptr (GstElement) element =
      gst_bin_get_by_name (GST_BIN (pipeline), name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, pad_name);

  (void) gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, callback, self,
      NULL);
}

gboolean
omv_export_play (OmvExport * export, const gchar * part, OmvImageFiles * files,
    OmvExportResult * ret_result)
{
  g_autoptr (GstElement) pipeline = omv_export_make_pipeline (export, part);
  g_autoptr (GstElement) demuxer = NULL;
  g_autoptr (OmvProgress) progress = NULL;
  Player self = {.export = export,.files = files };

  if (pipeline == NULL)
    return FALSE;

  demuxer = gst_bin_get_by_name (GST_BIN (pipeline), "demuxer");
  (void) g_signal_connect (demuxer, "pad-added", G_CALLBACK (on_pad_added),
      &self);
  if (files != NULL)
    add_probe (pipeline, "sink", "sink", on_picture, &self);
  if (export->container == OMV_CONTAINER_AVI)
    add_probe (pipeline, "repeater", "src", on_encoded, &self);
  progress = omv_progress_new (export->tool, OMV_PROGRESS_FRAMES,
      export->plan->n_taken);
  self.progress = progress;

  run_loop (&self, pipeline);
  g_clear_pointer (&progress, omv_progress_free);
  if (self.error != NULL && !self.failed)
    fail (&self);
  if (self.error != NULL || self.failed) {
    g_clear_error (&self.error);
    return FALSE;
  }

  ret_result->n_frames = (guint64) self.n_frames;
  ret_result->interrupted = self.interrupted;
  return TRUE;
}
