/* omv-hub.h: where the writer of a ring and its readers meet
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/gst.h>
#include <gst/omv/gstomvring.h>
#include <gst/omv/omv-windows.h>

G_BEGIN_DECLS

/* What a trigger says. */
typedef struct
{
  const gchar *label;           /* or NULL */
  GDateTime *wall_clock;
  GstClockTime time;            /* running time */
  GstClockTime base_time;
  gint64 patience;              /* µs for which to wait for frames up to @time */
} OmvTrigger;

/* A stretch of frames that a trigger has asked for. */
typedef struct
{
  guint64 id;
  gchar *label;                 /* or NULL */
  GDateTime *wall_clock;        /* of the trigger … */
  GstClockTime time;            /* … at this running time … */
  GstClockTime base_time;       /* … of a pipeline that started then */

  /*< private >*/
  GstOmvClip *frames;           /* hub lock */
  gatomicrefcount ref_count;
} OmvClip;

/* A copy of what is known of a clip. */
typedef struct
{
  gboolean ready;
  gboolean closed;
  guint64 trigger;
  guint64 first;
  guint64 end;
} OmvClipRange;

typedef enum
{
  OMV_WAIT_DONE,                /* what was waited for is there */
  OMV_WAIT_OVER,                /* it will never be */
  OMV_WAIT_CANCELLED
} OmvWait;

typedef struct _OmvHub OmvHub;
typedef struct _OmvReader OmvReader;

OmvClip *omv_clip_ref (OmvClip * clip);
void omv_clip_unref (OmvClip * clip);

OmvHub *omv_hub_new (void);
OmvHub *omv_hub_ref (OmvHub * hub);
void omv_hub_unref (OmvHub * hub);

/* the writer */
gboolean omv_hub_set_ring (OmvHub * hub, GstOmvRing * ring,
    const GstOmvWindowSettings * settings, gint rate_numerator,
    gint rate_denominator);
void omv_hub_add_frame (OmvHub * hub, GstClockTime time);
guint64 omv_hub_trigger (OmvHub * hub, const OmvTrigger * trigger);
void omv_hub_give_up (OmvHub * hub, OmvClip * clip);
guint64 omv_hub_get_n_clips (OmvHub * hub);
gboolean omv_hub_get_newest_time (OmvHub * hub, GstClockTime * ret_time);
guint64 omv_hub_get_n_frames (OmvHub * hub);
void omv_hub_set_eos (OmvHub * hub, gboolean eos);
void omv_hub_end (OmvHub * hub);

/* any reader */
OmvReader *omv_reader_new (OmvHub * hub, gboolean until_eos);
void omv_reader_free (OmvReader * reader);
void omv_reader_set_cancelled (OmvReader * reader, gboolean cancelled);
OmvWait omv_reader_wait_ring (OmvReader * reader, GstOmvRing ** ret_ring,
    gint * ret_rate_numerator, gint * ret_rate_denominator);
OmvWait omv_reader_wait_clip (OmvReader * reader, OmvClip ** ret_clip);
OmvWait omv_reader_wait_range (OmvReader * reader, OmvClip * clip,
    guint64 number, OmvClipRange * ret_range);
OmvWait omv_reader_wait_frame (OmvReader * reader, guint64 number,
    guint64 * ret_oldest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvClip, omv_clip_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvHub, omv_hub_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvReader, omv_reader_free)

G_END_DECLS
