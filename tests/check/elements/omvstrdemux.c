/* omvstrdemux.c: what omvstrdemux promises, one promise a test
 *
 * Recordings come from memory, in pull and in push mode, and what leaves the
 * element is compared with what was put into the bytes by hand or with what the
 * camera's own code read from them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/check/gstcheck.h>
#include <gst/video/video.h>
#include <string.h>

#include "omvplayer.h"
#include "omvtest.h"

#define CODE_BINARY 0x08010000
#define CODE_RGB565 0x0C030002
#define CODE_GRAY 0x08020001
#define CODE_ARGB8 0x0C080004

static const OmvPlayerMode modes[] = { OMV_PLAYER_PULL, OMV_PLAYER_PUSH };

#define LAST_MODE G_N_ELEMENTS (modes)

static OmvPlayer *
play (OmvPlayerMode mode, const GByteArray * bytes)
{
  OmvPlayer *player = omv_player_new (mode, bytes->data, bytes->len);

  omv_player_run (player);
  return player;
}

static void
assert_time (GstClockTime actual, GstClockTime expected)
{
  fail_unless_equals_uint64 (actual, expected);
}

/* --- the camera's own recordings ------------------------------------------ */

/* 1-bit rows as stored, from the bytes 0 and 255 that they became. */
static GBytes *
pack_binary (GBytes * gray, gint width, gint height)
{
  gsize row_size = ((gsize) width + 31) / 32 * 4;
  guint8 *rows = g_malloc0 (row_size * (gsize) height);
  const guint8 *pixels = g_bytes_get_data (gray, NULL);

  for (gint y = 0; y < height; y++) {
    for (gint x = 0; x < width; x++) {
      guint8 pixel = pixels[y * width + x];

      fail_unless (pixel == 0 || pixel == 255);
      rows[(gsize) y * row_size + (gsize) x / 8] |=
          (guint8) ((pixel & 1) << (x % 8));
    }
  }

  return g_bytes_new_take (rows, row_size * (gsize) height);
}

static GBytes *
make_little_endian (GBytes * rgb16)
{
  gsize size = g_bytes_get_size (rgb16);
  const guint8 *pixels = g_bytes_get_data (rgb16, NULL);
  guint8 *bytes = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    bytes[i] = pixels[OMV_TEST_RGB16_BYTE (i)];

  return g_bytes_new_take (bytes, size);
}

/* The payload as the camera reads it; of RGB565, little-endian. */
static GBytes *
get_stored_payload (OmvPlayer * player, guint index, const OmvTestFrame * frame)
{
  g_autoptr (GBytes) payload = omv_player_payload (player, index);

  if (frame->format == CODE_RGB565)
    return make_little_endian (payload);
  if (frame->format != CODE_BINARY)
    return g_steal_pointer (&payload);
  return pack_binary (payload, frame->width, frame->height);
}

static void
assert_frame (OmvPlayer * player, guint index, const OmvTestFrame * frame,
    guint64 number)
{
  GstBuffer *buffer = omv_player_buffer (player, index);
  const GstStructure *structure = omv_player_structure (player, index);
  g_autoptr (GBytes) payload = get_stored_payload (player, index, frame);
  g_autofree gchar *sha256 =
      g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, payload);
  gint width, height;

  assert_time (GST_BUFFER_PTS (buffer), frame->time);
  fail_unless_equals_uint64 (GST_BUFFER_OFFSET (buffer), number);
  fail_unless_equals_uint64 (GST_BUFFER_OFFSET_END (buffer), number + 1);
  fail_unless (gst_structure_get_int (structure, "width", &width));
  fail_unless (gst_structure_get_int (structure, "height", &height));
  fail_unless_equals_int (width, frame->width);
  fail_unless_equals_int (height, frame->height);
  assert_equals_string (sha256, frame->sha256);
}

/* All frames of @golden but those of ARGB8, of which there is nothing to see. */
static void
assert_golden (OmvPlayer * player, const OmvTestGolden * golden)
{
  guint index = 0;

  for (guint i = 0; i < golden->frames->len; i++) {
    const OmvTestFrame *frame = omv_test_frame (golden->frames, i);

    if (frame->format != CODE_ARGB8)
      assert_frame (player, index++, frame, i);
  }
  fail_unless_equals_int (player->buffers->len, index);
  fail_unless (player->eos || index == 0);
}

static void
play_golden (const gchar * name, OmvPlayerMode mode, gsize chunk,
    gboolean offer_meta)
{
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load (name);
  OmvPlayer *player;

  if (golden->damaged)
    return;
  player = omv_player_new (mode, golden->data, golden->size);
  player->chunk = MIN (chunk, golden->size);
  player->offer_meta = offer_meta;
  omv_player_run (player);
  assert_golden (player, golden);
  omv_player_free (player);
}

GST_START_TEST (test_golden_pull)
{
  for (guint i = 0; omv_test_golden_names[i] != NULL; i++) {
    play_golden (omv_test_golden_names[i], OMV_PLAYER_PULL, G_MAXSIZE, FALSE);
    play_golden (omv_test_golden_names[i], OMV_PLAYER_PULL, G_MAXSIZE, TRUE);
  }
}

GST_END_TEST;

static const gsize chunks[] = { 1, 2, 15, 16, 17, 31, 33, 4095, 65536 };

GST_START_TEST (test_golden_push)
{
  const guint pace = omv_test_get_pace (4);

  for (guint i = 0; omv_test_golden_names[i] != NULL; i++) {
    if (i % pace == (guint) __i__ % pace)
      play_golden (omv_test_golden_names[i], OMV_PLAYER_PUSH, chunks[__i__],
          __i__ % 2 != 0);
  }
}

GST_END_TEST;

/* The payload of what comes back has the bytes that the frame had, at widths at
 * which rows have gaps in GStreamer and at which they have none. */
