/* omv-gif-canvas.c: what a GIF player shows, and what to draw over it
 *
 * A player keeps what it has drawn, so that each image need only be what has
 * changed: a rectangle, and within it a transparent index where what is there
 * already is right. This keeps the same picture as the player, decides which
 * pixels to draw, and finds the palette for them.
 *
 * If the pixels to be drawn have few colours they are drawn without any error.
 * Else a pixel is left as it is if that is nearly as good as the best colour
 * there is for it: much of a change is noise, and a run of transparent pixels
 * takes no room. A palette goes on being used as long as it is nearly as good as
 * it was for the picture for which it was made.
 *
 * Guarantees: a picture of at most 255 colours is shown exactly, and so is one of
 * 256 without transparent pixels. Where a picture is transparent nothing is
 * shown, if the picture was announced as the next one when that before it was
 * drawn. The same pictures make the same images.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-gif-canvas.h"

#include <string.h>

/* The figures here were chosen by measuring, on noisy clips and on smooth ones:
 * they make a smaller file of more PSNR than one palette for all frames does.
 *
 * Fewer colours than there could be make longer runs of the same, and a file that
 * is 4 % smaller, for a third of a dB. */
#define COLOURS_CHOSEN 224
/* A palette that is in use has this many times its first error at most. */
#define ERROR_GROWTH 1.4
/* Nobody sees an error that is smaller than this: about one level. */
#define ERROR_SEEN 4.0
/* What a pixel may be worse than its best colour to stay as it is, relative to
 * the palette's mean error: it hides in the noise. */
#define SLACK 1.5
/* But not in smooth places, where a pixel's neighbours differ from it by no
 * more than two levels in each colour. What is left behind would be seen there,
 * and so are bands: colours that are off by VISIBLE are dithered. All are squares
 * of distances. */
#define SMOOTH 12u
#define SMOOTH_SLACK 12u
#define VISIBLE 32u
#define IS_SMOOTH 0x80000000u

/* Half-open: right and bottom are the first that are out of it. */
typedef struct
{
  guint left;
  guint top;
  guint right;
  guint bottom;
} Box;

struct _OmvGifCanvas
{
  guint width;
  guint height;
  gsize n_pixels;
  gboolean dither;

  OmvGifPixel *shown;
  OmvGifPixel *changed;         /* pixels that differ from it */
  guint32 *slack;               /* in squares; and IS_SMOOTH */
  guint8 *indices;

  gboolean started;
  OmvGifPalette *first;         /* of the first picture, if it has few colours */
  OmvGifPalette *exact;         /* for others of few colours */
  OmvGifPalette *chosen;        /* for others, … */
  gdouble first_error;          /* its mean error when it was new; < 0: never */
};

OmvGifCanvas *
omv_gif_canvas_new (guint width, guint height, gboolean dither)
{
  OmvGifCanvas *self = g_new0 (OmvGifCanvas, 1);

  self->width = width;
  self->height = height;
  self->n_pixels = (gsize) width *height;
  self->dither = dither;
  self->shown = g_new0 (OmvGifPixel, self->n_pixels);
  self->changed = g_new (OmvGifPixel, self->n_pixels);
  self->slack = g_new0 (guint32, self->n_pixels);
  self->indices = g_new (guint8, self->n_pixels);
  self->first = omv_gif_palette_new ();
  self->exact = omv_gif_palette_new ();
  self->chosen = omv_gif_palette_new ();
  self->first_error = -1;

  return self;
}

void
omv_gif_canvas_free (OmvGifCanvas * self)
{
  g_free (self->shown);
  g_free (self->changed);
  g_free (self->slack);
  g_free (self->indices);
  omv_gif_palette_free (self->first);
  omv_gif_palette_free (self->exact);
  omv_gif_palette_free (self->chosen);
  g_free (self);
}

/* Whether there is nothing now where there must be nothing in @pixels. */
gboolean
omv_gif_canvas_can_show (const OmvGifCanvas * self, const OmvGifPixel * pixels)
{
  for (gsize i = 0; i < self->n_pixels; i++) {
    if (pixels[i] == 0 && self->shown[i] != 0)
      return FALSE;
  }

  return TRUE;
}

/* --- rectangles ----------------------------------------------------------- */

