/* timing.c: tests of intervals, times and the frame rate that they mean
 *
 * docs/format.md, "Time" and "Spare bytes", says what must come out.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-timing.h>

#include "omvtest.h"

#define MS G_GUINT64_CONSTANT (1000000)
#define SECOND G_GUINT64_CONSTANT (1000000000)
#define NONE GST_OMV_TIME_NONE

/* ---- writing ---- */

static const struct
{
  const gchar *name;
  GstOmvVersion version;
  guint numerator;
  guint denominator;
  guint seconds;
} rates[] = {
  {"30-fps-for-an-hour", GST_OMV_VERSION_V2_0, 30, 1, 3600},
  {"ntsc-for-an-hour", GST_OMV_VERSION_V1_1, 30000, 1001, 3600},
  {"240-fps-for-a-minute", GST_OMV_VERSION_V2_0, 240, 1, 60},
  {"1-frame-in-7-seconds-for-a-year", GST_OMV_VERSION_V2_0, 1, 7, 31536000},
  {"2000-fps", GST_OMV_VERSION_V2_0, 2000, 1, 10},
  {"30-fps-in-us", GST_OMV_VERSION_V2_1, 30, 1, 3600},
};

/* Reading back what was written is never off by more than half a unit, at the
 * first frame and at the last. */
static void
test_no_drift (gconstpointer user_data)
{
  guint r = GPOINTER_TO_UINT (user_data);
  guint64 unit = gst_omv_version_get_unit (rates[r].version);
  guint64 n_frames = (guint64) rates[r].seconds * rates[r].numerator
      / rates[r].denominator;
  GstOmvFrameHeader header = {.exact_time = NONE };
  GstOmvTimeWriter writer;
  GstOmvTimeReader reader;
  guint64 sum = 0;

  gst_omv_time_writer_init (&writer, rates[r].version);
  gst_omv_time_reader_init (&reader);
  for (guint64 i = 1; i <= n_frames; i++) {
    guint64 time = i * rates[r].denominator * SECOND / rates[r].numerator;
    guint64 read;

    g_assert_true (gst_omv_time_writer_next (&writer, time, &header.interval));
    sum += header.interval * unit;
    read = gst_omv_time_reader_next (&reader, rates[r].version, &header);
    g_assert_cmpuint (read, ==, sum);
    g_assert_cmpuint (MAX (read, time) - MIN (read, time), <=, unit / 2);
  }
}

static void
test_writer_rounds_the_sum (void)
{
  static const guint32 expected[] = { 33, 34, 33, 33, 34, 33, 33, 34, 33 };
  GstOmvTimeWriter writer;

  gst_omv_time_writer_init (&writer, GST_OMV_VERSION_V2_0);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    guint32 interval;

    g_assert_true (gst_omv_time_writer_next (&writer, (i + 1) * SECOND / 30,
            &interval));
    g_assert_cmpuint (interval, ==, expected[i]);
  }
}

/* From wherever a recording ends, the sum is rounded, too. */
static void
test_writer_goes_on (void)
{
  GstOmvTimeWriter writer, other;
  guint32 interval, expected;

  gst_omv_time_writer_init (&writer, GST_OMV_VERSION_V2_0);
  for (guint64 i = 1; i <= 30; i++) {
    gst_omv_time_writer_init (&other, GST_OMV_VERSION_V2_0);
    gst_omv_time_writer_go_to (&other, (i - 1) * SECOND / 30);
    g_assert_true (gst_omv_time_writer_next (&writer, i * SECOND / 30,
            &expected));
    g_assert_true (gst_omv_time_writer_next (&other, i * SECOND / 30,
            &interval));
    g_assert_cmpuint (interval, ==, expected);
  }
}

