/* imageio.c: tests of GstOmvImageIO
 *
 * What the camera's documentation says of its streams, one thing after the other,
 * in files and in memory. The rules cited are those at the head of
 * gstomvimageio.c. Time is what the test says it is.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/gstomvimageio-private.h>
#include <gst/omv/omv.h>

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "omvtest.h"

#define GRAY GST_OMV_PIXEL_FORMAT_GRAYSCALE
#define MS G_GUINT64_CONSTANT (1000000)
#define BY_CLOCK GST_OMV_TIME_NONE

/* Every frame of append_gray(), in a file. */
#define GRAY_SIZE 32
#define GRAY_STRIDE (GST_OMV_FRAME_HEADER_SIZE_MAX + GRAY_SIZE)

/* A file in a folder of its own. */
typedef struct
{
  gchar *folder;
  gchar *path;
  gchar *other;
} Place;

static void
set_up (Place * place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  place->folder = g_dir_make_tmp ("omv-imageio-XXXXXX", &error);
  g_assert_no_error (error);
  place->path = g_build_filename (place->folder, "run.bin", NULL);
  place->other = g_build_filename (place->folder, "other.bin", NULL);
}

static void
tear_down (Place * place, gconstpointer unused)
{
  (void) g_unlink (place->path);
  (void) g_unlink (place->other);
  g_assert_cmpint (g_rmdir (place->folder), ==, 0);
  g_free (place->folder);
  g_free (place->path);
  g_free (place->other);
}

/* Not by g_file_set_contents(), which waits for the disk. */
static void
store (const gchar * path, const guint8 * data, gsize size)
{
  FILE *file = g_fopen (path, "wb");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (data, 1, size, file), ==, size);
  g_assert_cmpint (fclose (file), ==, 0);
}

