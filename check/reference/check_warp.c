/* The reference against the oracle: forward, reverse, forward mode and double backward,
 * over every row of every table. */
#include <check.h>
#include <math.h>
#include <quadmath.h>
#include <stdio.h>
#include <string.h>

#include "check/reference/pair.h"
#include "check/suites.h"

static const int value_order[WCK_AXES] = {0, 0, 0};

/* Sizes of source and output: primes that all differ, and an axis of one pixel. */
static const struct {
    int axes, source[WCK_AXES], output[WCK_AXES];
} sizes[] = {
    {2, {7, 5, 1}, {3, 11, 1}},
    {2, {1, 3, 1}, {5, 2, 1}},
    {3, {5, 2, 3}, {2, 3, 5}},
    {3, {2, 3, 1}, {3, 2, 1}},
};
#define SIZES (sizeof sizes / sizeof sizes[0])

static void sized(struct pair *pair, size_t size)
{
    pair->oracle.axes = sizes[size].axes;
    memcpy(pair->oracle.source, sizes[size].source, sizeof sizes[size].source);
    memcpy(pair->oracle.output, sizes[size].output, sizeof sizes[size].output);
}

static void expect_forward(const struct pair *pair, double u[][WCK_AXES])
{
    struct pair copy = *pair;
    double output[PAIR_SAMPLES];
    struct wck_image from = pair_source(pair, copy.image);
    struct wck_image to = pair_output(pair, output);
    struct oracle_image image =
        oracle_image_new(&pair->oracle, pair->image, pair->border_value);

    ck_assert_int_eq(wck_warp_forward(&pair->warp, &from, &to, NULL), WCK_OK);
    for (size_t i = 0; i < pair->samples; i++) {
        struct oracle_sum sum = oracle_sum(&pair->oracle, &image, u[i], value_order);

        pair_expect(pair, output[i], &sum, value_order, "output", i);
    }
    oracle_image_free(&image);
}

/* The upstream gradient times the weight of `pixel` (PAIR_PIXELS: the border value) in
 * each output, added up.  Outputs that are not finite send nothing. */
static struct oracle_sum pulled(const struct pair *pair, double u[][WCK_AXES],
                                size_t pixel)
{
    double only[PAIR_PIXELS] = {0.0};
    struct oracle_image image;
    struct oracle_sum total = {0, 0, 0};

    if (pixel < PAIR_PIXELS)
        only[pixel] = 1.0;
    image = oracle_image_new(&pair->oracle, only, pixel < PAIR_PIXELS ? 0.0 : 1.0);
    for (size_t i = 0; i < pair->samples; i++) {
        struct oracle_sum sum = oracle_sum(&pair->oracle, &image, u[i], value_order);
        __float128 g = pair->upstream[i];

        if (!isfinite(u[i][0] + u[i][1] + u[i][2]))
            continue;
        total.value += g * sum.value;
        total.magnitude += fabsq(g) * sum.magnitude;
        total.exposure += fabsq(g) * sum.exposure;
    }
    oracle_image_free(&image);
    return total;
}

/* A gradient is a sum over the outputs of such sums, each rounded when it is added. */
static void allow_outputs(const struct pair *pair, struct oracle_sum *sum)
{
    sum->magnitude *= 1.0 + (double)pair->samples / 4.0;
}

static void expect_image_gradient(const struct pair *pair, double u[][WCK_AXES],
                                  struct wck_rng *rng)
{
    struct pair copy = *pair;
    double gradient[PAIR_PIXELS], outside;
    struct wck_image from = pair_source(pair, copy.image);
    struct wck_image upstream = pair_output(pair, copy.upstream);
    struct wck_image to = pair_source(pair, gradient);
    struct wck_gradients wanted = {.image = &to, .border_value = &outside};
    struct oracle_sum sum;

    ck_assert_int_eq(wck_warp_vjp(&pair->warp, &from, &upstream, &wanted, NULL),
                     WCK_OK);
    for (int k = 0; k < 3; k++) {
        size_t pixel = wck_rng_below(rng, pair->pixels);

        sum = pulled(pair, u, pixel);
        allow_outputs(pair, &sum);
        pair_expect(pair, gradient[pixel], &sum, value_order, "pixel", pixel);
    }
    sum = pulled(pair, u, PAIR_PIXELS);
    allow_outputs(pair, &sum);
    pair_expect(pair, outside, &sum, value_order, "border value", 0);
}

