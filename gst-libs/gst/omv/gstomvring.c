/* gstomvring.c: the newest frames, in memory
 *
 * One thread writes, and never waits; others read, each at its own pace. There
 * is no lock. A frame that a reader holds is pinned: the writer leaves its slot
 * out and takes the next one. So which slot a frame is in does not follow from
 * its number; a table says so.
 *
 * Readers are in gstomvring-read.c. Invariants, cited by asserts and tests:
 *
 *  R1  All memory is there, and was touched, before the first frame. Writing,
 *      pinning and finding allocate nothing.
 *  R2  Frames are numbered from 0, in the order of their commits, without gaps.
 *  R3  A slot's word is the number of its frame plus 1, and how many have pinned
 *      it; or 0 if it is empty or being written to. Only the writer changes the
 *      number, and takes a slot only by exchanging a word without pins for 0.
 *  R4  Whoever has a frame pinned sees whole and constant what was committed, for
 *      as long as the pin is held, however far the writer goes.
 *  R5  Nothing of a frame is to be seen before its commit. A frame that was
 *      abandoned is never seen and has no number.
 *  R6  Writing takes at most one look at each slot. No reader makes the writer
 *      wait or try again, nor the writer a reader.
 *  R7  The writer takes slots in turn. From its last turn all frames are there
 *      but the one that it is overwriting: the newest n_slots - 1 - L, where L
 *      is how many slots were left out in that turn because they were pinned.
 *      All from the oldest to the newest number are there. Whoever is told that
 *      a frame was overtaken finds the oldest number beyond it.
 *  R8  A write finds no slot only if each was pinned when it looked there. It is
 *      counted, and what is there stays.
 *  R9  The table has a place for each remainder of the numbers by n_slots. It
 *      names the slot of the newest such frame. An older one that is pinned can
 *      be read to its end, but not be pinned again.
 *
 * What a frame holds goes from the writer to a reader by the slot's word and by
 * the number of the next frame, which commit releases and pin acquires; the slot
 * goes back by the word, which unpin releases and the writer acquires when it
 * takes it. tests/check/libs/ring-turns.c tries every order of all this.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:gstomvring
 * @title: GstOmvRing
 * @short_description: the newest frames, in memory
 *
 * Keeps the newest frames in a fixed number of slots, without a pipeline. All
 * memory is allocated when the ring is made.
 *
 * One thread writes:
 * |[<!-- language="C" -->
 * guint8 *room = gst_omv_ring_begin (ring, header.payload_size);
 *
 * if (room != NULL) {
 *   capture (room, header.payload_size);
 *   gst_omv_ring_commit (ring, &header, time, 0);
 * }
 * ]|
 *
 * Any others read, each from where it likes:
 * |[<!-- language="C" -->
 * GstOmvRingPin pin;
 *
 * if (gst_omv_ring_pin (ring, sequence, &pin) == GST_OMV_RING_PINNED) {
 *   save (pin.payload, pin.header.payload_size);
 *   gst_omv_ring_unpin (ring, &pin);
 * }
 * ]|
 *
 * The writer takes the slots in turn and leaves out those that are pinned. At
 * any time the newest frames are there, as many as there are slots, less one
 * for the frame that is being written, less the slots that were left out in
 * this turn. Whoever promises a number of frames makes the ring larger by one
 * slot, and by one for each reader that holds a frame.
 *
 * The ring wakes nobody: how a reader learns of a new frame is up to those who
 * use it.
 *
 * Since: 0.1
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvring.h"

#include <inttypes.h>

#include "gstomvring-private.h"
#include "omv-copy.h"
#include "omv-i18n.h"

/* Bytes of the largest slot that is fetched ahead. */
#define PREFETCH_MAX 2048

G_DEFINE_TYPE (GstOmvRing, gst_omv_ring, G_TYPE_OBJECT);

static void
gst_omv_ring_finalize (GObject * object)
{
  GstOmvRing *self = GST_OMV_RING (object);

  omv_slots_free (&self->slots);

  G_OBJECT_CLASS (gst_omv_ring_parent_class)->finalize (object);
}

static void
gst_omv_ring_class_init (GstOmvRingClass * klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_omv_ring_finalize;
}

/* Until there are slots, this is a ring without room. */
static void
gst_omv_ring_init (GstOmvRing * self)
{
  self->begun = OMV_RING_NO_PLACE;
}

/**
 * gst_omv_ring_new:
 * @n_slots: how many frames there is room for
 * @slot_size: bytes of the largest payload
 * @error: return location
 *
 * Makes a ring with all its memory (R1). Each slot takes 64 bytes more than its
 * payload, rounded up to a multiple of 64.
 *
 * Where the system promises more memory than it has, it may end a process that
 * asks for too much. What is reasonable is for the caller to know.
 *
 * Errors: %GST_OMV_ERROR_INVALID_FRAME_SIZE if @n_slots or @slot_size is 0 or a
 * slot is over 4 GiB; %G_IO_ERROR_NO_SPACE if there is no such memory.
 *
 * Returns: (transfer full): a ring, or %NULL on failure
 *
 * Since: 0.1
 */
