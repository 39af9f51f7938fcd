/* parse.c: tests of what may stand on the tool's command line
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <omvparse.h>
#include <omvtext.h>

#include <gst/omv/omv-timing.h>

#define MS G_GUINT64_CONSTANT (1000000)
#define SECOND G_GUINT64_CONSTANT (1000000000)

static const struct
{
  const gchar *text;
  guint64 time;
} times[] = {
  {"0", 0},
  {"1.5", 1500 * MS},
  {".25", 250 * MS},
  {"0.000000001", 1},
  {"0.0000000004", 0},
  {"1.0333333339", SECOND + 33333333},
  {"90s", 90 * SECOND},
  {"1.5s", 1500 * MS},
  {"500ms", 500 * MS},
  {"0.5ms", MS / 2},
  {"33333us", 33333000},
  {"33333µs", 33333000},
  {"7ns", 7},
  {"1:02.5", 62500 * MS},
  {"90:00", 5400 * SECOND},
  {"1:00:00", 3600 * SECOND},
  {"10:59:59.999", 39599999 * MS},
  {"9223372036.854775807", GST_OMV_TIME_MAX},
};

static const gchar *const no_times[] = {
  "", " ", "x", "-1", "+1", "1 ", " 1", "1,5", "1.", ".", "1.5.5", "1e3",
  "0x10",
  "s", "1m", "1h", "1 s", "1S", "1sec", "#1", ":", ":1", "1:", "1:60",
  "1:60:00",
  "1:1:1:1", "1:-1", "1:30s", "1:500ms", "1:1.5:1", "nan", "inf",
  "18446744073709551616", "9223372036.854775808", "307445734561825861:00",
  "1.5\xff",
};

static void
test_times (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    guint64 time = 42;

    g_test_message ("%s", times[i].text);
    g_assert_true (omv_parse_time (times[i].text, &time));
    g_assert_cmpuint (time, ==, times[i].time);
  }
}

/* An output is untouched by what is not understood. */
static void
test_no_times (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (no_times); i++) {
    g_autofree gchar *shown = g_strescape (no_times[i], NULL);
    guint64 time = 42;

    g_test_message ("\"%s\"", shown);
    g_assert_false (omv_parse_time (no_times[i], &time));
    g_assert_cmpuint (time, ==, 42);
  }
}

/* What the tool prints finds the very same frame again. */
static void
test_printed_times (void)
{
  for (guint i = 0; i < 1000; i++) {
    guint64 time = ((guint64) g_test_rand_int () << 31
        ^ (guint64) g_test_rand_int ()) & GST_OMV_TIME_MAX;
    guint64 shifted = time >> (i % 63);
    g_autofree gchar *text = omv_text_seconds (shifted);
    guint64 read = 42;

    g_assert_true (omv_parse_time (text, &read));
    g_assert_cmpuint (read, ==, shifted);
  }
}

static void
test_frames (void)
{
  static const gchar *const no_frames[] = {
    "", "#", "-1", "#-1", "1.5", "1s", "##1", "1 ", "0x1", "1:02",
    "18446744073709551616",
  };
  guint64 number = 42;

  g_assert_true (omv_parse_frame ("0", &number));
  g_assert_cmpuint (number, ==, 0);
  g_assert_true (omv_parse_frame ("#120", &number));
  g_assert_cmpuint (number, ==, 120);
  g_assert_true (omv_parse_frame ("18446744073709551615", &number));
  g_assert_cmpuint (number, ==, G_MAXUINT64);
  for (guint i = 0; i < G_N_ELEMENTS (no_frames); i++) {
    number = 42;
    g_assert_false (omv_parse_frame (no_frames[i], &number));
    g_assert_cmpuint (number, ==, 42);
  }
}

static void
test_places (void)
{
  OmvPlace place = { FALSE, 42 };

  g_assert_true (omv_parse_place ("#120", &place));
  g_assert_true (place.is_frame);
  g_assert_cmpuint (place.value, ==, 120);
  g_assert_true (omv_parse_place ("120", &place));
  g_assert_false (place.is_frame);
  g_assert_cmpuint (place.value, ==, 120 * SECOND);
  g_assert_false (omv_parse_place ("#1.5", &place));
  g_assert_false (omv_parse_place ("soon", &place));
  g_assert_false (place.is_frame);
  g_assert_cmpuint (place.value, ==, 120 * SECOND);
}

static void
test_sizes (void)
{
  static const gchar *const no_sizes[] = {
    "", "x", "320", "320x", "x240", "0x240", "320x0", "-1x1", "320X240",
    "320x240x1", "320 x 240", "32768x1", "1x32768", "4294967297x1",
  };
  gint width = 42, height = 43;

  for (guint i = 0; i < G_N_ELEMENTS (no_sizes); i++)
    g_assert_false (omv_parse_size (no_sizes[i], &width, &height));
  g_assert_cmpint (width, ==, 42);
  g_assert_cmpint (height, ==, 43);

  g_assert_true (omv_parse_size ("320x32767", &width, &height));
  g_assert_cmpint (width, ==, 320);
  g_assert_cmpint (height, ==, 32767);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/parse/times", test_times);
  g_test_add_func ("/parse/no-times", test_no_times);
  g_test_add_func ("/parse/printed-times", test_printed_times);
  g_test_add_func ("/parse/frames", test_frames);
  g_test_add_func ("/parse/places", test_places);
  g_test_add_func ("/parse/sizes", test_sizes);

  return g_test_run ();
}
