/* export-pipeline.c: the elements between a recording and a file
 *
 *   filesrc ! omvstrdemux ! (omvframedec ! queue ! crop, scale, convert, pad !
 *   encoder) ! muxer ! filesink
 *
 * with those left out that have nothing to do. Everything that depends on the
 * recording was decided before, so caps are fixed where an encoder must not be
 * left a choice: JPEG is full-range, H.264 is I420 of even size in the range
 * that phones and browsers expect.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "export.h"

#include "omvchain.h"
#include "omvrun.h"
#include "omvsidecars.h"

/* ---- pictures ---- */

static void
append_crop (OmvChain * chain, const OmvExport * self)
{
  const OmvConvertOptions *options = self->options;
  const gint width = self->canvas_width > 0 ? self->canvas_width
      : self->plan->width;
  const gint height = self->canvas_height > 0 ? self->canvas_height
      : self->plan->height;
  GstElement *crop = omv_chain_append (chain, "videocrop");

  if (crop != NULL)
    g_object_set (crop, "left", options->crop_x, "top", options->crop_y,
        "right", width - options->crop_x - options->crop_width,
        "bottom", height - options->crop_y - options->crop_height, NULL);
}

/* What is cropped is scaled behind that. */
static void
append_scale (OmvChain * chain, const OmvExport * self)
{
  g_autofree gchar *caps = g_strdup_printf ("video/x-raw, width = %d, "
      "height = %d, pixel-aspect-ratio = 1/1", self->width, self->height);
  GstElement *scale = omv_chain_append (chain, "videoscale");

  if (scale != NULL)
    g_object_set (scale, "add-borders", TRUE, NULL);
  (void) omv_chain_append_filter (chain, caps);
}

static gboolean
is_gray (const OmvExport * self)
{
  return self->canvas_width == 0
      && (self->plan->format == GST_OMV_PIXEL_FORMAT_GRAYSCALE
      || self->plan->format == GST_OMV_PIXEL_FORMAT_BINARY);
}

/* From what the demuxer gives to raw video in the right size. */
static void
append_decoder (OmvChain * chain, const OmvExport * self,
    OmvExportPipeline * pipeline)
{
  const OmvConvertOptions *options = self->options;

  if (!self->native) {
    GstElement *decoder = omv_chain_append (chain, "omvframedec");

    if (decoder != NULL && self->canvas_width > 0)
      g_object_set (decoder, "width", self->canvas_width, "height",
          self->canvas_height, NULL);
  }
  /* decoding and encoding are two threads */
  pipeline->decoded = omv_chain_append (chain, "queue");
  if (options->has_crop)
    append_crop (chain, self);
  if (options->has_crop && options->width > 0)
    append_scale (chain, self);
  (void) omv_chain_append (chain, "videoconvert");
}

/* ---- encoders ---- */

/* Black at the right and at the bottom. */
static void
append_padding (OmvChain * chain, const OmvExport * self)
{
  GstElement *box;

  if (self->padded_width == self->width && self->padded_height == self->height)
    return;

  box = omv_chain_append (chain, "videobox");
  if (box != NULL)
    g_object_set (box, "right", self->width - self->padded_width, "bottom",
        self->height - self->padded_height, NULL);
}

static void
append_jpeg (OmvChain * chain, const OmvExport * self)
{
  /* JPEG says nothing of ranges: it is full */
  (void) omv_chain_append_filter (chain, is_gray (self)
      ? "video/x-raw, format = GRAY8"
      : "video/x-raw, format = I420, colorimetry = (string) 1:4:0:0");
  append_padding (chain, self);
  omv_chain_append_jpeg (chain, self->options);
}

/* 100 is not lossless, because that is a profile that few players have. */
static guint
get_quantizer (gint quality)
{
  if (quality == 0)
    quality = OMV_QUALITY_DEFAULT;

  return quality <= OMV_QUALITY_DEFAULT
      ? 18 + (guint) (OMV_QUALITY_DEFAULT - quality) * 28 / OMV_QUALITY_DEFAULT
      : 18 - (guint) (quality - OMV_QUALITY_DEFAULT) * 17 / 10;
}

