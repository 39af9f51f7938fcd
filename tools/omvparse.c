/* omvparse.c: times, frame numbers and sizes on the command line
 *
 * Times are read in whole nanoseconds, not by way of floating point, so that
 * what `list` prints finds the very same frame again. Only what is understood to
 * its last character counts.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvparse.h"

#include <string.h>

#include <gst/omv/omv-format.h>
#include <gst/omv/omv-timing.h>

#define NS_PER_SECOND G_GUINT64_CONSTANT (1000000000)

typedef struct
{
  const gchar *suffix;
  guint64 ns;
} Unit;

static const Unit units[] = {
  {"", NS_PER_SECOND},
  {"s", NS_PER_SECOND},
  {"ms", NS_PER_SECOND / 1000},
  {"us", NS_PER_SECOND / 1000000},
  {"µs", NS_PER_SECOND / 1000000},
  {"ns", 1},
};

/* Digits, at least one, from *text on, which is left behind them. */
static gboolean
take_number (const gchar ** text, guint64 * ret_value)
{
  guint64 value = 0;

  if (!g_ascii_isdigit (**text))
    return FALSE;

  for (; g_ascii_isdigit (**text); (*text)++) {
    if (!g_uint64_checked_mul (&value, value, 10)
        || !g_uint64_checked_add (&value, value, (guint64) (**text - '0')))
      return FALSE;
  }

  *ret_value = value;
  return TRUE;
}

/* What stands behind a point, as ns of a unit of @ns; rounded to the nearest. */
static guint64
take_fraction (const gchar ** text, guint64 ns)
{
  guint64 digits = 0, scale = 1;

  for (; g_ascii_isdigit (**text); (*text)++) {
    if (scale < NS_PER_SECOND) {        /* further ones are less than 1 ns */
      digits = digits * 10 + (guint64) (**text - '0');
      scale *= 10;
    }
  }

  return (digits * ns + scale / 2) / scale;
}

static const Unit *
find_unit (const gchar * text)
{
  const gchar *suffix = text + strspn (text, "0123456789.");

  for (guint i = 0; i < G_N_ELEMENTS (units); i++) {
    if (g_str_equal (suffix, units[i].suffix))
      return &units[i];
  }

  return NULL;
}

/* The part behind the last colon. */
static gboolean
parse_last_part (const gchar * text, guint64 * ret_time)
{
  const Unit *unit = find_unit (text);
  guint64 time = 0;

  if (unit == NULL || (*text != '.' && !take_number (&text, &time))
      || !g_uint64_checked_mul (&time, time, unit->ns))
    return FALSE;
  if (*text == '.') {
    text++;
    if (!g_ascii_isdigit (*text)
        || !g_uint64_checked_add (&time, time, take_fraction (&text, unit->ns)))
      return FALSE;
  }
  if (!g_str_equal (text, unit->suffix))
    return FALSE;

  *ret_time = time;
  return TRUE;
}

gboolean
omv_parse_time (const gchar * text, guint64 * ret_time)
{
  const gchar *last = strrchr (text, ':');
  guint64 whole = 0, part, time;
  guint n_parts = 0;

  while (last != NULL && text <= last) {
    if (!take_number (&text, &part) || *text != ':' || ++n_parts > 2
        || (n_parts > 1 && part >= 60)
        || !g_uint64_checked_mul (&whole, whole, 60)
        || !g_uint64_checked_add (&whole, whole, part))
      return FALSE;
    text++;
  }

  if (!parse_last_part (text, &time)
      || (n_parts > 0 && (time >= 60 * NS_PER_SECOND
              || g_ascii_isalpha (text[strlen (text) - 1])))
      || !g_uint64_checked_mul (&whole, whole, 60 * NS_PER_SECOND)
      || !g_uint64_checked_add (&time, time, whole) || time > GST_OMV_TIME_MAX)
    return FALSE;

  *ret_time = time;
  return TRUE;
}

gboolean
omv_parse_frame (const gchar * text, guint64 * ret_number)
{
  guint64 number;

  if (*text == '#')
    text++;
  if (!take_number (&text, &number) || *text != '\0')
    return FALSE;

  *ret_number = number;
  return TRUE;
}

gboolean
omv_parse_place (const gchar * text, OmvPlace * ret_place)
{
  gboolean is_frame = *text == '#';

  if (!(is_frame ? omv_parse_frame (text, &ret_place->value)
          : omv_parse_time (text, &ret_place->value)))
    return FALSE;

  ret_place->is_frame = is_frame;
  return TRUE;
}

gboolean
omv_parse_size (const gchar * text, gint * ret_width, gint * ret_height)
{
  guint64 width, height;

  if (!take_number (&text, &width) || *text++ != 'x'
      || !take_number (&text, &height) || *text != '\0'
      || width < 1 || width > GST_OMV_DIMENSION_MAX
      || height < 1 || height > GST_OMV_DIMENSION_MAX)
    return FALSE;

  *ret_width = (gint) width;
  *ret_height = (gint) height;
  return TRUE;
}
