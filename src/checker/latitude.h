/* Latitude: how far two right answers to the same calls may be apart, entry by entry:
 * those of a subject that has other code for other strides, which rounds otherwise.
 *
 * Both lie in the margin of the declared warp (src/checker/margins.h), so they differ
 * by no more than it is wide.  Coordinates may go by a normalised grid, whoever's they
 * are: where that leaves a side of a kink open, the margin is as wide as the kink. */
#ifndef WCK_CHECKER_LATITUDE_H
#define WCK_CHECKER_LATITUDE_H

#include "src/subject/problem.h"

struct wck_latitude {
    double *output; /* planes x samples; owned, and the others are parts of it */
    double *image;  /* planes x pixels */
    double *number; /* channels; then the matrix's entries, or x and y of all samples */
};

/* All of an upstream gradient.  A kernel with a footprint has no margins: there it is
 * what its roundings may add up to at the very most, beyond which a difference is
 * gross, and infinite for gradients of the map.  On failure there is nothing to
 * release. */
enum wck_status wck_latitude_make(struct wck_latitude *latitude,
                                  const struct wck_problem *problem,
                                  const struct wck_image *image,
                                  const struct wck_image *upstream,
                                  struct wck_error *err);
void wck_latitude_release(struct wck_latitude *latitude);

#endif
