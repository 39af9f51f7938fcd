/* join.c: tests of many recordings that are read as one
 *
 * Frames are gray and small, and all bytes of one are its number in the order in
 * which it should come, so that one that is lost, repeated or out of place shows.
 * What is promised: every whole frame of every file, in order; the time that
 * passed between two files where something tells it; time that never goes back.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv.h>

#include <glib/gstdio.h>
#include <gst/omv/omv-files.h>
#include <gst/omv/omv-join.h>
#include <string.h>

#include "omvtest.h"

#define MS G_GUINT64_CONSTANT (1000000)
#define SECOND (1000 * MS)
#define NO_EXACT GST_OMV_TIME_NONE

#define SIDE 5
#define PAYLOAD_SIZE (SIDE * SIDE)
#define STRIDE (32 + PAYLOAD_SIZE + 7)

/* A folder. */
typedef struct
{
  gchar *path;
  guint8 value;                 /* of the next frame */
} Folder;

static void
set_up (Folder * folder, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  folder->path = g_dir_make_tmp ("omv-join-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
tear_down (Folder * folder, gconstpointer unused)
{
  GDir *dir = g_dir_open (folder->path, 0, NULL);
  const gchar *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *path = g_build_filename (folder->path, name, NULL);

    g_assert_cmpint (g_remove (path), ==, 0);
  }
  g_dir_close (dir);
  g_assert_cmpint (g_rmdir (folder->path), ==, 0);
  g_free (folder->path);
}

static void
put_bytes (Folder * folder, const gchar * name, const guint8 * data, gsize size)
{
  g_autofree gchar *path = g_build_filename (folder->path, name, NULL);
  g_autoptr (GError) error = NULL;

  (void) g_file_set_contents (path, (const gchar *) data, (gssize) size,
      &error);
  g_assert_no_error (error);
}

static void
put_text (Folder * folder, const gchar * name, const gchar * text)
{
  put_bytes (folder, name, (const guint8 *) text, strlen (text));
}

static void
append_frame (GByteArray * file, gint generation, guint32 interval,
    guint64 exact, guint8 value)
{
  const guint8 padding[7] = { 0, };
  guint start = file->len;

  omv_test_append_header (file, generation, interval, SIDE, SIDE,
      generation < 2 ? 1 : GST_OMV_PIXEL_FORMAT_GRAYSCALE, 0);
  if (exact != NO_EXACT)
    omv_test_set_exact_time (file->data + start, exact);
  for (guint i = 0; i < PAYLOAD_SIZE; i++)
    g_byte_array_append (file, &value, 1);
  g_byte_array_append (file, padding, sizeof padding);
}

/* A recording of frames at these times in ms. @exact: of the first one, the others
 * follow it by exactly @step ns. */
static GByteArray *
make (Folder * folder, const gchar * version, guint32 lead, guint32 step,
    guint n_frames, guint64 exact, guint64 exact_step)
{
  GByteArray *file = g_byte_array_new ();

  omv_test_append_file_header (file, version);
  for (guint i = 0; i < n_frames; i++)
    append_frame (file, version[0] - '0', i == 0 ? lead : step,
        exact == NO_EXACT ? NO_EXACT : exact + i * exact_step, folder->value++);

  return file;
}

static void
put (Folder * folder, const gchar * name, const gchar * version, guint32 lead,
    guint32 step, guint n_frames)
{
  g_autoptr (GByteArray) file = make (folder, version, lead, step, n_frames,
      NO_EXACT, 0);

  put_bytes (folder, name, file->data, file->len);
}

/* With exact times; the step is no whole number of ms. */
#define EXACT_STEP (33 * MS + 333333)

static void
put_exact (Folder * folder, const gchar * name, guint64 exact, guint n_frames)
{
  g_autoptr (GByteArray) file = make (folder, "2.0", 0, 33, n_frames, exact,
      EXACT_STEP);

  put_bytes (folder, name, file->data, file->len);
}

static GstOmvReader *
open_with (Folder * folder, const gchar * pattern, gboolean resync)
{
  GstOmvReader *reader = g_object_new (GST_OMV_TYPE_READER, "resync", resync,
      NULL);
  g_autofree gchar *path = g_build_filename (folder->path, pattern, NULL);
  g_autoptr (GError) error = NULL;

  (void) gst_omv_reader_open_path (reader, path, &error);
  g_assert_no_error (error);
  return reader;
}

static GstOmvReader *
open_folder (Folder * folder)
{
  return open_with (folder, NULL, TRUE);
}

static void
check_open_error (Folder * folder, const gchar * pattern, GQuark domain,
    gint code)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autofree gchar *path = g_build_filename (folder->path, pattern, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (gst_omv_reader_open_path (reader, path, &error));
  g_assert_error (error, domain, code);
  g_assert_false (gst_omv_reader_is_open (reader));
}

static void
check_frame (GstOmvFrame * frame, guint64 number, guint value, guint64 time)
{
  gsize size;
  const guint8 *data;

  g_assert_nonnull (frame);
  data = g_bytes_get_data (frame->payload, &size);
  g_assert_cmpuint (frame->number, ==, number);
  g_assert_cmpuint (size, ==, PAYLOAD_SIZE);
  for (guint i = 0; i < size; i++)
    g_assert_cmpuint (data[i], ==, value);
  g_assert_cmpuint (frame->time, ==, time);
}

/* The frames have the numbers from 0 on as their values, and these times: read in
 * order, alone, and by time. */
static void
check_frames (GstOmvReader * reader, const guint64 * times, guint n_frames)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint64 *listed = NULL;
  GstOmvFrame *frame;
  gsize n_listed = 0;

  for (guint i = 0; i < n_frames; i++) {
    g_autoptr (GstOmvFrame) next = gst_omv_reader_read_next (reader, &error);

    g_assert_no_error (error);
    check_frame (next, i, i, times[i]);
    if (i + 1 < n_frames)
      g_assert_cmpuint (next->duration, ==, times[i + 1] - times[i]);
  }
  frame = gst_omv_reader_read_next (reader, &error);
  g_assert_no_error (error);
  g_assert_null (frame);

  for (guint k = 0; k < n_frames; k++) {
    guint i = k * 7 % n_frames;
    g_autoptr (GstOmvFrame) alone = gst_omv_reader_read_frame (reader, i,
        &error);
    g_autoptr (GstOmvFrame) timed = NULL;

    g_assert_no_error (error);
    check_frame (alone, i, i, times[i]);
    timed = gst_omv_reader_read_frame_at (reader, times[i],
        GST_OMV_SNAP_NEAREST, &error);
    g_assert_no_error (error);
    check_frame (timed, i, i, times[i]);
  }

  listed = gst_omv_reader_list_times (reader, &n_listed, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (listed, n_listed * sizeof *listed, times,
      n_frames * sizeof *times);
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, &error), ==, n_frames);
  g_assert_no_error (error);
}

