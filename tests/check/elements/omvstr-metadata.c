/* omvstr-metadata.c: what is known of a recording, on its way through pipelines
 *
 * The promises: omvstrdemux says as tags and as reference timestamps what FILE.json
 * says, if that is its recording's, and nothing of it changes a frame; omvstrmux
 * believes these before the system's clock, and what one has said the other writes
 * down again.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/omv/omv.h>

#include <glib/gstdio.h>
#include <string.h>

#include "omvplayer.h"
#include "omvtest.h"

#define N_FRAMES 3
#define SIZE 16
#define CODE_GRAY 0x08020001
#define GRAY "video/x-raw, format=GRAY8, width=4, height=4, framerate=0/1"
#define UNIX_START (G_GUINT64_CONSTANT (1714979289) * GST_SECOND \
    + 250 * GST_MSECOND)

/* A folder with a recording's place in it. The recording itself is in memory. */
typedef struct
{
  gchar *folder;
  GFile *recording;
  gchar *uri;
  gchar *json;
  GByteArray *bytes;            /* of the recording */
} Place;

/* Frames of 100 ms, the first one after 2 s, each of its number. */
static GByteArray *
build_recording (void)
{
  GByteArray *bytes = g_byte_array_new ();

  omv_test_append_file_header (bytes, "2.0");
  for (guint i = 0; i < N_FRAMES; i++) {
    guint8 payload[SIZE];

    memset (payload, (int) i + 1, SIZE);
    omv_test_append_header (bytes, 2, i == 0 ? 2000 : 100, 4, 4, CODE_GRAY, 0);
    g_byte_array_append (bytes, payload, SIZE);
  }

  return bytes;
}

static void
place_init (Place * place)
{
  g_autofree gchar *path = NULL;

  place->folder = g_dir_make_tmp ("omv-XXXXXX", NULL);
  path = g_build_filename (place->folder, "run.bin", NULL);
  place->recording = g_file_new_for_path (path);
  place->uri = g_file_get_uri (place->recording);
  place->json = g_strconcat (path, ".json", NULL);
  place->bytes = build_recording ();
}

static void
place_clear (Place * place)
{
  (void) g_remove (place->json);
  fail_unless_equals_int (g_rmdir (place->folder), 0);
  g_free (place->folder);
  g_object_unref (place->recording);
  g_free (place->uri);
  g_free (place->json);
  g_byte_array_unref (place->bytes);
}

static void
write_json (const Place * place, const gchar * text)
{
  fail_unless (g_file_set_contents (place->json, text, -1, NULL));
}

static GstTagList *
get_tags (OmvPlayer * player)
{
  GstEvent *event = gst_pad_get_sticky_event (player->sink, GST_EVENT_TAG, 0);
  GstTagList *tags;

  fail_unless (event != NULL);
  gst_event_parse_tag (event, &tags);
  tags = gst_tag_list_copy (tags);
  gst_event_unref (event);
  return tags;
}

/* Plays the recording to its end. */
static OmvPlayer *
play (const Place * place, OmvPlayerMode mode)
{
  OmvPlayer *player = omv_player_new (mode, place->bytes->data,
      place->bytes->len);

  player->uri = place->uri;
  omv_player_start (player);
  omv_player_wait (player);
  fail_unless_equals_int (player->buffers->len, N_FRAMES);
  fail_unless_equals_int (player->warnings->len, 0);
  return player;
}

static void
assert_text (const GstTagList * tags, const gchar * tag, guint index,
    const gchar * expected)
{
  const gchar *text;

  fail_unless (gst_tag_list_peek_string_index (tags, tag, index, &text));
  fail_unless_equals_string (text, expected);
}

