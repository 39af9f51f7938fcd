/* omvoutput.c: a file to be written, whole or not at all
 *
 * What is written lies beside its place as NAME.part, and gets its name when it
 * is complete. A NAME.part that is there already is left alone: it may be what a
 * run that was killed has left, and be the very input of this one.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvoutput.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define N_PARTS_MAX 100

struct _OmvOutput
{
  gchar *path;
  gchar *part;                  /* NULL: committed */
};

static gint
fail_with_errno (const gchar * path, int number)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR,
      (gint) g_io_error_from_errno (number), g_strerror (number));

  return omv_fail (path, error);
}

static gboolean
is_same_file (const GStatBuf * status, const gchar * other)
{
  GStatBuf other_status;

  return g_stat (other, &other_status) == 0
      && status->st_dev == other_status.st_dev
      && status->st_ino == other_status.st_ino;
}

static gboolean
may_replace (const OmvTool * tool, const gchar * path, gchar ** inputs)
{
  GStatBuf status;

  if (g_stat (path, &status) != 0)
    return TRUE;                /* nothing there, or creating it will tell */

  for (; inputs != NULL && *inputs != NULL; inputs++) {
    if (is_same_file (&status, *inputs)) {
      (void) omv_fail_with (path,
          _("The output is the same file as the input."));
      return FALSE;
    }
  }
  if (S_ISDIR (status.st_mode)) {
    (void) omv_fail_with (path, _("This is a directory, not a file."));
    return FALSE;
  }
  if (!S_ISREG (status.st_mode)) {
    (void) omv_fail_with (path, _("This is not a regular file."));
    return FALSE;
  }
  if (!tool->force) {
    (void) omv_fail_with (path, _("The file exists; --force overwrites it."));
    return FALSE;
  }

  return TRUE;
}

/* The name of an empty file beside @path, or NULL and an errno. */
static gchar *
create_part (const gchar * path, int *number)
{
  *number = EEXIST;
  for (guint i = 1; *number == EEXIST && i <= N_PARTS_MAX; i++) {
    g_autofree gchar *part = i == 1 ? g_strconcat (path, ".part", NULL)
        : g_strdup_printf ("%s.%u.part", path, i);
    int fd = g_open (part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    if (fd >= 0) {
      (void) close (fd);
      return g_steal_pointer (&part);
    }
    *number = errno;
  }

  return NULL;
}

static OmvOutput *
create (const gchar * path)
{
  OmvOutput *output;
  gchar *part;
  int number;

  part = create_part (path, &number);
  if (part == NULL && number == ENOENT)
    (void) omv_fail_with (path, _("There is no such directory."));
  else if (part == NULL)
    (void) fail_with_errno (path, number);
  if (part == NULL)
    return NULL;

  output = g_new0 (OmvOutput, 1);
  output->path = g_strdup (path);
  output->part = part;
  return output;
}

OmvOutput *
omv_output_new (const OmvTool * tool, const gchar * path, gchar ** inputs)
{
  return may_replace (tool, path, inputs) ? create (path) : NULL;
}

OmvOutput *
omv_output_new_spool (const gchar * path)
{
  g_autofree gchar *name = g_strconcat (path, ".data", NULL);

  return create (name);
}

const gchar *
omv_output_get_part (const OmvOutput * output)
{
  return output->part;
}

/* Waits until a file or a folder is on the disk. A file system that cannot say
 * (EINVAL) does what it can by itself. */
static gboolean
sync_path (const gchar * path)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0), result, number;

  if (fd < 0)
    return FALSE;
  do {
    result = fsync (fd);
  } while (result != 0 && errno == EINTR);
  number = errno;
  (void) close (fd);
  errno = number;

  return result == 0 || number == EINVAL;
}

static gboolean
commit (OmvOutput * output, gboolean sync)
{
  /* an old file is given up only for one that is on the disk */
  if ((sync || g_file_test (output->path, G_FILE_TEST_EXISTS))
      && !sync_path (output->part)) {
    (void) fail_with_errno (output->path, errno);
    return FALSE;
  }
  if (g_rename (output->part, output->path) != 0) {
    (void) fail_with_errno (output->path, errno);
    return FALSE;
  }

  g_clear_pointer (&output->part, g_free);
  return TRUE;
}

gboolean
omv_output_commit (OmvOutput * output)
{
  return commit (output, FALSE);
}

gboolean
omv_output_commit_to_disk (OmvOutput * output)
{
  g_autofree gchar *folder = g_path_get_dirname (output->path);

  if (!commit (output, TRUE))
    return FALSE;
  /* one that may be written to, but not read */
  if (sync_path (folder) || errno == EACCES)
    return TRUE;

  (void) fail_with_errno (output->path, errno);
  return FALSE;
}

void
omv_output_keep (OmvOutput * output)
{
  g_autofree gchar *name = NULL;

  if (output->part == NULL)
    return;
  name = g_filename_display_name (output->part);
  (void) omv_fail_with (output->path, _("What was recorded is in %s."), name);
  g_clear_pointer (&output->part, g_free);
}

void
omv_output_free (OmvOutput * output)
{
  if (output->part != NULL)
    (void) g_unlink (output->part);
  g_free (output->part);
  g_free (output->path);
  g_free (output);
}
