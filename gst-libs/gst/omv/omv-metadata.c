/* omv-metadata.c: what a recording cannot say of itself: FILE.json
 *
 * The layout is in docs/format.md, "Metadata". The JSON object itself is kept, so
 * that what another program or a later version has put there survives.
 *
 * Guarantees, cited by the tests:
 *
 *  M1  Whatever the file holds, it makes metadata of which every known member has
 *      the right type, or an error.
 *  M2  Unknown members are stored as they were loaded.
 *  M3  The file is replaced in one go.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-metadata.h"

#include <string.h>

#include "omv-format.h"
#include "omv-i18n.h"
#include "omv-json.h"
#include "omv-metadata-private.h"
#include "omv-sidecar-file-private.h"
#include "omv-timing.h"

#define SUFFIX ".json"
#define METADATA_SIZE_MAX 1048576

#define START "start"
#define ZONE "zone"
#define BASE_TIME "base-time"
#define TRIGGER_TIME "trigger-time"
#define LABEL "label"
#define USER "user"

struct _GstOmvMetadata
{
  gatomicrefcount ref_count;
  JsonObject *object;           /* with USER in it, an object */
};

G_DEFINE_BOXED_TYPE (GstOmvMetadata, gst_omv_metadata, gst_omv_metadata_ref,
    gst_omv_metadata_unref);

/* @object: (transfer full) */
static GstOmvMetadata *
new_from_object (JsonObject * object)
{
  GstOmvMetadata *self = g_new0 (GstOmvMetadata, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->object = object;
  if (!json_object_has_member (object, USER))
    json_object_set_object_member (object, USER, json_object_new ());

  return self;
}

/**
 * gst_omv_metadata_new:
 *
 * Returns: (transfer full): metadata without anything in it
 *
 * Since: 0.1
 */
GstOmvMetadata *
gst_omv_metadata_new (void)
{
  return new_from_object (json_object_new ());
}

/**
 * gst_omv_metadata_ref:
 * @self: metadata
 *
 * Returns: (transfer full): @self, with one reference more
 *
 * Since: 0.1
 */
GstOmvMetadata *
gst_omv_metadata_ref (GstOmvMetadata * self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * gst_omv_metadata_unref:
 * @self: (transfer full): metadata
 *
 * Gives a reference back. The last one frees the metadata.
 *
 * Since: 0.1
 */
void
gst_omv_metadata_unref (GstOmvMetadata * self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  json_object_unref (self->object);
  g_free (self);
}

/* ---- members ---- */

/* The member if it is there and holds a @type, else NULL. */
static JsonNode *
get_member (JsonObject * object, const gchar * key, GType type)
{
  JsonNode *node = json_object_get_member (object, key);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == type ? node : NULL;
}

static const gchar *
get_string (JsonObject * object, const gchar * key)
{
  JsonNode *node = get_member (object, key, G_TYPE_STRING);

  return node != NULL ? json_node_get_string (node) : NULL;
}

/* @value: (nullable): NULL takes it away */
static void
set_string (JsonObject * object, const gchar * key, const gchar * value)
{
  if (value == NULL) {
    json_object_remove_member (object, key);
  } else {
    g_autofree gchar *valid = g_utf8_make_valid (value, -1);

    json_object_set_string_member (object, key, valid);
  }
}

static guint64
get_time (JsonObject * object, const gchar * key)
{
  JsonNode *node = get_member (object, key, G_TYPE_INT64);

  return node != NULL ? (guint64) json_node_get_int (node)
      : GST_OMV_TIME_NONE;
}

static void
set_time (JsonObject * object, const gchar * key, guint64 time)
{
  if (time == GST_OMV_TIME_NONE)
    json_object_remove_member (object, key);
  else
    json_object_set_int_member (object, key, (gint64) MIN (time,
            GST_OMV_TIME_MAX));
}

static GDateTime *
get_date (JsonObject * object, const gchar * key)
{
  const gchar *text = get_string (object, key);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  return text != NULL ? g_date_time_new_from_iso8601 (text, utc) : NULL;
}

/* ---- reading ---- */

/* The first known member that is not what it should be, or NULL. */
static const gchar *
find_wrong_member (JsonObject * object)
{
  static const gchar *const strings[] = { ZONE, LABEL,
    OMV_METADATA_FIRST_FRAME
  };
  static const gchar *const times[] = { BASE_TIME, TRIGGER_TIME };
  g_autoptr (GDateTime) start = get_date (object, START);
  JsonNode *user = json_object_get_member (object, USER);

  if (json_object_has_member (object, START) && start == NULL)
    return START;
  if (user != NULL && !JSON_NODE_HOLDS_OBJECT (user))
    return USER;
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++) {
    if (json_object_has_member (object, strings[i])
        && get_string (object, strings[i]) == NULL)
      return strings[i];
  }
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    if (json_object_has_member (object, times[i])
        && get_time (object, times[i]) > GST_OMV_TIME_MAX)
      return times[i];
  }

  return NULL;
}

