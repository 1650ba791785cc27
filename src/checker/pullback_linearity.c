/* linear-pullback: a pull-back is linear in the upstream gradient, of whatever sign
 * and size.  With G(g) any of its gradients:
 *
 *     superposition   G(g + h) = G(g) + G(h)
 *     scaling         G(-4 g) = -4 G(g)
 *
 * g lies in (0, 1) and h in (-1, 0): all four upstream gradients are exact in every
 * type. The same slopes and weights enter all calls, so that only the sums' own
 * roundings differ: with W = sum over outputs of the magnitudes of their terms for |g|
 * = 1,
 *
 *     |G computed - G| <= gamma_(m + roundings of a term) |g| W
 *
 * for m terms.  W is not known to the harness for a subject of whatever warp, but
 * bounded: N^2 an output for the image, and by src/checker/path.h for a matrix and for
 * coordinates. */
#include "src/checker/checkers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/checker/trial.h"

enum { AT_G, AT_H, AT_SUM, AT_SCALED, UPSTREAMS };

/* What each upstream gradient is, as multiples of g and h, and its largest number. */
static const double parts[UPSTREAMS][2] = {{1, 0}, {0, 1}, {1, 1}, {-4, 0}};
static const double largest[UPSTREAMS] = {1.0, 1.0, 1.0, 4.0};

struct work {
    struct wck_trial *trial;
    struct wck_image image, upstream, g, h, gradient[UPSTREAMS];
    double matrix[UPSTREAMS][WCK_MATRIX];
    struct wck_tally tally;
};

static void set_upstream(struct work *w, const double part[2])
{
    for (size_t p = 0; p < wck_image_planes(&w->g); p++) {
        for (size_t i = 0; i < wck_image_pixels(&w->g); i++)
            wck_plane_set(&w->upstream, p, i,
                          part[0] * wck_plane_get(&w->g, p, i) -
                              part[1] * wck_plane_get(&w->h, p, i));
    }
}

/* Adds both identities for one number; `whole` is W and `error` the relative one. */
static void compare(struct work *w, const double at[UPSTREAMS], double whole,
                    double error, const struct wck_place *place)
{
    double u = wck_dtype_row(w->trial->problem->dtype)->roundoff;
    double bound[UPSTREAMS];
    struct wck_measure sum = {.got = at[AT_SUM], .want = at[AT_G] + at[AT_H]};
    struct wck_measure scaled = {.got = at[AT_SCALED], .want = -4.0 * at[AT_G]};

    for (int k = 0; k < UPSTREAMS; k++)
        bound[k] = error * largest[k] * whole + u * fabs(at[k]);
    sum.round = bound[AT_SUM] + bound[AT_G] + bound[AT_H];
    scaled.round = bound[AT_SCALED] + 4.0 * bound[AT_G];
    sum.scale = whole;
    scaled.scale = 4.0 * whole;
    wck_tally_add(&w->tally, &sum, place, true);
    wck_tally_add(&w->tally, &scaled, place, true);
}

/* All outputs may lie on one pixel. */
static void compare_image(struct work *w)
{
    double terms = (double)wck_image_pixels(&w->upstream);
    double error = wck_gamma(terms + wck_trial_term_roundings(w->trial),
                             wck_dtype_row(w->trial->problem->dtype)->roundoff);
    double whole = wck_trial_norm(w->trial) * terms;

    for (size_t p = 0; p < wck_image_planes(&w->image); p++) {
        for (size_t i = 0; i < wck_image_pixels(&w->image); i++) {
            struct wck_place place = wck_trial_input_place(w->trial, p, i);
            double at[UPSTREAMS];

            for (int k = 0; k < UPSTREAMS; k++)
                at[k] = wck_plane_get(&w->gradient[k], p, i);
            compare(w, at, whole, error, &place);
        }
    }
}

/* The reach of an entry is affine in the position: no more than at a corner. */
static double reach(const struct wck_warp *warp, int entry)
{
    double unit[WCK_MATRIX] = {0.0}, b[WCK_MATRIX], most = 0.0;

    unit[entry] = 1.0;
    wck_map_matrix_tangent(&warp->map, unit, b);
    for (int corner = 0; corner < 4; corner++) {
        double x = corner & 1 ? (double)warp->output_width - 1.0 : 0.0;
        double y = corner & 2 ? (double)warp->output_height - 1.0 : 0.0;

        most = fmax(most, fabs(b[0] * x + b[1] * y + b[2]) +
                              fabs(b[3] * x + b[4] * y + b[5]));
    }
    return most;
}

