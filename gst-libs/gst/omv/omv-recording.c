/* omv-recording.c: an open recording: its bytes, its index, its frames
 *
 * What lies between a reader's functions and the walk. The index reaches as far
 * as somebody has asked, and whoever reads on at its end extends it on the way,
 * so that frames read in order cost one walk.
 *
 * A file may be written to while it is read. How long it is is looked up again
 * whenever something behind its end is asked for, and what the index remembers
 * is held against what is there: where they differ, the index is made anew and
 * the question asked once more. A sidecar index is believed no further.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-recording.h"

#include "omv-i18n.h"
#include "omv-recording-private.h"
#include "omv-sidecar-file.h"

/* Frames that are sooner walked over than a sidecar is read. */
#define SIDECAR_FRAMES 64

static gboolean
read_version (OmvRecording * self, GError ** error)
{
  const GstOmvWalkInput *input = &self->source->input;

  return omv_source_bring (self->source, 0, GST_OMV_FILE_HEADER_SIZE, error)
      && gst_omv_file_header_read (input->data,
      MIN (input->size, GST_OMV_FILE_HEADER_SIZE), &self->version, error);
}

/*
 * omv_recording_new:
 * @source: (transfer full): its bytes
 * @start: a walk at the start, with its settings
 * @sidecar_owner: (nullable): the file beside which a sidecar may lie
 *
 * NULL: it is no recording.
 */
OmvRecording *
omv_recording_new (OmvSource * source, const GstOmvWalk * start,
    GFile * sidecar_owner, GError ** error)
{
  OmvRecording *self = g_new0 (OmvRecording, 1);

  self->source = source;
  self->start = *start;
  self->index = gst_omv_index_new (start);
  g_set_object (&self->sidecar_owner, sidecar_owner);
  if (!read_version (self, error))
    g_clear_pointer (&self, omv_recording_free);

  return self;
}

void
omv_recording_free (OmvRecording * self)
{
  omv_source_free (self->source);
  gst_omv_index_free (self->index);
  g_clear_object (&self->sidecar_owner);
  g_free (self);
}

GstOmvVersion
omv_recording_get_version (const OmvRecording * self)
{
  return self->version;
}

/*
 * omv_recording_get_size:
 * @ret_size: (out): bytes that there are now, with those of a torn frame
 */
gboolean
omv_recording_get_size (OmvRecording * self, guint64 * ret_size,
    GError ** error)
{
  if (!omv_source_reach_end (self->source, error)
      || !omv_source_measure (self->source, error))
    return FALSE;

  *ret_size = self->source->input.end;
  return TRUE;
}

/*
 * omv_recording_start_over:
 *
 * Nothing known so far counts any more, a sidecar least of all.
 */
void
omv_recording_start_over (OmvRecording * self)
{
  gst_omv_index_free (self->index);
  self->index = gst_omv_index_new (&self->start);
  self->has_walk = FALSE;
  omv_source_forget (self->source);
  g_clear_object (&self->sidecar_owner);
}

/* FALSE: the bytes cannot be read. */
gboolean
omv_recording_take_step (OmvRecording * self, GstOmvWalk * walk,
    GstOmvWalkResult * ret_result, GstOmvWalkStep * ret_step, GError ** error)
{
  for (;;) {
    *ret_result = gst_omv_walk_next (walk, &self->source->input, ret_step,
        NULL);
    if (*ret_result != GST_OMV_WALK_NEED)
      return TRUE;
    if (!omv_source_bring (self->source, ret_step->offset,
            (gsize) ret_step->size, error))
      return FALSE;
  }
}

/* The same for the walk that makes the index. */
static gboolean
extend (OmvRecording * self, GstOmvWalkResult * ret_result,
    GstOmvWalkStep * ret_step, GError ** error)
{
  for (;;) {
    *ret_result = gst_omv_index_extend (self->index, &self->source->input,
        ret_step, NULL);
    if (*ret_result != GST_OMV_WALK_NEED)
      break;
    if (!omv_source_bring (self->source, ret_step->offset,
            (gsize) ret_step->size, error))
      return FALSE;
  }

  if (gst_omv_index_is_complete (self->index))
    self->indexed_end = self->source->input.end;
  return TRUE;
}

/* Looks whether the recording still ends where a complete index does. If not,
 * the index is no longer complete. */
