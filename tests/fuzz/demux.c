/* demux.c: fuzzes the demuxer, from its pads
 *
 * The input decides the mode, the properties, how many bytes come at a time and
 * where its user seeks. Whatever comes, a run ends in EOS or an error; buffers
 * have a segment and caps, and none is larger than what its bytes can hold.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/gst.h>

#include "omvfuzz.h"

#define BUFFERS_MAX 4096
#define SEEKS_MAX 4
#define PATIENCE (30 * GST_SECOND)

typedef struct
{
  OmvFuzzTape tape;
  gboolean pull;
  gsize chunk;
  GstElement *demux;
  GstBus *bus;
  GstPad *source;
  GstPad *sink;
  gint n_buffers;               /* atomic */
} Test;

/* ---- the source ---- */

static GstBuffer *
make_buffer (const Test * test, gsize offset, gsize size)
{
  return gst_buffer_new_memdup (test->tape.data + offset, size);
}

static GstFlowReturn
source_get_range (GstPad * pad, GstObject * parent, guint64 offset, guint size,
    GstBuffer ** buffer)
{
  const Test *test = gst_pad_get_element_private (pad);

  if (offset >= test->tape.size)
    return GST_FLOW_EOS;
  size = (guint) MIN (size, test->tape.size - offset);
  if (*buffer == NULL) {
    *buffer = make_buffer (test, (gsize) offset, size);
  } else {
    (void) gst_buffer_fill (*buffer, 0, test->tape.data + offset, size);
    gst_buffer_set_size (*buffer, size);
  }
  return GST_FLOW_OK;
}

static gboolean
source_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  const Test *test = gst_pad_get_element_private (pad);
  GstFormat format;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_SCHEDULING:
      gst_query_set_scheduling (query, GST_SCHEDULING_FLAG_SEEKABLE, 1, -1, 0);
      gst_query_add_scheduling_mode (query, GST_PAD_MODE_PUSH);
      if (test->pull)
        gst_query_add_scheduling_mode (query, GST_PAD_MODE_PULL);
      return TRUE;
    case GST_QUERY_DURATION:
      gst_query_parse_duration (query, &format, NULL);
      gst_query_set_duration (query, format, (gint64) test->tape.size);
      return format == GST_FORMAT_BYTES;
    default:
      return gst_pad_query_default (pad, parent, query);
  }
}

static gboolean
source_activate_mode (GstPad * pad, GstObject * parent, GstPadMode mode,
    gboolean active)
{
  return TRUE;
}

static void
push_from (Test * test, gsize start)
{
  GstFlowReturn flow = GST_FLOW_OK;
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_BYTES);
  segment.start = segment.time = start;
  gst_pad_push_event (test->source, gst_event_new_segment (&segment));
  for (gsize at = start, size; at < test->tape.size && flow == GST_FLOW_OK;
      at += size) {
    size = MIN (test->chunk, test->tape.size - at);
    flow = gst_pad_push (test->source, make_buffer (test, at, size));
  }
  gst_pad_push_event (test->source, gst_event_new_eos ());
}

/* In push mode, a source that goes to any byte there is. */
static gboolean
source_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  Test *test = gst_pad_get_element_private (pad);
  GstSeekFlags flags;
  GstFormat format;
  gint64 start;

  if (GST_EVENT_TYPE (event) != GST_EVENT_SEEK)
    return gst_pad_event_default (pad, parent, event);

  gst_event_parse_seek (event, NULL, &format, &flags, NULL, &start, NULL, NULL);
  gst_event_unref (event);
  if (test->pull || format != GST_FORMAT_BYTES || start < 0)
    return FALSE;
  g_assert_cmpuint ((guint64) start, <=, test->tape.size);
  if ((flags & GST_SEEK_FLAG_FLUSH) != 0) {
    gst_pad_push_event (pad, gst_event_new_flush_start ());
    gst_pad_push_event (pad, gst_event_new_flush_stop (TRUE));
  }
  push_from (test, (gsize) start);
  return TRUE;
}

/* ---- the sink ---- */

static GstFlowReturn
sink_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  Test *test = gst_pad_get_element_private (pad);
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  GstEvent *segment = gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);

  g_assert_true (caps != NULL && segment != NULL);
  g_assert_true (gst_caps_is_fixed (caps));
  /* 1-bit pixels become 8-bit ones in rows of whole words */
  g_assert_cmpuint (gst_buffer_get_size (buffer), <=,
      32 * test->tape.size + 64);
  gst_event_unref (segment);
  gst_buffer_unref (buffer);

  return g_atomic_int_add (&test->n_buffers, 1) < BUFFERS_MAX ? GST_FLOW_OK
      : GST_FLOW_EOS;
}

static gboolean
sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  Test *test = gst_pad_get_element_private (pad);

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    gst_bus_post (test->bus, gst_message_new_eos (GST_OBJECT (test->demux)));
  gst_event_unref (event);
  return TRUE;
}

static void
on_pad_added (GstElement * demux, GstPad * pad, Test * test)
{
  g_assert_cmpint (gst_pad_link (pad, test->sink), ==, GST_PAD_LINK_OK);
}

/* ---- the run ---- */

/* FALSE: it ended in an error. */
static gboolean
wait_for_end (Test * test)
{
  g_autoptr (GstMessage) message = gst_bus_timed_pop_filtered (test->bus,
      PATIENCE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR | GST_MESSAGE_SEGMENT_DONE);

  g_assert_nonnull (message);
  return GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR;
}

