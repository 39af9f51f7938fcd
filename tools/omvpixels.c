/* omvpixels.c: pixels as a camera stores them
 *
 * GStreamer's converters cut bits off or dither, and its mosaic is in a plugin
 * that few have. Here each value becomes the nearest one that 5 or 6 bits can say,
 * and each pixel of a mosaic keeps the one colour that its filter lets through.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvpixels.h"

#include <math.h>

/* ---- plain functions ---- */

/* Exactly v * 31 / 255 and v * 63 / 255, rounded, for 0…255. */
#define TO_5_BITS(v) (((v) * 249u + 1014u) >> 11)
#define TO_6_BITS(v) (((v) * 253u + 505u) >> 10)

static void
convert_row_to_rgb565 (const guint8 * pixels, gint width, guint8 * result)
{
  for (gint x = 0; x < width; x++, pixels += 4, result += 2) {
    guint word = TO_5_BITS (pixels[2]) << 11 | TO_6_BITS (pixels[1]) << 5
        | TO_5_BITS (pixels[0]);

    result[0] = (guint8) word;
    result[1] = (guint8) (word >> 8);
  }
}

/* Of the first pixel of the first row: where in B G R x the colours of the four
 * pixels of a cell are. */
static const guint8 *
get_cell (GstOmvPixelFormat format)
{
  static const guint8 bggr[] = { 0, 1, 1, 2 };
  static const guint8 gbrg[] = { 1, 0, 2, 1 };
  static const guint8 grbg[] = { 1, 2, 0, 1 };
  static const guint8 rggb[] = { 2, 1, 1, 0 };

  switch (format) {
    case GST_OMV_PIXEL_FORMAT_BAYER_BGGR:
      return bggr;
    case GST_OMV_PIXEL_FORMAT_BAYER_GBRG:
      return gbrg;
    case GST_OMV_PIXEL_FORMAT_BAYER_GRBG:
      return grbg;
    default:
      return rggb;
  }
}

static void
convert_row_to_bayer (const guint8 * pixels, gint width, const guint8 * cell,
    guint8 * result)
{
  for (gint x = 0; x < width; x++)
    result[x] = pixels[4 * x + cell[x & 1]];
}

static gsize
get_result_stride (GstOmvPixelFormat format, gint width)
{
  gsize row = gst_omv_pixel_format_get_row_size (format, width);

  return (row + 3) / 4 * 4;
}

void
omv_pixels_convert (GstOmvPixelFormat format, const guint8 * pixels,
    gsize stride, gint width, gint height, guint8 * result)
{
  const guint8 *cell = get_cell (format);

  for (gint y = 0; y < height; y++) {
    if (format == GST_OMV_PIXEL_FORMAT_RGB565)
      convert_row_to_rgb565 (pixels, width, result);
    else
      convert_row_to_bayer (pixels, width, cell + ((y & 1) != 0 ? 2 : 0),
          result);
    pixels += stride;
    result += get_result_stride (format, width);
  }
}

/* ---- YUV ---- */

#define FRACTION_BITS 16
#define HALF (1 << (FRACTION_BITS - 1))

/* What each value of a component adds to the colours, times 2^16. */
typedef struct
{
  gint32 y[256];
  gint32 v_to_red[256];
  gint32 u_to_green[256], v_to_green[256];
  gint32 u_to_blue[256];
} YuvTables;

static gint32
to_fixed (gdouble value)
{
  return (gint32) rint (value * (1 << FRACTION_BITS));
}

