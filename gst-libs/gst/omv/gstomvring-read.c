/* gstomvring-read.c: readers of a ring
 *
 * Any thread may call what is here, at any time. The invariants R1 to R9 are at
 * the head of gstomvring.c.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvring.h"

#include <inttypes.h>

#include "gstomvring-private.h"
#include "omv-frame-private.h"
#include "omv-i18n.h"

/**
 * gst_omv_ring_get_oldest:
 * @self: a ring
 *
 * All frames from this one to gst_omv_ring_get_newest() are there. While frames
 * are written, the answer may be out of date when it arrives. After
 * %GST_OMV_RING_OVERTAKEN it is beyond the frame that was asked for.
 *
 * Returns: the number of the oldest frame; %GST_OMV_SEQUENCE_NONE if there is no
 *   frame, or only the one that is being overwritten
 *
 * Since: 0.1
 */
guint64
gst_omv_ring_get_oldest (GstOmvRing * self)
{
  guint64 oldest, next;

  g_return_val_if_fail (GST_OMV_IS_RING (self), GST_OMV_SEQUENCE_NONE);

  /* In this order: the next one may have moved on since, never back. */
  oldest = atomic_load_explicit (&self->oldest, memory_order_acquire);
  next = atomic_load_explicit (&self->next, memory_order_acquire);

  return oldest < next ? oldest : GST_OMV_SEQUENCE_NONE;
}

/**
 * gst_omv_ring_get_newest:
 * @self: a ring
 *
 * Returns: the number of the frame that was written last,
 *   %GST_OMV_SEQUENCE_NONE if none was
 *
 * Since: 0.1
 */
guint64
gst_omv_ring_get_newest (GstOmvRing * self)
{
  g_return_val_if_fail (GST_OMV_IS_RING (self), GST_OMV_SEQUENCE_NONE);

  /* 0 - 1 is none */
  return atomic_load_explicit (&self->next, memory_order_acquire) - 1;
}

/* R3: counts a reader in if the slot holds @sequence. */
static GstOmvRingResult
pin_slot (OmvRingSlot * slot, guint64 sequence)
{
  guint64 word = atomic_load_explicit (&slot->word, memory_order_acquire);

  /* goes round only where another reader has come or gone */
  while (word >> OMV_RING_PIN_BITS == sequence + 1) {
    g_return_val_if_fail ((word & OMV_RING_PIN_MASK) < GST_OMV_RING_PINS_MAX,
        GST_OMV_RING_OVERTAKEN);
    if (atomic_compare_exchange_weak_explicit (&slot->word, &word, word + 1,
            memory_order_acquire, memory_order_acquire))
      return GST_OMV_RING_PINNED;
  }

  return GST_OMV_RING_OVERTAKEN;
}

/**
 * gst_omv_ring_pin: (skip)
 * @self: a ring; it must stay until the frame is unpinned
 * @sequence: number of a frame
 * @ret_pin: (out caller-allocates): the frame, untouched if it is not there
 *
 * Holds a frame where it is, until gst_omv_ring_unpin(). The writer goes on, in
 * other slots. If the frame was overtaken, gst_omv_ring_get_oldest() says where
 * to go on. At most %GST_OMV_RING_PINS_MAX readers can hold a frame.
 *
 * Returns: whether the frame is there, not yet or no longer
 *
 * Since: 0.1
 */
GstOmvRingResult
gst_omv_ring_pin (GstOmvRing * self, guint64 sequence, GstOmvRingPin * ret_pin)
{
  GstOmvRingResult result;
  guint place;
  OmvRingSlot *slot;

  g_return_val_if_fail (GST_OMV_IS_RING (self), GST_OMV_RING_OVERTAKEN);

  if (sequence >= atomic_load_explicit (&self->next, memory_order_acquire))
    return GST_OMV_RING_NOT_YET;

  place = atomic_load_explicit (&omv_ring_get_entry (self, sequence)->place,
      memory_order_acquire);
  slot = omv_ring_get_slot (self, place);
  result = pin_slot (slot, sequence);
  if (result == GST_OMV_RING_PINNED) {
    ret_pin->sequence = sequence;
    ret_pin->time = slot->time;
    ret_pin->tag = slot->tag;
    ret_pin->header = slot->header;
    ret_pin->payload = omv_ring_get_payload (self, place);
    ret_pin->place = place;
  }

  return result;
}

/**
 * gst_omv_ring_unpin: (skip)
 * @self: a ring
 * @pin: a frame that gst_omv_ring_pin() gave; its payload is set to %NULL
 *
 * Lets a frame go. Any thread may do so.
 *
 * Since: 0.1
 */
