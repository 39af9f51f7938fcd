/* metadata.c: tests of what stands beside a recording as JSON
 *
 * The guarantees cited are those of omv-metadata.c and omv-lines.c.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv.h>

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "omvtest.h"

/* A recording's place, and what may stand beside it. */
typedef struct
{
  gchar *folder;
  GFile *recording;
  gchar *json;
  gchar *jsonl;
} Place;

static void
set_up (Place * place, gconstpointer unused)
{
  g_autofree gchar *path = NULL;
  g_autoptr (GError) error = NULL;

  place->folder = g_dir_make_tmp ("omv-metadata-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (place->folder, "run.bin", NULL);
  place->recording = g_file_new_for_path (path);
  place->json = g_strconcat (path, ".json", NULL);
  place->jsonl = g_strconcat (path, ".jsonl", NULL);
}

static void
tear_down (Place * place, gconstpointer unused)
{
  (void) g_remove (place->json);
  (void) g_remove (place->jsonl);
  g_assert_cmpint (g_rmdir (place->folder), ==, 0);
  g_free (place->folder);
  g_object_unref (place->recording);
  g_free (place->json);
  g_free (place->jsonl);
}

static void
store (const gchar * path, const gchar * data, gsize size)
{
  FILE *file = g_fopen (path, "wb");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (data, 1, size, file), ==, size);
  g_assert_cmpint (fclose (file), ==, 0);
}

/* ---- metadata ---- */

static GstOmvMetadata *
load (const Place * place)
{
  g_autoptr (GError) error = NULL;
  GstOmvMetadata *metadata = gst_omv_metadata_load (place->recording, &error);

  g_assert_no_error (error);
  return metadata;
}

static void
test_round_trip (Place * place, gconstpointer unused)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (7200);
  g_autoptr (GDateTime) start =
      g_date_time_new (zone, 2026, 8, 14, 10, 22, 33.25);
  g_autoptr (GDateTime) read_start = NULL;
  g_autoptr (GstOmvMetadata) metadata = gst_omv_metadata_new ();
  g_autoptr (GstOmvMetadata) read = NULL;
  g_auto (GStrv) keys = NULL;
  g_autofree gchar *joined = NULL;
  g_autoptr (GError) error = NULL;

  gst_omv_metadata_set_start (metadata, start);
  gst_omv_metadata_set_zone (metadata, "Europe/Berlin");
  gst_omv_metadata_set_base_time (metadata, 12345678901234567);
  gst_omv_metadata_set_trigger_time (metadata, 0);
  gst_omv_metadata_set_label (metadata, "Teil \"17\"\n\\ ü [[[{{{");
  gst_omv_metadata_set_value (metadata, "lens", "12 mm");
  gst_omv_metadata_set_value (metadata, "", "no name");
  gst_omv_metadata_set_value (metadata, "gone", "soon");
  gst_omv_metadata_set_value (metadata, "gone", NULL);
  gst_omv_metadata_set_value (metadata, "bad", "\xff");
  (void) gst_omv_metadata_store (metadata, place->recording, &error);
  g_assert_no_error (error);

  read = load (place);
  read_start = gst_omv_metadata_get_start (read);
  g_assert_true (g_date_time_equal (read_start, start));
  g_assert_cmpint (g_date_time_get_utc_offset (read_start), ==,
      7200 * G_TIME_SPAN_SECOND);
  g_assert_cmpstr (gst_omv_metadata_get_zone (read), ==, "Europe/Berlin");
  g_assert_cmpuint (gst_omv_metadata_get_base_time (read), ==,
      12345678901234567);
  g_assert_cmpuint (gst_omv_metadata_get_trigger_time (read), ==, 0);
  g_assert_cmpstr (gst_omv_metadata_get_label (read), ==,
      "Teil \"17\"\n\\ ü [[[{{{");
  g_assert_cmpstr (gst_omv_metadata_get_value (read, "lens"), ==, "12 mm");
  g_assert_cmpstr (gst_omv_metadata_get_value (read, "bad"), ==, "\uFFFD");
  keys = gst_omv_metadata_list_keys (read);
  joined = g_strjoinv ("|", keys);
  g_assert_cmpstr (joined, ==, "lens||bad");
}

