/* omv-video.c: frames of a recording <-> caps and buffers
 *
 * The one place that knows which caps a pixel format is, and when a payload can
 * be passed on as it lies in the file: always for JPEG and PNG, for raw frames
 * where GStreamer's rows have no gap either, and with a GstVideoMeta where the
 * receiver understands one. Everything else is copied row by row by omv-rows.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-video.h"

#include <inttypes.h>

#include "omv-copy.h"
#include "omv-i18n.h"
#include "omv-rows.h"

/* What the camera means by YUV: full range, BT.601 matrix, sRGB transfer
 * function, BT.709 primaries. */
#define YUV_COLORIMETRY "1:4:7:1"

typedef struct
{
  GstOmvPixelFormat format;
  const gchar *media_type;
  const gchar *format_name;     /* the caps' "format", NULL if they have none */
} CapsEntry;

static const CapsEntry caps_entries[] = {
  {GST_OMV_PIXEL_FORMAT_GRAYSCALE, "video/x-raw", "GRAY8"},
  {GST_OMV_PIXEL_FORMAT_RGB565, "video/x-raw", "RGB16"},
  {GST_OMV_PIXEL_FORMAT_YUV422, "video/x-raw", "YUY2"},
  {GST_OMV_PIXEL_FORMAT_YVU422, "video/x-raw", "YVYU"},
  {GST_OMV_PIXEL_FORMAT_BAYER_BGGR, "video/x-bayer", "bggr"},
  {GST_OMV_PIXEL_FORMAT_BAYER_GBRG, "video/x-bayer", "gbrg"},
  {GST_OMV_PIXEL_FORMAT_BAYER_GRBG, "video/x-bayer", "grbg"},
  {GST_OMV_PIXEL_FORMAT_BAYER_RGGB, "video/x-bayer", "rggb"},
  {GST_OMV_PIXEL_FORMAT_JPEG, "image/jpeg", NULL},
  {GST_OMV_PIXEL_FORMAT_PNG, "image/png", NULL},
  {GST_OMV_PIXEL_FORMAT_BINARY, GST_OMV_BINARY_CAPS_NAME, NULL},
  {GST_OMV_PIXEL_FORMAT_UNKNOWN, GST_OMV_FRAME_CAPS_NAME, NULL},
};

static const CapsEntry *
find_entry (GstOmvPixelFormat format)
{
  for (guint i = 0; i < G_N_ELEMENTS (caps_entries); i++) {
    if (caps_entries[i].format == format)
      return &caps_entries[i];
  }

  return NULL;
}

static gboolean
is_raw (GstOmvPixelFormat format)
{
  const CapsEntry *entry = find_entry (format);

  return entry != NULL && g_str_equal (entry->media_type, "video/x-raw");
}

static void
append_format (GstStructure * structure, const gchar * name)
{
  GValue format = G_VALUE_INIT, list = G_VALUE_INIT;

  g_value_init (&list, GST_TYPE_LIST);
  if (gst_structure_has_field (structure, "format"))
    g_value_copy (gst_structure_get_value (structure, "format"), &list);
  g_value_init (&format, G_TYPE_STRING);
  g_value_set_string (&format, name);
  gst_value_list_append_and_take_value (&list, &format);
  gst_structure_take_value (structure, "format", &list);
}

/**
 * gst_omv_video_get_template_caps:
 * @version: a version
 *
 * Of a stream of video/x-omv-frame, which is among them for every version, a
 * recording can hold those frames of which gst_omv_version_can_hold() says so.
 *
 * Returns: (transfer full): all caps of which a recording of @version can hold
 *   frames, raw ones first
 *
 * Since: 0.1
 */
