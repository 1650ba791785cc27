/* How exact coordinates are, and which kernel weighs.
 *
 * A ramp sampled in steps of 1/512 pixel answers in stairs where coordinates are
 * multiples of something; a single pixel sampled in steps of 1/32 answers with the
 * kernel itself.  Neither has samples at ties. */
#include "src/diagnose/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/diagnose/further.h"

/* ---- the quantum ---- */

/* An exact warp and one in single precision lie this close on the ramp, whose largest
 * value is 37 < 2^6: 2^-24 2^6 times the few roundings of a sum. */
#define EXACT 0x1p-14

/* Of whole numbers some are rounded to the other side. */
#define SIDES 0x1p-5

static double exact_within(const struct wck_probe *probe)
{
    return wck_probe_is_whole(probe) ? SIDES : EXACT;
}

/* Stairs must explain the answers that much better than a straight line does. */
#define CLEARLY 0.25

/* Samples in one pixel. */
#define STEPS 512

/* How many stairs one pixel has in the answer. */
static size_t count_stairs(const struct wck_probe *probe)
{
    size_t count = 0, width = probe->got.width;
    double before = wck_image_get(&probe->got, 0, 0, 0);

    for (size_t s = 1; s < STEPS; s++) {
        double got = wck_image_get(&probe->got, 0, s / width, s % width);

        count += fabs(got - before) > EXACT;
        before = got;
    }
    return count;
}

/* Sources from output: `step` pixels to the right a sample, from `x`, row after row,
 * and a row `down` below the one before. */
static void walk(const struct wck_probe *probe, double step, double down,
                 const double start[2], double matrix[6])
{
    matrix[0] = step;
    matrix[1] = step * (double)probe->got.width;
    matrix[2] = start[0];
    matrix[3] = 0.0;
    matrix[4] = down;
    matrix[5] = start[1];
}

struct stairs {
    struct wck_description best, plain; /* `plain` by a quantum, no row */
    double mean, plain_mean;
};

static enum wck_status try_stairs(const struct wck_search *search,
                                  const struct wck_description *tried,
                                  struct stairs *stairs, struct wck_error *err)
{
    double mean;
    enum wck_status status = wck_search_mean(search, tried, WCK_ASK_STEPS, &mean, err);

    if (status == WCK_OK && mean < stairs->mean) {
        stairs->best = *tried;
        stairs->mean = mean;
    }
    if (status == WCK_OK && tried->arithmetic == NULL && mean < stairs->plain_mean) {
        stairs->plain = *tried;
        stairs->plain_mean = mean;
    }
    return status;
}

/* Every arithmetic with a quantum, powers of 1/2, and what was counted. */
static enum wck_status try_quanta(const struct wck_search *search,
                                  struct wck_description tried, struct stairs *stairs,
                                  struct wck_error *err)
{
    double counted = (double)count_stairs(&search->probe[WCK_ASK_STEPS]);
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < wck_arithmetic_count() && status == WCK_OK; i++) {
        tried.arithmetic = wck_arithmetic_row(i);
        tried.reading.projective =
            strcmp(tried.arithmetic->name, "opencv4-perspective") == 0;
        if (tried.arithmetic->quantum > 0.0 && tried.arithmetic->quantum < 1.0)
            status = try_stairs(search, &tried, stairs, err);
    }
    tried.arithmetic = NULL;
    tried.reading.projective = false;
    for (int k = 0; k < 22 && status == WCK_OK; k++) {
        double steps = k < 18 ? ldexp(1.0, k / 2) : counted + (double)(k / 2 - 9);

        if (!(steps >= 2.0))
            continue;
        tried.quantum = 1.0 / steps;
        tried.truncated = k % 2 == 1;
        status = try_stairs(search, &tried, stairs, err);
    }
    return status;
}

/* Kernels of one family differ at ties, which coordinates in steps hit. */
static enum wck_status try_family(const struct wck_search *search,
                                  struct stairs *stairs, struct wck_error *err)
{
    const char *family = search->best.kernel->family;
    bool steps = search->best.kernel->smoothness < 0;
    enum wck_status status = WCK_OK;

