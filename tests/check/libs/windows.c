/* windows.c: tests of which frames of a ring a trigger saves
 *
 * The guarantees C1 to C5 at the head of omv-windows.c. The model is an array of
 * all frames that ever came, and a list of all that happened: after each event it
 * works out every clip anew from the first frame on, looking at one frame after
 * the other. The ring's few frames, binary searches and running state of the
 * implementation must come to the same.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/omv/omv-windows.h>

#include <malloc.h>
#include <string.h>

#define ALL GST_OMV_WINDOW_ALL
#define NONE G_MAXUINT64
#define EVENTS_MAX 400
#define REACH 3

/* ---- the model ---- */

typedef enum
{ FRAME, TRIGGER, STOP_WAITING, CLOSE } Kind;

typedef struct
{
  Kind kind;
  guint64 time;
  guint64 n;                    /* frames there are behind it */
} Event;

typedef struct
{
  guint event;
  guint64 time;
  guint clip;
} Trigger;

typedef struct
{
  GstOmvWindowSettings settings;
  Event events[EVENTS_MAX];
  guint n_events;
  guint64 times[EVENTS_MAX];    /* of all frames; none is before its predecessor */
  guint64 n;
  Trigger triggers[EVENTS_MAX]; /* those that belong to a clip */
  guint n_triggers;
  GstOmvClip clips[EVENTS_MAX];
  guint64 windows[EVENTS_MAX];  /* first frame of each clip's window */
  guint n_clips;
  guint owners[EVENTS_MAX];     /* id of each frame's clip, or 0 */
} Model;

/* The newest of the first @n frames that is not later than @time. */
static guint64
model_newest (const Model * model, guint64 n, guint64 time)
{
  while (n > 0 && model->times[n - 1] > time)
    n--;

  return n == 0 ? NONE : n - 1;
}

/* The frame of @trigger as it is known after event @last. FALSE: another one may
 * come. */
static gboolean
model_resolve (const Model * model, const Trigger * trigger, guint last,
    guint64 * ret_frame)
{
  for (guint e = trigger->event; e <= last; e++) {
    const Event *event = &model->events[e];

    *ret_frame = model_newest (model, event->n, trigger->time);
    if (model->times[event->n - 1] >= trigger->time
        || event->kind == STOP_WAITING || event->kind == CLOSE)
      return TRUE;
  }

  return FALSE;
}

/* Behind which frame the post window of clip @c starts, after event @last. */
static gboolean
model_find_anchor (const Model * model, guint c, guint last,
    guint64 * ret_anchor)
{
  gboolean known = TRUE;

  *ret_anchor = 0;
  for (guint t = 0; t < model->n_triggers; t++) {
    guint64 frame = 0;

    if (model->triggers[t].clip != c)
      continue;
    known &= model_resolve (model, &model->triggers[t], last, &frame);
    *ret_anchor = MAX (*ret_anchor, frame);
  }

  return known;
}

/* Whether after event @last all of clip @c's window has come. */
static gboolean
model_find_end (const Model * model, guint c, guint last, guint64 * ret_end)
{
  const GstOmvWindowSettings *settings = &model->settings;
  guint64 n = model->events[last].n, anchor, end, limit;

  if (!model_find_anchor (model, c, last, &anchor))
    return FALSE;
  if (settings->post_frames > n || anchor + 1 + settings->post_frames > n)
    return FALSE;
  end = anchor + 1 + settings->post_frames;
  if (settings->post_time > 0) {
    if (settings->post_time > NONE - model->times[anchor])
      return FALSE;
    limit = model->times[anchor] + settings->post_time;
    if (model->times[n - 1] < limit)
      return FALSE;
    end = MAX (end, model_newest (model, n, limit) + 1);
  }

  *ret_end = end;
  return TRUE;
}

static guint64
model_find_window (const Model * model, const Trigger * trigger, guint64 frame)
{
  const GstOmvWindowSettings *settings = &model->settings;
  guint64 there = MAX (frame + 1, model->events[trigger->event].n);
  guint64 first = frame;

  while (first > 0 && there - (first - 1) <= settings->reach
      && frame - (first - 1) <= settings->pre_frames
      && (settings->pre_time == ALL || model->times[frame]
          - model->times[first - 1] <= settings->pre_time))
    first--;

  return first;
}

