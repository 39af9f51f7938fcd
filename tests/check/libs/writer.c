/* writer.c: tests of GstOmvWriter
 *
 * What is written is held against recordings that the camera's own code wrote,
 * against bytes put together by hand, and against what a reader makes of it. The
 * guarantees cited are those of gstomvwriter*.c and omv-spool.c.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "omvtest-corpus.h"
#include "omvtest-place.h"
#include "omvtest.h"

#define MS G_GUINT64_CONSTANT (1000000)

/* Not by g_file_set_contents(), which waits for the disk. */
static void
store (const OmvTestPlace * place, const guint8 * data, gsize size)
{
  FILE *file = g_fopen (place->path, "wb");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (data, 1, size, file), ==, size);
  g_assert_cmpint (fclose (file), ==, 0);
}

static void
check_file (const OmvTestPlace * place, const guint8 * data, gsize size)
{
  g_autofree gchar *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  (void) g_file_get_contents (place->path, &contents, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (contents, length, data, size);
}

static GstOmvWriter *
open_writer (const OmvTestPlace * place, GstOmvWriterMode mode,
    GstOmvVersion version)
{
  GstOmvWriter *writer = gst_omv_writer_new ();
  g_autoptr (GError) error = NULL;

  (void) gst_omv_writer_open_path (writer, place->path, mode, version, &error);
  g_assert_no_error (error);
  g_assert_true (gst_omv_writer_is_open (writer));

  return writer;
}

static void
close_writer (GstOmvWriter * writer)
{
  g_autoptr (GError) error = NULL;

  (void) gst_omv_writer_close (writer, &error);
  g_assert_no_error (error);
  g_assert_false (gst_omv_writer_is_open (writer));
}

static void
check_refused (const OmvTestPlace * place, GstOmvWriterMode mode,
    GstOmvVersion version, GQuark domain, gint code)
{
  g_autoptr (GstOmvWriter) writer = gst_omv_writer_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (gst_omv_writer_open_path (writer, place->path, mode, version,
          &error));
  g_assert_error (error, domain, code);
  g_assert_true (g_str_has_suffix (error->message, "."));
  g_assert_false (gst_omv_writer_is_open (writer));
}

/* A gray frame of some bytes of noise. */
static gboolean
append_gray (GstOmvWriter * writer, gint width, gint height, guint64 time,
    GError ** error)
{
  gsize size = (gsize) width * (gsize) height;
  g_autofree guint8 *pixels = g_malloc (size);
  GstOmvFrameHeader header = { 0, };

  for (gsize i = 0; i < size; i++)
    pixels[i] = (guint8) (0x80 | i * 7);
  header.format = GST_OMV_PIXEL_FORMAT_GRAYSCALE;
  header.width = width;
  header.height = height;
  header.exact_time = GST_OMV_TIME_NONE;

  return gst_omv_writer_append (writer, &header, time, pixels, size, error);
}

/* ---- copies ---- */

static GPtrArray *
read_frames (const guint8 * data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GError) error = NULL;
  GPtrArray *frames = g_ptr_array_new_with_free_func
      ((GDestroyNotify) gst_omv_frame_unref);
  GstOmvFrame *frame;

  (void) gst_omv_reader_open_bytes (reader, bytes, &error);
  g_assert_no_error (error);
  while ((frame = gst_omv_reader_read_next (reader, &error)) != NULL)
    g_ptr_array_add (frames, frame);
  g_assert_no_error (error);

  return frames;
}

static void
check_written (GstOmvWriter * writer, GstOmvFrame * frame)
{
  g_autoptr (GError) error = NULL;
  gboolean written = gst_omv_writer_write_frame (writer, frame, &error);

  if (frame->header.format == GST_OMV_PIXEL_FORMAT_ARGB8) {
    g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED);
    g_assert_false (written);
  } else {
    g_assert_no_error (error);
    g_assert_true (written);
  }
}

static guint32
get_v1_word (const OmvTestFrame * frame)
{
  switch (frame->format) {
    case 0x08010000:
      return 0;
    case 0x08020001:
      return 1;
    case 0x0C030002:
      return 2;
    case 0x05040001:
      return 3;
    default:
      return frame->size;
  }
}

/* A frame of @golden after docs/format.md, in the version that may be written. */
static void
append_expected (GByteArray * bytes, const OmvTestGolden * golden,
    const OmvTestFrame * frame, guint32 interval)
{
  gint generation = golden->version / 10;
  const guint8 *payload = golden->data + frame->offset + 16 * generation;
  gboolean picture = frame->format >> 16 == 0x0606
      || frame->format >> 16 == 0x0607;
  guint start;

  omv_test_append_header (bytes, generation, interval, frame->width,
      frame->height, generation == 1 ? get_v1_word (frame) : frame->format,
      picture ? frame->size : 0);
  start = bytes->len;
  g_byte_array_append (bytes, payload, frame->size);
  for (guint i = 0; golden->version == 10 && frame->format == 0x0C030002
      && i < frame->size; i++)
    bytes->data[start + i] = payload[i ^ 1];
  omv_test_append_padding (bytes, frame->size);
}

/* The copy of @golden. An ARGB8 frame has no pixels and is left out. */
static GByteArray *
make_expected (const OmvTestGolden * golden)
{
  GByteArray *bytes = g_byte_array_new ();
  guint64 left_out = 0, before = 0, time = 0;

  omv_test_append_file_header (bytes, golden->version < 20 ? "1.1" : "2.0");
  for (guint i = 0; i < golden->frames->len; i++) {
    const OmvTestFrame *frame = omv_test_frame (golden->frames, i);
    guint64 last = i > 0 ? omv_test_frame (golden->frames, i - 1)->time : 0;

    if (frame->format == 0x0C080004) {
      left_out += frame->time - last;
      continue;
    }
    time = (frame->time - left_out + MS / 2) / MS;
    append_expected (bytes, golden, frame, (guint32) (time - before));
    before = time;
  }

  return bytes;
}

