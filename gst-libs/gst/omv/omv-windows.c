/* omv-windows.c: which frames of a ring a trigger saves
 *
 * Numbers and times, no frames: whoever fills a ring tells the time of each
 * frame, and of each trigger when it was. A trigger opens a clip. It reaches back
 * as far as the settings and the ring allow, and stays open until the frames
 * behind the trigger have come.
 *
 * A trigger is at a time, and its frame is the newest one that is not later. One
 * that is still on its way cannot be known, so a trigger that is later than the
 * newest frame waits for the next frames; how long is up to the caller. Whether
 * it belongs to a clip that is open has to be said before that, by the frames
 * there are.
 *
 * A clip is one stretch of frames. It reaches no further back than the ring did
 * when the frame of its trigger was the newest, or at the trigger if that came
 * later. Triggers may come in any order, so clips may be on both sides of it.
 *
 * Guarantees, cited by the tests:
 *
 *  C1  No frame is in two clips. Clips are closed in the order of their ids.
 *  C2  Between clips that touch no frame is lost: where the window of one would
 *      reach back into an earlier clip, it starts right behind that, and where it
 *      would reach on into one, it ends right before that.
 *  C3  A clip that waits for nothing holds the frame of its trigger, unless an
 *      earlier clip has that; then it holds what follows that clip, if anything.
 *  C4  Of a clip that is ready, @first and @trigger do not change. @end only
 *      grows, and not after it is closed.
 *  C5  Nothing is allocated for a frame.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-windows.h"

struct _GstOmvWindows
{
  GstOmvWindowSettings settings;
  guint64 *times;               /* of the newest frames, by number % reach */
  guint64 n_frames;
  guint64 n_clips;
  GQueue open;                  /* of GstOmvClip, by id */
  GQueue saved;                 /* of GstOmvClip that are closed, by number; those
                                   that are too old are left out at a trigger */
};

GstOmvClip *
gst_omv_clip_ref (GstOmvClip * clip)
{
  g_atomic_ref_count_inc (&clip->ref_count);
  return clip;
}

void
gst_omv_clip_unref (GstOmvClip * clip)
{
  if (g_atomic_ref_count_dec (&clip->ref_count))
    g_free (clip);
}

/*
 * gst_omv_windows_new:
 * @settings: its reach is at least 1
 *
 * NULL: there is no memory for so long a reach.
 */
GstOmvWindows *
gst_omv_windows_new (const GstOmvWindowSettings * settings)
{
  GstOmvWindows *windows;
  guint64 *times;

  g_return_val_if_fail (settings->reach >= 1, NULL);

  if (settings->reach > G_MAXSIZE / sizeof *times)
    return NULL;
  times = g_try_new0 (guint64, (gsize) settings->reach);
  if (times == NULL)
    return NULL;

  windows = g_new0 (GstOmvWindows, 1);
  windows->settings = *settings;
  windows->times = times;
  g_queue_init (&windows->open);
  g_queue_init (&windows->saved);

  return windows;
}

void
gst_omv_windows_free (GstOmvWindows * windows)
{
  g_queue_clear_full (&windows->open, (GDestroyNotify) gst_omv_clip_unref);
  g_queue_clear_full (&windows->saved, (GDestroyNotify) gst_omv_clip_unref);
  g_free (windows->times);
  g_free (windows);
}

/* The oldest frame that can still be saved. */
static guint64
get_floor (const GstOmvWindows * windows)
{
  return windows->n_frames > windows->settings.reach
      ? windows->n_frames - windows->settings.reach : 0;
}

/* Of a frame that is not too old. */
static guint64
get_time (const GstOmvWindows * windows, guint64 number)
{
  return windows->times[number % windows->settings.reach];
}

