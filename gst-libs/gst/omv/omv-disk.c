/* omv-disk.c: a file that is written, by its descriptor
 *
 * GIO's streams neither cut a file off nor bring it to the disk, and write what
 * lies in several places one after the other. So this is the one place that
 * knows the operating system's calls, and turns what they say into a sentence
 * that names the file.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* renameat2() */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-disk.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "omv-i18n.h"

struct _OmvDisk
{
  gint fd;
  gchar *path;
};

/* Says why @path could not be written, after a call that has set errno. */
static gboolean
fail (const gchar * path, gint code, GError ** error)
{
  g_autofree gchar *name = g_filename_display_name (path);

  g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code),
      _("\"%s\" cannot be written: %s."), name, g_strerror (code));
  return FALSE;
}

/* A device may never be full, a pipe has no end to append to. */
static gboolean
check_regular (const OmvDisk * self, GError ** error)
{
  g_autofree gchar *name = NULL;
  struct stat info;

  if (fstat (self->fd, &info) != 0)
    return fail (self->path, errno, error);
  if (S_ISREG (info.st_mode))
    return TRUE;

  name = g_filename_display_name (self->path);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
      _("\"%s\" is not a regular file."), name);
  return FALSE;
}

/*
 * omv_disk_get_local_path:
 *
 * Returns: (transfer full): a path to open, or NULL if @file has none
 */
gchar *
omv_disk_get_local_path (GFile * file, GError ** error)
{
  gchar *path = g_file_get_path (file);

  if (path == NULL) {
    g_autofree gchar *uri = g_file_get_uri (file);

    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
        _("\"%s\" is not in the local file system."), uri);
  }
  return path;
}

/*
 * omv_disk_open:
 *
 * Opens a file to write. What is in it stays. NULL: it cannot be written, or is
 * not a regular file, or is there although it must not be.
 */
OmvDisk *
omv_disk_open (const gchar * path, OmvDiskMode mode, GError ** error)
{
  /* not to wait for whoever reads a pipe */
  const gint flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
      | (mode == OMV_DISK_NEW ? O_EXCL : 0);
  OmvDisk *self;
  gint fd;

  do {
    fd = open (path, flags, 0666);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) {
    fail (path, errno, error);
    return NULL;
  }

  self = g_new0 (OmvDisk, 1);
  self->fd = fd;
  self->path = g_strdup (path);
  /* what is made just now is regular, and nobody would remove it */
  if (mode == OMV_DISK_ANY && !check_regular (self, error))
    g_clear_pointer (&self, omv_disk_free);

  return self;
}

/*
 * omv_disk_close:
 * @self: (transfer full): is gone in any case
 *
 * FALSE: what was written may not be there.
 */
gboolean
omv_disk_close (OmvDisk * self, GError ** error)
{
  gboolean closed = close (self->fd) == 0 || errno == EINTR;

  if (!closed)
    fail (self->path, errno, error);
  g_free (self->path);
  g_free (self);

  return closed;
}

void
omv_disk_free (OmvDisk * self)
{
  (void) omv_disk_close (self, NULL);
}

gboolean
omv_disk_get_size (OmvDisk * self, guint64 * ret_size, GError ** error)
{
  struct stat info;

  if (fstat (self->fd, &info) != 0)
    return fail (self->path, errno, error);

  *ret_size = (guint64) info.st_size;
  return TRUE;
}

/* Leaves out the first @written bytes. Returns how many parts are left. */
static gint
drop_written (struct iovec *parts, gint n_parts, gsize written)
{
  gint first = 0;

  while (first < n_parts && written >= parts[first].iov_len)
    written -= parts[first++].iov_len;
  for (gint i = first; i < n_parts; i++)
    parts[i - first] = parts[i];
  if (first < n_parts) {
    parts[0].iov_base = (guint8 *) parts[0].iov_base + written;
    parts[0].iov_len -= written;
  }

  return n_parts - first;
}

/*
 * omv_disk_write:
 * @ret_written: (out): bytes that are in the file, on failure, too
 *
 * Writes all @parts one behind the other, by one call if the system does it.
 */
gboolean
omv_disk_write (OmvDisk * self, guint64 offset, const OmvDiskPart * parts,
    guint n_parts, guint64 * ret_written, GError ** error)
{
  struct iovec left[OMV_DISK_PARTS_MAX];
  gint n_left;

  g_assert (n_parts <= OMV_DISK_PARTS_MAX);
  for (guint i = 0; i < n_parts; i++) {
    left[i].iov_base = (gpointer) parts[i].data;
    left[i].iov_len = parts[i].size;
  }

  *ret_written = 0;
  n_left = drop_written (left, (gint) n_parts, 0);
  while (n_left > 0) {
    gssize written = pwritev (self->fd, left, n_left,
        (off_t) (offset + *ret_written));

    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return fail (self->path, written < 0 ? errno : EIO, error);
    *ret_written += (guint64) written;
    n_left = drop_written (left, n_left, (gsize) written);
  }

  return TRUE;
}

/*
 * omv_disk_truncate:
 *
 * Makes the file @size bytes long.
 */
gboolean
omv_disk_truncate (OmvDisk * self, guint64 size, GError ** error)
{
  gint result;

  do {
    result = ftruncate (self->fd, (off_t) size);
  } while (result != 0 && errno == EINTR);

  return result == 0 || fail (self->path, errno, error);
}

static gint
sync_descriptor (gint fd)
{
  gint result;

  do {
    result = fsync (fd);
  } while (result != 0 && errno == EINTR);

  return result;
}

/*
 * omv_disk_sync:
 *
 * Waits until all that was written is on the disk. Its name is another matter:
 * see omv_disk_sync_folder().
 */
gboolean
omv_disk_sync (OmvDisk * self, GError ** error)
{
  return sync_descriptor (self->fd) == 0 || fail (self->path, errno, error);
}

/*
 * omv_disk_sync_folder:
 * @path: a file
 *
 * Waits until the name of @path is on the disk. File systems that cannot say
 * (EINVAL) keep names safe by themselves, or not at all.
 */
gboolean
omv_disk_sync_folder (const gchar * path, GError ** error)
{
  g_autofree gchar *folder = g_path_get_dirname (path);
  gint fd, code = 0;

  do {
    fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0)
    return errno == EACCES || fail (folder, errno, error);

  if (sync_descriptor (fd) != 0)
    code = errno;
  (void) close (fd);

  return code == 0 || code == EINVAL || fail (folder, code, error);
}

/* Whether this, on a file system that can, has worked; else -1 and errno. */
static gint
rename_exclusively (const gchar * from, const gchar * to)
{
#ifdef HAVE_RENAMEAT2
  gint result = renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);

  if (result == 0 || (errno != EINVAL && errno != ENOSYS))
    return result;
#endif

  if (link (from, to) != 0)
    return -1;
  /* if it fails there are two names for one whole file, and both are right */
  (void) unlink (from);
  return 0;
}

/*
 * omv_disk_rename:
 *
 * Gives a file another name, at once, unless there is a file of that name: then
 * nothing happens and the error is %G_IO_ERROR_EXISTS.
 */
gboolean
omv_disk_rename (const gchar * from, const gchar * to, GError ** error)
{
  return rename_exclusively (from, to) == 0 || fail (to, errno, error);
}

/*
 * omv_disk_replace:
 *
 * Gives a file another name, at once, in place of the file that has it.
 */
gboolean
omv_disk_replace (const gchar * from, const gchar * to, GError ** error)
{
  return rename (from, to) == 0 || fail (to, errno, error);
}
