/* omv-notes.c: the lines of FILE.jsonl by the frames that they belong to
 *
 * Lines may stand in any order, and there may be any number of them for a frame.
 * They are sorted once, by frame and by number, and then found by halving.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-notes.h"

#include <string.h>

#include "omv-json.h"
#include "omv-lines.h"

typedef struct
{
  guint64 frame;
  gchar *text;
} Line;

typedef struct
{
  guint64 frame;
  gint64 number;
} Number;

struct _GstOmvNotes
{
  gatomicrefcount ref_count;
  GArray *lines;                /* of Line, by frame; those of a frame in order */
  GArray *by_frame;             /* of Number, by frame */
  GArray *by_number;            /* of Number, by number */
};

G_DEFINE_BOXED_TYPE (GstOmvNotes, gst_omv_notes, gst_omv_notes_ref,
    gst_omv_notes_unref);

static void
line_clear (gpointer pointer)
{
  g_free (((Line *) pointer)->text);
}

static gint
compare_lines (gconstpointer a, gconstpointer b)
{
  const Line *first = a, *second = b;

  return first->frame < second->frame ? -1 : first->frame > second->frame;
}

static gint
compare_frames (gconstpointer a, gconstpointer b)
{
  const Number *first = a, *second = b;

  return first->frame < second->frame ? -1 : first->frame > second->frame;
}

static gint
compare_numbers (gconstpointer a, gconstpointer b)
{
  const Number *first = a, *second = b;

  if (first->number == second->number)
    return compare_frames (a, b);
  return first->number < second->number ? -1 : 1;
}

/* FALSE: @object has no such member. */
static gboolean
get_integer (JsonObject * object, const gchar * name, gint64 * ret_value)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;

  *ret_value = json_node_get_int (node);
  return TRUE;
}

/* @text: (transfer full) */
static void
add_text (GstOmvNotes * self, guint64 frame, gchar * text)
{
  const Line line = { frame, text };

  g_array_append_val (self->lines, line);
}

static void
add_line (GstOmvNotes * self, const gchar * text)
{
  g_autoptr (JsonObject) object = omv_json_parse (text, strlen (text));
  gint64 frame, number;

  if (object == NULL || !get_integer (object, GST_OMV_LINE_FRAME, &frame)
      || frame < 0)
    return;

  add_text (self, (guint64) frame, g_strdup (text));
  if (get_integer (object, GST_OMV_LINE_NUMBER, &number)) {
    const Number entry = { (guint64) frame, number };

    g_array_append_val (self->by_frame, entry);
    g_array_append_val (self->by_number, entry);
  }
}

/**
 * gst_omv_notes_new:
 * @lines: (array zero-terminated=1): JSON objects, as gst_omv_lines_load() gives
 *   them; those that belong to no frame are left out
 *
 * Returns: (transfer full): the lines, by frames
 *
 * Since: 0.1
 */
