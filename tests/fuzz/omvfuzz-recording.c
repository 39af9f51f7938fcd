/* omvfuzz-recording.c: a good recording, and hostile indexes for it
 *
 * A checksum keeps a fuzzer from everything behind it. So whatever an input says
 * of a sidecar, its checksums are made good: what is tested is what a sidecar can
 * do that somebody made on purpose.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvfuzz-recording.h"

#include <string.h>

#define N_FRAMES 24
#define TAIL_SUM 56             /* see docs/format.md */
#define SUM_SIZE 32
#define HEADER_SIZE 160

/* Frames of a few bytes, with a damaged one in their midst. */
GBytes *
omv_fuzz_recording (void)
{
  GByteArray *bytes = g_byte_array_new ();
  GstOmvFrameHeader header = {.interval = 33,.width = 5,.height = 3,
    .format = GST_OMV_PIXEL_FORMAT_GRAYSCALE,.payload_size = 15,
    .exact_time = GST_OMV_TIME_NONE
  };
  guint8 block[GST_OMV_FRAME_HEADER_SIZE_MAX + 16] = { 0, };

  gst_omv_file_header_write (GST_OMV_VERSION_V2_0, block);
  g_byte_array_append (bytes, block, GST_OMV_FILE_HEADER_SIZE);
  for (guint i = 0; i < N_FRAMES; i++) {
    memset (block, (gint) i, sizeof block - 1);
    header.interval = 33 + i % 2;
    gst_omv_frame_header_write (GST_OMV_VERSION_V2_0, &header, block);
    if (i == N_FRAMES / 2)
      block[4] = 0;             /* no width */
    g_byte_array_append (bytes, block, sizeof block);
  }

  return g_byte_array_free_to_bytes (bytes);
}

static void
put_sum (guint8 * place, const guint8 * data, gsize size)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize sum_size = SUM_SIZE;

  g_checksum_update (checksum, data, (gssize) size);
  g_checksum_get_digest (checksum, place, &sum_size);
}

static GBytes *
make_good_sidecar (const GstOmvWalk * start, const guint8 * data, gsize size)
{
  const GstOmvWalkInput input = {.data = data,.size = size,.end = size,
    .at_end = TRUE
  };
  g_autoptr (GstOmvIndex) index = gst_omv_index_new (start);
  gsize tail_size = MIN (size, GST_OMV_SIDECAR_TAIL_SIZE);
  GstOmvWalkStep step;

  while (!gst_omv_index_is_complete (index))
    (void) gst_omv_index_extend (index, &input, &step, NULL);

  return gst_omv_sidecar_write (index, size, data + size - tail_size,
      tail_size);
}

/* A sidecar of the recording @data. The first byte of @tape says whether changes
 * to a good one follow, or all of another one. */
GByteArray *
omv_fuzz_make_sidecar (OmvFuzzTape * tape, const GstOmvWalk * start,
    const guint8 * data, gsize size)
{
  gboolean whole = (omv_fuzz_take (tape, 1) & 1) != 0;
  gsize tail_size = MIN (size, GST_OMV_SIDECAR_TAIL_SIZE);
  GByteArray *sidecar;

  if (whole) {
    sidecar = g_byte_array_new ();
    g_byte_array_append (sidecar, tape->data, (guint) tape->size);
    tape->size = 0;
  } else {
    sidecar = g_bytes_unref_to_array (make_good_sidecar (start, data, size));
  }
  while (tape->size > 0) {
    guint at = (guint) omv_fuzz_take (tape, 2) % (sidecar->len - SUM_SIZE);

    sidecar->data[at] = (guint8) (sidecar->data[at] + omv_fuzz_take (tape, 1));
  }

  if (sidecar->len >= HEADER_SIZE + SUM_SIZE) {
    put_sum (sidecar->data + TAIL_SUM, data + size - tail_size, tail_size);
    put_sum (sidecar->data + sidecar->len - SUM_SIZE, sidecar->data,
        sidecar->len - SUM_SIZE);
  }

  return sidecar;
}