/* "Between recordings of one version nothing is changed", and F2 */
static void
test_copy (OmvTestPlace * place, gconstpointer name)
{
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load (name);
  g_autoptr (GByteArray) expected = make_expected (golden);
  g_autoptr (GPtrArray) frames = read_frames (golden->data, golden->size);
  g_autoptr (GstOmvWriter) writer = open_writer (place,
      GST_OMV_WRITER_MODE_CREATE,
      golden->version < 20 ? GST_OMV_VERSION_V1_1 : GST_OMV_VERSION_V2_0);

  for (guint i = 0; i < frames->len; i++)
    check_written (writer, g_ptr_array_index (frames, i));
  close_writer (writer);
  check_file (place, expected->data, expected->len);

  /* v20_sizefield has numbers where a raw frame has 0 */
  if ((golden->version == 11 || golden->version == 20)
      && !g_str_equal (name, "v20_argb8")
      && !g_str_equal (name, "v20_sizefield"))
    check_file (place, golden->data, golden->size);
}

/* The same by times and pixels. */
static void
test_append_all (OmvTestPlace * place, gconstpointer name)
{
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load (name);
  g_autoptr (GPtrArray) frames = read_frames (golden->data, golden->size);
  g_autoptr (GstOmvWriter) writer = open_writer (place,
      GST_OMV_WRITER_MODE_CREATE, (GstOmvVersion) golden->version);

  for (guint i = 0; i < frames->len; i++) {
    GstOmvFrame *frame = g_ptr_array_index (frames, i);
    const GstOmvFrameHeader *header = &frame->header;
    gboolean says_itself = i % 2 == 1
        && gst_omv_pixel_format_is_compressed (header->format);
    g_autoptr (GError) error = NULL;

    (void) gst_omv_writer_append_bytes (writer, header->format,
        says_itself ? 0 : header->width, says_itself ? 0 : header->height,
        frame->time, GST_OMV_TIME_NONE, frame->payload, &error);
    g_assert_no_error (error);
  }
  close_writer (writer);
  check_file (place, golden->data, golden->size);
}

/* ---- appending ---- */

/* The frames that are whole in the first @cut bytes. */
static guint
count_whole (const OmvTestGolden * golden, gsize cut)
{
  guint64 header_size = golden->version < 20 ? 16 : 32;
  guint n = 0;

  while (n < golden->frames->len) {
    const OmvTestFrame *frame = omv_test_frame (golden->frames, n);

    if (frame->offset + header_size + frame->size > cut)
      break;
    n++;
  }

  return n;
}

/* O1, E1: a recording that was cut anywhere goes on as if it had not been. */
static void
test_every_cut (OmvTestPlace * place, gconstpointer name)
{
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load (name);
  g_autoptr (GPtrArray) frames = read_frames (golden->data, golden->size);

  for (gsize cut = 0; cut <= golden->size; cut += omv_test_get_pace (37)) {
    guint n = count_whole (golden, cut);
    g_autoptr (GstOmvWriter) writer = NULL;

    store (place, golden->data, cut);
    writer = open_writer (place, GST_OMV_WRITER_MODE_APPEND,
        (GstOmvVersion) golden->version);
    g_assert_cmpuint (gst_omv_writer_get_n_frames (writer), ==, n);
    g_assert_cmpuint (gst_omv_writer_get_size (writer), ==,
        n < golden->frames->len
        ? omv_test_frame (golden->frames, n)->offset : golden->size);
    check_file (place, golden->data, gst_omv_writer_get_size (writer));
    for (; n < frames->len; n++)
      check_written (writer, g_ptr_array_index (frames, n));
    close_writer (writer);
    check_file (place, golden->data, golden->size);
  }
}

/* A version is kept, whatever a new recording would have. */
static void
test_append_keeps_version (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = omv_test_build ("V1.1 g5x3 V2.0 g5x3", NULL);
  g_autoptr (GByteArray) joined = omv_test_build ("V2.0 g5x3 V1.1", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstOmvWriter) writer = NULL;

  store (place, bytes->data, bytes->len);
  writer = open_writer (place, GST_OMV_WRITER_MODE_APPEND,
      GST_OMV_VERSION_V1_1);
  g_assert_cmpint (gst_omv_writer_get_version (writer), ==,
      GST_OMV_VERSION_V2_0);
  close_writer (writer);
  check_file (place, bytes->data, bytes->len);

  store (place, joined->data, joined->len);
  (void) gst_omv_writer_open_path (writer, place->path,
      GST_OMV_WRITER_MODE_APPEND, GST_OMV_VERSION_V2_0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gst_omv_writer_get_version (writer), ==,
      GST_OMV_VERSION_V1_1);
  close_writer (writer);
  check_file (place, joined->data, joined->len);
}

