/* gif.c: fuzzes the reading of animations
 *
 * Whatever the bytes are, there are no more pictures than they can hold, each begins
 * when the one before it is over and has as many pixels as was said, and an error is
 * one of those that are promised.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-bytes.h>
#include <gst/omv/omv-format.h>

#include "omvfuzz.h"
#include "omvgifreader.h"

/* Larger canvases would only take longer. */
#define SIDE_MAX 256

/* Where the width and the height of the canvas stand. */
#define WIDTH_OFFSET 6
#define HEIGHT_OFFSET 8
#define HEAD_SIZE 10

/* Bytes of an image without data, at least. */
#define IMAGE_SIZE_MIN 10

static gboolean
is_small (const OmvFuzzTape * tape)
{
  return tape->size < HEAD_SIZE
      || (omv_read_u16 (tape->data + WIDTH_OFFSET) <= SIDE_MAX
      && omv_read_u16 (tape->data + HEIGHT_OFFSET) <= SIDE_MAX);
}

static void
check_pixels (OmvGifReader * reader, const guint32 * pixels)
{
  const gsize n = (gsize) omv_gif_reader_get_width (reader)
      * (gsize) omv_gif_reader_get_height (reader);

  /* BGRx: a memory checker sees whether they are there */
  for (gsize i = 0; i < n; i++)
    g_assert_cmpuint (GUINT32_FROM_LE (pixels[i]) >> 24, ==, 0);
}

static void
check_error (const GError * error, gboolean has_pictures)
{
  if (has_pictures)
    g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

static void
read_all (OmvGifReader * reader, gsize size)
{
  g_autoptr (GError) error = NULL;
  guint64 time, duration, due = 0;
  const guint32 *pixels;
  guint n = 0;

  while ((pixels = omv_gif_reader_next (reader, &time, &duration,
              &error)) != NULL) {
    check_pixels (reader, pixels);
    g_assert_cmpuint (time, ==, due);
    g_assert_cmpuint (duration, >, 0);
    due = time + duration;
    n++;
  }

  g_assert_cmpuint (n, <=, size / IMAGE_SIZE_MIN);
  if (error != NULL)
    check_error (error, n > 0);
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (OmvGifReader) reader = NULL;
  g_autoptr (GError) error = NULL;

  if (!is_small (tape))
    return;
  file = omv_fuzz_store ("in.gif", tape->data, tape->size);
  reader = omv_gif_reader_open (file, &error);
  if (reader == NULL)
    check_error (error, FALSE);
  else
    read_all (reader, tape->size);
}
