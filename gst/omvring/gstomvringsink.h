/* gstomvringsink.h: the element omvringsink
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/base/gstbasesink.h>

G_BEGIN_DECLS

#define GST_TYPE_OMV_RING_SINK (gst_omv_ring_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstOmvRingSink, gst_omv_ring_sink, GST, OMV_RING_SINK,
    GstBaseSink)

GST_ELEMENT_REGISTER_DECLARE (omvringsink);

G_END_DECLS
