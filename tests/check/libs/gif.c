/* gif.c: tests of the units under omvgifenc, without an element
 *
 * Palette, canvas and writer, by the guarantees at the heads of their files.
 * What comes out is played by giflib.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omv-gif-canvas.h"

#include <math.h>
#include <string.h>

#include "omvgifplayer.h"

#define WIDTH 67
#define HEIGHT 43
#define N_PIXELS (WIDTH * HEIGHT)

typedef struct
{
  OmvGifCanvas *canvas;
  OmvGifWriter *writer;
  GByteArray *bytes;
} File;

static void
take (File * file)
{
  g_autoptr (GBytes) bytes = omv_gif_writer_take (file->writer);

  if (bytes != NULL)
    g_byte_array_append (file->bytes, g_bytes_get_data (bytes, NULL),
        (guint) g_bytes_get_size (bytes));
}

static void
file_open (File * file, guint width, guint height, gint repeat, gboolean dither)
{
  file->canvas = omv_gif_canvas_new (width, height, dither);
  file->writer = omv_gif_writer_new (width, height, repeat);
  file->bytes = g_byte_array_new ();
}

static void
file_put (File * file, const OmvGifPixel * pixels, const OmvGifPixel * next,
    guint64 delay)
{
  OmvGifImage image;

  omv_gif_canvas_draw (file->canvas, pixels, next, &image);
  g_assert_true (omv_gif_writer_put (file->writer, &image, delay));
  take (file);
}

static OmvGifPlayed *
file_close (File * file)
{
  g_autoptr (GByteArray) bytes = file->bytes;

  g_assert_true (omv_gif_writer_end (file->writer));
  take (file);
  omv_gif_writer_free (file->writer);
  omv_gif_canvas_free (file->canvas);

  return omv_gif_play (bytes->data, bytes->len);
}

static void
fill (OmvGifPixel * pixels, GRand * random, guint n_colours)
{
  OmvGifPixel colours[512];

  g_assert_cmpuint (n_colours, <=, G_N_ELEMENTS (colours));
  for (guint i = 0; i < n_colours; i++)
    colours[i] = OMV_GIF_PIXEL (i & 255, i >> 8, g_rand_int_range (random, 0,
            256));
  for (guint i = 0; i < N_PIXELS; i++)
    pixels[i] = colours[i < n_colours ? i
        : (guint) g_rand_int_range (random, 0, (gint32) n_colours)];
}

static gdouble
psnr (const OmvGifPixel * a, const OmvGifPixel * b, gsize n_pixels)
{
  gdouble sum = 0;

  for (gsize i = 0; i < n_pixels; i++)
    sum += omv_gif_distance (a[i], b[i]);

  return sum > 0 ? 10 * log10 (255. * 255. * 3. * (gdouble) n_pixels / sum)
      : G_MAXDOUBLE;
}

/* --- the palette ---------------------------------------------------------- */

static void
test_palette_holds (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (OmvGifPalette) palette = omv_gif_palette_new ();
  OmvGifPixel pixels[N_PIXELS];
  const OmvGifPixel *colours;
  guint n_colours;

  for (guint n = 1; n <= 256; n++) {
    fill (pixels, random, n);
    omv_gif_palette_clear (palette);
    g_assert_true (omv_gif_palette_add (palette, pixels, N_PIXELS, 256));
    colours = omv_gif_palette_get_colours (palette, &n_colours);
    g_assert_cmpuint (n_colours, <=, 256);
    for (guint i = 0; i < N_PIXELS; i++)
      g_assert_cmphex (colours[omv_gif_palette_find (palette, pixels[i])], ==,
          pixels[i]);
  }
  omv_gif_palette_clear (palette);
  fill (pixels, random, 257);
  g_assert_false (omv_gif_palette_add (palette, pixels, N_PIXELS, 256));
}

/* Colours that are there keep their numbers, and none comes where there is no
 * room. */
