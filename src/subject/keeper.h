/* Keeper: the small process between the host and a subject's process.
 *
 * It starts the subject, tells how that ended, and kills whatever the subject started:
 * orphans come to it (PR_SET_CHILD_SUBREAPER), whatever session or process group they
 * moved to.  It does so when the subject ends, and when the host says so or is gone. */
#ifndef WCK_SUBJECT_KEEPER_H
#define WCK_SUBJECT_KEEPER_H

#include <stddef.h>

#include "src/subject/sandbox.h"

#define WCK_KEEPER_FIRST 3 /* descriptor that a subject has the first of its own as */
#define WCK_KEEPER_DESCRIPTORS 4

struct wck_keeper {
    char *const *argv; /* argv[0] is looked for on the PATH */
    char *const *environment;
    int control;            /* its end of file says: kill */
    int report;             /* takes one struct wck_keeper_report */
    int input;              /* the subject's standard input */
    int prints;             /* its standard output and error */
    const int *descriptors; /* it has them as 3, 4, ... */
    size_t count;
    unsigned limit;              /* descriptors are numbered below this */
    struct wck_sandbox *sandbox; /* that the subject enters */
};

struct wck_keeper_report {
    int error;  /* errno where the program could not be executed; else 0 */
    int status; /* as waitpid tells it */
};

/* To be called in a child just forked; never returns.  Only async-signal-safe functions
 * are called from here on: the host may have threads. */
_Noreturn void wck_keeper_run(const struct wck_keeper *keeper);

#endif
