/* Regions: a map's cells as rectangles, for vector graphics.
 *
 * A class is a reason, or a step of the ramp for covered cells.  Every cell lies in
 * exactly one rectangle of its class: runs of a row, each carried down as long as the
 * rows below have the same run. */
#ifndef WCK_REPORT_REGIONS_H
#define WCK_REPORT_REGIONS_H

#include "src/base/text.h"
#include "src/report/cells.h"

#define WCK_REGION_STEPS 8 /* of the ramp */
#define WCK_REGION_CLASSES (WCK_REGION_STEPS + WCK_REASON_COUNT)
#define WCK_REGION_RECTANGLES 16384 /* no more are made: 400 kB of paths at most */

struct wck_regions {
    size_t block; /* pixels along each axis of a cell */
    size_t count; /* of rectangles */
    /* Of each class, the rectangles as an SVG path in pixels, the image's upper left
     * edge being 0 0: "M0 0h54v44h-54z..." */
    struct wck_text path[WCK_REGION_CLASSES];
};

/* Makes the regions of the smallest blocks that need no more rectangles than that.
 * Release with wck_regions_release, whatever was returned. */
enum wck_status wck_regions_make(struct wck_regions *regions,
                                 const struct wck_coverage *coverage,
                                 struct wck_error *err);
void wck_regions_release(struct wck_regions *regions);

/* The level on the ramp that a class of covered cells is painted with. */
double wck_region_level(size_t step);

#endif
