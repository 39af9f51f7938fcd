/* omvsidecars.c: what lies beside a recording, on its way to another one
 *
 * A recording that is cut or joined keeps what was known of it: when it was made,
 * and what belongs to its frames. None of this is worth failing for, so what
 * cannot be read is noted and left behind.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvsidecars.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "omvbeside.h"
#include "omvlost.h"
#include "omvparts.h"

#define METADATA_SUFFIX ".json"
#define LINES_SUFFIX ".jsonl"

#define NS_PER_US 1000

struct _OmvSidecars
{
  const OmvTool *tool;
  gchar *path;                  /* of the recording that is written */
  GstOmvMetadata *metadata;     /* NULL: there is none */
  GString *lines;
};

/* FALSE after omv_fail(). */
static gboolean
may_replace (const OmvTool * tool, const gchar * path, const gchar * suffix)
{
  g_autofree gchar *place = g_strconcat (path, suffix, NULL);

  if (tool->force || !g_file_test (place, G_FILE_TEST_EXISTS))
    return TRUE;

  (void) omv_fail_with (place, _("The file exists; --force overwrites it."));
  return FALSE;
}

OmvSidecars *
omv_sidecars_new (const OmvTool * tool, const gchar * path)
{
  OmvSidecars *sidecars;

  if (!may_replace (tool, path, METADATA_SUFFIX)
      || !may_replace (tool, path, LINES_SUFFIX))
    return NULL;

  sidecars = g_new0 (OmvSidecars, 1);
  sidecars->tool = tool;
  sidecars->path = g_strdup (path);
  sidecars->lines = g_string_new (NULL);
  return sidecars;
}

/* Something is wrong beside @path. That there is nothing is right. */
static void
note_error (const OmvTool * tool, const gchar * path, const gchar * suffix,
    const GError * error)
{
  g_autofree gchar *place = g_strconcat (path, suffix, NULL);

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    omv_note (tool, place, _("This is left out: %s"), error->message);
}

static void
shift_metadata (GstOmvMetadata * metadata, guint64 shift)
{
  g_autoptr (GDateTime) start = gst_omv_metadata_get_start (metadata);
  guint64 trigger_time = gst_omv_metadata_get_trigger_time (metadata);

  if (shift == 0)
    return;

  if (start != NULL) {
    g_autoptr (GDateTime) later = g_date_time_add (start,
        (GTimeSpan) (shift / NS_PER_US));

    gst_omv_metadata_set_start (metadata, later);
  }
  if (trigger_time != GST_OMV_TIME_NONE)
    gst_omv_metadata_set_trigger_time (metadata, trigger_time >= shift
        ? trigger_time - shift : GST_OMV_TIME_NONE);
}

static GstOmvReader *
open_reader (const gchar * path, GError ** error)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();

  g_object_set (reader, "resync", TRUE, NULL);
  return gst_omv_reader_open_path (reader, path, error)
      ? g_steal_pointer (&reader) : NULL;
}

/* Of GstOmvPart, which omv_parts_free() frees; NULL after a note.
 * @suffix: of what will not be found */
static GList *
list_parts (const OmvTool * tool, const gchar * path, const gchar * suffix)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstOmvReader) reader = open_reader (path, &error);
  GList *parts = reader != NULL
      ? gst_omv_reader_list_parts (reader, &error) : NULL;

  if (error != NULL)
    omv_note (tool, path,
        _("What its files have beside them, *%s, is left out: %s"), suffix,
        error->message);
  return parts;
}

/* The file whose first frame is that of all; NULL after a note. */
static gchar *
find_first_file (const OmvTool * tool, const gchar * path)
{
  gchar *found = NULL;
  GList *parts;

  if (!omv_is_many (path))
    return g_strdup (path);

  parts = list_parts (tool, path, METADATA_SUFFIX);
  if (parts != NULL)
    found = g_file_get_path (((const GstOmvPart *) parts->data)->file);
  omv_parts_free (parts);
  return found;
}

