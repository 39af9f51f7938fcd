/* omvpixels.h: pixels as a camera stores them
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/base/gstbasetransform.h>
#include <gst/omv/omv.h>

G_BEGIN_DECLS

#define OMV_TYPE_PIXELS (omv_pixels_get_type ())
G_DECLARE_FINAL_TYPE (OmvPixels, omv_pixels, OMV, PIXELS, GstBaseTransform)

/* An element without a name. From GBR, or with @yuv from I420 and Y444 of any
 * colorimetry, which GStreamer's own converter (1.22) makes RGB of with errors of
 * some levels.
 * @format: RGB565, rounded to the nearest, or a Bayer order; UNKNOWN: GBR */
GstElement *omv_pixels_new (gboolean yuv, GstOmvPixelFormat format);

G_END_DECLS
