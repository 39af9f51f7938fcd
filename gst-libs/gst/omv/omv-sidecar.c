/* omv-sidecar.c: an index <-> the bytes of a FILE.idx
 *
 * Making the index of a long recording takes a read of every header, so it can
 * be kept beside the recording. The layout is in docs/format.md, "Sidecar
 * index". The bytes of a sidecar are as untrusted as those of a recording, and
 * more may be wrong: it may belong to another recording, or to an earlier state
 * of this one.
 *
 * Guarantees, cited by the tests:
 *
 *  S1  Whatever the bytes are, they make an index that is safe to use, or an
 *      error. Nothing is multiplied, allocated or indexed before it was checked.
 *  S2  A sidecar is taken only for a recording that still has, at the place
 *      where it ended when the sidecar was written, the same last bytes.
 *  S3  Where the recording has grown since, or the walk that uses the index
 *      treats damage differently, the index keeps what that does not concern
 *      and is to be extended from there.
 *
 * What an intact sidecar says may still be a lie. gst_omv_index_agrees() finds
 * that out where it matters, at the frames that are used.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-sidecar.h"

#include "omv-bytes.h"
#include "omv-index-private.h"

#define MAGIC_SIZE 16

/* Offsets of the header's fields, and sizes of its parts. */
#define FLAGS 16
#define FRAME_SIZE_MAX 20
#define END 24
#define LAST_INTERVAL 32
#define DISTANCE 40
#define N_ENTRIES 48
#define N_DAMAGES 52
#define TAIL_SUM 56
#define END_PLACE 88
#define HEADER_SIZE 160
#define PLACE_SIZE 72
#define DAMAGE_SIZE 32
#define SUM_SIZE 32

#define FLAG_COMPLETE (1u << 0)
#define FLAG_TORN (1u << 1)
#define FLAG_RESYNC (1u << 2)
#define FLAG_REWIND (1u << 3)
#define FLAGS_KNOWN (FLAG_COMPLETE | FLAG_TORN | FLAG_RESYNC | FLAG_REWIND)

#define DISTANCE_MAX (G_GUINT64_CONSTANT (1) << 48)

G_STATIC_ASSERT (HEADER_SIZE + OMV_INDEX_ENTRIES_MAX * PLACE_SIZE
    + OMV_INDEX_DAMAGES_MAX * DAMAGE_SIZE + SUM_SIZE
    <= GST_OMV_SIDECAR_SIZE_MAX);

static const guint8 magic[MAGIC_SIZE] = {
  'O', 'M', 'V', ' ', 'I', 'M', 'G', ' ', 'I', 'D', 'X', ' ', 'V', '1', '.',
  '0'
};

static void
make_sum (const guint8 * data, gsize size, guint8 * sum)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize sum_size = SUM_SIZE;

  g_checksum_update (checksum, data, (gssize) size);
  g_checksum_get_digest (checksum, sum, &sum_size);
}

static gboolean
has_sum (const guint8 * data, gsize size, const guint8 * expected)
{
  guint8 sum[SUM_SIZE];

  make_sum (data, size, sum);
  return memcmp (sum, expected, SUM_SIZE) == 0;
}

/* ---- writing ---- */

static void
write_place (guint8 * data, const OmvIndexPlace * place)
{
  const GstOmvWalkMark *mark = &place->mark;

  omv_write_u64 (data, mark->position);
  omv_write_u64 (data + 8, mark->number);
  omv_write_u64 (data + 16, mark->base);
  omv_write_u64 (data + 24, place->time);
  omv_write_u64 (data + 32, mark->time.time);
  omv_write_u64 (data + 40, mark->time.exact);
  omv_write_u64 (data + 48, mark->time.anchor_time);
  omv_write_u64 (data + 56, mark->time.anchor_exact);
  omv_write_u16 (data + 64, (guint16) mark->version);
  omv_write_u16 (data + 66, mark->time.gap ? 1 : 0);
  omv_write_u32 (data + 68, place->check);
}

static void
write_damage (guint8 * data, const OmvIndexDamage * damage)
{
  omv_write_u64 (data, damage->offset);
  omv_write_u64 (data + 8, damage->size);
  omv_write_u64 (data + 16, damage->number);
  omv_write_u32 (data + 24, (guint32) damage->fault);
  omv_write_u32 (data + 28, 0);
}

