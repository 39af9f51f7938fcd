/* export.c: from a recording to what a host plays
 *
 * What becomes of a recording is decided here, from its headers and the
 * options, and said: the size if there are several, the rate if the container
 * needs one. The pictures themselves are a pipeline's work.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "export.h"

#include <inttypes.h>

#include "omvoutput.h"
#include "omvtext.h"

/* What avimux and x264enc take. */
#define VIDEO_SIZE_MIN 16
#define AVI_SIZE_MAX 4096

static const struct
{
  const gchar *extension;
  OmvContainer container;
  OmvCodec codec;               /* if none is asked for */
} containers[] = {
  {"avi", OMV_CONTAINER_AVI, OMV_CODEC_MJPEG},
  {"gif", OMV_CONTAINER_GIF, OMV_CODEC_DEFAULT},
  {"jpeg", OMV_CONTAINER_JPEG, OMV_CODEC_MJPEG},
  {"jpg", OMV_CONTAINER_JPEG, OMV_CODEC_MJPEG},
  {"mkv", OMV_CONTAINER_MKV, OMV_CODEC_MJPEG},
  {"mp4", OMV_CONTAINER_MP4, OMV_CODEC_H264},
  {"png", OMV_CONTAINER_PNG, OMV_CODEC_DEFAULT},
};

/* Its index in the table, or -1. */
static gint
find_container (const gchar * out)
{
  g_autofree gchar *extension = omv_convert_get_extension (out);

  for (guint i = 0; i < G_N_ELEMENTS (containers); i++) {
    if (g_str_equal (extension, containers[i].extension))
      return (gint) i;
  }

  return -1;
}

gboolean
omv_export_knows (const gchar * out)
{
  return find_container (out) >= 0;
}

gboolean
omv_export_has_quality (const gchar * out)
{
  return containers[find_container (out)].codec != OMV_CODEC_DEFAULT;
}

static gboolean
is_images (const OmvExport * self)
{
  return self->container == OMV_CONTAINER_JPEG
      || self->container == OMV_CONTAINER_PNG;
}

/* ---- pictures ---- */

/* Stored JPEG pictures need no second loss. */
static gboolean
can_pass (const OmvExport * self)
{
  const OmvConvertOptions *options = self->options;

  return self->codec == OMV_CODEC_MJPEG
      && self->plan->format == GST_OMV_PIXEL_FORMAT_JPEG
      && (self->plan->uniform || is_images (self))
      && self->padded_width == self->width
      && self->padded_height == self->height && options->width == 0
      && !options->has_crop && options->quality == 0;
}

/* Whether the demuxer gives raw video of one format and size, and nothing else
 * before or behind what is wanted. */
static gboolean
is_native (const OmvExport * self)
{
  const GstOmvFrameHeader header = {
    .format = self->plan->format,
    .width = self->plan->width,
    .height = self->plan->height
  };
  g_autoptr (GstCaps) caps = NULL;

  if (self->passes || self->canvas_width > 0 || !self->plan->uniform)
    return FALSE;

  caps = gst_omv_video_make_caps (&header, 0, 1);
  return gst_structure_has_name (gst_caps_get_structure (caps, 0),
      "video/x-raw");
}

static void
note_canvas (const OmvExport * self)
{
  const OmvPlan *plan = self->plan;
  g_autofree gchar *time = omv_text_seconds (plan->canvas_time);
  g_autofree gchar *end = omv_text_seconds (plan->end);

  omv_note (self->tool, self->in,
      _("The size changes: all pictures become %d x " "%d, as for %s of %s s."),
      plan->width, plan->height, time, end);
}

/* What the container or the encoder takes. FALSE after omv_fail(). */
static gboolean
decide_padding (OmvExport * self)
{
  self->padded_width = self->width;
  self->padded_height = self->height;
  if (self->container != OMV_CONTAINER_AVI && self->codec != OMV_CODEC_H264)
    return TRUE;

  if (self->container == OMV_CONTAINER_AVI
      && MAX (self->width, self->height) > AVI_SIZE_MAX) {
    (void) omv_fail_with (self->in, _("Pictures in AVI have up to %d x %d "
            "pixels; --size makes them smaller."), AVI_SIZE_MAX, AVI_SIZE_MAX);
    return FALSE;
  }
  if (self->codec == OMV_CODEC_H264) {
    self->padded_width = GST_ROUND_UP_2 (self->width);
    self->padded_height = GST_ROUND_UP_2 (self->height);
  }
  self->padded_width = MAX (self->padded_width, VIDEO_SIZE_MIN);
  self->padded_height = MAX (self->padded_height, VIDEO_SIZE_MIN);
  return TRUE;
}

