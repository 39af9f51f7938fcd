/* omvremains.c: what an older recording left in a file
 *
 * A camera that records into a file which is there may leave the end of what was
 * in it. The new recording mostly ends within an old frame, so behind it there is
 * damage, and then good frames of another time. They cannot be told for certain.
 * The rule: the frames from one damaged stretch to the next look like an older
 * recording's if
 *
 *  - none of them has a format and size that was there before the damage, and
 *    there are two at least on both sides; or
 *  - their usual interval is less than half or more than twice the one before, of
 *    at least 8 intervals on both sides; or
 *  - their exact times begin before those that were there. This is also seen
 *    where a new frame ended exactly where an old one begins.
 *
 * Where another recording is joined to the file, all begins anew.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvremains.h"

#include <stdlib.h>
#include <string.h>

/* Intervals that tell what is usual. */
#define N_INTERVALS_MIN 8
#define N_INTERVALS_MAX 64

/* Frames whose formats and sizes tell something. */
#define N_FRAMES_MIN 2

/* Formats and sizes to remember; a recording with more is not judged by them. */
#define N_KINDS_MAX 64

typedef struct
{
  GstOmvPixelFormat format;
  gint width, height;
} Kind;

/* Frames without damage between them. */
typedef struct
{
  guint64 n_frames;
  guint64 first, last;          /* numbers */
  guint64 offset, end;
  Kind kinds[N_KINDS_MAX];
  guint n_kinds;                /* N_KINDS_MAX: perhaps more */
  guint64 intervals[N_INTERVALS_MAX];
  guint n_intervals;
  guint64 last_time;
  guint64 first_exact, last_exact;
} Stretch;

struct _OmvRemainsFinder
{
  Stretch known;                /* all that is taken for the recording itself */
  Stretch current;
  guint64 due;                  /* where the next frame should start */
  GArray *remains;
};

OmvRemainsFinder *
omv_remains_finder_new (void)
{
  OmvRemainsFinder *finder = g_new0 (OmvRemainsFinder, 1);

  finder->remains = g_array_new (FALSE, FALSE, sizeof (OmvRemains));
  return finder;
}

void
omv_remains_finder_free (OmvRemainsFinder * finder)
{
  g_array_unref (finder->remains);
  g_free (finder);
}

const GArray *
omv_remains_finder_get (const OmvRemainsFinder * finder)
{
  return finder->remains;
}

/* ---- what a stretch is like ---- */

static gboolean
has_kind (const Stretch * stretch, const Kind * kind)
{
  /* most often it is the one that was seen last */
  for (guint i = stretch->n_kinds; i-- > 0;) {
    if (stretch->kinds[i].format == kind->format
        && stretch->kinds[i].width == kind->width
        && stretch->kinds[i].height == kind->height)
      return TRUE;
  }

  return FALSE;
}

static void
add_kind (Stretch * stretch, const Kind * kind)
{
  if (stretch->n_kinds < N_KINDS_MAX && !has_kind (stretch, kind))
    stretch->kinds[stretch->n_kinds++] = *kind;
}

static void
add_interval (Stretch * stretch, guint64 interval)
{
  if (stretch->n_intervals < N_INTERVALS_MAX)
    stretch->intervals[stretch->n_intervals++] = interval;
}

static void
add_frame (Stretch * stretch, const GstOmvWalkStep * step)
{
  const GstOmvFrameHeader *header = &step->header;
  const Kind kind = { header->format, header->width, header->height };

  if (stretch->n_frames == 0) {
    stretch->first = step->number;
    stretch->offset = step->offset;
    stretch->first_exact = header->exact_time;
  } else {
    add_interval (stretch, step->time - stretch->last_time);
  }
  add_kind (stretch, &kind);
  stretch->last = step->number;
  stretch->end = step->offset + step->size
      + gst_omv_get_padding (header->payload_size);
  stretch->last_time = step->time;
  stretch->last_exact = header->exact_time;
  stretch->n_frames++;
}

