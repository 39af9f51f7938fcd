/* omv-walk-search.c: the next good frame behind damage
 *
 * What is a good frame behind damage? A V2 header with a known pixel format, a
 * sane size and untouched spare bytes says so by about 180 of its bits; that is
 * believed. Anything weaker (V1, used spare bytes, a place inside a frame that
 * was already passed on) must also be followed by a header or by the end.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-walk-private.h"

#include "omv-picture.h"

/* Bytes looked at in one go while searching. */
#define SEARCH_WINDOW 65536

/* Bytes that tell a good frame: its header and its picture's signature. */
#define SEARCH_LOOK (GST_OMV_FRAME_HEADER_SIZE_MAX + 8)

typedef enum
{
  CANDIDATE_NO,
  CANDIDATE_YES,
  CANDIDATE_CONFIRM,            /* if what follows bears it out */
  CANDIDATE_WEAK                /* the same, and rather where frames should start */
} Candidate;

/* Looks for the next good frame from @from on. */
void
omv_walk_start_search (GstOmvWalk * walk, guint64 from)
{
  walk->state = OMV_WALK_STATE_SEARCH;
  walk->window = from;
  walk->window_end = from;
}

/* Ends a search at a good frame or, at the recording's end, without one. */
void
omv_walk_skip_to (GstOmvWalk * walk, guint64 offset, GstOmvWalkStep * step)
{
  step->offset = offset < walk->damage ? walk->previous : walk->damage;
  step->size = offset - step->offset;
  step->number = walk->number;
  step->fault = walk->fault;

  walk->previous = GST_OMV_OFFSET_NONE;
  gst_omv_time_reader_mark_gap (&walk->time);
  omv_walk_go_to (walk, offset);
}

/* A quick look that rules most places out. @data has 16 bytes. */
static inline gboolean
may_start_here (GstOmvVersion version, const guint8 * data)
{
  /* the highest bytes of the pixel formats' codes */
  const guint32 codes = 1u << 0x05 | 1u << 0x06 | 1u << 0x08 | 1u << 0x0C
      | 1u << 0x14;

  if (data[0] == 'O')
    return TRUE;
  if (data[6] != 0 || data[7] != 0 || data[10] != 0 || data[11] != 0)
    return FALSE;
  if (version < GST_OMV_VERSION_V2_0)
    return TRUE;
  return data[15] < 32 && (codes >> data[15] & 1) != 0;
}

static gboolean
starts_recording (const guint8 * data, gsize size)
{
  GstOmvVersion version;

  return gst_omv_file_header_has_magic (data, size)
      && gst_omv_file_header_read (data, size, &version, NULL);
}

/* Whether a recording goes on at @data, with @size bytes of at most
 * SEARCH_LOOK there. */
static Candidate
judge_candidate (GstOmvWalk * walk, const GstOmvWalkInput * input,
    guint64 offset, const guint8 * data, gsize size)
{
  gsize header_size = gst_omv_version_get_header_size (walk->version);
  GstOmvFrameHeader header;
  guint64 frame_end;

  if (starts_recording (data, size))
    return CANDIDATE_YES;

  if (size < header_size
      || gst_omv_frame_header_read (walk->version, data, walk->max_frame_size,
          &header) != GST_OMV_FAULT_NONE)
    return CANDIDATE_NO;
  if (gst_omv_pixel_format_is_compressed (header.format)
      && !gst_omv_picture_has_signature (header.format, data + header_size,
          size - header_size))
    return CANDIDATE_NO;

  frame_end = offset + header_size + header.payload_size;
  if (input->at_end && frame_end > input->end)
    return CANDIDATE_NO;
  walk->candidate_end = frame_end;
  walk->follower = frame_end + gst_omv_get_padding (header.payload_size);
  if (walk->version < GST_OMV_VERSION_V2_0
      || !gst_omv_frame_header_is_plain (data, &header))
    return CANDIDATE_WEAK;
  return offset < walk->damage ? CANDIDATE_CONFIRM : CANDIDATE_YES;
}

/* Sets the next stretch to search. FALSE: there is none; @step has a size if
 * bytes are needed to tell. */
static gboolean
set_window (GstOmvWalk * walk, const GstOmvWalkInput * input,
    GstOmvWalkStep * step)
{
  guint64 known = input->end > walk->window ? input->end - walk->window : 0;

  step->size = 0;
  if (known < SEARCH_LOOK && !input->at_end) {
    step->offset = walk->window;
    step->size = SEARCH_LOOK;
    return FALSE;
  }
  if (known < GST_OMV_FILE_HEADER_SIZE)
    return FALSE;

  walk->keep = walk->window;
  walk->window_end = walk->window + MIN (known, SEARCH_WINDOW);
  walk->cursor = walk->window;
  walk->thorough = FALSE;
  return TRUE;
}

