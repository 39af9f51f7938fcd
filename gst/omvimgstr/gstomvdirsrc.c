/* gstomvdirsrc.c: the element omvdirsrc
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-omvdirsrc
 * @title: omvdirsrc
 * @see_also: omvstrdemux, omvringsink, splitmuxsink, filesrc
 *
 * Reads the recordings of a folder as one: the parts that splitmuxsink made, or the
 * clips of #omvringsink. What comes out is one stream of bytes, in which one can
 * seek, and behind it #omvstrdemux plays and seeks as in a single file.
 *
 * #GstOmvDirSrc:location is a folder, of which all files that end in `.bin` are
 * meant, or a pattern with `*` or `?` in its last part. Their order is that of
 * their names, in which numbers count as numbers. Players get there by a URI:
 * `omvdir://` and the folder's absolute path, as in `omvdir:///home/me/clips`.
 *
 * The time that passed between two files is kept, where exact times
 * (#GstOmvStrMux:exact-time) or metadata beside the files (#GstOmvStrMux:sidecar)
 * tell it; what omvringsink writes has both. Otherwise a file starts where the one
 * before it ends. Of a file that was torn all whole frames are there. Files that
 * are no recordings are left out. A warning names each such file that is not
 * empty, and each whose end is torn or damaged, up to ten.
 *
 * Which files there are, and where each ends, is found out once, when the element
 * goes to PAUSED. For that all headers are read, unless there is an index beside a
 * file (`omvstr index`). It does not wait for files that come later. Splitmuxsrc
 * needs no such time, but decodes each part by itself and knows nothing of gaps.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 -e videotestsrc is-live=true num-buffers=60 ! jpegenc ! splitmuxsink muxer="omvstrmux exact-time=true" max-size-bytes=100000 location=part%03d.bin
 * gst-launch-1.0 omvdirsrc location=. ! omvstrdemux ! decodebin ! videoconvert ! autovideosink
 * ]| Records in parts, and plays all recordings of the current folder.
 *
 * Since: 0.1
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvdirsrc.h"

#include <inttypes.h>
#include <string.h>

#include <gst/omv/omv.h>
#include <gst/omv/omv-files.h>
#include <gst/omv/omv-i18n.h>
#include <gst/omv/omv-join.h>

GST_DEBUG_CATEGORY_STATIC (omvdirsrc_debug);
#define GST_CAT_DEFAULT omvdirsrc_debug

#define SCHEME "omvdir"
#define DEFAULT_LOCATION NULL

/* Files of which a warning is posted. */
#define WARNINGS_MAX 10

/* Bytes of a buffer where somebody is pushed to. */
#define BLOCK_SIZE 65536

enum
{
  PROP_0,
  PROP_LOCATION
};

struct _GstOmvDirSrc
{
  GstBaseSrc src;

  /* object lock */
  gchar *location;

  /* set by start() and stop(), while nothing is read; else the live lock, with
   * which the base class reads */
  GstOmvJoin *join;
  gboolean need_warnings;       /* before the first read */
};

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS ("video/x-omv-imgstr"));

static void gst_omv_dir_src_uri_handler_init (GstURIHandlerInterface * iface);

#define gst_omv_dir_src_parent_class parent_class
G_DEFINE_TYPE_WITH_CODE (GstOmvDirSrc, gst_omv_dir_src, GST_TYPE_BASE_SRC,
    G_IMPLEMENT_INTERFACE (GST_TYPE_URI_HANDLER,
        gst_omv_dir_src_uri_handler_init);
    GST_DEBUG_CATEGORY_INIT (omvdirsrc_debug, "omvdirsrc", 0,
        "reader of a folder's recordings"));
GST_ELEMENT_REGISTER_DEFINE (omvdirsrc, "omvdirsrc", GST_RANK_PRIMARY,
    GST_TYPE_OMV_DIR_SRC);

/* --- bytes ---------------------------------------------------------------- */

static gchar *
get_location (GstOmvDirSrc * self)
{
  gchar *location;

  GST_OBJECT_LOCK (self);
  location = g_strdup (self->location);
  GST_OBJECT_UNLOCK (self);

  return location;
}

/* All files, and where each of them ends. */
static GstOmvJoin *
join_files (const gchar * location, GError ** error)
{
  g_autoptr (GFile) place = g_file_new_for_path (location);
  g_autoptr (GPtrArray) files = gst_omv_files_list (place, error);
  g_autoptr (GstOmvJoin) join = NULL;
  GstOmvWalk start;

  if (files == NULL)
    return NULL;

  gst_omv_walk_init (&start);
  start.rewind = TRUE;
  join = gst_omv_join_new (files, &start, TRUE, error);
  if (join == NULL || !gst_omv_join_reach (join, GST_OMV_OFFSET_NONE, error))
    return NULL;

  return g_steal_pointer (&join);
}

