/* walk.c: fuzzes walking and resynchronising
 *
 * The input decides how the bytes come. However they come, each step is what
 * omv-walk.c guarantees: W1, W2 and W4 are asserted by omvtest-walker, W3 here.
 * Where the recording's end is known from the start, the steps are the same. Where
 * it is not, the frames are: damage may come in more pieces, because a frame that
 * turns out to be torn was believed at first. Only places that may be frames or
 * not (V1, used spare bytes) may be judged differently then.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-picture.h>

#include "omvfuzz.h"
#include "omvtest-walker.h"

static void
check_same (const OmvTestWalk * a, const OmvTestWalk * b)
{
  g_autofree gchar *steps_a = omv_test_walk_to_string (a);
  g_autofree gchar *steps_b = omv_test_walk_to_string (b);

  g_assert_cmpstr (steps_a, ==, steps_b);
}

static void
check_same_frames (const OmvTestWalk * a, const OmvTestWalk * b)
{
  g_assert_cmpuint (omv_test_walk_count (a, GST_OMV_WALK_FRAME), ==,
      omv_test_walk_count (b, GST_OMV_WALK_FRAME));
  for (guint i = 0; i < a->steps->len; i++) {
    const OmvTestStep *step = &g_array_index (a->steps, OmvTestStep, i);
    const GstOmvWalkStep *other;

    if (step->result != GST_OMV_WALK_FRAME)
      continue;
    other = omv_test_walk_frame (b, step->step.offset);
    g_assert_nonnull (other);
    g_assert_cmpuint (step->step.number, ==, other->number);
    g_assert_cmpuint (step->step.size, ==, other->size);
    g_assert_cmpuint (step->step.time, ==, other->time);
  }
}

/* Whether a frame of version 2.x stands at @at that nobody could doubt. */
static gboolean
is_good_frame (const GstOmvWalk * walk, const OmvFuzzTape * tape, gsize at)
{
  const gsize size = GST_OMV_FRAME_HEADER_SIZE_MAX;
  GstOmvFrameHeader header;

  if (at + size > tape->size
      || gst_omv_frame_header_read (GST_OMV_VERSION_V2_0, tape->data + at,
          walk->max_frame_size, &header) != GST_OMV_FAULT_NONE
      || !gst_omv_frame_header_is_plain (tape->data + at, &header)
      || header.payload_size > tape->size - at - size)
    return FALSE;

  return !gst_omv_pixel_format_is_compressed (header.format)
      || gst_omv_picture_has_signature (header.format, tape->data + at + size,
      tape->size - at - size);
}

/* Whether of each place can be said at once whether a frame stands there. */
static gboolean
is_unambiguous (const GstOmvWalk * walk, const OmvFuzzTape * tape)
{
  GstOmvFrameHeader header;
  GstOmvVersion version;

  if (!gst_omv_file_header_read (tape->data, tape->size, &version, NULL)
      || version < GST_OMV_VERSION_V2_0)
    return FALSE;

  for (gsize at = 1; at < tape->size; at++) {
    const guint8 *data = tape->data + at;
    gsize size = tape->size - at;

    if (gst_omv_file_header_has_magic (data, size))
      return FALSE;
    if (size >= GST_OMV_FRAME_HEADER_SIZE_MAX
        && gst_omv_frame_header_read (version, data, walk->max_frame_size,
            &header) == GST_OMV_FAULT_NONE
        && !gst_omv_frame_header_is_plain (data, &header))
      return FALSE;
  }

  return TRUE;
}

/* W3: nothing good is skipped. */
static void
check_skips (const GstOmvWalk * walk, const OmvFuzzTape * tape,
    const OmvTestWalk * done)
{
  for (guint i = 0; i < done->steps->len; i++) {
    const OmvTestStep *step = &g_array_index (done->steps, OmvTestStep, i);
    guint64 end = step->step.offset + step->step.size;

    if (step->result == GST_OMV_WALK_FRAME
        || step->step.fault == GST_OMV_FAULT_SHORT_BINARY)
      continue;
    for (guint64 at = step->step.offset + 1; at < end; at++)
      g_assert_false (is_good_frame (walk, tape, (gsize) at));
  }
}

/* @driver does not know where the recording ends. */
static void
run_in_pieces (const GstOmvWalk * walk, const OmvFuzzTape * tape,
    const OmvTestDriver * driver, const OmvTestWalk * whole)
{
  g_autoptr (OmvTestWalk) pieces =
      omv_test_walk (driver, *walk, tape->data, tape->size);

  if (!walk->resync) {
    check_same (whole, pieces);
  } else if (is_unambiguous (walk, tape)) {
    check_same_frames (whole, pieces);
    check_skips (walk, tape, whole);
    check_skips (walk, tape, pieces);
  }
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  OmvFuzzTape settings = omv_fuzz_take_settings (tape);
  guint flags = (guint) omv_fuzz_take (&settings, 1);
  OmvTestDriver driver = { "pushed", FALSE, 0 };
  g_autoptr (OmvTestWalk) whole = NULL;
  g_autoptr (OmvTestWalk) pulled = NULL;
  GstOmvWalk walk;

  gst_omv_walk_init (&walk);
  walk.resync = (flags & 1) == 0;
  walk.rewind = (flags & 2) != 0;
  if ((flags & 4) != 0)
    walk.max_frame_size = (guint32) omv_fuzz_take (&settings, 2);
  driver.chunk = 1 + (gsize) omv_fuzz_take (&settings, 2);

  whole = omv_test_walk (&omv_test_drivers[0], walk, tape->data, tape->size);
  pulled = omv_test_walk (&omv_test_drivers[1], walk, tape->data, tape->size);
  check_same (whole, pulled);
  if (!walk.rewind)
    run_in_pieces (&walk, tape, &driver, whole);
}
