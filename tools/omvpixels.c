/* omvpixels.c: pixels as a camera stores them
 *
 * GStreamer's converters cut bits off or dither, and its mosaic is in a plugin
 * that few have. Here each value becomes the nearest one that 5 or 6 bits can say,
 * and each pixel of a mosaic keeps the one colour that its filter lets through.
 *
 * Colours lie in planes, and a row is converted at a time, in loops of 16-bit
 * numbers: what compilers make vector code of.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvpixels.h"

#include <math.h>

#define N_COLOURS 3

/* The colours, U and V of each pixel, and what they are made of. */
#define N_ROWS (N_COLOURS + 3)

/* ---- RGB565 and mosaics ---- */

/* Exactly v * 31 / 255 and v * 63 / 255, rounded, for 0…255. */
#define TO_5_BITS(v) ((guint16) ((v) * 249u + 1014u) >> 11)
#define TO_6_BITS(v) ((guint16) ((v) * 253u + 505u) >> 10)

static void
convert_row_to_rgb565 (const guint8 * restrict red,
    const guint8 * restrict green, const guint8 * restrict blue, gint width,
    guint16 * restrict result)
{
  for (gint x = 0; x < width; x++)
    result[x] = GUINT16_TO_LE ((guint16) (TO_5_BITS (red[x]) << 11
            | TO_6_BITS (green[x]) << 5 | TO_5_BITS (blue[x])));
}

/* Which colour each of the four pixels of a cell has: 0 is red. */
static const guint8 *
get_cell (GstOmvPixelFormat format)
{
  static const guint8 bggr[] = { 2, 1, 1, 0 };
  static const guint8 gbrg[] = { 1, 2, 0, 1 };
  static const guint8 grbg[] = { 1, 0, 2, 1 };
  static const guint8 rggb[] = { 0, 1, 1, 2 };

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
convert_row_to_bayer (const guint8 * const *colours, gint width,
    const guint8 * cell, guint8 * result)
{
  for (gint x = 0; x < width; x++)
    result[x] = colours[cell[x & 1]][x];
}

/* ---- YUV ---- */

/* A component has 7 or 8 bits behind the point, a factor the rest of 21, and a
 * product 5 when its lower 16 bits are gone. So no sum leaves 16 bits. */
#define Y_BITS 7
#define UV_BITS 8
#define RESULT_BITS 5
#define FACTOR_BITS(bits) (16 + RESULT_BITS - (bits))

/* What a step of each component adds to the colours. */
typedef struct
{
  gint16 y_offset, uv_offset;
  gint16 y;
  gint16 v_to_red;
  gint16 u_to_green, v_to_green;
  gint16 u_to_blue;
} YuvMatrix;

static gint16
to_fixed (gdouble value, gint bits)
{
  return (gint16) rint (value * (1 << bits));
}

static void
fill_matrix (YuvMatrix * matrix, const GstVideoInfo * info)
{
  gint offset[GST_VIDEO_MAX_COMPONENTS], scale[GST_VIDEO_MAX_COMPONENTS];
  gdouble kr = 0.299, kb = 0.114, kg, uv;

  (void) gst_video_color_matrix_get_Kr_Kb (info->colorimetry.matrix, &kr, &kb);
  gst_video_color_range_offsets (info->colorimetry.range, info->finfo, offset,
      scale);
  kg = 1.0 - kr - kb;
  uv = 2.0 * 255.0 / scale[1];

  matrix->y_offset = (gint16) offset[0];
  matrix->uv_offset = (gint16) offset[1];
  matrix->y = to_fixed (255.0 / scale[0], FACTOR_BITS (Y_BITS));
  matrix->v_to_red = to_fixed ((1.0 - kr) * uv, FACTOR_BITS (UV_BITS));
  matrix->u_to_green =
      to_fixed (-kb * (1.0 - kb) / kg * uv, FACTOR_BITS (UV_BITS));
  matrix->v_to_green =
      to_fixed (-kr * (1.0 - kr) / kg * uv, FACTOR_BITS (UV_BITS));
  matrix->u_to_blue = to_fixed ((1.0 - kb) * uv, FACTOR_BITS (UV_BITS));
}

static gint16
multiply (gint16 value, gint16 factor)
{
  return (gint16) ((value * factor) >> 16);
}

static guint8
to_byte (gint sum)
{
  gint16 value = (gint16) ((gint16) (sum + (1 << (RESULT_BITS - 1)))
      >> RESULT_BITS);

  value = MAX (value, 0);
  return (guint8) MIN (value, 255);
}

static void
convert_row_from_yuv (const YuvMatrix * matrix, const guint8 * restrict y_row,
    const guint8 * restrict u_row, const guint8 * restrict v_row, gint width,
    guint8 * restrict red, guint8 * restrict green, guint8 * restrict blue)
{
  const YuvMatrix m = *matrix;

  for (gint x = 0; x < width; x++) {
    gint16 y = (gint16) ((y_row[x] - m.y_offset) * (1 << Y_BITS));
    gint16 u = (gint16) ((u_row[x] - m.uv_offset) * (1 << UV_BITS));
    gint16 v = (gint16) ((v_row[x] - m.uv_offset) * (1 << UV_BITS));
    gint16 luma = multiply (y, m.y);

    red[x] = to_byte (luma + multiply (v, m.v_to_red));
    green[x] = to_byte (luma + multiply (u, m.u_to_green)
        + multiply (v, m.v_to_green));
    blue[x] = to_byte (luma + multiply (u, m.u_to_blue));
  }
}

/* ---- colours of four pixels each ---- */

/* Of a row and the one on its other side, where a pixel's row lies between. */
static void
blend_rows (const guint8 * restrict near, const guint8 * restrict far,
    gint width, guint8 * restrict result)
{
  for (gint x = 0; x < width; x++)
    result[x] = (guint8) ((3 * near[x] + far[x] + 2) >> 2);
}

/* Makes two of each. What is beside @row can be written.
 * @cosited: each is where the first of its two pixels is, not in their middle */
static void
stretch_row (guint8 * row, gint width, gboolean cosited,
    guint8 * restrict result)
{
  const gint before = cosited ? 0 : 1, behind = cosited ? 2 : 1;

  row[-1] = row[0];
  row[width] = row[width - 1];
  for (gssize x = 0; x < width; x++) {
    result[2 * x] =
        (guint8) (((4 - before) * row[x] + before * row[x - 1] + 2) >> 2);
    result[2 * x + 1] =
        (guint8) (((4 - behind) * row[x] + behind * row[x + 1] + 2) >> 2);
  }
}

/* ---- the element ---- */

struct _OmvPixels
{
  GstBaseTransform transform;

  /* do not change */
  gboolean yuv;                 /* comes in */
  GstOmvPixelFormat format;     /* goes out; UNKNOWN: GBR */

  /* streaming thread */
  GstVideoInfo info;            /* of what comes in, … */
  GstVideoInfo result_info;     /* … and goes out, if it is GBR */
  YuvMatrix matrix;
  guint8 *room;                 /* for rows, of room_width each */
  gsize room_width;
};

G_DEFINE_TYPE (OmvPixels, omv_pixels, GST_TYPE_BASE_TRANSFORM);

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE ("{ GBR, I420, Y444 }")));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE ("{ GBR, RGB16 }")
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

