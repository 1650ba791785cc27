/* forward-mode: the subject's forward mode J t, of the tangent t of one input at a
 * time: the image, the border value, the matrix, the coordinates of all samples.
 *
 *     self-consistent   <g, J t> = <J^T g, t>     against its own reverse mode
 *     conforms          J t, output by output     against the reference's forward mode
 *
 * J is linear in t, so the first holds up to rounding.  An output of J t for an image
 * or border value is a sum as that of the output itself, of values up to 1; for a map
 * it is a sum of slopes times motions (src/checker/path.h).  With R a bound on one, the
 * two sides of the first differ by at most 2 sum |g| R, where R of reverse mode counts
 * the terms of the sums over outputs, and by our own sums.  Samples at a knot are set
 * aside and counted: there the two modes may take different sides. */
#include "src/checker/checkers.h"

#include <math.h>
#include <stdlib.h>

#include "src/base/rng.h"
#include "src/checker/path.h"

enum { OF_IMAGE, OF_BORDER_VALUE, OF_MATRIX, OF_COORDINATES, INPUTS };

static const char *const names[INPUTS] = {"image", "border value", "matrix",
                                          "coordinates"};

struct work {
    struct wck_trial *trial;
    int of;
    struct wck_problem problem; /* the trial's, by coordinates for theirs */
    struct wck_path path;       /* of a map */
    bool has_path;
    struct wck_image image, tangent, upstream, gradient, output, reference;
    double border_value[WCK_PROBLEM_CHANNELS];
    struct wck_tally tally[WCK_CLAIM_COUNT];
    struct wck_text detail, cause[WCK_CLAIM_COUNT];
    size_t aside, pulled; /* samples at a knot; inputs that reverse mode serves */
    struct wck_error refusal;
};

static double amplitude_of(const struct work *w)
{
    return fmax(1.0, wck_problem_border_amplitude(&w->problem));
}

/* ---- tangents ---- */

static struct wck_tangents tangents_of(const struct work *w)
{
    struct wck_tangents t = {.image = NULL};

    if (w->of == OF_IMAGE)
        t.image = &w->tangent;
    if (w->of == OF_BORDER_VALUE)
        t.border_value = w->border_value;
    if (w->of == OF_MATRIX)
        t.matrix = w->path.matrix;
    if (w->of == OF_COORDINATES) {
        t.x = w->path.d[0];
        t.y = w->path.d[1];
    }
    return t;
}

static enum wck_status choose_input(struct work *w, int of, struct wck_error *err)
{
    const struct wck_problem *problem = w->trial->problem;
    struct wck_rng rng = wck_rng_start(problem->seed, 20);
    enum wck_status status = WCK_OK;

    w->of = of;
    w->problem = *problem;
    for (size_t c = 0; c < problem->channels && c < WCK_PROBLEM_CHANNELS; c++)
        w->border_value[c] = ldexp((double)(1 + wck_rng_below(&rng, 255)), -8);
    if (w->has_path)
        wck_path_release(&w->path);
    w->has_path = of == OF_MATRIX || of == OF_COORDINATES;
    if (w->has_path)
        status = wck_path_init(&w->path, w->trial,
                               of == OF_MATRIX ? WCK_PATH_MATRIX : WCK_PATH_COORDINATES,
                               err);
    if (status == WCK_OK && w->has_path)
        status = wck_path_move(&w->path, 0.0, &w->problem, err);
    return status;
}

/* <J^T g, t> */
static enum wck_status pull(struct work *w, double *sum, struct wck_error *err)
{
    double border_value[WCK_PROBLEM_CHANNELS] = {0.0};
    struct wck_gradients wanted = {.image = w->of == OF_IMAGE ? &w->gradient : NULL};
    enum wck_status status;

    *sum = 0.0;
    if (w->has_path)
        return wck_path_derivative(&w->path, &w->image, &w->upstream, sum, err);
    if (w->of == OF_BORDER_VALUE)
        wanted.border_value = border_value;
    status = wck_subject_vjp(w->trial->subject, &w->problem, &w->image, &w->upstream,
                             &wanted, err);
    for (size_t c = 0; c < w->problem.channels && w->of == OF_BORDER_VALUE; c++)
        *sum += border_value[c] * w->border_value[c];
    for (size_t p = 0; p < wck_image_planes(&w->tangent) && w->of == OF_IMAGE; p++) {
        for (size_t i = 0; i < wck_image_pixels(&w->tangent); i++)
            *sum +=
                wck_plane_get(&w->gradient, p, i) * wck_plane_get(&w->tangent, p, i);
    }
    return status;
}

/* The same; where there is no reverse mode of this input, what forward mode says of it
 * is judged all the same. */
static enum wck_status pull_if_served(struct work *w, double *sum, bool *pulled,
                                      struct wck_error *err)
{
    struct wck_error why = {WCK_OK, ""};
    enum wck_status status = pull(w, sum, &why);

