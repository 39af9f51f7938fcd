/* gstomvwriter-frame.c: adds frames to a recording, and tells what it has
 *
 * A frame is checked before a byte of it is written. Guarantees, cited by the
 * tests:
 *
 *  F1  What a recording cannot hold is refused, and leaves the file and the writer
 *      as they were.
 *  F2  Times do not drift: intervals are the differences of rounded times, whether
 *      frames come with times of their own or with intervals of another
 *      recording's unit.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvwriter.h"

#include <inttypes.h>

#include "gstomvwriter-private.h"
#include "omv-frame-private.h"
#include "omv-i18n.h"
#include "omv-picture.h"

#define NS_PER_SECOND 1000000000

/* In version 1.x smaller numbers are the codes of other formats. */
#define V1_JPEG_MIN 4

/* ---- checking ---- */

static gboolean
check_format (GstOmvWriter * self, const GstOmvFrameHeader * header, gsize size,
    GError ** error)
{
  const gchar *name = gst_omv_pixel_format_get_name (header->format);
  GstOmvVersion version = self->end.version;
  g_autofree gchar *code = g_strdup_printf ("0x%08x", (guint) header->format);

  if (!gst_omv_version_can_hold (version, header->format))
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED,
        _("A recording of version %d.%d cannot hold frames of the format %s."),
        version / 10, version % 10, name != NULL ? name : code);
  else if (version < GST_OMV_VERSION_V2_0 && size < V1_JPEG_MIN
      && header->format == GST_OMV_PIXEL_FORMAT_JPEG)
    g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED,
        _("A recording of version 1.1 cannot hold a JPEG picture of less than "
            "4 bytes."));
  else
    return TRUE;

  return FALSE;
}

static gboolean
check_dimensions (GstOmvWriter * self, const GstOmvFrameHeader * header,
    GError ** error)
{
  if (header->width >= 1 && header->width <= GST_OMV_DIMENSION_MAX
      && header->height >= 1 && header->height <= GST_OMV_DIMENSION_MAX)
    return TRUE;

  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
      _("Frame %" PRIu64 " at byte %" PRIu64
          " has %d x %d pixels; both must be " "in 1…32767."),
      self->end.n_frames, self->end.position, header->width, header->height);
  return FALSE;
}

/* Readers take a larger frame for damage, unless they are told otherwise. */
static gboolean
check_size (GstOmvWriter * self, const GstOmvFrameHeader * header, gsize size,
    GError ** error)
{
  guint64 expected = (guint64) gst_omv_pixel_format_get_row_size
      (header->format, header->width) * (guint64) header->height;
  gboolean is_picture = gst_omv_pixel_format_is_compressed (header->format);

  if (size == 0 || (!is_picture && size != expected))
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("Frame %" PRIu64 " at byte %" PRIu64 " has %" PRIu64 " bytes, which "
            "is not the size of a %s frame of %d x %d pixels."),
        self->end.n_frames, self->end.position, (guint64) size,
        gst_omv_pixel_format_get_name (header->format), header->width,
        header->height);
  else if (size > (gsize) GST_OMV_FRAME_SIZE_MAX_DEFAULT)
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("Frame %" PRIu64 " at byte %" PRIu64 " has %" PRIu64 " bytes, more "
            "than a recording can hold."), self->end.n_frames,
        self->end.position, (guint64) size);
  else
    return TRUE;

  return FALSE;
}

/* A JPEG or PNG frame must not lie about its size. Where @header has none, it is
 * the picture's. */
static gboolean
check_picture (GstOmvWriter * self, const guint8 * payload, gsize size,
    GstOmvFrameHeader * header, GError ** error)
{
  const gchar *name = gst_omv_pixel_format_get_name (header->format);
  gint width, height;

  if (!gst_omv_pixel_format_is_compressed (header->format))
    return TRUE;

  if (!gst_omv_picture_read_size (header->format, payload, size, &width,
          &height)) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_WRONG_TYPE,
        _("Frame %" PRIu64 " at byte %" PRIu64 " is not a %s picture."),
        self->end.n_frames, self->end.position, name);
    return FALSE;
  }
  if (header->width == 0 && header->height == 0) {
    header->width = width;
    header->height = height;
  }
  if (header->width == width && header->height == height)
    return TRUE;

  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
      _("Frame %" PRIu64 " at byte %" PRIu64 " is a %s picture of %d x %d "
          "pixels, but its header says %d x %d."), self->end.n_frames,
      self->end.position, name, width, height, header->width, header->height);
  return FALSE;
}

