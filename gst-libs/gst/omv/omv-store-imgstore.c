/* omv-store-imgstore.c: stores of imgstore
 *
 * A store is a folder of chunks, which are videos or folders of pictures. Beside
 * each chunk stand the numbers and times of its frames, as NumPy saves them
 * (.npz), in old stores as YAML, and perhaps extra data in JSON; what holds for
 * the whole store is in metadata.yaml. Videos have a constant rate that means
 * nothing.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-store.h"

#include <string.h>

#include "omv-format.h"
#include "omv-i18n.h"
#include "omv-json.h"
#include "omv-numpy.h"
#include "omv-yaml.h"
#include "omv-zip.h"
#include "omv-zone.h"

#define METADATA "metadata.yaml"
#define METADATA_SIZE_MAX 1048576
#define STORE "__store"

#define NUMBERS "frame_number"
#define TIMES "frame_time"
#define INDEX "frame_index"

typedef struct
{
  OmvStoreData *data;
  gchar *folder;
  gboolean has_folders;         /* of pictures, else there are videos */
  gchar *extension;             /* of videos or pictures, with its point */
} Imgstore;

static void
imgstore_clear (Imgstore * self)
{
  g_free (self->folder);
  g_free (self->extension);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Imgstore, imgstore_clear);

static gboolean
set_corrupt (const gchar * path, const gchar * what, GError ** error)
{
  g_autofree gchar *name = g_filename_display_basename (path);

  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT, "%s: %s", name,
      what);
  return FALSE;
}

/* ---- metadata ---- */

static const gchar *
get_string (JsonObject * object, const gchar * name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_STRING
      ? json_node_get_string (node) : NULL;
}

/* Heights and widths alone, or with 1 channel, are gray. */
static gboolean
has_gray_shape (JsonObject * store)
{
  JsonNode *node = json_object_get_member (store, "imgshape");
  JsonArray *shape;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;

  shape = json_node_get_array (node);
  return json_array_get_length (shape) == 2
      || (json_array_get_length (shape) == 3
      && JSON_NODE_HOLDS_VALUE (json_array_get_element (shape, 2))
      && json_array_get_int_element (shape, 2) == 1);
}

static void
take_zone (Imgstore * self, JsonObject * user, JsonObject * store)
{
  const gchar *name = get_string (store, "timezone_local");

  if (name == NULL)
    name = get_string (user, "timezone");
  if (name == NULL)
    return;

  self->data->zone = omv_zone_find (name);
  if (self->data->zone != NULL)
    json_object_set_string_member (self->data->members, "zone", name);
}

/* How the frames are stored. */
static gboolean
take_format (Imgstore * self, JsonObject * store, const gchar * path,
    GError ** error)
{
  static const gchar *const readable[] = { "jpg", "png", "npy", "pgm", "ppm",
    NULL
  };
  static const gchar *const decodable[] = { "tif", "bmp", NULL };
  const gchar *format = get_string (store, "format");
  const gchar *class = get_string (store, "class");
  const gchar *extension = get_string (store, "extension");

  if (format == NULL || class == NULL)
    return set_corrupt (path, _("It does not say how frames are stored."),
        error);

  self->has_folders = g_str_equal (class, "DirectoryImgStore");
  if (!self->has_folders) {
    self->data->is_video = TRUE;
    self->extension = extension != NULL ? g_strdup (extension)
        : g_strdup (g_str_equal (format, "mjpeg") ? ".avi" : ".mp4");
    return TRUE;
  }

  self->data->is_video = g_strv_contains (decodable, format);
  self->extension = g_strconcat (".", format, NULL);
  if (self->data->is_video || g_strv_contains (readable, format))
    return TRUE;
  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED,
      _("Frames that are stored as \"%s\" cannot be read."), format);
  return FALSE;
}

