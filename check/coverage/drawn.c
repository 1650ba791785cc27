#include "check/coverage/drawn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double *numbers(size_t count)
{
    return calloc(count + 1, sizeof(double));
}

static size_t outputs_of(const struct drawn *drawn)
{
    return drawn->warp.output[0] * drawn->warp.output[1];
}

/* ---- maps ---- */

static double whole(struct wck_rng *rng, int most)
{
    return (double)wck_rng_below(rng, (uint64_t)(2 * most + 1)) - most;
}

/* Exact in every sum and product that follows. */
static double eighths(struct wck_rng *rng, int most)
{
    return whole(rng, 8 * most) / 8.0;
}

static void shift(struct trial_warp *warp, struct wck_rng *rng)
{
    warp->matrix[0] = warp->matrix[4] = 1.0;
    warp->matrix[2] = whole(rng, 12);
    warp->matrix[5] = whole(rng, 12);
}

static void turn_by_quarters(struct trial_warp *warp, struct wck_rng *rng)
{
    double sign = wck_rng_below(rng, 2) == 0 ? 1.0 : -1.0;

    warp->matrix[1] = sign;
    warp->matrix[3] = wck_rng_below(rng, 4) == 0 ? sign : -sign; /* or mirrored */
    warp->matrix[2] = eighths(rng, 20);
    warp->matrix[5] = whole(rng, 20);
}

static void read_by_eighths(struct trial_warp *warp, struct wck_rng *rng)
{
    for (int i = 0; i < 6; i++)
        warp->matrix[i] = eighths(rng, i % 3 == 2 ? 8 : 2);
    warp->to_output = false;
}

/* A power of two and a shear, whose inverse is exact. */
static void shear(struct trial_warp *warp, struct wck_rng *rng)
{
    warp->matrix[0] =
        ldexp(wck_rng_below(rng, 2) == 0 ? 1.0 : -1.0, (int)wck_rng_below(rng, 5) - 2);
    warp->matrix[1] = eighths(rng, 2);
    warp->matrix[4] = ldexp(1.0, (int)wck_rng_below(rng, 5) - 2);
    warp->matrix[2] = eighths(rng, 8);
    warp->matrix[5] = eighths(rng, 8);
}

static void shrink(struct trial_warp *warp, struct wck_rng *rng)
{
    warp->matrix[0] = 1.0 + (double)wck_rng_below(rng, 6);
    warp->matrix[4] = 1.0 + (double)wck_rng_below(rng, 6);
    warp->matrix[2] = eighths(rng, 3);
    warp->matrix[5] = eighths(rng, 3);
    warp->to_output = false;
}

static void turn(struct trial_warp *warp, struct wck_rng *rng)
{
    double angle = 6.3 * wck_rng_uniform(rng), scale = exp(wck_rng_gaussian(rng));

    warp->matrix[0] = warp->matrix[4] = scale * cos(angle);
    warp->matrix[1] = -scale * sin(angle);
    warp->matrix[3] = scale * sin(angle);
    warp->matrix[2] = 15.0 * wck_rng_gaussian(rng);
    warp->matrix[5] = 15.0 * wck_rng_gaussian(rng);
    warp->to_output = wck_rng_below(rng, 2) == 0;
}

static void distort(struct trial_warp *warp, struct wck_rng *rng)
{
    for (int i = 0; i < 6; i++)
        warp->matrix[i] = (i % 3 == 2 ? 5.0 : 1.2) * wck_rng_gaussian(rng);
    warp->to_output = wck_rng_below(rng, 2) == 0;
}

/* All samples on a line, or on a point. */
static void flatten(struct trial_warp *warp, struct wck_rng *rng)
{
    double along = eighths(rng, 2), across = eighths(rng, 2);
    double x = whole(rng, 2), y = whole(rng, 2);

    warp->matrix[0] = x * along;
    warp->matrix[1] = x * across;
    warp->matrix[2] = eighths(rng, 10);
    warp->matrix[3] = y * along;
    warp->matrix[4] = y * across;
    warp->matrix[5] = eighths(rng, 10);
    warp->to_output = false;
}

static void collapse(struct trial_warp *warp, struct wck_rng *rng)
{
    flatten(warp, rng);
    warp->to_output = warp->collapses = true;
}

static const struct {
    const char *name;
    void (*set)(struct trial_warp *warp, struct wck_rng *rng);
    bool many_digits;
} maps[] = {
    {"a whole shift", shift, false},
    {"quarter turns", turn_by_quarters, false},
    {"eighths", read_by_eighths, false},
    {"a power of two and a shear", shear, false},
    {"minification", shrink, false},
    {"a rotation", turn, true},
    {"any matrix", distort, true},
    {"samples on a line", flatten, false},
    {"OpenCV's singular matrix", collapse, false},
};

#define MAPS (sizeof maps / sizeof maps[0])

/* Moves the middle of the one image near that of the other, by whole numbers, so that
 * most cases have something in view. */
static void aim(struct trial_warp *warp, struct wck_rng *rng)
{
    const size_t *from = warp->to_output ? warp->source : warp->output;
    const size_t *to = warp->to_output ? warp->output : warp->source;

    for (int row = 0; row < 2; row++) {
        double *m = warp->matrix + (ptrdiff_t)3 * row;
        double middle = m[0] * (double)from[0] / 2.0 + m[1] * (double)from[1] / 2.0;

        m[2] += nearbyint((double)to[row] / 2.0 - middle - m[2]) + whole(rng, 3);
    }
}

