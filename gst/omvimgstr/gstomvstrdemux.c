/* gstomvstrdemux.c: the element omvstrdemux
 *
 * The object: pads, properties, states. How it plays is in
 * gstomvstrdemux-play.c, how it seeks and answers queries in
 * gstomvstrdemux-seek.c.
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
 * Where size or format change, so do the caps, but not the media type: of a
 * recording that mixes raw frames, JPEG, PNG or Bayer all frames leave as
 * `video/x-omv-frame`, for #omvframedec, unless #GstOmvStrDemux:output says
 * otherwise. 1-bit frames come as GRAY8 with 0
 * and 255, or, where downstream asks for `video/x-omv-binary`, as they are
 * stored. Frames of the camera's ARGB8 have no pixels on the disk and are left
 * out with a warning.
 *
 * After a damaged stretch it goes on with the next good frame and says what was
 * lost. A last frame that a power cut left incomplete is a warning; all frames
 * before it are played. Files that were joined end to end play on.
 *
 * Seeks go to the exact frame, by time or by frame number (the format DEFAULT),
 * forward and backward. It does not decode.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 filesrc location=run.bin ! omvstrdemux ! videoconvert ! autovideosink
 * ]| Plays a recording of raw frames.
 * |[
 * gst-launch-1.0 filesrc location=run.bin ! omvstrdemux ! videoconvert ! video/x-raw,format=I420,colorimetry=1:4:0:0 ! jpegenc ! avimux ! filesink location=run.avi
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

#include "gstomvstrdemux-private.h"

GST_DEBUG_CATEGORY (omvstrdemux_debug);
#define GST_CAT_DEFAULT omvstrdemux_debug

#define DEFAULT_OUTPUT GST_OMV_STR_DEMUX_OUTPUT_AUTO
#define DEFAULT_LOOP FALSE
#define DEFAULT_RESYNC TRUE
#define DEFAULT_MAX_FRAME_SIZE GST_OMV_FRAME_SIZE_MAX_DEFAULT
#define DEFAULT_USE_INDEX TRUE

enum
{
  PROP_0,
  PROP_OUTPUT,
  PROP_LOOP,
  PROP_RESYNC,
  PROP_MAX_FRAME_SIZE,
  PROP_USE_INDEX
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
    {GST_OMV_STR_DEMUX_OUTPUT_AUTO, "video/x-omv-frame if media types are "
          "mixed, else as native", "auto"},
    {GST_OMV_STR_DEMUX_OUTPUT_NATIVE, "Each frame in its own format",
        "native"},
    {GST_OMV_STR_DEMUX_OUTPUT_FRAMES, "Each frame as video/x-omv-frame",
        "frames"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  if (g_once_init_enter (&type)) {
    GType registered = g_enum_register_static ("GstOmvStrDemuxOutput", values);

    g_once_init_leave (&type, registered);
  }

  return (GType) type;
}

static void
gst_omv_str_demux_remove_pad (GstOmvStrDemux * self)
{
  GstPad *pad;

  GST_OBJECT_LOCK (self);
  pad = g_steal_pointer (&self->srcpad);
  GST_OBJECT_UNLOCK (self);
  if (pad == NULL)
    return;

  gst_pad_set_active (pad, FALSE);
  gst_element_remove_pad (GST_ELEMENT (self), pad);
}

static void
gst_omv_str_demux_reset (GstOmvStrDemux * self)
{
  OmvFinder *finder;

  GST_OBJECT_LOCK (self);
  self->settings = self->properties;
  gst_segment_init (&self->segment, GST_FORMAT_TIME);
  self->next_number = 0;
  self->total_frames = 0;
  self->total_time = GST_CLOCK_TIME_NONE;
  finder = g_steal_pointer (&self->finder);
  GST_OBJECT_UNLOCK (self);

  g_clear_pointer (&finder, omv_finder_free);
  if (self->pulling)
    omv_pull_clear (&self->pull);
  self->pulling = FALSE;
  omv_feed_reset (&self->feed, 0);
  self->push_flow = GST_FLOW_OK;

  omv_output_init (&self->output,
      self->settings.output == GST_OMV_STR_DEMUX_OUTPUT_FRAMES);
  omv_report_reset (&self->report);
  self->seqnum = gst_util_seqnum_next ();
  self->need_segment = FALSE;
  self->start_at_frame = TRUE;
  self->pass_end = GST_CLOCK_TIME_NONE;
  self->unix_start = GST_CLOCK_TIME_NONE;
  gst_clear_tag_list (&self->tags);
  g_array_set_size (self->backward, 0);
  self->at_place = FALSE;
  gst_omv_str_demux_start_walk (self);

  GST_OBJECT_LOCK (self);
  g_clear_pointer (&self->seen, gst_omv_index_free);
  self->seen = gst_omv_index_new (&self->walk);
  self->push_seek.pending = FALSE;
  GST_OBJECT_UNLOCK (self);
  self->leaving_out = FALSE;
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
    gst_omv_str_demux_open (self);
  } else {
    gst_omv_str_demux_close (self);     /* a seek would start the task again */
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

  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    gst_omv_str_demux_reset (self);
    g_atomic_int_set (&self->cancelled, FALSE);
  }

  result = GST_ELEMENT_CLASS (parent_class)->change_state (element, transition);

  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) {
    gst_omv_str_demux_stop_worker (self);
    gst_omv_str_demux_remove_pad (self);
    gst_omv_str_demux_reset (self);
  }

  return result;
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
    case PROP_USE_INDEX:
      self->properties.use_index = g_value_get_boolean (value);
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
    case PROP_USE_INDEX:
      g_value_set_boolean (value, self->properties.use_index);
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
  omv_report_clear (&self->report);
  gst_omv_index_free (self->seen);
  g_array_unref (self->backward);
  gst_clear_tag_list (&self->tags);
  g_cond_clear (&self->guests_left);

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
   * What the frames leave as. Players cannot follow a media type that changes,
   * from raw to JPEG for example; they play video/x-omv-frame by #omvframedec.
   * What is mixed shows in the first 256 frames of a recording that can be read
   * at any place; others count as not mixed.
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

  /**
   * GstOmvStrDemux:use-index:
   *
   * Whether to use the index `FILE.idx` that may lie beside a recording. It
   * makes seeks far into a long recording faster and changes nothing else: one
   * that contradicts the recording is not believed.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_USE_INDEX,
      g_param_spec_boolean ("use-index", "Use Index",
          "Use the index FILE.idx beside the recording, if it is right",
          DEFAULT_USE_INDEX, flags));

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
      gst_pad_template_new ("video_%u", GST_PAD_SRC, GST_PAD_SOMETIMES, caps));
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
  self->properties.use_index = DEFAULT_USE_INDEX;
  g_cond_init (&self->guests_left);
  omv_feed_init (&self->feed);
  omv_report_init (&self->report, GST_ELEMENT (self));
  self->backward = g_array_new (FALSE, FALSE, sizeof (OmvPlace));
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
