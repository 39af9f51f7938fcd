/* omv-recording.h: an open recording: its bytes, its index, its frames
 *
 * Private to the objects room: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-frame.h>
#include <gst/omv/omv-index.h>
#include <gst/omv/omv-source.h>

G_BEGIN_DECLS

/* Belongs to one thread at a time. */
typedef struct _OmvRecording OmvRecording;

/* As GstOmvWalkFunc. */
typedef gboolean (*OmvWalkFunc) (GstOmvWalkResult result,
    const GstOmvWalkStep * step, gpointer user_data);

OmvRecording *omv_recording_new (OmvSource * source, const GstOmvWalk * start,
    GFile * sidecar_owner, GError ** error);
void omv_recording_free (OmvRecording * self);
void omv_recording_start_over (OmvRecording * self);
gboolean omv_recording_get_size (OmvRecording * self, guint64 * ret_size,
    GError ** error);
GstOmvVersion omv_recording_get_version (const OmvRecording * self);
const GstOmvIndex *omv_recording_reach_end (OmvRecording * self,
    GError ** error);
gboolean omv_recording_walk (OmvRecording * self, OmvWalkFunc func,
    gpointer user_data, GError ** error);
gboolean omv_recording_get_times (OmvRecording * self, GArray * times,
    GError ** error);
gboolean omv_recording_reach (OmvRecording * self, guint64 number,
    GError ** error);
gboolean omv_recording_find_end (OmvRecording * self, guint64 n_frames,
    GstOmvWalk * ret_walk, GError ** error);
GstOmvFrame *omv_recording_read_number (OmvRecording * self, guint64 number,
    GError ** error);
GstOmvFrame *omv_recording_read_time (OmvRecording * self, guint64 time,
    GstOmvSnap snap, GError ** error);
gboolean omv_recording_write_sidecar (OmvRecording * self, GFile * owner,
    GError ** error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvRecording, omv_recording_free)

G_END_DECLS
