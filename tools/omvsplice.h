/* omvsplice.h: bytes of files, one behind the other, into another file
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omvtool.h"

G_BEGIN_DECLS

typedef struct _OmvSplice OmvSplice;

/* Writes into the file @part, which is there and empty, and which is called @path
 * where something fails. NULL after omv_fail(). */
OmvSplice *omv_splice_new (const gchar * part, const gchar * path);

/* Whatever fails below says so and returns FALSE, and so does every call after
 * it. */

/* From now on ranges are those of this file. */
gboolean omv_splice_open (OmvSplice * splice, const gchar * path,
    guint64 * ret_size);

/* @size: at most 4096 */
gboolean omv_splice_put (OmvSplice * splice, const guint8 * data, gsize size);

gboolean omv_splice_put_range (OmvSplice * splice, guint64 offset,
    guint64 size);

/* The same with the two bytes of each 16-bit word changed over.
 * @size: even */
gboolean omv_splice_put_swapped (OmvSplice * splice, guint64 offset,
    guint64 size);

/* Waits until everything is written. */
gboolean omv_splice_finish (OmvSplice * splice);

void omv_splice_free (OmvSplice * splice);

G_END_DECLS
