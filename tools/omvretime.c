/* omvretime.c: which frames of a recording are taken, and their new times
 *
 * All that convert can do to times is done here, one frame after the other, so
 * that every way from a file to another does it alike. A time is summed up from
 * the intervals to the frames that are left out too: with every second frame
 * taken, the intervals are twice as long and the film lasts as long as before.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvretime.h"

#include <math.h>

#include <gst/omv/omv-timing.h>

void
omv_selection_init (OmvSelection * selection)
{
  const OmvSelection all = {.every = 1,.speed = 1.0 };

  *selection = all;
}

void
omv_retime_init (OmvRetime * retime, const OmvSelection * selection)
{
  const OmvRetime start = {.selection = selection };

  *retime = start;
}

static gboolean
is_before (const OmvPlace * place, guint64 number, guint64 time)
{
  return (place->is_frame ? number : time) < place->value;
}

static guint64
shorten (const OmvSelection * selection, guint64 interval)
{
  return selection->max_gap > 0 ? MIN (interval, selection->max_gap) : interval;
}

/* The time before the first frame: since `from`, or in the recording. */
static guint64
get_lead (const OmvSelection * selection, guint64 number, guint64 time)
{
  if (!selection->keep_lead)
    return 0;
  if (!selection->has_from)
    return shorten (selection, time);
  if (selection->from.is_frame)
    return number == 0 ? shorten (selection, time) : 0;

  return shorten (selection, time - selection->from.value);
}

guint64
omv_retime_scale (const OmvSelection * selection, guint64 duration)
{
  gdouble scaled;

  if (selection->speed == 1.0)
    return duration;

  scaled = rint ((gdouble) duration / selection->speed);
  return scaled >= (gdouble) GST_OMV_TIME_MAX ? GST_OMV_TIME_MAX
      : (guint64) scaled;
}

OmvRetimeResult
omv_retime_frame (OmvRetime * retime, guint64 number, guint64 time,
    guint64 * ret_time)
{
  const OmvSelection *selection = retime->selection;
  gboolean taken;

  if (selection->has_to && !is_before (&selection->to, number, time))
    return OMV_RETIME_END;
  if (selection->has_from && is_before (&selection->from, number, time))
    return OMV_RETIME_DROP;

  if (retime->n_seen == 0)
    retime->time = get_lead (selection, number, time);
  else if (time > retime->previous)
    retime->time += shorten (selection, time - retime->previous);
  retime->previous = time;
  taken = retime->n_seen++ % selection->every == 0;
  if (!taken)
    return OMV_RETIME_DROP;

  *ret_time = omv_retime_scale (selection, retime->time);
  return OMV_RETIME_TAKE;
}
