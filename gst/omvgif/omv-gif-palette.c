/* omv-gif-palette.c: at most 256 colours that stand for those of a picture
 *
 * A picture of few colours keeps them all. Of another one the colours are
 * counted in 64 x 64 x 64 cells; the set of cells in use is split in two, again
 * and again, each time there where it pays most: in the group with the largest
 * sum of squared errors, at the mean of its widest axis. Then a few rounds of
 * moving each colour into the middle of what is nearest to it (k-means) make up
 * for splits that were right only when they were done.
 *
 * The nearest colour of a pixel is that of its cell: the one nearest to the mean
 * of the pixels that were counted there, so that a large plain area gets its own
 * colour, or else to the first pixel that comes.
 *
 * Guarantees: a colour that omv_gif_palette_add() took in is found exactly. The
 * same pixels in the same order make the same palette.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-gif-palette.h"

#include <string.h>

#define CELL_BITS 6
#define N_CELLS (1u << 3 * CELL_BITS)
/* More than these are not looked at: the rest of a large picture tells little
 * that is new. Sums of them fit into 32 bits. */
#define SAMPLES_MAX 131072u
#define ROUNDS 2

#define SLOTS 1024u             /* of the hash table: a power of two */
#define NOT_FOUND 0xffff

/* What is in one cell. */
typedef struct
{
  gfloat weight;
  gfloat mean[3];               /* red, green, blue */
} Bin;

typedef struct
{
  guint32 cell;
  guint32 count;
  guint32 sums[3];
} Count;

/* A run of bins that one colour stands for. */
typedef struct
{
  guint start;
  guint end;
  gfloat error;                 /* sum of squares, times weights */
  gfloat mean[3];
  guint axis;                   /* the one along which it is widest */
} Group;

struct _OmvGifPalette
{
  OmvGifPixel colours[OMV_GIF_COLOURS_MAX];
  guint n_colours;
  gboolean exact;

  /* where each colour of an exact palette is: index, or NOT_FOUND */
  guint16 slots[SLOTS];

  /* of one that is not: for each cell its colour, or NOT_FOUND */
  guint16 *nearest;
  /* the colours in the order of their greens, for the search */
  guint8 order[OMV_GIF_COLOURS_MAX];
  OmvGifPixel sorted[OMV_GIF_COLOURS_MAX];
  guint first_at[256];          /* where greens from this one on start */

  /* room for choosing */
  guint32 *cell_counts;         /* number of the cell's count, plus 1 */
  Count *counts;
  Bin *bins;
  guint n_bins;
};

OmvGifPalette *
omv_gif_palette_new (void)
{
  OmvGifPalette *self = g_new0 (OmvGifPalette, 1);

  memset (self->slots, 0xff, sizeof self->slots);
  self->exact = TRUE;

  return self;
}

void
omv_gif_palette_free (OmvGifPalette * self)
{
  g_free (self->nearest);
  g_free (self->cell_counts);
  g_free (self->counts);
  g_free (self->bins);
  g_free (self);
}

/* The colours, which stay the palette's. */
const OmvGifPixel *
omv_gif_palette_get_colours (const OmvGifPalette * self, guint * ret_n_colours)
{
  *ret_n_colours = self->n_colours;

  return self->colours;
}

/* --- few colours ---------------------------------------------------------- */

/* The slot in which @pixel is, or the free one into which it belongs. Never more
 * than a quarter of the slots are taken. */
static guint
find_slot (const OmvGifPalette * self, OmvGifPixel pixel)
{
  guint slot = (guint) (pixel * 2654435761u) >> 22;

  while (self->slots[slot] != NOT_FOUND
      && self->colours[self->slots[slot]] != pixel)
    slot = (slot + 1) % SLOTS;

  return slot;
}

/* Forgets all colours. */
void
omv_gif_palette_clear (OmvGifPalette * self)
{
  memset (self->slots, 0xff, sizeof self->slots);
  self->n_colours = 0;
  self->exact = TRUE;
}

/* Takes in the colours of the opaque ones of @pixels, without any loss, behind
 * those that there are. If that makes more than @max_colours, returns %FALSE with
 * only some of them taken in; none, if there is no room. The palette must not be
 * a chosen one. */
gboolean
omv_gif_palette_add (OmvGifPalette * self, const OmvGifPixel * pixels,
    gsize n_pixels, guint max_colours)
{
  OmvGifPixel last = 0;

  g_assert (self->exact);
  for (gsize i = 0; i < n_pixels; i++) {
    guint slot;

    if (pixels[i] == last || pixels[i] == 0)
      continue;
    last = pixels[i];
    slot = find_slot (self, last);
    if (self->slots[slot] != NOT_FOUND)
      continue;
    if (self->n_colours >= max_colours)
      return FALSE;
    self->slots[slot] = (guint16) self->n_colours;
    self->colours[self->n_colours++] = last;
  }

  return TRUE;
}

