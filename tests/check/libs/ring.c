/* ring.c: tests of GstOmvRing
 *
 * The invariants R1 to R9 at the head of gstomvring.c. The model is an array of
 * all frames that were ever written: the ring must have the newest of them.
 * Every byte of a frame follows from its number, so that one that was torn, or
 * that is another one, shows.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv.h>

#include <malloc.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SLOT_SIZE 48
#define LARGE_SIZE 20000        /* copied around the caches */
#define NONE GST_OMV_SEQUENCE_NONE

/* ---- the model ---- */

/* Sizes and formats follow from the number, too. */
static gsize
get_size (guint64 sequence, gsize slot_size)
{
  return slot_size - (gsize) (sequence * 5 % MIN (slot_size, 17));
}

static GstOmvFrameHeader
get_header (guint64 sequence, gsize slot_size)
{
  static const GstOmvPixelFormat formats[] = {
    GST_OMV_PIXEL_FORMAT_GRAYSCALE, GST_OMV_PIXEL_FORMAT_JPEG,
    GST_OMV_PIXEL_FORMAT_RGB565, GST_OMV_PIXEL_FORMAT_PNG
  };
  const GstOmvFrameHeader header = {.interval = (guint32) sequence,
    .width = (gint32) (sequence % 1000 + 1),.height = (gint32) slot_size,
    .format = formats[sequence % G_N_ELEMENTS (formats)],
    .payload_size = (guint32) get_size (sequence, slot_size),
    .exact_time = ~sequence
  };

  return header;
}

/* Two frames have the same time each, and a gap behind them. */
static guint64
get_time (guint64 sequence)
{
  return sequence / 2 * 10;
}

static void
fill (guint8 * payload, guint64 sequence, gsize size)
{
  for (gsize i = 0; i < size; i++)
    payload[i] = (guint8) (sequence * 31 + i * 7 + (i >> 8));
}

static void
assert_payload (const guint8 * payload, guint64 sequence, gsize size)
{
  for (gsize i = 0; i < size; i++) {
    if (payload[i] != (guint8) (sequence * 31 + i * 7 + (i >> 8)))
      g_error ("byte %" G_GSIZE_FORMAT " of frame %" G_GUINT64_FORMAT
          " is not its own", i, sequence);
  }
}

static void
assert_header (const GstOmvFrameHeader * header, guint64 sequence,
    gsize slot_size)
{
  const GstOmvFrameHeader expected = get_header (sequence, slot_size);

  g_assert_cmpuint (header->interval, ==, expected.interval);
  g_assert_cmpint (header->width, ==, expected.width);
  g_assert_cmpint (header->height, ==, expected.height);
  g_assert_cmpuint (header->format, ==, expected.format);
  g_assert_cmpuint (header->payload_size, ==, expected.payload_size);
  g_assert_cmpuint (header->exact_time, ==, expected.exact_time);
}

static void
assert_pin (const GstOmvRingPin * pin, guint64 sequence, gsize slot_size)
{
  g_assert_cmpuint (pin->sequence, ==, sequence);
  g_assert_cmpuint (pin->time, ==, get_time (sequence));
  g_assert_cmpuint (pin->tag, ==, sequence ^ 0xABCD);
  assert_header (&pin->header, sequence, slot_size);
  assert_payload (pin->payload, sequence, pin->header.payload_size);
}

