/* walk.c: tests of the walk over a recording's frames
 *
 * The oracle is never the library: golden recordings come with the list of
 * another program, made ones with what their recipe says (omvtest.h). W1…W5
 * are the guarantees at the head of omv-walk.c; omvtest-walker.c checks W1 and
 * W4 at every step of every test here.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-walk.h>

#include <string.h>

#include "omvtest-place.h"
#include "omvtest-walker.h"
#include "omvtest.h"

static GstOmvWalk
make_walk (gboolean resync, gboolean rewind)
{
  GstOmvWalk walk;

  gst_omv_walk_init (&walk);
  walk.resync = resync;
  walk.rewind = rewind;

  return walk;
}

static void
check_walk (const OmvTestDriver * driver, GstOmvWalk walk, const guint8 * data,
    gsize size, const gchar * expected)
{
  g_autoptr (OmvTestWalk) done = omv_test_walk (driver, walk, data, size);
  g_autofree gchar *text = omv_test_walk_to_string (done);

  if (g_strcmp0 (text, expected) != 0)
    g_test_message ("driver: %s", driver->name);
  g_assert_cmpstr (text, ==, expected);
}

/* ---- golden recordings ---- */

/* The list of a 1.0 recording has the pixels as the camera holds them, with the
 * bytes of RGB565 swapped. */
static gchar *
get_checksum (const OmvTestGolden * golden, const GstOmvWalkStep * step)
{
  gsize size = step->header.payload_size;
  g_autofree guint8 *payload =
      g_memdup2 (golden->data + step->payload_offset, size);

  for (gsize i = 0; i + 1 < size && golden->version == 10
      && step->header.format == GST_OMV_PIXEL_FORMAT_RGB565; i += 2) {
    guint8 first = payload[i];

    payload[i] = payload[i + 1];
    payload[i + 1] = first;
  }

  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, payload, size);
}

static void
check_golden_frame (const OmvTestGolden * golden, const OmvTestFrame * frame,
    const GstOmvWalkStep * step)
{
  g_autofree gchar *sha256 = get_checksum (golden, step);

  g_assert_cmpuint (step->offset, ==, frame->offset);
  g_assert_cmpint (step->version, ==, golden->version);
  g_assert_cmpuint (step->time, ==, frame->time);
  g_assert_cmpint (step->header.width, ==, frame->width);
  g_assert_cmpint (step->header.height, ==, frame->height);
  g_assert_cmphex (step->header.format, ==, frame->format);
  g_assert_cmpuint (step->header.payload_size, ==, frame->size);
  g_assert_cmpuint (step->header.exact_time, ==, GST_OMV_TIME_NONE);
  if (golden->version >= 20)
    g_assert_cmpuint (step->header.size_word, ==, frame->size_word);
  g_assert_cmpstr (sha256, ==, frame->sha256);
}

/* The frames that the camera's code reads come first, whatever follows. */
static void
check_golden (const OmvTestGolden * golden, const OmvTestDriver * driver,
    GstOmvWalk walk)
{
  g_autoptr (OmvTestWalk) done =
      omv_test_walk (driver, walk, golden->data, golden->size);

  g_assert_cmpuint (done->steps->len, >, golden->frames->len);
  for (guint i = 0; i < golden->frames->len; i++) {
    const OmvTestStep *step = &g_array_index (done->steps, OmvTestStep, i);

    g_assert_cmpint (step->result, ==, GST_OMV_WALK_FRAME);
    check_golden_frame (golden, omv_test_frame (golden->frames, i),
        &step->step);
  }

  if (!golden->damaged) {
    const OmvTestStep *last = &g_array_index (done->steps, OmvTestStep,
        golden->frames->len);

    g_assert_cmpint (last->result, ==, GST_OMV_WALK_END);
    g_assert_cmpint (last->step.fault, ==, GST_OMV_FAULT_NONE);
  }
}

static void
test_golden (gconstpointer name)
{
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load (name);

  for (guint i = 0; i < OMV_TEST_N_DRIVERS; i++) {
    const OmvTestDriver *driver = &omv_test_drivers[i];

    check_golden (golden, driver, make_walk (TRUE, FALSE));
    check_golden (golden, driver, make_walk (FALSE, FALSE));
    if (omv_test_driver_can_rewind (driver))
      check_golden (golden, driver, make_walk (TRUE, TRUE));
  }
}

/* ---- what becomes of damage ---- */

typedef struct
{
  const gchar *promise;
  const gchar *source;          /* a recipe, or a golden recording's name */
  const gchar *resync;
  const gchar *rewind;          /* NULL: the same */
  const gchar *strict;          /* without resync */
} Scenario;

