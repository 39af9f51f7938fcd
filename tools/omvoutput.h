/* omvoutput.h: a file to be written, whole or not at all
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omvtool.h"

G_BEGIN_DECLS

typedef struct _OmvOutput OmvOutput;

/* NULL after omv_fail(): @path exists and there is no --force, is a folder or a
 * device, is one of @inputs, or cannot be created.
 * @inputs: (nullable): NULL at the end */
OmvOutput *omv_output_new (const OmvTool * tool, const gchar * path,
    gchar ** inputs);

/* The same for what is needed while @path is made, which stays no longer. */
OmvOutput *omv_output_new_spool (const gchar * path);

/* Where to write: an empty file, PATH.part */
const gchar *omv_output_get_part (const OmvOutput * output);

/* Gives the file its name. FALSE after omv_fail(). */
gboolean omv_output_commit (OmvOutput * output);

/* The same for what cannot be made again: it and its name are on the disk then. */
gboolean omv_output_commit_to_disk (OmvOutput * output);

/* Leaves what was not committed where it was written, and says so. */
void omv_output_keep (OmvOutput * output);

/* Removes what was not committed. */
void omv_output_free (OmvOutput * output);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvOutput, omv_output_free)

G_END_DECLS
