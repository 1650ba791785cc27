/* second-order: the subject's double backward.  With
 *
 *     S(g, x, u) = <a, image gradient> + <b, coordinate gradient>
 *
 * of the pull-back of g, along the image alone (b = 0) and along the coordinates alone
 * (a = 0), its derivatives with respect to g, to the image x and to the coordinates u:
 *
 *     conforms          each entry, against the reference's
 *     self-consistent   along random directions, against the subject's own pull-back:
 *
 *         <dS/dg, h>     = S(h, x, u)                 as S is linear in g,
 *         <dS/dx, y - x> = S(g, y, u) - S(g, x, u)    and affine in x;
 *         <dS/du, d>     = sum over j of S(w_j d g, x, u_j)    for either axis
 *
 * u_j are the nodes of each sample's own cell and w_j their weights
 * (src/checker/cell.h): between knots S depends on a coordinate as a kernel or its
 * slope does, and as it is linear in g, a weight of each sample's own can go there.
 *
 * The bounds are those of src/checker/second_bound.h.  At a knot slopes or curvatures
 * jump: samples there are moved off it, and counted. */
#include "src/checker/checkers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/rng.h"
#include "src/checker/second_work.h"

#define SHIFT 0.3125 /* pixels: away from knots, and the middle between two */

/* ---- one direction ---- */

/* Marks the samples of which rounding leaves open what pixels they read, and gives them
 * no upstream gradient.  None of a map by coordinates: those were moved. */
static enum wck_status set_aside(struct wck_second_work *w, struct wck_error *err)
{
    struct wck_block block;
    enum wck_status status = wck_block_init(&block, &w->problem.warp, 1, err);

    if (status != WCK_OK)
        return status;
    w->aside_count = 0;
    wck_problem_random(&w->problem, 27, &w->g);
    wck_problem_random(&w->problem, 28, &w->h);
    for (size_t i = 0; i < w->count; i++) {
        wck_block_fill(&block, &w->problem.warp, i, 1);
        w->aside[i] = !w->maps && wck_trial_uncertain(w->trial, &block, 0);
        w->aside_count += w->aside[i];
        for (size_t p = 0; p < w->planes && w->aside[i]; p++) {
            wck_plane_set(&w->g, p, i, 0.0);
            wck_plane_set(&w->h, p, i, 0.0);
        }
    }
    wck_block_release(&block);
    return WCK_OK;
}

static struct wck_second wanted_of(const struct wck_second_work *w,
                                   const struct wck_second_answer *answer)
{
    return (struct wck_second){.upstream = &answer->upstream,
                               .image = &answer->image,
                               .x = w->maps ? answer->u[0] : NULL,
                               .y = w->maps ? answer->u[1] : NULL};
}

static enum wck_status ask(struct wck_second_work *w, struct wck_error *err)
{
    const struct wck_tangents of_image = {.image = &w->a},
                              of_map = {.x = w->b[0], .y = w->b[1]};
    const struct wck_tangents *along = w->by_image ? &of_image : &of_map;
    const struct wck_second got = wanted_of(w, &w->got), want = wanted_of(w, &w->want);
    enum wck_status status = set_aside(w, err);

    if (status == WCK_OK)
        status = wck_subject_second(w->trial->subject, &w->problem, &w->image, &w->g,
                                    along, &got, err);
    return status == WCK_OK
               ? wck_warp_second(&w->problem.warp, &w->image, &w->g, along, &want, err)
               : status;
}

/* By coordinates or, along the image, by the trial's own map where those are refused.
 */
static enum wck_status ask_somehow(struct wck_second_work *w, struct wck_error *err)
{
    struct wck_error why = {WCK_OK, ""};
    enum wck_status status;

    w->problem = w->mapped.problem;
    w->maps = true;
    status = ask(w, &why);
    if (status == WCK_UNSUPPORTED && w->by_image) {
        w->problem = *w->trial->problem;
        w->maps = false;
        return ask(w, err);
    }
    return status == WCK_OK ? WCK_OK : wck_error_set(err, status, "%s", why.text);
}

static enum wck_status judge(struct wck_second_work *w, struct wck_error *err)
{
    enum wck_status status = ask_somehow(w, err);

