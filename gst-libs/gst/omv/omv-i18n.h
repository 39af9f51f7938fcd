/* omv-i18n.h: the project's message catalogue, for sentences that a user reads
 *
 * Private to this project: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omv-prelude.h"

GST_OMV_API
const gchar *gst_omv_gettext (const gchar * msgid) G_GNUC_FORMAT (1);

#define _(msgid) gst_omv_gettext (msgid)

/* for constants, which are translated where they are printed */
#define N_(msgid) (msgid)