GST_START_TEST (test_any_width)
{
  static const gint widths[] = { 1, 3, 5, 7, 8, 30, 33, 161 };
  static const gchar letters[] = "bgcry";

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++) {
    for (const gchar * letter = letters; *letter != 0; letter++) {
      for (guint meta = 0; meta < 2; meta++) {
        g_autofree gchar *recipe =
            g_strdup_printf ("V2.0 %c%dx3 %c%dx2", *letter, widths[i], *letter,
            widths[i]);
        g_autoptr (GArray) frames = NULL;
        g_autoptr (GByteArray) bytes = omv_test_build (recipe, &frames);
        OmvPlayer *player =
            omv_player_new (modes[__i__], bytes->data, bytes->len);

        player->offer_meta = meta != 0;
        omv_player_run (player);
        fail_unless_equals_int (player->buffers->len, 2);
        for (guint n = 0; n < 2; n++) {
          const OmvTestFrame *frame = omv_test_frame (frames, n);
          g_autoptr (GBytes) payload = get_stored_payload (player, n, frame);
          const guint8 *stored = bytes->data + frame->offset + 32;

          /* bits behind a 1-bit row's end are not pixels */
          if (frame->format != CODE_BINARY)
            fail_unless (memcmp (g_bytes_get_data (payload, NULL), stored,
                    frame->size) == 0, "%s", recipe);
          fail_unless_equals_int (g_bytes_get_size (payload), frame->size);
        }
        omv_player_free (player);
      }
    }
  }
}

GST_END_TEST;

/* --- events, times and caps ----------------------------------------------- */

