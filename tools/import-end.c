/* import-end.c: whether the end of a video is there
 *
 * A file that was not copied to its end plays up to where it is torn, and demuxers
 * take that for its end. What the container says of its length is compared with what
 * came; where both may differ in a whole file, nothing is said.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "import.h"

#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

#include "omv-bytes.h"

#define RIFF_SIZE 12            /* with the name of the form */
#define RIFF_BEFORE 8           /* does not count itself */

/* Rounded durations, and last frames that are shown for longer, are no damage. */
#define N_FRAMES_MISSING 2
#define PART_MISSING 10

struct _OmvEnd
{
  GstPad *pad;

  /* streaming thread; others behind the end */
  GstSegment segment;
  guint64 start, end;           /* of the last frame */
  guint64 longest;              /* interval between two frames, or their duration */
  gint64 told;                  /* -1: not by the container */
};

/* What a container says is of its own times, which may start late, and which
 * demuxers or edit lists may move: the later one counts. */
static void
measure (OmvEnd * self, GstBuffer * buffer)
{
  guint64 start = gst_segment_to_stream_time (&self->segment, GST_FORMAT_TIME,
      GST_BUFFER_PTS (buffer));
  guint64 duration = GST_BUFFER_DURATION_IS_VALID (buffer)
      ? GST_BUFFER_DURATION (buffer) : 0;

  if (!GST_CLOCK_TIME_IS_VALID (start))
    return;

  if (GST_CLOCK_TIME_IS_VALID (self->start) && start > self->start)
    self->longest = MAX (self->longest, start - self->start);
  self->longest = MAX (self->longest, duration);
  self->start = start;
  self->end = MAX (self->end, MAX (start, GST_BUFFER_PTS (buffer)) + duration);
}

static GstPadProbeReturn
on_data (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  OmvEnd *self = user_data;
  GstEvent *event;

  if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
    if (self->segment.format == GST_FORMAT_TIME)
      measure (self, GST_PAD_PROBE_INFO_BUFFER (info));
    return GST_PAD_PROBE_OK;
  }

  event = GST_PAD_PROBE_INFO_EVENT (info);
  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
    gst_event_copy_segment (event, &self->segment);
  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS
      && !gst_pad_query_duration (pad, GST_FORMAT_TIME, &self->told))
    self->told = -1;
  return GST_PAD_PROBE_OK;
}

OmvEnd *
omv_end_new (GstPad * pad)
{
  OmvEnd *self = g_new0 (OmvEnd, 1);

  self->pad = gst_object_ref (pad);
  self->start = GST_CLOCK_TIME_NONE;
  self->told = -1;
  gst_segment_init (&self->segment, GST_FORMAT_UNDEFINED);
  (void) gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER
      | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_data, self, NULL);

  return self;
}

void
omv_end_free (OmvEnd * self)
{
  gst_object_unref (self->pad);
  g_free (self);
}

gboolean
omv_end_is_early (const OmvEnd * self, guint64 * ret_told, guint64 * ret_end)
{
  guint64 missing;

  if (self->told < 0 || self->longest == 0 || (guint64) self->told <= self->end)
    return FALSE;
  missing = (guint64) self->told - self->end;
  if (missing / N_FRAMES_MISSING <= self->longest
      || missing <= (guint64) self->told / PART_MISSING)
    return FALSE;

  *ret_told = (guint64) self->told;
  *ret_end = self->end;
  return TRUE;
}

/* Behind the first of its chunks an AVI file may have others (OpenDML). The size
 * of one that was never finished is 0 or all ones. */
gboolean
omv_end_is_cut (const gchar * path)
{
  guint8 header[RIFF_SIZE];
  GStatBuf status;
  FILE *file;
  gsize n;
  guint32 size;

  if (g_stat (path, &status) != 0 || !S_ISREG (status.st_mode))
    return FALSE;
  file = g_fopen (path, "rb");
  if (file == NULL)
    return FALSE;
  n = fread (header, 1, sizeof header, file);
  (void) fclose (file);
  if (n < sizeof header || memcmp (header, "RIFF", 4) != 0
      || memcmp (header + 8, "AVI ", 4) != 0)
    return FALSE;

  size = omv_read_u32 (header + 4);
  return size != 0 && size != G_MAXUINT32
      && (guint64) size + RIFF_BEFORE > (guint64) status.st_size;
}