static void
check_empty (GstOmvMetadata * metadata)
{
  g_auto (GStrv) keys = gst_omv_metadata_list_keys (metadata);

  g_assert_null (gst_omv_metadata_get_start (metadata));
  g_assert_null (gst_omv_metadata_get_zone (metadata));
  g_assert_cmpuint (gst_omv_metadata_get_base_time (metadata), ==,
      GST_OMV_TIME_NONE);
  g_assert_cmpuint (gst_omv_metadata_get_trigger_time (metadata), ==,
      GST_OMV_TIME_NONE);
  g_assert_null (gst_omv_metadata_get_label (metadata));
  g_assert_null (gst_omv_metadata_get_value (metadata, "lens"));
  g_assert_cmpuint (g_strv_length (keys), ==, 0);
}

/* Nothing is there, and what was there can be taken away. */
static void
test_empty (Place * place, gconstpointer unused)
{
  g_autoptr (GstOmvMetadata) metadata = gst_omv_metadata_new ();
  g_autoptr (GstOmvMetadata) full = gst_omv_metadata_new_from_string
      ("{\"start\":\"2026-08-14T10:22:33Z\",\"zone\":\"UTC\",\"base-time\":1,"
      "\"trigger-time\":2,\"label\":\"x\",\"user\":{\"lens\":\"y\"}}", NULL);

  check_empty (metadata);
  g_assert_true (gst_omv_metadata_store (metadata, place->recording, NULL));
  gst_omv_metadata_unref (metadata);
  metadata = load (place);
  check_empty (metadata);

  g_assert_cmpuint (gst_omv_metadata_get_trigger_time (full), ==, 2);
  gst_omv_metadata_set_start (full, NULL);
  gst_omv_metadata_set_zone (full, NULL);
  gst_omv_metadata_set_base_time (full, GST_OMV_TIME_NONE);
  gst_omv_metadata_set_trigger_time (full, GST_OMV_TIME_NONE);
  gst_omv_metadata_set_label (full, NULL);
  gst_omv_metadata_set_value (full, "lens", NULL);
  check_empty (full);
}

/* M2 */
static void
test_unknown_members (Place * place, gconstpointer unused)
{
  const gchar *text = "{\"later\":[1,2.5,{\"x\":null}],\"label\":\"a\","
      "\"user\":{\"n\":7,\"s\":\"t\"}}";
  g_autoptr (GstOmvMetadata) metadata =
      gst_omv_metadata_new_from_string (text, NULL);
  g_autofree gchar *printed = NULL;
  g_auto (GStrv) keys = gst_omv_metadata_list_keys (metadata);
  g_autoptr (GRegex) space = g_regex_new ("\\s", 0, 0, NULL);
  g_autofree gchar *bare = NULL;

  g_assert_cmpuint (g_strv_length (keys), ==, 1);
  g_assert_null (gst_omv_metadata_get_value (metadata, "n"));
  printed = gst_omv_metadata_to_string (metadata);
  bare = g_regex_replace_literal (space, printed, -1, 0, "", 0, NULL);
  g_assert_cmpstr (bare, ==, text);
}

/* M1 */
static const gchar *const not_json[] = {
  "", " ", "null", "[]", "7", "\"x\"", "{", "}", "{]", "{}}", "{}{}", "{} x",
  "{\"a\":1", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}",
  "// x\n{}", "{/* \" */}", "# x\n{}", "{\"a\":\"\xff\"}", "{\"a\":\"",
  "{\"a\":\"\\", "{\"a\":\"\\u12\"}", "{\"a\":+}", "{\"a\":tru}",
};

