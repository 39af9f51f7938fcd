/* clip-name.c: fuzzes the file names of a ring's clips
 *
 * A pattern that was accepted makes a name of valid UTF-8, in the folder that the
 * pattern says and no other, whatever the label.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omv-clip-name.h"

#include <string.h>

#include "omvfuzz.h"

#define YEAR_10000 G_GINT64_CONSTANT (253402300800)

static guint
count_slashes (const gchar * text)
{
  guint count = 0;

  for (; *text != '\0'; text++)
    count += *text == '/';

  return count;
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  guint64 seconds = omv_fuzz_take (tape, 5) % YEAR_10000;
  guint64 number = omv_fuzz_take (tape, 4);
  g_autofree gchar *pattern = omv_fuzz_take_string (tape);
  g_autofree gchar *label = omv_fuzz_take_string (tape);
  g_autofree gchar *name = omv_fuzz_take_string (tape);
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc ((gint64) seconds);
  const OmvClipName values = {.time = time,.name = name,.label = label,
    .number = number
  };
  g_autoptr (GError) error = NULL;
  g_autofree gchar *expanded = NULL;
  const gchar *base;

  if (!omv_clip_name_check (pattern, &error)) {
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    return;
  }

  expanded = omv_clip_name_expand (pattern, &values);
  g_assert_true (g_utf8_validate (expanded, -1, NULL));
  g_assert_cmpuint (count_slashes (expanded), ==, count_slashes (pattern));
  base = strrchr (expanded, '/');
  base = base != NULL ? base + 1 : expanded;
  g_assert_cmpstr (base, !=, "");
  g_assert_cmpstr (base, !=, ".");
  g_assert_cmpstr (base, !=, "..");
}
