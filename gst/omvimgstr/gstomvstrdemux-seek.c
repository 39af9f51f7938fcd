/* gstomvstrdemux-seek.c: omvstrdemux moves about in a recording and answers
 * questions about it
 *
 * All of it stands on a finder, an index with the means to extend it. Seeks,
 * queries and the worker that counts a long recording's frames run in threads
 * of their own. None holds a lock while it reads: each borrows the finder, or
 * makes one if it is lent out, and of two that come back the one that reaches
 * farther is kept. Before the element forgets the recording, seeks and queries have
 * left, and no more are let in.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvstrdemux-private.h"

GST_DEBUG_CATEGORY_EXTERN (omvstrdemux_debug);
#define GST_CAT_DEFAULT omvstrdemux_debug

/* How long a DURATION query may measure, in µs. */
#define MEASURE_TIME_MAX 200000

/* With one of these a segment starts at a frame, not between two. */
#define SNAPPING_FLAGS \
  (GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_BEFORE \
    | GST_SEEK_FLAG_SNAP_AFTER)

/* Where a seek goes: a frame, and the segment that shows it. */
typedef struct
{
  gdouble rate;
  GstSeekFlags flags;
  GstSeekType start_type;
  gint64 start;
  GstSeekType stop_type;
  gint64 stop;
  gboolean by_number;           /* @start was the number of frame … */
  OmvPlace place;               /* … at this place */
} Seek;

/* --- guests: seeks and queries -------------------------------------------- */

/* Whoever came by @pad before the element went down and up again is too late: its
 * pad is another one now, or there is none yet. */
static gboolean
enter (GstOmvStrDemux * self, GstPad * pad)
{
  gboolean is_open;

  GST_OBJECT_LOCK (self);
  is_open = !self->closed && self->srcpad == pad;
  if (is_open)
    self->n_guests++;
  GST_OBJECT_UNLOCK (self);

  return is_open;
}

static void
leave (GstOmvStrDemux * self)
{
  GST_OBJECT_LOCK (self);
  if (--self->n_guests == 0)
    g_cond_broadcast (&self->guests_left);
  GST_OBJECT_UNLOCK (self);
}

void
gst_omv_str_demux_open (GstOmvStrDemux * self)
{
  GST_OBJECT_LOCK (self);
  self->closed = FALSE;
  GST_OBJECT_UNLOCK (self);
}

/* Pads are flushing now, so that whoever is still here does not stay. */
void
gst_omv_str_demux_close (GstOmvStrDemux * self)
{
  GST_OBJECT_LOCK (self);
  self->closed = TRUE;
  while (self->n_guests > 0)
    g_cond_wait (&self->guests_left, GST_OBJECT_GET_LOCK (self));
  GST_OBJECT_UNLOCK (self);
}

/* --- the finder ----------------------------------------------------------- */

/* Makes @walk stand at the start of the recording. */
void
gst_omv_str_demux_init_walk (GstOmvStrDemux * self, GstOmvWalk * walk)
{
  gst_omv_walk_init (walk);
  GST_OBJECT_LOCK (self);
  walk->max_frame_size = self->settings.max_frame_size;
  walk->resync = self->settings.resync;
  walk->rewind = self->pull_mode;
  GST_OBJECT_UNLOCK (self);
}

/* NULL if the recording cannot be pulled. */
OmvFinder *
gst_omv_str_demux_borrow_finder (GstOmvStrDemux * self)
{
  OmvFinder *finder;
  gboolean pull_mode, use_index;
  GstOmvWalk start;

  GST_OBJECT_LOCK (self);
  finder = g_steal_pointer (&self->finder);
  pull_mode = self->pull_mode;
  use_index = self->settings.use_index;
  GST_OBJECT_UNLOCK (self);

  if (finder != NULL || !pull_mode)
    return finder;

  gst_omv_str_demux_init_walk (self, &start);
  return omv_finder_new (self->sinkpad, &start, use_index);
}

static guint64
get_reach (OmvFinder * finder)
{
  return gst_omv_index_get_position (omv_finder_get_index (finder));
}

