/* gstomvringsink.c: the element omvringsink
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-omvringsink
 * @title: omvringsink
 * @see_also: omvringsrc, omvstrdemux
 *
 * Keeps the newest frames in memory, and saves what happened before a trigger and
 * after it.
 *
 * The frames are in a fixed number of slots, which are there before the first
 * frame: memory does not grow, and nothing is allocated for a frame. A trigger
 * saves a clip: a recording in the format `OMV IMG STR` of OpenMV cameras, which
 * #omvstrdemux plays. Another thread writes it while capture goes on, so the
 * camera is never held up, however slow the disk is. Frames that capture has
 * overtaken before they were written are counted, in the message and beside the
 * file; a frame is there whole or not at all.
 *
 * ## Triggers
 *
 * The trigger's frame is the newest one that is not later than the trigger. A clip
 * has the frames before it (#GstOmvRingSink:pre-frames and
 * #GstOmvRingSink:pre-time), itself, and those behind it
 * (#GstOmvRingSink:post-frames and #GstOmvRingSink:post-time). Two clips never
 * share a frame, and between clips that touch none is lost.
 *
 * A trigger can be
 *
 *  - #GstOmvRingSink::trigger, now, or #GstOmvRingSink::trigger-at, in the past;
 *  - anything that comes to the request pad `trigger`: a buffer, or a line of
 *    text, which is the clip's label. What has no caps, as from `fdsrc` or
 *    `filesrc`, is text;
 *  - a custom event `omv-trigger`, with an optional string `label`. One that comes
 *    between two frames means the first of them; one that is out of band, or sent
 *    by gst_element_send_event(), means now.
 *
 * ## Files
 *
 * A clip is `NAME.part` until it is whole. With #GstOmvRingSink:fsync the disk has
 * it before it gets its name. A file that is there is never overwritten. Beside
 * each lies `NAME.json` with the wall-clock time, running times, label and more,
 * which the disk has, too, before the clip is announced.
 * If the disk is full, the clip's message and a warning say so, what was written
 * stays as `NAME.part`, and capture goes on. The clip ends there, and the next
 * trigger opens another one, unless an #omvringsrc plays the clip.
 *
 * ## Message
 *
 * Each clip ends in an element message `omv-ring-dump`:
 *
 *  - `id` (#guint64): what the trigger's signal returned
 *  - `label` (string, optional)
 *  - `location` (string): the file, if there is one
 *  - `frames-before`, `frames-after` (#guint64): frames on both sides of the
 *    trigger's, which is there itself if `has-trigger-frame` (boolean)
 *  - `frames-missing` (#guint64): frames that were overtaken
 *  - `first-time`, `trigger-time`, `last-time` (#GstClockTime): running times of
 *    frames. After a flush they go on where they were
 *  - `wall-clock` (string): of the trigger, ISO 8601
 *  - `error` (#GError, optional): why the file is missing or not whole: it could
 *    not be written, or all frames were overtaken. A warning of the element with
 *    the same text (%GST_RESOURCE_ERROR_NO_SPACE_LEFT or
 *    %GST_RESOURCE_ERROR_WRITE) comes before the message
 *
 * It does not compress: put an encoder before it to keep more in the same memory.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 -e videotestsrc is-live=true num-buffers=60 ! video/x-raw,format=YUY2 ! omvringsink slots=30 dump-on-eos=true location=last.bin
 * ]| Keeps the last 30 frames, and saves them at the end.
 * |[
 * gst-launch-1.0 -e -m videotestsrc is-live=true num-buffers=60 ! video/x-raw,format=GRAY8 ! omvringsink name=r post-time=500000000 fakesrc num-buffers=1 is-live=true sizetype=fixed sizemax=1 filltype=zero ! identity sleep-time=1000000 ! r.trigger
 * ]| Saves what was before one buffer of another source, which comes after a second,
 * and half a second after it.
 * |[
 * gst-launch-1.0 -e -m videotestsrc is-live=true num-buffers=60 ! video/x-raw,format=GRAY8 ! omvringsink name=a location=a.bin videotestsrc is-live=true num-buffers=60 ! video/x-raw,format=YUY2 ! omvringsink name=b location=b.bin fakesrc num-buffers=1 is-live=true sizetype=fixed sizemax=1 filltype=zero ! identity sleep-time=1000000 ! tee name=t ! a.trigger t. ! b.trigger
 * ]| Two cameras, two rings, one trigger.
 *
 * Since: 0.1
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvringsink-private.h"

#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>

#include <gst/omv/omv-dump-file.h>
#include <gst/omv/omv-i18n.h>

#include "omv-channel.h"
#include "omv-clip-name.h"

GST_DEBUG_CATEGORY (omvringsink_debug);
#define GST_CAT_DEFAULT omvringsink_debug

static GstStaticPadTemplate trigger_template =
GST_STATIC_PAD_TEMPLATE ("trigger",
    GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS_ANY);

#define gst_omv_ring_sink_parent_class parent_class
G_DEFINE_TYPE_WITH_CODE (GstOmvRingSink, gst_omv_ring_sink, GST_TYPE_BASE_SINK,
    GST_DEBUG_CATEGORY_INIT (omvringsink_debug, "omvringsink", 0,
        "ring of the newest frames"));
GST_ELEMENT_REGISTER_DEFINE (omvringsink, "omvringsink", GST_RANK_NONE,
    GST_TYPE_OMV_RING_SINK);

/* --- the ring ------------------------------------------------------------- */

