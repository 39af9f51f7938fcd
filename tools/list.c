/* list.c: omvstr list: a line a frame
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <inttypes.h>
#include <stdio.h>

#include "commands.h"
#include "omvjson.h"
#include "omvtext.h"

static gboolean csv;

static const GOptionEntry options[] = {
  {"csv", 0, 0, G_OPTION_ARG_NONE, &csv, N_("Print CSV"), NULL},
  {NULL}
};

typedef struct
{
  const OmvTool *tool;
  const gchar *path;
  guint64 time;                 /* of the frame before */
  gint status;
  OmvJson json;
} List;

static void
print_head (const List * list)
{
  if (csv)
    (void) puts ("number,offset,time,interval,width,height,format,size");
  else if (!list->tool->json && !list->tool->quiet)
    (void) printf ("%9s %13s %14s %12s  %-13s %6s %6s %9s\n", _("Frame"),
        _("Offset"), _("Time"), _("Interval"), _("Format"), _("Width"),
        _("Height"), _("Bytes"));
}

static void
print_json (List * list, const GstOmvWalkStep * step)
{
  OmvJson *json = &list->json;
  const GstOmvFrameHeader *header = &step->header;

  omv_json_end_line (json);
  omv_json_begin_object (json, NULL);
  omv_json_add_uint (json, "number", step->number);
  omv_json_add_uint (json, "offset", step->offset);
  omv_json_add_time (json, "time", step->time);
  omv_json_add_time (json, "interval", step->time - list->time);
  omv_json_add_uint (json, "width", (guint64) header->width);
  omv_json_add_uint (json, "height", (guint64) header->height);
  omv_json_add_string (json, "format",
      gst_omv_pixel_format_get_name (header->format));
  omv_json_add_uint (json, "size", header->payload_size);
  omv_json_end_object (json);
}

static void
print_frame (List * list, const GstOmvWalkStep * step)
{
  const GstOmvFrameHeader *header = &step->header;
  const gchar *format = gst_omv_pixel_format_get_name (header->format);
  g_autofree gchar *time = omv_text_seconds (step->time);
  g_autofree gchar *interval = omv_text_seconds (step->time - list->time);

  if (csv)
    (void) printf ("%" PRIu64 ",%" PRIu64 ",%s,%s,%d,%d,%s,%u\n",
        step->number, step->offset, time, interval, header->width,
        header->height, format, header->payload_size);
  else
    (void) printf ("%9" PRIu64 " %13" PRIu64 " %14s %12s  %-13s %6d %6d %9u\n",
        step->number, step->offset, time, interval, format, header->width,
        header->height, header->payload_size);
}

static gboolean
on_step (GstOmvWalkResult result, const GstOmvWalkStep * step,
    gpointer user_data)
{
  List *list = user_data;

  if (result == GST_OMV_WALK_FRAME) {
    if (list->tool->json)
      print_json (list, step);
    else
      print_frame (list, step);
    list->time = step->time;
  } else if (step->size > 0) {
    g_autofree gchar *sentence = gst_omv_walk_step_describe (step);

    list->status = omv_fail_with (list->path, "%s", sentence);
  }

  return !ferror (stdout);
}

static gint
run (OmvTool * tool, gchar ** arguments)
{
  g_autoptr (GstOmvReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  List list = {.tool = tool,.path = arguments[0] };

  if (csv && tool->json)
    return omv_fail_usage (tool, _("--csv and --json exclude each other."));
  reader = omv_open_reader (arguments[0]);
  if (reader == NULL)
    return OMV_EXIT_FAILED;

  print_head (&list);
  if (tool->json)
    omv_json_begin_array (&list.json, NULL);
  if (!gst_omv_reader_walk (reader, on_step, &list, &error))
    list.status = omv_fail (arguments[0], error);
  if (tool->json) {
    omv_json_end_array (&list.json);
    (void) putchar ('\n');
  }

  return list.status;
}

const OmvCommand omv_command_list = {
  "list", N_("FILE"), N_("Print a line a frame: number, place, time, format."),
  "  omvstr list run.bin | less\n" "  omvstr list --csv run.bin >run.csv\n",
  options, 1, 1, OMV_COMMAND_JSON, run
};
