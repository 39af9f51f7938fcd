/* omvplan.c: which frames of a recording go where, and in which size
 *
 * One walk over the headers, before a picture is looked at. So what becomes of a
 * recording is known before it begins: a conversion that would repeat frames
 * without end can be refused, the size of most of the time can be chosen, and a
 * frame's duration is the time to the next one, not a guess.
 *
 * The constant rate is the one that all intervals fit. If they fit none, it is
 * that of their median, rounded to whole frames a second.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvplan.h"

#include <math.h>
#include <string.h>

/* How many times the constant rate is looked for in. */
#define N_GUESS_MAX 4096

/* Of intervals that fit no rate. */
#define RATE_MAX 1000

/* How long a picture lasts that is the only one. */
#define LONE_DURATION (40 * GST_MSECOND)

/* The frames of one size. */
typedef struct
{
  gint width;
  gint height;
  guint64 time;
} Size;

/* The walk. */
typedef struct
{
  OmvPlan *plan;
  OmvRetime retime;
  const OmvSelection *selection;
  GHashTable *sizes;            /* of Size, by width and height */
  Size *size;                   /* of the last frame taken */
  guint64 last_time;            /* new, of the last frame taken */
  guint64 last_interval;        /* before it */
  guint64 n_exact;
  guint64 exact_offset;         /* of the first frame taken */
  gboolean keeps_clock;         /* all have that offset */
  GstOmvFrameHeader first;      /* of the recording */
  gboolean several_formats;
  gboolean ended;
} Walk;

void
omv_plan_free (OmvPlan * plan)
{
  g_array_unref (plan->times);
  g_free (plan);
}

/* ---- the walk ---- */

static Size *
find_size (Walk * walk, gint width, gint height)
{
  gpointer key = GINT_TO_POINTER (width << 15 | height);
  Size *size = g_hash_table_lookup (walk->sizes, key);

  if (size == NULL) {
    size = g_new0 (Size, 1);
    size->width = width;
    size->height = height;
    g_hash_table_insert (walk->sizes, key, size);
  }

  return size;
}

static void
note_picture (Walk * walk, const GstOmvFrameHeader * header)
{
  OmvPlan *plan = walk->plan;

  if (walk->size == NULL || walk->size->width != header->width
      || walk->size->height != header->height)
    walk->size = find_size (walk, header->width, header->height);
  if (plan->n_taken == 0)
    plan->format = header->format;
  else if (plan->format != header->format)
    walk->several_formats = TRUE;
}

static void
take (Walk * walk, const GstOmvWalkStep * step, guint64 time)
{
  OmvPlan *plan = walk->plan;

  if (plan->n_taken == 0) {
    plan->shift = step->time - MIN (step->time, time);
    walk->exact_offset = step->header.exact_time - time;
    walk->keeps_clock = step->header.exact_time >= time;
  } else {
    walk->last_interval = time - walk->last_time;
    walk->size->time += walk->last_interval;
  }
  note_picture (walk, &step->header);
  walk->last_time = time;
  walk->keeps_clock = walk->keeps_clock
      && step->header.exact_time - time == walk->exact_offset;
  walk->n_exact += step->header.exact_time != GST_OMV_TIME_NONE;
  plan->unit = MAX (plan->unit, gst_omv_version_get_unit (step->version));
  plan->last = step->number;
  plan->n_taken++;
}

static void
note_stored (Walk * walk, const GstOmvFrameHeader * header)
{
  const GstOmvFrameHeader *first = &walk->first;

  if (walk->plan->times->len == 0)
    walk->first = *header;
  else if (header->format != first->format || header->width != first->width
      || header->height != first->height)
    walk->plan->uniform = FALSE;
}

static gboolean
on_step (GstOmvWalkResult result, const GstOmvWalkStep * step,
    gpointer user_data)
{
  Walk *walk = user_data;
  guint64 time = GST_OMV_TIME_NONE;

  if (result != GST_OMV_WALK_FRAME)
    return TRUE;
  note_stored (walk, &step->header);
  /* such frames have no pixels */
  if (step->header.format != GST_OMV_PIXEL_FORMAT_ARGB8) {
    OmvRetimeResult taken =
        omv_retime_frame (&walk->retime, step->number, step->time, &time);

    if (taken == OMV_RETIME_END)
      return FALSE;
    if (taken == OMV_RETIME_TAKE)
      take (walk, step, time);
  }
  g_array_append_val (walk->plan->times, time);

  return TRUE;
}

/* ---- what follows from it ---- */

