/* gstomvstore.c: what other programs have recorded
 *
 * Whoever comes to OpenMV's format brings recordings of other programs. They have
 * what a video has not: when each frame was taken, its number, and what was known
 * about it. This is that, in one shape, whatever the program; each has a file that
 * reads it (omv-store-imgstore.c, -miniscope.c, -card.c), recognised by what lies
 * there. Videos are left to GStreamer: which file holds which frames is said here.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:gstomvstore
 * @title: GstOmvStore
 * @short_description: what other programs have recorded
 *
 * Opens a store of imgstore, a folder of a Miniscope V4 or the card of a wire-free
 * Miniscope: its frames, their times and numbers, and what its maker noted.
 *
 * A frame has three coordinates: its index, from 0; its number, which the device
 * gave it; and its time, here in ns from the first frame. The wall clock at the
 * first frame is in gst_omv_store_get_metadata().
 *
 * What a store says is believed only as far as it can be: sizes are compared with
 * the files that are there. A store does not change once it is open. It may be
 * handed from one thread to another, but only one may use it at a time.
 *
 * Since: 0.1
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvstore.h"

#include "omv-format.h"
#include "omv-i18n.h"
#include "omv-json.h"
#include "omv-lines.h"
#include "omv-store.h"

#define NS_PER_US 1000

struct _GstOmvStore
{
  GObject object;

  GstOmvStoreKind kind;
  OmvStoreData data;
  gchar *metadata;              /* of a FILE.json */
};

G_DEFINE_TYPE (GstOmvStore, gst_omv_store, G_TYPE_OBJECT);

static const struct
{
  GstOmvStoreKind kind;
    gboolean (*recognise) (const gchar * path);
    gboolean (*open) (OmvStoreData * data, const gchar * path, GError ** error);
} readers[] = {
  {GST_OMV_STORE_KIND_IMGSTORE, omv_store_is_imgstore, omv_store_open_imgstore},
  {GST_OMV_STORE_KIND_MINISCOPE, omv_store_is_miniscope,
      omv_store_open_miniscope},
  {GST_OMV_STORE_KIND_SD_CARD, omv_store_is_card, omv_store_open_card},
};

/* ---- the object ---- */

static void
gst_omv_store_finalize (GObject * object)
{
  GstOmvStore *self = GST_OMV_STORE (object);

  omv_store_data_clear (&self->data);
  g_free (self->metadata);

  G_OBJECT_CLASS (gst_omv_store_parent_class)->finalize (object);
}

static void
gst_omv_store_class_init (GstOmvStoreClass * klass)
{
  G_OBJECT_CLASS (klass)->finalize = gst_omv_store_finalize;
}

static void
gst_omv_store_init (GstOmvStore * self)
{
  omv_store_data_init (&self->data);
}

/**
 * gst_omv_store_recognise:
 * @path: (type filename): a file or folder
 *
 * Says what @path is by what lies there. Whether it is whole is another question.
 *
 * Returns: what gst_omv_store_open() would take it for
 *
 * Since: 0.1
 */
GstOmvStoreKind
gst_omv_store_recognise (const gchar * path)
{
  g_return_val_if_fail (path != NULL, GST_OMV_STORE_KIND_NONE);

  for (guint i = 0; i < G_N_ELEMENTS (readers); i++) {
    if (readers[i].recognise (path))
      return readers[i].kind;
  }

  return GST_OMV_STORE_KIND_NONE;
}

static GDateTime *
get_start (const OmvStoreData * data)
{
  g_autoptr (GDateTime) epoch = g_date_time_new_from_unix_utc (0);
  g_autoptr (GDateTime) start = g_date_time_add (epoch,
      g_array_index (data->frames, OmvStoreFrame, 0).time / NS_PER_US);

  return start != NULL && data->zone != NULL
      ? g_date_time_to_timezone (start, data->zone) : g_steal_pointer (&start);
}

