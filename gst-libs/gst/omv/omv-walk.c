/* omv-walk.c: from one frame of a recording to the next, without I/O
 *
 * The walk is told which bytes its caller has in hand and answers with a frame,
 * a damaged stretch, the end, or the bytes that it needs to go on. So the same
 * code serves a demuxer that pulls, one that is pushed to, a file and memory.
 *
 * Guarantees, cited by the tests:
 *
 *  W1  A FRAME is whole: its payload ends at or before the known end.
 *  W2  Padding is not part of a frame. The last one may lack it.
 *  W3  Where a header cannot be true, or the last frame is torn, every good
 *      frame behind it is found, at whatever byte it starts.
 *  W4  Offsets of FRAMEs rise strictly, so a walk ends whatever the bytes are.
 *  W5  With `rewind`, a frame whose false size swallowed others costs only
 *      itself, unless that size ends exactly where another frame starts or the
 *      recording ends.
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

#include "omv-walk.h"

#include <inttypes.h>
#include <string.h>

#include "omv-i18n.h"
#include "omv-picture.h"

/* Bytes looked at in one go while searching. */
#define SEARCH_WINDOW 65536

/* Bytes that tell a good frame: its header and its picture's signature. */
#define SEARCH_LOOK (GST_OMV_FRAME_HEADER_SIZE_MAX + 8)

enum
{
  STATE_FILE_HEADER,
  STATE_FRAME_HEADER,
  STATE_BINARY,
  STATE_SEARCH,
  STATE_CONFIRM
};

typedef enum
{
  CANDIDATE_NO,
  CANDIDATE_YES,
  CANDIDATE_CONFIRM,            /* if what follows bears it out */
  CANDIDATE_WEAK                /* the same, and rather where frames should start */
} Candidate;

/**
 * gst_omv_walk_init:
 * @walk: (out caller-allocates): a walk
 *
 * Makes @walk stand at the first byte of a recording.
 *
 * Since: 0.1
 */
void
gst_omv_walk_init (GstOmvWalk * walk)
{
  memset (walk, 0, sizeof *walk);
  walk->max_frame_size = GST_OMV_FRAME_SIZE_MAX_DEFAULT;
  walk->resync = TRUE;
  walk->state = STATE_FILE_HEADER;
  walk->previous = GST_OMV_OFFSET_NONE;
  gst_omv_time_reader_init (&walk->time);
}

static void
go_to (GstOmvWalk * walk, guint64 offset)
{
  walk->state = STATE_FRAME_HEADER;
  walk->position = offset;
  walk->keep = offset;
}

/* The bytes [offset, offset + size), or NULL and the step that asks for them. */
static const guint8 *
take (const GstOmvWalkInput * input, guint64 offset, gsize size,
    GstOmvWalkStep * step)
{
  if (offset >= input->offset && size <= input->size
      && offset - input->offset <= input->size - size)
    return input->data + (offset - input->offset);

  step->offset = offset;
  step->size = size;
  return NULL;
}

/* How many of the @size bytes at @offset there will ever be. */
static gsize
clip (const GstOmvWalkInput * input, guint64 offset, gsize size)
{
  if (!input->at_end)
    return size;
  if (offset >= input->end)
    return 0;
  return (gsize) MIN (size, input->end - offset);
}

static GstOmvWalkResult
finish (const GstOmvWalk * walk, const GstOmvWalkInput * input,
    GstOmvFault fault, guint64 offset, GstOmvWalkStep * step)
{
  step->offset = MIN (offset, input->end);
  step->size = input->end - step->offset;
  step->number = walk->number;
  step->fault = fault;

  return GST_OMV_WALK_END;
}

/**
 * gst_omv_walk_step_describe:
 * @step: a step that was a %GST_OMV_WALK_SKIP, or a %GST_OMV_WALK_END with a
 *   fault
 *
 * Returns: (transfer full): one translated sentence for the user, with the
 *   frame's number and the bytes' offset
 *
 * Since: 0.1
 */
gchar *
gst_omv_walk_step_describe (const GstOmvWalkStep * step)
{
  return g_strdup_printf (_("Frame %" PRIu64 " at byte %" PRIu64
          " is damaged: %s. Skipped to byte %" PRIu64 "."), step->number,
      step->offset, gst_omv_fault_describe (step->fault),
      step->offset + step->size);
}

static void
start_search (GstOmvWalk * walk, guint64 from)
{
  walk->state = STATE_SEARCH;
  walk->window = from;
  walk->window_end = from;
}

/* Whether what is left at the end is too short for a header, and so may as well
 * be a part of something that a false size swallowed. Not told of V1, where a
 * search within a good frame could find a false one. */
