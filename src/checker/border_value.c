/* border-value: the output is linear in the border value too.  With a black image and
 * the border value 1, each output is its own weight on the border, w_o (no
 * cancellation), so
 *
 *     dL/d(value of channel c) = sum over outputs of g_o w_o.
 *
 * The left side is the subject's, the right one from the subject's own forward
 * (self-consistent) or the reference's (conforms). */
#include "src/checker/checkers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/checker/trial.h"

/* Sum of g_o w_o over the batch items of a channel, and of the bounds on w_o. */
static double weigh(const struct wck_image *upstream, const struct wck_image *weight,
                    size_t channel)
{
    double sum = 0.0;

    for (size_t n = 0; n < weight->batch; n++) {
        size_t plane = n * weight->channels + channel;

        for (size_t i = 0; i < wck_image_pixels(weight); i++)
            sum += wck_plane_get(upstream, plane, i) * wck_plane_get(weight, plane, i);
    }
    return sum;
}

static void compare(const struct wck_trial *trial, const struct wck_image *upstream,
                    const struct wck_image *weight, double coordinate_bound,
                    const double *gradient, struct wck_tally *tally)
{
    double u = wck_trial_roundoff(trial);
    double terms = (double)(weight->batch * wck_image_pixels(weight));

    for (size_t c = 0; c < weight->channels; c++) {
        /* Upstream lies in [0, 1], and the weights of an output add up to N^2 at most;
         * their own roundings count on both sides. */
        struct wck_measure measure = {
            .got = gradient[c],
            .want = weigh(upstream, weight, c),
            .round =
                terms * (2.0 * wck_gamma(wck_trial_output_roundings(trial), u) +
                         wck_trial_norm(trial) *
                             wck_gamma(wck_trial_term_roundings(trial) + terms, u) +
                         coordinate_bound),
            .scale = terms * fmax(1.0, terms / 4.0),
        };
        struct wck_place place = {.plane = (long)c, .y = -1, .x = -1, .input = true};

        wck_tally_add(tally, &measure, &place, true);
    }
}

/* The largest change of one weight that uncertain coordinates may make. */
static enum wck_status largest_coordinate_bound(const struct wck_trial *trial,
                                                double *most, struct wck_error *err)
{
    struct wck_block block;
    enum wck_status status = wck_block_init(
        &block, &trial->problem->warp, wck_block_capacity(&trial->problem->warp), err);

    *most = 0.0;
    if (status != WCK_OK)
        return status;
    for (size_t first = 0; first < wck_warp_samples(&trial->problem->warp);
         first += block.count) {
        wck_trial_fill(trial, &block, first);
        for (size_t i = 0; i < block.count; i++)
            *most = fmax(*most, wck_trial_coordinate_bound(trial, &block, i, 1.0));
    }
    wck_block_release(&block);
    return WCK_OK;
}

static enum wck_status judge(struct wck_trial *trial, const struct wck_image *upstream,
                             const struct wck_image *weight, const double *gradient,
                             enum wck_claim claim, struct wck_error *err)
{
    struct wck_tally tally = {0};
    double bound = 0.0;
    enum wck_status status = WCK_OK;

    if (claim == WCK_CONFORMS)
        status = largest_coordinate_bound(trial, &bound, err);
    if (status != WCK_OK)
        return status;
    compare(trial, upstream, weight, bound, gradient, &tally);
    return wck_trial_report_take(
        trial, "border-value", claim, &tally, wck_trial_resolution(trial), NULL,
        wck_trial_text("the gradient of the border value is not the sum of the weights "
                       "on it"),
        err);
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    static const double one = 1.0;
    const struct wck_problem *problem = trial->problem;
    struct wck_image black = {0}, upstream = {0}, weight = {0}, wanted = {0};
    struct wck_problem lit = *problem;
    double gradient[WCK_PROBLEM_CHANNELS] = {0.0};
    enum wck_status status;

    if (!problem->warp.border->fills)
        return wck_error_set(err, WCK_UNSUPPORTED, "this border has no value");
    lit.warp.border_value = &one;
    lit.warp.border_values = 1;
    status = wck_subject_source(trial->subject, problem, &black, err);
    if (status == WCK_OK)
        status = wck_subject_upstream(trial->subject, problem, &upstream, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &weight, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &wanted, err);
    if (status != WCK_OK)
        goto done;
    wck_problem_random(problem, 8, &upstream);
    status = wck_trial_drop_uncertain(trial, &upstream, err);
    if (status == WCK_OK)
        status = wck_subject_forward(trial->subject, &lit, &black, &weight, err);
    if (status == WCK_OK)
        status = wck_warp_forward(&lit.warp, &black, &wanted, err);
    if (status == WCK_OK)
        status = wck_trial_vjp(trial, &black, &upstream,
                               &(struct wck_gradients){.border_value = gradient}, err);
    if (status == WCK_OK)
        status = judge(trial, &upstream, &weight, gradient, WCK_SELF_CONSISTENT, err);
    if (status == WCK_OK)
        status = judge(trial, &upstream, &wanted, gradient, WCK_CONFORMS, err);
done:
    wck_subject_free_image(trial->subject, &black);
    wck_subject_free_image(trial->subject, &upstream);
    free(weight.tensor.data);
    free(wanted.tensor.data);
    return status;
}

const struct wck_checker wck_checker_border_value = {
    .id = "border-value",
    .summary = "gradient of the border value against the weights on it",
    .needs_linear = true,
    .needs_deterministic = true,
    .claims = {WCK_SELF_CONSISTENT, WCK_CONFORMS},
    .claim_count = 2,
    .run = run,
};
