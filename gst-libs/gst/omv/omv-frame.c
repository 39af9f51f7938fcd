/* omv-frame.c: a frame of a recording, and a damaged stretch of one
 *
 * What a reader hands out, in types that any language can hold.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-frame.h"

#include "omv-frame-private.h"

G_DEFINE_BOXED_TYPE (GstOmvFrame, gst_omv_frame, gst_omv_frame_ref,
    gst_omv_frame_unref);

G_DEFINE_BOXED_TYPE (GstOmvDamage, gst_omv_damage, gst_omv_damage_copy,
    gst_omv_damage_free);

/*
 * omv_frame_new:
 * @payload: (transfer full): its bytes
 */
GstOmvFrame *
omv_frame_new (const GstOmvWalkStep * step, guint64 duration, GBytes * payload)
{
  GstOmvFrame *frame = g_new (GstOmvFrame, 1);

  *frame = (GstOmvFrame) {
  .number = step->number,.offset = step->offset,.time = step->time,.duration =
        duration,.version = step->version,.header = step->header,.payload =
        payload};
  g_atomic_ref_count_init (&frame->ref_count);

  return frame;
}

/* Version 1.0 stores RGB565 the other way round. */
static GBytes *
swap_bytes (GBytes * payload)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (payload, &size);
  guint8 *swapped = g_malloc (size);

  for (gsize i = 0; i + 1 < size; i += 2) {
    swapped[i] = data[i + 1];
    swapped[i + 1] = data[i];
  }

  return g_bytes_new_take (swapped, size);
}

/*
 * omv_frame_get_payload:
 *
 * Returns: (transfer full): the payload as every version but 1.0 stores it
 */
GBytes *
omv_frame_get_payload (const GstOmvFrame * frame)
{
  return frame->version == GST_OMV_VERSION_V1_0
      && frame->header.format == GST_OMV_PIXEL_FORMAT_RGB565
      ? swap_bytes (frame->payload) : g_bytes_ref (frame->payload);
}

/**
 * gst_omv_frame_ref:
 * @frame: a frame
 *
 * Returns: (transfer full): @frame, with one reference more
 *
 * Since: 0.1
 */
GstOmvFrame *
gst_omv_frame_ref (GstOmvFrame * frame)
{
  g_atomic_ref_count_inc (&frame->ref_count);
  return frame;
}

/**
 * gst_omv_frame_unref:
 * @frame: (transfer full): a frame
 *
 * Gives a reference back. The last one frees the frame.
 *
 * Since: 0.1
 */
void
gst_omv_frame_unref (GstOmvFrame * frame)
{
  if (!g_atomic_ref_count_dec (&frame->ref_count))
    return;

  g_bytes_unref (frame->payload);
  g_free (frame);
}

/**
 * gst_omv_frame_unpack:
 * @frame: a frame
 * @ret_size: (out): bytes of the payload
 * @ret_width: (out): pixels
 * @ret_height: (out): pixels
 * @ret_format: (out): the #GstOmvPixelFormat
 * @ret_version: (out): the #GstOmvVersion
 * @ret_number: (out): see #GstOmvFrame
 * @ret_time: (out): ns from the recording's start
 * @ret_interval: (out): ns since the frame before, as the header says
 *
 * Takes a frame apart by one call, for languages in which each field of a struct
 * costs one. Those that can look at memory in place, as NumPy does, find the
 * payload by its address; others have #GstOmvFrame.payload.
 *
 * Returns: the address of the payload, which belongs to @frame; of no meaning if
 *   @ret_size is 0. It is a number, as bindings make nothing of a pointer
 *
 * Since: 0.1
 */
guintptr
gst_omv_frame_unpack (const GstOmvFrame * frame, gsize * ret_size,
    gint * ret_width, gint * ret_height, guint * ret_format,
    guint * ret_version, guint64 * ret_number, guint64 * ret_time,
    guint64 * ret_interval)
{
  *ret_width = frame->header.width;
  *ret_height = frame->header.height;
  *ret_format = (guint) frame->header.format;
  *ret_version = (guint) frame->version;
  *ret_number = frame->number;
  *ret_time = frame->time;
  *ret_interval = frame->header.interval
      * gst_omv_version_get_unit (frame->version);

  return (guintptr) g_bytes_get_data (frame->payload, ret_size);
}

/**
 * gst_omv_damage_copy:
 * @damage: a damaged stretch
 *
 * Returns: (transfer full): a copy
 *
 * Since: 0.1
 */
GstOmvDamage *
gst_omv_damage_copy (const GstOmvDamage * damage)
{
  return g_memdup2 (damage, sizeof *damage);
}

/**
 * gst_omv_damage_free:
 * @damage: (transfer full): a damaged stretch
 *
 * Since: 0.1
 */
void
gst_omv_damage_free (GstOmvDamage * damage)
{
  g_free (damage);
}

/**
 * gst_omv_damage_describe:
 * @damage: a damaged stretch
 *
 * Returns: (transfer full): one translated sentence for the user, with the
 *   frame's number and the bytes' offset
 *
 * Since: 0.1
 */
gchar *
gst_omv_damage_describe (const GstOmvDamage * damage)
{
  GstOmvWalkStep step = {.offset = damage->offset,.size = damage->size,
    .number = damage->number,.fault = damage->fault
  };

  return gst_omv_walk_step_describe (&step);
}
