/* Projection: from source pixels to output positions, for a warp by any matrix of two
 * axes, in any units.
 *
 * A homography is a bijection of the projective plane, so a source pixel belongs to one
 * output position, however the horizon (where W is 0) lies: nothing has to be cut off
 * there. */
#ifndef WCK_COVERAGE_PROJECTION_H
#define WCK_COVERAGE_PROJECTION_H

#include "reference/warp.h"

/* Rows (X, Y, W), homogeneous: the position is (X/W, Y/W), centres at integers. */
struct wck_projection {
    double forward[9];
    double size[9]; /* magnitude of the terms that an entry was summed of */
    bool unknown;   /* the matrix cannot be told from a singular one */
};

/* The warp has been checked; its map is by a matrix of two axes. */
struct wck_projection wck_projection_of(const struct wck_warp *warp);

/* Does the output's closed pixel-edge rectangle hold the position of source pixel
 * (x, y)?  Within the rounding error of its edge it does; true where unknown. */
bool wck_projection_holds(const struct wck_projection *projection,
                          const double output[2], double x, double y);

#endif
