/* export.c: from a recording to what a host plays
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "convert.h"

static const gchar *const extensions[] = {
  "avi", "gif", "jpeg", "jpg", "mkv", "mp4", "png", NULL
};

gboolean
omv_export_knows (const gchar * out)
{
  g_autofree gchar *extension = omv_convert_get_extension (out);

  return g_strv_contains (extensions, extension);
}

gint
omv_export_run (OmvTool * tool, const OmvConvertOptions * options,
    const gchar * in, const gchar * out)
{
  return omv_fail_with (out, _("This cannot be written yet."));
}
