/* omvjson.c: JSON on standard output
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvjson.h"

#include <inttypes.h>
#include <stdio.h>

#include "omvtext.h"

static void
print_string (const gchar * text)
{
  (void) putchar ('"');
  for (; *text != '\0'; text++) {
    const guchar c = (guchar) * text;

    if (c == '"' || c == '\\')
      (void) printf ("\\%c", c);
    else if (c < 0x20)
      (void) printf ("\\u%04x", c);
    else
      (void) putchar (c);
  }
  (void) putchar ('"');
}

/* What stands before a value. */
static void
begin_value (OmvJson * json, const gchar * key)
{
  if (json->has_sibling)
    (void) fputs (", ", stdout);
  json->has_sibling = TRUE;
  if (key != NULL) {
    print_string (key);
    (void) fputs (": ", stdout);
  }
}

static void
begin (OmvJson * json, const gchar * key, char bracket)
{
  begin_value (json, key);
  (void) putchar (bracket);
  json->has_sibling = FALSE;
}

static void
end (OmvJson * json, char bracket)
{
  (void) putchar (bracket);
  json->has_sibling = TRUE;
}

void
omv_json_begin_object (OmvJson * json, const gchar * key)
{
  begin (json, key, '{');
}

void
omv_json_end_object (OmvJson * json)
{
  end (json, '}');
}

void
omv_json_begin_array (OmvJson * json, const gchar * key)
{
  begin (json, key, '[');
}

void
omv_json_end_array (OmvJson * json)
{
  end (json, ']');
}

void
omv_json_add_string (OmvJson * json, const gchar * key, const gchar * value)
{
  begin_value (json, key);
  print_string (value);
}

void
omv_json_add_file_name (OmvJson * json, const gchar * key, const gchar * value)
{
  g_autofree gchar *name = g_filename_display_name (value);

  omv_json_add_string (json, key, name);
}

void
omv_json_add_uint (OmvJson * json, const gchar * key, guint64 value)
{
  begin_value (json, key);
  (void) printf ("%" PRIu64, value);
}

void
omv_json_add_boolean (OmvJson * json, const gchar * key, gboolean value)
{
  begin_value (json, key);
  (void) fputs (value ? "true" : "false", stdout);
}

/* Line feeds in JSON stand between values only. */
void
omv_json_add_json (OmvJson * json, const gchar * key, const gchar * text)
{
  begin_value (json, key);
  for (; *text != '\0'; text++)
    (void) putchar (*text == '\n' ? ' ' : *text);
}

void
omv_json_add_null (OmvJson * json, const gchar * key)
{
  begin_value (json, key);
  (void) fputs ("null", stdout);
}

void
omv_json_add_time (OmvJson * json, const gchar * key, guint64 value)
{
  g_autofree gchar *text = omv_text_seconds (value);

  begin_value (json, key);
  (void) fputs (text, stdout);
}

void
omv_json_add_seconds (OmvJson * json, const gchar * key, gdouble value)
{
  omv_json_add_number (json, key, value / 1e9);
}

void
omv_json_add_number (OmvJson * json, const gchar * key, gdouble value)
{
  begin_value (json, key);
  (void) printf ("%.9g", value);
}

void
omv_json_add_damages (OmvJson * json, const GPtrArray * damages)
{
  omv_json_begin_array (json, "damages");
  for (guint i = 0; i < damages->len; i++) {
    const GstOmvDamage *damage = g_ptr_array_index (damages, i);

    omv_json_begin_object (json, NULL);
    omv_json_add_uint (json, "number", damage->number);
    omv_json_add_uint (json, "offset", damage->offset);
    omv_json_add_uint (json, "size", damage->size);
    omv_json_add_string (json, "fault", gst_omv_fault_describe (damage->fault));
    omv_json_end_object (json);
  }
  omv_json_end_array (json);
}

void
omv_json_end_line (OmvJson * json)
{
  (void) fputs (json->has_sibling ? ",\n" : "\n", stdout);
  json->has_sibling = FALSE;
}
