/* gstomvreader-info.c: what a reader tells of a recording as a whole
 *
 * Most of it needs an index that reaches the recording's end. What needs every
 * header walks over them instead. All is up to date each time it is asked for.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvreader.h"

#include "gstomvreader-private.h"

/* A complete index, or NULL and an error. */
static const GstOmvIndex *
get_whole_index (GstOmvReader * self, GError ** error)
{
  return gst_omv_reader_check_open (self, error)
      ? omv_recording_reach_end (self->recording, error) : NULL;
}

/**
 * gst_omv_reader_get_version:
 * @self: a reader
 * @error: return location
 *
 * The version that the file starts with. Where files were joined, further
 * frames may stand in another version, see #GstOmvFrame.
 *
 * Errors: %GST_OMV_ERROR_CLOSED.
 *
 * Returns: the version, 0 on failure
 *
 * Since: 0.1
 */
GstOmvVersion
gst_omv_reader_get_version (GstOmvReader * self, GError ** error)
{
  return gst_omv_reader_check_open (self, error)
      ? omv_recording_get_version (self->recording) : (GstOmvVersion) 0;
}

/**
 * gst_omv_reader_get_n_frames:
 * @self: a reader
 * @error: return location
 *
 * Counts the whole frames, without #GstOmvReader:resync those before the first
 * damage. The first time this reads all headers.
 *
 * Errors: %GST_OMV_ERROR_CLOSED, %G_IO_ERROR.
 *
 * Returns: how many frames there are now, 0 on failure
 *
 * Since: 0.1
 */
guint64
gst_omv_reader_get_n_frames (GstOmvReader * self, GError ** error)
{
  const GstOmvIndex *index = get_whole_index (self, error);

  return index != NULL ? gst_omv_index_get_n_frames (index) : 0;
}

/**
 * gst_omv_reader_get_size:
 * @self: a reader
 * @error: return location
 *
 * Tells how long the file is, with all that is in it, a torn last frame, too. Of
 * many files it is what they have as one.
 *
 * Errors: %GST_OMV_ERROR_CLOSED, %G_IO_ERROR.
 *
 * Returns: bytes that there are now, 0 on failure
 *
 * Since: 0.1
 */
guint64
gst_omv_reader_get_size (GstOmvReader * self, GError ** error)
{
  guint64 size = 0;

  return gst_omv_reader_check_open (self, error)
      && omv_recording_get_size (self->recording, &size, error) ? size : 0;
}

/**
 * gst_omv_reader_get_duration:
 * @self: a reader
 * @error: return location
 *
 * Tells when the last frame ends, which lasts as long as the one before it. The
 * time before the first frame counts. The first time this reads all headers.
 *
 * Errors: %GST_OMV_ERROR_CLOSED, %G_IO_ERROR.
 *
 * Returns: ns from the recording's start, 0 if there is no frame and on failure
 *
 * Since: 0.1
 */
guint64
gst_omv_reader_get_duration (GstOmvReader * self, GError ** error)
{
  const GstOmvIndex *index = get_whole_index (self, error);

  return index != NULL ? gst_omv_index_get_end_time (index) : 0;
}

/**
 * gst_omv_reader_is_torn:
 * @self: a reader
 * @error: return location
 *
 * Tells whether the recording ends in a frame that is not whole, as after a
 * power cut. The frames before it are good. The first time this reads all
 * headers.
 *
 * Errors: %GST_OMV_ERROR_CLOSED, %G_IO_ERROR.
 *
 * Returns: whether it does; %FALSE on failure
 *
 * Since: 0.1
 */
gboolean
gst_omv_reader_is_torn (GstOmvReader * self, GError ** error)
{
  const GstOmvIndex *index = get_whole_index (self, error);

  return index != NULL && gst_omv_index_is_torn (index);
}

static GstOmvDamage *
new_damage (const GstOmvWalkStep * step)
{
  const GstOmvDamage damage = { step->number, step->offset, step->size,
    step->fault
  };

  return gst_omv_damage_copy (&damage);
}

static gint
compare_damages (gconstpointer a, gconstpointer b)
{
  const GstOmvDamage *first = a, *second = b;

  return first->offset < second->offset ? -1 : first->offset > second->offset;
}

/* How many files were joined, all of which were looked at. */
static guint
count_parts (GstOmvReader * self)
{
  return self->join != NULL ? gst_omv_join_get_n_parts (self->join) : 0;
}

/**
 * gst_omv_reader_list_damages:
 * @self: a reader
 * @error: return location
 *
 * Lists the stretches in which there is no frame, in order, the torn last frame
 * among them. Without #GstOmvReader:resync there is at most one, which reaches
 * to the end. Of many files, offsets count as if those were one; what was torn at
 * the end of one is left out of that count, but stands in this list. After 16384 no further ones are listed. The first time this reads
 * all headers.
 *
 * Errors: %GST_OMV_ERROR_CLOSED, %G_IO_ERROR.
 *
 * Returns: (transfer full) (element-type GstOmvDamage) (nullable): the damages;
 *   %NULL if there are none and on failure
 *
 * Since: 0.1
 */
GList *
gst_omv_reader_list_damages (GstOmvReader * self, GError ** error)
{
  const GstOmvIndex *index = get_whole_index (self, error);
  GList *damages = NULL;
  GstOmvWalkStep step;

  if (index == NULL)
    return NULL;

  for (guint i = gst_omv_index_get_n_damages (index); i-- > 0;) {
    gst_omv_index_get_damage (index, i, &step);
    damages = g_list_prepend (damages, new_damage (&step));
  }
  for (guint i = count_parts (self); i-- > 0;) {
    if (gst_omv_join_get_cut (self->join, i, &step))
      damages = g_list_prepend (damages, new_damage (&step));
  }

  return g_list_sort (damages, compare_damages);
}

