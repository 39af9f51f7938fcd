/* omvtext.h: numbers as people read them
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* ns -> "0.033333" … "12.5", seconds without needless zeros, as omv_parse_time()
 * reads them */
gchar *omv_text_seconds (guint64 time);

/* ns -> "0:05", "1:02:03" */
gchar *omv_text_clock (guint64 time);

/* ns -> "33.33 ms" */
gchar *omv_text_milliseconds (gdouble time);

/* bytes -> "512 bytes", "1.5 MB" */
gchar *omv_text_size (guint64 size);

G_END_DECLS