/* ---- upstream gradients ---- */

/* Small whole numbers, half of them 0, so that terms vanish and cancel. */
static double sparse(struct wck_rng *rng)
{
    return wck_rng_below(rng, 2) == 0 ? 0.0 : whole(rng, 3);
}

/* Not sums of few terms: exact where the coordinates are, and never nearly a tie. */
static double any_number(struct wck_rng *rng)
{
    return wck_rng_gaussian(rng);
}

static double ones(struct wck_rng *rng)
{
    (void)rng;
    return 1.0;
}

static double spoilt(struct wck_rng *rng)
{
    static const double bad[] = {NAN, INFINITY, -INFINITY};

    return wck_rng_below(rng, 30) == 0 ? bad[wck_rng_below(rng, 3)] : sparse(rng);
}

/* Keeps a rectangle of each plane, and of the planes all but one in four. */
static void mask(struct drawn *drawn, struct wck_rng *rng)
{
    size_t width = drawn->warp.output[0], outputs = outputs_of(drawn);
    size_t left = (size_t)wck_rng_below(rng, width), bottom;
    bool dead = false;

    bottom = (size_t)wck_rng_below(rng, drawn->warp.output[1]);
    for (size_t i = 0; i < drawn->batch * drawn->channels * outputs; i++) {
        size_t o = i % outputs;

        if (o == 0)
            dead = wck_rng_below(rng, 4) == 0;
        if (dead || o % width < left || o / width > bottom)
            drawn->upstream[i] = 0.0;
    }
}

static void draw_upstream(struct drawn *drawn, bool many_digits, struct wck_rng *rng)
{
    static double (*const draws[])(struct wck_rng *) = {sparse, any_number, ones,
                                                        spoilt};
    size_t count = drawn->batch * drawn->channels * outputs_of(drawn);
    size_t kind = (size_t)wck_rng_below(rng, 4);
    int by = (int)wck_rng_below(rng, 4), power = 0;

    /* Sums of few digits with weights of many could nearly cancel. */
    if (many_digits && kind == 0)
        kind = 1;
    /* About the smallest number, or far below; but the coverage itself works in
     * float64, and knows nothing of what that loses. */
    if (by == 0 && drawn->type->digits < 53)
        power = drawn->type->least + (int)wck_rng_below(rng, 12) - 6;
    if (by == 1 && wck_rng_below(rng, 4) == 0)
        power = drawn->type->most < 200 ? drawn->type->most - 1 : 1000;
    drawn->upstream = numbers(count);
    for (size_t i = 0; i < count; i++)
        drawn->upstream[i] = ldexp(draws[kind](rng), power);
    if (wck_rng_below(rng, 3) == 0)
        mask(drawn, rng);
}

/* ---- the case ---- */

static size_t draw_side(struct wck_rng *rng)
{
    return 1 + (size_t)wck_rng_below(rng, wck_rng_below(rng, 4) == 0 ? 40 : 13);
}

static void draw_layout(struct drawn *drawn, struct wck_rng *rng)
{
    static const char *const layouts[] = {"HW", "HWC", "CHW", "NHWC", "NCHW", "NHW"};

    drawn->layout = layouts[wck_rng_below(rng, 6)];
    drawn->batch = strchr(drawn->layout, 'N') != NULL ? 1 + wck_rng_below(rng, 2) : 1;
    drawn->channels =
        strchr(drawn->layout, 'C') != NULL ? 1 + wck_rng_below(rng, 3) : 1;
}

struct drawn drawn_make(uint64_t seed, uint64_t number)
{
    static const char *const borders[] = {"constant", "replicate", "reflect",
                                          "reflect_101", "wrap"};
    static const char *const kernels[] = {
        "bilinear", "nearest", "cubic-0.5",     "bilinear", "bilinear-floor-ceil",
        "lanczos4", "spline2", "nearest-floor", "spline3",  "cubic-0.75",
        "bilinear"};
    struct wck_rng rng = wck_rng_start(seed, number);
    size_t map = (size_t)wck_rng_below(&rng, MAPS);
    struct drawn drawn = {
        .warp = {.kernel = kernels[wck_rng_below(&rng, 11)],
                 .border = borders[wck_rng_below(&rng, 5)],
                 .to_output = true,
                 .source = {draw_side(&rng), draw_side(&rng)},
                 .output = {draw_side(&rng), draw_side(&rng)}},
        .type = &explain_types[wck_rng_below(&rng, EXPLAIN_TYPES)],
        .map = maps[map].name,
    };
    const double *m = drawn.warp.matrix;

    draw_layout(&drawn, &rng);
    do
        maps[map].set(&drawn.warp, &rng);
    while (drawn.warp.to_output && !drawn.warp.collapses &&
           fabs(m[0] * m[4] - m[1] * m[3]) < 1e-3);
    if (wck_rng_below(&rng, 4) > 0)
        aim(&drawn.warp, &rng);
    draw_upstream(&drawn, maps[map].many_digits, &rng);
    drawn_give(&drawn, (size_t)wck_rng_below(&rng, drawn_subjects()), &rng);
    return drawn;
}

void drawn_free(struct drawn *drawn)
{
    free(drawn->upstream);
    free(drawn->gradient);
    free(drawn->numeric);
    free(drawn->response);
}
