/* omv-store-picture.c: a file with one picture
 *
 * What the files of a store hold, their first bytes tell: JPEG and PNG stay as they
 * are, arrays of NumPy's and portable pixmaps become rows of pixels. OpenCV, which
 * makes such arrays, has blue first.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-store.h"

#include "omv-format.h"
#include "omv-i18n.h"
#include "omv-numpy.h"
#include "omv-picture-end.h"
#include "omv-picture.h"

typedef struct
{
  gsize width, height, n_channels;
  const guint8 *pixels;
} Raster;

static gboolean
parse_array (const guint8 * data, gsize size, Raster * ret_raster)
{
  OmvNumpy array;

  if (!omv_numpy_parse_any (data, size, &array) || array.size != 1
      || array.kind != 'u' || array.n_dimensions < 2)
    return FALSE;

  ret_raster->height = array.shape[0];
  ret_raster->width = array.shape[1];
  ret_raster->n_channels = array.n_dimensions > 2 ? array.shape[2] : 1;
  ret_raster->pixels = array.data;
  return TRUE;
}

/* The next number of a pixmap's header, behind blanks and comments. */
static gboolean
next_number (const guint8 * data, gsize size, gsize * at, gsize * ret_number)
{
  gsize number = 0, i = *at;

  while (i < size && (g_ascii_isspace (data[i]) || data[i] == '#')) {
    if (data[i] == '#') {
      while (i < size && data[i] != '\n')
        i++;
    } else {
      i++;
    }
  }
  if (i == size || !g_ascii_isdigit (data[i]))
    return FALSE;
  for (; i < size && g_ascii_isdigit (data[i]); i++) {
    number = number * 10 + (gsize) (data[i] - '0');
    if (number > GST_OMV_DIMENSION_MAX)
      return FALSE;
  }

  *at = i;
  *ret_number = number;
  return TRUE;
}

static gboolean
parse_pixmap (const guint8 * data, gsize size, Raster * ret_raster)
{
  gsize at = 2, depth;

  if (size < 3 || data[0] != 'P' || (data[1] != '5' && data[1] != '6')
      || !next_number (data, size, &at, &ret_raster->width)
      || !next_number (data, size, &at, &ret_raster->height)
      || !next_number (data, size, &at, &depth) || depth != 255
      || at == size || !g_ascii_isspace (data[at]))
    return FALSE;

  at++;
  ret_raster->n_channels = data[1] == '5' ? 1 : 3;
  ret_raster->pixels = data + at;
  return ret_raster->width * ret_raster->height * ret_raster->n_channels
      <= size - at;
}

static gboolean
is_encoded (const guint8 * data, gsize size, GstOmvStorePicture * ret_picture)
{
  *ret_picture = gst_omv_picture_has_signature (GST_OMV_PIXEL_FORMAT_JPEG, data,
      size) ? GST_OMV_STORE_PICTURE_JPEG : GST_OMV_STORE_PICTURE_PNG;
  return *ret_picture == GST_OMV_STORE_PICTURE_JPEG
      || gst_omv_picture_has_signature (GST_OMV_PIXEL_FORMAT_PNG, data, size);
}

static GBytes *
fail_torn (const gchar * path, GError ** error)
{
  g_autofree gchar *name = g_filename_display_name (path);

  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
      _("\"%s\" is torn."), name);
  return NULL;
}

static GBytes *
swap_colours (const Raster * raster, gsize size)
{
  guint8 *pixels = g_malloc (size);

  for (gsize i = 0; i + 2 < size; i += 3) {
    pixels[i] = raster->pixels[i + 2];
    pixels[i + 1] = raster->pixels[i + 1];
    pixels[i + 2] = raster->pixels[i];
  }

  return g_bytes_new_take (pixels, size);
}

/* @bytes: of the file */
static GBytes *
take_raster (GBytes * bytes, const Raster * raster, gboolean blue_first,
    GstOmvStorePicture * ret_picture)
{
  const gsize size = raster->width * raster->height * raster->n_channels;
  gsize offset = (gsize) (raster->pixels
      - (const guint8 *) g_bytes_get_data (bytes, NULL));

  *ret_picture = raster->n_channels == 1 ? GST_OMV_STORE_PICTURE_GRAY
      : GST_OMV_STORE_PICTURE_RGB;
  return raster->n_channels == 3 && blue_first ? swap_colours (raster, size)
      : g_bytes_new_from_bytes (bytes, offset, size);
}

static gboolean
is_sane (const Raster * raster)
{
  return raster->width > 0 && raster->width <= GST_OMV_DIMENSION_MAX
      && raster->height > 0 && raster->height <= GST_OMV_DIMENSION_MAX
      && (raster->n_channels == 1 || raster->n_channels == 3);
}

GBytes *
omv_store_read_picture (const gchar * path, GstOmvStorePicture * ret_picture,
    gint * ret_width, gint * ret_height, GError ** error)
{
  g_autoptr (GBytes) bytes = omv_store_load (path, OMV_STORE_PICTURE_SIZE_MAX,
      error);
  g_autofree gchar *name = NULL;
  Raster raster = { 0, };
  const guint8 *data;
  gboolean is_array;
  gsize size;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  if (is_encoded (data, size, ret_picture)) {
    *ret_width = *ret_height = 0;
    return omv_picture_has_end (data, size) ? g_steal_pointer (&bytes)
        : fail_torn (path, error);
  }

  is_array = parse_array (data, size, &raster);
  if ((is_array || parse_pixmap (data, size, &raster)) && is_sane (&raster)) {
    *ret_width = (gint) raster.width;
    *ret_height = (gint) raster.height;
    return take_raster (bytes, &raster, is_array, ret_picture);
  }

  name = g_filename_display_name (path);
  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
      _("\"%s\" is no picture with 8 bits for each colour."), name);
  return NULL;
}