static void
log_parts (GstOmvDirSrc * self)
{
  for (guint i = 0; i < gst_omv_join_get_n_parts (self->join); i++) {
    g_autofree gchar *name = NULL;
    GstOmvPart part;

    gst_omv_join_get_part (self->join, i, &part);
    name = g_file_get_parse_name (part.file);
    GST_INFO_OBJECT (self, "%s: %" G_GUINT64_FORMAT " frames at %"
        GST_TIME_FORMAT " (%s), gap %" GST_TIME_FORMAT, name, part.n_frames,
        GST_TIME_ARGS (part.time), part.is_placed ? "known" : "guessed",
        GST_TIME_ARGS (part.gap));
  }
}

static gchar *
describe_cut (const GstOmvPart * part, const GstOmvWalkStep * cut)
{
  g_autofree gchar *name = g_file_get_parse_name (part->file);

  if (cut->fault == GST_OMV_FAULT_TORN)
    return g_strdup_printf (_("%s ends within frame %" PRIu64 " at byte %"
            PRIu64 "; all frames before it are whole."), name, cut->number,
        cut->offset);
  return g_strdup_printf (_("%s is damaged from frame %" PRIu64 " at byte %"
          PRIu64 " to its end: %s. These %" PRIu64 " bytes are left out."),
      name, cut->number, cut->offset, gst_omv_fault_describe (cut->fault),
      cut->size);
}

/* What nobody behind this element sees, in sentences: the damaged end of a file
 * that others follow, and files that were left out. */
static GPtrArray *
list_losses (const GstOmvJoin * join)
{
  GPtrArray *losses = g_ptr_array_new_with_free_func (g_free);
  const gchar *left_out;

  for (guint i = 0; i < gst_omv_join_get_n_parts (join); i++) {
    GstOmvWalkStep cut;
    GstOmvPart part;

    if (!gst_omv_join_get_own_cut (join, i, &cut))
      continue;
    gst_omv_join_get_part (join, i, &part);
    g_ptr_array_add (losses, describe_cut (&part, &cut));
  }
  for (guint i = 0; (left_out = gst_omv_join_get_left_out (join, i)) != NULL;
      i++)
    g_ptr_array_add (losses, g_strdup (left_out));

  return losses;
}

/* Once for each run: the base class starts and stops the element before it runs,
 * where somebody asks how it can be read. */
static void
warn_of_losses (GstOmvDirSrc * self)
{
  g_autoptr (GPtrArray) losses = list_losses (self->join);

  self->need_warnings = FALSE;
  for (guint i = 0; i < MIN (losses->len, WARNINGS_MAX); i++)
    GST_ELEMENT_WARNING (self, STREAM, DEMUX,
        ("%s", (const gchar *) g_ptr_array_index (losses, i)), (NULL));
  if (losses->len > WARNINGS_MAX)
    GST_ELEMENT_WARNING (self, STREAM, DEMUX,
        (_("%u files are damaged or left out; the first %d were reported."),
            losses->len, WARNINGS_MAX), (NULL));
}

static gboolean
gst_omv_dir_src_start (GstBaseSrc * src)
{
  GstOmvDirSrc *self = GST_OMV_DIR_SRC (src);
  g_autofree gchar *location = get_location (self);
  g_autoptr (GError) error = NULL;

  if (location == NULL) {
    GST_ELEMENT_ERROR (self, RESOURCE, NOT_FOUND,
        (_("No folder of recordings was named.")), ("location is not set"));
    return FALSE;
  }

  self->join = join_files (location, &error);
  if (self->join == NULL) {
    gst_omv_element_error (GST_ELEMENT (self), &error, "location %s", location);
    return FALSE;
  }

  log_parts (self);
  self->need_warnings = TRUE;
  return TRUE;
}

static gboolean
gst_omv_dir_src_stop (GstBaseSrc * src)
{
  GstOmvDirSrc *self = GST_OMV_DIR_SRC (src);

  g_clear_pointer (&self->join, gst_omv_join_free);
  return TRUE;
}

static gboolean
gst_omv_dir_src_is_seekable (GstBaseSrc * src)
{
  return TRUE;
}

static gboolean
gst_omv_dir_src_get_size (GstBaseSrc * src, guint64 * size)
{
  GstOmvDirSrc *self = GST_OMV_DIR_SRC (src);

  if (self->join == NULL)
    return FALSE;

  *size = gst_omv_join_get_end (self->join);
  return TRUE;
}

