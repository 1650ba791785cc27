/* Picture: the map of coverage as a PNG. */
#ifndef WCK_REPORT_PICTURE_H
#define WCK_REPORT_PICTURE_H

#include "src/base/text.h"
#include "src/report/cells.h"

/* Paints column x and row y; `state` is the caller's. */
typedef struct wck_colour wck_picture_painter(const void *state, size_t x, size_t y);

/* Appends a PNG of what `paint` paints. */
enum wck_status wck_picture_paint(struct wck_text *text, size_t height, size_t width,
                                  wck_picture_painter *paint, const void *state,
                                  struct wck_error *err);

/* Appends a PNG of the map: one that is smaller than `side` is scaled up by the largest
 * whole number that leaves its longer side at most that. */
enum wck_status wck_picture_cells(struct wck_text *text, const struct wck_cells *cells,
                                  size_t side, struct wck_error *err);

#endif
