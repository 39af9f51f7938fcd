/* omvcopy.c: frames of recordings into another one, as they are stored
 *
 * A walk over the headers finds the frames; what is copied goes from file to file
 * without passing through this process, where the system can do that. Frames
 * that follow each other and stay as they are make one stretch of bytes. Only
 * where a header has to change, because of another version, another interval or
 * a missing padding, it is written anew, and its payload follows.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

/* copy_file_range() */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "omvcopy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "omvoutput.h"
#include "omvprogress.h"

/* Bytes that are copied without waiting for more. */
#define STRETCH_SIZE 4194304

/* Bytes that are collected before they are written, and how many of a payload
 * are cheaper to read than to have copied. */
#define BUFFER_SIZE 262144
#define SMALL_SIZE 65536

/* In version 1.x smaller numbers are the codes of other formats. */
#define V1_JPEG_MIN 4

/* Frames that were added one behind the other. */
typedef struct
{
  guint64 number;               /* of the first one, in the input … */
  guint64 new_number;           /* … and now */
  guint64 n_frames;
} Run;

struct _OmvCopy
{
  GstOmvVersion version;
  gchar *path;                  /* of the output */
  OmvOutput *output;
  int out;
  guint8 *buffer;
  gsize n_buffered;

  const gchar *in_path;         /* of the input that is walked over */
  int in;
  guint64 in_size;
  guint64 begin, end;           /* bytes of it that are to be copied next */
  GArray *runs;                 /* of Run, rising */

  GstOmvWalkFunc func;
  gpointer user_data;
  gboolean failed;              /* which was said */

  GstOmvTimeWriter intervals;
  guint64 n_frames;
  guint64 n_left_out;

  OmvProgress *progress;
  guint64 done;                 /* bytes of the inputs before this one */
};

/* ---- which version ---- */

static gboolean
find_new_version (GstOmvWalkResult result, const GstOmvWalkStep * step,
    gpointer user_data)
{
  gboolean *is_new = user_data;

  if (result == GST_OMV_WALK_FRAME && step->version >= GST_OMV_VERSION_V2_0)
    *is_new = TRUE;

  return !*is_new;
}

/* Looks into a recording that starts as an old one: a newer one may be joined to
 * it. */
static gboolean
has_new_frames (const gchar * path, GstOmvReader * reader, gboolean * ret_has)
{
  g_autoptr (GError) error = NULL;

  *ret_has = FALSE;
  if (gst_omv_reader_walk (reader, find_new_version, ret_has, &error))
    return TRUE;

  (void) omv_fail (path, error);
  return FALSE;
}

gboolean
omv_copy_choose_version (gchar ** inputs, GstOmvVersion * ret_version)
{
  GstOmvVersion version = GST_OMV_VERSION_V1_1;

  for (; *inputs != NULL; inputs++) {
    g_autoptr (GstOmvReader) reader = omv_open_reader (*inputs);
    gboolean has = TRUE;

    if (reader == NULL)
      return FALSE;
    if (gst_omv_reader_get_version (reader, NULL) < GST_OMV_VERSION_V2_0
        && version < GST_OMV_VERSION_V2_0
        && !has_new_frames (*inputs, reader, &has))
      return FALSE;
    if (has)
      version = GST_OMV_VERSION_V2_0;
  }

  *ret_version = version;
  return TRUE;
}

/* ---- failing ---- */

static gboolean
fail_with_errno (OmvCopy * copy, const gchar * path, int number)
{
  g_autoptr (GError) error = g_error_new (G_IO_ERROR,
      (gint) g_io_error_from_errno (number), "%s.", g_strerror (number));

  (void) omv_fail (path, error);
  copy->failed = TRUE;
  return FALSE;
}

static gboolean
fail_with_change (OmvCopy * copy)
{
  (void) omv_fail_with (copy->in_path,
      _("The recording changes while it is read."));
  copy->failed = TRUE;
  return FALSE;
}

/* ---- bytes ---- */

static gboolean
write_bytes (OmvCopy * copy, const guint8 * data, gsize size)
{
  while (size > 0) {
    gssize written = write (copy->out, data, size);

    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return fail_with_errno (copy, copy->path, errno);
    data += written;
    size -= (gsize) written;
  }

  return TRUE;
}

