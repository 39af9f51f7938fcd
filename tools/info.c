/* info.c: omvstr info: what a recording is
 *
 * One walk over the headers tells everything; of each frame only its time is
 * kept, for the statistics.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "omvbeside.h"
#include "omvjson.h"
#include "omvparts.h"
#include "omvprogress.h"
#include "omvstats.h"
#include "omvtext.h"

/* Lines of formats and of damage that are printed; JSON has them all. */
#define N_LINES_MAX 20

/* Frames between two looks at the progress. */
#define STRIDE 1024

#define N_VERSIONS_MAX 4

/* The frames of one format and size. */
typedef struct
{
  gint64 key;
  GstOmvPixelFormat format;
  gint width;
  gint height;
  guint64 n_frames;
  guint64 time;                 /* ns that they last */
} Kind;

typedef struct
{
  GstOmvVersion versions[N_VERSIONS_MAX];
  guint n_versions;
  GArray *times;                /* of guint64 */
  GPtrArray *kinds;             /* of Kind, in the order of their first frames */
  GHashTable *kinds_by_key;
  Kind *kind;                   /* of the last frame */
  guint64 payload_size;
  guint64 n_exact;              /* frames with an exact time */
  GPtrArray *damages;           /* of GstOmvDamage */
  guint64 size;                 /* of the file */
  GList *parts;                 /* of GstOmvPart, if there are many files */
  OmvProgress *progress;
  /* filled in behind the walk */
  guint64 n_frames;
  guint64 first_time;
  guint64 duration;
  gboolean has_stats;
  OmvStats stats;
  OmvBeside beside;
} Summary;

static void
summary_init (Summary * summary)
{
  memset (summary, 0, sizeof *summary);
  summary->times = g_array_new (FALSE, FALSE, sizeof (guint64));
  summary->kinds = g_ptr_array_new_with_free_func (g_free);
  summary->kinds_by_key = g_hash_table_new (g_int64_hash, g_int64_equal);
  summary->damages =
      g_ptr_array_new_with_free_func ((GDestroyNotify) gst_omv_damage_free);
}

static void
summary_clear (Summary * summary)
{
  g_array_unref (summary->times);
  g_hash_table_unref (summary->kinds_by_key);
  g_ptr_array_unref (summary->kinds);
  g_ptr_array_unref (summary->damages);
  omv_parts_free (summary->parts);
  omv_beside_clear (&summary->beside);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Summary, summary_clear);

/* ---- the walk ---- */

static Kind *
find_kind (Summary * summary, const GstOmvFrameHeader * header)
{
  gint64 key = ((gint64) header->format << 32) | (gint64) header->width << 16
      | header->height;
  Kind *kind = g_hash_table_lookup (summary->kinds_by_key, &key);

  if (kind == NULL) {
    kind = g_new0 (Kind, 1);
    kind->key = key;
    kind->format = header->format;
    kind->width = header->width;
    kind->height = header->height;
    g_ptr_array_add (summary->kinds, kind);
    g_hash_table_insert (summary->kinds_by_key, &kind->key, kind);
  }

  return kind;
}

static gboolean
is_of_kind (const Kind * kind, const GstOmvFrameHeader * header)
{
  return kind != NULL && kind->format == header->format
      && kind->width == header->width && kind->height == header->height;
}

static void
note_version (Summary * summary, GstOmvVersion version)
{
  for (guint i = 0; i < summary->n_versions; i++) {
    if (summary->versions[i] == version)
      return;
  }
  if (summary->n_versions < N_VERSIONS_MAX)
    summary->versions[summary->n_versions++] = version;
}

static void
add_frame (Summary * summary, const GstOmvWalkStep * step)
{
  const GstOmvFrameHeader *header = &step->header;
  GArray *times = summary->times;

  if (times->len > 0)
    summary->kind->time += step->time
        - g_array_index (times, guint64, times->len - 1);
  g_array_append_val (times, step->time);

  if (!is_of_kind (summary->kind, header)) {
    summary->kind = find_kind (summary, header);
    note_version (summary, step->version);
  } else if (step->version != summary->versions[summary->n_versions - 1]) {
    note_version (summary, step->version);
  }
  summary->kind->n_frames++;
  summary->payload_size += header->payload_size;
  summary->n_exact += header->exact_time != GST_OMV_TIME_NONE;
}

