/* gstomvringsink-properties.c: the properties of omvringsink
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstomvringsink-private.h"

#define DEFAULT_SLOTS 0
#define DEFAULT_SLOT_SIZE 0
#define DEFAULT_MAX_SIZE_BYTES 0
#define DEFAULT_PRE_FRAMES (-1)
#define DEFAULT_PRE_TIME GST_CLOCK_TIME_NONE
#define DEFAULT_POST_FRAMES 0
#define DEFAULT_POST_TIME 0
#define DEFAULT_RETRIGGER GST_OMV_RETRIGGER_EXTEND
#define DEFAULT_LOCATION "%{name}-%F-%H%M%S-%f.bin"
#define DEFAULT_DUMP_ON_EOS FALSE
#define DEFAULT_FSYNC TRUE
#define DEFAULT_EXACT_TIME TRUE
#define DEFAULT_CHANNEL NULL

enum
{
  PROP_0,
  PROP_SLOTS,
  PROP_SLOT_SIZE,
  PROP_MAX_SIZE_BYTES,
  PROP_PRE_FRAMES,
  PROP_PRE_TIME,
  PROP_POST_FRAMES,
  PROP_POST_TIME,
  PROP_RETRIGGER,
  PROP_LOCATION,
  PROP_DUMP_ON_EOS,
  PROP_FSYNC,
  PROP_EXACT_TIME,
  PROP_CHANNEL,
  PROP_RING_STATS
};

#define GST_TYPE_OMV_RING_SINK_RETRIGGER (gst_omv_ring_sink_retrigger_get_type ())
static GType
gst_omv_ring_sink_retrigger_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_OMV_RETRIGGER_EXTEND, "The clip lasts longer: frames behind the "
          "trigger count again from the newest one", "extend"},
    {GST_OMV_RETRIGGER_IGNORE, "Nothing", "ignore"},
    {GST_OMV_RETRIGGER_NEW, "A clip of its own, from the frame after the last "
          "one of the clip before it", "new"},
    {0, NULL, NULL}
  };
  static gsize type = 0;

  if (g_once_init_enter (&type)) {
    GType registered =
        g_enum_register_static ("GstOmvRingSinkRetrigger", values);

    g_once_init_leave (&type, registered);
  }

  return (GType) type;
}

static GstStructure *
get_stats (GstOmvRingSink * self)
{
  const OmvRingSinkStats *stats = &self->stats;
  guint64 stored = atomic_load_explicit (&self->n_stored, memory_order_relaxed);
  guint64 received = atomic_load_explicit (&self->n_received,
      memory_order_relaxed);
  guint64 missed = atomic_load_explicit (&self->n_missed, memory_order_relaxed);

  return gst_structure_new ("omv-ring-stats",
      "slots", G_TYPE_UINT, stats->slots,
      "fill", G_TYPE_UINT, (guint) MIN (stored, stats->slots),
      "size", G_TYPE_UINT64, stats->size,
      "received", G_TYPE_UINT64, received,
      "stored", G_TYPE_UINT64, stored,
      "too-large", G_TYPE_UINT64, stats->too_large,
      "refused", G_TYPE_UINT64, stats->refused,
      "overtaken", G_TYPE_UINT64, stats->overtaken,
      "missed", G_TYPE_UINT64, missed,
      "triggers", G_TYPE_UINT64, stats->triggers,
      "dumps", G_TYPE_UINT64, stats->dumps,
      "bytes-written", G_TYPE_UINT64, stats->bytes_written, NULL);
}

static void
set_string (gchar ** place, const GValue * value)
{
  const gchar *text = g_value_get_string (value);

  g_free (*place);
  *place = text != NULL && text[0] != '\0' ? g_strdup (text) : NULL;
}

static void
gst_omv_ring_sink_set_property (GObject * object, guint property_id,
    const GValue * value, GParamSpec * pspec)
{
  GstOmvRingSink *self = GST_OMV_RING_SINK (object);
  OmvRingSinkSettings *properties = &self->properties;

  GST_OBJECT_LOCK (self);
  switch (property_id) {
    case PROP_SLOTS:
      properties->wishes.slots = g_value_get_uint (value);
      break;
    case PROP_SLOT_SIZE:
      properties->wishes.slot_size = g_value_get_uint (value);
      break;
    case PROP_MAX_SIZE_BYTES:
      properties->wishes.max_size = g_value_get_uint64 (value);
      break;
    case PROP_PRE_FRAMES:
      properties->wishes.pre_frames = g_value_get_int64 (value);
      break;
    case PROP_PRE_TIME:
      properties->wishes.pre_time = g_value_get_uint64 (value);
      break;
    case PROP_POST_FRAMES:
      properties->post_frames = g_value_get_uint64 (value);
      break;
    case PROP_POST_TIME:
      properties->post_time = g_value_get_uint64 (value);
      break;
    case PROP_RETRIGGER:
      properties->retrigger = (GstOmvRetrigger) g_value_get_enum (value);
      break;
    case PROP_LOCATION:
      set_string (&properties->location, value);
      break;
    case PROP_DUMP_ON_EOS:
      properties->dump_on_eos = g_value_get_boolean (value);
      break;
    case PROP_FSYNC:
      properties->fsync = g_value_get_boolean (value);
      break;
    case PROP_EXACT_TIME:
      properties->exact_time = g_value_get_boolean (value);
      break;
    case PROP_CHANNEL:
      set_string (&properties->channel, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

static void
gst_omv_ring_sink_get_property (GObject * object, guint property_id,
    GValue * value, GParamSpec * pspec)
{
  GstOmvRingSink *self = GST_OMV_RING_SINK (object);
  const OmvRingSinkSettings *properties = &self->properties;

  GST_OBJECT_LOCK (self);
  switch (property_id) {
    case PROP_SLOTS:
      g_value_set_uint (value, properties->wishes.slots);
      break;
    case PROP_SLOT_SIZE:
      g_value_set_uint (value, (guint) properties->wishes.slot_size);
      break;
    case PROP_MAX_SIZE_BYTES:
      g_value_set_uint64 (value, properties->wishes.max_size);
      break;
    case PROP_PRE_FRAMES:
      g_value_set_int64 (value, properties->wishes.pre_frames);
      break;
    case PROP_PRE_TIME:
      g_value_set_uint64 (value, properties->wishes.pre_time);
      break;
    case PROP_POST_FRAMES:
      g_value_set_uint64 (value, properties->post_frames);
      break;
    case PROP_POST_TIME:
      g_value_set_uint64 (value, properties->post_time);
      break;
    case PROP_RETRIGGER:
      g_value_set_enum (value, (gint) properties->retrigger);
      break;
    case PROP_LOCATION:
      g_value_set_string (value, properties->location);
      break;
    case PROP_DUMP_ON_EOS:
      g_value_set_boolean (value, properties->dump_on_eos);
      break;
    case PROP_FSYNC:
      g_value_set_boolean (value, properties->fsync);
      break;
    case PROP_EXACT_TIME:
      g_value_set_boolean (value, properties->exact_time);
      break;
    case PROP_CHANNEL:
      g_value_set_string (value, properties->channel);
      break;
    case PROP_RING_STATS:
      g_value_take_boxed (value, get_stats (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
  }
  GST_OBJECT_UNLOCK (self);
}

void
gst_omv_ring_sink_init_properties (GstOmvRingSink * self)
{
  OmvRingSinkSettings *properties = &self->properties;

  properties->wishes.slots = DEFAULT_SLOTS;
  properties->wishes.slot_size = DEFAULT_SLOT_SIZE;
  properties->wishes.max_size = DEFAULT_MAX_SIZE_BYTES;
  properties->wishes.pre_frames = DEFAULT_PRE_FRAMES;
  properties->wishes.pre_time = DEFAULT_PRE_TIME;
  properties->post_frames = DEFAULT_POST_FRAMES;
  properties->post_time = DEFAULT_POST_TIME;
  properties->retrigger = DEFAULT_RETRIGGER;
  properties->location = g_strdup (DEFAULT_LOCATION);
  properties->dump_on_eos = DEFAULT_DUMP_ON_EOS;
  properties->fsync = DEFAULT_FSYNC;
  properties->exact_time = DEFAULT_EXACT_TIME;
}

static void
install_sizes (GObjectClass * object_class, GParamFlags flags)
{
  /**
   * GstOmvRingSink:slots:
   *
   * How many frames the ring holds at least; 0 = those of 5 seconds, or of
   * #GstOmvRingSink:pre-time, at the frame rate of the caps (30 a second without
   * one), or #GstOmvRingSink:pre-frames, as many of them as
   * #GstOmvRingSink:max-size-bytes allows. On top come spare slots: a quarter, at
   * least 8.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_SLOTS,
      g_param_spec_uint ("slots", "Slots",
          "Frames that the ring holds (0 = those of 5 s, or of the window before "
          "the trigger)", 0, G_MAXUINT / 2, DEFAULT_SLOTS, flags));

  /**
   * GstOmvRingSink:slot-size:
   *
   * Bytes that a frame may have; 0 = what a raw frame of the first caps has, 1
   * byte per pixel and 4 KiB for JPEG, 3 bytes per pixel and 4 KiB for PNG. A
   * first frame that is larger is an error; later ones are left out and counted.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_SLOT_SIZE,
      g_param_spec_uint ("slot-size", "Slot Size",
          "Bytes of the largest frame (0 = as the first caps or frame need)",
          0, G_MAXUINT, DEFAULT_SLOT_SIZE, flags));

  /**
   * GstOmvRingSink:max-size-bytes:
   *
   * Bytes that the ring may have; 0 = half of the memory that is available when
   * it is made. More #GstOmvRingSink:slots than fit are an error.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_MAX_SIZE_BYTES,
      g_param_spec_uint64 ("max-size-bytes", "Max. Size (bytes)",
          "Bytes that the ring may have (0 = half of the memory available)",
          0, G_MAXUINT64, DEFAULT_MAX_SIZE_BYTES, flags));
}

static void
install_windows (GObjectClass * object_class, GParamFlags flags)
{
  /**
   * GstOmvRingSink:pre-frames:
   *
   * How many frames before the trigger's a clip has; -1 = all that the ring
   * holds. If #GstOmvRingSink:pre-time is set, too, the smaller window counts.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_PRE_FRAMES,
      g_param_spec_int64 ("pre-frames", "Pre Frames",
          "Frames of a clip before the trigger's (-1 = all)",
          -1, G_MAXINT64, DEFAULT_PRE_FRAMES, flags));

  /**
   * GstOmvRingSink:pre-time:
   *
   * How many nanoseconds before the trigger's frame a clip starts;
   * %GST_CLOCK_TIME_NONE = with the oldest frame of the ring. If
   * #GstOmvRingSink:pre-frames is set, too, the smaller window counts.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_PRE_TIME,
      g_param_spec_uint64 ("pre-time", "Pre Time",
          "Time in ns before the trigger's frame that a clip has (-1 = all)",
          0, G_MAXUINT64, DEFAULT_PRE_TIME, flags));

  /**
   * GstOmvRingSink:post-frames:
   *
   * How many frames behind the trigger's a clip has; 0 = none. If
   * #GstOmvRingSink:post-time is set, too, the larger window counts.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_POST_FRAMES,
      g_param_spec_uint64 ("post-frames", "Post Frames",
          "Frames of a clip behind the trigger's (0 = none)",
          0, G_MAXINT64, DEFAULT_POST_FRAMES, flags));

  /**
   * GstOmvRingSink:post-time:
   *
   * How many nanoseconds behind the trigger's frame a clip ends; 0 = with that
   * frame. If #GstOmvRingSink:post-frames is set, too, the larger window counts.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_POST_TIME,
      g_param_spec_uint64 ("post-time", "Post Time",
          "Time in ns behind the trigger's frame that a clip has (0 = none)",
          0, G_MAXINT64, DEFAULT_POST_TIME, flags));

  /**
   * GstOmvRingSink:retrigger:
   *
   * What a trigger does while the clip of an earlier one still waits for frames.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_RETRIGGER,
      g_param_spec_enum ("retrigger", "Retrigger",
          "What a trigger does while a clip is open",
          GST_TYPE_OMV_RING_SINK_RETRIGGER, DEFAULT_RETRIGGER, flags));

  /**
   * GstOmvRingSink:dump-on-eos:
   *
   * Whether the end of the stream is a trigger.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_DUMP_ON_EOS,
      g_param_spec_boolean ("dump-on-eos", "Dump On EOS",
          "Save what the ring holds at the end of the stream",
          DEFAULT_DUMP_ON_EOS, flags));
}

static void
install_files (GObjectClass * object_class, GParamFlags flags)
{
  /**
   * GstOmvRingSink:location:
   *
   * How the clips' files are called; %NULL = no files, for a ring that only
   * #omvringsrc reads. `%%{name}` is the element's name, `%%{label}` that of the
   * trigger, `%%d` or `%%05d` the clip's id, and what g_date_time_format() knows
   * (`%%F` for the date, `%%H`, `%%M`, `%%S`, `%%f` for microseconds, and others)
   * the wall-clock time of the trigger. A file that is there is not overwritten: a number is added.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_LOCATION,
      g_param_spec_string ("location", "Location",
          "Pattern of the clips' file names: %{name}, %{label}, %d, and date and "
          "time (NULL = no files)", DEFAULT_LOCATION, flags));

  /**
   * GstOmvRingSink:fsync:
   *
   * Whether a clip's file gets its name, and is announced, only when the disk has
   * it, and what lies beside it. Capture does not wait for that.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_FSYNC,
      g_param_spec_boolean ("fsync", "Fsync",
          "Announce a file only when it has reached the disk",
          DEFAULT_FSYNC, flags));

  /**
   * GstOmvRingSink:exact-time:
   *
   * Whether files store each frame's running time in nanoseconds too, in spare
   * bytes of its header that cameras skip. So gaps between clips are known.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_EXACT_TIME,
      g_param_spec_boolean ("exact-time", "Exact Time",
          "Store running times in ns in spare header bytes, beside the "
          "milliseconds that cameras read", DEFAULT_EXACT_TIME, flags));
}

void
gst_omv_ring_sink_install_properties (GObjectClass * object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
      | GST_PARAM_MUTABLE_READY;

  object_class->set_property = gst_omv_ring_sink_set_property;
  object_class->get_property = gst_omv_ring_sink_get_property;
  install_sizes (object_class, flags);
  install_windows (object_class, flags);
  install_files (object_class, flags);

  /**
   * GstOmvRingSink:channel:
   *
   * The name under which #omvringsrc finds the ring; %NULL = it does not.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_CHANNEL,
      g_param_spec_string ("channel", "Channel",
          "Name under which omvringsrc finds the ring (NULL = it does not)",
          DEFAULT_CHANNEL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));

  /**
   * GstOmvRingSink:ring-stats:
   *
   * What the ring has done since the element went to PAUSED: a structure
   * `omv-ring-stats` with `slots` and `fill` (frames), `size` (bytes), and counts
   * of frames: `received`, `stored`, `too-large` (for a slot), `refused` (no slot
   * was free), `overtaken` (before they were saved), `missed` (by the source, as
   * the offsets of its buffers tell); `triggers`, `dumps` and `bytes-written`.
   *
   * Since: 0.1
   */
  g_object_class_install_property (object_class, PROP_RING_STATS,
      g_param_spec_boxed ("ring-stats", "Ring Stats",
          "What the ring has done so far", GST_TYPE_STRUCTURE,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  gst_type_mark_as_plugin_api (GST_TYPE_OMV_RING_SINK_RETRIGGER, 0);
}
