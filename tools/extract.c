/* extract.c: omvstr extract: one frame as a picture
 *
 * A stored JPEG or PNG picture is taken as it is, unless the name of the output
 * wants another type.
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

static gchar *time_text;

static const GOptionEntry options[] = {
  {"time", 't', 0, G_OPTION_ARG_STRING, &time_text,
      N_("Take the frame nearest to this time, in place of N"), N_("TIME")},
  {NULL}
};

static gboolean
has_extension (const gchar * path, const gchar * extension)
{
  const gchar *dot = strrchr (path, '.');

  return dot != NULL && g_ascii_strcasecmp (dot + 1, extension) == 0;
}

/* The stored type of picture that @path asks for. */
static GstOmvPixelFormat
get_type (const gchar * path)
{
  if (has_extension (path, "png"))
    return GST_OMV_PIXEL_FORMAT_PNG;
  if (has_extension (path, "jpg") || has_extension (path, "jpeg"))
    return GST_OMV_PIXEL_FORMAT_JPEG;

  return GST_OMV_PIXEL_FORMAT_UNKNOWN;
}

static gboolean
write_frame (const GstOmvFrame * frame, GstOmvPixelFormat type,
    const gchar * path, GError ** error)
{
  g_autoptr (OmvImage) image = NULL;

  if (frame->header.format == type) {
    gsize size;
    const gchar *data = g_bytes_get_data (frame->payload, &size);
    g_autoptr (GFile) file = g_file_new_for_path (path);

    return g_file_replace_contents (file, data, size, NULL, FALSE,
        G_FILE_CREATE_NONE, NULL, NULL, error);
  }

  image = omv_image_new_for_frame (frame, error);
  return image != NULL && omv_image_write_png (image, path, error);
}

static gint
save (const OmvTool * tool, const GstOmvFrame * frame, gchar * path,
    const gchar * given)
{
  gchar *paths[] = { path, NULL };
  g_auto (GStrv) inputs = omv_list_files (paths);
  const gboolean is_jpeg = frame->header.format == GST_OMV_PIXEL_FORMAT_JPEG;
  g_autofree gchar *target = given != NULL ? g_strdup (given)
      : g_strdup_printf ("%s-%" PRIu64 ".%s", path, frame->number,
      is_jpeg ? "jpg" : "png");
  const GstOmvPixelFormat type = get_type (target);
  g_autofree gchar *name = g_filename_display_name (target);
  g_autoptr (OmvOutput) output = NULL;
  g_autoptr (GError) error = NULL;

  if (inputs == NULL)
    return OMV_EXIT_FAILED;
  if (type == GST_OMV_PIXEL_FORMAT_JPEG && !is_jpeg)
    return omv_fail_with (target, _("Frame %" PRIu64 " is not stored as JPEG; "
            "take a name that ends in .png."), frame->number);

  output = omv_output_new (tool, target, inputs);
  if (output == NULL)
    return OMV_EXIT_FAILED;
  if (!write_frame (frame, type, omv_output_get_part (output), &error))
    return omv_fail (error->domain == G_IO_ERROR ? target : path, error);
  if (!omv_output_commit (output))
    return OMV_EXIT_FAILED;

  if (!tool->quiet)
    (void) printf ("%s\n", name);
  return OMV_EXIT_FINE;
}

static gint
run (OmvTool * tool, gchar ** arguments)
{
  const gboolean by_time = time_text != NULL;
  const gchar *given = arguments[1] == NULL || by_time ? arguments[1]
      : arguments[2];
  g_autoptr (GstOmvReader) reader = NULL;
  g_autoptr (GstOmvFrame) frame = NULL;
  g_autoptr (GError) error = NULL;
  guint64 value;

  if (by_time && arguments[1] != NULL && arguments[2] != NULL)
    return omv_fail_usage (tool, _("--time takes the place of N."));
  if (!by_time && arguments[1] == NULL)
    return omv_fail_usage (tool, _("Something is missing: %s."), "N");
  if (by_time && !omv_parse_time (time_text, &value))
    return omv_fail_usage (tool, _("%s is not a time."), time_text);
  if (!by_time && !omv_parse_frame (arguments[1], &value))
    return omv_fail_usage (tool, _("%s is not a frame's number."),
        arguments[1]);
  if (given != NULL && get_type (given) == GST_OMV_PIXEL_FORMAT_UNKNOWN)
    return omv_fail_usage (tool, _("The output must end in .png or .jpg."));

  reader = omv_open_reader (arguments[0]);
  if (reader == NULL || !omv_start_gstreamer ())
    return OMV_EXIT_FAILED;
  frame = by_time ? gst_omv_reader_read_frame_at (reader, value,
      GST_OMV_SNAP_NEAREST, &error)
      : gst_omv_reader_read_frame (reader, value, &error);
  if (frame == NULL)
    return omv_fail (arguments[0], error);

  return save (tool, frame, arguments[0], given);
}

const OmvCommand omv_command_extract = {
  "extract", N_("FILE N [OUT]"), N_("Save a frame as a PNG or JPEG picture."),
  "  omvstr extract run.bin 120\n"
      "  omvstr extract --time 1:02.5 run.bin moment.png\n",
  options, 1, 3, OMV_COMMAND_WRITES, run
};
