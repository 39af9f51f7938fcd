/* memory-stream.c: tests of GstOmvMemoryStream
 *
 * The rules of the camera's memory streams, one by one, as they are numbered at
 * the head of gstomvmemorystream.c.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv.h>

#include <string.h>

#define GRAY GST_OMV_PIXEL_FORMAT_GRAYSCALE
#define MS G_GUINT64_CONSTANT (1000000)

static GstOmvMemoryStream *
make_stream (gint width, gint height, GstOmvPixelFormat format, guint n_slots)
{
  g_autoptr (GError) error = NULL;
  GstOmvMemoryStream *stream = gst_omv_memory_stream_new (width, height, format,
      n_slots, &error);

  g_assert_no_error (error);
  return stream;
}

/* A frame of @size bytes, all of them @fill. */
static gboolean
write_frame (GstOmvMemoryStream * stream, GstOmvPixelFormat format, gint width,
    gint height, gsize size, guint8 fill, GError ** error)
{
  const GstOmvFrameHeader header = {.interval = fill,.width = width,
    .height = height,.format = format,.exact_time = GST_OMV_TIME_NONE
  };
  g_autofree guint8 *payload = g_malloc (MAX (size, 1));

  memset (payload, fill, size);
  return gst_omv_memory_stream_write (stream, &header, payload, size, error);
}

static void
write_gray (GstOmvMemoryStream * stream, guint8 fill)
{
  g_autoptr (GError) error = NULL;

  (void) write_frame (stream, GRAY, 8, 4, 32, fill, &error);
  g_assert_no_error (error);
}

static void
assert_payload (const GstOmvFrame * frame, gsize size, guint8 fill)
{
  gsize read_size;
  const guint8 *payload = g_bytes_get_data (frame->payload, &read_size);

  g_assert_cmpuint (read_size, ==, size);
  g_assert_cmpuint (frame->header.payload_size, ==, size);
  for (gsize i = 0; i < size; i++)
    g_assert_cmpuint (payload[i], ==, fill);
}

static void
assert_gray (GstOmvMemoryStream * stream, guint64 number, guint8 fill)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstOmvFrame) frame = gst_omv_memory_stream_read (stream, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (frame->number, ==, number);
  g_assert_cmpuint (frame->version, ==, GST_OMV_VERSION_V2_0);
  g_assert_cmpuint (frame->header.interval, ==, fill);
  assert_payload (frame, 32, fill);
}

static void
seek (GstOmvMemoryStream * stream, gint64 position)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gst_omv_memory_stream_seek (stream, position, &error));
  g_assert_no_error (error);
  g_assert_cmpint (gst_omv_memory_stream_get_position (stream), ==, position);
}

/* ---- making one ---- */

/* M2, by hand: the largest payload that a slot takes. */
static const struct
{
  GstOmvPixelFormat format;
  gint width;
  gint height;
  gsize room;
} rooms[] = {
  {GRAY, 8, 4, 32},
  {GRAY, 1, 1, 32},
  {GRAY, 11, 3, 64},
  {GRAY, 320, 240, 76800},
  {GST_OMV_PIXEL_FORMAT_BINARY, 1, 1, 32},
  {GST_OMV_PIXEL_FORMAT_BINARY, 33, 5, 64},
  {GST_OMV_PIXEL_FORMAT_RGB565, 320, 240, 153600},
  {GST_OMV_PIXEL_FORMAT_BAYER_RGGB, 7, 7, 64},
  {GST_OMV_PIXEL_FORMAT_YUV422, 5, 5, 64},
  {GST_OMV_PIXEL_FORMAT_YVU422, 16, 1, 32},
  {GST_OMV_PIXEL_FORMAT_JPEG, 320, 240, 19200},
  {GST_OMV_PIXEL_FORMAT_JPEG, 33, 5, 96},
  {GST_OMV_PIXEL_FORMAT_PNG, 640, 480, 76800},
  {GST_OMV_PIXEL_FORMAT_PNG, 1, 1, 32},
  {GST_OMV_PIXEL_FORMAT_JPEG, 32, 32767, 262144},
};