/* Fewer bytes than asked for, if the last file has become shorter. */
static GstFlowReturn
gst_omv_dir_src_fill (GstBaseSrc * src, guint64 offset, guint size,
    GstBuffer * buffer)
{
  GstOmvDirSrc *self = GST_OMV_DIR_SRC (src);
  g_autoptr (GError) error = NULL;
  gboolean is_read;
  GstMapInfo map;
  gsize got = 0;

  if (self->need_warnings)
    warn_of_losses (self);
  if (!gst_buffer_map (buffer, &map, GST_MAP_WRITE)) {
    GST_ELEMENT_ERROR (self, RESOURCE, READ, (NULL),
        ("%u bytes cannot be mapped", size));
    return GST_FLOW_ERROR;
  }
  is_read = gst_omv_join_read (self->join, offset, map.data, size, &got,
      &error);
  gst_buffer_unmap (buffer, &map);

  if (!is_read) {
    gst_omv_element_error (GST_ELEMENT (self), &error,
        "%u bytes at %" G_GUINT64_FORMAT, size, offset);
    return GST_FLOW_ERROR;
  }
  if (got == 0 && size > 0)
    return GST_FLOW_EOS;

  gst_buffer_set_size (buffer, (gssize) got);
  GST_BUFFER_OFFSET (buffer) = offset;
  GST_BUFFER_OFFSET_END (buffer) = offset + got;
  return GST_FLOW_OK;
}

/* --- places --------------------------------------------------------------- */

static GstURIType
gst_omv_dir_src_uri_get_type (GType type)
{
  return GST_URI_SRC;
}

static const gchar *const *
gst_omv_dir_src_uri_get_protocols (GType type)
{
  static const gchar *const protocols[] = { SCHEME, NULL };

  return protocols;
}

/* That of a local file, under another scheme. */
static gchar *
gst_omv_dir_src_uri_get_uri (GstURIHandler * handler)
{
  g_autofree gchar *location = get_location (GST_OMV_DIR_SRC (handler));
  g_autofree gchar *path = NULL;
  g_autofree gchar *uri = NULL;

  if (location == NULL)
    return NULL;

  path = g_canonicalize_filename (location, NULL);
  uri = g_filename_to_uri (path, NULL, NULL);
  return uri != NULL ? g_strconcat (SCHEME, uri + strlen ("file"), NULL) : NULL;
}

static void
set_location (GstOmvDirSrc * self, const gchar * location)
{
  GST_OBJECT_LOCK (self);
  g_free (self->location);
  self->location = g_strdup (location);
  GST_OBJECT_UNLOCK (self);
}

static gboolean
gst_omv_dir_src_uri_set_uri (GstURIHandler * handler, const gchar * uri,
    GError ** error)
{
  g_autofree gchar *file_uri = g_strconcat ("file", uri + strlen (SCHEME),
      NULL);
  g_autofree gchar *path = g_filename_from_uri (file_uri, NULL, NULL);

  if (path == NULL) {
    g_set_error (error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI,
        _("%s names no folder: an absolute path is needed behind omvdir://."),
        uri);
    return FALSE;
  }

  set_location (GST_OMV_DIR_SRC (handler), path);
  return TRUE;
}

static void
gst_omv_dir_src_uri_handler_init (GstURIHandlerInterface * iface)
{
  iface->get_type = gst_omv_dir_src_uri_get_type;
  iface->get_protocols = gst_omv_dir_src_uri_get_protocols;
  iface->get_uri = gst_omv_dir_src_uri_get_uri;
  iface->set_uri = gst_omv_dir_src_uri_set_uri;
}

/* --- the object ----------------------------------------------------------- */

static void
gst_omv_dir_src_set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * pspec)
{
  switch (id) {
    case PROP_LOCATION:
      set_location (GST_OMV_DIR_SRC (object), g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_omv_dir_src_get_property (GObject * object, guint id, GValue * value,
    GParamSpec * pspec)
{
  switch (id) {
    case PROP_LOCATION:
      g_value_take_string (value, get_location (GST_OMV_DIR_SRC (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
gst_omv_dir_src_finalize (GObject * object)
{
  GstOmvDirSrc *self = GST_OMV_DIR_SRC (object);

  g_free (self->location);

  G_OBJECT_CLASS (parent_class)->finalize (object);
}

static void
gst_omv_dir_src_class_init (GstOmvDirSrcClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *src_class = GST_BASE_SRC_CLASS (klass);

  object_class->set_property = gst_omv_dir_src_set_property;
  object_class->get_property = gst_omv_dir_src_get_property;
  object_class->finalize = gst_omv_dir_src_finalize;
  src_class->start = gst_omv_dir_src_start;
  src_class->stop = gst_omv_dir_src_stop;
  src_class->is_seekable = gst_omv_dir_src_is_seekable;
  src_class->get_size = gst_omv_dir_src_get_size;
  src_class->fill = gst_omv_dir_src_fill;

  /**
   * GstOmvDirSrc:location:
   *
   * The folder, or a pattern with `*` or `?` in its last part. One file is fine,
   * too. A change counts from the next start on.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_LOCATION,
      g_param_spec_string ("location", "Location",
          "Folder or pattern of recordings to be read as one",
          DEFAULT_LOCATION, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
          | GST_PARAM_MUTABLE_READY));

  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class,
      "OpenMV folder source", "Source/File",
      "Reads the OpenMV recordings of a folder as one", "The gst-omv authors");
}

static void
gst_omv_dir_src_init (GstOmvDirSrc * self)
{
  gst_base_src_set_blocksize (GST_BASE_SRC (self), BLOCK_SIZE);
}