static void
test_palette_grows (void)
{
  const OmvGifPixel first[] = { OMV_GIF_PIXEL (1, 2, 3), 0,
    OMV_GIF_PIXEL (4, 5, 6)
  };
  const OmvGifPixel second[] = { OMV_GIF_PIXEL (4, 5, 6),
    OMV_GIF_PIXEL (7, 8, 9)
  };
  g_autoptr (OmvGifPalette) palette = omv_gif_palette_new ();
  guint n_colours;

  g_assert_true (omv_gif_palette_add (palette, first, 3, 3));
  g_assert_true (omv_gif_palette_add (palette, first, 3, 2));
  g_assert_false (omv_gif_palette_add (palette, second, 2, 2));
  (void) omv_gif_palette_get_colours (palette, &n_colours);
  g_assert_cmpuint (n_colours, ==, 2);
  g_assert_true (omv_gif_palette_add (palette, second, 2, 3));
  g_assert_cmpuint (omv_gif_palette_find (palette, second[0]), ==, 1);
  g_assert_cmpuint (omv_gif_palette_find (palette, second[1]), ==, 2);
}

/* Few colours suffice where there are few groups, and a plain area keeps its
 * very colour however noisy the rest is. */
static void
test_palette_chooses (void)
{
  const OmvGifPixel plain = OMV_GIF_PIXEL (0x20, 0x30, 0x60);
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  g_autoptr (OmvGifPalette) palette = omv_gif_palette_new ();
  OmvGifPixel pixels[N_PIXELS], shown[N_PIXELS];
  const OmvGifPixel *colours;
  guint n_colours;

  for (guint i = 0; i < N_PIXELS; i++)
    pixels[i] = i % 2 ? plain : (g_rand_int (random) | 0xff000000u);
  omv_gif_palette_choose (palette, pixels, N_PIXELS, 224);
  colours = omv_gif_palette_get_colours (palette, &n_colours);
  g_assert_cmpuint (n_colours, ==, 224);
  g_assert_cmphex (colours[omv_gif_palette_find (palette, plain)], ==, plain);
  for (guint i = 0; i < N_PIXELS; i++)
    shown[i] = colours[omv_gif_palette_find (palette, pixels[i])];
  /* 224 evenly spread colours are some 42 levels apart */
  g_assert_cmpfloat (psnr (pixels, shown, N_PIXELS), >, 28);

  for (guint i = 0; i < N_PIXELS; i++)
    pixels[i] = OMV_GIF_PIXEL (60 * (i % 3) + i % 2, 10, 200);
  omv_gif_palette_choose (palette, pixels, N_PIXELS, 3);
  colours = omv_gif_palette_get_colours (palette, &n_colours);
  g_assert_cmpuint (n_colours, ==, 3);
  for (guint i = 0; i < N_PIXELS; i++)
    g_assert_cmpuint (omv_gif_distance (pixels[i],
            colours[omv_gif_palette_find (palette, pixels[i])]), <=, 1);
}

/* The colour found is the nearest there is, for a pixel that was counted alone
 * in its cell. */
static void
test_palette_finds_nearest (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  g_autoptr (OmvGifPalette) palette = omv_gif_palette_new ();
  OmvGifPixel pixels[N_PIXELS];
  const OmvGifPixel *colours;
  guint n_colours;

  for (guint i = 0; i < N_PIXELS; i++)
    pixels[i] = (i % 64) << 18 | (i / 64 % 64) << 10
        | (guint) g_rand_int_range (random, 0, 64) << 2 | 0xff000000u;
  omv_gif_palette_choose (palette, pixels, N_PIXELS, 100);
  colours = omv_gif_palette_get_colours (palette, &n_colours);
  for (guint i = 0; i < N_PIXELS; i++) {
    guint found = omv_gif_distance (pixels[i],
        colours[omv_gif_palette_find (palette, pixels[i])]);

    for (guint k = 0; k < n_colours; k++)
      g_assert_cmpuint (found, <=, omv_gif_distance (pixels[i], colours[k]));
  }
}

/* --- canvas and writer ---------------------------------------------------- */

/* Pictures of few colours come back exactly, whatever their number, in any
 * order, and between pictures that cannot. */
static void
test_exact (void)
{
  static const guint counts[] = { 2, 256, 3, 300, 255, 1, 512, 17, 256, 254 };
  g_autoptr (GRand) random = g_rand_new_with_seed (4);
  g_autoptr (OmvGifPlayed) played = NULL;
  OmvGifPixel pixels[G_N_ELEMENTS (counts)][N_PIXELS];
  File file;

  file_open (&file, WIDTH, HEIGHT, -1, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
    fill (pixels[i], random, counts[i]);
    file_put (&file, pixels[i], NULL, 5);
  }
  played = file_close (&file);

  g_assert_cmpuint (played->images->len, ==, G_N_ELEMENTS (counts));
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
    const OmvGifShown *shown = omv_gif_played_image (played, i);

    if (counts[i] <= 256)
      g_assert_cmpmem (shown->pixels, sizeof pixels[i], pixels[i],
          sizeof pixels[i]);
    else
      g_assert_cmpfloat (psnr (shown->pixels, pixels[i], N_PIXELS), >, 35);
  }
}

