/* gstomvringsrc.c: the element omvringsrc
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-omvringsrc
 * @title: omvringsrc
 * @see_also: omvringsink
 *
 * Plays frames that #omvringsink holds, in the same pipeline or in another one of
 * the same process.
 *
 * With #GstOmvRingSrc:mode `clip` it is live. Nothing comes until a trigger; then
 * the frames of its clip do, first those from before the trigger, as fast as they
 * are taken, and then the later ones as they are captured. So any encoder, file or
 * network sink can follow a trigger. Each clip is a segment of its own, whose base
 * is the running time at which it starts, or at which the clip before it ends.
 *
 * With `replay` it is not live. It plays the ring from its oldest frame on, with the
 * original intervals, while capture goes on: what was, as far back as the ring
 * reaches. When capture has ended it plays to the end, or again and again
 * (#GstOmvRingSrc:loop).
 *
 * Frames are copied out of the ring when they are due. One that capture has
 * overtaken by then is left out, and the next one is marked DISCONT. The offset of
 * a buffer is the frame's number in the ring.
 *
 * It cannot seek.
 *
 * ## Example launch line
 * |[
 * gst-launch-1.0 -e videotestsrc is-live=true num-buffers=60 ! video/x-raw,format=GRAY8 ! omvringsink channel=cam slots=30 dump-on-eos=true omvringsrc channel=cam ! jpegenc ! multifilesink location=clip-%05d.jpg
 * ]| Makes JPEG files of the last 30 frames.
 *
 * Since: 0.1
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvringsrc.h"

#include <gst/omv/omv.h>
#include <gst/omv/omv-i18n.h>

#include "omv-channel.h"

GST_DEBUG_CATEGORY_STATIC (omvringsrc_debug);
#define GST_CAT_DEFAULT omvringsrc_debug

typedef enum
{
  MODE_CLIP,
  MODE_REPLAY
} Mode;

#define DEFAULT_CHANNEL NULL
#define DEFAULT_MODE MODE_CLIP
#define DEFAULT_LOOP FALSE

enum
{
  PROP_0,
  PROP_CHANNEL,
  PROP_MODE,
  PROP_LOOP,
  PROP_OVERTAKEN
};

struct _GstOmvRingSrc
{
  GstPushSrc src;

  /* object lock */
  gchar *channel;
  Mode mode;
  gboolean loop;
  guint64 overtaken;            /* frames that were left out */

  OmvReader *reader;            /* from PAUSED on; the streaming thread need not
                                   lock to use it */

  /* set by start(), while the streaming thread does not run */
  Mode started_mode;

  /* streaming thread */
  GstOmvRing *ring;             /* NULL until there is one */
  gint rate_numerator;
  gint rate_denominator;
  OmvClip *clip;                /* the one being played, or NULL */
  guint64 number;               /* of the next frame */
  gboolean need_segment;        /* the next frame starts one */
  gboolean discont;
  GstClockTime start;           /* running time at which the segment starts … */
  GstClockTime end;             /* … and at which the last frame ends */
  GstOmvFrameHeader header;     /* of the last frame, as the caps have it */
};

#define gst_omv_ring_src_parent_class parent_class
G_DEFINE_TYPE_WITH_CODE (GstOmvRingSrc, gst_omv_ring_src, GST_TYPE_PUSH_SRC,
    GST_DEBUG_CATEGORY_INIT (omvringsrc_debug, "omvringsrc", 0,
        "player of a ring's frames"));
GST_ELEMENT_REGISTER_DEFINE (omvringsrc, "omvringsrc", GST_RANK_NONE,
    GST_TYPE_OMV_RING_SRC);

