/* omv-lines.h: what a recording cannot say of its frames: FILE.jsonl
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <gst/omv/omv-prelude.h>

G_BEGIN_DECLS

/**
 * GST_OMV_LINE_FRAME:
 *
 * The member of a line that says which frame it belongs to, by its index from 0.
 *
 * Since: 0.1
 */
#define GST_OMV_LINE_FRAME "frame"

/**
 * GST_OMV_LINE_NUMBER:
 *
 * The member of a line that says which number the device gave the frame: an
 * integer, which may be negative.
 *
 * Since: 0.1
 */
#define GST_OMV_LINE_NUMBER "number"

GST_OMV_API
gboolean gst_omv_lines_append (GFile * recording, const gchar * object,
    GError ** error);

GST_OMV_API
gchar **gst_omv_lines_load (GFile * recording, GError ** error);

GST_OMV_API
gboolean gst_omv_line_get_frame (const gchar * object, guint64 * ret_number);

GST_OMV_API
gchar *gst_omv_line_set_frame (const gchar * object, guint64 number);

G_END_DECLS