    if (status != WCK_OK)
        return status;
    status = wck_second_compare(w, err);
    if (status == WCK_OK)
        status = wck_second_pull(w, err);
    wck_text_printf(&w->detail, "%s the %s (%zu samples",
                    w->detail.size > 0 ? ", along" : "along",
                    w->by_image ? "image" : "coordinates", w->count - w->aside_count);
    if (w->maps)
        wck_text_printf(&w->detail, ", %zu moved off a knot)", w->shifted);
    else
        wck_text_printf(&w->detail, "; at a jump: %zu)", w->aside_count);
    return status;
}

/* ---- the checker ---- */

/* A multiple of 2^-8 of magnitude 1/2 to 1, of either sign. */
static double draw(struct wck_rng *rng)
{
    double size = ldexp((double)(128 + wck_rng_below(rng, 129)), -8);

    return wck_rng_below(rng, 2) == 0 ? size : -size;
}

/* Is rounding, also that of u less a knot at a half, as large as the distance from one?
 */
static bool is_at_knot(const struct wck_stencil *stencil, double u, double error,
                       double roundoff)
{
    return fabs(stencil->knot) <= error + 2.0 * roundoff * (fabs(u) + 1.0);
}

/* The samples as coordinates.  At a knot slopes or curvatures jump: those there are
 * moved by a part of a pixel, as all of a whole-pixel shift would have to be. */
static enum wck_status place_samples(struct wck_second_work *w, struct wck_error *err)
{
    enum wck_dtype dtype = wck_problem_coordinate_dtype(w->trial->problem);
    double roundoff = wck_dtype_row(dtype)->roundoff;
    struct wck_block one;
    enum wck_status status = wck_mapped_init(&w->mapped, w->trial->problem, err);

    if (status != WCK_OK)
        return status;
    status = wck_block_init(&one, &w->mapped.problem.warp, 1, err);
    for (size_t i = 0; i < w->count && status == WCK_OK; i++) {
        struct wck_coordinate_error error =
            wck_problem_coordinate_error(&w->mapped.problem, i);
        bool x, y;

        wck_block_fill(&one, &w->mapped.problem.warp, i, 1);
        x = is_at_knot(&one.across[0], one.x[0], error.x, roundoff);
        y = is_at_knot(&one.down[0], one.y[0], error.y, roundoff);
        w->mapped.x[i] = wck_dtype_round(dtype, one.x[0] + (x ? SHIFT : 0.0));
        w->mapped.y[i] = wck_dtype_round(dtype, one.y[0] + (y ? SHIFT : 0.0));
        w->shifted += x || y ? 1 : 0;
    }
    if (status == WCK_OK)
        wck_block_release(&one);
    return status;
}

static enum wck_status prepare_numbers(struct wck_second_work *w, struct wck_error *err)
{
    struct wck_rng rng = wck_rng_start(w->trial->problem->seed, 29);

    w->owned = calloc(11 * w->count, sizeof *w->owned);
    w->aside = calloc(w->count, sizeof *w->aside);
    w->cell = calloc(w->count, sizeof *w->cell);
    if (w->owned == NULL || w->aside == NULL || w->cell == NULL)
        return wck_error_no_memory(err);
    w->moved = w->owned;
    for (size_t a = 0; a < 2; a++) {
        w->b[a] = w->owned + (1 + a) * w->count;
        w->d[a] = w->owned + (3 + a) * w->count;
        w->slope[a] = w->owned + (5 + a) * w->count;
        w->got.u[a] = w->owned + (7 + a) * w->count;
        w->want.u[a] = w->owned + (9 + a) * w->count;
        for (size_t i = 0; i < w->count; i++) {
            w->b[a][i] = draw(&rng);
            w->d[a][i] = draw(&rng);
        }
    }
    return WCK_OK;
}

