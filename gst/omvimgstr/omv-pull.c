/* omv-pull.c: feeds a walk from a pad that can be pulled
 *
 * A pull costs about a microsecond, however little it brings. So small frames
 * come in blocks, of which payloads are parts, without a copy. A large frame is
 * pulled together with the header behind it: one pull a frame, into a buffer
 * that is the payload once its end is cut off. Headers that lie far apart are
 * pulled alone, for whoever walks without looking at payloads.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-pull.h"

#include <string.h>

/* Blocks start small, wherever one begins to read, and double as long as one
 * reads on: a seek reads little. Measured: the size from which on larger blocks
 * gain nothing, and the payload from which on nothing is gained by blocks. */
#define FIRST_SIZE 4096
#define BLOCK_SIZE 262144
#define LARGE_SIZE 65536

/* Larger ones are not kept. */
#define SPARE_SIZE 32768

/* Bytes not asked for that are cheaper to read than to leave out. */
#define NEAR_SIZE 4096

/*
 * omv_pull_init:
 *
 * Starts with no bytes in hand. Returns FALSE if upstream does not say how long
 * the recording is.
 */
gboolean
omv_pull_init (OmvPull * pull, GstPad * pad)
{
  gint64 end;

  if (!gst_pad_peer_query_duration (pad, GST_FORMAT_BYTES, &end) || end < 0)
    return FALSE;

  memset (pull, 0, sizeof *pull);
  pull->pad = pad;
  pull->ahead = FIRST_SIZE;
  pull->jump = FIRST_SIZE;
  pull->input.end = (guint64) end;
  pull->input.at_end = TRUE;
  return TRUE;
}

static void
drop_bytes (OmvPull * pull)
{
  if (pull->block != NULL) {
    gst_buffer_unmap (pull->block, &pull->map);
    gst_clear_buffer (&pull->spare);
    if (pull->input.size <= SPARE_SIZE)
      pull->spare = g_steal_pointer (&pull->block);
    gst_clear_buffer (&pull->block);
  }
  pull->input.data = NULL;
  pull->input.size = 0;
}

void
omv_pull_clear (OmvPull * pull)
{
  drop_bytes (pull);
  gst_clear_buffer (&pull->spare);
}

/* A buffer of @size bytes for a block, or NULL: upstream is to bring one. Who seeks
 * asks for a few bytes again and again, and payloads of the last block are
 * no longer in use then. */
static GstBuffer *
take_spare (OmvPull * pull, gsize size)
{
  gsize skipped, room;

  if (pull->spare == NULL)
    return NULL;
  gst_buffer_get_sizes (pull->spare, &skipped, &room);
  if (room - skipped < size || !gst_buffer_is_writable (pull->spare)
      || !gst_buffer_is_all_memory_writable (pull->spare))
    return NULL;

  gst_buffer_set_size (pull->spare, (gssize) size);
  return g_steal_pointer (&pull->spare);
}

/* Pulls up to @size bytes, into @spare if that is not NULL. Fewer mean that the
 * recording has become shorter. */
static GstFlowReturn
pull_range (OmvPull * pull, guint64 offset, gsize size, GstBuffer * spare,
    GstBuffer ** ret_buffer)
{
  GstBuffer *buffer = spare;
  GstFlowReturn flow =
      gst_pad_pull_range (pull->pad, offset, (guint) size, &buffer);

  if (flow == GST_FLOW_EOS)
    pull->input.end = MIN (pull->input.end, offset);
  if (flow != GST_FLOW_OK) {
    gst_clear_buffer (&spare);
    return flow;
  }

  if (gst_buffer_get_size (buffer) < size)
    pull->input.end = MIN (pull->input.end,
        offset + gst_buffer_get_size (buffer));
  pull->pulled += gst_buffer_get_size (buffer);
  *ret_buffer = buffer;

  return GST_FLOW_OK;
}

static gboolean
has_bytes (const OmvPull * pull, guint64 offset, gsize size)
{
  const GstOmvWalkInput *input = &pull->input;

  return offset >= input->offset && offset - input->offset <= input->size
      && size <= input->size - (offset - input->offset);
}

static gboolean
is_near (const OmvPull * pull, guint64 offset)
{
  const GstOmvWalkInput *input = &pull->input;

  return offset >= input->offset
      && offset < input->offset + input->size + NEAR_SIZE;
}

/* How much to pull next, while one reads on. */
static gsize
read_on (OmvPull * pull)
{
  gsize size = pull->ahead;

  pull->ahead = MIN (2 * size, BLOCK_SIZE);
  return size;
}

/* Pulls @size bytes into hand, or as many of them as there are. @reuse: into the
 * spare buffer. */
