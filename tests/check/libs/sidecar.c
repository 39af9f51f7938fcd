/* sidecar.c: tests of the index as bytes
 *
 * S1…S3 are the guarantees at the head of omv-sidecar.c. The layout is that of
 * docs/format.md, "Sidecar index".
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-sidecar.h>

#include <string.h>

#include "omvtest-corpus.h"
#include "omvtest-walker.h"
#include "omvtest.h"

#define HEADER_SIZE 160
#define PLACE_SIZE 72
#define SUM_SIZE 32

static GstOmvWalk
make_start (guint mode)
{
  GstOmvWalk start;

  gst_omv_walk_init (&start);
  start.resync = mode > 0;
  start.rewind = mode > 1;

  return start;
}

static void
extend_to_end (GstOmvIndex * index, const guint8 * data, gsize size)
{
  GstOmvWalkInput input = {.data = data,.size = size,.end = size,
    .at_end = TRUE
  };
  GstOmvWalkStep step;

  while (!gst_omv_index_is_complete (index))
    gst_omv_index_extend (index, &input, &step, NULL);
}

static GstOmvIndex *
make_index (const guint8 * data, gsize size, guint mode)
{
  GstOmvWalk start = make_start (mode);
  GstOmvIndex *index = gst_omv_index_new (&start);

  extend_to_end (index, data, size);
  return index;
}

static GByteArray *
write_sidecar (const GstOmvIndex * index, const guint8 * data, gsize size)
{
  gsize tail = MIN (size, GST_OMV_SIDECAR_TAIL_SIZE);

  return g_bytes_unref_to_array (gst_omv_sidecar_write (index, size,
          data + size - tail, tail));
}

/* Reads a sidecar as it is meant to be, for a recording @data. */
static GstOmvIndex *
read_sidecar (const GByteArray * sidecar, const guint8 * data, gsize size,
    guint mode, GError ** error)
{
  g_autofree guint8 *copy = g_memdup2 (sidecar->data, sidecar->len);
  GstOmvWalk start = make_start (mode);
  guint64 end = 0;
  gsize tail;

  if (!gst_omv_sidecar_read_end (copy, sidecar->len, size, &end, error))
    return NULL;
  g_assert_cmpuint (end, <=, size);
  tail = MIN (end, GST_OMV_SIDECAR_TAIL_SIZE);

  return gst_omv_sidecar_read (copy, sidecar->len, &start, size,
      data + end - tail, tail, error);
}

static void
check_refused (const GByteArray * sidecar, const guint8 * data, gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstOmvIndex) index = read_sidecar (sidecar, data, size, 0, &error);

  g_assert_null (index);
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
}

/* ---- an index that is the same ---- */

static void
check_same_steps (GstOmvWalk one, GstOmvWalk other, const guint8 * data,
    gsize size, const GstOmvIndex * index)
{
  GstOmvWalkInput input = {.data = data,.size = size,.end = size,
    .at_end = TRUE
  };
  GstOmvWalkResult result;

  do {
    GstOmvWalkStep a, b;

    memset (&a, 0, sizeof a);
    memset (&b, 0, sizeof b);
    result = gst_omv_walk_next (&one, &input, &a, NULL);
    g_assert_cmpint (gst_omv_walk_next (&other, &input, &b, NULL), ==, result);
    g_assert_cmpmem (&a, sizeof a, &b, sizeof b);
    if (result == GST_OMV_WALK_FRAME)
      g_assert_true (gst_omv_index_agrees (index, &a));
  } while (result == GST_OMV_WALK_FRAME || result == GST_OMV_WALK_SKIP);
}

static void
check_same_damages (const GstOmvIndex * a, const GstOmvIndex * b)
{
  g_assert_cmpuint (gst_omv_index_get_n_damages (a), ==,
      gst_omv_index_get_n_damages (b));
  for (guint i = 0; i < gst_omv_index_get_n_damages (a); i++) {
    GstOmvWalkStep x, y;

    gst_omv_index_get_damage (a, i, &x);
    gst_omv_index_get_damage (b, i, &y);
    g_assert_cmpuint (x.offset, ==, y.offset);
    g_assert_cmpuint (x.size, ==, y.size);
    g_assert_cmpuint (x.number, ==, y.number);
    g_assert_cmpint (x.fault, ==, y.fault);
  }
}

