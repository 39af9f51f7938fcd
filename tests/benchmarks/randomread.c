/* randomread.c: what the C reader takes for frames of any number
 *
 * The reference of the benchmark "python", which reads the same frames. Prints
 * the processor time per frame in ns, for the numbers that standard input has.
 *
 *   bench-randomread FILE < NUMBERS
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>
#include <time.h>

#include <gst/omv/omv.h>

static GArray *
read_numbers (void)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 number;

  while (scanf ("%" G_GUINT64_FORMAT, &number) == 1)
    g_array_append_val (numbers, number);

  return numbers;
}

int
main (int argc, char **argv)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GArray) numbers = read_numbers ();
  g_autoptr (GError) error = NULL;
  clock_t started;

  if (argc != 2 || numbers->len == 0
      || !gst_omv_reader_open_path (reader, argv[1], &error)
      || gst_omv_reader_get_n_frames (reader, &error) == 0) {
    fprintf (stderr, "%s\n", error != NULL ? error->message : "nothing to do");
    return 1;
  }

  started = clock ();
  for (guint i = 0; i < numbers->len; i++) {
    g_autoptr (GstOmvFrame) frame = gst_omv_reader_read_frame (reader,
        g_array_index (numbers, guint64, i), &error);

    if (frame == NULL) {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  }
  printf ("%.0f\n",
      (gdouble) (clock () - started) * 1e9 / CLOCKS_PER_SEC / numbers->len);

  return 0;
}