static gboolean
is_planar (const OmvPixels * self)
{
  return self->format == GST_OMV_PIXEL_FORMAT_UNKNOWN;
}

/* What can be on @side. */
static GstCaps *
make_side_caps (const OmvPixels * self, GstPadDirection side)
{
  const gchar *order = get_bayer_order (self->format);

  if (side == GST_PAD_SINK)
    return gst_caps_from_string (self->yuv
        ? "video/x-raw, format = { I420, Y444 }" : "video/x-raw, format = GBR");
  if (order != NULL)
    return gst_caps_new_simple ("video/x-bayer", "format", G_TYPE_STRING, order,
        NULL);
  return gst_caps_from_string (is_planar (self) ? "video/x-raw, format = GBR"
      : "video/x-raw, format = RGB16");
}

static GstCaps *
omv_pixels_transform_caps (GstBaseTransform * transform,
    GstPadDirection direction, GstCaps * caps, GstCaps * filter)
{
  const OmvPixels *self = OMV_PIXELS (transform);
  g_autoptr (GstCaps) side = make_side_caps (self,
      direction == GST_PAD_SINK ? GST_PAD_SRC : GST_PAD_SINK);
  g_autoptr (GstCaps) others = gst_caps_copy (caps);
  g_autoptr (GstCaps) both = NULL;

  for (guint i = 0; i < gst_caps_get_size (others); i++) {
    GstStructure *structure = gst_caps_get_structure (others, i);

    gst_structure_remove_fields (structure, "format", "colorimetry",
        "chroma-site", NULL);
    gst_structure_set_name (structure,
        gst_structure_get_name (gst_caps_get_structure (side, 0)));
  }
  both = gst_caps_intersect (others, side);

  return filter != NULL ? gst_caps_intersect_full (filter, both,
      GST_CAPS_INTERSECT_FIRST) : g_steal_pointer (&both);
}

static gboolean
omv_pixels_set_caps (GstBaseTransform * transform, GstCaps * in, GstCaps * out)
{
  OmvPixels *self = OMV_PIXELS (transform);

  if (!gst_video_info_from_caps (&self->info, in)
      || !gst_video_info_from_caps (&self->result_info, out))
    return FALSE;

  if (self->yuv)
    fill_matrix (&self->matrix, &self->info);
  self->room_width = (gsize) self->info.width + 3;
  self->room = g_realloc_n (self->room, N_ROWS, self->room_width);
  return TRUE;
}

/* GStreamer's rows are of whole 4 bytes. */
static gsize
get_result_stride (const OmvPixels * self)
{
  return (gst_omv_pixel_format_get_row_size (self->format, self->info.width)
      + 3) / 4 * 4;
}

