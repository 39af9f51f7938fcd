/* import.h: what the parts of omvstr convert to recordings share
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omvtool.h"

G_BEGIN_DECLS

/* ---- import-pictures.c ---- */

/* "frames/%05d.png" */
gboolean omv_pictures_is_pattern (const gchar * path);

/* A source of the pictures that @path, a pattern or a file, names, in the order
 * of their numbers, at 30 frames a second. */
GstElement *omv_pictures_new (const OmvTool * tool, const gchar * path,
    GError ** error);

/* ---- import-gif.c ---- */

/* A source of the pictures of an animation. NULL: it cannot be read. */
GstElement *omv_gif_new (const gchar * path, GError ** error);

G_END_DECLS
