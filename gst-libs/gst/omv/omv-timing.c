/* omv-timing.c: intervals <-> times, and the frame rate that intervals mean
 *
 * A recording says of each frame how long after the previous one it came, in
 * whole milliseconds or microseconds. Frame n is due at the sum of intervals
 * 0…n. Writing rounds that sum, never the difference, so that 30 frames a
 * second become 33, 34, 33 … and an hour stays an hour.
 *
 * The exact times that a V2.0 header may carry are running times of their
 * recording: only their differences count. As long as each agrees with the
 * interval to within its rounding, a frame's time is that of an anchor plus the
 * exact difference to it; after a mismatch the next frame is a new anchor.
 * Where frames are missing, the exact difference restores the gap that the
 * missing intervals leave.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-timing.h"

#define NS_PER_SECOND G_GUINT64_CONSTANT (1000000000)
#define INTEGER_RATE_MAX 240

static guint64
add_saturating (guint64 time, guint64 more)
{
  return more > GST_OMV_TIME_MAX - time ? GST_OMV_TIME_MAX : time + more;
}

/**
 * gst_omv_time_reader_init:
 * @reader: (out caller-allocates): a reader
 *
 * Makes @reader stand before the first frame of a recording, at time 0.
 *
 * Since: 0.1
 */
void
gst_omv_time_reader_init (GstOmvTimeReader * reader)
{
  reader->time = 0;
  reader->exact = GST_OMV_TIME_NONE;
  reader->anchor_time = 0;
  reader->anchor_exact = GST_OMV_TIME_NONE;
  reader->gap = FALSE;
}

/* Whether @exact follows the last frame's exact time as @interval ns say. */
static gboolean
exact_time_agrees (const GstOmvTimeReader * reader, guint64 exact,
    guint64 interval, guint64 unit)
{
  guint64 passed;

  if (exact == GST_OMV_TIME_NONE || reader->exact == GST_OMV_TIME_NONE
      || exact < reader->exact)
    return FALSE;

  passed = exact - reader->exact;
  if (reader->gap)
    return passed >= interval || interval - passed <= unit;

  return MAX (passed, interval) - MIN (passed, interval) <= unit;
}

/**
 * gst_omv_time_reader_next:
 * @reader: a reader
 * @version: the version of the recording that @header stands in
 * @header: the next frame's header
 *
 * Returns: the frame's time in ns from the recording's start, never less than
 *   the frame before it had
 *
 * Since: 0.1
 */
guint64
gst_omv_time_reader_next (GstOmvTimeReader * reader, GstOmvVersion version,
    const GstOmvFrameHeader * header)
{
  guint64 unit = gst_omv_version_get_unit (version);
  guint64 interval = header->interval * unit;

  if (exact_time_agrees (reader, header->exact_time, interval, unit)) {
    guint64 due = add_saturating (reader->anchor_time,
        header->exact_time - reader->anchor_exact);

    reader->time = MAX (reader->time, due);
  } else {
    reader->time = add_saturating (reader->time, interval);
    reader->anchor_time = reader->time;
    reader->anchor_exact = header->exact_time;
  }
  reader->exact = header->exact_time;
  reader->gap = FALSE;

  return reader->time;
}

/**
 * gst_omv_time_reader_mark_gap:
 * @reader: a reader
 *
 * Says that frames are missing between the last frame and the next one.
 *
 * Since: 0.1
 */
void
gst_omv_time_reader_mark_gap (GstOmvTimeReader * reader)
{
  reader->gap = TRUE;
}

/**
 * gst_omv_time_reader_mark_recording:
 * @reader: a reader
 *
 * Says that the next frame belongs to another recording, joined to the end of
 * the last one: time goes on, exact times start anew.
 *
 * Since: 0.1
 */
void
gst_omv_time_reader_mark_recording (GstOmvTimeReader * reader)
{
  reader->exact = GST_OMV_TIME_NONE;
  reader->gap = FALSE;
}

/**
 * gst_omv_time_writer_init:
 * @writer: (out caller-allocates): a writer
 * @version: the recording's version
 *
 * Makes @writer stand before the first frame of a recording, at time 0.
 *
 * Since: 0.1
 */
void
gst_omv_time_writer_init (GstOmvTimeWriter * writer, GstOmvVersion version)
{
  writer->unit = gst_omv_version_get_unit (version);
  writer->written = 0;
}

/* What a recording can say of @time, in its unit. */
static guint64
round_time (const GstOmvTimeWriter * writer, guint64 time)
{
  return (time + writer->unit / 2) / writer->unit;
}

