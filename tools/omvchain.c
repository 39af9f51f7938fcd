/* omvchain.c: from the frames of any video to a recording
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvchain.h"

#include "omvpixels.h"
#include "omvrun.h"

/* What cameras mean: full range, BT.601 */
#define COLORIMETRY "1:4:7:1"

static void
append (OmvChain * chain, GstElement * element)
{
  gst_bin_add (chain->bin, element);
  if (chain->last != NULL && !gst_element_link (chain->last, element))
    g_assert_not_reached ();    /* the templates fit */
  if (chain->first == NULL)
    chain->first = element;
  chain->last = element;
}

GstElement *
omv_chain_append (OmvChain * chain, const gchar * factory)
{
  GstElement *element =
      chain->error == NULL ? omv_make_element (factory, &chain->error) : NULL;

  if (element != NULL)
    append (chain, element);
  return element;
}

GstElement *
omv_chain_append_filter (OmvChain * chain, const gchar * caps)
{
  GstElement *filter = omv_chain_append (chain, "capsfilter");
  g_autoptr (GstCaps) wanted = gst_caps_from_string (caps);

  if (filter != NULL)
    g_object_set (filter, "caps", wanted, NULL);
  return filter;
}

/* ---- crop ---- */

static GstPadProbeReturn
on_caps (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  const OmvConvertOptions *options = user_data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  g_autoptr (GstElement) element = NULL;
  GstStructure *structure;
  gint width = 0, height = 0;
  GstCaps *caps;

  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return GST_PAD_PROBE_OK;

  element = gst_pad_get_parent_element (pad);
  gst_event_parse_caps (event, &caps);
  structure = gst_caps_get_structure (caps, 0);
  (void) gst_structure_get_int (structure, "width", &width);
  (void) gst_structure_get_int (structure, "height", &height);
  if (options->crop_x + options->crop_width > width
      || options->crop_y + options->crop_height > height) {
    GST_ELEMENT_ERROR (element, STREAM, FORMAT,
        (_("The part that --crop wants is not within the picture of %d x %d."),
            width, height), (NULL));
    return GST_PAD_PROBE_DROP;
  }

  g_object_set (element, "left", options->crop_x, "top", options->crop_y,
      "right", width - options->crop_x - options->crop_width,
      "bottom", height - options->crop_y - options->crop_height, NULL);
  return GST_PAD_PROBE_OK;
}

static void
append_crop (OmvChain * chain, const OmvConvertOptions * options)
{
  GstElement *crop = omv_chain_append (chain, "videocrop");
  g_autoptr (GstPad) pad = NULL;

  if (crop == NULL)
    return;
  pad = gst_element_get_static_pad (crop, "sink");
  (void) gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_caps,
      (gpointer) options, NULL);
}

/* ---- pixels ---- */

static void
append_filter (OmvChain * chain, const gchar * text,
    const OmvConvertOptions * options)
{
  g_autofree gchar *size = options->width > 0
      ? g_strdup_printf (",width=%d,height=%d", options->width,
      options->height) : g_strdup ("");
  g_autofree gchar *caps =
      g_strconcat (text, ",pixel-aspect-ratio=1/1", size, NULL);

  (void) omv_chain_append_filter (chain, caps);
}

/* From RGB on: videoconvertscale (1.22) does not notice that the range of two YUV
 * formats, or of YUV and gray, differs. So what comes in as YUV stays so, in its
 * own colorimetry, up to the elements of omvpixels. */
static void
append_format (OmvChain * chain, const gchar * text,
    const OmvConvertOptions * options)
{
  (void) omv_chain_append (chain, "videoconvert");
  append_filter (chain, text, options);
}

void
omv_chain_append_jpeg (OmvChain * chain, const OmvConvertOptions * options)
{
  GstElement *encoder = omv_chain_append (chain, "jpegenc");

  if (encoder != NULL)
    g_object_set (encoder, "quality", options->quality > 0 ? options->quality
        : OMV_QUALITY_DEFAULT, NULL);
}

