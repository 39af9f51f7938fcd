/* benchtable.h: candidates, rounds and ratios
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "benchutil.h"

G_BEGIN_DECLS

/* Candidates that are measured round by round, each in every round. The name
 * that a candidate is compared with, its reference, may be its own. A target
 * is a ratio of ratios, ours to its reference, a rival's to its reference; or a
 * margin, a difference of times. */
typedef struct _BenchTable BenchTable;

BenchTable *bench_table_new (const Bench *bench, const BenchCase *bench_case);
void bench_table_free (BenchTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BenchTable, bench_table_free)

void bench_table_add (BenchTable *table, const gchar *name,
    const gchar *reference, gchar **argv, gboolean count_frames);
void bench_table_add_target (BenchTable *table, const gchar *name,
    gdouble limit, const gchar *const *rivals);
void bench_table_add_margin (BenchTable *table, const gchar *name, gdouble ns,
    const gchar *rival);
gboolean bench_table_run (BenchTable *table, GError **error);

G_END_DECLS
