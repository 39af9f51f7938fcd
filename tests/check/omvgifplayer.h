/* omvgifplayer.h: plays GIF files in memory, by giflib
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An image, and what a player shows when it has drawn it. */
typedef struct {
  guint32 *pixels;              /* 0xffRRGGBB, or 0 where nothing is */
  guint left;
  guint top;
  guint width;
  guint height;
  guint delay;                  /* in centiseconds */
  guint n_left_out;             /* pixels of the image that are transparent */
} OmvGifShown;

typedef struct {
  guint width;
  guint height;
  gint loop_count;              /* of the NETSCAPE block; -1: there is none */
  GPtrArray *images;            /* of OmvGifShown */
} OmvGifPlayed;

OmvGifPlayed *omv_gif_play (const guint8 * data, gsize size);
void omv_gif_played_free (OmvGifPlayed * played);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvGifPlayed, omv_gif_played_free)

const OmvGifShown *omv_gif_played_image (const OmvGifPlayed * played, guint i);

G_END_DECLS
