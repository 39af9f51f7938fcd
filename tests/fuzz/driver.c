/* driver.c: runs a fuzz target over files, where no fuzzing engine is linked
 *
 * Each argument is a file or a folder of files. What a target promises it holds
 * for each of them, or the program aborts; the file's name is printed before.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvfuzz.h"

static gboolean
run_file (const gchar * path)
{
  g_autofree gchar *data = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, &error)) {
    g_printerr ("%s\n", error->message);
    return FALSE;
  }

  g_print ("%s\n", path);
  (void) LLVMFuzzerTestOneInput ((const guint8 *) data, size);
  return TRUE;
}

static guint
run_path (const gchar * path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;
  guint n_files = 0;

  if (dir == NULL)
    return run_file (path);

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *file = g_build_filename (path, name, NULL);

    n_files += run_path (file);
  }

  return n_files;
}

int
main (int argc, char **argv)
{
  guint n_files = 0;

  (void) LLVMFuzzerInitialize (&argc, &argv);
  for (int i = 1; i < argc; i++) {
    guint n = run_path (argv[i]);

    if (n == 0)
      g_printerr ("%s: no file to run\n", argv[i]);
    if (n == 0)
      return 1;
    n_files += n;
  }
  g_print ("%u inputs\n", n_files);

  return n_files > 0 ? 0 : 1;
}
