/* omv-store-card.c: cards of the wire-free Miniscope
 *
 * The scope writes to its card without a file system, in sectors of 512 bytes and
 * words of 32 bits, little-endian. Of two layouts the newer one starts at sector
 * 1022, the older one at 1023:
 *
 *   first sector    words 0-3 a key, then what was asked for: gain, LED, lens,
 *                   length, rate; the newer layout: delay, battery's end
 *   second sector   what was recorded: width, height, rate, size of a buffer,
 *                   buffers written, buffers dropped
 *   from the third  buffers, each from a sector's start: a header, whose first word
 *                   says how many words it has, then a part of a frame, 8 bits
 *                   for each pixel
 *
 *   header          0 words, 1 list, 2 frame, 3 buffer, 4 buffer of the frame,
 *                   5 written, 6 dropped, 7 ms, 8 bytes of pixels,
 *                   9 ms of writing and 10 battery, where the header is so long
 *
 * Nobody erases a card: what an earlier recording has left behind this one's end
 * looks as good. So the number of buffers counts, where it was written. A scope whose
 * power was cut has written 0.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-store.h"

#include <inttypes.h>
#include <string.h>

#include "omv-format.h"
#include "omv-i18n.h"

#define SECTOR ((goffset) 512)
#define WORD 4
#define KEY 0x0d7cba17u
#define N_KEYS 4

#define N_WORDS_MIN 9
#define N_WORDS_BATTERY 11
#define N_WORDS_MAX 128
#define SIDE_MAX 4096
#define RATE_MAX 1000
#define NS_PER_MS 1000000

/* A card with more frames would hold 2^32 sectors of them. */
#define N_BUFFERS_MAX 100000000u

/* Words of the first sector. */
enum
{ GAIN = 4, LED, LENS, LENGTH, RATE, DELAY, BATTERY_END };

/* Words of the second sector. */
enum
{ WIDTH, HEIGHT, RECORDED_RATE, BUFFER_SIZE, N_WRITTEN, N_DROPPED };

/* Words of a buffer's header. */
enum
{ N_WORDS, LIST, FRAME, BUFFER, FRAME_BUFFER, WRITTEN, DROPPED, TIME,
  DATA_SIZE, WRITE_TIME, BATTERY
};

typedef struct
{
  goffset offset;               /* of its pixels */
  guint32 size;                 /* of its pixels, in bytes */
  guint32 place;                /* in the frame: the how manieth buffer */
} Buffer;

struct _OmvCard
{
  GFileInputStream *stream;
  goffset start;                /* of the first sector */
  gboolean has_key;
  guint32 header[N_WORDS_MAX], config[N_WORDS_MAX];
  GArray *buffers;              /* of Buffer */
  GArray *firsts;               /* guint: each frame's first buffer */
  guint32 full_size;            /* bytes of pixels in a buffer that is full */
};

/* ---- sectors ---- */

static guint32
get_word (const guint8 * sector, guint i)
{
  const guint8 *data = sector + (gsize) i * WORD;

  return (guint32) data[0] | (guint32) data[1] << 8 | (guint32) data[2] << 16
      | (guint32) data[3] << 24;
}

/* FALSE: the bytes cannot be read. There are fewer where the card ends. */
static gboolean
read_bytes (OmvCard * self, goffset offset, guint8 * data, gsize size,
    gsize * ret_size, GError ** error)
{
  return g_seekable_seek (G_SEEKABLE (self->stream), offset, G_SEEK_SET, NULL,
      error)
      && g_input_stream_read_all (G_INPUT_STREAM (self->stream), data, size,
      ret_size, NULL, error);
}

/* FALSE without @error: the card ends before. */
static gboolean
read_sector (OmvCard * self, goffset offset, guint32 * words, GError ** error)
{
  guint8 bytes[N_WORDS_MAX * WORD];
  gsize size;

  if (!read_bytes (self, offset, bytes, sizeof bytes, &size, error)
      || size < sizeof bytes)
    return FALSE;
  for (guint i = 0; i < N_WORDS_MAX; i++)
    words[i] = get_word (bytes, i);

  return TRUE;
}

static goffset
get_size (const guint32 * words)
{
  return (goffset) words[DATA_SIZE] + (goffset) words[N_WORDS] * WORD;
}

/* ---- what is there ---- */

static gboolean
has_sane_config (const OmvCard * self)
{
  const guint32 *config = self->config;

  return config[WIDTH] > 0 && config[WIDTH] <= SIDE_MAX && config[HEIGHT] > 0
      && config[HEIGHT] <= SIDE_MAX && config[RECORDED_RATE] <= RATE_MAX;
}

