/* omv-spool.h: whole frames on their way to a file
 *
 * Private to the objects room: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-disk.h>

G_BEGIN_DECLS

/* Belongs to one thread at a time. */
typedef struct _OmvSpool OmvSpool;

/* Header, payload, padding. */
#define OMV_SPOOL_PARTS_MAX 3

OmvSpool *omv_spool_new (OmvDisk * disk, guint64 end, GError ** error);
gboolean omv_spool_close (OmvSpool * self, GError ** error);
void omv_spool_free (OmvSpool * self);

guint64 omv_spool_get_end (const OmvSpool * self);
gboolean omv_spool_put (OmvSpool * self, const OmvDiskPart * parts,
    guint n_parts, GError ** error);
gboolean omv_spool_flush (OmvSpool * self, GError ** error);
gboolean omv_spool_sync (OmvSpool * self, GError ** error);
gboolean omv_spool_cut (OmvSpool * self, guint64 end, GError ** error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvSpool, omv_spool_free)

G_END_DECLS