typedef struct
{
  const gchar *name;
  guint64 number;
  guint64 n_frames;
  guint64 time;
  guint64 gap;
  gboolean is_placed;
} Part;

static void
check_parts (GstOmvReader * reader, const Part * expected, guint n_parts)
{
  g_autoptr (GError) error = NULL;
  GList *parts = gst_omv_reader_list_parts (reader, &error);
  guint i = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (g_list_length (parts), ==, n_parts);
  for (GList * l = parts; l != NULL; l = l->next, i++) {
    const GstOmvPart *part = l->data;
    g_autofree gchar *name = g_file_get_basename (part->file);

    g_assert_cmpstr (name, ==, expected[i].name);
    g_assert_cmpuint (part->number, ==, expected[i].number);
    g_assert_cmpuint (part->n_frames, ==, expected[i].n_frames);
    g_assert_cmpuint (part->time, ==, expected[i].time);
    g_assert_cmpuint (part->gap, ==, expected[i].gap);
    g_assert_cmpint (part->is_placed, ==, expected[i].is_placed);
  }
  g_list_free_full (parts, (GDestroyNotify) gst_omv_part_free);
}

/* ---- when frames are due ---- */

/* Nothing is known of the time between files: they follow each other. The
 * interval at the start of each but the first says nothing. */
static void
test_behind_each_other (Folder * folder, gconstpointer unused)
{
  static const guint64 times[] = { 2000 * MS, 2040 * MS, 2080 * MS, 2120 * MS,
    2170 * MS, 2220 * MS, 2270 * MS
  };
  static const Part parts[] = {
    {"part1.bin", 0, 3, 2000 * MS, 0, TRUE},
    {"part2.bin", 3, 3, 2120 * MS, 0, FALSE},
    {"part10.bin", 6, 1, 2270 * MS, 0, FALSE}
  };
  g_autoptr (GstOmvReader) reader = NULL;

  put (folder, "part1.bin", "2.0", 2000, 40, 3);
  put (folder, "part2.bin", "2.0", 1500, 50, 3);
  put (folder, "part10.bin", "2.0", 900, 1, 1);
  reader = open_folder (folder);
  check_frames (reader, times, G_N_ELEMENTS (times));
  check_parts (reader, parts, G_N_ELEMENTS (parts));
  g_assert_cmpuint (gst_omv_reader_get_duration (reader, NULL), ==, 2320 * MS);
  g_assert_cmpuint (gst_omv_reader_get_size (reader, NULL), ==,
      16 + 7 * STRIDE);
}

/* Exact times go on through all files, to the nanosecond. */
static void
test_exact (Folder * folder, gconstpointer unused)
{
  const guint64 start = 7 * SECOND + 123;
  guint64 times[9];
  guint64 later = 3 * EXACT_STEP, last = later + 3 * EXACT_STEP + 3601 * SECOND;
  const Part parts[] = {
    {"a.bin", 0, 3, 0, 0, TRUE},
    {"b.bin", 3, 3, later, 0, TRUE},
    {"c.bin", 6, 3, last, 3601 * SECOND, TRUE}
  };
  g_autoptr (GstOmvReader) reader = NULL;

  for (guint i = 0; i < 9; i++)
    times[i] = i * EXACT_STEP + (i < 6 ? 0 : 3601 * SECOND);
  put_exact (folder, "a.bin", start, 3);
  put_exact (folder, "b.bin", start + later, 3);
  put_exact (folder, "c.bin", start + last, 3);
  reader = open_folder (folder);
  check_frames (reader, times, G_N_ELEMENTS (times));
  check_parts (reader, parts, G_N_ELEMENTS (parts));
}

