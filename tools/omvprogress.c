/* omvprogress.c: a progress bar with rate and time left
 *
 * The bar is one line on standard error that is written over ten times a second.
 * An update in between costs a comparison: how many units fit between two looks
 * at the clock is known from the last one.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omvprogress.h"

#include <stdio.h>
#include <unistd.h>

#include "omvtext.h"

#define BAR_WIDTH 30
#define DELAY (G_USEC_PER_SEC / 2)
#define PERIOD (G_USEC_PER_SEC / 10)
#define LOOKS_A_SECOND 40

struct _OmvProgress
{
  OmvProgressUnit unit;
  guint64 total;
  gint64 start;                 /* µs */
  guint64 next;                 /* at which to look at the clock */
  gint64 due;                   /* µs; not to be drawn before */
};

/* what is on the terminal now, if anything */
static gboolean visible;

static gboolean
is_wanted (const OmvTool * tool)
{
  return !tool->quiet && !tool->shares_terminal && isatty (STDERR_FILENO)
      && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

OmvProgress *
omv_progress_new (const OmvTool * tool, OmvProgressUnit unit, guint64 total)
{
  OmvProgress *progress = g_new0 (OmvProgress, 1);

  progress->unit = unit;
  progress->total = total;
  progress->start = g_get_monotonic_time ();
  progress->due = progress->start + DELAY;
  progress->next = is_wanted (tool) ? 1 : G_MAXUINT64;

  return progress;
}

static gchar *
describe_rate (OmvProgressUnit unit, gdouble rate)
{
  g_autofree gchar *size = NULL;

  switch (unit) {
    case OMV_PROGRESS_BYTES:
      size = omv_text_size ((guint64) rate);
      return g_strdup_printf (_("%s/s"), size);
    case OMV_PROGRESS_FRAMES:
      return g_strdup_printf (_("%.0f frames/s"), rate);
    case OMV_PROGRESS_TIME:
      return g_strdup_printf (_("%.1f x"), rate / 1e9);
  }

  return NULL;
}

static void
draw (const OmvProgress * progress, guint64 done, gdouble rate)
{
  g_autofree gchar *speed = describe_rate (progress->unit, rate);
  g_autofree gchar *left = NULL;
  gchar bar[BAR_WIDTH + 1] = { 0, };
  gdouble part;

  if (progress->total == 0) {
    g_printerr ("\r\033[K%s", speed);
    visible = TRUE;
    return;
  }

  part = MIN (1.0, (gdouble) done / (gdouble) progress->total);
  for (gint i = 0; i < BAR_WIDTH; i++)
    bar[i] = i < (gint) (part * BAR_WIDTH) ? '#' : '.';
  left = omv_text_clock ((guint64) (MAX (0.0,
              (gdouble) progress->total - (gdouble) done) / rate) * GST_SECOND);
  g_printerr ("\r\033[K[%s] ", bar);
  g_printerr (_("%3d %%  %s  %s left"), (gint) (part * 100.0), speed, left);
  visible = TRUE;
}

void
omv_progress_update (OmvProgress * progress, guint64 done)
{
  gint64 now;
  gdouble rate;

  if (done < progress->next)
    return;

  now = g_get_monotonic_time ();
  rate = (gdouble) done *G_USEC_PER_SEC
      / (gdouble) MAX (1, now - progress->start);
  progress->next = done + 1 + (guint64) (rate / LOOKS_A_SECOND);
  if (now < progress->due)
    return;

  progress->due = now + PERIOD;
  draw (progress, done, rate);
}

void
omv_progress_clear (void)
{
  if (visible)
    g_printerr ("\r\033[K");
  visible = FALSE;
}

void
omv_progress_free (OmvProgress * progress)
{
  omv_progress_clear ();
  g_free (progress);
}
