/* gstomvimageio.c: the camera's ImageIO
 *
 * Nothing but the rules of the camera's object, over a reader and a writer where
 * the frames are in a file, and over a memory stream where they are in memory.
 * Here a stream is opened, asked and closed; gstomvimageio-frame.c has what moves
 * frames. docs/imageio.md says where camera and documentation differ, and what
 * was chosen. Rules, cited by the tests:
 *
 *  I1  What fails changes nothing, unless the disk fails when frames have been cut
 *      off already.
 *  I2  A closed stream answers whatever it is asked by CLOSED, but may be closed
 *      again, and asked whether it is closed.
 *  I3  An interval is the time since the last frame was written, for the first
 *      one since the stream was opened. Reading and seeking do not count, and
 *      rounding does not add up.
 *  I4  Playback has a schedule: a frame is due its interval after the one read
 *      before it was due, however late that was. It starts when the stream is
 *      opened, and anew whenever a frame is written, or read without a pause.
 *      Seeking does not change it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:gstomvimageio
 * @title: GstOmvImageIO
 * @short_description: the camera's ImageIO
 *
 * The stream that a camera's scripts make by `image.ImageIO()`, with the
 * behaviour that the camera's documentation states: frames one after the other,
 * with the time between them, in a file or in memory.
 *
 * |[<!-- language="C" -->
 * g_autoptr (GstOmvImageIO) stream = gst_omv_image_io_new_file ("run.bin",
 *     GST_OMV_IMAGE_IO_MODE_READ, error);
 * GstOmvFrame *frame;
 *
 * if (stream == NULL)
 *   return FALSE;
 * while ((frame = gst_omv_image_io_read (stream, FALSE, TRUE, NULL,
 *             error)) != NULL) {
 *   show (frame);
 *   gst_omv_frame_unref (frame);
 * }
 * ]|
 *
 * #GstOmvReader and #GstOmvWriter do more, and nothing that a host would not
 * expect: where no camera's script has to be followed, they are the better choice.
 *
 * A stream may be handed from one thread to another, but only one may use it at
 * a time. Frames that were read may be used by any thread.
 *
 * Since: 0.1
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvimageio.h"

#include "gstomvimageio-private.h"
#include "omv-i18n.h"

G_DEFINE_TYPE (GstOmvImageIO, gst_omv_image_io, G_TYPE_OBJECT);

static void
gst_omv_image_io_finalize (GObject * object)
{
  (void) gst_omv_image_io_close (GST_OMV_IMAGE_IO (object), NULL);

  G_OBJECT_CLASS (gst_omv_image_io_parent_class)->finalize (object);
}

static void
gst_omv_image_io_class_init (GstOmvImageIOClass * klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_omv_image_io_finalize;
}

/* Until it is opened, this is a closed stream. */
static void
gst_omv_image_io_init (GstOmvImageIO * self)
{
  omv_clock_init_monotonic (&self->clock);
  gst_omv_time_writer_init (&self->intervals, GST_OMV_VERSION_V2_0);
}

/* ---- opening and closing ---- */

/* I3, I4 */
static void
start_clock (GstOmvImageIO * self)
{
  self->written = self->clock.now (self->clock.user_data);
  self->due = self->written;
}

/*
 * gst_omv_image_io_set_clock:
 *
 * For tests: another clock, by which the stream counts as opened now.
 */
void
gst_omv_image_io_set_clock (GstOmvImageIO * self, const OmvClock * clock)
{
  self->clock = *clock;
  start_clock (self);
}

static gboolean
open_writer (GstOmvImageIO * self, const gchar * path, GstOmvWriterMode mode,
    GError ** error)
{
  self->writer = gst_omv_writer_new ();

  return gst_omv_writer_open_path (self->writer, path, mode,
      GST_OMV_VERSION_V2_0, error);
}

static gboolean
open_file (GstOmvImageIO * self, const gchar * path, GstOmvImageIOMode mode,
    GError ** error)
{
  const gboolean must_exist = mode == GST_OMV_IMAGE_IO_MODE_READ
      || mode == GST_OMV_IMAGE_IO_MODE_UPDATE;
  const gboolean replaces = mode == GST_OMV_IMAGE_IO_MODE_WRITE;

  self->reader = gst_omv_reader_new ();
  if (must_exist && !gst_omv_reader_open_path (self->reader, path, error))
    return FALSE;
  if (mode == GST_OMV_IMAGE_IO_MODE_READ)
    return TRUE;

  /* The writer first: it may cut off a torn frame, or begin the recording. */
  if (!open_writer (self, path, replaces ? GST_OMV_WRITER_MODE_REPLACE
          : GST_OMV_WRITER_MODE_APPEND, error)
      || !gst_omv_reader_open_path (self->reader, path, error))
    return FALSE;
  if (mode == GST_OMV_IMAGE_IO_MODE_APPEND)
    self->offset = gst_omv_writer_get_n_frames (self->writer);
  return TRUE;
}

