/* omv-slots.c: memory for a fixed number of frames
 *
 * All of it is asked for at once, and every page is written to before the first
 * frame: who then fills a slot waits for no page. Memory that is not to be had
 * is an error and nothing else, so it comes from mmap() and not from the heap.
 * A slot is a head, of whoever uses the slots, and its payload behind it.
 *
 * Slots follow each other at multiples of a cache line. Whole pages each would
 * make large frames no faster, and small ones slower by half.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-slots.h"

#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "omv-format.h"
#include "omv-i18n.h"

/* Where sizes overflow, there is no such memory either. */
static gboolean
get_sizes (guint n_slots, gsize head_size, gsize payload_size,
    gsize * ret_stride, gsize * ret_size)
{
  gsize end, stride, size;

  if (!g_size_checked_add (&end, head_size, payload_size)
      || !g_size_checked_add (&end, end, OMV_SLOTS_ALIGNMENT - 1))
    return FALSE;
  stride = end / OMV_SLOTS_ALIGNMENT * OMV_SLOTS_ALIGNMENT;
  if (!g_size_checked_mul (&size, stride, n_slots))
    return FALSE;

  *ret_stride = stride;
  *ret_size = size;
  return TRUE;
}

static guint8 *
map_memory (gsize size)
{
  void *memory = mmap (NULL, size, PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (memory == MAP_FAILED)
    return NULL;

#ifdef MADV_HUGEPAGE
  /* A wish: copying into large pages is a tenth faster, touching them thrice as
   * fast. */
  (void) madvise (memory, size, MADV_HUGEPAGE);
#endif
  return memory;
}

static void
touch (guint8 * data, gsize size)
{
  gsize page_size = (gsize) sysconf (_SC_PAGESIZE);

  for (gsize i = 0; i < size; i += page_size)
    ((volatile guint8 *) data)[i] = 0;
}

/*
 * omv_slots_allocate:
 * @self: no slots
 * @head_size: bytes in front of each payload, a multiple of 16
 * @payload_size: room for each payload in bytes
 *
 * Gets slots full of zeros. A system that promises more memory than it has may
 * still end a process that uses it: the caller knows what is reasonable.
 *
 * Errors: GST_OMV_ERROR_INVALID_FRAME_SIZE if there are no slots, or without
 * room, or of more than a frame can have; G_IO_ERROR_NO_SPACE.
 *
 * Returns: FALSE on failure; @self is then untouched
 */
gboolean
omv_slots_allocate (OmvSlots * self, guint n_slots, gsize head_size,
    gsize payload_size, GError ** error)
{
  gsize stride, size;
  guint8 *data = NULL;

  if (n_slots == 0 || payload_size == 0 || payload_size > G_MAXUINT32) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("%u slots of %" PRIu64 " bytes cannot hold frames."), n_slots,
        (guint64) payload_size);
    return FALSE;
  }

  if (get_sizes (n_slots, head_size, payload_size, &stride, &size))
    data = map_memory (size);
  if (data == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
        _("There is no memory for %u slots of %" PRIu64 " bytes."), n_slots,
        (guint64) payload_size);
    return FALSE;
  }

  touch (data, size);
  self->data = data;
  self->size = size;
  self->stride = stride;
  self->n_slots = n_slots;
  return TRUE;
}

void
omv_slots_free (OmvSlots * self)
{
  if (self->data != NULL)
    (void) munmap (self->data, self->size);
  memset (self, 0, sizeof *self);
}

/*
 * omv_slots_copy:
 *
 * Takes a payload out of its slot.
 *
 * Returns: (transfer full): NULL if there is no memory, G_IO_ERROR_NO_SPACE
 */
GBytes *
omv_slots_copy (const guint8 * payload, gsize size, GError ** error)
{
  guint8 *copy = g_try_malloc (MAX (size, 1));

  if (copy == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
        _("There is no memory for a frame of %" PRIu64 " bytes."),
        (guint64) size);
    return NULL;
  }

  memcpy (copy, payload, size);
  return g_bytes_new_take (copy, size);
}
