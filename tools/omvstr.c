/* omvstr.c: the tool for recordings: finds the command that is meant
 *
 * A command says in a table what it is called, how many arguments and which
 * options it takes and what it does; this file does the rest alike for all:
 * help with examples, the options that are common to several, and what is said
 * of a call that makes no sense. `omvstr FILE` introduces a recording, `omvstr IN
 * OUT` runs the command that says it is the default.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "omvtool.h"

/* Commands that differ by more letters are not what was meant. */
#define TYPOS_MAX 2

static const OmvCommand *const commands[] = {
  &omv_command_info,
  &omv_command_list,
  &omv_command_verify,
  &omv_command_index,
  &omv_command_extract,
  &omv_command_sheet,
  &omv_command_play,
  &omv_command_convert,
  &omv_command_record,
  &omv_command_repair,
  &omv_command_cut,
  &omv_command_cat,
};

/* `omvstr FILE` is a command without a name. */
static const OmvCommand introduction = {
  NULL, N_("FILE"), N_("Say what a recording is and how to play it."),
  NULL, NULL, 1, 1, 0, omv_info_introduce
};

static const OmvCommand *
find_command (const gchar * name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (g_str_equal (commands[i]->name, name))
      return commands[i];
  }

  return NULL;
}

static const OmvCommand *
find_default (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (commands[i]->flags & OMV_COMMAND_DEFAULT)
      return commands[i];
  }

  return NULL;
}

/* ---- what was meant ---- */

/* Letters to be changed, added or left out to make one word of the other. */
static guint
get_distance (const gchar * a, const gchar * b)
{
  gsize length = strlen (b);
  g_autofree guint *row = g_new (guint, length + 1);

  for (gsize j = 0; j <= length; j++)
    row[j] = (guint) j;
  for (guint i = 1; *a != '\0'; i++, a++) {
    guint diagonal = row[0];

    row[0] = i;
    for (gsize j = 1; j <= length; j++) {
      guint changed = diagonal + (*a != b[j - 1]);

      diagonal = row[j];
      row[j] = MIN (changed, MIN (row[j], row[j - 1]) + 1);
    }
  }

  return row[length];
}

static const OmvCommand *
find_similar (const gchar * name)
{
  const OmvCommand *similar = NULL;
  guint best = TYPOS_MAX + 1;

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    guint distance = get_distance (name, commands[i]->name);

    if (distance < best && distance < strlen (name)) {
      best = distance;
      similar = commands[i];
    }
  }

  return similar;
}

static gint
fail_unknown (const OmvTool * tool, const gchar * name)
{
  const OmvCommand *similar = find_similar (name);
  g_autofree gchar *display_name = g_filename_display_name (name);

  if (similar != NULL)
    return omv_fail_usage (tool, _("There is no command or file “%s”; "
            "did you mean “%s”?"), display_name, similar->name);
  return omv_fail_usage (tool, _("There is no command or file “%s”."),
      display_name);
}

/* ---- help ---- */

static void
print_help (void)
{
  g_print (_("Usage:\n"
          "  omvstr COMMAND [OPTION…] ARGUMENT…\n"
          "  omvstr FILE                         "
          "what it is and how to play it\n"));
  if (find_default () != NULL)
    g_print (_("  omvstr IN OUT                       convert it\n"));
  g_print (_("\nLooks at, repairs and converts recordings of OpenMV cameras.\n"
          "\nCommands:\n"));
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  %-10s %s\n", commands[i]->name, _(commands[i]->summary));
  g_print (_("\nomvstr COMMAND --help explains a command, with examples. "
          "The exit status is 0 if\nall went well, 1 if something failed or is "
          "damaged, 2 if the call made no sense.\n"));
}

static const gchar *
translate (const gchar * text, gpointer user_data)
{
  return _(text);
}

/* The options of all commands that have them. */
static GOptionGroup *
make_common_options (OmvTool * tool)
{
  const OmvCommandFlags flags = tool->command->flags;
  GOptionGroup *group = g_option_group_new ("common", NULL, NULL, NULL, NULL);
  const GOptionEntry quiet[] = {
    {"quiet", 'q', 0, G_OPTION_ARG_NONE, &tool->quiet,
        N_("Print results and errors only"), NULL},
    {NULL}
  };
  const GOptionEntry json[] = {
    {"json", 0, 0, G_OPTION_ARG_NONE, &tool->json,
        N_("Print JSON"), NULL},
    {NULL}
  };
  const GOptionEntry force[] = {
    {"force", 'f', 0, G_OPTION_ARG_NONE, &tool->force,
        N_("Overwrite what is there"), NULL},
    {NULL}
  };

  if (tool->command->options != NULL)
    g_option_group_add_entries (group, tool->command->options);
  if (flags & OMV_COMMAND_JSON)
    g_option_group_add_entries (group, json);
  if (flags & OMV_COMMAND_WRITES)
    g_option_group_add_entries (group, force);
  g_option_group_add_entries (group, quiet);
  g_option_group_set_translate_func (group, translate, NULL, NULL);

  return group;
}

