/* omv-spool.c: whole frames on their way to a file
 *
 * Guarantees, cited by the tests:
 *
 *  P1  Behind whatever call, the file holds whole frames and nothing else, as
 *      long as the disk lets it be cut off. Within a call it may hold a part of
 *      the last one: who is killed there leaves a torn frame.
 *  P2  What was taken is kept until it is written: a disk that is full costs
 *      the frame for which it had no room, and no other. Once there is room, the
 *      next call writes what has waited.
 *  P3  Small frames are collected; a large one is written from where it lies,
 *      together with what has waited, by one call.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-spool.h"

/* Bytes to collect, and how large a frame is that is cheaper to write than to
 * copy. */
#define COLLECTED_MAX 65536
#define COPIED_MAX 16384

struct _OmvSpool
{
  OmvDisk *disk;
  guint64 stored;               /* bytes of whole frames in the file */
  gboolean torn;                /* the file may be longer */
  GByteArray *collected;        /* whole frames that follow */
  GArray *ends;                 /* of guint32: where in them each ends */
};

/*
 * omv_spool_new:
 * @disk: (transfer full): a file
 * @end: where to go on in it, see omv_spool_cut()
 *
 * NULL: the file cannot be made so long.
 */
OmvSpool *
omv_spool_new (OmvDisk * disk, guint64 end, GError ** error)
{
  OmvSpool *self;

  if (!omv_disk_truncate (disk, end, error)) {
    omv_disk_free (disk);
    return NULL;
  }

  self = g_new0 (OmvSpool, 1);
  self->disk = disk;
  self->stored = end;
  self->collected = g_byte_array_sized_new (COLLECTED_MAX);
  self->ends = g_array_new (FALSE, FALSE, sizeof (guint32));

  return self;
}

/*
 * omv_spool_close:
 * @self: (transfer full): is gone in any case
 *
 * Writes what has waited. FALSE: not all that was put is in the file.
 */
gboolean
omv_spool_close (OmvSpool * self, GError ** error)
{
  gboolean flushed = omv_spool_flush (self, error);
  gboolean closed = omv_disk_close (self->disk, flushed ? error : NULL);

  g_byte_array_unref (self->collected);
  g_array_unref (self->ends);
  g_free (self);

  return flushed && closed;
}

void
omv_spool_free (OmvSpool * self)
{
  (void) omv_spool_close (self, NULL);
}

/*
 * omv_spool_get_end:
 *
 * Returns: the bytes of the file, once all that was put is written
 */
guint64
omv_spool_get_end (const OmvSpool * self)
{
  return self->stored + self->collected->len;
}

/* Nothing may stand behind what is written next. */
static gboolean
cut_torn (OmvSpool * self, GError ** error)
{
  if (self->torn && !omv_disk_truncate (self->disk, self->stored, error))
    return FALSE;

  self->torn = FALSE;
  return TRUE;
}

/* Of what has waited, the first @written bytes are in the file: no longer waits
 * what is whole there. */
static void
settle (OmvSpool * self, guint64 written)
{
  guint32 whole = 0;
  guint n_whole = 0;

  while (n_whole < self->ends->len
      && g_array_index (self->ends, guint32, n_whole) <= written)
    whole = g_array_index (self->ends, guint32, n_whole++);

  if (n_whole == 0)
    return;
  g_array_remove_range (self->ends, 0, n_whole);
  for (guint i = 0; i < self->ends->len; i++)
    g_array_index (self->ends, guint32, i) -= whole;
  g_byte_array_remove_range (self->collected, 0, whole);
  self->stored += whole;
}

/* Writes what has waited, and a frame behind it. */
static gboolean
write_all (OmvSpool * self, const OmvDiskPart * parts, guint n_parts,
    gsize size, GError ** error)
{
  OmvDiskPart all[1 + OMV_SPOOL_PARTS_MAX];
  guint64 written;
  gboolean success;

  if (!cut_torn (self, error))
    return FALSE;

  all[0].data = self->collected->data;
  all[0].size = self->collected->len;
  for (guint i = 0; i < n_parts; i++)
    all[1 + i] = parts[i];
  success = omv_disk_write (self->disk, self->stored, all, 1 + n_parts,
      &written, error);

  settle (self, written);
  if (success) {
    self->stored += size;
  } else {
    self->torn = TRUE;
    (void) cut_torn (self, NULL);
  }

  return success;
}

static void
collect (OmvSpool * self, const OmvDiskPart * parts, guint n_parts)
{
  for (guint i = 0; i < n_parts; i++)
    g_byte_array_append (self->collected, parts[i].data, (guint) parts[i].size);
  g_array_append_val (self->ends, self->collected->len);
}

/*
 * omv_spool_put:
 * @parts: a whole frame, of at most OMV_SPOOL_PARTS_MAX pieces
 *
 * FALSE: the frame was not taken. What was put before is safe.
 */
gboolean
omv_spool_put (OmvSpool * self, const OmvDiskPart * parts, guint n_parts,
    GError ** error)
{
  gsize size = 0;

  g_assert (n_parts <= OMV_SPOOL_PARTS_MAX);
  for (guint i = 0; i < n_parts; i++)
    size += parts[i].size;

  if (size > COPIED_MAX)
    return write_all (self, parts, n_parts, size, error);
  if (self->collected->len + size > COLLECTED_MAX
      && !omv_spool_flush (self, error))
    return FALSE;

  collect (self, parts, n_parts);
  return TRUE;
}

/*
 * omv_spool_flush:
 *
 * Writes what has waited.
 */
gboolean
omv_spool_flush (OmvSpool * self, GError ** error)
{
  return self->collected->len > 0 ? write_all (self, NULL, 0, 0, error)
      : cut_torn (self, error);
}

/*
 * omv_spool_sync:
 *
 * Writes what has waited, and waits until it is on the disk.
 */
gboolean
omv_spool_sync (OmvSpool * self, GError ** error)
{
  return omv_spool_flush (self, error) && omv_disk_sync (self->disk, error);
}

/*
 * omv_spool_cut:
 * @end: where to go on, in bytes: the end of a frame
 *
 * Forgets what has waited, and makes the file so long; where it was shorter,
 * with zeros.
 */
gboolean
omv_spool_cut (OmvSpool * self, guint64 end, GError ** error)
{
  if (!omv_disk_truncate (self->disk, end, error))
    return FALSE;

  g_byte_array_set_size (self->collected, 0);
  g_array_set_size (self->ends, 0);
  self->stored = end;
  self->torn = FALSE;

  return TRUE;
}
