/* Footprints and the taps they make: weights, and every derivative, against a polygon
 * that is clipped in quadruple precision. */
#include <check.h>
#include <math.h>
#include <quadmath.h>
#include <string.h>

#include "check/reference/footprint_bound.h"
#include "check/reference/pair.h"
#include "check/suites.h"
#include "reference/walk.h"

#define WIDTH 7
#define HEIGHT 5
#define PIXELS (WIDTH * HEIGHT)

/* Linear parts that minify, magnify, turn, mirror and shear; none of their footprints
 * has a side along an axis but for those marked. */
static const double linears[][WCK_LINEAR] = {
    {2.375, 0.625, -0.8125, 1.6875},  /* minifies */
    {1.3125, -0.4375, 0.375, 0.5625}, /* along one direction only */
    {0.28, 0.165, -0.11, 0.33},       /* magnifies */
    {-1.75, 0.34375, 0.5, 2.59375},   /* mirrors */
    {0.4375, 1.5625, 0.71875, -0.25}, /* ... and magnifies along one direction */
    {1.0625, 3.8125, 0.03125, 1.125}, /* shears */
    {9.25, -5.5, 4.75, 7.125},        /* covers more than the image */
    {2.6875, 0.0, 0.0, 1.3125},       /* sides along the axes */
};
#define LINEARS (sizeof linears / sizeof linears[0])

static struct wck_warp warp_of(const double linear[WCK_LINEAR], const char *border)
{
    const double m[6] = {linear[0], linear[1], 1.828125,
                         linear[2], linear[3], 0.671875};
    struct wck_warp warp = {.kernel = wck_kernel_find("area"),
                            .border = wck_border_find(border),
                            .source_width = WIDTH,
                            .source_height = HEIGHT,
                            .output_width = 4,
                            .output_height = 3};

    ck_assert_int_eq(wck_map_affine(&warp.map, m, WCK_OUTPUT_TO_SOURCE, NULL), WCK_OK);
    return warp;
}

/* Everything a walk over the taps of a sample says, by pixel; the border value last. */
struct listing {
    bool listed[PIXELS + 1];
    struct wck_share share[PIXELS + 1];
};

static struct listing list(const struct wck_warp *warp, double x, double y)
{
    struct listing listing = {.listed = {false}};
    struct wck_area_walk walk;
    struct wck_area_tap tap;
    struct wck_block block;

    ck_assert_int_eq(wck_block_init(&block, warp, 1, NULL), WCK_OK);
    wck_block_fill(&block, warp, 0, 1);
    block.x[0] = x;
    block.y[0] = y;
    wck_area_begin(&walk, warp, &block, 0);
    while (wck_area_next(&walk, &tap)) {
        size_t at = PIXELS;

        if (tap.x != WCK_BORDER_VALUE)
            at = (size_t)tap.y * WIDTH + (size_t)tap.x;
        ck_assert_msg(!listing.listed[at], "pixel %zu is listed twice", at);
        listing.listed[at] = true;
        listing.share[at] = tap.share;
    }
    wck_block_release(&block);
    return listing;
}

/* The oracle's weights, with entry e of (F or A; x; y) moved by `by`. */
static void expect(const struct wck_warp *warp, const double linear[WCK_LINEAR],
                   const double at[2], int e, __float128 by, __float128 *weight)
{
    struct oracle_warp oracle = {.border = warp->border->name,
                                 .source = {WIDTH, HEIGHT, 1}};
    __float128 a[4], f[4], centre[2] = {at[0], at[1]};

    for (int i = 0; i < 4; i++)
        a[i] = linear[i] + (e == i ? by : 0);
    for (int i = 0; i < 2; i++)
        centre[i] += e == 4 + i ? by : 0;
    oracle_footprint(a, f);
    oracle_area(&oracle, f, centre, weight);
}

/* None puts a corner of a footprint on the side of a square. */
static const double centres[][2] = {{2.671875, 1.828125},  {-0.765625, 0.359375},
                                    {6.890625, 4.4609375}, {3.109375, -4.21875},
                                    {-7.296875, 9.578125}, {16.640625, 2.234375}};
#define CENTRES (sizeof centres / sizeof centres[0])

START_TEST(weights_are_those_of_a_clipped_polygon)
{
    const double *linear = linears[(size_t)_i % LINEARS];
    struct wck_warp warp = warp_of(linear, wck_border_row((size_t)_i / LINEARS)->name);
    struct wck_footprint footprint;

    wck_area_footprint(&warp, &footprint);
    for (size_t c = 0; c < CENTRES; c++) {
        struct listing got = list(&warp, centres[c][0], centres[c][1]);
        __float128 want[PIXELS + 1];

        expect(&warp, linear, centres[c], -1, 0, want);
        for (size_t p = 0; p <= PIXELS; p++) {
            double error = fabs((double)(got.share[p].weight - want[p]));
            /* Squares that fold onto one pixel add up. */
            double squares = 4.0 * footprint.reach[0] * footprint.reach[1] / PIXELS + 4;
            double bound = squares * footprint_weight_bound(&footprint, p == PIXELS);

            ck_assert_msg(error <= bound, "%s, centre %zu: pixel %zu weighs %a, not %a",
                          warp.border->name, c, p, got.share[p].weight,
                          (double)want[p]);
            ck_assert(got.listed[p] || want[p] <= bound);
        }
    }
}
END_TEST

/* A tap's derivative by entry e of A, or by x or y. */
static double derivative(const struct wck_footprint *footprint,
                         const struct wck_share *share, int e)
{
    double linear[WCK_LINEAR] = {0.0, 0.0, 0.0, 0.0};

    if (e >= WCK_LINEAR)
        return share->slope[e - WCK_LINEAR];
    wck_footprint_pull(footprint, share->shape, linear);
    return linear[e];
}

