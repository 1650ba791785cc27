/* Arrival: what the upstream gradient of one plane sends to each source pixel. */
#ifndef WCK_COVERAGE_ARRIVAL_H
#define WCK_COVERAGE_ARRIVAL_H

#include "src/coverage/coverage.h"

struct wck_arrival {
    struct wck_block block;
    size_t pixels;
    double *sum;       /* of g w over the outputs with w != 0 and g != 0 (A) */
    double *magnitude; /* of |g w| over the same */
    size_t *terms;     /* how many they are */
    double *behind;    /* sum of |g| over T, finite ones only */
    /* Where a gradient is given: |g| times how far a weight may be off, over the
     * samples that may list the pixel; and over those that may list any pixel whatever.
     */
    double *uncertain;
    double stray;
    size_t non_finite; /* samples whose g or coordinate is not finite */

    /* Of the batch item's geometry, whatever the upstream gradient. */
    uint32_t *reads;       /* outputs that list the pixel (T) */
    double *weight;        /* sum of |w| over them */
    unsigned char *firm;   /* some |w| is larger than what rounding makes of a 0 */
    unsigned char *filled; /* a sample that was filled whole would have listed it */
    /* How a sample's slack is read: as an error of its coordinate, along with one of
     * the weight itself, or as one of its weights. */
    bool by_slope;
    double weight_error;
};

/* Release with wck_arrival_release, whatever was returned. */
enum wck_status wck_arrival_init(struct wck_arrival *arrival,
                                 const struct wck_warp *warp, struct wck_error *err);
void wck_arrival_release(struct wck_arrival *arrival);

/* Is the upstream gradient the same in every plane? */
bool wck_arrival_uniform(const struct wck_coverage_request *request);

/* The upstream gradient of an output; 1 stands for one that is not known. */
double wck_arrival_upstream(const struct wck_coverage_request *request, size_t plane,
                            size_t sample);

/* The warp of a plane's batch item. */
const struct wck_warp *wck_arrival_warp(const struct wck_coverage_request *request,
                                        size_t plane);

/* Streams the outputs of `plane`, by blocks, and sets the sums; where `geometry` is
 * wanted that of the plane's batch item too. */
void wck_arrival_plane(struct wck_arrival *arrival,
                       const struct wck_coverage_request *request, size_t plane,
                       bool geometry);

#endif
