/* omv-report.h: what a user is told about a recording's damage
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/gst.h>
#include <gst/omv/omv.h>

G_BEGIN_DECLS

#define OMV_REPORT_DAMAGES_MAX 10

/* Places of one kind that were passed so far. */
typedef struct
{
  GHashTable *offsets;          /* of guint64: where they are */
  guint64 count;
  guint64 told;                 /* @count when the end of a pass told it */
} OmvReportPlaces;

/* All fields belong to the streaming thread. */
typedef struct
{
  GstElement *element;          /* posts the messages; not owned */
  OmvReportPlaces damages;      /* damaged stretches */
  OmvReportPlaces pixelless;    /* ARGB8 frames */
  gboolean torn;                /* a torn end has been reported */
  gboolean ended;               /* a pass has ended */
} OmvReport;

void omv_report_init (OmvReport * report, GstElement * element);
void omv_report_reset (OmvReport * report);
void omv_report_clear (OmvReport * report);
void omv_report_damage (OmvReport * report, const GstOmvWalkStep * step);
void omv_report_pixelless (OmvReport * report, const GstOmvWalkStep * frame);
void omv_report_torn (OmvReport * report, const GstOmvWalkStep * step);
void omv_report_end (OmvReport * report);

G_END_DECLS
