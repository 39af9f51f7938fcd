/* omvplayer.c: plays a recording from memory through omvstrdemux
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvplayer.h"

#include <gst/check/gstcheck.h>
#include <gst/video/video.h>
#include <string.h>

#define TIMEOUT (30 * GST_SECOND)

/* --- the source ----------------------------------------------------------- */

static GstBuffer *
wrap_bytes (OmvPlayer * player, gsize offset, gsize size)
{
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (player->data, offset, size);

  return gst_buffer_new_wrapped_bytes (part);
}

/* The bytes of a recording whose frames are repeated. */
static GstBuffer *
repeat_bytes (OmvPlayer * player, guint64 offset, gsize size)
{
  const guint8 *data = g_bytes_get_data (player->data, NULL);
  gsize period = g_bytes_get_size (player->data) - 16;
  guint8 *bytes = g_malloc (size);

  for (gsize done = 0; done < size;) {
    gsize at = offset + done < 16 ? (gsize) offset + done
        : 16 + (gsize) ((offset + done - 16) % period);
    gsize part = MIN (size - done, (at < 16 ? 16 : 16 + period) - at);

    memcpy (bytes + done, data + at, part);
    done += part;
  }

  return gst_buffer_new_wrapped (bytes, size);
}

static guint64
get_size (OmvPlayer * player)
{
  if (player->shrink_after > 0 && player->pulls > player->shrink_after)
    return player->shrink_to;
  if (player->repeat > 0)
    return 16 + player->repeat * (g_bytes_get_size (player->data) - 16);
  return g_bytes_get_size (player->data);
}

/* Puts @bytes into the buffer that the caller has brought, if there is one. */
static void
fill (GstBuffer ** buffer, GstBuffer * bytes)
{
  GstMapInfo map;

  if (*buffer == NULL) {
    *buffer = bytes;
    return;
  }

  gst_buffer_map (bytes, &map, GST_MAP_READ);
  fail_unless_equals_int64 (gst_buffer_fill (*buffer, 0, map.data, map.size),
      map.size);
  gst_buffer_set_size (*buffer, map.size);
  gst_buffer_unmap (bytes, &map);
  gst_buffer_unref (bytes);
}

static void
wait_inactive (OmvPlayer * player)
{
  g_mutex_lock (&player->lock);
  while (!player->inactive)
    g_cond_wait (&player->changed, &player->lock);
  g_mutex_unlock (&player->lock);
}

static GstFlowReturn
source_get_range (GstPad * pad, GstObject * parent, guint64 offset, guint size,
    GstBuffer ** buffer)
{
  OmvPlayer *player = gst_pad_get_element_private (pad);
  guint64 end;

  g_atomic_int_inc (&player->pulls);
  if (player->pull_time > 0)
    g_usleep (player->pull_time);
  end = get_size (player);
  if (offset >= end)
    return GST_FLOW_EOS;
  size = (guint) MIN (size, end - offset);
  if (player->hold_from > 0 && offset + size > player->hold_from) {
    wait_inactive (player);
    return GST_FLOW_FLUSHING;
  }
  fill (buffer, player->repeat > 0 ? repeat_bytes (player, offset, size)
      : wrap_bytes (player, (gsize) offset, size));
  return GST_FLOW_OK;
}

static gboolean
source_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  OmvPlayer *player = gst_pad_get_element_private (pad);
  GstFormat format;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_SCHEDULING:
      gst_query_set_scheduling (query, GST_SCHEDULING_FLAG_SEEKABLE, 1, -1, 0);
      gst_query_add_scheduling_mode (query, GST_PAD_MODE_PUSH);
      if (player->mode == OMV_PLAYER_PULL)
        gst_query_add_scheduling_mode (query, GST_PAD_MODE_PULL);
      return TRUE;
    case GST_QUERY_URI:
      gst_query_set_uri (query, player->uri);
      return player->uri != NULL;
    case GST_QUERY_DURATION:
      gst_query_parse_duration (query, &format, NULL);
      if (format != GST_FORMAT_BYTES)
        return FALSE;
      gst_query_set_duration (query, format, (gint64) (player->repeat > 0
              ? get_size (player) : g_bytes_get_size (player->data)));
      return TRUE;
    default:
      return gst_pad_query_default (pad, parent, query);
  }
}

