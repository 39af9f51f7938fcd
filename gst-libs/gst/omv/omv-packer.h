/* omv-packer.h: what a buffer is as a frame to be stored
 *
 * Private to this project: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-video.h>

G_BEGIN_DECLS

/* Belongs to one thread at a time. */
typedef struct {
  GstOmvVersion version;        /* of the recording */
  gboolean binary;              /* whether 8-bit gray is stored as 1 bit */
  GstSegment segment;           /* of the buffers */

  /*< private >*/
  gboolean have_info;
  GstOmvVideoInfo info;
  GstClockTime last;            /* running time of the latest buffer … */
  GstClockTime expected;        /* … and of the next, if that has none */
} GstOmvPacker;

GST_OMV_API
void gst_omv_packer_init (GstOmvPacker * packer, GstOmvVersion version,
    gboolean binary);

GST_OMV_API
void gst_omv_packer_reset_time (GstOmvPacker * packer);

GST_OMV_API
gboolean gst_omv_packer_set_caps (GstOmvPacker * packer, const GstCaps * caps,
    GError ** error);

GST_OMV_API
gboolean gst_omv_packer_has_caps (const GstOmvPacker * packer);

GST_OMV_API
const GstOmvVideoInfo *gst_omv_packer_get_info (const GstOmvPacker * packer);

GST_OMV_API
gboolean gst_omv_packer_get_time (GstOmvPacker * packer, GstBuffer * buffer,
    GstClockTime * ret_time);

GST_OMV_API
gboolean gst_omv_packer_describe (GstOmvPacker * packer, GstBuffer * buffer,
    GstOmvFrameHeader * ret_header, GError ** error);

GST_OMV_API
GstBuffer *gst_omv_packer_pack (GstOmvPacker * packer, GstBuffer * buffer,
    GError ** error);

GST_OMV_API
gboolean gst_omv_packer_write (GstOmvPacker * packer, GstBuffer * buffer,
    guint8 * payload, GError ** error);

G_END_DECLS