/* Only the rectangle around what has changed is drawn, and what has not within
 * it is transparent. */
static void
test_changes_only (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autoptr (OmvGifPlayed) played = NULL;
  OmvGifPixel pixels[N_PIXELS];
  const OmvGifShown *shown;
  File file;

  fill (pixels, random, 40);
  file_open (&file, WIDTH, HEIGHT, -1, TRUE);
  file_put (&file, pixels, NULL, 5);
  pixels[7 * WIDTH + 11] ^= 1;
  pixels[9 * WIDTH + 20] ^= 1;
  file_put (&file, pixels, NULL, 5);
  file_put (&file, pixels, NULL, 5);
  played = file_close (&file);

  shown = omv_gif_played_image (played, 0);
  g_assert_cmpuint (shown->width * shown->height, ==, N_PIXELS);
  g_assert_cmpuint (shown->n_left_out, ==, 0);
  shown = omv_gif_played_image (played, 1);
  g_assert_cmpuint (shown->left, ==, 11);
  g_assert_cmpuint (shown->top, ==, 7);
  g_assert_cmpuint (shown->width, ==, 10);
  g_assert_cmpuint (shown->height, ==, 3);
  g_assert_cmpuint (shown->n_left_out, ==, 28);
  shown = omv_gif_played_image (played, 2);
  g_assert_cmpuint (shown->width * shown->height, ==, 1);
  g_assert_cmpuint (shown->n_left_out, ==, 1);
  g_assert_cmpmem (shown->pixels, sizeof pixels, pixels, sizeof pixels);
}

/* The palette of the first picture serves others: only new colours bring a
 * palette of their own, and a small one. */
static void
test_palettes_are_shared (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (10);
  g_autoptr (OmvGifCanvas) canvas = omv_gif_canvas_new (WIDTH, HEIGHT, TRUE);
  OmvGifPixel pixels[N_PIXELS];
  OmvGifImage first, image;

  fill (pixels, random, 40);
  omv_gif_canvas_draw (canvas, pixels, NULL, &first);
  g_assert_cmpuint (first.n_colours, ==, 40);
  pixels[0] = pixels[1];
  omv_gif_canvas_draw (canvas, pixels, NULL, &image);
  g_assert_true (image.colours == first.colours);
  pixels[0] = OMV_GIF_PIXEL (255, 255, 255);
  omv_gif_canvas_draw (canvas, pixels, NULL, &image);
  g_assert_cmpuint (image.n_colours, ==, 1);
  pixels[0] = pixels[2];
  omv_gif_canvas_draw (canvas, pixels, NULL, &image);
  g_assert_true (image.colours == first.colours);
}

/* Levels next to those of a gray picture are in its palette, as far as that has
 * room anyway. */
static void
test_grays_are_shared (void)
{
  g_autoptr (OmvGifCanvas) canvas = omv_gif_canvas_new (3, 1, TRUE);
  OmvGifPixel pixels[3] = { OMV_GIF_PIXEL (0, 0, 0),
    OMV_GIF_PIXEL (9, 9, 9), OMV_GIF_PIXEL (200, 200, 200)
  };
  OmvGifImage first, image;

  omv_gif_canvas_draw (canvas, pixels, NULL, &first);
  g_assert_cmpuint (first.n_colours, ==, 3);
  pixels[0] = OMV_GIF_PIXEL (201, 201, 201);
  omv_gif_canvas_draw (canvas, pixels, NULL, &image);
  g_assert_cmpuint (image.n_colours, ==, 1);

  omv_gif_canvas_free (canvas);
  canvas = omv_gif_canvas_new (3, 1, TRUE);
  pixels[0] = OMV_GIF_PIXEL (8, 8, 8);
  pixels[1] = pixels[2];
  omv_gif_canvas_draw (canvas, pixels, NULL, &first);
  g_assert_cmpuint (first.n_colours, ==, 3);
  pixels[0] = OMV_GIF_PIXEL (7, 7, 7);
  omv_gif_canvas_draw (canvas, pixels, NULL, &image);
  g_assert_true (image.colours == first.colours);
}