GstCaps *
gst_omv_video_get_template_caps (GstOmvVersion version)
{
  GstCaps *caps = gst_caps_new_empty ();
  GstStructure *structure = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (caps_entries); i++) {
    const CapsEntry *entry = &caps_entries[i];

    if (!gst_omv_version_can_hold (version, entry->format))
      continue;
    if (structure == NULL
        || !gst_structure_has_name (structure, entry->media_type)) {
      structure = gst_structure_new (entry->media_type,
          "width", GST_TYPE_INT_RANGE, 1, GST_OMV_DIMENSION_MAX,
          "height", GST_TYPE_INT_RANGE, 1, GST_OMV_DIMENSION_MAX,
          "framerate", GST_TYPE_FRACTION_RANGE, 0, 1, G_MAXINT, 1, NULL);
      gst_caps_append_structure (caps, structure);
    }
    if (entry->format_name != NULL)
      append_format (structure, entry->format_name);
  }
  gst_caps_append_structure (caps,
      gst_structure_new_empty (GST_OMV_FRAME_CAPS_NAME));

  return caps;
}

static const CapsEntry *
find_structure_entry (const GstStructure * structure)
{
  const gchar *format = gst_structure_get_string (structure, "format");

  for (guint i = 0; i < G_N_ELEMENTS (caps_entries); i++) {
    const CapsEntry *entry = &caps_entries[i];

    if (gst_structure_has_name (structure, entry->media_type)
        && (entry->format_name == NULL
            || g_strcmp0 (entry->format_name, format) == 0))
      return entry;
  }

  return NULL;
}

static GstClockTime
get_frame_duration (const GstStructure * structure)
{
  gint numerator, denominator;

  if (!gst_structure_get_fraction (structure, "framerate", &numerator,
          &denominator) || numerator <= 0 || denominator <= 0)
    return GST_CLOCK_TIME_NONE;

  return gst_util_uint64_scale_int (GST_SECOND, denominator, numerator);
}

/**
 * gst_omv_video_info_from_caps:
 * @info: (out caller-allocates): what @caps say, untouched on failure
 * @caps: fixed caps
 * @binary: whether to store 8-bit gray as 1 bit
 * @error: return location
 *
 * Errors: %GST_OMV_ERROR_UNSUPPORTED if no recording holds such frames,
 * %GST_OMV_ERROR_INVALID_FRAME_SIZE if their size is out of range.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
gst_omv_video_info_from_caps (GstOmvVideoInfo * info, const GstCaps * caps,
    gboolean binary, GError ** error)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  const CapsEntry *entry = find_structure_entry (structure);
  GstOmvVideoInfo parsed = { 0, };

  if (entry == NULL) {
    g_autofree gchar *text = gst_caps_to_string (caps);
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED,
        _("A recording cannot hold frames of type %s."), text);
    return FALSE;
  }

  parsed.format = entry->format;
  gst_structure_get_int (structure, "width", &parsed.width);
  gst_structure_get_int (structure, "height", &parsed.height);
  parsed.frame_duration = get_frame_duration (structure);

  if (parsed.format != GST_OMV_PIXEL_FORMAT_UNKNOWN
      && !gst_omv_pixel_format_is_compressed (parsed.format)
      && (parsed.width < 1 || parsed.width > GST_OMV_DIMENSION_MAX
          || parsed.height < 1 || parsed.height > GST_OMV_DIMENSION_MAX)) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("Frames of %d x %d pixels cannot be stored; "
            "width and height must be in 1…32767."),
        parsed.width, parsed.height);
    return FALSE;
  }
  if (is_raw (parsed.format) && !gst_video_info_from_caps (&parsed.raw, caps)) {
    g_autofree gchar *text = gst_caps_to_string (caps);
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED,
        _("Frames of type %s make no sense."), text);
    return FALSE;
  }
  if (binary && parsed.format == GST_OMV_PIXEL_FORMAT_GRAYSCALE) {
    parsed.format = GST_OMV_PIXEL_FORMAT_BINARY;
    parsed.threshold = TRUE;
  }

  *info = parsed;
  return TRUE;
}

/**
 * gst_omv_video_info_get_payload_size:
 * @info: what caps of raw frames say
 *
 * Returns: the bytes that are stored for each frame
 *
 * Since: 0.1
 */
gsize
gst_omv_video_info_get_payload_size (const GstOmvVideoInfo * info)
{
  return gst_omv_pixel_format_get_row_size (info->format, info->width)
      * (gsize) info->height;
}

