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

/* Appends a PNG of the map: a small one is scaled up by a whole number, so that its
 * longer side is at most 512 where that can be. */
enum wck_status wck_picture_cells(struct wck_text *text, const struct wck_cells *cells,
                                  struct wck_error *err);

#endif
