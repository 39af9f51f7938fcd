/* omv-metadata-private.h: what the parts of metadata share
 *
 * Private to the objects room: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omv-metadata.h"

G_BEGIN_DECLS

/* As gst_omv_metadata_store().
 * @sync: whether to wait for the disk */
gboolean omv_metadata_store (GstOmvMetadata * self, GFile * recording,
    gboolean sync, GError ** error);

/* Says which recording it is about. */
#define OMV_METADATA_FIRST_FRAME "first-frame"

/* Members that are texts. NULL: there is none. */
void omv_metadata_set_text (GstOmvMetadata * self, const gchar * member,
    const gchar * text);
const gchar *omv_metadata_get_text (GstOmvMetadata * self,
    const gchar * member);

G_END_DECLS
