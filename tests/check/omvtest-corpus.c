/* omvtest-corpus.c: recordings of all kinds, for tests of promises that hold
 * for each
 *
 * Golden recordings are short, an index remembers every sixteenth frame. So
 * most of these have some hundred frames, of varying sizes and at varying
 * intervals.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvtest-corpus.h"

#include <string.h>

#include "omvtest.h"

#define MIXED_V2 "g16x12 c7x5 j300 b33x9 r9x7 y9x4 g5x3 j50 a4x4 b40x5 p120 "
#define MIXED_V1 "g16x12 c7x5 j300 b33x9 r9x7 g5x3 j50 b40x5 g31x3 "
#define TEN(words) words words words words words words words words words words

typedef struct
{
  const gchar *name;
  const gchar *recipe;          /* of omv_test_build() */
} Made;

static const Made made[] = {
  {"empty", "V2.0"},
  {"one-frame", "V2.0 g5x3"},
  {"sixteen-frames", "V2.0 " TEN ("g5x3 ") "g5x3 g5x3 g5x3 g5x3 g5x3 g5x3"},
  {"seventeen-frames",
      "V2.0 " TEN ("g5x3 ") "g5x3 g5x3 g5x3 g5x3 g5x3 g5x3 g5x3"},
  {"mixed-v2", "V2.0 " TEN (MIXED_V2) "g5x3"},
  {"mixed-v1", "V1.1 " TEN (MIXED_V1) "g5x3"},
  {"joined", "V1.1 " TEN ("g5x3 c7x5 ") "V2.0 " TEN ("j50 a4x4 ") "V1.0 "
        TEN ("c5x3 ") "V2.1 V2.0 " TEN ("y9x4 b33x9 ")},
  {"joined-torn", "V2.0 " TEN ("g5x3 c7x5 ") "c40x40 -3001 V2.0 "
        TEN ("j50 a4x4 ") "g5x3 -41 V1.1 " TEN ("c5x3 ") "g5x3 g5x3"},
  {"damaged-v2", "V2.0 " TEN (MIXED_V2) "+48 " TEN (MIXED_V2)
      "z4096 g5x3 +77 " TEN ("g7x7 ") TEN ("g5x3 ") "g5x3"},
  {"damaged-v1", "V1.1 " TEN (MIXED_V1) "z64 " TEN (MIXED_V1)
      "z4096 g5x3 z48 " TEN ("g7x7 ") TEN ("g5x3 ") "g5x3 g5x3"},
  {"damaged-often", "V2.0 " TEN ("g5x3 +16 g5x3 g5x3 +7 ") TEN ("g5x3 +48 ")},
  {"damaged-first", "V2.0 +48 " TEN ("g5x3 c7x5 ")},
  {"damaged-last", "V2.0 " TEN ("g5x3 c7x5 ") "+480"},
  {"damaged-only", "V2.0 +480"},
  {"short-binary", "V2.0 " TEN ("s33x9 g5x3 ") TEN ("b33x9 ") "g5x3"},
  {"false-size", "V2.0 " TEN ("g5x3 c7x5 ") "j100=400 "
        TEN ("g5x3 ") "c20x20 " TEN ("g5x3 ")},
  {"false-sizes", "V2.0 " TEN ("g5x3 g7x7 j100=220 g5x3 g5x3 c6x6 ")},
  {"torn", "V2.0 " TEN (MIXED_V2) "c20x20 -11"},
  {"torn-header", "V2.0 " TEN ("g5x3 c7x5 ") "g5x3 -30"},
  {"no-padding", "V2.0 " TEN ("g5x3 c7x5 ") "g5x3 -1"},
};

/* The names from here on are made of others. */
#define ALL_GOLDEN "all-golden-joined"
#define VARIED "varied-intervals"
#define SAME_TIMES "same-times"
#define EXACT "exact-times"
#define EXACT_DAMAGED "exact-times-damaged"

const gchar *const omv_test_corpus_names[] = {
  "empty", "one-frame", "sixteen-frames", "seventeen-frames", "mixed-v2",
  "mixed-v1", "joined", "joined-torn", "damaged-v2", "damaged-v1",
  "damaged-often", "damaged-first", "damaged-last", "damaged-only",
  "short-binary", "false-size", "false-sizes", "torn", "torn-header",
  "no-padding", ALL_GOLDEN, VARIED, SAME_TIMES, EXACT, EXACT_DAMAGED, NULL
};

static GByteArray *
join_golden (void)
{
  GByteArray *bytes = g_byte_array_new ();

  for (guint pass = 0; pass < 2; pass++) {
    for (guint i = 0; omv_test_golden_names[i] != NULL; i++) {
      g_autoptr (OmvTestGolden) golden = NULL;

      if (g_str_has_prefix (omv_test_golden_names[i], "bad_"))
        continue;
      golden = omv_test_golden_load (omv_test_golden_names[i]);
      g_byte_array_append (bytes, golden->data, (guint) golden->size);
      omv_test_append_padding (bytes, golden->size);
    }
  }

  return bytes;
}

static void
set_interval (guint8 * header, guint32 interval)
{
  for (guint i = 0; i < 4; i++)
    header[i] = (guint8) (interval >> (8 * i));
}

/* Exact times that agree with intervals of 33 ms for most frames; of frames 40
 * and 41 one has none, of frame 60 on they are another clock's. */
static void
set_exact_times (GByteArray * bytes, const GArray * frames)
{
  for (guint i = 0; i < frames->len; i++) {
    guint64 clock = i < 60 ? 7000000000 : 900000000000;

    if (i != 40)
      omv_test_set_exact_time (bytes->data + omv_test_frame (frames, i)->offset,
          clock + i * 33333333ull);
  }
}

/* What TEN() leaves at the end is no word. */
static GByteArray *
build (const gchar * recipe, GArray ** ret_frames)
{
  g_autofree gchar *words = g_strchomp (g_strdup (recipe));

  return omv_test_build (words, ret_frames);
}

static GByteArray *
make_special (const gchar * name)
{
  g_autoptr (GArray) frames = NULL;
  GByteArray *bytes;

  if (g_str_equal (name, ALL_GOLDEN))
    return join_golden ();

  bytes = build ("V2.0 " TEN (MIXED_V2), &frames);
  for (guint i = 0; i < frames->len; i++) {
    guint8 *header = bytes->data + omv_test_frame (frames, i)->offset;

    if (g_str_equal (name, VARIED))
      set_interval (header, i == 50 ? 600000 : i * 7919 % 90);
    else if (g_str_equal (name, SAME_TIMES))
      set_interval (header, i % 37 == 36 ? 20 : 0);
  }
  if (g_str_has_prefix (name, EXACT))
    set_exact_times (bytes, frames);
  if (g_str_equal (name, EXACT_DAMAGED)) {
    for (guint i = 20; i < 33; i++)
      bytes->data[omv_test_frame (frames, i)->offset + 12] = 0x55;
  }

  return bytes;
}

GByteArray *
omv_test_corpus_load (const gchar * name)
{
  for (guint i = 0; i < G_N_ELEMENTS (made); i++) {
    if (g_str_equal (made[i].name, name))
      return build (made[i].recipe, NULL);
  }

  return make_special (name);
}