static const Scenario golden_scenarios[] = {
  {"a-negative-width-costs-one-frame", "bad_gray_w_neg",
      "!16+48W @64 @208 .", NULL, "?corrupt"},
  {"a-huge-picture-costs-one-frame", "bad_jpeg_size_ffffffff",
      "@16 @64 !208+352L .", NULL, "@16 @64 ?corrupt"},
  {"another-magic-is-refused", "bad_magic_riff",
      "?wrong-type", NULL, "?wrong-type"},
  {"an-unknown-version-is-refused", "bad_version_30",
      "?unsupported", NULL, "?unsupported"},
  {"an-unknown-pixel-format-costs-one-frame", "bad_pixfmt_zero",
      "@16 !64+144P @208 .", NULL, "@16 ?corrupt"},
  {"a-cut-within-a-header-leaves-a-torn-frame", "bad_v20_cut_028",
      ".16+12T", NULL, ".16+12T"},
  {"a-cut-within-a-payload-leaves-a-torn-frame", "bad_v20_cut_150",
      "@16 .64+86T", NULL, "@16 .64+86T"},
};

static const Scenario scenarios[] = {
  /* no damage */
  {"a-header-alone-is-a-recording", "V2.0", ".", NULL, "."},
  {"padding-may-lack", "V2.0 g5x3 g5x3 -1", "@16 @64 .", NULL, "@16 @64 ."},
  {"a-torn-frame-is-told", "V2.0 g5x3 g5x3 -2",
      "@16 .64+46T", NULL, "@16 .64+46T"},
  {"a-frame-without-payload-is-a-frame", "V2.0 a4x4 g5x3 a4x4",
      "@16 @48 @96 .", NULL, "@16 @48 @96 ."},

  /* joined recordings */
  {"joined-recordings-are-one", "V2.0 g5x3 V2.0 g5x3",
      "@16 @80 .", NULL, "@16 @80 ."},
  {"joined-versions-are-told-apart", "V1.1 g5x3 V2.0 g5x3 V1.0 c5x3",
      "@16 @64 @128 .", NULL, "@16 @64 @128 ."},
  {"joined-empty-recordings-are-no-damage", "V2.0 V2.0 V1.1 V2.1",
      ".", NULL, "."},
  {"joined-empty-behind-damage", "V2.0 g5x3 +5 V2.0",
      "@16 !64+5T .", NULL, "@16 .64+21T"},
  {"an-unknown-version-joined-is-damage", "V2.0 g5x3 V3.0 g5x3 g5x3",
      "@16 !64+16V @80 @128 .", NULL, "@16 ?corrupt"},
  {"joined-behind-a-torn-frame", "V2.0 g5x3 c40x40 -3000 V2.0 g5x3 g5x3",
      "@16 !64+232T @312 @360 .", NULL, "@16 .64+344T"},
  {"joined-unaligned-behind-a-torn-frame",
        "V2.0 g5x3 c40x40 -3001 V2.0 g5x3 g5x3",
      "@16 !64+231T @311 @359 .", NULL, "@16 .64+343T"},
  {"joined-unaligned-behind-a-torn-header", "V2.0 g5x3 g5x3 -41 V1.1 g5x3 g5x3",
      "@16 !64+7P @87 @119 .", NULL, "@16 ?corrupt"},
  {"joined-within-a-torn-payload", "V2.0 g5x3 g5x3 -7 V2.0 g5x3",
        "@16 @64 !112+9P @121 .", "@16 @64 !64+41P @121 .",
      "@16 @64 ?corrupt"},
  {"three-joined-two-torn-none-lost",
        "V2.0 g5x3 g5x3 -40 V2.0 g5x3 g5x3 -40 V2.0 g5x3",
      "@16 !64+8P @88 !136+8P @160 .", NULL, "@16 ?corrupt"},

  /* what else is found in files */
  {"stale-frames-are-found", "V2.0 g5x3 +16 g7x7 g7x7",
      "@16 !64+16P @80 @176 .", NULL, "@16 ?corrupt"},
  {"stale-unaligned-frames-are-found", "V2.0 g5x3 +45 g7x7 g7x7",
      "@16 !64+45P @109 @205 .", NULL, "@16 ?corrupt"},
  {"a-hole-of-zeros-is-skipped", "V2.0 g5x3 z4096 g5x3",
      "@16 !64+4096P @4160 .", NULL, "@16 ?corrupt"},
  {"a-hole-of-zeros-is-skipped-in-v1", "V1.1 g5x3 z4096 g5x3 g5x3",
      "@16 !48+4096W @4144 @4176 .", NULL, "@16 ?corrupt"},
  {"a-hole-larger-than-a-search-window", "V2.0 g5x3 +70000 g5x3",
      "@16 !64+70000P @70064 .", NULL, "@16 ?corrupt"},
  {"a-tail-of-zeros-is-damage", "V2.0 g5x3 z100",
      "@16 !64+100P .", NULL, "@16 ?corrupt"},
  {"damage-from-the-first-frame-on", "V2.0 +48 g5x3",
      "!16+48P @64 .", NULL, "?corrupt"},
  {"nothing-but-damage", "V2.0 +480", "!16+480P .", NULL, "?corrupt"},
  {"the-last-v1-frame-needs-no-follower", "V1.1 g5x3 z16 g5x3",
      "@16 !48+16W @64 .", NULL, "@16 ?corrupt"},
  {"pictures-behind-damage-are-found", "V2.0 +16 j100 p100",
      "!16+16P @32 @176 .", NULL, "?corrupt"},
  {"lost-bytes-shift-the-rest", "V2.0 g5x3 c20x20 -5 g5x3 g5x3",
        "@16 @64 !896+43P @939 .", "@16 @64 !64+827P @891 @939 .",
      "@16 @64 ?corrupt"},

  /* 1-bit frames of the old tool */
  {"short-1-bit-frames-are-damage", "V2.0 s33x9 s33x9 g5x3",
      "!16+64B !80+64B @144 .", NULL, "?corrupt"},
  {"whole-1-bit-frames-are-none", "V2.0 b33x9 b33x9 b40x40 g5x3",
      "@16 @128 @240 @592 .", NULL, "@16 @128 @240 @592 ."},
  {"the-last-short-1-bit-frame-is-torn", "V2.0 g5x3 s33x9",
      "@16 .64+64T", NULL, "@16 .64+64T"},
  {"short-1-bit-frames-in-v1", "V1.1 s33x9 s33x9 g5x3 g5x3 g5x3",
        "!16+48B @64 !160+16W @176 .", "!16+48B @64 !64+48W @112 @144 @176 .",
      "?corrupt"},
  {"short-1-bit-frames-too-small-to-tell", "V2.0 s7x7 g5x3 g5x3 g5x3",
        "@16 !80+32P @112 @160 .", "@16 !16+48P @64 @112 @160 .",
      "@16 ?corrupt"},

  /* a false size, W5 */
  {"a-false-size-swallows-only-without-rewind",
        "V2.0 g5x3 j100=400 g5x3 g5x3 g5x3 g5x3 c20x20",
        "@16 @64 !496+736P .",
        "@16 @64 !64+144P @208 @256 @304 @352 @400 .",
      "@16 @64 ?corrupt"},
  {"a-false-size-beyond-the-end-swallows-nothing",
        "V2.0 g5x3 j100=4000 g5x3 g5x3",
      "@16 !64+144T @208 @256 .", NULL, "@16 .64+240T"},
  {"a-false-size-up-to-the-last-bytes-swallows-nothing",
        "V2.0 g5x3 j100=192 g5x3 g5x3",
        "@16 @64 .288+16T", "@16 @64 !64+144T @208 @256 .",
      "@16 @64 .288+16T"},
  {"a-false-height-in-v1-swallows-only-without-rewind",
        "V1.1 g16x4 g16x4=16x7 g16x4 g16x4 g16x4",
        "@16 @96 !224+32W @256 @336 .",
      "@16 @96 !96+80W @176 @256 @336 .", "@16 @96 ?corrupt"},
};

