/* decode.c: tests of frames becoming pixels
 *
 * Payloads and pixels are pieces of memory of their exact size, so that a
 * memory checker sees a step beyond them. Pictures are those of a camera, and
 * others made by libjpeg and libpng of samples that are known.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-decode.h>
#include <gst/omv/omv-rows.h>

#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

#include "omvtest.h"

#define SENTINEL 0xA5

static const GstOmvPixelFormat raw_formats[] = {
  GST_OMV_PIXEL_FORMAT_BINARY, GST_OMV_PIXEL_FORMAT_GRAYSCALE,
  GST_OMV_PIXEL_FORMAT_RGB565, GST_OMV_PIXEL_FORMAT_YUV422,
  GST_OMV_PIXEL_FORMAT_YVU422
};

static const GstOmvPixelFormat bayer_formats[] = {
  GST_OMV_PIXEL_FORMAT_BAYER_BGGR, GST_OMV_PIXEL_FORMAT_BAYER_GBRG,
  GST_OMV_PIXEL_FORMAT_BAYER_GRBG, GST_OMV_PIXEL_FORMAT_BAYER_RGGB
};

static GstOmvFrameHeader
make_header (GstOmvPixelFormat format, gint width, gint height)
{
  const GstOmvFrameHeader header = {.format = format,.width = width,
    .height = height,.exact_time = GST_OMV_TIME_NONE
  };

  return header;
}

/* Bytes of the pixels that are used, of rows @gap bytes apart. */
static gsize
get_room_size (const GstOmvFrameHeader * header, GstOmvDecodedFormat format,
    gsize gap)
{
  gsize row = gst_omv_decoded_format_get_row_size (format, header->width);

  return (row + gap) * (gsize) (header->height - 1) + row;
}

/* NULL and an error, or the pixels. What is between rows must be as before. */
static guint8 *
decode (GstOmvVersion version, const GstOmvFrameHeader * header,
    const guint8 * payload, gsize size, gsize gap,
    GstOmvDecodedFormat * ret_format, GError ** error)
{
  g_autofree guint8 *pixels = NULL;
  gsize row, room_size;

  if (!gst_omv_decode_get_format (header, payload, size, ret_format, error))
    return NULL;

  row = gst_omv_decoded_format_get_row_size (*ret_format, header->width);
  room_size = get_room_size (header, *ret_format, gap);
  pixels = g_malloc (room_size);
  memset (pixels, SENTINEL, room_size);
  if (!gst_omv_decode (version, header, payload, size, *ret_format, pixels,
          row + gap, error))
    return NULL;

  for (gsize at = row; at < room_size; at++) {
    if (at % (row + gap) >= row)
      g_assert_cmpint (pixels[at], ==, SENTINEL);
  }
  return g_steal_pointer (&pixels);
}

static guint8 *
decode_well (const GstOmvFrameHeader * header, const guint8 * payload,
    gsize size, GstOmvDecodedFormat expected)
{
  g_autoptr (GError) error = NULL;
  GstOmvDecodedFormat format;
  guint8 *pixels = decode (GST_OMV_VERSION_V2_0, header, payload, size, 0,
      &format, &error);

  g_assert_no_error (error);
  g_assert_cmpint (format, ==, expected);
  return pixels;
}

static void
check_refused (const GstOmvFrameHeader * header, const guint8 * payload,
    gsize size, GstOmvError code)
{
  g_autoptr (GError) error = NULL;
  GstOmvDecodedFormat format = (GstOmvDecodedFormat) 99;
  g_autofree guint8 *copy = g_memdup2 (payload, MAX (size, 1));

  g_assert_false (gst_omv_decode_get_format (header, copy, size, &format,
          &error));
  g_assert_error (error, GST_OMV_ERROR, (gint) code);
  g_assert_cmpint (format, ==, 99);
}

/* ---- raw ---- */

static guint8 *
make_noise (gsize size, guint32 seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  guint8 *data = g_malloc (MAX (size, 1));

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) g_rand_int (random);

  return data;
}

static gsize
get_raw_size (const GstOmvFrameHeader * header)
{
  return gst_omv_pixel_format_get_row_size (header->format, header->width)
      * (gsize) header->height;
}

static void
check_raw (GstOmvVersion version, GstOmvPixelFormat raw_format, gint width)
{
  GstOmvFrameHeader header = make_header (raw_format, width, 3);
  gsize size = get_raw_size (&header);
  gsize stride = gst_omv_rows_get_stride (raw_format, width);
  g_autofree guint8 *payload = make_noise (size, (guint32) width);
  g_autofree guint8 *expected = g_malloc (3 * stride);

  gst_omv_rows_unpack (version, &header, payload, expected);
  for (gsize gap = 0; gap < 10; gap += 3) {
    g_autoptr (GError) error = NULL;
    GstOmvDecodedFormat format;
    g_autofree guint8 *pixels = decode (version, &header, payload, size, gap,
        &format, &error);
    gsize row = gst_omv_decoded_format_get_row_size (format, width);

    g_assert_no_error (error);
    for (gsize y = 0; y < 3; y++)
      g_assert_cmpmem (pixels + y * (row + gap), row, expected + y * stride,
          row);
  }
}