static gboolean
is_buffer (const OmvCard * self, const guint32 * words)
{
  return words[N_WORDS] >= N_WORDS_MIN && words[N_WORDS] <= N_WORDS_MAX
      && words[DATA_SIZE] > 0
      && words[DATA_SIZE] <= self->config[WIDTH] * self->config[HEIGHT]
      && words[FRAME_BUFFER] < self->config[WIDTH] * self->config[HEIGHT];
}

/* Whether a recording starts at @start; with @error it is not known. Cards that were
 * recorded once do not always keep the key; then the first buffer has to be that of
 * a first frame. */
static gboolean
try_layout (OmvCard * self, goffset start, GError ** error)
{
  guint32 words[N_WORDS_MAX];

  self->start = start;
  if (!read_sector (self, start, self->header, error)
      || !read_sector (self, start + SECTOR, self->config, error)
      || !has_sane_config (self)
      || !read_sector (self, start + 2 * SECTOR, words, error)
      || !is_buffer (self, words))
    return FALSE;

  self->has_key = TRUE;
  for (guint i = 0; i < N_KEYS; i++)
    self->has_key = self->has_key && self->header[i] == KEY;
  return self->has_key || (words[FRAME_BUFFER] == 0 && words[FRAME] <= 1
      && words[BUFFER] <= 1);
}

void
omv_card_free (OmvCard * self)
{
  g_clear_object (&self->stream);
  g_array_unref (self->buffers);
  g_array_unref (self->firsts);
  g_rc_box_release (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OmvCard, omv_card_free);

/* NULL without @error: it is no card. */
static OmvCard *
open_card (const gchar * path, GError ** error)
{
  static const goffset starts[] = { 1022 * SECTOR, 1023 * SECTOR };
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (OmvCard) self = g_rc_box_new0 (OmvCard);
  GError *problem = NULL;

  self->buffers = g_array_new (FALSE, FALSE, sizeof (Buffer));
  self->firsts = g_array_new (FALSE, FALSE, sizeof (guint));
  self->stream = g_file_read (file, NULL, &problem);
  for (guint i = 0; problem == NULL && i < G_N_ELEMENTS (starts); i++) {
    if (try_layout (self, starts[i], &problem))
      return g_steal_pointer (&self);
  }

  if (problem != NULL)
    g_propagate_error (error, problem);
  return NULL;
}

/* ---- reading all headers ---- */

static void
add_extra (OmvStoreData * data, const guint32 * words)
{
  g_autoptr (JsonObject) extra = json_object_new ();

  json_object_set_int_member (extra, "dropped_buffer_count", words[DROPPED]);
  if (words[N_WORDS] >= N_WORDS_BATTERY) {
    json_object_set_int_member (extra, "write_timestamp", words[WRITE_TIME]);
    json_object_set_int_member (extra, "battery_voltage", words[BATTERY]);
  }
  omv_store_add_extra (data, (gint64) data->frames->len - 1, extra);
}

/* Whether a buffer's header continues the recording. */
static gboolean
continues (const OmvCard * self, const guint32 * words, gint64 last)
{
  const guint64 n = (guint64) self->config[N_WRITTEN]
      + self->config[N_DROPPED];

  return is_buffer (self, words) && (gint64) words[BUFFER] > last
      && (n == 0 || words[BUFFER] <= n)
      && self->buffers->len < N_BUFFERS_MAX;
}

/* FALSE: the card cannot be read. */
static gboolean
scan (OmvCard * self, OmvStoreData * data, GError ** error)
{
  goffset offset = self->start + 2 * SECTOR;
  guint32 words[N_WORDS_MAX];
  gint64 last = -1, frame = -1;
  GError *problem = NULL;

  while (read_sector (self, offset, words, &problem)
      && continues (self, words, last)) {
    const Buffer buffer = { offset + (goffset) words[N_WORDS] * WORD,
      words[DATA_SIZE], words[FRAME_BUFFER]
    };

    if (self->full_size == 0)
      self->full_size = words[DATA_SIZE];
    if ((gint64) words[FRAME] != frame) {
      frame = words[FRAME];
      g_array_append_val (self->firsts, self->buffers->len);
      omv_store_add_frame (data, frame, (gint64) words[TIME] * NS_PER_MS);
      add_extra (data, words);
    }
    g_array_append_val (self->buffers, buffer);

    last = words[BUFFER];
    offset += (get_size (words) + SECTOR - 1) / SECTOR * SECTOR;
  }
  if (problem == NULL)
    return TRUE;

  g_propagate_error (error, problem);
  return FALSE;
}

/* Whether all pixels of the last buffer are there; of the others they are, because a
 * header follows. */
static gboolean
ends_whole (OmvCard * self, gboolean * ret_whole, GError ** error)
{
  const Buffer *last;
  guint8 byte;
  gsize n_read;

  *ret_whole = TRUE;
  if (self->buffers->len == 0)
    return TRUE;
  last = &g_array_index (self->buffers, Buffer, self->buffers->len - 1);
  if (!read_bytes (self, last->offset + last->size - 1, &byte, 1, &n_read,
          error))
    return FALSE;

  *ret_whole = n_read == 1;
  return TRUE;
}

/* FALSE: the card cannot be read. */
static gboolean
count_lost (OmvCard * self, OmvStoreData * data, GError ** error)
{
  const guint n_written = self->config[N_WRITTEN];
  gboolean whole;
  guint n_found;

  if (!ends_whole (self, &whole, error))
    return FALSE;

  n_found = self->buffers->len - (whole ? 0 : 1);
  if (n_written <= N_BUFFERS_MAX && n_written > n_found)
    data->n_lost = n_written - n_found;
  return TRUE;
}

static void
add_member (JsonObject * object, const gchar * name, guint32 value)
{
  json_object_set_int_member (object, name, value);
}

/* Under the names that the scope's own software has for them. */
static void
add_metadata (const OmvCard * self, OmvStoreData * data)
{
  JsonObject *user = json_object_new ();
  const guint32 *header = self->header, *config = self->config;

  if (self->has_key) {
    add_member (user, "gain", header[GAIN]);
    add_member (user, "led", header[LED]);
    add_member (user, "ewl", header[LENS]);
    add_member (user, "record_length", header[LENGTH]);
    add_member (user, "fs", header[RATE]);
  }
  if (self->has_key && self->start == 1022 * SECTOR) {
    add_member (user, "delay_start", header[DELAY]);
    add_member (user, "battery_cutoff", header[BATTERY_END]);
  }
  add_member (user, "width", config[WIDTH]);
  add_member (user, "height", config[HEIGHT]);
  if (!self->has_key)
    add_member (user, "fs", config[RECORDED_RATE]);
  add_member (user, "buffer_size", config[BUFFER_SIZE]);
  add_member (user, "n_buffers_recorded", config[N_WRITTEN]);
  add_member (user, "n_buffers_dropped", config[N_DROPPED]);
  json_object_set_object_member (data->members, "user", user);
}

gboolean
omv_store_is_card (const gchar * path)
{
  g_autoptr (OmvCard) card = NULL;

  if (g_file_test (path, G_FILE_TEST_IS_DIR)
      || !g_file_test (path, G_FILE_TEST_EXISTS))
    return FALSE;

  card = open_card (path, NULL);
  return card != NULL;
}

gboolean
omv_store_open_card (OmvStoreData * data, const gchar * path, GError ** error)
{
  GError *failure = NULL;

  data->card = open_card (path, &failure);
  if (data->card == NULL) {
    if (failure != NULL)
      g_propagate_error (error, failure);
    else
      g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_WRONG_TYPE,
          _("This is no card of a Miniscope."));
    return FALSE;
  }

  data->is_gray = TRUE;
  if (!scan (data->card, data, error)
      || !count_lost (data->card, data, error))
    return FALSE;
  add_metadata (data->card, data);
  return TRUE;
}