static GBytes *
load (const gchar * path)
{
  g_autoptr (GError) error = NULL;
  gchar *contents = NULL;
  gsize size = 0;

  (void) g_file_get_contents (path, &contents, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (contents, size);
}

/* ---- a clock ---- */

typedef struct
{
  guint64 now;
  guint64 waited_for;           /* the last time asked for */
  guint n_waits;
  gboolean cancels;             /* who waits is cancelled meanwhile */
} TestClock;

static guint64
get_test_time (gpointer data)
{
  return ((TestClock *) data)->now;
}

static gboolean
wait_test_time (gpointer data, guint64 time, GCancellable * cancellable,
    GError ** error)
{
  TestClock *clock = data;

  clock->n_waits++;
  clock->waited_for = time;
  if (clock->cancels)
    g_cancellable_cancel (cancellable);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  clock->now = MAX (clock->now, time);
  return TRUE;
}

static void
use_clock (GstOmvImageIO * stream, TestClock * clock)
{
  OmvClock own;

  own.now = get_test_time;
  own.wait = wait_test_time;
  own.user_data = clock;
  gst_omv_image_io_set_clock (stream, &own);
}

/* ---- streams and frames ---- */

static GstOmvImageIO *
open_file (const gchar * path, GstOmvImageIOMode mode)
{
  g_autoptr (GError) error = NULL;
  GstOmvImageIO *stream = gst_omv_image_io_new_file (path, mode, &error);

  g_assert_no_error (error);
  g_assert_false (gst_omv_image_io_is_closed (stream));
  return stream;
}

static GstOmvImageIO *
make_memory (guint n_slots)
{
  g_autoptr (GError) error = NULL;
  GstOmvImageIO *stream = gst_omv_image_io_new_memory (8, 4, GRAY, n_slots,
      &error);

  g_assert_no_error (error);
  return stream;
}

static void
close_stream (GstOmvImageIO * stream)
{
  g_autoptr (GError) error = NULL;

  (void) gst_omv_image_io_close (stream, &error);
  g_assert_no_error (error);
  g_assert_true (gst_omv_image_io_is_closed (stream));
}

static GBytes *
make_gray (guint8 fill)
{
  guint8 *pixels = g_malloc (GRAY_SIZE);

  memset (pixels, fill, GRAY_SIZE);
  return g_bytes_new_take (pixels, GRAY_SIZE);
}

static void
write_gray (GstOmvImageIO * stream, guint8 fill, guint64 interval)
{
  g_autoptr (GBytes) pixels = make_gray (fill);
  g_autoptr (GError) error = NULL;

  (void) gst_omv_image_io_write (stream, GRAY, 8, 4, pixels, interval, &error);
  g_assert_no_error (error);
}

static void
check_refused (GstOmvImageIO * stream, GstOmvPixelFormat format, gint width,
    gint height, gsize size, guint64 interval, GQuark domain, gint code)
{
  g_autoptr (GBytes) payload = g_bytes_new_take (g_malloc0 (MAX (size, 1)),
      size);
  g_autoptr (GError) error = NULL;

  g_assert_false (gst_omv_image_io_write (stream, format, width, height,
          payload, interval, &error));
  g_assert_error (error, domain, code);
}

static GstOmvFrame *
read_frame (GstOmvImageIO * stream, gboolean loop, gboolean pause)
{
  g_autoptr (GError) error = NULL;
  GstOmvFrame *frame = gst_omv_image_io_read (stream, loop, pause, NULL,
      &error);

  g_assert_no_error (error);
  return frame;
}

static void
check_gray (GstOmvImageIO * stream, guint64 number, guint8 fill, gboolean loop,
    gboolean pause)
{
  g_autoptr (GstOmvFrame) frame = read_frame (stream, loop, pause);
  g_autoptr (GBytes) expected = make_gray (fill);

  g_assert_nonnull (frame);
  g_assert_cmpuint (frame->number, ==, number);
  g_assert_cmpint (frame->header.width, ==, 8);
  g_assert_cmpint (frame->header.height, ==, 4);
  g_assert_true (g_bytes_equal (frame->payload, expected));
  g_assert_cmpuint (gst_omv_image_io_get_offset (stream, NULL), ==, number + 1);
}

static void
check_read_fails (GstOmvImageIO * stream, GQuark domain, gint code)
{
  const guint64 offset = gst_omv_image_io_get_offset (stream, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_omv_image_io_read (stream, TRUE, FALSE, NULL, &error));
  g_assert_error (error, domain, code);
  g_assert_cmpuint (gst_omv_image_io_get_offset (stream, NULL), ==, offset);
}

static void
seek (GstOmvImageIO * stream, gint64 offset)
{
  g_autoptr (GError) error = NULL;

  (void) gst_omv_image_io_seek (stream, offset, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (gst_omv_image_io_get_offset (stream, NULL), ==,
      (guint64) offset);
}

static void
check_seek_fails (GstOmvImageIO * stream, gint64 offset, gint code)
{
  const guint64 before = gst_omv_image_io_get_offset (stream, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (gst_omv_image_io_seek (stream, offset, &error));
  g_assert_error (error, GST_OMV_ERROR, code);
  g_assert_cmpuint (gst_omv_image_io_get_offset (stream, NULL), ==, before);
}

static void
check_count (GstOmvImageIO * stream, guint64 count)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (gst_omv_image_io_get_count (stream, &error), ==, count);
  g_assert_no_error (error);
}

/* Frames 0, 1, 2 …, the first one @first ms after the start. */
static void
record (const gchar * path, guint n_frames, guint64 first, guint64 interval)
{
  g_autoptr (GstOmvImageIO) stream =
      open_file (path, GST_OMV_IMAGE_IO_MODE_WRITE);

  for (guint i = 0; i < n_frames; i++)
    write_gray (stream, (guint8) i, (i == 0 ? first : interval) * MS);
  close_stream (stream);
}

/* ---- what a stream says of itself ---- */

static void
test_new_file (Place * place, gconstpointer unused)
{
  g_autoptr (GstOmvImageIO) stream =
      open_file (place->path, GST_OMV_IMAGE_IO_MODE_WRITE);

  g_assert_cmpint (gst_omv_image_io_get_stream_type (stream, NULL), ==,
      GST_OMV_IMAGE_IO_TYPE_FILE_STREAM);
  g_assert_cmpint (gst_omv_image_io_get_version (stream, NULL), ==, 20);
  g_assert_cmpuint (gst_omv_image_io_get_buffer_size (stream, NULL), ==, 0);
  g_assert_cmpuint (gst_omv_image_io_get_size (stream, NULL), ==, 16);
  for (guint i = 0; i < 3; i++) {
    check_count (stream, i);
    g_assert_cmpuint (gst_omv_image_io_get_offset (stream, NULL), ==, i);
    g_assert_cmpuint (gst_omv_image_io_get_size (stream, NULL), ==,
        16 + i * GRAY_STRIDE);
    write_gray (stream, (guint8) i, 0);
  }
}

static void
test_new_memory (void)
{
  g_autoptr (GstOmvImageIO) stream = make_memory (3);

  g_assert_cmpint (gst_omv_image_io_get_stream_type (stream, NULL), ==,
      GST_OMV_IMAGE_IO_TYPE_MEMORY_STREAM);
  g_assert_cmpint (gst_omv_image_io_get_version (stream, NULL), ==, 0);
  g_assert_cmpuint (gst_omv_image_io_get_buffer_size (stream, NULL), ==, 32);
  for (guint i = 0; i < 3; i++) {
    check_count (stream, 3);
    g_assert_cmpuint (gst_omv_image_io_get_offset (stream, NULL), ==, i);
    g_assert_cmpuint (gst_omv_image_io_get_size (stream, NULL), ==, 3 * 64);
    write_gray (stream, (guint8) i, 0);
  }
}

/* The documentation's count: what is stored, not what has been read so far. */
static void
test_count_on_open (Place * place, gconstpointer unused)
{
  g_autoptr (GstOmvImageIO) stream = NULL;

  record (place->path, 5, 0, 10);
  stream = open_file (place->path, GST_OMV_IMAGE_IO_MODE_READ);
  for (guint i = 0; i < 5; i++) {
    check_count (stream, 5);
    check_gray (stream, i, (guint8) i, FALSE, FALSE);
  }
  g_assert_cmpuint (gst_omv_image_io_get_size (stream, NULL), ==,
      16 + 5 * GRAY_STRIDE);
}

/* I2: whatever is asked of a closed stream, each in turn. */
static void
check_closed (GstOmvImageIO * stream)
{
  const GstOmvFrame frame = {.payload = NULL };
  g_autoptr (GBytes) payload = make_gray (0);
  GstOmvFrame copy = frame;

  copy.payload = payload;
  for (guint i = 0; i < 11; i++) {
    g_autoptr (GError) error = NULL;

    switch (i) {
      case 0:
        (void) gst_omv_image_io_get_stream_type (stream, &error);
        break;
      case 1:
        g_assert_cmpuint (gst_omv_image_io_get_count (stream, &error), ==, 0);
        break;
      case 2:
        g_assert_cmpuint (gst_omv_image_io_get_offset (stream, &error), ==, 0);
        break;
      case 3:
        g_assert_cmpint (gst_omv_image_io_get_version (stream, &error), ==, 0);
        break;
      case 4:
        g_assert_cmpuint (gst_omv_image_io_get_buffer_size (stream, &error),
            ==, 0);
        break;
      case 5:
        g_assert_cmpuint (gst_omv_image_io_get_size (stream, &error), ==, 0);
        break;
      case 6:
        g_assert_false (gst_omv_image_io_write (stream, GRAY, 8, 4, payload,
                BY_CLOCK, &error));
        break;
      case 7:
        g_assert_false (gst_omv_image_io_write_frame (stream, &copy, BY_CLOCK,
                &error));
        break;
      case 8:
        g_assert_null (gst_omv_image_io_read (stream, TRUE, TRUE, NULL,
                &error));
        break;
      case 9:
        g_assert_false (gst_omv_image_io_seek (stream, 0, &error));
        break;
      default:
        g_assert_false (gst_omv_image_io_sync (stream, &error));
    }
    g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CLOSED);
  }

  close_stream (stream);
}

static void
test_closed (Place * place, gconstpointer unused)
{
  g_autoptr (GstOmvImageIO) written =
      open_file (place->path, GST_OMV_IMAGE_IO_MODE_WRITE);
  g_autoptr (GstOmvImageIO) read =
      open_file (place->path, GST_OMV_IMAGE_IO_MODE_READ);
  g_autoptr (GstOmvImageIO) memory = make_memory (1);
  g_autoptr (GstOmvImageIO) never_opened =
      g_object_new (GST_OMV_TYPE_IMAGE_IO, NULL);

  close_stream (written);
  check_closed (written);
  close_stream (read);
  check_closed (read);
  close_stream (memory);
  check_closed (memory);
  check_closed (never_opened);
}

/* The last reference closes a stream; sync() makes frames safe before. */
static void
test_sync_and_finalize (Place * place, gconstpointer unused)
{
  GstOmvImageIO *stream = open_file (place->path, GST_OMV_IMAGE_IO_MODE_WRITE);
  g_autoptr (GstOmvImageIO) memory = make_memory (1);
  g_autoptr (GError) error = NULL;

  write_gray (stream, 1, 0);
  g_assert_true (gst_omv_image_io_sync (stream, &error));
  g_assert_no_error (error);
  {
    g_autoptr (GstOmvImageIO) reader =
        open_file (place->path, GST_OMV_IMAGE_IO_MODE_READ);

    check_count (reader, 1);
    g_assert_true (gst_omv_image_io_sync (reader, NULL));
    write_gray (stream, 2, 0);
    g_object_unref (stream);
    check_count (reader, 2);
  }
  g_assert_true (gst_omv_image_io_sync (memory, NULL));
}

/* ---- modes ---- */

static void
check_not_opened (const gchar * path, GstOmvImageIOMode mode, GQuark domain,
    gint code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_omv_image_io_new_file (path, mode, &error));
  g_assert_error (error, domain, code);
}