/* --- counting ------------------------------------------------------------- */

static guint
get_cell (OmvGifPixel pixel)
{
  return (pixel >> 18 & 63) << 12 | (pixel >> 10 & 63) << 6 | (pixel >> 2 & 63);
}

static void
count_pixel (OmvGifPalette * self, OmvGifPixel pixel)
{
  guint cell = get_cell (pixel);
  Count *count;

  if (self->cell_counts[cell] == 0) {
    self->counts[self->n_bins].cell = cell;
    self->counts[self->n_bins].count = 0;
    memset (self->counts[self->n_bins].sums, 0,
        sizeof self->counts[self->n_bins].sums);
    self->cell_counts[cell] = ++self->n_bins;
  }
  count = &self->counts[self->cell_counts[cell] - 1];
  count->count++;
  count->sums[0] += (guint32) OMV_GIF_RED (pixel);
  count->sums[1] += (guint32) OMV_GIF_GREEN (pixel);
  count->sums[2] += (guint32) OMV_GIF_BLUE (pixel);
}

/* Of many pixels some, at distances that no pattern in a picture has. */
static void
count_pixels (OmvGifPalette * self, const OmvGifPixel * pixels, gsize n_pixels)
{
  gsize step = n_pixels / SAMPLES_MAX + 1;
  guint32 random = 1;

  self->n_bins = 0;
  for (gsize i = 0; i + step <= n_pixels; i += step) {
    gsize at = i;

    if (step > 1) {
      random = random * 1664525u + 1013904223u;
      at += (random >> 8) % step;
    }
    if (pixels[at] != 0)
      count_pixel (self, pixels[at]);
  }
}

/* Makes a bin of each count, and leaves the counters empty. */
static void
make_bins (OmvGifPalette * self)
{
  for (guint i = 0; i < self->n_bins; i++) {
    const Count *count = &self->counts[i];
    gfloat scale = 1.f / (gfloat) count->count;

    self->bins[i].weight = (gfloat) count->count;
    for (guint k = 0; k < 3; k++)
      self->bins[i].mean[k] = (gfloat) count->sums[k] * scale;
    self->cell_counts[count->cell] = 0;
  }
}

/* --- splitting ------------------------------------------------------------ */

/* Finds out about the bins from @start to @end. */
static Group
make_group (const OmvGifPalette * self, guint start, guint end)
{
  Group group = { start, end, 0, {0,}, 0 };
  gdouble weight = 0, sums[3] = { 0, }, squares[3] = { 0, };
  gdouble widest = -1;

  for (guint i = start; i < end; i++) {
    const Bin *bin = &self->bins[i];

    weight += (gdouble) bin->weight;
    for (guint k = 0; k < 3; k++) {
      gdouble sum = (gdouble) bin->weight * (gdouble) bin->mean[k];

      sums[k] += sum;
      squares[k] += sum * (gdouble) bin->mean[k];
    }
  }
  for (guint k = 0; k < 3; k++) {
    gdouble error = squares[k] - sums[k] * sums[k] / weight;

    group.mean[k] = (gfloat) (sums[k] / weight);
    group.error += (gfloat) error;
    if (error > widest) {
      widest = error;
      group.axis = k;
    }
  }
  if (end - start == 1)
    group.error = 0;

  return group;
}

/* Puts the bins below the group's mean first, and returns where the others
 * start. */
static guint
part (OmvGifPalette * self, const Group * group)
{
  gfloat mean = group->mean[group->axis];
  guint low = group->start, high = group->end;

  while (low < high) {
    if (self->bins[low].mean[group->axis] < mean) {
      low++;
    } else {
      Bin bin = self->bins[low];

      self->bins[low] = self->bins[--high];
      self->bins[high] = bin;
    }
  }

  return low;
}

/* Returns the number of groups, up to @max_groups. */
static guint
split (OmvGifPalette * self, Group * groups, guint max_groups)
{
  guint n_groups = 1;

  groups[0] = make_group (self, 0, self->n_bins);
  while (n_groups < max_groups) {
    guint worst = 0, middle;
    Group group;

    for (guint i = 1; i < n_groups; i++) {
      if (groups[i].error > groups[worst].error)
        worst = i;
    }
    group = groups[worst];
    middle = group.error > 0 ? part (self, &group) : group.start;
    if (middle == group.start || middle == group.end)
      break;
    groups[worst] = make_group (self, group.start, middle);
    groups[n_groups++] = make_group (self, middle, group.end);
  }

  return n_groups;
}

/* --- the nearest colour --------------------------------------------------- */