static void
check_scenario (const Scenario * scenario, const guint8 * data, gsize size)
{
  const gchar *rewind = scenario->rewind != NULL ? scenario->rewind
      : scenario->resync;

  for (guint i = 0; i < OMV_TEST_N_DRIVERS; i++) {
    const OmvTestDriver *driver = &omv_test_drivers[i];

    check_walk (driver, make_walk (TRUE, FALSE), data, size, scenario->resync);
    check_walk (driver, make_walk (FALSE, FALSE), data, size, scenario->strict);
    if (omv_test_driver_can_rewind (driver))
      check_walk (driver, make_walk (TRUE, TRUE), data, size, rewind);
  }
}

static void
test_golden_scenario (gconstpointer user_data)
{
  const Scenario *scenario = user_data;
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load (scenario->source);

  check_scenario (scenario, golden->data, golden->size);
}

static void
test_scenario (gconstpointer user_data)
{
  const Scenario *scenario = user_data;
  g_autoptr (GByteArray) bytes = omv_test_build (scenario->source, NULL);

  check_scenario (scenario, bytes->data, bytes->len);
}

/* ---- cut at every byte ---- */

/* docs/format.md, "Damage": all whole frames are good, the last one may lack
 * its padding. */
static gchar *
expect_cut (const GArray * frames, gsize header_size, gsize cut)
{
  GString *text = g_string_new (NULL);
  gsize next = 16;

  if (cut < 16) {
    g_string_assign (text, "?truncated");
    return g_string_free (text, FALSE);
  }

  for (guint i = 0; i < frames->len; i++) {
    const OmvTestFrame *frame = omv_test_frame (frames, i);
    gsize end = frame->offset + header_size + frame->size;

    if (end > cut)
      break;
    g_string_append_printf (text, "@%u ", (guint) frame->offset);
    next = frame->offset + header_size + (frame->size + 15) / 16 * 16;
  }
  if (cut > next)
    g_string_append_printf (text, ".%u+%uT", (guint) next,
        (guint) (cut - next));
  else
    g_string_append_c (text, '.');

  return g_string_free (text, FALSE);
}

