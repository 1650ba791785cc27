/* statelessness: a call has the same bits after other calls: of another image, another
 * upstream gradient and, where the map is a matrix of two axes, another map for arrays
 * of the same sizes.  What a subject keeps from one call to the next (an image that it
 * takes for the same one, coordinates looked up by size) shows there, and not where a
 * call is only made twice (src/checker/determinism.c). */
#include "src/checker/checkers.h"

#include <stdlib.h>
#include <string.h>

#include "src/checker/bits.h"
#include "src/checker/trial.h"

enum { THIS, OTHER, CALLS };

struct work {
    struct wck_trial *trial;
    struct wck_problem problem[CALLS];
    struct wck_image image[CALLS], upstream[CALLS];
};

/* The same arrays, moved on by a pixel along both axes. */
static void move_on(struct wck_problem *problem)
{
    struct wck_map moved, *map = &problem->warp.map;
    double matrix[6];

    if (map->kind != WCK_MAP_AFFINE || wck_map_axes(map) != 2)
        return;
    memcpy(matrix, map->matrix, sizeof matrix);
    matrix[2] += 1.0;
    matrix[5] += 1.0;
    moved = *map;
    if (wck_map_affine(&moved, matrix, map->direction, NULL) != WCK_OK)
        return;
    moved.output_units = map->output_units;
    moved.source_units = map->source_units;
    *map = moved;
}

static enum wck_status forward(struct work *w, int which, const struct wck_image *to,
                               struct wck_error *err)
{
    return wck_subject_forward(w->trial->subject, &w->problem[which], &w->image[which],
                               to, err);
}

static enum wck_status backward(struct work *w, int which, const struct wck_image *to,
                                struct wck_error *err)
{
    return wck_subject_vjp(w->trial->subject, &w->problem[which], &w->image[which],
                           &w->upstream[which], &(struct wck_gradients){.image = to},
                           err);
}

/* A call, others, and the call again; `input`: of the pull-back. */
static enum wck_status around(struct work *w, bool input, struct wck_tally *tally,
                              struct wck_error *err)
{
    enum wck_status (*call)(struct work *, int, const struct wck_image *,
                            struct wck_error *) = input ? backward : forward;
    enum wck_status (*make)(const struct wck_problem *, struct wck_image *,
                            struct wck_error *) =
        input ? wck_problem_source : wck_problem_output;
    struct wck_image first = {0}, between = {0}, again = {0};
    enum wck_status status = make(&w->problem[THIS], &first, err);

    if (status == WCK_OK)
        status = make(&w->problem[THIS], &between, err);
    if (status == WCK_OK)
        status = make(&w->problem[THIS], &again, err);
    if (status == WCK_OK)
        status = call(w, THIS, &first, err);
    if (status == WCK_OK)
        status = call(w, OTHER, &between, err);
    if (status == WCK_OK)
        status = call(w, THIS, &again, err);
    if (status == WCK_OK)
        wck_bits_image(tally, &again, &first, input);
    free(first.tensor.data);
    free(between.tensor.data);
    free(again.tensor.data);
    return status;
}

static enum wck_status work_init(struct work *w, struct wck_trial *trial,
                                 struct wck_error *err)
{
    const struct wck_problem *problem = trial->problem;
    enum wck_status status = WCK_OK;

    *w = (struct work){.trial = trial, .problem = {*problem, *problem}};
    move_on(&w->problem[OTHER]);
    for (int k = 0; k < CALLS && status == WCK_OK; k++) {
        status = wck_subject_source(trial->subject, problem, &w->image[k], err);
        if (status == WCK_OK)
            status =
                wck_subject_upstream(trial->subject, problem, &w->upstream[k], err);
        if (status != WCK_OK)
            return status;
        wck_problem_random(problem, 17 + (uint64_t)k, &w->image[k]);
        wck_problem_random(problem, 19 + (uint64_t)k, &w->upstream[k]);
    }
    return status;
}

static void work_release(struct work *w)
{
    for (int k = 0; k < CALLS; k++) {
        wck_subject_free_image(w->trial->subject, &w->image[k]);
        wck_subject_free_image(w->trial->subject, &w->upstream[k]);
    }
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    struct wck_error refusal = {WCK_OK, ""};
    struct wck_tally tally = {0};
    struct work w;
    enum wck_status status = work_init(&w, trial, err);

    if (status == WCK_OK)
        status = around(&w, false, &tally, err);
    if (status != WCK_OK)
        goto done;
    /* Without a gradient the forward is judged alone. */
    status = around(&w, true, &tally, &refusal);
    if (status != WCK_OK && status != WCK_UNSUPPORTED) {
        wck_error_set(err, status, "%s", refusal.text);
        goto done;
    }
    trial->not_deterministic |= tally.beyond > 0;
    status = wck_trial_report_take(
        trial, "statelessness", WCK_SELF_CONSISTENT, &tally,
        wck_trial_resolution(trial), NULL,
        wck_trial_text("the same call gives other bits after a call with other inputs: "
                       "something is kept from one call to the next"),
        err);
done:
    work_release(&w);
    return status;
}

const struct wck_checker wck_checker_statelessness = {
    .id = "statelessness",
    .summary = "a call has the same bits after calls with other inputs",
    .needs_deterministic = true,
    .claims = {WCK_SELF_CONSISTENT},
    .claim_count = 1,
    .run = run,
};
