/* special: coordinates that are no place in any image: NaN, infinity, and numbers that
 * fit no integer (1e20, 2^31 and its neighbours, the largest of single precision).
 *
 * In a map by coordinates some samples get them.  A finite one has an output, however
 * far it lies: with a border that does not repeat that of the edge, or the border
 * value, which no rounding of the coordinate changes; along its axis its slope is 0,
 * and what it sends back to the image falls on the edge or on nothing.  Under a border
 * that repeats, the rounding of such a coordinate is more than a period: the output is
 * only asked to be finite.  What NaN and infinity give is nobody's convention here:
 * they are put, and not judged.  All other samples have the bits that they have
 * without.
 *
 * A subject that takes no map gets matrices with such shifts. */
#include "src/checker/checkers.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reference/poison.h"
#include "src/checker/bits.h"
#include "src/checker/special_work.h"
#include "src/checker/trial.h"

static const double distant[] = {1e20,          -1e20,           0x1p31,
                                 -0x1p31,       0x1p31 - 1.0,    0x1p31 + 1.0,
                                 -0x1p31 - 1.0, (double)FLT_MAX, -(double)FLT_MAX};
static const double endless[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};

#define DISTANCES (sizeof distant / sizeof distant[0])
#define ENDLESS (sizeof endless / sizeof endless[0])

/* ---- a map by coordinates ---- */

/* Puts the special numbers, each along x and along y, as many as half of the samples
 * have room for.  Others lie between them. */
static void plant(struct wck_special *w, const double *special, size_t count,
                  size_t first, enum wck_special_kind kind)
{
    size_t samples = wck_special_samples(w), room = samples > 1 ? samples / 4 : 1;

    for (size_t k = 0; k < 2 * count && k < room; k++) {
        size_t at = (first + 2 * k) % samples;

        (k % 2 == 0 ? w->x : w->y)[at] = special[k / 2];
        w->kind[at] = kind;
    }
}

static enum wck_status forward(struct wck_special *w, const struct wck_image *to,
                               struct wck_error *err)
{
    return wck_subject_forward(w->trial->subject, &w->put, &w->image, to, err);
}

static enum wck_status pull_slopes(struct wck_special *w, double *const to[2],
                                   struct wck_error *err)
{
    return wck_subject_vjp(w->trial->subject, &w->put, &w->image, &w->upstream,
                           &(struct wck_gradients){.x = to[0], .y = to[1]}, err);
}

static void make_plain(struct wck_special *w)
{
    size_t size = wck_special_samples(w) * sizeof *w->x;

    memcpy(w->x, w->mapped.x, size);
    memcpy(w->y, w->mapped.y, size);
    memset(w->kind, 0, wck_special_samples(w) * sizeof *w->kind);
}

/* Distant samples by themselves, then lost ones with them. */
static enum wck_status check_forward(struct wck_special *w, struct wck_tally *tally,
                                     struct wck_error *err)
{
    enum wck_status status;

    make_plain(w);
    status = forward(w, &w->plain_output, err);
    plant(w, distant, DISTANCES, 1, WCK_SPECIAL_DISTANT);
    if (status == WCK_OK)
        status = forward(w, &w->output, err);
    if (status == WCK_OK)
        status = wck_warp_forward(&w->put.warp, &w->image, &w->want, err);
    if (status != WCK_OK)
        return status;
    wck_special_compare_outputs(w, tally);
    make_plain(w);
    plant(w, endless, ENDLESS, 0, WCK_SPECIAL_LOST);
    status = forward(w, &w->output, err);
    if (status == WCK_OK)
        wck_special_compare_outputs(w, tally);
    return status;
}

static enum wck_status check_slopes(struct wck_special *w, struct wck_tally *tally,
                                    struct wck_error *err)
{
    enum wck_status status;

    wck_problem_random(&w->put, 30, &w->upstream);
    make_plain(w);
    status = pull_slopes(w, w->plain_slope, err);
    plant(w, distant, DISTANCES, 1, WCK_SPECIAL_DISTANT);
    if (status == WCK_OK)
        status = pull_slopes(w, w->slope, err);
    if (status != WCK_OK)
        return status;
    wck_special_compare_slopes(w, tally);
    make_plain(w);
    plant(w, endless, ENDLESS, 0, WCK_SPECIAL_LOST);
    status = pull_slopes(w, w->slope, err);
    if (status == WCK_OK)
        wck_special_compare_slopes(w, tally);
    return status;
}

