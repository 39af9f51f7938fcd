/* rewrite.c: from a recording to a recording, the frames as they are
 *
 * Only times change, and which frames there are: no picture is looked at.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "convert.h"

#include "omvcopy.h"
#include "omvsidecars.h"

typedef struct
{
  const OmvConvertOptions *options;
  OmvRetime retime;
  OmvCopy *copy;
  gboolean has_frames;          /* the input has, whether they are wanted or not */
  gboolean is_refused;          /* the version cannot hold one that is wanted */
  guint64 shift;                /* the time of the first frame that has become
                                 * that of the output's start */
} Rewrite;

/* Exact times may be those of any clock, as only their differences count. They
 * stay until the differences change. */
static guint64
get_exact_time (const Rewrite * self, const GstOmvFrameHeader * header,
    guint64 time)
{
  const OmvSelection *selection = &self->options->selection;
  const gboolean is_true = selection->speed == 1.0 && selection->max_gap == 0;

  if (header->exact_time != GST_OMV_TIME_NONE && is_true)
    return header->exact_time;
  return header->exact_time != GST_OMV_TIME_NONE || self->options->exact_time
      ? time : GST_OMV_TIME_NONE;
}

/* What no version holds is left out. */
static gboolean
needs_newer_version (const Rewrite * self, GstOmvPixelFormat format)
{
  return self->options->has_version
      && !gst_omv_version_can_hold (self->options->version, format)
      && gst_omv_version_can_hold (GST_OMV_VERSION_V2_0, format);
}

static gboolean
on_step (GstOmvWalkResult result, const GstOmvWalkStep * step,
    gpointer user_data)
{
  Rewrite *self = user_data;
  guint64 time;

  if (result != GST_OMV_WALK_FRAME)
    return TRUE;

  self->has_frames = TRUE;
  switch (omv_retime_frame (&self->retime, step->number, step->time, &time)) {
    case OMV_RETIME_END:
      return FALSE;
    case OMV_RETIME_DROP:
      return TRUE;
    case OMV_RETIME_TAKE:
      break;
  }
  self->is_refused = needs_newer_version (self, step->header.format);
  if (self->is_refused)
    return FALSE;
  if (omv_copy_get_n_frames (self->copy) == 0)
    self->shift = step->time - MIN (step->time, time);
  return omv_copy_add (self->copy, step, time,
      get_exact_time (self, &step->header, time));
}

gint
omv_rewrite_run (OmvTool * tool, const OmvConvertOptions * options,
    const gchar * in, const gchar * out)
{
  gchar *inputs[] = { (gchar *) in, NULL };
  GstOmvVersion version = options->version;
  g_autoptr (OmvSidecars) sidecars = NULL;
  g_autoptr (OmvCopy) copy = NULL;
  Rewrite self = {.options = options };

  if (!options->has_version && !options->exact_time
      && !omv_copy_choose_version (inputs, &version))
    return OMV_EXIT_FAILED;

  copy = self.copy = omv_copy_new (tool, out, inputs, version);
  if (copy == NULL)
    return OMV_EXIT_FAILED;
  sidecars = omv_sidecars_new (tool, out);
  if (sidecars == NULL)
    return OMV_EXIT_FAILED;
  omv_retime_init (&self.retime, &options->selection);
  if (!omv_copy_walk (copy, in, on_step, &self))
    return OMV_EXIT_FAILED;
  if (self.is_refused)
    return omv_fail_usage (tool, _("Version 1.1 cannot hold this format."));
  if (self.has_frames && omv_copy_get_n_frames (copy) == 0)
    return omv_fail_with (in, _("There is no picture in the part that was "
            "asked for."));
  omv_copy_note_left_out (copy, in);

  omv_sidecars_take_metadata (sidecars, in, self.shift);
  omv_sidecars_take_lines (sidecars, in, omv_copy_find_number, copy);
  if (!omv_copy_finish (copy) || !omv_sidecars_store (sidecars))
    return OMV_EXIT_FAILED;
  return omv_copy_check_damage (copy, in) ? OMV_EXIT_FAILED : OMV_EXIT_FINE;
}