static void
test_modes (Place * place, gconstpointer unused)
{
  g_autoptr (GstOmvImageIO) stream = NULL;

  check_not_opened (place->path, GST_OMV_IMAGE_IO_MODE_READ, G_IO_ERROR,
      G_IO_ERROR_NOT_FOUND);
  check_not_opened (place->path, GST_OMV_IMAGE_IO_MODE_UPDATE, G_IO_ERROR,
      G_IO_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (place->path, G_FILE_TEST_EXISTS));

  /* "a" makes the file, and goes on in it */
  for (guint i = 0; i < 3; i++) {
    stream = open_file (place->path, GST_OMV_IMAGE_IO_MODE_APPEND);
    g_assert_cmpuint (gst_omv_image_io_get_offset (stream, NULL), ==, i);
    write_gray (stream, (guint8) i, 0);
    seek (stream, 0);
    check_gray (stream, 0, 0, FALSE, FALSE);
    g_clear_object (&stream);
  }

  /* "r+" starts at the start, and keeps what is there */
  stream = open_file (place->path, GST_OMV_IMAGE_IO_MODE_UPDATE);
  check_count (stream, 3);
  for (guint i = 0; i < 3; i++)
    check_gray (stream, i, (guint8) i, FALSE, FALSE);
  write_gray (stream, 3, 0);
  check_count (stream, 4);
  g_clear_object (&stream);

  /* "r" only reads */
  stream = open_file (place->path, GST_OMV_IMAGE_IO_MODE_READ);
  check_refused (stream, GRAY, 8, 4, 32, BY_CLOCK, G_IO_ERROR,
      G_IO_ERROR_PERMISSION_DENIED);
  check_gray (stream, 0, 0, FALSE, FALSE);
  check_count (stream, 4);
  g_clear_object (&stream);

  /* "w" starts afresh */
  stream = open_file (place->path, GST_OMV_IMAGE_IO_MODE_WRITE);
  check_count (stream, 0);
  g_assert_null (read_frame (stream, TRUE, TRUE));
}