/* Where an index ends, as if a frame were there. */
static OmvIndexPlace
get_end_place (const GstOmvIndex * index)
{
  const GstOmvWalk *walk = &index->walk;

  return (OmvIndexPlace) {
    .mark = {.position = walk->position,.number = walk->number,
      .base = walk->base,.time = walk->time,.version = walk->version
  },.time = index->last_time};
}

static guint32
get_flags (const GstOmvIndex * index)
{
  return (index->complete ? FLAG_COMPLETE : 0)
      | (index->torn ? FLAG_TORN : 0)
      | (index->start.resync ? FLAG_RESYNC : 0)
      | (index->start.rewind ? FLAG_REWIND : 0);
}

static void
write_header (guint8 * data, const GstOmvIndex * index, guint64 end,
    const guint8 * tail, gsize tail_size)
{
  OmvIndexPlace end_place = get_end_place (index);

  memcpy (data, magic, MAGIC_SIZE);
  omv_write_u32 (data + FLAGS, get_flags (index));
  omv_write_u32 (data + FRAME_SIZE_MAX, index->start.max_frame_size);
  omv_write_u64 (data + END, end);
  omv_write_u64 (data + LAST_INTERVAL, index->last_interval);
  omv_write_u64 (data + DISTANCE, index->distance);
  omv_write_u32 (data + N_ENTRIES, index->entries->len);
  omv_write_u32 (data + N_DAMAGES, index->damages->len);
  make_sum (tail, tail_size, data + TAIL_SUM);
  write_place (data + END_PLACE, &end_place);
}

/**
 * gst_omv_sidecar_write: (skip)
 * @index: an index that has passed a recording's file header
 * @end: bytes of the recording
 * @tail: (array length=tail_size): the recording's last bytes
 * @tail_size: %GST_OMV_SIDECAR_TAIL_SIZE, or @end if that is less
 *
 * Returns: (transfer full): what to store beside the recording
 *
 * Since: 0.1
 */
GBytes *
gst_omv_sidecar_write (const GstOmvIndex * index, guint64 end,
    const guint8 * tail, gsize tail_size)
{
  gsize size = HEADER_SIZE + (gsize) index->entries->len * PLACE_SIZE
      + (gsize) index->damages->len * DAMAGE_SIZE;
  guint8 *data, *at;

  g_return_val_if_fail (index->walk.position >= GST_OMV_FILE_HEADER_SIZE, NULL);
  g_return_val_if_fail (tail_size == MIN (end, GST_OMV_SIDECAR_TAIL_SIZE),
      NULL);

  data = g_malloc (size + SUM_SIZE);
  write_header (data, index, end, tail, tail_size);
  at = data + HEADER_SIZE;
  for (guint i = 0; i < index->entries->len; i++, at += PLACE_SIZE) {
    OmvIndexPlace place;

    omv_index_get_place (index, i, &place);
    write_place (at, &place);
  }
  for (guint i = 0; i < index->damages->len; i++, at += DAMAGE_SIZE)
    write_damage (at, omv_index_get_damage (index, i));
  make_sum (data, size, at);

  return g_bytes_new_take (data, size + SUM_SIZE);
}

/* ---- reading ---- */

/* What a sidecar's header says, checked. */
typedef struct
{
  guint32 flags;
  guint32 max_frame_size;
  guint64 end;
  guint64 last_interval;
  guint64 distance;
  guint n_entries;
  guint n_damages;
  OmvIndexPlace end_place;
} Header;

static gboolean
refuse (GError ** error, const gchar * reason)
{
  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
      "The sidecar is of no use: %s", reason);
  return FALSE;
}

static gboolean
is_known_version (guint version)
{
  return version == GST_OMV_VERSION_V1_0 || version == GST_OMV_VERSION_V1_1
      || version == GST_OMV_VERSION_V2_0 || version == GST_OMV_VERSION_V2_1;
}

static gboolean
is_good_time_reader (const GstOmvTimeReader * time)
{
  return time->time <= GST_OMV_TIME_MAX
      && time->anchor_time <= time->time
      && (time->exact == GST_OMV_TIME_NONE
      || time->anchor_exact <= time->exact);
}

