/* omvringsink-files.c: the files that omvringsink writes, and what it does where it
 * cannot
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvringtest.h"

#include <glib/gstdio.h>
#include <gst/omv/omv.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

static gchar *
in_folder (Ring * ring, const gchar * name)
{
  return g_build_filename (ring->folder, name, NULL);
}

static void
set_location (Ring * ring, const gchar * name)
{
  g_autofree gchar *location = in_folder (ring, name);

  g_object_set (ring->sink, "location", location, NULL);
}

static void
check_path (Ring * ring, const gchar * path, const gchar * name)
{
  g_autofree gchar *expected = in_folder (ring, name);

  fail_unless_equals_string (path, expected);
}

/* --- names ---------------------------------------------------------------- */

/* Number, element and label; what an old one is called is left alone. */
GST_START_TEST (test_names)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);
  g_autofree gchar *old = in_folder (ring, "r-a_b-001.bin");
  g_autofree gchar *content = NULL;

  gst_object_set_name (GST_OBJECT (ring->sink), "r");
  set_location (ring, "%{name}-%{label}-%03d.bin");
  fail_unless (g_file_set_contents (old, "mine", -1, NULL));
  ring_play (ring);
  for (guint64 i = 0; i < 2; i++) {
    const Clip clip = { i + 1, "a/b", 5 * i, 5 * i + 4, 5 * i + 5 };
    g_autofree gchar *path = NULL;

    ring_push (ring, 5);
    ring_trigger (ring, "a/b");
    path = ring_check_clip (ring, &clip);
    check_path (ring, path, i == 0 ? "r-a_b-001-1.bin" : "r-a_b-002.bin");
  }
  fail_unless (g_file_get_contents (old, &content, NULL, NULL));
  fail_unless_equals_string (content, "mine");
}

GST_END_TEST;

/* One name for all: each clip has its own. */
GST_START_TEST (test_never_overwritten)
{
  static const gchar *const names[] = { "run.bin", "run-1.bin", "run-2.bin" };
  g_autoptr (Ring) ring = ring_new ("slots", 10, "fsync", TRUE, NULL);

  set_location (ring, "run.bin");
  ring_play (ring);
  for (guint64 i = 0; i < 3; i++) {
    const Clip clip = { i + 1, NULL, 5 * i, 5 * i + 4, 5 * i + 5 };
    g_autofree gchar *path = NULL;

    ring_push (ring, 5);
    ring_trigger (ring, NULL);
    path = ring_check_clip (ring, &clip);
    check_path (ring, path, names[i]);
  }
}

GST_END_TEST;

/* A clip is NAME.part until it is whole. */
GST_START_TEST (test_part)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);
  g_autofree gchar *name = in_folder (ring, "run.bin");
  g_autofree gchar *part = in_folder (ring, "run.bin.part");
  const Clip clip = { 1, NULL, 0, 4, 5 };

  set_location (ring, "run.bin");
  ring_play (ring);
  ring_push (ring, 5);
  slow_disk_hold ();
  ring_trigger (ring, NULL);
  slow_disk_wait_held ();
  fail_unless (g_file_test (part, G_FILE_TEST_EXISTS));
  fail_if (g_file_test (name, G_FILE_TEST_EXISTS));
  slow_disk_release ();
  g_free (ring_check_clip (ring, &clip));
  fail_if (g_file_test (part, G_FILE_TEST_EXISTS));
}

GST_END_TEST;

/* NULL: there are clips and messages, but no files. */
GST_START_TEST (test_no_files)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, "location", NULL, NULL);
  g_autoptr (GstMessage) message = NULL;

  ring_play (ring);
  ring_push (ring, 5);
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  message = ring_pop_dump (ring);
  fail_unless (ring_get_location (message) == NULL);
  fail_unless_equals_uint64 (ring_get_number (message, "frames-before"), 4);
  fail_unless_equals_uint64 (ring_get_number (message, "first-time"), 0);
}

GST_END_TEST;

/* --- what is refused in NULL ---------------------------------------------- */

static void
check_refused (Ring * ring, gint code)
{
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  fail_unless_equals_int (gst_element_set_state (ring->sink, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
  message = ring_pop (ring, GST_MESSAGE_ERROR);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_RESOURCE_ERROR, code), "%s",
      error->message);
}

GST_START_TEST (test_bad_pattern)
{
  static const gchar *const names[] = { "%q.bin", "x%", "%{nome}.bin", "x/" };
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_object_set (ring->sink, "location", names[i], NULL);
    check_refused (ring, GST_RESOURCE_ERROR_SETTINGS);
  }
}