/* Without exact times, the wall-clock times beside the files tell; the time of a
 * file's first frame counts from there. */
static void
test_wall_clock (Folder * folder, gconstpointer unused)
{
  static const guint64 times[] = { 500 * MS, 540 * MS, 60200 * MS, 60240 * MS,
    60280 * MS
  };
  static const Part parts[] = {
    {"a.bin", 0, 2, 500 * MS, 0, TRUE},
    {"b.bin", 2, 2, 60200 * MS, 59620 * MS, TRUE},
    {"c.bin", 4, 1, 60280 * MS, 0, FALSE}
  };
  g_autoptr (GstOmvReader) reader = NULL;

  put (folder, "a.bin", "2.0", 500, 40, 2);
  put (folder, "b.bin", "2.0", 200, 40, 2);
  put (folder, "c.bin", "2.0", 200, 40, 1);
  put_text (folder, "a.bin.json", "{\"start\": \"2026-03-01T12:59:00+01:00\"}");
  put_text (folder, "b.bin.json", "{\"start\": \"2026-03-01T12:00:00Z\"}");
  put_text (folder, "c.bin.json", "this is no metadata");
  reader = open_folder (folder);
  check_frames (reader, times, G_N_ELEMENTS (times));
  check_parts (reader, parts, G_N_ELEMENTS (parts));
}

/* Metadata that is left of another recording says nothing of this one. */
static void
test_foreign_metadata (Folder * folder, gconstpointer unused)
{
  const guint64 times[] = { 0, 40 * MS, 80 * MS, 120 * MS };
  const Part parts[] = {
    {"a.bin", 0, 2, 0, 0, TRUE}, {"b.bin", 2, 2, 80 * MS, 0, FALSE}
  };
  g_autoptr (GstOmvMetadata) metadata = gst_omv_metadata_new ();
  const guint8 other[PAYLOAD_SIZE] = { 99 };
  g_autofree gchar *text = NULL;
  g_autoptr (GDateTime) start = g_date_time_new_utc (2026, 3, 1, 13, 0, 0);
  g_autoptr (GstOmvReader) reader = NULL;

  put (folder, "a.bin", "2.0", 0, 40, 2);
  put (folder, "b.bin", "2.0", 0, 40, 2);
  put_text (folder, "a.bin.json", "{\"start\": \"2026-03-01T12:00:00Z\"}");
  gst_omv_metadata_set_start (metadata, start);
  gst_omv_metadata_mark (metadata, GST_OMV_PIXEL_FORMAT_GRAYSCALE, SIDE, SIDE,
      other, sizeof other);
  text = gst_omv_metadata_to_string (metadata);
  put_text (folder, "b.bin.json", text);

  reader = open_folder (folder);
  check_frames (reader, times, G_N_ELEMENTS (times));
  check_parts (reader, parts, G_N_ELEMENTS (parts));
}

/* Exact times of two runs of a pipeline say nothing of each other. What the clock
 * said at their start does, and before that the wall clock. */
static void
test_base_times (Folder * folder, gconstpointer unused)
{
  guint64 times[] = { 0, EXACT_STEP, 20 * SECOND + EXACT_STEP,
    20 * SECOND + 2 * EXACT_STEP
  };
  Part parts[] = {
    {"a.bin", 0, 2, 0, 0, TRUE},
    {"b.bin", 2, 2, 20 * SECOND + EXACT_STEP, 20 * SECOND - EXACT_STEP, TRUE}
  };

  put_exact (folder, "a.bin", 5 * SECOND, 2);
  put_exact (folder, "b.bin", 6 * SECOND + EXACT_STEP, 2);
  put_text (folder, "a.bin.json", "{\"base-time\": 1000000000}");
  put_text (folder, "b.bin.json", "{\"base-time\": 20000000000}");
  {
    g_autoptr (GstOmvReader) reader = open_folder (folder);

    check_frames (reader, times, G_N_ELEMENTS (times));
    check_parts (reader, parts, G_N_ELEMENTS (parts));
  }

  times[2] = 3600 * SECOND + EXACT_STEP;
  times[3] = times[2] + EXACT_STEP;
  parts[1].time = times[2];
  /* of that date only microseconds are known */
  parts[1].gap = 3600 * SECOND - EXACT_STEP - 333;
  put_text (folder, "a.bin.json", "{\"base-time\": 1000000000, "
      "\"start\": \"2026-03-01T11:00:00Z\"}");
  put_text (folder, "b.bin.json", "{\"base-time\": 20000000000, "
      "\"start\": \"2026-03-01T12:00:00.033333Z\"}");
  {
    g_autoptr (GstOmvReader) reader = open_folder (folder);

    check_frames (reader, times, G_N_ELEMENTS (times));
    check_parts (reader, parts, G_N_ELEMENTS (parts));
  }
}

/* Clocks that went back: the file follows the one before it. What comes behind
 * is held against it again. */
