/* omvringsink-memory.c: omvringsink allocates nothing for a frame
 *
 * Once the ring is there, no call of malloc() or its kin comes from the thread
 * that pushes, whatever kind of frame it is, and whether or not a clip is being
 * written. The program's own malloc() counts. G_SLICE=always-malloc, which meson sets,
 * lets GLib's slices come by there, too.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <errno.h>
#include <stdlib.h>

#include <glib/gstdio.h>

#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#ifdef __has_feature
#define HAS_FEATURE(name) __has_feature (name)
#else
#define HAS_FEATURE(name) 0
#endif

/* A sanitizer has a malloc() of its own. */
#if defined (__GLIBC__) && !defined (__SANITIZE_ADDRESS__) \
    && !defined (__SANITIZE_THREAD__) && !HAS_FEATURE (address_sanitizer) \
    && !HAS_FEATURE (thread_sanitizer)
#define COUNTS 1
#else
#define COUNTS 0
#endif

#define N_FRAMES 100
#define SLOTS 10

static _Thread_local guint n_allocations;

#if COUNTS

void *__libc_malloc (size_t size);
void *__libc_calloc (size_t count, size_t size);
void *__libc_realloc (void *memory, size_t size);
void *__libc_memalign (size_t alignment, size_t size);

void *
malloc (size_t size)
{
  n_allocations++;
  return __libc_malloc (size);
}

void *
calloc (size_t count, size_t size)
{
  n_allocations++;
  return __libc_calloc (count, size);
}

void *
realloc (void *memory, size_t size)
{
  n_allocations++;
  return __libc_realloc (memory, size);
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  n_allocations++;
  return __libc_memalign (alignment, size);
}

int
posix_memalign (void **ret_memory, size_t alignment, size_t size)
{
  void *memory = aligned_alloc (alignment, size);

  if (memory == NULL)
    return ENOMEM;
  *ret_memory = memory;
  return 0;
}

#endif

/* Whether slices and the heap both come by here. */
static gboolean
is_counting (void)
{
  guint before = n_allocations;

  g_free (g_malloc (1));
  g_slice_free1 (64, g_slice_alloc (64));

  return n_allocations >= before + 2;
}

/* ---- frames ---- */

static GstBuffer *
make_tight (void)
{
  return gst_buffer_new_allocate (NULL, 64 * 48, NULL);
}

/* As a camera's buffers are whose rows end at multiples of 32 bytes. */
static GstBuffer *
make_strided (void)
{
  gsize offset[GST_VIDEO_MAX_PLANES] = { 0, };
  gint stride[GST_VIDEO_MAX_PLANES] = { 96, };
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, 96 * 48, NULL);

  gst_buffer_add_video_meta_full (buffer, GST_VIDEO_FRAME_FLAG_NONE,
      GST_VIDEO_FORMAT_GRAY8, 64, 48, 1, offset, stride);
  return buffer;
}

/* Two memories, of which the first says how large the picture is. */
static GstBuffer *
make_jpeg (void)
{
  static const guint8 head[] = {
    0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 48, 0, 64, 1, 1, 0x11, 0
  };
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, sizeof head, NULL);

  gst_buffer_fill (buffer, 0, head, sizeof head);
  gst_buffer_append_memory (buffer, gst_allocator_alloc (NULL, 1000, NULL));
  gst_buffer_memset (buffer, sizeof head, 0, 1000);
  return buffer;
}

typedef struct
{
  const gchar *caps;
  GstBuffer *(*make) (void);
} Kind;

static const Kind tight = {
  "video/x-raw,format=GRAY8,width=64,height=48,framerate=30/1", make_tight
};

static const Kind strided = {
  "video/x-raw,format=GRAY8,width=64,height=48,framerate=30/1", make_strided
};

static const Kind jpeg = {
  "image/jpeg,width=64,height=48,framerate=30/1", make_jpeg
};

/* ---- tests ---- */

static GstBuffer *
make_frame (const Kind * kind, guint number)
{
  GstBuffer *buffer = kind->make ();

  GST_BUFFER_PTS (buffer) = number * GST_SECOND / 30;
  GST_BUFFER_OFFSET (buffer) = number;
  return buffer;
}

/* How often memory was asked for to push frames that were there. */
static guint
count_pushes (GstHarness * h, const Kind * kind, guint first)
{
  GstBuffer *buffers[N_FRAMES];
  guint before;

  for (guint i = 0; i < N_FRAMES; i++)
    buffers[i] = make_frame (kind, first + i);

  before = n_allocations;
  for (guint i = 0; i < N_FRAMES; i++)
    g_assert_cmpint (gst_pad_push (h->srcpad, buffers[i]), ==, GST_FLOW_OK);
  return n_allocations - before;
}

static void
test_frames (gconstpointer data)
{
  const Kind *kind = data;
  g_autofree gchar *folder = g_dir_make_tmp ("omv-ring-XXXXXX", NULL);
  g_autofree gchar *location = g_build_filename (folder, "clip.bin", NULL);
  g_autofree gchar *sidecar = g_strconcat (location, ".json", NULL);
  GstElement *sink;
  GstHarness *h;
  guint64 id = 0;

  if (!is_counting ()) {
    g_test_skip ("malloc() is another's here");
    g_assert_cmpint (g_remove (folder), ==, 0);
    return;
  }

  sink = gst_element_factory_make ("omvringsink", NULL);
  g_object_set (sink, "slots", SLOTS, "location", location, "fsync", FALSE,
      "post-frames", G_GUINT64_CONSTANT (1000), NULL);
  h = gst_harness_new_with_element (sink, "sink", NULL);
  gst_harness_set_src_caps_str (h, kind->caps);
  for (guint i = 0; i <= SLOTS; i++)
    g_assert_cmpint (gst_harness_push (h, make_frame (kind, i)), ==,
        GST_FLOW_OK);

  g_assert_cmpuint (count_pushes (h, kind, 1000), ==, 0);
  g_signal_emit_by_name (sink, "trigger", NULL, &id);
  g_assert_cmpuint (id, ==, 1);
  g_assert_cmpuint (count_pushes (h, kind, 2000), ==, 0);

  gst_harness_teardown (h);
  gst_object_unref (sink);
  g_assert_cmpint (g_remove (location), ==, 0);
  g_assert_cmpint (g_remove (sidecar), ==, 0);
  g_assert_cmpint (g_remove (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  gst_init (&argc, &argv);
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/omvringsink-memory/tight", &tight, test_frames);
  g_test_add_data_func ("/omvringsink-memory/strided", &strided, test_frames);
  g_test_add_data_func ("/omvringsink-memory/jpeg", &jpeg, test_frames);

  return g_test_run ();
}
