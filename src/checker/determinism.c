/* determinism: the same call twice gives the same bits, forward and backward, and
 * leaves its inputs as they were. */
#include "src/checker/checkers.h"

#include <stdlib.h>

#include "src/checker/bits.h"
#include "src/checker/trial.h"

/* Images that one call reads and two calls write. */
struct pair {
    struct wck_image image, upstream, kept, kept_upstream, first, second;
};

static enum wck_status forward_twice(struct wck_trial *trial, struct pair *pair,
                                     struct wck_tally *tally, struct wck_error *err)
{
    enum wck_status status = wck_trial_forward(trial, &pair->image, &pair->first, err);

    if (status == WCK_OK)
        status = wck_trial_forward(trial, &pair->image, &pair->second, err);
    if (status != WCK_OK)
        return status;
    wck_bits_image(tally, &pair->second, &pair->first, false);
    wck_bits_image(tally, &pair->image, &pair->kept, true);
    return WCK_OK;
}

static enum wck_status backward_twice(struct wck_trial *trial, struct pair *pair,
                                      struct wck_tally *tally, struct wck_error *err)
{
    const struct wck_problem *problem = trial->problem;
    struct wck_image first = {0}, second = {0};
    enum wck_status status = wck_problem_source(problem, &first, err);

    if (status == WCK_OK)
        status = wck_problem_source(problem, &second, err);
    if (status == WCK_OK)
        status = wck_trial_vjp(trial, &pair->image, &pair->upstream,
                               &(struct wck_gradients){.image = &first}, err);
    if (status == WCK_OK)
        status = wck_trial_vjp(trial, &pair->image, &pair->upstream,
                               &(struct wck_gradients){.image = &second}, err);
    if (status == WCK_OK) {
        wck_bits_image(tally, &second, &first, true);
        wck_bits_image(tally, &pair->image, &pair->kept, true);
        wck_bits_image(tally, &pair->upstream, &pair->kept_upstream, false);
    }
    free(first.tensor.data);
    free(second.tensor.data);
    return status;
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    const struct wck_problem *problem = trial->problem;
    struct wck_error refusal = {WCK_OK, ""};
    struct wck_tally tally = {0};
    struct pair pair = {0};
    enum wck_status status;

    if (trial->not_deterministic)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "the subject says that the same call may have other "
                             "answers");
    status = wck_subject_source(trial->subject, problem, &pair.image, err);
    if (status == WCK_OK)
        status = wck_problem_source(problem, &pair.kept, err);
    if (status == WCK_OK)
        status = wck_subject_upstream(trial->subject, problem, &pair.upstream, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &pair.kept_upstream, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &pair.first, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &pair.second, err);
    if (status != WCK_OK)
        goto done;
    wck_problem_random(problem, 2, &pair.image);
    wck_problem_random(problem, 2, &pair.kept);
    wck_problem_random(problem, 3, &pair.upstream);
    wck_problem_random(problem, 3, &pair.kept_upstream);
    status = forward_twice(trial, &pair, &tally, err);
    if (status != WCK_OK)
        goto done;
    /* Without a gradient the forward is judged alone. */
    status = backward_twice(trial, &pair, &tally, &refusal);
    if (status != WCK_OK && status != WCK_UNSUPPORTED) {
        wck_error_set(err, status, "%s", refusal.text);
        goto done;
    }
    trial->not_deterministic = tally.beyond > 0;
    status = wck_trial_report_take(
        trial, "determinism", WCK_SELF_CONSISTENT, &tally, wck_trial_resolution(trial),
        NULL,
        wck_trial_text(
            "the same call gives other bits the second time, or its input was "
            "changed: uninitialised memory, a race, or state kept"),
        err);
done:
    wck_subject_free_image(trial->subject, &pair.image);
    free(pair.kept.tensor.data);
    free(pair.kept_upstream.tensor.data);
    wck_subject_free_image(trial->subject, &pair.upstream);
    free(pair.first.tensor.data);
    free(pair.second.tensor.data);
    return status;
}

const struct wck_checker wck_checker_determinism = {
    .id = "determinism",
    .summary = "the same call twice gives the same bits and leaves its input alone",
    .claims = {WCK_SELF_CONSISTENT},
    .claim_count = 1,
    .run = run,
};
