/* sidecar.c: fuzzes an index that was made on purpose to mislead
 *
 * Its recording is good. Whatever it says, an index comes of it that is safe to
 * use (S1): walks from each place that it leads to meet whole frames at rising
 * offsets and end, and it can be extended and stored again.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvfuzz-recording.h"

static void
use_walk (const GstOmvIndex * index, const GstOmvWalkInput * input,
    GstOmvWalk * walk)
{
  GstOmvWalkResult result;
  GstOmvWalkStep step;
  guint64 offset = 0;

  do {
    result = gst_omv_walk_next (walk, input, &step, NULL);
    g_assert_cmpint (result, !=, GST_OMV_WALK_NEED);
    if (result != GST_OMV_WALK_FRAME)
      continue;
    g_assert_cmpuint (step.offset, >=, offset);
    g_assert_cmpuint (step.payload_offset, <=, input->end);
    g_assert_cmpuint (step.header.payload_size, <=,
        input->end - step.payload_offset);
    g_assert_cmpuint (step.time, <=, GST_OMV_TIME_MAX);
    (void) gst_omv_index_agrees (index, &step);
    offset = step.offset + 1;
  } while (result == GST_OMV_WALK_FRAME || result == GST_OMV_WALK_SKIP);
}

static void
use_index (GstOmvIndex * index, const GstOmvWalkInput * input)
{
  guint64 n_frames = gst_omv_index_get_n_frames (index);
  GstOmvWalkStep step;
  GstOmvWalk walk;

  g_assert_cmpuint (n_frames, <=, input->end / GST_OMV_FILE_HEADER_SIZE);
  g_assert_cmpuint (gst_omv_index_get_end_time (index), <=, GST_OMV_TIME_MAX);
  for (guint64 n = 0; n <= n_frames; n++) {
    if (gst_omv_index_find_number (index, n, &walk)) {
      g_assert_cmpuint (walk.number, <=, n);
      use_walk (index, input, &walk);
    }
    if (gst_omv_index_find_time (index, n * 33000000, &walk))
      use_walk (index, input, &walk);
  }
  for (guint i = 0; i < gst_omv_index_get_n_damages (index); i++) {
    gst_omv_index_get_damage (index, i, &step);
    g_assert_cmpuint (step.offset, <=, input->end);
    g_assert_cmpuint (step.size, <=, input->end - step.offset);
    g_free (gst_omv_walk_step_describe (&step));
  }
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  guint flags = (guint) omv_fuzz_take (tape, 1);
  g_autoptr (GBytes) recording = omv_fuzz_recording ();
  GstOmvWalkInput input = {.at_end = TRUE };
  g_autoptr (GByteArray) sidecar = NULL;
  g_autoptr (GstOmvIndex) index = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *block = NULL;
  guint64 known_end = 0;
  GstOmvWalkStep step;
  GstOmvWalk start;

  input.data = g_bytes_get_data (recording, &input.size);
  input.end = input.size;
  gst_omv_walk_init (&start);
  start.rewind = (flags & 1) != 0;
  sidecar = omv_fuzz_make_sidecar (tape, &start, input.data, input.size);
  block = g_memdup2 (sidecar->data, sidecar->len);
  start.resync = (flags & 2) == 0;

  if (gst_omv_sidecar_read_end (block, sidecar->len, input.end, &known_end,
          NULL))
    index = gst_omv_sidecar_read (block, sidecar->len, &start, input.end,
        input.data + known_end - MIN (known_end, GST_OMV_SIDECAR_TAIL_SIZE),
        MIN (known_end, GST_OMV_SIDECAR_TAIL_SIZE), &error);
  g_assert_cmpuint (known_end, <=, input.end);
  if (index == NULL)
    return;

  use_index (index, &input);
  if (gst_omv_index_is_complete (index))
    gst_omv_index_reopen (index);
  while (!gst_omv_index_is_complete (index))
    (void) gst_omv_index_extend (index, &input, &step, NULL);
  use_index (index, &input);
}
