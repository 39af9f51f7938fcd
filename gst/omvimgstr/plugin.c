/* plugin.c: registers what plays and records OMV IMG STR files
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvdirsrc.h"
#include "gstomvframedec.h"
#include "gstomvstrdemux.h"
#include "gstomvstrmux.h"
#include "omv-typefind.h"

static gboolean
plugin_init (GstPlugin * plugin)
{
  gboolean registered = FALSE;

  registered |= GST_ELEMENT_REGISTER (omvbayerdec, plugin);
  registered |= GST_ELEMENT_REGISTER (omvdirsrc, plugin);
  registered |= GST_ELEMENT_REGISTER (omvframedec, plugin);
  registered |= GST_ELEMENT_REGISTER (omvstrdemux, plugin);
  registered |= GST_ELEMENT_REGISTER (omvstrmux, plugin);
  registered |= GST_TYPE_FIND_REGISTER (omvimgstr, plugin);

  return registered;
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, omvimgstr,
    "Recordings of OpenMV cameras (OMV IMG STR)", plugin_init, VERSION,
    GST_LICENSE, GST_PACKAGE_NAME, GST_PACKAGE_ORIGIN)
