/* omvringtest.h: a ring sink whose frames follow from their numbers
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>

G_BEGIN_DECLS

/* 8 x 4 pixels of gray, 25 frames a second. */
#define RING_CAPS "video/x-raw, format=GRAY8, width=8, height=4, framerate=25/1"
#define RING_CAPS_LARGE \
    "video/x-raw, format=GRAY8, width=8, height=8, framerate=25/1"
#define RING_CAPS_RGB \
    "video/x-raw, format=RGB16, width=8, height=2, framerate=25/1"
#define RING_FRAME_TIME (40 * GST_MSECOND)
#define RING_FRAME_SIZE 32

typedef struct {
  GstElement *sink;
  GstHarness *harness;          /* NULL until ring_play() */
  GstBus *bus;
  gchar *folder;                /* where its clips go */
  guint64 n_frames;             /* pushed so far */
} Ring;

/* What a message and its file are to say. */
typedef struct {
  guint64 id;
  const gchar *label;
  guint64 first;                /* frame */
  guint64 trigger;              /* frame */
  guint64 end;                  /* frame behind the last one */
} Clip;

Ring *ring_new (const gchar * first_property, ...) G_GNUC_NULL_TERMINATED;
void ring_play (Ring * ring);
void ring_play_caps (Ring * ring, const gchar * caps);
void ring_free (Ring * ring);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ring, ring_free)

GstBuffer *ring_make_frame (guint64 number, gsize size);
void ring_push (Ring * ring, guint64 count);
guint64 ring_trigger (Ring * ring, const gchar * label);
guint64 ring_trigger_at (Ring * ring, GstClockTime time,
    const gchar * label);
guint64 ring_get_stat (Ring * ring, const gchar * name);

/* a pad that is linked to the trigger pad */
GstPad *ring_link_trigger (Ring * ring, const gchar * caps);
void ring_unlink_trigger (Ring * ring, GstPad * source);
GstFlowReturn ring_push_text (GstPad * source, const gchar * text);

GstMessage *ring_pop_dump (Ring * ring);
GstMessage *ring_pop (Ring * ring, GstMessageType type);
void ring_pop_warning (Ring * ring, GstResourceError code,
    const gchar * text);
guint64 ring_get_number (GstMessage * message, const gchar * field);
const gchar *ring_get_location (GstMessage * message);
gchar *ring_check_clip (Ring * ring, const Clip * clip);
void ring_check_file (const gchar * path, guint64 from, guint64 end);
void ring_check_no_dump (Ring * ring);

/* The program's own gst_omv_dump_file_append(), which its libraries call: a disk
 * that can be held. */
void slow_disk_reset (void);
void slow_disk_wait_written (guint64 count);
void slow_disk_hold (void);
void slow_disk_wait_held (void);
void slow_disk_let_pass (guint n_frames);
void slow_disk_release (void);
void slow_disk_fail (gboolean fail);
void slow_disk_set_delay (guint microseconds);

G_END_DECLS