/* The only file of a recording that is one. */
static void
get_single_part (GstOmvReader * self, const GstOmvIndex * index,
    GstOmvPart * ret_part)
{
  ret_part->file = self->file;
  ret_part->number = 0;
  ret_part->n_frames = gst_omv_index_get_n_frames (index);
  ret_part->time = ret_part->n_frames > 0
      ? gst_omv_index_get_first_time (index) : 0;
  ret_part->gap = 0;
  ret_part->is_placed = TRUE;
}

/**
 * gst_omv_reader_list_parts:
 * @self: a reader
 * @error: return location
 *
 * Lists the files that the recording consists of, in order, with the gaps
 * between them. That is one, if only one was opened. The first time this reads
 * all headers.
 *
 * Errors: %GST_OMV_ERROR_CLOSED, %G_IO_ERROR.
 *
 * Returns: (transfer full) (element-type GstOmvPart) (nullable): the parts;
 *   %NULL on failure
 *
 * Since: 0.1
 */
GList *
gst_omv_reader_list_parts (GstOmvReader * self, GError ** error)
{
  const GstOmvIndex *index = get_whole_index (self, error);
  GList *parts = NULL;
  GstOmvPart part;

  if (index == NULL)
    return NULL;
  if (self->join == NULL) {
    get_single_part (self, index, &part);
    return g_list_prepend (NULL, gst_omv_part_copy (&part));
  }

  for (guint i = count_parts (self); i-- > 0;) {
    gst_omv_join_get_part (self->join, i, &part);
    /* the last one may have grown */
    if (parts == NULL)
      part.n_frames = gst_omv_index_get_n_frames (index) - part.number;
    parts = g_list_prepend (parts, gst_omv_part_copy (&part));
  }

  return parts;
}

/**
 * gst_omv_reader_list_times:
 * @self: a reader
 * @ret_n_times: (out): how many there are
 * @error: return location
 *
 * Reads the times of all frames, in ns from the recording's start: 8 bytes of
 * memory a frame.
 *
 * Errors: %GST_OMV_ERROR_CLOSED, %G_IO_ERROR, %GST_OMV_ERROR_CORRUPT if the
 * recording loses its end meanwhile.
 *
 * Returns: (transfer full) (array length=ret_n_times): the times, %NULL on
 *   failure
 *
 * Since: 0.1
 */
guint64 *
gst_omv_reader_list_times (GstOmvReader * self, gsize * ret_n_times,
    GError ** error)
{
  g_autoptr (GArray) times = g_array_sized_new (FALSE, FALSE, sizeof (guint64),
      1);

  if (!gst_omv_reader_check_open (self, error)
      || !omv_recording_get_times (self->recording, times, error))
    return NULL;

  return g_array_steal (times, ret_n_times);
}

/* A walk over many files. */
typedef struct
{
  GstOmvReader *reader;
  GstOmvWalkFunc func;
  gpointer user_data;
  guint next;                   /* the first part whose end was not reached */
} JoinWalk;

/* Tells in its place what was left out at the end of a file. */
static gboolean
tell_cuts (GstOmvWalkResult result, const GstOmvWalkStep * step,
    gpointer user_data)
{
  JoinWalk *walk = user_data;
  GstOmvWalkStep cut;

  while (walk->next < count_parts (walk->reader)) {
    gboolean has_cut = gst_omv_join_get_cut (walk->reader->join, walk->next,
        &cut);

    if (cut.offset > step->offset)
      break;
    walk->next++;
    if (has_cut && !walk->func (GST_OMV_WALK_SKIP, &cut, walk->user_data))
      return FALSE;
  }

  return walk->func (result, step, walk->user_data);
}

/**
 * gst_omv_reader_walk:
 * @self: a reader
 * @func: (scope call): called for each step
 * @user_data: for @func
 * @error: return location
 *
 * Walks once over all headers, from the recording's first frame on, and tells
 * @func of each whole frame, each damaged stretch and the end, in order. Headers
 * are read in blocks and payloads are left out, so this is the fastest way to
 * learn something of every frame; memory does not grow with the recording. Of
 * many files, what was torn at the end of one is told as a damaged stretch that
 * takes no room.
 *
 * Neither the position of gst_omv_reader_read_next() nor an index matters.
 * @func must not use @self.
 *
 * Errors: %GST_OMV_ERROR_CLOSED; %GST_OMV_ERROR_CORRUPT at damage if
 * #GstOmvReader:resync is off, and instead of the end if the recording has become
 * shorter meanwhile; %G_IO_ERROR.
 *
 * Returns: %FALSE on failure, %TRUE at the end and if @func wanted no more
 *
 * Since: 0.1
 */
gboolean
gst_omv_reader_walk (GstOmvReader * self, GstOmvWalkFunc func,
    gpointer user_data, GError ** error)
{
  JoinWalk walk = { self, func, user_data, 0 };

  g_return_val_if_fail (func != NULL, FALSE);

  if (!gst_omv_reader_check_open (self, error))
    return FALSE;
  if (self->join != NULL)
    return omv_recording_walk (self->recording, tell_cuts, &walk, error);
  return omv_recording_walk (self->recording, func, user_data, error);
}
