/* store.c: fuzzes what imgstore and Miniscopes leave
 *
 * An input is a letter and the files of a store: of `c`, a card, its sectors from
 * the first that holds something; of `m`, the folder of a Miniscope, and `i`, a
 * store of imgstore, the files one after the other, each up to a zero of two bytes.
 * Opening ends in a store or an error. A store's lines are JSON and stand in the
 * order of its frames, its files hold frames that it has, and a picture has as many
 * bytes as its size says.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/gstomvstore.h>
#include <gst/omv/omv-json.h>
#include <gst/omv/omv-lines.h>
#include <string.h>

#include "omvfuzz.h"

#define SECTOR 512

/* Pictures that are read of a store. */
#define N_READ_MAX 3

/* What ends a file. */
static const guint8 zeros[2];

/* The next file of the input; what is left is the last one. */
static OmvFuzzTape
take_file (OmvFuzzTape * tape)
{
  OmvFuzzTape file = { tape->data, tape->size };
  gsize i = 0;

  while (i + sizeof zeros <= tape->size
      && memcmp (tape->data + i, zeros, sizeof zeros) != 0)
    i++;
  if (i + sizeof zeros <= tape->size) {
    file.size = i;
    i += sizeof zeros;
  } else {
    i = tape->size;
  }
  tape->data += i;
  tape->size -= i;

  return file;
}

/* (transfer full) */
static gchar *
store (const gchar * name, const OmvFuzzTape * content)
{
  g_autoptr (GFile) file = omv_fuzz_store (name, content->data, content->size);

  return g_file_get_path (file);
}

static void
store_next (const gchar * name, OmvFuzzTape * tape)
{
  const OmvFuzzTape content = take_file (tape);

  g_free (store (name, &content));
}

/* Each returns what is to be opened. */

static gchar *
make_card (OmvFuzzTape * tape)
{
  const gsize start = (omv_fuzz_take (tape, 1) & 1) + 1022;
  g_autoptr (GByteArray) card = g_byte_array_new ();
  OmvFuzzTape content;

  g_byte_array_set_size (card, (guint) (start * SECTOR));
  memset (card->data, 0, card->len);
  g_byte_array_append (card, tape->data, (guint) tape->size);
  content.data = card->data;
  content.size = card->len;

  return store ("card", &content);
}

static gchar *
make_miniscope (OmvFuzzTape * tape)
{
  const OmvFuzzTape empty = { (const guint8 *) "", 0 };
  g_autofree gchar *video = store ("m/Scope/0.avi", &empty);

  store_next ("m/metaData.json", tape);
  store_next ("m/Scope/metaData.json", tape);
  g_free (store ("m/Scope/timeStamps.csv", tape));

  return g_path_get_dirname (video);
}

/* One chunk of pictures and one of video. A table and a picture may hold zeros, so
 * that they come last. The metadata say which of the pictures' names counts. */
static gchar *
make_imgstore (OmvFuzzTape * tape)
{
  static const gchar *const pictures[] = {
    "i/000000/000000.jpg", "i/000000/000000.npy", "i/000000/000000.pgm",
    "i/000000/000000.png", "i/000000/000000.ppm",
  };
  const OmvFuzzTape metadata = take_file (tape);
  g_autofree gchar *path = store ("i/metadata.yaml", &metadata);
  OmvFuzzTape table;

  store_next ("i/000000/index.extra.json", tape);
  store_next ("i/000001.yaml", tape);
  table.size = (gsize) omv_fuzz_take (tape, 2);
  table.size = MIN (table.size, tape->size);
  table.data = tape->data;
  tape->data += table.size;
  tape->size -= table.size;
  g_free (store ("i/000000/index.npz", &table));
  g_free (store ("i/000001.npz", &table));
  g_free (store ("i/000001.avi", &table));
  for (guint i = 0; i < G_N_ELEMENTS (pictures); i++)
    g_free (store (pictures[i], tape));

  return g_steal_pointer (&path);
}

static void
check_lines (GstOmvStore * store)
{
  g_auto (GStrv) lines = gst_omv_store_list_lines (store);
  gint64 last = -1;

  for (guint i = 0; lines[i] != NULL; i++) {
    g_autoptr (JsonObject) line = omv_json_parse (lines[i], strlen (lines[i]));
    gint64 frame;

    g_assert_nonnull (line);
    frame = json_object_get_int_member (line, GST_OMV_LINE_FRAME);
    g_assert_true (frame == last || frame == last + 1);
    last = frame;
  }
  g_assert_cmpint (last, ==, gst_omv_store_get_n_frames (store) - 1);
}

static void
check_file (GstOmvStore * store, guint index)
{
  guint first, n_frames;

  if (gst_omv_store_get_file (store, index, &first, &n_frames) == NULL)
    return;
  g_assert_cmpuint (first, <=, index);
  g_assert_cmpuint (index - first, <, n_frames);
  g_assert_cmpuint (n_frames, <=, gst_omv_store_get_n_frames (store) - first);
}

static void
check_picture (GstOmvStore * store, guint index)
{
  gint width, height;
  GstOmvStorePicture picture;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = gst_omv_store_read (store, index, &picture,
      &width, &height, &error);

  g_assert_true ((bytes == NULL) == (error != NULL));
  if (bytes == NULL || picture == GST_OMV_STORE_PICTURE_JPEG
      || picture == GST_OMV_STORE_PICTURE_PNG)
    return;

  g_assert_cmpint (width, >, 0);
  g_assert_cmpint (height, >, 0);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, (gsize) width *
      (gsize) height * (picture == GST_OMV_STORE_PICTURE_RGB ? 3 : 1));
}

static void
check_store (GstOmvStore * store)
{
  const guint n_frames = gst_omv_store_get_n_frames (store);
  g_autoptr (GstOmvMetadata) metadata = gst_omv_store_get_metadata (store);

  g_assert_nonnull (metadata);
  g_assert_cmpuint (n_frames, >, 0);
  check_lines (store);
  for (guint i = 0; i < n_frames; i++) {
    (void) gst_omv_store_get_time (store, i);
    check_file (store, i);
    if (i < N_READ_MAX && !gst_omv_store_is_video (store))
      check_picture (store, i);
  }
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  const gchar kind = (gchar) omv_fuzz_take (tape, 1);
  g_autofree gchar *path = kind == 'c' ? make_card (tape)
      : kind == 'm' ? make_miniscope (tape) : make_imgstore (tape);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstOmvStore) store = gst_omv_store_open (path, &error);

  g_assert_true ((store == NULL) == (error != NULL));
  if (store != NULL)
    check_store (store);
}