static void
test_versions (Place * place, gconstpointer unused)
{
  static const struct
  {
    const gchar *name;
    gint version;
    gboolean is_written;
  } files[] = {
    {"v10_rgb565", 10, FALSE}, {"v11_rgb565", 11, TRUE},
    {"v20_rgb565", 20, TRUE}, {"v21_steady30", 21, FALSE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr (OmvTestGolden) golden = omv_test_golden_load (files[i].name);
    g_autoptr (GstOmvImageIO) stream = NULL;

    store (place->path, golden->data, golden->size);
    stream = open_file (place->path, GST_OMV_IMAGE_IO_MODE_READ);
    g_assert_cmpint (gst_omv_image_io_get_version (stream, NULL), ==,
        files[i].version);
    g_clear_object (&stream);
    if (!files[i].is_written) {
      check_not_opened (place->path, GST_OMV_IMAGE_IO_MODE_APPEND,
          GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED);
      check_not_opened (place->path, GST_OMV_IMAGE_IO_MODE_UPDATE,
          GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED);
      continue;
    }
    stream = open_file (place->path, GST_OMV_IMAGE_IO_MODE_APPEND);
    write_gray (stream, 1, 0);
    g_assert_cmpint (gst_omv_image_io_get_version (stream, NULL), ==,
        files[i].version);
    seek (stream, golden->frames->len);
    check_gray (stream, golden->frames->len, 1, FALSE, FALSE);
  }
}

static void
test_no_recordings (Place * place, gconstpointer unused)
{
  static const guint8 riff[] = "RIFF????AVI LIST";
  static const guint8 future[] = "OMV IMG STR V3.0";

  store (place->path, riff, 16);
  check_not_opened (place->path, GST_OMV_IMAGE_IO_MODE_READ, GST_OMV_ERROR,
      GST_OMV_ERROR_WRONG_TYPE);
  check_not_opened (place->path, GST_OMV_IMAGE_IO_MODE_APPEND, GST_OMV_ERROR,
      GST_OMV_ERROR_WRONG_TYPE);
  store (place->path, future, 16);
  check_not_opened (place->path, GST_OMV_IMAGE_IO_MODE_UPDATE, GST_OMV_ERROR,
      GST_OMV_ERROR_UNSUPPORTED);
  check_not_opened (place->folder, GST_OMV_IMAGE_IO_MODE_WRITE, G_IO_ERROR,
      G_IO_ERROR_IS_DIRECTORY);
}

/* A recording cut at every byte: its whole frames are read, and "a" and "r+" go
 * on behind them. */
static void
test_cut_anywhere (Place * place, gconstpointer unused)
{
  const guint n_frames = 3;
  g_autoptr (GBytes) whole = NULL;
  const guint8 *data;
  gsize size;

  record (place->other, n_frames, 5, 10);
  whole = load (place->other);
  data = g_bytes_get_data (whole, &size);

  for (gsize length = 0; length <= size; length++) {
    const guint n_whole = length < 16 ? 0 : (guint) ((length - 16)
        / GRAY_STRIDE);

    for (guint mode = 0; mode < 4; mode++) {
      g_autoptr (GstOmvImageIO) stream = NULL;

      if (mode == GST_OMV_IMAGE_IO_MODE_WRITE)
        continue;
      store (place->path, data, length);
      if (length < 16 && mode != GST_OMV_IMAGE_IO_MODE_APPEND) {
        check_not_opened (place->path, mode, GST_OMV_ERROR,
            GST_OMV_ERROR_TRUNCATED);
        continue;
      }

      stream = open_file (place->path, mode);
      check_count (stream, n_whole);
      seek (stream, 0);
      for (guint i = 0; i < n_whole; i++)
        check_gray (stream, i, (guint8) i, FALSE, FALSE);
      g_assert_null (read_frame (stream, FALSE, FALSE));
      if (n_whole > 0)
        check_gray (stream, 0, 0, TRUE, FALSE);
      else
        g_assert_null (read_frame (stream, TRUE, FALSE));
      if (mode == GST_OMV_IMAGE_IO_MODE_READ)
        continue;

      seek (stream, n_whole);
      write_gray (stream, 77, 10 * MS);
      seek (stream, n_whole);
      check_gray (stream, n_whole, 77, FALSE, FALSE);
      close_stream (stream);
      {
        g_autoptr (GBytes) written = load (place->path);

        g_assert_cmpuint (g_bytes_get_size (written), ==,
            16 + (n_whole + 1) * GRAY_STRIDE);
      }
    }
  }
}

/* Damage is an error where it is met, with loop, too. */
static void
test_damage (Place * place, gconstpointer unused)
{
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load ("bad_pixfmt_zero");
  g_autoptr (GstOmvImageIO) stream = NULL;
  g_autoptr (GstOmvFrame) first = NULL;

  store (place->path, golden->data, golden->size);
  check_not_opened (place->path, GST_OMV_IMAGE_IO_MODE_UPDATE, GST_OMV_ERROR,
      GST_OMV_ERROR_CORRUPT);
  check_not_opened (place->path, GST_OMV_IMAGE_IO_MODE_APPEND, GST_OMV_ERROR,
      GST_OMV_ERROR_CORRUPT);

  stream = open_file (place->path, GST_OMV_IMAGE_IO_MODE_READ);
  check_count (stream, 1);
  first = read_frame (stream, TRUE, FALSE);
  g_assert_nonnull (first);
  check_read_fails (stream, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
  check_seek_fails (stream, 2, GST_OMV_ERROR_CORRUPT);
  seek (stream, 0);
}

/* ---- frames of every kind ---- */

/* Writes each frame of a camera's recording, by frame or by its parts. */
static void
copy_golden (const gchar * name, GstOmvImageIO * stream, gboolean by_parts,
    GPtrArray * frames)
{
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load (name);
  g_autoptr (GBytes) bytes = g_bytes_new (golden->data, golden->size);
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GError) error = NULL;
  GstOmvFrame *frame;

  g_assert_true (gst_omv_reader_open_bytes (reader, bytes, NULL));
  while ((frame = gst_omv_reader_read_next (reader, NULL)) != NULL) {
    const GstOmvFrameHeader *header = &frame->header;

    if (by_parts)
      (void) gst_omv_image_io_write (stream, header->format, header->width,
          header->height, frame->payload, header->interval * MS, &error);
    else
      (void) gst_omv_image_io_write_frame (stream, frame,
          header->interval * MS, &error);
    g_assert_no_error (error);
    g_ptr_array_add (frames, frame);
  }
  g_assert_cmpuint (frames->len, >, 0);
}

static void
check_copies (GstOmvImageIO * stream, const GPtrArray * frames)
{
  seek (stream, 0);
  for (guint i = 0; i < frames->len; i++) {
    const GstOmvFrame *expected = g_ptr_array_index (frames, i);
    g_autoptr (GstOmvFrame) frame = read_frame (stream, FALSE, FALSE);

    g_assert_nonnull (frame);
    g_assert_cmpuint (frame->number, ==, i);
    g_assert_cmpuint (frame->time, ==, expected->time);
    g_assert_cmpuint (frame->header.interval, ==, expected->header.interval);
    g_assert_cmpint (frame->header.width, ==, expected->header.width);
    g_assert_cmpint (frame->header.height, ==, expected->header.height);
    g_assert_cmpint (frame->header.format, ==, expected->header.format);
    g_assert_true (g_bytes_equal (frame->payload, expected->payload));
  }
}

static const gchar *const golden_formats[] = { "v20_binary", "v20_grayscale",
  "v20_rgb565", "v20_bayer_grbg", "v11_bayer", "v20_yuv422", "v20_jpeg",
  "v20_png"
};

static void
test_round_trips (Place * place, gconstpointer unused)
{
  for (guint i = 0; i < 2 * G_N_ELEMENTS (golden_formats); i++) {
    const gchar *name = golden_formats[i / 2];
    g_autoptr (GPtrArray) frames =
        g_ptr_array_new_with_free_func ((GDestroyNotify) gst_omv_frame_unref);
    g_autoptr (GstOmvImageIO) file =
        open_file (place->path, GST_OMV_IMAGE_IO_MODE_WRITE);

    copy_golden (name, file, i % 2 != 0, frames);
    check_copies (file, frames);
    close_stream (file);
    g_clear_object (&file);
    file = open_file (place->path, GST_OMV_IMAGE_IO_MODE_READ);
    check_copies (file, frames);
  }
}

static void
test_memory_round_trips (void)
{
  for (guint i = 0; i < 2 * G_N_ELEMENTS (golden_formats); i++) {
    const gchar *name = golden_formats[i / 2];
    g_autoptr (GPtrArray) frames =
        g_ptr_array_new_with_free_func ((GDestroyNotify) gst_omv_frame_unref);
    g_autoptr (GError) error = NULL;
    g_autoptr (GstOmvImageIO) memory =
        gst_omv_image_io_new_memory (200, 40, GRAY, 16, &error);

    g_assert_no_error (error);
    copy_golden (name, memory, i % 2 != 0, frames);
    check_copies (memory, frames);
  }
}

/* All orders of Bayer and of YUV, in one stream: a recording may mix formats, and
 * so may memory, as long as they fit. */
static void
test_mixed (Place * place, gconstpointer unused)
{
  static const GstOmvPixelFormat formats[] = {
    GST_OMV_PIXEL_FORMAT_BAYER_BGGR, GST_OMV_PIXEL_FORMAT_BAYER_GBRG,
    GST_OMV_PIXEL_FORMAT_BAYER_GRBG, GST_OMV_PIXEL_FORMAT_BAYER_RGGB,
    GST_OMV_PIXEL_FORMAT_YUV422, GST_OMV_PIXEL_FORMAT_YVU422, GRAY,
    GST_OMV_PIXEL_FORMAT_RGB565, GST_OMV_PIXEL_FORMAT_BINARY
  };
  const guint n = G_N_ELEMENTS (formats);

  for (guint is_memory = 0; is_memory < 2; is_memory++) {
    g_autoptr (GstOmvImageIO) stream = is_memory ? make_memory (n)
        : open_file (place->path, GST_OMV_IMAGE_IO_MODE_WRITE);

    for (guint i = 0; i < n; i++) {
      const gsize size = 3 * gst_omv_pixel_format_get_row_size (formats[i], 5);
      g_autofree guint8 *pixels = g_malloc (size);
      g_autoptr (GBytes) payload = NULL;
      g_autoptr (GError) error = NULL;

      memset (pixels, (gint) i, size);
      payload = g_bytes_new (pixels, size);
      (void) gst_omv_image_io_write (stream, formats[i], 5, 3, payload, 0,
          &error);
      g_assert_no_error (error);
    }
    for (guint i = n; i-- > 0;) {
      g_autoptr (GstOmvFrame) frame = NULL;

      seek (stream, i);
      frame = read_frame (stream, FALSE, FALSE);
      g_assert_cmpint (frame->header.format, ==, formats[i]);
      g_assert_cmpuint (*(const guint8 *) g_bytes_get_data (frame->payload,
              NULL), ==, i);
    }
  }
}

/* RGB565 of version 1.0 lies the other way round, and is turned. */
static void
test_old_rgb565 (Place * place, gconstpointer unused)
{
  g_autoptr (GPtrArray) old =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_omv_frame_unref);
  g_autoptr (GstOmvImageIO) memory =
      gst_omv_image_io_new_memory (40, 40, GST_OMV_PIXEL_FORMAT_RGB565, 16,
      NULL);
  g_autoptr (GstOmvImageIO) file =
      open_file (place->path, GST_OMV_IMAGE_IO_MODE_WRITE);

  copy_golden ("v10_rgb565", memory, FALSE, old);
  g_ptr_array_set_size (old, 0);
  copy_golden ("v10_rgb565", file, FALSE, old);
  for (guint is_memory = 0; is_memory < 2; is_memory++) {
    GstOmvImageIO *stream = is_memory ? memory : file;

    seek (stream, 0);
    for (guint i = 0; i < old->len; i++) {
      const GstOmvFrame *stored = g_ptr_array_index (old, i);
      g_autoptr (GstOmvFrame) frame = read_frame (stream, FALSE, FALSE);
      const guint8 *before = g_bytes_get_data (stored->payload, NULL);
      gsize size;
      const guint8 *after = g_bytes_get_data (frame->payload, &size);

      g_assert_cmpuint (size, ==, g_bytes_get_size (stored->payload));
      for (gsize k = 0; k < size; k++)
        g_assert_cmpuint (after[k], ==, before[k ^ 1]);
    }
  }
}

