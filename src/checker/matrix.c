/* matrix: the gradient of the 2x3 matrix, against derivatives of
 *
 *     phi(t) = sum over outputs of g_o F_o(M + t E_k)
 *
 * for each entry k, by GSL's adaptive central rule (gsl_deriv_central, which returns
 * its own error estimate).  The sum crosses kinks and jumps, so outputs whose
 * coordinates come within MARGIN of a knot are set aside by g_o = 0, and the first step
 * moves no coordinate by more than half of that; the rule never enlarges it.  phi is
 * then smooth, if the subject's knots lie where the declared warp's do.  Where an
 * output bends more over a step h than a smooth one could,
 *
 *     |F(h) - 2 F(0) + F(-h)| > 4 gamma_n A + h^2 (bound on the second derivative),
 *
 * they do not, and it is set aside as well, for the claim on the subject's own output.
 */
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
    const struct wck_image *image, *upstream, *output;
    int entry;                /* k */
    double least;             /* the smallest |t| asked for so far */
    size_t aside, bent, used; /* samples */
    double weight;            /* sum of |g| over planes and samples used */
    double noise;             /* bound on the rounding error of phi */
    double extent[6];         /* sum of |g| times the reach of d coordinate / d entry */
    enum wck_status status;
    struct wck_error *err;
};

static enum wck_status move(const struct phi *phi, double t, struct wck_problem *moved,
                            struct wck_error *err)
{
    double matrix[6];

    *moved = *phi->trial->problem;
    memcpy(matrix, moved->warp.map.matrix, sizeof matrix);
    matrix[phi->entry] += t;
    return wck_map_affine(&moved->warp.map, matrix, moved->warp.map.direction, err);
}