/* FALSE after omv_fail(). */
static gboolean
decide_size (OmvExport * self)
{
  const OmvConvertOptions *options = self->options;
  const OmvPlan *plan = self->plan;
  const gboolean varies = !plan->one_size && !is_images (self);

  if (options->width > 0 && !options->has_crop) {
    self->canvas_width = options->width;
    self->canvas_height = options->height;
  } else if (varies || (options->has_crop && !plan->one_size)) {
    self->canvas_width = plan->width;
    self->canvas_height = plan->height;
    note_canvas (self);
  }

  self->width = options->width > 0 ? options->width
      : options->has_crop ? options->crop_width : plan->width;
  self->height = options->width > 0 ? options->height
      : options->has_crop ? options->crop_height : plan->height;
  if (options->has_crop
      && (options->crop_x + options->crop_width > plan->width
          || options->crop_y + options->crop_height > plan->height)) {
    (void) omv_fail_with (self->in, _("What is to be cut out does not lie "
            "within the pictures of %d x %d."), plan->width, plan->height);
    return FALSE;
  }

  return decide_padding (self);
}

/* ---- times ---- */

static void
note_rate (const OmvExport * self)
{
  const OmvPlan *plan = self->plan;
  g_autofree gchar *rate = plan->rate_denominator == 1
      ? g_strdup_printf ("%d", plan->rate_numerator)
      : g_strdup_printf ("%d/%d", plan->rate_numerator,
      plan->rate_denominator);

  omv_note (self->tool, self->out, _("%s frames a second: %" PRIu64
          " frames, %" PRIu64 " of them repeated, %" PRIu64 " left out."),
      rate, plan->n_slots, plan->n_repeated, plan->n_dropped);
}

static gboolean
decide_constant_rate (OmvExport * self)
{
  OmvPlan *plan = self->plan;
  const guint64 n_frames = plan->n_taken;

  omv_plan_make_constant (plan);
  if (plan->n_slots / 2 > n_frames && !self->options->allow_repeats) {
    (void) omv_fail_with (self->in, _("AVI needs a constant rate, which makes %"
            PRIu64 " frames of %" PRIu64 ". --max-gap shortens pauses, "
            "--timing=frames gives each frame the same time, --allow-repeats "
            "does it; MP4 and MKV need none."), plan->n_slots, n_frames);
    return FALSE;
  }

  note_rate (self);
  return TRUE;
}

/* As many ticks a second as hold the times, if 32 bits hold the longest time
 * between two frames in them. */
static gboolean
decide_time_scale (OmvExport * self)
{
  static const gint scales[] = { 1000000, 90000, 1000 };
  const OmvPlan *plan = self->plan;
  const guint64 longest = omv_plan_get_longest (plan);
  const gboolean fine = plan->unit % GST_MSECOND != 0
      || self->options->selection.speed != 1.0
      || self->options->timing == OMV_TIMING_FRAMES;

  if (self->container == OMV_CONTAINER_MKV) {
    self->time_scale = fine ? 1000000 : 1000;
    return TRUE;
  }

  for (guint i = fine ? 0 : 1; i < G_N_ELEMENTS (scales); i++) {
    if (longest / GST_SECOND < (guint64) (G_MAXINT32 / scales[i])) {
      self->time_scale = scales[i];
      return TRUE;
    }
  }

  (void) omv_fail_with (self->in, _("A pause is too long for MP4; --max-gap "
          "shortens it."));
  return FALSE;
}

/* FALSE after omv_fail(). */
static gboolean
decide_times (OmvExport * self)
{
  const gboolean even = self->options->timing == OMV_TIMING_FRAMES;

  /* all others begin with their first picture */
  if (self->container != OMV_CONTAINER_MKV)
    omv_plan_fill_lead (self->plan);
  if (even) {
    omv_plan_make_even (self->plan);
    if (!is_images (self))
      note_rate (self);
  } else if (self->container == OMV_CONTAINER_AVI
      && !decide_constant_rate (self)) {
    return FALSE;
  }

  if (self->container != OMV_CONTAINER_MP4
      && self->container != OMV_CONTAINER_MKV)
    return TRUE;
  if (!decide_time_scale (self))
    return FALSE;
  /* the + 1 makes up for what a tick is rounded by */
  omv_plan_make_rising (self->plan,
      GST_SECOND / (guint64) self->time_scale + 1);
  return TRUE;
}

