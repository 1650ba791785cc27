#include "src/diagnose/probe.h"

#include <stdlib.h>

#include "src/base/rng.h"

enum wck_status wck_probe_init(struct wck_probe *probe, const struct wck_asker *asker,
                               const size_t source[2], const size_t output[2],
                               struct wck_error *err)
{
    const size_t *size = asker->same_size ? source : output;
    enum wck_status status;

    *probe =
        (struct wck_probe){.pairs = asker->pairs, .border_value = asker->border_value};
    status = wck_image_new(&probe->image, asker->dtype, "HW", 1, 1, source[1],
                           source[0], err);
    if (status == WCK_OK)
        status =
            wck_image_new(&probe->got, asker->dtype, "HW", 1, 1, size[1], size[0], err);
    if (status != WCK_OK)
        return status;
    probe->numbers = calloc(wck_probe_numbers(probe), sizeof *probe->numbers);
    return probe->numbers != NULL ? WCK_OK : wck_error_no_memory(err);
}

void wck_probe_release(struct wck_probe *probe)
{
    free(probe->image.tensor.data);
    free(probe->got.tensor.data);
    free(probe->numbers);
    *probe = (struct wck_probe){0};
}

size_t wck_probe_samples(const struct wck_probe *probe)
{
    return probe->got.width * probe->got.height;
}

bool wck_probe_is_whole(const struct wck_probe *probe)
{
    return !(wck_dtype_row(probe->image.tensor.dtype)->roundoff > 0.0);
}

size_t wck_probe_numbers(const struct wck_probe *probe)
{
    return probe->pairs ? 2 * wck_probe_samples(probe) : 6;
}

void wck_probe_random(struct wck_probe *probe, uint64_t stream)
{
    bool whole = wck_probe_is_whole(probe);
    struct wck_rng rng = wck_rng_start(1, stream);

    for (size_t y = 0; y < probe->image.height; y++) {
        for (size_t x = 0; x < probe->image.width; x++) {
            double value = (double)(1 + wck_rng_below(&rng, 255));

            wck_image_set(&probe->image, 0, y, x, whole ? value : value * 0x1p-8);
        }
    }
}

void wck_probe_raise(struct wck_probe *probe)
{
    const struct wck_image *image = &probe->image;

    for (size_t i = 0; !wck_probe_is_whole(probe) && i < image->width * image->height;
         i++) {
        size_t y = i / image->width, x = i % image->width;

        wck_image_set(image, 0, y, x, 4.0 * wck_image_get(image, 0, y, x));
    }
}

/* 37 pixels, the most that there are, times this are below 255. */
double wck_probe_slope(const struct wck_probe *probe)
{
    return wck_probe_is_whole(probe) ? 6.0 : 1.0;
}

void wck_probe_ramp(struct wck_probe *probe, int axis)
{
    double slope = wck_probe_slope(probe);

    for (size_t y = 0; y < probe->image.height; y++) {
        for (size_t x = 0; x < probe->image.width; x++)
            wck_image_set(&probe->image, 0, y, x, slope * (double)(axis == 0 ? x : y));
    }
}

enum wck_status wck_probe_ask(struct wck_probe *probe, const struct wck_asker *asker,
                              struct wck_error *err)
{
    for (size_t i = 0; i < wck_probe_numbers(probe); i++)
        probe->numbers[i] = wck_dtype_round(asker->numbers, probe->numbers[i]);
    return asker->ask(asker->state, probe, err);
}
