/* gstomvframedec.h: the elements omvframedec and omvbayerdec
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/video/gstvideodecoder.h>

G_BEGIN_DECLS

#define GST_TYPE_OMV_FRAME_DEC (gst_omv_frame_dec_get_type ())
G_DECLARE_FINAL_TYPE (GstOmvFrameDec, gst_omv_frame_dec, GST, OMV_FRAME_DEC,
    GstVideoDecoder)

GST_ELEMENT_REGISTER_DECLARE (omvframedec);
GST_ELEMENT_REGISTER_DECLARE (omvbayerdec);

G_END_DECLS
