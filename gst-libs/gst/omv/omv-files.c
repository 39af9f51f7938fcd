/* omv-files.c: which files a name stands for
 *
 * A folder stands for its recordings, which are the files that end in `.bin`:
 * what a ring is still writing ends in `.part`, and sidecars end otherwise, too.
 * A name with `*` or `?` in its last part stands for all files that fit it,
 * unless there is a file of just that name. Their order is that of their
 * names, in which numbers count as numbers.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-files.h"

#include <string.h>

#include <gst/omv/omv-format.h>

#include "omv-i18n.h"

#define FOLDER_PATTERN "*.bin"

/* A file, and what its place in the order depends on. */
typedef struct
{
  GFile *file;
  gchar *name;
  gchar *key;
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_object_unref (entry->file);
  g_free (entry->name);
  g_free (entry->key);
  g_free (entry);
}

static gint
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *first = *(const Entry * const *) a;
  const Entry *second = *(const Entry * const *) b;
  gint order = strcmp (first->key, second->key);

  return order != 0 ? order : strcmp (first->name, second->name);
}

static gboolean
is_folder (GFile * place)
{
  return g_file_query_file_type (place, G_FILE_QUERY_INFO_NONE, NULL)
      == G_FILE_TYPE_DIRECTORY;
}

static gboolean
is_pattern (GFile * place)
{
  g_autofree gchar *name = g_file_get_basename (place);

  return name != NULL && strpbrk (name, "*?") != NULL
      && !g_file_query_exists (place, NULL);
}

/*
 * gst_omv_files_are_many:
 *
 * Whether @place is a folder or a pattern, and not one file.
 */
gboolean
gst_omv_files_are_many (GFile * place)
{
  return is_folder (place) || is_pattern (place);
}

/* Cameras write on cards that know no small letters, too. What is matched must be
 * UTF-8, which a name need not be. */
static gboolean
fits (const gchar * pattern, gboolean any_case, GFileInfo * info)
{
  const gchar *name = g_file_info_get_name (info);
  g_autofree gchar *shown = g_filename_display_name (name);
  g_autofree gchar *small = any_case ? g_ascii_strdown (shown, -1)
      : g_strdup (shown);

  return name[0] != '.' && g_pattern_match_simple (pattern, small)
      && g_file_info_get_file_type (info) != G_FILE_TYPE_DIRECTORY;
}

static Entry *
entry_new (GFile * folder, const gchar * name)
{
  g_autofree gchar *shown = g_filename_display_name (name);
  Entry *entry = g_new (Entry, 1);

  entry->file = g_file_get_child (folder, name);
  entry->name = g_strdup (name);
  entry->key = g_utf8_collate_key_for_filename (shown, -1);
  return entry;
}

/* The files in @folder that fit, in order. */
static GPtrArray *
list_folder (GFile * folder, const gchar * pattern, gboolean any_case,
    GError ** error)
{
  g_autoptr (GFileEnumerator) names = g_file_enumerate_children (folder,
      G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
      G_FILE_QUERY_INFO_NONE, NULL, error);
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  GFileInfo *info;

  if (names == NULL)
    return NULL;

  for (;;) {
    if (!g_file_enumerator_iterate (names, &info, NULL, NULL, error))
      return NULL;
    if (info == NULL)
      break;
    if (fits (pattern, any_case, info))
      g_ptr_array_add (entries, entry_new (folder,
              g_file_info_get_name (info)));
  }

  g_ptr_array_sort (entries, compare_entries);
  return g_steal_pointer (&entries);
}

static GPtrArray *
take_files (const GPtrArray * entries)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = g_ptr_array_index (entries, i);

    g_ptr_array_add (files, g_object_ref (entry->file));
  }

  return files;
}

/*
 * gst_omv_files_list:
 *
 * Returns: (element-type GFile): the files that @place stands for, in order, at
 *   least one: itself, if that is neither a folder nor a pattern.
 *
 * Errors: %GST_OMV_ERROR_WRONG_TYPE if a folder has no such file; %G_IO_ERROR, of
 * which %G_IO_ERROR_NOT_FOUND if none fits a pattern.
 */
GPtrArray *
gst_omv_files_list (GFile * place, GError ** error)
{
  g_autoptr (GPtrArray) entries = NULL;

  if (is_folder (place)) {
    entries = list_folder (place, FOLDER_PATTERN, TRUE, error);
    if (entries != NULL && entries->len == 0) {
      g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_WRONG_TYPE,
          _("There is no recording in this directory."));
      return NULL;
    }
  } else if (is_pattern (place)) {
    g_autofree gchar *name = g_file_get_basename (place);
    g_autofree gchar *pattern = g_filename_display_name (name);
    g_autoptr (GFile) folder = g_file_get_parent (place);

    entries = list_folder (folder, pattern, FALSE, error);
    if (entries != NULL && entries->len == 0) {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
          _("There is no file of such a name."));
      return NULL;
    }
  } else {
    GPtrArray *files = g_ptr_array_new_with_free_func (g_object_unref);

    g_ptr_array_add (files, g_object_ref (place));
    return files;
  }

  return entries != NULL ? take_files (entries) : NULL;
}