/* E1, O1 */
static void
test_append_refused (OmvTestPlace * place, gconstpointer unused)
{
  const struct
  {
    const gchar *recipe;
    GstOmvError code;
  } cases[] = {
    {"V2.0 g5x3 +48 g5x3", GST_OMV_ERROR_CORRUPT},
    {"V2.0 g5x3 +48", GST_OMV_ERROR_CORRUPT},
    {"V2.0 +48", GST_OMV_ERROR_CORRUPT},
    {"V2.0 g5x3 z4096", GST_OMV_ERROR_CORRUPT},
    /* the size of the second would end the recording, but it lies */
    {"V2.0 g5x3 j100=4000 g5x3 g5x3", GST_OMV_ERROR_CORRUPT},
    {"V2.0 g5x3 c40x40 -3001 V2.0 g5x3", GST_OMV_ERROR_CORRUPT},
    {"V2.0 s33x9 g5x3 g5x3", GST_OMV_ERROR_CORRUPT},
    {"V2.0 g5x3 +48 g5x3 g50x50 -9", GST_OMV_ERROR_CORRUPT},
    {"V2.0 g5x3 V3.0 g5x3", GST_OMV_ERROR_CORRUPT},
    {"V3.0 g5x3", GST_OMV_ERROR_UNSUPPORTED},
    {"V1.0 g5x3", GST_OMV_ERROR_UNSUPPORTED},
    {"V2.1 g5x3 c7x5 -9", GST_OMV_ERROR_UNSUPPORTED},
    {"V2.0 g5x3 V1.0", GST_OMV_ERROR_UNSUPPORTED},
    {"+99", GST_OMV_ERROR_WRONG_TYPE},
    {"+3", GST_OMV_ERROR_WRONG_TYPE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GByteArray) bytes = omv_test_build (cases[i].recipe, NULL);

    g_test_message ("%s", cases[i].recipe);
    store (place, bytes->data, bytes->len);
    check_refused (place, GST_OMV_WRITER_MODE_APPEND, GST_OMV_VERSION_V2_0,
        GST_OMV_ERROR, (gint) cases[i].code);
    check_file (place, bytes->data, bytes->len);
  }
}

static void
check_summary (GstOmvWriter * writer, const OmvTestPlace * place)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GstOmvFrame) last = NULL;
  guint64 n_frames = gst_omv_writer_get_n_frames (writer);
  GStatBuf info;

  g_assert_true (gst_omv_writer_flush (writer, NULL));
  g_assert_cmpint (g_stat (place->path, &info), ==, 0);
  g_assert_cmpuint (gst_omv_writer_get_size (writer), ==,
      (guint64) info.st_size);
  g_assert_true (gst_omv_reader_open_path (reader, place->path, NULL));
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==, n_frames);
  g_assert_cmpuint (gst_omv_reader_get_duration (reader, NULL), ==,
      gst_omv_writer_get_duration (writer));
  g_assert_null (gst_omv_reader_list_damages (reader, NULL));
  if (n_frames > 0)
    last = gst_omv_reader_read_frame (reader, n_frames - 1, NULL);
  g_assert_cmpuint (gst_omv_writer_get_last_time (writer), ==,
      last != NULL ? last->time : 0);
}

/* Why a recording cannot be appended to, or -1: E1, and versions. */
static gint
get_refusal (const OmvTestPlace * place)
{
  g_autoptr (GstOmvReader) reader =
      g_object_new (GST_OMV_TYPE_READER, "resync", TRUE, NULL);
  g_autoptr (GstOmvFrame) last = NULL;
  GList *damages;
  guint n_damages;
  guint64 n_frames;

  g_assert_true (gst_omv_reader_open_path (reader, place->path, NULL));
  damages = gst_omv_reader_list_damages (reader, NULL);
  n_damages = g_list_length (damages);
  g_list_free_full (damages, (GDestroyNotify) gst_omv_damage_free);
  if (n_damages > (gst_omv_reader_is_torn (reader, NULL) ? 1 : 0))
    return GST_OMV_ERROR_CORRUPT;

  n_frames = gst_omv_reader_get_n_frames (reader, NULL);
  if (n_frames > 0)
    last = gst_omv_reader_read_frame (reader, n_frames - 1, NULL);
  return last != NULL && (last->version == GST_OMV_VERSION_V1_0
      || last->version == GST_OMV_VERSION_V2_1) ? GST_OMV_ERROR_UNSUPPORTED :
      -1;
}

/* What is told of a recording is what a reader says, and time goes on: to half a
 * millisecond, or twice that behind exact times that lie between two. */
static void
test_summary (OmvTestPlace * place, gconstpointer name)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load (name);
  g_autoptr (GstOmvWriter) writer = gst_omv_writer_new ();
  g_autoptr (GError) error = NULL;
  guint64 time;
  gint refusal;

  store (place, bytes->data, bytes->len);
  refusal = get_refusal (place);
  if (!gst_omv_writer_open_path (writer, place->path,
          GST_OMV_WRITER_MODE_APPEND, GST_OMV_VERSION_V2_0, &error)) {
    g_assert_error (error, GST_OMV_ERROR, refusal);
    check_file (place, bytes->data, bytes->len);
    return;
  }

  g_assert_cmpint (refusal, ==, -1);
  check_summary (writer, place);
  time = gst_omv_writer_get_last_time (writer);
  for (guint i = 0; i < 30; i++) {
    time += 33333333;
    g_assert_true (append_gray (writer, 5, 3, time, NULL));
    g_assert_cmpuint (gst_omv_writer_get_last_time (writer), >=, time - MS);
    g_assert_cmpuint (gst_omv_writer_get_last_time (writer), <=, time + MS);
  }
  check_summary (writer, place);
}

/* Frame 20 is broken by now, but nobody comes by. */
static void
test_append_uses_index (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GArray) frames = NULL;
  g_autoptr (GString) recipe = g_string_new ("V2.0");
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GstOmvWriter) writer = NULL;

  for (guint i = 0; i < 100; i++)
    g_string_append (recipe, " c9x9");
  bytes = omv_test_build (recipe->str, &frames);
  store (place, bytes->data, bytes->len);
  g_assert_true (gst_omv_reader_open_path (reader, place->path, NULL));
  g_assert_true (gst_omv_reader_write_index (reader, NULL));
  bytes->data[omv_test_frame (frames, 20)->offset + 12] ^= 0x55;
  store (place, bytes->data, bytes->len);

  writer = open_writer (place, GST_OMV_WRITER_MODE_APPEND,
      GST_OMV_VERSION_V2_0);
  g_assert_cmpuint (gst_omv_writer_get_n_frames (writer), ==, 100);
  g_assert_cmpuint (gst_omv_writer_get_last_time (writer), ==, 100 * 33 * MS);
}