/* Holes appear, move and close. */
static void
test_holes (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (6);
  g_autoptr (OmvGifPlayed) played = NULL;
  OmvGifPixel pixels[12][N_PIXELS];
  File file;

  file_open (&file, WIDTH, HEIGHT, -1, FALSE);
  for (guint i = 0; i < 12; i++) {
    /* every third one has more colours than fit */
    fill (pixels[i], random, i % 3 == 2 ? 500 : 20);
    for (guint k = 0; k < 10 && i % 4 != 1; k++)
      pixels[i][g_rand_int_range (random, 0, N_PIXELS)] = 0;
  }
  for (guint i = 0; i < 12; i++)
    file_put (&file, pixels[i], i < 11 ? pixels[i + 1] : NULL, 5);
  played = file_close (&file);

  for (guint i = 0; i < 12; i++) {
    const OmvGifShown *shown = omv_gif_played_image (played, i);

    for (guint k = 0; k < N_PIXELS; k++) {
      if (i % 3 == 2)
        g_assert_true ((shown->pixels[k] == 0) == (pixels[i][k] == 0));
      else
        g_assert_cmphex (shown->pixels[k], ==, pixels[i][k]);
    }
  }
}

static void
test_can_show (void)
{
  const OmvGifPixel opaque[2] = { OMV_GIF_PIXEL (1, 1, 1),
    OMV_GIF_PIXEL (2, 2, 2)
  };
  const OmvGifPixel hole[2] = { OMV_GIF_PIXEL (1, 1, 1), 0 };
  g_autoptr (OmvGifCanvas) canvas = omv_gif_canvas_new (2, 1, FALSE);
  OmvGifImage image;

  g_assert_true (omv_gif_canvas_can_show (canvas, hole));
  omv_gif_canvas_draw (canvas, opaque, NULL, &image);
  g_assert_false (image.clear_after);
  g_assert_false (omv_gif_canvas_can_show (canvas, hole));
  omv_gif_canvas_draw (canvas, opaque, hole, &image);
  g_assert_true (image.clear_after);
  g_assert_true (omv_gif_canvas_can_show (canvas, hole));
}

/* A still picture of many colours with noise: pixels that are good enough stay,
 * and errors do not add up. */
static void
test_noise (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (OmvGifPlayed) played = NULL;
  OmvGifPixel pixels[20][N_PIXELS];
  File file;

  file_open (&file, WIDTH, HEIGHT, -1, TRUE);
  for (guint i = 0; i < 20; i++) {
    for (guint k = 0; k < N_PIXELS; k++)
      pixels[i][k] = OMV_GIF_PIXEL (k % WIDTH * 3 + (guint)
          g_rand_int_range (random, 0, 8), k / WIDTH * 5 + (guint)
          g_rand_int_range (random, 0, 8), 100 + (guint)
          g_rand_int_range (random, 0, 8));
    file_put (&file, pixels[i], NULL, 5);
  }
  played = file_close (&file);

  for (guint i = 0; i < 20; i++) {
    const OmvGifShown *shown = omv_gif_played_image (played, i);

    g_assert_cmpfloat (psnr (shown->pixels, pixels[i], N_PIXELS), >, 32);
    if (i > 0)
      g_assert_cmpuint (shown->n_left_out, >, N_PIXELS / 4);
  }
}

/* Where bands would be seen, mixing colours brings the mean nearer. */
static void
test_dither (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  OmvGifPixel pixels[N_PIXELS];
  gdouble errors[2] = { 0, 0 };

  /* a slow gradient below noise that takes the palette */
  for (guint i = 0; i < N_PIXELS; i++) {
    guint x = i % WIDTH, y = i / WIDTH;

    pixels[i] = y < 27 ? (g_rand_int (random) | 0xff000000u)
        : OMV_GIF_PIXEL (90 + x, 80 + x, 150 - x);
  }
  for (guint dither = 0; dither < 2; dither++) {
    g_autoptr (OmvGifPlayed) played = NULL;
    const guint32 *shown;
    File file;

    file_open (&file, WIDTH, HEIGHT, -1, (gboolean) dither);
    file_put (&file, pixels, NULL, 5);
    played = file_close (&file);
    shown = omv_gif_played_image (played, 0)->pixels;
    for (guint x = 0; x + 4 <= WIDTH; x += 4) {
      gint sum = 0;

      for (guint y = 28; y < 40; y++) {
        for (guint k = x; k < x + 4; k++)
          sum += OMV_GIF_RED (shown[y * WIDTH + k])
              - OMV_GIF_RED (pixels[y * WIDTH + k]);
      }
      errors[dither] += (gdouble) sum *sum;
    }
  }
  g_assert_cmpfloat (errors[1], <, errors[0] * .8);
}

