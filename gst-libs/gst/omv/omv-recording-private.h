/* omv-recording-private.h: what an open recording consists of
 *
 * Private to omv-recording.c and omv-recording-read.c.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-recording.h>

G_BEGIN_DECLS

struct _OmvRecording {
  OmvSource *source;
  GstOmvWalk start;
  GstOmvVersion version;
  GFile *sidecar_owner;         /* NULL: no sidecar is to be read any more */

  GstOmvIndex *index;
  guint64 indexed_end;          /* bytes there were when it was completed */
  GstOmvWalk walk;              /* behind the last frame read … */
  gboolean has_walk;            /* … if one was */
};

/* What became of a search for a frame. */
typedef enum {
  OMV_FOUND,
  OMV_KNOWN,                    /* the index has passed it */
  OMV_ABSENT,                   /* behind the end, or behind damage */
  OMV_STALE,                    /* the index is wrong */
  OMV_FAILED                    /* with an error, from reading */
} OmvOutcome;

void omv_recording_try_sidecar (OmvRecording * self);
gboolean omv_recording_take_step (OmvRecording * self, GstOmvWalk * walk,
    GstOmvWalkResult * ret_result, GstOmvWalkStep * ret_step,
    GError ** error);
OmvOutcome omv_recording_extend_to (OmvRecording * self, guint64 number,
    GstOmvWalk * ret_walk, GstOmvWalkStep * ret_step, GError ** error);

G_END_DECLS
