/* What the numbers mean.
 *
 * An image whose pixels hold their own column (or row) answers with where a sample was
 * taken: exactly for kernels that reproduce straight lines, within half a pixel for the
 * nearest one.  Each reading of the numbers predicts that; those that come close enough
 * are then tried with every kernel on a random image. */
#include "src/diagnose/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/rng.h"

/* Multiples of 1/256, near the identity: of pixels and of numbers from -1 to 1 alike
 * they place samples in the image, and no row, column or inverse is like another. */
static const double matrices[2][6] = {
    {1.1875, 0.12890625, 0.3125, -0.109375, 0.87109375, -0.23046875},
    {0.828125, -0.08984375, 0.2109375, 0.12109375, 1.20703125, 0.16796875},
};

static void write_numbers(struct wck_probe *probe, int which)
{
    struct wck_rng rng = wck_rng_start(1, (uint64_t)which + 61);

    if (!probe->pairs)
        memcpy(probe->numbers, matrices[which], sizeof matrices[which]);
    /* Pixels well inside, or numbers from -1 to 1. */
    for (size_t i = 0; probe->pairs && i < wck_probe_numbers(probe); i++) {
        double u = wck_rng_uniform(&rng);

        probe->numbers[i] = which == 0 ? 6.0 + 19.0 * u : 1.2 * u - 0.6;
    }
}

static const char *const unit_names[] = {"pixels", "corners", "centres", "edges"};

/* Row 0 is pixels, which a warp says by NULL. */
static const struct wck_units *units_of(const char *name)
{
    const struct wck_units *units = wck_units_find(name);

    return units == wck_units_row(0) ? NULL : units;
}

static size_t list_of_matrices(struct wck_reading list[WCK_READINGS])
{
    size_t n = 0;

    for (size_t u = 0; u < sizeof unit_names / sizeof *unit_names; u++) {
        for (int k = 0; k < 4; k++) {
            const struct wck_units *units = units_of(unit_names[u]);

            list[n++] = (struct wck_reading){
                .direction = k % 2 == 0 ? WCK_OUTPUT_TO_SOURCE : WCK_SOURCE_TO_OUTPUT,
                .reversed = k > 1,
                .output_units = units,
                .source_units = units};
        }
    }
    return n;
}

static size_t list_of_pairs(struct wck_reading list[WCK_READINGS])
{
    size_t n = 0;

    for (int k = 0; k < 2; k++) {
        for (size_t u = 0; u < sizeof unit_names / sizeof *unit_names; u++)
            list[n++] = (struct wck_reading){.reversed = k > 0,
                                             .source_units = units_of(unit_names[u])};
        list[n++] = (struct wck_reading){.reversed = k > 0,
                                         .source_units = units_of("kornia-edges")};
        for (int s = -1; s <= 1; s += 2)
            list[n++] = (struct wck_reading){
                .reversed = k > 0, .displacement = true, .sign = (double)s};
    }
    return n;
}

/* ---- where samples were taken ---- */

/* Answers of the two ramps by the numbers of the random probe `which`: x of all
 * samples, then y. */
static enum wck_status measure(struct wck_search *search, int which, double *at,
                               struct wck_error *err)
{
    const struct wck_probe *like = &search->probe[WCK_ASK_FIRST + which];
    const size_t source[] = {like->image.width, like->image.height};
    const size_t output[] = {like->got.width, like->got.height};
    size_t samples = wck_probe_samples(like);
    enum wck_status status = WCK_OK;

    for (int axis = 0; axis < 2 && status == WCK_OK; axis++) {
        struct wck_probe ramp = {0};

        status = wck_probe_init(&ramp, search->asker, source, output, err);
        if (status == WCK_OK) {
            memcpy(ramp.numbers, like->numbers,
                   wck_probe_numbers(like) * sizeof *like->numbers);
            wck_probe_ramp(&ramp, axis);
            status = wck_probe_ask(&ramp, search->asker, err);
            search->questions++;
        }
        for (size_t s = 0; s < samples && status == WCK_OK; s++)
            at[(size_t)axis * samples + s] =
                wck_image_get(&ramp.got, 0, s / output[0], s % output[0]) /
                wck_probe_slope(&ramp);
        wck_probe_release(&ramp);
    }
    return status;
}

/* Mean square of what is not finite is infinite: no reading explains it. */
static double square(double d)
{
    return isnan(d) ? (double)INFINITY : d * d;
}

/* Adds the squares of what lies between a reading and the answers, where the reading
 * places samples well inside. */
static void add_squares(const struct wck_reading *reading,
                        const struct wck_probe *probe, const double *at, double *sum,
                        size_t *count)
{
    size_t samples = wck_probe_samples(probe);
    double *place = calloc(2 * samples, sizeof *place);
    unsigned char *mask = calloc(samples, 1);

    if (place != NULL && mask != NULL && wck_search_inside(reading, probe, mask) > 0 &&
        wck_reading_place(reading, probe, place, place + samples, NULL) == WCK_OK) {
        for (size_t s = 0; s < samples; s++) {
            if (mask[s] == 0)
                continue;
            *sum +=
                square(at[s] - place[s]) + square(at[samples + s] - place[samples + s]);
            ++*count;
        }
    }
    free(place);
    free(mask);
}

