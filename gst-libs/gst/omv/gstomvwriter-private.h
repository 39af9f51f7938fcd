/* gstomvwriter-private.h: what a writer consists of
 *
 * Private to gstomvwriter*.c.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/gstomvwriter.h>
#include <gst/omv/omv-spool.h>

G_BEGIN_DECLS

/* Where a recording ends. */
typedef struct {
  GstOmvVersion version;
  guint64 n_frames;
  guint64 position;             /* where the next header is due */
  GstOmvTimeReader time;        /* what a reader knows there */
  guint64 last_interval;        /* ns between the last two frames, or 0 */
} OmvWriterEnd;

/* All fields belong to the one thread that uses the writer. */
struct _GstOmvWriter {
  GObject parent;

  gboolean exact_time;

  OmvSpool *spool;              /* NULL: closed */
  GFile *file;
  gboolean is_named;            /* its name is known to be on the disk */
  OmvWriterEnd end;             /* stays when it is closed */
  GstOmvTimeWriter intervals;
  guint64 due;                  /* ns: the last frame's time before rounding */
};

void omv_writer_end_init (OmvWriterEnd * ret_end, GstOmvVersion version);
gboolean omv_writer_end_find_last (OmvWriterEnd * ret_end, GFile * file,
    GError ** error);
gboolean omv_writer_end_find (OmvWriterEnd * ret_end, GFile * file,
    guint64 n_frames, GError ** error);
gboolean gst_omv_writer_check_open (GstOmvWriter * self, GError ** error);
gboolean gst_omv_writer_find_cut (GstOmvWriter * self, guint64 n_frames,
    OmvWriterEnd * ret_end, GError ** error);
void gst_omv_writer_go_to_end (GstOmvWriter * self, const OmvWriterEnd * end);
gboolean gst_omv_writer_put_at (GstOmvWriter * self, guint64 number,
    const GstOmvFrameHeader * header, guint64 interval, GBytes * payload,
    GError ** error);

/* Never less than either: one that is too long stays too long. */
static inline guint64
omv_time_add (guint64 time, guint64 interval)
{
  guint64 sum;

  return g_uint64_checked_add (&sum, time, interval) ? sum : G_MAXUINT64;
}

G_END_DECLS