static void
set_buffer_error (const GstOmvVideoInfo * info, GstBuffer * buffer,
    GError ** error)
{
  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
      _("A buffer of %" PRIu64 " bytes does not hold a frame of %d x %d "
          "pixels."), (guint64) gst_buffer_get_size (buffer), info->width,
      info->height);
}

/* The whole buffer is mapped, not a plane by gst_video_frame_map(): that believes
 * any GstVideoMeta and maps no more than the memory that the plane starts in. */
static gboolean
pack_raw (const GstOmvVideoInfo * info, GstBuffer * buffer, guint8 * payload)
{
  const GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);
  gint64 first = meta != NULL ? (gint64) meta->offset[0] : 0;
  gint64 stride = meta != NULL ? meta->stride[0]
      : GST_VIDEO_INFO_PLANE_STRIDE (&info->raw, 0);
  gint64 last = first + stride * (info->height - 1);
  gint64 row_size = meta == NULL ? stride
      : info->threshold ? info->width
      : (gint64) gst_omv_pixel_format_get_row_size (info->format, info->width);
  GstMapInfo map;

  if (MIN (first, last) < 0
      || MAX (first, last) + row_size > (gint64) gst_buffer_get_size (buffer)
      || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return FALSE;
  gst_omv_rows_pack (info->format, info->width, info->height,
      map.data + first, (gssize) stride, payload);
  gst_buffer_unmap (buffer, &map);

  return TRUE;
}

/* GStreamer's Bayer elements round a row up to 4 bytes and know no meta. */
static gboolean
pack_bayer (const GstOmvVideoInfo * info, GstBuffer * buffer, guint8 * payload)
{
  gsize stride = gst_omv_rows_get_stride (info->format, info->width);
  GstMapInfo map;

  if (gst_buffer_get_size (buffer) < stride * (gsize) info->height
      || !gst_buffer_map (buffer, &map, GST_MAP_READ))
    return FALSE;
  gst_omv_rows_pack (info->format, info->width, info->height, map.data,
      (gssize) stride, payload);
  gst_buffer_unmap (buffer, &map);

  return TRUE;
}

/* Makes rows follow each other as they do in a file. */
static gboolean
pack_rows (const GstOmvVideoInfo * info, GstBuffer * buffer, guint8 * payload)
{
  if (is_raw (info->format) || info->threshold)
    return pack_raw (info, buffer, payload);

  return info->format != GST_OMV_PIXEL_FORMAT_BINARY
      && pack_bayer (info, buffer, payload);
}

/* Whether @buffer starts with a payload: its rows follow each other as they do in
 * a file. */
static gboolean
is_tight (const GstOmvVideoInfo * info, GstBuffer * buffer)
{
  gsize row_size = gst_omv_pixel_format_get_row_size (info->format,
      info->width);
  GstVideoMeta *meta;

  if (gst_buffer_get_size (buffer) < gst_omv_video_info_get_payload_size (info))
    return FALSE;
  if (info->format == GST_OMV_PIXEL_FORMAT_BINARY)
    return !info->threshold;
  if (gst_omv_rows_are_swapped (GST_OMV_VERSION_V2_0, info->format))
    return FALSE;
  /* v4l2src pushes a Bayer sensor's rows as they come, without padding */
  if (!is_raw (info->format))
    return row_size == gst_omv_rows_get_stride (info->format, info->width)
        || gst_buffer_get_size (buffer) ==
        gst_omv_video_info_get_payload_size (info);

  meta = gst_buffer_get_video_meta (buffer);
  if (meta == NULL)
    return row_size == (gsize) GST_VIDEO_INFO_PLANE_STRIDE (&info->raw, 0);
  return meta->offset[0] == 0 && meta->stride[0] == (gint) row_size
      && meta->width == (guint) info->width
      && meta->height == (guint) info->height;
}

