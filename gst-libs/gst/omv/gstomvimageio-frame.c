/* gstomvimageio-frame.c: writes and reads the frames of the camera's ImageIO
 *
 * The rules cited are those at the head of gstomvimageio.c.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvimageio.h"

#include <inttypes.h>

#include "gstomvimageio-private.h"
#include "gstomvreader-private.h"
#include "gstomvwriter-private.h"
#include "omv-frame-private.h"
#include "omv-i18n.h"
#include "omv-picture.h"

/* ---- writing ---- */

/* A JPEG or PNG picture must not lie about its size. Where @header has none, it
 * is the picture's. */
static gboolean
check_picture (GstOmvFrameHeader * header, GBytes * payload, GError ** error)
{
  const gchar *name = gst_omv_pixel_format_get_name (header->format);
  gint width, height;
  const guint8 *data;
  gsize size;

  if (!gst_omv_pixel_format_is_compressed (header->format))
    return TRUE;

  data = g_bytes_get_data (payload, &size);
  if (!gst_omv_picture_read_size (header->format, data, size, &width, &height)) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_WRONG_TYPE,
        _("The frame is not a %s picture."), name);
    return FALSE;
  }
  if (header->width == 0 && header->height == 0) {
    header->width = width;
    header->height = height;
  }
  if (header->width == width && header->height == height)
    return TRUE;

  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
      _("The frame is a %s picture of %d x %d pixels, not of %d x %d."), name,
      width, height, header->width, header->height);
  return FALSE;
}

/* Frames behind the offset are cut off. */
static gboolean
write_file (GstOmvImageIO * self, const GstOmvFrameHeader * header,
    guint64 interval, GBytes * payload, GError ** error)
{
  gboolean cuts, is_written;

  if (self->writer == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
        _("The stream was opened only to read."));
    return FALSE;
  }

  cuts = self->offset < gst_omv_writer_get_n_frames (self->writer);
  is_written = gst_omv_writer_put_at (self->writer, self->offset, header,
      interval, payload, error);
  if (cuts)
    gst_omv_reader_forget (self->reader);
  if (is_written)
    self->offset++;

  return is_written;
}

static gboolean
write_memory (GstOmvImageIO * self, const GstOmvFrameHeader * header,
    guint64 interval, GBytes * payload, GError ** error)
{
  const guint64 time = omv_time_add (self->time, interval);
  GstOmvTimeWriter intervals = self->intervals;
  GstOmvFrameHeader own = *header;
  const guint8 *data;
  gsize size;

  if (time > GST_OMV_TIME_MAX
      || !gst_omv_time_writer_next (&intervals, time, &own.interval)) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_INTERVAL,
        _("An interval of %" PRIu64 " ns cannot be stored."), interval);
    return FALSE;
  }

  data = g_bytes_get_data (payload, &size);
  if (!gst_omv_memory_stream_write (self->memory, &own, data, size, error))
    return FALSE;

  self->intervals = intervals;
  self->time = time;
  return TRUE;
}

/* I3, and I4: the frame's readers need not make up for the time before it. */
static gboolean
write_now (GstOmvImageIO * self, const GstOmvFrameHeader * header,
    guint64 interval, GBytes * payload, GError ** error)
{
  const guint64 now = self->clock.now (self->clock.user_data);

  if (interval == GST_OMV_TIME_NONE)
    interval = now - self->written;
  if (!(self->memory != NULL ? write_memory : write_file) (self, header,
          interval, payload, error))
    return FALSE;

  self->written = now;
  self->due = now;
  return TRUE;
}

