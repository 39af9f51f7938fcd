/* omv-join.c: the recordings of many files as the bytes of one
 *
 * The files one behind the other are a recording already: where a file header
 * stands in the place of a frame header, another recording starts and time goes
 * on. Here its first interval is another one, so that time is what it was
 * (omv-join-time.c); a file header is left out where the version stays, so that
 * exact times go on, too; and of each file but the last only what reaches to the
 * end of its last whole frame is there, so that one which was torn costs no
 * frame of the next.
 *
 * Where a file ends is known once all its headers, or an index beside it, have
 * been read. That is done when somebody asks for bytes behind the file before,
 * and one file is open at a time, however many there are.
 *
 * Of several files those that are no recordings, or are gone, are left out. Which
 * ones, and why, can be asked for.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-join.h"

#include <string.h>

#include "omv-i18n.h"
#include "omv-join-private.h"
#include "omv-metadata.h"
#include "omv-recording.h"

struct _GstOmvJoin
{
  GPtrArray *files;             /* of GFile */
  GstOmvWalk start;
  gboolean use_index;

  guint n_tried;                /* files that were looked at */
  GPtrArray *parts;             /* of OmvJoinPart: those that are recordings */
  GPtrArray *left_out;          /* of gchar *: a sentence about each other one
                                   that is not empty */
  const OmvJoinPart *last;      /* the last one with frames, or NULL */
  guint64 end;

  GInputStream *stream;         /* of part @open, or NULL */
  guint open;
};

static void
part_free (gpointer data)
{
  OmvJoinPart *part = data;

  g_clear_object (&part->file);
  g_clear_pointer (&part->wall_clock, g_date_time_unref);
  g_free (part);
}

static OmvJoinPart *
get_part (const GstOmvJoin * self, guint i)
{
  return g_ptr_array_index (self->parts, i);
}

/* ---- what is known of a file ---- */

static gboolean
get_frame (OmvRecording * recording, guint64 number, OmvJoinFrame * ret_frame,
    GstOmvWalk * ret_walk, GError ** error)
{
  if (!omv_recording_find_end (recording, number + 1, ret_walk, error))
    return FALSE;

  ret_frame->offset = ret_walk->previous;
  ret_frame->time = ret_walk->time.time;
  ret_frame->version = ret_walk->version;
  ret_frame->header = ret_walk->header;
  return TRUE;
}

/* What lies behind the last frame, from @offset on. */
static void
look_behind (OmvJoinPart * part, const GstOmvIndex * index, guint64 offset,
    guint64 size)
{
  guint n_damages = gst_omv_index_get_n_damages (index);

  part->cut.offset = MIN (offset, size);
  part->cut.size = size - part->cut.offset;
  part->cut.number = part->n_frames;
  part->cut.fault = GST_OMV_FAULT_TORN;
  if (n_damages > 0 && !gst_omv_index_is_torn (index)) {
    GstOmvWalkStep damage;

    gst_omv_index_get_damage (index, n_damages - 1, &damage);
    part->cut.fault = damage.fault;
  }
}

/* Without resync, nothing counts behind damage. */
static gboolean
ends_in_damage (const GstOmvJoin * self, const OmvJoinPart * part)
{
  return !self->start.resync && part->cut.size > 0
      && part->cut.fault != GST_OMV_FAULT_TORN;
}

/* Finding a frame may show that an index beside the file is not its own. It is
 * made anew then, and all begins again. NULL: the bytes cannot be read. */
static const GstOmvIndex *
find_frames (OmvJoinPart * part, OmvRecording * recording,
    GstOmvWalk * ret_walk, GError ** error)
{
  const GstOmvIndex *index = omv_recording_reach_end (recording, error);

  while (index != NULL && part->n_frames != gst_omv_index_get_n_frames (index)) {
    part->n_frames = gst_omv_index_get_n_frames (index);
    if (part->n_frames == 0)
      break;
    if (!get_frame (recording, 0, &part->first, ret_walk, error)
        || !get_frame (recording, part->n_frames - 1, &part->last, ret_walk,
            error))
      return NULL;
    index = omv_recording_reach_end (recording, error);
  }

  return index;
}

static gboolean
look_at_frames (OmvJoinPart * part, OmvRecording * recording, GError ** error)
{
  GstOmvWalk walk;
  const GstOmvIndex *index = find_frames (part, recording, &walk, error);
  guint64 position = GST_OMV_FILE_HEADER_SIZE, size;

  if (index == NULL || !omv_recording_get_size (recording, &size, error))
    return FALSE;

  if (part->n_frames > 0) {
    part->clock = walk.time;
    part->last_interval = gst_omv_index_get_end_time (index)
        - gst_omv_index_get_last_time (index);
    position = walk.position;
  }

  look_behind (part, index, position, size);
  part->stored = part->cut.offset;
  part->size = position;
  return TRUE;
}

