/* stats.c: tests of the statistics of intervals
 *
 * The oracle sorts.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <omvstats.h>

#include <math.h>
#include <string.h>

#define MS G_GUINT64_CONSTANT (1000000)

static int
compare (gconstpointer a, gconstpointer b)
{
  const guint64 first = *(const guint64 *) a, second = *(const guint64 *) b;

  return first < second ? -1 : first > second;
}

/* Times of @n frames, from intervals of which there are few different ones. */
static guint64 *
make_times (gsize n, guint n_different)
{
  guint64 *times = g_new (guint64, n);
  guint64 time = 2000 * MS;

  for (gsize i = 0; i < n; i++) {
    times[i] = time;
    time += (guint64) g_test_rand_int_range (0, (gint) n_different) * MS;
  }

  return times;
}

static void
test_ranks (void)
{
  for (gsize n = 2; n < 200; n++) {
    g_autofree guint64 *times = make_times (n, 1 + n % 40);
    g_autofree guint64 *sorted = g_new (guint64, n);
    gdouble mean = (gdouble) (times[n - 1] - times[0]) / (gdouble) (n - 1);
    OmvStats stats;

    for (gsize i = 0; i < n - 1; i++)
      sorted[i] = times[i + 1] - times[i];
    qsort (sorted, n - 1, sizeof (guint64), compare);

    g_assert_true (omv_stats_compute (times, n, MS, &stats));
    g_assert_cmpuint (stats.min, ==, sorted[0]);
    g_assert_cmpuint (stats.max, ==, sorted[n - 2]);
    g_assert_cmpuint (stats.median, ==, sorted[(n - 2) / 2]);
    g_assert_cmpuint (stats.percentile_5, ==, sorted[(n - 2) * 5 / 100]);
    g_assert_cmpuint (stats.percentile_95, ==, sorted[(n - 2) * 95 / 100]);
    g_assert_true (fabs (stats.mean - mean) < 1);
  }
}

/* 100 frames at 30 a second in ms, two of which are missing and one of which
 * comes alone. */
static void
test_gaps (void)
{
  guint64 times[100];
  guint n = 0;
  OmvStats stats;

  for (guint64 i = 0; i < 103; i++) {
    if (i != 20 && i != 21 && i != 50)
      times[n++] = (i * 1000 + 15) / 30 * MS;
  }
  g_assert_cmpuint (n, ==, 100);
  g_assert_true (omv_stats_compute (times, n, MS, &stats));
  g_assert_cmpuint (stats.n_gaps, ==, 2);
  g_assert_cmpuint (stats.n_missing, ==, 3);
  g_assert_cmpuint (stats.max, ==, 100 * MS);
  g_assert_cmpuint (stats.longest, ==, 20);
  g_assert_cmpint (stats.rate_denominator, ==, 0);
}

/* A rate is only one if frames far behind keep it, too. */
static void
test_rate (void)
{
  g_autofree guint64 *times = g_new (guint64, 10000);

  for (guint late = 0; late < 2; late++) {
    OmvStats stats;

    for (guint64 i = 0; i < 10000; i++)
      times[i] = (i * 1001 + 30) / 60 * MS + (i == 9000 ? late * 2 * MS : 0);
    g_assert_true (omv_stats_compute (times, 10000, MS, &stats));
    g_assert_cmpint (stats.rate_numerator, ==, late ? 0 : 60000);
    g_assert_cmpint (stats.rate_denominator, ==, late ? 0 : 1001);
  }
}

static void
test_too_few (void)
{
  guint64 times[] = { 0, 33 * MS };
  OmvStats stats;

  g_assert_false (omv_stats_compute (times, 0, MS, &stats));
  g_assert_false (omv_stats_compute (times, 1, MS, &stats));
  g_assert_true (omv_stats_compute (times, 2, MS, &stats));
  g_assert_cmpuint (stats.median, ==, 33 * MS);
  g_assert_cmpint (stats.rate_denominator, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/ranks", test_ranks);
  g_test_add_func ("/stats/gaps", test_gaps);
  g_test_add_func ("/stats/rate", test_rate);
  g_test_add_func ("/stats/too-few", test_too_few);

  return g_test_run ();
}