/* ---- doing it ---- */

/* FALSE after omv_fail(). */
static gboolean
write_times (const OmvExport * self, const OmvExportResult * result)
{
  if (self->times == NULL)
    return TRUE;
  if (result->n_written == result->n_frames)
    return omv_export_times_commit (self->times, self->out, result->n_written);

  (void) omv_fail_with (self->in, _("Frames that cannot be decoded were left "
          "out: %" PRIu64 ". Nobody can tell the times of the others, so they "
          "were not written."), result->n_frames - result->n_written);
  return FALSE;
}

static gint
conclude (const OmvExport * self, const OmvExportResult * result)
{
  if (!write_times (self, result))
    return OMV_EXIT_FAILED;
  if (!result->interrupted)
    return OMV_EXIT_FINE;

  omv_note (self->tool, self->out, _("Stopped; it holds the first %" PRIu64
          " frames."), result->n_written);
  return OMV_EXIT_FAILED;
}

static gint
write_images (OmvExport * self, gchar ** inputs)
{
  g_autoptr (OmvImageFiles) files =
      omv_image_files_new (self->tool, inputs, self->out);
  OmvExportResult result;

  if (files == NULL)
    return OMV_EXIT_FAILED;

  /* one file is the first picture */
  if (omv_image_files_is_one (files)) {
    self->plan->last = omv_plan_get_first (self->plan);
    self->plan->n_taken = 1;
  }
  if (!omv_export_play (self, NULL, files, &result))
    return OMV_EXIT_FAILED;
  if (omv_image_files_get_count (files) == 0 && !result.interrupted)
    return omv_fail_with (self->in, _("No picture can be decoded."));

  result.n_written = omv_image_files_get_count (files);
  return conclude (self, &result);
}

static gint
write_video (OmvExport * self, OmvOutput * output)
{
  g_autoptr (OmvOutput) spool = NULL;
  OmvExportResult result;

  if (self->container == OMV_CONTAINER_MP4) {
    /* mp4mux (1.22) waits for ever if it cannot open it */
    spool = omv_output_new_spool (self->out);
    if (spool == NULL)
      return OMV_EXIT_FAILED;
    self->spool = omv_output_get_part (spool);
  }
  if (!omv_export_play (self, omv_output_get_part (output), NULL, &result))
    return OMV_EXIT_FAILED;
  /* an empty file is of no use */
  if (result.interrupted && result.n_frames == 0)
    return omv_fail_with (self->out, _("Stopped before the first frame."));
  if (self->passes)
    result.n_written = result.n_frames;
  if (!result.interrupted && result.n_written == 0)
    return omv_fail_with (self->in, _("No picture can be decoded."));
  if (!omv_output_commit (output))
    return OMV_EXIT_FAILED;

  return conclude (self, &result);
}

gint
omv_export_run (OmvTool * tool, const OmvConvertOptions * options,
    const gchar * in, const gchar * out)
{
  const gint index = find_container (out);
  gchar *paths[] = { (gchar *) in, NULL };
  g_auto (GStrv) inputs = omv_list_files (paths);
  g_autoptr (OmvOutput) output = NULL;
  g_autoptr (OmvPlan) plan = NULL;
  g_autoptr (OmvExportTimes) times = NULL;
  OmvExport self = {.tool = tool,.options = options,.in = in,.out = out };

  if (inputs == NULL)
    return OMV_EXIT_FAILED;
  self.container = containers[index].container;
  self.codec = options->codec != OMV_CODEC_DEFAULT ? options->codec
      : containers[index].codec;
  if (!is_images (&self)) {
    output = omv_output_new (tool, out, inputs);
    if (output == NULL)
      return OMV_EXIT_FAILED;
  }
  plan = self.plan = omv_plan_new (in, &options->selection);
  if (plan == NULL || !omv_start_gstreamer ())
    return OMV_EXIT_FAILED;

  if (options->timing == OMV_TIMING_FRAMES) {
    times = self.times = omv_export_times_new (tool, out, plan);
    if (times == NULL)
      return OMV_EXIT_FAILED;
  }
  if (!decide_size (&self) || !decide_times (&self))
    return OMV_EXIT_FAILED;
  self.passes = can_pass (&self);
  self.native = is_native (&self);

  return is_images (&self) ? write_images (&self, inputs)
      : write_video (&self, output);
}
