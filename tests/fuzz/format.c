/* format.c: fuzzes file and frame headers
 *
 * Whatever is read as a header is in range, and reads the same after it has been
 * written again.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-format.h>
#include <string.h>

#include "omvfuzz.h"

static void
run_file_header (const guint8 * data, gsize size)
{
  GstOmvVersion version = 0;
  g_autoptr (GError) error = NULL;
  guint8 written[GST_OMV_FILE_HEADER_SIZE];

  if (!gst_omv_file_header_read (data, size, &version, &error)) {
    g_assert_true (error != NULL && error->domain == GST_OMV_ERROR);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    g_assert_cmpint (version, ==, 0);
    return;
  }

  g_assert_true (gst_omv_file_header_has_magic (data, size));
  gst_omv_file_header_write (version, written);
  g_assert_cmpmem (written, sizeof written, data, sizeof written);
}

static void
check_same (const GstOmvFrameHeader * a, const GstOmvFrameHeader * b)
{
  g_assert_cmpuint (a->interval, ==, b->interval);
  g_assert_cmpint (a->width, ==, b->width);
  g_assert_cmpint (a->height, ==, b->height);
  g_assert_cmpint (a->format, ==, b->format);
  g_assert_cmpuint (a->payload_size, ==, b->payload_size);
  g_assert_cmpuint (a->exact_time, ==, b->exact_time);
}

static void
run_frame_header (GstOmvVersion version, const guint8 * data, guint32 max)
{
  guint8 written[GST_OMV_FRAME_HEADER_SIZE_MAX];
  GstOmvFrameHeader header, again;
  GstOmvFault fault = gst_omv_frame_header_read (version, data, max, &header);

  if (fault != GST_OMV_FAULT_NONE) {
    g_assert_nonnull (gst_omv_fault_describe (fault));
    return;
  }

  g_assert_true (header.width >= 1 && header.width <= GST_OMV_DIMENSION_MAX);
  g_assert_true (header.height >= 1 && header.height <= GST_OMV_DIMENSION_MAX);
  g_assert_cmpuint (header.payload_size, <=, max);
  g_assert_nonnull (gst_omv_pixel_format_get_name (header.format));
  if (version >= GST_OMV_VERSION_V2_0)
    (void) gst_omv_frame_header_is_plain (data, &header);

  if (!gst_omv_version_can_hold (version, header.format))
    return;
  gst_omv_frame_header_write (version, &header, written);
  g_assert_cmpint (gst_omv_frame_header_read (version, written, max, &again),
      ==, GST_OMV_FAULT_NONE);
  check_same (&header, &again);
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  static const GstOmvVersion versions[] = {
    GST_OMV_VERSION_V2_0, GST_OMV_VERSION_V1_0, GST_OMV_VERSION_V1_1,
    GST_OMV_VERSION_V2_1
  };
  OmvFuzzTape settings = omv_fuzz_take_settings (tape);
  GstOmvVersion version = versions[omv_fuzz_take (&settings, 1) % 4];
  guint32 max = (guint32) omv_fuzz_take (&settings, 4);
  gsize size = gst_omv_version_get_header_size (version);

  if (max == 0)
    max = GST_OMV_FRAME_SIZE_MAX_DEFAULT;

  run_file_header (tape->data, tape->size);
  for (gsize at = 0; at + size <= tape->size; at++)
    run_frame_header (version, tape->data + at, max);
}
