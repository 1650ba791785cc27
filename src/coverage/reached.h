/* Reached: which entries get a gradient, without the reasons of the others.
 *
 * What src/coverage/coverage.h would say of the reference's own gradient, at a fraction
 * of its time: neither slopes nor geometry are looked at. */
#ifndef WCK_COVERAGE_REACHED_H
#define WCK_COVERAGE_REACHED_H

#include "src/coverage/coverage.h"

/* What arrives at one pixel in one plane: the sum of g w and of |g w| over the outputs
 * where neither is 0, and how many they are. */
struct wck_arrived {
    double sum, magnitude, terms;
};

/* Is it a gradient: beyond the rounding error of the sum, finite, and not 0 after it
 * is rounded to the dtype?  `detour` are the roundings that a term met before it was
 * added. */
bool wck_arrived_counts(const struct wck_arrived *arrived, double detour,
                        enum wck_dtype dtype);

/* Streams the outputs of a plane, by blocks, and sets what arrives at each of the
 * source's pixels.  The block is one of the request's warp. */
void wck_arrived_plane(struct wck_arrived *arrived, struct wck_block *block,
                       const struct wck_coverage_request *request, size_t plane);

struct wck_reached {
    unsigned char *covered; /* the source's height x width: 1 or 0; owned */
    size_t pixels, entries; /* that are covered */
};

/* The covered entries of a request that wck_coverage_explain takes, has one warp for
 * every batch item, and no gradient to explain.  Release with wck_reached_release,
 * whatever was returned. */
enum wck_status wck_reached_count(struct wck_reached *reached,
                                  const struct wck_coverage_request *request,
                                  struct wck_error *err);
void wck_reached_release(struct wck_reached *reached);

/* Notes that pixel p is covered in `planes` more of the planes. */
void wck_reached_add(struct wck_reached *reached, size_t p, size_t planes);

#endif
