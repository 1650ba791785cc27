/* Diagnose: which known way to be wrong is the subject? */
#ifndef WCK_DIAGNOSE_DIAGNOSE_H
#define WCK_DIAGNOSE_DIAGNOSE_H

#include "src/subject/problem.h"
#include "src/subject/subject.h"

/* Compares what the subject does on the problems (a recording: did on its own) with
 * what each hypothesis would: the reference itself, each deviation, each other border
 * and kernel in place of the one declared.  A hypothesis holds where outputs and all
 * gradients agree within the rounding bound on every problem.
 *
 * `failed`, as many, says which problems failed: those are compared first.  Returns in
 * *sentence (malloc'ed; the caller frees) which hypotheses hold, the simplest first,
 * with the residual, and how far the next best is; or that none holds, and the nearest.
 */
enum wck_status wck_diagnose(struct wck_subject *subject,
                             const struct wck_problem *problems, const bool *failed,
                             size_t count, char **sentence, struct wck_error *err);

#endif
