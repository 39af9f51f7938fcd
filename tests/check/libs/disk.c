/* disk.c: tests of omv-disk, which the library keeps to itself
 *
 * Writing and cutting are tested with what is built on them, in writer.c; here is
 * how a file gets its name.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-disk.h>

#include <glib/gstdio.h>
#include <string.h>

/* A file that was written, and the name it is to have. */
typedef struct
{
  gchar *folder;
  gchar *part;
  gchar *path;
} Place;

static void
set_up (Place * place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  place->folder = g_dir_make_tmp ("omv-disk-XXXXXX", &error);
  g_assert_no_error (error);
  place->part = g_build_filename (place->folder, "run.bin.part", NULL);
  place->path = g_build_filename (place->folder, "run.bin", NULL);
}

static void
tear_down (Place * place, gconstpointer unused)
{
  (void) g_unlink (place->part);
  (void) g_unlink (place->path);
  g_assert_cmpint (g_rmdir (place->folder), ==, 0);
  g_free (place->folder);
  g_free (place->part);
  g_free (place->path);
}

static void
write_file (const gchar * path, const gchar * text)
{
  g_autoptr (GError) error = NULL;
  OmvDisk *disk = omv_disk_open (path, OMV_DISK_NEW, &error);
  const OmvDiskPart parts[] = { {"", 0}, {text, strlen (text)}, {"!", 1} };
  guint64 written;

  g_assert_no_error (error);
  g_assert_true (omv_disk_write (disk, 0, parts, G_N_ELEMENTS (parts),
          &written, NULL));
  g_assert_cmpuint (written, ==, strlen (text) + 1);
  g_assert_true (omv_disk_sync (disk, NULL));
  g_assert_true (omv_disk_close (disk, NULL));
}

static void
check_file (const gchar * path, const gchar * expected)
{
  g_autofree gchar *contents = NULL;

  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, expected);
}

static void
test_rename (Place * place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  write_file (place->part, "frames");
  (void) omv_disk_rename (place->part, place->path, &error);
  g_assert_no_error (error);
  g_assert_true (omv_disk_sync_folder (place->path, &error));
  g_assert_no_error (error);
  check_file (place->path, "frames!");
  g_assert_false (g_file_test (place->part, G_FILE_TEST_EXISTS));
}

/* A file that is there stays, and so does the one that wanted its name. */
static void
test_rename_replaces_nothing (Place * place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  write_file (place->part, "frames");
  write_file (place->path, "other");
  g_assert_false (omv_disk_rename (place->part, place->path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, "run.bin"));
  check_file (place->part, "frames!");
  check_file (place->path, "other!");
}

static void
test_errors (Place * place, gconstpointer unused)
{
  g_autofree gchar *lost = g_build_filename (place->folder, "no", "x", NULL);
  GError *errors[3] = { NULL, };

  g_assert_false (omv_disk_rename (place->part, place->path, &errors[0]));
  g_assert_false (omv_disk_sync_folder (lost, &errors[1]));
  g_assert_null (omv_disk_open (lost, OMV_DISK_ANY, &errors[2]));
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
    g_assert_error (errors[i], G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
    g_assert_true (g_str_has_suffix (errors[i]->message, "."));
    g_error_free (errors[i]);
  }
}

static void
add (const gchar * path, void (*test) (Place *, gconstpointer))
{
  g_test_add (path, Place, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("/disk/rename", test_rename);
  add ("/disk/rename-replaces-nothing", test_rename_replaces_nothing);
  add ("/disk/errors", test_errors);

  return g_test_run ();
}
