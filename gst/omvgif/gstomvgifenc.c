/* gstomvgifenc.c: the element omvgifenc
 *
 * GstVideoEncoder does what an encoder owes to a pipeline, omv-gif-canvas finds
 * what to draw, and omv-gif-writer makes bytes of that. This is what lies
 * between: pixels out of buffers, and time. A GIF tells how long an image stays,
 * so that each frame has to wait for the next one.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-omvgifenc
 * @title: omvgifenc
 *
 * Makes an animated GIF of raw video, which browsers, chats and documents show
 * without a player.
 *
 * Gray frames, and others of at most 255 colours, are shown without loss. For
 * the rest a palette of the best colours is found, and used for as long as it is
 * good; smooth parts are dithered where bands would be seen. Only what has changed
 * since the frame before is stored. Of RGBA, pixels that are less than half opaque
 * are transparent.
 *
 * Time is kept in hundredths of a second, which is what the format has; what
 * rounding takes from one frame, the next one gets. Frames shorter than two
 * hundredths, which players would show for a tenth of a second, take the place
 * of the frame before. The last frame stays for its duration or, if it has none,
 * as long as the frame before it. A file starts with the first frame, at
 * whatever time that comes.
 *
 * A size that changes is an error, since a GIF has one; what came before is a
 * whole file. It does not scale, and does not look at the pixels' aspect ratio.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 videotestsrc num-buffers=50 pattern=ball ! video/x-raw,framerate=25/1 ! videoconvert ! omvgifenc ! filesink location=out.gif
 * ]| Makes an animation of two seconds, which is played for ever.
 * |[
 * gst-launch-1.0 filesrc location=run.bin ! omvstrdemux ! videoconvert ! omvgifenc repeat=0 ! filesink location=run.gif
 * ]| Makes one of a camera's recording, with its times, to be played once.
 *
 * Since: 0.1
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvgifenc.h"

#include <gst/omv/omv-i18n.h>

#include "omv-gif-canvas.h"

GST_DEBUG_CATEGORY_STATIC (omvgifenc_debug);
#define GST_CAT_DEFAULT omvgifenc_debug

#define DEFAULT_REPEAT (-1)
#define DEFAULT_DITHER TRUE

/* In centiseconds. Players show what is shorter for 10. */
#define DELAY_MIN 2
/* How long a frame stays of which nothing is known. */
#define DELAY_UNKNOWN 10

enum
{
  PROP_0,
  PROP_REPEAT,
  PROP_DITHER
};

typedef struct
{
  gint repeat;
  gboolean dither;
} Settings;

struct _GstOmvGifEnc
{
  GstVideoEncoder encoder;

  /* object lock */
  Settings properties;

  /* streaming thread; other threads only while it does not run */
  Settings settings;
  GstVideoCodecState *input;
  OmvGifWriter *writer;         /* NULL while there is no file */
  OmvGifCanvas *canvas;
  GstVideoCodecFrame *held;     /* the newest frame; there is one in a file */
  OmvGifPixel *held_pixels;
  OmvGifPixel *new_pixels;      /* those of the frame that has just come */
  GstClockTime first_time;      /* running time of the file's first frame */
  GstClockTime held_time;       /* since then, as the next … */
  GstClockTime held_duration;   /* … NONE if it is not known */
  guint64 last_delay;           /* of the image before, in cs; 0: none */
};

static GstStaticPadTemplate sink_template =
GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("video/x-raw, "
        "format = (string) { RGB, RGBA, BGRx, GRAY8 }, "
        "width = (int) [ 1, 65535 ], height = (int) [ 1, 65535 ], "
        "framerate = (fraction) [ 0, max ]"));

static GstStaticPadTemplate src_template =
GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS ("image/gif, "
        "width = (int) [ 1, 65535 ], height = (int) [ 1, 65535 ], "
        "framerate = (fraction) [ 0, max ]"));

#define gst_omv_gif_enc_parent_class parent_class
G_DEFINE_TYPE_WITH_CODE (GstOmvGifEnc, gst_omv_gif_enc,
    GST_TYPE_VIDEO_ENCODER, GST_DEBUG_CATEGORY_INIT (omvgifenc_debug,
        "omvgifenc", 0, "encoder of animated GIF files"));
