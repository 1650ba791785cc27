/* Stencils: every kernel under every border, against the oracle's weights. */
#include <check.h>
#include <math.h>

#include "check/oracle/oracle.h"
#include "check/suites.h"
#include "reference/stencil.h"
#include "src/base/rng.h"

static const struct wck_kernel *kernel_of(int pair)
{
    return wck_kernel_row((size_t)pair / wck_border_count());
}

static const struct wck_border *border_of(int pair)
{
    return wck_border_row((size_t)pair % wck_border_count());
}

static struct wck_stencil stencil_at(int pair, double u, size_t n)
{
    struct wck_stencil stencil;
    double base;

    wck_stencil_list(kernel_of(pair), u, &stencil, &base);
    wck_stencil_fold(border_of(pair), n, base, &stencil);
    return stencil;
}

/* Weight (or slope) that a stencil gives to one index. */
static double found(const struct wck_stencil *stencil, ptrdiff_t index, bool slope)
{
    double sum = 0.0;

    for (int k = 0; k < stencil->count; k++) {
        if (stencil->index[k] == index)
            sum += slope ? stencil->slope[k] : stencil->weight[k];
    }
    return sum;
}

/* Sampling an image of one row at y = 0 leaves the weights along x alone. */
static void compare_with_oracle(int pair, double u, size_t n)
{
    const double zero = 0.0;
    double pixels[16] = {0.0}, border_value = 0.0;
    struct oracle_scene scene = {.kernel = kernel_of(pair)->name,
                                 .border = border_of(pair)->name,
                                 .source_width = n,
                                 .source_height = 1,
                                 .output_width = 1,
                                 .output_height = 1,
                                 .batch = 1,
                                 .channels = 1,
                                 .image = pixels,
                                 .border_value = &border_value,
                                 .x = &u,
                                 .y = &zero};
    struct wck_stencil stencil = stencil_at(pair, u, n);

    for (ptrdiff_t i = WCK_BORDER_VALUE; i < (ptrdiff_t)n; i++) {
        double *value = i < 0 ? &border_value : &pixels[i];
        struct oracle_sum weight, slope;

        *value = 1.0;
        weight = oracle_output(&scene, 0, 0);
        slope = oracle_slope(&scene, 0, 0, ORACLE_X);
        *value = 0.0;
        /* u - floor(u), 1 - that, and a merge: 3 roundings, relative to the magnitude
         * that the oracle counts, and the oracle's own.  Slopes are whole numbers. */
        ck_assert_msg(fabs((double)(found(&stencil, i, false) - weight.value)) <=
                          (double)(oracle_gamma(3) * weight.magnitude) +
                              ORACLE_ROUNDING,
                      "%s, %s: u = %a, n = %zu, index %td: weight %a, want %a",
                      kernel_of(pair)->name, border_of(pair)->name, u, n, i,
                      found(&stencil, i, false), (double)weight.value);
        ck_assert_double_eq(found(&stencil, i, true), (double)slope.value);
    }
}

START_TEST(weights_and_slopes_are_the_oracles)
{
    struct wck_rng rng = wck_rng_start(20260406, (uint64_t)_i);

    for (size_t n = 1; n <= 7; n++) {
        for (int i = 0; i < 40; i++)
            compare_with_oracle(_i, 4.0 * (double)n * (wck_rng_uniform(&rng) - 0.4), n);
        for (int i = -24; i <= 48; i++)
            compare_with_oracle(_i, i * 0.25, n);
    }
}
END_TEST

static const double far[] = {
    0x1p31 - 0.5, 0x1p31,  0x1p32 + 0.25, 0x1p52 + 0.5, 0x1p53 - 1.0, 0x1p53,
    0x1p53 + 2.0, 0x1p62,  0x1p63,        0x1p64,       1e20,         3.7e25,
    1e100,        1.7e308, 5e-324,        1e-20,        0x1p-54,      0x1p-53};

START_TEST(weights_are_the_oracles_far_out_and_next_to_zero)
{
    for (size_t n = 1; n <= 7; n++) {
        for (size_t i = 0; i < sizeof far / sizeof far[0]; i++) {
            compare_with_oracle(_i, far[i], n);
            compare_with_oracle(_i, -far[i], n);
        }
    }
}
END_TEST

