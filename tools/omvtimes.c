/* omvtimes.c: times of frames from a file of their own
 *
 * What records videos without times often keeps them beside: as a table (csv), or
 * as NumPy saves them (npy, or npz, which is a ZIP archive of those). What kind of
 * file it is, its first bytes tell; which of several columns is meant, and in
 * which unit, their names do. Only differences to the first time count. Decimal
 * numbers are read to the nanosecond, not by way of floating point.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvtimes.h"

#include <string.h>

#include <gst/omv/omv-i18n.h>

#include "omv-numpy.h"
#include "omv-zip.h"

/* Larger files are not what was meant. */
#define FILE_SIZE_MAX 268435456

#define N_FIELDS_MAX 256
#define SEPARATORS ",;\t"

typedef struct
{
  const gchar *name;
  guint64 ns;
} Unit;

static const Unit units[] = {
  {"s", 1000000000},
  {"ms", 1000000},
  {"us", 1000},
  {"ns", 1},
};

/* Names of columns, the likeliest first; a unit may stand behind each. */
static const gchar *const names[] = {
  "frame_time", "pts_time", "timestamp", "timestamps", "time", "times", "pts",
  "t"
};

static const Unit *
find_unit (const gchar * text, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (units); i++) {
    if (strlen (units[i].name) == length
        && memcmp (units[i].name, text, length) == 0)
      return &units[i];
  }

  return NULL;
}

/* How likely a column is to hold times: 0 not at all. "time_ms", "time (ms)" and
 * "time [ms]" have a unit. */
static guint
rate_name (const gchar * name, gsize length, const Unit ** ret_unit)
{
  g_autofree gchar *text = g_ascii_strdown (name, (gssize) length);
  g_auto (GStrv) words = NULL;
  guint n;

  g_strdelimit (text, "([", '_');
  g_strdelimit (text, ")] \"", ' ');
  words = g_strsplit (text, "_", -1);
  n = g_strv_length (words);
  for (guint i = 0; i < n; i++)
    g_strstrip (words[i]);
  if (n > 1) {
    *ret_unit = find_unit (words[n - 1], strlen (words[n - 1]));
    if (*ret_unit != NULL)
      g_clear_pointer (&words[n - 1], g_free);
  }

  g_free (text);
  text = g_strjoinv ("_", words);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (g_str_equal (text, names[i]))
      return G_N_ELEMENTS (names) - i;
  }

  return 0;
}

static void
set_error (GError ** error, const gchar * format, ...)
G_GNUC_PRINTF (2, 3);

     static void set_error (GError ** error, const gchar * format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (G_IO_ERROR,
          G_IO_ERROR_INVALID_DATA, format, arguments));
  va_end (arguments);
}

/* ---- numbers ---- */

/* "-12.5" in @ns -> ns, rounded down to 1. */
static gboolean
parse_decimal (const gchar * text, gsize length, guint64 ns, gint64 * ret_value)
{
  const gchar *end = text + length;
  gboolean negative = FALSE, has_digit = FALSE;
  guint64 value = 0, rest = 0;

  if (text < end && (*text == '-' || *text == '+'))
    negative = *text++ == '-';
  for (; text < end && g_ascii_isdigit (*text); text++, has_digit = TRUE) {
    if (!g_uint64_checked_mul (&value, value, 10)
        || !g_uint64_checked_add (&value, value, (guint64) (*text - '0')))
      return FALSE;
  }
  if (!g_uint64_checked_mul (&value, value, ns))
    return FALSE;
  if (text < end && *text == '.') {
    for (text++; text < end && g_ascii_isdigit (*text); text++) {
      has_digit = TRUE;
      ns /= 10;
      rest += ns * (guint64) (*text - '0');
    }
  }
  if (!has_digit || text != end
      || !g_uint64_checked_add (&value, value, rest) || value > G_MAXINT64)
    return FALSE;

  *ret_value = negative ? -(gint64) value : (gint64) value;
  return TRUE;
}

/* The same for a field of a table, which may be in quotes or have an exponent. */
static gboolean
parse_number (const gchar * text, gsize length, guint64 ns, gint64 * ret_value)
{
  gchar copy[64], *end;
  gdouble value;

  if (length == 0 || length >= sizeof copy)
    return FALSE;
  if (parse_decimal (text, length, ns, ret_value))
    return TRUE;

  memcpy (copy, text, length);
  copy[length] = '\0';
  if (strspn (copy, "+-.0123456789eE") != length)
    return FALSE;
  value = g_ascii_strtod (copy, &end) * (gdouble) ns;
  if (*end != '\0' || !(value > -9e18 && value < 9e18))
    return FALSE;

  *ret_value = (gint64) value;
  return TRUE;
}

/* ---- tables ---- */

typedef struct
{
  const gchar *text;
  gsize length;
} Field;

