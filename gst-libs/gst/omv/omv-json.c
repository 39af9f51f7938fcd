/* omv-json.c: JSON of a file beside a recording
 *
 * Such a file is as untrusted as a recording. json-glib's parser calls itself
 * for each level of nesting and takes more than JSON: comments, and something
 * behind the end. So the text is looked over before it is parsed.
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

static void
pass_in_string (Look * look, gchar c)
{
  if (look->escaped)
    look->escaped = FALSE;
  else if (c == '\\')
    look->escaped = TRUE;
  else if (c == '"')
    look->in_string = FALSE;
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

/* Whether @data may be a JSON object, alone and not too deep. */
static gboolean
is_sound (const gchar * data, gsize size)
{
  Look look = { 0, };

  for (gsize i = 0; i < size; i++) {
    if (data[i] == '\0')
      return FALSE;
    if (look.in_string)
      pass_in_string (&look, data[i]);
    else if (!pass_outside (&look, data[i]))
      return FALSE;
  }

  return look.ended;
}

/*
 * omv_json_parse:
 *
 * Returns: (transfer full) (nullable): the object that @data is, or NULL if it is
 *   none
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

  return root != NULL && JSON_NODE_HOLDS_OBJECT (root)
      ? json_node_dup_object (root) : NULL;
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

  return json_to_string (node, pretty);
}
