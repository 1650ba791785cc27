/* Reads: what the declared warp's pull-back adds up in each input pixel for one
 * upstream gradient g, in magnitudes.  Per input entry ([plane][pixel]), over the
 * outputs that list it. */
#ifndef WCK_CHECKER_READS_H
#define WCK_CHECKER_READS_H

#include "src/checker/trial.h"

struct wck_reads {
    double *terms;     /* how many */
    double *magnitude; /* sum of |w g| */
    double *reach;     /* sum of |g| */
    double *slack;     /* sum of |g| times what rounding and the coordinate's error may
                          change in w */
    size_t open;  /* samples of which rounding leaves open what pixels are listed */
    double stray; /* what those may add to any entry, sum of |w g| */
};

/* Release with wck_reads_release, whatever was returned.  Not for a prefilter, which
 * makes every output read every pixel. */
enum wck_status wck_reads_init(struct wck_reads *reads, const struct wck_trial *trial,
                               const struct wck_image *upstream, struct wck_error *err);
void wck_reads_release(struct wck_reads *reads);

#endif
