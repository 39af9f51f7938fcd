/* reader.c: tests of GstOmvReader
 *
 * The oracle is a walk from the recording's start, which walk.c holds against
 * other programs' lists; which frame a time stands for is looked for by
 * brute force.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv.h>

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "omvtest-corpus.h"
#include "omvtest-place.h"
#include "omvtest-walker.h"
#include "omvtest.h"

/* In place of what is there, which stays for whoever has it open. */
static void
store (const gchar * path, const guint8 * data, gsize size)
{
  g_autoptr (GError) error = NULL;

  (void) g_file_set_contents (path, (const gchar *) data, (gssize) size,
      &error);
  g_assert_no_error (error);
}

static void
append (const gchar * path, const guint8 * data, gsize size)
{
  FILE *file = g_fopen (path, "ab");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (data, 1, size, file), ==, size);
  g_assert_cmpint (fclose (file), ==, 0);
}

/* What a walk from the start finds. */
static OmvTestWalk *
walk_over (const guint8 * data, gsize size, gboolean resync)
{
  GstOmvWalk start;

  gst_omv_walk_init (&start);
  start.resync = resync;
  start.rewind = TRUE;

  return omv_test_walk (&omv_test_drivers[0], start, data, size);
}

static GArray *
list_frames (const OmvTestWalk * walk)
{
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (GstOmvWalkStep));

  for (guint i = 0; i < walk->steps->len; i++) {
    const OmvTestStep *step = &g_array_index (walk->steps, OmvTestStep, i);

    if (step->result == GST_OMV_WALK_FRAME)
      g_array_append_val (frames, step->step);
  }

  return frames;
}

static const GstOmvWalkStep *
get_step (const GArray * frames, guint i)
{
  g_assert_cmpuint (i, <, frames->len);
  return &g_array_index (frames, GstOmvWalkStep, i);
}

/* ---- every frame, in every way ---- */

static guint64
get_duration (const GArray * frames, guint i)
{
  if (i + 1 < frames->len)
    return get_step (frames, i + 1)->time - get_step (frames, i)->time;
  return i > 0 ? get_step (frames, i)->time - get_step (frames, i - 1)->time
      : 0;
}

static void
check_frame (GstOmvFrame * frame, const GArray * frames, guint i,
    const guint8 * data)
{
  const GstOmvWalkStep *step = get_step (frames, i);
  gsize size;
  const guint8 *payload;

  g_assert_nonnull (frame);
  g_assert_cmpuint (frame->number, ==, i);
  g_assert_cmpuint (frame->offset, ==, step->offset);
  g_assert_cmpuint (frame->time, ==, step->time);
  g_assert_cmpuint (frame->duration, ==, get_duration (frames, i));
  g_assert_cmpint (frame->version, ==, step->version);
  g_assert_cmpmem (&frame->header, sizeof frame->header, &step->header,
      sizeof step->header);
  payload = g_bytes_get_data (frame->payload, &size);
  g_assert_cmpmem (payload, size, data + step->payload_offset,
      step->header.payload_size);
  gst_omv_frame_unref (frame);
}

static void
check_number (GstOmvReader * reader, const GArray * frames, guint i,
    const guint8 * data)
{
  g_autoptr (GError) error = NULL;
  GstOmvFrame *frame = gst_omv_reader_read_frame (reader, i, &error);

  g_assert_no_error (error);
  check_frame (frame, frames, i, data);
}

/* Without resync, @damaged says that damage stands behind the last frame. */
static void
check_absent (GstOmvReader * reader, guint64 number, gboolean damaged)
{
  gint code = damaged ? GST_OMV_ERROR_CORRUPT : GST_OMV_ERROR_END_OF_STREAM;
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_omv_reader_read_frame (reader, number, &error));
  g_assert_error (error, GST_OMV_ERROR, code);
}

static void
check_next (GstOmvReader * reader, const GArray * frames, const guint8 * data,
    gboolean damaged)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < frames->len; i++) {
    g_assert_cmpuint (gst_omv_reader_get_position (reader), ==, i);
    check_frame (gst_omv_reader_read_next (reader, NULL), frames, i, data);
  }
  g_assert_null (gst_omv_reader_read_next (reader, &error));
  if (damaged)
    g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
  else
    g_assert_no_error (error);
  g_assert_cmpuint (gst_omv_reader_get_position (reader), ==, frames->len);
}

static void
check_numbers (GstOmvReader * reader, const GArray * frames,
    const guint8 * data, gboolean damaged)
{
  guint n = frames->len;
  g_autoptr (GRand) random = g_rand_new_with_seed (5);

  for (guint i = n; i-- > 0;)
    check_number (reader, frames, i, data);
  for (guint i = 0; i < 2 * n; i++)
    check_number (reader, frames, (guint) g_rand_int_range (random, 0,
            (gint) n), data);
  for (guint i = 0; i < n; i++)
    check_number (reader, frames, i, data);
  check_absent (reader, n, damaged);
  check_absent (reader, G_MAXUINT64, damaged);
}

