/* Trial: what all checkers share: bounds, resolutions and writing findings. */
#ifndef WCK_CHECKER_TRIAL_H
#define WCK_CHECKER_TRIAL_H

#include "src/checker/checker.h"

/* gamma_n = n u / (1 - n u) of Higham's Accuracy and Stability of Numerical Algorithms,
 * 2nd ed., section 3.1: the relative error of n roundings. */
double wck_gamma(double n, double u);

/* Unit roundoff of the subject's type plus that of our own arithmetic: a comparison of
 * the two may differ by the errors of both. */
double wck_trial_roundoff(const struct wck_trial *trial);

/* Roundings of one output, as a multiple of the largest |pixel| that it reads (pixels
 * of one sign).  Sum of products with k taps an axis: one for a weight, one for the
 * product of two, one for the product with the pixel, k^2 - 1 additions.  Interpolation
 * axis by axis (lerp): a difference, a product and a sum an axis.  Both are at most k^2
 * + 2. */
double wck_trial_output_roundings(const struct wck_trial *trial);

/* The same where one pixel only is not 0, and a power of two: a weight and the product
 * of two, or a product and a sum an axis for lerp: at most 4. */
double wck_trial_impulse_roundings(const struct wck_trial *trial);

/* Roundings of one term of a pull-back: a weight, the product of two, the product with
 * the upstream value.  Sums of m terms add m - 1. */
double wck_trial_term_roundings(const struct wck_trial *trial);

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

/* Sets the upstream gradient of such samples to 0 in every plane. */
enum wck_status wck_trial_drop_uncertain(const struct wck_trial *trial,
                                         const struct wck_image *upstream,
                                         struct wck_error *err);

/* What a pass must be able to find.  Values and single entries: 1e-6 of the scale in
 * float64, 16 unit roundoffs in narrower types. */
double wck_trial_resolution(const struct wck_trial *trial);

/* Numeric derivatives with a step `h`: the same divided by h in narrower types, since
 * the rounding error is. */
double wck_trial_derivative_resolution(const struct wck_trial *trial, double h);

/* Writes a finding from a tally, at the given resolution.  `detail` and `cause` are
 * taken (malloc'ed, may be NULL); the cause is dropped where the verdict is pass. */
enum wck_status wck_trial_report_take(struct wck_trial *trial, const char *checker,
                                      enum wck_claim claim,
                                      const struct wck_tally *tally, double resolution,
                                      char *detail, char *cause, struct wck_error *err);

/* A finding without comparisons: inconclusive or not-applicable, and why. */
enum wck_status wck_trial_say(struct wck_trial *trial, const char *checker,
                              enum wck_claim claim, enum wck_verdict verdict,
                              const char *cause, struct wck_error *err);

/* printf into malloc'ed text; NULL where memory is out (a text less, never a crash). */
char *wck_trial_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Calls the subject with the problem's warp. */
enum wck_status wck_trial_forward(struct wck_trial *trial,
                                  const struct wck_image *image,
                                  const struct wck_image *output,
                                  struct wck_error *err);
enum wck_status wck_trial_vjp(struct wck_trial *trial, const struct wck_image *image,
                              const struct wck_image *upstream,
                              const struct wck_gradients *gradients,
                              struct wck_error *err);

/* Fills the block with the samples from `first` on and returns how many: for walks over
 * all samples of the problem. */
size_t wck_trial_fill(const struct wck_trial *trial, struct wck_block *block,
                      size_t first);

/* Place of an output sample, or of an input pixel. */
struct wck_place wck_trial_output_place(const struct wck_trial *trial, size_t plane,
                                        size_t sample);
struct wck_place wck_trial_input_place(const struct wck_trial *trial, size_t plane,
                                       size_t pixel);

/* Element i (row by row) of a plane. */
double wck_plane_get(const struct wck_image *image, size_t plane, size_t i);
void wck_plane_set(const struct wck_image *image, size_t plane, size_t i, double value);

#endif
