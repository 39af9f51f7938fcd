/* import-store.c: what other programs have recorded as a source
 *
 * The library knows which frames there are, and when; here they become buffers that
 * say which ones they are. Pictures are read, videos are decoded one after the other,
 * each in a pipeline of its own, because no element plays a list of files of which
 * every one has to start at a frame that is known.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "import.h"

#include <inttypes.h>
#include <string.h>

#include "omvrun.h"

/* A video that says nothing for so long is torn. Looks for errors come between. */
#define N_LOOKS 100
#define LOOK_TIME (100 * GST_MSECOND)

struct _OmvStoreSource
{
  GstOmvStore *store;
  gchar *caps;                  /* where decoding ends */

  /* streaming thread; others behind the end */
  guint next;                   /* index of the next frame */
  guint first;                  /* of the video that is open */
  guint end;                    /* behind its last frame */
  GstElement *pipeline;         /* of that video, or NULL */
  GstElement *sink;
  guint64 n_absent, n_surplus, n_undecoded;

  /* streaming thread of the video; others behind its end */
  guint n_passed;               /* frames, with those that it cannot decode */
};

static void
close_video (OmvStoreSource * self)
{
  if (self->pipeline == NULL)
    return;

  (void) gst_element_set_state (self->pipeline, GST_STATE_NULL);
  g_clear_object (&self->sink);
  gst_clear_object (&self->pipeline);
}

void
omv_store_source_free (OmvStoreSource * self)
{
  close_video (self);
  g_object_unref (self->store);
  g_free (self->caps);
  g_free (self);
}

/* ---- pictures ---- */

/* GStreamer's rows start at multiples of 4 bytes. */
static GstBuffer *
make_rows (GBytes * pixels, gsize row, gsize height)
{
  const gsize stride = GST_ROUND_UP_4 (row);
  const guint8 *data = g_bytes_get_data (pixels, NULL);
  guint8 *rows;

  if (stride == row)
    return gst_buffer_new_wrapped_bytes (pixels);

  rows = g_malloc0 (stride * height);
  for (gsize y = 0; y < height; y++)
    memcpy (rows + y * stride, data + y * row, row);
  return gst_buffer_new_wrapped (rows, stride * height);
}

static GstSample *
read_picture (OmvStoreSource * self, guint index, GError ** error)
{
  GstOmvStorePicture picture;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GstCaps) caps = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  gint width, height;

  bytes = gst_omv_store_read (self->store, index, &picture, &width, &height,
      error);
  if (bytes == NULL)
    return NULL;

  if (picture == GST_OMV_STORE_PICTURE_JPEG
      || picture == GST_OMV_STORE_PICTURE_PNG) {
    caps = gst_caps_from_string (picture == GST_OMV_STORE_PICTURE_JPEG
        ? "image/jpeg,parsed=true,framerate=0/1" : "image/png,framerate=0/1");
    buffer = gst_buffer_new_wrapped_bytes (bytes);
  } else {
    gboolean gray = picture == GST_OMV_STORE_PICTURE_GRAY;

    caps = gst_caps_new_simple ("video/x-raw", "format", G_TYPE_STRING,
        gray ? "GRAY8" : "RGB", "width", G_TYPE_INT, width, "height",
        G_TYPE_INT, height, "framerate", GST_TYPE_FRACTION, 0, 1, NULL);
    buffer = make_rows (bytes, (gsize) width * (gray ? 1 : 3), (gsize) height);
  }

  return gst_sample_new (buffer, caps, NULL, NULL);
}

/* ---- videos ---- */

static void
on_pad_added (GstElement * decoder, GstPad * pad, GstElement * sink)
{
  g_autoptr (GstPad) entry = gst_element_get_static_pad (sink, "sink");

  /* of several videos the first, and no sound */
  if (!gst_pad_is_linked (entry))
    (void) gst_pad_link (pad, entry);
}

