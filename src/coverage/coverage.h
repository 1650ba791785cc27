/* Coverage: which input entries get a gradient, and why the others get none.
 *
 * An entry is one number of the image: a pixel in one plane (batch item and channel).
 * It is covered where its gradient is finite and not zero.  A pixel is covered where
 * any of its entries is; otherwise its reason is the first (in the order of
 * WCK_REASONS) among its entries'.
 *
 * NaN or infinity upstream makes every entry behind a weight other than 0 non-finite.
 * Behind a weight of exactly 0 it is left out here (an implementation that multiplies,
 * wck_warp_vjp among them, does spread it; in a given gradient it then shows as
 * non-finite).  A sample whose coordinate is not finite has no taps. */
#ifndef WCK_COVERAGE_COVERAGE_H
#define WCK_COVERAGE_COVERAGE_H

#include <stdint.h>

#include "reference/warp.h"
#include "src/coverage/reason.h"

/* How far a tap's weight may be off for one sample of a batch item, at (x, y) in
 * pixels, where coordinates were computed with the roundings of a given gradient; and
 * in `bound` how far these may be, in pixels. */
typedef double wck_weight_error(const void *state, size_t item, size_t sample, double x,
                                double y, double bound[2]);

struct wck_coverage_request {
    const struct wck_warp *warp;
    const struct wck_warp *items;   /* a warp for each batch item, alike but for their
                                       maps and fills; NULL: `warp` is everyone's */
    wck_weight_error *weight_error; /* read where a gradient is given; NULL: a bound for
                                       maps in pixels */
    const void *weight_error_state;
    size_t batch, channels;           /* of the image; 0 means 1 */
    enum wck_dtype dtype;             /* in which the gradient is kept */
    const struct wck_image *upstream; /* dL/d(output); NULL: `uniform` everywhere */
    double uniform;
    bool upstream_unknown; /* a gradient was recorded without its upstream: `upstream`
                              and `uniform` are not read */
    const struct wck_image *gradient; /* the gradient to explain, the image's shape;
                                         NULL: the reference's own */
    const struct wck_image *numeric;  /* the subject's derivative of sum(upstream x
                                         output) by small steps; NaN: inconclusive;
                                         NULL: not measured */
    const struct wck_image *response; /* the same by full-scale steps; NULL likewise */
};

/* How a zero of a given gradient is told apart, once the reference's gradient is known
 * not to be zero there:
 *   plateau           numeric 0, and the response not 0 or not measured
 *   unexplained       numeric NaN, or numeric and response both 0 (the subject does not
 *                     read the pixel: it is not the declared warp)
 *   undetermined      the upstream gradient is unknown
 *   lost-in-backward  otherwise
 * The given gradient was computed in `dtype`, so its taps may differ from ours by the
 * rounding of a coordinate: where the reference's weights are no larger than that, a
 * zero is zero-weight, and a gradient that is no larger than what the outputs that may
 * list the pixel make of it is not spurious. */

/* Covered entries below this share of the largest are counted as negligible: a
 * definition, not a tolerance. */
#define WCK_NEGLIGIBLE 1e-6

#define WCK_COVERED 0 /* in the maps below; else 1 + enum wck_reason */

struct wck_coverage {
    size_t planes, height, width;
    unsigned char *reason;       /* planes x height x width, plane by plane */
    unsigned char *pixel_reason; /* height x width */
    double *magnitude; /* height x width: largest |gradient| over the planes */
    uint32_t *reads;   /* height x width: outputs that list the pixel (T), of all batch
                          items that have warps of their own */
    double *weight;    /* height x width: sum of |weight| over them */
    unsigned char *reachable; /* height x width: 1 where a straight-through trick would
                                 bring a gradient (`reachable_pixels`) */
    double *error; /* height x width: largest |given - reference's gradient| over the
                      planes, infinity where the given one is not finite; NULL where no
                      gradient was given, or not its upstream */

    size_t pixels_total, pixels_covered;
    size_t entries_total, entries_covered;
    size_t reason_pixels[WCK_REASON_COUNT], reason_entries[WCK_REASON_COUNT];

    size_t framed_pixels; /* inside the output's frame, covered or not */
    size_t listed_pixels; /* T not empty */
    /* A finite upstream gradient other than 0 behind a listed tap, whatever its weight:
     * what a straight-through trick reaches. */
    size_t reachable_pixels, reachable_entries;
    size_t negligible_entries; /* covered, but below 1e-6 of the largest gradient */
    size_t spurious_entries;   /* a given gradient where no output has both a weight
                                  and an upstream gradient other than 0: a failure,
                                  counted among the covered */
    size_t non_finite_outputs; /* output samples whose coordinate or upstream gradient
                                  is not finite, counted once a plane */
    double largest;            /* largest |gradient| */
};

/* Fills `coverage`; release it with wck_coverage_release, whatever was returned.
 * WCK_INVALID where a shape does not fit the warp, or dtype is not a floating one;
 * WCK_UNSUPPORTED for volumes, for a prefilter, and for outputs that are clamped. */
enum wck_status wck_coverage_explain(struct wck_coverage *coverage,
                                     const struct wck_coverage_request *request,
                                     struct wck_error *err);
void wck_coverage_release(struct wck_coverage *coverage);

#endif
