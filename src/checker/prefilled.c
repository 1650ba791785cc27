/* prefilled: what a call writes does not depend on what its buffers held before: 0, NaN
 * or numbers.  An output that is added to, or left as it is in part, is right where the
 * buffer is new, and wrong in the second step of a training.  All is compared bit by
 * bit; what the buffers held is the one thing that differs. */
#include "src/checker/checkers.h"

#include <math.h>
#include <stdlib.h>

#include "src/checker/bits.h"
#include "src/checker/trial.h"

enum prefill { ZERO, NOT_A_NUMBER, NUMBERS, PREFILLS };

/* What a call writes. */
enum written { OUTPUT, IMAGE, BORDER_VALUE, MATRIX, COORDINATES, WRITTEN };

struct work {
    struct wck_trial *trial;
    struct wck_image image, upstream;
};

/* One buffer, of images or of plain numbers. */
struct buffer {
    struct wck_image image;
    double *number;
    size_t count;
};

static double prefill_of(enum prefill with, size_t i)
{
    return with == ZERO           ? 0.0
           : with == NOT_A_NUMBER ? (double)NAN
                                  : 0.375 + 0.25 * (double)(i % 5);
}

static size_t count_of(const struct wck_problem *problem, enum written what)
{
    if (what == BORDER_VALUE)
        return problem->channels;
    return what == MATRIX ? (size_t)wck_map_entries(&problem->warp.map)
                          : 2 * wck_warp_samples(&problem->warp);
}

static enum wck_status buffer_init(struct buffer *buffer, const struct work *w,
                                   enum written what, struct wck_error *err)
{
    const struct wck_problem *problem = w->trial->problem;

    *buffer = (struct buffer){.number = NULL};
    if (what == OUTPUT)
        return wck_problem_output(problem, &buffer->image, err);
    if (what == IMAGE)
        return wck_problem_source(problem, &buffer->image, err);
    buffer->count = count_of(problem, what);
    buffer->number = calloc(buffer->count + 1, sizeof *buffer->number);
    return buffer->number != NULL ? WCK_OK : wck_error_no_memory(err);
}

static void buffer_release(struct buffer *buffer)
{
    free(buffer->image.tensor.data);
    free(buffer->number);
}

static void fill(struct buffer *buffer, enum prefill with)
{
    for (size_t i = 0; i < buffer->count; i++)
        buffer->number[i] = prefill_of(with, i);
    for (size_t p = 0; buffer->number == NULL && p < wck_image_planes(&buffer->image);
         p++) {
        for (size_t i = 0; i < wck_image_pixels(&buffer->image); i++)
            wck_plane_set(&buffer->image, p, i, prefill_of(with, i));
    }
}

static void compare(const struct buffer *got, const struct buffer *want,
                    enum written what, struct wck_tally *tally)
{
    const struct wck_place nowhere = {.plane = -1, .y = -1, .x = -1, .input = true};

    for (size_t i = 0; i < got->count; i++)
        wck_bits_add(tally, got->number[i], want->number[i], &nowhere);
    if (got->number == NULL)
        wck_bits_image(tally, &got->image, &want->image, what == IMAGE);
}

static enum wck_status call(const struct work *w, enum written what,
                            const struct buffer *to, struct wck_error *err)
{
    size_t samples = wck_warp_samples(&w->trial->problem->warp);
    struct wck_gradients wanted = {.image = NULL};

    if (what == OUTPUT)
        return wck_trial_forward(w->trial, &w->image, &to->image, err);
    if (what == IMAGE)
        wanted.image = &to->image;
    if (what == BORDER_VALUE)
        wanted.border_value = to->number;
    if (what == MATRIX)
        wanted.matrix = to->number;
    if (what == COORDINATES) {
        wanted.x = to->number;
        wanted.y = to->number + samples;
    }
    return wck_trial_vjp(w->trial, &w->image, &w->upstream, &wanted, err);
}

/* One thing that is written, over each prefill. */
static enum wck_status check(const struct work *w, enum written what,
                             struct wck_tally *tally, struct wck_error *err)
{
    struct buffer first = {.number = NULL}, again = {.number = NULL};
    enum wck_status status = buffer_init(&first, w, what, err);

    if (status == WCK_OK)
        status = buffer_init(&again, w, what, err);
    if (status == WCK_OK)
        status = call(w, what, &first, err);
    for (int with = NOT_A_NUMBER; with < PREFILLS && status == WCK_OK; with++) {
        fill(&again, (enum prefill)with);
        status = call(w, what, &again, err);
        if (status == WCK_OK)
            compare(&again, &first, what, tally);
    }
    buffer_release(&first);
    buffer_release(&again);
    return status;
}

/* A gradient that the subject does not give is not judged; the rest is. */
static enum wck_status check_all(const struct work *w, struct wck_tally *tally,
                                 struct wck_error *err)
{
    enum wck_status status = check(w, OUTPUT, tally, err);

    for (int what = IMAGE; what < WRITTEN && status == WCK_OK; what++) {
        struct wck_error refusal = {WCK_OK, ""};

        if (count_of(w->trial->problem, (enum written)what) == 0)
            continue;
        status = check(w, (enum written)what, tally, &refusal);
        if (status == WCK_UNSUPPORTED)
            status = WCK_OK;
        if (status != WCK_OK)
            wck_error_set(err, status, "%s", refusal.text);
    }
    return status;
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    const struct wck_problem *problem = trial->problem;
    struct wck_tally tally = {0};
    struct work w = {.trial = trial};
    enum wck_status status;

    if (wck_subject_fills_outputs(trial->subject))
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "its outputs lie in memory that is filled with a pattern "
                             "before each call, and what is left of it is a fault");
    status = wck_subject_source(trial->subject, problem, &w.image, err);
    if (status == WCK_OK)
        status = wck_subject_upstream(trial->subject, problem, &w.upstream, err);
    if (status != WCK_OK)
        goto done;
    wck_problem_random(problem, 23, &w.image);
    wck_problem_random(problem, 24, &w.upstream);
    status = check_all(&w, &tally, err);
    if (status == WCK_OK)
        status = wck_trial_report_take(
            trial, "prefilled", WCK_SELF_CONSISTENT, &tally,
            wck_trial_resolution(trial), NULL,
            wck_trial_text("an output or gradient depends on what its buffer held "
                           "before: it is added to, or not written everywhere"),
            err);
done:
    wck_subject_free_image(trial->subject, &w.image);
    wck_subject_free_image(trial->subject, &w.upstream);
    return status;
}

const struct wck_checker wck_checker_prefilled = {
    .id = "prefilled",
    .summary = "outputs and gradients do not depend on what their buffers held before",
    .needs_deterministic = true,
    .claims = {WCK_SELF_CONSISTENT},
    .claim_count = 1,
    .run = run,
};