    for (size_t k = 0; k < wck_kernel_count() && status == WCK_OK; k++) {
        struct wck_description tried = search->best;

        tried.kernel = wck_kernel_row(k);
        if (steps ? strcmp(tried.kernel->family, family) == 0
                  : tried.kernel == search->best.kernel)
            status = try_quanta(search, tried, stairs, err);
    }
    return status;
}

/* A ramp; of whole numbers an edge, of which one pixel has 192. */
static void draw_steps(struct wck_probe *probe)
{
    wck_probe_ramp(probe, 0);
    for (size_t y = 0; wck_probe_is_whole(probe) && y < probe->image.height; y++) {
        for (size_t x = 0; x < probe->image.width; x++)
            wck_image_set(&probe->image, 0, y, x, x <= 12 ? 32.0 : 224.0);
    }
}

enum wck_status wck_search_quantum(struct wck_search *search, struct wck_error *err)
{
    /* One pixel from here, to no tie of a power of two nearer than 3e-4. */
    static const double start[] = {12.0003, 14.0};
    double along[] = {1.0 / STEPS, 0.0, start[0], 0.0, 1.0, start[1]};
    struct wck_probe *probe = &search->probe[WCK_ASK_STEPS];
    struct stairs stairs = {.mean = (double)INFINITY, .plain_mean = (double)INFINITY};
    double exact = 0.0;
    enum wck_status status;

    if (search->asker->same_size)
        walk(probe, 1.0 / STEPS, 1.0 / STEPS, start, along);
    status = wck_reading_numbers(&search->best.reading, along, probe, err);
    draw_steps(probe);
    if (status == WCK_OK)
        status = wck_search_ask(search, WCK_ASK_STEPS, err);
    if (status == WCK_OK)
        status = wck_search_mean(search, &search->best, WCK_ASK_STEPS, &exact, err);
    if (status != WCK_OK || exact <= exact_within(probe))
        return status;
    status = try_family(search, &stairs, err);
    if (status != WCK_OK || !(stairs.mean < CLEARLY * exact))
        return status;
    search->best = stairs.best;
    if (stairs.best.arithmetic != NULL &&
        stairs.plain_mean <= stairs.mean + exact_within(probe)) {
        search->other_quantum = stairs.plain.quantum;
        search->other_truncated = stairs.plain.truncated;
    }
    return WCK_OK;
}

/* ---- the kernel ---- */

/* A kernel of the table lies this close to the impulse's answer: OpenCV's tables are in
 * single precision, and a prefilter's start is felt from 15 pixels off, 0.43^15. */
#define KNOWN 0x1p-15

struct trial {
    struct wck_description best;
    double mean;    /* on the impulse and inside the random images, together */
    double impulse; /* on that alone */
};

/* On whole numbers as many are rounded to the other side. */
static double known_within(const struct wck_probe *probe)
{
    return wck_probe_is_whole(probe) ? SIDES : KNOWN;
}

static enum wck_status try_kernel(const struct wck_search *search,
                                  const struct wck_description *tried,
                                  struct trial *trial, struct wck_error *err)
{
    double impulse, inner;
    enum wck_status status =
        wck_search_mean(search, tried, WCK_ASK_IMPULSE, &impulse, err);

    if (status == WCK_OK)
        status = wck_search_inner(search, tried, &inner, err);
    if (status == WCK_OK && impulse + inner < trial->mean)
        *trial = (struct trial){*tried, impulse + inner, impulse};
    return status;
}

static enum wck_status try_rows(const struct wck_search *search, struct trial *trial,
                                struct wck_error *err)
{
    enum wck_status status = WCK_OK;

    for (size_t k = 0; k < 2 * wck_kernel_count() && status == WCK_OK; k++) {
        struct wck_description tried = search->best;

        tried.kernel = wck_kernel_row(k / 2);
        tried.prefilter = k % 2 == 1 ? wck_prefilter_row(0) : NULL;
        if (k % 2 == 0 || tried.kernel->order > 0)
            status = try_kernel(search, &tried, trial, err);
    }
    return status;
}

/* The a that makes the sum of (got - p0 - a (p1 - p0))^2 least; `slope` holds
 * p1 - p0. */
static double least_squares(const struct wck_probe *probe, const double *p0,
                            const double *slope)
{
    double product = 0.0, square = 0.0;

    for (size_t s = 0; s < wck_probe_samples(probe); s++) {
        double got =
            wck_image_get(&probe->got, 0, s / probe->got.width, s % probe->got.width);

        product += slope[s] * (got - p0[s]);
        square += slope[s] * slope[s];
    }
    return product / square;
}

