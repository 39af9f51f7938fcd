/* gstomvstrmux.c: the element omvstrmux
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-omvstrmux
 * @title: omvstrmux
 * @see_also: omvstrdemux
 *
 * Writes frames as a recording that an OpenMV camera replays: the format
 * `OMV IMG STR` of the camera's `image.ImageIO`, byte for byte as the camera
 * writes it.
 *
 * A recording is a list of frames, each with the time since the one before it.
 * Size and format may change from frame to frame, intervals may vary, and there
 * is no index or trailer: a recording cut anywhere keeps every whole frame
 * before the cut. Frames over 256 bytes are not copied where their rows have no
 * gaps.
 *
 * Frames of different types in one recording come as `video/x-omv-frame`, which
 * is what #omvstrdemux makes of such a recording, too.
 *
 * Raw frames keep their samples as they are. Cameras take YUV frames for
 * full-range BT.601 (`colorimetry=1:4:7:1`); convert where that matters.
 *
 * It does not compress, mix streams or append to a file.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=90 ! video/x-raw,format=RGB16,width=320,height=240 ! omvstrmux ! filesink location=run.bin
 * ]| Records 90 frames for a camera to replay.
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=90 ! jpegenc ! omvstrmux ! filesink location=run.bin
 * ]| The same as JPEG pictures.
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=90 ! video/x-raw,format=GRAY8 ! omvstrmux binary=true exact-time=true ! filesink location=run.bin
 * ]| Black and white, one bit per pixel, with times to the nanosecond.
 *
 * Since: 0.1
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvstrmux.h"

#include <gst/omv/omv.h>
#include <inttypes.h>
#include <string.h>

#include <gst/omv/omv-i18n.h>
#include <gst/omv/omv-packer.h>

#include "omv-mux-sidecar.h"

GST_DEBUG_CATEGORY_STATIC (omvstrmux_debug);
#define GST_CAT_DEFAULT omvstrmux_debug

/* Payloads up to this many bytes are copied. 64 KiB of larger frames, at most
 * three pieces of memory each, are less than 1024 pieces. */
#define COPIED_SIZE_MAX 256

#define DEFAULT_VERSION GST_OMV_VERSION_V2_0
#define DEFAULT_OFFSET_TO_ZERO TRUE
#define DEFAULT_EXACT_TIME FALSE
#define DEFAULT_BINARY FALSE
#define DEFAULT_SYNC_INTERVAL 0
#define DEFAULT_SIDECAR FALSE

enum
{
  PROP_0,
  PROP_VERSION,
  PROP_OFFSET_TO_ZERO,
  PROP_EXACT_TIME,
  PROP_BINARY,
  PROP_SYNC_INTERVAL,
  PROP_SIDECAR
};

typedef struct
{
  GstOmvVersion version;
  gboolean offset_to_zero;
  gboolean exact_time;
  gboolean binary;
  guint64 sync_interval;
  gboolean sidecar;
} Settings;

struct _GstOmvStrMux
{
  GstElement element;

  GstPad *srcpad;

  /* object lock */
  Settings properties;
  GstPad *sinkpad;              /* NULL until it is requested */

  /* streaming thread; other threads only while it does not run */
  Settings settings;            /* @properties as they were in READY */
  guint group_id;
  GstOmvPacker packer;

  gboolean started;             /* the file header is written */
  GstOmvTimeWriter intervals;
  guint64 number;               /* frames written */
  guint64 offset;               /* bytes written */
  GstClockTime zero;            /* running time at which the file's time is 0 … */
  GstClockTime origin;          /* … or this, without offset-to-zero */
  GstClockTime last;            /* running time of the last frame */
  GstClockTime synced;          /* running time when the disk was last asked for */
  guint64 backward;             /* frames whose time ran backward */
  GstTagList *tags;             /* for the sidecar, or NULL */
};

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_OMV_CAPS));

#define gst_omv_str_mux_parent_class parent_class
G_DEFINE_TYPE_WITH_CODE (GstOmvStrMux, gst_omv_str_mux, GST_TYPE_ELEMENT,
    GST_DEBUG_CATEGORY_INIT (omvstrmux_debug, "omvstrmux", 0,
        "writer of OMV IMG STR recordings"));
