/* omvparts.c: which files a recording of many consists of
 *
 * What somebody wants to know who opens a directory: how many files it is, when
 * nothing was recorded, and of which files that is not known.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvparts.h"

#include <inttypes.h>

#include "omvtext.h"

static gchar *
describe_all (GList * parts)
{
  guint n_gaps = 0, n_guessed = 0;
  guint64 missing = 0;
  g_autofree gchar *time = NULL;

  for (GList * l = parts; l != NULL; l = l->next) {
    const GstOmvPart *part = l->data;

    n_gaps += part->gap > 0;
    missing += part->gap;
    n_guessed += !part->is_placed;
  }

  time = omv_text_seconds (missing);
  if (n_guessed > 0)
    return
        g_strdup_printf (_("%u; gaps between them: %u, %s s in all; not known "
            "before: %u"), g_list_length (parts), n_gaps, time, n_guessed);
  return g_strdup_printf (_("%u; gaps between them: %u, %s s in all"),
      g_list_length (parts), n_gaps, time);
}

static gchar *
describe (const GstOmvPart * part)
{
  g_autofree gchar *name = g_file_get_basename (part->file);
  g_autofree gchar *shown = g_filename_display_name (name);
  g_autofree gchar *time = omv_text_seconds (part->time);
  g_autofree gchar *gap = omv_text_seconds (part->gap);

  if (part->gap == 0)
    return g_strdup_printf (_("%s: frames: %" PRIu64 ", from %s s on"), shown,
        part->n_frames, time);
  return g_strdup_printf (_("%s: frames: %" PRIu64 ", from %s s on, behind a "
          "gap of %s s"), shown, part->n_frames, time, gap);
}

GPtrArray *
omv_parts_describe (GList * parts, guint n_lines_max)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  guint n = 0;

  g_ptr_array_add (lines, describe_all (parts));
  for (GList * l = parts; l != NULL && n < n_lines_max; l = l->next, n++)
    g_ptr_array_add (lines, describe (l->data));
  n = g_list_length (parts);
  if (n > n_lines_max)
    g_ptr_array_add (lines, g_strdup_printf (_("and %u further files"),
            n - n_lines_max));

  return lines;
}

void
omv_parts_add_json (GList * parts, OmvJson * json)
{
  omv_json_begin_array (json, "files");
  for (GList * l = parts; l != NULL; l = l->next) {
    const GstOmvPart *part = l->data;
    g_autofree gchar *path = g_file_get_path (part->file);

    omv_json_begin_object (json, NULL);
    omv_json_add_file_name (json, "file", path);
    omv_json_add_uint (json, "number", part->number);
    omv_json_add_uint (json, "frames", part->n_frames);
    omv_json_add_time (json, "time", part->time);
    omv_json_add_time (json, "gap", part->gap);
    omv_json_add_boolean (json, "placed", part->is_placed);
    omv_json_end_object (json);
  }
  omv_json_end_array (json);
}

void
omv_parts_free (GList * parts)
{
  g_list_free_full (parts, (GDestroyNotify) gst_omv_part_free);
}
