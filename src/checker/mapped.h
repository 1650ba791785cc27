/* Mapped: a problem with the same samples, by a map of their coordinates: for subjects
 * that take no matrix, and for what a matrix cannot say. */
#ifndef WCK_CHECKER_MAPPED_H
#define WCK_CHECKER_MAPPED_H

#include "src/checker/checker.h"

struct wck_mapped {
    struct wck_problem problem;
    double *x, *y; /* of each sample, rounded to the type that they are given in; one
                      allocation, x */
};

/* Release whatever was returned.  The problem points to x and y. */
enum wck_status wck_mapped_init(struct wck_mapped *mapped,
                                const struct wck_problem *problem,
                                struct wck_error *err);
void wck_mapped_release(struct wck_mapped *mapped);

/* Judges by the trial itself or, where that is not supported and its map is a matrix,
 * by the same with a map of coordinates: `by`; `trial` is the one to report to.  The
 * error is that of the trial itself where neither is supported. */
enum wck_status wck_mapped_judge(struct wck_trial *trial,
                                 enum wck_status (*judge)(struct wck_trial *trial,
                                                          struct wck_trial *by,
                                                          struct wck_error *err),
                                 struct wck_error *err);

#endif
