/* omv-gif-canvas.h: what a GIF player shows, and what to draw over it
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omv-gif-writer.h"

G_BEGIN_DECLS

typedef struct _OmvGifCanvas OmvGifCanvas;

OmvGifCanvas *omv_gif_canvas_new (guint width, guint height, gboolean dither);
void omv_gif_canvas_free (OmvGifCanvas *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvGifCanvas, omv_gif_canvas_free)

gboolean omv_gif_canvas_can_show (const OmvGifCanvas *self,
    const OmvGifPixel *pixels);
void omv_gif_canvas_draw (OmvGifCanvas *self, const OmvGifPixel *pixels,
    const OmvGifPixel *next, OmvGifImage *ret_image);

G_END_DECLS
