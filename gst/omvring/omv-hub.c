/* omv-hub.c: where the writer of a ring and its readers meet
 *
 * The ring itself wakes nobody, and knows no triggers. A hub has the ring, the
 * windows that say which frames a trigger saves, and the readers: the thread that
 * dumps clips to files, and sources that play them. Each reader gets every clip
 * that is opened after it has come.
 *
 * The lock is held for a few assignments at a time, never while a frame is copied
 * or a file written. The writer wakes nobody unless somebody waits for a frame.
 * No other lock is taken under it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-hub.h"

struct _OmvHub
{
  gatomicrefcount ref_count;
  GMutex lock;
  GCond frames;                 /* a frame, a change of a clip, the end, a
                                   cancelled reader */
  GCond clips;                  /* a clip, the ring, the end, a cancelled reader */

  /* lock */
  GstOmvRing *ring;             /* NULL until it is set, then constant */
  gint rate_numerator;
  gint rate_denominator;
  GstOmvWindows *windows;       /* NULL until the ring is set */
  guint64 n_clips;              /* opened so far */
  GList *readers;               /* of OmvReader, not owned */
  guint n_waiting;              /* readers that wait for a frame */
  gint64 deadline;              /* monotonic µs: up to when triggers wait for
                                   frames that are on their way */
  gboolean eos;                 /* no more frames, unless there is a flush */
  gboolean ended;               /* no more frames */
};

struct _OmvReader
{
  OmvHub *hub;
  gboolean until_eos;           /* the end of the stream is the end for it */

  /* hub lock */
  GQueue clips;                 /* of OmvClip: opened, and not taken yet */
  gboolean cancelled;
};

/* --- clips ---------------------------------------------------------------- */

OmvClip *
omv_clip_ref (OmvClip * clip)
{
  g_atomic_ref_count_inc (&clip->ref_count);
  return clip;
}

void
omv_clip_unref (OmvClip * clip)
{
  if (!g_atomic_ref_count_dec (&clip->ref_count))
    return;

  gst_omv_clip_unref (clip->frames);
  g_date_time_unref (clip->wall_clock);
  g_free (clip->label);
  g_free (clip);
}

static OmvClip *
clip_new (GstOmvClip * frames, const OmvTrigger * trigger)
{
  OmvClip *clip = g_new0 (OmvClip, 1);

  g_atomic_ref_count_init (&clip->ref_count);
  clip->id = frames->id;
  clip->label = g_strdup (trigger->label);
  clip->wall_clock = g_date_time_ref (trigger->wall_clock);
  clip->time = trigger->time;
  clip->base_time = trigger->base_time;
  clip->frames = frames;

  return clip;
}

/* --- the hub -------------------------------------------------------------- */

OmvHub *
omv_hub_new (void)
{
  OmvHub *hub = g_new0 (OmvHub, 1);

  g_atomic_ref_count_init (&hub->ref_count);
  g_mutex_init (&hub->lock);
  g_cond_init (&hub->frames);
  g_cond_init (&hub->clips);

  return hub;
}

OmvHub *
omv_hub_ref (OmvHub * hub)
{
  g_atomic_ref_count_inc (&hub->ref_count);
  return hub;
}

void
omv_hub_unref (OmvHub * hub)
{
  if (!g_atomic_ref_count_dec (&hub->ref_count))
    return;

  g_clear_object (&hub->ring);
  g_clear_pointer (&hub->windows, gst_omv_windows_free);
  g_cond_clear (&hub->clips);
  g_cond_clear (&hub->frames);
  g_mutex_clear (&hub->lock);
  g_free (hub);
}

/*
 * omv_hub_set_ring:
 * @rate_numerator: frames …
 * @rate_denominator: … per so many seconds, 0/1 if that is not known
 *
 * To be called once, before the first frame. FALSE: there is no memory for the
 * windows.
 */
gboolean
omv_hub_set_ring (OmvHub * hub, GstOmvRing * ring,
    const GstOmvWindowSettings * settings, gint rate_numerator,
    gint rate_denominator)
{
  GstOmvWindows *windows = gst_omv_windows_new (settings);

  if (windows == NULL)
    return FALSE;

  g_mutex_lock (&hub->lock);
  hub->windows = windows;
  hub->ring = g_object_ref (ring);
  hub->rate_numerator = rate_numerator;
  hub->rate_denominator = rate_denominator;
  g_cond_broadcast (&hub->clips);
  g_mutex_unlock (&hub->lock);

  return TRUE;
}

/*
 * omv_hub_add_frame:
 *
 * Tells that the ring holds another frame.
 */
void
omv_hub_add_frame (OmvHub * hub, GstClockTime time)
{
  g_mutex_lock (&hub->lock);
  gst_omv_windows_add_frame (hub->windows, time);
  if (hub->n_waiting > 0)
    g_cond_broadcast (&hub->frames);
  g_mutex_unlock (&hub->lock);
}

