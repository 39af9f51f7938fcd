/* omv-format.c: file and frame headers <-> structs, payload sizes and limits
 *
 * The layout, all integers little-endian (docs/format.md has it in full):
 *
 *   file header   0  "OMV IMG STR V", digit, '.', digit
 *   frame header  0  u32 interval          4  i32 width     8  i32 height
 *   (V1)         12  u32 0 binary, 1 gray, 2 RGB565, 3 Bayer, else JPEG size
 *   (V2)         12  u32 pixel format     16  u32 size, of JPEG and PNG only
 *                20  12 spare bytes: zero, or u16 tag, u16 check, u64 time
 *   payload, then zero bytes up to a multiple of 16
 *
 * Nothing here trusts a byte: widths and heights are checked before they are
 * multiplied, products are formed in 64 bits, and no byte beyond the stated
 * size is looked at.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-format.h"

#include <string.h>

#include "omv-bytes.h"
#include "omv-i18n.h"

#define MAGIC "OMV IMG STR V"
#define MAGIC_SIZE (sizeof (MAGIC) - 1)

/* Where things are in a frame header. */
#define AT_INTERVAL 0
#define AT_WIDTH 4
#define AT_HEIGHT 8
#define AT_FORMAT 12
#define AT_SIZE 16
#define AT_SPARE 20
#define AT_EXACT_TAG 20
#define AT_EXACT_CHECK 22
#define AT_EXACT_TIME 24

/* "xt" in the file */
#define EXACT_TAG 0x7478

/* In V1's format word this and all above is the size of a JPEG picture. */
#define V1_JPEG_MIN 4

GQuark
gst_omv_error_quark (void)
{
  return g_quark_from_static_string ("gst-omv-error-quark");
}

/**
 * gst_omv_version_get_header_size:
 * @version: a version
 *
 * Returns: the bytes of a frame header: 16 or 32
 *
 * Since: 0.1
 */
gsize
gst_omv_version_get_header_size (GstOmvVersion version)
{
  return version < GST_OMV_VERSION_V2_0 ? 16 : 32;
}

/**
 * gst_omv_version_get_unit:
 * @version: a version
 *
 * Returns: the nanoseconds that one unit of an interval stands for
 *
 * Since: 0.1
 */
guint64
gst_omv_version_get_unit (GstOmvVersion version)
{
  return version == GST_OMV_VERSION_V2_1 ? 1000 : 1000000;
}

/**
 * gst_omv_version_can_hold:
 * @version: a version
 * @format: a pixel format
 *
 * Whether frames of @format can be stored in a recording of @version. ARGB8
 * can in none: the camera stores no pixels of it.
 *
 * Returns: %TRUE if they can
 *
 * Since: 0.1
 */
gboolean
gst_omv_version_can_hold (GstOmvVersion version, GstOmvPixelFormat format)
{
  switch (format) {
    case GST_OMV_PIXEL_FORMAT_BINARY:
    case GST_OMV_PIXEL_FORMAT_GRAYSCALE:
    case GST_OMV_PIXEL_FORMAT_RGB565:
    case GST_OMV_PIXEL_FORMAT_BAYER_BGGR:
    case GST_OMV_PIXEL_FORMAT_JPEG:
      return TRUE;
    case GST_OMV_PIXEL_FORMAT_BAYER_GBRG:
    case GST_OMV_PIXEL_FORMAT_BAYER_GRBG:
    case GST_OMV_PIXEL_FORMAT_BAYER_RGGB:
    case GST_OMV_PIXEL_FORMAT_YUV422:
    case GST_OMV_PIXEL_FORMAT_YVU422:
    case GST_OMV_PIXEL_FORMAT_PNG:
      return version >= GST_OMV_VERSION_V2_0;
    case GST_OMV_PIXEL_FORMAT_ARGB8:
    case GST_OMV_PIXEL_FORMAT_UNKNOWN:
      return FALSE;
  }

  return FALSE;
}

/**
 * gst_omv_pixel_format_get_name:
 * @format: a pixel format
 *
 * Returns: the name that the camera's scripts use, for example "RGB565", or
 *   %NULL if @format is not one that is known
 *
 * Since: 0.1
 */
