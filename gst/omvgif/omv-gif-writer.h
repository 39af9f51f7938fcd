/* omv-gif-writer.h: indexed pictures -> the bytes of a GIF file
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

#include "omv-gif-palette.h"

G_BEGIN_DECLS

#define OMV_GIF_SIZE_MAX 65535

/* A part of the screen as it is to be drawn. */
typedef struct
{
  guint left;
  guint top;
  guint width;
  guint height;
  guint8 *indices;              /* rows without gaps; giflib may write there */
  const OmvGifPixel *colours;
  guint n_colours;              /* at most 255 with a transparent index */
  gint transparent;             /* an index, or -1 */
  gboolean clear_after;         /* when its time is over nothing is there */
} OmvGifImage;

typedef struct _OmvGifWriter OmvGifWriter;

OmvGifWriter *omv_gif_writer_new (guint width, guint height, gint repeat);
void omv_gif_writer_free (OmvGifWriter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvGifWriter, omv_gif_writer_free)

gboolean omv_gif_writer_put (OmvGifWriter *self, const OmvGifImage *image,
    guint64 delay);
gboolean omv_gif_writer_end (OmvGifWriter *self);
GBytes *omv_gif_writer_take (OmvGifWriter *self);

G_END_DECLS
