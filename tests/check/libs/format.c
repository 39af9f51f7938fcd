/* format.c: tests of file and frame headers, against literal bytes
 *
 * What the bytes must be is in docs/format.md; the tests name its section.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-format.h>

#include <string.h>

#include "omvtest.h"

#define NO_LIMIT G_MAXUINT32

static const GstOmvVersion versions[] = {
  GST_OMV_VERSION_V1_0, GST_OMV_VERSION_V1_1, GST_OMV_VERSION_V2_0,
  GST_OMV_VERSION_V2_1
};

/* "Pixel formats": the code's bytes in a file, those of version 1.x's word
 * (NULL if that has none), and the payload of 7 x 5 pixels or of a picture. */
static const struct
{
  GstOmvPixelFormat format;
  const gchar *name;
  const gchar *code;
  const gchar *v1_word;
  guint32 size;
  guint32 size_word;
} formats[] = {
  {GST_OMV_PIXEL_FORMAT_BINARY, "BINARY", "\0\0\1\x08", "\0\0\0\0", 20, 0},
  {GST_OMV_PIXEL_FORMAT_GRAYSCALE, "GRAYSCALE", "\1\0\2\x08", "\1\0\0\0", 35,
      0},
  {GST_OMV_PIXEL_FORMAT_RGB565, "RGB565", "\2\0\3\x0C", "\2\0\0\0", 70, 0},
  {GST_OMV_PIXEL_FORMAT_BAYER_BGGR, "BAYER_BGGR", "\1\0\4\5", "\3\0\0\0", 35,
      0},
  {GST_OMV_PIXEL_FORMAT_BAYER_GBRG, "BAYER_GBRG", "\1\1\4\5", NULL, 35, 0},
  {GST_OMV_PIXEL_FORMAT_BAYER_GRBG, "BAYER_GRBG", "\1\2\4\5", NULL, 35, 0},
  {GST_OMV_PIXEL_FORMAT_BAYER_RGGB, "BAYER_RGGB", "\1\3\4\5", NULL, 35, 0},
  {GST_OMV_PIXEL_FORMAT_YUV422, "YUV422", "\2\0\5\x14", NULL, 70, 0},
  {GST_OMV_PIXEL_FORMAT_YVU422, "YVU422", "\2\1\5\x14", NULL, 70, 0},
  {GST_OMV_PIXEL_FORMAT_JPEG, "JPEG", "\0\0\6\6", "\x3A\1\0\0", 314, 314},
  {GST_OMV_PIXEL_FORMAT_PNG, "PNG", "\0\0\7\6", NULL, 314, 314},
  {GST_OMV_PIXEL_FORMAT_ARGB8, "ARGB8", "\4\0\x08\x0C", NULL, 0, 0},
};

/* ---- file headers ---- */

static void
test_file_header_versions (void)
{
  static const gchar *const texts[] = {
    "OMV IMG STR V1.0", "OMV IMG STR V1.1", "OMV IMG STR V2.0",
    "OMV IMG STR V2.1"
  };

  for (guint i = 0; i < G_N_ELEMENTS (versions); i++) {
    guint8 data[17] = { 0, };
    GstOmvVersion version;
    g_autoptr (GError) error = NULL;

    g_assert_true (gst_omv_file_header_read ((const guint8 *) texts[i], 16,
            &version, &error));
    g_assert_no_error (error);
    g_assert_cmpint (version, ==, versions[i]);

    data[16] = 0xA5;
    gst_omv_file_header_write (versions[i], data);
    g_assert_cmpmem (data, 16, texts[i], 16);
    g_assert_cmphex (data[16], ==, 0xA5);
  }
}

static void
check_file_header (const gchar * text, gsize size, gint code)
{
  GstOmvVersion version = 99;
  g_autofree guint8 *data = g_memdup2 (text, size);
  g_autoptr (GError) error = NULL;

  g_assert_false (gst_omv_file_header_read (data, size, &version, &error));
  g_assert_error (error, GST_OMV_ERROR, code);
  g_assert_cmpint (version, ==, 99);
}

