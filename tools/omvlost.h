/* omvlost.h: which frame a line belongs to, in a recording that has lost frames
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omvtool.h"

G_BEGIN_DECLS

/* The frames that damage has taken from the middle of a recording. */
typedef struct {
  gboolean is_none;             /* there is no such damage; nothing else is set */
  guint64 first;                /* the number of the first one */
  gboolean is_known;            /* it is known how many … */
  guint64 n;                    /* … there were */
} OmvLost;

/* Looks for damage. What cannot be read is an error, and FALSE.
 * @reader: of the recording, with "resync"
 * @last: the last frame that has a line */
gboolean omv_lost_find (GstOmvReader * reader, guint64 last,
    OmvLost * ret_lost, GError ** error);

/* The number that the frame @number, as it was recorded, has among those that are
 * found. FALSE: it is lost, or nobody knows. */
gboolean omv_lost_find_number (const OmvLost * lost, guint64 number,
    guint64 * ret_number);

G_END_DECLS
