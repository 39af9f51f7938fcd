/* omvstats.c: what the intervals of a recording look like
 *
 * The first interval, which is the time until the camera was ready, is none of
 * them: n frames have n - 1. Ranks are found by partitioning, not by sorting: a
 * recording may have millions of frames, and few different intervals.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvstats.h"

#include <math.h>

#include <gst/omv/omv-timing.h>

#define NS_PER_SECOND 1e9

/* Frames of which the rate is guessed; all others must bear it out. Of fewer
 * than the least, nothing can be said. */
#define N_GUESS_MIN 4
#define N_GUESS 256

static void
swap (guint64 * a, guint64 * b)
{
  guint64 kept = *a;

  *a = *b;
  *b = kept;
}

/* The value that would stand at @rank if @values were sorted. What is smaller is
 * moved before it, what is larger behind it. */
static guint64
select_rank (guint64 * values, gsize n_values, gsize rank)
{
  gsize from = 0, to = n_values;

  while (to - from > 1) {
    guint64 pivot = values[from + (to - from) / 2];
    gsize smaller = from, larger = to, i = from;

    while (i < larger) {
      if (values[i] < pivot)
        swap (&values[i++], &values[smaller++]);
      else if (values[i] > pivot)
        swap (&values[i], &values[--larger]);
      else
        i++;
    }
    if (rank < smaller)
      to = smaller;
    else if (rank >= larger)
      from = larger;
    else
      return pivot;
  }

  return values[from];
}

/* Whether all times are those of the rate that the first ones have. */
static void
find_rate (const guint64 * times, gsize n_times, guint64 unit, OmvStats * stats)
{
  gint numerator, denominator;

  stats->rate_numerator = 0;
  stats->rate_denominator = 0;
  if (n_times < N_GUESS_MIN
      || !gst_omv_guess_frame_rate (times, MIN (n_times, N_GUESS), unit,
          &numerator, &denominator))
    return;

  for (gsize i = N_GUESS; i < n_times; i++) {
    gdouble due = (gdouble) i * NS_PER_SECOND * denominator / numerator;

    if (fabs ((gdouble) (times[i] - times[0]) - due) > (gdouble) unit)
      return;
  }

  stats->rate_numerator = numerator;
  stats->rate_denominator = denominator;
}

static void
compute_spread (const guint64 * intervals, gsize n, OmvStats * stats)
{
  gdouble sum = 0, squares = 0;

  stats->min = G_MAXUINT64;
  stats->max = 0;
  for (gsize i = 0; i < n; i++) {
    sum += (gdouble) intervals[i];
    stats->min = MIN (stats->min, intervals[i]);
    if (intervals[i] > stats->max) {
      stats->max = intervals[i];
      stats->longest = i + 1;
    }
  }

  stats->mean = sum / (gdouble) n;
  for (gsize i = 0; i < n; i++) {
    gdouble difference = (gdouble) intervals[i] - stats->mean;

    squares += difference * difference;
  }
  stats->deviation = sqrt (squares / (gdouble) n);
}

static void
count_gaps (const guint64 * intervals, gsize n, OmvStats * stats)
{
  gdouble median = (gdouble) stats->median;

  stats->n_gaps = 0;
  stats->n_missing = 0;
  if (stats->median == 0 || (gdouble) stats->max < OMV_STATS_GAP * median)
    return;

  for (gsize i = 0; i < n; i++) {
    if ((gdouble) intervals[i] >= OMV_STATS_GAP * median) {
      stats->n_gaps++;
      stats->n_missing += (guint64) ((gdouble) intervals[i] / median + 0.5) - 1;
    }
  }
}

gboolean
omv_stats_compute (guint64 * times, gsize n_times, guint64 unit,
    OmvStats * ret_stats)
{
  guint64 *intervals = times;
  gsize n = n_times - 1;

  if (n_times < 2)
    return FALSE;

  find_rate (times, n_times, unit, ret_stats);
  for (gsize i = 0; i < n; i++)
    intervals[i] = times[i + 1] - times[i];

  compute_spread (intervals, n, ret_stats);
  ret_stats->median = select_rank (intervals, n, (n - 1) / 2);
  ret_stats->percentile_5 = select_rank (intervals, n, (n - 1) * 5 / 100);
  ret_stats->percentile_95 = select_rank (intervals, n, (n - 1) * 95 / 100);
  count_gaps (intervals, n, ret_stats);

  return TRUE;
}
