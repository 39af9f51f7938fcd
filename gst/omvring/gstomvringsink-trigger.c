/* gstomvringsink-trigger.c: what makes omvringsink save frames, and what it says
 * when they are saved
 *
 * Triggers come from an application's thread (action signals), from upstream or
 * an application (the event omv-trigger), and from whatever is linked to the
 * trigger pad. All end in one call of the hub. Announcements come from a thread of
 * the dumper.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvringsink-private.h"

#include <string.h>

GST_DEBUG_CATEGORY_EXTERN (omvringsink_debug);
#define GST_CAT_DEFAULT omvringsink_debug

/* For how long a trigger waits for frames that are on their way: two frames, or
 * this in µs if nobody knows how long those last. */
#define PATIENCE_DEFAULT 100000
#define PATIENCE_MAX 2000000

/* --- triggers ------------------------------------------------------------- */

/* The running time now, or NONE without a clock. */
static GstClockTime
get_now (GstOmvRingSink * self)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (GST_ELEMENT (self));
  GstClockTime base_time = gst_element_get_base_time (GST_ELEMENT (self));
  GstClockTime time;

  if (clock == NULL || GST_STATE (self) != GST_STATE_PLAYING)
    return GST_CLOCK_TIME_NONE;
  time = gst_clock_get_time (clock);

  return time > base_time ? time - base_time : 0;
}

static gint64
get_patience (GstClockTime frame_duration)
{
  if (!GST_CLOCK_TIME_IS_VALID (frame_duration) || frame_duration == 0)
    return PATIENCE_DEFAULT;

  return (gint64) MIN (2 * frame_duration / GST_USECOND, PATIENCE_MAX);
}

/* @age: ns since the trigger. */
static GDateTime *
get_wall_clock (GstClockTime age)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  return g_date_time_add (now, -(gint64) (age / GST_USECOND));
}

/* @time: ring time of the trigger, at most @now. */
static guint64
fire (GstOmvRingSink * self, GstClockTime time, GstClockTime now,
    const gchar * label)
{
  g_autoptr (GDateTime) wall_clock = get_wall_clock (now - time);
  OmvHub *hub;
  OmvTrigger trigger;
  guint64 id = 0;

  trigger.label = label;
  trigger.wall_clock = wall_clock;
  trigger.time = time;
  trigger.base_time = gst_element_get_base_time (GST_ELEMENT (self));

  GST_OBJECT_LOCK (self);
  hub = self->hub != NULL ? omv_hub_ref (self->hub) : NULL;
  trigger.patience = get_patience (self->frame_duration);
  self->stats.triggers++;
  GST_OBJECT_UNLOCK (self);

  if (hub != NULL) {
    id = omv_hub_trigger (hub, &trigger);
    omv_hub_unref (hub);
  }
  GST_DEBUG_OBJECT (self, "trigger at %" GST_TIME_FORMAT ", label %s: clip %"
      G_GUINT64_FORMAT, GST_TIME_ARGS (time), GST_STR_NULL (label), id);

  return id;
}

/* The ring time of the newest frame. FALSE: there is none. */
static gboolean
get_newest_time (GstOmvRingSink * self, GstClockTime * ret_time,
    GstClockTime * ret_flushed)
{
  OmvHub *hub;
  gboolean found;

  GST_OBJECT_LOCK (self);
  hub = self->hub != NULL ? omv_hub_ref (self->hub) : NULL;
  *ret_flushed = self->flushed;
  GST_OBJECT_UNLOCK (self);

  if (hub == NULL)
    return FALSE;
  found = omv_hub_get_newest_time (hub, ret_time);
  omv_hub_unref (hub);
  return found;
}

/* Now. Where frames are ahead of the clock, now is at the newest one. */
guint64
gst_omv_ring_sink_trigger (GstOmvRingSink * self, const gchar * label)
{
  GstClockTime newest = 0, flushed, now = get_now (self);

  if (!get_newest_time (self, &newest, &flushed))
    return fire (self, 0, 0, label);    /* refused, but counted */
  if (GST_CLOCK_TIME_IS_VALID (now))
    newest = MAX (newest, now + flushed);

  return fire (self, newest, newest, label);
}

guint64
gst_omv_ring_sink_trigger_at (GstOmvRingSink * self, guint64 running_time,
    const gchar * label)
{
  GstClockTime newest, flushed, now = get_now (self);

  if (!get_newest_time (self, &newest, &flushed))
    return fire (self, 0, 0, label);
  if (GST_CLOCK_TIME_IS_VALID (now))
    newest = MAX (newest, now + flushed);
  /* behind a flush the newest frame may be from before it */
  if (newest < flushed || running_time > newest - flushed) {
    GST_DEBUG_OBJECT (self, "a trigger in the future is refused");
    return 0;
  }

  return fire (self, running_time + flushed, newest, label);
}

/* At the newest frame, even if more are on their way. */
void
gst_omv_ring_sink_trigger_newest (GstOmvRingSink * self, const gchar * label)
{
  GstClockTime newest = 0, flushed;

  (void) get_newest_time (self, &newest, &flushed);
  fire (self, newest, newest, label);
}

/* --- the trigger pad ------------------------------------------------------ */

/* Bytes of 0, as of a buffer that is not text at all, are no part of a label. */
static gchar *
make_text (const guint8 * data, gsize size)
{
  g_autofree guint8 *text = g_memdup2 (data, size);

  for (gsize i = 0; i < size; i++) {
    if (text[i] == 0)
      text[i] = ' ';
  }

  return g_utf8_make_valid ((const gchar *) text, (gssize) size);
}

