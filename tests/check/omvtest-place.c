/* omvtest-place.c: a place for a recording
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvtest-place.h"

#include <glib/gstdio.h>

void
omv_test_place_set_up (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  place->folder = g_dir_make_tmp ("omv-test-XXXXXX", &error);
  g_assert_no_error (error);
  place->path = g_build_filename (place->folder, "run %41.bin", NULL);
  place->index_path = g_strconcat (place->path, ".idx", NULL);
}

void
omv_test_place_tear_down (OmvTestPlace * place, gconstpointer unused)
{
  (void) g_unlink (place->index_path);
  (void) g_unlink (place->path);
  g_assert_cmpint (g_rmdir (place->folder), ==, 0);
  g_free (place->folder);
  g_free (place->path);
  g_free (place->index_path);
}
