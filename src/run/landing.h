/* Landing: where an image lands in the output of an affine warp, and the smallest
 * output that would read all of it. */
#ifndef WCK_RUN_LANDING_H
#define WCK_RUN_LANDING_H

#include "reference/warp.h"

/* More outputs than this are not tried. */
#define WCK_LANDING_SAMPLES ((size_t)1 << 26)

struct wck_landing {
    bool tried;              /* false: the image lands too far off or too large */
    size_t width, height;    /* of the output: as asked for where not tried */
    double shift_x, shift_y; /* whole pixels by which the image must first be moved */
    double matrix[6];        /* the warp's, with that shift; its direction is kept */
};

/* Finds the smallest output (and shift, where the image lands left of or above the
 * output's first pixel, or too far beyond it) in which every pixel that some output
 * pixel could read with a weight other than 0, were the output unlimited, is still
 * read; taps are not folded. Sides are drawn in one after the other: left, right, top,
 * bottom.  WCK_INVALID for maps that are not affine. */
enum wck_status wck_landing_find(struct wck_landing *landing,
                                 const struct wck_warp *warp, struct wck_error *err);

#endif