static GstOmvMetadata *
parse (const gchar * data, gsize size, GError ** error)
{
  JsonObject *object = omv_json_parse (data, size);
  const gchar *wrong;

  if (object == NULL) {
    g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
        _("The metadata of the recording is not a JSON object."));
    return NULL;
  }

  wrong = find_wrong_member (object);
  if (wrong != NULL) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
        _("The metadata of the recording has something wrong for \"%s\"."),
        wrong);
    json_object_unref (object);
    return NULL;
  }

  return new_from_object (object);
}

/**
 * gst_omv_metadata_new_from_string:
 * @text: a JSON object
 * @error: return location
 *
 * Errors: %GST_OMV_ERROR_CORRUPT if @text is not metadata.
 *
 * Returns: (transfer full): metadata, or %NULL on failure
 *
 * Since: 0.1
 */
GstOmvMetadata *
gst_omv_metadata_new_from_string (const gchar * text, GError ** error)
{
  g_return_val_if_fail (text != NULL, NULL);

  return parse (text, strlen (text), error);
}

/**
 * gst_omv_metadata_load:
 * @recording: a recording
 * @error: return location
 *
 * Reads what stands beside @recording, in `FILE.json`.
 *
 * Errors: %GST_OMV_ERROR_CORRUPT if that is not metadata; %G_IO_ERROR, of which
 * %G_IO_ERROR_NOT_FOUND if there is none.
 *
 * Returns: (transfer full): metadata, or %NULL on failure
 *
 * Since: 0.1
 */
GstOmvMetadata *
gst_omv_metadata_load (GFile * recording, GError ** error)
{
  g_autoptr (GBytes) bytes = NULL;
  const gchar *data;
  gsize size;

  g_return_val_if_fail (G_IS_FILE (recording), NULL);

  bytes = omv_sidecar_file_load (recording, SUFFIX, METADATA_SIZE_MAX, error);
  if (bytes == NULL)
    return NULL;

  data = g_bytes_get_data (bytes, &size);
  return parse (data, size, error);
}

/* ---- writing ---- */

/**
 * gst_omv_metadata_to_string:
 * @self: metadata
 *
 * Returns: (transfer full): a JSON object
 *
 * Since: 0.1
 */
gchar *
gst_omv_metadata_to_string (GstOmvMetadata * self)
{
  return omv_json_print (self->object, TRUE);
}

gboolean
omv_metadata_store (GstOmvMetadata * self, GFile * recording, gboolean sync,
    GError ** error)
{
  g_autofree gchar *text = gst_omv_metadata_to_string (self);
  g_autofree gchar *line = g_strconcat (text, "\n", NULL);

  return omv_sidecar_file_store (recording, SUFFIX, line, strlen (line), sync,
      error);
}

