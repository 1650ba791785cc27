/* Sampling: where the samples of a warp fall, counted. */
#ifndef WCK_RUN_SAMPLING_H
#define WCK_RUN_SAMPLING_H

#include "reference/warp.h"

struct wck_sampling {
    size_t samples;
    size_t outside;    /* the coordinate is beyond the outer edges of the pixels: below
                          -1/2 or above n - 1/2 along some axis */
    size_t filled;     /* no pixel is read, only the border value */
    size_t non_finite; /* the coordinate is NaN or infinite: nothing is read */
    size_t taps;       /* of all samples */
};

/* Adds the samples of one warp to the counts. */
enum wck_status wck_sampling_add(struct wck_sampling *sampling,
                                 const struct wck_warp *warp, struct wck_error *err);

#endif
