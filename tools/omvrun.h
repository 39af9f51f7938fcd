/* omvrun.h: a pipeline that runs to its end, or to Ctrl-C
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omvtool.h"

G_BEGIN_DECLS

typedef enum {
  OMV_RUN_END,                  /* end of stream */
  OMV_RUN_INTERRUPTED,          /* the same, because of Ctrl-C or SIGTERM */
  OMV_RUN_FAILED                /* after omv_fail() */
} OmvRunResult;

typedef struct {
  const OmvTool *tool;
  const gchar *subject;         /* of what is said, or NULL */
  const gchar *output;          /* the same of what cannot be written */
  GstElement *pipeline;

  /* To make the pipeline end well: it has to send EOS. FALSE: there is nothing
   * yet that could. */
  gboolean (*stop) (gpointer user_data);
  /* The pipeline is live, before it starts. FALSE after omv_fail(). NULL: fine */
  gboolean (*accept_live) (gpointer user_data);
  /* Ten times a second. Or NULL. */
  void (*tick) (gpointer user_data);
  /* Messages of elements. Or NULL. */
  void (*on_message) (const GstStructure * message, gpointer user_data);
  /* Whether on_message is told of all that @source warns of. Or NULL. */
  gboolean (*is_told) (GstObject * source, gpointer user_data);
  /* A decoder has left out a frame that it cannot decode. Or NULL. */
  void (*on_drop) (GstElement * decoder, gpointer user_data);
  gpointer user_data;
} OmvRun;

/* NULL with a sentence that names the Debian package of what is missing. */
GstElement *omv_make_element (const gchar * factory, GError ** error);

/* To be called where a pad of @decoder, a child of the pipeline, was linked: what is
 * behind gets the pipeline's state. */
void omv_start_behind (GstElement * decoder);

/* Whether @message tells of a frame that a decoder cannot decode. */
gboolean omv_is_drop (GstMessage * message);

/* Where frames are counted: decoders that leave out frames without such a message
 * are to fail instead. */
void omv_forbid_silent_drops (GstElement * pipeline);

/* The pipeline is stopped behind it, but still there. */
OmvRunResult omv_run (const OmvRun * run);

G_END_DECLS
