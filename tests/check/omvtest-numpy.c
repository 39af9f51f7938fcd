/* omvtest-numpy.c: files as NumPy writes them
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "omvtest-numpy.h"

#include <string.h>

#include "omvtest.h"

#define METHOD_DEFLATED 8

static void
append_text (GByteArray * bytes, const gchar * text)
{
  g_byte_array_append (bytes, (const guint8 *) text, (guint) strlen (text));
}

static void
append_bytes (GByteArray * bytes, GBytes * more)
{
  g_byte_array_append (bytes, g_bytes_get_data (more, NULL),
      (guint) g_bytes_get_size (more));
}

GBytes *
omv_test_make_npy (const gchar * type, const gchar * shape, gconstpointer data,
    gsize size)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree gchar *header = g_strdup_printf ("{'descr': '%s', "
      "'fortran_order': False, 'shape': %s, }\n", type, shape);

  append_text (bytes, "\x93NUMPY\x01");
  g_byte_array_append (bytes, (const guint8 *) "", 1);
  omv_test_append_u16 (bytes, (guint16) strlen (header));
  append_text (bytes, header);
  g_byte_array_append (bytes, data, (guint) size);

  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static GBytes *
deflate (GBytes * data)
{
  g_autoptr (GConverter) converter = G_CONVERTER (g_zlib_compressor_new
      (G_ZLIB_COMPRESSOR_FORMAT_RAW, -1));
  g_autoptr (GInputStream) plain = g_memory_input_stream_new_from_bytes (data);
  g_autoptr (GInputStream) packed =
      g_converter_input_stream_new (plain, converter);
  g_autoptr (GError) error = NULL;
  GBytes *bytes = g_input_stream_read_bytes (packed,
      g_bytes_get_size (data) + 1000, NULL, &error);

  g_assert_no_error (error);
  return bytes;
}

/* What the header of a member and its entry in the directory have in common,
 * from the method on. */
static void
append_description (GByteArray * zip, const OmvTestMember * member,
    gsize packed_size)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (member->data, &size);

  omv_test_append_u16 (zip, member->deflated ? METHOD_DEFLATED : 0);
  omv_test_append_u32 (zip, 0); /* the time */
  omv_test_append_u32 (zip, omv_test_get_crc (data, size));
  omv_test_append_u32 (zip, (guint32) packed_size);
  omv_test_append_u32 (zip, (guint32) size);
  omv_test_append_u16 (zip, (guint16) strlen (member->name));
  omv_test_append_u16 (zip, 0);
}

GByteArray *
omv_test_make_zip (const OmvTestMember * members, guint n_members)
{
  GByteArray *zip = g_byte_array_new ();
  g_autoptr (GByteArray) directory = g_byte_array_new ();
  guint32 start;

  for (guint i = 0; i < n_members; i++) {
    const OmvTestMember *member = &members[i];
    g_autoptr (GBytes) packed = member->deflated ? deflate (member->data)
        : g_bytes_ref (member->data);
    gsize packed_size = g_bytes_get_size (packed);

    omv_test_append_u32 (directory, 0x02014b50);
    omv_test_append_u32 (directory, 0); /* the versions */
    omv_test_append_u16 (directory, 0); /* the flags */
    append_description (directory, member, packed_size);
    omv_test_append_u64 (directory, 0); /* no comment, the first disk, as */
    omv_test_append_u16 (directory, 0); /* it comes */
    omv_test_append_u32 (directory, zip->len);
    append_text (directory, member->name);

    omv_test_append_u32 (zip, 0x04034b50);
    omv_test_append_u32 (zip, 0);       /* the version and the flags */
    append_description (zip, member, packed_size);
    append_text (zip, member->name);
    append_bytes (zip, packed);
  }

  start = zip->len;
  g_byte_array_append (zip, directory->data, directory->len);
  omv_test_append_u32 (zip, 0x06054b50);
  omv_test_append_u32 (zip, 0); /* the disks */
  omv_test_append_u16 (zip, (guint16) n_members);
  omv_test_append_u16 (zip, (guint16) n_members);
  omv_test_append_u32 (zip, directory->len);
  omv_test_append_u32 (zip, start);
  omv_test_append_u16 (zip, 0);

  return zip;
}
