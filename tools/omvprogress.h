/* omvprogress.h: a progress bar with rate and time left
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omvtool.h"

G_BEGIN_DECLS

typedef enum {
  OMV_PROGRESS_BYTES,
  OMV_PROGRESS_FRAMES,
  OMV_PROGRESS_TIME             /* ns of the recording */
} OmvProgressUnit;

typedef struct _OmvProgress OmvProgress;

/* Only one bar may be there at a time. It shows on a terminal and without
 * --quiet, once the work takes half a second; else all of this does nothing.
 * @total: in @unit; 0 if nobody knows. */
OmvProgress *omv_progress_new (const OmvTool * tool, OmvProgressUnit unit,
    guint64 total);

/* @done: in the unit, never less than before. May be called for each frame. */
void omv_progress_update (OmvProgress * progress, guint64 done);

/* Takes the bar away until the next update, so that a line can be printed. */
void omv_progress_clear (void);

/* Takes it away for good. */
void omv_progress_free (OmvProgress * progress);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvProgress, omv_progress_free)

G_END_DECLS
