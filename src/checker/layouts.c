/* layouts: what a call answers does not depend on how its arrays lie in memory.
 *
 *     F(x') = F(x) and J^T(x', g') = J^T(x, g), to the bit, where x' and g' hold the
 *     numbers of x and g with other strides, and so do the arrays that are filled;
 *
 * and what lies between the elements of these stays as it is.  Between those of the
 * inputs there is NaN: an element that is read there shows.  The ways are the rows of
 * src/checker/spread.h.  A way that the subject refuses is not judged, and neither is
 * any where it would see none of them: its arrays are copied on the way to it.  Where
 * calls take long, one of the ways is put, by turns of kernel, border, layout and
 * type.
 */
#include "src/checker/checkers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/checker/bits.h"
#include "src/checker/mapped.h"
#include "src/checker/spread.h"
#include "src/checker/trial.h"

/* What calls answer; the numbers are gradients of border value and map. */
struct answers {
    struct wck_image output, gradient;
    double *number;
};

/* Gradients that are asked for together. */
struct wishes {
    bool image, border_value, map;
};

struct work {
    struct wck_trial *trial;
    struct wck_image image, upstream; /* without gaps */
    struct answers want, got;
    struct wishes wishes;
    const char *filled_flat;  /* why outputs are always without gaps; NULL: they are not
                               */
    struct wck_error refusal; /* of the first way that was refused */
    size_t put, taken;        /* ways */
    const char *worst;        /* the first that gave something else; NULL: none */
    bool strays;              /* something was written between elements */
};

static size_t numbers_of(const struct wck_problem *problem)
{
    const struct wck_map *map = &problem->warp.map;

    return problem->channels + (wck_map_has_matrix(map)
                                    ? (size_t)wck_map_entries(map)
                                    : 2 * wck_warp_samples(&problem->warp));
}

static enum wck_status answers_init(struct answers *answers, const struct work *w,
                                    struct wck_error *err)
{
    const struct wck_problem *problem = w->trial->problem;
    enum wck_status status = wck_problem_output(problem, &answers->output, err);

    if (status == WCK_OK)
        status = wck_problem_source(problem, &answers->gradient, err);
    if (status != WCK_OK)
        return status;
    answers->number = calloc(numbers_of(problem), sizeof *answers->number);
    return answers->number != NULL ? WCK_OK : wck_error_no_memory(err);
}

static void answers_release(struct answers *answers)
{
    free(answers->output.tensor.data);
    free(answers->gradient.tensor.data);
    free(answers->number);
}

static void work_release(struct work *w)
{
    wck_subject_free_image(w->trial->subject, &w->image);
    wck_subject_free_image(w->trial->subject, &w->upstream);
    answers_release(&w->want);
    answers_release(&w->got);
}

/* ---- calls ---- */

static enum wck_status pull(const struct work *w, const struct wck_image *image,
                            const struct wck_image *upstream,
                            const struct wck_image *gradient, double *number,
                            struct wck_error *err)
{
    const struct wck_problem *problem = w->trial->problem;
    double *map = number + problem->channels;
    struct wck_gradients wanted = {.image = w->wishes.image ? gradient : NULL,
                                   .border_value =
                                       w->wishes.border_value ? number : NULL};

    if (w->wishes.map && wck_map_has_matrix(&problem->warp.map)) {
        wanted.matrix = map;
    } else if (w->wishes.map) {
        wanted.x = map;
        wanted.y = map + wck_warp_samples(&problem->warp);
    }
    return wck_trial_vjp(w->trial, image, upstream, &wanted, err);
}

/* Both calls as they are wanted; the first time with all gradients that are given. */
static enum wck_status ask_plain(struct work *w, struct wck_error *err)
{
    static const struct wishes wishes[] = {{true, true, true},
                                           {true, false, true},
                                           {true, false, false},
                                           {false, false, true},
                                           {false, false, false}};
    enum wck_status status =
        wck_trial_forward(w->trial, &w->image, &w->want.output, err);

    if (status != WCK_OK)
        return status;
    status = WCK_UNSUPPORTED;
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes && status == WCK_UNSUPPORTED;
         i++) {
        struct wck_error refusal = {WCK_OK, ""};

        w->wishes = wishes[i];
        if (!w->wishes.image && !w->wishes.map)
            return WCK_OK;
        status = pull(w, &w->image, &w->upstream, &w->want.gradient, w->want.number,
                      &refusal);
        if (status != WCK_OK && status != WCK_UNSUPPORTED)
            wck_error_set(err, status, "%s", refusal.text);
    }
    return status;
}