/* ---- opening ---- */

static void
test_modes (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GByteArray) old = omv_test_build ("V1.1 g5x3 c7x5", NULL);
  g_autoptr (GstOmvWriter) writer = open_writer (place,
      GST_OMV_WRITER_MODE_APPEND, GST_OMV_VERSION_V1_1);

  check_file (place, (const guint8 *) "OMV IMG STR V1.1", 16);
  close_writer (writer);

  store (place, old->data, old->len);
  check_refused (place, GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0,
      G_IO_ERROR, G_IO_ERROR_EXISTS);
  check_file (place, old->data, old->len);

  g_assert_true (gst_omv_writer_open_path (writer, place->path,
          GST_OMV_WRITER_MODE_REPLACE, GST_OMV_VERSION_V2_0, NULL));
  check_file (place, (const guint8 *) "OMV IMG STR V2.0", 16);
}

/* O1 */
static void
test_refused_versions (OmvTestPlace * place, gconstpointer unused)
{
  const gint versions[] = { 0, GST_OMV_VERSION_V1_0, GST_OMV_VERSION_V2_1, 30 };
  g_autoptr (GByteArray) old = omv_test_build ("V1.1 g5x3 c7x5", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (versions); i++) {
    for (GstOmvWriterMode mode = GST_OMV_WRITER_MODE_CREATE;
        mode <= GST_OMV_WRITER_MODE_APPEND; mode++) {
      check_refused (place, mode, (GstOmvVersion) versions[i], GST_OMV_ERROR,
          GST_OMV_ERROR_UNSUPPORTED);
      g_assert_false (g_file_test (place->path, G_FILE_TEST_EXISTS));
    }
  }

  store (place, old->data, old->len);
  check_refused (place, GST_OMV_WRITER_MODE_REPLACE, GST_OMV_VERSION_V1_0,
      GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED);
  check_file (place, old->data, old->len);
}

/* No pipe lets us wait, no device is written to. */
static void
test_no_file (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GFile) remote = g_file_new_for_uri ("http://localhost/run.bin");
  g_autoptr (GstOmvWriter) writer = gst_omv_writer_new ();
  g_autoptr (GError) error = NULL;
  OmvTestPlace missing = { 0, };
  g_autofree gchar *path = g_build_filename (place->folder, "no", "run", NULL);

  g_assert_false (gst_omv_writer_open_file (writer, remote,
          GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);

  missing.path = path;
  check_refused (&missing, GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0,
      G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  missing.path = place->folder;
  check_refused (&missing, GST_OMV_WRITER_MODE_REPLACE, GST_OMV_VERSION_V2_0,
      G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  missing.path = (gchar *) "/dev/null";
  check_refused (&missing, GST_OMV_WRITER_MODE_APPEND, GST_OMV_VERSION_V2_0,
      G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);

  g_assert_cmpint (mkfifo (place->path, 0600), ==, 0);
  g_assert_false (gst_omv_writer_open_path (writer, place->path,
          GST_OMV_WRITER_MODE_APPEND, GST_OMV_VERSION_V2_0, NULL));
}

/* ---- frames ---- */

static gboolean
append_format (GstOmvWriter * writer, GstOmvPixelFormat format, gint width,
    gint height, GBytes * payload, GError ** error)
{
  return gst_omv_writer_append_bytes (writer, format, width, height,
      GST_OMV_TIME_NONE, GST_OMV_TIME_NONE, payload, error);
}

/* F1 */
static void
test_refused_frames (OmvTestPlace * place, gconstpointer unused)
{
  const struct
  {
    GstOmvVersion version;
    gint format;
    gint width, height;
    gsize size;
    GstOmvError code;
  } cases[] = {
    {20, GST_OMV_PIXEL_FORMAT_GRAYSCALE, 5, 3, 14, 4},
    {20, GST_OMV_PIXEL_FORMAT_GRAYSCALE, 5, 3, 16, 4},
    {20, GST_OMV_PIXEL_FORMAT_GRAYSCALE, 5, 3, 0, 4},
    {20, GST_OMV_PIXEL_FORMAT_GRAYSCALE, 0, 0, 0, 4},
    {20, GST_OMV_PIXEL_FORMAT_GRAYSCALE, -5, -3, 15, 4},
    {20, GST_OMV_PIXEL_FORMAT_GRAYSCALE, 32768, 1, 32768, 4},
    {20, GST_OMV_PIXEL_FORMAT_GRAYSCALE, 1, 32768, 32768, 4},
    {20, GST_OMV_PIXEL_FORMAT_GRAYSCALE, G_MAXINT, G_MAXINT, 1, 4},
    {20, GST_OMV_PIXEL_FORMAT_BINARY, 33, 3, 15, 4},
    {20, GST_OMV_PIXEL_FORMAT_ARGB8, 5, 3, 0, 1},
    {20, GST_OMV_PIXEL_FORMAT_UNKNOWN, 5, 3, 15, 1},
    {20, 0x12345678, 5, 3, 15, 1},
    {20, GST_OMV_PIXEL_FORMAT_JPEG, 5, 3, 100, 0},
    {20, GST_OMV_PIXEL_FORMAT_JPEG, 0, 0, 100, 0},
    {20, GST_OMV_PIXEL_FORMAT_JPEG, 0, 0, 0, 0},
    {20, GST_OMV_PIXEL_FORMAT_PNG, 5, 3, 100, 0},
    {11, GST_OMV_PIXEL_FORMAT_YUV422, 4, 2, 16, 1},
    {11, GST_OMV_PIXEL_FORMAT_BAYER_GRBG, 4, 2, 8, 1},
    {11, GST_OMV_PIXEL_FORMAT_PNG, 5, 3, 100, 1},
    {11, GST_OMV_PIXEL_FORMAT_JPEG, 5, 3, 3, 1},
  };
  g_autofree guint8 *zeros = g_malloc0 (40000);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GstOmvWriter) writer = open_writer (place,
        GST_OMV_WRITER_MODE_REPLACE, cases[i].version);
    g_autoptr (GBytes) payload = g_bytes_new (zeros, cases[i].size);
    g_autoptr (GBytes) good = g_bytes_new (zeros, 15);
    g_autoptr (GError) error = NULL;

    g_test_message ("%u", i);
    g_assert_false (append_format (writer, (GstOmvPixelFormat) cases[i].format,
            cases[i].width, cases[i].height, payload, &error));
    g_assert_error (error, GST_OMV_ERROR, (gint) cases[i].code);
    g_assert_true (g_str_has_suffix (error->message, "."));
    g_assert_cmpuint (gst_omv_writer_get_n_frames (writer), ==, 0);
    g_assert_cmpuint (gst_omv_writer_get_size (writer), ==, 16);
    g_assert_true (append_format (writer, GST_OMV_PIXEL_FORMAT_GRAYSCALE, 5, 3,
            good, NULL));
    check_summary (writer, place);
  }
}