/* The first frame from @floor on that is later than @time, or not earlier. */
static guint64
find_frame (const GstOmvWindows * windows, guint64 time, gboolean later)
{
  guint64 low = get_floor (windows), high = windows->n_frames;

  while (low < high) {
    guint64 middle = low + (high - low) / 2;
    guint64 found = get_time (windows, middle);

    if (found < time || (later && found == time))
      low = middle + 1;
    else
      high = middle;
  }

  return low;
}

/* ---- starting ---- */

/* The frame of the trigger is @number, which is the newest one, or was there when
 * the trigger came. Only now are the times in front of it sure to be known. */
static void
set_trigger (const GstOmvWindows * windows, GstOmvClip * clip, guint64 number)
{
  const GstOmvWindowSettings *settings = &windows->settings;
  guint64 time = get_time (windows, number);
  guint64 first = get_floor (windows);

  if (settings->pre_frames < number)
    first = MAX (first, number - settings->pre_frames);
  if (settings->pre_time != GST_OMV_WINDOW_ALL)
    first = MAX (first, find_frame (windows,
            time - MIN (time, settings->pre_time), FALSE));

  clip->trigger = number;
  clip->time = time;
  clip->first = first;
}

/* The first frame from @number on that no clip has. */
static guint64
skip_saved (const GstOmvWindows * windows, guint64 number)
{
  for (GList * item = windows->saved.head; item != NULL; item = item->next) {
    const GstOmvClip *saved = item->data;

    if (saved->first <= number && number < saved->end)
      number = saved->end;
  }

  return number;
}

/* Settles where @clip, the oldest that is open, starts, and which clip it must
 * not reach. */
static void
make_ready (const GstOmvWindows * windows, GstOmvClip * clip)
{
  guint64 start = skip_saved (windows, clip->trigger);

  if (start > clip->trigger)
    clip->first = start;
  for (GList * item = windows->saved.head; item != NULL; item = item->next) {
    const GstOmvClip *saved = item->data;

    if (saved->end <= clip->trigger)
      clip->first = MAX (clip->first, saved->end);
    else if (saved->first > start)
      clip->limit = MIN (clip->limit, saved->first);
  }

  clip->ready = TRUE;
}

/* ---- closing ---- */

static gboolean
is_waiting (const GstOmvWindows * windows, const GstOmvClip * clip)
{
  return clip->anchor_time > get_time (windows, windows->n_frames - 1);
}

/* Whether the last frame of the window has come, and which is the one behind
 * it. */
static gboolean
find_window_end (const GstOmvWindows * windows, const GstOmvClip * clip,
    guint64 * ret_end)
{
  const GstOmvWindowSettings *settings = &windows->settings;
  guint64 rest = G_MAXUINT64 - clip->anchor - 1;
  guint64 end = clip->anchor + 1 + MIN (rest, settings->post_frames);

  if (is_waiting (windows, clip) || end > windows->n_frames)
    return FALSE;
  if (settings->post_time > 0) {
    guint64 time = clip->anchor_frame_time;
    guint64 limit = time + MIN (settings->post_time, G_MAXUINT64 - time);

    if (get_time (windows, windows->n_frames - 1) < limit)
      return FALSE;
    end = MAX (end, find_frame (windows, limit, TRUE));
  }

  *ret_end = end;
  return TRUE;
}

/* Whether @clip can be closed, and which frame is behind its last one. */
static gboolean
find_end (const GstOmvWindows * windows, const GstOmvClip * clip,
    guint64 * ret_end)
{
  guint64 end = clip->limit;

  if (!find_window_end (windows, clip, &end) && end == G_MAXUINT64)
    return FALSE;

  *ret_end = MIN (end, clip->limit);
  return TRUE;
}

/* Takes @link, that of @clip: clips are closed where frames come in (C5). */
static void
close_clip (GstOmvWindows * windows, GstOmvClip * clip, GList * link,
    guint64 end)
{
  GList *behind = NULL;

  clip->end = MAX (end, clip->first);
  clip->closed = TRUE;
  if (clip->first == clip->end) {
    g_list_free_1 (link);
    gst_omv_clip_unref (clip);
    return;
  }

  for (GList * item = windows->saved.tail; item != NULL; item = item->prev) {
    if (((GstOmvClip *) item->data)->first < clip->first)
      break;
    behind = item;
  }
  g_queue_insert_before_link (&windows->saved, behind, link);
}