GstOmvRing *
gst_omv_ring_new (guint n_slots, gsize slot_size, GError ** error)
{
  g_autoptr (GstOmvRing) self = g_object_new (GST_OMV_TYPE_RING, NULL);

  if (!omv_slots_allocate (&self->slots, n_slots, sizeof (OmvRingSlot),
          slot_size, error))
    return NULL;

  for (guint i = 0; i < n_slots; i++) {
    OmvRingSlot *slot = omv_ring_get_slot (self, i);

    atomic_init (&slot->word, 0);
    atomic_init (&slot->place, 0);
  }
  self->slot_size = slot_size;

  return g_steal_pointer (&self);
}

/**
 * gst_omv_ring_get_n_slots:
 * @self: a ring
 *
 * Returns: how many slots it has
 *
 * Since: 0.1
 */
guint
gst_omv_ring_get_n_slots (GstOmvRing * self)
{
  g_return_val_if_fail (GST_OMV_IS_RING (self), 0);

  return self->slots.n_slots;
}

/**
 * gst_omv_ring_get_slot_size:
 * @self: a ring
 *
 * Returns: the bytes of the largest payload that it takes
 *
 * Since: 0.1
 */
gsize
gst_omv_ring_get_slot_size (GstOmvRing * self)
{
  g_return_val_if_fail (GST_OMV_IS_RING (self), 0);

  return self->slot_size;
}

/**
 * gst_omv_ring_get_n_refused:
 * @self: a ring
 *
 * Returns: how many frames found no slot because all were pinned
 *
 * Since: 0.1
 */
guint64
gst_omv_ring_get_n_refused (GstOmvRing * self)
{
  g_return_val_if_fail (GST_OMV_IS_RING (self), 0);

  return atomic_load_explicit (&self->n_refused, memory_order_relaxed);
}

/* ---- the writer ---- */

/* Lets the CPU fetch the slot that the next frame will get, while the caller
 * does what else it does between two frames. Else a small frame is copied into
 * memory that has to come from afar first; a large one goes around the caches. */
static void
prefetch_turn (GstOmvRing * self)
{
  const guint8 *slot = omv_slots_get (&self->slots, self->turn);

  if (self->slots.stride > PREFETCH_MAX)
    return;
  for (gsize i = 0; i < self->slots.stride; i += OMV_SLOTS_ALIGNMENT)
    __builtin_prefetch (slot + i, 1);
}

/* R3: takes a slot that nobody has pinned. Its frame is then gone. */
static gboolean
take_slot (GstOmvRing * self, guint place)
{
  OmvRingSlot *slot = omv_ring_get_slot (self, place);
  guint64 word = atomic_load_explicit (&slot->word, memory_order_relaxed);
  guint64 oldest = atomic_load_explicit (&self->oldest, memory_order_relaxed);

  if ((word & OMV_RING_PIN_MASK) != 0)
    return FALSE;

  /* R7: before the frame is gone. Those before it are older still, or were left
   * out, as this one is if it has just been pinned. */
  if (word >> OMV_RING_PIN_BITS > oldest)
    atomic_store_explicit (&self->oldest, word >> OMV_RING_PIN_BITS,
        memory_order_release);
  return atomic_compare_exchange_strong_explicit (&slot->word, &word, 0,
      memory_order_acq_rel, memory_order_relaxed);
}

/**
 * gst_omv_ring_begin: (skip)
 * @self: a ring
 * @size: bytes that the frame's payload will have at most
 *
 * Takes a slot for the next frame. Only the writer calls this, and then
 * gst_omv_ring_commit() or gst_omv_ring_abandon(). The slot's old frame is gone
 * from here on.
 *
 * Returns: (nullable): where to write @size bytes, at a multiple of 64; %NULL if
 *   @size is over gst_omv_ring_get_slot_size(), or all slots are pinned
 *
 * Since: 0.1
 */
guint8 *
gst_omv_ring_begin (GstOmvRing * self, gsize size)
{
  guint n_slots, place;

  g_return_val_if_fail (GST_OMV_IS_RING (self), NULL);
  g_return_val_if_fail (self->begun == OMV_RING_NO_PLACE, NULL);

  if (size > self->slot_size)
    return NULL;

  /* R6 */
  n_slots = self->slots.n_slots;
  place = self->turn;
  for (guint i = 0; i < n_slots; i++) {
    if (take_slot (self, place)) {
      self->begun = place;
      self->begun_size = size;
      return omv_ring_get_payload (self, place);
    }
    place = place + 1 < n_slots ? place + 1 : 0;
  }

  /* R8 */
  atomic_fetch_add_explicit (&self->n_refused, 1, memory_order_relaxed);
  return NULL;
}

