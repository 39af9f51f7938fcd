/* faultshim.c: a disk on which one call fails, or at which the power goes
 *
 * Loaded by LD_PRELOAD before a program that is to be tested. Calls of the system
 * on files below one folder are counted and written down; what becomes of one of
 * them is said by the environment:
 *
 *  FAULT_FOLDER  the folder, an absolute path without symbolic links
 *  FAULT_LOG     a file elsewhere, to which a line is added for each call
 *  FAULT_AT      the number of the call that is meant, from 1; 0 is none
 *  FAULT_CALLS   the calls that are counted, separated by commas; all if empty
 *  FAULT_WHAT    a number: the call fails with this errno;
 *                "short": it reads or writes half of what it should;
 *                "full": it writes half, and from then on there is no space;
 *                "dead N": it and all that follow fail with errno N;
 *                "shrink": before it, FAULT_VICTIM loses half of its bytes;
 *                "kill": the process is killed before it;
 *                "tear": the process is killed when half of it is done
 *
 * One call runs at a time, so that whoever reads the log after a kill finds all
 * that was done. Bytes that stdio reads or writes for itself cannot be seen from
 * here, so files that fopen() opens become streams over the calls of this file.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
/* both kinds of each call are defined here */
#undef _FILE_OFFSET_BITS

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILES_MAX 4096
#define LINE_MAX_SIZE (3 * PATH_MAX)

/* The function that would have been called without this file. */
#define NEXT(type, name, ...) \
  static type (*next) (__VA_ARGS__); \
  if (next == NULL) \
    next = (type (*) (__VA_ARGS__)) dlsym (RTLD_NEXT, #name)

typedef enum
{
  WHAT_ERRNO,
  WHAT_SHORT,
  WHAT_FULL,
  WHAT_DEAD,
  WHAT_SHRINK,
  WHAT_KILL,
  WHAT_TEAR
} What;

/* ---- what the environment says, constant ---- */

static const char *folder, *counted, *victim;
static long fault_at;
static What what;
static int fault_errno;
static int log_fd = -1;

/* ---- lock ---- */

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static long n_calls;
static int dies;                /* at the end of this call */
static char *paths[FILES_MAX];  /* by descriptor; NULL: not below the folder */

static void
parse_what (const char *text)
{
  static const struct
  {
    const char *name;
    What what;
  } names[] = {
    {"short", WHAT_SHORT},
    {"full", WHAT_FULL},
    {"dead", WHAT_DEAD},
    {"shrink", WHAT_SHRINK},
    {"kill", WHAT_KILL},
    {"tear", WHAT_TEAR},
  };

  what = WHAT_ERRNO;
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    size_t length = strlen (names[i].name);

    if (strncmp (text, names[i].name, length) == 0) {
      what = names[i].what;
      text += length;
      break;
    }
  }
  fault_errno = atoi (text);
}

static const char *
get_text (const char *name)
{
  const char *text = getenv (name);

  return text != NULL ? text : "";
}

