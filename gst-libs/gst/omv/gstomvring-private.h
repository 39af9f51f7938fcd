/* gstomvring-private.h: what a ring consists of
 *
 * Private to gstomvring*.c.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/gstomvring.h>
#include <gst/omv/omv-slots.h>
#include <stdatomic.h>

G_BEGIN_DECLS

/* R3: a word's upper bits are a number plus 1, its lower ones count pins. At a
 * million frames a second the numbers last for nine years. */
#define OMV_RING_PIN_BITS 16
#define OMV_RING_PIN_MASK ((G_GUINT64_CONSTANT (1) << OMV_RING_PIN_BITS) - 1)
#define OMV_RING_SEQUENCE_MAX (G_MAXUINT64 / (OMV_RING_PIN_MASK + 1) - 1)

G_STATIC_ASSERT (GST_OMV_RING_PINS_MAX == OMV_RING_PIN_MASK);

/* The head of a slot, in front of its payload. */
typedef struct {
  /* any thread */
  _Atomic guint64 word;

  /* A place of the table (R9), which has as many places as there are slots. It
   * is here because it mostly names this very slot. Written by the writer. */
  _Atomic guint32 place;

  /* written by the writer while the word is 0, read by who has a pin */
  GstOmvFrameHeader header;
  guint64 time;
  guint64 tag;
} OmvRingSlot;

/* so that payloads start at cache lines, too */
G_STATIC_ASSERT (sizeof (OmvRingSlot) == OMV_SLOTS_ALIGNMENT);

#define OMV_RING_NO_PLACE G_MAXUINT

struct _GstOmvRing {
  GObject parent;

  /* constant */
  OmvSlots slots;
  gsize slot_size;

  /* written by the writer, read by any thread */
  _Atomic guint64 next;         /* number of the next frame */
  _Atomic guint64 oldest;       /* R7; the next frame's if there is none */
  _Atomic guint64 n_refused;

  /* writer only */
  guint turn;                   /* the slot to take next, if it is free */
  guint begun;                  /* the slot that is being written to */
  gsize begun_size;
};

static inline OmvRingSlot *
omv_ring_get_slot (GstOmvRing * self, guint place)
{
  return (OmvRingSlot *) (void *) omv_slots_get (&self->slots, place);
}

static inline guint8 *
omv_ring_get_payload (GstOmvRing * self, guint place)
{
  return omv_slots_get (&self->slots, place) + sizeof (OmvRingSlot);
}

/* The slot that holds the place of @sequence in the table. */
static inline OmvRingSlot *
omv_ring_get_entry (GstOmvRing * self, guint64 sequence)
{
  return omv_ring_get_slot (self, (guint) (sequence % self->slots.n_slots));
}

G_END_DECLS