static void
warn_reduced (GstOmvRingSink * self, const OmvRingSize * size)
{
  GST_ELEMENT_WARNING (self, RESOURCE, SETTINGS,
      (_("The ring holds no more than %u frames: there is no memory for all."),
          size->slots), (NULL));
}

static gboolean
share_ring (GstOmvRingSink * self, const OmvRingSize * size)
{
  const OmvRingSinkSettings *settings = &self->settings;
  const GstOmvVideoInfo *info = gst_omv_packer_get_info (&self->packer);
  gint numerator = 0, denominator = 1;
  GstOmvWindowSettings windows;

  windows.reach = size->slots;
  windows.pre_frames = settings->wishes.pre_frames < 0 ? GST_OMV_WINDOW_ALL
      : (guint64) settings->wishes.pre_frames;
  windows.pre_time = GST_CLOCK_TIME_IS_VALID (settings->wishes.pre_time)
      ? settings->wishes.pre_time : GST_OMV_WINDOW_ALL;
  windows.post_frames = settings->post_frames;
  windows.post_time = settings->post_time;
  windows.retrigger = settings->retrigger;
  if (GST_CLOCK_TIME_IS_VALID (info->frame_duration)
      && info->frame_duration > 0)
    gst_util_double_to_fraction ((gdouble) GST_SECOND /
        (gdouble) info->frame_duration, &numerator, &denominator);

  return omv_hub_set_ring (self->hub, self->ring, &windows, numerator,
      denominator);
}

/* Makes the ring for frames like @frame. */
static gboolean
make_ring (GstOmvRingSink * self, const GstOmvFrameHeader * frame)
{
  const GstOmvVideoInfo *info = gst_omv_packer_get_info (&self->packer);
  g_autoptr (GError) error = NULL;
  OmvRingSize size;

  if (!omv_ring_size_choose (&self->settings.wishes, frame,
          info->frame_duration, &size, &error)) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("%s", error->message),
        (NULL));
    return FALSE;
  }
  self->ring = gst_omv_ring_new (size.all_slots, size.slot_size, &error);
  if (self->ring == NULL || !share_ring (self, &size)) {
    GST_ELEMENT_ERROR (self, RESOURCE, FAILED, (error != NULL ? "%s" : NULL,
            error != NULL ? error->message : NULL),
        ("%u slots of %" G_GSIZE_FORMAT " bytes", size.all_slots,
            size.slot_size));
    g_clear_object (&self->ring);
    return FALSE;
  }
  if (size.reduced)
    warn_reduced (self, &size);

  GST_OBJECT_LOCK (self);
  self->stats.slots = size.slots;
  self->stats.size = size.memory;
  GST_OBJECT_UNLOCK (self);

  return TRUE;
}

