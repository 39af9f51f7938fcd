/* omvimage.h: pixels, from frames and into PNG files
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv.h>
#include <gst/video/video.h>

G_BEGIN_DECLS

/* Needs omv_start_gstreamer(). */
typedef struct {
  gboolean gray;                /* 1 byte a pixel, else 3, red first */
  gint width;
  gint height;
  gsize stride;
  guint8 *pixels;

  /*< private >*/
  GstVideoFrame frame;
} OmvImage;

typedef struct {
  gint x, y, width, height;
} OmvRectangle;

/* Black. NULL: it would be too large. */
OmvImage *omv_image_new (gboolean gray, gint width, gint height,
    GError ** error);

/* A frame in its own size, gray if it is. */
OmvImage *omv_image_new_for_frame (const GstOmvFrame * frame, GError ** error);

/* Draws a frame into a picture that is not gray, as large as it fits into
 * @place, in the middle of it. */
gboolean omv_image_draw_frame (OmvImage * image, const GstOmvFrame * frame,
    const OmvRectangle * place, GError ** error);

/* Draws digits, ':', '.', '#' and ' ' in white, each of 6 x 8 times @scale
 * pixels, in the middle of @place. */
void omv_image_draw_digits (OmvImage * image, const gchar * text, gint scale,
    const OmvRectangle * place);

gboolean omv_image_write_png (const OmvImage * image, const gchar * path,
    GError ** error);

void omv_image_free (OmvImage * image);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvImage, omv_image_free)

G_END_DECLS