static gboolean
flush_buffer (OmvCopy * copy)
{
  gsize size = copy->n_buffered;

  copy->n_buffered = 0;
  return write_bytes (copy, copy->buffer, size);
}

/* Room for @size bytes, at most BUFFER_SIZE, at the end of the buffer. */
static guint8 *
make_room (OmvCopy * copy, gsize size)
{
  g_assert (size <= BUFFER_SIZE);
  if (copy->n_buffered + size > BUFFER_SIZE && !flush_buffer (copy))
    return NULL;

  return copy->buffer + copy->n_buffered;
}

static gboolean
read_bytes (OmvCopy * copy, guint64 offset, guint8 * data, gsize size)
{
  while (size > 0) {
    gssize got = pread (copy->in, data, size, (off_t) offset);

    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return fail_with_errno (copy, copy->in_path, errno);
    if (got == 0)
      return fail_with_change (copy);
    data += got;
    offset += (guint64) got;
    size -= (gsize) got;
  }

  return TRUE;
}

/* Puts bytes of the input, at most BUFFER_SIZE, behind those that wait. */
static gboolean
buffer_range (OmvCopy * copy, guint64 offset, gsize size)
{
  guint8 *room = make_room (copy, size);

  if (room == NULL || !read_bytes (copy, offset, room, size))
    return FALSE;

  copy->n_buffered += size;
  return TRUE;
}

/* Has the system copy bytes. Returns how many it did: what it cannot do for
 * these two files, or fails in, is left to reading and writing, which tells. */
static guint64
splice_range (OmvCopy * copy, guint64 offset, guint64 size)
{
#ifdef HAVE_COPY_FILE_RANGE
  off_t at = (off_t) offset;
  guint64 left = size;

  while (left > 0) {
    gssize copied = copy_file_range (copy->in, &at, copy->out, NULL,
        (gsize) left, 0);

    if (copied <= 0)
      break;
    left -= (guint64) copied;
  }

  return size - left;
#else
  return 0;
#endif
}

static gboolean
copy_range (OmvCopy * copy, guint64 offset, guint64 size)
{
  guint64 spliced;

  if (size < SMALL_SIZE)
    return buffer_range (copy, offset, (gsize) size);

  if (!flush_buffer (copy))
    return FALSE;
  spliced = splice_range (copy, offset, size);
  offset += spliced;
  size -= spliced;
  while (size > 0) {
    gsize part = (gsize) MIN (size, BUFFER_SIZE);

    if (!buffer_range (copy, offset, part))
      return FALSE;
    offset += part;
    size -= part;
  }

  return TRUE;
}

static gboolean
copy_stretch (OmvCopy * copy)
{
  guint64 begin = copy->begin, size = copy->end - copy->begin;

  copy->begin = copy->end;
  return copy_range (copy, begin, size);
}

/* ---- frames ---- */

static gboolean
copy_stored (OmvCopy * copy, const GstOmvWalkStep * step, guint64 size)
{
  if (step->offset != copy->end) {
    if (!copy_stretch (copy))
      return FALSE;
    copy->begin = step->offset;
  }

  copy->end = step->offset + size;
  return copy->end - copy->begin < STRETCH_SIZE || copy_stretch (copy);
}

/* Version 1.0 stores RGB565 the other way round. */
static gboolean
copy_swapped (OmvCopy * copy, const GstOmvWalkStep * step)
{
  guint64 offset = step->payload_offset;
  gsize left = step->header.payload_size;

  while (left > 0) {
    gsize size = MIN (left, BUFFER_SIZE);
    guint8 *bytes = make_room (copy, size);

    if (bytes == NULL || !read_bytes (copy, offset, bytes, size))
      return FALSE;
    for (gsize i = 0; i + 1 < size; i += 2) {
      guint8 first = bytes[i];

      bytes[i] = bytes[i + 1];
      bytes[i + 1] = first;
    }
    copy->n_buffered += size;
    offset += size;
    left -= size;
  }

  return TRUE;
}