static void
check_same (const GstOmvIndex * a, const GstOmvIndex * b,
    const guint8 * data, gsize size)
{
  guint64 n_frames = gst_omv_index_get_n_frames (a);

  g_assert_true (gst_omv_index_is_complete (b));
  g_assert_cmpuint (gst_omv_index_get_n_frames (b), ==, n_frames);
  g_assert_cmpuint (gst_omv_index_get_first_time (b), ==,
      gst_omv_index_get_first_time (a));
  g_assert_cmpuint (gst_omv_index_get_last_time (b), ==,
      gst_omv_index_get_last_time (a));
  g_assert_cmpuint (gst_omv_index_get_end_time (b), ==,
      gst_omv_index_get_end_time (a));
  g_assert_cmpuint (gst_omv_index_get_position (b), ==,
      gst_omv_index_get_position (a));
  g_assert_true (gst_omv_index_is_torn (b) == gst_omv_index_is_torn (a));
  check_same_damages (a, b);

  for (guint64 n = 0; n < n_frames; n += 16) {
    GstOmvWalk one, other;

    g_assert_true (gst_omv_index_find_number (a, n, &one));
    g_assert_true (gst_omv_index_find_number (b, n, &other));
    check_same_steps (one, other, data, size, b);
  }
}

static void
check_round_trip (const guint8 * data, gsize size)
{
  for (guint mode = 0; mode < 3; mode++) {
    g_autoptr (GstOmvIndex) index = make_index (data, size, mode);
    g_autoptr (GByteArray) sidecar = write_sidecar (index, data, size);

    g_assert_cmpuint (sidecar->len, <=, GST_OMV_SIDECAR_SIZE_MAX);
    for (guint other = 0; other < 3; other++) {
      g_autoptr (GstOmvIndex) expected = make_index (data, size, other);
      g_autoptr (GError) error = NULL;
      g_autoptr (GstOmvIndex) again =
          read_sidecar (sidecar, data, size, other, &error);

      g_assert_no_error (error);
      g_assert_true (other != mode || gst_omv_index_is_complete (again));
      extend_to_end (again, data, size);
      check_same (expected, again, data, size);
    }
  }
}

/* S3 for other settings, too. */
static void
test_round_trip (gconstpointer name)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load (name);

  check_round_trip (bytes->data, bytes->len);
}

static void
test_round_trip_golden (void)
{
  for (guint i = 0; omv_test_golden_names[i] != NULL; i++) {
    g_autoptr (OmvTestGolden) golden =
        omv_test_golden_load (omv_test_golden_names[i]);

    if (golden->version != 0 && golden->version != 30)
      check_round_trip (golden->data, golden->size);
  }
}

/* S3: what was written for the first @cut bytes serves the whole. */
static void
test_growth (gconstpointer name)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load (name);

  for (guint mode = 0; mode < 3; mode++) {
    g_autoptr (GstOmvIndex) expected =
        make_index (bytes->data, bytes->len, mode);

    for (gsize cut = 16; cut < bytes->len; cut += 997) {
      g_autoptr (GstOmvIndex) first = make_index (bytes->data, cut, mode);
      g_autoptr (GByteArray) sidecar = write_sidecar (first, bytes->data, cut);
      g_autoptr (GError) error = NULL;
      g_autoptr (GstOmvIndex) index =
          read_sidecar (sidecar, bytes->data, bytes->len, mode, &error);

      g_assert_no_error (error);
      g_assert_false (gst_omv_index_is_complete (index));
      g_assert_cmpuint (gst_omv_index_get_n_frames (index) + 16, >=,
          gst_omv_index_get_n_frames (first));
      extend_to_end (index, bytes->data, bytes->len);
      check_same (expected, index, bytes->data, bytes->len);
    }
  }
}

/* An index that was written while it was being made. */
static void
test_partial (void)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load ("damaged-v2");
  g_autoptr (GstOmvIndex) expected = make_index (bytes->data, bytes->len, 2);
  GstOmvWalk start = make_start (2);
  g_autoptr (GstOmvIndex) index = gst_omv_index_new (&start);
  GstOmvWalkInput input = {.data = bytes->data,.size = bytes->len,
    .end = bytes->len,.at_end = TRUE
  };
  GstOmvWalkStep step;

  for (guint i = 0; !gst_omv_index_is_complete (index); i++) {
    g_autoptr (GByteArray) sidecar = NULL;
    g_autoptr (GstOmvIndex) again = NULL;

    gst_omv_index_extend (index, &input, &step, NULL);
    if (i % omv_test_get_pace (7) != 0)
      continue;
    sidecar = write_sidecar (index, bytes->data, bytes->len);
    again = read_sidecar (sidecar, bytes->data, bytes->len, 2, NULL);
    g_assert_nonnull (again);
    extend_to_end (again, bytes->data, bytes->len);
    check_same (expected, again, bytes->data, bytes->len);
  }
}