static enum wck_status check_pixels(struct wck_special *w, struct wck_tally *tally,
                                    struct wck_error *err)
{
    enum wck_status status;

    make_plain(w);
    plant(w, distant, DISTANCES, 1, WCK_SPECIAL_DISTANT);
    status = wck_special_check_image_gradient(w, tally, err);
    plant(w, endless, ENDLESS, 0, WCK_SPECIAL_LOST);
    if (status != WCK_OK)
        return status;
    /* Of these nothing is judged but that there is an answer. */
    wck_problem_random(&w->put, 30, &w->upstream);
    return wck_subject_vjp(w->trial->subject, &w->put, &w->image, &w->upstream,
                           &(struct wck_gradients){.image = &w->gradient}, err);
}

/* A gradient that the subject does not give is not judged, and said; the rest is. */
static enum wck_status note_part(struct wck_special *w, const char *part,
                                 enum wck_status status,
                                 const struct wck_error *refusal, struct wck_error *err)
{
    if (status == WCK_OK)
        wck_text_printf(&w->parts, "; the gradient of the %s too", part);
    else if (status == WCK_UNSUPPORTED)
        wck_text_printf(&w->parts, "; not the gradient of the %s, refused: %s", part,
                        refusal->text);
    else
        return wck_error_set(err, status, "%s", refusal->text);
    return WCK_OK;
}

static enum wck_status check_map(struct wck_special *w, struct wck_tally *tally,
                                 struct wck_error *err)
{
    static const struct {
        const char *name;
        enum wck_status (*check)(struct wck_special *, struct wck_tally *,
                                 struct wck_error *);
    } parts[] = {{"coordinates", check_slopes}, {"image", check_pixels}};
    enum wck_status status = check_forward(w, tally, err);

    for (int k = 0; k < 2 && status == WCK_OK; k++) {
        struct wck_error refusal = {WCK_OK, ""};

        status = parts[k].check(w, tally, &refusal);
        status = note_part(w, parts[k].name, status, &refusal, err);
    }
    return status;
}

/* ---- a matrix ---- */

/* All samples are distant then. */
static enum wck_status check_matrix(struct wck_special *w, double shift, int entry,
                                    struct wck_tally *tally, struct wck_error *err)
{
    const struct wck_map *map = &w->trial->problem->warp.map;
    struct wck_error refusal = {WCK_OK, ""};
    double matrix[6];
    enum wck_status status;

    memcpy(matrix, map->matrix, sizeof matrix);
    matrix[entry] = shift;
    status = wck_map_affine(&w->put.warp.map, matrix, map->direction, err);
    if (status == WCK_OK)
        status = forward(w, &w->output, err);
    if (status == WCK_OK)
        status = wck_warp_forward(&w->put.warp, &w->image, &w->want, err);
    if (status != WCK_OK)
        return status;
    for (size_t i = 0; i < wck_special_samples(w); i++)
        w->kind[i] = WCK_SPECIAL_DISTANT;
    wck_special_compare_outputs(w, tally);
    status = wck_special_check_image_gradient(w, tally, &refusal);
    /* Every matrix has the same answer. */
    w->parts.size = 0;
    return note_part(w, "image", status, &refusal, err);
}

static enum wck_status check_matrices(struct wck_special *w, struct wck_tally *tally,
                                      struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    w->put = *w->trial->problem;
    if (w->put.warp.map.kind != WCK_MAP_AFFINE)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "neither a map by coordinates nor an affine matrix");
    for (size_t k = 0; k < 4 && status == WCK_OK; k++)
        status = check_matrix(w, distant[k], k % 3 == 0 ? 2 : 5, tally, err);
    return status;
}

/* ---- the checker ---- */

static enum wck_status make_images(struct wck_special *w, struct wck_error *err)
{
    const struct wck_problem *problem = w->trial->problem;
    struct wck_subject *subject = w->trial->subject;
    enum wck_status status = wck_subject_source(subject, problem, &w->image, err);

