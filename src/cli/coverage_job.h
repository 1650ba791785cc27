/* Coverage job: what the options of `warpcheck coverage` name, read and fitted
 * together.
 */
#ifndef WCK_CLI_COVERAGE_JOB_H
#define WCK_CLI_COVERAGE_JOB_H

#include "src/cli/coverage_options.h"
#include "src/cli/input.h"

/* What the arrays must agree on. */
struct wck_shape {
    size_t batch; /* 0: not said; a size or a picture stands for any batch */
    size_t channels, height, width;
};

/* {0} is one that nothing was read for. */
struct wck_coverage_job {
    struct wck_input image, upstream, gradient; /* no data: not given, or only a size */
    double matrix_gradient[6];
    bool has_matrix_gradient;
    const char *layout;
    struct wck_shape shape;
    struct wck_warp warp;             /* without a map where it is one of a set */
    struct wck_warp links[WCK_LINKS]; /* a chain: `warp`, and those that follow it */
    size_t count;                     /* of them, 1 where there is no chain */
};

/* Reads the files and fits them together.  Release with wck_coverage_job_release,
 * whatever was returned. */
enum wck_status wck_coverage_job_read(struct wck_coverage_job *job,
                                      const struct wck_coverage_options *request,
                                      struct wck_error *err);
void wck_coverage_job_release(struct wck_coverage_job *job);

/* The upstream gradient everywhere; 0 where nothing says it (src/run/survey.h). */
double wck_coverage_job_uniform(const struct wck_coverage_job *job,
                                const struct wck_coverage_options *request);

#endif