GST_ELEMENT_REGISTER_DEFINE (omvstrmux, "omvstrmux", GST_RANK_PRIMARY,
    GST_TYPE_OMV_STR_MUX);

#define GST_TYPE_OMV_STR_MUX_VERSION (gst_omv_str_mux_version_get_type ())
static GType
gst_omv_str_mux_version_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_OMV_VERSION_V1_1, "For old cameras; no YUV, PNG or other Bayer order "
          "than bggr", "1.1"},
    {GST_OMV_VERSION_V2_0, "What cameras write today", "2.0"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  if (g_once_init_enter (&type)) {
    GType registered = g_enum_register_static ("GstOmvStrMuxVersion", values);

    g_once_init_leave (&type, registered);
  }

  return (GType) type;
}

static void
gst_omv_str_mux_reset (GstOmvStrMux * self)
{
  self->started = FALSE;
  gst_omv_time_writer_init (&self->intervals, self->settings.version);
  self->number = 0;
  self->offset = 0;
  self->zero = GST_CLOCK_TIME_NONE;
  self->origin = 0;
  self->last = 0;
  self->synced = 0;
  self->backward = 0;
}

/* The header is a buffer of its own, equal to the one in the caps, so that network
 * sinks can tell it from frames and give it to late joiners. */
static GstBuffer *
gst_omv_str_mux_make_header (GstOmvStrMux * self)
{
  guint8 *data = g_malloc (GST_OMV_FILE_HEADER_SIZE);
  GstBuffer *header;

  gst_omv_file_header_write (self->settings.version, data);
  header = gst_buffer_new_wrapped (data, GST_OMV_FILE_HEADER_SIZE);
  GST_BUFFER_FLAG_SET (header, GST_BUFFER_FLAG_HEADER);

  return header;
}

static GstCaps *
gst_omv_str_mux_make_caps (GstBuffer * header)
{
  GstCaps *caps = gst_static_pad_template_get_caps (&src_template);
  GValue headers = G_VALUE_INIT, value = G_VALUE_INIT;

  caps = gst_caps_make_writable (caps);
  g_value_init (&headers, GST_TYPE_ARRAY);
  g_value_init (&value, GST_TYPE_BUFFER);
  gst_value_set_buffer (&value, header);
  gst_value_array_append_and_take_value (&headers, &value);
  gst_structure_take_value (gst_caps_get_structure (caps, 0), "streamheader",
      &headers);

  return caps;
}

/* Once for each file: the pad keeps its events for whoever is linked later, and a
 * flush takes the segment away. */
static void
gst_omv_str_mux_announce (GstOmvStrMux * self, GstBuffer * header)
{
  g_autoptr (GstEvent) sent =
      gst_pad_get_sticky_event (self->srcpad, GST_EVENT_SEGMENT, 0);
  g_autoptr (GstCaps) caps = NULL;
  g_autofree gchar *stream_id = NULL;
  GstEvent *stream_start;
  GstSegment segment;

  if (sent != NULL)
    return;

  stream_id = gst_pad_create_stream_id (self->srcpad, GST_ELEMENT (self), NULL);
  stream_start = gst_event_new_stream_start (stream_id);
  gst_event_set_group_id (stream_start, self->group_id);
  gst_pad_push_event (self->srcpad, stream_start);

  caps = gst_omv_str_mux_make_caps (header);
  gst_pad_push_event (self->srcpad, gst_event_new_caps (caps));

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (self->srcpad, gst_event_new_segment (&segment));
}

/* Pushes what stands before the first frame. If nobody takes it, as long as
 * nothing is linked for example, the next frame tries again: without it the
 * recording could not be read. */
static GstFlowReturn
gst_omv_str_mux_write_header (GstOmvStrMux * self)
{
  GstBuffer *header = gst_omv_str_mux_make_header (self);
  GstFlowReturn flow;

  gst_omv_str_mux_announce (self, header);
  flow = gst_pad_push (self->srcpad, header);
  if (flow == GST_FLOW_OK) {
    self->started = TRUE;
    self->offset = GST_OMV_FILE_HEADER_SIZE;
  }

  return flow;
}