static GstEvent *
make_seek (OmvFuzzTape * settings)
{
  guint flags = (guint) omv_fuzz_take (settings, 1);
  guint64 start = omv_fuzz_take (settings, 1);
  GstFormat format = flags & 1 ? GST_FORMAT_DEFAULT : GST_FORMAT_TIME;
  gint64 unit = flags & 1 ? 1 : 20 * GST_MSECOND;

  return gst_event_new_seek (flags & 2 ? -1.0 : flags & 4 ? 4.0 : 1.0, format,
      GST_SEEK_FLAG_FLUSH | (flags & 8 ? GST_SEEK_FLAG_SEGMENT : 0)
      | (flags & 16 ? GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_NEAREST : 0)
      | (flags & 32 ? GST_SEEK_FLAG_TRICKMODE : 0),
      GST_SEEK_TYPE_SET, flags & 2 ? 0 : (gint64) start * unit,
      flags & 64 ? GST_SEEK_TYPE_SET : GST_SEEK_TYPE_NONE,
      ((gint64) start + 5) * unit);
}

static void
query (Test * test)
{
  gint64 value;

  for (guint i = 0; i < 3; i++) {
    static const GstFormat formats[] = { GST_FORMAT_TIME, GST_FORMAT_DEFAULT,
      GST_FORMAT_BYTES
    };

    (void) gst_pad_peer_query_duration (test->sink, formats[i], &value);
    (void) gst_pad_peer_query_position (test->sink, formats[i], &value);
    (void) gst_pad_peer_query_convert (test->sink, formats[i], 1000,
        GST_FORMAT_TIME, &value);
  }
}

static void
play (Test * test, OmvFuzzTape * settings)
{
  g_autoptr (GstCaps) caps = gst_caps_new_empty_simple ("video/x-omv-imgstr");

  if (!test->pull) {
    gst_pad_push_event (test->source, gst_event_new_stream_start ("fuzz"));
    gst_pad_push_event (test->source, gst_event_new_caps (caps));
    push_from (test, 0);
  }
  if (!wait_for_end (test))
    return;

  for (guint i = 0; i < SEEKS_MAX && settings->size > 0; i++) {
    query (test);
    if (gst_pad_push_event (test->sink, make_seek (settings))
        && !wait_for_end (test))
      return;
  }
}

static GstPad *
make_pad (Test * test, const gchar * name, GstPadDirection direction)
{
  GstPad *pad = gst_object_ref_sink (gst_pad_new (name, direction));

  gst_pad_set_element_private (pad, test);
  return pad;
}

static void
start (Test * test)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (test->demux, "sink");

  test->bus = gst_bus_new ();
  gst_element_set_bus (test->demux, test->bus);
  g_signal_connect (test->demux, "pad-added", G_CALLBACK (on_pad_added), test);
  test->source = make_pad (test, "src", GST_PAD_SRC);
  gst_pad_set_getrange_function (test->source, source_get_range);
  gst_pad_set_query_function (test->source, source_query);
  gst_pad_set_event_function (test->source, source_event);
  gst_pad_set_activatemode_function (test->source, source_activate_mode);
  test->sink = make_pad (test, "sink", GST_PAD_SINK);
  gst_pad_set_chain_function (test->sink, sink_chain);
  gst_pad_set_event_function (test->sink, sink_event);

  gst_pad_link (test->source, pad);
  gst_pad_set_active (test->sink, TRUE);
  if (!test->pull)
    gst_pad_set_active (test->source, TRUE);
  (void) gst_element_set_state (test->demux, GST_STATE_PLAYING);
}

static void
stop (Test * test)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (test->demux, "sink");

  g_assert_cmpint (gst_element_set_state (test->demux, GST_STATE_NULL), ==,
      GST_STATE_CHANGE_SUCCESS);
  gst_pad_set_active (test->sink, FALSE);
  gst_pad_set_active (test->source, FALSE);
  gst_pad_unlink (test->source, pad);
  gst_bus_set_flushing (test->bus, TRUE);
  gst_element_set_bus (test->demux, NULL);
  gst_object_unref (test->bus);
  gst_object_unref (test->source);
  gst_object_unref (test->sink);
  gst_object_unref (test->demux);
}

static GstElement *
make_demux (void)
{
  static GstPlugin *plugin;

  if (plugin == NULL) {
    gst_init (NULL, NULL);
    plugin = gst_plugin_load_file (OMV_FUZZ_PLUGIN, NULL);
    g_assert_nonnull (plugin);
  }

  return gst_object_ref_sink (gst_element_factory_make ("omvstrdemux", NULL));
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  static const gchar *const outputs[] = { "auto", "native", "frames" };
  OmvFuzzTape settings = omv_fuzz_take_settings (tape);
  guint flags = (guint) omv_fuzz_take (&settings, 1);
  Test test = {.tape = *tape };

  test.pull = (flags & 1) == 0;
  test.chunk = 1 + (gsize) omv_fuzz_take (&settings, 2);
  test.demux = make_demux ();
  g_object_set (test.demux, "resync", (flags & 2) == 0, "use-index", FALSE,
      NULL);
  gst_util_set_object_arg (G_OBJECT (test.demux), "output",
      outputs[flags / 4 % 3]);

  start (&test);
  play (&test, &settings);
  stop (&test);
}