/**
 * gst_omv_image_io_new_file:
 * @path: (type filename): the place of a recording
 * @mode: what to open it for
 * @error: return location
 *
 * Opens a stream of frames in a file. Its offset is 0, with
 * %GST_OMV_IMAGE_IO_MODE_APPEND the number of frames. What is written is of
 * version 2.0; a recording that is written on keeps its version.
 *
 * Errors: %GST_OMV_ERROR_WRONG_TYPE, %GST_OMV_ERROR_UNSUPPORTED and
 * %GST_OMV_ERROR_TRUNCATED if the file is no recording, of a version that cannot
 * be read or written, or shorter than a file header; to write on also
 * %GST_OMV_ERROR_CORRUPT if it is damaged anywhere but in a torn last frame;
 * %G_IO_ERROR, of which %G_IO_ERROR_NOT_FOUND.
 *
 * Returns: (transfer full): a stream, or %NULL on failure
 *
 * Since: 0.1
 */
GstOmvImageIO *
gst_omv_image_io_new_file (const gchar * path, GstOmvImageIOMode mode,
    GError ** error)
{
  g_autoptr (GstOmvImageIO) self = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  self = g_object_new (GST_OMV_TYPE_IMAGE_IO, NULL);
  if (!open_file (self, path, mode, error))
    return NULL;

  start_clock (self);
  return g_steal_pointer (&self);
}

/**
 * gst_omv_image_io_new_memory:
 * @width: pixels of the frames expected
 * @height: pixels of the frames expected
 * @format: pixel format of the frames expected
 * @n_slots: how many frames there is room for
 * @error: return location
 *
 * Makes a stream of frames in memory, all of which is there at once and never
 * grows. Its offset is 0.
 *
 * Errors: those of gst_omv_memory_stream_new().
 *
 * Returns: (transfer full): a stream, or %NULL on failure
 *
 * Since: 0.1
 */
GstOmvImageIO *
gst_omv_image_io_new_memory (gint width, gint height, GstOmvPixelFormat format,
    guint n_slots, GError ** error)
{
  GstOmvMemoryStream *memory = gst_omv_memory_stream_new (width, height, format,
      n_slots, error);
  GstOmvImageIO *self;

  if (memory == NULL)
    return NULL;

  self = g_object_new (GST_OMV_TYPE_IMAGE_IO, NULL);
  self->memory = memory;
  start_clock (self);
  return self;
}

/**
 * gst_omv_image_io_close:
 * @self: a stream
 * @error: return location
 *
 * Gives the file or the memory back. Closing a stream that is closed does
 * nothing; whatever else is asked of it then is %GST_OMV_ERROR_CLOSED. The last
 * reference to a stream closes it, too.
 *
 * Errors: %G_IO_ERROR. Frames at the end are then missing, the others are whole.
 *
 * Returns: %FALSE on failure; @self is closed all the same
 *
 * Since: 0.1
 */
gboolean
gst_omv_image_io_close (GstOmvImageIO * self, GError ** error)
{
  gboolean is_written;

  g_return_val_if_fail (GST_OMV_IS_IMAGE_IO (self), FALSE);

  is_written = self->writer == NULL
      || gst_omv_writer_close (self->writer, error);
  g_clear_object (&self->writer);
  g_clear_object (&self->reader);
  g_clear_object (&self->memory);

  return is_written;
}

/**
 * gst_omv_image_io_is_closed:
 * @self: a stream
 *
 * Returns: whether it has been closed
 *
 * Since: 0.1
 */
gboolean
gst_omv_image_io_is_closed (GstOmvImageIO * self)
{
  g_return_val_if_fail (GST_OMV_IS_IMAGE_IO (self), TRUE);

  return self->reader == NULL && self->memory == NULL;
}

/*
 * gst_omv_image_io_check_open:
 *
 * I2. FALSE: it is closed.
 */
gboolean
gst_omv_image_io_check_open (GstOmvImageIO * self, GError ** error)
{
  g_return_val_if_fail (GST_OMV_IS_IMAGE_IO (self), FALSE);

  if (!gst_omv_image_io_is_closed (self))
    return TRUE;

  g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_CLOSED,
      _("The stream is closed."));
  return FALSE;
}