/* "An interval that does not fit 32 bits cannot be stored." */
static void
test_writer_limit (gconstpointer user_data)
{
  GstOmvVersion version = GPOINTER_TO_INT (user_data);
  guint64 unit = gst_omv_version_get_unit (version);
  guint64 start = 5 * unit, limit = start + G_MAXUINT32 * unit;
  GstOmvTimeWriter writer;
  guint32 interval = 0;

  gst_omv_time_writer_init (&writer, version);
  g_assert_true (gst_omv_time_writer_next (&writer, start, &interval));
  interval = 42;
  g_assert_false (gst_omv_time_writer_next (&writer, limit + unit / 2,
          &interval));
  g_assert_false (gst_omv_time_writer_next (&writer, GST_OMV_TIME_MAX,
          &interval));
  g_assert_cmpuint (interval, ==, 42);

  g_assert_true (gst_omv_time_writer_next (&writer, limit + unit / 2 - 1,
          &interval));
  g_assert_cmpuint (interval, ==, G_MAXUINT32);
  g_assert_true (gst_omv_time_writer_next (&writer, limit + unit, &interval));
  g_assert_cmpuint (interval, ==, 1);
}

static void
test_writer_backward (void)
{
  static const struct
  {
    guint64 time;
    guint32 interval;
  } steps[] = {
    {100 * MS, 100}, {90 * MS, 0}, {0, 0}, {100 * MS, 0}, {130 * MS, 30},
    {130 * MS, 0}, {131 * MS, 1}
  };
  GstOmvTimeWriter writer;

  gst_omv_time_writer_init (&writer, GST_OMV_VERSION_V2_0);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    guint32 interval = 42;

    g_assert_true (gst_omv_time_writer_next (&writer, steps[i].time,
            &interval));
    g_assert_cmpuint (interval, ==, steps[i].interval);
  }
}

/* ---- reading ---- */

static guint64
read_next (GstOmvTimeReader * reader, GstOmvVersion version, guint32 interval,
    guint64 exact)
{
  const GstOmvFrameHeader header = {.interval = interval,.exact_time = exact };
  guint64 time = gst_omv_time_reader_next (reader, version, &header);

  g_assert_cmpuint (reader->time, ==, time);
  return time;
}

static void
test_reader_sums_in_64_bits (void)
{
  static const struct
  {
    GstOmvVersion version;
    guint32 interval;
    guint64 time;
  } steps[] = {
    {GST_OMV_VERSION_V2_0, 2000, 2000 * MS},
    {GST_OMV_VERSION_V2_0, 0, 2000 * MS},
    {GST_OMV_VERSION_V1_0, G_MAXUINT32, 4294969295 * MS},
    {GST_OMV_VERSION_V1_1, 0x80000000, 6442452943 * MS},
    {GST_OMV_VERSION_V2_0, 1, 6442452944 * MS},
    {GST_OMV_VERSION_V2_1, 1, 6442452944001000},
    {GST_OMV_VERSION_V2_1, G_MAXUINT32, 6446747911296000},
  };
  GstOmvTimeReader reader;

  gst_omv_time_reader_init (&reader);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    g_assert_cmpuint (read_next (&reader, steps[i].version, steps[i].interval,
            NONE), ==, steps[i].time);
}

/* 292 years are 2147.5 of the longest intervals. */
static void
test_reader_saturates (void)
{
  GstOmvTimeReader reader;
  guint64 before = 0, time = 0;

  gst_omv_time_reader_init (&reader);
  for (guint i = 0; i < 3000; i++) {
    before = time;
    time = read_next (&reader, GST_OMV_VERSION_V2_0, G_MAXUINT32, NONE);
    g_assert_cmpuint (time, >=, before);
    g_assert_cmpint (time == GST_OMV_TIME_MAX, ==, i >= 2147);
  }
}

static void
test_reader_saturates_exact_times (void)
{
  GstOmvTimeReader reader;

  gst_omv_time_reader_init (&reader);
  read_next (&reader, GST_OMV_VERSION_V2_0, 10, 0);
  gst_omv_time_reader_mark_gap (&reader);
  g_assert_cmpuint (read_next (&reader, GST_OMV_VERSION_V2_0, 10, NONE - 1), ==,
      GST_OMV_TIME_MAX);
  g_assert_cmpuint (read_next (&reader, GST_OMV_VERSION_V2_0, 10, 5), ==,
      GST_OMV_TIME_MAX);
}

