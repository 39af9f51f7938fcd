/* omvsplice.c: bytes of files, one behind the other, into another file
 *
 * Large ranges are copied by the system, from one file to the other without
 * passing through this process, where it can do that. A thread waits for it, so
 * that whoever asks can look for the next range meanwhile. Small pieces are
 * collected; before they are written, all that was asked for before them is.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

/* copy_file_range() */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "omvsplice.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define BUFFER_SIZE 262144

/* A range from which on copying gains over reading. */
#define LARGE_SIZE 65536

/* Ranges that may wait. */
#define N_RANGES_MAX 64

/* What a source is too short for. */
#define ERROR_CHANGED (-1)

typedef struct
{
  guint64 offset;
  guint64 size;
} Range;

/* What a thread needs to copy, or to say why it cannot. */
typedef struct
{
  guint8 *buffer;
  gsize n_buffered;
  int number;                   /* an errno or ERROR_CHANGED; 0: all is well */
  gboolean in_source;
} Work;

struct _OmvSplice
{
  /* constant while ranges wait */
  int in, out;

  /* the thread that asks */
  gchar *path;
  gchar *source;
  Work asked;
  gboolean failed;              /* which was said */
  GThread *thread;

  /* the thread that copies */
  Work copied;

  GMutex lock;
  GCond changed;
  /* lock */
  Range ranges[N_RANGES_MAX];
  guint first_range, n_ranges;
  gboolean is_busy;
  gboolean is_broken;           /* what waits is not copied any more */
  gboolean is_over;
};

/* ---- bytes, in either thread ---- */

static gboolean
fail (Work * work, int number, gboolean in_source)
{
  work->number = number;
  work->in_source = in_source;
  return FALSE;
}

static gboolean
flush (OmvSplice * splice, Work * work)
{
  const guint8 *data = work->buffer;

  while (work->n_buffered > 0) {
    gssize written = write (splice->out, data, work->n_buffered);

    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return fail (work, errno, FALSE);
    data += written;
    work->n_buffered -= (gsize) written;
  }

  return TRUE;
}

/* Reads bytes, at most those for which there is room, behind those that wait. */
static gboolean
read_range (OmvSplice * splice, Work * work, guint64 offset, gsize size)
{
  while (size > 0) {
    gssize got = pread (splice->in, work->buffer + work->n_buffered, size,
        (off_t) offset);

    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return fail (work, got < 0 ? errno : ERROR_CHANGED, TRUE);
    work->n_buffered += (gsize) got;
    offset += (guint64) got;
    size -= (gsize) got;
  }

  return TRUE;
}

/* Has the system copy bytes. Returns how many it did: what it cannot do for
 * these two files, or fails in, is left to reading and writing, which tells. */
static guint64
copy_by_system (OmvSplice * splice, guint64 offset, guint64 size)
{
#ifdef HAVE_COPY_FILE_RANGE
  off_t at = (off_t) offset;
  guint64 left = size;

  while (left > 0) {
    gssize copied = copy_file_range (splice->in, &at, splice->out, NULL,
        (gsize) left, 0);

    if (copied <= 0)
      break;
    left -= (guint64) copied;
  }

  return size - left;
#else
  return 0;
#endif
}

/* ---- the thread that copies ---- */

static gboolean
copy_range (OmvSplice * splice, const Range * range)
{
  Work *work = &splice->copied;
  guint64 done = copy_by_system (splice, range->offset, range->size);

  if (done < range->size && work->buffer == NULL)
    work->buffer = g_malloc (BUFFER_SIZE);
  while (done < range->size) {
    gsize size = (gsize) MIN (range->size - done, BUFFER_SIZE);

    if (!read_range (splice, work, range->offset + done, size)
        || !flush (splice, work))
      return FALSE;
    done += size;
  }

  return TRUE;
}

static gpointer
copy_ranges (gpointer data)
{
  OmvSplice *splice = data;

  g_mutex_lock (&splice->lock);
  for (;;) {
    Range range;
    gboolean done;

    while (splice->n_ranges == 0 && !splice->is_over)
      g_cond_wait (&splice->changed, &splice->lock);
    if (splice->n_ranges == 0)
      break;

    range = splice->ranges[splice->first_range];
    splice->first_range = (splice->first_range + 1) % N_RANGES_MAX;
    splice->n_ranges--;
    splice->is_busy = TRUE;
    g_mutex_unlock (&splice->lock);
    done = copy_range (splice, &range);
    g_mutex_lock (&splice->lock);
    splice->is_busy = FALSE;
    if (!done) {
      splice->is_broken = TRUE;
      splice->n_ranges = 0;
    }
    g_cond_broadcast (&splice->changed);
  }
  g_mutex_unlock (&splice->lock);

  return NULL;
}

/* ---- the thread that asks ---- */

static gboolean
say (OmvSplice * splice, const Work * work)
{
  const gchar *subject = work->in_source ? splice->source : splice->path;

  splice->failed = TRUE;
  if (work->number == ERROR_CHANGED) {
    (void) omv_fail_with (subject,
        _("The recording changes while it is read."));
  } else {
    g_autoptr (GError) error = g_error_new (G_IO_ERROR,
        (gint) g_io_error_from_errno (work->number), "%s.",
        g_strerror (work->number));

    (void) omv_fail (subject, error);
  }

  return FALSE;
}

