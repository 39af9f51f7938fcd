/* tool.c: fuzzes the commands of omvstr that read a recording
 *
 * Whatever the file holds, a command ends well, or in a sentence that says why not;
 * what it prints as JSON is JSON. repair leaves a recording that is whole and has
 * the good frames of the input, byte for byte, in their order.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "commands.h"
#include "omvfuzz.h"

/* What an input's first setting asks for. */
enum
{
  FLAG_DECODE = 1 << 0,
  FLAG_DROP_OLD = 1 << 1,
  FLAG_STOP_AT_DAMAGE = 1 << 2
};

/* In version 1.x smaller numbers are the codes of other formats. */
#define V1_JPEG_MIN 4

#define NS_PER_MS 1000000

/* Of what a frame tells, in ns. Behind frames that were left out more may be due. */
#define INTERVAL_MAX ((guint64) G_MAXUINT32 * NS_PER_MS)

/* What the last command said on standard error. */
static GString *said;

static void
on_sentence (const gchar * text)
{
  (void) g_string_append (said, text);
}

/* Returns how many sentences were said, each in a line of its own. */
static guint
count_said (void)
{
  g_auto (GStrv) lines = g_strsplit (said->str, "\n", -1);
  guint n = 0;

  g_assert_true (g_utf8_validate (said->str, (gssize) said->len, NULL));
  for (; lines[n] != NULL && lines[n][0] != '\0'; n++) {
    g_assert_true (g_str_has_prefix (lines[n], "omvstr: "));
    g_assert_true (g_str_has_suffix (lines[n], "."));
  }
  g_assert_true (lines[n] == NULL || lines[n + 1] == NULL);

  return n;
}

/* Sets an option that has no argument. */
static void
set_option (const OmvCommand * command, const gchar * name, gboolean value)
{
  const GOptionEntry *entry = command->options;

  while (!g_str_equal (entry->long_name, name))
    entry++;
  *(gboolean *) entry->arg_data = value;
}

/* Ctrl-C is the engine's. */
static gint
run_command (const OmvCommand * command, gboolean json, gchar * in, gchar * out)
{
  OmvTool tool = {.command = command,.quiet = TRUE,.json = json,.force = TRUE };
  gchar *arguments[] = { in, out, NULL };
  struct sigaction on_interrupt, on_end;
  gint status;

  (void) sigaction (SIGINT, NULL, &on_interrupt);
  (void) sigaction (SIGTERM, NULL, &on_end);
  (void) g_string_set_size (said, 0);
  (void) g_set_printerr_handler (on_sentence);
  status = command->run (&tool, arguments);
  (void) g_set_printerr_handler (NULL);
  (void) sigaction (SIGINT, &on_interrupt, NULL);
  (void) sigaction (SIGTERM, &on_end, NULL);
  if (omv_is_interrupted ())
    (void) raise (SIGINT);

  g_assert_cmpint (status, <=, OMV_EXIT_FAILED);
  return status;
}

/* @printed: a file that gets what goes to standard output */
static gint
run_into (const gchar * printed, const OmvCommand * command, gchar * path)
{
  const int standard = dup (STDOUT_FILENO);
  const int fd = g_open (printed, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  gint status;

  (void) fflush (stdout);
  g_assert_cmpint (dup2 (fd, STDOUT_FILENO), >=, 0);
  status = run_command (command, TRUE, path, NULL);
  (void) fflush (stdout);
  g_assert_cmpint (dup2 (standard, STDOUT_FILENO), >=, 0);
  (void) close (fd);
  (void) close (standard);

  return status;
}

static void
look (const OmvCommand * command, gchar * path, const gchar * printed,
    gboolean can_be_read)
{
  const gint status = run_into (printed, command, path);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree gchar *text = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (printed, &text, &size, NULL));
  if (can_be_read) {
    (void) count_said ();
    g_assert_true (json_parser_load_from_data (parser, text, (gssize) size,
            NULL));
  } else {
    g_assert_cmpuint (count_said (), ==, 1);
    g_assert_cmpint (status, ==, OMV_EXIT_FAILED);
    g_assert_cmpuint (size, ==, 0);
  }
}

