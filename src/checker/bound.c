#include "src/checker/bound.h"

#include <math.h>

#include "reference/area.h"
#include "src/checker/trial.h"

double wck_gamma(double n, double u)
{
    return expm1(-n * log1p(-u));
}

double wck_trial_roundoff(const struct wck_trial *trial)
{
    return wck_dtype_row(trial->problem->dtype)->roundoff +
           wck_dtype_row(WCK_FLOAT64)->roundoff;
}

/* The kernel halfway between two knots. */
static struct wck_weights halfway(const struct wck_kernel *kernel)
{
    struct wck_weights weights = {0};

    kernel->eval(kernel, 0.5 - kernel->knot, &weights);
    return weights;
}

/* 1 where no weight is negative.  A cubic's are 1 + 2 |a| t (1 - t), largest halfway
 * between two pixels; so are those of Lanczos, whose side lobes peak together. */
double wck_kernel_norm(const struct wck_kernel *kernel)
{
    struct wck_weights at;
    double sum = 0.0;

    if (kernel->footprint)
        return 1.0;
    at = halfway(kernel);
    for (int k = 0; k < kernel->support; k++)
        sum += fabs(at.weight[k]);
    return sum;
}

/* Largest halfway too, except for a B-spline: its slope is the difference of two
 * B-splines of one degree less, each of sum 1.  A footprint of height H and area B
 * gives and takes H/B along x, H being at most sqrt 2 times its longer singular value,
 * and B no less than that value. */
double wck_kernel_slope_norm(const struct wck_kernel *kernel)
{
    struct wck_weights at;
    double sum = 0.0;

    if (kernel->footprint)
        return 2.0 * sqrt(2.0);
    if (kernel->order > 0)
        return 2.0;
    at = halfway(kernel);
    for (int k = 0; k < kernel->support; k++)
        sum += fabs(at.slope[k]);
    return sum;
}

/* A cubic's is 12 at a knot, 4 S; of the others none comes nearer to that. */
double wck_kernel_curvature_norm(const struct wck_kernel *kernel)
{
    return kernel->support <= 2 ? 0.0 : 4.0 * wck_kernel_slope_norm(kernel);
}

#define PARTS 32 /* of a cell */

/* A third derivative's mean over a part of the cell is the difference of the curvature
 * at its ends.  Of up to a cubic that is all.  Beyond, it changes within one of 32
 * parts by no more than the largest itself: that of a B-spline of degree d as d - 3
 * linear pieces would, of Lanczos as a sine of at most 5 pi / 4 a pixel times its
 * period-1 sum's; so twice the largest mean is a bound. */
double wck_kernel_third_norm(const struct wck_kernel *kernel)
{
    double sum = 0.0, factor = kernel->degree >= 0 && kernel->degree <= 3 ? 1.0 : 2.0;
    double most[WCK_TAPS] = {0.0};
    struct wck_weights last, next;

    if (kernel->support <= 2)
        return 0.0;
    for (int part = 0; part < PARTS; part++) {
        /* Inside the cell: at its ends the tie rule might choose another. */
        kernel->eval(kernel, (part + 0x1p-20) / PARTS - kernel->knot, &last);
        kernel->eval(kernel, (part + 1 - 0x1p-20) / PARTS - kernel->knot, &next);
        for (int k = 0; k < kernel->support; k++)
            most[k] = fmax(most[k], fabs(next.curvature[k] - last.curvature[k]) *
                                        PARTS / (1.0 - 0x1p-19));
    }
    for (int k = 0; k < kernel->support; k++)
        sum += factor * most[k];
    return sum;
}

double wck_trial_norm(const struct wck_trial *trial)
{
    double norm = wck_kernel_norm(trial->problem->warp.kernel);

    return norm * norm;
}

/* What the roundings of the weights along an axis add up to. */
static double axis_roundings(const struct wck_kernel *kernel)
{
    double one = wck_kernel_roundings(kernel);

    return kernel->support <= 2 ? one / 2.0 : one * kernel->support;
}

double wck_trial_taps(const struct wck_trial *trial)
{
    const struct wck_warp *warp = &trial->problem->warp;

    return (double)wck_warp_support(warp, WCK_X) *
           (double)wck_warp_support(warp, WCK_Y);
}

double wck_trial_output_roundings(const struct wck_trial *trial)
{
    const struct wck_warp *warp = &trial->problem->warp;
    const struct wck_kernel *kernel = warp->kernel;
    double taps = wck_trial_taps(trial);

    if (kernel->footprint)
        return taps + 1.0 + taps * wck_area_roundings(warp);
    return (taps + 1.0) * wck_trial_norm(trial) +
           2.0 * axis_roundings(kernel) * wck_kernel_norm(kernel);
}

double wck_trial_impulse_roundings(const struct wck_trial *trial)
{
    const struct wck_kernel *kernel = trial->problem->warp.kernel;

    if (kernel->footprint)
        return 4.0 + wck_area_roundings(&trial->problem->warp);
    return 4.0 + (kernel->support <= 2 ? 0.0 : 2.0 * wck_kernel_roundings(kernel));
}

