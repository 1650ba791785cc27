/* Derivative: of the loss by one sample's coordinate along one axis, by the reference,
 * and why it is 0. */
#ifndef WCK_COVERAGE_DERIVATIVE_H
#define WCK_COVERAGE_DERIVATIVE_H

#include "reference/pass.h"
#include "src/coverage/map_coverage.h"

/* What derivatives are taken of; all borrowed. */
struct wck_derivation {
    const struct wck_map_coverage_request *request;
    const struct wck_warp *warp; /* of the batch item at hand */
    const struct wck_pass *pass;
    struct wck_image source; /* that taps are taken of; no data: unknown */
    size_t first_plane, planes;
};

/* In pixels along the axis. */
struct wck_derivative {
    enum wck_map_reason reason; /* WCK_MAP_REASON_COUNT: it is not 0 */
    double sum, magnitude;      /* of its terms */
    double error; /* what the roundings of the slopes make of it, also where `reason` is
                     flat-image or cancelled */
};

/* Of sample first+i of the pass's block, whose taps are given; held against a gradient
 * that was `given`, or the reference's own. */
struct wck_derivative wck_derivative_of(const struct wck_derivation *work,
                                        const struct wck_tap *taps, size_t count,
                                        size_t i, enum wck_axis axis, bool given);

/* Unit roundoff of a gradient: one that was given was summed in its own type. */
double wck_derivation_roundoff(const struct wck_map_coverage_request *request,
                               bool given);

/* n u/(1 - n u); 1/2 where that is of no use any more. */
double wck_gamma_of(double n, double u);

#endif
