/* record-source.c: what a camera is to deliver
 *
 * The best is what a recording stores as it is. Left alone, a camera of V4L2
 * would take its largest size, at however few frames a second.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "record.h"

#define WIDTH_DEFAULT 640
#define HEIGHT_DEFAULT 480
#define RATE_DEFAULT 30

/* What can be stored as it is, the best first. */
static const struct
{
  GstOmvPixelFormat format;
  const gchar *caps;
} formats[] = {
  {GST_OMV_PIXEL_FORMAT_RGB565, "video/x-raw,format=RGB16"},
  {GST_OMV_PIXEL_FORMAT_YUV422, "video/x-raw,format=YUY2"},
  {GST_OMV_PIXEL_FORMAT_YVU422, "video/x-raw,format=YVYU"},
  {GST_OMV_PIXEL_FORMAT_JPEG, "image/jpeg"},
  {GST_OMV_PIXEL_FORMAT_BAYER_BGGR, "video/x-bayer,format=bggr"},
  {GST_OMV_PIXEL_FORMAT_BAYER_GBRG, "video/x-bayer,format=gbrg"},
  {GST_OMV_PIXEL_FORMAT_BAYER_GRBG, "video/x-bayer,format=grbg"},
  {GST_OMV_PIXEL_FORMAT_BAYER_RGGB, "video/x-bayer,format=rggb"},
  {GST_OMV_PIXEL_FORMAT_GRAYSCALE, "video/x-raw,format=GRAY8"},
  {GST_OMV_PIXEL_FORMAT_PNG, "image/png"},
};

/* What is converted. */
static const gchar *const convertibles[] = {
  "video/x-raw,format=YUY2", "video/x-raw"
};

/* @text with the wished size and rate, as the camera has it, or NULL. */
static GstCaps *
match (const GstCaps * available, const gchar * text,
    const OmvRecordWish * wish, gboolean any_size)
{
  g_autoptr (GstCaps) wanted = gst_caps_from_string (text);
  g_autoptr (GstCaps) matching = NULL;
  GstStructure *structure;

  if (wish->width > 0 && !any_size)
    gst_caps_set_simple (wanted, "width", G_TYPE_INT, wish->width, "height",
        G_TYPE_INT, wish->height, NULL);
  if (wish->rate > 0)
    gst_caps_set_simple (wanted, "framerate", GST_TYPE_FRACTION, wish->rate, 1,
        NULL);
  matching = gst_caps_intersect ((GstCaps *) available, wanted);
  if (gst_caps_is_empty (matching))
    return NULL;

  matching = gst_caps_truncate (g_steal_pointer (&matching));
  matching = gst_caps_make_writable (g_steal_pointer (&matching));
  structure = gst_caps_get_structure (matching, 0);
  (void) gst_structure_fixate_field_nearest_int (structure, "width",
      wish->width > 0 ? wish->width : WIDTH_DEFAULT);
  (void) gst_structure_fixate_field_nearest_int (structure, "height",
      wish->height > 0 ? wish->height : HEIGHT_DEFAULT);
  if (gst_structure_has_field (structure, "framerate"))
    (void) gst_structure_fixate_field_nearest_fraction (structure, "framerate",
        RATE_DEFAULT, 1);

  return gst_caps_fixate (g_steal_pointer (&matching));
}

/* The nearest size of those that a camera lists one by one. */
static GstCaps *
match_nearest (const GstCaps * available, const gchar * text,
    const OmvRecordWish * wish, gboolean any_size)
{
  const gint width = wish->width > 0 ? wish->width : WIDTH_DEFAULT;
  const gint height = wish->height > 0 ? wish->height : HEIGHT_DEFAULT;
  GstCaps *best = NULL;
  gint64 best_distance = G_MAXINT64;

  for (guint i = 0; i < gst_caps_get_size (available); i++) {
    g_autoptr (GstCaps) one = gst_caps_copy_nth (available, i);
    g_autoptr (GstCaps) caps = match (one, text, wish, any_size);
    gint w = 0, h = 0;
    gint64 distance;

    if (caps == NULL)
      continue;
    (void) gst_structure_get_int (gst_caps_get_structure (caps, 0), "width",
        &w);
    (void) gst_structure_get_int (gst_caps_get_structure (caps, 0), "height",
        &h);
    distance = ABS ((gint64) w - width) + ABS ((gint64) h - height);
    if (distance >= best_distance)
      continue;
    best_distance = distance;
    gst_clear_caps (&best);
    best = g_steal_pointer (&caps);
  }

  return best;
}

GstCaps *
omv_record_choose (GstElement * source, const OmvRecordWish * wish,
    GstOmvPixelFormat * ret_format)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (source, "src");
  g_autoptr (GstCaps) available = gst_pad_query_caps (pad, NULL);
  GstCaps *caps;

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    if (wish->format != GST_OMV_PIXEL_FORMAT_UNKNOWN
        && wish->format != formats[i].format)
      continue;
    caps = match_nearest (available, formats[i].caps, wish, FALSE);
    if (caps != NULL) {
      *ret_format = formats[i].format;
      return caps;
    }
  }

  for (guint i = 0; i < G_N_ELEMENTS (convertibles); i++) {
    caps = match_nearest (available, convertibles[i], wish, TRUE);
    if (caps != NULL) {
      *ret_format = GST_OMV_PIXEL_FORMAT_UNKNOWN;
      return caps;
    }
  }

  return NULL;
}

GstOmvPixelFormat
omv_record_get_format (const GstCaps * caps)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autoptr (GstCaps) stored = gst_caps_from_string (formats[i].caps);

    if (gst_caps_is_subset (caps, stored))
      return formats[i].format;
  }

  return GST_OMV_PIXEL_FORMAT_UNKNOWN;
}
