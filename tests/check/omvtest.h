/* omvtest.h: recordings for the tests, made and described without the library
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A frame as it lies in a file. */
typedef struct {
  guint64 time;
  gint width;
  gint height;
  guint32 format;               /* the code of version 2.x */
  guint32 size_word;
  guint32 size;                 /* of the payload */
  guint64 offset;               /* of the header */
  gchar sha256[65];             /* of the payload */
} OmvTestFrame;

/* A recording that the camera's own code wrote, or a damaged one made from it,
 * and the frames that this code reads from it before it meets damage. */
typedef struct {
  gboolean damaged;
  gint version;                 /* 20 for 2.0; 0 if it is not a known one */
  guint8 *data;
  gsize size;
  GArray *frames;               /* of OmvTestFrame */
} OmvTestGolden;

extern const gchar *const omv_test_golden_names[];

OmvTestGolden *omv_test_golden_load (const gchar * name);
void omv_test_golden_free (OmvTestGolden * golden);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvTestGolden, omv_test_golden_free)

const OmvTestFrame *omv_test_frame (const GArray * frames, guint index);

void omv_test_append_u16 (GByteArray * bytes, guint16 value);
void omv_test_append_u32 (GByteArray * bytes, guint32 value);
void omv_test_append_u64 (GByteArray * bytes, guint64 value);
void omv_test_append_file_header (GByteArray * bytes, const gchar * version);
void omv_test_append_header (GByteArray * bytes, gint generation,
    guint32 interval, gint width, gint height, guint32 word, guint32 size);
void omv_test_append_padding (GByteArray * bytes, gsize payload_size);
void omv_test_set_exact_time (guint8 * header, guint64 time);
guint32 omv_test_get_crc (gconstpointer data, gsize size);

/* Where byte @i of little-endian RGB565 is in GStreamer's RGB16, whose pixels are
 * numbers of this host. */
#define OMV_TEST_RGB16_BYTE(i) \
    (G_BYTE_ORDER == G_LITTLE_ENDIAN ? (i) : (i) ^ 1)

GByteArray *omv_test_build (const gchar * recipe, GArray ** ret_frames);

/* Steps in which to do what takes long under valgrind: @slow if OMV_TEST_SLOW is
 * set, else 1. */
guint omv_test_get_pace (guint slow);

G_END_DECLS
