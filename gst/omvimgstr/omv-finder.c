/* omv-finder.c: finds frames of a recording that can be pulled
 *
 * An index and the means to extend it. The index reaches as far as somebody has
 * asked; from the nearest frame that it remembers, a walk over a few headers
 * leads to the frame wanted. An index that lies beside the recording is a start,
 * but it is believed only as far as the headers that are met on the way agree
 * with it. The finder pulls for itself, so that it may run in another
 * thread than the one that plays the recording.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-finder.h"

#include <gst/omv/omv-sidecar-file.h>

#include "omv-pad-file.h"
#include "omv-pull.h"

GST_DEBUG_CATEGORY_EXTERN (omvstrdemux_debug);
#define GST_CAT_DEFAULT omvstrdemux_debug

/* After how many frames of the bytes in hand to look at the time. */
#define CLOCK_FRAMES 1024

/* What a walk from one frame of the index to the next may pull in one go. */
#define JUMP_SIZE_MAX 32768

struct _OmvFinder
{
  OmvPull pull;
  GstOmvWalk start;             /* stands at the recording's start */
  GstOmvIndex *index;
};

static GstOmvIndex *
parse_sidecar (OmvFinder * finder, GBytes * sidecar, GError ** error)
{
  const GstOmvWalkInput *input = &finder->pull.input;
  gsize size;
  const guint8 *data = g_bytes_get_data (sidecar, &size);
  guint64 known_end, tail;

  if (!gst_omv_sidecar_read_end (data, size, input->end, &known_end, error))
    return NULL;
  tail = known_end - MIN (known_end, GST_OMV_SIDECAR_TAIL_SIZE);
  if (omv_pull_bytes (&finder->pull, tail, (gsize) (known_end - tail))
      != GST_FLOW_OK || input->offset > tail
      || input->offset + input->size < known_end)
    return NULL;

  return gst_omv_sidecar_read (data, size, &finder->start, input->end,
      input->data + (tail - input->offset), (gsize) (known_end - tail), error);
}

/* The index that lies beside the recording, or NULL if there is none of use. */
static GstOmvIndex *
load_sidecar (OmvFinder * finder)
{
  g_autoptr (GFile) file = omv_pad_query_file (finder->pull.pad);
  g_autoptr (GBytes) sidecar = NULL;
  g_autoptr (GError) error = NULL;
  GstOmvIndex *index = NULL;

  if (file == NULL)
    return NULL;
  sidecar = gst_omv_sidecar_load (file, &error);
  if (sidecar != NULL)
    index = parse_sidecar (finder, sidecar, &error);
  if (index == NULL)
    GST_DEBUG_OBJECT (finder->pull.pad, "no index beside the recording: %s",
        error != NULL ? error->message : "it cannot be checked");

  return index;
}

/*
 * omv_finder_new:
 * @start: stands at the recording's start
 * @use_sidecar: whether to start with the index beside the recording
 *
 * NULL: upstream does not know how long the recording is.
 */
OmvFinder *
omv_finder_new (GstPad * pad, const GstOmvWalk * start, gboolean use_sidecar)
{
  OmvPull pull;
  OmvFinder *finder;

  if (!omv_pull_init (&pull, pad))
    return NULL;

  finder = g_new0 (OmvFinder, 1);
  finder->pull = pull;
  finder->start = *start;
  if (use_sidecar)
    finder->index = load_sidecar (finder);
  if (finder->index == NULL)
    finder->index = gst_omv_index_new (start);
  return finder;
}

/* The index is not that of this recording: another is made from scratch. */
static void
discard_index (OmvFinder * finder)
{
  GST_DEBUG_OBJECT (finder->pull.pad, "the index contradicts the recording");
  gst_omv_index_free (finder->index);
  finder->index = gst_omv_index_new (&finder->start);
}

/* Takes a step of a walk that started at a frame of the index. FALSE: it is not
 * what the index says, which is gone now. */
static gboolean
walk_on (OmvFinder * finder, GstOmvWalk * walk, gboolean first,
    GstOmvWalkResult * ret_result, GstOmvWalkStep * ret_step)
{
  *ret_result = omv_pull_walk (&finder->pull, walk, ret_step);
  if (*ret_result == GST_OMV_WALK_FRAME
      ? gst_omv_index_agrees (finder->index, ret_step)
      : !first || *ret_result == GST_OMV_WALK_NEED)
    return TRUE;

  discard_index (finder);
  return FALSE;
}