GST_ELEMENT_REGISTER_DEFINE (omvgifenc, "omvgifenc", GST_RANK_PRIMARY,
    GST_TYPE_OMV_GIF_ENC);

/* --- pixels --------------------------------------------------------------- */

static void
unpack_row (GstVideoFormat format, const guint8 * row, guint width,
    OmvGifPixel * pixels)
{
  switch (format) {
    case GST_VIDEO_FORMAT_GRAY8:
      for (guint x = 0; x < width; x++)
        pixels[x] = OMV_GIF_PIXEL (row[x], row[x], row[x]);
      break;
    case GST_VIDEO_FORMAT_RGB:
      for (guint x = 0; x < width; x++, row += 3)
        pixels[x] = OMV_GIF_PIXEL (row[0], row[1], row[2]);
      break;
    case GST_VIDEO_FORMAT_RGBA:
      for (guint x = 0; x < width; x++, row += 4)
        pixels[x] = row[3] < 128 ? 0 : OMV_GIF_PIXEL (row[0], row[1], row[2]);
      break;
    case GST_VIDEO_FORMAT_BGRx:
      for (guint x = 0; x < width; x++, row += 4)
        pixels[x] = OMV_GIF_PIXEL (row[2], row[1], row[0]);
      break;
    default:
      g_assert_not_reached ();
  }
}

/* --- time ----------------------------------------------------------------- */

static guint64
to_centiseconds (GstClockTime time)
{
  return gst_util_uint64_scale_round (time, 100, GST_SECOND);
}

/* From one frame to the next, where nothing else tells. */
static GstClockTime
gst_omv_gif_enc_get_frame_time (GstOmvGifEnc * self)
{
  const GstVideoInfo *info = &self->input->info;

  if (GST_VIDEO_INFO_FPS_N (info) <= 0)
    return GST_CLOCK_TIME_NONE;

  return gst_util_uint64_scale_int (GST_SECOND, GST_VIDEO_INFO_FPS_D (info),
      GST_VIDEO_INFO_FPS_N (info));
}

/* When the held frame ends, since the start of the file: its duration, or that
 * of the frame before it, or the caps' frame time, or a tenth of a second. */
static GstClockTime
gst_omv_gif_enc_guess_end (GstOmvGifEnc * self)
{
  GstClockTime frame_time = gst_omv_gif_enc_get_frame_time (self);

  if (GST_CLOCK_TIME_IS_VALID (self->held_duration))
    return self->held_time + self->held_duration;
  if (self->last_delay > 0)
    return self->held_time + self->last_delay * (GST_SECOND / 100);
  if (GST_CLOCK_TIME_IS_VALID (frame_time))
    return self->held_time + frame_time;

  return self->held_time + DELAY_UNKNOWN * (GST_SECOND / 100);
}

/* The time of @frame since the start of the file, which starts with the first
 * frame that comes. One without a time, or of an earlier one than that of the
 * frame before it, follows that frame. */
static GstClockTime
gst_omv_gif_enc_get_time (GstOmvGifEnc * self, GstVideoCodecFrame * frame)
{
  const GstSegment *segment = &GST_VIDEO_ENCODER (self)->input_segment;
  GstClockTime time = gst_segment_to_running_time (segment, GST_FORMAT_TIME,
      frame->pts);

  if (self->held == NULL) {
    self->first_time = GST_CLOCK_TIME_IS_VALID (time) ? time : 0;
    return 0;
  }
  if (!GST_CLOCK_TIME_IS_VALID (time)
      || time < self->first_time + self->held_time) {
    GST_INFO_OBJECT (self, "frame %u has no time that can be used",
        frame->system_frame_number);
    return gst_omv_gif_enc_guess_end (self);
  }

  return time - self->first_time;
}

/* --- the file ------------------------------------------------------------- */

static void
gst_omv_gif_enc_clear (GstOmvGifEnc * self)
{
  g_clear_pointer (&self->held, gst_video_codec_frame_unref);
  g_clear_pointer (&self->writer, omv_gif_writer_free);
  g_clear_pointer (&self->canvas, omv_gif_canvas_free);
  g_clear_pointer (&self->held_pixels, g_free);
  g_clear_pointer (&self->new_pixels, g_free);
  self->last_delay = 0;
}

