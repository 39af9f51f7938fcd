/* omv-json.h: JSON of a file beside a recording
 *
 * Private to the objects room: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonObject *omv_json_parse (const gchar * data, gsize size);
gchar *omv_json_print_node (JsonNode * node, gboolean pretty);
gchar *omv_json_print (JsonObject * object, gboolean pretty);

G_END_DECLS
