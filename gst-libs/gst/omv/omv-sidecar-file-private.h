/* omv-sidecar-file-private.h: files beside a recording, of whatever kind
 *
 * Private to the objects room: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GBytes *omv_file_load (GFile * file, gsize size_max, GError ** error);
GFile *omv_sidecar_file_get (GFile * recording, const gchar * suffix,
    GError ** error);
GBytes *omv_sidecar_file_load (GFile * recording, const gchar * suffix,
    gsize size_max, GError ** error);
gboolean omv_sidecar_file_store (GFile * recording, const gchar * suffix,
    const gchar * data, gsize size, gboolean sync, GError ** error);

G_END_DECLS