    if (status == WCK_OK)
        status = wck_subject_upstream(subject, problem, &w->upstream, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &w->output, err);
    if (status == WCK_OK)
        status = wck_problem_output(problem, &w->plain_output, err);
    if (status == WCK_OK)
        status = wck_problem_source(problem, &w->gradient, err);
    if (status == WCK_OK)
        status = wck_image_new_like(&w->want, WCK_FLOAT64, &w->output, err);
    if (status == WCK_OK)
        status = wck_image_new_like(&w->want_gradient, WCK_FLOAT64, &w->image, err);
    return status;
}

static enum wck_status work_init(struct wck_special *w, struct wck_trial *trial,
                                 struct wck_error *err)
{
    size_t samples = wck_warp_samples(&trial->problem->warp);
    enum wck_status status;

    *w = (struct wck_special){.trial = trial};
    status = make_images(w, err);
    if (status == WCK_OK)
        status = wck_block_init(&w->one, &trial->problem->warp, 1, err);
    if (status != WCK_OK)
        return status;
    w->x = calloc(6 * samples, sizeof *w->x);
    w->kind = calloc(samples, sizeof *w->kind);
    if (w->x == NULL || w->kind == NULL)
        return wck_error_no_memory(err);
    w->y = w->x + samples;
    for (size_t a = 0; a < 2; a++) {
        w->slope[a] = w->x + (2 + a) * samples;
        w->plain_slope[a] = w->x + (4 + a) * samples;
    }
    wck_problem_random(trial->problem, 29, &w->image);
    w->put = *trial->problem;
    w->put.warp.map = wck_map_coordinates(w->x, w->y);
    return wck_mapped_init(&w->mapped, trial->problem, err);
}

static void work_release(struct wck_special *w)
{
    wck_subject_free_image(w->trial->subject, &w->image);
    wck_subject_free_image(w->trial->subject, &w->upstream);
    free(w->output.tensor.data);
    free(w->plain_output.tensor.data);
    free(w->gradient.tensor.data);
    free(w->want.tensor.data);
    free(w->want_gradient.tensor.data);
    wck_block_release(&w->one);
    wck_mapped_release(&w->mapped);
    free(w->x);
    free(w->kind);
    wck_text_release(&w->parts);
}

static enum wck_status run(struct wck_trial *trial, struct wck_error *err)
{
    struct wck_error refusal = {WCK_OK, ""};
    struct wck_tally tally = {0};
    struct wck_special w;
    enum wck_status status;

    if (!wck_poison_serves(&trial->problem->warp) ||
        trial->problem->warp.arithmetic != NULL)
        return wck_error_set(err, WCK_UNSUPPORTED,
                             "what becomes of a distant coordinate is not told by the "
                             "border alone: a prefilter, a clip, a fold, a footprint, "
                             "or an arithmetic of its own");
    status = work_init(&w, trial, err);
    if (status == WCK_OK) {
        status = check_map(&w, &tally, &refusal);
        if (status == WCK_UNSUPPORTED)
            status = check_matrices(&w, &tally, err);
        else if (status != WCK_OK)
            wck_error_set(err, status, "%s", refusal.text);
    }
    if (status == WCK_OK)
        status = wck_trial_report_take(
            trial, "special", WCK_CONFORMS, &tally, wck_trial_resolution(trial),
            wck_trial_text("%zu distant samples have the output of the border's rule; "
                           "of %zu rounding leaves it open%s",
                           w.judged, w.undefined, wck_text_string(&w.parts)),
            wck_trial_text("a coordinate that is huge or not finite gives something "
                           "else than the border's rule, or changes what it has no "
                           "part in: it does not fit the integer that it is made"),
            err);
    work_release(&w);
    return status;
}

const struct wck_checker wck_checker_special = {
    .id = "special",
    .summary = "coordinates that are huge, infinite or NaN do no harm; from level 4 on",
    .level = 4,
    .needs_deterministic = true,
    .risky = true,
    .claims = {WCK_CONFORMS},
    .claim_count = 1,
    .run = run,
};