static void
gst_omv_gif_enc_open (GstOmvGifEnc * self)
{
  guint width = (guint) GST_VIDEO_INFO_WIDTH (&self->input->info);
  guint height = (guint) GST_VIDEO_INFO_HEIGHT (&self->input->info);
  gsize n_pixels = (gsize) width * height;

  self->writer = omv_gif_writer_new (width, height, self->settings.repeat);
  self->canvas = omv_gif_canvas_new (width, height, self->settings.dither);
  self->held_pixels = g_new (OmvGifPixel, n_pixels);
  self->new_pixels = g_new (OmvGifPixel, n_pixels);
}

/* Reads the pixels of the frame that has just come. With the first one a file
 * starts, once it is known that there is as much of it as its caps say. */
static gboolean
gst_omv_gif_enc_unpack (GstOmvGifEnc * self, GstBuffer * buffer)
{
  const GstVideoInfo *info = &self->input->info;
  guint width = (guint) GST_VIDEO_INFO_WIDTH (info);
  guint height = (guint) GST_VIDEO_INFO_HEIGHT (info);
  GstVideoFrame frame;

  if (!gst_video_frame_map (&frame, info, buffer, GST_MAP_READ)) {
    GST_ELEMENT_ERROR (self, STREAM, ENCODE,
        ("%s", _("The memory of a frame cannot be reached.")), (NULL));
    return FALSE;
  }
  if (self->writer == NULL)
    gst_omv_gif_enc_open (self);
  for (guint y = 0; y < height; y++)
    unpack_row (GST_VIDEO_INFO_FORMAT (info),
        (const guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0)
        + (gsize) y * (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), width,
        self->new_pixels + (gsize) y * width);
  gst_video_frame_unmap (&frame);

  return TRUE;
}

/* The new frame is held now. */
static void
gst_omv_gif_enc_hold (GstOmvGifEnc * self, GstVideoCodecFrame * frame,
    GstClockTime time)
{
  OmvGifPixel *pixels = self->held_pixels;

  self->held_pixels = self->new_pixels;
  self->new_pixels = pixels;
  self->held = frame;
  self->held_time = time;
  self->held_duration = frame->duration;
}

/* Draws the held frame, which stays until @end, and pushes it. @next: the pixels
 * that will follow; %NULL if none will, and the file is done with. */
static GstFlowReturn
gst_omv_gif_enc_push (GstOmvGifEnc * self, GstClockTime end,
    const OmvGifPixel * next)
{
  GstVideoCodecFrame *frame = g_steal_pointer (&self->held);
  gboolean has_alpha = GST_VIDEO_INFO_HAS_ALPHA (&self->input->info);
  guint64 delay = to_centiseconds (end) - to_centiseconds (self->held_time);
  g_autoptr (GBytes) bytes = NULL;
  OmvGifImage image;

  omv_gif_canvas_draw (self->canvas, self->held_pixels,
      has_alpha ? next : NULL, &image);
  if (!omv_gif_writer_put (self->writer, &image, MAX (delay, DELAY_MIN))
      || (next == NULL && !omv_gif_writer_end (self->writer))) {
    gst_video_codec_frame_unref (frame);
    GST_ELEMENT_ERROR (self, STREAM, ENCODE, (NULL),
        ("giflib cannot write an image"));
    return GST_FLOW_ERROR;
  }

  if (self->last_delay == 0)
    GST_VIDEO_CODEC_FRAME_SET_SYNC_POINT (frame);
  self->last_delay = delay;
  bytes = omv_gif_writer_take (self->writer);
  frame->output_buffer = gst_buffer_new_wrapped_bytes (bytes);
  frame->dts = frame->pts;
  frame->duration = end - self->held_time;

  return gst_video_encoder_finish_frame (GST_VIDEO_ENCODER (self), frame);
}

/* Nothing will follow: the last image, and the trailer. */
static GstFlowReturn
gst_omv_gif_enc_close (GstOmvGifEnc * self)
{
  GstFlowReturn flow = GST_FLOW_OK;

  if (self->held != NULL)
    flow = gst_omv_gif_enc_push (self, gst_omv_gif_enc_guess_end (self), NULL);
  gst_omv_gif_enc_clear (self);

  return flow;
}

/* @frame comes too soon after the held one for that to be seen, so it is shown
 * in its place. It cannot if it has holes where something is shown before the
 * held one: then it is not shown. */
