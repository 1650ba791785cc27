/* Diagnose: which known way to be wrong is the subject? */
#ifndef WCK_DIAGNOSE_DIAGNOSE_H
#define WCK_DIAGNOSE_DIAGNOSE_H

#include "src/subject/problem.h"
#include "src/subject/subject.h"

struct wck_diagnose_request {
    struct wck_subject *subject;
    const struct wck_problem *problems; /* a recording's own */
    const bool *failed; /* which of the problems, as many: those are compared first */
    size_t count;
    double until; /* of wck_clock_seconds: nothing is begun after it; 0: no limit */
};

/* Compares what the subject does on the problems (a recording: did on its own) with
 * what each hypothesis would: the reference itself, each deviation, each other border
 * and kernel in place of the one declared.  A hypothesis holds where outputs and all
 * gradients agree within the rounding bound on every problem.  Of a large problem it is
 * put to the first rows and columns alone, and to the whole while it holds there; what
 * is the reference there, and on the whole but for few pixels, is told as such.
 *
 * Returns in *sentence (malloc'ed; the caller frees) which hypotheses hold, the
 * simplest first, with the residual, and how far the next best is; or that none holds,
 * and the nearest; or how far the search came until time was up. */
enum wck_status wck_diagnose(const struct wck_diagnose_request *request,
                             char **sentence, struct wck_error *err);

#endif
