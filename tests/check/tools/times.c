/* times.c: tests of the reader of times beside a video
 *
 * Its guarantees: every format that people keep times in is understood, to the
 * nanosecond where the file says it; of several columns the one with times is
 * found; whatever is damaged or nonsense is refused in a sentence, and nothing is
 * read beyond the bytes that are there. Each input is a piece of memory of its
 * exact size.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <glib/gstdio.h>

#include "omvtest.h"
#include "omvtimes.h"

static OmvTimes *
parse (gconstpointer data, gsize size, const gchar * unit)
{
  g_autofree guint8 *copy = g_malloc (MAX (size, 1));
  g_autoptr (GError) error = NULL;
  OmvTimes *times;

  if (size > 0)
    memcpy (copy, data, size);
  times = omv_times_parse (copy, size, unit, &error);
  if (times == NULL) {
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    g_assert_true (g_str_has_suffix (error->message, "."));
  } else {
    g_assert_no_error (error);
  }

  return times;
}

/* @expected: ns, @n of them */
static void
assert_equals (const OmvTimes * times, const guint64 * expected, gsize n)
{
  g_assert_cmpuint (times->n, ==, n);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpuint (times->times[i], ==, expected[i]);
}

static void
assert_times (gconstpointer data, gsize size, const gchar * unit,
    const gchar * column, const gchar * found_unit, const guint64 * expected,
    gsize n)
{
  g_autoptr (OmvTimes) times = parse (data, size, unit);

  g_assert_nonnull (times);
  g_assert_cmpstr (times->column, ==, column);
  g_assert_cmpstr (times->unit, ==, found_unit);
  assert_equals (times, expected, n);
}

static void
assert_refused (gconstpointer data, gsize size)
{
  g_autoptr (OmvTimes) times = parse (data, size, NULL);

  g_assert_null (times);
}

/* ---- tables ---- */

