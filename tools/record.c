/* record.c: omvstr record: from a camera into a file or a ring
 *
 * Nothing is done to frames that a recording can hold as they are. A long queue
 * stands between the camera and the disk; what the camera numbered and did not
 * deliver is counted as lost.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "record.h"

#include <inttypes.h>
#include <string.h>

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "commands.h"
#include "omvclock.h"
#include "omvoutput.h"
#include "omvprogress.h"
#include "omvrun.h"
#include "omvsidecars.h"
#include "omvtext.h"

#define QUEUE_TIME (20 * GST_SECOND)
#define QUEUE_SIZE (256 * 1024 * 1024)
#define SYNC_INTERVAL GST_SECOND

/* As they stand on the command line. */
static struct
{
  gchar *time, *size, *format, *ring, *post;
  gint64 frames;
  gint rate;
  gboolean exact_time;
} given;

static const GOptionEntry entries[] = {
  {"frames", 'n', 0, G_OPTION_ARG_INT64, &given.frames,
      N_("Stop after so many frames"), N_("N")},
  {"time", 0, 0, G_OPTION_ARG_STRING, &given.time,
      N_("Stop after this time"), N_("SECONDS")},
  {"size", 0, 0, G_OPTION_ARG_STRING, &given.size,
      N_("Size of the pictures"), N_("WxH")},
  {"rate", 0, 0, G_OPTION_ARG_INT, &given.rate,
      N_("Frames a second"), N_("N")},
  {"format", 0, 0, G_OPTION_ARG_STRING, &given.format,
        N_("Frames of the recording: rgb565, grayscale, yuv422, bayer-bggr, "
            "bayer-gbrg, bayer-grbg, bayer-rggb, binary, jpeg, png"),
      N_("FORMAT")},
  {"exact-time", 0, 0, G_OPTION_ARG_NONE, &given.exact_time,
      N_("Store times to the nanosecond"), NULL},
  {"ring", 0, 0, G_OPTION_ARG_STRING, &given.ring,
      N_("Keep so much in memory, and save it as OUT when a key, a line of "
            "standard input or SIGUSR1 fires"), N_("SECONDS")},
  {"post", 0, 0, G_OPTION_ARG_STRING, &given.post,
      N_("Save so much behind a trigger, too"), N_("SECONDS")},
  {NULL}
};

typedef struct
{
  OmvTool *tool;
  const gchar *source;
  const gchar *location;        /* of the file, or a pattern of the ring's */
  OmvRecordWish wish;
  guint64 ring, post;           /* ns; 0: none */
  GstElement *pipeline;
  GstElement *ring_sink;        /* atomic, or NULL */
  OmvProgress *progress;
  guint n_clips, n_failed;

  /* the thread that finds streams; others behind it */
  OmvConvertOptions options;
  gint n_streams;
  OmvClock *clock;              /* atomic */
} Record;

