/* poison: NaN and infinity where an output lists no tap do not reach it.
 *
 *     F(x)_o = F(x')_o  to the bit, where x and x' differ in pixels only that o does
 *                       not list
 *
 * and so for the derivative of o with respect to its own coordinates.  The image
 * gradient reads no pixel at all: it has the same bits for a poisoned image.  In finite
 * images none of this shows: a tap that is masked by a weight of 0 adds 0, but
 * 0 times NaN is NaN.  Outputs that list a poisoned pixel are not judged, with
 * whatever weight: what 0 times NaN is there is the convention's business. */
#include "src/checker/checkers.h"

#include <math.h>
#include <stdlib.h>

#include "reference/poison.h"
#include "src/checker/bits.h"
#include "src/checker/mapped.h"
#include "src/checker/trial.h"

struct work {
    struct wck_trial *trial;
    struct wck_mapped mapped; /* the same samples, by their coordinates */
    struct wck_image clean, image, upstream;
    struct wck_image output, wanted, gradient, wanted_gradient;
    struct wck_reach *reach;            /* of every sample */
    double *slope[2], *wanted_slope[2]; /* of its coordinates; one allocation */
    size_t judged, most; /* outputs of all parts, and how many there are */
};

static size_t samples_of(const struct work *w)
{
    return wck_warp_samples(&w->trial->problem->warp);
}

/* The reach of all samples, and a map of their coordinates, which are rounded to the
 * type that they are given in: within the doubt, or far from any knot. */
static enum wck_status place(struct work *w, struct wck_error *err)
{
    const struct wck_problem *problem = w->trial->problem;
    double u = wck_dtype_row(wck_problem_coordinate_dtype(problem))->roundoff;
    struct wck_block one;
    enum wck_status status = wck_block_init(&one, &problem->warp, 1, err);

    if (status != WCK_OK)
        return status;
    for (size_t i = 0; i < samples_of(w); i++) {
        struct wck_coordinate_error error = wck_problem_coordinate_error(problem, i);
        double doubt[2];

        wck_block_fill(&one, &problem->warp, i, 1);
        doubt[0] = error.x + u * fabs(one.x[0]);
        doubt[1] = error.y + u * fabs(one.y[0]);
        w->reach[i] = wck_poison_reach(&problem->warp, &one, i, doubt);
    }
    wck_block_release(&one);
    return wck_mapped_init(&w->mapped, problem, err);
}

static enum wck_status make_images(struct work *w, struct wck_error *err)
{
    const struct wck_problem *problem = w->trial->problem;
    struct wck_subject *subject = w->trial->subject;
    enum wck_status status = wck_subject_source(subject, problem, &w->image, err);

    if (status == WCK_OK)
        status = wck_subject_upstream(subject, problem, &w->upstream, err);
    if (status == WCK_OK)
        status = wck_problem_source(problem, &w->clean, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &w->output, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &w->wanted, err);
    if (status == WCK_OK)
        status = wck_problem_source(problem, &w->gradient, err);
    if (status == WCK_OK)
        status = wck_problem_source(problem, &w->wanted_gradient, err);
    return status;
}

static enum wck_status work_init(struct work *w, struct wck_trial *trial,
                                 struct wck_error *err)
{
    size_t samples = wck_warp_samples(&trial->problem->warp);
    enum wck_status status;

    *w = (struct work){.trial = trial};
    status = make_images(w, err);
    if (status != WCK_OK)
        return status;
    w->slope[0] = calloc(4 * samples, sizeof **w->slope);
    w->reach = calloc(samples, sizeof *w->reach);
    if (w->slope[0] == NULL || w->reach == NULL)
        return wck_error_no_memory(err);
    w->slope[1] = w->slope[0] + samples;
    w->wanted_slope[0] = w->slope[1] + samples;
    w->wanted_slope[1] = w->wanted_slope[0] + samples;
    wck_problem_random(trial->problem, 21, &w->clean);
    wck_problem_random(trial->problem, 22, &w->upstream);
    wck_bits_copy(&w->image, &w->clean);
    return place(w, err);
}

static void work_release(struct work *w)
{
    wck_subject_free_image(w->trial->subject, &w->image);
    wck_subject_free_image(w->trial->subject, &w->upstream);
    free(w->clean.tensor.data);
    free(w->output.tensor.data);
    free(w->wanted.tensor.data);
    free(w->gradient.tensor.data);
    free(w->wanted_gradient.tensor.data);
    wck_mapped_release(&w->mapped);
    free(w->slope[0]);
    free(w->reach);
}

/* ---- calls ---- */

static enum wck_status pull_coordinates(struct work *w, double *const to[2],
                                        struct wck_error *err)
{
    return wck_subject_vjp(w->trial->subject, &w->mapped.problem, &w->image,
                           &w->upstream,
                           &(struct wck_gradients){.x = to[0], .y = to[1]}, err);
}

static void poison(struct work *w, enum wck_poison part)
{
    wck_bits_copy(&w->image, &w->clean);
    wck_poison_plant(&w->image, part);
}

static bool is_judged(const struct work *w, enum wck_poison part, size_t sample)
{
    return !wck_poison_is_read(&w->trial->problem->warp, part, &w->reach[sample]);
}

static bool judges_any(const struct work *w, enum wck_poison part)
{
    for (size_t i = 0; i < samples_of(w); i++) {
        if (is_judged(w, part, i))
            return true;
    }
    return false;
}