GST_START_TEST (test_demux_says)
{
  const OmvPlayerMode mode = __i__ == 0 ? OMV_PLAYER_PULL : OMV_PLAYER_PUSH;
  g_autoptr (OmvPlayer) player = NULL;
  g_autoptr (GstTagList) tags = NULL;
  g_autoptr (GDateTime) start = NULL;
  g_autofree gchar *text = NULL;
  Place place;

  place_init (&place);
  write_json (&place, "{\"start\": \"2024-05-06T09:08:09.25+02\", "
      "\"label\": \"part-17\", \"user\": {\"comment\": \"fine\", "
      "\"genotype\": \"wild\", \"empty\": \"\", \"artist\": \"\", \"age\": 12}}");
  player = play (&place, mode);

  for (guint i = 0; i < N_FRAMES; i++) {
    GstBuffer *buffer = omv_player_buffer (player, i);

    fail_unless_equals_uint64 (GST_BUFFER_OFFSET (buffer), i);
    fail_unless_equals_uint64 (gst_omv_buffer_get_unix_time (buffer),
        UNIX_START + GST_BUFFER_PTS (buffer));
  }
  tags = get_tags (player);
  start = gst_omv_tags_get_start (tags);
  fail_unless (start != NULL);
  text = g_date_time_format_iso8601 (start);
  fail_unless_equals_string (text, "2024-05-06T09:08:09.250000+02");
  assert_text (tags, GST_TAG_TITLE, 0, "part-17");
  assert_text (tags, GST_TAG_COMMENT, 0, "fine");
  assert_text (tags, GST_TAG_EXTENDED_COMMENT, 0, "genotype=wild");
  assert_text (tags, GST_TAG_EXTENDED_COMMENT, 1, "empty=");
  fail_unless_equals_int (gst_tag_list_get_tag_size (tags,
          GST_TAG_EXTENDED_COMMENT), 2);

  omv_player_stop (player);
  place_clear (&place);
}

GST_END_TEST;

/* Nothing, nonsense, before 1970, and what belongs to another recording. */
GST_START_TEST (test_demux_is_silent)
{
  static const gchar *const texts[] = {
    NULL, "{\"start\": 3}", "{", "{\"start\": \"1969-01-01T00:00:00Z\"}",
    "{\"start\": \"2024-05-06T09:08:09Z\", \"first-frame\": \"GRAYSCALE 4x4 0\"}"
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (OmvPlayer) player = NULL;
    Place place;

    place_init (&place);
    if (texts[i] != NULL)
      write_json (&place, texts[i]);
    player = play (&place, OMV_PLAYER_PULL);
    for (guint j = 0; j < N_FRAMES; j++)
      fail_if (GST_CLOCK_TIME_IS_VALID (gst_omv_buffer_get_unix_time
              (omv_player_buffer (player, j))));
    omv_player_stop (player);
    place_clear (&place);
  }
}

GST_END_TEST;

/* ---- the muxer ---- */

static gboolean
answer_uri (GstPad * pad, GstObject * parent, GstQuery * query)
{
  if (GST_QUERY_TYPE (query) != GST_QUERY_URI)
    return gst_pad_query_default (pad, parent, query);

  gst_query_set_uri (query, g_object_get_data (G_OBJECT (pad), "uri"));
  return TRUE;
}

static GstHarness *
make_mux (const Place * place, gboolean offset_to_zero)
{
  GstElement *mux = gst_element_factory_make ("omvstrmux", NULL);
  GstHarness *h;

  fail_unless (mux != NULL);
  g_object_set (mux, "sidecar", TRUE, "offset-to-zero", offset_to_zero, NULL);
  h = gst_harness_new_with_element (mux, "video_%u", "src");
  gst_object_unref (mux);
  g_object_set_data (G_OBJECT (h->sinkpad), "uri", place->uri);
  gst_pad_set_query_function (h->sinkpad, answer_uri);
  gst_harness_set_src_caps_str (h, GRAY);
  return h;
}

/* @unix_time: or NONE */
static void
push_frame (GstHarness * h, GstClockTime pts, GstClockTime unix_time)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, SIZE, NULL);

  gst_buffer_memset (buffer, 0, 1, SIZE);
  GST_BUFFER_PTS (buffer) = pts;
  if (GST_CLOCK_TIME_IS_VALID (unix_time))
    gst_omv_buffer_set_unix_time (buffer, unix_time, GST_CLOCK_TIME_NONE);
  fail_unless_equals_int (gst_harness_push (h, buffer), GST_FLOW_OK);
}

