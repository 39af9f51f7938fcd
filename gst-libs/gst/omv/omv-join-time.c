/* omv-join-time.c: when the first frame of a file is due, behind another file
 *
 * A file's first interval says how long its writer was open, which means nothing
 * behind another file. What the time between two files was is known, in this
 * order,
 *
 *  1. from exact times on both sides, which are running times of one pipeline
 *     unless metadata beside the files says that its base time was another;
 *  2. from the wall-clock times at which the recordings started;
 *  3. from exact times and different base times, which are of one clock.
 *
 * Otherwise, and where a clock went back, the frame comes as long after the one
 * before it as that came after its own. The interval that says so is stored in
 * place of the file's. What it is rounded by does not add up.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-join-private.h"

#include <string.h>

#define NS_PER_US 1000

/* Sums of a few times up to here are none that a gint64 cannot hold. */
#define SAFE_TIME_MAX (G_MAXINT64 / 4)

static guint64
add_saturating (guint64 time, guint64 more)
{
  return time > GST_OMV_TIME_MAX - MIN (more, GST_OMV_TIME_MAX)
      ? GST_OMV_TIME_MAX : time + more;
}

/* How long a part is, from its first frame to its last. */
static guint64
get_length (const OmvJoinPart * part)
{
  return part->last.time - part->first.time;
}

/* ---- the ways to know the time between two frames ---- */

static gboolean
get_exact (const OmvJoinPart * before, const OmvJoinPart * part,
    guint64 * ret_passed)
{
  guint64 last = before->last.header.exact_time;
  guint64 first = part->first.header.exact_time;

  if (last == GST_OMV_TIME_NONE || first == GST_OMV_TIME_NONE || first < last)
    return FALSE;
  if (before->base_time != GST_OMV_TIME_NONE
      && part->base_time != GST_OMV_TIME_NONE
      && before->base_time != part->base_time)
    return FALSE;

  *ret_passed = first - last;
  return TRUE;
}

static gboolean
get_wall_clock (const OmvJoinPart * before, const OmvJoinPart * part,
    guint64 * ret_passed)
{
  GTimeSpan us;
  gint64 passed;

  if (before->wall_clock == NULL || part->wall_clock == NULL)
    return FALSE;

  us = g_date_time_difference (part->wall_clock, before->wall_clock);
  if (ABS (us) > SAFE_TIME_MAX / NS_PER_US || before->last.time > SAFE_TIME_MAX
      || part->first.time > SAFE_TIME_MAX)
    return FALSE;

  passed = us * NS_PER_US + (gint64) part->first.time
      - (gint64) before->last.time;
  if (passed < 0)
    return FALSE;

  *ret_passed = (guint64) passed;
  return TRUE;
}

static gboolean
get_clock (const OmvJoinPart * before, const OmvJoinPart * part,
    guint64 * ret_passed)
{
  guint64 last = before->last.header.exact_time;
  guint64 first = part->first.header.exact_time;

  if (last > SAFE_TIME_MAX || first > SAFE_TIME_MAX
      || before->base_time > SAFE_TIME_MAX || part->base_time > SAFE_TIME_MAX)
    return FALSE;               /* or there is none */

  last += before->base_time;
  first += part->base_time;
  if (first < last)
    return FALSE;

  *ret_passed = first - last;
  return TRUE;
}

/* ---- the place ---- */

/* What is to be stored before the first frame, so that it is due at its time
 * behind one that is due at @last_time. */
static void
make_patch (OmvJoinPart * part, guint64 last_time, GstOmvFrameHeader * header)
{
  const GstOmvVersion version = part->first.version;
  const guint64 unit = gst_omv_version_get_unit (version);
  const guint64 passed =
      part->true_time > last_time ? part->true_time - last_time : 0;
  guint32 stored;

  header->interval = (guint32) MIN ((passed + unit / 2) / unit, G_MAXUINT32);
  if (gst_omv_version_can_hold (version, header->format)) {
    part->patch_size = (guint) gst_omv_version_get_header_size (version);
    gst_omv_frame_header_write (version, header, part->patch);
    return;
  }

  /* nobody may write that one; what it had of exact time is no more */
  stored = GUINT32_TO_LE (header->interval);
  part->patch_size = sizeof stored;
  memcpy (part->patch, &stored, sizeof stored);
  header->exact_time = GST_OMV_TIME_NONE;
}

/* The clock counts from the start of the whole from now on. */
static void
shift_clock (OmvJoinPart * part)
{
  guint64 before = part->first.time;

  part->clock.time = add_saturating (part->time, part->clock.time - before);
  part->clock.anchor_time = part->clock.anchor_time >= before
      ? add_saturating (part->time, part->clock.anchor_time - before)
      : part->time;
}

/*
 * omv_join_place:
 * @part: it has frames, and its @clock is its own
 * @before: (nullable): the last part before it that has frames
 * @is_same_recording: whether no file header will stand between them
 *
 * Says when the first frame of @part is due.
 */
void
omv_join_place (OmvJoinPart * part, const OmvJoinPart * before,
    gboolean is_same_recording)
{
  GstOmvFrameHeader header = part->first.header;
  guint64 passed, usual, last_time;
  GstOmvTimeReader clock;

  part->is_placed = TRUE;
  part->time = part->true_time = part->first.time;
  if (before == NULL)
    return;

  usual = passed = before->last_interval;
  part->is_placed = get_exact (before, part, &passed)
      || get_wall_clock (before, part, &passed)
      || get_clock (before, part, &passed);
  if (part->n_frames == 1)
    part->last_interval = passed;
  part->gap = passed > usual && passed - usual >= usual ? passed - usual : 0;

  last_time = add_saturating (before->time, get_length (before));
  part->true_time = add_saturating (add_saturating (before->true_time,
          get_length (before)), passed);
  make_patch (part, last_time, &header);

  /* as who walks over the whole will have it */
  clock = before->clock;
  if (!is_same_recording)
    gst_omv_time_reader_mark_recording (&clock);
  part->time = gst_omv_time_reader_next (&clock, part->first.version, &header);
  shift_clock (part);
}
