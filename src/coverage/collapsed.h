/* Collapsed: the frame of an affine map that has no inverse, a segment or a point. */
#ifndef WCK_COVERAGE_COLLAPSED_H
#define WCK_COVERAGE_COLLAPSED_H

#include "reference/warp.h"

struct wck_collapsed {
    bool is_one; /* the map from output to source cannot be told from a singular one */
    double a[2], b[2]; /* the segment's ends, in source pixels */
    double slack;      /* bounds how far the exact outline is from it */
};

/* For an affine map of two axes in pixels; what OpenCV makes of a singular matrix is
 * one too, the point (0, 0). */
struct wck_collapsed wck_collapsed_of(const struct wck_warp *warp);

/* Is the source pixel (x, y) on the segment? */
bool wck_collapsed_holds(const struct wck_collapsed *collapsed, double x, double y);

#endif
