/* linear-pullback: a pull-back is linear in the upstream gradient, of whatever sign
 * and size.  With G(g) any of its gradients:
 *
 *     superposition   G(g + h) = G(g) + G(h)
 *     scaling         G(-4 g) = -4 G(g)
 *
 * g lies in (0, 1) and h in (-1, 0): all four upstream gradients are exact in every
 * type. The same slopes and weights enter all calls, so that only the sums' own
 * roundings differ: with W = sum over outputs of the magnitudes of their terms, each
 * of r roundings,
 *
 *     |G computed - G| <= gamma_(m - 1 + r) W + u |G| + (m + r) s / 2
 *
 * for m terms, s the type's smallest number.
 *
 * Image: where G(g) is the declared warp's, W and m are those of its taps
 * (src/checker/reads.h); samples of which rounding leaves the taps open may add a term
 * to any entry.  Where it is not, the subject is another warp than declared, and all
 * outputs may lie on one pixel: each adds N^2 |g| at most.
 *
 * Matrix: all outputs are terms of each entry, a slope of up to 2 S N A a coordinate
 * times its motion.
 *
 * An identity is held to what each of its gradients is: its scale is the sum of theirs,
 * of sum |g| over the m outputs each. */
#include "src/checker/checkers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/checker/reads.h"

enum { AT_G, AT_H, AT_SUM, AT_SCALED, UPSTREAMS };

/* What each upstream gradient is, as multiples of g and h, and its largest number. */
static const double parts[UPSTREAMS][2] = {{1, 0}, {0, 1}, {1, 1}, {-4, 0}};
static const double largest[UPSTREAMS] = {1.0, 1.0, 1.0, 4.0};

struct work {
    struct wck_trial *trial;
    struct wck_image image, upstream, g, h, gradient[UPSTREAMS];
    struct wck_image declared; /* the reference's G(g) */
    struct wck_reads reads[UPSTREAMS];
    double matrix[UPSTREAMS][WCK_MATRIX];
    double sum[UPSTREAMS]; /* of |upstream|, the largest of all planes */
    struct wck_tally tally;
};