/* ---- writing ---- */

/* F2. @intervals has to become the writer's own if the frame is written. */
static gboolean
set_interval (GstOmvWriter * self, guint64 time, GstOmvTimeWriter * intervals,
    GstOmvFrameHeader * header, GError ** error)
{
  *intervals = self->intervals;
  if (time <= GST_OMV_TIME_MAX
      && gst_omv_time_writer_next (intervals, time, &header->interval))
    return TRUE;

  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_INTERVAL,
      _("Frame %" PRIu64 " at byte %" PRIu64 " comes %" PRIu64
          " s after the frame before it; a recording holds at most 4294967 s."),
      self->end.n_frames, self->end.position,
      (time - self->due) / NS_PER_SECOND);
  return FALSE;
}

static gboolean
put (GstOmvWriter * self, const GstOmvFrameHeader * header,
    const guint8 * payload, GError ** error)
{
  static const guint8 zeros[GST_OMV_ALIGNMENT] = { 0 };
  guint8 bytes[GST_OMV_FRAME_HEADER_SIZE_MAX];
  OmvDiskPart parts[OMV_SPOOL_PARTS_MAX];

  gst_omv_frame_header_write (self->end.version, header, bytes);
  parts[0].data = bytes;
  parts[0].size = gst_omv_version_get_header_size (self->end.version);
  parts[1].data = payload;
  parts[1].size = header->payload_size;
  parts[2].data = zeros;
  parts[2].size = gst_omv_get_padding (header->payload_size);

  return omv_spool_put (self->spool, parts, G_N_ELEMENTS (parts), error);
}

/* The frame of @header is the last one now. */
static void
pass_frame (GstOmvWriter * self, const GstOmvFrameHeader * header)
{
  guint64 before = self->end.time.time;
  guint64 time = gst_omv_time_reader_next (&self->end.time, self->end.version,
      header);

  self->end.last_interval = self->end.n_frames > 0 ? time - before : 0;
  self->end.n_frames++;
  self->end.position = omv_spool_get_end (self->spool);
}

/* Adds a frame that was checked, @time ns from the recording's start. */
static gboolean
add_frame (GstOmvWriter * self, GstOmvFrameHeader * header, guint64 time,
    const guint8 * payload, gsize size, GError ** error)
{
  GstOmvTimeWriter intervals;

  header->payload_size = (guint32) size;
  header->size_word = 0;
  if (self->end.version < GST_OMV_VERSION_V2_0)
    header->exact_time = GST_OMV_TIME_NONE;
  if (!set_interval (self, time, &intervals, header, error)
      || !put (self, header, payload, error))
    return FALSE;

  self->intervals = intervals;
  self->due = MAX (self->due, time);
  pass_frame (self, header);
  return TRUE;
}

/**
 * gst_omv_writer_append:
 * @self: a writer
 * @header: the frame's pixel format, width and height, of JPEG and PNG pictures
 *   perhaps 0 x 0: then they say themselves; and its exact time, which counts
 *   only with #GstOmvWriter:exact-time. All else is not looked at
 * @time: ns from the recording's start; one before that of the last frame counts
 *   as that, and so does %GST_OMV_TIME_NONE
 * @payload: (array length=size): rows without gaps, RGB565 in little-endian, or a
 *   picture
 * @size: bytes in @payload
 * @error: return location
 *
 * Adds a frame.
 *
 * With #GstOmvWriter:exact-time, @time is stored as it is where @header has
 * %GST_OMV_TIME_NONE. Only the differences of exact times count, so they may be
 * those of another clock.
 *
 * Errors: %GST_OMV_ERROR_CLOSED; %GST_OMV_ERROR_UNSUPPORTED if the recording's
 * version cannot hold the format; %GST_OMV_ERROR_WRONG_TYPE if the payload is not
 * the picture that the format says; %GST_OMV_ERROR_INVALID_FRAME_SIZE if width,
 * height or size are out of range or contradict each other;
 * %GST_OMV_ERROR_INVALID_INTERVAL; %G_IO_ERROR. The recording is then as it was.
 *
 * Returns: %FALSE on failure
 *
 * Since: 0.1
 */
