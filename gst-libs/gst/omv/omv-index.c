/* omv-index.c: where the frames of a recording are
 *
 * A recording has no index of its own, so one is made from its headers, as far
 * as somebody needs it: an index is a walk that remembers every so many frames.
 * From the nearest frame remembered, another walk goes on to the one wanted.
 *
 * Guarantees, cited by the tests:
 *
 *  I1  It remembers at most ENTRIES_MAX frames, at equal distances. When they
 *      are full, every other one is forgotten and the distance doubles: memory
 *      is bounded at any length, and so is the walk from the nearest frame for
 *      any given length (8 headers up to a million frames, 1024 for a hundred
 *      million).
 *  I2  A walk that goes on from a frame found here takes the same steps as one
 *      that came from the recording's start.
 *  I3  What is remembered can be held against the recording: whoever walks from
 *      a frame found here asks gst_omv_index_agrees() of each frame it meets.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-index.h"

#include "omv-index-private.h"

/**
 * gst_omv_index_new: (skip)
 * @start: a walk that stands at the start of a recording, with its settings
 *
 * Returns: (transfer full): an index without any frame yet
 *
 * Since: 0.1
 */
GstOmvIndex *
gst_omv_index_new (const GstOmvWalk * start)
{
  GstOmvIndex *index = g_new0 (GstOmvIndex, 1);

  index->start = *start;
  index->walk = *start;
  index->entries = g_array_new (FALSE, FALSE, sizeof (OmvIndexEntry));
  index->times = g_array_new (FALSE, FALSE, sizeof (guint64));
  index->damages = g_array_new (FALSE, FALSE, sizeof (OmvIndexDamage));
  index->distance = OMV_INDEX_FIRST_DISTANCE;

  return index;
}

/**
 * gst_omv_index_free: (skip)
 * @index: (transfer full): an index
 *
 * Since: 0.1
 */
void
gst_omv_index_free (GstOmvIndex * index)
{
  g_array_unref (index->entries);
  g_array_unref (index->times);
  g_array_unref (index->damages);
  g_free (index);
}

/* A header in 32 bits, by FNV-1a over its fields, a word at a time. */
static guint32
hash_header (GstOmvVersion version, const GstOmvFrameHeader * header)
{
  const guint32 words[] = { (guint32) version, header->interval,
    (guint32) header->width, (guint32) header->height,
    (guint32) header->format, header->size_word, header->payload_size,
    (guint32) header->exact_time, (guint32) (header->exact_time >> 32)
  };
  guint32 hash = 2166136261u;

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    hash = (hash ^ words[i]) * 16777619u;

  return hash;
}

/* ---- places ---- */

static OmvIndexEntry *
get_entry (const GstOmvIndex * index, guint i)
{
  return &g_array_index (index->entries, OmvIndexEntry, i);
}

static guint64 *
get_time (const GstOmvIndex * index, guint i)
{
  return &g_array_index (index->times, guint64, i);
}

void
omv_index_get_place (const GstOmvIndex * index, guint i,
    OmvIndexPlace * ret_place)
{
  const OmvIndexEntry *entry = get_entry (index, i);
  GstOmvWalkMark *mark = &ret_place->mark;

  mark->position = entry->position;
  mark->number = i * index->distance;
  mark->base = entry->base;
  mark->time.time = entry->time_before;
  mark->time.exact = entry->exact_before;
  mark->time.anchor_time = entry->anchor_time;
  mark->time.anchor_exact = entry->anchor_exact;
  mark->time.gap = entry->gap;
  mark->version = (GstOmvVersion) entry->version;
  ret_place->time = *get_time (index, i);
  ret_place->check = entry->check;
}

/* @place is behind all others, at the distance that the index has. */
void
omv_index_add_place (GstOmvIndex * index, const OmvIndexPlace * place)
{
  const GstOmvWalkMark *mark = &place->mark;
  OmvIndexEntry entry;

  entry.position = mark->position;
  entry.base = mark->base;
  entry.time_before = mark->time.time;
  entry.exact_before = mark->time.exact;
  entry.anchor_time = mark->time.anchor_time;
  entry.anchor_exact = mark->time.anchor_exact;
  entry.check = place->check;
  entry.version = (guint16) mark->version;
  entry.gap = mark->time.gap ? 1 : 0;
  g_array_append_val (index->entries, entry);
  g_array_append_val (index->times, place->time);
}

