/* omv-element.h: the library's errors, said by an element
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-prelude.h>
#include <gst/gst.h>

G_BEGIN_DECLS

GST_OMV_API
void gst_omv_element_error (GstElement * element, GError ** error,
    const gchar * debug, ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
