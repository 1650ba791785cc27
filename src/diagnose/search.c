#include "src/diagnose/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Width and height: primes, larger than twice MARGIN with room for a slope. */
static const size_t source_size[] = {37, 31};
static const size_t output_size[] = {23, 19};

/* Pixels to the edge from where no border reaches a sample through the widest kernel,
 * and a spline's prefilter hardly does. */
#define MARGIN 6.0

enum wck_status wck_search_init(struct wck_search *search,
                                const struct wck_asker *asker, struct wck_error *err)
{
    static const size_t steps[] = {512, 2}, impulse[] = {320, 2};
    enum wck_status status = WCK_OK;

    *search = (struct wck_search){.asker = asker};
    for (int k = 0; k < WCK_ASK_COUNT && status == WCK_OK; k++) {
        const size_t *size = k == WCK_ASK_STEPS     ? steps
                             : k == WCK_ASK_IMPULSE ? impulse
                                                    : output_size;

        status = wck_probe_init(&search->probe[k], asker, source_size, size, err);
        if (status == WCK_OK)
            wck_probe_random(&search->probe[k], (uint64_t)k + 71);
        if (status == WCK_OK && k >= WCK_ASK_RIM)
            wck_probe_raise(&search->probe[k]);
    }
    return status;
}

void wck_search_release(struct wck_search *search)
{
    for (int k = 0; k < WCK_ASK_COUNT; k++)
        wck_probe_release(&search->probe[k]);
}

enum wck_status wck_search_ask(struct wck_search *search, enum wck_question_kind kind,
                               struct wck_error *err)
{
    search->questions++;
    return wck_probe_ask(&search->probe[kind], search->asker, err);
}

static bool is_inside(double u, size_t n)
{
    return u >= MARGIN && u <= (double)n - 1.0 - MARGIN;
}

size_t wck_search_inside(const struct wck_reading *reading,
                         const struct wck_probe *probe, unsigned char *mask)
{
    size_t samples = wck_probe_samples(probe), count = 0;
    double *x = calloc(2 * samples, sizeof *x);

    memset(mask, 0, samples);
    if (x != NULL &&
        wck_reading_place(reading, probe, x, x + samples, NULL) == WCK_OK) {
        for (size_t s = 0; s < samples; s++) {
            mask[s] = is_inside(x[s], probe->image.width) &&
                      is_inside(x[samples + s], probe->image.height);
            count += mask[s];
        }
    }
    free(x);
    return count;
}

enum wck_status wck_search_inner(const struct wck_search *search,
                                 const struct wck_description *description,
                                 double *mean, struct wck_error *err)
{
    struct wck_distance distance = {0};
    size_t samples = wck_probe_samples(&search->probe[WCK_ASK_FIRST]);
    unsigned char *mask = calloc(samples, 1);
    enum wck_status status = mask == NULL ? wck_error_no_memory(err) : WCK_OK;

    for (int k = WCK_ASK_FIRST; k <= WCK_ASK_SECOND && status == WCK_OK; k++) {
        const struct wck_probe *probe = &search->probe[k];

        if (wck_search_inside(&description->reading, probe, mask) > 0)
            status = wck_description_compare(description, probe, mask, false, &distance,
                                             err);
    }
    *mean = distance.count > 0 ? distance.mean : (double)INFINITY;
    free(mask);
    return status;
}

enum wck_status wck_search_mean(const struct wck_search *search,
                                const struct wck_description *description,
                                enum wck_question_kind kind, double *mean,
                                struct wck_error *err)
{
    struct wck_distance distance = {0};
    enum wck_status status = wck_description_compare(description, &search->probe[kind],
                                                     NULL, false, &distance, err);

    *mean = distance.mean;
    return status;
}
