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
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-walk.h"

#include <inttypes.h>
#include <string.h>

#include "omv-i18n.h"
#include "omv-walk-private.h"

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
  walk->state = OMV_WALK_STATE_FILE_HEADER;
  walk->previous = GST_OMV_OFFSET_NONE;
  gst_omv_time_reader_init (&walk->time);
}

void
omv_walk_go_to (GstOmvWalk * walk, guint64 offset)
{
  walk->state = OMV_WALK_STATE_FRAME_HEADER;
  walk->position = offset;
  walk->keep = offset;
}

/* The bytes [offset, offset + size), or NULL and the step that asks for them. */
const guint8 *
omv_walk_take (const GstOmvWalkInput * input, guint64 offset, gsize size,
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
gsize
omv_walk_clip (const GstOmvWalkInput * input, guint64 offset, gsize size)
{
  if (!input->at_end)
    return size;
  if (offset >= input->end)
    return 0;
  return (gsize) MIN (size, input->end - offset);
}

GstOmvWalkResult
omv_walk_finish (const GstOmvWalk * walk, const GstOmvWalkInput * input,
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
    *result = omv_walk_finish (walk, input, fault, walk->position, step);
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
    omv_walk_start_search (walk, walk->previous + 1);
  else
    omv_walk_start_search (walk, walk->position + 1);

  return FALSE;
}

static gboolean
read_file_header (GstOmvWalk * walk, const GstOmvWalkInput * input,
    GstOmvWalkStep * step, GstOmvWalkResult * result, GError ** error)
{
  gsize size = omv_walk_clip (input, 0, GST_OMV_FILE_HEADER_SIZE);
  const guint8 *data = NULL;

  if (size > 0 && (data = omv_walk_take (input, 0, size, step)) == NULL) {
    *result = GST_OMV_WALK_NEED;
    return TRUE;
  }
  if (!gst_omv_file_header_read (data, size, &walk->version, error)) {
    *result = GST_OMV_WALK_ERROR;
    return TRUE;
  }

  walk->base = 0;
  omv_walk_go_to (walk, GST_OMV_FILE_HEADER_SIZE);
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
  omv_walk_go_to (walk, step->offset + step->size
      + gst_omv_get_padding (header->payload_size));

  return GST_OMV_WALK_FRAME;
}

/* Where the next header stands if an old desktop tool wrote the 1-bit frame of
 * walk->header: it forgot that a row is counted in words of 4 bytes. 0 if that
 * is not within the frame; such small ones are left to the search. */
static guint64
get_short_binary_end (const GstOmvWalk * walk)
{
  gsize header_size, stored;

  if (walk->header.format != GST_OMV_PIXEL_FORMAT_BINARY)
    return 0;

  header_size = gst_omv_version_get_header_size (walk->version);
  stored = walk->header.payload_size / 4;
  stored += gst_omv_get_padding (stored);
  if (stored + header_size > walk->header.payload_size)
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

  if (omv_walk_clip (input, next, header_size) < header_size) {
    walk->state = OMV_WALK_STATE_FRAME_HEADER;  /* the recording has become shorter */
    return FALSE;
  }
  data = omv_walk_take (input, next, header_size, step);
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
  omv_walk_skip_to (walk, next, step);
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
  omv_walk_go_to (walk, walk->position + GST_OMV_FILE_HEADER_SIZE);
  return TRUE;
}

static gboolean
read_frame_header (GstOmvWalk * walk, const GstOmvWalkInput * input,
    GstOmvWalkStep * step, GstOmvWalkResult * result, GError ** error)
{
  gsize header_size = gst_omv_version_get_header_size (walk->version);
  gsize size = omv_walk_clip (input, walk->position, header_size);
  GstOmvFault fault;
  const guint8 *data;
  guint64 frame_end;

  if (size == 0) {
    *result =
        omv_walk_finish (walk, input, GST_OMV_FAULT_NONE, walk->position, step);
    return TRUE;
  }

  *result = GST_OMV_WALK_NEED;
  if ((data = omv_walk_take (input, walk->position, size, step)) == NULL)
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
    walk->state = OMV_WALK_STATE_BINARY;
    return FALSE;
  }
  *result = pass_frame (walk, step);
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
  omv_walk_go_to (walk, mark->position);
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
      case OMV_WALK_STATE_FILE_HEADER:
        done = read_file_header (walk, input, ret_step, &result, error);
        break;
      case OMV_WALK_STATE_FRAME_HEADER:
        done = read_frame_header (walk, input, ret_step, &result, error);
        break;
      case OMV_WALK_STATE_BINARY:
        done = check_binary (walk, input, ret_step, &result, error);
        break;
      case OMV_WALK_STATE_SEARCH:
        done = omv_walk_search (walk, input, ret_step, &result);
        break;
      case OMV_WALK_STATE_CONFIRM:
        done = omv_walk_confirm (walk, input, ret_step, &result);
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

  if (walk->state != OMV_WALK_STATE_FRAME_HEADER)
    return FALSE;
  data = omv_walk_take (input, walk->position,
      gst_omv_version_get_header_size (walk->version), &step);
  if (data == NULL
      || gst_omv_frame_header_read (walk->version, data, walk->max_frame_size,
          &header) != GST_OMV_FAULT_NONE)
    return FALSE;

  *ret_time = gst_omv_time_reader_next (&time, walk->version, &header);
  return TRUE;
}
