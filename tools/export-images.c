/* export-images.c: a file for each picture
 *
 * Numbers count the pictures that were written, from 0, so that programs which
 * read such files find no gap.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "export.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "omvoutput.h"

/* Digits of a number. */
#define WIDTH_MAX 20

struct _OmvImageFiles
{
  const OmvTool *tool;
  gchar **inputs;               /* NULL at the end */
  gchar *before;                /* the number, … */
  gint width;                   /* … of so many digits, … */
  gchar *after;                 /* … or NULL: there is no number */
  guint64 n_written;
};

/* "%%" -> "%" */
static gchar *
unescape (const gchar * text, gsize length)
{
  GString *result = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++) {
    g_string_append_c (result, text[i]);
    if (text[i] == '%' && i + 1 < length && text[i + 1] == '%')
      i++;
  }

  return g_string_free (result, FALSE);
}

/* Takes "%d" or "%05d" apart. FALSE: it is something else. */
static gboolean
parse_number (const gchar * text, gint * ret_width, const gchar ** ret_end)
{
  const gchar *digits = text + 1;
  const gchar *end = digits + strspn (digits, "0123456789");
  guint64 width = g_ascii_strtoull (digits, NULL, 10);

  if (*end != 'd' || width > WIDTH_MAX || (end > digits && *digits != '0'))
    return FALSE;

  *ret_width = (gint) width;
  *ret_end = end + 1;
  return TRUE;
}

/* The first % that is no %%, or NULL. */
static const gchar *
find_number (const gchar * text)
{
  for (; *text != '\0'; text++) {
    if (*text == '%' && text[1] != '%')
      return text;
    if (*text == '%')
      text++;
  }

  return NULL;
}

OmvImageFiles *
omv_image_files_new (const OmvTool * tool, gchar ** inputs,
    const gchar * pattern)
{
  const gchar *number = find_number (pattern);
  const gchar *end = NULL;
  OmvImageFiles *files;
  gint width = 0;

  if (number != NULL && (!parse_number (number, &width, &end)
          || find_number (end) != NULL)) {
    (void) omv_fail_with (pattern, _("A name can have one place for a number, "
            "such as %%d or %%05d."));
    return NULL;
  }

  files = g_new0 (OmvImageFiles, 1);
  files->tool = tool;
  files->inputs = inputs;
  files->width = width;
  files->before = unescape (pattern, number != NULL
      ? (gsize) (number - pattern) : strlen (pattern));
  if (number != NULL)
    files->after = unescape (end, strlen (end));

  return files;
}

void
omv_image_files_free (OmvImageFiles * files)
{
  g_free (files->before);
  g_free (files->after);
  g_free (files);
}

gboolean
omv_image_files_is_one (const OmvImageFiles * files)
{
  return files->after == NULL;
}

guint64
omv_image_files_get_count (const OmvImageFiles * files)
{
  return files->n_written;
}

static gchar *
make_name (const OmvImageFiles * files)
{
  return files->after == NULL ? g_strdup (files->before)
      : g_strdup_printf ("%s%0*" PRIu64 "%s", files->before, files->width,
      files->n_written, files->after);
}

/* Returns an errno, 0 on success. */
static int
write_bytes (const gchar * path, const guint8 * data, gsize size)
{
  FILE *file = fopen (path, "wbe");
  int number = 0;

  if (file == NULL)
    return errno;
  if (fwrite (data, 1, size, file) != size)
    number = errno;
  if (fclose (file) != 0 && number == 0)
    number = errno;

  return number;
}

gboolean
omv_image_files_write (OmvImageFiles * files, GstBuffer * picture)
{
  g_autofree gchar *path = make_name (files);
  g_autoptr (OmvOutput) output =
      omv_output_new (files->tool, path, files->inputs);
  GstMapInfo map;
  int number;

  if (output == NULL)
    return FALSE;
  if (!gst_buffer_map (picture, &map, GST_MAP_READ)) {
    (void) omv_fail_with (path, _("There is not enough memory."));
    return FALSE;
  }
  number = write_bytes (omv_output_get_part (output), map.data, map.size);
  gst_buffer_unmap (picture, &map);
  if (number != 0) {
    g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR,
        (gint) g_io_error_from_errno (number), g_strerror (number));

    (void) omv_fail (path, error);
    return FALSE;
  }

  files->n_written++;
  return omv_output_commit (output);
}
