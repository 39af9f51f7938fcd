/* index.c: fuzzes the index of a recording
 *
 * From every frame that it remembers a walk takes the steps of one that came from
 * the start (I2) and agrees with it (I3). An index that was stored and read, or
 * reopened, says the same as before.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-sidecar.h>

#include "omvfuzz.h"

static GArray *
extend (GstOmvIndex * index, const GstOmvWalkInput * input)
{
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (GstOmvWalkStep));
  GstOmvWalkResult result = GST_OMV_WALK_NEED;
  GstOmvWalkStep step;

  while (!gst_omv_index_is_complete (index)) {
    result = gst_omv_index_extend (index, input, &step, NULL);
    g_assert_cmpint (result, !=, GST_OMV_WALK_NEED);
    if (result == GST_OMV_WALK_FRAME)
      g_array_append_val (frames, step);
  }

  return frames;
}

static void
check_same (const GstOmvIndex * a, const GstOmvIndex * b)
{
  g_assert_cmpuint (gst_omv_index_get_n_frames (a), ==,
      gst_omv_index_get_n_frames (b));
  g_assert_cmpuint (gst_omv_index_get_first_time (a), ==,
      gst_omv_index_get_first_time (b));
  g_assert_cmpuint (gst_omv_index_get_end_time (a), ==,
      gst_omv_index_get_end_time (b));
  g_assert_cmpuint (gst_omv_index_get_n_damages (a), ==,
      gst_omv_index_get_n_damages (b));
  g_assert_cmpint (gst_omv_index_is_torn (a), ==, gst_omv_index_is_torn (b));
}

static void
check_frame (const GstOmvIndex * index, const GstOmvWalkInput * input,
    const GArray * frames, GstOmvWalk * walk, guint64 number)
{
  GstOmvWalkStep step;

  for (guint64 n = walk->number; n <= number;) {
    const GstOmvWalkStep *known = &g_array_index (frames, GstOmvWalkStep, n);

    if (gst_omv_walk_next (walk, input, &step, NULL) != GST_OMV_WALK_FRAME)
      continue;
    g_assert_true (gst_omv_index_agrees (index, &step));
    g_assert_cmpuint (step.number, ==, n++);
    g_assert_cmpuint (step.offset, ==, known->offset);
    g_assert_cmpuint (step.size, ==, known->size);
    g_assert_cmpuint (step.time, ==, known->time);
  }
}

static void
check_places (const GstOmvIndex * index, const GstOmvWalkInput * input,
    const GArray * frames)
{
  for (guint i = 0; i < frames->len; i++) {
    guint64 time = g_array_index (frames, GstOmvWalkStep, i).time;
    GstOmvWalk walk;

    g_assert_true (gst_omv_index_find_number (index, i, &walk));
    g_assert_true (walk.number <= i
        && i - walk.number < gst_omv_index_get_distance (index));
    check_frame (index, input, frames, &walk, i);
    g_assert_true (gst_omv_index_find_time (index, time, &walk));
    g_assert_cmpuint (walk.number, <=, i);
  }
}

static void
check_sidecar (GstOmvIndex * index, const GstOmvWalk * start,
    const GstOmvWalkInput * input, const GArray * frames)
{
  gsize tail_size = MIN (input->size, GST_OMV_SIDECAR_TAIL_SIZE);
  const guint8 *tail = input->data + input->size - tail_size;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GstOmvIndex) again = NULL;

  if (gst_omv_index_get_position (index) < GST_OMV_FILE_HEADER_SIZE)
    return;

  bytes = gst_omv_sidecar_write (index, input->size, tail, tail_size);
  again = gst_omv_sidecar_read (g_bytes_get_data (bytes, NULL),
      g_bytes_get_size (bytes), start, input->size, tail, tail_size, NULL);
  g_assert_nonnull (again);
  check_same (index, again);
  check_places (again, input, frames);
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  OmvFuzzTape settings = omv_fuzz_take_settings (tape);
  guint flags = (guint) omv_fuzz_take (&settings, 1);
  const GstOmvWalkInput input = {.data = tape->data,.size = tape->size,
    .end = tape->size,.at_end = TRUE
  };
  g_autoptr (GstOmvIndex) index = NULL;
  g_autoptr (GArray) frames = NULL;
  g_autoptr (GArray) rest = NULL;
  GstOmvWalk start;

  gst_omv_walk_init (&start);
  start.resync = (flags & 1) == 0;
  start.rewind = (flags & 2) == 0;
  index = gst_omv_index_new (&start);
  frames = extend (index, &input);
  g_assert_cmpuint (gst_omv_index_get_n_frames (index), ==, frames->len);

  check_places (index, &input, frames);
  check_sidecar (index, &start, &input, frames);
  gst_omv_index_reopen (index);
  rest = extend (index, &input);
  g_assert_cmpuint (gst_omv_index_get_n_frames (index), ==, frames->len);
  check_places (index, &input, frames);
}
