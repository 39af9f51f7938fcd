/* index.c: tests of the index of a recording's frames
 *
 * The oracle is a walk from the recording's start, which walk.c holds against
 * other programs' lists. I1…I3 are the guarantees at the head of omv-index.c.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-index.h>

#include <malloc.h>
#include <string.h>

#include "omvtest-corpus.h"
#include "omvtest-walker.h"
#include "omvtest.h"

/* A recording, its steps as a walk from the start takes them, and its index. */
typedef struct
{
  GByteArray *bytes;
  GstOmvWalkInput input;
  OmvTestWalk *walk;
  GArray *frames;               /* of GstOmvWalkStep */
  GstOmvIndex *index;
} Indexed;

static void
free_indexed (Indexed * indexed)
{
  g_byte_array_unref (indexed->bytes);
  omv_test_walk_free (indexed->walk);
  g_array_unref (indexed->frames);
  gst_omv_index_free (indexed->index);
  g_free (indexed);
}

/* *INDENT-OFF* */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Indexed, free_indexed)
/* *INDENT-ON* */

static void
check_same_step (const OmvTestStep * expected,
    GstOmvWalkResult result, const GstOmvWalkStep * step)
{
  g_assert_cmpint (result, ==, expected->result);
  if (result == GST_OMV_WALK_ERROR)
    return;
  g_assert_cmpuint (step->offset, ==, expected->step.offset);
  g_assert_cmpuint (step->size, ==, expected->step.size);
  g_assert_cmpuint (step->number, ==, expected->step.number);
  g_assert_cmpint (step->fault, ==, expected->step.fault);
  if (result != GST_OMV_WALK_FRAME)
    return;
  g_assert_cmpint (step->version, ==, expected->step.version);
  g_assert_cmpuint (step->time, ==, expected->step.time);
  g_assert_cmpuint (step->payload_offset, ==, expected->step.payload_offset);
  g_assert_cmpmem (&step->header, sizeof step->header,
      &expected->step.header, sizeof step->header);
}

static void
extend_to_end (Indexed * indexed)
{
  for (guint i = 0; !gst_omv_index_is_complete (indexed->index); i++) {
    GstOmvWalkStep step;
    GstOmvWalkResult result = gst_omv_index_extend (indexed->index,
        &indexed->input, &step, NULL);

    g_assert_cmpuint (i, <, indexed->walk->steps->len);
    check_same_step (&g_array_index (indexed->walk->steps, OmvTestStep, i),
        result, &step);
  }
}

static Indexed *
make_indexed (GByteArray * bytes, gboolean resync, gboolean rewind)
{
  Indexed *indexed = g_new0 (Indexed, 1);
  GstOmvWalk start;

  gst_omv_walk_init (&start);
  start.resync = resync;
  start.rewind = rewind;
  indexed->bytes = g_byte_array_ref (bytes);
  indexed->input = (GstOmvWalkInput) {
  .data = bytes->data,.size = bytes->len,.end = bytes->len,.at_end = TRUE};
  indexed->walk = omv_test_walk (&omv_test_drivers[0], start, bytes->data,
      bytes->len);
  indexed->frames = g_array_new (FALSE, FALSE, sizeof (GstOmvWalkStep));
  for (guint i = 0; i < indexed->walk->steps->len; i++) {
    const OmvTestStep *step =
        &g_array_index (indexed->walk->steps, OmvTestStep, i);

    if (step->result == GST_OMV_WALK_FRAME)
      g_array_append_val (indexed->frames, step->step);
  }
  indexed->index = gst_omv_index_new (&start);

  return indexed;
}

static const GstOmvWalkStep *
get_frame (const Indexed * indexed, guint64 number)
{
  g_assert_cmpuint (number, <, indexed->frames->len);
  return &g_array_index (indexed->frames, GstOmvWalkStep, (guint) number);
}

/* ---- I2: a walk goes on as if it came from the start ---- */

static guint
find_step (const Indexed * indexed, guint64 number)
{
  for (guint i = 0; i < indexed->walk->steps->len; i++) {
    const OmvTestStep *step =
        &g_array_index (indexed->walk->steps, OmvTestStep, i);

    if (step->result == GST_OMV_WALK_FRAME && step->step.number == number)
      return i;
  }

  g_assert_not_reached ();
}

