#include "src/checker/bits.h"

#include <string.h>

#include "src/checker/trial.h"

void wck_bits_add(struct wck_tally *tally, double got, double want,
                  const struct wck_place *where)
{
    /* A NaN that repeats is deterministic; its value is the others' business. */
    bool same = memcmp(&got, &want, sizeof got) == 0;
    struct wck_measure measure = {
        .got = same ? 0.0 : got, .want = same ? 0.0 : want, .scale = 1.0};

    wck_tally_add(tally, &measure, where, true);
}

void wck_bits_plane(struct wck_tally *tally, const struct wck_image *got,
                    const struct wck_image *want, size_t plane, bool input)
{
    for (size_t i = 0; i < wck_image_pixels(got); i++) {
        struct wck_place place = {.plane = (long)plane,
                                  .y = (long)(i / got->width),
                                  .x = (long)(i % got->width),
                                  .input = input};

        wck_bits_add(tally, wck_plane_get(got, plane, i), wck_plane_get(want, plane, i),
                     &place);
    }
}

void wck_bits_image(struct wck_tally *tally, const struct wck_image *got,
                    const struct wck_image *want, bool input)
{
    for (size_t p = 0; p < wck_image_planes(got); p++)
        wck_bits_plane(tally, got, want, p, input);
}

void wck_bits_copy(const struct wck_image *to, const struct wck_image *from)
{
    for (size_t p = 0; p < wck_image_planes(to); p++) {
        for (size_t i = 0; i < wck_image_pixels(to); i++)
            wck_plane_set(to, p, i, wck_plane_get(from, p, i));
    }
}