/* A picture tells its own size, and must not be said to have another. */
static void
test_pictures (Place * place, gconstpointer unused)
{
  static const gchar *const names[] = { "v20_jpeg", "v20_png" };

  for (guint i = 0; i < 4; i++) {
    g_autoptr (GPtrArray) frames =
        g_ptr_array_new_with_free_func ((GDestroyNotify) gst_omv_frame_unref);
    g_autoptr (GstOmvImageIO) all =
        gst_omv_image_io_new_memory (200, 40, GRAY, 16, NULL);
    g_autoptr (GstOmvImageIO) stream = i / 2
        ? gst_omv_image_io_new_memory (200, 40, GRAY, 1, NULL)
        : open_file (place->path, GST_OMV_IMAGE_IO_MODE_WRITE);
    g_autoptr (GError) size_error = NULL;
    g_autoptr (GError) type_error = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (GstOmvFrame) read = NULL;
    const GstOmvFrame *frame;

    copy_golden (names[i % 2], all, TRUE, frames);
    frame = g_ptr_array_index (frames, 5);
    g_assert_false (gst_omv_image_io_write (stream, frame->header.format, 9,
            33, frame->payload, 0, &size_error));
    g_assert_error (size_error, GST_OMV_ERROR,
        GST_OMV_ERROR_INVALID_FRAME_SIZE);
    g_assert_false (gst_omv_image_io_write (stream,
            i % 2 ? GST_OMV_PIXEL_FORMAT_JPEG : GST_OMV_PIXEL_FORMAT_PNG, 33,
            9, frame->payload, 0, &type_error));
    g_assert_error (type_error, GST_OMV_ERROR, GST_OMV_ERROR_WRONG_TYPE);
    (void) gst_omv_image_io_write (stream, frame->header.format, 0, 0,
        frame->payload, 0, &error);
    g_assert_no_error (error);

    seek (stream, 0);
    read = read_frame (stream, FALSE, FALSE);
    g_assert_cmpint (read->header.width, ==, 33);
    g_assert_cmpint (read->header.height, ==, 9);
  }
}

/* A slot takes what buffer_size() says, and not a byte more. */
static void
test_slot_size (void)
{
  g_autoptr (GstOmvImageIO) stream = make_memory (2);
  const gint width = (gint) gst_omv_image_io_get_buffer_size (stream, NULL);
  g_autoptr (GBytes) fits = g_bytes_new_take (g_malloc0 ((gsize) width),
      (gsize) width);
  g_autoptr (GError) error = NULL;

  check_refused (stream, GRAY, width + 1, 1, (gsize) width + 1, BY_CLOCK,
      GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE);
  g_assert_true (gst_omv_image_io_write (stream, GRAY, width, 1, fits, BY_CLOCK,
          &error));
  g_assert_no_error (error);
  g_assert_cmpuint (gst_omv_image_io_get_offset (stream, NULL), ==, 1);
}