/* Central differences: with steps of 2^-36 their truncation, 2^-72 times a third
 * derivative of less than 2^10, is below a rounding of the reference. */
START_TEST(derivatives_are_those_of_a_clipped_polygon)
{
    const double *linear = linears[(size_t)_i % LINEARS];
    struct wck_warp warp = warp_of(linear, wck_border_row((size_t)_i / LINEARS)->name);
    const __float128 h = ldexpq(1, -36);
    struct wck_footprint footprint;

    wck_area_footprint(&warp, &footprint);
    for (size_t c = 0; c < CENTRES; c++) {
        struct listing got = list(&warp, centres[c][0], centres[c][1]);
        __float128 above[PIXELS + 1], below[PIXELS + 1];

        for (int e = 0; e < WCK_LINEAR + 2; e++) {
            expect(&warp, linear, centres[c], e, h, above);
            expect(&warp, linear, centres[c], e, -h, below);
            for (size_t p = 0; p <= PIXELS; p++) {
                __float128 want = (above[p] - below[p]) / (2 * h);
                double is = derivative(&footprint, &got.share[p], e);
                double squares =
                    4.0 * footprint.reach[0] * footprint.reach[1] / PIXELS + 4;
                double bound =
                    4.0 * squares * footprint_slope_bound(&footprint, p == PIXELS);

                ck_assert_msg(fabs((double)(is - want)) <= bound,
                              "%s, centre %zu, by %d: pixel %zu has %a, not %a",
                              warp.border->name, c, e, p, is, (double)want);
            }
        }
    }
}
END_TEST

/* ---- what follows from the taps ---- */

/* Weights add up to 1 and their derivatives to 0, also far outside, where a border that
 * repeats is reduced by its period. */
START_TEST(weights_add_up_to_one)
{
    static const double far[][2] = {
        {1e9 + 0.375, -7.25}, {-3.5e12, 2e12 + 0.5}, {0x1p60, -0x1p70}, {1e300, 1.25}};
    struct wck_border const *border = wck_border_row((size_t)_i);

    for (size_t c = 0; c < sizeof far / sizeof far[0]; c++) {
        struct wck_warp warp = warp_of(linears[c], border->name);
        struct listing got = list(&warp, far[c][0], far[c][1]);
        struct wck_footprint footprint;
        double sum = 0.0, slope[2] = {0.0, 0.0}, shape = 0.0, bound = 0.0;

        wck_area_footprint(&warp, &footprint);
        for (size_t p = 0; p <= PIXELS; p++) {
            sum += got.share[p].weight;
            for (int a = 0; a < 2; a++)
                slope[a] += got.share[p].slope[a];
            shape += got.share[p].shape[1];
            bound += 8.0 * footprint_slope_bound(&footprint, p == PIXELS);
        }
        ck_assert_double_le(fabs(sum - 1.0), bound);
        ck_assert_double_le(fabs(slope[0]) + fabs(slope[1]), bound);
        ck_assert_double_le(fabs(shape), bound);
    }
}
END_TEST

/* The same pixels listed, the same weights and the same side of a kink. */
START_TEST(a_shift_is_bilinear)
{
    static const double unit[WCK_LINEAR] = {1.0, 0.0, 0.0, 1.0};
    static const double at[][2] = {
        {2.375, 1.625}, {3.0, 2.75}, {5.0, 4.0}, {6.5, -0.5}};
    struct wck_warp area = warp_of(unit, wck_border_row((size_t)_i)->name);
    struct wck_warp bilinear = area;

    bilinear.kernel = wck_kernel_find("bilinear");
    for (size_t c = 0; c < sizeof at / sizeof at[0]; c++) {
        struct listing got = list(&area, at[c][0], at[c][1]);
        struct wck_tap taps[WCK_SAMPLE_TAPS];
        struct wck_block block;
        size_t count, listed = 0;

        ck_assert_int_eq(wck_block_init(&block, &bilinear, 1, NULL), WCK_OK);
        block.x[0] = at[c][0];
        block.y[0] = at[c][1];
        wck_block_place(&block, &bilinear, 0);
        count = wck_block_taps(&block, 0, &bilinear, taps);
        for (size_t t = 0; t < count; t++) {
            size_t p = taps[t].pixel < 0 ? PIXELS : (size_t)taps[t].pixel;

            ck_assert_msg(got.listed[p], "pixel %zu is not listed", p);
            /* Dyadic numbers of few digits: nothing rounds. */
            ck_assert_double_eq(got.share[p].weight, taps[t].weight);
            ck_assert_double_eq(got.share[p].slope[0], taps[t].slope[WCK_X]);
            ck_assert_double_eq(got.share[p].slope[1], taps[t].slope[WCK_Y]);
        }
        for (size_t p = 0; p <= PIXELS; p++)
            listed += got.listed[p];
        ck_assert_uint_eq(listed, count);
        wck_block_release(&block);
    }
}
END_TEST

Suite *wck_footprint_suite(void)
{
    Suite *suite = suite_create("footprint");
    TCase *brute = tcase_create("brute"), *laws = tcase_create("laws");
    int pairs = (int)(LINEARS * wck_border_count());

    tcase_set_timeout(brute, 60);
    tcase_add_loop_test(brute, weights_are_those_of_a_clipped_polygon, 0, pairs);
    tcase_add_loop_test(brute, derivatives_are_those_of_a_clipped_polygon, 0, pairs);
    suite_add_tcase(suite, brute);
    tcase_add_loop_test(laws, weights_add_up_to_one, 0, (int)wck_border_count());
    tcase_add_loop_test(laws, a_shift_is_bilinear, 0, (int)wck_border_count());
    suite_add_tcase(suite, laws);
    return suite;
}
