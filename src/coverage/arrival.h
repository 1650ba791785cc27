/* Arrival: what the upstream gradient of one plane sends to each source pixel. */
#ifndef WCK_COVERAGE_ARRIVAL_H
#define WCK_COVERAGE_ARRIVAL_H

#include "src/coverage/coverage.h"

struct wck_arrival {
    struct wck_block block;
    size_t pixels;
    double *sum;         /* of g w over the outputs with w != 0 and g != 0 (A) */
    double *magnitude;   /* of |g w| over the same */
    size_t *terms;       /* how many they are */
    double *behind;      /* sum of |g| over T, finite ones only */
    unsigned char *firm; /* some |w| of T is larger than what rounding makes of 0; set
                            along with `reads` */
    /* How far a tap's coordinate and its weight may be off, in pixels and in weight; 0
     * where the gradient is the reference's own. */
    double coordinate_error, weight_error;
    double largest;    /* finite |g|, over all planes so far */
    size_t non_finite; /* samples whose g or coordinate is not finite */
};

/* Release with wck_arrival_release, whatever was returned. */
enum wck_status wck_arrival_init(struct wck_arrival *arrival,
                                 const struct wck_warp *warp, struct wck_error *err);
void wck_arrival_release(struct wck_arrival *arrival);

/* Is the upstream gradient the same in every plane? */
bool wck_arrival_uniform(const struct wck_coverage_request *request);

/* Clears all but `largest` and streams the outputs of `plane`, by blocks.  Where
 * `reads` is not NULL, also counts there how many outputs list each pixel (T), and adds
 * their |w| to `weight`. */
void wck_arrival_plane(struct wck_arrival *arrival,
                       const struct wck_coverage_request *request, size_t plane,
                       uint32_t *reads, double *weight);

#endif
