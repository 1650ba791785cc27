#include <stdio.h>
#include <stdlib.h>

#include "src/cli/command.h"
#include "src/cli/options.h"
#include "src/subject/offer.h"
#include "src/subject/serve.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
    const char **path = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        wck_usage_init(state);
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            wck_usage(state, "one argument too many: '%s'", arg);
        *path = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        wck_usage(state, "no plugin is given");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .parser = parse,
    .args_doc = "FILE|SUBJECT",
    .doc = "Be a worker, as doc/protocol.md has it, that answers with the plugin in a "
           "shared library, or with builtin:reference or deviation:NAME.  The "
           "environment variable WARPCHECK_FDS holds the numbers "
           "of its descriptors.",
};

int wck_serve_main(int argc, char **argv)
{
    const char *path = NULL, *numbers = getenv("WARPCHECK_FDS");
    struct wck_serve_lines lines;
    struct wck_plugin *plugin;
    struct wck_error err = {0};
    enum wck_status status;

    wck_options_parse(&argp, 0, argc, argv, &path);
    if (numbers == NULL || !wck_serve_read_lines(numbers, &lines)) {
        wck_error_set(&err, WCK_INVALID,
                      "WARPCHECK_FDS must hold the numbers of 2 or 4 descriptors");
        return wck_command_failed(argv[0], &err);
    }
    status = wck_offer_named(path) ? wck_offer_new(&plugin, path, &err)
                                   : wck_plugin_new(&plugin, path, &err);
    if (status == WCK_OK)
        status = wck_serve(plugin, &lines, &err);
    wck_plugin_free(plugin);
    return status == WCK_OK ? WCK_EXIT_OK : wck_command_failed(argv[0], &err);
}
