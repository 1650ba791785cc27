/* Set: coverage over many warps of one image, such as those of an augmentation.
 *
 * A set is read as one warp with the outputs of all: a pixel is covered where any of
 * the warps gives it a gradient.  Otherwise its reason is the last, in the order of
 * WCK_REASONS, that it has in any of them: out-of-view only where it is out of view in
 * all, zero-weight where some list it and none weighs it.  A reason that is a fault
 * holds even where another warp covers the pixel.
 *
 * The upstream gradient is uniform, so that every plane is like the first.  Warps are
 * added one at a time, and memory does not grow with their number. */
#ifndef WCK_COVERAGE_SET_H
#define WCK_COVERAGE_SET_H

#include "src/coverage/coverage.h"

/* One warp of the set, and how many pixels it covers. */
struct wck_set_warp {
    size_t number; /* from 1, in the order in which they were added */
    size_t pixels;
};

/* {0} is an empty set. */
struct wck_set {
    size_t height, width;
    size_t warps;
    uint32_t *count;       /* height x width: warps that give the pixel a gradient */
    unsigned char *reason; /* height x width: 0, else 1 + the last reason in any */
    double *weight;        /* height x width: sum over the warps of the |weight|s of all
                              outputs        that list the pixel */
    uint32_t *reads;       /* height x width: such outputs, over all warps; at most
                              UINT32_MAX */
    struct wck_set_warp least, most;             /* of equals the first */
    double pixels;                               /* covered, summed over the warps */
    size_t pixels_all, pixels_some, pixels_none; /* covered in all warps, in some but
                                                    not all, in none */
};

/* An empty set for images of that size.  Release with wck_set_release, whatever was
 * returned. */
enum wck_status wck_set_init(struct wck_set *set, size_t height, size_t width,
                             struct wck_error *err);

/* Adds what was found of one more warp; `one` has the set's size.  At most UINT32_MAX
 * can be added: WCK_INVALID beyond. */
enum wck_status wck_set_add(struct wck_set *set, const struct wck_coverage *one,
                            struct wck_error *err);

/* The coverage of the set so far, which has a warp, for an image of that many planes.
 * In it `magnitude` is the share of the warps that give the pixel a gradient, and
 * `largest` the largest share; `weight` is the mean over the warps, and `reads` the
 * sum; what else is said of one warp's frame, upstream and gradient stays 0.  Release
 * with wck_coverage_release, whatever was returned. */
enum wck_status wck_set_coverage(const struct wck_set *set, size_t planes,
                                 struct wck_coverage *coverage, struct wck_error *err);
void wck_set_release(struct wck_set *set);

#endif
