/* gstomvframedec.c: the elements omvframedec and omvbayerdec
 *
 * GstVideoDecoder does what a decoder owes to a pipeline - segments, flushes,
 * reverse playback, allocation - and omv-decode makes pixels of a frame. This is
 * what lies between: the caps of each frame, a constant size if one is wanted,
 * and what becomes of broken pictures.
 *
 * The two elements differ in what they take and in nothing else. They are two
 * because their ranks differ.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-omvframedec
 * @title: omvframedec
 * @see_also: omvstrdemux, omvbayerdec
 *
 * Decodes the frames of a recording that mixes types: raw ones, Bayer, 1-bit,
 * JPEG and PNG, as #omvstrdemux gives them out as `video/x-omv-frame`. It also
 * takes a stream of 1-bit frames, `video/x-omv-binary`.
 *
 * What comes out is `video/x-raw`, each frame in its own size: gray frames as
 * GRAY8, RGB565 as RGB16, YUV as YUY2 or YVYU with full-range BT.601, colour
 * pictures and Bayer as RGB, PNG pictures with transparent parts as RGBA. Caps
 * change when size or format do. Where that is not wanted,
 * #GstOmvFrameDec:width and #GstOmvFrameDec:height give every frame the same
 * size, and RGB.
 *
 * A frame that cannot be decoded is left out, with a warning;
 * #GstVideoDecoder:max-errors says how many of them are too many. Of a JPEG
 * picture that is torn, that part is shown which is there.
 *
 * It does not turn pictures by what their metadata says.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 filesrc location=run.bin ! omvstrdemux output=frames ! omvframedec ! videoconvert ! autovideosink
 * ]| Plays a recording, whatever is in it.
 * |[
 * gst-launch-1.0 filesrc location=run.bin ! omvstrdemux output=frames ! omvframedec width=640 height=480 ! videoconvert ! video/x-raw,format=I420,colorimetry=1:4:0:0 ! jpegenc ! avimux ! filesink location=run.avi
 * ]| Makes a video of it that has one size.
 *
 * Since: 0.1
 */

/**
 * SECTION:element-omvbayerdec
 * @title: omvbayerdec
 * @see_also: omvstrdemux, omvframedec
 *
 * Makes RGB of 8-bit `video/x-bayer` of any order and any size, by bilinear
 * interpolation. Its rank is marginal, so that players show Bayer recordings
 * with it, but prefer what else there is for Bayer.
 *
 * It has the properties of #omvframedec.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=90 ! video/x-bayer,format=grbg,width=321,height=241 ! omvstrmux ! filesink location=run.bin
 * ]| Records a Bayer mosaic,
 * |[
 * gst-launch-1.0 filesrc location=run.bin ! omvstrdemux ! omvbayerdec ! videoconvert ! autovideosink
 * ]| and plays it.
 *
 * Since: 0.1
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvframedec.h"

#include <gst/omv/omv-i18n.h>
#include <gst/omv/omv.h>
#include <inttypes.h>

#include "omv-canvas.h"

GST_DEBUG_CATEGORY_STATIC (omvframedec_debug);
#define GST_CAT_DEFAULT omvframedec_debug

#define DEFAULT_WIDTH 0
#define DEFAULT_HEIGHT 0

/* Frames that are left out with a warning each. */
#define WARNINGS_MAX 10

enum
{
  PROP_0,
  PROP_WIDTH,
  PROP_HEIGHT
};

typedef struct
{
  gint width;
  gint height;
} Settings;

struct _GstOmvFrameDec
{
  GstVideoDecoder decoder;

  /* object lock */
  Settings properties;

  /* streaming thread; other threads only while it does not run */
  GstVideoCodecState *input;
  GstOmvVideoInfo info;         /* of the input's caps */
  OmvCanvas canvas;
  GstVideoInfo output;          /* what the source pad has, … */
  gboolean configured;          /* … if it has anything */
  guint64 broken;               /* frames left out */
};

#define SIZES "width = (int) [ 1, 32767 ], height = (int) [ 1, 32767 ]"

static GstStaticPadTemplate frame_sink_template =
    GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_OMV_FRAME_CAPS_NAME "; "
        GST_OMV_BINARY_CAPS_NAME ", " SIZES));

static GstStaticPadTemplate frame_src_template =
GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE
        ("{ GRAY8, RGB, RGBA, RGB16, YUY2, YVYU }")));

