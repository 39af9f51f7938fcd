/* element.c: tests of the library's errors as an element says them
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-element.h>
#include <gst/omv/omv-format.h>

#include <string.h>

/* What a pipeline hears of each of the library's errors. */
static const struct
{
  const gchar *name;
  GstOmvError code;
  GstStreamError expected;
} codes[] = {
  {"wrong-type", GST_OMV_ERROR_WRONG_TYPE, GST_STREAM_ERROR_WRONG_TYPE},
  {"unsupported", GST_OMV_ERROR_UNSUPPORTED, GST_STREAM_ERROR_FORMAT},
  {"corrupt", GST_OMV_ERROR_CORRUPT, GST_STREAM_ERROR_DEMUX},
  {"truncated", GST_OMV_ERROR_TRUNCATED, GST_STREAM_ERROR_DEMUX},
  {"invalid-frame-size", GST_OMV_ERROR_INVALID_FRAME_SIZE,
      GST_STREAM_ERROR_FORMAT},
  {"invalid-interval", GST_OMV_ERROR_INVALID_INTERVAL, GST_STREAM_ERROR_MUX},
  {"end-of-stream", GST_OMV_ERROR_END_OF_STREAM, GST_STREAM_ERROR_FAILED},
  {"closed", GST_OMV_ERROR_CLOSED, GST_STREAM_ERROR_FAILED},
  {"invalid-offset", GST_OMV_ERROR_INVALID_OFFSET, GST_STREAM_ERROR_FAILED},
  {"overtaken", GST_OMV_ERROR_OVERTAKEN, GST_STREAM_ERROR_FAILED},
};

/* One message, of the element, with the sentence as it is and the details. */
static void
test_message (gconstpointer user_data)
{
  guint i = GPOINTER_TO_UINT (user_data);
  g_autoptr (GstElement) bin = gst_object_ref_sink (gst_bin_new ("omv"));
  g_autoptr (GstBus) bus = gst_bus_new ();
  g_autoptr (GstMessage) message = NULL;
  g_autoptr (GstMessage) second = NULL;
  g_autoptr (GError) posted = NULL;
  g_autofree gchar *debug = NULL;
  GError *error = g_error_new_literal (GST_OMV_ERROR, codes[i].code,
      "Frame 3 is 100 % broken: %s.");

  gst_element_set_bus (bin, bus);
  gst_omv_element_error (bin, &error, "at %d of %s", 42, "x.bin");
  g_assert_null (error);

  message = gst_bus_pop (bus);
  second = gst_bus_pop (bus);
  gst_element_set_bus (bin, NULL);
  g_assert_nonnull (message);
  g_assert_null (second);
  g_assert_cmpint (GST_MESSAGE_TYPE (message), ==, GST_MESSAGE_ERROR);
  g_assert_true (GST_MESSAGE_SRC (message) == GST_OBJECT (bin));
  gst_message_parse_error (message, &posted, &debug);
  g_assert_error (posted, GST_STREAM_ERROR, (gint) codes[i].expected);
  g_assert_cmpstr (posted->message, ==, "Frame 3 is 100 % broken: %s.");
  g_assert_nonnull (strstr (debug, "at 42 of x.bin"));
}

static void
test_domain (void)
{
  g_assert_cmpstr (g_quark_to_string (GST_OMV_ERROR), ==,
      "gst-omv-error-quark");
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++) {
    g_autofree gchar *path =
        g_strconcat ("/element/error/", codes[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_message);
  }
  g_test_add_func ("/element/error/domain", test_domain);

  return g_test_run ();
}