static gboolean
make_metadata (GstOmvStore * self, GError ** error)
{
  g_autofree gchar *text = omv_json_print (self->data.members, FALSE);
  g_autoptr (GstOmvMetadata) metadata = gst_omv_metadata_new_from_string (text,
      error);
  g_autoptr (GDateTime) start = NULL;

  if (metadata == NULL)
    return FALSE;

  if (self->data.has_clock)
    start = get_start (&self->data);
  gst_omv_metadata_set_start (metadata, start);
  self->metadata = gst_omv_metadata_to_string (metadata);
  return TRUE;
}

/* OmvStoreExtra data in the order of its frames; what came first stays first. */
static gint
compare_extra (gconstpointer a, gconstpointer b)
{
  const OmvStoreExtra *first = *(OmvStoreExtra * const *) a, *second =
      *(OmvStoreExtra * const *) b;

  return first->index < second->index ? -1 : first->index > second->index;
}

/**
 * gst_omv_store_open:
 * @path: (type filename): a file or folder
 * @error: return location
 *
 * Opens what another program has recorded. All of its tables are read, and no
 * picture.
 *
 * Errors: %GST_OMV_ERROR_WRONG_TYPE if @path is nothing that is known here,
 * %GST_OMV_ERROR_CORRUPT if something of the store contradicts itself or holds no
 * frame, %GST_OMV_ERROR_UNSUPPORTED; %G_IO_ERROR.
 *
 * Returns: (transfer full): a store, or %NULL on failure
 *
 * Since: 0.1
 */
GstOmvStore *
gst_omv_store_open (const gchar * path, GError ** error)
{
  g_autoptr (GstOmvStore) self = g_object_new (GST_OMV_TYPE_STORE, NULL);

  g_return_val_if_fail (path != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (readers); i++) {
    if (!readers[i].recognise (path))
      continue;

    self->kind = readers[i].kind;
    if (!readers[i].open (&self->data, path, error))
      return NULL;
    if (self->data.frames->len == 0) {
      g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_CORRUPT,
          _("There is no frame in it."));
      return NULL;
    }
    g_ptr_array_sort (self->data.extra, compare_extra);
    return make_metadata (self, error) ? g_steal_pointer (&self) : NULL;
  }

  g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_WRONG_TYPE,
      _("This is no store of imgstore or of a Miniscope."));
  return NULL;
}

/**
 * gst_omv_store_get_kind:
 * @self: a store
 *
 * Returns: what has made it
 *
 * Since: 0.1
 */
GstOmvStoreKind
gst_omv_store_get_kind (GstOmvStore * self)
{
  g_return_val_if_fail (GST_OMV_IS_STORE (self), GST_OMV_STORE_KIND_NONE);

  return self->kind;
}

/* ---- frames ---- */

/**
 * gst_omv_store_get_n_frames:
 * @self: a store
 *
 * Returns: how many frames its tables tell of, at least 1
 *
 * Since: 0.1
 */
guint
gst_omv_store_get_n_frames (GstOmvStore * self)
{
  g_return_val_if_fail (GST_OMV_IS_STORE (self), 0);

  return self->data.frames->len;
}

/**
 * gst_omv_store_get_n_missing:
 * @self: a store
 *
 * Returns: how many parts of the store are left out, because what says their
 *   frames' times is missing or ends before; whoever is killed leaves such a part
 *
 * Since: 0.1
 */
guint
gst_omv_store_get_n_missing (GstOmvStore * self)
{
  g_return_val_if_fail (GST_OMV_IS_STORE (self), 0);

  return self->data.n_missing;
}

/**
 * gst_omv_store_get_n_lost:
 * @self: a store
 *
 * Returns: how many buffers, of which each holds a frame or a part of one, a card
 *   says to have more than there are: its image is torn, or a buffer's header is
 *   damaged. 0 if it does not say, or the store is no card.
 *
 * Since: 0.1
 */
guint
gst_omv_store_get_n_lost (GstOmvStore * self)
{
  g_return_val_if_fail (GST_OMV_IS_STORE (self), 0);

  return self->data.n_lost;
}

