/* omvgifreader.h: the pictures of an animated GIF, as a player shows them
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _OmvGifReader OmvGifReader;

/* NULL: the file cannot be read, or is no GIF of a size that we take. */
OmvGifReader *omv_gif_reader_open (GFile * file, GError ** error);

/* Of all pictures, in pixels. */
gint omv_gif_reader_get_width (const OmvGifReader * reader);
gint omv_gif_reader_get_height (const OmvGifReader * reader);

/* The next picture: BGRx, its rows one behind the other, there until the next call.
 * NULL at the end, and with an error: GST_OMV_ERROR_CORRUPT where the file is damaged
 * or torn behind a whole picture, G_IO_ERROR_INVALID_DATA if there is none before, or
 * what GIO says of a file that cannot be read.
 * @ret_time: ns from the first picture
 * @ret_duration: ns */
const guint32 *omv_gif_reader_next (OmvGifReader * reader,
    guint64 * ret_time, guint64 * ret_duration, GError ** error);

void omv_gif_reader_free (OmvGifReader * reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvGifReader, omv_gif_reader_free)

G_END_DECLS