/* The next line without its end, nor blanks around it. FALSE: there is none. */
static gboolean
next_line (const gchar ** text, const gchar * end, Field * ret_line)
{
  const gchar *start = *text, *stop;

  if (start >= end)
    return FALSE;
  stop = memchr (start, '\n', (gsize) (end - start));
  *text = stop != NULL ? stop + 1 : end;
  if (stop == NULL)
    stop = end;

  while (start < stop && g_ascii_isspace (*start))
    start++;
  while (stop > start && g_ascii_isspace (stop[-1]))
    stop--;
  ret_line->text = start;
  ret_line->length = (gsize) (stop - start);

  return TRUE;
}

static gsize
split (const Field * line, Field * fields)
{
  const gchar *text = line->text, *end = text + line->length;
  gsize n = 0;

  while (n < N_FIELDS_MAX) {
    const gchar *stop = text, *next;

    while (stop < end && strchr (SEPARATORS, *stop) == NULL)
      stop++;
    next = stop + 1;
    while (text < stop && (g_ascii_isspace (*text) || *text == '"'))
      text++;
    while (stop > text && (g_ascii_isspace (stop[-1]) || stop[-1] == '"'))
      stop--;
    fields[n].text = text;
    fields[n++].length = (gsize) (stop - text);
    if (next > end)
      break;
    text = next;
  }

  return n;
}

static gboolean
is_header (const Field * fields, gsize n)
{
  gint64 value;

  for (gsize i = 0; i < n; i++) {
    if (parse_number (fields[i].text, fields[i].length, 1, &value))
      return FALSE;
  }

  return TRUE;
}

/* The column with times, by its name if there are several. */
static gboolean
choose_column (const Field * fields, gsize n, gsize * ret_column,
    const Unit ** ret_unit)
{
  guint best = 0;

  for (gsize i = 0; i < n; i++) {
    const Unit *unit = NULL;
    guint rate = rate_name (fields[i].text, fields[i].length, &unit);

    if (rate > best || n == 1) {
      best = rate;
      *ret_column = i;
      *ret_unit = unit;
    }
  }

  return best > 0 || n == 1;
}

static gboolean
append (GArray * times, gint64 * first, gint64 value)
{
  guint64 time;

  if (times->len == 0)
    *first = value;
  if (value < *first)
    return FALSE;
  time = (guint64) value - (guint64) * first;
  if (time > G_MAXINT64 || (times->len > 0
          && time < g_array_index (times, guint64, times->len - 1)))
    return FALSE;

  g_array_append_val (times, time);
  return TRUE;
}

static OmvTimes *
take (GArray * array, gchar * column, const gchar * unit)
{
  OmvTimes *times = g_new0 (OmvTimes, 1);

  times->n = array->len;
  times->times = (guint64 *) (gpointer) g_array_free (array, FALSE);
  times->column = column;
  times->unit = unit;

  return times;
}

static OmvTimes *
parse_table (const gchar * text, gsize size, const Unit * unit, GError ** error)
{
  const gchar *end = text + size;
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (guint64));
  Field fields[N_FIELDS_MAX];
  g_autofree gchar *name = NULL;
  const Unit *named = NULL;
  gboolean chosen = FALSE;
  gsize column = 0;
  gint64 first = 0, value;
  Field line;

  for (guint number = 1; next_line (&text, end, &line); number++) {
    gsize n;

    if (line.length == 0 || line.text[0] == '#')
      continue;
    n = split (&line, fields);
    if (!chosen) {
      chosen = TRUE;
      if (!choose_column (fields, n, &column, &named)) {
        set_error (error, _("None of the columns is called “time”."));
        return NULL;
      }
      if (unit == NULL)
        unit = named != NULL ? named : &units[0];
      if (is_header (fields, n)) {
        name = g_strndup (fields[column].text, fields[column].length);
        if (!g_utf8_validate (name, -1, NULL))
          g_clear_pointer (&name, g_free);
        continue;
      }
    }
    if (column >= n || !parse_number (fields[column].text,
            fields[column].length, unit->ns, &value)) {
      set_error (error, _("There is no number for a time in line %u."), number);
      return NULL;
    }
    if (!append (times, &first, value)) {
      set_error (error, _("The time in line %u is before an earlier one."),
          number);
      return NULL;
    }
  }

  return take (g_steal_pointer (&times), g_steal_pointer (&name),
      unit != NULL ? unit->name : units[0].name);
}

/* ---- NumPy ---- */

static OmvTimes *
parse_array (const OmvNumpy * array, gchar * column, const Unit * unit,
    GError ** error)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autofree gchar *name = column;
  gint64 first = 0;

  for (gsize i = 0; i < array->n; i++) {
    guint64 time;

    if (!omv_numpy_get_difference (array, i, unit->ns, &time)
        || !append (times, &first, (gint64) time)) {
      set_error (error, _("Time %zu of the array is before an earlier one, "
              "or is no number."), i);
      return NULL;
    }
  }

  return take (g_steal_pointer (&times), g_steal_pointer (&name), unit->name);
}

static OmvTimes *
parse_npy (const guint8 * data, gsize size, const Unit * unit, GError ** error)
{
  OmvNumpy array;

  if (!omv_numpy_parse (data, size, &array)) {
    set_error (error, _("This is not a row of numbers."));
    return NULL;
  }

  return parse_array (&array, NULL, unit != NULL ? unit : &units[0], error);
}

