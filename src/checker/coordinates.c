/* coordinates: the gradient with respect to each sample's own coordinates.
 *
 * Each output depends on its own coordinate only, so one call with all of them moved
 * serves all derivatives along an axis.  Between two knots the derivative D follows
 * from a few values without truncation error, or with a known one (src/checker/cell.h):
 *
 *     |D - f'| <= sum|weights| gamma_n A + truncation N A
 *
 * At a knot both one-sided derivatives are taken: the analytic one must lie between
 * them (Clarke's interval; of a smooth kernel they are equal), and at the same fraction
 * of the way in every plane.  A kernel whose taps are floor and ceil declares the slope
 * 0 there: that is what conforms, and it is no less self-consistent than either side's,
 * by convention.  At a jump there is no derivative: such samples are counted and set
 * aside; and so are, from the subject's own, those where its output is no such function
 * of the coordinate as the kernel makes (whether it conforms is judged elsewhere).  The
 * coordinates are rounded to the problem's type first, so both sides use the same. */
#include "src/checker/checkers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/checker/cell.h"
#include "src/checker/trial.h"

enum { SMOOTH, KNOT, JUMP, IRREGULAR, CLASSES };

/* The coordinates of all samples, and what is known of each. */
struct samples {
    size_t count, planes;
    double *u[2];          /* the coordinates */
    double *moved;         /* a copy of one of them, at nodes */
    unsigned char *kind;   /* class along the axis under test */
    struct wck_cell *cell; /* on the side under test */
    double *bound[2];      /* on the error of a derivative, by side: rounding ... */
    double *trunc;         /* ... and truncation, on either */
    double *low, *high;    /* fractions between the one-sided derivatives, all planes */
    double *gradient;      /* the analytic one */
    double *slope[2];      /* the numeric ones by side, [plane][sample] */
    double *rest;          /* what must be 0, likewise */
    double *limit;         /* of its magnitude */
    double amplification;  /* the largest */
    size_t classes[CLASSES], sides[2];
};

/* What a judgement of one claim works with. */
struct work {
    struct wck_trial *trial;
    enum wck_claim claim;
    enum wck_axis axis;
    struct wck_image image, upstream, output;
    struct samples s;
};

static enum wck_status samples_init(struct samples *s, size_t count, size_t planes,
                                    struct wck_error *err)
{
    double *values = calloc((10 + 3 * planes) * count, sizeof *values);

    *s = (struct samples){.count = count, .planes = planes, .moved = values};
    s->kind = calloc(count, 1);
    s->cell = calloc(count, sizeof *s->cell);
    if (values == NULL || s->kind == NULL || s->cell == NULL)
        return wck_error_no_memory(err);
    for (int k = 0; k < 2; k++) {
        s->u[k] = values + (1 + k) * (ptrdiff_t)count;
        s->bound[k] = values + (3 + k) * (ptrdiff_t)count;
        s->slope[k] = values + (10 + (size_t)k * planes) * count;
    }
    s->rest = values + (10 + 2 * planes) * count;
    s->limit = values + 9 * count;
    s->trunc = values + 5 * count;
    s->low = values + 6 * count;
    s->high = values + 7 * count;
    s->gradient = values + 8 * count;
    return WCK_OK;
}

static void samples_release(struct samples *s)
{
    free(s->moved);
    free(s->kind);
    free(s->cell);
}

/* Coordinates of the problem's affine map, as its type holds them. */
static enum wck_status place_samples(const struct wck_trial *trial, struct samples *s,
                                     struct wck_error *err)
{
    const struct wck_warp *warp = &trial->problem->warp;
    enum wck_dtype dtype = wck_problem_coordinate_dtype(trial->problem);
    struct wck_block block;
    enum wck_status status =
        wck_block_init(&block, warp, wck_block_capacity(warp), err);

    if (status != WCK_OK)
        return status;
    for (size_t first = 0; first < s->count; first += block.count) {
        wck_trial_fill(trial, &block, first);
        for (size_t i = 0; i < block.count; i++) {
            s->u[WCK_X][first + i] = wck_dtype_round(dtype, block.x[i]);
            s->u[WCK_Y][first + i] = wck_dtype_round(dtype, block.y[i]);
        }
    }
    wck_block_release(&block);
    return WCK_OK;
}

