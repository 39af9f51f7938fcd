/* play.c: omvstr play: shows a recording in a window
 *
 * Everything is done by a pipeline. What is left is to turn keys into seeks and
 * steps, from the terminal and from the window alike, and to write into each
 * picture which frame it is.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <glib-unix.h>
#include <gst/gst.h>
#include <gst/video/navigation.h>
#include <inttypes.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "commands.h"
#include "omvparse.h"
#include "omvtext.h"

/* How far an arrow goes. */
#define JUMP (5 * GST_SECOND)

#define DEFAULT_SINK "autovideosink"

#define KEYS_MESSAGE "omvstr-key"

static gboolean option_loop;
static gboolean option_no_wait;
static gboolean option_no_overlay;
static gboolean option_paused;
static gdouble option_speed = 1.0;
static gchar *option_from;
static gchar *option_sink;

typedef struct
{
  const OmvTool *tool;
  const gchar *path;
  GMainLoop *loop;
  GstElement *pipeline;
  GstElement *overlay;          /* NULL: there is none */
  gboolean playing;
  gboolean started;             /* the first frame was there */
  OmvPlace from;
  gint status;

  GMutex lock;
  /* lock */
  guint64 number;               /* of the frame that is shown */
} Player;

/* ---- the pictures ---- */

/* A frame is on its way to the sink, with nothing in between that keeps it. */
static GstPadProbeReturn
note_frame (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Player *player = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  g_autofree gchar *time = omv_text_seconds (GST_BUFFER_PTS (buffer));
  g_autofree gchar *text = g_strdup_printf ("#%" PRIu64 "  %s s",
      GST_BUFFER_OFFSET (buffer), time);

  g_mutex_lock (&player->lock);
  player->number = GST_BUFFER_OFFSET (buffer);
  g_mutex_unlock (&player->lock);
  if (player->overlay != NULL)
    g_object_set (player->overlay, "text", text, NULL);

  return GST_PAD_PROBE_OK;
}

static guint64
get_number (Player * player)
{
  guint64 number;

  g_mutex_lock (&player->lock);
  number = player->number;
  g_mutex_unlock (&player->lock);

  return number;
}

/* ---- keys ---- */

static void
set_playing (Player * player, gboolean playing)
{
  player->playing = playing;
  gst_element_set_state (player->pipeline,
      playing ? GST_STATE_PLAYING : GST_STATE_PAUSED);
}

/* @start, @stop: -1: none */
static void
seek (Player * player, GstFormat format, gint64 start, gint64 stop)
{
  if (!gst_element_seek (player->pipeline, option_speed, format,
          GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_ACCURATE, GST_SEEK_TYPE_SET,
          start, stop >= 0 ? GST_SEEK_TYPE_SET : GST_SEEK_TYPE_NONE, stop))
    omv_note (player->tool, player->path, _("The recording cannot seek."));
}

/* Goes on with the frame at a place, which is the last one of a segment that is
 * played backward. */
static void
go_to (Player * player, GstFormat format, guint64 value)
{
  if (option_speed > 0.0)
    seek (player, format, (gint64) value, -1);
  else
    seek (player, format, 0, (gint64) value + 1);
}

static void
jump (Player * player, gboolean forward)
{
  gint64 position;

  if (!gst_element_query_position (player->pipeline, GST_FORMAT_TIME,
          &position))
    return;
  go_to (player, GST_FORMAT_TIME, (guint64) (forward ? position + (gint64) JUMP
          : MAX (position - (gint64) JUMP, 0)));
}

static void
step (Player * player, gboolean forward)
{
  guint64 number = get_number (player);

  if (player->playing)
    set_playing (player, FALSE);
  if (forward == (option_speed > 0.0))
    gst_element_send_event (player->pipeline,
        gst_event_new_step (GST_FORMAT_BUFFERS, 1, 1.0, TRUE, FALSE));
  else if (forward || number > 0)
    go_to (player, GST_FORMAT_DEFAULT, forward ? number + 1 : number - 1);
}

/* @key: as the window names it */
static void
press (Player * player, const gchar * key)
{
  if (g_str_equal (key, "space"))
    set_playing (player, !player->playing);
  else if (g_str_equal (key, "period"))
    step (player, TRUE);
  else if (g_str_equal (key, "comma"))
    step (player, FALSE);
  else if (g_str_equal (key, "Right"))
    jump (player, TRUE);
  else if (g_str_equal (key, "Left"))
    jump (player, FALSE);
  else if (g_str_equal (key, "q") || g_str_equal (key, "Escape"))
    g_main_loop_quit (player->loop);
}

static const struct
{
  const gchar *bytes;
  const gchar *key;
} terminal_keys[] = {
  {"\033[C", "Right"}, {"\033[D", "Left"}, {"\033OC", "Right"},
  {"\033OD", "Left"}, {" ", "space"}, {".", "period"}, {",", "comma"},
  {"q", "q"}
};

