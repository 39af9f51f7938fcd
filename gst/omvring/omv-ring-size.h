/* omv-ring-size.h: how large a ring is to be
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/gst.h>
#include <gst/omv/omv.h>

G_BEGIN_DECLS

typedef struct
{
  guint slots;                  /* frames promised; 0 = auto */
  guint64 slot_size;            /* payload bytes; 0 = auto */
  guint64 max_size;             /* bytes of all; 0 = half of what is available */
  gint64 pre_frames;            /* -1 = all */
  GstClockTime pre_time;        /* NONE = all */
} OmvRingWishes;

typedef struct
{
  guint slots;                  /* frames promised */
  guint all_slots;              /* with the spare ones */
  gsize slot_size;              /* payload bytes */
  guint64 memory;               /* bytes of all */
  gboolean reduced;             /* fewer than there should be */
} OmvRingSize;

gboolean omv_ring_size_choose (const OmvRingWishes * wishes,
    const GstOmvFrameHeader * frame, GstClockTime frame_duration,
    OmvRingSize * ret_size, GError ** error);

G_END_DECLS