static void
test_file_header_other_versions (void)
{
  /* "1.:" is 2.0 to the camera, which only calculates */
  static const gchar *const ends[] = {
    "1.:", "1.2", "2.2", "3.0", "0.0", "1.9", "2,0", "2. ", " .0", "2.\xFF",
    "\xFF.0", "A.0", "2.a", "20.", "/.0", "2./"
  };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    g_autofree gchar *text = g_strconcat ("OMV IMG STR V", ends[i], NULL);

    check_file_header (text, 16, GST_OMV_ERROR_UNSUPPORTED);
    g_assert_true (gst_omv_file_header_has_magic ((guint8 *) text, 16));
  }
  check_file_header ("OMV IMG STR V2\0000", 16, GST_OMV_ERROR_UNSUPPORTED);
}

static void
test_file_header_too_short (void)
{
  const gchar *text = "OMV IMG STR V2.0";

  for (gsize size = 0; size < 16; size++) {
    check_file_header (text, size, GST_OMV_ERROR_TRUNCATED);
    g_assert_cmpint (gst_omv_file_header_has_magic ((const guint8 *) text,
            size), ==, size >= 13);
  }
}

/* Every letter of the magic counts, in whatever is there of it. */
static void
test_file_header_other_magic (void)
{
  for (guint at = 0; at < 13; at++) {
    g_autofree gchar *text = g_strdup ("OMV IMG STR V2.0");

    text[at] ^= 0x20;
    g_assert_false (gst_omv_file_header_has_magic ((guint8 *) text, 16));
    for (gsize size = at + 1; size <= 16; size++)
      check_file_header (text, size, GST_OMV_ERROR_WRONG_TYPE);
  }
}

/* ---- what depends on a version or a format alone ---- */

static void
test_version_properties (void)
{
  static const gsize sizes[] = { 16, 16, 32, 32 };
  static const guint64 units[] = { 1000000, 1000000, 1000000, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (versions); i++) {
    g_assert_cmpuint (gst_omv_version_get_header_size (versions[i]), ==,
        sizes[i]);
    g_assert_cmpuint (gst_omv_version_get_unit (versions[i]), ==, units[i]);
  }
}

static void
test_version_can_hold (void)
{
  for (guint v = 0; v < G_N_ELEMENTS (versions); v++) {
    for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
      gboolean can = v < 2 ? formats[i].v1_word != NULL
          : formats[i].format != GST_OMV_PIXEL_FORMAT_ARGB8;

      g_assert_cmpint (gst_omv_version_can_hold (versions[v],
              formats[i].format), ==, can);
    }
    g_assert_false (gst_omv_version_can_hold (versions[v], 0));
    g_assert_false (gst_omv_version_can_hold (versions[v], 0x08020000));
  }
}

static void
test_format_properties (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    gboolean picture = formats[i].size_word > 0;

    g_assert_cmpstr (gst_omv_pixel_format_get_name (formats[i].format), ==,
        formats[i].name);
    g_assert_cmpint (gst_omv_pixel_format_is_compressed (formats[i].format),
        ==, picture);
    g_assert_cmpuint (gst_omv_pixel_format_get_row_size (formats[i].format, 7),
        ==, picture ? 0 : formats[i].size / 5);
  }
  g_assert_null (gst_omv_pixel_format_get_name (0));
  g_assert_null (gst_omv_pixel_format_get_name (0x05040401));
}

static void
test_row_sizes (void)
{
  static const struct
  {
    gint width;
    gsize binary;
  } cases[] = {
    {1, 4}, {31, 4}, {32, 4}, {33, 8}, {64, 8}, {65, 12}, {32767, 4096}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    gint width = cases[i].width;

    g_assert_cmpuint (gst_omv_pixel_format_get_row_size
        (GST_OMV_PIXEL_FORMAT_BINARY, width), ==, cases[i].binary);
    g_assert_cmpuint (gst_omv_pixel_format_get_row_size
        (GST_OMV_PIXEL_FORMAT_BAYER_GRBG, width), ==, width);
    g_assert_cmpuint (gst_omv_pixel_format_get_row_size
        (GST_OMV_PIXEL_FORMAT_YVU422, width), ==, 2 * width);
  }
}

