/* omvlost.c: which frame a line belongs to, in a recording that has lost frames
 *
 * A line names its frame as it was recorded, but frames are numbered as they are
 * found. Where damage took some from the middle, all behind it have other numbers. By
 * how much is known if all frames around are of one size, of which the damage is a
 * multiple, and if there was damage only once. Else nobody can tell whose the lines
 * behind it are.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvlost.h"

static void
free_damages (GList * damages)
{
  g_list_free_full (damages, (GDestroyNotify) gst_omv_damage_free);
}

/* With its header and what follows it. */
static guint64
get_stored_size (const GstOmvFrame * frame)
{
  return gst_omv_version_get_header_size (frame->version)
      + (guint64) frame->header.payload_size
      + gst_omv_get_padding (frame->header.payload_size);
}

/* The frame before the damage is part of it: its size was false. */
static gboolean
is_false (const GstOmvFrame * before, const GstOmvDamage * damage)
{
  return before->offset >= damage->offset;
}

/* FALSE: it is not known. */
static gboolean
count_lost (const GstOmvFrame * before, const GstOmvDamage * damage,
    const GstOmvFrame * behind, guint64 * ret_n)
{
  const guint64 size = get_stored_size (before);

  *ret_n = damage->size / size;
  return damage->size % size == 0 && get_stored_size (behind) == size;
}

/* @n_frames: that were found; a torn one at the end may have a line, too */
static gboolean
look_at (GstOmvReader * reader, const GstOmvDamage * damage, guint64 n_frames,
    guint64 last, OmvLost * ret_lost, GError ** error)
{
  g_autoptr (GstOmvFrame) before = NULL;
  g_autoptr (GstOmvFrame) behind =
      gst_omv_reader_read_frame (reader, damage->number, error);

  if (behind == NULL)
    return FALSE;
  if (damage->number == 0)
    return TRUE;

  before = gst_omv_reader_read_frame (reader, damage->number - 1, error);
  if (before == NULL)
    return FALSE;
  if (is_false (before, damage)) {
    ret_lost->first = before->number;
    return TRUE;
  }
  ret_lost->is_known = count_lost (before, damage, behind, &ret_lost->n)
      && last < n_frames + ret_lost->n
      + (gst_omv_reader_is_torn (reader, NULL) ? 1 : 0);
  return TRUE;
}

/* The first damage that has frames behind it.
 * @ret_is_only: there is no other one */
static const GstOmvDamage *
find_damage (GList * damages, guint64 n_frames, gboolean * ret_is_only)
{
  const GstOmvDamage *first = NULL;

  *ret_is_only = TRUE;
  for (; damages != NULL; damages = damages->next) {
    const GstOmvDamage *damage = damages->data;

    if (damage->number >= n_frames)
      continue;
    if (first == NULL)
      first = damage;
    else
      *ret_is_only = FALSE;
  }

  return first;
}

/* @ret_damages: of GstOmvDamage */
static gboolean
list_damages (GstOmvReader * reader, GList ** ret_damages,
    guint64 * ret_n_frames, GError ** error)
{
  g_autoptr (GError) local = NULL;

  *ret_n_frames = gst_omv_reader_get_n_frames (reader, &local);
  if (local == NULL)
    *ret_damages = gst_omv_reader_list_damages (reader, &local);
  if (local == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
omv_lost_find (GstOmvReader * reader, guint64 last, OmvLost * ret_lost,
    GError ** error)
{
  const GstOmvDamage *damage;
  GList *damages;
  guint64 n_frames;
  gboolean is_only, is_found = TRUE;

  if (!list_damages (reader, &damages, &n_frames, error))
    return FALSE;

  damage = find_damage (damages, n_frames, &is_only);
  *ret_lost = (OmvLost) {
  .is_none = damage == NULL};
  if (damage != NULL) {
    ret_lost->first = damage->number;
    is_found = look_at (reader, damage, n_frames, last, ret_lost, error);
    ret_lost->is_known &= is_only;
  }

  free_damages (damages);
  return is_found;
}

gboolean
omv_lost_find_number (const OmvLost * lost, guint64 number,
    guint64 * ret_number)
{
  *ret_number = number;
  if (lost->is_none || number < lost->first)
    return TRUE;
  if (!lost->is_known || number - lost->first < lost->n)
    return FALSE;

  *ret_number = number - lost->n;
  return TRUE;
}
