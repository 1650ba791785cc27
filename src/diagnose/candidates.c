#include "src/diagnose/candidates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* As for a verdict: beyond four bounds it is another warp. */
#define FITS 4.0

/* ---- the list ---- */

void wck_candidates_release(struct wck_candidates *list)
{
    free(list->items);
    *list = (struct wck_candidates){0};
}

void wck_candidates_take(struct wck_candidates *list,
                         const struct wck_candidate *candidate)
{
    if (list->failed)
        return;
    if (list->count == list->capacity) {
        size_t capacity = 2 * list->capacity + 64;
        struct wck_candidate *grown =
            realloc(list->items, capacity * sizeof *list->items);

        list->failed = grown == NULL;
        if (grown == NULL)
            return;
        list->items = grown;
        list->capacity = capacity;
    }
    list->items[list->count++] = *candidate;
}

void wck_candidates_add(struct wck_candidates *list,
                        const struct wck_description *description, double mean)
{
    const struct wck_candidate added = {.description = *description, .mean = mean};

    wck_candidates_take(list, &added);
}

static enum wck_status check(const struct wck_candidates *list, struct wck_error *err)
{
    return list->failed ? wck_error_no_memory(err) : WCK_OK;
}

/* The nearest first; of those as near, in the order in which they were added: the
 * simplest first.  Lists are short. */
static void sort(struct wck_candidates *list)
{
    for (size_t i = 1; i < list->count; i++) {
        struct wck_candidate moved = list->items[i];
        size_t k = i;

        for (; k > 0 && moved.mean < list->items[k - 1].mean; k--)
            list->items[k] = list->items[k - 1];
        list->items[k] = moved;
    }
}

/* Nearer by this is nearer for a reason: not by roundings, of single precision at the
 * worst. */
#define NEARER 0x1p-20

const struct wck_candidate *wck_candidates_fitting(const struct wck_candidates *list)
{
    const struct wck_candidate *found = NULL;

    for (size_t i = 0; i < list->count; i++) {
        const struct wck_candidate *at = &list->items[i];

        if (at->fits &&
            (found == NULL || at->distance.mean + NEARER < found->distance.mean))
            found = at;
    }
    return found;
}

const struct wck_candidate *wck_candidates_nearest(const struct wck_candidates *list)
{
    const struct wck_candidate *nearest = NULL;

    for (size_t i = 0; i < list->count; i++) {
        const struct wck_candidate *at = &list->items[i];

        if (at->distance.count > 0 && !at->fits &&
            (nearest == NULL || at->distance.mean < nearest->distance.mean))
            nearest = at;
    }
    return nearest;
}

/* ---- what is outside ---- */

/* Sources from output, in multiples of 1/256: halves and wholes; just outside the last
 * corner; several images outside on all sides. */
static const double outside[][6] = {
    {0.5, 0.0, -4.0, 0.0, 0.5, -3.0},
    {0.265625, 0.03125, 31.3125, -0.02734375, 0.28125, 25.203125},
    {5.1875, 0.375, -70.3125, -0.4375, 4.8125, -55.703125},
};

static enum wck_status ask_outside(struct wck_search *search, struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (int k = 0; k < 3 && status == WCK_OK; k++) {
        enum wck_question_kind kind = (enum wck_question_kind)(WCK_ASK_TIES + k);

        status = wck_reading_numbers(&search->best.reading, outside[k],
                                     &search->probe[kind], err);
        if (status == WCK_OK)
            status = wck_search_ask(search, kind, err);
    }
    return status;
}

/* Folds that differ in what is read, the simplest first; others differ in slopes, or
 * where coordinates are huge. */
static const char *const folds[] = {
    "none",         "clip",          "reflect-centres",   "reflect-edges",
    "scipy-mirror", "scipy-reflect", "scipy-wrap",        "scipy-grid-wrap",
    "fill",         "fill-edges",    "fill-beyond-edges", "fill-floor",
};

#define FOLDS (sizeof folds / sizeof folds[0])