static void
check_rest (const Indexed * indexed, GstOmvWalk walk)
{
  guint first = find_step (indexed, walk.number);

  for (guint i = first; i < indexed->walk->steps->len; i++) {
    GstOmvWalkStep step;
    GstOmvWalkResult result =
        gst_omv_walk_next (&walk, &indexed->input, &step, NULL);

    check_same_step (&g_array_index (indexed->walk->steps, OmvTestStep, i),
        result, &step);
    if (result == GST_OMV_WALK_FRAME)
      g_assert_true (gst_omv_index_agrees (indexed->index, &step));
  }
}

/* Frame @number, or the nearest one remembered: every 4th is. */
static void
check_number (const Indexed * indexed, guint64 number)
{
  guint64 last = gst_omv_index_get_n_frames (indexed->index) - 1;
  GstOmvWalk walk;

  g_assert_true (gst_omv_index_find_number (indexed->index, number, &walk));
  g_assert_cmpuint (walk.number, ==, MIN (number, last) / 4 * 4);
}

static void
check_time (const Indexed * indexed, guint64 time)
{
  GstOmvWalk walk;

  g_assert_true (gst_omv_index_find_time (indexed->index, time, &walk));
  g_assert_cmpuint (walk.number % 4, ==, 0);
  if (walk.number > 0)
    g_assert_cmpuint (get_frame (indexed, walk.number)->time, <, time);
  if (walk.number + 4 < gst_omv_index_get_n_frames (indexed->index))
    g_assert_cmpuint (get_frame (indexed, walk.number + 4)->time, >=, time);
}

static void
check_finds (const Indexed * indexed)
{
  guint64 n_frames = gst_omv_index_get_n_frames (indexed->index);
  GstOmvWalk walk;

  if (n_frames == 0) {
    g_assert_false (gst_omv_index_find_number (indexed->index, 0, &walk));
    g_assert_false (gst_omv_index_find_time (indexed->index, 0, &walk));
    return;
  }

  check_number (indexed, n_frames);
  check_number (indexed, G_MAXUINT64);
  check_time (indexed, 0);
  check_time (indexed, GST_OMV_TIME_MAX);
  check_time (indexed, G_MAXUINT64);
  for (guint64 n = 0; n < n_frames; n++) {
    guint64 time = get_frame (indexed, n)->time;

    check_number (indexed, n);
    check_time (indexed, time);
    check_time (indexed, time + 1);
    if (time > 0)
      check_time (indexed, time - 1);
  }
}

static void
check_walks (const Indexed * indexed)
{
  for (guint64 n = 0; n < indexed->frames->len; n += 16) {
    GstOmvWalk walk;

    g_assert_true (gst_omv_index_find_number (indexed->index, n, &walk));
    check_rest (indexed, walk);
  }
}

static void
check_summary (const Indexed * indexed)
{
  guint n_frames = indexed->frames->len;
  guint64 first = n_frames > 0 ? get_frame (indexed, 0)->time : 0;
  guint64 last = n_frames > 0 ? get_frame (indexed, n_frames - 1)->time : 0;
  guint64 interval = n_frames > 1
      ? last - get_frame (indexed, n_frames - 2)->time : 0;

  g_assert_cmpuint (gst_omv_index_get_n_frames (indexed->index), ==, n_frames);
  g_assert_cmpuint (gst_omv_index_get_first_time (indexed->index), ==, first);
  g_assert_cmpuint (gst_omv_index_get_last_time (indexed->index), ==, last);
  g_assert_cmpuint (gst_omv_index_get_end_time (indexed->index), ==,
      last + interval);
}

/* Each SKIP, and an END that is torn; of damage that ended the walk, where it
 * is. */
