/* gstomvmemorystream.c: a camera's stream of frames in memory
 *
 * The same memory as a ring's, under other rules: those of the camera's ImageIO.
 * A stream has a position that reading and writing move, and an end at which
 * both stop; a ring has neither. So they are two objects. What is the camera's
 * is numbered, and the tests cite it:
 *
 *  M1  The number of slots never changes.
 *  M2  A slot is a 32-byte header and the payload of a frame of the size and
 *      format stated, rounded up to 32. A JPEG or PNG picture is expected to
 *      take 2 bits per pixel: ceil(w / 32) * 4 * 2h bytes.
 *  M3  A slot takes a frame of any size and format that fits. A larger one is
 *      INVALID_FRAME_SIZE. (The camera forgets the header here, and can write 32
 *      bytes too many.)
 *  M4  Reading or writing behind the last slot is END_OF_STREAM.
 *  M5  Seeking outside 0...n-1 is INVALID_OFFSET.
 *  M6  What fails changes nothing.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:gstomvmemorystream
 * @title: GstOmvMemoryStream
 * @short_description: a camera's stream of frames in memory
 *
 * Frames in a fixed number of slots, with the rules of the memory streams that a
 * camera's scripts make by `image.ImageIO((w, h, format), n)`. Frames are
 * written one after the other, from the start or from where one seeks, and read
 * back in the same way.
 *
 * For the newest frames of an endless stream there is #GstOmvRing.
 *
 * A stream may be handed from one thread to another, but only one may use it at
 * a time. Frames that were read may be used by any thread.
 *
 * Since: 0.1
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvmemorystream.h"

#include <inttypes.h>
#include <string.h>

#include "omv-frame-private.h"
#include "omv-i18n.h"
#include "omv-slots.h"

/* M2: of a slot's header, and what its payload is rounded up to. */
#define HEADER_SIZE GST_OMV_FRAME_HEADER_SIZE_MAX
#define SLOT_ALIGNMENT 32

/* All fields belong to the one thread that uses the stream. */
struct _GstOmvMemoryStream
{
  GObject parent;

  OmvSlots slots;               /* a header of 0 width: never written */
  gsize slot_size;              /* room for a payload */
  guint position;

  /* The sum of the intervals of all slots before one, so that reading in order
   * need not add them up each time. */
  guint summed;
  guint64 sum;                  /* ns */
};

G_DEFINE_TYPE (GstOmvMemoryStream, gst_omv_memory_stream, G_TYPE_OBJECT);

static void
gst_omv_memory_stream_finalize (GObject * object)
{
  GstOmvMemoryStream *self = GST_OMV_MEMORY_STREAM (object);

  omv_slots_free (&self->slots);

  G_OBJECT_CLASS (gst_omv_memory_stream_parent_class)->finalize (object);
}

static void
gst_omv_memory_stream_class_init (GstOmvMemoryStreamClass * klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_omv_memory_stream_finalize;
}

/* Until there are slots, this is a stream of none. */
static void
gst_omv_memory_stream_init (GstOmvMemoryStream * self)
{
}

static gboolean
check_format (GstOmvPixelFormat format, GError ** error)
{
  if (gst_omv_version_can_hold (GST_OMV_VERSION_V2_0, format))
    return TRUE;

  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED,
      _("Frames of the pixel format 0x%08x cannot be stored."), (guint) format);
  return FALSE;
}

/* M2 */
static gsize
get_room (gint width, gint height, GstOmvPixelFormat format)
{
  gsize n_rows = (gsize) height, row_size, size;

  if (gst_omv_pixel_format_is_compressed (format)) {
    format = GST_OMV_PIXEL_FORMAT_BINARY;
    n_rows *= 2;
  }
  row_size = gst_omv_pixel_format_get_row_size (format, width);
  size = row_size * n_rows;

  return (size + SLOT_ALIGNMENT - 1) / SLOT_ALIGNMENT * SLOT_ALIGNMENT;
}

/**
 * gst_omv_memory_stream_new:
 * @width: pixels of the frames expected
 * @height: pixels of the frames expected
 * @format: pixel format of the frames expected
 * @n_slots: how many frames there is room for
 * @error: return location
 *
 * Makes a stream with all its memory, which never grows. Its position is 0.
 *
 * Errors: %GST_OMV_ERROR_INVALID_FRAME_SIZE if width or height are not in
 * 1…%GST_OMV_DIMENSION_MAX or @n_slots is 0; %GST_OMV_ERROR_UNSUPPORTED if
 * frames of @format cannot be stored; %G_IO_ERROR_NO_SPACE if there is no such
 * memory.
 *
 * Returns: (transfer full): a stream, or %NULL on failure
 *
 * Since: 0.1
 */
