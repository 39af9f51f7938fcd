/* omvringtest.c: a ring sink whose frames follow from their numbers
 *
 * What is in a clip's file is read by GstOmvReader and held against the numbers
 * that the test expects, byte by byte.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvringtest.h"

#include <glib/gstdio.h>
#include <gst/omv/omv.h>
#include <string.h>

/* For what must come; a test that waits for that long has failed. */
#define PATIENCE (60 * GST_SECOND)

Ring *
ring_new (const gchar * first_property, ...)
{
  Ring *ring = g_new0 (Ring, 1);
  g_autofree gchar *location = NULL;
  va_list properties;

  slow_disk_reset ();
  ring->folder = g_dir_make_tmp ("omv-ring-XXXXXX", NULL);
  fail_unless (ring->folder != NULL);
  location = g_build_filename (ring->folder, "%{label}-%d.bin", NULL);
  ring->sink = gst_check_setup_element ("omvringsink");
  ring->bus = gst_bus_new ();
  gst_element_set_bus (ring->sink, ring->bus);
  g_object_set (ring->sink, "location", location, "fsync", FALSE, NULL);
  va_start (properties, first_property);
  g_object_set_valist (G_OBJECT (ring->sink), first_property, properties);
  va_end (properties);

  return ring;
}

void
ring_play (Ring * ring)
{
  ring_play_caps (ring, RING_CAPS);
}

void
ring_play_caps (Ring * ring, const gchar * caps)
{
  ring->harness = gst_harness_new_with_element (ring->sink, "sink", NULL);
  gst_harness_set_src_caps_str (ring->harness, caps);
}

static void
remove_folder (const gchar * path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const gchar *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree gchar *file = g_build_filename (path, name, NULL);

    fail_unless_equals_int (g_remove (file), 0);
  }
  fail_unless_equals_int (g_rmdir (path), 0);
}

void
ring_free (Ring * ring)
{
  if (ring->harness != NULL)
    gst_harness_teardown (ring->harness);
  fail_unless_equals_int (gst_element_set_state (ring->sink, GST_STATE_NULL),
      GST_STATE_CHANGE_SUCCESS);
  gst_element_set_bus (ring->sink, NULL);
  gst_bus_set_flushing (ring->bus, TRUE);
  gst_object_unref (ring->bus);
  ASSERT_OBJECT_REFCOUNT (ring->sink, "the sink", 1);
  gst_check_teardown_element (ring->sink);
  remove_folder (ring->folder);
  g_free (ring->folder);
  g_free (ring);
}

/* --- frames --------------------------------------------------------------- */

static guint8
get_byte (guint64 number, gsize i)
{
  return (guint8) (number * 37 + i * 7 + (number >> 8));
}

GstBuffer *
ring_make_frame (guint64 number, gsize size)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, size, NULL);
  GstMapInfo map;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_WRITE));
  for (gsize i = 0; i < size; i++)
    map.data[i] = get_byte (number, i);
  gst_buffer_unmap (buffer, &map);
  GST_BUFFER_PTS (buffer) = number * RING_FRAME_TIME;
  GST_BUFFER_DURATION (buffer) = RING_FRAME_TIME;
  GST_BUFFER_OFFSET (buffer) = number;

  return buffer;
}

void
ring_push (Ring * ring, guint64 count)
{
  for (guint64 i = 0; i < count; i++)
    fail_unless_equals_int (gst_harness_push (ring->harness,
            ring_make_frame (ring->n_frames++, RING_FRAME_SIZE)), GST_FLOW_OK);
}

guint64
ring_trigger (Ring * ring, const gchar * label)
{
  guint64 id = G_MAXUINT64;

  g_signal_emit_by_name (ring->sink, "trigger", label, &id);
  return id;
}

guint64
ring_trigger_at (Ring * ring, GstClockTime time, const gchar * label)
{
  guint64 id = G_MAXUINT64;

  g_signal_emit_by_name (ring->sink, "trigger-at", time, label, &id);
  return id;
}

guint64
ring_get_stat (Ring * ring, const gchar * name)
{
  g_autoptr (GstStructure) stats = NULL;
  const GValue *value;

  g_object_get (ring->sink, "ring-stats", &stats, NULL);
  fail_unless (gst_structure_has_name (stats, "omv-ring-stats"));
  value = gst_structure_get_value (stats, name);
  fail_unless (value != NULL, "%s", name);

  return G_VALUE_HOLDS_UINT (value) ? g_value_get_uint (value)
      : g_value_get_uint64 (value);
}