/* The first frame at @time, or what @snap says. */
static guint
choose (const GArray * frames, guint64 time, GstOmvSnap snap)
{
  guint after = 0;

  while (after < frames->len && get_step (frames, after)->time < time)
    after++;
  if (after == frames->len)
    return after - 1;
  if (after == 0 || get_step (frames, after)->time == time
      || snap == GST_OMV_SNAP_AFTER)
    return after;
  if (snap == GST_OMV_SNAP_BEFORE)
    return after - 1;

  return get_step (frames, after)->time - time
      < time - get_step (frames, after - 1)->time ? after : after - 1;
}

static void
check_time (GstOmvReader * reader, const GArray * frames, guint64 time,
    const guint8 * data)
{
  for (GstOmvSnap snap = GST_OMV_SNAP_BEFORE; snap <= GST_OMV_SNAP_NEAREST;
      snap++) {
    g_autoptr (GError) error = NULL;
    GstOmvFrame *frame =
        gst_omv_reader_read_frame_at (reader, time, snap, &error);

    g_assert_no_error (error);
    check_frame (frame, frames, choose (frames, time, snap), data);
  }
}

static void
check_times (GstOmvReader * reader, const GArray * frames, const guint8 * data)
{
  g_autofree guint64 *times = NULL;
  gsize n_times = 42;

  times = gst_omv_reader_list_times (reader, &n_times, NULL);
  g_assert_nonnull (times);
  g_assert_cmpuint (n_times, ==, frames->len);
  for (guint i = 0; i < frames->len; i++) {
    guint64 time = get_step (frames, i)->time;

    g_assert_cmpuint (times[i], ==, time);
    check_time (reader, frames, time, data);
    check_time (reader, frames, time + 1, data);
    check_time (reader, frames, time + get_duration (frames, i) / 2, data);
    if (time > 0)
      check_time (reader, frames, time - 1, data);
  }
  if (frames->len > 0) {
    check_time (reader, frames, 0, data);
    check_time (reader, frames, GST_OMV_TIME_MAX, data);
    check_time (reader, frames, G_MAXUINT64, data);
  }
}

/* What the list of damages should say: each SKIP, a torn end; of damage that
 * ends the walk, where it is. */
static void
check_damages (GstOmvReader * reader, const OmvTestWalk * walk, gsize size)
{
  GList *damages = gst_omv_reader_list_damages (reader, NULL);
  GList *at = damages;
  gboolean torn = FALSE;

  for (guint i = 0; i < walk->steps->len; i++) {
    const OmvTestStep *step = &g_array_index (walk->steps, OmvTestStep, i);
    const GstOmvDamage *damage;

    if (step->result == GST_OMV_WALK_FRAME
        || (step->result == GST_OMV_WALK_END && step->step.size == 0))
      continue;
    g_assert_nonnull (at);
    damage = at->data;
    at = at->next;
    if (step->result == GST_OMV_WALK_ERROR) {
      g_assert_cmpuint (damage->offset + damage->size, ==, size);
      continue;
    }
    torn = step->result == GST_OMV_WALK_END;
    g_assert_cmpuint (damage->number, ==, step->step.number);
    g_assert_cmpuint (damage->offset, ==, step->step.offset);
    g_assert_cmpuint (damage->size, ==, step->step.size);
    g_assert_cmpint (damage->fault, ==, step->step.fault);
  }
  g_assert_null (at);
  g_assert_true (gst_omv_reader_is_torn (reader, NULL) == torn);
  g_list_free_full (damages, (GDestroyNotify) gst_omv_damage_free);
}

/* What is left of a walk that a reader is taking. */
typedef struct
{
  const OmvTestWalk *walk;
  guint next;
  guint last;                   /* the step to stop at */
} Expected;

static gboolean
check_step (GstOmvWalkResult result, const GstOmvWalkStep * step,
    gpointer user_data)
{
  Expected *expected = user_data;
  const OmvTestStep *wanted;

  g_assert_cmpuint (expected->next, <, expected->walk->steps->len);
  wanted = &g_array_index (expected->walk->steps, OmvTestStep, expected->next);
  g_assert_cmpint (result, ==, wanted->result);
  g_assert_cmpuint (step->number, ==, wanted->step.number);
  g_assert_cmpuint (step->offset, ==, wanted->step.offset);
  g_assert_cmpuint (step->size, ==, wanted->step.size);
  g_assert_cmpint (step->fault, ==, wanted->step.fault);
  if (result == GST_OMV_WALK_FRAME) {
    g_assert_cmpuint (step->time, ==, wanted->step.time);
    g_assert_cmpint (step->header.width, ==, wanted->step.header.width);
  }

  return expected->next++ != expected->last;
}

/* A reader's walk takes the steps of any other, to the end or to where its
 * caller has had enough, and moves nothing. */
static void
check_walk (GstOmvReader * reader, const OmvTestWalk * walk)
{
  const guint n = walk->steps->len;
  const guint64 position = gst_omv_reader_get_position (reader);
  const GError *failure = walk->error;
  g_autoptr (GError) error = NULL;
  Expected expected = {.walk = walk,.last = G_MAXUINT };

  g_assert_true (gst_omv_reader_walk (reader, check_step, &expected, &error)
      == (failure == NULL));
  if (failure != NULL)
    g_assert_error (error, failure->domain, failure->code);
  g_assert_cmpuint (expected.next, ==, failure == NULL ? n : n - 1);

  if (expected.next > 1) {
    expected.last = expected.next / 2;
    expected.next = 0;
    g_assert_true (gst_omv_reader_walk (reader, check_step, &expected, NULL));
    g_assert_cmpuint (expected.next, ==, expected.last + 1);
  }
  g_assert_cmpuint (gst_omv_reader_get_position (reader), ==, position);
}

