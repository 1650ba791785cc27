/* Fill: the connected regions of a plane of codes, one by one. */
#ifndef WCK_COVERAGE_FILL_H
#define WCK_COVERAGE_FILL_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/error.h"

struct wck_fill {
    unsigned char *code; /* one a pixel, row by row; 0: in no region, or taken */
    size_t *queue;       /* the pixels of the region that was taken last */
    size_t width, height;
};

/* All codes 0; release whatever was returned. */
enum wck_status wck_fill_init(struct wck_fill *fill, size_t width, size_t height,
                              struct wck_error *err);
void wck_fill_release(struct wck_fill *fill);

/* Takes the region of pixel p, those of its code that hang together by their sides:
 * lists them in `queue`, p first, and makes their codes 0.  Returns how many; 0 where
 * p's code is 0. */
size_t wck_fill_take(struct wck_fill *fill, size_t p);

#endif