/* F1: pictures that say another size than their headers */
static void
test_refused_pictures (OmvTestPlace * place, gconstpointer name)
{
  g_autoptr (OmvTestGolden) golden = omv_test_golden_load (name);
  g_autoptr (GPtrArray) frames = read_frames (golden->data, golden->size);
  GstOmvFrame *frame = g_ptr_array_index (frames, 0);
  g_autoptr (GstOmvWriter) writer = open_writer (place,
      GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0);
  g_autoptr (GError) error = NULL;

  g_assert_false (append_format (writer, frame->header.format,
          frame->header.width + 1, frame->header.height, frame->payload,
          &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE);
  g_assert_cmpuint (gst_omv_writer_get_n_frames (writer), ==, 0);
}

/* F2: thirty frames a second for an hour */
static void
test_no_drift (OmvTestPlace * place, gconstpointer unused)
{
  const guint64 hour = G_GUINT64_CONSTANT (3600) * 1000 * MS;
  g_autoptr (GstOmvWriter) writer = open_writer (place,
      GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0);
  guint n_frames = 3600 * 30 / omv_test_get_pace (100);

  for (guint i = 1; i <= n_frames; i++) {
    guint64 time = i * hour / n_frames;

    g_assert_true (append_gray (writer, 1, 1, time, NULL));
    g_assert_cmpuint (gst_omv_writer_get_last_time (writer), ==,
        (time + MS / 2) / MS * MS);
  }
  check_summary (writer, place);
  g_assert_cmpuint (gst_omv_writer_get_last_time (writer), ==, hour);
}

/* A frame that follows another by an interval follows the latest one. */
static void
test_copy_behind_backward (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = omv_test_build ("V2.0 g5x3", NULL);
  g_autoptr (GPtrArray) frames = read_frames (bytes->data, bytes->len);
  g_autoptr (GstOmvWriter) writer = open_writer (place,
      GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0);

  g_assert_true (append_gray (writer, 5, 3, 100 * MS, NULL));
  g_assert_true (append_gray (writer, 5, 3, 40 * MS, NULL));
  check_written (writer, g_ptr_array_index (frames, 0));
  g_assert_cmpuint (gst_omv_writer_get_last_time (writer), ==, 133 * MS);
}

static void
test_odd_times (OmvTestPlace * place, gconstpointer unused)
{
  const guint64 limit = G_MAXUINT32 * MS;
  g_autoptr (GstOmvWriter) writer = open_writer (place,
      GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) second_error = NULL;

  /* back in time: from the latest frame on */
  g_assert_true (append_gray (writer, 5, 3, 100 * MS, NULL));
  g_assert_true (append_gray (writer, 5, 3, 40 * MS, NULL));
  g_assert_true (append_gray (writer, 5, 3, GST_OMV_TIME_NONE, NULL));
  g_assert_cmpuint (gst_omv_writer_get_last_time (writer), ==, 100 * MS);
  g_assert_true (append_gray (writer, 5, 3, 130 * MS, NULL));
  g_assert_cmpuint (gst_omv_writer_get_last_time (writer), ==, 130 * MS);
  g_assert_cmpuint (gst_omv_writer_get_duration (writer), ==, 160 * MS);

  /* too far ahead: F1 */
  g_assert_false (append_gray (writer, 5, 3, limit + 131 * MS, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_INTERVAL);
  g_assert_false (append_gray (writer, 5, 3, G_MAXUINT64 - 1, &second_error));
  g_assert_error (second_error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_INTERVAL);
  g_assert_cmpuint (gst_omv_writer_get_n_frames (writer), ==, 4);
  g_assert_true (append_gray (writer, 5, 3, limit + 130 * MS, NULL));
  check_summary (writer, place);
}

/* Bytes 20…31 of the frame whose header stands at @offset. */
static void
check_exact_time (const OmvTestPlace * place, guint64 offset, guint64 time)
{
  g_autofree gchar *data = NULL;
  guint8 header[32];

  g_assert_true (g_file_get_contents (place->path, &data, NULL, NULL));
  memcpy (header, data + offset, sizeof header);
  memset (header + 20, 0, 12);
  if (time != GST_OMV_TIME_NONE)
    omv_test_set_exact_time (header, time);
  g_assert_cmpmem (data + offset, sizeof header, header, sizeof header);
}

static void
test_exact_time (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GstOmvWriter) writer = open_writer (place,
      GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0);
  guint8 pixels[16] = { 0, };
  GstOmvFrameHeader header = { 0, };

  header.format = GST_OMV_PIXEL_FORMAT_GRAYSCALE;
  header.width = header.height = 4;
  header.exact_time = 777;
  g_assert_true (gst_omv_writer_append (writer, &header, 5, pixels, 16, NULL));
  gst_omv_writer_set_exact_time (writer, TRUE);
  g_assert_true (gst_omv_writer_get_exact_time (writer));
  g_assert_true (gst_omv_writer_append (writer, &header, 6, pixels, 16, NULL));
  header.exact_time = GST_OMV_TIME_NONE;
  g_assert_true (gst_omv_writer_append (writer, &header, 33333333, pixels, 16,
          NULL));
  check_summary (writer, place);
  check_exact_time (place, 16, GST_OMV_TIME_NONE);
  check_exact_time (place, 16 + 48, 777);
  check_exact_time (place, 16 + 96, 33333333);

  /* version 1.1 has no place for it */
  g_assert_true (gst_omv_writer_open_path (writer, place->path,
          GST_OMV_WRITER_MODE_REPLACE, GST_OMV_VERSION_V1_1, NULL));
  g_assert_true (gst_omv_writer_append (writer, &header, 33333333, pixels, 16,
          NULL));
  g_assert_cmpuint (gst_omv_writer_get_last_time (writer), ==, 33 * MS);
  check_summary (writer, place);
}

/* Exact times are copied, and times with them. */
static void
test_copy_exact_times (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes = omv_test_corpus_load ("exact-times");
  g_autoptr (GPtrArray) frames = read_frames (bytes->data, bytes->len);
  g_autoptr (GstOmvWriter) writer = open_writer (place,
      GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0);
  guint64 offset = 16;

  for (guint i = 0; i < frames->len; i++) {
    GstOmvFrame *frame = g_ptr_array_index (frames, i);

    check_written (writer, frame);
    if (frame->header.format == GST_OMV_PIXEL_FORMAT_ARGB8)
      continue;
    if (i % 16 == 0) {
      g_assert_true (gst_omv_writer_flush (writer, NULL));
      check_exact_time (place, offset, frame->header.exact_time);
    }
    offset = gst_omv_writer_get_size (writer);
  }
  check_summary (writer, place);
}

/* ---- cutting ---- */

static void
test_truncate (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GArray) frames = NULL;
  g_autoptr (GString) recipe = g_string_new ("V2.0");
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GstOmvWriter) writer = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 40; i++)
    g_string_append (recipe, i % 3 == 0 ? " c9x9" : i % 3 == 1 ? " g5x3" :
        " y90x99");
  bytes = omv_test_build (recipe->str, &frames);
  store (place, bytes->data, bytes->len);
  writer = open_writer (place, GST_OMV_WRITER_MODE_APPEND,
      GST_OMV_VERSION_V2_0);

  g_assert_false (gst_omv_writer_truncate (writer, 41, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_END_OF_STREAM);
  g_assert_true (gst_omv_writer_truncate (writer, 40, NULL));
  check_file (place, bytes->data, bytes->len);
  for (guint n = 40; n-- > 0;) {
    g_assert_true (gst_omv_writer_truncate (writer, n, NULL));
    g_assert_cmpuint (gst_omv_writer_get_n_frames (writer), ==, n);
    check_file (place, bytes->data, omv_test_frame (frames, n)->offset);
    check_summary (writer, place);

    /* what is written next follows there, and may be cut, too */
    g_assert_true (append_gray (writer, 5, 3, n * 33 * MS + 20 * MS, NULL));
    g_assert_true (append_gray (writer, 200, 200, n * 33 * MS + 30 * MS, NULL));
    check_summary (writer, place);
    g_assert_true (gst_omv_writer_truncate (writer, n, NULL));
    check_file (place, bytes->data, omv_test_frame (frames, n)->offset);
  }
}