static void
append_h264 (OmvChain * chain, const OmvExport * self)
{
  GstElement *encoder;

  /* Not bt601: with the matrix of its input, videoconvert (1.22) leaves the
   * range as it is, and gray pictures would become too dark. */
  (void) omv_chain_append_filter (chain,
      "video/x-raw, format = I420, colorimetry = bt709");
  append_padding (chain, self);
  encoder = omv_chain_append (chain, "x264enc");
  if (encoder == NULL)
    return;

  gst_util_set_object_arg (G_OBJECT (encoder), "pass", "qual");
  /* without a buffer to keep to, the quality is constant; without frames that
   * are decoded before others, the last one's duration is kept, too */
  g_object_set (encoder, "quantizer", get_quantizer (self->options->quality),
      "vbv-buf-capacity", 0, "bframes", 0, NULL);
  (void) omv_chain_append_filter (chain, "video/x-h264, profile = high");
}

static void
append_video (OmvChain * chain, const OmvExport * self,
    OmvExportPipeline * pipeline)
{
  if (self->passes)
    return;

  append_decoder (chain, self, pipeline);
  if (self->codec == OMV_CODEC_H264)
    append_h264 (chain, self);
  else
    append_jpeg (chain, self);
}

/* ---- containers ---- */

static void
append_avi (OmvChain * chain, const OmvExport * self,
    OmvExportPipeline * pipeline)
{
  append_video (chain, self, pipeline);
  /* to repeat encoded pictures costs nothing */
  pipeline->repeater = omv_chain_append_filter (chain, "image/jpeg");
  (void) omv_chain_append (chain, "avimux");
}

static OmvColours
get_colours (const OmvExport * self)
{
  switch (self->plan->format) {
    case GST_OMV_PIXEL_FORMAT_BINARY:
    case GST_OMV_PIXEL_FORMAT_GRAYSCALE:
      return OMV_COLOURS_GRAY;
    case GST_OMV_PIXEL_FORMAT_YUV422:
    case GST_OMV_PIXEL_FORMAT_YVU422:
      return OMV_COLOURS_YUV;
    default:
      return OMV_COLOURS_RGB;
  }
}

/* Returns the sink. */
static GstElement *
append_recording (OmvChain * chain, const OmvExport * self, const gchar * part)
{
  (void) omv_chain_append (chain, "omvframedec");
  /* decoding and encoding are two threads */
  (void) omv_chain_append (chain, "queue");
  omv_chain_append_conversion (chain, self->options, get_colours (self));
  (void) omv_chain_append_recording (chain, self->options, part);

  return chain->last;
}

static void
append_mkv (OmvChain * chain, const OmvExport * self,
    OmvExportPipeline * pipeline)
{
  GstElement *muxer;

  append_video (chain, self, pipeline);
  muxer = omv_chain_append (chain, "matroskamux");
  if (muxer != NULL)
    g_object_set (muxer, "timecodescale",
        (gint64) GST_SECOND / self->time_scale, NULL);
}

static void
append_mp4 (OmvChain * chain, const OmvExport * self,
    OmvExportPipeline * pipeline)
{
  GstElement *muxer;

  append_video (chain, self, pipeline);
  muxer = omv_chain_append (chain, "mp4mux");
  if (muxer != NULL)
    g_object_set (muxer, "faststart", TRUE, "faststart-file", self->spool,
        "trak-timescale", self->time_scale, "movie-timescale",
        self->time_scale, NULL);
}

static void
append_gif (OmvChain * chain, const OmvExport * self,
    OmvExportPipeline * pipeline)
{
  append_decoder (chain, self, pipeline);
  (void) omv_chain_append_filter (chain,
      is_gray (self) ? "video/x-raw, format = GRAY8" :
      "video/x-raw, format = RGB");
  (void) omv_chain_append (chain, "omvgifenc");
}

static void
append_png (OmvChain * chain, const OmvExport * self,
    OmvExportPipeline * pipeline)
{
  append_decoder (chain, self, pipeline);
  (void) omv_chain_append_filter (chain,
      "video/x-raw, format = { GRAY8, RGB, RGBA }");
  (void) omv_chain_append (chain, "pngenc");
}

/* ---- metadata ---- */