static const OmvStoreFrame *
get_frame (GstOmvStore * self, guint index)
{
  return &g_array_index (self->data.frames, OmvStoreFrame, index);
}

/**
 * gst_omv_store_get_number:
 * @self: a store
 * @index: of a frame
 *
 * Returns: the number that the device gave it; the first one is not always 0
 *
 * Since: 0.1
 */
gint64
gst_omv_store_get_number (GstOmvStore * self, guint index)
{
  g_return_val_if_fail (GST_OMV_IS_STORE (self), 0);
  g_return_val_if_fail (index < self->data.frames->len, 0);

  return get_frame (self, index)->number;
}

/**
 * gst_omv_store_get_time:
 * @self: a store
 * @index: of a frame
 *
 * Returns: ns from the first frame; 0 for one that is older. Times may fall, if
 *   those of the store do.
 *
 * Since: 0.1
 */
guint64
gst_omv_store_get_time (GstOmvStore * self, guint index)
{
  gint64 first, time;

  g_return_val_if_fail (GST_OMV_IS_STORE (self), 0);
  g_return_val_if_fail (index < self->data.frames->len, 0);

  first = get_frame (self, 0)->time;
  time = get_frame (self, index)->time;
  return time > first ? (guint64) time - (guint64) first : 0;
}

/**
 * gst_omv_store_is_gray:
 * @self: a store
 *
 * Returns: whether its frames are known to be without colours, even if its videos
 *   have room for them
 *
 * Since: 0.1
 */
gboolean
gst_omv_store_is_gray (GstOmvStore * self)
{
  g_return_val_if_fail (GST_OMV_IS_STORE (self), FALSE);

  return self->data.is_gray;
}

/* ---- what is known ---- */

/**
 * gst_omv_store_get_metadata:
 * @self: a store
 *
 * Returns: (transfer full): the wall clock at the first frame, if the store tells,
 *   and as user metadata what its maker noted
 *
 * Since: 0.1
 */
GstOmvMetadata *
gst_omv_store_get_metadata (GstOmvStore * self)
{
  g_return_val_if_fail (GST_OMV_IS_STORE (self), NULL);

  return gst_omv_metadata_new_from_string (self->metadata, NULL);
}

static void
add_line (GPtrArray * lines, JsonObject * object)
{
  g_ptr_array_add (lines, omv_json_print (object, FALSE));
}

/* The extra data at @next, if it is of the frame @index; else NULL. */
static const OmvStoreExtra *
get_extra (GstOmvStore * self, guint next, guint index)
{
  const OmvStoreExtra *extra = next < self->data.extra->len
      ? self->data.extra->pdata[next] : NULL;

  return extra != NULL && extra->index == index ? extra : NULL;
}

static void
set_member (JsonObject * from, const gchar * name, JsonNode * node,
    gpointer user_data)
{
  json_object_set_member (user_data, name, json_node_copy (node));
}

/**
 * gst_omv_store_list_lines:
 * @self: a store
 *
 * Makes the lines of a recording's `FILE.jsonl`: for each frame one with its index
 * as `frame` and its number as `number`, with the extra data that the store has for
 * it. Where there is more than one set of data, each has a line of its own.
 *
 * Returns: (transfer full) (array zero-terminated=1): JSON objects
 *
 * Since: 0.1
 */
gchar **
gst_omv_store_list_lines (GstOmvStore * self)
{
  g_autoptr (GPtrArray) lines = NULL;
  const OmvStoreExtra *extra;
  guint next = 0;

  g_return_val_if_fail (GST_OMV_IS_STORE (self), NULL);

  lines = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->data.frames->len; i++) {
    g_autoptr (JsonObject) line = json_object_new ();

    json_object_set_int_member (line, GST_OMV_LINE_FRAME, i);
    json_object_set_int_member (line, GST_OMV_LINE_NUMBER,
        get_frame (self, i)->number);
    extra = get_extra (self, next, i);
    if (extra != NULL) {
      json_object_foreach_member (extra->object, set_member, line);
      next++;
    }
    add_line (lines, line);
    while ((extra = get_extra (self, next, i)) != NULL) {
      g_autoptr (JsonObject) further = json_object_new ();

      json_object_set_int_member (further, GST_OMV_LINE_FRAME, i);
      json_object_foreach_member (extra->object, set_member, further);
      add_line (lines, further);
      next++;
    }
  }
  g_ptr_array_add (lines, NULL);

  return (gchar **) g_ptr_array_steal (lines, NULL);
}

