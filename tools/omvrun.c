/* omvrun.c: a pipeline that runs to its end, or to Ctrl-C
 *
 * Whatever ends a pipeline, what it has written is whole: an interrupt becomes
 * an end of stream, and only a second one does not wait for it. What elements say
 * of failures is for programmers; the common ones are said in our own words.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvrun.h"

#include <glib-unix.h>
#include <gst/video/gstvideodecoder.h>
#include <signal.h>
#include <string.h>

#define TICK_MS 100
#define N_WARNINGS_MAX 10

typedef struct
{
  const OmvRun *run;
  GMainLoop *loop;
  OmvRunResult result;
  gboolean interrupted;
  gchar *missing;               /* what GStreamer has no element for */
  guint n_warnings;
} Loop;

static const struct
{
  const gchar *factory;
  const gchar *package;
} packages[] = {
  {"appsrc", "gstreamer1.0-plugins-base"},
  {"avimux", "gstreamer1.0-plugins-good"},
  {"decodebin", "gstreamer1.0-plugins-base"},
  {"filesink", "libgstreamer1.0-0"},
  {"jpegenc", "gstreamer1.0-plugins-good"},
  {"matroskamux", "gstreamer1.0-plugins-good"},
  {"mp4mux", "gstreamer1.0-plugins-good"},
  {"omvframedec", "gst-omv"},
  {"omvgifenc", "gst-omv"},
  {"omvringsink", "gst-omv"},
  {"omvstrdemux", "gst-omv"},
  {"omvstrmux", "gst-omv"},
  {"pngenc", "gstreamer1.0-plugins-good"},
  {"queue", "libgstreamer1.0-0"},
  {"uridecodebin", "gstreamer1.0-plugins-base"},
  {"v4l2src", "gstreamer1.0-plugins-good"},
  {"videobox", "gstreamer1.0-plugins-good"},
  {"videoconvert", "gstreamer1.0-plugins-base"},
  {"videoconvertscale", "gstreamer1.0-plugins-base"},
  {"videocrop", "gstreamer1.0-plugins-good"},
  {"videoflip", "gstreamer1.0-plugins-good"},
  {"videoscale", "gstreamer1.0-plugins-base"},
  {"videotestsrc", "gstreamer1.0-plugins-base"},
  {"x264enc", "gstreamer1.0-plugins-ugly"},
};

GstElement *
omv_make_element (const gchar * factory, GError ** error)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  for (guint i = 0; element == NULL && i < G_N_ELEMENTS (packages); i++) {
    if (g_str_equal (packages[i].factory, factory)) {
      g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
          _("The element %s is missing; Debian has it in the package %s."),
          factory, packages[i].package);
      return NULL;
    }
  }
  if (element == NULL)
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN,
        _("The element %s is missing."), factory);

  return element;
}

static gboolean
start (const GValue * item, GValue * ret, gpointer decoder)
{
  GstElement *element = g_value_get_object (item);

  if (element == decoder)
    return FALSE;
  (void) gst_element_sync_state_with_parent (element);
  return TRUE;
}

/* From the sink on, so that nothing arrives where nothing is ready. Neither the
 * decoder nor what is before it: who takes them down just now has the lock of their
 * state, and waits for their thread, which is this one. */
void
omv_start_behind (GstElement * decoder)
{
  g_autoptr (GstObject) bin = gst_object_get_parent (GST_OBJECT (decoder));
  GstIterator *elements = gst_bin_iterate_sorted (GST_BIN (bin));

  while (gst_iterator_fold (elements, start, NULL, decoder)
      == GST_ITERATOR_RESYNC)
    gst_iterator_resync (elements);
  gst_iterator_free (elements);
}

/* ---- what decoders leave out ---- */

/* Ogg has a codec's headers as packets before the first frame, and decoders report
 * them as dropped frames. */
static guint
count_headers (GstElement * decoder)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (decoder, "sink");
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  const GValue *headers = caps != NULL
      ? gst_structure_get_value (gst_caps_get_structure (caps, 0),
      "streamheader") : NULL;

  return headers != NULL && GST_VALUE_HOLDS_ARRAY (headers)
      ? gst_value_array_get_size (headers) : 0;
}

/* Nothing asks decoders to hurry, so that they drop only what is damaged. Each
 * message is of one frame. */