static void
test_cut (gconstpointer name)
{
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load (name);
  gsize header_size = golden->version < 20 ? 16 : 32;

  for (gsize cut = 0; cut <= golden->size; cut += omv_test_get_pace (31)) {
    g_autofree gchar *expected = expect_cut (golden->frames, header_size, cut);

    for (guint i = 0; i < 3; i++)
      check_walk (&omv_test_drivers[0], make_walk (i > 0, i > 1),
          golden->data, cut, expected);
  }
}

/* The same where the end shows only once all has been pushed. */
static void
test_cut_pushed (void)
{
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load ("v20_sizefield");

  for (gsize cut = 0; cut <= golden->size; cut += omv_test_get_pace (31)) {
    g_autofree gchar *expected = expect_cut (golden->frames, 32, cut);

    for (guint i = 1; i < OMV_TEST_N_DRIVERS; i++)
      check_walk (&omv_test_drivers[i], make_walk (TRUE, FALSE),
          golden->data, cut, expected);
  }
}

/* ---- bytes changed ---- */

/* Frames of all kinds and of many sizes, so that few false sizes end where a
 * frame starts. */
#define MIXED "g16x12 c7x5 j300 b33x9 r9x7 y9x4 g5x3 j50 a4x4 b40x5 g31x3 j77"

static const gchar *const damage_recipes[] = {
  "V2.0 " MIXED " p120 c6x6",
  "V1.1 g16x12 c7x5 j300 b33x9 r9x7 g5x3 j50 b40x5 g31x3 j77 c6x6",
};

static gboolean
is_start (const GArray * frames, guint64 offset)
{
  for (guint i = 0; i < frames->len; i++) {
    if (omv_test_frame (frames, i)->offset == offset)
      return TRUE;
  }

  return FALSE;
}

/* Whether a frame whose header was changed hides @frame for good: it lies over
 * it, and the walk cannot or need not go back (W5), as what follows is good. */
static gboolean
is_swallowed (const GArray * frames, const OmvTestFrame * frame, gsize size,
    const OmvTestWalk * done, gboolean rewind)
{
  for (guint i = 0; i < done->steps->len; i++) {
    const OmvTestStep *step = &g_array_index (done->steps, OmvTestStep, i);
    guint64 end = step->step.offset + step->step.size;
    guint64 next = end + (16 - step->step.header.payload_size % 16) % 16;

    if (step->result == GST_OMV_WALK_FRAME && step->step.offset < frame->offset
        && end > frame->offset
        && (!rewind || next >= size || is_start (frames, next)))
      return TRUE;
  }

  return FALSE;
}

/* Bytes [from, to) of a recording were changed. */
static void
check_survivors (const GArray * frames, gsize header_size, gsize size,
    gsize from, gsize to, const OmvTestWalk * done, gboolean rewind)
{
  for (guint i = 0; i < frames->len; i++) {
    const OmvTestFrame *frame = omv_test_frame (frames, i);
    const GstOmvWalkStep *step = omv_test_walk_frame (done, frame->offset);

    if (from < frame->offset + header_size + frame->size && to > frame->offset)
      continue;
    if (step == NULL) {
      g_assert_true (is_swallowed (frames, frame, size, done, rewind));
      continue;
    }
    g_assert_cmphex (step->header.format, ==, frame->format);
    g_assert_cmpint (step->header.width, ==, frame->width);
    g_assert_cmpint (step->header.height, ==, frame->height);
    g_assert_cmpuint (step->header.payload_size, ==, frame->size);
  }

  for (guint i = 0; i < done->steps->len; i++) {
    const OmvTestStep *step = &g_array_index (done->steps, OmvTestStep, i);

    if (step->result == GST_OMV_WALK_FRAME)
      g_assert_true (is_start (frames, step->step.offset));
  }
}

