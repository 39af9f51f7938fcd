/* import-gif.c: animated GIF files as a source
 *
 * FFmpeg's demuxer is the only one that GStreamer has, and within it (gst-libav
 * 1.22) it never ends. So giflib reads the images, one after the other, and this
 * file does what a player does with them: draws each over what is there, and
 * waits for as long as it says. Where the file is damaged, or ends too soon, the
 * whole pictures before are taken, which is said; a file that cannot be read is an
 * error.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "import.h"

#include <inttypes.h>
#include <string.h>

#include "omvrun.h"

#ifdef HAVE_GIF

#include <gif_lib.h>

/* A delay of less than 2/100 s is none that anyone means; players take this. */
#define DELAY_MIN 2
#define DELAY_DEFAULT 10

/* Of a picture, as many as a frame of 256 MiB can have. */
#define PIXELS_MAX 67108864

typedef struct
{
  GInputStream *stream;
  guint64 offset;               /* of what giflib reads next */
  GError *error;                /* of the stream, which ended it */

  GifFileType *gif;
  guint n_pictures;             /* so far */
  gboolean is_whole;            /* its end was there */
  gsize n_pixels;
  guint32 *canvas;              /* BGRx, the whole picture */
  guint32 *kept;                /* what is to come back behind an image … */
  gboolean restores;            /* … if it is */
  GraphicsControlBlock control; /* of the next image */
  guint64 time;                 /* of the next image, 1/100 s */
} Gif;

static void
gif_free (gpointer data, GClosure * closure)
{
  Gif *self = data;

  if (self->gif != NULL)
    (void) DGifCloseFile (self->gif, NULL);
  g_clear_object (&self->stream);
  g_clear_error (&self->error);
  g_free (self->canvas);
  g_free (self->kept);
  g_free (self);
}

static void
reset_control (Gif * self)
{
  self->control.DisposalMode = DISPOSAL_UNSPECIFIED;
  self->control.DelayTime = 0;
  self->control.TransparentColor = NO_TRANSPARENT_COLOR;
}

/* What giflib reads with. Fewer bytes: it cannot go on. */
static int
read_bytes (GifFileType * gif, GifByteType * bytes, int size)
{
  Gif *self = gif->UserData;
  gsize got = 0;

  if (self->error == NULL)
    (void) g_input_stream_read_all (self->stream, bytes, (gsize) size, &got,
        NULL, &self->error);
  self->offset += got;
  return (int) got;
}

/* ---- one image ---- */

static void
draw_row (Gif * self, const GifPixelType * row, gint y)
{
  const GifImageDesc *image = &self->gif->Image;
  const ColorMapObject *map = image->ColorMap != NULL ? image->ColorMap
      : self->gif->SColorMap;
  gint width = MIN (image->Width, self->gif->SWidth - image->Left);
  guint32 *pixels;

  if (y >= self->gif->SHeight || map == NULL)
    return;
  pixels = self->canvas + (gsize) y *(gsize) self->gif->SWidth + image->Left;
  for (gint x = 0; x < width; x++) {
    const GifColorType *colour;

    if (row[x] == self->control.TransparentColor || row[x] >= map->ColorCount)
      continue;
    colour = &map->Colors[row[x]];
    pixels[x] = GUINT32_TO_LE ((guint32) colour->Red << 16
        | (guint32) colour->Green << 8 | (guint32) colour->Blue);
  }
}

static gboolean
draw_image (Gif * self)
{
  static const gint starts[] = { 0, 4, 2, 1 };
  static const gint steps[] = { 8, 8, 4, 2 };
  const GifImageDesc *image = &self->gif->Image;
  GifPixelType *row = g_malloc ((gsize) MAX (image->Width, 1));
  gint n_passes = image->Interlace ? G_N_ELEMENTS (starts) : 1;
  gboolean drawn = TRUE;

  for (gint pass = 0; pass < n_passes; pass++) {
    gint step = image->Interlace ? steps[pass] : 1;

    for (gint y = starts[pass]; drawn && y < image->Height; y += step) {
      drawn = DGifGetLine (self->gif, row, image->Width) == GIF_OK;
      if (drawn)
        draw_row (self, row, image->Top + y);
    }
  }
  g_free (row);

  return drawn;
}

static void
clear_image (Gif * self)
{
  const GifImageDesc *image = &self->gif->Image;
  gint width = MIN (image->Width, self->gif->SWidth - image->Left);
  gint end = MIN (image->Top + image->Height, self->gif->SHeight);

  for (gint y = image->Top; y < end && width > 0; y++)
    memset (self->canvas + (gsize) y * (gsize) self->gif->SWidth + image->Left,
        0, (gsize) width * sizeof *self->canvas);
}

static GstBuffer *
make_buffer (Gif * self)
{
  gsize size = self->n_pixels * sizeof *self->canvas;
  GstBuffer *buffer = gst_buffer_new_memdup (self->canvas, size);
  guint delay = self->control.DelayTime >= DELAY_MIN
      ? (guint) self->control.DelayTime : DELAY_DEFAULT;

  GST_BUFFER_PTS (buffer) = self->time * (GST_SECOND / 100);
  GST_BUFFER_DURATION (buffer) = delay * (GST_SECOND / 100);
  self->time += delay;

  return buffer;
}

