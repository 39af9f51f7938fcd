/* omvtest-corpus.h: recordings of all kinds, for tests of promises that hold
 * for each
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

extern const gchar *const omv_test_corpus_names[];

GByteArray *omv_test_corpus_load (const gchar * name);

G_END_DECLS
