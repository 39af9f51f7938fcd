/* omv-pad-file.c: the file that another element reads or writes
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-pad-file.h"

GFile *
omv_pad_query_file (GstPad * pad)
{
  GstQuery *query = gst_query_new_uri ();
  g_autofree gchar *uri = NULL;

  if (gst_pad_peer_query (pad, query))
    gst_query_parse_uri (query, &uri);
  gst_query_unref (query);

  return uri != NULL && gst_uri_has_protocol (uri, "file")
      ? g_file_new_for_uri (uri) : NULL;
}
