/* omv-dumper.c: writes the clips of a ring to files
 *
 * One thread follows the clips, from the oldest frame of each to its newest, one
 * after the other. It writes from the ring's own memory, and holds one frame at a
 * time, so capture goes on whatever the disk does; frames that capture overtakes
 * are counted. When the last frame is written, another thread waits for the disk,
 * gives the file its name and announces it: the next clip need not wait for that.
 *
 * A clip that cannot be written is announced at once, with the error, and what
 * could be written stays. One whose frames were all overtaken is an error, too.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-dumper.h"

#include <inttypes.h>

#include <gst/omv/omv-dump-file.h>
#include <gst/omv/omv-i18n.h>
#include <gst/omv/omv-metadata.h>

#include "omv-clip-name.h"

struct _OmvDumper
{
  /* constant */
  OmvHub *hub;
  OmvReader *reader;
  OmvDumperSettings settings;
  OmvDumpFunc announce;
  gpointer user_data;
  GThread *thread;
  GThreadPool *finisher;

  GMutex lock;
  GCond changed;

  /* lock */
  guint64 n_announced;
  gboolean cancelled;           /* of omv_dumper_wait() */
};

/* A clip on its way to the disk. Belongs to the dumping thread, then to the
 * finishing one. */
typedef struct
{
  OmvClip *clip;
  GstOmvDumpFile *file;         /* NULL until the first frame, or without files */
  GError *error;
  GstOmvMetadata *metadata;     /* what is written beside the file */
  OmvDumpReport report;
} Job;

static void
job_free (Job * job)
{
  omv_clip_unref (job->clip);
  g_clear_pointer (&job->file, gst_omv_dump_file_free);
  g_clear_error (&job->error);
  gst_omv_metadata_unref (job->metadata);
  g_free (job);
}

static Job *
job_new (OmvClip * clip)
{
  Job *job = g_new0 (Job, 1);

  job->clip = clip;
  job->metadata = gst_omv_metadata_new ();
  job->report.clip = clip;
  job->report.first_time = GST_CLOCK_TIME_NONE;
  job->report.last_time = GST_CLOCK_TIME_NONE;
  job->report.trigger_time = GST_CLOCK_TIME_NONE;

  return job;
}

/* --- frames --------------------------------------------------------------- */

static gboolean
open_file (OmvDumper * self, Job * job)
{
  OmvClipName values;
  g_autofree gchar *path = NULL;

  values.name = self->settings.name;
  values.label = job->clip->label;
  values.number = job->clip->id;
  values.time = job->clip->wall_clock;
  path = omv_clip_name_expand (self->settings.location, &values);
  job->file = gst_omv_dump_file_new (path, self->settings.exact_time,
      &job->error);

  return job->file != NULL;
}

/* So that it can be told from the notes of another recording. */
static void
mark_metadata (Job * job, const GstOmvRingPin * pin)
{
  const GstOmvFrameHeader *header = &pin->header;

  gst_omv_metadata_mark (job->metadata, header->format, header->width,
      header->height, pin->payload, header->payload_size);
}

static void
count_frame (OmvDumpReport * report, const OmvClipRange * range,
    const GstOmvRingPin * pin)
{
  if (!GST_CLOCK_TIME_IS_VALID (report->first_time))
    report->first_time = pin->time;
  report->last_time = pin->time;
  if (pin->sequence < range->trigger) {
    report->n_before++;
  } else if (pin->sequence > range->trigger) {
    report->n_after++;
  } else {
    report->has_trigger = TRUE;
    report->trigger_time = pin->time;
  }
}

static void
write_frame (OmvDumper * self, Job * job, const OmvClipRange * range,
    const GstOmvRingPin * pin)
{
  GstOmvFrameHeader header = pin->header;

  if (self->settings.location != NULL) {
    if (job->file == NULL && !open_file (self, job))
      return;
    header.exact_time = pin->time;
    if (!GST_CLOCK_TIME_IS_VALID (job->report.first_time))
      mark_metadata (job, pin);
    if (!gst_omv_dump_file_append (job->file, &header,
            pin->time - (GST_CLOCK_TIME_IS_VALID (job->report.first_time)
                ? job->report.first_time : pin->time), pin->payload,
            &job->error))
      return;
  }
  count_frame (&job->report, range, pin);
}

/* Writes frame @number, or finds out that it was overtaken. Returns the number
 * to go on with. */
static guint64
pass_frame (OmvDumper * self, Job * job, GstOmvRing * ring,
    const OmvClipRange * range, guint64 number)
{
  GstOmvRingPin pin;
  guint64 next = number + 1;

  if (gst_omv_ring_pin (ring, number, &pin) == GST_OMV_RING_PINNED) {
    write_frame (self, job, range, &pin);
    gst_omv_ring_unpin (ring, &pin);
  } else {
    guint64 oldest = gst_omv_ring_get_oldest (ring);

    if (oldest != GST_OMV_SEQUENCE_NONE)
      next = CLAMP (oldest, number + 1, range->end);
    job->report.n_missing += next - number;
  }

  return next;
}

/* All frames were overtaken: there is no file that would say so. */
static void
fail_without_file (Job * job)
{
  g_set_error (&job->error, GST_OMV_ERROR, GST_OMV_ERROR_OVERTAKEN,
      _("None of the %" PRIu64 " frames could be written in time."),
      job->report.n_missing);
}