/* ---- one way ---- */

struct placed {
    struct wck_spread image, upstream, output, gradient;
};

static void forget_numbers(const struct work *w)
{
    for (size_t i = 0; i < numbers_of(w->trial->problem); i++)
        w->got.number[i] = (double)NAN;
}

static void compare_numbers(const struct work *w, struct wck_tally *tally)
{
    const struct wck_place nowhere = {.plane = -1, .y = -1, .x = -1, .input = true};
    size_t channels = w->trial->problem->channels;

    for (size_t i = 0; i < numbers_of(w->trial->problem); i++) {
        if (i < channels ? w->wishes.border_value : w->wishes.map)
            wck_bits_add(tally, w->got.number[i], w->want.number[i], &nowhere);
    }
}

/* Nothing may have been written between the elements of what was filled. */
static void compare_gaps(struct work *w, const struct wck_spread *filled,
                         struct wck_tally *tally)
{
    const struct wck_place nowhere = {.plane = -1, .y = -1, .x = -1};
    size_t strays = wck_spread_strays(filled);

    w->strays = w->strays || strays > 0;
    wck_bits_add(tally, (double)strays, 0.0, &nowhere);
}

/* Both calls; `spread`: what is filled has strides as well. */
static enum wck_status put(struct work *w, struct placed *in, bool spread,
                           struct wck_tally *tally, struct wck_error *err)
{
    const struct wck_image *output = spread ? &in->output.image : &w->got.output;
    const struct wck_image *gradient = spread ? &in->gradient.image : &w->got.gradient;
    bool pulls = w->wishes.image || w->wishes.map;
    enum wck_status status = wck_trial_forward(w->trial, &in->image.image, output, err);

    forget_numbers(w);
    if (status == WCK_OK && pulls)
        status = pull(w, &in->image.image, &in->upstream.image, gradient, w->got.number,
                      err);
    if (status != WCK_OK)
        return status;
    wck_bits_image(tally, output, &w->want.output, false);
    if (w->wishes.image)
        wck_bits_image(tally, gradient, &w->want.gradient, true);
    if (pulls)
        compare_numbers(w, tally);
    if (spread) {
        compare_gaps(w, &in->output, tally);
        compare_gaps(w, &in->gradient, tally);
    }
    return WCK_OK;
}

/* The images of one way; what they hold is what the images without gaps do. */
static enum wck_status place(struct work *w, enum wck_spread_way way, struct placed *in,
                             struct wck_error *err)
{
    const struct wck_problem *problem = w->trial->problem;
    bool repeats = way == WCK_SPREAD_EXPANDED;
    enum wck_spread_way filled = repeats ? WCK_SPREAD_PADDED : way;
    enum wck_status status = wck_spread_init(&in->image, problem, true, way, err);

    if (status == WCK_OK)
        status = wck_spread_init(&in->upstream, problem, false, way, err);
    if (status == WCK_OK)
        status = wck_spread_init(&in->output, problem, false, filled, err);
    if (status == WCK_OK)
        status = wck_spread_init(&in->gradient, problem, true, filled, err);
    if (status != WCK_OK)
        return status;
    wck_bits_copy(&in->image.image, &w->image);
    wck_bits_copy(&in->upstream.image, &w->upstream);
    if (!repeats)
        return WCK_OK;
    wck_bits_copy(&w->image, &in->image.image);
    wck_bits_copy(&w->upstream, &in->upstream.image);
    return ask_plain(w, err);
}

/* A way that is refused with outputs of its own is tried with plain ones. */
static enum wck_status try_way(struct work *w, enum wck_spread_way way,
                               struct wck_tally *tally, struct wck_error *err)
{
    struct placed in = {.image = {.marks = NULL}};
    struct wck_error refusal = {WCK_OK, ""};
    size_t beyond = tally->beyond;
    bool spread = w->filled_flat == NULL && way != WCK_SPREAD_EXPANDED;
    enum wck_status status = place(w, way, &in, &refusal);

