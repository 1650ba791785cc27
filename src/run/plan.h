/* Plan: the problems that a verification puts. */
#ifndef WCK_RUN_PLAN_H
#define WCK_RUN_PLAN_H

#include "src/run/verify.h"
#include "src/subject/problem.h"

struct wck_plan {
    struct wck_problem *problems;
    size_t count;
    double *border_value; /* what the problems' warps point to; owned */
};

/* Combinations of kernel, border, layout, dtype and matrix that the request leaves
 * open, as many as its level says: 1, bilinear in float64; 2, the first kernel of each
 * family of at most four taps an axis; 3, all kernels, and one image larger than 256
 * pixels a side and 65,536 in all, and sources and outputs
 * with sides of 1 (bilinear, and the first kernel of four taps); up to there with
 * layouts by turns; 4, every layout too; 5, with three seeds, and nothing by turns.  Up
 * to level 4 kernels of more than four taps an axis, and those that are neither asked
 * for by name nor the first of their family, get dtypes and matrices by turns.  Chosen
 * matrices map output to source with entries that are multiples of 2^-8 and a
 * determinant that is a power of two, so that every coordinate is exact in float32 and
 * float64 whatever the order of evaluation, in both directions: a shear that leaves the
 * image on all sides, a shift by whole and half pixels, a minification over more than a
 * period, a flipped magnification; in float64 also a rotation, whose coordinates round.
 * Of border values given one a channel a layout without channels, unless it is asked
 * for, gets the first. WCK_INVALID where the request contradicts itself. */
enum wck_status wck_plan_make(struct wck_plan *plan,
                              const struct wck_verify_request *request,
                              struct wck_error *err);
void wck_plan_release(struct wck_plan *plan);

/* Makes the border values of all problems 0, or what they are by default: not 0, and
 * other ones for each channel, so that a subject that forgets one shows.  Not where the
 * request names them. */
void wck_plan_fill_zero(struct wck_plan *plan, bool zero);

#endif