static void
gst_omv_str_mux_warn_backward (GstOmvStrMux * self, GstClockTime time)
{
  if (self->backward++ > 0)
    return;
  GST_ELEMENT_WARNING (self, STREAM, MUX,
      (_("Frame %" PRIu64 " at byte %" PRIu64 " is older than the frame before "
              "it; it is stored with an interval of 0."), self->number,
          self->offset), ("running time %" GST_TIME_FORMAT " after %"
          GST_TIME_FORMAT, GST_TIME_ARGS (time), GST_TIME_ARGS (self->last)));
}

/* Fills in the times of @header for a frame due at running time @time. */
static gboolean
gst_omv_str_mux_set_time (GstOmvStrMux * self, GstBuffer * buffer,
    GstClockTime time, GstOmvFrameHeader * header, GError ** error)
{
  if (!GST_CLOCK_TIME_IS_VALID (self->zero)) {
    self->zero = self->last = self->synced = time;
    if (!self->settings.offset_to_zero)
      self->origin = GST_BUFFER_PTS_IS_VALID (buffer)
          && self->packer.segment.format == GST_FORMAT_TIME
          ? GST_BUFFER_PTS (buffer) : time;
  }

  if (time < self->last) {
    gst_omv_str_mux_warn_backward (self, time);
    time = self->last;
  }

  if (!gst_omv_time_writer_next (&self->intervals,
          time - self->zero + self->origin, &header->interval)) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_INTERVAL,
        _("Frame %" PRIu64 " at byte %" PRIu64 " comes %" PRIu64
            " s after the frame before it; a recording holds at most 4294967 s."),
        self->number, self->offset,
        (self->number > 0 ? time - self->last : self->origin) / GST_SECOND);
    return FALSE;
  }
  header->exact_time = self->settings.exact_time ? time : GST_OMV_TIME_NONE;

  self->last = time;
  return TRUE;
}

/* The bytes to be stored for @buffer, described in @header but for its times. */
static GstBuffer *
gst_omv_str_mux_pack (GstOmvStrMux * self, GstBuffer * buffer,
    GstOmvFrameHeader * header, GError ** error)
{
  GstBuffer *payload = NULL;

  if (gst_omv_packer_describe (&self->packer, buffer, header, error))
    payload = gst_omv_packer_pack (&self->packer, buffer, error);
  if (payload == NULL)
    g_prefix_error (error, _("Frame %" PRIu64 " at byte %" PRIu64 ": "),
        self->number, self->offset);

  return payload;
}

/* Header, payload and padding as one buffer. A small payload is copied behind the
 * header: filesink 1.22 collects 64 KiB and loses frames if that is more than 1024
 * pieces of memory and one buffer's pieces lie on both sides of the limit. */
static GstBuffer *
gst_omv_str_mux_assemble (GstOmvStrMux * self, const GstOmvFrameHeader * header,
    GstBuffer * payload)
{
  static guint8 zeros[GST_OMV_ALIGNMENT];
  GstOmvVersion version = self->settings.version;
  gsize header_size = gst_omv_version_get_header_size (version);
  gsize padding = gst_omv_get_padding (header->payload_size);
  gboolean copied = header->payload_size <= COPIED_SIZE_MAX;
  gsize size = copied ? header_size + header->payload_size + padding
      : header_size;
  GstBuffer *frame = gst_buffer_new_allocate (NULL, size, NULL);
  GstMapInfo map;

  gst_buffer_map (frame, &map, GST_MAP_WRITE);
  gst_omv_frame_header_write (version, header, map.data);
  if (copied) {
    gst_buffer_extract (payload, 0, map.data + header_size,
        header->payload_size);
    memset (map.data + size - padding, 0, padding);
  }
  gst_buffer_unmap (frame, &map);
  if (copied)
    return frame;

  gst_buffer_copy_into (frame, payload, GST_BUFFER_COPY_MEMORY, 0, -1);
  if (padding > 0)
    gst_buffer_append_memory (frame,
        gst_memory_new_wrapped (GST_MEMORY_FLAG_READONLY, zeros,
            sizeof zeros, 0, padding, NULL, NULL));

  return frame;
}