/* Clip @c, all before which are closed. */
static void
model_settle (Model * model, guint c)
{
  GstOmvClip *clip = &model->clips[c];
  guint last = model->n_events - 1;
  const Trigger *trigger = model->triggers;
  guint64 frame = 0, end = model->n;

  while (trigger->clip != c)
    trigger++;
  clip->ready = model_resolve (model, trigger, last, &frame);
  if (!clip->ready)
    return;

  clip->trigger = clip->first = frame;
  clip->time = model->times[frame];
  model->windows[c] = model_find_window (model, trigger, frame);
  if (model->owners[frame] == 0) {
    while (clip->first > model->windows[c]
        && model->owners[clip->first - 1] == 0)
      clip->first--;
  } else {
    while (clip->first < model->n && model->owners[clip->first] != 0)
      clip->first++;
  }

  for (guint e = trigger->event; e <= last && !clip->closed; e++) {
    clip->closed = model_find_end (model, c, e, &end);
    if (!clip->closed && model->events[e].kind == CLOSE) {
      clip->closed = TRUE;
      end = model->events[e].n;
    }
  }
  clip->end = clip->first;
  while (clip->end < end && model->owners[clip->end] == 0)
    clip->end++;
  if (clip->end < end)
    clip->closed = TRUE;
}

/* All clips, from all that happened. */
static void
model_work_out (Model * model)
{
  memset (model->owners, 0, model->n * sizeof *model->owners);
  memset (model->clips, 0, model->n_clips * sizeof *model->clips);
  for (guint c = 0; c < model->n_clips; c++)
    model->clips[c].id = c + 1;

  for (guint c = 0; c < model->n_clips; c++) {
    GstOmvClip *clip = &model->clips[c];

    model_settle (model, c);
    if (!clip->closed)
      return;
    for (guint64 i = clip->first; i < clip->end; i++)
      model->owners[i] = c + 1;
  }
}

static void
model_happen (Model * model, Kind kind, guint64 time)
{
  g_assert_cmpuint (model->n_events, <, EVENTS_MAX);
  if (kind == FRAME) {
    model->times[model->n] =
        model->n == 0 ? time : MAX (time, model->times[model->n - 1]);
    model->owners[model->n++] = 0;
  }
  model->events[model->n_events].kind = kind;
  model->events[model->n_events].time = time;
  model->events[model->n_events++].n = model->n;
}

/* Behind its event. Returns the clip's id. */
static guint64
model_trigger (Model * model, guint64 time)
{
  GstOmvRetrigger retrigger = model->settings.retrigger;
  guint c = model->n_clips;
  gboolean open = c > 0 && !model->clips[c - 1].closed;
  Trigger *trigger = &model->triggers[model->n_triggers];
  guint64 frame = model_newest (model, model->n, time), anchor;

  if (frame == NONE || model->n - frame > model->settings.reach)
    return 0;
  if (open && retrigger == GST_OMV_RETRIGGER_IGNORE)
    return 0;
  if (open) {
    (void) model_find_anchor (model, c - 1, model->n_events - 1, &anchor);
    if (retrigger == GST_OMV_RETRIGGER_EXTEND || frame <= anchor)
      c--;
  }

  trigger->event = model->n_events - 1;
  trigger->time = time;
  trigger->clip = c;
  model->n_triggers++;
  model->n_clips = c + 1;
  model_work_out (model);
  if (open || !model->clips[c].closed
      || model->clips[c].first < model->clips[c].end)
    return c + 1;

  model->n_triggers--;
  model->n_clips--;
  return 0;
}

static gboolean
model_is_waiting (const Model * model)
{
  for (guint c = 0; c < model->n_clips; c++) {
    guint64 anchor;

    if (!model->clips[c].closed
        && !model_find_anchor (model, c, model->n_events - 1, &anchor))
      return TRUE;
  }

  return FALSE;
}

/* ---- the implementation beside it ---- */

typedef struct
{
  Model model;
  GstOmvWindows *windows;
  GstOmvClip *clips[EVENTS_MAX];
  GstOmvClip before[EVENTS_MAX];        /* as they were after the last event */
  guint n_clips;
} Run;

static void
run_start (Run * run, const GstOmvWindowSettings * settings)
{
  run->model.settings = *settings;
  run->model.n = 0;
  run->model.n_events = run->model.n_triggers = run->model.n_clips = 0;
  run->windows = gst_omv_windows_new (settings);
  run->n_clips = 0;
}

static void
run_end (Run * run)
{
  for (guint c = 0; c < run->n_clips; c++)
    gst_omv_clip_unref (run->clips[c]);
  gst_omv_windows_free (run->windows);
}

