/* omv-store-miniscope.c: folders of the Miniscope V4
 *
 * The software of the Miniscope (version 4) writes videos 0.avi, 1.avi … of as
 * many frames each as metaData.json says, and a table, timeStamps.csv, of the
 * frames' numbers and times, in ms from the start. When that was, another
 * metaData.json says, which lies in the folder above. Where a scope tells how it
 * is held, that is in headOrientation.csv.
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

#define TABLE "timeStamps.csv"
#define ORIENTATION "headOrientation.csv"
#define METADATA "metaData.json"
#define SESSION_METADATA "../metaData.json"
#define METADATA_SIZE_MAX 524288

#define N_FRAMES_DEFAULT 1000
#define NS_PER_MS 1000000
#define MS_PER_S 1000
#define DAY 86400               /* s */
#define ZONE_STEP 900           /* s: zones differ by quarters of an hour */

/* ---- tables ---- */

typedef struct
{
  gchar **lines;
  gchar **names;                /* of columns */
  guint next;                   /* line */
} Table;

static void
table_clear (Table * table)
{
  g_strfreev (table->lines);
  g_strfreev (table->names);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Table, table_clear);

static gboolean
set_bad_row (const Table * table, GError ** error)
{
  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
      _("There is no row of numbers in line %u of the table."), table->next);
  return FALSE;
}

/* Where a power cut has left zeros, rows behind them are not lost in silence. */
static gboolean
table_check (Table * table, const gchar * text, gsize size, GError ** error)
{
  const gchar *zero = size > 0 ? memchr (text, '\0', size) : NULL;

  if (zero == NULL)
    return TRUE;

  table->next = 1;
  for (const gchar * at = text; at < zero; at++)
    table->next += *at == '\n';
  return set_bad_row (table, error);
}

static gboolean
table_load (Table * table, const gchar * path, GError ** error)
{
  g_autoptr (GBytes) bytes =
      omv_store_load (path, OMV_STORE_TABLE_SIZE_MAX, error);
  g_autofree gchar *text = NULL;
  gsize size;
  const gchar *data;

  if (bytes == NULL)
    return FALSE;

  data = g_bytes_get_data (bytes, &size);
  if (!table_check (table, data, size, error))
    return FALSE;
  text = g_strndup (size > 0 ? data : "", size);
  table->lines = g_strsplit (text, "\n", -1);
  if (table->lines[0] == NULL) {
    table->names = g_strsplit ("", ",", -1);
    return TRUE;
  }
  table->names = g_strsplit (g_strstrip (table->lines[0]), ",", -1);
  table->next = 1;
  return TRUE;
}

/* The numbers of the next row, as many as there are columns, in @values. FALSE: it was the
 * last one, or, with @error, is no row of numbers. */
static gboolean
table_next (Table * table, GArray * values, GError ** error)
{
  const guint n = g_strv_length (table->names);
  const gchar *at;

  while (table->lines[0] != NULL && table->lines[table->next] != NULL
      && *g_strstrip (table->lines[table->next]) == '\0')
    table->next++;
  if (table->lines[0] == NULL || table->lines[table->next] == NULL)
    return FALSE;

  if (n == 0)
    return set_bad_row (table, error);

  g_array_set_size (values, 0);
  at = table->lines[table->next++];
  for (guint i = 0; i < n; i++) {
    gdouble value;
    gchar *end;

    value = g_ascii_strtod (at, &end);
    if (end == at || *end != (i + 1 < n ? ',' : '\0')
        || !(ABS (value) <= G_MAXDOUBLE))
      return set_bad_row (table, error);
    g_array_append_val (values, value);
    at = end + 1;
  }

  return TRUE;
}

/* ---- metadata ---- */

/* @name: of the file, as seen from @folder */
static JsonObject *
load_json (const gchar * folder, const gchar * name, GError ** error)
{
  g_autofree gchar *path = g_build_filename (folder, name, NULL);
  g_autoptr (GBytes) bytes = NULL;
  JsonObject *object;
  gsize size;
  const gchar *text;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return json_object_new ();
  bytes = omv_store_load (path, METADATA_SIZE_MAX, error);
  if (bytes == NULL)
    return NULL;

  text = g_bytes_get_data (bytes, &size);
  object = text != NULL ? omv_json_parse (text, size) : NULL;
  if (object == NULL)
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
        _("\"%s\" is not a JSON object."), name);
  return object;
}

