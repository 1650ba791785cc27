/* Cost: what a remedy costs, in numbers. */
#ifndef WCK_RUN_COST_H
#define WCK_RUN_COST_H

#include "src/run/reduction.h"

/* A warp in place of another.  {0} except for the warp is that warp by itself. */
struct wck_remedy {
    const struct wck_warp *warp;
    size_t split; /* each output of the remedy is the mean of split x split outputs of
                     `warp`, which has that many times the outputs; 0 means 1 */
    int64_t shift_x, shift_y; /* the original's output (x, y) is the remedy's
                                 (x + shift_x, y + shift_y) */
    const struct wck_reduction *reduction; /* of the image, made first; NULL: none */
    bool even; /* a tap of weight 0 is given 1/n of the n taps that its sample lists in
                  the image */
};

/* With w(o, p) the weight of source pixel p in output o of the original, w'(o, p) that
 * of the remedy, and a(o) the sum of |upstream gradient| at output o over the planes
 * (1 where it is the same everywhere, or not known; what is not finite counts as 0):
 *
 *   bias  sum a(o) |w'(o, p) - w(o, p)| / sum a(o) |w(o, p)|   over all o and p.
 *         An output that only one of the two has weighs nothing in the other, and has
 *         a = 1.  0: the gradient is the true one of the original, whatever the
 *         upstream gradient; 2 where the two have no pixel in common and weigh as much.
 *         NaN where the original sends nothing.
 *   work  taps read by the remedy, its reduction's among them, over those that the
 *         original reads; taps are counted as the kernel lists them, before the border
 *         folds them (of a kernel with a footprint, a pixel once).  NaN where the
 *         original reads none.
 *
 * Of more than WCK_COST_OUTPUTS outputs so many are measured, spread evenly: the
 * outputs row by row are cut into as many runs of equal length, within one, and one
 * output of each, drawn by a fixed seed, stands for its run.  The same request has the
 * same numbers. */
#define WCK_COST_OUTPUTS ((size_t)1 << 14)

struct wck_cost {
    double bias, work;
    size_t measured, outputs; /* of the original: measured == outputs is exact, unless
                                 the remedy has more outputs than can be measured */
};

struct wck_cost_request {
    const struct wck_warp *original;
    size_t planes;                    /* of the upstream gradient */
    const struct wck_image *upstream; /* NULL: the same everywhere */
    size_t most;                      /* outputs to measure; 0: WCK_COST_OUTPUTS */
};

/* Measures it, output by output, or on some of them.  The sizes of source and output,
 * shift and split are such that the outputs match. */
enum wck_status wck_cost_measure(struct wck_cost *cost,
                                 const struct wck_cost_request *request,
                                 const struct wck_remedy *remedy,
                                 struct wck_error *err);

#endif