/* Forgets all but the first @kept places. */
void
omv_index_forget_places (GstOmvIndex * index, guint kept)
{
  g_array_set_size (index->entries, kept);
  g_array_set_size (index->times, kept);
}

static gboolean
is_remembered (const GstOmvIndex * index, guint64 number)
{
  return (number & (index->distance - 1)) == 0;
}

/* Forgets every other frame. */
static void
thin_out (GstOmvIndex * index)
{
  guint kept = (index->entries->len + 1) / 2;

  for (guint i = 1; i < kept; i++) {
    *get_entry (index, i) = *get_entry (index, 2 * i);
    *get_time (index, i) = *get_time (index, 2 * i);
  }
  omv_index_forget_places (index, kept);
  index->distance *= 2;
}

static void
remember (GstOmvIndex * index, const GstOmvWalkStep * frame)
{
  OmvIndexPlace place = {.time = frame->time,
    .check = hash_header (frame->version, &frame->header)
  };

  if (index->entries->len == OMV_INDEX_ENTRIES_MAX)
    thin_out (index);
  if (!is_remembered (index, frame->number))
    return;

  gst_omv_walk_get_mark (&index->walk, &place.mark);
  omv_index_add_place (index, &place);
}

/* ---- making it longer ---- */

static void
pass_frame (GstOmvIndex * index, const GstOmvWalkStep * frame)
{
  if (frame->number == 0)
    index->first_time = frame->time;
  else
    index->last_interval = frame->time - index->last_time;
  index->last_time = frame->time;
  if (is_remembered (index, frame->number))
    remember (index, frame);
}

static void
note_damage (GstOmvIndex * index, const GstOmvWalkStep * step)
{
  OmvIndexDamage damage = {.offset = step->offset,.size = step->size,
    .number = step->number,.fault = step->fault
  };

  if (index->damages->len < OMV_INDEX_DAMAGES_MAX)
    g_array_append_val (index->damages, damage);
}

/* Notes the damage that the walk cannot pass. An error does not say what it is,
 * but the walk would if it were allowed to go on. */
static void
note_stop (GstOmvIndex * index, const GstOmvWalkInput * input)
{
  GstOmvWalk beyond = index->walk;
  GstOmvWalkStep step;

  if (beyond.position < GST_OMV_FILE_HEADER_SIZE)
    return;                     /* no recording */

  beyond.resync = TRUE;
  (void) gst_omv_walk_next (&beyond, input, &step, NULL);
  step.offset = index->walk.position;
  step.size = MAX (input->end, step.offset) - step.offset;
  step.number = index->walk.number;
  step.fault = beyond.fault;
  note_damage (index, &step);
}

/**
 * gst_omv_index_extend: (skip)
 * @index: an index that is not complete
 * @input: the bytes in hand
 * @ret_step: (out): details of the result
 * @error: return location
 *
 * Takes a step of the walk that makes the index, exactly as
 * gst_omv_walk_next() does. Only headers are needed, never payloads.
 *
 * Returns: what was found. %GST_OMV_WALK_END and %GST_OMV_WALK_ERROR complete
 *   the index
 *
 * Since: 0.1
 */
GstOmvWalkResult
gst_omv_index_extend (GstOmvIndex * index, const GstOmvWalkInput * input,
    GstOmvWalkStep * ret_step, GError ** error)
{
  GstOmvWalkResult result;

  g_return_val_if_fail (!index->complete, GST_OMV_WALK_ERROR);

  result = gst_omv_walk_next (&index->walk, input, ret_step, error);
  if (result == GST_OMV_WALK_FRAME) {
    pass_frame (index, ret_step);
  } else if (result != GST_OMV_WALK_NEED) {
    index->complete = result != GST_OMV_WALK_SKIP;
    index->torn = result == GST_OMV_WALK_END
        && ret_step->fault != GST_OMV_FAULT_NONE;
    if (result == GST_OMV_WALK_ERROR)
      note_stop (index, input);
    else if (ret_step->fault != GST_OMV_FAULT_NONE)
      note_damage (index, ret_step);
  }

  return result;
}

