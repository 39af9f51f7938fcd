/* omv-gif-writer.c: indexed pictures -> the bytes of a GIF file
 *
 * giflib compresses and makes the blocks; this tells it which. The first image's
 * palette becomes the global one, and only an image with another one brings its
 * own. What was written is fetched with omv_gif_writer_take() whenever it is
 * wanted: there is no file here.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-gif-writer.h"

#include <gif_lib.h>
#include <string.h>

/* The longest time, in centiseconds, that an image can stay. */
#define DELAY_MAX 65535u
/* Players take what is shorter for something longer. */
#define DELAY_MIN 2u

struct _OmvGifWriter
{
  GifFileType *gif;             /* NULL when it has ended */
  GByteArray *bytes;

  guint width;
  guint height;
  gint repeat;

  gboolean started;
  OmvGifPixel global[OMV_GIF_COLOURS_MAX];
  guint n_global;
  guint n_entries;              /* that the file has, a power of two */
};

static int
write_bytes (GifFileType * gif, const GifByteType * data, int size)
{
  OmvGifWriter *self = gif->UserData;

  g_byte_array_append (self->bytes, data, (guint) size);

  return size;
}

/* @repeat: how often the file is played again; -1 = for ever. */
OmvGifWriter *
omv_gif_writer_new (guint width, guint height, gint repeat)
{
  OmvGifWriter *self = g_new0 (OmvGifWriter, 1);

  self->width = width;
  self->height = height;
  self->repeat = repeat;
  self->bytes = g_byte_array_new ();
  self->gif = EGifOpen (self, write_bytes, NULL);

  return self;
}

void
omv_gif_writer_free (OmvGifWriter * self)
{
  (void) omv_gif_writer_end (self);
  g_byte_array_unref (self->bytes);
  g_free (self);
}

/* What was written since the last time, or %NULL. */
GBytes *
omv_gif_writer_take (OmvGifWriter * self)
{
  GByteArray *bytes = self->bytes;

  if (bytes->len == 0)
    return NULL;
  self->bytes = g_byte_array_new ();

  return g_byte_array_free_to_bytes (bytes);
}

/* --- blocks --------------------------------------------------------------- */

/* A palette in the file has a power of two of entries. */
static guint
count_entries (const OmvGifImage * image)
{
  guint n_needed = image->n_colours + (image->transparent >= 0);
  guint n_entries = 2;

  while (n_entries < n_needed)
    n_entries *= 2;

  return n_entries;
}

static ColorMapObject *
make_map (const OmvGifImage * image)
{
  ColorMapObject *map = GifMakeMapObject ((int) count_entries (image), NULL);

  for (guint i = 0; map != NULL && i < image->n_colours; i++) {
    map->Colors[i].Red = (GifByteType) OMV_GIF_RED (image->colours[i]);
    map->Colors[i].Green = (GifByteType) OMV_GIF_GREEN (image->colours[i]);
    map->Colors[i].Blue = (GifByteType) OMV_GIF_BLUE (image->colours[i]);
  }

  return map;
}

/* The block that the Netscape browser brought in. It holds how often the file
 * is played again, 0 for ever; without the block it is played once. */
static gboolean
put_repeat (OmvGifWriter * self)
{
  guint16 count = self->repeat > 0 ? (guint16) self->repeat : 0;
  const guint8 loop[3] = { 1, (guint8) (count & 255), (guint8) (count >> 8) };

  if (self->repeat == 0)
    return TRUE;

  return EGifPutExtensionLeader (self->gif, APPLICATION_EXT_FUNC_CODE) == GIF_OK
      && EGifPutExtensionBlock (self->gif, 11, "NETSCAPE2.0") == GIF_OK
      && EGifPutExtensionBlock (self->gif, sizeof loop, loop) == GIF_OK
      && EGifPutExtensionTrailer (self->gif) == GIF_OK;
}

static gboolean
put_header (OmvGifWriter * self, const OmvGifImage * image)
{
  ColorMapObject *map = make_map (image);
  gboolean done;

  if (map == NULL)
    return FALSE;
  EGifSetGifVersion (self->gif, true);
  done = EGifPutScreenDesc (self->gif, (int) self->width, (int) self->height,
      8, 0, map) == GIF_OK && put_repeat (self);
  GifFreeMapObject (map);

  memcpy (self->global, image->colours,
      image->n_colours * sizeof *image->colours);
  self->n_global = image->n_colours;
  self->n_entries = count_entries (image);
  self->started = TRUE;

  return done;
}

static gboolean
put_control (OmvGifWriter * self, gint transparent, gboolean clear, guint delay)
{
  GraphicsControlBlock control;
  GifByteType block[4];

  control.DisposalMode = clear ? DISPOSE_BACKGROUND : DISPOSE_DO_NOT;
  control.UserInputFlag = false;
  control.DelayTime = (int) delay;
  control.TransparentColor = transparent;
  (void) EGifGCBToExtension (&control, block);

  return EGifPutExtension (self->gif, GRAPHICS_EXT_FUNC_CODE, sizeof block,
      block) == GIF_OK;
}

static gboolean
is_global (const OmvGifWriter * self, const OmvGifImage * image)
{
  return image->n_colours <= self->n_global
      && count_entries (image) <= self->n_entries
      && memcmp (self->global, image->colours,
      image->n_colours * sizeof *image->colours) == 0;
}

static gboolean
put_pixels (OmvGifWriter * self, const OmvGifImage * image)
{
  ColorMapObject *map = NULL;
  gboolean done;

  if (!is_global (self, image) && (map = make_map (image)) == NULL)
    return FALSE;

  /* giflib forgets the last one where there is no new one */
  GifFreeMapObject (self->gif->Image.ColorMap);
  self->gif->Image.ColorMap = NULL;

  done = EGifPutImageDesc (self->gif, (int) image->left, (int) image->top,
      (int) image->width, (int) image->height, false, map) == GIF_OK;
  for (guint y = 0; done && y < image->height; y++) {
    done = EGifPutLine (self->gif, image->indices + (gsize) y * image->width,
        (int) image->width) == GIF_OK;
  }
  GifFreeMapObject (map);

  return done;
}

/* --- the file ------------------------------------------------------------- */

/* Draws @image for @delay centiseconds. For a time that one cannot stay it is
 * drawn again, which changes nothing. %FALSE if there is no memory: the file
 * cannot be gone on with. */
gboolean
omv_gif_writer_put (OmvGifWriter * self, const OmvGifImage * image,
    guint64 delay)
{
  if (self->gif == NULL)
    return FALSE;
  if (!self->started && !put_header (self, image))
    return FALSE;

  while (TRUE) {
    guint part = (guint) MIN (delay, DELAY_MAX);

    if (delay > part && delay - part < DELAY_MIN)
      part -= DELAY_MIN;
    delay -= part;
    if (!put_control (self, image->transparent, image->clear_after
            && delay == 0, part) || !put_pixels (self, image))
      return FALSE;
    if (delay == 0)
      return TRUE;
  }
}

/* Writes the trailer. Nothing can be put after that. */
gboolean
omv_gif_writer_end (OmvGifWriter * self)
{
  GifFileType *gif = g_steal_pointer (&self->gif);

  return gif != NULL && EGifCloseFile (gif, NULL) == GIF_OK;
}
