/* omvtimes.h: times of frames from a file of their own
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  guint64 *times;               /* ns since the first, never falling */
  gsize n;
  gchar *column;                /* its name in the file, or NULL */
  const gchar *unit;            /* "s", "ms", "us" or "ns" */
} OmvTimes;

/* @argument: a csv, npy or npz file; with ":ms" and the like behind it if the
 * unit is not in the file. NULL: @error is a whole sentence. */
OmvTimes *omv_times_load (const gchar * argument, GError ** error);

/* The same for what has been read already.
 * @unit: or NULL, found out */
OmvTimes *omv_times_parse (const guint8 * data, gsize size,
    const gchar * unit, GError ** error);

void omv_times_free (OmvTimes * times);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvTimes, omv_times_free)

G_END_DECLS