static GstFlowReturn
gst_omv_str_mux_push_frame (GstOmvStrMux * self,
    const GstOmvFrameHeader * header, GstBuffer * payload,
    GstClockTime duration)
{
  GstBuffer *frame = gst_omv_str_mux_assemble (self, header, payload);

  GST_BUFFER_PTS (frame) = self->last;
  GST_BUFFER_DURATION (frame) = duration;
  if (self->settings.sync_interval > 0
      && self->last - self->synced >= self->settings.sync_interval) {
    GST_BUFFER_FLAG_SET (frame, GST_BUFFER_FLAG_SYNC_AFTER);
    self->synced = self->last;
  }

  self->number++;
  self->offset += gst_buffer_get_size (frame);
  return gst_pad_push (self->srcpad, frame);
}

/* Says what the recording cannot say of itself, when its first frame comes. */
static void
gst_omv_str_mux_write_sidecar (GstOmvStrMux * self, GstBuffer * buffer,
    const GstOmvFrameHeader * header, GstBuffer * payload)
{
  const OmvMuxSidecar sidecar = {
    GST_ELEMENT (self), self->srcpad, &self->packer.segment, self->tags,
    self->zero, self->origin
  };

  omv_mux_sidecar_write (&sidecar, buffer, header, payload);
}

static GstFlowReturn
gst_omv_str_mux_write_frame (GstOmvStrMux * self, GstBuffer * buffer)
{
  GstOmvFrameHeader header = { 0, };
  g_autoptr (GstBuffer) payload = NULL;
  g_autoptr (GError) error = NULL;
  GstClockTime time;

  if (!gst_omv_packer_get_time (&self->packer, buffer, &time)) {
    GST_DEBUG_OBJECT (self, "dropping a buffer outside the segment: %"
        GST_PTR_FORMAT, buffer);
    return GST_FLOW_OK;
  }
  if (!self->started) {
    GstFlowReturn flow = gst_omv_str_mux_write_header (self);

    if (flow != GST_FLOW_OK)
      return flow;
  }

  payload = gst_omv_str_mux_pack (self, buffer, &header, &error);
  if (payload == NULL
      || !gst_omv_str_mux_set_time (self, buffer, time, &header, &error)) {
    gst_omv_element_error (GST_ELEMENT (self), &error,
        "frame %" G_GUINT64_FORMAT " at byte %" G_GUINT64_FORMAT,
        self->number, self->offset);
    return GST_FLOW_ERROR;
  }
  if (self->number == 0 && self->settings.sidecar)
    gst_omv_str_mux_write_sidecar (self, buffer, &header, payload);

  return gst_omv_str_mux_push_frame (self, &header, payload,
      GST_BUFFER_DURATION (buffer));
}

static GstFlowReturn
gst_omv_str_mux_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstOmvStrMux *self = GST_OMV_STR_MUX (parent);
  GstFlowReturn flow;

  if (gst_omv_packer_has_caps (&self->packer)) {
    flow = gst_omv_str_mux_write_frame (self, buffer);
  } else {
    GST_ELEMENT_ERROR (self, CORE, NEGOTIATION, (NULL),
        ("a buffer came before its caps"));
    flow = GST_FLOW_NOT_NEGOTIATED;
  }
  gst_buffer_unref (buffer);

  return flow;
}

static gboolean
gst_omv_str_mux_set_caps (GstOmvStrMux * self, const GstCaps * caps)
{
  g_autoptr (GError) error = NULL;

  if (gst_omv_packer_set_caps (&self->packer, caps, &error))
    return TRUE;

  gst_omv_element_error (GST_ELEMENT (self), &error, "caps before frame %"
      G_GUINT64_FORMAT, self->number);
  return FALSE;
}

static gboolean
gst_omv_str_mux_finish (GstOmvStrMux * self)
{
  if (!self->started && gst_omv_str_mux_write_header (self) != GST_FLOW_OK)
    GST_DEBUG_OBJECT (self, "nobody took the header of an empty recording");

  if (self->backward > 1)
    GST_ELEMENT_WARNING (self, STREAM, MUX,
        (_("%" PRIu64 " of %" PRIu64 " frames were older than the frame before "
                "them; they are stored with an interval of 0."),
            self->backward, self->number), (NULL));

  return gst_pad_push_event (self->srcpad, gst_event_new_eos ());
}