/* Videos that are not there hold none of their frames. */
static void
skip_absent (OmvStoreSource * self)
{
  const guint n_frames = gst_omv_store_get_n_frames (self->store);

  while (self->next < n_frames) {
    guint first, n;
    const gchar *path = gst_omv_store_get_file (self->store, self->next,
        &first, &n);

    if (g_file_test (path, G_FILE_TEST_EXISTS))
      return;
    self->n_absent += n;
    self->next = first + n;
  }
}

/* The frame's number in the video: decoders say in the same thread what they drop. */
static GstPadProbeReturn
on_frame (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  OmvStoreSource *self = user_data;
  GstBuffer *buffer =
      gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));

  GST_BUFFER_OFFSET (buffer) = self->n_passed++;
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  return GST_PAD_PROBE_OK;
}

static GstBusSyncReply
on_message (GstBus * bus, GstMessage * message, gpointer user_data)
{
  OmvStoreSource *self = user_data;

  if (omv_is_drop (message))
    self->n_passed++;
  return GST_BUS_PASS;
}

static void
watch_video (OmvStoreSource * self)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (self->sink, "sink");

  self->n_passed = 0;
  gst_bus_set_sync_handler (bus, on_message, self, NULL);
  (void) gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, on_frame, self,
      NULL);
  omv_forbid_silent_drops (self->pipeline);
}

static gboolean
open_video (OmvStoreSource * self, GError ** error)
{
  guint first, n;
  const gchar *path = gst_omv_store_get_file (self->store, self->next, &first,
      &n);
  g_autofree gchar *uri = gst_filename_to_uri (path, error);
  g_autoptr (GstCaps) caps = gst_caps_from_string (self->caps);
  GstElement *decoder, *sink;

  if (uri == NULL)
    return FALSE;
  decoder = omv_make_element ("uridecodebin", error);
  if (decoder == NULL)
    return FALSE;
  sink = omv_make_element ("appsink", error);
  if (sink == NULL) {
    gst_object_unref (gst_object_ref_sink (decoder));
    return FALSE;
  }

  self->first = first;
  self->end = first + n;
  self->pipeline = gst_pipeline_new (NULL);
  self->sink = gst_object_ref (sink);
  gst_bin_add_many (GST_BIN (self->pipeline), decoder, sink, NULL);
  g_object_set (sink, "sync", FALSE, "max-buffers", 4, NULL);
  g_object_set (decoder, "uri", uri, "caps", caps, "expose-all-streams", FALSE,
      "force-sw-decoders", TRUE, NULL);
  g_signal_connect (decoder, "pad-added", G_CALLBACK (on_pad_added), sink);
  watch_video (self);
  (void) gst_element_set_state (self->pipeline, GST_STATE_PLAYING);

  return TRUE;
}

/* What the video's pipeline has complained of, as if @appsrc did. FALSE: of
 * nothing. */
static gboolean
pass_errors (OmvStoreSource * self, GstElement * appsrc)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (self->pipeline);
  GstMessage *message;
  gboolean failed = FALSE;

  while ((message = gst_bus_pop_filtered (bus,
              GST_MESSAGE_ERROR | GST_MESSAGE_ELEMENT)) != NULL) {
    failed |= GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR;
    (void) gst_element_post_message (appsrc, message);
  }

  return failed;
}

/* NULL: the video is over, or an error was posted. */
static GstSample *
pull (OmvStoreSource * self, GstElement * appsrc, gboolean * ret_failed)
{
  GstSample *sample = NULL;
  gboolean is_over = FALSE;

  for (guint i = 0; i < N_LOOKS && !is_over; i++) {
    g_signal_emit_by_name (self->sink, "try-pull-sample", LOOK_TIME, &sample);
    if (sample != NULL)
      return sample;

    *ret_failed = pass_errors (self, appsrc);
    if (*ret_failed)
      return NULL;
    g_object_get (self->sink, "eos", &is_over, NULL);
  }

  *ret_failed = !is_over;
  if (!is_over)
    GST_ELEMENT_ERROR (appsrc, STREAM, DECODE, (_("A video of the store is "
                "torn.")), (NULL));
  return NULL;
}

