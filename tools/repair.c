/* repair.c: omvstr repair: what can be saved of a damaged recording
 *
 * Every good frame is copied at its time, and what was lost is said. A frame is
 * copied only once the walk has gone on behind it: if its size was false, good
 * frames lie within it, and it is a part of the damage. Frames that look like an
 * older recording's (omvremains.c says when) are good frames, too, and nobody
 * can be sure; so they are pointed out, and left out only on demand.
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
#include "omvjson.h"
#include "omvremains.h"
#include "omvsidecars.h"
#include "omvtext.h"

/* Lines that are printed of each kind; JSON has them all. */
#define N_LINES_MAX 20

static gboolean stop_at_damage, drop_old;

static const GOptionEntry options[] = {
  {"stop-at-damage", 0, 0, G_OPTION_ARG_NONE, &stop_at_damage,
      N_("End before the first damage"), NULL},
  {"drop-old", 0, 0, G_OPTION_ARG_NONE, &drop_old,
        N_("Leave out what looks like an older recording left in the file"),
      NULL},
  {NULL}
};

typedef struct
{
  OmvCopy *copy;
  OmvSidecars *sidecars;

  GstOmvWalkStep held;          /* a frame that is not copied yet … */
  gboolean has_held;            /* … if there is one */
  gboolean has_passed;          /* there was a frame … */
  guint64 passed_time;          /* … at this time … */
  gboolean behind_damage;       /* … and damage after it */

  OmvRemainsFinder *finder;
  const GArray *dropped;        /* of OmvRemains; nullable */
  guint next_dropped;
  guint64 n_dropped;

  GPtrArray *damages;           /* of GstOmvDamage */
  guint64 n_lost;               /* bytes */
  guint64 n_gaps;               /* restored by exact times, … */
  guint64 gap;                  /* … ns of them */
} Repair;

static void
repair_clear (Repair * repair)
{
  g_clear_pointer (&repair->copy, omv_copy_free);
  g_clear_pointer (&repair->sidecars, omv_sidecars_free);
  omv_remains_finder_free (repair->finder);
  g_ptr_array_unref (repair->damages);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Repair, repair_clear);

static void
repair_init (Repair * repair)
{
  repair->finder = omv_remains_finder_new ();
  repair->damages =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_omv_damage_free);
}

/* ---- the walk ---- */

static gboolean
is_dropped (Repair * repair, guint64 number)
{
  const OmvRemains *remains;

  if (repair->dropped == NULL)
    return FALSE;

  while (repair->next_dropped < repair->dropped->len) {
    remains = &g_array_index (repair->dropped, OmvRemains,
        repair->next_dropped);
    if (number <= remains->last)
      return number >= remains->first;
    repair->next_dropped++;
  }

  return FALSE;
}

/* A frame behind damage may come later than its interval says. */
static void
note_gap (Repair * repair, const GstOmvWalkStep * step)
{
  guint64 unit = gst_omv_version_get_unit (step->version);
  guint64 due = repair->passed_time + (step->header.interval + 1) * unit;

  if (repair->has_passed && repair->behind_damage && step->time > due) {
    repair->n_gaps++;
    repair->gap += step->time - (due - unit);
  }
  repair->has_passed = TRUE;
  repair->passed_time = step->time;
  repair->behind_damage = FALSE;
}

static gboolean
copy_held (Repair * repair)
{
  const GstOmvWalkStep *step = &repair->held;

  if (!repair->has_held)
    return TRUE;

  repair->has_held = FALSE;
  note_gap (repair, step);
  omv_remains_finder_step (repair->finder, GST_OMV_WALK_FRAME, step);
  if (is_dropped (repair, step->number)) {
    repair->n_dropped++;
    return TRUE;
  }
  return omv_copy_add (repair->copy, step, step->time, step->header.exact_time);
}

static void
add_damage (Repair * repair, const GstOmvWalkStep * step)
{
  const GstOmvDamage damage = {
    step->number, step->offset, step->size, step->fault
  };

  g_ptr_array_add (repair->damages, gst_omv_damage_copy (&damage));
  repair->n_lost += step->size;
  repair->behind_damage = TRUE;
}