GST_END_TEST;

GST_START_TEST (test_no_folder)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);

  set_location (ring, "nowhere/run.bin");
  check_refused (ring, GST_RESOURCE_ERROR_OPEN_WRITE);
}

GST_END_TEST;

/* --- what a crash has left ------------------------------------------------ */

static const struct
{
  const gchar *location;
  const gchar *files[3];
  const gchar *expected;        /* in the warning, or NULL */
} leftovers[] = {
  {"run-%d.bin", {"run-1.bin", "run-1.bin.json", NULL}, NULL},
  {"run-%d.bin", {"other.txt.part", NULL, NULL}, NULL},
  {"run-%d.bin", {"run-1.bin.part", NULL, NULL}, "run-1.bin.part"},
  {"run-%d.bin", {"run-1.bin.part", "run-2.bin.part", NULL}, "2 "},
  /* no suffix; the folder has one */
  {"run-%d", {"run-1.part", NULL, NULL}, "run-1.part"},
};

GST_START_TEST (test_leftovers)
{
  g_autoptr (Ring) ring = ring_new ("slots", 10, NULL);
  g_autofree gchar *folder = g_strconcat (ring->folder, "/./", NULL);
  g_autofree gchar *location = g_strconcat (folder,
      leftovers[__i__].location, NULL);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; leftovers[__i__].files[i] != NULL; i++) {
    g_autofree gchar *path = in_folder (ring, leftovers[__i__].files[i]);

    fail_unless (g_file_set_contents (path, "", 0, NULL));
  }
  g_object_set (ring->sink, "location", location, NULL);
  fail_unless_equals_int (gst_element_set_state (ring->sink, GST_STATE_READY),
      GST_STATE_CHANGE_SUCCESS);

  message = gst_bus_pop_filtered (ring->bus, GST_MESSAGE_WARNING);
  fail_unless_equals_int (message != NULL, leftovers[__i__].expected != NULL);
  if (message != NULL) {
    gst_message_parse_warning (message, &error, NULL);
    fail_unless (strstr (error->message, leftovers[__i__].expected) != NULL,
        "%s", error->message);
  }
}

GST_END_TEST;

/* --- a full disk ---------------------------------------------------------- */

/* When the message comes, what could be written is in the file. */
static GstBusSyncReply
check_part (GstBus * bus, GstMessage * message, gpointer user_data)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT
      && gst_structure_has_field (gst_message_get_structure (message), "error"))
    ring_check_file (ring_get_location (message), 0, 5);

  return GST_BUS_PASS;
}

/* The error is in that clip's message, and a warning before it; capture and the next
 * clip go on. */
GST_START_TEST (test_full_while_writing)
{
  g_autoptr (Ring) ring = ring_new ("slots", 100, NULL);
  g_autoptr (GstMessage) message = NULL;
  const Clip clip = { 2, "good", 20, 24, 25 };

  ring_play (ring);
  gst_bus_set_sync_handler (ring->bus, check_part, NULL, NULL);
  ring_push (ring, 20);
  slow_disk_hold ();
  fail_unless_equals_uint64 (ring_trigger (ring, "bad"), 1);
  slow_disk_let_pass (5);
  slow_disk_wait_written (5);
  slow_disk_wait_held ();
  slow_disk_fail (TRUE);
  slow_disk_release ();
  ring_pop_warning (ring, GST_RESOURCE_ERROR_NO_SPACE_LEFT, NULL);
  message = ring_pop_dump (ring);
  fail_unless (gst_structure_has_field_typed (gst_message_get_structure
          (message), "error", G_TYPE_ERROR));
  fail_unless (g_str_has_suffix (ring_get_location (message), ".part"));
  fail_unless_equals_uint64 (ring_get_number (message, "frames-before"), 5);

  slow_disk_fail (FALSE);
  ring_push (ring, 5);
  fail_unless_equals_uint64 (ring_trigger (ring, "good"), 2);
  g_free (ring_check_clip (ring, &clip));
  fail_unless_equals_uint64 (ring_get_stat (ring, "stored"), 25);
}

GST_END_TEST;

/* A trigger within the window of a clip that could not be saved opens another one,
 * unless somebody plays the first. */
