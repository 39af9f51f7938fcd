/* writer.c: fuzzes what is done with a writer
 *
 * An input decides which frames of which formats and sizes are appended at which
 * times, and when the writer is flushed, cut, closed and opened again, or loses a
 * part of its file. A model knows the frames that have to be there: in the end they
 * are, byte for byte, each within a millisecond of its time, and no others. What is
 * refused changes nothing. Exact times start from a rounded one whenever the file was
 * opened or a frame was early, which may cost another millisecond each.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <glib/gstdio.h>
#include <gst/omv/gstomvreader.h>
#include <gst/omv/gstomvwriter.h>
#include <unistd.h>

#include "omvfuzz.h"

/* Pixels that a frame may be wide or high. */
#define SIDE_MAX 40

#define NS_PER_MS 1000000

/* What may follow a payload up to the next frame. */
#define PADDING_MAX 16

typedef struct
{
  GstOmvPixelFormat format;
  gint width, height;
  GBytes *payload;
  guint64 time;                 /* as it should be */
  guint64 end;                  /* where the next frame starts in the file */
} Frame;

typedef struct
{
  GstOmvWriter *writer;
  GstOmvVersion version;
  gchar *path;
  GArray *frames;               /* of Frame: the model */
  guint64 tolerance;            /* of times, in ns */
} Test;

static void
frame_clear (gpointer frame)
{
  g_bytes_unref (((Frame *) frame)->payload);
}

static const Frame *
get_frame (const Test * test, guint i)
{
  return &g_array_index (test->frames, Frame, i);
}

static guint64
get_last_time (const Test * test)
{
  return test->frames->len > 0
      ? get_frame (test, test->frames->len - 1)->time : 0;
}

static void
open_writer (Test * test)
{
  g_assert_true (gst_omv_writer_open_path (test->writer, test->path,
          GST_OMV_WRITER_MODE_APPEND, test->version, NULL));
  if (gst_omv_writer_get_exact_time (test->writer))
    test->tolerance += NS_PER_MS;
}

static void
close_writer (Test * test)
{
  g_assert_true (gst_omv_writer_close (test->writer, NULL));
}

static void
take_frame (OmvFuzzTape * tape, Frame * ret_frame)
{
  static const GstOmvPixelFormat formats[] = {
    GST_OMV_PIXEL_FORMAT_BINARY, GST_OMV_PIXEL_FORMAT_GRAYSCALE,
    GST_OMV_PIXEL_FORMAT_RGB565, GST_OMV_PIXEL_FORMAT_ARGB8,
    GST_OMV_PIXEL_FORMAT_BAYER_BGGR, GST_OMV_PIXEL_FORMAT_BAYER_RGGB,
    GST_OMV_PIXEL_FORMAT_YUV422, GST_OMV_PIXEL_FORMAT_YVU422,
    GST_OMV_PIXEL_FORMAT_JPEG, GST_OMV_PIXEL_FORMAT_PNG,
  };
  const guint kind = (guint) omv_fuzz_take (tape, 1);
  gsize size;
  guint8 *data;

  ret_frame->format = formats[kind % G_N_ELEMENTS (formats)];
  ret_frame->width = (gint) (omv_fuzz_take (tape, 1) % (SIDE_MAX + 1));
  ret_frame->height = (gint) (omv_fuzz_take (tape, 1) % (SIDE_MAX + 1));
  if (gst_omv_pixel_format_is_compressed (ret_frame->format)) {
    size = (gsize) omv_fuzz_take (tape, 1);
    size = MIN (size, tape->size);
    ret_frame->payload = g_bytes_new (tape->data, size);
    tape->data += size;
    tape->size -= size;
    return;
  }

  size = ret_frame->width == 0 ? 0
      : gst_omv_pixel_format_get_row_size (ret_frame->format,
      (guint) ret_frame->width) * (gsize) ret_frame->height;
  if (kind > 250)
    size += kind - 250;
  else if (kind == 250 && size > 0)
    size--;
  data = g_malloc (size + 1);
  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) (i * 7 + kind);
  ret_frame->payload = g_bytes_new_take (data, size);
}

/* Mostly soon after the last frame, sometimes before it, or too late. */
static guint64
take_time (OmvFuzzTape * tape, const Test * test)
{
  const guint64 last = get_last_time (test);
  const guint64 step = omv_fuzz_take (tape, 3);

  if (step % 5 == 4)
    return GST_OMV_TIME_NONE;
  if (step % 11 == 10)
    return last / 2;
  return last + step * (step % 7 == 6 ? NS_PER_MS : 1) * 1000;
}