static gboolean
gst_omv_ring_sink_set_caps (GstBaseSink * sink, GstCaps * caps)
{
  GstOmvRingSink *self = GST_OMV_RING_SINK (sink);
  const GstOmvVideoInfo *info = gst_omv_packer_get_info (&self->packer);
  g_autoptr (GError) error = NULL;
  GstOmvFrameHeader frame = { 0, };

  if (!gst_omv_packer_set_caps (&self->packer, caps, &error)) {
    gst_omv_element_error (GST_ELEMENT (self), &error, "caps %" GST_PTR_FORMAT,
        caps);
    return FALSE;
  }
  GST_OBJECT_LOCK (self);
  self->frame_duration = info->frame_duration;
  GST_OBJECT_UNLOCK (self);

  /* all memory is to be there before the first frame, if its size is known */
  if (self->ring != NULL || info->width == 0 || info->height == 0)
    return TRUE;
  frame.format = info->format;
  frame.width = info->width;
  frame.height = info->height;
  if (!gst_omv_pixel_format_is_compressed (info->format))
    frame.payload_size = (guint32) MIN (G_MAXUINT32,
        gst_omv_video_info_get_payload_size (info));

  return make_ring (self, &frame);
}

/* --- frames --------------------------------------------------------------- */

/* The place where @buffer goes, or NULL: there is none for it. */
static guint8 *
find_room (GstOmvRingSink * self, const GstOmvFrameHeader * header,
    GstFlowReturn * ret_flow)
{
  gsize slot_size = gst_omv_ring_get_slot_size (self->ring);
  guint8 *room;

  *ret_flow = GST_FLOW_OK;
  if (header->payload_size <= slot_size) {
    room = gst_omv_ring_begin (self->ring, header->payload_size);
    if (room == NULL) {
      GST_OBJECT_LOCK (self);
      self->stats.refused++;
      GST_OBJECT_UNLOCK (self);
    }
    return room;
  }

  if (omv_hub_get_n_frames (self->hub) == 0) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS,
        (_("The first frame has %u bytes, but a slot of the ring only %"
                PRIu64 ": slot-size must be at least %u."),
            header->payload_size, (guint64) slot_size, header->payload_size),
        (NULL));
    *ret_flow = GST_FLOW_ERROR;
    return NULL;
  }

  GST_OBJECT_LOCK (self);
  self->stats.too_large++;
  GST_OBJECT_UNLOCK (self);
  if (!self->warned_size)
    GST_ELEMENT_WARNING (self, RESOURCE, SETTINGS,
        (_("A frame of %u bytes does not fit into a slot of %" PRIu64
                "; such frames are left out."), header->payload_size,
            (guint64) slot_size), (NULL));
  self->warned_size = TRUE;
  return NULL;
}

/* Only the streaming thread counts frames. */
static void
count (_Atomic guint64 * counter, guint64 more)
{
  atomic_store_explicit (counter, atomic_load_explicit (counter,
          memory_order_relaxed) + more, memory_order_relaxed);
}

static void
count_received (GstOmvRingSink * self, GstBuffer * buffer)
{
  guint64 offset = GST_BUFFER_OFFSET (buffer);

  count (&self->n_received, 1);
  if (offset != GST_BUFFER_OFFSET_NONE
      && self->last_offset != GST_BUFFER_OFFSET_NONE
      && offset > self->last_offset)
    count (&self->n_missed, offset - self->last_offset - 1);
  self->last_offset = offset;
}

static void
commit (GstOmvRingSink * self, GstBuffer * buffer,
    const GstOmvFrameHeader * header, GstClockTime time)
{
  self->last_time = MAX (self->last_time, time + self->flushed);
  gst_omv_ring_commit (self->ring, header, self->last_time,
      GST_BUFFER_OFFSET (buffer));
  omv_hub_add_frame (self->hub, self->last_time);
  count (&self->n_stored, 1);
}

static GstFlowReturn
fail (GstOmvRingSink * self, GError ** error)
{
  guint64 number = omv_hub_get_n_frames (self->hub);

  g_prefix_error (error, _("Frame %" PRIu64 ": "), number);
  gst_omv_element_error (GST_ELEMENT (self), error,
      "after %" G_GUINT64_FORMAT " frames", number);
  return GST_FLOW_ERROR;
}

