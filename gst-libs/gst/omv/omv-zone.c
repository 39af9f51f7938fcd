/* omv-zone.c: time zones of files that nobody has looked over
 *
 * GLib takes the name of a zone for that of a file, wherever it lies, and expects
 * of one that it is no other. Names of zones begin with a capital letter, or are a
 * distance to UTC; what else lies in their folder does not, or has a dot.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-zone.h"

#include <string.h>

/*
 * omv_zone_find:
 *
 * Returns: (transfer full) (nullable): the zone of that name, or NULL if there is
 *   none
 */
GTimeZone *
omv_zone_find (const gchar * name)
{
  if (strchr (name, '.') != NULL
      || !(g_ascii_isupper (name[0]) || g_ascii_isdigit (name[0])
          || ((name[0] == '+' || name[0] == '-')
              && g_ascii_isdigit (name[1]))))
    return NULL;

  return g_time_zone_new_identifier (name);
}
