/* omv-store.h: what the readers of stores fill in
 *
 * Private to the objects room: not installed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "gstomvstore.h"

G_BEGIN_DECLS

/* Larger files are no tables of times, and larger pictures no frames. */
#define OMV_STORE_TABLE_SIZE_MAX 268435456
#define OMV_STORE_PICTURE_SIZE_MAX 268435456

typedef struct {
  gint64 number;                /* as the device counts */
  gint64 time;                  /* ns, from wherever the store counts */
  guint file;                   /* of a video or picture */
} OmvStoreFrame;

typedef struct {
  gchar *path;
  guint first;                  /* the index of its first frame … */
  guint n_frames;               /* … and how many it has */
} OmvStoreFile;

/* A video, or a folder of pictures. */
typedef struct {
  guint64 number;               /* its name */
  gchar *path;
} OmvStorePart;

typedef struct {
  guint index;                  /* of the frame that it belongs to */
  JsonObject *object;
} OmvStoreExtra;

typedef struct _OmvCard OmvCard;

typedef struct {
  GArray *frames;               /* of OmvStoreFrame, in order of the store */
  GArray *files;                /* of OmvStoreFile; none for a card */
  GPtrArray *extra;             /* of OmvStoreExtra */
  JsonObject *members;          /* of a FILE.json, with "user" */
  GTimeZone *zone;              /* or NULL: UTC */
  gboolean has_clock;           /* times count from 1970 */
  gboolean is_gray;
  gboolean is_video;            /* files are to be decoded by GStreamer */
  OmvCard *card;                /* or NULL */
  guint n_missing;              /* parts without times of their frames */
  guint n_lost;                 /* buffers that the card says it has */
} OmvStoreData;

/* @data: all zero */
void omv_store_data_init (OmvStoreData * data);
void omv_store_data_clear (OmvStoreData * data);

/* A frame of the file added last, if there is one. */
void omv_store_add_frame (OmvStoreData * data, gint64 number, gint64 time);
/* @path: (transfer full) */
void omv_store_add_file (OmvStoreData * data, gchar * path);
/* The members of @object, as data of the frame at @index. */
void omv_store_add_extra (OmvStoreData * data, gint64 index,
    JsonObject * object);
/* Seconds, as floating point holds them -> ns. FALSE: that is no time. */
gboolean omv_store_round_time (gdouble seconds, gint64 * ret_time);
/* What has a number as its name, of OmvStorePart, in order of numbers, then of
 * names: files with one of @extensions, or folders if that is NULL. */
GArray *omv_store_list_parts (const gchar * folder,
    const gchar * const *extensions, GError ** error);
/* A whole file, in memory. */
GBytes *omv_store_load (const gchar * path, gsize size_max, GError ** error);

/* Each is asked only for what its recogniser takes. FALSE: @error is a sentence
 * that names the file. */
gboolean omv_store_is_imgstore (const gchar * path);
gboolean omv_store_open_imgstore (OmvStoreData * data, const gchar * path,
    GError ** error);
gboolean omv_store_is_miniscope (const gchar * path);
gboolean omv_store_open_miniscope (OmvStoreData * data, const gchar * path,
    GError ** error);
gboolean omv_store_is_card (const gchar * path);
gboolean omv_store_open_card (OmvStoreData * data, const gchar * path,
    GError ** error);

GBytes *omv_card_read (OmvCard * card, guint index, gint * ret_width,
    gint * ret_height, GError ** error);
void omv_card_free (OmvCard * card);

/* omv-store-picture.c */
GBytes *omv_store_read_picture (const gchar * path,
    GstOmvStorePicture * ret_picture, gint * ret_width, gint * ret_height,
    GError ** error);

G_END_DECLS
