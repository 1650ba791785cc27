#include "src/checker/latitude.h"

#include <math.h>
#include <stdlib.h>

#include "src/checker/bound.h"
#include "src/checker/margins.h"

static size_t map_numbers(const struct wck_problem *problem)
{
    const struct wck_map *map = &problem->warp.map;

    return wck_map_has_matrix(map) ? (size_t)wck_map_entries(map)
                                   : 2 * wck_warp_samples(&problem->warp);
}

static size_t pixels_of(const struct wck_problem *problem)
{
    return problem->warp.source_height * problem->warp.source_width;
}

/* What one batch item adds.  Sums over items take a rounding more of each, on either
 * side. */
static void add(double *to, const struct wck_margin *margins, size_t count, double u)
{
    for (size_t i = 0; i < count; i++)
        to[i] += margins[i].high - margins[i].low + 2.0 * margins[i].bound +
                 2.0 * u * (fabs(margins[i].high) + fabs(margins[i].low));
}

static void add_item(struct wck_latitude *latitude, const struct wck_margins *margins,
                     const struct wck_problem *problem, size_t item)
{
    size_t samples = wck_warp_samples(&problem->warp), channels = problem->channels;
    size_t outputs = channels * samples, inputs = channels * pixels_of(problem);
    double u = wck_problem_roundoff(problem), *map = latitude->number + channels;

    add(latitude->output + item * outputs, margins->output, outputs, 0.0);
    add(latitude->image + item * inputs, margins->image, inputs, 0.0);
    add(latitude->number, margins->border_value, channels, u);
    if (wck_map_has_matrix(&problem->warp.map)) {
        add(map, margins->matrix, map_numbers(problem), u);
        return;
    }
    add(map, margins->coordinate[0], samples, u);
    add(map + samples, margins->coordinate[1], samples, u);
}

/* Of a footprint.  Images and upstream gradients are of numbers up to 1, border values
 * may be larger.  An output is off by its roundings and by what moves its footprint, on
 * either side of the comparison.  A gradient is a sum over all samples at most, of
 * which each has a weight up to 1, off by wck_area_roundings (reference/area.h), by
 * those of a term, and by as many additions as there are samples. */
static void allow_grossly(struct wck_latitude *latitude,
                          const struct wck_problem *problem, size_t outputs,
                          size_t inputs)
{
    const struct wck_trial trial = {.problem = problem};
    size_t samples = wck_warp_samples(&problem->warp);
    double u = wck_trial_roundoff(&trial), most = 1.0, moved = 0.0, sum;
    double slope = wck_kernel_slope_norm(problem->warp.kernel);
    double terms = (double)(samples * problem->batch);

    for (size_t i = 0; i < problem->warp.border_values; i++)
        most = fmax(most, fabs(problem->warp.border_value[i]));
    for (size_t i = 0; i < samples; i++) {
        struct wck_coordinate_error error = wck_problem_coordinate_error(problem, i);

        moved = fmax(moved, slope * (error.x + error.y));
    }
    sum = terms * (wck_gamma(terms + wck_trial_term_roundings(&trial), u) +
                   wck_trial_weight_bound(&trial) + moved);
    for (size_t i = 0; i < outputs; i++)
        latitude->output[i] =
            2.0 * most * (wck_gamma(wck_trial_output_roundings(&trial), u) + moved);
    for (size_t i = 0; i < inputs; i++)
        latitude->image[i] = 2.0 * sum;
    for (size_t i = 0; i < problem->channels + map_numbers(problem); i++)
        latitude->number[i] = i < problem->channels ? 2.0 * sum : (double)INFINITY;
}

enum wck_status wck_latitude_make(struct wck_latitude *latitude,
                                  const struct wck_problem *problem,
                                  const struct wck_image *image,
                                  const struct wck_image *upstream,
                                  struct wck_error *err)
{
    struct wck_problem item = *problem;
    size_t planes = problem->batch * problem->channels;
    size_t outputs = planes * wck_warp_samples(&problem->warp);
    size_t inputs = planes * pixels_of(problem);
    enum wck_status status = WCK_OK;

    *latitude = (struct wck_latitude){.output = NULL};
    latitude->output = calloc(
        outputs + inputs + problem->channels + map_numbers(problem), sizeof(double));
    if (latitude->output == NULL)
        return wck_error_no_memory(err);
    latitude->image = latitude->output + outputs;
    latitude->number = latitude->image + inputs;
    if (problem->warp.kernel->footprint) {
        allow_grossly(latitude, problem, outputs, inputs);
        return WCK_OK;
    }
    item.batch = 1;
    if (item.warp.arithmetic == NULL)
        item.warp.arithmetic =
            wck_arithmetic_find(problem->dtype == WCK_FLOAT64 ? "float64-normalised"
                                                              : "float32-normalised");
    for (size_t n = 0; n < problem->batch && status == WCK_OK; n++) {
        struct wck_image source = wck_image_item(image, n);
        struct wck_image pulled = wck_image_item(upstream, n);
        struct wck_margins margins;

        status = wck_margins_make(&margins, &item, &source, &pulled, err);
        if (status == WCK_OK)
            add_item(latitude, &margins, &item, n);
        wck_margins_release(&margins);
    }
    if (status != WCK_OK)
        wck_latitude_release(latitude);
    return status;
}

void wck_latitude_release(struct wck_latitude *latitude)
{
    free(latitude->output);
    *latitude = (struct wck_latitude){.output = NULL};
}
