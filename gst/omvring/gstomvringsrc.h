/* gstomvringsrc.h: the element omvringsrc
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/base/gstpushsrc.h>

G_BEGIN_DECLS

#define GST_TYPE_OMV_RING_SRC (gst_omv_ring_src_get_type ())
G_DECLARE_FINAL_TYPE (GstOmvRingSrc, gst_omv_ring_src, GST, OMV_RING_SRC,
    GstPushSrc)

GST_ELEMENT_REGISTER_DECLARE (omvringsrc);

G_END_DECLS