static gboolean
on_step (GstOmvWalkResult result, const GstOmvWalkStep * step,
    gpointer user_data)
{
  Repair *repair = user_data;

  if (result != GST_OMV_WALK_FRAME && repair->has_held
      && step->offset <= repair->held.offset)
    repair->has_held = FALSE;   /* its size was false */
  if (!copy_held (repair))
    return FALSE;

  if (result == GST_OMV_WALK_FRAME) {
    repair->held = *step;
    repair->has_held = TRUE;
    return TRUE;
  }

  omv_remains_finder_step (repair->finder, result, step);
  if (step->size > 0)
    add_damage (repair, step);
  return step->size == 0 || !stop_at_damage;
}

/* ---- what is to be dropped ---- */

static gboolean
on_look (GstOmvWalkResult result, const GstOmvWalkStep * step,
    gpointer user_data)
{
  omv_remains_finder_step (user_data, result, step);
  return !omv_is_interrupted ();
}

/* Looks for an older recording beforehand. NULL after omv_fail(). */
static OmvRemainsFinder *
look (const gchar * path)
{
  g_autoptr (OmvRemainsFinder) finder = omv_remains_finder_new ();
  g_autoptr (GstOmvReader) reader = omv_open_reader (path);
  g_autoptr (GError) error = NULL;

  if (reader == NULL)
    return NULL;
  if (!gst_omv_reader_walk (reader, on_look, finder, &error)) {
    (void) omv_fail (path, error);
    return NULL;
  }

  return g_steal_pointer (&finder);
}

/* ---- the report ---- */

static const gchar *
describe_reason (OmvRemainsReason reason)
{
  switch (reason) {
    case OMV_REMAINS_KIND:
      return _("their formats or sizes are others");
    case OMV_REMAINS_RATE:
      return _("their rate is another");
    case OMV_REMAINS_CLOCK:
      return _("their exact times begin before those of the frames in front");
  }

  return NULL;
}

static void
print_damages (const Repair * repair)
{
  guint n = repair->damages->len;

  for (guint i = 0; i < MIN (n, N_LINES_MAX); i++) {
    g_autofree gchar *words =
        gst_omv_damage_describe (g_ptr_array_index (repair->damages, i));

    (void) printf ("%s\n", words);
  }
  if (n > N_LINES_MAX)
    (void) printf (_("And %u further places.\n"), n - N_LINES_MAX);
}

static void
print_remains (const Repair * repair)
{
  const GArray *remains = omv_remains_finder_get (repair->finder);

  for (guint i = 0; i < MIN (remains->len, N_LINES_MAX); i++) {
    const OmvRemains *stretch = &g_array_index (remains, OmvRemains, i);

    (void) printf (_("Frames %" PRIu64 " to %" PRIu64 ", bytes %" PRIu64
            " to %" PRIu64 ", look like an older recording: %s.\n"),
        stretch->first, stretch->last, stretch->offset, stretch->end,
        describe_reason (stretch->reason));
  }
  if (remains->len > N_LINES_MAX)
    (void) printf (_("And %u further stretches.\n"),
        remains->len - N_LINES_MAX);
  if (remains->len > 0 && repair->n_dropped == 0)
    (void) printf ("%s\n", _("They were kept; --drop-old leaves them out."));
}

static void
print_report (const Repair * repair, const gchar * path)
{
  g_autofree gchar *name = g_filename_display_name (path);
  g_autofree gchar *gap = omv_text_seconds (repair->gap);
  g_autofree gchar *lost = omv_text_size (repair->n_lost);
  guint64 n_left_out = omv_copy_get_n_left_out (repair->copy);

  print_damages (repair);
  print_remains (repair);
  if (repair->n_gaps > 0)
    (void) printf (_("Exact times restored gaps: %" PRIu64
            ", of %s s altogether.\n"), repair->n_gaps, gap);
  if (n_left_out > 0)
    (void) printf (_("Frames left out because they hold no picture: %" PRIu64
            ".\n"), n_left_out);
  if (repair->n_dropped > 0)
    (void) printf (_("Frames left out because they look old: %" PRIu64 ".\n"),
        repair->n_dropped);

  if (repair->damages->len == 0)
    (void) printf (_("%s: frames: %" PRIu64 ", nothing was damaged.\n"), name,
        omv_copy_get_n_frames (repair->copy));
  else
    (void) printf (_("%s: frames: %" PRIu64
            ", damaged places: %u, lost: %s.\n"), name,
        omv_copy_get_n_frames (repair->copy), repair->damages->len, lost);
}

