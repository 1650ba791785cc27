#include "src/run/draws.h"

#include <math.h>

#include "src/base/rng.h"

#define DEGREE (3.14159265358979323846 / 180.0)

static double draw(struct wck_rng *rng, const struct wck_range *range)
{
    double share = wck_rng_uniform(rng);

    return range->low + share * (range->high - range->low);
}

/* The numbers are drawn in this order. */
static void make(const struct wck_draws *draws, uint64_t number, double m[6])
{
    const struct wck_warp *warp = draws->warp;
    struct wck_rng rng = wck_rng_start(draws->seed, number);
    double turn = DEGREE * draw(&rng, &draws->rotate);
    double scale = draw(&rng, &draws->scale);
    double shift[2] = {draw(&rng, &draws->shift), draw(&rng, &draws->shift)};
    double slant = tan(DEGREE * draw(&rng, &draws->shear));
    double x = 0.5 * ((double)warp->source_width - 1.0);
    double y = 0.5 * ((double)warp->source_height - 1.0);

    m[0] = scale * cos(turn);
    m[1] = scale * (slant * cos(turn) + sin(turn));
    m[3] = -scale * sin(turn);
    m[4] = scale * (cos(turn) - slant * sin(turn));
    m[2] = 0.5 * ((double)warp->output_width - 1.0) + shift[0] - m[0] * x - m[1] * y;
    m[5] = 0.5 * ((double)warp->output_height - 1.0) + shift[1] - m[3] * x - m[4] * y;
}

enum wck_status wck_draws_next(void *state, struct wck_map *map, bool *more,
                               struct wck_error *err)
{
    struct wck_draws *draws = state;
    struct wck_error why = {0};
    enum wck_status status;
    double m[6];

    *more = draws->drawn < draws->count;
    if (!*more)
        return WCK_OK;
    make(draws, ++draws->drawn, m);
    status = wck_map_affine(map, m, WCK_SOURCE_TO_OUTPUT, &why);
    if (status != WCK_OK)
        return wck_error_set(err, status, "random warp %llu: %s",
                             (unsigned long long)draws->drawn, why.text);
    return WCK_OK;
}
