/* Poison: NaN and infinity in one part of an image, and which outputs may read that
 * part.  Whatever reads none of it has the same output as without, to the bit: 0 times
 * NaN is NaN, so a tap that was to be left out shows, whatever its weight. */
#ifndef WCK_REFERENCE_POISON_H
#define WCK_REFERENCE_POISON_H

#include "reference/warp.h"

enum wck_poison {
    WCK_POISON_ALL, /* of outputs that read the border value alone */
    WCK_POISON_LEFT,
    WCK_POISON_RIGHT,
    WCK_POISON_TOP,
    WCK_POISON_BOTTOM,
    WCK_POISON_COUNT
};

/* The pixels that the taps of one sample may lie on: none, or some of those from `low`
 * to `high` along each axis. */
struct wck_reach {
    bool any;
    ptrdiff_t low[2], high[2];
};

/* False where no reach can be told: a prefilter or a clip reads all of the image, a
 * fold moves coordinates, a footprint's edge is a matter of rounding; volumes. */
bool wck_poison_serves(const struct wck_warp *warp);

/* The reach of sample `sample`, wherever its coordinates lie within `doubt` of where
 * the block's stages put them, and at a knot on either side of it: taps of a weight of
 * 0 are in it.  All of the image where the doubt is beyond a quarter of a pixel, or
 * there are no taps.  `one` is a block of one sample of this warp. */
struct wck_reach wck_poison_reach(const struct wck_warp *warp, struct wck_block *one,
                                  size_t sample, const double doubt[2]);

/* May a pixel of that part be read? */
bool wck_poison_is_read(const struct wck_warp *warp, enum wck_poison part,
                        const struct wck_reach *reach);

/* Sets the pixels of that part in every plane, NaN and infinity by turns.  The image is
 * of a floating type. */
void wck_poison_plant(const struct wck_image *image, enum wck_poison part);

#endif
