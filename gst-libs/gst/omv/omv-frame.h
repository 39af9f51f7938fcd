/* omv-frame.h: a frame of a recording, and a damaged stretch of one
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>
#include <gst/omv/omv-walk.h>

G_BEGIN_DECLS

/**
 * GstOmvFrame:
 * @number: counted from 0, over all recordings joined in the file
 * @offset: where its header starts in the file, in bytes
 * @time: when it is due, in ns from the recording's start
 * @duration: ns to the next frame; of the last one as long as the one before
 *   it, of the only one 0
 * @version: of the recording that it stands in
 * @header: width, height, pixel format and what else its header says
 * @payload: its bytes as they are stored, without padding: rows without gaps,
 *   or a JPEG or PNG picture. In version 1.0 RGB565 is big-endian
 *
 * A frame as it was read. Nobody may change it.
 *
 * Since: 0.1
 */
typedef struct {
  guint64 number;
  guint64 offset;
  guint64 time;
  guint64 duration;
  GstOmvVersion version;
  GstOmvFrameHeader header;
  GBytes *payload;

  /*< private >*/
  gatomicrefcount ref_count;
} GstOmvFrame;

#define GST_OMV_TYPE_FRAME (gst_omv_frame_get_type ())

GST_OMV_API
GType gst_omv_frame_get_type (void);

GST_OMV_API
GstOmvFrame *gst_omv_frame_ref (GstOmvFrame * frame);

GST_OMV_API
void gst_omv_frame_unref (GstOmvFrame * frame);

GST_OMV_API
guintptr gst_omv_frame_unpack (const GstOmvFrame * frame,
    gsize * ret_size, gint * ret_width, gint * ret_height,
    guint * ret_format, guint * ret_version, guint64 * ret_number,
    guint64 * ret_time, guint64 * ret_interval);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstOmvFrame, gst_omv_frame_unref)

/**
 * GstOmvSnap:
 * @GST_OMV_SNAP_BEFORE: the last frame before it
 * @GST_OMV_SNAP_AFTER: the first frame after it
 * @GST_OMV_SNAP_NEAREST: the nearer of the two, the earlier one if they
 *   are equally near
 *
 * Which frame stands for a time at which there is none.
 *
 * Since: 0.1
 */
typedef enum {
  GST_OMV_SNAP_BEFORE,
  GST_OMV_SNAP_AFTER,
  GST_OMV_SNAP_NEAREST
} GstOmvSnap;

/**
 * GstOmvDamage:
 * @number: of the frame that was due
 * @offset: where it starts in the file, in bytes
 * @size: bytes
 * @fault: what is wrong
 *
 * A stretch of a file in which there is no frame.
 *
 * Since: 0.1
 */
typedef struct {
  guint64 number;
  guint64 offset;
  guint64 size;
  GstOmvFault fault;
} GstOmvDamage;

#define GST_OMV_TYPE_DAMAGE (gst_omv_damage_get_type ())

GST_OMV_API
GType gst_omv_damage_get_type (void);

GST_OMV_API
GstOmvDamage *gst_omv_damage_copy (const GstOmvDamage * damage);

GST_OMV_API
void gst_omv_damage_free (GstOmvDamage * damage);

GST_OMV_API
gchar *gst_omv_damage_describe (const GstOmvDamage * damage);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstOmvDamage, gst_omv_damage_free)

G_END_DECLS
