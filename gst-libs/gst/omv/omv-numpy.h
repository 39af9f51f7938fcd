/* omv-numpy.h: numbers in a file of NumPy's
 *
 * Private to the objects room: not installed. The tool is built with it, too.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define OMV_NUMPY_DIMENSIONS_MAX 3

/* Numbers in memory that is the caller's. */
typedef struct {
  const guint8 *data;
  gsize n;                      /* of all dimensions */
  guint n_dimensions;
  gsize shape[OMV_NUMPY_DIMENSIONS_MAX];
  guint size;                   /* bytes of each */
  gchar kind;                   /* 'f', 'i' or 'u' */
  gboolean big_endian;
} OmvNumpy;

/* FALSE: this is no array of numbers, has more dimensions, or its columns stand
 * together instead of its rows. */
gboolean omv_numpy_parse_any (const guint8 * data, gsize size,
    OmvNumpy * ret_array);

/* FALSE: this is no row of numbers. */
gboolean omv_numpy_parse (const guint8 * data, gsize size,
    OmvNumpy * ret_array);

/* The number at @i. */
gdouble omv_numpy_get_double (const OmvNumpy * array, gsize i);

/* FALSE: the number at @i is no whole one, or does not fit. */
gboolean omv_numpy_get_int (const OmvNumpy * array, gsize i,
    gint64 * ret_value);

/* The number at @i in 1/@scale, relative to the first; rounded. FALSE: it is not
 * finite, is less than the first, or does not fit. */
gboolean omv_numpy_get_difference (const OmvNumpy * array, gsize i,
    guint64 scale, guint64 * ret_difference);

G_END_DECLS
