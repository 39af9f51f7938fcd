/* omvjson.h: JSON on standard output
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv.h>

G_BEGIN_DECLS

/* Written as it goes, so that a list of a million frames takes no memory. All
 * fields are private; begin with { 0, }. */
typedef struct {
  gboolean has_sibling;
} OmvJson;

/* @key: NULL within an array and at the top */
void omv_json_begin_object (OmvJson * json, const gchar * key);
void omv_json_end_object (OmvJson * json);
void omv_json_begin_array (OmvJson * json, const gchar * key);
void omv_json_end_array (OmvJson * json);

void omv_json_add_string (OmvJson * json, const gchar * key,
    const gchar * value);
void omv_json_add_file_name (OmvJson * json, const gchar * key,
    const gchar * value);
void omv_json_add_uint (OmvJson * json, const gchar * key, guint64 value);
void omv_json_add_boolean (OmvJson * json, const gchar * key, gboolean value);
/* @text: a JSON value */
void omv_json_add_json (OmvJson * json, const gchar * key,
    const gchar * text);
void omv_json_add_null (OmvJson * json, const gchar * key);

/* ns, as seconds, exactly */
void omv_json_add_time (OmvJson * json, const gchar * key, guint64 value);
/* ns with a fraction, as seconds */
void omv_json_add_seconds (OmvJson * json, const gchar * key, gdouble value);
void omv_json_add_number (OmvJson * json, const gchar * key, gdouble value);

/* The member "damages".
 * @damages: of GstOmvDamage */
void omv_json_add_damages (OmvJson * json, const GPtrArray * damages);

/* Between two values: the line ends here. */
void omv_json_end_line (OmvJson * json);

G_END_DECLS