const gchar *
gst_omv_pixel_format_get_name (GstOmvPixelFormat format)
{
  switch (format) {
    case GST_OMV_PIXEL_FORMAT_BINARY:
      return "BINARY";
    case GST_OMV_PIXEL_FORMAT_GRAYSCALE:
      return "GRAYSCALE";
    case GST_OMV_PIXEL_FORMAT_RGB565:
      return "RGB565";
    case GST_OMV_PIXEL_FORMAT_ARGB8:
      return "ARGB8";
    case GST_OMV_PIXEL_FORMAT_BAYER_BGGR:
      return "BAYER_BGGR";
    case GST_OMV_PIXEL_FORMAT_BAYER_GBRG:
      return "BAYER_GBRG";
    case GST_OMV_PIXEL_FORMAT_BAYER_GRBG:
      return "BAYER_GRBG";
    case GST_OMV_PIXEL_FORMAT_BAYER_RGGB:
      return "BAYER_RGGB";
    case GST_OMV_PIXEL_FORMAT_YUV422:
      return "YUV422";
    case GST_OMV_PIXEL_FORMAT_YVU422:
      return "YVU422";
    case GST_OMV_PIXEL_FORMAT_JPEG:
      return "JPEG";
    case GST_OMV_PIXEL_FORMAT_PNG:
      return "PNG";
    case GST_OMV_PIXEL_FORMAT_UNKNOWN:
      return NULL;
  }

  return NULL;
}

/**
 * gst_omv_pixel_format_is_compressed:
 * @format: a pixel format
 *
 * Returns: %TRUE for JPEG and PNG, whose payload size is stored
 *
 * Since: 0.1
 */
gboolean
gst_omv_pixel_format_is_compressed (GstOmvPixelFormat format)
{
  return format == GST_OMV_PIXEL_FORMAT_JPEG
      || format == GST_OMV_PIXEL_FORMAT_PNG;
}

/**
 * gst_omv_pixel_format_get_row_size:
 * @format: a pixel format
 * @width: pixels, in 1…%GST_OMV_DIMENSION_MAX
 *
 * Rows follow each other without a gap, at odd widths too.
 *
 * Returns: the bytes of a row, 0 for JPEG, PNG and ARGB8
 *
 * Since: 0.1
 */
gsize
gst_omv_pixel_format_get_row_size (GstOmvPixelFormat format, gint width)
{
  g_return_val_if_fail (width > 0 && width <= GST_OMV_DIMENSION_MAX, 0);

  switch (format) {
    case GST_OMV_PIXEL_FORMAT_BINARY:
      return ((gsize) width + 31) / 32 * 4;
    case GST_OMV_PIXEL_FORMAT_GRAYSCALE:
    case GST_OMV_PIXEL_FORMAT_BAYER_BGGR:
    case GST_OMV_PIXEL_FORMAT_BAYER_GBRG:
    case GST_OMV_PIXEL_FORMAT_BAYER_GRBG:
    case GST_OMV_PIXEL_FORMAT_BAYER_RGGB:
      return (gsize) width;
    case GST_OMV_PIXEL_FORMAT_RGB565:
    case GST_OMV_PIXEL_FORMAT_YUV422:
    case GST_OMV_PIXEL_FORMAT_YVU422:
      return 2 * (gsize) width;
    case GST_OMV_PIXEL_FORMAT_ARGB8:
    case GST_OMV_PIXEL_FORMAT_JPEG:
    case GST_OMV_PIXEL_FORMAT_PNG:
    case GST_OMV_PIXEL_FORMAT_UNKNOWN:
      return 0;
  }

  return 0;
}

/**
 * gst_omv_get_padding:
 * @payload_size: bytes of a payload
 *
 * Returns: the zero bytes that follow such a payload, 0…15
 *
 * Since: 0.1
 */
gsize
gst_omv_get_padding (gsize payload_size)
{
  return -payload_size & (GST_OMV_ALIGNMENT - 1);
}

/**
 * gst_omv_fault_describe:
 * @fault: a fault, not %GST_OMV_FAULT_NONE
 *
 * Returns: what is wrong with a frame, as the translated half of a sentence
 *
 * Since: 0.1
 */
