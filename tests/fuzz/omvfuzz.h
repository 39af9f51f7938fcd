/* omvfuzz.h: what all fuzz targets share
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Bytes of an input that have not been used yet. */
typedef struct {
  const guint8 *data;
  gsize size;
} OmvFuzzTape;

/* A target: aborts if a promise is broken. @tape is a block of its own. */
void omv_fuzz_run (OmvFuzzTape * tape);

guint64 omv_fuzz_take (OmvFuzzTape * tape, guint n_bytes);
gchar *omv_fuzz_take_string (OmvFuzzTape * tape);
OmvFuzzTape omv_fuzz_take_settings (OmvFuzzTape * tape);

GFile *omv_fuzz_store (const gchar * name, gconstpointer data, gsize size);

/* what the engine calls */
int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

G_END_DECLS
