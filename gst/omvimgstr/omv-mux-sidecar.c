/* omv-mux-sidecar.c: the FILE.json that omvstrmux writes
 *
 * When a recording's time 0 was, whoever made its frames knows best: a reference
 * timestamp of the first frame counts more than a date-time tag of the stream, and
 * that more than the system's clock.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-mux-sidecar.h"

#include <gst/omv/omv-i18n.h>

#include "omv-pad-file.h"

/* The wall-clock time now, less what has passed since running time @time. */
static GDateTime *
get_wall_clock (const OmvMuxSidecar * self, GstClockTime time)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GstClock) clock = gst_element_get_clock (self->element);
  GstClockTime base_time = gst_element_get_base_time (self->element);
  GstClockTimeDiff age = 0;

  if (clock != NULL && GST_CLOCK_TIME_IS_VALID (base_time))
    age = GST_CLOCK_DIFF (time, gst_clock_get_time (clock) - base_time);
  return g_date_time_add (now, -(age / GST_USECOND));
}

/* How long after the stream's start @buffer comes. */
static GstClockTime
get_stream_time (const OmvMuxSidecar * self, GstBuffer * buffer)
{
  GstClockTime time = GST_BUFFER_PTS (buffer);

  if (self->segment->format == GST_FORMAT_TIME
      && GST_CLOCK_TIME_IS_VALID (time))
    time = gst_segment_to_stream_time (self->segment, GST_FORMAT_TIME, time);
  return GST_CLOCK_TIME_IS_VALID (time) ? time : 0;
}

/* The wall-clock time of the recording's time 0, whose first frame is @buffer:
 * whoever knows it has said so, else it is now. NULL: no calendar has it. */
static GDateTime *
get_start (const OmvMuxSidecar * self, GstBuffer * buffer)
{
  GstClockTime unix_time = gst_omv_buffer_get_unix_time (buffer);
  g_autoptr (GDateTime) tag = self->tags != NULL
      ? gst_omv_tags_get_start (self->tags) : NULL;
  g_autoptr (GDateTime) first = NULL;

  if (GST_CLOCK_TIME_IS_VALID (unix_time)) {
    g_autoptr (GDateTime) epoch = g_date_time_new_from_unix_utc (0);
    g_autoptr (GDateTime) utc = g_date_time_add (epoch,
        (GTimeSpan) (unix_time / GST_USECOND));

    if (utc != NULL && tag != NULL)
      first = g_date_time_to_timezone (utc, g_date_time_get_timezone (tag));
    else if (utc != NULL)
      first = g_date_time_to_local (utc);
  } else if (tag != NULL) {
    first = g_date_time_add (tag,
        (GTimeSpan) (get_stream_time (self, buffer) / GST_USECOND));
  }
  if (first == NULL)
    first = get_wall_clock (self, self->zero);

  return g_date_time_add (first, -(GTimeSpan) (self->origin / GST_USECOND));
}

/* Notes which recording it is, by its first frame. */
static void
mark (GstOmvMetadata * metadata, const GstOmvFrameHeader * header,
    GstBuffer * payload)
{
  GstMapInfo map;

  if (!gst_buffer_map (payload, &map, GST_MAP_READ))
    return;

  gst_omv_metadata_mark (metadata, header->format, header->width,
      header->height, map.data, map.size);
  gst_buffer_unmap (payload, &map);
}

static void
note_start (GstOmvMetadata * metadata, GDateTime * start)
{
  if (start == NULL)
    return;

  gst_omv_metadata_set_start (metadata, start);
  gst_omv_metadata_set_zone (metadata,
      g_time_zone_get_identifier (g_date_time_get_timezone (start)));
}

static GstOmvMetadata *
make_metadata (const OmvMuxSidecar * self, GstBuffer * buffer)
{
  GstOmvMetadata *metadata = gst_omv_metadata_new ();
  g_autoptr (GDateTime) start = get_start (self, buffer);
  GstClockTime base_time = gst_element_get_base_time (self->element);

  note_start (metadata, start);
  if (GST_CLOCK_TIME_IS_VALID (base_time))
    gst_omv_metadata_set_base_time (metadata, base_time);
  if (self->tags != NULL)
    gst_omv_tags_to_metadata (self->tags, metadata);

  return metadata;
}

void
omv_mux_sidecar_write (const OmvMuxSidecar * self, GstBuffer * buffer,
    const GstOmvFrameHeader * header, GstBuffer * payload)
{
  g_autoptr (GFile) file = omv_pad_query_file (self->srcpad);
  g_autoptr (GstOmvMetadata) metadata = NULL;
  g_autoptr (GError) error = NULL;

  if (file == NULL) {
    GST_ELEMENT_WARNING (self->element, RESOURCE, SETTINGS,
        (_("Nothing is written beside the recording, because it does not go to "
                "a file.")), (NULL));
    return;
  }

  metadata = make_metadata (self, buffer);
  mark (metadata, header, payload);
  if (!gst_omv_metadata_store (metadata, file, &error))
    GST_ELEMENT_WARNING (self->element, RESOURCE, WRITE,
        (_("The file beside the recording cannot be written: %s"),
            error->message), (NULL));
}
