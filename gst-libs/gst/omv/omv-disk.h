/* omv-disk.h: a file that is written, by its descriptor
 *
 * Private to the objects room: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Belongs to one thread at a time. */
typedef struct _OmvDisk OmvDisk;

/* A piece of memory to write. */
typedef struct {
  gconstpointer data;
  gsize size;
} OmvDiskPart;

#define OMV_DISK_PARTS_MAX 8

typedef enum {
  OMV_DISK_NEW,                 /* it must not be there */
  OMV_DISK_ANY                  /* it is made if it is not there */
} OmvDiskMode;

gchar *omv_disk_get_local_path (GFile * file, GError ** error);
OmvDisk *omv_disk_open (const gchar * path, OmvDiskMode mode,
    GError ** error);
gboolean omv_disk_close (OmvDisk * self, GError ** error);
void omv_disk_free (OmvDisk * self);

gboolean omv_disk_get_size (OmvDisk * self, guint64 * ret_size,
    GError ** error);
gboolean omv_disk_write (OmvDisk * self, guint64 offset,
    const OmvDiskPart * parts, guint n_parts, guint64 * ret_written,
    GError ** error);
gboolean omv_disk_truncate (OmvDisk * self, guint64 size, GError ** error);
gboolean omv_disk_sync (OmvDisk * self, GError ** error);

gboolean omv_disk_sync_folder (const gchar * path, GError ** error);
gboolean omv_disk_rename (const gchar * from, const gchar * to,
    GError ** error);
gboolean omv_disk_replace (const gchar * from, const gchar * to,
    GError ** error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvDisk, omv_disk_free)

G_END_DECLS