gboolean
gst_omv_writer_append (GstOmvWriter * self, const GstOmvFrameHeader * header,
    guint64 time, const guint8 * payload, gsize size, GError ** error)
{
  GstOmvFrameHeader own;

  g_return_val_if_fail (header != NULL, FALSE);
  g_return_val_if_fail (payload != NULL || size == 0, FALSE);

  if (!gst_omv_writer_check_open (self, error))
    return FALSE;

  own = *header;
  if (!check_format (self, &own, size, error)
      || !check_picture (self, payload, size, &own, error)
      || !check_dimensions (self, &own, error)
      || !check_size (self, &own, size, error))
    return FALSE;

  if (time == GST_OMV_TIME_NONE)
    time = self->due;
  if (!self->exact_time)
    own.exact_time = GST_OMV_TIME_NONE;
  else if (own.exact_time == GST_OMV_TIME_NONE)
    own.exact_time = time;

  return add_frame (self, &own, time, payload, size, error);
}

/**
 * gst_omv_writer_append_bytes:
 * @self: a writer
 * @format: the pixel format
 * @width: pixels; of JPEG and PNG pictures perhaps 0
 * @height: pixels; of JPEG and PNG pictures perhaps 0
 * @time: ns from the recording's start, or %GST_OMV_TIME_NONE
 * @exact_time: ns of whatever clock, or %GST_OMV_TIME_NONE for @time
 * @payload: rows without gaps, or a picture
 * @error: return location
 *
 * Adds a frame, as gst_omv_writer_append() does.
 *
 * Errors: those of gst_omv_writer_append().
 *
 * Returns: %FALSE on failure
 *
 * Since: 0.1
 */
gboolean
gst_omv_writer_append_bytes (GstOmvWriter * self, GstOmvPixelFormat format,
    gint width, gint height, guint64 time, guint64 exact_time,
    GBytes * payload, GError ** error)
{
  GstOmvFrameHeader header = { 0, };
  const guint8 *data;
  gsize size;

  g_return_val_if_fail (payload != NULL, FALSE);

  header.format = format;
  header.width = width;
  header.height = height;
  header.exact_time = exact_time;
  data = g_bytes_get_data (payload, &size);
  return gst_omv_writer_append (self, &header, time, data, size, error);
}

/**
 * gst_omv_writer_write_frame:
 * @self: a writer
 * @frame: a frame of another recording
 * @error: return location
 *
 * Adds a frame as it was stored elsewhere, as long after the last frame as its
 * header's interval says. An exact time is stored, too, if the version can:
 * between recordings of one version nothing is changed. RGB565 of version 1.0
 * becomes little-endian, intervals of version 2.1 are rounded so that the sum is
 * right. Pictures are not looked at.
 *
 * Errors: %GST_OMV_ERROR_CLOSED; %GST_OMV_ERROR_UNSUPPORTED if the recording's
 * version cannot hold the format; %GST_OMV_ERROR_INVALID_FRAME_SIZE if the frame
 * is larger than 256 MiB; %G_IO_ERROR. The recording is then as it was.
 *
 * Returns: %FALSE on failure
 *
 * Since: 0.1
 */
gboolean
gst_omv_writer_write_frame (GstOmvWriter * self, GstOmvFrame * frame,
    GError ** error)
{
  g_autoptr (GBytes) payload = NULL;
  GstOmvFrameHeader header;
  guint64 interval;
  const guint8 *data;
  gsize size;

  g_return_val_if_fail (frame != NULL && frame->payload != NULL, FALSE);

  header = frame->header;
  size = g_bytes_get_size (frame->payload);
  if (!gst_omv_writer_check_open (self, error)
      || !check_format (self, &header, size, error)
      || !check_dimensions (self, &header, error)
      || !check_size (self, &header, size, error))
    return FALSE;

  interval = header.interval * gst_omv_version_get_unit (frame->version);
  payload = omv_frame_get_payload (frame);
  data = g_bytes_get_data (payload, &size);

  return add_frame (self, &header,
      MIN (self->due + interval, GST_OMV_TIME_MAX), data, size, error);
}

/* Of a frame that comes @interval ns after the last one. */
static gboolean
check_frame (GstOmvWriter * self, const GstOmvFrameHeader * header,
    guint64 interval, gsize size, GError ** error)
{
  GstOmvFrameHeader own = *header;
  GstOmvTimeWriter intervals;

  return check_format (self, header, size, error)
      && check_dimensions (self, header, error)
      && check_size (self, header, size, error)
      && set_interval (self, omv_time_add (self->due, interval), &intervals,
      &own, error);
}