/* d output / d coordinate, for coordinates given in pixels. */
static void expect_slopes(const struct pair *pair, double u[][WCK_AXES])
{
    struct pair copy = *pair;
    double g[WCK_AXES][PAIR_SAMPLES];
    struct wck_image from = pair_source(pair, copy.image);
    struct wck_image upstream = pair_output(pair, copy.upstream);
    struct wck_gradients wanted = {
        .x = g[0], .y = g[1], .z = pair->oracle.axes == 3 ? g[2] : NULL};
    struct oracle_image image =
        oracle_image_new(&pair->oracle, pair->image, pair->border_value);

    ck_assert_int_eq(wck_warp_vjp(&pair->warp, &from, &upstream, &wanted, NULL),
                     WCK_OK);
    for (size_t i = 0; i < pair->samples; i++) {
        for (int a = 0; a < pair->oracle.axes; a++) {
            int order[WCK_AXES] = {0, 0, 0};
            struct oracle_sum sum;

            order[a] = 1;
            sum = oracle_sum(&pair->oracle, &image, u[i], order);
            sum.value *= pair->upstream[i];
            sum.magnitude *= 2.0 * fabs(pair->upstream[i]);
            sum.exposure *= fabs(pair->upstream[i]);
            pair_expect(pair, g[a][i], &sum, order, "slope", i);
        }
    }
    oracle_image_free(&image);
}

static void draw_given(struct pair *pair, struct wck_rng *rng,
                       double (*draw)(struct wck_rng *rng, int n))
{
    size_t samples = (size_t)(pair->oracle.output[0] * pair->oracle.output[1] *
                              pair->oracle.output[2]);

    for (int a = 0; a < pair->oracle.axes; a++) {
        for (size_t i = 0; i < samples; i++)
            pair->given[a][i] = draw(rng, pair->oracle.source[a]);
    }
}

static void expect_all(struct pair *pair, struct wck_rng *rng)
{
    double u[PAIR_SAMPLES][WCK_AXES];

    pair_bind(pair, rng);
    pair_coordinates(pair, u);
    expect_forward(pair, u);
    expect_image_gradient(pair, u, rng);
    expect_slopes(pair, u);
}

START_TEST(every_kernel_with_every_border_is_the_direct_formula)
{
    struct wck_rng rng = wck_rng_start(1001, (uint64_t)_i);

    for (size_t border = 0; border < wck_border_count(); border++) {
        for (size_t size = 0; size < SIZES; size++) {
            struct pair pair = {.oracle = {.kernel = wck_kernel_row((size_t)_i)->name,
                                           .border = wck_border_row(border)->name,
                                           .kind = "coordinates"}};

            sized(&pair, size);
            draw_given(&pair, &rng, pair_draw);
            expect_all(&pair, &rng);
        }
    }
}
END_TEST

/* The borders that the libraries pair these folds with, and one that differs. */
START_TEST(every_fold_moves_the_coordinate_before_its_taps)
{
    static const char *const kernels[] = {"nearest-half-even", "bilinear", "cubic-0.75",
                                          "spline2"};
    static const char *const borders[] = {"constant", "reflect", "reflect_101", "wrap"};
    const struct wck_fold *fold = wck_fold_row((size_t)_i);
    struct wck_rng rng = wck_rng_start(1002, (uint64_t)_i);

    for (size_t k = 0; k < 4; k++) {
        for (size_t size = 0; size < SIZES; size++) {
            struct pair pair = {.oracle = {.kernel = kernels[k],
                                           .border = borders[(k + size) % 4],
                                           .fold = fold->name,
                                           .kind = "coordinates"}};

            sized(&pair, size);
            draw_given(&pair, &rng, pair_draw_dyadic);
            expect_all(&pair, &rng);
        }
    }
}
END_TEST

START_TEST(every_prefilter_is_the_solution_of_its_equations)
{
    static const char *const kernels[] = {"spline2", "spline3", "spline4", "spline5"};
    static const char *const folds[] = {NULL, "scipy-reflect", "fill", "clip"};
    const struct wck_prefilter *prefilter = wck_prefilter_row((size_t)_i);
    struct wck_rng rng = wck_rng_start(1003, (uint64_t)_i);

    for (size_t k = 0; k < 4; k++) {
        for (size_t border = 0; border < wck_border_count(); border++) {
            struct pair pair = {.oracle = {.kernel = kernels[k],
                                           .border = wck_border_row(border)->name,
                                           .fold = folds[(k + border) % 4],
                                           .prefilter = prefilter->name,
                                           .kind = "coordinates"}};

            /* A volume continued by 24 pixels along each axis is costly: one only. */
            sized(&pair, prefilter->margin == 0 ? (k + border) % SIZES
                                                : (k + border == 3 ? 3 : k % 2));
            draw_given(&pair, &rng, pair_draw_dyadic);
            expect_all(&pair, &rng);
        }
    }
}
END_TEST

/* |x| with the signs of a chessboard: a prefilter's impulse response alternates, so
 * that of this image all terms of a coefficient have one sign. */
static struct oracle_image magnitudes(const struct pair *pair)
{
    const int *size = pair->oracle.source;
    double x[PAIR_PIXELS];

