/* omv-bayer.c: a Bayer mosaic -> a picture in colour
 *
 * Bilinear: of the two colours that a pixel lacks, each is the mean of the
 * samples of that colour that touch the pixel. Beyond its border the mosaic is
 * mirrored at the outermost row and column, which keeps the colours in step, so
 * that even areas stay even up to the last pixel.
 *
 * A picture that is one pixel wide or high has no sample of one colour at all,
 * and nothing to mirror. It is shown as far as it is known.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-bayer.h"

enum
{
  RED,
  GREEN,
  BLUE
};

/* Where the colours are: both numbers are 0 or 1. */
typedef struct
{
  gint red_row;                 /* the first row with red samples */
  gint green_column;            /* of the first row, the first with a green one */
} Pattern;

static const Pattern *
get_pattern (GstOmvPixelFormat format)
{
  static const Pattern bggr = { 1, 1 }, gbrg = { 1, 0 };
  static const Pattern grbg = { 0, 0 }, rggb = { 0, 1 };

  switch (format) {
    case GST_OMV_PIXEL_FORMAT_BAYER_BGGR:
      return &bggr;
    case GST_OMV_PIXEL_FORMAT_BAYER_GBRG:
      return &gbrg;
    case GST_OMV_PIXEL_FORMAT_BAYER_GRBG:
      return &grbg;
    default:
      return &rggb;
  }
}

static gboolean
is_green (const Pattern * pattern, gint x, gint y)
{
  return ((x ^ y ^ pattern->green_column) & 1) == 0;
}

static gint
get_colour (const Pattern * pattern, gint x, gint y)
{
  if (is_green (pattern, x, y))
    return GREEN;

  return ((y ^ pattern->red_row) & 1) == 0 ? RED : BLUE;
}

/* A row of the mosaic with its neighbours, and which colour it has besides
 * green. */
typedef struct
{
  const guint8 *above;
  const guint8 *row;
  const guint8 *below;
  gint colour;
  gint other;
} Rows;

static inline void
interpolate (const Rows * rows, gint left, gint x, gint right, gboolean green,
    guint8 * pixel)
{
  const guint8 *a = rows->above, *r = rows->row, *b = rows->below;

  if (green) {
    pixel[rows->colour] = (guint8) ((r[left] + r[right] + 1) / 2);
    pixel[GREEN] = r[x];
    pixel[rows->other] = (guint8) ((a[x] + b[x] + 1) / 2);
  } else {
    pixel[rows->colour] = r[x];
    pixel[GREEN] = (guint8) ((r[left] + r[right] + a[x] + b[x] + 2) / 4);
    pixel[rows->other] =
        (guint8) ((a[left] + a[right] + b[left] + b[right] + 2) / 4);
  }
}

/* @green: whether the first pixel has a green sample. @width is at least 2. */
static void
interpolate_row (const Rows * rows, gint width, gboolean green, guint8 * rgb)
{
  interpolate (rows, 1, 0, 1, green, rgb);
  for (gint x = 1; x < width - 1; x++) {
    green = !green;
    rgb += 3;
    interpolate (rows, x - 1, x, x + 1, green, rgb);
  }
  interpolate (rows, width - 2, width - 1, width - 2, !green, rgb + 3);
}

/* One pixel wide or high: means of those samples that there are. A colour
 * without any is taken to be as bright as the green, without that as the
 * pixel's own sample. */
static void
show_thin_pixel (const Pattern * pattern, gint width, gint height,
    const guint8 * mosaic, gint x, gint y, guint8 * pixel)
{
  gint own = get_colour (pattern, x, y);
  gint sums[3] = { 0, }, counts[3] = { 0, };

  for (gint v = MAX (y - 1, 0); v <= MIN (y + 1, height - 1); v++) {
    for (gint u = MAX (x - 1, 0); u <= MIN (x + 1, width - 1); u++) {
      gint colour = get_colour (pattern, u, v);

      if (colour == own && (u != x || v != y))
        continue;
      sums[colour] += mosaic[u + v];    /* one of the two is 0 */
      counts[colour]++;
    }
  }

  pixel[own] = (guint8) sums[own];
  if (own != GREEN)
    pixel[GREEN] = counts[GREEN] == 0 ? pixel[own]
        : (guint8) ((sums[GREEN] + counts[GREEN] / 2) / counts[GREEN]);
  for (gint colour = RED; colour <= BLUE; colour += BLUE - RED) {
    if (colour != own)
      pixel[colour] = counts[colour] == 0 ? pixel[GREEN]
          : (guint8) ((sums[colour] + counts[colour] / 2) / counts[colour]);
  }
}

static void
show_thin (const Pattern * pattern, gint width, gint height,
    const guint8 * mosaic, guint8 * rgb, gsize stride)
{
  for (gint y = 0; y < height; y++) {
    for (gint x = 0; x < width; x++)
      show_thin_pixel (pattern, width, height, mosaic, x, y,
          rgb + 3 * (gsize) x);
    rgb += stride;
  }
}

/*
 * omv_bayer_to_rgb:
 * @format: one of the four orders
 * @mosaic: @height rows of @width bytes
 * @rgb: the first row of the picture, 3 bytes per pixel
 * @stride: bytes from one row of the picture to the next
 */
void
omv_bayer_to_rgb (GstOmvPixelFormat format, gint width, gint height,
    const guint8 * mosaic, guint8 * rgb, gsize stride)
{
  const Pattern *pattern = get_pattern (format);
  gsize row_size = (gsize) width;

  if (width < 2 || height < 2) {
    show_thin (pattern, width, height, mosaic, rgb, stride);
    return;
  }

  for (gint y = 0; y < height; y++) {
    gboolean red = ((y ^ pattern->red_row) & 1) == 0;
    const Rows rows = {
      .above = y > 0 ? mosaic - row_size : mosaic + row_size,
      .row = mosaic,
      .below = y < height - 1 ? mosaic + row_size : mosaic - row_size,
      .colour = red ? RED : BLUE,
      .other = red ? BLUE : RED
    };

    interpolate_row (&rows, width, is_green (pattern, 0, y), rgb);
    mosaic += row_size;
    rgb += stride;
  }
}
