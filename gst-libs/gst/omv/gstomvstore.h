/* gstomvstore.h: what other programs have recorded
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <gst/omv/omv-metadata.h>
#include <gst/omv/omv-prelude.h>

G_BEGIN_DECLS

/**
 * GstOmvStoreKind:
 * @GST_OMV_STORE_KIND_NONE: nothing that is known here
 * @GST_OMV_STORE_KIND_IMGSTORE: a folder of imgstore's, or the `metadata.yaml` in it
 * @GST_OMV_STORE_KIND_MINISCOPE: a folder of numbered AVI files with
 *   `timeStamps.csv`, as the software of Miniscope V4 writes it
 * @GST_OMV_STORE_KIND_SD_CARD: the card of a wire-free Miniscope, or its image
 *
 * What has made a store.
 *
 * Since: 0.1
 */
typedef enum {
  GST_OMV_STORE_KIND_NONE,
  GST_OMV_STORE_KIND_IMGSTORE,
  GST_OMV_STORE_KIND_MINISCOPE,
  GST_OMV_STORE_KIND_SD_CARD
} GstOmvStoreKind;

/**
 * GstOmvStorePicture:
 * @GST_OMV_STORE_PICTURE_GRAY: 8 bits for each pixel, without gaps
 * @GST_OMV_STORE_PICTURE_RGB: 8 bits each of red, green and blue, without gaps
 * @GST_OMV_STORE_PICTURE_JPEG: a JPEG picture
 * @GST_OMV_STORE_PICTURE_PNG: a PNG picture
 *
 * What gst_omv_store_read() gives.
 *
 * Since: 0.1
 */
typedef enum {
  GST_OMV_STORE_PICTURE_GRAY,
  GST_OMV_STORE_PICTURE_RGB,
  GST_OMV_STORE_PICTURE_JPEG,
  GST_OMV_STORE_PICTURE_PNG
} GstOmvStorePicture;

#define GST_OMV_TYPE_STORE (gst_omv_store_get_type ())

GST_OMV_API
G_DECLARE_FINAL_TYPE (GstOmvStore, gst_omv_store, GST_OMV, STORE, GObject)

GST_OMV_API
GstOmvStoreKind gst_omv_store_recognise (const gchar * path);

GST_OMV_API
GstOmvStore *gst_omv_store_open (const gchar * path, GError ** error);

GST_OMV_API
GstOmvStoreKind gst_omv_store_get_kind (GstOmvStore * self);

GST_OMV_API
guint gst_omv_store_get_n_frames (GstOmvStore * self);

GST_OMV_API
guint gst_omv_store_get_n_missing (GstOmvStore * self);

GST_OMV_API
guint gst_omv_store_get_n_lost (GstOmvStore * self);

GST_OMV_API
gint64 gst_omv_store_get_number (GstOmvStore * self, guint index);

GST_OMV_API
guint64 gst_omv_store_get_time (GstOmvStore * self, guint index);

GST_OMV_API
gboolean gst_omv_store_is_gray (GstOmvStore * self);

GST_OMV_API
GstOmvMetadata *gst_omv_store_get_metadata (GstOmvStore * self);

GST_OMV_API
gchar **gst_omv_store_list_lines (GstOmvStore * self);

GST_OMV_API
gboolean gst_omv_store_is_video (GstOmvStore * self);

GST_OMV_API
const gchar *gst_omv_store_get_file (GstOmvStore * self, guint index,
    guint * ret_first, guint * ret_n_frames);

GST_OMV_API
GBytes *gst_omv_store_read (GstOmvStore * self, guint index,
    GstOmvStorePicture * ret_picture, gint * ret_width, gint * ret_height,
    GError ** error);

G_END_DECLS