static void
gst_omv_str_mux_keep_tags (GstOmvStrMux * self, GstEvent * event)
{
  GstTagList *before = self->tags, *tags;

  gst_event_parse_tag (event, &tags);
  self->tags = gst_tag_list_merge (before, tags, GST_TAG_MERGE_REPLACE);
  if (before != NULL)
    gst_tag_list_unref (before);
}

static gboolean
gst_omv_str_mux_sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstOmvStrMux *self = GST_OMV_STR_MUX (parent);
  gboolean handled = TRUE;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      if (!gst_event_parse_group_id (event, &self->group_id))
        self->group_id = gst_util_group_id_next ();
      break;
    case GST_EVENT_CAPS:{
      GstCaps *caps;

      gst_event_parse_caps (event, &caps);
      handled = gst_omv_str_mux_set_caps (self, caps);
      break;
    }
    case GST_EVENT_SEGMENT:
      gst_event_copy_segment (event, &self->packer.segment);
      break;
    case GST_EVENT_EOS:
      handled = gst_omv_str_mux_finish (self);
      break;
    case GST_EVENT_FLUSH_STOP:
      gst_omv_packer_reset_time (&self->packer);
      gst_omv_str_mux_reset (self);
      return gst_pad_event_default (pad, parent, event);
    case GST_EVENT_TAG:
      gst_omv_str_mux_keep_tags (self, event);
      break;
    case GST_EVENT_GAP:
      break;
    default:
      /* what describes the frames does not describe the recording */
      if (!GST_EVENT_IS_STICKY (event))
        return gst_pad_event_default (pad, parent, event);
      break;
  }

  gst_event_unref (event);
  return handled;
}

static GstCaps *
gst_omv_str_mux_get_sink_caps (GstOmvStrMux * self, GstCaps * filter)
{
  GstOmvVersion version;
  GstCaps *caps, *filtered;

  GST_OBJECT_LOCK (self);
  version = self->properties.version;
  GST_OBJECT_UNLOCK (self);

  caps = gst_omv_video_get_template_caps (version);
  if (filter == NULL)
    return caps;
  filtered = gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref (caps);

  return filtered;
}

static gboolean
gst_omv_str_mux_sink_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  GstOmvStrMux *self = GST_OMV_STR_MUX (parent);

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_CAPS:{
      GstCaps *filter, *caps;

      gst_query_parse_caps (query, &filter);
      caps = gst_omv_str_mux_get_sink_caps (self, filter);
      gst_query_set_caps_result (query, caps);
      gst_caps_unref (caps);
      return TRUE;
    }
    case GST_QUERY_ALLOCATION:
      /* any stride is welcome: rows are made tight here */
      gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
      return TRUE;
    default:
      return gst_pad_query_default (pad, parent, query);
  }
}

static gboolean
gst_omv_str_mux_src_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEEK) {
    GST_DEBUG_OBJECT (pad, "a recording that is being written cannot seek");
    gst_event_unref (event);
    return FALSE;
  }

  return gst_pad_event_default (pad, parent, event);
}

static GstPad *
gst_omv_str_mux_request_new_pad (GstElement * element, GstPadTemplate * templ,
    const gchar * name, const GstCaps * caps)
{
  GstOmvStrMux *self = GST_OMV_STR_MUX (element);
  GstPad *pad;
  gboolean taken;

  pad = gst_pad_new_from_template (templ, name != NULL ? name : "video_0");
  gst_pad_set_chain_function (pad, gst_omv_str_mux_chain);
  gst_pad_set_event_function (pad, gst_omv_str_mux_sink_event);
  gst_pad_set_query_function (pad, gst_omv_str_mux_sink_query);
  /* caps may lack what a recording does not need, a frame rate for example */
  GST_PAD_SET_ACCEPT_INTERSECT (pad);

  GST_OBJECT_LOCK (self);
  taken = self->sinkpad != NULL;
  if (!taken)
    self->sinkpad = pad;
  GST_OBJECT_UNLOCK (self);

  if (taken) {
    GST_WARNING_OBJECT (self, "a recording has one stream: no second pad");
    gst_object_unref (gst_object_ref_sink (pad));
    return NULL;
  }
  gst_element_add_pad (element, pad);

  return pad;
}

