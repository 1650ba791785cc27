/* Border: what a tap outside the image reads.  Each tap is folded by itself, after the
 * kernel has listed it: a border here never moves the coordinate. */
#ifndef WCK_REFERENCE_BORDER_H
#define WCK_REFERENCE_BORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WCK_BORDER_VALUE ((ptrdiff_t)-1) /* the tap reads the border value */

struct wck_border {
    const char *name;
    /* Where index i of an axis of n >= 1 pixels is read: 0 .. n-1, or WCK_BORDER_VALUE.
     */
    ptrdiff_t (*fold)(int64_t i, size_t n);
    /* The fold repeats with this period; 0 where it does not repeat. */
    int64_t (*period)(size_t n);
    /* The index that `fold` is given for i where a library computes it in 32-bit
     * integers that wrap around: i itself unless it is about 2^30 or beyond. */
    int64_t (*narrow)(int64_t i, size_t n);
    bool fills; /* what is outside reads the border value */
    const char *summary;
    const char *source; /* section of reference/NOTES */
};

/* Rows 0 .. wck_border_count()-1; NULL beyond. */
size_t wck_border_count(void);
const struct wck_border *wck_border_row(size_t row);

/* By name; NULL where there is none. */
const struct wck_border *wck_border_find(const char *name);

#endif
