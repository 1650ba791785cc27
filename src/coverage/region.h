/* Region: pixels without a gradient that hang together by their edges and share what
 * they show: the first fault among their entries, else the pixel's own reason. */
#ifndef WCK_COVERAGE_REGION_H
#define WCK_COVERAGE_REGION_H

#include "src/coverage/coverage.h"

struct wck_region {
    enum wck_reason reason;
    size_t pixels;
    size_t left, top, right, bottom; /* of its pixels, all included */
    size_t x, y; /* its pixel nearest to the middle of these; of equals the first */
};

/* {0} is an empty list. */
struct wck_regions {
    struct wck_region *items; /* faults first, then by size; of equals the upper one */
    size_t count;
    size_t total; /* regions that there are, listed or not */
};

/* Lists the `most` regions that come first.  Release with wck_regions_release, whatever
 * was returned; the one error is WCK_NO_MEMORY. */
enum wck_status wck_regions_find(struct wck_regions *regions,
                                 const struct wck_coverage *coverage, size_t most,
                                 struct wck_error *err);
void wck_regions_release(struct wck_regions *regions);

#endif