static void
announce (OmvHub * hub, OmvClip * clip)
{
  for (GList * item = hub->readers; item != NULL; item = item->next) {
    OmvReader *reader = item->data;

    g_queue_push_tail (&reader->clips, omv_clip_ref (clip));
  }
  g_cond_broadcast (&hub->clips);
}

/*
 * omv_hub_trigger:
 *
 * The id of the clip that the trigger belongs to, or 0; see
 * gst_omv_windows_trigger().
 */
guint64
omv_hub_trigger (OmvHub * hub, const OmvTrigger * trigger)
{
  GstOmvClip *frames = NULL;
  guint64 id = 0;

  g_mutex_lock (&hub->lock);
  if (hub->windows != NULL && !hub->ended)
    id = gst_omv_windows_trigger (hub->windows, trigger->time, &frames);
  if (frames != NULL) {
    g_autoptr (OmvClip) clip = clip_new (frames, trigger);

    hub->n_clips = id;
    announce (hub, clip);
    if (hub->eos)
      gst_omv_windows_close (hub->windows);
  }
  if (id != 0)
    hub->deadline = g_get_monotonic_time () + trigger->patience;
  if (hub->n_waiting > 0)
    g_cond_broadcast (&hub->frames);
  g_mutex_unlock (&hub->lock);

  return id;
}

/*
 * omv_hub_give_up:
 *
 * @clip cannot be dumped. It ends here, so that the next trigger opens another
 * one; unless somebody else plays it, who then gets it as far as it goes.
 */
void
omv_hub_give_up (OmvHub * hub, OmvClip * clip)
{
  g_mutex_lock (&hub->lock);
  if (hub->readers->next == NULL)
    gst_omv_windows_give_up (hub->windows, clip->frames);
  g_mutex_unlock (&hub->lock);
}

/* How many clips have been opened. */
guint64
omv_hub_get_n_clips (OmvHub * hub)
{
  guint64 count;

  g_mutex_lock (&hub->lock);
  count = hub->n_clips;
  g_mutex_unlock (&hub->lock);

  return count;
}

/* FALSE: there is no frame yet. */
gboolean
omv_hub_get_newest_time (OmvHub * hub, GstClockTime * ret_time)
{
  gboolean found;

  g_mutex_lock (&hub->lock);
  found = hub->windows != NULL
      && gst_omv_windows_get_n_frames (hub->windows) > 0;
  if (found)
    *ret_time = gst_omv_windows_get_newest_time (hub->windows);
  g_mutex_unlock (&hub->lock);

  return found;
}

guint64
omv_hub_get_n_frames (OmvHub * hub)
{
  guint64 count;

  g_mutex_lock (&hub->lock);
  count = hub->windows != NULL ? gst_omv_windows_get_n_frames (hub->windows)
      : 0;
  g_mutex_unlock (&hub->lock);

  return count;
}

/*
 * omv_hub_set_eos:
 *
 * TRUE: the stream is at its end; clips that are open, or opened from now on, get
 * no further frames.
 * FALSE: it was flushed, and goes on.
 */
void
omv_hub_set_eos (OmvHub * hub, gboolean eos)
{
  g_mutex_lock (&hub->lock);
  hub->eos = eos;
  if (eos && hub->windows != NULL)
    gst_omv_windows_close (hub->windows);
  g_cond_broadcast (&hub->frames);
  g_cond_broadcast (&hub->clips);
  g_mutex_unlock (&hub->lock);
}

/*
 * omv_hub_end:
 *
 * There will be neither frames nor clips any more. Readers still get what there
 * is.
 */
void
omv_hub_end (OmvHub * hub)
{
  g_mutex_lock (&hub->lock);
  if (hub->windows != NULL)
    gst_omv_windows_close (hub->windows);
  hub->ended = TRUE;
  g_cond_broadcast (&hub->frames);
  g_cond_broadcast (&hub->clips);
  g_mutex_unlock (&hub->lock);
}

/* --- readers -------------------------------------------------------------- */

/*
 * omv_reader_new:
 * @until_eos: whether waits are over at the end of the stream already, not only
 *   when the hub has ended
 */
OmvReader *
omv_reader_new (OmvHub * hub, gboolean until_eos)
{
  OmvReader *reader = g_new0 (OmvReader, 1);

  reader->hub = omv_hub_ref (hub);
  reader->until_eos = until_eos;
  g_queue_init (&reader->clips);
  g_mutex_lock (&hub->lock);
  hub->readers = g_list_prepend (hub->readers, reader);
  g_mutex_unlock (&hub->lock);

  return reader;
}

void
omv_reader_free (OmvReader * reader)
{
  OmvHub *hub = reader->hub;

  g_mutex_lock (&hub->lock);
  hub->readers = g_list_remove (hub->readers, reader);
  g_mutex_unlock (&hub->lock);

  g_queue_clear_full (&reader->clips, (GDestroyNotify) omv_clip_unref);
  omv_hub_unref (hub);
  g_free (reader);
}

/*
 * omv_reader_set_cancelled:
 *
 * Lets all waits of @reader return, now and until it is set to FALSE again. May
 * be called from any thread.
 */