/* The subject's output with the entry moved by t. */
static enum wck_status output_at(const struct phi *phi, double t,
                                 const struct wck_image *output, struct wck_error *err)
{
    struct wck_problem moved;
    enum wck_status status = move(phi, t, &moved, err);

    if (status != WCK_OK)
        return status;
    return wck_subject_forward(phi->trial->subject, &moved, phi->image, output, err);
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

static void set_aside(const struct phi *phi, size_t sample)
{
    for (size_t p = 0; p < wck_image_planes(phi->upstream); p++)
        wck_plane_set(phi->upstream, p, sample, 0.0);
}

/* A bound on the rounding error of an output. */
static double rounding_of(const struct phi *phi, double amplitude)
{
    return amplitude * wck_gamma(wck_trial_output_roundings(phi->trial),
                                 wck_trial_roundoff(phi->trial));
}

static double amplitude_of(const struct phi *phi)
{
    return fmax(1.0, wck_problem_border_amplitude(phi->trial->problem));
}

/* Adds up the bounds of the outputs that are used, which are those of a weight. */
static void add_block(struct phi *phi, const struct wck_block *block)
{
    const struct wck_problem *problem = phi->trial->problem;
    double amplitude = amplitude_of(phi), rounding = rounding_of(phi, amplitude);

    for (size_t i = 0; i < block->count; i++) {
        size_t sample = block->first + i;
        double weight = 0.0;

        for (size_t p = 0; p < wck_image_planes(phi->upstream); p++)
            weight += wck_plane_get(phi->upstream, p, sample);
        if (!(weight > 0.0))
            continue;
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

/* Adds up the bounds; first sets outputs near knots aside where that is asked for. */
static enum wck_status add_up(struct phi *phi, bool knots_aside, struct wck_error *err)
{
    const struct wck_warp *warp = &phi->trial->problem->warp;
    struct wck_block block;
    enum wck_status status =
        wck_block_init(&block, warp, wck_block_capacity(warp), err);

    if (status != WCK_OK)
        return status;
    phi->used = 0;
    phi->weight = phi->noise = 0.0;
    memset(phi->extent, 0, sizeof phi->extent);
    for (size_t first = 0; first < wck_warp_samples(warp); first += block.count) {
        wck_trial_fill(phi->trial, &block, first);
        for (size_t i = 0; i < block.count && knots_aside; i++) {
            if (!near_knot(&block, i))
                continue;
            set_aside(phi, first + i);
            phi->aside++;
        }
        add_block(phi, &block);
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
 * change along the step.  Where the entry moves nothing, as in an output of one column,
 * any step does that leaves the matrix regular. */
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
    frexp(0.5 * MARGIN / (most > 0.0 ? most : 1.0), &exponent);
    return ldexp(1.0, exponent - 1);
}

/* A bound on the second derivative of an output by entry k: that of the kernel along
 * both axes, and where the matrix is inverted that of its map: p'' = 2 B E p'. */
static double bend(const struct phi *phi, size_t sample, double amplitude)
{
    const struct wck_warp *warp = &phi->trial->problem->warp;
    double weight = wck_kernel_norm(warp->kernel);
    double slope = wck_kernel_slope_norm(warp->kernel);
    double curvature = wck_kernel_curvature_norm(warp->kernel);
    const double *b = warp->map.backward;
    double turn = fmax(fmax(fabs(b[0]), fabs(b[1])), fmax(fabs(b[3]), fabs(b[4])));
    double x, y;

    reach(&warp->map, phi->entry, sample % warp->output_width,
          sample / warp->output_width, &x, &y);
    return amplitude *
           (curvature * weight * (x * x + y * y) + 2.0 * slope * slope * x * y +
            slope * weight * 2.0 * turn * (x + y));
}

static bool is_bent(const struct phi *phi, const struct wck_image out[3], size_t sample,
                    double bound)
{
    for (size_t p = 0; p < wck_image_planes(&out[0]); p++) {
        double second = wck_plane_get(&out[0], p, sample) -
                        2.0 * wck_plane_get(&out[1], p, sample) +
                        wck_plane_get(&out[2], p, sample);

        if (fpclassify(wck_plane_get(phi->upstream, p, sample)) != FP_ZERO &&
            !(fabs(second) <= bound))
            return true;
    }
    return false;
}

/* Sets outputs aside that bend more than smooth ones could. */
static enum wck_status set_bent_aside(struct phi *phi, struct wck_error *err)
{
    double amplitude = amplitude_of(phi), rounding = rounding_of(phi, amplitude);
    struct wck_image out[3];
    enum wck_status status = WCK_OK;

    memset(out, 0, sizeof out);
    for (int k = 0; k < 3 && status == WCK_OK; k++)
        status = wck_problem_output(phi->trial->problem, &out[k], err);
    phi->entry = 0;
    if (status == WCK_OK)
        status = output_at(phi, 0.0, &out[1], err);
    for (; phi->entry < 6 && status == WCK_OK; phi->entry++) {
        double h = first_step(phi);

        status = output_at(phi, -h, &out[0], err);
        if (status == WCK_OK)
            status = output_at(phi, h, &out[2], err);
        for (size_t i = 0; i < wck_image_pixels(&out[0]) && status == WCK_OK; i++) {
            if (!is_bent(phi, out, i, 4.0 * rounding + h * h * bend(phi, i, amplitude)))
                continue;
            set_aside(phi, i);
            phi->bent++;
        }
    }
    for (int k = 0; k < 3; k++)
        free(out[k].tensor.data);
    return status;
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

/* phi's derivative by GSL, with bounds on its rounding and truncation errors.  Where
 * outputs bend at knots that are nobody's, some that bend less are still among the
 * rest: what they add changes with the step. */
static enum wck_status differentiate(struct phi *phi, struct wck_measure *measure)
{
    const double *matrix = phi->trial->problem->warp.map.matrix;
    double u = wck_dtype_row(phi->trial->problem->dtype)->roundoff;
    gsl_function function = {.function = evaluate, .params = phi};
    double h = first_step(phi), wide = 0.0, error;

    phi->least = h;
    gsl_deriv_central(&function, 0.0, h, &measure->want, &measure->trunc);
    if (phi->bent > 0) {
        wide = measure->want;
        gsl_deriv_central(&function, 0.0, h / 8.0, &measure->want, &error);
        measure->trunc += error + fabs(measure->want - wide);
    }
    if (phi->status != WCK_OK)
        return phi->status;
    /* The rule's five points: (4/3) (2 values) + (1/3) (1 value), over its step, which
     * is twice the smallest |t|; and the step as the subject's type may round the
     * entry. */
    measure->round = 3.0 * phi->noise / (2.0 * phi->least) +
                     fabs(measure->want) * u * fabs(matrix[phi->entry]) / phi->least;
    return WCK_OK;
}

static enum wck_status judge(struct phi *phi, const double got[6], const double want[6],
                             enum wck_claim claim, struct wck_error *err)
{
    struct wck_trial *trial = phi->trial;
    struct wck_tally tally = {0};
    double h = 1.0;

    for (phi->entry = 0; phi->entry < 6; phi->entry++) {
        struct wck_measure measure = {.want = want != NULL ? want[phi->entry] : 0.0};
        struct wck_place place = {
            .plane = -1, .y = phi->entry / 3, .x = phi->entry % 3, .input = true};
        enum wck_status status =
            claim == WCK_SELF_CONSISTENT ? differentiate(phi, &measure) : WCK_OK;

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
        wck_trial_text("%zu samples used; set aside: %zu near a knot, %zu where the "
                       "output bends",
                       phi->used, phi->aside, phi->bent),
        wck_trial_text("the gradient of matrix entry (%ld, %ld) is not that of %s",
                       tally.where.y, tally.where.x,
                       claim == WCK_CONFORMS ? "the declared warp"
                                             : "the subject's own output"),
        err);
}

/* Judges the gradient by the subject's own output, bent outputs set aside. */
static enum wck_status judge_self(struct phi *phi, double got[6], struct wck_error *err)
{
    struct wck_trial *trial = phi->trial;
    enum wck_status status = set_bent_aside(phi, err);

    if (status == WCK_OK && phi->bent > 0)
        status = add_up(phi, false, err);
    if (status == WCK_OK && phi->used == 0)
        return wck_trial_say(trial, "matrix", WCK_SELF_CONSISTENT, WCK_INCONCLUSIVE,
                             "every output bends or jumps within a step: the subject's "
                             "knots are not where the declared warp's are",
                             err);
    if (status == WCK_OK && phi->bent > 0)
        status = wck_trial_vjp(trial, phi->image, phi->upstream,
                               &(struct wck_gradients){.matrix = got}, err);
    return status == WCK_OK ? judge(phi, got, NULL, WCK_SELF_CONSISTENT, err) : status;
}

static enum wck_status run_prepared(struct phi *phi, struct wck_error *err)
{
    struct wck_trial *trial = phi->trial;
    double got[6], own[6], want[6];
    struct phi whole;
    enum wck_status status = add_up(phi, true, err);

    if (status == WCK_OK && phi->used == 0)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "every sample lies at a knot: no derivative");
    if (status == WCK_OK)
        status = wck_trial_vjp(trial, phi->image, phi->upstream,
                               &(struct wck_gradients){.matrix = got}, err);
    if (status == WCK_OK)
        status = wck_warp_vjp(&trial->problem->warp, phi->image, phi->upstream,
                              &(struct wck_gradients){.matrix = want}, err);
    if (status != WCK_OK)
        return status;
    whole = *phi;
    memcpy(own, got, sizeof own);
    status = judge_self(phi, own, err);
    return status == WCK_OK ? judge(&whole, got, want, WCK_CONFORMS, err) : status;
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    const struct wck_problem *problem = trial->problem;
    struct wck_image image = {0}, upstream = {0}, output = {0};
    struct phi phi = {.trial = trial,
                      .image = &image,
                      .upstream = &upstream,
                      .output = &output,
                      .err = err};
    enum wck_status status;

    if (problem->warp.kernel->footprint)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "the knots of kernel %s are not along the axes: no steps "
                             "that stay between them are known",
                             problem->warp.kernel->name);
    if (problem->warp.map.kind != WCK_MAP_AFFINE)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "the matrix that is looked at is an affine one");
    status = wck_subject_source(trial->subject, problem, &image, err);
    if (status == WCK_OK)
        status = wck_subject_upstream(trial->subject, problem, &upstream, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &output, err);
    if (status == WCK_OK) {
        wck_problem_random(problem, 10, &image);
        wck_problem_random(problem, 11, &upstream);
        status = run_prepared(&phi, err);
    }
    wck_subject_free_image(trial->subject, &image);
    wck_subject_free_image(trial->subject, &upstream);
    free(output.tensor.data);
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