static void
dump_clip (OmvDumper * self, GstOmvRing * ring, Job * job)
{
  OmvClipRange range;
  guint64 number = 0;

  while (job->error == NULL && omv_reader_wait_range (self->reader, job->clip,
          number, &range) == OMV_WAIT_DONE) {
    number = MAX (number, range.first);
    while (number < range.end && job->error == NULL)
      number = pass_frame (self, job, ring, &range, number);
  }

  if (job->error != NULL)
    omv_hub_give_up (self->hub, job->clip);
  else if (job->file == NULL && self->settings.location != NULL)
    fail_without_file (job);
  g_thread_pool_push (self->finisher, job, NULL);
}

static gpointer
run (gpointer data)
{
  OmvDumper *self = data;
  g_autoptr (GstOmvRing) ring = NULL;
  OmvClip *clip;
  gint numerator, denominator;

  if (omv_reader_wait_ring (self->reader, &ring, &numerator, &denominator)
      != OMV_WAIT_DONE)
    return NULL;
  while (omv_reader_wait_clip (self->reader, &clip) == OMV_WAIT_DONE)
    dump_clip (self, ring, job_new (clip));

  return NULL;
}

/* --- the end of a clip ---------------------------------------------------- */

static GDateTime *
get_start (const OmvDumpReport * report)
{
  gint64 distance = (gint64) (report->clip->time - report->first_time);

  return g_date_time_add (report->clip->wall_clock,
      -distance / (GST_SECOND / G_TIME_SPAN_SECOND));
}

static void
note_number (GstOmvMetadata * metadata, const gchar * key, guint64 number)
{
  g_autofree gchar *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  gst_omv_metadata_set_value (metadata, key, text);
}

/* What the recording cannot say of itself. */
static void
note_all (OmvDumper * self, const Job * job)
{
  const OmvDumpReport *report = &job->report;
  const OmvClip *clip = job->clip;
  GstOmvMetadata *metadata = job->metadata;
  g_autoptr (GDateTime) start = get_start (report);

  gst_omv_metadata_set_start (metadata, start);
  gst_omv_metadata_set_zone (metadata,
      g_time_zone_get_identifier (g_date_time_get_timezone (clip->wall_clock)));
  if (GST_CLOCK_TIME_IS_VALID (clip->base_time))
    gst_omv_metadata_set_base_time (metadata, clip->base_time);
  if (report->has_trigger)
    gst_omv_metadata_set_trigger_time (metadata, report->trigger_time);
  if (clip->label != NULL)
    gst_omv_metadata_set_label (metadata, clip->label);
  if (report->has_trigger)
    note_number (metadata, "trigger-frame", report->n_before);
  note_number (metadata, "first-time", report->first_time);
  note_number (metadata, "frames-missing", report->n_missing);
  for (gchar ** note = self->settings.notes; note != NULL && *note != NULL;
      note += 2)
    gst_omv_metadata_set_value (metadata, note[0], note[1]);
}

static void
finish (gpointer data, gpointer user_data)
{
  OmvDumper *self = user_data;
  Job *job = data;
  g_autofree gchar *location = NULL;

  if (job->file != NULL) {
    if (job->error == NULL) {
      note_all (self, job);
      (void) gst_omv_dump_file_finish (job->file, job->metadata,
          self->settings.sync, &job->error);
    }
    location = g_strdup (gst_omv_dump_file_get_path (job->file));
    job->report.location = location;
    job->report.n_bytes = gst_omv_dump_file_get_size (job->file);
    /* what waits in a file that was not finished is written before it is
     * announced */
    g_clear_pointer (&job->file, gst_omv_dump_file_free);
  }
  job->report.error = job->error;
  self->announce (&job->report, self->user_data);
  job_free (job);

  g_mutex_lock (&self->lock);
  self->n_announced++;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* --- the dumper ----------------------------------------------------------- */

/*
 * omv_dumper_new:
 * @announce: called for each clip, in their order, from a thread of the dumper's
 */
OmvDumper *
omv_dumper_new (OmvHub * hub, const OmvDumperSettings * settings,
    OmvDumpFunc announce, gpointer user_data)
{
  OmvDumper *self = g_new0 (OmvDumper, 1);

  self->hub = omv_hub_ref (hub);
  self->reader = omv_reader_new (hub, FALSE);
  self->settings = *settings;
  self->settings.location = g_strdup (settings->location);
  self->settings.name = g_strdup (settings->name);
  self->settings.notes = g_strdupv (settings->notes);
  self->announce = announce;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->finisher = g_thread_pool_new (finish, self, 1, FALSE, NULL);
  self->thread = g_thread_new ("omv-dumper", run, self);

  return self;
}

/* Its hub has ended: returns when all clips are announced. */
void
omv_dumper_free (OmvDumper * self)
{
  g_thread_join (self->thread);
  g_thread_pool_free (self->finisher, FALSE, TRUE);
  omv_reader_free (self->reader);
  omv_hub_unref (self->hub);
  g_free (self->settings.location);
  g_free (self->settings.name);
  g_strfreev (self->settings.notes);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/*
 * omv_dumper_wait:
 *
 * Waits until all clips that were opened before the call are announced. FALSE: it
 * was cancelled.
 */
gboolean
omv_dumper_wait (OmvDumper * self)
{
  guint64 wanted = omv_hub_get_n_clips (self->hub);
  gboolean done;

  g_mutex_lock (&self->lock);
  while (!self->cancelled && self->n_announced < wanted)
    g_cond_wait (&self->changed, &self->lock);
  done = self->n_announced >= wanted;
  g_mutex_unlock (&self->lock);

  return done;
}

/* Lets omv_dumper_wait() return, now and until it is set to FALSE again. */
void
omv_dumper_set_cancelled (OmvDumper * self, gboolean cancelled)
{
  g_mutex_lock (&self->lock);
  self->cancelled = cancelled;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}
