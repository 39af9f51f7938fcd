/* omvtest-walker.c: walks over whole recordings, fed in several ways
 *
 * Each walk is held to what omv-walk.h promises at every step: it asks for no
 * byte before `keep` nor beyond a known end, not for what it has, it finds
 * whole frames at rising offsets (W1, W4), and it ends. The bytes in hand are
 * always a copy of their own, so that a memory checker sees a read beyond them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvtest-walker.h"

#include <inttypes.h>
#include <string.h>

const OmvTestDriver omv_test_drivers[OMV_TEST_N_DRIVERS] = {
  {"whole in memory", TRUE, 0},
  {"pulled, only what is asked for", FALSE, 0},
  {"pushed by 1", FALSE, 1},
  {"pushed by 15", FALSE, 15},
  {"pushed by 16", FALSE, 16},
  {"pushed by 17", FALSE, 17},
  {"pushed by 4095", FALSE, 4095},
};

typedef struct
{
  const OmvTestDriver *driver;
  const guint8 *data;
  gsize size;
  GstOmvWalkInput input;
  guint8 *hand;
  guint64 patience;             /* NEEDs until the walk counts as endless */

  /* what the walk said so far */
  guint64 keep;
  guint64 n_frames;
  guint64 frame_offset;         /* of the last FRAME, + 1 */
  guint64 covered;              /* end of the last FRAME or SKIP */
  guint64 time;
} Feed;

gboolean
omv_test_driver_can_rewind (const OmvTestDriver * driver)
{
  return driver->chunk == 0;
}

static void
hold (Feed * feed, guint64 from, guint64 to)
{
  g_free (feed->hand);
  feed->hand = to > from ? g_memdup2 (feed->data + from, to - from) : NULL;
  feed->input.data = feed->hand;
  feed->input.offset = from;
  feed->input.size = to - from;
}

static void
start (Feed * feed)
{
  feed->patience = 4 * feed->size + 64;
  if (feed->driver->chunk > 0)
    return;

  feed->input.end = feed->size;
  feed->input.at_end = TRUE;
  if (feed->driver->whole)
    hold (feed, 0, feed->size);
}

static void
push (Feed * feed, const GstOmvWalk * walk, const GstOmvWalkStep * need)
{
  guint64 end = feed->input.end;

  g_assert_cmpuint (need->offset + need->size, >, end);
  if (end == feed->size) {
    g_assert_false (feed->input.at_end);
    feed->input.at_end = TRUE;
  }
  end = MIN (end + feed->driver->chunk, feed->size);
  feed->input.end = end;
  hold (feed, MIN (walk->keep, end), end);
}

static void
answer (Feed * feed, const GstOmvWalk * walk, const GstOmvWalkStep * need)
{
  g_assert_cmpuint (feed->patience--, >, 0);
  g_assert_cmpuint (need->offset, >=, walk->keep);
  if (feed->input.at_end) {
    g_assert_cmpuint (need->size, >, 0);
    g_assert_cmpuint (need->offset + need->size, <=, feed->size);
  }

  g_assert_false (feed->driver->whole);
  if (feed->driver->chunk > 0 && !feed->input.at_end)
    push (feed, walk, need);
  else if (feed->driver->chunk > 0)
    g_assert_not_reached ();
  else
    hold (feed, need->offset, need->offset + need->size);
}

static void
check_frame (Feed * feed, const GstOmvWalkStep * step)
{
  g_assert_cmpuint (step->offset, >=, feed->frame_offset);
  g_assert_cmpuint (step->number, ==, feed->n_frames);
  g_assert_cmpuint (step->offset
      + gst_omv_version_get_header_size (step->version), ==,
      step->payload_offset);
  g_assert_cmpuint (step->offset + step->size, ==,
      step->payload_offset + step->header.payload_size);
  g_assert_cmpuint (step->offset + step->size, <=, feed->size);
  g_assert_cmpuint (step->time, >=, feed->time);
  g_assert_cmpint (step->fault, ==, GST_OMV_FAULT_NONE);

  feed->frame_offset = step->offset + 1;
  feed->n_frames++;
  feed->time = step->time;
}

static void
check_fault (const GstOmvWalkStep * step)
{
  g_autofree gchar *text = gst_omv_walk_step_describe (step);
  g_autofree gchar *frame =
      g_strdup_printf ("Frame %" PRIu64 " at byte %" PRIu64 " ", step->number,
      step->offset);

  g_assert_true (g_str_has_prefix (text, frame));
}

