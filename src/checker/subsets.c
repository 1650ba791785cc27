/* subsets: a gradient has the same bits whichever others are asked for along with it,
 * and what is not asked for is not written.
 *
 * Every subset of the gradients that the problem has (image, border value, and matrix,
 * or x and y of a map) is asked for in one call; all that were wanted are compared with
 * what each was when it was asked for alone.  (Of a kernel with a footprint, whose
 * calls take longest, all of them together only.)  Where a gradient is not wanted, its
 * pointer is NULL; the buffer that it was written to in an earlier call holds numbers
 * that must still be there.  A subset that the subject refuses is not judged. */
#include "src/checker/checkers.h"

#include <stdlib.h>
#include <string.h>

#include "src/checker/bits.h"
#include "src/checker/mapped.h"
#include "src/checker/trial.h"

enum part { IMAGE, BORDER_VALUE, MATRIX, X, Y, PARTS };

static const char *const names[PARTS] = {"image", "border value", "matrix", "x", "y"};

#define HELD 0.3125 /* what buffers hold that are not to be written */

struct buffers {
    struct wck_image image;
    double *number[PARTS]; /* of all but the image; the first is the one allocation */
};

struct work {
    struct wck_trial *trial;
    struct wck_image image, upstream;
    struct buffers alone, got;
    bool given[PARTS]; /* alone, at least */
    size_t judged, refused;
    struct wck_text first; /* subset that differs */
};

static size_t count_of(const struct wck_problem *problem, int part)
{
    const struct wck_map *map = &problem->warp.map;

    if (part == BORDER_VALUE)
        return problem->channels;
    if (part == MATRIX)
        return wck_map_has_matrix(map) ? (size_t)wck_map_entries(map) : 0;
    return part == IMAGE || wck_map_has_matrix(map) ? 0
                                                    : wck_warp_samples(&problem->warp);
}

static bool has(const struct work *w, int part)
{
    return part == IMAGE || count_of(w->trial->problem, part) > 0;
}

static enum wck_status buffers_init(struct buffers *buffers,
                                    const struct wck_problem *problem,
                                    struct wck_error *err)
{
    enum wck_status status = wck_problem_source(problem, &buffers->image, err);
    size_t total = 0;

    for (int k = BORDER_VALUE; k < PARTS; k++)
        total += count_of(problem, k);
    if (status != WCK_OK)
        return status;
    buffers->number[IMAGE] = calloc(total, sizeof(double));
    if (buffers->number[IMAGE] == NULL)
        return wck_error_no_memory(err);
    for (int k = BORDER_VALUE; k < PARTS; k++)
        buffers->number[k] = buffers->number[k - 1] + count_of(problem, k - 1);
    return WCK_OK;
}

static void buffers_release(struct buffers *buffers)
{
    free(buffers->image.tensor.data);
    free(buffers->number[IMAGE]);
}

static void hold(const struct buffers *buffers, const struct wck_problem *problem)
{
    for (size_t p = 0; p < wck_image_planes(&buffers->image); p++) {
        for (size_t i = 0; i < wck_image_pixels(&buffers->image); i++)
            wck_plane_set(&buffers->image, p, i, HELD);
    }
    for (int k = BORDER_VALUE; k < PARTS; k++) {
        for (size_t i = 0; i < count_of(problem, k); i++)
            buffers->number[k][i] = HELD;
    }
}

/* Asks for those parts whose bits are set. */
static enum wck_status pull(const struct work *w, unsigned subset,
                            const struct buffers *to, struct wck_error *err)
{
    double *number[PARTS] = {NULL};
    struct wck_gradients wanted = {.image = subset & 1U << IMAGE ? &to->image : NULL};

    for (int k = BORDER_VALUE; k < PARTS; k++)
        number[k] = subset & 1U << k ? to->number[k] : NULL;
    wanted.border_value = number[BORDER_VALUE];
    wanted.matrix = number[MATRIX];
    wanted.x = number[X];
    wanted.y = number[Y];
    return wck_trial_vjp(w->trial, &w->image, &w->upstream, &wanted, err);
}

static void compare_numbers(const struct work *w, int part, bool wanted,
                            struct wck_tally *tally)
{
    const struct wck_place nowhere = {.plane = -1, .y = -1, .x = -1, .input = true};

    for (size_t i = 0; i < count_of(w->trial->problem, part); i++) {
        struct wck_place where = nowhere;

        if (part >= X) {
            where = wck_trial_output_place(w->trial, 0, i);
            where.plane = -1;
        }
        wck_bits_add(tally, w->got.number[part][i],
                     wanted ? w->alone.number[part][i] : HELD, &where);
    }
}

static void compare_image(const struct work *w, bool wanted, struct wck_tally *tally)
{
    for (size_t p = 0; p < wck_image_planes(&w->got.image); p++) {
        for (size_t i = 0; i < wck_image_pixels(&w->got.image); i++) {
            struct wck_place where = wck_trial_input_place(w->trial, p, i);

            wck_bits_add(tally, wck_plane_get(&w->got.image, p, i),
                         wanted ? wck_plane_get(&w->alone.image, p, i) : HELD, &where);
        }
    }
}

/* What a gradient is when it is asked for alone. */
static void keep(struct work *w, int part)
{
    size_t count = count_of(w->trial->problem, part);

    if (part == IMAGE)
        wck_bits_copy(&w->alone.image, &w->got.image);
    else
        memcpy(w->alone.number[part], w->got.number[part], count * sizeof(double));
}

static void name_subset(unsigned subset, struct wck_text *text)
{
    for (int k = 0; k < PARTS; k++) {
        if (subset & 1U << k)
            wck_text_printf(text, "%s%s", text->size > 0 ? ", " : "", names[k]);
    }
}

