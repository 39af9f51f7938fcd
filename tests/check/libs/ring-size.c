/* ring-size.c: tests of how large a ring is to be
 *
 * What the properties slots, slot-size and max-size-bytes of omvringsink promise.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <omv-ring-size.h>

#include <string.h>

#define SPARE(slots) MAX ((slots) / 4, 8)

static OmvRingWishes
get_wishes (void)
{
  OmvRingWishes wishes;

  memset (&wishes, 0, sizeof wishes);
  wishes.pre_frames = -1;
  wishes.pre_time = GST_CLOCK_TIME_NONE;
  return wishes;
}

static GstOmvFrameHeader
get_frame (GstOmvPixelFormat format)
{
  GstOmvFrameHeader frame;

  memset (&frame, 0, sizeof frame);
  frame.format = format;
  frame.width = 320;
  frame.height = 240;
  frame.payload_size = 1000;
  return frame;
}

static OmvRingSize
choose (const OmvRingWishes * wishes, GstOmvPixelFormat format,
    GstClockTime frame_duration)
{
  const GstOmvFrameHeader frame = get_frame (format);
  g_autoptr (GError) error = NULL;
  OmvRingSize size;

  g_assert_true (omv_ring_size_choose (wishes, &frame, frame_duration, &size,
          &error));
  g_assert_no_error (error);
  return size;
}

/* raw: exact; JPEG 1 byte per pixel + 4 KiB, PNG 3 + 4 KiB */
static void
test_slot_size (void)
{
  static const struct
  {
    GstOmvPixelFormat format;
    gsize size;
  } formats[] = {
    {GST_OMV_PIXEL_FORMAT_GRAYSCALE, 1000},
    {GST_OMV_PIXEL_FORMAT_JPEG, 320 * 240 + 4096},
    {GST_OMV_PIXEL_FORMAT_PNG, 3 * 320 * 240 + 4096},
  };
  OmvRingWishes wishes = get_wishes ();

  wishes.slots = 10;
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    wishes.slot_size = 0;
    g_assert_cmpuint (choose (&wishes, formats[i].format,
            GST_SECOND).slot_size, ==, formats[i].size);
    wishes.slot_size = 77;
    g_assert_cmpuint (choose (&wishes, formats[i].format,
            GST_SECOND).slot_size, ==, 77);
  }
}

static void
check_slots (const OmvRingWishes * wishes, GstClockTime frame_duration,
    guint slots)
{
  OmvRingSize size = choose (wishes, GST_OMV_PIXEL_FORMAT_GRAYSCALE,
      frame_duration);

  g_assert_cmpuint (size.slots, ==, slots);
  g_assert_cmpuint (size.all_slots, ==, slots + SPARE (slots));
  g_assert_false (size.reduced);
}

/* The frames before the trigger's, and that one. */
static void
test_slots (void)
{
  const GstClockTime ms40 = 40 * GST_MSECOND;
  OmvRingWishes wishes = get_wishes ();

  check_slots (&wishes, ms40, 126);
  check_slots (&wishes, GST_CLOCK_TIME_NONE, 152);
  check_slots (&wishes, 0, 152);
  wishes.pre_time = GST_SECOND;
  check_slots (&wishes, ms40, 26);
  wishes.pre_time = GST_SECOND + 1;
  check_slots (&wishes, ms40, 27);
  wishes.pre_time = 0;
  check_slots (&wishes, ms40, 1);
  wishes.pre_time = GST_SECOND;
  wishes.pre_frames = 7;
  check_slots (&wishes, ms40, 8);
  wishes.pre_frames = 70;
  check_slots (&wishes, ms40, 26);
  wishes.pre_time = GST_CLOCK_TIME_NONE;
  check_slots (&wishes, ms40, 71);
  wishes.slots = 5;
  check_slots (&wishes, ms40, 5);
}

/* The memory of a ring: gst_omv_ring_new() says 64 bytes more than its
 * payload each, rounded up to a multiple of 64. */
static guint64
get_memory (const OmvRingSize * size)
{
  return (guint64) size->all_slots * ((size->slot_size + 64 + 63) / 64 * 64);
}

/* As many as fit, and not one more, for every limit. */
static void
test_limit (void)
{
  static const gsize sizes[] = { 1, 8, 63, 64, 65, 1000, 4096 };
  GstOmvFrameHeader frame = get_frame (GST_OMV_PIXEL_FORMAT_GRAYSCALE);
  OmvRingWishes wishes = get_wishes ();

  wishes.pre_frames = 100000;
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    wishes.slot_size = sizes[i];
    for (wishes.max_size = 1; wishes.max_size < 300000;
        wishes.max_size += 1 + wishes.max_size / 50) {
      g_autoptr (GError) error = NULL;
      OmvRingSize size, more;

      if (!omv_ring_size_choose (&wishes, &frame, GST_SECOND, &size, &error)) {
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
        size.slots = 0;
        size.slot_size = sizes[i];
      } else {
        g_assert_true (size.reduced);
        g_assert_cmpuint (size.memory, ==, get_memory (&size));
        g_assert_cmpuint (size.memory, <=, wishes.max_size);
      }
      more = size;
      more.all_slots = size.slots + 1 + SPARE (size.slots + 1);
      g_assert_cmpuint (get_memory (&more), >, wishes.max_size);
    }
  }
}

/* What the user wants is granted or refused, never changed. */
static void
test_too_many (void)
{
  GstOmvFrameHeader frame = get_frame (GST_OMV_PIXEL_FORMAT_GRAYSCALE);
  g_autoptr (GError) error = NULL;
  OmvRingWishes wishes = get_wishes ();
  OmvRingSize size;

  wishes.slots = 100;
  wishes.max_size = G_GUINT64_CONSTANT (125) * 1088;
  size = choose (&wishes, frame.format, GST_SECOND);
  g_assert_cmpuint (size.slots, ==, 100);
  wishes.max_size--;
  g_assert_false (omv_ring_size_choose (&wishes, &frame, GST_SECOND, &size,
          &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (error->message, "100 frames"));
  g_assert_nonnull (strstr (error->message, "max-size-bytes"));

  /* of the machine's memory */
  g_clear_error (&error);
  wishes.max_size = 0;
  wishes.slots = G_MAXUINT / 2;
  wishes.slot_size = G_MAXUINT32;
  g_assert_false (omv_ring_size_choose (&wishes, &frame, GST_SECOND, &size,
          &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ring-size/slot-size", test_slot_size);
  g_test_add_func ("/ring-size/slots", test_slots);
  g_test_add_func ("/ring-size/limit", test_limit);
  g_test_add_func ("/ring-size/too-many", test_too_many);

  return g_test_run ();
}
