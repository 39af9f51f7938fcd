/* omv-windows.h: which frames of a ring a trigger saves
 *
 * Private to this project: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omv-prelude.h"

G_BEGIN_DECLS

/* No limit, of pre_frames and pre_time. */
#define GST_OMV_WINDOW_ALL G_MAXUINT64

/* What a trigger does while the clip of an earlier one is still open. */
typedef enum {
  GST_OMV_RETRIGGER_EXTEND,
  GST_OMV_RETRIGGER_IGNORE,
  GST_OMV_RETRIGGER_NEW
} GstOmvRetrigger;

typedef struct {
  guint64 reach;                /* how many frames can be saved afterwards */
  guint64 pre_frames;           /* of both windows before the trigger the … */
  guint64 pre_time;             /* … smaller counts; ns */
  guint64 post_frames;          /* of both windows behind it the … */
  guint64 post_time;            /* … larger counts; ns */
  GstOmvRetrigger retrigger;
} GstOmvWindowSettings;

/* A stretch of frames to be saved. It is empty if earlier clips turn out to have
 * all that it would hold. Whoever has windows of his own guards it. */
typedef struct {
  guint64 id;                   /* counted from 1 */
  gboolean ready;               /* @trigger and @first are final */
  gboolean closed;              /* @end is final */
  guint64 trigger;              /* number of the trigger's frame … */
  guint64 time;                 /* … and when that was, ns */
  guint64 first;                /* number of the first frame, as far as known */
  guint64 end;                  /* number behind the last frame so far */

  /*< private >*/
  guint64 trigger_time;         /* the latest time that @trigger may have */
  guint64 anchor;               /* frame behind which the post window starts, … */
  guint64 anchor_frame_time;    /* … when that was, … */
  guint64 anchor_time;          /* … and the latest time that it may have */
  guint64 limit;                /* of a clip behind it, or G_MAXUINT64 */
  gatomicrefcount ref_count;
} GstOmvClip;

typedef struct _GstOmvWindows GstOmvWindows;

GST_OMV_API
GstOmvClip *gst_omv_clip_ref (GstOmvClip * clip);

GST_OMV_API
void gst_omv_clip_unref (GstOmvClip * clip);

GST_OMV_API
GstOmvWindows *gst_omv_windows_new (const GstOmvWindowSettings * settings);

GST_OMV_API
void gst_omv_windows_free (GstOmvWindows * windows);

GST_OMV_API
void gst_omv_windows_add_frame (GstOmvWindows * windows, guint64 time);

GST_OMV_API
guint64 gst_omv_windows_get_n_frames (const GstOmvWindows * windows);

GST_OMV_API
guint64 gst_omv_windows_get_oldest (const GstOmvWindows * windows);

GST_OMV_API
guint64 gst_omv_windows_get_newest_time (const GstOmvWindows * windows);

GST_OMV_API
guint64 gst_omv_windows_trigger (GstOmvWindows * windows, guint64 time,
    GstOmvClip ** ret_clip);

GST_OMV_API
gboolean gst_omv_windows_is_waiting (const GstOmvWindows * windows);

GST_OMV_API
void gst_omv_windows_stop_waiting (GstOmvWindows * windows);

GST_OMV_API
void gst_omv_windows_give_up (GstOmvWindows * windows, GstOmvClip * clip);

GST_OMV_API
gboolean gst_omv_windows_is_open (const GstOmvWindows * windows);

GST_OMV_API
void gst_omv_windows_close (GstOmvWindows * windows);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstOmvClip, gst_omv_clip_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstOmvWindows, gst_omv_windows_free)

G_END_DECLS
