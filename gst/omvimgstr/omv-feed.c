/* omv-feed.c: feeds a walk from buffers that are pushed
 *
 * Upstream cuts a recording where it likes. Headers are copied out of the
 * pieces; a payload is a part of one piece, or put together from several by the
 * one copy that this takes.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-feed.h"

#include <string.h>

void
omv_feed_init (OmvFeed * feed)
{
  feed->adapter = gst_adapter_new ();
  feed->bytes = g_byte_array_new ();
  omv_feed_reset (feed, 0);
}

void
omv_feed_finish (OmvFeed * feed)
{
  g_clear_object (&feed->adapter);
  g_clear_pointer (&feed->bytes, g_byte_array_unref);
}

/*
 * omv_feed_reset:
 *
 * Forgets all bytes; the next ones are those from @offset on.
 */
void
omv_feed_reset (OmvFeed * feed, guint64 offset)
{
  gst_adapter_clear (feed->adapter);
  feed->offset = offset;
  memset (&feed->input, 0, sizeof feed->input);
  feed->input.end = offset;
}

void
omv_feed_push (OmvFeed * feed, GstBuffer * buffer)
{
  feed->input.end += gst_buffer_get_size (buffer);
  gst_adapter_push (feed->adapter, buffer);
}

/*
 * omv_feed_drop:
 *
 * Drops the bytes before @keep, as far as they have come.
 */
void
omv_feed_drop (OmvFeed * feed, guint64 keep)
{
  guint64 until = MIN (keep, feed->input.end);

  if (until > feed->offset) {
    gst_adapter_flush (feed->adapter, (gsize) (until - feed->offset));
    feed->offset = until;
  }
}

/*
 * omv_feed_bytes:
 *
 * Gets the bytes [offset, offset + size) in hand. FALSE: they have not all come.
 */
gboolean
omv_feed_bytes (OmvFeed * feed, guint64 offset, gsize size)
{
  GstOmvWalkInput *input = &feed->input;

  if (offset + size > input->end)
    return FALSE;

  g_byte_array_set_size (feed->bytes, (guint) size);
  gst_adapter_copy (feed->adapter, feed->bytes->data,
      (gsize) (offset - feed->offset), size);
  input->data = feed->bytes->data;
  input->offset = offset;
  input->size = size;

  return TRUE;
}

/*
 * omv_feed_payload:
 *
 * Takes a payload that has come, and drops all before it. The buffer is new: it
 * has none of upstream's timestamps, flags and metas.
 */
GstBuffer *
omv_feed_payload (OmvFeed * feed, guint64 offset, gsize size)
{
  g_autoptr (GstBuffer) taken = NULL;

  omv_feed_drop (feed, offset);
  taken = gst_adapter_take_buffer (feed->adapter, size);
  feed->offset += size;

  return gst_buffer_copy_region (taken, GST_BUFFER_COPY_MEMORY, 0, size);
}
