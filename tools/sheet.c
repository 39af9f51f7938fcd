/* sheet.c: omvstr sheet: frames of a whole recording on one picture
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "omvimage.h"
#include "omvoutput.h"
#include "omvparse.h"
#include "omvprogress.h"

#define DEFAULT_COLUMNS 5
#define DEFAULT_FRAMES 20
#define DEFAULT_WIDTH 240
#define COLUMNS_MAX 100
#define FRAMES_MAX 10000

/* Pixels around each picture, and for the time under it. */
#define MARGIN 4
#define TEXT_HEIGHT 20
#define BACKGROUND 0x38

static gint columns = DEFAULT_COLUMNS;
static gint frames = DEFAULT_FRAMES;
static gchar *size_text;

static const GOptionEntry options[] = {
  {"columns", 'c', 0, G_OPTION_ARG_INT, &columns,
      N_("Pictures side by side, 5 by default"), "N"},
  {"frames", 'n', 0, G_OPTION_ARG_INT, &frames,
      N_("Pictures in all, 20 by default"), "N"},
  {"size", 's', 0, G_OPTION_ARG_STRING, &size_text,
        N_("Size of each, by default 240 wide and as high as the first frame"),
      "WxH"},
  {NULL}
};

typedef struct
{
  const OmvTool *tool;
  const gchar *path;
  GstOmvReader *reader;
  guint64 n_frames;             /* of the recording */
  gint n_shown;
  gint n_columns;
  gint width;                   /* of a picture */
  gint height;
  OmvImage *image;
} Sheet;

/* Tenths of a millisecond would not tell people more. */
static gchar *
describe_time (guint64 time)
{
  guint64 ms = (time + 500000) / 1000000;

  return g_strdup_printf ("%d:%02d.%03d", (gint) (ms / 60000),
      (gint) (ms / 1000 % 60), (gint) (ms % 1000));
}

/* The number of picture @i, of which the first is the first frame and the last
 * the last one. */
static guint64
get_number (const Sheet * sheet, gint i)
{
  return sheet->n_shown < 2 ? 0
      : (guint64) ((gdouble) i * (gdouble) (sheet->n_frames - 1)
      / (gdouble) (sheet->n_shown - 1) + 0.5);
}

static gboolean
measure (Sheet * sheet, GError ** error)
{
  g_autoptr (GstOmvFrame) first =
      gst_omv_reader_read_frame (sheet->reader, 0, error);
  gint rows;

  if (first == NULL)
    return FALSE;

  sheet->n_frames = gst_omv_reader_get_n_frames (sheet->reader, error);
  if (sheet->n_frames == 0)
    return FALSE;
  sheet->n_shown = (gint) MIN ((guint64) frames, sheet->n_frames);
  sheet->n_columns = MIN (columns, sheet->n_shown);
  if (size_text == NULL) {
    sheet->width = DEFAULT_WIDTH;
    sheet->height = (gint) CLAMP ((gint64) DEFAULT_WIDTH
        * first->header.height / first->header.width, 1,
        (gint64) 4 * DEFAULT_WIDTH);
  }

  rows = (sheet->n_shown + sheet->n_columns - 1) / sheet->n_columns;
  sheet->image = omv_image_new (FALSE,
      sheet->n_columns * (sheet->width + 2 * MARGIN),
      rows * (sheet->height + 2 * MARGIN + TEXT_HEIGHT), error);
  if (sheet->image == NULL)
    return FALSE;

  /* so that dark pictures can be told from what is between them */
  memset (sheet->image->pixels, BACKGROUND,
      sheet->image->stride * (gsize) sheet->image->height);
  return TRUE;
}