static void
box_add (Box * box, guint x, guint y)
{
  box->left = MIN (box->left, x);
  box->top = MIN (box->top, y);
  box->right = MAX (box->right, x + 1);
  box->bottom = MAX (box->bottom, y + 1);
}

/* The pixels that are drawn. */
static void
add_drawn (const OmvGifCanvas * self, guint8 transparent, Box * box)
{
  for (guint y = 0; y < self->height; y++) {
    const guint8 *row = self->indices + (gsize) y * self->width;
    guint left = 0, right = self->width;

    while (left < right && row[left] == transparent)
      left++;
    if (left == right)
      continue;
    while (row[right - 1] == transparent)
      right--;
    box_add (box, left, y);
    box_add (box, right - 1, y);
  }
}

/* The pixels that must go before the next picture; whether there are any. */
static gboolean
add_vanishing (const OmvGifCanvas * self, const OmvGifPixel * pixels,
    const OmvGifPixel * next, Box * box)
{
  gboolean any = FALSE;

  for (gsize i = 0; i < self->n_pixels; i++) {
    if (next[i] == 0 && pixels[i] != 0) {
      box_add (box, (guint) (i % self->width), (guint) (i / self->width));
      any = TRUE;
    }
  }

  return any;
}

/* Moves the box's indices to the start. */
static void
crop (OmvGifCanvas * self, const Box * box)
{
  gsize width = box->right - box->left;

  for (guint y = box->top; y < box->bottom; y++)
    memmove (self->indices + (y - box->top) * width,
        self->indices + (gsize) y * self->width + box->left, width);
}

static void
clear (OmvGifCanvas * self, const Box * box)
{
  for (guint y = box->top; y < box->bottom; y++)
    memset (self->shown + (gsize) y * self->width + box->left, 0,
        (box->right - box->left) * sizeof *self->shown);
}

/* --- few colours ---------------------------------------------------------- */

/* Collects the pixels that cannot stay as they are, by @slack or, if that is
 * %NULL, because they differ at all. */
static gsize
find_changed (OmvGifCanvas * self, const OmvGifPixel * pixels,
    const guint32 * slack)
{
  gsize n_changed = 0;

  for (gsize i = 0; i < self->n_pixels; i++) {
    if (pixels[i] != self->shown[i] && (self->shown[i] == 0
            || slack == NULL || omv_gif_distance (pixels[i], self->shown[i])
            > (slack[i] & ~IS_SMOOTH)))
      self->changed[n_changed++] = pixels[i];
  }

  return n_changed;
}

static gboolean
is_opaque (const OmvGifCanvas * self, const OmvGifPixel * pixels)
{
  for (gsize i = 0; i < self->n_pixels; i++) {
    if (pixels[i] == 0)
      return FALSE;
  }

  return TRUE;
}

static void
map_exactly (OmvGifCanvas * self, const OmvGifPixel * pixels,
    OmvGifPalette * palette, gint transparent)
{
  for (gsize i = 0; i < self->n_pixels; i++) {
    if (pixels[i] == self->shown[i] && transparent >= 0) {
      self->indices[i] = (guint8) transparent;
    } else {
      self->indices[i] = omv_gif_palette_find (palette, pixels[i]);
      self->shown[i] = pixels[i];
    }
  }
}

static guint
count_colours (const OmvGifPalette * palette)
{
  guint n_colours;

  (void) omv_gif_palette_get_colours (palette, &n_colours);

  return n_colours;
}

/* The first picture's palette is stored once for all images that can use it. If
 * that picture is gray, entries that would be left over get the levels next to
 * its own: others are likely to have them. */
static void
add_grays (OmvGifPalette * palette)
{
  guint n_colours, room = 2;
  const OmvGifPixel *colours =
      omv_gif_palette_get_colours (palette, &n_colours);

  for (guint i = 0; i < n_colours; i++) {
    if (OMV_GIF_RED (colours[i]) != OMV_GIF_GREEN (colours[i])
        || OMV_GIF_RED (colours[i]) != OMV_GIF_BLUE (colours[i]))
      return;
  }
  while (room < n_colours + 1)
    room *= 2;
  for (gint away = 1; away < 256; away++) {
    for (guint i = 0; i < n_colours; i++) {
      gint level = OMV_GIF_RED (colours[i]);
      gint low = MAX (level - away, 0), high = MIN (level + away, 255);
      const OmvGifPixel grays[] = { OMV_GIF_PIXEL (low, low, low),
        OMV_GIF_PIXEL (high, high, high)
      };

      if (!omv_gif_palette_add (palette, grays, 2, room - 1))
        return;
    }
  }
}