static void
test_rooms (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rooms); i++) {
    g_autoptr (GstOmvMemoryStream) stream = make_stream (rooms[i].width,
        rooms[i].height, rooms[i].format, 3);

    g_assert_cmpuint (gst_omv_memory_stream_get_slot_size (stream), ==,
        rooms[i].room);
    g_assert_cmpuint (gst_omv_memory_stream_get_n_slots (stream), ==, 3);
    g_assert_cmpuint (gst_omv_memory_stream_get_position (stream), ==, 0);
  }
}

static void
assert_refused (gint width, gint height, guint format, guint n_slots,
    GQuark domain, gint code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_omv_memory_stream_new (width, height,
          (GstOmvPixelFormat) format, n_slots, &error));
  g_assert_error (error, domain, code);
}

static void
test_hostile_sizes (void)
{
  const GQuark ours = GST_OMV_ERROR;
  const gint size = GST_OMV_ERROR_INVALID_FRAME_SIZE;

  assert_refused (0, 4, GRAY, 1, ours, size);
  assert_refused (8, 0, GRAY, 1, ours, size);
  assert_refused (-8, 4, GRAY, 1, ours, size);
  assert_refused (8, G_MININT, GRAY, 1, ours, size);
  assert_refused (32768, 4, GRAY, 1, ours, size);
  assert_refused (8, G_MAXINT, GRAY, 1, ours, size);
  assert_refused (8, 4, GRAY, 0, ours, size);
  assert_refused (8, 4, GST_OMV_PIXEL_FORMAT_ARGB8, 1, ours,
      GST_OMV_ERROR_UNSUPPORTED);
  assert_refused (8, 4, 0x12345678, 1, ours, GST_OMV_ERROR_UNSUPPORTED);
  assert_refused (32767, 32767, GST_OMV_PIXEL_FORMAT_RGB565, G_MAXUINT,
      G_IO_ERROR, G_IO_ERROR_NO_SPACE);
}

/* ---- writing and reading ---- */

/* M1, M4: the slots and no more, over and over. */
static void
test_end (void)
{
  g_autoptr (GstOmvMemoryStream) stream = make_stream (8, 4, GRAY, 3);

  for (guint round = 0; round < 3; round++) {
    for (guint i = 0; i < 3; i++)
      write_gray (stream, (guint8) (10 * round + i));
    for (guint i = 0; i < 2; i++) {
      g_autoptr (GError) write_error = NULL;
      g_autoptr (GError) read_error = NULL;

      g_assert_false (write_frame (stream, GRAY, 8, 4, 32, 99, &write_error));
      g_assert_error (write_error, GST_OMV_ERROR, GST_OMV_ERROR_END_OF_STREAM);
      g_assert_null (gst_omv_memory_stream_read (stream, &read_error));
      g_assert_error (read_error, GST_OMV_ERROR, GST_OMV_ERROR_END_OF_STREAM);
      g_assert_cmpuint (gst_omv_memory_stream_get_position (stream), ==, 3);
    }

    g_assert_cmpuint (gst_omv_memory_stream_get_n_slots (stream), ==, 3);
    seek (stream, 0);
    for (guint i = 0; i < 3; i++)
      assert_gray (stream, i, (guint8) (10 * round + i));
    seek (stream, 0);
  }
}

/* M4 comes before M3, as on the camera. */
static void
test_end_comes_first (void)
{
  g_autoptr (GstOmvMemoryStream) stream = make_stream (8, 4, GRAY, 1);
  g_autoptr (GError) error = NULL;

  write_gray (stream, 1);
  g_assert_false (write_frame (stream, GRAY, 80, 40, 3200, 2, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_END_OF_STREAM);
}

/* M5, M6 */
static void
test_seek (void)
{
  static const gint64 outside[] = { -1, 4, 5, G_MININT64, G_MAXINT64,
    G_GINT64_CONSTANT (0x100000000)
  };
  g_autoptr (GstOmvMemoryStream) stream = make_stream (8, 4, GRAY, 4);

  for (guint i = 0; i < 4; i++)
    write_gray (stream, (guint8) i);
  for (gint64 i = 3; i >= 0; i--) {
    seek (stream, i);
    assert_gray (stream, (guint64) i, (guint8) i);
  }

  seek (stream, 2);
  for (guint i = 0; i < G_N_ELEMENTS (outside); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (gst_omv_memory_stream_seek (stream, outside[i], &error));
    g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_OFFSET);
    g_assert_cmpuint (gst_omv_memory_stream_get_position (stream), ==, 2);
  }
}