/**
 * gst_omv_index_add: (skip)
 * @index: an index
 * @walk: another walk over the same recording, that has just passed @frame
 * @frame: that step
 *
 * Makes the index longer by a frame that somebody else has come to. One that it
 * has passed already changes nothing.
 *
 * Since: 0.1
 */
void
gst_omv_index_add (GstOmvIndex * index, const GstOmvWalk * walk,
    const GstOmvWalkStep * frame)
{
  if (frame->number != index->walk.number)
    return;

  index->walk = *walk;
  pass_frame (index, frame);
}

/**
 * gst_omv_index_reopen: (skip)
 * @index: an index
 *
 * Takes the index back to the last frame remembered, so that it can be
 * extended again: for a recording that has grown since.
 *
 * Since: 0.1
 */
void
gst_omv_index_reopen (GstOmvIndex * index)
{
  guint last = index->entries->len;
  guint kept = 0;

  index->complete = FALSE;
  index->torn = FALSE;
  index->last_interval = 0;
  index->last_time = 0;
  index->walk = index->start;
  if (last > 0) {
    OmvIndexPlace place;

    omv_index_get_place (index, --last, &place);
    gst_omv_walk_go_to_mark (&index->walk, &place.mark);
    index->last_time = place.mark.time.time;
    while (kept < index->damages->len
        && omv_index_get_damage (index, kept)->offset < place.mark.position)
      kept++;
  }
  omv_index_forget_places (index, last);
  g_array_set_size (index->damages, kept);
}

/**
 * gst_omv_index_agrees: (skip)
 * @index: an index
 * @frame: a %GST_OMV_WALK_FRAME, met on the way from a frame found in @index
 *
 * Holds what the index remembers against the recording itself. The first step
 * of a walk that gst_omv_index_find_number() or gst_omv_index_find_time() has
 * set must be a frame, and this and all further ones must agree. If not, then
 * the recording has changed or the index was never its own; it is of no use.
 *
 * Returns: %FALSE if the index remembers another frame of that number
 *
 * Since: 0.1
 */
gboolean
gst_omv_index_agrees (const GstOmvIndex * index, const GstOmvWalkStep * frame)
{
  guint64 i = frame->number / index->distance;
  const OmvIndexEntry *entry;

  if (!is_remembered (index, frame->number) || i >= index->entries->len)
    return TRUE;

  entry = get_entry (index, (guint) i);
  return entry->position == frame->offset
      && *get_time (index, (guint) i) == frame->time
      && entry->check == hash_header (frame->version, &frame->header);
}

/**
 * gst_omv_index_get_walk: (skip)
 * @index: an index
 *
 * Returns: (transfer none): the walk that makes the index, standing behind the
 *   last step that gst_omv_index_extend() took; copy it to walk on
 *
 * Since: 0.1
 */
const GstOmvWalk *
gst_omv_index_get_walk (const GstOmvIndex * index)
{
  return &index->walk;
}

/**
 * gst_omv_index_is_complete: (skip)
 * @index: an index
 *
 * Returns: %TRUE if it reaches the recording's end, or damage that it cannot
 *   pass
 *
 * Since: 0.1
 */
gboolean
gst_omv_index_is_complete (const GstOmvIndex * index)
{
  return index->complete;
}

/**
 * gst_omv_index_is_torn: (skip)
 * @index: an index
 *
 * Returns: %TRUE if it is complete and the recording ends in a torn frame
 *
 * Since: 0.1
 */
gboolean
gst_omv_index_is_torn (const GstOmvIndex * index)
{
  return index->torn;
}

/**
 * gst_omv_index_get_n_damages: (skip)
 * @index: an index
 *
 * Returns: the damaged stretches that it has passed, a torn last frame and
 *   damage that it could not pass among them. After 16384 it counts no further
 *
 * Since: 0.1
 */
guint
gst_omv_index_get_n_damages (const GstOmvIndex * index)
{
  return index->damages->len;
}

/**
 * gst_omv_index_get_damage: (skip)
 * @index: an index
 * @i: which one, below gst_omv_index_get_n_damages()
 * @ret_step: (out): its offset, size, number and fault, as of a
 *   %GST_OMV_WALK_SKIP. Damage that could not be passed ends where the
 *   recording does
 *
 * Since: 0.1
 */
