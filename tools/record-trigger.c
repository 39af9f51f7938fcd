/* record-trigger.c: keys, lines and signals that fire
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "record.h"

#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Longer lines are cut there. */
#define LINE_SIZE_MAX 4096

struct _OmvTrigger
{
  OmvTriggerFunc func;
  gpointer user_data;

  guint signal_source;
  guint input_source;           /* 0: there is no more */
  gboolean has_keys;
  struct termios attributes;    /* of the terminal, before */
  GString *line;                /* its beginning */
};

static gboolean
on_signal (gpointer user_data)
{
  OmvTrigger *self = user_data;

  self->func (NULL, self->user_data);
  return G_SOURCE_CONTINUE;
}

static void
take_key (OmvTrigger * self, gchar key)
{
  if (key == '\n' || key == '\r' || key == ' ')
    self->func (NULL, self->user_data);
}

static void
take_letter (OmvTrigger * self, gchar letter)
{
  g_autofree gchar *label = NULL;

  if (letter != '\n') {
    if (self->line->len < LINE_SIZE_MAX)
      g_string_append_c (self->line, letter);
    return;
  }

  label = g_utf8_make_valid (self->line->str, (gssize) self->line->len);
  g_strstrip (label);
  g_string_truncate (self->line, 0);
  self->func (label[0] != '\0' ? label : NULL, self->user_data);
}

static gboolean
on_input (gint fd, GIOCondition condition, gpointer user_data)
{
  OmvTrigger *self = user_data;
  gchar bytes[256];
  gssize n = read (fd, bytes, sizeof bytes);

  for (gssize i = 0; i < n; i++) {
    if (self->has_keys)
      take_key (self, bytes[i]);
    else
      take_letter (self, bytes[i]);
  }
  if (n > 0)
    return G_SOURCE_CONTINUE;

  if (self->line->len > 0)      /* a last line without an end */
    take_letter (self, '\n');
  self->input_source = 0;
  return G_SOURCE_REMOVE;
}

/* Keys count at once, not only behind Enter, and are not shown. */
static void
take_terminal (OmvTrigger * self)
{
  struct termios attributes;

  if (!isatty (STDIN_FILENO) || tcgetattr (STDIN_FILENO,
          &self->attributes) != 0)
    return;

  attributes = self->attributes;
  attributes.c_lflag &= ~(tcflag_t) (ICANON | ECHO);
  self->has_keys = tcsetattr (STDIN_FILENO, TCSANOW, &attributes) == 0;
}

OmvTrigger *
omv_trigger_new (OmvTriggerFunc func, gpointer user_data)
{
  OmvTrigger *self = g_new0 (OmvTrigger, 1);

  self->func = func;
  self->user_data = user_data;
  self->line = g_string_new (NULL);
  take_terminal (self);
  self->signal_source = g_unix_signal_add (SIGUSR1, on_signal, self);
  self->input_source = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP
      | G_IO_ERR, on_input, self);

  return self;
}

gboolean
omv_trigger_has_keys (const OmvTrigger * self)
{
  return self->has_keys;
}

void
omv_trigger_free (OmvTrigger * self)
{
  if (self->has_keys)
    (void) tcsetattr (STDIN_FILENO, TCSANOW, &self->attributes);
  (void) g_source_remove (self->signal_source);
  if (self->input_source != 0)
    (void) g_source_remove (self->input_source);
  g_string_free (self->line, TRUE);
  g_free (self);
}