static void
append (Test * test, OmvFuzzTape * tape)
{
  g_autoptr (GError) error = NULL;
  Frame frame;
  guint64 time = take_time (tape, test);

  take_frame (tape, &frame);
  if (!gst_omv_writer_append_bytes (test->writer, frame.format, frame.width,
          frame.height, time, GST_OMV_TIME_NONE, frame.payload, &error)) {
    g_assert_true (error->domain == GST_OMV_ERROR);
    g_bytes_unref (frame.payload);
    return;
  }
  g_assert_no_error (error);
  if (time < get_last_time (test)
      && gst_omv_writer_get_exact_time (test->writer))
    test->tolerance += NS_PER_MS;
  frame.time = time == GST_OMV_TIME_NONE ? get_last_time (test)
      : MAX (time, get_last_time (test));
  frame.end = gst_omv_writer_get_size (test->writer);
  g_array_append_val (test->frames, frame);
}

/* The file loses its end while nobody has it open. */
static void
lose_end (Test * test, OmvFuzzTape * tape)
{
  const guint64 size = gst_omv_writer_get_size (test->writer);
  const guint64 lost = omv_fuzz_take (tape, 2);
  const guint64 left = size - MIN (size, lost);
  guint64 n;

  close_writer (test);
  g_assert_cmpint (truncate (test->path, (off_t) left), ==, 0);
  open_writer (test);

  n = gst_omv_writer_get_n_frames (test->writer);
  g_assert_cmpuint (n, <=, test->frames->len);
  if (n > 0)
    g_assert_cmpuint (get_frame (test, (guint) n - 1)->end, <,
        left + PADDING_MAX);
  if (n < test->frames->len)
    g_assert_cmpuint (get_frame (test, (guint) n)->end, >, left);
  g_array_set_size (test->frames, (guint) n);
}

static void
cut (Test * test, OmvFuzzTape * tape)
{
  guint n = (guint) omv_fuzz_take (tape, 1);

  if (n > test->frames->len)
    return;
  g_assert_true (gst_omv_writer_truncate (test->writer, n, NULL));
  g_array_set_size (test->frames, n);
}

static void
reopen (Test * test, OmvFuzzTape * tape)
{
  close_writer (test);
  open_writer (test);
}

static void
flush (Test * test, OmvFuzzTape * tape)
{
  g_assert_true (gst_omv_writer_flush (test->writer, NULL));
}

static void
check_frame (const Frame * frame, const GstOmvFrame * got, guint64 tolerance)
{
  g_assert_cmpint (got->header.format, ==, frame->format);
  if (!gst_omv_pixel_format_is_compressed (frame->format)) {
    g_assert_cmpint (got->header.width, ==, frame->width);
    g_assert_cmpint (got->header.height, ==, frame->height);
  }
  g_assert_true (g_bytes_equal (got->payload, frame->payload));
  g_assert_cmpuint (got->time, <=, frame->time + tolerance);
  g_assert_cmpuint (got->time + tolerance, >=, frame->time);
}

static void
check_all (const Test * test)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();

  g_assert_cmpuint (gst_omv_writer_get_n_frames (test->writer), ==,
      test->frames->len);
  g_assert_true (gst_omv_reader_open_path (reader, test->path, NULL));
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==,
      test->frames->len);
  g_assert_false (gst_omv_reader_is_torn (reader, NULL));
  for (guint i = 0; i < test->frames->len; i++) {
    g_autoptr (GstOmvFrame) got = gst_omv_reader_read_next (reader, NULL);

    g_assert_nonnull (got);
    check_frame (get_frame (test, i), got, test->tolerance);
  }
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  static void (*const actions[]) (Test * test, OmvFuzzTape * tape) = {
    append, append, append, append, flush, reopen, cut, lose_end,
  };
  g_autoptr (GFile) file = omv_fuzz_store ("written.bin", "", 0);
  g_autoptr (GstOmvWriter) writer = gst_omv_writer_new ();
  g_autoptr (GArray) frames = g_array_new (FALSE, FALSE, sizeof (Frame));
  g_autofree gchar *path = g_file_get_path (file);
  const guint8 flags = (guint8) omv_fuzz_take (tape, 1);
  Test test = { writer, (flags & 1) != 0 ? GST_OMV_VERSION_V1_1
        : GST_OMV_VERSION_V2_0, path, frames, NS_PER_MS
  };

  g_array_set_clear_func (frames, frame_clear);
  gst_omv_writer_set_exact_time (writer, (flags & 2) != 0);
  open_writer (&test);
  while (tape->size > 0)
    actions[omv_fuzz_take (tape, 1) % G_N_ELEMENTS (actions)] (&test, tape);
  close_writer (&test);
  check_all (&test);
}
