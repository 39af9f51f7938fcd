/* omvslowdisk.c: a disk that is held, slow or full when a test says so
 *
 * The dumper calls gst_omv_dump_file_append(), a function of the library. What a
 * program defines comes before what its libraries do, so this one is called, by
 * the plugin, too, and calls the library's. So the code under test needs no hook.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* RTLD_NEXT */
#define _GNU_SOURCE

#include "omvringtest.h"

#include <dlfcn.h>
#include <gio/gio.h>
#include <gst/omv/omv-dump-file.h>

static GMutex lock;
static GCond changed;

/* lock */
static gboolean held;
static guint n_passes;
static guint n_waiting;
static gboolean failing;
static guint delay;
static guint64 n_written;

typedef gboolean (*Append) (GstOmvDumpFile * self,
    const GstOmvFrameHeader * header, guint64 time, const guint8 * payload,
    GError ** error);

/* Whether the disk takes the frame. */
static gboolean
pass (guint * ret_delay)
{
  gboolean taken;

  g_mutex_lock (&lock);
  n_waiting++;
  g_cond_broadcast (&changed);
  while (held && n_passes == 0)
    g_cond_wait (&changed, &lock);
  if (held)
    n_passes--;
  n_waiting--;
  taken = !failing;
  *ret_delay = delay;
  g_mutex_unlock (&lock);

  return taken;
}

gboolean
gst_omv_dump_file_append (GstOmvDumpFile * self,
    const GstOmvFrameHeader * header, guint64 time, const guint8 * payload,
    GError ** error)
{
  Append append = (Append) dlsym (RTLD_NEXT, "gst_omv_dump_file_append");
  gboolean success;
  guint wait;

  g_assert_nonnull (append);
  if (!pass (&wait)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");
    return FALSE;
  }
  if (wait > 0)
    g_usleep (wait);

  success = append (self, header, time, payload, error);
  g_mutex_lock (&lock);
  n_written++;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);

  return success;
}

/* Returns when so many frames have been written since slow_disk_reset(). */
void
slow_disk_wait_written (guint64 count)
{
  g_mutex_lock (&lock);
  while (n_written < count)
    g_cond_wait (&changed, &lock);
  g_mutex_unlock (&lock);
}

/* The disk is a common one again. */
void
slow_disk_reset (void)
{
  g_mutex_lock (&lock);
  held = failing = FALSE;
  n_passes = delay = 0;
  n_written = 0;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}

/* Frames wait from now on. */
void
slow_disk_hold (void)
{
  g_mutex_lock (&lock);
  held = TRUE;
  n_passes = 0;
  g_mutex_unlock (&lock);
}

/* Returns when a frame waits. */
void
slow_disk_wait_held (void)
{
  g_mutex_lock (&lock);
  while (n_waiting == 0 || n_passes > 0)
    g_cond_wait (&changed, &lock);
  g_mutex_unlock (&lock);
}

/* So many more frames go to the disk, others wait on. */
void
slow_disk_let_pass (guint n_frames)
{
  g_mutex_lock (&lock);
  n_passes += n_frames;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}

void
slow_disk_release (void)
{
  g_mutex_lock (&lock);
  held = FALSE;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}

/* The disk is full. */
void
slow_disk_fail (gboolean fail)
{
  g_mutex_lock (&lock);
  failing = fail;
  g_mutex_unlock (&lock);
}

/* Each frame takes so long. */
void
slow_disk_set_delay (guint microseconds)
{
  g_mutex_lock (&lock);
  delay = microseconds;
  g_mutex_unlock (&lock);
}