static GstFlowReturn
gst_omv_gif_enc_replace (GstOmvGifEnc * self, GstVideoCodecFrame * frame,
    GstClockTime time)
{
  GstVideoCodecFrame *dropped = frame;

  if (omv_gif_canvas_can_show (self->canvas, self->new_pixels)) {
    GstClockTime start = self->held_time;

    dropped = g_steal_pointer (&self->held);
    gst_omv_gif_enc_hold (self, frame, start);
    frame->pts = dropped->pts;
  }
  if (GST_CLOCK_TIME_IS_VALID (frame->duration))
    self->held_duration = time - self->held_time + frame->duration;

  /* without an output buffer it is dropped */
  return gst_video_encoder_finish_frame (GST_VIDEO_ENCODER (self), dropped);
}

/* --- the encoder ---------------------------------------------------------- */

static GstFlowReturn
gst_omv_gif_enc_handle_frame (GstVideoEncoder * encoder,
    GstVideoCodecFrame * frame)
{
  GstOmvGifEnc *self = GST_OMV_GIF_ENC (encoder);
  GstClockTime time = gst_omv_gif_enc_get_time (self, frame);
  GstFlowReturn flow = GST_FLOW_OK;

  if (!gst_omv_gif_enc_unpack (self, frame->input_buffer)) {
    gst_video_codec_frame_unref (frame);
    return GST_FLOW_ERROR;
  }

  if (self->held != NULL) {
    if (to_centiseconds (time) < to_centiseconds (self->held_time) + DELAY_MIN)
      return gst_omv_gif_enc_replace (self, frame, time);
    flow = gst_omv_gif_enc_push (self, time, self->new_pixels);
  }
  gst_omv_gif_enc_hold (self, frame, time);

  return flow;
}

static GstFlowReturn
gst_omv_gif_enc_finish (GstVideoEncoder * encoder)
{
  return gst_omv_gif_enc_close (GST_OMV_GIF_ENC (encoder));
}

static gboolean
gst_omv_gif_enc_flush (GstVideoEncoder * encoder)
{
  gst_omv_gif_enc_clear (GST_OMV_GIF_ENC (encoder));

  return TRUE;
}

/* A frame waits for the next one, which live pipelines must know. */
static void
gst_omv_gif_enc_tell_latency (GstOmvGifEnc * self)
{
  GstClockTime frame_time = gst_omv_gif_enc_get_frame_time (self);

  if (GST_CLOCK_TIME_IS_VALID (frame_time))
    gst_video_encoder_set_latency (GST_VIDEO_ENCODER (self), frame_time,
        frame_time);
}

static gboolean
gst_omv_gif_enc_has_size (GstOmvGifEnc * self, const GstVideoInfo * info)
{
  return GST_VIDEO_INFO_WIDTH (info) ==
      GST_VIDEO_INFO_WIDTH (&self->input->info)
      && GST_VIDEO_INFO_HEIGHT (info) ==
      GST_VIDEO_INFO_HEIGHT (&self->input->info);
}

static gboolean
gst_omv_gif_enc_set_format (GstVideoEncoder * encoder,
    GstVideoCodecState * state)
{
  GstOmvGifEnc *self = GST_OMV_GIF_ENC (encoder);
  const GstVideoInfo *info = &state->info;
  GstVideoCodecState *output;

  if (self->held != NULL && !gst_omv_gif_enc_has_size (self, info)) {
    (void) gst_omv_gif_enc_close (self);
    GST_ELEMENT_ERROR (self, STREAM, FORMAT,
        (_("A GIF has one size, but the video changes from %d x %d to %d x %d "
                "pixels."), GST_VIDEO_INFO_WIDTH (&self->input->info),
            GST_VIDEO_INFO_HEIGHT (&self->input->info),
            GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info)), (NULL));
    return FALSE;
  }

  g_clear_pointer (&self->input, gst_video_codec_state_unref);
  self->input = gst_video_codec_state_ref (state);
  gst_omv_gif_enc_tell_latency (self);

  output = gst_video_encoder_set_output_state (encoder,
      gst_caps_new_empty_simple ("image/gif"), state);
  gst_video_codec_state_unref (output);

  return gst_video_encoder_negotiate (encoder);
}

