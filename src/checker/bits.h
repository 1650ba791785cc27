/* Bits: comparisons of what must repeat itself: no rounding excuses a difference. */
#ifndef WCK_CHECKER_BITS_H
#define WCK_CHECKER_BITS_H

#include "src/checker/checker.h"

/* Adds one exact comparison: any difference is a failure, and NaN is equal to what has
 * the same bits. */
void wck_bits_add(struct wck_tally *tally, double got, double want,
                  const struct wck_place *where);

/* One an element of a plane, or of all planes; `input`: they are of the input's shape.
 */
void wck_bits_plane(struct wck_tally *tally, const struct wck_image *got,
                    const struct wck_image *want, size_t plane, bool input);
void wck_bits_image(struct wck_tally *tally, const struct wck_image *got,
                    const struct wck_image *want, bool input);

/* Copies every element. */
void wck_bits_copy(const struct wck_image *to, const struct wck_image *from);

#endif
