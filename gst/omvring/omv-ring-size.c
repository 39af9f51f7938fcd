/* omv-ring-size.c: how large a ring is to be
 *
 * From what the user wants, the first frame and the memory of the machine. Arithmetic
 * only, but for the question how much memory there is.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-ring-size.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <gst/omv/omv-i18n.h>

/* What is kept if nothing says how much. */
#define AUTO_TIME (5 * GST_SECOND)
#define AUTO_FRAME_DURATION (GST_SECOND / 30)

/* Beyond the frames promised, so that a full ring loses nothing to a disk that
 * starts late: a quarter, at least so many. */
#define SPARE_MIN 8

/* Room for headers and markers of a picture beside its pixels. */
#define PICTURE_OVERHEAD 4096

/* Of a slot beside its payload, and what slots are a multiple of: see
 * gst_omv_ring_new(). */
#define SLOT_OVERHEAD 64
#define SLOT_ALIGNMENT 64

/* Bytes of memory that can be had without pushing others out. */
static guint64
get_available_memory (void)
{
  g_autofree gchar *info = NULL;
  const gchar *line = NULL;
  guint64 kib;

  if (g_file_get_contents ("/proc/meminfo", &info, NULL, NULL))
    line = strstr (info, "MemAvailable:");
  if (line != NULL && sscanf (line, "MemAvailable: %" SCNu64, &kib) == 1)
    return kib * 1024;

  return (guint64) sysconf (_SC_AVPHYS_PAGES) *
      (guint64) sysconf (_SC_PAGESIZE);
}

static guint64
get_auto_slot_size (const GstOmvFrameHeader * frame)
{
  guint64 pixels = (guint64) frame->width * (guint64) frame->height;
  guint64 estimate;

  switch (frame->format) {
    case GST_OMV_PIXEL_FORMAT_JPEG:
      estimate = pixels + PICTURE_OVERHEAD;
      break;
    case GST_OMV_PIXEL_FORMAT_PNG:
      estimate = 3 * pixels + PICTURE_OVERHEAD;
      break;
    default:
      estimate = frame->payload_size;
      break;
  }

  return estimate;
}

/* Frames that should be kept. */
static guint64
get_auto_slots (const OmvRingWishes * wishes, GstClockTime frame_duration)
{
  GstClockTime time = GST_CLOCK_TIME_IS_VALID (wishes->pre_time)
      ? wishes->pre_time : AUTO_TIME;
  guint64 count;

  if (!GST_CLOCK_TIME_IS_VALID (frame_duration) || frame_duration == 0)
    frame_duration = AUTO_FRAME_DURATION;
  count = time / frame_duration + (time % frame_duration != 0);
  if (wishes->pre_frames >= 0)
    count = GST_CLOCK_TIME_IS_VALID (wishes->pre_time)
        ? MIN (count, (guint64) wishes->pre_frames)
        : (guint64) wishes->pre_frames;

  return count + 1;
}

static guint64
add_spare (guint64 slots)
{
  return slots + MAX (slots / 4, SPARE_MIN);
}

/* The most frames whose slots, with the spare ones, are at most @all. */
static guint64
remove_spare (guint64 all)
{
  guint64 slots = all / 5 * 4 + MIN (all % 5, 3);

  if (slots / 4 < SPARE_MIN)
    slots = all - MIN (all, SPARE_MIN);
  return slots;
}

static void
set_error (const OmvRingWishes * wishes, guint64 slots, guint64 slot_size,
    guint64 limit, GError ** error)
{
  g_autofree gchar *needed = g_format_size_full (add_spare (slots)
      > G_MAXUINT64 / slot_size ? G_MAXUINT64 : add_spare (slots) * slot_size,
      G_FORMAT_SIZE_IEC_UNITS);
  g_autofree gchar *allowed = g_format_size_full (limit,
      G_FORMAT_SIZE_IEC_UNITS);

  if (wishes->max_size > 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
        _("A ring of %" PRIu64 " frames needs %s, more than max-size-bytes "
            "allows (%s)."), slots, needed, allowed);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
        _("A ring of %" PRIu64 " frames needs %s, more than half of the memory "
            "that is available (%s)."), slots, needed, allowed);
}

/*
 * omv_ring_size_choose:
 * @frame: the first frame, or what its caps say
 * @frame_duration: ns, or NONE
 *
 * Errors: %G_IO_ERROR_NO_SPACE if the number of frames that the user wants, or a
 * single one, is too much.
 */
gboolean
omv_ring_size_choose (const OmvRingWishes * wishes,
    const GstOmvFrameHeader * frame, GstClockTime frame_duration,
    OmvRingSize * ret_size, GError ** error)
{
  guint64 limit = wishes->max_size > 0 ? wishes->max_size
      : get_available_memory () / 2;
  guint64 slot_size = wishes->slot_size > 0 ? wishes->slot_size
      : get_auto_slot_size (frame);
  guint64 stride = (CLAMP (slot_size, 1, G_MAXUINT32) + SLOT_OVERHEAD
      + SLOT_ALIGNMENT - 1) / SLOT_ALIGNMENT * SLOT_ALIGNMENT;
  guint64 possible = MIN (remove_spare (limit / stride), G_MAXUINT / 2);
  guint64 slots = wishes->slots > 0 ? wishes->slots
      : get_auto_slots (wishes, frame_duration);

  if (possible == 0 || (wishes->slots > 0 && slots > possible)) {
    set_error (wishes, slots, stride, limit, error);
    return FALSE;
  }

  ret_size->reduced = slots > possible;
  ret_size->slots = (guint) MIN (slots, possible);
  ret_size->all_slots = (guint) add_spare (ret_size->slots);
  ret_size->slot_size = (gsize) MIN (slot_size, G_MAXUINT32);
  ret_size->memory = ret_size->all_slots * stride;
  return TRUE;
}