/**
 * gst_omv_metadata_store:
 * @self: metadata
 * @recording: a recording
 * @error: return location
 *
 * Puts @self beside @recording, as `FILE.json`, in place of what was there.
 *
 * Errors: %G_IO_ERROR.
 *
 * Returns: %FALSE on failure; what was there is then still there
 *
 * Since: 0.1
 */
gboolean
gst_omv_metadata_store (GstOmvMetadata * self, GFile * recording,
    GError ** error)
{
  g_return_val_if_fail (G_IS_FILE (recording), FALSE);

  return omv_metadata_store (self, recording, FALSE, error);
}

/* ---- what there is ---- */

void
omv_metadata_set_text (GstOmvMetadata * self, const gchar * member,
    const gchar * text)
{
  set_string (self->object, member, text);
}

const gchar *
omv_metadata_get_text (GstOmvMetadata * self, const gchar * member)
{
  return get_string (self->object, member);
}

/* ISO 8601 knows no zone that is seconds away from UTC, as those of sundials
 * are. */
static gchar *
print_date (GDateTime * date)
{
  g_autoptr (GDateTime) utc = g_date_time_to_utc (date);

  return g_date_time_format_iso8601 (g_date_time_get_utc_offset (date)
      % G_TIME_SPAN_MINUTE == 0 ? date : utc);
}

/**
 * gst_omv_metadata_set_start:
 * @self: metadata
 * @start: (nullable): wall-clock time, to the microsecond
 *
 * Sets when the recording's time was 0. A zone that is no whole minutes away from
 * UTC is not kept.
 *
 * Since: 0.1
 */
void
gst_omv_metadata_set_start (GstOmvMetadata * self, GDateTime * start)
{
  g_autofree gchar *text = start != NULL ? print_date (start) : NULL;

  set_string (self->object, START, text);
}

/**
 * gst_omv_metadata_get_start:
 * @self: metadata
 *
 * Returns: (transfer full) (nullable): when the recording's time was 0, with the
 *   zone's distance to UTC
 *
 * Since: 0.1
 */
GDateTime *
gst_omv_metadata_get_start (GstOmvMetadata * self)
{
  return get_date (self->object, START);
}

/**
 * gst_omv_metadata_set_zone:
 * @self: metadata
 * @zone: (nullable): the name of a time zone, as "Europe/Berlin"
 *
 * Since: 0.1
 */
void
gst_omv_metadata_set_zone (GstOmvMetadata * self, const gchar * zone)
{
  set_string (self->object, ZONE, zone);
}

/**
 * gst_omv_metadata_get_zone:
 * @self: metadata
 *
 * Returns: (nullable): the time zone in which the recording was made
 *
 * Since: 0.1
 */
const gchar *
gst_omv_metadata_get_zone (GstOmvMetadata * self)
{
  return get_string (self->object, ZONE);
}

/**
 * gst_omv_metadata_set_base_time:
 * @self: metadata
 * @base_time: ns, at most %GST_OMV_TIME_MAX, or %GST_OMV_TIME_NONE
 *
 * Sets what the recorder's clock said when running time was 0. That and a frame's
 * exact time make the clock's time of the frame.
 *
 * Since: 0.1
 */
void
gst_omv_metadata_set_base_time (GstOmvMetadata * self, guint64 base_time)
{
  set_time (self->object, BASE_TIME, base_time);
}

/**
 * gst_omv_metadata_get_base_time:
 * @self: metadata
 *
 * Returns: ns, or %GST_OMV_TIME_NONE
 *
 * Since: 0.1
 */
guint64
gst_omv_metadata_get_base_time (GstOmvMetadata * self)
{
  return get_time (self->object, BASE_TIME);
}

/**
 * gst_omv_metadata_set_trigger_time:
 * @self: metadata
 * @trigger_time: ns from the recording's start, at most %GST_OMV_TIME_MAX, or
 *   %GST_OMV_TIME_NONE
 *
 * Sets when the trigger fired that the recording was made for.
 *
 * Since: 0.1
 */
