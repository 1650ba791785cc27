/* Reach: the source pixels that a sample may list where its coordinate is not known to
 * the last digit. */
#ifndef WCK_COVERAGE_REACH_H
#define WCK_COVERAGE_REACH_H

#include "reference/warp.h"

#define WCK_REACH_BOUND 4.0 /* pixels; a coordinate further off may be anywhere */

/* Is a sample at u, up to `bound` pixels off along its axis, surely on one side of
 * every knot and of every edge of a fold?  They lie at multiples of 1/2. */
bool wck_reach_settled(double u, double bound);

/* Adds `amount` to `sums` (one a pixel, row by row) at each pixel that sample first+i
 * of the block lists at some coordinate within `bound` of its own along each axis; at
 * more pixels where the kernel has a footprint: all in the box round what it may touch,
 * some of them twice.  False, and nothing is added, where a bound is no number or
 * larger than WCK_REACH_BOUND. */
bool wck_reach_add(const struct wck_warp *warp, const struct wck_block *block, size_t i,
                   const double bound[2], double amount, double *sums);

#endif
