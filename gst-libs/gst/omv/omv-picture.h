/* omv-picture.h: what a JPEG or PNG picture says of itself
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-format.h>

G_BEGIN_DECLS

GST_OMV_API
gboolean gst_omv_picture_has_signature (GstOmvPixelFormat format,
    const guint8 * data, gsize size);

GST_OMV_API
gboolean gst_omv_picture_read_size (GstOmvPixelFormat format,
    const guint8 * data, gsize size, gint * ret_width, gint * ret_height);

G_END_DECLS