/* I1 */
static void
test_refused (Place * place, gconstpointer unused)
{
  for (guint is_memory = 0; is_memory < 2; is_memory++) {
    g_autoptr (GstOmvImageIO) stream = is_memory ? make_memory (3)
        : open_file (place->path, GST_OMV_IMAGE_IO_MODE_WRITE);

    for (guint i = 0; i < 3; i++)
      write_gray (stream, (guint8) i, 10 * MS);
    seek (stream, 1);
    check_refused (stream, GRAY, 8, 4, 31, 0, GST_OMV_ERROR,
        GST_OMV_ERROR_INVALID_FRAME_SIZE);
    check_refused (stream, GRAY, 0, 4, 0, 0, GST_OMV_ERROR,
        GST_OMV_ERROR_INVALID_FRAME_SIZE);
    check_refused (stream, GST_OMV_PIXEL_FORMAT_ARGB8, 8, 4, 0, 0,
        GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED);
    check_refused (stream, 0x12345678, 8, 4, 32, 0, GST_OMV_ERROR,
        GST_OMV_ERROR_UNSUPPORTED);
    check_refused (stream, GST_OMV_PIXEL_FORMAT_JPEG, 8, 4, 32, 0,
        GST_OMV_ERROR, GST_OMV_ERROR_WRONG_TYPE);
    check_refused (stream, GRAY, 8, 4, 32, G_GUINT64_CONSTANT (0x100000000)
        * MS, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_INTERVAL);
    check_refused (stream, GRAY, 8, 4, 32, G_MAXUINT64 - 1, GST_OMV_ERROR,
        GST_OMV_ERROR_INVALID_INTERVAL);
    check_count (stream, 3);
    for (guint i = 1; i < 3; i++)
      check_gray (stream, i, (guint8) i, FALSE, FALSE);
  }
}

/* ---- the offset ---- */

static void
test_seek_file (Place * place, gconstpointer unused)
{
  static const GstOmvImageIOMode modes[] = { GST_OMV_IMAGE_IO_MODE_READ,
    GST_OMV_IMAGE_IO_MODE_UPDATE
  };

  record (place->path, 4, 0, 10);
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    g_autoptr (GstOmvImageIO) stream = open_file (place->path, modes[i]);

    for (gint64 k = 3; k >= 0; k--) {
      seek (stream, k);
      check_gray (stream, (guint64) k, (guint8) k, FALSE, FALSE);
    }
    seek (stream, 4);
    g_assert_null (read_frame (stream, FALSE, FALSE));
    check_seek_fails (stream, 5, GST_OMV_ERROR_END_OF_STREAM);
    check_seek_fails (stream, G_MAXINT64, GST_OMV_ERROR_END_OF_STREAM);
    check_seek_fails (stream, -1, GST_OMV_ERROR_INVALID_OFFSET);
    check_seek_fails (stream, G_MININT64, GST_OMV_ERROR_INVALID_OFFSET);
  }
}

static void
test_seek_memory (void)
{
  g_autoptr (GstOmvImageIO) stream = make_memory (3);

  for (guint i = 0; i < 3; i++)
    write_gray (stream, (guint8) i, 0);
  for (gint64 k = 2; k >= 0; k--) {
    seek (stream, k);
    check_gray (stream, (guint64) k, (guint8) k, FALSE, FALSE);
  }
  check_seek_fails (stream, 3, GST_OMV_ERROR_INVALID_OFFSET);
  check_seek_fails (stream, -1, GST_OMV_ERROR_INVALID_OFFSET);
}

static void
test_end_of_memory (void)
{
  g_autoptr (GstOmvImageIO) stream = make_memory (2);

  write_gray (stream, 1, 0);
  check_read_fails (stream, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_OFFSET);
  write_gray (stream, 2, 0);
  check_read_fails (stream, GST_OMV_ERROR, GST_OMV_ERROR_END_OF_STREAM);
  check_refused (stream, GRAY, 8, 4, 32, 0, GST_OMV_ERROR,
      GST_OMV_ERROR_END_OF_STREAM);
  check_refused (stream, GRAY, 80, 40, 3200, 0, GST_OMV_ERROR,
      GST_OMV_ERROR_END_OF_STREAM);
  seek (stream, 0);
  check_gray (stream, 0, 1, TRUE, FALSE);
}

static void
test_loop (Place * place, gconstpointer unused)
{
  g_autoptr (GstOmvImageIO) stream = NULL;

  record (place->path, 2, 0, 10);
  stream = open_file (place->path, GST_OMV_IMAGE_IO_MODE_READ);
  for (guint i = 0; i < 5; i++)
    check_gray (stream, i % 2, i % 2, TRUE, FALSE);
  check_gray (stream, 1, 1, FALSE, FALSE);
  for (guint i = 0; i < 2; i++) {
    g_assert_null (read_frame (stream, FALSE, FALSE));
    g_assert_cmpuint (gst_omv_image_io_get_offset (stream, NULL), ==, 2);
  }
  check_gray (stream, 0, 0, TRUE, FALSE);
}

/* In mid-file a frame cuts off what follows; in memory it takes one slot. */
static void
test_write_in_the_middle (Place * place, gconstpointer unused)
{
  g_autoptr (GstOmvImageIO) file = NULL;
  g_autoptr (GstOmvImageIO) memory = make_memory (3);

  record (place->path, 5, 0, 10);
  file = open_file (place->path, GST_OMV_IMAGE_IO_MODE_UPDATE);
  for (guint i = 0; i < 5; i++)
    check_gray (file, i, (guint8) i, FALSE, FALSE);
  seek (file, 2);
  write_gray (file, 70, 10 * MS);
  check_count (file, 3);
  g_assert_null (read_frame (file, FALSE, FALSE));
  write_gray (file, 71, 10 * MS);
  write_gray (file, 72, 10 * MS);
  g_assert_cmpuint (gst_omv_image_io_get_size (file, NULL), ==,
      16 + 5 * GRAY_STRIDE);
  seek (file, 0);
  for (guint i = 0; i < 5; i++)
    check_gray (file, i, (guint8) (i < 2 ? i : 68 + i), FALSE, FALSE);
  seek (file, 0);
  write_gray (file, 99, 0);
  check_count (file, 1);

  for (guint i = 0; i < 3; i++)
    write_gray (memory, (guint8) i, 0);
  seek (memory, 1);
  write_gray (memory, 70, 0);
  check_gray (memory, 2, 2, FALSE, FALSE);
  check_count (memory, 3);
}

