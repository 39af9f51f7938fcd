/* omv-decode-picture.h: between omv-decode and the decoders of pictures
 *
 * Private to the library: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-decode.h>

/* A JPEG or PNG payload and the size that its frame's header states. */
typedef struct
{
  const gchar *name;            /* "JPEG" */
  const guint8 *data;
  gsize size;
  gint width;
  gint height;
} OmvPicture;

/* Where its pixels go. */
typedef struct
{
  GstOmvDecodedFormat format;
  guint8 *pixels;
  gsize stride;
} OmvPictureTarget;

/* What a picture says of itself before it is decoded. */
typedef struct
{
  guint width;
  guint height;
  GstOmvDecodedFormat format;
  guint64 packed_size;          /* of the pixels, before they are compressed */
  guint packing_max;            /* how many times smaller that can become */
} OmvPictureClaim;

gboolean omv_picture_check (const OmvPicture * picture,
    const OmvPictureClaim * claim, GError ** error);
void omv_picture_set_broken (const OmvPicture * picture,
    const gchar * message, GError ** error);

gboolean omv_picture_decode_jpeg (const OmvPicture * picture,
    const OmvPictureTarget * target, GstOmvDecodedFormat * ret_format,
    GError ** error);
gboolean omv_picture_decode_png (const OmvPicture * picture,
    const OmvPictureTarget * target, GstOmvDecodedFormat * ret_format,
    GError ** error);
