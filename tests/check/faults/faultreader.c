/* faultreader.c: a program that reads a recording in one way and says what it got
 *
 * For tests in which calls of the system fail, or the recording loses its end.
 *
 *  faultreader FILE frames|numbers|times|walk
 *
 * The frames one after the other, by number from the last to the first, their
 * times alone, or a walk over the headers. Lines of output: the number of each
 * frame and its time in ns, with the checksum of its payload where that is read;
 * `torn` if the last one is; `failed` and a sentence. The exit status is 1 if it
 * failed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <gst/omv/omv.h>

static void
say (guint64 number, guint64 time, const gchar * checksum)
{
  (void) printf ("%" PRIu64 " %" PRIu64 " %s\n", number, time, checksum);
}

static void
say_frame (const GstOmvFrame * frame)
{
  g_autofree gchar *checksum = g_compute_checksum_for_bytes (G_CHECKSUM_MD5,
      frame->payload);

  say (frame->number, frame->time, checksum);
}

/* Each way to read sets @error, which is not NULL, if it fails. */

static gboolean
read_frames (GstOmvReader * reader, GError ** error)
{
  GstOmvFrame *frame;

  while ((frame = gst_omv_reader_read_next (reader, error)) != NULL) {
    say_frame (frame);
    gst_omv_frame_unref (frame);
  }

  return *error == NULL;
}

static gboolean
read_numbers (GstOmvReader * reader, GError ** error)
{
  for (guint64 i = gst_omv_reader_get_n_frames (reader, error); i-- > 0;) {
    g_autoptr (GstOmvFrame) frame = gst_omv_reader_read_frame (reader, i,
        error);

    if (frame == NULL)
      return FALSE;
    say_frame (frame);
  }

  return *error == NULL;
}

static gboolean
list_times (GstOmvReader * reader, GError ** error)
{
  gsize n_times;
  g_autofree guint64 *times = gst_omv_reader_list_times (reader, &n_times,
      error);

  if (times == NULL)
    return FALSE;

  for (gsize i = 0; i < n_times; i++)
    say (i, times[i], "");
  return TRUE;
}

static gboolean
say_step (GstOmvWalkResult result, const GstOmvWalkStep * step,
    gpointer user_data)
{
  if (result == GST_OMV_WALK_FRAME)
    say (step->number, step->time, "");
  return TRUE;
}

static gboolean
walk (GstOmvReader * reader, GError ** error)
{
  return gst_omv_reader_walk (reader, say_step, NULL, error);
}

static const struct
{
  const gchar *name;
    gboolean (*func) (GstOmvReader * reader, GError ** error);
} ways[] = {
  {"frames", read_frames},
  {"numbers", read_numbers},
  {"times", list_times},
  {"walk", walk},
};

static gboolean
read_in_way (GstOmvReader * reader, const gchar * name, GError ** error)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++) {
    if (g_str_equal (ways[i].name, name))
      return ways[i].func (reader, error);
  }
  g_assert_not_reached ();
}

int
main (int argc, char **argv)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GError) error = NULL;

  g_assert (argc == 3);
  if (gst_omv_reader_open_path (reader, argv[1], &error)
      && read_in_way (reader, argv[2], &error)
      && gst_omv_reader_is_torn (reader, &error))
    (void) puts ("torn");
  if (error == NULL)
    return EXIT_SUCCESS;

  (void) printf ("failed %s\n", error->message);
  return EXIT_FAILURE;
}