static gboolean
needs_swap (const GstOmvWalkStep * step)
{
  return step->version == GST_OMV_VERSION_V1_0
      && step->header.format == GST_OMV_PIXEL_FORMAT_RGB565;
}

static gboolean
copy_with_header (OmvCopy * copy, const GstOmvWalkStep * step,
    const GstOmvFrameHeader * header)
{
  gsize header_size = gst_omv_version_get_header_size (copy->version);
  gsize padding = gst_omv_get_padding (header->payload_size);
  guint8 *room;

  if (!copy_stretch (copy)
      || (room = make_room (copy, header_size)) == NULL)
    return FALSE;
  gst_omv_frame_header_write (copy->version, header, room);
  copy->n_buffered += header_size;

  if (needs_swap (step) ? !copy_swapped (copy, step)
      : !copy_range (copy, step->payload_offset, header->payload_size))
    return FALSE;
  if ((room = make_room (copy, padding)) == NULL)
    return FALSE;
  for (gsize i = 0; i < padding; i++)
    room[i] = 0;
  copy->n_buffered += padding;

  return TRUE;
}

/* The interval to store. One that does not fit is the longest that does. */
static guint32
next_interval (OmvCopy * copy, guint64 time)
{
  guint32 interval;

  time = MIN (time, GST_OMV_TIME_MAX);
  if (gst_omv_time_writer_next (&copy->intervals, time, &interval))
    return interval;

  gst_omv_time_writer_go_to (&copy->intervals, time);
  return G_MAXUINT32;
}

/* Whether the frame's bytes can stay, padding and all. */
static gboolean
is_as_stored (const OmvCopy * copy, const GstOmvWalkStep * step,
    const GstOmvFrameHeader * header, guint64 size)
{
  return gst_omv_version_get_header_size (step->version)
      == gst_omv_version_get_header_size (copy->version)
      && !needs_swap (step)
      && header->interval == step->header.interval
      && header->exact_time == step->header.exact_time
      && size <= copy->in_size - step->offset;
}

static gboolean
can_hold (const OmvCopy * copy, const GstOmvFrameHeader * header)
{
  return gst_omv_version_can_hold (copy->version, header->format)
      && (copy->version >= GST_OMV_VERSION_V2_0
      || header->format != GST_OMV_PIXEL_FORMAT_JPEG
      || header->payload_size >= V1_JPEG_MIN);
}

static void
note_number (OmvCopy * copy, guint64 number)
{
  Run *last = copy->runs->len > 0
      ? &g_array_index (copy->runs, Run, copy->runs->len - 1) : NULL;
  const Run run = { number, copy->n_frames, 1 };

  if (last != NULL && last->number + last->n_frames == number)
    last->n_frames++;
  else
    g_array_append_val (copy->runs, run);
}

gboolean
omv_copy_add (OmvCopy * copy, const GstOmvWalkStep * step, guint64 time,
    guint64 exact_time)
{
  guint64 size = step->size + gst_omv_get_padding (step->header.payload_size);
  GstOmvFrameHeader header = step->header;

  if (!can_hold (copy, &header)) {
    copy->n_left_out++;
    return TRUE;
  }

  header.interval = next_interval (copy, time);
  header.exact_time = copy->version < GST_OMV_VERSION_V2_0
      ? GST_OMV_TIME_NONE : exact_time;
  note_number (copy, step->number);
  copy->n_frames++;

  return is_as_stored (copy, step, &header, size)
      ? copy_stored (copy, step, size)
      : copy_with_header (copy, step, &header);
}

guint64
omv_copy_get_n_frames (const OmvCopy * copy)
{
  return copy->n_frames;
}

guint64
omv_copy_get_n_left_out (const OmvCopy * copy)
{
  return copy->n_left_out;
}

static int
compare_to_run (const void *number_data, const void *run_data)
{
  const guint64 *number = number_data;
  const Run *run = run_data;

  if (*number < run->number)
    return -1;
  return *number - run->number >= run->n_frames ? 1 : 0;
}

gboolean
omv_copy_find_number (const OmvCopy * copy, guint64 number,
    guint64 * ret_number)
{
  const Run *run = bsearch (&number, copy->runs->data, copy->runs->len,
      sizeof (Run), compare_to_run);

  if (run == NULL)
    return FALSE;

  *ret_number = run->new_number + (number - run->number);
  return TRUE;
}