static const gchar *const wrong_members[] = {
  "{\"start\":7}", "{\"start\":\"\"}", "{\"start\":\"yesterday\"}",
  "{\"start\":\"2026-13-14T10:22:33Z\"}", "{\"start\":null}",
  "{\"zone\":7}", "{\"zone\":{}}", "{\"zone\":[]}", "{\"label\":true}",
  "{\"base-time\":-1}", "{\"base-time\":1.5}", "{\"base-time\":\"1\"}",
  "{\"base-time\":1e300}", "{\"trigger-time\":-9223372036854775808}",
  "{\"trigger-time\":{}}", "{\"user\":7}", "{\"user\":[]}", "{\"user\":null}",
};

static void
check_wrong (const Place * place, const gchar * data, gsize size)
{
  g_autoptr (GError) error = NULL;

  store (place->json, data, size);
  g_assert_null (gst_omv_metadata_load (place->recording, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
  g_assert_true (g_str_has_suffix (error->message, "."));
}

static void
test_wrong (Place * place, gconstpointer unused)
{
  const guint depth = 500000;   /* 1 MB, which is allowed */
  g_autofree gchar *deep = g_malloc (6 + 2 * depth);

  for (guint i = 0; i < G_N_ELEMENTS (not_json); i++)
    check_wrong (place, not_json[i], strlen (not_json[i]));
  for (guint i = 0; i < G_N_ELEMENTS (wrong_members); i++)
    check_wrong (place, wrong_members[i], strlen (wrong_members[i]));
  check_wrong (place, "{}\0", 3);
  check_wrong (place, "{\"a\":\"\0\"}", 9);

  /* deeper than a stack */
  memcpy (deep, "{\"a\":", 5);
  memset (deep + 5, '[', depth);
  memset (deep + 5 + depth, ']', depth);
  deep[5 + 2 * depth] = '}';
  check_wrong (place, deep, 6 + 2 * depth);
}

/* M1: bytes changed at random make metadata, or an error. */
static void
test_noise (Place * place, gconstpointer unused)
{
  const gchar text[] =
      "{\"start\":\"2026-08-14T10:22:33.5+02\",\"zone\":\"UTC\","
      "\"base-time\":123,\"trigger-time\":2,\"user\":{\"a\":\"\\u00fc\"}}";
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  const gchar spice[] = "{}[]\",:\\0e-+.nt\xc3 ";
  guint n_read = 0;

  for (guint i = 0; i < 20000; i += omv_test_get_pace (10)) {
    g_autofree gchar *changed = g_strdup (text);
    g_autoptr (GstOmvMetadata) metadata = NULL;
    g_autoptr (GDateTime) start = NULL;
    g_autofree gchar *printed = NULL;

    for (gint j = g_rand_int_range (random, 1, 4); j > 0; j--)
      changed[g_rand_int_range (random, 0, sizeof text - 1)] =
          spice[g_rand_int_range (random, 0, sizeof spice - 1)];
    metadata = gst_omv_metadata_new_from_string (changed, NULL);
    if (metadata == NULL)
      continue;
    n_read++;
    start = gst_omv_metadata_get_start (metadata);
    gst_omv_metadata_set_value (metadata, "a", "b");
    printed = gst_omv_metadata_to_string (metadata);
    g_assert_nonnull (strstr (printed, "\"b\""));
  }
  g_assert_cmpuint (n_read, >, 100 / omv_test_get_pace (10));
}

static void
test_no_file (Place * place, gconstpointer unused)
{
  const gsize size = 1048577;
  g_autofree gchar *spaces = g_strnfill (size, ' ');
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) large_error = NULL;
  g_autoptr (GError) pipe_error = NULL;

  g_assert_null (gst_omv_metadata_load (place->recording, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

  memcpy (spaces, "{}", 2);
  store (place->json, spaces, size);
  g_assert_null (gst_omv_metadata_load (place->recording, &large_error));
  g_assert_error (large_error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);

  g_assert_cmpint (g_unlink (place->json), ==, 0);
  g_assert_cmpint (mkfifo (place->json, 0600), ==, 0);
  g_assert_null (gst_omv_metadata_load (place->recording, &pipe_error));
  g_assert_error (pipe_error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

/* M3: what is there stays there for whoever has it open, and no other file is
 * left behind (see tear_down()). */
static void
test_replaced (Place * place, gconstpointer unused)
{
  g_autoptr (GstOmvMetadata) metadata = gst_omv_metadata_new ();
  gchar byte = 0;
  FILE *old;

  store (place->json, "old", 3);
  old = g_fopen (place->json, "rb");
  g_assert_nonnull (old);
  g_assert_true (gst_omv_metadata_store (metadata, place->recording, NULL));
  g_assert_cmpuint (fread (&byte, 1, 1, old), ==, 1);
  g_assert_cmpint (byte, ==, 'o');
  g_assert_cmpint (fclose (old), ==, 0);
}

/* ---- lines ---- */

static void
check_lines (const Place * place, const gchar * expected)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = gst_omv_lines_load (place->recording, &error);
  g_autofree gchar *joined = NULL;

  g_assert_no_error (error);
  joined = g_strjoinv ("|", lines);
  g_assert_cmpstr (joined, ==, expected);
}

static void
append_line (const Place * place, const gchar * object)
{
  g_autoptr (GError) error = NULL;

  (void) gst_omv_lines_append (place->recording, object, &error);
  g_assert_no_error (error);
}

static void
test_lines (Place * place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *contents = NULL;

  g_assert_null (gst_omv_lines_load (place->recording, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

  append_line (place, "{ \"frame\": 0,\n  \"device\": 17 }");
  check_lines (place, "{\"frame\":0,\"device\":17}");
  append_line (place, "{\"text\":\"a\\nb\"}");
  append_line (place, "{}");
  check_lines (place, "{\"frame\":0,\"device\":17}|{\"text\":\"a\\nb\"}|{}");
  g_assert_true (g_file_get_contents (place->jsonl, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==,
      "{\"frame\":0,\"device\":17}\n{\"text\":\"a\\nb\"}\n{}\n");
}

/* L1: cut anywhere, whole lines are there, and the next one follows them. */
static void
test_torn_line (Place * place, gconstpointer unused)
{
  g_autofree gchar *noise = g_strnfill (9000, 'x');
  g_autofree gchar *long_line = g_strdup_printf ("{\"x\":\"%s\"}", noise);
  g_autofree gchar *all = g_strdup_printf ("{\"a\":1}\n%s\n{}\n", long_line);
  gsize size = strlen (all);
  const gsize ends[] = { 8, size - 3, size };
  g_autofree gchar *two = g_strconcat ("{\"a\":1}|", long_line, NULL);
  g_autofree gchar *three = g_strconcat (two, "|{}", NULL);
  const gchar *const expected[] = { "", "{\"a\":1}", two, three };

  for (gsize cut = 0; cut <= size;
      cut += cut > 20 && cut + 140 < size ? 13 * omv_test_get_pace (7) : 1) {
    guint whole = (cut >= ends[0]) + (cut >= ends[1]) + (cut >= ends[2]);
    g_autofree gchar *more = g_strconcat (expected[whole],
        whole > 0 ? "|" : "", "{\"next\":true}", NULL);
    g_autofree gchar *contents = NULL;
    gsize length;

    store (place->jsonl, all, cut);
    check_lines (place, expected[whole]);
    append_line (place, "{\"next\":true}");
    check_lines (place, more);
    g_assert_true (g_file_get_contents (place->jsonl, &contents, &length,
            NULL));
    g_assert_true (g_str_has_suffix (contents, "{\"next\":true}\n"));
    g_assert_cmpuint (length, ==, strlen (more) + 1);
  }
}

/* L2 */
static void
test_wrong_lines (Place * place, gconstpointer unused)
{
  g_autoptr (GError) line_error = NULL;

  append_line (place, "{}");
  for (guint i = 0; i < G_N_ELEMENTS (not_json); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (gst_omv_lines_append (place->recording, not_json[i],
            &error));
    g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
  }
  check_lines (place, "{}");

  store (place->jsonl, "{}\n{\n{}\n", 8);
  g_assert_null (gst_omv_lines_load (place->recording, &line_error));
  g_assert_error (line_error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
  g_assert_nonnull (strstr (line_error->message, "2"));
}

static void
test_line_frame (void)
{
  const gchar *const none[] = {
    "{}", "{\"frame\":-1}", "{\"frame\":1.5}", "{\"frame\":\"1\"}",
    "{\"frame\":null}", "{\"frame\":{}}", "{\"a\":{\"frame\":1}}", "no JSON"
  };
  g_autofree gchar *changed = gst_omv_line_set_frame
      ("{\"a\":[1.5],\"frame\":7}", 3);
  g_autofree gchar *added = gst_omv_line_set_frame ("{\"a\":1}", G_MAXINT64);
  guint64 number = 99;

  for (guint i = 0; i < G_N_ELEMENTS (none); i++) {
    g_assert_false (gst_omv_line_get_frame (none[i], &number));
    g_assert_cmpuint (number, ==, 99);
  }
  g_assert_true (gst_omv_line_get_frame ("{\"x\":1,\"frame\":7}", &number));
  g_assert_cmpuint (number, ==, 7);

  g_assert_cmpstr (changed, ==, "{\"a\":[1.5],\"frame\":3}");
  g_assert_true (gst_omv_line_get_frame (added, &number));
  g_assert_cmpuint (number, ==, G_MAXINT64);
  g_assert_null (gst_omv_line_set_frame ("no JSON", 1));
}

static void
add (const gchar * path, void (*test) (Place *, gconstpointer))
{
  g_test_add (path, Place, NULL, set_up, test, tear_down);
}

/* ---- the three coordinates ---- */

/* Lines in any order, two of a frame, and such as say nothing of a number. */
static void
test_notes (void)
{
  static const gchar *const lines[] = {
    "{\"frame\":2,\"number\":18,\"a\":1}", "{\"frame\":0,\"number\":-5}",
    "{\"note\":\"of no frame\"}", "{\"frame\":2,\"b\":2}",
    "{\"frame\":9,\"number\":10}", "{\"frame\":4,\"number\":\"x\"}",
    "no JSON", "{\"frame\":-1,\"number\":3}", NULL
  };
  g_autoptr (GstOmvNotes) notes = gst_omv_notes_new (lines);
  g_auto (GStrv) found = gst_omv_notes_list_lines (notes, 2);
  g_auto (GStrv) none = gst_omv_notes_list_lines (notes, 3);
  static const struct
  {
    gint64 number;
    GstOmvSnap snap;
    gint64 frame;               /* -1: none */
  } searches[] = {
    {10, GST_OMV_SNAP_BEFORE, 9}, {10, GST_OMV_SNAP_AFTER, 9},
    {11, GST_OMV_SNAP_BEFORE, 9}, {11, GST_OMV_SNAP_AFTER, 2},
    {14, GST_OMV_SNAP_NEAREST, 9}, {15, GST_OMV_SNAP_NEAREST, 2},
    {-6, GST_OMV_SNAP_BEFORE, -1}, {-6, GST_OMV_SNAP_NEAREST, 0},
    {19, GST_OMV_SNAP_AFTER, -1}, {19, GST_OMV_SNAP_NEAREST, 2},
    {G_MAXINT64, GST_OMV_SNAP_NEAREST, 2},
    {G_MININT64, GST_OMV_SNAP_NEAREST, 0},
  };
  gint64 number = 77;
  guint64 frame;

  g_assert_cmpstr (found[0], ==, lines[0]);
  g_assert_cmpstr (found[1], ==, lines[3]);
  g_assert_null (found[2]);
  g_assert_null (none[0]);

  g_assert_false (gst_omv_notes_get_number (notes, 4, &number));
  g_assert_false (gst_omv_notes_get_number (notes, 10, &number));
  g_assert_cmpint (number, ==, 77);
  g_assert_true (gst_omv_notes_get_number (notes, 0, &number));
  g_assert_cmpint (number, ==, -5);

  for (guint i = 0; i < G_N_ELEMENTS (searches); i++) {
    gboolean is_there = gst_omv_notes_find_number (notes, searches[i].number,
        searches[i].snap, &frame);

    g_assert_true (is_there == (searches[i].frame >= 0));
    if (is_there)
      g_assert_cmpuint (frame, ==, (guint64) searches[i].frame);
  }
  g_assert_true (gst_omv_notes_get_last_frame (notes, &frame));
  g_assert_cmpuint (frame, ==, 9);
}

static void
test_no_notes (Place * place, gconstpointer unused)
{
  g_autoptr (GstOmvNotes) notes = NULL;
  g_autoptr (GError) error = NULL;
  guint64 frame;

  g_assert_null (gst_omv_notes_load (place->recording, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  store (place->jsonl, "", 0);
  notes = gst_omv_notes_load (place->recording, NULL);
  g_assert_nonnull (notes);
  g_assert_false (gst_omv_notes_get_last_frame (notes, &frame));
  g_assert_false (gst_omv_notes_find_number (notes, 0, GST_OMV_SNAP_NEAREST,
          &frame));
}

static void
check_datetime (GstOmvMetadata * metadata, guint64 time, const gchar * expected)
{
  g_autoptr (GDateTime) datetime = gst_omv_metadata_get_datetime (metadata,
      time);
  g_autofree gchar *text = datetime != NULL
      ? g_date_time_format_iso8601 (datetime) : NULL;
  guint64 found;

  g_assert_cmpstr (text, ==, expected);
  if (datetime == NULL)
    return;
  g_assert_true (gst_omv_metadata_find_time (metadata, datetime, &found));
  g_assert_cmpuint (found, ==, time / 1000 * 1000);
}

static void
test_datetimes (void)
{
  g_autoptr (GstOmvMetadata) metadata = gst_omv_metadata_new ();
  g_autoptr (GTimeZone) offset = g_time_zone_new_offset (3600);
  g_autoptr (GTimeZone) berlin = g_time_zone_new_identifier ("Europe/Berlin");
  g_autoptr (GDateTime) start =
      g_date_time_new (offset, 2024, 3, 31, 1, 59, 59.5);
  g_autoptr (GDateTime) before = g_date_time_add (start, -1);
  guint64 time;

  check_datetime (metadata, 0, NULL);
  gst_omv_metadata_set_start (metadata, start);
  check_datetime (metadata, 0, "2024-03-31T01:59:59.500000+01");
  check_datetime (metadata, 1000001999, "2024-03-31T02:00:00.500001+01");
  g_assert_false (gst_omv_metadata_find_time (metadata, before, &time));

  /* where the zone is known, so is its summer */
  gst_omv_metadata_set_zone (metadata, "Europe/Berlin");
  check_datetime (metadata, 1000000000, berlin != NULL
      ? "2024-03-31T03:00:00.500000+02" : "2024-03-31T02:00:00.500000+01");
  gst_omv_metadata_set_zone (metadata, "no/where");
  check_datetime (metadata, 1000000000, "2024-03-31T02:00:00.500000+01");
}

/* What was set can be stored and read, also the distance of Monrovia's sun. */
static void
test_odd_starts (void)
{
  static const gint offsets[] = { 0, -2588, 3600, 3723, 35999 };
  static const gint years[] = { 2, 1970, 9998 };

  for (guint i = 0; i < G_N_ELEMENTS (offsets) * G_N_ELEMENTS (years); i++) {
    g_autoptr (GstOmvMetadata) metadata = gst_omv_metadata_new (), again = NULL;
    g_autoptr (GTimeZone) zone =
        g_time_zone_new_offset (offsets[i % G_N_ELEMENTS (offsets)]);
    g_autoptr (GDateTime) start = g_date_time_new (zone,
        years[i / G_N_ELEMENTS (offsets)], 3, 31, 1, 59, 59.5);
    g_autoptr (GDateTime) start_again = NULL;
    g_autofree gchar *text = NULL;
    g_autoptr (GError) error = NULL;

    gst_omv_metadata_set_start (metadata, start);
    text = gst_omv_metadata_to_string (metadata);
    again = gst_omv_metadata_new_from_string (text, &error);
    g_assert_no_error (error);
    start_again = gst_omv_metadata_get_start (again);
    g_assert_true (g_date_time_equal (start_again, start));
  }
}

/* A zone is no way to any file. GLib would say critical things of these. */
static void
test_no_zones (void)
{
  static const gchar *const names[] = { "", "/etc/passwd", ":/etc/passwd",
    "../../../etc/passwd", "Europe/../../../../etc/passwd", "tzdata.zi",
    "leapseconds", "+VERSION"
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GstOmvMetadata) metadata = gst_omv_metadata_new ();
    g_autoptr (GDateTime) start = g_date_time_new_utc (2024, 3, 31, 1, 59, 0);

    gst_omv_metadata_set_start (metadata, start);
    gst_omv_metadata_set_zone (metadata, names[i]);
    check_datetime (metadata, 0, "2024-03-31T01:59:00Z");
  }
}

static void
test_describe (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstOmvMetadata) metadata = gst_omv_metadata_new_from_string
      ("{\"user\": {\"a\": \"text\", \"b\": 1e20, \"c\": [1, 2.5]}}", &error);
  g_auto (GStrv) lines = NULL;
  g_autofree gchar *text = NULL;

  g_assert_no_error (error);
  lines = gst_omv_metadata_describe (metadata);
  text = g_strjoinv ("\n", lines);
  g_assert_cmpstr (text, ==, "a: text\nb: 1e+20\nc: [1,2.5]");
}

static void
test_mark (void)
{
  g_autoptr (GstOmvMetadata) metadata = gst_omv_metadata_new ();
  static const guint8 payload[] = "pixels", other[] = "pixelz";
  const GstOmvPixelFormat format = GST_OMV_PIXEL_FORMAT_GRAYSCALE;

  /* nobody knows */
  g_assert_true (gst_omv_metadata_belongs_to (metadata, format, 3, 2, other,
          6));
  gst_omv_metadata_mark (metadata, format, 3, 2, payload, 6);
  g_assert_true (gst_omv_metadata_belongs_to (metadata, format, 3, 2, payload,
          6));
  g_assert_false (gst_omv_metadata_belongs_to (metadata, format, 3, 2, other,
          6));
  g_assert_false (gst_omv_metadata_belongs_to (metadata, format, 2, 3,
          payload, 6));
  g_assert_false (gst_omv_metadata_belongs_to (metadata,
          GST_OMV_PIXEL_FORMAT_BAYER_BGGR, 3, 2, payload, 6));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("/metadata/round-trip", test_round_trip);
  add ("/metadata/empty", test_empty);
  add ("/metadata/unknown-members", test_unknown_members);
  add ("/metadata/wrong", test_wrong);
  add ("/metadata/noise", test_noise);
  add ("/metadata/no-file", test_no_file);
  add ("/metadata/replaced", test_replaced);
  add ("/lines/append", test_lines);
  add ("/lines/torn", test_torn_line);
  add ("/lines/wrong", test_wrong_lines);
  g_test_add_func ("/lines/frame", test_line_frame);
  g_test_add_func ("/notes/find", test_notes);
  add ("/notes/none", test_no_notes);
  g_test_add_func ("/metadata/datetimes", test_datetimes);
  g_test_add_func ("/metadata/odd-starts", test_odd_starts);
  g_test_add_func ("/metadata/no-zones", test_no_zones);
  g_test_add_func ("/metadata/describe", test_describe);
  g_test_add_func ("/metadata/mark", test_mark);

  return g_test_run ();
}
