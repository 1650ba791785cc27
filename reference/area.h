/* Area: the kernel that is not separable.  A sample weighs each source pixel by the
 * part of its footprint (reference/footprint.h) that falls on the pixel's square.
 *
 * Squares are folded into the image like the taps of any kernel; a pixel's tap is the
 * sum over all squares that fold onto it, the border value's over all that fold onto
 * none.  A pixel is listed where the closed footprint meets its square [i-1/2, i+1/2)
 * x [j-1/2, j+1/2), so of two pixels that a footprint's edge divides the later is
 * listed with weight 0, and carries the slope: the right cell's, as for bilinear, which
 * this kernel is where the map neither turns nor minifies.
 *
 * Taps are made one by one, row by row; none are kept, however many a sample has. */
#ifndef WCK_REFERENCE_AREA_H
#define WCK_REFERENCE_AREA_H

#include "reference/warp.h"

/* WCK_UNSUPPORTED, with what is served, unless the map is affine of two axes, and
 * coordinates are not folded and sums not made in fixed point; WCK_INVALID where its
 * linear part is singular. */
enum wck_status wck_area_check(const struct wck_warp *warp, struct wck_error *err);

/* The footprint of every output pixel of a warp by this kernel. */
void wck_area_footprint(const struct wck_warp *warp, struct wck_footprint *footprint);

/* Roundings of one weight, at most, as a multiple of the unit roundoff: an absolute
 * error (NOTES, "area-rounding"). */
double wck_area_roundings(const struct wck_warp *warp);

/* One tap. */
struct wck_area_tap {
    ptrdiff_t x, y; /* WCK_BORDER_VALUE both, where it reads that */
    struct wck_share share;
};

/* A walk over the taps of a sample: each pixel and the border value at most once. */
struct wck_area_walk {
    const struct wck_footprint *footprint;
    const struct wck_border *border;
    double centre[2];
    size_t extent[2];
    int64_t low[2], high[2]; /* squares, before they are folded */
    int64_t at[2];
    bool outside; /* the border value is still to come */
};

void wck_area_begin(struct wck_area_walk *walk, const struct wck_warp *warp,
                    const struct wck_block *block, size_t i);
bool wck_area_next(struct wck_area_walk *walk, struct wck_area_tap *tap);

/* The stages, for blocks of this kernel. */
void wck_area_gather(const struct wck_warp *warp, const struct wck_block *block,
                     const struct wck_plane *from, double *value);
double wck_area_scatter(const struct wck_warp *warp, const struct wck_block *block,
                        const struct wck_plane *to, const double *value);
void wck_area_slope(const struct wck_warp *warp, const struct wck_block *block,
                    const struct wck_plane *from, double *const slope[WCK_AXES]);
void wck_area_shape(const struct wck_warp *warp, const struct wck_block *block,
                    const struct wck_plane *from, double *const shape[WCK_LINEAR]);

/* What dL/dF makes of dL/d(the matrix from output to source), added; and the tangent of
 * F for one of that matrix. */
void wck_area_pull(const struct wck_warp *warp, const double shape[WCK_LINEAR],
                   double backward[WCK_MATRIX]);
void wck_area_push(const struct wck_warp *warp, const double backward[WCK_MATRIX],
                   double shape[WCK_LINEAR]);

#endif