GstOmvMemoryStream *
gst_omv_memory_stream_new (gint width, gint height, GstOmvPixelFormat format,
    guint n_slots, GError ** error)
{
  g_autoptr (GstOmvMemoryStream) self = NULL;
  gsize slot_size;

  if (!check_format (format, error))
    return NULL;
  if (width < 1 || width > GST_OMV_DIMENSION_MAX
      || height < 1 || height > GST_OMV_DIMENSION_MAX) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("A frame cannot have %d x %d pixels."), width, height);
    return NULL;
  }

  slot_size = get_room (width, height, format);
  self = g_object_new (GST_OMV_TYPE_MEMORY_STREAM, NULL);
  if (!omv_slots_allocate (&self->slots, n_slots, HEADER_SIZE, slot_size,
          error))
    return NULL;
  self->slot_size = slot_size;

  return g_steal_pointer (&self);
}

/**
 * gst_omv_memory_stream_get_n_slots:
 * @self: a stream
 *
 * Returns: how many frames there is room for, written or not: what the camera's
 *   `count()` returns
 *
 * Since: 0.1
 */
guint
gst_omv_memory_stream_get_n_slots (GstOmvMemoryStream * self)
{
  g_return_val_if_fail (GST_OMV_IS_MEMORY_STREAM (self), 0);

  return self->slots.n_slots;
}

/**
 * gst_omv_memory_stream_get_slot_size:
 * @self: a stream
 *
 * Returns: the bytes of the largest payload that a slot takes
 *
 * Since: 0.1
 */
gsize
gst_omv_memory_stream_get_slot_size (GstOmvMemoryStream * self)
{
  g_return_val_if_fail (GST_OMV_IS_MEMORY_STREAM (self), 0);

  return self->slot_size;
}

/**
 * gst_omv_memory_stream_get_position:
 * @self: a stream
 *
 * Returns: the slot that is read or written next; the number of slots at the
 *   end
 *
 * Since: 0.1
 */
guint
gst_omv_memory_stream_get_position (GstOmvMemoryStream * self)
{
  g_return_val_if_fail (GST_OMV_IS_MEMORY_STREAM (self), 0);

  return self->position;
}

/**
 * gst_omv_memory_stream_seek:
 * @self: a stream
 * @position: of a slot, from 0
 * @error: return location
 *
 * Chooses the slot that is read or written next.
 *
 * Errors: %GST_OMV_ERROR_INVALID_OFFSET if there is no such slot.
 *
 * Returns: %FALSE on failure; the position is then as it was
 *
 * Since: 0.1
 */
gboolean
gst_omv_memory_stream_seek (GstOmvMemoryStream * self, gint64 position,
    GError ** error)
{
  g_return_val_if_fail (GST_OMV_IS_MEMORY_STREAM (self), FALSE);

  if (position < 0 || position >= self->slots.n_slots) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_OFFSET,
        _("There is no slot %" PRId64 " among %u, counted from 0."), position,
        self->slots.n_slots);
    return FALSE;
  }

  self->position = (guint) position;
  return TRUE;
}

/* M4 */
static gboolean
check_position (GstOmvMemoryStream * self, GError ** error)
{
  if (self->position < self->slots.n_slots)
    return TRUE;

  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_END_OF_STREAM,
      _("The stream ends after %u slots."), self->slots.n_slots);
  return FALSE;
}

/* M3. @ret_bytes: the header as it will be stored. */
static gboolean
check_frame (GstOmvMemoryStream * self, const GstOmvFrameHeader * header,
    gsize size, guint8 * ret_bytes, GError ** error)
{
  GstOmvFrameHeader stored = *header;
  GstOmvFault fault;

  if (!check_format (header->format, error))
    return FALSE;
  if (size > self->slot_size) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("The frame has %" PRIu64 " bytes, but a slot has room for %" PRIu64
            "."), (guint64) size, (guint64) self->slot_size);
    return FALSE;
  }

  stored.payload_size = (guint32) size;
  gst_omv_frame_header_write (GST_OMV_VERSION_V2_0, &stored, ret_bytes);
  fault = gst_omv_frame_header_read (GST_OMV_VERSION_V2_0, ret_bytes,
      G_MAXUINT32, &stored);
  if (fault == GST_OMV_FAULT_NONE && stored.payload_size == size)
    return TRUE;

  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
      _("%" PRIu64 " bytes are no frame of %d x %d pixels in the format %s."),
      (guint64) size, header->width, header->height,
      gst_omv_pixel_format_get_name (header->format));
  return FALSE;
}

