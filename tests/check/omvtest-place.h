/* omvtest-place.h: a place for a recording, and how thoroughly to test
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A file in a folder of its own: a fixture. */
typedef struct {
  gchar *folder;
  gchar *path;
  gchar *index_path;            /* of what may lie beside it */
} OmvTestPlace;

void omv_test_place_set_up (OmvTestPlace * place, gconstpointer unused);
void omv_test_place_tear_down (OmvTestPlace * place, gconstpointer unused);

/* Steps in which to do what takes long under valgrind: @slow if OMV_TEST_SLOW is
 * set, else 1. */
guint omv_test_get_pace (guint slow);

G_END_DECLS
