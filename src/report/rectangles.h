/* Rectangles: a map's cells as rectangles, for vector graphics.
 *
 * A class is a reason, or a step of the ramp for covered cells.  Every cell lies in
 * exactly one rectangle of its class: runs of a row, each carried down as long as the
 * rows below have the same run. */
#ifndef WCK_REPORT_RECTANGLES_H
#define WCK_REPORT_RECTANGLES_H

#include "src/base/text.h"
#include "src/report/cells.h"

#define WCK_RECTANGLE_STEPS 8 /* of the ramp */
#define WCK_RECTANGLE_CLASSES (WCK_RECTANGLE_STEPS + WCK_REASON_COUNT)
#define WCK_RECTANGLES_MOST 16384 /* no more are made: 400 kB of paths at most */

struct wck_rectangles {
    size_t block; /* pixels along each axis of a cell */
    size_t count; /* of rectangles */
    /* Of each class, the rectangles as an SVG path in pixels, the image's upper left
     * edge being 0 0: "M0 0h54v44h-54z..." */
    struct wck_text path[WCK_RECTANGLE_CLASSES];
};

/* Makes the rectangles of the smallest blocks that need no more rectangles than that.
 * Release with wck_rectangles_release, whatever was returned. */
enum wck_status wck_rectangles_make(struct wck_rectangles *rectangles,
                                    const struct wck_coverage *coverage,
                                    struct wck_error *err);
void wck_rectangles_release(struct wck_rectangles *rectangles);

/* The level on the ramp that a class of covered cells is painted with. */
double wck_rectangle_level(size_t step);

#endif
