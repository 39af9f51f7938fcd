/* omvcopy.c: frames of recordings into another one, as they are stored
 *
 * A walk over the headers finds the frames. Those that follow each other and stay
 * as they are make one stretch of bytes, which omvsplice copies. Only where a
 * header has to change, because of another version, another interval or a missing
 * padding, it is written anew, and its payload follows.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvcopy.h"

#include <inttypes.h>
#include <stdlib.h>

#include <glib/gstdio.h>

#include "omvoutput.h"
#include "omvprogress.h"
#include "omvsplice.h"

/* Bytes that are copied without waiting for more, and where to end then: pages
 * that are copied in two parts cost a fifth of the speed. */
#define STRETCH_SIZE 4194304
#define STRETCH_ALIGNMENT 65536

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
  const OmvTool *tool;
  GstOmvVersion version;
  OmvOutput *output;
  OmvSplice *splice;

  guint64 in_size;              /* of the input that is walked over */
  guint64 begin, end;           /* bytes of it that are to be copied next */
  GArray *runs;                 /* of Run, rising */

  GstOmvWalkFunc func;
  gpointer user_data;
  gboolean failed;              /* which was said */

  GstOmvTimeWriter intervals;
  guint64 n_frames;

  /* of the walk */
  guint64 n_left_out;
  gboolean has_added;
  gboolean is_ahead;            /* some were left out, and all so far */
  gboolean was_damage;          /* since the last frame that was added … */
  gboolean is_damaged;          /* … and there is more of that recording */

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

/* ---- frames ---- */

static gboolean
copy_stretch_to (OmvCopy * copy, guint64 end)
{
  guint64 begin = copy->begin, size = end - begin;

  copy->begin = end;
  return size == 0 || omv_splice_put_range (copy->splice, begin, size);
}

static gboolean
copy_stretch (OmvCopy * copy)
{
  return copy_stretch_to (copy, copy->end);
}

static gboolean
copy_stored (OmvCopy * copy, const GstOmvWalkStep * step, guint64 size)
{
  if (step->offset != copy->end) {
    if (!copy_stretch (copy))
      return FALSE;
    copy->begin = step->offset;
  }

  copy->end = step->offset + size;
  return copy->end - copy->begin < STRETCH_SIZE
      || copy_stretch_to (copy,
      copy->end / STRETCH_ALIGNMENT * STRETCH_ALIGNMENT);
}

/* Version 1.0 stores RGB565 the other way round. */
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
  static const guint8 zeros[GST_OMV_ALIGNMENT] = { 0 };
  guint8 bytes[GST_OMV_FRAME_HEADER_SIZE_MAX];

  gst_omv_frame_header_write (copy->version, header, bytes);
  if (!copy_stretch (copy) || !omv_splice_put (copy->splice, bytes,
          gst_omv_version_get_header_size (copy->version)))
    return FALSE;

  return (needs_swap (step) ? omv_splice_put_swapped (copy->splice,
          step->payload_offset, header->payload_size)
      : omv_splice_put_range (copy->splice, step->payload_offset,
          header->payload_size))
      && omv_splice_put (copy->splice, zeros,
      gst_omv_get_padding (header->payload_size));
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

  copy->has_added = TRUE;
  copy->is_ahead = FALSE;
  copy->is_damaged |= copy->was_damage;
  copy->was_damage = FALSE;
  if (!can_hold (copy, &header)) {
    copy->n_left_out++;
    return TRUE;
  }

  header.interval = next_interval (copy, time);
  header.exact_time = copy->version < GST_OMV_VERSION_V2_0
      ? GST_OMV_TIME_NONE : exact_time;
  note_number (copy, step->number);
  copy->n_frames++;

  copy->failed = !(is_as_stored (copy, step, &header, size)
      ? copy_stored (copy, step, size)
      : copy_with_header (copy, step, &header));
  return !copy->failed;
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

