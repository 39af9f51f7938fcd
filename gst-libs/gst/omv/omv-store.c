/* omv-store.c: what the readers of stores fill in
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-store.h"

#include <string.h>

#include "omv-lines.h"
#include "omv-sidecar-file-private.h"

#define NS_PER_US 1000

/* Doubles of more seconds than that do not hold ns, but they do hold us. */
#define COARSE_SECONDS 1e6

static void
extra_free (gpointer pointer)
{
  OmvStoreExtra *extra = pointer;

  json_object_unref (extra->object);
  g_free (extra);
}

static void
file_clear (gpointer pointer)
{
  g_free (((OmvStoreFile *) pointer)->path);
}

void
omv_store_data_init (OmvStoreData * data)
{
  data->frames = g_array_new (FALSE, FALSE, sizeof (OmvStoreFrame));
  data->files = g_array_new (FALSE, FALSE, sizeof (OmvStoreFile));
  g_array_set_clear_func (data->files, file_clear);
  data->extra = g_ptr_array_new_with_free_func (extra_free);
  data->members = json_object_new ();
}

void
omv_store_data_clear (OmvStoreData * data)
{
  g_array_unref (data->frames);
  g_array_unref (data->files);
  g_ptr_array_unref (data->extra);
  json_object_unref (data->members);
  g_clear_pointer (&data->zone, g_time_zone_unref);
  g_clear_pointer (&data->card, omv_card_free);
}

void
omv_store_add_frame (OmvStoreData * data, gint64 number, gint64 time)
{
  const OmvStoreFrame frame = { number, time,
    data->files->len > 0 ? data->files->len - 1 : 0
  };

  g_array_append_val (data->frames, frame);
  if (data->files->len > 0)
    g_array_index (data->files, OmvStoreFile, frame.file).n_frames++;
}

void
omv_store_add_file (OmvStoreData * data, gchar * path)
{
  const OmvStoreFile file = { path, data->frames->len, 0 };

  g_array_append_val (data->files, file);
}

/* What a line says of itself keeps its meaning. */
static void
copy_member (JsonObject * from, const gchar * name, JsonNode * node,
    gpointer user_data)
{
  const gboolean taken = g_str_equal (name, GST_OMV_LINE_FRAME)
      || g_str_equal (name, GST_OMV_LINE_NUMBER);
  g_autofree gchar *other = taken ? g_strconcat ("store-", name, NULL) : NULL;

  json_object_set_member (user_data, taken ? other : name,
      json_node_copy (node));
}

void
omv_store_add_extra (OmvStoreData * data, gint64 index, JsonObject * object)
{
  OmvStoreExtra *extra;

  if (index < 0 || index >= (gint64) data->frames->len)
    return;

  extra = g_new0 (OmvStoreExtra, 1);
  extra->index = (guint) index;
  extra->object = json_object_new ();
  json_object_foreach_member (object, copy_member, extra->object);
  g_ptr_array_add (data->extra, extra);
}

/* Of two times the sum, and the difference, are in range. */
gboolean
omv_store_round_time (gdouble seconds, gint64 * ret_time)
{
  const gint64 unit = ABS (seconds) > COARSE_SECONDS ? NS_PER_US : 1;
  gdouble scaled = seconds * (1e9 / (gdouble) unit);

  if (!(scaled > -4.5e18 / (gdouble) unit && scaled < 4.5e18 / (gdouble) unit))
    return FALSE;

  *ret_time = (gint64) (scaled < 0 ? scaled - 0.5 : scaled + 0.5) * unit;
  return TRUE;
}

GBytes *
omv_store_load (const gchar * path, gsize size_max, GError ** error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return omv_file_load (file, size_max, error);
}

/* ---- parts ---- */

static void
part_clear (gpointer pointer)
{
  g_free (((OmvStorePart *) pointer)->path);
}

static gint
compare_parts (gconstpointer a, gconstpointer b)
{
  const OmvStorePart *first = a, *second = b;

  if (first->number != second->number)
    return first->number < second->number ? -1 : 1;
  return strcmp (first->path, second->path);
}

static void
try_part (GArray * parts, const gchar * folder, const gchar * name,
    const gchar * extension, gboolean is_folder)
{
  OmvStorePart part;
  g_autofree gchar *digits = g_str_has_suffix (name, extension)
      ? g_strndup (name, strlen (name) - strlen (extension)) : NULL;

  if (digits == NULL
      || !g_ascii_string_to_unsigned (digits, 10, 0, G_MAXINT, &part.number,
          NULL))
    return;

  part.path = g_build_filename (folder, name, NULL);
  if (is_folder == g_file_test (part.path, G_FILE_TEST_IS_DIR))
    g_array_append_val (parts, part);
  else
    g_free (part.path);
}

GArray *
omv_store_list_parts (const gchar * folder, const gchar * const *extensions,
    GError ** error)
{
  static const gchar *const none[] = { "", NULL };
  const gchar *const *tried = extensions != NULL ? extensions : none;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, error);
  GArray *parts;
  const gchar *name;

  if (dir == NULL)
    return NULL;

  parts = g_array_new (FALSE, FALSE, sizeof (OmvStorePart));
  g_array_set_clear_func (parts, part_clear);
  while ((name = g_dir_read_name (dir)) != NULL) {
    for (guint i = 0; tried[i] != NULL; i++)
      try_part (parts, folder, name, tried[i], extensions == NULL);
  }
  g_array_sort (parts, compare_parts);

  return parts;
}
