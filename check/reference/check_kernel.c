/* Every row of the kernel registry, and the tie rules of each by name. */
#include <check.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "check/suites.h"
#include "reference/kernel.h"
#include "src/base/rng.h"

static const struct wck_kernel *row(int i)
{
    const struct wck_kernel *kernel = wck_kernel_row((size_t)i);

    ck_assert_ptr_nonnull(kernel);
    return kernel;
}

/* The weight (or slope) that the pixel at index i has in a sample at u. */
static double weight_at(const struct wck_kernel *kernel, double u, double i, bool slope)
{
    double weights[WCK_TAPS], slopes[WCK_TAPS], base = kernel->base(u);
    double k = i - base - kernel->first;

    kernel->eval(u - base, weights, slopes);
    if (k < 0.0 || k >= kernel->support)
        return 0.0;
    return slope ? slopes[(int)k] : weights[(int)k];
}

static double sum_at(const struct wck_kernel *kernel, double u, bool slope)
{
    double sum = 0.0;

    for (double i = floor(u) - WCK_TAPS; i <= floor(u) + WCK_TAPS; i++)
        sum += weight_at(kernel, u, i, slope);
    return sum;
}

/* A coordinate that is no multiple of anything, of either sign. */
static double generic_coordinate(struct wck_rng *rng)
{
    return 40.0 * wck_rng_uniform(rng) - 20.0;
}

START_TEST(a_row_is_complete_and_found_by_its_name)
{
    const struct wck_kernel *kernel = row(_i);

    ck_assert_ptr_eq(wck_kernel_find(kernel->name), kernel);
    ck_assert_int_ge(kernel->support, 1);
    ck_assert_int_le(kernel->support, WCK_TAPS);
    ck_assert_int_ge(kernel->smoothness, -1);
    ck_assert_int_ge(kernel->degree, 0);
    ck_assert(kernel->knot >= 0.0 && kernel->knot < 1.0);
    ck_assert_uint_gt(strlen(kernel->summary), 0);
    ck_assert_int_eq(strncmp(kernel->source, "NOTES:", 6), 0);
}
END_TEST

START_TEST(there_is_no_row_beyond_the_last_and_no_unknown_name)
{
    ck_assert_ptr_null(wck_kernel_row(wck_kernel_count()));
    ck_assert_ptr_null(wck_kernel_find("lanczos99"));
    ck_assert_ptr_null(wck_kernel_find(""));
}
END_TEST

/* A weight is at most 2 in magnitude and rounded once or twice, a sum of `support`
 * weights rounded as often. */
START_TEST(weights_add_up_to_one_and_slopes_to_zero)
{
    const struct wck_kernel *kernel = row(_i);
    double tolerance = (kernel->support + 2) * 2.0 * kernel->support * 0x1p-53;
    struct wck_rng rng = wck_rng_start(20260405, 0);

    for (int n = 0; n < 1000; n++) {
        double u = generic_coordinate(&rng);

        ck_assert_double_eq_tol(sum_at(kernel, u, false), 1.0, tolerance);
        ck_assert_double_eq_tol(sum_at(kernel, u, true), 0.0, tolerance);
    }
    for (int n = -16; n <= 16; n++) {
        ck_assert_double_eq(sum_at(kernel, n * 0.25, false), 1.0);
        ck_assert_double_eq(sum_at(kernel, n * 0.25, true), 0.0);
    }
}
END_TEST

/* Five points a distance h apart differentiate polynomials of degree 4 and less
 * exactly: (f(-2h) - 8 f(-h) + 8 f(h) - f(2h)) / 12h.  h is a power of two and the
 * centre a multiple of it, so only the weights are rounded, by 3 u of at most 2 each:
 * 18 of them over 12 h, and 4 roundings of the sum. */
START_TEST(slopes_are_difference_quotients_inside_a_cell)
{
    const struct wck_kernel *kernel = row(_i);
    const double h = 0x1p-6, tolerance = 18 * 2.0 * (3 + 4) * 0x1p-53 / (12 * h);

    ck_assert_int_le(kernel->degree, 4);
    for (int n = -5 * 64; n < 5 * 64; n++) {
        double u = n * h, cell = floor(u - kernel->knot) + kernel->knot;

        if (u - 2 * h < cell || u + 2 * h >= cell + 1.0)
            continue;
        for (double i = floor(u) - WCK_TAPS; i <= floor(u) + WCK_TAPS; i++) {
            double quotient = (weight_at(kernel, u - 2 * h, i, false) -
                               8 * weight_at(kernel, u - h, i, false) +
                               8 * weight_at(kernel, u + h, i, false) -
                               weight_at(kernel, u + 2 * h, i, false)) /
                              (12 * h);

            ck_assert_double_eq_tol(weight_at(kernel, u, i, true), quotient, tolerance);
        }
    }
}
END_TEST

START_TEST(a_base_is_a_whole_number_and_changes_only_at_knots)
{
    const struct wck_kernel *kernel = row(_i);

    for (int n = -5; n < 5; n++) {
        double cell = n + kernel->knot, base = kernel->base(cell);

        ck_assert_double_eq(base, floor(base));
        ck_assert_double_eq(kernel->base(cell + 0.2385), base);
        ck_assert_double_eq(kernel->base(nextafter(cell + 1.0, cell)), base);
        ck_assert_double_eq(kernel->base(cell + 1.0), base + 1.0);
    }
}
END_TEST