/* The picture with the image that follows, or NULL: it is torn. */
static GstBuffer *
next_picture (Gif * self)
{
  gsize size = self->n_pixels * sizeof *self->canvas;
  GstBuffer *buffer;

  if (DGifGetImageDesc (self->gif) != GIF_OK)
    return NULL;
  if (self->control.DisposalMode == DISPOSE_PREVIOUS)
    memcpy (self->kept, self->canvas, size);
  if (!draw_image (self))
    return NULL;

  buffer = make_buffer (self);
  if (self->control.DisposalMode == DISPOSE_PREVIOUS)
    memcpy (self->canvas, self->kept, size);
  else if (self->control.DisposalMode == DISPOSE_BACKGROUND)
    clear_image (self);
  reset_control (self);

  return buffer;
}

/* ---- the file ---- */

static gboolean
read_extension (Gif * self)
{
  GifByteType *block;
  gint code;

  if (DGifGetExtension (self->gif, &code, &block) != GIF_OK)
    return FALSE;
  if (code == GRAPHICS_EXT_FUNC_CODE && block != NULL)
    (void) DGifExtensionToGCB (block[0], block + 1, &self->control);
  while (block != NULL) {
    if (DGifGetExtensionNext (self->gif, &block) != GIF_OK)
      return FALSE;
  }

  return TRUE;
}

/* NULL: there is none, or none that is whole. */
static GstBuffer *
read_picture (Gif * self)
{
  GifRecordType type;

  while (DGifGetRecordType (self->gif, &type) == GIF_OK) {
    if (type == IMAGE_DESC_RECORD_TYPE)
      return next_picture (self);
    self->is_whole = type == TERMINATE_RECORD_TYPE;
    if (self->is_whole
        || (type == EXTENSION_RECORD_TYPE && !read_extension (self)))
      return NULL;
  }

  return NULL;
}

/* @offset: where the picture starts that there is not */
static void
end (GstElement * appsrc, Gif * self, guint64 offset)
{
  GstFlowReturn flow;

  if (self->error != NULL) {
    GST_ELEMENT_ERROR (appsrc, RESOURCE, READ, ("%s", self->error->message),
        ("%" G_GUINT64_FORMAT " bytes were read", self->offset));
    return;
  }
  if (!self->is_whole && self->n_pictures > 0)
    GST_ELEMENT_WARNING (appsrc, STREAM, DECODE,
        (_("Picture %u at byte %" PRIu64 " is damaged or missing; those before "
                "it were taken."), self->n_pictures, offset),
        ("%s", GifErrorString (self->gif->Error)));
  g_signal_emit_by_name (appsrc, "end-of-stream", &flow);
}

static void
on_need_data (GstElement * appsrc, guint length, Gif * self)
{
  const guint64 offset = self->offset;
  GstBuffer *buffer = read_picture (self);
  GstFlowReturn flow;

  if (buffer == NULL) {
    end (appsrc, self, offset);
    return;
  }
  self->n_pictures++;
  g_signal_emit_by_name (appsrc, "push-buffer", buffer, &flow);
  gst_buffer_unref (buffer);
}

static gboolean
has_good_size (const GifFileType * gif)
{
  return gif->SWidth >= 1 && gif->SHeight >= 1
      && gif->SWidth <= GST_OMV_DIMENSION_MAX
      && gif->SHeight <= GST_OMV_DIMENSION_MAX
      && (gsize) gif->SWidth * (gsize) gif->SHeight <= PIXELS_MAX;
}

static gboolean
open_gif (Gif * self, const gchar * path, GError ** error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);

  if (stream == NULL)
    return FALSE;

  self->stream = g_buffered_input_stream_new (G_INPUT_STREAM (stream));
  self->gif = DGifOpen (self, read_bytes, NULL);
  if (self->error != NULL) {
    g_propagate_error (error, g_steal_pointer (&self->error));
    return FALSE;
  }
  if (self->gif == NULL || !has_good_size (self->gif)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
        _("This GIF file cannot be read."));
    return FALSE;
  }

  self->n_pixels = (gsize) self->gif->SWidth * (gsize) self->gif->SHeight;
  self->canvas = g_new0 (guint32, self->n_pixels);
  self->kept = g_new0 (guint32, self->n_pixels);
  reset_control (self);

  return TRUE;
}

GstElement *
omv_gif_new (const gchar * path, GError ** error)
{
  GstElement *appsrc = omv_make_element ("appsrc", error);
  Gif *self;
  GstCaps *caps;

  if (appsrc == NULL)
    return NULL;
  self = g_new0 (Gif, 1);
  if (!open_gif (self, path, error)) {
    gif_free (self, NULL);
    gst_object_unref (gst_object_ref_sink (appsrc));
    return NULL;
  }

  caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING, "BGRx",
      "width", G_TYPE_INT, self->gif->SWidth, "height", G_TYPE_INT,
      self->gif->SHeight, "framerate", GST_TYPE_FRACTION, 0, 1, NULL);
  g_object_set (appsrc, "caps", caps, "format", GST_FORMAT_TIME, NULL);
  gst_caps_unref (caps);
  g_signal_connect_data (appsrc, "need-data", G_CALLBACK (on_need_data), self,
      gif_free, 0);

  return appsrc;
}

#else

GstElement *
omv_gif_new (const gchar * path, GError ** error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
      _("This omvstr was built without giflib."));
  return NULL;
}

#endif