GST_START_TEST (test_event_order)
{
  static const GstEventType expected[] = {
    GST_EVENT_STREAM_START, GST_EVENT_CAPS, GST_EVENT_SEGMENT, GST_EVENT_TAG,
    GST_EVENT_EOS
  };
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load ("v20_first2000");
  OmvPlayer *player = omv_player_new (modes[__i__], golden->data, golden->size);
  const GstSegment *segment;

  omv_player_run (player);
  fail_unless_equals_int (player->events->len, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    fail_unless_equals_int (g_array_index (player->events, GstEventType, i),
        expected[i]);

  gst_event_parse_segment (g_ptr_array_index (player->segments, 0), &segment);
  fail_unless_equals_int (segment->format, GST_FORMAT_TIME);
  assert_time (segment->start, 2 * GST_SECOND);
  assert_time (segment->time, 2 * GST_SECOND);
  assert_time (segment->base, 0);
  for (guint i = 0; i < player->buffers->len; i++)
    fail_unless_equals_int (GST_BUFFER_FLAG_IS_SET (omv_player_buffer (player,
                i), GST_BUFFER_FLAG_DISCONT) != 0, i == 0);

  omv_player_free (player);
}

GST_END_TEST;

static void
append_gray (GByteArray * bytes, guint32 interval, gint width, gint height)
{
  gsize size = (gsize) width * (gsize) height;
  g_autofree guint8 *pixels = g_malloc0 (size);

  omv_test_append_header (bytes, 2, interval, width, height, CODE_GRAY, 0);
  g_byte_array_append (bytes, pixels, (guint) size);
  omv_test_append_padding (bytes, size);
}

static GByteArray *
build_intervals (const guint32 * intervals, gsize count)
{
  GByteArray *bytes = g_byte_array_new ();

  omv_test_append_file_header (bytes, "2.0");
  for (gsize i = 0; i < count; i++)
    append_gray (bytes, intervals[i], 4, 4);
  return bytes;
}

GST_START_TEST (test_duration_is_the_next_interval)
{
  static const guint32 intervals[] = { 500, 10, 20, 40 };
  static const GstClockTime expected[] = { 10, 20, 40, 40 };
  g_autoptr (GByteArray) bytes =
      build_intervals (intervals, G_N_ELEMENTS (intervals));
  OmvPlayer *player = play (modes[__i__], bytes);

  for (guint i = 0; i < 4; i++)
    assert_time (GST_BUFFER_DURATION (omv_player_buffer (player, i)),
        i == 3 && modes[__i__] == OMV_PLAYER_PUSH ? GST_CLOCK_TIME_NONE
        : expected[i] * GST_MSECOND);
  omv_player_free (player);
}

GST_END_TEST;

/* In push mode a whole frame leaves before a byte of the next one has come. */
GST_START_TEST (test_push_holds_nothing_back)
{
  static const guint32 intervals[] = { 0, 10, 20 };
  g_autoptr (GByteArray) bytes = build_intervals (intervals, 3);
  OmvPlayer *player = omv_player_new (OMV_PLAYER_PUSH, bytes->data, bytes->len);

  player->chunk = 16;
  omv_player_run (player);
  for (guint i = 0; i < 3; i++)
    assert_time (GST_BUFFER_DURATION (omv_player_buffer (player, i)),
        GST_CLOCK_TIME_NONE);
  omv_player_free (player);
}

GST_END_TEST;

typedef struct
{
  guint32 intervals[6];
  guint count;
  gint numerator;
  gint denominator;
} RateCase;

static const RateCase rate_cases[] = {
  {{2000, 33, 33, 34, 33, 33}, 6, 30, 1},
  {{0, 40, 40, 40, 40, 40}, 6, 25, 1},
  {{0, 700, 700, 700, 700, 700}, 6, 10, 7},
  {{0, 40, 41, 60, 40, 10}, 6, 0, 1},
  {{100, 50}, 2, 20, 1},
  {{100}, 1, 0, 1},
  {{0, 0, 0, 0, 0, 0}, 6, 0, 1},
};

GST_START_TEST (test_frame_rate)
{
  const RateCase *test = &rate_cases[__i__];
  g_autoptr (GByteArray) bytes = build_intervals (test->intervals, test->count);
  OmvPlayer *player = play (OMV_PLAYER_PULL, bytes);
  gint numerator, denominator;

  fail_unless (gst_structure_get_fraction (omv_player_structure (player, 0),
          "framerate", &numerator, &denominator));
  fail_unless_equals_int (numerator, test->numerator);
  fail_unless_equals_int (denominator, test->denominator);
  omv_player_free (player);
}

GST_END_TEST;

GST_START_TEST (test_exact_times)
{
  static const guint64 times[] = { 5000000123, 5033333456, 5066666789 };
  static const guint32 intervals[] = { 100, 33, 33 };
  g_autoptr (GByteArray) bytes = build_intervals (intervals, 3);
  OmvPlayer *player;

  for (guint i = 0; i < 3; i++)
    omv_test_set_exact_time (bytes->data + 16 + i * 48, times[i]);
  player = play (modes[__i__], bytes);
  for (guint i = 0; i < 3; i++)
    assert_time (GST_BUFFER_PTS (omv_player_buffer (player, i)),
        100 * GST_MSECOND + times[i] - times[0]);
  omv_player_free (player);
}

GST_END_TEST;

/* The caps change exactly where the frames do, and never their frame rate. */
GST_START_TEST (test_caps_follow_frames)
{
  static const gchar *const expected[] = {
    "video/x-raw, format=GRAY8, width=8, height=4",
    "video/x-raw, format=GRAY8, width=8, height=4",
    "video/x-raw, format=GRAY8, width=4, height=8",
    "video/x-raw, format=RGB16, width=4, height=8",
    "video/x-bayer, format=bggr, width=6, height=2",
    "video/x-raw, format=YUY2, width=4, height=2, colorimetry=1:4:7:1",
    "video/x-raw, format=GRAY8, width=4, height=2",
    "image/jpeg, width=8, height=8, parsed=true",
    "image/png, width=8, height=8",
  };
  g_autoptr (GByteArray) bytes = omv_test_build ("V2.0 g8x4 g8x4 g4x8 c4x8 "
      "r6x2 y4x2 b4x2 j100 p50", NULL);
  OmvPlayer *player = play (modes[__i__], bytes);
  guint caps_events = 0;

  fail_unless_equals_int (player->buffers->len, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autoptr (GstCaps) caps = gst_caps_from_string (expected[i]);

    fail_unless (gst_caps_is_subset (g_ptr_array_index (player->caps, i),
            caps), "frame %u: %" GST_PTR_FORMAT, i,
        g_ptr_array_index (player->caps, i));
  }
  for (guint i = 0; i < player->events->len; i++)
    caps_events += g_array_index (player->events, GstEventType, i)
        == GST_EVENT_CAPS;
  fail_unless_equals_int (caps_events, 8);
  omv_player_free (player);
}

GST_END_TEST;

typedef struct
{
  const gchar *recipe;
  const gchar *output;
  const gchar *pulled;          /* media type of all frames */
  const gchar *pushed;          /* in push mode */
} OutputCase;

#define FRAME "video/x-omv-frame"

static const OutputCase output_cases[] = {
  {"V2.0 g8x8 c8x8 b8x8 y8x8", "auto", "video/x-raw", "video/x-raw"},
  {"V2.0 j100 j200", "auto", "image/jpeg", "image/jpeg"},
  {"V2.0 g8x8 g8x8 j100", "auto", FRAME, NULL},
  {"V2.0 p100 j100", "auto", FRAME, NULL},
  {"V2.0 r8x8 g8x8", "auto", FRAME, NULL},
  {"V2.0 a8x8 g8x8 a8x8", "auto", "video/x-raw", "video/x-raw"},
  {"V2.0 g8x8 j100", "frames", FRAME, FRAME},
  {"V1.0 c8x8", "frames", FRAME, FRAME},
};

/* Frames of several media types leave under caps that never change. */
GST_START_TEST (test_output)
{
  const OutputCase *test = &output_cases[__i__];

  for (guint m = 0; m < LAST_MODE; m++) {
    g_autoptr (GByteArray) bytes = omv_test_build (test->recipe, NULL);
    OmvPlayer *player = omv_player_new (modes[m], bytes->data, bytes->len);
    const gchar *type = modes[m] == OMV_PLAYER_PULL ? test->pulled
        : test->pushed;

    gst_util_set_object_arg (G_OBJECT (player->demux), "output", test->output);
    omv_player_run (player);
    fail_unless (player->eos);
    for (guint i = 0; type != NULL && i < player->buffers->len; i++)
      fail_unless (gst_structure_has_name (omv_player_structure (player, i),
              type), "%s", test->recipe);
    omv_player_free (player);
  }
}

GST_END_TEST;

/* The header of version 2.0 with its size filled in, and the payload. */
GST_START_TEST (test_frames)
{
  static const gsize header_size = 32;
  g_autoptr (GArray) frames = NULL;
  g_autoptr (GByteArray) bytes =
      omv_test_build ("V2.0 g5x3 j100 b33x2", &frames);
  OmvPlayer *player = omv_player_new (modes[__i__], bytes->data, bytes->len);

  gst_util_set_object_arg (G_OBJECT (player->demux), "output", "frames");
  omv_player_run (player);
  fail_unless_equals_int (player->buffers->len, 3);
  for (guint i = 0; i < 3; i++) {
    const OmvTestFrame *frame = omv_test_frame (frames, i);
    GstBuffer *buffer = omv_player_buffer (player, i);
    g_autofree guint8 *expected = g_memdup2 (bytes->data + frame->offset,
        header_size + frame->size);

    GST_WRITE_UINT32_LE (expected + 16, frame->size);
    fail_unless_equals_int (gst_buffer_get_size (buffer),
        header_size + frame->size);
    fail_unless (gst_buffer_memcmp (buffer, 0, expected,
            header_size + frame->size) == 0);
    assert_time (GST_BUFFER_PTS (buffer), (i + 1) * 33 * GST_MSECOND);
  }
  omv_player_free (player);
}

GST_END_TEST;

/* --- layout --------------------------------------------------------------- */

static gboolean
lies_within (GstBuffer * buffer, const GByteArray * bytes)
{
  GstMapInfo map;
  gboolean within;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  within = map.data >= bytes->data && map.data < bytes->data + bytes->len;
  gst_buffer_unmap (buffer, &map);

  return within;
}

typedef struct
{
  const gchar *recipe;
  gboolean by_reference;        /* without GstVideoMeta */
  gboolean by_reference_with_meta;
} LayoutCase;

/* Frames from 64 KiB up and smaller ones, with and without gaps. */
static const LayoutCase layout_cases[] = {
  {"V2.0 g8x8 g8x8", TRUE, TRUE},
  {"V2.0 g161x3 g161x3", FALSE, TRUE},
  {"V2.0 c161x3 c161x3", FALSE, TRUE},
  {"V2.0 c160x120 c160x120", TRUE, TRUE},
  {"V2.0 c320x240 c320x240", TRUE, TRUE},
  {"V2.0 g320x240 g324x240", TRUE, TRUE},
  {"V2.0 c161x120 c161x120", FALSE, TRUE},
  {"V2.0 y160x120 y160x120", TRUE, TRUE},
  {"V2.0 y161x120 y161x120", FALSE, FALSE},
  {"V2.0 r160x120 r160x120", TRUE, TRUE},
  {"V2.0 r161x120 r161x120", FALSE, FALSE},
  {"V2.0 b160x120 b160x120", FALSE, FALSE},
  {"V2.0 j20000 j100", TRUE, TRUE},
  {"V1.0 c160x120 c160x120", FALSE, FALSE},
  {"V1.1 c160x120 c160x120", TRUE, TRUE},
};

/* Pixels of RGB565 have to be turned around on a host of the other byte order. */
static gboolean
expects_reference (const LayoutCase * test, gboolean meta)
{
  if (G_BYTE_ORDER == G_BIG_ENDIAN && strstr (test->recipe, " c") != NULL)
    return g_str_has_prefix (test->recipe, "V1.0");
  return meta ? test->by_reference_with_meta : test->by_reference;
}

/* Demuxing from a file copies no pixels where downstream understands the rows
 * as they are: the buffers' memory is that of the source. */
GST_START_TEST (test_no_copy)
{
  const LayoutCase *test = &layout_cases[__i__];
  g_autoptr (GByteArray) bytes = omv_test_build (test->recipe, NULL);

  for (guint meta = 0; meta < 2; meta++) {
    OmvPlayer *player =
        omv_player_new (OMV_PLAYER_PULL, bytes->data, bytes->len);

    player->offer_meta = meta != 0;
    omv_player_run (player);
    fail_unless_equals_int (player->buffers->len, 2);
    for (guint i = 0; i < 2; i++)
      fail_unless_equals_int (lies_within (omv_player_buffer (player, i),
              bytes), expects_reference (test, meta != 0));
    omv_player_free (player);
  }
}

GST_END_TEST;

GST_START_TEST (test_binary_as_stored)
{
  g_autoptr (GArray) frames = NULL;
  g_autoptr (GByteArray) bytes = omv_test_build ("V2.0 b33x3 g4x4 b8x2",
      &frames);
  OmvPlayer *player = omv_player_new (modes[__i__], bytes->data, bytes->len);
  const OmvTestFrame *frame = omv_test_frame (frames, 0);
  g_autoptr (GBytes) payload = NULL;

  player->sink_caps = gst_caps_from_string ("video/x-omv-binary; video/x-raw");
  omv_player_run (player);
  fail_unless_equals_int (player->buffers->len, 3);
  fail_unless (gst_structure_has_name (omv_player_structure (player, 0),
          "video/x-omv-binary"));
  fail_unless (gst_structure_has_name (omv_player_structure (player, 1),
          "video/x-raw"));
  payload = omv_player_payload (player, 0);
  fail_unless_equals_int (g_bytes_get_size (payload), frame->size);
  fail_unless (memcmp (g_bytes_get_data (payload, NULL),
          bytes->data + frame->offset + 32, frame->size) == 0);
  omv_player_free (player);
}

GST_END_TEST;

/* --- damage --------------------------------------------------------------- */

static gboolean
is_torn_warning (OmvPlayer * player, guint index)
{
  return strstr (g_ptr_array_index (player->warnings, index), "ends within")
      != NULL;
}

/* How many frames with pixels of @golden are whole in its first @size bytes. */
static guint
count_whole_frames (const OmvTestGolden * golden, gsize size)
{
  gsize header_size = golden->version < 20 ? 16 : 32;
  guint count = 0;

  for (guint i = 0; i < golden->frames->len; i++) {
    const OmvTestFrame *frame = omv_test_frame (golden->frames, i);

    if (frame->format != CODE_ARGB8
        && frame->offset + header_size + frame->size <= size)
      count++;
  }

  return count;
}

static void
play_truncated (const OmvTestGolden * golden, gsize size, OmvPlayerMode mode)
{
  guint whole = count_whole_frames (golden, size);
  OmvPlayer *player = omv_player_new (mode, golden->data, size);

  omv_player_run (player);
  fail_unless_equals_int (player->buffers->len, whole);
  if (whole > 0) {
    fail_unless (player->eos);
  } else if (size < 13) {
    fail_unless (player->error != NULL);
  } else {
    fail_unless (g_error_matches (player->error, GST_STREAM_ERROR,
            GST_STREAM_ERROR_DEMUX));
  }
  for (guint i = 0; i < whole; i++) {
    GstClockTime pts = GST_BUFFER_PTS (omv_player_buffer (player, i));

    fail_unless (i == 0
        || pts >= GST_BUFFER_PTS (omv_player_buffer (player, i - 1)));
  }
  for (guint i = 0; i < player->warnings->len; i++)
    fail_unless (is_torn_warning (player, i)
        || strstr (g_ptr_array_index (player->warnings, i), "ARGB8") != NULL);
  omv_player_free (player);
}

/* A recording cut at any byte keeps every whole frame before the cut. */
GST_START_TEST (test_truncated_anywhere)
{
  static const gchar *const names[] = {
    "v10_rgb565", "v11_jpeg", "v20_argb8", "v20_binary", "v20_jpeg",
    "v20_sizefield", "v20_png"
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (OmvTestGolden) golden = omv_test_golden_load (names[i]);
    /* valgrind would take an hour for all */
    const gsize step = omv_test_get_pace (401);

    for (gsize size = 0; size <= golden->size; size += step)
      play_truncated (golden, size, modes[__i__]);
  }
}

GST_END_TEST;

typedef struct
{
  const gchar *recipe;
  const gchar *shown;           /* numbers of the recipe's frames, as letters */
  const gchar *shown_push;      /* in push mode, if other */
  guint warnings;
} DamageCase;

static const DamageCase damage_cases[] = {
  {"V2.0 g8x8 g8x8 +64 g8x8", "abc", NULL, 1},
  {"V2.0 g8x8 +7 g8x8 g8x8", "abc", NULL, 1},
  {"V2.0 g8x8 g8x8=0x8 g8x8", "ac", NULL, 1},
  {"V2.0 g8x8 g8x8=-8x8 g8x8", "ac", NULL, 1},
  {"V2.0 g8x8 g8x8=40000x8 g8x8", "ac", NULL, 1},
  {"V2.0 g8x8 j100=4294967295 g8x8", "ac", NULL, 1},
  {"V2.0 g8x8 j100=0 g8x8", "ac", NULL, 1},
  {"V2.0 g8x8 g8x8 z64", "ab", NULL, 1},
  {"V2.0 g8x8 g8x8 -5", "a", NULL, 1},
  {"V2.0 g8x8 g8x8 -5 V2.0 g8x8 g8x8", "abcd", "abcd", 1},
  {"V2.0 g8x8 g8x8 V1.1 g8x8", "abc", NULL, 0},
  {"V1.1 g8x8 j100 V2.1 g8x8", "abc", NULL, 0},
  {"V2.0 V2.0 g8x8", "a", NULL, 0},
  {"V2.0 g8x8 V9.9 +32 V2.0 g8x8", "ab", NULL, 1},
  {"V2.0 s64x64 g8x8 s64x64 g8x8", "bd", NULL, 2},
  {"V1.1 g8x8 +48 g8x8 g8x8", "abc", NULL, 1},
  {"V2.0 g8x8 a8x8 g8x8", "ac", NULL, 1},
};

GST_START_TEST (test_damage)
{
  const DamageCase *test = &damage_cases[__i__];

  for (guint m = 0; m < LAST_MODE; m++) {
    const gchar *shown = modes[m] == OMV_PLAYER_PUSH && test->shown_push != NULL
        ? test->shown_push : test->shown;
    g_autoptr (GArray) frames = NULL;
    g_autoptr (GByteArray) bytes = omv_test_build (test->recipe, &frames);
    OmvPlayer *player = play (modes[m], bytes);

    fail_unless (player->eos, "%s", test->recipe);
    fail_unless (player->warnings->len == test->warnings, "%s: %u warnings",
        test->recipe, player->warnings->len);
    fail_unless (player->buffers->len == strlen (shown), "%s: %u frames",
        test->recipe, player->buffers->len);
    for (guint i = 0; shown[i] != 0; i++) {
      const OmvTestFrame *frame = omv_test_frame (frames, (guint) shown[i]
          - 'a');
      g_autoptr (GBytes) payload = omv_player_payload (player, i);

      fail_unless_equals_int (g_bytes_get_size (payload), frame->size);
    }
    omv_player_free (player);
  }
}

GST_END_TEST;

/* A false size swallows what follows only where one cannot go back. */
GST_START_TEST (test_swallowed_frames)
{
  g_autoptr (GByteArray) bytes =
      omv_test_build ("V2.0 g8x8 j100=410 g8x8 g8x8 g8x8 g8x8 g8x8", NULL);
  OmvPlayer *player = play (OMV_PLAYER_PULL, bytes);

  fail_unless_equals_int (player->buffers->len, 7);
  fail_unless_equals_int (player->warnings->len, 1);
  omv_player_free (player);
}

GST_END_TEST;

GST_START_TEST (test_warning_names_frame_and_byte)
{
  g_autoptr (GByteArray) bytes = omv_test_build ("V2.0 g8x8 g8x8=0x8 g8x8",
      NULL);
  OmvPlayer *player = play (modes[__i__], bytes);

  fail_unless_equals_int (player->warnings->len, 1);
  fail_unless (strstr (g_ptr_array_index (player->warnings, 0),
          "Frame 1 at byte 112 ") != NULL, "%s",
      (gchar *) g_ptr_array_index (player->warnings, 0));
  fail_unless (g_error_matches (g_ptr_array_index (player->warning_errors, 0),
          GST_STREAM_ERROR, GST_STREAM_ERROR_DEMUX));
  fail_unless (GST_BUFFER_FLAG_IS_SET (omv_player_buffer (player, 1),
          GST_BUFFER_FLAG_DISCONT));
  fail_unless_equals_uint64 (GST_BUFFER_OFFSET (omv_player_buffer (player, 1)),
      1);
  omv_player_free (player);
}

GST_END_TEST;

/* A recording with thousands of damages does not flood the bus. */
GST_START_TEST (test_warnings_are_limited)
{
  g_autoptr (GString) recipe = g_string_new ("V2.0");
  g_autoptr (GByteArray) bytes = NULL;
  OmvPlayer *player;

  for (guint i = 0; i < 100; i++)
    g_string_append (recipe, " +16 g8x8");
  bytes = omv_test_build (recipe->str, NULL);
  player = play (modes[__i__], bytes);
  fail_unless_equals_int (player->buffers->len, 100);
  fail_unless_equals_int (player->warnings->len, 11);
  omv_player_free (player);
}

GST_END_TEST;

GST_START_TEST (test_without_resync_damage_is_an_error)
{
  g_autoptr (GByteArray) bytes = omv_test_build ("V2.0 g8x8 g8x8=0x8 g8x8",
      NULL);
  OmvPlayer *player = omv_player_new (modes[__i__], bytes->data, bytes->len);

  g_object_set (player->demux, "resync", FALSE, NULL);
  omv_player_run (player);
  fail_unless_equals_int (player->buffers->len, 1);
  fail_unless (g_error_matches (player->error, GST_STREAM_ERROR,
          GST_STREAM_ERROR_DEMUX));
  fail_unless (strstr (player->error->message, "Frame 1 at byte 112 "), "%s",
      player->error->message);
  omv_player_free (player);
}

GST_END_TEST;

GST_START_TEST (test_max_frame_size)
{
  g_autoptr (GByteArray) bytes = omv_test_build ("V2.0 g8x8 g9x8 g8x8", NULL);
  OmvPlayer *player = omv_player_new (modes[__i__], bytes->data, bytes->len);

  g_object_set (player->demux, "max-frame-size", 64, NULL);
  omv_player_run (player);
  fail_unless_equals_int (player->buffers->len, 2);
  fail_unless_equals_int (player->warnings->len, 1);
  omv_player_free (player);
}

GST_END_TEST;

typedef struct
{
  const gchar *data;
  gsize size;
  gint code;
  const gchar *words;           /* of the message */
} RefusedCase;

#define HEADER "OMV IMG STR V"

static const RefusedCase refused_cases[] = {
  {"", 0, GST_STREAM_ERROR_DEMUX, "byte 0"},
  {"OMV IM", 6, GST_STREAM_ERROR_DEMUX, "byte 6"},
  {"RIFF____AVI LIST", 16, GST_STREAM_ERROR_WRONG_TYPE, "not an OMV IMG STR"},
  {HEADER "3.0", 16, GST_STREAM_ERROR_FORMAT, "\"3.0\""},
  {HEADER "1.:", 16, GST_STREAM_ERROR_FORMAT, "\"1.:\""},
  {HEADER "2.0", 16, GST_STREAM_ERROR_DEMUX, "no whole frame"},
  {HEADER "2.0 frames?", 24, GST_STREAM_ERROR_DEMUX, "no whole frame"},
};

/* Something that is no recording adds no pad, and one sentence says why. */
GST_START_TEST (test_refused)
{
  const RefusedCase *test = &refused_cases[__i__];

  for (guint m = 0; m < LAST_MODE; m++) {
    OmvPlayer *player = omv_player_new (modes[m], test->data, test->size);

    omv_player_run (player);
    fail_unless (g_error_matches (player->error, GST_STREAM_ERROR, test->code),
        "%s", player->error->message);
    fail_unless (strstr (player->error->message, test->words) != NULL, "%s",
        player->error->message);
    fail_unless_equals_int (player->events->len, 0);
    omv_player_free (player);
  }
}

GST_END_TEST;

GST_START_TEST (test_only_frames_without_pixels)
{
  g_autoptr (GByteArray) bytes = omv_test_build ("V2.0 a8x8 a640x480", NULL);
  OmvPlayer *player = play (modes[__i__], bytes);

  fail_unless (g_error_matches (player->error, GST_STREAM_ERROR,
          GST_STREAM_ERROR_DEMUX));
  fail_unless (strstr (player->error->message, "no frame with pixels"));
  omv_player_free (player);
}

GST_END_TEST;

/* A file that becomes shorter while it is played ends where it ends now. */
GST_START_TEST (test_recording_shrinks)
{
  g_autoptr (GByteArray) bytes =
      omv_test_build ("V2.0 c320x240 c320x240 g8x8 g160x120 g8x8", NULL);

  for (gsize size = 16; size < bytes->len; size += 999 * omv_test_get_pace (7)) {
    OmvPlayer *player =
        omv_player_new (OMV_PLAYER_PULL, bytes->data, bytes->len);

    player->shrink_after = __i__;
    player->shrink_to = size;
    omv_player_run (player);
    fail_unless (player->eos || player->buffers->len == 0);
    fail_unless (player->buffers->len <= 5);
    omv_player_free (player);
  }
}

GST_END_TEST;

/* --- downstream ----------------------------------------------------------- */

GST_START_TEST (test_refused_caps_are_explained)
{
  g_autoptr (GByteArray) bytes = omv_test_build ("V2.0 g8x8 j100 g8x8", NULL);
  OmvPlayer *player = omv_player_new (modes[__i__], bytes->data, bytes->len);

  player->sink_caps = gst_caps_from_string ("video/x-raw");
  omv_player_run (player);
  fail_unless_equals_int (player->buffers->len, 1);
  fail_unless (g_error_matches (player->error, GST_STREAM_ERROR,
          GST_STREAM_ERROR_FORMAT));
  fail_unless (strstr (player->error->message,
          "Frame 1 at byte 112 is a JPEG frame of 8 x 8") != NULL, "%s",
      player->error->message);
  omv_player_free (player);
}

GST_END_TEST;

GST_START_TEST (test_nothing_linked_is_explained)
{
  g_autoptr (GByteArray) bytes = omv_test_build ("V2.0 p100", NULL);
  OmvPlayer *player = omv_player_new (modes[__i__], bytes->data, bytes->len);

  player->stay_unlinked = TRUE;
  omv_player_run (player);
  fail_unless (g_error_matches (player->error, GST_STREAM_ERROR,
          GST_STREAM_ERROR_FORMAT));
  fail_unless (strstr (player->error->message,
          "Frame 0 at byte 16 is a PNG frame of 8 x 8") != NULL, "%s",
      player->error->message);
  omv_player_free (player);
}

GST_END_TEST;

GST_START_TEST (test_downstream_eos_ends)
{
  g_autoptr (GByteArray) bytes = omv_test_build ("V2.0 g8x8 g8x8 g8x8", NULL);
  OmvPlayer *player = omv_player_new (modes[__i__], bytes->data, bytes->len);

  player->max_buffers = 2;
  omv_player_run (player);
  fail_unless_equals_int (player->buffers->len, 2);
  fail_unless (player->eos);
  omv_player_free (player);
}

GST_END_TEST;

static const GstFlowReturn error_flows[] = {
  GST_FLOW_ERROR, GST_FLOW_NOT_SUPPORTED, GST_FLOW_CUSTOM_ERROR
};

/* One error, and then the end: both end here, behind whoever returned the flow.
 * @n_frames: that come before it */
static void
assert_error_is_said (OmvPlayerMode mode, const gchar * recipe, guint n_frames,
    GstFlowReturn flow)
{
  g_autoptr (GByteArray) bytes = omv_test_build (recipe, NULL);
  OmvPlayer *player = omv_player_new (mode, bytes->data, bytes->len);
  GstMessage *message;

  player->max_buffers = n_frames;
  player->last_flow = flow;
  omv_player_start (player);
  omv_player_wait (player);
  fail_unless (g_error_matches (player->error, GST_STREAM_ERROR,
          GST_STREAM_ERROR_FAILED));
  message = gst_bus_timed_pop_filtered (player->bus, 30 * GST_SECOND,
      GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  fail_unless (message != NULL);
  fail_unless_equals_int (GST_MESSAGE_TYPE (message), GST_MESSAGE_EOS);
  gst_message_unref (message);
  fail_unless_equals_int (player->buffers->len, n_frames);
  omv_player_stop (player);
  omv_player_free (player);
}

/* An application's sink may return an error and say nothing. */
GST_START_TEST (test_downstream_error_is_said)
{
  assert_error_is_said (OMV_PLAYER_PULL, "V2.0 g8x8 g8x8 g8x8", 2,
      error_flows[__i__]);
}

GST_END_TEST;

/* A frame of version 1 behind damage is believed only once the stream has ended;
 * upstream is done by then. */
GST_START_TEST (test_error_at_the_end_is_said)
{
  assert_error_is_said (OMV_PLAYER_PUSH, "V1.0 g8x8 g8x8 g8x8 +64 g8x8", 4,
      error_flows[__i__]);
}

GST_END_TEST;

/* Running time goes on without a break from pass to pass. */
GST_START_TEST (test_loop)
{
  static const guint32 intervals[] = { 2000, 10, 20 };
  static const guint64 running[] = { 0, 10, 30, 50, 60, 80, 100, 110, 130 };
  g_autoptr (GByteArray) bytes = build_intervals (intervals, 3);
  OmvPlayer *player = omv_player_new (OMV_PLAYER_PULL, bytes->data, bytes->len);

  g_object_set (player->demux, "loop", TRUE, NULL);
  player->max_buffers = G_N_ELEMENTS (running);
  omv_player_run (player);
  fail_unless_equals_int (player->buffers->len, G_N_ELEMENTS (running));
  for (guint i = 0; i < G_N_ELEMENTS (running); i++) {
    GstBuffer *buffer = omv_player_buffer (player, i);
    const GstSegment *segment;

    gst_event_parse_segment (g_ptr_array_index (player->segments, i), &segment);
    assert_time (gst_segment_to_running_time (segment, GST_FORMAT_TIME,
            GST_BUFFER_PTS (buffer)), running[i] * GST_MSECOND);
    fail_unless_equals_uint64 (GST_BUFFER_OFFSET (buffer), i % 3);
    fail_unless_equals_int (GST_BUFFER_FLAG_IS_SET (buffer,
            GST_BUFFER_FLAG_DISCONT) != 0, i % 3 == 0);
  }
  omv_player_free (player);
}

GST_END_TEST;

/* A single picture lasts no time: it is played once and does not spin. */
GST_START_TEST (test_loop_of_no_time)
{
  static const guint32 intervals[] = { 2000 };
  g_autoptr (GByteArray) bytes = build_intervals (intervals, 1);
  OmvPlayer *player = omv_player_new (OMV_PLAYER_PULL, bytes->data, bytes->len);

  g_object_set (player->demux, "loop", TRUE, NULL);
  omv_player_run (player);
  fail_unless_equals_int (player->buffers->len, 1);
  fail_unless (player->eos);
  omv_player_free (player);
}

GST_END_TEST;

GST_START_TEST (test_duration_and_position)
{
  static const guint32 intervals[] = { 2000, 10, 20 };
  g_autoptr (GByteArray) bytes = build_intervals (intervals, 3);
  OmvPlayer *player = omv_player_new (OMV_PLAYER_PULL, bytes->data, bytes->len);
  gint64 value;

  omv_player_start (player);
  omv_player_wait (player);
  fail_unless (gst_pad_peer_query_duration (player->sink, GST_FORMAT_TIME,
          &value));
  assert_time ((guint64) value, 2050 * GST_MSECOND);
  fail_unless (gst_pad_peer_query_duration (player->sink, GST_FORMAT_DEFAULT,
          &value));
  fail_unless_equals_int64 (value, 3);
  fail_unless (gst_pad_peer_query_position (player->sink, GST_FORMAT_TIME,
          &value));
  assert_time ((guint64) value, 2030 * GST_MSECOND);
  fail_unless (gst_pad_peer_query_position (player->sink, GST_FORMAT_DEFAULT,
          &value));
  fail_unless_equals_int64 (value, 2);
  omv_player_stop (player);
  omv_player_free (player);
}

GST_END_TEST;

/* Nothing of one run is left in the next. */
GST_START_TEST (test_runs_again)
{
  g_autoptr (GByteArray) bytes = omv_test_build ("V2.0 g8x8 c8x8 +16 g8x8",
      NULL);
  OmvPlayer *player = omv_player_new (modes[__i__], bytes->data, bytes->len);

  for (guint run = 1; run <= 3; run++) {
    player->eos = FALSE;
    omv_player_run (player);
    fail_unless_equals_int (player->buffers->len, 3 * run);
    fail_unless_equals_int (player->warnings->len, run);
    assert_time (GST_BUFFER_PTS (omv_player_buffer (player, 3 * run - 3)),
        33 * GST_MSECOND);
  }
  omv_player_free (player);
}

GST_END_TEST;

GST_START_TEST (test_states_without_data)
{
  GstElement *demux = gst_check_setup_element ("omvstrdemux");

  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_int (gst_element_set_state (demux, GST_STATE_PLAYING),
        GST_STATE_CHANGE_SUCCESS);
    fail_unless_equals_int (gst_element_set_state (demux, GST_STATE_NULL),
        GST_STATE_CHANGE_SUCCESS);
  }
  gst_check_teardown_element (demux);
}

GST_END_TEST;

/* After a flush a recording starts anew, with a segment of its own. */
GST_START_TEST (test_flush_in_push_mode)
{
  g_autoptr (GByteArray) bytes = omv_test_build ("V2.0 g8x8 g8x8", NULL);
  OmvPlayer *player = omv_player_new (OMV_PLAYER_PUSH, bytes->data, bytes->len);

  omv_player_start (player);
  omv_player_wait (player);
  fail_unless (gst_pad_push_event (player->source,
          gst_event_new_flush_start ()));
  fail_unless (gst_pad_push_event (player->source,
          gst_event_new_flush_stop (TRUE)));
  for (guint at = 0; at < bytes->len; at += 10) {
    GstBuffer *buffer = gst_buffer_new_allocate (NULL,
        MIN (10, bytes->len - at), NULL);
    GstSegment segment;

    if (at == 0) {
      gst_segment_init (&segment, GST_FORMAT_BYTES);
      gst_pad_push_event (player->source, gst_event_new_segment (&segment));
    }
    gst_buffer_fill (buffer, 0, bytes->data + at, MIN (10, bytes->len - at));
    fail_unless_equals_int (gst_pad_push (player->source, buffer), GST_FLOW_OK);
  }
  fail_unless_equals_int (player->buffers->len, 4);
  assert_time (GST_BUFFER_PTS (omv_player_buffer (player, 2)),
      33 * GST_MSECOND);
  omv_player_stop (player);
  omv_player_free (player);
}

GST_END_TEST;

static Suite *
omvstrdemux_suite (void)
{
  Suite *suite = suite_create ("omvstrdemux");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_golden_pull);
  tcase_add_loop_test (tcase, test_golden_push, 0, G_N_ELEMENTS (chunks));
  tcase_add_loop_test (tcase, test_any_width, 0, LAST_MODE);
  tcase_add_loop_test (tcase, test_event_order, 0, LAST_MODE);
  tcase_add_loop_test (tcase, test_duration_is_the_next_interval, 0, LAST_MODE);
  tcase_add_test (tcase, test_push_holds_nothing_back);
  tcase_add_loop_test (tcase, test_frame_rate, 0, G_N_ELEMENTS (rate_cases));
  tcase_add_loop_test (tcase, test_exact_times, 0, LAST_MODE);
  tcase_add_loop_test (tcase, test_caps_follow_frames, 0, LAST_MODE);
  tcase_add_loop_test (tcase, test_output, 0, G_N_ELEMENTS (output_cases));
  tcase_add_loop_test (tcase, test_frames, 0, LAST_MODE);
  tcase_add_loop_test (tcase, test_no_copy, 0, G_N_ELEMENTS (layout_cases));
  tcase_add_loop_test (tcase, test_binary_as_stored, 0, LAST_MODE);
  tcase_add_loop_test (tcase, test_truncated_anywhere, 0, LAST_MODE);
  tcase_add_loop_test (tcase, test_damage, 0, G_N_ELEMENTS (damage_cases));
  tcase_add_test (tcase, test_swallowed_frames);
  tcase_add_loop_test (tcase, test_warning_names_frame_and_byte, 0, LAST_MODE);
  tcase_add_loop_test (tcase, test_warnings_are_limited, 0, LAST_MODE);
  tcase_add_loop_test (tcase, test_without_resync_damage_is_an_error, 0,
      LAST_MODE);
  tcase_add_loop_test (tcase, test_max_frame_size, 0, LAST_MODE);
  tcase_add_loop_test (tcase, test_refused, 0, G_N_ELEMENTS (refused_cases));
  tcase_add_loop_test (tcase, test_only_frames_without_pixels, 0, LAST_MODE);
  tcase_add_loop_test (tcase, test_recording_shrinks, 1, 8);
  tcase_add_loop_test (tcase, test_refused_caps_are_explained, 0, LAST_MODE);
  tcase_add_loop_test (tcase, test_nothing_linked_is_explained, 0, LAST_MODE);
  tcase_add_loop_test (tcase, test_downstream_eos_ends, 0, LAST_MODE);
  tcase_add_loop_test (tcase, test_downstream_error_is_said, 0,
      G_N_ELEMENTS (error_flows));
  tcase_add_loop_test (tcase, test_error_at_the_end_is_said, 0,
      G_N_ELEMENTS (error_flows));
  tcase_add_test (tcase, test_loop);
  tcase_add_test (tcase, test_loop_of_no_time);
  tcase_add_test (tcase, test_duration_and_position);
  tcase_add_loop_test (tcase, test_runs_again, 0, LAST_MODE);
  tcase_add_test (tcase, test_states_without_data);
  tcase_add_test (tcase, test_flush_in_push_mode);

  return suite;
}

GST_CHECK_MAIN (omvstrdemux);