/* ---- repair ---- */

/* TRUE if damage starts where the frame does: its size was false. */
static gboolean
has_false_size (const GstOmvFrame * frame, GList * damages)
{
  for (; damages != NULL; damages = damages->next) {
    if (((const GstOmvDamage *) damages->data)->offset == frame->offset)
      return TRUE;
  }

  return FALSE;
}

static gboolean
is_good (const GstOmvFrame * frame, GList * damages, GstOmvVersion version)
{
  return !has_false_size (frame, damages)
      && gst_omv_version_can_hold (version, frame->header.format)
      && (version >= GST_OMV_VERSION_V2_0
      || frame->header.format != GST_OMV_PIXEL_FORMAT_JPEG
      || frame->header.payload_size >= V1_JPEG_MIN);
}

/* Version 1.0 stores RGB565 the other way round. */
static GBytes *
get_payload (const GstOmvFrame * frame)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (frame->payload, &size);
  guint8 *swapped;

  if (frame->version != GST_OMV_VERSION_V1_0
      || frame->header.format != GST_OMV_PIXEL_FORMAT_RGB565)
    return g_bytes_ref (frame->payload);

  swapped = g_malloc (size);
  for (gsize i = 0; i + 1 < size; i += 2) {
    swapped[i] = data[i + 1];
    swapped[i + 1] = data[i];
  }
  return g_bytes_new_take (swapped, size);
}

/* @slack: by how much its time may differ, in ns */
static void
check_frame (const GstOmvFrame * wanted, const GstOmvFrame * got, guint64 slack)
{
  g_autoptr (GBytes) payload = get_payload (wanted);

  g_assert_cmpint (got->header.format, ==, wanted->header.format);
  g_assert_cmpint (got->header.width, ==, wanted->header.width);
  g_assert_cmpint (got->header.height, ==, wanted->header.height);
  g_assert_true (g_bytes_equal (got->payload, payload));
  if (wanted->time > INTERVAL_MAX)
    return;
  g_assert_cmpuint (got->time, <=, wanted->time + slack);
  g_assert_cmpuint (got->time + slack, >=, wanted->time);
}

/* A 1-bit frame of version 1 that holds a header: in version 2 a reader has to take
 * it for one of which a quarter was stored. */
static gboolean
is_misleading (const GstOmvFrame * frame)
{
  const GstOmvVersion version = GST_OMV_VERSION_V2_0;
  gsize size, quarter;
  const guint8 *data = g_bytes_get_data (frame->payload, &size);
  GstOmvFrameHeader header;

  quarter = size / 4 + gst_omv_get_padding (size / 4);
  return frame->header.format == GST_OMV_PIXEL_FORMAT_BINARY
      && frame->version < version
      && quarter + gst_omv_version_get_header_size (version) <= size
      && gst_omv_frame_header_read (version, data + quarter, G_MAXUINT32,
      &header) == GST_OMV_FAULT_NONE
      && gst_omv_frame_header_is_plain (data + quarter, &header);
}

static gboolean
has_misleading (GstOmvReader * in)
{
  gboolean found = FALSE;

  for (guint64 i = gst_omv_reader_get_n_frames (in, NULL); i-- > 0 && !found;) {
    g_autoptr (GstOmvFrame) frame = gst_omv_reader_read_frame (in, i, NULL);

    found = is_misleading (frame);
  }

  g_assert_true (gst_omv_reader_seek (in, 0, NULL));
  return found;
}

/* How many stretches of damage there are up to @frame. */
static guint
count_damages (GList * damages, const GstOmvFrame * frame)
{
  guint n = 0;

  for (; damages != NULL; damages = damages->next)
    n += ((const GstOmvDamage *) damages->data)->offset <= frame->offset;

  return n;
}