static void
record_clear (Record * record)
{
  g_clear_pointer (&record->progress, omv_progress_free);
  if (record->pipeline != NULL) {
    (void) gst_element_set_state (record->pipeline, GST_STATE_NULL);
    gst_object_unref (record->pipeline);
  }
  g_clear_pointer (&record->clock, omv_clock_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Record, record_clear);

/* ---- options ---- */

/* The name of an option that cannot be understood, or NULL. */
static const gchar *
parse_options (Record * record)
{
  OmvConvertOptions *options = &record->options;
  OmvSelection *selection = &options->selection;

  omv_selection_init (selection);
  options->version = GST_OMV_VERSION_V2_0;
  options->exact_time = given.exact_time;
  record->wish.rate = given.rate;

  if (given.frames < 0)
    return "--frames";
  if (given.rate < 0)
    return "--rate";
  if (given.time != NULL && !omv_parse_time (given.time, &selection->to.value))
    return "--time";
  if (given.frames > 0) {
    selection->to.is_frame = TRUE;
    selection->to.value = (guint64) given.frames;
  }
  selection->has_to = given.time != NULL || given.frames > 0;
  if (given.size != NULL && !omv_parse_size (given.size, &record->wish.width,
          &record->wish.height))
    return "--size";
  if (given.format != NULL
      && !omv_convert_parse_format (given.format, &record->wish.format))
    return "--format";
  if (given.ring != NULL && (!omv_parse_time (given.ring, &record->ring)
          || record->ring == 0))
    return "--ring";
  if (given.post != NULL && !omv_parse_time (given.post, &record->post))
    return "--post";

  /* in a ring times are compared with those of triggers */
  selection->keep_lead = record->ring > 0;
  return NULL;
}

/* ---- the pipeline ---- */

static void
append_ring (Record * record, OmvChain * chain)
{
  GstElement *ring = omv_chain_append (chain, "omvringsink");

  if (ring == NULL)
    return;
  g_object_set (ring, "location", record->location, "pre-time", record->ring,
      "post-time", record->post, "exact-time", record->options.exact_time,
      NULL);
  g_atomic_pointer_set (&record->ring_sink, ring);
}

static void
append_file (Record * record, OmvChain * chain)
{
  GstElement *mux = omv_chain_append_recording (chain, &record->options,
      record->location);

  if (mux != NULL)
    g_object_set (mux, "sync-interval", (guint64) SYNC_INTERVAL, NULL);
}

/* What stands behind the source, which makes @caps.
 * @native: what its frames are stored as, or UNKNOWN */
static GstPad *
build (Record * record, const GstCaps * caps, GstOmvPixelFormat native,
    GError ** error)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  OmvConvertOptions *options = &record->options;
  OmvChain chain = { GST_BIN (record->pipeline), NULL, NULL, NULL };
  GstElement *queue = omv_chain_append (&chain, "queue");
  GstPad *entry;

  if (queue != NULL)
    g_object_set (queue, "max-size-time", (guint64) QUEUE_TIME,
        "max-size-bytes", (guint) QUEUE_SIZE, "max-size-buffers", 0u, NULL);
  options->format = native != GST_OMV_PIXEL_FORMAT_UNKNOWN ? native
      : record->wish.format != GST_OMV_PIXEL_FORMAT_UNKNOWN
      ? record->wish.format : GST_OMV_PIXEL_FORMAT_YUV422;
  options->width = record->wish.width;
  options->height = record->wish.height;
  if (native == GST_OMV_PIXEL_FORMAT_UNKNOWN)
    omv_chain_append_conversion (&chain, options,
        omv_chain_get_colours (structure));
  if (record->ring > 0)
    append_ring (record, &chain);
  else
    append_file (record, &chain);
  if (chain.error != NULL) {
    g_propagate_error (error, chain.error);
    return NULL;
  }

  entry = gst_element_get_static_pad (chain.first, "sink");
  g_atomic_pointer_set (&record->clock, omv_clock_new (entry,
          &options->selection, NULL));
  if (record->ring == 0)
    omv_clock_set_relative (record->clock);

  return entry;
}

static void
say_format (const Record * record, const GstCaps * caps,
    GstOmvPixelFormat native)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  const gchar *name = gst_omv_pixel_format_get_name (record->options.format);
  gint width = 0, height = 0, numerator = 0, denominator = 1;

  if (record->tool->quiet)
    return;
  (void) gst_structure_get_int (structure, "width", &width);
  (void) gst_structure_get_int (structure, "height", &height);
  (void) gst_structure_get_fraction (structure, "framerate", &numerator,
      &denominator);
  if (native == GST_OMV_PIXEL_FORMAT_UNKNOWN && record->wish.width > 0) {
    width = record->wish.width;
    height = record->wish.height;
  }
  g_print (native != GST_OMV_PIXEL_FORMAT_UNKNOWN
      ? _("Recording %s %d x %d, %.4g frames a second, as the source has "
          "them.\n")
      : _("Recording %s %d x %d, %.4g frames a second, converted: the source "
          "has no such format.\n"), name, width, height,
      (gdouble) numerator / (gdouble) denominator);
}

/* ---- cameras ---- */