static gboolean
read_terminal (gint fd, GIOCondition condition, gpointer data)
{
  gchar bytes[64];
  gssize size = read (fd, bytes, sizeof bytes - 1);
  const gchar *at = bytes;

  if (size <= 0)
    return G_SOURCE_REMOVE;

  bytes[size] = '\0';
  while (*at != '\0') {
    gsize length = 1;

    for (guint i = 0; i < G_N_ELEMENTS (terminal_keys); i++) {
      if (!g_str_has_prefix (at, terminal_keys[i].bytes))
        continue;
      length = strlen (terminal_keys[i].bytes);
      press (data, terminal_keys[i].key);
      break;
    }
    at += length;
  }

  return G_SOURCE_CONTINUE;
}

/* The window's keys travel upstream from the sink, in a thread of its own. */
static GstPadProbeReturn
catch_key (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Player *player = data;
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);
  const gchar *key;

  if (GST_EVENT_TYPE (event) != GST_EVENT_NAVIGATION)
    return GST_PAD_PROBE_OK;
  if (gst_navigation_event_get_type (event) == GST_NAVIGATION_EVENT_KEY_PRESS
      && gst_navigation_event_parse_key_event (event, &key))
    gst_element_post_message (player->pipeline,
        gst_message_new_application (GST_OBJECT (player->pipeline),
            gst_structure_new (KEYS_MESSAGE, "key", G_TYPE_STRING, key, NULL)));

  return GST_PAD_PROBE_DROP;
}

/* ---- messages ---- */

/* The first frame waits in the sink: now it is known that the recording can be
 * shown, and seeks work. */
static void
start (Player * player)
{
  if (player->started)
    return;
  player->started = TRUE;

  if (option_from != NULL)
    go_to (player, player->from.is_frame ? GST_FORMAT_DEFAULT
        : GST_FORMAT_TIME, player->from.value);
  else if (option_speed != 1.0)
    seek (player, GST_FORMAT_TIME, 0, -1);
  if (!option_paused)
    set_playing (player, TRUE);
}

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer data)
{
  Player *player = data;
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ASYNC_DONE:
      start (player);
      break;
    case GST_MESSAGE_EOS:
      g_main_loop_quit (player->loop);
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning (message, &error, NULL);
      omv_note (player->tool, player->path, "%s", error->message);
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      player->status = omv_fail (player->path, error);
      g_main_loop_quit (player->loop);
      break;
    case GST_MESSAGE_APPLICATION:
      if (gst_message_has_name (message, KEYS_MESSAGE))
        press (player, gst_structure_get_string (gst_message_get_structure
                (message), "key"));
      break;
    default:
      break;
  }

  return G_SOURCE_CONTINUE;
}

static gboolean
on_signal (gpointer data)
{
  g_main_loop_quit (((Player *) data)->loop);
  return G_SOURCE_CONTINUE;
}

/* ---- the pipeline ---- */

static gboolean
has_element (const gchar * name)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (name);

  return factory != NULL;
}

static void
add_probe (Player * player, const gchar * element, const gchar * pad_name,
    GstPadProbeType type, GstPadProbeCallback callback)
{
  g_autoptr (GstElement) child = gst_bin_get_by_name (GST_BIN
      (player->pipeline), element);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (child, pad_name);

  gst_pad_add_probe (pad, type, callback, player, NULL);
}

static void
set_up (Player * player)
{
  g_autoptr (GstElement) source = gst_bin_get_by_name (GST_BIN
      (player->pipeline), "source");
  g_autoptr (GstElement) demux = gst_bin_get_by_name (GST_BIN
      (player->pipeline), "demux");
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN
      (player->pipeline), "sink");

  g_object_set (source, "location", player->path, NULL);
  g_object_set (demux, "loop", option_loop, NULL);
  if (option_no_wait
      && g_object_class_find_property (G_OBJECT_GET_CLASS (sink),
          "sync") != NULL)
    g_object_set (sink, "sync", FALSE, NULL);
  player->overlay = gst_bin_get_by_name (GST_BIN (player->pipeline), "overlay");
  add_probe (player, "decoder", "sink", GST_PAD_PROBE_TYPE_BUFFER, note_frame);
  add_probe (player, "decoder", "src", GST_PAD_PROBE_TYPE_EVENT_UPSTREAM,
      catch_key);
}

