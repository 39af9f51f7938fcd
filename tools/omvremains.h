/* omvremains.h: what an older recording left in a file
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-walk.h>

G_BEGIN_DECLS

typedef enum {
  OMV_REMAINS_KIND,             /* frames of other formats or sizes */
  OMV_REMAINS_RATE,             /* frames at another rate */
  OMV_REMAINS_CLOCK             /* exact times go back */
} OmvRemainsReason;

/* Frames that look like those of an older recording. */
typedef struct {
  guint64 first, last;          /* their numbers */
  guint64 offset, end;          /* their bytes */
  OmvRemainsReason reason;
} OmvRemains;

typedef struct _OmvRemainsFinder OmvRemainsFinder;

OmvRemainsFinder *omv_remains_finder_new (void);

/* To be told of each step of a walk, the end as well. */
void omv_remains_finder_step (OmvRemainsFinder * finder,
    GstOmvWalkResult result, const GstOmvWalkStep * step);

/* (element-type OmvRemains): complete behind the end */
const GArray *omv_remains_finder_get (const OmvRemainsFinder * finder);

void omv_remains_finder_free (OmvRemainsFinder * finder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvRemainsFinder, omv_remains_finder_free)

G_END_DECLS
