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

OmvOutput *
omv_output_new (const OmvTool * tool, const gchar * path, gchar ** inputs)
{
  OmvOutput *output;
  gchar *part;
  int number;

  if (!may_replace (tool, path, inputs))
    return NULL;

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

const gchar *
omv_output_get_part (const OmvOutput * output)
{
  return output->part;
}

gboolean
omv_output_commit (OmvOutput * output)
{
  if (g_rename (output->part, output->path) != 0) {
    (void) fail_with_errno (output->path, errno);
    return FALSE;
  }

  g_clear_pointer (&output->part, g_free);
  return TRUE;
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
