/* omv-source.c: feeds a walk from a file, from many or from memory
 *
 * A read costs about as much as copying some kilobytes, however little it
 * brings. So what lies near the last bytes comes in blocks, which grow as long
 * as they are used in turn; a header that lies far away comes alone; and a large
 * payload comes together with the header behind it, into memory of its own.
 *
 * A source holds one block at most, and never believes that a file is as long
 * as it was: a read that brings less moves the end. Of many files the end is not
 * known before the walk comes to the last one.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-source.h"

#include <string.h>

/* The first block, and the size from which on larger ones gain nothing. */
#define FIRST_SIZE 4096
#define BLOCK_SIZE 262144

/* Bytes not asked for that are cheaper to read than to leave out. */
#define NEAR_SIZE 4096

/* The payload from which on blocks gain nothing. */
#define LARGE_SIZE 65536

#define OFFSET_UNKNOWN G_MAXUINT64

/*
 * omv_source_new_for_file:
 *
 * NULL: @file cannot be read, or not from any place.
 */
OmvSource *
omv_source_new_for_file (GFile * file, GError ** error)
{
  OmvSource *source;
  GFileInputStream *stream = g_file_read (file, NULL, error);

  if (stream == NULL)
    return NULL;

  source = g_new0 (OmvSource, 1);
  source->stream = G_INPUT_STREAM (stream);
  source->stream_offset = OFFSET_UNKNOWN;
  source->block = g_malloc (BLOCK_SIZE);
  source->input.at_end = TRUE;
  if (!omv_source_measure (source, error))
    g_clear_pointer (&source, omv_source_free);

  return source;
}

OmvSource *
omv_source_new_for_bytes (GBytes * bytes)
{
  OmvSource *source = g_new0 (OmvSource, 1);
  GstOmvWalkInput *input = &source->input;

  source->bytes = g_bytes_ref (bytes);
  input->data = g_bytes_get_data (bytes, &input->size);
  input->end = input->size;
  input->at_end = TRUE;

  return source;
}

/* Takes over how far the files reach that were looked at. */
static void
follow_join (OmvSource * source)
{
  guint64 end = gst_omv_join_get_end (source->join);

  if (end < source->input.end)
    omv_source_forget (source); /* some of the bytes may be gone */
  source->input.end = end;
  source->input.at_end = gst_omv_join_is_complete (source->join);
}

/*
 * omv_source_new_for_join:
 * @join: (transfer full): many files
 */
OmvSource *
omv_source_new_for_join (GstOmvJoin * join)
{
  OmvSource *source = g_new0 (OmvSource, 1);

  source->join = join;
  source->block = g_malloc (BLOCK_SIZE);
  follow_join (source);

  return source;
}

void
omv_source_free (OmvSource * source)
{
  g_clear_pointer (&source->bytes, g_bytes_unref);
  g_clear_pointer (&source->join, gst_omv_join_free);
  g_clear_object (&source->stream);
  g_free (source->block);
  g_free (source);
}

/*
 * omv_source_forget:
 *
 * Has no bytes in hand any more: they may have changed.
 */
void
omv_source_forget (OmvSource * source)
{
  if (source->bytes != NULL)
    return;

  source->input.data = NULL;
  source->input.offset = 0;
  source->input.size = 0;
}

/* Sees to it that the end is known, or that there are bytes up to @end. */
static gboolean
reach (OmvSource * source, guint64 end, GError ** error)
{
  if (source->join == NULL || end <= source->input.end)
    return TRUE;
  if (!gst_omv_join_reach (source->join, end, error))
    return FALSE;

  follow_join (source);
  return TRUE;
}

/*
 * omv_source_reach_end:
 *
 * Sees to it that the end is known, which is so from the start but for many
 * files.
 */
gboolean
omv_source_reach_end (OmvSource * source, GError ** error)
{
  return reach (source, GST_OMV_OFFSET_NONE, error);
}

/*
 * omv_source_measure:
 *
 * Looks how long the recording is now, as far as its end is known.
 */
gboolean
omv_source_measure (OmvSource * source, GError ** error)
{
  GSeekable *seekable;

  if (source->join != NULL) {
    if (!gst_omv_join_measure (source->join, error))
      return FALSE;
    follow_join (source);
  }
  if (source->stream == NULL)
    return TRUE;

  seekable = G_SEEKABLE (source->stream);
  source->stream_offset = OFFSET_UNKNOWN;
  if (!g_seekable_seek (seekable, 0, G_SEEK_END, NULL, error))
    return FALSE;
  source->stream_offset = (guint64) g_seekable_tell (seekable);
  if (source->stream_offset < source->input.end)
    omv_source_forget (source); /* some of them may be gone */
  source->input.end = source->stream_offset;

  return TRUE;
}

static gboolean
read_stream (OmvSource * source, guint64 offset, guint8 * data, gsize size,
    gsize * ret_size, GError ** error)
{
  if (source->stream_offset != offset
      && !g_seekable_seek (G_SEEKABLE (source->stream), (goffset) offset,
          G_SEEK_SET, NULL, error))
    return FALSE;

  source->stream_offset = OFFSET_UNKNOWN;
  if (!g_input_stream_read_all (source->stream, data, size, ret_size, NULL,
          error))
    return FALSE;
  source->stream_offset = offset + *ret_size;

  return TRUE;
}

