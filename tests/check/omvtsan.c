/* omvtsan.c: tells the thread sanitizer of the locks of GLib
 *
 * GLib's locks are system calls of its own, and GLib is not built with the
 * sanitizer, which so would see no order where there is one. What a program
 * defines comes before what its libraries do: these functions call GLib's, and say
 * what is before what. Only for builds with -Db_sanitize=thread.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* RTLD_NEXT */
#define _GNU_SOURCE
#define GLIB_DISABLE_DEPRECATION_WARNINGS

#include <glib-object.h>

#include <dlfcn.h>

void __tsan_acquire (void *address);
void __tsan_release (void *address);

/* GLib's own function of the name. */
#define REAL(name) ((__typeof__ (&name)) find (#name))

static void *
find (const char *name)
{
  void *function = dlsym (RTLD_NEXT, name);

  if (function == NULL)
    __builtin_trap ();
  return function;
}

/* The functions that are called all the time are looked up once. */
#define REAL_ONCE(name) \
  ({ static __typeof__ (&name) found_; \
    __typeof__ (&name) own_ = __atomic_load_n (&found_, __ATOMIC_ACQUIRE); \
    if (own_ == NULL) { \
      own_ = REAL (name); \
      __atomic_store_n (&found_, own_, __ATOMIC_RELEASE); \
    } \
    own_; })

/* --- locks ---------------------------------------------------------------- */

void
g_mutex_lock (GMutex * mutex)
{
  REAL_ONCE (g_mutex_lock) (mutex);
  __tsan_acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex * mutex)
{
  gboolean locked = REAL_ONCE (g_mutex_trylock) (mutex);

  if (locked)
    __tsan_acquire (mutex);
  return locked;
}

void
g_mutex_unlock (GMutex * mutex)
{
  __tsan_release (mutex);
  REAL_ONCE (g_mutex_unlock) (mutex);
}

void
g_cond_wait (GCond * cond, GMutex * mutex)
{
  __tsan_release (mutex);
  REAL_ONCE (g_cond_wait) (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond * cond, GMutex * mutex, gint64 end_time)
{
  gboolean woken;

  __tsan_release (mutex);
  woken = REAL_ONCE (g_cond_wait_until) (cond, mutex, end_time);
  __tsan_acquire (mutex);

  return woken;
}

/* --- references ----------------------------------------------------------- */

gboolean
g_atomic_ref_count_dec (gatomicrefcount * count)
{
  gboolean last;

  __tsan_release (count);
  last = REAL_ONCE (g_atomic_ref_count_dec) (count);
  if (last)
    __tsan_acquire (count);

  return last;
}

/* --- threads -------------------------------------------------------------- */

typedef struct
{
  GFunc function;
  gpointer user_data;
} PoolData;

static void
run_in_pool (gpointer data, gpointer user_data)
{
  PoolData *pool_data = user_data;

  __tsan_acquire (data);
  pool_data->function (data, pool_data->user_data);
  __tsan_release (pool_data);
}

GThreadPool *
g_thread_pool_new (GFunc function, gpointer user_data, gint max_threads,
    gboolean exclusive, GError ** error)
{
  PoolData *pool_data = g_new (PoolData, 1);

  pool_data->function = function;
  pool_data->user_data = user_data;
  return REAL (g_thread_pool_new) (run_in_pool, pool_data, max_threads,
      exclusive, error);
}

gboolean
g_thread_pool_push (GThreadPool * pool, gpointer data, GError ** error)
{
  __tsan_release (data);
  return REAL_ONCE (g_thread_pool_push) (pool, data, error);
}

void
g_thread_pool_free (GThreadPool * pool, gboolean immediate, gboolean wait)
{
  PoolData *pool_data = pool->user_data;

  REAL (g_thread_pool_free) (pool, immediate, wait);
  if (wait) {
    __tsan_acquire (pool_data);
    g_free (pool_data);
  }
}

void
g_async_queue_push (GAsyncQueue * queue, gpointer data)
{
  __tsan_release (queue);
  REAL_ONCE (g_async_queue_push) (queue, data);
}

gpointer
g_async_queue_timeout_pop (GAsyncQueue * queue, guint64 timeout)
{
  gpointer data = REAL_ONCE (g_async_queue_timeout_pop) (queue, timeout);

  __tsan_acquire (queue);
  return data;
}