/* Brings the open clips up to date. @all: no frame will come any more. */
static void
update (GstOmvWindows * windows, gboolean all)
{
  GstOmvClip *clip;

  while ((clip = g_queue_peek_head (&windows->open)) != NULL) {
    guint64 end = windows->n_frames;

    if (!clip->ready && clip->trigger_time
        <= get_time (windows, windows->n_frames - 1))
      make_ready (windows, clip);
    if (!clip->ready)
      return;

    if (find_end (windows, clip, &end) || all) {
      close_clip (windows, clip, g_queue_pop_head_link (&windows->open), end);
    } else {
      clip->end = MAX (end, clip->first);
      return;
    }
  }
}

/* ---- what happens ---- */

/* The newest frame may be that of triggers that waited at @before, when the frame
 * before it was the newest. One that did not wait has its frame already, even if
 * this one is at the same time. */
static void
move_triggers (GstOmvWindows * windows, guint64 before)
{
  guint64 number = windows->n_frames - 1;
  guint64 time = get_time (windows, number);

  for (GList * item = windows->open.head; item != NULL; item = item->next) {
    GstOmvClip *clip = item->data;

    if (clip->trigger_time > before && clip->trigger_time >= time)
      set_trigger (windows, clip, number);
    if (clip->anchor_time > before && clip->anchor_time >= time) {
      clip->anchor = number;
      clip->anchor_frame_time = time;
    }
  }
}

/*
 * gst_omv_windows_add_frame:
 * @time: ns; one that is earlier than the frame before it counts as the same
 *
 * Another frame is in the ring.
 */
void
gst_omv_windows_add_frame (GstOmvWindows * windows, guint64 time)
{
  guint64 before = gst_omv_windows_get_newest_time (windows);

  windows->times[windows->n_frames % windows->settings.reach] =
      MAX (time, before);
  windows->n_frames++;
  if (windows->open.length == 0)
    return;

  move_triggers (windows, before);
  update (windows, FALSE);
}

guint64
gst_omv_windows_get_n_frames (const GstOmvWindows * windows)
{
  return windows->n_frames;
}

/* The oldest frame that a trigger could still save. */
guint64
gst_omv_windows_get_oldest (const GstOmvWindows * windows)
{
  return get_floor (windows);
}

/* 0 while there is no frame. */
guint64
gst_omv_windows_get_newest_time (const GstOmvWindows * windows)
{
  return windows->n_frames == 0 ? 0 : get_time (windows, windows->n_frames - 1);
}

/* Clips that no window can reach any more, nor one that is still open. */
static void
forget_saved (GstOmvWindows * windows)
{
  guint64 needed = get_floor (windows);
  GstOmvClip *oldest;

  for (GList * item = windows->open.head; item != NULL; item = item->next)
    needed = MIN (needed, ((GstOmvClip *) item->data)->first);
  while ((oldest = g_queue_peek_head (&windows->saved)) != NULL
      && oldest->end <= needed)
    gst_omv_clip_unref (g_queue_pop_head (&windows->saved));
}

static GstOmvClip *
open_clip (GstOmvWindows * windows, guint64 trigger, guint64 time)
{
  GstOmvClip *clip = g_new0 (GstOmvClip, 1);

  g_atomic_ref_count_init (&clip->ref_count);
  clip->id = ++windows->n_clips;
  set_trigger (windows, clip, trigger);
  clip->anchor = trigger;
  clip->anchor_frame_time = clip->time;
  clip->trigger_time = clip->anchor_time = time;
  clip->limit = G_MAXUINT64;
  forget_saved (windows);
  g_queue_push_tail (&windows->open, clip);

  return clip;
}

