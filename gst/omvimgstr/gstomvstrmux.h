/* gstomvstrmux.h: the element omvstrmux
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_OMV_STR_MUX (gst_omv_str_mux_get_type ())
G_DECLARE_FINAL_TYPE (GstOmvStrMux, gst_omv_str_mux, GST, OMV_STR_MUX,
    GstElement)

GST_ELEMENT_REGISTER_DECLARE (omvstrmux);

G_END_DECLS
