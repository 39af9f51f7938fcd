/* omv-bayer.h: a Bayer mosaic -> a picture in colour
 *
 * Private to the library: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-format.h>

void omv_bayer_to_rgb (GstOmvPixelFormat format, gint width, gint height,
    const guint8 * mosaic, guint8 * rgb, gsize stride);