/**
 * gst_omv_video_info_pack:
 * @info: what the caps of @buffer say, which is not of video/x-omv-frame (see
 *   gst_omv_video_parse_frame())
 * @buffer: one frame
 * @error: return location
 *
 * Makes the payload that is stored for a frame. Its memory is @buffer's own
 * where that is laid out as the format wants it.
 *
 * Errors: %GST_OMV_ERROR_INVALID_FRAME_SIZE if @buffer does not hold a frame.
 *
 * Returns: (transfer full) (nullable): a buffer of exactly the payload's bytes,
 *   or %NULL
 *
 * Since: 0.1
 */
GstBuffer *
gst_omv_video_info_pack (const GstOmvVideoInfo * info, GstBuffer * buffer,
    GError ** error)
{
  g_autoptr (GstBuffer) payload = NULL;
  gsize payload_size;
  GstMapInfo map;
  gboolean packed;

  g_return_val_if_fail (info->format != GST_OMV_PIXEL_FORMAT_UNKNOWN, NULL);

  if (gst_omv_pixel_format_is_compressed (info->format))
    return gst_buffer_ref (buffer);

  payload_size = gst_omv_video_info_get_payload_size (info);
  if (is_tight (info, buffer)) {
    if (gst_buffer_get_size (buffer) == payload_size)
      return gst_buffer_ref (buffer);
    return gst_buffer_copy_region (buffer, GST_BUFFER_COPY_MEMORY, 0,
        payload_size);
  }

  payload = gst_buffer_new_allocate (NULL, payload_size, NULL);
  gst_buffer_map (payload, &map, GST_MAP_WRITE);
  packed = pack_rows (info, buffer, map.data);
  gst_buffer_unmap (payload, &map);
  if (!packed) {
    set_buffer_error (info, buffer, error);
    return NULL;
  }

  return g_steal_pointer (&payload);
}

/**
 * gst_omv_video_copy_bytes: (skip)
 * @buffer: a buffer
 * @offset: bytes of it to leave out
 * @size: bytes that follow
 * @dest: where they go
 *
 * Copies bytes that nobody is expected to read soon, around the caches where
 * there are many. Memories are copied one by one, without merging them.
 *
 * Returns: %FALSE if a memory cannot be mapped, or there are fewer bytes
 *
 * Since: 0.1
 */
gboolean
gst_omv_video_copy_bytes (GstBuffer * buffer, gsize offset, gsize size,
    guint8 * dest)
{
  guint count = gst_buffer_n_memory (buffer);

  for (guint i = 0; i < count && size > 0; i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    GstMapInfo map;

    if (!gst_memory_map (memory, &map, GST_MAP_READ))
      return FALSE;
    if (offset < map.size) {
      gsize part = MIN (size, map.size - offset);

      gst_omv_copy_streaming (dest, map.data + offset, part);
      dest += part;
      size -= part;
    }
    offset -= MIN (offset, map.size);
    gst_memory_unmap (memory, &map);
  }

  return size == 0;
}

/**
 * gst_omv_video_info_pack_to: (skip)
 * @info: what the caps of @buffer say, which is raw
 * @buffer: one frame
 * @payload: room for gst_omv_video_info_get_payload_size() bytes
 * @error: return location
 *
 * Writes what gst_omv_video_info_pack() makes to a place of the caller's,
 * without allocating anything. As nobody is expected to read it soon, large
 * payloads are copied around the caches.
 *
 * Errors: %GST_OMV_ERROR_INVALID_FRAME_SIZE if @buffer does not hold a frame.
 *
 * Returns: %TRUE on success
 *
 * Since: 0.1
 */
gboolean
gst_omv_video_info_pack_to (const GstOmvVideoInfo * info, GstBuffer * buffer,
    guint8 * payload, GError ** error)
{
  gsize size = gst_omv_video_info_get_payload_size (info);

  if (is_tight (info, buffer)
      ? gst_omv_video_copy_bytes (buffer, 0, size, payload)
      : pack_rows (info, buffer, payload))
    return TRUE;

  set_buffer_error (info, buffer, error);
  return FALSE;
}

