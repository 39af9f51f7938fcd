/* convert.c: omvstr convert: recordings to what hosts play, and back
 *
 * The extensions decide. This file reads the options, finds out which of the
 * ways is meant and runs it for each input; the ways themselves are in files of
 * their own and never see an option that makes no sense for them.
 *
 * Several files at once are as many processes: an encoder that fails takes only
 * its own file with it, and Ctrl-C reaches each of them.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "convert.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "commands.h"
#include "omvtext.h"

#define N_JOBS_MAX 256


/* As they stand on the command line; 0 and NULL: not there. */
static struct
{
  gchar *format, *size, *crop, *from, *to, *max_gap, *timing, *codec;
  gchar *version, *times, *type;
  gint every, quality, jobs;
  gdouble speed;
  gboolean keep_lead, exact_time, allow_repeats;
} given;

static const GOptionEntry entries[] = {
  {"from", 0, 0, G_OPTION_ARG_STRING, &given.from,
      N_("Begin at this time, or frame: 2.5, 1:30, #120"), N_("PLACE")},
  {"to", 0, 0, G_OPTION_ARG_STRING, &given.to,
      N_("End before this time or frame"), N_("PLACE")},
  {"every", 0, 0, G_OPTION_ARG_INT, &given.every,
      N_("Take every Nth frame; time stays true"), N_("N")},
  {"speed", 0, 0, G_OPTION_ARG_DOUBLE, &given.speed,
      N_("Play so many times faster"), N_("FACTOR")},
  {"max-gap", 0, 0, G_OPTION_ARG_STRING, &given.max_gap,
      N_("Shorten pauses to this"), N_("SECONDS")},
  {"keep-lead", 0, 0, G_OPTION_ARG_NONE, &given.keep_lead,
      N_("Keep the time before the first frame"), NULL},
  {"size", 0, 0, G_OPTION_ARG_STRING, &given.size,
      N_("Scale to this size, with black borders"), N_("WxH")},
  {"crop", 0, 0, G_OPTION_ARG_STRING, &given.crop,
      N_("Take this part of each picture"), N_("WxH+X+Y")},
  {"quality", 0, 0, G_OPTION_ARG_INT, &given.quality,
      N_("Quality of JPEG and H.264, 1 to 100 (90)"), N_("Q")},
  {"timing", 0, 0, G_OPTION_ARG_STRING, &given.timing,
      N_
        ("time: each frame at its time (default); frames: one in, one out, at "
            "the mean rate, times in OUT.times.csv"), N_("time|frames")},
  {"allow-repeats", 0, 0, G_OPTION_ARG_NONE, &given.allow_repeats,
      N_("Go on if a constant rate more than doubles the frames"), NULL},
  {"codec", 0, 0, G_OPTION_ARG_STRING, &given.codec,
      N_("What .mkv holds: mjpeg (default) or h264"), N_("CODEC")},
  {"format", 0, 0, G_OPTION_ARG_STRING, &given.format,
        N_("Frames of a recording: rgb565, grayscale, yuv422, bayer-bggr, "
            "bayer-gbrg, bayer-grbg, bayer-rggb, binary, jpeg, png"),
      N_("FORMAT")},
  {"version", 0, 0, G_OPTION_ARG_STRING, &given.version,
      N_("Version of a recording"), N_("1.1|2.0")},
  {"exact-time", 0, 0, G_OPTION_ARG_NONE, &given.exact_time,
      N_("Store times to the nanosecond"), NULL},
  {"times", 0, 0, G_OPTION_ARG_FILENAME, &given.times,
      N_("Times for a video that has none: csv, npy or npz"), N_("FILE")},
  {"type", 't', 0, G_OPTION_ARG_STRING, &given.type,
        N_("What to write into a folder: mp4, mkv, avi, gif, bin …"),
      N_("TYPE")},
  {"jobs", 'j', 0, G_OPTION_ARG_INT, &given.jobs,
      N_("Convert so many files at once"), N_("N")},
  {NULL}
};

/* ---- options ---- */

static const struct
{
  const gchar *name;
  GstOmvPixelFormat format;
} formats[] = {
  {"rgb565", GST_OMV_PIXEL_FORMAT_RGB565},
  {"grayscale", GST_OMV_PIXEL_FORMAT_GRAYSCALE},
  {"yuv422", GST_OMV_PIXEL_FORMAT_YUV422},
  {"bayer-bggr", GST_OMV_PIXEL_FORMAT_BAYER_BGGR},
  {"bayer-gbrg", GST_OMV_PIXEL_FORMAT_BAYER_GBRG},
  {"bayer-grbg", GST_OMV_PIXEL_FORMAT_BAYER_GRBG},
  {"bayer-rggb", GST_OMV_PIXEL_FORMAT_BAYER_RGGB},
  {"binary", GST_OMV_PIXEL_FORMAT_BINARY},
  {"jpeg", GST_OMV_PIXEL_FORMAT_JPEG},
  {"png", GST_OMV_PIXEL_FORMAT_PNG},
};

