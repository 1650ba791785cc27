/* Window: a small part of the image where there is most gradient to see. */
#ifndef WCK_RUN_WINDOW_H
#define WCK_RUN_WINDOW_H

#include "src/coverage/coverage.h"

struct wck_window {
    size_t x, y, width, height; /* columns x .. x+width-1, rows y .. y+height-1 */
};

/* Finds the window of `side` by `side` pixels (less where the image is smaller) with
 * the most covered pixels; among equals the one nearest the centre of all covered
 * pixels, then the first in reading order.  Some pixel must be covered. */
void wck_window_find(struct wck_window *window, const struct wck_coverage *coverage,
                     size_t side);

#endif