static GstOmvMetadata *
load_metadata (const OmvTool * tool, const gchar * path, guint64 shift)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GstOmvReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GstOmvMetadata) metadata = gst_omv_metadata_load (file, &error);

  if (metadata == NULL) {
    note_error (tool, path, METADATA_SUFFIX, error);
    return NULL;
  }

  reader = open_reader (path, &error);
  if (reader == NULL) {
    note_error (tool, path, METADATA_SUFFIX, error);
    return NULL;
  }
  if (!omv_beside_is_own (metadata, reader)) {
    omv_note (tool, path, _("The metadata beside it is that of another "
            "recording; it is left out."));
    return NULL;
  }

  shift_metadata (metadata, shift);
  return g_steal_pointer (&metadata);
}

GstOmvMetadata *
omv_sidecars_load_metadata (const OmvTool * tool, const gchar * path,
    guint64 shift)
{
  g_autofree gchar *first = find_first_file (tool, path);

  return first != NULL ? load_metadata (tool, first, shift) : NULL;
}

void
omv_sidecars_take_metadata (OmvSidecars * sidecars, const gchar * path,
    guint64 shift)
{
  g_clear_pointer (&sidecars->metadata, gst_omv_metadata_unref);
  sidecars->metadata = omv_sidecars_load_metadata (sidecars->tool, path, shift);
}

void
omv_sidecars_set_metadata (OmvSidecars * sidecars, GstOmvMetadata * metadata,
    guint64 shift)
{
  g_clear_pointer (&sidecars->metadata, gst_omv_metadata_unref);
  sidecars->metadata = metadata;
  shift_metadata (metadata, shift);
}

void
omv_sidecars_add_line (OmvSidecars * sidecars, const gchar * line,
    guint64 number)
{
  g_autofree gchar *changed = gst_omv_line_set_frame (line, number);

  g_string_append_printf (sidecars->lines, "%s\n", changed);
}

/* The lines of one recording. */
typedef struct
{
  const GstOmvPart *part;       /* where it stands among others */
  OmvLost lost;
  OmvSidecarsFind find;
  gconstpointer data;
  guint n_unknown;              /* lines whose frames nobody can tell */
} Lines;

/* The last frame that has a line. FALSE: none has. */
static gboolean
find_last (gchar ** lines, guint64 * ret_last)
{
  gboolean has_last = FALSE;
  guint64 number;

  for (; *lines != NULL; lines++) {
    if (!gst_omv_line_get_frame (*lines, &number))
      continue;
    *ret_last = has_last ? MAX (*ret_last, number) : number;
    has_last = TRUE;
  }

  return has_last;
}

static void
take_line (OmvSidecars * sidecars, const gchar * line, Lines * lines)
{
  g_autofree gchar *changed = NULL;
  guint64 number, found, new_number;

  if (gst_omv_line_get_frame (line, &number)) {
    if (!omv_lost_find_number (&lines->lost, number, &found)) {
      lines->n_unknown += !lines->lost.is_known;
      return;
    }
    if (found >= lines->part->n_frames
        || !lines->find (lines->data, lines->part->number + found, &new_number))
      return;
    if (new_number != number)
      changed = gst_omv_line_set_frame (line, new_number);
  }

  g_string_append_printf (sidecars->lines, "%s\n",
      changed != NULL ? changed : line);
}

/* The lines beside @path.
 * @ret_lost: what they need to be understood, set if one belongs to a frame */
static gchar **
load_lines (const gchar * path, OmvLost * ret_lost, GError ** error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GstOmvReader) reader = NULL;
  g_auto (GStrv) lines = gst_omv_lines_load (file, error);
  guint64 last;

  if (lines == NULL)
    return NULL;
  if (find_last (lines, &last)) {
    reader = open_reader (path, error);
    if (reader == NULL || !omv_lost_find (reader, last, ret_lost, error))
      return NULL;
  }

  return g_steal_pointer (&lines);
}