static gboolean
on_step (GstOmvWalkResult result, const GstOmvWalkStep * step,
    gpointer user_data)
{
  Summary *summary = user_data;

  if (result == GST_OMV_WALK_FRAME) {
    add_frame (summary, step);
    if (step->number % STRIDE == 0)
      omv_progress_update (summary->progress, step->offset);
    return TRUE;
  }

  if (step->size > 0) {
    const GstOmvDamage damage = {
      step->number, step->offset, step->size, step->fault
    };

    g_ptr_array_add (summary->damages, gst_omv_damage_copy (&damage));
  }
  if (result == GST_OMV_WALK_END)
    summary->size = step->offset + step->size;
  return TRUE;
}

static guint64
get_unit (const Summary * summary)
{
  guint64 unit = 0;

  for (guint i = 0; i < summary->n_versions; i++)
    unit = MAX (unit, gst_omv_version_get_unit (summary->versions[i]));

  return summary->n_exact < summary->n_frames ? unit : 1;
}

/* The last frame lasts as long as the one before it. */
static void
finish (Summary * summary)
{
  guint64 *times = (guint64 *) (gpointer) summary->times->data;
  gsize n = summary->times->len;
  guint64 last = n > 1 ? times[n - 1] - times[n - 2] : 0;

  summary->n_frames = n;
  if (n == 0)
    return;

  summary->first_time = times[0];
  summary->duration = times[n - 1] + last;
  summary->kind->time += last;
  summary->has_stats = omv_stats_compute (times, n, get_unit (summary),
      &summary->stats);
}

static gboolean
is_torn (const Summary * summary)
{
  const GstOmvDamage *damage;

  if (summary->damages->len == 0)
    return FALSE;
  damage = g_ptr_array_index (summary->damages, summary->damages->len - 1);
  return damage->fault == GST_OMV_FAULT_TORN
      && damage->offset + damage->size == summary->size;
}

/* Damage beside a torn end. */
static gboolean
is_damaged (const Summary * summary)
{
  return summary->damages->len > (is_torn (summary) ? 1 : 0);
}

/* Frames that were lost, and of which something may lie beside. */
static guint64
get_n_lost_max (const Summary * summary)
{
  return is_damaged (summary) ? G_MAXUINT64 : is_torn (summary) ? 1 : 0;
}

/* FALSE after omv_fail(). */
static gboolean
summarise (Summary * summary, const OmvTool * tool, const gchar * path)
{
  g_autoptr (GstOmvReader) reader = omv_open_reader (path);
  g_autoptr (OmvProgress) progress = NULL;
  g_autoptr (GError) error = NULL;

  if (reader == NULL)
    return FALSE;

  note_version (summary, gst_omv_reader_get_version (reader, NULL));
  progress = omv_progress_new (tool, OMV_PROGRESS_BYTES,
      gst_omv_reader_get_size (reader, NULL));
  summary->progress = progress;
  if (!gst_omv_reader_walk (reader, on_step, summary, &error)) {
    (void) omv_fail (path, error);
    return FALSE;
  }

  finish (summary);
  if (!omv_is_many (path)) {
    omv_beside_load (&summary->beside, reader, path, summary->n_frames,
        get_n_lost_max (summary));
    return TRUE;
  }
  summary->parts = gst_omv_reader_list_parts (reader, &error);
  if (summary->parts == NULL)
    (void) omv_fail (path, error);
  return summary->parts != NULL;
}

/* ---- words ---- */

static gchar *
describe_version (GstOmvVersion version)
{
  return g_strdup_printf ("%d.%d", version / 10, version % 10);
}

