/* matrix: the gradient of the 2x3 matrix, against derivatives of
 *
 *     phi(t) = sum over outputs of g_o F_o(M + t E_k)
 *
 * for each entry k, by GSL's adaptive central rule (gsl_deriv_central, which returns
 * its own error estimate).  The sum crosses kinks and jumps, so outputs whose
 * coordinates come within MARGIN of a knot are set aside by g_o = 0, and the first step
 * moves no coordinate by more than half of that; the rule never enlarges it.  phi is
 * then smooth, where the subject's knots are those of the declared warp.  In case they
 * are not, outputs whose second difference is more than a smooth one's are set aside
 * too before the subject is held to its own forward. */
#include "src/checker/checkers.h"

#include <gsl/gsl_deriv.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/checker/trial.h"

#define MARGIN 0.125

/* phi, and what calling it needs. */
struct phi {
    struct wck_trial *trial;
    const struct wck_image *image, *upstream, *output, *side[2];
    int entry;          /* k */
    double least;       /* the smallest |t| asked for so far */
    size_t aside, used; /* samples */
    size_t irregular;   /* outputs whose second difference is no smooth one's */
    double weight;      /* sum of |g| over planes and samples used */
    double noise;       /* bound on the rounding error of phi */
    double extent[6];   /* sum of |g| times the reach of d coordinate / d entry */
    enum wck_status status;
    struct wck_error *err;
};

static enum wck_status moved_warp(const struct phi *phi, double t,
                                  struct wck_warp *warp, struct wck_error *err)
{
    double matrix[6];

    *warp = phi->trial->problem->warp;
    memcpy(matrix, warp->map.matrix, sizeof matrix);
    matrix[phi->entry] += t;
    return wck_map_affine(&warp->map, matrix, warp->map.direction, err);
}

/* The subject's output at M + t E_k. */
static enum wck_status output_at(const struct phi *phi, double t,
                                 const struct wck_image *output, struct wck_error *err)
{
    struct wck_warp warp;
    enum wck_status status = moved_warp(phi, t, &warp, err);

    if (status != WCK_OK)
        return status;
    return wck_subject_forward(phi->trial->subject, &warp, phi->image, output, err);
}

static double evaluate(double t, void *state)
{
    struct phi *phi = state;
    double sum = 0.0;

    phi->least = fmin(phi->least, fabs(t));
    if (phi->status == WCK_OK)
        phi->status = output_at(phi, t, phi->output, phi->err);
    if (phi->status != WCK_OK)
        return (double)NAN;
    for (size_t p = 0; p < wck_image_planes(phi->output); p++) {
        for (size_t i = 0; i < wck_image_pixels(phi->output); i++) {
            double g = wck_plane_get(phi->upstream, p, i);

            if (fpclassify(g) != FP_ZERO)
                sum += g * wck_plane_get(phi->output, p, i);
        }
    }
    return sum;
}

/* How far a unit change of entry k moves the coordinate of a sample, in x and y. */
static void reach(const struct wck_map *map, int k, size_t column, size_t row,
                  double *along_x, double *along_y)
{
    double unit[6] = {0.0}, b[6];

    unit[k] = 1.0;
    wck_map_matrix_tangent(map, unit, b);
    *along_x = fabs(b[0] * (double)column + b[1] * (double)row + b[2]);
    *along_y = fabs(b[3] * (double)column + b[4] * (double)row + b[5]);
}

static bool near_knot(const struct wck_block *block, size_t i)
{
    return fabs(block->across[i].knot) < MARGIN || fabs(block->down[i].knot) < MARGIN;
}

/* Sets outputs near knots aside, and adds up the bounds of the others. */
static void prepare_block(struct phi *phi, const struct wck_block *block)
{
    const struct wck_problem *problem = phi->trial->problem;
    double amplitude = fmax(1.0, wck_problem_border_amplitude(problem));
    double rounding = amplitude * wck_gamma(wck_trial_output_roundings(phi->trial),
                                            wck_trial_roundoff(phi->trial));

    for (size_t i = 0; i < block->count; i++) {
        size_t sample = block->first + i;
        double weight = 0.0;

        for (size_t p = 0; p < wck_image_planes(phi->upstream); p++) {
            if (near_knot(block, i))
                wck_plane_set(phi->upstream, p, sample, 0.0);
            weight += wck_plane_get(phi->upstream, p, sample);
        }
        if (near_knot(block, i)) {
            phi->aside++;
            continue;
        }
        phi->used++;
        phi->weight += weight;
        phi->noise += weight * (rounding + wck_trial_coordinate_bound(phi->trial, block,
                                                                      i, amplitude));
        for (int k = 0; k < 6; k++) {
            double x, y;

            reach(&problem->warp.map, k, sample % problem->warp.output_width,
                  sample / problem->warp.output_width, &x, &y);
            phi->extent[k] += weight * (x + y);
        }
    }
}

static enum wck_status prepare(struct phi *phi, struct wck_error *err)
{
    const struct wck_warp *warp = &phi->trial->problem->warp;
    struct wck_block block;
    enum wck_status status =
        wck_block_init(&block, warp, wck_block_capacity(warp), err);