/* ---- walking ---- */

static gboolean
on_step (GstOmvWalkResult result, const GstOmvWalkStep * step,
    gpointer user_data)
{
  OmvCopy *copy = user_data;

  if (omv_is_interrupted ()) {
    (void) omv_fail_with (NULL, _("Interrupted; nothing was written."));
    copy->failed = TRUE;
    return FALSE;
  }

  omv_progress_update (copy->progress, copy->done + step->offset);
  return copy->func (result, step, copy->user_data);
}

static gboolean
open_input (OmvCopy * copy, const gchar * path)
{
  GStatBuf status;

  copy->in_path = path;
  copy->in = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (copy->in < 0 || fstat (copy->in, &status) != 0)
    return fail_with_errno (copy, path, errno);

  copy->in_size = (guint64) status.st_size;
  copy->begin = 0;
  copy->end = 0;
  g_array_set_size (copy->runs, 0);
  return TRUE;
}

static void
close_input (OmvCopy * copy)
{
  if (copy->in >= 0)
    (void) close (copy->in);
  copy->in = -1;
  copy->done += copy->in_size;
}

gboolean
omv_copy_walk (OmvCopy * copy, const gchar * path, GstOmvWalkFunc func,
    gpointer user_data)
{
  g_autoptr (GstOmvReader) reader = omv_open_reader (path);
  g_autoptr (GError) error = NULL;

  if (reader == NULL || !open_input (copy, path)) {
    copy->failed = TRUE;
    return FALSE;
  }

  copy->func = func;
  copy->user_data = user_data;
  if (!gst_omv_reader_walk (reader, on_step, copy, &error)) {
    (void) omv_fail (path, error);
    copy->failed = TRUE;
  }
  if (!copy->failed)
    (void) copy_stretch (copy);
  close_input (copy);

  return !copy->failed;
}

/* ---- beginning and end ---- */

static guint64
get_total (gchar ** inputs)
{
  guint64 total = 0;
  GStatBuf status;

  for (; *inputs != NULL; inputs++) {
    if (g_stat (*inputs, &status) == 0)
      total += (guint64) status.st_size;
  }

  return total;
}

OmvCopy *
omv_copy_new (const OmvTool * tool, const gchar * path, gchar ** inputs,
    GstOmvVersion version)
{
  g_autoptr (OmvCopy) copy = NULL;
  OmvOutput *output = omv_output_new (tool, path, inputs);

  if (output == NULL)
    return NULL;

  omv_catch_interrupt ();
  copy = g_new0 (OmvCopy, 1);
  copy->version = version;
  copy->path = g_strdup (path);
  copy->output = output;
  copy->in = -1;
  copy->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  copy->buffer = g_malloc (BUFFER_SIZE);
  copy->progress = omv_progress_new (tool, OMV_PROGRESS_BYTES,
      get_total (inputs));
  gst_omv_time_writer_init (&copy->intervals, version);
  /* it is empty; cutting it would make ext4 wait for the disk at the end */
  copy->out = g_open (omv_output_get_part (output), O_WRONLY | O_CLOEXEC, 0);
  if (copy->out < 0) {
    (void) fail_with_errno (copy, path, errno);
    return NULL;
  }

  gst_omv_file_header_write (version, copy->buffer);
  copy->n_buffered = GST_OMV_FILE_HEADER_SIZE;
  return g_steal_pointer (&copy);
}

gboolean
omv_copy_finish (OmvCopy * copy)
{
  int out = copy->out;

  if (copy->failed || !flush_buffer (copy))
    return FALSE;

  copy->out = -1;
  if (close (out) != 0)
    return fail_with_errno (copy, copy->path, errno);
  return omv_output_commit (copy->output);
}

void
omv_copy_free (OmvCopy * copy)
{
  if (copy->out >= 0)
    (void) close (copy->out);
  close_input (copy);
  omv_progress_free (copy->progress);
  omv_output_free (copy->output);
  g_array_unref (copy->runs);
  g_free (copy->buffer);
  g_free (copy->path);
  g_free (copy);
}