    *pulled = status == WCK_OK;
    w->pulled += *pulled ? 1 : 0;
    if (status == WCK_OK)
        return WCK_OK;
    if (status != WCK_UNSUPPORTED)
        return wck_error_set(err, status, "%s", why.text);
    w->refusal = why;
    return WCK_OK;
}

/* ---- comparisons ---- */

/* R of a sample, in a sum of so many terms. */
static double bound_of(const struct work *w, const struct wck_block *block, size_t i,
                       double terms)
{
    double u = wck_trial_roundoff(w->trial);

    if (w->has_path)
        return wck_path_noise(&w->path, block->first + i, amplitude_of(w), terms);
    return wck_gamma(wck_trial_output_roundings(w->trial), u) +
           wck_trial_norm(w->trial) * wck_gamma(terms, u) +
           wck_trial_coordinate_bound(w->trial, block, i, 1.0);
}

static double scale_of(const struct work *w, size_t sample)
{
    double bound[3];

    if (!w->has_path)
        return 1.0;
    wck_path_derivatives(&w->path, sample, amplitude_of(w), bound);
    return fmax(2.0 * w->path.speed[sample] * amplitude_of(w), bound[0]);
}

static bool is_at_knot(const struct work *w, const struct wck_block *block, size_t i)
{
    struct wck_coordinate_error error =
        wck_problem_coordinate_error(&w->problem, block->first + i);

    if (!w->has_path)
        return wck_trial_uncertain(w->trial, block, i);
    return fabs(block->across[i].knot) <= error.x ||
           fabs(block->down[i].knot) <= error.y;
}

/* Compares the sample's outputs with the reference's, and adds them to <g, J t>. */
static void compare_sample(struct work *w, const struct wck_block *block, size_t i,
                           struct wck_measure *whole)
{
    double terms =
        (double)(wck_image_pixels(&w->upstream) * wck_image_planes(&w->upstream));
    size_t sample = block->first + i;

    if (is_at_knot(w, block, i)) {
        for (size_t p = 0; p < wck_image_planes(&w->upstream); p++)
            wck_plane_set(&w->upstream, p, sample, 0.0);
        w->aside++;
        return;
    }
    for (size_t p = 0; p < wck_image_planes(&w->upstream); p++) {
        double g = wck_plane_get(&w->upstream, p, sample);
        struct wck_measure one = {.got = wck_plane_get(&w->output, p, sample),
                                  .want = wck_plane_get(&w->reference, p, sample),
                                  .round = 2.0 * bound_of(w, block, i, 1.0),
                                  .scale = scale_of(w, sample)};
        struct wck_place place = wck_trial_output_place(w->trial, p, sample);

        wck_tally_add(&w->tally[WCK_CONFORMS], &one, &place, true);
        whole->got += g * one.got;
        whole->scale += g * one.scale;
        whole->round += g * (2.0 * bound_of(w, block, i, terms) +
                             2.0 * wck_gamma(terms, 0x1p-53) * one.scale);
    }
}

static enum wck_status compare(struct work *w, struct wck_measure *whole,
                               struct wck_error *err)
{
    struct wck_block block;
    enum wck_status status = wck_block_init(&block, &w->problem.warp,
                                            wck_block_capacity(&w->problem.warp), err);

    if (status != WCK_OK)
        return status;
    for (size_t first = 0; first < wck_warp_samples(&w->problem.warp);
         first += block.count) {
        wck_trial_fill(w->trial, &block, first);
        for (size_t i = 0; i < block.count; i++)
            compare_sample(w, &block, i, whole);
    }
    wck_block_release(&block);
    return WCK_OK;
}

static void accuse(struct work *w, size_t beyond[WCK_CLAIM_COUNT])
{
    static const char *const what[] = {
        "is not the transpose of reverse mode: <g, J t> is not <J^T g, t>",
        "is not that of the declared warp"};

    for (int claim = 0; claim < WCK_CLAIM_COUNT; claim++) {
        struct wck_text *cause = &w->cause[claim];

        if (w->tally[claim].beyond > beyond[claim])
            wck_text_printf(cause,
                            "%sthe tangent of the output for a tangent of the %s "
                            "%s",
                            cause->size > 0 ? "; " : "", names[w->of], what[claim]);
    }
}

/* One input. */
static enum wck_status judge(struct work *w, struct wck_error *err)
{
    const struct wck_tangents t = tangents_of(w);
    struct wck_measure whole = {.got = 0.0};
    struct wck_place nowhere = {.plane = -1, .y = -1, .x = -1};
    bool pulled;
    size_t beyond[WCK_CLAIM_COUNT] = {w->tally[0].beyond, w->tally[1].beyond};
    enum wck_status status =
        wck_subject_jvp(w->trial->subject, &w->problem, &w->image, &t, &w->output, err);