/* As gst_omv_rows_unpack() lays them out, at any stride and for any version. */
static void
test_raw_as_it_is (void)
{
  static const GstOmvVersion versions[] = {
    GST_OMV_VERSION_V1_0, GST_OMV_VERSION_V1_1, GST_OMV_VERSION_V2_0,
    GST_OMV_VERSION_V2_1
  };

  for (guint v = 0; v < G_N_ELEMENTS (versions); v++) {
    for (guint f = 0; f < G_N_ELEMENTS (raw_formats); f++) {
      for (gint width = 1; width < 70; width++)
        check_raw (versions[v], raw_formats[f], width);
    }
  }
}

static void
test_raw_formats (void)
{
  static const GstOmvDecodedFormat expected[] = {
    GST_OMV_DECODED_FORMAT_GRAY8, GST_OMV_DECODED_FORMAT_GRAY8,
    GST_OMV_DECODED_FORMAT_RGB16, GST_OMV_DECODED_FORMAT_YUY2,
    GST_OMV_DECODED_FORMAT_YVYU
  };
  static const guint8 payload[64] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (raw_formats); i++) {
    GstOmvFrameHeader header = make_header (raw_formats[i], 5, 3);

    g_free (decode_well (&header, payload, sizeof payload, expected[i]));
  }
}

static void
test_too_short (void)
{
  g_autofree guint8 *payload = make_noise (64, 1);

  for (guint i = 0; i < G_N_ELEMENTS (raw_formats); i++) {
    GstOmvFrameHeader header = make_header (raw_formats[i], 5, 3);

    for (gsize size = 0; size < get_raw_size (&header); size++)
      check_refused (&header, payload, size, GST_OMV_ERROR_INVALID_FRAME_SIZE);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bayer_formats); i++) {
    GstOmvFrameHeader header = make_header (bayer_formats[i], 5, 3);

    check_refused (&header, payload, 14, GST_OMV_ERROR_INVALID_FRAME_SIZE);
  }
}

static void
test_sizes_out_of_range (void)
{
  static const GstOmvPixelFormat formats[] = {
    GST_OMV_PIXEL_FORMAT_GRAYSCALE, GST_OMV_PIXEL_FORMAT_BAYER_RGGB,
    GST_OMV_PIXEL_FORMAT_JPEG, GST_OMV_PIXEL_FORMAT_PNG
  };
  static const gint sizes[][2] = {
    {0, 1}, {1, 0}, {-1, 1}, {1, -1}, {32768, 1}, {1, 32768},
    {G_MAXINT, G_MAXINT}, {G_MININT, G_MININT}
  };
  static const guint8 payload[64] = { 0 };

  for (guint f = 0; f < G_N_ELEMENTS (formats); f++) {
    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++) {
      GstOmvFrameHeader header =
          make_header (formats[f], sizes[s][0], sizes[s][1]);

      check_refused (&header, payload, sizeof payload,
          GST_OMV_ERROR_INVALID_FRAME_SIZE);
    }
  }
}

static void
test_no_pixels (void)
{
  static const guint8 payload[64] = { 0 };
  GstOmvFrameHeader argb = make_header (GST_OMV_PIXEL_FORMAT_ARGB8, 5, 3);
  GstOmvFrameHeader unknown = make_header (GST_OMV_PIXEL_FORMAT_UNKNOWN, 5, 3);

  check_refused (&argb, payload, 0, GST_OMV_ERROR_UNSUPPORTED);
  check_refused (&unknown, payload, sizeof payload, GST_OMV_ERROR_UNSUPPORTED);
}

/* ---- Bayer ---- */

/* 0 red, 1 green, 2 blue: docs/format.md, "Pixel formats", and the letters of
 * the name are the first two rows. */
static guint
get_bayer_colour (guint order, gint x, gint y)
{
  static const gchar *const names[] = { "BGGR", "GBRG", "GRBG", "RGGB" };

  switch (names[order][2 * (y & 1) + (x & 1)]) {
    case 'R':
      return 0;
    case 'G':
      return 1;
    default:
      return 2;
  }
}

/* The size of a thin picture, too. */
static void
check_even_colour (guint order, gint width, gint height)
{
  static const guint8 colour[3] = { 200, 100, 50 };
  GstOmvFrameHeader header = make_header (bayer_formats[order], width, height);
  gsize size = get_raw_size (&header);
  g_autofree guint8 *mosaic = g_malloc (size);
  g_autofree guint8 *pixels = NULL;
  gboolean seen[3] = { FALSE, };
  guint8 expected[3];

  for (gint y = 0; y < height; y++) {
    for (gint x = 0; x < width; x++) {
      guint c = get_bayer_colour (order, x, y);

      seen[c] = TRUE;
      mosaic[y * width + x] = colour[c];
    }
  }
  /* without any green one the only sample is all there is */
  for (guint c = 0; c < 3; c++)
    expected[c] = seen[c] ? colour[c] : seen[1] ? colour[1] : mosaic[0];

  pixels = decode_well (&header, mosaic, size, GST_OMV_DECODED_FORMAT_RGB);
  for (gint i = 0; i < width * height; i++)
    g_assert_cmpmem (pixels + 3 * i, 3, expected, 3);
}

