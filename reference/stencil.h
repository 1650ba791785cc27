/* Stencil: the taps of one sample along one axis, folded into the image.
 *
 * The taps of a sample are the products of its stencils, one an axis: weight wx wy
 * (wz), slopes sx wy and wx sy; a product reads the border value where any index does.
 * Taps of one stencil that fold onto the same pixel are merged, so every index occurs
 * once. */
#ifndef WCK_REFERENCE_STENCIL_H
#define WCK_REFERENCE_STENCIL_H

#include <stdbool.h>

#include "reference/border.h"
#include "reference/kernel.h"

struct wck_stencil {
    int count;                 /* 0 for a coordinate that is NaN or infinite */
    ptrdiff_t index[WCK_TAPS]; /* pixel, or WCK_BORDER_VALUE */
    double weight[WCK_TAPS];
    double slope[WCK_TAPS];     /* dw/du at the side the kernel's tie rule chooses */
    double curvature[WCK_TAPS]; /* d2w/du2, likewise */
    double
        knot; /* folded coordinate minus the nearest knot of the kernel, 0 at a tie */
    double fold; /* du'/du of the coordinate's fold: -1, 0 or 1 */
};

/* The taps listed by the kernel before folding: first index as an integer-valued double
 * (exact), and weights and derivatives.  Returned in `stencil` with indices relative to
 * `*base`. */
void wck_stencil_list(const struct wck_kernel *kernel, double u,
                      struct wck_stencil *stencil, double *base);

/* Folds a listed stencil into an axis of n pixels and merges equal indices.  Bases of
 * magnitude 2^53 and more are first reduced by the border's period, exactly. */
void wck_stencil_fold(const struct wck_border *border, size_t n, double base,
                      struct wck_stencil *stencil);

/* The same for a base that fits 32 bits, where taps are numbered in integers of 32 bits
 * that wrap around. */
void wck_stencil_fold_narrow(const struct wck_border *border, size_t n, double base,
                             struct wck_stencil *stencil);

/* Lists and folds a finite u for who reads indices and weights alone: these are the
 * same bit for bit, and what else there is has no meaning.  The border is a row of its
 * table, which reads what lies in the image where it lies. */
void wck_stencil_weigh(const struct wck_kernel *kernel, const struct wck_border *border,
                       size_t n, double u, struct wck_stencil *stencil);

/* Makes every weight NaN; slopes stay. */
void wck_stencil_spoil(struct wck_stencil *stencil);

/* One tap that reads the border value, or pixel 0, with weight 1 and no slope. */
struct wck_stencil wck_stencil_single(ptrdiff_t index);

/* Multiplies the derivatives by the powers of du'/du, where the coordinate u was folded
 * to u' before it was listed. */
void wck_stencil_chain(struct wck_stencil *stencil, double factor);

#endif