/* Returns whether any lies at a knot. */
static bool classify(struct work *w)
{
    const struct wck_kernel *kernel = w->trial->problem->warp.kernel;
    struct samples *s = &w->s;
    bool any = false;

    for (size_t i = 0; i < s->count; i++) {
        struct wck_stencil stencil;
        double base;

        wck_stencil_list(kernel, s->u[w->axis][i], &stencil, &base);
        s->kind[i] = SMOOTH;
        if (fpclassify(stencil.knot) == FP_ZERO)
            s->kind[i] = kernel->smoothness < 0 ? JUMP : KNOT;
        any |= s->kind[i] == KNOT;
        s->low[i] = s->trunc[i] = 0.0;
        s->high[i] = 1.0;
    }
    return any;
}

/* Cells of all samples on one side, and the errors of derivatives there. */
static void place_cells(struct work *w, enum wck_side side)
{
    const struct wck_trial *trial = w->trial;
    const struct wck_kernel *kernel = trial->problem->warp.kernel;
    struct samples *s = &w->s;
    double amplitude = fmax(1.0, wck_problem_border_amplitude(trial->problem));
    double u = wck_trial_roundoff(trial), norm = wck_trial_norm(trial);
    /* Three roundings a factor of a weight, and the sum, in double. */
    double value =
        amplitude * (wck_gamma(wck_trial_output_roundings(trial), u) +
                     norm * wck_gamma(4.0 * wck_cell_nodes(kernel), 0x1p-53));
    double slope = amplitude * wck_gamma(wck_trial_slope_roundings(trial), u);

    for (size_t i = 0; i < s->count; i++) {
        struct wck_cell *cell = &s->cell[i];

        wck_cell_place(cell, kernel, wck_problem_coordinate_dtype(trial->problem),
                       s->u[w->axis][i], side);
        s->bound[side][i] = cell->amplification * value + slope;
        s->trunc[i] =
            fmax(s->trunc[i], cell->truncation * wck_kernel_norm(kernel) * amplitude);
        s->limit[i] = value + cell->remainder * wck_kernel_norm(kernel) * amplitude;
        s->amplification = fmax(s->amplification, cell->amplification);
    }
}

/* The call under test: the subject's forward, or the reference's. */
static enum wck_status call(struct work *w, const struct wck_warp *warp,
                            struct wck_error *err)
{
    struct wck_problem moved = *w->trial->problem;

    moved.warp = *warp;
    if (w->claim == WCK_SELF_CONSISTENT)
        return wck_subject_forward(w->trial->subject, &moved, &w->image, &w->output,
                                   err);
    return wck_warp_forward(warp, &w->image, &w->output, err);
}

/* Marks samples whose outputs on this side are not what a kernel makes in a cell. */
static void set_aside(struct samples *s, enum wck_side side)
{
    for (size_t k = 0; k < s->planes * s->count; k++) {
        size_t i = k % s->count;

        if (side == WCK_LEFT && s->kind[i] != KNOT)
            continue;
        if (s->kind[i] != JUMP && isfinite(s->rest[k]) &&
            fabs(s->rest[k]) > s->limit[i])
            s->kind[i] = IRREGULAR;
    }
}

/* The derivatives on one side. */
static enum wck_status differentiate(struct work *w, enum wck_side side,
                                     struct wck_error *err)
{
    struct wck_warp warp = w->trial->problem->warp;
    struct samples *s = &w->s;

    place_cells(w, side);
    memset(s->slope[side], 0, s->planes * s->count * sizeof *s->slope[side]);
    memset(s->rest, 0, s->planes * s->count * sizeof *s->rest);
    warp.map = w->axis == WCK_X ? wck_map_coordinates(s->moved, s->u[WCK_Y])
                                : wck_map_coordinates(s->u[WCK_X], s->moved);
    for (int j = 0; j < wck_cell_nodes(warp.kernel); j++) {
        enum wck_status status;

        for (size_t i = 0; i < s->count; i++)
            s->moved[i] = s->cell[i].at[j];
        status = call(w, &warp, err);
        if (status != WCK_OK)
            return status;
        for (size_t k = 0; k < s->planes * s->count; k++) {
            double value = wck_plane_get(&w->output, k / s->count, k % s->count);

            s->slope[side][k] += s->cell[k % s->count].weight[j] * value;
            s->rest[k] += s->cell[k % s->count].check[j] * value;
        }
    }
    set_aside(s, side);
    return WCK_OK;
}

