/* omvnumpy.h: numbers in a file of NumPy's
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A row of numbers in memory that is the caller's. */
typedef struct {
  const guint8 *data;
  gsize n;
  guint size;                   /* bytes of each */
  gchar kind;                   /* 'f', 'i' or 'u' */
  gboolean big_endian;
} OmvNumpy;

/* FALSE: this is no array, or none of one dimension of numbers. */
gboolean omv_numpy_parse (const guint8 * data, gsize size,
    OmvNumpy * ret_array);

/* The number at @i in 1/@scale, relative to the first; rounded. FALSE: it is not
 * finite, is less than the first, or does not fit. */
gboolean omv_numpy_get_difference (const OmvNumpy * array, gsize i,
    guint64 scale, guint64 * ret_difference);

G_END_DECLS
