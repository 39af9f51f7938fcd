/* omvtool.c: what all commands of omvstr share: errors, notes, interrupts
 *
 * Whatever goes wrong ends in one line that a user understands. GIO's sentences
 * name the file again, so the common ones are said in our own words.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvtool.h"

#include <signal.h>
#include <stdio.h>

#include <gst/omv/omv-files.h>

#include "omvprogress.h"

static volatile sig_atomic_t interrupted;

/* NULL: the error has a sentence of its own. */
static const gchar *
get_own_words (const GError * error)
{
  if (error->domain != G_IO_ERROR)
    return NULL;

  switch (error->code) {
    case G_IO_ERROR_NOT_FOUND:
      return _("There is no such file.");
    case G_IO_ERROR_PERMISSION_DENIED:
      return _("Permission denied.");
    case G_IO_ERROR_IS_DIRECTORY:
      return _("This is a directory, not a file.");
    case G_IO_ERROR_NOT_DIRECTORY:
      return _("A part of the path is not a directory.");
    case G_IO_ERROR_NO_SPACE:
      return _("There is no space left.");
    case G_IO_ERROR_READ_ONLY:
      return _("The file system is read-only.");
    default:
      return NULL;
  }
}

/* What the system and GIO say has no full stop. */
static const gchar *
get_full_stop (const gchar * sentence)
{
  return g_str_has_suffix (sentence, ".") ? "" : ".";
}

static void
say (const gchar * subject, const gchar * sentence)
{
  const gchar *stop = get_full_stop (sentence);
  g_autofree gchar *name = NULL;

  omv_progress_clear ();
  (void) fflush (stdout);
  if (subject != NULL) {
    name = g_filename_display_name (subject);
    g_printerr ("omvstr: %s: %s%s\n", name, sentence, stop);
  } else {
    g_printerr ("omvstr: %s%s\n", sentence, stop);
  }
}

gint
omv_fail (const gchar * subject, const GError * error)
{
  const gchar *words = get_own_words (error);

  say (subject, words != NULL ? words : error->message);
  return OMV_EXIT_FAILED;
}

gint
omv_fail_with (const gchar * subject, const gchar * format, ...)
{
  g_autofree gchar *sentence = NULL;
  va_list arguments;

  va_start (arguments, format);
  sentence = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  say (subject, sentence);
  return OMV_EXIT_FAILED;
}

gint
omv_fail_usage (const OmvTool * tool, const gchar * format, ...)
{
  const gchar *name = tool->command != NULL ? tool->command->name : NULL;
  g_autofree gchar *sentence = NULL;
  va_list arguments;

  va_start (arguments, format);
  sentence = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_printerr (_("omvstr: %s See omvstr %s%s--help.\n"), sentence,
      name != NULL ? name : "", name != NULL ? " " : "");
  return OMV_EXIT_USAGE;
}

void
omv_note (const OmvTool * tool, const gchar * subject, const gchar * format,
    ...)
{
  g_autofree gchar *sentence = NULL;
  va_list arguments;

  if (tool->quiet)
    return;

  va_start (arguments, format);
  sentence = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  say (subject, sentence);
}

gboolean
omv_is_many (const gchar * path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return gst_omv_files_are_many (file);
}

gchar **
omv_list_files (gchar ** paths)
{
  g_autoptr (GPtrArray) listed = g_ptr_array_new_with_free_func (g_free);

  for (; *paths != NULL; paths++) {
    g_autoptr (GFile) place = g_file_new_for_path (*paths);
    g_autoptr (GError) error = NULL;
    g_autoptr (GPtrArray) files = NULL;

    /* as it was written */
    if (!gst_omv_files_are_many (place)) {
      g_ptr_array_add (listed, g_strdup (*paths));
      continue;
    }
    files = gst_omv_files_list (place, &error);
    if (files == NULL) {
      (void) omv_fail (*paths, error);
      return NULL;
    }
    for (guint i = 0; i < files->len; i++)
      g_ptr_array_add (listed, g_file_get_path (g_ptr_array_index (files, i)));
  }

  g_ptr_array_add (listed, NULL);
  return (gchar **) g_ptr_array_free (g_steal_pointer (&listed), FALSE);
}

GstOmvReader *
omv_open_reader (const gchar * path)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GError) error = NULL;

  g_object_set (reader, "resync", TRUE, NULL);
  if (!gst_omv_reader_open_path (reader, path, &error)) {
    (void) omv_fail (path, error);
    return NULL;
  }

  return g_steal_pointer (&reader);
}

gboolean
omv_start_gstreamer (void)
{
  g_autoptr (GError) error = NULL;

  if (gst_init_check (NULL, NULL, &error))
    return TRUE;

  (void) omv_fail (NULL, error);
  return FALSE;
}

static void
on_interrupt (int number)
{
  interrupted = 1;
}

void
omv_catch_interrupt (void)
{
  struct sigaction action = { 0, };

  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART | (int) SA_RESETHAND;
  (void) sigemptyset (&action.sa_mask);
  (void) sigaction (SIGINT, &action, NULL);
  (void) sigaction (SIGTERM, &action, NULL);
}

void
omv_note_interrupt (void)
{
  interrupted = 1;
}

gboolean
omv_is_interrupted (void)
{
  return interrupted != 0;
}