static gboolean
source_activate_mode (GstPad * pad, GstObject * parent, GstPadMode mode,
    gboolean active)
{
  OmvPlayer *player = gst_pad_get_element_private (pad);

  g_mutex_lock (&player->lock);
  player->inactive = !active;
  g_cond_broadcast (&player->changed);
  g_mutex_unlock (&player->lock);

  return TRUE;
}

/* Pushes the recording from @start on, to its end. */
static void
push_from (OmvPlayer * player, gsize start)
{
  gsize size = g_bytes_get_size (player->data);
  GstFlowReturn flow = GST_FLOW_OK;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  segment.start = segment.time = start;
  gst_pad_push_event (player->source, gst_event_new_segment (&segment));
  for (gsize at = start; at < size && flow == GST_FLOW_OK; at += player->chunk)
    flow = gst_pad_push (player->source,
        wrap_bytes (player, at, MIN (player->chunk, size - at)));
  gst_pad_push_event (player->source, gst_event_new_eos ());
}

static void
push_all (OmvPlayer * player)
{
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-omv-imgstr");

  gst_pad_push_event (player->source, gst_event_new_stream_start ("test"));
  gst_pad_push_event (player->source, gst_event_new_caps (caps));
  push_from (player, 0);
}

/* In push mode, a source that goes to any byte. */
static gboolean
source_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  OmvPlayer *player = gst_pad_get_element_private (pad);
  GstSeekFlags flags;
  GstFormat format;
  gint64 start;

  if (GST_EVENT_TYPE (event) != GST_EVENT_SEEK)
    return gst_pad_event_default (pad, parent, event);

  gst_event_parse_seek (event, NULL, &format, &flags, NULL, &start, NULL, NULL);
  gst_event_unref (event);
  if (player->mode != OMV_PLAYER_PUSH || format != GST_FORMAT_BYTES)
    return FALSE;

  if ((flags & GST_SEEK_FLAG_FLUSH) != 0) {
    gst_pad_push_event (pad, gst_event_new_flush_start ());
    gst_pad_push_event (pad, gst_event_new_flush_stop (TRUE));
  }
  player->sought = (gsize) start;
  push_from (player, (gsize) start);
  return TRUE;
}

/* --- the sink ------------------------------------------------------------- */

static GstFlowReturn
sink_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  OmvPlayer *player = gst_pad_get_element_private (pad);
  GstCaps *caps = gst_pad_get_current_caps (pad);
  GstEvent *segment = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);

  fail_unless (caps != NULL && segment != NULL);
  g_ptr_array_add (player->buffers, buffer);
  g_ptr_array_add (player->caps, caps);
  g_ptr_array_add (player->segments, segment);

  return player->max_buffers > 0
      && player->buffers->len >= player->max_buffers ? player->last_flow
      : GST_FLOW_OK;
}

static gboolean
sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  OmvPlayer *player = gst_pad_get_element_private (pad);
  GstEventType type = GST_EVENT_TYPE (event);

  g_array_append_val (player->events, type);
  if (type == GST_EVENT_EOS)
    gst_bus_post (player->bus,
        gst_message_new_eos (GST_OBJECT (player->demux)));
  gst_event_unref (event);

  return TRUE;
}

static gboolean
sink_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  OmvPlayer *player = gst_pad_get_element_private (pad);

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_CAPS:{
      GstCaps *caps = player->sink_caps != NULL
          ? gst_caps_ref (player->sink_caps) : gst_caps_new_any ();

      gst_query_set_caps_result (query, caps);
      gst_caps_unref (caps);
      return TRUE;
    }
    case GST_QUERY_ALLOCATION:
      if (player->offer_meta)
        gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
      return player->offer_meta;
    default:
      return gst_pad_query_default (pad, parent, query);
  }
}

static void
on_pad_added (GstElement * demux, GstPad * pad, OmvPlayer * player)
{
  assert_equals_string (GST_PAD_NAME (pad), "video_0");
  if (player->stay_unlinked)
    return;
  fail_unless_equals_int (gst_pad_link_full (pad, player->sink,
          GST_PAD_LINK_CHECK_NOTHING), GST_PAD_LINK_OK);
}

/* --- the run -------------------------------------------------------------- */

