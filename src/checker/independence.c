/* independence: batch items and channels are planes, and each is warped by itself.
 *
 *  - Where planes change, the output of the others does not, by any bit; nor does,
 * where planes of image and upstream gradient change, the image gradient of the others.
 *    Each of k rounds changes the planes of a set.  Planes are in sets of k/2 rounds,
 *    no two in the same: of any two, each changes in some round while the other does
 *    not.  So k rounds serve C(k, k/2) planes, and fewer do not (Sperner's theorem).
 *  - A plane alone, as HW, has the output that it has among the others: either lies
 *    within the bound of `forward` (src/checker/forward.c) of the reference's, so they
 *    lie within two of it of each other. */
#include "src/checker/checkers.h"

#include <math.h>
#include <stdlib.h>

#include "src/checker/bits.h"
#include "src/checker/trial.h"

/* What goes in and comes out of a pass: image and output, or upstream gradient and
 * image gradient. */
struct side {
    struct wck_image base, other; /* what planes hold, and what they change to */
    struct wck_image given;
    struct wck_image first, second; /* made of base, and of a mixture */
};

struct work {
    struct wck_trial *trial;
    struct side forward, backward;
};

/* ---- who changes when ---- */

/* The halves of k rounds: C(k, k/2). */
static size_t half_sets(unsigned k)
{
    size_t count = 1;

    for (unsigned i = 1; i <= k / 2; i++)
        count = count * (k - i + 1) / i;
    return count;
}

static unsigned rounds_of(size_t planes)
{
    unsigned k = 2;

    while (half_sets(k) < planes)
        k++;
    return k;
}

/* The next larger set of as many rounds: its lowest run of ones moves up by one, and
 * the rest of the run to the bottom. */
static unsigned long next_set(unsigned long set)
{
    unsigned long lowest = set & (~set + 1), carried = set + lowest;

    return carried | ((set ^ carried) >> 2) / lowest;
}

static unsigned long first_set(unsigned rounds)
{
    return (1UL << rounds / 2) - 1;
}

/* Fills what is given: planes that change in the round from `other`. */
static void mix(const struct side *side, unsigned rounds, unsigned round)
{
    unsigned long set = first_set(rounds);

    for (size_t p = 0; p < wck_image_planes(&side->given); p++, set = next_set(set)) {
        const struct wck_image *from =
            (set >> round & 1) != 0 ? &side->other : &side->base;

        for (size_t i = 0; i < wck_image_pixels(from); i++)
            wck_plane_set(&side->given, p, i, wck_plane_get(from, p, i));
    }
}

static void compare_unchanged(const struct side *side, unsigned rounds, unsigned round,
                              bool input, struct wck_tally *tally)
{
    unsigned long set = first_set(rounds);

    for (size_t p = 0; p < wck_image_planes(&side->given); p++, set = next_set(set)) {
        if ((set >> round & 1) == 0)
            wck_bits_plane(tally, &side->second, &side->first, p, input);
    }
}

/* ---- calls ---- */

static enum wck_status side_init(struct side *side, const struct wck_problem *problem,
                                 bool backward, struct wck_error *err)
{
    enum wck_status (*in)(const struct wck_problem *, struct wck_image *,
                          struct wck_error *) =
        backward ? wck_problem_output : wck_problem_source;
    enum wck_status (*out)(const struct wck_problem *, struct wck_image *,
                           struct wck_error *) =
        backward ? wck_problem_source : wck_problem_output;
    enum wck_status status = in(problem, &side->base, err);

    if (status == WCK_OK)
        status = in(problem, &side->other, err);
    if (status == WCK_OK)
        status = out(problem, &side->first, err);
    if (status == WCK_OK)
        status = out(problem, &side->second, err);
    if (status != WCK_OK)
        return status;
    wck_problem_random(problem, backward ? 13 : 14, &side->base);
    wck_problem_random(problem, backward ? 15 : 16, &side->other);
    return WCK_OK;
}

static void side_release(struct side *side)
{
    free(side->base.tensor.data);
    free(side->other.tensor.data);
    free(side->first.tensor.data);
    free(side->second.tensor.data);
}

static enum wck_status call(struct work *w, bool backward, const struct wck_image *to,
                            struct wck_error *err)
{
    if (backward)
        return wck_trial_vjp(w->trial, &w->forward.given, &w->backward.given,
                             &(struct wck_gradients){.image = to}, err);
    return wck_trial_forward(w->trial, &w->forward.given, to, err);
}

/* All rounds of one pass. */
static enum wck_status run_rounds(struct work *w, bool backward,
                                  struct wck_tally *tally, struct wck_error *err)
{
    struct side *side = backward ? &w->backward : &w->forward;
    unsigned rounds = rounds_of(wck_image_planes(&side->given));
    enum wck_status status;

    wck_bits_copy(&w->forward.given, &w->forward.base);
    wck_bits_copy(&w->backward.given, &w->backward.base);
    status = call(w, backward, &side->first, err);
    for (unsigned round = 0; round < rounds && status == WCK_OK; round++) {
        mix(&w->forward, rounds, round);
        mix(&w->backward, rounds, round);
        status = call(w, backward, &side->second, err);
        if (status == WCK_OK)
            compare_unchanged(side, rounds, round, backward, tally);
    }
    return status;
}

/* ---- a plane alone ---- */

