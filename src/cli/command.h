/* Command: the sub-commands of the program, and what it exits with. */
#ifndef WCK_CLI_COMMAND_H
#define WCK_CLI_COMMAND_H

#include "src/base/error.h"

enum wck_exit {
    WCK_EXIT_OK = 0,
    WCK_EXIT_FAILED = 1,  /* a finding failed */
    WCK_EXIT_USAGE = 2,   /* arguments that cannot be used, or do not fit together */
    WCK_EXIT_SUBJECT = 3, /* the subject crashed, hung or broke the protocol */
    WCK_EXIT_SYSTEM = 4,  /* a file's contents, input or output, or no memory */
    WCK_EXIT_UNJUDGED = 5 /* nothing could be judged */
};

struct wck_command {
    const char *name;
    const char *summary;
    /* Runs with arguments of its own: argv[0] is "warpcheck NAME".  Returns an exit
     * code; --help, --version and usage errors exit by themselves. */
    int (*run)(int argc, char **argv);
};

int wck_coverage_main(int argc, char **argv);
int wck_verify_main(int argc, char **argv);
int wck_identify_main(int argc, char **argv);
int wck_compare_main(int argc, char **argv);
int wck_warp_main(int argc, char **argv);
int wck_list_main(int argc, char **argv);
int wck_doctor_main(int argc, char **argv);
int wck_conform_main(int argc, char **argv);
int wck_serve_main(int argc, char **argv);

/* Says `err` on standard error as "COMMAND: text", with a hint where the usage is
 * wrong, and returns the exit code of its status. */
int wck_command_failed(const char *command, const struct wck_error *err);

#endif