const gchar *
gst_omv_fault_describe (GstOmvFault fault)
{
  switch (fault) {
    case GST_OMV_FAULT_PIXEL_FORMAT:
      return _("its pixel format is unknown");
    case GST_OMV_FAULT_WIDTH:
      return _("its width is not in 1…32767");
    case GST_OMV_FAULT_HEIGHT:
      return _("its height is not in 1…32767");
    case GST_OMV_FAULT_EMPTY:
      return _("its picture has 0 bytes");
    case GST_OMV_FAULT_TOO_LARGE:
      return _("it is larger than allowed");
    case GST_OMV_FAULT_VERSION:
      return _("a recording of an unknown version starts there");
    case GST_OMV_FAULT_SHORT_BINARY:
      return _("only a quarter of its 1-bit picture was stored");
    case GST_OMV_FAULT_TORN:
      return _("the recording ends within it");
    case GST_OMV_FAULT_NONE:
      break;
  }

  g_return_val_if_reached (NULL);
}

/**
 * gst_omv_file_header_has_magic:
 * @data: (array length=size): the first bytes of a file
 * @size: bytes in @data
 *
 * Whether @data starts as a recording of any version does. 13 bytes decide.
 *
 * Returns: %TRUE if it does
 *
 * Since: 0.1
 */
gboolean
gst_omv_file_header_has_magic (const guint8 * data, gsize size)
{
  return size >= MAGIC_SIZE && memcmp (data, MAGIC, MAGIC_SIZE) == 0;
}

static gboolean
parse_version (const guint8 * data, GstOmvVersion * ret_version)
{
  static const GstOmvVersion known[] = {
    GST_OMV_VERSION_V1_0, GST_OMV_VERSION_V1_1,
    GST_OMV_VERSION_V2_0, GST_OMV_VERSION_V2_1
  };
  const guint8 *v = data + MAGIC_SIZE;

  /* The camera computes (v[0] - '0') * 10 + v[2] - '0' without a look at the
   * bytes, and so also opens "1.:" as 2.0. */
  if (!g_ascii_isdigit (v[0]) || v[1] != '.' || !g_ascii_isdigit (v[2]))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    if ((gint) known[i] == (v[0] - '0') * 10 + (v[2] - '0')) {
      *ret_version = known[i];
      return TRUE;
    }
  }

  return FALSE;
}

/**
 * gst_omv_file_header_read:
 * @data: (array length=size): the first bytes of a file
 * @size: bytes in @data
 * @ret_version: (out): the version, untouched on failure
 * @error: return location
 *
 * Reads a file header.
 *
 * Errors: %GST_OMV_ERROR_WRONG_TYPE if it is none,
 * %GST_OMV_ERROR_TRUNCATED if @data ends within one,
 * %GST_OMV_ERROR_UNSUPPORTED if its version is unknown.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
gst_omv_file_header_read (const guint8 * data, gsize size,
    GstOmvVersion * ret_version, GError ** error)
{
  if (size > 0 && memcmp (data, MAGIC, MIN (size, MAGIC_SIZE)) != 0) {
    g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_WRONG_TYPE,
        _("This is not an OMV IMG STR recording: it does not start like one."));
    return FALSE;
  }

  if (size < GST_OMV_FILE_HEADER_SIZE) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_TRUNCATED,
        _("The recording ends at byte %u, within its file header of %u bytes."),
        (guint) size, GST_OMV_FILE_HEADER_SIZE);
    return FALSE;
  }

  if (!parse_version (data, ret_version)) {
    g_autofree gchar *digits = g_strndup ((const gchar *) data + MAGIC_SIZE, 3);
    g_autofree gchar *version = g_strescape (digits, NULL);

    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED,
        _("The recording's version \"%s\" at byte 13 is unknown; "
            "1.0, 1.1, 2.0 and 2.1 are supported."), version);
    return FALSE;
  }

  return TRUE;
}

/**
 * gst_omv_file_header_write:
 * @version: the version
 * @data: (array fixed-size=16) (out caller-allocates): where to write
 *   %GST_OMV_FILE_HEADER_SIZE bytes
 *
 * Writes a file header.
 *
 * Since: 0.1
 */