/* Finds a palette that holds whatever is to be drawn: the first one, or one of
 * as few entries as can be. */
static OmvGifPalette *
find_exact (OmvGifCanvas * self, gsize n_changed)
{
  gboolean starts = !self->started;

  self->started = TRUE;
  if (omv_gif_palette_add (self->first, self->changed, n_changed,
          starts ? OMV_GIF_COLOURS_MAX - 1 : count_colours (self->first))) {
    if (starts)
      add_grays (self->first);
    return self->first;
  }
  if (starts)
    omv_gif_palette_clear (self->first);

  omv_gif_palette_clear (self->exact);

  return omv_gif_palette_add (self->exact, self->changed, n_changed,
      OMV_GIF_COLOURS_MAX - 1) ? self->exact : NULL;
}

/* Returns the palette, or %NULL if there is none that holds all colours. Finds
 * the transparent index, or -1 if all 256 are colours. */
static OmvGifPalette *
draw_exactly (OmvGifCanvas * self, const OmvGifPixel * pixels,
    gint * ret_transparent)
{
  gsize n_changed = find_changed (self, pixels, NULL);
  OmvGifPalette *palette = find_exact (self, n_changed);

  if (palette != NULL) {
    *ret_transparent = (gint) count_colours (palette);
  } else if (is_opaque (self, pixels)) {
    omv_gif_palette_clear (self->exact);
    if (!omv_gif_palette_add (self->exact, pixels, self->n_pixels,
            OMV_GIF_COLOURS_MAX))
      return NULL;
    palette = self->exact;
    *ret_transparent = -1;
  } else {
    return NULL;
  }
  map_exactly (self, pixels, palette, *ret_transparent);

  return palette;
}

/* --- many colours --------------------------------------------------------- */

/* Two colours whose mixture is nearer to @pixel than any of them, as the eye
 * mixes what lies side by side: the other one is looked for beyond the pixel. */
static guint8
mix (OmvGifCanvas * self, OmvGifPixel pixel, guint8 index,
    const OmvGifPixel * colours, guint x, guint y)
{
  static const guint8 thresholds[4][4] = {
    {1, 17, 5, 21}, {25, 9, 29, 13}, {7, 23, 3, 19}, {31, 15, 27, 11}
  };
  OmvGifPixel near = colours[index], far;
  gint red = OMV_GIF_RED (pixel) - OMV_GIF_RED (near);
  gint green = OMV_GIF_GREEN (pixel) - OMV_GIF_GREEN (near);
  gint blue = OMV_GIF_BLUE (pixel) - OMV_GIF_BLUE (near);
  guint8 other = omv_gif_palette_find (self->chosen,
      OMV_GIF_PIXEL (CLAMP (OMV_GIF_RED (pixel) + 2 * red, 0, 255),
          CLAMP (OMV_GIF_GREEN (pixel) + 2 * green, 0, 255),
          CLAMP (OMV_GIF_BLUE (pixel) + 2 * blue, 0, 255)));
  gint along;

  if (other == index)
    return index;
  far = colours[other];
  along = red * (OMV_GIF_RED (far) - OMV_GIF_RED (near))
      + green * (OMV_GIF_GREEN (far) - OMV_GIF_GREEN (near))
      + blue * (OMV_GIF_BLUE (far) - OMV_GIF_BLUE (near));

  return along * 32 > (gint) (omv_gif_distance (near, far)
      * thresholds[y % 4][x % 4]) ? other : index;
}

/* Finds out what each pixel may be worse than its best colour: little where it
 * would be seen, in smooth places. */
static void
set_slack (OmvGifCanvas * self, const OmvGifPixel * pixels, guint slack)
{
  guint smooth_slack = MIN (slack, SMOOTH_SLACK);

  for (guint y = 0; y < self->height; y++) {
    gsize down = y + 1 < self->height ? self->width : 0;
    gsize row = (gsize) y * self->width;

    for (guint x = 0; x < self->width; x++) {
      gsize i = row + x, side = x + 1 < self->width;

      self->slack[i] =
          omv_gif_distance (pixels[i], pixels[i + side]) <= SMOOTH
          && omv_gif_distance (pixels[i], pixels[i + down]) <= SMOOTH
          ? smooth_slack | IS_SMOOTH : slack;
    }
  }
}