typedef struct
{
  gchar mark;                   /* before it: 'g' gap, 'r' recording */
  guint32 interval;
  guint64 exact;
  guint64 time;
} ExactStep;

typedef struct
{
  const gchar *promise;
  ExactStep steps[5];           /* up to one without interval */
} ExactCase;

/* Times and exact times here in us, so that they fit the table. */
static const ExactCase exact_cases[] = {
  {"agreeing-times-are-exact",
        {{0, 40, 7000000, 40000}, {0, 33, 7033333, 73333},
          {0, 34, 7066667, 106667}, {0, 33, 7100000, 140000}}},
  {"a-whole-unit-of-difference-agrees",
        {{0, 40, 7000000, 40000}, {0, 33, 7034000, 74000},
          {0, 33, 7066000, 106000}}},
  {"more-is-a-new-anchor",
        {{0, 40, 7000000, 40000}, {0, 33, 7034001, 73000},
          {0, 33, 7067334, 106333}}},
  {"less-is-a-new-anchor",
        {{0, 40, 7000000, 40000}, {0, 33, 7031999, 73000},
          {0, 33, 7065332, 106333}}},
  {"backward-is-a-new-anchor",
        {{0, 40, 7000000, 40000}, {0, 1, 6999999, 41000},
          {0, 33, 7033332, 74333}}},
  {"a-frame-without-ends-the-anchor",
        {{0, 40, 7000000, 40000}, {0, 33, 0, 73000},
          {0, 33, 7066667, 106000}, {0, 33, 7100000, 139333}}},
  {"a-gap-is-restored",
        {{0, 40, 7000000, 40000}, {'g', 33, 17000000, 10040000},
          {0, 33, 17033333, 10073333}}},
  {"a-gap-shorter-than-the-interval-is-none",
        {{0, 40, 7000000, 40000}, {'g', 33, 7031999, 73000},
          {0, 33, 7065332, 106333}}},
  {"a-gap-counts-once",
        {{0, 40, 7000000, 40000}, {'g', 33, 7100000, 140000},
          {0, 33, 17000000, 173000}}},
  {"a-gap-without-exact-times-is-lost",
      {{0, 40, 0, 40000}, {'g', 33, 0, 73000}, {0, 33, 0, 106000}}},
  {"a-gap-before-the-first-frame-is-none",
      {{'g', 40, 7000000, 40000}, {0, 33, 7033333, 73333}}},
  {"another-recording-is-a-new-anchor",
        {{0, 40, 7000000, 40000}, {'r', 33, 7033333, 73000},
          {0, 33, 7066666, 106333}}},
  {"another-recording-ends-a-gap",
        {{0, 40, 7000000, 40000}, {'g', 33, 0, 73000},
          {'r', 33, 9000000, 106000}, {0, 33, 9500000, 139000}}},
};

static void
test_exact (gconstpointer user_data)
{
  const ExactCase *c = user_data;
  GstOmvTimeReader reader;

  gst_omv_time_reader_init (&reader);
  for (const ExactStep * step = c->steps; step->interval > 0; step++) {
    guint64 exact = step->exact > 0 ? step->exact * 1000 : NONE;

    if (step->mark == 'g')
      gst_omv_time_reader_mark_gap (&reader);
    if (step->mark == 'r')
      gst_omv_time_reader_mark_recording (&reader);
    g_assert_cmpuint (read_next (&reader, GST_OMV_VERSION_V2_0, step->interval,
            exact), ==, step->time * 1000);
  }
}

/* What a writer stores is what a reader gives, to the nanosecond, even where
 * frames lie closer together than the unit. */