static gboolean
draw (Sheet * sheet, gint i, GError ** error)
{
  OmvRectangle place = {
    i % sheet->n_columns * (sheet->width + 2 * MARGIN) + MARGIN,
    i / sheet->n_columns * (sheet->height + 2 * MARGIN + TEXT_HEIGHT) + MARGIN,
    sheet->width, sheet->height
  };
  g_autoptr (GstOmvFrame) frame = gst_omv_reader_read_frame (sheet->reader,
      get_number (sheet, i), error);
  g_autofree gchar *time = NULL;
  gboolean drawn;

  if (frame == NULL)
    return FALSE;

  drawn = omv_image_draw_frame (sheet->image, frame, &place, error);
  place.y += place.height;
  place.height = TEXT_HEIGHT;
  time = describe_time (frame->time);
  omv_image_draw_digits (sheet->image, time, sheet->width < 120 ? 1 : 2,
      &place);

  return drawn;
}

/* A frame that cannot be shown leaves its place empty. */
static gint
draw_all (Sheet * sheet)
{
  g_autoptr (OmvProgress) progress = omv_progress_new (sheet->tool,
      OMV_PROGRESS_FRAMES, (guint64) sheet->n_shown);
  gint status = OMV_EXIT_FINE;

  for (gint i = 0; i < sheet->n_shown && !omv_is_interrupted (); i++) {
    g_autoptr (GError) error = NULL;

    if (!draw (sheet, i, &error))
      status = omv_fail_with (sheet->path, _("Frame %" PRIu64
              " cannot be shown: %s"), get_number (sheet, i), error->message);
    omv_progress_update (progress, (guint64) i + 1);
  }

  return status;
}

static gint
make (Sheet * sheet, const gchar * target, OmvOutput * output)
{
  g_autoptr (GError) error = NULL;
  gint status;

  if (!measure (sheet, &error))
    return omv_fail (sheet->path, error);

  status = draw_all (sheet);
  if (omv_is_interrupted ())
    return omv_fail_with (target, _("Interrupted, nothing was written."));
  if (!omv_image_write_png (sheet->image, omv_output_get_part (output), &error))
    return omv_fail (target, error);

  return omv_output_commit (output) ? status : OMV_EXIT_FAILED;
}

static gint
run (OmvTool * tool, gchar ** arguments)
{
  gchar *paths[] = { arguments[0], NULL };
  g_auto (GStrv) inputs = NULL;
  g_autoptr (GstOmvReader) reader = NULL;
  g_autoptr (OmvOutput) output = NULL;
  Sheet sheet = {.tool = tool,.path = arguments[0] };
  gint status;

  if (columns < 1 || columns > COLUMNS_MAX)
    return omv_fail_usage (tool, _("%s must be in 1…%d."), "--columns",
        COLUMNS_MAX);
  if (frames < 1 || frames > FRAMES_MAX)
    return omv_fail_usage (tool, _("%s must be in 1…%d."), "--frames",
        FRAMES_MAX);
  if (size_text != NULL
      && !omv_parse_size (size_text, &sheet.width, &sheet.height))
    return omv_fail_usage (tool, _("%s is not a size, such as 320x240."),
        size_text);

  reader = omv_open_reader (arguments[0]);
  if (reader == NULL || !omv_start_gstreamer ())
    return OMV_EXIT_FAILED;
  inputs = omv_list_files (paths);
  if (inputs == NULL)
    return OMV_EXIT_FAILED;
  omv_catch_interrupt ();
  output = omv_output_new (tool, arguments[1], inputs);
  if (output == NULL)
    return OMV_EXIT_FAILED;

  sheet.reader = reader;
  status = make (&sheet, arguments[1], output);
  g_clear_pointer (&sheet.image, omv_image_free);
  return status;
}

const OmvCommand omv_command_sheet = {
  "sheet", N_("IN OUT.png"), N_("Show frames of a whole recording on one "
      "picture, with their times."),
  "  omvstr sheet run.bin run.png\n"
      "  omvstr sheet --frames 6 --columns 3 --size 320x240 run.bin run.png\n",
  options, 2, 2, OMV_COMMAND_WRITES, run
};