static void
test_clock_went_back (Folder * folder, gconstpointer unused)
{
  const guint64 joint = 2 * EXACT_STEP - EXACT_STEP % MS;
  g_autoptr (GstOmvReader) reader = NULL;
  g_autofree guint64 *times = NULL;
  gsize n_times;
  GList *parts;

  put_exact (folder, "a.bin", 50 * SECOND, 2);
  put_exact (folder, "b.bin", 10 * SECOND, 2);
  put_exact (folder, "c.bin", 12 * SECOND, 2);
  put_text (folder, "a.bin.json", "{\"start\": \"2026-03-01T12:00:00Z\"}");
  put_text (folder, "b.bin.json", "{\"start\": \"2026-03-01T11:00:00Z\"}");
  reader = open_folder (folder);

  times = gst_omv_reader_list_times (reader, &n_times, NULL);
  g_assert_cmpuint (n_times, ==, 6);
  g_assert_cmpuint (times[1], ==, EXACT_STEP);
  /* rounded to what an interval can say */
  g_assert_cmpuint (times[2], >=, joint - MS);
  g_assert_cmpuint (times[2], <=, joint + MS);
  g_assert_cmpuint (times[3] - times[2], ==, EXACT_STEP);
  g_assert_cmpuint (times[4] - times[2], ==, 2 * SECOND);

  parts = gst_omv_reader_list_parts (reader, NULL);
  g_assert_false (((GstOmvPart *) parts->next->data)->is_placed);
  g_assert_cmpuint (((GstOmvPart *) parts->next->data)->gap, ==, 0);
  g_assert_true (((GstOmvPart *) parts->next->next->data)->is_placed);
  g_list_free_full (parts, (GDestroyNotify) gst_omv_part_free);
}

/* What rounding costs does not add up, over however many files. */
static void
test_no_drift (Folder * folder, gconstpointer unused)
{
  g_autoptr (GstOmvReader) reader = NULL;
  g_autofree guint64 *times = NULL;
  gsize n_times;

  for (guint i = 0; i < 40; i++) {
    g_autofree gchar *name = g_strdup_printf ("%u.bin", i);
    g_autofree gchar *beside = g_strdup_printf ("%u.bin.json", i);
    g_autofree gchar *text = g_strdup_printf
        ("{\"start\": \"2026-03-01T12:00:%02u.%06uZ\"}", i, i * 400);

    put (folder, name, "2.0", 0, 40, 1);
    put_text (folder, beside, text);
  }
  reader = open_folder (folder);
  times = gst_omv_reader_list_times (reader, &n_times, NULL);
  g_assert_cmpuint (n_times, ==, 40);
  for (guint i = 0; i < 40; i++) {
    guint64 due = i * SECOND + i * 400000;

    g_assert_cmpuint (MAX (times[i], due) - MIN (times[i], due), <=, MS / 2);
  }
}

/* A gap that no interval can say is as long as one can say. */
static void
test_long_gap (Folder * folder, gconstpointer unused)
{
  g_autoptr (GstOmvReader) reader = NULL;
  g_autofree guint64 *times = NULL;
  gsize n_times;

  put (folder, "a.bin", "2.0", 0, 40, 1);
  put (folder, "b.bin", "2.0", 0, 40, 2);
  put_text (folder, "a.bin.json", "{\"start\": \"2025-03-01T12:00:00Z\"}");
  put_text (folder, "b.bin.json", "{\"start\": \"2026-03-01T12:00:00Z\"}");
  reader = open_folder (folder);
  times = gst_omv_reader_list_times (reader, &n_times, NULL);
  g_assert_cmpuint (n_times, ==, 3);
  g_assert_cmpuint (times[1], ==, G_MAXUINT32 * MS);
  g_assert_cmpuint (times[2], ==, G_MAXUINT32 * MS + 40 * MS);
}

/* Nothing that stands in a sidecar makes time overflow. */
static void
test_absurd_times (Folder * folder, gconstpointer unused)
{
  static const gchar *const starts[] = {
    "{\"start\": \"0001-01-01T00:00:00Z\", \"base-time\": 0}",
    "{\"start\": \"9999-12-31T23:59:59Z\", "
        "\"base-time\": 9223372036854775807}"
  };

  for (guint order = 0; order < 2; order++) {
    g_autoptr (GstOmvReader) reader = NULL;
    g_autofree guint64 *times = NULL;
    gsize n_times;

    folder->value = 0;
    put_exact (folder, "a.bin", order == 0 ? 0 : NO_EXACT - 2 * EXACT_STEP, 2);
    put_exact (folder, "b.bin", NO_EXACT - 1 - EXACT_STEP, 2);
    put_text (folder, "a.bin.json", starts[order]);
    put_text (folder, "b.bin.json", starts[1 - order]);
    reader = open_folder (folder);
    times = gst_omv_reader_list_times (reader, &n_times, NULL);
    g_assert_cmpuint (n_times, ==, 4);
    for (guint i = 1; i < 4; i++)
      g_assert_cmpuint (times[i], >=, times[i - 1]);
    g_assert_cmpuint (times[3], <=, GST_OMV_TIME_MAX);
  }
}

/* ---- which frames there are ---- */

static gboolean
collect_skips (GstOmvWalkResult result, const GstOmvWalkStep * step,
    gpointer user_data)
{
  if (result == GST_OMV_WALK_SKIP)
    g_array_append_val (user_data, *step);
  return TRUE;
}

