/* benchutil.c: what the benchmarks share: options, cases and children
 *
 * A benchmark's main() is here. It makes a work folder, in memory if there is
 * room, and the cases to measure, calls the benchmark's own part, and clears
 * up, after a signal too. What is measured runs in children (benchchild.c),
 * for which the same program is started again with options that it does not
 * show.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "benchutil.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#define DEFAULT_ROUNDS 5
#define QUICK_ROUNDS 2
#define QUICK_DIVISOR 5

/* The largest set of work files: three recordings of a million frames and a
 * part of one. */
#define WORK_SPACE (G_GUINT64_CONSTANT (7) << 29)

static const BenchCase all_cases[BENCH_N_CASES] = {
  {"150K", BENCH_LARGE, "RGB16", 320, 240, 153600, 2000},
  {"300K", BENCH_LARGE, "GRAY8", 640, 480, 307200, 1200},
  {"2M", BENCH_LARGE, "GRAY8", 1920, 1080, 2073600, 240},
  {"tiny", BENCH_TINY, "GRAY8", 32, 32, 1024, 200000},
  {"JPEG", BENCH_JPEG, NULL, 640, 480, 0, 10000},
};

static volatile sig_atomic_t interrupted;

/* ------------------------------------------------------------- children -- */

gchar **
bench_feed_argv (const Bench * bench, const BenchCase * bench_case,
    const gchar * muxer, const gchar * tail)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();

  g_ptr_array_add (argv, g_strdup (bench->program));
  g_ptr_array_add (argv, g_strdup_printf ("--feed=%s", tail));
  if (bench->cpu)
    g_ptr_array_add (argv, g_strdup ("--cpu"));
  g_ptr_array_add (argv, g_strdup ("--caps"));
  g_ptr_array_add (argv, bench_caps (bench_case, muxer));
  g_ptr_array_add (argv, g_strdup_printf ("--frames=%u", bench_case->n_frames));
  if (bench_case->kind == BENCH_JPEG) {
    g_ptr_array_add (argv, g_strdup ("--payload"));
    g_ptr_array_add (argv, bench_path (bench, "frame.jpg"));
  } else {
    g_ptr_array_add (argv, g_strdup_printf ("--size=%" G_GSIZE_FORMAT,
            bench_case->size));
  }
  if (bench_case->number_at > 0)
    g_ptr_array_add (argv, g_strdup_printf ("--number-at=%" G_GSIZE_FORMAT,
            bench_case->number_at));
  g_ptr_array_add (argv, NULL);

  return (gchar **) g_ptr_array_free (g_steal_pointer (&argv), FALSE);
}

gchar **
bench_play_argv (const Bench * bench, const gchar * pipeline, guint n_passes)
{
  gchar **argv = g_new0 (gchar *, 5);

  argv[0] = g_strdup (bench->program);
  argv[1] = g_strdup_printf ("--play=%s", pipeline);
  argv[2] = g_strdup_printf ("--passes=%u", n_passes);
  if (bench->cpu)
    argv[3] = g_strdup ("--cpu");

  return argv;
}

/* For what the benchmark measures itself. */
gchar **
bench_measure_argv (const Bench * bench, const gchar * measure,
    const gchar * subject, guint n_frames)
{
  gchar **argv = g_new0 (gchar *, 6);

  argv[0] = g_strdup (bench->program);
  argv[1] = g_strdup_printf ("--measure=%s", measure);
  argv[2] = g_strdup_printf ("--subject=%s", subject);
  argv[3] = g_strdup_printf ("--frames=%u", n_frames);
  if (bench->cpu)
    argv[4] = g_strdup ("--cpu");

  return argv;
}

/* Runs @argv, one measurement, to its end. */
gboolean
bench_spawn (gchar ** argv, BenchResult * ret_result, GError ** error)
{
  g_autoptr (GSubprocess) child = NULL;
  g_autofree gchar *out = NULL, *err = NULL;
  const gchar *line;
  BenchResult result;

  child = g_subprocess_newv ((const gchar * const *) argv,
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, error);
  if (!child
      || !g_subprocess_communicate_utf8 (child, NULL, NULL, &out, &err, error))
    return FALSE;
  if (interrupted) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Interrupted.");
    return FALSE;
  }
  if (!g_subprocess_get_successful (child)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", argv[1],
        *err ? g_strchomp (err) : "died");
    return FALSE;
  }

  line = strstr (out, BENCH_RESULT);
  if (!line || sscanf (line, BENCH_RESULT " %" G_GUINT64_FORMAT
          " %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT, &result.elapsed,
          &result.n_frames, &result.max_rss) != 3) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: no result.",
        argv[1]);
    return FALSE;
  }

  *ret_result = result;
  return TRUE;
}

