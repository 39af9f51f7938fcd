/* omv-typefind.c: tells recordings from other files
 *
 * The 13 bytes of the magic leave no doubt. The version behind them is not
 * looked at: a sentence about an unknown one is the demuxer's to say.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-typefind.h"

#include <gst/omv/omv.h>

#define MAGIC_SIZE 13

static GstStaticCaps recording_caps = GST_STATIC_CAPS (GST_OMV_CAPS);

static void
find_recording (GstTypeFind * find, gpointer user_data)
{
  const guint8 *data = gst_type_find_peek (find, 0, MAGIC_SIZE);

  if (data != NULL && gst_omv_file_header_has_magic (data, MAGIC_SIZE))
    gst_type_find_suggest_empty_simple (find, GST_TYPE_FIND_MAXIMUM,
        GST_OMV_CAPS);
}

GST_TYPE_FIND_REGISTER_DEFINE (omvimgstr, GST_OMV_CAPS, GST_RANK_PRIMARY,
    find_recording, "bin", gst_static_caps_get (&recording_caps), NULL, NULL);