static gboolean
load_metadata (Imgstore * self, GError ** error)
{
  g_autofree gchar *path = g_build_filename (self->folder, METADATA, NULL);
  g_autoptr (GBytes) bytes = omv_store_load (path, METADATA_SIZE_MAX, error);
  g_autoptr (JsonObject) user = NULL;
  JsonObject *store;
  const gchar *text;
  gsize size;

  if (bytes == NULL)
    return FALSE;
  text = g_bytes_get_data (bytes, &size);
  user = text != NULL ? omv_yaml_parse (text, size) : NULL;
  if (user == NULL || !json_object_has_member (user, STORE)
      || !JSON_NODE_HOLDS_OBJECT (json_object_get_member (user, STORE)))
    return set_corrupt (path, _("This is not the metadata of a store."), error);

  store = json_object_ref (json_object_get_object_member (user, STORE));
  json_object_remove_member (user, STORE);
  json_object_set_object_member (self->data->members, "imgstore", store);
  take_zone (self, user, store);
  self->data->is_gray = has_gray_shape (store);
  self->data->has_clock = TRUE;
  if (!take_format (self, store, path, error))
    return FALSE;
  json_object_set_object_member (self->data->members, "user",
      g_steal_pointer (&user));

  return TRUE;
}

/* ---- the frames of a chunk ---- */

/* Of what stands beside a video, or in a folder of pictures. */
static gchar *
get_path (const Imgstore * self, const OmvStorePart * chunk,
    const gchar * extension)
{
  gsize length = strlen (chunk->path);

  if (self->has_folders)
    return g_strconcat (chunk->path, G_DIR_SEPARATOR_S, "index", extension,
        NULL);
  length -= strlen (self->extension);
  return g_strdup_printf ("%.*s%s", (gint) length, chunk->path, extension);
}

static gboolean
add_frame (Imgstore * self, const OmvStorePart * chunk, guint index,
    gint64 number, gdouble seconds)
{
  gint64 time;

  if (!omv_store_round_time (seconds, &time))
    return FALSE;

  if (self->has_folders) {
    g_autofree gchar *name = g_strdup_printf ("%06u%s", index, self->extension);

    omv_store_add_file (self->data, g_build_filename (chunk->path, name, NULL));
  }
  omv_store_add_frame (self->data, number, time);
  return TRUE;
}

/* NULL: there is no such array. */
static GBytes *
find_array (OmvZip zip, const gchar * name, OmvNumpy * ret_array)
{
  OmvZipMember member;

  while (omv_zip_next (&zip, &member)) {
    g_autoptr (GBytes) bytes = NULL;

    if (member.name_length != strlen (name)
        || memcmp (member.name, name, member.name_length) != 0)
      continue;
    bytes = omv_zip_read (&zip, &member);
    return bytes != NULL && omv_numpy_parse (g_bytes_get_data (bytes, NULL),
        g_bytes_get_size (bytes), ret_array) ? g_steal_pointer (&bytes) : NULL;
  }

  return NULL;
}

static gboolean
parse_npz (Imgstore * self, const OmvStorePart * chunk, GBytes * file)
{
  g_autoptr (GBytes) number_bytes = NULL, time_bytes = NULL;
  OmvNumpy numbers, times;
  OmvZip zip;

  if (!omv_zip_open (&zip, g_bytes_get_data (file, NULL),
          g_bytes_get_size (file)))
    return FALSE;
  number_bytes = find_array (zip, NUMBERS ".npy", &numbers);
  time_bytes = find_array (zip, TIMES ".npy", &times);
  if (number_bytes == NULL || time_bytes == NULL || numbers.n != times.n)
    return FALSE;

  for (gsize i = 0; i < numbers.n; i++) {
    gint64 number;

    if (!omv_numpy_get_int (&numbers, i, &number)
        || !add_frame (self, chunk, (guint) i, number,
            omv_numpy_get_double (&times, i)))
      return FALSE;
  }

  return TRUE;
}

/* NULL: @object has no such array. */
static JsonArray *
get_array (JsonObject * object, const gchar * name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node)
      ? json_node_get_array (node) : NULL;
}

static gboolean
is_number (JsonNode * node)
{
  return JSON_NODE_HOLDS_VALUE (node)
      && (json_node_get_value_type (node) == G_TYPE_INT64
      || json_node_get_value_type (node) == G_TYPE_DOUBLE);
}