/* FALSE after omv_fail() */
static gboolean
negotiate (Record * record, GstElement * source)
{
  GstOmvPixelFormat native;
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GstPad) entry = NULL;
  g_autoptr (GstElement) filter = NULL;
  g_autoptr (GstPad) pad = NULL;
  g_autoptr (GError) error = NULL;

  if (gst_element_set_state (source, GST_STATE_READY)
      == GST_STATE_CHANGE_FAILURE) {
    (void) omv_fail_with (record->source, _("This is no camera, or it is in "
            "use."));
    return FALSE;
  }
  caps = omv_record_choose (source, &record->wish, &native);
  if (caps == NULL) {
    (void) omv_fail_with (record->source, _("The camera has no such format, "
            "size and rate."));
    return FALSE;
  }

  entry = build (record, caps, native, &error);
  filter = entry != NULL ? omv_make_element ("capsfilter", &error) : NULL;
  if (filter == NULL) {
    (void) omv_fail (record->source, error);
    return FALSE;
  }
  g_object_set (filter, "caps", caps, NULL);
  gst_bin_add (GST_BIN (record->pipeline), gst_object_ref (filter));
  pad = gst_element_get_static_pad (filter, "src");
  if (!gst_element_link (source, filter)
      || GST_PAD_LINK_FAILED (gst_pad_link (pad, entry)))
    g_assert_not_reached ();    /* it was asked before */
  say_format (record, caps, native);

  return TRUE;
}

/* FALSE after omv_fail() */
static gboolean
open_camera (Record * record)
{
  const gboolean is_test = g_str_equal (record->source, "test");
  g_autoptr (GError) error = NULL;
  GstElement *source = omv_make_element (is_test ? "videotestsrc" : "v4l2src",
      &error);

  if (source == NULL) {
    (void) omv_fail (record->source, error);
    return FALSE;
  }
  if (is_test)
    g_object_set (source, "is-live", TRUE, NULL);
  else
    g_object_set (source, "device", record->source, NULL);
  gst_bin_add (GST_BIN (record->pipeline), source);

  return negotiate (record, source);
}

/* ---- URIs ---- */

/* What of a stream is stored as it is, if that is what is wished. */
static GstOmvPixelFormat
get_native (const Record * record, const GstCaps * caps)
{
  GstOmvPixelFormat format = omv_record_get_format (caps);

  if (record->wish.width > 0
      || (record->wish.format != GST_OMV_PIXEL_FORMAT_UNKNOWN
          && record->wish.format != format))
    return GST_OMV_PIXEL_FORMAT_UNKNOWN;
  return format;
}

static void
on_pad_added (GstElement * decoder, GstPad * pad, Record * record)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstPad) entry = NULL;
  GstOmvPixelFormat native;

  if (caps == NULL)
    caps = gst_pad_query_caps (pad, NULL);
  native = get_native (record, caps);
  if ((native == GST_OMV_PIXEL_FORMAT_UNKNOWN
          && !gst_structure_has_name (gst_caps_get_structure (caps, 0),
              "video/x-raw")) || g_atomic_int_add (&record->n_streams, 1) > 0)
    return;

  entry = build (record, caps, native, &error);
  if (entry == NULL || GST_PAD_LINK_FAILED (gst_pad_link (pad, entry))) {
    GST_ELEMENT_ERROR (decoder, CORE, NEGOTIATION, ("%s", error != NULL
            ? error->message : _("The frames of this video cannot be "
                "converted.")), (NULL));
    return;
  }
  say_format (record, caps, native);
  omv_start_behind (decoder);
}

static void
on_no_more_pads (GstElement * decoder, Record * record)
{
  if (g_atomic_int_get (&record->n_streams) == 0)
    GST_ELEMENT_ERROR (decoder, STREAM, WRONG_TYPE, (NULL), ("no video"));
}

/* Whether to go on with decoding. */
static gboolean
on_autoplug_continue (GstElement * decoder, GstPad * pad, GstCaps * caps,
    Record * record)
{
  return !gst_structure_has_name (gst_caps_get_structure (caps, 0),
      "image/jpeg")
      || get_native (record, caps) == GST_OMV_PIXEL_FORMAT_UNKNOWN;
}

/* FALSE after omv_fail() */
static gboolean
open_uri (Record * record)
{
  g_autoptr (GError) error = NULL;
  GstElement *decoder = omv_make_element ("uridecodebin", &error);
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-raw(ANY)");

  if (decoder == NULL) {
    (void) omv_fail (record->source, error);
    return FALSE;
  }
  g_object_set (decoder, "uri", record->source, "caps", caps,
      "expose-all-streams", FALSE, "force-sw-decoders", TRUE, NULL);
  g_signal_connect (decoder, "pad-added", G_CALLBACK (on_pad_added), record);
  g_signal_connect (decoder, "no-more-pads", G_CALLBACK (on_no_more_pads),
      record);
  g_signal_connect (decoder, "autoplug-continue",
      G_CALLBACK (on_autoplug_continue), record);
  gst_bin_add (GST_BIN (record->pipeline), decoder);

  return TRUE;
}

