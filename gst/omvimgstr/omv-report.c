/* omv-report.c: what a user is told about a recording's damage
 *
 * Each damaged stretch is a warning of its own, up to a number: a recording with
 * thousands of them must not flood the bus. The end of a pass tells the rest.
 * Nothing is told twice, however often and in whatever direction one passes it, and
 * nothing is taken for told that was not passed yet.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-report.h"

#include <gst/omv/omv-i18n.h>
#include <inttypes.h>

/* So many places are known again. What is beyond is counted in the first pass. */
#define KNOWN_MAX 16384

static GHashTable *
make_table (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

static void
reset_places (OmvReportPlaces * places)
{
  g_hash_table_remove_all (places->offsets);
  places->count = 0;
  places->told = 0;
}

void
omv_report_reset (OmvReport * report)
{
  reset_places (&report->damages);
  reset_places (&report->pixelless);
  report->torn = FALSE;
  report->ended = FALSE;
}

void
omv_report_init (OmvReport * report, GstElement * element)
{
  report->element = element;
  report->damages.offsets = make_table ();
  report->pixelless.offsets = make_table ();
  omv_report_reset (report);
}

void
omv_report_clear (OmvReport * report)
{
  g_hash_table_unref (report->damages.offsets);
  g_hash_table_unref (report->pixelless.offsets);
}

static void
warn (OmvReport * report, gchar * text)
{
  gst_element_message_full (report->element, GST_MESSAGE_WARNING,
      GST_STREAM_ERROR, GST_STREAM_ERROR_DEMUX, text, NULL, __FILE__,
      G_STRFUNC, __LINE__);
}

/* Counts the place at @offset, unless it was passed before. */
static gboolean
count_place (OmvReport * report, OmvReportPlaces * places, guint64 offset)
{
  if (g_hash_table_contains (places->offsets, &offset))
    return FALSE;

  if (g_hash_table_size (places->offsets) < KNOWN_MAX)
    g_hash_table_add (places->offsets, g_memdup2 (&offset, sizeof offset));
  else if (report->ended)
    return FALSE;
  places->count++;

  return TRUE;
}

void
omv_report_damage (OmvReport * report, const GstOmvWalkStep * step)
{
  if (count_place (report, &report->damages, step->offset)
      && report->damages.count <= OMV_REPORT_DAMAGES_MAX)
    warn (report, gst_omv_walk_step_describe (step));
}

void
omv_report_pixelless (OmvReport * report, const GstOmvWalkStep * frame)
{
  if (count_place (report, &report->pixelless, frame->offset)
      && report->pixelless.count == 1)
    warn (report, g_strdup_printf (_("Frame %" PRIu64 " at byte %" PRIu64
                " is of the format ARGB8, of which cameras store no pixels; "
                "such frames are left out."), frame->number, frame->offset));
}

/* @step: the end, within a frame */
void
omv_report_torn (OmvReport * report, const GstOmvWalkStep * step)
{
  if (report->torn)
    return;
  report->torn = TRUE;

  warn (report, g_strdup_printf (_("The recording ends within frame %" PRIu64
              " at byte %" PRIu64 "; all frames before it are whole."),
          step->number, step->offset));
}

/* Whether there are more than @reported places, and more than were told. */
static gboolean
has_more (OmvReportPlaces * places, guint64 reported)
{
  if (places->count <= MAX (reported, places->told))
    return FALSE;
  places->told = places->count;

  return TRUE;
}

/* At the end of a pass. */
void
omv_report_end (OmvReport * report)
{
  report->ended = TRUE;

  if (has_more (&report->damages, OMV_REPORT_DAMAGES_MAX))
    warn (report, g_strdup_printf (_("The recording is damaged in %" PRIu64
                " places; the first %d were reported."), report->damages.count,
            OMV_REPORT_DAMAGES_MAX));
  if (has_more (&report->pixelless, 1))
    warn (report, g_strdup_printf (_("%" PRIu64
                " frames of the format ARGB8 were left out."),
            report->pixelless.count));
}
