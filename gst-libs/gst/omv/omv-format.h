/* omv-format.h: file and frame headers of OMV IMG STR recordings
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-prelude.h>

G_BEGIN_DECLS

/**
 * GST_OMV_FILE_HEADER_SIZE:
 *
 * Bytes of a file header, in every version.
 *
 * Since: 0.1
 */
#define GST_OMV_FILE_HEADER_SIZE 16

/**
 * GST_OMV_FRAME_HEADER_SIZE_MAX:
 *
 * Bytes of the longest frame header, that of versions 2.x.
 *
 * Since: 0.1
 */
#define GST_OMV_FRAME_HEADER_SIZE_MAX 32

/**
 * GST_OMV_ALIGNMENT:
 *
 * A payload is followed by zero bytes up to the next multiple of this.
 *
 * Since: 0.1
 */
#define GST_OMV_ALIGNMENT 16

/**
 * GST_OMV_DIMENSION_MAX:
 *
 * The largest width and height in pixels that this library reads or writes.
 *
 * Since: 0.1
 */
#define GST_OMV_DIMENSION_MAX 32767

/**
 * GST_OMV_FRAME_SIZE_MAX_DEFAULT:
 *
 * The payload size in bytes above which a frame header is taken for damage,
 * where the caller does not say otherwise.
 *
 * Since: 0.1
 */
#define GST_OMV_FRAME_SIZE_MAX_DEFAULT (256u * 1024u * 1024u)

/**
 * GST_OMV_TIME_NONE:
 *
 * No time known. All other times are in nanoseconds.
 *
 * Since: 0.1
 */
#define GST_OMV_TIME_NONE G_MAXUINT64

/**
 * GST_OMV_ERROR:
 *
 * The domain of this library's errors. Errors of the operating system pass
 * through it unchanged, as %G_IO_ERROR.
 *
 * Since: 0.1
 */
#define GST_OMV_ERROR (gst_omv_error_quark ())

/**
 * GstOmvError:
 * @GST_OMV_ERROR_WRONG_TYPE: the bytes are not an OMV IMG STR recording, or a
 *   picture is not of the type it is said to be
 * @GST_OMV_ERROR_UNSUPPORTED: an unknown version, or something that the
 *   recording's version cannot hold
 * @GST_OMV_ERROR_CORRUPT: a frame header that cannot be true
 * @GST_OMV_ERROR_TRUNCATED: the recording ends before its file header does
 * @GST_OMV_ERROR_INVALID_FRAME_SIZE: a width, height or payload size that is
 *   out of range or contradicts the picture
 * @GST_OMV_ERROR_INVALID_INTERVAL: a time between two frames that does not fit
 *   the format's 32 bits
 * @GST_OMV_ERROR_END_OF_STREAM: a frame behind the last one was asked for
 * @GST_OMV_ERROR_CLOSED: nothing is open
 * @GST_OMV_ERROR_INVALID_OFFSET: a position outside a memory stream, or one at
 *   which nothing was written
 * @GST_OMV_ERROR_OVERTAKEN: a frame that a ring no longer has
 *
 * Codes of the %GST_OMV_ERROR domain.
 *
 * Since: 0.1
 */
typedef enum {
  GST_OMV_ERROR_WRONG_TYPE,
  GST_OMV_ERROR_UNSUPPORTED,
  GST_OMV_ERROR_CORRUPT,
  GST_OMV_ERROR_TRUNCATED,
  GST_OMV_ERROR_INVALID_FRAME_SIZE,
  GST_OMV_ERROR_INVALID_INTERVAL,
  GST_OMV_ERROR_END_OF_STREAM,
  GST_OMV_ERROR_CLOSED,
  GST_OMV_ERROR_INVALID_OFFSET,
  GST_OMV_ERROR_OVERTAKEN
} GstOmvError;

/**
 * GstOmvVersion:
 * @GST_OMV_VERSION_V1_0: 1.0, milliseconds, RGB565 stored big-endian; read only
 * @GST_OMV_VERSION_V1_1: 1.1, milliseconds
 * @GST_OMV_VERSION_V2_0: 2.0, milliseconds; what cameras write today
 * @GST_OMV_VERSION_V2_1: 2.1, microseconds; read only
 *
 * Versions of the format, with the numbers that the camera's own `version()`
 * returns.
 *
 * Since: 0.1
 */
typedef enum {
  GST_OMV_VERSION_V1_0 = 10,
  GST_OMV_VERSION_V1_1 = 11,
  GST_OMV_VERSION_V2_0 = 20,
  GST_OMV_VERSION_V2_1 = 21
} GstOmvVersion;

/**
 * GstOmvPixelFormat:
 * @GST_OMV_PIXEL_FORMAT_UNKNOWN: none of the below
 * @GST_OMV_PIXEL_FORMAT_BINARY: 1 bit per pixel, the lowest bit leftmost, rows
 *   of whole 32-bit words
 * @GST_OMV_PIXEL_FORMAT_GRAYSCALE: 8 bits of luma per pixel
 * @GST_OMV_PIXEL_FORMAT_RGB565: 16 bits per pixel, little-endian but for
 *   version 1.0
 * @GST_OMV_PIXEL_FORMAT_ARGB8: declared by the camera but stored without any
 *   pixels
 * @GST_OMV_PIXEL_FORMAT_BAYER_BGGR: 8-bit Bayer mosaic
 * @GST_OMV_PIXEL_FORMAT_BAYER_GBRG: 8-bit Bayer mosaic
 * @GST_OMV_PIXEL_FORMAT_BAYER_GRBG: 8-bit Bayer mosaic
 * @GST_OMV_PIXEL_FORMAT_BAYER_RGGB: 8-bit Bayer mosaic
 * @GST_OMV_PIXEL_FORMAT_YUV422: Y U Y V, full-range BT.601
 * @GST_OMV_PIXEL_FORMAT_YVU422: Y V Y U, full-range BT.601
 * @GST_OMV_PIXEL_FORMAT_JPEG: a JPEG picture
 * @GST_OMV_PIXEL_FORMAT_PNG: a PNG picture
 *
 * Pixel formats, with the codes that a version 2.x frame header holds.
 *
 * Since: 0.1
 */
