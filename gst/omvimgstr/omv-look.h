/* omv-look.h: looks over a recording's headers, without its frames
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/gst.h>
#include <gst/omv/omv.h>

G_BEGIN_DECLS

void omv_look_find_frame_rate (GstPad * pad, const GstOmvWalk * walk,
    const GstOmvWalkStep * first, gint * ret_numerator,
    gint * ret_denominator);
gboolean omv_look_measure (GstPad * pad, const GstOmvWalk * walk,
    guint64 * ret_frames, GstClockTime * ret_time);

G_END_DECLS