static void
fill_tables (YuvTables * tables, const GstVideoInfo * info)
{
  gint offset[GST_VIDEO_MAX_COMPONENTS], scale[GST_VIDEO_MAX_COMPONENTS];
  gdouble kr = 0.299, kb = 0.114, kg;

  (void) gst_video_color_matrix_get_Kr_Kb (info->colorimetry.matrix, &kr, &kb);
  gst_video_color_range_offsets (info->colorimetry.range, info->finfo, offset,
      scale);
  kg = 1.0 - kr - kb;
  for (gint i = 0; i < 256; i++) {
    gdouble y = 255.0 * (i - offset[0]) / scale[0];
    gdouble u = 255.0 * (i - offset[1]) / scale[1];
    gdouble v = 255.0 * (i - offset[2]) / scale[2];

    tables->y[i] = to_fixed (y) + HALF;
    tables->v_to_red[i] = to_fixed (2.0 * (1.0 - kr) * v);
    tables->u_to_green[i] = to_fixed (-2.0 * kb * (1.0 - kb) / kg * u);
    tables->v_to_green[i] = to_fixed (-2.0 * kr * (1.0 - kr) / kg * v);
    tables->u_to_blue[i] = to_fixed (2.0 * (1.0 - kb) * u);
  }
}

static guint8
to_byte (gint32 fixed)
{
  return (guint8) CLAMP (fixed >> FRACTION_BITS, 0, 255);
}

static void
convert_row_from_yuv (const YuvTables * tables, const guint8 * y,
    const guint8 * u, const guint8 * v, gint width, guint8 * result)
{
  for (gint x = 0; x < width; x++, result += 4) {
    gint32 luma = tables->y[y[x]];

    result[0] = to_byte (luma + tables->u_to_blue[u[x]]);
    result[1] = to_byte (luma + tables->u_to_green[u[x]]
        + tables->v_to_green[v[x]]);
    result[2] = to_byte (luma + tables->v_to_red[v[x]]);
    result[3] = 255;
  }
}

static void
convert_from_yuv (const YuvTables * tables, const GstVideoFrame * frame,
    guint8 * result)
{
  const gint width = GST_VIDEO_FRAME_WIDTH (frame);

  for (gint row = 0; row < GST_VIDEO_FRAME_HEIGHT (frame); row++) {
    const guint8 *planes[3];

    for (guint i = 0; i < 3; i++) {
      const guint8 *plane = GST_VIDEO_FRAME_PLANE_DATA (frame, i);
      gsize stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (frame, i);

      planes[i] = plane + (gsize) row *stride;
    }
    convert_row_from_yuv (tables, planes[0], planes[1], planes[2], width,
        result);
    result += 4 * (gsize) width;
  }
}

/* ---- the element ---- */

struct _OmvPixels
{
  GstBaseTransform transform;

  GstOmvPixelFormat format;     /* does not change; UNKNOWN: Y444 -> BGRx */

  /* streaming thread */
  GstVideoInfo info;            /* of what comes in */
  YuvTables tables;             /* for Y444 */
};

G_DEFINE_TYPE (OmvPixels, omv_pixels, GST_TYPE_BASE_TRANSFORM);

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE ("{ BGRx, Y444 }")));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE ("{ RGB16, BGRx }")
        "; video/x-bayer"));

static const gchar *
get_bayer_order (GstOmvPixelFormat format)
{
  switch (format) {
    case GST_OMV_PIXEL_FORMAT_BAYER_BGGR:
      return "bggr";
    case GST_OMV_PIXEL_FORMAT_BAYER_GBRG:
      return "gbrg";
    case GST_OMV_PIXEL_FORMAT_BAYER_GRBG:
      return "grbg";
    case GST_OMV_PIXEL_FORMAT_BAYER_RGGB:
      return "rggb";
    default:
      return NULL;
  }
}

static const gchar *
get_side_format (GstOmvPixelFormat format, GstPadDirection side)
{
  if (format == GST_OMV_PIXEL_FORMAT_UNKNOWN)
    return side == GST_PAD_SINK ? "Y444" : "BGRx";
  if (side == GST_PAD_SINK)
    return "BGRx";
  return format == GST_OMV_PIXEL_FORMAT_RGB565 ? "RGB16"
      : get_bayer_order (format);
}