static void
gst_omv_str_mux_release_pad (GstElement * element, GstPad * pad)
{
  GstOmvStrMux *self = GST_OMV_STR_MUX (element);

  GST_OBJECT_LOCK (self);
  self->sinkpad = NULL;
  GST_OBJECT_UNLOCK (self);

  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (element, pad);
}

static gboolean
gst_omv_str_mux_start (GstOmvStrMux * self)
{
  GST_OBJECT_LOCK (self);
  self->settings = self->properties;
  GST_OBJECT_UNLOCK (self);

  if (self->settings.exact_time
      && self->settings.version < GST_OMV_VERSION_V2_0) {
    GST_ELEMENT_ERROR (self, RESOURCE, SETTINGS,
        (_("A recording of version 1.1 cannot hold exact times.")), (NULL));
    return FALSE;
  }

  self->group_id = gst_util_group_id_next ();
  gst_omv_packer_init (&self->packer, self->settings.version,
      self->settings.binary);
  gst_clear_tag_list (&self->tags);
  gst_omv_str_mux_reset (self);

  return TRUE;
}

static GstStateChangeReturn
gst_omv_str_mux_change_state (GstElement * element, GstStateChange transition)
{
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED
      && !gst_omv_str_mux_start (GST_OMV_STR_MUX (element)))
    return GST_STATE_CHANGE_FAILURE;

  return GST_ELEMENT_CLASS (parent_class)->change_state (element, transition);
}

static void
gst_omv_str_mux_finalize (GObject * object)
{
  gst_clear_tag_list (&GST_OMV_STR_MUX (object)->tags);

  G_OBJECT_CLASS (parent_class)->finalize (object);
}