void
gst_omv_str_demux_return_finder (GstOmvStrDemux * self, OmvFinder * finder)
{
  const GstOmvIndex *index = omv_finder_get_index (finder);

  GST_OBJECT_LOCK (self);
  if (gst_omv_index_is_complete (index)) {
    self->total_frames = gst_omv_index_get_n_frames (index);
    self->total_time = gst_omv_index_get_end_time (index);
  }
  if (self->finder == NULL || get_reach (self->finder) < get_reach (finder)) {
    OmvFinder *other = self->finder;

    self->finder = finder;
    finder = other;
  }
  GST_OBJECT_UNLOCK (self);

  if (finder != NULL)
    omv_finder_free (finder);
}

/* --- duration ------------------------------------------------------------- */

static gpointer
measure (gpointer data)
{
  GstOmvStrDemux *self = data;
  OmvFinder *finder = gst_omv_str_demux_borrow_finder (self);
  gboolean complete;

  if (finder == NULL)
    return NULL;
  complete = omv_finder_reach_end (finder, -1, &self->cancelled);
  gst_omv_str_demux_return_finder (self, finder);
  if (complete && !g_atomic_int_get (&self->cancelled))
    gst_element_post_message (GST_ELEMENT (self),
        gst_message_new_duration_changed (GST_OBJECT (self)));

  return NULL;
}

static void
start_worker (GstOmvStrDemux * self)
{
  GST_OBJECT_LOCK (self);
  if (self->worker == NULL && !g_atomic_int_get (&self->cancelled))
    self->worker = g_thread_new ("omvstrdemux", measure, self);
  GST_OBJECT_UNLOCK (self);
}

/* For good, until the element goes to PAUSED again. */
void
gst_omv_str_demux_stop_worker (GstOmvStrDemux * self)
{
  GThread *worker;

  g_atomic_int_set (&self->cancelled, TRUE);
  GST_OBJECT_LOCK (self);
  worker = g_steal_pointer (&self->worker);
  GST_OBJECT_UNLOCK (self);

  if (worker != NULL)
    g_thread_join (worker);
}

/* Frames that are all of one size are counted truly so. */
static guint64
extrapolate (guint64 value, OmvFinder * finder)
{
  const guint64 reach = get_reach (finder);

  if (gst_omv_index_is_complete (omv_finder_get_index (finder))
      || reach <= GST_OMV_FILE_HEADER_SIZE)
    return value;
  return gst_util_uint64_scale (value,
      omv_finder_get_end (finder) - GST_OMV_FILE_HEADER_SIZE,
      reach - GST_OMV_FILE_HEADER_SIZE);
}

/* Exact, if a fifth of a second is enough to reach the end; else an estimate,
 * and a worker goes on. */
static gboolean
get_totals (GstOmvStrDemux * self, guint64 * ret_frames,
    GstClockTime * ret_time)
{
  const GstOmvIndex *index;
  OmvFinder *finder;

  GST_OBJECT_LOCK (self);
  *ret_frames = self->total_frames;
  *ret_time = self->total_time;
  GST_OBJECT_UNLOCK (self);
  if (*ret_frames > 0)
    return TRUE;

  finder = gst_omv_str_demux_borrow_finder (self);
  if (finder == NULL)
    return FALSE;
  index = omv_finder_get_index (finder);
  if (!omv_finder_reach_end (finder, MEASURE_TIME_MAX, NULL))
    start_worker (self);
  *ret_frames = extrapolate (gst_omv_index_get_n_frames (index), finder);
  *ret_time = extrapolate (gst_omv_index_get_end_time (index), finder);
  gst_omv_str_demux_return_finder (self, finder);

  return *ret_frames > 0;
}

/* --- queries -------------------------------------------------------------- */

static gboolean
query_duration (GstOmvStrDemux * self, GstPad * pad, GstQuery * query)
{
  GstClockTime time;
  GstFormat format;
  guint64 frames;

  gst_query_parse_duration (query, &format, NULL);
  if (format == GST_FORMAT_BYTES)
    return gst_pad_query_default (pad, GST_OBJECT (self), query);
  if ((format != GST_FORMAT_TIME && format != GST_FORMAT_DEFAULT)
      || !get_totals (self, &frames, &time))
    return FALSE;

  gst_query_set_duration (query, format,
      format == GST_FORMAT_TIME ? (gint64) time : (gint64) frames);
  return TRUE;
}