/* A place in a recording of @end bytes. */
static gboolean
read_place (const guint8 * data, guint64 end, OmvIndexPlace * place)
{
  GstOmvWalkMark *mark = &place->mark;
  guint version = omv_read_u16 (data + 64);
  guint gap = omv_read_u16 (data + 66);

  mark->position = omv_read_u64 (data);
  mark->number = omv_read_u64 (data + 8);
  mark->base = omv_read_u64 (data + 16);
  place->time = omv_read_u64 (data + 24);
  mark->time.time = omv_read_u64 (data + 32);
  mark->time.exact = omv_read_u64 (data + 40);
  mark->time.anchor_time = omv_read_u64 (data + 48);
  mark->time.anchor_exact = omv_read_u64 (data + 56);
  mark->version = (GstOmvVersion) version;
  mark->time.gap = gap != 0;
  place->check = omv_read_u32 (data + 68);

  return is_known_version (version) && gap <= 1
      && mark->position >= GST_OMV_FILE_HEADER_SIZE
      && mark->position <= end + GST_OMV_ALIGNMENT
      && mark->base <= mark->position - GST_OMV_FILE_HEADER_SIZE
      && mark->number <= end / GST_OMV_FILE_HEADER_SIZE
      && place->time <= GST_OMV_TIME_MAX && is_good_time_reader (&mark->time);
}

static gboolean
has_entry_count (const Header * header)
{
  guint64 n_frames = header->end_place.mark.number;

  if (header->distance < OMV_INDEX_FIRST_DISTANCE
      || header->distance > DISTANCE_MAX
      || (header->distance & (header->distance - 1)) != 0)
    return FALSE;

  return header->n_entries <= OMV_INDEX_ENTRIES_MAX
      && header->n_damages <= OMV_INDEX_DAMAGES_MAX
      && header->n_entries == n_frames / header->distance
      + (n_frames % header->distance != 0);
}

/* @end: bytes of the recording now. */
static gboolean
read_header (const guint8 * data, gsize size, guint64 end, Header * header,
    GError ** error)
{
  if (size < HEADER_SIZE + SUM_SIZE || memcmp (data, magic, MAGIC_SIZE) != 0)
    return refuse (error, "it is none, or of another version");

  header->flags = omv_read_u32 (data + FLAGS);
  header->max_frame_size = omv_read_u32 (data + FRAME_SIZE_MAX);
  header->end = omv_read_u64 (data + END);
  header->last_interval = omv_read_u64 (data + LAST_INTERVAL);
  header->distance = omv_read_u64 (data + DISTANCE);
  header->n_entries = omv_read_u32 (data + N_ENTRIES);
  header->n_damages = omv_read_u32 (data + N_DAMAGES);
  if (header->end > end || header->end > G_MAXINT64)
    return refuse (error, "the recording is shorter");

  if ((header->flags & ~FLAGS_KNOWN) != 0
      || !read_place (data + END_PLACE, header->end, &header->end_place)
      || header->last_interval > header->end_place.time
      || !has_entry_count (header)
      || size != HEADER_SIZE + (gsize) header->n_entries * PLACE_SIZE
      + (gsize) header->n_damages * DAMAGE_SIZE + SUM_SIZE)
    return refuse (error, "its header contradicts itself");

  return TRUE;
}

/* Whether @place may stand behind @last. */
static gboolean
may_follow (const OmvIndexPlace * last, const OmvIndexPlace * place)
{
  return place->mark.time.time <= place->time
      && place->mark.position > last->mark.position
      && place->mark.base >= last->mark.base
      && place->mark.time.time >= last->time;
}

static gboolean
read_entries (const guint8 * data, const Header * header, GstOmvIndex * index)
{
  OmvIndexPlace last, place;

  memset (&last, 0, sizeof last);
  for (guint i = 0; i < header->n_entries; i++, data += PLACE_SIZE) {
    if (!read_place (data, header->end, &place)
        || place.mark.number != i * header->distance
        || place.mark.position >= header->end || !may_follow (&last, &place))
      return FALSE;
    omv_index_add_place (index, &place);
    last = place;
  }

  return header->n_entries == 0 || may_follow (&last, &header->end_place);
}

static gboolean
read_damages (const guint8 * data, const Header * header, GstOmvIndex * index)
{
  guint64 last_end = GST_OMV_FILE_HEADER_SIZE;

  g_array_set_size (index->damages, header->n_damages);
  for (guint i = 0; i < header->n_damages; i++, data += DAMAGE_SIZE) {
    OmvIndexDamage *damage = omv_index_get_damage (index, i);
    guint32 fault = omv_read_u32 (data + 24);

    damage->offset = omv_read_u64 (data);
    damage->size = omv_read_u64 (data + 8);
    damage->number = omv_read_u64 (data + 16);
    damage->fault = (GstOmvFault) fault;
    if (fault == 0 || fault > GST_OMV_FAULT_TORN
        || damage->number > header->end_place.mark.number
        || damage->offset < last_end || damage->offset > header->end
        || damage->size == 0 || damage->size > header->end - damage->offset)
      return FALSE;
    last_end = damage->offset + damage->size;
  }

  return TRUE;
}