/* ---- a sidecar of something else, S2 ---- */

typedef struct
{
  GByteArray *bytes;
  GByteArray *sidecar;
} Pair;

static void
set_up (Pair * pair, gconstpointer unused)
{
  g_autoptr (GstOmvIndex) index = NULL;

  pair->bytes = omv_test_corpus_load ("exact-times-damaged");
  index = make_index (pair->bytes->data, pair->bytes->len, 1);
  pair->sidecar = write_sidecar (index, pair->bytes->data, pair->bytes->len);
}

static void
tear_down (Pair * pair, gconstpointer unused)
{
  g_byte_array_unref (pair->bytes);
  g_byte_array_unref (pair->sidecar);
}

static void
test_shorter (Pair * pair, gconstpointer unused)
{
  for (gsize size = 0; size < pair->bytes->len; size += 13)
    check_refused (pair->sidecar, pair->bytes->data, size);
}

static void
test_other (Pair * pair, gconstpointer unused)
{
  pair->bytes->data[pair->bytes->len - 40] ^= 1;
  check_refused (pair->sidecar, pair->bytes->data, pair->bytes->len);
}

/* A limit that the index's frames may exceed. */
static void
test_smaller_limit (Pair * pair, gconstpointer unused)
{
  GstOmvWalk start = make_start (1);
  guint8 *end = pair->bytes->data + pair->bytes->len;
  gsize tail = MIN (pair->bytes->len, GST_OMV_SIDECAR_TAIL_SIZE);

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GstOmvIndex) index = NULL;

    start.max_frame_size = GST_OMV_FRAME_SIZE_MAX_DEFAULT + 1 - 2 * i;
    index = gst_omv_sidecar_read (pair->sidecar->data, pair->sidecar->len,
        &start, pair->bytes->len, end - tail, tail, NULL);
    g_assert_true ((index != NULL) == (i == 0));
  }
}

/* ---- bytes that are wrong, S1 ---- */

static void
test_truncated (Pair * pair, gconstpointer unused)
{
  guint size = pair->sidecar->len;

  for (guint len = 0; len < size; len++) {
    pair->sidecar->len = len;
    check_refused (pair->sidecar, pair->bytes->data, pair->bytes->len);
  }
  pair->sidecar->len = size;
  g_byte_array_append (pair->sidecar, (const guint8 *) "", 1);
  check_refused (pair->sidecar, pair->bytes->data, pair->bytes->len);
}

static void
test_changed (Pair * pair, gconstpointer unused)
{
  for (guint at = 0; at < pair->sidecar->len; at += omv_test_get_pace (17)) {
    for (guint bit = 0; bit < 8; bit++) {
      pair->sidecar->data[at] ^= (guint8) (1 << bit);
      check_refused (pair->sidecar, pair->bytes->data, pair->bytes->len);
      pair->sidecar->data[at] ^= (guint8) (1 << bit);
    }
  }
}

/* Makes the checksum right again. */
static void
seal (GByteArray * sidecar)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = SUM_SIZE;

  g_checksum_update (checksum, sidecar->data, sidecar->len - SUM_SIZE);
  g_checksum_get_digest (checksum, sidecar->data + sidecar->len - SUM_SIZE,
      &size);
}

static void
put (GByteArray * sidecar, guint at, guint size, guint64 value)
{
  g_assert_cmpuint (at + size, <=, sidecar->len - SUM_SIZE);
  for (guint i = 0; i < size; i++)
    sidecar->data[at + i] = (guint8) (value >> (8 * i));
}

#define ENTRY(i, field) (HEADER_SIZE + (i) * PLACE_SIZE + (field))
#define FAR (G_GUINT64_CONSTANT (1) << 40)