/* Returns the mean error of those pixels that are looked up in the palette. */
static gdouble
map (OmvGifCanvas * self, const OmvGifPixel * pixels)
{
  guint n_colours;
  const OmvGifPixel *colours =
      omv_gif_palette_get_colours (self->chosen, &n_colours);
  const guint8 transparent = (guint8) n_colours;
  guint64 error = 0, n_found = 0;

  for (gsize i = 0; i < self->n_pixels; i++) {
    OmvGifPixel pixel = pixels[i], shown = self->shown[i];
    guint stays = shown != 0 ? omv_gif_distance (pixel, shown) : G_MAXUINT;
    guint slack = self->slack[i] & ~IS_SMOOTH;
    guint distance;
    guint8 index;

    self->indices[i] = transparent;
    if (pixel == 0 || stays <= slack)
      continue;
    index = omv_gif_palette_find (self->chosen, pixel);
    distance = omv_gif_distance (pixel, colours[index]);
    error += distance;
    n_found++;
    if (stays <= distance + slack)
      continue;
    if (self->dither && (self->slack[i] & IS_SMOOTH) != 0
        && distance >= VISIBLE)
      index = mix (self, pixel, index, colours, (guint) (i % self->width),
          (guint) (i / self->width));
    self->indices[i] = index;
  }

  return n_found > 0 ? (gdouble) error / (gdouble) n_found : 0;
}

/* The transparent index is the one behind the colours. */
static gint
draw_nearly (OmvGifCanvas * self, const OmvGifPixel * pixels)
{
  const OmvGifPixel *colours;
  guint slack = 0, n_colours;

  if (self->first_error >= 0)
    slack = (guint) (self->first_error * SLACK);
  set_slack (self, pixels, slack);
  if (self->first_error < 0
      || map (self, pixels) > MAX (self->first_error * ERROR_GROWTH,
          ERROR_SEEN)) {
    gsize n_changed = find_changed (self, pixels, self->slack);

    omv_gif_palette_choose (self->chosen, self->changed, n_changed,
        COLOURS_CHOSEN);
    self->first_error = map (self, pixels);
  }

  colours = omv_gif_palette_get_colours (self->chosen, &n_colours);
  for (gsize i = 0; i < self->n_pixels; i++) {
    if (self->indices[i] < n_colours)
      self->shown[i] = colours[self->indices[i]];
  }

  return (gint) n_colours;
}

/* --- images --------------------------------------------------------------- */

/* Finds the image that makes a player show @pixels, and draws it here, too.
 * @next: the picture that will follow, or %NULL if that has no transparent
 * pixels. What @ret_image points to stays as it is until the next call. */
void
omv_gif_canvas_draw (OmvGifCanvas * self, const OmvGifPixel * pixels,
    const OmvGifPixel * next, OmvGifImage * ret_image)
{
  Box box = { self->width, self->height, 0, 0 };
  gint transparent;
  OmvGifPalette *palette = draw_exactly (self, pixels, &transparent);

  if (palette == NULL) {
    transparent = draw_nearly (self, pixels);
    palette = self->chosen;
  }

  if (transparent >= 0) {
    add_drawn (self, (guint8) transparent, &box);
  } else {
    box.left = box.top = 0;
    box.right = self->width;
    box.bottom = self->height;
  }
  ret_image->clear_after = next != NULL
      && add_vanishing (self, pixels, next, &box);
  if (box.right == 0)           /* nothing changes, but its time passes */
    box_add (&box, 0, 0);
  crop (self, &box);
  if (ret_image->clear_after)
    clear (self, &box);

  ret_image->left = box.left;
  ret_image->top = box.top;
  ret_image->width = box.right - box.left;
  ret_image->height = box.bottom - box.top;
  ret_image->indices = self->indices;
  ret_image->colours = omv_gif_palette_get_colours (palette,
      &ret_image->n_colours);
  ret_image->transparent = transparent;
}