static GstStaticPadTemplate bayer_sink_template =
GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("video/x-bayer, "
        "format = (string) { bggr, gbrg, grbg, rggb }, " SIZES));

static GstStaticPadTemplate bayer_src_template =
GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE ("RGB")));

#define gst_omv_frame_dec_parent_class parent_class
G_DEFINE_TYPE_WITH_CODE (GstOmvFrameDec, gst_omv_frame_dec,
    GST_TYPE_VIDEO_DECODER, GST_DEBUG_CATEGORY_INIT (omvframedec_debug,
        "omvframedec", 0, "decoder of frames of OMV IMG STR recordings"));
GST_ELEMENT_REGISTER_DEFINE (omvframedec, "omvframedec", GST_RANK_PRIMARY,
    GST_TYPE_OMV_FRAME_DEC);

/* --- the output ----------------------------------------------------------- */

/* Makes the source pad ready for frames of @picture. */
static GstFlowReturn
gst_omv_frame_dec_configure (GstOmvFrameDec * self,
    const GstVideoInfo * picture)
{
  GstVideoDecoder *decoder = GST_VIDEO_DECODER (self);
  GstVideoCodecState *state;

  if (self->configured && gst_video_info_is_equal (&self->output, picture))
    return GST_FLOW_OK;

  self->output = *picture;
  state = gst_video_decoder_set_output_state (decoder,
      GST_VIDEO_INFO_FORMAT (picture), (guint) picture->width,
      (guint) picture->height, self->input);
  state->info.colorimetry = picture->colorimetry;
  gst_video_codec_state_unref (state);

  self->configured = gst_video_decoder_negotiate (decoder);
  if (self->configured)
    return GST_FLOW_OK;
  return GST_PAD_IS_FLUSHING (GST_VIDEO_DECODER_SRC_PAD (decoder))
      ? GST_FLOW_FLUSHING : GST_FLOW_NOT_NEGOTIATED;
}

/* A frame as it has come, with what it will become. */
typedef struct
{
  GstOmvFrameHeader header;
  GstMapInfo payload;
  GstOmvDecodedFormat format;
  GstVideoInfo info;
} Picture;

/* Decodes into @buffer, which stays mapped in @ret_frame if that works. */
static gboolean
decode_to_buffer (const Picture * picture, GstBuffer * buffer,
    GstVideoFrame * ret_frame, GError ** error)
{
  if (!gst_video_frame_map (ret_frame, &picture->info, buffer,
          GST_MAP_READWRITE)) {
    g_set_error_literal (error, GST_CORE_ERROR, GST_CORE_ERROR_FAILED,
        _("The memory of a frame cannot be reached."));
    return FALSE;
  }
  if (gst_omv_decode (GST_OMV_VERSION_V2_0, &picture->header,
          picture->payload.data, picture->payload.size, picture->format,
          GST_VIDEO_FRAME_PLANE_DATA (ret_frame, 0),
          (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (ret_frame, 0), error))
    return TRUE;

  gst_video_frame_unmap (ret_frame);
  return FALSE;
}

static gboolean
gst_omv_frame_dec_draw (GstOmvFrameDec * self, const Picture * picture,
    GstBuffer * buffer, GError ** error)
{
  GstVideoFrame from, to;

  if (!omv_canvas_is_used (&self->canvas)) {
    if (!decode_to_buffer (picture, buffer, &to, error))
      return FALSE;
    gst_video_frame_unmap (&to);
    return TRUE;
  }

  if (!decode_to_buffer (picture, self->canvas.room, &from, error))
    return FALSE;
  if (gst_video_frame_map (&to, &self->output, buffer, GST_MAP_READWRITE)) {
    omv_canvas_draw (&self->canvas, &from, &to);
    gst_video_frame_unmap (&to);
  }
  gst_video_frame_unmap (&from);

  return TRUE;
}

/* --- the input ------------------------------------------------------------ */

/* The bytes that a recording has of the frame. */
static GstBuffer *
gst_omv_frame_dec_unwrap (GstOmvFrameDec * self, GstBuffer * buffer,
    GstOmvFrameHeader * header, GError ** error)
{
  if (self->info.format == GST_OMV_PIXEL_FORMAT_UNKNOWN)
    return gst_omv_video_parse_frame (buffer, header, error);

  header->format = self->info.format;
  header->width = self->info.width;
  header->height = self->info.height;
  return gst_omv_video_info_pack (&self->info, buffer, error);
}

/* Finds out what @picture becomes before there is memory for it. */
static gboolean
gst_omv_frame_dec_inspect (GstOmvFrameDec * self, Picture * picture,
    GError ** error)
{
  const GstOmvFrameHeader *header = &picture->header;

  if (!gst_omv_decode_get_format (header, picture->payload.data,
          picture->payload.size, &picture->format, error))
    return FALSE;
  if (!gst_omv_video_info_set_decoded (&picture->info, picture->format,
          header->width, header->height)
      || (omv_canvas_is_used (&self->canvas)
          && !omv_canvas_set_picture (&self->canvas, &picture->info))) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED,
        _("GStreamer cannot handle %d x %d pixels."), header->width,
        header->height);
    return FALSE;
  }

  return TRUE;
}

