/* omvclock.h: which frames of a video become a recording's, and when
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/gst.h>
#include <gst/omv/gstomvstore.h>

#include "omvretime.h"
#include "omvtimes.h"

G_BEGIN_DECLS

typedef struct _OmvClock OmvClock;

/* Watches @pad, a sink pad, drops what is not wanted and gives what is its time.
 * All that is given has to stay while @pad is there.
 * @times: (nullable): of the frames, or NULL: their own are good */
OmvClock *omv_clock_new (GstPad * pad, const OmvSelection * selection,
    const OmvTimes * times);
void omv_clock_free (OmvClock * clock);

/* From now on, before the first frame, times count from the first frame. */
void omv_clock_set_relative (OmvClock * clock);

/* A frame that came. */
typedef struct {
  guint index;                  /* in the store */
  gboolean is_taken;
} OmvClockFrame;

/* How far apart the timestamps of a store's frames are. */
#define OMV_CLOCK_STEP GST_MSECOND

/* From now on, before the first frame, frames are those of @store, and the timestamp
 * of each is its index, in steps of OMV_CLOCK_STEP; the store says what its time is.
 * All are remembered, those that are left out, too. */
void omv_clock_set_store (OmvClock * clock, GstOmvStore * store);

/* Sends EOS from any thread. */
void omv_clock_stop (OmvClock * clock);

/* The time of the last frame that came, in ns, for a progress bar. */
guint64 omv_clock_get_position (const OmvClock * clock);

/* Behind the end: */
guint64 omv_clock_get_n_seen (const OmvClock * clock);
guint64 omv_clock_get_n_taken (const OmvClock * clock);
guint64 omv_clock_get_n_backward (const OmvClock * clock);
guint64 omv_clock_get_duration (const OmvClock * clock);

/* The frames of the store that came; of OmvClockFrame, in order. */
const GArray *omv_clock_get_frames (const OmvClock * clock);

/* The time, as it came, that is the recording's time 0. */
guint64 omv_clock_get_shift (const OmvClock * clock);

/* Frames that the source has lost, by the numbers that it gives them. */
guint64 omv_clock_get_n_lost (const OmvClock * clock);

G_END_DECLS
