/* omv-frame-private.h: makes frames
 *
 * Private to the objects room: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-frame.h>

G_BEGIN_DECLS

GstOmvFrame *omv_frame_new (const GstOmvWalkStep * step, guint64 duration,
    GBytes * payload);
GBytes *omv_frame_get_payload (const GstOmvFrame * frame);

G_END_DECLS
