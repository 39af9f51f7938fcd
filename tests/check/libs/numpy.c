/* numpy.c: tests of omv-numpy, which the library keeps to itself
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-numpy.h>

#include <math.h>
#include <string.h>

#include "omvtest-numpy.h"

/* An array and the bytes in which its numbers are. */
typedef struct
{
  GBytes *bytes;
  OmvNumpy array;
} Npy;

static void
npy_clear (Npy * npy)
{
  g_bytes_unref (npy->bytes);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Npy, npy_clear);

static gboolean
parse (GBytes * bytes, OmvNumpy * ret_array)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return omv_numpy_parse_any (data, size, ret_array);
}

static Npy
make (const gchar * type, const gchar * shape, gconstpointer data, gsize size)
{
  Npy npy = {.bytes = omv_test_make_npy (type, shape, data, size) };

  g_assert_true (parse (npy.bytes, &npy.array));
  return npy;
}

#define TWO(type, text) make (type, "(2,)", text, sizeof (text) - 1)

static void
assert_ints (const Npy * npy, gint64 first, gint64 second)
{
  gint64 value;

  g_assert_cmpuint (npy->array.n, ==, 2);
  g_assert_true (omv_numpy_get_int (&npy->array, 0, &value));
  g_assert_cmpint (value, ==, first);
  g_assert_true (omv_numpy_get_int (&npy->array, 1, &value));
  g_assert_cmpint (value, ==, second);
  g_assert_cmpfloat (omv_numpy_get_double (&npy->array, 0), ==,
      (gdouble) first);
}

/* Numbers of all sizes, in either order, with and without a sign. */
static void
test_integers (void)
{
  g_auto (Npy) i1 = TWO ("|i1", "\xff\x7f");
  g_auto (Npy) u1 = TWO ("|u1", "\xff\x7f");
  g_auto (Npy) i2 = TWO ("<i2", "\xfe\xff\x01\x02");
  g_auto (Npy) i2_big = TWO (">i2", "\xff\xfe\x02\x01");
  g_auto (Npy) u4_big = TWO (">u4", "\xff\0\0\0\0\0\0\x09");
  g_auto (Npy) i8 = TWO ("<i8", "\xfd\xff\xff\xff\xff\xff\xff\xff"
      "\0\0\0\0\x01\0\0\0");

  assert_ints (&i1, -1, 127);
  assert_ints (&u1, 255, 127);
  assert_ints (&i2, -2, 0x201);
  assert_ints (&i2_big, -2, 0x201);
  assert_ints (&u4_big, 0xff000000, 9);
  assert_ints (&i8, -3, G_GINT64_CONSTANT (0x100000000));
}

static void
test_floats (void)
{
  g_auto (Npy) f4 = TWO ("<f4", "\0\0\xc0\xbf\0\0\x00\x43");
  g_auto (Npy) f8 = TWO (">f8", "\x3f\xe0\0\0\0\0\0\0\x7f\xf8\0\0\0\0\0\0");
  gint64 value = 5;

  g_assert_cmpfloat (omv_numpy_get_double (&f4.array, 0), ==, -1.5);
  g_assert_false (omv_numpy_get_int (&f4.array, 0, &value));
  g_assert_true (omv_numpy_get_int (&f4.array, 1, &value));
  g_assert_cmpint (value, ==, 128);

  g_assert_cmpfloat (omv_numpy_get_double (&f8.array, 0), ==, 0.5);
  g_assert_true (isnan (omv_numpy_get_double (&f8.array, 1)));
  g_assert_false (omv_numpy_get_int (&f8.array, 1, &value));
}

/* What is no whole number below 2^63 is none, rather than another one. */
static void
test_too_large (void)
{
  g_auto (Npy) u8 = TWO ("<u8", "\xff\xff\xff\xff\xff\xff\xff\xff"
      "\xff\xff\xff\xff\xff\xff\xff\x7f");
  gint64 value;

  g_assert_false (omv_numpy_get_int (&u8.array, 0, &value));
  g_assert_true (omv_numpy_get_int (&u8.array, 1, &value));
  g_assert_cmpint (value, ==, G_MAXINT64);
}

/* -1: there is none */
static void
assert_difference (const Npy * npy, guint64 scale, gint64 expected)
{
  guint64 difference;

  g_assert_cmpint (omv_numpy_get_difference (&npy->array, 1, scale,
          &difference), ==, expected >= 0);
  if (expected >= 0)
    g_assert_cmpuint (difference, ==, (guint64) expected);
}