static void
print_line (const gchar * name, const gchar * format, ...)
G_GNUC_PRINTF (2, 3);

     static void print_line (const gchar * name, const gchar * format, ...)
{
  glong width = g_utf8_strlen (name, -1);
  g_autofree gchar *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  (void) printf ("  %s%*s%s\n", name, (int) MAX (1, 14 - width), "", text);
}

static void
print_versions (const Summary * summary)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < summary->n_versions; i++) {
    g_autofree gchar *version = describe_version (summary->versions[i]);

    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", version);
  }
  print_line (_("Version"), "%s", text->str);
}

static void
print_kinds (const Summary * summary)
{
  const GPtrArray *kinds = summary->kinds;

  for (guint i = 0; i < MIN (kinds->len, N_LINES_MAX); i++) {
    const Kind *kind = g_ptr_array_index (kinds, i);
    g_autofree gchar *time = omv_text_seconds (kind->time);

    print_line (i == 0 ? _("Pictures") : "", _("%s %d x %d, frames: %" PRIu64
            ", %s s"), gst_omv_pixel_format_get_name (kind->format),
        kind->width, kind->height, kind->n_frames, time);
  }
  if (kinds->len > N_LINES_MAX)
    print_line ("", _("and %u further formats and sizes"),
        kinds->len - N_LINES_MAX);
}

static void
print_gaps (const Summary * summary)
{
  const OmvStats *stats = &summary->stats;
  g_autofree gchar *longest = omv_text_milliseconds ((gdouble) stats->max);

  if (stats->n_gaps == 0)
    print_line (_("Gaps"), "%s", _("none"));
  else
    print_line (_("Gaps"), _("%" PRIu64 " with room for about %" PRIu64
            " frames; the longest, %s, is before frame %" PRIu64),
        stats->n_gaps, stats->n_missing, longest, stats->longest);
}

static void
print_stats (const Summary * summary)
{
  const OmvStats *stats = &summary->stats;
  g_autofree gchar *mean = omv_text_milliseconds (stats->mean);
  g_autofree gchar *median = omv_text_milliseconds ((gdouble) stats->median);
  g_autofree gchar *min = omv_text_milliseconds ((gdouble) stats->min);
  g_autofree gchar *max = omv_text_milliseconds ((gdouble) stats->max);
  g_autofree gchar *low = omv_text_milliseconds ((gdouble) stats->percentile_5);
  g_autofree gchar *high =
      omv_text_milliseconds ((gdouble) stats->percentile_95);
  g_autofree gchar *deviation = omv_text_milliseconds (stats->deviation);

  if (stats->rate_denominator > 1)
    print_line (_("Rate"), _("%d/%d frames a second, constant"),
        stats->rate_numerator, stats->rate_denominator);
  else if (stats->rate_denominator == 1)
    print_line (_("Rate"), _("%d frames a second, constant"),
        stats->rate_numerator);
  else if (stats->mean > 0)
    print_line (_("Rate"), _("variable, on average %.2f frames a second"),
        1e9 / stats->mean);
  print_line (_("Intervals"), _("median %s, mean %s, %s to %s"), median, mean,
      min, max);
  print_line (_("Jitter"), _("standard deviation %s, nine of ten within %s "
          "to %s"), deviation, low, high);
  print_gaps (summary);
}

static void
print_health (const Summary * summary)
{
  guint n = summary->damages->len;

  if (n == 0) {
    print_line (_("Health"), "%s", _("whole"));
    return;
  }

  if (!is_damaged (summary))
    print_line (_("Health"), _("torn at byte %" PRIu64 ", all frames before "
            "it are whole"),
        ((GstOmvDamage *) g_ptr_array_index (summary->damages, 0))->offset);
  else
    print_line (_("Health"), _("damaged, in places: %u"), n);

  for (guint i = 0; is_damaged (summary) && i < MIN (n, N_LINES_MAX); i++) {
    g_autofree gchar *words =
        gst_omv_damage_describe (g_ptr_array_index (summary->damages, i));

    print_line ("", "%s", words);
  }
  if (n > N_LINES_MAX)
    print_line ("", _("and %u further places"), n - N_LINES_MAX);
}

