/* omv-numpy.c: numbers in a file of NumPy's
 *
 * A .npy file is a magic, a version, the length of a header, the header (a Python
 * dictionary in plain text, always with the same three keys) and the numbers. The
 * header is searched for the keys; whatever is not understood is refused.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-numpy.h"

#include <math.h>
#include <string.h>

#define MAGIC "\x93NUMPY"
#define MAGIC_SIZE 6

/* Where the value of @key starts, or NULL. */
static const gchar *
find_value (const gchar * header, const gchar * key)
{
  g_autofree gchar *quoted = g_strdup_printf ("'%s':", key);
  const gchar *found = strstr (header, quoted);

  return found != NULL ? found + strlen (quoted) + strspn (found
      + strlen (quoted), " ") : NULL;
}

/* "'<f8'" and the like */
static gboolean
parse_type (const gchar * text, OmvNumpy * array)
{
  if (text == NULL || text[0] != '\'' || text[1] == '\0'
      || strchr ("<>|=", text[1]) == NULL || text[2] == '\0'
      || strchr ("fiu", text[2]) == NULL || !g_ascii_isdigit (text[3])
      || text[4] != '\'')
    return FALSE;

  array->big_endian = text[1] == '>';
  array->kind = text[2];
  array->size = (guint) (text[3] - '0');
  return array->size == 8 || array->size == 4
      || (array->kind != 'f' && (array->size == 2 || array->size == 1));
}

/* "(100,)" or "(480, 640, 3)" */
static gboolean
parse_shape (const gchar * text, OmvNumpy * array)
{
  if (text == NULL || *text != '(')
    return FALSE;

  array->n = 1;
  for (text++; g_ascii_isdigit (*text); text += strspn (text, " ")) {
    gchar *end;
    guint64 n = g_ascii_strtoull (text, &end, 10);

    if (n > G_MAXSSIZE || array->n_dimensions == OMV_NUMPY_DIMENSIONS_MAX
        || !g_size_checked_mul (&array->n, array->n, (gsize) n))
      return FALSE;
    array->shape[array->n_dimensions++] = (gsize) n;
    text = *end == ',' ? end + 1 : end;
  }

  return *text == ')' && array->n_dimensions > 0;
}

gboolean
omv_numpy_parse_any (const guint8 * data, gsize size, OmvNumpy * ret_array)
{
  OmvNumpy array = { NULL, };
  g_autofree gchar *header = NULL;
  gsize length_size, start, length;
  const gchar *order;

  if (size < MAGIC_SIZE + 2 || memcmp (data, MAGIC, MAGIC_SIZE) != 0)
    return FALSE;
  length_size = data[MAGIC_SIZE] == 1 ? 2 : 4;
  start = MAGIC_SIZE + 2 + length_size;
  if (size < start)
    return FALSE;
  length = 0;
  for (gsize i = 0; i < length_size; i++)
    length |= (gsize) data[MAGIC_SIZE + 2 + i] << (8 * i);
  if (length > size - start)
    return FALSE;

  header = g_strndup ((const gchar *) data + start, length);
  if (!parse_type (find_value (header, "descr"), &array)
      || !parse_shape (find_value (header, "shape"), &array)
      || array.n > (size - start - length) / array.size)
    return FALSE;
  order = find_value (header, "fortran_order");
  if (array.n_dimensions > 1 && (order == NULL
          || !g_str_has_prefix (order, "False")))
    return FALSE;
  array.data = data + start + length;

  *ret_array = array;
  return TRUE;
}

gboolean
omv_numpy_parse (const guint8 * data, gsize size, OmvNumpy * ret_array)
{
  OmvNumpy array;

  if (!omv_numpy_parse_any (data, size, &array) || array.n_dimensions != 1)
    return FALSE;

  *ret_array = array;
  return TRUE;
}

static guint64
get_bits (const OmvNumpy * array, gsize i)
{
  const guint8 *data = array->data + i * array->size;
  guint64 bits = 0;

  for (guint j = 0; j < array->size; j++) {
    guint shift = array->big_endian ? array->size - 1 - j : j;

    bits |= (guint64) data[j] << (8 * shift);
  }

  return bits;
}

static gdouble
get_float (const OmvNumpy * array, gsize i)
{
  guint64 bits = get_bits (array, i);
  guint32 word = (guint32) bits;
  gdouble value;
  gfloat single;

  if (array->size == 4) {
    memcpy (&single, &word, sizeof single);
    return (gdouble) single;
  }
  memcpy (&value, &bits, sizeof value);
  return value;
}

/* With its sign in as many bits as there are, so that differences are right. */
static gint64
get_integer (const OmvNumpy * array, gsize i)
{
  guint unused = 64 - 8 * array->size;
  guint64 bits;

  g_assert (unused < 64);
  bits = get_bits (array, i) << unused;
  return array->kind == 'i' ? (gint64) bits >> unused : (gint64) (bits >>
      unused);
}

gdouble
omv_numpy_get_double (const OmvNumpy * array, gsize i)
{
  if (array->kind == 'f')
    return get_float (array, i);
  return array->kind == 'i' ? (gdouble) get_integer (array, i)
      : (gdouble) (guint64) get_integer (array, i);
}

gboolean
omv_numpy_get_int (const OmvNumpy * array, gsize i, gint64 * ret_value)
{
  gdouble value;

  if (array->kind == 'i' || (array->kind == 'u' && get_integer (array, i) >= 0)) {
    *ret_value = get_integer (array, i);
    return TRUE;
  }
  value = omv_numpy_get_double (array, i);
  if (!(value > -9e18 && value < 9e18) || value != floor (value))
    return FALSE;

  *ret_value = (gint64) value;
  return TRUE;
}

gboolean
omv_numpy_get_difference (const OmvNumpy * array, gsize i, guint64 scale,
    guint64 * ret_difference)
{
  guint64 difference;

  if (array->kind == 'f') {
    gdouble first = get_float (array, 0) * (gdouble) scale;
    gdouble value = get_float (array, i) * (gdouble) scale - first;

    if (!isfinite (value) || value < 0.0 || value >= (gdouble) G_MAXINT64)
      return FALSE;
    *ret_difference = (guint64) (value + 0.5);
    return TRUE;
  }

  if (array->kind == 'i' && get_integer (array, i) < get_integer (array, 0))
    return FALSE;
  difference = (guint64) get_integer (array, i)
      - (guint64) get_integer (array, 0);
  if ((array->kind == 'u' && (guint64) get_integer (array, i)
          < (guint64) get_integer (array, 0))
      || !g_uint64_checked_mul (&difference, difference, scale)
      || difference > G_MAXINT64)
    return FALSE;

  *ret_difference = difference;
  return TRUE;
}