void
gst_omv_file_header_write (GstOmvVersion version, guint8 * data)
{
  memcpy (data, MAGIC, MAGIC_SIZE);
  data[MAGIC_SIZE] = (guint8) ('0' + version / 10);
  data[MAGIC_SIZE + 1] = '.';
  data[MAGIC_SIZE + 2] = (guint8) ('0' + version % 10);
}

/* CRC-16/CCITT-FALSE over the header up to the check, then over the time. */
static guint16
exact_time_check (const guint8 * data)
{
  guint16 crc = 0xFFFF;

  for (guint i = 0; i < GST_OMV_FRAME_HEADER_SIZE_MAX; i++) {
    if (i == AT_EXACT_CHECK || i == AT_EXACT_CHECK + 1)
      continue;
    crc ^= (guint16) (data[i] << 8);
    for (guint bit = 0; bit < 8; bit++)
      crc = (guint16) (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1);
  }

  return crc;
}

static guint64
read_exact_time (const guint8 * data)
{
  if (omv_read_u16 (data + AT_EXACT_TAG) != EXACT_TAG
      || omv_read_u16 (data + AT_EXACT_CHECK) != exact_time_check (data))
    return GST_OMV_TIME_NONE;

  return omv_read_u64 (data + AT_EXACT_TIME);
}

static void
read_v1_format (guint32 word, GstOmvFrameHeader * header)
{
  static const GstOmvPixelFormat formats[V1_JPEG_MIN] = {
    GST_OMV_PIXEL_FORMAT_BINARY, GST_OMV_PIXEL_FORMAT_GRAYSCALE,
    GST_OMV_PIXEL_FORMAT_RGB565, GST_OMV_PIXEL_FORMAT_BAYER_BGGR
  };

  header->format = word < V1_JPEG_MIN ? formats[word]
      : GST_OMV_PIXEL_FORMAT_JPEG;
  header->size_word = word < V1_JPEG_MIN ? 0 : word;
  header->exact_time = GST_OMV_TIME_NONE;
}

static guint32
get_v1_format (const GstOmvFrameHeader * header)
{
  switch (header->format) {
    case GST_OMV_PIXEL_FORMAT_BINARY:
      return 0;
    case GST_OMV_PIXEL_FORMAT_GRAYSCALE:
      return 1;
    case GST_OMV_PIXEL_FORMAT_RGB565:
      return 2;
    case GST_OMV_PIXEL_FORMAT_BAYER_BGGR:
      return 3;
    default:
      return header->payload_size;
  }
}

/**
 * gst_omv_frame_header_read:
 * @version: the recording's version
 * @data: the bytes of a frame header, as many as
 *   gst_omv_version_get_header_size() says
 * @max_payload_size: bytes above which a payload is taken for damage
 * @ret_header: (out): the header, undefined if a fault is returned
 *
 * Reads and checks a frame header.
 *
 * Returns: %GST_OMV_FAULT_NONE, or what keeps @data from being a frame header
 *
 * Since: 0.1
 */
GstOmvFault
gst_omv_frame_header_read (GstOmvVersion version, const guint8 * data,
    guint32 max_payload_size, GstOmvFrameHeader * ret_header)
{
  guint32 word = omv_read_u32 (data + AT_FORMAT);
  guint64 size;

  ret_header->interval = omv_read_u32 (data + AT_INTERVAL);
  ret_header->width = (gint32) omv_read_u32 (data + AT_WIDTH);
  ret_header->height = (gint32) omv_read_u32 (data + AT_HEIGHT);

  if (version < GST_OMV_VERSION_V2_0) {
    read_v1_format (word, ret_header);
  } else {
    ret_header->format = (GstOmvPixelFormat) word;
    ret_header->size_word = omv_read_u32 (data + AT_SIZE);
    if (gst_omv_pixel_format_get_name (ret_header->format) == NULL)
      return GST_OMV_FAULT_PIXEL_FORMAT;
    ret_header->exact_time = read_exact_time (data);
  }

  if (ret_header->width < 1 || ret_header->width > GST_OMV_DIMENSION_MAX)
    return GST_OMV_FAULT_WIDTH;
  if (ret_header->height < 1 || ret_header->height > GST_OMV_DIMENSION_MAX)
    return GST_OMV_FAULT_HEIGHT;

  if (gst_omv_pixel_format_is_compressed (ret_header->format)) {
    size = ret_header->size_word;
    if (size == 0)
      return GST_OMV_FAULT_EMPTY;
  } else {
    size = (guint64) gst_omv_pixel_format_get_row_size (ret_header->format,
        ret_header->width) * (guint64) ret_header->height;
  }
  if (size > max_payload_size)
    return GST_OMV_FAULT_TOO_LARGE;
  ret_header->payload_size = (guint32) size;

  return GST_OMV_FAULT_NONE;
}