void
gst_omv_index_get_damage (const GstOmvIndex * index, guint i,
    GstOmvWalkStep * ret_step)
{
  const OmvIndexDamage *damage;

  g_return_if_fail (i < index->damages->len);

  damage = omv_index_get_damage (index, i);
  *ret_step = (GstOmvWalkStep) {
  .offset = damage->offset,.size = damage->size,.number =
        damage->number,.fault = damage->fault};
}

/**
 * gst_omv_index_get_n_frames: (skip)
 * @index: an index
 *
 * Returns: the frames that it has passed
 *
 * Since: 0.1
 */
guint64
gst_omv_index_get_n_frames (const GstOmvIndex * index)
{
  return index->walk.number;
}

/**
 * gst_omv_index_get_first_time: (skip)
 * @index: an index
 *
 * Returns: the time of frame 0 in ns, 0 while there is none
 *
 * Since: 0.1
 */
guint64
gst_omv_index_get_first_time (const GstOmvIndex * index)
{
  return index->first_time;
}

/**
 * gst_omv_index_get_last_time: (skip)
 * @index: an index
 *
 * Returns: the time of the last frame passed in ns, 0 while there is none
 *
 * Since: 0.1
 */
guint64
gst_omv_index_get_last_time (const GstOmvIndex * index)
{
  return index->last_time;
}

/**
 * gst_omv_index_get_end_time: (skip)
 * @index: an index
 *
 * Returns: the time in ns at which the last frame passed ends, if it lasts as
 *   long as the one before it
 *
 * Since: 0.1
 */
guint64
gst_omv_index_get_end_time (const GstOmvIndex * index)
{
  return MIN (index->last_time + index->last_interval, GST_OMV_TIME_MAX);
}

/**
 * gst_omv_index_get_position: (skip)
 * @index: an index
 *
 * Returns: how far into the recording it reaches, in bytes
 *
 * Since: 0.1
 */
guint64
gst_omv_index_get_position (const GstOmvIndex * index)
{
  return index->walk.position;
}

/* ---- finding ---- */

/**
 * gst_omv_index_get_distance: (skip)
 * @index: an index
 *
 * Returns: frames from one that is remembered to the next
 *
 * Since: 0.1
 */
guint64
gst_omv_index_get_distance (const GstOmvIndex * index)
{
  return index->distance;
}

static void
go_to_entry (const GstOmvIndex * index, guint i, GstOmvWalk * walk)
{
  OmvIndexPlace place;

  omv_index_get_place (index, i, &place);
  *walk = index->start;
  gst_omv_walk_go_to_mark (walk, &place.mark);
}

/**
 * gst_omv_index_find_number: (skip)
 * @index: an index
 * @number: the number of a frame
 * @walk: (out caller-allocates): a walk that stands before the nearest frame
 *   remembered whose number is at most @number; untouched if there is none
 *
 * Where frame @number has not been passed yet, the walk stands before the last
 * one remembered.
 *
 * Returns: %FALSE while no frame has been passed
 *
 * Since: 0.1
 */
gboolean
gst_omv_index_find_number (const GstOmvIndex * index, guint64 number,
    GstOmvWalk * walk)
{
  guint64 i = number / index->distance;

  if (index->entries->len == 0)
    return FALSE;

  go_to_entry (index, (guint) MIN (i, index->entries->len - 1), walk);
  return TRUE;
}

/**
 * gst_omv_index_find_time: (skip)
 * @index: an index
 * @time: ns from the recording's start
 * @walk: (out caller-allocates): a walk that stands before the nearest frame
 *   remembered whose time is less than @time, or else before frame 0; untouched
 *   if there is none
 *
 * A frame that has exactly that time does not count, because others with the
 * same time may stand before it.
 *
 * Returns: %FALSE while no frame has been passed
 *
 * Since: 0.1
 */
gboolean
gst_omv_index_find_time (const GstOmvIndex * index, guint64 time,
    GstOmvWalk * walk)
{
  guint low = 0, high = index->entries->len;

  if (high == 0)
    return FALSE;

  /* entries before @low are earlier than @time, those from @high on are not */
  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (*get_time (index, middle) < time)
      low = middle + 1;
    else
      high = middle;
  }

  go_to_entry (index, low > 0 ? low - 1 : 0, walk);
  return TRUE;
}
