/* omvfuzz.c: what all fuzz targets share
 *
 * A target gets a block of exactly as many bytes as its input has, so that a
 * memory checker sees a read beyond them. Criticals and warnings abort: no input
 * may lead to one.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvfuzz.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTINGS_SIZE 16

static gchar *folder;

static void
remove_tree (const gchar * path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  (void) g_remove (path);
}

static void
remove_folder (void)
{
  remove_tree (folder);
  g_clear_pointer (&folder, g_free);
}

/* A file that is there until the program ends or stores another of that name.
 * @name: may stand in a folder */
GFile *
omv_fuzz_store (const gchar * name, gconstpointer data, gsize size)
{
  g_autofree gchar *path = NULL;
  g_autofree gchar *parent = NULL;

  if (folder == NULL) {
    folder = g_dir_make_tmp ("omv-fuzz-XXXXXX", NULL);
    g_assert_nonnull (folder);
    atexit (remove_folder);
  }
  path = g_build_filename (folder, name, NULL);
  parent = g_path_get_dirname (path);
  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  /* GLib (2.74) leaves the end of a longer file where it is */
  (void) g_unlink (path);
  g_assert_true (g_file_set_contents_full (path, data, (gssize) size,
          G_FILE_SET_CONTENTS_NONE, 0600, NULL));

  return g_file_new_for_path (path);
}

/* The next bytes as a little-endian number; those that are missing are 0. */
guint64
omv_fuzz_take (OmvFuzzTape * tape, guint n_bytes)
{
  guint64 value = 0;

  for (guint i = 0; i < n_bytes && tape->size > 0; i++) {
    value |= (guint64) * tape->data++ << (8 * i);
    tape->size--;
  }

  return value;
}

/* The bytes up to the next 0, which goes with them, or to the end. */
gchar *
omv_fuzz_take_string (OmvFuzzTape * tape)
{
  const guint8 *end =
      tape->size > 0 ? memchr (tape->data, 0, tape->size) : NULL;
  gsize size = end != NULL ? (gsize) (end - tape->data) : tape->size;
  gchar *text = g_strndup ((const gchar *) tape->data, size);

  tape->data += size;
  tape->size -= size;
  (void) omv_fuzz_take (tape, 1);

  return text;
}

/* An input that starts as a recording does is one, and all settings are 0. Any
 * other has settings in front. So recordings are inputs as they are. */
OmvFuzzTape
omv_fuzz_take_settings (OmvFuzzTape * tape)
{
  OmvFuzzTape settings = { tape->data, MIN (tape->size, SETTINGS_SIZE) };

  if (tape->size > 0 && tape->data[0] == 'O')
    settings.size = 0;
  tape->data += settings.size;
  tape->size -= settings.size;

  return settings;
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal ((GLogLevelFlags) (G_LOG_FATAL_MASK
          | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING));
  return 0;
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  guint8 *block = malloc (size);        /* not g_malloc(): no block is none */
  OmvFuzzTape tape = { block, size };

  if (block != NULL || size == 0) {
    if (size > 0)
      memcpy (block, data, size);
    omv_fuzz_run (&tape);
  }

  free (block);
  return 0;
}