    if (status == WCK_OK)
        status = wck_warp_jvp(&w->problem.warp, &w->image, &t, &w->reference, err);
    wck_problem_random(&w->problem, 19, &w->upstream);
    w->aside = 0;
    if (status == WCK_OK)
        status = compare(w, &whole, err);
    if (status == WCK_OK)
        status = pull_if_served(w, &whole.want, &pulled, err);
    if (status != WCK_OK)
        return status;
    /* A sum of m terms is known to m roundoffs. */
    whole.scale *= fmax(1.0, (double)wck_image_pixels(&w->upstream) / 4.0);
    if (pulled && w->aside < wck_image_pixels(&w->upstream))
        wck_tally_add(&w->tally[WCK_SELF_CONSISTENT], &whole, &nowhere, true);
    accuse(w, beyond);
    wck_text_printf(&w->detail, "%s%s (%zu samples; at a knot: %zu)",
                    w->detail.size > 0 ? ", " : "", names[w->of],
                    wck_image_pixels(&w->upstream) - w->aside, w->aside);
    return WCK_OK;
}

/* ---- the checker ---- */

static enum wck_status prepare(struct work *w, struct wck_error *err)
{
    const struct wck_problem *problem = w->trial->problem;
    struct wck_subject *subject = w->trial->subject;
    enum wck_status status = wck_subject_source(subject, problem, &w->image, err);

    if (status == WCK_OK)
        status = wck_subject_source(subject, problem, &w->tangent, err);
    if (status == WCK_OK)
        status = wck_subject_upstream(subject, problem, &w->upstream, err);
    if (status == WCK_OK)
        status = wck_problem_source(problem, &w->gradient, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &w->output, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &w->reference, err);
    if (status == WCK_OK) {
        wck_problem_random(problem, 17, &w->image);
        wck_problem_random(problem, 18, &w->tangent);
    }
    return status;
}

static void release(struct work *w)
{
    wck_subject_free_image(w->trial->subject, &w->image);
    wck_subject_free_image(w->trial->subject, &w->tangent);
    wck_subject_free_image(w->trial->subject, &w->upstream);
    free(w->gradient.tensor.data);
    free(w->output.tensor.data);
    free(w->reference.tensor.data);
    if (w->has_path)
        wck_path_release(&w->path);
    wck_text_release(&w->detail);
    for (int claim = 0; claim < WCK_CLAIM_COUNT; claim++)
        wck_text_release(&w->cause[claim]);
}

static enum wck_status report(struct work *w, enum wck_claim claim,
                              struct wck_error *err)
{
    const char *cause = wck_text_string(&w->cause[claim]);

    return wck_trial_report_take(
        w->trial, "forward-mode", claim, &w->tally[claim],
        wck_trial_gross_resolution(w->trial), /* matrix and coordinates look closer */
        wck_trial_text("tangents of %s", wck_text_string(&w->detail)),
        w->cause[claim].size > 0 ? wck_trial_text("%s", cause) : NULL, err);
}

static enum wck_status judge_all(struct work *w, struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (int of = 0; of < INPUTS && status == WCK_OK; of++) {
        bool border = w->trial->problem->warp.border->fills;
        struct wck_error why = {WCK_OK, ""};

        if ((of == OF_BORDER_VALUE && !border) ||
            (of >= OF_MATRIX && w->trial->problem->warp.kernel->footprint))
            continue;
        status = choose_input(w, of, &why);
        if (status == WCK_OK)
            status = judge(w, &why);
        if (status == WCK_UNSUPPORTED) {
            w->refusal = why;
            status = WCK_OK;
        } else if (status != WCK_OK) {
            wck_error_set(err, status, "%s", why.text);
        }
    }
    return status;
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    struct work w = {.trial = trial};
    enum wck_status status = prepare(&w, err);

    if (status == WCK_OK)
        status = judge_all(&w, err);
    if (status == WCK_OK && w.detail.size == 0)
        status = wck_error_set(err, WCK_UNSUPPORTED, "%s", w.refusal.text);
    if (status == WCK_OK)
        status = w.pulled > 0
                     ? report(&w, WCK_SELF_CONSISTENT, err)
                     : wck_trial_say(trial, "forward-mode", WCK_SELF_CONSISTENT,
                                     WCK_NOT_APPLICABLE, w.refusal.text, err);
    if (status == WCK_OK)
        status = report(&w, WCK_CONFORMS, err);
    release(&w);
    return status;
}

const struct wck_checker wck_checker_forward_mode = {
    .id = "forward-mode",
    .summary =
        "forward mode, where there is one, against reverse mode and the reference",
    .needs_deterministic = true,
    .claims = {WCK_SELF_CONSISTENT, WCK_CONFORMS},
    .claim_count = 2,
    .run = run,
};
