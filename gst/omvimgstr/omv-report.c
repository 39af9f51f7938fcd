/* omv-report.c: what a user is told about a recording's damage
 *
 * Each damaged stretch is a warning of its own, up to a number: a recording with
 * thousands of them must not flood the bus. The end tells the rest.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-report.h"

#include <gst/omv/omv-i18n.h>
#include <inttypes.h>

#define DAMAGES_MAX 10

void
omv_report_init (OmvReport * report, GstElement * element)
{
  *report = (OmvReport) {
  .element = element};
}

/*
 * omv_report_silence:
 *
 * For a second pass over the same recording: all has been said.
 */
void
omv_report_silence (OmvReport * report)
{
  report->silent = TRUE;
}

static void
warn (OmvReport * report, gchar * text)
{
  gst_element_message_full (report->element, GST_MESSAGE_WARNING,
      GST_STREAM_ERROR, GST_STREAM_ERROR_DEMUX, text, NULL, __FILE__,
      G_STRFUNC, __LINE__);
}

void
omv_report_damage (OmvReport * report, const GstOmvWalkStep * step)
{
  if (!report->silent && report->damages++ < DAMAGES_MAX)
    warn (report, gst_omv_walk_step_describe (step));
}

void
omv_report_pixelless (OmvReport * report, const GstOmvWalkStep * frame)
{
  if (!report->silent && report->pixelless++ == 0)
    warn (report, g_strdup_printf (_("Frame %" PRIu64 " at byte %" PRIu64
                " is of the format ARGB8, of which cameras store no pixels; "
                "such frames are left out."), frame->number, frame->offset));
}

void
omv_report_end (OmvReport * report, const GstOmvWalkStep * step)
{
  if (report->silent)
    return;

  if (step->fault == GST_OMV_FAULT_TORN)
    warn (report, g_strdup_printf (_("The recording ends within frame %"
                PRIu64 " at byte %" PRIu64
                "; all frames before it are whole."), step->number,
            step->offset));
  if (report->damages > DAMAGES_MAX)
    warn (report, g_strdup_printf (_("The recording is damaged in %" PRIu64
                " places; the first %d were reported."), report->damages,
            DAMAGES_MAX));
  if (report->pixelless > 1)
    warn (report, g_strdup_printf (_("%" PRIu64
                " frames of the format ARGB8 were left out."),
            report->pixelless));
}
