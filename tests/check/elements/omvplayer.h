/* omvplayer.h: plays a recording from memory through omvstrdemux
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum {
  OMV_PLAYER_PULL,
  OMV_PLAYER_PUSH
} OmvPlayerMode;

/* One run of the element. Set what is above the line between init and run; what
 * is below is the result. Player and element meet in two pads only: no other
 * element, no main loop, no clock. */
typedef struct {
  OmvPlayerMode mode;
  gsize chunk;                  /* bytes of a buffer in push mode */
  gboolean offer_meta;          /* the sink understands GstVideoMeta */
  GstCaps *sink_caps;           /* what it takes; NULL = anything */
  const gchar *uri;             /* where the recording says it comes from */
  gboolean stay_unlinked;       /* nothing is linked to the pad */
  guint max_buffers;            /* then it is at EOS; 0 = never … */
  GstFlowReturn last_flow;      /* … or says this */
  guint64 repeat;               /* pull mode: what follows the file header is
                                   there so many times, without being in memory */
  gint shrink_after;            /* after so many pulls the recording … */
  gsize shrink_to;              /* … has only so many bytes */
  gulong pull_time;             /* pull mode: microseconds that a pull takes at
                                   least, as from a slow disk */
  guint64 hold_from;            /* pull mode: who pulls bytes from here on waits until
                                   the pad is deactivated; 0 = nobody waits */

  GstElement *demux;
  GstBus *bus;
  GstPad *source;
  GstPad *sink;
  GBytes *data;
  gint pulls;                   /* atomic */
  GMutex lock;
  GCond changed;
  gboolean inactive;            /* lock: the source was deactivated */
  gsize sought;                 /* where the last seek in push mode went */

  GPtrArray *buffers;           /* of GstBuffer, in the order they came */
  GPtrArray *caps;              /* of GstCaps, one a buffer */
  GPtrArray *segments;          /* of GstEvent, one a buffer */
  GArray *events;               /* of GstEventType */
  GPtrArray *warnings;          /* of gchar* */
  GPtrArray *warning_errors;    /* of GError*, the same */
  GError *error;
  gboolean eos;
  gint64 segment_done;          /* where a SEGMENT seek ended, or -1 */
  guint duration_changes;
} OmvPlayer;

OmvPlayer *omv_player_new (OmvPlayerMode mode, gconstpointer data, gsize size);
void omv_player_run (OmvPlayer * player);
void omv_player_start (OmvPlayer * player);
void omv_player_wait (OmvPlayer * player);
gboolean omv_player_seek (OmvPlayer * player, GstEvent * seek);
void omv_player_stop (OmvPlayer * player);
void omv_player_free (OmvPlayer * player);

const GstSegment *omv_player_segment (OmvPlayer * player, guint index);
GstBuffer *omv_player_buffer (OmvPlayer * player, guint index);
const GstStructure *omv_player_structure (OmvPlayer * player, guint index);
GBytes *omv_player_payload (OmvPlayer * player, guint index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvPlayer, omv_player_free)

G_END_DECLS