/* Of a choice, the index of @text among @names, which end with NULL; -1 if it
 * is none of them. */
static gint
find_name (const gchar * text, const gchar * const *names)
{
  for (gint i = 0; names[i] != NULL; i++) {
    if (g_str_equal (text, names[i]))
      return i;
  }

  return -1;
}

gboolean
omv_convert_parse_format (const gchar * text, GstOmvPixelFormat * ret_format)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    if (g_str_equal (text, formats[i].name)) {
      *ret_format = formats[i].format;
      return TRUE;
    }
  }

  return FALSE;
}

/* "320x240+10+20" */
static gboolean
parse_crop (const gchar * text, OmvConvertOptions * options)
{
  g_auto (GStrv) parts = g_strsplit (text, "+", 4);
  guint64 x, y;

  if (g_strv_length (parts) != 3
      || !omv_parse_size (parts[0], &options->crop_width, &options->crop_height)
      || !g_ascii_string_to_unsigned (parts[1], 10, 0, GST_OMV_DIMENSION_MAX,
          &x, NULL)
      || !g_ascii_string_to_unsigned (parts[2], 10, 0, GST_OMV_DIMENSION_MAX,
          &y, NULL))
    return FALSE;

  options->crop_x = (gint) x;
  options->crop_y = (gint) y;
  options->has_crop = TRUE;
  return TRUE;
}

/* The name of an option that cannot be understood, or NULL. */
static const gchar *
parse_selection (OmvSelection * selection)
{
  omv_selection_init (selection);
  selection->has_from = given.from != NULL;
  selection->has_to = given.to != NULL;
  selection->keep_lead = given.keep_lead;

  if (given.from != NULL && !omv_parse_place (given.from, &selection->from))
    return "--from";
  if (given.to != NULL && !omv_parse_place (given.to, &selection->to))
    return "--to";
  if (given.max_gap != NULL && (!omv_parse_time (given.max_gap,
              &selection->max_gap) || selection->max_gap == 0))
    return "--max-gap";
  if (given.every < 0)
    return "--every";
  if (given.every > 0)
    selection->every = (guint64) given.every;
  if (given.speed != 0.0 && !(given.speed >= 1e-3 && given.speed <= 1e6))
    return "--speed";
  if (given.speed != 0.0)
    selection->speed = given.speed;

  return NULL;
}

static const gchar *
parse_choices (OmvConvertOptions * options)
{
  static const gchar *const timings[] = { "time", "frames", NULL };
  static const gchar *const codecs[] = { "mjpeg", "h264", NULL };
  static const gchar *const versions[] = { "1.1", "2.0", NULL };
  gint timing = given.timing != NULL ? find_name (given.timing, timings) : 0;
  gint codec = given.codec != NULL ? find_name (given.codec, codecs) : 0;
  gint version = given.version != NULL ? find_name (given.version, versions) :
      1;

  if (timing < 0)
    return "--timing";
  if (codec < 0)
    return "--codec";
  if (version < 0)
    return "--version";
  if (given.format != NULL
      && !omv_convert_parse_format (given.format, &options->format))
    return "--format";

  options->timing = timing == 0 ? OMV_TIMING_TIME : OMV_TIMING_FRAMES;
  if (given.codec != NULL)
    options->codec = codec == 0 ? OMV_CODEC_MJPEG : OMV_CODEC_H264;
  options->version = version == 0 ? GST_OMV_VERSION_V1_1 : GST_OMV_VERSION_V2_0;
  options->has_version = given.version != NULL;
  options->exact_time = given.exact_time;
  options->times = given.times;
  return NULL;
}

static const gchar *
parse_options (OmvConvertOptions * options)
{
  const gchar *wrong;

  memset (options, 0, sizeof *options);
  wrong = parse_selection (&options->selection);
  if (wrong != NULL)
    return wrong;

  if (given.size != NULL && !omv_parse_size (given.size, &options->width,
          &options->height))
    return "--size";
  if (given.crop != NULL && !parse_crop (given.crop, options))
    return "--crop";
  if (given.quality < 0 || given.quality > 100)
    return "--quality";
  if (given.jobs < 0 || given.jobs > N_JOBS_MAX)
    return "--jobs";
  options->quality = given.quality;
  options->allow_repeats = given.allow_repeats;

  return parse_choices (options);
}

/* ---- what is meant ---- */