static gboolean
is_torn_header (const GstOmvWalk * walk, const GstOmvWalkInput * input)
{
  return walk->version >= GST_OMV_VERSION_V2_0
      && input->end - walk->position < GST_OMV_FRAME_HEADER_SIZE_MAX;
}

/* The frame due at @position is damaged or torn. */
static gboolean
meet_damage (GstOmvWalk * walk, const GstOmvWalkInput * input,
    GstOmvFault fault, GstOmvWalkStep * step, GstOmvWalkResult * result,
    GError ** error)
{
  if (!walk->resync && fault == GST_OMV_FAULT_TORN) {
    *result = finish (walk, input, fault, walk->position, step);
    return TRUE;
  }
  if (!walk->resync) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
        _("Frame %" PRIu64 " at byte %" PRIu64 " is damaged: %s."),
        walk->number, walk->position, gst_omv_fault_describe (fault));
    *result = GST_OMV_WALK_ERROR;
    return TRUE;
  }

  walk->fault = fault;
  walk->damage = walk->position;
  if (walk->rewind && walk->previous != GST_OMV_OFFSET_NONE
      && (fault != GST_OMV_FAULT_TORN || is_torn_header (walk, input)))
    start_search (walk, walk->previous + 1);
  else
    start_search (walk, walk->position + 1);

  return FALSE;
}

/* Ends a search at a good frame or, at the recording's end, without one. */
static void
skip_to (GstOmvWalk * walk, guint64 offset, GstOmvWalkStep * step)
{
  step->offset = offset < walk->damage ? walk->previous : walk->damage;
  step->size = offset - step->offset;
  step->number = walk->number;
  step->fault = walk->fault;

  walk->previous = GST_OMV_OFFSET_NONE;
  gst_omv_time_reader_mark_gap (&walk->time);
  go_to (walk, offset);
}

static gboolean
read_file_header (GstOmvWalk * walk, const GstOmvWalkInput * input,
    GstOmvWalkStep * step, GstOmvWalkResult * result, GError ** error)
{
  gsize size = clip (input, 0, GST_OMV_FILE_HEADER_SIZE);
  const guint8 *data = NULL;

  if (size > 0 && (data = take (input, 0, size, step)) == NULL) {
    *result = GST_OMV_WALK_NEED;
    return TRUE;
  }
  if (!gst_omv_file_header_read (data, size, &walk->version, error)) {
    *result = GST_OMV_WALK_ERROR;
    return TRUE;
  }

  walk->base = 0;
  go_to (walk, GST_OMV_FILE_HEADER_SIZE);
  return FALSE;
}

/* Passes the frame of walk->header, which is due at @position. */
static GstOmvWalkResult
pass_frame (GstOmvWalk * walk, GstOmvWalkStep * step)
{
  const GstOmvFrameHeader *header = &walk->header;
  gsize header_size = gst_omv_version_get_header_size (walk->version);

  step->offset = walk->position;
  step->payload_offset = walk->position + header_size;
  step->size = header_size + header->payload_size;
  step->number = walk->number++;
  step->fault = GST_OMV_FAULT_NONE;
  step->version = walk->version;
  step->header = *header;
  walk->time_before = walk->time;
  step->time = gst_omv_time_reader_next (&walk->time, walk->version, header);

  walk->previous = walk->position;
  go_to (walk, step->offset + step->size
      + gst_omv_get_padding (header->payload_size));

  return GST_OMV_WALK_FRAME;
}

/* Where the next header stands if an old desktop tool wrote the 1-bit frame of
 * walk->header: it forgot that a row is counted in words of 4 bytes. 0 if that
 * is not within the frame; such small ones are left to the search. */
static guint64
get_short_binary_end (const GstOmvWalk * walk)
{
  gsize header_size = gst_omv_version_get_header_size (walk->version);
  gsize stored = walk->header.payload_size / 4;

  stored += gst_omv_get_padding (stored);
  if (walk->header.format != GST_OMV_PIXEL_FORMAT_BINARY
      || stored + header_size > walk->header.payload_size)
    return 0;

  return walk->position + header_size + stored;
}

