/* omv-clip-name.h: the file names of dumps
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Stands for a label of which nothing can be in a file name. */
#define OMV_CLIP_NAME_NO_LABEL "trigger"

/* The most bytes of a label. */
#define OMV_CLIP_NAME_LABEL_MAX 64

/* Of one dump. */
typedef struct {
  GDateTime *time;              /* wall clock of the trigger */
  const gchar *name;            /* of the element */
  const gchar *label;           /* or NULL */
  guint64 number;               /* of the dump */
} OmvClipName;

gboolean omv_clip_name_check (const gchar * pattern, GError ** error);

gchar *omv_clip_name_expand (const gchar * pattern, const OmvClipName * values);


G_END_DECLS
