/* omvtest-place.h: a place for a recording
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

G_END_DECLS
