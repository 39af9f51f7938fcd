/* omv-gif-palette.h: at most 256 colours that stand for those of a picture
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define OMV_GIF_COLOURS_MAX 256

/* A pixel is 0xffRRGGBB, or 0 if nothing is to be seen there. */
typedef guint32 OmvGifPixel;

#define OMV_GIF_PIXEL(r, g, b) \
    (0xff000000u | (guint32) (r) << 16 | (guint32) (g) << 8 | (guint32) (b))
#define OMV_GIF_RED(pixel) ((gint) ((pixel) >> 16 & 255))
#define OMV_GIF_GREEN(pixel) ((gint) ((pixel) >> 8 & 255))
#define OMV_GIF_BLUE(pixel) ((gint) ((pixel) & 255))

/* How far apart two opaque pixels are: the squares of the differences. */
static inline guint
omv_gif_distance (OmvGifPixel a, OmvGifPixel b)
{
  gint red = OMV_GIF_RED (a) - OMV_GIF_RED (b);
  gint green = OMV_GIF_GREEN (a) - OMV_GIF_GREEN (b);
  gint blue = OMV_GIF_BLUE (a) - OMV_GIF_BLUE (b);

  return (guint) (red * red + green * green + blue * blue);
}

typedef struct _OmvGifPalette OmvGifPalette;

OmvGifPalette *omv_gif_palette_new (void);
void omv_gif_palette_free (OmvGifPalette *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvGifPalette, omv_gif_palette_free)

const OmvGifPixel *omv_gif_palette_get_colours (const OmvGifPalette *self,
    guint *ret_n_colours);

void omv_gif_palette_clear (OmvGifPalette *self);
gboolean omv_gif_palette_add (OmvGifPalette *self, const OmvGifPixel *pixels,
    gsize n_pixels, guint max_colours);
void omv_gif_palette_choose (OmvGifPalette *self, const OmvGifPixel *pixels,
    gsize n_pixels, guint max_colours);
guint8 omv_gif_palette_find (OmvGifPalette *self, OmvGifPixel pixel);

G_END_DECLS