static void compare_outputs(struct work *w, enum wck_poison part,
                            struct wck_tally *tally)
{
    for (size_t p = 0; p < wck_image_planes(&w->output); p++) {
        for (size_t i = 0; i < samples_of(w); i++) {
            struct wck_place where = wck_trial_output_place(w->trial, p, i);

            w->most++;
            if (!is_judged(w, part, i))
                continue;
            w->judged++;
            wck_bits_add(tally, wck_plane_get(&w->output, p, i),
                         wck_plane_get(&w->wanted, p, i), &where);
        }
    }
}

static void compare_slopes(struct work *w, enum wck_poison part,
                           struct wck_tally *tally)
{
    for (size_t i = 0; i < samples_of(w); i++) {
        struct wck_place where = wck_trial_output_place(w->trial, 0, i);

        where.plane = -1;
        for (int a = 0; a < 2 && is_judged(w, part, i); a++)
            wck_bits_add(tally, w->slope[a][i], w->wanted_slope[a][i], &where);
    }
}

static enum wck_status check_outputs(struct work *w, struct wck_tally *tally,
                                     struct wck_error *err)
{
    enum wck_status status = wck_trial_forward(w->trial, &w->image, &w->wanted, err);

    for (int k = 0; k < WCK_POISON_COUNT && status == WCK_OK; k++) {
        enum wck_poison part = (enum wck_poison)k;

        if (judges_any(w, part)) {
            poison(w, part);
            status = wck_trial_forward(w->trial, &w->image, &w->output, err);
        }
        if (status == WCK_OK)
            compare_outputs(w, part, tally);
    }
    wck_bits_copy(&w->image, &w->clean);
    return status;
}

static enum wck_status check_image_gradient(struct work *w, struct wck_tally *tally,
                                            struct wck_error *err)
{
    enum wck_status status =
        wck_trial_vjp(w->trial, &w->image, &w->upstream,
                      &(struct wck_gradients){.image = &w->wanted_gradient}, err);

    poison(w, WCK_POISON_ALL);
    if (status == WCK_OK)
        status = wck_trial_vjp(w->trial, &w->image, &w->upstream,
                               &(struct wck_gradients){.image = &w->gradient}, err);
    if (status == WCK_OK)
        wck_bits_image(tally, &w->gradient, &w->wanted_gradient, true);
    wck_bits_copy(&w->image, &w->clean);
    return status;
}

static enum wck_status check_coordinates(struct work *w, struct wck_tally *tally,
                                         struct wck_error *err)
{
    enum wck_status status = pull_coordinates(w, w->wanted_slope, err);

    for (int k = 0; k < WCK_POISON_COUNT && status == WCK_OK; k++) {
        enum wck_poison part = (enum wck_poison)k;

        if (!judges_any(w, part))
            continue;
        poison(w, part);
        status = pull_coordinates(w, w->slope, err);
        if (status == WCK_OK)
            compare_slopes(w, part, tally);
    }
    return status;
}

/* ---- the checker ---- */

static enum wck_status check_applies(const struct wck_problem *problem,
                                     struct wck_error *err)
{
    if (!wck_poison_serves(&problem->warp))
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "which pixels an output reads cannot be told: a "
                             "prefilter, a clip, a fold or a footprint");
    if (wck_dtype_row(problem->dtype)->roundoff <= 0.0)
        return wck_error_set(err, WCK_UNSUPPORTED, "integers hold no NaN");
    return WCK_OK;
}

/* A gradient that the subject does not give is not judged; the rest is. */
static enum wck_status check_gradients(struct work *w, struct wck_tally *tally,
                                       struct wck_error *err)
{
    enum wck_status (*const parts[])(struct work *, struct wck_tally *,
                                     struct wck_error *) = {check_image_gradient,
                                                            check_coordinates};

    for (int k = 0; k < 2; k++) {
        struct wck_error refusal = {WCK_OK, ""};
        enum wck_status status = parts[k](w, tally, &refusal);

        if (status != WCK_OK && status != WCK_UNSUPPORTED)
            return wck_error_set(err, status, "%s", refusal.text);
    }
    return WCK_OK;
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    struct wck_tally tally = {0};
    struct work w;
    enum wck_status status = check_applies(trial->problem, err);

    if (status != WCK_OK)
        return status;
    status = work_init(&w, trial, err);
    if (status == WCK_OK)
        status = check_outputs(&w, &tally, err);
    if (status == WCK_OK)
        status = check_gradients(&w, &tally, err);
    if (status == WCK_OK && tally.compared == 0)
        status = wck_error_set(err, WCK_UNSUPPORTED,
                               "every output may list a pixel of every part");
    if (status == WCK_OK)
        status = wck_trial_report_take(
            trial, "poison", WCK_CONFORMS, &tally, wck_trial_resolution(trial),
            wck_trial_text("%zu of %zu outputs read no pixel that was poisoned; the "
                           "others are not judged",
                           w.judged, w.most),
            wck_trial_text("NaN or infinity at pixels that it does not read reaches an "
                           "output or a gradient: a tap that is masked is multiplied "
                           "by 0 instead of left out"),
            err);
    work_release(&w);
    return status;
}

const struct wck_checker wck_checker_poison = {
    .id = "poison",
    .summary = "NaN and infinity where no tap is listed reach no output or gradient",
    .needs_deterministic = true,
    .claims = {WCK_CONFORMS},
    .claim_count = 1,
    .run = run,
};
