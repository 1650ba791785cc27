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
#include "src/checker/mapped.h"
#include "src/checker/trial.h"

#define FAR 0x1p30 /* pixels: beyond the edge of any image */

static const double distant[] = {1e20,          -1e20,           0x1p31,
                                 -0x1p31,       0x1p31 - 1.0,    0x1p31 + 1.0,
                                 -0x1p31 - 1.0, (double)FLT_MAX, -(double)FLT_MAX};
static const double endless[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};

#define DISTANCES (sizeof distant / sizeof distant[0])
#define ENDLESS (sizeof endless / sizeof endless[0])

enum kind { PLAIN, DISTANT, LOST };

struct work {
    struct wck_trial *trial;
    struct wck_mapped mapped;
    struct wck_problem put; /* with the special map */
    struct wck_image image, upstream;
    struct wck_image output, plain_output, gradient, want, want_gradient;
    double *x, *y; /* coordinates; those without the special ones are mapped's */
    double *slope[2], *plain_slope[2]; /* their gradients */
    enum kind *kind;                   /* of each sample */
    struct wck_block one;
    size_t judged, undefined;
    struct wck_text parts; /* gradients: those judged and those refused */
};

static size_t samples_of(const struct work *w)
{
    return wck_warp_samples(&w->trial->problem->warp);
}

static bool repeats(const struct work *w)
{
    return w->put.warp.border->period(w->put.warp.source_width) > 0;
}

/* ---- what is defined ---- */

/* How far a careful subject may move a coordinate that is an ordinary one, for instance
 * by way of a normalised grid: eight roundings of up to the image's size. */
static double doubt_of(const struct work *w, double u, size_t n)
{
    double roundoff = wck_dtype_row(wck_problem_coordinate_dtype(&w->put))->roundoff;

    return 8.0 * roundoff * (fabs(u) + (double)n);
}

/* Is what the declared warp makes of the sample the same wherever rounding may move its
 * coordinates?  *slack: but for this, relative to the amplitude; where it is all of
 * that, every number would be right.  Leaves the sample in the block. */
static bool is_defined(struct work *w, size_t sample, double *slack)
{
    const struct wck_warp *warp = &w->put.warp;
    struct wck_coordinate_error error = wck_problem_coordinate_error(&w->put, sample);
    double u[2], off[2] = {error.x, error.y};
    size_t sides[2] = {warp->source_width, warp->source_height};
    bool fills = warp->border->fills, far_out = false;

    wck_block_fill(&w->one, warp, sample, 1);
    u[0] = w->one.x[0];
    u[1] = w->one.y[0];
    *slack = 0.0;
    for (int a = 0; a < 2; a++) {
        const struct wck_stencil *stencil = a == 0 ? w->one.across : w->one.down;
        double doubt = off[a] + doubt_of(w, u[a], sides[a]);

        if (fabs(u[a]) - doubt > FAR) {
            far_out = true;
            continue;
        }
        if (warp->kernel->smoothness < 0 && fabs(stencil->knot) <= doubt)
            *slack = (double)INFINITY;
        *slack += wck_kernel_slope_norm(warp->kernel) * doubt;
    }
    if (far_out && fills)
        *slack = 0.0;
    return far_out && !repeats(w) && wck_kernel_norm(warp->kernel) * *slack < 1.0;
}

/* ---- comparisons ---- */

static void must_be_finite(struct wck_tally *tally, double got,
                           const struct wck_place *where)
{
    wck_bits_add(tally, isfinite(got) ? 0.0 : got, 0.0, where);
}

static double rounding_of(const struct work *w, double slack)
{
    double amplitude = fmax(1.0, wck_problem_border_amplitude(&w->put));
    double norm = wck_kernel_norm(w->put.warp.kernel);

    return amplitude * (wck_gamma(wck_trial_output_roundings(w->trial),
                                  wck_trial_roundoff(w->trial)) +
                        norm * slack);
}

/* A distant sample against the reference; w->want holds that. */
static void compare_distant(struct work *w, size_t sample, struct wck_tally *tally)
{
    double slack;
    bool defined = is_defined(w, sample, &slack);

    w->judged += defined;
    w->undefined += !defined;
    for (size_t p = 0; p < wck_image_planes(&w->output); p++) {
        struct wck_place where = wck_trial_output_place(w->trial, p, sample);
        struct wck_measure measure = {.got = wck_plane_get(&w->output, p, sample),
                                      .want = wck_plane_get(&w->want, p, sample),
                                      .round = rounding_of(w, slack),
                                      .scale = 1.0};

        if (defined)
            wck_tally_add(tally, &measure, &where, false);
        else
            must_be_finite(tally, measure.got, &where);
    }
}