/* Forgets all frames from the first damage on. */
static void
cut_at_damage (GstOmvIndex * index)
{
  guint64 offset = omv_index_get_damage (index, 0)->offset;
  guint kept = index->entries->len;

  while (kept > 0
      && g_array_index (index->entries, OmvIndexEntry, kept - 1).position
      >= offset)
    kept--;
  omv_index_forget_places (index, kept);
}

static void
stand_at_end (GstOmvIndex * index, const Header * header)
{
  gst_omv_walk_go_to_mark (&index->walk, &header->end_place.mark);
  index->complete = TRUE;
  index->torn = (header->flags & FLAG_TORN) != 0;
  index->last_time = header->end_place.time;
  index->last_interval = header->last_interval;
}

/* S3 */
static void
adapt (GstOmvIndex * index, const Header * header, guint64 end)
{
  const GstOmvWalk *start = &index->start;
  gboolean same = start->resync == ((header->flags & FLAG_RESYNC) != 0)
      && start->rewind == ((header->flags & FLAG_REWIND) != 0)
      && start->max_frame_size == header->max_frame_size;
  gboolean cut = !same && index->damages->len > 0;

  if (cut)
    cut_at_damage (index);
  if (index->entries->len > 0)
    index->first_time = g_array_index (index->times, guint64, 0);

  if (cut || header->end != end || (header->flags & FLAG_COMPLETE) == 0)
    gst_omv_index_reopen (index);
  else
    stand_at_end (index, header);
}

/**
 * gst_omv_sidecar_read_end: (skip)
 * @data: (array length=size): a sidecar's bytes
 * @size: bytes in @data
 * @end: bytes of the recording
 * @ret_known_end: (out): bytes that the recording had when @data was written,
 *   at most @end
 * @error: return location
 *
 * Tells where the bytes lie that gst_omv_sidecar_read() needs: before
 * @ret_known_end.
 *
 * Returns: %FALSE if the sidecar is of no use
 *
 * Since: 0.1
 */
gboolean
gst_omv_sidecar_read_end (const guint8 * data, gsize size, guint64 end,
    guint64 * ret_known_end, GError ** error)
{
  Header header;

  if (!read_header (data, size, end, &header, error))
    return FALSE;

  *ret_known_end = header.end;
  return TRUE;
}

/**
 * gst_omv_sidecar_read: (skip)
 * @data: (array length=size): a sidecar's bytes
 * @size: bytes in @data
 * @start: a walk that stands at the start of the recording, with its settings
 * @end: bytes of the recording
 * @tail: (array length=tail_size): the bytes before the end that
 *   gst_omv_sidecar_read_end() told
 * @tail_size: %GST_OMV_SIDECAR_TAIL_SIZE, or that end if it is less
 * @error: return location
 *
 * The index is complete where the recording has not grown, and otherwise has
 * to be extended. Its user holds what it says against the recording, see
 * gst_omv_index_agrees(). The @error is for a log, not for a user: without a
 * sidecar everything works, too.
 *
 * Returns: (transfer full): an index, or %NULL if the sidecar is of no use
 *
 * Since: 0.1
 */
GstOmvIndex *
gst_omv_sidecar_read (const guint8 * data, gsize size,
    const GstOmvWalk * start, guint64 end, const guint8 * tail,
    gsize tail_size, GError ** error)
{
  g_autoptr (GstOmvIndex) index = gst_omv_index_new (start);
  const char *reason = NULL;
  const guint8 *entries = data + HEADER_SIZE;
  Header header;

  if (!read_header (data, size, end, &header, error))
    return NULL;

  index->distance = header.distance;
  if (!has_sum (data, size - SUM_SIZE, data + size - SUM_SIZE))
    reason = "its checksum is wrong";
  else if (tail_size != MIN (header.end, GST_OMV_SIDECAR_TAIL_SIZE)
      || !has_sum (tail, tail_size, data + TAIL_SUM))
    reason = "it belongs to another recording";
  else if (start->max_frame_size < header.max_frame_size)
    reason = "it was made for larger frames";
  else if (!read_entries (entries, &header, index)
      || !read_damages (entries + (gsize) header.n_entries * PLACE_SIZE,
          &header, index))
    reason = "it contradicts itself";
  if (reason != NULL) {
    refuse (error, reason);
    return NULL;
  }

  adapt (index, &header, end);
  return g_steal_pointer (&index);
}