static gboolean
is_own (GstOmvMetadata * metadata, const OmvJoinPart * part,
    OmvRecording * recording)
{
  g_autoptr (GstOmvFrame) frame = part->n_frames > 0
      ? omv_recording_read_number (recording, 0, NULL) : NULL;
  const guint8 *data;
  gsize size;

  if (frame == NULL)
    return TRUE;

  data = g_bytes_get_data (frame->payload, &size);
  return gst_omv_metadata_belongs_to (metadata, frame->header.format,
      frame->header.width, frame->header.height, data, size);
}

static void
look_at_metadata (OmvJoinPart * part, OmvRecording * recording)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstOmvMetadata) metadata =
      gst_omv_metadata_load (part->file, &error);

  part->base_time = GST_OMV_TIME_NONE;
  if (metadata == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
      g_debug ("metadata is ignored: %s", error->message);
    return;
  }
  if (!is_own (metadata, part, recording)) {
    g_debug ("metadata is ignored, as it is of another recording");
    return;
  }

  part->wall_clock = gst_omv_metadata_get_start (metadata);
  part->base_time = gst_omv_metadata_get_base_time (metadata);
}

/* A file that is left out, and not an error. */
static gboolean
is_none (const GError * error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
      || g_error_matches (error, GST_OMV_ERROR, GST_OMV_ERROR_WRONG_TYPE)
      || g_error_matches (error, GST_OMV_ERROR, GST_OMV_ERROR_TRUNCATED);
}

/* @ret_version: of the file, which its first frame need not be of */
static OmvJoinPart *
part_new (const GstOmvJoin * self, GFile * file, GstOmvVersion * ret_version,
    GError ** error)
{
  OmvSource *source = omv_source_new_for_file (file, error);
  g_autoptr (OmvRecording) recording = NULL;
  OmvJoinPart *part;

  if (source == NULL)
    return NULL;
  recording = omv_recording_new (source, &self->start,
      self->use_index ? file : NULL, error);
  if (recording == NULL)
    return NULL;

  part = g_new0 (OmvJoinPart, 1);
  if (!look_at_frames (part, recording, error)) {
    part_free (part);
    return NULL;
  }

  g_set_object (&part->file, file);
  look_at_metadata (part, recording);
  *ret_version = omv_recording_get_version (recording);
  return part;
}

/* ---- the whole ---- */

/* Puts @part behind all others. */
static void
append (GstOmvJoin * self, OmvJoinPart * part, GstOmvVersion version)
{
  const OmvJoinPart *last = self->last;
  gboolean is_same = last != NULL && last->last.version == version;

  part->offset = self->end;
  if (last != NULL)
    part->number = last->number + last->n_frames;
  if (is_same)
    part->skip = GST_OMV_FILE_HEADER_SIZE;

  if (part->n_frames > 0) {
    /* a file of joined recordings may start with an empty one */
    gboolean is_first = part->first.offset == GST_OMV_FILE_HEADER_SIZE;

    omv_join_place (part, last, is_same && is_first);
    self->last = part;
  } else {
    part->is_placed = last == NULL;
    part->time = last == NULL ? 0 : last->clock.time + last->last_interval;
    /* the first file says what the whole is, even if it is empty */
    if (self->parts->len > 0)
      part->skip = part->size;
  }

  part->stored -= MIN (part->skip, part->stored);
  part->size -= part->skip;
  self->end += part->size;
  g_ptr_array_add (self->parts, part);
}

/* No file follows: what lies behind the last frame is there, and may grow. */
static gboolean
measure_tail (GstOmvJoin * self, GError ** error)
{
  OmvJoinPart *part = get_part (self, self->parts->len - 1);
  g_autoptr (GFileInfo) info = NULL;
  guint64 size;

  if (part->n_frames == 0 && self->parts->len > 1)
    return TRUE;

  info = g_file_query_info (part->file, G_FILE_ATTRIBUTE_STANDARD_SIZE,
      G_FILE_QUERY_INFO_NONE, NULL, error);
  if (info == NULL)
    return FALSE;

  size = (guint64) g_file_info_get_size (info);
  part->cut.size = 0;
  part->stored = size - MIN (size, part->skip);
  part->size = part->stored;
  self->end = part->offset + part->size;
  return TRUE;
}

static gboolean
fail_empty (GError ** error)
{
  g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_WRONG_TYPE,
      _("None of these files is an OMV IMG STR recording."));
  return FALSE;
}

