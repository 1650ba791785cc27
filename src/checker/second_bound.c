#include "src/checker/second_bound.h"

#include <math.h>

struct wck_second_bound wck_second_bound_of(const struct wck_trial *trial,
                                            bool by_image)
{
    const struct wck_kernel *kernel = trial->problem->warp.kernel;

    return (struct wck_second_bound){
        .trial = trial,
        .by_image = by_image,
        .u = wck_trial_roundoff(trial),
        .n = wck_kernel_norm(kernel),
        .s = wck_kernel_slope_norm(kernel),
        .c = wck_kernel_curvature_norm(kernel),
        .t = wck_kernel_third_norm(kernel),
        .amplitude =
            by_image ? 1.0 : fmax(1.0, wck_problem_border_amplitude(trial->problem))};
}

static double error_of(const struct wck_problem *problem, size_t sample)
{
    struct wck_coordinate_error error = wck_problem_coordinate_error(problem, sample);

    return error.x + error.y;
}

/* The slope along one axis of an output that reads pixels up to 1. */
static double slope(const struct wck_second_bound *b, const struct wck_problem *problem,
                    size_t sample, double terms)
{
    return wck_gamma(wck_trial_slope_roundings(b->trial), b->u) +
           b->s * b->n * wck_gamma(terms + 2.0, b->u) +
           (b->c * b->n + b->s * b->s) * error_of(problem, sample);
}

double wck_second_value(const struct wck_second_bound *b,
                        const struct wck_problem *problem, size_t sample, double terms)
{
    if (!b->by_image)
        return 2.0 * b->amplitude * slope(b, problem, sample, terms);
    return wck_gamma(wck_trial_output_roundings(b->trial), b->u) +
           b->n * b->n * wck_gamma(terms, b->u) +
           b->s * b->n * error_of(problem, sample);
}

double wck_second_value_scale(const struct wck_second_bound *b)
{
    return b->by_image ? 1.0 : 2.0 * b->amplitude * fmax(1.0, b->s * b->n);
}

double wck_second_bend(const struct wck_second_bound *b,
                       const struct wck_problem *problem, size_t sample, double terms)
{
    if (b->by_image)
        return slope(b, problem, sample, terms);
    return b->amplitude *
           (wck_gamma(wck_trial_curvature_roundings(b->trial), b->u) +
            (b->c * b->n + b->s * b->s) * wck_gamma(terms + 3.0, b->u) +
            (b->t * b->n + 3.0 * b->c * b->s) * error_of(problem, sample));
}

double wck_second_bend_scale(const struct wck_second_bound *b)
{
    return b->by_image ? fmax(1.0, b->s * b->n)
                       : b->amplitude * fmax(1.0, b->c * b->n + b->s * b->s);
}

double wck_second_share(const struct wck_second_bound *b,
                        const struct wck_problem *problem, size_t sample, double terms)
{
    const struct wck_kernel *kernel = b->trial->problem->warp.kernel;
    double of_slope = wck_kernel_slope_roundings(kernel, 0);
    double of_weight = wck_kernel_roundings(kernel);

    if (b->by_image) /* the image gradient does not read the image */
        return 0.0;
    return 2.0 * (wck_gamma(of_slope * b->n + of_weight * b->s, b->u) +
                  b->s * b->n * wck_gamma(terms + 4.0, b->u) +
                  (b->c * b->n + b->s * b->s) * error_of(problem, sample));
}

double wck_second_share_scale(const struct wck_second_bound *b)
{
    return 2.0 * fmax(1.0, b->s * b->n);
}

/* The sum of what the nodes make of each tap's slope, against its curvature. */
static double slope_truncation(const struct wck_kernel *kernel,
                               const struct wck_cell *cell, double u)
{
    double base = floor(u - kernel->knot), sum = 0.0;
    struct wck_weights at[WCK_CELL_NODES] = {0}, exact = {0};

    kernel->eval(kernel, (long double)u - base, &exact);
    for (int j = 0; j < wck_cell_nodes(kernel); j++)
        kernel->eval(kernel, (long double)cell->at[j] - base, &at[j]);
    for (int k = 0; k < kernel->support; k++) {
        double error = -exact.curvature[k];

        for (int j = 0; j < wck_cell_nodes(kernel); j++)
            error += cell->weight[j] * at[j].slope[k];
        sum += fabs(error);
    }
    return sum;
}

double wck_second_truncation(const struct wck_second_bound *b,
                             const struct wck_cell *cell, double u)
{
    const struct wck_kernel *kernel = b->trial->problem->warp.kernel;

    if (kernel->degree >= 0)
        return 0.0;
    if (b->by_image)
        return cell->truncation * b->n;
    return b->amplitude *
           (slope_truncation(kernel, cell, u) * b->n + cell->truncation * b->s);
}
