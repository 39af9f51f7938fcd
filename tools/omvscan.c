/* omvscan.c: every byte of a recording, once, in order
 *
 * Drives the library's walk from a file that is read from its start to its end
 * in blocks, payloads included, whether anybody looks at them or not: what the
 * disk cannot give is found. A block stays in the processor's caches, and nothing
 * is copied but what lies across the end of one, so this costs little more than
 * the reading.
 *
 * Copying out of the system's cache is a third slower where source and target
 * are not aligned alike. So a byte always lies in memory at the place within a
 * page that it has in the file.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvscan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include <gst/omv/omv-i18n.h>

#define BLOCK_SIZE 131072

/* To which the system's pages, and so its copies, are aligned. */
#define PAGE_SIZE 4096

struct _OmvScan
{
  gint fd;
  GstOmvWalk walk;
  GstOmvWalkInput input;        /* points into @memory */
  guint8 *memory;
  gsize capacity;
};

static guint8 *
aligned_new (gsize size)
{
  void *memory = NULL;

  if (posix_memalign (&memory, PAGE_SIZE, size) != 0)
    g_error ("no memory for %" G_GSIZE_FORMAT " bytes", size);
  return memory;
}

static gboolean
set_errno (int number, GError ** error)
{
  g_set_error_literal (error, G_IO_ERROR,
      (gint) g_io_error_from_errno (number), g_strerror (number));
  return FALSE;
}

static gboolean
measure (OmvScan * scan, GError ** error)
{
  struct stat status;

  if (fstat (scan->fd, &status) != 0)
    return set_errno (errno, error);
  if (S_ISDIR (status.st_mode))
    return set_errno (EISDIR, error);
  if (!S_ISREG (status.st_mode)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
        _("This is not a regular file."));
    return FALSE;
  }

  scan->input.end = (guint64) status.st_size;
  scan->input.at_end = TRUE;
  return TRUE;
}

OmvScan *
omv_scan_new (const gchar * path, GError ** error)
{
  g_autoptr (OmvScan) scan = g_new0 (OmvScan, 1);

  scan->capacity = BLOCK_SIZE;
  scan->memory = aligned_new (scan->capacity);
  scan->input.data = scan->memory;
  gst_omv_walk_init (&scan->walk);
  scan->walk.rewind = TRUE;

  scan->fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (scan->fd < 0) {
    (void) set_errno (errno, error);
    return NULL;
  }

  return measure (scan, error) ? g_steal_pointer (&scan) : NULL;
}

void
omv_scan_free (OmvScan * scan)
{
  if (scan->fd >= 0)
    (void) close (scan->fd);
  free (scan->memory);
  g_free (scan);
}

guint64
omv_scan_get_size (const OmvScan * scan)
{
  return scan->input.end;
}

/* Where in a page the byte at @offset lies. */
static gsize
get_place (guint64 offset)
{
  return (gsize) (offset % PAGE_SIZE);
}

/* Reads behind the bytes in hand, as much as there is room for. */
static gboolean
read_on (OmvScan * scan, GError ** error)
{
  GstOmvWalkInput *input = &scan->input;
  gsize used = (gsize) (input->data - scan->memory) + input->size;
  gssize size;

  do {
    size = read (scan->fd, scan->memory + used, scan->capacity - used);
  } while (size < 0 && errno == EINTR);
  if (size < 0)
    return set_errno (errno, error);

  if (size == 0)                /* it has become shorter */
    input->end = MIN (input->end, input->offset + input->size);
  input->size += (gsize) size;
  return TRUE;
}

/* Leaves only bytes from @offset on in hand, and makes room for @size of them.
 * Those before the next one to be read were read. */
static gboolean
make_room (OmvScan * scan, guint64 offset, gsize size, GError ** error)
{
  GstOmvWalkInput *input = &scan->input;
  guint8 *memory = scan->memory;
  gsize needed = size + PAGE_SIZE, dropped;

  if (offset < input->offset) {
    if (lseek (scan->fd, (off_t) offset, SEEK_SET) < 0)
      return set_errno (errno, error);
    input->offset = offset;
    input->size = 0;
  }

  dropped = (gsize) MIN (offset - input->offset, input->size);
  input->offset += dropped;
  input->size -= dropped;
  if (needed > scan->capacity) {
    scan->capacity = needed - needed % BLOCK_SIZE + BLOCK_SIZE;
    scan->memory = aligned_new (scan->capacity);
  }
  memmove (scan->memory + get_place (input->offset), input->data + dropped,
      input->size);
  input->data = scan->memory + get_place (input->offset);
  if (memory != scan->memory)
    free (memory);

  return TRUE;
}

/* Gets the bytes [offset, offset + size) in hand, or as many of them as there
 * are. */
static gboolean
bring (OmvScan * scan, guint64 offset, gsize size, GError ** error)
{
  GstOmvWalkInput *input = &scan->input;

  while (offset < input->offset || offset + size > input->offset + input->size) {
    if (!make_room (scan, offset, size, error))
      return FALSE;
    if (input->offset + input->size >= input->end)
      return TRUE;
    if (!read_on (scan, error))
      return FALSE;
  }

  return TRUE;
}

gboolean
omv_scan_next (OmvScan * scan, GstOmvWalkResult * ret_result,
    GstOmvWalkStep * ret_step, GError ** error)
{
  while ((*ret_result = gst_omv_walk_next (&scan->walk, &scan->input, ret_step,
              error)) == GST_OMV_WALK_NEED) {
    if (!bring (scan, ret_step->offset, (gsize) ret_step->size, error))
      return FALSE;
  }

  return *ret_result != GST_OMV_WALK_ERROR;
}

const guint8 *
omv_scan_get_payload (OmvScan * scan, const GstOmvWalkStep * frame,
    gsize size, GError ** error)
{
  const GstOmvWalkInput *input = &scan->input;

  if (!bring (scan, frame->payload_offset, size, error))
    return NULL;
  if (frame->payload_offset + size > input->offset + input->size) {
    g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
        _("The recording changes while it is read."));
    return NULL;
  }

  return input->data + (frame->payload_offset - input->offset);
}
