/* Trial: what all checkers share: calling the subject, walking samples, writing
 * findings. */
#ifndef WCK_CHECKER_TRIAL_H
#define WCK_CHECKER_TRIAL_H

#include "src/checker/bound.h"

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
