/* convert.h: what omvstr convert was asked for
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omvparse.h"
#include "omvretime.h"
#include "omvtool.h"

G_BEGIN_DECLS

/* Nobody tells it from the original. */
#define OMV_QUALITY_DEFAULT 90

typedef enum {
  OMV_TIMING_TIME,              /* every frame at its time */
  OMV_TIMING_FRAMES             /* one in, one out, at the mean rate */
} OmvTiming;

typedef enum {
  OMV_CODEC_DEFAULT,            /* of the container */
  OMV_CODEC_MJPEG,
  OMV_CODEC_H264
} OmvCodec;

/* All are valid and make sense for the output's type. */
typedef struct {
  OmvSelection selection;       /* which frames, and when */

  /* pictures */
  gint width, height;           /* 0: as they are */
  gboolean has_crop;
  gint crop_x, crop_y, crop_width, crop_height; /* before they are scaled */
  gint quality;                 /* 1…100; 0: OMV_QUALITY_DEFAULT */

  /* what hosts play */
  OmvTiming timing;
  OmvCodec codec;
  gboolean allow_repeats;       /* more than double the frames */

  /* recordings */
  GstOmvPixelFormat format;     /* UNKNOWN: chosen */
  GstOmvVersion version;
  gboolean has_version;         /* else that of the input, or 2.0 */
  gboolean exact_time;
  const gchar *times;           /* a file with times, or NULL */
} OmvConvertOptions;

/* Each converts one file, says what went wrong and returns an OMV_EXIT_.
 * GStreamer is not started yet. */

/* A recording -> what a host plays, by the extension of @out. */
gint omv_export_run (OmvTool * tool, const OmvConvertOptions * options,
    const gchar * in, const gchar * out);

/* A recording -> a recording, the frames as they are. */
gint omv_rewrite_run (OmvTool * tool, const OmvConvertOptions * options,
    const gchar * in, const gchar * out);

/* The same, the frames in another format or size; as they are if nothing of that
 * is asked for. */
gint omv_recode_run (OmvTool * tool, const OmvConvertOptions * options,
    const gchar * in, const gchar * out);

/* Pictures with numbers, or anything else that GStreamer can play -> a
 * recording.
 * @in: a file, a pattern as "%05d.png", or a URI */
gint omv_import_run (OmvTool * tool, const OmvConvertOptions * options,
    const gchar * in, const gchar * out);

/* Whether omv_export_run() knows the extension of @out. */
gboolean omv_export_knows (const gchar * out);

/* Whether such a file loses something, so that a quality can be chosen. */
gboolean omv_export_has_quality (const gchar * out);

/* "rgb565", "bayer-bggr" … */
gboolean omv_convert_parse_format (const gchar * text,
    GstOmvPixelFormat * ret_format);

/* Prints what has become of a file, unless --quiet. @time: of the last frame */
void omv_convert_print_result (const OmvTool * tool, const gchar * out,
    guint64 n_frames, GstOmvPixelFormat format, guint64 time);

/* "mp4" of "a/b.mp4", in lower case; "" if there is none */
gchar *omv_convert_get_extension (const gchar * path);

G_END_DECLS
