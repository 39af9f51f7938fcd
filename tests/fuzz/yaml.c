/* yaml.c: fuzzes the YAML of stores
 *
 * What is taken for a mapping becomes JSON that every reader of ours takes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvfuzz.h"

#include <gst/omv/omv-json.h>
#include <gst/omv/omv-yaml.h>
#include <string.h>

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  g_autoptr (JsonObject) object =
      omv_yaml_parse ((const gchar *) tape->data, tape->size);
  g_autoptr (JsonObject) again = NULL;
  g_autofree gchar *text = NULL;

  if (object == NULL)
    return;

  text = omv_json_print (object, FALSE);
  again = omv_json_parse (text, strlen (text));
  g_assert_nonnull (again);
}
