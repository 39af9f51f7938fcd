/* ring.c: fuzzes the ring, by one thread
 *
 * The input is what its writer and its readers do. The model knows what was
 * committed; each frame that is pinned must be just that for as long as it is
 * (R4), and of R2, R5, R7 and R8 is asserted what one thread can see.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/gstomvring.h>

#include "omvfuzz.h"

#define PINS_MAX 16
#define FRAMES_MAX 2048

typedef struct
{
  GstOmvRing *ring;
  guint64 n_frames;
  guint16 sizes[FRAMES_MAX];
  guint64 times[FRAMES_MAX];
  GstOmvRingPin pins[PINS_MAX];
  guint n_pins;
  guint n_refused;
} Test;

static void
fill (guint8 * room, guint64 sequence, gsize size)
{
  for (gsize i = 0; i < size; i++)
    room[i] = (guint8) (sequence * 31 + i);
}

static void
check_payload (const Test * test, const GstOmvRingPin * pin)
{
  g_assert_cmpuint (pin->header.payload_size, ==, test->sizes[pin->sequence]);
  g_assert_cmpuint (pin->time, ==, test->times[pin->sequence]);
  g_assert_cmpuint (pin->tag, ==, ~pin->sequence);
  for (gsize i = 0; i < pin->header.payload_size; i++)
    g_assert_cmpint (pin->payload[i], ==, (guint8) (pin->sequence * 31 + i));
}

static guint
count_pinned_frames (const Test * test)
{
  guint count = 0;

  for (guint i = 0; i < test->n_pins; i++) {
    guint j = 0;

    while (test->pins[j].sequence != test->pins[i].sequence)
      j++;
    count += j == i;
  }

  return count;
}

static void
write_frame (Test * test, gsize size, guint64 delay, gboolean commit)
{
  guint n_slots = gst_omv_ring_get_n_slots (test->ring);
  guint8 *room = gst_omv_ring_begin (test->ring, size);
  GstOmvFrameHeader header = {.width = 1,.height = 1,
    .format = GST_OMV_PIXEL_FORMAT_JPEG,.payload_size = (guint32) size
  };
  guint64 n = test->n_frames;

  if (room == NULL) {
    gboolean fits = size <= gst_omv_ring_get_slot_size (test->ring);

    /* R8 */
    g_assert_true (!fits || count_pinned_frames (test) == n_slots);
    test->n_refused += fits;
    return;
  }
  fill (room, n, size);
  if (!commit) {
    gst_omv_ring_abandon (test->ring);
    return;
  }

  test->sizes[n] = (guint16) size;
  test->times[n] = n > 0 ? test->times[n - 1] + delay : delay;
  g_assert_cmpuint (gst_omv_ring_commit (test->ring, &header, test->times[n],
          ~n), ==, n);
  test->n_frames++;
}

/* R7: all from the oldest to the newest are there. */
static void
check_all (Test * test)
{
  guint64 oldest = gst_omv_ring_get_oldest (test->ring);
  guint64 newest = gst_omv_ring_get_newest (test->ring);
  GstOmvRingPin pin;

  g_assert_cmpuint (newest, ==, test->n_frames - 1);
  g_assert_cmpuint (gst_omv_ring_get_n_refused (test->ring), ==,
      test->n_refused);
  for (guint64 n = oldest; n < test->n_frames; n++) {
    g_assert_cmpint (gst_omv_ring_pin (test->ring, n, &pin), ==,
        GST_OMV_RING_PINNED);
    check_payload (test, &pin);
    gst_omv_ring_unpin (test->ring, &pin);
  }
  for (guint i = 0; i < test->n_pins; i++)
    check_payload (test, &test->pins[i]);
  g_assert_cmpint (gst_omv_ring_pin (test->ring, test->n_frames, &pin), ==,
      GST_OMV_RING_NOT_YET);
}

static void
pin_frame (Test * test, guint64 back)
{
  GstOmvRingPin *pin = &test->pins[test->n_pins];

  if (test->n_pins == PINS_MAX || back >= test->n_frames)
    return;
  if (gst_omv_ring_pin (test->ring, test->n_frames - 1 - back, pin)
      == GST_OMV_RING_PINNED)
    test->n_pins++;
  else
    g_assert_cmpuint (gst_omv_ring_get_oldest (test->ring), >,
        test->n_frames - 1 - back);
}

static void
unpin_frame (Test * test, guint i)
{
  if (test->n_pins == 0)
    return;

  i %= test->n_pins;
  gst_omv_ring_unpin (test->ring, &test->pins[i]);
  test->pins[i] = test->pins[--test->n_pins];
}

static void
find_frame (const Test * test, guint64 time)
{
  guint64 oldest = gst_omv_ring_get_oldest (test->ring), found = 0;
  guint64 n = test->n_frames;

  while (n > 0 && test->times[n - 1] > time)
    n--;
  if (gst_omv_ring_find_time (test->ring, time, &found))
    g_assert_cmpuint (found + 1, ==, n);
  else
    g_assert_true (n == 0 || oldest > n - 1);
}

static void
copy_frame (const Test * test, guint64 n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GstOmvFrame) frame = gst_omv_ring_get_frame (test->ring, n,
      &error);

  g_assert_true ((frame == NULL) == (error != NULL));
  if (frame != NULL)
    g_assert_cmpuint (g_bytes_get_size (frame->payload), ==, test->sizes[n]);
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  guint n_slots = 1 + (guint) omv_fuzz_take (tape, 1) % 9;
  gsize slot_size = 1 + (gsize) omv_fuzz_take (tape, 1);
  g_autofree Test *test = g_new0 (Test, 1);

  test->ring = gst_omv_ring_new (n_slots, slot_size, NULL);
  g_assert_nonnull (test->ring);
  while (tape->size > 0 && test->n_frames < FRAMES_MAX) {
    guint what = (guint) omv_fuzz_take (tape, 1);
    guint value = (guint) omv_fuzz_take (tape, 1);

    if (what % 8 < 4)
      write_frame (test, value, what / 8, what % 8 != 3);
    else if (what % 8 == 4)
      pin_frame (test, value);
    else if (what % 8 == 5)
      unpin_frame (test, value);
    else if (what % 8 == 6)
      find_frame (test, value);
    else
      copy_frame (test, test->n_frames - value % 16);
    check_all (test);
  }

  while (test->n_pins > 0)
    unpin_frame (test, 0);
  g_object_unref (test->ring);
}
