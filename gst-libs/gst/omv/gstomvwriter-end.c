/* gstomvwriter-end.c: finds where to go on in a recording
 *
 * Guarantee, cited by the tests:
 *
 *  E1  What would be cut off is a torn last frame, and nothing else: where a good
 *      frame lies behind damage, or what is damaged may be more than one frame,
 *      the recording is refused.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvwriter.h"

#include <inttypes.h>

#include "gstomvwriter-private.h"
#include "omv-i18n.h"
#include "omv-recording.h"

/*
 * omv_writer_end_init:
 *
 * The end of a recording without frames.
 */
void
omv_writer_end_init (OmvWriterEnd * ret_end, GstOmvVersion version)
{
  ret_end->version = version;
  ret_end->n_frames = 0;
  ret_end->position = GST_OMV_FILE_HEADER_SIZE;
  gst_omv_time_reader_init (&ret_end->time);
  ret_end->last_interval = 0;
}

/* Resynchronising, because a false size at one place may make it seem that the
 * recording ends there. */
static OmvRecording *
open_recording (GFile * file, GError ** error)
{
  OmvSource *source = omv_source_new_for_file (file, error);
  GstOmvWalk start;

  if (source == NULL)
    return NULL;

  gst_omv_walk_init (&start);
  start.resync = TRUE;
  start.rewind = TRUE;
  return omv_recording_new (source, &start, file, error);
}

/* E1 */
static gboolean
check_damage (const GstOmvIndex * index, GError ** error)
{
  guint n_damages = gst_omv_index_get_n_damages (index);
  GstOmvWalkStep damage;

  if (n_damages == 0 || (n_damages == 1 && gst_omv_index_is_torn (index)))
    return TRUE;

  gst_omv_index_get_damage (index, 0, &damage);
  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
      _("Nothing can be appended behind damage: frame %" PRIu64 " at byte %"
          PRIu64 " is damaged: %s."), damage.number, damage.offset,
      gst_omv_fault_describe (damage.fault));
  return FALSE;
}

/*
 * omv_writer_end_find_last:
 *
 * The end of the last whole frame in @file. FALSE: it cannot be read, or there is
 * more behind it than a torn frame.
 */
gboolean
omv_writer_end_find_last (OmvWriterEnd * ret_end, GFile * file, GError ** error)
{
  g_autoptr (OmvRecording) recording = open_recording (file, error);
  const GstOmvIndex *index;
  const GstOmvWalk *walk;

  if (recording == NULL)
    return FALSE;
  index = omv_recording_reach_end (recording, error);
  if (index == NULL || !check_damage (index, error))
    return FALSE;

  walk = gst_omv_index_get_walk (index);
  ret_end->version = walk->version;
  ret_end->n_frames = walk->number;
  ret_end->position = walk->position;
  ret_end->time = walk->time;
  ret_end->last_interval = gst_omv_index_get_end_time (index)
      - gst_omv_index_get_last_time (index);
  return TRUE;
}

/*
 * omv_writer_end_find:
 *
 * The end of the first @n_frames frames in @file.
 */
gboolean
omv_writer_end_find (OmvWriterEnd * ret_end, GFile * file, guint64 n_frames,
    GError ** error)
{
  g_autoptr (OmvRecording) recording = open_recording (file, error);
  GstOmvWalk walk;

  if (recording == NULL)
    return FALSE;
  if (n_frames == 0) {
    omv_writer_end_init (ret_end, omv_recording_get_version (recording));
    return TRUE;
  }
  if (!omv_recording_find_end (recording, n_frames, &walk, error))
    return FALSE;

  ret_end->version = walk.version;
  ret_end->n_frames = n_frames;
  ret_end->position = walk.position;
  ret_end->time = walk.time;
  ret_end->last_interval = n_frames > 1
      ? walk.time.time - walk.time_before.time : 0;
  return TRUE;
}