static gboolean
parse_yaml (Imgstore * self, const OmvStorePart * chunk, GBytes * file)
{
  gsize size;
  const gchar *text = g_bytes_get_data (file, &size);
  g_autoptr (JsonObject) index = text != NULL ? omv_yaml_parse (text, size)
      : NULL;
  JsonArray *numbers, *times;

  if (index == NULL)
    return FALSE;
  numbers = get_array (index, NUMBERS);
  times = get_array (index, TIMES);
  if (numbers == NULL || times == NULL
      || json_array_get_length (numbers) != json_array_get_length (times))
    return FALSE;

  for (guint i = 0; i < json_array_get_length (numbers); i++) {
    JsonNode *number = json_array_get_element (numbers, i);
    JsonNode *time = json_array_get_element (times, i);

    if (!is_number (number) || !is_number (time)
        || !add_frame (self, chunk, i, json_node_get_int (number),
            json_node_get_double (time)))
      return FALSE;
  }

  return TRUE;
}

/* TRUE as well if there is no table: imgstore leaves such a chunk out, too. */
static gboolean
load_index (Imgstore * self, const OmvStorePart * chunk, gboolean * ret_found,
    GError ** error)
{
  static const struct
  {
    const gchar *extension;
      gboolean (*parse) (Imgstore * self, const OmvStorePart * chunk,
        GBytes * file);
  } kinds[] = {
    {".npz", parse_npz},
    {".yaml", parse_yaml},
  };

  *ret_found = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree gchar *path = get_path (self, chunk, kinds[i].extension);
    g_autoptr (GBytes) bytes = NULL;

    if (!g_file_test (path, G_FILE_TEST_EXISTS))
      continue;
    bytes = omv_store_load (path, OMV_STORE_TABLE_SIZE_MAX, error);
    if (bytes == NULL)
      return FALSE;
    *ret_found = TRUE;
    return kinds[i].parse (self, chunk, bytes)
        || set_corrupt (path, _("There are no numbers and times of frames."),
        error);
  }

  return TRUE;
}

/* ---- extra data ---- */

/* Frames from @first on, by their numbers. */
static GHashTable *
index_numbers (const Imgstore * self, guint first)
{
  GHashTable *table = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = first; i < self->data->frames->len; i++)
    g_hash_table_insert (table, &g_array_index (self->data->frames,
            OmvStoreFrame, i).number, GUINT_TO_POINTER (i));

  return table;
}

/* The index of the frame to which @extra belongs, or -1. */
static gint64
find_frame (const Imgstore * self, GHashTable * numbers, JsonObject * extra)
{
  const GArray *frames = self->data->frames;
  JsonNode *number = json_object_get_member (extra, NUMBERS);
  JsonNode *index = json_object_get_member (extra, INDEX);
  gint64 i = index != NULL && is_number (index) ? json_node_get_int (index)
      : -1;
  gint64 key;
  gpointer found;

  if (number == NULL || !is_number (number))
    return i;
  if (i >= 0 && i < (gint64) frames->len && g_array_index (frames,
          OmvStoreFrame, i).number == json_node_get_int (number))
    return i;
  key = json_node_get_int (number);
  return g_hash_table_lookup_extended (numbers, &key, NULL, &found)
      ? (gint64) GPOINTER_TO_UINT (found) : -1;
}

/* A list that whoever was killed did not end is read, too. */
static JsonArray *
parse_list (const gchar * text, gsize size)
{
  for (guint i = 0; i < 2; i++) {
    g_autofree gchar *object = g_strdup_printf ("{\"extra\":%.*s%s}",
        (int) size, text, i == 0 ? "" : "]");
    g_autoptr (JsonObject) parsed = omv_json_parse (object, strlen (object));
    JsonArray *array = parsed != NULL ? get_array (parsed, "extra") : NULL;

    if (array != NULL)
      return json_array_ref (array);
  }

  return NULL;
}

