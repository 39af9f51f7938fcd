/* omv-look.c: looks ahead in a recording, for what its caps must say
 *
 * It pulls for itself and leaves the caller's walk where it is.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-look.h"

#include "omv-pull.h"

/* How far to look. */
#define LOOK_FRAMES 256
#define LOOK_BYTES 1048576

/* Fewer intervals mean a frame rate only if there are no more. */
#define RATE_INTERVALS_MIN 3

/* Raw and 1-bit frames are one kind: they leave as video/x-raw, whose caps may
 * change. */
static GstOmvPixelFormat
get_kind (GstOmvPixelFormat format)
{
  switch (format) {
    case GST_OMV_PIXEL_FORMAT_JPEG:
    case GST_OMV_PIXEL_FORMAT_PNG:
      return format;
    case GST_OMV_PIXEL_FORMAT_BAYER_BGGR:
    case GST_OMV_PIXEL_FORMAT_BAYER_GBRG:
    case GST_OMV_PIXEL_FORMAT_BAYER_GRBG:
    case GST_OMV_PIXEL_FORMAT_BAYER_RGGB:
      return GST_OMV_PIXEL_FORMAT_BAYER_BGGR;
    default:
      return GST_OMV_PIXEL_FORMAT_GRAYSCALE;
  }
}

/*
 * omv_look_ahead:
 * @pad: a sink pad in pull mode
 * @start: a walk that has just passed @first
 * @first: a frame with pixels
 *
 * Looks at the next few hundred frames for a constant frame rate, 0/1 if there
 * is none, and for a second media type.
 */
void
omv_look_ahead (GstPad * pad, const GstOmvWalk * start,
    const GstOmvWalkStep * first, OmvLook * ret_look)
{
  GstOmvPixelFormat kind = get_kind (first->header.format);
  GstOmvWalkResult result = GST_OMV_WALK_FRAME;
  GstOmvWalk walk = *start;
  guint64 times[LOOK_FRAMES];
  GstOmvWalkStep step;
  gsize count = 1;
  OmvPull pull;

  ret_look->rate_numerator = 0;
  ret_look->rate_denominator = 1;
  ret_look->mixed = FALSE;
  if (!omv_pull_init (&pull, pad))
    return;

  times[0] = first->time;
  while (count < LOOK_FRAMES && pull.pulled < LOOK_BYTES) {
    result = omv_pull_walk (&pull, &walk, &step);
    if (result != GST_OMV_WALK_FRAME)
      break;
    times[count++] = step.time;
    ret_look->mixed = ret_look->mixed
        || (step.header.format != GST_OMV_PIXEL_FORMAT_ARGB8
        && get_kind (step.header.format) != kind);
  }
  omv_pull_clear (&pull);

  if (count > RATE_INTERVALS_MIN || result == GST_OMV_WALK_END)
    gst_omv_guess_frame_rate (times, count,
        gst_omv_version_get_unit (first->version), &ret_look->rate_numerator,
        &ret_look->rate_denominator);
}