#define GST_TYPE_OMV_RING_SRC_MODE (gst_omv_ring_src_mode_get_type ())
static GType
gst_omv_ring_src_mode_get_type (void)
{
  static const GEnumValue values[] = {
    {MODE_CLIP, "Each clip, when it is triggered; live", "clip"},
    {MODE_REPLAY, "All frames, from the oldest on", "replay"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  if (g_once_init_enter (&type)) {
    GType registered = g_enum_register_static ("GstOmvRingSrcMode", values);

    g_once_init_leave (&type, registered);
  }

  return (GType) type;
}

/* --- frames --------------------------------------------------------------- */

static gboolean
set_caps (GstOmvRingSrc * self, const GstOmvFrameHeader * header)
{
  g_autoptr (GstCaps) caps = NULL;

  if (self->header.format == header->format
      && self->header.width == header->width
      && self->header.height == header->height)
    return TRUE;

  caps = gst_omv_video_make_caps (header, self->rate_numerator,
      self->rate_denominator);
  if (!gst_base_src_set_caps (GST_BASE_SRC (self), caps))
    return FALSE;
  self->header = *header;
  return TRUE;
}

/* A copy of the frame, laid out as its caps say. */
static GstBuffer *
copy_frame (const GstOmvRingPin * pin)
{
  gsize size = pin->header.payload_size;
  g_autoptr (GstBuffer) payload =
      gst_buffer_new_wrapped_full (GST_MEMORY_FLAG_READONLY,
      (gpointer) pin->payload, size, 0, size, NULL, NULL);

  if (gst_omv_video_is_passthrough (GST_OMV_VERSION_V2_0, &pin->header))
    return gst_buffer_copy_deep (payload);
  return gst_omv_video_unpack (GST_OMV_VERSION_V2_0, &pin->header, payload);
}

static GstClockTime
get_running_time (GstOmvRingSrc * self)
{
  g_autoptr (GstClock) clock = gst_element_get_clock (GST_ELEMENT (self));
  GstClockTime base_time = gst_element_get_base_time (GST_ELEMENT (self));
  GstClockTime now = clock != NULL ? gst_clock_get_time (clock) : 0;

  return now > base_time ? now - base_time : 0;
}

/* A frame at @time starts a segment: a clip now, or when the clip before it is
 * over; a replay where the last pass has ended. */
static gboolean
start_segment (GstOmvRingSrc * self, GstClockTime time)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = segment.time = segment.position = time;
  segment.base = self->started_mode == MODE_CLIP
      ? MAX (self->end, get_running_time (self)) : self->end;
  self->start = self->end = segment.base;
  self->need_segment = FALSE;
  self->discont = TRUE;

  return gst_base_src_new_segment (GST_BASE_SRC (self), &segment);
}

static void
stamp (GstOmvRingSrc * self, const GstOmvRingPin * pin, GstBuffer * buffer)
{
  GstClockTime duration = GST_CLOCK_TIME_NONE;

  if (self->rate_numerator > 0)
    duration = gst_util_uint64_scale_int (GST_SECOND, self->rate_denominator,
        self->rate_numerator);
  GST_BUFFER_PTS (buffer) = pin->time;
  GST_BUFFER_DURATION (buffer) = duration;
  GST_BUFFER_OFFSET (buffer) = pin->sequence;
  GST_BUFFER_OFFSET_END (buffer) = pin->sequence + 1;
  if (self->discont)
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
  self->discont = FALSE;

  self->end = gst_segment_to_running_time (&GST_BASE_SRC (self)->segment,
      GST_FORMAT_TIME, pin->time);
  if (GST_CLOCK_TIME_IS_VALID (duration))
    self->end += duration;
}

static GstFlowReturn
make_buffer (GstOmvRingSrc * self, const GstOmvRingPin * pin,
    GstBuffer ** ret_buffer)
{
  GstBuffer *buffer = copy_frame (pin);

  if (buffer == NULL) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ, (NULL),
        ("frame %" G_GUINT64_FORMAT " cannot be copied", pin->sequence));
    return GST_FLOW_ERROR;
  }
  if (!set_caps (self, &pin->header)
      || (self->need_segment && !start_segment (self, pin->time))) {
    gst_buffer_unref (buffer);
    return GST_FLOW_NOT_NEGOTIATED;
  }
  stamp (self, pin, buffer);
  *ret_buffer = buffer;

  return GST_FLOW_OK;
}