    if (status == WCK_OK)
        status = put(w, &in, spread, tally, &refusal);
    if (status == WCK_UNSUPPORTED && spread) {
        w->refusal = refusal;
        refusal = (struct wck_error){WCK_OK, ""};
        status = put(w, &in, false, tally, &refusal);
    }
    w->taken += status == WCK_OK;
    if (w->worst == NULL && tally->beyond > beyond)
        w->worst = wck_spread_text(way);
    wck_spread_release(&in.image);
    wck_spread_release(&in.upstream);
    wck_spread_release(&in.output);
    wck_spread_release(&in.gradient);
    if (status == WCK_UNSUPPORTED)
        w->refusal = refusal;
    else if (status != WCK_OK)
        return wck_error_set(err, status, "%s", refusal.text);
    return WCK_OK;
}

/* ---- the checker ---- */

/* Are all ways put? */
static bool is_cheap(const struct wck_problem *problem)
{
    const struct wck_warp *warp = &problem->warp;

    return !warp->kernel->footprint && warp->kernel->support <= 4 &&
           wck_warp_samples(warp) <= 4096;
}

/* Where not, every way is put by some problem of a plan. */
static bool is_put(const struct wck_problem *problem, int way)
{
    size_t turn = strlen(problem->warp.kernel->name) +
                  strlen(problem->warp.border->name) + (size_t)problem->layout[0] +
                  strlen(problem->layout) + (size_t)problem->dtype;

    return is_cheap(problem) || (turn + (size_t)way) % WCK_SPREAD_COUNT == 0;
}

static enum wck_status report(struct wck_trial *trial, const struct work *w,
                              const struct wck_tally *tally, struct wck_error *err)
{
    bool refused = w->refusal.status != WCK_OK;
    char *detail = wck_trial_text(
        "%zu of %zu ways of strides taken%s%s%s%s", w->taken, w->put,
        refused ? "; refused: " : "", refused ? w->refusal.text : "",
        w->filled_flat != NULL ? "; of outputs and gradients none: " : "",
        w->filled_flat != NULL ? w->filled_flat : "");
    char *cause =
        wck_trial_text("with %s it gives other bits than with plain arrays%s: strides "
                       "are not heeded",
                       w->worst != NULL ? w->worst : "",
                       w->strays ? ", or writes between their elements" : "");

    return wck_trial_report_take(trial, "layouts", WCK_SELF_CONSISTENT, tally,
                                 wck_trial_resolution(trial), detail, cause, err);
}

/* `by` is the trial, or the same with a map of coordinates. */
static enum wck_status judge(struct wck_trial *trial, struct wck_trial *by,
                             struct wck_error *err)
{
    const struct wck_problem *problem = by->problem;
    struct work w = {.trial = by,
                     .filled_flat = wck_subject_flattens(trial->subject, true)};
    struct wck_tally tally = {0};
    enum wck_status status = wck_subject_source(trial->subject, problem, &w.image, err);

    if (status == WCK_OK)
        status = wck_subject_upstream(trial->subject, problem, &w.upstream, err);
    if (status == WCK_OK)
        status = answers_init(&w.want, &w, err);
    if (status == WCK_OK)
        status = answers_init(&w.got, &w, err);
    if (status == WCK_OK) {
        wck_problem_random(problem, 25, &w.image);
        wck_problem_random(problem, 26, &w.upstream);
        status = ask_plain(&w, err);
    }
    for (int way = 0; way < WCK_SPREAD_COUNT && status == WCK_OK; way++) {
        if (!is_put(problem, way))
            continue;
        w.put++;
        status = try_way(&w, (enum wck_spread_way)way, &tally, err);
    }
    if (status == WCK_OK && w.taken == 0)
        status = wck_error_set(err, WCK_UNSUPPORTED, "%s", w.refusal.text);
    if (status == WCK_OK)
        status = report(trial, &w, &tally, err);
    work_release(&w);
    return status;
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    const char *why = wck_subject_flattens(trial->subject, false);

    if (why != NULL)
        return wck_error_set(err, WCK_UNSUPPORTED, "%s", why);
    return wck_mapped_judge(trial, judge, err);
}

const struct wck_checker wck_checker_layouts = {
    .id = "layouts",
    .summary = "arrays with any strides give the bits of contiguous ones",
    .needs_deterministic = true,
    .claims = {WCK_SELF_CONSISTENT},
    .claim_count = 1,
    .run = run,
};
