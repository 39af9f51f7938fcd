/* omvtest.c: recordings for the tests, made and described without the library
 *
 * A test that builds its input with the code under test proves little. So the
 * bytes here are put together by hand, after docs/format.md, and the golden
 * recordings come with a list of frames that another program wrote.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvtest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* docs/format.md, "Pixel formats" and "Frame, version 1.x". The letter is that
 * of omv_test_build(). */
typedef struct
{
  gchar letter;
  guint32 code;
  guint v1_word;
  guint bits;                   /* per pixel */
} Kind;

static const Kind kinds[] = {
  {'a', 0x0C080004, 0, 0},
  {'b', 0x08010000, 0, 1},
  {'s', 0x08010000, 0, 1},
  {'g', 0x08020001, 1, 8},
  {'c', 0x0C030002, 2, 16},
  {'r', 0x05040001, 3, 8},
  {'y', 0x14050002, 0, 16},
  {'j', 0x06060000, 0, 0},
  {'p', 0x06070000, 0, 0},
};

const gchar *const omv_test_golden_names[] = {
  "v10_mixed_jpeg", "v10_rgb565", "v11_bayer", "v11_jpeg", "v11_rgb565",
  "v20_argb8", "v20_bayer_grbg", "v20_binary", "v20_empty", "v20_first2000",
  "v20_grayscale", "v20_intervals", "v20_jpeg", "v20_png",
  "v20_resolution_switch", "v20_rgb565", "v20_sizefield", "v20_yuv422",
  "v21_steady30", "bad_gray_w_neg", "bad_jpeg_size_ffffffff", "bad_magic_riff",
  "bad_pixfmt_zero", "bad_v20_cut_028", "bad_v20_cut_150", "bad_version_30",
  NULL
};

/* A line of the list, all of it; any other order or spacing is refused. */
static void
parse_frame_line (const gchar * line, OmvTestGolden * golden)
{
  OmvTestFrame frame = { 0, };
  guint index, interval;
  guint64 total;
  gchar unit[2], total_unit[2], name[16];
  gint end = 0;

  if (sscanf (line, "  {\"index\": %u, \"%1[mu]s\": %u, \"total_%1[mu]s\": "
          "%" SCNu64 ", \"time_ns\": %" SCNu64 ", \"w\": %d, \"h\": %d, "
          "\"pixfmt\": \"0x%8x\", \"format\": \"%15[A-Z0-9_]\", "
          "\"size_field\": %u, \"size\": %u, \"offset\": %" SCNu64 ", "
          "\"sha256\": \"%64[0-9a-f]\"}%n", &index, unit, &interval,
          total_unit, &total, &frame.time, &frame.width, &frame.height,
          &frame.format, name, &frame.size_word, &frame.size, &frame.offset,
          frame.sha256, &end) != 14)
    g_error ("not the line of a frame: %s", line);
  if (line[end] != 0 && !g_str_equal (line + end, ","))
    g_error ("more than a frame: %s", line);

  g_assert_cmpuint (index, ==, golden->frames->len);
  g_array_append_val (golden->frames, frame);
}

/* The value of a key that is indented by one space, so one of the top level. */
static gchar *
get_value (gchar ** lines, const gchar * key)
{
  g_autofree gchar *start = g_strdup_printf (" \"%s\": ", key);

  for (guint i = 0; lines[i] != NULL; i++) {
    if (g_str_has_prefix (lines[i], start))
      return g_strndup (lines[i] + strlen (start),
          strlen (lines[i]) - strlen (start) - 1);
  }

  g_error ("no \"%s\" at the top level", key);
}

static void
parse_list (OmvTestGolden * golden, gchar ** lines)
{
  g_autofree gchar *kind = get_value (lines, "kind");
  g_autofree gchar *version = get_value (lines, "version");
  g_autofree gchar *size = get_value (lines, "file_size");
  g_autofree gchar *count = get_value (lines, "frame_count");
  guint i = 0;

  g_assert_cmpuint (g_ascii_strtoull (size, NULL, 10), ==, golden->size);
  golden->damaged = g_str_equal (kind, "\"damaged\"");
  golden->version = (gint) g_ascii_strtoll (version, NULL, 10);

  while (!g_str_has_prefix (lines[i], " \"frames\": ["))
    i++;
  if (g_str_equal (lines[i], " \"frames\": [")) {
    for (i++; !g_str_equal (lines[i], " ]"); i++)
      parse_frame_line (lines[i], golden);
  }
  g_assert_cmpuint (g_ascii_strtoull (count, NULL, 10), ==,
      golden->frames->len);
}

