/* properties.c: unit test of what all elements' properties have in common
 *
 * Whatever elements are built are found in the registry. Of each property: it starts
 * as gst-inspect-1.0 says, what was set can be read back, and it has a nick and a
 * sentence of its own.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/check/gstcheck.h>

/* Elements that all plugins together have. */
#define N_ELEMENTS 8

static gboolean
is_ours (GType type)
{
  return g_str_has_prefix (g_type_name (type), "GstOmv");
}

/* Those that can be made; GStreamer's own bin and pipeline are left out. */
static GList *
list_elements (void)
{
  g_autolist (GstPluginFeature) factories =
      gst_registry_get_feature_list (gst_registry_get (),
      GST_TYPE_ELEMENT_FACTORY);
  GList *elements = NULL;

  for (GList * l = factories; l != NULL; l = l->next) {
    GstElement *element = gst_element_factory_create (l->data, NULL);

    fail_unless (element != NULL);
    if (is_ours (G_OBJECT_TYPE (element)))
      elements = g_list_prepend (elements, gst_object_ref_sink (element));
    else
      gst_object_unref (gst_object_ref_sink (element));
  }

  return elements;
}

/* Another value than @value is, within the range. */
static void
change (GParamSpec * pspec, GValue * value)
{
  GValue other = G_VALUE_INIT;

  g_value_init (&other, pspec->value_type);
  if (G_IS_PARAM_SPEC_BOOLEAN (pspec)) {
    g_value_set_boolean (&other, !g_value_get_boolean (value));
  } else if (G_IS_PARAM_SPEC_STRING (pspec)) {
    g_value_set_static_string (&other, "another");
  } else if (G_IS_PARAM_SPEC_ENUM (pspec)) {
    GEnumClass *klass = G_PARAM_SPEC_ENUM (pspec)->enum_class;
    guint i = klass->values[0].value == g_value_get_enum (value) ? 1 : 0;

    g_value_set_enum (&other, klass->values[i].value);
  } else {
    GValue number = G_VALUE_INIT;

    /* of an integer of any width */
    g_value_init (&number, G_TYPE_INT64);
    fail_unless (g_value_transform (value, &number), "%s", pspec->name);
    g_value_set_int64 (&number, g_value_get_int64 (&number) == 7 ? 8 : 7);
    fail_unless (g_value_transform (&number, &other), "%s", pspec->name);
    g_value_unset (&number);
  }
  fail_if (g_param_value_validate (pspec, &other), "%s", pspec->name);
  g_value_copy (&other, value);
  g_value_unset (&other);
}

static void
check_property (GObject * element, GParamSpec * pspec)
{
  GValue value = G_VALUE_INIT, got = G_VALUE_INIT;

  fail_if (g_str_equal (g_param_spec_get_nick (pspec), pspec->name), "%s",
      pspec->name);
  fail_unless (strlen (g_param_spec_get_blurb (pspec)) > 10, "%s", pspec->name);
  if ((pspec->flags & G_PARAM_READABLE) == 0)
    return;

  g_value_init (&value, pspec->value_type);
  g_value_init (&got, pspec->value_type);
  g_object_get_property (element, pspec->name, &value);
  if ((pspec->flags & G_PARAM_WRITABLE) != 0) {
    fail_unless (g_param_value_defaults (pspec, &value), "%s of %s",
        pspec->name, G_OBJECT_TYPE_NAME (element));
    change (pspec, &value);
    g_object_set_property (element, pspec->name, &value);
    g_object_get_property (element, pspec->name, &got);
    fail_unless_equals_int (g_param_values_cmp (pspec, &value, &got), 0);
  }
  g_value_unset (&got);
  g_value_unset (&value);
}

GST_START_TEST (test_properties)
{
  g_autolist (GstElement) elements = list_elements ();

  fail_unless_equals_int (g_list_length (elements), N_ELEMENTS);
  for (GList * l = elements; l != NULL; l = l->next) {
    guint n_properties;
    g_autofree GParamSpec **properties =
        g_object_class_list_properties (G_OBJECT_GET_CLASS (l->data),
        &n_properties);

    for (guint i = 0; i < n_properties; i++) {
      if (is_ours (properties[i]->owner_type))
        check_property (l->data, properties[i]);
    }
  }
}

GST_END_TEST;

static Suite *
properties_suite (void)
{
  Suite *suite = suite_create ("properties");
  TCase *tcase = tcase_create ("general");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_properties);

  return suite;
}

GST_CHECK_MAIN (properties);
