/* Draws: a set of random similarity-like warps, as augmentations make them.
 *
 * Warp number k (from 1) depends on the seed, k and the ranges alone, so that a larger
 * set begins with the smaller one.  Each of its five numbers is uniform in its range,
 * and is drawn whether or not the range has more than one point.  With centres
 * ((W-1)/2, (H-1)/2) of image and output, from source to output:
 *
 *     p -> centre of the output + shift + scale R(rotate) [1 tan(shear); 0 1]
 *          (p - centre of the image)
 *
 * where R(t) = [cos t, sin t; -sin t, cos t] turns counter-clockwise as seen, y
 * pointing down: as cv2.getRotationMatrix2D does. */
#ifndef WCK_RUN_DRAWS_H
#define WCK_RUN_DRAWS_H

#include "reference/warp.h"

struct wck_range {
    double low, high;
};

struct wck_draws {
    const struct wck_warp *warp; /* borrowed; the sizes of image and output are read */
    uint64_t seed, count;
    struct wck_range rotate; /* degrees */
    struct wck_range scale;  /* factor, above 0 */
    struct wck_range shift;  /* pixels of the output, each axis by itself */
    struct wck_range shear;  /* degrees, between -90 and 90 */
    uint64_t drawn;          /* so far */
};

/* The next map; *more is false after the last.  `state` is a struct wck_draws.
 * WCK_INVALID, with the number of the warp, for one that is singular. */
enum wck_status wck_draws_next(void *state, struct wck_map *map, bool *more,
                               struct wck_error *err);

#endif