gchar *
omv_convert_get_extension (const gchar * path)
{
  g_autofree gchar *name = g_path_get_basename (path);
  const gchar *point = strrchr (name, '.');

  return point != NULL ? g_ascii_strdown (point + 1, -1) : g_strdup ("");
}

void
omv_convert_print_result (const OmvTool * tool, const gchar * out,
    guint64 n_frames, GstOmvPixelFormat format, guint64 time)
{
  g_autofree gchar *name = g_filename_display_name (out);
  g_autofree gchar *seconds = omv_text_seconds (time);

  if (!tool->quiet)
    g_print (_("%s: %" PRIu64 " frames of %s, the last at %s s\n"), name,
        n_frames, gst_omv_pixel_format_get_name (format), seconds);
}

static gboolean
is_recording_name (const gchar * path)
{
  g_autofree gchar *extension = omv_convert_get_extension (path);

  return g_str_equal (extension, "bin");
}

/* Whether a file begins as recordings do; whether it is whole is another
 * question. */
static gboolean
is_recording (const gchar * path)
{
  guint8 magic[GST_OMV_FILE_HEADER_SIZE];
  FILE *file;
  gsize size;

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return FALSE;
  file = fopen (path, "rbe");
  if (file == NULL)
    return FALSE;
  size = fread (magic, 1, sizeof magic, file);
  (void) fclose (file);

  return gst_omv_file_header_has_magic (magic, size);
}

/* A URI may have a question mark as patterns have. */
static gboolean
is_many (const gchar * in)
{
  return g_uri_peek_scheme (in) == NULL && omv_is_many (in);
}

/* Whether frames cannot stay as they are. */
static gboolean
changes_pictures (const OmvConvertOptions * options)
{
  return options->format != GST_OMV_PIXEL_FORMAT_UNKNOWN || options->width > 0
      || options->has_crop || options->quality > 0;
}

/* An option that makes no sense for @out, or NULL. */
static const gchar *
find_misplaced (const OmvConvertOptions * options, const gchar * out)
{
  g_autofree gchar *extension = omv_convert_get_extension (out);

  if (g_str_equal (extension, "bin"))
    return options->codec != OMV_CODEC_DEFAULT ? "--codec"
        : options->allow_repeats ? "--allow-repeats"
        : options->timing != OMV_TIMING_TIME ? "--timing"
        /* it has no room for them */
        : options->exact_time && options->version == GST_OMV_VERSION_V1_1
        ? "--exact-time" : NULL;

  if (options->codec != OMV_CODEC_DEFAULT && !g_str_equal (extension, "mkv"))
    return "--codec";
  if (options->quality > 0 && !omv_export_has_quality (out))
    return "--quality";
  if (options->allow_repeats && !g_str_equal (extension, "avi"))
    return "--allow-repeats";
  return options->format != GST_OMV_PIXEL_FORMAT_UNKNOWN ? "--format"
      : options->has_version ? "--version"
      : options->exact_time ? "--exact-time"
      : options->times != NULL ? "--times" : NULL;
}

static gint
convert (OmvTool * tool, const OmvConvertOptions * options, const gchar * in,
    const gchar * out)
{
  const gboolean is_store = !is_recording (in)
      && gst_omv_store_recognise (in) != GST_OMV_STORE_KIND_NONE;

  if (!is_recording_name (out) && is_store)
    return omv_fail_with (in, _("This has to become a recording (.bin) "
            "first."));
  if (!is_recording_name (out))
    return omv_export_run (tool, options, in, out);
  if (is_store || (!is_recording (in) && !is_recording_name (in)
          && !is_many (in)))
    return omv_import_run (tool, options, in, out);
  if (options->times != NULL)
    return omv_fail_usage (tool, _("--times is for videos, and %s is a "
            "recording."), in);
  if (changes_pictures (options))
    return omv_recode_run (tool, options, in, out);

  return omv_rewrite_run (tool, options, in, out);
}

/* ---- several at once ---- */

/* The name that @in has in @folder as a file of @type. */
static gchar *
make_name (const gchar * folder, const gchar * in, const gchar * type)
{
  g_autofree gchar *base = g_path_get_basename (in);
  gchar *point = strrchr (base, '.');
  g_autofree gchar *name = NULL;

  if (point != NULL && point > base)
    *point = '\0';
  name = g_strconcat (base, ".", type, NULL);

  return g_build_filename (folder, name, NULL);
}

/* Waits for a child. Its own words have been said. */
static void
wait_for_child (gint * status)
{
  int result;

  if (wait (&result) < 0 || !WIFEXITED (result)
      || WEXITSTATUS (result) != OMV_EXIT_FINE)
    *status = OMV_EXIT_FAILED;
}