typedef enum {
  GST_OMV_PIXEL_FORMAT_UNKNOWN = 0,
  GST_OMV_PIXEL_FORMAT_BINARY = 0x08010000,
  GST_OMV_PIXEL_FORMAT_GRAYSCALE = 0x08020001,
  GST_OMV_PIXEL_FORMAT_RGB565 = 0x0C030002,
  GST_OMV_PIXEL_FORMAT_ARGB8 = 0x0C080004,
  GST_OMV_PIXEL_FORMAT_BAYER_BGGR = 0x05040001,
  GST_OMV_PIXEL_FORMAT_BAYER_GBRG = 0x05040101,
  GST_OMV_PIXEL_FORMAT_BAYER_GRBG = 0x05040201,
  GST_OMV_PIXEL_FORMAT_BAYER_RGGB = 0x05040301,
  GST_OMV_PIXEL_FORMAT_YUV422 = 0x14050002,
  GST_OMV_PIXEL_FORMAT_YVU422 = 0x14050102,
  GST_OMV_PIXEL_FORMAT_JPEG = 0x06060000,
  GST_OMV_PIXEL_FORMAT_PNG = 0x06070000
} GstOmvPixelFormat;

/**
 * GstOmvFault:
 * @GST_OMV_FAULT_NONE: nothing is wrong
 * @GST_OMV_FAULT_PIXEL_FORMAT: the pixel format's code is unknown
 * @GST_OMV_FAULT_WIDTH: the width is not in 1…32767
 * @GST_OMV_FAULT_HEIGHT: the height is not in 1…32767
 * @GST_OMV_FAULT_EMPTY: a JPEG or PNG picture of 0 bytes
 * @GST_OMV_FAULT_TOO_LARGE: the payload exceeds the caller's limit
 * @GST_OMV_FAULT_VERSION: a file header with an unknown version
 * @GST_OMV_FAULT_SHORT_BINARY: a 1-bit frame holding a quarter of its rows, as
 *   an old desktop tool wrote them
 * @GST_OMV_FAULT_TORN: the recording ends before the frame does
 *
 * What keeps some bytes from being a whole frame.
 *
 * Since: 0.1
 */
typedef enum {
  GST_OMV_FAULT_NONE,
  GST_OMV_FAULT_PIXEL_FORMAT,
  GST_OMV_FAULT_WIDTH,
  GST_OMV_FAULT_HEIGHT,
  GST_OMV_FAULT_EMPTY,
  GST_OMV_FAULT_TOO_LARGE,
  GST_OMV_FAULT_VERSION,
  GST_OMV_FAULT_SHORT_BINARY,
  GST_OMV_FAULT_TORN
} GstOmvFault;

/**
 * GstOmvFrameHeader:
 * @interval: time since the previous frame, in the version's unit
 * @width: pixels
 * @height: pixels
 * @format: the pixel format
 * @size_word: the word that V2 stores at byte 16; meaningless for raw formats
 * @payload_size: bytes of payload, without padding
 * @exact_time: exact running time in ns, or %GST_OMV_TIME_NONE
 *
 * One frame's header, independent of the version that stores it.
 *
 * Since: 0.1
 */
typedef struct {
  guint32 interval;
  gint32 width;
  gint32 height;
  GstOmvPixelFormat format;
  guint32 size_word;
  guint32 payload_size;
  guint64 exact_time;
} GstOmvFrameHeader;

GST_OMV_API
GQuark gst_omv_error_quark (void);

GST_OMV_API
const gchar *gst_omv_fault_describe (GstOmvFault fault);

GST_OMV_API
gsize gst_omv_version_get_header_size (GstOmvVersion version);

GST_OMV_API
guint64 gst_omv_version_get_unit (GstOmvVersion version);

GST_OMV_API
gboolean gst_omv_version_can_hold (GstOmvVersion version,
    GstOmvPixelFormat format);

GST_OMV_API
const gchar *gst_omv_pixel_format_get_name (GstOmvPixelFormat format);

GST_OMV_API
gboolean gst_omv_pixel_format_is_compressed (GstOmvPixelFormat format);

GST_OMV_API
gsize gst_omv_pixel_format_get_row_size (GstOmvPixelFormat format,
    gint width);

GST_OMV_API
gsize gst_omv_get_padding (gsize payload_size);

GST_OMV_API
gboolean gst_omv_file_header_has_magic (const guint8 * data, gsize size);

GST_OMV_API
gboolean gst_omv_file_header_read (const guint8 * data, gsize size,
    GstOmvVersion * ret_version, GError ** error);

GST_OMV_API
void gst_omv_file_header_write (GstOmvVersion version, guint8 * data);

GST_OMV_API
GstOmvFault gst_omv_frame_header_read (GstOmvVersion version,
    const guint8 * data, guint32 max_payload_size,
    GstOmvFrameHeader * ret_header);

GST_OMV_API
void gst_omv_frame_header_write (GstOmvVersion version,
    const GstOmvFrameHeader * header, guint8 * data);

GST_OMV_API
void gst_omv_frame_header_write_alone (const GstOmvFrameHeader * header,
    guint8 * data);

GST_OMV_API
gboolean gst_omv_frame_header_is_plain (const guint8 * data,
    const GstOmvFrameHeader * header);

G_END_DECLS