    for (int i = 0; i < (int)pair->pixels; i++) {
        int steps = i % size[0] + i / size[0] % size[1] + i / size[0] / size[1];

        x[i] = (steps % 2 == 0 ? 1.0 : -1.0) * fabs(pair->image[i]);
    }
    return oracle_image_new(&pair->oracle, x, pair->border_value);
}

/* The largest |difference| in unit roundoffs of the sum of |w| |x|; with a prefilter x
 * are the pixels that a coefficient is made of, however they cancel in it. */
static double disagreement(struct pair *pair)
{
    double u[PAIR_SAMPLES][WCK_AXES], output[PAIR_SAMPLES], most = 0.0;
    struct wck_image from = pair_source(pair, pair->image);
    struct wck_image to = pair_output(pair, output);
    struct oracle_image image, whole;

    pair_coordinates(pair, u);
    image = oracle_image_new(&pair->oracle, pair->image, pair->border_value);
    whole = magnitudes(pair);
    ck_assert_int_eq(wck_warp_forward(&pair->warp, &from, &to, NULL), WCK_OK);
    for (size_t i = 0; i < pair->samples; i++) {
        struct oracle_sum sum = oracle_sum(&pair->oracle, &image, u[i], value_order);
        struct oracle_sum most_of =
            oracle_sum(&pair->oracle, &whole, u[i], value_order);
        double unit = (double)(fmaxq(sum.magnitude, most_of.magnitude) * 0x1p-53);

        if (isfinite(output[i]) && unit > 0.0)
            most = fmax(most, (double)fabsq(output[i] - sum.value) / unit);
    }
    oracle_image_free(&image);
    oracle_image_free(&whole);
    return most;
}

/* Of one kind of warp over all borders and sizes. */
static void expect_agreement(struct oracle_warp kind, size_t rounds, uint64_t stream,
                             double allowed)
{
    double (*draw)(struct wck_rng * rng, int n) =
        kind.fold != NULL || kind.prefilter != NULL ? pair_draw_dyadic : pair_draw;
    struct wck_rng rng = wck_rng_start(1004, stream);
    double most = 0.0;

    kind.kind = "coordinates";
    for (size_t round = 0; round < rounds * wck_border_count(); round++) {
        struct pair pair = {.oracle = kind};

        pair.oracle.border = wck_border_row(round % wck_border_count())->name;
        sized(&pair, round / wck_border_count() % SIZES);
        draw_given(&pair, &rng, draw);
        pair_bind(&pair, &rng);
        most = fmax(most, disagreement(&pair));
    }
    printf("%s %s %s: %.3g roundoffs\n", kind.kernel,
           kind.fold != NULL ? kind.fold : "",
           kind.prefilter != NULL ? kind.prefilter : "", most);
    ck_assert_double_le(most, allowed);
}

START_TEST(outputs_agree_with_the_direct_formula_to_4_roundoffs)
{
    expect_agreement((struct oracle_warp){.kernel = wck_kernel_row((size_t)_i)->name},
                     40, (uint64_t)_i, 4.0);
}
END_TEST

START_TEST(folded_outputs_agree_to_4_roundoffs)
{
    static const char *const kernels[] = {"nearest-half-even", "bilinear", "cubic-0.75",
                                          "spline5"};

    for (size_t k = 0; k < 4; k++)
        expect_agreement((struct oracle_warp){.kernel = kernels[k],
                                              .fold = wck_fold_row((size_t)_i)->name},
                         8, (uint64_t)_i, 4.0);
}
END_TEST

START_TEST(filtered_outputs_agree_to_4_roundoffs)
{
    static const char *const kernels[] = {"spline2", "spline3", "spline4", "spline5"};

    for (size_t k = 0; k < 4; k++)
        expect_agreement(
            (struct oracle_warp){.kernel = kernels[k],
                                 .prefilter = wck_prefilter_row((size_t)_i)->name},
            2, (uint64_t)_i, 4.0);
}
END_TEST

Suite *wck_warp_suite(void)
{
    Suite *suite = suite_create("warp");
    TCase *tables = tcase_create("tables");

    tcase_set_timeout(tables, 120);
    tcase_add_loop_test(tables, every_kernel_with_every_border_is_the_direct_formula, 0,
                        pair_separable_kernels());
    tcase_add_loop_test(tables, outputs_agree_with_the_direct_formula_to_4_roundoffs, 0,
                        pair_separable_kernels());
    tcase_add_loop_test(tables, folded_outputs_agree_to_4_roundoffs, 0,
                        (int)wck_fold_count());
    tcase_add_loop_test(tables, filtered_outputs_agree_to_4_roundoffs, 0,
                        (int)wck_prefilter_count());
    tcase_add_loop_test(tables, every_fold_moves_the_coordinate_before_its_taps, 0,
                        (int)wck_fold_count());
    tcase_add_loop_test(tables, every_prefilter_is_the_solution_of_its_equations, 0,
                        (int)wck_prefilter_count());
    suite_add_tcase(suite, tables);
    return suite;
}
