/* Stencils: every kernel under every border, against the oracle's weights. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "check/reference/pair.h"
#include "check/suites.h"
#include "reference/stencil.h"
#include "src/base/rng.h"

enum { WEIGHT, SLOPE, CURVATURE, ORDERS };

#define MOST 7 /* pixels of the longest axis tried */

static const struct wck_kernel *kernel_of(int row)
{
    const struct wck_kernel *kernel = wck_kernel_row((size_t)row);

    ck_assert_ptr_nonnull(kernel);
    return kernel;
}

static struct wck_stencil stencil_at(const struct wck_kernel *kernel,
                                     const struct wck_border *border, double u,
                                     size_t n)
{
    struct wck_stencil stencil;
    double base;

    wck_stencil_list(kernel, u, &stencil, &base);
    wck_stencil_fold(border, n, base, &stencil);
    return stencil;
}

/* What a stencil gives to one index: weight, slope or curvature. */
static double found(const struct wck_stencil *stencil, ptrdiff_t index, int order)
{
    const double *of[ORDERS] = {stencil->weight, stencil->slope, stencil->curvature};
    double sum = 0.0;

    for (int k = 0; k < stencil->count; k++) {
        if (stencil->index[k] == index)
            sum += of[order][k];
    }
    return sum;
}

/* The oracle's weights of pixels floor(u) - ORACLE_REACH .. floor(u) + ORACLE_REACH. */
struct weights {
    const struct wck_kernel *kernel;
    double u;
    __float128 of[ORDERS][2 * ORACLE_REACH + 1];
};

static struct weights weights_at(const struct wck_kernel *kernel, double u)
{
    struct weights weights = {.kernel = kernel, .u = u};

    for (int order = 0; order < ORDERS; order++) {
        for (int k = -ORACLE_REACH; k <= ORACLE_REACH; k++)
            weights.of[order][k + ORACLE_REACH] =
                oracle_weight(kernel->name, u, k, order);
    }
    return weights;
}

static double wanted(const struct weights *weights, const struct wck_border *border,
                     int n, int index, int order)
{
    __float128 sum = 0;

    for (int k = -ORACLE_REACH; k <= ORACLE_REACH; k++) {
        if (oracle_border(border->name, weights->u, k, n) == index)
            sum += weights->of[order][k + ORACLE_REACH];
    }
    return (double)sum;
}

/* By how much one listed weight, slope or curvature may be off: roundings of sums of
 * terms up to 1, 8 and 32 (check_kernel), 16 each for the derivatives; and u - floor(u)
 * is off by 2^-54 where -1/2 < u < 0, which moves a value by that times its derivative,
 * below 2, 8 and 2^6.  Up to `support` of them are merged. */
static double tolerance(const struct wck_kernel *kernel, int order)
{
    static const double most[ORDERS] = {0, 8 * 16, 32 * 16};
    static const double derivative[ORDERS] = {2, 8, 64};
    double roundings = order == WEIGHT ? wck_kernel_roundings(kernel) : most[order];

    return kernel->support * (roundings + kernel->support + derivative[order]) *
           0x1p-53;
}

/* Entry i + ORDERS: index i / ORDERS (-1 is the border value), order i % ORDERS. */
static void compare_entry(const struct wck_stencil *stencil,
                          const struct weights *weights,
                          const struct wck_border *border, int n, int i)
{
    int order = (i + ORDERS) % ORDERS, index = (i + ORDERS) / ORDERS - 1;
    double got = found(stencil, index, order);
    double want = wanted(weights, border, n, index, order);

    ck_assert_msg(fabs(got - want) <= tolerance(weights->kernel, order),
                  "%s, %s: u = %a, n = %d, index %d, order %d: %a, want %a",
                  weights->kernel->name, border->name, weights->u, n, index, order, got,
                  want);
}

static void compare_with_oracle(const struct wck_kernel *kernel, double u)
{
    struct weights weights = weights_at(kernel, u);

    for (size_t row = 0; row < wck_border_count(); row++) {
        const struct wck_border *border = wck_border_row(row);

        for (int n = 1; n <= MOST; n++) {
            struct wck_stencil stencil = stencil_at(kernel, border, u, (size_t)n);

            for (int i = -ORDERS; i < n * ORDERS; i++)
                compare_entry(&stencil, &weights, border, n, i);
        }
    }
}

