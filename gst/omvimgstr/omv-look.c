/* omv-look.c: looks over a recording's headers, without its frames
 *
 * Both looks pull for themselves and leave the caller's walk where it is, so
 * they may run in another thread than the one that plays the recording.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-look.h"

#include "omv-pull.h"

/* How far to look for the frame rate. */
#define RATE_FRAMES 256
#define RATE_BYTES 1048576
#define RATE_INTERVALS_MIN 3

/* How long to measure, in µs, and after how many frames to look at the time. */
#define MEASURE_TIME_MAX 200000
#define MEASURE_FRAMES 1024

/* The next step that is no NEED; NEED itself if nothing can be pulled. */
static GstOmvWalkResult
walk_on (GstOmvWalk * walk, OmvPull * pull, GstOmvWalkStep * ret_step)
{
  for (;;) {
    GstOmvWalkResult result =
        gst_omv_walk_next (walk, &pull->input, ret_step, NULL);

    if (result != GST_OMV_WALK_NEED
        || omv_pull_bytes (pull, ret_step->offset, (gsize) ret_step->size)
        != GST_FLOW_OK)
      return result;
  }
}

/*
 * omv_look_find_frame_rate:
 * @pad: a sink pad in pull mode
 * @start: a walk that has just passed @first
 *
 * Looks at the next few hundred frames for a constant frame rate. The output
 * arguments are untouched if there is none.
 */
void
omv_look_find_frame_rate (GstPad * pad, const GstOmvWalk * start,
    const GstOmvWalkStep * first, gint * ret_numerator, gint * ret_denominator)
{
  GstOmvWalkResult result = GST_OMV_WALK_FRAME;
  GstOmvWalk walk = *start;
  guint64 times[RATE_FRAMES];
  GstOmvWalkStep step;
  gsize count = 1;
  OmvPull pull;

  if (!omv_pull_init (&pull, pad))
    return;

  times[0] = first->time;
  while (count < RATE_FRAMES && pull.pulled < RATE_BYTES) {
    result = walk_on (&walk, &pull, &step);
    if (result != GST_OMV_WALK_FRAME)
      break;
    times[count++] = step.time;
  }
  omv_pull_clear (&pull);

  if (count > RATE_INTERVALS_MIN || result == GST_OMV_WALK_END)
    gst_omv_guess_frame_rate (times, count,
        gst_omv_version_get_unit (first->version), ret_numerator,
        ret_denominator);
}

/*
 * omv_look_measure:
 * @pad: a sink pad in pull mode
 * @start: a walk that stands at the recording's start
 *
 * Counts the frames of a recording and its time up to the end of the last one,
 * which is taken to last as long as the one before it. What would take longer
 * than a fifth of a second is estimated from what was seen by then. Returns
 * FALSE if nothing can be pulled.
 */
gboolean
omv_look_measure (GstPad * pad, const GstOmvWalk * start, guint64 * ret_frames,
    GstClockTime * ret_time)
{
  gint64 deadline = g_get_monotonic_time () + MEASURE_TIME_MAX;
  GstClockTime time = 0, last_interval = 0;
  GstOmvWalk walk = *start;
  GstOmvWalkResult result;
  GstOmvWalkStep step;
  guint64 end;
  OmvPull pull;

  if (!omv_pull_init (&pull, pad))
    return FALSE;
  do {
    result = walk_on (&walk, &pull, &step);
    if (result == GST_OMV_WALK_FRAME) {
      last_interval = walk.number > 1 ? step.time - time : 0;
      time = step.time;
    }
  } while ((result == GST_OMV_WALK_FRAME || result == GST_OMV_WALK_SKIP)
      && (walk.number % MEASURE_FRAMES != 0
          || g_get_monotonic_time () < deadline));
  end = pull.input.end;
  omv_pull_clear (&pull);

  if (result == GST_OMV_WALK_NEED)
    return FALSE;
  *ret_frames = walk.number;
  *ret_time = time + last_interval;
  if (result == GST_OMV_WALK_FRAME) {
    *ret_frames = gst_util_uint64_scale (*ret_frames, end, walk.position);
    *ret_time = gst_util_uint64_scale (*ret_time, end, walk.position);
  }

  return TRUE;
}
