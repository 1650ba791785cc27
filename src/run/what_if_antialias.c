/* What-if, antialiasing: remedies for outputs that sample the image too coarsely. */
#include <math.h>

#include "src/run/landing.h"
#include "src/run/what_if_row.h"

#define SPLIT_MOST 8

/* Source pixels between neighbouring outputs along the axis where they are furthest
 * apart. */
static double step_of(const struct wck_warp *warp)
{
    const double *m = warp->map.backward;

    return fmax(hypot(m[0], m[3]), hypot(m[1], m[4]));
}

/* Output pixel (X, Y) of the finer warp lies at (X + 1/2) / n - 1/2 of the original's
 * outputs, so that the n x n of one are spread evenly over it. */
static void refine(const struct wck_map *map, double n, double matrix[6])
{
    const double *m = map->matrix;
    double middle = 0.5 / n - 0.5;

    for (int row = 0; row < 6; row += 3) {
        if (map->direction == WCK_SOURCE_TO_OUTPUT) {
            for (int k = 0; k < 3; k++)
                matrix[row + k] = n * m[row + k];
            matrix[row + 2] += 0.5 * (n - 1.0);
        } else {
            matrix[row] = m[row] / n;
            matrix[row + 1] = m[row + 1] / n;
            matrix[row + 2] = m[row + 2] + middle * (m[row] + m[row + 1]);
        }
    }
}

/* Enough samples that neighbours lie no further apart than a pixel: a bilinear kernel
 * then skips none between them. */
static size_t split_for(const struct wck_warp *warp)
{
    double needed = ceil(step_of(warp));

    return needed < 2.0 ? 2 : (size_t)fmin(needed, SPLIT_MOST);
}

/* The remedy itself, and the same backwards only: its gradient is that of the row
 * before. */
static enum wck_status try_split(struct wck_survey *survey,
                                 const struct wck_survey_request *request,
                                 bool surrogate, struct wck_error *err)
{
    struct wck_what_if_trial trial = wck_what_if_begin(survey, request);
    size_t n = split_for(request->warp);
    double matrix[6];

    trial.split = n;
    trial.surrogate = surrogate;
    trial.warp.output_width *= n;
    trial.warp.output_height *= n;
    refine(&request->warp->map, (double)n, matrix);
    if (wck_map_affine(&trial.warp.map, matrix, request->warp->map.direction, NULL) !=
        WCK_OK)
        return WCK_OK;
    if (surrogate) {
        wck_text_printf(&trial.remedy, "straight-through, %zux%zu samples", n, n);
        wck_text_printf(&trial.cost, "the output as it is, but the gradient of "
                                     "multi-sampling: not the true derivative");
        return wck_what_if_repeat(&trial, err);
    }
    wck_text_printf(&trial.remedy, "multi-sampling %zux%zu", n, n);
    wck_text_printf(&trial.cost,
                    "another output: the mean of %zu samples spread evenly over "
                    "each output pixel; the options make the samples, to be "
                    "averaged %zux%zu",
                    n * n, n, n);
    wck_text_printf(&trial.options, "--output %zux%zu ", trial.warp.output_height,
                    trial.warp.output_width);
    wck_what_if_print_matrix(&trial.options, matrix);
    return wck_what_if_finish(&trial, err);
}

enum wck_status wck_what_if_multi_sampling(struct wck_survey *survey,
                                           const struct wck_survey_request *request,
                                           struct wck_error *err)
{
    const struct wck_warp *warp = request->warp;
    double n = (double)split_for(warp), planes = (double)survey->coverage.planes;
    enum wck_status status = WCK_OK;

    if (n * n * planes * (double)wck_warp_samples(warp) > (double)WCK_LANDING_SAMPLES)
        return WCK_OK;
    for (int surrogate = 0; surrogate < 2 && status == WCK_OK; surrogate++)
        status = try_split(survey, request, surrogate != 0, err);
    return status;
}

/* Sets the trial's reduction, and the warp to sample the reduced image where it sampled
 * the source: pixel q of it has its centre at block (q + 1/2) - 1/2.  False where that
 * is no warp. */
static bool reduce(struct wck_what_if_trial *trial, size_t block, size_t radius)
{
    const struct wck_warp *one = trial->request->warp;
    double matrix[6], scale = 1.0 / (double)block;

    trial->reduction = (struct wck_reduction){.block = block,
                                              .radius = radius,
                                              .height = one->source_height,
                                              .width = one->source_width};
    trial->warp.source_height =
        wck_reduction_extent(&trial->reduction, one->source_height);
    trial->warp.source_width =
        wck_reduction_extent(&trial->reduction, one->source_width);
    for (int k = 0; k < 6; k++)
        matrix[k] = one->map.backward[k] * scale;
    matrix[2] += 0.5 * scale - 0.5;
    matrix[5] += 0.5 * scale - 0.5;
    return wck_map_affine(&trial->warp.map, matrix, WCK_OUTPUT_TO_SOURCE, NULL) ==
               WCK_OK &&
           wck_warp_check(&trial->warp, NULL) == WCK_OK;
}

enum wck_status wck_what_if_mipmap(struct wck_survey *survey,
                                   const struct wck_survey_request *request,
                                   struct wck_error *err)
{
    struct wck_what_if_trial trial = wck_what_if_begin(survey, request);
    double level;

    level = round(log2(step_of(request->warp)));
    if (!(level >= 1.0) || level > 30.0)
        return WCK_OK;
    if (!reduce(&trial, (size_t)1 << (size_t)level, 0))
        return WCK_OK;
    wck_text_printf(&trial.remedy, "mipmap level %.0f", level);
    wck_text_printf(&trial.cost,
                    "another output, antialiased: means of %zux%zu pixels are sampled "
                    "in place of the image",
                    trial.reduction.block, trial.reduction.block);
    return wck_what_if_finish(&trial, err);
}

enum wck_status wck_what_if_prefilter(struct wck_survey *survey,
                                      const struct wck_survey_request *request,
                                      struct wck_error *err)
{
    struct wck_what_if_trial trial = wck_what_if_begin(survey, request);
    double radius;

    radius = ceil(0.5 * (step_of(request->warp) - 1.0));
    if (!(radius >= 1.0) || radius > 0x1p30)
        return WCK_OK;
    if (!reduce(&trial, 1, (size_t)radius))
        return WCK_OK;
    wck_text_printf(&trial.remedy, "prefilter %.0fx%.0f", 2.0 * radius + 1.0,
                    2.0 * radius + 1.0);
    wck_text_printf(&trial.cost, "another output, antialiased: each pixel is first "
                                 "made the mean of those around it");
    return wck_what_if_finish(&trial, err);
}