/* The next frame was overtaken: goes on with the oldest there is, or at @limit. */
static void
skip_overtaken (GstOmvRingSrc * self, guint64 limit)
{
  guint64 oldest = gst_omv_ring_get_oldest (self->ring);
  guint64 next = self->number + 1;

  if (oldest != GST_OMV_SEQUENCE_NONE)
    next = MIN (MAX (next, oldest), limit);
  GST_OBJECT_LOCK (self);
  self->overtaken += next - self->number;
  GST_OBJECT_UNLOCK (self);
  self->number = next;
  self->discont = TRUE;
}

/* --- waiting -------------------------------------------------------------- */

static GstFlowReturn
get_flow (OmvWait wait)
{
  switch (wait) {
    case OMV_WAIT_DONE:
      return GST_FLOW_OK;
    case OMV_WAIT_OVER:
      return GST_FLOW_EOS;
    case OMV_WAIT_CANCELLED:
      break;
  }

  return GST_FLOW_FLUSHING;
}

/* Waits for the next frame of a clip, of which all before @ret_limit are known. */
static GstFlowReturn
wait_in_clips (GstOmvRingSrc * self, guint64 * ret_limit)
{
  OmvClipRange range;
  OmvWait wait;

  for (;;) {
    if (self->clip == NULL) {
      wait = omv_reader_wait_clip (self->reader, &self->clip);
      if (wait != OMV_WAIT_DONE)
        return get_flow (wait);
      self->number = 0;
      self->need_segment = TRUE;
    }
    wait = omv_reader_wait_range (self->reader, self->clip, self->number,
        &range);
    if (wait != OMV_WAIT_OVER)
      break;
    g_clear_pointer (&self->clip, omv_clip_unref);
  }

  if (wait == OMV_WAIT_DONE) {
    self->number = MAX (self->number, range.first);
    *ret_limit = range.end;
  }
  return get_flow (wait);
}

/* Waits for the next frame of the ring. */
static GstFlowReturn
wait_in_ring (GstOmvRingSrc * self)
{
  guint64 oldest;
  OmvWait wait = omv_reader_wait_frame (self->reader, self->number, &oldest);
  gboolean loop;

  GST_OBJECT_LOCK (self);
  loop = self->loop;
  GST_OBJECT_UNLOCK (self);

  /* a pass that takes no time is played once */
  if (wait == OMV_WAIT_OVER && loop && self->number > oldest
      && self->end > self->start) {
    self->number = oldest;
    self->need_segment = TRUE;
    wait = OMV_WAIT_DONE;
  } else if (wait == OMV_WAIT_DONE && self->need_segment) {
    self->number = MAX (self->number, oldest);
  }

  return get_flow (wait);
}

static GstFlowReturn
gst_omv_ring_src_create (GstPushSrc * src, GstBuffer ** ret_buffer)
{
  GstOmvRingSrc *self = GST_OMV_RING_SRC (src);
  GstFlowReturn flow;

  if (self->ring == NULL) {
    flow = get_flow (omv_reader_wait_ring (self->reader, &self->ring,
            &self->rate_numerator, &self->rate_denominator));
    if (flow != GST_FLOW_OK)
      return flow;
  }

  for (;;) {
    guint64 limit = G_MAXUINT64;
    GstOmvRingPin pin;

    flow = self->started_mode == MODE_CLIP ? wait_in_clips (self, &limit)
        : wait_in_ring (self);
    if (flow != GST_FLOW_OK)
      return flow;
    if (gst_omv_ring_pin (self->ring, self->number, &pin)
        != GST_OMV_RING_PINNED) {
      skip_overtaken (self, limit);
      continue;
    }

    self->number++;
    flow = make_buffer (self, &pin, ret_buffer);
    gst_omv_ring_unpin (self->ring, &pin);
    return flow;
  }
}

