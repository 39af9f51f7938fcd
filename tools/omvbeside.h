/* omvbeside.h: what lies beside a recording
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omvjson.h"
#include "omvtool.h"

G_BEGIN_DECLS

typedef enum {
  OMV_BESIDE_MISSING,
  OMV_BESIDE_FINE,
  OMV_BESIDE_FOREIGN,           /* it belongs to another recording */
  OMV_BESIDE_BROKEN             /* it cannot be read */
} OmvBesideState;

typedef struct {
  OmvBesideState index;
  OmvBesideState metadata_state;
  GstOmvMetadata *metadata;     /* NULL: it is missing or broken */
  OmvBesideState notes_state;
  GstOmvNotes *notes;           /* NULL: they are missing or broken */
  guint64 n_numbers;            /* frames whose numbers are known … */
  gint64 first_number, last_number;     /* … and those of the first and the last */
} OmvBeside;

/* @reader: of the recording @path, which has @n_frames
 * @n_lost_max: and has lost no more than these, of which something may lie beside */
void omv_beside_load (OmvBeside * beside, GstOmvReader * reader,
    const gchar * path, guint64 n_frames, guint64 n_lost_max);
void omv_beside_clear (OmvBeside * beside);

/* Whether metadata may be that of the recording, by its first frame. */
gboolean omv_beside_is_own (GstOmvMetadata * metadata, GstOmvReader * reader);

/* Writes down which recording metadata is about, unless it has no frame. FALSE:
 * its first frame cannot be read. */
gboolean omv_beside_mark (GstOmvMetadata * metadata, GstOmvReader * reader,
    GError ** error);

/* "beside it" and the like */
const gchar *omv_beside_describe (OmvBesideState state);

/* Its members, in an object. */
void omv_beside_add_json (const OmvBeside * beside, OmvJson * json);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (OmvBeside, omv_beside_clear)

G_END_DECLS
