/* omv-picture-end.h: whether a JPEG or PNG file is all there
 *
 * Private to the objects room: not installed. The tool is built with it, too.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @data: it starts as a JPEG or PNG picture does. FALSE: it is torn. */
gboolean omv_picture_has_end (const guint8 * data, gsize size);

G_END_DECLS