static void
check_summary (GstOmvReader * reader, const OmvTestWalk * walk,
    const GArray * frames, const guint8 * data, gsize size)
{
  g_autoptr (GError) error = NULL;
  guint n = frames->len;
  guint64 end = n == 0 ? 0
      : get_step (frames, n - 1)->time + get_duration (frames, n - 1);

  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, &error), ==, n);
  g_assert_no_error (error);
  g_assert_cmpuint (gst_omv_reader_get_duration (reader, &error), ==, end);
  g_assert_cmpint (gst_omv_reader_get_version (reader, &error), ==,
      (data[13] - '0') * 10 + data[15] - '0');
  g_assert_no_error (error);
  check_damages (reader, walk, size);
}

static gboolean
is_stopped (const OmvTestWalk * walk)
{
  return g_array_index (walk->steps, OmvTestStep,
      walk->steps->len - 1).result == GST_OMV_WALK_ERROR;
}

/* Everything that an open reader says about @data, asked in one of several
 * orders. */
static void
check_reader (GstOmvReader * reader, const guint8 * data, gsize size,
    gboolean resync, guint order)
{
  g_autoptr (OmvTestWalk) walk = walk_over (data, size, resync);
  g_autoptr (GArray) frames = list_frames (walk);
  gboolean damaged = is_stopped (walk);

  if (order == 0)
    check_next (reader, frames, data, damaged);
  else if (order == 1)
    check_numbers (reader, frames, data, damaged);
  else if (order == 2)
    check_times (reader, frames, data);
  check_walk (reader, walk);
  check_summary (reader, walk, frames, data, size);
  check_times (reader, frames, data);
  check_numbers (reader, frames, data, damaged);
  g_assert_true (gst_omv_reader_seek (reader, 0, NULL));
  check_next (reader, frames, data, damaged);
}

static void
open_path (GstOmvReader * reader, const OmvTestPlace * place)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gst_omv_reader_open_path (reader, place->path, &error));
  g_assert_no_error (error);
  g_assert_true (gst_omv_reader_is_open (reader));
}

static void
check_recording (const OmvTestPlace * place, const guint8 * data, gsize size)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GFile) file = g_file_new_for_path (place->path);

  store (place->path, data, size);
  for (guint i = 0; i < 8; i += omv_test_get_pace (3)) {
    gboolean resync = i % 2 == 1;

    g_object_set (reader, "resync", resync, NULL);
    open_path (reader, place);
    check_reader (reader, data, size, resync, i / 2);
    g_assert_true (gst_omv_reader_open_bytes (reader, bytes, NULL));
    check_reader (reader, data, size, resync, i / 2);
  }
  g_object_set (reader, "resync", TRUE, NULL);
  g_assert_true (gst_omv_reader_open_file (reader, file, NULL));
  check_reader (reader, data, size, TRUE, 0);
}

static void
test_corpus (OmvTestPlace * place, gconstpointer name)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load (name);

  check_recording (place, bytes->data, bytes->len);
}

static void
test_golden (OmvTestPlace * place, gconstpointer unused)
{
  for (guint i = 0; omv_test_golden_names[i] != NULL; i++) {
    g_autoptr (OmvTestGolden) golden =
        omv_test_golden_load (omv_test_golden_names[i]);

    if (golden->version != 0 && golden->version != 30)
      check_recording (place, golden->data, golden->size);
  }
}

/* Payloads that come in blocks, and such that come alone. */
static void
test_large (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes =
      omv_test_build ("V2.0 g256x255 g256x256 g5x3 g300x219 b2000x1000 g5x3 "
      "c300x300 j70000 g5x3 j65520 p300000 g5x3 g600x500 g600x500 g5x3 "
      "g512x512 g511x511 y300x301 r700x500 g5x3", NULL);

  check_recording (place, bytes->data, bytes->len);
}

/* ---- cuts ---- */

static void
test_cut (OmvTestPlace * place, gconstpointer name)
{
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load (name);
  g_autoptr (GstOmvReader) reader =
      g_object_new (GST_OMV_TYPE_READER, "resync", TRUE, NULL);

  for (gsize cut = 0; cut <= golden->size; cut += omv_test_get_pace (61)) {
    g_autoptr (GBytes) bytes = g_bytes_new (golden->data, cut);
    g_autoptr (GError) error = NULL;

    if (cut >= 16) {
      g_assert_true (gst_omv_reader_open_bytes (reader, bytes, &error));
      check_reader (reader, golden->data, cut, TRUE, (guint) cut % 3);
      continue;
    }
    g_assert_false (gst_omv_reader_open_bytes (reader, bytes, &error));
    g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_TRUNCATED);
    g_assert_false (gst_omv_reader_is_open (reader));
  }
}