static GstOmvRing *
make_ring (guint n_slots, gsize slot_size)
{
  g_autoptr (GError) error = NULL;
  GstOmvRing *ring = gst_omv_ring_new (n_slots, slot_size, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (gst_omv_ring_get_n_slots (ring), ==, n_slots);
  g_assert_cmpuint (gst_omv_ring_get_slot_size (ring), ==, slot_size);
  return ring;
}

static void
begin (GstOmvRing * ring, guint64 sequence)
{
  gsize slot_size = gst_omv_ring_get_slot_size (ring);
  gsize size = get_size (sequence, slot_size);
  guint8 *room = gst_omv_ring_begin (ring, size);

  g_assert_nonnull (room);
  g_assert_cmpuint ((gsize) room % 64, ==, 0);
  fill (room, sequence, size);
}

static void
commit (GstOmvRing * ring, guint64 sequence)
{
  const GstOmvFrameHeader header = get_header (sequence,
      gst_omv_ring_get_slot_size (ring));

  g_assert_cmpuint (gst_omv_ring_commit (ring, &header, get_time (sequence),
          sequence ^ 0xABCD), ==, sequence);
}

/* The one way and the other in turn. */
static void
write_frame (GstOmvRing * ring, guint64 sequence)
{
  gsize slot_size = gst_omv_ring_get_slot_size (ring);
  GstOmvFrameHeader header = get_header (sequence, slot_size);
  gsize size = header.payload_size;
  g_autofree guint8 *payload = NULL;
  g_autoptr (GError) error = NULL;

  if (sequence % 2 == 0) {
    begin (ring, sequence);
    commit (ring, sequence);
    return;
  }

  payload = g_malloc (size);
  fill (payload, sequence, size);
  header.payload_size = 0;
  (void) gst_omv_ring_write (ring, &header, get_time (sequence),
      sequence ^ 0xABCD, payload, size, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (gst_omv_ring_get_newest (ring), ==, sequence);
}

static void
assert_there (GstOmvRing * ring, guint64 sequence)
{
  GstOmvRingPin pin;

  g_assert_cmpint (gst_omv_ring_pin (ring, sequence, &pin), ==,
      GST_OMV_RING_PINNED);
  assert_pin (&pin, sequence, gst_omv_ring_get_slot_size (ring));
  gst_omv_ring_unpin (ring, &pin);
  g_assert_null (pin.payload);
}

/* Neither is anything written to the pin. */
static void
assert_absent (GstOmvRing * ring, guint64 sequence, GstOmvRingResult result)
{
  GstOmvRingPin pin, before;

  memset (&pin, 0x5A, sizeof pin);
  before = pin;
  g_assert_cmpint (gst_omv_ring_pin (ring, sequence, &pin), ==, result);
  g_assert_cmpmem (&pin, sizeof pin, &before, sizeof before);
}

/* Of the frames [0, end) that were ever written those from @oldest on are there,
 * and no others. */
static void
assert_has (GstOmvRing * ring, guint64 oldest, guint64 end)
{
  g_assert_cmpuint (gst_omv_ring_get_oldest (ring), ==,
      oldest < end ? oldest : NONE);
  g_assert_cmpuint (gst_omv_ring_get_newest (ring), ==, end > 0 ? end - 1
      : NONE);
  for (guint64 i = 0; i < end; i++) {
    if (i < oldest)
      assert_absent (ring, i, GST_OMV_RING_OVERTAKEN);
    else
      assert_there (ring, i);
  }
  assert_absent (ring, end, GST_OMV_RING_NOT_YET);
  assert_absent (ring, end + 1, GST_OMV_RING_NOT_YET);
  assert_absent (ring, NONE, GST_OMV_RING_NOT_YET);
}

/* ---- one thread ---- */

/* R2, R5, R7: every fill level, before, during and after a write. */
static void
test_fill_levels (void)
{
  for (guint n = 1; n <= 9; n++) {
    g_autoptr (GstOmvRing) ring = make_ring (n, SLOT_SIZE);

    for (guint64 i = 0; i <= 3 * n; i++) {
      assert_has (ring, i > n ? i - n : 0, i);
      begin (ring, i);
      assert_has (ring, i >= n ? i - n + 1 : 0, i);
      commit (ring, i);
    }
    g_assert_cmpuint (gst_omv_ring_get_n_refused (ring), ==, 0);
  }
}

/* R5: no number, no trace, and the next frame gets the slot. */
static void
test_abandon (void)
{
  g_autoptr (GstOmvRing) ring = make_ring (4, SLOT_SIZE);

  for (guint64 i = 0; i < 12; i++) {
    guint8 *room = gst_omv_ring_begin (ring, SLOT_SIZE);

    memset (room, 0xEE, SLOT_SIZE);
    assert_has (ring, i >= 4 ? i - 3 : 0, i);
    gst_omv_ring_abandon (ring);
    assert_has (ring, i >= 4 ? i - 3 : 0, i);
    g_assert_true (gst_omv_ring_begin (ring, 1) == room);
    gst_omv_ring_abandon (ring);
    write_frame (ring, i);
    assert_has (ring, i >= 4 ? i - 3 : 0, i + 1);
  }
}

/* R4, R6, R7: frames held while the writer laps. Each is whole to the end, and
 * costs the ring one place. */
static void
test_pinned_frames_stay (void)
{
  const guint n = 8;

  for (guint n_pins = 1; n_pins < n; n_pins++) {
    g_autoptr (GstOmvRing) ring = make_ring (n, SLOT_SIZE);
    GstOmvRingPin pins[8];
    guint64 i;

    for (i = 0; i < n + 3; i++)
      write_frame (ring, i);
    for (guint p = 0; p < n_pins; p++)
      g_assert_cmpint (gst_omv_ring_pin (ring, 3 + p, &pins[p]), ==,
          GST_OMV_RING_PINNED);

    for (; i < 6 * n; i++) {
      guint64 kept;

      begin (ring, i);
      kept = i - MIN (i, gst_omv_ring_get_oldest (ring));
      g_assert_cmpuint (kept, >=, n - 1 - n_pins);
      commit (ring, i);
      for (guint64 k = i - kept; k <= i; k++)
        assert_there (ring, k);
      for (guint p = 0; p < n_pins; p++)
        assert_pin (&pins[p], 3 + p, SLOT_SIZE);
    }
    g_assert_cmpuint (gst_omv_ring_get_oldest (ring), ==, i - (n - n_pins));
    g_assert_cmpuint (gst_omv_ring_get_n_refused (ring), ==, 0);

    for (guint p = 0; p < n_pins; p++)
      gst_omv_ring_unpin (ring, &pins[p]);
    for (guint k = 0; k < 2 * n; k++)
      write_frame (ring, i++);
    assert_has (ring, i - n, i);
  }
}

/* R9 */
static void
test_pinned_frame_loses_its_place (void)
{
  g_autoptr (GstOmvRing) ring = make_ring (4, SLOT_SIZE);
  GstOmvRingPin first, second;
  guint64 i = 0;

  write_frame (ring, i++);
  g_assert_cmpint (gst_omv_ring_pin (ring, 0, &first), ==, GST_OMV_RING_PINNED);
  while (i < 4)
    write_frame (ring, i++);

  /* its place in the table is still its own */
  g_assert_cmpint (gst_omv_ring_pin (ring, 0, &second), ==,
      GST_OMV_RING_PINNED);
  gst_omv_ring_unpin (ring, &second);
  write_frame (ring, i++);
  assert_absent (ring, 0, GST_OMV_RING_OVERTAKEN);
  assert_pin (&first, 0, SLOT_SIZE);
  gst_omv_ring_unpin (ring, &first);
}

/* R8 */
static void
test_all_pinned (void)
{
  const guint n = 5;
  const GstOmvFrameHeader header = {.width = 1 };
  const guint8 byte = 0;
  g_autoptr (GstOmvRing) ring = make_ring (n, SLOT_SIZE);
  GstOmvRingPin pins[5];

  for (guint64 i = 0; i < n; i++) {
    write_frame (ring, i);
    g_assert_cmpint (gst_omv_ring_pin (ring, i, &pins[i]), ==,
        GST_OMV_RING_PINNED);
  }
  for (guint k = 0; k < 3; k++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (gst_omv_ring_begin (ring, 1));
    g_assert_false (gst_omv_ring_write (ring, &header, 0, 0, &byte, 1, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
    g_assert_cmpuint (gst_omv_ring_get_n_refused (ring), ==, 2 * (k + 1));
  }
  assert_has (ring, 0, n);

  /* one slot is enough to go on with */
  gst_omv_ring_unpin (ring, &pins[2]);
  for (guint64 i = n; i < 4 * n; i++) {
    write_frame (ring, i);
    /* 3 and 4 are still there, and 5 follows them */
    g_assert_cmpuint (gst_omv_ring_get_oldest (ring), ==, i == n ? 3 : i);
    assert_there (ring, i);
  }
  for (guint i = 0; i < n; i++) {
    if (i != 2) {
      assert_pin (&pins[i], i, SLOT_SIZE);
      gst_omv_ring_unpin (ring, &pins[i]);
    }
  }
  g_assert_cmpuint (gst_omv_ring_get_n_refused (ring), ==, 6);
}

/* A frame can be held many times, and is free only after the last. */
static void
test_many_pins (void)
{
  g_autoptr (GstOmvRing) ring = make_ring (1, SLOT_SIZE);
  g_autofree GstOmvRingPin *pins = g_new0 (GstOmvRingPin,
      GST_OMV_RING_PINS_MAX);

  write_frame (ring, 0);
  for (guint i = 0; i < GST_OMV_RING_PINS_MAX; i++)
    g_assert_cmpint (gst_omv_ring_pin (ring, 0, &pins[i]), ==,
        GST_OMV_RING_PINNED);
  for (guint i = 0; i < GST_OMV_RING_PINS_MAX; i++) {
    if (i % 1000 == 0 || i + 1 == GST_OMV_RING_PINS_MAX)
      g_assert_null (gst_omv_ring_begin (ring, 1));
    gst_omv_ring_unpin (ring, &pins[i]);
  }
  write_frame (ring, 1);
  assert_has (ring, 1, 2);
}

static void
test_too_large (void)
{
  const GstOmvFrameHeader header = {.width = 1 };
  const guint8 bytes[SLOT_SIZE + 1] = { 0 };
  g_autoptr (GstOmvRing) ring = make_ring (3, SLOT_SIZE);
  g_autoptr (GError) error = NULL;

  for (guint64 i = 0; i < 5; i++)
    write_frame (ring, i);
  g_assert_null (gst_omv_ring_begin (ring, SLOT_SIZE + 1));
  g_assert_null (gst_omv_ring_begin (ring, G_MAXSIZE));
  g_assert_false (gst_omv_ring_write (ring, &header, 0, 0, bytes, sizeof bytes,
          &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE);
  g_assert_cmpuint (gst_omv_ring_get_n_refused (ring), ==, 0);
  assert_has (ring, 2, 5);

  /* a frame may be of no bytes, too */
  g_assert_true (gst_omv_ring_write (ring, &header, 0, 0, bytes, 0, NULL));
  g_assert_cmpuint (gst_omv_ring_get_newest (ring), ==, 5);
}

static void
test_hostile_sizes (void)
{
  /* where no slot can be too large for a frame */
  const gboolean narrow = GLIB_SIZEOF_SIZE_T == 4;
  const struct
  {
    guint n_slots;
    gsize slot_size;
    gboolean no_space;
  } rings[] = {
    {0, 100, FALSE}, {5, 0, FALSE}, {0, 0, FALSE}, {1, G_MAXSIZE, narrow},
    {G_MAXUINT, G_MAXSIZE, narrow}, {1, (gsize) G_MAXUINT32 + 1, FALSE},
    {G_MAXUINT, G_MAXUINT32, TRUE}, {G_MAXUINT, G_MAXUINT32 - 127, TRUE},
    {1 << 30, 1 << 30, TRUE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rings); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (gst_omv_ring_new (rings[i].n_slots, rings[i].slot_size,
            &error));
    if (rings[i].no_space)
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
    else
      g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE);
  }
}

/* What g_object_new() makes is a ring without slots. */
static void
test_without_slots (void)
{
  const GstOmvFrameHeader header = {.width = 1 };
  const guint8 byte = 0;
  g_autoptr (GstOmvRing) ring = g_object_new (GST_OMV_TYPE_RING, NULL);
  g_autoptr (GError) error = NULL;
  guint64 found = 42;

  assert_has (ring, 0, 0);
  g_assert_null (gst_omv_ring_begin (ring, 0));
  g_assert_false (gst_omv_ring_write (ring, &header, 0, 0, &byte, 1, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE);
  g_assert_false (gst_omv_ring_find_time (ring, 0, &found));
  g_assert_cmpuint (found, ==, 42);
}

/* R1: the pages of all slots are there before a frame is, and the heap is as
 * large after many frames as before. */
static void
test_memory (void)
{
  const guint n = 64;
  gsize page_size = (gsize) sysconf (_SC_PAGESIZE);
  g_autoptr (GstOmvRing) ring = make_ring (n, LARGE_SIZE);
  const GstOmvFrameHeader header = {.payload_size = LARGE_SIZE };
  size_t before, after;
  guint64 found;

  before = mallinfo2 ().uordblks;
  for (guint64 i = 0; i < 3 * n; i++) {
    guint8 *room = gst_omv_ring_begin (ring, LARGE_SIZE);
    guint8 *page = room - (gsize) room % page_size;
    GstOmvRingPin pin;

    for (; page < room + LARGE_SIZE; page += page_size) {
      unsigned char state = 0;

      g_assert_cmpint (mincore (page, page_size, &state), ==, 0);
      g_assert_cmpint (state & 1, ==, 1);
    }
    (void) gst_omv_ring_commit (ring, &header, i, 0);
    g_assert_cmpint (gst_omv_ring_pin (ring, i, &pin), ==, GST_OMV_RING_PINNED);
    gst_omv_ring_unpin (ring, &pin);
    g_assert_true (gst_omv_ring_find_time (ring, i, &found));
  }
  after = mallinfo2 ().uordblks;
  g_assert_cmpuint (after, ==, before);
}

/* By brute force over the model: the newest that is not later. */
static void
test_find_time (void)
{
  for (guint n = 1; n <= 6; n++) {
    g_autoptr (GstOmvRing) ring = make_ring (n, SLOT_SIZE);

    for (guint64 end = 0; end <= 4 * n; end++) {
      guint64 oldest = end > n ? end - n : 0;

      for (guint64 time = 0; time < get_time (end) + 25; time++) {
        guint64 expected = NONE, found = NONE;

        for (guint64 i = oldest; i < end; i++) {
          if (get_time (i) <= time)
            expected = i;
        }
        g_assert_cmpint (gst_omv_ring_find_time (ring, time, &found), ==,
            expected != NONE);
        g_assert_cmpuint (found, ==, expected);
      }
      write_frame (ring, end);
    }
  }
}

/* What bindings get: copies that stay when the ring goes on, and goes. */
static void
test_get_frame (void)
{
  g_autoptr (GstOmvRing) ring = make_ring (4, SLOT_SIZE);
  g_autoptr (GError) not_yet = NULL;
  g_autoptr (GError) overtaken = NULL;
  GstOmvFrame *frames[4];

  for (guint64 i = 0; i < 10; i++)
    write_frame (ring, i);
  for (guint64 i = 6; i < 10; i++) {
    g_autoptr (GError) error = NULL;

    frames[i - 6] = gst_omv_ring_get_frame (ring, i, &error);
    g_assert_no_error (error);
  }
  g_assert_null (gst_omv_ring_get_frame (ring, 10, &not_yet));
  g_assert_error (not_yet, GST_OMV_ERROR, GST_OMV_ERROR_END_OF_STREAM);
  g_assert_null (gst_omv_ring_get_frame (ring, 5, &overtaken));
  g_assert_error (overtaken, GST_OMV_ERROR, GST_OMV_ERROR_OVERTAKEN);

  for (guint64 i = 10; i < 20; i++)
    write_frame (ring, i);
  g_clear_object (&ring);

  for (guint64 i = 6; i < 10; i++) {
    GstOmvFrame *frame = frames[i - 6];
    gsize size;
    const guint8 *payload = g_bytes_get_data (frame->payload, &size);

    g_assert_cmpuint (frame->number, ==, i);
    g_assert_cmpuint (frame->time, ==, get_time (i));
    g_assert_cmpuint (frame->duration, ==,
        i < 9 ? get_time (i + 1) - get_time (i) : 0);
    g_assert_cmpuint (frame->version, ==, GST_OMV_VERSION_V2_0);
    assert_header (&frame->header, i, SLOT_SIZE);
    g_assert_cmpuint (size, ==, get_size (i, SLOT_SIZE));
    assert_payload (payload, i, size);
    gst_omv_frame_unref (frame);
  }
}

/* ---- several threads ---- */

/* One thread writes @n_frames, as fast as it can. The others read, each in its
 * own way, until they have had the last one, which stays. What they read they
 * look at byte by byte. Nobody's end depends on the time that anything takes. */
#define N_READERS 4
#define N_SLOTS 16

typedef struct
{
  GstOmvRing *ring;
  gsize slot_size;
  guint64 n_frames;
  _Atomic gboolean is_held;     /* the holder has its first frame */
} Stress;

/* Follows frame by frame; what it misses it counts. */
static gpointer
follow (gpointer user_data)
{
  Stress *stress = user_data;
  guint64 next = 0, n_read = 0, n_missed = 0;

  while (next < stress->n_frames) {
    GstOmvRingPin pin;
    guint64 oldest;

    switch (gst_omv_ring_pin (stress->ring, next, &pin)) {
      case GST_OMV_RING_PINNED:
        assert_pin (&pin, next, stress->slot_size);
        gst_omv_ring_unpin (stress->ring, &pin);
        n_read++;
        next++;
        break;
      case GST_OMV_RING_NOT_YET:
        g_thread_yield ();
        break;
      case GST_OMV_RING_OVERTAKEN:
        /* R7 */
        oldest = gst_omv_ring_get_oldest (stress->ring);
        g_assert_cmpuint (oldest, >, next);
        n_missed += oldest - next;
        next = oldest;
        break;
    }
  }

  g_assert_cmpuint (n_read + n_missed, ==, stress->n_frames);
  return NULL;
}

/* Holds a frame until the writer has come round twice, or is done. */
static gpointer
hold (gpointer user_data)
{
  Stress *stress = user_data;
  guint64 newest = 0;

  while (newest + 1 < stress->n_frames) {
    GstOmvRingPin pin;
    guint64 sequence = gst_omv_ring_get_newest (stress->ring);

    if (sequence == NONE
        || gst_omv_ring_pin (stress->ring, sequence, &pin) !=
        GST_OMV_RING_PINNED) {
      g_thread_yield ();
      continue;
    }
    atomic_store (&stress->is_held, TRUE);
    do {
      newest = gst_omv_ring_get_newest (stress->ring);
      g_thread_yield ();
    } while (newest < sequence + 2 * N_SLOTS && newest + 1 < stress->n_frames);
    assert_pin (&pin, sequence, stress->slot_size);
    gst_omv_ring_unpin (stress->ring, &pin);
  }

  return NULL;
}

/* Looks for times, and for copies. */
static gpointer
search (gpointer user_data)
{
  Stress *stress = user_data;
  guint64 newest = 0;

  while (newest + 1 < stress->n_frames) {
    guint64 found, oldest = gst_omv_ring_get_oldest (stress->ring);
    g_autoptr (GstOmvFrame) frame = NULL;

    newest = gst_omv_ring_get_newest (stress->ring);
    if (oldest == NONE) {
      newest = 0;
      continue;
    }
    if (gst_omv_ring_find_time (stress->ring, get_time (newest), &found)) {
      /* an equal time may have come meanwhile */
      g_assert_cmpuint (found, >=, newest);
      g_assert_cmpuint (found, <=, newest | 1);
    }
    frame = gst_omv_ring_get_frame (stress->ring, oldest, NULL);
    if (frame != NULL)
      assert_payload (g_bytes_get_data (frame->payload, NULL), oldest,
          g_bytes_get_size (frame->payload));
  }

  return NULL;
}

static void
test_threads (gconstpointer user_data)
{
  static const GThreadFunc functions[N_READERS] = { follow, follow, hold,
    search
  };
  gboolean slow = g_getenv ("OMV_TEST_SLOW") != NULL;
  Stress stress = {.slot_size = GPOINTER_TO_SIZE (user_data) };
  GThread *threads[N_READERS];

  stress.n_frames = slow ? 300 : stress.slot_size > 1000 ? 3000 : 30000;
  stress.ring = make_ring (N_SLOTS, stress.slot_size);
  for (guint i = 0; i < N_READERS; i++)
    threads[i] = g_thread_new ("reader", functions[i], &stress);

  for (guint64 i = 0; i < stress.n_frames; i++) {
    /* R4 is put to the test at least once */
    while (i == 3 && !atomic_load (&stress.is_held))
      g_thread_yield ();
    if (i % 7 == 6) {
      begin (stress.ring, ~i);
      gst_omv_ring_abandon (stress.ring);
    }
    write_frame (stress.ring, i);
  }

  for (guint i = 0; i < N_READERS; i++)
    g_thread_join (threads[i]);
  /* R8: four readers cannot hold 16 slots */
  g_assert_cmpuint (gst_omv_ring_get_n_refused (stress.ring), ==, 0);
  assert_there (stress.ring, stress.n_frames - 1);
  g_object_unref (stress.ring);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring/R2-R5-R7/fill-levels", test_fill_levels);
  g_test_add_func ("/ring/R5/abandon", test_abandon);
  g_test_add_func ("/ring/R4-R6-R7/pinned-frames-stay",
      test_pinned_frames_stay);
  g_test_add_func ("/ring/R9/a-pinned-frame-loses-its-place",
      test_pinned_frame_loses_its_place);
  g_test_add_func ("/ring/R8/all-pinned", test_all_pinned);
  g_test_add_func ("/ring/R3/many-pins", test_many_pins);
  g_test_add_func ("/ring/too-large", test_too_large);
  g_test_add_func ("/ring/hostile-sizes", test_hostile_sizes);
  g_test_add_func ("/ring/without-slots", test_without_slots);
  g_test_add_func ("/ring/R1/memory", test_memory);
  g_test_add_func ("/ring/find-time", test_find_time);
  g_test_add_func ("/ring/get-frame", test_get_frame);
  g_test_add_data_func ("/ring/R4-R6/threads/small",
      GSIZE_TO_POINTER (SLOT_SIZE), test_threads);
  g_test_add_data_func ("/ring/R4-R6/threads/large",
      GSIZE_TO_POINTER (LARGE_SIZE), test_threads);

  return g_test_run ();
}