static void
test_bayer_keeps_even_colours (void)
{
  for (guint order = 0; order < 4; order++) {
    for (gint width = 1; width < 10; width++) {
      for (gint height = 1; height < 10; height++)
        check_even_colour (order, width, height);
    }
  }
}

static gint
mirror (gint at, gint size)
{
  return at < 0 ? -at : at >= size ? 2 * (size - 1) - at : at;
}

/* The mean of the samples of colour @c around a pixel, or the pixel's own. */
static guint
get_mean (guint order, const guint8 * mosaic, gint width, gint height, gint x,
    gint y, guint c)
{
  guint sum = 0, count = 0;

  if (get_bayer_colour (order, x, y) == c)
    return mosaic[y * width + x];
  for (gint v = y - 1; v <= y + 1; v++) {
    for (gint u = x - 1; u <= x + 1; u++) {
      if (get_bayer_colour (order, u, v) != c)
        continue;
      sum += mosaic[mirror (v, height) * width + mirror (u, width)];
      count++;
    }
  }

  return (sum + count / 2) / count;
}

static void
check_bilinear (guint order, gint width, gint height)
{
  GstOmvFrameHeader header = make_header (bayer_formats[order], width, height);
  gsize size = get_raw_size (&header);
  g_autofree guint8 *mosaic = make_noise (size, order);
  g_autofree guint8 *pixels =
      decode_well (&header, mosaic, size, GST_OMV_DECODED_FORMAT_RGB);

  for (gint y = 0; y < height; y++) {
    for (gint x = 0; x < width; x++) {
      for (guint c = 0; c < 3; c++)
        g_assert_cmpuint (pixels[3 * (y * width + x) + (gint) c], ==,
            get_mean (order, mosaic, width, height, x, y, c));
    }
  }
}

static void
test_bayer_is_bilinear (void)
{
  for (guint order = 0; order < 4; order++) {
    for (gint width = 2; width < 10; width++) {
      for (gint height = 2; height < 10; height++)
        check_bilinear (order, width, height);
    }
  }
}

static void
test_bayer_stride (void)
{
  GstOmvFrameHeader header =
      make_header (GST_OMV_PIXEL_FORMAT_BAYER_GRBG, 33, 9);
  g_autofree guint8 *mosaic = make_noise (33 * 9, 3);
  g_autofree guint8 *tight = decode_well (&header, mosaic, 33 * 9,
      GST_OMV_DECODED_FORMAT_RGB);
  g_autofree guint8 *wide = NULL;
  GstOmvDecodedFormat format;

  wide = decode (GST_OMV_VERSION_V2_0, &header, mosaic, 33 * 9, 5, &format,
      NULL);
  for (guint y = 0; y < 9; y++)
    g_assert_cmpmem (wide + y * 104, 99, tight + y * 99, 99);
}

/* ---- PNG ---- */

typedef struct
{
  const gchar *name;
  int type;
  int depth;
  gboolean key;                 /* a transparent colour or palette entry */
  GstOmvDecodedFormat decoded;
} PngCase;

static const PngCase png_cases[] = {
  {"gray-1", PNG_COLOR_TYPE_GRAY, 1, FALSE, GST_OMV_DECODED_FORMAT_GRAY8},
  {"gray-2", PNG_COLOR_TYPE_GRAY, 2, FALSE, GST_OMV_DECODED_FORMAT_GRAY8},
  {"gray-4", PNG_COLOR_TYPE_GRAY, 4, FALSE, GST_OMV_DECODED_FORMAT_GRAY8},
  {"gray-8", PNG_COLOR_TYPE_GRAY, 8, FALSE, GST_OMV_DECODED_FORMAT_GRAY8},
  {"gray-16", PNG_COLOR_TYPE_GRAY, 16, FALSE, GST_OMV_DECODED_FORMAT_GRAY8},
  {"gray-key", PNG_COLOR_TYPE_GRAY, 8, TRUE, GST_OMV_DECODED_FORMAT_RGBA},
  {"gray-alpha", PNG_COLOR_TYPE_GRAY_ALPHA, 8, FALSE,
      GST_OMV_DECODED_FORMAT_RGBA},
  {"gray-alpha-16", PNG_COLOR_TYPE_GRAY_ALPHA, 16, FALSE,
      GST_OMV_DECODED_FORMAT_RGBA},
  {"rgb", PNG_COLOR_TYPE_RGB, 8, FALSE, GST_OMV_DECODED_FORMAT_RGB},
  {"rgb-16", PNG_COLOR_TYPE_RGB, 16, FALSE, GST_OMV_DECODED_FORMAT_RGB},
  {"rgb-key", PNG_COLOR_TYPE_RGB, 8, TRUE, GST_OMV_DECODED_FORMAT_RGBA},
  {"rgba", PNG_COLOR_TYPE_RGB_ALPHA, 8, FALSE, GST_OMV_DECODED_FORMAT_RGBA},
  {"rgba-16", PNG_COLOR_TYPE_RGB_ALPHA, 16, FALSE,
      GST_OMV_DECODED_FORMAT_RGBA},
  {"palette-1", PNG_COLOR_TYPE_PALETTE, 1, FALSE, GST_OMV_DECODED_FORMAT_RGB},
  {"palette-8", PNG_COLOR_TYPE_PALETTE, 8, FALSE, GST_OMV_DECODED_FORMAT_RGB},
  {"palette-key", PNG_COLOR_TYPE_PALETTE, 4, TRUE,
      GST_OMV_DECODED_FORMAT_RGBA},
};