static void
test_table (void)
{
  static const struct
  {
    const gchar *text, *unit, *column, *found;
    guint64 times[3];
  } tables[] = {
    {"0\n0.5\n1.000000001\n", NULL, NULL, "s", {0, 500000000, 1000000001}},
    {"10\n10.5\n11", NULL, NULL, "s", {0, 500000000, 1000000000}},
    {"1700000000.000000001\n1700000000.5\n1700000001\n", NULL, NULL, "s",
        {0, 499999999, 999999999}},
    {"number,time\n0,0\n1,0.04\n2,0.08\n", NULL, "time", "s",
        {0, 40000000, 80000000}},
    {"# made by hand\n\ntime_ms;x\r\n5;a\r\n6.5;b\r\n7;c\r\n", NULL, "time_ms",
        "ms", {0, 1500000, 2000000}},
    {"\"n\"\t\"Timestamp [us]\"\n1\t\"7\"\n2\t8\n3\t9.5\n", NULL,
        "Timestamp [us]", "us", {0, 1000, 2500}},
    {"t\n1e3\n1.5e3\n2e3\n", "ns", "t", "ns", {0, 500, 1000}},
    {"-1\n0\n1\n", "ms", NULL, "ms", {0, 1000000, 2000000}},
    {"whatever\n1\n2\n2\n", NULL, "whatever", "s",
        {0, 1000000000, 1000000000}},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    assert_times (tables[i].text, strlen (tables[i].text), tables[i].unit,
        tables[i].column, tables[i].found, tables[i].times, 3);
}

static void
test_bad_table (void)
{
  static const gchar *const tables[] = {
    "", "\n\n", "time\n", "1,2\n3,4\n", "a,b\n1,2\n", "2\n1\n", "1\nx\n",
    "time\n1\n\n2\n,\n", "1\nnan\n", "1\ninf\n", "1\n1e300\n",
    "0\n99999999999999999999\n", "0\n18446744073\n", "-9e9\n9e9\n", "1\n0x2\n",
    "1\n.\n", "1\n1.2.3\n", "x,time\n1,2\n3\n", "\xff\xfe\n1\n0\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    assert_refused (tables[i], strlen (tables[i]));
  assert_refused ("1\0002\n", 4);
}

/* ---- NumPy ---- */

static GByteArray *
make_npy (const gchar * type, const gchar * shape, gconstpointer data,
    gsize size)
{
  g_autofree gchar *header = g_strdup_printf ("{'descr': '%s', "
      "'fortran_order': False, 'shape': %s, }\n", type, shape);
  guint8 length[2] = { (guint8) strlen (header), 0 };
  GByteArray *npy = g_byte_array_new ();

  g_byte_array_append (npy, (const guint8 *) "\x93NUMPY\1\0", 8);
  g_byte_array_append (npy, length, 2);
  g_byte_array_append (npy, (const guint8 *) header, (guint) strlen (header));
  g_byte_array_append (npy, data, (guint) size);

  return npy;
}

static const guint64 halves[] = { 0, 500000000, 1000000000 };

static const guint8 floats[] = {
  0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f,
  0, 0, 0, 0, 0, 0, 0, 0x40
};

static void
test_npy (void)
{
  static const guint8 singles[] = {
    0, 0, 0x80, 0x3f, 0, 0, 0xc0, 0x3f, 0, 0, 0, 0x40
  };
  static const guint8 big[] = { 0xff, 0x9c, 0x01, 0x90, 0x03, 0x84 };
  static const guint8 bytes[] = { 0, 100, 200 };
  g_autoptr (GByteArray) f8 = make_npy ("<f8", "(3,)", floats, 24);
  g_autoptr (GByteArray) f4 = make_npy ("<f4", "(3,)", singles, 12);
  g_autoptr (GByteArray) i2 = make_npy (">i2", "(3,)", big, 6);
  g_autoptr (GByteArray) u1 = make_npy ("|u1", "(3,)", bytes, 3);
  const guint64 milliseconds[] = { 0, 500000000, 1000000000 };
  const guint64 hundreds[] = { 0, 100000, 200000 };

  assert_times (f8->data, f8->len, NULL, NULL, "s", halves, 3);
  assert_times (f4->data, f4->len, NULL, NULL, "s", halves, 3);
  assert_times (i2->data, i2->len, "ms", NULL, "ms", milliseconds, 3);
  assert_times (u1->data, u1->len, "us", NULL, "us", hundreds, 3);
}

static void
test_bad_npy (void)
{
  static const guint8 nan[] = {
    0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f
  };
  static const guint8 falling[] = { 2, 0, 1, 0 };
  static const struct
  {
    const gchar *type, *shape;
    gconstpointer data;
    gsize size;
  } arrays[] = {
    {"<f8", "(4,)", floats, 24},
    {"<f8", "(3,)", floats, 23},
    {"<f8", "(0,)", floats, 24},
    {"<f8", "(3,1)", floats, 24},
    {"<f8", "()", floats, 24},
    {"<f8", "(99999999999999999999,)", floats, 24},
    {"<f8", "(2305843009213693955,)", floats, 24},
    {"<f2", "(3,)", floats, 24},
    {"<f0", "(3,)", floats, 24},
    {"|S8", "(3,)", floats, 24},
    {"f", "(3,)", floats, 24},
    {"<f8", "(2,)", nan, 16},
    {"<i2", "(2,)", falling, 4},
    {"<u2", "(2,)", falling, 4},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (arrays); i++) {
    g_autoptr (GByteArray) npy = make_npy (arrays[i].type, arrays[i].shape,
        arrays[i].data, arrays[i].size);

    assert_refused (npy->data, npy->len);
  }
}

/* ---- archives ---- */

static void
append_number (GByteArray * bytes, guint64 value, guint size)
{
  for (guint i = 0; i < size; i++) {
    guint8 byte = i < 8 ? (guint8) (value >> (8 * i)) : 0;

    g_byte_array_append (bytes, &byte, 1);
  }
}

static GBytes *
deflate (const GByteArray * data)
{
  g_autoptr (GZlibCompressor) deflater =
      g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 9);
  gsize size = data->len * 2 + 64, n_read, n_written;
  guint8 *packed = g_malloc (size);

  g_assert_cmpint (g_converter_convert (G_CONVERTER (deflater), data->data,
          data->len, packed, size, G_CONVERTER_INPUT_AT_END, &n_read,
          &n_written, NULL), ==, G_CONVERTER_FINISHED);
  return g_bytes_new_take (packed, n_written);
}

/* An archive of two members. */
static GByteArray *
make_npz (const gchar * const *names, GByteArray ** members, gboolean deflated)
{
  GByteArray *zip = g_byte_array_new ();
  g_autoptr (GByteArray) directory = g_byte_array_new ();
  guint start;

  for (guint i = 0; i < 2; i++) {
    g_autoptr (GBytes) packed = deflated ? deflate (members[i])
        : g_bytes_new (members[i]->data, members[i]->len);
    guint offset = zip->len, length = (guint) strlen (names[i]);
    guint size = (guint) g_bytes_get_size (packed);

    append_number (zip, 0x04034b50, 4);
    append_number (zip, 0, 22); /* only the directory counts */
    append_number (zip, length, 2);
    append_number (zip, 4, 2);
    g_byte_array_append (zip, (const guint8 *) names[i], length);
    append_number (zip, 0, 4);
    g_byte_array_append (zip, g_bytes_get_data (packed, NULL), size);

    append_number (directory, 0x02014b50, 4);
    append_number (directory, 0, 6);
    append_number (directory, deflated ? 8 : 0, 2);
    append_number (directory, 0, 4);
    append_number (directory, omv_test_get_crc (members[i]->data,
            members[i]->len), 4);
    append_number (directory, size, 4);
    append_number (directory, members[i]->len, 4);
    append_number (directory, length, 2);
    append_number (directory, 0, 12);
    append_number (directory, offset, 4);
    g_byte_array_append (directory, (const guint8 *) names[i], length);
  }

  start = zip->len;
  g_byte_array_append (zip, directory->data, directory->len);
  append_number (zip, 0x06054b50, 4);
  append_number (zip, 0, 4);
  append_number (zip, 2, 2);
  append_number (zip, 2, 2);
  append_number (zip, directory->len, 4);
  append_number (zip, start, 4);
  append_number (zip, 0, 2);

  return zip;
}

static GByteArray *
make_sample (const gchar * first, const gchar * second, gboolean deflated)
{
  static const guint8 numbers[] = { 9, 8, 7 };
  const gchar *const names[] = { first, second };
  g_autoptr (GByteArray) other = make_npy ("|u1", "(3,)", numbers, 3);
  g_autoptr (GByteArray) times = make_npy ("<f8", "(3,)", floats, 24);
  GByteArray *members[] = { other, times };

  return make_npz (names, members, deflated);
}

static void
test_npz (void)
{
  g_assert_cmphex (omv_test_get_crc ("123456789", 9), ==, 0xCBF43926);
  for (guint deflated = 0; deflated < 2; deflated++) {
    g_autoptr (GByteArray) npz =
        make_sample ("frame_number.npy", "frame_time.npy", deflated);
    g_autoptr (GByteArray) unnamed = make_sample ("a.npy", "b.npy", deflated);

    assert_times (npz->data, npz->len, NULL, "frame_time", "s", halves, 3);
    assert_refused (unnamed->data, unnamed->len);
  }
}

/* Each byte of this member's data once. */
static void
assert_damage_is_named (GByteArray * npz, const gchar * name, guint size)
{
  guint8 *data = npz->data;

  while (memcmp (data, name, strlen (name)) != 0)
    data++;
  data += strlen (name) + 4;
  for (guint i = 0; i < size; i++) {
    g_autoptr (OmvTimes) times = NULL;
    g_autoptr (GError) error = NULL;

    data[i] ^= 1;
    times = omv_times_parse (npz->data, npz->len, NULL, &error);
    data[i] ^= 1;
    g_assert_null (times);
    g_assert_nonnull (strstr (error->message, "frame_time"));
  }
}

/* No other array takes the place of a damaged one, whichever stands first. */
static void
test_damaged_array (void)
{
  static const gchar *const names[][2] = {
    {"frame_number.npy", "frame_time.npy"},
    {"frame_time.npy", "frame_number.npy"},
    {"pts.npy", "frame_time.npy"},
    {"frame_time.npy", "pts.npy"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (GByteArray) numbers = make_npy ("<f8", "(3,)", floats, 24);
    GByteArray *members[] = { numbers, numbers };
    g_autoptr (GByteArray) npz = make_npz (names[i], members, FALSE);

    assert_times (npz->data, npz->len, NULL, "frame_time", "s", halves, 3);
    assert_damage_is_named (npz, "frame_time.npy", numbers->len);
  }
}

/* What is whole, but no row of numbers, is passed over. */
static void
test_other_members (void)
{
  static const gchar *const names[] = { "timestamp.npy", "a.npy" };
  g_autoptr (GByteArray) day = make_npy ("<U10", "()", floats, 24);
  g_autoptr (GByteArray) numbers = make_npy ("<f8", "(3,)", floats, 24);
  GByteArray *members[] = { day, numbers };
  g_autoptr (GByteArray) npz = make_npz (names, members, FALSE);

  assert_times (npz->data, npz->len, NULL, "a", "s", halves, 3);
}

/* Every cut and every change of a byte: nothing is read that is not there, and what
 * is not refused is right. */
static void
test_damaged_npz (void)
{
  for (guint deflated = 0; deflated < 2; deflated++) {
    g_autoptr (GByteArray) npz =
        make_sample ("frame_number.npy", "frame_time.npy", deflated);

    for (guint size = 0; size < npz->len; size++)
      assert_refused (npz->data, size);
    for (guint i = 0; i < npz->len; i++) {
      for (guint bit = 0; bit < 8; bit++) {
        g_autoptr (OmvTimes) times = NULL;

        npz->data[i] ^= (guint8) (1 << bit);
        times = parse (npz->data, npz->len, NULL);
        npz->data[i] ^= (guint8) (1 << bit);
        if (times != NULL)
          assert_equals (times, halves, 3);
      }
    }
  }
}

/* ---- files ---- */

static void
test_file (void)
{
  g_autofree gchar *folder = g_dir_make_tmp ("omv-times-XXXXXX", NULL);
  g_autofree gchar *path = g_build_filename (folder, "t:ms.csv", NULL);
  g_autofree gchar *with_unit = g_strconcat (path, ":ms", NULL);
  g_autoptr (OmvTimes) seconds = NULL;
  g_autoptr (OmvTimes) milliseconds = NULL;
  g_autoptr (OmvTimes) none = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "1\n2\n", -1, NULL));
  seconds = omv_times_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (seconds->times[1], ==, 1000000000);
  milliseconds = omv_times_load (with_unit, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (milliseconds->times[1], ==, 1000000);
  none = omv_times_load (folder, &error);
  g_assert_null (none);
  g_assert_nonnull (error);

  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_remove (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/times/table", test_table);
  g_test_add_func ("/times/table/bad", test_bad_table);
  g_test_add_func ("/times/npy", test_npy);
  g_test_add_func ("/times/npy/bad", test_bad_npy);
  g_test_add_func ("/times/npz", test_npz);
  g_test_add_func ("/times/npz/damaged", test_damaged_npz);
  g_test_add_func ("/times/npz/damaged/array", test_damaged_array);
  g_test_add_func ("/times/npz/other", test_other_members);
  g_test_add_func ("/times/file", test_file);

  return g_test_run ();
}
