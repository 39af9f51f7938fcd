/* omv-copy.h: copies what will not be read for a while
 *
 * Private to this project: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omv-prelude.h"

G_BEGIN_DECLS

GST_OMV_API
void gst_omv_copy_streaming (guint8 * dest, const guint8 * src, gsize size);

G_END_DECLS