static void
test_exact_round_trip (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  GstOmvTimeWriter writer;
  GstOmvTimeReader reader;
  guint64 time = 0, first = 0, first_read = 0;

  gst_omv_time_writer_init (&writer, GST_OMV_VERSION_V2_0);
  gst_omv_time_reader_init (&reader);
  for (guint i = 0; i < 20000; i++) {
    guint32 interval;
    guint64 read;

    time += (guint64) g_rand_int_range (random, 0, i % 2 ? 400000 : 90000000);
    g_assert_true (gst_omv_time_writer_next (&writer, time, &interval));
    read = read_next (&reader, GST_OMV_VERSION_V2_0, interval, time);
    if (i == 0) {
      first = time;
      first_read = read;
    }
    g_assert_cmpuint (read - first_read, ==, time - first);
  }
}

/* ---- the frame rate ---- */

/* Times as a recorder's clock of that unit gives them, from any start. */
static guint64 *
make_times (guint n, guint64 unit, guint numerator, guint denominator,
    guint64 start)
{
  guint64 *times = g_new (guint64, n);

  for (guint64 i = 0; i < n; i++) {
    guint64 time = start + i * denominator * SECOND / numerator;

    times[i] = (time + unit / 2) / unit * unit;
  }

  return times;
}

static void
check_rate (const guint64 * times, guint n, guint64 unit, gint numerator,
    gint denominator)
{
  gint found_numerator = -1, found_denominator = -1;
  gboolean found = gst_omv_guess_frame_rate (times, n, unit, &found_numerator,
      &found_denominator);

  g_assert_cmpint (found, ==, numerator != 0);
  g_assert_cmpint (found_numerator, ==, numerator != 0 ? numerator : -1);
  g_assert_cmpint (found_denominator, ==, numerator != 0 ? denominator : -1);
}

static void
check_recorded_rate (guint n, guint64 unit, gint numerator, gint denominator)
{
  for (guint64 start = 0; start < 3; start++) {
    g_autofree guint64 *times = make_times (n, unit, (guint) numerator,
        (guint) denominator, start * 1234567891);

    check_rate (times, n, unit, numerator, denominator);
  }
}

static void
test_whole_rates (void)
{
  for (gint rate = 1; rate <= 240; rate++) {
    check_recorded_rate (257, MS, rate, 1);
    check_recorded_rate (257, 1000, rate, 1);
  }
}

static void
test_ntsc_rates (void)
{
  static const gint rates_1001[] = { 24, 30, 48, 60, 120 };

  for (guint i = 0; i < G_N_ELEMENTS (rates_1001); i++) {
    check_recorded_rate (257, MS, rates_1001[i] * 1000, 1001);
    check_recorded_rate (257, 1000, rates_1001[i] * 1000, 1001);
  }
}

