/* omvtest-numpy.h: files as NumPy writes them
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How numpy.save() calls the order of bytes in this machine's numbers. */
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define OMV_TEST_NUMPY_ORDER "<"
#else
#define OMV_TEST_NUMPY_ORDER ">"
#endif

typedef struct {
  const gchar *name;
  GBytes *data;
  gboolean deflated;
} OmvTestMember;

/* numpy.save(): @type as in "<f8", @shape as in "(2, 3)" */
GBytes *omv_test_make_npy (const gchar * type, const gchar * shape,
    gconstpointer data, gsize size);

/* numpy.savez(), and savez_compressed() */
GByteArray *omv_test_make_zip (const OmvTestMember * members, guint n_members);

G_END_DECLS
