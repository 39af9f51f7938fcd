/* copy.c: tests of the copy around the caches
 *
 * Each byte wanted is there, and none beside it has changed, at all alignments
 * and at sizes around each place where the way of copying changes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-copy.h>

#include <string.h>

#include "omvtest.h"

#define LINE 64
#define SIZE_MAX_TESTED 20000
#define GUARD 0xA5

static const gsize sizes[] = {
  0, 1, 2, 15, 16, 17, 63, 64, 65, 127, 128, 129, 4095, 4096, 4097,
  8127, 8128, 8129, 8191, 8192, 8193, 8254, 8255, 8256, 8257, 8319, 8320,
  12345, 16384, 19999, SIZE_MAX_TESTED
};

typedef struct
{
  guint8 *source;               /* bytes that differ from the guard */
  guint8 *room;                 /* all guard, at a cache line */
  guint8 *memory;
} Fixture;

static void
set_up (Fixture * fixture, gconstpointer unused)
{
  fixture->source = g_malloc (SIZE_MAX_TESTED + LINE);
  for (gsize i = 0; i < SIZE_MAX_TESTED + LINE; i++)
    fixture->source[i] = (guint8) (i * 7 % 251 % GUARD);
  fixture->memory = g_malloc (SIZE_MAX_TESTED + 4 * LINE);
  fixture->room = fixture->memory + -(gsize) fixture->memory % LINE;
  memset (fixture->room, GUARD, SIZE_MAX_TESTED + 3 * LINE);
}

static void
tear_down (Fixture * fixture, gconstpointer unused)
{
  g_free (fixture->source);
  g_free (fixture->memory);
}

static void
assert_guard (const guint8 * bytes, gsize size)
{
  for (gsize i = 0; i < size; i++)
    g_assert_cmpuint (bytes[i], ==, GUARD);
}

static void
copy (Fixture * fixture, gsize dest_offset, gsize src_offset, gsize size)
{
  guint8 *dest = fixture->room + LINE + dest_offset;

  gst_omv_copy_streaming (dest, fixture->source + src_offset, size);
  g_assert_cmpmem (dest, size, fixture->source + src_offset, size);
  assert_guard (fixture->room, LINE + dest_offset);
  assert_guard (dest + size, LINE);
  memset (dest, GUARD, size);
}

static void
test_sizes (Fixture * fixture, gconstpointer unused)
{
  static const gsize offsets[] = { 0, 1, 8, 16, 31, 63 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
    for (guint d = 0; d < G_N_ELEMENTS (offsets); d++) {
      for (guint o = 0; o < G_N_ELEMENTS (offsets); o++)
        copy (fixture, offsets[d], offsets[o], sizes[s]);
    }
  }
}

static void
test_alignments (Fixture * fixture, gconstpointer unused)
{
  gsize step = omv_test_get_pace (7);

  for (gsize d = 0; d < LINE; d++) {
    for (gsize o = 0; o < LINE; o += step)
      copy (fixture, d, o, 8192 + d);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/copy/all-sizes", Fixture, NULL, set_up, test_sizes, tear_down);
  g_test_add ("/copy/all-alignments", Fixture, NULL, set_up, test_alignments,
      tear_down);

  return g_test_run ();
}