static gboolean
query_position (GstOmvStrDemux * self, GstQuery * query)
{
  GstFormat format;
  gint64 position;

  gst_query_parse_position (query, &format, NULL);

  GST_OBJECT_LOCK (self);
  if (format == GST_FORMAT_TIME)
    position = (gint64) gst_segment_to_stream_time (&self->segment,
        GST_FORMAT_TIME, self->segment.position);
  else if (format == GST_FORMAT_DEFAULT)
    position = (gint64) self->next_number - 1;
  else
    position = -1;
  GST_OBJECT_UNLOCK (self);

  if (position < 0)
    return FALSE;
  gst_query_set_position (query, format, position);
  return TRUE;
}

static gboolean
upstream_seeks (GstOmvStrDemux * self)
{
  GstQuery *query = gst_query_new_seeking (GST_FORMAT_BYTES);
  gboolean seekable = FALSE;

  if (gst_pad_peer_query (self->sinkpad, query))
    gst_query_parse_seeking (query, NULL, &seekable, NULL, NULL);
  gst_query_unref (query);

  return seekable;
}

static gboolean
query_seeking (GstOmvStrDemux * self, GstQuery * query)
{
  gboolean pull_mode, seekable;
  GstFormat format;
  gint64 end = -1;

  gst_query_parse_seeking (query, &format, NULL, NULL, NULL);
  GST_OBJECT_LOCK (self);
  pull_mode = self->pull_mode;
  GST_OBJECT_UNLOCK (self);
  seekable = (format == GST_FORMAT_TIME || format == GST_FORMAT_DEFAULT)
      && (pull_mode || upstream_seeks (self));
  GST_OBJECT_LOCK (self);
  if (seekable && self->total_frames > 0)
    end = format == GST_FORMAT_TIME ? (gint64) self->total_time
        : (gint64) self->total_frames;
  GST_OBJECT_UNLOCK (self);

  gst_query_set_seeking (query, format, seekable, seekable ? 0 : -1, end);
  return TRUE;
}

static gboolean
find_value (OmvFinder * finder, GstFormat format, gint64 value,
    OmvPlace * ret_place)
{
  if (value < 0)
    return FALSE;

  switch (format) {
    case GST_FORMAT_TIME:
      return omv_finder_find_time (finder, (GstClockTime) value,
          OMV_SNAP_BEFORE, ret_place);
    case GST_FORMAT_DEFAULT:
      return omv_finder_find_number (finder, (guint64) value, ret_place);
    case GST_FORMAT_BYTES:
      return omv_finder_find_offset (finder, (guint64) value, ret_place);
    default:
      return FALSE;
  }
}

static gboolean
query_convert (GstOmvStrDemux * self, GstQuery * query)
{
  GstFormat from, to;
  OmvFinder *finder;
  gboolean found;
  OmvPlace place;
  gint64 value;

  gst_query_parse_convert (query, &from, &value, &to, NULL);
  finder = gst_omv_str_demux_borrow_finder (self);
  if (finder == NULL)
    return FALSE;
  found = find_value (finder, from, value, &place);
  gst_omv_str_demux_return_finder (self, finder);
  if (!found)
    return FALSE;

  switch (to) {
    case GST_FORMAT_TIME:
      gst_query_set_convert (query, from, value, to, (gint64) place.time);
      return TRUE;
    case GST_FORMAT_DEFAULT:
      gst_query_set_convert (query, from, value, to, (gint64) place.number);
      return TRUE;
    case GST_FORMAT_BYTES:
      gst_query_set_convert (query, from, value, to, (gint64) place.offset);
      return TRUE;
    default:
      return FALSE;
  }
}