void
omv_reader_set_cancelled (OmvReader * reader, gboolean cancelled)
{
  OmvHub *hub = reader->hub;

  g_mutex_lock (&hub->lock);
  reader->cancelled = cancelled;
  g_cond_broadcast (&hub->frames);
  g_cond_broadcast (&hub->clips);
  g_mutex_unlock (&hub->lock);
}

/* What a wait for something that is not there comes to; DONE: wait on. */
static OmvWait
get_hopes (const OmvReader * reader)
{
  if (reader->cancelled)
    return OMV_WAIT_CANCELLED;
  return reader->hub->ended || (reader->until_eos && reader->hub->eos)
      ? OMV_WAIT_OVER : OMV_WAIT_DONE;
}

/*
 * omv_reader_wait_ring:
 * @ret_ring: (transfer full): the ring
 */
OmvWait
omv_reader_wait_ring (OmvReader * reader, GstOmvRing ** ret_ring,
    gint * ret_rate_numerator, gint * ret_rate_denominator)
{
  OmvHub *hub = reader->hub;
  OmvWait result;

  g_mutex_lock (&hub->lock);
  while ((result = get_hopes (reader)) == OMV_WAIT_DONE && hub->ring == NULL)
    g_cond_wait (&hub->clips, &hub->lock);
  if (hub->ring != NULL && result != OMV_WAIT_CANCELLED) {
    result = OMV_WAIT_DONE;
    *ret_ring = g_object_ref (hub->ring);
    *ret_rate_numerator = hub->rate_numerator;
    *ret_rate_denominator = hub->rate_denominator;
  }
  g_mutex_unlock (&hub->lock);

  return result;
}

/*
 * omv_reader_wait_clip:
 * @ret_clip: (transfer full): the next clip
 */
OmvWait
omv_reader_wait_clip (OmvReader * reader, OmvClip ** ret_clip)
{
  OmvHub *hub = reader->hub;
  OmvWait result;

  g_mutex_lock (&hub->lock);
  while ((result = get_hopes (reader)) == OMV_WAIT_DONE
      && reader->clips.length == 0)
    g_cond_wait (&hub->clips, &hub->lock);
  if (reader->clips.length > 0 && result != OMV_WAIT_CANCELLED) {
    result = OMV_WAIT_DONE;
    *ret_clip = g_queue_pop_head (&reader->clips);
  }
  g_mutex_unlock (&hub->lock);

  return result;
}

/* Waits for a frame or a change of a clip; with the lock held. */
static void
wait_for_change (OmvHub * hub)
{
  hub->n_waiting++;
  if (!gst_omv_windows_is_waiting (hub->windows))
    g_cond_wait (&hub->frames, &hub->lock);
  else if (!g_cond_wait_until (&hub->frames, &hub->lock, hub->deadline)
      && g_get_monotonic_time () >= hub->deadline)
    gst_omv_windows_stop_waiting (hub->windows);
  hub->n_waiting--;
}

/*
 * omv_reader_wait_range:
 * @number: of a frame
 * @ret_range: what is known of the clip
 *
 * Waits until the clip is ready and frame @number, or the next one of the clip
 * behind it, is there. OVER: the clip is closed, and ends before it.
 */
OmvWait
omv_reader_wait_range (OmvReader * reader, OmvClip * clip, guint64 number,
    OmvClipRange * ret_range)
{
  OmvHub *hub = reader->hub;
  const GstOmvClip *frames = clip->frames;
  OmvWait result = OMV_WAIT_DONE;

  g_mutex_lock (&hub->lock);
  while (!reader->cancelled && !frames->closed
      && (!frames->ready || frames->end <= MAX (number, frames->first)))
    wait_for_change (hub);
  if (reader->cancelled)
    result = OMV_WAIT_CANCELLED;
  else if (frames->end <= MAX (number, frames->first))
    result = OMV_WAIT_OVER;
  ret_range->ready = frames->ready;
  ret_range->closed = frames->closed;
  ret_range->trigger = frames->trigger;
  ret_range->first = frames->first;
  ret_range->end = frames->end;
  g_mutex_unlock (&hub->lock);

  return result;
}

/*
 * omv_reader_wait_frame:
 * @ret_oldest: the oldest of the frames that the ring promises to hold
 *
 * Waits until the ring has held frame @number.
 */
OmvWait
omv_reader_wait_frame (OmvReader * reader, guint64 number, guint64 * ret_oldest)
{
  OmvHub *hub = reader->hub;
  OmvWait result;

  g_mutex_lock (&hub->lock);
  while ((result = get_hopes (reader)) == OMV_WAIT_DONE
      && gst_omv_windows_get_n_frames (hub->windows) <= number)
    wait_for_change (hub);
  if (result == OMV_WAIT_OVER
      && gst_omv_windows_get_n_frames (hub->windows) > number)
    result = OMV_WAIT_DONE;
  *ret_oldest = gst_omv_windows_get_oldest (hub->windows);
  g_mutex_unlock (&hub->lock);

  return result;
}
