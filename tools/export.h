/* export.h: the parts of an export to what a host plays
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "convert.h"
#include "omvplan.h"

G_BEGIN_DECLS

typedef enum {
  OMV_CONTAINER_AVI,
  OMV_CONTAINER_BIN,            /* another recording */
  OMV_CONTAINER_GIF,
  OMV_CONTAINER_JPEG,           /* files of one picture each */
  OMV_CONTAINER_MKV,
  OMV_CONTAINER_MP4,
  OMV_CONTAINER_PNG
} OmvContainer;

/* What becomes of the times if each frame gets the same. */
typedef struct _OmvExportTimes OmvExportTimes;

/* Everything that was decided before the first picture is looked at. */
typedef struct {
  OmvTool *tool;
  const OmvConvertOptions *options;
  const gchar *in;
  const gchar *out;
  OmvPlan *plan;

  OmvContainer container;
  OmvCodec codec;               /* of a video */
  gboolean passes;              /* stored JPEG pictures go out as they are */
  gboolean native;              /* the demuxer alone gives raw video */
  gint canvas_width;            /* to which each picture is scaled; 0: none */
  gint canvas_height;
  gint width, height;           /* that come out, if they do not change, … */
  gint padded_width;            /* … and with black beside and below */
  gint padded_height;
  gint time_scale;              /* ticks a second of MP4 and MKV */
  const gchar *spool;           /* where MP4 waits until its index is known */
  OmvExportTimes *times;        /* or NULL: frames have theirs */
} OmvExport;

/* Says where pictures go that are files of their own. */
typedef struct _OmvImageFiles OmvImageFiles;

/* What a pipeline has done. */
typedef struct {
  guint64 n_frames;             /* that went in, … */
  guint64 n_written;            /* … and were decoded, or into a recording */
  gboolean interrupted;         /* by the user: what came out is whole */
} OmvExportResult;

/* Runs a pipeline. FALSE after omv_fail().
 * @part: the file to write, or NULL
 * @files: where pictures go instead, or NULL */
gboolean omv_export_play (OmvExport * self, const gchar * part,
    OmvImageFiles * files, OmvExportResult * ret_result);

/* The pipeline, and what of it the caller has to do something with. */
typedef struct {
  GstElement *pipeline;
  GstElement *demuxer;
  GstElement *repeater;         /* of AVI, where pictures are repeated */
  GstElement *decoded;          /* at whose sink pad pictures are; NULL: nowhere */
  GstElement *sink;
} OmvExportPipeline;

/* Puts the pipeline together. FALSE after omv_fail(). */
gboolean omv_export_make_pipeline (const OmvExport * self, const gchar * part,
    OmvExportPipeline * ret_pipeline);

/* OUT.times.csv with the plan's times as they are now. NULL after omv_fail(). */
OmvExportTimes *omv_export_times_new (const OmvTool * tool, const gchar * out,
    const OmvPlan * plan);

/* Writes those of the first @n_frames frames that are taken and gives the file its
 * name. FALSE after omv_fail(). */
gboolean omv_export_times_commit (OmvExportTimes * times, const gchar * out,
    guint64 n_frames);

/* Removes what was not committed. */
void omv_export_times_free (OmvExportTimes * times);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvExportTimes, omv_export_times_free)

/* Files of one picture each, named by a pattern such as "a/%05d.png", or the
 * first picture if @pattern has no place for a number. NULL after omv_fail().
 * @inputs: files that are not to be overwritten, NULL at the end; they have to
 *   stay */
OmvImageFiles *omv_image_files_new (const OmvTool * tool, gchar ** inputs,
    const gchar * pattern);

gboolean omv_image_files_is_one (const OmvImageFiles * files);

/* How many there are. */
guint64 omv_image_files_get_count (const OmvImageFiles * files);

/* FALSE after omv_fail(). */
gboolean omv_image_files_write (OmvImageFiles * files, GstBuffer * picture);

void omv_image_files_free (OmvImageFiles * files);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvImageFiles, omv_image_files_free)

G_END_DECLS