void
omv_finder_free (OmvFinder * finder)
{
  omv_pull_clear (&finder->pull);
  gst_omv_index_free (finder->index);
  g_free (finder);
}

const GstOmvIndex *
omv_finder_get_index (OmvFinder * finder)
{
  return finder->index;
}

/* The bytes of the recording. */
guint64
omv_finder_get_end (OmvFinder * finder)
{
  return finder->pull.input.end;
}

/* Lets a jump to a frame of the index bring the headers up to the next one, if
 * frames are small. */
static void
prepare_jump (OmvFinder * finder)
{
  guint64 frames = gst_omv_index_get_n_frames (finder->index);
  guint64 distance = gst_omv_index_get_distance (finder->index);
  guint64 size = frames == 0 ? 0
      : gst_omv_index_get_position (finder->index) / frames;

  finder->pull.jump = size < JUMP_SIZE_MAX / (distance + 1)
      ? (gsize) (size * (distance + 1)) : 0;
}

/*
 * omv_finder_hand_over:
 *
 * Gives @pull the bytes in hand: the frame just found is probably among them.
 */
void
omv_finder_hand_over (OmvFinder * finder, OmvPull * pull)
{
  omv_pull_take_bytes (pull, &finder->pull);
}

/* Makes the index longer by a frame or a skip. FALSE: it is complete, or nothing
 * can be pulled. */
static gboolean
extend (OmvFinder * finder)
{
  for (;;) {
    GstOmvWalkStep step;
    GstOmvWalkResult result;

    if (gst_omv_index_is_complete (finder->index))
      return FALSE;
    result = gst_omv_index_extend (finder->index, &finder->pull.input, &step,
        NULL);
    if (result != GST_OMV_WALK_NEED)
      return result == GST_OMV_WALK_FRAME || result == GST_OMV_WALK_SKIP;
    if (omv_pull_bytes (&finder->pull, step.offset, (gsize) step.size)
        != GST_FLOW_OK)
      return FALSE;
  }
}

/*
 * omv_finder_reach_end:
 * @time_max: µs after which to give up, or -1
 * @cancelled: (nullable): gives up once this is set
 *
 * Extends the index to the recording's end. FALSE: it does not reach it yet.
 */
gboolean
omv_finder_reach_end (OmvFinder * finder, gint64 time_max,
    const gint * cancelled)
{
  gint64 deadline = time_max < 0 ? G_MAXINT64
      : g_get_monotonic_time () + time_max;
  guint64 in_hand = finder->pull.input.offset;
  guint count = 0;

  while (extend (finder)) {
    if (finder->pull.input.offset == in_hand && ++count % CLOCK_FRAMES != 0)
      continue;
    /* pulling may have taken long */
    in_hand = finder->pull.input.offset;
    if ((cancelled != NULL && g_atomic_int_get (cancelled))
        || g_get_monotonic_time () >= deadline)
      break;
  }

  return gst_omv_index_is_complete (finder->index);
}

static void
set_place (const GstOmvWalk * walk, const GstOmvWalkStep * frame,
    OmvPlace * ret_place)
{
  ret_place->number = frame->number;
  ret_place->time = frame->time;
  ret_place->offset = frame->offset;
  gst_omv_walk_get_mark (walk, &ret_place->mark);
}

/*
 * omv_finder_find_number:
 *
 * Finds frame @number, or the last one if there are not so many. FALSE: there
 * is none.
 */
gboolean
omv_finder_find_number (OmvFinder * finder, guint64 number,
    OmvPlace * ret_place)
{
  GstOmvWalkResult result;
  GstOmvWalkStep step;
  gboolean found = FALSE;
  GstOmvWalk walk;

  while (gst_omv_index_get_n_frames (finder->index) <= number
      && extend (finder));
  if (!gst_omv_index_find_number (finder->index, number, &walk))
    return FALSE;

  prepare_jump (finder);
  do {
    if (!walk_on (finder, &walk, !found, &result, &step))
      return omv_finder_find_number (finder, number, ret_place);
    if (result == GST_OMV_WALK_FRAME) {
      set_place (&walk, &step, ret_place);
      found = TRUE;
    }
  } while ((result == GST_OMV_WALK_FRAME && step.number < number)
      || result == GST_OMV_WALK_SKIP);

  return found;
}