static void
sort_colours (OmvGifPalette * self)
{
  guint counts[256] = { 0, };
  guint at = 0;

  for (guint i = 0; i < self->n_colours; i++)
    counts[OMV_GIF_GREEN (self->colours[i])]++;
  for (guint green = 0; green < 256; green++) {
    self->first_at[green] = at;
    at += counts[green];
    counts[green] = self->first_at[green];
  }
  for (guint i = 0; i < self->n_colours; i++) {
    at = counts[OMV_GIF_GREEN (self->colours[i])]++;
    self->order[at] = (guint8) i;
    self->sorted[at] = self->colours[i];
  }
}

/* How far apart the greens of @pixel and of the colour at a place are, which may
 * be beyond the last one. */
static guint
get_green_distance (const OmvGifPalette * self, guint at, OmvGifPixel pixel)
{
  gint away;

  if (at >= self->n_colours)
    return G_MAXUINT;
  away = OMV_GIF_GREEN (self->sorted[at]) - OMV_GIF_GREEN (pixel);

  return (guint) (away * away);
}

/* Looks at colours whose green is farther and farther away, until that alone
 * is more than the best distance. */
static guint8
search (const OmvGifPalette * self, OmvGifPixel pixel)
{
  /* down: the next one below; it wraps round to beyond the last one */
  guint up = self->first_at[OMV_GIF_GREEN (pixel)], down = up - 1;
  guint above = get_green_distance (self, up, pixel);
  guint below = get_green_distance (self, down, pixel);
  guint best = G_MAXUINT, found = 0;

  while (MIN (above, below) < best) {
    guint at, distance;

    if (above <= below) {
      at = up++;
      above = get_green_distance (self, up, pixel);
    } else {
      at = down--;
      below = get_green_distance (self, down, pixel);
    }
    distance = omv_gif_distance (self->sorted[at], pixel);
    if (distance < best) {
      best = distance;
      found = at;
    }
  }

  return self->order[found];
}

static OmvGifPixel
round_colour (const gfloat * mean)
{
  return OMV_GIF_PIXEL ((guint) (mean[0] + .5f), (guint) (mean[1] + .5f),
      (guint) (mean[2] + .5f));
}

/* One round of k-means. */
static void
refine (OmvGifPalette * self)
{
  gfloat sums[OMV_GIF_COLOURS_MAX][4] = { {0,}, };

  sort_colours (self);
  for (guint i = 0; i < self->n_bins; i++) {
    const Bin *bin = &self->bins[i];
    gfloat *sum = sums[search (self, round_colour (bin->mean))];

    for (guint k = 0; k < 3; k++)
      sum[k] += bin->weight * bin->mean[k];
    sum[3] += bin->weight;
  }
  for (guint i = 0; i < self->n_colours; i++) {
    gfloat mean[3];

    if (sums[i][3] <= 0)
      continue;
    for (guint k = 0; k < 3; k++)
      mean[k] = sums[i][k] / sums[i][3];
    self->colours[i] = round_colour (mean);
  }
}

/* --- many colours --------------------------------------------------------- */

static void
make_room (OmvGifPalette * self)
{
  if (self->nearest != NULL)
    return;
  self->nearest = g_new (guint16, N_CELLS);
  self->cell_counts = g_new0 (guint32, N_CELLS);
  self->counts = g_new (Count, SAMPLES_MAX);
  self->bins = g_new (Bin, SAMPLES_MAX);
}

/* Finds the nearest colours of the cells in use. */
static void
fill_nearest (OmvGifPalette * self)
{
  memset (self->nearest, 0xff, N_CELLS * sizeof *self->nearest);
  for (guint i = 0; i < self->n_bins; i++) {
    const Count *count = &self->counts[i];
    guint32 half = count->count / 2;

    self->nearest[count->cell] = search (self,
        OMV_GIF_PIXEL ((count->sums[0] + half) / count->count,
            (count->sums[1] + half) / count->count,
            (count->sums[2] + half) / count->count));
  }
}

/* Makes a palette that is good for @pixels, of which one at least must be
 * opaque. */
void
omv_gif_palette_choose (OmvGifPalette * self, const OmvGifPixel * pixels,
    gsize n_pixels, guint max_colours)
{
  Group groups[OMV_GIF_COLOURS_MAX];

  make_room (self);
  count_pixels (self, pixels, n_pixels);
  make_bins (self);

  self->exact = FALSE;
  self->n_colours = split (self, groups, max_colours);
  for (guint i = 0; i < self->n_colours; i++)
    self->colours[i] = round_colour (groups[i].mean);
  for (guint i = 0; i < ROUNDS; i++)
    refine (self);

  sort_colours (self);
  fill_nearest (self);
}

/* The number of the colour that stands for @pixel. */
guint8
omv_gif_palette_find (OmvGifPalette * self, OmvGifPixel pixel)
{
  guint16 *nearest;

  if (self->exact)
    return (guint8) self->slots[find_slot (self, pixel)];

  nearest = &self->nearest[get_cell (pixel)];
  if (*nearest == NOT_FOUND)
    *nearest = search (self, pixel);

  return (guint8) * nearest;
}