static void
append_format_and_encoder (OmvChain * chain, const OmvConvertOptions * options,
    gboolean gray)
{
  switch (options->format) {
    case GST_OMV_PIXEL_FORMAT_GRAYSCALE:
    case GST_OMV_PIXEL_FORMAT_BINARY:
      if (!gray)
        append_format (chain, "video/x-raw,format=GRAY8", options);
      break;
    case GST_OMV_PIXEL_FORMAT_YUV422:
      append_format (chain, "video/x-raw,format=YUY2,colorimetry=" COLORIMETRY,
          options);
      break;
    case GST_OMV_PIXEL_FORMAT_JPEG:
      if (!gray)
        append_format (chain, "video/x-raw,format=I420,colorimetry="
            COLORIMETRY, options);
      omv_chain_append_jpeg (chain, options);
      break;
    case GST_OMV_PIXEL_FORMAT_PNG:
      if (!gray)
        append_format (chain, "video/x-raw,format=RGB", options);
      (void) omv_chain_append (chain, "pngenc");
      break;
    default:
      g_assert_not_reached ();
  }
}

/* Whether omvpixels makes it. */
static gboolean
is_of_pixels (GstOmvPixelFormat format)
{
  switch (format) {
    case GST_OMV_PIXEL_FORMAT_RGB565:
    case GST_OMV_PIXEL_FORMAT_BAYER_BGGR:
    case GST_OMV_PIXEL_FORMAT_BAYER_GBRG:
    case GST_OMV_PIXEL_FORMAT_BAYER_GRBG:
    case GST_OMV_PIXEL_FORMAT_BAYER_RGGB:
      return TRUE;
    default:
      return FALSE;
  }
}

/* Whether gray stays gray. */
static gboolean
may_be_gray (GstOmvPixelFormat format)
{
  switch (format) {
    case GST_OMV_PIXEL_FORMAT_GRAYSCALE:
    case GST_OMV_PIXEL_FORMAT_BINARY:
    case GST_OMV_PIXEL_FORMAT_JPEG:
    case GST_OMV_PIXEL_FORMAT_PNG:
      return TRUE;
    default:
      return FALSE;
  }
}

void
omv_chain_append_conversion (OmvChain * chain,
    const OmvConvertOptions * options, OmvColours colours)
{
  const gboolean gray =
      colours == OMV_COLOURS_GRAY && may_be_gray (options->format);
  const gboolean yuv = colours == OMV_COLOURS_YUV;
  GstElement *flip, *converter;

  (void) omv_chain_append (chain, "videoconvert");
  flip = omv_chain_append (chain, "videoflip");
  if (options->has_crop)
    append_crop (chain, options);
  converter = omv_chain_append (chain, "videoconvertscale");
  append_filter (chain, gray ? "video/x-raw,format=GRAY8"
      : yuv ? "video/x-raw,format={I420,Y444}" : "video/x-raw,format=GBR",
      options);
  if (chain->error != NULL)
    return;

  gst_util_set_object_arg (G_OBJECT (flip), "video-direction", "auto");
  /* the default one skips pixels where much is scaled down */
  gst_util_set_object_arg (G_OBJECT (converter), "method", "bilinear2");
  if (is_of_pixels (options->format)) {
    append (chain, omv_pixels_new (yuv, options->format));
    return;
  }

  if (yuv)
    append (chain, omv_pixels_new (TRUE, GST_OMV_PIXEL_FORMAT_UNKNOWN));
  append_format_and_encoder (chain, options, gray);
}

OmvColours
omv_chain_get_colours (const GstStructure * structure)
{
  const gchar *name = gst_structure_get_string (structure, "format");
  const GstVideoFormatInfo *format = name != NULL
      ? gst_video_format_get_info (gst_video_format_from_string (name)) : NULL;

  if (format != NULL && GST_VIDEO_FORMAT_INFO_IS_GRAY (format))
    return OMV_COLOURS_GRAY;
  return format != NULL && GST_VIDEO_FORMAT_INFO_IS_YUV (format)
      ? OMV_COLOURS_YUV : OMV_COLOURS_RGB;
}

/* ---- the whole ---- */

GstElement *
omv_chain_append_recording (OmvChain * chain, const OmvConvertOptions * options,
    const gchar * location)
{
  GstElement *mux = omv_chain_append (chain, "omvstrmux");
  GstElement *sink = omv_chain_append (chain, "filesink");

  if (chain->error != NULL)
    return NULL;

  gst_util_set_object_arg (G_OBJECT (mux), "version",
      options->version == GST_OMV_VERSION_V1_1 ? "1.1" : "2.0");
  g_object_set (mux, "offset-to-zero", FALSE, "exact-time", options->exact_time,
      "binary", options->format == GST_OMV_PIXEL_FORMAT_BINARY, NULL);
  g_object_set (sink, "location", location, "async", FALSE, NULL);

  return mux;
}