/* The walk tells the same, between the frames. */
static void
check_walk (GstOmvReader * reader, guint64 number, guint64 size)
{
  g_autoptr (GArray) skips = g_array_new (FALSE, FALSE,
      sizeof (GstOmvWalkStep));

  g_assert_true (gst_omv_reader_walk (reader, collect_skips, skips, NULL));
  g_assert_cmpuint (skips->len, ==, size > 0);
  if (size > 0) {
    const GstOmvWalkStep *skip = &g_array_index (skips, GstOmvWalkStep, 0);

    g_assert_cmpuint (skip->number, ==, number);
    g_assert_cmpuint (skip->size, ==, size);
  }
}

/* A file in the middle that was cut off anywhere keeps its whole frames, and costs
 * none of the next file. What was lost is told. */
static void
test_torn (Folder * folder, gconstpointer unused)
{
  g_autoptr (GByteArray) middle = NULL;

  put (folder, "a.bin", "2.0", 0, 40, 2);
  middle = make (folder, "2.0", 0, 40, 3, NO_EXACT, 0);
  put (folder, "c.bin", "2.0", 0, 40, 2);

  for (guint size = 0; size <= middle->len; size++) {
    /* a frame is whole without its padding */
    guint n_whole = size < 16 ? 0 : (size - 16 + 7) / STRIDE;
    guint n_left = size < 16 ? 0 : size - MIN (size, 16 + n_whole * STRIDE);
    g_autoptr (GstOmvReader) reader = NULL;
    GList *damages;
    guint value = 0;

    put_bytes (folder, "b.bin", middle->data, size);
    reader = open_folder (folder);
    g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==,
        4 + n_whole);
    for (guint i = 0; i < 4 + n_whole; i++) {
      g_autoptr (GstOmvFrame) frame = gst_omv_reader_read_next (reader, NULL);

      if (i == 2 + n_whole)
        value = 5;
      check_frame (frame, i, value++, i * 40 * MS);
    }
    g_assert_false (gst_omv_reader_is_torn (reader, NULL));

    damages = gst_omv_reader_list_damages (reader, NULL);
    g_assert_cmpuint (g_list_length (damages), ==, n_left > 0);
    if (damages != NULL) {
      const GstOmvDamage *damage = damages->data;

      g_assert_cmpuint (damage->number, ==, 2 + n_whole);
      g_assert_cmpuint (damage->size, ==, n_left);
      g_assert_cmpint (damage->fault, ==, GST_OMV_FAULT_TORN);
    }
    g_list_free_full (damages, (GDestroyNotify) gst_omv_damage_free);
    check_walk (reader, 2 + n_whole, n_left);
  }
}

/* Damage within a file is skipped and listed where it is; without resync it is
 * the end of everything. */
static void
test_damaged (Folder * folder, gconstpointer unused)
{
  g_autoptr (GByteArray) middle = NULL;
  g_autoptr (GstOmvReader) reader = NULL;
  g_autoptr (GstOmvReader) strict = NULL;
  g_autoptr (GstOmvFrame) frame = NULL;
  g_autoptr (GError) error = NULL;
  GList *damages;

  put (folder, "a.bin", "2.0", 0, 40, 2);
  middle = make (folder, "2.0", 0, 40, 3, NO_EXACT, 0);
  memset (middle->data + 16 + STRIDE, 0xFF, 32);
  put_bytes (folder, "b.bin", middle->data, middle->len);
  put (folder, "c.bin", "2.0", 0, 40, 2);

  reader = open_folder (folder);
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==, 6);
  frame = gst_omv_reader_read_frame (reader, 5, NULL);
  check_frame (frame, 5, 6, 200 * MS);
  damages = gst_omv_reader_list_damages (reader, NULL);
  g_assert_cmpuint (g_list_length (damages), ==, 1);
  g_assert_cmpuint (((GstOmvDamage *) damages->data)->offset, ==,
      16 + 3 * STRIDE);
  g_list_free_full (damages, (GDestroyNotify) gst_omv_damage_free);

  strict = open_with (folder, NULL, FALSE);
  g_assert_cmpuint (gst_omv_reader_get_n_frames (strict, NULL), ==, 3);
  g_assert_null (gst_omv_reader_read_frame (strict, 3, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
}

/* Recordings of all versions and formats, damaged ones among them: the frames of
 * all of them, one behind the other, and the times within each. */
static void
test_golden (Folder * folder, gconstpointer unused)
{
  g_autoptr (GstOmvReader) reader = NULL;
  guint64 number = 0;

  for (guint i = 0; omv_test_golden_names[i] != NULL; i++) {
    g_autoptr (OmvTestGolden) golden =
        omv_test_golden_load (omv_test_golden_names[i]);
    g_autofree gchar *name = g_strdup_printf ("%02u.bin", i);

    if (!golden->damaged)
      put_bytes (folder, name, golden->data, golden->size);
  }
  reader = open_folder (folder);

  for (guint i = 0; omv_test_golden_names[i] != NULL; i++) {
    g_autoptr (OmvTestGolden) golden =
        omv_test_golden_load (omv_test_golden_names[i]);
    guint64 first = 0;

    for (guint k = 0; !golden->damaged && k < golden->frames->len; k++) {
      const OmvTestFrame *expected = omv_test_frame (golden->frames, k);
      g_autoptr (GstOmvFrame) frame = gst_omv_reader_read_frame (reader,
          number++, NULL);
      gsize header_size = gst_omv_version_get_header_size (frame->version);
      gsize size;
      const guint8 *payload = g_bytes_get_data (frame->payload, &size);

      g_assert_cmpmem (payload, size, golden->data + expected->offset
          + header_size, expected->size);
      g_assert_cmpint (frame->header.width, ==, expected->width);
      g_assert_cmpint (frame->version, ==, golden->version);
      if (k == 0)
        first = frame->time - expected->time;
      g_assert_cmpuint (frame->time - expected->time, ==, first);
    }
  }
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==, number);
  g_assert_cmpint (gst_omv_reader_get_version (reader, NULL), ==,
      GST_OMV_VERSION_V1_0);
}

