/* What holds for every row of the kernels' table, and the ties of the nearest pixel. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "check/suites.h"
#include "reference/kernel.h"
#include "src/base/rng.h"

/* Rounding errors of the sum of a kernel's weights: none has more terms than 8, each
 * below 32 roundings off (check/reference/pair.c); a derivative multiplies by 5. */
#define SUM_BOUND (8 * 32 * 0x1p-53)

static const struct wck_kernel *row(int i)
{
    return wck_kernel_row((size_t)i);
}

static double sum_of(const double *value, int count)
{
    double sum = 0.0;

    for (int k = 0; k < count; k++)
        sum += value[k];
    return sum;
}

/* A coordinate's fraction, as far as the kernel's base leaves one. */
static double fraction_of(const struct wck_kernel *kernel, double u)
{
    return u - kernel->base(u);
}

START_TEST(weights_add_up_to_one_and_their_derivatives_to_none)
{
    struct wck_rng rng = wck_rng_start(5001, (uint64_t)_i);

    for (int i = 0; i < 200; i++) {
        double u = i < 40 ? 0.25 * i - 5.0 : 20.0 * wck_rng_uniform(&rng) - 10.0;
        struct wck_weights w;

        row(_i)->eval(row(_i), fraction_of(row(_i), u), &w);
        ck_assert_double_le(fabs(sum_of(w.weight, row(_i)->support) - 1.0), SUM_BOUND);
        ck_assert_double_le(fabs(sum_of(w.slope, row(_i)->support)), 5 * SUM_BOUND);
        ck_assert_double_le(fabs(sum_of(w.curvature, row(_i)->support)),
                            25 * SUM_BOUND);
    }
}
END_TEST

/* Central differences of order 6 inside a cell are exact for polynomials of degree 6.
 * For Lanczos they err by h^6/140 of a 7th derivative, below 5 pi / 4 to the 7th: 2^-41
 * for h = 2^-8.  Rounding makes 32 x 5 x 2^-53 / h = 2^-37.7 of the first derivative.
 */
START_TEST(slopes_and_curvatures_are_those_of_the_weights)
{
    static const double factor[] = {0.0, 0.75, -0.15, 1.0 / 60.0};
    const double h = 0x1p-8;
    struct wck_rng rng = wck_rng_start(5002, (uint64_t)_i);

    for (int i = 0; i < 50; i++) {
        double t = row(_i)->knot + 0.0625 + 0.875 * wck_rng_uniform(&rng);
        double slope[WCK_TAPS] = {0.0}, curvature[WCK_TAPS] = {0.0};
        struct wck_weights here, left, right;

        t -= row(_i)->base(t);
        row(_i)->eval(row(_i), t, &here);
        for (int j = 1; j <= 3; j++) {
            row(_i)->eval(row(_i), t - j * h, &left);
            row(_i)->eval(row(_i), t + j * h, &right);
            for (int k = 0; k < row(_i)->support; k++) {
                slope[k] += factor[j] * (right.weight[k] - left.weight[k]) / h;
                curvature[k] += factor[j] * (right.slope[k] - left.slope[k]) / h;
            }
        }
        for (int k = 0; k < row(_i)->support; k++) {
            ck_assert_double_le(fabs(slope[k] - here.slope[k]), 0x1p-37);
            ck_assert_double_le(fabs(curvature[k] - here.curvature[k]), 0x1p-34);
        }
    }
}
END_TEST

/* The weight, or a derivative, of pixel k from `origin` for the coordinate u. */
static double weight_at(const struct wck_kernel *kernel, double u, int k,
                        int derivative)
{
    struct wck_weights w;
    double base = kernel->base(u);
    int i = k - (int)base - kernel->first;

    if (i < 0 || i >= kernel->support)
        return 0.0;
    kernel->eval(kernel, u - base, &w);
    return derivative == 0   ? w.weight[i]
           : derivative == 1 ? w.slope[i]
                             : w.curvature[i];
}

/* Continuous derivatives agree on both sides of a knot, 2^-30 away from it on either
 * side, within what 2^-29 times the next derivative (below 2^7) makes; the first that
 * is not continuous differs by more than an eighth somewhere. */
START_TEST(a_kernel_is_as_smooth_at_its_knots_as_its_row_says)
{
    const struct wck_kernel *kernel = row(_i);

    for (int derivative = 0; derivative <= 2; derivative++) {
        double most = 0.0;

        for (int k = -6; k <= 8; k++) {
            double knot = 1.0 + kernel->knot;

            most = fmax(most, fabs(weight_at(kernel, knot + 0x1p-30, k, derivative) -
                                   weight_at(kernel, knot - 0x1p-30, k, derivative)));
        }
        if (derivative <= kernel->smoothness)
            ck_assert_double_le(most, 0x1p-22);
        else if (derivative == kernel->smoothness + 1)
            ck_assert_double_ge(most, 0.125);
    }
}
END_TEST

/* The differences of order degree + 1 of a polynomial vanish: steps of 1/16 in a cell.
 * They add up 2^(degree + 1) weights with 32 roundings each. */