static GstFlowReturn
gst_omv_ring_sink_render (GstBaseSink * sink, GstBuffer * buffer)
{
  GstOmvRingSink *self = GST_OMV_RING_SINK (sink);
  g_autoptr (GError) error = NULL;
  GstOmvFrameHeader header;
  GstClockTime time;
  GstFlowReturn flow;
  guint8 *room;

  if (!gst_omv_packer_has_caps (&self->packer)) {
    GST_ELEMENT_ERROR (self, CORE, NEGOTIATION, (NULL),
        ("a buffer came before its caps"));
    return GST_FLOW_NOT_NEGOTIATED;
  }
  count_received (self, buffer);
  if (!gst_omv_packer_get_time (&self->packer, buffer, &time))
    return GST_FLOW_OK;
  if (!gst_omv_packer_describe (&self->packer, buffer, &header, &error))
    return fail (self, &error);
  if (self->ring == NULL && !make_ring (self, &header))
    return GST_FLOW_ERROR;

  room = find_room (self, &header, &flow);
  if (room == NULL)
    return flow;
  if (!gst_omv_packer_write (&self->packer, buffer, room, &error)) {
    gst_omv_ring_abandon (self->ring);
    return fail (self, &error);
  }
  commit (self, buffer, &header, time);

  return GST_FLOW_OK;
}

/* --- events --------------------------------------------------------------- */

/* Called with the preroll lock held, which is free during the wait, as in the waits
 * of the base class: a change of state and a flush need it. They end the wait, and
 * in PLAYING it goes on. FALSE: flushing. */
static gboolean
finish_clips (GstOmvRingSink * self, GstEvent * eos)
{
  GstBaseSink *sink = GST_BASE_SINK (self);

  GST_OBJECT_LOCK (self);
  self->eos = TRUE;
  GST_OBJECT_UNLOCK (self);

  if (self->settings.dump_on_eos)
    gst_omv_ring_sink_trigger_newest (self, NULL);
  omv_hub_set_eos (self->hub, TRUE);
  while (!sink->flushing && gst_base_sink_do_preroll (sink,
          GST_MINI_OBJECT (eos)) == GST_FLOW_OK) {
    gboolean done;

    omv_dumper_set_cancelled (self->dumper, FALSE);
    GST_BASE_SINK_PREROLL_UNLOCK (sink);
    done = omv_dumper_wait (self->dumper);
    GST_BASE_SINK_PREROLL_LOCK (sink);
    if (done)
      return TRUE;
  }

  return FALSE;
}

/* Running time may start anew, but the ring's goes on. */
static void
flush_stop (GstOmvRingSink * self, GstEvent * event)
{
  GstClockTime duration = GST_CLOCK_TIME_IS_VALID (self->frame_duration)
      ? self->frame_duration : 0;
  gboolean reset_time;

  gst_event_parse_flush_stop (event, &reset_time);
  gst_omv_packer_reset_time (&self->packer);
  self->last_offset = GST_BUFFER_OFFSET_NONE;
  omv_hub_set_eos (self->hub, FALSE);

  GST_OBJECT_LOCK (self);
  self->eos = FALSE;
  if (reset_time && self->ring != NULL)
    self->flushed = self->last_time + duration;
  GST_OBJECT_UNLOCK (self);
}

static const gchar *
get_label (GstEvent * event)
{
  return gst_structure_get_string (gst_event_get_structure (event), "label");
}

static gboolean
gst_omv_ring_sink_event (GstBaseSink * sink, GstEvent * event)
{
  GstOmvRingSink *self = GST_OMV_RING_SINK (sink);

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment (event, &self->packer.segment);
      break;
    case GST_EVENT_FLUSH_STOP:
      flush_stop (self, event);
      break;
    case GST_EVENT_EOS:
      if (!finish_clips (self, event)) {
        gst_event_unref (event);
        return FALSE;
      }
      break;
    case GST_EVENT_CUSTOM_DOWNSTREAM:
      if (gst_event_has_name (event, "omv-trigger"))
        gst_omv_ring_sink_trigger_newest (self, get_label (event));
      break;
    case GST_EVENT_CUSTOM_DOWNSTREAM_OOB:
      if (gst_event_has_name (event, "omv-trigger"))
        gst_omv_ring_sink_trigger (self, get_label (event));
      break;
    default:
      break;
  }

  return GST_BASE_SINK_CLASS (parent_class)->event (sink, event);
}

static gboolean
gst_omv_ring_sink_send_event (GstElement * element, GstEvent * event)
{
  if (!gst_event_has_name (event, "omv-trigger"))
    return GST_ELEMENT_CLASS (parent_class)->send_event (element, event);

  gst_omv_ring_sink_trigger (GST_OMV_RING_SINK (element), get_label (event));
  gst_event_unref (event);
  return TRUE;
}

