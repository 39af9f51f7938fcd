/* gstomvringsink-private.h: what the files of omvringsink share
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "gstomvringsink.h"

#include <stdatomic.h>

#include <gst/omv/omv-packer.h>

#include "omv-dumper.h"
#include "omv-ring-size.h"

G_BEGIN_DECLS

typedef struct
{
  OmvRingWishes wishes;
  guint64 post_frames;
  GstClockTime post_time;
  GstOmvRetrigger retrigger;
  gchar *location;              /* NULL: no files */
  gboolean dump_on_eos;
  gboolean fsync;
  gboolean exact_time;
  gchar *channel;               /* NULL: private */
} OmvRingSinkSettings;

typedef struct
{
  guint slots;                  /* frames promised */
  guint64 size;                 /* bytes of the ring */
  guint64 too_large;
  guint64 refused;              /* no slot was free */
  guint64 overtaken;            /* frames that dumps lack */
  guint64 triggers;
  guint64 dumps;
  guint64 bytes_written;
} OmvRingSinkStats;

struct _GstOmvRingSink
{
  GstBaseSink sink;

  /* object lock */
  OmvRingSinkSettings properties;
  OmvRingSinkStats stats;
  OmvHub *hub;                  /* from READY on */
  OmvDumper *dumper;            /* from PAUSED on; set and cleared by state changes,
                                   which join who else uses it */
  GstPad *trigger_pad;          /* NULL until it is requested */
  gboolean eos;
  GstClockTime frame_duration;  /* of the caps, or NONE */
  GstClockTime flushed;         /* ring time = running time + this */

  /* written by the streaming thread without a lock, read by any */
  _Atomic guint64 n_received;
  _Atomic guint64 n_stored;
  _Atomic guint64 n_missed;     /* by the source, as offsets tell */

  /* streaming thread; other threads only while it does not run */
  OmvRingSinkSettings settings; /* @properties as they were in READY */
  GstOmvPacker packer;
  GstOmvRing *ring;             /* NULL until the first caps or frame tell its size */
  GstClockTime last_time;       /* ring time of the newest frame */
  guint64 last_offset;          /* of the newest buffer, or NONE */
  gboolean warned_size;

  /* changes of state */
  gchar *channel;               /* under which the hub is published, or NULL */

  /* stream lock of the trigger pad */
  gboolean text;                /* whether its buffers are lines of text */
};

void gst_omv_ring_sink_install_properties (GObjectClass * object_class);
void gst_omv_ring_sink_init_properties (GstOmvRingSink * self);
guint64 gst_omv_ring_sink_trigger (GstOmvRingSink * self, const gchar * label);
guint64 gst_omv_ring_sink_trigger_at (GstOmvRingSink * self,
    guint64 running_time, const gchar * label);
void gst_omv_ring_sink_trigger_newest (GstOmvRingSink * self,
    const gchar * label);
void gst_omv_ring_sink_announce (const OmvDumpReport * report,
    gpointer user_data);
GstPad *gst_omv_ring_sink_new_trigger_pad (GstOmvRingSink * self,
    GstPadTemplate * templ);

G_END_DECLS
