/* omv-mux-sidecar.h: the FILE.json that omvstrmux writes
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv.h>

G_BEGIN_DECLS

/* What is known when the first frame comes. */
typedef struct {
  GstElement *element;          /* which says what goes wrong */
  GstPad *srcpad;               /* behind which the file is */
  const GstSegment *segment;    /* of what comes in */
  const GstTagList *tags;       /* or NULL */
  GstClockTime zero;            /* running time of the first frame … */
  GstClockTime origin;          /* … and its time in the recording */
} OmvMuxSidecar;

/* @buffer: the first frame as it came, stored as @payload */
void omv_mux_sidecar_write (const OmvMuxSidecar * sidecar, GstBuffer * buffer,
    const GstOmvFrameHeader * header, GstBuffer * payload);

G_END_DECLS