/* Whether a clip whose trigger is at frame @trigger would hold none: earlier
 * clips have all. */
static gboolean
would_be_empty (const GstOmvWindows * windows, guint64 trigger, guint64 time)
{
  GstOmvClip clip = { 0, };
  guint64 end;

  clip.anchor = trigger;
  clip.anchor_frame_time = get_time (windows, trigger);
  clip.anchor_time = time;
  return find_window_end (windows, &clip, &end)
      && end <= skip_saved (windows, trigger);
}

/*
 * gst_omv_windows_trigger:
 * @time: ns; later than the newest frame: the frames up to then are still on
 *   their way
 * @ret_clip: (transfer full): the clip that it opens, untouched if it opens none
 *
 * Returns the id of the clip that the trigger belongs to, or 0 if there is
 * nothing to save: no frame yet, none that is old enough any more, a clip that is
 * open and retriggers are ignored, or frames that earlier clips have already.
 */
guint64
gst_omv_windows_trigger (GstOmvWindows * windows, guint64 time,
    GstOmvClip ** ret_clip)
{
  GstOmvClip *last = g_queue_peek_tail (&windows->open);
  guint64 behind = find_frame (windows, time, TRUE);
  guint64 trigger = behind - 1;

  if (behind == get_floor (windows))
    return 0;

  if (last != NULL) {
    if (windows->settings.retrigger == GST_OMV_RETRIGGER_IGNORE)
      return 0;
    if (windows->settings.retrigger == GST_OMV_RETRIGGER_EXTEND
        || trigger <= last->anchor) {
      last->anchor = MAX (last->anchor, trigger);
      last->anchor_frame_time = MAX (last->anchor_frame_time,
          get_time (windows, trigger));
      last->anchor_time = MAX (last->anchor_time, time);
      return last->id;
    }
  } else if (would_be_empty (windows, trigger, time)) {
    return 0;
  }

  last = open_clip (windows, trigger, time);
  *ret_clip = gst_omv_clip_ref (last);
  update (windows, FALSE);

  return (*ret_clip)->id;
}

/*
 * gst_omv_windows_is_waiting:
 *
 * Whether a trigger waits for frames that may be on their way.
 */
gboolean
gst_omv_windows_is_waiting (const GstOmvWindows * windows)
{
  for (GList * item = windows->open.head; item != NULL; item = item->next) {
    if (is_waiting (windows, item->data))
      return TRUE;
  }

  return FALSE;
}

/*
 * gst_omv_windows_stop_waiting:
 *
 * What was on its way has not come: triggers take the newest frame.
 */
void
gst_omv_windows_stop_waiting (GstOmvWindows * windows)
{
  guint64 newest = gst_omv_windows_get_newest_time (windows);

  for (GList * item = windows->open.head; item != NULL; item = item->next) {
    GstOmvClip *clip = item->data;

    clip->trigger_time = MIN (clip->trigger_time, newest);
    clip->anchor_time = MIN (clip->anchor_time, newest);
  }
  if (windows->open.length > 0)
    update (windows, FALSE);
}

/*
 * gst_omv_windows_give_up:
 * @clip: one that is ready
 *
 * Closes @clip behind the newest frame, if it is open. Nobody saves it any more,
 * and a trigger that extended it would be lost.
 */
void
gst_omv_windows_give_up (GstOmvWindows * windows, GstOmvClip * clip)
{
  if (clip->closed)
    return;

  clip->limit = MIN (clip->limit, windows->n_frames);
  update (windows, FALSE);
}

gboolean
gst_omv_windows_is_open (const GstOmvWindows * windows)
{
  return windows->open.length > 0;
}

/*
 * gst_omv_windows_close:
 *
 * Closes all clips behind the newest frame: no other will come, or none that
 * they may have.
 */
void
gst_omv_windows_close (GstOmvWindows * windows)
{
  gst_omv_windows_stop_waiting (windows);
  if (windows->open.length > 0)
    update (windows, TRUE);
}
