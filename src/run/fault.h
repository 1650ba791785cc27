/* Fault: what went wrong with the subject during a job that goes on without it. */
#ifndef WCK_RUN_FAULT_H
#define WCK_RUN_FAULT_H

#include <stddef.h>

#include "src/verdict/finding.h"

/* {0}: none. */
struct wck_faults {
    struct wck_error first;
    size_t count;
    unsigned long
        risked; /* bit k: by checker number k, which is risky: not run again */
};

void wck_faults_note(struct wck_faults *faults, const struct wck_error *why);

/* At the end of the job: WCK_OK without a fault; else WCK_SUBJECT and the first fault's
 * text, and a verdict that is no failure becomes inconclusive: a subject that was at
 * fault has not passed. */
enum wck_status wck_faults_conclude(const struct wck_faults *faults,
                                    enum wck_verdict *verdict, struct wck_error *err);

#endif
