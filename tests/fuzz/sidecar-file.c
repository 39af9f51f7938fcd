/* sidecar-file.c: fuzzes a reader that finds a misleading index beside its file
 *
 * Whatever the index says, a call ends, and what it gives is a frame that stands
 * in the recording, byte for byte, or an error.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/gstomvreader.h>

#include "omvfuzz-recording.h"

static GFile *
store_recording (GBytes * bytes)
{
  return omv_fuzz_store ("run.bin", g_bytes_get_data (bytes, NULL),
      g_bytes_get_size (bytes));
}

/* @frame: (transfer full) (nullable) */
static void
check_frame (GstOmvFrame * frame, const GError * error, GBytes * recording)
{
  gsize size, payload_size;
  const guint8 *data = g_bytes_get_data (recording, &size), *payload;

  g_assert_true ((frame == NULL) == (error != NULL));
  if (frame == NULL)
    return;

  payload = g_bytes_get_data (frame->payload, &payload_size);
  g_assert_cmpuint (frame->offset + GST_OMV_FRAME_HEADER_SIZE_MAX, <=, size);
  g_assert_cmpmem (payload, payload_size,
      data + frame->offset + GST_OMV_FRAME_HEADER_SIZE_MAX,
      frame->header.payload_size);
  gst_omv_frame_unref (frame);
}

static void
read_all (GstOmvReader * reader, GBytes * recording)
{
  for (guint64 n = 0; n <= 25; n++) {
    GError *error = NULL;
    GstOmvFrame *frame = gst_omv_reader_read_frame (reader, 7 * n % 26, &error);

    check_frame (frame, error, recording);
    g_clear_error (&error);
    frame = gst_omv_reader_read_frame_at (reader, n * 33333333,
        (GstOmvSnap) (n % 3), &error);
    check_frame (frame, error, recording);
    g_clear_error (&error);
  }
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  static GBytes *recording;
  static GFile *file;
  guint flags = (guint) omv_fuzz_take (tape, 1);
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GByteArray) sidecar = NULL;
  g_autoptr (GFile) sidecar_file = NULL;
  GList *damages;
  GstOmvWalk start;

  if (file == NULL) {
    recording = omv_fuzz_recording ();
    file = store_recording (recording);
  }
  gst_omv_walk_init (&start);
  start.rewind = TRUE;
  start.resync = (flags & 1) == 0;
  sidecar = omv_fuzz_make_sidecar (tape, &start,
      g_bytes_get_data (recording, NULL), g_bytes_get_size (recording));
  sidecar_file = omv_fuzz_store ("run.bin.idx", sidecar->data, sidecar->len);

  g_object_set (reader, "resync", start.resync, NULL);
  g_assert_true (gst_omv_reader_open_file (reader, file, NULL));
  if ((flags & 2) != 0)
    (void) gst_omv_reader_get_n_frames (reader, NULL);
  read_all (reader, recording);
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), <=,
      g_bytes_get_size (recording) / GST_OMV_FILE_HEADER_SIZE);
  (void) gst_omv_reader_get_duration (reader, NULL);
  damages = gst_omv_reader_list_damages (reader, NULL);
  g_list_free_full (damages, (GDestroyNotify) gst_omv_damage_free);
}