/* A file cut at 90 %, with the index of the whole beside it. */
static void
test_cut_at_90 (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load ("varied-intervals");
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  gsize cut = bytes->len / 10 * 9;

  store (place->path, bytes->data, bytes->len);
  open_path (reader, place);
  g_assert_true (gst_omv_reader_write_index (reader, NULL));
  store (place->path, bytes->data, cut);
  for (guint order = 0; order < 4; order++) {
    open_path (reader, place);
    check_reader (reader, bytes->data, cut, FALSE, order);
  }
}

/* ---- files that change ---- */

static void
test_growth (OmvTestPlace * place, gconstpointer name)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load (name);
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GstOmvReader) follower = gst_omv_reader_new ();
  gsize size = 16;

  store (place->path, bytes->data, size);
  open_path (reader, place);
  open_path (follower, place);
  while (size < bytes->len) {
    gsize more = MIN (size % 700 + 1, bytes->len - size);
    g_autoptr (OmvTestWalk) walk = NULL;
    g_autoptr (GArray) frames = NULL;

    append (place->path, bytes->data + size, more);
    size += more;
    walk = walk_over (bytes->data, size, FALSE);
    frames = list_frames (walk);
    check_summary (reader, walk, frames, bytes->data, size);

    /* who reads on gets what has come */
    for (guint i = (guint) gst_omv_reader_get_position (follower);
        i < frames->len; i++)
      check_frame (gst_omv_reader_read_next (follower, NULL), frames, i,
          bytes->data);
    g_assert_null (gst_omv_reader_read_next (follower, NULL));
  }
  check_reader (reader, bytes->data, bytes->len, FALSE, 3);
}

/* The file loses its end after @state calls. */
static void
check_shrink (const OmvTestPlace * place, const GByteArray * bytes, gsize cut,
    guint state)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (OmvTestWalk) walk = walk_over (bytes->data, cut, FALSE);
  g_autoptr (GArray) frames = list_frames (walk);
  g_autoptr (GstOmvFrame) frame = NULL;

  store (place->path, bytes->data, bytes->len);
  open_path (reader, place);
  if (state == 1)
    gst_omv_frame_unref (gst_omv_reader_read_next (reader, NULL));
  else if (state == 2)
    gst_omv_frame_unref (gst_omv_reader_read_frame (reader, 50, NULL));
  else if (state == 3)
    g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), >, 50);

  g_assert_cmpint (truncate (place->path, (off_t) cut), ==, 0);
  if (state % 2 == 0)
    frame = gst_omv_reader_read_frame_at (reader, GST_OMV_TIME_MAX,
        GST_OMV_SNAP_BEFORE, NULL);
  check_summary (reader, walk, frames, bytes->data, cut);
  check_numbers (reader, frames, bytes->data, FALSE);
}

static void
test_shrink (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load ("varied-intervals");

  for (gsize cut = 16 + 300; cut < bytes->len;
      cut += 1931 * omv_test_get_pace (7)) {
    for (guint state = 0; state < 4; state++)
      check_shrink (place, bytes, cut, state);
  }
}

/* Three frames, each larger than what is read at once. */
static GstOmvReader *
open_large_frames (const OmvTestPlace * place, off_t * ret_size)
{
  g_autoptr (GByteArray) bytes =
      omv_test_build ("V2.0 g300x300 g300x300 g300x300", NULL);
  GstOmvReader *reader = gst_omv_reader_new ();

  store (place->path, bytes->data, bytes->len);
  open_path (reader, place);
  *ret_size = (off_t) bytes->len;
  return reader;
}

/* A payload that was there when its header was read. */
static void
test_shrink_within_a_frame (OmvTestPlace * place, gconstpointer unused)
{
  off_t size;
  g_autoptr (GstOmvReader) reader = open_large_frames (place, &size);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==, 3);
  g_assert_cmpint (truncate (place->path, size - 70000), ==, 0);
  g_assert_null (gst_omv_reader_read_frame (reader, 2, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_END_OF_STREAM);
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==, 2);
  g_assert_true (gst_omv_reader_is_torn (reader, NULL));
}

/* Takes away all that follows the first frame. */
static gboolean
shorten (GstOmvWalkResult result, const GstOmvWalkStep * step,
    gpointer user_data)
{
  const OmvTestPlace *place = user_data;

  g_assert_cmpint (result, ==, GST_OMV_WALK_FRAME);
  g_assert_cmpuint (step->number, ==, 0);
  g_assert_cmpint (truncate (place->path,
          (off_t) (step->offset + step->size)), ==, 0);
  return TRUE;
}

