/* omv-picture-end.c: whether a JPEG or PNG file is all there
 *
 * A parser waits for the rest of a picture that is torn, and takes the pictures
 * behind it for that rest; a decoder makes one up. So what is read from files is
 * looked through first, from part to part, without decoding anything. Bytes behind
 * a picture's end do no harm: cameras fill up their files.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-picture-end.h"

#include <string.h>

#include "omv-bytes.h"

#define PNG_MAGIC_SIZE 8
#define PNG_CHUNK_SIZE 12       /* without data */

#define JPEG_STUFFED 0x00       /* no marker, but a value of FF */
#define JPEG_TEMPORARY 0x01
#define JPEG_RESTART_0 0xD0
#define JPEG_START 0xD8
#define JPEG_END 0xD9

/* ISO/IEC 15948, 5.3: big-endian length of the data, name, data, CRC. */
static gboolean
png_has_end (const guint8 * data, gsize size)
{
  gsize at = PNG_MAGIC_SIZE;

  while (at <= size && size - at >= PNG_CHUNK_SIZE) {
    gsize length = omv_read_u32_be (data + at);

    if (length > size - at - PNG_CHUNK_SIZE)
      return FALSE;
    if (memcmp (data + at + 4, "IEND", 4) == 0)
      return TRUE;
    at += PNG_CHUNK_SIZE + length;
  }

  return FALSE;
}

/* ISO/IEC 10918-1, B.1.1: FF and a marker, then, but for the markers that stand
 * alone, a big-endian length that counts itself. Entropy-coded data has no such
 * markers in it, and is passed over as decoders pass over garbage. Segments are
 * skipped as a whole, since thumbnails in them have ends of their own. */
static gboolean
jpeg_has_end (const guint8 * data, gsize size)
{
  gsize at = 0;

  while (at < size) {
    const guint8 *next = memchr (data + at, 0xFF, size - at);
    guint8 marker;

    if (next == NULL || next + 1 == data + size)
      return FALSE;
    at = (gsize) (next + 1 - data);
    marker = data[at];
    if (marker == JPEG_END)
      return TRUE;
    if (marker == 0xFF)
      continue;                 /* fill byte */
    at++;
    if (marker == JPEG_STUFFED || marker == JPEG_TEMPORARY
        || (marker >= JPEG_RESTART_0 && marker <= JPEG_START))
      continue;
    if (size - at < 2)
      return FALSE;
    at += MIN (omv_read_u16_be (data + at), size - at);
  }

  return FALSE;
}

gboolean
omv_picture_has_end (const guint8 * data, gsize size)
{
  return size > 0 && data[0] == 0xFF ? jpeg_has_end (data, size)
      : png_has_end (data, size);
}