/* The bytes are the same however they are read, and are one recording. */
static void
test_bytes (Folder * folder, gconstpointer unused)
{
  g_autoptr (GFile) place = g_file_new_for_path (folder->path);
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (GstOmvJoin) join = NULL;
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autofree guint8 *whole = NULL;
  g_autoptr (GBytes) bytes = NULL;
  guint64 times[10];
  GstOmvWalk start;
  gsize size, got;

  for (guint i = 0; i < 10; i++)
    times[i] = i * EXACT_STEP + (i >= 4 ? SECOND : 0);
  put_exact (folder, "a.bin", SECOND, 4);
  put_exact (folder, "b.bin", 2 * SECOND + times[4] - SECOND, 6);

  gst_omv_walk_init (&start);
  files = gst_omv_files_list (place, NULL);
  join = gst_omv_join_new (files, &start, TRUE, NULL);
  g_assert_true (gst_omv_join_reach (join, GST_OMV_OFFSET_NONE, NULL));
  g_assert_true (gst_omv_join_is_complete (join));
  size = (gsize) gst_omv_join_get_end (join);
  whole = g_malloc (size + 1);
  g_assert_true (gst_omv_join_read (join, 0, whole, size + 1, &got, NULL));
  g_assert_cmpuint (got, ==, size);

  for (gsize piece = 1; piece < 70; piece += 3) {
    for (gsize offset = 0; offset < size; offset += piece) {
      guint8 data[70];

      g_assert_true (gst_omv_join_read (join, offset, data, piece, &got, NULL));
      g_assert_cmpmem (data, got, whole + offset, MIN (piece, size - offset));
    }
  }

  bytes = g_bytes_new (whole, size);
  g_assert_true (gst_omv_reader_open_bytes (reader, bytes, NULL));
  check_frames (reader, times, G_N_ELEMENTS (times));
}

/* ---- which files they are ---- */

/* Only what ends in .bin, and is a recording. */
static void
test_names (Folder * folder, gconstpointer unused)
{
  static const Part parts[] = {
    {"CLIP.BIN", 0, 2, 0, 0, TRUE},
    {"clip 9.bin", 2, 1, 80 * MS, 0, FALSE},
    {"clip 10.bin", 3, 2, 120 * MS, 0, FALSE}
  };
  g_autofree gchar *child = g_build_filename (folder->path, "x.bin", NULL);
  g_autoptr (GstOmvReader) reader = NULL;

  g_assert_cmpint (g_mkdir (child, 0700), ==, 0);
  put_text (folder, "firmware.bin", "this is something else");
  put_text (folder, "fpga.bin", "");
  put_text (folder, "clip 0.bin", "");
  put_text (folder, "notes.txt", "");
  put (folder, "CLIP.BIN", "2.0", 0, 40, 2);
  put (folder, "clip 9.bin", "2.0", 0, 40, 1);
  put (folder, "clip 10.bin", "2.0", 0, 40, 2);
  put (folder, "clip 11.bin.part", "2.0", 0, 40, 2);
  put (folder, ".hidden.bin", "2.0", 0, 40, 2);

  {
    g_autoptr (GstOmvReader) some = open_with (folder, "c*p ??.bin", TRUE);

    g_assert_cmpuint (gst_omv_reader_get_n_frames (some, NULL), ==, 2);
  }
  reader = open_folder (folder);
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==, 5);
  check_parts (reader, parts, G_N_ELEMENTS (parts));
  check_open_error (folder, "nothing-*.bin", G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  check_open_error (folder, "nothing.bin", G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  check_open_error (folder, "x.bin", GST_OMV_ERROR, GST_OMV_ERROR_WRONG_TYPE);
  check_open_error (folder, "f*.bin", GST_OMV_ERROR, GST_OMV_ERROR_WRONG_TYPE);
}

/* A file of just that name is meant, and nothing else. */
static void
test_a_file_with_a_star (Folder * folder, gconstpointer unused)
{
  g_autoptr (GstOmvReader) reader = NULL;
  static const Part part = { "run*.bin", 0, 1, 0, 0, TRUE };

  put (folder, "run*.bin", "2.0", 0, 40, 1);
  put (folder, "run1.bin", "2.0", 0, 40, 1);
  reader = open_with (folder, "run*.bin", TRUE);
  check_parts (reader, &part, 1);
}

/* One of a version that nobody knows is not passed over. */
static void
test_unknown_version (Folder * folder, gconstpointer unused)
{
  g_autoptr (GstOmvReader) reader = NULL;
  g_autoptr (GError) error = NULL;

  put (folder, "a.bin", "2.0", 0, 40, 2);
  put_text (folder, "b.bin", "OMV IMG STR V3.0");
  put (folder, "c.bin", "2.0", 0, 40, 2);
  reader = open_folder (folder);
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, &error), ==, 0);
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "b.bin"));
  check_open_error (folder, "b*.bin", GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED);
}