static void __attribute__((constructor))
    set_up (void)
{
  const char *path = getenv ("FAULT_LOG");

  folder = getenv ("FAULT_FOLDER");
  counted = get_text ("FAULT_CALLS");
  victim = get_text ("FAULT_VICTIM");
  fault_at = atol (get_text ("FAULT_AT"));
  parse_what (get_text ("FAULT_WHAT"));
  if (path != NULL)
    log_fd = (int) syscall (SYS_openat, AT_FDCWD, path,
        O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
}

/* ---- which files are meant ---- */

static int
is_below (const char *path)
{
  size_t length = strlen (folder);

  return strncmp (path, folder, length) == 0
      && (path[length] == '/' || path[length] == '\0');
}

/* Whether @path is below the folder; @ret_path is it, from the root on. */
static int
find_path (const char *path, char *ret_path)
{
  char here[PATH_MAX];

  if (folder == NULL || path == NULL)
    return 0;
  if (path[0] == '/')
    (void) snprintf (ret_path, PATH_MAX, "%s", path);
  else if (getcwd (here, sizeof here) != NULL)
    (void) snprintf (ret_path, PATH_MAX, "%.*s/%.*s", PATH_MAX / 2 - 1, here,
        PATH_MAX / 2 - 2, path);
  else
    return 0;

  return is_below (ret_path);
}

static const char *
get_path (int fd)
{
  return fd >= 0 && fd < FILES_MAX ? paths[fd] : NULL;
}

static void
set_path (int fd, const char *path)
{
  if (fd < 0 || fd >= FILES_MAX)
    return;
  free (paths[fd]);
  paths[fd] = path != NULL ? strdup (path) : NULL;
}

/* ---- the verdict ---- */

static void __attribute__((format (printf, 1, 2)))
    note (const char *format, ...)
{
  char line[LINE_MAX_SIZE];
  va_list arguments;
  int size;

  if (log_fd < 0)
    return;
  va_start (arguments, format);
  size = vsnprintf (line, sizeof line, format, arguments);
  va_end (arguments);
  (void) syscall (SYS_write, log_fd, line, (size_t) size);
}

/* Whether the call stands in the list. */
static int
is_counted (const char *call)
{
  size_t length = strlen (call);

  if (counted[0] == '\0')
    return 1;
  for (const char *at = counted; (at = strstr (at, call)) != NULL; at += length)
    if ((at == counted || at[-1] == ',')
        && (at[length] == ',' || at[length] == '\0'))
      return 1;

  return 0;
}

static int
is_writing (const char *call)
{
  return strcmp (call, "write") == 0 || strcmp (call, "copy_file_range") == 0
      || strcmp (call, "create") == 0;
}

static void
die (void)
{
  (void) kill (getpid (), SIGKILL);
  for (;;)
    (void) pause ();
}

static void
shrink (void)
{
  struct stat64 status;

  if (stat64 (victim, &status) == 0)
    (void) truncate64 (victim, status.st_size / 2);
}

static void
halve (size_t *size)
{
  if (size != NULL && *size > 1)
    *size /= 2;
}

/* What becomes of the call whose turn it is, or of one that follows it. Returns
 * an errno, or 0: it is to be done, with so many bytes. */
static int
judge (const char *call, int is_its_turn, size_t *size)
{
  switch (what) {
    case WHAT_ERRNO:
      return is_its_turn ? fault_errno : 0;
    case WHAT_DEAD:
      return fault_errno;
    case WHAT_SHORT:
      if (is_its_turn)
        halve (size);
      return 0;
    case WHAT_FULL:
      if (is_its_turn && size != NULL && *size > 1)
        halve (size);
      else if (is_writing (call))
        return ENOSPC;
      return 0;
    case WHAT_SHRINK:
      if (is_its_turn)
        shrink ();
      return 0;
    case WHAT_KILL:
      die ();
      return 0;
    case WHAT_TEAR:
      if (size == NULL || *size < 2)
        die ();
      halve (size);
      dies = 1;
      return 0;
  }

  return 0;
}

/* Starts a call. 0: it is over, with an errno; else end() has to follow.
 * @size: (nullable): bytes to read or write */
static int
begin (const char *call, const char *path, size_t *size)
{
  int code = 0;

  (void) pthread_mutex_lock (&lock);
  if (is_counted (call)) {
    n_calls++;
    note ("%ld %s %s %zu\n", n_calls, call, path,
        size != NULL ? *size : (size_t) 0);
    if (fault_at > 0 && n_calls >= fault_at)
      code = judge (call, n_calls == fault_at, size);
  }
  if (code == 0)
    return 1;

  (void) pthread_mutex_unlock (&lock);
  errno = code;
  return 0;
}

static void
end (void)
{
  int code = errno;

  if (dies)
    die ();
  (void) pthread_mutex_unlock (&lock);
  errno = code;
}

/* ---- opening and closing ---- */

static int
open_with (int (*next) (int, const char *, int, ...), int at, const char *path,
    int flags, mode_t mode)
{
  char whole[PATH_MAX];
  int fd, is_new;

  if (!find_path (path, whole))
    return next (at, path, flags, mode);
  if (!begin (flags & O_CREAT ? "create" : "open", whole, NULL))
    return -1;
  is_new = flags & O_CREAT && access (whole, F_OK) != 0;
  fd = next (at, path, flags, mode);
  set_path (fd, whole);
  if (is_new && fd >= 0)
    note ("done create %s 0\n", whole);
  end ();

  return fd;
}

static mode_t
get_mode (int flags, va_list more)
{
  return flags & (O_CREAT | __O_TMPFILE) ? va_arg (more, mode_t) : 0;
}

int
open (const char *path, int flags, ...)
{
  va_list more;
  mode_t mode;
  NEXT (int, openat, int, const char *, int, ...);

  va_start (more, flags);
  mode = get_mode (flags, more);
  va_end (more);
  return open_with (next, AT_FDCWD, path, flags, mode);
}

int
open64 (const char *path, int flags, ...)
{
  va_list more;
  mode_t mode;
  NEXT (int, openat64, int, const char *, int, ...);

  va_start (more, flags);
  mode = get_mode (flags, more);
  va_end (more);
  return open_with (next, AT_FDCWD, path, flags, mode);
}

int
close (int fd)
{
  const char *path = get_path (fd);
  int result, failed;
  NEXT (int, close, int);

  if (path == NULL)
    return next (fd);

  /* a close() that fails has closed all the same */
  failed = !begin ("close", path, NULL);
  result = failed ? errno : 0;
  (void) pthread_mutex_lock (&lock);
  set_path (fd, NULL);
  (void) pthread_mutex_unlock (&lock);
  if (failed) {
    (void) next (fd);
    errno = result;
    return -1;
  }
  result = next (fd);
  end ();

  return result;
}

/* ---- reading and writing ---- */

ssize_t
read (int fd, void *data, size_t size)
{
  const char *path = get_path (fd);
  ssize_t result;
  NEXT (ssize_t, read, int, void *, size_t);

  if (path == NULL)
    return next (fd, data, size);
  if (!begin ("read", path, &size))
    return -1;
  result = next (fd, data, size);
  end ();

  return result;
}

ssize_t
write (int fd, const void *data, size_t size)
{
  const char *path = get_path (fd);
  ssize_t result;
  NEXT (ssize_t, write, int, const void *, size_t);

  if (path == NULL)
    return next (fd, data, size);
  if (!begin ("write", path, &size))
    return -1;
  result = next (fd, data, size);
  end ();

  return result;
}

static ssize_t
pread_with (ssize_t (*next) (int, void *, size_t, off64_t), int fd, void *data,
    size_t size, off64_t offset)
{
  const char *path = get_path (fd);
  ssize_t result;

  if (path == NULL)
    return next (fd, data, size, offset);
  if (!begin ("read", path, &size))
    return -1;
  result = next (fd, data, size, offset);
  end ();

  return result;
}

ssize_t
pread (int fd, void *data, size_t size, off_t offset)
{
  NEXT (ssize_t, pread64, int, void *, size_t, off64_t);
  return pread_with (next, fd, data, size, offset);
}

ssize_t
pread64 (int fd, void *data, size_t size, off64_t offset)
{
  NEXT (ssize_t, pread64, int, void *, size_t, off64_t);
  return pread_with (next, fd, data, size, offset);
}

static size_t
get_total (const struct iovec *parts, int n_parts)
{
  size_t total = 0;

  for (int i = 0; i < n_parts; i++)
    total += parts[i].iov_len;
  return total;
}

/* Fills @ret_parts with the first @size bytes. Returns how many parts they are. */
static int
get_first (const struct iovec *parts, int n_parts, size_t size,
    struct iovec *ret_parts)
{
  int n = 0;

  while (n < n_parts && size > 0) {
    ret_parts[n] = parts[n];
    if (ret_parts[n].iov_len > size)
      ret_parts[n].iov_len = size;
    size -= ret_parts[n++].iov_len;
  }
  return n;
}

ssize_t
writev (int fd, const struct iovec *parts, int n_parts)
{
  const char *path = get_path (fd);
  size_t size;
  ssize_t result;
  NEXT (ssize_t, writev, int, const struct iovec *, int);

  if (path == NULL)
    return next (fd, parts, n_parts);
  size = get_total (parts, n_parts);
  if (!begin ("write", path, &size))
    return -1;
  {
    struct iovec first[IOV_MAX];

    n_parts = get_first (parts, n_parts, size, first);
    result = next (fd, first, n_parts);
  }
  end ();

  return result;
}

static ssize_t
pwritev_with (ssize_t (*next) (int, const struct iovec *, int, off64_t), int fd,
    const struct iovec *parts, int n_parts, off64_t offset)
{
  const char *path = get_path (fd);
  struct iovec first[IOV_MAX];
  size_t size;
  ssize_t result;

  if (path == NULL)
    return next (fd, parts, n_parts, offset);
  size = get_total (parts, n_parts);
  if (!begin ("write", path, &size))
    return -1;
  n_parts = get_first (parts, n_parts, size, first);
  result = next (fd, first, n_parts, offset);
  end ();

  return result;
}

ssize_t
pwritev (int fd, const struct iovec *parts, int n_parts, off_t offset)
{
  NEXT (ssize_t, pwritev64, int, const struct iovec *, int, off64_t);
  return pwritev_with (next, fd, parts, n_parts, offset);
}

ssize_t
pwritev64 (int fd, const struct iovec *parts, int n_parts, off64_t offset)
{
  NEXT (ssize_t, pwritev64, int, const struct iovec *, int, off64_t);
  return pwritev_with (next, fd, parts, n_parts, offset);
}

ssize_t
copy_file_range (int in, off64_t * in_offset, int out, off64_t * out_offset,
    size_t size, unsigned flags)
{
  const char *path = get_path (out);
  ssize_t result;
  NEXT (ssize_t, copy_file_range, int, off64_t *, int, off64_t *, size_t,
      unsigned);

  if (path == NULL)
    return next (in, in_offset, out, out_offset, size, flags);
  if (!begin ("copy_file_range", path, &size))
    return -1;
  result = next (in, in_offset, out, out_offset, size, flags);
  end ();

  return result;
}

/* ---- places and sizes ---- */

/* To ask a file that can be seeked where it stands never fails, and GLib's
 * streams could not say so. */
static off64_t
lseek_with (off64_t (*next) (int, off64_t, int), int fd, off64_t offset,
    int whence)
{
  const char *path = get_path (fd);
  off64_t result;

  if (path == NULL || (whence == SEEK_CUR && offset == 0))
    return next (fd, offset, whence);
  if (!begin ("lseek", path, NULL))
    return -1;
  result = next (fd, offset, whence);
  end ();

  return result;
}

off_t
lseek (int fd, off_t offset, int whence)
{
  NEXT (off64_t, lseek64, int, off64_t, int);
  return (off_t) lseek_with (next, fd, offset, whence);
}

off64_t
lseek64 (int fd, off64_t offset, int whence)
{
  NEXT (off64_t, lseek64, int, off64_t, int);
  return lseek_with (next, fd, offset, whence);
}

static int
ftruncate_with (int (*next) (int, off64_t), int fd, off64_t size)
{
  const char *path = get_path (fd);
  int result;

  if (path == NULL)
    return next (fd, size);
  if (!begin ("ftruncate", path, NULL))
    return -1;
  result = next (fd, size);
  if (result == 0)
    note ("done ftruncate %s %lld\n", path, (long long) size);
  end ();

  return result;
}

int
ftruncate (int fd, off_t size)
{
  NEXT (int, ftruncate64, int, off64_t);
  return ftruncate_with (next, fd, size);
}

int
ftruncate64 (int fd, off64_t size)
{
  NEXT (int, ftruncate64, int, off64_t);
  return ftruncate_with (next, fd, size);
}

int
fstat (int fd, struct stat *status)
{
  const char *path = get_path (fd);
  int result;
  NEXT (int, fstat, int, struct stat *);

  if (path == NULL)
    return next (fd, status);
  if (!begin ("stat", path, NULL))
    return -1;
  result = next (fd, status);
  end ();

  return result;
}

int
fstat64 (int fd, struct stat64 *status)
{
  const char *path = get_path (fd);
  int result;
  NEXT (int, fstat64, int, struct stat64 *);

  if (path == NULL)
    return next (fd, status);
  if (!begin ("stat", path, NULL))
    return -1;
  result = next (fd, status);
  end ();

  return result;
}

/* ---- the disk ---- */

static int
sync_with (int (*next) (int), int fd)
{
  const char *path = get_path (fd);
  struct stat64 status;
  int result;

  if (path == NULL)
    return next (fd);
  if (!begin ("fsync", path, NULL))
    return -1;
  result = next (fd);
  if (result == 0 && fstatat64 (fd, "", &status, AT_EMPTY_PATH) == 0)
    note ("done fsync %s %lld\n", path, (long long) status.st_size);
  end ();

  return result;
}

int
fsync (int fd)
{
  NEXT (int, fsync, int);
  return sync_with (next, fd);
}

int
fdatasync (int fd)
{
  NEXT (int, fdatasync, int);
  return sync_with (next, fd);
}

/* ---- names ---- */

/* Files that are open under the name keep it here: a name given later is no
 * matter of theirs. */
static int
rename_with (int (*next) (int, const char *, int, const char *, unsigned),
    const char *call, int at_from, const char *from, int at_to, const char *to,
    unsigned flags)
{
  char whole_from[PATH_MAX], whole_to[PATH_MAX];
  int result;

  if (!find_path (to, whole_to))
    return next (at_from, from, at_to, to, flags);
  (void) find_path (from, whole_from);
  if (!begin (call, whole_from, NULL))
    return -1;
  result = next (at_from, from, at_to, to, flags);
  if (result == 0)
    note ("done rename %s %s\n", whole_from, whole_to);
  end ();

  return result;
}

int
rename (const char *from, const char *to)
{
  NEXT (int, renameat2, int, const char *, int, const char *, unsigned);
  return rename_with (next, "rename", AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
renameat2 (int at_from, const char *from, int at_to, const char *to,
    unsigned flags)
{
  NEXT (int, renameat2, int, const char *, int, const char *, unsigned);
  return rename_with (next, "rename", at_from, from, at_to, to, flags);
}

int
link (const char *from, const char *to)
{
  NEXT (int, linkat, int, const char *, int, const char *, unsigned);
  return rename_with (next, "link", AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
unlink (const char *path)
{
  char whole[PATH_MAX];
  int result;
  NEXT (int, unlink, const char *);

  if (!find_path (path, whole))
    return next (path);
  if (!begin ("unlink", whole, NULL))
    return -1;
  result = next (path);
  end ();

  return result;
}

/* The one of stdio calls what cannot be seen from here. */
int
remove (const char *path)
{
  char whole[PATH_MAX];
  NEXT (int, remove, const char *);

  return find_path (path, whole) ? unlink (path) : next (path);
}

/* ---- streams ---- */

typedef struct
{
  int fd;
} Stream;

static ssize_t
stream_read (void *cookie, char *data, size_t size)
{
  return read (((Stream *) cookie)->fd, data, size);
}

/* As stdio does it; 0 is a failure. */
static ssize_t
stream_write (void *cookie, const char *data, size_t size)
{
  size_t done = 0;

  while (done < size) {
    ssize_t result = write (((Stream *) cookie)->fd, data + done, size - done);

    if (result < 0)
      return 0;
    done += (size_t) result;
  }
  return (ssize_t) done;
}

static int
stream_seek (void *cookie, off64_t * offset, int whence)
{
  off64_t result = lseek64 (((Stream *) cookie)->fd, *offset, whence);

  if (result < 0)
    return -1;
  *offset = result;
  return 0;
}

static int
stream_close (void *cookie)
{
  int result = close (((Stream *) cookie)->fd);

  free (cookie);
  return result;
}

static FILE *
open_stream (const char *path, const char *mode)
{
  const cookie_io_functions_t functions = {
    stream_read, stream_write, stream_seek, stream_close
  };
  Stream *stream;
  int flags = mode[0] == 'r' ? O_RDONLY
      : O_WRONLY | O_CREAT | (mode[0] == 'a' ? O_APPEND : O_TRUNC);
  int fd = open (path, flags | O_CLOEXEC, 0666);

  if (fd < 0)
    return NULL;

  stream = malloc (sizeof *stream);
  stream->fd = fd;
  return fopencookie (stream, mode, functions);
}

/* For writing and reading: what is done with the file is not seen, because whoever
 * wants its descriptor, too, has none of a stream over these calls. */
static FILE *
open_both (FILE * (*next) (const char *, const char *), const char *path,
    const char *mode, const char *whole)
{
  FILE *file;

  if (!begin (mode[0] == 'r' ? "open" : "create", whole, NULL))
    return NULL;
  file = next (path, mode);
  end ();

  return file;
}

static FILE *
open_any (FILE * (*next) (const char *, const char *), const char *path,
    const char *mode)
{
  char whole[PATH_MAX];

  if (!find_path (path, whole))
    return next (path, mode);
  return strchr (mode, '+') != NULL ? open_both (next, path, mode, whole)
      : open_stream (path, mode);
}

FILE *
fopen (const char *path, const char *mode)
{
  NEXT (FILE *, fopen, const char *, const char *);

  return open_any (next, path, mode);
}

FILE *
fopen64 (const char *path, const char *mode)
{
  NEXT (FILE *, fopen64, const char *, const char *);

  return open_any (next, path, mode);
}
