/* omv-look.h: looks ahead in a recording, for what its caps must say
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/gst.h>
#include <gst/omv/omv.h>

G_BEGIN_DECLS

typedef struct
{
  gint rate_numerator;          /* 0/1 where the rate varies */
  gint rate_denominator;
  gboolean mixed;               /* there is more than one media type */
} OmvLook;

void omv_look_ahead (GstPad * pad, const GstOmvWalk * start,
    const GstOmvWalkStep * first, OmvLook * ret_look);

G_END_DECLS