static void
choose_canvas (Walk * walk)
{
  OmvPlan *plan = walk->plan;
  GHashTableIter iter;
  gpointer value;

  plan->one_size = g_hash_table_size (walk->sizes) == 1;
  g_hash_table_iter_init (&iter, walk->sizes);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const Size *size = value;
    const gint64 area = (gint64) size->width * size->height;
    const gint64 best = (gint64) plan->width * plan->height;

    /* the larger one if two last as long; the result must not depend on the
     * order of a hash table */
    if (plan->width == 0 || size->time > plan->canvas_time
        || (size->time == plan->canvas_time && (area > best
                || (area == best && size->width > plan->width)))) {
      plan->width = size->width;
      plan->height = size->height;
      plan->canvas_time = size->time;
    }
  }
}

/* The times of the frames that are taken, one behind the other. */
static GArray *
list_taken (const OmvPlan * plan)
{
  GArray *taken = g_array_sized_new (FALSE, FALSE, sizeof (guint64),
      (guint) plan->n_taken);

  for (guint i = 0; i < plan->times->len; i++) {
    guint64 time = g_array_index (plan->times, guint64, i);

    if (time != GST_OMV_TIME_NONE)
      g_array_append_val (taken, time);
  }

  return taken;
}

static void
guess_rate (OmvPlan * plan)
{
  g_autoptr (GArray) taken = list_taken (plan);
  guint n = MIN (taken->len, N_GUESS_MAX);

  /* a rate that only the beginning has is none */
  if (gst_omv_guess_frame_rate ((guint64 *) (gpointer) taken->data, n,
          plan->unit, &plan->rate_numerator, &plan->rate_denominator)
      && n < taken->len) {
    guint64 last = g_array_index (taken, guint64, taken->len - 1)
        - g_array_index (taken, guint64, 0);
    guint64 expected = gst_util_uint64_scale (taken->len - 1,
        (guint64) plan->rate_denominator * GST_SECOND,
        (guint64) plan->rate_numerator);
    guint64 difference = MAX (last, expected) - MIN (last, expected);

    if (difference > gst_util_uint64_scale (plan->rate_denominator,
            GST_SECOND, (guint64) plan->rate_numerator))
      plan->rate_numerator = 0;
  }
  if (plan->rate_numerator == 0)
    plan->rate_denominator = 1;
}

static void
finish (Walk * walk)
{
  OmvPlan *plan = walk->plan;
  guint64 duration = walk->last_interval;

  plan->exact = walk->n_exact == plan->n_taken;
  if (plan->exact)
    plan->unit = 1;
  if (plan->exact && walk->keeps_clock)
    plan->exact_offset = walk->exact_offset;
  plan->unit = MAX (1, omv_retime_scale (walk->selection, plan->unit));
  if (walk->several_formats)
    plan->format = GST_OMV_PIXEL_FORMAT_UNKNOWN;
  if (plan->n_taken == 1)
    duration = LONE_DURATION;
  walk->size->time += duration;
  plan->end = walk->last_time + duration;
  g_array_set_size (plan->times, (guint) plan->last + 1);
  choose_canvas (walk);
  guess_rate (plan);
}

OmvPlan *
omv_plan_new (const gchar * path, const OmvSelection * selection)
{
  g_autoptr (OmvPlan) plan = g_new0 (OmvPlan, 1);
  g_autoptr (GstOmvReader) reader = NULL;
  g_autoptr (GHashTable) sizes =
      g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_autoptr (GError) error = NULL;
  Walk walk = {.plan = plan,.selection = selection,.sizes = sizes };

  plan->times = g_array_new (FALSE, FALSE, sizeof (guint64));
  plan->uniform = TRUE;
  omv_retime_init (&walk.retime, selection);
  reader = omv_open_reader (path);
  if (reader == NULL)
    return NULL;
  if (!gst_omv_reader_walk (reader, on_step, &walk, &error)) {
    (void) omv_fail (path, error);
    return NULL;
  }
  if (plan->n_taken == 0) {
    (void) omv_fail_with (path, plan->times->len == 0
        && !selection->has_from && !selection->has_to
        ? _("The recording holds no whole frame.")
        : _("There is no picture in the part that was asked for."));
    return NULL;
  }

  finish (&walk);
  return g_steal_pointer (&plan);
}

/* ---- times ---- */

guint64
omv_plan_get_time (const OmvPlan * plan, guint64 number, guint64 * ret_end)
{
  const guint64 *times = (const guint64 *) (gconstpointer) plan->times->data;
  guint64 next;

  if (number >= plan->times->len || times[number] == GST_OMV_TIME_NONE)
    return GST_OMV_TIME_NONE;

  for (next = number + 1; next < plan->times->len; next++) {
    if (times[next] != GST_OMV_TIME_NONE)
      break;
  }
  *ret_end = next < plan->times->len ? times[next] : plan->end;
  return times[number];
}

guint
omv_plan_get_first (const OmvPlan * plan)
{
  guint first = 0;

  while (g_array_index (plan->times, guint64, first) == GST_OMV_TIME_NONE)
    first++;
  return first;
}

