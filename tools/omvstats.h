/* omvstats.h: what the intervals of a recording look like
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An interval of at least that many medians is a gap. */
#define OMV_STATS_GAP 1.8

/* All times are ns. */
typedef struct {
  gdouble mean;
  gdouble deviation;            /* standard */
  guint64 min, max;
  guint64 median;
  guint64 percentile_5, percentile_95;

  guint64 n_gaps;
  guint64 n_missing;            /* frames that gaps are long enough for */
  guint64 longest;              /* the frame behind the longest gap */

  gint rate_numerator;          /* the constant rate that all times have … */
  gint rate_denominator;        /* … within their rounding; 0: none */
} OmvStats;

/* @times: of each frame, rising; reordered by this
 * @unit: ns by which times are rounded
 * FALSE: there are not two frames. */
gboolean omv_stats_compute (guint64 * times, gsize n_times, guint64 unit,
    OmvStats * ret_stats);

G_END_DECLS