static void
test_shrink_within_a_walk (OmvTestPlace * place, gconstpointer unused)
{
  off_t size;
  g_autoptr (GstOmvReader) reader = open_large_frames (place, &size);
  g_autoptr (GError) error = NULL;

  g_assert_false (gst_omv_reader_walk (reader, shorten, place, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
}

static void
set_intervals (GByteArray * bytes, const GArray * frames, guint8 interval)
{
  for (guint i = 0; i < frames->len; i++)
    bytes->data[get_step (frames, i)->offset] = interval;
}

/* Another recording of the same size in the same file. */
static void
test_rewritten (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GString) recipe = g_string_new ("V2.0");
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (OmvTestWalk) old_walk = NULL;
  g_autoptr (OmvTestWalk) walk = NULL;
  g_autoptr (GArray) old_frames = NULL;
  g_autoptr (GArray) frames = NULL;
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  gint file;

  for (guint i = 0; i < 100; i++)
    g_string_append (recipe, " g100x80");
  bytes = omv_test_build (recipe->str, NULL);
  old_walk = walk_over (bytes->data, bytes->len, FALSE);
  old_frames = list_frames (old_walk);
  store (place->path, bytes->data, bytes->len);
  open_path (reader, place);
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==, 100);

  set_intervals (bytes, old_frames, 40);
  walk = walk_over (bytes->data, bytes->len, FALSE);
  frames = list_frames (walk);
  file = g_open (place->path, O_WRONLY, 0);
  g_assert_cmpint (pwrite (file, bytes->data, bytes->len, 0), ==,
      (gssize) bytes->len);
  g_assert_cmpint (close (file), ==, 0);

  /* the last frames are in memory, the first ones are read again */
  check_number (reader, frames, 3, bytes->data);
  check_numbers (reader, frames, bytes->data, FALSE);
}

/* ---- the index beside the file ---- */

static void
write_index (const OmvTestPlace * place, gboolean resync)
{
  g_autoptr (GstOmvReader) reader =
      g_object_new (GST_OMV_TYPE_READER, "resync", resync, NULL);
  g_autoptr (GError) error = NULL;

  open_path (reader, place);
  g_assert_true (gst_omv_reader_write_index (reader, &error));
  g_assert_no_error (error);
}

static void
check_all_orders (const OmvTestPlace * place, const GByteArray * bytes)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();

  for (guint i = 0; i < 8; i += omv_test_get_pace (5)) {
    g_object_set (reader, "resync", i % 2 == 1, NULL);
    open_path (reader, place);
    check_reader (reader, bytes->data, bytes->len, i % 2 == 1, i / 2);
  }
}

/* Nothing changes, whoever wrote the index. */
static void
test_index (OmvTestPlace * place, gconstpointer name)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load (name);

  store (place->path, bytes->data, bytes->len);
  write_index (place, FALSE);
  check_all_orders (place, bytes);
  write_index (place, TRUE);
  check_all_orders (place, bytes);
}

/* Frame 85 is found although frame 20 is broken by now: nobody has come by. */
static void
test_index_is_used (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GArray) frames = NULL;
  g_autoptr (GByteArray) bytes = omv_test_corpus_load ("mixed-v2");
  g_autoptr (OmvTestWalk) walk = walk_over (bytes->data, bytes->len, FALSE);
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();

  frames = list_frames (walk);
  store (place->path, bytes->data, bytes->len);
  write_index (place, FALSE);
  bytes->data[get_step (frames, 20)->offset + 12] ^= 0x55;
  store (place->path, bytes->data, bytes->len);

  open_path (reader, place);
  check_number (reader, frames, 85, bytes->data);
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==,
      frames->len);

  g_object_set (reader, "use-index", FALSE, NULL);
  open_path (reader, place);
  check_absent (reader, 85, TRUE);
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==, 20);
}

static void
test_stale_index (OmvTestPlace * place, gconstpointer unused)
{
  static const gchar *const names[] = {
    "same-times", "mixed-v2", "exact-times", "joined", "one-frame", "empty"
  };
  g_autoptr (GByteArray) bytes = omv_test_corpus_load ("varied-intervals");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GByteArray) other = omv_test_corpus_load (names[i]);

    store (place->path, bytes->data, bytes->len);
    write_index (place, TRUE);
    store (place->path, other->data, other->len);
    check_all_orders (place, other);
  }
}

static void
test_grown_index (OmvTestPlace * place, gconstpointer name)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load (name);

  for (gsize cut = 16; cut < bytes->len; cut += 3001 * omv_test_get_pace (3)) {
    store (place->path, bytes->data, cut);
    write_index (place, TRUE);
    append (place->path, bytes->data + cut, bytes->len - cut);
    check_all_orders (place, bytes);
  }
}

static void
check_last_frame (const OmvTestPlace * place, const GArray * frames,
    const guint8 * data)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();

  open_path (reader, place);
  check_number (reader, frames, frames->len - 1, data);
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==,
      frames->len);
}

static void
test_broken_index (OmvTestPlace * place, gconstpointer unused)
{
  guint step = omv_test_get_pace (50);
  g_autoptr (GByteArray) bytes = omv_test_corpus_load ("varied-intervals");
  g_autoptr (OmvTestWalk) walk = walk_over (bytes->data, bytes->len, FALSE);
  g_autoptr (GArray) frames = list_frames (walk);
  g_autofree gchar *index = NULL;
  gsize size;

  store (place->path, bytes->data, bytes->len);
  write_index (place, FALSE);
  g_assert_true (g_file_get_contents (place->index_path, &index, &size, NULL));
  for (gsize at = 0; at < size; at += step) {
    index[at] ^= 0x11;
    store (place->index_path, (const guint8 *) index, size);
    check_last_frame (place, frames, bytes->data);
    index[at] ^= 0x11;
    store (place->index_path, (const guint8 *) index, at);
    check_last_frame (place, frames, bytes->data);
  }
}

