/* omv-channel.c: the names under which sources find rings
 *
 * One table for the process, because sink and source may be in pipelines that know
 * nothing of each other. It holds a reference; who finds a hub gets one of his
 * own, and keeps the ring when it is withdrawn.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "omv-channel.h"

static GMutex channels_lock;
static GHashTable *channels;    /* channels_lock; gchar* -> OmvHub */

/* FALSE: the name is taken. */
gboolean
omv_channel_publish (const gchar * name, OmvHub * hub)
{
  gboolean is_free;

  g_mutex_lock (&channels_lock);
  if (channels == NULL)
    channels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
        (GDestroyNotify) omv_hub_unref);
  is_free = !g_hash_table_contains (channels, name);
  if (is_free)
    g_hash_table_insert (channels, g_strdup (name), omv_hub_ref (hub));
  g_mutex_unlock (&channels_lock);

  return is_free;
}

/* Does nothing if another hub has the name. */
void
omv_channel_withdraw (const gchar * name, OmvHub * hub)
{
  g_mutex_lock (&channels_lock);
  if (channels != NULL && g_hash_table_lookup (channels, name) == hub)
    g_hash_table_remove (channels, name);
  if (channels != NULL && g_hash_table_size (channels) == 0)
    g_clear_pointer (&channels, g_hash_table_unref);
  g_mutex_unlock (&channels_lock);
}

/* Returns: (transfer full) (nullable) */
OmvHub *
omv_channel_find (const gchar * name)
{
  OmvHub *hub = NULL;

  g_mutex_lock (&channels_lock);
  if (channels != NULL)
    hub = g_hash_table_lookup (channels, name);
  if (hub != NULL)
    omv_hub_ref (hub);
  g_mutex_unlock (&channels_lock);

  return hub;
}
