/* omv-dump-file.h: a recording that gets its name when it is whole
 *
 * Private to this project: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gst/omv/omv-format.h>
#include <gst/omv/omv-metadata.h>

G_BEGIN_DECLS

/* What the file is called until it is whole. */
#define GST_OMV_DUMP_FILE_SUFFIX ".part"

/* Belongs to one thread at a time. */
typedef struct _GstOmvDumpFile GstOmvDumpFile;

GST_OMV_API
GstOmvDumpFile *gst_omv_dump_file_new (const gchar * path,
    gboolean exact_time, GError ** error);

GST_OMV_API
void gst_omv_dump_file_free (GstOmvDumpFile * self);

GST_OMV_API
gboolean gst_omv_dump_file_append (GstOmvDumpFile * self,
    const GstOmvFrameHeader * header, guint64 time, const guint8 * payload,
    GError ** error);

GST_OMV_API
gboolean gst_omv_dump_file_finish (GstOmvDumpFile * self,
    GstOmvMetadata * metadata, gboolean sync, GError ** error);

GST_OMV_API
const gchar *gst_omv_dump_file_get_path (GstOmvDumpFile * self);

GST_OMV_API
guint64 gst_omv_dump_file_get_size (GstOmvDumpFile * self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstOmvDumpFile, gst_omv_dump_file_free)

G_END_DECLS