/* ---- pictures ---- */

GBytes *
omv_card_read (OmvCard * self, guint index, gint * ret_width,
    gint * ret_height, GError ** error)
{
  const gsize size = (gsize) self->config[WIDTH] * self->config[HEIGHT];
  g_autoptr (GByteArray) pixels = g_byte_array_new ();
  const guint first = g_array_index (self->firsts, guint, index);
  const guint end = index + 1 < self->firsts->len
      ? g_array_index (self->firsts, guint, index + 1) : self->buffers->len;

  /* what the scope has dropped is black */
  g_byte_array_set_size (pixels, (guint) size);
  memset (pixels->data, 0, size);
  for (guint i = first; i < end; i++) {
    const Buffer *buffer = &g_array_index (self->buffers, Buffer, i);
    guint64 place = (guint64) buffer->place * self->full_size;
    gsize n, n_read;

    if (place >= size)
      continue;
    n = MIN (buffer->size, size - (gsize) place);
    if (!read_bytes (self, buffer->offset, pixels->data + place, n, &n_read,
            error))
      return NULL;
    if (n_read < n && i + 1 < self->buffers->len) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
          _("The card cannot be read at byte %" PRIi64 "."),
          (gint64) buffer->offset);
      return NULL;
    }
  }

  *ret_width = (gint) self->config[WIDTH];
  *ret_height = (gint) self->config[HEIGHT];
  return g_byte_array_free_to_bytes (g_steal_pointer (&pixels));
}
