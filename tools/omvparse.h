/* omvparse.h: times, frame numbers and sizes on the command line
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A place in a recording. */
typedef struct {
  gboolean is_frame;
  guint64 value;                /* a frame's number, or ns */
} OmvPlace;

/* Outputs are untouched on failure; what was wrong is the caller's to say. */

/* "1.5", "1:02.5", "1:00:00", "90s", "500ms", "20us", "7ns" -> ns */
gboolean omv_parse_time (const gchar * text, guint64 * ret_time);

/* "120", "#120" */
gboolean omv_parse_frame (const gchar * text, guint64 * ret_number);

/* "#120" is a frame, everything else a time. */
gboolean omv_parse_place (const gchar * text, OmvPlace * ret_place);

/* "320x240" */
gboolean omv_parse_size (const gchar * text, gint * ret_width,
    gint * ret_height);

G_END_DECLS
