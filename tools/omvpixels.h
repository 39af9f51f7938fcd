/* omvpixels.h: pixels as a camera stores them
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/base/gstbasetransform.h>
#include <gst/omv/omv.h>

G_BEGIN_DECLS

/* BGRx -> RGB565, rounded to the nearest, or a Bayer mosaic. Rows of the result
 * are GStreamer's: of whole 4 bytes.
 * @stride: bytes from one row of @pixels to the next */
void omv_pixels_convert (GstOmvPixelFormat format, const guint8 * pixels,
    gsize stride, gint width, gint height, guint8 * result);

#define OMV_TYPE_PIXELS (omv_pixels_get_type ())
G_DECLARE_FINAL_TYPE (OmvPixels, omv_pixels, OMV, PIXELS, GstBaseTransform)

/* The same as an element without a name. @format: RGB565 or a Bayer order, or
 * UNKNOWN: from Y444 of any colorimetry to BGRx, which GStreamer's own converter
 * (1.22) does with errors of some levels. */
GstElement *omv_pixels_new (GstOmvPixelFormat format);

G_END_DECLS
