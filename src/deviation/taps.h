/* Taps: what rows of several files make their stages of. */
#ifndef WCK_DEVIATION_TAPS_H
#define WCK_DEVIATION_TAPS_H

#include "src/deviation/deviation.h"

#define WCK_TAPS_MOST ((size_t)1 << 16) /* pixels that 16 bits count */

bool wck_border_is(const struct wck_warp *warp, const char *name);

/* The reference's stencil. */
void wck_taps_reference(const struct wck_warp *warp, enum wck_axis axis, double u,
                        struct wck_stencil *to);

/* The reference's stencil with another kernel, border and extent. */
void wck_taps_by(const struct wck_kernel *kernel, const struct wck_border *border,
                 size_t extent, double u, struct wck_stencil *to);

/* Where a plane's gradient of pixel (x, y) goes. */
double *wck_taps_cell(const struct wck_plane *to, size_t y, size_t x);

/* The same of a tap that lies in the image. */
double *wck_taps_cell_of(const struct wck_warp *warp, const struct wck_plane *to,
                         const struct wck_tap *tap);

/* What of `value` falls on the border value, as the reference has it; nothing goes to
 * the image. */
double wck_taps_outside(const struct wck_warp *warp, const struct wck_block *block,
                        const struct wck_plane *to, const double *value);

#endif
