/* omv-join-private.h: what joined recordings consist of
 *
 * Private to omv-join.c and omv-join-time.c.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-join.h>

G_BEGIN_DECLS

/* The first or the last frame of a file. */
typedef struct {
  guint64 offset;               /* of its header in the file */
  guint64 time;                 /* ns from the file's start */
  GstOmvVersion version;
  GstOmvFrameHeader header;
} OmvJoinFrame;

/* One file. */
typedef struct {
  GFile *file;
  guint64 n_frames;
  OmvJoinFrame first;           /* if it has frames */
  OmvJoinFrame last;
  guint64 last_interval;        /* ns from the last frame but one to the last */
  GDateTime *wall_clock;        /* at its time 0, or NULL */
  guint64 base_time;            /* of exact times, or GST_OMV_TIME_NONE */

  /* where it is in the whole */
  guint64 offset;
  guint64 size;                 /* bytes there */
  guint64 skip;                 /* bytes of the file before them */
  guint64 stored;               /* bytes of the file there; zeros follow */
  guint64 number;               /* of its first frame */
  GstOmvWalkStep cut;           /* left out behind its last frame, in the file */
  guint patch_size;             /* bytes at @first.offset that are others, … */
  guint8 patch[GST_OMV_FRAME_HEADER_SIZE_MAX];  /* … these */

  /* where it is in time */
  GstOmvTimeReader clock;       /* behind its last frame */
  guint64 time;                 /* of its first frame, as the whole says it, … */
  guint64 true_time;            /* … and not rounded to what can be stored */
  guint64 gap;
  gboolean is_placed;
} OmvJoinPart;

void omv_join_place (OmvJoinPart * part, const OmvJoinPart * before,
    gboolean is_same_recording);

G_END_DECLS
