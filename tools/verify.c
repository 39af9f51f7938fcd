/* verify.c: omvstr verify: reads every frame and lists what is wrong
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
#include "omvprogress.h"
#include "omvscan.h"

/* Bytes in which most pictures tell their size. */
#define PICTURE_HEAD_SIZE 1024

static gboolean decode;

static const GOptionEntry options[] = {
  {"decode", 0, 0, G_OPTION_ARG_NONE, &decode,
      N_("Decode every frame, too"), NULL},
  {NULL}
};

typedef struct
{
  const OmvTool *tool;
  const gchar *path;
  OmvScan *scan;
  GByteArray *pixels;           /* of the frame being decoded */
  guint64 n_frames;             /* that are good */
  guint64 n_damages;
  OmvJson json;
} Verification;

/* ---- one frame ---- */

/* Whether a picture is what its frame's header says. Its size stands near its
 * start; only where it does not, the whole picture is looked at. FALSE: it cannot
 * be read. */
static gboolean
check_picture (Verification * self, const GstOmvWalkStep * step,
    GError ** ret_fault, GError ** error)
{
  const GstOmvFrameHeader *header = &step->header;
  const gchar *name = gst_omv_pixel_format_get_name (header->format);
  gsize size = MIN (PICTURE_HEAD_SIZE, header->payload_size);
  gint width, height;

  for (;; size = header->payload_size) {
    const guint8 *data = omv_scan_get_payload (self->scan, step, size, error);

    if (data == NULL)
      return FALSE;
    if (gst_omv_picture_read_size (header->format, data, size, &width, &height))
      break;
    if (size == header->payload_size) {
      g_set_error (ret_fault, GST_OMV_ERROR, GST_OMV_ERROR_WRONG_TYPE,
          _("This is not a %s picture."), name);
      return TRUE;
    }
  }

  if (width != header->width || height != header->height)
    g_set_error (ret_fault, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("The %s picture has %u x %u pixels, but its frame has %d x %d."),
        name, (guint) width, (guint) height, header->width, header->height);
  return TRUE;
}

static gboolean
decode_pixels (Verification * self, const GstOmvWalkStep * step,
    const guint8 * payload, GError ** error)
{
  const GstOmvFrameHeader *header = &step->header;
  GstOmvDecodedFormat format;
  gsize stride;

  if (!gst_omv_decode_get_format (header, payload, header->payload_size,
          &format, error))
    return FALSE;

  stride = gst_omv_decoded_format_get_row_size (format, header->width);
  if ((guint64) stride * (guint64) header->height > G_MAXUINT) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_INVALID_FRAME_SIZE,
        _("A frame of %d x %d pixels is too large to be decoded."),
        header->width, header->height);
    return FALSE;
  }
  g_byte_array_set_size (self->pixels,
      (guint) (stride * (gsize) header->height));
  return gst_omv_decode (step->version, header, payload, header->payload_size,
      format, self->pixels->data, stride, error);
}

/* FALSE: the frame cannot be read. */
static gboolean
check_pixels (Verification * self, const GstOmvWalkStep * step,
    GError ** ret_fault, GError ** error)
{
  const guint8 *payload;

  if (step->header.format == GST_OMV_PIXEL_FORMAT_ARGB8)
    return TRUE;                /* as cameras write it: without pixels */
  payload = omv_scan_get_payload (self->scan, step, step->header.payload_size,
      error);
  if (payload == NULL)
    return FALSE;

  (void) decode_pixels (self, step, payload, ret_fault);
  return TRUE;
}

/* ---- what is said ---- */

static void
report (Verification * self, const GstOmvWalkStep * step,
    const gchar * sentence)
{
  self->n_damages++;
  omv_progress_clear ();
  if (!self->tool->json) {
    g_autofree gchar *name = g_filename_display_name (self->path);

    (void) printf ("%s: %s\n", name, sentence);
    return;
  }

  omv_json_begin_object (&self->json, NULL);
  omv_json_add_uint (&self->json, "number", step->number);
  omv_json_add_uint (&self->json, "offset", step->offset);
  omv_json_add_uint (&self->json, "size", step->size);
  omv_json_add_string (&self->json, "what", sentence);
  omv_json_end_object (&self->json);
}

