/* omvretime.h: which frames of a recording are taken, and their new times
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omvparse.h"

G_BEGIN_DECLS

/* What was asked for. */
typedef struct {
  gboolean has_from, has_to;
  OmvPlace from;                /* the first that is taken */
  OmvPlace to;                  /* the first behind them */
  guint64 every;                /* 1: all */
  gdouble speed;                /* 1: as it was */
  guint64 max_gap;              /* ns; 0: pauses stay as they are */
  gboolean keep_lead;           /* else the first frame is at 0 */
} OmvSelection;

typedef enum {
  OMV_RETIME_DROP,
  OMV_RETIME_TAKE,
  OMV_RETIME_END                /* this frame and all behind it are dropped */
} OmvRetimeResult;

/* Where one is in a recording. Only retime.c looks inside. */
typedef struct {
  const OmvSelection *selection;
  guint64 n_seen;               /* frames between from and to */
  guint64 previous;             /* ns, of the last frame that was seen */
  guint64 time;                 /* ns, new, before speed */
} OmvRetime;

/* Takes everything and changes nothing but the lead. */
void omv_selection_init (OmvSelection * selection);

/* @selection: has to stay */
void omv_retime_init (OmvRetime * retime, const OmvSelection * selection);

/* To be called for each frame in turn.
 * @number: of the frame in the recording
 * @time: its time in ns, never less than the time before
 * @ret_time: (out): its new time, if it is taken */
OmvRetimeResult omv_retime_frame (OmvRetime * retime, guint64 number,
    guint64 time, guint64 * ret_time);

/* How long something of @duration ns will last. */
guint64 omv_retime_scale (const OmvSelection * selection, guint64 duration);

G_END_DECLS