static GstPad *
make_pad (OmvPlayer * player, const gchar * name, GstPadDirection direction)
{
  GstPad *pad = gst_object_ref_sink (gst_pad_new (name, direction));

  gst_pad_set_element_private (pad, player);
  return pad;
}

/* @data must outlive the player. */
OmvPlayer *
omv_player_new (OmvPlayerMode mode, gconstpointer data, gsize size)
{
  OmvPlayer *player = g_new0 (OmvPlayer, 1);

  g_mutex_init (&player->lock);
  g_cond_init (&player->changed);
  player->mode = mode;
  player->segment_done = -1;
  player->last_flow = GST_FLOW_EOS;
  player->chunk = MAX (size, 1);
  player->data = g_bytes_new_static (data, size);
  player->buffers = g_ptr_array_new_with_free_func (
      (GDestroyNotify) gst_buffer_unref);
  player->caps = g_ptr_array_new_with_free_func (
      (GDestroyNotify) gst_caps_unref);
  player->segments = g_ptr_array_new_with_free_func (
      (GDestroyNotify) gst_event_unref);
  player->events = g_array_new (FALSE, FALSE, sizeof (GstEventType));
  player->warnings = g_ptr_array_new_with_free_func (g_free);
  player->warning_errors = g_ptr_array_new_with_free_func (
      (GDestroyNotify) g_error_free);

  player->demux = gst_check_setup_element ("omvstrdemux");
  gst_util_set_object_arg (G_OBJECT (player->demux), "output", "native");
  player->bus = gst_bus_new ();
  gst_element_set_bus (player->demux, player->bus);
  g_signal_connect (player->demux, "pad-added", G_CALLBACK (on_pad_added),
      player);

  player->source = make_pad (player, "src", GST_PAD_SRC);
  gst_pad_set_getrange_function (player->source, source_get_range);
  gst_pad_set_query_function (player->source, source_query);
  gst_pad_set_event_function (player->source, source_event);
  gst_pad_set_activatemode_function (player->source, source_activate_mode);
  player->sink = make_pad (player, "sink", GST_PAD_SINK);
  gst_pad_set_chain_function (player->sink, sink_chain);
  gst_pad_set_event_function (player->sink, sink_event);
  gst_pad_set_query_function (player->sink, sink_query);

  return player;
}

void
omv_player_start (OmvPlayer * player)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (player->demux, "sink");

  gst_pad_link (player->source, pad);
  gst_pad_set_active (player->sink, TRUE);
  if (player->mode == OMV_PLAYER_PUSH)
    gst_pad_set_active (player->source, TRUE);
  fail_unless_equals_int (gst_element_set_state (player->demux,
          GST_STATE_PLAYING), GST_STATE_CHANGE_SUCCESS);
  if (player->mode == OMV_PLAYER_PUSH)
    push_all (player);
}

/* Until EOS, the end of a SEGMENT seek or an error. */
void
omv_player_wait (OmvPlayer * player)
{
  while (!player->eos && player->error == NULL && player->segment_done < 0) {
    g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (player->bus,
        TIMEOUT, GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_WARNING
        | GST_MESSAGE_SEGMENT_DONE | GST_MESSAGE_DURATION_CHANGED);
    GError *warning;

    fail_if (message == NULL, "neither EOS nor error within 30 s");
    switch (GST_MESSAGE_TYPE (message)) {
      case GST_MESSAGE_WARNING:
        gst_message_parse_warning (message, &warning, NULL);
        g_ptr_array_add (player->warnings, g_strdup (warning->message));
        g_ptr_array_add (player->warning_errors, warning);
        break;
      case GST_MESSAGE_ERROR:
        gst_message_parse_error (message, &player->error, NULL);
        break;
      case GST_MESSAGE_SEGMENT_DONE:
        gst_message_parse_segment_done (message, NULL, &player->segment_done);
        break;
      case GST_MESSAGE_DURATION_CHANGED:
        player->duration_changes++;
        break;
      default:
        player->eos = TRUE;
        break;
    }
  }
}

/* Seeks, once the last seek or the first run has ended, and waits for the end of
 * what was asked for. The results are those of this seek alone. */
gboolean
omv_player_seek (OmvPlayer * player, GstEvent * seek)
{
  g_ptr_array_set_size (player->buffers, 0);
  g_ptr_array_set_size (player->caps, 0);
  g_ptr_array_set_size (player->segments, 0);
  g_array_set_size (player->events, 0);
  player->eos = FALSE;
  player->segment_done = -1;

  if (!gst_pad_push_event (player->sink, seek))
    return FALSE;
  omv_player_wait (player);
  return TRUE;
}