/**
 * gst_omv_time_writer_go_to:
 * @writer: a writer
 * @time: ns from the recording's start, at most %GST_OMV_TIME_MAX
 *
 * Makes @writer stand behind a frame that has @time already, to go on there.
 *
 * Since: 0.1
 */
void
gst_omv_time_writer_go_to (GstOmvTimeWriter * writer, guint64 time)
{
  writer->written = round_time (writer, time);
}

/**
 * gst_omv_time_writer_next:
 * @writer: a writer
 * @time: the next frame's time in ns, at most %GST_OMV_TIME_MAX
 * @ret_interval: (out): the interval to store, in the version's unit
 *
 * A time before that of the last frame gives the interval 0, and time goes on
 * from there.
 *
 * Returns: %FALSE if the interval does not fit the format's 32 bits; @writer
 *   and @ret_interval are then untouched
 *
 * Since: 0.1
 */
gboolean
gst_omv_time_writer_next (GstOmvTimeWriter * writer, guint64 time,
    guint32 * ret_interval)
{
  guint64 due = round_time (writer, time);
  guint64 interval = due > writer->written ? due - writer->written : 0;

  if (interval > G_MAXUINT32)
    return FALSE;
  writer->written += interval;
  *ret_interval = (guint32) interval;

  return TRUE;
}

/* The largest distance, in ns, between a frame's time and the one it has at
 * numerator / denominator frames a second, or GST_OMV_TIME_NONE if a frame is
 * off by more than its rounding. */
static guint64
get_rate_error (const guint64 * times, gsize n_times, guint64 unit,
    guint numerator, guint denominator)
{
  guint64 worst = 0;

  for (gsize i = 1; i < n_times; i++) {
    guint64 passed = times[i] - times[0];
    guint64 due = i * NS_PER_SECOND * denominator / numerator;
    guint64 error = MAX (passed, due) - MIN (passed, due);

    if (error >= unit)
      return GST_OMV_TIME_NONE;
    worst = MAX (worst, error);
  }

  return worst;
}

/* The best of scale/denominator, 2*scale/denominator … 240*scale/denominator
 * frames a second. */
static gboolean
find_rate (const guint64 * times, gsize n_times, guint64 unit, gint scale,
    gint denominator, gint * ret_numerator)
{
  guint64 best = GST_OMV_TIME_NONE;

  for (gint i = 1; i <= INTEGER_RATE_MAX; i++) {
    guint64 error = get_rate_error (times, n_times, unit,
        (guint) (i * scale), (guint) denominator);

    if (error < best) {
      best = error;
      *ret_numerator = i * scale;
    }
  }

  return best != GST_OMV_TIME_NONE;
}

static guint64
get_greatest_common_divisor (guint64 a, guint64 b)
{
  while (b != 0) {
    guint64 rest = a % b;

    a = b;
    b = rest;
  }

  return a;
}

/**
 * gst_omv_guess_frame_rate:
 * @times: (array length=n_times): times of consecutive frames in ns, rising
 * @n_times: how many, at most a few thousand
 * @unit: the ns by which times are rounded, see gst_omv_version_get_unit()
 * @ret_numerator: (out): frames …
 * @ret_denominator: (out): … per so many seconds
 *
 * Finds the constant rate at which a recorder whose clock was rounded to @unit
 * gives these times: a whole number of frames a second up to 240, else such a
 * number times 1000/1001, else one frame in the interval that all have in
 * common. Where several fit, the one that fits best.
 *
 * Returns: %FALSE if there is none; the output arguments are then untouched
 *
 * Since: 0.1
 */
gboolean
gst_omv_guess_frame_rate (const guint64 * times, gsize n_times, guint64 unit,
    gint * ret_numerator, gint * ret_denominator)
{
  guint64 interval, divisor;

  if (n_times < 2)
    return FALSE;

  if (find_rate (times, n_times, unit, 1, 1, ret_numerator)) {
    *ret_denominator = 1;
    return TRUE;
  }
  if (find_rate (times, n_times, unit, 1000, 1001, ret_numerator)) {
    *ret_denominator = 1001;
    return TRUE;
  }

  interval = times[1] - times[0];
  for (gsize i = 1; i < n_times; i++) {
    if (times[i] - times[i - 1] != interval)
      return FALSE;
  }
  if (interval == 0)
    return FALSE;
  divisor = get_greatest_common_divisor (NS_PER_SECOND, interval);
  if (interval / divisor > G_MAXINT)
    return FALSE;
  *ret_numerator = (gint) (NS_PER_SECOND / divisor);
  *ret_denominator = (gint) (interval / divisor);

  return TRUE;
}