/* Back into a recording that is only read: refused. O1 */
static void
test_truncate_joined (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GByteArray) bytes =
      omv_test_build ("V1.0 g5x3 V1.1 g5x3 V2.0 g5x3", NULL);
  g_autoptr (GstOmvWriter) writer = NULL;
  g_autoptr (GError) error = NULL;

  store (place, bytes->data, bytes->len);
  writer = open_writer (place, GST_OMV_WRITER_MODE_APPEND,
      GST_OMV_VERSION_V2_0);
  g_assert_false (gst_omv_writer_truncate (writer, 1, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED);
  check_file (place, bytes->data, bytes->len);
  g_assert_true (gst_omv_writer_truncate (writer, 2, NULL));
  g_assert_cmpint (gst_omv_writer_get_version (writer), ==,
      GST_OMV_VERSION_V1_1);
  check_summary (writer, place);
}

/* ---- the disk ---- */

/* Bytes that any file of this process may have. */
static void
limit_files (rlim_t size)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = MIN (size, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

/* The frames are of the size of their numbers, for some large ones between. */
static gboolean
append_number (GstOmvWriter * writer, guint64 number, GError ** error)
{
  return append_gray (writer, (gint) number + 1, number % 50 == 49 ? 400 : 10,
      number * 33 * MS, error);
}

/* P1: the file is a whole prefix of @whole. */
static void
check_prefix (const OmvTestPlace * place, const guint8 * whole, gsize size)
{
  g_autofree gchar *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (place->path, &contents, &length, NULL));
  g_assert_cmpuint (length, <=, size);
  g_assert_cmpmem (contents, length, whole, length);
  /* frames have a padding behind them, and no damage */
  g_assert_cmpuint (length % 16, ==, 0);
  g_ptr_array_unref (read_frames ((const guint8 *) contents, length));
}

