#include "src/checker/second_work.h"

#include <math.h>
#include <stdlib.h>

void wck_second_add(struct wck_second_work *w, enum wck_claim claim,
                    enum wck_second_by by, const struct wck_measure *measure,
                    const struct wck_place *place)
{
    static const char *const names[] = {"upstream gradient", "image", "coordinates"};
    struct wck_text *cause = &w->cause[claim];
    size_t beyond = w->tally[claim].beyond;

    wck_tally_add(&w->tally[claim], measure, place, true);
    if (w->tally[claim].beyond == beyond || w->said[claim][by])
        return;
    w->said[claim][by] = true;
    wck_text_printf(
        cause,
        "%sthe derivative with respect to the %s of the pull-back along "
        "the %s is not that of %s",
        cause->size > 0 ? "; " : "", names[by], w->by_image ? "image" : "coordinates",
        claim == WCK_CONFORMS ? "the declared warp" : "the subject's own pull-back");
}

static void compare_outputs(struct wck_second_work *w)
{
    for (size_t k = 0; k < w->planes * w->count; k++) {
        size_t p = k / w->count, i = k % w->count;
        struct wck_place place = wck_trial_output_place(w->trial, p, i);
        struct wck_measure one = {
            .got = wck_plane_get(&w->got.upstream, p, i),
            .want = wck_plane_get(&w->want.upstream, p, i),
            .round = 2.0 * wck_second_value(&w->bound, &w->problem, i, 1.0),
            .scale = wck_second_value_scale(&w->bound)};

        if (!w->aside[i])
            wck_second_add(w, WCK_CONFORMS, WCK_BY_UPSTREAM, &one, &place);
    }
}

static void compare_samples(struct wck_second_work *w)
{
    for (size_t k = 0; k < 2 * w->count; k++) {
        size_t axis = k / w->count, i = k % w->count;
        struct wck_place place = wck_trial_output_place(w->trial, 0, i);
        double reach = 0.0, terms = (double)w->planes;
        struct wck_measure one = {.got = w->got.u[axis][i], .want = w->want.u[axis][i]};

        for (size_t p = 0; p < w->planes; p++)
            reach += wck_plane_get(&w->g, p, i);
        one.round = 2.0 * reach * wck_second_bend(&w->bound, &w->problem, i, terms);
        one.scale = reach * wck_second_bend_scale(&w->bound);
        if (!w->aside[i])
            wck_second_add(w, WCK_CONFORMS, WCK_BY_COORDINATES, &one, &place);
    }
}

/* Adds what a sample may do to the pixels that it reads: of each its terms, its bound
 * without them, and its scale, three numbers an entry. */
static void spread_sample(const struct wck_second_work *w,
                          const struct wck_block *block, size_t i, double *entries)
{
    const struct wck_kernel *kernel = w->problem.warp.kernel;
    size_t pixels = wck_image_pixels(&w->image), sample = block->first + i;
    struct wck_tap taps[WCK_SAMPLE_TAPS];
    size_t count = wck_block_taps(block, i, &w->problem.warp, taps);
    double share = wck_second_share(&w->bound, &w->problem, sample, 0.0);

    for (size_t k = 0; k < count * w->planes; k++) {
        size_t p = k / count;
        double g = wck_plane_get(&w->g, p, sample), *entry;

        if (taps[k % count].pixel == WCK_BORDER_VALUE)
            continue;
        entry = entries + 3 * (p * pixels + (size_t)taps[k % count].pixel);
        entry[0] +=
            kernel->support * kernel->support; /* taps folded upon it, at most */
        entry[1] += g * share;
        entry[2] += g * wck_second_share_scale(&w->bound);
    }
}

static enum wck_status spread_all(const struct wck_second_work *w, double *entries,
                                  struct wck_error *err)
{
    const struct wck_warp *warp = &w->problem.warp;
    struct wck_block block;
    enum wck_status status =
        wck_block_init(&block, warp, wck_block_capacity(warp), err);

    if (status != WCK_OK)
        return status;
    for (size_t first = 0; first < w->count; first += block.count) {
        wck_block_fill(&block, warp, first,
                       w->count - first < block.capacity ? w->count - first
                                                         : block.capacity);
        for (size_t i = 0; i < block.count; i++)
            spread_sample(w, &block, i, entries);
    }
    wck_block_release(&block);
    return WCK_OK;
}

static enum wck_status compare_pixels(struct wck_second_work *w, struct wck_error *err)
{
    size_t pixels = wck_image_pixels(&w->image);
    double *entries = calloc(3 * pixels * w->planes, sizeof *entries);
    enum wck_status status =
        entries != NULL ? spread_all(w, entries, err) : wck_error_no_memory(err);

    for (size_t k = 0; k < pixels * w->planes && status == WCK_OK; k++) {
        const double *entry = entries + 3 * k;
        size_t p = k / pixels, i = k % pixels;
        struct wck_place place = wck_trial_input_place(w->trial, p, i);
        struct wck_measure one = {
            .got = wck_plane_get(&w->got.image, p, i),
            .want = wck_plane_get(&w->want.image, p, i),
            .round =
                2.0 * (entry[1] + entry[2] * wck_gamma(entry[0] + 4.0, w->bound.u)),
            .scale = entry[2]};

        if (w->by_image) /* exactly 0 */
            one.round = 0.0;
        wck_second_add(w, WCK_CONFORMS, WCK_BY_IMAGE, &one, &place);
    }
    free(entries);
    return status;
}

enum wck_status wck_second_compare(struct wck_second_work *w, struct wck_error *err)
{
    compare_outputs(w);
    if (w->maps)
        compare_samples(w);
    return compare_pixels(w, err);
}
