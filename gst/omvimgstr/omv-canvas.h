/* omv-canvas.h: pictures of any size and format in one of a constant size
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/gst.h>
#include <gst/omv/omv.h>

G_BEGIN_DECLS

/* All fields belong to the streaming thread. */
typedef struct
{
  gint width;                   /* 0: follows from the first picture's shape */
  gint height;

  GstVideoInfo picture;         /* what the fields below are for */
  GstVideoInfo canvas;
  GstBuffer *room;              /* for a picture; NULL: nothing is set up */
  GstVideoConverter *converter;
} OmvCanvas;

void omv_canvas_init (OmvCanvas * canvas, gint width, gint height);
void omv_canvas_clear (OmvCanvas * canvas);
gboolean omv_canvas_is_used (const OmvCanvas * canvas);
gboolean omv_canvas_set_picture (OmvCanvas * canvas,
    const GstVideoInfo * picture);
void omv_canvas_draw (OmvCanvas * canvas, GstVideoFrame * picture,
    GstVideoFrame * canvas_frame);

G_END_DECLS