static void
check_damages (const Indexed * indexed)
{
  guint found = 0;

  for (guint i = 0; i < indexed->walk->steps->len; i++) {
    const OmvTestStep *step =
        &g_array_index (indexed->walk->steps, OmvTestStep, i);
    GstOmvWalkStep damage;

    if (step->result == GST_OMV_WALK_FRAME
        || (step->result == GST_OMV_WALK_END && step->step.size == 0))
      continue;
    g_assert_cmpuint (found, <, gst_omv_index_get_n_damages (indexed->index));
    gst_omv_index_get_damage (indexed->index, found++, &damage);
    g_assert_cmpint (damage.fault, !=, GST_OMV_FAULT_NONE);
    if (step->result == GST_OMV_WALK_ERROR) {
      g_assert_cmpuint (damage.number, ==, indexed->frames->len);
      g_assert_cmpuint (damage.offset + damage.size, ==, indexed->bytes->len);
      continue;
    }
    g_assert_cmpint (damage.fault, ==, step->step.fault);
    g_assert_cmpuint (damage.offset, ==, step->step.offset);
    g_assert_cmpuint (damage.size, ==, step->step.size);
    g_assert_cmpuint (damage.number, ==, step->step.number);
    g_assert_true (gst_omv_index_is_torn (indexed->index) ==
        (step->result == GST_OMV_WALK_END));
  }
  g_assert_cmpuint (gst_omv_index_get_n_damages (indexed->index), ==, found);
}

static void
check_recording (GByteArray * bytes)
{
  for (guint mode = 0; mode < 3; mode++) {
    g_autoptr (Indexed) indexed = make_indexed (bytes, mode > 0, mode > 1);

    extend_to_end (indexed);
    check_summary (indexed);
    check_damages (indexed);
    check_finds (indexed);
    check_walks (indexed);
  }
}

static void
test_corpus (gconstpointer name)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load (name);

  check_recording (bytes);
}

static void
test_golden (gconstpointer name)
{
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load (name);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, golden->data, (guint) golden->size);
  check_recording (bytes);
}

/* At every state of an index that is being made, what it has is found. */
static void
test_partial (void)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load ("damaged-v2");
  g_autoptr (Indexed) indexed = make_indexed (bytes, TRUE, TRUE);

  while (!gst_omv_index_is_complete (indexed->index)) {
    GstOmvWalkStep step;
    guint64 n_frames;

    gst_omv_index_extend (indexed->index, &indexed->input, &step, NULL);
    n_frames = gst_omv_index_get_n_frames (indexed->index);
    if (n_frames == 0)
      continue;
    check_number (indexed, n_frames - 1);
    check_number (indexed, n_frames + 100);
    check_time (indexed, get_frame (indexed, n_frames - 1)->time);
  }
}

/* ---- a recording that grows ---- */

/* Taken back, an index ends where the walk from its last frame remembered will
 * go on. */
static void
check_reopened (const Indexed * indexed)
{
  guint64 n_frames = gst_omv_index_get_n_frames (indexed->index);
  guint64 last = n_frames == 0 ? 0 : get_frame (indexed, n_frames - 1)->time;

  g_assert_false (gst_omv_index_is_complete (indexed->index));
  g_assert_false (gst_omv_index_is_torn (indexed->index));
  g_assert_cmpuint (n_frames % 4, ==, 0);
  g_assert_cmpuint (gst_omv_index_get_last_time (indexed->index), ==, last);
  g_assert_cmpuint (gst_omv_index_get_end_time (indexed->index), ==, last);
}

/* The index of the first @cut bytes, taken back and extended, is that of all. */
static void
check_growth (GByteArray * bytes, gsize cut)
{
  for (guint mode = 0; mode < 3; mode++) {
    g_autoptr (Indexed) indexed = make_indexed (bytes, mode > 0, mode > 1);
    GstOmvWalkStep step;

    indexed->input.size = cut;
    indexed->input.end = cut;
    while (!gst_omv_index_is_complete (indexed->index))
      gst_omv_index_extend (indexed->index, &indexed->input, &step, NULL);

    indexed->input.size = bytes->len;
    indexed->input.end = bytes->len;
    gst_omv_index_reopen (indexed->index);
    check_reopened (indexed);
    while (!gst_omv_index_is_complete (indexed->index))
      gst_omv_index_extend (indexed->index, &indexed->input, &step, NULL);
    check_summary (indexed);
    check_walks (indexed);
    check_finds (indexed);
    check_damages (indexed);
  }
}

static void
test_growth (gconstpointer name)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load (name);

  for (gsize cut = 16; cut < bytes->len; cut += 977)
    check_growth (bytes, cut);
}

/* ---- I1, with frames made on the fly ---- */

#define BILLION 1000000000
#define FRAME_SIZE 32

/* Endless frames of 1 x 1 pixel in version 1.1. */
typedef struct
{
  guint8 file_header[16];
  guint8 frames[65536 * FRAME_SIZE];
  GstOmvWalkInput input;
} Source;