/* A cubic's answer to an impulse is affine in its parameter: p(a) = p(0) + a (p(1) -
 * p(0)). */
static enum wck_status fit_cubic(const struct wck_search *search,
                                 struct wck_description *fitted, struct wck_error *err)
{
    const struct wck_probe *probe = &search->probe[WCK_ASK_IMPULSE];
    size_t samples = wck_probe_samples(probe);
    double *zero = calloc(2 * samples, sizeof *zero), *one = zero + samples;
    enum wck_status status = zero == NULL ? wck_error_no_memory(err) : WCK_OK;

    *fitted = search->best;
    fitted->kernel = NULL;
    fitted->prefilter = NULL;
    for (int k = 0; k < 2 && status == WCK_OK; k++) {
        fitted->fitted = wck_further_cubic((double)k);
        status = wck_description_predict(fitted, probe, k == 0 ? zero : one, err);
    }
    if (status == WCK_OK) {
        for (size_t s = 0; s < samples; s++)
            one[s] -= zero[s];
        fitted->fitted = wck_further_cubic(least_squares(probe, zero, one));
    }
    free(zero);
    return status;
}

static enum wck_status try_further(const struct wck_search *search, struct trial *trial,
                                   struct wck_error *err)
{
    struct wck_description tried;
    enum wck_status status = fit_cubic(search, &tried, err);

    if (status == WCK_OK)
        status = try_kernel(search, &tried, trial, err);
    for (size_t k = 0; k < wck_further_count() && status == WCK_OK; k++) {
        tried = search->best;
        tried.kernel = wck_further_row(k);
        tried.prefilter = NULL;
        status = try_kernel(search, &tried, trial, err);
    }
    return status;
}

/* Of whole numbers one that weights below 0 and above 1 do not leave their range by. */
static void draw_impulse(struct wck_probe *probe)
{
    bool whole = wck_probe_is_whole(probe);

    for (size_t y = 0; y < probe->image.height; y++) {
        for (size_t x = 0; x < probe->image.width; x++) {
            bool here = x == 18 && y == 15;

            wck_image_set(&probe->image, 0, y, x,
                          whole  ? (here ? 192.0 : 64.0)
                          : here ? 1.0
                                 : 0.0);
        }
    }
}

/* How whole numbers are rounded, which OpenCV and Leptonica have ways of their own for.
 */
static enum wck_status try_roundings(struct wck_search *search, struct trial *trial,
                                     struct wck_error *err)
{
    const struct wck_description best = trial->best;
    enum wck_status status = WCK_OK;

    for (size_t i = 0; i < wck_rounding_count() && status == WCK_OK; i++) {
        struct wck_description tried = best;

        tried.rounding = wck_rounding_row(i);
        if (tried.rounding != best.rounding)
            status = try_kernel(search, &tried, trial, err);
    }
    return status;
}

enum wck_status wck_search_kernel(struct wck_search *search, struct wck_error *err)
{
    /* Ten pixels about the impulse, to no multiple of 1/32 nearer than 2e-3. */
    double along[] = {0x1p-5, 0.0, 13.0021, 0.0, 1.0, 14.0};
    static const double start[] = {13.0021, 14.0021};
    struct wck_probe *probe = &search->probe[WCK_ASK_IMPULSE];
    struct trial trial = {.mean = (double)INFINITY};
    enum wck_status status;

    /* Nine pixels, over two rows. */
    if (search->asker->same_size)
        walk(probe, 0x1p-7, 0x1p-4, start, along);
    status = wck_reading_numbers(&search->best.reading, along, probe, err);

    draw_impulse(probe);
    if (status == WCK_OK)
        status = wck_search_ask(search, WCK_ASK_IMPULSE, err);
    if (status == WCK_OK)
        status = try_rows(search, &trial, err);
    if (status == WCK_OK && wck_probe_is_whole(probe))
        status = try_roundings(search, &trial, err);
    if (status == WCK_OK && trial.impulse > known_within(probe))
        status = try_further(search, &trial, err);
    if (status == WCK_OK && isfinite(trial.mean))
        search->best = trial.best;
    search->kernel_known = trial.impulse <= known_within(probe);
    return status;
}