static void
print_parts (const Summary * summary)
{
  g_autoptr (GPtrArray) lines = omv_parts_describe (summary->parts,
      N_LINES_MAX);

  for (guint i = 0; i < lines->len; i++)
    print_line (i == 0 ? _("Files") : "", "%s",
        (const gchar *) g_ptr_array_index (lines, i));
}

static void
print_metadata (GstOmvMetadata * metadata)
{
  g_autoptr (GDateTime) start = gst_omv_metadata_get_datetime (metadata, 0);
  g_auto (GStrv) lines = gst_omv_metadata_describe (metadata);
  const gchar *label = gst_omv_metadata_get_label (metadata);

  if (start != NULL) {
    g_autofree gchar *text = g_date_time_format_iso8601 (start);

    print_line ("", _("start: %s"), text);
  }
  if (label != NULL)
    print_line ("", _("label: %s"), label);
  for (guint i = 0; i < N_LINES_MAX && lines[i] != NULL; i++)
    print_line ("", "%s", lines[i]);
  if (g_strv_length (lines) > N_LINES_MAX)
    print_line ("", _("and %u further entries"),
        g_strv_length (lines) - N_LINES_MAX);
}

static void
print_beside (const OmvBeside * beside)
{
  print_line (_("Index"), "%s", omv_beside_describe (beside->index));
  print_line (_("Metadata"), "%s",
      omv_beside_describe (beside->metadata_state));
  if (beside->metadata != NULL)
    print_metadata (beside->metadata);
  print_line (_("Frame data"), "%s", omv_beside_describe (beside->notes_state));
  if (beside->n_numbers > 0)
    print_line ("", _("the device's numbers of %" PRIu64 " frames, the first %"
            PRIi64 ", the last %" PRIi64), beside->n_numbers,
        beside->first_number, beside->last_number);
}

static void
print_summary (const Summary * summary, const gchar * path)
{
  g_autofree gchar *name = g_filename_display_name (path);
  g_autofree gchar *duration = omv_text_seconds (summary->duration);
  g_autofree gchar *first = omv_text_seconds (summary->first_time);
  g_autofree gchar *size = omv_text_size (summary->size);

  (void) printf ("%s\n", name);
  if (summary->parts != NULL)
    print_parts (summary);
  print_versions (summary);
  print_line (_("Size"), "%s", size);
  print_line (_("Frames"), "%" PRIu64, summary->n_frames);
  if (summary->n_frames > 0) {
    print_line (_("Duration"), _("%s s, the first frame is due after %s s"),
        duration, first);
    print_kinds (summary);
  }
  if (summary->has_stats)
    print_stats (summary);
  print_line (_("Exact times"), "%s", summary->n_exact == 0 ? _("no")
      : summary->n_exact == summary->n_frames ? _("yes") : _("in part"));
  if (summary->parts == NULL)
    print_beside (&summary->beside);
  print_health (summary);
}

/* ---- JSON ---- */

static void
add_stats (OmvJson * json, const Summary * summary)
{
  const OmvStats *stats = &summary->stats;

  omv_json_begin_object (json, "intervals");
  omv_json_add_seconds (json, "mean", stats->mean);
  omv_json_add_time (json, "median", stats->median);
  omv_json_add_time (json, "min", stats->min);
  omv_json_add_time (json, "max", stats->max);
  omv_json_add_time (json, "percentile_5", stats->percentile_5);
  omv_json_add_time (json, "percentile_95", stats->percentile_95);
  omv_json_add_seconds (json, "deviation", stats->deviation);
  omv_json_add_uint (json, "gaps", stats->n_gaps);
  omv_json_add_uint (json, "missing", stats->n_missing);
  omv_json_add_uint (json, "longest_before", stats->longest);
  omv_json_end_object (json);

  if (stats->rate_denominator > 0) {
    g_autofree gchar *rate = g_strdup_printf ("%d/%d", stats->rate_numerator,
        stats->rate_denominator);

    omv_json_add_string (json, "rate", rate);
  } else {
    omv_json_add_null (json, "rate");
  }
}