static void
assert_start (const Place * place, const gchar * expected)
{
  g_autoptr (GstOmvMetadata) metadata =
      gst_omv_metadata_load (place->recording, NULL);
  g_autoptr (GDateTime) start = NULL, utc = NULL;
  g_autofree gchar *text = NULL;

  fail_unless (metadata != NULL);
  start = gst_omv_metadata_get_start (metadata);
  fail_unless (start != NULL);
  utc = g_date_time_to_utc (start);
  text = g_date_time_format_iso8601 (utc);
  fail_unless_equals_string (text, expected);
}

static GstEvent *
make_tags (const gchar * date, const gchar * comment)
{
  GstTagList *tags = gst_tag_list_new_empty ();
  g_autoptr (GstDateTime) datetime =
      gst_date_time_new_from_iso8601_string (date);

  gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_TAG_DATE_TIME, datetime,
      GST_TAG_EXTENDED_COMMENT, comment, GST_TAG_CONTAINER_FORMAT, "other",
      GST_TAG_EXTENDED_COMMENT, "age=12", NULL);
  return gst_event_new_tag (tags);
}

/* A reference timestamp is the frame's, a tag the stream's start. */
GST_START_TEST (test_mux_believes)
{
  GstHarness *h;
  Place place;

  place_init (&place);
  h = make_mux (&place, TRUE);
  fail_unless (gst_harness_push_event (h,
          make_tags ("2020-01-01T00:00:00Z", "a=b")));
  push_frame (h, 5 * GST_SECOND, UNIX_START);
  assert_start (&place, "2024-05-06T07:08:09.250000Z");
  gst_harness_teardown (h);

  h = make_mux (&place, TRUE);
  fail_unless (gst_harness_push_event (h,
          make_tags ("2020-01-01T00:00:00Z", "a=b")));
  push_frame (h, 5 * GST_SECOND, GST_CLOCK_TIME_NONE);
  assert_start (&place, "2020-01-01T00:00:05Z");
  gst_harness_teardown (h);

  /* where timestamps stay, time 0 is before the first frame */
  h = make_mux (&place, FALSE);
  push_frame (h, 5 * GST_SECOND, UNIX_START);
  assert_start (&place, "2024-05-06T07:08:04.250000Z");
  gst_harness_teardown (h);
  place_clear (&place);
}

GST_END_TEST;

/* Five seconds before a year 1 there is no date. */
GST_START_TEST (test_mux_date_without_year)
{
  g_autoptr (GstOmvMetadata) metadata = NULL;
  g_autoptr (GDateTime) start = NULL;
  GstSegment segment;
  GstHarness *h;
  Place place;

  place_init (&place);
  h = make_mux (&place, FALSE);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  segment.start = 5 * GST_SECOND;
  fail_unless (gst_harness_push_event (h, gst_event_new_segment (&segment)));
  fail_unless (gst_harness_push_event (h,
          make_tags ("0001-01-01T00:00:00Z", "genotype=wild")));
  push_frame (h, 5 * GST_SECOND, GST_CLOCK_TIME_NONE);

  metadata = gst_omv_metadata_load (place.recording, NULL);
  fail_unless (metadata != NULL);
  start = gst_omv_metadata_get_start (metadata);
  fail_unless (start == NULL);
  fail_unless (gst_omv_metadata_get_zone (metadata) == NULL);
  fail_unless_equals_string (gst_omv_metadata_get_value (metadata, "genotype"),
      "wild");
  gst_harness_teardown (h);
  place_clear (&place);
}

GST_END_TEST;