/* Goes on to frame @number of the video: none before it will come. */
static void
skip_to (OmvStoreSource * self, guint64 number)
{
  guint index = (guint) MIN (self->first + number, self->end);

  if (index > self->next) {
    self->n_undecoded += index - self->next;
    self->next = index;
  }
}

static void
end_video (OmvStoreSource * self)
{
  close_video (self);
  skip_to (self, self->n_passed);
  self->n_absent += self->end - self->next;
  self->next = self->end;
}

/* The next frame for which there is a time. NULL: that was the last one, or an
 * error was posted. */
static GstSample *
read_video (OmvStoreSource * self, GstElement * appsrc)
{
  const guint n_frames = gst_omv_store_get_n_frames (self->store);
  g_autoptr (GError) error = NULL;
  gboolean failed = FALSE;

  while (!failed) {
    GstSample *sample;

    if (self->pipeline == NULL)
      skip_absent (self);
    if (self->pipeline == NULL && self->next >= n_frames)
      return NULL;
    if (self->pipeline == NULL && !open_video (self, &error)) {
      GST_ELEMENT_ERROR (appsrc, RESOURCE, OPEN_READ, ("%s", error->message),
          (NULL));
      return NULL;
    }

    sample = pull (self, appsrc, &failed);
    if (sample != NULL)
      skip_to (self, GST_BUFFER_OFFSET (gst_sample_get_buffer (sample)));
    if (sample != NULL && self->next < self->end)
      return sample;
    if (sample != NULL) {
      self->n_surplus++;
      gst_sample_unref (sample);
    } else if (!failed) {
      end_video (self);
    }
  }

  return NULL;
}

/* ---- the source ---- */

/* FALSE: there is no further one, or an error was posted. */
static gboolean
push_next (OmvStoreSource * self, GstElement * appsrc)
{
  const gboolean is_video = gst_omv_store_is_video (self->store);
  g_autoptr (GstSample) sample = NULL, timed = NULL;
  g_autoptr (GstBuffer) buffer = NULL;
  g_autoptr (GError) error = NULL;
  GstFlowReturn flow;

  if (is_video) {
    sample = read_video (self, appsrc);
  } else if (self->next < gst_omv_store_get_n_frames (self->store)) {
    sample = read_picture (self, self->next, &error);
    if (sample == NULL)
      GST_ELEMENT_ERROR (appsrc, RESOURCE, READ, ("%s", error->message),
          (NULL));
  }
  if (sample == NULL)
    return FALSE;

  buffer = gst_buffer_copy (gst_sample_get_buffer (sample));
  /* decoders change timestamps that fall, so that these tell which frame it is */
  GST_BUFFER_PTS (buffer) = self->next++ * OMV_CLOCK_STEP;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_BUFFER_DURATION (buffer) = GST_CLOCK_TIME_NONE;
  timed = gst_sample_new (buffer, gst_sample_get_caps (sample), NULL, NULL);
  g_signal_emit_by_name (appsrc, "push-sample", timed, &flow);
  return TRUE;
}

static void
on_need_data (GstElement * appsrc, guint length, OmvStoreSource * self)
{
  GstFlowReturn flow;

  if (!push_next (self, appsrc))
    g_signal_emit_by_name (appsrc, "end-of-stream", &flow);
}

/* What decodebin has to know before the first frame. */
static GstCaps *
get_first_caps (OmvStoreSource * self, GstElement * appsrc, GError ** error)
{
  g_autoptr (GstSample) sample = NULL;

  if (gst_omv_store_is_video (self->store))
    return gst_caps_from_string (self->caps);

  sample = read_picture (self, 0, error);
  return sample != NULL ? gst_caps_copy (gst_sample_get_caps (sample)) : NULL;
}

