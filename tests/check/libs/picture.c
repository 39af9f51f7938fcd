/* picture.c: tests of what a JPEG or PNG picture says of itself
 *
 * Each picture is handed over twice: as a copy of its size, so that a memory
 * checker sees a look beyond it, and with bytes behind it that must not count.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-picture.h>

#include <string.h>

#include "omvtest.h"

static guint8 *
copy_picture (const guint8 * data, gsize size, gsize more)
{
  guint8 *copy = g_malloc (MAX (size + more, 1));

  memcpy (copy, data, size);
  memset (copy + size, 0x11, more);

  return copy;
}

static void
check_no_size (GstOmvPixelFormat format, const guint8 * data, gsize size)
{
  for (gsize more = 0; more <= 8; more += 8) {
    g_autofree guint8 *copy = copy_picture (data, size, more);
    gint width = -7, height = -8;

    g_assert_false (gst_omv_picture_read_size (format, copy, size, &width,
            &height));
    g_assert_cmpint (width, ==, -7);
    g_assert_cmpint (height, ==, -8);
  }
}

static void
check_size (GstOmvPixelFormat format, const guint8 * data, gsize size,
    gint expected_width, gint expected_height)
{
  for (gsize more = 0; more <= 8; more += 8) {
    g_autofree guint8 *copy = copy_picture (data, size, more);
    gint width, height;

    g_assert_true (gst_omv_picture_read_size (format, copy, size, &width,
            &height));
    g_assert_cmpint (width, ==, expected_width);
    g_assert_cmpint (height, ==, expected_height);
  }
}

/* All pictures of a camera, and every beginning of one. */
static void
test_golden_pictures (gconstpointer name)
{
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load (name);
  GstOmvPixelFormat format = strstr (name, "png") != NULL
      ? GST_OMV_PIXEL_FORMAT_PNG : GST_OMV_PIXEL_FORMAT_JPEG;
  guint seen = 0;

  for (guint i = 0; i < golden->frames->len; i++) {
    const OmvTestFrame *frame = omv_test_frame (golden->frames, i);
    const guint8 *data = golden->data + frame->offset
        + (golden->version < 20 ? 16 : 32);
    gsize needed = 0;

    if (frame->format != format)
      continue;
    for (gsize size = 0; size <= frame->size; size++) {
      gint width = 0, height = 0;

      if (!gst_omv_picture_read_size (format, data, size, &width, &height)) {
        g_assert_cmpuint (needed, ==, 0);
        check_no_size (format, data, size);
        continue;
      }
      if (needed == 0)
        needed = size;
      g_assert_cmpint (width, ==, frame->width);
      g_assert_cmpint (height, ==, frame->height);
    }
    g_assert_cmpuint (needed, >, 8);
    g_assert_cmpuint (needed, <, frame->size);
    seen++;
  }
  g_assert_cmpuint (seen, >, 0);
}

#define SOF "\xFF\xC0\0\x08\x08\0\3\0\5"        /* 5 x 3 */
#define APP "\xFF\xE0\0\4xy"

/* ISO/IEC 10918-1, B.1.1 and B.2.2 */
static const struct
{
  const gchar *data;
  gsize size;
  gboolean good;
} jpegs[] = {
#define JPEG(text, good) {"\xFF\xD8" text, sizeof (text) + 1, good}
  JPEG (SOF, TRUE),
  JPEG (APP SOF, TRUE),
  JPEG (APP APP "\xFF\xFE\0\2" SOF, TRUE),
  JPEG ("\xFF\xFF\xFF" SOF, TRUE),      /* fill bytes */
  JPEG (APP "\xFF" SOF, TRUE),
  JPEG ("\xFF\xD0\xFF\xD7\xFF\x01" SOF, TRUE),  /* markers that stand alone */
  JPEG ("\xFF\xC4\0\x0B\x08\0\3\0\5\1\1\1\1" SOF, TRUE),        /* no SOFs */
  JPEG ("\xFF\xC8\0\x0B\x08\0\7\0\7\1\1\1\1" SOF, TRUE),
  JPEG ("\xFF\xCC\0\x0B\x08\0\7\0\7\1\1\1\1" SOF, TRUE),
  JPEG ("\xFF\xC0\0\x08\x08\0\3\0", FALSE),     /* within the SOF */
  JPEG ("\xFF\xC0\0\x07\x08\0\3\0\5", FALSE),   /* too short a SOF */
  JPEG ("\xFF\xC0\0\x08\x08\0\0\0\5", FALSE),   /* height 0: in a DNL later */
  JPEG ("\xFF\xC0\0\x08\x08\0\3\0\0", FALSE),
  JPEG ("\xFF\xE0\0\1" SOF, FALSE),     /* lengths below 2 */
  JPEG ("\xFF\xE0\0\0" SOF, FALSE),
  JPEG ("\xFF\xE0\xFF\xFF" SOF, FALSE), /* a length beyond the end */
  JPEG ("\xFF\xDA\0\2" SOF, FALSE),     /* a scan, an end, a start first */
  JPEG ("\xFF\xD9" SOF, FALSE),
  JPEG ("\xFF\xD8" SOF, FALSE),
  JPEG ("\xFF\x00" SOF, FALSE),
  JPEG ("x" SOF, FALSE),
  JPEG (APP "x" SOF, FALSE),
  JPEG (APP, FALSE),
  JPEG ("", FALSE),
  JPEG ("\xFF", FALSE),
  JPEG ("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", FALSE),
  JPEG ("\xFF\xD0\xFF\xD0\xFF\xD0\xFF\xD0", FALSE),
#undef JPEG
};