/* Narrows the fractions that this plane's gradient allows; see struct samples. */
static void narrow(struct samples *s, size_t i, double right, double left)
{
    double bound = fmax(s->bound[WCK_RIGHT][i], s->bound[WCK_LEFT][i]) + s->trunc[i];
    double span = left - right;
    double a = (s->gradient[i] - bound - right) / span;
    double b = (s->gradient[i] + bound - right) / span;

    if (fabs(span) <= 2.0 * bound)
        return;
    s->low[i] = fmax(s->low[i], fmin(a, b));
    s->high[i] = fmin(s->high[i], fmax(a, b));
}

/* What the analytic derivative of sample i should be, as near to it as allowed. */
static double wanted(struct work *w, size_t plane, size_t i)
{
    struct samples *s = &w->s;
    double got = s->gradient[i], right = s->slope[WCK_RIGHT][plane * s->count + i],
           left;
    double want;

    if (s->kind[i] != KNOT || !isfinite(got) || !isfinite(right))
        return right;
    left = s->slope[WCK_LEFT][plane * s->count + i];
    if (!isfinite(left))
        return left;
    want = fmin(fmax(got, fmin(right, left)), fmax(right, left));
    if (w->trial->problem->warp.kernel->ceiling)
        return w->claim == WCK_CONFORMS || fabs(got) < fabs(got - want) ? 0.0 : want;
    narrow(s, i, right, left);
    return want;
}

/* Compares one plane's analytic derivatives with the numeric ones. */
static void compare_plane(struct work *w, size_t plane, struct wck_tally *tally)
{
    const struct wck_problem *problem = w->trial->problem;
    double amplitude = fmax(1.0, wck_problem_border_amplitude(problem));
    double scale = amplitude * fmax(2.0, wck_kernel_slope_norm(problem->warp.kernel));

    for (size_t i = 0; i < w->s.count; i++) {
        struct wck_measure measure = {
            .got = w->s.gradient[i], .trunc = w->s.trunc[i], .scale = scale};
        struct wck_place place = wck_trial_output_place(w->trial, plane, i);

        if (w->s.kind[i] >= JUMP)
            continue;
        measure.want = wanted(w, plane, i);
        measure.round = w->s.bound[WCK_RIGHT][i];
        if (w->s.kind[i] == KNOT)
            measure.round = fmax(measure.round, w->s.bound[WCK_LEFT][i]);
        wck_tally_add(tally, &measure, &place, true);
    }
}

/* Counts the classes; every kink must lie at one fraction of the way in all planes. */
static void compare_sides(struct work *w, struct wck_tally *tally)
{
    struct samples *s = &w->s;

    for (size_t i = 0; i < s->count; i++) {
        struct wck_measure measure = {
            .got = s->low[i], .want = s->high[i], .scale = 0.0};
        struct wck_place place = wck_trial_output_place(w->trial, 0, i);

        s->classes[s->kind[i]]++;
        if (s->kind[i] != KNOT)
            continue;
        s->sides[WCK_RIGHT] += s->low[i] <= 0.0;
        s->sides[WCK_LEFT] += s->high[i] >= 1.0;
        if (s->low[i] <= s->high[i])
            measure.got = measure.want;
        wck_tally_add(tally, &measure, &place, false);
    }
}

static enum wck_status analytic(struct work *w, size_t plane, struct wck_error *err)
{
    struct wck_problem problem = *w->trial->problem;
    struct samples *s = &w->s;
    struct wck_gradients wanted = {.x = w->axis == WCK_X ? s->gradient : NULL,
                                   .y = w->axis == WCK_Y ? s->gradient : NULL};

