/* record.h: what the parts of omvstr record share
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omvchain.h"

G_BEGIN_DECLS

/* ---- record-source.c ---- */

typedef struct {
  GstOmvPixelFormat format;     /* UNKNOWN: the camera's own */
  gint width, height;           /* 0: about 640x480 */
  gint rate;                    /* 0: about 30 a second */
} OmvRecordWish;

/* What a camera is to deliver, as a recording can store it if possible.
 * @source: in READY
 * @ret_format: what that is stored as; UNKNOWN: it has to be converted
 * NULL: it has nothing that is wished. */
GstCaps *omv_record_choose (GstElement * source, const OmvRecordWish * wish,
    GstOmvPixelFormat * ret_format);

/* What frames of @caps are stored as, or UNKNOWN. */
GstOmvPixelFormat omv_record_get_format (const GstCaps * caps);

/* ---- record-trigger.c ---- */

/* @label: (nullable): what was typed */
typedef void (*OmvTriggerFunc) (const gchar * label, gpointer user_data);

typedef struct _OmvTrigger OmvTrigger;

/* Calls @func in the main loop for each SIGUSR1 and, on a terminal, each Enter or
 * space, else each line of standard input. */
OmvTrigger *omv_trigger_new (OmvTriggerFunc func, gpointer user_data);

/* Whether keys do. */
gboolean omv_trigger_has_keys (const OmvTrigger * trigger);

void omv_trigger_free (OmvTrigger * trigger);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvTrigger, omv_trigger_free)

G_END_DECLS