static gint
convert_at_once (OmvTool * tool, const OmvConvertOptions * options,
    gchar ** inputs, const GPtrArray * outputs, guint n_jobs)
{
  gint status = OMV_EXIT_FINE;
  guint n_running = 0;

  omv_catch_interrupt ();
  for (guint i = 0; i < outputs->len && !omv_is_interrupted (); i++) {
    pid_t child;

    if (n_running == n_jobs) {
      wait_for_child (&status);
      n_running--;
    }
    (void) fflush (stdout);
    child = fork ();
    if (child == 0) {
      tool->shares_terminal = TRUE;
      status = convert (tool, options, inputs[i], outputs->pdata[i]);
      (void) fflush (stdout);
      _exit (status);
    }
    if (child < 0)
      return omv_fail_with (inputs[i], _("No further process can be started."));
    n_running++;
  }
  for (; n_running > 0; n_running--)
    wait_for_child (&status);

  return status;
}

static gint
convert_in_turn (OmvTool * tool, const OmvConvertOptions * options,
    gchar ** inputs, const GPtrArray * outputs)
{
  gint status = OMV_EXIT_FINE;

  for (guint i = 0; i < outputs->len && !omv_is_interrupted (); i++) {
    gint result = convert (tool, options, inputs[i], outputs->pdata[i]);

    status = MAX (status, result);
  }

  return status;
}

/* All inputs, into a folder. */
static gint
convert_all (OmvTool * tool, const OmvConvertOptions * options,
    gchar ** inputs, guint n_inputs, const gchar * folder, const gchar * type)
{
  g_autoptr (GPtrArray) outputs = g_ptr_array_new_with_free_func (g_free);
  gint status = OMV_EXIT_FINE;

  for (guint i = 0; i < n_inputs; i++) {
    gchar *name = make_name (folder, inputs[i], type);

    if (g_ptr_array_find_with_equal_func (outputs, name, g_str_equal, NULL)) {
      status = omv_fail_usage (tool, _("Two inputs would become %s."), name);
      g_free (name);
      return status;
    }
    g_ptr_array_add (outputs, name);
  }

  status = given.jobs > 1 && n_inputs > 1
      ? convert_at_once (tool, options, inputs, outputs, (guint) given.jobs)
      : convert_in_turn (tool, options, inputs, outputs);
  return omv_is_interrupted ()? OMV_EXIT_FAILED : status;
}

static gint
run (OmvTool * tool, gchar ** arguments)
{
  const guint n_inputs = g_strv_length (arguments) - 1;
  const gchar *out = arguments[n_inputs];
  const gboolean into_folder = g_file_test (out, G_FILE_TEST_IS_DIR);
  g_autofree gchar *sample = NULL;
  OmvConvertOptions options;
  const gchar *wrong = parse_options (&options);

  if (wrong != NULL)
    return omv_fail_usage (tool, _("The value of %s makes no sense."), wrong);
  if (!into_folder && n_inputs > 1)
    return omv_fail_usage (tool, _("Several files need a folder to go to, "
            "and %s is none."), out);
  if (into_folder && given.type == NULL)
    return omv_fail_usage (tool, _("A folder needs --type."));
  if (!into_folder && given.type != NULL)
    return omv_fail_usage (tool, _("--type is for a folder, and %s is none."),
        out);

  sample = into_folder ? make_name (out, "x", given.type) : g_strdup (out);
  if (!is_recording_name (sample) && !omv_export_knows (sample))
    return omv_fail_usage (tool, _("What %s is to become is not known; it "
            "may end in .mp4, .mkv, .avi, .gif, .png, .jpg or .bin."), sample);
  wrong = find_misplaced (&options, sample);
  if (wrong != NULL)
    return omv_fail_usage (tool, _("%s makes no sense for this output."),
        wrong);

  if (options.allow_repeats && options.timing == OMV_TIMING_FRAMES)
    return omv_fail_usage (tool, _("--allow-repeats makes no sense with "
            "--timing=frames, which repeats no frame."));

  if (into_folder)
    return convert_all (tool, &options, arguments, n_inputs, out, given.type);
  return convert (tool, &options, arguments[0], out);
}

const OmvCommand omv_command_convert = {
  "convert", N_("IN… OUT"), N_("Convert recordings to what hosts play, and "
      "back."),
  "  omvstr convert run.bin run.mp4\n"
      "  omvstr convert run.bin run.gif --from 2 --to 5 --size 320x240\n"
      "  omvstr convert run.bin 'frames/%05d.png'\n"
      "  omvstr convert *.bin videos/ --type mp4 -j 4\n"
      "  omvstr convert film.mp4 film.bin --size 320x240 --every 2\n"
      "  omvstr convert my-imgstore/ run.bin\n",
  entries, 2, G_MAXUINT, OMV_COMMAND_WRITES | OMV_COMMAND_DEFAULT, run
};
