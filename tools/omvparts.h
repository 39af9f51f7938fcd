/* omvparts.h: which files a recording of many consists of
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omvjson.h"
#include "omvtool.h"

G_BEGIN_DECLS

/* One line on all of them, then at most @n_lines_max on single ones.
 * @parts: of GstOmvPart
 * Returns: (transfer full) (element-type utf8) */
GPtrArray *omv_parts_describe (GList * parts, guint n_lines_max);

/* The member "files". */
void omv_parts_add_json (GList * parts, OmvJson * json);

void omv_parts_free (GList * parts);

G_END_DECLS
