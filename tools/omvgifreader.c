/* omvgifreader.c: the pictures of an animated GIF, as a player shows them
 *
 * giflib reads the images, one after the other, and this file does what a player does
 * with them: draws each over what is there, and waits for as long as it says. Where
 * the file is damaged, or ends too soon, the whole pictures before are there.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvgifreader.h"

#include <gif_lib.h>
#include <inttypes.h>
#include <string.h>

#include <gst/omv/omv-format.h>
#include <gst/omv/omv-i18n.h>

/* A delay of less than 2/100 s is none that anyone means; players take this. */
#define DELAY_MIN 2
#define DELAY_DEFAULT 10

#define NS_PER_DELAY 10000000

/* Of a picture, as many as a frame of 256 MiB can have. */
#define PIXELS_MAX 67108864

struct _OmvGifReader
{
  GInputStream *stream;
  guint64 offset;               /* of what giflib reads next */
  GError *error;                /* of the stream, which ended it */

  GifFileType *gif;
  gsize n_pixels;
  guint32 *canvas;              /* BGRx, the whole picture */
  GifPixelType *row;            /* of an image */
  guint32 *kept;                /* what comes back behind the image, if it is to */
  GraphicsControlBlock control; /* of the last image, then of the next one */
  gboolean has_image;           /* there is a last one */
  guint n_pictures;             /* so far */
  guint64 time;                 /* of the next picture, 1/100 s */
};

void
omv_gif_reader_free (OmvGifReader * reader)
{
  if (reader->gif != NULL)
    (void) DGifCloseFile (reader->gif, NULL);
  g_clear_object (&reader->stream);
  g_clear_error (&reader->error);
  g_free (reader->canvas);
  g_free (reader->row);
  g_free (reader->kept);
  g_free (reader);
}

/* What giflib reads with. Fewer bytes: it cannot go on. */
static int
read_bytes (GifFileType * gif, GifByteType * bytes, int size)
{
  OmvGifReader *reader = gif->UserData;
  gsize got = 0;

  if (reader->error == NULL)
    (void) g_input_stream_read_all (reader->stream, bytes, (gsize) size, &got,
        NULL, &reader->error);
  reader->offset += got;
  return (int) got;
}

static gsize
get_size (const OmvGifReader * reader)
{
  return reader->n_pixels * sizeof *reader->canvas;
}

/* ---- one image ---- */

static void
draw_row (OmvGifReader * reader, gint y)
{
  const GifFileType *gif = reader->gif;
  const GifImageDesc *image = &gif->Image;
  const ColorMapObject *map = image->ColorMap != NULL ? image->ColorMap
      : gif->SColorMap;
  gint width = MIN (image->Width, gif->SWidth - image->Left);
  const GifPixelType *row = reader->row;
  guint32 *pixels;

  if (y >= gif->SHeight || width <= 0 || map == NULL)
    return;
  pixels = reader->canvas + (gsize) y *(gsize) gif->SWidth + image->Left;
  for (gint x = 0; x < width; x++) {
    const GifColorType *colour;

    if (row[x] == reader->control.TransparentColor || row[x] >= map->ColorCount)
      continue;
    colour = &map->Colors[row[x]];
    pixels[x] = GUINT32_TO_LE ((guint32) colour->Red << 16
        | (guint32) colour->Green << 8 | (guint32) colour->Blue);
  }
}

/* FALSE: it is torn. */
static gboolean
draw_image (OmvGifReader * reader)
{
  static const gint starts[] = { 0, 4, 2, 1 };
  static const gint steps[] = { 8, 8, 4, 2 };
  const GifImageDesc *image = &reader->gif->Image;
  gint n_passes = image->Interlace ? G_N_ELEMENTS (starts) : 1;

  reader->row = g_realloc (reader->row, (gsize) MAX (image->Width, 1));
  for (gint pass = 0; pass < n_passes; pass++) {
    gint step = image->Interlace ? steps[pass] : 1;

    for (gint y = starts[pass]; y < image->Height; y += step) {
      if (DGifGetLine (reader->gif, reader->row, image->Width) != GIF_OK)
        return FALSE;
      draw_row (reader, image->Top + y);
    }
  }

  return TRUE;
}

static void
clear_image (OmvGifReader * reader)
{
  const GifFileType *gif = reader->gif;
  const GifImageDesc *image = &gif->Image;
  gint width = MIN (image->Width, gif->SWidth - image->Left);
  gint end = MIN (image->Top + image->Height, gif->SHeight);

  for (gint y = image->Top; y < end && width > 0; y++)
    memset (reader->canvas + (gsize) y * (gsize) gif->SWidth + image->Left, 0,
        (gsize) width * sizeof *reader->canvas);
}

