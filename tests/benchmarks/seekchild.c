/* seekchild.c: what opening, seeking and walking over headers takes
 *
 * To open is to go from NULL to PAUSED, where the first frame waits in the
 * sink; to seek is to go from one frame that waits there to another, which has
 * to be the very frame that is shown at the time wanted. Before the first seek
 * that counts the end is sought: who needs an index has it then. To walk is to
 * learn how many frames there are.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "seekchild.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <gst/omv/omv.h>

#define N_PASSES 3
#define N_OPENINGS 11
#define TIMEOUT (60 * GST_SECOND)

#define FRAMES_PER_SECOND 30

static gboolean
wait_for_preroll (GstElement * pipeline, GError ** error)
{
  GstStateChangeReturn change =
      gst_element_get_state (pipeline, NULL, NULL, TIMEOUT);

  if (!bench_child_empty_bus (pipeline, error))
    return FALSE;
  if (change != GST_STATE_CHANGE_SUCCESS) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "No first frame.");
    return FALSE;
  }

  return TRUE;
}

static GstElement *
open_recording (const gchar * description, GstClockTime * ret_elapsed,
    GError ** error)
{
  g_autoptr (GstElement) pipeline = gst_parse_launch_full (description, NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, error);
  GstClockTime started = bench_child_now ();

  if (!pipeline)
    return NULL;

  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  (void) gst_element_get_state (pipeline, NULL, NULL, TIMEOUT);
  *ret_elapsed = bench_child_now () - started;
  if (!wait_for_preroll (pipeline, error)) {
    gst_element_set_state (pipeline, GST_STATE_NULL);
    return NULL;
  }

  return g_steal_pointer (&pipeline);
}

static void
close_recording (GstElement * pipeline)
{
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
}

static gboolean
measure_opening (const BenchChildOptions * options, GError ** error)
{
  GstClockTime elapsed[N_OPENINGS];

  for (gint i = 0; i < N_OPENINGS; i++) {
    GstElement *pipeline =
        open_recording (options->subject, &elapsed[i], error);

    if (!pipeline)
      return FALSE;
    close_recording (pipeline);
  }

  bench_child_tell (bench_child_median (elapsed, N_OPENINGS), 1);
  return TRUE;
}

/* Whether the frame that waits in the sink is frame @number. */
static gboolean
check_frame (GstElement * pipeline, guint number, GError ** error)
{
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (pipeline),
      "sink");
  g_autoptr (GstSample) sample = NULL;
  guint8 found[4] = { 0xff, 0xff, 0xff, 0xff };

  g_object_get (sink, "last-sample", &sample, NULL);
  if (sample)
    gst_buffer_extract (gst_sample_get_buffer (sample), SEEK_NUMBER_AT, found,
        sizeof found);
  if (GST_READ_UINT32_BE (found) == number)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
      "Frame %u instead of frame %u.", GST_READ_UINT32_BE (found), number);
  return FALSE;
}

/* The middle of a frame is meant by all: some formats round its start. */
static gboolean
seek_frame (GstElement * pipeline, guint number, GstClockTime * ret_elapsed,
    GError ** error)
{
  GstClockTime time = gst_util_uint64_scale_int (2 * (guint64) number + 1,
      GST_SECOND, 2 * FRAMES_PER_SECOND);
  GstClockTime started = bench_child_now ();

  if (!gst_element_seek (pipeline, 1.0, GST_FORMAT_TIME,
          GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE, GST_SEEK_TYPE_SET, time,
          GST_SEEK_TYPE_NONE, -1)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
        "The seek to frame %u is refused.", number);
    return FALSE;
  }
  (void) gst_element_get_state (pipeline, NULL, NULL, TIMEOUT);
  *ret_elapsed = bench_child_now () - started;

  return wait_for_preroll (pipeline, error)
      && check_frame (pipeline, number, error);
}

static gboolean
seek_at_random (GstElement * pipeline, guint n_frames, GRand * random,
    GstClockTime * ret_elapsed, GError ** error)
{
  GstClockTime elapsed;

  *ret_elapsed = 0;
  for (gint i = 0; i < SEEK_N_SEEKS; i++) {
    guint number = (guint) g_rand_int_range (random, 0, (gint32) n_frames);

    if (!seek_frame (pipeline, number, &elapsed, error))
      return FALSE;
    *ret_elapsed += elapsed;
  }

  return TRUE;
}

/* Each pass goes to other frames, so that none finds the memory of a long
 * recording in the CPU's cache. */
static gboolean
measure_seeks (const BenchChildOptions * options, GError ** error)
{
  GstClockTime elapsed[N_PASSES];
  GstElement *pipeline = open_recording (options->subject, &elapsed[0], error);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  guint n_frames = (guint) options->frames;
  gboolean done;

  if (!pipeline)
    return FALSE;

  done = seek_frame (pipeline, n_frames - 1, &elapsed[0], error);
  for (gint i = 0; done && i < N_PASSES; i++)
    done = seek_at_random (pipeline, n_frames, random, &elapsed[i], error);
  close_recording (pipeline);
  if (done)
    bench_child_tell (bench_child_median (elapsed, N_PASSES), SEEK_N_SEEKS);

  return done;
}

static gboolean
count_by_reader (const gchar * path, guint64 * ret_n_frames, GError ** error)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GError) failure = NULL;

  if (!gst_omv_reader_open_path (reader, path, error))
    return FALSE;

  *ret_n_frames = gst_omv_reader_get_n_frames (reader, &failure);
  if (!failure)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* What the library's walk is held against: as little as it takes to come from
 * one header of a version 2.x recording to the next. */
static gboolean
count_by_pread (const gchar * path, guint64 * ret_n_frames, GError ** error)
{
  guint8 data[GST_OMV_FRAME_HEADER_SIZE_MAX];
  goffset offset = GST_OMV_FILE_HEADER_SIZE;
  guint64 n_frames = 0;
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
        "%s: %s", path, g_strerror (errno));
    return FALSE;
  }

  while (pread (fd, data, sizeof data, offset) == sizeof data) {
    GstOmvFrameHeader header;

    if (gst_omv_frame_header_read (GST_OMV_VERSION_V2_0, data,
            GST_OMV_FRAME_SIZE_MAX_DEFAULT, &header) != GST_OMV_FAULT_NONE)
      break;
    offset += sizeof data + header.payload_size
        + gst_omv_get_padding (header.payload_size);
    n_frames++;
  }
  close (fd);

  *ret_n_frames = n_frames;
  return TRUE;
}

static gboolean
measure_walk (const BenchChildOptions * options,
    gboolean (*count) (const gchar *, guint64 *, GError **), GError ** error)
{
  GstClockTime elapsed[N_PASSES];
  guint64 n_frames = 0;

  for (gint i = 0; i < N_PASSES; i++) {
    GstClockTime started = bench_child_now ();

    if (!count (options->subject, &n_frames, error))
      return FALSE;
    elapsed[i] = bench_child_now () - started;
  }

  bench_child_tell (bench_child_median (elapsed, N_PASSES), n_frames);
  return TRUE;
}

gboolean
seek_measure (const BenchChildOptions * options, GError ** error)
{
  if (g_str_equal (options->measure, "open"))
    return measure_opening (options, error);
  if (g_str_equal (options->measure, "seek"))
    return measure_seeks (options, error);

  return measure_walk (options, g_str_equal (options->measure, "reader")
      ? count_by_reader : count_by_pread, error);
}
