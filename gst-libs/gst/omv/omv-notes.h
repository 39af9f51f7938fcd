/* omv-notes.h: the lines of FILE.jsonl by the frames that they belong to
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <gst/omv/omv-frame.h>
#include <gst/omv/omv-prelude.h>

G_BEGIN_DECLS

/**
 * GstOmvNotes:
 *
 * What `FILE.jsonl` says of a recording's frames: the numbers that a device gave
 * them, and extra data. It does not change, and any thread may ask it.
 *
 * Since: 0.1
 */
typedef struct _GstOmvNotes GstOmvNotes;

#define GST_OMV_TYPE_NOTES (gst_omv_notes_get_type ())

GST_OMV_API
GType gst_omv_notes_get_type (void);

GST_OMV_API
GstOmvNotes *gst_omv_notes_new (const gchar * const *lines);

GST_OMV_API
GstOmvNotes *gst_omv_notes_load (GFile * recording, GError ** error);

GST_OMV_API
GstOmvNotes *gst_omv_notes_ref (GstOmvNotes * self);

GST_OMV_API
void gst_omv_notes_unref (GstOmvNotes * self);

GST_OMV_API
gchar **gst_omv_notes_list_lines (GstOmvNotes * self, guint64 frame);

GST_OMV_API
gboolean gst_omv_notes_get_number (GstOmvNotes * self, guint64 frame,
    gint64 * ret_number);

GST_OMV_API
gboolean gst_omv_notes_find_number (GstOmvNotes * self, gint64 number,
    GstOmvSnap snap, guint64 * ret_frame);

GST_OMV_API
gboolean gst_omv_notes_get_last_frame (GstOmvNotes * self,
    guint64 * ret_frame);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstOmvNotes, gst_omv_notes_unref)

G_END_DECLS
