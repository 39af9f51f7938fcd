/* gstomvimageio.h: the camera's ImageIO
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <gst/omv/omv-frame.h>

G_BEGIN_DECLS

/**
 * GstOmvImageIOType:
 * @GST_OMV_IMAGE_IO_TYPE_FILE_STREAM: a recording in a file
 * @GST_OMV_IMAGE_IO_TYPE_MEMORY_STREAM: a fixed number of slots in memory
 *
 * Where a stream keeps its frames.
 *
 * Since: 0.1
 */
typedef enum {
  GST_OMV_IMAGE_IO_TYPE_FILE_STREAM,
  GST_OMV_IMAGE_IO_TYPE_MEMORY_STREAM
} GstOmvImageIOType;

/**
 * GstOmvImageIOMode:
 * @GST_OMV_IMAGE_IO_MODE_READ: `"r"`: a recording that is there, only to read
 * @GST_OMV_IMAGE_IO_MODE_WRITE: `"w"`: a new recording; what is in the file is
 *   lost
 * @GST_OMV_IMAGE_IO_MODE_APPEND: `"a"`, for hosts: go on behind the last whole
 *   frame, or start a recording where there is none
 * @GST_OMV_IMAGE_IO_MODE_UPDATE: `"r+"`, for hosts: a recording that is there,
 *   to read and to write
 *
 * What a file is opened for. Frames can be read in every mode.
 *
 * Since: 0.1
 */
typedef enum {
  GST_OMV_IMAGE_IO_MODE_READ,
  GST_OMV_IMAGE_IO_MODE_WRITE,
  GST_OMV_IMAGE_IO_MODE_APPEND,
  GST_OMV_IMAGE_IO_MODE_UPDATE
} GstOmvImageIOMode;

#define GST_OMV_TYPE_IMAGE_IO (gst_omv_image_io_get_type ())

GST_OMV_API
G_DECLARE_FINAL_TYPE (GstOmvImageIO, gst_omv_image_io, GST_OMV, IMAGE_IO,
    GObject)

GST_OMV_API
GstOmvImageIO *gst_omv_image_io_new_file (const gchar * path,
    GstOmvImageIOMode mode, GError ** error);

GST_OMV_API
GstOmvImageIO *gst_omv_image_io_new_memory (gint width, gint height,
    GstOmvPixelFormat format, guint n_slots, GError ** error);

GST_OMV_API
gboolean gst_omv_image_io_close (GstOmvImageIO * self, GError ** error);

GST_OMV_API
gboolean gst_omv_image_io_is_closed (GstOmvImageIO * self);

GST_OMV_API
GstOmvImageIOType gst_omv_image_io_get_stream_type (GstOmvImageIO * self,
    GError ** error);

GST_OMV_API
guint64 gst_omv_image_io_get_count (GstOmvImageIO * self, GError ** error);

GST_OMV_API
guint64 gst_omv_image_io_get_offset (GstOmvImageIO * self, GError ** error);

GST_OMV_API
gint gst_omv_image_io_get_version (GstOmvImageIO * self, GError ** error);

GST_OMV_API
guint64 gst_omv_image_io_get_buffer_size (GstOmvImageIO * self,
    GError ** error);

GST_OMV_API
guint64 gst_omv_image_io_get_size (GstOmvImageIO * self, GError ** error);

GST_OMV_API
gboolean gst_omv_image_io_write (GstOmvImageIO * self,
    GstOmvPixelFormat format, gint width, gint height, GBytes * payload,
    guint64 interval, GError ** error);

GST_OMV_API
gboolean gst_omv_image_io_write_frame (GstOmvImageIO * self,
    GstOmvFrame * frame, guint64 interval, GError ** error);

GST_OMV_API
GstOmvFrame *gst_omv_image_io_read (GstOmvImageIO * self, gboolean loop,
    gboolean pause, GCancellable * cancellable, GError ** error);

GST_OMV_API
gboolean gst_omv_image_io_seek (GstOmvImageIO * self, gint64 offset,
    GError ** error);

GST_OMV_API
gboolean gst_omv_image_io_sync (GstOmvImageIO * self, GError ** error);

G_END_DECLS
