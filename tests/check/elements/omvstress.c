/* omvstress.c: what tests that do everything at once have in common
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvstress.h"

guint
omv_stress_roll (GRand * rand, guint sides)
{
  return (guint) g_rand_int_range (rand, 0, (gint32) sides);
}

guint64
omv_stress_get_count (guint64 usual, guint64 slow)
{
  const gchar *factor = g_getenv ("OMV_TEST_STRESS");

  if (g_getenv ("OMV_TEST_SLOW") != NULL)
    return slow;
  return factor == NULL ? usual : usual * g_ascii_strtoull (factor, NULL, 10);
}