static gboolean
answer (GstOmvStrDemux * self, GstPad * pad, GstQuery * query)
{
  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_DURATION:
      return query_duration (self, pad, query);
    case GST_QUERY_POSITION:
      return query_position (self, query);
    case GST_QUERY_SEEKING:
      return query_seeking (self, query);
    case GST_QUERY_CONVERT:
      return query_convert (self, query);
    case GST_QUERY_FORMATS:
      gst_query_set_formats (query, 3, GST_FORMAT_TIME, GST_FORMAT_DEFAULT,
          GST_FORMAT_BYTES);
      return TRUE;
    default:
      return gst_pad_query_default (pad, GST_OBJECT (self), query);
  }
}

gboolean
gst_omv_str_demux_src_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  GstOmvStrDemux *self = GST_OMV_STR_DEMUX (parent);
  gboolean answered;

  if (!enter (self, pad))
    return FALSE;
  answered = answer (self, pad, query);
  leave (self);

  return answered;
}

/* --- seeks ---------------------------------------------------------------- */

/* Turns frame numbers into times, and keeps the place of the one to start at:
 * several frames may have the same time. */
static gboolean
resolve_numbers (Seek * seek, OmvFinder * finder)
{
  OmvPlace place;

  if (seek->start_type == GST_SEEK_TYPE_SET) {
    if (!find_value (finder, GST_FORMAT_DEFAULT, seek->start, &seek->place))
      return FALSE;
    seek->by_number = seek->rate > 0;
    seek->start = (gint64) seek->place.time;
  }
  if (seek->stop_type == GST_SEEK_TYPE_SET && seek->stop >= 0) {
    if (!find_value (finder, GST_FORMAT_DEFAULT, seek->stop, &place))
      return FALSE;
    /* behind the last frame there is no stop */
    seek->stop = place.number < (guint64) seek->stop ? -1 : (gint64) place.time;
  }

  return TRUE;
}

static OmvSnap
get_snap (GstSeekFlags flags)
{
  if ((flags & GST_SEEK_FLAG_SNAP_NEAREST) == GST_SEEK_FLAG_SNAP_NEAREST)
    return OMV_SNAP_NEAREST;
  if ((flags & GST_SEEK_FLAG_SNAP_AFTER) != 0)
    return OMV_SNAP_AFTER;
  return OMV_SNAP_BEFORE;
}

/* Finds the frame that playing forward starts with. The segment starts where the
 * application wants it to, if a frame is shown there. */
static gboolean
find_forward (Seek * seek, OmvFinder * finder, GstSegment * segment)
{
  const GstOmvIndex *index = omv_finder_get_index (finder);
  gboolean beyond;

  if (!seek->by_number && !omv_finder_find_time (finder, segment->position,
          get_snap (seek->flags), &seek->place))
    return FALSE;

  beyond = gst_omv_index_is_complete (index)
      && segment->position >= gst_omv_index_get_end_time (index);
  if (beyond || seek->place.time > segment->position
      || (seek->flags & SNAPPING_FLAGS) != 0) {
    segment->start = segment->time = segment->position = seek->place.time;
    if (GST_CLOCK_TIME_IS_VALID (segment->stop))
      segment->stop = MAX (segment->stop, segment->start);
  }

  return TRUE;
}

/* Finds the frame that playing backward starts with: the last one that is shown
 * before the segment's stop. */
static gboolean
find_backward (Seek * seek, OmvFinder * finder, GstSegment * segment)
{
  if (!omv_finder_find_time (finder, segment->position, OMV_SNAP_BEFORE,
          &seek->place))
    return FALSE;
  if (seek->place.time >= segment->position && seek->place.number > 0)
    return omv_finder_find_number (finder, seek->place.number - 1,
        &seek->place);

  return TRUE;
}

/* Whether a segment of @segment's ends, as far as @seek keeps them, and of its
 * own has a length; GStreamer takes it for granted. */
static gboolean
is_ordered (const Seek * seek, const GstSegment * segment)
{
  guint64 start = seek->start_type == GST_SEEK_TYPE_SET
      ? (guint64) MAX (seek->start, 0) : segment->start;
  guint64 stop = seek->stop_type == GST_SEEK_TYPE_SET
      ? (guint64) seek->stop : segment->stop;

  return seek->start_type == GST_SEEK_TYPE_END
      || seek->stop_type == GST_SEEK_TYPE_END || start <= stop;
}

