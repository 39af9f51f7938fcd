/* omv-sidecar-file.h: the FILE.idx beside a recording
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <gst/omv/omv-sidecar.h>

G_BEGIN_DECLS

GST_OMV_API
GFile *gst_omv_sidecar_get_file (GFile * recording);

GST_OMV_API
GBytes *gst_omv_sidecar_load (GFile * recording, GError ** error);

GST_OMV_API
gboolean gst_omv_sidecar_store (GFile * recording, GBytes * sidecar,
    GError ** error);

G_END_DECLS