static GstCaps *
make_caps (const CapsEntry * entry, const GstOmvFrameHeader * header,
    gint numerator, gint denominator)
{
  GstCaps *caps = gst_caps_new_simple (entry->media_type,
      "width", G_TYPE_INT, header->width,
      "height", G_TYPE_INT, header->height,
      "framerate", GST_TYPE_FRACTION, numerator, denominator, NULL);

  if (entry->format_name != NULL)
    gst_caps_set_simple (caps, "format", G_TYPE_STRING, entry->format_name,
        NULL);
  if (is_raw (entry->format))
    gst_caps_set_simple (caps, "pixel-aspect-ratio", GST_TYPE_FRACTION, 1, 1,
        "interlace-mode", G_TYPE_STRING, "progressive", NULL);
  if (entry->format == GST_OMV_PIXEL_FORMAT_YUV422
      || entry->format == GST_OMV_PIXEL_FORMAT_YVU422)
    gst_caps_set_simple (caps, "colorimetry", G_TYPE_STRING, YUV_COLORIMETRY,
        NULL);
  if (entry->format == GST_OMV_PIXEL_FORMAT_JPEG)
    gst_caps_set_simple (caps, "parsed", G_TYPE_BOOLEAN, TRUE, NULL);

  return caps;
}

/**
 * gst_omv_video_make_caps:
 * @header: the header of a frame that is not ARGB8
 * @framerate_numerator: frames …
 * @framerate_denominator: … per so many seconds; 0/1 where the rate varies
 *
 * Returns: (transfer full): the caps of the frame's pixels; 8-bit gray for a
 *   1-bit frame
 *
 * Since: 0.1
 */
GstCaps *
gst_omv_video_make_caps (const GstOmvFrameHeader * header,
    gint framerate_numerator, gint framerate_denominator)
{
  GstOmvPixelFormat format = header->format;
  const CapsEntry *entry;

  if (format == GST_OMV_PIXEL_FORMAT_BINARY)
    format = GST_OMV_PIXEL_FORMAT_GRAYSCALE;
  entry = find_entry (format);
  g_return_val_if_fail (entry != NULL, NULL);

  return make_caps (entry, header, framerate_numerator, framerate_denominator);
}

/**
 * gst_omv_video_make_binary_caps:
 * @header: the header of a 1-bit frame
 * @framerate_numerator: frames …
 * @framerate_denominator: … per so many seconds; 0/1 where the rate varies
 *
 * Returns: (transfer full): the caps of the frame as it is stored
 *
 * Since: 0.1
 */
GstCaps *
gst_omv_video_make_binary_caps (const GstOmvFrameHeader * header,
    gint framerate_numerator, gint framerate_denominator)
{
  return make_caps (find_entry (GST_OMV_PIXEL_FORMAT_BINARY), header,
      framerate_numerator, framerate_denominator);
}

/**
 * gst_omv_video_is_passthrough:
 * @version: the version of the recording
 * @header: the header of a frame
 *
 * Returns: %TRUE if the frame's payload is laid out as a buffer of
 *   gst_omv_video_make_caps() without a #GstVideoMeta is
 *
 * Since: 0.1
 */
gboolean
gst_omv_video_is_passthrough (GstOmvVersion version,
    const GstOmvFrameHeader * header)
{
  if (gst_omv_pixel_format_is_compressed (header->format))
    return TRUE;
  if (header->format == GST_OMV_PIXEL_FORMAT_BINARY
      || gst_omv_rows_are_swapped (version, header->format))
    return FALSE;

  return gst_omv_pixel_format_get_row_size (header->format, header->width)
      == gst_omv_rows_get_stride (header->format, header->width);
}

/**
 * gst_omv_video_add_meta:
 * @buffer: a frame's payload, writable
 * @version: the version of the recording
 * @header: the frame's header
 *
 * Describes a payload whose rows lie closer than GStreamer expects by a
 * #GstVideoMeta, where one can. It cannot for 1-bit frames, for RGB565 of
 * another byte order, for Bayer, whose elements do not look at it, and for YUV
 * of odd width, whose rows end within a pair of pixels.
 *
 * Returns: %TRUE if the meta was added
 *
 * Since: 0.1
 */