static gboolean
gst_omv_ring_sink_propose_allocation (GstBaseSink * sink, GstQuery * query)
{
  /* any stride is welcome: rows are made tight here */
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

/* Called with the preroll lock held, by what changes the state or flushes. */
static gboolean
gst_omv_ring_sink_unlock_stop (GstBaseSink * sink)
{
  omv_dumper_set_cancelled (GST_OMV_RING_SINK (sink)->dumper, TRUE);
  return TRUE;
}

/* --- states --------------------------------------------------------------- */

/* Says which files an earlier run has not finished. */
static void
report_leftovers (GstOmvRingSink * self, const gchar * folder,
    const gchar * pattern)
{
  g_autofree gchar *base = g_path_get_basename (pattern);
  const gchar *dot = strrchr (base, '.');
  g_autofree gchar *suffix = g_strconcat (dot != NULL ? dot : "",
      GST_OMV_DUMP_FILE_SUFFIX, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree gchar *first = NULL;
  const gchar *name;
  guint count = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    if (!g_str_has_suffix (name, suffix))
      continue;
    if (count++ == 0)
      first = g_strdup (name);
  }

  if (count > 0)
    GST_ELEMENT_WARNING (self, RESOURCE, CLOSE,
        (_("%u files in \"%s\" were not finished by an earlier run, among them "
                "\"%s\"; the frames in them can be read."), count, folder,
            first), (NULL));
}

/* Whether files can be written to @location. */
static gboolean
check_location (GstOmvRingSink * self, const gchar * location)
{
  g_autofree gchar *folder = g_path_get_dirname (location);
  g_autoptr (GError) error = NULL;

  if (!omv_clip_name_check (location, &error)) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS, ("%s", error->message),
        (NULL));
    return FALSE;
  }
  if (strchr (folder, '%') == NULL && g_access (folder, W_OK | X_OK) != 0) {
    GST_ELEMENT_ERROR (self, RESOURCE, OPEN_WRITE,
        (_("No files can be written to the folder \"%s\"."), folder),
        GST_ERROR_SYSTEM);
    return FALSE;
  }

  report_leftovers (self, folder, location);
  return TRUE;
}

static gboolean
publish_hub (GstOmvRingSink * self)
{
  OmvHub *hub = omv_hub_new ();
  g_autofree gchar *channel = NULL;

  GST_OBJECT_LOCK (self);
  self->hub = hub;
  channel = g_strdup (self->properties.channel);
  GST_OBJECT_UNLOCK (self);

  if (channel == NULL)
    return TRUE;
  if (omv_channel_publish (channel, hub)) {
    self->channel = g_steal_pointer (&channel);
    return TRUE;
  }

  GST_ELEMENT_ERROR (self, RESOURCE, BUSY,
      (_("There is a ring of the name \"%s\" already."), channel), (NULL));
  return FALSE;
}

static void
withdraw_hub (GstOmvRingSink * self)
{
  OmvHub *hub;

  GST_OBJECT_LOCK (self);
  hub = g_steal_pointer (&self->hub);
  GST_OBJECT_UNLOCK (self);

  if (self->channel != NULL)
    omv_channel_withdraw (self->channel, hub);
  g_clear_pointer (&self->channel, g_free);
  omv_hub_end (hub);
  omv_hub_unref (hub);
}

static void
copy_settings (GstOmvRingSink * self)
{
  OmvRingSinkSettings *settings = &self->settings;

  GST_OBJECT_LOCK (self);
  g_free (settings->location);
  *settings = self->properties;
  settings->location = g_strdup (settings->location);
  memset (&self->stats, 0, sizeof self->stats);
  self->frame_duration = GST_CLOCK_TIME_NONE;
  self->flushed = 0;
  self->eos = FALSE;
  GST_OBJECT_UNLOCK (self);
}