/* The recording has 97 frames and 25 entries; one damage. */
static const struct
{
  const gchar *lie;
  guint at;
  guint size;
  guint64 value;
} lies[] = {
  {"unknown flags", 16, 4, 0x13},
  {"another end", 24, 8, 0},
  {"an end beyond all files", 24, 8, G_MAXUINT64},
  {"a last interval longer than the recording", 32, 8, FAR * 1000},
  {"no distance", 40, 8, 0},
  {"a small distance", 40, 8, 2},
  {"a distance that is no power of 2", 40, 8, 12},
  {"a distance that overflows", 40, 8, G_MAXUINT64},
  {"another distance", 40, 8, 8},
  {"too few entries", 48, 4, 24},
  {"too many entries", 48, 4, 26},
  {"far too many entries", 48, 4, G_MAXUINT32},
  {"entries that overflow", 48, 4, 0x38E38E3A},
  {"far too many damages", 52, 4, G_MAXUINT32},
  {"no damage", 52, 4, 0},
  {"an end place beyond the end", 88, 8, FAR},
  {"too many frames", 96, 8, 1 << 20},
  {"a frame beyond the end", ENTRY (24, 0), 8, FAR},
  {"a frame at the end", ENTRY (24, 0), 8, 0x10000},
  {"a frame within the file header", ENTRY (0, 0), 8, 15},
  {"the same frame again", ENTRY (1, 0), 8, 16},
  {"frames that go back", ENTRY (3, 0), 8, 17},
  {"another number", ENTRY (2, 8), 8, 33},
  {"a number that overflows", ENTRY (2, 8), 8, G_MAXUINT64},
  {"a recording that starts behind its frame", ENTRY (2, 16), 8, 1 << 20},
  {"a recording that starts at its frame", ENTRY (0, 16), 8, 16},
  {"a time without end", ENTRY (2, 24), 8, G_MAXUINT64},
  {"times that go back", ENTRY (2, 24), 8, 1},
  {"a time before without end", ENTRY (2, 32), 8, G_MAXUINT64},
  {"a time before that is later", ENTRY (2, 32), 8, FAR * 1000},
  {"an anchor that is later", ENTRY (2, 48), 8, FAR * 1000},
  {"an exact anchor that is later", ENTRY (2, 56), 8, G_MAXUINT64 - 1},
  {"an unknown version", ENTRY (2, 64), 2, 22},
  {"half a gap", ENTRY (2, 66), 2, 2},
  {"damage within the file header", ENTRY (25, 0), 8, 3},
  {"damage beyond the end", ENTRY (25, 0), 8, FAR},
  {"no damage at all", ENTRY (25, 8), 8, 0},
  {"damage that overflows", ENTRY (25, 8), 8, G_MAXUINT64},
  {"damage of a frame that never was", ENTRY (25, 16), 8, 1000},
  {"a fault that is none", ENTRY (25, 24), 4, 0},
  {"an unknown fault", ENTRY (25, 24), 4, 9},
};

static void
test_lies (Pair * pair, gconstpointer unused)
{
  g_autofree guint8 *truth =
      g_memdup2 (pair->sidecar->data, pair->sidecar->len);

  /* nothing is wrong with the way of making them */
  g_assert_cmpuint (pair->sidecar->len, ==,
      HEADER_SIZE + 25 * PLACE_SIZE + 32 + SUM_SIZE);
  seal (pair->sidecar);
  g_assert_cmpmem (pair->sidecar->data, pair->sidecar->len, truth,
      pair->sidecar->len);

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++) {
    put (pair->sidecar, lies[i].at, lies[i].size, lies[i].value);
    if (memcmp (pair->sidecar->data, truth, pair->sidecar->len) == 0)
      continue;                 /* true of this recording */
    seal (pair->sidecar);
    g_test_message ("%s", lies[i].lie);
    check_refused (pair->sidecar, pair->bytes->data, pair->bytes->len);
    memcpy (pair->sidecar->data, truth, pair->sidecar->len);
  }
}

/* Whatever an index leads to, walks from there end. */
static void
use (const GstOmvIndex * index, const GByteArray * bytes, GRand * random)
{
  GstOmvWalkInput input = {.data = bytes->data,.size = bytes->len,
    .end = bytes->len,.at_end = TRUE
  };

  for (guint i = 0; i < 12; i++) {
    guint64 wanted = g_rand_int (random) >> g_rand_int_range (random, 0, 32);
    GstOmvWalkResult result;
    GstOmvWalkStep step;
    GstOmvWalk walk;
    gboolean found = i % 2 == 0
        ? gst_omv_index_find_number (index, wanted, &walk)
        : gst_omv_index_find_time (index, wanted * wanted, &walk);

    if (!found)
      continue;
    do {
      result = gst_omv_walk_next (&walk, &input, &step, NULL);
      g_assert_cmpint (result, !=, GST_OMV_WALK_NEED);
      if (result == GST_OMV_WALK_FRAME) {
        g_assert_cmpuint (step.offset + step.size, <=, bytes->len);
        (void) gst_omv_index_agrees (index, &step);
      }
    } while (result == GST_OMV_WALK_FRAME || result == GST_OMV_WALK_SKIP);
  }
}