/* The others' buffers are those of calls before: they are not to be written again. */
static enum wck_status check_alone(struct work *w, int part, struct wck_tally *tally,
                                   struct wck_error *err)
{
    size_t beyond = tally->beyond;
    enum wck_status status;

    hold(&w->got, w->trial->problem);
    status = pull(w, 1U << part, &w->got, err);
    if (status != WCK_OK)
        return status;
    for (int k = IMAGE; k < PARTS; k++) {
        if (k == part)
            keep(w, k);
        else if (k == IMAGE)
            compare_image(w, false, tally);
        else
            compare_numbers(w, k, false, tally);
    }
    if (tally->beyond > beyond && w->first.size == 0)
        name_subset(1U << part, &w->first);
    return WCK_OK;
}

/* Each by itself; WCK_UNSUPPORTED where fewer than two are given. */
static enum wck_status ask_alone(struct work *w, struct wck_tally *tally,
                                 struct wck_error *err)
{
    struct wck_error refusal = {WCK_OK, ""};
    size_t given = 0;

    for (int k = 0; k < PARTS; k++) {
        struct wck_error why = {WCK_OK, ""};
        enum wck_status status;

        if (!has(w, k))
            continue;
        status = check_alone(w, k, tally, &why);
        if (status == WCK_UNSUPPORTED)
            wck_error_set(&refusal, status, "%s", why.text);
        else if (status != WCK_OK)
            return wck_error_set(err, status, "%s", why.text);
        w->given[k] = status == WCK_OK;
        given += status == WCK_OK;
    }
    if (given >= 2)
        return WCK_OK;
    return wck_error_set(err, WCK_UNSUPPORTED, "fewer than two gradients are given: %s",
                         refusal.text);
}

static enum wck_status check(struct work *w, unsigned subset, struct wck_tally *tally,
                             struct wck_error *err)
{
    struct wck_error refusal = {WCK_OK, ""};
    size_t beyond = tally->beyond;
    enum wck_status status;

    hold(&w->got, w->trial->problem);
    status = pull(w, subset, &w->got, &refusal);
    if (status == WCK_UNSUPPORTED) {
        w->refused++;
        return WCK_OK;
    }
    if (status != WCK_OK)
        return wck_error_set(err, status, "%s", refusal.text);
    w->judged++;
    compare_image(w, subset & 1U << IMAGE, tally);
    for (int k = BORDER_VALUE; k < PARTS; k++)
        compare_numbers(w, k, subset & 1U << k, tally);
    if (tally->beyond > beyond && w->first.size == 0)
        name_subset(subset, &w->first);
    return WCK_OK;
}

/* Every subset of two and more of what is given. */
static enum wck_status check_all(struct work *w, struct wck_tally *tally,
                                 struct wck_error *err)
{
    bool whole = !w->trial->problem->warp.kernel->footprint;
    enum wck_status status = WCK_OK;

    for (unsigned subset = (1U << PARTS) - 1; subset > 0 && status == WCK_OK;
         subset--) {
        bool given = true;

        for (int k = 0; k < PARTS; k++)
            given = given && (w->given[k] || !(subset & 1U << k));
        if (given && (subset & (subset - 1)) != 0 && (whole || !w->judged))
            status = check(w, subset, tally, err);
    }
    return status;
}

static enum wck_status work_init(struct work *w, struct wck_trial *trial,
                                 struct wck_error *err)
{
    const struct wck_problem *problem = trial->problem;
    enum wck_status status;

    *w = (struct work){.trial = trial};
    status = wck_subject_source(trial->subject, problem, &w->image, err);
    if (status == WCK_OK)
        status = wck_subject_upstream(trial->subject, problem, &w->upstream, err);
    if (status == WCK_OK)
        status = buffers_init(&w->alone, problem, err);
    if (status == WCK_OK)
        status = buffers_init(&w->got, problem, err);
    if (status != WCK_OK)
        return status;
    wck_problem_random(problem, 27, &w->image);
    wck_problem_random(problem, 28, &w->upstream);
    return WCK_OK;
}

static void work_release(struct work *w)
{
    wck_subject_free_image(w->trial->subject, &w->image);
    wck_subject_free_image(w->trial->subject, &w->upstream);
    buffers_release(&w->alone);
    buffers_release(&w->got);
    wck_text_release(&w->first);
}

/* `by` is the trial, or the same with a map of coordinates. */
static enum wck_status judge(struct wck_trial *trial, struct wck_trial *by,
                             struct wck_error *err)
{
    struct wck_tally tally = {0};
    struct work w;
    enum wck_status status = work_init(&w, by, err);

    if (status == WCK_OK)
        status = ask_alone(&w, &tally, err);
    if (status == WCK_OK)
        status = check_all(&w, &tally, err);
    if (status == WCK_OK)
        status = wck_trial_report_take(
            trial, "subsets", WCK_SELF_CONSISTENT, &tally, wck_trial_resolution(trial),
            wck_trial_text("%zu sets of gradients asked for, %zu refused", w.judged,
                           w.refused),
            wck_trial_text("asked for together, the gradients of %s are others than "
                           "alone, or one is written that is not asked for",
                           wck_text_string(&w.first)),
            err);
    work_release(&w);
    return status;
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    return wck_mapped_judge(trial, judge, err);
}

const struct wck_checker wck_checker_subsets = {
    .id = "subsets",
    .summary = "each gradient has the same bits whichever others are asked for with it",
    .needs_deterministic = true,
    .claims = {WCK_SELF_CONSISTENT},
    .claim_count = 1,
    .run = run,
};