static void
check_damage (const GByteArray * bytes, const GArray * frames,
    gsize header_size, gsize from, gsize to)
{
  for (guint i = 0; i < 2; i++) {
    g_autoptr (OmvTestWalk) done = omv_test_walk (&omv_test_drivers[i],
        make_walk (TRUE, i == 0), bytes->data, bytes->len);

    check_survivors (frames, header_size, bytes->len, from, to, done, i == 0);
  }
}

static void
test_one_byte_changed (gconstpointer recipe)
{
  static const guint8 masks[] = { 0x01, 0x10, 0x80, 0xFF };
  g_autoptr (GArray) frames = NULL;
  g_autoptr (GByteArray) bytes = omv_test_build (recipe, &frames);
  gsize header_size = g_str_has_prefix (recipe, "V1") ? 16 : 32;

  for (gsize at = 16; at < bytes->len; at++) {
    for (guint i = 0; i < G_N_ELEMENTS (masks); i++) {
      bytes->data[at] ^= masks[i];
      check_damage (bytes, frames, header_size, at, at + 1);
      bytes->data[at] ^= masks[i];
    }
  }
}

static void
fill (GRand * random, guint8 * data, gsize size)
{
  gint kind = g_rand_int_range (random, 0, 4);

  for (gsize i = 0; i < size; i++)
    data[i] = kind == 0 ? 0 : kind == 1 ? 0xFF : (guint8) g_rand_int (random);
}

static void
test_blocks_changed (gconstpointer recipe)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20240501);
  g_autoptr (GArray) frames = NULL;
  g_autoptr (GByteArray) bytes = omv_test_build (recipe, &frames);
  g_autofree guint8 *whole = g_memdup2 (bytes->data, bytes->len);
  gsize header_size = g_str_has_prefix (recipe, "V1") ? 16 : 32;

  for (guint i = 0; i < 3000 / omv_test_get_pace (10); i++) {
    gint from = g_rand_int_range (random, 16, (gint) bytes->len);
    gint to = from + g_rand_int_range (random, 1, 600);

    to = MIN (to, (gint) bytes->len);
    fill (random, bytes->data + from, (gsize) (to - from));
    check_damage (bytes, frames, header_size, (gsize) from, (gsize) to);
    memcpy (bytes->data, whole, bytes->len);
  }
}

/* ---- any bytes ---- */

/* Words of which headers are made, so that garbage gets far into the code. */
static guint32
make_word (GRand * random)
{
  static const guint32 words[] = {
    0, 1, 2, 3, 4, 5, 16, 33, 64, 0x7FFF, 0x8000, G_MAXUINT32,
    0x08010000, 0x08020001, 0x0C030002, 0x0C080004, 0x05040101, 0x14050002,
    0x06060000, 0x06070000, 0x20564D4F, 0x20474D49, 0x20525453, 0x302E3256,
    0x302E3156, 0xE0FFD8FF
  };

  if (g_rand_int_range (random, 0, 8) == 0)
    return g_rand_int (random);
  return words[g_rand_int_range (random, 0, G_N_ELEMENTS (words))];
}

static void
check_any_bytes (const GByteArray * bytes)
{
  for (guint i = 0; i < OMV_TEST_N_DRIVERS; i++) {
    const OmvTestDriver *driver = &omv_test_drivers[i];

    for (guint mode = 0; mode < 3; mode++) {
      g_autoptr (OmvTestWalk) done = NULL;

      if (mode == 2 && !omv_test_driver_can_rewind (driver))
        continue;
      done = omv_test_walk (driver, make_walk (mode > 0, mode > 1),
          bytes->data, bytes->len);
      g_assert_cmpuint (done->steps->len, >, 0);
    }
  }
}

static void
test_garbage_ends (void)
{
  static const gchar *const versions[] = { "1.0", "1.1", "2.0", "2.1" };
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (guint i = 0; i < 4000 / omv_test_get_pace (10); i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    gint words = g_rand_int_range (random, 0, 64);

    omv_test_append_file_header (bytes, versions[i % 4]);
    while (words-- > 0)
      omv_test_append_u32 (bytes, make_word (random));
    g_byte_array_set_size (bytes,
        bytes->len - (guint) g_rand_int_range (random, 0, 16));
    check_any_bytes (bytes);
  }
}