static const gchar *
get_reason_name (OmvRemainsReason reason)
{
  static const gchar *const names[] = { "kind", "rate", "clock" };

  return names[reason];
}

static void
add_remains (OmvJson * json, const Repair * repair)
{
  const GArray *remains = omv_remains_finder_get (repair->finder);

  omv_json_begin_array (json, "old");
  for (guint i = 0; i < remains->len; i++) {
    const OmvRemains *stretch = &g_array_index (remains, OmvRemains, i);

    omv_json_begin_object (json, NULL);
    omv_json_add_uint (json, "first", stretch->first);
    omv_json_add_uint (json, "last", stretch->last);
    omv_json_add_uint (json, "offset", stretch->offset);
    omv_json_add_uint (json, "size", stretch->end - stretch->offset);
    omv_json_add_string (json, "reason", get_reason_name (stretch->reason));
    omv_json_end_object (json);
  }
  omv_json_end_array (json);
}

static void
print_json (const Repair * repair, gchar ** arguments)
{
  OmvJson json = { 0, };

  omv_json_begin_object (&json, NULL);
  omv_json_add_file_name (&json, "file", arguments[0]);
  omv_json_add_file_name (&json, "output", arguments[1]);
  omv_json_add_uint (&json, "frames", omv_copy_get_n_frames (repair->copy));
  omv_json_add_uint (&json, "lost", repair->n_lost);
  omv_json_add_uint (&json, "gaps", repair->n_gaps);
  omv_json_add_time (&json, "gap", repair->gap);
  omv_json_add_uint (&json, "left_out", omv_copy_get_n_left_out (repair->copy));
  omv_json_add_uint (&json, "dropped", repair->n_dropped);
  omv_json_add_damages (&json, repair->damages);
  add_remains (&json, repair);
  omv_json_end_object (&json);
  (void) putchar ('\n');
}

/* ---- the command ---- */

/* FALSE after omv_fail(). */
static gboolean
open_output (Repair * repair, const OmvTool * tool, gchar ** arguments)
{
  gchar *inputs[] = { arguments[0], NULL };
  GstOmvVersion version;

  if (!omv_copy_choose_version (inputs, &version))
    return FALSE;
  repair->copy = omv_copy_new (tool, arguments[1], inputs, version);
  if (repair->copy == NULL)
    return FALSE;

  repair->sidecars = omv_sidecars_new (tool, arguments[1]);
  return repair->sidecars != NULL;
}

static gint
run (OmvTool * tool, gchar ** arguments)
{
  g_auto (Repair) repair = { NULL, };
  g_autoptr (OmvRemainsFinder) finder = NULL;
  const gchar *path = arguments[0];

  repair_init (&repair);
  if (!open_output (&repair, tool, arguments))
    return OMV_EXIT_FAILED;
  if (drop_old && (finder = look (path)) == NULL)
    return OMV_EXIT_FAILED;
  repair.dropped = finder != NULL ? omv_remains_finder_get (finder) : NULL;

  if (!omv_copy_walk (repair.copy, path, on_step, &repair))
    return OMV_EXIT_FAILED;
  omv_sidecars_take_metadata (repair.sidecars, path, 0);
  omv_sidecars_take_lines (repair.sidecars, path,
      omv_copy_find_number, repair.copy);
  if (!omv_copy_finish (repair.copy)
      || !omv_sidecars_store (repair.sidecars))
    return OMV_EXIT_FAILED;

  if (tool->json)
    print_json (&repair, arguments);
  else if (!tool->quiet)
    print_report (&repair, arguments[1]);
  return OMV_EXIT_FINE;
}

const OmvCommand omv_command_repair = {
  "repair", N_("IN OUT"), N_("Save what is good of a damaged recording."),
  "  omvstr repair run.bin whole.bin\n"
      "  omvstr repair --drop-old --json card.bin whole.bin\n",
  options, 2, 2, OMV_COMMAND_JSON | OMV_COMMAND_WRITES, run
};
