/* reader.c: fuzzes the reader
 *
 * By number, by time and one after the other, the same frames come; they lie
 * within the input, and nothing of the input is copied.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/gstomvreader.h>

#include "omvfuzz.h"

static gboolean
count_frame (GstOmvWalkResult result, const GstOmvWalkStep * step,
    gpointer user_data)
{
  *(guint64 *) user_data += result == GST_OMV_WALK_FRAME;
  return TRUE;
}

static void
check_payload (const GstOmvFrame * frame, const OmvFuzzTape * tape)
{
  gsize size;
  const guint8 *payload = g_bytes_get_data (frame->payload, &size);

  g_assert_cmpuint (size, ==, frame->header.payload_size);
  g_assert_true (size == 0 || (payload >= tape->data
          && payload + size <= tape->data + tape->size));
}

static void
check_at (GstOmvReader * reader, const GstOmvFrame * frame)
{
  for (guint snap = GST_OMV_SNAP_BEFORE; snap <= GST_OMV_SNAP_NEAREST; snap++) {
    g_autoptr (GstOmvFrame) found = gst_omv_reader_read_frame_at (reader,
        frame->time, (GstOmvSnap) snap, NULL);

    g_assert_nonnull (found);
    g_assert_cmpuint (found->time, ==, frame->time);
    g_assert_cmpuint (found->number, <=, frame->number);
  }
}

static guint64
read_all (GstOmvReader * reader, const OmvFuzzTape * tape,
    const guint64 * times)
{
  guint64 n_frames = 0;
  GstOmvFrame *frame;

  while ((frame = gst_omv_reader_read_next (reader, NULL)) != NULL) {
    g_autoptr (GstOmvFrame) again =
        gst_omv_reader_read_frame (reader, frame->number, NULL);

    g_assert_cmpuint (frame->number, ==, n_frames);
    g_assert_cmpuint (frame->time, ==, times[n_frames++]);
    g_assert_cmpuint (gst_omv_reader_get_position (reader), ==, n_frames);
    check_payload (frame, tape);
    check_at (reader, frame);
    g_assert_nonnull (again);
    g_assert_cmpuint (again->offset, ==, frame->offset);
    g_assert_cmpuint (again->duration, ==, frame->duration);
    gst_omv_frame_unref (frame);
  }

  return n_frames;
}

static void
check_recording (GstOmvReader * reader, OmvFuzzTape * settings,
    const OmvFuzzTape * tape)
{
  gsize n_times = 0;
  g_autofree guint64 *times = gst_omv_reader_list_times (reader, &n_times,
      NULL);
  guint64 n_frames = gst_omv_reader_get_n_frames (reader, NULL), walked = 0;
  GList *damages = gst_omv_reader_list_damages (reader, NULL);
  g_autoptr (GstOmvFrame) frame = NULL;

  g_assert_cmpuint (n_frames, ==, n_times);
  g_assert_cmpuint (read_all (reader, tape, times), ==, n_frames);
  (void) gst_omv_reader_walk (reader, count_frame, &walked, NULL);
  g_assert_cmpuint (walked, ==, n_frames);

  g_assert_true (gst_omv_reader_seek (reader, n_frames, NULL));
  g_assert_false (gst_omv_reader_seek (reader, n_frames + 1, NULL));
  (void) gst_omv_reader_is_torn (reader, NULL);
  g_assert_cmpuint (gst_omv_reader_get_size (reader, NULL), ==, tape->size);
  g_assert_cmpuint (gst_omv_reader_get_duration (reader, NULL), <=, G_MAXINT64);
  frame = gst_omv_reader_read_frame_at (reader,
      omv_fuzz_take (settings, 8), GST_OMV_SNAP_NEAREST, NULL);
  g_assert_cmpint (frame != NULL, ==, n_frames > 0);
  for (GList * item = damages; item != NULL; item = item->next)
    g_free (gst_omv_damage_describe (item->data));
  g_list_free_full (damages, (GDestroyNotify) gst_omv_damage_free);
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  OmvFuzzTape settings = omv_fuzz_take_settings (tape);
  guint flags = (guint) omv_fuzz_take (&settings, 1);
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static (tape->data, tape->size);
  g_autoptr (GError) error = NULL;

  g_object_set (reader, "resync", (flags & 1) != 0, NULL);
  if ((flags & 2) != 0)
    g_object_set (reader, "max-frame-size",
        1 + (guint) omv_fuzz_take (&settings, 2), NULL);

  if (gst_omv_reader_open_bytes (reader, bytes, &error))
    check_recording (reader, &settings, tape);
  else
    g_assert_true (error != NULL && error->domain == GST_OMV_ERROR);
  g_assert_cmpint (gst_omv_reader_is_open (reader), ==, error == NULL);
}
