/* gstomvreader-private.h: what a reader consists of
 *
 * Private to gstomvreader*.c.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/gstomvreader.h>
#include <gst/omv/omv-recording.h>

G_BEGIN_DECLS

/* All fields belong to the one thread that uses the reader. */
struct _GstOmvReader {
  GObject parent;

  gboolean resync;
  guint max_frame_size;
  gboolean use_index;

  OmvRecording *recording;      /* NULL: closed */
  GFile *file;                  /* NULL: closed, many, or from memory */
  GstOmvJoin *join;             /* of many files, else NULL; belongs to the
                                   recording */
  guint64 position;             /* number of the next frame */
};

gboolean gst_omv_reader_check_open (GstOmvReader * self, GError ** error);
void gst_omv_reader_forget (GstOmvReader * self);

G_END_DECLS