static void
test_mutants_end (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  for (guint i = 0; i < 600 / omv_test_get_pace (10); i++) {
    g_autoptr (GByteArray) bytes = omv_test_build (damage_recipes[i % 2], NULL);

    for (gint n = g_rand_int_range (random, 1, 20); n > 0; n--) {
      guint at = (guint) g_rand_int_range (random, 4, (gint) bytes->len / 4);
      guint32 word = make_word (random);

      memcpy (bytes->data + 4 * at, &word, 4);
    }
    check_any_bytes (bytes);
  }
}

/* ---- settings, times, the view ahead ---- */

static void
test_size_limit (void)
{
  static const struct
  {
    guint32 limit;
    const gchar *expected;
  } cases[] = {
    {14, "!16+96L ."}, {15, "@16 @64 ."}, {G_MAXUINT32, "@16 @64 ."},
    {0, "!16+96L ."},
  };
  g_autoptr (GByteArray) bytes = omv_test_build ("V2.0 g5x3 g5x3", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GstOmvWalk walk = make_walk (TRUE, FALSE);

    walk.max_frame_size = cases[i].limit;
    for (guint d = 0; d < OMV_TEST_N_DRIVERS; d++)
      check_walk (&omv_test_drivers[d], walk, bytes->data, bytes->len,
          cases[i].expected);
  }
}

static guint64
get_time (const GByteArray * bytes, guint64 offset)
{
  g_autoptr (OmvTestWalk) done = omv_test_walk (&omv_test_drivers[1],
      make_walk (TRUE, FALSE), bytes->data, bytes->len);
  const GstOmvWalkStep *step = omv_test_walk_frame (done, offset);

  g_assert_nonnull (step);
  return step->time;
}

static void
test_time_goes_on_over_joins (void)
{
  g_autoptr (GByteArray) bytes =
      omv_test_build ("V2.0 g5x3 g5x3 V2.1 g5x3 V1.1 g5x3", NULL);

  g_assert_cmpuint (get_time (bytes, 64), ==, 66000000);
  g_assert_cmpuint (get_time (bytes, 128), ==, 66033000);
  g_assert_cmpuint (get_time (bytes, 192), ==, 99033000);
}

/* The third frame is damaged, so its interval is lost; the exact times know
 * when the fourth one came. */
static void
test_exact_times_restore_a_gap (void)
{
  for (guint exact = 0; exact < 2; exact++) {
    g_autoptr (GByteArray) bytes =
        omv_test_build ("V2.0 g5x3 g5x3 g5x3 g5x3", NULL);

    for (guint i = 0; i < 4 && exact; i++)
      omv_test_set_exact_time (bytes->data + 16 + 48 * i,
          7000000000 + i * 33333333ull);
    bytes->data[112 + 12] = 0x55;
    g_assert_cmpuint (get_time (bytes, 160), ==,
        exact ? 33000000 + 99999999 : 99000000);
  }
}

/* The joined recording's exact times are another clock's. */
static void
test_exact_times_end_at_a_join (void)
{
  g_autoptr (GByteArray) bytes = omv_test_build ("V2.0 g5x3 V2.0 g5x3", NULL);

  omv_test_set_exact_time (bytes->data + 16, 1000000000);
  omv_test_set_exact_time (bytes->data + 80, 1033400000);
  g_assert_cmpuint (get_time (bytes, 80), ==, 66000000);
}

static void
test_peek_tells_the_next_time (void)
{
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load ("v20_intervals");
  GstOmvWalkInput input = {.data = golden->data,.size = golden->size,
    .end = golden->size,.at_end = TRUE
  };
  GstOmvWalk walk = make_walk (TRUE, FALSE);
  guint64 time = 42;

  g_assert_false (gst_omv_walk_peek_time (&walk, &input, &time));
  for (guint i = 0; i < golden->frames->len; i++) {
    GstOmvWalkStep step;

    g_assert_cmpint (gst_omv_walk_next (&walk, &input, &step, NULL), ==,
        GST_OMV_WALK_FRAME);
    g_assert_cmpuint (step.time, ==, omv_test_frame (golden->frames, i)->time);
    time = 42;
    if (i + 1 == golden->frames->len)
      break;
    g_assert_true (gst_omv_walk_peek_time (&walk, &input, &time));
    g_assert_cmpuint (time, ==, omv_test_frame (golden->frames, i + 1)->time);
  }
  g_assert_false (gst_omv_walk_peek_time (&walk, &input, &time));
  g_assert_cmpuint (time, ==, 42);
}