static Source *
make_source (guint64 n_frames)
{
  g_autoptr (GByteArray) bytes = omv_test_build ("V1.1 g1x1", NULL);
  Source *source = g_new0 (Source, 1);

  g_assert_cmpuint (bytes->len, ==, 16 + FRAME_SIZE);
  memcpy (source->file_header, bytes->data, 16);
  for (gsize at = 0; at < sizeof source->frames; at += FRAME_SIZE)
    memcpy (source->frames + at, bytes->data + 16, FRAME_SIZE);
  source->input.end = 16 + n_frames * FRAME_SIZE;
  source->input.at_end = TRUE;

  return source;
}

static void
feed (Source * source, guint64 offset)
{
  source->input.offset = offset;
  if (offset == 0) {
    source->input.data = source->file_header;
    source->input.size = 16;
  } else {
    g_assert_cmpuint (offset % FRAME_SIZE, ==, 16);
    source->input.data = source->frames;
    source->input.size = (gsize) MIN (sizeof source->frames,
        source->input.end - offset);
  }
}

static void
extend_to (GstOmvIndex * index, Source * source, guint64 n_frames)
{
  while (!gst_omv_index_is_complete (index)
      && gst_omv_index_get_n_frames (index) < n_frames) {
    GstOmvWalkStep step;

    if (gst_omv_index_extend (index, &source->input, &step, NULL)
        == GST_OMV_WALK_NEED)
      feed (source, step.offset);
  }
}

/* Bytes that the program has got from malloc(); 0 where that is not known. */
static gsize
get_memory (void)
{
#if defined (__GLIBC__) && __GLIBC_PREREQ (2, 33)
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
#else
  return 0;
#endif
}

/* How many different frames the index leads to. */
static guint
count_remembered (const GstOmvIndex * index)
{
  guint64 n_frames = gst_omv_index_get_n_frames (index);
  guint64 number = 0;
  guint count = 0;

  /* each is found for its own number and for the number before the next */
  while (number < n_frames) {
    guint64 distance = 1;
    GstOmvWalk walk, next;

    g_assert_true (gst_omv_index_find_number (index, number, &walk));
    g_assert_cmpuint (walk.number, ==, number);
    do {
      distance *= 2;
      g_assert_true (gst_omv_index_find_number (index, number + distance,
              &next));
    } while (next.number == number && number + distance < n_frames);
    count++;
    number += distance;
  }

  return count;
}

static void
check_places (const GstOmvIndex * index, guint64 distance)
{
  guint64 n_frames = gst_omv_index_get_n_frames (index);

  for (guint64 i = 0; i < 1000; i++) {
    guint64 number = i * 104729 * 4001 % n_frames;
    guint64 time = (number + 1) * 33000000;
    GstOmvWalk walk;

    g_assert_true (gst_omv_index_find_number (index, number, &walk));
    g_assert_cmpuint (walk.number, ==, number / distance * distance);
    g_assert_cmpuint (walk.position, ==, 16 + walk.number * FRAME_SIZE);
    g_assert_true (gst_omv_index_find_time (index, time, &walk));
    g_assert_cmpuint (walk.number, <=, number);
    g_assert_cmpuint (number - walk.number, <=, distance);
  }
}

static void
check_size (guint64 n_frames, guint64 distance)
{
  g_autofree Source *source = make_source (n_frames);
  gsize before = get_memory ();
  gsize most = 0;
  GstOmvWalk start;
  g_autoptr (GstOmvIndex) index = NULL;

  gst_omv_walk_init (&start);
  index = gst_omv_index_new (&start);
  for (guint64 n = 0; !gst_omv_index_is_complete (index); n += 100000) {
    extend_to (index, source, n);
    most = MAX (most, get_memory () - before);
  }

  g_assert_cmpuint (gst_omv_index_get_n_frames (index), ==, n_frames);
  g_assert_cmpuint (gst_omv_index_get_last_time (index), ==,
      n_frames * 33000000);
  g_assert_cmpuint (count_remembered (index), <=, 131072);
  check_places (index, distance);
  g_test_message ("%" G_GUINT64_FORMAT " frames: %" G_GSIZE_FORMAT " bytes",
      n_frames, most);
  g_assert_cmpuint (most, <, 16 * 1024 * 1024);
}