/* The segment that @seek makes of @segment, and the place to go to. */
static gboolean
resolve (GstOmvStrDemux * self, Seek * seek, OmvFinder * finder,
    GstSegment * segment)
{
  const GstOmvIndex *index = omv_finder_get_index (finder);
  gboolean needs_end = seek->start_type == GST_SEEK_TYPE_END
      || seek->stop_type == GST_SEEK_TYPE_END || (seek->rate < 0
      && (seek->stop_type == GST_SEEK_TYPE_NONE || seek->stop < 0));
  gboolean update;

  if (needs_end) {
    /* the last frame is a part of the recording even if it lasts no time */
    omv_finder_reach_end (finder, -1, NULL);
    segment->duration = MAX (gst_omv_index_get_end_time (index),
        gst_omv_index_get_last_time (index) + 1);
  }
  if (!is_ordered (seek, segment)
      || !gst_segment_do_seek (segment, seek->rate, GST_FORMAT_TIME,
          seek->flags, seek->start_type, (guint64) seek->start, seek->stop_type,
          (guint64) seek->stop, &update))
    return FALSE;
  if (seek->rate < 0 && !GST_CLOCK_TIME_IS_VALID (segment->stop))
    segment->stop = segment->position = segment->duration;

  return seek->rate > 0 ? find_forward (seek, finder, segment)
      : find_backward (seek, finder, segment);
}

/* Called with the stream lock held and the task at rest. */
static gboolean
go_to_place (GstOmvStrDemux * self, Seek * seek, GstFormat format)
{
  OmvFinder *finder = gst_omv_str_demux_borrow_finder (self);
  GstSegment segment = self->segment;
  gboolean found;

  if (finder == NULL)
    return FALSE;
  /* a segment that is not flushed ends where its last frame does */
  if (segment.rate > 0 && GST_CLOCK_TIME_IS_VALID (self->pass_end))
    segment.position = self->pass_end;
  found = (format == GST_FORMAT_TIME || resolve_numbers (seek, finder))
      && resolve (self, seek, finder, &segment);
  if (found && self->pulling)
    omv_finder_hand_over (finder, &self->pull);
  gst_omv_str_demux_return_finder (self, finder);
  if (!found)
    return FALSE;

  gst_omv_walk_go_to_mark (&self->walk, &seek->place.mark);
  g_array_set_size (self->backward, 0);
  self->backward_number = seek->place.number + 1;
  self->at_place = FALSE;

  GST_OBJECT_LOCK (self);
  self->segment = segment;
  self->next_number = seek->place.number + 1;
  GST_OBJECT_UNLOCK (self);
  self->need_segment = TRUE;
  self->start_at_frame = FALSE;

  return TRUE;
}

static void
push_flush (GstOmvStrDemux * self, GstEvent * event, guint32 seqnum)
{
  gst_event_set_seqnum (event, seqnum);
  gst_pad_push_event (self->sinkpad, gst_event_ref (event));
  gst_pad_push_event (self->srcpad, event);
}

static gboolean
seek_by_pulling (GstOmvStrDemux * self, Seek * seek, GstFormat format,
    guint32 seqnum)
{
  gboolean flush = (seek->flags & GST_SEEK_FLAG_FLUSH) != 0;
  gboolean done;

  if (flush)
    push_flush (self, gst_event_new_flush_start (), seqnum);
  else
    gst_pad_pause_task (self->sinkpad);

  GST_PAD_STREAM_LOCK (self->sinkpad);
  if (flush)
    push_flush (self, gst_event_new_flush_stop (TRUE), seqnum);
  done = go_to_place (self, seek, format);
  if (done)
    self->seqnum = seqnum;
  /* what was flushed needs its segment again, also after a seek that failed */
  self->need_segment = self->need_segment || flush;
  if (done && (seek->flags & GST_SEEK_FLAG_SEGMENT) != 0)
    gst_element_post_message (GST_ELEMENT (self),
        gst_message_new_segment_start (GST_OBJECT (self), GST_FORMAT_TIME,
            (gint64) self->segment.position));
  GST_PAD_STREAM_UNLOCK (self->sinkpad);
  /* started earlier, the task would wake only to wait for the lock */
  gst_pad_start_task (self->sinkpad,
      (GstTaskFunction) gst_omv_str_demux_loop, self->sinkpad, NULL);

  return done;
}