/* Makes an index's checksum right again. */
static void
seal (guint8 * index, gsize size)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize sum_size = 32;

  g_checksum_update (checksum, index, (gssize) size - 32);
  g_checksum_get_digest (checksum, index + size - 32, &sum_size);
}

/* Lies that contradict nothing but the recording. */
static void
test_lying_index_is_found_out (OmvTestPlace * place, gconstpointer unused)
{
  static const struct
  {
    guint at;                   /* docs/format.md, "Sidecar index" */
    gint8 more;
  } lies[] = {
    {96, 1},                    /* a frame more */
    {96, -1},                   /* a frame less */
    {160 + 6 * 72, 16},         /* frame 96 is 16 bytes further */
    {160 + 6 * 72 + 24, 1},     /* and 1 ns later */
    {160 + 6 * 72 + 40, 1},     /* or has an exact time */
    {160 + 6 * 72 + 68, 1},     /* or another header */
  };
  g_autoptr (GByteArray) bytes = omv_test_corpus_load ("exact-times");
  g_autofree gchar *truth = NULL;
  gsize size;

  store (place->path, bytes->data, bytes->len);
  write_index (place, FALSE);
  g_assert_true (g_file_get_contents (place->index_path, &truth, &size, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (lies); i++) {
    g_autofree guint8 *index = g_memdup2 (truth, size);

    index[lies[i].at] += (guint8) lies[i].more;
    seal (index, size);
    store (place->index_path, index, size);
    check_all_orders (place, bytes);
  }
}

/* Any lies: the reader says something or fails. */
static void
test_lying_index (OmvTestPlace * place, gconstpointer unused)
{
  guint rounds = 1500 / omv_test_get_pace (50);
  g_autoptr (GRand) random = g_rand_new_with_seed (77);
  g_autoptr (GByteArray) bytes = omv_test_corpus_load ("varied-intervals");
  g_autofree gchar *truth = NULL;
  gsize size;

  store (place->path, bytes->data, bytes->len);
  write_index (place, FALSE);
  g_assert_true (g_file_get_contents (place->index_path, &truth, &size, NULL));
  for (guint i = 0; i < rounds; i++) {
    g_autofree guint8 *index = g_memdup2 (truth, size);
    g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();

    index[g_rand_int_range (random, 16, (gint) size - 32)] +=
        (guint8) g_rand_int_range (random, -17, 17);
    seal (index, size);
    store (place->index_path, index, size);

    open_path (reader, place);
    for (guint n = 0; n < 110; n += 1 + (guint) g_rand_int_range (random, 0,
            40)) {
      g_autoptr (GError) error = NULL;
      g_autoptr (GstOmvFrame) frame =
          gst_omv_reader_read_frame (reader, n, &error);
      g_autoptr (GstOmvFrame) at = gst_omv_reader_read_frame_at (reader,
          n * 50000000, GST_OMV_SNAP_NEAREST, NULL);

      g_assert_true ((frame != NULL) == (error == NULL));
      g_assert_true (frame == NULL || frame->number == n);
      g_assert_nonnull (at);
    }
    (void) gst_omv_reader_get_n_frames (reader, NULL);
  }
}

/* What lies where an index should be is none. */
static void
test_index_of_another_kind (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load ("mixed-v2");
  g_autofree guint8 *large = g_malloc0 (GST_OMV_SIDECAR_SIZE_MAX + 1);

  store (place->path, bytes->data, bytes->len);
  store (place->index_path, bytes->data, bytes->len);
  check_all_orders (place, bytes);
  store (place->index_path, large, GST_OMV_SIDECAR_SIZE_MAX + 1);
  check_all_orders (place, bytes);
  store (place->index_path, large, 0);
  check_all_orders (place, bytes);

  g_assert_cmpint (g_unlink (place->index_path), ==, 0);
  g_assert_cmpint (g_mkdir (place->index_path, 0700), ==, 0);
  check_all_orders (place, bytes);
  g_assert_cmpint (g_rmdir (place->index_path), ==, 0);
}

/* Nobody writes into a pipe: whoever opened it would wait. */
static void
test_index_is_a_pipe (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load ("mixed-v2");
  g_autofree gchar *target = g_build_filename (place->folder, "pipe", NULL);
  g_autofree gchar *quoted = g_shell_quote (target);
  g_autofree gchar *command = g_strconcat ("mkfifo ", quoted, NULL);

  store (place->path, bytes->data, bytes->len);
  if (!g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL)) {
    g_test_skip ("no mkfifo");
    return;
  }
  g_assert_cmpint (symlink (target, place->index_path), ==, 0);
  check_all_orders (place, bytes);

  /* an index that is written takes the link's place */
  write_index (place, FALSE);
  g_assert_true (g_file_test (place->index_path, G_FILE_TEST_IS_REGULAR));
  g_assert_false (g_file_test (place->index_path, G_FILE_TEST_IS_SYMLINK));
  check_all_orders (place, bytes);
  g_assert_cmpint (g_unlink (target), ==, 0);
}

