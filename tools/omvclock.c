/* omvclock.c: which frames of a video become a recording's, and when
 *
 * Stands before the first element that costs anything, so that what is left out
 * is not converted. What comes in may be in any number of segments; what goes on
 * is in one, in which a frame's timestamp is its time in the recording.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvclock.h"

struct _OmvClock
{
  GstPad *pad;
  const OmvTimes *times;
  GstOmvStore *store;           /* or NULL */

  gint position;                /* ms; atomic */
  gint relative;                /* boolean; atomic */

  /* streaming thread; others behind the end */
  OmvRetime retime;
  GstSegment segment;           /* of what comes in */
  GstClockTime frame_time;      /* as the caps say, or 0 */
  guint64 n_seen, n_taken, n_backward, n_lost;
  guint64 offset;               /* number that the source gave, or NONE */
  guint64 zero;                 /* what is taken off all times */
  guint64 due;                  /* when a frame without a time is */
  guint64 last;                 /* the latest frame's time, as it came */
  guint64 duration;             /* of what was taken, so far */
  guint64 shift;                /* of the first frame's time */
  GArray *frames;               /* of OmvClockFrame, or NULL */
};

static GstClockTime
get_frame_time (GstEvent * event)
{
  GstCaps *caps;
  gint numerator, denominator;

  gst_event_parse_caps (event, &caps);
  if (!gst_structure_get_fraction (gst_caps_get_structure (caps, 0),
          "framerate", &numerator, &denominator) || numerator <= 0)
    return 0;

  return gst_util_uint64_scale (GST_SECOND, (guint64) denominator,
      (guint64) numerator);
}

static GstPadProbeReturn
on_event (OmvClock * self, GstPadProbeInfo * info)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  gboolean first = self->segment.format == GST_FORMAT_UNDEFINED;
  GstSegment plain;

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    self->frame_time = get_frame_time (event);
  if (GST_EVENT_TYPE (event) != GST_EVENT_SEGMENT)
    return GST_PAD_PROBE_OK;

  gst_event_copy_segment (event, &self->segment);
  if (!first)
    return GST_PAD_PROBE_DROP;

  gst_segment_init (&plain, GST_FORMAT_TIME);
  GST_PAD_PROBE_INFO_DATA (info) = gst_event_new_segment (&plain);
  gst_event_unref (event);
  return GST_PAD_PROBE_OK;
}

/* Which frame of the store it is, as its timestamp says. FALSE: it is none, because
 * the decoder has found more than one in a file. */
static gboolean
get_index (const OmvClock * self, const GstBuffer * buffer, guint * ret_index)
{
  const guint64 index = GST_BUFFER_PTS (buffer) / OMV_CLOCK_STEP;

  if (!GST_BUFFER_PTS_IS_VALID (buffer)
      || index >= gst_omv_store_get_n_frames (self->store))
    return FALSE;

  *ret_index = (guint) index;
  return TRUE;
}

/* FALSE: the frame is outside the segment. */
static gboolean
get_own_time (OmvClock * self, GstBuffer * buffer, guint64 * ret_time)
{
  GstClockTime time = GST_BUFFER_PTS (buffer);

  if (!GST_CLOCK_TIME_IS_VALID (time)
      || self->segment.format != GST_FORMAT_TIME) {
    *ret_time = self->due;
    return TRUE;
  }
  time = gst_segment_to_running_time (&self->segment, GST_FORMAT_TIME, time);
  if (!GST_CLOCK_TIME_IS_VALID (time))
    return FALSE;

  *ret_time = time;
  return TRUE;
}

static gboolean
get_time (OmvClock * self, GstBuffer * buffer, guint index, guint64 * ret_time)
{
  GstClockTime duration = GST_BUFFER_DURATION_IS_VALID (buffer)
      ? GST_BUFFER_DURATION (buffer) : self->frame_time;
  guint64 time;

  if (self->times != NULL && self->n_seen < self->times->n)
    time = self->times->times[self->n_seen];
  else if (self->store != NULL)
    time = gst_omv_store_get_time (self->store, index);
  else if (!get_own_time (self, buffer, &time))
    return FALSE;

  if (self->n_seen == 0 && g_atomic_int_get (&self->relative))
    self->zero = time;
  time -= MIN (time, self->zero);
  if (time < self->last) {
    self->n_backward++;
    time = self->last;
  }
  self->last = time;
  self->due = time + self->zero + duration;
  *ret_time = time;
  return TRUE;
}