/* The result of something that the thread that asks has done itself. */
static gboolean
check (OmvSplice * splice, gboolean done)
{
  return done || say (splice, &splice->asked);
}

/* Waits until all ranges are copied. */
static gboolean
drain (OmvSplice * splice)
{
  gboolean is_broken;

  g_mutex_lock (&splice->lock);
  while (splice->n_ranges > 0 || splice->is_busy)
    g_cond_wait (&splice->changed, &splice->lock);
  is_broken = splice->is_broken;
  g_mutex_unlock (&splice->lock);

  return !is_broken || say (splice, &splice->copied);
}

static gboolean
flush_asked (OmvSplice * splice)
{
  return splice->asked.n_buffered == 0 || (drain (splice)
      && check (splice, flush (splice, &splice->asked)));
}

static gboolean
make_room (OmvSplice * splice, gsize size)
{
  return !splice->failed && (splice->asked.n_buffered + size <= BUFFER_SIZE
      || flush_asked (splice));
}

static gboolean
push_range (OmvSplice * splice, guint64 offset, guint64 size)
{
  const Range range = { offset, size };
  gboolean is_broken;

  if (splice->thread == NULL)
    splice->thread = g_thread_new ("omv-splice", copy_ranges, splice);

  g_mutex_lock (&splice->lock);
  while (splice->n_ranges == N_RANGES_MAX)
    g_cond_wait (&splice->changed, &splice->lock);
  is_broken = splice->is_broken;
  if (!is_broken) {
    splice->ranges[(splice->first_range + splice->n_ranges++) % N_RANGES_MAX] =
        range;
    g_cond_broadcast (&splice->changed);
  }
  g_mutex_unlock (&splice->lock);

  return !is_broken || say (splice, &splice->copied);
}

gboolean
omv_splice_put (OmvSplice * splice, const guint8 * data, gsize size)
{
  if (!make_room (splice, size))
    return FALSE;

  memcpy (splice->asked.buffer + splice->asked.n_buffered, data, size);
  splice->asked.n_buffered += size;
  return TRUE;
}

gboolean
omv_splice_put_range (OmvSplice * splice, guint64 offset, guint64 size)
{
  if (size >= LARGE_SIZE)
    return !splice->failed && flush_asked (splice)
        && push_range (splice, offset, size);

  return make_room (splice, (gsize) size)
      && check (splice, read_range (splice, &splice->asked, offset,
          (gsize) size));
}

static void
swap (guint8 * bytes, gsize size)
{
  for (gsize i = 0; i + 1 < size; i += 2) {
    guint8 first = bytes[i];

    bytes[i] = bytes[i + 1];
    bytes[i + 1] = first;
  }
}

gboolean
omv_splice_put_swapped (OmvSplice * splice, guint64 offset, guint64 size)
{
  Work *work = &splice->asked;

  while (size > 0) {
    gsize part = (gsize) MIN (size, LARGE_SIZE);

    if (!make_room (splice, part)
        || !check (splice, read_range (splice, work, offset, part)))
      return FALSE;
    swap (work->buffer + (work->n_buffered - part), part);
    offset += part;
    size -= part;
  }

  return TRUE;
}

gboolean
omv_splice_open (OmvSplice * splice, const gchar * path, guint64 * ret_size)
{
  GStatBuf status;

  if (splice->failed || !drain (splice))
    return FALSE;

  if (splice->in >= 0)
    (void) close (splice->in);
  g_free (splice->source);
  splice->source = g_strdup (path);
  splice->in = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (splice->in < 0 || fstat (splice->in, &status) != 0)
    return check (splice, fail (&splice->asked, errno, TRUE));

  *ret_size = (guint64) status.st_size;
  return TRUE;
}

gboolean
omv_splice_finish (OmvSplice * splice)
{
  int out = splice->out;

  if (splice->failed || !flush_asked (splice) || !drain (splice))
    return FALSE;

  splice->out = -1;
  return close (out) == 0
      || check (splice, fail (&splice->asked, errno, FALSE));
}

OmvSplice *
omv_splice_new (const gchar * part, const gchar * path)
{
  OmvSplice *splice = g_new0 (OmvSplice, 1);

  splice->in = -1;
  splice->path = g_strdup (path);
  splice->asked.buffer = g_malloc (BUFFER_SIZE);
  g_mutex_init (&splice->lock);
  g_cond_init (&splice->changed);
  /* it is empty; cutting it would make ext4 wait for the disk at the end */
  splice->out = g_open (part, O_WRONLY | O_CLOEXEC, 0);
  if (splice->out >= 0)
    return splice;

  (void) check (splice, fail (&splice->asked, errno, FALSE));
  omv_splice_free (splice);
  return NULL;
}

void
omv_splice_free (OmvSplice * splice)
{
  g_mutex_lock (&splice->lock);
  splice->n_ranges = 0;
  splice->is_over = TRUE;
  g_cond_broadcast (&splice->changed);
  g_mutex_unlock (&splice->lock);
  if (splice->thread != NULL)
    (void) g_thread_join (splice->thread);

  if (splice->in >= 0)
    (void) close (splice->in);
  if (splice->out >= 0)
    (void) close (splice->out);
  g_mutex_clear (&splice->lock);
  g_cond_clear (&splice->changed);
  g_free (splice->asked.buffer);
  g_free (splice->copied.buffer);
  g_free (splice->source);
  g_free (splice->path);
  g_free (splice);
}