/* Recordings without a frame are recordings, and no hindrance. */
static void
test_empty (Folder * folder, gconstpointer unused)
{
  static const guint64 times[] = { 0, 40 * MS, 80 * MS };

  put (folder, "a.bin", "1.1", 0, 40, 0);
  {
    g_autoptr (GstOmvReader) reader = open_folder (folder);

    check_frames (reader, NULL, 0);
    g_assert_cmpuint (gst_omv_reader_get_duration (reader, NULL), ==, 0);
  }

  put (folder, "b.bin", "2.0", 0, 40, 2);
  put (folder, "c.bin", "2.0", 0, 40, 0);
  put (folder, "d.bin", "2.0", 0, 40, 1);
  put (folder, "e.bin", "2.0", 0, 40, 0);
  {
    g_autoptr (GstOmvReader) reader = open_folder (folder);

    check_frames (reader, times, G_N_ELEMENTS (times));
    g_assert_cmpint (gst_omv_reader_get_version (reader, NULL), ==,
        GST_OMV_VERSION_V1_1);
  }
}

/* Files are looked at when they are needed: one that is gone by then is left out,
 * as is one that comes later. */
static void
test_on_demand (Folder * folder, gconstpointer unused)
{
  g_autofree gchar *path = g_build_filename (folder->path, "b.bin", NULL);
  g_autoptr (GstOmvReader) reader = NULL;
  g_autoptr (GstOmvFrame) first = NULL;

  put (folder, "a.bin", "2.0", 0, 40, 2);
  put (folder, "b.bin", "2.0", 0, 40, 2);
  put (folder, "c.bin", "2.0", 0, 40, 2);
  reader = open_folder (folder);
  first = gst_omv_reader_read_frame (reader, 0, NULL);
  check_frame (first, 0, 0, 0);
  g_assert_cmpint (g_remove (path), ==, 0);
  put (folder, "d.bin", "2.0", 0, 40, 2);
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==, 4);
}

/* The last file may grow; its torn frame becomes whole. */
static void
test_grows (Folder * folder, gconstpointer unused)
{
  g_autoptr (GByteArray) last = NULL;
  g_autoptr (GstOmvReader) reader = NULL;
  g_autofree gchar *path = g_build_filename (folder->path, "b.bin", NULL);
  Part parts[] = {
    {"a.bin", 0, 2, 0, 0, TRUE}, {"b.bin", 2, 2, 80 * MS, 0, FALSE}
  };
  guint64 times[7];

  for (guint i = 0; i < 7; i++)
    times[i] = i * 40 * MS;
  put (folder, "a.bin", "2.0", 0, 40, 2);
  last = make (folder, "2.0", 0, 40, 5, NO_EXACT, 0);
  put_bytes (folder, "b.bin", last->data, 16 + 2 * STRIDE + 20);
  reader = open_folder (folder);
  check_frames (reader, times, 4);
  check_parts (reader, parts, G_N_ELEMENTS (parts));
  g_assert_true (gst_omv_reader_is_torn (reader, NULL));

  {
    FILE *file = g_fopen (path, "ab");
    gsize at = 16 + 2 * STRIDE + 20;

    g_assert_cmpuint (fwrite (last->data + at, 1, last->len - at, file), ==,
        last->len - at);
    g_assert_cmpint (fclose (file), ==, 0);
  }
  g_assert_true (gst_omv_reader_seek (reader, 0, NULL));
  check_frames (reader, times, 7);
  parts[1].n_frames = 5;
  check_parts (reader, parts, G_N_ELEMENTS (parts));
  g_assert_false (gst_omv_reader_is_torn (reader, NULL));
}

/* A file in the middle that becomes shorter is an error, not rubbish. */
static void
test_shrinks (Folder * folder, gconstpointer unused)
{
  g_autoptr (GByteArray) middle = NULL;
  g_autoptr (GstOmvReader) reader = NULL;
  g_autoptr (GError) error = NULL;

  put (folder, "a.bin", "2.0", 0, 40, 2);
  middle = make (folder, "2.0", 0, 40, 200, NO_EXACT, 0);
  put_bytes (folder, "b.bin", middle->data, middle->len);
  put (folder, "c.bin", "2.0", 0, 40, 2);
  reader = open_folder (folder);
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==, 204);
  put_bytes (folder, "b.bin", middle->data, middle->len / 2);
  g_assert_null (gst_omv_reader_read_frame (reader, 150, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
}

/* An index of many files is one beside each. */
static void
test_index (Folder * folder, gconstpointer unused)
{
  guint64 times[400];

  for (guint i = 0; i < 250; i++)
    times[i] = i * 40 * MS;
  put (folder, "a.bin", "2.0", 0, 40, 150);
  put (folder, "b.bin", "2.1", 0, 40000, 100);
  for (guint with_index = 0; with_index < 2; with_index++) {
    g_autoptr (GstOmvReader) reader = open_folder (folder);
    g_autofree gchar *path = g_build_filename (folder->path, "b.bin.idx", NULL);
    g_autoptr (GError) error = NULL;

    check_frames (reader, times, 250);
    g_assert_true (gst_omv_reader_write_index (reader, &error));
    g_assert_no_error (error);
    g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));
  }
}