/* What becomes of the last image when its time is over. */
static void
dispose_of_image (OmvGifReader * reader)
{
  if (reader->has_image && reader->control.DisposalMode == DISPOSE_PREVIOUS)
    memcpy (reader->canvas, reader->kept, get_size (reader));
  else if (reader->has_image
      && reader->control.DisposalMode == DISPOSE_BACKGROUND)
    clear_image (reader);

  reader->has_image = FALSE;
  reader->control.DisposalMode = DISPOSAL_UNSPECIFIED;
  reader->control.DelayTime = 0;
  reader->control.TransparentColor = NO_TRANSPARENT_COLOR;
}

static gboolean
read_image (OmvGifReader * reader)
{
  if (DGifGetImageDesc (reader->gif) != GIF_OK)
    return FALSE;
  if (reader->control.DisposalMode == DISPOSE_PREVIOUS) {
    if (reader->kept == NULL)
      reader->kept = g_malloc (get_size (reader));
    memcpy (reader->kept, reader->canvas, get_size (reader));
  }

  reader->has_image = draw_image (reader);
  return reader->has_image;
}

/* ---- the file ---- */

static gboolean
read_extension (OmvGifReader * reader)
{
  GifByteType *block;
  gint code;

  if (DGifGetExtension (reader->gif, &code, &block) != GIF_OK)
    return FALSE;
  if (code == GRAPHICS_EXT_FUNC_CODE && block != NULL)
    (void) DGifExtensionToGCB (block[0], block + 1, &reader->control);
  while (block != NULL) {
    if (DGifGetExtensionNext (reader->gif, &block) != GIF_OK)
      return FALSE;
  }

  return TRUE;
}

/* Goes on to the next image. FALSE: it is torn, or what is before it.
 * @ret_is_end: there is none */
static gboolean
read_on (OmvGifReader * reader, gboolean * ret_is_end)
{
  GifRecordType type;

  *ret_is_end = FALSE;
  while (DGifGetRecordType (reader->gif, &type) == GIF_OK) {
    if (type == IMAGE_DESC_RECORD_TYPE)
      return read_image (reader);
    *ret_is_end = type == TERMINATE_RECORD_TYPE;
    if (*ret_is_end)
      return TRUE;
    if (type == EXTENSION_RECORD_TYPE && !read_extension (reader))
      return FALSE;
  }

  return FALSE;
}

/* There is no picture. */
static void
set_unreadable (GError ** error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
      _("This GIF file cannot be read."));
}

/* @offset: where the next picture should start */
static void
set_error (OmvGifReader * reader, guint64 offset, GError ** error)
{
  if (reader->error != NULL)
    g_propagate_error (error, g_steal_pointer (&reader->error));
  else if (reader->n_pictures == 0)
    set_unreadable (error);
  else
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
        _("Picture %u at byte %" PRIu64 " is damaged or missing; those before "
            "it were taken."), reader->n_pictures, offset);
}

const guint32 *
omv_gif_reader_next (OmvGifReader * reader, guint64 * ret_time,
    guint64 * ret_duration, GError ** error)
{
  const guint64 offset = reader->offset;
  gboolean is_end;
  guint64 delay;

  dispose_of_image (reader);
  if (!read_on (reader, &is_end)) {
    set_error (reader, offset, error);
    return NULL;
  }
  if (is_end)
    return NULL;

  delay = reader->control.DelayTime >= DELAY_MIN
      ? (guint64) reader->control.DelayTime : DELAY_DEFAULT;
  *ret_time = reader->time * NS_PER_DELAY;
  *ret_duration = delay * NS_PER_DELAY;
  reader->time += delay;
  reader->n_pictures++;
  return reader->canvas;
}

gint
omv_gif_reader_get_width (const OmvGifReader * reader)
{
  return reader->gif->SWidth;
}

gint
omv_gif_reader_get_height (const OmvGifReader * reader)
{
  return reader->gif->SHeight;
}

static gboolean
has_good_size (const GifFileType * gif)
{
  return gif->SWidth >= 1 && gif->SHeight >= 1
      && gif->SWidth <= GST_OMV_DIMENSION_MAX
      && gif->SHeight <= GST_OMV_DIMENSION_MAX
      && (gsize) gif->SWidth * (gsize) gif->SHeight <= PIXELS_MAX;
}

OmvGifReader *
omv_gif_reader_open (GFile * file, GError ** error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autoptr (OmvGifReader) reader = NULL;

  if (stream == NULL)
    return NULL;

  reader = g_new0 (OmvGifReader, 1);
  reader->stream = g_buffered_input_stream_new (G_INPUT_STREAM (stream));
  reader->gif = DGifOpen (reader, read_bytes, NULL);
  if (reader->error != NULL) {
    g_propagate_error (error, g_steal_pointer (&reader->error));
    return NULL;
  }
  if (reader->gif == NULL || !has_good_size (reader->gif)) {
    set_unreadable (error);
    return NULL;
  }

  reader->n_pixels = (gsize) reader->gif->SWidth * (gsize) reader->gif->SHeight;
  reader->canvas = g_new0 (guint32, reader->n_pixels);
  return g_steal_pointer (&reader);
}