/* The four gradients of one number. */
struct number {
    double at[UPSTREAMS];
    double whole[UPSTREAMS]; /* W */
    double reach[UPSTREAMS]; /* scales of an error */
    double terms;            /* the most that may be added up, */
    double own;              /* and those of which it is known */
    double roundings;        /* r */
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

/* Of a single term, as a part of its scale. */
static double resolution_of_one(const struct wck_trial *trial)
{
    return fmin(wck_trial_resolution(trial), wck_trial_gross_resolution(trial));
}

/* That is stated for up to 6 roundings: a sum of more is held to more in proportion,
 * but never to more than what shows gross errors, as of a gradient that lost its sign
 * or was clipped.  Neither in float64 nor where the trial asks. */
static double allowance(const struct wck_trial *trial, double roundings)
{
    double most = wck_trial_gross_resolution(trial) / resolution_of_one(trial);

    return fmax(1.0, fmin(roundings / 6.0, most));
}

static double bound_of(const struct work *w, const struct number *number, int k)
{
    const struct wck_dtype_row *type = wck_dtype_row(w->trial->problem->dtype);
    double roundings = number->terms - 1.0 + number->roundings;

    return wck_gamma(fmax(0.0, roundings), type->roundoff) * number->whole[k] +
           type->roundoff * fabs(number->at[k]) + (roundings + 1.0) * type->tiny / 2.0;
}

/* Adds both identities. */
static void compare(struct work *w, const struct number *number,
                    const struct wck_place *place)
{
    const double *at = number->at, *reach = number->reach;
    double allowed = allowance(w->trial, number->own + number->roundings);
    double bound[UPSTREAMS];
    struct wck_measure sum = {.got = at[AT_SUM], .want = at[AT_G] + at[AT_H]};
    struct wck_measure scaled = {.got = at[AT_SCALED], .want = -4.0 * at[AT_G]};

    for (int k = 0; k < UPSTREAMS; k++)
        bound[k] = bound_of(w, number, k);
    sum.round = bound[AT_SUM] + bound[AT_G] + bound[AT_H];
    scaled.round = bound[AT_SCALED] + 4.0 * bound[AT_G];
    sum.scale = allowed * (reach[AT_SUM] + reach[AT_G] + reach[AT_H]);
    scaled.scale = allowed * (reach[AT_SCALED] + 4.0 * reach[AT_G]);
    wck_tally_add(&w->tally, &sum, place, true);
    wck_tally_add(&w->tally, &scaled, place, true);
}

/* ---- the image ---- */

/* Is G(g) the declared warp's there, within the errors of both? */
static bool is_declared(const struct work *w, size_t plane, size_t pixel)
{
    const struct wck_reads *reads = &w->reads[AT_G];
    const struct wck_dtype_row *type = wck_dtype_row(w->trial->problem->dtype);
    size_t entry = plane * wck_image_pixels(&w->image) + pixel;
    double got = wck_plane_get(&w->gradient[AT_G], plane, pixel);
    double want = wck_plane_get(&w->declared, plane, pixel);
    double off = reads->slack[entry] + reads->stray;
    double roundings =
        reads->terms[entry] + (double)reads->open + wck_trial_term_roundings(w->trial);

    return fabs(got - want) <= off +
                                   wck_gamma(roundings, wck_trial_roundoff(w->trial)) *
                                       (reads->magnitude[entry] + off) +
                                   roundings * type->tiny / 2.0;
}

/* What is known of the sums of an entry. */
static void know(const struct work *w, struct number *number, size_t plane,
                 size_t pixel)
{
    size_t entry = plane * wck_image_pixels(&w->image) + pixel;
    bool declared =
        w->trial->problem->warp.prefilter == NULL && is_declared(w, plane, pixel);

    number->roundings = wck_trial_term_roundings(w->trial);
    number->own = declared ? w->reads[AT_G].terms[entry] : 1.0;
    number->terms = declared ? number->own + (double)w->reads[AT_G].open
                             : (double)wck_image_pixels(&w->upstream);
    for (int k = 0; k < UPSTREAMS; k++) {
        const struct wck_reads *reads = &w->reads[k];

        number->at[k] = wck_plane_get(&w->gradient[k], plane, pixel);
        number->whole[k] =
            declared ? reads->magnitude[entry] + reads->slack[entry] + reads->stray
                     : wck_trial_norm(w->trial) * w->sum[k];
        number->reach[k] = declared ? reads->reach[entry] : largest[k];
    }
}

static void compare_image(struct work *w)
{
    for (size_t p = 0; p < wck_image_planes(&w->image); p++) {
        for (size_t i = 0; i < wck_image_pixels(&w->image); i++) {
            struct wck_place place = wck_trial_input_place(w->trial, p, i);
            struct number number;

            know(w, &number, p, i);
            compare(w, &number, &place);
        }
    }
}

/* ---- the matrix ---- */

/* How far a sample goes for a step of the matrix's entry, both axes and all products
 * added in magnitude: each may be summed by itself. */
static double motion(const struct wck_warp *warp, const double b[WCK_MATRIX],
                     size_t sample)
{
    double at[WCK_AXES];

    wck_warp_position(warp, sample, at);
    return (fabs(b[0]) + fabs(b[3])) * at[0] + (fabs(b[1]) + fabs(b[4])) * at[1] +
           fabs(b[2]) + fabs(b[5]);
}

/* Sum over outputs of |upstream| times the motion. */
static double travel(const struct work *w, int entry, int k)
{
    const struct wck_warp *warp = &w->trial->problem->warp;
    double unit[WCK_MATRIX] = {0.0}, b[WCK_MATRIX] = {0.0}, sum = 0.0;

    unit[entry] = 1.0;
    wck_map_matrix_tangent(&warp->map, unit, b);
    for (size_t i = 0; i < wck_warp_samples(warp); i++) {
        double far = motion(warp, b, i);

        for (size_t p = 0; p < wck_image_planes(&w->g); p++)
            sum += far * fabs(parts[k][0] * wck_plane_get(&w->g, p, i) -
                              parts[k][1] * wck_plane_get(&w->h, p, i));
    }
    return sum;
}

/* Ten more roundings for the products with B on both sides. */
static void compare_matrix(struct work *w)
{
    const struct wck_warp *warp = &w->trial->problem->warp;
    double amplitude = fmax(1.0, wck_problem_border_amplitude(w->trial->problem));
    double terms =
        (double)(wck_image_pixels(&w->upstream) * wck_image_planes(&w->upstream));
    double slope =
        fmax(2.0, wck_kernel_slope_norm(warp->kernel)) * wck_kernel_norm(warp->kernel);

    for (int entry = 0; entry < 6; entry++) {
        struct wck_place place = {
            .plane = -1, .y = entry / 3, .x = entry % 3, .input = true};
        struct number number = {.terms = terms,
                                .own = terms,
                                .roundings =
                                    10.0 + wck_trial_slope_roundings(w->trial)};

        for (int k = 0; k < UPSTREAMS; k++) {
            number.at[k] = w->matrix[k][entry];
            number.whole[k] = slope * amplitude * travel(w, entry, k);
            number.reach[k] = number.whole[k];
        }
        compare(w, &number, &place);
    }
}

/* ---- the checker ---- */

/* The matrix's gradient too, where the subject gives it. */
static enum wck_status call_all(struct work *w, bool *has_matrix, struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    *has_matrix = !w->trial->problem->warp.kernel->footprint &&
                  w->trial->problem->warp.map.kind == WCK_MAP_AFFINE;
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

/* What the declared warp adds up, for each upstream gradient. */
static enum wck_status read_all(struct work *w, struct wck_error *err)
{
    const struct wck_warp *warp = &w->trial->problem->warp;
    enum wck_status status = WCK_OK;

    for (int k = 0; k < UPSTREAMS && status == WCK_OK; k++) {
        set_upstream(w, parts[k]);
        for (size_t p = 0; p < wck_image_planes(&w->upstream); p++) {
            double sum = 0.0;

            for (size_t i = 0; i < wck_image_pixels(&w->upstream); i++)
                sum += fabs(wck_plane_get(&w->upstream, p, i));
            w->sum[k] = fmax(w->sum[k], sum);
        }
        if (warp->prefilter == NULL)
            status = wck_reads_init(&w->reads[k], w->trial, &w->upstream, err);
    }
    set_upstream(w, parts[AT_G]);
    if (status == WCK_OK)
        status = wck_warp_vjp(warp, &w->image, &w->upstream,
                              &(struct wck_gradients){.image = &w->declared}, err);
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
    if (status == WCK_OK)
        status = wck_image_new_like(&w->declared, WCK_FLOAT64, &w->image, err);
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
    free(w->declared.tensor.data);
    for (int k = 0; k < UPSTREAMS; k++) {
        free(w->gradient[k].tensor.data);
        wck_reads_release(&w->reads[k]);
    }
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
    if (status == WCK_OK)
        status = read_all(&w, err);
    if (status == WCK_OK) {
        compare_image(&w);
        if (has_matrix)
            compare_matrix(&w);
        status = wck_trial_report_take(
            trial, "linear-pullback", WCK_SELF_CONSISTENT, &w.tally,
            resolution_of_one(trial),
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