/* All that has to be known to do it again. */
static void G_GNUC_NORETURN
run_fail (const Run * run, const gchar * promise)
{
  static const gchar *const kinds[] = { "frame", "trigger", "stop", "close" };
  const GstOmvWindowSettings *settings = &run->model.settings;
  GString *text = g_string_new (promise);

  g_string_append_printf (text, "\nreach %" G_GUINT64_FORMAT ", pre %"
      G_GINT64_FORMAT " frames %" G_GINT64_FORMAT " ns, post %"
      G_GINT64_FORMAT " frames %" G_GINT64_FORMAT " ns, retrigger %d\n",
      settings->reach, (gint64) settings->pre_frames,
      (gint64) settings->pre_time, (gint64) settings->post_frames,
      (gint64) settings->post_time, settings->retrigger);
  for (guint e = 0; e < run->model.n_events; e++)
    g_string_append_printf (text, "%s %" G_GINT64_FORMAT "; ",
        kinds[run->model.events[e].kind], (gint64) run->model.events[e].time);
  for (guint c = 0; c < MAX (run->n_clips, run->model.n_clips); c++) {
    const GstOmvClip *both[] = { &run->model.clips[c], run->clips[c] };

    for (guint i = 0; i < (c < run->n_clips ? 2 : 1); i++)
      g_string_append_printf (text, "\n%s clip %u: %s%strigger %"
          G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
          i == 0 ? "model's" : "its", c + 1, both[i]->ready ? "ready, " : "",
          both[i]->closed ? "closed, " : "", both[i]->trigger, both[i]->first,
          both[i]->end);
  }
  g_error ("%s", text->str);
}