/* Passes a 1-bit frame, unless another header stands a quarter into it. */
static gboolean
check_binary (GstOmvWalk * walk, const GstOmvWalkInput * input,
    GstOmvWalkStep * step, GstOmvWalkResult * result, GError ** error)
{
  gsize header_size = gst_omv_version_get_header_size (walk->version);
  guint64 next = get_short_binary_end (walk);
  GstOmvFrameHeader header;
  const guint8 *data;
  gboolean is_short;

  if (clip (input, next, header_size) < header_size) {
    walk->state = STATE_FRAME_HEADER;   /* the recording has become shorter */
    return FALSE;
  }
  data = take (input, next, header_size, step);
  if (data == NULL) {
    *result = GST_OMV_WALK_NEED;
    return TRUE;
  }

  is_short = gst_omv_frame_header_read (walk->version, data,
      walk->max_frame_size, &header) == GST_OMV_FAULT_NONE;
  if (walk->version >= GST_OMV_VERSION_V2_0)
    is_short = is_short && gst_omv_frame_header_is_plain (data, &header);
  else
    is_short = is_short && header.format == walk->header.format
        && header.width == walk->header.width
        && header.height == walk->header.height;

  if (!is_short) {
    *result = pass_frame (walk, step);
    return TRUE;
  }
  if (!walk->resync)
    return meet_damage (walk, input, GST_OMV_FAULT_SHORT_BINARY, step, result,
        error);

  walk->fault = GST_OMV_FAULT_SHORT_BINARY;
  walk->damage = walk->position;
  skip_to (walk, next, step);
  *result = GST_OMV_WALK_SKIP;
  return TRUE;
}

/* A file header where a frame header is due: files joined end to end. */
static gboolean
join_recording (GstOmvWalk * walk, const guint8 * data)
{
  if (!gst_omv_file_header_read (data, GST_OMV_FILE_HEADER_SIZE,
          &walk->version, NULL))
    return FALSE;

  walk->base = walk->position;
  walk->previous = GST_OMV_OFFSET_NONE;
  gst_omv_time_reader_mark_recording (&walk->time);
  go_to (walk, walk->position + GST_OMV_FILE_HEADER_SIZE);
  return TRUE;
}

