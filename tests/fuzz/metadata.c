/* metadata.c: fuzzes the metadata beside a recording
 *
 * Whatever the text, each known member has the right type or there is an error
 * (M1), and what was loaded and printed is loaded again (M2). Strings of any
 * bytes can be set.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-format.h>
#include <gst/omv/omv-metadata.h>
#include <gst/omv/omv-timing.h>

#include "omvfuzz.h"

static void
check_time (guint64 time)
{
  g_assert_true (time == GST_OMV_TIME_NONE || time <= GST_OMV_TIME_MAX);
}

static void
check_members (GstOmvMetadata * metadata)
{
  g_autoptr (GDateTime) start = gst_omv_metadata_get_start (metadata);
  g_auto (GStrv) keys = gst_omv_metadata_list_keys (metadata);

  check_time (gst_omv_metadata_get_base_time (metadata));
  check_time (gst_omv_metadata_get_trigger_time (metadata));
  g_assert_true (start == NULL || g_date_time_get_year (start) <= 9999);
  (void) gst_omv_metadata_get_zone (metadata);
  (void) gst_omv_metadata_get_label (metadata);
  for (guint i = 0; keys[i] != NULL; i++)
    (void) gst_omv_metadata_get_value (metadata, keys[i]);
}

static void
check_print (GstOmvMetadata * metadata)
{
  g_autofree gchar *text = gst_omv_metadata_to_string (metadata);
  g_autofree gchar *text_again = NULL;
  g_autoptr (GstOmvMetadata) again =
      gst_omv_metadata_new_from_string (text, NULL);

  g_assert_nonnull (again);
  check_members (again);
  text_again = gst_omv_metadata_to_string (again);
  g_assert_cmpstr (text, ==, text_again);
}

static void
set_members (GstOmvMetadata * metadata, const gchar * text)
{
  g_autoptr (GDateTime) start = gst_omv_metadata_get_start (metadata);

  gst_omv_metadata_set_label (metadata, text);
  gst_omv_metadata_set_zone (metadata, text);
  gst_omv_metadata_set_value (metadata, text, text);
  gst_omv_metadata_set_base_time (metadata, G_MAXUINT64 - 1);
  if (start != NULL)
    gst_omv_metadata_set_start (metadata, start);
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  g_autofree gchar *text = omv_fuzz_take_string (tape);
  g_autofree gchar *member = omv_fuzz_take_string (tape);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstOmvMetadata) metadata =
      gst_omv_metadata_new_from_string (text, &error);

  g_assert_true ((metadata == NULL) == (error != NULL));
  if (metadata == NULL)
    metadata = gst_omv_metadata_new ();
  check_members (metadata);
  check_print (metadata);
  set_members (metadata, member);
  check_print (metadata);
}