static void
test_differences (void)
{
  g_auto (Npy) seconds = TWO ("<f4", "\0\0\xc0\xbf\0\0\x00\x43");
  g_auto (Npy) back = TWO ("<f4", "\0\0\x00\x43\0\0\xc0\xbf");
  g_auto (Npy) nan = TWO (">f8", "\x3f\xe0\0\0\0\0\0\0\x7f\xf8\0\0\0\0\0\0");
  g_auto (Npy) far = TWO ("<i8", "\0\0\0\0\0\0\0\x80"
      "\xff\xff\xff\xff\xff\xff\xff\x7f");
  g_auto (Npy) signs = TWO ("|i1", "\xff\x7f");
  g_auto (Npy) falls = TWO ("|u1", "\xff\x7f");

  assert_difference (&seconds, 1000, 129500);
  assert_difference (&back, 1000, -1);
  assert_difference (&nan, 1, -1);
  assert_difference (&far, 1, -1);
  assert_difference (&signs, 1, 128);
  assert_difference (&signs, G_MAXINT64, -1);
  assert_difference (&falls, 1, -1);
}

static void
test_shapes (void)
{
  static const guint8 pixels[24];
  g_auto (Npy) picture = make ("|u1", "(2, 4, 3)", pixels, sizeof pixels);
  g_autoptr (GBytes) row = omv_test_make_npy ("|u1", "(24,)", pixels, 24);
  OmvNumpy array;

  g_assert_cmpuint (picture.array.n, ==, 24);
  g_assert_cmpuint (picture.array.n_dimensions, ==, 3);
  g_assert_cmpuint (picture.array.shape[0], ==, 2);
  g_assert_cmpuint (picture.array.shape[1], ==, 4);
  g_assert_cmpuint (picture.array.shape[2], ==, 3);

  g_assert_false (omv_numpy_parse (g_bytes_get_data (picture.bytes, NULL),
          g_bytes_get_size (picture.bytes), &array));
  g_assert_true (omv_numpy_parse (g_bytes_get_data (row, NULL),
          g_bytes_get_size (row), &array));
}

static void
test_refused (void)
{
  static const struct
  {
    const gchar *type;
    const gchar *shape;
  } cases[] = {
    /* *INDENT-OFF* */
    { "|b1", "(8,)" },
    { "<c8", "(1,)" },
    { "<f2", "(4,)" },
    { "<i3", "(2,)" },
    { "|S8", "(1,)" },
    { "=", "(8,)" },
    { "|u1", "8" },
    { "|u1", "(8" },
    { "|u1", "()" },
    { "|u1", "(2, 2, 2, 1)" },
    { "|u1", "(-8,)" },
    { "|u1", "(9,)" },
    { "<u8", "(2305843009213693953,)" },
    { "|u1", "(4294967296, 4294967296)" },
    { "|u1", "(18446744073709551616,)" },
    { "|u1', 'fortran_order': True, 'x': '", "(2, 4)" },
    /* *INDENT-ON* */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GBytes) bytes = omv_test_make_npy (cases[i].type,
        cases[i].shape, "12345678", 8);
    OmvNumpy array;

    if (parse (bytes, &array))
      g_error ("%s %s is taken for an array", cases[i].type, cases[i].shape);
  }
}

/* However much is there of it, and of the second version, too, whose header may
 * be longer. */
static void
test_torn (void)
{
  g_auto (Npy) npy = make ("|u1", "(8,)", "12345678", 8);
  gsize size;
  const guint8 *data = g_bytes_get_data (npy.bytes, &size);
  g_autoptr (GByteArray) second = g_byte_array_new ();
  OmvNumpy array;

  for (gsize n = 0; n < size; n++) {
    g_autofree guint8 *torn = g_memdup2 (data, n);

    g_assert_false (omv_numpy_parse_any (torn, n, &array));
  }

  g_byte_array_append (second, data, (guint) size);
  second->data[6] = 2;
  g_assert_false (omv_numpy_parse_any (second->data, second->len, &array));
  g_byte_array_set_size (second, second->len + 2);
  memmove (second->data + 12, second->data + 10, size - 10);
  memset (second->data + 10, 0, 2);
  g_assert_true (omv_numpy_parse_any (second->data, second->len, &array));
  g_assert_cmpmem (array.data, array.n, "12345678", 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/numpy/integers", test_integers);
  g_test_add_func ("/numpy/floats", test_floats);
  g_test_add_func ("/numpy/too-large", test_too_large);
  g_test_add_func ("/numpy/differences", test_differences);
  g_test_add_func ("/numpy/shapes", test_shapes);
  g_test_add_func ("/numpy/refused", test_refused);
  g_test_add_func ("/numpy/torn", test_torn);

  return g_test_run ();
}
