/* zip.c: tests of omv-zip, which the library keeps to itself
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-zip.h>

#include <string.h>

#include "omvtest-numpy.h"

/* where fields are in a local header, in an entry of the directory, and at the
 * archive's end */
#define LOCAL_NAME_LENGTH 26
#define ENTRY_SIZE 46
#define ENTRY_FLAGS 8
#define ENTRY_METHOD 10
#define ENTRY_CRC 16
#define ENTRY_PACKED_SIZE 20
#define ENTRY_UNPACKED_SIZE 24
#define ENTRY_NAME_LENGTH 28
#define ENTRY_OFFSET 42
#define END_SIZE 22
#define END_START 16

typedef struct
{
  GBytes *short_text;
  GBytes *long_text;
  GByteArray *zip;
} Fixture;

/* a.npy is stored, b.npy deflated */
static void
set_up (Fixture * fixture, gconstpointer data)
{
  g_autofree gchar *zeros = g_malloc0 (100000);

  fixture->short_text = g_bytes_new_static ("stored", 6);
  fixture->long_text = g_bytes_new (zeros, 100000);
  fixture->zip = omv_test_make_zip ((const OmvTestMember[]) {
        {"a.npy", fixture->short_text, FALSE},
        {"b.npy", fixture->long_text, TRUE},
      }, 2);
}

static void
tear_down (Fixture * fixture, gconstpointer data)
{
  g_bytes_unref (fixture->short_text);
  g_bytes_unref (fixture->long_text);
  g_byte_array_unref (fixture->zip);
}

/* The entry of b.npy: the last one. */
static guint8 *
get_entry (const Fixture * fixture)
{
  return fixture->zip->data + fixture->zip->len - END_SIZE - ENTRY_SIZE - 5;
}

/* What b.npy holds now; NULL if it cannot be read. */
static GBytes *
read_second (const Fixture * fixture)
{
  OmvZip zip;
  OmvZipMember member;

  g_assert_true (omv_zip_open (&zip, fixture->zip->data, fixture->zip->len));
  g_assert_true (omv_zip_next (&zip, &member));
  g_assert_true (omv_zip_next (&zip, &member));
  return omv_zip_read (&zip, &member);
}

static void
test_members (Fixture * fixture, gconstpointer data)
{
  OmvZip zip;
  OmvZipMember member;

  g_assert_true (omv_zip_open (&zip, fixture->zip->data, fixture->zip->len));
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GBytes) bytes = NULL;

    g_assert_false (omv_zip_is_over (&zip));
    g_assert_true (omv_zip_next (&zip, &member));
    g_assert_cmpmem (member.name, member.name_length,
        i == 0 ? "a.npy" : "b.npy", 5);
    bytes = omv_zip_read (&zip, &member);
    g_assert_true (bytes != NULL && g_bytes_equal (bytes, i == 0
            ? fixture->short_text : fixture->long_text));
  }
  g_assert_true (omv_zip_is_over (&zip));
  g_assert_false (omv_zip_next (&zip, &member));
}

/* The directory is found in front of a comment, even of one that holds what
 * looks like an end. */
static void
test_comment (Fixture * fixture, gconstpointer data)
{
  static const gchar comment[] = "this was PK\5\6, and more";
  g_autoptr (GBytes) bytes = NULL;

  fixture->zip->data[fixture->zip->len - 2] = sizeof comment;
  g_byte_array_append (fixture->zip, (const guint8 *) comment, sizeof comment);
  bytes = read_second (fixture);
  g_assert_nonnull (bytes);
}

/* One byte of an entry is another one: nothing else is given out for it. */
static void
test_wrong_entry (Fixture * fixture, gconstpointer data)
{
  static const struct
  {
    guint offset;
    guint8 value;
  } cases[] = {
    /* *INDENT-OFF* */
    { ENTRY_FLAGS, 1 },                 /* encrypted */
    { ENTRY_METHOD, 0 },                /* stored, in fewer bytes than it has */
    { ENTRY_METHOD, 12 },               /* bzip2 */
    { ENTRY_CRC, 0x55 },
    { ENTRY_PACKED_SIZE, 9 },           /* ends within */
    { ENTRY_PACKED_SIZE + 3, 0x7f },    /* ends behind the archive */
    { ENTRY_UNPACKED_SIZE, 0 },         /* there is more */
    { ENTRY_UNPACKED_SIZE + 2, 2 },     /* there is less */
    { ENTRY_UNPACKED_SIZE + 3, 1 },     /* more than deflate can make of it */
    { ENTRY_UNPACKED_SIZE + 3, 0x7f },  /* no table is of 2 GB */
    { ENTRY_OFFSET, 1 },                /* no header is there */
    { ENTRY_OFFSET + 3, 0x7f },         /* nothing is there */
    /* *INDENT-ON* */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint8 *byte = get_entry (fixture) + cases[i].offset;
    guint8 before = *byte;
    g_autoptr (GBytes) bytes = NULL;

    *byte = cases[i].value;
    bytes = read_second (fixture);
    if (bytes != NULL)
      g_error ("byte %u as %u is not noticed", cases[i].offset, cases[i].value);
    *byte = before;
  }
}

/* A member starts where its own header says, not the directory. */
static void
test_local_header (Fixture * fixture, gconstpointer data)
{
  OmvZip zip;
  OmvZipMember member;
  g_autoptr (GBytes) bytes = NULL;

  fixture->zip->data[LOCAL_NAME_LENGTH] += 2;
  g_assert_true (omv_zip_open (&zip, fixture->zip->data, fixture->zip->len));
  g_assert_true (omv_zip_next (&zip, &member));
  bytes = omv_zip_read (&zip, &member);
  g_assert_null (bytes);

  fixture->zip->data[LOCAL_NAME_LENGTH] -= 2;
  bytes = omv_zip_read (&zip, &member);
  g_assert_nonnull (bytes);
}

static void
test_damaged_directory (Fixture * fixture, gconstpointer data)
{
  OmvZip zip;
  OmvZipMember member;
  guint8 *end = fixture->zip->data + fixture->zip->len - END_SIZE;
  guint8 *entry = get_entry (fixture);

  g_assert_true (omv_zip_open (&zip, fixture->zip->data, fixture->zip->len));
  g_assert_true (omv_zip_next (&zip, &member));
  entry[ENTRY_NAME_LENGTH + 1] = 0xff;
  g_assert_false (omv_zip_next (&zip, &member));
  entry[ENTRY_NAME_LENGTH + 1] = 0;
  entry[0] = 'p';
  g_assert_false (omv_zip_next (&zip, &member));
  g_assert_false (omv_zip_is_over (&zip));

  end[END_START + 3] = 0x7f;
  g_assert_true (omv_zip_open (&zip, fixture->zip->data, fixture->zip->len));
  g_assert_false (omv_zip_next (&zip, &member));
  g_assert_false (omv_zip_is_over (&zip));
}

static void
test_torn (Fixture * fixture, gconstpointer data)
{
  for (guint n = 0; n < fixture->zip->len; n++) {
    g_autofree guint8 *torn = g_memdup2 (fixture->zip->data, n);
    OmvZip zip;

    g_assert_false (omv_zip_open (&zip, torn, n));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) \
    g_test_add ("/zip/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("members", test_members);
  ADD ("comment", test_comment);
  ADD ("wrong-entry", test_wrong_entry);
  ADD ("local-header", test_local_header);
  ADD ("damaged-directory", test_damaged_directory);
  ADD ("torn", test_torn);

  return g_test_run ();
}
