/* json.c: fuzzes the JSON of files beside a recording
 *
 * What is taken for an object is printed as one that is taken, and prints the
 * same again.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvfuzz.h"

#include <gst/omv/omv-json.h>
#include <string.h>

static void
check_print (JsonObject * object, gboolean pretty)
{
  g_autofree gchar *text = omv_json_print (object, pretty);
  g_autoptr (JsonObject) again = omv_json_parse (text, strlen (text));
  g_autofree gchar *text_again = NULL;

  g_assert_nonnull (again);
  text_again = omv_json_print (again, pretty);
  g_assert_cmpstr (text, ==, text_again);
  g_assert_true (pretty || strchr (text, '\n') == NULL);
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  g_autoptr (JsonObject) object =
      omv_json_parse ((const gchar *) tape->data, tape->size);

  if (object == NULL)
    return;

  check_print (object, TRUE);
  check_print (object, FALSE);
}
