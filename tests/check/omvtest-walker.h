/* omvtest-walker.h: walks over whole recordings, fed in several ways
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-walk.h>

G_BEGIN_DECLS

/* A way to feed a walk. */
typedef struct {
  const gchar *name;
  gboolean whole;               /* all bytes are in hand from the start */
  gsize chunk;                  /* bytes pushed at a time; 0: pulled */
} OmvTestDriver;

typedef struct {
  GstOmvWalkResult result;
  GstOmvWalkStep step;
} OmvTestStep;

typedef struct {
  GArray *steps;                /* of OmvTestStep, without NEED */
  GError *error;                /* if the last one is ERROR */
} OmvTestWalk;

#define OMV_TEST_N_DRIVERS 7

extern const OmvTestDriver omv_test_drivers[OMV_TEST_N_DRIVERS];

gboolean omv_test_driver_can_rewind (const OmvTestDriver * driver);

OmvTestWalk *omv_test_walk (const OmvTestDriver * driver, GstOmvWalk walk,
    const guint8 * data, gsize size);
void omv_test_walk_free (OmvTestWalk * walk);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvTestWalk, omv_test_walk_free)

const GstOmvWalkStep *omv_test_walk_frame (const OmvTestWalk * walk,
    guint64 offset);
guint omv_test_walk_count (const OmvTestWalk * walk, GstOmvWalkResult result);
gchar *omv_test_walk_to_string (const OmvTestWalk * walk);

G_END_DECLS
