/* omv-source.h: feeds a walk from a file, from many or from memory
 *
 * Private to the objects room: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <gst/omv/omv-join.h>
#include <gst/omv/omv-walk.h>

G_BEGIN_DECLS

/* Belongs to one thread at a time. */
typedef struct {
  GstOmvWalkInput input;        /* the bytes in hand, for gst_omv_walk_next() */

  /*< private >*/
  GBytes *bytes;                /* the whole recording, or NULL: … */
  GstOmvJoin *join;             /* … or many files, or NULL: … */
  GInputStream *stream;         /* … comes from here, which can seek */
  guint64 stream_offset;        /* where it stands */
  gsize ahead;                  /* bytes that the last block had */
  guint8 *block;                /* what @input.data points into, or … */
  guint8 header[GST_OMV_FRAME_HEADER_SIZE_MAX]; /* … into this */
} OmvSource;

OmvSource *omv_source_new_for_file (GFile * file, GError ** error);
OmvSource *omv_source_new_for_bytes (GBytes * bytes);
OmvSource *omv_source_new_for_join (GstOmvJoin * join);
void omv_source_free (OmvSource * source);
void omv_source_forget (OmvSource * source);
gboolean omv_source_reach_end (OmvSource * source, GError ** error);
gboolean omv_source_measure (OmvSource * source, GError ** error);
gboolean omv_source_bring (OmvSource * source, guint64 offset, gsize size,
    GError ** error);
gboolean omv_source_read (OmvSource * source, guint64 offset, gsize size,
    GBytes ** ret_payload, GError ** error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvSource, omv_source_free)

G_END_DECLS