static gint64
get_integer (JsonObject * object, const gchar * name, gint64 otherwise)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
      && (json_node_get_value_type (node) == G_TYPE_INT64
      || json_node_get_value_type (node) == G_TYPE_DOUBLE)
      ? json_node_get_int (node) : otherwise;
}

/* The clock on the wall and the time it showed make the zone. */
static GTimeZone *
find_zone (JsonObject * start, gint64 epoch)
{
  g_autoptr (GDateTime) wall = g_date_time_new_utc (
      (gint) get_integer (start, "year", 0),
      (gint) get_integer (start, "month", 0),
      (gint) get_integer (start, "day", 0),
      (gint) get_integer (start, "hour", -1),
      (gint) get_integer (start, "minute", -1),
      (gdouble) get_integer (start, "second", -1));
  gint64 offset;

  if (wall == NULL)
    return NULL;
  offset = g_date_time_to_unix (wall) - epoch / MS_PER_S;
  if (ABS (offset) > DAY)
    return NULL;

  offset += offset < 0 ? -ZONE_STEP / 2 : ZONE_STEP / 2;
  return g_time_zone_new_offset ((gint32) (offset / ZONE_STEP * ZONE_STEP));
}

/* FALSE: @object does not say when it started. */
static gboolean
take_start (OmvStoreData * data, JsonObject * object, gint64 * ret_start)
{
  JsonNode *node = json_object_get_member (object, "recordingStartTime");
  JsonObject *start = node != NULL && JSON_NODE_HOLDS_OBJECT (node)
      ? json_node_get_object (node) : object;
  gint64 epoch = get_integer (start, "msecSinceEpoch", -1);

  if (epoch < 0 || epoch > G_MAXINT64 / NS_PER_MS / 2)
    return FALSE;

  data->has_clock = TRUE;
  data->zone = find_zone (start, epoch);
  *ret_start = epoch * NS_PER_MS;
  return TRUE;
}

static gboolean
load_metadata (OmvStoreData * data, const gchar * folder, gint64 * ret_start,
    guint64 * ret_n_per_file, GError ** error)
{
  g_autoptr (JsonObject) session = load_json (folder, SESSION_METADATA, error);
  JsonObject *device;
  gint64 n;

  if (session == NULL)
    return FALSE;
  device = load_json (folder, METADATA, error);
  if (device == NULL)
    return FALSE;
  json_object_set_object_member (data->members, "user", device);

  n = get_integer (device, "framesPerFile", N_FRAMES_DEFAULT);
  *ret_n_per_file = n > 0 ? (guint64) n : N_FRAMES_DEFAULT;
  if (!take_start (data, device, ret_start))
    (void) take_start (data, session, ret_start);
  if (json_object_get_size (session) > 0)
    json_object_set_object_member (device, "session",
        g_steal_pointer (&session));

  return TRUE;
}

/* ---- frames ---- */

static void
add_extra (OmvStoreData * data, guint index, const Table * table, guint first,
    const gdouble * values)
{
  g_autoptr (JsonObject) extra = json_object_new ();

  for (guint i = first; table->names[i] != NULL; i++) {
    g_autofree gchar *name = g_utf8_make_valid (g_strstrip (table->names[i]),
        -1);

    if (values[i] == (gdouble) (gint64) CLAMP (values[i], -9e15, 9e15))
      json_object_set_int_member (extra, name, (gint64) values[i]);
    else
      json_object_set_double_member (extra, name, values[i]);
  }
  if (json_object_get_size (extra) > 0)
    omv_store_add_extra (data, index, extra);
}

/* The video that has to hold the next rows. If it is not there, its frames keep its
 * name: those of the next video are none of them. @next: of @videos, moved on */
