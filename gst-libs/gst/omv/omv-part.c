/* omv-part.c: one file of a recording of many
 *
 * What a reader tells of the files that it reads as one, in a type that any
 * language can hold.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-part.h"

G_DEFINE_BOXED_TYPE (GstOmvPart, gst_omv_part, gst_omv_part_copy,
    gst_omv_part_free);

/**
 * gst_omv_part_copy:
 * @part: a part
 *
 * Returns: (transfer full): a copy
 *
 * Since: 0.1
 */
GstOmvPart *
gst_omv_part_copy (const GstOmvPart * part)
{
  GstOmvPart *copy = g_memdup2 (part, sizeof *part);

  if (copy->file != NULL)
    g_object_ref (copy->file);
  return copy;
}

/**
 * gst_omv_part_free:
 * @part: (transfer full): a part
 *
 * Since: 0.1
 */
void
gst_omv_part_free (GstOmvPart * part)
{
  g_clear_object (&part->file);
  g_free (part);
}
