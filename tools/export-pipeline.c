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

#define DEFAULT_QUALITY 90

/* Elements that are linked one behind the other. */
typedef struct
{
  GstBin *bin;
  GstElement *first;            /* behind the demuxer */
  GstElement *last;
  gboolean failed;
} Chain;

static const struct
{
  const gchar *element;
  const gchar *package;
} packages[] = {
  {"avimux", "gstreamer1.0-plugins-good"},
  {"jpegenc", "gstreamer1.0-plugins-good"},
  {"matroskamux", "gstreamer1.0-plugins-good"},
  {"mp4mux", "gstreamer1.0-plugins-good"},
  {"pngenc", "gstreamer1.0-plugins-good"},
  {"videobox", "gstreamer1.0-plugins-good"},
  {"videocrop", "gstreamer1.0-plugins-good"},
  {"videoconvert", "gstreamer1.0-plugins-base"},
  {"videoscale", "gstreamer1.0-plugins-base"},
  {"x264enc", "gstreamer1.0-plugins-ugly"},
};

static void
fail_missing (const gchar * name)
{
  for (guint i = 0; i < G_N_ELEMENTS (packages); i++) {
    if (g_str_equal (packages[i].element, name)) {
      (void) omv_fail_with (NULL, _("The GStreamer element %s is missing; it "
              "is in Debian's package %s."), name, packages[i].package);
      return;
    }
  }

  (void) omv_fail_with (NULL, _("The GStreamer element %s is missing; "
          "scripts/install of this project installs it."), name);
}

/* Adds an element, not linked to anything.
 * @own: the name that it gets, or NULL */
static GstElement *
add (Chain * chain, const gchar * name, const gchar * own)
{
  GstElement *element;

  if (chain->failed)
    return NULL;
  element = gst_element_factory_make (name, own);
  if (element == NULL) {
    fail_missing (name);
    chain->failed = TRUE;
    return NULL;
  }

  (void) gst_bin_add (chain->bin, element);
  return element;
}

/* Adds an element behind the last one. */
static GstElement *
append_named (Chain * chain, const gchar * name, const gchar * own)
{
  GstElement *element = add (chain, name, own);

  if (element == NULL)
    return NULL;
  if (chain->last != NULL && !gst_element_link (chain->last, element)) {
    (void) omv_fail_with (NULL, _("%s does not fit behind %s."), name,
        GST_OBJECT_NAME (chain->last));
    chain->failed = TRUE;
    return NULL;
  }

  if (chain->last == NULL)
    chain->first = element;
  chain->last = element;
  return element;
}

static GstElement *
append (Chain * chain, const gchar * name)
{
  return append_named (chain, name, NULL);
}

/* Only caps that match get through behind the last element.
 * @own: the name that this place gets, or NULL */
static void
append_named_filter (Chain * chain, const gchar * caps, const gchar * own)
{
  GstElement *filter = append_named (chain, "capsfilter", own);
  g_autoptr (GstCaps) wanted = gst_caps_from_string (caps);

  if (filter != NULL)
    g_object_set (filter, "caps", wanted, NULL);
}

static void
append_filter (Chain * chain, const gchar * caps)
{
  append_named_filter (chain, caps, NULL);
}

/* ---- pictures ---- */

static void
append_crop (Chain * chain, const OmvExport * self)
{
  const OmvConvertOptions *options = self->options;
  const gint width = self->canvas_width > 0 ? self->canvas_width
      : self->plan->width;
  const gint height = self->canvas_height > 0 ? self->canvas_height
      : self->plan->height;
  GstElement *crop = append (chain, "videocrop");

  if (crop != NULL)
    g_object_set (crop, "left", options->crop_x, "top", options->crop_y,
        "right", width - options->crop_x - options->crop_width,
        "bottom", height - options->crop_y - options->crop_height, NULL);
}