/* What @more is like is now known of @stretch, too. */
static void
merge (Stretch * stretch, const Stretch * more)
{
  for (guint i = 0; i < more->n_kinds; i++)
    add_kind (stretch, &more->kinds[i]);
  for (guint i = 0; i < more->n_intervals; i++)
    add_interval (stretch, more->intervals[i]);
  stretch->last_exact = more->last_exact;
  stretch->n_frames += more->n_frames;
}

static int
compare_intervals (const void *a_data, const void *b_data)
{
  const guint64 *a = a_data, *b = b_data;

  return *a < *b ? -1 : *a > *b;
}

/* 0: nobody knows. */
static guint64
get_usual_interval (const Stretch * stretch)
{
  guint64 sorted[N_INTERVALS_MAX];

  if (stretch->n_intervals < N_INTERVALS_MIN)
    return 0;

  for (guint i = 0; i < stretch->n_intervals; i++)
    sorted[i] = stretch->intervals[i];
  qsort (sorted, stretch->n_intervals, sizeof *sorted, compare_intervals);
  return sorted[stretch->n_intervals / 2];
}

/* ---- the rule ---- */

/* TRUE if nobody can tell. */
static gboolean
shares_kind (const Stretch * known, const Stretch * stretch)
{
  if (known->n_frames < N_FRAMES_MIN || stretch->n_frames < N_FRAMES_MIN
      || known->n_kinds == N_KINDS_MAX || stretch->n_kinds == N_KINDS_MAX)
    return TRUE;

  for (guint i = 0; i < stretch->n_kinds; i++) {
    if (has_kind (known, &stretch->kinds[i]))
      return TRUE;
  }

  return FALSE;
}

static gboolean
has_other_rate (const Stretch * known, const Stretch * stretch)
{
  guint64 usual = get_usual_interval (known);
  guint64 other = get_usual_interval (stretch);

  return usual > 0 && other > 0 && (other / 2 > usual || usual / 2 > other);
}

static gboolean
goes_back (guint64 exact, guint64 before)
{
  return exact != GST_OMV_TIME_NONE && before != GST_OMV_TIME_NONE
      && exact < before;
}

static gboolean
looks_old (const Stretch * known, const Stretch * stretch,
    OmvRemainsReason * ret_reason)
{
  if (goes_back (stretch->first_exact, known->last_exact))
    *ret_reason = OMV_REMAINS_CLOCK;
  else if (!shares_kind (known, stretch))
    *ret_reason = OMV_REMAINS_KIND;
  else if (has_other_rate (known, stretch))
    *ret_reason = OMV_REMAINS_RATE;
  else
    return FALSE;

  return TRUE;
}

static void
end_stretch (OmvRemainsFinder * finder)
{
  const Stretch *stretch = &finder->current;
  OmvRemains remains;

  if (stretch->n_frames == 0)
    return;

  if (finder->known.n_frames > 0
      && looks_old (&finder->known, stretch, &remains.reason)) {
    remains.first = stretch->first;
    remains.last = stretch->last;
    remains.offset = stretch->offset;
    remains.end = stretch->end;
    g_array_append_val (finder->remains, remains);
  } else {
    merge (&finder->known, stretch);
  }
  memset (&finder->current, 0, sizeof finder->current);
}

void
omv_remains_finder_step (OmvRemainsFinder * finder, GstOmvWalkResult result,
    const GstOmvWalkStep * step)
{
  const Stretch *current = &finder->current;

  if (result != GST_OMV_WALK_FRAME) {
    end_stretch (finder);
    finder->due = step->offset + step->size;
    return;
  }

  if (step->offset != finder->due) {
    end_stretch (finder);       /* a file header lies between them */
    memset (&finder->known, 0, sizeof finder->known);
  } else if (current->n_frames > 0
      && goes_back (step->header.exact_time, current->last_exact)) {
    end_stretch (finder);
  }
  add_frame (&finder->current, step);
  finder->due = finder->current.end;
}