/**
 * gst_omv_image_io_write:
 * @self: a stream
 * @format: the pixel format
 * @width: pixels; of JPEG and PNG pictures perhaps 0
 * @height: pixels; of JPEG and PNG pictures perhaps 0
 * @payload: rows without gaps, RGB565 in little-endian, or a picture
 * @interval: ns since the frame before, or %GST_OMV_TIME_NONE for the time that
 *   has passed since it was written, or since the stream was opened
 * @error: return location
 *
 * Writes a frame at the offset, and goes on to the next offset. In a file, frames
 * from the offset on are cut off first. In memory the frame takes the place of
 * the one in its slot. Intervals are stored in ms; their rounding does not add
 * up.
 *
 * Errors: %GST_OMV_ERROR_CLOSED; %GST_OMV_ERROR_END_OF_STREAM behind the last
 * slot of memory; %GST_OMV_ERROR_INVALID_FRAME_SIZE if the payload is larger than
 * a slot, or width, height and size are out of range or contradict each other;
 * %GST_OMV_ERROR_UNSUPPORTED if frames of @format cannot be stored;
 * %GST_OMV_ERROR_WRONG_TYPE if the payload is not the picture that @format says;
 * %GST_OMV_ERROR_INVALID_INTERVAL; %G_IO_ERROR, of which
 * %G_IO_ERROR_PERMISSION_DENIED if the stream was opened only to read. Nothing
 * has changed then, unless the disk has failed: frames from the offset on may be
 * gone.
 *
 * Returns: %FALSE on failure
 *
 * Since: 0.1
 */
gboolean
gst_omv_image_io_write (GstOmvImageIO * self, GstOmvPixelFormat format,
    gint width, gint height, GBytes * payload, guint64 interval,
    GError ** error)
{
  GstOmvFrameHeader header = { 0, };

  g_return_val_if_fail (payload != NULL, FALSE);

  header.format = format;
  header.width = width;
  header.height = height;
  header.exact_time = GST_OMV_TIME_NONE;

  return gst_omv_image_io_check_open (self, error)
      && check_picture (&header, payload, error)
      && write_now (self, &header, interval, payload, error);
}

/**
 * gst_omv_image_io_write_frame:
 * @self: a stream
 * @frame: a frame that was read from another stream
 * @interval: ns since the frame before, or %GST_OMV_TIME_NONE, see
 *   gst_omv_image_io_write()
 * @error: return location
 *
 * Writes a frame as it was stored elsewhere. RGB565 of version 1.0 becomes
 * little-endian, exact times are left out, pictures are not looked at. To keep
 * the time between frames, pass the differences of their times as @interval.
 *
 * Errors: those of gst_omv_image_io_write(), but for
 * %GST_OMV_ERROR_WRONG_TYPE.
 *
 * Returns: %FALSE on failure
 *
 * Since: 0.1
 */
gboolean
gst_omv_image_io_write_frame (GstOmvImageIO * self, GstOmvFrame * frame,
    guint64 interval, GError ** error)
{
  g_autoptr (GBytes) payload = NULL;
  GstOmvFrameHeader header;

  g_return_val_if_fail (frame != NULL && frame->payload != NULL, FALSE);

  if (!gst_omv_image_io_check_open (self, error))
    return FALSE;

  header = frame->header;
  header.exact_time = GST_OMV_TIME_NONE;
  payload = omv_frame_get_payload (frame);
  return write_now (self, &header, interval, payload, error);
}

/* ---- reading ---- */

/* What was written is where the reader finds it. */
static gboolean
flush (GstOmvImageIO * self, GError ** error)
{
  return self->writer == NULL || gst_omv_writer_flush (self->writer, error);
}

/* NULL without an error: the end. */
static GstOmvFrame *
read_file (GstOmvImageIO * self, gboolean loop, GError ** error)
{
  g_autoptr (GError) own_error = NULL;
  GstOmvFrame *frame;

  if (!flush (self, error))
    return NULL;

  frame = gst_omv_reader_read_frame (self->reader, self->offset, &own_error);
  if (loop && g_error_matches (own_error, GST_OMV_ERROR,
          GST_OMV_ERROR_END_OF_STREAM)) {
    g_clear_error (&own_error);
    frame = gst_omv_reader_read_frame (self->reader, 0, &own_error);
  }

  if (own_error != NULL && !g_error_matches (own_error, GST_OMV_ERROR,
          GST_OMV_ERROR_END_OF_STREAM))
    g_propagate_error (error, g_steal_pointer (&own_error));
  return frame;
}

/* I4 */
static gboolean
keep_schedule (GstOmvImageIO * self, const GstOmvFrame * frame, gboolean pause,
    GCancellable * cancellable, GError ** error)
{
  const OmvClock *clock = &self->clock;
  guint64 due;

  if (!pause) {
    self->due = clock->now (clock->user_data);
    return TRUE;
  }

  due = self->due
      + frame->header.interval * gst_omv_version_get_unit (frame->version);
  if (!clock->wait (clock->user_data, due, cancellable, error))
    return FALSE;
  self->due = due;
  return TRUE;
}

