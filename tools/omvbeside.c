/* omvbeside.c: what lies beside a recording
 *
 * Files beside a recording stay when it is replaced by another one of its name. So
 * each is asked whether it can be this one's: the index knows its recording by the
 * last bytes, metadata by the first frame, lines by how many frames there are.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvbeside.h"

#include <string.h>

/* ---- metadata ---- */

gboolean
omv_beside_is_own (GstOmvMetadata * metadata, GstOmvReader * reader)
{
  g_autoptr (GstOmvFrame) frame = gst_omv_reader_read_frame (reader, 0, NULL);
  gsize size;
  const guint8 *data;

  if (frame == NULL)
    return TRUE;

  data = g_bytes_get_data (frame->payload, &size);
  return gst_omv_metadata_belongs_to (metadata, frame->header.format,
      frame->header.width, frame->header.height, data, size);
}

gboolean
omv_beside_mark (GstOmvMetadata * metadata, GstOmvReader * reader,
    GError ** error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GstOmvFrame) frame = gst_omv_reader_read_frame (reader, 0, &local);
  gsize size;
  const guint8 *data;

  if (g_error_matches (local, GST_OMV_ERROR, GST_OMV_ERROR_END_OF_STREAM))
    return TRUE;
  if (frame == NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }

  data = g_bytes_get_data (frame->payload, &size);
  gst_omv_metadata_mark (metadata, frame->header.format, frame->header.width,
      frame->header.height, data, size);
  return TRUE;
}

static OmvBesideState
get_state (const GError * error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
      ? OMV_BESIDE_MISSING : OMV_BESIDE_BROKEN;
}

static void
load_metadata (OmvBeside * beside, GstOmvReader * reader, GFile * file)
{
  g_autoptr (GError) error = NULL;

  beside->metadata = gst_omv_metadata_load (file, &error);
  if (beside->metadata == NULL)
    beside->metadata_state = get_state (error);
  else
    beside->metadata_state = omv_beside_is_own (beside->metadata, reader)
        ? OMV_BESIDE_FINE : OMV_BESIDE_FOREIGN;
}

/* ---- lines ---- */

static void
count_numbers (OmvBeside * beside, guint64 n_frames)
{
  for (guint64 i = 0; i < n_frames; i++) {
    gint64 number;

    if (!gst_omv_notes_get_number (beside->notes, i, &number))
      continue;
    if (beside->n_numbers++ == 0)
      beside->first_number = number;
    beside->last_number = number;
  }
}

static void
load_notes (OmvBeside * beside, GFile * file, guint64 n_frames,
    guint64 n_lost_max)
{
  g_autoptr (GError) error = NULL;
  guint64 last;

  beside->notes = gst_omv_notes_load (file, &error);
  if (beside->notes == NULL) {
    beside->notes_state = get_state (error);
    return;
  }

  beside->notes_state = gst_omv_notes_get_last_frame (beside->notes, &last)
      && last >= n_frames && last - n_frames >= n_lost_max
      ? OMV_BESIDE_FOREIGN : OMV_BESIDE_FINE;
  count_numbers (beside, n_frames);
}

/* ---- the index ---- */

/* The last bytes that the index knows, or NULL. */
static GBytes *
read_tail (GFile * file, guint64 start, gsize size)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  g_autoptr (GByteArray) data = g_byte_array_new ();
  gsize done;

  g_byte_array_set_size (data, (guint) size);
  if (size == 0 || stream == NULL || !g_seekable_seek (G_SEEKABLE (stream),
          (goffset) start, G_SEEK_SET, NULL, NULL)
      || !g_input_stream_read_all (G_INPUT_STREAM (stream), data->data, size,
          &done, NULL, NULL) || done < size)
    return NULL;

  return g_byte_array_free_to_bytes (g_steal_pointer (&data));
}

static OmvBesideState
check_index (GFile * file, GstOmvReader * reader)
{
  g_autoptr (GError) error = NULL;
  guint64 file_size = gst_omv_reader_get_size (reader, &error);
  g_autoptr (GBytes) sidecar = NULL;
  g_autoptr (GBytes) tail = NULL;
  g_autoptr (GstOmvIndex) index = NULL;
  const guint8 *data;
  guint64 end, start;
  GstOmvWalk walk;
  gsize size;

  if (error != NULL)
    return OMV_BESIDE_BROKEN;
  sidecar = gst_omv_sidecar_load (file, &error);
  if (sidecar == NULL)
    return get_state (error);

  data = g_bytes_get_data (sidecar, &size);
  if (!gst_omv_sidecar_read_end (data, size, file_size, &end, NULL))
    return OMV_BESIDE_FOREIGN;
  start = end - MIN (end, GST_OMV_SIDECAR_TAIL_SIZE);
  tail = read_tail (file, start, (gsize) (end - start));
  if (tail == NULL)
    return OMV_BESIDE_BROKEN;
  gst_omv_walk_init (&walk);
  index = gst_omv_sidecar_read (data, size, &walk, file_size,
      g_bytes_get_data (tail, NULL), (gsize) (end - start), NULL);

  return index != NULL ? OMV_BESIDE_FINE : OMV_BESIDE_FOREIGN;
}

/* ---- all of it ---- */

void
omv_beside_load (OmvBeside * beside, GstOmvReader * reader, const gchar * path,
    guint64 n_frames, guint64 n_lost_max)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  memset (beside, 0, sizeof *beside);
  beside->index = check_index (file, reader);
  load_metadata (beside, reader, file);
  load_notes (beside, file, n_frames, n_lost_max);
}

void
omv_beside_clear (OmvBeside * beside)
{
  g_clear_pointer (&beside->metadata, gst_omv_metadata_unref);
  g_clear_pointer (&beside->notes, gst_omv_notes_unref);
}

const gchar *
omv_beside_describe (OmvBesideState state)
{
  switch (state) {
    case OMV_BESIDE_FINE:
      return _("beside it");
    case OMV_BESIDE_FOREIGN:
      return _("beside it, but not of this recording");
    case OMV_BESIDE_BROKEN:
      return _("beside it, but it cannot be read");
    default:
      return _("no");
  }
}

/* ---- JSON ---- */

/* A sidecar that is broken or another recording's is there, and named. */
static void
add_state (OmvJson * json, const gchar * key, OmvBesideState state)
{
  g_autofree gchar *problem = g_strconcat (key, "_problem", NULL);

  omv_json_add_boolean (json, key, state != OMV_BESIDE_MISSING);
  if (state == OMV_BESIDE_FOREIGN || state == OMV_BESIDE_BROKEN)
    omv_json_add_string (json, problem, state == OMV_BESIDE_FOREIGN
        ? "not of this recording" : "unreadable");
}

void
omv_beside_add_json (const OmvBeside * beside, OmvJson * json)
{
  add_state (json, "index", beside->index);
  add_state (json, "metadata", beside->metadata_state);
  if (beside->metadata != NULL) {
    g_autofree gchar *text = gst_omv_metadata_to_string (beside->metadata);

    omv_json_add_json (json, "sidecar", text);
  }
  add_state (json, "extra_data", beside->notes_state);
  omv_json_add_uint (json, "numbers", beside->n_numbers);
}
