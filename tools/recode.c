/* recode.c: from a recording to a recording, the frames in another format or size
 *
 * An export whose container is a recording. The times are those that the frames
 * would get if they stayed as they are, and what lies beside goes along.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "export.h"

#include <inttypes.h>

#include "omvcopy.h"
#include "omvoutput.h"
#include "omvsidecars.h"

/* A recording's own format, if it has one that convert makes. */
static GstOmvPixelFormat
choose_format (const OmvConvertOptions * options, const OmvPlan * plan)
{
  if (options->format != GST_OMV_PIXEL_FORMAT_UNKNOWN)
    return options->format;

  switch (plan->format) {
    case GST_OMV_PIXEL_FORMAT_UNKNOWN:
      return GST_OMV_PIXEL_FORMAT_RGB565;
    case GST_OMV_PIXEL_FORMAT_YVU422:
      return GST_OMV_PIXEL_FORMAT_YUV422;
    default:
      return plan->format;
  }
}

/* Whether all pictures are as they are wanted. */
static gboolean
stay_as_they_are (const OmvConvertOptions * options, const OmvPlan * plan)
{
  return options->format == plan->format && options->width == 0
      && !options->has_crop && (options->quality == 0
      || options->format != GST_OMV_PIXEL_FORMAT_JPEG);
}

/* An OMV_EXIT_.
 * @options: with a format */
static gint
choose_version (const OmvTool * tool, const gchar * in, const OmvPlan * plan,
    OmvConvertOptions * options)
{
  gchar *inputs[] = { (gchar *) in, NULL };

  if (!options->has_version && !options->exact_time
      && !omv_copy_choose_version (inputs, &options->version))
    return OMV_EXIT_FAILED;

  if (!gst_omv_version_can_hold (options->version, options->format)) {
    if (options->has_version)
      return omv_fail_usage (tool, _("Version 1.1 cannot hold this format."));
    options->version = GST_OMV_VERSION_V2_0;
  }
  if (options->version == GST_OMV_VERSION_V2_0 && plan->exact)
    options->exact_time = TRUE;

  return OMV_EXIT_FINE;
}

/* ---- what lies beside ---- */

/* Of each frame of the input: its number in the output, or G_MAXUINT64. */
static GArray *
number_frames (const OmvPlan * plan, guint64 n_written)
{
  GArray *numbers = g_array_sized_new (FALSE, FALSE, sizeof (guint64),
      plan->times->len);
  guint64 n = 0;

  for (guint i = 0; i < plan->times->len; i++) {
    guint64 number = G_MAXUINT64;

    if (g_array_index (plan->times, guint64, i) != GST_OMV_TIME_NONE
        && n < n_written)
      number = n++;
    g_array_append_val (numbers, number);
  }

  return numbers;
}

static gboolean
find_number (gconstpointer data, guint64 number, guint64 * ret_number)
{
  const GArray *numbers = data;

  if (number >= numbers->len
      || g_array_index (numbers, guint64, number) == G_MAXUINT64)
    return FALSE;

  *ret_number = g_array_index (numbers, guint64, number);
  return TRUE;
}

static void
take_sidecars (OmvSidecars * sidecars, const OmvExport * self,
    const OmvExportResult * result)
{
  const OmvPlan *plan = self->plan;
  g_autoptr (GArray) numbers = number_frames (plan, result->n_written);

  omv_sidecars_take_metadata (sidecars, self->in, plan->shift);
  if (result->n_written == result->n_frames)
    omv_sidecars_take_lines (sidecars, self->in, find_number, numbers);
  else
    omv_note (self->tool, self->in, _("Frames that cannot be decoded were left "
            "out, and so is what lies beside for single frames."));
}

/* ---- all together ---- */

static gint
conclude (const OmvExport * self, const OmvExportResult * result)
{
  const OmvPlan *plan = self->plan;
  guint64 end;

  if (result->interrupted) {
    omv_note (self->tool, self->out, _("Stopped; it holds the first %" PRIu64
            " frames."), result->n_written);
    return OMV_EXIT_FAILED;
  }

  omv_convert_print_result (self->tool, self->out, result->n_written,
      self->options->format, omv_plan_get_time (plan, plan->last, &end));
  return OMV_EXIT_FINE;
}

static gint
recode (OmvExport * self)
{
  gchar *paths[] = { (gchar *) self->in, NULL };
  g_auto (GStrv) inputs = omv_list_files (paths);
  g_autoptr (OmvOutput) output = NULL;
  g_autoptr (OmvSidecars) sidecars = NULL;
  OmvExportResult result;

  if (inputs == NULL)
    return OMV_EXIT_FAILED;
  output = omv_output_new (self->tool, self->out, inputs);
  if (output == NULL)
    return OMV_EXIT_FAILED;
  sidecars = omv_sidecars_new (self->tool, self->out);
  if (sidecars == NULL || !omv_start_gstreamer ()
      || !omv_export_play (self, omv_output_get_part (output), NULL, &result))
    return OMV_EXIT_FAILED;
  if (result.n_written == 0)
    return result.interrupted
        ? omv_fail_with (self->out, _("Stopped before the first frame."))
        : omv_fail_with (self->in, _("No picture can be decoded."));

  take_sidecars (sidecars, self, &result);
  if (!omv_output_commit (output) || !omv_sidecars_store (sidecars))
    return OMV_EXIT_FAILED;
  return conclude (self, &result);
}

gint
omv_recode_run (OmvTool * tool, const OmvConvertOptions * options,
    const gchar * in, const gchar * out)
{
  OmvConvertOptions own = *options;
  g_autoptr (OmvPlan) plan = omv_plan_new (in, &options->selection);
  OmvExport self = {.tool = tool,.options = &own,.in = in,.out = out,
    .container = OMV_CONTAINER_BIN
  };
  gint status;

  if (plan == NULL)
    return OMV_EXIT_FAILED;
  own.format = choose_format (options, plan);
  if (own.quality > 0 && own.format != GST_OMV_PIXEL_FORMAT_JPEG)
    return omv_fail_usage (tool, _("%s makes no sense for this output."),
        "--quality");
  if (stay_as_they_are (&own, plan))
    return omv_rewrite_run (tool, options, in, out);
  status = choose_version (tool, in, plan, &own);
  if (status != OMV_EXIT_FINE)
    return status;

  self.plan = plan;
  return recode (&self);
}
