/* omv-output.h: from a frame of a recording to what leaves a pad
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/gst.h>
#include <gst/omv/omv.h>

G_BEGIN_DECLS

/* All fields belong to the streaming thread. */
typedef struct
{
  gint rate_numerator;          /* of all caps, never changed */
  gint rate_denominator;
  gboolean frames;              /* all leave as video/x-omv-frame */

  gboolean configured;          /* the fields below are those of the pad */
  GstOmvVersion version;
  GstOmvPixelFormat format;
  gint width;
  gint height;
  gboolean binary;              /* 1-bit frames leave as they are stored */
  gboolean passthrough;         /* payloads leave as they lie in the file */
  gboolean takes_meta;          /* downstream understands GstVideoMeta */
} OmvOutput;

void omv_output_init (OmvOutput * output, gboolean frames);
void omv_output_configure (OmvOutput * output, GstPad * pad,
    const GstOmvWalkStep * frame);
GstBuffer *omv_output_convert (const OmvOutput * output,
    const GstOmvWalkStep * frame, GstBuffer * payload);

G_END_DECLS