/* ---- asking ---- */

/**
 * gst_omv_image_io_get_stream_type:
 * @self: a stream
 * @error: return location
 *
 * The camera's `type()`.
 *
 * Errors: %GST_OMV_ERROR_CLOSED.
 *
 * Returns: where the frames are; nothing to go by on failure
 *
 * Since: 0.1
 */
GstOmvImageIOType
gst_omv_image_io_get_stream_type (GstOmvImageIO * self, GError ** error)
{
  return gst_omv_image_io_check_open (self, error) && self->memory != NULL
      ? GST_OMV_IMAGE_IO_TYPE_MEMORY_STREAM : GST_OMV_IMAGE_IO_TYPE_FILE_STREAM;
}

/**
 * gst_omv_image_io_get_count:
 * @self: a stream
 * @error: return location
 *
 * Counts the frames in the file, those before the first damage; of memory, the
 * slots, written or not. In a file that is only read this reads all headers the
 * first time.
 *
 * Errors: %GST_OMV_ERROR_CLOSED; %G_IO_ERROR.
 *
 * Returns: how many there are now, 0 on failure
 *
 * Since: 0.1
 */
guint64
gst_omv_image_io_get_count (GstOmvImageIO * self, GError ** error)
{
  if (!gst_omv_image_io_check_open (self, error))
    return 0;

  if (self->memory != NULL)
    return gst_omv_memory_stream_get_n_slots (self->memory);
  if (self->writer != NULL)
    return gst_omv_writer_get_n_frames (self->writer);
  return gst_omv_reader_get_n_frames (self->reader, error);
}

/**
 * gst_omv_image_io_get_offset:
 * @self: a stream
 * @error: return location
 *
 * Errors: %GST_OMV_ERROR_CLOSED.
 *
 * Returns: the number of the frame that is read or written next, 0 on failure
 *
 * Since: 0.1
 */
guint64
gst_omv_image_io_get_offset (GstOmvImageIO * self, GError ** error)
{
  if (!gst_omv_image_io_check_open (self, error))
    return 0;

  return self->memory != NULL
      ? gst_omv_memory_stream_get_position (self->memory) : self->offset;
}

/**
 * gst_omv_image_io_get_version:
 * @self: a stream
 * @error: return location
 *
 * Errors: %GST_OMV_ERROR_CLOSED.
 *
 * Returns: the #GstOmvVersion that the file starts with; 0 of memory, which has
 *   none, and on failure
 *
 * Since: 0.1
 */
gint
gst_omv_image_io_get_version (GstOmvImageIO * self, GError ** error)
{
  return gst_omv_image_io_check_open (self, error) && self->memory == NULL
      ? (gint) gst_omv_reader_get_version (self->reader, error) : 0;
}

/**
 * gst_omv_image_io_get_buffer_size:
 * @self: a stream
 * @error: return location
 *
 * Errors: %GST_OMV_ERROR_CLOSED.
 *
 * Returns: the bytes of the largest frame that a slot takes; 0 of a file, which
 *   has no slots, and on failure
 *
 * Since: 0.1
 */
guint64
gst_omv_image_io_get_buffer_size (GstOmvImageIO * self, GError ** error)
{
  return gst_omv_image_io_check_open (self, error) && self->memory != NULL
      ? gst_omv_memory_stream_get_slot_size (self->memory) : 0;
}

/**
 * gst_omv_image_io_get_size:
 * @self: a stream
 * @error: return location
 *
 * Tells the bytes of the file, with those that have not been written yet; of
 * memory, the bytes of all slots, each with 32 of header.
 *
 * Errors: %GST_OMV_ERROR_CLOSED; %G_IO_ERROR.
 *
 * Returns: the bytes, 0 on failure
 *
 * Since: 0.1
 */
guint64
gst_omv_image_io_get_size (GstOmvImageIO * self, GError ** error)
{
  if (!gst_omv_image_io_check_open (self, error))
    return 0;

  if (self->memory != NULL)
    return (guint64) gst_omv_memory_stream_get_n_slots (self->memory)
        * (GST_OMV_FRAME_HEADER_SIZE_MAX
        + gst_omv_memory_stream_get_slot_size (self->memory));
  if (self->writer != NULL)
    return gst_omv_writer_get_size (self->writer);
  return gst_omv_reader_get_size (self->reader, error);
}