static GOptionContext *
make_context (OmvTool * tool)
{
  const OmvCommand *command = tool->command;
  GOptionContext *context = g_option_context_new (_(command->arguments));

  g_option_context_set_main_group (context, make_common_options (tool));
  g_option_context_set_summary (context, _(command->summary));
  if (command->examples != NULL) {
    g_autofree gchar *description =
        g_strconcat (_("Examples:"), "\n", command->examples, NULL);

    g_option_context_set_description (context, description);
  }

  return context;
}

/* ---- running a command ---- */

/* @arguments: the command's options and arguments, behind one that is not
 * looked at */
static gint
run_command (const OmvCommand * command, gchar ** arguments)
{
  OmvTool tool = {.command = command };
  g_autoptr (GOptionContext) context = make_context (&tool);
  g_auto (GStrv) options = g_strdupv (arguments);
  g_auto (GStrv) rest = NULL;
  const GOptionEntry entries[] = {
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &rest, NULL, NULL},
    {NULL}
  };
  g_autofree gchar *name = g_strjoin (" ", "omvstr", command->name, NULL);
  g_autoptr (GError) error = NULL;
  guint n_arguments;

  g_set_prgname (name);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, &options, &error))
    return omv_fail_usage (&tool, "%s.", error->message);
  if (rest == NULL)
    rest = g_new0 (gchar *, 1);

  n_arguments = g_strv_length (rest);
  if (n_arguments < command->min_arguments)
    return omv_fail_usage (&tool, _("Something is missing: %s."),
        _(command->arguments));
  if (n_arguments > command->max_arguments)
    return omv_fail_usage (&tool, _("There are more arguments than %s."),
        _(command->arguments));

  return command->run (&tool, rest);
}

/* There is no name of a command. */
static gint
run_nameless (int argc, gchar ** argv)
{
  const OmvTool tool = { NULL, };
  const OmvCommand *command = find_default ();

  if (argv[1][0] != '-' && strpbrk (argv[1], "./:") == NULL
      && !g_file_test (argv[1], G_FILE_TEST_EXISTS))
    return fail_unknown (&tool, argv[1]);
  if (argc == 2 && argv[1][0] != '-')
    command = &introduction;
  if (command == NULL)
    return argv[1][0] == '-'
        ? omv_fail_usage (&tool, _("There is no option %s."), argv[1])
        : omv_fail_usage (&tool, _("The command is missing."));

  return run_command (command, argv);
}

/* What was printed has to have arrived. */
static gint
close_output (gint status)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return status;

  return omv_fail_with (NULL, _("The output cannot be written."));
}

static gint
run (int argc, gchar ** argv)
{
  const gboolean asks_help = argc < 2 || g_str_equal (argv[1], "--help")
      || g_str_equal (argv[1], "-h") || g_str_equal (argv[1], "help");
  const OmvCommand *command;

  if (asks_help && argc > 2 && argv[1][0] == 'h') {
    gchar *arguments[] = { argv[0], (gchar *) "--help", NULL };
    const OmvTool tool = { NULL, };

    command = find_command (argv[2]);
    return command != NULL ? run_command (command, arguments)
        : fail_unknown (&tool, argv[2]);
  }
  if (asks_help) {
    print_help ();
    return argc < 2 ? OMV_EXIT_USAGE : OMV_EXIT_FINE;
  }
  if (g_str_equal (argv[1], "--version")) {
    g_print ("omvstr %s (%s)\n", VERSION, PACKAGE);
    return OMV_EXIT_FINE;
  }

  command = find_command (argv[1]);
  return command != NULL ? run_command (command, argv + 1)
      : run_nameless (argc, argv);
}

int
main (int argc, char **argv)
{
  (void) setlocale (LC_ALL, "");
  /* what is printed is also what can be typed */
  (void) setlocale (LC_NUMERIC, "C");

  return close_output (run (argc, argv));
}
