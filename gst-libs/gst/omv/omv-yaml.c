/* omv-yaml.c: YAML of a file that others have written, as JSON
 *
 * libyaml reads the text; what remains is to tell numbers from words, by the rules
 * of YAML's core schema. The file is untrusted: an alias may stand for what holds
 * aliases itself, so that a short file means a huge tree, or one without an end.
 * Depth and number of nodes are limited, therefore.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-yaml.h"

#include <string.h>

#include <yaml.h>

/* As deep as the JSON that it becomes may be. */
#define DEPTH_MAX 30

/* What aliases may add to as many nodes as there are bytes. */
#define N_NODES_MORE 1000

typedef struct
{
  yaml_document_t *document;
  gsize n_nodes_left;
} Conversion;

static JsonNode *convert (Conversion * conversion, gint index, guint depth);

/* NULL: it is no finite number. */
static JsonNode *
convert_number (const gchar * text)
{
  gint64 integer;
  gdouble number;
  gchar *end;

  if (g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &integer,
          NULL))
    return json_node_init_int (json_node_alloc (), integer);
  if (*text == '\0' || strspn (text, "+-.0123456789eE") != strlen (text))
    return NULL;
  number = g_ascii_strtod (text, &end);

  return *end == '\0' && ABS (number) <= G_MAXDOUBLE
      ? json_node_init_double (json_node_alloc (), number) : NULL;
}

static JsonNode *
convert_scalar (const yaml_node_t * node)
{
  static const gchar *const nothing[] = { "", "~", "null", "Null", "NULL",
    NULL
  };
  static const gchar *const yes[] = { "true", "True", "TRUE", NULL };
  static const gchar *const no[] = { "false", "False", "FALSE", NULL };
  const gchar *text = (const gchar *) node->data.scalar.value;
  JsonNode *number;

  /* no string of C holds that */
  if (strlen (text) != node->data.scalar.length)
    return NULL;
  if (node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
    return json_node_init_string (json_node_alloc (), text);

  if (g_strv_contains (nothing, text))
    return json_node_init_null (json_node_alloc ());
  if (g_strv_contains (yes, text))
    return json_node_init_boolean (json_node_alloc (), TRUE);
  if (g_strv_contains (no, text))
    return json_node_init_boolean (json_node_alloc (), FALSE);
  number = convert_number (text);

  return number != NULL ? number
      : json_node_init_string (json_node_alloc (), text);
}

static JsonNode *
convert_sequence (Conversion * conversion, const yaml_node_t * node,
    guint depth)
{
  g_autoptr (JsonArray) array = json_array_new ();

  for (yaml_node_item_t * item = node->data.sequence.items.start;
      item < node->data.sequence.items.top; item++) {
    JsonNode *element = convert (conversion, *item, depth + 1);

    if (element == NULL)
      return NULL;
    json_array_add_element (array, element);
  }

  return json_node_init_array (json_node_alloc (), array);
}

static JsonNode *
convert_mapping (Conversion * conversion, const yaml_node_t * node, guint depth)
{
  g_autoptr (JsonObject) object = json_object_new ();

  for (yaml_node_pair_t * pair = node->data.mapping.pairs.start;
      pair < node->data.mapping.pairs.top; pair++) {
    const yaml_node_t *key = yaml_document_get_node (conversion->document,
        pair->key);
    JsonNode *value;

    if (key == NULL || key->type != YAML_SCALAR_NODE
        || strlen ((const gchar *) key->data.scalar.value)
        != key->data.scalar.length)
      return NULL;
    value = convert (conversion, pair->value, depth + 1);
    if (value == NULL)
      return NULL;
    json_object_set_member (object, (const gchar *) key->data.scalar.value,
        value);
  }

  return json_node_init_object (json_node_alloc (), object);
}

/* NULL: there is no such node, it cannot be said in JSON, or it is too much. */
static JsonNode *
convert (Conversion * conversion, gint index, guint depth)
{
  const yaml_node_t *node = yaml_document_get_node (conversion->document,
      index);

  if (node == NULL || depth > DEPTH_MAX || conversion->n_nodes_left == 0)
    return NULL;
  conversion->n_nodes_left--;

  switch (node->type) {
    case YAML_SCALAR_NODE:
      return convert_scalar (node);
    case YAML_SEQUENCE_NODE:
      return convert_sequence (conversion, node, depth);
    case YAML_MAPPING_NODE:
      return convert_mapping (conversion, node, depth);
    default:
      return NULL;
  }
}

/*
 * omv_yaml_parse:
 *
 * Returns: (transfer full) (nullable): the first document of @data, if that is a
 *   mapping that can be said in JSON
 */
JsonObject *
omv_yaml_parse (const gchar * data, gsize size)
{
  yaml_parser_t parser;
  yaml_document_t document;
  Conversion conversion = { &document, size + N_NODES_MORE };
  g_autoptr (JsonNode) root = NULL;

  if (!yaml_parser_initialize (&parser))
    return NULL;
  yaml_parser_set_input_string (&parser, (const guchar *) data, size);
  if (yaml_parser_load (&parser, &document)) {
    if (yaml_document_get_root_node (&document) != NULL)
      root = convert (&conversion, 1, 0);
    yaml_document_delete (&document);
  }
  yaml_parser_delete (&parser);

  return root != NULL && JSON_NODE_HOLDS_OBJECT (root)
      ? json_node_dup_object (root) : NULL;
}
