/* Palette: how a map of coverage is painted.
 *
 * Covered pixels take a ramp of cool colours whose luminance grows with the logarithm
 * of the gradient's magnitude.  Every reason has a warm or grey colour of its own and a
 * hatch, so that the map can be read without telling hues apart, and in grey. */
#ifndef WCK_REPORT_PALETTE_H
#define WCK_REPORT_PALETTE_H

#include <stddef.h>

#include "src/coverage/reason.h"

#define WCK_HATCH 8 /* side of the hatch's tile, in pixels of the picture */

struct wck_colour {
    unsigned char red, green, blue;
};

/* The magnitudes at the ends of the ramp. */
struct wck_ramp {
    double low, high;
};

/* The ramp for magnitudes between the smallest and the largest covered one; of a wider
 * range the upper six decades, what lies below being painted as its end. */
struct wck_ramp wck_palette_ramp(double smallest, double largest);

/* Where a magnitude lies on it: 0 at the low end, 1 at the high end and where the ramp
 * has no length. */
double wck_palette_level(const struct wck_ramp *ramp, double magnitude);

/* The colour at a level; out of 0 .. 1 that of the nearer end. */
struct wck_colour wck_palette_covered(double level);

/* The colour of a reason at column x and row y of the picture; `strength` is that of
 * the hatch: 1, or less where it would drown single pixels. */
struct wck_colour wck_palette_reason(enum wck_reason reason, size_t x, size_t y,
                                     double strength);

#endif