void
gst_omv_ring_unpin (GstOmvRing * self, GstOmvRingPin * pin)
{
  guint64 word;

  g_return_if_fail (GST_OMV_IS_RING (self));
  g_return_if_fail (pin->payload != NULL);

  word =
      atomic_fetch_sub_explicit (&omv_ring_get_slot (self, pin->place)->word, 1,
      memory_order_release);
  /* R3 */
  g_assert ((word & OMV_RING_PIN_MASK) > 0
      && word >> OMV_RING_PIN_BITS == pin->sequence + 1);
  pin->payload = NULL;
}

/**
 * gst_omv_ring_find_time:
 * @self: a ring
 * @time: ns, by the writer's clock
 * @ret_sequence: (out): the frame's number, untouched if there is none
 *
 * Finds the newest frame that is not later than @time, of those that are there
 * when this is called. By the time of the answer the writer may have overtaken
 * it. Times must not run backward.
 *
 * Returns: %FALSE if all frames are later
 *
 * Since: 0.1
 */
gboolean
gst_omv_ring_find_time (GstOmvRing * self, guint64 time, guint64 * ret_sequence)
{
  guint64 found = GST_OMV_SEQUENCE_NONE, low, end;

  g_return_val_if_fail (GST_OMV_IS_RING (self), FALSE);

  low = atomic_load_explicit (&self->oldest, memory_order_acquire);
  end = atomic_load_explicit (&self->next, memory_order_acquire);

  while (low < end) {
    guint64 middle = low + (end - low) / 2;
    GstOmvRingPin pin;

    if (gst_omv_ring_pin (self, middle, &pin) != GST_OMV_RING_PINNED) {
      /* overtaken, and so are all before it */
      found = GST_OMV_SEQUENCE_NONE;
      low = middle + 1;
      continue;
    }
    gst_omv_ring_unpin (self, &pin);
    if (pin.time <= time) {
      found = middle;
      low = middle + 1;
    } else {
      end = middle;
    }
  }

  if (found == GST_OMV_SEQUENCE_NONE)
    return FALSE;

  *ret_sequence = found;
  return TRUE;
}

static void
set_absent (GError ** error, GstOmvRingResult result, guint64 sequence)
{
  if (result == GST_OMV_RING_NOT_YET)
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_END_OF_STREAM,
        _("Frame %" PRIu64 " has not been written yet."), sequence);
  else
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_OVERTAKEN,
        _("Frame %" PRIu64 " is no longer in the ring."), sequence);
}

/* From a frame to the next one, 0 if that is not there. */
static guint64
get_duration (GstOmvRing * self, guint64 sequence, guint64 time)
{
  guint64 duration = 0;
  GstOmvRingPin pin;

  if (gst_omv_ring_pin (self, sequence + 1, &pin) == GST_OMV_RING_PINNED) {
    duration = MAX (pin.time, time) - time;
    gst_omv_ring_unpin (self, &pin);
  }

  return duration;
}

/**
 * gst_omv_ring_get_frame:
 * @self: a ring
 * @sequence: number of a frame
 * @error: return location
 *
 * Copies a frame out of the ring. Its number is @sequence, its version 2.0; its
 * duration is 0 if the next one has not been written.
 *
 * Errors: %GST_OMV_ERROR_END_OF_STREAM if it has not been written;
 * %GST_OMV_ERROR_OVERTAKEN if it is no longer there; %G_IO_ERROR_NO_SPACE if
 * there is no memory for the copy.
 *
 * Returns: (transfer full): the frame, or %NULL on failure
 *
 * Since: 0.1
 */
GstOmvFrame *
gst_omv_ring_get_frame (GstOmvRing * self, guint64 sequence, GError ** error)
{
  GstOmvWalkStep step = {.version = GST_OMV_VERSION_V2_0,.number = sequence };
  GstOmvRingResult result;
  GstOmvRingPin pin;
  GBytes *payload;

  g_return_val_if_fail (GST_OMV_IS_RING (self), NULL);

  result = gst_omv_ring_pin (self, sequence, &pin);
  if (result != GST_OMV_RING_PINNED) {
    set_absent (error, result, sequence);
    return NULL;
  }

  step.time = pin.time;
  step.header = pin.header;
  payload = omv_slots_copy (pin.payload, pin.header.payload_size, error);
  gst_omv_ring_unpin (self, &pin);
  if (payload == NULL)
    return NULL;

  return omv_frame_new (&step, get_duration (self, sequence, step.time),
      payload);
}