#define PICTURE_WIDTH 13
#define PICTURE_HEIGHT 9

static guint
get_channels (const PngCase * test)
{
  return (test->type & PNG_COLOR_MASK_PALETTE ? 1
      : test->type & PNG_COLOR_MASK_COLOR ? 3 : 1)
      + (test->type & PNG_COLOR_MASK_ALPHA ? 1 : 0);
}

/* Channel @c of a pixel as a number of the picture's depth, at most 8 bits. */
static guint
get_sample (const PngCase * test, guint x, guint y, guint c)
{
  guint max = test->depth >= 8 ? 255 : (1u << test->depth) - 1;

  return (17 * x + 31 * y + 71 * c) & max;
}

static void
write_png_row (const PngCase * test, guint y, guint8 * row)
{
  guint bit = 0;

  memset (row, 0, 8 * PICTURE_WIDTH);
  for (guint x = 0; x < PICTURE_WIDTH; x++) {
    for (guint c = 0; c < get_channels (test); c++) {
      guint sample = get_sample (test, x, y, c);

      if (test->depth == 16)
        row[bit / 8] = row[bit / 8 + 1] = (guint8) sample;
      else
        row[bit / 8] |= (guint8) (sample << (8 - test->depth - bit % 8));
      bit += (guint) test->depth;
    }
  }
}

static const png_color_16 key = {.red = 17,.green = 88,.blue = 159,.gray = 17 };

static void
append_bytes (png_structp png, png_bytep data, size_t size)
{
  g_byte_array_append (png_get_io_ptr (png), data, (guint) size);
}

static png_structp
start_png (GByteArray * bytes)
{
  png_structp png =
      png_create_write_struct (PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);

  png_set_write_fn (png, bytes, append_bytes, NULL);
  return png;
}

static void
set_colours (const PngCase * test, png_structp png, png_infop info)
{
  png_color palette[256];
  guint8 alpha[1] = { 77 };

  for (guint i = 0; i < G_N_ELEMENTS (palette); i++) {
    palette[i].red = (guint8) (i * 3);
    palette[i].green = (guint8) (i * 5 + 1);
    palette[i].blue = (guint8) (i * 7 + 2);
  }

  if (test->type == PNG_COLOR_TYPE_PALETTE) {
    png_set_PLTE (png, info, palette, 1 << test->depth);
    if (test->key)
      png_set_tRNS (png, info, alpha, 1, NULL);
  } else if (test->key) {
    png_set_tRNS (png, info, NULL, 0, &key);
  }
}

static GByteArray *
make_png (const PngCase * test, int interlace)
{
  GByteArray *bytes = g_byte_array_new ();
  png_structp png = start_png (bytes);
  png_infop info = png_create_info_struct (png);
  guint8 row[8 * PICTURE_WIDTH];
  int passes;

  png_set_IHDR (png, info, PICTURE_WIDTH, PICTURE_HEIGHT, test->depth,
      test->type, interlace, PNG_COMPRESSION_TYPE_DEFAULT,
      PNG_FILTER_TYPE_DEFAULT);
  set_colours (test, png, info);
  png_write_info (png, info);
  passes = png_set_interlace_handling (png);
  for (int pass = 0; pass < passes; pass++) {
    for (guint y = 0; y < PICTURE_HEIGHT; y++) {
      write_png_row (test, y, row);
      png_write_row (png, row);
    }
  }
  png_write_end (png, info);
  png_destroy_write_struct (&png, &info);

  return bytes;
}

/* What a pixel is as RGBA of 8 bits. */
static void
get_expected (const PngCase * test, guint x, guint y, guint8 * pixel)
{
  guint max = test->depth >= 8 ? 255 : (1u << test->depth) - 1;
  guint colours = get_channels (test) > 2 ? 3 : 1;
  guint samples[4];

  for (guint c = 0; c < 4; c++)
    samples[c] = get_sample (test, x, y, c);
  pixel[3] = 255;

  if (test->type == PNG_COLOR_TYPE_PALETTE) {
    for (guint c = 0; c < 3; c++)
      pixel[c] = (guint8) (samples[0] * (3 + 2 * c) + c);
    if (test->key && samples[0] == 0)
      pixel[3] = 77;
    return;
  }

  for (guint c = 0; c < 3; c++)
    pixel[c] = (guint8) (samples[colours == 3 ? c : 0] * 255 / max);
  if (test->type & PNG_COLOR_MASK_ALPHA)
    pixel[3] = (guint8) samples[colours];
  if (test->key && samples[0] == 17 && (colours == 1
          || (samples[1] == 88 && samples[2] == 159)))
    pixel[3] = 0;
}

