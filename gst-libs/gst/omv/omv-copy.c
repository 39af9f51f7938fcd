/* omv-copy.c: copies what will not be read for a while
 *
 * A frame that goes into a ring is read again after seconds, or never. A plain
 * copy first reads the memory that it overwrites, and throws out of the caches
 * what the caller still needs. Streaming stores do neither: they write whole
 * cache lines around the caches, which takes two thirds of the time.
 *
 * SSE2, which every x86-64 has, is as fast as wider registers: the memory sets
 * the pace. Other CPUs get a plain copy.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-copy.h"

#include <string.h>

#ifdef __SSE2__

#include <emmintrin.h>

#define LINE_SIZE 64

/* Below this a plain copy is as fast, because starting and ending a stream takes
 * time: measured, they are even at 4 KiB. */
#define STREAM_SIZE_MIN 8192

/* @dest is aligned to a cache line, @size is a multiple of one. A line that is
 * written whole is never read. */
static void
stream_lines (guint8 * dest, const guint8 * src, gsize size)
{
  for (gsize i = 0; i < size; i += LINE_SIZE) {
    const __m128i *from = (const __m128i *) (const void *) (src + i);
    __m128i *to = (__m128i *) (void *) (dest + i);
    __m128i a = _mm_loadu_si128 (from);
    __m128i b = _mm_loadu_si128 (from + 1);
    __m128i c = _mm_loadu_si128 (from + 2);
    __m128i d = _mm_loadu_si128 (from + 3);

    _mm_stream_si128 (to, a);
    _mm_stream_si128 (to + 1, b);
    _mm_stream_si128 (to + 2, c);
    _mm_stream_si128 (to + 3, d);
  }

  /* streaming stores are not ordered by what publishes them */
  _mm_sfence ();
}

static void
stream (guint8 * dest, const guint8 * src, gsize size)
{
  gsize head = -(gsize) dest % LINE_SIZE;
  gsize body = (size - head) / LINE_SIZE * LINE_SIZE;
  gsize tail = size - head - body;

  memcpy (dest, src, head);
  memcpy (dest + head + body, src + head + body, tail);
  stream_lines (dest + head, src + head, body);
}

#endif

/*
 * gst_omv_copy_streaming:
 * @dest: where to, at any address
 * @src: where from, at any address; must not overlap @dest
 * @size: bytes, any number
 *
 * memcpy() for bytes that nobody reads soon. When it returns, they are there for
 * every thread that whoever called tells of them in the usual ways.
 */
void
gst_omv_copy_streaming (guint8 * dest, const guint8 * src, gsize size)
{
  if (size == 0)
    return;
#ifdef __SSE2__
  if (size >= STREAM_SIZE_MIN) {
    stream (dest, src, size);
    return;
  }
#endif
  memcpy (dest, src, size);
}
