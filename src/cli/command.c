#include "src/cli/command.h"

#include <stdbool.h>
#include <stdio.h>

int wck_command_failed(const char *command, const struct wck_error *err)
{
    bool usage = err->status == WCK_INVALID || err->status == WCK_UNSUPPORTED;

    fprintf(stderr, "%s: %s\n", command, err->text);
    if (usage)
        fprintf(stderr, "Try '%s --help' for more information.\n", command);
    if (usage)
        return WCK_EXIT_USAGE;
    return err->status == WCK_SUBJECT ? WCK_EXIT_SUBJECT : WCK_EXIT_SYSTEM;
}
