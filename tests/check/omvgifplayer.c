/* omvgifplayer.c: plays GIF files in memory, by giflib
 *
 * This knows nothing of how our files are made: it does what a browser does.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvgifplayer.h"

#include <gif_lib.h>
#include <string.h>

typedef struct
{
  const guint8 *data;
  gsize size;
  gsize at;
} Input;

static int
read_bytes (GifFileType * gif, GifByteType * bytes, int size)
{
  Input *input = gif->UserData;
  gsize n = MIN ((gsize) size, input->size - input->at);

  memcpy (bytes, input->data + input->at, n);
  input->at += n;
  return (int) n;
}

static void
shown_free (gpointer data)
{
  OmvGifShown *shown = data;

  g_free (shown->pixels);
  g_free (shown);
}

static gint
find_loop_count (const SavedImage * image)
{
  for (gint i = 0; i + 1 < image->ExtensionBlockCount; i++) {
    const ExtensionBlock *name = &image->ExtensionBlocks[i];
    const ExtensionBlock *count = name + 1;

    if (name->Function == APPLICATION_EXT_FUNC_CODE
        && name->ByteCount == 11 && count->ByteCount == 3
        && memcmp (name->Bytes, "NETSCAPE2.0", 11) == 0 && count->Bytes[0] == 1)
      return count->Bytes[1] | count->Bytes[2] << 8;
  }

  return -1;
}

/* Draws over @screen. */
static void
draw (const GifFileType * gif, const SavedImage * image, gint transparent,
    guint32 * screen, OmvGifShown * shown)
{
  const GifImageDesc *desc = &image->ImageDesc;
  const ColorMapObject *map = desc->ColorMap != NULL ? desc->ColorMap
      : gif->SColorMap;

  g_assert_nonnull (map);
  g_assert_cmpint (desc->Left + desc->Width, <=, gif->SWidth);
  g_assert_cmpint (desc->Top + desc->Height, <=, gif->SHeight);

  shown->left = (guint) desc->Left;
  shown->top = (guint) desc->Top;
  shown->width = (guint) desc->Width;
  shown->height = (guint) desc->Height;
  for (gint y = 0; y < desc->Height; y++) {
    for (gint x = 0; x < desc->Width; x++) {
      gint index = image->RasterBits[y * desc->Width + x];
      const GifColorType *colour = &map->Colors[index];

      g_assert_cmpint (index, <, map->ColorCount);
      if (index == transparent)
        shown->n_left_out++;
      else
        screen[(desc->Top + y) * gif->SWidth + desc->Left + x] = 0xff000000u
            | (guint32) colour->Red << 16 | (guint32) colour->Green << 8
            | (guint32) colour->Blue;
    }
  }
}

static void
dispose (const GifFileType * gif, const GifImageDesc * desc, gint mode,
    guint32 * screen)
{
  g_assert_true (mode == DISPOSE_DO_NOT || mode == DISPOSE_BACKGROUND);
  if (mode == DISPOSE_DO_NOT)
    return;
  for (gint y = desc->Top; y < desc->Top + desc->Height; y++)
    memset (screen + y * gif->SWidth + desc->Left, 0,
        (gsize) desc->Width * sizeof *screen);
}

/* The file must be whole, and end with its trailer. */
OmvGifPlayed *
omv_gif_play (const guint8 * data, gsize size)
{
  Input input = { data, size, 0 };
  OmvGifPlayed *played = g_new0 (OmvGifPlayed, 1);
  GifFileType *gif = DGifOpen (&input, read_bytes, NULL);
  g_autofree guint32 *screen = NULL;
  gsize n_bytes;

  g_assert_nonnull (gif);
  g_assert_cmpint (DGifSlurp (gif), ==, GIF_OK);
  g_assert_cmpuint (input.at, ==, size);
  g_assert_cmpint (data[size - 1], ==, ';');
  g_assert_cmpint (gif->ImageCount, >, 0);

  played->width = (guint) gif->SWidth;
  played->height = (guint) gif->SHeight;
  played->loop_count = find_loop_count (&gif->SavedImages[0]);
  played->images = g_ptr_array_new_with_free_func (shown_free);
  n_bytes = (gsize) played->width * played->height * sizeof *screen;
  screen = g_malloc0 (n_bytes);
  for (gint i = 0; i < gif->ImageCount; i++) {
    OmvGifShown *shown = g_new0 (OmvGifShown, 1);
    GraphicsControlBlock control;

    g_assert_cmpint (DGifSavedExtensionToGCB (gif, i, &control), ==, GIF_OK);
    shown->delay = (guint) control.DelayTime;
    draw (gif, &gif->SavedImages[i], control.TransparentColor, screen, shown);
    shown->pixels = g_memdup2 (screen, n_bytes);
    dispose (gif, &gif->SavedImages[i].ImageDesc, control.DisposalMode, screen);
    g_ptr_array_add (played->images, shown);
  }
  DGifCloseFile (gif, NULL);

  return played;
}

void
omv_gif_played_free (OmvGifPlayed * played)
{
  g_ptr_array_unref (played->images);
  g_free (played);
}

const OmvGifShown *
omv_gif_played_image (const OmvGifPlayed * played, guint i)
{
  g_assert_cmpuint (i, <, played->images->len);

  return g_ptr_array_index (played->images, i);
}
