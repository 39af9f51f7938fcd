/* omvplan.h: which frames of a recording go where, and in which size
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omvretime.h"
#include "omvtool.h"

G_BEGIN_DECLS

/* All times are ns. What is said of frames is said of those that are taken. */
typedef struct {
  GArray *times;                /* of guint64, one for each frame up to the last
                                 * one that is taken: its new time, or
                                 * GST_OMV_TIME_NONE if it is left out */
  guint64 n_taken;
  guint64 last;                 /* number of the last frame taken */
  guint64 end;                  /* when that one ends */
  guint64 unit;                 /* by which times are rounded */
  gboolean exact;               /* each frame has an exact time, … */
  guint64 exact_offset;         /* … so much later than its new one; 0: their
                                 * differences are not the same */
  guint64 shift;                /* the recording's time that is 0 in `times` */

  GstOmvPixelFormat format;     /* UNKNOWN: there are several */
  gboolean one_size;
  gboolean uniform;             /* one format and one size, also of those that are
                                 * left out, up to the one behind the last */
  gint width, height;           /* of most of the time */
  guint64 canvas_time;          /* how long that size lasts */

  gint rate_numerator;          /* 0: variable */
  gint rate_denominator;

  guint64 n_slots;              /* at a constant rate, … */
  guint64 n_repeated;           /* … places filled again … */
  guint64 n_dropped;            /* … and frames without a place */
} OmvPlan;

/* Walks over the headers. NULL after omv_fail(), also if no frame is taken. */
OmvPlan *omv_plan_new (const gchar * path, const OmvSelection * selection);

/* Chooses a constant rate and gives each frame a place in it. Of frames that
 * would share one, the last stays. */
void omv_plan_make_constant (OmvPlan * plan);

/* The place that is nearest to a time, and the time of a place. */
guint64 omv_plan_get_slot (const OmvPlan * plan, guint64 time);
guint64 omv_plan_get_slot_time (const OmvPlan * plan, guint64 slot);

/* One place for each frame, at the mean rate. */
void omv_plan_make_even (OmvPlan * plan);

/* Moves frames apart that are nearer to each other than @tick. */
void omv_plan_make_rising (OmvPlan * plan, guint64 tick);

/* Shows the first frame from 0 on. */
void omv_plan_fill_lead (OmvPlan * plan);

/* The longest time between two frames. */
guint64 omv_plan_get_longest (const OmvPlan * plan);

/* The number of the first frame that is taken. */
guint omv_plan_get_first (const OmvPlan * plan);

/* The time of frame @number, GST_OMV_TIME_NONE if it is left out, and when it
 * ends. */
guint64 omv_plan_get_time (const OmvPlan * plan, guint64 number,
    guint64 * ret_end);

void omv_plan_free (OmvPlan * plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvPlan, omv_plan_free)

G_END_DECLS