/* --- states --------------------------------------------------------------- */

static gboolean
gst_omv_ring_src_start (GstBaseSrc * src)
{
  GstOmvRingSrc *self = GST_OMV_RING_SRC (src);
  g_autofree gchar *channel = NULL;
  OmvReader *reader;
  OmvHub *hub;

  GST_OBJECT_LOCK (self);
  channel = g_strdup (self->channel);
  self->started_mode = self->mode;
  self->overtaken = 0;
  GST_OBJECT_UNLOCK (self);

  if (channel == NULL) {
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND,
        (_("Which ring to play is not said: channel is not set.")), (NULL));
    return FALSE;
  }
  hub = omv_channel_find (channel);
  if (hub == NULL) {
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND,
        (_("There is no ring of the name \"%s\"."), channel), (NULL));
    return FALSE;
  }

  reader = omv_reader_new (hub, TRUE);
  omv_hub_unref (hub);
  GST_OBJECT_LOCK (self);
  self->reader = reader;
  GST_OBJECT_UNLOCK (self);
  self->number = 0;
  self->need_segment = TRUE;
  self->discont = TRUE;
  self->start = self->end = 0;
  self->header.format = GST_OMV_PIXEL_FORMAT_UNKNOWN;

  return TRUE;
}

static gboolean
gst_omv_ring_src_stop (GstBaseSrc * src)
{
  GstOmvRingSrc *self = GST_OMV_RING_SRC (src);
  OmvReader *reader;

  GST_OBJECT_LOCK (self);
  reader = g_steal_pointer (&self->reader);
  GST_OBJECT_UNLOCK (self);

  g_clear_pointer (&self->clip, omv_clip_unref);
  g_clear_pointer (&reader, omv_reader_free);
  g_clear_object (&self->ring);

  return TRUE;
}

/* An application may send flushes in any state. */
static void
set_cancelled (GstOmvRingSrc * self, gboolean cancelled)
{
  GST_OBJECT_LOCK (self);
  if (self->reader != NULL)
    omv_reader_set_cancelled (self->reader, cancelled);
  GST_OBJECT_UNLOCK (self);
}

static gboolean
gst_omv_ring_src_unlock (GstBaseSrc * src)
{
  set_cancelled (GST_OMV_RING_SRC (src), TRUE);
  return TRUE;
}

static gboolean
gst_omv_ring_src_unlock_stop (GstBaseSrc * src)
{
  set_cancelled (GST_OMV_RING_SRC (src), FALSE);
  return TRUE;
}

/* Frames have their caps; there is nothing to agree on before the first. */
static gboolean
gst_omv_ring_src_negotiate (GstBaseSrc * src)
{
  return TRUE;
}

static gboolean
gst_omv_ring_src_is_seekable (GstBaseSrc * src)
{
  return FALSE;
}

/* --- the object ----------------------------------------------------------- */

static void
gst_omv_ring_src_set_property (GObject * object, guint property_id,
    const GValue * value, GParamSpec * pspec)
{
  GstOmvRingSrc *self = GST_OMV_RING_SRC (object);

  GST_OBJECT_LOCK (self);
  switch (property_id) {
    case PROP_CHANNEL:
      g_free (self->channel);
      self->channel = g_value_dup_string (value);
      break;
    case PROP_MODE:
      self->mode = (Mode) g_value_get_enum (value);
      break;
    case PROP_LOOP:
      self->loop = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);

  /* the base class looks at it before start() */
  if (property_id == PROP_MODE)
    gst_base_src_set_live (GST_BASE_SRC (self),
        g_value_get_enum (value) == MODE_CLIP);
}

