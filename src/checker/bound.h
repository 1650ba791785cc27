/* Bound: how far rounding may move what a subject computes.
 *
 * u is a unit roundoff, k the taps an axis of the kernel, K = wck_kernel_roundings the
 * roundings of one weight along an axis (an absolute error K u), N the largest sum of
 * |weights| along an axis and S that of |slopes|.  A is the largest |pixel| read. */
#ifndef WCK_CHECKER_BOUND_H
#define WCK_CHECKER_BOUND_H

#include "src/checker/checker.h"

/* The relative error of n roundings: (1 - u)^-n - 1, of which gamma_n = n u / (1 - n u)
 * of Higham's Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1, is
 * the usual upper bound; this one holds where n u is not small, as in float16, too. */
double wck_gamma(double n, double u);

/* Unit roundoff of the subject's type plus that of our own arithmetic: a comparison of
 * the two may differ by the errors of both. */
double wck_trial_roundoff(const struct wck_trial *trial);

/* Taps of one output at most, k^2, or as many as a footprint meets. */
double wck_trial_taps(const struct wck_trial *trial);

/* N and S of a kernel; derived in the source. */
double wck_kernel_norm(const struct wck_kernel *kernel);
double wck_kernel_slope_norm(const struct wck_kernel *kernel);

/* Coordinates that go by way of a normalised grid, in double precision or, for narrower
 * types, in single. */
const struct wck_arithmetic *wck_grid_arithmetic(enum wck_dtype dtype);

/* A bound on the largest sum of |second derivatives| along an axis, of a kernel with
 * stencils. */
double wck_kernel_curvature_norm(const struct wck_kernel *kernel);

/* The same of the third derivatives; derived in the source. */
double wck_kernel_third_norm(const struct wck_kernel *kernel);

/* The largest sum of |weights| of one output, N^2. */
double wck_trial_norm(const struct wck_trial *trial);

/* Roundings of one output, as a multiple of A.  A sum of products: one for the product
 * of two weights, one for that with the pixel, k^2 - 1 additions, of what adds up to
 * N^2; and the weights' own, which add up to k K along an axis, times N for the other.
 * Of two taps 1 - f is off by half a roundoff at most and f by none: 1/2 along an axis,
 * so k^2 + 2 in all.  Interpolation axis by axis (lerp) takes a difference, a product
 * and a sum an axis: no more.  Where a kernel has a footprint: the taps, one more, and
 * wck_area_roundings a tap. */
double wck_trial_output_roundings(const struct wck_trial *trial);

/* The same where one pixel only is not 0, and a power of two: a weight and the product
 * of two, or a product and a sum an axis for lerp: at most 4; and 2 K where weights
 * take more than one rounding. */
double wck_trial_impulse_roundings(const struct wck_trial *trial);

/* Roundings of one term of a pull-back, relative to it: a weight, the product of two,
 * the product with the upstream value.  Sums of m terms add m - 1. */
double wck_trial_term_roundings(const struct wck_trial *trial);

/* Bound on what the weight of one tap is off beyond that: 2 K u; 0 for up to two taps
 * an axis, whose weights are off by a relative u; of a footprint, wck_area_roundings.
 */
double wck_trial_weight_bound(const struct wck_trial *trial);

/* Of a separable kernel: roundings of one slope of an output along an axis, as a
 * multiple of A: as for an output with S in place of N along that axis, and of each
 * slope, degree K (a derivative multiplies coefficients by up to the degree; Lanczos by
 * its rate of oscillation, 5 pi / 4). */
double wck_trial_slope_roundings(const struct wck_trial *trial);

/* The same of a second derivative: a sum of w'' w and w' w' of C N + S^2 in all, C that
 * of |curvatures|; of each curvature degree^2 K. */
double wck_trial_curvature_roundings(const struct wck_trial *trial);

/* What uncertain coordinates may change in an output that reads pixels up to
 * `amplitude`: amplitude times the sum of |slopes| times the error of the coordinate,
 * over both axes. `i` counts in the block. */
double wck_trial_coordinate_bound(const struct wck_trial *trial,
                                  const struct wck_block *block, size_t i,
                                  double amplitude);

/* True where the coordinate of the sample is so uncertain that a kernel with jumps may
 * choose another pixel. */
bool wck_trial_uncertain(const struct wck_trial *trial, const struct wck_block *block,
                         size_t i);

/* True where rounding leaves open on which side of a knot the coordinate lies, and so
 * which pixels are listed, one of them with next to no weight. */
bool wck_trial_at_knot(const struct wck_trial *trial, const struct wck_block *block,
                       size_t i);

/* Sets the upstream gradient of samples that are uncertain to 0 in every plane. */
enum wck_status wck_trial_drop_uncertain(const struct wck_trial *trial,
                                         const struct wck_image *upstream,
                                         struct wck_error *err);

/* What a pass must be able to find, unless the trial says otherwise.  Values and single
 * entries: 1e-6 of the scale in float64; 16 unit roundoffs in narrower types for up to
 * two taps an axis, whose outputs take 6 roundings, and in proportion for kernels that
 * take more. */
double wck_trial_resolution(const struct wck_trial *trial);

/* Numeric derivatives whose rounding error is that of a value times `amplification`:
 * the same times that in narrower types. */
double wck_trial_derivative_resolution(const struct wck_trial *trial,
                                       double amplification);

/* What shows gross errors.  In narrow types coordinates round by up to dozens of
 * roundoffs of the image's size, which a slope or a step turns into hundredths of the
 * derivative.  A lost sign or factor of two is half of it or more; an eighth of what it
 * may be finds it where a quarter of that arrives.  In float64, or where the trial says
 * so, as wck_trial_resolution. */
double wck_trial_gross_resolution(const struct wck_trial *trial);

#endif