START_TEST(every_index_occurs_once)
{
    for (size_t n = 1; n <= 5; n++) {
        for (int i = -48; i <= 48; i++) {
            struct wck_stencil stencil = stencil_at(_i, i * 0.25, n);

            ck_assert_int_gt(stencil.count, 0);
            for (int k = 0; k < stencil.count; k++) {
                ck_assert(stencil.index[k] == WCK_BORDER_VALUE ||
                          (stencil.index[k] >= 0 && stencil.index[k] < (ptrdiff_t)n));
                for (int other = 0; other < k; other++)
                    ck_assert_int_ne(stencil.index[k], stencil.index[other]);
            }
        }
    }
}
END_TEST

START_TEST(a_coordinate_that_is_not_finite_has_no_taps)
{
    const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};

    for (int k = 0; k < 3; k++)
        ck_assert_int_eq(stencil_at(_i, bad[k], 5).count, 0);
}
END_TEST

START_TEST(taps_that_fold_onto_one_pixel_are_merged)
{
    const struct wck_kernel *kernel = wck_kernel_find("bilinear");
    struct wck_stencil stencil;
    double base;

    wck_stencil_list(kernel, -0.375, &stencil, &base);
    ck_assert_double_eq(base, -1.0);
    ck_assert_int_eq(stencil.count, 2);
    wck_stencil_fold(wck_border_find("reflect"), 5, base, &stencil);
    ck_assert_int_eq(stencil.count, 1);
    ck_assert_int_eq(stencil.index[0], 0);
    ck_assert_double_eq(stencil.weight[0], 1.0);
    ck_assert_double_eq(stencil.slope[0], 0.0);
}
END_TEST

START_TEST(a_tap_of_weight_zero_is_still_listed)
{
    const struct wck_kernel *kernel = wck_kernel_find("bilinear");
    struct wck_stencil stencil;
    double base;

    wck_stencil_list(kernel, 2.0, &stencil, &base);
    wck_stencil_fold(wck_border_find("constant"), 5, base, &stencil);
    ck_assert_int_eq(stencil.count, 2);
    ck_assert_int_eq(stencil.index[1], 3);
    ck_assert_double_eq(stencil.weight[1], 0.0);
}
END_TEST

/* The knots nearest to u are those around it; both differences are exact where u is a
 * multiple of 2^-20 below 2^32. */
START_TEST(the_distance_to_the_nearest_knot_is_exact)
{
    const struct wck_kernel *kernel = kernel_of(_i);
    struct wck_rng rng = wck_rng_start(20260407, (uint64_t)_i);

    for (int n = 0; n < 1000; n++) {
        double u = (double)wck_rng_below(&rng, 1u << 26) * 0x1p-20 - 31.0;
        double below = u - (floor(u - kernel->knot) + kernel->knot);

        ck_assert_double_eq(fabs(stencil_at(_i, u, 5).knot), fmin(below, 1.0 - below));
        if (below < 0.5)
            ck_assert_double_eq(stencil_at(_i, u, 5).knot, below);
    }
}
END_TEST

START_TEST(only_a_tie_is_no_distance_from_a_knot)
{
    const struct wck_kernel *kernel = kernel_of(_i);

    for (int n = -4; n <= 4; n++) {
        double tie = n + kernel->knot;

        ck_assert_double_eq(stencil_at(_i, tie, 5).knot, 0.0);
        ck_assert_double_gt(stencil_at(_i, nextafter(tie, 9.0), 5).knot, 0.0);
        ck_assert_double_lt(stencil_at(_i, nextafter(tie, -9.0), 5).knot, 0.0);
    }
}
END_TEST

Suite *wck_stencil_suite(void)
{
    int pairs = (int)(wck_kernel_count() * wck_border_count());
    Suite *suite = suite_create("stencil");
    TCase *tcase = tcase_create("stencil");

    tcase_add_loop_test(tcase, weights_and_slopes_are_the_oracles, 0, pairs);
    tcase_add_loop_test(tcase, weights_are_the_oracles_far_out_and_next_to_zero, 0,
                        pairs);
    tcase_add_loop_test(tcase, every_index_occurs_once, 0, pairs);
    tcase_add_loop_test(tcase, a_coordinate_that_is_not_finite_has_no_taps, 0, pairs);
    tcase_add_test(tcase, taps_that_fold_onto_one_pixel_are_merged);
    tcase_add_test(tcase, a_tap_of_weight_zero_is_still_listed);
    tcase_add_loop_test(tcase, the_distance_to_the_nearest_knot_is_exact, 0, pairs);
    tcase_add_loop_test(tcase, only_a_tie_is_no_distance_from_a_knot, 0, pairs);
    suite_add_tcase(suite, tcase);
    return suite;
}