static void
check_png_pixels (const PngCase * test, const guint8 * pixels)
{
  gsize size = test->decoded == GST_OMV_DECODED_FORMAT_GRAY8 ? 1
      : test->decoded == GST_OMV_DECODED_FORMAT_RGB ? 3 : 4;

  for (guint y = 0; y < PICTURE_HEIGHT; y++) {
    for (guint x = 0; x < PICTURE_WIDTH; x++) {
      guint8 expected[4];

      get_expected (test, x, y, expected);
      g_assert_cmpmem (pixels, size, expected, size);
      pixels += size;
    }
  }
}

/* Every kind of PNG that there is, with rows one by one and interlaced. */
static void
test_png_kind (gconstpointer user_data)
{
  const PngCase *test = user_data;
  GstOmvFrameHeader header = make_header (GST_OMV_PIXEL_FORMAT_PNG,
      PICTURE_WIDTH, PICTURE_HEIGHT);

  for (int interlace = PNG_INTERLACE_NONE; interlace <= PNG_INTERLACE_ADAM7;
      interlace++) {
    g_autoptr (GByteArray) bytes = make_png (test, interlace);
    g_autofree guint8 *payload = g_memdup2 (bytes->data, bytes->len);
    g_autofree guint8 *pixels =
        decode_well (&header, payload, bytes->len, test->decoded);

    check_png_pixels (test, pixels);
  }
}

/* ---- JPEG ---- */

typedef struct
{
  const gchar *name;
  J_COLOR_SPACE space;          /* of the samples that are stored */
  gboolean progressive;
  gboolean arithmetic;
  gboolean subsampled;
} JpegCase;

static const JpegCase jpeg_cases[] = {
  {"gray", JCS_GRAYSCALE, FALSE, FALSE, FALSE},
  {"gray-progressive", JCS_GRAYSCALE, TRUE, FALSE, FALSE},
  {"rgb", JCS_RGB, FALSE, FALSE, FALSE},
  {"ycbcr", JCS_YCbCr, FALSE, FALSE, FALSE},
  {"ycbcr-subsampled", JCS_YCbCr, FALSE, FALSE, TRUE},
  {"ycbcr-progressive", JCS_YCbCr, TRUE, FALSE, FALSE},
};

/* Smooth, so that little is lost. */
static guint8
get_smooth (guint x, guint y, guint c)
{
  return (guint8) (3 * x + 2 * y + 40 * c + 20);
}

static void
write_jpeg_rows (struct jpeg_compress_struct *encoder, gboolean blank)
{
  gsize channels = (gsize) encoder->input_components;
  g_autofree guint8 *row = g_malloc0 (encoder->image_width * channels);

  while (encoder->next_scanline < encoder->image_height) {
    for (gsize i = 0; !blank && i < encoder->image_width * channels; i++)
      row[i] = get_smooth ((guint) (i / channels), encoder->next_scanline,
          (guint) (i % channels));
    jpeg_write_scanlines (encoder, &row, 1);
  }
}

static GByteArray *
make_jpeg (const JpegCase * test, guint width, guint height, gboolean blank)
{
  GByteArray *bytes = g_byte_array_new ();
  struct jpeg_compress_struct encoder;
  struct jpeg_error_mgr errors;
  unsigned char *data = NULL;
  unsigned long size = 0;

  encoder.err = jpeg_std_error (&errors);
  jpeg_create_compress (&encoder);
  jpeg_mem_dest (&encoder, &data, &size);
  encoder.image_width = width;
  encoder.image_height = height;
  encoder.in_color_space = test->space == JCS_YCbCr ? JCS_RGB : test->space;
  encoder.input_components = test->space == JCS_GRAYSCALE ? 1
      : test->space == JCS_CMYK ? 4 : 3;
  jpeg_set_defaults (&encoder);
  jpeg_set_colorspace (&encoder, test->space);
  jpeg_set_quality (&encoder, 100, TRUE);
  if (!test->subsampled)
    encoder.comp_info[0].h_samp_factor = encoder.comp_info[0].v_samp_factor = 1;
  if (test->progressive)
    jpeg_simple_progression (&encoder);
  encoder.arith_code = test->arithmetic;
  jpeg_start_compress (&encoder, TRUE);
  write_jpeg_rows (&encoder, blank);
  jpeg_finish_compress (&encoder);
  jpeg_destroy_compress (&encoder);

  g_byte_array_append (bytes, data, (guint) size);
  free (data);
  return bytes;
}

static void
test_jpeg_kind (gconstpointer user_data)
{
  const JpegCase *test = user_data;
  guint channels = test->space == JCS_GRAYSCALE ? 1 : 3;
  GstOmvFrameHeader header = make_header (GST_OMV_PIXEL_FORMAT_JPEG, 37, 21);
  g_autoptr (GByteArray) bytes = make_jpeg (test, 37, 21, FALSE);
  g_autofree guint8 *payload = g_memdup2 (bytes->data, bytes->len);
  g_autofree guint8 *pixels = decode_well (&header, payload, bytes->len,
      channels == 1 ? GST_OMV_DECODED_FORMAT_GRAY8
      : GST_OMV_DECODED_FORMAT_RGB);

  for (guint i = 0; i < 37 * 21 * channels; i++) {
    guint8 expected = get_smooth (i / channels % 37, i / channels / 37,
        i % channels);

    g_assert_cmpint (ABS ((gint) pixels[i] - expected), <=, 4);
  }
}