static void
add_video (OmvStoreData * data, const gchar * folder, const GArray * videos,
    guint * next)
{
  const guint number = data->files->len;
  const OmvStorePart *video = &g_array_index (videos, OmvStorePart, *next);
  const gboolean exists = video->number == number;
  g_autofree gchar *name = g_strdup_printf ("%u.avi", number);

  omv_store_add_file (data, exists ? g_strdup (video->path)
      : g_build_filename (folder, name, NULL));
  if (exists)
    data->n_missing--;
  while (*next < videos->len
      && g_array_index (videos, OmvStorePart, *next).number <= number)
    *next += 1;
}

/* Frame by frame, each with the video that has to hold it. The last one that is
 * there has to hold all that follow: videos may have been joined. */
static gboolean
load_frames (OmvStoreData * data, const gchar * folder, gint64 start,
    guint64 n_per_file, GError ** error)
{
  static const gchar *const extensions[] = { ".avi", ".mkv", ".mp4", NULL };
  g_autofree gchar *path = g_build_filename (folder, TABLE, NULL);
  g_autoptr (GArray) videos = omv_store_list_parts (folder, extensions, error);
  g_auto (Table) table = { NULL, };
  g_autoptr (GArray) values = g_array_new (FALSE, TRUE, sizeof (gdouble));
  GError *failure = NULL;
  guint64 last;
  guint next = 0;

  if (videos == NULL || !table_load (&table, path, error))
    return FALSE;
  if (videos->len == 0 || g_strv_length (table.names) < 2) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
        _("There are no videos, or no times of frames."));
    return FALSE;
  }
  last = g_array_index (videos, OmvStorePart, videos->len - 1).number;
  data->n_missing = videos->len;        /* until there is a row for them */

  while (table_next (&table, values, &failure)) {
    const gdouble *row = (const gdouble *) (gpointer) values->data;
    const guint n = data->frames->len;
    gint64 time;

    if (MIN (n / n_per_file, last) == data->files->len)
      add_video (data, folder, videos, &next);
    if (!omv_store_round_time (row[1] / MS_PER_S, &time)
        || ABS (row[0]) > 9e15)
      return set_bad_row (&table, error);
    omv_store_add_frame (data, (gint64) row[0], start + time);
    add_extra (data, n, &table, 2, row);
  }
  if (failure != NULL)
    g_propagate_error (error, failure);

  return failure == NULL;
}

/* Rows whose time is none of a frame's are left out. */
static gboolean
load_orientation (OmvStoreData * data, const gchar * folder, gint64 start,
    GError ** error)
{
  g_autofree gchar *path = g_build_filename (folder, ORIENTATION, NULL);
  g_auto (Table) table = { NULL, };
  g_autoptr (GArray) values = g_array_new (FALSE, TRUE, sizeof (gdouble));
  GError *failure = NULL;
  guint next = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!table_load (&table, path, error))
    return FALSE;

  while (table_next (&table, values, &failure)) {
    const gdouble *row = (const gdouble *) (gpointer) values->data;
    gint64 time;

    if (!omv_store_round_time (row[0] / MS_PER_S, &time))
      continue;
    while (next < data->frames->len && g_array_index (data->frames,
            OmvStoreFrame, next).time < start + time)
      next++;
    if (next < data->frames->len && g_array_index (data->frames,
            OmvStoreFrame, next).time == start + time)
      add_extra (data, next, &table, 1, row);
  }
  if (failure != NULL)
    g_propagate_error (error, failure);

  return failure == NULL;
}

gboolean
omv_store_is_miniscope (const gchar * path)
{
  g_autofree gchar *table = g_build_filename (path, TABLE, NULL);

  return g_file_test (table, G_FILE_TEST_IS_REGULAR);
}

gboolean
omv_store_open_miniscope (OmvStoreData * data, const gchar * path,
    GError ** error)
{
  guint64 n_per_file;
  gint64 start = 0;

  data->is_video = TRUE;
  return load_metadata (data, path, &start, &n_per_file, error)
      && load_frames (data, path, start, n_per_file, error)
      && load_orientation (data, path, start, error);
}