/* What the row says of its smoothness, measured a distance d from the knot on both
 * sides: where the weights (smoothness >= 0) or slopes (>= 1) are continuous, with
 * slopes and second derivatives below 8, they differ by less than 2 d 8; where they are
 * not, some weight or slope jumps by more than 1/8. */
START_TEST(a_knot_is_as_smooth_as_the_row_says)
{
    const struct wck_kernel *kernel = row(_i);
    const double d = 0x1p-20;

    for (int order = 0; order <= 1; order++) {
        double largest = 0.0, at = 3.0 + kernel->knot;

        for (double i = -WCK_TAPS; i <= 2 * WCK_TAPS; i++)
            largest = fmax(largest, fabs(weight_at(kernel, at + d, i, order == 1) -
                                         weight_at(kernel, at - d, i, order == 1)));
        if (kernel->smoothness >= order)
            ck_assert_double_le(largest, 2 * d * 8);
        else if (kernel->smoothness == order - 1)
            ck_assert_double_gt(largest, 0.125);
    }
}
END_TEST

START_TEST(shifting_by_whole_pixels_shifts_the_weights)
{
    const struct wck_kernel *kernel = row(_i);

    for (int n = -40; n <= 40; n++) {
        double u = n / 16.0;

        for (double i = -WCK_TAPS; i <= WCK_TAPS; i++) {
            ck_assert_double_eq(weight_at(kernel, u, i, false),
                                weight_at(kernel, u + 1024.0, i + 1024.0, false));
            ck_assert_double_eq(weight_at(kernel, u, i, true),
                                weight_at(kernel, u + 1024.0, i + 1024.0, true));
        }
    }
}
END_TEST

static double nearest_base(double u)
{
    return wck_kernel_find("nearest")->base(u);
}

START_TEST(nearest_takes_the_pixel_after_at_a_tie)
{
    ck_assert_double_eq(nearest_base(0.5), 1.0);
    ck_assert_double_eq(nearest_base(1.5), 2.0);
    ck_assert_double_eq(nearest_base(-0.5), 0.0);
    ck_assert_double_eq(nearest_base(-1.5), -1.0);
    ck_assert_double_eq(nearest_base(0x1p51 + 0.5), 0x1p51 + 1.0);
    ck_assert_double_eq(nearest_base(-0x1p51 - 0.5), -0x1p51);
}
END_TEST

START_TEST(nearest_is_exact_beside_a_tie)
{
    ck_assert_double_eq(nearest_base(nextafter(0.5, 0.0)), 0.0);
    ck_assert_double_eq(nearest_base(nextafter(0.5, 1.0)), 1.0);
    ck_assert_double_eq(nearest_base(nextafter(-0.5, 0.0)), 0.0);
    ck_assert_double_eq(nearest_base(nextafter(-0.5, -1.0)), -1.0);
    ck_assert_double_eq(nearest_base(nextafter(1.5, 1.0)), 1.0);
    ck_assert_double_eq(nearest_base(-5e-324), 0.0);
    ck_assert_double_eq(nearest_base(5e-324), 0.0);
}
END_TEST

START_TEST(bilinear_starts_at_the_floor)
{
    const struct wck_kernel *kernel = wck_kernel_find("bilinear");
    double w[WCK_TAPS], s[WCK_TAPS];

    ck_assert_double_eq(kernel->base(2.0), 2.0);
    ck_assert_double_eq(kernel->base(nextafter(2.0, 0.0)), 1.0);
    ck_assert_double_eq(kernel->base(-0.25), -1.0);
    kernel->eval(0.375, w, s);
    ck_assert_double_eq(w[0], 0.625);
    ck_assert_double_eq(w[1], 0.375);
    ck_assert_double_eq(s[0], -1.0);
    ck_assert_double_eq(s[1], 1.0);
    /* At a knot the pixel after is still listed, with weight 0 and the slope of the
     * right cell. */
    kernel->eval(0.0, w, s);
    ck_assert_double_eq(w[0], 1.0);
    ck_assert_double_eq(w[1], 0.0);
    ck_assert_double_eq(s[1], 1.0);
}
END_TEST

Suite *wck_kernel_suite(void)
{
    int rows = (int)wck_kernel_count();
    Suite *suite = suite_create("kernel");
    TCase *tcase = tcase_create("kernel");

    tcase_add_loop_test(tcase, a_row_is_complete_and_found_by_its_name, 0, rows);
    tcase_add_test(tcase, there_is_no_row_beyond_the_last_and_no_unknown_name);
    tcase_add_loop_test(tcase, weights_add_up_to_one_and_slopes_to_zero, 0, rows);
    tcase_add_loop_test(tcase, slopes_are_difference_quotients_inside_a_cell, 0, rows);
    tcase_add_loop_test(tcase, a_base_is_a_whole_number_and_changes_only_at_knots, 0,
                        rows);
    tcase_add_loop_test(tcase, a_knot_is_as_smooth_as_the_row_says, 0, rows);
    tcase_add_loop_test(tcase, shifting_by_whole_pixels_shifts_the_weights, 0, rows);
    tcase_add_test(tcase, nearest_takes_the_pixel_after_at_a_tie);
    tcase_add_test(tcase, nearest_is_exact_beside_a_tie);
    tcase_add_test(tcase, bilinear_starts_at_the_floor);
    suite_add_tcase(suite, tcase);
    return suite;
}