START_TEST(a_piece_has_the_degree_that_its_row_says)
{
    const struct wck_kernel *kernel = row(_i);
    double from = kernel->knot + 0.03125, value[WCK_TAPS + 1][WCK_TAPS];
    int order = kernel->degree + 1;

    if (kernel->degree < 0)
        order = WCK_TAPS; /* of no polynomial they do not vanish */
    for (int j = 0; j <= order; j++) {
        struct wck_weights w;

        kernel->eval(kernel, fraction_of(kernel, from + j * 0.0625), &w);
        memcpy(value[j], w.weight, sizeof value[j]);
    }
    for (int pass = order; pass > 0; pass--) {
        for (int j = 0; j < pass; j++) {
            for (int k = 0; k < kernel->support; k++)
                value[j][k] = value[j + 1][k] - value[j][k];
        }
    }
    for (int k = 0; k < kernel->support; k++) {
        if (kernel->degree >= 0)
            ck_assert_double_le(fabs(value[0][k]), 64 * 32 * 0x1p-53);
        else
            ck_assert_double_gt(fabs(value[0][k]), 64 * 32 * 0x1p-53);
    }
}
END_TEST

/* At whole coordinates an interpolating kernel reads one pixel, exactly. */
START_TEST(kernels_without_prefilter_interpolate)
{
    struct wck_weights w;

    row(_i)->eval(row(_i), fraction_of(row(_i), 3.0), &w);
    for (int k = 0; row(_i)->order == 0 && k < row(_i)->support; k++) {
        double expected = row(_i)->first + k == 0 ? 1.0 : 0.0;

        ck_assert_double_le(fabs(w.weight[k] - expected), 0.0);
    }
    if (row(_i)->order > 0)
        ck_assert_double_lt(w.weight[-row(_i)->first], 0.8);
}
END_TEST

static const struct {
    const char *name;
    double at[6], next[4]; /* at -2.5 -1.5 -0.5 0.5 1.5 2.5; just beside -1/2 and 1/2 */
} ties[] = {
    {"nearest", {-2, -1, 0, 1, 2, 3}, {-1, 0, 0, 1}},
    {"nearest-half-even", {-2, -2, 0, 0, 2, 2}, {-1, 0, 0, 1}},
    {"nearest-half-away", {-3, -2, -1, 1, 2, 3}, {-1, 0, 0, 1}},
    {"nearest-half-down", {-3, -2, -1, 0, 1, 2}, {-1, 0, 0, 1}},
    {"nearest-floor", {-3, -2, -1, 0, 1, 2}, {-1, -1, 0, 0}},
    {"nearest-truncate", {-2, -1, 0, 0, 1, 2}, {0, 0, 0, 0}},
};

START_TEST(nearest_pixels_break_ties_as_their_names_say)
{
    const double beside[] = {nextafter(-0.5, -1), nextafter(-0.5, 0), nextafter(0.5, 0),
                             nextafter(0.5, 1)};
    const struct wck_kernel *kernel = wck_kernel_find(ties[_i].name);

    ck_assert_ptr_nonnull(kernel);
    for (int i = 0; i < 6; i++)
        ck_assert_double_le(fabs(kernel->base(i - 2.5) - ties[_i].at[i]), 0.0);
    for (int i = 0; i < 4; i++)
        ck_assert_double_le(fabs(kernel->base(beside[i]) - ties[_i].next[i]), 0.0);
}
END_TEST

START_TEST(every_nearest_kernel_has_its_ties_tested)
{
    size_t count = 0;

    for (size_t i = 0; i < wck_kernel_count(); i++)
        count += strcmp(wck_kernel_row(i)->family, "nearest") == 0;
    ck_assert_uint_eq(count, sizeof ties / sizeof ties[0]);
}
END_TEST

START_TEST(rows_are_found_by_name_and_say_what_they_are)
{
    ck_assert_ptr_eq(wck_kernel_find(row(_i)->name), row(_i));
    ck_assert_int_le(row(_i)->support, WCK_TAPS);
    ck_assert_uint_gt(strlen(row(_i)->summary), 0);
    ck_assert_int_eq(strncmp(row(_i)->source, "NOTES:", 6), 0);
    ck_assert_double_ge(wck_kernel_roundings(row(_i)),
                        row(_i)->support > 1 ? 1.0 : 0.0);
}
END_TEST

START_TEST(there_is_no_kernel_beyond_the_table)
{
    ck_assert_ptr_null(wck_kernel_row(wck_kernel_count()));
    ck_assert_ptr_null(wck_kernel_find("biliner"));
}
END_TEST

Suite *wck_kernel_suite(void)
{
    Suite *suite = suite_create("kernel");
    TCase *rows = tcase_create("rows"), *names = tcase_create("names");
    int count = (int)wck_kernel_count();

    tcase_add_loop_test(rows, weights_add_up_to_one_and_their_derivatives_to_none, 0,
                        count);
    tcase_add_loop_test(rows, slopes_and_curvatures_are_those_of_the_weights, 0, count);
    tcase_add_loop_test(rows, a_kernel_is_as_smooth_at_its_knots_as_its_row_says, 0,
                        count);
    tcase_add_loop_test(rows, a_piece_has_the_degree_that_its_row_says, 0, count);
    tcase_add_loop_test(rows, kernels_without_prefilter_interpolate, 0, count);
    tcase_add_loop_test(rows, rows_are_found_by_name_and_say_what_they_are, 0, count);
    tcase_add_loop_test(names, nearest_pixels_break_ties_as_their_names_say, 0,
                        (int)(sizeof ties / sizeof ties[0]));
    tcase_add_test(names, every_nearest_kernel_has_its_ties_tested);
    tcase_add_test(names, there_is_no_kernel_beyond_the_table);
    suite_add_tcase(suite, rows);
    suite_add_tcase(suite, names);
    return suite;
}
