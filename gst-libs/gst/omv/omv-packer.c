/* omv-packer.c: what a buffer is as a frame to be stored
 *
 * Who stores frames has to know when a frame is due, what its header says, and
 * which bytes follow. This answers the three questions for every kind of caps;
 * whether the bytes are taken by reference or copied to a place is up to who
 * asks. Errors say what is wrong with the frame, not which one it is.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-packer.h"

#include <inttypes.h>
#include <string.h>

#include "omv-i18n.h"
#include "omv-picture.h"

/*
 * gst_omv_packer_init:
 * @version: of the recording that the frames are for
 * @binary: whether 8-bit gray is stored as 1 bit
 */
void
gst_omv_packer_init (GstOmvPacker * packer, GstOmvVersion version,
    gboolean binary)
{
  memset (packer, 0, sizeof *packer);
  packer->version = version;
  packer->binary = binary;
  gst_segment_init (&packer->segment, GST_FORMAT_TIME);
}

/*
 * gst_omv_packer_reset_time:
 *
 * The next buffer is the first of a stream that starts at 0, as after a flush.
 */
void
gst_omv_packer_reset_time (GstOmvPacker * packer)
{
  gst_segment_init (&packer->segment, GST_FORMAT_TIME);
  packer->last = 0;
  packer->expected = 0;
}

/*
 * gst_omv_packer_set_caps:
 *
 * Errors: those of gst_omv_video_info_from_caps().
 */
gboolean
gst_omv_packer_set_caps (GstOmvPacker * packer, const GstCaps * caps,
    GError ** error)
{
  GstOmvVideoInfo info;

  if (!gst_omv_video_info_from_caps (&info, caps, packer->binary, error))
    return FALSE;

  packer->info = info;
  packer->have_info = TRUE;
  return TRUE;
}

gboolean
gst_omv_packer_has_caps (const GstOmvPacker * packer)
{
  return packer->have_info;
}

/* What the latest caps say. */
const GstOmvVideoInfo *
gst_omv_packer_get_info (const GstOmvPacker * packer)
{
  return &packer->info;
}

/* How long @buffer lasts, as far as it or its caps tell, else 0. */
static GstClockTime
get_duration (const GstOmvPacker * packer, GstBuffer * buffer)
{
  if (GST_BUFFER_DURATION_IS_VALID (buffer))
    return GST_BUFFER_DURATION (buffer);

  return GST_CLOCK_TIME_IS_VALID (packer->info.frame_duration)
      ? packer->info.frame_duration : 0;
}

static gboolean
find_time (GstOmvPacker * packer, GstBuffer * buffer, GstClockTime * ret_time)
{
  GstClockTime pts = GST_BUFFER_PTS (buffer);
  guint64 clipped;

  if (!GST_CLOCK_TIME_IS_VALID (pts)
      || packer->segment.format != GST_FORMAT_TIME) {
    *ret_time = packer->expected;
    return TRUE;
  }
  if (!gst_segment_clip (&packer->segment, GST_FORMAT_TIME, pts,
          pts + get_duration (packer, buffer), &clipped, NULL))
    return FALSE;
  *ret_time = gst_segment_to_running_time (&packer->segment, GST_FORMAT_TIME,
      clipped);

  return GST_CLOCK_TIME_IS_VALID (*ret_time);
}

/*
 * gst_omv_packer_get_time:
 * @ret_time: running time of the buffer, in ns. Without a timestamp, that of the
 *   buffer before it plus its duration
 *
 * To be asked once for each buffer, in order. FALSE: the buffer is no part of
 * its segment and is to be left out.
 */
gboolean
gst_omv_packer_get_time (GstOmvPacker * packer, GstBuffer * buffer,
    GstClockTime * ret_time)
{
  GstClockTime time;

  if (!find_time (packer, buffer, &time))
    return FALSE;

  packer->last = MAX (packer->last, time);
  packer->expected = packer->last + get_duration (packer, buffer);
  *ret_time = time;
  return TRUE;
}

/* ---- pictures ---- */

static gboolean
is_mixed (const GstOmvPacker * packer)
{
  return packer->info.format == GST_OMV_PIXEL_FORMAT_UNKNOWN;
}

/* Where the payload starts in a buffer. */
static gsize
get_payload_offset (const GstOmvPacker * packer)
{
  return is_mixed (packer) ? GST_OMV_FRAME_HEADER_SIZE_MAX : 0;
}

/* @length is that of gst_buffer_map_range(). */
static gboolean
read_picture_size (GstBuffer * buffer, gsize offset, gint length,
    GstOmvFrameHeader * header)
{
  GstMapInfo map;
  gboolean found;

  if (!gst_buffer_map_range (buffer, 0, length, &map, GST_MAP_READ))
    return FALSE;
  found = map.size > offset
      && gst_omv_picture_read_size (header->format, map.data + offset,
      map.size - offset, &header->width, &header->height);
  gst_buffer_unmap (buffer, &map);

  return found;
}

/* Takes the size of a JPEG or PNG frame from the picture itself: caps may lack
 * it, and a recording must not lie. @header has what is claimed, or 0. */
