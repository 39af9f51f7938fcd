/* omv-report.c: what a user is told about a recording's damage
 *
 * Each damaged stretch is a warning of its own, up to a number: a recording with
 * thousands of them must not flood the bus. The end tells the rest. Nothing is
 * told twice, however often one seeks or loops over it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-report.h"

#include <gst/omv/omv-i18n.h>
#include <inttypes.h>
#include <string.h>

void
omv_report_init (OmvReport * report, GstElement * element)
{
  memset (report, 0, sizeof *report);
  report->element = element;
}

static void
warn (OmvReport * report, gchar * text)
{
  gst_element_message_full (report->element, GST_MESSAGE_WARNING,
      GST_STREAM_ERROR, GST_STREAM_ERROR_DEMUX, text, NULL, __FILE__,
      G_STRFUNC, __LINE__);
}

static gboolean
is_told (const OmvReport * report, guint64 offset)
{
  for (guint i = 0; i < MIN (report->damages, OMV_REPORT_DAMAGES_MAX); i++) {
    if (report->told[i] == offset)
      return TRUE;
  }

  return report->ended;
}

void
omv_report_damage (OmvReport * report, const GstOmvWalkStep * step)
{
  if (is_told (report, step->offset))
    return;

  if (report->damages < OMV_REPORT_DAMAGES_MAX) {
    report->told[report->damages] = step->offset;
    warn (report, gst_omv_walk_step_describe (step));
  }
  report->damages++;
}

void
omv_report_pixelless (OmvReport * report, const GstOmvWalkStep * frame)
{
  if (report->ended)
    return;

  if (report->pixelless++ == 0)
    warn (report, g_strdup_printf (_("Frame %" PRIu64 " at byte %" PRIu64
                " is of the format ARGB8, of which cameras store no pixels; "
                "such frames are left out."), frame->number, frame->offset));
}

void
omv_report_end (OmvReport * report, const GstOmvWalkStep * step)
{
  if (report->ended)
    return;
  report->ended = TRUE;

  if (step->fault == GST_OMV_FAULT_TORN)
    warn (report, g_strdup_printf (_("The recording ends within frame %"
                PRIu64 " at byte %" PRIu64
                "; all frames before it are whole."), step->number,
            step->offset));
  if (report->damages > OMV_REPORT_DAMAGES_MAX)
    warn (report, g_strdup_printf (_("The recording is damaged in %" PRIu64
                " places; the first %d were reported."), report->damages,
            OMV_REPORT_DAMAGES_MAX));
  if (report->pixelless > 1)
    warn (report, g_strdup_printf (_("%" PRIu64
                " frames of the format ARGB8 were left out."),
            report->pixelless));
}