static void
test_peek_wants_the_whole_header (void)
{
  g_autoptr (GByteArray) bytes = omv_test_build ("V2.0 g5x3 g5x3 +32", NULL);
  GstOmvWalkInput input = {.data = bytes->data,.end = bytes->len,
    .at_end = TRUE
  };
  GstOmvWalk walk = make_walk (TRUE, FALSE);
  GstOmvWalkStep step;
  guint64 time = 42;

  input.size = 64 + 31;
  gst_omv_walk_next (&walk, &input, &step, NULL);
  g_assert_false (gst_omv_walk_peek_time (&walk, &input, &time));
  input.size = 64 + 32;
  g_assert_true (gst_omv_walk_peek_time (&walk, &input, &time));
  g_assert_cmpuint (time, ==, 66000000);

  input.size = bytes->len;
  gst_omv_walk_next (&walk, &input, &step, NULL);
  g_assert_false (gst_omv_walk_peek_time (&walk, &input, &time));
}

/* A copy walks on by itself, and the walk stays where it was. */
static void
test_copies_look_ahead (void)
{
  g_autoptr (GByteArray) bytes = omv_test_build ("V2.0 g5x3 g5x3 +64", NULL);
  GstOmvWalkInput input = {.data = bytes->data,.size = bytes->len,
    .end = bytes->len,.at_end = TRUE
  };
  GstOmvWalk walk = make_walk (TRUE, FALSE), copy;
  GstOmvWalkStep step;

  gst_omv_walk_next (&walk, &input, &step, NULL);
  copy = walk;
  while (gst_omv_walk_next (&copy, &input, &step, NULL) != GST_OMV_WALK_END);
  g_assert_cmpint (gst_omv_walk_next (&walk, &input, &step, NULL), ==,
      GST_OMV_WALK_FRAME);
  g_assert_cmpuint (step.offset, ==, 64);
}

/* Asking again changes nothing. */
static void
test_the_end_stays (void)
{
  static const gchar *const recipes[] = {
    "V2.0", "V2.0 g5x3", "V2.0 g5x3 g5x3 -9", "V2.0 g5x3 +90"
  };

  for (guint i = 0; i < G_N_ELEMENTS (recipes); i++) {
    g_autoptr (GByteArray) bytes = omv_test_build (recipes[i], NULL);
    GstOmvWalkInput input = {.data = bytes->data,.size = bytes->len,
      .end = bytes->len,.at_end = TRUE
    };
    GstOmvWalk walk = make_walk (TRUE, TRUE);
    GstOmvWalkStep step, again;

    while (gst_omv_walk_next (&walk, &input, &step, NULL) != GST_OMV_WALK_END);
    g_assert_cmpint (gst_omv_walk_next (&walk, &input, &again, NULL), ==,
        GST_OMV_WALK_END);
    g_assert_cmpuint (again.offset, ==, step.offset);
    g_assert_cmpuint (again.size, ==, step.size);
    g_assert_cmpint (again.fault, ==, step.fault);
  }
}

/* Walks over bytes that are known to end at @end, and at @moved from the given NEED
 * on. No byte is asked for again that the walk did not want kept. */
static void
check_end_that_moves (const GByteArray * bytes, gsize end, gsize moved,
    guint at_need)
{
  GstOmvWalkInput input = {.end = end,.at_end = TRUE };
  GstOmvWalk walk = make_walk (TRUE, FALSE);
  GstOmvWalkResult result;
  GstOmvWalkStep step;
  guint needs = 0;

  do {
    guint64 keep = walk.keep;

    result = gst_omv_walk_next (&walk, &input, &step, NULL);
    if (result != GST_OMV_WALK_NEED)
      continue;
    g_assert_cmpuint (++needs, <, 50);
    g_assert_cmpuint (step.offset, >=, keep);
    if (needs >= at_need)
      input.end = moved;
    if (step.offset + step.size > input.end)
      continue;
    input.data = bytes->data + step.offset;
    input.offset = step.offset;
    input.size = step.size;
  } while (result != GST_OMV_WALK_END);

  g_assert_cmpuint (step.offset + step.size, ==, input.end);
}

/* A file that someone else cuts, or writes, while it is read. */
static void
test_the_end_may_move (void)
{
  g_autoptr (GByteArray) bytes =
      omv_test_build ("V2.0 g5x3 +400 g5x3 g5x3", NULL);

  for (gsize cut = 16; cut < bytes->len; cut++) {
    for (guint at_need = 1; at_need < 7; at_need++) {
      check_end_that_moves (bytes, bytes->len, cut, at_need);
      check_end_that_moves (bytes, cut, bytes->len, at_need);
    }
  }
}

/* What looks like a header in the pixels of a good frame is none: nothing
 * follows it. Behind damage the frame's pixels are searched, with rewind. */