/* P2: what was taken while the disk was full is there in the end. */
static void
check_full (const OmvTestPlace * place, const guint8 * whole, gsize size,
    guint n_frames, gsize room)
{
  g_autoptr (GstOmvWriter) writer = open_writer (place,
      GST_OMV_WRITER_MODE_REPLACE, GST_OMV_VERSION_V2_0);
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GError) error = NULL;
  guint64 n = 0;

  limit_files (room);
  while (n < n_frames && append_number (writer, n, &error))
    g_assert_cmpuint (gst_omv_writer_get_n_frames (writer), ==, ++n);
  if (n == n_frames)
    g_assert_false (gst_omv_writer_flush (writer, &error));
  g_assert_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (EFBIG));
  g_assert_nonnull (strstr (error->message, "run %41.bin"));
  g_assert_cmpuint (gst_omv_writer_get_n_frames (writer), ==, n);
  limit_files (RLIM_INFINITY);
  check_prefix (place, whole, size);
  g_assert_true (gst_omv_reader_open_path (reader, place->path, NULL));
  g_assert_false (gst_omv_reader_is_torn (reader, NULL));

  for (; n < n_frames; n++)
    g_assert_true (append_number (writer, n, NULL));
  check_summary (writer, place);
  close_writer (writer);
  check_file (place, whole, size);
}

static void
test_full_disk (OmvTestPlace * place, gconstpointer unused)
{
  const guint n_frames = 180;
  g_autofree gchar *whole = NULL;
  gsize size;
  g_autoptr (GstOmvWriter) writer = open_writer (place,
      GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0);

  for (guint64 i = 0; i < n_frames; i++)
    g_assert_true (append_number (writer, i, NULL));
  close_writer (writer);
  g_assert_true (g_file_get_contents (place->path, &whole, &size, NULL));

  (void) signal (SIGXFSZ, SIG_IGN);
  for (gsize room = 16; room < size; room += 1777 * omv_test_get_pace (10))
    check_full (place, (const guint8 *) whole, size, n_frames, room);
}

/* No room for the file header: nothing is left behind. O1 */
static void
test_full_from_the_start (OmvTestPlace * place, gconstpointer unused)
{
  (void) signal (SIGXFSZ, SIG_IGN);
  limit_files (7);
  check_refused (place, GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0,
      G_IO_ERROR, (gint) g_io_error_from_errno (EFBIG));
  limit_files (RLIM_INFINITY);
  g_assert_false (g_file_test (place->path, G_FILE_TEST_EXISTS));
}

/* What close() could not write is told. */
static void
test_close_fails (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GstOmvWriter) writer = open_writer (place,
      GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0);
  g_autoptr (GError) error = NULL;

  (void) signal (SIGXFSZ, SIG_IGN);
  for (guint i = 0; i < 3; i++)
    g_assert_true (append_gray (writer, 5, 3, 0, NULL));
  limit_files (16 + 2 * 48 + 20);
  g_assert_false (gst_omv_writer_close (writer, &error));
  limit_files (RLIM_INFINITY);
  g_assert_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (EFBIG));
  g_assert_false (gst_omv_writer_is_open (writer));
  g_assert_true (gst_omv_writer_close (writer, NULL));

  g_assert_true (gst_omv_writer_open_path (writer, place->path,
          GST_OMV_WRITER_MODE_APPEND, GST_OMV_VERSION_V2_0, NULL));
  g_assert_cmpuint (gst_omv_writer_get_n_frames (writer), ==, 2);
  g_assert_cmpuint (gst_omv_writer_get_size (writer), ==, 16 + 2 * 48);
}

/* P1, P3: at any time the file holds whole frames, and after flush all of them. */
static void
test_growing (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GstOmvWriter) writer = open_writer (place,
      GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0);
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();

  g_assert_true (gst_omv_reader_open_path (reader, place->path, NULL));
  g_assert_null (gst_omv_reader_read_next (reader, NULL));
  for (guint i = 0; i < 200; i++) {
    g_assert_true (append_number (writer, i, NULL));
    g_assert_false (gst_omv_reader_is_torn (reader, NULL));
    if (i % 10 == 3) {
      g_assert_true (gst_omv_writer_flush (writer, NULL));
      for (guint j = i < 10 ? 0 : i - 9; j <= i; j++) {
        g_autoptr (GstOmvFrame) frame = gst_omv_reader_read_next (reader, NULL);

        g_assert_nonnull (frame);
        g_assert_cmpuint (frame->number, ==, j);
        g_assert_cmpint (frame->header.width, ==, (gint) j + 1);
        g_assert_cmpuint (frame->time, ==, j * 33 * MS);
      }
    }
  }
  g_assert_true (gst_omv_writer_sync (writer, NULL));
  g_assert_cmpuint (gst_omv_reader_get_n_frames (reader, NULL), ==, 200);
}

/* ---- closing ---- */

static void
check_closed (GstOmvWriter * writer)
{
  g_autoptr (GBytes) payload = g_bytes_new ("", 1);
  g_autoptr (GByteArray) bytes = omv_test_build ("V2.0 g5x3", NULL);
  g_autoptr (GPtrArray) frames = read_frames (bytes->data, bytes->len);
  GError *errors[6] = { NULL, };

  g_assert_false (append_gray (writer, 5, 3, 0, &errors[0]));
  g_assert_false (append_format (writer, GST_OMV_PIXEL_FORMAT_GRAYSCALE, 1, 1,
          payload, &errors[1]));
  g_assert_false (gst_omv_writer_write_frame (writer,
          g_ptr_array_index (frames, 0), &errors[2]));
  g_assert_false (gst_omv_writer_truncate (writer, 0, &errors[3]));
  g_assert_false (gst_omv_writer_flush (writer, &errors[4]));
  g_assert_false (gst_omv_writer_sync (writer, &errors[5]));
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
    g_assert_error (errors[i], GST_OMV_ERROR, GST_OMV_ERROR_CLOSED);
    g_error_free (errors[i]);
  }
}

