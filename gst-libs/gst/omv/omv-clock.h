/* omv-clock.h: the time that passes, and waiting for it
 *
 * Private to the objects room and its tests: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A clock that never goes back. Tests bring their own, in which no time passes
 * but what they say. */
typedef struct {
  /* ns from whatever start */
  guint64 (*now) (gpointer user_data);
  /* Until now() is @time at least. FALSE: cancelled, with an error. */
  gboolean (*wait) (gpointer user_data, guint64 time,
      GCancellable * cancellable, GError ** error);
  gpointer user_data;
} OmvClock;

void omv_clock_init_monotonic (OmvClock * clock);

G_END_DECLS
