/* gstomvstrdemux-private.h: what the parts of omvstrdemux share
 *
 * The element is four files: gstomvstrdemux.c has the object, its pads and
 * properties; gstomvstrdemux-play.c turns frames into buffers and pulls;
 * gstomvstrdemux-push.c is pushed to; and gstomvstrdemux-seek.c moves about in the
 * recording and answers queries.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv.h>

#include "gstomvstrdemux.h"
#include "omv-feed.h"
#include "omv-finder.h"
#include "omv-output.h"
#include "omv-pull.h"
#include "omv-report.h"

G_BEGIN_DECLS

typedef enum {
  GST_OMV_STR_DEMUX_OUTPUT_AUTO,
  GST_OMV_STR_DEMUX_OUTPUT_NATIVE,
  GST_OMV_STR_DEMUX_OUTPUT_FRAMES
} GstOmvStrDemuxOutput;

typedef struct {
  GstOmvStrDemuxOutput output;
  gboolean loop;
  gboolean resync;
  guint max_frame_size;
  gboolean use_index;
} GstOmvStrDemuxSettings;

/* What a seek in push mode wants first. */
typedef struct {
  gboolean by_number;
  guint64 value;                /* a number, or ns */
  gboolean after;               /* the first frame from there on, else the one
                                   that is shown there */
} OmvTarget;

/* A seek for which upstream has been asked to push from elsewhere. */
typedef struct {
  gboolean pending;
  GstOmvWalk walk;              /* stands where upstream will start */
  GstSegment segment;
  gboolean start_at_frame;
  OmvTarget target;
  guint32 seqnum;
} OmvPushSeek;

struct _GstOmvStrDemux {
  GstElement element;

  GstPad *sinkpad;

  /* object lock */
  GstOmvStrDemuxSettings properties;
  GstOmvStrDemuxSettings settings;      /* @properties as they were in READY */
  gboolean pull_mode;
  OmvFinder *finder;            /* NULL while nobody needed one or one has it */
  guint64 total_frames;         /* 0 until known … */
  GstClockTime total_time;      /* … from time 0 to the last frame's end */
  GThread *worker;              /* finds the totals of a long recording */
  GstOmvIndex *seen;            /* push mode: frames passed so far */
  OmvPushSeek push_seek;
  gboolean closed;              /* no seek or query may begin … */
  guint n_guests;               /* … and so many are under way, in threads of
                                   their own … */
  GCond guests_left;            /* … until there are none */

  /* atomic */
  gint cancelled;               /* tells @worker to give up */

  /* stream lock of @sinkpad to write, object lock as well; either to read */
  GstSegment segment;
  guint64 next_number;          /* of the frame after the last one pushed */
  GstPad *srcpad;               /* NULL until the first frame */

  /* stream lock of @sinkpad; other threads while the pad is not active */
  OmvPull pull;                 /* in pull mode, from … */
  gboolean pulling;             /* … the first pull on */
  OmvFeed feed;                 /* in push mode … */
  GstFlowReturn push_flow;      /* … with what became of the last frame … */
  gboolean leaving_out;         /* … while frames are left out … */
  OmvTarget target;             /* … up to this one */

  GstOmvWalk walk;
  OmvOutput output;
  OmvReport report;
  guint32 seqnum;               /* of the seek that is being played */
  gboolean need_metadata;       /* before the first frame */
  GstTagList *tags;             /* of the recording, or NULL */
  GstClockTime unix_start;      /* wall-clock time at time 0, ns since 1970 */
  gboolean need_tags;           /* behind the first segment */
  gboolean need_segment;        /* before the next frame … */
  gboolean start_at_frame;      /* … starting at its time */
  gboolean discont;
  GstClockTime last_duration;   /* of the last frame, if known */
  GstClockTime pass_end;        /* end of the last frame pushed */
  GArray *backward;             /* of OmvPlace: frames to play, last one first */
  guint64 backward_number;      /* of the frame before which these stand */
  gboolean at_place;            /* the walk stands before a frame of @backward */
};

/* gstomvstrdemux-play.c */
void gst_omv_str_demux_start_walk (GstOmvStrDemux * self);
void gst_omv_str_demux_loop (GstPad * pad);
gboolean gst_omv_str_demux_show_frame (GstOmvStrDemux * self,
    const GstOmvWalkStep * frame);
gboolean gst_omv_str_demux_is_behind_stop (GstOmvStrDemux * self,
    const GstOmvWalkStep * frame);
GstClockTime gst_omv_str_demux_get_frame_duration (GstOmvStrDemux * self);
GstFlowReturn gst_omv_str_demux_push_frame (GstOmvStrDemux * self,
    const GstOmvWalkStep * frame, GstBuffer * payload, GstClockTime duration);
void gst_omv_str_demux_skip (GstOmvStrDemux * self,
    const GstOmvWalkStep * damage);
void gst_omv_str_demux_report_end (GstOmvStrDemux * self,
    const GstOmvWalkStep * end);
GstFlowReturn gst_omv_str_demux_fail (GstOmvStrDemux * self, GError * error);
GstFlowReturn gst_omv_str_demux_finish (GstOmvStrDemux * self);
void gst_omv_str_demux_end_stream (GstOmvStrDemux * self, GstFlowReturn flow);

/* gstomvstrdemux-push.c */
GstFlowReturn gst_omv_str_demux_chain (GstPad * pad, GstObject * parent,
    GstBuffer * buffer);
gboolean gst_omv_str_demux_sink_event (GstPad * pad, GstObject * parent,
    GstEvent * event);

/* gstomvstrdemux-seek.c */
void gst_omv_str_demux_init_walk (GstOmvStrDemux * self, GstOmvWalk * walk);
OmvFinder *gst_omv_str_demux_borrow_finder (GstOmvStrDemux * self);
void gst_omv_str_demux_return_finder (GstOmvStrDemux * self,
    OmvFinder * finder);
void gst_omv_str_demux_stop_worker (GstOmvStrDemux * self);
void gst_omv_str_demux_open (GstOmvStrDemux * self);
void gst_omv_str_demux_close (GstOmvStrDemux * self);
gboolean gst_omv_str_demux_src_event (GstPad * pad, GstObject * parent,
    GstEvent * event);
gboolean gst_omv_str_demux_src_query (GstPad * pad, GstObject * parent,
    GstQuery * query);

G_END_DECLS
