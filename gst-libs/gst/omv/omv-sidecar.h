/* omv-sidecar.h: an index <-> the bytes of a FILE.idx
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-index.h>

G_BEGIN_DECLS

/**
 * GST_OMV_SIDECAR_SIZE_MAX:
 *
 * No sidecar has more bytes. Whatever has need not be read.
 *
 * Since: 0.1
 */
#define GST_OMV_SIDECAR_SIZE_MAX 10485760

/**
 * GST_OMV_SIDECAR_TAIL_SIZE:
 *
 * Bytes of a recording by which a sidecar knows it again: its last ones, or all
 * if there are fewer.
 *
 * Since: 0.1
 */
#define GST_OMV_SIDECAR_TAIL_SIZE 4096

GST_OMV_API
GBytes *gst_omv_sidecar_write (const GstOmvIndex * index, guint64 end,
    const guint8 * tail, gsize tail_size);

GST_OMV_API
gboolean gst_omv_sidecar_read_end (const guint8 * data, gsize size,
    guint64 end, guint64 * ret_known_end, GError ** error);

GST_OMV_API
GstOmvIndex *gst_omv_sidecar_read (const guint8 * data, gsize size,
    const GstOmvWalk * start, guint64 end, const guint8 * tail,
    gsize tail_size, GError ** error);

G_END_DECLS