enum wck_status wck_candidates_try(struct wck_candidates *list,
                                   const struct wck_search *search,
                                   const struct wck_description *tried,
                                   struct wck_error *err)
{
    struct wck_distance distance = {0};
    enum wck_status status = WCK_OK;

    for (int k = WCK_ASK_TIES; k < WCK_ASK_COUNT && status == WCK_OK; k++)
        status = wck_description_compare(tried, &search->probe[k], NULL, false,
                                         &distance, err);
    if (status == WCK_OK)
        wck_candidates_add(list, tried, distance.mean);
    return status;
}

/* Kernels that only ties tell from the one found. */
static bool is_like(const struct wck_kernel *kernel, const struct wck_kernel *found)
{
    return kernel == found ||
           (strcmp(kernel->family, found->family) == 0 && kernel->smoothness < 1 &&
            kernel->degree < 2 && fabs(kernel->knot - found->knot) < 0.25);
}

/* Every fold and border for one kernel. */
static enum wck_status try_borders(struct wck_candidates *list,
                                   const struct wck_search *search,
                                   const struct wck_kernel *kernel,
                                   struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < FOLDS * wck_border_count() && status == WCK_OK; i++) {
        struct wck_description tried = search->best;
        const struct wck_fold *fold = wck_fold_find(folds[i / wck_border_count()]);

        tried.kernel = kernel;
        tried.fold = fold != wck_fold_row(0) ? fold : NULL;
        tried.border = wck_border_row(i % wck_border_count());
        status = wck_candidates_try(list, search, &tried, err);
        tried.ignores_border_value = true;
        if (status == WCK_OK && (fold->fills || tried.border == wck_border_row(0)))
            status = wck_candidates_try(list, search, &tried, err);
    }
    return status;
}

/* The one found first, then those like it. */
static enum wck_status try_kernels(struct wck_candidates *list,
                                   const struct wck_search *search,
                                   struct wck_error *err)
{
    const struct wck_kernel *found = wck_description_kernel(&search->best);
    enum wck_status status = try_borders(list, search, search->best.kernel, err);

    for (size_t k = 0; k < wck_kernel_count() && status == WCK_OK; k++) {
        const struct wck_kernel *kernel = wck_kernel_row(k);

        if (kernel != found && is_like(kernel, found))
            status = try_borders(list, search, kernel, err);
    }
    return status;
}

/* The first few, and each border by itself, with each prefilter. */
static enum wck_status try_prefilters(struct wck_candidates *list,
                                      const struct wck_search *search, size_t few,
                                      struct wck_error *err)
{
    size_t count = search->best.prefilter != NULL ? list->count : 0;
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < count; i++) {
        bool tries = i < few || list->items[i].description.fold == NULL;

        for (size_t k = 1; tries && k < wck_prefilter_count() && status == WCK_OK;
             k++) {
            struct wck_description tried = list->items[i].description;

            tried.prefilter = wck_prefilter_row(k);
            status = wck_candidates_try(list, search, &tried, err);
        }
    }
    return status;
}

/* The same with plain steps in place of a row of the arithmetics. */
static enum wck_status try_plain_steps(struct wck_candidates *list,
                                       struct wck_search *search, struct wck_error *err)
{
    const struct wck_description best = search->best;
    enum wck_status status;

    if (!(search->other_quantum > 0.0))
        return WCK_OK;
    search->best.arithmetic = NULL;
    search->best.reading.projective = false;
    search->best.quantum = search->other_quantum;
    search->best.truncated = search->other_truncated;
    status = try_kernels(list, search, err);
    search->best = best;
    return status;
}

enum wck_status wck_candidates_outside(struct wck_candidates *list,
                                       struct wck_search *search, struct wck_error *err)
{
    enum wck_status status = ask_outside(search, err);

    if (status == WCK_OK)
        status = try_kernels(list, search, err);
    if (status == WCK_OK)
        status = try_plain_steps(list, search, err);
    sort(list);
    if (status == WCK_OK)
        status = try_prefilters(list, search, 12, err);
    sort(list);
    return status == WCK_OK ? check(list, err) : status;
}