/* Each term is a slope, of up to S N A a coordinate, times the reach; ten more
 * roundings for the products with B on both sides. */
static void compare_matrix(struct work *w)
{
    const struct wck_warp *warp = &w->trial->problem->warp;
    double amplitude = fmax(1.0, wck_problem_border_amplitude(w->trial->problem));
    double terms =
        (double)(wck_image_pixels(&w->upstream) * wck_image_planes(&w->upstream));
    double u = wck_dtype_row(w->trial->problem->dtype)->roundoff;
    double error = wck_gamma(terms + 10.0 + wck_trial_slope_roundings(w->trial), u);
    double slope =
        fmax(2.0, wck_kernel_slope_norm(warp->kernel)) * wck_kernel_norm(warp->kernel);

    for (int entry = 0; entry < 6; entry++) {
        struct wck_place place = {
            .plane = -1, .y = entry / 3, .x = entry % 3, .input = true};
        double at[UPSTREAMS];

        for (int k = 0; k < UPSTREAMS; k++)
            at[k] = w->matrix[k][entry];
        compare(w, at, slope * amplitude * reach(warp, entry) * terms, error, &place);
    }
}

/* The matrix's gradient too, where the subject gives it. */
static enum wck_status call_all(struct work *w, bool *has_matrix, struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    *has_matrix = !w->trial->problem->warp.kernel->footprint;
    for (int k = 0; k < UPSTREAMS && status == WCK_OK; k++) {
        struct wck_error why = {WCK_OK, ""};

        set_upstream(w, parts[k]);
        status = wck_trial_vjp(w->trial, &w->image, &w->upstream,
                               &(struct wck_gradients){.image = &w->gradient[k]}, err);
        if (status != WCK_OK || !*has_matrix)
            continue;
        status = wck_trial_vjp(w->trial, &w->image, &w->upstream,
                               &(struct wck_gradients){.matrix = w->matrix[k]}, &why);
        *has_matrix = status == WCK_OK;
        if (status == WCK_UNSUPPORTED)
            status = WCK_OK;
        else if (status != WCK_OK)
            wck_error_set(err, status, "%s", why.text);
    }
    return status;
}

static enum wck_status prepare(struct work *w, struct wck_error *err)
{
    const struct wck_problem *problem = w->trial->problem;
    enum wck_status status =
        wck_subject_source(w->trial->subject, problem, &w->image, err);

    if (status == WCK_OK)
        status = wck_subject_upstream(w->trial->subject, problem, &w->upstream, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &w->g, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &w->h, err);
    for (int k = 0; k < UPSTREAMS && status == WCK_OK; k++)
        status = wck_problem_source(problem, &w->gradient[k], err);
    if (status == WCK_OK) {
        wck_problem_random(problem, 21, &w->image);
        wck_problem_random(problem, 22, &w->g);
        wck_problem_random(problem, 23, &w->h);
    }
    return status;
}

static void release(struct work *w)
{
    wck_subject_free_image(w->trial->subject, &w->image);
    wck_subject_free_image(w->trial->subject, &w->upstream);
    free(w->g.tensor.data);
    free(w->h.tensor.data);
    for (int k = 0; k < UPSTREAMS; k++)
        free(w->gradient[k].tensor.data);
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    struct work w;
    bool has_matrix = false;
    enum wck_status status;

    memset(&w, 0, sizeof w);
    w.trial = trial;
    status = prepare(&w, err);
    if (status == WCK_OK)
        status = call_all(&w, &has_matrix, err);
    if (status == WCK_OK) {
        compare_image(&w);
        if (has_matrix)
            compare_matrix(&w);
        /* A sum of m terms is known to m roundoffs. */
        status = wck_trial_report_take(
            trial, "linear-pullback", WCK_SELF_CONSISTENT, &w.tally,
            4.0 * wck_trial_resolution(trial) *
                fmax(1.0, (double)(wck_image_pixels(&w.upstream) *
                                   wck_image_planes(&w.upstream)) /
                              4.0),
            wck_trial_text("gradient of the image%s",
                           has_matrix ? " and the matrix" : ""),
            wck_trial_text(
                "the pull-back is not linear in the upstream gradient: it is "
                "clipped, rounded, or loses its sign on the way"),
            err);
    }
    release(&w);
    return status;
}

const struct wck_checker wck_checker_pullback_linearity = {
    .id = "linear-pullback",
    .summary = "superposition and scaling of the gradients in the upstream gradient",
    .needs_deterministic = true,
    .claims = {WCK_SELF_CONSISTENT},
    .claim_count = 1,
    .run = run,
};