/* A write in the middle changes that slot only. */
static void
test_overwrite (void)
{
  g_autoptr (GstOmvMemoryStream) stream = make_stream (8, 4, GRAY, 3);

  for (guint i = 0; i < 3; i++)
    write_gray (stream, (guint8) i);
  seek (stream, 1);
  write_gray (stream, 77);
  assert_gray (stream, 2, 2);
  seek (stream, 0);
  assert_gray (stream, 0, 0);
  assert_gray (stream, 1, 77);
}

static void
test_never_written (void)
{
  g_autoptr (GstOmvMemoryStream) stream = make_stream (8, 4, GRAY, 2);
  g_autoptr (GError) error = NULL;

  write_gray (stream, 1);
  g_assert_null (gst_omv_memory_stream_read (stream, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_OFFSET);
  g_assert_cmpuint (gst_omv_memory_stream_get_position (stream), ==, 1);
}

/* M3: of any size and format that fits. */
static void
test_mixed (void)
{
  static const struct
  {
    GstOmvPixelFormat format;
    gint width;
    gint height;
    gsize size;
  } frames[] = {
    {GRAY, 8, 8, 64}, {GRAY, 1, 1, 1}, {GRAY, 31, 2, 62},
    {GST_OMV_PIXEL_FORMAT_BINARY, 40, 8, 64},
    {GST_OMV_PIXEL_FORMAT_RGB565, 4, 8, 64},
    {GST_OMV_PIXEL_FORMAT_YVU422, 3, 3, 18},
    {GST_OMV_PIXEL_FORMAT_BAYER_GBRG, 5, 5, 25},
    {GST_OMV_PIXEL_FORMAT_JPEG, 640, 480, 63},
    {GST_OMV_PIXEL_FORMAT_PNG, 32767, 32767, 1},
  };
  const guint n = G_N_ELEMENTS (frames);
  g_autoptr (GstOmvMemoryStream) stream = make_stream (8, 8, GRAY, n);

  for (guint i = 0; i < n; i++) {
    g_autoptr (GError) error = NULL;

    (void) write_frame (stream, frames[i].format, frames[i].width,
        frames[i].height, frames[i].size, (guint8) (i + 1), &error);
    g_assert_no_error (error);
  }

  seek (stream, 0);
  for (guint i = 0; i < n; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GstOmvFrame) frame = gst_omv_memory_stream_read (stream, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (frame->header.format, ==, frames[i].format);
    g_assert_cmpint (frame->header.width, ==, frames[i].width);
    g_assert_cmpint (frame->header.height, ==, frames[i].height);
    assert_payload (frame, frames[i].size, (guint8) (i + 1));
  }
}

/* M3, M6: what does not fit, or is not what it says it is. The neighbours stay
 * as they are, and so does the slot. */
static void
test_refused_frames (void)
{
  static const struct
  {
    guint format;
    gint width;
    gint height;
    gsize size;
    gint code;
  } frames[] = {
    /* by the 32 bytes that the camera forgets */
    {GRAY, 33, 1, 33, GST_OMV_ERROR_INVALID_FRAME_SIZE},
    {GRAY, 8, 8, 64, GST_OMV_ERROR_INVALID_FRAME_SIZE},
    {GST_OMV_PIXEL_FORMAT_JPEG, 8, 4, 33, GST_OMV_ERROR_INVALID_FRAME_SIZE},
    {GST_OMV_PIXEL_FORMAT_JPEG, 8, 4, 0, GST_OMV_ERROR_INVALID_FRAME_SIZE},
    {GRAY, 8, 4, 31, GST_OMV_ERROR_INVALID_FRAME_SIZE},
    {GRAY, 8, 3, 32, GST_OMV_ERROR_INVALID_FRAME_SIZE},
    {GRAY, 0, 4, 0, GST_OMV_ERROR_INVALID_FRAME_SIZE},
    {GRAY, -8, -4, 32, GST_OMV_ERROR_INVALID_FRAME_SIZE},
    {GST_OMV_PIXEL_FORMAT_PNG, 32768, 1, 8, GST_OMV_ERROR_INVALID_FRAME_SIZE},
    {GST_OMV_PIXEL_FORMAT_ARGB8, 8, 4, 0, GST_OMV_ERROR_UNSUPPORTED},
    {GST_OMV_PIXEL_FORMAT_UNKNOWN, 8, 4, 32, GST_OMV_ERROR_UNSUPPORTED},
  };
  g_autoptr (GstOmvMemoryStream) stream = make_stream (8, 4, GRAY, 3);

  for (guint i = 0; i < 3; i++)
    write_gray (stream, (guint8) (i + 1));
  seek (stream, 1);
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (write_frame (stream, (GstOmvPixelFormat) frames[i].format,
            frames[i].width, frames[i].height, frames[i].size, 0xFF, &error));
    g_assert_error (error, GST_OMV_ERROR, frames[i].code);
    g_assert_cmpuint (gst_omv_memory_stream_get_position (stream), ==, 1);
  }

  seek (stream, 0);
  for (guint i = 0; i < 3; i++)
    assert_gray (stream, i, (guint8) (i + 1));
}

