/* Grid rounding: do a subject's coordinates go by way of a normalised grid?
 *
 * Matrices of the harness's choice give coordinates that are exact in every order of
 * evaluation, and no checker allows a rounding there.  One right way rounds all the
 * same: by a grid of -1 .. 1, as torch's affine_grid and grid_sample make it. */
#ifndef WCK_RUN_GRID_ROUNDING_H
#define WCK_RUN_GRID_ROUNDING_H

#include "src/checker/checker.h"

/* What a subject has shown, by the type of its images; {0}: not asked yet. */
struct wck_grid_rounding_shown {
    bool asked[WCK_DTYPE_COUNT], rounds[WCK_DTYPE_COUNT];
};

/* Where the subject's coordinates round as by a normalised grid, gives the problem that
 * arithmetic; else, and where the problem names an arithmetic or has no matrix, leaves
 * it alone.  A subject that refuses has shown nothing; WCK_SUBJECT where it is at
 * fault.
 *
 * Asked for once a type that is answered, by whole shifts of a checkerboard: every
 * coordinate is whole, so that a white pixel next door has no weight, and whatever
 * arrives from it is a rounding.  It counts where some arrives, and nowhere more than
 * by that arithmetic (wck_problem_coordinate_error).  What chooses among pixels by a
 * rule of its own, right or wrong, arrives whole or not at all. */
enum wck_status wck_grid_rounding_allow(struct wck_grid_rounding_shown *shown,
                                        struct wck_subject *subject,
                                        struct wck_problem *problem, bool *changed,
                                        struct wck_error *err);

#endif
