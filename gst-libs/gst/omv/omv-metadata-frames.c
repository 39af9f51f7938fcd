/* omv-metadata-frames.c: metadata and the frames that it is about
 *
 * What metadata says of a recording's time and of which recording it means, for
 * those who have frames in hand.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-metadata.h"

#include "omv-metadata-private.h"
#include "omv-timing.h"
#include "omv-zone.h"

#define NS_PER_US 1000

/* As much of a frame tells it from others. */
#define MARKED_SIZE_MAX 65536

/**
 * gst_omv_metadata_get_datetime:
 * @self: metadata
 * @time: of a frame, in ns from the recording's start
 *
 * Returns: (transfer full) (nullable): the wall-clock time then, to the microsecond,
 *   in the recording's zone if that is known here, else at the start's distance to
 *   UTC; %NULL if nobody noted when it started
 *
 * Since: 0.1
 */
GDateTime *
gst_omv_metadata_get_datetime (GstOmvMetadata * self, guint64 time)
{
  g_autoptr (GDateTime) start = gst_omv_metadata_get_start (self);
  g_autoptr (GDateTime) datetime = NULL;
  const gchar *name = gst_omv_metadata_get_zone (self);
  g_autoptr (GTimeZone) zone = NULL;

  if (start == NULL)
    return NULL;

  datetime = g_date_time_add (start, (GTimeSpan) (time / NS_PER_US));
  zone = name != NULL ? omv_zone_find (name) : NULL;
  return datetime != NULL && zone != NULL
      ? g_date_time_to_timezone (datetime, zone) : g_steal_pointer (&datetime);
}

/**
 * gst_omv_metadata_find_time:
 * @self: metadata
 * @datetime: a wall-clock time
 * @ret_time: (out): ns from the recording's start, untouched on failure
 *
 * The other way round: when in the recording it was @datetime.
 *
 * Returns: %FALSE if that is before the start, or nobody noted when that was
 *
 * Since: 0.1
 */
gboolean
gst_omv_metadata_find_time (GstOmvMetadata * self, GDateTime * datetime,
    guint64 * ret_time)
{
  g_autoptr (GDateTime) start = gst_omv_metadata_get_start (self);
  GTimeSpan span;

  g_return_val_if_fail (datetime != NULL, FALSE);
  g_return_val_if_fail (ret_time != NULL, FALSE);

  span = start != NULL ? g_date_time_difference (datetime, start) : -1;
  if (span < 0 || span > (GTimeSpan) (GST_OMV_TIME_MAX / NS_PER_US))
    return FALSE;

  *ret_time = (guint64) span *NS_PER_US;
  return TRUE;
}

static gchar *
make_mark (GstOmvPixelFormat format, gint width, gint height,
    const guint8 * payload, gsize size)
{
  g_autofree gchar *sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256,
      payload, MIN (size, MARKED_SIZE_MAX));

  return g_strdup_printf ("%s %dx%d %.16s",
      gst_omv_pixel_format_get_name (format), width, height, sum);
}

/**
 * gst_omv_metadata_mark:
 * @self: metadata
 * @format: of the recording's first frame
 * @width: in pixels
 * @height: in pixels
 * @payload: (array length=size): its bytes, as they are stored
 * @size: of the whole payload, or at least 65536
 *
 * Notes which recording this is about, by its first frame.
 *
 * Since: 0.1
 */
void
gst_omv_metadata_mark (GstOmvMetadata * self, GstOmvPixelFormat format,
    gint width, gint height, const guint8 * payload, gsize size)
{
  g_autofree gchar *mark = make_mark (format, width, height, payload, size);

  omv_metadata_set_text (self, OMV_METADATA_FIRST_FRAME, mark);
}

/**
 * gst_omv_metadata_belongs_to:
 * @self: metadata
 * @format: of a recording's first frame
 * @width: in pixels
 * @height: in pixels
 * @payload: (array length=size): its bytes, as they are stored
 * @size: of the whole payload, or at least 65536
 *
 * Returns: %FALSE if this is known to be about another recording
 *
 * Since: 0.1
 */
gboolean
gst_omv_metadata_belongs_to (GstOmvMetadata * self, GstOmvPixelFormat format,
    gint width, gint height, const guint8 * payload, gsize size)
{
  g_autofree gchar *mark = make_mark (format, width, height, payload, size);
  const gchar *noted = omv_metadata_get_text (self,
      OMV_METADATA_FIRST_FRAME);

  return noted == NULL || g_str_equal (noted, mark);
}