/* What each FILE.json says of the ring. */
static gchar **
make_notes (GstOmvRingSink * self)
{
  const OmvRingSinkSettings *settings = &self->settings;
  g_autoptr (GPtrArray) notes = g_ptr_array_new ();
  g_autofree gchar *name = gst_object_get_name (GST_OBJECT (self));
  g_autofree gchar *pre_time = GST_CLOCK_TIME_IS_VALID
      (settings->wishes.pre_time)
      ? g_strdup_printf ("%" G_GUINT64_FORMAT, settings->wishes.pre_time)
      : g_strdup ("all");

  g_ptr_array_add (notes, g_strdup ("ring"));
  g_ptr_array_add (notes, g_steal_pointer (&name));
  g_ptr_array_add (notes, g_strdup ("pre-frames"));
  g_ptr_array_add (notes, settings->wishes.pre_frames < 0 ? g_strdup ("all")
      : g_strdup_printf ("%" G_GINT64_FORMAT, settings->wishes.pre_frames));
  g_ptr_array_add (notes, g_strdup ("pre-time"));
  g_ptr_array_add (notes, g_steal_pointer (&pre_time));
  g_ptr_array_add (notes, g_strdup ("post-frames"));
  g_ptr_array_add (notes, g_strdup_printf ("%" G_GUINT64_FORMAT,
          settings->post_frames));
  g_ptr_array_add (notes, g_strdup ("post-time"));
  g_ptr_array_add (notes, g_strdup_printf ("%" G_GUINT64_FORMAT,
          settings->post_time));
  g_ptr_array_add (notes, NULL);

  return (gchar **) g_ptr_array_free (g_steal_pointer (&notes), FALSE);
}

static void
start (GstOmvRingSink * self)
{
  g_autofree gchar *name = gst_object_get_name (GST_OBJECT (self));
  g_auto (GStrv) notes = NULL;
  OmvDumperSettings settings;

  copy_settings (self);
  gst_omv_packer_init (&self->packer, GST_OMV_VERSION_V2_0, FALSE);
  atomic_store (&self->n_received, 0);
  atomic_store (&self->n_stored, 0);
  atomic_store (&self->n_missed, 0);
  self->last_time = 0;
  self->last_offset = GST_BUFFER_OFFSET_NONE;
  self->warned_size = FALSE;

  notes = make_notes (self);
  settings.location = self->settings.location;
  settings.name = name;
  settings.sync = self->settings.fsync;
  settings.exact_time = self->settings.exact_time;
  settings.notes = notes;
  self->dumper = omv_dumper_new (self->hub, &settings,
      gst_omv_ring_sink_announce, self);
}

/* What is in open clips is written; another hub is there for the next start. */
static gboolean
stop (GstOmvRingSink * self)
{
  withdraw_hub (self);
  g_clear_pointer (&self->dumper, omv_dumper_free);
  g_clear_object (&self->ring);

  return publish_hub (self);
}

static gboolean
gst_omv_ring_sink_open (GstOmvRingSink * self)
{
  g_autofree gchar *location = NULL;

  GST_OBJECT_LOCK (self);
  location = g_strdup (self->properties.location);
  GST_OBJECT_UNLOCK (self);

  if (location != NULL && !check_location (self, location))
    return FALSE;
  if (publish_hub (self))
    return TRUE;

  withdraw_hub (self);
  return FALSE;
}

/* The base class starts and stops at NULL already, but who goes back to READY
 * wants to be told of his clips. */
static GstStateChangeReturn
gst_omv_ring_sink_change_state (GstElement * element, GstStateChange transition)
{
  GstOmvRingSink *self = GST_OMV_RING_SINK (element);
  GstStateChangeReturn result;
  gboolean failed;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY
      && !gst_omv_ring_sink_open (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    start (self);

  result = GST_ELEMENT_CLASS (parent_class)->change_state (element, transition);

  failed = result == GST_STATE_CHANGE_FAILURE;
  if ((transition == GST_STATE_CHANGE_PAUSED_TO_READY
          || (transition == GST_STATE_CHANGE_READY_TO_PAUSED && failed))
      && !stop (self))
    result = GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_READY_TO_NULL
      || (transition == GST_STATE_CHANGE_NULL_TO_READY && failed))
    withdraw_hub (self);
  return result;
}

/* --- pads ----------------------------------------------------------------- */

static GstPad *
gst_omv_ring_sink_request_new_pad (GstElement * element,
    GstPadTemplate * templ, const gchar * name, const GstCaps * caps)
{
  GstOmvRingSink *self = GST_OMV_RING_SINK (element);
  GstPad *pad = gst_omv_ring_sink_new_trigger_pad (self, templ);
  gboolean taken;

  GST_OBJECT_LOCK (self);
  taken = self->trigger_pad != NULL;
  if (!taken)
    self->trigger_pad = pad;
  GST_OBJECT_UNLOCK (self);

  if (taken) {
    GST_WARNING_OBJECT (self,
        "there is one trigger pad: put a funnel before it");
    gst_object_unref (gst_object_ref_sink (pad));
    return NULL;
  }
  self->text = TRUE;
  if (GST_STATE (self) > GST_STATE_READY)
    gst_pad_set_active (pad, TRUE);
  gst_element_add_pad (element, pad);

  return pad;
}