/* The first thinning takes place at frame 131072 * 4. */
static void
test_thinning (void)
{
  static const guint counts[][2] = {
    {524288, 4}, {524289, 8}, {1000000, 8}, {3000000, 32}
  };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i += omv_test_get_pace (2))
    check_size (counts[i][0], counts[i][1]);
}

static void
test_hundred_million (void)
{
  if (g_getenv ("OMV_TEST_SLOW") != NULL) {
    g_test_skip ("100,000,000 frames take too long here");
    return;
  }

  check_size (100000000, 1024);
}

/* ---- I3: another recording ---- */

static void
test_change_is_seen (void)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load ("mixed-v2");
  g_autoptr (Indexed) indexed = make_indexed (bytes, TRUE, TRUE);

  extend_to_end (indexed);
  for (guint64 n = 0; n < indexed->frames->len; n++) {
    GstOmvWalkStep step = *get_frame (indexed, n);
    gboolean remembered = n % 4 == 0;

    g_assert_true (gst_omv_index_agrees (indexed->index, &step));
    step.offset++;
    g_assert_true (gst_omv_index_agrees (indexed->index, &step) != remembered);
    step = *get_frame (indexed, n);
    step.time++;
    g_assert_true (gst_omv_index_agrees (indexed->index, &step) != remembered);
    step = *get_frame (indexed, n);
    step.version = GST_OMV_VERSION_V2_1;
    g_assert_true (gst_omv_index_agrees (indexed->index, &step) != remembered);
    step = *get_frame (indexed, n);
    step.header.interval ^= 0x80000000;
    g_assert_true (gst_omv_index_agrees (indexed->index, &step) != remembered);
    step = *get_frame (indexed, n);
    step.header.height++;
    g_assert_true (gst_omv_index_agrees (indexed->index, &step) != remembered);
  }
}

/* ---- no recording ---- */

static void
test_no_recording (void)
{
  static const gchar *const names[] = { "bad_magic_riff", "bad_version_30" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (OmvTestGolden) golden = omv_test_golden_load (names[i]);
    GstOmvWalkInput input = {.data = golden->data,.size = golden->size,
      .end = golden->size,.at_end = TRUE
    };
    g_autoptr (GstOmvIndex) index = NULL;
    g_autoptr (GError) error = NULL;
    GstOmvWalkStep step;
    GstOmvWalk start;

    gst_omv_walk_init (&start);
    index = gst_omv_index_new (&start);
    g_assert_cmpint (gst_omv_index_extend (index, &input, &step, &error), ==,
        GST_OMV_WALK_ERROR);
    g_assert_nonnull (error);
    g_assert_true (gst_omv_index_is_complete (index));
    g_assert_cmpuint (gst_omv_index_get_n_frames (index), ==, 0);
    g_assert_cmpuint (gst_omv_index_get_n_damages (index), ==, 0);
  }
}

static void
add_tests (const gchar * folder, const gchar * name, GTestDataFunc function)
{
  g_autofree gchar *path = g_strdup_printf ("/index/%s/%s", folder, name);

  g_test_add_data_func (path, name, function);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; omv_test_corpus_names[i] != NULL; i++)
    add_tests ("leads-to-every-frame", omv_test_corpus_names[i], test_corpus);
  for (guint i = 0; omv_test_golden_names[i] != NULL; i++) {
    if (!g_str_has_prefix (omv_test_golden_names[i], "bad_magic")
        && !g_str_has_prefix (omv_test_golden_names[i], "bad_version"))
      add_tests ("leads-to-every-frame", omv_test_golden_names[i], test_golden);
  }
  g_test_add_func ("/index/leads-to-every-frame/while-it-is-made",
      test_partial);
  add_tests ("grows", "mixed-v2", test_growth);
  add_tests ("grows", "joined", test_growth);
  add_tests ("grows", "exact-times", test_growth);
  g_test_add_func ("/index/memory/thinning", test_thinning);
  g_test_add_func ("/index/memory/a-hundred-million-frames",
      test_hundred_million);
  g_test_add_func ("/index/a-change-is-seen", test_change_is_seen);
  g_test_add_func ("/index/no-recording-has-no-frames", test_no_recording);

  return g_test_run ();
}