/* FALSE after omv_fail() */
static gboolean
open_source (Record * record)
{
  GStatBuf status;

  if (g_str_equal (record->source, "test"))
    return open_camera (record);
  if (g_stat (record->source, &status) == 0) {
    if (S_ISCHR (status.st_mode))
      return open_camera (record);
    (void) omv_fail_with (record->source, _("This is a file and no camera; "
            "omvstr convert reads files."));
    return FALSE;
  }
  if (gst_uri_is_valid (record->source))
    return open_uri (record);

  (void) omv_fail_with (record->source, _("There is no such camera."));
  return FALSE;
}

/* ---- the run ---- */

static gboolean
on_stop (gpointer user_data)
{
  Record *record = user_data;
  OmvClock *clock = g_atomic_pointer_get (&record->clock);

  if (clock == NULL)
    return FALSE;
  omv_clock_stop (clock);
  return TRUE;
}

static void
on_tick (gpointer user_data)
{
  Record *record = user_data;
  OmvClock *clock = g_atomic_pointer_get (&record->clock);
  const OmvSelection *selection = &record->options.selection;

  if (clock == NULL)
    return;
  if (record->progress == NULL)
    record->progress = omv_progress_new (record->tool, OMV_PROGRESS_TIME,
        selection->has_to && !selection->to.is_frame ? selection->to.value : 0);
  omv_progress_update (record->progress, omv_clock_get_position (clock));
}

static void
on_message (const GstStructure * message, gpointer user_data)
{
  Record *record = user_data;
  const gchar *location = gst_structure_get_string (message, "location");
  g_autoptr (GError) error = NULL;
  g_autofree gchar *name = NULL;
  guint64 n_before = 0, n_after = 0, n_missing = 0;
  gboolean has_trigger = FALSE;

  if (!gst_structure_has_name (message, "omv-ring-dump"))
    return;
  (void) gst_structure_get (message, "error", G_TYPE_ERROR, &error, NULL);
  if (error != NULL || location == NULL) {
    record->n_failed++;
    (void) omv_fail_with (location, "%s", error != NULL ? error->message
        : _("The clip is not saved."));
    return;
  }

  record->n_clips++;
  (void) gst_structure_get (message, "frames-before", G_TYPE_UINT64, &n_before,
      "frames-after", G_TYPE_UINT64, &n_after, "frames-missing", G_TYPE_UINT64,
      &n_missing, "has-trigger-frame", G_TYPE_BOOLEAN, &has_trigger, NULL);
  if (n_missing > 0)
    omv_note (record->tool, location, _("%" PRIu64 " frames are missing: the "
            "disk was too slow."), n_missing);
  omv_progress_clear ();
  name = g_filename_display_name (location);
  g_print (_("%s: %" PRIu64 " frames, %" PRIu64 " of them behind the "
          "trigger\n"), name, n_before + n_after + (has_trigger ? 1 : 0),
      n_after);
  (void) fflush (stdout);
}

/* Its messages name the file. */
static gboolean
is_told (GstObject * source, gpointer user_data)
{
  Record *record = user_data;
  GstElement *ring = g_atomic_pointer_get (&record->ring_sink);

  return ring != NULL && source == GST_OBJECT (ring);
}

static void
on_trigger (const gchar * label, gpointer user_data)
{
  Record *record = user_data;
  GstElement *ring = g_atomic_pointer_get (&record->ring_sink);
  guint64 id = 0;

  if (ring != NULL)
    g_signal_emit_by_name (ring, "trigger", label, &id);
  if (id == 0)
    omv_note (record->tool, record->source, _("There is nothing to be saved "
            "yet."));
}

static void
print_lost (const Record * record)
{
  guint64 n_lost = omv_clock_get_n_lost (record->clock);

  if (n_lost > 0)
    omv_note (record->tool, record->source, _("%" PRIu64 " frames were lost "
            "before they arrived."), n_lost);
}

/* Ctrl-C is how a recording without an end is ended. */
static gint
end (const Record * record, OmvRunResult result)
{
  if (result == OMV_RUN_INTERRUPTED && record->options.selection.has_to)
    return omv_fail_with (record->source, _("Interrupted: this is what was "
            "recorded until then."));
  return record->n_failed > 0 ? OMV_EXIT_FAILED : OMV_EXIT_FINE;
}

