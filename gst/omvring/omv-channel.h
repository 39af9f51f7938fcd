/* omv-channel.h: the names under which sources find rings
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omv-hub.h"

G_BEGIN_DECLS

gboolean omv_channel_publish (const gchar * name, OmvHub * hub);
void omv_channel_withdraw (const gchar * name, OmvHub * hub);
OmvHub *omv_channel_find (const gchar * name);

G_END_DECLS
