#include "src/checker/relaid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/checker/bits.h"
#include "src/checker/trial.h"

static size_t numbers_of(const struct wck_problem *problem)
{
    const struct wck_map *map = &problem->warp.map;

    return problem->channels + (wck_map_has_matrix(map)
                                    ? (size_t)wck_map_entries(map)
                                    : 2 * wck_warp_samples(&problem->warp));
}

static enum wck_status answers_init(struct wck_relaid_answers *answers,
                                    const struct wck_relaid *w, struct wck_error *err)
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

static void answers_release(struct wck_relaid_answers *answers)
{
    free(answers->output.tensor.data);
    free(answers->gradient.tensor.data);
    free(answers->number);
}

void wck_relaid_release(struct wck_relaid *w)
{
    wck_subject_free_image(w->trial->subject, &w->image);
    wck_subject_free_image(w->trial->subject, &w->upstream);
    answers_release(&w->want);
    answers_release(&w->got);
}

/* ---- calls ---- */

static enum wck_status pull(const struct wck_relaid *w, const struct wck_image *image,
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
enum wck_status wck_relaid_ask_plain(struct wck_relaid *w, struct wck_error *err)
{
    static const struct wck_relaid_wishes wishes[] = {{true, true, true},
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

enum wck_status wck_relaid_init(struct wck_relaid *relaid, struct wck_trial *trial,
                                struct wck_error *err)
{
    const struct wck_problem *problem = trial->problem;
    struct wck_subject *subject = trial->subject;
    enum wck_status status;

    *relaid = (struct wck_relaid){.trial = trial,
                                  .filled_flat = wck_subject_flattens(subject, true)};
    status = wck_subject_source(subject, problem, &relaid->image, err);
    if (status == WCK_OK)
        status = wck_subject_upstream(subject, problem, &relaid->upstream, err);
    if (status == WCK_OK)
        status = answers_init(&relaid->want, relaid, err);
    if (status == WCK_OK)
        status = answers_init(&relaid->got, relaid, err);
    if (status != WCK_OK)
        return status;
    wck_problem_random(problem, 25, &relaid->image);
    wck_problem_random(problem, 26, &relaid->upstream);
    return wck_relaid_ask_plain(relaid, err);
}

/* ---- lying otherwise ---- */

static void forget_numbers(const struct wck_relaid *w)
{
    for (size_t i = 0; i < numbers_of(w->trial->problem); i++)
        w->got.number[i] = (double)NAN;
}

/* Does what is allowed hide what is read elsewhere, where nothing is?  That changes an
 * entry by its size: what it is, or by as much as numbers of random images are.  An
 * error is found for certain from twice the bound on. */
static bool is_open(double want, double allowed)
{
    return !(2.0 * allowed < fmax(1.0, fabs(want)));
}

/* Equal to the bit, or no farther apart than is allowed.  What is open is counted, and
 * not compared. */
static void compare(struct wck_relaid *w, struct wck_tally *tally, double got,
                    double want, double allowed, const struct wck_place *where)
{
    bool same = memcmp(&got, &want, sizeof got) == 0;
    struct wck_measure measure = {.got = same ? 0.0 : got,
                                  .want = same ? 0.0 : want,
                                  .round = allowed,
                                  .scale = allowed > 0.0 ? fmax(1.0, fabs(want)) : 1.0};
    bool open = allowed > 0.0 && is_open(want, allowed);

    if (open && (isinf(allowed) || fabs(got - want) <= allowed))
        w->open++;
    else
        wck_tally_add(tally, &measure, where, true);
}

static void compare_image(struct wck_relaid *w, struct wck_tally *tally,
                          const struct wck_image *got, const struct wck_image *want,
                          const double *allowed, bool input)
{
    size_t pixels = wck_image_pixels(got);

    for (size_t p = 0; p < wck_image_planes(got); p++) {
        for (size_t i = 0; i < pixels; i++) {
            struct wck_place where = {.plane = (long)p,
                                      .y = (long)(i / got->width),
                                      .x = (long)(i % got->width),
                                      .input = input};

            compare(w, tally, wck_plane_get(got, p, i), wck_plane_get(want, p, i),
                    allowed != NULL ? allowed[p * pixels + i] : 0.0, &where);
        }
    }
}

static void compare_numbers(struct wck_relaid *w, struct wck_tally *tally)
{
    const struct wck_place nowhere = {.plane = -1, .y = -1, .x = -1, .input = true};
    const double *allowed = w->latitude != NULL ? w->latitude->number : NULL;
    size_t channels = w->trial->problem->channels;

    for (size_t i = 0; i < numbers_of(w->trial->problem); i++) {
        if (i < channels ? w->wishes.border_value : w->wishes.map)
            compare(w, tally, w->got.number[i], w->want.number[i],
                    allowed != NULL ? allowed[i] : 0.0, &nowhere);
    }
}

/* Nothing may have been written between the elements of what was filled. */
static void compare_gaps(struct wck_relaid *w, const struct wck_spread *filled,
                         struct wck_tally *tally)
{
    const struct wck_place nowhere = {.plane = -1, .y = -1, .x = -1};
    size_t strays = wck_spread_strays(filled);

    if (filled->marks == NULL)
        return;
    w->strays = w->strays || strays > 0;
    wck_bits_add(tally, (double)strays, 0.0, &nowhere);
}

/* Both calls; `spread`: what is filled has strides as well. */
static enum wck_status put(struct wck_relaid *w, struct wck_relaid_images *in,
                           bool spread, struct wck_tally *tally, struct wck_error *err)
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
    w->open = 0;
    compare_image(w, tally, output, &w->want.output,
                  w->latitude != NULL ? w->latitude->output : NULL, false);
    if (w->wishes.image)
        compare_image(w, tally, gradient, &w->want.gradient,
                      w->latitude != NULL ? w->latitude->image : NULL, true);
    if (pulls)
        compare_numbers(w, tally);
    if (spread) {
        compare_gaps(w, &in->output, tally);
        compare_gaps(w, &in->gradient, tally);
    }
    return WCK_OK;
}

void wck_relaid_images_release(struct wck_relaid_images *images)
{
    wck_spread_release(&images->image);
    wck_spread_release(&images->upstream);
    wck_spread_release(&images->output);
    wck_spread_release(&images->gradient);
}

enum wck_status wck_relaid_put_take(struct wck_relaid *relaid,
                                    struct wck_relaid_images *images, bool fills,
                                    struct wck_tally *tally, struct wck_error *err)
{
    struct wck_error refusal = {WCK_OK, ""};
    bool spread = fills && relaid->filled_flat == NULL;
    enum wck_status status = put(relaid, images, spread, tally, &refusal);

    if (status == WCK_UNSUPPORTED && spread) {
        relaid->refusal = refusal;
        refusal = (struct wck_error){WCK_OK, ""};
        status = put(relaid, images, false, tally, &refusal);
    }
    wck_relaid_images_release(images);
    if (status == WCK_UNSUPPORTED)
        relaid->refusal = refusal;
    return status == WCK_OK ? WCK_OK : wck_error_set(err, status, "%s", refusal.text);
}

/* ---- turns ---- */

static bool is_cheap(const struct wck_problem *problem, int taps)
{
    const struct wck_warp *warp = &problem->warp;

    return !warp->kernel->footprint && warp->kernel->support <= taps &&
           wck_warp_samples(warp) <= 4096;
}

bool wck_relaid_is_put(const struct wck_problem *problem, size_t way, size_t count,
                       int taps)
{
    size_t turn = strlen(problem->warp.kernel->name) +
                  strlen(problem->warp.border->name) + (size_t)problem->layout[0] +
                  strlen(problem->layout) + (size_t)problem->dtype;

    return is_cheap(problem, taps) || (turn + way) % count == 0;
}

enum wck_status wck_relaid_judge(struct wck_trial *trial,
                                 enum wck_status (*judge)(struct wck_trial *trial,
                                                          struct wck_trial *by,
                                                          struct wck_error *err),
                                 struct wck_error *err)
{
    const char *why = wck_subject_flattens(trial->subject, false);

    if (why != NULL)
        return wck_error_set(err, WCK_UNSUPPORTED, "%s", why);
    return wck_mapped_judge(trial, judge, err);
}