static void
test_index_cannot_be_written (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load ("mixed-v2");
  g_autoptr (GBytes) memory = g_bytes_new (bytes->data, bytes->len);
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (gst_omv_reader_open_bytes (reader, memory, NULL));
  g_assert_false (gst_omv_reader_write_index (reader, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);

  store (place->path, bytes->data, bytes->len);
  g_assert_cmpint (g_mkdir (place->index_path, 0700), ==, 0);
  open_path (reader, place);
  g_assert_false (gst_omv_reader_write_index (reader, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == G_IO_ERROR);
  g_assert_cmpint (g_rmdir (place->index_path), ==, 0);
}

/* ---- doors ---- */

static void
test_errors_of_opening (OmvTestPlace * place, gconstpointer unused)
{
  static const struct
  {
    const gchar *name;
    GstOmvError code;
  } bad[] = {
    {"bad_magic_riff", GST_OMV_ERROR_WRONG_TYPE},
    {"bad_version_30", GST_OMV_ERROR_UNSUPPORTED},
  };
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (OmvTestGolden) golden = omv_test_golden_load (bad[i].name);

    store (place->path, golden->data, golden->size);
    g_assert_false (gst_omv_reader_open_path (reader, place->path, &error));
    g_assert_error (error, GST_OMV_ERROR, (gint) bad[i].code);
    g_assert_false (gst_omv_reader_is_open (reader));
    g_clear_error (&error);
  }
  store (place->path, NULL, 0);
  g_assert_false (gst_omv_reader_open_path (reader, place->path, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_TRUNCATED);
  g_clear_error (&error);
  g_assert_false (gst_omv_reader_open_path (reader, place->index_path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (gst_omv_reader_open_path (reader, place->folder, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_TRUNCATED);
}

static void
test_closed (void)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GByteArray) array = omv_test_corpus_load ("one-frame");
  g_autoptr (GBytes) bytes = g_bytes_new (array->data, array->len);
  gsize n;

  for (guint i = 0; i < 2; i++) {
    GError *errors[13] = { NULL, };
    guint k = 0;

    g_assert_false (gst_omv_reader_is_open (reader));
    g_assert_cmpint (gst_omv_reader_get_version (reader, &errors[k++]), ==, 0);
    g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, &errors[k++]), ==,
        0);
    g_assert_cmpuint (gst_omv_reader_get_duration (reader, &errors[k++]), ==,
        0);
    g_assert_false (gst_omv_reader_is_torn (reader, &errors[k++]));
    g_assert_null (gst_omv_reader_list_damages (reader, &errors[k++]));
    g_assert_null (gst_omv_reader_list_times (reader, &n, &errors[k++]));
    g_assert_false (gst_omv_reader_walk (reader, check_step, NULL,
            &errors[k++]));
    g_assert_null (gst_omv_reader_read_frame (reader, 0, &errors[k++]));
    g_assert_null (gst_omv_reader_read_frame_at (reader, 0,
            GST_OMV_SNAP_NEAREST, &errors[k++]));
    g_assert_null (gst_omv_reader_read_next (reader, &errors[k++]));
    g_assert_false (gst_omv_reader_seek (reader, 0, &errors[k++]));
    g_assert_false (gst_omv_reader_write_index (reader, &errors[k++]));
    while (k-- > 0) {
      g_assert_error (errors[k], GST_OMV_ERROR, GST_OMV_ERROR_CLOSED);
      g_clear_error (&errors[k]);
    }

    g_assert_true (gst_omv_reader_open_bytes (reader, bytes, NULL));
    gst_omv_reader_close (reader);
    gst_omv_reader_close (reader);
  }
}

/* Frames outlive the reader and the bytes that it was given. */
static void
test_frames_stay (void)
{
  g_autoptr (GByteArray) array = omv_test_corpus_load ("mixed-v2");
  g_autoptr (GBytes) bytes = g_bytes_new (array->data, array->len);
  GstOmvReader *reader = gst_omv_reader_new ();
  g_autoptr (GstOmvFrame) frame = NULL;
  g_autoptr (GstOmvFrame) again = NULL;
  GValue value = G_VALUE_INIT;

  g_assert_true (gst_omv_reader_open_bytes (reader, bytes, NULL));
  frame = gst_omv_reader_read_frame (reader, 6, NULL);
  g_object_unref (reader);
  g_clear_pointer (&bytes, g_bytes_unref);

  g_value_init (&value, GST_OMV_TYPE_FRAME);
  g_value_set_boxed (&value, frame);
  again = g_value_dup_boxed (&value);
  g_value_unset (&value);
  g_assert_true (again == frame);
  g_assert_cmpuint (g_bytes_get_size (frame->payload), ==, 15);
  g_assert_cmpmem (g_bytes_get_data (frame->payload, NULL), 15,
      array->data + frame->offset + 32, 15);
}

static void
test_seek (void)
{
  g_autoptr (GByteArray) array = omv_test_corpus_load ("seventeen-frames");
  g_autoptr (GBytes) bytes = g_bytes_new (array->data, array->len);
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (gst_omv_reader_open_bytes (reader, bytes, NULL));
  for (guint i = 0; i < 17; i++) {
    g_autoptr (GstOmvFrame) frame = NULL;

    g_assert_true (gst_omv_reader_seek (reader, 16 - i, NULL));
    frame = gst_omv_reader_read_next (reader, NULL);
    g_assert_cmpuint (frame->number, ==, 16 - i);
  }
  g_assert_true (gst_omv_reader_seek (reader, 17, &error));
  g_assert_null (gst_omv_reader_read_next (reader, &error));
  g_assert_no_error (error);
  g_assert_false (gst_omv_reader_seek (reader, 18, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_END_OF_STREAM);
  g_assert_cmpuint (gst_omv_reader_get_position (reader), ==, 17);
}

/* docs/format.md, "Without resynchronising" */
static void
test_damage_is_an_error_behind_it (void)
{
  g_autoptr (GByteArray) array =
      omv_test_build ("V2.0 g5x3 g5x3 +48 g5x3", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (array->data, array->len);
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GError) error = NULL;
  g_autofree gchar *text = NULL;
  const GstOmvDamage *damage;
  GList *damages;

  g_assert_true (gst_omv_reader_open_bytes (reader, bytes, NULL));
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, &error), ==, 2);
  g_assert_no_error (error);
  damages = gst_omv_reader_list_damages (reader, NULL);
  g_assert_cmpuint (g_list_length (damages), ==, 1);
  damage = damages->data;
  g_assert_cmpuint (damage->number, ==, 2);
  g_assert_cmpuint (damage->offset, ==, 112);
  g_assert_cmpuint (damage->size, ==, 96);
  g_assert_cmpint (damage->fault, ==, GST_OMV_FAULT_PIXEL_FORMAT);
  text = gst_omv_damage_describe (damage);
  g_assert_nonnull (strstr (text, "112"));
  g_list_free_full (damages, (GDestroyNotify) gst_omv_damage_free);

  g_assert_null (gst_omv_reader_read_frame (reader, 2, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "112"));
}