/* An empty file, or none, is nothing that anybody could miss. */
static void
note_left_out (GstOmvJoin * self, GFile * file, const GError * error)
{
  g_autoptr (GFileInfo) info = g_file_query_info (file,
      G_FILE_ATTRIBUTE_STANDARD_SIZE, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  g_autofree gchar *name = g_file_get_parse_name (file);

  if (info != NULL && g_file_info_get_size (info) > 0)
    g_ptr_array_add (self->left_out, g_strdup_printf (_("%s is left out: %s"),
            name, error->message));
}

/* Looks at one file more. */
static gboolean
try_next (GstOmvJoin * self, GError ** error)
{
  g_autoptr (GError) own_error = NULL;
  GFile *file = g_ptr_array_index (self->files, self->n_tried);
  GstOmvVersion version = GST_OMV_VERSION_V2_0;
  OmvJoinPart *part = part_new (self, file, &version, &own_error);

  if (part == NULL && (self->files->len == 1 || !is_none (own_error))) {
    g_autofree gchar *name = g_file_get_parse_name (file);

    g_propagate_prefixed_error (error, g_steal_pointer (&own_error), "%s: ",
        name);
    return FALSE;
  }

  self->n_tried++;
  if (part != NULL) {
    append (self, part, version);
    if (ends_in_damage (self, part))
      self->n_tried = self->files->len;
  } else {
    note_left_out (self, file, own_error);
  }

  if (!gst_omv_join_is_complete (self))
    return TRUE;
  return self->parts->len > 0 ? measure_tail (self, error) : fail_empty (error);
}

/*
 * gst_omv_join_new:
 * @files: (element-type GFile): in order
 * @start: a walk at the start, with the settings that count for each file
 * @use_index: whether to look for FILE.idx beside them
 *
 * NULL: the first file cannot be read, or none is a recording.
 */
GstOmvJoin *
gst_omv_join_new (GPtrArray * files, const GstOmvWalk * start,
    gboolean use_index, GError ** error)
{
  g_autoptr (GstOmvJoin) self = g_new0 (GstOmvJoin, 1);

  self->files = g_ptr_array_ref (files);
  self->parts = g_ptr_array_new_with_free_func (part_free);
  self->left_out = g_ptr_array_new_with_free_func (g_free);
  self->start = *start;
  self->use_index = use_index;

  return gst_omv_join_reach (self, GST_OMV_FILE_HEADER_SIZE, error)
      ? g_steal_pointer (&self) : NULL;
}

void
gst_omv_join_free (GstOmvJoin * self)
{
  g_clear_object (&self->stream);
  g_ptr_array_unref (self->parts);
  g_ptr_array_unref (self->left_out);
  g_ptr_array_unref (self->files);
  g_free (self);
}

/*
 * gst_omv_join_reach:
 * @end: an offset; %GST_OMV_OFFSET_NONE: look at all files
 *
 * Looks at further files until there are bytes up to @end, if there are so many.
 */
gboolean
gst_omv_join_reach (GstOmvJoin * self, guint64 end, GError ** error)
{
  while (self->end < end && !gst_omv_join_is_complete (self)) {
    if (!try_next (self, error))
      return FALSE;
  }

  return TRUE;
}

/*
 * gst_omv_join_measure:
 *
 * Looks how long the last file is now, if it is known which one that is.
 */
gboolean
gst_omv_join_measure (GstOmvJoin * self, GError ** error)
{
  return !gst_omv_join_is_complete (self) || measure_tail (self, error);
}

/* Bytes known so far. */
guint64
gst_omv_join_get_end (const GstOmvJoin * self)
{
  return self->end;
}

/* Whether no file is left that could have more. */
gboolean
gst_omv_join_is_complete (const GstOmvJoin * self)
{
  return self->n_tried == self->files->len;
}

/* ---- reading ---- */

/* The part that has the byte at @offset. */
static guint
find_part (const GstOmvJoin * self, guint64 offset)
{
  guint low = 0, high = self->parts->len;

  while (high - low > 1) {
    guint middle = low + (high - low) / 2;

    if (get_part (self, middle)->offset <= offset)
      low = middle;
    else
      high = middle;
  }

  return low;
}

static gboolean
open_part (GstOmvJoin * self, guint i, GError ** error)
{
  GFileInputStream *stream;

  if (self->stream != NULL && self->open == i)
    return TRUE;

  g_clear_object (&self->stream);
  stream = g_file_read (get_part (self, i)->file, NULL, error);
  if (stream == NULL)
    return FALSE;

  self->stream = G_INPUT_STREAM (stream);
  self->open = i;
  return TRUE;
}

/* Puts what is to stand in the file instead over the @size bytes that were read
 * from @offset on. */
static void
apply_patch (const OmvJoinPart * part, guint64 offset, guint8 * data,
    gsize size)
{
  guint64 patch_end = part->first.offset + part->patch_size;
  guint64 from = MAX (offset, part->first.offset);
  guint64 to = MIN (offset + size, patch_end);

  if (from < to)
    memcpy (data + (from - offset), part->patch + (from - part->first.offset),
        (gsize) (to - from));
}

/* Reads bytes that are all within part @i. Fewer: it has become shorter. */
static gboolean
read_part (GstOmvJoin * self, guint i, guint64 offset, guint8 * data,
    gsize size, gsize * ret_size, GError ** error)
{
  const OmvJoinPart *part = get_part (self, i);
  guint64 start = part->skip + offset;
  gsize stored = offset < part->stored
      ? (gsize) MIN (size, part->stored - offset) : 0;
  gsize got = 0;

  if (stored > 0 && (!open_part (self, i, error)
          || !g_seekable_seek (G_SEEKABLE (self->stream), (goffset) start,
              G_SEEK_SET, NULL, error)
          || !g_input_stream_read_all (self->stream, data, stored, &got, NULL,
              error)))
    return FALSE;

  apply_patch (part, start, data, got);
  if (got == stored) {
    memset (data + stored, 0, size - stored);
    got = size;
  }
  *ret_size = got;
  return TRUE;
}

/*
 * gst_omv_join_read:
 * @ret_size: (out): how many bytes were read: fewer than @size at the end
 *
 * Errors: %GST_OMV_ERROR_CORRUPT if a file in the middle has become shorter;
 * %G_IO_ERROR.
 */
gboolean
gst_omv_join_read (GstOmvJoin * self, guint64 offset, guint8 * data,
    gsize size, gsize * ret_size, GError ** error)
{
  gsize done = 0;

  if (!gst_omv_join_reach (self, offset + size, error))
    return FALSE;

  for (guint i = find_part (self, offset); i < self->parts->len && done < size;
      i++) {
    const OmvJoinPart *part = get_part (self, i);
    guint64 at = offset + done - part->offset;
    gsize wanted, got;

    if (at >= part->size)
      continue;
    wanted = (gsize) MIN (size - done, part->size - at);
    if (!read_part (self, i, at, data + done, wanted, &got, error))
      return FALSE;
    done += got;
    if (got == wanted)
      continue;
    if (i + 1 == self->parts->len)
      break;
    g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
        _("The recording changes while it is read."));
    return FALSE;
  }

  *ret_size = done;
  return TRUE;
}

