/* omvtool.h: what all commands of omvstr share
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv.h>

#include <gst/omv/omv-i18n.h>

G_BEGIN_DECLS

/* What a command returns, and the process with it. */
enum {
  OMV_EXIT_FINE = 0,
  OMV_EXIT_FAILED = 1,          /* or found damage */
  OMV_EXIT_USAGE = 2
};

typedef enum {
  OMV_COMMAND_JSON = 1 << 0,    /* has --json */
  OMV_COMMAND_WRITES = 1 << 1,  /* has --force */
  OMV_COMMAND_DEFAULT = 1 << 2  /* is meant by `omvstr IN OUT` */
} OmvCommandFlags;

typedef struct _OmvCommand OmvCommand;

/* One run of the tool. The common options are set before a command starts. */
typedef struct {
  const OmvCommand *command;
  gboolean quiet;               /* print nothing but results and errors */
  gboolean shares_terminal;     /* with others like it: no progress bar */
  gboolean json;
  gboolean force;               /* overwrite what is there */
} OmvTool;

/* A command. Its option entries point to variables of its own file. */
struct _OmvCommand {
  const gchar *name;
  const gchar *arguments;       /* N_(), such as "FILE…" */
  const gchar *summary;         /* N_(), one sentence */
  const gchar *examples;        /* lines, as they are typed */
  const GOptionEntry *options;  /* N_() descriptions; NULL: none of its own */
  guint min_arguments;
  guint max_arguments;
  OmvCommandFlags flags;

  /* @arguments: as many as allowed, NULL at the end, in the encoding of file
   * names. Returns an OMV_EXIT_. */
  gint (*run) (OmvTool * tool, gchar ** arguments);
};

/* One line on standard error, `omvstr: SUBJECT: sentence`; any progress bar is
 * cleared before. Each returns what the command is to return then. @subject: a
 * file name or NULL. */
gint omv_fail (const gchar * subject, const GError * error);
gint omv_fail_with (const gchar * subject, const gchar * format, ...)
    G_GNUC_PRINTF (2, 3);
gint omv_fail_usage (const OmvTool * tool, const gchar * format, ...)
    G_GNUC_PRINTF (2, 3);

/* The same for something that is no failure; silent with --quiet. */
void omv_note (const OmvTool * tool, const gchar * subject,
    const gchar * format, ...) G_GNUC_PRINTF (3, 4);

/* Whether @path is a directory or a pattern, which means many files. */
gboolean omv_is_many (const gchar * path);

/* @paths with the files that directories and patterns among them mean in their
 * place, NULL at the end; or NULL after omv_fail(). */
gchar **omv_list_files (gchar ** paths);

/* A reader that goes on behind damage, or NULL after omv_fail(). */
GstOmvReader *omv_open_reader (const gchar * path);

/* Starts GStreamer, for commands that need a pipeline. FALSE after omv_fail(). */
gboolean omv_start_gstreamer (void);

/* From now on Ctrl-C and SIGTERM end nothing, but omv_is_interrupted() tells of
 * them; a second Ctrl-C ends the process. With a GMainLoop, g_unix_signal_add()
 * does instead, and who is told by it tells it on. */
void omv_catch_interrupt (void);
void omv_note_interrupt (void);
gboolean omv_is_interrupted (void);

G_END_DECLS
