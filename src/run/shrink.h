/* Shrink: reduces a failure to the smallest problem that still has it.
 *
 * One simplification after the other (src/run/simplify.h) is put to the same checker,
 * and kept only where a finding fails again with the same id: the same claim, for the
 * same cause.  Where the failure shows in a recording (src/run/witness.h), it has to
 * show in one of the simpler problem, too; the arrays of that are made simpler at the
 * end.  The order is fixed and no choice is random: the same subject shrinks to the
 * same problem. */
#ifndef WCK_RUN_SHRINK_H
#define WCK_RUN_SHRINK_H

#include "src/checker/checker.h"
#include "src/run/fault.h"
#include "src/run/simplify.h"
#include "src/run/witness.h"

/* Most problems that are tried, and most arrays after them. */
#define WCK_SHRINK_TRIES 400

struct wck_shrink_request {
    struct wck_subject *subject;       /* borrowed; answers */
    const struct wck_problem *problem; /* that failed */
    const struct wck_finding *finding; /* one that failed there; its id is kept */
    double resolution;                 /* 0: the checkers' own */
    size_t tries;                      /* 0: WCK_SHRINK_TRIES */
};

struct wck_shrunk {
    struct wck_simpler smallest; /* do not copy: it points into itself */
    struct wck_finding finding;  /* of the smallest problem; texts owned */
    struct wck_witness witness;  /* {0} where the failure shows in no recording */
    size_t tried, kept;          /* simplifications of the problem */
    bool repeats; /* the failure came again; false: nothing could be shrunk, and the
                     finding is the one given */
};

/* Release with wck_shrunk_release, whatever was returned.  The original failure is
 * never lost: at worst it is the result.  A fault of the subject is noted, and nothing
 * that it happened on is kept; where the subject is lost the search ends, with what it
 * had. */
enum wck_status wck_shrink(struct wck_shrunk *shrunk,
                           const struct wck_shrink_request *request,
                           struct wck_faults *faults, struct wck_error *err);

/* The same for the call of a library's convention that `inputs`, copied, hold: its
 * arrays are cut (src/run/trim.h) and made simpler.  request->problem is not read; the
 * finding keeps the command that puts the whole call. */
enum wck_status wck_shrink_call(struct wck_shrunk *shrunk,
                                const struct wck_shrink_request *request,
                                const struct wck_npz *inputs, struct wck_faults *faults,
                                struct wck_error *err);
void wck_shrunk_release(struct wck_shrunk *shrunk);

#endif