/* @first: of the chunk's frames */
static gboolean
load_extra (Imgstore * self, const OmvStorePart * chunk, guint first,
    GError ** error)
{
  g_autofree gchar *path = get_path (self, chunk, ".extra.json");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonArray) array = NULL;
  g_autoptr (GHashTable) numbers = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  bytes = omv_store_load (path, OMV_STORE_TABLE_SIZE_MAX, error);
  if (bytes == NULL)
    return FALSE;
  array = parse_list (g_bytes_get_size (bytes) > 0
      ? g_bytes_get_data (bytes, NULL) : "", g_bytes_get_size (bytes));
  if (array == NULL)
    return set_corrupt (path, _("This is not a list of extra data."), error);

  numbers = index_numbers (self, first);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);
    JsonObject *extra;
    gint64 index;

    if (!JSON_NODE_HOLDS_OBJECT (node))
      continue;
    extra = json_node_get_object (node);
    index = find_frame (self, numbers, extra);
    /* it would be wrong as soon as frames are left out */
    json_object_remove_member (extra, INDEX);
    omv_store_add_extra (self->data, index, extra);
  }

  return TRUE;
}

/* ---- the store ---- */

/* The path of a table becomes that of its video. */
static void
name_video (const Imgstore * self, OmvStorePart * part)
{
  gchar *path;

  if (g_str_has_suffix (part->path, self->extension))
    return;

  path = g_strdup_printf ("%.*s%s", (gint) (strrchr (part->path, '.')
          - part->path), part->path, self->extension);
  g_free (part->path);
  part->path = path;
}

/* The videos, and those that are gone, of which a table is left: its frames have a
 * time. Nothing, if no video is left. */
static GArray *
find_videos (const Imgstore * self, GError ** error)
{
  const gchar *const videos[] = { self->extension, NULL };
  const gchar *const all[] = { self->extension, ".npz", ".yaml", NULL };
  g_autoptr (GArray) parts = omv_store_list_parts (self->folder, videos, error);

  if (parts == NULL || parts->len == 0)
    return g_steal_pointer (&parts);
  g_array_unref (parts);
  parts = omv_store_list_parts (self->folder, all, error);
  if (parts == NULL)
    return NULL;

  /* in order of names, so that those of one chunk stand together */
  for (guint i = 0; i < parts->len; i++)
    name_video (self, &g_array_index (parts, OmvStorePart, i));
  for (guint i = parts->len; i-- > 1;) {
    if (g_str_equal (g_array_index (parts, OmvStorePart, i - 1).path,
            g_array_index (parts, OmvStorePart, i).path))
      g_array_remove_index (parts, i);
  }

  return g_steal_pointer (&parts);
}

static GArray *
find_chunks (const Imgstore * self, GError ** error)
{
  return self->has_folders ? omv_store_list_parts (self->folder, NULL, error)
      : find_videos (self, error);
}

static gboolean
load_chunk (Imgstore * self, const OmvStorePart * chunk, GError ** error)
{
  const guint first = self->data->frames->len;
  gboolean found;

  if (!self->has_folders)
    omv_store_add_file (self->data, g_strdup (chunk->path));
  if (!load_index (self, chunk, &found, error))
    return FALSE;
  if (!found) {
    self->data->n_missing++;
    return TRUE;
  }

  return load_extra (self, chunk, first, error);
}

gboolean
omv_store_is_imgstore (const gchar * path)
{
  g_autofree gchar *name = g_path_get_basename (path);
  g_autofree gchar *inside = g_build_filename (path, METADATA, NULL);

  return g_file_test (g_str_equal (name, METADATA) ? path : inside,
      G_FILE_TEST_IS_REGULAR);
}

gboolean
omv_store_open_imgstore (OmvStoreData * data, const gchar * path,
    GError ** error)
{
  g_auto (Imgstore) self = { data, };
  g_autoptr (GArray) chunks = NULL;

  self.folder = g_file_test (path, G_FILE_TEST_IS_DIR) ? g_strdup (path)
      : g_path_get_dirname (path);
  if (!load_metadata (&self, error))
    return FALSE;
  chunks = find_chunks (&self, error);
  if (chunks == NULL)
    return FALSE;

  for (guint i = 0; i < chunks->len; i++) {
    if (!load_chunk (&self, &g_array_index (chunks, OmvStorePart, i), error))
      return FALSE;
  }

  return TRUE;
}