/* Fills in the walk to start at and the target, from what was passed earlier. */
static gboolean
prepare_push_seek (GstOmvStrDemux * self, const Seek * seek, GstFormat format,
    OmvPushSeek * push)
{
  gboolean known;

  push->target.by_number = format == GST_FORMAT_DEFAULT;
  push->target.value = push->target.by_number ? (guint64) seek->start
      : push->segment.position;
  push->target.after = get_snap (seek->flags) == OMV_SNAP_AFTER;
  push->start_at_frame = push->target.by_number
      || (seek->flags & SNAPPING_FLAGS) != 0;

  GST_OBJECT_LOCK (self);
  known = push->target.by_number
      ? gst_omv_index_find_number (self->seen, push->target.value, &push->walk)
      : gst_omv_index_find_time (self->seen, push->target.value, &push->walk);
  push->pending = known;
  if (known)
    self->push_seek = *push;
  GST_OBJECT_UNLOCK (self);

  return known;
}

/* Forward only: what was passed is gone. */
static gboolean
seek_by_pushing (GstOmvStrDemux * self, Seek * seek, GstFormat format,
    guint32 seqnum)
{
  OmvPushSeek push = {.seqnum = seqnum };
  gboolean update;
  GstEvent *event;

  if (seek->rate < 0 || seek->start_type != GST_SEEK_TYPE_SET
      || seek->stop_type == GST_SEEK_TYPE_END
      || (format == GST_FORMAT_DEFAULT
          && seek->stop_type == GST_SEEK_TYPE_SET && seek->stop >= 0))
    return FALSE;

  GST_OBJECT_LOCK (self);
  push.segment = self->segment;
  GST_OBJECT_UNLOCK (self);
  if (format == GST_FORMAT_TIME ? !is_ordered (seek, &push.segment)
      : seek->start < 0)
    return FALSE;
  gst_segment_do_seek (&push.segment, seek->rate, GST_FORMAT_TIME, seek->flags,
      seek->start_type, format == GST_FORMAT_TIME ? (guint64) seek->start : 0,
      seek->stop_type, (guint64) seek->stop, &update);
  if (!prepare_push_seek (self, seek, format, &push))
    return FALSE;

  event = gst_event_new_seek (1.0, GST_FORMAT_BYTES,
      seek->flags & GST_SEEK_FLAG_FLUSH, GST_SEEK_TYPE_SET,
      (gint64) push.walk.position, GST_SEEK_TYPE_NONE, -1);
  gst_event_set_seqnum (event, seqnum);
  return gst_pad_push_event (self->sinkpad, event);
}

static gboolean
handle_seek (GstOmvStrDemux * self, GstEvent * event)
{
  Seek seek = { 0, };
  gboolean pull_mode;
  GstFormat format;

  gst_event_parse_seek (event, &seek.rate, &format, &seek.flags,
      &seek.start_type, &seek.start, &seek.stop_type, &seek.stop);
  GST_OBJECT_LOCK (self);
  pull_mode = self->pull_mode;
  GST_OBJECT_UNLOCK (self);

  if ((seek.flags & GST_SEEK_FLAG_INSTANT_RATE_CHANGE) != 0
      || (format != GST_FORMAT_TIME && format != GST_FORMAT_DEFAULT)) {
    GST_DEBUG_OBJECT (self, "refused %" GST_PTR_FORMAT, event);
    return FALSE;
  }

  return (pull_mode ? seek_by_pulling : seek_by_pushing) (self, &seek, format,
      gst_event_get_seqnum (event));
}

gboolean
gst_omv_str_demux_src_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstOmvStrDemux *self = GST_OMV_STR_DEMUX (parent);
  gboolean handled = FALSE;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_SEEK:
      if (enter (self, pad)) {
        handled = handle_seek (self, event);
        leave (self);
      }
      gst_event_unref (event);
      return handled;
    case GST_EVENT_QOS:
      gst_event_unref (event);
      return FALSE;
    default:
      return gst_pad_event_default (pad, parent, event);
  }
}
