/* import.c: omvstr convert: a video or pictures to a recording
 *
 * GStreamer opens and decodes what comes in. When it has found the first video
 * stream, that is known which the choice of the camera's format needs, and the
 * rest of the pipeline is built behind it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "import.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <glib/gstdio.h>

#include "convert.h"
#include "omvchain.h"
#include "omvoutput.h"
#include "omvprogress.h"
#include "omvrun.h"
#include "omvtext.h"

/* Larger pictures are much for a camera's memory. */
#define N_PIXELS_LARGE 307200   /* 640x480 */

static const gchar *const picture_extensions[] = { "jpeg", "jpg", "png", NULL };

/* Tenths of a second. */
#define IDLE_TICKS 100

typedef struct
{
  OmvTool *tool;
  const gchar *in;
  const gchar *part;            /* to be written */
  OmvTimes *times;              /* or NULL */
  GstOmvStore *store;           /* or NULL: @in is no store … */
  OmvStoreSource *source;       /* … of which this gives the frames */
  OmvSidecars *sidecars;
  gboolean may_pass;            /* JPEG or PNG pictures as they are */
  GstElement *pipeline;
  OmvProgress *progress;
  gint live;                    /* boolean; atomic */
  guint n_idle_ticks;           /* without a stream; main loop */
  GHashTable *n_dropped;        /* of stream IDs; main loop */

  /* the thread that finds streams; others behind the start of the first frame */
  OmvConvertOptions options;    /* with a format that is chosen there */
  gboolean passes;
  gint n_streams;
  gchar *stream;                /* ID of the one that is taken */
  gint n_others;                /* what is no video, such as sound; atomic */
  OmvEnd *end;
  OmvClock *clock;              /* atomic */
  gint width, height;           /* of what comes in */
} Import;