/* An index that was right once. What it says is found to be wrong when a frame is
 * looked for, not before. */
static void
test_stale_index (Folder * folder, gconstpointer unused)
{
  const guint n_frames = 200;
  g_autoptr (GByteArray) file = make (folder, "2.0", 0, 40, n_frames, NO_EXACT,
      0);
  g_autoptr (GstOmvReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  guint64 times[202];

  put_bytes (folder, "a.bin", file->data, file->len);
  put (folder, "b.bin", "2.0", 0, 40, 2);
  reader = open_folder (folder);
  g_assert_true (gst_omv_reader_write_index (reader, &error));
  g_assert_no_error (error);
  g_clear_object (&reader);

  file->data[16] = 200;         /* ms: the first interval */
  put_bytes (folder, "a.bin", file->data, file->len);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    times[i] = 200 * MS + i * 40 * MS;
  reader = open_folder (folder);
  check_frames (reader, times, G_N_ELEMENTS (times));
}

/* Names of other times, and of other systems, are no UTF-8. */
static void
test_foreign_names (Folder * folder, gconstpointer unused)
{
  static const gchar *const patterns[] =
      { "a*.bin", "a?.bin", "*a*1*", "a\xe9*", "*\xe9?bin" };
  static const guint n_frames[] = { 3, 1, 3, 2, 2 };

  put (folder, "a1.bin", "2.0", 0, 40, 1);
  put (folder, "a\xe9" "1\xe9.bin", "2.0", 0, 40, 2);
  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++) {
    g_autoptr (GstOmvReader) reader = open_with (folder, patterns[i], TRUE);

    g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==,
        n_frames[i]);
  }
}

/* One file, or none, is no special case of the list. */
static void
test_single (Folder * folder, gconstpointer unused)
{
  static const Part part = { "a.bin", 0, 3, 70 * MS, 0, TRUE };
  g_autoptr (GstOmvReader) single = NULL;
  g_autoptr (GstOmvReader) alone = NULL;
  g_autoptr (GError) error = NULL;

  put (folder, "a.bin", "2.0", 70, 40, 3);
  single = open_with (folder, "a.bin", TRUE);
  check_parts (single, &part, 1);
  alone = open_folder (folder);
  check_parts (alone, &part, 1);
  gst_omv_reader_close (alone);
  g_assert_null (gst_omv_reader_list_parts (alone, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CLOSED);
}

/* The camera's stream object reads them, too; nobody writes to many. */
static void
test_image_io (Folder * folder, gconstpointer unused)
{
  g_autoptr (GstOmvImageIO) stream = NULL;
  g_autoptr (GError) error = NULL;

  put (folder, "a.bin", "2.0", 0, 40, 2);
  put (folder, "b.bin", "2.0", 0, 40, 2);
  stream = gst_omv_image_io_new_file (folder->path,
      GST_OMV_IMAGE_IO_MODE_READ, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 4; i++) {
    g_autoptr (GstOmvFrame) frame = gst_omv_image_io_read (stream, FALSE,
        FALSE, NULL, &error);

    g_assert_no_error (error);
    check_frame (frame, i, i, i * 40 * MS);
  }
  g_assert_null (gst_omv_image_io_new_file (folder->path,
          GST_OMV_IMAGE_IO_MODE_APPEND, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
}

static void
add (const gchar * name, void (*function) (Folder *, gconstpointer))
{
  g_autofree gchar *path = g_strconcat ("/join/", name, NULL);

  g_test_add (path, Folder, NULL, set_up, function, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("time/behind-each-other", test_behind_each_other);
  add ("time/exact", test_exact);
  add ("time/wall-clock", test_wall_clock);
  add ("time/foreign-metadata", test_foreign_metadata);
  add ("time/base-times", test_base_times);
  add ("time/clock-went-back", test_clock_went_back);
  add ("time/no-drift", test_no_drift);
  add ("time/long-gap", test_long_gap);
  add ("time/absurd", test_absurd_times);
  add ("frames/torn", test_torn);
  add ("frames/damaged", test_damaged);
  add ("frames/golden", test_golden);
  add ("frames/bytes", test_bytes);
  add ("files/names", test_names);
  add ("files/a-file-with-a-star", test_a_file_with_a_star);
  add ("files/unknown-version", test_unknown_version);
  add ("files/empty", test_empty);
  add ("files/on-demand", test_on_demand);
  add ("files/grows", test_grows);
  add ("files/shrinks", test_shrinks);
  add ("files/index", test_index);
  add ("files/stale-index", test_stale_index);
  add ("files/foreign-names", test_foreign_names);
  add ("files/single", test_single);
  add ("files/image-io", test_image_io);

  return g_test_run ();
}