static void
test_headers_within_pixels (void)
{
  for (gint generation = 1; generation <= 2; generation++) {
    g_autoptr (GByteArray) bytes = omv_test_build (generation == 1
        ? "V1.1 g32x8 +32 g5x3 g5x3" : "V2.0 g32x8 +32 g5x3 g5x3", NULL);
    g_autoptr (GByteArray) inner = g_byte_array_new ();

    omv_test_append_header (inner, generation, 33, 5, 3,
        generation == 1 ? 1 : 0x08020001, 0);
    for (guint at = 64; at < 200; at += 45) {
      g_autoptr (GByteArray) changed = g_byte_array_new ();

      g_byte_array_append (changed, bytes->data, bytes->len);
      memcpy (changed->data + at, inner->data, inner->len);
      for (guint i = 0; i < 2; i++)
        check_walk (&omv_test_drivers[i], make_walk (TRUE, TRUE),
            changed->data, changed->len, generation == 1
            ? "@16 !288+32W @320 @352 ." : "@16 !304+32P @336 @384 .");
    }
  }
}

static void
test_descriptions_differ (void)
{
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GstOmvWalkStep step = {.offset = 4711,.size = 815,.number = 23 };

  for (step.fault = GST_OMV_FAULT_PIXEL_FORMAT;
      step.fault <= GST_OMV_FAULT_TORN; step.fault++) {
    gchar *text = gst_omv_walk_step_describe (&step);

    g_assert_nonnull (strstr (text, "23"));
    g_assert_nonnull (strstr (text, "4711"));
    g_assert_nonnull (strstr (text, "5526"));
    g_assert_true (g_hash_table_add (seen, text));
  }
}

static void
add_tests (const gchar * folder, const gchar * name, gconstpointer data,
    GTestDataFunc function)
{
  g_autofree gchar *path = g_strdup_printf ("/walk/%s/%s", folder, name);

  g_test_add_data_func (path, data, function);
}

static void
add_golden_tests (void)
{
  for (guint i = 0; omv_test_golden_names[i] != NULL; i++) {
    const gchar *name = omv_test_golden_names[i];

    add_tests ("golden-frames-are-found", name, name, test_golden);
    if (!g_str_has_prefix (name, "bad_"))
      add_tests ("a-cut-at-any-byte-costs-one-frame", name, name, test_cut);
  }
  for (guint i = 0; i < G_N_ELEMENTS (golden_scenarios); i++)
    add_tests ("golden", golden_scenarios[i].promise, &golden_scenarios[i],
        test_golden_scenario);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_golden_tests ();
  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    add_tests ("made", scenarios[i].promise, &scenarios[i], test_scenario);
  g_test_add_func ("/walk/a-cut-at-any-byte-costs-one-frame/pushed",
      test_cut_pushed);

  add_tests ("a-changed-byte-costs-one-frame", "v2", damage_recipes[0],
      test_one_byte_changed);
  add_tests ("a-changed-byte-costs-one-frame", "v1", damage_recipes[1],
      test_one_byte_changed);
  add_tests ("a-changed-block-costs-what-it-touches", "v2", damage_recipes[0],
      test_blocks_changed);
  add_tests ("a-changed-block-costs-what-it-touches", "v1", damage_recipes[1],
      test_blocks_changed);
  g_test_add_func ("/walk/any-bytes/garbage-ends", test_garbage_ends);
  g_test_add_func ("/walk/any-bytes/mutants-end", test_mutants_end);

  g_test_add_func ("/walk/size-limit", test_size_limit);
  g_test_add_func ("/walk/time/goes-on-over-joins",
      test_time_goes_on_over_joins);
  g_test_add_func ("/walk/time/exact-times-restore-a-gap",
      test_exact_times_restore_a_gap);
  g_test_add_func ("/walk/time/exact-times-end-at-a-join",
      test_exact_times_end_at_a_join);
  g_test_add_func ("/walk/peek/tells-the-next-time",
      test_peek_tells_the_next_time);
  g_test_add_func ("/walk/peek/wants-the-whole-header",
      test_peek_wants_the_whole_header);
  g_test_add_func ("/walk/copies-look-ahead", test_copies_look_ahead);
  g_test_add_func ("/walk/the-end-stays", test_the_end_stays);
  g_test_add_func ("/walk/the-end-may-move", test_the_end_may_move);
  g_test_add_func ("/walk/headers-within-pixels-are-none",
      test_headers_within_pixels);
  g_test_add_func ("/walk/descriptions-differ", test_descriptions_differ);

  return g_test_run ();
}