static void compare_outputs(struct work *w, struct wck_tally *tally)
{
    for (size_t i = 0; i < samples_of(w); i++) {
        if (w->kind[i] == DISTANT)
            compare_distant(w, i, tally);
        for (size_t p = 0; w->kind[i] == PLAIN && p < wck_image_planes(&w->output);
             p++) {
            struct wck_place where = wck_trial_output_place(w->trial, p, i);

            wck_bits_add(tally, wck_plane_get(&w->output, p, i),
                         wck_plane_get(&w->plain_output, p, i), &where);
        }
    }
}

/* Along a distant axis (along both, where the border value is all there is) a sum of
 * slopes that add up to 0, times one number: only its roundings are left. */
static void compare_slope(struct work *w, size_t sample, int axis,
                          struct wck_tally *tally)
{
    struct wck_place where = wck_trial_output_place(w->trial, 0, sample);
    double got = w->slope[axis][sample], slack;
    bool fills = w->put.warp.border->fills;
    bool defined = is_defined(w, sample, &slack);
    double u = axis == 0 ? w->one.x[0] : w->one.y[0];
    struct wck_measure measure = {.got = got,
                                  .round =
                                      (double)wck_image_planes(&w->output) *
                                      fmax(1.0, wck_problem_border_amplitude(&w->put)) *
                                      wck_gamma(wck_trial_slope_roundings(w->trial),
                                                wck_trial_roundoff(w->trial)),
                                  .scale = 1.0};

    where.plane = -1;
    if (defined && (fills || fabs(u) > FAR))
        wck_tally_add(tally, &measure, &where, false);
    else
        must_be_finite(tally, got, &where);
}

static void compare_slopes(struct work *w, struct wck_tally *tally)
{
    for (size_t i = 0; i < samples_of(w); i++) {
        struct wck_place where = wck_trial_output_place(w->trial, 0, i);

        where.plane = -1;
        for (int a = 0; a < 2; a++) {
            if (w->kind[i] == DISTANT)
                compare_slope(w, i, a, tally);
            else if (w->kind[i] == PLAIN)
                wck_bits_add(tally, w->slope[a][i], w->plain_slope[a][i], &where);
        }
    }
}

/* ---- the image gradient ---- */

/* An upstream gradient of distant samples whose output is defined, and no others;
 * returns its largest sum of magnitudes over a plane, and adds what is uncertain. */
static double choose_upstream(struct work *w, double *slack)
{
    double most = 0.0;

    wck_problem_random(&w->put, 30, &w->upstream);
    *slack = 0.0;
    for (size_t p = 0; p < wck_image_planes(&w->upstream); p++) {
        double sum = 0.0, uncertain = 0.0;

        for (size_t i = 0; i < samples_of(w); i++) {
            double own;

            if (w->kind[i] != DISTANT || !is_defined(w, i, &own)) {
                wck_plane_set(&w->upstream, p, i, 0.0);
                continue;
            }
            sum += fabs(wck_plane_get(&w->upstream, p, i));
            uncertain += own * fabs(wck_plane_get(&w->upstream, p, i));
        }
        most = fmax(most, sum);
        *slack = fmax(*slack, uncertain);
    }
    return most;
}

/* A pixel may get a share of every distant sample of its plane: a sum of so many terms,
 * with weights of up to the kernel's norm. */
static enum wck_status check_image_gradient(struct work *w, struct wck_tally *tally,
                                            struct wck_error *err)
{
    double slack, sum = choose_upstream(w, &slack);
    double norm = wck_trial_norm(w->trial);
    double bound =
        norm * slack + sum * (norm * wck_gamma(wck_trial_term_roundings(w->trial) +
                                                   (double)(2 * DISTANCES),
                                               wck_trial_roundoff(w->trial)) +
                              wck_trial_weight_bound(w->trial));
    enum wck_status status =
        wck_subject_vjp(w->trial->subject, &w->put, &w->image, &w->upstream,
                        &(struct wck_gradients){.image = &w->gradient}, err);

    if (status == WCK_OK)
        status = wck_warp_vjp(&w->put.warp, &w->image, &w->upstream,
                              &(struct wck_gradients){.image = &w->want_gradient}, err);
    for (size_t p = 0; p < wck_image_planes(&w->image) && status == WCK_OK; p++) {
        for (size_t i = 0; i < wck_image_pixels(&w->image); i++) {
            struct wck_place where = wck_trial_input_place(w->trial, p, i);
            struct wck_measure measure = {.got = wck_plane_get(&w->gradient, p, i),
                                          .want =
                                              wck_plane_get(&w->want_gradient, p, i),
                                          .round = bound,
                                          .scale = 1.0};

            wck_tally_add(tally, &measure, &where, false);
        }
    }
    return status;
}

/* ---- a map by coordinates ---- */

