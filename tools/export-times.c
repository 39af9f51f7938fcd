/* export-times.c: what is left of the times if each frame gets the same
 *
 * OUT.times.csv has a line for each frame that went into OUT. It is refused before
 * anything is converted, and gets its name behind OUT.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "export.h"

#include <inttypes.h>
#include <stdio.h>

#include "omvoutput.h"
#include "omvtext.h"

struct _OmvExportTimes
{
  const OmvTool *tool;
  gchar *path;
  OmvOutput *output;
  GArray *times;                /* as those of an OmvPlan */
};

OmvExportTimes *
omv_export_times_new (const OmvTool * tool, const gchar * out,
    const OmvPlan * plan)
{
  g_autofree gchar *path = g_strconcat (out, ".times.csv", NULL);
  OmvOutput *output = omv_output_new (tool, path, NULL);
  OmvExportTimes *self;

  if (output == NULL)
    return NULL;

  self = g_new0 (OmvExportTimes, 1);
  self->tool = tool;
  self->path = g_steal_pointer (&path);
  self->output = output;
  self->times = g_array_copy (plan->times);
  return self;
}

static gboolean
write_lines (const OmvExportTimes * self, guint64 n_frames, FILE * file)
{
  gboolean fine = fputs ("frame,source,time\n", file) >= 0;
  guint64 n_written = 0;

  for (guint i = 0; i < self->times->len && n_written < n_frames; i++) {
    guint64 time = g_array_index (self->times, guint64, i);
    g_autofree gchar *seconds = NULL;

    if (time == GST_OMV_TIME_NONE)
      continue;
    seconds = omv_text_seconds (time);
    fine = fprintf (file, "%" PRIu64 ",%u,%s\n", n_written++, i, seconds) > 0
        && fine;
  }

  return fine;
}

gboolean
omv_export_times_commit (OmvExportTimes * self, const gchar * out,
    guint64 n_frames)
{
  FILE *file = fopen (omv_output_get_part (self->output), "we");
  gboolean fine = file != NULL && write_lines (self, n_frames, file);

  if (file != NULL)
    fine = fclose (file) == 0 && fine;
  if (!fine) {
    (void) omv_fail_with (self->path, _("The file cannot be written."));
    return FALSE;
  }
  if (!omv_output_commit (self->output))
    return FALSE;

  omv_note (self->tool, out, _("The times of the frames are in %s."),
      self->path);
  return TRUE;
}

void
omv_export_times_free (OmvExportTimes * self)
{
  omv_output_free (self->output);
  g_array_unref (self->times);
  g_free (self->path);
  g_free (self);
}