GST_START_TEST (test_trigger_after_a_failure)
{
  g_autoptr (Ring) ring = ring_new ("slots", 100, "post-frames",
      G_GUINT64_CONSTANT (50), "channel", "files", NULL);
  g_autoptr (GstElement) source = NULL;
  const Clip clip = { 2, "good", 10, 14, 65 };

  ring_play (ring);
  if (__i__ == 1) {
    source = gst_object_ref_sink (gst_element_factory_make ("omvringsrc",
            NULL));
    g_object_set (source, "channel", "files", NULL);
    fail_unless_equals_int (gst_element_set_state (source, GST_STATE_PAUSED),
        GST_STATE_CHANGE_NO_PREROLL);
  }
  slow_disk_fail (TRUE);
  ring_push (ring, 10);
  fail_unless_equals_uint64 (ring_trigger (ring, "bad"), 1);
  gst_message_unref (ring_pop_dump (ring));
  slow_disk_fail (FALSE);

  ring_push (ring, 5);
  fail_unless_equals_uint64 (ring_trigger (ring, "good"), __i__ == 1 ? 1 : 2);
  ring_push (ring, 50);
  if (__i__ == 1)
    gst_element_set_state (source, GST_STATE_NULL);
  else
    g_free (ring_check_clip (ring, &clip));
}

GST_END_TEST;

/* A real one: the system refuses what is beyond 1000 bytes, in which there is
 * room for the header and 15 frames. */
GST_START_TEST (test_full_at_the_end)
{
  g_autoptr (Ring) ring = ring_new ("slots", 100, "fsync", (gboolean) __i__,
      NULL);
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  const Clip clip = { 2, NULL, 20, 20, 21 };
  struct rlimit old, small;

  fail_unless_equals_int (getrlimit (RLIMIT_FSIZE, &old), 0);
  small = old;
  small.rlim_cur = 1000;
  signal (SIGXFSZ, SIG_IGN);
  ring_play (ring);
  ring_push (ring, 20);
  fail_unless_equals_int (setrlimit (RLIMIT_FSIZE, &small), 0);
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  message = ring_pop_dump (ring);
  fail_unless_equals_int (setrlimit (RLIMIT_FSIZE, &old), 0);

  fail_unless (gst_structure_get (gst_message_get_structure (message), "error",
          G_TYPE_ERROR, &error, NULL));
  fail_unless_equals_int (error->domain, G_IO_ERROR);
  fail_unless (g_str_has_suffix (ring_get_location (message), ".part"));
  ring_check_file (ring_get_location (message), 0, 15);
  ring_push (ring, 1);
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 2);
  g_free (ring_check_clip (ring, &clip));
}

GST_END_TEST;

/* The folder goes away under the sink. */
GST_START_TEST (test_folder_vanishes)
{
  g_autoptr (Ring) ring = ring_new ("slots", 100, NULL);
  g_autoptr (GstMessage) message = NULL;
  g_autofree gchar *away = in_folder (ring, "away");
  const Clip clip = { 2, NULL, 20, 20, 21 };

  fail_unless_equals_int (g_mkdir (away, 0777), 0);
  set_location (ring, "away/run.bin");
  ring_play (ring);
  ring_push (ring, 20);
  fail_unless_equals_int (g_rmdir (away), 0);
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 1);
  ring_pop_warning (ring, GST_RESOURCE_ERROR_WRITE, NULL);
  message = ring_pop_dump (ring);
  fail_unless (gst_structure_has_field (gst_message_get_structure (message),
          "error"));
  fail_unless (ring_get_location (message) == NULL);

  fail_unless_equals_int (g_mkdir (away, 0777), 0);
  ring_push (ring, 1);
  fail_unless_equals_uint64 (ring_trigger (ring, NULL), 2);
  {
    g_autofree gchar *path = ring_check_clip (ring, &clip);
    g_autofree gchar *notes = g_strconcat (path, ".json", NULL);

    fail_unless_equals_int (g_unlink (path), 0);
    fail_unless_equals_int (g_unlink (notes), 0);
  }
}

GST_END_TEST;

static Suite *
omvringsink_files_suite (void)
{
  Suite *s = suite_create ("omvringsink-files");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_names);
  tcase_add_test (tc, test_never_overwritten);
  tcase_add_test (tc, test_part);
  tcase_add_test (tc, test_no_files);
  tcase_add_test (tc, test_bad_pattern);
  tcase_add_test (tc, test_no_folder);
  tcase_add_loop_test (tc, test_leftovers, 0, G_N_ELEMENTS (leftovers));
  tcase_add_test (tc, test_full_while_writing);
  tcase_add_loop_test (tc, test_trigger_after_a_failure, 0, 2);
  tcase_add_loop_test (tc, test_full_at_the_end, 0, 2);
  tcase_add_test (tc, test_folder_vanishes);

  return s;
}

GST_CHECK_MAIN (omvringsink_files);