/**
 * gst_omv_frame_header_write:
 * @version: the recording's version, one that can hold the frame
 * @header: the header; its @size_word is not looked at
 * @data: (out caller-allocates): where to write as many bytes as
 *   gst_omv_version_get_header_size() says
 *
 * Writes a frame header. The size word is 0 for raw formats, as the camera
 * leaves it in a fresh image. The exact time is stored by version 2.0 and later
 * if it is not %GST_OMV_TIME_NONE.
 *
 * Since: 0.1
 */
void
gst_omv_frame_header_write (GstOmvVersion version,
    const GstOmvFrameHeader * header, guint8 * data)
{
  g_return_if_fail (gst_omv_version_can_hold (version, header->format));
  g_return_if_fail (version >= GST_OMV_VERSION_V2_0
      || header->format != GST_OMV_PIXEL_FORMAT_JPEG
      || header->payload_size >= V1_JPEG_MIN);

  omv_write_u32 (data + AT_INTERVAL, header->interval);
  omv_write_u32 (data + AT_WIDTH, (guint32) header->width);
  omv_write_u32 (data + AT_HEIGHT, (guint32) header->height);

  if (version < GST_OMV_VERSION_V2_0) {
    omv_write_u32 (data + AT_FORMAT, get_v1_format (header));
    return;
  }

  omv_write_u32 (data + AT_FORMAT, header->format);
  omv_write_u32 (data + AT_SIZE,
      gst_omv_pixel_format_is_compressed (header->format)
      ? header->payload_size : 0);
  memset (data + AT_SPARE, 0, GST_OMV_FRAME_HEADER_SIZE_MAX - AT_SPARE);
  if (header->exact_time != GST_OMV_TIME_NONE) {
    omv_write_u16 (data + AT_EXACT_TAG, EXACT_TAG);
    omv_write_u64 (data + AT_EXACT_TIME, header->exact_time);
    omv_write_u16 (data + AT_EXACT_CHECK, exact_time_check (data));
  }
}

/**
 * gst_omv_frame_header_write_alone:
 * @header: the header of a frame, its interval in ms
 * @data: (array fixed-size=32) (out caller-allocates): where to write
 *   %GST_OMV_FRAME_HEADER_SIZE_MAX bytes
 *
 * Writes the header of a frame that travels without its recording
 * (video/x-omv-frame): that of version 2.0, with the payload's size for raw
 * formats, too, and without an exact time.
 *
 * Since: 0.1
 */
void
gst_omv_frame_header_write_alone (const GstOmvFrameHeader * header,
    guint8 * data)
{
  GstOmvFrameHeader alone = *header;

  alone.exact_time = GST_OMV_TIME_NONE;
  gst_omv_frame_header_write (GST_OMV_VERSION_V2_0, &alone, data);
  omv_write_u32 (data + AT_SIZE, header->payload_size);
}

/**
 * gst_omv_frame_header_is_plain:
 * @data: the 32 bytes of a version 2.x frame header
 * @header: the same, as gst_omv_frame_header_read() gave it
 *
 * Whether the spare bytes are as a known writer leaves them. With the known
 * pixel format and the sane size this makes some bytes in the middle of a
 * damaged file as good as certainly a frame header.
 *
 * Returns: %TRUE if they are zero or hold an exact time
 *
 * Since: 0.1
 */
gboolean
gst_omv_frame_header_is_plain (const guint8 * data,
    const GstOmvFrameHeader * header)
{
  static const guint8 zero[GST_OMV_FRAME_HEADER_SIZE_MAX - AT_SPARE] = { 0 };

  return header->exact_time != GST_OMV_TIME_NONE
      || memcmp (data + AT_SPARE, zero, sizeof zero) == 0;
}