static void
test_jpeg_for_printers (void)
{
  static const JpegCase cmyk = { "cmyk", JCS_CMYK, FALSE, FALSE, FALSE };
  GstOmvFrameHeader header = make_header (GST_OMV_PIXEL_FORMAT_JPEG, 37, 21);
  g_autoptr (GByteArray) bytes = make_jpeg (&cmyk, 37, 21, FALSE);

  check_refused (&header, bytes->data, bytes->len, GST_OMV_ERROR_UNSUPPORTED);
}

/* docs/format.md, "Payloads": zero bytes may follow the end of a JPEG. */
static void
test_bytes_behind_jpeg (void)
{
  GstOmvFrameHeader header = make_header (GST_OMV_PIXEL_FORMAT_JPEG, 37, 21);
  g_autoptr (GByteArray) bytes = make_jpeg (&jpeg_cases[3], 37, 21, FALSE);
  g_autofree guint8 *clean = decode_well (&header, bytes->data, bytes->len,
      GST_OMV_DECODED_FORMAT_RGB);
  g_autofree guint8 *followed = NULL;

  omv_test_append_padding (bytes, 16 * (bytes->len / 16) + 1);
  followed = decode_well (&header, bytes->data, bytes->len,
      GST_OMV_DECODED_FORMAT_RGB);
  g_assert_cmpmem (followed, 37 * 21 * 3, clean, 37 * 21 * 3);
}

/* ---- pictures that are not what they should be ---- */

typedef void (*PictureCheck) (const GstOmvFrameHeader * header,
    const guint8 * payload, gsize size);

/* Calls @check for all JPEG and PNG frames of a camera, and for those made
 * here. */
static void
for_each_picture (PictureCheck check)
{
  static const gchar *const names[] = { "v20_jpeg", "v20_png" };

  for (guint n = 0; n < G_N_ELEMENTS (names); n++) {
    g_autoptr (OmvTestGolden) golden = omv_test_golden_load (names[n]);

    for (guint i = 0; i < golden->frames->len; i++) {
      const OmvTestFrame *frame = omv_test_frame (golden->frames, i);
      GstOmvFrameHeader header =
          make_header ((GstOmvPixelFormat) frame->format, frame->width,
          frame->height);

      check (&header, golden->data + frame->offset + 32, frame->size);
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (jpeg_cases); i++) {
    GstOmvFrameHeader header = make_header (GST_OMV_PIXEL_FORMAT_JPEG, 17, 9);
    g_autoptr (GByteArray) bytes = make_jpeg (&jpeg_cases[i], 17, 9, FALSE);

    check (&header, bytes->data, bytes->len);
  }
  for (guint i = 0; i < G_N_ELEMENTS (png_cases); i++) {
    GstOmvFrameHeader header = make_header (GST_OMV_PIXEL_FORMAT_PNG,
        PICTURE_WIDTH, PICTURE_HEIGHT);
    g_autoptr (GByteArray) bytes = make_png (&png_cases[i], (int) i % 2);

    check (&header, bytes->data, bytes->len);
  }
}

static void
check_whole (const GstOmvFrameHeader * header, const guint8 * payload,
    gsize size)
{
  g_autoptr (GError) error = NULL;
  GstOmvDecodedFormat format;

  g_free (decode (GST_OMV_VERSION_V2_0, header, payload, size, 1, &format,
          &error));
  g_assert_no_error (error);
}

static void
check_other_size (const GstOmvFrameHeader * header, const guint8 * payload,
    gsize size)
{
  for (gint d = -1; d <= 1; d += 2) {
    GstOmvFrameHeader wider = *header, higher = *header;

    wider.width += d;
    higher.height += d;
    check_refused (&wider, payload, size, GST_OMV_ERROR_INVALID_FRAME_SIZE);
    check_refused (&higher, payload, size, GST_OMV_ERROR_INVALID_FRAME_SIZE);
  }
}

static void
check_other_type (const GstOmvFrameHeader * header, const guint8 * payload,
    gsize size)
{
  GstOmvFrameHeader other = *header;

  other.format = header->format == GST_OMV_PIXEL_FORMAT_JPEG
      ? GST_OMV_PIXEL_FORMAT_PNG : GST_OMV_PIXEL_FORMAT_JPEG;
  check_refused (&other, payload, size, GST_OMV_ERROR_WRONG_TYPE);
}

/* Decodes a copy of the exact size. Whatever comes of it is fine, as long as
 * a failure is one of ours. */
static gboolean
survive (const GstOmvFrameHeader * header, const guint8 * payload, gsize size)
{
  g_autofree guint8 *copy = g_memdup2 (payload, MAX (size, 1));
  g_autoptr (GError) error = NULL;
  GstOmvDecodedFormat format;
  g_autofree guint8 *pixels = decode (GST_OMV_VERSION_V2_0, header, copy, size,
      2, &format, &error);

  g_assert_true ((pixels == NULL) == (error != NULL));
  if (error != NULL)
    g_assert_true (error->domain == GST_OMV_ERROR && error->message[0] != 0);

  return pixels != NULL;
}

/* A PNG picture that ends within its pixels is broken; from its end only the
 * checksum of the pixels and the last chunk may be missing. */
static void
check_truncations (const GstOmvFrameHeader * header, const guint8 * payload,
    gsize size)
{
  for (gsize cut = 0; cut <= size; cut += omv_test_get_pace (7)) {
    gboolean decoded = survive (header, payload, cut);

    if (header->format == GST_OMV_PIXEL_FORMAT_PNG && cut + 20 < size)
      g_assert_false (decoded);
    if (cut + 2 >= size)
      g_assert_true (decoded);
  }
}

static void
check_damage (const GstOmvFrameHeader * header, const guint8 * payload,
    gsize size)
{
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) size);
  guint rounds = g_getenv ("OMV_TEST_SLOW") != NULL ? 20 : 1000;

  for (guint round = 0; round < rounds; round++) {
    g_autofree guint8 *damaged = g_memdup2 (payload, size);
    gint count = g_rand_int_range (random, 1, 5);

    while (count-- > 0)
      damaged[g_rand_int_range (random, 0, (gint) size)] =
          (guint8) g_rand_int (random);
    survive (header, damaged, size);
  }
}

