/* dump-file.c: tests of recordings that get their names when they are whole
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-dump-file.h>
#include <gst/omv/omv.h>

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  gchar *folder;
  gchar *path;
  gchar *part;
  GstOmvMetadata *metadata;
} Fixture;

static void
set_up (Fixture * fixture, gconstpointer data)
{
  g_autofree gchar *name = g_strconcat (data, ".part", NULL);

  fixture->folder = g_dir_make_tmp ("omv-dump-file-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
  fixture->path = g_build_filename (fixture->folder, data, NULL);
  fixture->part = g_build_filename (fixture->folder, name, NULL);
  fixture->metadata = gst_omv_metadata_new ();
  gst_omv_metadata_set_label (fixture->metadata, "door");
}

static void
tear_down (Fixture * fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = g_build_filename (fixture->folder, name, NULL);

    g_assert_cmpint (g_unlink (path), ==, 0);
  }
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->part);
  gst_omv_metadata_unref (fixture->metadata);
}

static GstOmvDumpFile *
make_file (const Fixture * fixture)
{
  g_autoptr (GError) error = NULL;
  GstOmvDumpFile *file = gst_omv_dump_file_new (fixture->path, TRUE, &error);

  g_assert_no_error (error);
  g_assert_nonnull (file);
  return file;
}

static void
check_metadata (const gchar * path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstOmvMetadata) metadata = gst_omv_metadata_load (file, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (gst_omv_metadata_get_label (metadata), ==, "door");
}

static void
append (GstOmvDumpFile * file, guint8 number)
{
  guint8 payload[8];
  GstOmvFrameHeader header;
  g_autoptr (GError) error = NULL;

  memset (payload, number, sizeof payload);
  memset (&header, 0, sizeof header);
  header.width = 4;
  header.height = 2;
  header.format = GST_OMV_PIXEL_FORMAT_GRAYSCALE;
  header.payload_size = sizeof payload;
  header.exact_time = number * G_GUINT64_CONSTANT (1000000007);
  g_assert_true (gst_omv_dump_file_append (file, &header,
          number * G_GUINT64_CONSTANT (1000000), payload, &error));
  g_assert_no_error (error);
}

static void
check_frames (const gchar * path, guint8 count)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (gst_omv_reader_open_path (reader, path, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==, count);
  for (guint8 i = 0; i < count; i++) {
    g_autoptr (GstOmvFrame) frame = gst_omv_reader_read_next (reader, NULL);
    const guint8 *bytes = g_bytes_get_data (frame->payload, NULL);

    for (guint j = 0; j < 8; j++)
      g_assert_cmpuint (bytes[j], ==, i);
    g_assert_cmpuint (frame->header.exact_time, ==,
        i * G_GUINT64_CONSTANT (1000000007));
  }
}

/* Nobody takes a piece for the whole. */
static void
test_whole (Fixture * fixture, gconstpointer data)
{
  for (guint sync = 0; sync < 2; sync++) {
    g_autoptr (GstOmvDumpFile) file = make_file (fixture);
    g_autoptr (GError) error = NULL;

    g_assert_cmpstr (gst_omv_dump_file_get_path (file), ==, fixture->part);
    append (file, 0);
    append (file, 1);
    g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
    g_assert_true (gst_omv_dump_file_finish (file, fixture->metadata, sync,
            &error));
    g_assert_no_error (error);
    g_assert_cmpstr (gst_omv_dump_file_get_path (file), ==, fixture->path);
    g_assert_cmpuint (gst_omv_dump_file_get_size (file), ==,
        16 + 2 * (32 + 16));
    g_assert_false (g_file_test (fixture->part, G_FILE_TEST_EXISTS));
    check_frames (fixture->path, 2);
    check_metadata (fixture->path);
    g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  }
}

/* What was not finished stays, with all its frames. */
static void
test_unfinished (Fixture * fixture, gconstpointer data)
{
  GstOmvDumpFile *file = make_file (fixture);

  append (file, 0);
  append (file, 1);
  gst_omv_dump_file_free (file);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  check_frames (fixture->part, 2);
}

static void
check_content (const gchar * path, const gchar * expected)
{
  g_autofree gchar *content = NULL;

  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, expected);
}

/* Whatever has the name, or gets it meanwhile, keeps it. */
static void
test_taken (Fixture * fixture, gconstpointer data)
{
  static const gchar *const names[][2] = {
    {"run.bin", "run-1.bin"}, {"run", "run-1"}, {".run", ".run-1"},
    {"a.b.bin", "a.b-1.bin"}
  };
  g_autoptr (GstOmvDumpFile) first = NULL;
  g_autoptr (GstOmvDumpFile) second = NULL;
  g_autofree gchar *numbered = NULL;
  g_autofree gchar *numbered_part = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (strcmp (data, names[i][0]) == 0)
      numbered = g_build_filename (fixture->folder, names[i][1], NULL);
  }
  g_assert_nonnull (numbered);
  numbered_part = g_strconcat (numbered, ".part", NULL);

  first = make_file (fixture);
  append (first, 0);
  /* two at a time */
  second = make_file (fixture);
  append (second, 0);
  append (second, 1);
  g_assert_cmpstr (gst_omv_dump_file_get_path (second), ==, numbered_part);
  g_assert_true (g_file_set_contents (fixture->path, "mine", -1, NULL));
  g_assert_true (gst_omv_dump_file_finish (second, fixture->metadata,
          FALSE, NULL));
  g_assert_cmpstr (gst_omv_dump_file_get_path (second), ==, numbered);
  check_content (fixture->path, "mine");
  check_frames (numbered, 2);
  g_assert_true (gst_omv_dump_file_finish (first, fixture->metadata,
          FALSE, NULL));
  check_content (fixture->path, "mine");
  check_frames (numbered, 2);
  check_frames (gst_omv_dump_file_get_path (first), 1);
  check_metadata (numbered);
  check_metadata (gst_omv_dump_file_get_path (first));
}

static void
test_no_folder (Fixture * fixture, gconstpointer data)
{
  g_autofree gchar *path = g_build_filename (fixture->path, "run.bin", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_omv_dump_file_new (path, TRUE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* The file is gone when it should get its name. */
static void
test_vanished (Fixture * fixture, gconstpointer data)
{
  g_autoptr (GstOmvDumpFile) file = make_file (fixture);
  g_autoptr (GError) error = NULL;

  append (file, 0);
  g_assert_cmpint (g_unlink (fixture->part), ==, 0);
  g_assert_false (gst_omv_dump_file_finish (file, fixture->metadata,
          FALSE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

#define add(path, name, function) \
  g_test_add (path, Fixture, name, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("/dump-file/whole", "run.bin", test_whole);
  add ("/dump-file/unfinished", "run.bin", test_unfinished);
  add ("/dump-file/taken", "run.bin", test_taken);
  add ("/dump-file/taken/no-suffix", "run", test_taken);
  add ("/dump-file/taken/hidden", ".run", test_taken);
  add ("/dump-file/taken/two-suffixes", "a.b.bin", test_taken);
  add ("/dump-file/no-folder", "run", test_no_folder);
  add ("/dump-file/vanished", "run.bin", test_vanished);

  return g_test_run ();
}