static void
test_constant_intervals (void)
{
  static const struct
  {
    guint64 interval;
    guint64 unit;
    gint numerator;
    gint denominator;
  } cases[] = {
    {37 * MS, MS, 1000, 37}, {2 * SECOND, MS, 1, 2},
    {7777 * MS, MS, 1000, 7777},
    {86400 * SECOND, MS, 1, 86400}, {2 * MS, MS, 500, 1}, {MS, MS, 1000, 1},
    {34 * MS, MS, 500, 17}, {33335000, 1000, 200000, 6667},
    {1000, 1000, 1000000, 1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint64 times[200];

    for (guint n = 0; n < G_N_ELEMENTS (times); n++)
      times[n] = 99 * MS + n * cases[i].interval;
    check_rate (times, G_N_ELEMENTS (times), cases[i].unit,
        cases[i].numerator, cases[i].denominator);
  }
}

static void
test_golden_rates (void)
{
  static const struct
  {
    const gchar *name;
    guint64 unit;
    gint numerator;
  } cases[] = {
    {"v20_first2000", MS, 30}, {"v21_steady30", 1000, 30},
    {"v20_intervals", MS, 0}, {"v20_grayscale", MS, 0}
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (OmvTestGolden) golden = omv_test_golden_load (cases[i].name);
    guint n = golden->frames->len;
    g_autofree guint64 *times = g_new (guint64, n);

    for (guint f = 0; f < n; f++)
      times[f] = omv_test_frame (golden->frames, f)->time;
    check_rate (times, n, cases[i].unit, cases[i].numerator, 1);
  }
}

/* One frame that is off by two units, anywhere, and there is no rate. */
static void
test_jitter_is_no_rate (void)
{
  for (guint at = 0; at < 100; at++) {
    g_autofree guint64 *times = make_times (100, MS, 25, 1, 0);

    times[at] += 2 * MS;
    check_rate (times, 100, MS, 0, 0);
  }
}

static void
test_few_frames (void)
{
  static const struct
  {
    guint64 interval;
    gint numerator;
    gint denominator;
  } cases[] = {
    {33 * MS, 30, 1}, {40 * MS, 25, 1}, {4 * MS, 240, 1}, {SECOND, 1, 1},
    {3 * SECOND, 1, 3}, {0, 0, 0},
    {G_MAXUINT32 * MS, 200, 858993459},
  };
  guint64 times[2] = { 2000 * MS, 0 };

  check_rate (times, 0, MS, 0, 0);
  check_rate (times, 1, MS, 0, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    times[1] = times[0] + cases[i].interval;
    check_rate (times, 2, MS, cases[i].numerator, cases[i].denominator);
  }
}

/* No rate can be written for these. */
static void
test_rates_that_do_not_fit (void)
{
  const guint64 still[] = { 5 * MS, 5 * MS, 5 * MS, 5 * MS };
  const guint64 slow[] = { 0, 2147483649 * SECOND };

  check_rate (still, 4, MS, 0, 0);
  check_rate (slow, 2, MS, 0, 0);
}

static void
add_data_tests (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++) {
    g_autofree gchar *path =
        g_strconcat ("/timing/no-drift/", rates[i].name, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_no_drift);
  }
  for (guint i = 0; i < G_N_ELEMENTS (exact_cases); i++) {
    g_autofree gchar *path =
        g_strconcat ("/timing/exact/", exact_cases[i].promise, NULL);

    g_test_add_data_func (path, &exact_cases[i], test_exact);
  }
  g_test_add_data_func ("/timing/writer/32-bit-limit/ms",
      GINT_TO_POINTER (GST_OMV_VERSION_V2_0), test_writer_limit);
  g_test_add_data_func ("/timing/writer/32-bit-limit/us",
      GINT_TO_POINTER (GST_OMV_VERSION_V2_1), test_writer_limit);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_data_tests ();
  g_test_add_func ("/timing/writer/rounds-the-sum", test_writer_rounds_the_sum);
  g_test_add_func ("/timing/writer/goes-on", test_writer_goes_on);
  g_test_add_func ("/timing/writer/backward-is-0", test_writer_backward);
  g_test_add_func ("/timing/reader/sums-in-64-bits",
      test_reader_sums_in_64_bits);
  g_test_add_func ("/timing/reader/saturates", test_reader_saturates);
  g_test_add_func ("/timing/reader/saturates-exact-times",
      test_reader_saturates_exact_times);
  g_test_add_func ("/timing/exact/round-trip", test_exact_round_trip);
  g_test_add_func ("/timing/rate/whole", test_whole_rates);
  g_test_add_func ("/timing/rate/ntsc", test_ntsc_rates);
  g_test_add_func ("/timing/rate/constant-intervals", test_constant_intervals);
  g_test_add_func ("/timing/rate/golden", test_golden_rates);
  g_test_add_func ("/timing/rate/jitter-is-none", test_jitter_is_no_rate);
  g_test_add_func ("/timing/rate/few-frames", test_few_frames);
  g_test_add_func ("/timing/rate/not-every-one-fits",
      test_rates_that_do_not_fit);

  return g_test_run ();
}