static void
test_padding (void)
{
  for (gsize size = 0; size < 100; size++) {
    g_assert_cmpuint (gst_omv_get_padding (size), <, 16);
    g_assert_cmpuint ((size + gst_omv_get_padding (size)) % 16, ==, 0);
  }
  g_assert_cmpuint (gst_omv_get_padding (G_MAXUINT32), ==, 1);
}

/* ---- frame headers ---- */

static void
check_read (GstOmvVersion version, const GByteArray * bytes, guint format,
    guint32 size_word)
{
  /* no byte beyond the header may be looked at */
  g_autofree guint8 *data = g_memdup2 (bytes->data, bytes->len);
  GstOmvFrameHeader header;

  g_assert_cmpuint (bytes->len, ==, gst_omv_version_get_header_size (version));
  g_assert_cmpint (gst_omv_frame_header_read (version, data, NO_LIMIT,
          &header), ==, GST_OMV_FAULT_NONE);
  g_assert_cmphex (header.interval, ==, 0x04030201);
  g_assert_cmpint (header.width, ==, 7);
  g_assert_cmpint (header.height, ==, 5);
  g_assert_cmphex (header.format, ==, formats[format].format);
  g_assert_cmpuint (header.size_word, ==, size_word);
  g_assert_cmpuint (header.payload_size, ==, formats[format].size);
  g_assert_cmpuint (header.exact_time, ==, GST_OMV_TIME_NONE);
  if (version >= GST_OMV_VERSION_V2_0)
    g_assert_true (gst_omv_frame_header_is_plain (data, &header));
}

static void
check_write (GstOmvVersion version, const GByteArray * bytes, guint format)
{
  guint8 data[33];
  gsize size = gst_omv_version_get_header_size (version);
  const GstOmvFrameHeader header = {
    .interval = 0x04030201,.width = 7,.height = 5,
    .format = formats[format].format,.payload_size = formats[format].size,
    .size_word = 0xDEADBEEF,.exact_time = GST_OMV_TIME_NONE,
  };

  memset (data, 0xA5, sizeof data);
  gst_omv_frame_header_write (version, &header, data);
  g_assert_cmpmem (data, size, bytes->data, bytes->len);
  g_assert_cmphex (data[size], ==, 0xA5);
}

/* "Frame, version 2.x" and "Frame, version 1.x" */
static void
test_frame_header_both_ways (gconstpointer user_data)
{
  guint i = GPOINTER_TO_UINT (user_data);

  for (guint v = 0; v < G_N_ELEMENTS (versions); v++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    gboolean v1 = versions[v] < GST_OMV_VERSION_V2_0;
    const gchar *word = v1 ? formats[i].v1_word : formats[i].code;

    if (word == NULL)
      continue;
    g_byte_array_append (bytes, (const guint8 *) "\1\2\3\4\7\0\0\0\5\0\0\0",
        12);
    g_byte_array_append (bytes, (const guint8 *) word, 4);
    if (!v1) {
      omv_test_append_u32 (bytes, formats[i].size_word);
      omv_test_append_u32 (bytes, 0);
      omv_test_append_u64 (bytes, 0);
    }
    check_read (versions[v], bytes, i, formats[i].size_word);
    if (gst_omv_version_can_hold (versions[v], formats[i].format))
      check_write (versions[v], bytes, i);
  }
}

/* "Meaningless for raw formats" */
static void
test_size_word_of_raw_frames_is_ignored (void)
{
  static const guint32 words[] = { 1, 34, 36, 0x80000000, G_MAXUINT32 };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    for (guint w = 0; w < G_N_ELEMENTS (words); w++) {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      if (gst_omv_pixel_format_is_compressed (formats[i].format))
        continue;
      omv_test_append_header (bytes, 2, 0x04030201, 7, 5, formats[i].format,
          words[w]);
      check_read (GST_OMV_VERSION_V2_0, bytes, i, words[w]);
    }
  }
}