static void
test_repeat (void)
{
  static const struct
  {
    gint repeat;
    gint loop_count;
  } cases[] = { {-1, 0}, {0, -1}, {1, 1}, {65535, 65535} };
  OmvGifPixel pixel = OMV_GIF_PIXEL (9, 8, 7);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (OmvGifPlayed) played = NULL;
    File file;

    file_open (&file, 1, 1, cases[i].repeat, TRUE);
    file_put (&file, &pixel, NULL, 3);
    played = file_close (&file);
    g_assert_cmpint (played->loop_count, ==, cases[i].loop_count);
    g_assert_cmphex (omv_gif_played_image (played, 0)->pixels[0], ==, pixel);
  }
}

/* What one image cannot stay is made of several, none of them too short. */
static void
test_long_delays (void)
{
  static const guint64 delays[] = { 65535, 65536, 65537, 200000 };
  OmvGifPixel pixels[2][N_PIXELS] = { {0,} };
  g_autoptr (GRand) random = g_rand_new_with_seed (9);

  fill (pixels[0], random, 10);
  fill (pixels[1], random, 10);
  pixels[1][5] = 0;
  for (guint i = 0; i < G_N_ELEMENTS (delays); i++) {
    g_autoptr (OmvGifPlayed) played = NULL;
    guint64 sum = 0;
    File file;

    file_open (&file, WIDTH, HEIGHT, 0, TRUE);
    file_put (&file, pixels[0], pixels[1], delays[i]);
    file_put (&file, pixels[1], NULL, 5);
    played = file_close (&file);
    for (guint k = 0; k + 1 < played->images->len; k++) {
      const OmvGifShown *shown = omv_gif_played_image (played, k);

      sum += shown->delay;
      g_assert_cmpuint (shown->delay, >=, 2);
      g_assert_cmpmem (shown->pixels, sizeof pixels[0], pixels[0],
          sizeof pixels[0]);
    }
    g_assert_cmpuint (sum, ==, delays[i]);
    g_assert_cmpmem (omv_gif_played_image (played,
            played->images->len - 1)->pixels, sizeof pixels[1], pixels[1],
        sizeof pixels[1]);
  }
}

/* Behind the trailer nothing can be put. */
static void
test_end (void)
{
  g_autoptr (OmvGifWriter) writer = omv_gif_writer_new (1, 1, -1);
  guint8 index = 0;
  OmvGifPixel colour = OMV_GIF_PIXEL (0, 0, 0);
  OmvGifImage image = { 0, 0, 1, 1, &index, &colour, 1, -1, FALSE };

  g_assert_null (omv_gif_writer_take (writer));
  g_assert_true (omv_gif_writer_put (writer, &image, 2));
  g_assert_true (omv_gif_writer_end (writer));
  g_assert_false (omv_gif_writer_end (writer));
  g_assert_false (omv_gif_writer_put (writer, &image, 2));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/gif/palette/holds", test_palette_holds);
  g_test_add_func ("/gif/palette/grows", test_palette_grows);
  g_test_add_func ("/gif/palette/chooses", test_palette_chooses);
  g_test_add_func ("/gif/palette/finds-nearest", test_palette_finds_nearest);
  g_test_add_func ("/gif/canvas/exact", test_exact);
  g_test_add_func ("/gif/canvas/changes-only", test_changes_only);
  g_test_add_func ("/gif/canvas/palettes-are-shared", test_palettes_are_shared);
  g_test_add_func ("/gif/canvas/grays-are-shared", test_grays_are_shared);
  g_test_add_func ("/gif/canvas/holes", test_holes);
  g_test_add_func ("/gif/canvas/can-show", test_can_show);
  g_test_add_func ("/gif/canvas/noise", test_noise);
  g_test_add_func ("/gif/canvas/dither", test_dither);
  g_test_add_func ("/gif/writer/repeat", test_repeat);
  g_test_add_func ("/gif/writer/long-delays", test_long_delays);
  g_test_add_func ("/gif/writer/end", test_end);

  return g_test_run ();
}