/* Whatever is done in whatever order, a file is the list of frames that a
 * program would keep in an array. */
static void
test_any_order (Place * place, gconstpointer unused)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (6);
  g_autoptr (GByteArray) model = g_byte_array_new ();
  g_autoptr (GstOmvImageIO) stream =
      open_file (place->path, GST_OMV_IMAGE_IO_MODE_WRITE);
  guint offset = 0;

  for (guint i = 0; i < 2000; i++) {
    const guint8 fill = (guint8) i;

    switch (g_rand_int_range (random, 0, 6)) {
      case 0:
        offset = (guint) g_rand_int_range (random, 0, (gint) model->len + 1);
        seek (stream, offset);
        break;
      case 1:
        if (g_rand_int_range (random, 0, 20) > 0)
          break;
        g_clear_object (&stream);
        stream = open_file (place->path, GST_OMV_IMAGE_IO_MODE_UPDATE);
        offset = 0;
        break;
      case 2:
      case 3:
        if (offset < model->len) {
          check_gray (stream, offset, model->data[offset], FALSE, FALSE);
          offset++;
        } else {
          g_assert_null (read_frame (stream, FALSE, FALSE));
        }
        break;
      default:
        if (offset < model->len && g_rand_int_range (random, 0, 10) > 0)
          break;
        write_gray (stream, fill, 10 * MS);
        g_byte_array_set_size (model, offset);
        g_byte_array_append (model, &fill, 1);
        offset++;
    }
    check_count (stream, model->len);
    g_assert_cmpuint (gst_omv_image_io_get_offset (stream, NULL), ==, offset);
    g_assert_cmpuint (gst_omv_image_io_get_size (stream, NULL), ==,
        16 + model->len * GRAY_STRIDE);
  }
}

/* Whoever records may be read meanwhile. */
static void
test_growing_file (Place * place, gconstpointer unused)
{
  g_autoptr (GstOmvImageIO) writer =
      open_file (place->path, GST_OMV_IMAGE_IO_MODE_WRITE);
  g_autoptr (GstOmvImageIO) reader =
      open_file (place->path, GST_OMV_IMAGE_IO_MODE_READ);

  for (guint i = 0; i < 20; i++) {
    g_assert_null (read_frame (reader, FALSE, FALSE));
    write_gray (writer, (guint8) i, 10 * MS);
    g_assert_true (gst_omv_image_io_sync (writer, NULL));
    check_count (reader, i + 1);
    check_gray (reader, i, (guint8) i, FALSE, FALSE);
  }
}

/* ---- time ---- */

static guint32
get_interval (GstOmvImageIO * stream, gint64 number)
{
  g_autoptr (GstOmvFrame) frame = NULL;

  seek (stream, number);
  frame = read_frame (stream, FALSE, FALSE);
  return frame->header.interval;
}

/* I3 */
static void
test_intervals (Place * place, gconstpointer unused)
{
  for (guint is_memory = 0; is_memory < 2; is_memory++) {
    g_autoptr (GstOmvImageIO) stream = is_memory ? make_memory (5)
        : open_file (place->path, GST_OMV_IMAGE_IO_MODE_WRITE);
    TestClock clock = {.now = 12345 * MS };

    use_clock (stream, &clock);
    clock.now += 2000 * MS;
    write_gray (stream, 0, BY_CLOCK);
    clock.now += 33 * MS;
    write_gray (stream, 1, BY_CLOCK);

    /* none of these counts */
    clock.now += 100 * MS;
    seek (stream, 0);
    check_gray (stream, 0, 0, FALSE, FALSE);
    clock.now += 20 * MS;
    check_refused (stream, GRAY, 8, 4, 31, BY_CLOCK, GST_OMV_ERROR,
        GST_OMV_ERROR_INVALID_FRAME_SIZE);
    seek (stream, 2 - is_memory);
    clock.now += 3 * MS;
    if (is_memory)
      check_gray (stream, 1, 1, FALSE, FALSE);
    write_gray (stream, 2, BY_CLOCK);

    /* whoever states an interval has written now, too */
    clock.now += 1000 * MS;
    write_gray (stream, 3, 7 * MS);
    clock.now += 40 * MS;
    write_gray (stream, 4, BY_CLOCK);

    g_assert_cmpuint (get_interval (stream, 0), ==, 2000);
    g_assert_cmpuint (get_interval (stream, 1), ==, 33);
    g_assert_cmpuint (get_interval (stream, 2), ==, 123);
    g_assert_cmpuint (get_interval (stream, 3), ==, 7);
    g_assert_cmpuint (get_interval (stream, 4), ==, 40);
  }
}

/* I3: what is rounded off one interval is in a later one. */
static void
test_rounding (Place * place, gconstpointer unused)
{
  for (guint i = 0; i < 4; i++) {
    const gboolean by_clock = i % 2 != 0;
    g_autoptr (GstOmvImageIO) stream = i / 2 ? make_memory (301)
        : open_file (place->path, GST_OMV_IMAGE_IO_MODE_WRITE);
    TestClock clock = {.now = 0 };
    g_autoptr (GstOmvFrame) last = NULL;

    use_clock (stream, &clock);
    for (guint k = 0; k <= 300; k++) {
      write_gray (stream, (guint8) k, by_clock ? BY_CLOCK
          : k > 0 ? 33333333 : 0);
      clock.now += 33333333;
    }
    seek (stream, 300);
    last = read_frame (stream, FALSE, FALSE);
    g_assert_cmpuint (last->time, ==, 10000 * MS);
  }
}

static void
check_due (GstOmvImageIO * stream, TestClock * clock, guint8 fill, guint64 due)
{
  const guint n_waits = clock->n_waits;

  check_gray (stream, fill, fill, TRUE, TRUE);
  g_assert_cmpuint (clock->n_waits, ==, n_waits + 1);
  g_assert_cmpuint (clock->waited_for, ==, due * MS);
}

/* I4: frames are due 500, 510, 520 … ms after the start, the recording's second
 * pass after another 500. */