static void
test_each_picture (gconstpointer check)
{
  for_each_picture ((PictureCheck) check);
}

/* The first rows are there, the others are something. */
static void
test_torn_jpeg (void)
{
  GstOmvFrameHeader header = make_header (GST_OMV_PIXEL_FORMAT_JPEG, 64, 64);
  g_autoptr (GByteArray) bytes = make_jpeg (&jpeg_cases[3], 64, 64, FALSE);
  g_autofree guint8 *whole = decode_well (&header, bytes->data, bytes->len,
      GST_OMV_DECODED_FORMAT_RGB);
  g_autofree guint8 *torn = decode_well (&header, bytes->data,
      bytes->len * 3 / 4, GST_OMV_DECODED_FORMAT_RGB);

  g_assert_cmpmem (torn, 64 * 3 * 24, whole, 64 * 3 * 24);
}

static guint
find_bytes (const GByteArray * bytes, guint from, guint8 first, guint8 second)
{
  while (bytes->data[from] != first || bytes->data[from + 1] != second)
    g_assert_cmpuint (++from + 1, <, bytes->len);

  return from;
}

/* A small JPEG that says it is large. */
static void
check_jpeg_bomb (const JpegCase * test, guint16 size, GstOmvError code)
{
  g_autoptr (GByteArray) bytes = make_jpeg (test, 16, 16, TRUE);
  GstOmvFrameHeader header = make_header (GST_OMV_PIXEL_FORMAT_JPEG, size,
      size);
  guint at = find_bytes (bytes, 0, 0xFF, test->progressive ? 0xC2 : 0xC0);

  for (guint i = 0; i < 4; i += 2) {
    bytes->data[at + 5 + i] = (guint8) (size >> 8);
    bytes->data[at + 6 + i] = (guint8) size;
  }
  check_refused (&header, bytes->data, bytes->len, code);
}

static void
check_png_bomb (int type, guint16 size, GstOmvError code)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  GstOmvFrameHeader header = make_header (GST_OMV_PIXEL_FORMAT_PNG, size,
      size);
  png_structp png = start_png (bytes);
  png_infop info = png_create_info_struct (png);
  static const guint8 idat[] = { 0, 0, 0, 0, 'I', 'D', 'A', 'T', 0x35, 0xAF,
    0x06, 0x1E
  };

  png_set_IHDR (png, info, size, size, 8, type, PNG_INTERLACE_NONE,
      PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info (png, info);
  png_destroy_write_struct (&png, &info);
  g_byte_array_append (bytes, idat, sizeof idat);

  check_refused (&header, bytes->data, bytes->len, code);
}

static void
test_bombs (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (jpeg_cases); i++) {
    check_jpeg_bomb (&jpeg_cases[i], 32767, GST_OMV_ERROR_INVALID_FRAME_SIZE);
    check_jpeg_bomb (&jpeg_cases[i], 9000, GST_OMV_ERROR_CORRUPT);
  }
  check_png_bomb (PNG_COLOR_TYPE_GRAY, 32767, GST_OMV_ERROR_INVALID_FRAME_SIZE);
  check_png_bomb (PNG_COLOR_TYPE_RGB_ALPHA, 9000,
      GST_OMV_ERROR_INVALID_FRAME_SIZE);
  check_png_bomb (PNG_COLOR_TYPE_GRAY, 9000, GST_OMV_ERROR_CORRUPT);
  check_png_bomb (PNG_COLOR_TYPE_RGB_ALPHA, 2000, GST_OMV_ERROR_CORRUPT);
}