/* ---- ranking ---- */

/* Fewer samples than this say nothing. */
#define ENOUGH 30

/* The nearest pixel lies within half a pixel an axis of where it is sampled; the pixel
 * at or before, within one: root mean squares sqrt(1/12 + 1/12) and sqrt(1/3 + 1/3). */
#define BLUR 0.82

static void rank(struct wck_search *search, const struct wck_reading *list,
                 const double *apart, size_t count)
{
    bool taken[WCK_READINGS] = {false};

    for (size_t n = 0; n < count; n++) {
        size_t best = count;

        for (size_t i = 0; i < count; i++) {
            if (!taken[i] && (best == count || apart[i] < apart[best]))
                best = i;
        }
        taken[best] = true;
        search->readings[n] = list[best];
        search->apart[n] = apart[best];
        search->reading_count = n + 1;
    }
}

static enum wck_status measure_all(struct wck_search *search, struct wck_error *err)
{
    size_t samples = wck_probe_samples(&search->probe[WCK_ASK_FIRST]), count;
    double *at = calloc(4 * samples, sizeof *at), apart[WCK_READINGS];
    struct wck_reading list[WCK_READINGS];
    enum wck_status status = at == NULL ? wck_error_no_memory(err) : WCK_OK;

    count = search->asker->pairs ? list_of_pairs(list) : list_of_matrices(list);
    for (int k = 0; k < 2 && status == WCK_OK; k++)
        status = measure(search, k, at + 2 * samples * (size_t)k, err);
    for (size_t i = 0; i < count && status == WCK_OK; i++) {
        double sum = 0.0;
        size_t used = 0;

        for (int k = 0; k < 2; k++)
            add_squares(&list[i], &search->probe[WCK_ASK_FIRST + k],
                        at + 2 * samples * (size_t)k, &sum, &used);
        apart[i] = used >= ENOUGH ? sqrt(sum / (double)used) : (double)INFINITY;
    }
    if (status == WCK_OK)
        rank(search, list, apart, count);
    free(at);
    return status;
}

static bool has_fractions(const struct wck_probe *probe)
{
    for (size_t s = 0; s < wck_probe_samples(probe); s++) {
        double got =
            wck_image_get(&probe->got, 0, s / probe->got.width, s % probe->got.width);

        if (fabs(got - nearbyint(got)) > 0.0)
            return true;
    }
    return false;
}

/* Does a warp of fractions answer in whole numbers only?  One of the two questions may
 * lie outside the image, where all is 0. */
static const struct wck_deviation *whole_outputs(const struct wck_search *search)
{
    const struct wck_probe *probe = &search->probe[WCK_ASK_FIRST];

    if (wck_probe_is_whole(probe) || has_fractions(probe) ||
        has_fractions(&search->probe[WCK_ASK_SECOND]))
        return NULL;
    return wck_deviation_find("whole-outputs");
}

/* Numbers are not rounded, or to the nearest whole ones, or cut: what else a rounding
 * does is seen when the kernel is known. */
static size_t list_of_roundings(const struct wck_search *search,
                                const struct wck_rounding *list[2])
{
    list[0] = NULL;
    list[1] = wck_rounding_find("truncate");
    return wck_probe_is_whole(&search->probe[WCK_ASK_FIRST]) ? 2 : 1;
}

/* Which of the readings within a nearest pixel's blur of the best, and which kernel,
 * make the random images' insides best. */
static enum wck_status try_kernels(struct wck_search *search, struct wck_error *err)
{
    const struct wck_rounding *roundings[2];
    size_t rounding_count = list_of_roundings(search, roundings);
    double least = (double)INFINITY, mean;
    enum wck_status status = WCK_OK;

    for (size_t r = 0; r < search->reading_count; r++) {
        if (search->apart[r] > search->apart[0] + BLUR)
            break;
        for (size_t i = 0;
             i < rounding_count * 2 * wck_kernel_count() && status == WCK_OK; i++) {
            size_t k = i / rounding_count;
            const struct wck_kernel *kernel = wck_kernel_row(k / 2);
            struct wck_description tried = {
                .reading = search->readings[r],
                .kernel = kernel,
                .border = wck_border_row(0),
                .prefilter = k % 2 == 1 ? wck_prefilter_row(0) : NULL,
                .rounding = roundings[i % rounding_count],
                .deviation = whole_outputs(search)};

            if (k % 2 == 1 && kernel->order == 0)
                continue;
            status = wck_search_inner(search, &tried, &mean, err);
            if (status != WCK_OK || !(mean < least))
                continue;
            least = mean;
            search->best = tried;
        }
    }
    return status;
}

enum wck_status wck_search_reading(struct wck_search *search, struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (int k = 0; k < 2 && status == WCK_OK; k++) {
        write_numbers(&search->probe[WCK_ASK_FIRST + k], k);
        status = wck_search_ask(search, WCK_ASK_FIRST + (enum wck_question_kind)k, err);
    }
    if (status == WCK_OK)
        status = measure_all(search, err);
    return status == WCK_OK ? try_kernels(search, err) : status;
}
