/* benchtable.c: candidates, rounds and ratios
 *
 * Absolute times say little: they move by half between two machines, and
 * between two hours of one machine that others use as well. What is stated and
 * compared here is a ratio. All candidates of a case run in every round, in an
 * order that moves on from round to round, each in a process of its own
 * (benchchild.c). A ratio is taken within a round, and the median of the rounds
 * is what counts.
 *
 * A target that is missed is printed, not failed: a busy machine is no bug.
 * What does fail is a candidate that ends in an error or loses a frame.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "benchtable.h"

#include <stdio.h>
#include <stdlib.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#define MIB (1024.0 * 1024.0)

struct _BenchTable
{
  const Bench *bench;
  const BenchCase *bench_case;
  GPtrArray *candidates;
};

typedef struct
{
  gdouble limit;                /* a ratio, or ns */
  gboolean is_margin;           /* ns more than the first rival */
  gchar **rivals;               /* the best of which the limit is relative to */
} Target;

typedef struct
{
  gchar *name;
  gchar *reference;
  gchar **argv;
  gboolean count_frames;
  gdouble *ns;                  /* per frame, a value per round */
  GArray *targets;
} Candidate;

static void
target_clear (Target * target)
{
  g_strfreev (target->rivals);
}

static void
candidate_free (Candidate * candidate)
{
  g_free (candidate->name);
  g_free (candidate->reference);
  g_strfreev (candidate->argv);
  g_free (candidate->ns);
  g_array_unref (candidate->targets);
  g_free (candidate);
}

BenchTable *
bench_table_new (const Bench * bench, const BenchCase * bench_case)
{
  BenchTable *table = g_new0 (BenchTable, 1);

  table->bench = bench;
  table->bench_case = bench_case;
  table->candidates =
      g_ptr_array_new_with_free_func ((GDestroyNotify) candidate_free);

  return table;
}

void
bench_table_free (BenchTable * table)
{
  g_ptr_array_unref (table->candidates);
  g_free (table);
}

/* Adds the measurement @argv (taken over). If @count_frames, a result of other
 * than the case's frames is an error. */
void
bench_table_add (BenchTable * table, const gchar * name,
    const gchar * reference, gchar ** argv, gboolean count_frames)
{
  Candidate *candidate = g_new0 (Candidate, 1);

  candidate->name = g_strdup (name);
  candidate->reference = g_strdup (reference);
  candidate->argv = argv;
  candidate->count_frames = count_frames;
  candidate->ns = g_new0 (gdouble, table->bench->n_rounds);
  candidate->targets = g_array_new (FALSE, FALSE, sizeof (Target));
  g_array_set_clear_func (candidate->targets, (GDestroyNotify) target_clear);

  g_ptr_array_add (table->candidates, candidate);
}

static Candidate *
find (const BenchTable * table, const gchar * name)
{
  for (guint i = 0; i < table->candidates->len; i++) {
    Candidate *candidate = g_ptr_array_index (table->candidates, i);

    if (g_str_equal (candidate->name, name))
      return candidate;
  }

  return NULL;
}

/* States that @name costs at most @limit times what the best of @rivals costs,
 * of those that take part. */
void
bench_table_add_target (BenchTable * table, const gchar * name, gdouble limit,
    const gchar * const *rivals)
{
  Target target = {.limit = limit,.rivals = g_strdupv ((gchar **) rivals) };

  g_array_append_val (find (table, name)->targets, target);
}

/* States that @name takes at most @ns more per frame than @rival. */
void
bench_table_add_margin (BenchTable * table, const gchar * name, gdouble ns,
    const gchar * rival)
{
  const gchar *rivals[] = { rival, NULL };
  Target target = {.limit = ns,.is_margin = TRUE,
    .rivals = g_strdupv ((gchar **) rivals)
  };

  g_array_append_val (find (table, name)->targets, target);
}

static gint
compare_doubles (gconstpointer a, gconstpointer b)
{
  const gdouble *double_a = a, *double_b = b;

  return (*double_a > *double_b) - (*double_a < *double_b);
}

/* The middle, the least and the greatest of @n values, which get sorted. */
static void
spread (gdouble * values, gint n, gdouble * ret_median, gdouble * ret_min,
    gdouble * ret_max)
{
  qsort (values, n, sizeof *values, compare_doubles);
  *ret_median = (values[n / 2] + values[(n - 1) / 2]) / 2;
  *ret_min = values[0];
  *ret_max = values[n - 1];
}

/* The spread of @candidate's ratio to its reference, and that of @rival's ratio
 * to its own if there is a @rival. */
static void
spread_of_ratio (const BenchTable * table, const Candidate * candidate,
    const Candidate * rival, gdouble * ret_median, gdouble * ret_min,
    gdouble * ret_max)
{
  gint n = table->bench->n_rounds;
  g_autofree gdouble *ratios = g_new (gdouble, n);
  const Candidate *reference = find (table, candidate->reference);

  for (gint i = 0; i < n; i++) {
    ratios[i] = candidate->ns[i] / reference->ns[i];
    if (rival) {
      const Candidate *rivals_reference = find (table, rival->reference);

      ratios[i] /= rival->ns[i] / rivals_reference->ns[i];
    }
  }
  spread (ratios, n, ret_median, ret_min, ret_max);
}