/* --- the trigger pad ------------------------------------------------------ */

GstPad *
ring_link_trigger (Ring * ring, const gchar * caps)
{
  GstPad *pad = gst_element_request_pad_simple (ring->sink, "trigger");
  GstPad *source = gst_pad_new ("source", GST_PAD_SRC);
  GstSegment segment;

  fail_unless (pad != NULL);
  fail_unless_equals_int (gst_pad_link (source, pad), GST_PAD_LINK_OK);
  gst_object_unref (pad);
  fail_unless (gst_pad_set_active (source, TRUE));
  fail_unless (gst_pad_push_event (source,
          gst_event_new_stream_start ("trigger")));
  if (caps != NULL) {
    g_autoptr (GstCaps) own = gst_caps_from_string (caps);

    fail_unless (gst_pad_push_event (source, gst_event_new_caps (own)));
  }
  gst_segment_init (&segment, GST_FORMAT_BYTES);
  fail_unless (gst_pad_push_event (source, gst_event_new_segment (&segment)));

  return source;
}

void
ring_unlink_trigger (Ring * ring, GstPad * source)
{
  g_autoptr (GstPad) pad = gst_pad_get_peer (source);

  gst_pad_set_active (source, FALSE);
  gst_element_release_request_pad (ring->sink, pad);
  gst_object_unref (source);
}

GstFlowReturn
ring_push_text (GstPad * pad, const gchar * text)
{
  gsize size = strlen (text);

  return gst_pad_push (pad, size > 0 ? gst_buffer_new_memdup (text, size)
      : gst_buffer_new ());
}

/* --- messages ------------------------------------------------------------- */

GstMessage *
ring_pop (Ring * ring, GstMessageType type)
{
  GstMessage *message = gst_bus_timed_pop_filtered (ring->bus, PATIENCE, type);

  fail_unless (message != NULL, "no message");
  return message;
}

/* The message of the next clip. */
GstMessage *
ring_pop_dump (Ring * ring)
{
  GstMessage *message = ring_pop (ring, GST_MESSAGE_ELEMENT);

  fail_unless (gst_message_has_name (message, "omv-ring-dump"));
  fail_unless (GST_MESSAGE_SRC (message) == GST_OBJECT (ring->sink));
  return message;
}

/* The next message about a clip is a warning, which says @text, or anything if that
 * is NULL. */
void
ring_pop_warning (Ring * ring, GstResourceError code, const gchar * text)
{
  g_autoptr (GstMessage) message = ring_pop (ring,
      GST_MESSAGE_ELEMENT | GST_MESSAGE_WARNING);
  g_autoptr (GError) warning = NULL;

  fail_unless_equals_int (GST_MESSAGE_TYPE (message), GST_MESSAGE_WARNING);
  fail_unless (GST_MESSAGE_SRC (message) == GST_OBJECT (ring->sink));
  gst_message_parse_warning (message, &warning, NULL);
  fail_unless (g_error_matches (warning, GST_RESOURCE_ERROR, (gint) code),
      "%s", warning->message);
  if (text != NULL)
    fail_unless_equals_string (warning->message, text);
}

/* None has been posted. That none will be is for the test to know. */
void
ring_check_no_dump (Ring * ring)
{
  fail_unless (gst_bus_pop_filtered (ring->bus, GST_MESSAGE_ELEMENT) == NULL);
}

guint64
ring_get_number (GstMessage * message, const gchar * field)
{
  const GstStructure *structure = gst_message_get_structure (message);
  guint64 number = 0;

  fail_unless (gst_structure_get_uint64 (structure, field, &number), "%s",
      field);
  return number;
}

const gchar *
ring_get_location (GstMessage * message)
{
  return gst_structure_get_string (gst_message_get_structure (message),
      "location");
}

/* --- clips ---------------------------------------------------------------- */

/* The file has these frames, whole and in order, and no other. */
void
ring_check_file (const gchar * path, guint64 from, guint64 end)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GError) error = NULL;

  fail_unless (gst_omv_reader_open_path (reader, path, &error), "%s: %s", path,
      error != NULL ? error->message : "");
  fail_unless (!gst_omv_reader_is_torn (reader, NULL));
  fail_unless_equals_uint64 (gst_omv_reader_get_n_frames (reader, NULL),
      end - from);
  for (guint64 number = from; number < end; number++) {
    g_autoptr (GstOmvFrame) frame = gst_omv_reader_read_next (reader, &error);
    const guint8 *bytes;
    gsize size;

    g_assert_no_error (error);
    bytes = g_bytes_get_data (frame->payload, &size);
    fail_unless_equals_uint64 (size, RING_FRAME_SIZE);
    for (gsize i = 0; i < size; i++)
      fail_unless_equals_int (bytes[i], get_byte (number, i));
    fail_unless_equals_int (frame->header.width, 8);
    fail_unless_equals_uint64 (frame->header.exact_time,
        number * RING_FRAME_TIME);
    fail_unless_equals_uint64 (frame->time, (number - from) * RING_FRAME_TIME);
  }
}

