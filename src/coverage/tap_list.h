/* Tap list: the pixels that every output sample lists, and with what weight.
 *
 * The taps of output sample i (row by row) are those from start[i] up to start[i + 1]:
 * each pixel at most once, the border value left out. */
#ifndef WCK_COVERAGE_TAP_LIST_H
#define WCK_COVERAGE_TAP_LIST_H

#include <stdint.h>

#include "reference/warp.h"

/* {0} is an empty list. */
struct wck_tap_list {
    size_t samples, count;
    uint32_t *start; /* samples + 1 of them */
    uint32_t *pixel; /* y * source_width + x, count of them */
    double *weight;  /* likewise */
};

/* Lists the taps where there are at most `most` of them; where there are more, and
 * where a prefilter makes every output read every pixel, the list stays empty, with 0
 * samples.  Release with wck_tap_list_release, whatever was returned. */
enum wck_status wck_tap_list_make(struct wck_tap_list *list,
                                  const struct wck_warp *warp, size_t most,
                                  struct wck_error *err);
void wck_tap_list_release(struct wck_tap_list *list);

#endif