gboolean
gst_omv_video_add_meta (GstBuffer * buffer, GstOmvVersion version,
    const GstOmvFrameHeader * header)
{
  gsize offset[GST_VIDEO_MAX_PLANES] = { 0, };
  gint stride[GST_VIDEO_MAX_PLANES] = { 0, };
  GstVideoFormat format;

  if (header->format == GST_OMV_PIXEL_FORMAT_GRAYSCALE)
    format = GST_VIDEO_FORMAT_GRAY8;
  else if (header->format == GST_OMV_PIXEL_FORMAT_RGB565
      && !gst_omv_rows_are_swapped (version, header->format))
    format = GST_VIDEO_FORMAT_RGB16;
  else
    return FALSE;

  stride[0] = (gint) gst_omv_pixel_format_get_row_size (header->format,
      header->width);
  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE, format,
      (guint) header->width, (guint) header->height, 1, offset, stride);
  return TRUE;
}

/**
 * gst_omv_video_unpack:
 * @version: the version of the recording
 * @header: the header of a raw frame
 * @payload: the frame's payload, of exactly the size that @header says
 *
 * Copies a raw frame to the layout that a buffer without a #GstVideoMeta has.
 *
 * Returns: (transfer full) (nullable): the frame, %NULL if @payload cannot be
 *   mapped
 *
 * Since: 0.1
 */
GstBuffer *
gst_omv_video_unpack (GstOmvVersion version, const GstOmvFrameHeader * header,
    GstBuffer * payload)
{
  gsize stride = gst_omv_rows_get_stride (header->format, header->width);
  GstMapInfo from, to;
  GstBuffer *frame;

  g_return_val_if_fail (gst_buffer_get_size (payload) >= header->payload_size,
      NULL);
  if (!gst_buffer_map (payload, &from, GST_MAP_READ))
    return NULL;

  frame = gst_buffer_new_allocate (NULL, stride * (gsize) header->height, NULL);
  gst_buffer_map (frame, &to, GST_MAP_WRITE);
  gst_omv_rows_unpack (version, header, from.data, to.data);
  gst_buffer_unmap (frame, &to);
  gst_buffer_unmap (payload, &from);

  return frame;
}

/**
 * gst_omv_video_info_set_decoded:
 * @info: (out caller-allocates): a layout without a gap but that behind rows,
 *   undefined on failure
 * @format: what gst_omv_decode_get_format() said
 * @width: pixels
 * @height: pixels
 *
 * Describes the pixels that gst_omv_decode() makes, with their colours.
 *
 * Returns: %FALSE if GStreamer cannot handle so many pixels
 *
 * Since: 0.1
 */
gboolean
gst_omv_video_info_set_decoded (GstVideoInfo * info,
    GstOmvDecodedFormat format, gint width, gint height)
{
  static const GstVideoFormat formats[] = {
    [GST_OMV_DECODED_FORMAT_GRAY8] = GST_VIDEO_FORMAT_GRAY8,
    [GST_OMV_DECODED_FORMAT_RGB] = GST_VIDEO_FORMAT_RGB,
    [GST_OMV_DECODED_FORMAT_RGBA] = GST_VIDEO_FORMAT_RGBA,
    [GST_OMV_DECODED_FORMAT_RGB16] = GST_VIDEO_FORMAT_RGB16,
    [GST_OMV_DECODED_FORMAT_YUY2] = GST_VIDEO_FORMAT_YUY2,
    [GST_OMV_DECODED_FORMAT_YVYU] = GST_VIDEO_FORMAT_YVYU,
  };

  g_return_val_if_fail ((guint) format < G_N_ELEMENTS (formats), FALSE);

  if (!gst_video_info_set_format (info, formats[format], (guint) width,
          (guint) height))
    return FALSE;
  if (GST_VIDEO_INFO_IS_YUV (info))
    gst_video_colorimetry_from_string (&info->colorimetry, YUV_COLORIMETRY);

  return TRUE;
}
