/* gstomvimageio-private.h: what an ImageIO consists of
 *
 * Private to gstomvimageio*.c and their tests: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/gstomvimageio.h>
#include <gst/omv/gstomvmemorystream.h>
#include <gst/omv/gstomvreader.h>
#include <gst/omv/gstomvwriter.h>
#include <gst/omv/omv-clock.h>
#include <gst/omv/omv-timing.h>

G_BEGIN_DECLS

/* All fields belong to the one thread that uses the stream. */
struct _GstOmvImageIO {
  GObject parent;

  /* A file has a reader and, unless it is only read, a writer. None of the
   * three: closed. */
  GstOmvReader *reader;
  GstOmvWriter *writer;
  GstOmvMemoryStream *memory;
  guint64 offset;               /* in a file: of the next frame */

  OmvClock clock;
  guint64 written;              /* clock: the last write, or the opening */
  guint64 due;                  /* clock: of the last frame, I4 */

  /* of frames written to memory, ns: what they come to, rounded and not */
  GstOmvTimeWriter intervals;
  guint64 time;
};

gboolean gst_omv_image_io_check_open (GstOmvImageIO * self, GError ** error);

GST_OMV_API
void gst_omv_image_io_set_clock (GstOmvImageIO * self,
    const OmvClock * clock);

G_END_DECLS