void
omv_copy_note_left_out (const OmvCopy * copy, const gchar * path)
{
  if (copy->n_left_out > 0)
    omv_note (copy->tool, path, _("Frames without pixels were left out: %"
            PRIu64 "."), copy->n_left_out);
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
omv_copy_find_number (gconstpointer data, guint64 number, guint64 * ret_number)
{
  const OmvCopy *copy = data;
  const Run *run = bsearch (&number, copy->runs->data, copy->runs->len,
      sizeof (Run), compare_to_run);

  if (run == NULL)
    return FALSE;

  *ret_number = run->new_number + (number - run->number);
  return TRUE;
}

/* ---- walking ---- */

gboolean
omv_copy_check_damage (const OmvCopy * copy, const gchar * path)
{
  if (copy->is_damaged)
    (void) omv_fail_with (path, _("This is damaged; what is good was copied."));

  return copy->is_damaged;
}

/* Damage ahead of a part that is copied is not the part's. */
static gboolean
pass_on (OmvCopy * copy, GstOmvWalkResult result, const GstOmvWalkStep * step)
{
  gboolean goes_on;

  if (result != GST_OMV_WALK_FRAME) {
    copy->was_damage |= step->size > 0 && !copy->is_ahead;
    copy->is_damaged |= copy->was_damage && result == GST_OMV_WALK_END;
    return copy->func (result, step, copy->user_data);
  }

  goes_on = copy->func (result, step, copy->user_data);
  if (!copy->has_added) {
    copy->is_ahead = TRUE;
    copy->was_damage = FALSE;
  }
  return goes_on;
}

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
  return pass_on (copy, result, step);
}

gboolean
omv_copy_walk (OmvCopy * copy, const gchar * path, GstOmvWalkFunc func,
    gpointer user_data)
{
  g_autoptr (GstOmvReader) reader = omv_open_reader (path);
  g_autoptr (GError) error = NULL;

  if (reader == NULL)
    return FALSE;
  if (omv_is_many (path)) {
    (void) omv_fail_with (path, _("This is a directory or a pattern; make one "
            "file of it first, with omvstr cat."));
    return FALSE;
  }
  if (!omv_splice_open (copy->splice, path, &copy->in_size))
    return FALSE;

  copy->begin = 0;
  copy->end = 0;
  copy->func = func;
  copy->user_data = user_data;
  copy->n_left_out = 0;
  copy->has_added = FALSE;
  copy->is_ahead = FALSE;
  copy->was_damage = FALSE;
  copy->is_damaged = FALSE;
  g_array_set_size (copy->runs, 0);
  if (!gst_omv_reader_walk (reader, on_step, copy, &error)) {
    (void) omv_fail (path, error);
    return FALSE;
  }
  copy->done += copy->in_size;

  return !copy->failed && copy_stretch (copy);
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
  guint8 header[GST_OMV_FILE_HEADER_SIZE];
  OmvOutput *output = omv_output_new (tool, path, inputs);
  OmvSplice *splice;
  OmvCopy *copy;

  if (output == NULL)
    return NULL;
  splice = omv_splice_new (omv_output_get_part (output), path);
  if (splice == NULL) {
    omv_output_free (output);
    return NULL;
  }

  omv_catch_interrupt ();
  copy = g_new0 (OmvCopy, 1);
  copy->tool = tool;
  copy->version = version;
  copy->output = output;
  copy->splice = splice;
  copy->runs = g_array_new (FALSE, FALSE, sizeof (Run));
  copy->progress = omv_progress_new (tool, OMV_PROGRESS_BYTES,
      get_total (inputs));
  gst_omv_time_writer_init (&copy->intervals, version);
  gst_omv_file_header_write (version, header);
  (void) omv_splice_put (splice, header, sizeof header);

  return copy;
}

gboolean
omv_copy_finish (OmvCopy * copy)
{
  return omv_splice_finish (copy->splice) && omv_output_commit (copy->output);
}

void
omv_copy_free (OmvCopy * copy)
{
  omv_splice_free (copy->splice);
  omv_progress_free (copy->progress);
  omv_output_free (copy->output);
  g_array_unref (copy->runs);
  g_free (copy);
}
