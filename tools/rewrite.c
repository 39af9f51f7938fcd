/* rewrite.c: from a recording to a recording, the frames as they are
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "convert.h"

gint
omv_rewrite_run (OmvTool * tool, const OmvConvertOptions * options,
    const gchar * in, const gchar * out)
{
  return omv_fail_with (out, _("This cannot be written yet."));
}