static void
print_margin (const BenchTable * table, const Candidate * candidate,
    const Target * target)
{
  gint n = table->bench->n_rounds;
  g_autofree gdouble *more = g_new (gdouble, n);
  const Candidate *rival = find (table, target->rivals[0]);
  gdouble median, min, max;

  for (gint i = 0; i < n; i++)
    more[i] = candidate->ns[i] - rival->ns[i];
  spread (more, n, &median, &min, &max);
  printf ("  target <= %s + %.0f ns: %+.0f ns %s", rival->name, target->limit,
      median, median <= target->limit ? "ok" : "MISSED");
}

static void
print_target (const BenchTable * table, const Candidate * candidate,
    const Target * target)
{
  const Candidate *best = NULL;
  gdouble best_median = G_MAXDOUBLE, median, min, max;

  if (target->is_margin) {
    print_margin (table, candidate, target);
    return;
  }

  for (gchar ** name = target->rivals; *name; name++) {
    const Candidate *rival = find (table, *name);

    if (!rival)
      continue;
    spread_of_ratio (table, rival, NULL, &median, &min, &max);
    if (median < best_median) {
      best = rival;
      best_median = median;
    }
  }
  if (!best) {
    printf ("  target <= %.2f: nothing to compare with", target->limit);
    return;
  }

  spread_of_ratio (table, candidate, best, &median, &min, &max);
  printf ("  target <= %.2f x %s: %.2f %s", target->limit, best->name,
      median, median <= target->limit ? "ok" : "MISSED");
}

static void
print_candidate (const BenchTable * table, const Candidate * candidate)
{
  const BenchCase *bench_case = table->bench_case;
  gint n = table->bench->n_rounds;
  g_autofree gdouble *ns = g_memdup2 (candidate->ns, n * sizeof *ns);
  gdouble time, median, min, max;

  spread (ns, n, &time, &min, &max);
  spread_of_ratio (table, candidate, NULL, &median, &min, &max);
  printf ("%-5s %-4s %-20s n=%-6u %9.0f ns/%s ", table->bench->name,
      bench_case->name, candidate->name, bench_case->n_frames, time,
      bench_case->unit ? bench_case->unit : "frame");
  if (bench_case->size > 0)
    printf ("%6.0f MiB/s ", bench_case->size / time * GST_SECOND / MIB);
  printf (" %5.2f x %s [%.2f-%.2f]", median, candidate->reference, min, max);
  for (guint i = 0; i < candidate->targets->len; i++)
    print_target (table, candidate,
        &g_array_index (candidate->targets, Target, i));
  printf ("\n");
}

static gboolean
measure (const BenchTable * table, const Candidate * candidate,
    gdouble * ret_ns, GError ** error)
{
  guint n_frames = table->bench_case->n_frames;
  g_autofree gchar *out = bench_path (table->bench, "out");
  BenchResult result;
  gboolean done;

  done = bench_spawn (candidate->argv, &result, error);
  (void) g_unlink (out);
  if (!done)
    return FALSE;
  if (candidate->count_frames && result.n_frames != n_frames) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
        "%s: %" G_GUINT64_FORMAT " frames instead of %u.", candidate->name,
        result.n_frames, n_frames);
    return FALSE;
  }

  *ret_ns = (gdouble) result.elapsed / n_frames;
  return TRUE;
}

/* The candidate that is the @i-th in @round: the first one moves on, and every
 * other round runs backward. */
static Candidate *
in_order (const BenchTable * table, gint round, guint i)
{
  guint n = table->candidates->len;

  if (round % 2 == 1)
    i = n - 1 - i;

  return g_ptr_array_index (table->candidates, (i + round) % n);
}

/* Runs all rounds and prints a line for each candidate. */
gboolean
bench_table_run (BenchTable * table, GError ** error)
{
  guint n = table->candidates->len;
  gdouble ns;

  /* Not counted: the first touch of a page of a work file, by a writer or a
   * reader, costs up to twice a later one. The references touch them all. */
  for (guint i = 0; i < n; i++) {
    const Candidate *candidate = g_ptr_array_index (table->candidates, i);

    if (g_str_equal (candidate->name, candidate->reference)
        && !measure (table, candidate, &ns, error))
      return FALSE;
  }

  for (gint round = 0; round < table->bench->n_rounds; round++) {
    for (guint i = 0; i < n; i++) {
      Candidate *candidate = in_order (table, round, i);

      if (!measure (table, candidate, &candidate->ns[round], error))
        return FALSE;
    }
  }

  for (guint i = 0; i < n; i++)
    print_candidate (table, g_ptr_array_index (table->candidates, i));

  return TRUE;
}