/**
 * gst_omv_ring_commit: (skip)
 * @self: a ring for which gst_omv_ring_begin() has been called
 * @header: the frame's header; its payload_size says how many of the bytes asked
 *   for there are
 * @time: a time in ns by any clock, not before that of the frame before it if
 *   gst_omv_ring_find_time() is to be of use
 * @tag: a number for the caller's own use
 *
 * Makes the frame visible to readers.
 *
 * Returns: the frame's number: of the first one 0, then one more each
 *
 * Since: 0.1
 */
guint64
gst_omv_ring_commit (GstOmvRing * self, const GstOmvFrameHeader * header,
    guint64 time, guint64 tag)
{
  guint64 sequence;
  OmvRingSlot *slot;

  g_return_val_if_fail (GST_OMV_IS_RING (self), GST_OMV_SEQUENCE_NONE);
  g_return_val_if_fail (self->begun != OMV_RING_NO_PLACE,
      GST_OMV_SEQUENCE_NONE);
  g_return_val_if_fail (header->payload_size <= self->begun_size,
      GST_OMV_SEQUENCE_NONE);

  sequence = atomic_load_explicit (&self->next, memory_order_relaxed);
  g_assert (sequence <= OMV_RING_SEQUENCE_MAX); /* R3 */
  /* R7: the frames there are have a slot each, and this one has one, too */
  g_assert (sequence - atomic_load_explicit (&self->oldest,
          memory_order_relaxed) < self->slots.n_slots);

  slot = omv_ring_get_slot (self, self->begun);
  slot->header = *header;
  slot->time = time;
  slot->tag = tag;

  /* R5: who sees the number finds the place and the word */
  atomic_store_explicit (&omv_ring_get_entry (self, sequence)->place,
      self->begun, memory_order_release);
  atomic_store_explicit (&slot->word, (sequence + 1) << OMV_RING_PIN_BITS,
      memory_order_release);
  atomic_store_explicit (&self->next, sequence + 1, memory_order_release);

  self->turn = self->begun + 1 < self->slots.n_slots ? self->begun + 1 : 0;
  self->begun = OMV_RING_NO_PLACE;
  prefetch_turn (self);

  return sequence;
}

/**
 * gst_omv_ring_abandon: (skip)
 * @self: a ring for which gst_omv_ring_begin() has been called
 *
 * Does without the frame that was begun. The next one gets its slot.
 *
 * Since: 0.1
 */
void
gst_omv_ring_abandon (GstOmvRing * self)
{
  g_return_if_fail (GST_OMV_IS_RING (self));
  g_return_if_fail (self->begun != OMV_RING_NO_PLACE);

  self->turn = self->begun;
  self->begun = OMV_RING_NO_PLACE;
}

/**
 * gst_omv_ring_write:
 * @self: a ring
 * @header: the frame's header; its payload_size is not looked at
 * @time: as for gst_omv_ring_commit()
 * @tag: a number for the caller's own use
 * @payload: (array length=size): the frame's bytes
 * @size: bytes in @payload
 * @error: return location
 *
 * Copies a frame into the ring. Only the writer calls this. The frame's number
 * is that of gst_omv_ring_get_newest() then.
 *
 * Errors: %GST_OMV_ERROR_INVALID_FRAME_SIZE if the payload is larger than a
 * slot; %G_IO_ERROR_BUSY if all slots are pinned.
 *
 * Returns: %FALSE on failure
 *
 * Since: 0.1
 */
gboolean
gst_omv_ring_write (GstOmvRing * self, const GstOmvFrameHeader * header,
    guint64 time, guint64 tag, const guint8 * payload, gsize size,
    GError ** error)
{
  GstOmvFrameHeader own_header;
  guint8 *room;

  g_return_val_if_fail (GST_OMV_IS_RING (self), FALSE);
  g_return_val_if_fail (self->begun == OMV_RING_NO_PLACE, FALSE);

  room = gst_omv_ring_begin (self, size);
  if (room == NULL && size > self->slot_size) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("The frame has %" PRIu64 " bytes, but a slot has room for %" PRIu64
            "."), (guint64) size, (guint64) self->slot_size);
    return FALSE;
  }
  if (room == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
        _("All slots of the ring are being read."));
    return FALSE;
  }

  gst_omv_copy_streaming (room, payload, size);
  own_header = *header;
  own_header.payload_size = (guint32) size;
  (void) gst_omv_ring_commit (self, &own_header, time, tag);
  return TRUE;
}
