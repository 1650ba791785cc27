/* Remainder: what a first-order prediction leaves, along a path p + h d of the map's
 * parameters (src/checker/path.h).  With f = <g, F>, F the subject's output:
 *
 *     r(h) = f(p + h d) - f(p) - h <gradient, d>  =  a h^2 + c(h) h^3,  |c| <= C
 *
 * falls with order 2 where the gradient is that of the subject's own output, and with
 * order 1 where it is not.  Outputs that may come upon a knot on the way are set aside
 * by g_o = 0, and so are those whose divided differences between steps and 0 are beyond
 * what a smooth one has, f''/2 of three points and f'''/6 of four: the subject's knots
 * lie elsewhere.  g takes the sign of each output's bend, so that a is a sum of
 * magnitudes.
 *
 * With N(h) a bound on the rounding error of r, every h says a >= (|r| - N - C h^3) /
 * h^2; with the largest of these log2 |r| is known to -log2(1 - e), e = (C h + N / h^2)
 * / a, and the slope of a straight line through such points, GSL's fit, to sum |w_k|
 * times that, its own weights being w_k = (x_k - mean) / sum (x - mean)^2. */
#ifndef WCK_CHECKER_REMAINDER_H
#define WCK_CHECKER_REMAINDER_H

#include "src/checker/path.h"

#define WCK_REMAINDER_STEPS 7
#define WCK_REMAINDER_FEWEST 3 /* points that make an order */

struct wck_remainder {
    struct wck_path path;
    struct wck_image image, upstream;                 /* random; g */
    struct wck_image output[WCK_REMAINDER_STEPS + 2]; /* by step */
    double ratio;  /* q of a step to the next: 4 in float64, 2 in narrow types */
    double *doubt; /* a bound on the rounding error of each output; owned */
    size_t used, aside, bent;          /* samples: used, near a knot, not smooth */
    double cubic;                      /* C */
    double scale;                      /* bound on |f'|: what an error is relative to */
    double noise[WCK_REMAINDER_STEPS]; /* N(h) */
    double value[WCK_REMAINDER_STEPS]; /* r(h) */
    size_t points;                     /* that count: e is small */
    double x[WCK_REMAINDER_STEPS], y[WCK_REMAINDER_STEPS]; /* log2 h and log2 |r| */
    double close[WCK_REMAINDER_STEPS];                     /* to which y is known */
    double order; /* where there are points enough */
};

/* Release with wck_remainder_release, whatever was returned. */
enum wck_status wck_remainder_prepare(struct wck_remainder *r, struct wck_trial *trial,
                                      enum wck_path_kind kind, struct wck_error *err);
void wck_remainder_release(struct wck_remainder *r);

/* Calls the subject at every step, and works out all the rest.  Nothing but `aside` and
 * `bent` where no sample is left. */
enum wck_status wck_remainder_follow(struct wck_remainder *r, struct wck_error *err);

/* h of step k; then 0, and the last on the other side: a knot at p itself shows. */
double wck_remainder_step(const struct wck_remainder *r, int k);

/* Is it within rounding at every step? */
bool wck_remainder_is_exact(const struct wck_remainder *r);

/* A bound on how far the order of a right gradient may be from 2. */
double wck_remainder_order_bound(const struct wck_remainder *r);

#endif