static void compare_block(const struct work *w, const struct wck_block *block,
                          size_t plane, const struct wck_image *alone,
                          struct wck_tally *tally)
{
    const struct wck_trial *trial = w->trial;
    double amplitude = fmax(1.0, wck_problem_border_amplitude(trial->problem));
    double rounding =
        wck_gamma(wck_trial_output_roundings(trial), wck_trial_roundoff(trial));

    for (size_t i = 0; i < block->count; i++) {
        size_t sample = block->first + i;
        struct wck_place place = wck_trial_output_place(trial, plane, sample);
        struct wck_measure measure = {
            .got = wck_plane_get(alone, 0, sample),
            .want = wck_plane_get(&w->forward.first, plane, sample),
            .round = 2.0 * (rounding * amplitude +
                            wck_trial_coordinate_bound(trial, block, i, amplitude)),
            .scale = 2.0 * amplitude,
        };

        if (!wck_trial_uncertain(trial, block, i))
            wck_tally_add(tally, &measure, &place, true);
    }
}

static enum wck_status compare_alone(const struct work *w, size_t plane,
                                     const struct wck_image *alone,
                                     struct wck_tally *tally, struct wck_error *err)
{
    const struct wck_warp *warp = &w->trial->problem->warp;
    struct wck_block block;
    enum wck_status status =
        wck_block_init(&block, warp, wck_block_capacity(warp), err);

    if (status != WCK_OK)
        return status;
    for (size_t first = 0; first < wck_warp_samples(warp); first += block.count) {
        wck_trial_fill(w->trial, &block, first);
        compare_block(w, &block, plane, alone, tally);
    }
    wck_block_release(&block);
    return WCK_OK;
}

/* The last plane, which is the first to be lost where planes are miscounted. */
static enum wck_status run_alone(struct work *w, struct wck_tally *tally,
                                 struct wck_error *err)
{
    struct wck_problem lone = *w->trial->problem;
    size_t plane = wck_image_planes(&w->forward.base) - 1;
    double value = wck_warp_scalar(&lone.warp, plane % lone.channels);
    struct wck_image image = {0}, output = {0};
    enum wck_status status;

    lone.layout = "HW";
    lone.batch = lone.channels = 1;
    lone.warp.border_value = &value;
    lone.warp.border_values = 1;
    status = wck_problem_source(&lone, &image, err);
    if (status == WCK_OK)
        status = wck_problem_output(&lone, &output, err);
    for (size_t i = 0; status == WCK_OK && i < wck_image_pixels(&image); i++)
        wck_plane_set(&image, 0, i, wck_plane_get(&w->forward.base, plane, i));
    if (status == WCK_OK)
        status = wck_subject_forward(w->trial->subject, &lone, &image, &output, err);
    if (status == WCK_OK)
        status = compare_alone(w, plane, &output, tally, err);
    free(image.tensor.data);
    free(output.tensor.data);
    return status;
}

/* ---- the checker ---- */

static enum wck_status check_applies(const struct wck_problem *problem,
                                     struct wck_error *err)
{
    if (problem->batch * problem->channels < 2)
        return wck_error_set(err, WCK_UNSUPPORTED, "there is one plane only");
    if (problem->warp.channel_axis || problem->warp.clips)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "the declared warp mixes planes itself");
    return WCK_OK;
}

/* What a subject does not serve is not judged; the rest is. */
static enum wck_status excuse(enum wck_status status, const struct wck_error *refusal,
                              struct wck_error *err)
{
    if (status == WCK_OK || status == WCK_UNSUPPORTED)
        return WCK_OK;
    return wck_error_set(err, status, "%s", refusal->text);
}

static enum wck_status judge(struct work *w, struct wck_error *err)
{
    struct wck_error refusal = {WCK_OK, ""};
    struct wck_tally tally = {0};
    enum wck_status status = run_rounds(w, false, &tally, err);

    if (status != WCK_OK)
        return status;
    status = excuse(run_alone(w, &tally, &refusal), &refusal, err);
    refusal = (struct wck_error){WCK_OK, ""};
    if (status == WCK_OK)
        status = excuse(run_rounds(w, true, &tally, &refusal), &refusal, err);
    if (status != WCK_OK)
        return status;
    return wck_trial_report_take(
        w->trial, "independence", WCK_CONFORMS, &tally, wck_trial_resolution(w->trial),
        NULL,
        wck_trial_text("a channel or batch item depends on another one, or is another "
                       "when it is alone"),
        err);
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    const struct wck_problem *problem = trial->problem;
    struct work w = {.trial = trial};
    enum wck_status status = check_applies(problem, err);

    if (status == WCK_OK)
        status = side_init(&w.forward, problem, false, err);
    if (status == WCK_OK)
        status = side_init(&w.backward, problem, true, err);
    if (status == WCK_OK)
        status = wck_subject_source(trial->subject, problem, &w.forward.given, err);
    if (status == WCK_OK)
        status = wck_subject_upstream(trial->subject, problem, &w.backward.given, err);
    if (status == WCK_OK)
        status = judge(&w, err);
    wck_subject_free_image(trial->subject, &w.forward.given);
    wck_subject_free_image(trial->subject, &w.backward.given);
    side_release(&w.forward);
    side_release(&w.backward);
    return status;
}

const struct wck_checker wck_checker_independence = {
    .id = "independence",
    .summary = "a channel or batch item is warped the same whatever the others are",
    .needs_deterministic = true,
    .claims = {WCK_CONFORMS},
    .claim_count = 1,
    .run = run,
};
