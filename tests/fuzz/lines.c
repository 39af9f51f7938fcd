/* lines.c: fuzzes the lines beside a recording
 *
 * Lines are JSON objects or an error (L2). A line that is added comes behind the
 * whole ones; a torn one is gone with it (L1).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-format.h>
#include <gst/omv/omv-lines.h>

#include "omvfuzz.h"

#define LINE "{\"frame\":1}"

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  g_autoptr (GFile) recording = NULL;
  g_autoptr (GFile) file =
      omv_fuzz_store ("run.bin.jsonl", tape->data, tape->size);
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) before = NULL;
  g_auto (GStrv) after = NULL;
  guint n_lines;

  recording = g_file_get_child (folder, "run.bin");
  before = gst_omv_lines_load (recording, &error);
  g_assert_true ((before == NULL) == (error != NULL));
  g_assert_true (gst_omv_lines_append (recording, LINE, NULL));
  after = gst_omv_lines_load (recording, NULL);
  g_assert_true ((before == NULL) == (after == NULL));
  if (before == NULL) {
    g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
    return;
  }

  n_lines = g_strv_length (before);
  g_assert_cmpuint (g_strv_length (after), ==, n_lines + 1);
  for (guint i = 0; i < n_lines; i++)
    g_assert_cmpstr (before[i], ==, after[i]);
  g_assert_cmpstr (after[n_lines], ==, LINE);
}
