/* omv-zip.h: the members of a ZIP archive in memory
 *
 * Private to the objects room: not installed. The tool is built with it, too.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* One archive that is gone through. Fields are private. */
typedef struct {
  const guint8 *data;
  gsize size;
  gsize next;                   /* the directory entry of the next member */
  guint n_left;
} OmvZip;

typedef struct {
  const gchar *name;            /* not ended by 0 */
  gsize name_length;
  guint method;
  gsize offset;                 /* of the local header */
  gsize packed_size;
  gsize size;
  guint32 crc;                  /* of what is unpacked */
} OmvZipMember;

/* FALSE: this is no archive that can be read. @data stays the caller's. */
gboolean omv_zip_open (OmvZip * zip, const guint8 * data, gsize size);

/* FALSE: that was the last one, or the directory is damaged behind it. */
gboolean omv_zip_next (OmvZip * zip, OmvZipMember * ret_member);

/* Behind the last member: FALSE if the directory is damaged. */
gboolean omv_zip_is_over (const OmvZip * zip);

/* NULL: it is damaged, encrypted, packed in an unknown way, or over 256 MiB. */
GBytes *omv_zip_read (const OmvZip * zip, const OmvZipMember * member);

G_END_DECLS