/* What is cropped is scaled behind that. */
static void
append_scale (Chain * chain, const OmvExport * self)
{
  g_autofree gchar *caps = g_strdup_printf ("video/x-raw, width = %d, "
      "height = %d, pixel-aspect-ratio = 1/1", self->width, self->height);
  GstElement *scale = append (chain, "videoscale");

  if (scale != NULL)
    g_object_set (scale, "add-borders", TRUE, NULL);
  append_filter (chain, caps);
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
append_decoder (Chain * chain, const OmvExport * self)
{
  const OmvConvertOptions *options = self->options;

  if (!self->native) {
    GstElement *decoder = append (chain, "omvframedec");

    if (decoder != NULL && self->canvas_width > 0)
      g_object_set (decoder, "width", self->canvas_width, "height",
          self->canvas_height, NULL);
  }
  /* decoding and encoding are two threads */
  (void) append (chain, "queue");
  if (options->has_crop)
    append_crop (chain, self);
  if (options->has_crop && options->width > 0)
    append_scale (chain, self);
  (void) append (chain, "videoconvert");
}

static gint
get_quality (const OmvExport * self)
{
  return self->options->quality > 0 ? self->options->quality : DEFAULT_QUALITY;
}

/* ---- encoders ---- */

/* Black at the right and at the bottom. */
static void
append_padding (Chain * chain, const OmvExport * self)
{
  GstElement *box;

  if (self->padded_width == self->width && self->padded_height == self->height)
    return;

  box = append (chain, "videobox");
  if (box != NULL)
    g_object_set (box, "right", self->width - self->padded_width, "bottom",
        self->height - self->padded_height, NULL);
}

static void
append_jpeg (Chain * chain, const OmvExport * self)
{
  GstElement *encoder;

  /* JPEG says nothing of ranges: it is full */
  append_filter (chain, is_gray (self) ? "video/x-raw, format = GRAY8"
      : "video/x-raw, format = I420, colorimetry = (string) 1:4:0:0");
  append_padding (chain, self);
  encoder = append (chain, "jpegenc");
  if (encoder != NULL)
    g_object_set (encoder, "quality", get_quality (self), NULL);
}

/* 90 is what nobody tells from the original; 100 is not lossless, because that
 * is a profile that few players have. */
static guint
get_quantizer (gint quality)
{
  return quality <= DEFAULT_QUALITY
      ? 18 + (guint) (DEFAULT_QUALITY - quality) * 28 / DEFAULT_QUALITY
      : 18 - (guint) (quality - DEFAULT_QUALITY) * 17 / 10;
}

static void
append_h264 (Chain * chain, const OmvExport * self)
{
  GstElement *encoder;

  /* Not bt601: with the matrix of its input, videoconvert (1.22) leaves the
   * range as it is, and gray pictures would become too dark. */
  append_filter (chain, "video/x-raw, format = I420, colorimetry = bt709");
  append_padding (chain, self);
  encoder = append (chain, "x264enc");
  if (encoder == NULL)
    return;

  gst_util_set_object_arg (G_OBJECT (encoder), "pass", "qual");
  /* without a buffer to keep to, the quality is constant; without frames that
   * are decoded before others, the last one's duration is kept, too */
  g_object_set (encoder, "quantizer", get_quantizer (get_quality (self)),
      "vbv-buf-capacity", 0, "bframes", 0, NULL);
  append_filter (chain, "video/x-h264, profile = high");
}

static void
append_video (Chain * chain, const OmvExport * self)
{
  if (self->passes)
    return;

  append_decoder (chain, self);
  if (self->codec == OMV_CODEC_H264)
    append_h264 (chain, self);
  else
    append_jpeg (chain, self);
}

/* ---- containers ---- */

static void
append_avi (Chain * chain, const OmvExport * self)
{
  append_video (chain, self);
  /* where encoded pictures are repeated, which costs nothing */
  append_named_filter (chain, "image/jpeg", "repeater");
  (void) append (chain, "avimux");
}

static void
append_mkv (Chain * chain, const OmvExport * self)
{
  GstElement *muxer;

  append_video (chain, self);
  muxer = append (chain, "matroskamux");
  if (muxer != NULL)
    g_object_set (muxer, "timecodescale",
        (gint64) GST_SECOND / self->time_scale, NULL);
}

static void
append_mp4 (Chain * chain, const OmvExport * self, const gchar * part)
{
  GstElement *muxer;
  g_autofree gchar *spool = g_strconcat (part, ".data", NULL);

  append_video (chain, self);
  muxer = append (chain, "mp4mux");
  if (muxer != NULL)
    g_object_set (muxer, "faststart", TRUE, "faststart-file", spool,
        "trak-timescale", self->time_scale, "movie-timescale",
        self->time_scale, NULL);
}

static void
append_gif (Chain * chain, const OmvExport * self)
{
  append_decoder (chain, self);
  append_filter (chain, is_gray (self) ? "video/x-raw, format = GRAY8"
      : "video/x-raw, format = RGB");
  (void) append (chain, "omvgifenc");
}

static void
append_png (Chain * chain, const OmvExport * self)
{
  append_decoder (chain, self);
  append_filter (chain, "video/x-raw, format = { GRAY8, RGB, RGBA }");
  (void) append (chain, "pngenc");
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
  g_autoptr (GFile) recording = g_file_new_for_path (self->in);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstOmvMetadata) metadata =
      gst_omv_metadata_load (recording, &error);
  g_autoptr (GstElement) muxer =
      gst_bin_get_by_interface (bin, GST_TYPE_TAG_SETTER);
  g_autoptr (GstTagList) tags = NULL;

  if (metadata == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
      omv_note (self->tool, self->in, "%s", error->message);
    return;
  }
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
append_container (Chain * chain, const OmvExport * self, const gchar * part)
{
  switch (self->container) {
    case OMV_CONTAINER_AVI:
      append_avi (chain, self);
      break;
    case OMV_CONTAINER_GIF:
      append_gif (chain, self);
      break;
    case OMV_CONTAINER_JPEG:
      append_video (chain, self);
      break;
    case OMV_CONTAINER_MKV:
      append_mkv (chain, self);
      break;
    case OMV_CONTAINER_MP4:
      append_mp4 (chain, self, part);
      break;
    case OMV_CONTAINER_PNG:
      append_png (chain, self);
      break;
  }
}

static void
on_pad_added (GstElement * demuxer, GstPad * pad, GstElement * next)
{
  /* if this fails, the demuxer says that nobody takes its frames */
  (void) gst_element_link_pads (demuxer, GST_PAD_NAME (pad), next, NULL);
}

GstElement *
omv_export_make_pipeline (const OmvExport * self, const gchar * part)
{
  g_autoptr (GstElement) pipeline =
      gst_object_ref_sink (gst_pipeline_new ("convert"));
  Chain chain = {.bin = GST_BIN (pipeline) };
  GstElement *source, *demuxer, *sink;

  source = add (&chain, "filesrc", NULL);
  demuxer = add (&chain, "omvstrdemux", "demuxer");
  append_container (&chain, self, part);
  sink = append_named (&chain, part != NULL ? "filesink" : "fakesink", "sink");
  if (chain.failed || !gst_element_link (source, demuxer))
    return NULL;

  g_object_set (source, "location", self->in, NULL);
  gst_util_set_object_arg (G_OBJECT (demuxer), "output",
      self->native || self->passes ? "native" : "frames");
  (void) g_signal_connect_after (demuxer, "pad-added",
      G_CALLBACK (on_pad_added), chain.first);
  if (part != NULL)
    g_object_set (sink, "location", part, NULL);
  add_metadata (GST_BIN (pipeline), self);

  return g_steal_pointer (&pipeline);
}
