/* faultwriter.c: a program that writes a recording and says what is safe
 *
 * For tests that kill it, or let its disk fail. Frame n is made of its number
 * alone, wherever it is written; one that is refused is tried again. So whatever
 * happens, the file is the beginning of the one recording that a run without a
 * fault makes.
 *
 *  faultwriter FILE create|replace|append FRAMES FLUSH SYNC
 *
 * FRAMES are in the file at the end; every FLUSH frames it flushes, every SYNC
 * frames it syncs, 0 is never. Lines of output: `opened N`, `flushed N`,
 * `synced N`, `closed N`, where N is the number of frames; `failed` and a
 * sentence.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gst/omv/omv.h>

#define INTERVAL 40000000
#define SIZE_MAX_USED (400 * 300)

/* Tries that fail before it gives up. */
#define FAILURES_MAX 5

static guint n_failures;

static void
say (const gchar * what, GstOmvWriter * writer)
{
  (void) printf ("%s %" PRIu64 "\n", what,
      gst_omv_writer_get_n_frames (writer));
}

/* Returns whether there was no error. */
static gboolean
check (gboolean success, GError ** error)
{
  if (success)
    return TRUE;

  n_failures++;
  (void) printf ("failed %s\n", (*error)->message);
  g_clear_error (error);
  return FALSE;
}

static gboolean
append (GstOmvWriter * writer, GError ** error)
{
  static guint8 payload[SIZE_MAX_USED];
  guint64 number = gst_omv_writer_get_n_frames (writer);
  GstOmvFrameHeader header = { 0, };

  header.format = GST_OMV_PIXEL_FORMAT_GRAYSCALE;
  header.width = number % 8 == 3 ? 200 : number % 8 == 6 ? 400 : 16;
  header.height = number % 8 == 3 ? 150 : number % 8 == 6 ? 300 : 12;
  for (guint i = 0; i < sizeof payload; i++)
    payload[i] = (guint8) (number * 7 + i * 13);

  return gst_omv_writer_append (writer, &header, number * INTERVAL, payload,
      (gsize) header.width * (gsize) header.height, error);
}

/* Whether it is time for what is done every @every frames. */
static gboolean
is_due (GstOmvWriter * writer, const gchar * every)
{
  guint64 n = g_ascii_strtoull (every, NULL, 10);

  return n > 0 && gst_omv_writer_get_n_frames (writer) % n == 0;
}

static void
write_frames (GstOmvWriter * writer, gchar ** arguments)
{
  const guint64 n_frames = g_ascii_strtoull (arguments[3], NULL, 10);
  g_autoptr (GError) error = NULL;

  while (gst_omv_writer_get_n_frames (writer) < n_frames
      && n_failures < FAILURES_MAX) {
    if (!check (append (writer, &error), &error))
      continue;
    if (is_due (writer, arguments[4])
        && check (gst_omv_writer_flush (writer, &error), &error))
      say ("flushed", writer);
    if (is_due (writer, arguments[5])
        && check (gst_omv_writer_sync (writer, &error), &error))
      say ("synced", writer);
  }
}

static GstOmvWriterMode
get_mode (const gchar * name)
{
  if (g_str_equal (name, "create"))
    return GST_OMV_WRITER_MODE_CREATE;
  return g_str_equal (name, "append") ? GST_OMV_WRITER_MODE_APPEND
      : GST_OMV_WRITER_MODE_REPLACE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GstOmvWriter) writer = gst_omv_writer_new ();
  g_autoptr (GError) error = NULL;

  g_assert (argc == 6);
  /* who is killed has said all that it has done */
  (void) setvbuf (stdout, NULL, _IOLBF, BUFSIZ);
  if (!check (gst_omv_writer_open_path (writer, argv[1], get_mode (argv[2]),
              GST_OMV_VERSION_V2_0, &error), &error))
    return EXIT_FAILURE;
  say ("opened", writer);

  write_frames (writer, argv);
  if (check (gst_omv_writer_close (writer, &error), &error))
    say ("closed", writer);

  return n_failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