/* With an @error the frame is broken; without one it is the flow that counts. */
static GstFlowReturn
gst_omv_frame_dec_decode (GstOmvFrameDec * self, GstVideoCodecFrame * frame,
    Picture * picture, GError ** error)
{
  GstVideoDecoder *decoder = GST_VIDEO_DECODER (self);
  GstFlowReturn flow;

  if (!gst_omv_frame_dec_inspect (self, picture, error))
    return GST_FLOW_ERROR;

  flow = gst_omv_frame_dec_configure (self, omv_canvas_is_used (&self->canvas)
      ? &self->canvas.canvas : &picture->info);
  if (flow == GST_FLOW_OK)
    flow = gst_video_decoder_allocate_output_frame (decoder, frame);
  if (flow == GST_FLOW_OK
      && !gst_omv_frame_dec_draw (self, picture, frame->output_buffer, error))
    return GST_FLOW_ERROR;

  return flow;
}

static GstFlowReturn
gst_omv_frame_dec_decode_buffer (GstOmvFrameDec * self,
    GstVideoCodecFrame * frame, GError ** error)
{
  Picture picture = { {0,}, };
  g_autoptr (GstBuffer) payload = gst_omv_frame_dec_unwrap (self,
      frame->input_buffer, &picture.header, error);
  GstFlowReturn flow;

  if (payload == NULL)
    return GST_FLOW_ERROR;
  if (!gst_buffer_map (payload, &picture.payload, GST_MAP_READ)) {
    g_set_error_literal (error, GST_CORE_ERROR, GST_CORE_ERROR_FAILED,
        _("The memory of a frame cannot be reached."));
    return GST_FLOW_ERROR;
  }
  flow = gst_omv_frame_dec_decode (self, frame, &picture, error);
  gst_buffer_unmap (payload, &picture.payload);

  return flow;
}

/* The frame's number in its recording, if the demuxer has told it. */
static guint64
get_number (const GstVideoCodecFrame * frame)
{
  return GST_BUFFER_OFFSET_IS_VALID (frame->input_buffer)
      ? GST_BUFFER_OFFSET (frame->input_buffer) : frame->system_frame_number;
}

static void
gst_omv_frame_dec_warn (GstOmvFrameDec * self, gchar * text)
{
  gst_element_message_full (GST_ELEMENT (self), GST_MESSAGE_WARNING,
      GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE, text, NULL, __FILE__,
      G_STRFUNC, __LINE__);
}

/* The base class counts what is broken, and makes an error of it when there is
 * too much. */
static GstFlowReturn
gst_omv_frame_dec_leave_out (GstOmvFrameDec * self, GstVideoCodecFrame * frame,
    const GError * error)
{
  GstVideoDecoder *decoder = GST_VIDEO_DECODER (self);
  g_autofree gchar *text = g_strdup_printf (_("Frame %" PRIu64
          " is left out. %s"), get_number (frame), error->message);
  GstFlowReturn flow = GST_FLOW_OK;

  gst_video_decoder_drop_frame (decoder, frame);
  GST_VIDEO_DECODER_ERROR (self, 1, STREAM, DECODE, ("%s", text), (NULL), flow);
  if (flow == GST_FLOW_OK && self->broken++ < WARNINGS_MAX)
    gst_omv_frame_dec_warn (self, g_steal_pointer (&text));

  return flow;
}