/* ---- judging ---- */

/* The nearest pixel's ties may fall either way on some samples, each by less than 1. */
#define MOST_MEAN 0.05

/* Farther off than this on average, no bound is worth working out: sums are off by
 * roundings, of single precision at the worst. */
static bool is_worth(const struct wck_candidate *candidate,
                     const struct wck_search *search)
{
    const struct wck_kernel *kernel = wck_description_kernel(&candidate->description);
    const struct wck_rounding *rounding = candidate->description.rounding;
    /* OpenCV 5 reads whole pixels at the rim, which begins at a knot. */
    bool jumps = kernel->smoothness < 0 || (rounding != NULL && rounding->rim) ||
                 wck_probe_is_whole(&search->probe[WCK_ASK_FIRST]);

    return candidate->mean <= (jumps ? MOST_MEAN : 0x1p-10);
}

/* Once it does not fit, bounds are of no use any more. */
static enum wck_status judge(const struct wck_search *search,
                             const struct wck_description *description, bool worth,
                             struct wck_distance *distance, struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    *distance = (struct wck_distance){.ratio = worth ? 0.0 : (double)INFINITY};
    for (int k = 0; k < WCK_ASK_COUNT && status == WCK_OK; k++)
        status = wck_description_compare(description, &search->probe[k], NULL,
                                         distance->ratio <= FITS, distance, err);
    return status;
}

/* Values as the exact ones', bounds of their own. */
static const char *const narrower[] = {"float64-normalised", "float32",
                                       "float32-normalised"};

/* Farther than this a narrower arithmetic explains nothing: a coordinate of 2^7 pixels
 * is off by 2^-17 times a few roundings, at a slope of 2 an axis. */
#define NARROW 0x1p-12

static enum wck_status judge_one(struct wck_candidate *candidate,
                                 const struct wck_search *search, struct wck_error *err)
{
    enum wck_status status =
        judge(search, &candidate->description, is_worth(candidate, search),
              &candidate->distance, err);

    /* At ties bounds may be open, but not all samples lie there. */
    candidate->fits =
        candidate->distance.ratio <= FITS && candidate->distance.mean <= MOST_MEAN;
    return status;
}

enum wck_status wck_candidates_judge(struct wck_candidates *list, size_t first,
                                     size_t most, const struct wck_search *search,
                                     struct wck_error *err)
{
    enum wck_status status = check(list, err);

    for (size_t i = first; i < list->count && i < first + most && status == WCK_OK; i++)
        status = judge_one(&list->items[i], search, err);
    return status;
}

static enum wck_status widen(struct wck_candidate *candidate,
                             const struct wck_arithmetic *arithmetic,
                             const struct wck_search *search, struct wck_error *err)
{
    struct wck_description tried = candidate->description;
    struct wck_distance distance;
    enum wck_status status;

    if (candidate->distance.count == 0 || candidate->distance.mean > NARROW ||
        tried.arithmetic != NULL || tried.quantum > 0.0 || tried.deviation != NULL)
        return WCK_OK;
    tried.arithmetic = arithmetic;
    status = judge(search, &tried, true, &distance, err);
    if (status == WCK_OK && distance.ratio <= FITS)
        *candidate = (struct wck_candidate){tried, candidate->mean, distance, true};
    return status;
}

enum wck_status wck_candidates_widen(struct wck_candidates *list,
                                     const struct wck_search *search,
                                     struct wck_error *err)
{
    enum wck_status status = check(list, err);

    for (size_t i = 0; i < sizeof narrower / sizeof *narrower; i++) {
        for (size_t k = 0; k < list->count && status == WCK_OK; k++)
            status =
                widen(&list->items[k], wck_arithmetic_find(narrower[i]), search, err);
        if (wck_candidates_fitting(list) != NULL)
            break;
    }
    return status;
}
