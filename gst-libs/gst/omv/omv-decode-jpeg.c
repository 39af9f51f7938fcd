/* omv-decode-jpeg.c: a JPEG picture -> pixels, by libjpeg
 *
 * libjpeg reports errors by calling back and must not be returned to: we jump
 * out of it. All that outlives such a jump is in a struct that the jump does
 * not touch, and the functions that call setjmp() have no variables of their
 * own. Warnings, of which a torn picture has many, are not for users.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-decode-picture.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#include "omv-i18n.h"

/* A block of 64 samples takes at least one bit: 512 to 1. The planes of colours
 * that have fewer samples than the picture has pixels are counted as if they
 * had them all: up to three times that. */
#define PACKING_MAX 2048

/* A progressive picture is decoded once more for each of its scans, of which
 * ten are usual and a few bytes make another. */
#define SCANS_MAX 64

typedef struct
{
  struct jpeg_decompress_struct decoder;
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  gchar message[JMSG_LENGTH_MAX];

  const OmvPicture *picture;
  const OmvPictureTarget *target;
} Jpeg;

G_NORETURN static void
on_error (j_common_ptr common)
{
  Jpeg *jpeg = common->client_data;

  jpeg->errors.format_message (common, jpeg->message);
  longjmp (jpeg->escape, 1);
}

static void
on_warning (j_common_ptr common, int level)
{
}

static void
on_progress (j_common_ptr common)
{
  Jpeg *jpeg = common->client_data;

  if (jpeg->decoder.input_scan_number <= SCANS_MAX)
    return;
  g_strlcpy (jpeg->message, "too many scans", sizeof jpeg->message);
  longjmp (jpeg->escape, 1);
}

/* FALSE: libjpeg has given up in @step, and @jpeg has its message. */
static gboolean
attempt (Jpeg * jpeg, void (*step) (Jpeg *))
{
  if (setjmp (jpeg->escape) != 0)
    return FALSE;
  step (jpeg);
  return TRUE;
}

static void
read_header (Jpeg * jpeg)
{
  jpeg_create_decompress (&jpeg->decoder);
  jpeg->decoder.progress = &jpeg->progress;
  jpeg_mem_src (&jpeg->decoder, jpeg->picture->data,
      (gulong) jpeg->picture->size);
  jpeg_read_header (&jpeg->decoder, TRUE);
}

static void
read_pixels (Jpeg * jpeg)
{
  struct jpeg_decompress_struct *decoder = &jpeg->decoder;

  decoder->out_color_space =
      jpeg->target->format == GST_OMV_DECODED_FORMAT_GRAY8
      ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress (decoder);
  while (decoder->output_scanline < decoder->output_height) {
    JSAMPROW row = jpeg->target->pixels
        + jpeg->target->stride * decoder->output_scanline;

    jpeg_read_scanlines (decoder, &row, 1);
  }
}

static gboolean
get_format (const Jpeg * jpeg, GstOmvDecodedFormat * ret_format,
    GError ** error)
{
  switch (jpeg->decoder.jpeg_color_space) {
    case JCS_GRAYSCALE:
      *ret_format = GST_OMV_DECODED_FORMAT_GRAY8;
      return TRUE;
    case JCS_RGB:
    case JCS_YCbCr:
      *ret_format = GST_OMV_DECODED_FORMAT_RGB;
      return TRUE;
    default:
      g_set_error_literal (error, GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED,
          _("The JPEG picture is neither gray nor of three colours."));
      return FALSE;
  }
}

static gboolean
check (const Jpeg * jpeg, GstOmvDecodedFormat * ret_format, GError ** error)
{
  OmvPictureClaim claim = {
    .width = jpeg->decoder.image_width,
    .height = jpeg->decoder.image_height,
    .packing_max = PACKING_MAX
  };

  if (!get_format (jpeg, &claim.format, error))
    return FALSE;
  claim.packed_size = (guint64) claim.width * claim.height
      * (guint64) jpeg->decoder.num_components;
  if (!omv_picture_check (jpeg->picture, &claim, error))
    return FALSE;

  *ret_format = claim.format;
  return TRUE;
}

static gboolean
decode (Jpeg * jpeg, GstOmvDecodedFormat * ret_format, GError ** error)
{
  GstOmvDecodedFormat format;

  if (!attempt (jpeg, read_header)) {
    omv_picture_set_broken (jpeg->picture, jpeg->message, error);
    return FALSE;
  }
  if (!check (jpeg, &format, error))
    return FALSE;

  if (jpeg->target != NULL && jpeg->target->format != format) {
    omv_picture_set_broken (jpeg->picture, "it changes", error);
    return FALSE;
  }
  if (jpeg->target != NULL && !attempt (jpeg, read_pixels)) {
    omv_picture_set_broken (jpeg->picture, jpeg->message, error);
    return FALSE;
  }

  *ret_format = format;
  return TRUE;
}

/*
 * omv_picture_decode_jpeg:
 * @target: where the pixels go, NULL to have only their format told
 * @ret_format: untouched on failure
 */
gboolean
omv_picture_decode_jpeg (const OmvPicture * picture,
    const OmvPictureTarget * target, GstOmvDecodedFormat * ret_format,
    GError ** error)
{
  Jpeg jpeg = {.picture = picture,.target = target };
  gboolean decoded;

  jpeg.decoder.err = jpeg_std_error (&jpeg.errors);
  jpeg.errors.error_exit = on_error;
  jpeg.errors.emit_message = on_warning;
  jpeg.progress.progress_monitor = on_progress;
  jpeg.decoder.client_data = &jpeg;

  decoded = decode (&jpeg, ret_format, error);
  jpeg_destroy_decompress (&jpeg.decoder);

  return decoded;
}
