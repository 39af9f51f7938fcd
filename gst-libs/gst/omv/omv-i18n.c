/* omv-i18n.c: finds the project's message catalogue
 *
 * The library has no init function, so the catalogue is bound the first time
 * that a sentence is asked for. Elements and tools use the same one.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-i18n.h"

#ifdef ENABLE_NLS
#include <libintl.h>
#endif

const gchar *
gst_omv_gettext (const gchar * msgid)
{
#ifdef ENABLE_NLS
  static gsize bound = 0;

  if (g_once_init_enter (&bound)) {
    bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
    bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
    g_once_init_leave (&bound, 1);
  }

  return g_dgettext (GETTEXT_PACKAGE, msgid);
#else
  return msgid;
#endif
}
