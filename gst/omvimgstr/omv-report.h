/* omv-report.h: what a user is told about a recording's damage
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/gst.h>
#include <gst/omv/omv.h>

G_BEGIN_DECLS

#define OMV_REPORT_DAMAGES_MAX 10

/* All fields belong to the streaming thread. */
typedef struct
{
  GstElement *element;          /* posts the messages; not owned */
  guint64 damages;              /* damaged stretches so far … */
  guint64 told[OMV_REPORT_DAMAGES_MAX]; /* … and where the first of them are */
  guint64 pixelless;            /* ARGB8 frames so far */
  gboolean ended;               /* the end has been reported, and so all */
} OmvReport;

void omv_report_init (OmvReport * report, GstElement * element);
void omv_report_damage (OmvReport * report, const GstOmvWalkStep * step);
void omv_report_pixelless (OmvReport * report, const GstOmvWalkStep * frame);
void omv_report_end (OmvReport * report, const GstOmvWalkStep * step);

G_END_DECLS
