/* gstomvstrdemux.h: the element omvstrdemux
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_OMV_STR_DEMUX (gst_omv_str_demux_get_type ())
G_DECLARE_FINAL_TYPE (GstOmvStrDemux, gst_omv_str_demux, GST, OMV_STR_DEMUX,
    GstElement)

GST_ELEMENT_REGISTER_DECLARE (omvstrdemux);

G_END_DECLS
