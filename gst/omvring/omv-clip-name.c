/* omv-clip-name.c: the file names of dumps
 *
 * A pattern is a path in which these stand for something:
 *
 *   %{name}    the element's name
 *   %{label}   the trigger's label
 *   %d         the number of the dump; %05d: with zeros in front, 5 digits
 *   %f         microseconds of the trigger's wall clock
 *   %%         a percent sign
 *   %Y %m %F … more of the wall clock, as g_date_time_format() has it
 *
 * %d is a number everywhere else in GStreamer, so it is no day of the month: that
 * is part of %F, and %j is the day of the year. Of the letters of
 * g_date_time_format() those are left out that write a slash, a colon, spaces or,
 * in some languages, nothing.
 *
 * Labels come from outside. They never lead to another folder, and hide no file.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-clip-name.h"

#include <gst/omv/omv-i18n.h>
#include <string.h>

#define DIGITS_MAX 20           /* as many as a number of 64 bits can have */

typedef enum
{
  PART_UNKNOWN,
  PART_PERCENT,
  PART_NAME,
  PART_LABEL,
  PART_NUMBER,
  PART_TIME
} PartKind;

typedef struct
{
  PartKind kind;
  gint length;                  /* bytes of the pattern; of PART_UNKNOWN at most */
  guint digits;                 /* of a number, at least */
} Part;

/* ---- reading the pattern ---- */

/* %{…} at @text. What has no end is as long as the text. */
static Part
read_named (const gchar * text)
{
  const gchar *end = strchr (text, '}');
  Part part = { PART_UNKNOWN, 0, 0 };

  part.length = (gint) (end != NULL ? end + 1 - text : (gssize) strlen (text));
  if (g_str_has_prefix (text, "%{name}"))
    part.kind = PART_NAME;
  else if (g_str_has_prefix (text, "%{label}"))
    part.kind = PART_LABEL;

  return part;
}

/* %0…d at @text. */
static Part
read_padded (const gchar * text)
{
  const gchar *at = text + 2;
  Part part = { PART_UNKNOWN, 0, 0 };

  while (g_ascii_isdigit (*at)) {
    part.digits = MIN (part.digits * 10 + (guint) g_ascii_digit_value (*at),
        DIGITS_MAX + 1);
    at++;
  }
  if (*at == 'd' && part.digits >= 1 && part.digits <= DIGITS_MAX)
    part.kind = PART_NUMBER;
  part.length = (gint) (g_utf8_next_char (at) - text);

  return part;
}

/* What the percent sign at @text begins. */
static Part
read_part (const gchar * text)
{
  Part part = { PART_UNKNOWN, 2, 1 };

  switch (text[1]) {
    case '\0':
      break;
    case '{':
      return read_named (text);
    case '0':
      return read_padded (text);
    case '%':
      part.kind = PART_PERCENT;
      break;
    case 'd':
      part.kind = PART_NUMBER;
      break;
    default:
      if (strchr ("ABCFGHMSVYabfghjmsuwyz", text[1]) != NULL)
        part.kind = PART_TIME;
      part.length = (gint) (g_utf8_next_char (text + 1) - text);
  }

  return part;
}

static gboolean
names_no_file (const gchar * pattern)
{
  const gchar *slash = strrchr (pattern, '/');
  const gchar *base = slash != NULL ? slash + 1 : pattern;

  return *base == '\0' || strcmp (base, ".") == 0 || strcmp (base, "..") == 0;
}

/*
 * omv_clip_name_check:
 *
 * Whether @pattern can be expanded. The error is G_IO_ERROR_INVALID_ARGUMENT, with
 * a sentence that names the part that cannot.
 */
gboolean
omv_clip_name_check (const gchar * pattern, GError ** error)
{
  const gchar *at = pattern;

  if (!g_utf8_validate (pattern, -1, NULL)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        _("The pattern of file names is not UTF-8."));
    return FALSE;
  }
  if (names_no_file (pattern)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        _("The pattern \"%s\" names no file."), pattern);
    return FALSE;
  }

  while ((at = strchr (at, '%')) != NULL) {
    Part part = read_part (at);

    if (part.kind == PART_UNKNOWN) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
          _("\"%.*s\" in the pattern \"%s\" stands for nothing; a percent sign "
              "is \"%%%%\"."), part.length, at, pattern);
      return FALSE;
    }
    at += part.length;
  }

  return TRUE;
}

/* ---- expanding it ---- */

/* Cuts @text behind the last whole character that fits. */
static void
cut (gchar * text, gsize size)
{
  if (strlen (text) <= size)
    return;

  while (size > 0 && ((guchar) text[size] & 0xc0) == 0x80)
    size--;
  text[size] = '\0';
}

/* @text as a part of a file name: no folder, nothing hidden, nothing that a
 * terminal would obey. */
static gchar *
clean (const gchar * text)
{
  g_autofree gchar *valid = g_utf8_make_valid (text, -1);
  GString *cleaned = g_string_new (NULL);

  for (const gchar * at = g_strstrip (valid); *at != '\0';
      at = g_utf8_next_char (at)) {
    gunichar character = g_utf8_get_char (at);

    if (cleaned->len == 0 && (character == '.' || character == ' '))
      continue;
    g_string_append_unichar (cleaned,
        character == '/' || g_unichar_iscntrl (character) ? '_' : character);
  }
  cut (cleaned->str, OMV_CLIP_NAME_LABEL_MAX);
  g_strchomp (cleaned->str);

  return g_string_free (cleaned, FALSE);
}

static void
append_clean (GString * name, const gchar * text)
{
  g_autofree gchar *cleaned = clean (text != NULL ? text : "");

  g_string_append (name, *cleaned != '\0' ? cleaned : OMV_CLIP_NAME_NO_LABEL);
}

static void
append_time (GString * name, GDateTime * time, gchar letter)
{
  const gchar format[] = { '%', letter, '\0' };
  g_autofree gchar *text = g_date_time_format (time, format);

  if (text != NULL)
    g_string_append (name, text);
}

static void
append_part (GString * name, const Part * part, gchar letter,
    const OmvClipName * values)
{
  switch (part->kind) {
    case PART_PERCENT:
      g_string_append_c (name, '%');
      break;
    case PART_NAME:
      append_clean (name, values->name);
      break;
    case PART_LABEL:
      append_clean (name, values->label);
      break;
    case PART_NUMBER:
      g_string_append_printf (name, "%0*" G_GUINT64_FORMAT, (gint) part->digits,
          values->number);
      break;
    case PART_TIME:
      append_time (name, values->time, letter);
      break;
    case PART_UNKNOWN:
      g_assert_not_reached ();
  }
}

/*
 * omv_clip_name_expand:
 * @pattern: one that passed omv_clip_name_check()
 *
 * Returns: (transfer full): the path that it stands for
 */
gchar *
omv_clip_name_expand (const gchar * pattern, const OmvClipName * values)
{
  GString *name = g_string_new (NULL);
  const gchar *at = pattern, *percent;

  while ((percent = strchr (at, '%')) != NULL) {
    Part part = read_part (percent);

    g_string_append_len (name, at, percent - at);
    append_part (name, &part, percent[1], values);
    at = percent + part.length;
  }
  g_string_append (name, at);

  return g_string_free (name, FALSE);
}