/* --------------------------------------------------------- the benchmark -- */

/* Whether the user asked for the case @name, or for all. */
gboolean
bench_wants_name (const Bench * bench, const gchar * name)
{
  return !bench->only || g_str_equal (bench->only, name);
}

/* The same, and there are frames. */
gboolean
bench_wants (const Bench * bench, const BenchCase * bench_case)
{
  return bench_case->size > 0 && bench_wants_name (bench, bench_case->name);
}

/* Whether the element with which @fragment begins exists; says so if not. */
gboolean
bench_has (const Bench * bench, const gchar * fragment)
{
  g_autofree gchar *name = g_strndup (fragment, strcspn (fragment, " "));
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (name);

  if (!factory)
    printf ("# %s: no %s, skipped\n", bench->name, name);

  return factory != NULL;
}

gchar *
bench_path (const Bench * bench, const gchar * name)
{
  return g_build_filename (bench->work, name, NULL);
}

/* What @muxer is fed: the case's own format, or as many bytes of one that it
 * does take. */
gchar *
bench_caps (const BenchCase * bench_case, const gchar * muxer)
{
  const gchar *format = bench_case->format;
  gint width = bench_case->width;

  if (bench_case->kind == BENCH_JPEG)
    return g_strdup_printf ("image/jpeg,width=%d,height=%d,framerate=30/1",
        bench_case->width, bench_case->height);

  if (g_str_has_prefix (muxer, "qtmux")) {
    format = "UYVY";
    width = bench_case->size / bench_case->height / 2;
  } else if (g_str_equal (format, "RGB16") && (g_str_has_prefix (muxer,
              "avimux") || g_str_has_prefix (muxer, "matroskamux"))) {
    format = "YUY2";
  }

  return g_strdup_printf ("video/x-raw,format=%s,width=%d,height=%d,"
      "framerate=30/1,interlace-mode=progressive,pixel-aspect-ratio=1/1",
      format, width, bench_case->height);
}

static gchar *
make_work_folder (GError ** error)
{
  const gchar *parent = "/dev/shm";
  struct statvfs info;
  g_autofree gchar *work = NULL;

  if (g_access (parent, W_OK) != 0 || statvfs (parent, &info) != 0
      || (guint64) info.f_bavail * info.f_frsize < WORK_SPACE)
    parent = g_get_tmp_dir ();

  work = g_build_filename (parent, "gst-omv-bench-XXXXXX", NULL);
  if (!g_mkdtemp (work)) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
        "%s: %s", work, g_strerror (errno));
    return NULL;
  }

  return g_steal_pointer (&work);
}

static void
remove_work_folder (const gchar * work)
{
  g_autoptr (GDir) folder = g_dir_open (work, 0, NULL);
  const gchar *name;

  while (folder && (name = g_dir_read_name (folder))) {
    g_autofree gchar *path = g_build_filename (work, name, NULL);

    (void) g_unlink (path);
  }
  (void) g_rmdir (work);
}

/* Makes a real picture of the case's width and height. It is what
 * bench_feed_argv() feeds as a JPEG frame. */
gboolean
bench_make_jpeg (const Bench * bench, const BenchCase * bench_case,
    const gchar * pattern, gint quality, gsize * ret_size, GError ** error)
{
  g_autofree gchar *path = bench_path (bench, "frame.jpg");
  g_autofree gchar *description =
      g_strdup_printf ("videotestsrc num-buffers=1 pattern=%s "
      "! video/x-raw,width=%d,height=%d ! jpegenc quality=%d "
      "! filesink location=%s", pattern, bench_case->width,
      bench_case->height, quality, path);
  g_autoptr (GstElement) pipeline = gst_parse_launch (description, error);
  g_autoptr (GstBus) bus = NULL;
  g_autoptr (GstMessage) message = NULL;
  GStatBuf info;

  if (!pipeline)
    return FALSE;

  bus = gst_element_get_bus (pipeline);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  message = gst_bus_timed_pop_filtered (bus, GST_CLOCK_TIME_NONE,
      GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, error, NULL);
    return FALSE;
  }
  if (g_stat (path, &info) != 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
        "%s: %s", path, g_strerror (errno));
    return FALSE;
  }

  *ret_size = info.st_size;
  return TRUE;
}