OmvStoreSource *
omv_store_source_new (GstOmvStore * store, const gchar * caps)
{
  OmvStoreSource *self = g_new0 (OmvStoreSource, 1);

  self->store = g_object_ref (store);
  self->caps = g_strdup (caps);
  return self;
}

GstElement *
omv_store_source_make_element (OmvStoreSource * self, GError ** error)
{
  GstElement *appsrc = omv_make_element ("appsrc", error);
  GstCaps *caps;

  if (appsrc == NULL)
    return NULL;
  caps = get_first_caps (self, appsrc, error);
  if (caps == NULL) {
    gst_object_unref (gst_object_ref_sink (appsrc));
    return NULL;
  }

  g_object_set (appsrc, "format", GST_FORMAT_TIME, NULL);
  if (!gst_omv_store_is_video (self->store))
    g_object_set (appsrc, "caps", caps, NULL);
  gst_caps_unref (caps);
  g_signal_connect (appsrc, "need-data", G_CALLBACK (on_need_data), self);

  return appsrc;
}

/* ---- what is said of it ---- */

void
omv_store_source_note (const OmvStoreSource * self, const OmvTool * tool,
    const gchar * path)
{
  const guint n_missing = gst_omv_store_get_n_missing (self->store);
  const guint n_lost = gst_omv_store_get_n_lost (self->store);

  if (n_missing > 0)
    omv_note (tool, path, _("Parts of the store without times of their frames "
            "were left out: %u."), n_missing);
  if (n_lost > 0)
    omv_note (tool, path, _("Of the buffers that the card says it has, %u were "
            "not found; the frames in them are missing or partly black."),
        n_lost);
  if (self->n_absent > 0)
    omv_note (tool, path, _("%" PRIu64 " frames have a time, but are in no "
            "video."), self->n_absent);
  if (self->n_undecoded > 0)
    omv_note (tool, path, _("Frames that could not be decoded were left out: %"
            PRIu64 "."), self->n_undecoded);
  if (self->n_surplus > 0)
    omv_note (tool, path, _("%" PRIu64 " frames of videos have no time; they "
            "were left out."), self->n_surplus);
}

/* ---- the sidecars ---- */

/* For each frame of the store its number in the recording, or G_MAXUINT64. */
static GArray *
find_numbers (GstOmvStore * store, const GArray * frames)
{
  const guint n = gst_omv_store_get_n_frames (store);
  GArray *numbers = g_array_sized_new (FALSE, FALSE, sizeof (guint64), n);
  guint64 n_taken = 0;

  g_array_set_size (numbers, n);
  for (guint i = 0; i < n; i++)
    g_array_index (numbers, guint64, i) = G_MAXUINT64;
  for (guint i = 0; i < frames->len; i++) {
    const OmvClockFrame *frame = &g_array_index (frames, OmvClockFrame, i);

    if (frame->is_taken)
      g_array_index (numbers, guint64, frame->index) = n_taken;
    n_taken += frame->is_taken;
  }

  return numbers;
}

void
omv_store_source_fill (const OmvStoreSource * self, OmvSidecars * sidecars,
    const GArray * frames, guint64 shift)
{
  g_auto (GStrv) lines = gst_omv_store_list_lines (self->store);
  g_autoptr (GArray) numbers = find_numbers (self->store, frames);

  omv_sidecars_set_metadata (sidecars,
      gst_omv_store_get_metadata (self->store), shift);
  for (guint i = 0; lines[i] != NULL; i++) {
    guint64 index;

    if (gst_omv_line_get_frame (lines[i], &index)
        && g_array_index (numbers, guint64, index) != G_MAXUINT64)
      omv_sidecars_add_line (sidecars, lines[i],
          g_array_index (numbers, guint64, index));
  }
}
