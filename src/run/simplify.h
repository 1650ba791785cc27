/* Simplify: the ways in which a problem can be made simpler, in the order in which they
 * are tried.
 *
 * Rows that make it smaller come first: layout, channels, output, image.  Cutting off a
 * side of the output or of the image moves the matrix with it, so that what is left is
 * sampled where it was.  Then come numbers: entries of the matrix as in the identity,
 * whole, halves; the border value 0.  Kernel, border, direction, type and seed stay. */
#ifndef WCK_RUN_SIMPLIFY_H
#define WCK_RUN_SIMPLIFY_H

#include "src/subject/problem.h"

/* A problem that owns its border values, to which its warp points: copies
 * are made by wck_simpler_of. */
struct wck_simpler {
    struct wck_problem problem;
    double border_value[WCK_PROBLEM_CHANNELS];
};

/* Copies; the result points to border values of its own. */
void wck_simpler_of(struct wck_simpler *copy, const struct wck_problem *problem);

struct wck_simplification {
    const char *name, *summary;
    size_t attempts;
    /* Makes *problem simpler; false, with *problem left as any, where attempt number
     * `attempt` < attempts has nothing to change.  Applied again and again, no row goes
     * on for ever. */
    bool (*apply)(struct wck_simpler *problem, size_t attempt);
};

/* Rows 0 .. wck_simplification_count()-1; NULL beyond. */
size_t wck_simplification_count(void);
const struct wck_simplification *wck_simplification_row(size_t row);

#endif
