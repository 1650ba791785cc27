/* Walk: the taps of one sample, one by one, whatever the kernel. */
#ifndef WCK_REFERENCE_WALK_H
#define WCK_REFERENCE_WALK_H

#include "reference/area.h"

/* Where it stands; the block and the warp are borrowed. */
struct wck_walk {
    struct wck_area_walk area; /* of a kernel with a footprint */
    struct wck_tap taps[WCK_SAMPLE_TAPS];
    size_t at, count;
    size_t width;
    bool by_area;
};

/* Begins with the taps of sample first+i of the block. */
void wck_walk_begin(struct wck_walk *walk, const struct wck_warp *warp,
                    const struct wck_block *block, size_t i);

/* The next tap: each pixel and the border value at most once.  False after the last. */
bool wck_walk_next(struct wck_walk *walk, struct wck_tap *tap);

#endif