/* A frame's time is the sum of the intervals, in whatever order one reads, and
 * after one of them has changed. */
static void
test_times (void)
{
  guint8 intervals[5] = { 5, 40, 33, 0, 7 };
  static const guint order[] = { 4, 0, 1, 2, 3, 4, 2, 2, 0, 3, 1 };
  g_autoptr (GstOmvMemoryStream) stream = make_stream (8, 4, GRAY, 5);

  for (guint i = 0; i < 5; i++)
    write_gray (stream, intervals[i]);
  for (guint round = 0; round < 2; round++) {
    for (guint k = 0; k < G_N_ELEMENTS (order); k++) {
      g_autoptr (GstOmvFrame) frame = NULL;
      guint64 sum = 0;

      for (guint i = 0; i <= order[k]; i++)
        sum += intervals[i];
      seek (stream, order[k]);
      frame = gst_omv_memory_stream_read (stream, NULL);
      g_assert_cmpuint (frame->time, ==, sum * MS);
      g_assert_cmpuint (frame->duration, ==,
          order[k] < 4 ? intervals[order[k] + 1] * MS : 0);
    }
    seek (stream, 1);
    intervals[1] = 200;
    write_gray (stream, 200);
  }
}

/* What g_object_new() makes is a stream without slots. */
static void
test_without_slots (void)
{
  g_autoptr (GstOmvMemoryStream) stream =
      g_object_new (GST_OMV_TYPE_MEMORY_STREAM, NULL);
  g_autoptr (GError) seek_error = NULL;
  g_autoptr (GError) read_error = NULL;
  g_autoptr (GError) write_error = NULL;

  g_assert_false (gst_omv_memory_stream_seek (stream, 0, &seek_error));
  g_assert_error (seek_error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_OFFSET);
  g_assert_null (gst_omv_memory_stream_read (stream, &read_error));
  g_assert_error (read_error, GST_OMV_ERROR, GST_OMV_ERROR_END_OF_STREAM);
  g_assert_false (write_frame (stream, GRAY, 8, 4, 32, 1, &write_error));
  g_assert_error (write_error, GST_OMV_ERROR, GST_OMV_ERROR_END_OF_STREAM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/memory-stream/M2/rooms", test_rooms);
  g_test_add_func ("/memory-stream/hostile-sizes", test_hostile_sizes);
  g_test_add_func ("/memory-stream/M1-M4/the-slots-and-no-more", test_end);
  g_test_add_func ("/memory-stream/M4/the-end-comes-first",
      test_end_comes_first);
  g_test_add_func ("/memory-stream/M5/seek", test_seek);
  g_test_add_func ("/memory-stream/a-write-changes-one-slot", test_overwrite);
  g_test_add_func ("/memory-stream/never-written", test_never_written);
  g_test_add_func ("/memory-stream/M3/any-format-that-fits", test_mixed);
  g_test_add_func ("/memory-stream/M3-M6/what-does-not-fit",
      test_refused_frames);
  g_test_add_func ("/memory-stream/times", test_times);
  g_test_add_func ("/memory-stream/without-slots", test_without_slots);

  return g_test_run ();
}
