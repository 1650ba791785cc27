/* Footprint bound: how far the reference's shares of a footprint may be off. */
#ifndef CHECK_REFERENCE_FOOTPRINT_BOUND_H
#define CHECK_REFERENCE_FOOTPRINT_BOUND_H

#include "reference/footprint.h"

/* Of the weight of one square; or of all that is outside the image. */
double footprint_weight_bound(const struct wck_footprint *footprint, bool outside);

/* The same for a derivative by the centre, or by an entry of F. */
double footprint_slope_bound(const struct wck_footprint *footprint, bool outside);

#endif
