/* cat.c: omvstr cat: recordings one behind the other, without re-encoding
 *
 * How long nothing was recorded between two files is known if frames on both
 * sides have exact times of one clock; else the first frame of a file comes as
 * long after the last one of the file before as that came after the one before
 * it.
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
#include "omvsidecars.h"
#include "omvtext.h"

/* The longest gap, in ns, that can be stored and that is believed. */
#define GAP_MAX ((guint64) G_MAXUINT32 * 1000000)

typedef struct
{
  const OmvTool *tool;
  OmvCopy *copy;
  OmvSidecars *sidecars;
  const gchar *path;            /* of the input */
  gboolean is_damaged;

  gboolean has_last;            /* a frame was copied, … */
  guint64 last_time;            /* … now at this time, … */
  guint64 last_exact;           /* … with this exact time, … */
  guint64 last_interval;        /* … and so long after the one before */

  gboolean has_first;           /* of this input */
  guint64 first_time;           /* in the input, … */
  guint64 start;                /* … and now */
} Cat;

static gboolean
get_exact_gap (const Cat * cat, guint64 exact, guint64 * ret_gap)
{
  if (exact == GST_OMV_TIME_NONE || cat->last_exact == GST_OMV_TIME_NONE
      || exact < cat->last_exact || exact - cat->last_exact > GAP_MAX)
    return FALSE;

  *ret_gap = exact - cat->last_exact;
  return TRUE;
}

/* Decides when the first frame of an input is due. */
static void
place_input (Cat * cat, const GstOmvWalkStep * step)
{
  guint64 gap = cat->last_interval;
  gboolean is_known;
  g_autofree gchar *text = NULL;

  cat->has_first = TRUE;
  cat->first_time = step->time;
  cat->start = step->time;
  if (!cat->has_last)
    return;

  is_known = get_exact_gap (cat, step->header.exact_time, &gap);
  cat->start = cat->last_time + gap;
  text = omv_text_seconds (gap);
  omv_note (cat->tool, cat->path, is_known
      ? _("It starts %s s after the frame before it, say exact times.")
      : _("It starts %s s after the frame before it, as the last interval "
          "was."), text);
}

static gboolean
on_step (GstOmvWalkResult result, const GstOmvWalkStep * step,
    gpointer user_data)
{
  Cat *cat = user_data;
  guint64 time;

  if (result != GST_OMV_WALK_FRAME)
    return TRUE;

  if (!cat->has_first)
    place_input (cat, step);
  time = MIN (cat->start + (step->time - cat->first_time), GST_OMV_TIME_MAX);
  if (cat->has_last)
    cat->last_interval = time - cat->last_time;
  cat->has_last = TRUE;
  cat->last_time = time;
  cat->last_exact = step->header.exact_time;
  return omv_copy_add (cat->copy, step, time, step->header.exact_time);
}

/* FALSE after omv_fail(). */
static gboolean
copy_input (Cat * cat, const gchar * path, gboolean is_first)
{
  cat->path = path;
  cat->has_first = FALSE;
  if (!omv_copy_walk (cat->copy, path, on_step, cat))
    return FALSE;

  omv_copy_note_left_out (cat->copy, path);
  cat->is_damaged |= omv_copy_check_damage (cat->copy, path);
  if (is_first)
    omv_sidecars_take_metadata (cat->sidecars, path, 0);
  omv_sidecars_take_lines (cat->sidecars, path,
      omv_copy_find_number, cat->copy);
  return TRUE;
}

static gint
copy_all (Cat * cat, gchar ** inputs, const gchar * path)
{
  g_autofree gchar *name = g_filename_display_name (path);

  for (guint i = 0; inputs[i] != NULL; i++) {
    if (!copy_input (cat, inputs[i], i == 0))
      return OMV_EXIT_FAILED;
  }
  if (!omv_copy_finish (cat->copy) || !omv_sidecars_store (cat->sidecars))
    return OMV_EXIT_FAILED;

  if (!cat->tool->quiet)
    (void) printf (_("%s: frames: %" PRIu64 ".\n"), name,
        omv_copy_get_n_frames (cat->copy));
  return cat->is_damaged ? OMV_EXIT_FAILED : OMV_EXIT_FINE;
}

static gint
run (OmvTool * tool, gchar ** arguments)
{
  const guint last = g_strv_length (arguments) - 1;
  const gchar *path = arguments[last];
  g_autofree gchar **named = g_memdup2 (arguments, last * sizeof *arguments
      + sizeof *arguments);
  g_auto (GStrv) inputs = NULL;
  g_autoptr (OmvSidecars) sidecars = NULL;
  g_autoptr (OmvCopy) copy = NULL;
  GstOmvVersion version;
  Cat cat = { tool, };

  named[last] = NULL;
  inputs = omv_list_files (named);
  if (inputs == NULL)
    return OMV_EXIT_FAILED;
  if (!omv_copy_choose_version (inputs, &version))
    return OMV_EXIT_FAILED;
  copy = omv_copy_new (tool, path, inputs, version);
  if (copy == NULL)
    return OMV_EXIT_FAILED;
  sidecars = omv_sidecars_new (tool, path);
  if (sidecars == NULL)
    return OMV_EXIT_FAILED;

  cat.copy = copy;
  cat.sidecars = sidecars;
  return copy_all (&cat, inputs, path);
}

const OmvCommand omv_command_cat = {
  "cat", N_("IN… OUT"), N_("Join recordings, as they are stored."),
  "  omvstr cat monday.bin tuesday.bin both.bin\n"
      "  omvstr cat clips all.bin\n",
  NULL, 2, G_MAXUINT, OMV_COMMAND_WRITES, run
};