/* Reads up to @size bytes. Fewer mean that the recording has become shorter. */
static gboolean
read_range (OmvSource * source, guint64 offset, guint8 * data, gsize size,
    gsize * ret_size, GError ** error)
{
  gboolean is_read = source->join != NULL
      ? gst_omv_join_read (source->join, offset, data, size, ret_size, error)
      : read_stream (source, offset, data, size, ret_size, error);

  if (is_read && *ret_size < size)
    source->input.end = MIN (source->input.end, offset + *ret_size);

  return is_read;
}

static gboolean
has_bytes (const OmvSource * source, guint64 offset, gsize size)
{
  const GstOmvWalkInput *input = &source->input;

  return offset >= input->offset && offset - input->offset <= input->size
      && size <= input->size - (gsize) (offset - input->offset);
}

static gboolean
is_near (const OmvSource * source, guint64 offset)
{
  const GstOmvWalkInput *input = &source->input;

  return offset >= input->offset
      && offset - input->offset <= input->size + NEAR_SIZE;
}

/* Reads [offset, offset + size) into hand, or as many of them as there are. */
static gboolean
read_block (OmvSource * source, guint64 offset, gsize size, GError ** error)
{
  GstOmvWalkInput *input = &source->input;

  if (offset >= input->end)
    return TRUE;

  size = (gsize) MIN (size, input->end - offset);
  omv_source_forget (source);
  if (!read_range (source, offset, source->block, size, &size, error))
    return FALSE;
  input->data = source->block;
  input->offset = offset;
  input->size = size;

  return TRUE;
}

/* How much to read where at least @size bytes are wanted at @offset. */
static gsize
get_block_size (OmvSource * source, guint64 offset, gsize size)
{
  if (offset == 0)
    source->ahead = FIRST_SIZE;
  else if (is_near (source, offset))
    source->ahead = CLAMP (source->ahead * 2, FIRST_SIZE, BLOCK_SIZE);
  else
    source->ahead = 0;

  return MAX (size, source->ahead);
}

/*
 * omv_source_bring:
 * @size: at most 64 KiB
 *
 * Gets the bytes [offset, offset + size) in hand, or as many of them as there
 * are. Afterwards @input tells how many that is.
 */
gboolean
omv_source_bring (OmvSource * source, guint64 offset, gsize size,
    GError ** error)
{
  g_assert (size <= BLOCK_SIZE);
  if (!reach (source, offset + size, error))
    return FALSE;
  if (source->bytes != NULL || has_bytes (source, offset, size))
    return TRUE;

  return read_block (source, offset, get_block_size (source, offset, size),
      error);
}

/* A payload with memory of its own; the header behind it comes into hand. */
static gboolean
read_large (OmvSource * source, guint64 offset, gsize size,
    GBytes ** ret_payload, GError ** error)
{
  GstOmvWalkInput *input = &source->input;
  gsize stride = size + gst_omv_get_padding (size);
  gsize wanted = (gsize) MIN (stride + sizeof source->header,
      input->end - offset);
  guint8 *data = g_malloc (wanted);
  gsize got = 0;
  gboolean is_read = read_range (source, offset, data, wanted, &got, error);

  if (!is_read || got < size) {
    g_free (data);
    *ret_payload = NULL;
    return is_read;
  }

  omv_source_forget (source);
  if (got > stride) {
    input->data = memcpy (source->header, data + stride, got - stride);
    input->offset = offset + stride;
    input->size = got - stride;
  }
  *ret_payload = g_bytes_new_take (data, size);

  return TRUE;
}

/* As many frames of this size as a block holds are read, so that none is read in
 * part, with the header behind each. */
static gboolean
read_small (OmvSource * source, guint64 offset, gsize size,
    GBytes ** ret_payload, GError ** error)
{
  const GstOmvWalkInput *input = &source->input;
  gsize stride = size + gst_omv_get_padding (size) + sizeof source->header;

  g_assert (stride > size);
  if (!has_bytes (source, offset, size)) {
    gsize n_frames = get_block_size (source, offset, stride) / stride;

    if (!read_block (source, offset, n_frames * stride, error))
      return FALSE;
  }

  *ret_payload = has_bytes (source, offset, size)
      ? g_bytes_new (input->data + (offset - input->offset), size) : NULL;
  return TRUE;
}

/*
 * omv_source_read:
 * @ret_payload: (nullable): NULL if the recording has become too short for it
 *
 * Gets a payload of which the walk said that it is there.
 */
gboolean
omv_source_read (OmvSource * source, guint64 offset, gsize size,
    GBytes ** ret_payload, GError ** error)
{
  if (source->bytes != NULL) {
    *ret_payload = g_bytes_new_from_bytes (source->bytes, (gsize) offset, size);
    return TRUE;
  }
  if (offset > source->input.end || size > source->input.end - offset) {
    *ret_payload = NULL;
    return TRUE;
  }

  return size < LARGE_SIZE
      ? read_small (source, offset, size, ret_payload, error)
      : read_large (source, offset, size, ret_payload, error);
}
