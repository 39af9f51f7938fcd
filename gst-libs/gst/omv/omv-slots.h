/* omv-slots.h: memory for a fixed number of frames
 *
 * Private to the objects room: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Slots start at multiples of this: a CPU's cache line. */
#define OMV_SLOTS_ALIGNMENT 64

/* All fields are set once. All zero: no slots. */
typedef struct {
  guint8 *data;
  gsize size;                   /* bytes of all slots */
  gsize stride;                 /* bytes from one slot to the next */
  guint n_slots;
} OmvSlots;

gboolean omv_slots_allocate (OmvSlots * self, guint n_slots, gsize head_size,
    gsize payload_size, GError ** error);
void omv_slots_free (OmvSlots * self);
GBytes *omv_slots_copy (const guint8 * payload, gsize size, GError ** error);

static inline guint8 *
omv_slots_get (const OmvSlots * self, guint index)
{
  return self->data + index * self->stride;
}

G_END_DECLS
