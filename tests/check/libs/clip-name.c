/* clip-name.c: tests of the file names of dumps
 *
 * What the head of omv-clip-name.c promises of patterns and of labels.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omv-clip-name.h"

#include <string.h>

static gchar *
expand (const gchar * pattern, const gchar * label)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (7200);
  g_autoptr (GDateTime) second = g_date_time_new (zone, 2024, 2, 29, 7, 5, 9);
  g_autoptr (GDateTime) time = g_date_time_add (second, 1234);
  const OmvClipName values = {.time = time,.name = "ring0",.label = label,
    .number = 42
  };
  g_autoptr (GError) error = NULL;

  g_assert_true (omv_clip_name_check (pattern, &error));
  g_assert_no_error (error);
  return omv_clip_name_expand (pattern, &values);
}

static void
test_patterns (void)
{
  static const struct
  {
    const gchar *pattern;
    const gchar *path;
  } cases[] = {
    {"last.bin", "last.bin"},
    {"%{name}-%F-%H%M%S-%f.bin", "ring0-2024-02-29-070509-001234.bin"},
    {"/a/%Y%m/%j.b", "/a/202402/060.b"},
    {"%C%y %g %G %V %u %w %z %s", "2024 24 2024 09 4 4 +0200 1709183109"},
    {"%d", "42"}, {"%05d", "00042"}, {"%01d", "42"}, {"%002d", "42"},
    {"%020d", "00000000000000000042"},
    {"100%%%d%%d", "100%42%d"},
    {"%{label}%{label}x", "part-17part-17x"},
    {"d}{%%{name}", "d}{%{name}"},
    {"\303\274%f\342\202\254", "\303\274001234\342\202\254"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = expand (cases[i].pattern, "part-17");

    g_assert_cmpstr (path, ==, cases[i].path);
  }
}

/* The sentence names the part, and no more than that. */
static void
test_refused_patterns (void)
{
  static const struct
  {
    const gchar *pattern;
    const gchar *part;
  } cases[] = {
    {"%", "%"}, {"run-%d-%", "%"}, {"%%%", "%"}, {"a%q.bin", "%q"},
    {"%i", "%i"}, {"%-d", "%-"}, {"%5d", "%5"}, {"%Ey", "%E"}, {"%.bin", "%."},
    {"%05x.bin", "%05x"}, {"%0", "%0"}, {"%0d", "%0d"}, {"%00d", "%00d"},
    {"%021d", "%021d"}, {"%04294967297d", "%04294967297d"}, {"%05", "%05"},
    {"%05%d", "%05%"}, {"%0\303\274", "%0\303\274"},
    {"%{time}.bin", "%{time}"}, {"%{name", "%{name"}, {"%{}", "%{}"},
    {"%{Name}", "%{Name}"}, {"%{name }", "%{name }"}, {"%{", "%{"},
    {"%\303\274.bin", "%\303\274"}, {"%/x", "%/"},
    /* a slash, a colon, spaces or nothing */
    {"%D", "%D"}, {"%T", "%T"}, {"%R", "%R"}, {"%r", "%r"}, {"%c", "%c"},
    {"%x", "%x"}, {"%X", "%X"}, {"%n", "%n"}, {"%t", "%t"}, {"%e", "%e"},
    {"%k", "%k"}, {"%l", "%l"}, {"%p", "%p"}, {"%P", "%P"}, {"%Z", "%Z"},
    {"%:z", "%:"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *expected =
        g_strdup_printf ("\"%s\" in the pattern \"%s\" "
        "stands for nothing; a percent sign is \"%%%%\".", cases[i].part,
        cases[i].pattern);
    g_autoptr (GError) error = NULL;

    g_assert_false (omv_clip_name_check (cases[i].pattern, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    g_assert_cmpstr (error->message, ==, expected);
    g_assert_false (omv_clip_name_check (cases[i].pattern, NULL));
  }
}

static void
test_no_file (void)
{
  static const gchar *const patterns[] = { "", "/", "clips/", ".", "..",
    "%{name}/", "a/.."
  };
  g_autoptr (GError) not_utf8 = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (omv_clip_name_check (patterns[i], &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    g_assert_nonnull (strstr (error->message, "names no file"));
  }

  g_assert_false (omv_clip_name_check ("a\xff%d", &not_utf8));
  g_assert_error (not_utf8, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

/* Every letter is refused, or can be expanded into what a file may be called. */
static void
test_every_letter (void)
{
  for (gchar letter = 1; letter < 127; letter++) {
    const gchar pattern[] = { 'a', '%', letter, 'b', '\0' };
    g_autofree gchar *path = NULL;

    if (!omv_clip_name_check (pattern, NULL))
      continue;
    path = expand (pattern, NULL);
    g_assert_true (g_str_has_prefix (path, "a"));
    g_assert_true (g_str_has_suffix (path, "b"));
    g_assert_cmpuint (strlen (path), >, 2);
    g_assert_null (strpbrk (path, "/: \n\t"));
  }
}

static void
test_labels (void)
{
  static const struct
  {
    const gchar *label;
    const gchar *text;
  } cases[] = {
    {"part-17", "part-17"}, {"part 17.b", "part 17.b"}, {"50%d", "50%d"},
    {NULL, "trigger"}, {"", "trigger"}, {" \n", "trigger"}, {"...", "trigger"},
    {". .", "trigger"}, {"../../etc/passwd", "_.._etc_passwd"},
    {"/", "_"}, {".hidden", "hidden"}, {" . x ", "x"}, {"a\nb\x7f", "a_b_"},
    {"\033[31mred", "_[31mred"}, {"\302\205x", "_x"},
    {"b\303\266se", "b\303\266se"}, {"a\xff", "a\357\277\275"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree gchar *path = expand ("%{label}", cases[i].label);

    g_assert_cmpstr (path, ==, cases[i].text);
  }
}

/* At each length, of characters of 1 to 4 bytes, no character is cut and no more
 * is left out than has to be. */
static void
test_long_labels (void)
{
  static const gchar *const characters[] = { "x", "\303\266", "\342\202\254",
    "\360\237\216\245"
  };

  for (guint i = 0; i < G_N_ELEMENTS (characters); i++) {
    gsize size = strlen (characters[i]);

    for (gsize lead = 0; lead < 70; lead++) {
      GString *label = g_string_new (NULL);
      g_autofree gchar *path = NULL;

      for (gsize j = 0; j < lead; j++)
        g_string_append_c (label, 'a');
      for (gsize j = 0; j < 70; j++)
        g_string_append (label, characters[i]);
      path = expand ("%{label}", label->str);
      g_assert_true (g_utf8_validate (path, -1, NULL));
      g_assert_true (g_str_has_prefix (label->str, path));
      g_assert_cmpuint (strlen (path), <=, OMV_CLIP_NAME_LABEL_MAX);
      g_assert_cmpuint (strlen (path) + size, >, OMV_CLIP_NAME_LABEL_MAX);
      (void) g_string_free (label, TRUE);
    }
  }
}

/* What was inside is at the end now. */
static void
test_long_label_with_spaces (void)
{
  g_autofree gchar *word = g_strnfill (OMV_CLIP_NAME_LABEL_MAX - 2, 'a');
  g_autofree gchar *label = g_strconcat (word, "  b", NULL);
  g_autofree gchar *path = expand ("%{label}", label);

  g_assert_cmpstr (path, ==, word);
}

static void
test_element_name (void)
{
  g_autoptr (GDateTime) time = g_date_time_new_utc (2024, 1, 1, 0, 0, 0);
  const OmvClipName values = {.time = time,.name = "../left/cam",
    .number = G_MAXUINT64
  };
  g_autofree gchar *path = omv_clip_name_expand ("d/%{name}-%d", &values);

  g_assert_cmpstr (path, ==, "d/_left_cam-18446744073709551615");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/clip-name/patterns", test_patterns);
  g_test_add_func ("/clip-name/refused-patterns", test_refused_patterns);
  g_test_add_func ("/clip-name/no-file", test_no_file);
  g_test_add_func ("/clip-name/every-letter", test_every_letter);
  g_test_add_func ("/clip-name/labels", test_labels);
  g_test_add_func ("/clip-name/long-labels", test_long_labels);
  g_test_add_func ("/clip-name/long-label-with-spaces",
      test_long_label_with_spaces);
  g_test_add_func ("/clip-name/element-name", test_element_name);

  return g_test_run ();
}