/**
 * gst_omv_image_io_read:
 * @self: a stream
 * @loop: whether to go on with the first frame behind the last one of a file
 * @pause: whether to wait until the frame is due
 * @cancellable: (nullable): ends the wait
 * @error: return location
 *
 * Reads the frame at the offset, and goes on to the next offset. At the end of a
 * file without @loop, and of one without any frame, %NULL is returned without an
 * error. Memory has no such end: there @loop does not count.
 *
 * With @pause, a frame is due its interval after the frame read before was due,
 * however late that was: who was away too long gets frames without a wait until
 * playback is on time again. The first one is due its interval after the stream
 * was opened, after a frame was written to it, or after one was read without
 * @pause. Seeking does not count.
 *
 * Errors: %GST_OMV_ERROR_CLOSED; %GST_OMV_ERROR_END_OF_STREAM behind the last
 * slot of memory; %GST_OMV_ERROR_INVALID_OFFSET if nothing was written to a slot;
 * %GST_OMV_ERROR_CORRUPT if the file is damaged at the offset; %G_IO_ERROR, of
 * which %G_IO_ERROR_CANCELLED. Nothing has changed then.
 *
 * Returns: (transfer full) (nullable): the frame, or %NULL at the end and on
 *   failure
 *
 * Since: 0.1
 */
GstOmvFrame *
gst_omv_image_io_read (GstOmvImageIO * self, gboolean loop, gboolean pause,
    GCancellable * cancellable, GError ** error)
{
  g_autoptr (GstOmvFrame) frame = NULL;

  if (!gst_omv_image_io_check_open (self, error)
      || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  frame = self->memory != NULL
      ? gst_omv_memory_stream_read (self->memory, error)
      : read_file (self, loop, error);
  if (frame == NULL)
    return NULL;

  if (!keep_schedule (self, frame, pause, cancellable, error)) {
    if (self->memory != NULL)
      (void) gst_omv_memory_stream_seek (self->memory, (gint64) frame->number,
          NULL);
    return NULL;
  }

  self->offset = frame->number + 1;
  return g_steal_pointer (&frame);
}

/* ---- the rest ---- */

/**
 * gst_omv_image_io_seek:
 * @self: a stream
 * @offset: the number of a frame, from 0; in a file also the number of frames, to
 *   stand at the end
 * @error: return location
 *
 * Chooses the frame that is read or written next. In a file this takes a walk
 * over headers that have not been read yet.
 *
 * Errors: %GST_OMV_ERROR_CLOSED; %GST_OMV_ERROR_INVALID_OFFSET if @offset is
 * negative, or there is no such slot of memory; %GST_OMV_ERROR_END_OF_STREAM if
 * a file has not so many frames; %GST_OMV_ERROR_CORRUPT if the file is damaged
 * before @offset; %G_IO_ERROR.
 *
 * Returns: %FALSE on failure; the offset is then as it was
 *
 * Since: 0.1
 */
gboolean
gst_omv_image_io_seek (GstOmvImageIO * self, gint64 offset, GError ** error)
{
  if (!gst_omv_image_io_check_open (self, error))
    return FALSE;
  if (self->memory != NULL)
    return gst_omv_memory_stream_seek (self->memory, offset, error);
  if (offset < 0) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_OFFSET,
        _("There is no frame %" PRId64 "."), offset);
    return FALSE;
  }

  if (!flush (self, error)
      || !gst_omv_reader_seek (self->reader, (guint64) offset, error))
    return FALSE;
  self->offset = (guint64) offset;
  return TRUE;
}

/**
 * gst_omv_image_io_sync:
 * @self: a stream
 * @error: return location
 *
 * Waits until all that was written to a file is on the disk. Where nothing can
 * be written, and in memory, this does nothing.
 *
 * Errors: %GST_OMV_ERROR_CLOSED; %G_IO_ERROR.
 *
 * Returns: %FALSE on failure
 *
 * Since: 0.1
 */
gboolean
gst_omv_image_io_sync (GstOmvImageIO * self, GError ** error)
{
  return gst_omv_image_io_check_open (self, error)
      && (self->writer == NULL || gst_omv_writer_sync (self->writer, error));
}