#define run_assert(run, condition, promise) \
  G_STMT_START { \
    if (G_UNLIKELY (!(condition))) \
      run_fail (run, promise ": " #condition); \
  } G_STMT_END

static void
check_c1_to_c3 (const Run * run)
{
  const Model *model = &run->model;
  guint owners[EVENTS_MAX] = { 0, };
  gboolean open = FALSE;

  for (guint c = 0; c < run->n_clips; c++) {
    const GstOmvClip *clip = run->clips[c];

    run_assert (run, !(open && clip->closed), "C1, in order");
    open |= !clip->closed;
    if (!clip->ready)
      continue;

    run_assert (run, clip->first <= clip->end && clip->end <= model->n, "C1");
    if (clip->first < clip->end && clip->first > model->windows[c])
      run_assert (run, owners[clip->first - 1] != 0, "C2");
    run_assert (run, (clip->first <= clip->trigger && clip->trigger < clip->end)
        || owners[clip->trigger] != 0, "C3");
    for (guint64 i = clip->first; i < clip->end; i++) {
      run_assert (run, owners[i] == 0, "C1, no frame in two");
      owners[i] = c + 1;
    }
  }
}

static void
check_c4 (Run * run)
{
  for (guint c = 0; c < run->n_clips; c++) {
    const GstOmvClip *clip = run->clips[c], *before = &run->before[c];

    if (before->ready)
      run_assert (run, clip->ready && clip->first == before->first
          && clip->trigger == before->trigger && clip->time == before->time
          && clip->end >= before->end, "C4");
    if (before->closed)
      run_assert (run, clip->closed && clip->end == before->end, "C4");
    run->before[c] = *clip;
  }
}

static void
check_model (const Run * run)
{
  const Model *model = &run->model;
  gboolean open = FALSE;

  run_assert (run, run->n_clips == model->n_clips, "as many clips");
  for (guint c = 0; c < run->n_clips; c++) {
    const GstOmvClip *clip = run->clips[c], *expected = &model->clips[c];

    open |= !expected->closed;
    run_assert (run, clip->id == expected->id, "the model");
    run_assert (run, clip->ready == expected->ready, "the model");
    run_assert (run, clip->closed == expected->closed, "the model");
    if (clip->ready)
      run_assert (run, clip->trigger == expected->trigger
          && clip->time == expected->time && clip->first == expected->first
          && clip->end == expected->end, "the model");
  }
  run_assert (run, gst_omv_windows_is_open (run->windows) == open, "the model");
  run_assert (run, gst_omv_windows_is_waiting (run->windows)
      == model_is_waiting (model), "the model");
  run_assert (run, gst_omv_windows_get_n_frames (run->windows) == model->n,
      "the model");
  run_assert (run, gst_omv_windows_get_newest_time (run->windows)
      == (model->n == 0 ? 0 : model->times[model->n - 1]), "the model");
}

/* Lets the same happen to both, and compares all that can be seen. */
static void
run_happen (Run * run, Kind kind, guint64 time)
{
  Model *model = &run->model;
  GstOmvClip *clip = NULL;
  guint64 id = 0, expected = 0;

  model_happen (model, kind, time);
  switch (kind) {
    case FRAME:
      gst_omv_windows_add_frame (run->windows, time);
      break;
    case TRIGGER:
      expected = model_trigger (model, time);
      id = gst_omv_windows_trigger (run->windows, time, &clip);
      break;
    case STOP_WAITING:
      gst_omv_windows_stop_waiting (run->windows);
      break;
    case CLOSE:
      gst_omv_windows_close (run->windows);
      break;
  }
  model_work_out (model);

  if (clip != NULL) {
    memset (&run->before[run->n_clips], 0, sizeof *run->before);
    run->clips[run->n_clips++] = clip;
  }
  run_assert (run, id == expected, "the id");
  run_assert (run, clip == NULL || clip->id == id, "the id");
  check_c1_to_c3 (run);
  check_c4 (run);
  check_model (run);
}

/* ---- every combination ---- */

/* Irregular, some equal, one that goes back; then even. */
static guint64
get_time (guint64 number)
{
  static const guint8 times[] = { 5, 6, 8, 8, 9, 12, 11, 13, 14, 14, 15, 18 };

  return number < G_N_ELEMENTS (times) ? times[number]
      : number - G_N_ELEMENTS (times) + 20;
}

static void
add_frames (Run * run, guint n)
{
  while (n-- > 0)
    run_happen (run, FRAME, get_time (run->model.n));
}

/* @offset: from the newest frame's time */
static void
trigger_near (Run * run, gint offset)
{
  gint64 time = (gint64) gst_omv_windows_get_newest_time (run->windows);

  run_happen (run, TRIGGER, (guint64) MAX (time + offset, 0));
}

/* What comes behind the triggers, and triggers behind that. */
static void
finish (Run * run, guint n)
{
  add_frames (run, n);
  run_happen (run, CLOSE, 0);
  trigger_near (run, -1);
  add_frames (run, 1);
  run_end (run);
}

typedef void (*WithSettings) (Run * run, const GstOmvWindowSettings * settings);

/* Calls @function with all combinations of values, or with every @step-th where
 * that would take too long. */
static void
for_all_settings (WithSettings function, const guint64 * values, guint n,
    guint step)
{
  Run *run = g_new0 (Run, 1);
  GstOmvWindowSettings settings = {.reach = REACH };

  if (g_getenv ("OMV_TEST_SLOW") == NULL)
    step = 1;
  for (guint i = 0; i < n * n * n * n * 3; i += step) {
    settings.retrigger = (GstOmvRetrigger) (i % 3);
    settings.pre_frames = values[i / 3 % n];
    settings.pre_time = values[i / 3 / n % n];
    settings.post_frames = values[i / 3 / n / n % n];
    settings.post_time = values[i / 3 / n / n / n];
    function (run, &settings);
  }
  g_free (run);
}

static const guint64 all_values[] = { 0, 1, 2, REACH + 4, ALL };
static const guint64 some_values[] = { 0, 2, ALL };

/* A trigger before, at, between and behind all the frames of a ring that is empty
 * to thrice overrun. */
static void
run_one (Run * run, const GstOmvWindowSettings * settings)
{
  for (guint fill = 0; fill <= 3 * REACH; fill++) {
    guint64 newest = fill == 0 ? 0 : get_time (fill - 1);

    for (guint64 time = 4; time <= newest + 3; time++) {
      run_start (run, settings);
      add_frames (run, fill);
      run_happen (run, TRIGGER, time);
      finish (run, REACH + 3);
    }
    run_start (run, settings);
    add_frames (run, fill);
    run_happen (run, TRIGGER, newest + 1000);
    add_frames (run, fill);
    run_happen (run, STOP_WAITING, 0);
    finish (run, REACH + 3);
  }
}

static void
test_one_trigger (void)
{
  for_all_settings (run_one, all_values, G_N_ELEMENTS (all_values), 41);
}

static void
run_two (Run * run, const GstOmvWindowSettings * settings)
{
  static const guint fills[] = { 1, REACH, 2 * REACH + 1 };
  static const gint places[] = { -5, -2, 0, 1 };
  static const guint distances[] = { 0, 1, REACH };
  static const gint second_places[] = { -5, -2, -1, 0, 1, 4 };

  for (guint i = 0; i < G_N_ELEMENTS (fills); i++) {
    for (guint j = 0; j < G_N_ELEMENTS (places); j++) {
      for (guint k = 0; k < G_N_ELEMENTS (distances); k++) {
        for (guint l = 0; l < G_N_ELEMENTS (second_places); l++) {
          run_start (run, settings);
          add_frames (run, fills[i]);
          trigger_near (run, places[j]);
          add_frames (run, distances[k]);
          trigger_near (run, second_places[l]);
          finish (run, REACH + 2);
        }
      }
    }
  }
}

static void
test_two_triggers (void)
{
  for_all_settings (run_two, all_values, G_N_ELEMENTS (all_values), 97);
}

static void
run_three (Run * run, const GstOmvWindowSettings * settings)
{
  static const gint places[] = { -4, -1, 0, 2 };

  for (guint i = 0; i < 4 * 4 * 4 * 2 * 2 * 3; i++) {
    run_start (run, settings);
    add_frames (run, 2 + i / 256 * 3);
    trigger_near (run, places[i % 4]);
    add_frames (run, 2 * (i / 64 % 2));
    trigger_near (run, places[i / 4 % 4]);
    add_frames (run, 1 + i / 128 % 2);
    trigger_near (run, places[i / 16 % 4]);
    finish (run, REACH + 2);
  }
}

static void
test_three_triggers (void)
{
  for_all_settings (run_three, some_values, G_N_ELEMENTS (some_values), 23);
}

/* ---- at random ---- */

static guint64
pick_window (GRand * rand, guint64 reach)
{
  gint kind = g_rand_int_range (rand, 0, 8);

  if (kind == 0)
    return ALL;
  return kind < 3 ? 0 : (guint64) g_rand_int_range (rand, 0, (gint) reach + 3);
}

/* Intervals of 0 to 3, some far longer, some times that go back. */
static guint64
pick_time (GRand * rand, guint64 newest)
{
  switch (g_rand_int_range (rand, 0, 12)) {
    case 0:
      return newest - MIN (newest, 3);
    case 1:
      return newest + 20;
    default:
      return newest + (guint64) g_rand_int_range (rand, 0, 4);
  }
}

static void
happen_at_random (Run * run, GRand * rand)
{
  guint64 newest = gst_omv_windows_get_newest_time (run->windows);
  gint what = g_rand_int_range (rand, 0, 100);

  if (what < 70) {
    run_happen (run, FRAME, pick_time (rand, newest));
  } else if (what < 94) {
    gint offset = g_rand_int_range (rand, -25, 8);

    trigger_near (run, offset < -12 ? 0 : offset);
  } else if (what < 99) {
    run_happen (run, STOP_WAITING, 0);
  } else {
    run_happen (run, CLOSE, 0);
  }
}

static void
test_random (void)
{
  guint rounds = g_getenv ("OMV_TEST_SLOW") != NULL ? 10 : 1500;
  Run *run = g_new0 (Run, 1);

  for (guint i = 0; i < rounds; i++) {
    g_autoptr (GRand) rand = g_rand_new_with_seed (i);
    GstOmvWindowSettings settings = { 0, };

    settings.reach = (guint64) g_rand_int_range (rand, 1, 13);
    settings.pre_frames = pick_window (rand, settings.reach);
    settings.pre_time = pick_window (rand, settings.reach);
    settings.post_frames = pick_window (rand, settings.reach);
    settings.post_time = pick_window (rand, settings.reach);
    settings.retrigger = (GstOmvRetrigger) g_rand_int_range (rand, 0, 3);

    run_start (run, &settings);
    for (guint event = i % 300; event < 300; event++)
      happen_at_random (run, rand);
    run_end (run);
  }
  g_free (run);
}

/* ---- one by one ---- */

/* C5: the heap is as large after many frames as before, with a clip open and
 * without, and when one closes. */
static void
test_no_allocation (void)
{
  GstOmvWindowSettings settings = {.reach = 8,.post_frames = 500 };
  g_autoptr (GstOmvWindows) windows = gst_omv_windows_new (&settings);
  g_autoptr (GstOmvClip) clip = NULL;
  size_t before;

  gst_omv_windows_add_frame (windows, 0);
  g_assert_cmpuint (gst_omv_windows_trigger (windows, 5, &clip), ==, 1);
  before = mallinfo2 ().uordblks;
  for (guint64 i = 1; i < 1000; i++)
    gst_omv_windows_add_frame (windows, i);
  g_assert_cmpuint (mallinfo2 ().uordblks, ==, before);
  g_assert_true (clip->closed);
}

/* What is kept of earlier clips is no more than the ring has frames. */
static void
test_no_growth (void)
{
  GstOmvWindowSettings settings = {.reach = 4 };
  g_autoptr (GstOmvWindows) windows = gst_omv_windows_new (&settings);
  size_t before = 0;

  for (guint64 i = 0; i < 2000; i++) {
    g_autoptr (GstOmvClip) clip = NULL;

    if (i == 1000)
      before = mallinfo2 ().uordblks;
    gst_omv_windows_add_frame (windows, 2 * i);
    g_assert_cmpuint (gst_omv_windows_trigger (windows, 2 * i, &clip), ==,
        i + 1);
    g_assert_cmpuint (clip->first, ==, i);
    g_assert_cmpuint (clip->end, ==, i + 1);
  }
  g_assert_cmpuint (mallinfo2 ().uordblks, ==, before);
}

/* A detector may be late: its triggers are older than clips that are closed. */
static void
test_triggers_that_come_late (void)
{
  static const struct
  {
    guint64 trigger;
    guint64 id;
    guint64 first;
    guint64 end;
  } steps[] = {
    {30, 1, 28, 33}, {10, 2, 8, 13}, {34, 3, 33, 37}, {26, 4, 24, 28},
    {12, 5, 13, 15}, {35, 6, 37, 38}, {35, 0, 0, 0}, {20, 7, 18, 23},
    {24, 0, 0, 0}, {23, 8, 23, 24}, {16, 9, 15, 18}, {31, 0, 0, 0}
  };
  GstOmvWindowSettings settings = {.reach = 40,.pre_frames = 2,.pre_time = ALL,
    .post_frames = 2
  };
  g_autoptr (GstOmvWindows) windows = gst_omv_windows_new (&settings);

  for (guint64 i = 0; i < 40; i++)
    gst_omv_windows_add_frame (windows, i);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autoptr (GstOmvClip) clip = NULL;

    g_assert_cmpuint (gst_omv_windows_trigger (windows, steps[i].trigger,
            &clip), ==, steps[i].id);
    g_assert_cmpint (clip != NULL, ==, steps[i].id != 0);
    if (clip == NULL)
      continue;
    g_assert_true (clip->closed);
    g_assert_cmpuint (clip->first, ==, steps[i].first);
    g_assert_cmpuint (clip->end, ==, steps[i].end);
  }
}

