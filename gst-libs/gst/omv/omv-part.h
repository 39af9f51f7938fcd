/* omv-part.h: one file of a recording of many
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <gst/omv/omv-format.h>

G_BEGIN_DECLS

/**
 * GstOmvPart:
 * @file: (nullable): where it is, %NULL for memory
 * @number: of its first frame in the whole recording
 * @n_frames: how many whole frames it has
 * @time: when its first frame is due, in ns from the recording's start; of a
 *   part without frames the time at which the part before it ends
 * @gap: ns in which nothing was recorded before its first frame: from the end
 *   of the frame before. 0 if that is less than that frame's duration
 * @is_placed: whether @time is known, from exact times or from metadata beside
 *   the files. Otherwise the part was put directly behind the one before it.
 *   The first part is always where it is
 *
 * One of the files that make up a recording. See
 * gst_omv_reader_list_parts().
 *
 * Since: 0.1
 */
typedef struct {
  GFile *file;
  guint64 number;
  guint64 n_frames;
  guint64 time;
  guint64 gap;
  gboolean is_placed;
} GstOmvPart;

#define GST_OMV_TYPE_PART (gst_omv_part_get_type ())

GST_OMV_API
GType gst_omv_part_get_type (void);

GST_OMV_API
GstOmvPart *gst_omv_part_copy (const GstOmvPart * part);

GST_OMV_API
void gst_omv_part_free (GstOmvPart * part);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstOmvPart, gst_omv_part_free)

G_END_DECLS