static void
report_frame (Verification * self, const GstOmvWalkStep * step,
    const gchar * fault)
{
  g_autofree gchar *place = g_strdup_printf (_("Frame %" PRIu64 " at byte %"
          PRIu64 ": "), step->number, step->offset);
  g_autofree gchar *sentence = g_strconcat (place, fault, NULL);

  report (self, step, sentence);
}

static void
report_end (Verification * self)
{
  g_autofree gchar *name = g_filename_display_name (self->path);

  omv_progress_clear ();
  if (self->tool->json) {
    omv_json_end_array (&self->json);
    omv_json_add_uint (&self->json, "frames", self->n_frames);
    omv_json_add_boolean (&self->json, "whole", self->n_damages == 0);
    omv_json_end_object (&self->json);
    (void) putchar ('\n');
  } else if (self->n_damages > 0) {
    (void) printf (_("%s: damaged, in places: %" PRIu64 "; good frames: %"
            PRIu64 "\n"), name, self->n_damages, self->n_frames);
  } else if (!self->tool->quiet) {
    (void) printf (_("%s: whole, frames: %" PRIu64 "\n"), name, self->n_frames);
  }
}

/* ---- one file ---- */

/* FALSE: the frame cannot be read. */
static gboolean
take_frame (Verification * self, const GstOmvWalkStep * step, GError ** error)
{
  g_autoptr (GError) fault = NULL;

  if (gst_omv_pixel_format_is_compressed (step->header.format)
      && !check_picture (self, step, &fault, error))
    return FALSE;
  if (decode && fault == NULL && !check_pixels (self, step, &fault, error))
    return FALSE;

  if (fault != NULL)
    report_frame (self, step, fault->message);
  else
    self->n_frames++;
  return TRUE;
}

/* @result, @step: the first step of the scan */
static gboolean
scan_frames (Verification * self, GstOmvWalkResult result,
    GstOmvWalkStep * step, GError ** error)
{
  g_autoptr (OmvProgress) progress = omv_progress_new (self->tool,
      OMV_PROGRESS_BYTES, omv_scan_get_size (self->scan));

  for (;;) {
    if (result == GST_OMV_WALK_FRAME) {
      if (!take_frame (self, step, error))
        return FALSE;
      omv_progress_update (progress, step->offset);
    } else if (step->size > 0) {
      g_autofree gchar *sentence = gst_omv_walk_step_describe (step);

      report (self, step, sentence);
    }
    if (result == GST_OMV_WALK_END)
      return TRUE;
    if (!omv_scan_next (self->scan, &result, step, error))
      return FALSE;
  }
}

static gint
verify (const OmvTool * tool, const gchar * path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OmvScan) scan = omv_scan_new (path, &error);
  g_autoptr (GByteArray) pixels = g_byte_array_new ();
  Verification self = {.tool = tool,.path = path,.scan = scan,.pixels = pixels
  };
  GstOmvWalkResult result;
  GstOmvWalkStep step;

  /* whether the file is a recording is known before anything is printed */
  if (scan == NULL || !omv_scan_next (scan, &result, &step, &error))
    return omv_fail (path, error);

  if (tool->json) {
    omv_json_begin_object (&self.json, NULL);
    omv_json_add_file_name (&self.json, "file", path);
    omv_json_begin_array (&self.json, "damages");
  }
  if (!scan_frames (&self, result, &step, &error)) {
    GstOmvWalkStep end = {.number = self.n_frames };

    report (&self, &end, error->message);
  }
  report_end (&self);

  return self.n_damages > 0 ? OMV_EXIT_FAILED : OMV_EXIT_FINE;
}

static gint
run (OmvTool * tool, gchar ** arguments)
{
  g_auto (GStrv) files = omv_list_files (arguments);
  gint status = OMV_EXIT_FINE;

  if (files == NULL)
    return OMV_EXIT_FAILED;

  for (guint i = 0; files[i] != NULL; i++) {
    if (verify (tool, files[i]) != OMV_EXIT_FINE)
      status = OMV_EXIT_FAILED;
  }

  return status;
}

const OmvCommand omv_command_verify = {
  "verify", N_("FILE…"), N_("Read every frame and list what is damaged."),
  "  omvstr verify clips\n" "  omvstr verify --decode --json run.bin\n",
  options, 1, G_MAXUINT, OMV_COMMAND_JSON, run
};
