#include "src/checker/pullback.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Number of arrays in struct wck_sums. */
#define ARRAYS 5

static enum wck_status sums_init(struct wck_sums *sums, size_t count,
                                 struct wck_error *err)
{
    sums->value = calloc(ARRAYS * count, sizeof *sums->value);
    if (sums->value == NULL)
        return wck_error_no_memory(err);
    sums->magnitude = sums->value + count;
    sums->slack = sums->value + 2 * count;
    sums->reach = sums->value + 3 * count;
    sums->terms = sums->value + 4 * count;
    return WCK_OK;
}

static void add(struct wck_sums *sums, size_t entry, double weight, double slack,
                double upstream)
{
    sums->value[entry] += weight * upstream;
    sums->magnitude[entry] += fabs(weight * upstream);
    sums->slack[entry] += fabs(upstream) * slack;
    sums->reach[entry] += fabs(upstream);
    sums->terms[entry] += 1.0;
}

enum wck_status wck_pullback_init(struct wck_pullback *pullback,
                                  struct wck_trial *trial,
                                  const struct wck_jacobian *jacobian,
                                  struct wck_error *err)
{
    const struct wck_problem *problem = trial->problem;
    enum wck_status status;
    size_t entries;

    *pullback = (struct wck_pullback){.trial = trial, .jacobian = jacobian};
    status = wck_subject_source(trial->subject, problem, &pullback->image, err);
    if (status == WCK_OK)
        status = wck_problem_source(problem, &pullback->gradient, err);
    if (status == WCK_OK)
        status =
            wck_subject_upstream(trial->subject, problem, &pullback->upstream, err);
    if (status != WCK_OK)
        return status;
    wck_problem_random(problem, 12, &pullback->image);
    entries = jacobian->planes * wck_image_pixels(&pullback->image);
    status = sums_init(&pullback->measured, entries, err);
    if (status == WCK_OK)
        status = sums_init(&pullback->reference, entries, err);
    return status;
}

void wck_pullback_release(struct wck_pullback *pullback)
{
    wck_subject_free_image(pullback->trial->subject, &pullback->image);
    free(pullback->gradient.tensor.data);
    wck_subject_free_image(pullback->trial->subject, &pullback->upstream);
    free(pullback->measured.value);
    free(pullback->reference.value);
}

/* Adds one output of one plane to both sums. */
static void add_output(struct wck_pullback *b, size_t plane, size_t sample)
{
    const struct wck_jacobian *j = b->jacobian;
    size_t pixels = wck_image_pixels(&b->image);
    double g = wck_plane_get(&b->upstream, plane, sample);

    if (fpclassify(g) == FP_ZERO)
        return;
    b->measured.unread =
        fmax(b->measured.unread, fabs(g) * j->entry_error * (double)j->slots);
    if (j->differs[plane * j->samples + sample])
        b->measured.stray += fabs(g) * j->stray[plane * j->samples + sample];
    for (size_t slot = 0; slot < j->slots; slot++) {
        size_t at = (slot * j->planes + plane) * j->samples + sample;
        const struct wck_expected *expected = &j->expected[slot * j->samples + sample];

        if (j->pixel[at] != WCK_NO_PIXEL)
            add(&b->measured, plane * pixels + (size_t)j->pixel[at], j->weight[at],
                j->entry_error, g);
        if (expected->pixel != WCK_NO_PIXEL)
            add(&b->reference, plane * pixels + (size_t)expected->pixel,
                expected->weight, j->slack[sample], g);
    }
}

static void add_up(struct wck_pullback *b)
{
    size_t entries = b->jacobian->planes * wck_image_pixels(&b->image);

    memset(b->measured.value, 0, ARRAYS * entries * sizeof *b->measured.value);
    b->measured.stray = b->measured.unread = 0.0;
    memset(b->reference.value, 0, ARRAYS * entries * sizeof *b->reference.value);
    for (size_t p = 0; p < b->jacobian->planes; p++) {
        for (size_t i = 0; i < b->jacobian->samples; i++)
            add_output(b, p, i);
    }
}

/* Sets the upstream gradient of samples to 0 whose pixel a jump makes uncertain. */
static void drop_uncertain(struct wck_pullback *b)
{
    for (size_t i = 0; i < b->jacobian->samples; i++) {
        for (size_t p = 0; b->jacobian->uncertain[i] && p < b->jacobian->planes; p++)
            wck_plane_set(&b->upstream, p, i, 0.0);
    }
}

static void compare(const struct wck_pullback *b, const struct wck_sums *sums,
                    size_t entry, struct wck_tally *tally, bool resolved)
{
    size_t pixels = wck_image_pixels(&b->image);
    double m = sums->terms[entry];
    struct wck_measure measure = {
        .got = wck_plane_get(&b->gradient, entry / pixels, entry % pixels),
        .want = sums->value[entry],
        .round = sums->slack[entry] + sums->stray +
                 sums->reach[entry] * wck_trial_weight_bound(b->trial) +
                 sums->magnitude[entry] *
                     wck_gamma(wck_trial_term_roundings(b->trial) + m - 1.0,
                               wck_trial_roundoff(b->trial)),
        /* A sum of m terms suffers m - 1 roundings more: it is held to (m + 3)/4 times
         * the resolution of one. */
        .scale = sums->reach[entry] * (m + 3.0) / 4.0,
    };
    struct wck_place place =
        wck_trial_input_place(b->trial, entry / pixels, entry % pixels);

    if (b->certifies)
        measure.scale = 1.0;
    if (!(m > 0.0))
        measure.round += sums->unread;
    wck_tally_add(tally, &measure, &place, resolved);
}

enum wck_status wck_pullback_compare(struct wck_pullback *pullback,
                                     struct wck_tally *self_consistent,
                                     struct wck_tally *conforms, bool resolved,
                                     struct wck_error *err)
{
    size_t entries = pullback->jacobian->planes * wck_image_pixels(&pullback->image);
    struct wck_gradients wanted = {.image = &pullback->gradient};
    enum wck_status status;

    drop_uncertain(pullback);
    status = wck_trial_vjp(pullback->trial, &pullback->image, &pullback->upstream,
                           &wanted, err);
    if (status != WCK_OK)
        return status;
    add_up(pullback);
    for (size_t entry = 0; entry < entries; entry++) {
        compare(pullback, &pullback->measured, entry, self_consistent, resolved);
        compare(pullback, &pullback->reference, entry, conforms, resolved);
        pullback->single += resolved && pullback->reference.terms[entry] > 0.0 &&
                            pullback->reference.terms[entry] < 2.0;
    }
    return WCK_OK;
}
