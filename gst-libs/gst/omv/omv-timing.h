/* omv-timing.h: intervals <-> times, and the frame rate that intervals mean
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-format.h>

G_BEGIN_DECLS

/**
 * GST_OMV_TIME_MAX:
 *
 * The largest time in ns, 292 years. Longer sums of intervals stay here.
 *
 * Since: 0.1
 */
#define GST_OMV_TIME_MAX ((guint64) G_MAXINT64)

/**
 * GstOmvTimeReader:
 * @time: ns from the recording's start to the last frame
 *
 * Turns the intervals of one frame after the other into times. All other
 * fields are private. Initialise it with gst_omv_time_reader_init(); it may be
 * copied.
 *
 * Since: 0.1
 */
typedef struct {
  guint64 time;

  /*< private >*/
  guint64 exact;
  guint64 anchor_time;
  guint64 anchor_exact;
  gboolean gap;
} GstOmvTimeReader;

/**
 * GstOmvTimeWriter:
 *
 * Turns times into intervals whose rounding does not add up. All fields are
 * private. Initialise it with gst_omv_time_writer_init().
 *
 * Since: 0.1
 */
typedef struct {
  /*< private >*/
  guint64 unit;
  guint64 written;
} GstOmvTimeWriter;

GST_OMV_API
void gst_omv_time_reader_init (GstOmvTimeReader * reader);

GST_OMV_API
guint64 gst_omv_time_reader_next (GstOmvTimeReader * reader,
    GstOmvVersion version, const GstOmvFrameHeader * header);

GST_OMV_API
void gst_omv_time_reader_mark_gap (GstOmvTimeReader * reader);

GST_OMV_API
void gst_omv_time_reader_mark_recording (GstOmvTimeReader * reader);

GST_OMV_API
void gst_omv_time_writer_init (GstOmvTimeWriter * writer,
    GstOmvVersion version);

GST_OMV_API
void gst_omv_time_writer_go_to (GstOmvTimeWriter * writer, guint64 time);

GST_OMV_API
gboolean gst_omv_time_writer_next (GstOmvTimeWriter * writer, guint64 time,
    guint32 * ret_interval);

GST_OMV_API
gboolean gst_omv_guess_frame_rate (const guint64 * times, gsize n_times,
    guint64 unit, gint * ret_numerator, gint * ret_denominator);

G_END_DECLS