static void
check_time (GstMessage * message, const gchar * field, guint64 frame)
{
  guint64 time;

  fail_unless (gst_structure_get_clock_time (gst_message_get_structure
          (message), field, &time), "%s", field);
  fail_unless_equals_uint64 (time, frame * RING_FRAME_TIME);
}

static void
check_note (GstOmvMetadata * metadata, const gchar * key, guint64 number)
{
  g_autofree gchar *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  fail_unless_equals_string (gst_omv_metadata_get_value (metadata, key), text);
}

/* The notes are known to be about the recording @path, and not about one of whose
 * first frame a byte is another. */
static void
check_mark (GstOmvMetadata * metadata, const gchar * path)
{
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();
  g_autoptr (GstOmvFrame) frame = NULL;
  g_autofree guint8 *payload = NULL;
  gsize size;

  fail_unless (gst_omv_reader_open_path (reader, path, NULL));
  frame = gst_omv_reader_read_frame (reader, 0, NULL);
  size = g_bytes_get_size (frame->payload);
  payload = g_memdup2 (g_bytes_get_data (frame->payload, NULL), size);
  fail_unless (gst_omv_metadata_belongs_to (metadata, frame->header.format,
          frame->header.width, frame->header.height, payload, size));
  payload[0]++;
  fail_if (gst_omv_metadata_belongs_to (metadata, frame->header.format,
          frame->header.width, frame->header.height, payload, size));
}

static void
check_notes (const Clip * clip, const gchar * path, GstElement * sink)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GstOmvMetadata) metadata = gst_omv_metadata_load (file, NULL);
  g_autoptr (GDateTime) start = NULL;

  fail_unless (metadata != NULL);
  fail_unless_equals_string (gst_omv_metadata_get_label (metadata),
      clip->label);
  fail_unless_equals_uint64 (gst_omv_metadata_get_trigger_time (metadata),
      clip->trigger * RING_FRAME_TIME);
  start = gst_omv_metadata_get_start (metadata);
  fail_unless (start != NULL);
  fail_unless (gst_omv_metadata_get_zone (metadata) != NULL);
  fail_unless_equals_uint64 (gst_omv_metadata_get_base_time (metadata),
      gst_element_get_base_time (sink));
  check_note (metadata, "trigger-frame", clip->trigger - clip->first);
  check_note (metadata, "first-time", clip->first * RING_FRAME_TIME);
  check_note (metadata, "frames-missing", 0);
  fail_unless_equals_string (gst_omv_metadata_get_value (metadata, "ring"),
      GST_OBJECT_NAME (sink));
  check_mark (metadata, path);
}

/* The next message says @clip, and its file has those frames. Returns its path. */
gchar *
ring_check_clip (Ring * ring, const Clip * clip)
{
  g_autoptr (GstMessage) message = ring_pop_dump (ring);
  const GstStructure *structure = gst_message_get_structure (message);
  const gchar *path = ring_get_location (message);
  gboolean has_trigger = FALSE;

  fail_if (gst_structure_has_field (structure, "error"));
  fail_unless_equals_uint64 (ring_get_number (message, "id"), clip->id);
  fail_unless_equals_string (gst_structure_get_string (structure, "label"),
      clip->label);
  fail_unless_equals_uint64 (ring_get_number (message, "frames-before"),
      clip->trigger - clip->first);
  fail_unless_equals_uint64 (ring_get_number (message, "frames-after"),
      clip->end - clip->trigger - 1);
  fail_unless_equals_uint64 (ring_get_number (message, "frames-missing"), 0);
  fail_unless (gst_structure_get_boolean (structure, "has-trigger-frame",
          &has_trigger));
  fail_unless (has_trigger);
  check_time (message, "first-time", clip->first);
  check_time (message, "trigger-time", clip->trigger);
  check_time (message, "last-time", clip->end - 1);
  fail_unless (gst_structure_get_string (structure, "wall-clock") != NULL);
  fail_unless (path != NULL);
  ring_check_file (path, clip->first, clip->end);
  check_notes (clip, path, ring->sink);

  return g_strdup (path);
}
