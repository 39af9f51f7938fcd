/* faultplayer.c: plays a pipeline for tests in which calls of the system fail
 *
 *   faultplayer PIPELINE
 *
 * Prints a line that starts with "error: " or "warning: " for each such message,
 * and ends at the first error or at the end of the stream; the exit status is 1
 * or 0. gst-launch-1.0 (1.22) does not always end when an error comes while it
 * starts.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/gst.h>

/* Whether it was no error. */
static gboolean
tell (GstMessage * message)
{
  gboolean is_error = GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR;
  g_autoptr (GError) error = NULL;

  if (is_error)
    gst_message_parse_error (message, &error, NULL);
  else
    gst_message_parse_warning (message, &error, NULL);
  g_print ("%s: %s\n", is_error ? "error" : "warning", error->message);

  return !is_error;
}

/* FALSE: there was an error. */
static gboolean
play (GstElement * pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  GstStateChangeReturn result = gst_element_set_state (pipeline,
      GST_STATE_PLAYING);

  for (;;) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (bus,
        result == GST_STATE_CHANGE_FAILURE ? 0 : GST_CLOCK_TIME_NONE,
        GST_MESSAGE_ERROR | GST_MESSAGE_WARNING | GST_MESSAGE_EOS);

    if (message == NULL) {
      g_print ("error: the pipeline does not start\n");
      return FALSE;
    }
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS)
      return TRUE;
    if (!tell (message))
      return FALSE;
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (GstElement) pipeline = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_good;

  gst_init (&argc, &argv);
  pipeline = argc == 2 ? gst_parse_launch (argv[1], &error) : NULL;
  if (pipeline == NULL) {
    g_printerr ("usage: faultplayer PIPELINE\n");
    return 2;
  }

  is_good = play (pipeline);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  return is_good ? 0 : 1;
}