/* Of the frames on both sides of @time, the one wanted. */
static OmvSnap
choose_side (OmvSnap snap, gboolean has_before, const OmvPlace * before,
    gboolean has_after, const OmvPlace * after, GstClockTime time)
{
  if (!has_before)
    return OMV_SNAP_AFTER;
  if (!has_after)
    return OMV_SNAP_BEFORE;
  if (snap != OMV_SNAP_NEAREST)
    return snap;
  return after->time - time < time - before->time
      ? OMV_SNAP_AFTER : OMV_SNAP_BEFORE;
}

/*
 * omv_finder_find_time:
 *
 * Finds the first frame that has exactly @time, else the last one before or the
 * first one after it; the only one where there is none on the side wanted.
 * FALSE: there is no frame at all.
 */
gboolean
omv_finder_find_time (OmvFinder * finder, GstClockTime time, OmvSnap snap,
    OmvPlace * ret_place)
{
  gboolean has_before = FALSE, has_after = FALSE;
  OmvPlace before, after;
  GstOmvWalkResult result;
  GstOmvWalkStep step;
  GstOmvWalk walk;

  while ((gst_omv_index_get_n_frames (finder->index) == 0
          || gst_omv_index_get_last_time (finder->index) < time)
      && extend (finder));
  if (!gst_omv_index_find_time (finder->index, time, &walk))
    return FALSE;

  prepare_jump (finder);

  do {
    if (!walk_on (finder, &walk, !has_before, &result, &step))
      return omv_finder_find_time (finder, time, snap, ret_place);
    if (result != GST_OMV_WALK_FRAME)
      continue;
    has_after = step.time >= time;
    has_before = has_before || !has_after;
    set_place (&walk, &step, has_after ? &after : &before);
  } while (!has_after && (result == GST_OMV_WALK_FRAME
          || result == GST_OMV_WALK_SKIP));

  if (!has_before && !has_after)
    return FALSE;
  if (has_after && after.time == time)
    *ret_place = after;
  else
    *ret_place = choose_side (snap, has_before, &before, has_after, &after,
        time) == OMV_SNAP_AFTER ? after : before;
  return TRUE;
}

/*
 * omv_finder_find_offset:
 *
 * Finds the frame that the byte at @offset belongs to, or the first one.
 */
gboolean
omv_finder_find_offset (OmvFinder * finder, guint64 offset,
    OmvPlace * ret_place)
{
  guint64 low = 0, high;

  while (gst_omv_index_get_position (finder->index) <= offset
      && extend (finder));
  high = gst_omv_index_get_n_frames (finder->index);
  if (high == 0)
    return FALSE;

  /* frame @low starts at or before @offset, frame @high behind it */
  while (high - low > 1) {
    guint64 middle = low + (high - low) / 2;

    if (!omv_finder_find_number (finder, middle, ret_place))
      return FALSE;
    if (ret_place->offset <= offset)
      low = middle;
    else
      high = middle;
  }

  return omv_finder_find_number (finder, low, ret_place);
}

/*
 * omv_finder_list_before:
 *
 * Appends to @places the last frames before frame @number, in order, as many as
 * one walk brings. FALSE: there are none.
 */
gboolean
omv_finder_list_before (OmvFinder * finder, guint64 number, GArray * places)
{
  GstOmvWalkResult result;
  GstOmvWalkStep step;
  GstOmvWalk walk;

  /* the index may lag behind where it was lent out meanwhile */
  while (gst_omv_index_get_n_frames (finder->index) < number
      && extend (finder));
  if (number == 0
      || !gst_omv_index_find_number (finder->index, number - 1, &walk))
    return FALSE;

  do {
    if (!walk_on (finder, &walk, places->len == 0, &result, &step)) {
      g_array_set_size (places, 0);
      return omv_finder_list_before (finder, number, places);
    }
    if (result == GST_OMV_WALK_FRAME && step.number < number) {
      OmvPlace place;

      set_place (&walk, &step, &place);
      g_array_append_val (places, place);
    }
  } while (result == GST_OMV_WALK_SKIP
      || (result == GST_OMV_WALK_FRAME && step.number + 1 < number));

  return places->len > 0;
}