gboolean
omv_is_drop (GstMessage * message)
{
  guint64 n_decoded, n_dropped;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_QOS
      || !GST_IS_VIDEO_DECODER (GST_MESSAGE_SRC (message)))
    return FALSE;
  gst_message_parse_qos_stats (message, NULL, &n_decoded, &n_dropped);
  return n_decoded > 0
      || n_dropped > count_headers (GST_ELEMENT (GST_MESSAGE_SRC (message)));
}

static void
on_element_added (GstBin * bin, GstBin * parent, GstElement * element,
    gpointer user_data)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  if (GST_IS_VIDEO_DECODER (element) && factory != NULL
      && g_str_has_prefix (GST_OBJECT_NAME (factory), "avdec_"))
    gst_video_decoder_set_max_errors (GST_VIDEO_DECODER (element), 0);
}

/* Those of libav (1.22) only count errors, up to their property max-errors. */
void
omv_forbid_silent_drops (GstElement * pipeline)
{
  g_signal_connect (pipeline, "deep-element-added",
      G_CALLBACK (on_element_added), NULL);
}

/* ---- messages ---- */

/* NULL: the element's are good enough. */
static const gchar *
get_own_words (const GError * error, GstObject * source)
{
  if (GST_IS_VIDEO_DECODER (source)
      && g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_DECODE))
    return _("A frame cannot be decoded.");
  if (g_error_matches (error, GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_NO_SPACE_LEFT))
    return _("There is no space left.");
  if (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND))
    return _("There is no such file.");
  if (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY))
    return _("Another program is using it.");
  if (g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_TYPE_NOT_FOUND)
      || g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE))
    return _("This is not a video.");

  return NULL;
}

static gboolean
is_about_plugins (const GError * error)
{
  return g_error_matches (error, GST_STREAM_ERROR,
      GST_STREAM_ERROR_CODEC_NOT_FOUND)
      || g_error_matches (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN);
}

static gboolean
is_muxer (GstObject * source)
{
  return GST_IS_ELEMENT (source)
      && strstr (gst_element_class_get_metadata (GST_ELEMENT_GET_CLASS (source),
          GST_ELEMENT_METADATA_KLASS), "Muxer") != NULL;
}

/* A muxer's files are the output's, also those from which it reads. */
static gboolean
is_about_output (const GError * error, GstObject * source)
{
  if (error->domain == GST_RESOURCE_ERROR && is_muxer (source))
    return TRUE;
  return g_error_matches (error, GST_RESOURCE_ERROR,
      GST_RESOURCE_ERROR_NO_SPACE_LEFT)
      || g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE)
      || g_error_matches (error, GST_RESOURCE_ERROR,
      GST_RESOURCE_ERROR_OPEN_WRITE);
}

static void
fail (Loop * loop, GstMessage * message)
{
  const gchar *subject;
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;
  const gchar *words;

  gst_message_parse_error (message, &error, &debug);
  GST_INFO ("%s: %s", error->message, debug);
  words = get_own_words (error, GST_MESSAGE_SRC (message));
  subject = is_about_output (error, GST_MESSAGE_SRC (message))
      ? loop->run->output : loop->run->subject;
  if (loop->missing != NULL && is_about_plugins (error))
    (void) omv_fail_with (subject,
        _("GStreamer has no “%s”; look into the Debian "
            "packages gstreamer1.0-libav and gstreamer1.0-plugins-bad."),
        loop->missing);
  else
    (void) omv_fail_with (subject, "%s", words != NULL ? words
        : error->message);

  loop->result = OMV_RUN_FAILED;
  g_main_loop_quit (loop->loop);
}

static void
warn (Loop * loop, GstMessage * message)
{
  const OmvRun *run = loop->run;
  g_autoptr (GError) error = NULL;

  if ((run->is_told != NULL && run->is_told (GST_MESSAGE_SRC (message),
              run->user_data)) || loop->n_warnings++ >= N_WARNINGS_MAX)
    return;
  gst_message_parse_warning (message, &error, NULL);
  omv_note (run->tool, run->subject, "%s", error->message);
}