/* Rows may lie apart. */
static gboolean
gst_omv_gif_enc_propose_allocation (GstVideoEncoder * encoder, GstQuery * query)
{
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);

  return GST_VIDEO_ENCODER_CLASS (parent_class)->propose_allocation (encoder,
      query);
}

/* --- life ----------------------------------------------------------------- */

static gboolean
gst_omv_gif_enc_start (GstVideoEncoder * encoder)
{
  GstOmvGifEnc *self = GST_OMV_GIF_ENC (encoder);

  GST_OBJECT_LOCK (self);
  self->settings = self->properties;
  GST_OBJECT_UNLOCK (self);

  return TRUE;
}

static gboolean
gst_omv_gif_enc_stop (GstVideoEncoder * encoder)
{
  GstOmvGifEnc *self = GST_OMV_GIF_ENC (encoder);

  gst_omv_gif_enc_clear (self);
  g_clear_pointer (&self->input, gst_video_codec_state_unref);

  return TRUE;
}

static void
gst_omv_gif_enc_set_property (GObject * object, guint property_id,
    const GValue * value, GParamSpec * pspec)
{
  GstOmvGifEnc *self = GST_OMV_GIF_ENC (object);

  GST_OBJECT_LOCK (self);
  switch (property_id) {
    case PROP_REPEAT:
      self->properties.repeat = g_value_get_int (value);
      break;
    case PROP_DITHER:
      self->properties.dither = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_omv_gif_enc_get_property (GObject * object, guint property_id,
    GValue * value, GParamSpec * pspec)
{
  GstOmvGifEnc *self = GST_OMV_GIF_ENC (object);

  GST_OBJECT_LOCK (self);
  switch (property_id) {
    case PROP_REPEAT:
      g_value_set_int (value, self->properties.repeat);
      break;
    case PROP_DITHER:
      g_value_set_boolean (value, self->properties.dither);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_omv_gif_enc_install_properties (GObjectClass * object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
      | GST_PARAM_MUTABLE_READY;

  /**
   * GstOmvGifEnc:repeat:
   *
   * How many times the animation is played again after the first time; -1 = for
   * ever, 0 = not at all: it is played once.
   *
   * In the file that is the NETSCAPE2.0 block: with -1 its count is 0, with 1 or
   * more its count is this number, and with 0 there is no such block. Some old
   * players take the count for the number of times it is played at all.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_REPEAT,
      g_param_spec_int ("repeat", "Repeat",
          "How many times the animation is played again "
          "(-1 = for ever, 0 = played once)", -1, G_MAXUINT16, DEFAULT_REPEAT,
          flags));

  /**
   * GstOmvGifEnc:dither:
   *
   * Whether smooth parts of frames with more colours than a GIF has are dithered
   * where bands would be seen, in a pattern that does not move. Frames with few
   * colours, and noisy parts, never are. Files are a few percent smaller
   * without.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_DITHER,
      g_param_spec_boolean ("dither", "Dither",
          "Dither smooth parts where bands would be seen", DEFAULT_DITHER,
          flags));
}

static void
gst_omv_gif_enc_class_init (GstOmvGifEncClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstVideoEncoderClass *encoder_class = GST_VIDEO_ENCODER_CLASS (klass);

  object_class->set_property = gst_omv_gif_enc_set_property;
  object_class->get_property = gst_omv_gif_enc_get_property;
  gst_omv_gif_enc_install_properties (object_class);

  encoder_class->start = gst_omv_gif_enc_start;
  encoder_class->stop = gst_omv_gif_enc_stop;
  encoder_class->flush = gst_omv_gif_enc_flush;
  encoder_class->propose_allocation = gst_omv_gif_enc_propose_allocation;
  encoder_class->set_format = gst_omv_gif_enc_set_format;
  encoder_class->handle_frame = gst_omv_gif_enc_handle_frame;
  encoder_class->finish = gst_omv_gif_enc_finish;

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class,
      "GIF encoder", "Codec/Encoder/Video",
      "Makes animated GIF files", "The gst-omv authors");
}

static void
gst_omv_gif_enc_init (GstOmvGifEnc * self)
{
  self->properties.repeat = DEFAULT_REPEAT;
  self->properties.dither = DEFAULT_DITHER;
}
