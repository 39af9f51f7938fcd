/* index.c: omvstr index: writes FILE.idx beside recordings
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>

#include "commands.h"

static gint
write_index (const OmvTool * tool, const gchar * path)
{
  g_autoptr (GstOmvReader) reader = omv_open_reader (path);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) sidecar = NULL;
  g_autofree gchar *name = NULL;
  g_autoptr (GError) error = NULL;

  if (reader == NULL)
    return OMV_EXIT_FAILED;

  sidecar = gst_omv_sidecar_get_file (file);
  if (!gst_omv_reader_write_index (reader, &error))
    return omv_fail (g_file_peek_path (sidecar), error);

  name = g_filename_display_name (g_file_peek_path (sidecar));
  if (!tool->quiet)
    (void) printf ("%s\n", name);
  return OMV_EXIT_FINE;
}

static gint
run (OmvTool * tool, gchar ** arguments)
{
  g_auto (GStrv) files = omv_list_files (arguments);
  gint status = OMV_EXIT_FINE;

  if (files == NULL)
    return OMV_EXIT_FAILED;

  for (guint i = 0; files[i] != NULL; i++) {
    if (write_index (tool, files[i]) != OMV_EXIT_FINE)
      status = OMV_EXIT_FAILED;
  }

  return status;
}

const OmvCommand omv_command_index = {
  "index", N_("FILE…"),
  N_("Write an index beside recordings, so that they open faster."),
  "  omvstr index run.bin\n",
  NULL, 1, G_MAXUINT, 0, run
};