static void
count_lost (OmvClock * self, const GstBuffer * buffer)
{
  guint64 offset = GST_BUFFER_OFFSET (buffer);

  if (self->offset != GST_BUFFER_OFFSET_NONE && offset > self->offset
      && offset != GST_BUFFER_OFFSET_NONE)
    self->n_lost += offset - self->offset - 1;
  self->offset = offset;
}

static void
keep_frame (OmvClock * self, guint index, gboolean is_taken)
{
  const OmvClockFrame frame = { index, is_taken };

  if (self->frames != NULL)
    g_array_append_val (self->frames, frame);
}

static GstPadProbeReturn
on_buffer (OmvClock * self, GstPadProbeInfo * info)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  guint64 time, new_time = 0;
  guint index = 0;
  OmvRetimeResult result;

  count_lost (self, buffer);
  if (self->store != NULL && !get_index (self, buffer, &index))
    return GST_PAD_PROBE_DROP;
  if (self->times != NULL && self->n_seen == self->times->n) {
    self->n_seen++;
    omv_clock_stop (self);
    return GST_PAD_PROBE_DROP;
  }
  if (!get_time (self, buffer, index, &time))
    return GST_PAD_PROBE_DROP;
  g_atomic_int_set (&self->position, (gint) MIN (time / GST_MSECOND, G_MAXINT));

  result = omv_retime_frame (&self->retime, self->n_seen++, time, &new_time);
  keep_frame (self, index, result == OMV_RETIME_TAKE);
  switch (result) {
    case OMV_RETIME_END:
      omv_clock_stop (self);
      return GST_PAD_PROBE_DROP;
    case OMV_RETIME_DROP:
      return GST_PAD_PROBE_DROP;
    case OMV_RETIME_TAKE:
      break;
  }

  if (self->n_taken == 0)
    self->shift = time - MIN (time, new_time);
  buffer = gst_buffer_make_writable (buffer);
  GST_BUFFER_PTS (buffer) = new_time;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (buffer) = GST_CLOCK_TIME_NONE;
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  self->n_taken++;
  self->duration = new_time;
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_data (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  return info->type & GST_PAD_PROBE_TYPE_BUFFER ? on_buffer (user_data, info)
      : on_event (user_data, info);
}

OmvClock *
omv_clock_new (GstPad * pad, const OmvSelection * selection,
    const OmvTimes * times)
{
  OmvClock *self = g_new0 (OmvClock, 1);

  self->pad = gst_object_ref (pad);
  self->times = times;
  self->offset = GST_BUFFER_OFFSET_NONE;
  omv_retime_init (&self->retime, selection);
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  (void) gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER
      | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data, self, NULL);

  return self;
}

void
omv_clock_free (OmvClock * self)
{
  gst_object_unref (self->pad);
  g_clear_pointer (&self->frames, g_array_unref);
  g_clear_object (&self->store);
  g_free (self);
}

void
omv_clock_set_relative (OmvClock * self)
{
  g_atomic_int_set (&self->relative, TRUE);
}

void
omv_clock_set_store (OmvClock * self, GstOmvStore * store)
{
  self->store = g_object_ref (store);
  self->frames = g_array_new (FALSE, FALSE, sizeof (OmvClockFrame));
}

void
omv_clock_stop (OmvClock * self)
{
  (void) gst_pad_send_event (self->pad, gst_event_new_eos ());
}

guint64
omv_clock_get_position (const OmvClock * self)
{
  return (guint64) g_atomic_int_get (&self->position) * GST_MSECOND;
}

guint64
omv_clock_get_n_seen (const OmvClock * self)
{
  return self->n_seen;
}

guint64
omv_clock_get_n_taken (const OmvClock * self)
{
  return self->n_taken;
}

guint64
omv_clock_get_n_backward (const OmvClock * self)
{
  return self->n_backward;
}

guint64
omv_clock_get_duration (const OmvClock * self)
{
  return self->duration;
}

const GArray *
omv_clock_get_frames (const OmvClock * self)
{
  return self->frames;
}

guint64
omv_clock_get_shift (const OmvClock * self)
{
  return self->shift;
}

guint64
omv_clock_get_n_lost (const OmvClock * self)
{
  return self->n_lost;
}