static void
gst_omv_ring_sink_release_pad (GstElement * element, GstPad * pad)
{
  GstOmvRingSink *self = GST_OMV_RING_SINK (element);

  GST_OBJECT_LOCK (self);
  self->trigger_pad = NULL;
  GST_OBJECT_UNLOCK (self);

  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
}

/* --- the object ----------------------------------------------------------- */

static void
gst_omv_ring_sink_finalize (GObject * object)
{
  GstOmvRingSink *self = GST_OMV_RING_SINK (object);

  g_free (self->properties.location);
  g_free (self->properties.channel);
  g_free (self->settings.location);

  G_OBJECT_CLASS (parent_class)->finalize (object);
}

static void
gst_omv_ring_sink_install_signals (GObjectClass * object_class)
{
  GType type = G_TYPE_FROM_CLASS (object_class);
  const GSignalFlags flags = G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION;

  /**
   * GstOmvRingSink::trigger:
   * @sink: the element
   * @label: (nullable): what the clip is called
   *
   * Saves a clip around now.
   *
   * Returns: the clip's id, 0 if there is nothing to save
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("trigger", type, flags,
      G_CALLBACK (gst_omv_ring_sink_trigger), NULL, NULL, NULL, G_TYPE_UINT64,
      1, G_TYPE_STRING);

  /**
   * GstOmvRingSink::trigger-at:
   * @sink: the element
   * @running_time: when, in ns
   * @label: (nullable): what the clip is called
   *
   * Saves a clip around a time that has been.
   *
   * Returns: the clip's id, 0 if there is nothing to save: the time is in the
   *   future, or older than the ring
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("trigger-at", type, flags,
      G_CALLBACK (gst_omv_ring_sink_trigger_at), NULL, NULL, NULL,
      G_TYPE_UINT64, 2, G_TYPE_UINT64, G_TYPE_STRING);
}

static void
gst_omv_ring_sink_class_init (GstOmvRingSinkClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS (klass);
  GstCaps *caps = gst_omv_video_get_template_caps (GST_OMV_VERSION_V2_0);

  object_class->finalize = gst_omv_ring_sink_finalize;
  gst_omv_ring_sink_install_properties (object_class);
  gst_omv_ring_sink_install_signals (object_class);

  element_class->change_state = gst_omv_ring_sink_change_state;
  element_class->request_new_pad = gst_omv_ring_sink_request_new_pad;
  element_class->release_pad = gst_omv_ring_sink_release_pad;
  element_class->send_event = gst_omv_ring_sink_send_event;

  sink_class->set_caps = gst_omv_ring_sink_set_caps;
  sink_class->render = gst_omv_ring_sink_render;
  sink_class->event = gst_omv_ring_sink_event;
  sink_class->propose_allocation = gst_omv_ring_sink_propose_allocation;
  sink_class->unlock_stop = gst_omv_ring_sink_unlock_stop;

  gst_element_class_add_pad_template (element_class,
      gst_pad_template_new ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps));
  gst_caps_unref (caps);
  gst_element_class_add_static_pad_template (element_class, &trigger_template);

  gst_element_class_set_static_metadata (element_class,
      "OpenMV ring sink", "Sink",
      "Keeps the newest frames in memory and saves those around a trigger",
      "The gst-omv authors");
}

static void
gst_omv_ring_sink_init (GstOmvRingSink * self)
{
  GstBaseSink *sink = GST_BASE_SINK (self);

  gst_omv_ring_sink_init_properties (self);
  /* capture does not wait for the sinks behind omvringsrc, which get nothing before
   * the first trigger */
  gst_base_sink_set_async_enabled (sink, FALSE);
  gst_base_sink_set_sync (sink, FALSE);
  gst_base_sink_set_last_sample_enabled (sink, FALSE);
  gst_base_sink_set_qos_enabled (sink, FALSE);
}