    if (status != WCK_OK)
        return status;
    for (size_t first = 0; first < wck_warp_samples(warp); first += block.count) {
        wck_trial_fill(phi->trial, &block, first);
        prepare_block(phi, &block);
    }
    wck_block_release(&block);
    /* Our own sum of phi, in double. */
    phi->noise +=
        wck_gamma((double)(phi->used * wck_image_planes(phi->output)), 0x1p-53) *
        phi->weight;
    return WCK_OK;
}

/* A power of two that moves no coordinate by more than half the margin: the reach is
 * affine in (column, row), so it is largest at a corner; the other half is for its
 * change along the step. */
static double first_step(const struct phi *phi)
{
    const struct wck_warp *warp = &phi->trial->problem->warp;
    double most = 0.0;
    int exponent;

    for (int corner = 0; corner < 4; corner++) {
        double x, y;

        reach(&warp->map, phi->entry, corner & 1 ? warp->output_width - 1 : 0,
              corner & 2 ? warp->output_height - 1 : 0, &x, &y);
        most = fmax(most, fmax(x, y));
    }
    frexp(0.5 * MARGIN / most, &exponent);
    return ldexp(1.0, exponent - 1);
}

/* How large the second difference of a smooth output is, whose coordinates move by up
 * to d = x + y: (C N + S^2) A d^2; and for a matrix that is inverted, 2 d |B| h more in
 * the coordinates, which curve.  Four values are rounded. */
static double smooth_limit(const struct phi *phi, size_t sample, double h)
{
    const struct wck_problem *problem = phi->trial->problem;
    const struct wck_kernel *kernel = problem->warp.kernel;
    const struct wck_map *map = &problem->warp.map;
    double n = wck_kernel_norm(kernel), s = wck_kernel_slope_norm(kernel);
    double amplitude = fmax(1.0, wck_problem_border_amplitude(problem));
    double x, y, d, bend = 0.0;

    reach(map, phi->entry, sample % problem->warp.output_width,
          sample / problem->warp.output_width, &x, &y);
    d = (x + y) * h;
    for (int i = 0; i < 2 && map->direction == WCK_SOURCE_TO_OUTPUT; i++)
        bend = fmax(bend,
                    fmax(fabs(map->backward[3 * i]), fabs(map->backward[3 * i + 1])));
    return amplitude * (4.0 * wck_gamma(wck_trial_output_roundings(phi->trial),
                                        wck_trial_roundoff(phi->trial)) +
                        (wck_kernel_curvature_norm(kernel) * n + s * s) * d * d +
                        2.0 * s * n * d * bend * h);
}

/* Sets outputs aside that are not smooth along the entry. */
static void drop_irregular(struct phi *phi, double h)
{
    size_t samples = wck_image_pixels(phi->output);

    for (size_t i = 0; i < samples; i++) {
        double limit = smooth_limit(phi, i, h);

        for (size_t p = 0; p < wck_image_planes(phi->output); p++) {
            double bend = wck_plane_get(phi->side[0], p, i) +
                          wck_plane_get(phi->side[1], p, i) -
                          2.0 * wck_plane_get(phi->output, p, i);

            if (fpclassify(wck_plane_get(phi->upstream, p, i)) == FP_ZERO ||
                fabs(bend) <= limit)
                continue;
            wck_plane_set(phi->upstream, p, i, 0.0);
            phi->irregular++;
        }
    }
}

/* Along all entries. */
static enum wck_status look_for_irregular(struct phi *phi, struct wck_error *err)
{
    for (phi->entry = 0; phi->entry < 6; phi->entry++) {
        double h = first_step(phi);
        enum wck_status status = output_at(phi, 0.0, phi->output, err);

        if (status == WCK_OK)
            status = output_at(phi, h, phi->side[0], err);
        if (status == WCK_OK)
            status = output_at(phi, -h, phi->side[1], err);
        if (status != WCK_OK)
            return status;
        drop_irregular(phi, h);
    }
    return WCK_OK;
}

/* A bound on the error of one analytic entry, and the magnitude of its terms: each is
 * |g| times the reach times a slope of up to S N A; the slopes themselves move by up to
 * (C N + S^2) A times the coordinate error, C the kernel's curvature. */
static double analytic_bound(const struct phi *phi, double *scale)
{
    const struct wck_problem *problem = phi->trial->problem;
    const struct wck_kernel *kernel = problem->warp.kernel;
    double u = wck_trial_roundoff(phi->trial);
    double amplitude = fmax(1.0, wck_problem_border_amplitude(problem));
    double terms = (double)(phi->used * wck_image_planes(phi->upstream));
    struct wck_coordinate_error far =
        wck_problem_coordinate_error(problem, wck_warp_samples(&problem->warp) - 1);
    double reach = amplitude * phi->extent[phi->entry];
    double n = wck_kernel_norm(kernel), s = wck_kernel_slope_norm(kernel);

    *scale = fmax(2.0, s * n) * reach * fmax(1.0, terms / 4.0);
    /* Ten more for the products with B on both sides. */
    return reach * (wck_gamma(wck_trial_slope_roundings(phi->trial), u) +
                    s * n * wck_gamma(terms + 10.0, u) +
                    (wck_kernel_curvature_norm(kernel) * n + s * s) * (far.x + far.y));
}