static GstFlowReturn
gst_omv_frame_dec_handle_frame (GstVideoDecoder * decoder,
    GstVideoCodecFrame * frame)
{
  GstOmvFrameDec *self = GST_OMV_FRAME_DEC (decoder);
  g_autoptr (GError) error = NULL;
  GstFlowReturn flow;

  flow = gst_omv_frame_dec_decode_buffer (self, frame, &error);
  if (error != NULL)
    return gst_omv_frame_dec_leave_out (self, frame, error);
  if (flow != GST_FLOW_OK) {
    gst_video_decoder_release_frame (decoder, frame);
    return flow;
  }

  return gst_video_decoder_finish_frame (decoder, frame);
}

static GstFlowReturn
gst_omv_frame_dec_finish (GstVideoDecoder * decoder)
{
  GstOmvFrameDec *self = GST_OMV_FRAME_DEC (decoder);

  if (self->broken > WARNINGS_MAX)
    gst_omv_frame_dec_warn (self, g_strdup_printf (_("%" PRIu64
                " frames were left out; the first %d were reported."),
            self->broken, WARNINGS_MAX));
  self->broken = 0;

  return GST_FLOW_OK;
}

static gboolean
gst_omv_frame_dec_set_format (GstVideoDecoder * decoder,
    GstVideoCodecState * state)
{
  GstOmvFrameDec *self = GST_OMV_FRAME_DEC (decoder);
  g_autoptr (GError) error = NULL;

  if (!gst_omv_video_info_from_caps (&self->info, state->caps, FALSE, &error)) {
    gst_omv_element_error (GST_ELEMENT (self), &error, "new caps");
    return FALSE;
  }

  g_clear_pointer (&self->input, gst_video_codec_state_unref);
  self->input = gst_video_codec_state_ref (state);
  self->configured = FALSE;

  return TRUE;
}

/* Where there is a canvas, the size downstream wants says nothing of ours. */
static GstCaps *
gst_omv_frame_dec_getcaps (GstVideoDecoder * decoder, GstCaps * filter)
{
  GstOmvFrameDec *self = GST_OMV_FRAME_DEC (decoder);
  GstCaps *caps, *filtered;
  gboolean scales;

  GST_OBJECT_LOCK (self);
  scales = self->properties.width > 0 || self->properties.height > 0;
  GST_OBJECT_UNLOCK (self);
  if (!scales)
    return gst_video_decoder_proxy_getcaps (decoder, NULL, filter);

  caps = gst_pad_get_pad_template_caps (GST_VIDEO_DECODER_SINK_PAD (decoder));
  if (filter == NULL)
    return caps;
  filtered = gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref (caps);

  return filtered;
}

/* --- life ----------------------------------------------------------------- */

static gboolean
gst_omv_frame_dec_start (GstVideoDecoder * decoder)
{
  GstOmvFrameDec *self = GST_OMV_FRAME_DEC (decoder);
  Settings settings;

  GST_OBJECT_LOCK (self);
  settings = self->properties;
  GST_OBJECT_UNLOCK (self);

  omv_canvas_init (&self->canvas, settings.width, settings.height);
  self->configured = FALSE;
  self->broken = 0;

  return TRUE;
}

static gboolean
gst_omv_frame_dec_stop (GstVideoDecoder * decoder)
{
  GstOmvFrameDec *self = GST_OMV_FRAME_DEC (decoder);

  omv_canvas_clear (&self->canvas);
  g_clear_pointer (&self->input, gst_video_codec_state_unref);

  return TRUE;
}