/* ---- pictures ---- */

/**
 * gst_omv_store_is_video:
 * @self: a store
 *
 * Returns: whether the files of gst_omv_store_get_file() are for GStreamer to
 *   decode; else gst_omv_store_read() gives each frame
 *
 * Since: 0.1
 */
gboolean
gst_omv_store_is_video (GstOmvStore * self)
{
  g_return_val_if_fail (GST_OMV_IS_STORE (self), FALSE);

  return self->data.is_video;
}

/**
 * gst_omv_store_get_file:
 * @self: a store
 * @index: of a frame
 * @ret_first: (out) (optional): the index of the first frame in that file
 * @ret_n_frames: (out) (optional): how many frames are in it
 *
 * Says where a frame has to be. If there is no such file, its frames are lost; the
 * store knows no more of them than their times.
 *
 * Returns: (nullable) (type filename): the file that holds the frame, or %NULL if
 *   the store is one itself
 *
 * Since: 0.1
 */
const gchar *
gst_omv_store_get_file (GstOmvStore * self, guint index, guint * ret_first,
    guint * ret_n_frames)
{
  const OmvStoreFile *file = NULL;

  g_return_val_if_fail (GST_OMV_IS_STORE (self), NULL);
  g_return_val_if_fail (index < self->data.frames->len, NULL);

  if (self->data.files->len > 0)
    file = &g_array_index (self->data.files, OmvStoreFile,
        get_frame (self, index)->file);
  if (ret_first != NULL)
    *ret_first = file != NULL ? file->first : 0;
  if (ret_n_frames != NULL)
    *ret_n_frames = file != NULL ? file->n_frames : self->data.frames->len;

  return file != NULL ? file->path : NULL;
}

/**
 * gst_omv_store_read:
 * @self: a store
 * @index: of a frame
 * @ret_picture: (out): what was read, untouched on failure
 * @ret_width: (out): in pixels; 0 of a JPEG or PNG picture
 * @ret_height: (out): in pixels; 0 of a JPEG or PNG picture
 * @error: return location
 *
 * Reads a frame of a store that is no video. Of a frame whose card has lost a part,
 * that part is black.
 *
 * Errors: %GST_OMV_ERROR_UNSUPPORTED if the store is a video, %GST_OMV_ERROR_CORRUPT
 * if this is no picture; %G_IO_ERROR.
 *
 * Returns: (transfer full): the picture, or %NULL on failure
 *
 * Since: 0.1
 */
GBytes *
gst_omv_store_read (GstOmvStore * self, guint index,
    GstOmvStorePicture * ret_picture, gint * ret_width, gint * ret_height,
    GError ** error)
{
  GBytes *bytes;

  g_return_val_if_fail (GST_OMV_IS_STORE (self), NULL);
  g_return_val_if_fail (index < self->data.frames->len, NULL);
  g_return_val_if_fail (ret_picture != NULL && ret_width != NULL
      && ret_height != NULL, NULL);

  if (self->data.is_video) {
    g_set_error (error, GST_OMV_ERROR, GST_OMV_ERROR_UNSUPPORTED,
        _("The frames of this store are in videos, to be decoded."));
    return NULL;
  }
  if (self->data.card == NULL)
    return omv_store_read_picture (g_array_index (self->data.files,
            OmvStoreFile, get_frame (self, index)->file).path, ret_picture,
        ret_width, ret_height, error);

  bytes = omv_card_read (self->data.card, index, ret_width, ret_height, error);
  if (bytes != NULL)
    *ret_picture = GST_OMV_STORE_PICTURE_GRAY;
  return bytes;
}
