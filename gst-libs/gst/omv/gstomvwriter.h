/* gstomvwriter.h: a recording to write
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <gst/omv/omv-frame.h>

G_BEGIN_DECLS

/**
 * GstOmvWriterMode:
 * @GST_OMV_WRITER_MODE_CREATE: a new file; one that is there is an error
 * @GST_OMV_WRITER_MODE_REPLACE: a new recording; what is in the file is lost
 * @GST_OMV_WRITER_MODE_APPEND: go on behind the last whole frame of the
 *   recording that is there, if one is
 *
 * What becomes of a file that is there already.
 *
 * Since: 0.1
 */
typedef enum {
  GST_OMV_WRITER_MODE_CREATE,
  GST_OMV_WRITER_MODE_REPLACE,
  GST_OMV_WRITER_MODE_APPEND
} GstOmvWriterMode;

#define GST_OMV_TYPE_WRITER (gst_omv_writer_get_type ())

GST_OMV_API
G_DECLARE_FINAL_TYPE (GstOmvWriter, gst_omv_writer, GST_OMV, WRITER, GObject)

GST_OMV_API
GstOmvWriter *gst_omv_writer_new (void);

GST_OMV_API
void gst_omv_writer_set_exact_time (GstOmvWriter * self, gboolean exact_time);

GST_OMV_API
gboolean gst_omv_writer_get_exact_time (GstOmvWriter * self);

GST_OMV_API
gboolean gst_omv_writer_open_path (GstOmvWriter * self, const gchar * path,
    GstOmvWriterMode mode, GstOmvVersion version, GError ** error);

GST_OMV_API
gboolean gst_omv_writer_open_file (GstOmvWriter * self, GFile * file,
    GstOmvWriterMode mode, GstOmvVersion version, GError ** error);

GST_OMV_API
gboolean gst_omv_writer_close (GstOmvWriter * self, GError ** error);

GST_OMV_API
gboolean gst_omv_writer_is_open (GstOmvWriter * self);

GST_OMV_API
gboolean gst_omv_writer_append (GstOmvWriter * self,
    const GstOmvFrameHeader * header, guint64 time, const guint8 * payload,
    gsize size, GError ** error);

GST_OMV_API
gboolean gst_omv_writer_append_bytes (GstOmvWriter * self,
    GstOmvPixelFormat format, gint width, gint height, guint64 time,
    guint64 exact_time, GBytes * payload, GError ** error);

GST_OMV_API
gboolean gst_omv_writer_write_frame (GstOmvWriter * self, GstOmvFrame * frame,
    GError ** error);

GST_OMV_API
gboolean gst_omv_writer_truncate (GstOmvWriter * self, guint64 n_frames,
    GError ** error);

GST_OMV_API
gboolean gst_omv_writer_flush (GstOmvWriter * self, GError ** error);

GST_OMV_API
gboolean gst_omv_writer_sync (GstOmvWriter * self, GError ** error);

GST_OMV_API
GstOmvVersion gst_omv_writer_get_version (GstOmvWriter * self);

GST_OMV_API
guint64 gst_omv_writer_get_n_frames (GstOmvWriter * self);

GST_OMV_API
guint64 gst_omv_writer_get_size (GstOmvWriter * self);

GST_OMV_API
guint64 gst_omv_writer_get_last_time (GstOmvWriter * self);

GST_OMV_API
guint64 gst_omv_writer_get_duration (GstOmvWriter * self);

G_END_DECLS
