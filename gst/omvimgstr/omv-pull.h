/* omv-pull.h: feeds a walk from a pad that can be pulled
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/gst.h>
#include <gst/omv/omv.h>

G_BEGIN_DECLS

/* All fields belong to the one thread that uses the OmvPull. */
typedef struct
{
  GstPad *pad;                  /* sink pad, in pull mode; not owned */
  GstOmvWalkInput input;        /* the bytes in hand, for gst_omv_walk_next() */
  guint64 pulled;               /* bytes pulled so far */
  gsize ahead;                  /* bytes to pull when reading on … */
  gsize jump;                   /* … and at least, when reading elsewhere */

  GstBuffer *block;             /* what @input.data points into, or NULL: … */
  GstMapInfo map;
  GstBuffer *spare;             /* a former block, to be filled anew, or NULL */
  guint8 header[GST_OMV_FRAME_HEADER_SIZE_MAX]; /* … into this */
} OmvPull;

gboolean omv_pull_init (OmvPull * pull, GstPad * pad);
void omv_pull_clear (OmvPull * pull);
void omv_pull_take_bytes (OmvPull * pull, OmvPull * other);
GstFlowReturn omv_pull_bytes (OmvPull * pull, guint64 offset, gsize size);
GstOmvWalkResult omv_pull_walk (OmvPull * pull, GstOmvWalk * walk,
    GstOmvWalkStep * ret_step);
GstFlowReturn omv_pull_payload (OmvPull * pull, guint64 offset, gsize size,
    GstBuffer ** ret_payload);

G_END_DECLS
