/* omv-walk.h: from one frame of a recording to the next, without I/O
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-format.h>
#include <gst/omv/omv-timing.h>

G_BEGIN_DECLS

/**
 * GST_OMV_OFFSET_NONE:
 *
 * No place in a file.
 *
 * Since: 0.1
 */
#define GST_OMV_OFFSET_NONE G_MAXUINT64

/**
 * GstOmvWalkInput:
 * @data: (array length=size): bytes in hand, %NULL if there are none
 * @offset: where in the recording @data starts
 * @size: bytes in @data
 * @end: the recording is known to have bytes up to here
 * @at_end: whether it is known to end there
 *
 * What the caller of gst_omv_walk_next() has.
 *
 * Since: 0.1
 */
typedef struct {
  const guint8 *data;
  guint64 offset;
  gsize size;
  guint64 end;
  gboolean at_end;
} GstOmvWalkInput;

/**
 * GstOmvWalkResult:
 * @GST_OMV_WALK_NEED: call again with the bytes from @offset on, @size of
 *   them, in hand; where @size is 0, once bytes up to @offset exist
 * @GST_OMV_WALK_FRAME: a whole frame, its header at @offset
 * @GST_OMV_WALK_SKIP: @size bytes from @offset on are damaged; the walk goes on
 *   behind them
 * @GST_OMV_WALK_END: the last frame was the last; @size bytes of a torn one
 *   follow at @offset
 * @GST_OMV_WALK_ERROR: the walk cannot go on
 *
 * What gst_omv_walk_next() found.
 *
 * Since: 0.1
 */
typedef enum {
  GST_OMV_WALK_NEED,
  GST_OMV_WALK_FRAME,
  GST_OMV_WALK_SKIP,
  GST_OMV_WALK_END,
  GST_OMV_WALK_ERROR
} GstOmvWalkResult;

/**
 * GstOmvWalkStep:
 * @offset: see #GstOmvWalkResult
 * @size: see #GstOmvWalkResult
 * @number: the frame's number, counted from 0 over all recordings joined in
 *   the file; of a SKIP or END, the number of the frame that was due
 * @fault: what is wrong, for SKIP and END
 * @version: of a FRAME, the version of the recording it stands in
 * @header: of a FRAME, its header
 * @payload_offset: of a FRAME, where its payload starts
 * @time: of a FRAME, ns from the recording's start
 *
 * One step of a walk.
 *
 * Since: 0.1
 */
typedef struct {
  guint64 offset;
  guint64 size;
  guint64 number;
  GstOmvFault fault;
  GstOmvVersion version;
  GstOmvFrameHeader header;
  guint64 payload_offset;
  guint64 time;
} GstOmvWalkStep;

/**
 * GstOmvWalk:
 * @max_frame_size: payload bytes above which a frame is damage
 * @resync: whether to go on at the next good frame after damage
 * @rewind: whether the caller can go back in the recording. Damage is then
 *   looked for from the start of the frame before it, so that frames which
 *   that one's false size swallowed are found
 * @position: where the next header is due
 * @keep: no byte before this offset will be asked for again
 * @number: frames passed so far
 *
 * A walk over the frames of a recording, from its first byte on. All other
 * fields are private. Initialise it with gst_omv_walk_init() and set the first
 * three fields as needed; it may be copied, to look ahead.
 *
 * Since: 0.1
 */
typedef struct {
  guint32 max_frame_size;
  gboolean resync;
  gboolean rewind;

  guint64 position;
  guint64 keep;
  guint64 number;

  /*< private >*/
  gint state;
  GstOmvVersion version;
  guint64 base;
  guint64 previous;
  GstOmvFrameHeader header;
  GstOmvTimeReader time;
  GstOmvTimeReader time_before;

  /* while searching for the next good frame */
  GstOmvFault fault;
  guint64 damage;
  guint64 window;
  guint64 window_end;
  guint64 cursor;
  gboolean thorough;
  guint64 candidate_end;
  guint64 follower;
} GstOmvWalk;

/**
 * GstOmvWalkMark:
 *
 * A frame that a walk has passed, and from which another may go on. All fields
 * are private.
 *
 * Since: 0.1
 */
typedef struct {
  /*< private >*/
  guint64 position;
  guint64 number;
  guint64 base;
  GstOmvTimeReader time;
  GstOmvVersion version;
} GstOmvWalkMark;

GST_OMV_API
void gst_omv_walk_init (GstOmvWalk * walk);

GST_OMV_API
void gst_omv_walk_get_mark (const GstOmvWalk * walk,
    GstOmvWalkMark * ret_mark);

GST_OMV_API
void gst_omv_walk_go_to_mark (GstOmvWalk * walk, const GstOmvWalkMark * mark);

GST_OMV_API
GstOmvWalkResult gst_omv_walk_next (GstOmvWalk * walk,
    const GstOmvWalkInput * input, GstOmvWalkStep * ret_step, GError ** error);

GST_OMV_API
gboolean gst_omv_walk_peek_time (const GstOmvWalk * walk,
    const GstOmvWalkInput * input, guint64 * ret_time);

GST_OMV_API
gchar *gst_omv_walk_step_describe (const GstOmvWalkStep * step);

G_END_DECLS