static void
test_schedule (Place * place, gconstpointer unused)
{
  TestClock clock = {.now = 1000 * MS };
  g_autoptr (GstOmvImageIO) stream = NULL;

  record (place->path, 5, 500, 10);
  stream = open_file (place->path, GST_OMV_IMAGE_IO_MODE_READ);
  use_clock (stream, &clock);
  check_due (stream, &clock, 0, 1500);
  check_due (stream, &clock, 1, 1510);

  /* away for long: the next frames are late, but due when they were */
  clock.now += 25 * MS;
  check_due (stream, &clock, 2, 1520);
  check_due (stream, &clock, 3, 1530);
  g_assert_cmpuint (clock.now, ==, 1535 * MS);
  check_due (stream, &clock, 4, 1540);
  g_assert_cmpuint (clock.now, ==, 1540 * MS);
  check_due (stream, &clock, 0, 2040);

  /* seeks do not count, only the interval of what is read */
  seek (stream, 4);
  check_due (stream, &clock, 4, 2050);
  seek (stream, 1);
  seek (stream, 3);
  check_due (stream, &clock, 3, 2060);
  seek (stream, 0);
  check_due (stream, &clock, 0, 2560);

  /* the end does not count, either */
  seek (stream, 5);
  g_assert_null (read_frame (stream, FALSE, TRUE));
  seek (stream, 1);
  check_due (stream, &clock, 1, 2570);

  /* without a pause nobody waits, and the schedule starts here */
  clock.now = 9000 * MS;
  check_gray (stream, 2, 2, TRUE, FALSE);
  g_assert_cmpuint (clock.now, ==, 9000 * MS);
  check_due (stream, &clock, 3, 9010);
}

/* I4, in memory: what was just recorded is played at its own pace. */
static void
test_schedule_in_memory (void)
{
  TestClock clock = {.now = 0 };
  g_autoptr (GstOmvImageIO) stream = make_memory (3);

  use_clock (stream, &clock);
  for (guint i = 0; i < 3; i++) {
    clock.now += 40 * MS;
    write_gray (stream, (guint8) i, BY_CLOCK);
  }
  seek (stream, 0);
  check_due (stream, &clock, 0, 160);
  check_due (stream, &clock, 1, 200);
  check_due (stream, &clock, 2, 240);
}

/* Who is cancelled finds stream and schedule as they were. */
static void
test_cancel (Place * place, gconstpointer unused)
{
  record (place->path, 3, 50, 10);
  for (guint is_memory = 0; is_memory < 2; is_memory++) {
    g_autoptr (GstOmvImageIO) stream = is_memory ? make_memory (3)
        : open_file (place->path, GST_OMV_IMAGE_IO_MODE_READ);
    TestClock clock = {.now = 0 };

    for (guint i = 0; is_memory && i < 3; i++)
      write_gray (stream, (guint8) i, (i > 0 ? 10 : 50) * MS);
    use_clock (stream, &clock);
    seek (stream, 0);
    check_due (stream, &clock, 0, 50);

    for (guint i = 0; i < 2; i++) {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;

      clock.cancels = i == 0;
      if (i == 1)
        g_cancellable_cancel (cancellable);
      g_assert_null (gst_omv_image_io_read (stream, TRUE, i == 0, cancellable,
              &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (gst_omv_image_io_get_offset (stream, NULL), ==, 1);
      clock.cancels = FALSE;
    }
    check_due (stream, &clock, 1, 60);
  }
}

/* The real clock: a wait of 49 days ends because another thread says so. */
static gpointer
cancel (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_cancel_from_another_thread (Place * place, gconstpointer unused)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GstOmvImageIO) stream = NULL;
  g_autoptr (GError) error = NULL;
  GThread *thread;

  record (place->path, 1, G_MAXUINT32, 0);
  stream = open_file (place->path, GST_OMV_IMAGE_IO_MODE_READ);
  thread = g_thread_new ("cancel", cancel, cancellable);
  g_assert_null (gst_omv_image_io_read (stream, TRUE, TRUE, cancellable,
          &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
}

/* The real clock goes on, and a wait lasts until the time stated. */
static void
test_monotonic_clock (Place * place, gconstpointer unused)
{
  const gint64 before = g_get_monotonic_time ();
  g_autoptr (GstOmvImageIO) stream = NULL;

  record (place->path, 2, 3, 4);
  stream = open_file (place->path, GST_OMV_IMAGE_IO_MODE_READ);
  check_gray (stream, 0, 0, FALSE, TRUE);
  check_gray (stream, 1, 1, FALSE, TRUE);
  g_assert_cmpint (g_get_monotonic_time () - before, >=, 7000);
}

static void
add (const gchar * name, void (*test) (Place *, gconstpointer))
{
  g_autofree gchar *path = g_strconcat ("/imageio/", name, NULL);

  g_test_add (path, Place, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("new-file", test_new_file);
  g_test_add_func ("/imageio/new-memory", test_new_memory);
  add ("count-on-open", test_count_on_open);
  add ("I2/closed", test_closed);
  add ("sync-and-the-last-reference", test_sync_and_finalize);
  add ("modes", test_modes);
  add ("versions", test_versions);
  add ("no-recordings", test_no_recordings);
  add ("cut-anywhere", test_cut_anywhere);
  add ("damage", test_damage);
  add ("round-trips/file", test_round_trips);
  g_test_add_func ("/imageio/round-trips/memory", test_memory_round_trips);
  add ("round-trips/mixed", test_mixed);
  add ("round-trips/rgb565-of-version-1.0", test_old_rgb565);
  add ("pictures", test_pictures);
  g_test_add_func ("/imageio/slot-size", test_slot_size);
  add ("I1/refused", test_refused);
  add ("seek/file", test_seek_file);
  g_test_add_func ("/imageio/seek/memory", test_seek_memory);
  g_test_add_func ("/imageio/end-of-memory", test_end_of_memory);
  add ("loop", test_loop);
  add ("write-in-the-middle", test_write_in_the_middle);
  add ("any-order", test_any_order);
  add ("growing-file", test_growing_file);
  add ("I3/intervals", test_intervals);
  add ("I3/rounding", test_rounding);
  add ("I4/schedule", test_schedule);
  g_test_add_func ("/imageio/I4/memory", test_schedule_in_memory);
  add ("I4/cancel", test_cancel);
  add ("I4/cancel-from-another-thread", test_cancel_from_another_thread);
  add ("I4/monotonic-clock", test_monotonic_clock);

  return g_test_run ();
}