/* @record: its location is known */
static OmvRunResult
run_pipeline (Record * record, const gchar * out)
{
  const OmvRun pipeline = {
    .tool = record->tool,.subject = record->source,.output = out,
    .pipeline = record->pipeline,.stop = on_stop,.tick = on_tick,
    .on_message = on_message,.is_told = is_told,.user_data = record
  };
  OmvRunResult result;

  if (!open_source (record))
    return OMV_RUN_FAILED;
  result = omv_run (&pipeline);
  g_clear_pointer (&record->progress, omv_progress_free);

  return result;
}

static gint
record_into_file (Record * record, const gchar * out)
{
  g_autoptr (OmvOutput) output = omv_output_new (record->tool, out, NULL);
  g_autoptr (OmvSidecars) sidecars = NULL;
  g_autofree gchar *name = g_filename_display_name (out);
  g_autofree gchar *time = NULL;
  OmvRunResult result;
  gboolean has_frames;

  if (output == NULL)
    return OMV_EXIT_FAILED;
  sidecars = omv_sidecars_new (record->tool, out);
  if (sidecars == NULL)
    return OMV_EXIT_FAILED;
  record->location = omv_output_get_part (output);
  result = run_pipeline (record, out);
  has_frames = record->clock != NULL
      && omv_clock_get_n_taken (record->clock) > 0;
  if (!has_frames && result != OMV_RUN_FAILED)
    return omv_fail_with (record->source, _("No frame came."));
  if (result == OMV_RUN_FAILED || !omv_output_commit_to_disk (output)) {
    if (has_frames)
      omv_output_keep (output);
    return OMV_EXIT_FAILED;
  }
  /* what lay beside was the old recording's */
  if (!omv_sidecars_store (sidecars))
    return OMV_EXIT_FAILED;

  time = omv_text_seconds (omv_clock_get_duration (record->clock));
  if (!record->tool->quiet)
    g_print (_("%s: %" PRIu64 " frames, the last at %s s\n"), name,
        omv_clock_get_n_taken (record->clock), time);
  print_lost (record);
  return end (record, result);
}

static gint
record_into_ring (Record * record, const gchar * out)
{
  g_autoptr (OmvTrigger) trigger = omv_trigger_new (on_trigger, record);
  OmvRunResult result;

  record->location = out;
  if (!record->tool->quiet)
    g_print (omv_trigger_has_keys (trigger)
        ? _("Enter or space saves a clip, Ctrl-C ends.\n")
        : _("Each line of standard input saves a clip, as SIGUSR1 does.\n"));
  (void) fflush (stdout);
  result = run_pipeline (record, out);
  if (result == OMV_RUN_FAILED)
    return OMV_EXIT_FAILED;

  if (!record->tool->quiet)
    g_print (_("%u clips saved.\n"), record->n_clips);
  print_lost (record);
  return end (record, result);
}

static gint
run (OmvTool * tool, gchar ** arguments)
{
  g_auto (Record) record = {.tool = tool,.source = arguments[0] };
  const gchar *wrong = parse_options (&record);

  if (wrong != NULL)
    return omv_fail_usage (tool, _("The value of %s makes no sense."), wrong);
  if (given.frames > 0 && given.time != NULL)
    return omv_fail_usage (tool, _("--frames and --time exclude each other."));
  if (record.post > 0 && record.ring == 0)
    return omv_fail_usage (tool, _("--post needs --ring."));
  if (!omv_start_gstreamer ())
    return OMV_EXIT_FAILED;

  record.pipeline = gst_pipeline_new (NULL);
  return record.ring > 0 ? record_into_ring (&record, arguments[1])
      : record_into_file (&record, arguments[1]);
}

const OmvCommand omv_command_record = {
  "record", N_("SOURCE OUT"), N_("Record a camera, a stream or a test "
      "picture."),
  "  omvstr record /dev/video0 run.bin\n"
      "  omvstr record /dev/video0 run.bin --size 320x240 --rate 30 --time 10\n"
      "  omvstr record rtsp://camera/stream run.bin --format jpeg\n"
      "  omvstr record test 'clip-%05d.bin' --ring 5 --post 2\n",
  entries, 2, 2, OMV_COMMAND_WRITES, run
};