/* Wherever the ring is, and however far windows go. */
static void
test_limits (void)
{
  GstOmvWindowSettings settings = {.reach = 2,.pre_frames = ALL - 1,
    .pre_time = ALL - 1,.post_frames = 1,.post_time = ALL
  };
  g_autoptr (GstOmvWindows) windows = gst_omv_windows_new (&settings);
  g_autoptr (GstOmvClip) clip = NULL;

  gst_omv_windows_close (windows);
  gst_omv_windows_stop_waiting (windows);
  g_assert_cmpuint (gst_omv_windows_trigger (windows, 7, &clip), ==, 0);
  g_assert_null (clip);
  gst_omv_windows_add_frame (windows, ALL - 3);
  gst_omv_windows_add_frame (windows, ALL - 2);
  g_assert_cmpuint (gst_omv_windows_trigger (windows, ALL - 1, &clip), ==, 1);
  gst_omv_windows_add_frame (windows, ALL - 1);
  g_assert_true (clip->ready);
  g_assert_false (clip->closed);
  g_assert_cmpuint (clip->trigger, ==, 2);
  g_assert_cmpuint (clip->first, ==, 1);
  gst_omv_windows_close (windows);
  g_assert_true (clip->closed);
  g_assert_cmpuint (clip->end, ==, 3);

  settings.reach = G_MAXUINT64;
  g_assert_null (gst_omv_windows_new (&settings));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/windows/one-trigger", test_one_trigger);
  g_test_add_func ("/windows/two-triggers", test_two_triggers);
  g_test_add_func ("/windows/three-triggers", test_three_triggers);
  g_test_add_func ("/windows/random", test_random);
  g_test_add_func ("/windows/c5-no-allocation", test_no_allocation);
  g_test_add_func ("/windows/no-growth", test_no_growth);
  g_test_add_func ("/windows/late-triggers", test_triggers_that_come_late);
  g_test_add_func ("/windows/limits", test_limits);

  return g_test_run ();
}