/* Those that are given to the subject, and those that it fills. */
static enum wck_status prepare_images(struct wck_second_work *w, struct wck_error *err)
{
    const struct wck_problem *problem = w->trial->problem;
    struct wck_image *const given[] = {&w->image, &w->other, &w->a};
    struct wck_image *const upstream[] = {&w->g, &w->h, &w->sent};
    struct wck_image *const filled[] = {&w->gradient, &w->got.image};
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < 3 && status == WCK_OK; i++) {
        status = wck_subject_source(w->trial->subject, problem, given[i], err);
        if (status == WCK_OK)
            wck_problem_random(problem, 24 + i, given[i]);
        if (status == WCK_OK)
            status = wck_subject_upstream(w->trial->subject, problem, upstream[i], err);
    }
    for (size_t i = 0; i < 2 && status == WCK_OK; i++)
        status = wck_problem_source(problem, filled[i], err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &w->got.upstream, err);
    if (status == WCK_OK)
        status = wck_image_new_like(&w->want.upstream, WCK_FLOAT64, &w->g, err);
    if (status == WCK_OK)
        status = wck_image_new_like(&w->want.image, WCK_FLOAT64, &w->image, err);
    return status;
}

static void release(struct wck_second_work *w)
{
    struct wck_image *const given[] = {&w->image, &w->other, &w->a,
                                       &w->g,     &w->h,     &w->sent};

    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        wck_subject_free_image(w->trial->subject, given[i]);
    free(w->gradient.tensor.data);
    free(w->got.upstream.tensor.data);
    free(w->got.image.tensor.data);
    free(w->want.upstream.tensor.data);
    free(w->want.image.tensor.data);
    free(w->owned);
    free(w->aside);
    free(w->cell);
    wck_mapped_release(&w->mapped);
    wck_text_release(&w->detail);
    for (int claim = 0; claim < WCK_CLAIM_COUNT; claim++)
        wck_text_release(&w->cause[claim]);
}

static enum wck_status judge_both(struct wck_second_work *w, struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (int image = 1; image >= 0 && status == WCK_OK; image--) {
        struct wck_error why = {WCK_OK, ""};

        w->by_image = image == 1;
        memset(w->said, 0, sizeof w->said);
        w->bound = wck_second_bound_of(w->trial, w->by_image);
        status = judge(w, &why);
        if (status == WCK_UNSUPPORTED) {
            w->refusal = why;
            status = WCK_OK;
        } else if (status != WCK_OK) {
            wck_error_set(err, status, "%s", why.text);
        }
    }
    if (status == WCK_OK && w->detail.size == 0)
        status = wck_error_set(err, WCK_UNSUPPORTED, "%s", w->refusal.text);
    return status;
}

static enum wck_status report(struct wck_second_work *w, enum wck_claim claim,
                              struct wck_error *err)
{
    const char *cause = wck_text_string(&w->cause[claim]);

    if (claim == WCK_SELF_CONSISTENT && w->pulled == 0)
        return wck_trial_say(w->trial, "second-order", claim, WCK_NOT_APPLICABLE,
                             w->refusal.text, err);
    return wck_trial_report_take(
        w->trial, "second-order", claim, &w->tally[claim],
        wck_trial_gross_resolution(w->trial),
        wck_trial_text("%s", wck_text_string(&w->detail)),
        w->cause[claim].size > 0 ? wck_trial_text("%s", cause) : NULL, err);
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    const struct wck_warp *warp = &trial->problem->warp;
    struct wck_second_work w = {.trial = trial,
                                .count = wck_warp_samples(warp),
                                .planes =
                                    trial->problem->batch * trial->problem->channels};
    enum wck_status status;

    if (warp->kernel->footprint || warp->prefilter != NULL)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "double backward is not judged of a kernel without "
                             "stencils or behind a prefilter");
    status = place_samples(&w, err);
    if (status == WCK_OK)
        status = prepare_numbers(&w, err);
    if (status == WCK_OK)
        status = prepare_images(&w, err);
    if (status == WCK_OK)
        status = judge_both(&w, err);
    /* A second has no tangent along a matrix (doc/protocol.md). */
    if (status == WCK_OK && wck_map_has_matrix(&warp->map))
        wck_text_printf(&w.detail, "; along the matrix: not asked");
    if (status == WCK_OK)
        status = report(&w, WCK_SELF_CONSISTENT, err);
    if (status == WCK_OK)
        status = report(&w, WCK_CONFORMS, err);
    release(&w);
    return status;
}

const struct wck_checker wck_checker_second_order = {
    .id = "second-order",
    .summary = "double backward, where there is one, against the pull-back and the "
               "reference; from level 4 on",
    .level = 4,
    .needs_deterministic = true,
    .claims = {WCK_SELF_CONSISTENT, WCK_CONFORMS},
    .claim_count = 2,
    .run = run,
};