static gboolean
read_frame_header (GstOmvWalk * walk, const GstOmvWalkInput * input,
    GstOmvWalkStep * step, GstOmvWalkResult * result, GError ** error)
{
  gsize header_size = gst_omv_version_get_header_size (walk->version);
  gsize size = clip (input, walk->position, header_size);
  GstOmvFault fault;
  const guint8 *data;
  guint64 frame_end;

  if (size == 0) {
    *result = finish (walk, input, GST_OMV_FAULT_NONE, walk->position, step);
    return TRUE;
  }

  *result = GST_OMV_WALK_NEED;
  if ((data = take (input, walk->position, size, step)) == NULL)
    return TRUE;

  if (size >= GST_OMV_FILE_HEADER_SIZE
      && gst_omv_file_header_has_magic (data, size)) {
    if (join_recording (walk, data))
      return FALSE;
    return meet_damage (walk, input, GST_OMV_FAULT_VERSION, step, result,
        error);
  }
  if (size < header_size)
    return meet_damage (walk, input, GST_OMV_FAULT_TORN, step, result, error);

  fault = gst_omv_frame_header_read (walk->version, data,
      walk->max_frame_size, &walk->header);
  if (fault != GST_OMV_FAULT_NONE)
    return meet_damage (walk, input, fault, step, result, error);

  frame_end = walk->position + header_size + walk->header.payload_size;
  if (frame_end > input->end) {
    if (input->at_end)
      return meet_damage (walk, input, GST_OMV_FAULT_TORN, step, result, error);
    step->offset = frame_end;
    step->size = 0;
    return TRUE;
  }

  if (get_short_binary_end (walk) != 0) {
    walk->state = STATE_BINARY;
    return FALSE;
  }
  *result = pass_frame (walk, step);
  return TRUE;
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

static gboolean
search (GstOmvWalk * walk, const GstOmvWalkInput * input, GstOmvWalkStep * step,
    GstOmvWalkResult * result)
{
  const guint8 *data;
  guint64 limit;

  if (input->at_end && walk->window_end > input->end)
    walk->window_end = walk->window;    /* the recording has become shorter */
  if (walk->window == walk->window_end && !set_window (walk, input, step)) {
    if (step->size > 0) {
      *result = GST_OMV_WALK_NEED;
    } else if (walk->fault == GST_OMV_FAULT_TORN) {
      *result = finish (walk, input, walk->fault, walk->damage, step);
    } else {
      skip_to (walk, MAX (input->end, walk->damage), step);
      *result = GST_OMV_WALK_SKIP;
    }
    return TRUE;
  }

  data = take (input, walk->window, (gsize) (walk->window_end - walk->window),
      step);
  if (data == NULL) {
    *result = GST_OMV_WALK_NEED;
    return TRUE;
  }

  limit = walk->window_end;
  if (!input->at_end || limit < input->end)
    limit -= SEARCH_LOOK - 1;
  switch (search_window (walk, input, data, limit)) {
    case CANDIDATE_YES:
      skip_to (walk, walk->cursor, step);
      *result = GST_OMV_WALK_SKIP;
      return TRUE;
    case CANDIDATE_CONFIRM:
    case CANDIDATE_WEAK:
      walk->state = STATE_CONFIRM;
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
static gboolean
confirm (GstOmvWalk * walk, const GstOmvWalkInput * input,
    GstOmvWalkStep * step, GstOmvWalkResult * result)
{
  gsize size = clip (input, walk->follower,
      gst_omv_version_get_header_size (walk->version));
  gboolean confirmed = !input->at_end || walk->candidate_end <= input->end;

  if (confirmed && size >= GST_OMV_FILE_HEADER_SIZE) {
    const guint8 *data = take (input, walk->follower, size, step);

    if (data == NULL) {
      *result = GST_OMV_WALK_NEED;
      return TRUE;
    }
    confirmed = is_follower (walk, data, size);
  }
  if (!confirmed) {
    walk->state = STATE_SEARCH;
    walk->cursor++;
    return FALSE;
  }

  skip_to (walk, walk->cursor, step);
  *result = GST_OMV_WALK_SKIP;
  return TRUE;
}

/**
 * gst_omv_walk_get_mark:
 * @walk: a walk whose last step was a %GST_OMV_WALK_FRAME
 * @ret_mark: (out): the place of that frame
 *
 * Remembers a frame, to come back to it.
 *
 * Since: 0.1
 */
void
gst_omv_walk_get_mark (const GstOmvWalk * walk, GstOmvWalkMark * ret_mark)
{
  g_return_if_fail (walk->previous != GST_OMV_OFFSET_NONE);

  ret_mark->position = walk->previous;
  ret_mark->number = walk->number - 1;
  ret_mark->base = walk->base;
  ret_mark->time = walk->time_before;
  ret_mark->version = walk->version;
}

/**
 * gst_omv_walk_go_to_mark:
 * @walk: a walk over the same recording
 * @mark: a place in it
 *
 * Makes @walk stand before a frame that was passed earlier: the next step is
 * that frame.
 *
 * Since: 0.1
 */
void
gst_omv_walk_go_to_mark (GstOmvWalk * walk, const GstOmvWalkMark * mark)
{
  walk->version = mark->version;
  walk->base = mark->base;
  walk->time = mark->time;
  walk->number = mark->number;
  walk->previous = GST_OMV_OFFSET_NONE;
  go_to (walk, mark->position);
}

/**
 * gst_omv_walk_next:
 * @walk: a walk
 * @input: the bytes in hand. What the walk needs may lie anywhere in them
 * @ret_step: (out): details of the result
 * @error: return location
 *
 * Takes the next step. Start with no bytes in hand: the answer says which are
 * needed. Bytes that lie before the @end of an input which is @at_end are never
 * asked for beyond it.
 *
 * Errors: those of gst_omv_file_header_read() for the first bytes; without
 * @resync also %GST_OMV_ERROR_CORRUPT at a damaged frame. A torn last frame is
 * no error but an end with a fault.
 *
 * Returns: what was found
 *
 * Since: 0.1
 */
GstOmvWalkResult
gst_omv_walk_next (GstOmvWalk * walk, const GstOmvWalkInput * input,
    GstOmvWalkStep * ret_step, GError ** error)
{
  GstOmvWalkResult result = GST_OMV_WALK_ERROR;
  gboolean done = FALSE;

  while (!done) {
    switch (walk->state) {
      case STATE_FILE_HEADER:
        done = read_file_header (walk, input, ret_step, &result, error);
        break;
      case STATE_FRAME_HEADER:
        done = read_frame_header (walk, input, ret_step, &result, error);
        break;
      case STATE_BINARY:
        done = check_binary (walk, input, ret_step, &result, error);
        break;
      case STATE_SEARCH:
        done = search (walk, input, ret_step, &result);
        break;
      case STATE_CONFIRM:
        done = confirm (walk, input, ret_step, &result);
        break;
      default:
        g_assert_not_reached ();
    }
  }

  return result;
}

/**
 * gst_omv_walk_peek_time:
 * @walk: a walk
 * @input: the bytes in hand
 * @ret_time: (out): ns from the recording's start, untouched on failure
 *
 * Reads the time of the next frame from its header, without a step.
 *
 * Returns: %FALSE if the header is not in hand or not good
 *
 * Since: 0.1
 */
gboolean
gst_omv_walk_peek_time (const GstOmvWalk * walk, const GstOmvWalkInput * input,
    guint64 * ret_time)
{
  GstOmvTimeReader time = walk->time;
  GstOmvFrameHeader header;
  GstOmvWalkStep step;
  const guint8 *data;

  if (walk->state != STATE_FRAME_HEADER)
    return FALSE;
  data = take (input, walk->position,
      gst_omv_version_get_header_size (walk->version), &step);
  if (data == NULL
      || gst_omv_frame_header_read (walk->version, data, walk->max_frame_size,
          &header) != GST_OMV_FAULT_NONE)
    return FALSE;

  *ret_time = gst_omv_time_reader_next (&time, walk->version, &header);
  return TRUE;
}