static void
lie (GByteArray * sidecar, GRand * random)
{
  static const guint64 values[] = {
    0, 1, 2, 15, 16, 17, 20, 64, 0xFFFF, 0x10000, 0xFFFFFFFF, FAR, G_MAXINT64,
    G_MAXUINT64 - 15, G_MAXUINT64
  };
  guint words = (sidecar->len - SUM_SIZE) / 4;

  for (gint n = g_rand_int_range (random, 1, 4); n > 0; n--) {
    guint at = 4 * (guint) g_rand_int_range (random, 4, (gint) words - 1);

    if (g_rand_boolean (random))
      put (sidecar, at, 8, values[g_rand_int_range (random, 0,
                  G_N_ELEMENTS (values))]);
    else
      sidecar->data[at] += (guint8) g_rand_int_range (random, -2, 3);
  }
  seal (sidecar);
}

static void
test_random_lies (Pair * pair, gconstpointer unused)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (31);
  g_autofree guint8 *truth =
      g_memdup2 (pair->sidecar->data, pair->sidecar->len);
  guint rounds = g_getenv ("OMV_TEST_SLOW") != NULL ? 300 : 20000;
  guint taken = 0;

  for (guint i = 0; i < rounds; i++) {
    g_autoptr (GstOmvIndex) index = NULL;

    lie (pair->sidecar, random);
    index = read_sidecar (pair->sidecar, pair->bytes->data, pair->bytes->len,
        i % 3, NULL);
    if (index != NULL) {
      use (index, pair->bytes, random);
      if (!gst_omv_index_is_complete (index))
        extend_to_end (index, pair->bytes->data, pair->bytes->len);
      taken++;
    }
    memcpy (pair->sidecar->data, truth, pair->sidecar->len);
  }

  /* neither all of them nor none, else this shows nothing */
  g_test_message ("%u of %u were taken", taken, rounds);
  g_assert_cmpuint (taken, >, rounds / 100);
  g_assert_cmpuint (taken, <, rounds);
}

/* A lie that only the recording itself can tell. */
static void
test_false_place (Pair * pair, gconstpointer unused)
{
  GstOmvWalkInput input = {.data = pair->bytes->data,
    .size = pair->bytes->len,.end = pair->bytes->len,.at_end = TRUE
  };
  g_autoptr (GstOmvIndex) index = NULL;
  GstOmvWalkStep step;
  GstOmvWalk walk;

  pair->sidecar->data[ENTRY (3, 0)] += 16;
  seal (pair->sidecar);
  index = read_sidecar (pair->sidecar, pair->bytes->data, pair->bytes->len, 1,
      NULL);
  g_assert_nonnull (index);
  g_assert_true (gst_omv_index_find_number (index, 14, &walk));
  g_assert_true (gst_omv_walk_next (&walk, &input, &step, NULL) !=
      GST_OMV_WALK_FRAME || !gst_omv_index_agrees (index, &step));
}

static void
add_pair_test (const gchar * name, void (*function) (Pair *, gconstpointer))
{
  g_autofree gchar *path = g_strconcat ("/sidecar/", name, NULL);

  g_test_add (path, Pair, NULL, set_up, function, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; omv_test_corpus_names[i] != NULL; i++) {
    g_autofree gchar *path = g_strconcat ("/sidecar/gives-the-same-index/",
        omv_test_corpus_names[i], NULL);

    g_test_add_data_func (path, omv_test_corpus_names[i], test_round_trip);
  }
  g_test_add_func ("/sidecar/gives-the-same-index/golden",
      test_round_trip_golden);
  g_test_add_func ("/sidecar/gives-the-same-index/partial", test_partial);
  g_test_add_data_func ("/sidecar/serves-what-has-grown/mixed-v2", "mixed-v2",
      test_growth);
  g_test_add_data_func ("/sidecar/serves-what-has-grown/joined", "joined",
      test_growth);
  g_test_add_data_func ("/sidecar/serves-what-has-grown/exact-times",
      "exact-times", test_growth);
  add_pair_test ("refused/for-a-shorter-recording", test_shorter);
  add_pair_test ("refused/for-another-recording", test_other);
  add_pair_test ("refused/for-a-smaller-limit", test_smaller_limit);
  add_pair_test ("refused/truncated", test_truncated);
  add_pair_test ("refused/with-a-changed-bit", test_changed);
  add_pair_test ("refused/with-lies", test_lies);
  add_pair_test ("any-lie-is-harmless", test_random_lies);
  add_pair_test ("a-false-place-is-seen-in-the-recording", test_false_place);

  return g_test_run ();
}
