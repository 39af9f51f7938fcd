/* omv-clock.c: the time that passes, and waiting for it
 *
 * The system's monotonic clock, which nobody sets. Who waits for it can be woken
 * by a GCancellable from any thread, and is woken by nothing else before its
 * time.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-clock.h"

#define NS_PER_US 1000

/* One who waits. */
typedef struct
{
  GMutex lock;
  GCond woken;
} Sleeper;

static guint64
get_monotonic_time (gpointer unused)
{
  return (guint64) g_get_monotonic_time () * NS_PER_US;
}

/* In the thread that cancels. The lock sees to it that the sleeper is asleep, or
 * has yet to look whether it was cancelled. */
static void
wake (GCancellable * cancellable, Sleeper * sleeper)
{
  g_mutex_lock (&sleeper->lock);
  g_cond_signal (&sleeper->woken);
  g_mutex_unlock (&sleeper->lock);
}

static void
sleep_until (Sleeper * sleeper, gint64 time, GCancellable * cancellable)
{
  g_mutex_lock (&sleeper->lock);
  while (!g_cancellable_is_cancelled (cancellable)
      && g_cond_wait_until (&sleeper->woken, &sleeper->lock, time));
  g_mutex_unlock (&sleeper->lock);
}

static gboolean
wait_monotonic (gpointer unused, guint64 time, GCancellable * cancellable,
    GError ** error)
{
  /* rounded up: never too early */
  const gint64 end = (gint64) (time / NS_PER_US + (time % NS_PER_US > 0));
  gulong handler = 0;
  Sleeper sleeper;

  g_mutex_init (&sleeper.lock);
  g_cond_init (&sleeper.woken);
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (wake), &sleeper,
        NULL);
  sleep_until (&sleeper, end, cancellable);
  /* comes back when nobody is in wake() any more */
  g_cancellable_disconnect (cancellable, handler);
  g_cond_clear (&sleeper.woken);
  g_mutex_clear (&sleeper.lock);

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

void
omv_clock_init_monotonic (OmvClock * clock)
{
  clock->now = get_monotonic_time;
  clock->wait = wait_monotonic;
  clock->user_data = NULL;
}
