/* gstomvdirsrc.h: the element omvdirsrc
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/base/gstbasesrc.h>

G_BEGIN_DECLS

#define GST_TYPE_OMV_DIR_SRC (gst_omv_dir_src_get_type ())
G_DECLARE_FINAL_TYPE (GstOmvDirSrc, gst_omv_dir_src, GST, OMV_DIR_SRC,
    GstBaseSrc)

GST_ELEMENT_REGISTER_DECLARE (omvdirsrc);

G_END_DECLS
