/* omv-dumper.h: writes the clips of a ring to files
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "omv-hub.h"

G_BEGIN_DECLS

typedef struct
{
  gchar *location;              /* pattern of file names; NULL: no files */
  gchar *name;                  /* of the element */
  gboolean sync;                /* whether to wait for the disk */
  gboolean exact_time;
  gchar **notes;                /* keys and values for each FILE.json */
} OmvDumperSettings;

/* What has become of a clip. */
typedef struct
{
  const OmvClip *clip;
  const gchar *location;        /* NULL: there is no file */
  guint64 n_before;             /* frames before the trigger's … */
  guint64 n_after;              /* … and behind it */
  gboolean has_trigger;         /* whether the trigger's own is there */
  guint64 n_missing;            /* that were overtaken */
  guint64 n_bytes;
  GstClockTime first_time;      /* running times of frames, or NONE */
  GstClockTime last_time;
  GstClockTime trigger_time;
  const GError *error;          /* or NULL */
} OmvDumpReport;

typedef void (*OmvDumpFunc) (const OmvDumpReport * report, gpointer user_data);

typedef struct _OmvDumper OmvDumper;

OmvDumper *omv_dumper_new (OmvHub * hub, const OmvDumperSettings * settings,
    OmvDumpFunc announce, gpointer user_data);
void omv_dumper_free (OmvDumper * dumper);
gboolean omv_dumper_wait (OmvDumper * dumper);
void omv_dumper_set_cancelled (OmvDumper * dumper, gboolean cancelled);

G_END_DECLS
