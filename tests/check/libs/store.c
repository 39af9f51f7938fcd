/* store.c: what other programs have recorded
 *
 * The guarantees: each kind of store is known by what lies there; every frame
 * arrives with its number, its time and its extra data, and what was noted about
 * the recording does, too; no store, however it lies about sizes or is torn,
 * costs more than an error. The stores are built here, as their programs would
 * write them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <gst/omv/omv.h>

#include <string.h>

#include <glib/gstdio.h>

#include "omvtest-numpy.h"
#include "omvtest.h"

#define SECTOR 512
#define KEY 0x0d7cba17u

typedef struct
{
  gchar *folder;
} Fixture;

static void
remove_all (const gchar * path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *inside = g_build_filename (path, name, NULL);

    remove_all (inside);
  }
  if (dir != NULL)
    g_dir_close (dir);
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
set_up (Fixture * fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("omv-store-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
}

static void
tear_down (Fixture * fixture, gconstpointer data)
{
  remove_all (fixture->folder);
  g_free (fixture->folder);
}

static void
write_file (const Fixture * fixture, const gchar * name, gconstpointer data,
    gssize size)
{
  g_autofree gchar *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree gchar *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  /* GLib waits for the disk where it replaces a file */
  (void) g_remove (path);
  (void) g_file_set_contents (path, data, size, &error);
  g_assert_no_error (error);
}

static void
write_bytes (const Fixture * fixture, const gchar * name, GBytes * bytes)
{
  write_file (fixture, name, g_bytes_get_data (bytes, NULL),
      (gssize) g_bytes_get_size (bytes));
}

static void
append (GByteArray * array, guint64 number, guint size)
{
  for (guint i = 0; i < size; i++) {
    guint8 byte = i < 8 ? (guint8) (number >> (8 * i)) : 0;

    g_byte_array_append (array, &byte, 1);
  }
}

/* Whole numbers and times, as numpy.savez() writes them. */
static void
write_index (const Fixture * fixture, const gchar * name,
    const gint64 * numbers, const gdouble * times, guint n)
{
  g_autofree gchar *shape = g_strdup_printf ("(%u,)", n);
  g_autoptr (GBytes) numbers_npy = omv_test_make_npy (OMV_TEST_NUMPY_ORDER "i8",
      shape, numbers, n * 8);
  g_autoptr (GBytes) times_npy = omv_test_make_npy (OMV_TEST_NUMPY_ORDER "f8",
      shape, times, n * 8);
  const OmvTestMember members[] = {
    {"frame_number.npy", numbers_npy, FALSE},
    {"frame_time.npy", times_npy, FALSE},
  };
  g_autoptr (GByteArray) zip =
      omv_test_make_zip (members, G_N_ELEMENTS (members));

  write_file (fixture, name, zip->data, zip->len);
}

static GstOmvStore *
open_store (const Fixture * fixture, const gchar * name)
{
  g_autofree gchar *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  GstOmvStore *store = gst_omv_store_open (path, &error);

  g_assert_no_error (error);
  g_assert_nonnull (store);
  return store;
}

static void
assert_fails (const Fixture * fixture, const gchar * name, GQuark domain,
    gint code)
{
  g_autofree gchar *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_omv_store_open (path, &error));
  g_assert_error (error, domain, code);
}

static GstOmvStoreKind
recognise (const Fixture * fixture, const gchar * name)
{
  g_autofree gchar *path = g_build_filename (fixture->folder, name, NULL);

  return gst_omv_store_recognise (path);
}