static gboolean
omv_pixels_transform_size (GstBaseTransform * transform,
    GstPadDirection direction, GstCaps * caps, gsize size, GstCaps * other_caps,
    gsize * ret_size)
{
  const OmvPixels *self = OMV_PIXELS (transform);

  *ret_size = is_planar (self) ? self->result_info.size
      : get_result_stride (self) * (gsize) self->info.height;
  return TRUE;
}

static guint8 *
get_row (const GstVideoFrame * frame, guint component, gint y)
{
  guint8 *data = GST_VIDEO_FRAME_COMP_DATA (frame, component);
  gsize stride = (gsize) GST_VIDEO_FRAME_COMP_STRIDE (frame, component);

  return data + (gsize) y *stride;
}

static guint8 *
get_room (const OmvPixels * self, guint number)
{
  return self->room + number * self->room_width;
}

/* U or V of each pixel of a row. */
static const guint8 *
get_chroma_row (const OmvPixels * self, const GstVideoFrame * frame,
    guint component, gint y)
{
  const gboolean cosited =
      (self->info.chroma_site & GST_VIDEO_CHROMA_SITE_H_COSITED) != 0;
  const gint width = GST_VIDEO_FRAME_COMP_WIDTH (frame, component);
  const gint last = GST_VIDEO_FRAME_COMP_HEIGHT (frame, component) - 1;
  const gint other = (y & 1) != 0 ? y / 2 + 1 : y / 2 - 1;
  guint8 *blended = get_room (self, N_COLOURS) + 1;
  guint8 *result = get_room (self, N_COLOURS + component);

  if (GST_VIDEO_INFO_FORMAT (&self->info) == GST_VIDEO_FORMAT_Y444)
    return get_row (frame, component, y);

  blend_rows (get_row (frame, component, y / 2), get_row (frame, component,
          CLAMP (other, 0, last)), width, blended);
  stretch_row (blended, width, cosited, result);
  return result;
}

static void
convert_from_yuv (const OmvPixels * self, const GstVideoFrame * frame, gint y,
    guint8 * const *colours)
{
  convert_row_from_yuv (&self->matrix, get_row (frame, 0, y),
      get_chroma_row (self, frame, 1, y), get_chroma_row (self, frame, 2, y),
      self->info.width, colours[0], colours[1], colours[2]);
}

static void
convert_planes (const OmvPixels * self, const GstVideoFrame * frame,
    const GstVideoFrame * result)
{
  for (gint y = 0; y < self->info.height; y++) {
    guint8 *colours[] =
        { get_row (result, 0, y), get_row (result, 1, y), get_row (result, 2,
          y)
    };

    convert_from_yuv (self, frame, y, colours);
  }
}

static void
convert_pixels (const OmvPixels * self, const GstVideoFrame * frame,
    guint8 * result)
{
  const gint width = self->info.width;
  const guint8 *cell = get_cell (self->format);
  guint8 *colours[N_COLOURS];

  for (gint y = 0; y < self->info.height; y++) {
    for (guint i = 0; i < N_COLOURS; i++)
      colours[i] = self->yuv ? get_room (self, i) : get_row (frame, i, y);
    if (self->yuv)
      convert_from_yuv (self, frame, y, colours);

    if (self->format == GST_OMV_PIXEL_FORMAT_RGB565)
      convert_row_to_rgb565 (colours[0], colours[1], colours[2], width,
          (guint16 *) (gpointer) result);
    else
      convert_row_to_bayer ((const guint8 * const *) colours, width,
          cell + ((y & 1) != 0 ? 2 : 0), result);
    result += get_result_stride (self);
  }
}

static GstFlowReturn
omv_pixels_transform (GstBaseTransform * transform, GstBuffer * in,
    GstBuffer * out)
{
  OmvPixels *self = OMV_PIXELS (transform);
  GstVideoFrame frame, result;
  GstMapInfo map;

  if (!gst_video_frame_map (&frame, &self->info, in, GST_MAP_READ)) {
    GST_ELEMENT_ERROR (self, STREAM, FORMAT, (NULL), ("a frame is too small"));
    return GST_FLOW_ERROR;
  }
  if (!is_planar (self)) {
    gst_buffer_map (out, &map, GST_MAP_WRITE);
    convert_pixels (self, &frame, map.data);
    gst_buffer_unmap (out, &map);
  } else if (gst_video_frame_map (&result, &self->result_info, out,
          GST_MAP_WRITE)) {
    convert_planes (self, &frame, &result);
    gst_video_frame_unmap (&result);
  }
  gst_video_frame_unmap (&frame);

  return GST_FLOW_OK;
}

static void
omv_pixels_finalize (GObject * object)
{
  g_free (OMV_PIXELS (object)->room);

  G_OBJECT_CLASS (omv_pixels_parent_class)->finalize (object);
}

static void
omv_pixels_class_init (OmvPixelsClass * klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *transform_class = GST_BASE_TRANSFORM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = omv_pixels_finalize;

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
  gst_video_info_init (&self->result_info);
}

GstElement *
omv_pixels_new (gboolean yuv, GstOmvPixelFormat format)
{
  OmvPixels *self = g_object_new (OMV_TYPE_PIXELS, NULL);

  self->yuv = yuv;
  self->format = format;
  return GST_ELEMENT (self);
}
