/* omv-zone.h: time zones of files that nobody has looked over
 *
 * Private to the objects room: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

GTimeZone *omv_zone_find (const gchar * name);

G_END_DECLS