static void
gst_omv_ring_src_get_property (GObject * object, guint property_id,
    GValue * value, GParamSpec * pspec)
{
  GstOmvRingSrc *self = GST_OMV_RING_SRC (object);

  GST_OBJECT_LOCK (self);
  switch (property_id) {
    case PROP_CHANNEL:
      g_value_set_string (value, self->channel);
      break;
    case PROP_MODE:
      g_value_set_enum (value, (gint) self->mode);
      break;
    case PROP_LOOP:
      g_value_set_boolean (value, self->loop);
      break;
    case PROP_OVERTAKEN:
      g_value_set_uint64 (value, self->overtaken);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_omv_ring_src_finalize (GObject * object)
{
  g_free (GST_OMV_RING_SRC (object)->channel);

  G_OBJECT_CLASS (parent_class)->finalize (object);
}

static void
gst_omv_ring_src_install_properties (GObjectClass * object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
      | GST_PARAM_MUTABLE_READY;

  /**
   * GstOmvRingSrc:channel:
   *
   * The name that #GstOmvRingSink:channel has given to the ring.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_CHANNEL,
      g_param_spec_string ("channel", "Channel", "Name of the ring to play",
          DEFAULT_CHANNEL, flags));

  /**
   * GstOmvRingSrc:mode:
   *
   * Which frames to play.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_MODE,
      g_param_spec_enum ("mode", "Mode", "Which frames to play",
          GST_TYPE_OMV_RING_SRC_MODE, DEFAULT_MODE, flags));

  /**
   * GstOmvRingSrc:loop:
   *
   * Whether a replay starts over when capture has ended and the newest frame was
   * played. Of no effect on clips.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_LOOP,
      g_param_spec_boolean ("loop", "Loop",
          "Start a replay over when capture has ended", DEFAULT_LOOP,
          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
          | GST_PARAM_MUTABLE_PLAYING));

  /**
   * GstOmvRingSrc:overtaken:
   *
   * How many frames capture has overtaken before they could be played, since the
   * element went to PAUSED.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_OVERTAKEN,
      g_param_spec_uint64 ("overtaken", "Overtaken",
          "Frames that were overwritten before they could be played", 0,
          G_MAXUINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_type_mark_as_plugin_api (GST_TYPE_OMV_RING_SRC_MODE, 0);
}

static void
gst_omv_ring_src_class_init (GstOmvRingSrcClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *src_class = GST_BASE_SRC_CLASS (klass);
  GstCaps *caps = gst_omv_video_get_template_caps (GST_OMV_VERSION_V2_0);

  object_class->set_property = gst_omv_ring_src_set_property;
  object_class->get_property = gst_omv_ring_src_get_property;
  object_class->finalize = gst_omv_ring_src_finalize;
  gst_omv_ring_src_install_properties (object_class);

  src_class->start = gst_omv_ring_src_start;
  src_class->stop = gst_omv_ring_src_stop;
  src_class->unlock = gst_omv_ring_src_unlock;
  src_class->unlock_stop = gst_omv_ring_src_unlock_stop;
  src_class->negotiate = gst_omv_ring_src_negotiate;
  src_class->is_seekable = gst_omv_ring_src_is_seekable;
  GST_PUSH_SRC_CLASS (klass)->create = gst_omv_ring_src_create;

  gst_element_class_add_pad_template (element_class,
      gst_pad_template_new ("src", GST_PAD_SRC, GST_PAD_ALWAYS, caps));
  gst_caps_unref (caps);

  gst_element_class_set_static_metadata (element_class,
      "OpenMV ring source", "Source/Video",
      "Plays frames that omvringsink holds in memory", "The gst-omv authors");
}

static void
gst_omv_ring_src_init (GstOmvRingSrc * self)
{
  self->mode = DEFAULT_MODE;
  self->loop = DEFAULT_LOOP;
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
  gst_base_src_set_live (GST_BASE_SRC (self), DEFAULT_MODE == MODE_CLIP);
}
