/* omv-recording-read.c: finds and reads the frames of an open recording
 *
 * From the nearest frame that the index remembers, or that was read last, a walk
 * over a few headers leads to the frame wanted. Each step is held against the
 * index: a recording that is no longer what it was is looked at afresh, once.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-recording.h"

#include <inttypes.h>

#include "omv-frame-private.h"
#include "omv-i18n.h"
#include "omv-recording-private.h"

/* Frames that are sooner walked over than looked up. */
#define NEAR_FRAMES 16

/* A frame, and the walk that stands behind it. */
typedef struct
{
  GstOmvWalk walk;
  GstOmvWalkStep step;
} Place;

typedef struct
{
  gboolean by_time;
  guint64 value;                /* a number, or ns */
  GstOmvSnap snap;
} Wanted;

/* ---- finding a frame ---- */

/* Whether a step that was taken from where the index led is as it should be. */
static gboolean
is_expected (const OmvRecording * self, GstOmvWalkResult result,
    const GstOmvWalkStep * step, gboolean from_index)
{
  if (result == GST_OMV_WALK_FRAME)
    return gst_omv_index_agrees (self->index, step);

  return result == GST_OMV_WALK_SKIP && !from_index;
}

/* Walks to a frame that the index has passed. */
static OmvOutcome
walk_to_number (OmvRecording * self, guint64 number, Place * place,
    GError ** error)
{
  gboolean from_index = !self->has_walk || self->walk.number > number
      || number - self->walk.number >= NEAR_FRAMES;
  GstOmvWalkResult result;

  place->walk = self->walk;
  if (from_index
      && !gst_omv_index_find_number (self->index, number, &place->walk))
    return OMV_STALE;

  do {
    if (!omv_recording_take_step (self, &place->walk, &result, &place->step,
            error))
      return OMV_FAILED;
    if (!is_expected (self, result, &place->step, from_index))
      return OMV_STALE;
    from_index = FALSE;
  } while (result != GST_OMV_WALK_FRAME || place->step.number != number);

  return OMV_FOUND;
}

static OmvOutcome
find_number (OmvRecording * self, guint64 number, Place * place,
    GError ** error)
{
  OmvOutcome outcome = omv_recording_extend_to (self, number,
      &place->walk, &place->step, error);

  return outcome == OMV_KNOWN ? walk_to_number (self, number, place, error)
      : outcome;
}

/* Extends the index to @time, or to the end. OMV_KNOWN: there are frames. */
static OmvOutcome
reach_time (OmvRecording * self, guint64 time, GError ** error)
{
  Place place;

  omv_recording_try_sidecar (self);
  while (gst_omv_index_get_n_frames (self->index) == 0
      || gst_omv_index_get_last_time (self->index) < time) {
    OmvOutcome outcome = omv_recording_extend_to (self,
        gst_omv_index_get_n_frames (self->index), &place.walk, &place.step,
        error);

    if (outcome == OMV_FAILED)
      return OMV_FAILED;
    if (outcome == OMV_ABSENT)
      break;
  }

  return gst_omv_index_get_n_frames (self->index) > 0 ? OMV_KNOWN : OMV_ABSENT;
}

/* Whether of the frames on both sides of @time the later one is wanted. */
static gboolean
wants_later (const Wanted * wanted, guint64 before, guint64 after)
{
  if (after == wanted->value || wanted->snap == GST_OMV_SNAP_AFTER)
    return TRUE;

  return wanted->snap == GST_OMV_SNAP_NEAREST
      && after - wanted->value < wanted->value - before;
}

static OmvOutcome
walk_to_time (OmvRecording * self, const Wanted * wanted, Place * place,
    GError ** error)
{
  gboolean from_index = TRUE, has_before = FALSE;
  GstOmvWalkResult result;
  Place before;

  if (!gst_omv_index_find_time (self->index, wanted->value, &place->walk))
    return OMV_STALE;

  for (;;) {
    if (!omv_recording_take_step (self, &place->walk, &result, &place->step,
            error))
      return OMV_FAILED;
    if (!is_expected (self, result, &place->step, from_index)) {
      /* behind the last frame, if there should be no later one */
      if (result == GST_OMV_WALK_FRAME || !has_before
          || gst_omv_index_get_last_time (self->index) >= wanted->value)
        return OMV_STALE;
      *place = before;
      return OMV_FOUND;
    }
    from_index = FALSE;
    if (result != GST_OMV_WALK_FRAME)
      continue;

    if (place->step.time >= wanted->value)
      break;
    before = *place;
    has_before = TRUE;
  }

  if (has_before && !wants_later (wanted, before.step.time, place->step.time))
    *place = before;
  return OMV_FOUND;
}

static OmvOutcome
find_time (OmvRecording * self, const Wanted * wanted, Place * place,
    GError ** error)
{
  OmvOutcome outcome = reach_time (self, wanted->value, error);

  return outcome == OMV_KNOWN ? walk_to_time (self, wanted, place,
      error) : outcome;
}

/* ---- reading a frame ---- */