static void
add_kinds (OmvJson * json, const Summary * summary)
{
  omv_json_begin_array (json, "pictures");
  for (guint i = 0; i < summary->kinds->len; i++) {
    const Kind *kind = g_ptr_array_index (summary->kinds, i);

    omv_json_begin_object (json, NULL);
    omv_json_add_string (json, "format",
        gst_omv_pixel_format_get_name (kind->format));
    omv_json_add_uint (json, "width", (guint64) kind->width);
    omv_json_add_uint (json, "height", (guint64) kind->height);
    omv_json_add_uint (json, "frames", kind->n_frames);
    omv_json_add_time (json, "time", kind->time);
    omv_json_end_object (json);
  }
  omv_json_end_array (json);
}

/* One line. */
static void
print_json (const Summary * summary, const gchar * path)
{
  OmvJson json = { 0, };

  omv_json_begin_object (&json, NULL);
  omv_json_add_file_name (&json, "file", path);
  omv_json_begin_array (&json, "versions");
  for (guint i = 0; i < summary->n_versions; i++) {
    g_autofree gchar *version = describe_version (summary->versions[i]);

    omv_json_add_string (&json, NULL, version);
  }
  omv_json_end_array (&json);
  omv_json_add_uint (&json, "size", summary->size);
  omv_json_add_uint (&json, "payload", summary->payload_size);
  omv_json_add_uint (&json, "frames", summary->n_frames);
  omv_json_add_time (&json, "duration", summary->duration);
  if (summary->n_frames > 0)
    omv_json_add_time (&json, "first", summary->first_time);
  add_kinds (&json, summary);
  if (summary->has_stats)
    add_stats (&json, summary);
  omv_json_add_uint (&json, "exact_times", summary->n_exact);
  if (summary->parts != NULL)
    omv_parts_add_json (summary->parts, &json);
  else
    omv_beside_add_json (&summary->beside, &json);
  omv_json_add_boolean (&json, "whole", summary->damages->len == 0);
  omv_json_add_boolean (&json, "torn", is_torn (summary));
  omv_json_add_damages (&json, summary->damages);
  omv_json_end_object (&json);
  (void) putchar ('\n');
}

/* ---- the command ---- */

/* FALSE: it is not a recording, which was said. */
static gboolean
show (const OmvTool * tool, const gchar * path, gint * status)
{
  g_auto (Summary) summary;

  summary_init (&summary);
  if (!summarise (&summary, tool, path)) {
    *status = OMV_EXIT_FAILED;
    return FALSE;
  }

  if (tool->json)
    print_json (&summary, path);
  else
    print_summary (&summary, path);
  if (summary.damages->len > 0)
    *status = OMV_EXIT_FAILED;
  return TRUE;
}

static gint
run (OmvTool * tool, gchar ** arguments)
{
  gint status = OMV_EXIT_FINE;

  for (guint i = 0; arguments[i] != NULL; i++) {
    if (i > 0 && !tool->json)
      (void) putchar ('\n');
    (void) show (tool, arguments[i], &status);
  }

  return status;
}

gint
omv_info_introduce (OmvTool * tool, gchar ** arguments)
{
  g_autofree gchar *name = g_shell_quote (arguments[0]);
  gint status = OMV_EXIT_FINE;

  if (!show (tool, arguments[0], &status))
    return status;

  (void) printf (_("\nTo play it:\n"));
  (void) printf ("  omvstr play %s\n", name);
  (void) printf ("  gst-launch-1.0 %s location=%s ! decodebin "
      "! videoconvert ! autovideosink\n",
      omv_is_many (arguments[0]) ? "omvdirsrc" : "filesrc", name);

  return status;
}

const OmvCommand omv_command_info = {
  "info", N_("FILE…"), N_("Say what recordings are."),
  "  omvstr info run.bin\n" "  omvstr info clips\n"
      "  omvstr info --json *.bin | jq .duration\n",
  NULL, 1, G_MAXUINT, OMV_COMMAND_JSON, run
};