static void
assert_start (GstOmvStore * store, const gchar * expected)
{
  g_autoptr (GstOmvMetadata) metadata = gst_omv_store_get_metadata (store);
  g_autoptr (GDateTime) start = gst_omv_metadata_get_start (metadata);
  g_autofree gchar *text = start != NULL ? g_date_time_format_iso8601 (start)
      : NULL;

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_lines (GstOmvStore * store, const gchar * expected)
{
  g_auto (GStrv) lines = gst_omv_store_list_lines (store);
  g_autofree gchar *text = g_strjoinv ("\n", lines);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_file (GstOmvStore * store, guint index, const gchar * expected,
    guint expected_first, guint expected_n)
{
  guint first, n;
  g_autofree gchar *name = g_path_get_basename (gst_omv_store_get_file (store,
          index, &first, &n));

  g_assert_cmpstr (name, ==, expected);
  g_assert_cmpuint (first, ==, expected_first);
  g_assert_cmpuint (n, ==, expected_n);
}

/* ---- imgstore ---- */

static const gchar store_yaml[] =
    "__store: {chunksize: 2, class: DirectoryImgStore, encoding: null,\n"
    "  format: npy, imgdtype: uint8, imgshape: [2, 3], uuid: abc, version: 2,\n"
    "  created_utc: '2024-05-06T07:08:09', timezone_local: Europe/Vienna}\n"
    "genotype: 'wild, type'\nage: 12\nweight: 3.5\nalive: true\nnotes: null\n"
    "cage: {row: [1, 2]}\n";

static void
write_store (const Fixture * fixture)
{
  static const gint64 numbers[] = { 17, 18, 20 };
  static const gdouble times[] = { 1714979289.25, 1714979289.35,
    1714979290.123457
  };

  write_file (fixture, "store/metadata.yaml", store_yaml, -1);
  write_index (fixture, "store/000000/index.npz", numbers, times, 2);
  write_index (fixture, "store/000001/index.npz", numbers + 2, times + 2, 1);
  write_file (fixture, "store/000000/index.extra.json",
      "[{\"temperature\": 42.5, \"frame_number\": 18, \"frame_index\": 1}, "
      "{\"door\": \"open\", \"frame\": 9, \"frame_number\": 18, "
      "\"frame_index\": 1}]", -1);
  /* whoever wrote this was killed */
  write_file (fixture, "store/000001/index.extra.json",
      "[{\"temperature\": 43, \"frame_number\": 20, \"frame_index\": 2}", -1);
}

static void
test_imgstore (Fixture * fixture, gconstpointer data)
{
  g_autoptr (GstOmvStore) store = NULL;
  g_autoptr (GstOmvMetadata) metadata = NULL;
  g_autofree gchar *text = NULL;
  /* zones are data that not every system has */
  g_autoptr (GTimeZone) vienna = g_time_zone_new_identifier ("Europe/Vienna");

  write_store (fixture);
  g_assert_cmpint (recognise (fixture, "store"), ==,
      GST_OMV_STORE_KIND_IMGSTORE);
  g_assert_cmpint (recognise (fixture, "store/metadata.yaml"), ==,
      GST_OMV_STORE_KIND_IMGSTORE);
  store = open_store (fixture, "store/metadata.yaml");

  g_assert_cmpint (gst_omv_store_get_kind (store), ==,
      GST_OMV_STORE_KIND_IMGSTORE);
  g_assert_cmpuint (gst_omv_store_get_n_frames (store), ==, 3);
  g_assert_cmpint (gst_omv_store_get_number (store, 0), ==, 17);
  g_assert_cmpint (gst_omv_store_get_number (store, 2), ==, 20);
  /* exact to the us that the doubles hold */
  g_assert_cmpuint (gst_omv_store_get_time (store, 0), ==, 0);
  g_assert_cmpuint (gst_omv_store_get_time (store, 1), ==, 100000000);
  g_assert_cmpuint (gst_omv_store_get_time (store, 2), ==, 873457000);
  g_assert_true (gst_omv_store_is_gray (store));
  g_assert_false (gst_omv_store_is_video (store));
  assert_start (store, vienna != NULL ? "2024-05-06T09:08:09.250000+02"
      : "2024-05-06T07:08:09.250000Z");
  assert_lines (store, "{\"frame\":0,\"number\":17}\n"
      "{\"frame\":1,\"number\":18,\"temperature\":42.5,\"frame_number\":18}\n"
      "{\"frame\":1,\"door\":\"open\",\"store-frame\":9,\"frame_number\":18}\n"
      "{\"frame\":2,\"number\":20,\"temperature\":43,\"frame_number\":20}");

  metadata = gst_omv_store_get_metadata (store);
  g_assert_cmpstr (gst_omv_metadata_get_zone (metadata), ==, vienna != NULL
      ? "Europe/Vienna" : NULL);
  g_assert_cmpstr (gst_omv_metadata_get_value (metadata, "genotype"), ==,
      "wild, type");
  text = gst_omv_metadata_to_string (metadata);
  for (guint i = 0; text[i] != '\0';) {
    if (g_ascii_isspace (text[i]))
      memmove (text + i, text + i + 1, strlen (text + i));
    else
      i++;
  }
  g_assert_nonnull (strstr (text, "\"user\":{\"genotype\":\"wild,type\","
          "\"age\":12,\"weight\":3.5,\"alive\":true,\"notes\":null,"
          "\"cage\":{\"row\":[1,2]}}"));
  g_assert_nonnull (strstr (text, "\"uuid\":\"abc\""));
}

static void
assert_picture (GstOmvStore * store, guint index, GstOmvStorePicture expected,
    gint width, gint height, const gchar * pixels, gsize size)
{
  GstOmvStorePicture picture;
  gint w, h;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = gst_omv_store_read (store, index, &picture, &w,
      &h, &error);

  g_assert_no_error (error);
  g_assert_cmpint (picture, ==, expected);
  g_assert_cmpint (w, ==, width);
  g_assert_cmpint (h, ==, height);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
      pixels, size);
}

/* Whatever the format says, the first bytes of each file count. */
static void
test_pictures (Fixture * fixture, gconstpointer data)
{
  g_autoptr (GBytes) gray = omv_test_make_npy ("|u1", "(2, 3)", "abcdef", 6);
  g_autoptr (GBytes) colour =
      omv_test_make_npy ("|u1", "(1, 2, 3)", "bgrBGR", 6);
  g_autoptr (GstOmvStore) store = NULL;
  g_autoptr (GError) error = NULL;
  GstOmvStorePicture picture;
  gint w, h;

  write_store (fixture);
  write_bytes (fixture, "store/000000/000000.npy", gray);
  write_bytes (fixture, "store/000000/000001.npy", colour);
  write_file (fixture, "store/000001/000000.npy", "P6 # red first\n1 1\n255\n"
      "RGB", -1);
  store = open_store (fixture, "store");
  assert_picture (store, 0, GST_OMV_STORE_PICTURE_GRAY, 3, 2, "abcdef", 6);
  assert_picture (store, 1, GST_OMV_STORE_PICTURE_RGB, 2, 1, "rgbRGB", 6);
  assert_picture (store, 2, GST_OMV_STORE_PICTURE_RGB, 1, 1, "RGB", 3);

  write_file (fixture, "store/000001/000000.npy", "P5\n2 1\n255\nxy", -1);
  assert_picture (store, 2, GST_OMV_STORE_PICTURE_GRAY, 2, 1, "xy", 2);

  /* torn at every byte */
  for (gsize i = 0; i < g_bytes_get_size (gray); i++) {
    write_file (fixture, "store/000000/000000.npy",
        g_bytes_get_data (gray, NULL), (gssize) i);
    g_assert_null (gst_omv_store_read (store, 0, &picture, &w, &h, &error));
    g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
    g_clear_error (&error);
  }
  write_file (fixture, "store/000001/000000.npy", "P6\n99 99\n255\nxy", -1);
  g_assert_null (gst_omv_store_read (store, 2, &picture, &w, &h, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
}

/* What decoders are left with is at least all there; parts that end too late end
 * the file, too. */
static void
test_encoded_pictures (Fixture * fixture, gconstpointer data)
{
  static const struct
  {
    GstOmvStorePicture kind;
    gsize size;                 /* of what is needed */
    const gchar *data;
    gsize n;
  } files[] = {
    {GST_OMV_STORE_PICTURE_JPEG, 14, "\xff\xd8\xff\xe1\0\4\xff\xd9" "\0\xff\0"
          "\xff\xff\xd9" "\0\0", 16},
    {GST_OMV_STORE_PICTURE_PNG, 33, "\x89PNG\r\n\x1a\n" "\0\0\0\1IDAT-crc-"
          "\0\0\0\0IEND-crc" "\0\0", 35},
    {GST_OMV_STORE_PICTURE_PNG, G_MAXSIZE,
        "\x89PNG\r\n\x1a\n" "\xff\xff\xff\xffIDAT" "\0\0\0\0IEND-crc"
          "\0\0\0\0IEND-crc", 40},
  };
  g_autoptr (GstOmvStore) store = NULL;
  GstOmvStorePicture picture;
  gint w, h;

  write_store (fixture);
  store = open_store (fixture, "store");
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    for (gsize n = 4; n <= files[i].n; n++) {
      g_autoptr (GError) error = NULL;

      write_file (fixture, "store/000001/000000.npy", files[i].data,
          (gssize) n);
      if (n >= files[i].size) {
        assert_picture (store, 2, files[i].kind, 0, 0, files[i].data, n);
        continue;
      }
      g_assert_null (gst_omv_store_read (store, 2, &picture, &w, &h, &error));
      g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
    }
  }
}

/* The zone of a sundial, which no ISO 8601 has. */
static void
test_imgstore_zone (Fixture * fixture, gconstpointer data)
{
  g_autoptr (GstOmvStore) store = NULL;
  g_autofree gchar *yaml = g_strconcat (store_yaml, "timezone: '+01:02:03'\n",
      NULL);

  write_store (fixture);
  memcpy (strstr (yaml, "timezone_local"), "timezone_other", 14);
  write_file (fixture, "store/metadata.yaml", yaml, -1);
  store = open_store (fixture, "store");
  assert_start (store, "2024-05-06T07:08:09.250000Z");
}

/* An old store of videos: no zone, tables in YAML, and one that is missing. */
static void
test_imgstore_video (Fixture * fixture, gconstpointer data)
{
  g_autoptr (GstOmvStore) store = NULL;
  g_autoptr (GError) error = NULL;
  GstOmvStorePicture picture;
  g_autofree gchar *name = NULL;
  guint first, n;
  gint w, h;

  write_file (fixture, "old/metadata.yaml", "__store:\n  chunksize: 100\n"
      "  class: VideoImgStoreFFMPEG\n  format: libx264\n  encoding: ''\n"
      "  imgshape: [512, 512, 3]\n  version: 2\n", -1);
  write_file (fixture, "old/000000.mp4", "", 0);
  write_file (fixture, "old/000000.yaml", "frame_number: [0, 1]\n"
      "frame_time: [1.0, 2.5]\n", -1);
  write_file (fixture, "old/000001.mp4", "", 0);
  write_file (fixture, "old/000002.mp4", "", 0);
  write_file (fixture, "old/000002.yaml", "frame_number:\n- 7\n"
      "frame_time:\n- 3\n", -1);
  write_file (fixture, "old/thumbnail.mp4", "", 0);

  store = open_store (fixture, "old");
  g_assert_true (gst_omv_store_is_video (store));
  g_assert_false (gst_omv_store_is_gray (store));
  g_assert_cmpuint (gst_omv_store_get_n_frames (store), ==, 3);
  g_assert_cmpuint (gst_omv_store_get_n_missing (store), ==, 1);
  g_assert_cmpuint (gst_omv_store_get_time (store, 1), ==, 1500000000);
  assert_start (store, "1970-01-01T00:00:01Z");
  assert_lines (store, "{\"frame\":0,\"number\":0}\n"
      "{\"frame\":1,\"number\":1}\n{\"frame\":2,\"number\":7}");

  name = g_path_get_basename (gst_omv_store_get_file (store, 1, &first, &n));
  g_assert_cmpstr (name, ==, "000000.mp4");
  g_assert_cmpuint (first, ==, 0);
  g_assert_cmpuint (n, ==, 2);
  g_free (name);
  name = g_path_get_basename (gst_omv_store_get_file (store, 2, &first, &n));
  g_assert_cmpstr (name, ==, "000002.mp4");
  g_assert_cmpuint (first, ==, 2);
  g_assert_cmpuint (n, ==, 1);
  g_assert_null (gst_omv_store_read (store, 0, &picture, &w, &h, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED);
}

/* A table whose video is gone: its frames have a time, and no other frame gets it. */
static void
test_imgstore_gap (Fixture * fixture, gconstpointer data)
{
  g_autoptr (GstOmvStore) store = NULL;

  write_file (fixture, "s/metadata.yaml",
      "__store: {class: VideoImgStoreFFMPEG, format: libx264}\n", -1);
  write_file (fixture, "s/000000.yaml", "frame_number: [0, 1]\n"
      "frame_time: [1.0, 2.5]\n", -1);
  write_file (fixture, "s/000001.yaml", "frame_number: [2]\n"
      "frame_time: [3]\n", -1);
  write_index (fixture, "s/000001.npz", (const gint64[]) { 7, 8 },
      (const gdouble[]) { 3, 4 }, 2);
  write_file (fixture, "s/000002.yaml", "frame_number: [9]\n"
      "frame_time: [5]\n", -1);
  /* no video at all */
  assert_fails (fixture, "s", GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);

  write_file (fixture, "s/000002.mp4", "", 0);
  store = open_store (fixture, "s");
  g_assert_cmpuint (gst_omv_store_get_n_frames (store), ==, 5);
  g_assert_cmpuint (gst_omv_store_get_n_missing (store), ==, 0);
  g_assert_cmpint (gst_omv_store_get_number (store, 3), ==, 8);
  assert_file (store, 1, "000000.mp4", 0, 2);
  assert_file (store, 3, "000001.mp4", 2, 2);
  assert_file (store, 4, "000002.mp4", 4, 1);
}

static void
test_imgstore_damage (Fixture * fixture, gconstpointer data)
{
  static const gchar *const bad[] = {
    "", "[1, 2]", "genotype: x", "__store: 1", "__store: {format: npy}",
    "__store: {", "a: &a [*a]\n__store: {class: x, format: y}",
    /* ten times ten times … */
    "a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
        "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
        "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
        "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
        "f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
        "g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]\n"
        "__store: {class: x, format: y}",
    /* no table at all: no frame */
    "__store: {class: x, format: y}"
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    write_file (fixture, "bad/metadata.yaml", bad[i], -1);
    assert_fails (fixture, "bad", GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
  }
  write_file (fixture, "bad/metadata.yaml", "__store: {format: bpk, "
      "class: DirectoryImgStore}", -1);
  assert_fails (fixture, "bad", GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED);

  write_store (fixture);
  write_file (fixture, "store/000001/index.npz", "PK", -1);
  assert_fails (fixture, "store", GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
  write_store (fixture);
  write_file (fixture, "store/000001/index.extra.json", "{", -1);
  assert_fails (fixture, "store", GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
  assert_fails (fixture, "nowhere", GST_OMV_ERROR, GST_OMV_ERROR_WRONG_TYPE);
}

/* ---- Miniscope ---- */

static void
test_miniscope (Fixture * fixture, gconstpointer data)
{
  g_autoptr (GstOmvStore) store = NULL;
  g_autoptr (GstOmvMetadata) metadata = NULL;
  g_autofree gchar *name = NULL;
  guint first, n;

  write_file (fixture, "10_00/metaData.json", "{\"animalName\": \"A\", "
      "\"year\": 2022, \"month\": 9, \"day\": 19, \"hour\": 9, "
      "\"minute\": 18, \"second\": 41, \"msec\": 7, "
      "\"msecSinceEpoch\": 1663604321007}", -1);
  write_file (fixture, "10_00/Scope/metaData.json", "{\"framesPerFile\": 2, "
      "\"deviceName\": \"Miniscope\", \"gain\": 2.5}", -1);
  write_file (fixture, "10_00/Scope/timeStamps.csv",
      "Frame Number,Time Stamp (ms),Buffer Index\r\n0,43,0\r\n1,93,1\r\n"
      "2,144,0\r\n\r\n", -1);
  write_file (fixture, "10_00/Scope/headOrientation.csv",
      "Time Stamp (ms),qw,qx\n43,0.5,1\n100,0,0\n144,0.25,0\n", -1);
  write_file (fixture, "10_00/Scope/0.avi", "", 0);
  write_file (fixture, "10_00/Scope/1.avi", "", 0);

  g_assert_cmpint (recognise (fixture, "10_00/Scope"), ==,
      GST_OMV_STORE_KIND_MINISCOPE);
  store = open_store (fixture, "10_00/Scope");
  g_assert_cmpuint (gst_omv_store_get_n_frames (store), ==, 3);
  g_assert_true (gst_omv_store_is_video (store));
  g_assert_cmpuint (gst_omv_store_get_time (store, 2), ==, 101000000);
  /* the clock on the wall was seven hours behind */
  assert_start (store, "2022-09-19T09:18:41.050000-07");
  assert_lines (store,
      "{\"frame\":0,\"number\":0,\"Buffer Index\":0}\n"
      "{\"frame\":0,\"qw\":0.5,\"qx\":1}\n"
      "{\"frame\":1,\"number\":1,\"Buffer Index\":1}\n"
      "{\"frame\":2,\"number\":2,\"Buffer Index\":0}\n"
      "{\"frame\":2,\"qw\":0.25,\"qx\":0}");
  name = g_path_get_basename (gst_omv_store_get_file (store, 2, &first, &n));
  g_assert_cmpstr (name, ==, "1.avi");
  g_assert_cmpuint (first, ==, 2);
  g_assert_cmpuint (n, ==, 1);
  metadata = gst_omv_store_get_metadata (store);
  g_assert_cmpstr (gst_omv_metadata_get_value (metadata, "deviceName"), ==,
      "Miniscope");
}

/* Rows of a video that is gone belong to no other one. */
static void
test_miniscope_gap (Fixture * fixture, gconstpointer data)
{
  g_autoptr (GstOmvStore) store = NULL;

  write_file (fixture, "s/metaData.json", "{\"framesPerFile\": 2}", -1);
  write_file (fixture, "s/timeStamps.csv",
      "a,b\n0,0\n1,50\n2,100\n3,150\n4,200\n5,250\n6,300\n7,350\n8,400\n", -1);
  write_file (fixture, "s/1.avi", "", 0);
  write_file (fixture, "s/1.mkv", "", 0);
  write_file (fixture, "s/3.avi", "", 0);

  store = open_store (fixture, "s");
  g_assert_cmpuint (gst_omv_store_get_n_frames (store), ==, 9);
  assert_file (store, 1, "0.avi", 0, 2);
  assert_file (store, 2, "1.avi", 2, 2);
  assert_file (store, 4, "2.avi", 4, 2);
  assert_file (store, 6, "3.avi", 6, 3);
  assert_file (store, 8, "3.avi", 6, 3);
  /* the other one of number 1 */
  g_assert_cmpuint (gst_omv_store_get_n_missing (store), ==, 1);
}

/* A table that ends where a video does. */
static void
test_miniscope_short (Fixture * fixture, gconstpointer data)
{
  g_autoptr (GstOmvStore) store = NULL;

  write_file (fixture, "s/metaData.json", "{\"framesPerFile\": 2}", -1);
  write_file (fixture, "s/timeStamps.csv", "a,b\n0,0\n1,50\n", -1);
  write_file (fixture, "s/0.avi", "", 0);
  store = open_store (fixture, "s");
  g_assert_cmpuint (gst_omv_store_get_n_missing (store), ==, 0);
  g_object_unref (store);

  write_file (fixture, "s/1.avi", "", 0);
  write_file (fixture, "s/2.avi", "", 0);
  store = open_store (fixture, "s");
  g_assert_cmpuint (gst_omv_store_get_n_frames (store), ==, 2);
  g_assert_cmpuint (gst_omv_store_get_n_missing (store), ==, 2);
}

static void
test_miniscope_damage (Fixture * fixture, gconstpointer data)
{
  static const gchar *const bad[] = { "", "a,b,c\n", "a\n1\n",
    "a,b,c\n1,2\n", "a,b,c\n1,x,3\n", "a,b,c\n1,2,3,4\n", "a,b,c\n1,1e300,3\n"
  };

  write_file (fixture, "s/0.avi", "", 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    write_file (fixture, "s/timeStamps.csv", bad[i], -1);
    assert_fails (fixture, "s", GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
  }

  /* without metadata there is no wall clock, but frames */
  write_file (fixture, "s/timeStamps.csv", "a,b,c\n5,2,3\n", -1);
  {
    g_autoptr (GstOmvStore) store = open_store (fixture, "s");

    assert_start (store, NULL);
    g_assert_cmpint (gst_omv_store_get_number (store, 0), ==, 5);
  }
  /* each of both is a time, their sum is none */
  write_file (fixture, "s/metaData.json",
      "{\"msecSinceEpoch\": 4600000000000}", -1);
  write_file (fixture, "s/timeStamps.csv", "a,b,c\n5,6000000000000,3\n", -1);
  assert_fails (fixture, "s", GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
  write_file (fixture, "s/timeStamps.csv", "a,b,c\n5,2,3\n", -1);
  write_file (fixture, "s/headOrientation.csv", "a,b\n6000000000000,3\n", -1);
  g_object_unref (open_store (fixture, "s"));
  write_file (fixture, "s/headOrientation.csv", "\n2\n", -1);
  assert_fails (fixture, "s", GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
  write_file (fixture, "s/headOrientation.csv", "", 0);
  g_object_unref (open_store (fixture, "s"));
  write_file (fixture, "s/metaData.json", "[]", -1);
  assert_fails (fixture, "s", GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
}

static void
assert_bad_line (const Fixture * fixture, const gchar * name, guint line)
{
  g_autofree gchar *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree gchar *expected = g_strdup_printf ("line %u of the table", line);
  g_autoptr (GError) error = NULL;

  g_assert_null (gst_omv_store_open (path, &error));
  g_assert_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, expected));
}

/* Zeros, as a power cut leaves them: the rows behind them would be lost. */
static void
test_miniscope_zeros (Fixture * fixture, gconstpointer data)
{
  static const gchar times[] = "a,b\n0,0\n\0\0\0\0\0\n2,100\n",
      orientation[] = "a,b\n0,1\n1,\0002\n", head[] = "a\0,b\n0,0\n";

  write_file (fixture, "s/0.avi", "", 0);
  write_file (fixture, "s/timeStamps.csv", times, sizeof times - 1);
  assert_bad_line (fixture, "s", 3);
  write_file (fixture, "s/timeStamps.csv", head, sizeof head - 1);
  assert_bad_line (fixture, "s", 1);
  write_file (fixture, "s/timeStamps.csv", "a,b\n0,0\n", -1);
  write_file (fixture, "s/headOrientation.csv", orientation,
      sizeof orientation - 1);
  assert_bad_line (fixture, "s", 3);
}

/* ---- cards ---- */

static void
pad (GByteArray * card)
{
  append (card, 0, (SECTOR - card->len % SECTOR) % SECTOR);
}

/* A part of a frame, each of its pixels @value. */
static void
add_buffer (GByteArray * card, guint n_words, guint frame, guint buffer,
    guint part, guint ms, guint size, guint8 value)
{
  const guint words[] = { n_words, 0, frame, buffer, part, buffer, 1, ms, size,
    ms + 1, 4000
  };

  for (guint i = 0; i < n_words; i++)
    append (card, i < G_N_ELEMENTS (words) ? words[i] : 0, 4);
  for (guint i = 0; i < size; i++)
    append (card, value, 1);
  pad (card);
}

/* Up to the first buffer. */
static GByteArray *
make_card (guint start, guint width, guint height, guint n_written,
    guint n_dropped)
{
  const guint header[] = { KEY, KEY, KEY, KEY, 2, 50, 128, 60, 20, 3, 3500 };
  const guint config[] = { width, height, 20, 20000, n_written, n_dropped };
  GByteArray *card = g_byte_array_new ();

  g_byte_array_set_size (card, start * SECTOR);
  memset (card->data, 0, card->len);
  for (guint i = 0; i < G_N_ELEMENTS (header); i++)
    append (card, header[i], 4);
  pad (card);
  for (guint i = 0; i < G_N_ELEMENTS (config); i++)
    append (card, config[i], 4);
  pad (card);
  return card;
}

static void
test_card (Fixture * fixture, gconstpointer data)
{
  GByteArray *card = make_card (1022, 40, 30, 5, 1);
  g_autoptr (GstOmvStore) store = NULL;
  g_autoptr (GstOmvMetadata) metadata = NULL;
  g_autofree gchar *pixels = g_malloc (1200), *text = NULL;

  add_buffer (card, 11, 3, 0, 0, 100, 500, 'a');
  add_buffer (card, 11, 3, 1, 1, 110, 500, 'b');
  add_buffer (card, 11, 3, 2, 2, 120, 200, 'c');
  /* of this frame the second part was dropped */
  add_buffer (card, 11, 4, 3, 0, 150, 500, 'd');
  add_buffer (card, 11, 4, 5, 2, 170, 200, 'f');
  /* what an earlier recording has left */
  add_buffer (card, 11, 9, 9, 0, 450, 500, 'x');
  write_file (fixture, "card.img", card->data, card->len);
  g_byte_array_unref (card);

  g_assert_cmpint (recognise (fixture, "card.img"), ==,
      GST_OMV_STORE_KIND_SD_CARD);
  store = open_store (fixture, "card.img");
  g_assert_cmpuint (gst_omv_store_get_n_frames (store), ==, 2);
  g_assert_cmpint (gst_omv_store_get_number (store, 1), ==, 4);
  g_assert_cmpuint (gst_omv_store_get_time (store, 1), ==, 50000000);
  g_assert_null (gst_omv_store_get_file (store, 1, NULL, NULL));
  assert_start (store, NULL);
  assert_lines (store,
      "{\"frame\":0,\"number\":3,\"dropped_buffer_count\":1,"
      "\"write_timestamp\":101,\"battery_voltage\":4000}\n"
      "{\"frame\":1,\"number\":4,\"dropped_buffer_count\":1,"
      "\"write_timestamp\":151,\"battery_voltage\":4000}");

  memset (pixels, 'a', 500);
  memset (pixels + 500, 'b', 500);
  memset (pixels + 1000, 'c', 200);
  assert_picture (store, 0, GST_OMV_STORE_PICTURE_GRAY, 40, 30, pixels, 1200);
  memset (pixels, 'd', 500);
  memset (pixels + 500, 0, 500);
  memset (pixels + 1000, 'f', 200);
  assert_picture (store, 1, GST_OMV_STORE_PICTURE_GRAY, 40, 30, pixels, 1200);

  metadata = gst_omv_store_get_metadata (store);
  text = gst_omv_metadata_to_string (metadata);
  g_assert_nonnull (strstr (text, "\"battery_cutoff\" : 3500"));
  g_assert_nonnull (strstr (text, "\"n_buffers_recorded\" : 5"));
}

/* The older layout, without a key, and of which nobody wrote how much there is. */
static void
test_old_card (Fixture * fixture, gconstpointer data)
{
  GByteArray *card = make_card (1023, 10, 10, 0, 0);
  g_autoptr (GstOmvStore) store = NULL;
  g_autoptr (GstOmvMetadata) metadata = NULL;
  g_autofree gchar *text = NULL;

  memset (card->data + 1023 * SECTOR, 0, SECTOR);
  add_buffer (card, 9, 0, 0, 0, 100, 100, 'a');
  add_buffer (card, 9, 1, 1, 0, 150, 100, 'b');
  add_buffer (card, 9, 2, 2, 0, 201, 100, 'c');
  write_file (fixture, "card.img", card->data, card->len);

  store = open_store (fixture, "card.img");
  g_assert_cmpuint (gst_omv_store_get_n_frames (store), ==, 3);
  g_assert_cmpuint (gst_omv_store_get_time (store, 2), ==, 101000000);
  assert_lines (store,
      "{\"frame\":0,\"number\":0,\"dropped_buffer_count\":1}\n"
      "{\"frame\":1,\"number\":1,\"dropped_buffer_count\":1}\n"
      "{\"frame\":2,\"number\":2,\"dropped_buffer_count\":1}");
  metadata = gst_omv_store_get_metadata (store);
  text = gst_omv_metadata_to_string (metadata);
  g_assert_null (strstr (text, "gain"));

  /* torn anywhere: those frames are left whose headers are whole */
  for (guint size = 1023 * SECTOR; size < card->len; size += 250) {
    g_autoptr (GstOmvStore) torn = NULL;
    g_autofree gchar *path = g_build_filename (fixture->folder, "card.img",
        NULL);

    write_file (fixture, "card.img", card->data, size);
    torn = gst_omv_store_open (path, NULL);
    g_assert_true ((torn != NULL) == (size >= 1026 * SECTOR));
    if (torn != NULL)
      g_assert_cmpuint (gst_omv_store_get_n_frames (torn), ==,
          size / SECTOR - 1025);
  }
  g_byte_array_unref (card);
}

static guint
count_lost (const Fixture * fixture, const GByteArray * card, gsize size)
{
  g_autoptr (GstOmvStore) store = NULL;

  write_file (fixture, "card.img", card->data, (gssize) size);
  store = open_store (fixture, "card.img");
  return gst_omv_store_get_n_lost (store);
}

/* The card says how many buffers there have to be, but those that were dropped. */
static void
test_torn_card (Fixture * fixture, gconstpointer data)
{
  GByteArray *card = make_card (1022, 30, 40, 4, 1);
  const gsize start = card->len, last = start + 6 * SECTOR;

  /* of two sectors each */
  add_buffer (card, 9, 0, 0, 0, 100, 600, 'a');
  add_buffer (card, 9, 0, 1, 1, 100, 600, 'b');
  add_buffer (card, 9, 1, 3, 0, 150, 600, 'c');
  add_buffer (card, 9, 1, 4, 1, 150, 600, 'd');
  g_assert_cmpuint (count_lost (fixture, card, card->len), ==, 0);
  /* of its pixels the last one */
  g_assert_cmpuint (count_lost (fixture, card, last + 636), ==, 0);
  g_assert_cmpuint (count_lost (fixture, card, last + 635), ==, 1);
  g_assert_cmpuint (count_lost (fixture, card, last), ==, 1);
  g_assert_cmpuint (count_lost (fixture, card, last - SECTOR), ==, 2);
  g_assert_cmpuint (count_lost (fixture, card, start + SECTOR), ==, 4);

  /* a header that is damaged ends the recording */
  memset (card->data + start + 2 * SECTOR, 0xff, 4);
  g_assert_cmpuint (count_lost (fixture, card, card->len), ==, 3);
  /* whose power was cut */
  memset (card->data + start - SECTOR + 4 * 4, 0, 4);
  g_assert_cmpuint (count_lost (fixture, card, card->len), ==, 0);
  /* more than any card can hold */
  memset (card->data + start - SECTOR + 4 * 4, 0xff, 4);
  g_assert_cmpuint (count_lost (fixture, card, card->len), ==, 0);
  g_byte_array_unref (card);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const gchar *name;
    void (*test) (Fixture * fixture, gconstpointer data);
  } tests[] = {
    {"/store/imgstore", test_imgstore},
    {"/store/imgstore/pictures", test_pictures},
    {"/store/imgstore/pictures/encoded", test_encoded_pictures},
    {"/store/imgstore/zone", test_imgstore_zone},
    {"/store/imgstore/video", test_imgstore_video},
    {"/store/imgstore/gap", test_imgstore_gap},
    {"/store/imgstore/damage", test_imgstore_damage},
    {"/store/miniscope", test_miniscope},
    {"/store/miniscope/gap", test_miniscope_gap},
    {"/store/miniscope/short", test_miniscope_short},
    {"/store/miniscope/damage", test_miniscope_damage},
    {"/store/miniscope/zeros", test_miniscope_zeros},
    {"/store/card", test_card},
    {"/store/card/old", test_old_card},
    {"/store/card/torn", test_torn_card},
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].name, Fixture, NULL, set_up, tests[i].test, tear_down);

  return g_test_run ();
}
