/* windows.c: fuzzes which frames of a ring a trigger saves
 *
 * The input is frames and triggers at any times. Held against what can be said
 * without a model of it: C1, C4, and that no clip is larger than its windows. The
 * unit test has the model.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-windows.h>

#include "omvfuzz.h"

#define EVENTS_MAX 512

typedef struct
{
  GstOmvWindowSettings settings;
  GstOmvWindows *windows;
  GPtrArray *clips;             /* of GstOmvClip, by id */
  GArray *seen;                 /* of GstOmvClip: what they were */
} Test;

/* C4 */
static void
check_clip (const Test * test, const GstOmvClip * clip, GstOmvClip * seen)
{
  guint64 n_frames = gst_omv_windows_get_n_frames (test->windows);

  if (seen->ready) {
    g_assert_true (clip->ready);
    g_assert_cmpuint (clip->first, ==, seen->first);
    g_assert_cmpuint (clip->trigger, ==, seen->trigger);
    g_assert_cmpuint (clip->end, >=, seen->end);
    g_assert_true (!seen->closed || clip->end == seen->end);
  }
  if (clip->ready) {
    g_assert_cmpuint (clip->first, <=, clip->end);
    g_assert_cmpuint (clip->end, <=, n_frames);
    g_assert_true (clip->first >= clip->trigger
        || clip->trigger - clip->first <= test->settings.pre_frames);
    g_assert_true (clip->first >= clip->trigger
        || clip->trigger - clip->first < test->settings.reach);
  }
  g_assert_true (clip->ready || !clip->closed);
  *seen = *clip;
}

/* C1 */
static void
check_clips (const Test * test)
{
  gboolean all_closed = TRUE;

  for (guint i = 0; i < test->clips->len; i++) {
    const GstOmvClip *clip = g_ptr_array_index (test->clips, i);

    check_clip (test, clip, &g_array_index (test->seen, GstOmvClip, i));
    g_assert_true (all_closed || !clip->closed);
    all_closed = clip->closed;
    for (guint j = 0; j < i && clip->ready; j++) {
      const GstOmvClip *other = g_ptr_array_index (test->clips, j);

      g_assert_true (clip->first == clip->end || other->first == other->end
          || clip->first >= other->end || clip->end <= other->first);
    }
  }
  g_assert_cmpint (gst_omv_windows_is_open (test->windows), ==, !all_closed);
}

static void
trigger (Test * test, guint64 time)
{
  const GstOmvClip nothing = { 0, };
  GstOmvClip *clip = NULL;
  guint64 id = gst_omv_windows_trigger (test->windows, time, &clip);

  g_assert_cmpuint (id, <=, test->clips->len + 1);
  g_assert_true ((clip != NULL) == (id == test->clips->len + 1));
  if (clip == NULL)
    return;
  g_assert_cmpuint (clip->id, ==, id);
  g_ptr_array_add (test->clips, clip);
  g_array_append_val (test->seen, nothing);
}

/* Of the clips that are open, the oldest one can be given up once it is ready. */
static void
give_up (Test * test)
{
  for (guint i = 0; i < test->clips->len; i++) {
    GstOmvClip *clip = g_ptr_array_index (test->clips, i);

    if (clip->closed)
      continue;
    if (clip->ready) {
      gst_omv_windows_give_up (test->windows, clip);
      g_assert_true (clip->closed);
    }
    return;
  }
}

static void
run_event (Test * test, OmvFuzzTape * tape)
{
  guint kind = (guint) omv_fuzz_take (tape, 1);
  guint64 newest = gst_omv_windows_get_newest_time (test->windows);
  guint64 time = kind & 0x80 ? omv_fuzz_take (tape, 8)
      : newest + omv_fuzz_take (tape, 1) - MIN (newest, 64);

  switch (kind % 8) {
    case 0:
    case 1:
    case 2:
    case 3:
      gst_omv_windows_add_frame (test->windows, time);
      break;
    case 5:
      give_up (test);
      break;
    case 6:
      gst_omv_windows_stop_waiting (test->windows);
      g_assert_false (gst_omv_windows_is_waiting (test->windows));
      break;
    case 7:
      gst_omv_windows_close (test->windows);
      break;
    default:
      trigger (test, time);
      break;
  }
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  Test test = { 0, };
  GstOmvWindowSettings *settings = &test.settings;
  guint flags = (guint) omv_fuzz_take (tape, 1);

  settings->reach = 1 + omv_fuzz_take (tape, 1) % 32;
  settings->pre_frames = flags & 1 ? GST_OMV_WINDOW_ALL
      : omv_fuzz_take (tape, 1);
  settings->pre_time = flags & 2 ? GST_OMV_WINDOW_ALL : omv_fuzz_take (tape, 2);
  settings->post_frames = omv_fuzz_take (tape, flags & 4 ? 8 : 1);
  settings->post_time = omv_fuzz_take (tape, flags & 8 ? 8 : 1);
  settings->retrigger = (GstOmvRetrigger) (flags / 16 % 3);
  test.windows = gst_omv_windows_new (settings);
  test.clips = g_ptr_array_new_with_free_func (
      (GDestroyNotify) gst_omv_clip_unref);
  test.seen = g_array_new (FALSE, FALSE, sizeof (GstOmvClip));

  for (guint i = 0; i < EVENTS_MAX && tape->size > 0; i++) {
    run_event (&test, tape);
    check_clips (&test);
  }
  gst_omv_windows_close (test.windows);
  check_clips (&test);

  g_array_unref (test.seen);
  g_ptr_array_unref (test.clips);
  gst_omv_windows_free (test.windows);
}
