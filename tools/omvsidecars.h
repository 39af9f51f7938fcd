/* omvsidecars.h: what lies beside a recording, on its way to another one
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omvtool.h"

G_BEGIN_DECLS

typedef struct _OmvSidecars OmvSidecars;

/* NULL after omv_fail(): something lies beside @path already and there is no
 * --force. */
OmvSidecars *omv_sidecars_new (const OmvTool * tool, const gchar * path);

/* The metadata of the recording @path, whose time 0 is @shift ns later now; or
 * NULL, also if it cannot be read or is another recording's, which is noted. Of
 * many files it is that of the first one, as time 0 is. */
GstOmvMetadata *omv_sidecars_load_metadata (const OmvTool * tool,
    const gchar * path, guint64 shift);

/* Takes that metadata. */
void omv_sidecars_take_metadata (OmvSidecars * sidecars, const gchar * path,
    guint64 shift);

/* The same for metadata from elsewhere.
 * @metadata: (transfer full) */
void omv_sidecars_set_metadata (OmvSidecars * sidecars,
    GstOmvMetadata * metadata, guint64 shift);

/* Adds a line, which belongs to the frame @number now. */
void omv_sidecars_add_line (OmvSidecars * sidecars, const gchar * line,
    guint64 number);

/* The number that a frame has now. FALSE: it was left out. */
typedef gboolean (*OmvSidecarsFind) (gconstpointer data, guint64 number,
    guint64 * ret_number);

/* Adds the lines of the recording @path, if it has any. Those of a frame get the
 * number that @find knows, or are left out with it; all others stay as they are.
 * Of many files those of each are added; @find is asked for the number that a
 * frame has among all. What cannot be read is noted. */
void omv_sidecars_take_lines (OmvSidecars * sidecars, const gchar * path,
    OmvSidecarsFind find, gconstpointer data);

/* Writes what was taken, and removes what lay there before. FALSE after
 * omv_fail(). */
gboolean omv_sidecars_store (OmvSidecars * sidecars);

void omv_sidecars_free (OmvSidecars * sidecars);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvSidecars, omv_sidecars_free)

G_END_DECLS