static void
gst_omv_str_mux_set_property (GObject * object, guint property_id,
    const GValue * value, GParamSpec * pspec)
{
  GstOmvStrMux *self = GST_OMV_STR_MUX (object);

  GST_OBJECT_LOCK (self);
  switch (property_id) {
    case PROP_VERSION:
      self->properties.version = (GstOmvVersion) g_value_get_enum (value);
      break;
    case PROP_OFFSET_TO_ZERO:
      self->properties.offset_to_zero = g_value_get_boolean (value);
      break;
    case PROP_EXACT_TIME:
      self->properties.exact_time = g_value_get_boolean (value);
      break;
    case PROP_BINARY:
      self->properties.binary = g_value_get_boolean (value);
      break;
    case PROP_SYNC_INTERVAL:
      self->properties.sync_interval = g_value_get_uint64 (value);
      break;
    case PROP_SIDECAR:
      self->properties.sidecar = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_omv_str_mux_get_property (GObject * object, guint property_id,
    GValue * value, GParamSpec * pspec)
{
  GstOmvStrMux *self = GST_OMV_STR_MUX (object);

  GST_OBJECT_LOCK (self);
  switch (property_id) {
    case PROP_VERSION:
      g_value_set_enum (value, (gint) self->properties.version);
      break;
    case PROP_OFFSET_TO_ZERO:
      g_value_set_boolean (value, self->properties.offset_to_zero);
      break;
    case PROP_EXACT_TIME:
      g_value_set_boolean (value, self->properties.exact_time);
      break;
    case PROP_BINARY:
      g_value_set_boolean (value, self->properties.binary);
      break;
    case PROP_SYNC_INTERVAL:
      g_value_set_uint64 (value, self->properties.sync_interval);
      break;
    case PROP_SIDECAR:
      g_value_set_boolean (value, self->properties.sidecar);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_omv_str_mux_install_properties (GObjectClass * object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
      | GST_PARAM_MUTABLE_READY;

  /**
   * GstOmvStrMux:version:
   *
   * The version of the format to write. 1.1 is for old cameras and holds
   * neither YUV nor PNG nor any Bayer order but bggr.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_VERSION,
      g_param_spec_enum ("version", "Version",
          "Version of the format to write",
          GST_TYPE_OMV_STR_MUX_VERSION, DEFAULT_VERSION, flags));

  /**
   * GstOmvStrMux:offset-to-zero:
   *
   * Whether the recording's time starts with its first frame. If not, the first
   * frame keeps its timestamp: what #omvstrdemux has read is written back
   * without a change.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_OFFSET_TO_ZERO,
      g_param_spec_boolean ("offset-to-zero", "Offset To Zero",
          "Start the recording's time at its first frame; "
          "if false, the first frame keeps its timestamp",
          DEFAULT_OFFSET_TO_ZERO, flags));

  /**
   * GstOmvStrMux:exact-time:
   *
   * Whether to store each frame's running time in nanoseconds too, in spare
   * bytes of its header that cameras skip. Needs version 2.0.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_EXACT_TIME,
      g_param_spec_boolean ("exact-time", "Exact Time",
          "Store running times in ns in spare header bytes, beside the "
          "milliseconds that cameras read (needs version 2.0)",
          DEFAULT_EXACT_TIME, flags));

  /**
   * GstOmvStrMux:binary:
   *
   * Whether to store GRAY8 frames with 1 bit per pixel. Values over 127 are
   * set. Other formats are stored as they are, frames of video/x-omv-frame too.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_BINARY,
      g_param_spec_boolean ("binary", "Binary",
          "Store GRAY8 frames with 1 bit per pixel; values over 127 are set",
          DEFAULT_BINARY, flags));

  /**
   * GstOmvStrMux:sync-interval:
   *
   * After how many nanoseconds of running time a frame asks the sink to write
   * all that it has to the disk (%GST_BUFFER_FLAG_SYNC_AFTER, which filesink
   * honours); 0 = never. The streaming thread waits for the disk then: put a
   * queue before the muxer of a live source.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_SYNC_INTERVAL,
      g_param_spec_uint64 ("sync-interval", "Sync Interval",
          "Running time in ns after which the sink is asked to reach the disk "
          "(0 = never)", 0, G_MAXUINT64, DEFAULT_SYNC_INTERVAL, flags));

  /**
   * GstOmvStrMux:sidecar:
   *
   * Whether to write `FILE.json` beside a recording that goes to a file, when its
   * first frame comes: the wall-clock time of the recording's time 0, the time zone,
   * the pipeline's base time, and tags that are texts and came before. The
   * wall-clock time is that of the frame's reference timestamp of the caps
   * `timestamp/x-unix`, else that of a date-time tag, else that of the system.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_SIDECAR,
      g_param_spec_boolean ("sidecar", "Sidecar",
          "Write FILE.json with wall-clock start and tags beside the recording",
          DEFAULT_SIDECAR, flags));

  gst_type_mark_as_plugin_api (GST_TYPE_OMV_STR_MUX_VERSION, 0);
}

static void
gst_omv_str_mux_class_init (GstOmvStrMuxClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstCaps *caps = gst_omv_video_get_template_caps (GST_OMV_VERSION_V2_0);

  object_class->set_property = gst_omv_str_mux_set_property;
  object_class->get_property = gst_omv_str_mux_get_property;
  object_class->finalize = gst_omv_str_mux_finalize;
  gst_omv_str_mux_install_properties (object_class);

  element_class->change_state = gst_omv_str_mux_change_state;
  element_class->request_new_pad = gst_omv_str_mux_request_new_pad;
  element_class->release_pad = gst_omv_str_mux_release_pad;

  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_add_pad_template (element_class,
      gst_pad_template_new ("video_%u", GST_PAD_SINK, GST_PAD_REQUEST, caps));
  gst_caps_unref (caps);

  gst_element_class_set_static_metadata (element_class,
      "OpenMV recording muxer", "Codec/Muxer",
      "Writes frames as a recording that OpenMV cameras replay (OMV IMG STR)",
      "The gst-omv authors");
}

static void
gst_omv_str_mux_init (GstOmvStrMux * self)
{
  self->properties.version = DEFAULT_VERSION;
  self->properties.offset_to_zero = DEFAULT_OFFSET_TO_ZERO;
  self->properties.exact_time = DEFAULT_EXACT_TIME;
  self->properties.binary = DEFAULT_BINARY;
  self->properties.sync_interval = DEFAULT_SYNC_INTERVAL;
  self->properties.sidecar = DEFAULT_SIDECAR;
  self->settings = self->properties;

  self->srcpad = gst_pad_new_from_static_template (&src_template, "src");
  gst_pad_use_fixed_caps (self->srcpad);
  gst_pad_set_event_function (self->srcpad, gst_omv_str_mux_src_event);
  gst_element_add_pad (GST_ELEMENT (self), self->srcpad);
}