static void
test_v1_words (void)
{
  static const struct
  {
    guint32 word;
    GstOmvPixelFormat format;
    guint32 size;
  } cases[] = {
    {0, GST_OMV_PIXEL_FORMAT_BINARY, 20},
    {1, GST_OMV_PIXEL_FORMAT_GRAYSCALE, 35},
    {2, GST_OMV_PIXEL_FORMAT_RGB565, 70},
    {3, GST_OMV_PIXEL_FORMAT_BAYER_BGGR, 35},
    {4, GST_OMV_PIXEL_FORMAT_JPEG, 4},
    {5, GST_OMV_PIXEL_FORMAT_JPEG, 5},
    {0x08020001, GST_OMV_PIXEL_FORMAT_JPEG, 0x08020001},
    {G_MAXUINT32, GST_OMV_PIXEL_FORMAT_JPEG, G_MAXUINT32},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    GstOmvFrameHeader header;

    omv_test_append_header (bytes, 1, 0, 7, 5, cases[i].word, 0);
    g_assert_cmpint (gst_omv_frame_header_read (GST_OMV_VERSION_V1_1,
            bytes->data, NO_LIMIT, &header), ==, GST_OMV_FAULT_NONE);
    g_assert_cmphex (header.format, ==, cases[i].format);
    g_assert_cmpuint (header.payload_size, ==, cases[i].size);
    g_assert_cmpuint (header.exact_time, ==, GST_OMV_TIME_NONE);
  }
}

/* "Damage": w and h in 1…32767, no product computed before it is checked. */
static const struct
{
  gint generation;
  gint width;
  gint height;
  guint32 word;
  guint32 size;
  guint32 limit;
  GstOmvFault fault;
} faults[] = {
  {2, 0, 5, 0x08020001, 0, NO_LIMIT, GST_OMV_FAULT_WIDTH},
  {2, -5, 5, 0x08020001, 0, NO_LIMIT, GST_OMV_FAULT_WIDTH},
  {2, 32768, 5, 0x08020001, 0, NO_LIMIT, GST_OMV_FAULT_WIDTH},
  {2, G_MAXINT, 5, 0x08020001, 0, NO_LIMIT, GST_OMV_FAULT_WIDTH},
  {2, G_MAXINT, 5, 0x08010000, 0, NO_LIMIT, GST_OMV_FAULT_WIDTH},
  {2, G_MININT, 5, 0x14050002, 0, NO_LIMIT, GST_OMV_FAULT_WIDTH},
  {2, 5, 0, 0x08020001, 0, NO_LIMIT, GST_OMV_FAULT_HEIGHT},
  {2, 5, -1, 0x08020001, 0, NO_LIMIT, GST_OMV_FAULT_HEIGHT},
  {2, 5, 32768, 0x0C030002, 0, NO_LIMIT, GST_OMV_FAULT_HEIGHT},
  {2, 5, G_MAXINT, 0x08010000, 0, NO_LIMIT, GST_OMV_FAULT_HEIGHT},
  {2, 5, G_MININT, 0x08020001, 0, NO_LIMIT, GST_OMV_FAULT_HEIGHT},
  {2, 0, 5, 0x06060000, 9, NO_LIMIT, GST_OMV_FAULT_WIDTH},
  {2, 5, 0, 0x06070000, 9, NO_LIMIT, GST_OMV_FAULT_HEIGHT},
  {2, 0, 5, 0x0C080004, 0, NO_LIMIT, GST_OMV_FAULT_WIDTH},
  {2, 5, 5, 0x06060000, 0, NO_LIMIT, GST_OMV_FAULT_EMPTY},
  {2, 5, 5, 0x06070000, 0, NO_LIMIT, GST_OMV_FAULT_EMPTY},
  {2, 5, 5, 0x06060000, G_MAXUINT32, G_MAXUINT32 - 1, GST_OMV_FAULT_TOO_LARGE},
  {2, 5, 5, 0x06060000, G_MAXUINT32, NO_LIMIT, GST_OMV_FAULT_NONE},
  {2, 5, 5, 0x06070000, 101, 100, GST_OMV_FAULT_TOO_LARGE},
  {2, 5, 5, 0x06070000, 100, 100, GST_OMV_FAULT_NONE},
  {2, 5, 5, 0x08020001, 0, 24, GST_OMV_FAULT_TOO_LARGE},
  {2, 5, 5, 0x08020001, 0, 25, GST_OMV_FAULT_NONE},
  {2, 32767, 32767, 0x0C030002, 0, 2147352577, GST_OMV_FAULT_TOO_LARGE},
  {2, 32767, 32767, 0x0C030002, 0, 2147352578, GST_OMV_FAULT_NONE},
  {2, 32767, 32767, 0x08010000, 0, 134213631, GST_OMV_FAULT_TOO_LARGE},
  {2, 32767, 32767, 0x08010000, 0, 134213632, GST_OMV_FAULT_NONE},
  {2, 5, 5, 0, 0, NO_LIMIT, GST_OMV_FAULT_PIXEL_FORMAT},
  {2, 5, 5, 1, 0, NO_LIMIT, GST_OMV_FAULT_PIXEL_FORMAT},
  {2, 5, 5, 0x08020000, 0, NO_LIMIT, GST_OMV_FAULT_PIXEL_FORMAT},
  {2, 5, 5, 0x05040401, 0, NO_LIMIT, GST_OMV_FAULT_PIXEL_FORMAT},
  {2, 5, 5, 0x06060001, 9, NO_LIMIT, GST_OMV_FAULT_PIXEL_FORMAT},
  {2, 5, 5, G_MAXUINT32, 9, NO_LIMIT, GST_OMV_FAULT_PIXEL_FORMAT},
  {1, 0, 5, 1, 0, NO_LIMIT, GST_OMV_FAULT_WIDTH},
  {1, 32768, 5, 99, 0, NO_LIMIT, GST_OMV_FAULT_WIDTH},
  {1, 5, -5, 0, 0, NO_LIMIT, GST_OMV_FAULT_HEIGHT},
  {1, 5, 32768, 99, 0, NO_LIMIT, GST_OMV_FAULT_HEIGHT},
  {1, 5, 5, 99, 0, 98, GST_OMV_FAULT_TOO_LARGE},
  {1, 5, 5, 99, 0, 99, GST_OMV_FAULT_NONE},
  {1, 5, 5, 2, 0, 49, GST_OMV_FAULT_TOO_LARGE},
  {1, 5, 5, 2, 0, 50, GST_OMV_FAULT_NONE},
};

