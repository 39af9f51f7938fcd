/* ring-camera.c: saves what a camera saw before you pressed a key
 *
 * A whole application around omvringsink. It keeps the newest frames in memory.
 * Each time you press Enter, or another program sends SIGUSR1, it writes a clip:
 * the five seconds before that, and one after it. Ctrl-C ends it in good order, so
 * that the last clip is whole, too.
 *
 * It uses nothing but GStreamer, and can be taken out of this project:
 *
 *   cc ring-camera.c -o ring-camera $(pkg-config --cflags --libs gstreamer-1.0)
 *
 *   ./ring-camera                    a test picture
 *   ./ring-camera --camera           /dev/video0
 *   ./ring-camera --location=clips/%05d.bin
 *
 * The clips are recordings that omvstrdemux, and so every GStreamer player,
 * plays.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>
#include <unistd.h>

#include <glib-unix.h>
#include <gst/gst.h>

#define CAMERA "/dev/video0"
#define POST_TIME GST_SECOND

typedef struct
{
  GMainLoop *loop;
  GstElement *pipeline;
  GstElement *ring;
  gboolean ending;
  gboolean failed;
} App;

/* What to do for a clip: this, whatever the reason. */
static void
fire (App * app, const gchar * label)
{
  guint64 id = 0;

  g_signal_emit_by_name (app->ring, "trigger", label, &id);
  if (id == 0)
    g_print ("There is no frame yet.\n");
  else
    g_print ("Triggered: clip %" G_GUINT64_FORMAT ".\n", id);
}

static gboolean
on_user_signal (gpointer data)
{
  fire (data, "signal");
  return G_SOURCE_CONTINUE;
}

static gboolean
on_key (gint fd, GIOCondition condition, gpointer data)
{
  gchar text[64];
  gssize size = read (fd, text, sizeof text);

  if (size <= 0)
    return G_SOURCE_REMOVE;     /* there is no keyboard */
  for (gssize i = 0; i < size; i++) {
    if (text[i] == '\n')
      fire (data, "key");
  }

  return G_SOURCE_CONTINUE;
}

/* EOS goes through the pipeline: clips that wait for frames end there. Who cannot
 * wait for the disk asks a second time. */
static gboolean
on_interrupt (gpointer data)
{
  App *app = data;

  if (app->ending)
    g_main_loop_quit (app->loop);
  app->ending = TRUE;
  gst_element_send_event (app->pipeline, gst_event_new_eos ());

  return G_SOURCE_CONTINUE;
}

static void
print_dump (const GstStructure * dump)
{
  guint64 id, before, after, missing;
  g_autoptr (GError) error = NULL;

  gst_structure_get (dump, "id", G_TYPE_UINT64, &id,
      "frames-before", G_TYPE_UINT64, &before,
      "frames-after", G_TYPE_UINT64, &after,
      "frames-missing", G_TYPE_UINT64, &missing, NULL);
  if (gst_structure_get (dump, "error", G_TYPE_ERROR, &error, NULL))
    g_print ("Clip %" G_GUINT64_FORMAT " is not whole: %s\n", id,
        error->message);
  else
    g_print ("Clip %" G_GUINT64_FORMAT ": %s, %" G_GUINT64_FORMAT
        " frames before the trigger's and %" G_GUINT64_FORMAT
        " after it, %" G_GUINT64_FORMAT " missing.\n", id,
        gst_structure_get_string (dump, "location"), before, after, missing);
}

static void
print_error (GstMessage * message)
{
  g_autoptr (GError) error = NULL;
  g_autofree gchar *debug = NULL;

  gst_message_parse_error (message, &error, &debug);
  g_printerr ("%s\n", error->message);
}

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer data)
{
  App *app = data;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      if (gst_message_has_name (message, "omv-ring-dump"))
        print_dump (gst_message_get_structure (message));
      break;
    case GST_MESSAGE_ERROR:
      print_error (message);
      app->failed = TRUE;
      g_main_loop_quit (app->loop);
      break;
    case GST_MESSAGE_EOS:
      g_main_loop_quit (app->loop);
      break;
    default:
      break;
  }

  return G_SOURCE_CONTINUE;
}

/* The source gives what it likes to of what the ring takes. */
static gboolean
build (App * app, gboolean camera, const gchar * location)
{
  g_autoptr (GError) error = NULL;

  if (camera && access (CAMERA, R_OK | W_OK) != 0) {
    g_printerr ("There is no camera at %s.\n", CAMERA);
    return FALSE;
  }
  app->pipeline = gst_parse_launch_full (camera
      ? "v4l2src device=" CAMERA " ! omvringsink name=ring"
      : "videotestsrc is-live=true pattern=ball ! video/x-raw,format=YUY2,"
      "framerate=30/1 ! omvringsink name=ring", NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (app->pipeline == NULL) {
    g_printerr ("%s\n", error->message);
    return FALSE;
  }

  app->ring = gst_bin_get_by_name (GST_BIN (app->pipeline), "ring");
  g_object_set (app->ring, "post-time", (guint64) POST_TIME, NULL);
  if (location != NULL)
    g_object_set (app->ring, "location", location, NULL);

  return TRUE;
}

static void
run (App * app)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (app->pipeline);

  app->loop = g_main_loop_new (NULL, FALSE);
  gst_bus_add_watch (bus, on_message, app);
  g_unix_signal_add (SIGUSR1, on_user_signal, app);
  g_unix_signal_add (SIGINT, on_interrupt, app);
  g_unix_signal_add (SIGTERM, on_interrupt, app);
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_key, app);

  gst_element_set_state (app->pipeline, GST_STATE_PLAYING);
  g_print ("Press Enter, or run \"kill -USR1 %d\", to save a clip; "
      "Ctrl-C to end.\n", (int) getpid ());
  g_main_loop_run (app->loop);
  gst_element_set_state (app->pipeline, GST_STATE_NULL);

  gst_bus_remove_watch (bus);
  g_main_loop_unref (app->loop);
}

int
main (int argc, char **argv)
{
  gboolean camera = FALSE;
  g_autofree gchar *location = NULL;
  const GOptionEntry entries[] = {
    {"camera", 0, 0, G_OPTION_ARG_NONE, &camera,
        "Record " CAMERA " instead of a test picture", NULL},
    {"location", 0, 0, G_OPTION_ARG_FILENAME, &location,
        "Pattern of the clips' names, such as %05d.bin", "PATTERN"},
    {NULL}
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  App app = { NULL };

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return EXIT_FAILURE;
  }

  if (build (&app, camera, location))
    run (&app);
  else
    app.failed = TRUE;
  gst_clear_object (&app.ring);
  gst_clear_object (&app.pipeline);

  return app.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
