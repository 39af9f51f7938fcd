/* omv-tags.c: what is known of a recording, as GStreamer says it
 *
 * Where GStreamer has a word for what FILE.json holds, it flows through pipelines:
 * the start is a date-time tag, texts are the tags of their names, else extended
 * comments "name=text"; a frame's wall-clock time is a reference timestamp of the
 * caps timestamp/x-unix, in ns since 1970. Both ways are here, so that what
 * omvstrdemux says omvstrmux understands.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-tags.h"

#include <string.h>

static GstStaticCaps unix_caps = GST_STATIC_CAPS ("timestamp/x-unix");

/* ---- metadata -> tags ---- */

static gboolean
is_text (const gchar * name)
{
  return gst_tag_exists (name) && gst_tag_get_type (name) == G_TYPE_STRING;
}

/**
 * gst_omv_tags_from_metadata: (skip)
 * @metadata: of a recording
 *
 * Makes tags of what metadata says: the start is %GST_TAG_DATE_TIME, the label
 * %GST_TAG_TITLE, unless there is a text of that name. Texts of other names than
 * those of tags are %GST_TAG_EXTENDED_COMMENT, if nothing in the name could be
 * taken for its end.
 *
 * Returns: (transfer full): tags, perhaps none
 *
 * Since: 0.1
 */
GstTagList *
gst_omv_tags_from_metadata (GstOmvMetadata * metadata)
{
  g_auto (GStrv) keys = gst_omv_metadata_list_keys (metadata);
  GstTagList *tags = gst_tag_list_new_empty ();
  GDateTime *start = gst_omv_metadata_get_start (metadata);
  const gchar *label = gst_omv_metadata_get_label (metadata);

  if (start != NULL) {
    g_autoptr (GstDateTime) date = gst_date_time_new_from_g_date_time (start);

    gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_TAG_DATE_TIME, date,
        NULL);
  }
  if (label != NULL && *label != '\0'
      && gst_omv_metadata_get_value (metadata, GST_TAG_TITLE) == NULL)
    gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_TAG_TITLE, label, NULL);

  for (guint i = 0; keys[i] != NULL; i++) {
    const gchar *text = gst_omv_metadata_get_value (metadata, keys[i]);
    g_autofree gchar *comment = g_strdup_printf ("%s=%s", keys[i], text);

    /* tags have no empty texts */
    if (is_text (keys[i]) && *text != '\0')
      gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, keys[i], text, NULL);
    else if (!is_text (keys[i]) && *keys[i] != '\0'
        && strchr (keys[i], '=') == NULL)
      gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_TAG_EXTENDED_COMMENT,
          comment, NULL);
  }

  return tags;
}

/* ---- tags -> metadata ---- */

/* Comments without a name stand below each other. */
static void
add_comment (GstOmvMetadata * metadata, const gchar * comment)
{
  const gchar *before = gst_omv_metadata_get_value (metadata,
      GST_TAG_EXTENDED_COMMENT);
  g_autofree gchar *text = before != NULL
      ? g_strconcat (before, "\n", comment, NULL) : g_strdup (comment);

  gst_omv_metadata_set_value (metadata, GST_TAG_EXTENDED_COMMENT, text);
}

static void
take_comments (const GstTagList * tags, GstOmvMetadata * metadata)
{
  for (guint i = 0; i < gst_tag_list_get_tag_size (tags,
          GST_TAG_EXTENDED_COMMENT); i++) {
    const gchar *comment, *sign;
    g_autofree gchar *key = NULL;

    if (!gst_tag_list_peek_string_index (tags, GST_TAG_EXTENDED_COMMENT, i,
            &comment))
      continue;
    sign = strchr (comment, '=');
    if (sign == NULL || sign == comment) {
      add_comment (metadata, comment);
      continue;
    }
    key = g_strndup (comment, (gsize) (sign - comment));
    gst_omv_metadata_set_value (metadata, key, sign + 1);
  }
}

static void
take_tag (const GstTagList * tags, const gchar * name, gpointer user_data)
{
  g_autofree gchar *text = NULL;

  /* how the frames came here is not what is known of them */
  if (g_str_equal (name, GST_TAG_EXTENDED_COMMENT)
      || g_str_equal (name, GST_TAG_CONTAINER_FORMAT))
    return;
  if (gst_tag_get_type (name) == G_TYPE_STRING
      && gst_tag_list_get_string (tags, name, &text))
    gst_omv_metadata_set_value (user_data, name, text);
}

/**
 * gst_omv_tags_to_metadata: (skip)
 * @tags: of a stream
 * @metadata: of a recording
 *
 * Adds the texts among @tags to @metadata.
 *
 * Since: 0.1
 */
void
gst_omv_tags_to_metadata (const GstTagList * tags, GstOmvMetadata * metadata)
{
  gst_tag_list_foreach (tags, take_tag, metadata);
  take_comments (tags, metadata);
}

/**
 * gst_omv_tags_get_start: (skip)
 * @tags: of a stream
 *
 * Returns: (transfer full) (nullable): the date-time tag, if it is exact to the
 *   second; else %NULL
 *
 * Since: 0.1
 */
GDateTime *
gst_omv_tags_get_start (const GstTagList * tags)
{
  g_autoptr (GstDateTime) date = NULL;

  if (!gst_tag_list_get_date_time (tags, GST_TAG_DATE_TIME, &date)
      || !gst_date_time_has_second (date))
    return NULL;

  return gst_date_time_to_g_date_time (date);
}

/* ---- buffers ---- */

/**
 * gst_omv_unix_time_from_datetime: (skip)
 * @datetime: a wall-clock time
 *
 * Returns: ns since 1970, or %GST_CLOCK_TIME_NONE if it was before
 *
 * Since: 0.1
 */
GstClockTime
gst_omv_unix_time_from_datetime (GDateTime * datetime)
{
  gint64 seconds = g_date_time_to_unix (datetime);

  if (seconds < 0 || seconds > G_MAXINT64 / (gint64) GST_SECOND - 1)
    return GST_CLOCK_TIME_NONE;
  return (GstClockTime) seconds *GST_SECOND
      + (GstClockTime) g_date_time_get_microsecond (datetime) * GST_USECOND;
}

/**
 * gst_omv_buffer_get_unix_time: (skip)
 * @buffer: a frame
 *
 * Returns: its reference timestamp, in ns since 1970, or %GST_CLOCK_TIME_NONE
 *
 * Since: 0.1
 */
GstClockTime
gst_omv_buffer_get_unix_time (GstBuffer * buffer)
{
  GstCaps *caps = gst_static_caps_get (&unix_caps);
  GstReferenceTimestampMeta *meta =
      gst_buffer_get_reference_timestamp_meta (buffer, caps);

  gst_caps_unref (caps);
  return meta != NULL ? meta->timestamp : GST_CLOCK_TIME_NONE;
}

/**
 * gst_omv_buffer_set_unix_time: (skip)
 * @buffer: a frame, writable
 * @time: ns since 1970
 * @duration: ns, or %GST_CLOCK_TIME_NONE
 *
 * Adds a reference timestamp to @buffer.
 *
 * Since: 0.1
 */
void
gst_omv_buffer_set_unix_time (GstBuffer * buffer, GstClockTime time,
    GstClockTime duration)
{
  GstCaps *caps = gst_static_caps_get (&unix_caps);

  gst_buffer_add_reference_timestamp_meta (buffer, caps, time, duration);
  gst_caps_unref (caps);
}
