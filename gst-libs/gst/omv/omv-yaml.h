/* omv-yaml.h: YAML of a file that others have written, as JSON
 *
 * Private to the objects room: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonObject *omv_yaml_parse (const gchar * data, gsize size);

G_END_DECLS