/* What @structure, of one side, is on the other one, @side. */
static GstStructure *
transform_structure (const OmvPixels * self, GstPadDirection side,
    const GstStructure * structure)
{
  GstStructure *other = gst_structure_copy (structure);

  gst_structure_remove_fields (other, "colorimetry", "chroma-site", NULL);
  gst_structure_set_name (other, side == GST_PAD_SRC
      && get_bayer_order (self->format) != NULL ? "video/x-bayer"
      : "video/x-raw");
  gst_structure_set (other, "format", G_TYPE_STRING,
      get_side_format (self->format, side), NULL);

  return other;
}

static GstCaps *
omv_pixels_transform_caps (GstBaseTransform * transform,
    GstPadDirection direction, GstCaps * caps, GstCaps * filter)
{
  const OmvPixels *self = OMV_PIXELS (transform);
  const GstPadDirection side =
      direction == GST_PAD_SINK ? GST_PAD_SRC : GST_PAD_SINK;
  GstCaps *others = gst_caps_new_empty ();

  for (guint i = 0; i < gst_caps_get_size (caps); i++)
    others = gst_caps_merge_structure (others, transform_structure (self, side,
            gst_caps_get_structure (caps, i)));
  if (filter != NULL) {
    GstCaps *filtered = gst_caps_intersect_full (filter, others,
        GST_CAPS_INTERSECT_FIRST);

    gst_caps_unref (others);
    others = filtered;
  }

  return others;
}

static gboolean
omv_pixels_set_caps (GstBaseTransform * transform, GstCaps * in, GstCaps * out)
{
  OmvPixels *self = OMV_PIXELS (transform);

  if (!gst_video_info_from_caps (&self->info, in))
    return FALSE;
  if (self->format == GST_OMV_PIXEL_FORMAT_UNKNOWN)
    fill_tables (&self->tables, &self->info);
  return TRUE;
}

static gboolean
omv_pixels_transform_size (GstBaseTransform * transform,
    GstPadDirection direction, GstCaps * caps, gsize size, GstCaps * other_caps,
    gsize * ret_size)
{
  const OmvPixels *self = OMV_PIXELS (transform);
  const gsize stride = self->format != GST_OMV_PIXEL_FORMAT_UNKNOWN
      ? get_result_stride (self->format, self->info.width)
      : 4 * (gsize) self->info.width;

  *ret_size = stride * (gsize) self->info.height;
  return TRUE;
}

static GstFlowReturn
omv_pixels_transform (GstBaseTransform * transform, GstBuffer * in,
    GstBuffer * out)
{
  OmvPixels *self = OMV_PIXELS (transform);
  GstVideoFrame frame;
  GstMapInfo map;

  if (!gst_video_frame_map (&frame, &self->info, in, GST_MAP_READ)) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT, (NULL), ("a frame is too small"));
    return GST_FLOW_ERROR;
  }
  gst_buffer_map (out, &map, GST_MAP_WRITE);
  if (self->format == GST_OMV_PIXEL_FORMAT_UNKNOWN)
    convert_from_yuv (&self->tables, &frame, map.data);
  else
    omv_pixels_convert (self->format, GST_VIDEO_FRAME_PLANE_DATA (&frame, 0),
        (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0), self->info.width,
        self->info.height, map.data);
  gst_buffer_unmap (out, &map);
  gst_video_frame_unmap (&frame);

  return GST_FLOW_OK;
}

static void
omv_pixels_class_init (OmvPixelsClass * klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *transform_class = GST_BASE_TRANSFORM_CLASS (klass);

  transform_class->transform_caps = omv_pixels_transform_caps;
  transform_class->set_caps = omv_pixels_set_caps;
  transform_class->transform_size = omv_pixels_transform_size;
  transform_class->transform = omv_pixels_transform;

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Camera pixels",
      "Filter/Converter/Video", "Makes RGB565 and Bayer mosaics",
      "The gst-omv authors");
}

static void
omv_pixels_init (OmvPixels * self)
{
  gst_video_info_init (&self->info);
}

GstElement *
omv_pixels_new (GstOmvPixelFormat format)
{
  OmvPixels *self = g_object_new (OMV_TYPE_PIXELS, NULL);

  self->format = format;
  return GST_ELEMENT (self);
}