static void
test_jpeg_markers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (jpegs); i++) {
    const guint8 *data = (const guint8 *) jpegs[i].data;

    g_test_message ("case %u", i);
    if (jpegs[i].good)
      check_size (GST_OMV_PIXEL_FORMAT_JPEG, data, jpegs[i].size, 5, 3);
    else
      check_no_size (GST_OMV_PIXEL_FORMAT_JPEG, data, jpegs[i].size);
    check_no_size (GST_OMV_PIXEL_FORMAT_PNG, data, jpegs[i].size);
  }
}

/* Every kind of start-of-frame counts, and the first one decides. */
static void
test_jpeg_frame_kinds (void)
{
  for (guint marker = 0xC0; marker <= 0xCF; marker++) {
    const guint8 data[] = { 0xFF, 0xD8,
      0xFF, (guint8) marker, 0, 8, 8, 0x7F, 0xFF, 0xFF, 0xFF, 0,
      0xFF, 0xC0, 0, 8, 8, 0, 1, 0, 2, 0
    };

    if (marker == 0xC4 || marker == 0xC8 || marker == 0xCC)
      check_size (GST_OMV_PIXEL_FORMAT_JPEG, data, sizeof data, 2, 1);
    else
      check_size (GST_OMV_PIXEL_FORMAT_JPEG, data, sizeof data, 65535, 32767);
  }
}

#define PNG_START "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"

/* PNG specification, 5.3 and 11.2.2 */
static const struct
{
  const gchar *data;
  gint width;                   /* 0: none */
  gint height;
} pngs[] = {
  {PNG_START "\0\0\0\5\0\0\0\3", 5, 3},
  {PNG_START "\x7F\xFF\xFF\xFF\0\1\0\0", G_MAXINT, 65536},
  {PNG_START "\x80\0\0\0\0\0\0\3", 0, 0},
  {PNG_START "\0\0\0\5\xFF\xFF\xFF\xFF", 0, 0},
  {PNG_START "\0\0\0\0\0\0\0\3", 0, 0},
  {PNG_START "\0\0\0\5\0\0\0\0", 0, 0},
  {"\x89PNG\r\n\x1A\n\0\0\0\x0CIHDR\0\0\0\5\0\0\0\3", 0, 0},
  {"\x89PNG\r\n\x1A\n\0\0\0\rIDAT\0\0\0\5\0\0\0\3", 0, 0},
  {"\x89PNG\n\n\x1A\n\0\0\0\rIHDR\0\0\0\5\0\0\0\3", 0, 0},
};

static void
test_png_headers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (pngs); i++) {
    const guint8 *data = (const guint8 *) pngs[i].data;

    if (pngs[i].width > 0)
      check_size (GST_OMV_PIXEL_FORMAT_PNG, data, 24, pngs[i].width,
          pngs[i].height);
    else
      check_no_size (GST_OMV_PIXEL_FORMAT_PNG, data, 24);
    for (gsize size = 0; size < 24; size++)
      check_no_size (GST_OMV_PIXEL_FORMAT_PNG, data, size);
  }
}

static void
test_any_picture_ends (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (guint i = 0; i < 20000; i++) {
    guint8 bytes[64] = { 0xFF, 0xD8 };
    gsize size = (gsize) g_rand_int_range (random, 2, sizeof bytes);
    g_autofree guint8 *data = NULL;
    gint width = 1, height = 1;

    for (gsize at = 2; at < size; at++)
      bytes[at] = g_rand_boolean (random) ? 0xFF
          : (guint8) g_rand_int_range (random, 0, 256);
    data = g_memdup2 (bytes, size);
    gst_omv_picture_read_size (GST_OMV_PIXEL_FORMAT_JPEG, data, size, &width,
        &height);
    g_assert_cmpint (width, >=, 1);
    g_assert_cmpint (height, >=, 1);
  }
}

static void
test_signatures (void)
{
  const guint8 *jpeg = (const guint8 *) "\xFF\xD8xxxxxx";
  const guint8 *png = (const guint8 *) "\x89PNG\r\n\x1A\n";

  for (gsize size = 0; size <= 8; size++) {
    g_assert_cmpint (gst_omv_picture_has_signature (GST_OMV_PIXEL_FORMAT_JPEG,
            jpeg, size), ==, size >= 2);
    g_assert_cmpint (gst_omv_picture_has_signature (GST_OMV_PIXEL_FORMAT_PNG,
            png, size), ==, size >= 8);
    g_assert_false (gst_omv_picture_has_signature (GST_OMV_PIXEL_FORMAT_PNG,
            jpeg, size));
    g_assert_false (gst_omv_picture_has_signature (GST_OMV_PIXEL_FORMAT_JPEG,
            png, size));
  }
}

int
main (int argc, char **argv)
{
  static const gchar *const names[] = {
    "v10_mixed_jpeg", "v11_jpeg", "v20_jpeg", "v20_png", "v21_steady30"
  };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree gchar *path =
        g_strconcat ("/picture/golden-size-is-read/", names[i], NULL);

    g_test_add_data_func (path, names[i], test_golden_pictures);
  }
  g_test_add_func ("/picture/jpeg-markers", test_jpeg_markers);
  g_test_add_func ("/picture/jpeg-frame-kinds", test_jpeg_frame_kinds);
  g_test_add_func ("/picture/png-headers", test_png_headers);
  g_test_add_func ("/picture/any-bytes-end", test_any_picture_ends);
  g_test_add_func ("/picture/signatures", test_signatures);

  return g_test_run ();
}
