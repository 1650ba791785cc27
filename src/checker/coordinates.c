/* coordinates: the gradient with respect to each sample's own coordinates.
 *
 * Each output depends on its own coordinate only, so one call with all of them moved
 * gives all derivatives along an axis.  Between two knots a kernel of degree 1 is
 * affine along an axis: a difference over any step that stays between them has no
 * truncation error.  The step is 1/4 pixel, away from the nearest knot.
 *
 *     |D - f'| <= 2 gamma_n A / h
 *
 * At a knot of a kernel with kinks both one-sided derivatives are taken: the analytic
 * one must lie between them (Clarke's interval), and at the same fraction of the way in
 * every plane.  At a jump there is no derivative: such samples are counted and set
 * aside. The coordinates are rounded to the problem's type first, so both sides use the
 * same. */
#include "src/checker/checkers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/checker/trial.h"

#define STEP 0.25

enum { SMOOTH, KINK, JUMP, CLASSES };

/* The coordinates of all samples, and what is known of each. */
struct samples {
    size_t count;
    double *x, *y;       /* the coordinates */
    double *moved;       /* a copy of x or y with steps */
    double *step[2];     /* away from the nearest knot, and the other way (kinks) */
    unsigned char *kind; /* class along the axis under test */
    double *low, *high;  /* fractions between the one-sided derivatives, all planes */
    double *gradient;    /* the analytic one */
};

/* Outputs at the coordinates, and with one step or the other. */
struct outputs {
    struct wck_image base, side[2];
};

static enum wck_status samples_init(struct samples *s, size_t count,
                                    struct wck_error *err)
{
    double *values = calloc(8 * count, sizeof *values);

    *s = (struct samples){.count = count, .x = values};
    s->kind = calloc(count, 1);
    if (values == NULL || s->kind == NULL)
        return wck_error_no_memory(err);
    s->y = values + count;
    s->moved = values + 2 * count;
    s->step[0] = values + 3 * count;
    s->step[1] = values + 4 * count;
    s->low = values + 5 * count;
    s->high = values + 6 * count;
    s->gradient = values + 7 * count;
    return WCK_OK;
}

static void samples_release(struct samples *s)
{
    free(s->x);
    free(s->kind);
}

/* Coordinates of the problem's affine map, as its type holds them. */
static enum wck_status place_samples(const struct wck_trial *trial, struct samples *s,
                                     struct wck_error *err)
{
    const struct wck_warp *warp = &trial->problem->warp;
    struct wck_block block;
    enum wck_status status =
        wck_block_init(&block, warp, wck_block_capacity(warp), err);

    if (status != WCK_OK)
        return status;
    for (size_t first = 0; first < s->count; first += block.count) {
        wck_trial_fill(trial, &block, first);
        for (size_t i = 0; i < block.count; i++) {
            s->x[first + i] = wck_dtype_round(trial->problem->dtype, block.x[i]);
            s->y[first + i] = wck_dtype_round(trial->problem->dtype, block.y[i]);
        }
    }
    wck_block_release(&block);
    return WCK_OK;
}

/* Chooses class and steps along one axis; steps are those that the type realises. */
static void choose_steps(const struct wck_trial *trial, const double *u,
                         struct samples *s, size_t classes[CLASSES])
{
    const struct wck_kernel *kernel = trial->problem->warp.kernel;
    enum wck_dtype dtype = trial->problem->dtype;

    memset(classes, 0, CLASSES * sizeof *classes);
    for (size_t i = 0; i < s->count; i++) {
        struct wck_stencil stencil;
        double base;
        bool knot;

        wck_stencil_list(kernel, u[i], &stencil, &base);
        knot = fpclassify(stencil.knot) == FP_ZERO;
        s->kind[i] = !knot ? SMOOTH : kernel->smoothness < 0 ? JUMP : KINK;
        classes[s->kind[i]]++;
        s->step[0][i] =
            wck_dtype_round(dtype, u[i] + (stencil.knot < 0.0 ? -STEP : STEP)) - u[i];
        s->step[1][i] = knot ? wck_dtype_round(dtype, u[i] - STEP) - u[i] : 0.0;
        s->low[i] = 0.0;
        s->high[i] = 1.0;
    }
}