static GstFlowReturn
pull_block (OmvPull * pull, guint64 offset, gsize size, gboolean reuse)
{
  GstOmvWalkInput *input = &pull->input;
  GstBuffer *block;
  GstFlowReturn flow;

  if (offset >= input->end)
    return GST_FLOW_OK;
  size = (gsize) MIN (size, input->end - offset);
  flow = pull_range (pull, offset, size,
      reuse ? take_spare (pull, size) : NULL, &block);
  if (flow != GST_FLOW_OK)
    return flow == GST_FLOW_EOS ? GST_FLOW_OK : flow;

  drop_bytes (pull);
  if (!gst_buffer_map (block, &pull->map, GST_MAP_READ)) {
    gst_buffer_unref (block);
    return GST_FLOW_ERROR;
  }
  pull->block = block;
  input->data = pull->map.data;
  input->offset = offset;
  input->size = pull->map.size;

  return GST_FLOW_OK;
}

/*
 * omv_pull_take_bytes:
 *
 * Takes over what @other, which pulls from the same pad, has in hand.
 */
void
omv_pull_take_bytes (OmvPull * pull, OmvPull * other)
{
  if (other->block == NULL)
    return;

  drop_bytes (pull);
  pull->block = g_steal_pointer (&other->block);
  pull->map = other->map;
  pull->input.data = other->input.data;
  pull->input.offset = other->input.offset;
  pull->input.size = other->input.size;
  pull->ahead = FIRST_SIZE;
  drop_bytes (other);
  if (other->spare == NULL)
    other->spare = g_steal_pointer (&pull->spare);
}

/*
 * omv_pull_bytes:
 *
 * Gets the bytes [offset, offset + size) in hand, or as many of them as there
 * are. Afterwards @input tells how many that is; GST_FLOW_EOS is not returned.
 */
GstFlowReturn
omv_pull_bytes (OmvPull * pull, guint64 offset, gsize size)
{
  if (has_bytes (pull, offset, size))
    return GST_FLOW_OK;

  if (is_near (pull, offset))
    return pull_block (pull, offset, MAX (size, read_on (pull)), FALSE);

  pull->ahead = FIRST_SIZE;
  return pull_block (pull, offset, MAX (size, pull->jump), TRUE);
}

/*
 * omv_pull_walk:
 *
 * Takes a step of a walk over headers, or skips. Returns the first result that
 * is no NEED, or NEED if nothing can be pulled.
 */
GstOmvWalkResult
omv_pull_walk (OmvPull * pull, GstOmvWalk * walk, GstOmvWalkStep * ret_step)
{
  for (;;) {
    GstOmvWalkResult result =
        gst_omv_walk_next (walk, &pull->input, ret_step, NULL);

    if (result != GST_OMV_WALK_NEED
        || omv_pull_bytes (pull, ret_step->offset, (gsize) ret_step->size)
        != GST_FLOW_OK)
      return result;
  }
}

/* Pulls a payload of its own buffer, and the header that follows into hand. */
static GstFlowReturn
pull_large_payload (OmvPull * pull, guint64 offset, gsize size,
    GstBuffer ** ret_payload)
{
  GstOmvWalkInput *input = &pull->input;
  gsize stride = size + gst_omv_get_padding (size);
  gsize wanted = (gsize) MIN (stride + sizeof pull->header,
      input->end - offset);
  GstBuffer *buffer;
  GstFlowReturn flow = pull_range (pull, offset, wanted, NULL, &buffer);

  if (flow != GST_FLOW_OK)
    return flow;
  if (gst_buffer_get_size (buffer) < size) {
    gst_buffer_unref (buffer);
    return GST_FLOW_EOS;
  }

  drop_bytes (pull);
  input->data = pull->header;
  input->offset = offset + stride;
  input->size = gst_buffer_extract (buffer, stride, pull->header,
      sizeof pull->header);
  buffer = gst_buffer_make_writable (buffer);
  gst_buffer_set_size (buffer, (gssize) size);
  *ret_payload = buffer;

  return GST_FLOW_OK;
}

/*
 * omv_pull_payload:
 *
 * Gets a payload, as a buffer that nobody else has. GST_FLOW_EOS says that the
 * recording has become too short for it; @input then knows how long it is.
 */
GstFlowReturn
omv_pull_payload (OmvPull * pull, guint64 offset, gsize size,
    GstBuffer ** ret_payload)
{
  const GstOmvWalkInput *input = &pull->input;

  if (size >= LARGE_SIZE)
    return pull_large_payload (pull, offset, size, ret_payload);

  if (!has_bytes (pull, offset, size)) {
    /* as many frames of this size as fit, so that none is read in part, with the
     * header behind each */
    gsize stride = size + gst_omv_get_padding (size) + sizeof pull->header;
    gsize count = MAX (read_on (pull) / stride, 1);
    GstFlowReturn flow = pull_block (pull, offset, count * stride, FALSE);

    if (flow != GST_FLOW_OK)
      return flow;
    if (!has_bytes (pull, offset, size))
      return GST_FLOW_EOS;
  }

  *ret_payload = gst_buffer_copy_region (pull->block, GST_BUFFER_COPY_MEMORY,
      (gsize) (offset - input->offset), size);
  return GST_FLOW_OK;
}
