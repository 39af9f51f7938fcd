/* omv-files.h: which files a name stands for
 *
 * Private to this project: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <gst/omv/omv-prelude.h>

G_BEGIN_DECLS

GST_OMV_API
gboolean gst_omv_files_are_many (GFile * place);

GST_OMV_API
GPtrArray *gst_omv_files_list (GFile * place, GError ** error);

G_END_DECLS