/* How long the frame at @place lasts. */
static gboolean
get_duration (OmvRecording * self, const Place * place, guint64 * ret_duration,
    GError ** error)
{
  const GstOmvIndex *index = self->index;
  GstOmvWalk walk = place->walk;
  GstOmvWalkResult result;
  GstOmvWalkStep step;

  do {
    if (!omv_recording_take_step (self, &walk, &result, &step, error))
      return FALSE;
  } while (result == GST_OMV_WALK_SKIP);

  if (result == GST_OMV_WALK_FRAME)
    *ret_duration = step.time - place->step.time;
  else if (gst_omv_index_get_n_frames (index) == place->step.number + 1)
    *ret_duration = gst_omv_index_get_end_time (index)
        - gst_omv_index_get_last_time (index);
  else
    *ret_duration = 0;
  return TRUE;
}

static OmvOutcome
read_place (OmvRecording * self, const Place * place, GstOmvFrame ** ret_frame,
    GError ** error)
{
  g_autoptr (GBytes) payload = NULL;
  guint64 duration;

  if (!omv_source_read (self->source, place->step.payload_offset,
          place->step.header.payload_size, &payload, error))
    return OMV_FAILED;
  if (payload == NULL)
    return OMV_STALE;
  if (!get_duration (self, place, &duration, error))
    return OMV_FAILED;

  self->walk = place->walk;
  self->has_walk = TRUE;
  *ret_frame = omv_frame_new (&place->step, duration,
      g_steal_pointer (&payload));
  return OMV_FOUND;
}

/* Why there is no such frame. */
static void
set_absent (OmvRecording * self, const Wanted * wanted, GError ** error)
{
  guint n_damages = gst_omv_index_get_n_damages (self->index);
  guint64 n_frames = gst_omv_index_get_n_frames (self->index);
  GstOmvWalkStep damage = {.fault = GST_OMV_FAULT_TORN };

  if (n_damages > 0 && !self->start.resync)
    gst_omv_index_get_damage (self->index, n_damages - 1, &damage);

  if (damage.fault != GST_OMV_FAULT_TORN)
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
        _("Frame %" PRIu64 " at byte %" PRIu64 " is damaged: %s."),
        damage.number, damage.offset, gst_omv_fault_describe (damage.fault));
  else if (n_frames == 0 || wanted->by_time)
    g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_END_OF_STREAM,
        _("The recording holds no whole frame."));
  else
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_END_OF_STREAM,
        _("There is no frame %" PRIu64 ", the last one is %" PRIu64 "."),
        wanted->value, n_frames - 1);
}

/* @ret_frame: (nullable): gets the frame there */
static gboolean
find_frame (OmvRecording * self, const Wanted * wanted, Place * ret_place,
    GstOmvFrame ** ret_frame, GError ** error)
{
  OmvOutcome outcome = OMV_STALE;

  for (guint i = 0; i < 2 && outcome == OMV_STALE; i++) {
    if (i > 0)
      omv_recording_start_over (self);
    outcome = wanted->by_time ? find_time (self, wanted, ret_place, error)
        : find_number (self, wanted->value, ret_place, error);
    if (outcome == OMV_FOUND && ret_frame != NULL)
      outcome = read_place (self, ret_place, ret_frame, error);
  }

  if (outcome == OMV_ABSENT)
    set_absent (self, wanted, error);
  else if (outcome == OMV_STALE)
    g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
        _("The recording changes while it is read."));
  return outcome == OMV_FOUND;
}

static GstOmvFrame *
read_frame (OmvRecording * self, const Wanted * wanted, GError ** error)
{
  GstOmvFrame *frame = NULL;
  Place place = { 0, };

  return find_frame (self, wanted, &place, &frame, error) ? frame : NULL;
}

/*
 * omv_recording_read_number:
 *
 * NULL: there is none, or it cannot be read.
 */
GstOmvFrame *
omv_recording_read_number (OmvRecording * self, guint64 number, GError ** error)
{
  const Wanted wanted = {.value = number };

  return read_frame (self, &wanted, error);
}

/*
 * omv_recording_read_time:
 *
 * The first frame that has exactly @time, else the last one before or the first
 * one after it; the only one where there is none on the side wanted. NULL: there
 * is none at all, or it cannot be read.
 */
GstOmvFrame *
omv_recording_read_time (OmvRecording * self, guint64 time, GstOmvSnap snap,
    GError ** error)
{
  const Wanted wanted = {.by_time = TRUE,.value = time,.snap = snap };

  return read_frame (self, &wanted, error);
}

/*
 * omv_recording_reach:
 *
 * FALSE: there is no frame @number, or it cannot be read.
 */
gboolean
omv_recording_reach (OmvRecording * self, guint64 number, GError ** error)
{
  const Wanted wanted = {.value = number };
  Place place;
  OmvOutcome outcome = omv_recording_extend_to (self, number,
      &place.walk, &place.step, error);

  if (outcome == OMV_ABSENT)
    set_absent (self, &wanted, error);
  return outcome == OMV_FOUND || outcome == OMV_KNOWN;
}

/*
 * omv_recording_find_end:
 * @n_frames: at least 1
 * @ret_walk: (out): a walk that has just passed the last of so many frames
 *
 * FALSE: there are not so many, or they cannot be read.
 */
gboolean
omv_recording_find_end (OmvRecording * self, guint64 n_frames,
    GstOmvWalk * ret_walk, GError ** error)
{
  const Wanted wanted = {.value = n_frames - 1 };
  Place place = { 0, };

  if (!find_frame (self, &wanted, &place, NULL, error))
    return FALSE;

  *ret_walk = place.walk;
  return TRUE;
}