OmvTestGolden *
omv_test_golden_load (const gchar * name)
{
  g_autofree gchar *stem = g_build_filename (OMV_TEST_FILES, "golden", name,
      NULL);
  g_autofree gchar *data_name = g_strconcat (stem, ".bin", NULL);
  g_autofree gchar *list_name = g_strconcat (stem, ".json", NULL);
  g_autofree gchar *list = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  OmvTestGolden *golden = g_new0 (OmvTestGolden, 1);

  golden->frames = g_array_new (FALSE, FALSE, sizeof (OmvTestFrame));
  g_file_get_contents (data_name, (gchar **) & golden->data, &golden->size,
      &error);
  g_assert_no_error (error);
  g_file_get_contents (list_name, &list, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (list, "\n", -1);
  parse_list (golden, lines);

  return golden;
}

void
omv_test_golden_free (OmvTestGolden * golden)
{
  g_array_unref (golden->frames);
  g_free (golden->data);
  g_free (golden);
}

const OmvTestFrame *
omv_test_frame (const GArray * frames, guint index)
{
  g_assert_cmpuint (index, <, frames->len);
  return &g_array_index (frames, OmvTestFrame, index);
}

static void
append_integer (GByteArray * bytes, guint64 value, guint size)
{
  for (guint i = 0; i < size; i++) {
    guint8 byte = (guint8) (value >> (8 * i));

    g_byte_array_append (bytes, &byte, 1);
  }
}

void
omv_test_append_u16 (GByteArray * bytes, guint16 value)
{
  append_integer (bytes, value, 2);
}

void
omv_test_append_u32 (GByteArray * bytes, guint32 value)
{
  append_integer (bytes, value, 4);
}

void
omv_test_append_u64 (GByteArray * bytes, guint64 value)
{
  append_integer (bytes, value, 8);
}

/* @version is "2.0". */
void
omv_test_append_file_header (GByteArray * bytes, const gchar * version)
{
  g_assert_cmpuint (strlen (version), ==, 3);
  g_byte_array_append (bytes, (const guint8 *) "OMV IMG STR V", 13);
  g_byte_array_append (bytes, (const guint8 *) version, 3);
}

/* @word is what the version stores at byte 12, @size what 2.x has after it. */
void
omv_test_append_header (GByteArray * bytes, gint generation, guint32 interval,
    gint width, gint height, guint32 word, guint32 size)
{
  omv_test_append_u32 (bytes, interval);
  omv_test_append_u32 (bytes, (guint32) width);
  omv_test_append_u32 (bytes, (guint32) height);
  omv_test_append_u32 (bytes, word);
  if (generation < 2)
    return;

  omv_test_append_u32 (bytes, size);
  for (guint i = 0; i < 3; i++)
    omv_test_append_u32 (bytes, 0);
}

void
omv_test_append_padding (GByteArray * bytes, gsize payload_size)
{
  for (; payload_size % 16 != 0; payload_size++)
    append_integer (bytes, 0, 1);
}

/* docs/format.md, "Spare bytes", in a header of version 2.x. */
void
omv_test_set_exact_time (guint8 * header, guint64 time)
{
  guint crc = 0xFFFF;

  header[20] = 'x';
  header[21] = 't';
  for (guint i = 0; i < 8; i++)
    header[24 + i] = (guint8) (time >> (8 * i));
  for (guint i = 0; i < 32; i++) {
    for (guint bit = 8; i != 22 && i != 23 && bit-- > 0;) {
      guint out = (crc >> 15 ^ header[i] >> bit) & 1;

      crc = (crc << 1 & 0xFFFF) ^ out * 0x1021;
    }
  }
  header[22] = (guint8) crc;
  header[23] = (guint8) (crc >> 8);
}

/* CRC-32, as ZIP has it: bit by bit. */
guint32
omv_test_get_crc (gconstpointer data, gsize size)
{
  const guint8 *bytes = data;
  guint32 crc = 0xFFFFFFFF;

  for (gsize i = 0; i < size * 8; i++) {
    guint32 out = (crc ^ bytes[i / 8] >> i % 8) & 1;

    crc = crc >> 1 ^ out * 0xEDB88320;
  }

  return ~crc;
}

/* Bytes that look like no header, not even a part of one. */
static void
append_noise (GByteArray * bytes, gsize size)
{
  guint32 state = bytes->len;

  for (gsize i = 0; i < size; i++) {
    state = state * 1664525 + 1013904223;
    append_integer (bytes, 0x80 | state >> 24, 1);
  }
}

static void
append_payload (GByteArray * bytes, gchar letter, gsize size)
{
  static const guint8 jpeg[] = { 0xFF, 0xD8, 0xFF };
  static const guint8 png[] = { 0x89, 'P', 'N', 'G', 13, 10, 26, 10 };
  guint start = bytes->len;

  append_noise (bytes, size);
  if (letter == 'j')
    memcpy (bytes->data + start, jpeg, MIN (size, sizeof jpeg));
  if (letter == 'p')
    memcpy (bytes->data + start, png, MIN (size, sizeof png));
  omv_test_append_padding (bytes, size);
}

static gsize
get_raw_size (const Kind * kind, gint width, gint height)
{
  gsize row = kind->bits == 1 ? ((gsize) width + 31) / 32 * 4
      : (gsize) width * kind->bits / 8;

  if (kind->letter == 's')
    row /= 4;
  return row * (gsize) height;
}

static void
append_frame (GByteArray * bytes, GArray * frames, gint generation,
    const gchar * token)
{
  OmvTestFrame frame = {.width = 8,.height = 8,.offset = bytes->len };
  const Kind *kind = kinds;
  gint width, height;
  gboolean picture;

  while (kind->letter != token[0])
    g_assert_cmpuint (++kind - kinds, <, G_N_ELEMENTS (kinds));
  picture = kind->letter == 'j' || kind->letter == 'p';

  if (picture) {
    if (sscanf (token + 1, "%u=%u", &frame.size, &frame.size_word) < 2)
      frame.size_word = frame.size;
    width = height = 8;
  } else {
    gint read = sscanf (token + 1, "%dx%d=%dx%d", &frame.width, &frame.height,
        &width, &height);

    g_assert_cmpint (read, >=, 2);
    if (read < 4) {
      width = frame.width;
      height = frame.height;
    }
    frame.size = (guint32) get_raw_size (kind, frame.width, frame.height);
  }
  frame.format = kind->code;
  g_array_append_val (frames, frame);

  omv_test_append_header (bytes, generation, 33, width, height,
      generation == 2 ? kind->code : picture ? frame.size_word : kind->v1_word,
      frame.size_word);
  append_payload (bytes, kind->letter, frame.size);
}

/* Makes a recording, or what is left of some, after a recipe of words:
 *
 *   V2.0          a file header; what follows is of that version
 *   g5x3          a frame of 8-bit gray of 5 x 3 pixels. Other letters: b for
 *                 1-bit, c RGB565, r Bayer BGGR, y YUV422, a ARGB8, s 1-bit
 *                 with a quarter of its rows, as an old tool wrote it
 *   g5x3=7x3      the same bytes under a header that says 7 x 3
 *   j100, p100    a frame of 8 x 8 pixels, a JPEG or PNG picture of 100 bytes
 *   j100=400      the same bytes under a header that says 400
 *   -7            cut off the last 7 bytes
 *   +7            add 7 bytes of noise
 *   z7            add 7 zero bytes
 *
 * All intervals are 33. @ret_frames, if not NULL, gets the frames as they are,
 * whatever their headers say. */
GByteArray *
omv_test_build (const gchar * recipe, GArray ** ret_frames)
{
  g_auto (GStrv) words = g_strsplit (recipe, " ", -1);
  GByteArray *bytes = g_byte_array_new ();
  GArray *frames = g_array_new (FALSE, FALSE, sizeof (OmvTestFrame));
  gint generation = 2;

  for (guint i = 0; words[i] != NULL; i++) {
    const gchar *word = words[i];
    guint count = (guint) g_ascii_strtoull (word + 1, NULL, 10);

    if (word[0] == 'V') {
      omv_test_append_file_header (bytes, word + 1);
      generation = word[1] == '1' ? 1 : 2;
    } else if (word[0] == '-') {
      g_byte_array_set_size (bytes, bytes->len - count);
    } else if (word[0] == '+') {
      append_noise (bytes, count);
    } else if (word[0] == 'z') {
      while (count-- > 0)
        append_integer (bytes, 0, 1);
    } else {
      append_frame (bytes, frames, generation, word);
    }
  }

  if (ret_frames != NULL)
    *ret_frames = frames;
  else
    g_array_unref (frames);
  return bytes;
}

guint
omv_test_get_pace (guint slow)
{
  return g_getenv ("OMV_TEST_SLOW") != NULL ? slow : 1;
}
