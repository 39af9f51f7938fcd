/* omvscan.h: every byte of a recording, once, in order
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv.h>

G_BEGIN_DECLS

typedef struct _OmvScan OmvScan;

/* NULL: the file cannot be read. */
OmvScan *omv_scan_new (const gchar * path, GError ** error);
void omv_scan_free (OmvScan * scan);

/* Bytes of the file. */
guint64 omv_scan_get_size (const OmvScan * scan);

/* The next FRAME, SKIP or END of a walk that goes on behind damage. FALSE: it is
 * no recording, or cannot be read. */
gboolean omv_scan_next (OmvScan * scan, GstOmvWalkResult * ret_result,
    GstOmvWalkStep * ret_step, GError ** error);

/* The first @size bytes of the payload of the FRAME that was the last step, valid
 * until this is called again or the next step is taken. NULL: they cannot be
 * read. */
const guint8 *omv_scan_get_payload (OmvScan * scan,
    const GstOmvWalkStep * frame, gsize size, GError ** error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvScan, omv_scan_free)

G_END_DECLS