static void
take_lines (OmvSidecars * sidecars, const gchar * path,
    const GstOmvPart * part, OmvSidecarsFind find, gconstpointer data)
{
  Lines all = {.part = part,.lost = {.is_none = TRUE},.find = find,.data = data
  };
  g_autofree gchar *place = g_strconcat (path, LINES_SUFFIX, NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = load_lines (path, &all.lost, &error);

  if (lines == NULL) {
    note_error (sidecars->tool, path, LINES_SUFFIX, error);
    return;
  }

  for (guint i = 0; lines[i] != NULL; i++)
    take_line (sidecars, lines[i], &all);
  if (all.n_unknown > 0)
    omv_note (sidecars->tool, place, _("Lines of frames behind damage are left "
            "out, as nobody can tell whose they are: %u."), all.n_unknown);
}

void
omv_sidecars_take_lines (OmvSidecars * sidecars, const gchar * path,
    OmvSidecarsFind find, gconstpointer data)
{
  const GstOmvPart all = {.n_frames = G_MAXUINT64 };
  GList *parts;

  if (!omv_is_many (path)) {
    take_lines (sidecars, path, &all, find, data);
    return;
  }

  parts = list_parts (sidecars->tool, path, LINES_SUFFIX);
  for (GList * l = parts; l != NULL; l = l->next) {
    const GstOmvPart *part = l->data;
    g_autofree gchar *place = g_file_get_path (part->file);

    take_lines (sidecars, place, part, find, data);
  }
  omv_parts_free (parts);
}

/* ---- storing ---- */

/* What an older recording of that name has left would seem to be this one's. */
static gboolean
remove_old (const gchar * place, GError ** error)
{
  g_autofree gchar *name = NULL;
  int code;

  if (g_unlink (place) == 0 || errno == ENOENT)
    return TRUE;

  code = errno;
  name = g_filename_display_name (place);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
      _("%s is another recording's and cannot be removed: %s"), name,
      g_strerror (code));
  return FALSE;
}

/* Metadata without the mark is as good, but nobody can see whose it is. */
static void
mark_metadata (OmvSidecars * sidecars)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GError) error = NULL;

  if (!gst_omv_reader_open_path (reader, sidecars->path, &error)
      || !omv_beside_mark (sidecars->metadata, reader, &error))
    omv_note (sidecars->tool, sidecars->path,
        _("Its metadata does not say which recording it belongs to: %s"),
        error->message);
}

static gboolean
store_metadata (OmvSidecars * sidecars, GError ** error)
{
  g_autofree gchar *place = g_strconcat (sidecars->path, METADATA_SUFFIX, NULL);
  g_autoptr (GFile) recording = g_file_new_for_path (sidecars->path);

  if (sidecars->metadata != NULL) {
    mark_metadata (sidecars);
    return gst_omv_metadata_store (sidecars->metadata, recording, error);
  }

  return remove_old (place, error);
}

static gboolean
store_lines (OmvSidecars * sidecars, GError ** error)
{
  g_autofree gchar *place = g_strconcat (sidecars->path, LINES_SUFFIX, NULL);

  if (sidecars->lines->len > 0)
    return g_file_set_contents (place, sidecars->lines->str,
        (gssize) sidecars->lines->len, error);

  return remove_old (place, error);
}

gboolean
omv_sidecars_store (OmvSidecars * sidecars)
{
  g_autoptr (GError) error = NULL;

  if (store_metadata (sidecars, &error) && store_lines (sidecars, &error))
    return TRUE;

  (void) omv_fail (sidecars->path, error);
  return FALSE;
}

void
omv_sidecars_free (OmvSidecars * sidecars)
{
  g_clear_pointer (&sidecars->metadata, gst_omv_metadata_unref);
  (void) g_string_free (sidecars->lines, TRUE);
  g_free (sidecars->path);
  g_free (sidecars);
}