void
omv_player_stop (OmvPlayer * player)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (player->demux, "sink");

  fail_unless_equals_int (gst_element_set_state (player->demux,
          GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
  fail_unless_equals_int (player->demux->numsrcpads, 0);
  gst_pad_set_active (player->sink, FALSE);
  gst_pad_set_active (player->source, FALSE);
  gst_pad_unlink (player->source, pad);
}

void
omv_player_run (OmvPlayer * player)
{
  omv_player_start (player);
  omv_player_wait (player);
  omv_player_stop (player);
}

void
omv_player_free (OmvPlayer * player)
{
  gst_bus_set_flushing (player->bus, TRUE);     /* messages hold their source */
  gst_element_set_bus (player->demux, NULL);
  gst_object_unref (player->bus);
  gst_check_teardown_element (player->demux);
  ASSERT_OBJECT_REFCOUNT (player->source, "source", 1);
  gst_object_unref (player->source);
  gst_object_unref (player->sink);
  gst_clear_caps (&player->sink_caps);
  g_bytes_unref (player->data);
  g_ptr_array_unref (player->buffers);
  g_ptr_array_unref (player->caps);
  g_ptr_array_unref (player->segments);
  g_array_unref (player->events);
  g_ptr_array_unref (player->warnings);
  g_ptr_array_unref (player->warning_errors);
  g_clear_error (&player->error);
  g_cond_clear (&player->changed);
  g_mutex_clear (&player->lock);
  g_free (player);
}

/* --- the result ----------------------------------------------------------- */

/* The segment that a buffer came in. */
const GstSegment *
omv_player_segment (OmvPlayer * player, guint index)
{
  const GstSegment *segment;

  fail_unless (index < player->segments->len);
  gst_event_parse_segment (g_ptr_array_index (player->segments, index),
      &segment);
  return segment;
}

GstBuffer *
omv_player_buffer (OmvPlayer * player, guint index)
{
  fail_unless (index < player->buffers->len);
  return g_ptr_array_index (player->buffers, index);
}

const GstStructure *
omv_player_structure (OmvPlayer * player, guint index)
{
  fail_unless (index < player->caps->len);
  return gst_caps_get_structure (g_ptr_array_index (player->caps, index), 0);
}

/* The bytes of a buffer without the gaps between its rows, which have as many
 * bytes as @row_size says. */
static GBytes *
tighten (GstBuffer * buffer, gsize row_size, gsize stride, guint rows)
{
  GByteArray *bytes = g_byte_array_new ();
  GstMapInfo map;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  fail_unless (map.size >= stride * (rows - 1) + row_size);
  for (guint y = 0; y < rows; y++)
    g_byte_array_append (bytes, map.data + y * stride, (guint) row_size);
  gst_buffer_unmap (buffer, &map);

  return g_byte_array_free_to_bytes (bytes);
}

/* What a buffer's pixels are without any gap: the payload that the file has,
 * but for 1-bit frames and RGB565 of version 1.0. */
GBytes *
omv_player_payload (OmvPlayer * player, guint index)
{
  GstBuffer *buffer = omv_player_buffer (player, index);
  const GstStructure *structure = omv_player_structure (player, index);
  const gchar *format = gst_structure_get_string (structure, "format");
  GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);
  gsize row_size, stride;
  gint width, height;

  if (format == NULL) {
    gsize size = gst_buffer_get_size (buffer);

    return tighten (buffer, size, size, 1);
  }

  fail_unless (gst_structure_get_int (structure, "width", &width));
  fail_unless (gst_structure_get_int (structure, "height", &height));
  row_size = (gsize) width;
  if (gst_structure_has_name (structure, "video/x-raw")
      && !g_str_equal (format, "GRAY8"))
    row_size *= 2;
  stride = meta != NULL ? (gsize) meta->stride[0] : (row_size + 3) / 4 * 4;
  fail_unless (meta == NULL || player->offer_meta);
  if (meta == NULL)
    fail_unless_equals_int (gst_buffer_get_size (buffer),
        stride * (gsize) height);

  return tighten (buffer, row_size, stride, (guint) height);
}