/* The emptiest pictures there are still count as pictures. */
static void
test_blank_pictures (void)
{
  GstOmvFrameHeader header = make_header (GST_OMV_PIXEL_FORMAT_JPEG, 1600,
      1200);
  GstOmvFrameHeader png_header = make_header (GST_OMV_PIXEL_FORMAT_PNG, 2048,
      2048);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  png_structp png = start_png (bytes);
  png_infop info = png_create_info_struct (png);
  guint8 row[256] = { 0 };

  png_set_IHDR (png, info, 2048, 2048, 1, PNG_COLOR_TYPE_GRAY,
      PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
      PNG_FILTER_TYPE_DEFAULT);
  png_write_info (png, info);
  for (guint y = 0; y < 2048; y++)
    png_write_row (png, row);
  png_write_end (png, info);
  png_destroy_write_struct (&png, &info);
  check_whole (&png_header, bytes->data, bytes->len);

  for (guint i = 0; i < G_N_ELEMENTS (jpeg_cases); i++) {
    JpegCase test = jpeg_cases[i];
    g_autoptr (GByteArray) jpeg = NULL;

    test.subsampled = TRUE;
    jpeg = make_jpeg (&test, 1600, 1200, TRUE);
    check_whole (&header, jpeg->data, jpeg->len);
  }
}

/* A progressive picture whose last scan comes over and over. */
static void
test_endless_scans (void)
{
  GstOmvFrameHeader header = make_header (GST_OMV_PIXEL_FORMAT_JPEG, 16, 16);
  g_autoptr (GByteArray) bytes = make_jpeg (&jpeg_cases[1], 16, 16, FALSE);
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *scan = NULL;
  g_autofree guint8 *pixels = NULL;
  GstOmvDecodedFormat format;
  guint at = find_bytes (bytes, 0, 0xFF, 0xDA), size;

  size = find_bytes (bytes, at, 0xFF, 0xC4) - at;
  scan = g_memdup2 (bytes->data + at, size);
  g_byte_array_set_size (bytes, at);
  for (guint i = 0; i < 60; i++)
    g_byte_array_append (bytes, scan, size);
  check_whole (&header, bytes->data, bytes->len);

  for (guint i = 0; i < 10; i++)
    g_byte_array_append (bytes, scan, size);
  pixels = decode (GST_OMV_VERSION_V2_0, &header, bytes->data, bytes->len, 0,
      &format, &error);
  g_assert_null (pixels);
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
}

/* Memory that others write to may hold another picture the second time. */
static void
test_picture_changes (void)
{
  GstOmvFrameHeader header = make_header (GST_OMV_PIXEL_FORMAT_JPEG, 16, 16);
  g_autoptr (GByteArray) gray = make_jpeg (&jpeg_cases[0], 16, 16, FALSE);
  g_autoptr (GByteArray) rgb = make_jpeg (&jpeg_cases[2], 16, 16, FALSE);
  g_autoptr (GError) error = NULL;
  guint8 pixels[16 * 16];
  GstOmvDecodedFormat format;

  g_assert_true (gst_omv_decode_get_format (&header, gray->data, gray->len,
          &format, NULL));
  g_assert_false (gst_omv_decode (GST_OMV_VERSION_V2_0, &header, rgb->data,
          rgb->len, format, pixels, 16, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
}

static void
add_kind_tests (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (png_cases); i++) {
    g_autofree gchar *path = g_strconcat ("/decode/png/", png_cases[i].name,
        NULL);

    g_test_add_data_func (path, &png_cases[i], test_png_kind);
  }
  for (guint i = 0; i < G_N_ELEMENTS (jpeg_cases); i++) {
    g_autofree gchar *path = g_strconcat ("/decode/jpeg/", jpeg_cases[i].name,
        NULL);

    g_test_add_data_func (path, &jpeg_cases[i], test_jpeg_kind);
  }
}

static void
add_picture_tests (void)
{
  static const struct
  {
    const gchar *path;
    PictureCheck check;
  } checks[] = {
    {"/decode/picture/whole", check_whole},
    {"/decode/picture/of-another-size", check_other_size},
    {"/decode/picture/of-another-type", check_other_type},
    {"/decode/picture/cut-at-every-byte", check_truncations},
    {"/decode/picture/with-damaged-bytes", check_damage},
  };

  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    g_test_add_data_func (checks[i].path, checks[i].check, test_each_picture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/decode/raw/as-it-is", test_raw_as_it_is);
  g_test_add_func ("/decode/raw/formats", test_raw_formats);
  g_test_add_func ("/decode/raw/too-short", test_too_short);
  g_test_add_func ("/decode/raw/no-pixels", test_no_pixels);
  g_test_add_func ("/decode/sizes-out-of-range", test_sizes_out_of_range);
  g_test_add_func ("/decode/bayer/keeps-even-colours",
      test_bayer_keeps_even_colours);
  g_test_add_func ("/decode/bayer/is-bilinear", test_bayer_is_bilinear);
  g_test_add_func ("/decode/bayer/stride", test_bayer_stride);
  g_test_add_func ("/decode/jpeg/for-printers", test_jpeg_for_printers);
  g_test_add_func ("/decode/jpeg/bytes-behind", test_bytes_behind_jpeg);
  g_test_add_func ("/decode/jpeg/torn", test_torn_jpeg);
  g_test_add_func ("/decode/jpeg/endless-scans", test_endless_scans);
  g_test_add_func ("/decode/picture/bombs", test_bombs);
  g_test_add_func ("/decode/picture/blank", test_blank_pictures);
  g_test_add_func ("/decode/picture/changes", test_picture_changes);
  add_kind_tests ();
  add_picture_tests ();

  return g_test_run ();
}
