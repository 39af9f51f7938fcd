/* omv-json.c: JSON of a file beside a recording
 *
 * Such a file is as untrusted as a recording. json-glib's parser calls itself
 * for each level of nesting and takes more than JSON: comments, and something
 * behind the end. It leaks memory at half a surrogate pair, or makes a string of it
 * that is no UTF-8, and ends strings at \u0000. So the text is looked over before
 * it is parsed, and afterwards for infinite numbers, which nobody could read again
 * once they were printed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-json.h"

#include <string.h>

/* More than anybody needs, and far less than a stack holds. */
#define DEPTH_MAX 32

/* How far a look over a text has come. */
typedef struct
{
  guint depth;
  gboolean in_string;
  gboolean escaped;
  gboolean ended;               /* the one object is over */
} Look;

/* FALSE: a backslash cannot stand before that. json-glib would take octal numbers,
 * and make them what is no UTF-8. */
static gboolean
pass_in_string (Look * look, gchar c)
{
  if (look->escaped) {
    look->escaped = FALSE;
    return strchr ("\"\\/bfnrtu", c) != NULL;
  }

  if (c == '\\')
    look->escaped = TRUE;
  else if (c == '"')
    look->in_string = FALSE;
  return TRUE;
}

/* FALSE: that cannot stand there. */
static gboolean
pass_outside (Look * look, gchar c)
{
  if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
    return TRUE;
  if (look->ended || (look->depth == 0 && c != '{'))
    return FALSE;

  switch (c) {
    case '"':
      look->in_string = TRUE;
      return TRUE;
    case '{':
    case '[':
      return ++look->depth <= DEPTH_MAX;
    case '}':
    case ']':
      look->ended = --look->depth == 0;
      return TRUE;
    default:
      return g_ascii_isalnum (c) || strchr (":,+-.", c) != NULL;
  }
}

/* The code unit that the six characters at @data stand for, 0 if for none. */
static guint
read_unit (const gchar * data, gsize size)
{
  guint unit = 0;

  if (size < 6 || data[0] != '\\' || data[1] != 'u')
    return 0;

  for (guint i = 2; i < 6; i++) {
    if (!g_ascii_isxdigit (data[i]))
      return 0;
    unit = unit * 16 + (guint) g_ascii_xdigit_value (data[i]);
  }

  return unit;
}

/* Bytes of the \u at @data, or of two if they are a pair; 0: it is no character, or
 * one that no string of C can hold. */
static gsize
measure_character (const gchar * data, gsize size)
{
  guint unit = read_unit (data, size), low;

  if (unit < 0xd800 || unit > 0xdfff)
    return unit != 0 ? 6 : 0;

  low = read_unit (data + 6, size >= 6 ? size - 6 : 0);
  return unit < 0xdc00 && low >= 0xdc00 && low <= 0xdfff ? 12 : 0;
}

static gboolean
starts_unicode (const Look * look, const gchar * data, gsize size)
{
  return look->in_string && !look->escaped && size >= 2 && data[0] == '\\'
      && data[1] == 'u';
}

/* Whether @data may be a JSON object, alone and not too deep. */
static gboolean
is_sound (const gchar * data, gsize size)
{
  Look look = { 0, };

  for (gsize i = 0; i < size; i++) {
    if (data[i] == '\0')
      return FALSE;
    if (starts_unicode (&look, data + i, size - i)) {
      gsize length = measure_character (data + i, size - i);

      if (length == 0)
        return FALSE;
      i += length - 1;
      continue;
    }
    if (!(look.in_string ? pass_in_string (&look, data[i])
            : pass_outside (&look, data[i])))
      return FALSE;
  }

  return look.ended;
}

/* Whether no number under @node is infinite. It has at most DEPTH_MAX levels. */
static gboolean
is_finite (JsonNode * node)
{
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObjectIter iter;
    JsonNode *member;

    json_object_iter_init (&iter, json_node_get_object (node));
    while (json_object_iter_next (&iter, NULL, &member)) {
      if (!is_finite (member))
        return FALSE;
    }
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    for (guint i = 0; i < json_array_get_length (array); i++) {
      if (!is_finite (json_array_get_element (array, i)))
        return FALSE;
    }
  } else if (json_node_get_value_type (node) == G_TYPE_DOUBLE) {
    return ABS (json_node_get_double (node)) <= G_MAXDOUBLE;
  }

  return TRUE;
}

/*
 * omv_json_parse:
 *
 * Returns: (transfer full) (nullable): the object that @data is, or NULL if it is
 *   none, or holds what cannot be kept
 */
JsonObject *
omv_json_parse (const gchar * data, gsize size)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonNode *root;

  if (size > G_MAXINT || !is_sound (data, size)
      || !g_utf8_validate (data, (gssize) size, NULL))
    return NULL;

  parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, data, (gssize) size, NULL))
    return NULL;
  root = json_parser_get_root (parser);

  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) && is_finite (root)
      ? json_node_dup_object (root) : NULL;
}

/* json-glib 1.6 prints 1e20 as 1e+20.0, which is no number for anybody, itself
 * included: takes away what stands behind an exponent. */
static void
mend_numbers (gchar * text)
{
  Look look = { 0, };
  gboolean in_exponent = FALSE;
  gchar *to = text;

  for (const gchar * at = text; *at != '\0'; at++) {
    if (look.in_string) {
      (void) pass_in_string (&look, *at);
    } else if (in_exponent && *at == '.') {
      at++;                     /* and the 0 */
      continue;
    } else {
      look.in_string = *at == '"';
      in_exponent = (*at == 'e' && at > text && g_ascii_isdigit (at[-1]))
          || (in_exponent && strchr ("+-0123456789", *at) != NULL);
    }
    *to++ = *at;
  }
  *to = '\0';
}

/*
 * omv_json_print_node:
 * @pretty: on several lines, for people
 *
 * Returns: (transfer full): @node as text
 */
gchar *
omv_json_print_node (JsonNode * node, gboolean pretty)
{
  gchar *text = json_to_string (node, pretty);

  mend_numbers (text);
  return text;
}

/*
 * omv_json_print:
 * @pretty: on several lines, for people
 *
 * Returns: (transfer full): @object as text
 */
gchar *
omv_json_print (JsonObject * object, gboolean pretty)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (),
      object);

  return omv_json_print_node (node, pretty);
}