static void
check_step (Feed * feed, const GstOmvWalk * walk, GstOmvWalkResult result,
    const GstOmvWalkStep * step)
{
  if (!walk->rewind) {
    g_assert_cmpuint (walk->keep, >=, feed->keep);
    g_assert_cmpuint (step->offset, >=, feed->covered);
  }
  feed->keep = walk->keep;
  g_assert_cmpuint (walk->number, ==,
      feed->n_frames + (result == GST_OMV_WALK_FRAME));

  if (result == GST_OMV_WALK_FRAME) {
    g_assert_cmpuint (walk->keep, >=, step->offset + step->size);
    check_frame (feed, step);
  } else {
    g_assert_cmpuint (step->number, ==, feed->n_frames);
    g_assert_cmpint (step->fault != GST_OMV_FAULT_NONE, ==, step->size > 0);
    if (step->fault != GST_OMV_FAULT_NONE)
      check_fault (step);
  }
  if (result == GST_OMV_WALK_SKIP) {
    g_assert_cmpuint (step->size, >, 0);
    g_assert_cmpuint (step->offset + step->size, <=, feed->size);
  }
  if (result == GST_OMV_WALK_END)
    g_assert_cmpuint (step->offset + step->size, ==, feed->size);
  feed->covered = step->offset + step->size;
}

/* Walks @data to the end or an error. @walk holds the settings. */
OmvTestWalk *
omv_test_walk (const OmvTestDriver * driver, GstOmvWalk walk,
    const guint8 * data, gsize size)
{
  OmvTestWalk *done = g_new0 (OmvTestWalk, 1);
  Feed feed = {.driver = driver,.data = data,.size = size };
  OmvTestStep step;

  done->steps = g_array_new (FALSE, FALSE, sizeof (OmvTestStep));
  start (&feed);
  do {
    step.result = gst_omv_walk_next (&walk, &feed.input, &step.step,
        &done->error);
    if (step.result == GST_OMV_WALK_NEED) {
      answer (&feed, &walk, &step.step);
      continue;
    }
    g_assert_true ((step.result == GST_OMV_WALK_ERROR) ==
        (done->error != NULL));
    if (step.result != GST_OMV_WALK_ERROR)
      check_step (&feed, &walk, step.result, &step.step);
    g_array_append_val (done->steps, step);
    g_assert_cmpuint (done->steps->len, <=, size + 1);
  } while (step.result != GST_OMV_WALK_END
      && step.result != GST_OMV_WALK_ERROR);

  g_free (feed.hand);
  return done;
}

void
omv_test_walk_free (OmvTestWalk * walk)
{
  g_array_unref (walk->steps);
  g_clear_error (&walk->error);
  g_free (walk);
}

/* The FRAME at @offset, or NULL. */
const GstOmvWalkStep *
omv_test_walk_frame (const OmvTestWalk * walk, guint64 offset)
{
  for (guint i = 0; i < walk->steps->len; i++) {
    const OmvTestStep *step = &g_array_index (walk->steps, OmvTestStep, i);

    if (step->result == GST_OMV_WALK_FRAME && step->step.offset == offset)
      return &step->step;
  }

  return NULL;
}

guint
omv_test_walk_count (const OmvTestWalk * walk, GstOmvWalkResult result)
{
  guint count = 0;

  for (guint i = 0; i < walk->steps->len; i++)
    count += g_array_index (walk->steps, OmvTestStep, i).result == result;

  return count;
}

static const gchar *
get_error_name (const GError * error)
{
  static const gchar *const names[] = {
    "wrong-type", "unsupported", "corrupt", "truncated", "frame-size",
    "interval"
  };

  g_assert_true (error->domain == GST_OMV_ERROR);
  return names[error->code];
}

/* The walk in words: "@16" a frame at byte 16, "!64+8W" 8 bytes skipped from 64
 * on for a bad width, "." the end, ".64+8T" the end with a torn rest,
 * "?corrupt" an error. The faults: P pixel format, W width, H height, E empty,
 * L too large, V version, B short 1-bit frame, T torn. */
gchar *
omv_test_walk_to_string (const OmvTestWalk * walk)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < walk->steps->len; i++) {
    const OmvTestStep *step = &g_array_index (walk->steps, OmvTestStep, i);
    const GstOmvWalkStep *s = &step->step;

    if (i > 0)
      g_string_append_c (text, ' ');
    if (step->result == GST_OMV_WALK_FRAME)
      g_string_append_printf (text, "@%" PRIu64, s->offset);
    else if (step->result == GST_OMV_WALK_ERROR)
      g_string_append_printf (text, "?%s", get_error_name (walk->error));
    else if (s->fault == GST_OMV_FAULT_NONE)
      g_string_append_c (text, '.');
    else
      g_string_append_printf (text, "%c%" PRIu64 "+%" PRIu64 "%c",
          step->result == GST_OMV_WALK_SKIP ? '!' : '.', s->offset, s->size,
          "-PWHELVBT"[s->fault]);
  }

  return g_string_free (text, FALSE);
}