GstOmvNotes *
gst_omv_notes_new (const gchar * const *lines)
{
  GstOmvNotes *self;

  g_return_val_if_fail (lines != NULL, NULL);

  self = g_new0 (GstOmvNotes, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->lines = g_array_new (FALSE, FALSE, sizeof (Line));
  g_array_set_clear_func (self->lines, line_clear);
  self->by_frame = g_array_new (FALSE, FALSE, sizeof (Number));
  self->by_number = g_array_new (FALSE, FALSE, sizeof (Number));

  for (guint i = 0; lines[i] != NULL; i++)
    add_line (self, lines[i]);
  g_array_sort (self->lines, compare_lines);
  g_array_sort (self->by_frame, compare_frames);
  g_array_sort (self->by_number, compare_numbers);

  return self;
}

/**
 * gst_omv_notes_load:
 * @recording: a recording
 * @error: return location
 *
 * Reads `FILE.jsonl` beside @recording.
 *
 * Errors: as of gst_omv_lines_load().
 *
 * Returns: (transfer full): the lines, by frames, or %NULL on failure
 *
 * Since: 0.1
 */
GstOmvNotes *
gst_omv_notes_load (GFile * recording, GError ** error)
{
  g_auto (GStrv) lines = gst_omv_lines_load (recording, error);

  return lines != NULL ? gst_omv_notes_new ((const gchar * const *) lines)
      : NULL;
}

/**
 * gst_omv_notes_ref:
 * @self: notes
 *
 * Returns: (transfer full): @self, with one reference more
 *
 * Since: 0.1
 */
GstOmvNotes *
gst_omv_notes_ref (GstOmvNotes * self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * gst_omv_notes_unref:
 * @self: (transfer full): notes
 *
 * Gives a reference back. The last one frees the notes.
 *
 * Since: 0.1
 */
void
gst_omv_notes_unref (GstOmvNotes * self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_array_unref (self->lines);
  g_array_unref (self->by_frame);
  g_array_unref (self->by_number);
  g_free (self);
}

/* The first of the sorted @array that is not before @key. */
static guint
find (GArray * array, gconstpointer key, GCompareFunc compare)
{
  const guint size = g_array_get_element_size (array);
  guint low = 0, high = array->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (compare (array->data + (gsize) middle * size, key) < 0)
      low = middle + 1;
    else
      high = middle;
  }

  return low;
}

/**
 * gst_omv_notes_list_lines:
 * @self: notes
 * @frame: the index of a frame
 *
 * Returns: (transfer full) (array zero-terminated=1): the JSON objects that belong
 *   to the frame, in the order in which they were written
 *
 * Since: 0.1
 */
gchar **
gst_omv_notes_list_lines (GstOmvNotes * self, guint64 frame)
{
  const Line key = { frame, NULL };
  g_autoptr (GPtrArray) lines = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  lines = g_ptr_array_new ();
  for (guint i = find (self->lines, &key, compare_lines); i < self->lines->len;
      i++) {
    const Line *line = &g_array_index (self->lines, Line, i);

    if (line->frame != frame)
      break;
    g_ptr_array_add (lines, g_strdup (line->text));
  }
  g_ptr_array_add (lines, NULL);

  return (gchar **) g_ptr_array_steal (lines, NULL);
}

/**
 * gst_omv_notes_get_number:
 * @self: notes
 * @frame: the index of a frame
 * @ret_number: (out): the number that the device gave it, untouched on failure
 *
 * Returns: %FALSE if nobody noted it
 *
 * Since: 0.1
 */
gboolean
gst_omv_notes_get_number (GstOmvNotes * self, guint64 frame,
    gint64 * ret_number)
{
  const Number key = { frame, 0 };
  const Number *entry;
  guint i;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (ret_number != NULL, FALSE);

  i = find (self->by_frame, &key, compare_frames);
  if (i == self->by_frame->len)
    return FALSE;
  entry = &g_array_index (self->by_frame, Number, i);
  if (entry->frame != frame)
    return FALSE;

  *ret_number = entry->number;
  return TRUE;
}

/* @before: or NULL */
static gboolean
is_nearer (const Number * after, const Number * before, gint64 number)
{
  return before == NULL || (guint64) after->number - (guint64) number
      < (guint64) number - (guint64) before->number;
}

/**
 * gst_omv_notes_find_number:
 * @self: notes
 * @number: a number of a device
 * @snap: which frame stands for a number that none has
 * @ret_frame: (out): the index of a frame, untouched on failure
 *
 * Finds the frame with a number. If several have it, it is the first of them.
 *
 * Returns: %FALSE if there is none
 *
 * Since: 0.1
 */
gboolean
gst_omv_notes_find_number (GstOmvNotes * self, gint64 number, GstOmvSnap snap,
    guint64 * ret_frame)
{
  const Number key = { 0, number };
  const Number *before, *after, *found;
  guint i;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (ret_frame != NULL, FALSE);

  i = find (self->by_number, &key, compare_numbers);
  after = i < self->by_number->len
      ? &g_array_index (self->by_number, Number, i) : NULL;
  before = i > 0 ? &g_array_index (self->by_number, Number, i - 1) : NULL;
  found = snap == GST_OMV_SNAP_AFTER || (after != NULL
      && (after->number == number || (snap == GST_OMV_SNAP_NEAREST
              && is_nearer (after, before, number)))) ? after : before;
  if (found == NULL)
    return FALSE;

  *ret_frame = found->frame;
  return TRUE;
}

/**
 * gst_omv_notes_get_last_frame:
 * @self: notes
 * @ret_frame: (out): the index of a frame, untouched on failure
 *
 * Finds the last frame of which something is noted. If the recording has no such
 * frame, the notes are those of another one.
 *
 * Returns: %FALSE if there is none
 *
 * Since: 0.1
 */
gboolean
gst_omv_notes_get_last_frame (GstOmvNotes * self, guint64 * ret_frame)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (ret_frame != NULL, FALSE);

  if (self->lines->len == 0)
    return FALSE;

  *ret_frame = g_array_index (self->lines, Line, self->lines->len - 1).frame;
  return TRUE;
}