void
omv_plan_fill_lead (OmvPlan * plan)
{
  g_array_index (plan->times, guint64, omv_plan_get_first (plan)) = 0;
}

guint64
omv_plan_get_longest (const OmvPlan * plan)
{
  guint64 previous = 0, longest = 0;

  for (guint i = 0; i < plan->times->len; i++) {
    guint64 time = g_array_index (plan->times, guint64, i);

    if (time != GST_OMV_TIME_NONE) {
      longest = MAX (longest, time - previous);
      previous = time;
    }
  }

  return MAX (longest, plan->end - previous);
}

void
omv_plan_make_rising (OmvPlan * plan, guint64 tick)
{
  guint64 earliest = 0;

  for (guint i = 0; i < plan->times->len; i++) {
    guint64 *time = &g_array_index (plan->times, guint64, i);

    if (*time != GST_OMV_TIME_NONE) {
      *time = MAX (*time, earliest);
      earliest = *time + tick;
    }
  }
  plan->end = MAX (plan->end, earliest);
}

/* ---- a constant rate ---- */

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  const guint64 *one = a, *other = b;

  return (*one > *other) - (*one < *other);
}

static guint64
get_median_interval (const OmvPlan * plan)
{
  g_autoptr (GArray) intervals = list_taken (plan);
  guint n = intervals->len - 1;

  if (n == 0)
    return LONE_DURATION;

  for (guint i = 0; i < n; i++)
    g_array_index (intervals, guint64, i) =
        g_array_index (intervals, guint64, i + 1)
        - g_array_index (intervals, guint64, i);
  g_array_set_size (intervals, n);
  g_array_sort (intervals, compare_times);

  return g_array_index (intervals, guint64, n / 2);
}

static void
choose_rate (OmvPlan * plan)
{
  guint64 interval;
  gdouble rate;

  if (plan->rate_numerator > 0)
    return;

  interval = get_median_interval (plan);
  rate = 1e9 / (gdouble) MAX (1, interval);
  plan->rate_numerator = rate >= 1.0 ? (gint) rint (MIN (rate, RATE_MAX)) : 1;
  plan->rate_denominator = rate >= 1.0 ? 1
      : (gint) rint (MIN (1.0 / rate, (gdouble) G_MAXINT / 2));
}

guint64
omv_plan_get_slot (const OmvPlan * plan, guint64 time)
{
  return gst_util_uint64_scale_round (time, (guint64) plan->rate_numerator,
      (guint64) plan->rate_denominator * GST_SECOND);
}

guint64
omv_plan_get_slot_time (const OmvPlan * plan, guint64 slot)
{
  return gst_util_uint64_scale_round (slot,
      (guint64) plan->rate_denominator * GST_SECOND,
      (guint64) plan->rate_numerator);
}

void
omv_plan_make_constant (OmvPlan * plan)
{
  guint64 *previous = NULL;     /* the time of the frame before */
  guint64 slot = 0, n_placed = 0;

  choose_rate (plan);
  for (guint i = 0; i < plan->times->len; i++) {
    guint64 *time = &g_array_index (plan->times, guint64, i);

    if (*time == GST_OMV_TIME_NONE)
      continue;
    slot = omv_plan_get_slot (plan, *time);
    *time = omv_plan_get_slot_time (plan, slot);
    n_placed++;
    if (previous != NULL && *previous == *time) {
      *previous = GST_OMV_TIME_NONE;
      n_placed--;
    }
    previous = time;
  }

  plan->n_slots = MAX (omv_plan_get_slot (plan, plan->end), slot + 1);
  plan->end = omv_plan_get_slot_time (plan, plan->n_slots);
  plan->n_dropped = plan->n_taken - n_placed;
  plan->n_repeated = plan->n_slots - n_placed;
  plan->n_taken = n_placed;
}

void
omv_plan_make_even (OmvPlan * plan)
{
  guint64 first = plan->end, slot = 0;
  gdouble rate;

  for (guint i = 0; i < plan->times->len && first == plan->end; i++)
    first = MIN (first, g_array_index (plan->times, guint64, i));
  rate = (gdouble) plan->n_taken * 1e9 / (gdouble) MAX (1, plan->end - first);

  gst_util_double_to_fraction (CLAMP (rate, 1e-3, RATE_MAX),
      &plan->rate_numerator, &plan->rate_denominator);
  for (guint i = 0; i < plan->times->len; i++) {
    guint64 *time = &g_array_index (plan->times, guint64, i);

    if (*time != GST_OMV_TIME_NONE)
      *time = omv_plan_get_slot_time (plan, slot++);
  }
  plan->end = omv_plan_get_slot_time (plan, slot);
  plan->n_slots = plan->n_taken;
}