static void
test_faults (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    GstOmvFrameHeader header;

    omv_test_append_header (bytes, faults[i].generation, 33, faults[i].width,
        faults[i].height, faults[i].word, faults[i].size);
    g_test_message ("case %u", i);
    g_assert_cmpint (gst_omv_frame_header_read (faults[i].generation * 10,
            bytes->data, faults[i].limit, &header), ==, faults[i].fault);
  }
}

/* ---- exact times, "Spare bytes" ---- */

/* 7 x 7 gray after 33 ms, exact time 1234567890123 ns. The check, 0x409D, is
 * binascii.crc_hqx() of Python, over bytes 0…21 and 24…31, from 0xFFFF on. */
static const guint8 exact_header[32] = {
  0x21, 0x00, 0x00, 0x00, 0x07, 0x00, 0x00, 0x00,
  0x07, 0x00, 0x00, 0x00, 0x01, 0x00, 0x02, 0x08,
  0x00, 0x00, 0x00, 0x00, 0x78, 0x74, 0x9D, 0x40,
  0xCB, 0x04, 0xFB, 0x71, 0x1F, 0x01, 0x00, 0x00
};

static void
test_exact_time_both_ways (void)
{
  guint8 data[32];
  GstOmvFrameHeader header;

  memcpy (data, exact_header, sizeof data);
  g_assert_cmpint (gst_omv_frame_header_read (GST_OMV_VERSION_V2_0, data,
          NO_LIMIT, &header), ==, GST_OMV_FAULT_NONE);
  g_assert_cmpuint (header.exact_time, ==, 1234567890123);
  g_assert_true (gst_omv_frame_header_is_plain (data, &header));

  memset (data, 0xA5, sizeof data);
  gst_omv_frame_header_write (GST_OMV_VERSION_V2_0, &header, data);
  g_assert_cmpmem (data, sizeof data, exact_header, sizeof exact_header);
}

