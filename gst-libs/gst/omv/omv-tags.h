/* omv-tags.h: what is known of a recording, as GStreamer says it
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-metadata.h>
#include <gst/gst.h>

G_BEGIN_DECLS

GST_OMV_API
GstTagList *gst_omv_tags_from_metadata (GstOmvMetadata * metadata);

GST_OMV_API
void gst_omv_tags_to_metadata (const GstTagList * tags,
    GstOmvMetadata * metadata);

GST_OMV_API
GDateTime *gst_omv_tags_get_start (const GstTagList * tags);

GST_OMV_API
GstClockTime gst_omv_unix_time_from_datetime (GDateTime * datetime);

GST_OMV_API
GstClockTime gst_omv_buffer_get_unix_time (GstBuffer * buffer);

GST_OMV_API
void gst_omv_buffer_set_unix_time (GstBuffer * buffer, GstClockTime time,
    GstClockTime duration);

G_END_DECLS