typedef struct
{
  gchar *name;
  const Unit *unit;             /* or NULL */
  GBytes *bytes;                /* NULL: it cannot be read */
} Array;

static void
array_clear (Array * array)
{
  g_free (array->name);
  g_clear_pointer (&array->bytes, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Array, array_clear);

/* FALSE: it is whole, but not a row of numbers. What is damaged may be one, and
 * counts, as another array is not what was meant. */
static gboolean
may_be_array (GBytes * bytes)
{
  OmvNumpy array;

  return bytes == NULL || omv_numpy_parse (g_bytes_get_data (bytes, NULL),
      g_bytes_get_size (bytes), &array);
}

/* The array with the likeliest name, else the only one. FALSE: there is neither. */
static gboolean
find_array (OmvZip * zip, Array * ret_array)
{
  OmvZipMember member;
  guint best = 0, n_arrays = 0;

  while (omv_zip_next (zip, &member)) {
    gsize length = member.name_length;
    const Unit *unit = NULL;
    g_autoptr (GBytes) bytes = NULL;
    guint rate;

    if (length > 4 && memcmp (member.name + length - 4, ".npy", 4) == 0)
      length -= 4;
    rate = rate_name (member.name, length, &unit);
    if (rate < best)
      continue;
    bytes = omv_zip_read (zip, &member);
    if (!may_be_array (bytes) || (n_arrays++ > 0 && rate == best))
      continue;
    best = rate;
    array_clear (ret_array);
    ret_array->name = g_utf8_make_valid (member.name, (gssize) length);
    ret_array->unit = unit;
    ret_array->bytes = g_steal_pointer (&bytes);
  }

  return best > 0 || n_arrays == 1;
}

static OmvTimes *
parse_npz (const guint8 * data, gsize size, const Unit * unit, GError ** error)
{
  g_auto (Array) found = { NULL, NULL, NULL };
  gboolean has_times;
  OmvNumpy array;
  OmvZip zip;

  if (!omv_zip_open (&zip, data, size)) {
    set_error (error, _("This archive is damaged."));
    return NULL;
  }
  has_times = find_array (&zip, &found);
  if (!omv_zip_is_over (&zip)) {
    set_error (error, _("This archive is damaged."));
    return NULL;
  }
  if (!has_times) {
    set_error (error, _("None of the arrays is called “time”."));
    return NULL;
  }
  if (found.bytes == NULL
      || !omv_numpy_parse (g_bytes_get_data (found.bytes, NULL),
          g_bytes_get_size (found.bytes), &array)) {
    set_error (error, _("The array “%s” cannot be read."), found.name);
    return NULL;
  }

  if (unit == NULL)
    unit = found.unit != NULL ? found.unit : &units[0];
  return parse_array (&array, g_steal_pointer (&found.name), unit, error);
}

/* ---- files ---- */

OmvTimes *
omv_times_parse (const guint8 * data, gsize size, const gchar * unit_name,
    GError ** error)
{
  const Unit *unit =
      unit_name != NULL ? find_unit (unit_name, strlen (unit_name)) : NULL;
  OmvTimes *times = NULL;

  if (size >= 4 && memcmp (data, "PK\3\4", 4) == 0)
    times = parse_npz (data, size, unit, error);
  else if (size >= 6 && memcmp (data, "\x93NUMPY", 6) == 0)
    times = parse_npy (data, size, unit, error);
  else if (memchr (data, '\0', size) == NULL)
    times = parse_table ((const gchar *) data, size, unit, error);
  else
    set_error (error, _("This is neither csv nor npy nor npz."));
  if (times != NULL && times->n == 0) {
    set_error (error, _("It holds no times."));
    g_clear_pointer (&times, omv_times_free);
  }

  return times;
}

/* The unit behind the last colon, which is cut off, or NULL. */
static const gchar *
split_unit (gchar * path)
{
  gchar *colon = strrchr (path, ':');
  const Unit *unit;

  if (colon == NULL || g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  unit = find_unit (colon + 1, strlen (colon + 1));
  if (unit == NULL)
    return NULL;

  *colon = '\0';
  return unit->name;
}

OmvTimes *
omv_times_load (const gchar * argument, GError ** error)
{
  g_autofree gchar *path = g_strdup (argument);
  const gchar *unit = split_unit (path);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autofree guint8 *data = NULL;
  gsize size = 0, room = 0;
  gssize n = 1;

  stream = g_file_read (file, NULL, error);
  if (stream == NULL)
    return NULL;
  while (n > 0 && size <= FILE_SIZE_MAX) {
    if (size == room) {
      room = MAX (room * 2, 65536);
      data = g_realloc (data, room);
    }
    n = g_input_stream_read (G_INPUT_STREAM (stream), data + size, room - size,
        NULL, error);
    if (n < 0)
      return NULL;
    size += (gsize) n;
  }
  if (size > FILE_SIZE_MAX) {
    set_error (error, _("This file is too large for times."));
    return NULL;
  }

  return omv_times_parse (data, size, unit, error);
}

void
omv_times_free (OmvTimes * times)
{
  g_free (times->times);
  g_free (times->column);
  g_free (times);
}