    for (size_t p = 0; p < s->planes; p++) {
        for (size_t i = 0; i < s->count; i++)
            wck_plane_set(&w->upstream, p, i, p == plane ? 1.0 : 0.0);
    }
    problem.warp.map = wck_map_coordinates(s->u[WCK_X], s->u[WCK_Y]);
    return wck_subject_vjp(w->trial->subject, &problem, &w->image, &w->upstream,
                           &wanted, err);
}

static enum wck_status judge_axis(struct work *w, struct wck_tally *tally,
                                  struct wck_error *err)
{
    enum wck_status status = classify(w) ? differentiate(w, WCK_LEFT, err) : WCK_OK;

    if (status == WCK_OK)
        status = differentiate(w, WCK_RIGHT, err);
    for (size_t p = 0; p < w->s.planes && status == WCK_OK; p++) {
        status = analytic(w, p, err);
        if (status == WCK_OK)
            compare_plane(w, p, tally);
    }
    if (status == WCK_OK)
        compare_sides(w, tally);
    return status;
}

static char *describe(const struct work *w)
{
    const struct samples *s = &w->s;
    struct wck_text text = {0};

    wck_text_printf(&text, "%zu samples between knots, %zu at one", s->classes[SMOOTH],
                    s->classes[KNOT]);
    if (w->trial->problem->warp.kernel->ceiling)
        wck_text_printf(&text, " (where the slope 0 is declared)");
    else
        wck_text_printf(&text, " (right side possible at %zu, left at %zu)",
                        s->sides[WCK_RIGHT], s->sides[WCK_LEFT]);
    wck_text_printf(&text,
                    "; set aside: %zu at jumps, %zu where the output is no "
                    "function of the kernel's degree",
                    s->classes[JUMP], s->classes[IRREGULAR]);
    return text.data;
}

/* One claim: both axes, all planes. */
static enum wck_status judge(struct work *w, enum wck_claim claim,
                             struct wck_error *err)
{
    struct wck_tally tally = {0};

    w->claim = claim;
    w->s.amplification = 0.0;
    memset(w->s.classes, 0, sizeof w->s.classes);
    memset(w->s.sides, 0, sizeof w->s.sides);
    for (int axis = WCK_X; axis <= WCK_Y; axis++) {
        enum wck_status status;

        w->axis = (enum wck_axis)axis;
        status = judge_axis(w, &tally, err);
        if (status != WCK_OK)
            return status;
    }
    return wck_trial_report_take(
        w->trial, "coordinates", claim, &tally,
        wck_trial_derivative_resolution(w->trial, w->s.amplification), describe(w),
        wck_trial_text("the gradient of a coordinate is not the slope of %s",
                       claim == WCK_CONFORMS ? "the declared warp"
                                             : "the subject's own output"),
        err);
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    const struct wck_problem *problem = trial->problem;
    struct work w = {.trial = trial};
    enum wck_status status;

    if (problem->warp.kernel->footprint)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "kernel %s needs a matrix: its coordinates are no input",
                             problem->warp.kernel->name);
    status = samples_init(&w.s, wck_warp_samples(&problem->warp),
                          problem->batch * problem->channels, err);

    if (status == WCK_OK)
        status = wck_subject_source(trial->subject, problem, &w.image, err);
    if (status == WCK_OK)
        status = wck_subject_upstream(trial->subject, problem, &w.upstream, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &w.output, err);
    if (status == WCK_OK)
        status = place_samples(trial, &w.s, err);
    if (status == WCK_OK) {
        wck_problem_random(problem, 9, &w.image);
        status = judge(&w, WCK_SELF_CONSISTENT, err);
    }
    if (status == WCK_OK)
        status = judge(&w, WCK_CONFORMS, err);
    wck_subject_free_image(trial->subject, &w.image);
    wck_subject_free_image(trial->subject, &w.upstream);
    free(w.output.tensor.data);
    samples_release(&w.s);
    return status;
}

const struct wck_checker wck_checker_coordinates = {
    .id = "coordinates",
    .summary = "gradient of every sample's coordinates, with intervals at kinks",
    .needs_deterministic = true,
    .claims = {WCK_SELF_CONSISTENT, WCK_CONFORMS},
    .claim_count = 2,
    .run = run,
};