static gboolean
check_end (OmvRecording * self, gboolean * ret_changed, GError ** error)
{
  guint64 end;

  if (!omv_source_measure (self->source, error))
    return FALSE;

  end = self->source->input.end;
  if (end < self->indexed_end)
    omv_recording_start_over (self);
  else if (end > self->indexed_end)
    gst_omv_index_reopen (self->index);
  *ret_changed = end != self->indexed_end;

  return TRUE;
}

/* ---- the sidecar ---- */

/* The bytes before @end by which a sidecar knows the recording. NULL without an
 * error: they are not there any more. */
static gboolean
get_tail (OmvRecording * self, guint64 end, const guint8 ** ret_tail,
    gsize * ret_size, GError ** error)
{
  const GstOmvWalkInput *input = &self->source->input;
  gsize size = (gsize) MIN (end, GST_OMV_SIDECAR_TAIL_SIZE);
  guint64 offset = end - size;

  if (!omv_source_bring (self->source, offset, size, error))
    return FALSE;

  *ret_tail = NULL;
  *ret_size = size;
  if (offset >= input->offset && end <= input->offset + input->size)
    *ret_tail = input->data + (offset - input->offset);
  return TRUE;
}

static GstOmvIndex *
read_sidecar (OmvRecording * self, GError ** error)
{
  g_autoptr (GBytes) sidecar = gst_omv_sidecar_load (self->sidecar_owner,
      error);
  guint64 end = self->source->input.end;
  const guint8 *data, *tail;
  gsize size, tail_size;
  guint64 known_end;

  if (sidecar == NULL)
    return NULL;

  data = g_bytes_get_data (sidecar, &size);
  if (!gst_omv_sidecar_read_end (data, size, end, &known_end, error)
      || !get_tail (self, known_end, &tail, &tail_size, error))
    return NULL;

  return gst_omv_sidecar_read (data, size, &self->start, end, tail,
      tail != NULL ? tail_size : 0, error);
}

/* Walks from the last frame that @index remembers to its end, which it then
 * tells truly. */
static gboolean
is_borne_out (OmvRecording * self, const GstOmvIndex * index)
{
  GstOmvWalkResult result;
  GstOmvWalkStep step;
  gboolean first = TRUE;
  GstOmvWalk walk;

  if (!gst_omv_index_find_number (index, G_MAXUINT64, &walk))
    return FALSE;

  do {
    if (!omv_recording_take_step (self, &walk, &result, &step, NULL)
        || (first && result != GST_OMV_WALK_FRAME)
        || (result == GST_OMV_WALK_FRAME
            && !gst_omv_index_agrees (index, &step)))
      return FALSE;
    first = FALSE;
  } while (gst_omv_index_is_complete (index)
      && (result == GST_OMV_WALK_FRAME || result == GST_OMV_WALK_SKIP)
      && walk.number <= gst_omv_index_get_n_frames (index));

  return !gst_omv_index_is_complete (index)
      || walk.number == gst_omv_index_get_n_frames (index);
}

/* Takes a sidecar's index, if that knows more. It is tried once. */
void
omv_recording_try_sidecar (OmvRecording * self)
{
  g_autoptr (GstOmvIndex) index = NULL;
  g_autoptr (GError) error = NULL;

  if (self->sidecar_owner == NULL || gst_omv_index_is_complete (self->index))
    return;

  index = read_sidecar (self, &error);
  g_clear_object (&self->sidecar_owner);
  if (index == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
      g_debug ("the sidecar index is ignored: %s", error->message);
    return;
  }
  if (!is_borne_out (self, index)) {
    g_debug ("the sidecar index does not fit the recording");
    return;
  }
  if (gst_omv_index_get_n_frames (index)
      < gst_omv_index_get_n_frames (self->index))
    return;

  gst_omv_index_free (self->index);
  self->index = g_steal_pointer (&index);
  self->indexed_end = self->source->input.end;
}

/*
 * omv_recording_write_sidecar:
 *
 * Puts an index that reaches the end beside @owner.
 */
gboolean
omv_recording_write_sidecar (OmvRecording * self, GFile * owner,
    GError ** error)
{
  const GstOmvIndex *index = omv_recording_reach_end (self, error);
  g_autoptr (GBytes) sidecar = NULL;
  const guint8 *tail;
  gsize size;

  if (index == NULL || !get_tail (self, self->indexed_end, &tail, &size, error))
    return FALSE;
  if (tail == NULL) {
    g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
        _("The recording changes while it is read."));
    return FALSE;
  }

  sidecar = gst_omv_sidecar_write (index, self->indexed_end, tail, size);
  return gst_omv_sidecar_store (owner, sidecar, error);
}

