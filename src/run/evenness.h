/* Evenness: does every pixel of a set get as much weight as its neighbours?
 *
 * The weight m of a pixel is the mean over the warps of the |weight|s with which
 * outputs read it: the gradient that it can expect.  Compared are pixels not nearer
 * than the kernel reaches to what is out of view in all warps or to the image's edge,
 * where weights fall off or pile up.
 *
 * variation: the square root of the mean of (m(p) - m(q))^2 / 2 over neighbours p, q,
 * to the mean of m: what the coefficient of variation would be if neighbours had
 * nothing to do with each other.
 *
 * Patterns.  A pixel's excess is (m - mean of its neighbours) / 2, where the neighbours
 * are left and right for columns, above and below for rows, and all four for a
 * checkerboard.  Where the weights are m + d/2 on even and m - d/2 on odd columns
 * (rows, squares), it is d/2 and -d/2; of a linear slope it is 0.  The contrast of a
 * tile is the mean excess of its even pixels less that of its odd ones: d there.
 *
 * The image is cut into about 8x8 tiles.  If the set prefers neither parity, a tile's
 * contrast is as often positive as negative, whatever its distribution, and the waves
 * that a regular grid of samples makes with other periods change sign from tile to
 * tile. Among n tiles the commoner sign is then found k times or more with a
 * probability of 2 P(Binomial(n, 1/2) >= k) at most.  `needed` is the smallest k for
 * which that is below 1/1000 divided among the three patterns, so that a false alarm of
 * any is less than one in a thousand sets.  Contrasts below a millionth of the mean
 * have no sign: nobody would see them, and the rounding of weights is far below.
 *
 * Where the warps are a sample, drawn at random, the question is not what these few do
 * but what all would: a pattern then has to have its sign in `warps_needed` of the
 * warps by themselves as well, which is the same count for as many tosses as there are
 * warps. */
#ifndef WCK_RUN_EVENNESS_H
#define WCK_RUN_EVENNESS_H

#include "src/report/report.h"

/* `coverage` is that of a set (wck_set_coverage); `reach` is the kernel's support in
 * pixels.  WCK_NO_MEMORY. */
enum wck_status wck_evenness_measure(struct wck_evenness *evenness,
                                     const struct wck_coverage *coverage, size_t reach,
                                     struct wck_error *err);

/* How many warps of a sample have an even contrast above the odd, and below, for each
 * pattern. */
struct wck_evenness_sample {
    size_t warps, above[WCK_PATTERNS], below[WCK_PATTERNS];
};

/* Adds one warp, measured by itself, to the sample. */
void wck_evenness_add(struct wck_evenness_sample *sample,
                      const struct wck_evenness *one);

/* Holds what was measured of the set against the sample that it is. */
void wck_evenness_settle(struct wck_evenness *evenness,
                         const struct wck_evenness_sample *sample);

#endif