/* phi's derivative by GSL, with bounds on its rounding and truncation errors. */
static enum wck_status differentiate(struct phi *phi, struct wck_measure *measure)
{
    const double *matrix = phi->trial->problem->warp.map.matrix;
    double u = wck_dtype_row(phi->trial->problem->dtype)->roundoff;
    gsl_function function = {.function = evaluate, .params = phi};
    double h = first_step(phi);

    phi->least = h;
    gsl_deriv_central(&function, 0.0, h, &measure->want, &measure->trunc);
    if (phi->status != WCK_OK)
        return phi->status;
    /* The rule's five points: (4/3) (2 values) + (1/3) (1 value), over its step, which
     * is twice the smallest |t|; and the step as the subject's type may round the
     * entry. */
    measure->round = 3.0 * phi->noise / (2.0 * phi->least) +
                     fabs(measure->want) * u * fabs(matrix[phi->entry]) / phi->least;
    return WCK_OK;
}

static enum wck_status judge(struct phi *phi, const double want[6],
                             enum wck_claim claim, struct wck_error *err)
{
    struct wck_trial *trial = phi->trial;
    struct wck_tally tally = {0};
    double h = 1.0, got[6];
    enum wck_status status = wck_trial_vjp(trial, phi->image, phi->upstream,
                                           &(struct wck_gradients){.matrix = got}, err);

    if (status != WCK_OK)
        return status;
    for (phi->entry = 0; phi->entry < 6; phi->entry++) {
        struct wck_measure measure = {.want = want[phi->entry]};
        struct wck_place place = {
            .plane = -1, .y = phi->entry / 3, .x = phi->entry % 3, .input = true};
        if (claim == WCK_SELF_CONSISTENT)
            status = differentiate(phi, &measure);

        if (status != WCK_OK)
            return status;
        h = fmin(h, phi->least);
        measure.got = got[phi->entry];
        measure.round += analytic_bound(phi, &measure.scale);
        wck_tally_add(&tally, &measure, &place, true);
    }
    return wck_trial_report_take(
        trial, "matrix", claim, &tally,
        claim == WCK_CONFORMS ? wck_trial_resolution(trial)
                              : wck_trial_derivative_resolution(trial, 1.0 / h),
        wck_trial_text("%zu samples used, %zu near a knot set aside, and %zu outputs "
                       "that are not smooth",
                       phi->used, phi->aside, phi->irregular),
        wck_trial_text("the gradient of matrix entry (%ld, %ld) is not that of %s",
                       tally.where.y, tally.where.x,
                       claim == WCK_CONFORMS ? "the declared warp"
                                             : "the subject's own output"),
        err);
}

static enum wck_status run_prepared(struct phi *phi, struct wck_error *err)
{
    struct wck_trial *trial = phi->trial;
    double want[6];
    enum wck_status status = prepare(phi, err);

    if (status != WCK_OK)
        return status;
    if (phi->used == 0) {
        for (int claim = 0; claim < WCK_CLAIM_COUNT && status == WCK_OK; claim++)
            status = wck_trial_say(trial, "matrix", (enum wck_claim)claim,
                                   WCK_NOT_APPLICABLE,
                                   "every sample lies at a knot: no derivative", err);
        return status;
    }
    status = wck_warp_vjp(&trial->problem->warp, phi->image, phi->upstream,
                          &(struct wck_gradients){.matrix = want}, err);
    if (status == WCK_OK)
        status = judge(phi, want, WCK_CONFORMS, err);
    if (status == WCK_OK)
        status = look_for_irregular(phi, err);
    if (status == WCK_OK)
        status = judge(phi, want, WCK_SELF_CONSISTENT, err);
    return status;
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    const struct wck_problem *problem = trial->problem;
    struct wck_image image = {0}, upstream = {0}, output = {0}, side[2];
    struct phi phi = {.trial = trial,
                      .image = &image,
                      .upstream = &upstream,
                      .output = &output,
                      .side = {&side[0], &side[1]},
                      .err = err};
    enum wck_status status = wck_problem_source(problem, &image, err);

    memset(side, 0, sizeof side);
    for (int k = 0; k < 2 && status == WCK_OK; k++)
        status = wck_problem_output(problem, &side[k], err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &upstream, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &output, err);
    if (status == WCK_OK) {
        wck_problem_random(problem, 10, &image);
        wck_problem_random(problem, 11, &upstream);
        status = run_prepared(&phi, err);
    }
    free(image.tensor.data);
    free(upstream.tensor.data);
    free(output.tensor.data);
    free(side[0].tensor.data);
    free(side[1].tensor.data);
    return status;
}

const struct wck_checker wck_checker_matrix = {
    .id = "matrix",
    .summary = "gradient of the matrix by GSL's adaptive rule, kinks set aside",
    .needs_deterministic = true,
    .claims = {WCK_SELF_CONSISTENT, WCK_CONFORMS},
    .claim_count = 2,
    .run = run,
};