/* ---- the end ---- */

/*
 * omv_recording_extend_to:
 *
 * Extends the index beyond frame @number. OMV_FOUND: that is the frame it has
 * just passed, at @ret_step, and @ret_walk stands behind it.
 */
OmvOutcome
omv_recording_extend_to (OmvRecording * self, guint64 number,
    GstOmvWalk * ret_walk, GstOmvWalkStep * ret_step, GError ** error)
{
  GstOmvWalkResult result;
  gboolean changed;

  if (number > gst_omv_index_get_n_frames (self->index) + SIDECAR_FRAMES)
    omv_recording_try_sidecar (self);

  while (gst_omv_index_get_n_frames (self->index) <= number) {
    if (gst_omv_index_is_complete (self->index)) {
      if (!check_end (self, &changed, error))
        return OMV_FAILED;
      if (!changed)
        return OMV_ABSENT;
      continue;
    }
    if (!extend (self, &result, ret_step, error))
      return OMV_FAILED;
    if (result == GST_OMV_WALK_FRAME && ret_step->number == number) {
      *ret_walk = *gst_omv_index_get_walk (self->index);
      return OMV_FOUND;
    }
  }

  return OMV_KNOWN;
}

/*
 * omv_recording_reach_end:
 *
 * Returns the index, complete as of now, or NULL if the bytes cannot be read.
 */
const GstOmvIndex *
omv_recording_reach_end (OmvRecording * self, GError ** error)
{
  gboolean changed = TRUE;

  omv_recording_try_sidecar (self);
  while (changed) {
    while (!gst_omv_index_is_complete (self->index)) {
      GstOmvWalkResult result;
      GstOmvWalkStep step;

      if (!extend (self, &result, &step, error))
        return NULL;
    }
    if (!check_end (self, &changed, error))
      return NULL;
  }

  return self->index;
}

/* FALSE: a walk that began when the recording ended at @end has come to its end
 * too early. */
static gboolean
check_reached (OmvRecording * self, guint64 end, GError ** error)
{
  if (self->source->input.end >= end)
    return TRUE;

  g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
      _("The recording changes while it is read."));
  return FALSE;
}

/*
 * omv_recording_walk:
 *
 * Tells @func of each step from the start to the end, as long as it returns
 * TRUE. FALSE: the bytes cannot be read, or some that were there when it began
 * are gone at the end, or without resync there is damage.
 */
gboolean
omv_recording_walk (OmvRecording * self, OmvWalkFunc func, gpointer user_data,
    GError ** error)
{
  GstOmvWalk walk = self->start;
  GstOmvWalkResult result;
  GstOmvWalkStep step;
  guint64 end;

  if (!omv_source_measure (self->source, error))
    return FALSE;

  end = self->source->input.end;
  do {
    result = gst_omv_walk_next (&walk, &self->source->input, &step, error);
    if (result == GST_OMV_WALK_ERROR)
      return FALSE;
    if (result == GST_OMV_WALK_END && !check_reached (self, end, error))
      return FALSE;
    if (result == GST_OMV_WALK_NEED) {
      if (!omv_source_bring (self->source, step.offset, (gsize) step.size,
              error))
        return FALSE;
    } else if (!func (result, &step, user_data)) {
      break;
    }
  } while (result != GST_OMV_WALK_END);

  return TRUE;
}

/*
 * omv_recording_get_times:
 * @times: of guint64: gets the time of each frame
 *
 * FALSE: the bytes cannot be read, or some that were there when it began are gone.
 */
gboolean
omv_recording_get_times (OmvRecording * self, GArray * times, GError ** error)
{
  GstOmvWalk walk = self->start;
  GstOmvWalkResult result;
  GstOmvWalkStep step;
  guint64 end;

  if (!omv_source_measure (self->source, error))
    return FALSE;

  end = self->source->input.end;
  do {
    if (!omv_recording_take_step (self, &walk, &result, &step, error))
      return FALSE;
    if (result == GST_OMV_WALK_FRAME)
      g_array_append_val (times, step.time);
  } while (result == GST_OMV_WALK_FRAME || result == GST_OMV_WALK_SKIP);

  return check_reached (self, end, error);
}