void
gst_omv_metadata_set_trigger_time (GstOmvMetadata * self, guint64 trigger_time)
{
  set_time (self->object, TRIGGER_TIME, trigger_time);
}

/**
 * gst_omv_metadata_get_trigger_time:
 * @self: metadata
 *
 * Returns: ns from the recording's start, or %GST_OMV_TIME_NONE
 *
 * Since: 0.1
 */
guint64
gst_omv_metadata_get_trigger_time (GstOmvMetadata * self)
{
  return get_time (self->object, TRIGGER_TIME);
}

/**
 * gst_omv_metadata_set_label:
 * @self: metadata
 * @label: (nullable): what the trigger was called
 *
 * Since: 0.1
 */
void
gst_omv_metadata_set_label (GstOmvMetadata * self, const gchar * label)
{
  set_string (self->object, LABEL, label);
}

/**
 * gst_omv_metadata_get_label:
 * @self: metadata
 *
 * Returns: (nullable): what the trigger was called
 *
 * Since: 0.1
 */
const gchar *
gst_omv_metadata_get_label (GstOmvMetadata * self)
{
  return get_string (self->object, LABEL);
}

static JsonObject *
get_user (GstOmvMetadata * self)
{
  return json_object_get_object_member (self->object, USER);
}

/**
 * gst_omv_metadata_set_value:
 * @self: metadata
 * @key: any name
 * @value: (nullable): any text, or %NULL to take it away
 *
 * Adds what the library knows nothing of.
 *
 * Since: 0.1
 */
void
gst_omv_metadata_set_value (GstOmvMetadata * self, const gchar * key,
    const gchar * value)
{
  g_autofree gchar *valid = NULL;

  g_return_if_fail (key != NULL);

  valid = g_utf8_make_valid (key, -1);
  set_string (get_user (self), valid, value);
}

/**
 * gst_omv_metadata_get_value:
 * @self: metadata
 * @key: a name
 *
 * Returns: (nullable): the text of that name, or %NULL if there is none
 *
 * Since: 0.1
 */
const gchar *
gst_omv_metadata_get_value (GstOmvMetadata * self, const gchar * key)
{
  g_return_val_if_fail (key != NULL, NULL);

  return get_string (get_user (self), key);
}

/**
 * gst_omv_metadata_list_keys:
 * @self: metadata
 *
 * Returns: (transfer full) (array zero-terminated=1): the names that
 *   gst_omv_metadata_get_value() knows, in the order in which they were set
 *
 * Since: 0.1
 */
gchar **
gst_omv_metadata_list_keys (GstOmvMetadata * self)
{
  JsonObject *user = get_user (self);
  g_autoptr (GList) members = json_object_get_members (user);
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();

  for (GList * at = members; at != NULL; at = at->next) {
    if (get_string (user, at->data) != NULL)
      g_ptr_array_add (keys, g_strdup (at->data));
  }
  g_ptr_array_add (keys, NULL);

  return (gchar **) g_ptr_array_steal (keys, NULL);
}

/**
 * gst_omv_metadata_describe:
 * @self: metadata
 *
 * Says what else is known, for people: also what is no text.
 *
 * Returns: (transfer full) (array zero-terminated=1): lines `name: value`, in the
 *   order in which they were set
 *
 * Since: 0.1
 */
gchar **
gst_omv_metadata_describe (GstOmvMetadata * self)
{
  JsonObject *user = get_user (self);
  g_autoptr (GList) members = json_object_get_members (user);
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();

  for (GList * at = members; at != NULL; at = at->next) {
    const gchar *text = get_string (user, at->data);
    g_autofree gchar *other = text == NULL
        ? omv_json_print_node (json_object_get_member (user, at->data), FALSE)
        : NULL;

    g_ptr_array_add (lines, g_strdup_printf ("%s: %s", (gchar *) at->data,
            text != NULL ? text : other));
  }
  g_ptr_array_add (lines, NULL);

  return (gchar **) g_ptr_array_steal (lines, NULL);
}
