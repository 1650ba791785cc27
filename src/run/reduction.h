/* Reduction: an image made of means of the source's pixels before it is sampled, as a
 * mipmap's level or a blur is.
 *
 * Along each axis pixel q of the reduced image covers the source's pixels from block q
 * - radius to block q + block - 1 + radius, those that there are, and is their mean,
 * all weighing alike.  So the centre of reduced pixel q lies at block (q + 1/2) - 1/2
 * of the source. */
#ifndef WCK_RUN_REDUCTION_H
#define WCK_RUN_REDUCTION_H

#include "src/coverage/reached.h"

struct wck_reduction {
    size_t block, radius; /* block >= 1; {1, 0} leaves the image as it is */
    size_t height, width; /* of the source */
};

/* Pixels of the reduced image along an axis of n. */
size_t wck_reduction_extent(const struct wck_reduction *reduction, size_t n);

/* The source's pixels that reduced pixel q covers along an axis of n: low .. high. */
void wck_reduction_range(const struct wck_reduction *reduction, size_t q, size_t n,
                         size_t *low, size_t *high);

/* Pixels read to make the reduced image: along x first, then along y. */
double wck_reduction_taps(const struct wck_reduction *reduction);

/* Which pixels and entries of the source get a gradient through the reduction and a
 * warp of the reduced image: `request` is of that warp, as for wck_reached_count. */
enum wck_status wck_reduced_count(struct wck_reached *reached,
                                  const struct wck_reduction *reduction,
                                  const struct wck_coverage_request *request,
                                  struct wck_error *err);

#endif