/* What lies beside the recording and has a place in the file. */
static GstTagList *
make_tags (GstOmvMetadata * metadata)
{
  g_autofree gchar *text = gst_omv_metadata_to_string (metadata);
  const gchar *label = gst_omv_metadata_get_label (metadata);
  GDateTime *start = gst_omv_metadata_get_start (metadata);
  GstTagList *tags = gst_tag_list_new (GST_TAG_COMMENT, text, NULL);

  if (label != NULL && *label != '\0')
    gst_tag_list_add (tags, GST_TAG_MERGE_REPLACE, GST_TAG_TITLE, label, NULL);
  if (start != NULL) {
    /* which takes it over */
    g_autoptr (GstDateTime) time = gst_date_time_new_from_g_date_time (start);

    gst_tag_list_add (tags, GST_TAG_MERGE_REPLACE, GST_TAG_DATE_TIME, time,
        NULL);
  }

  return tags;
}

static void
add_metadata (GstBin * bin, const OmvExport * self)
{
  g_autoptr (GstOmvMetadata) metadata =
      omv_sidecars_load_metadata (self->tool, self->in, self->plan->shift);
  g_autoptr (GstElement) muxer =
      gst_bin_get_by_interface (bin, GST_TYPE_TAG_SETTER);
  g_autoptr (GstTagList) tags = NULL;

  if (metadata == NULL)
    return;
  if (muxer == NULL) {
    omv_note (self->tool, self->out, _("There is no place in it for the "
            "metadata beside the recording."));
    return;
  }

  tags = make_tags (metadata);
  gst_tag_setter_merge_tags (GST_TAG_SETTER (muxer), tags,
      GST_TAG_MERGE_REPLACE);
}

/* ---- all together ---- */

static void
append_container (OmvChain * chain, const OmvExport * self, const gchar * part,
    OmvExportPipeline * pipeline)
{
  switch (self->container) {
    case OMV_CONTAINER_AVI:
      append_avi (chain, self, pipeline);
      break;
    case OMV_CONTAINER_BIN:
      pipeline->sink = pipeline->decoded = append_recording (chain, self, part);
      return;
    case OMV_CONTAINER_GIF:
      append_gif (chain, self, pipeline);
      break;
    case OMV_CONTAINER_JPEG:
      append_video (chain, self, pipeline);
      break;
    case OMV_CONTAINER_MKV:
      append_mkv (chain, self, pipeline);
      break;
    case OMV_CONTAINER_MP4:
      append_mp4 (chain, self, pipeline);
      break;
    case OMV_CONTAINER_PNG:
      append_png (chain, self, pipeline);
      break;
  }

  pipeline->sink = omv_chain_append (chain, part != NULL ? "filesink"
      : "fakesink");
  if (chain->error != NULL)
    return;
  if (part != NULL)
    g_object_set (pipeline->sink, "location", part, NULL);
  add_metadata (chain->bin, self);
}

static void
on_pad_added (GstElement * demuxer, GstPad * pad, GstElement * next)
{
  /* if this fails, the demuxer says that nobody takes its frames */
  (void) gst_element_link_pads (demuxer, GST_PAD_NAME (pad), next, NULL);
}

/* What reads the recording. */
static GstElement *
add_demuxer (OmvChain * chain, const OmvExport * self)
{
  OmvChain reading = {.bin = chain->bin };
  GstElement *source = omv_chain_append (&reading,
      omv_is_many (self->in) ? "omvdirsrc" : "filesrc");
  GstElement *demuxer = omv_chain_append (&reading, "omvstrdemux");

  if (demuxer == NULL) {
    chain->error = reading.error;
    return NULL;
  }
  g_object_set (source, "location", self->in, NULL);
  gst_util_set_object_arg (G_OBJECT (demuxer), "output",
      self->native || self->passes ? "native" : "frames");

  return demuxer;
}

gboolean
omv_export_make_pipeline (const OmvExport * self, const gchar * part,
    OmvExportPipeline * ret_pipeline)
{
  g_autoptr (GstElement) pipeline =
      gst_object_ref_sink (gst_pipeline_new (NULL));
  OmvExportPipeline result = { 0, };
  OmvChain chain = {.bin = GST_BIN (pipeline) };
  g_autoptr (GError) error = NULL;

  result.demuxer = add_demuxer (&chain, self);
  append_container (&chain, self, part, &result);
  error = chain.error;
  if (error != NULL) {
    (void) omv_fail (self->in, error);
    return FALSE;
  }

  (void) g_signal_connect_after (result.demuxer, "pad-added",
      G_CALLBACK (on_pad_added), chain.first);

  result.pipeline = g_steal_pointer (&pipeline);
  *ret_pipeline = result;
  return TRUE;
}
