/* Handback: what one warp of a chain hands back to the warp before it.
 *
 * The gradient with respect to a warp's image is the upstream gradient of the warp that
 * made that image.  Along with each number goes how far rounding may have put it off,
 * and, where it is 0 or not finite, why: in which warps it was lost and for which
 * reasons. */
#ifndef WCK_COVERAGE_HANDBACK_H
#define WCK_COVERAGE_HANDBACK_H

#include <stdint.h>

#include "src/coverage/coverage.h"

#define WCK_LINKS 8 /* most warps of a chain */

/* A set of causes: a bit for each reason in each warp, the reasons' order first, then
 * that of the warps.  The first of a set is its lowest bit. */
typedef uint64_t wck_causes;

/* The cause "this reason in warp `link`", numbered from 0: a reason of the reference's
 * own gradient. */
wck_causes wck_cause(enum wck_reason reason, size_t link);

/* The reason and the warp of the first cause of a set that is not empty. */
enum wck_reason wck_causes_reason(wck_causes causes);
size_t wck_causes_link(wck_causes causes);

/* One number an entry, plane by plane. */
struct wck_handback {
    struct wck_image gradient; /* float64; 0 and NaN where there are causes */
    double *doubt;             /* how far the gradient may be off by rounding */
    wck_causes *causes;        /* none where it is covered */
};

/* What warp `link` hands back, `request` being its own (without a gradient, and of one
 * warp for all), `coverage` what was found of it, and `from` what it was handed, whose
 * gradient `request->upstream` is; NULL for the last warp.  Release with
 * wck_handback_release, whatever was returned. */
enum wck_status wck_handback_make(struct wck_handback *back,
                                  const struct wck_coverage_request *request,
                                  const struct wck_coverage *coverage,
                                  const struct wck_handback *from, size_t link,
                                  struct wck_error *err);
void wck_handback_release(struct wck_handback *back);

#endif