static void
import_clear (Import * import)
{
  g_clear_pointer (&import->times, omv_times_free);
  g_clear_pointer (&import->progress, omv_progress_free);
  if (import->pipeline != NULL) {
    (void) gst_element_set_state (import->pipeline, GST_STATE_NULL);
    gst_object_unref (import->pipeline);
  }
  g_clear_pointer (&import->clock, omv_clock_free);
  g_clear_pointer (&import->end, omv_end_free);
  g_clear_pointer (&import->source, omv_store_source_free);
  g_clear_object (&import->store);
  g_clear_pointer (&import->sidecars, omv_sidecars_free);
  g_clear_pointer (&import->n_dropped, g_hash_table_unref);
  g_clear_pointer (&import->stream, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Import, import_clear);

/* ---- streams ---- */

static gboolean
is_encoded_as (const GstStructure * structure, GstOmvPixelFormat format)
{
  return (format == GST_OMV_PIXEL_FORMAT_JPEG
      && gst_structure_has_name (structure, "image/jpeg"))
      || (format == GST_OMV_PIXEL_FORMAT_PNG
      && gst_structure_has_name (structure, "image/png"));
}

/* The elements behind @pad, which has frames of @structure. */
static gboolean
build (Import * import, GstPad * pad, const GstStructure * structure,
    GError ** error)
{
  OmvConvertOptions *options = &import->options;
  OmvChain chain = { GST_BIN (import->pipeline), NULL, NULL, NULL };
  g_autoptr (GstPad) entry = NULL;
  OmvClock *clock;

  import->passes = import->may_pass
      && is_encoded_as (structure, options->format);
  if (options->format == GST_OMV_PIXEL_FORMAT_UNKNOWN)
    options->format =
        omv_chain_get_colours (structure) ==
        OMV_COLOURS_GRAY ? GST_OMV_PIXEL_FORMAT_GRAYSCALE :
        GST_OMV_PIXEL_FORMAT_RGB565;
  (void) gst_structure_get_int (structure, "width", &import->width);
  (void) gst_structure_get_int (structure, "height", &import->height);

  (void) omv_chain_append (&chain, "queue");
  if (!import->passes)
    omv_chain_append_conversion (&chain, options,
        omv_chain_get_colours (structure));
  (void) omv_chain_append_recording (&chain, options, import->part);
  if (chain.error != NULL) {
    g_propagate_error (error, chain.error);
    return FALSE;
  }

  entry = gst_element_get_static_pad (chain.first, "sink");
  clock = omv_clock_new (entry, &options->selection, import->times);
  if (import->store != NULL)
    omv_clock_set_store (clock, import->store);
  g_atomic_pointer_set (&import->clock, clock);
  if (g_atomic_int_get (&import->live))
    omv_clock_set_relative (import->clock);
  if (GST_PAD_LINK_FAILED (gst_pad_link (pad, entry))) {
    g_set_error (error, GST_CORE_ERROR, GST_CORE_ERROR_NEGOTIATION,
        _("The frames of this video cannot be converted."));
    return FALSE;
  }

  return TRUE;
}

static void
on_pad_added (GstElement * decoder, GstPad * pad, Import * import)
{
  g_autoptr (GstCaps) caps = gst_pad_get_current_caps (pad);
  g_autoptr (GError) error = NULL;
  const GstStructure *structure;

  if (caps == NULL)
    caps = gst_pad_query_caps (pad, NULL);
  structure = gst_caps_get_structure (caps, 0);
  if (!gst_structure_has_name (structure, "video/x-raw")
      && !is_encoded_as (structure, import->options.format))
    return;
  if (g_atomic_int_add (&import->n_streams, 1) > 0)
    return;

  import->stream = gst_pad_get_stream_id (pad);
  import->end = omv_end_new (pad);
  if (!build (import, pad, structure, &error)) {
    GST_ELEMENT_ERROR (decoder, CORE, NEGOTIATION, ("%s", error->message),
        (NULL));
    return;
  }
  omv_start_behind (decoder);
}

static void
on_no_more_pads (GstElement * decoder, Import * import)
{
  if (g_atomic_int_get (&import->n_streams) == 0)
    GST_ELEMENT_ERROR (decoder, STREAM, WRONG_TYPE, (NULL), ("no video"));
}

/* Whether to go on with decoding. It is asked about each stream. */
static gboolean
on_autoplug_continue (GstElement * decoder, GstPad * pad, GstCaps * caps,
    Import * import)
{
  const GstStructure *structure = gst_caps_get_structure (caps, 0);
  const gchar *name = gst_structure_get_name (structure);

  if (!g_str_has_prefix (name, "video/") && !g_str_has_prefix (name, "image/"))
    g_atomic_int_inc (&import->n_others);
  return !import->may_pass
      || !is_encoded_as (structure, import->options.format);
}

/* ---- source ---- */

/* FALSE after omv_fail() */
static gboolean
check_file (const gchar * path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = NULL;

  stream = g_file_read (file, NULL, &error);
  if (stream == NULL) {
    (void) omv_fail (path, error);
    return FALSE;
  }
  info = g_file_input_stream_query_info (stream,
      G_FILE_ATTRIBUTE_STANDARD_SIZE, NULL, NULL);
  if (info != NULL && g_file_info_get_size (info) == 0) {
    (void) omv_fail_with (path, _("This file is empty."));
    return FALSE;
  }

  return TRUE;
}

static GstElement *
make_decoder (Import * import, const gchar * uri, GError ** error)
{
  GstElement *decoder = omv_make_element (uri != NULL ? "uridecodebin"
      : "decodebin", error);
  g_autoptr (GstCaps) caps = gst_caps_from_string ("video/x-raw(ANY)");

  if (decoder == NULL)
    return NULL;

  /* sound is not decoded, and pictures stay in memory */
  g_object_set (decoder, "caps", caps, "expose-all-streams", FALSE,
      "force-sw-decoders", TRUE, NULL);
  if (uri != NULL)
    g_object_set (decoder, "uri", uri, NULL);
  g_signal_connect (decoder, "pad-added", G_CALLBACK (on_pad_added), import);
  g_signal_connect (decoder, "no-more-pads", G_CALLBACK (on_no_more_pads),
      import);
  g_signal_connect (decoder, "autoplug-continue",
      G_CALLBACK (on_autoplug_continue), import);
  gst_bin_add (GST_BIN (import->pipeline), decoder);

  return decoder;
}

/* @source: (transfer floating) (nullable) */
static gboolean
decode (Import * import, GstElement * source, GError ** error)
{
  GstElement *decoder;

  if (source == NULL)
    return FALSE;
  gst_bin_add (GST_BIN (import->pipeline), source);
  decoder = make_decoder (import, NULL, error);

  return decoder != NULL && gst_element_link (source, decoder);
}

static gboolean
open_store (Import * import, GError ** error)
{
  const gboolean passes = import->may_pass
      && import->options.format == GST_OMV_PIXEL_FORMAT_JPEG;

  import->store = gst_omv_store_open (import->in, error);
  if (import->store == NULL)
    return FALSE;

  if (import->options.format == GST_OMV_PIXEL_FORMAT_UNKNOWN
      && gst_omv_store_is_gray (import->store))
    import->options.format = GST_OMV_PIXEL_FORMAT_GRAYSCALE;
  import->source = omv_store_source_new (import->store, passes
      ? "video/x-raw(ANY);image/jpeg" : "video/x-raw(ANY)");
  return decode (import, omv_store_source_make_element (import->source, error),
      error);
}

static gboolean
open_file (Import * import, GError ** error)
{
  g_autofree gchar *extension = omv_convert_get_extension (import->in);
  g_autofree gchar *uri = NULL;

  if (omv_pictures_is_pattern (import->in)
      || g_strv_contains (picture_extensions, extension))
    return decode (import, omv_pictures_new (import->tool, import->in, error),
        error);
  if (g_str_equal (extension, "gif"))
    return decode (import, omv_gif_new (import->in, error), error);

  uri = gst_filename_to_uri (import->in, error);
  return uri != NULL && make_decoder (import, uri, error) != NULL;
}

static gboolean
open_source (Import * import)
{
  const gboolean exists = g_file_test (import->in, G_FILE_TEST_EXISTS);
  g_autoptr (GError) error = NULL;

  if (gst_omv_store_recognise (import->in) != GST_OMV_STORE_KIND_NONE) {
    if (open_store (import, &error))
      return TRUE;
  } else if (!exists && gst_uri_is_valid (import->in)) {
    if (make_decoder (import, import->in, &error) != NULL)
      return TRUE;
  } else {
    if (!omv_pictures_is_pattern (import->in) && !check_file (import->in))
      return FALSE;
    if (open_file (import, &error))
      return TRUE;
  }

  (void) omv_fail (import->in, error);
  return FALSE;
}

/* ---- the run ---- */

static gboolean
on_stop (gpointer user_data)
{
  Import *import = user_data;
  OmvClock *clock = g_atomic_pointer_get (&import->clock);

  if (clock == NULL)
    return FALSE;
  omv_clock_stop (clock);
  return TRUE;
}

static gboolean
on_live (gpointer user_data)
{
  Import *import = user_data;
  OmvClock *clock;

  g_atomic_int_set (&import->live, TRUE);
  clock = g_atomic_pointer_get (&import->clock);
  if (clock != NULL)
    omv_clock_set_relative (clock);
  if (import->options.selection.has_to)
    return TRUE;
  (void) omv_fail_with (import->in, _("This source has no end; --to says when "
          "to stop."));
  return FALSE;
}

/* decodebin of 1.22 may lose the error of a file that is torn, and then waits for
 * ever. A file of this machine shows its streams sooner than IDLE_TICKS. */
static void
watch_for_streams (Import * import)
{
  if (gst_uri_is_valid (import->in) || import->n_idle_ticks++ < IDLE_TICKS)
    return;

  gst_element_post_message (import->pipeline,
      gst_message_new_error (GST_OBJECT (import->pipeline),
          g_error_new_literal (GST_STREAM_ERROR,
              GST_STREAM_ERROR_TYPE_NOT_FOUND, "no stream appears"), NULL));
}

static void
on_tick (gpointer user_data)
{
  Import *import = user_data;
  const OmvSelection *selection = &import->options.selection;
  OmvClock *clock = g_atomic_pointer_get (&import->clock);
  gint64 duration = 0;

  if (clock == NULL) {
    watch_for_streams (import);
    return;
  }
  if (import->progress == NULL) {
    if (!gst_element_query_duration (import->pipeline, GST_FORMAT_TIME,
            &duration) || duration < 0)
      duration = 0;
    if (selection->has_to && !selection->to.is_frame)
      duration = (gint64) MIN (selection->to.value, duration > 0
          ? (guint64) duration : G_MAXINT64);
    import->progress = omv_progress_new (import->tool, OMV_PROGRESS_TIME,
        (guint64) duration);
  }
  omv_progress_update (import->progress, omv_clock_get_position (clock));
}

/* A decoder may start before the stream that is taken is known, and those of other
 * streams do not count. */
static void
on_drop (GstElement * decoder, gpointer user_data)
{
  Import *import = user_data;
  g_autoptr (GstPad) pad = gst_element_get_static_pad (decoder, "sink");
  gchar *stream = gst_pad_get_stream_id (pad);
  guint n;

  if (stream == NULL)
    return;
  n = GPOINTER_TO_UINT (g_hash_table_lookup (import->n_dropped, stream));
  (void) g_hash_table_insert (import->n_dropped, stream,
      GUINT_TO_POINTER (n + 1));
}

static guint
get_n_dropped (const Import * import)
{
  return import->stream != NULL
      ? GPOINTER_TO_UINT (g_hash_table_lookup (import->n_dropped,
          import->stream)) : 0;
}

/* Whether all is well that was taken. */
static gboolean
check_frames (const Import * import)
{
  guint64 n_seen =
      import->clock != NULL ? omv_clock_get_n_seen (import->clock) : 0;

  if (import->times != NULL && n_seen > import->times->n) {
    (void) omv_fail_with (import->in, _("There are times for %zu frames only, "
            "and more frames."), import->times->n);
    return FALSE;
  }
  if (n_seen == 0 || omv_clock_get_n_taken (import->clock) == 0) {
    (void) omv_fail_with (import->in, n_seen == 0
        ? _("This holds no frame that can be decoded.")
        : _("No frame is left between --from and --to."));
    return FALSE;
  }
  if (import->times != NULL && get_n_dropped (import) > 0) {
    (void) omv_fail_with (import->in,
        _("Frames that cannot be decoded: %u; the "
            "times would go to the wrong ones."), get_n_dropped (import));
    return FALSE;
  }

  return TRUE;
}

static gboolean
store_sidecars (Import * import)
{
  if (import->source != NULL)
    omv_store_source_fill (import->source, import->sidecars,
        omv_clock_get_frames (import->clock),
        omv_clock_get_shift (import->clock));

  return omv_sidecars_store (import->sidecars);
}

/* Sound may last longer than the pictures, and the container tells of both. */
static void
note_end (const Import * import)
{
  g_autofree gchar *told = NULL;
  g_autofree gchar *end = NULL;
  guint64 told_time, end_time;

  if (import->options.selection.has_to)
    return;
  if (omv_end_is_cut (import->in)) {
    omv_note (import->tool, import->in, _("This file is shorter than it says; "
            "its end is missing."));
    return;
  }
  if (import->n_others > 0 || import->n_streams > 1
      || !omv_end_is_early (import->end, &told_time, &end_time))
    return;

  told = omv_text_seconds (told_time);
  end = omv_text_seconds (end_time);
  omv_note (import->tool, import->in, _("By its own account this lasts %s s, "
          "but the last frame ends at %s s; its end may be missing."), told,
      end);
}

static void
note_peculiarities (const Import * import)
{
  guint64 n_seen = omv_clock_get_n_seen (import->clock);
  guint64 n_backward = omv_clock_get_n_backward (import->clock);
  gint64 n_pixels = (gint64) import->width * import->height;

  if (import->source != NULL)
    omv_store_source_note (import->source, import->tool, import->in);
  if (get_n_dropped (import) > 0)
    omv_note (import->tool, import->in, _("Frames that could not be decoded "
            "were left out: %u."), get_n_dropped (import));
  if (import->n_streams > 1)
    omv_note (import->tool, import->in, _("Of %d videos in it the first was "
            "taken."), import->n_streams);
  if (n_backward > 0)
    omv_note (import->tool, import->in, _("%" PRIu64 " frames were older than "
            "one before them; they are stored with an interval of 0."),
        n_backward);
  if (import->times != NULL && n_seen < import->times->n
      && !import->options.selection.has_to)
    omv_note (import->tool, import->in, _("There are times for %zu frames, "
            "and %" PRIu64 " frames."), import->times->n, n_seen);
  if (import->options.width > 0)
    n_pixels = (gint64) import->options.width * import->options.height;
  else if (import->options.has_crop)
    n_pixels = (gint64) import->options.crop_width
        * import->options.crop_height;
  if (n_pixels > N_PIXELS_LARGE && !import->tool->quiet)
    g_print (_("Pictures of this size are large for a camera; --size 320x240 "
            "makes them smaller.\n"));
}

static void
print_result (const Import * import, const gchar * out)
{
  omv_convert_print_result (import->tool, out,
      omv_clock_get_n_taken (import->clock), import->options.format,
      omv_clock_get_duration (import->clock));
  if (import->tool->quiet)
    return;
  if (import->passes)
    g_print (_("The pictures are those of the source, unchanged.\n"));
  if (import->times != NULL)
    g_print (_("The times are those of %s, in %s.\n"),
        import->times->column != NULL ? import->times->column
        : import->options.times, import->times->unit);
  else if (import->store != NULL)
    g_print (_("The times are those of the store; what it knows is beside the "
            "recording.\n"));
  else if (omv_pictures_is_pattern (import->in))
    g_print (_("The pictures come 30 times a second; --speed and --times "
            "change that.\n"));
}

static gint
run (Import * import, const gchar * out)
{
  gchar *inputs[] = { (gchar *) import->in, NULL };
  g_autoptr (OmvOutput) output = omv_output_new (import->tool, out, inputs);
  const OmvRun pipeline = {
    .tool = import->tool,.subject = import->in,.output = out,
    .pipeline = import->pipeline,.stop = on_stop,.accept_live = on_live,
    .tick = on_tick,.on_drop = on_drop,.user_data = import
  };
  OmvRunResult result;

  if (output == NULL)
    return OMV_EXIT_FAILED;
  import->part = omv_output_get_part (output);
  import->sidecars = omv_sidecars_new (import->tool, out);
  if (import->sidecars == NULL)
    return OMV_EXIT_FAILED;

  result = omv_run (&pipeline);
  g_clear_pointer (&import->progress, omv_progress_free);
  if (result == OMV_RUN_FAILED || !check_frames (import)
      || !omv_output_commit (output) || !store_sidecars (import))
    return OMV_EXIT_FAILED;

  if (result == OMV_RUN_END)
    note_end (import);
  note_peculiarities (import);
  print_result (import, out);
  if (result == OMV_RUN_INTERRUPTED)
    return omv_fail_with (out, _("Interrupted: this is what was converted "
            "until then."));
  return OMV_EXIT_FINE;
}

static gint
load_times (Import * import)
{
  g_autoptr (GError) error = NULL;

  if (import->options.times == NULL)
    return OMV_EXIT_FINE;
  import->times = omv_times_load (import->options.times, &error);
  return import->times != NULL ? OMV_EXIT_FINE
      : omv_fail (import->options.times, error);
}

gint
omv_import_run (OmvTool * tool, const OmvConvertOptions * options,
    const gchar * in, const gchar * out)
{
  g_auto (Import) import = {.tool = tool,.in = in,.options = *options };

  if (options->format != GST_OMV_PIXEL_FORMAT_UNKNOWN
      && !gst_omv_version_can_hold (options->version, options->format))
    return omv_fail_usage (tool, _("Version 1.1 cannot hold this format."));
  if (options->quality > 0 && options->format != GST_OMV_PIXEL_FORMAT_JPEG)
    return omv_fail_usage (tool, _("%s makes no sense for this output."),
        "--quality");
  if (options->exact_time && options->version < GST_OMV_VERSION_V2_0)
    return omv_fail_usage (tool, _("Version 1.1 cannot hold exact times."));
  if (load_times (&import) != OMV_EXIT_FINE || !omv_start_gstreamer ())
    return OMV_EXIT_FAILED;

  import.may_pass = options->width == 0 && !options->has_crop
      && options->quality == 0;
  import.n_dropped =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  import.pipeline = gst_pipeline_new (NULL);
  if (import.times != NULL)
    omv_forbid_silent_drops (import.pipeline);
  if (!open_source (&import))
    return OMV_EXIT_FAILED;

  return run (&import, out);
}