/* Looks at one place after the other, up to @limit: first for strong signs at any
 * byte, since recordings are joined at any, and for weak ones where frames should
 * start; then for weak ones anywhere else. */
static Candidate
search_window (GstOmvWalk * walk, const GstOmvWalkInput * input,
    const guint8 * data, guint64 limit)
{
  for (;;) {
    for (; walk->cursor < limit; walk->cursor++) {
      const guint8 *at = data + (walk->cursor - walk->window);
      gsize size = (gsize) (walk->window_end - walk->cursor);
      gboolean aligned = (walk->cursor - walk->base) % GST_OMV_ALIGNMENT == 0;
      Candidate verdict = CANDIDATE_NO;

      if (size < GST_OMV_FILE_HEADER_SIZE)
        break;
      if (may_start_here (walk->version, at))
        verdict = judge_candidate (walk, input, walk->cursor, at, size);
      if (verdict == CANDIDATE_WEAK ? aligned != walk->thorough
          : verdict != CANDIDATE_NO)
        return verdict;
    }
    if (walk->thorough)
      return CANDIDATE_NO;
    walk->thorough = TRUE;
    walk->cursor = walk->window;
  }
}

/* Whether the window was made for another end of the recording: bytes of it are gone,
 * or it was small only because none followed. */
static gboolean
has_moved_end (const GstOmvWalk * walk, const GstOmvWalkInput * input)
{
  if (walk->window_end > input->end)
    return input->at_end;
  return walk->window_end < input->end
      && walk->window_end - walk->window < SEARCH_LOOK;
}

gboolean
omv_walk_search (GstOmvWalk * walk, const GstOmvWalkInput * input,
    GstOmvWalkStep * step, GstOmvWalkResult * result)
{
  const guint8 *data;
  guint64 limit;

  if (has_moved_end (walk, input))
    walk->window_end = walk->window;
  if (walk->window == walk->window_end && !set_window (walk, input, step)) {
    if (step->size > 0) {
      *result = GST_OMV_WALK_NEED;
    } else if (walk->fault == GST_OMV_FAULT_TORN) {
      *result = omv_walk_finish (walk, input, walk->fault, walk->damage, step);
    } else {
      omv_walk_skip_to (walk, MAX (input->end, walk->damage), step);
      *result = GST_OMV_WALK_SKIP;
    }
    return TRUE;
  }

  data =
      omv_walk_take (input, walk->window,
      (gsize) (walk->window_end - walk->window), step);
  if (data == NULL) {
    *result = GST_OMV_WALK_NEED;
    return TRUE;
  }

  limit = walk->window_end;
  if (!input->at_end || limit < input->end)
    limit -= SEARCH_LOOK - 1;
  switch (search_window (walk, input, data, limit)) {
    case CANDIDATE_YES:
      omv_walk_skip_to (walk, walk->cursor, step);
      *result = GST_OMV_WALK_SKIP;
      return TRUE;
    case CANDIDATE_CONFIRM:
    case CANDIDATE_WEAK:
      walk->state = OMV_WALK_STATE_CONFIRM;
      return FALSE;
    case CANDIDATE_NO:
      walk->window = limit;
      walk->window_end = limit;
      return FALSE;
  }

  g_return_val_if_reached (TRUE);
}

/* Whether @data, @size bytes of a header or fewer, bears out what precedes it. */
static gboolean
is_follower (const GstOmvWalk * walk, const guint8 * data, gsize size)
{
  GstOmvFrameHeader header;

  return starts_recording (data, size)
      || size < gst_omv_version_get_header_size (walk->version)
      || gst_omv_frame_header_read (walk->version, data, walk->max_frame_size,
      &header) == GST_OMV_FAULT_NONE;
}

/* Ends the search at the candidate at @cursor, or goes on with it. */
gboolean
omv_walk_confirm (GstOmvWalk * walk, const GstOmvWalkInput * input,
    GstOmvWalkStep * step, GstOmvWalkResult * result)
{
  gsize size = omv_walk_clip (input, walk->follower,
      gst_omv_version_get_header_size (walk->version));
  gboolean confirmed = !input->at_end || walk->candidate_end <= input->end;

  if (confirmed && size >= GST_OMV_FILE_HEADER_SIZE) {
    const guint8 *data = omv_walk_take (input, walk->follower, size, step);

    if (data == NULL) {
      *result = GST_OMV_WALK_NEED;
      return TRUE;
    }
    confirmed = is_follower (walk, data, size);
  }
  if (!confirmed) {
    walk->state = OMV_WALK_STATE_SEARCH;
    walk->cursor++;
    return FALSE;
  }

  omv_walk_skip_to (walk, walk->cursor, step);
  *result = GST_OMV_WALK_SKIP;
  return TRUE;
}
