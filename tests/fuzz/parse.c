/* parse.c: fuzzes times, frame numbers and sizes on the command line
 *
 * What is understood is in range and, printed again, means the same; what is not
 * leaves the outputs alone.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvparse.h"

#include <gst/omv/omv-format.h>
#include <gst/omv/omv-timing.h>

#include "omvfuzz.h"

#define UNTOUCHED 77

static void
check_time (const gchar * text)
{
  guint64 time = UNTOUCHED, again = 0;
  g_autofree gchar *printed = NULL;

  if (!omv_parse_time (text, &time)) {
    g_assert_cmpuint (time, ==, UNTOUCHED);
    return;
  }

  g_assert_cmpuint (time, <=, GST_OMV_TIME_MAX);
  printed = g_strdup_printf ("%" G_GUINT64_FORMAT "ns", time);
  g_assert_true (omv_parse_time (printed, &again));
  g_assert_cmpuint (again, ==, time);
}

static void
check_place (const gchar * text)
{
  OmvPlace place = { FALSE, UNTOUCHED };
  guint64 number = UNTOUCHED;

  if (!omv_parse_frame (text, &number))
    g_assert_cmpuint (number, ==, UNTOUCHED);
  if (!omv_parse_place (text, &place))
    g_assert_true (!place.is_frame && place.value == UNTOUCHED);
  else if (place.is_frame)
    g_assert_cmpuint (place.value, ==, number);
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  g_autofree gchar *text = omv_fuzz_take_string (tape);
  gint width = UNTOUCHED, height = UNTOUCHED;

  check_time (text);
  check_place (text);
  if (omv_parse_size (text, &width, &height)) {
    g_assert_true (width >= 1 && width <= GST_OMV_DIMENSION_MAX);
    g_assert_true (height >= 1 && height <= GST_OMV_DIMENSION_MAX);
  } else {
    g_assert_true (width == UNTOUCHED && height == UNTOUCHED);
  }
}
