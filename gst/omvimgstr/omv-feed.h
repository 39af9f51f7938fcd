/* omv-feed.h: feeds a walk from buffers that are pushed
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/base/base.h>
#include <gst/omv/omv.h>

G_BEGIN_DECLS

/* All fields belong to the streaming thread. */
typedef struct
{
  GstAdapter *adapter;          /* bytes from … */
  guint64 offset;               /* … here on */
  GByteArray *bytes;            /* what @input.data points into */
  GstOmvWalkInput input;        /* the bytes in hand, for gst_omv_walk_next() */
} OmvFeed;

void omv_feed_init (OmvFeed * feed);
void omv_feed_finish (OmvFeed * feed);
void omv_feed_reset (OmvFeed * feed, guint64 offset);
void omv_feed_push (OmvFeed * feed, GstBuffer * buffer);
void omv_feed_drop (OmvFeed * feed, guint64 keep);
gboolean omv_feed_bytes (OmvFeed * feed, guint64 offset, gsize size);
GstBuffer *omv_feed_payload (OmvFeed * feed, guint64 offset, gsize size);

G_END_DECLS
