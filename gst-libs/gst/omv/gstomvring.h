/* gstomvring.h: the newest frames, in memory
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <gst/omv/omv-frame.h>

G_BEGIN_DECLS

/**
 * GST_OMV_SEQUENCE_NONE:
 *
 * The number of no frame of a ring.
 *
 * Since: 0.1
 */
#define GST_OMV_SEQUENCE_NONE G_MAXUINT64

/**
 * GST_OMV_RING_PINS_MAX:
 *
 * How many readers can hold the same frame of a ring at a time.
 *
 * Since: 0.1
 */
#define GST_OMV_RING_PINS_MAX 65535

/**
 * GstOmvRingResult:
 * @GST_OMV_RING_PINNED: the frame is there, and stays until it is unpinned
 * @GST_OMV_RING_NOT_YET: it has not been written
 * @GST_OMV_RING_OVERTAKEN: it was written, and is no longer there
 *
 * What became of asking a ring for a frame.
 *
 * Since: 0.1
 */
typedef enum {
  GST_OMV_RING_PINNED,
  GST_OMV_RING_NOT_YET,
  GST_OMV_RING_OVERTAKEN
} GstOmvRingResult;

/**
 * GstOmvRingPin:
 * @sequence: number of the frame
 * @time: that its writer gave
 * @tag: that its writer gave
 * @header: of the frame; its payload_size says how many bytes there are
 * @payload: its bytes, in the ring
 *
 * A frame that a reader holds in a ring. Nobody may change it.
 *
 * Since: 0.1
 */
typedef struct {
  guint64 sequence;
  guint64 time;
  guint64 tag;
  GstOmvFrameHeader header;
  const guint8 *payload;

  /*< private >*/
  guint place;
} GstOmvRingPin;

#define GST_OMV_TYPE_RING (gst_omv_ring_get_type ())

GST_OMV_API
G_DECLARE_FINAL_TYPE (GstOmvRing, gst_omv_ring, GST_OMV, RING, GObject)

GST_OMV_API
GstOmvRing *gst_omv_ring_new (guint n_slots, gsize slot_size,
    GError ** error);

GST_OMV_API
guint gst_omv_ring_get_n_slots (GstOmvRing * self);

GST_OMV_API
gsize gst_omv_ring_get_slot_size (GstOmvRing * self);

GST_OMV_API
guint64 gst_omv_ring_get_n_refused (GstOmvRing * self);

/* the writer */

GST_OMV_API
guint8 *gst_omv_ring_begin (GstOmvRing * self, gsize size);

GST_OMV_API
guint64 gst_omv_ring_commit (GstOmvRing * self,
    const GstOmvFrameHeader * header, guint64 time, guint64 tag);

GST_OMV_API
void gst_omv_ring_abandon (GstOmvRing * self);

GST_OMV_API
gboolean gst_omv_ring_write (GstOmvRing * self,
    const GstOmvFrameHeader * header, guint64 time, guint64 tag,
    const guint8 * payload, gsize size, GError ** error);

/* any reader */

GST_OMV_API
guint64 gst_omv_ring_get_oldest (GstOmvRing * self);

GST_OMV_API
guint64 gst_omv_ring_get_newest (GstOmvRing * self);

GST_OMV_API
gboolean gst_omv_ring_find_time (GstOmvRing * self, guint64 time,
    guint64 * ret_sequence);

GST_OMV_API
GstOmvRingResult gst_omv_ring_pin (GstOmvRing * self, guint64 sequence,
    GstOmvRingPin * ret_pin);

GST_OMV_API
void gst_omv_ring_unpin (GstOmvRing * self, GstOmvRingPin * pin);

GST_OMV_API
GstOmvFrame *gst_omv_ring_get_frame (GstOmvRing * self, guint64 sequence,
    GError ** error);

G_END_DECLS