static gboolean
settle_picture_size (const GstOmvPacker * packer, GstBuffer * buffer,
    GstOmvFrameHeader * header, GError ** error)
{
  const gchar *name = gst_omv_pixel_format_get_name (header->format);
  gint width = header->width, height = header->height;
  gsize offset = get_payload_offset (packer);

  /* mapping all of several memories would copy them: the first mostly tells */
  if (gst_buffer_n_memory (buffer) == 0
      || (!read_picture_size (buffer, offset, 1, header)
          && !read_picture_size (buffer, offset, -1, header))) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_WRONG_TYPE,
        _("It is not a %s picture."), name);
    return FALSE;
  }
  if ((width != 0 && width != header->width)
      || (height != 0 && height != header->height)) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        is_mixed (packer)
        ? _("It is a %s picture of %d x %d pixels, but its header says "
            "%d x %d.")
        : _("It is a %s picture of %d x %d pixels, but its caps say "
            "%d x %d."), name, header->width, header->height, width, height);
    return FALSE;
  }
  if (header->width > GST_OMV_DIMENSION_MAX
      || header->height > GST_OMV_DIMENSION_MAX) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("It has %d x %d pixels; a recording holds at most 32767 x 32767."),
        header->width, header->height);
    return FALSE;
  }

  return TRUE;
}

/* ---- frames ---- */

static gboolean
can_hold (const GstOmvPacker * packer, GstOmvPixelFormat format,
    GError ** error)
{
  if (gst_omv_version_can_hold (packer->version, format))
    return TRUE;

  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED,
      _("A recording of version %d.%d cannot hold frames of the format %s."),
      packer->version / 10, packer->version % 10,
      gst_omv_pixel_format_get_name (format));
  return FALSE;
}

/* What the caps say of @buffer. */
static gboolean
describe_by_caps (const GstOmvPacker * packer, GstBuffer * buffer,
    GstOmvFrameHeader * header, GError ** error)
{
  gsize size = gst_omv_pixel_format_is_compressed (packer->info.format)
      ? gst_buffer_get_size (buffer)
      : gst_omv_video_info_get_payload_size (&packer->info);

  if (size > G_MAXUINT32) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("It has %" PRIu64 " bytes, more than a recording can hold."),
        (guint64) size);
    return FALSE;
  }

  header->format = packer->info.format;
  header->width = packer->info.width;
  header->height = packer->info.height;
  header->payload_size = (guint32) size;
  return TRUE;
}

/*
 * gst_omv_packer_describe:
 * @ret_header: everything but the times, which are 0 and none
 *
 * Errors: %GST_OMV_ERROR_WRONG_TYPE for what is no picture although it should
 * be, %GST_OMV_ERROR_INVALID_FRAME_SIZE for a size that contradicts the caps or
 * does not fit, %GST_OMV_ERROR_UNSUPPORTED for a format that the version cannot
 * hold; for video/x-omv-frame also those of gst_omv_video_read_frame().
 */
gboolean
gst_omv_packer_describe (GstOmvPacker * packer, GstBuffer * buffer,
    GstOmvFrameHeader * ret_header, GError ** error)
{
  GstOmvFrameHeader header = { 0, };

  g_return_val_if_fail (packer->have_info, FALSE);

  if (is_mixed (packer) ? !gst_omv_video_read_frame (buffer, &header, error)
      || !can_hold (packer, header.format, error)
      : !describe_by_caps (packer, buffer, &header, error))
    return FALSE;
  if (gst_omv_pixel_format_is_compressed (header.format)
      && !settle_picture_size (packer, buffer, &header, error))
    return FALSE;

  header.interval = 0;
  header.size_word = 0;
  header.exact_time = GST_OMV_TIME_NONE;
  *ret_header = header;
  return TRUE;
}

/*
 * gst_omv_packer_pack:
 * @buffer: a frame that was described
 *
 * The payload, in @buffer's own memory where that is laid out as it is stored.
 *
 * Errors: %GST_OMV_ERROR_INVALID_FRAME_SIZE if @buffer does not hold a frame.
 */
GstBuffer *
gst_omv_packer_pack (GstOmvPacker * packer, GstBuffer * buffer, GError ** error)
{
  if (is_mixed (packer))
    return gst_buffer_copy_region (buffer, GST_BUFFER_COPY_MEMORY,
        get_payload_offset (packer), (gsize) - 1);

  return gst_omv_video_info_pack (&packer->info, buffer, error);
}

/*
 * gst_omv_packer_write:
 * @buffer: a frame that was described
 * @payload: room for as many bytes as its header says
 *
 * Copies the payload, around the caches where it is large: nobody is expected to
 * read it soon.
 *
 * Errors: those of gst_omv_packer_pack().
 */
gboolean
gst_omv_packer_write (GstOmvPacker * packer, GstBuffer * buffer,
    guint8 * payload, GError ** error)
{
  gsize offset = get_payload_offset (packer);

  if (!is_mixed (packer)
      && !gst_omv_pixel_format_is_compressed (packer->info.format))
    return gst_omv_video_info_pack_to (&packer->info, buffer, payload, error);

  if (gst_omv_video_copy_bytes (buffer, offset,
          gst_buffer_get_size (buffer) - offset, payload))
    return TRUE;

  g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
      _("It cannot be read."));
  return FALSE;
}