/**
 * gst_omv_memory_stream_write:
 * @self: a stream
 * @header: the frame's header; its payload_size is not looked at, its interval
 *   is in ms
 * @payload: (array length=size): the frame's bytes
 * @size: bytes in @payload
 * @error: return location
 *
 * Writes a frame into the slot at the position, and goes on to the next slot.
 * It may be of any size and format that fits.
 *
 * Errors: %GST_OMV_ERROR_END_OF_STREAM behind the last slot;
 * %GST_OMV_ERROR_INVALID_FRAME_SIZE if the payload is larger than a slot, or not
 * what @header says; %GST_OMV_ERROR_UNSUPPORTED if frames of its format cannot
 * be stored.
 *
 * Returns: %FALSE on failure; nothing has changed then
 *
 * Since: 0.1
 */
gboolean
gst_omv_memory_stream_write (GstOmvMemoryStream * self,
    const GstOmvFrameHeader * header, const guint8 * payload, gsize size,
    GError ** error)
{
  guint8 bytes[HEADER_SIZE];
  guint8 *slot;

  g_return_val_if_fail (GST_OMV_IS_MEMORY_STREAM (self), FALSE);

  if (!check_position (self, error)
      || !check_frame (self, header, size, bytes, error))
    return FALSE;

  slot = omv_slots_get (&self->slots, self->position);
  memcpy (slot, bytes, HEADER_SIZE);
  memcpy (slot + HEADER_SIZE, payload, size);

  if (self->summed > self->position) {
    self->summed = 0;
    self->sum = 0;
  }
  self->position++;
  return TRUE;
}

/* FALSE: nothing was ever written there. */
static gboolean
get_header (GstOmvMemoryStream * self, guint position,
    GstOmvFrameHeader * ret_header)
{
  return gst_omv_frame_header_read (GST_OMV_VERSION_V2_0,
      omv_slots_get (&self->slots, position), G_MAXUINT32,
      ret_header) == GST_OMV_FAULT_NONE;
}

/* The intervals of the slots up to @position and with it, in ns. */
static guint64
get_time (GstOmvMemoryStream * self, guint position, guint32 interval)
{
  const guint64 unit = gst_omv_version_get_unit (GST_OMV_VERSION_V2_0);

  if (self->summed > position) {
    self->summed = 0;
    self->sum = 0;
  }
  for (; self->summed < position; self->summed++) {
    GstOmvFrameHeader header;

    if (get_header (self, self->summed, &header))
      self->sum += header.interval * unit;
  }

  return self->sum + interval * unit;
}

/**
 * gst_omv_memory_stream_read:
 * @self: a stream
 * @error: return location
 *
 * Reads the frame in the slot at the position, and goes on to the next slot. The
 * frame's number is that of its slot, its version 2.0, its time the sum of the
 * intervals up to its own; its duration is the next frame's interval, 0 if there
 * is none.
 *
 * Errors: %GST_OMV_ERROR_END_OF_STREAM behind the last slot;
 * %GST_OMV_ERROR_INVALID_OFFSET if nothing was ever written to the slot;
 * %G_IO_ERROR_NO_SPACE if there is no memory for the frame.
 *
 * Returns: (transfer full): the frame, or %NULL on failure; the position is then
 *   as it was
 *
 * Since: 0.1
 */
GstOmvFrame *
gst_omv_memory_stream_read (GstOmvMemoryStream * self, GError ** error)
{
  GstOmvWalkStep step = {.version = GST_OMV_VERSION_V2_0 };
  guint64 duration = 0;
  GstOmvFrameHeader next;
  GBytes *payload;

  g_return_val_if_fail (GST_OMV_IS_MEMORY_STREAM (self), NULL);

  if (!check_position (self, error))
    return NULL;
  if (!get_header (self, self->position, &step.header)) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_OFFSET,
        _("Nothing has been written to slot %u."), self->position);
    return NULL;
  }

  payload = omv_slots_copy (omv_slots_get (&self->slots, self->position)
      + HEADER_SIZE, step.header.payload_size, error);
  if (payload == NULL)
    return NULL;

  step.number = self->position;
  step.time = get_time (self, self->position, step.header.interval);
  self->position++;
  if (self->position < self->slots.n_slots
      && get_header (self, self->position, &next))
    duration = next.interval * gst_omv_version_get_unit (step.version);

  return omv_frame_new (&step, duration, payload);
}
