/* cut.c: omvstr cut: a part of a recording, without re-encoding
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <inttypes.h>
#include <stdio.h>

#include "commands.h"
#include "omvcopy.h"
#include "omvparse.h"
#include "omvsidecars.h"
#include "omvtext.h"

static gchar *from_text, *to_text;

static const GOptionEntry options[] = {
  {"from", 0, 0, G_OPTION_ARG_STRING, &from_text,
        N_("The first frame: a time (1:02.5, 90s, 500ms) or a number (#120)"),
      N_("PLACE")},
  {"to", 0, 0, G_OPTION_ARG_STRING, &to_text,
        N_("Where to end: a time or a number, whose frame is left out"),
      N_("PLACE")},
  {NULL}
};

typedef struct
{
  OmvCopy *copy;
  OmvPlace from, to;
  gboolean has_first;
  guint64 start;                /* the time that is 0 now */
} Cut;

static gboolean
is_before (const GstOmvWalkStep * step, const OmvPlace * place)
{
  return (place->is_frame ? step->number : step->time) < place->value;
}

/* Time starts at the first frame that is kept, unless that is the recording's
 * first one. */
static gboolean
on_step (GstOmvWalkResult result, const GstOmvWalkStep * step,
    gpointer user_data)
{
  Cut *cut = user_data;

  if (result != GST_OMV_WALK_FRAME || is_before (step, &cut->from))
    return TRUE;
  if (!is_before (step, &cut->to))
    return FALSE;

  if (!cut->has_first) {
    cut->has_first = TRUE;
    cut->start = step->number > 0 ? step->time : 0;
  }
  return omv_copy_add (cut->copy, step, step->time - cut->start,
      step->header.exact_time);
}

/* Whether @to is known to be no later than @from. */
static gboolean
is_nothing (const OmvPlace * from, const OmvPlace * to)
{
  return from->is_frame == to->is_frame && to->value <= from->value;
}

/* FALSE: that makes no sense, which was said. */
static gboolean
read_places (const OmvTool * tool, Cut * cut)
{
  const OmvPlace end = { FALSE, G_MAXUINT64 };
  const gchar *wrong = NULL;

  cut->to = end;
  if (from_text != NULL && !omv_parse_place (from_text, &cut->from))
    wrong = from_text;
  else if (to_text != NULL && !omv_parse_place (to_text, &cut->to))
    wrong = to_text;

  if (wrong != NULL)
    (void) omv_fail_usage (tool, _("“%s” is neither a time nor a frame."),
        wrong);
  else if (from_text == NULL && to_text == NULL)
    (void) omv_fail_usage (tool, _("Neither --from nor --to is there."));
  else if (is_nothing (&cut->from, &cut->to))
    (void) omv_fail_usage (tool, _("--to must be later than --from."));
  else
    return TRUE;

  return FALSE;
}

static gint
finish (const OmvTool * tool, Cut * cut, OmvSidecars * sidecars,
    gchar ** arguments)
{
  g_autofree gchar *name = g_filename_display_name (arguments[1]);

  omv_copy_note_left_out (cut->copy, arguments[0]);
  if (omv_copy_get_n_frames (cut->copy) == 0)
    return omv_fail_with (arguments[0], _("No frame lies between these."));

  omv_sidecars_take_metadata (sidecars, arguments[0], cut->start);
  omv_sidecars_take_lines (sidecars, arguments[0],
      omv_copy_find_number, cut->copy);
  if (!omv_copy_finish (cut->copy) || !omv_sidecars_store (sidecars))
    return OMV_EXIT_FAILED;

  if (!tool->quiet)
    (void) printf (_("%s: frames: %" PRIu64 ".\n"), name,
        omv_copy_get_n_frames (cut->copy));
  return omv_copy_check_damage (cut->copy, arguments[0])
      ? OMV_EXIT_FAILED : OMV_EXIT_FINE;
}

static gint
run (OmvTool * tool, gchar ** arguments)
{
  gchar *inputs[] = { arguments[0], NULL };
  g_autoptr (OmvSidecars) sidecars = NULL;
  g_autoptr (OmvCopy) copy = NULL;
  GstOmvVersion version;
  Cut cut = { NULL, };

  if (!read_places (tool, &cut))
    return OMV_EXIT_USAGE;
  if (!omv_copy_choose_version (inputs, &version))
    return OMV_EXIT_FAILED;
  copy = omv_copy_new (tool, arguments[1], inputs, version);
  if (copy == NULL)
    return OMV_EXIT_FAILED;
  sidecars = omv_sidecars_new (tool, arguments[1]);
  if (sidecars == NULL)
    return OMV_EXIT_FAILED;

  cut.copy = copy;
  if (!omv_copy_walk (copy, arguments[0], on_step, &cut))
    return OMV_EXIT_FAILED;
  return finish (tool, &cut, sidecars, arguments);
}

const OmvCommand omv_command_cut = {
  "cut", N_("IN OUT"), N_("Keep a part of a recording, as it is stored."),
  "  omvstr cut --from 1:30 --to 2:00 run.bin part.bin\n"
      "  omvstr cut --from '#100' --to '#200' run.bin part.bin\n",
  options, 2, 2, OMV_COMMAND_WRITES, run
};
