/* omvtext.c: numbers as people read them
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvtext.h"

#include <inttypes.h>
#include <string.h>

#include <gst/omv/omv-i18n.h>

#define NS_PER_SECOND G_GUINT64_CONSTANT (1000000000)

gchar *
omv_text_seconds (guint64 time)
{
  gchar *text = g_strdup_printf ("%" PRIu64 ".%09" PRIu64,
      time / NS_PER_SECOND, time % NS_PER_SECOND);
  gsize length = strlen (text);

  while (text[length - 1] == '0')
    length--;
  if (text[length - 1] == '.')
    length--;
  text[length] = '\0';

  return text;
}

gchar *
omv_text_clock (guint64 time)
{
  guint64 seconds = time / NS_PER_SECOND;

  if (seconds < 3600)
    return g_strdup_printf ("%d:%02d", (gint) (seconds / 60),
        (gint) (seconds % 60));
  return g_strdup_printf ("%" PRIu64 ":%02d:%02d", seconds / 3600,
      (gint) (seconds / 60 % 60), (gint) (seconds % 60));
}

gchar *
omv_text_milliseconds (gdouble time)
{
  return g_strdup_printf (_("%.2f ms"), time / 1e6);
}

gchar *
omv_text_size (guint64 size)
{
  if (size < 1000)
    return g_strdup_printf (_("%d bytes"), (gint) size);
  if (size < 1000000)
    return g_strdup_printf (_("%.1f kB"), (gdouble) size / 1e3);
  if (size < 1000000000)
    return g_strdup_printf (_("%.1f MB"), (gdouble) size / 1e6);
  return g_strdup_printf (_("%.1f GB"), (gdouble) size / 1e9);
}
