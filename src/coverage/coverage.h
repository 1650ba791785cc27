/* Coverage: which input entries get a gradient, and why the others get none.
 *
 * An entry is one number of the image: a pixel in one plane (batch item and channel).
 * It is covered where its gradient is finite and not zero.  A pixel is covered where
 * any of its entries is; otherwise its reason is the first (in the order of
 * WCK_REASONS) among its entries'. */
#ifndef WCK_COVERAGE_COVERAGE_H
#define WCK_COVERAGE_COVERAGE_H

#include <stdint.h>

#include "reference/warp.h"
#include "src/coverage/reason.h"

struct wck_coverage_request {
    const struct wck_warp *warp;
    size_t batch, channels;           /* of the image; 0 means 1 */
    enum wck_dtype dtype;             /* in which the gradient is kept */
    const struct wck_image *upstream; /* dL/d(output); NULL: `uniform` everywhere */
    double uniform;
    bool upstream_unknown;            /* a gradient was recorded without its upstream */
    const struct wck_image *gradient; /* the gradient to explain, the image's shape;
                                         NULL: the reference's own */
    const struct wck_image *numeric;  /* the subject's derivative of sum(upstream x
                                         output) by small steps; NaN: inconclusive;
                                         NULL: not measured */
    const struct wck_image *response; /* the same by full-scale steps; NULL likewise */
};

#define WCK_COVERED 0 /* in the maps below; else 1 + enum wck_reason */

struct wck_coverage {
    size_t planes, height, width;
    unsigned char *reason;       /* planes x height x width, plane by plane */
    unsigned char *pixel_reason; /* height x width */
    double *magnitude; /* height x width: largest |gradient| over the planes */
    uint32_t *reads;   /* height x width: outputs that list the pixel (T) */
    double *weight;    /* height x width: sum of |weight| over them */

    size_t pixels_total, pixels_covered;
    size_t entries_total, entries_covered;
    size_t reason_pixels[WCK_REASON_COUNT], reason_entries[WCK_REASON_COUNT];

    size_t listed_pixels;      /* T not empty: what a straight-through trick reaches */
    size_t negligible_entries; /* covered, but below 1e-6 of the largest gradient */
    size_t spurious_entries;   /* a gradient where the reference has none: a failure,
                                  counted among the covered */
    size_t non_finite_outputs; /* output samples whose coordinate or upstream gradient
                                  is not finite, counted once a plane */
    double largest;            /* largest |gradient| */
};

/* Fills `coverage`; release it with wck_coverage_release, whatever was returned.
 * WCK_INVALID where a shape does not fit the warp. */
enum wck_status wck_coverage_explain(struct wck_coverage *coverage,
                                     const struct wck_coverage_request *request,
                                     struct wck_error *err);
void wck_coverage_release(struct wck_coverage *coverage);

/* Is the centre of source pixel (x, y) inside the output's frame?  The frame is closed;
 * a centre within the rounding error of its edge counts as inside. */
bool wck_coverage_in_frame(const struct wck_warp *warp, double x, double y);

#endif