/* The call under test: the subject's forward, or the reference's. */
static enum wck_status call(struct wck_trial *trial, enum wck_claim claim,
                            const struct wck_warp *warp, const struct wck_image *image,
                            const struct wck_image *output, struct wck_error *err)
{
    if (claim == WCK_SELF_CONSISTENT)
        return wck_subject_forward(trial->subject, warp, image, output, err);
    return wck_warp_forward(warp, image, output, err);
}

/* Evaluates the outputs at both steps along an axis. */
static enum wck_status evaluate(struct wck_trial *trial, enum wck_claim claim,
                                enum wck_axis axis, struct samples *s,
                                const struct wck_image *image, struct outputs *out,
                                struct wck_error *err)
{
    const double *u = axis == WCK_X ? s->x : s->y;
    struct wck_warp warp = trial->problem->warp;
    enum wck_status status;

    warp.map = wck_map_coordinates(s->x, s->y);
    status = call(trial, claim, &warp, image, &out->base, err);
    for (int side = 0; side < 2 && status == WCK_OK; side++) {
        for (size_t i = 0; i < s->count; i++)
            s->moved[i] = u[i] + s->step[side][i];
        warp.map = axis == WCK_X ? wck_map_coordinates(s->moved, s->y)
                                 : wck_map_coordinates(s->x, s->moved);
        status = call(trial, claim, &warp, image, &out->side[side], err);
    }
    return status;
}

static double difference(const struct outputs *out, const struct samples *s, int side,
                         size_t plane, size_t i)
{
    return (wck_plane_get(&out->side[side], plane, i) -
            wck_plane_get(&out->base, plane, i)) /
           s->step[side][i];
}

/* Narrows the fractions that this plane's gradient allows; see struct samples. */
static void narrow(struct samples *s, size_t i, double near, double far, double bound)
{
    double span = far - near;
    double a = (s->gradient[i] - bound - near) / span;
    double b = (s->gradient[i] + bound - near) / span;

    if (fabs(span) <= 2.0 * bound)
        return;
    s->low[i] = fmax(s->low[i], fmin(a, b));
    s->high[i] = fmin(s->high[i], fmax(a, b));
}

/* Compares one plane's analytic derivatives with the numeric ones. */
static void compare_plane(const struct wck_trial *trial, struct samples *s,
                          const struct outputs *out, size_t plane,
                          struct wck_tally *tally)
{
    double amplitude = fmax(1.0, wck_problem_border_amplitude(trial->problem));
    double u = wck_trial_roundoff(trial);
    double value = wck_gamma(wck_trial_output_roundings(trial), u) * amplitude;

    for (size_t i = 0; i < s->count; i++) {
        struct wck_measure measure = {.got = s->gradient[i], .scale = 2.0 * amplitude};
        struct wck_place place = wck_trial_output_place(trial, plane, i);
        /* Two outputs over the realised step; and the slopes add up to 2 an axis. */
        double bound = 2.0 * value / fabs(s->step[0][i]) + 2.0 * value;
        double near, far;

        if (s->kind[i] == JUMP)
            continue;
        near = far = difference(out, s, 0, plane, i);
        if (s->kind[i] == KINK) {
            far = difference(out, s, 1, plane, i);
            narrow(s, i, near, far, bound);
        }
        measure.want = fmin(fmax(measure.got, fmin(near, far)), fmax(near, far));
        if (!isfinite(measure.got) || !isfinite(near + far))
            measure.want = near;
        measure.round = bound;
        wck_tally_add(tally, &measure, &place, true);
    }
}