/* Without @is_all fewer good frames may be there. Times are rounded to 1 ms. Frames
 * between which some are left out, or damage, follow each other now: their exact
 * times are believed if they are no farther from that than another one. */
static void
check_repaired (GstOmvReader * in, const gchar * path, gboolean is_all)
{
  g_autoptr (GstOmvReader) out = gst_omv_reader_new ();
  GList *damages = gst_omv_reader_list_damages (in, NULL);
  GstOmvVersion version;
  GstOmvFrame *frame;
  guint n_left_out = 0;

  g_assert_true (gst_omv_reader_open_path (out, path, NULL));
  version = gst_omv_reader_get_version (out, NULL);
  while ((frame = gst_omv_reader_read_next (in, NULL)) != NULL) {
    if (is_good (frame, damages, version)) {
      g_autoptr (GstOmvFrame) got = gst_omv_reader_read_next (out, NULL);

      g_assert_true (got != NULL || !is_all);
      if (is_all)
        check_frame (frame, got, (1 + n_left_out
                + count_damages (damages, frame)) * (guint64) NS_PER_MS);
    } else {
      n_left_out++;
    }
    gst_omv_frame_unref (frame);
  }
  g_assert_cmpuint (gst_omv_reader_get_position (out), ==,
      gst_omv_reader_get_n_frames (out, NULL));
  g_assert_false (gst_omv_reader_is_torn (out, NULL));
  g_list_free_full (damages, (GDestroyNotify) gst_omv_damage_free);
}

static void
repair (GstOmvReader * in, gchar * path, gchar * repaired, guint flags)
{
  const guint leaves_out = FLAG_DROP_OLD | FLAG_STOP_AT_DAMAGE;
  gint status;

  (void) g_unlink (repaired);
  set_option (&omv_command_repair, "drop-old", (flags & FLAG_DROP_OLD) != 0);
  set_option (&omv_command_repair, "stop-at-damage",
      (flags & FLAG_STOP_AT_DAMAGE) != 0);
  status = run_command (&omv_command_repair, FALSE, path, repaired);

  g_assert_cmpint (status, ==, gst_omv_reader_is_open (in) ? OMV_EXIT_FINE
      : OMV_EXIT_FAILED);
  g_assert_cmpint (g_file_test (repaired, G_FILE_TEST_EXISTS), ==,
      status == OMV_EXIT_FINE);
  g_assert_cmpuint (count_said (), ==, status != OMV_EXIT_FINE);
  if (status == OMV_EXIT_FINE && !has_misleading (in))
    check_repaired (in, repaired, (flags & leaves_out) == 0);
}

void
omv_fuzz_run (OmvFuzzTape * tape)
{
  static const OmvCommand *const lookers[] = {
    &omv_command_info, &omv_command_list, &omv_command_verify,
  };
  OmvFuzzTape settings = omv_fuzz_take_settings (tape);
  const guint flags = (guint) omv_fuzz_take (&settings, 1);
  g_autoptr (GFile) file = omv_fuzz_store ("in.bin", tape->data, tape->size);
  g_autofree gchar *path = g_file_get_path (file);
  g_autofree gchar *repaired = g_strconcat (path, ".whole", NULL);
  g_autofree gchar *printed = g_strconcat (path, ".txt", NULL);
  g_autoptr (GstOmvReader) reader = gst_omv_reader_new ();

  if (said == NULL)
    said = g_string_new (NULL);
  g_object_set (reader, "resync", TRUE, NULL);
  (void) gst_omv_reader_open_path (reader, path, NULL);

  set_option (&omv_command_verify, "decode", (flags & FLAG_DECODE) != 0);
  for (guint i = 0; i < G_N_ELEMENTS (lookers); i++)
    look (lookers[i], path, printed, gst_omv_reader_is_open (reader));
  repair (reader, path, repaired, flags);
}
