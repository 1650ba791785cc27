/* Second bound: how far rounding may move the derivatives of a pull-back.
 *
 * S = <a, image gradient> + <b, coordinate gradient> of the pull-back of g, along the
 * image alone (b = 0) or along the coordinates alone (a = 0), with a, b and g up to 1.
 * N, S, C, T are the sums of |weights| along an axis and of their first three
 * derivatives, A is the largest |pixel| read, e the error of a coordinate. */
#ifndef WCK_CHECKER_SECOND_BOUND_H
#define WCK_CHECKER_SECOND_BOUND_H

#include "src/checker/cell.h"
#include "src/checker/trial.h"

struct wck_second_bound {
    const struct wck_trial *trial; /* borrowed */
    bool by_image;                 /* S runs along the image, else the coordinates */
    double u, n, s, c, t, amplitude;
};

struct wck_second_bound wck_second_bound_of(const struct wck_trial *trial,
                                            bool by_image);

/* Of dS/dg at one output, in a sum of so many terms, and what that may be.  It is the
 * output of a, or the slopes times b: as forward mode (src/checker/forward_mode.c). */
double wck_second_value(const struct wck_second_bound *bound,
                        const struct wck_problem *problem, size_t sample, double terms);
double wck_second_value_scale(const struct wck_second_bound *bound);

/* Of dS/du of one output, per |g|, likewise.  Along the image it is the slope of a.
 * Along the coordinates a sum of w''_x w_y and w'_x w'_y times pixels, of up to C N +
 * S^2, whose own derivatives add up to T N + C S and 2 C S. */
double wck_second_bend(const struct wck_second_bound *bound,
                       const struct wck_problem *problem, size_t sample, double terms);
double wck_second_bend_scale(const struct wck_second_bound *bound);

/* Of the share of one output in dS/dx of one pixel, per |g|, in a sum of so many terms:
 * both slopes of a weight.  A slope along an axis is off by r roundings, a weight by K:
 * r N + K S for their product. */
double wck_second_share(const struct wck_second_bound *bound,
                        const struct wck_problem *problem, size_t sample, double terms);
double wck_second_share_scale(const struct wck_second_bound *bound);

/* What remains between the derivative of S's share of one output that the cell's nodes
 * make at u, and the true one: 0 for polynomials. */
double wck_second_truncation(const struct wck_second_bound *bound,
                             const struct wck_cell *cell, double u);

#endif