/* Every kink must lie at one fraction of the way in all planes. */
static void compare_sides(const struct wck_trial *trial, const struct samples *s,
                          struct wck_tally *tally, size_t sides[2])
{
    for (size_t i = 0; i < s->count; i++) {
        struct wck_measure measure = {
            .got = s->low[i], .want = s->high[i], .scale = 0.0};
        struct wck_place place = wck_trial_output_place(trial, 0, i);

        if (s->kind[i] != KINK)
            continue;
        sides[0] += fpclassify(s->low[i]) == FP_ZERO;
        sides[1] += s->high[i] >= 1.0;
        if (s->low[i] <= s->high[i])
            measure.got = measure.want;
        wck_tally_add(tally, &measure, &place, false);
    }
}

static enum wck_status analytic(struct wck_trial *trial, enum wck_axis axis,
                                struct samples *s, const struct wck_image *image,
                                const struct wck_image *upstream, size_t plane,
                                struct wck_error *err)
{
    struct wck_warp warp = trial->problem->warp;
    struct wck_gradients wanted = {.x = axis == WCK_X ? s->gradient : NULL,
                                   .y = axis == WCK_Y ? s->gradient : NULL};

    for (size_t p = 0; p < wck_image_planes(upstream); p++) {
        for (size_t i = 0; i < s->count; i++)
            wck_plane_set(upstream, p, i, p == plane ? 1.0 : 0.0);
    }
    warp.map = wck_map_coordinates(s->x, s->y);
    return wck_subject_vjp(trial->subject, &warp, image, upstream, &wanted, err);
}

/* One claim: both axes, all planes. */
static enum wck_status judge(struct wck_trial *trial, enum wck_claim claim,
                             struct samples *s, const struct wck_image *image,
                             const struct wck_image *upstream, struct outputs *out,
                             struct wck_error *err)
{
    struct wck_tally tally = {0};
    size_t classes[CLASSES], total[CLASSES] = {0}, sides[2] = {0};
    enum wck_status status = WCK_OK;

    for (int axis = WCK_X; axis <= WCK_Y; axis++) {
        choose_steps(trial, axis == WCK_X ? s->x : s->y, s, classes);
        for (int k = 0; k < CLASSES; k++)
            total[k] += classes[k];
        status = evaluate(trial, claim, (enum wck_axis)axis, s, image, out, err);
        for (size_t p = 0; p < wck_image_planes(upstream) && status == WCK_OK; p++) {
            status = analytic(trial, (enum wck_axis)axis, s, image, upstream, p, err);
            if (status == WCK_OK)
                compare_plane(trial, s, out, p, &tally);
        }
        if (status != WCK_OK)
            return status;
        compare_sides(trial, s, &tally, sides);
    }
    return wck_trial_report_take(
        trial, "coordinates", claim, &tally,
        wck_trial_derivative_resolution(trial, STEP / 2.0),
        wck_trial_text(
            "%zu smooth, %zu kinks (right side possible at %zu, left at %zu), "
            "%zu jumps set aside",
            total[SMOOTH], total[KINK], sides[0], sides[1], total[JUMP]),
        wck_trial_text("the gradient of a coordinate is not the slope of %s",
                       claim == WCK_CONFORMS ? "the declared warp"
                                             : "the subject's own output"),
        err);
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    const struct wck_problem *problem = trial->problem;
    struct wck_image image = {0}, upstream = {0};
    struct outputs out = {0};
    struct samples s;
    enum wck_status status = samples_init(&s, wck_warp_samples(&problem->warp), err);

    if (status == WCK_OK)
        status = wck_problem_source(problem, &image, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &upstream, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &out.base, err);
    for (int side = 0; side < 2 && status == WCK_OK; side++)
        status = wck_problem_output(problem, &out.side[side], err);
    if (status == WCK_OK)
        status = place_samples(trial, &s, err);
    if (status != WCK_OK)
        goto done;
    wck_problem_random(problem, 9, &image);
    status = judge(trial, WCK_SELF_CONSISTENT, &s, &image, &upstream, &out, err);
    if (status == WCK_OK)
        status = judge(trial, WCK_CONFORMS, &s, &image, &upstream, &out, err);
done:
    free(image.tensor.data);
    free(upstream.tensor.data);
    free(out.base.tensor.data);
    free(out.side[0].tensor.data);
    free(out.side[1].tensor.data);
    samples_release(&s);
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
