/* What-if: what each remedy would do, by trying it. */
#ifndef WCK_RUN_WHAT_IF_H
#define WCK_RUN_WHAT_IF_H

#include "src/run/survey.h"

/* Whether the warp is one that remedies can be tried of: by a matrix in pixels. */
bool wck_what_if_serves(const struct wck_warp *warp);

/* Adds to the survey a row for each remedy: every other kernel, every other border, an
 * output large enough for the whole image (where there is more to see), a jitter of a
 * quarter of a pixel, the mean of several samples an output pixel, and straight-through
 * estimates; where the warp minifies, a mipmap's level and a prefilter too.  Call it
 * for what wck_what_if_serves alone.
 *
 * Each count is that of the reference's own gradient in an actual run of the changed
 * warp, with the upstream gradient of the request; where the output gets another size,
 * with a uniform one, and the row says so.  Straight-through is not a run: it counts
 * what is listed with a finite upstream gradient other than 0 behind it.  Bias and work
 * are measured, on all outputs or, of many, on a sample, which a note then says:
 * src/run/cost.h. */
enum wck_status wck_what_if_try(struct wck_survey *survey,
                                const struct wck_survey_request *request,
                                struct wck_error *err);

#endif