START_TEST(weights_and_derivatives_are_the_oracles)
{
    struct wck_rng rng = wck_rng_start(20260406, (uint64_t)_i);

    for (int i = 0; i < 30; i++)
        compare_with_oracle(kernel_of(_i), 30.0 * (wck_rng_uniform(&rng) - 0.4));
    for (int i = -16; i <= 36; i++)
        compare_with_oracle(kernel_of(_i), i * 0.25);
}
END_TEST

static const double far[] = {0x1p31 - 0.5, 0x1p31,  0x1p32 + 0.25, 0x1p52 + 1.0,
                             0x1p53 - 1.0, 0x1p53,  0x1p53 + 2.0,  0x1p62,
                             0x1p63,       0x1p64,  1e20,          3.7e25,
                             1e-20,        0x1p-54, 0x1p-53};

START_TEST(weights_are_the_oracles_far_out_and_next_to_zero)
{
    for (size_t i = 0; i < sizeof far / sizeof far[0]; i++) {
        compare_with_oracle(kernel_of(_i), far[i]);
        compare_with_oracle(kernel_of(_i), -far[i]);
    }
}
END_TEST

START_TEST(every_index_occurs_once)
{
    for (size_t row = 0; row < wck_border_count(); row++) {
        for (int i = -48; i <= 48 * 5; i++) {
            size_t n = 1 + (size_t)(i + 48) % 5;
            struct wck_stencil stencil =
                stencil_at(kernel_of(_i), wck_border_row(row), i * 0.25, n);

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

    for (int k = 0; k < 3; k++) {
        for (size_t row = 0; row < wck_border_count(); row++)
            ck_assert_int_eq(
                stencil_at(kernel_of(_i), wck_border_row(row), bad[k], 5).count, 0);
    }
}
END_TEST

static void compare_weights(const struct wck_kernel *kernel,
                            const struct wck_border *border, size_t n, double u)
{
    struct wck_stencil all, some;
    double base;

    wck_stencil_list(kernel, u, &all, &base);
    wck_stencil_fold(border, n, base, &all);
    wck_stencil_weigh(kernel, border, n, u, &some);
    ck_assert_int_eq(some.count, all.count);
    for (int k = 0; k < all.count; k++) {
        ck_assert_int_eq(some.index[k], all.index[k]);
        ck_assert(memcmp(&some.weight[k], &all.weight[k], sizeof(double)) == 0);
    }
}

START_TEST(weights_alone_are_the_same_bit_for_bit)
{
    static const size_t sizes[] = {1, 2, 5, 11};
    const struct wck_kernel *kernel = kernel_of(_i);
    struct wck_rng rng = wck_rng_start(1217, (uint64_t)_i);

    for (size_t b = 0; b < wck_border_count(); b++) {
        for (size_t n = 0; n < 4; n++) {
            const struct wck_border *border = wck_border_row(b);

            for (int i = 0; i < 100; i++) { /* knots, among and beyond them */
                compare_weights(kernel, border, sizes[n], 0.25 * i - 9.0);
                compare_weights(kernel, border, sizes[n],
                                30.0 * wck_rng_uniform(&rng) - 9.0);
            }
            for (size_t i = 0; i < sizeof far / sizeof *far; i++)
                compare_weights(kernel, border, sizes[n], far[i]);
        }
    }
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

START_TEST(floor_and_ceil_list_one_tap_where_they_coincide)
{
    const struct wck_kernel *kernel = wck_kernel_find("bilinear-floor-ceil");
    struct wck_stencil stencil =
        stencil_at(kernel, wck_border_find("constant"), 4.0, 5);

    ck_assert_int_eq(stencil.count, 1);
    ck_assert_int_eq(stencil.index[0], 4);
    ck_assert_double_eq(stencil.weight[0], 1.0);
    ck_assert_double_eq(stencil.slope[0], 0.0);
    ck_assert_int_eq(stencil_at(kernel, wck_border_find("constant"), 4.5, 5).count, 2);
}
END_TEST

START_TEST(a_single_tap_has_weight_one_and_no_slope)
{
    struct wck_stencil stencil = wck_stencil_single(WCK_BORDER_VALUE);

    ck_assert_int_eq(stencil.count, 1);
    ck_assert_int_eq(stencil.index[0], WCK_BORDER_VALUE);
    ck_assert_double_eq(stencil.weight[0], 1.0);
    ck_assert_double_eq(stencil.slope[0], 0.0);
    ck_assert_double_eq(stencil.curvature[0], 0.0);
}
END_TEST

START_TEST(a_fold_of_the_coordinate_multiplies_the_derivatives)
{
    const struct wck_border *border = wck_border_find("replicate");
    struct wck_stencil plain =
        stencil_at(wck_kernel_find("cubic-0.75"), border, 2.375, 7);
    struct wck_stencil turned = plain, stopped = plain;

    wck_stencil_chain(&turned, -1.0);
    wck_stencil_chain(&stopped, 0.0);
    ck_assert_double_eq(turned.fold, -1.0);
    ck_assert_double_eq(stopped.fold, 0.0);
    for (int k = 0; k < plain.count; k++) {
        ck_assert_double_eq(turned.weight[k], plain.weight[k]);
        ck_assert_double_eq(turned.slope[k], -plain.slope[k]);
        ck_assert_double_eq(turned.curvature[k], plain.curvature[k]);
        ck_assert_double_eq(stopped.weight[k], plain.weight[k]);
        ck_assert_double_eq(stopped.slope[k], 0.0);
        ck_assert_double_eq(stopped.curvature[k], 0.0);
    }
}
END_TEST

static double knot_at(int row, double u)
{
    return stencil_at(kernel_of(row), wck_border_row(0), u, 5).knot;
}

/* The knots nearest to u are those around it; both differences are exact where u is a
 * multiple of 2^-20 below 2^32. */
START_TEST(the_distance_to_the_nearest_knot_is_exact)
{
    const struct wck_kernel *kernel = kernel_of(_i);
    struct wck_rng rng = wck_rng_start(20260407, (uint64_t)_i);

    for (int n = 0; n < 1000; n++) {
        double u = (double)wck_rng_below(&rng, 1u << 26) * 0x1p-20 - 31.0;
        double below = u - (floor(u - kernel->knot) + kernel->knot);

        ck_assert_double_eq(fabs(knot_at(_i, u)), fmin(below, 1.0 - below));
        if (below < 0.5)
            ck_assert_double_eq(knot_at(_i, u), below);
    }
}
END_TEST

START_TEST(only_a_tie_is_no_distance_from_a_knot)
{
    for (int n = -4; n <= 4; n++) {
        double tie = n + kernel_of(_i)->knot;

        ck_assert_double_eq(knot_at(_i, tie), 0.0);
        ck_assert_double_gt(knot_at(_i, nextafter(tie, 9.0)), 0.0);
        ck_assert_double_lt(knot_at(_i, nextafter(tie, -9.0)), 0.0);
    }
}
END_TEST

Suite *wck_stencil_suite(void)
{
    int rows = pair_separable_kernels();
    Suite *suite = suite_create("stencil");
    TCase *tcase = tcase_create("stencil");

    tcase_set_timeout(tcase, 60.0); /* 113-bit sines of Lanczos, under sanitizers too */
    tcase_add_loop_test(tcase, weights_and_derivatives_are_the_oracles, 0, rows);
    tcase_add_loop_test(tcase, weights_are_the_oracles_far_out_and_next_to_zero, 0,
                        rows);
    tcase_add_loop_test(tcase, every_index_occurs_once, 0, rows);
    tcase_add_loop_test(tcase, a_coordinate_that_is_not_finite_has_no_taps, 0, rows);
    tcase_add_loop_test(tcase, weights_alone_are_the_same_bit_for_bit, 0, rows);
    tcase_add_test(tcase, taps_that_fold_onto_one_pixel_are_merged);
    tcase_add_test(tcase, a_tap_of_weight_zero_is_still_listed);
    tcase_add_test(tcase, floor_and_ceil_list_one_tap_where_they_coincide);
    tcase_add_test(tcase, a_single_tap_has_weight_one_and_no_slope);
    tcase_add_test(tcase, a_fold_of_the_coordinate_multiplies_the_derivatives);
    tcase_add_loop_test(tcase, the_distance_to_the_nearest_knot_is_exact, 0, rows);
    tcase_add_loop_test(tcase, only_a_tie_is_no_distance_from_a_knot, 0, rows);
    suite_add_tcase(suite, tcase);
    return suite;
}
