/* omv-zip.c: the members of a ZIP archive in memory
 *
 * As much of ZIP as NumPy writes: stored and deflated members, without
 * encryption and without the fields for over 4 GiB. The sizes that count are
 * those of the directory at the archive's end. Every offset is checked before it
 * is followed, and no more memory is asked for than deflate can fill from the
 * bytes that are there. No member is given out whose CRC is not the directory's.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-zip.h"

#include <string.h>

/* What is larger is no table of times: a few bytes may claim to be gigabytes. */
#define MEMBER_SIZE_MAX 268435456

#define END_SIZE 22
#define END_MAGIC 0x06054b50
#define COMMENT_SIZE_MAX 65535
#define ENTRY_SIZE 46
#define ENTRY_MAGIC 0x02014b50
#define LOCAL_SIZE 30
#define LOCAL_MAGIC 0x04034b50

#define FLAG_ENCRYPTED 1
#define METHOD_STORED 0
#define METHOD_DEFLATED 8

/* deflate makes at most 258 bytes of two bits */
#define DEFLATE_RATIO_MAX 1032

static guint
read_16 (const guint8 * data)
{
  return (guint) data[0] | (guint) data[1] << 8;
}

static guint32
read_32 (const guint8 * data)
{
  return read_16 (data) | (guint32) read_16 (data + 2) << 16;
}

/* Whether @n bytes stand at @offset. */
static gboolean
holds (const OmvZip * zip, gsize offset, gsize n)
{
  return offset <= zip->size && n <= zip->size - offset;
}

gboolean
omv_zip_open (OmvZip * zip, const guint8 * data, gsize size)
{
  gsize first;

  if (size < END_SIZE)
    return FALSE;

  first = size - MIN (size, END_SIZE + COMMENT_SIZE_MAX);
  for (gsize end = size - END_SIZE + 1; end-- > first;) {
    const guint8 *record = data + end;

    if (read_32 (record) != END_MAGIC
        || read_16 (record + 20) != size - end - END_SIZE
        || read_16 (record + 8) != read_16 (record + 10))
      continue;

    zip->data = data;
    zip->size = size;
    zip->n_left = read_16 (record + 10);
    zip->next = read_32 (record + 16);
    return TRUE;
  }

  return FALSE;
}

gboolean
omv_zip_next (OmvZip * zip, OmvZipMember * ret_member)
{
  const guint8 *entry;
  gsize variable;

  if (zip->n_left == 0 || !holds (zip, zip->next, ENTRY_SIZE))
    return FALSE;
  entry = zip->data + zip->next;
  if (read_32 (entry) != ENTRY_MAGIC)
    return FALSE;
  variable = read_16 (entry + 28) + read_16 (entry + 30) + read_16 (entry + 32);
  if (!holds (zip, zip->next + ENTRY_SIZE, variable))
    return FALSE;

  ret_member->name = (const gchar *) entry + ENTRY_SIZE;
  ret_member->name_length = read_16 (entry + 28);
  ret_member->method = read_16 (entry + 8) & FLAG_ENCRYPTED
      ? G_MAXUINT : read_16 (entry + 10);
  ret_member->crc = read_32 (entry + 16);
  ret_member->packed_size = read_32 (entry + 20);
  ret_member->size = read_32 (entry + 24);
  ret_member->offset = read_32 (entry + 42);
  zip->next += ENTRY_SIZE + variable;
  zip->n_left--;

  return TRUE;
}

gboolean
omv_zip_is_over (const OmvZip * zip)
{
  return zip->n_left == 0;
}

/* CRC-32 of IEEE 802.3, of half a byte at a time. */
static guint32
get_crc (const guint8 * data, gsize size)
{
  static const guint32 table[] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
    0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
    0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c
  };
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < size; i++) {
    crc = crc >> 4 ^ table[(crc ^ data[i]) & 15];
    crc = crc >> 4 ^ table[(crc ^ data[i] >> 4) & 15];
  }

  return ~crc;
}

static GBytes *
inflate (const guint8 * packed, gsize packed_size, gsize size)
{
  g_autoptr (GZlibDecompressor) inflater =
      g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW);
  g_autofree guint8 *data = NULL;
  gsize done = 0, used = 0;

  if (size / DEFLATE_RATIO_MAX > packed_size)
    return NULL;

  data = g_malloc (size + 1);   /* room to see that there is more */
  while (TRUE) {
    gsize n_read = 0, n_written = 0;
    GConverterResult result = g_converter_convert (G_CONVERTER (inflater),
        packed + used, packed_size - used, data + done, size + 1 - done,
        G_CONVERTER_INPUT_AT_END, &n_read, &n_written, NULL);

    used += n_read;
    done += n_written;
    if (result == G_CONVERTER_FINISHED)
      return done == size ? g_bytes_new_take (g_steal_pointer (&data), size)
          : NULL;
    if (result == G_CONVERTER_ERROR || done > size)
      return NULL;
  }
}

static GBytes *
unpack (const OmvZip * zip, const OmvZipMember * member)
{
  const guint8 *local;
  gsize start;

  if (member->size > MEMBER_SIZE_MAX
      || !holds (zip, member->offset, LOCAL_SIZE))
    return NULL;
  local = zip->data + member->offset;
  start = member->offset + LOCAL_SIZE + read_16 (local + 26)
      + read_16 (local + 28);
  if (read_32 (local) != LOCAL_MAGIC
      || !holds (zip, start, member->packed_size))
    return NULL;

  switch (member->method) {
    case METHOD_STORED:
      return member->size == member->packed_size
          ? g_bytes_new (zip->data + start, member->size) : NULL;
    case METHOD_DEFLATED:
      return inflate (zip->data + start, member->packed_size, member->size);
    default:
      return NULL;
  }
}

GBytes *
omv_zip_read (const OmvZip * zip, const OmvZipMember * member)
{
  g_autoptr (GBytes) bytes = unpack (zip, member);

  return bytes != NULL && get_crc (g_bytes_get_data (bytes, NULL),
      g_bytes_get_size (bytes)) == member->crc ? g_steal_pointer (&bytes)
      : NULL;
}