double wck_trial_term_roundings(const struct wck_trial *trial)
{
    (void)trial;
    return 3.0;
}

double wck_trial_weight_bound(const struct wck_trial *trial)
{
    const struct wck_kernel *kernel = trial->problem->warp.kernel;

    if (kernel->footprint)
        return wck_area_roundings(&trial->problem->warp) * wck_trial_roundoff(trial);
    if (kernel->support <= 2)
        return 0.0;
    return 2.0 * wck_kernel_roundings(kernel) * wck_trial_roundoff(trial);
}

double wck_trial_slope_roundings(const struct wck_trial *trial)
{
    const struct wck_kernel *kernel = trial->problem->warp.kernel;
    double products = wck_trial_taps(trial) + 1.0;
    double norm = wck_kernel_norm(kernel), slope = wck_kernel_slope_norm(kernel);
    double factor = kernel->degree >= 0 ? kernel->degree : 4.0;
    double axis = axis_roundings(kernel);

    return products * norm * slope + axis * slope + factor * axis * norm;
}

double wck_trial_curvature_roundings(const struct wck_trial *trial)
{
    const struct wck_kernel *kernel = trial->problem->warp.kernel;
    double products = wck_trial_taps(trial) + 1.0;
    double norm = wck_kernel_norm(kernel), slope = wck_kernel_slope_norm(kernel);
    double bend = wck_kernel_curvature_norm(kernel);
    double factor = kernel->degree >= 0 ? kernel->degree : 4.0;
    double axis = axis_roundings(kernel);

    return products * (norm * bend + slope * slope) +
           axis * (factor * factor * norm + bend + 2.0 * factor * slope);
}

static double slope_sum(const struct wck_stencil *stencil)
{
    double sum = 0.0;

    for (int k = 0; k < stencil->count; k++)
        sum += fabs(stencil->slope[k]);
    return sum;
}

double wck_trial_coordinate_bound(const struct wck_trial *trial,
                                  const struct wck_block *block, size_t i,
                                  double amplitude)
{
    struct wck_coordinate_error error =
        wck_problem_coordinate_error(trial->problem, block->first + i);

    if (block->has_footprint)
        return amplitude * wck_kernel_slope_norm(trial->problem->warp.kernel) *
               (error.x + error.y);
    return amplitude * wck_kernel_norm(trial->problem->warp.kernel) *
           (slope_sum(&block->across[i]) * error.x +
            slope_sum(&block->down[i]) * error.y);
}

bool wck_trial_uncertain(const struct wck_trial *trial, const struct wck_block *block,
                         size_t i)
{
    return trial->problem->warp.kernel->smoothness < 0 &&
           wck_trial_at_knot(trial, block, i);
}

bool wck_trial_at_knot(const struct wck_trial *trial, const struct wck_block *block,
                       size_t i)
{
    struct wck_coordinate_error error =
        wck_problem_coordinate_error(trial->problem, block->first + i);

    if (block->has_footprint)
        return false;
    return (error.x > 0.0 && fabs(block->across[i].knot) <= error.x) ||
           (error.y > 0.0 && fabs(block->down[i].knot) <= error.y);
}

enum wck_status wck_trial_drop_uncertain(const struct wck_trial *trial,
                                         const struct wck_image *upstream,
                                         struct wck_error *err)
{
    const struct wck_warp *warp = &trial->problem->warp;
    struct wck_block block;
    enum wck_status status =
        wck_block_init(&block, warp, wck_block_capacity(warp), err);

    if (status != WCK_OK)
        return status;
    for (size_t first = 0; first < wck_warp_samples(warp); first += block.count) {
        wck_trial_fill(trial, &block, first);
        for (size_t i = 0; i < block.count; i++) {
            if (!wck_trial_uncertain(trial, &block, i))
                continue;
            for (size_t p = 0; p < wck_image_planes(upstream); p++)
                wck_plane_set(upstream, p, first + i, 0.0);
        }
    }
    wck_block_release(&block);
    return WCK_OK;
}

double wck_trial_resolution(const struct wck_trial *trial)
{
    if (trial->resolution > 0.0)
        return trial->resolution;
    if (trial->problem->dtype == WCK_FLOAT64)
        return 1e-6;
    return 16.0 * fmax(1.0, wck_trial_output_roundings(trial) / 6.0) *
           wck_dtype_row(trial->problem->dtype)->roundoff;
}

double wck_trial_derivative_resolution(const struct wck_trial *trial,
                                       double amplification)
{
    double resolution = wck_trial_resolution(trial);

    if (trial->resolution > 0.0 || trial->problem->dtype == WCK_FLOAT64)
        return resolution;
    return resolution * amplification;
}

double wck_trial_gross_resolution(const struct wck_trial *trial)
{
    if (trial->resolution > 0.0 || trial->problem->dtype == WCK_FLOAT64)
        return wck_trial_resolution(trial);
    return 0x1p-3;
}

const struct wck_arithmetic *wck_grid_arithmetic(enum wck_dtype dtype)
{
    return wck_arithmetic_find(dtype == WCK_FLOAT64 ? "float64-normalised"
                                                    : "float32-normalised");
}