static void
test_closed (OmvTestPlace * place, gconstpointer unused)
{
  g_autoptr (GstOmvWriter) writer = gst_omv_writer_new ();

  check_closed (writer);
  g_assert_true (gst_omv_writer_close (writer, NULL));
  g_assert_cmpuint (gst_omv_writer_get_n_frames (writer), ==, 0);
  g_assert_cmpuint (gst_omv_writer_get_size (writer), ==, 0);

  g_assert_true (gst_omv_writer_open_path (writer, place->path,
          GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0, NULL));
  g_assert_true (append_gray (writer, 5, 3, 40 * MS, NULL));
  g_assert_true (gst_omv_writer_close (writer, NULL));
  g_assert_true (gst_omv_writer_close (writer, NULL));
  check_closed (writer);
  /* what there was is still told */
  g_assert_cmpuint (gst_omv_writer_get_n_frames (writer), ==, 1);
  g_assert_cmpuint (gst_omv_writer_get_size (writer), ==, 64);
  g_assert_cmpuint (gst_omv_writer_get_last_time (writer), ==, 40 * MS);

  /* a refused opening leaves it closed */
  g_assert_false (gst_omv_writer_open_path (writer, place->path,
          GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0, NULL));
  check_closed (writer);
}

/* Nothing is lost with the last reference, or with the next opening. */
static void
test_forgotten (OmvTestPlace * place, gconstpointer unused)
{
  g_autofree gchar *other = g_build_filename (place->folder, "other", NULL);
  GstOmvWriter *writer = open_writer (place, GST_OMV_WRITER_MODE_CREATE,
      GST_OMV_VERSION_V2_0);

  g_assert_true (append_gray (writer, 5, 3, 0, NULL));
  g_object_unref (writer);
  writer = open_writer (place, GST_OMV_WRITER_MODE_APPEND,
      GST_OMV_VERSION_V2_0);
  g_assert_cmpuint (gst_omv_writer_get_n_frames (writer), ==, 1);
  g_assert_true (append_gray (writer, 5, 3, 0, NULL));
  g_assert_true (gst_omv_writer_open_path (writer, other,
          GST_OMV_WRITER_MODE_CREATE, GST_OMV_VERSION_V2_0, NULL));
  g_assert_cmpuint (gst_omv_writer_get_n_frames (writer), ==, 0);
  g_object_unref (writer);
  g_assert_cmpint (g_unlink (other), ==, 0);

  writer = open_writer (place, GST_OMV_WRITER_MODE_APPEND,
      GST_OMV_VERSION_V2_0);
  g_assert_cmpuint (gst_omv_writer_get_n_frames (writer), ==, 2);
  g_object_unref (writer);
}

static void
add (const gchar * path, gconstpointer data,
    void (*test) (OmvTestPlace *, gconstpointer))
{
  g_test_add (path, OmvTestPlace, data, omv_test_place_set_up, test,
      omv_test_place_tear_down);
}

static void
add_each (const gchar * folder, const gchar * const *names,
    const gchar * prefix, void (*test) (OmvTestPlace *, gconstpointer))
{
  for (guint i = 0; names[i] != NULL; i++) {
    g_autofree gchar *path = g_strconcat (folder, names[i], NULL);

    if (g_str_has_prefix (names[i], prefix))
      add (path, names[i], test);
  }
}

int
main (int argc, char **argv)
{
  const gchar *const plain[] = { "v11_bayer", "v11_jpeg", "v11_rgb565",
    "v20_binary", "v20_first2000", "v20_grayscale", "v20_intervals",
    "v20_jpeg", "v20_png", "v20_resolution_switch", NULL
  };
  const gchar *const small[] = { "v11_bayer", "v11_jpeg", "v20_binary",
    "v20_grayscale", "v20_intervals", "v20_jpeg", NULL
  };

  g_test_init (&argc, &argv, NULL);

  add_each ("/writer/copy/", omv_test_golden_names, "v", test_copy);
  add_each ("/writer/append/", plain, "", test_append_all);
  add_each ("/writer/every-cut/", small, "", test_every_cut);
  add_each ("/writer/summary/", omv_test_corpus_names, "", test_summary);
  add ("/writer/append-keeps-version", NULL, test_append_keeps_version);
  add ("/writer/append-refused", NULL, test_append_refused);
  add ("/writer/append-uses-index", NULL, test_append_uses_index);
  add ("/writer/modes", NULL, test_modes);
  add ("/writer/refused-versions", NULL, test_refused_versions);
  add ("/writer/no-file", NULL, test_no_file);
  add ("/writer/refused-frames", NULL, test_refused_frames);
  add ("/writer/refused-pictures/jpeg", "v20_jpeg", test_refused_pictures);
  add ("/writer/refused-pictures/png", "v20_png", test_refused_pictures);
  add ("/writer/no-drift", NULL, test_no_drift);
  add ("/writer/odd-times", NULL, test_odd_times);
  add ("/writer/copy-behind-backward", NULL, test_copy_behind_backward);
  add ("/writer/exact-time", NULL, test_exact_time);
  add ("/writer/copy-exact-times", NULL, test_copy_exact_times);
  add ("/writer/truncate", NULL, test_truncate);
  add ("/writer/truncate-joined", NULL, test_truncate_joined);
  add ("/writer/full-disk", NULL, test_full_disk);
  add ("/writer/full-from-the-start", NULL, test_full_from_the_start);
  add ("/writer/close-fails", NULL, test_close_fails);
  add ("/writer/growing", NULL, test_growing);
  add ("/writer/closed", NULL, test_closed);
  add ("/writer/forgotten", NULL, test_forgotten);

  return g_test_run ();
}