static gboolean
make_pipeline (Player * player)
{
  gboolean overlay = !option_no_overlay && has_element ("textoverlay");
  g_autofree gchar *description =
      g_strdup_printf ("%s name=source ! omvstrdemux name=demux "
      "output=frames ! omvframedec name=decoder ! videoconvert ! %s"
      "%s name=sink", omv_is_many (player->path) ? "omvdirsrc" : "filesrc",
      overlay ? "textoverlay name=overlay valignment=bottom "
      "halignment=left font-desc=\"Monospace 24\" shaded-background=true "
      "! videoconvert ! " : "",
      option_sink != NULL ? option_sink : DEFAULT_SINK);
  g_autoptr (GError) error = NULL;

  if (!overlay && !option_no_overlay)
    omv_note (player->tool, NULL, _("Times are not written into the pictures: "
            "the element textoverlay is missing (Debian package "
            "gstreamer1.0-x)."));
  player->pipeline = gst_parse_launch_full (description, NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (player->pipeline == NULL) {
    player->status = omv_fail (NULL, error);
    return FALSE;
  }

  set_up (player);
  return TRUE;
}

/* ---- the command ---- */

static gboolean
check_options (const OmvTool * tool, OmvPlace * ret_from, gint * status)
{
  if (option_speed == 0.0 || option_speed < -100.0 || option_speed > 100.0) {
    *status =
        omv_fail_usage (tool, _("--speed must be in -100…100 and not 0."));
    return FALSE;
  }
  if (option_from != NULL && !omv_parse_place (option_from, ret_from)) {
    *status = omv_fail_usage (tool,
        _("--from %s is neither a time nor a frame."), option_from);
    return FALSE;
  }

  return TRUE;
}

/* Keys come one by one and are not shown. FALSE: there is no terminal. */
static gboolean
grab_terminal (struct termios *ret_before)
{
  struct termios raw;

  if (!isatty (STDIN_FILENO) || tcgetattr (STDIN_FILENO, ret_before) != 0)
    return FALSE;

  raw = *ret_before;
  raw.c_lflag &= ~(tcflag_t) (ICANON | ECHO);
  return tcsetattr (STDIN_FILENO, TCSANOW, &raw) == 0;
}

static void
play (Player * player)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (player->pipeline);
  struct termios before;
  gboolean has_terminal;
  guint sources[4] = { 0, };

  sources[0] = gst_bus_add_watch (bus, on_message, player);
  sources[1] = g_unix_signal_add (SIGINT, on_signal, player);
  sources[2] = g_unix_signal_add (SIGTERM, on_signal, player);
  /* last: whoever ends the process from now on gets his terminal back */
  has_terminal = grab_terminal (&before);
  if (has_terminal)
    sources[3] = g_unix_fd_add (STDIN_FILENO, G_IO_IN, read_terminal, player);

  gst_element_set_state (player->pipeline, GST_STATE_PAUSED);
  g_main_loop_run (player->loop);
  gst_element_set_state (player->pipeline, GST_STATE_NULL);

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++) {
    GSource *source = sources[i] == 0 ? NULL
        : g_main_context_find_source_by_id (NULL, sources[i]);

    if (source != NULL)
      g_source_destroy (source);
  }
  if (has_terminal)
    (void) tcsetattr (STDIN_FILENO, TCSANOW, &before);
}

static gint
run (OmvTool * tool, gchar ** arguments)
{
  g_autoptr (GstOmvReader) reader = NULL;
  Player player = { 0, };

  player.tool = tool;
  player.path = arguments[0];
  if (!check_options (tool, &player.from, &player.status))
    return player.status;
  /* it says better what is wrong with a file than a pipeline does */
  reader = omv_open_reader (player.path);
  if (reader == NULL || !omv_start_gstreamer ())
    return OMV_EXIT_FAILED;

  g_mutex_init (&player.lock);
  player.loop = g_main_loop_new (NULL, FALSE);
  if (make_pipeline (&player))
    play (&player);

  gst_clear_object (&player.overlay);
  gst_clear_object (&player.pipeline);
  g_main_loop_unref (player.loop);
  g_mutex_clear (&player.lock);
  return player.status;
}

static const GOptionEntry options[] = {
  {"loop", 'l', 0, G_OPTION_ARG_NONE, &option_loop,
      N_("Start over at the end"), NULL},
  {"speed", 's', 0, G_OPTION_ARG_DOUBLE, &option_speed,
      N_("Play so many times as fast; negative: backward"), N_("FACTOR")},
  {"no-wait", 'n', 0, G_OPTION_ARG_NONE, &option_no_wait,
      N_("Show each frame as soon as it is there"), NULL},
  {"from", 0, 0, G_OPTION_ARG_STRING, &option_from,
      N_("Start at a time (1:02.5, 90s) or a frame (#120)"), N_("PLACE")},
  {"paused", 'p', 0, G_OPTION_ARG_NONE, &option_paused,
      N_("Show the first frame and wait"), NULL},
  {"no-overlay", 0, 0, G_OPTION_ARG_NONE, &option_no_overlay,
      N_("Write neither number nor time into the pictures"), NULL},
  {"sink", 0, 0, G_OPTION_ARG_STRING, &option_sink,
      N_("A GStreamer element instead of a window"), N_("ELEMENT")},
  {NULL, 0, 0, 0, NULL, NULL, NULL}
};

const OmvCommand omv_command_play = {
  "play", N_("FILE"), N_("Show a recording. Space pauses, , and . go frame by "
      "frame, arrows 5 seconds, q quits."),
  "  omvstr play run.bin\n" "  omvstr play --loop --speed 0.25 run.bin\n"
      "  omvstr play --from '#120' --paused run.bin\n",
  options, 1, 1, 0, run
};
