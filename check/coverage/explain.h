/* Explain: why each entry of an image gradient is 0, found out by experiments and not
 * by the definitions that src/coverage works with:
 *   out-of-view, skipped   no nudge of the coordinates makes an output answer; inside
 *                          the outline of the output or not
 *   zero-weight            an output answers once the coordinates are nudged
 *   upstream-zero          a gradient appears with another upstream gradient
 *   cancelled, underflow   the worst rounding of the gradient's type makes the sum 0:
 *                          of each term in proportion, or by half its smallest number
 *   plateau, lost-in-backward, unexplained
 *                          the subject is moved, by small steps and by large ones */
#ifndef CHECK_COVERAGE_EXPLAIN_H
#define CHECK_COVERAGE_EXPLAIN_H

#include "check/coverage/trial.h"

/* A floating-point type by its numbers. */
struct explain_type {
    const char *name;
    int digits, least, most; /* bits of the significand; of the smallest number above 0,
                                and beyond the largest, the exponents */
};

#define EXPLAIN_TYPES 4
extern const struct explain_type explain_types[EXPLAIN_TYPES];

/* `value` in that type, ties to even. */
double explain_round(const struct explain_type *type, __float128 value);

struct explain_question {
    const struct trial_warp *warp;
    size_t planes;
    const struct explain_type *type; /* of the gradient */
    const double *upstream; /* planes x outputs, plane by plane; NULL: not known */
    const double *gradient; /* planes x pixels, given; NULL: the warp's own */
    /* What the subject's loss changes by where the entry is moved, a small step and a
     * full one, over the step; NULL: nobody moved it. */
    const double *numeric, *response;
};

struct explain_counts {
    size_t pixels, entries;
};

struct explanation {
    const char **reason; /* planes x pixels: the reason's id; NULL: it is covered */
    size_t spurious, negligible, framed, listed, non_finite;
    struct explain_counts reachable;
};

/* Release with explanation_free. */
struct explanation explain(const struct explain_question *question);
void explanation_free(struct explanation *explanation);

/* Could all weights of that source pixel be 0 in a given gradient, whose coordinates
 * are off by up to `error` pixels and whose weights by up to `rounding`?  Each answer
 * of the pixel comes to an end, or so near 0, where the coordinates are moved. */
bool explain_may_vanish(const struct trial_warp *warp, size_t pixel, double error,
                        double rounding);

#endif
