/* omv-metadata.h: what a recording cannot say of itself: FILE.json
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <gst/omv/omv-format.h>

G_BEGIN_DECLS

/**
 * GstOmvMetadata:
 *
 * What is true of a recording as a whole and has no place in it: when it was
 * made, what triggered it, whatever its maker wants to add.
 *
 * Since: 0.1
 */
typedef struct _GstOmvMetadata GstOmvMetadata;

#define GST_OMV_TYPE_METADATA (gst_omv_metadata_get_type ())

GST_OMV_API
GType gst_omv_metadata_get_type (void);

GST_OMV_API
GstOmvMetadata *gst_omv_metadata_new (void);

GST_OMV_API
GstOmvMetadata *gst_omv_metadata_new_from_string (const gchar * text,
    GError ** error);

GST_OMV_API
GstOmvMetadata *gst_omv_metadata_load (GFile * recording, GError ** error);

GST_OMV_API
gboolean gst_omv_metadata_store (GstOmvMetadata * self, GFile * recording,
    GError ** error);

GST_OMV_API
gchar *gst_omv_metadata_to_string (GstOmvMetadata * self);

GST_OMV_API
GstOmvMetadata *gst_omv_metadata_ref (GstOmvMetadata * self);

GST_OMV_API
void gst_omv_metadata_unref (GstOmvMetadata * self);

GST_OMV_API
void gst_omv_metadata_set_start (GstOmvMetadata * self, GDateTime * start);

GST_OMV_API
GDateTime *gst_omv_metadata_get_start (GstOmvMetadata * self);

GST_OMV_API
GDateTime *gst_omv_metadata_get_datetime (GstOmvMetadata * self,
    guint64 time);

GST_OMV_API
gboolean gst_omv_metadata_find_time (GstOmvMetadata * self,
    GDateTime * datetime, guint64 * ret_time);

GST_OMV_API
void gst_omv_metadata_mark (GstOmvMetadata * self, GstOmvPixelFormat format,
    gint width, gint height, const guint8 * payload, gsize size);

GST_OMV_API
gboolean gst_omv_metadata_belongs_to (GstOmvMetadata * self,
    GstOmvPixelFormat format, gint width, gint height, const guint8 * payload,
    gsize size);

GST_OMV_API
void gst_omv_metadata_set_zone (GstOmvMetadata * self, const gchar * zone);

GST_OMV_API
const gchar *gst_omv_metadata_get_zone (GstOmvMetadata * self);

GST_OMV_API
void gst_omv_metadata_set_base_time (GstOmvMetadata * self,
    guint64 base_time);

GST_OMV_API
guint64 gst_omv_metadata_get_base_time (GstOmvMetadata * self);

GST_OMV_API
void gst_omv_metadata_set_trigger_time (GstOmvMetadata * self,
    guint64 trigger_time);

GST_OMV_API
guint64 gst_omv_metadata_get_trigger_time (GstOmvMetadata * self);

GST_OMV_API
void gst_omv_metadata_set_label (GstOmvMetadata * self, const gchar * label);

GST_OMV_API
const gchar *gst_omv_metadata_get_label (GstOmvMetadata * self);

GST_OMV_API
void gst_omv_metadata_set_value (GstOmvMetadata * self, const gchar * key,
    const gchar * value);

GST_OMV_API
const gchar *gst_omv_metadata_get_value (GstOmvMetadata * self,
    const gchar * key);

GST_OMV_API
gchar **gst_omv_metadata_list_keys (GstOmvMetadata * self);

GST_OMV_API
gchar **gst_omv_metadata_describe (GstOmvMetadata * self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstOmvMetadata, gst_omv_metadata_unref)

G_END_DECLS