static void
gst_omv_frame_dec_set_property (GObject * object, guint property_id,
    const GValue * value, GParamSpec * pspec)
{
  GstOmvFrameDec *self = GST_OMV_FRAME_DEC (object);

  GST_OBJECT_LOCK (self);
  switch (property_id) {
    case PROP_WIDTH:
      self->properties.width = g_value_get_int (value);
      break;
    case PROP_HEIGHT:
      self->properties.height = g_value_get_int (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_omv_frame_dec_get_property (GObject * object, guint property_id,
    GValue * value, GParamSpec * pspec)
{
  GstOmvFrameDec *self = GST_OMV_FRAME_DEC (object);

  GST_OBJECT_LOCK (self);
  switch (property_id) {
    case PROP_WIDTH:
      g_value_set_int (value, self->properties.width);
      break;
    case PROP_HEIGHT:
      g_value_set_int (value, self->properties.height);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_omv_frame_dec_install_properties (GObjectClass * object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
      | GST_PARAM_MUTABLE_READY;

  /**
   * GstOmvFrameDec:width:
   *
   * The width in pixels that every frame gets; 0 = that which follows from
   * #GstOmvFrameDec:height and the shape of the first frame, or, if that is 0,
   * too, the frame's own.
   *
   * With any of the two set all frames are RGB and of one size. Each is scaled,
   * up or down, as large as it fits; what remains at two of its sides is black.
   * Transparency is lost.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_WIDTH,
      g_param_spec_int ("width", "Width",
          "Width in pixels of all frames, which become RGB "
          "(0 = as height and the first frame's shape say; "
          "both 0 = as they are)", 0, GST_OMV_DIMENSION_MAX, DEFAULT_WIDTH,
          flags));

  /**
   * GstOmvFrameDec:height:
   *
   * The height in pixels that every frame gets; 0 = that which follows from
   * #GstOmvFrameDec:width and the shape of the first frame, or, if that is 0,
   * too, the frame's own. See #GstOmvFrameDec:width.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_HEIGHT,
      g_param_spec_int ("height", "Height",
          "Height in pixels of all frames, which become RGB "
          "(0 = as width and the first frame's shape say; "
          "both 0 = as they are)", 0, GST_OMV_DIMENSION_MAX, DEFAULT_HEIGHT,
          flags));
}

static void
gst_omv_frame_dec_class_init (GstOmvFrameDecClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstVideoDecoderClass *decoder_class = GST_VIDEO_DECODER_CLASS (klass);

  object_class->set_property = gst_omv_frame_dec_set_property;
  object_class->get_property = gst_omv_frame_dec_get_property;
  gst_omv_frame_dec_install_properties (object_class);

  decoder_class->start = gst_omv_frame_dec_start;
  decoder_class->stop = gst_omv_frame_dec_stop;
  decoder_class->getcaps = gst_omv_frame_dec_getcaps;
  decoder_class->set_format = gst_omv_frame_dec_set_format;
  decoder_class->handle_frame = gst_omv_frame_dec_handle_frame;
  decoder_class->finish = gst_omv_frame_dec_finish;

  gst_element_class_add_static_pad_template (element_class,
      &frame_sink_template);
  gst_element_class_add_static_pad_template (element_class,
      &frame_src_template);
  gst_element_class_set_static_metadata (element_class,
      "OpenMV frame decoder", "Codec/Decoder/Video",
      "Decodes the frames of OpenMV recordings, whatever their formats",
      "The gst-omv authors");
}

static void
gst_omv_frame_dec_init (GstOmvFrameDec * self)
{
  GstVideoDecoder *decoder = GST_VIDEO_DECODER (self);

  self->properties.width = DEFAULT_WIDTH;
  self->properties.height = DEFAULT_HEIGHT;

  gst_video_decoder_set_packetized (decoder, TRUE);
  gst_video_decoder_set_needs_format (decoder, TRUE);
  /* caps may lack what we do not need, a size for example */
  gst_video_decoder_set_use_default_pad_acceptcaps (decoder, FALSE);
}

/* --- the same under another name ------------------------------------------ */

typedef GstOmvFrameDec GstOmvBayerDec;
typedef GstOmvFrameDecClass GstOmvBayerDecClass;

static GType gst_omv_bayer_dec_get_type (void);
G_DEFINE_TYPE (GstOmvBayerDec, gst_omv_bayer_dec, GST_TYPE_OMV_FRAME_DEC);
GST_ELEMENT_REGISTER_DEFINE (omvbayerdec, "omvbayerdec", GST_RANK_MARGINAL,
    gst_omv_bayer_dec_get_type ());

static void
gst_omv_bayer_dec_class_init (GstOmvBayerDecClass * klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);

  gst_element_class_add_static_pad_template (element_class,
      &bayer_sink_template);
  gst_element_class_add_static_pad_template (element_class,
      &bayer_src_template);
  gst_element_class_set_static_metadata (element_class,
      "OpenMV Bayer decoder", "Codec/Decoder/Video",
      "Makes RGB of 8-bit Bayer frames", "The gst-omv authors");
}

static void
gst_omv_bayer_dec_init (GstOmvBayerDec * self)
{
}