static gboolean
make_cases (Bench * bench, GError ** error)
{
  for (gint i = 0; i < BENCH_N_CASES; i++) {
    BenchCase *bench_case = &bench->cases[i];

    *bench_case = all_cases[i];
    if (bench->quick)
      bench_case->n_frames /= QUICK_DIVISOR;
    /* about 30 kB, as of a camera */
    if (bench_case->kind == BENCH_JPEG && bench_has (bench, "jpegenc")
        && !bench_make_jpeg (bench, bench_case, "smpte", 80,
            &bench_case->size, error))
      return FALSE;
  }

  return TRUE;
}

/* The machine, without which no figure means anything. */
static void
print_head (const Bench * bench)
{
  g_autofree gchar *info = NULL, *gst_version = gst_version_string ();
  g_autofree gchar *model = NULL;
  const gchar *line;

  if (g_file_get_contents ("/proc/cpuinfo", &info, NULL, NULL)
      && (line = strstr (info, "model name")) && (line = strchr (line, ':')))
    model = g_strndup (line + 2, strcspn (line + 2, "\n"));

  printf ("# %s: %s on %u x %s, work files in %s, %d rounds%s\n", bench->name,
      gst_version, g_get_num_processors (), model ? model : "unknown",
      bench->work, bench->n_rounds, bench->cpu ? ", CPU time" : "");
}

/* Children get the signal too, end, and end the benchmark in good order. */
static void
on_signal (int signal_number)
{
  interrupted = 1;
}

static gboolean
run (Bench * bench, BenchFunc func, GError ** error)
{
  gboolean done;

  setvbuf (stdout, NULL, _IOLBF, 0);
  signal (SIGINT, on_signal);
  signal (SIGTERM, on_signal);

  bench->work = make_work_folder (error);
  if (!bench->work)
    return FALSE;

  print_head (bench);
  done = make_cases (bench, error) && func (bench, error);
  remove_work_folder (bench->work);

  return done;
}

static gboolean
parse_options (Bench * bench, BenchChildOptions * child, int *argc,
    char ***argv, GError ** error)
{
  const GOptionEntry entries[] = {
    {"rounds", 0, 0, G_OPTION_ARG_INT, &bench->n_rounds,
        "Measure everything N times", "N"},
    {"quick", 0, 0, G_OPTION_ARG_NONE, &bench->quick,
        "Fewer frames and rounds: a test of the benchmark", NULL},
    {"case", 0, 0, G_OPTION_ARG_STRING, &bench->only,
        "Only this case, such as tiny", "NAME"},
    {"element", 0, 0, G_OPTION_ARG_STRING, &bench->element,
        "Measure this in place of our element", "FRAGMENT"},
    {"cpu", 0, 0, G_OPTION_ARG_NONE, &bench->cpu,
        "Take CPU time instead of wall clock, on a busy machine", NULL},
    {"feed", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &child->feed},
    {"play", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &child->play},
    {"caps", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &child->caps},
    {"payload", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME,
        &child->payload},
    {"size", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &child->size},
    {"frames", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &child->frames},
    {"number-at", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT,
        &child->number_at},
    {"passes", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &child->passes},
    {"measure", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &child->measure},
    {"subject", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &child->subject},
    {NULL}
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_group (context, gst_init_get_option_group ());

  return g_option_context_parse (context, argc, argv, error);
}

/* The whole of a benchmark's main(): @func adds and runs its tables, with
 * @element as our candidate. @measure is what a child of bench_measure_argv()
 * does, NULL if there is none. */
int
bench_main (int argc, char **argv, const gchar * name, const gchar * element,
    BenchFunc func, BenchMeasureFunc measure)
{
  Bench bench = {.name = name };
  BenchChildOptions child = {.passes = 1 };
  g_autoptr (GError) error = NULL;
  gboolean done;

  bench.program = g_file_read_link ("/proc/self/exe", NULL);
  if (!bench.program)
    bench.program = g_find_program_in_path (argv[0]);

  done = parse_options (&bench, &child, &argc, &argv, &error);
  if (bench.n_rounds <= 0)
    bench.n_rounds = bench.quick ? QUICK_ROUNDS : DEFAULT_ROUNDS;
  if (!bench.element)
    bench.element = g_strdup (element);

  child.cpu = bench.cpu;

  if (done && (child.feed || child.play || (child.measure && measure)))
    done = bench_child_run (&child, measure, &error);
  else if (done)
    done = run (&bench, func, &error);
  if (!done)
    g_printerr ("%s: %s\n", name, error->message);

  g_free (child.feed);
  g_free (child.play);
  g_free (child.caps);
  g_free (child.payload);
  g_free (child.measure);
  g_free (child.subject);
  g_free (bench.element);
  g_free (bench.program);
  g_free (bench.work);
  g_free (bench.only);

  return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
