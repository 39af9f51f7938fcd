/* omvcopy.h: frames of recordings into another one, as they are stored
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omvtool.h"

G_BEGIN_DECLS

typedef struct _OmvCopy OmvCopy;

/* Which version a recording with all frames of @inputs is to be: 1.1 if all are
 * 1.0 or 1.1, else 2.0. FALSE after omv_fail().
 * @inputs: NULL at the end */
gboolean omv_copy_choose_version (gchar ** inputs,
    GstOmvVersion * ret_version);

/* A recording to be written. Ctrl-C ends it from now on. NULL after omv_fail(),
 * as omv_output_new().
 * @inputs: NULL at the end
 * @version: 1.1 or 2.0 */
OmvCopy *omv_copy_new (const OmvTool * tool, const gchar * path,
    gchar ** inputs, GstOmvVersion version);

/* Walks over the recording @path, one of the inputs, in their order, as
 * gst_omv_reader_walk() does, and on behind damage. FALSE after omv_fail(); TRUE
 * at the end and if @func wanted no more. */
gboolean omv_copy_walk (OmvCopy * copy, const gchar * path,
    GstOmvWalkFunc func, gpointer user_data);

/* Adds the frame of @step. To be called by the function of omv_copy_walk(),
 * which then returns the same. A frame that holds nothing (ARGB8) is counted and
 * left out. FALSE: it failed, of which omv_copy_walk() tells.
 * @time: ns from the start of what is written; one before that of the last frame
 *   counts as that
 * @exact_time: ns to be stored by version 2.0: mostly that of the step's header;
 *   GST_OMV_TIME_NONE: none */
gboolean omv_copy_add (OmvCopy * copy, const GstOmvWalkStep * step,
    guint64 time, guint64 exact_time);

/* Frames that were added so far; the next one gets this number. */
guint64 omv_copy_get_n_frames (const OmvCopy * copy);

/* Whether damage lies in what was copied of @path by the last walk, after
 * omv_fail(). It counts between frames that were added, and where the recording
 * begins or ends with it. */
gboolean omv_copy_check_damage (const OmvCopy * copy, const gchar * path);

/* The number that a frame of the last walk has now. FALSE: it was not added.
 * @copy: an OmvCopy */
gboolean omv_copy_find_number (gconstpointer copy, guint64 number,
    guint64 * ret_number);

/* Frames of the last walk that were left out because a recording cannot hold
 * them; and a note of them, if there are any. */
guint64 omv_copy_get_n_left_out (const OmvCopy * copy);
void omv_copy_note_left_out (const OmvCopy * copy, const gchar * path);

/* Writes what is left and gives the recording its name. FALSE after omv_fail(). */
gboolean omv_copy_finish (OmvCopy * copy);

/* Removes what was not finished. */
void omv_copy_free (OmvCopy * copy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvCopy, omv_copy_free)

G_END_DECLS