/* Each line is a trigger, and what it says is the label. */
static void
fire_lines (GstOmvRingSink * self, const guint8 * data, gsize size)
{
  g_autofree gchar *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint count;

  if (size == 0)
    return;
  text = make_text (data, size);
  lines = g_strsplit (text, "\n", -1);
  count = g_strv_length (lines);
  if (text[strlen (text) - 1] == '\n')
    count--;

  for (guint i = 0; i < count; i++) {
    const gchar *label = g_strstrip (lines[i]);

    gst_omv_ring_sink_trigger (self, label[0] != '\0' ? label : NULL);
  }
}

static GstFlowReturn
trigger_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstOmvRingSink *self = GST_OMV_RING_SINK (parent);
  gboolean eos;
  GstMapInfo map;

  GST_OBJECT_LOCK (self);
  eos = self->eos;
  GST_OBJECT_UNLOCK (self);

  if (!eos && !self->text) {
    gst_omv_ring_sink_trigger (self, NULL);
  } else if (!eos && gst_buffer_map (buffer, &map, GST_MAP_READ)) {
    fire_lines (self, map.data, map.size);
    gst_buffer_unmap (buffer, &map);
  }
  gst_buffer_unref (buffer);

  return eos ? GST_FLOW_EOS : GST_FLOW_OK;
}

static gboolean
is_text (GstEvent * event)
{
  GstCaps *caps;
  const GstStructure *structure;

  gst_event_parse_caps (event, &caps);
  structure = gst_caps_get_structure (caps, 0);
  return g_str_has_prefix (gst_structure_get_name (structure), "text/");
}

/* Nothing that comes here concerns the frames. */
static gboolean
trigger_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    GST_OMV_RING_SINK (parent)->text = is_text (event);
  gst_event_unref (event);

  return TRUE;
}

static gboolean
trigger_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_CAPS:
    case GST_QUERY_ACCEPT_CAPS:
      return gst_pad_query_default (pad, parent, query);
    default:
      return FALSE;
  }
}

GstPad *
gst_omv_ring_sink_new_trigger_pad (GstOmvRingSink * self,
    GstPadTemplate * templ)
{
  GstPad *pad = gst_pad_new_from_template (templ, "trigger");

  gst_pad_set_chain_function (pad, trigger_chain);
  gst_pad_set_event_function (pad, trigger_event);
  gst_pad_set_query_function (pad, trigger_query);

  return pad;
}

/* --- announcements -------------------------------------------------------- */

static void
set_time (GstStructure * structure, const gchar * name, GstClockTime time)
{
  if (GST_CLOCK_TIME_IS_VALID (time))
    gst_structure_set (structure, name, GST_TYPE_CLOCK_TIME, time, NULL);
}

static GstStructure *
make_structure (const OmvDumpReport * report)
{
  const OmvClip *clip = report->clip;
  g_autofree gchar *wall_clock = g_date_time_format (clip->wall_clock,
      "%Y-%m-%dT%H:%M:%S.%f%:z");
  GstStructure *structure = gst_structure_new ("omv-ring-dump",
      "id", G_TYPE_UINT64, clip->id,
      "frames-before", G_TYPE_UINT64, report->n_before,
      "frames-after", G_TYPE_UINT64, report->n_after,
      "has-trigger-frame", G_TYPE_BOOLEAN, report->has_trigger,
      "frames-missing", G_TYPE_UINT64, report->n_missing,
      "wall-clock", G_TYPE_STRING, wall_clock, NULL);

  if (clip->label != NULL)
    gst_structure_set (structure, "label", G_TYPE_STRING, clip->label, NULL);
  if (report->location != NULL)
    gst_structure_set (structure, "location", G_TYPE_STRING,
        report->location, NULL);
  set_time (structure, "first-time", report->first_time);
  set_time (structure, "trigger-time", report->trigger_time);
  set_time (structure, "last-time", report->last_time);
  if (report->error != NULL)
    gst_structure_set (structure, "error", G_TYPE_ERROR, report->error, NULL);

  return structure;
}

/* For those who do not know the element's own message. The ring goes on, so it is
 * no error. */
static void
warn_of_failure (GstOmvRingSink * self, const OmvDumpReport * report)
{
  gboolean is_full =
      g_error_matches (report->error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);

  gst_element_message_full (GST_ELEMENT (self), GST_MESSAGE_WARNING,
      GST_RESOURCE_ERROR, is_full ? GST_RESOURCE_ERROR_NO_SPACE_LEFT
      : GST_RESOURCE_ERROR_WRITE, g_strdup (report->error->message),
      g_strdup_printf ("clip %" G_GUINT64_FORMAT ", file %s", report->clip->id,
          GST_STR_NULL (report->location)), __FILE__, G_STRFUNC, __LINE__);
}

/* Posts what has become of a clip; an OmvDumpFunc. */
void
gst_omv_ring_sink_announce (const OmvDumpReport * report, gpointer user_data)
{
  GstOmvRingSink *self = user_data;

  GST_OBJECT_LOCK (self);
  self->stats.dumps++;
  self->stats.overtaken += report->n_missing;
  self->stats.bytes_written += report->n_bytes;
  GST_OBJECT_UNLOCK (self);

  if (report->error != NULL)
    warn_of_failure (self, report);
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self), make_structure (report)));
}