static void
test_size_limit (void)
{
  g_autoptr (GByteArray) array = omv_test_build ("V2.0 g5x3 g5x4 g5x3", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (array->data, array->len);
  g_autoptr (GstOmvReader) reader =
      g_object_new (GST_OMV_TYPE_READER, "resync", TRUE, "max-frame-size", 15,
      NULL);
  gboolean resync, use_index;
  guint limit;

  g_object_get (reader, "resync", &resync, "max-frame-size", &limit,
      "use-index", &use_index, NULL);
  g_assert_true (resync && use_index && limit == 15);
  g_assert_true (gst_omv_reader_open_bytes (reader, bytes, NULL));
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==, 2);
  g_object_set (reader, "max-frame-size", 20, NULL);
  g_assert_true (gst_omv_reader_open_bytes (reader, bytes, NULL));
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==, 3);
}

static void
add (const gchar * folder, const gchar * name, gconstpointer data,
    void (*function) (OmvTestPlace *, gconstpointer))
{
  g_autofree gchar *path = g_strdup_printf ("/reader/%s/%s", folder, name);

  g_test_add (path, OmvTestPlace, data, omv_test_place_set_up, function,
      omv_test_place_tear_down);
}

static void
add_index_tests (void)
{
  for (guint i = 0; omv_test_corpus_names[i] != NULL; i++)
    add ("index/changes-nothing", omv_test_corpus_names[i],
        omv_test_corpus_names[i], test_index);
  add ("index", "is-used", NULL, test_index_is_used);
  add ("index", "stale", NULL, test_stale_index);
  add ("index", "grown", "mixed-v2", test_grown_index);
  add ("index", "grown-damaged", "damaged-v2", test_grown_index);
  add ("index", "broken", NULL, test_broken_index);
  add ("index", "lying", NULL, test_lying_index);
  add ("index", "lying-is-found-out", NULL, test_lying_index_is_found_out);
  add ("index", "of-another-kind", NULL, test_index_of_another_kind);
  add ("index", "is-a-pipe", NULL, test_index_is_a_pipe);
  add ("index", "cannot-be-written", NULL, test_index_cannot_be_written);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; omv_test_corpus_names[i] != NULL; i++)
    add ("reads-every-frame", omv_test_corpus_names[i],
        omv_test_corpus_names[i], test_corpus);
  add ("reads-every-frame", "golden", NULL, test_golden);
  add ("reads-every-frame", "large-ones", NULL, test_large);
  add ("cut", "at-any-byte-v2", "v20_sizefield", test_cut);
  add ("cut", "at-any-byte-v1", "v11_jpeg", test_cut);
  add ("cut", "at-90-percent", NULL, test_cut_at_90);
  add ("changing", "grows", "varied-intervals", test_growth);
  add ("changing", "grows-joined", "joined", test_growth);
  add ("changing", "shrinks", NULL, test_shrink);
  add ("changing", "shrinks-within-a-frame", NULL, test_shrink_within_a_frame);
  add ("changing", "shrinks-within-a-walk", NULL, test_shrink_within_a_walk);
  add ("changing", "rewritten", NULL, test_rewritten);
  add_index_tests ();
  add ("doors", "errors-of-opening", NULL, test_errors_of_opening);
  g_test_add_func ("/reader/doors/closed", test_closed);
  g_test_add_func ("/reader/doors/frames-stay", test_frames_stay);
  g_test_add_func ("/reader/doors/seek", test_seek);
  g_test_add_func ("/reader/doors/damage-is-an-error-behind-it",
      test_damage_is_an_error_behind_it);
  g_test_add_func ("/reader/doors/size-limit", test_size_limit);

  return g_test_run ();
}