/* Puts the special numbers, each along x and along y, as many as half of the samples
 * have room for.  Others lie between them. */
static void plant(struct work *w, const double *special, size_t count, size_t first,
                  enum kind kind)
{
    size_t samples = samples_of(w), room = samples > 1 ? samples / 4 : 1;

    for (size_t k = 0; k < 2 * count && k < room; k++) {
        size_t at = (first + 2 * k) % samples;

        (k % 2 == 0 ? w->x : w->y)[at] = special[k / 2];
        w->kind[at] = kind;
    }
}

static enum wck_status forward(struct work *w, const struct wck_image *to,
                               struct wck_error *err)
{
    return wck_subject_forward(w->trial->subject, &w->put, &w->image, to, err);
}

static enum wck_status pull_slopes(struct work *w, double *const to[2],
                                   struct wck_error *err)
{
    return wck_subject_vjp(w->trial->subject, &w->put, &w->image, &w->upstream,
                           &(struct wck_gradients){.x = to[0], .y = to[1]}, err);
}

static void make_plain(struct work *w)
{
    size_t size = samples_of(w) * sizeof *w->x;

    memcpy(w->x, w->mapped.x, size);
    memcpy(w->y, w->mapped.y, size);
    memset(w->kind, 0, samples_of(w) * sizeof *w->kind);
}

/* Distant samples by themselves, then lost ones with them. */
static enum wck_status check_forward(struct work *w, struct wck_tally *tally,
                                     struct wck_error *err)
{
    enum wck_status status;

    make_plain(w);
    status = forward(w, &w->plain_output, err);
    plant(w, distant, DISTANCES, 1, DISTANT);
    if (status == WCK_OK)
        status = forward(w, &w->output, err);
    if (status == WCK_OK)
        status = wck_warp_forward(&w->put.warp, &w->image, &w->want, err);
    if (status != WCK_OK)
        return status;
    compare_outputs(w, tally);
    make_plain(w);
    plant(w, endless, ENDLESS, 0, LOST);
    status = forward(w, &w->output, err);
    if (status == WCK_OK)
        compare_outputs(w, tally);
    return status;
}

static enum wck_status check_slopes(struct work *w, struct wck_tally *tally,
                                    struct wck_error *err)
{
    enum wck_status status;

    wck_problem_random(&w->put, 30, &w->upstream);
    make_plain(w);
    status = pull_slopes(w, w->plain_slope, err);
    plant(w, distant, DISTANCES, 1, DISTANT);
    if (status == WCK_OK)
        status = pull_slopes(w, w->slope, err);
    if (status != WCK_OK)
        return status;
    compare_slopes(w, tally);
    make_plain(w);
    plant(w, endless, ENDLESS, 0, LOST);
    status = pull_slopes(w, w->slope, err);
    if (status == WCK_OK)
        compare_slopes(w, tally);
    return status;
}

static enum wck_status check_pixels(struct work *w, struct wck_tally *tally,
                                    struct wck_error *err)
{
    enum wck_status status;

    make_plain(w);
    plant(w, distant, DISTANCES, 1, DISTANT);
    status = check_image_gradient(w, tally, err);
    plant(w, endless, ENDLESS, 0, LOST);
    if (status != WCK_OK)
        return status;
    /* Of these nothing is judged but that there is an answer. */
    wck_problem_random(&w->put, 30, &w->upstream);
    return wck_subject_vjp(w->trial->subject, &w->put, &w->image, &w->upstream,
                           &(struct wck_gradients){.image = &w->gradient}, err);
}

/* A gradient that the subject does not give is not judged, and said; the rest is. */
static enum wck_status note_part(struct work *w, const char *part,
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

static enum wck_status check_map(struct work *w, struct wck_tally *tally,
                                 struct wck_error *err)
{
    static const struct {
        const char *name;
        enum wck_status (*check)(struct work *, struct wck_tally *, struct wck_error *);
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
static enum wck_status check_matrix(struct work *w, double shift, int entry,
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
    for (size_t i = 0; i < samples_of(w); i++)
        w->kind[i] = DISTANT;
    compare_outputs(w, tally);
    status = check_image_gradient(w, tally, &refusal);
    /* Every matrix has the same answer. */
    w->parts.size = 0;
    return note_part(w, "image", status, &refusal, err);
}

static enum wck_status check_matrices(struct work *w, struct wck_tally *tally,
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

static enum wck_status make_images(struct work *w, struct wck_error *err)
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

static enum wck_status work_init(struct work *w, struct wck_trial *trial,
                                 struct wck_error *err)
{
    size_t samples = wck_warp_samples(&trial->problem->warp);
    enum wck_status status;

    *w = (struct work){.trial = trial};
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

static void work_release(struct work *w)
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
    struct work w;
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
