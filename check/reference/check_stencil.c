/* Stencils: taps listed, folded and merged along one axis. */
#include <check.h>
#include <math.h>
#include <quadmath.h>
#include <string.h>

#include "check/reference/pair.h"
#include "check/suites.h"

/* The weight of pixel p of an axis of n, tap by tap by the oracle. */
static __float128 weight_of(const char *kernel, const char *border, double u, int n,
                            ptrdiff_t p, int derivative)
{
    __float128 sum = 0;

    for (int k = -ORACLE_REACH; k <= ORACLE_REACH; k++) {
        if (oracle_border(border, u, k, n) == p)
            sum += oracle_weight(kernel, u, k, derivative);
    }
    return sum;
}

START_TEST(a_stencil_has_each_pixel_once_with_all_its_weight)
{
    static const int sizes[] = {1, 2, 3, 7};
    struct wck_rng rng = wck_rng_start(8001, (uint64_t)_i);
    const struct wck_kernel *kernel = wck_kernel_row((size_t)_i);

    for (size_t i = 0; i < 400; i++) {
        const struct wck_border *border = wck_border_row(i % wck_border_count());
        int n = sizes[i / 5 % 4];
        double u = pair_draw(&rng, n), base;
        struct wck_stencil s;

        wck_stencil_list(kernel, u, &s, &base);
        wck_stencil_fold(border, (size_t)n, base, &s);
        ck_assert_int_eq(s.count > 0, isfinite(u));
        for (int k = 0; k < s.count; k++) {
            ck_assert_int_lt(s.index[k], n);
            for (int j = 0; j < k; j++)
                ck_assert_int_ne(s.index[j], s.index[k]);
            /* At most 8 taps merged, of 36 roundings each (check/reference/pair.c). */
            ck_assert_double_le(
                (double)fabsq(s.weight[k] - weight_of(kernel->name, border->name, u, n,
                                                      s.index[k], 0)),
                8 * 36 * 0x1p-53);
            ck_assert_double_le(
                (double)fabsq(s.slope[k] - weight_of(kernel->name, border->name, u, n,
                                                     s.index[k], 1)),
                5 * 8 * 36 * 0x1p-53);
        }
    }
}
END_TEST

START_TEST(the_knot_is_the_distance_to_the_nearest_one)
{
    const struct wck_kernel *kernel = wck_kernel_row((size_t)_i);
    struct wck_stencil s;
    double base;

    for (int i = -3; i < 4; i++) {
        wck_stencil_list(kernel, i + kernel->knot, &s, &base);
        ck_assert_double_le(fabs(s.knot), 0.0);
        wck_stencil_list(kernel, i + kernel->knot + 0.375, &s, &base);
        ck_assert_double_le(fabs(s.knot - 0.375), 0.0);
        wck_stencil_list(kernel, i + kernel->knot + 0.625, &s, &base);
        ck_assert_double_le(fabs(s.knot + 0.375), 0.0);
    }
}
END_TEST

START_TEST(a_coordinate_that_is_not_finite_lists_nothing)
{
    static const double bad[] = {NAN, INFINITY, -INFINITY};
    struct wck_stencil s;
    double base;

    wck_stencil_list(wck_kernel_row((size_t)_i), bad[_i % 3], &s, &base);
    wck_stencil_fold(wck_border_find("wrap"), 5, base, &s);
    ck_assert_int_eq(s.count, 0);
}
END_TEST

START_TEST(floor_and_ceiling_list_one_tap_where_they_coincide)
{
    const struct wck_kernel *kernel = wck_kernel_find("bilinear-floor-ceil");
    struct wck_stencil s;
    double base;

    wck_stencil_list(kernel, -3.0, &s, &base);
    ck_assert_int_eq(s.count, 1);
    wck_stencil_list(kernel, -3.0 + 0x1p-40, &s, &base);
    ck_assert_int_eq(s.count, 2);
    wck_stencil_list(wck_kernel_find("bilinear"), -3.0, &s, &base);
    ck_assert_int_eq(s.count, 2);
}
END_TEST

START_TEST(a_folds_factor_multiplies_each_derivative)
{
    struct wck_stencil s, chained;
    double base;

    wck_stencil_list(wck_kernel_find("cubic-1"), 1.3125, &s, &base);
    chained = s;
    wck_stencil_chain(&chained, -1.0);
    wck_stencil_chain(&chained, 1.0);
    ck_assert_double_le(fabs(chained.fold + 1.0), 0.0);
    for (int k = 0; k < 4; k++) {
        ck_assert_double_le(fabs(chained.weight[k] - s.weight[k]), 0.0);
        ck_assert_double_le(fabs(chained.slope[k] + s.slope[k]), 0.0);
        ck_assert_double_le(fabs(chained.curvature[k] - s.curvature[k]), 0.0);
    }
    wck_stencil_chain(&chained, 0.0);
    ck_assert_double_le(fabs(chained.slope[1]) + fabs(chained.curvature[1]), 0.0);
}
END_TEST

START_TEST(a_single_tap_has_weight_one_and_no_slope)
{
    struct wck_stencil s = wck_stencil_single(WCK_BORDER_VALUE);

    ck_assert_int_eq(s.count, 1);
    ck_assert_int_eq(s.index[0], WCK_BORDER_VALUE);
    ck_assert_double_le(fabs(s.weight[0] - 1.0) + fabs(s.slope[0]), 0.0);
}
END_TEST

Suite *wck_stencil_suite(void)
{
    Suite *suite = suite_create("stencil");
    TCase *rows = tcase_create("rows");
    int count = (int)wck_kernel_count();

    tcase_set_timeout(rows, 120);
    tcase_add_loop_test(rows, a_stencil_has_each_pixel_once_with_all_its_weight, 0,
                        count);
    tcase_add_loop_test(rows, the_knot_is_the_distance_to_the_nearest_one, 0, count);
    tcase_add_loop_test(rows, a_coordinate_that_is_not_finite_lists_nothing, 0, count);
    tcase_add_test(rows, floor_and_ceiling_list_one_tap_where_they_coincide);
    tcase_add_test(rows, a_folds_factor_multiplies_each_derivative);
    tcase_add_test(rows, a_single_tap_has_weight_one_and_no_slope);
    suite_add_tcase(suite, rows);
    return suite;
}