GST_START_TEST (test_mux_texts)
{
  g_autoptr (GstOmvMetadata) metadata = NULL;
  guint8 payload[SIZE];
  GstHarness *h;
  Place place;

  place_init (&place);
  h = make_mux (&place, TRUE);
  fail_unless (gst_harness_push_event (h, make_tags ("2020", "genotype=wild")));
  push_frame (h, 0, UNIX_START);
  metadata = gst_omv_metadata_load (place.recording, NULL);
  fail_unless (metadata != NULL);
  fail_unless_equals_string (gst_omv_metadata_get_value (metadata, "genotype"),
      "wild");
  fail_unless_equals_string (gst_omv_metadata_get_value (metadata, "age"),
      "12");
  fail_unless (gst_omv_metadata_get_value (metadata,
          GST_TAG_CONTAINER_FORMAT) == NULL);

  /* it says whose it is */
  memset (payload, 1, SIZE);
  fail_unless (gst_omv_metadata_belongs_to (metadata,
          GST_OMV_PIXEL_FORMAT_GRAYSCALE, 4, 4, payload, SIZE));
  payload[0] = 2;
  fail_if (gst_omv_metadata_belongs_to (metadata,
          GST_OMV_PIXEL_FORMAT_GRAYSCALE, 4, 4, payload, SIZE));

  gst_harness_teardown (h);
  place_clear (&place);
}

GST_END_TEST;

/* A name that could not be told from its text is none for a comment; comments
 * without a name are all kept. */
GST_START_TEST (test_comments)
{
  g_autoptr (GstOmvMetadata) metadata = gst_omv_metadata_new ();
  g_autoptr (GstTagList) tags = NULL;

  gst_omv_metadata_set_value (metadata, "a=b", "c");
  gst_omv_metadata_set_value (metadata, "d", "e=f");
  tags = gst_omv_tags_from_metadata (metadata);
  gst_tag_list_add (tags, GST_TAG_MERGE_APPEND, GST_TAG_EXTENDED_COMMENT,
      "first", GST_TAG_EXTENDED_COMMENT, "=second", NULL);

  gst_omv_metadata_unref (metadata);
  metadata = gst_omv_metadata_new ();
  gst_omv_tags_to_metadata (tags, metadata);
  fail_unless (gst_omv_metadata_get_value (metadata, "a") == NULL);
  fail_unless_equals_string (gst_omv_metadata_get_value (metadata, "d"), "e=f");
  fail_unless_equals_string (gst_omv_metadata_get_value (metadata,
          GST_TAG_EXTENDED_COMMENT), "first\n=second");
}

GST_END_TEST;

/* What the demuxer has said the muxer writes down again. */
GST_START_TEST (test_round_trip)
{
  g_autoptr (OmvPlayer) player = NULL;
  g_autoptr (GstOmvMetadata) metadata = NULL;
  GstHarness *h;
  Place from, to;

  place_init (&from);
  place_init (&to);
  write_json (&from, "{\"start\": \"2024-05-06T09:08:09.25+02\", "
      "\"user\": {\"title\": \"t\", \"geno=type\": \"x\", \"b\": \"c=d\"}}");
  player = play (&from, OMV_PLAYER_PUSH);

  h = make_mux (&to, TRUE);
  fail_unless (gst_harness_push_event (h,
          gst_event_new_tag (get_tags (player))));
  fail_unless_equals_int (gst_harness_push (h, gst_buffer_ref
          (omv_player_buffer (player, 0))), GST_FLOW_OK);
  /* the new recording starts with the first frame, 2 s later */
  assert_start (&to, "2024-05-06T07:08:11.250000Z");
  metadata = gst_omv_metadata_load (to.recording, NULL);
  fail_unless_equals_string (gst_omv_metadata_get_value (metadata, "title"),
      "t");
  fail_unless_equals_string (gst_omv_metadata_get_value (metadata, "b"), "c=d");

  gst_harness_teardown (h);
  omv_player_stop (player);
  place_clear (&from);
  place_clear (&to);
}

GST_END_TEST;

static Suite *
omvstr_metadata_suite (void)
{
  Suite *suite = suite_create ("omvstr-metadata");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_demux_says, 0, 2);
  tcase_add_test (tc, test_demux_is_silent);
  tcase_add_test (tc, test_mux_believes);
  tcase_add_test (tc, test_mux_date_without_year);
  tcase_add_test (tc, test_mux_texts);
  tcase_add_test (tc, test_comments);
  tcase_add_test (tc, test_round_trip);
  return suite;
}

GST_CHECK_MAIN (omvstr_metadata);
