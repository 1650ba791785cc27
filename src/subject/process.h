/* Process: a program that runs beside the host.
 *
 * The program is executed, never forked into.  Nothing that it starts outlives it
 * (src/subject/keeper.h). */
#ifndef WCK_SUBJECT_PROCESS_H
#define WCK_SUBJECT_PROCESS_H

#include <sys/types.h>

#include "src/base/error.h"
#include "src/subject/channel.h"
#include "src/subject/sandbox.h"

#define WCK_PROCESS_LENT 2 /* most descriptors lent to it */

struct wck_process {
    pid_t keeper;
    int control; /* closed to have everything killed */
    struct wck_channel channel;
};

/* Starts argv[0], looked for on the PATH.  The environment variable WARPCHECK_FDS tells
 * it the numbers of its descriptors: what to read, what to write, and the `count` that
 * are lent (borrowed here); TMPDIR is the folder of the sandbox, which it runs in and
 * which is borrowed until it ends.  WCK_IO where the system has no process or
 * descriptor left; that there is no such program shows in the first talk with it.  Free
 * with wck_process_free. */
enum wck_status wck_process_new(struct wck_process **process, char *const *argv,
                                const int *lent, size_t count,
                                struct wck_sandbox *sandbox, struct wck_error *err);

/* Asks it to end by closing what it reads, gives it `patience` seconds, and kills what
 * is left of it and of all that it started. */
void wck_process_free(struct wck_process *process, double patience);

#endif