/* ---- what it consists of ---- */

guint
gst_omv_join_get_n_parts (const GstOmvJoin * self)
{
  return self->parts->len;
}

/* @ret_part: (out): its file belongs to @self */
void
gst_omv_join_get_part (const GstOmvJoin * self, guint i, GstOmvPart * ret_part)
{
  const OmvJoinPart *part = get_part (self, i);

  ret_part->file = part->file;
  ret_part->number = part->number;
  ret_part->n_frames = part->n_frames;
  ret_part->time = part->time;
  ret_part->gap = part->gap;
  ret_part->is_placed = part->is_placed;
}

/*
 * gst_omv_join_get_cut:
 * @ret_step: (out): the damage, at the end of part @i in the whole, where it takes
 *   no room; its size is 0 if there is none
 *
 * FALSE: nothing was left out behind part @i.
 */
gboolean
gst_omv_join_get_cut (const GstOmvJoin * self, guint i,
    GstOmvWalkStep * ret_step)
{
  const OmvJoinPart *part = get_part (self, i);
  gboolean is_cut = gst_omv_join_get_own_cut (self, i, ret_step);

  ret_step->number = part->number + part->n_frames;
  ret_step->offset = part->offset + part->size;
  return is_cut;
}

/*
 * gst_omv_join_get_own_cut:
 * @ret_step: (out): the damage, where it is in the file of part @i
 *
 * FALSE: nothing was left out behind part @i.
 */
gboolean
gst_omv_join_get_own_cut (const GstOmvJoin * self, guint i,
    GstOmvWalkStep * ret_step)
{
  *ret_step = get_part (self, i)->cut;
  return ret_step->size > 0;
}

/* A sentence about file @i of those that were left out so far, or NULL. */
const gchar *
gst_omv_join_get_left_out (const GstOmvJoin * self, guint i)
{
  return i < self->left_out->len ? g_ptr_array_index (self->left_out, i) : NULL;
}