/* As if the recording ended there already, if the frame fits there. */
static gboolean
cut_for_frame (GstOmvWriter * self, guint64 number,
    const GstOmvFrameHeader * header, guint64 interval, gsize size,
    GError ** error)
{
  const OmvWriterEnd end = self->end;
  const GstOmvTimeWriter intervals = self->intervals;
  const guint64 due = self->due;
  OmvWriterEnd cut;

  if (!gst_omv_writer_find_cut (self, number, &cut, error))
    return FALSE;

  gst_omv_writer_go_to_end (self, &cut);
  if (check_frame (self, header, interval, size, error)
      && omv_spool_cut (self->spool, cut.position, error))
    return TRUE;

  self->end = end;
  self->intervals = intervals;
  self->due = due;
  return FALSE;
}

/*
 * gst_omv_writer_put_at:
 * @number: of the frame, at most the number of frames
 * @interval: ns since the frame before it, or since the recording's start
 *
 * Writes a frame behind the first @number ones, and cuts off those that stand
 * there. Pictures are not looked at. What cannot be written cuts nothing off, but
 * who finds no room on the disk has cut already.
 */
gboolean
gst_omv_writer_put_at (GstOmvWriter * self, guint64 number,
    const GstOmvFrameHeader * header, guint64 interval, GBytes * payload,
    GError ** error)
{
  GstOmvFrameHeader own = *header;
  const guint8 *data;
  gsize size;

  if (!gst_omv_writer_check_open (self, error))
    return FALSE;

  data = g_bytes_get_data (payload, &size);
  if (!(number == self->end.n_frames
          ? check_frame (self, header, interval, size, error)
          : cut_for_frame (self, number, header, interval, size, error)))
    return FALSE;

  return add_frame (self, &own, omv_time_add (self->due, interval), data, size,
      error);
}

/* ---- what there is ---- */

/**
 * gst_omv_writer_get_version:
 * @self: a writer
 *
 * Returns: the version of the recording that is open or was open last; 0 if none
 *   was
 *
 * Since: 0.1
 */
GstOmvVersion
gst_omv_writer_get_version (GstOmvWriter * self)
{
  g_return_val_if_fail (GST_OMV_IS_WRITER (self), (GstOmvVersion) 0);

  return self->end.version;
}

/**
 * gst_omv_writer_get_n_frames:
 * @self: a writer
 *
 * Returns: the frames of the recording that is open or was open last, with those
 *   that were there before
 *
 * Since: 0.1
 */
guint64
gst_omv_writer_get_n_frames (GstOmvWriter * self)
{
  g_return_val_if_fail (GST_OMV_IS_WRITER (self), 0);

  return self->end.n_frames;
}

/**
 * gst_omv_writer_get_size:
 * @self: a writer
 *
 * Returns: the bytes of the recording that is open or was open last, with those
 *   that have not been written yet
 *
 * Since: 0.1
 */
guint64
gst_omv_writer_get_size (GstOmvWriter * self)
{
  g_return_val_if_fail (GST_OMV_IS_WRITER (self), 0);

  return self->end.position;
}

/**
 * gst_omv_writer_get_last_time:
 * @self: a writer
 *
 * Returns: the time of the last frame, as whoever reads the recording will have
 *   it, in ns from the recording's start; 0 if there is no frame
 *
 * Since: 0.1
 */
guint64
gst_omv_writer_get_last_time (GstOmvWriter * self)
{
  g_return_val_if_fail (GST_OMV_IS_WRITER (self), 0);

  return self->end.time.time;
}

/**
 * gst_omv_writer_get_duration:
 * @self: a writer
 *
 * Tells when the last frame ends, which lasts as long as the one before it, as
 * gst_omv_reader_get_duration() does.
 *
 * Returns: ns from the recording's start, 0 if there is no frame
 *
 * Since: 0.1
 */
guint64
gst_omv_writer_get_duration (GstOmvWriter * self)
{
  g_return_val_if_fail (GST_OMV_IS_WRITER (self), 0);

  return MIN (self->end.time.time + self->end.last_interval, GST_OMV_TIME_MAX);
}