static void
on_element (Loop * loop, GstMessage * message)
{
  const GstStructure *structure = gst_message_get_structure (message);

  if (gst_structure_has_name (structure, "missing-plugin")) {
    g_free (loop->missing);
    loop->missing = g_strdup (gst_structure_get_string (structure, "name"));
  } else if (loop->run->on_message != NULL) {
    loop->run->on_message (structure, loop->run->user_data);
  }
}

static gboolean
on_bus (GstBus * bus, GstMessage * message, gpointer user_data)
{
  Loop *loop = user_data;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
      g_main_loop_quit (loop->loop);
      break;
    case GST_MESSAGE_ERROR:
      fail (loop, message);
      break;
    case GST_MESSAGE_WARNING:
      warn (loop, message);
      break;
    case GST_MESSAGE_ELEMENT:
      on_element (loop, message);
      break;
    case GST_MESSAGE_QOS:
      if (loop->run->on_drop != NULL && omv_is_drop (message))
        loop->run->on_drop (GST_ELEMENT (GST_MESSAGE_SRC (message)),
            loop->run->user_data);
      break;
    default:
      break;
  }

  return G_SOURCE_CONTINUE;
}

/* ---- the loop ---- */

static gboolean
on_interrupt (gpointer user_data)
{
  Loop *loop = user_data;
  gboolean again = loop->interrupted;

  loop->interrupted = TRUE;
  omv_note_interrupt ();
  if (again || !loop->run->stop (loop->run->user_data)) {
    (void) omv_fail_with (loop->run->subject, _("Interrupted."));
    loop->result = OMV_RUN_FAILED;
    g_main_loop_quit (loop->loop);
  }

  return G_SOURCE_CONTINUE;
}

static gboolean
on_tick (gpointer user_data)
{
  const Loop *loop = user_data;

  loop->run->tick (loop->run->user_data);
  return G_SOURCE_CONTINUE;
}

/* Says the first error that is waiting, or a sentence of our own. */
static void
fail_to_start (Loop * loop, GstBus * bus)
{
  GstMessage *message;

  while ((message = gst_bus_pop (bus)) != NULL) {
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT)
      on_element (loop, message);
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
      fail (loop, message);
      gst_message_unref (message);
      return;
    }
    gst_message_unref (message);
  }

  (void) omv_fail_with (loop->run->subject, _("This cannot be opened."));
  loop->result = OMV_RUN_FAILED;
}

static void
start_and_loop (Loop * loop, GstBus * bus)
{
  const OmvRun *run = loop->run;
  GstStateChangeReturn change =
      gst_element_set_state (run->pipeline, GST_STATE_PAUSED);
  gboolean live = change == GST_STATE_CHANGE_NO_PREROLL;

  if (live && run->accept_live != NULL && !run->accept_live (run->user_data)) {
    loop->result = OMV_RUN_FAILED;
    return;
  }
  if (change != GST_STATE_CHANGE_FAILURE)
    change = gst_element_set_state (run->pipeline, GST_STATE_PLAYING);
  if (change == GST_STATE_CHANGE_FAILURE)
    fail_to_start (loop, bus);
  else
    g_main_loop_run (loop->loop);
}

OmvRunResult
omv_run (const OmvRun * run)
{
  g_autoptr (GMainLoop) main_loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GstBus) bus = gst_element_get_bus (run->pipeline);
  Loop loop = {.run = run,.loop = main_loop,.result = OMV_RUN_END };
  guint watch = gst_bus_add_watch (bus, on_bus, &loop);
  guint interrupt = g_unix_signal_add (SIGINT, on_interrupt, &loop);
  guint termination = g_unix_signal_add (SIGTERM, on_interrupt, &loop);
  guint tick = run->tick != NULL ? g_timeout_add (TICK_MS, on_tick, &loop) : 0;

  start_and_loop (&loop, bus);
  (void) gst_element_set_state (run->pipeline, GST_STATE_NULL);

  (void) g_source_remove (watch);
  (void) g_source_remove (interrupt);
  (void) g_source_remove (termination);
  if (tick != 0)
    (void) g_source_remove (tick);
  if (loop.n_warnings > N_WARNINGS_MAX)
    omv_note (run->tool, run->subject, _("%u further warnings."),
        loop.n_warnings - N_WARNINGS_MAX);
  g_free (loop.missing);

  return loop.result == OMV_RUN_END && loop.interrupted ? OMV_RUN_INTERRUPTED
      : loop.result;
}
