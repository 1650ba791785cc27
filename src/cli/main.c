#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <gsl/gsl_errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/cli/choice.h"
#include "src/cli/command.h"
#include "src/cli/options.h"

static const struct wck_command commands[] = {
    {"coverage", "which input pixels get no gradient, and why", wck_coverage_main},
    {"verify", "is the gradient of a warp right?", wck_verify_main},
    {"identify", "which convention is this warp?", wck_identify_main},
    {"compare", "two reports: what was lost, what is new", wck_compare_main},
    {"warp", "the reference itself, on files: output, gradients, taps", wck_warp_main},
    {"list", "what there is: kernels, borders, reasons, ...", wck_list_main},
    {"doctor", "what this machine offers: sandbox, memory, Python, ...",
     wck_doctor_main},
    {"conform", "does a worker keep to the protocol?", wck_conform_main},
    {"serve", "a plugin as a worker", wck_serve_main},
};

#define COMMANDS (sizeof commands / sizeof *commands)

static const char *command_name(size_t row)
{
    return row < COMMANDS ? commands[row].name : NULL;
}

/* The end of --help, made from the table. */
static char *help(int key, const char *text, void *input)
{
    struct wck_text table = {0};

    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)(uintptr_t)text;
    wck_text_printf(&table, "Sub-commands:\n");
    for (size_t i = 0; i < COMMANDS; i++)
        wck_text_printf(&table, "  %-10s %s\n", commands[i].name, commands[i].summary);
    wck_text_printf(&table,
                    "\n'warpcheck SUB-COMMAND --help' tells the options of each.");
    return table.data;
}

struct choice {
    const struct wck_command *command;
    int first; /* index of the sub-command among the arguments */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct choice *choice = state->input;
    struct wck_error err = {0};
    size_t row;

    switch (key) {
    case ARGP_KEY_INIT:
        wck_usage_init(state);
        return 0;
    case ARGP_KEY_ARG:
        row = wck_choice_find("sub-command", command_name, arg, &err);
        if (row == SIZE_MAX)
            wck_usage(state, "%s", err.text);
        choice->command = &commands[row];
        choice->first = state->next - 1;
        state->next = state->argc; /* the rest is the sub-command's */
        return 0;
    case ARGP_KEY_NO_ARGS:
        wck_usage(state, "no sub-command is given");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .parser = parse,
    .args_doc = "SUB-COMMAND [OPTION]...",
    .doc = "Warpcheck says whether the gradient of an image warp is right, and which "
           "input pixels get no gradient, and why.\v",
    .help_filter = help,
};

/* Runs after --help as well: what could not be written must not look like success. */
static void close_stdout(void)
{
    if (fclose(stdout) == 0)
        return;
    perror("warpcheck: standard output");
    _exit(WCK_EXIT_SYSTEM);
}

int main(int argc, char **argv)
{
    struct choice choice = {0};
    char program[] = "warpcheck", name[64];

    argv[0] = program; /* not the name of a wrapper */
    argp_program_version = PACKAGE_STRING;
    gsl_set_error_handler_off();
    atexit(close_stdout);
    wck_options_parse(&argp, ARGP_IN_ORDER, argc, argv, &choice);
    snprintf(name, sizeof name, "warpcheck %s", choice.command->name);
    argv[choice.first] = name;
    return choice.command->run(argc - choice.first, argv + choice.first);
}
