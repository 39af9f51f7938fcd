/* import.h: what the parts of omvstr convert to recordings share
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omvclock.h"
#include "omvsidecars.h"

G_BEGIN_DECLS

/* ---- import-end.c ---- */

typedef struct _OmvEnd OmvEnd;

/* Watches how far the frames of @pad, a source pad, go. It has to stay while @pad
 * is there. */
OmvEnd *omv_end_new (GstPad * pad);
void omv_end_free (OmvEnd * end);

/* Behind the end: whether frames are missing there.
 * @ret_told: ns that the container says that it lasts
 * @ret_end: ns at which the last frame ends */
gboolean omv_end_is_early (const OmvEnd * end, guint64 * ret_told,
    guint64 * ret_end);

/* Whether @path is an AVI file that is shorter than it says. */
gboolean omv_end_is_cut (const gchar * path);

/* ---- import-pictures.c ---- */

/* "frames/%05d.png" */
gboolean omv_pictures_is_pattern (const gchar * path);

/* A source of the pictures that @path, a pattern or a file, names, in the order
 * of their numbers, at 30 frames a second. */
GstElement *omv_pictures_new (const OmvTool * tool, const gchar * path,
    GError ** error);

/* ---- import-gif.c ---- */

/* A source of the pictures of an animation. NULL: it cannot be read. */
GstElement *omv_gif_new (const gchar * path, GError ** error);

/* ---- import-store.c ---- */

typedef struct _OmvStoreSource OmvStoreSource;

/* @caps: where the decoding of videos ends */
OmvStoreSource *omv_store_source_new (GstOmvStore * store, const gchar * caps);

/* A source of the store's frames, each with its index as omv_clock_set_store() wants
 * it, at most once. It must not live longer than @source. */
GstElement *omv_store_source_make_element (OmvStoreSource * source,
    GError ** error);

/* Behind the end: what was not as the store says. */
void omv_store_source_note (const OmvStoreSource * source,
    const OmvTool * tool, const gchar * path);

/* What the store knows of its frames and of itself.
 * @frames: those that came, of OmvClockFrame
 * @shift: which of these times is the recording's time 0 */
void omv_store_source_fill (const OmvStoreSource * source,
    OmvSidecars * sidecars, const GArray * frames, guint64 shift);

void omv_store_source_free (OmvStoreSource * source);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvStoreSource, omv_store_source_free)

G_END_DECLS