static void
test_exact_time_range (void)
{
  static const guint64 times[] = { 0, 1, G_MAXUINT32, G_MAXINT64,
    G_MAXUINT64 - 1
  };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    guint8 data[32], expected[32];
    GstOmvFrameHeader header = {.width = 7,.height = 7,
      .format = GST_OMV_PIXEL_FORMAT_JPEG,.payload_size = 99,
      .exact_time = times[i]
    };

    gst_omv_frame_header_write (GST_OMV_VERSION_V2_0, &header, data);
    memcpy (expected, data, 20);
    omv_test_set_exact_time (expected, times[i]);
    g_assert_cmpmem (data, 32, expected, 32);
    gst_omv_frame_header_read (GST_OMV_VERSION_V2_0, data, NO_LIMIT, &header);
    g_assert_cmpuint (header.exact_time, ==, times[i]);
  }
}

/* A changed header is never believed to hold an exact time. */
static void
test_exact_time_is_checked (void)
{
  for (guint first = 0; first < 256; first++) {
    for (guint second = first; second < 256; second++) {
      guint8 data[32];
      GstOmvFrameHeader header;

      memcpy (data, exact_header, sizeof data);
      data[first / 8] ^= (guint8) (1 << (first % 8));
      if (second != first)
        data[second / 8] ^= (guint8) (1 << (second % 8));
      if (gst_omv_frame_header_read (GST_OMV_VERSION_V2_0, data, NO_LIMIT,
              &header) != GST_OMV_FAULT_NONE)
        continue;
      g_assert_cmpuint (header.exact_time, ==, GST_OMV_TIME_NONE);
      g_assert_false (gst_omv_frame_header_is_plain (data, &header));
    }
  }
}

static void
test_v1_has_no_exact_time (void)
{
  guint8 data[17];
  const GstOmvFrameHeader header = {.width = 7,.height = 7,
    .format = GST_OMV_PIXEL_FORMAT_GRAYSCALE,.exact_time = 99
  };

  data[16] = 0xA5;
  gst_omv_frame_header_write (GST_OMV_VERSION_V1_1, &header, data);
  g_assert_cmphex (data[16], ==, 0xA5);
}

static void
add_header_tests (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_autofree gchar *path = g_strconcat ("/format/frame-header/both-ways/",
        formats[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i),
        test_frame_header_both_ways);
  }
  g_test_add_func ("/format/frame-header/size-word-of-raw-is-ignored",
      test_size_word_of_raw_frames_is_ignored);
  g_test_add_func ("/format/frame-header/v1-words", test_v1_words);
  g_test_add_func ("/format/frame-header/faults", test_faults);
  g_test_add_func ("/format/exact-time/both-ways", test_exact_time_both_ways);
  g_test_add_func ("/format/exact-time/range", test_exact_time_range);
  g_test_add_func ("/format/exact-time/is-checked", test_exact_time_is_checked);
  g_test_add_func ("/format/exact-time/v1-has-none", test_v1_has_no_exact_time);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/format/file-header/known-versions",
      test_file_header_versions);
  g_test_add_func ("/format/file-header/other-versions-are-refused",
      test_file_header_other_versions);
  g_test_add_func ("/format/file-header/too-short-is-truncated",
      test_file_header_too_short);
  g_test_add_func ("/format/file-header/other-magic-is-refused",
      test_file_header_other_magic);
  g_test_add_func ("/format/version/properties", test_version_properties);
  g_test_add_func ("/format/version/can-hold", test_version_can_hold);
  g_test_add_func ("/format/pixel-format/properties", test_format_properties);
  g_test_add_func ("/format/pixel-format/row-sizes", test_row_sizes);
  g_test_add_func ("/format/padding", test_padding);
  add_header_tests ();

  return g_test_run ();
}
