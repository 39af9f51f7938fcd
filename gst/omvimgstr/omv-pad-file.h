/* omv-pad-file.h: the file that another element reads or writes
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* Asks what is behind @pad. NULL: it is no file of this machine. */
GFile *omv_pad_query_file (GstPad * pad);

G_END_DECLS
