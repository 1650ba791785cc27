/* Every row of the kernel registry, and the tie rules of each by name. */
#include <check.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "check/reference/pair.h"
#include "check/suites.h"
#include "reference/kernel.h"
#include "src/base/rng.h"

static const struct wck_kernel *row(int i)
{
    const struct wck_kernel *kernel = wck_kernel_row((size_t)i);

    ck_assert_ptr_nonnull(kernel);
    return kernel;
}

enum { WEIGHT, SLOPE, CURVATURE, ORDERS };

/* The weight of the pixel at index i in a sample at u, or a derivative of it. */
static double weight_at(const struct wck_kernel *kernel, double u, double i, int order)
{
    struct wck_weights weights = {0};
    const double *of[ORDERS] = {weights.weight, weights.slope, weights.curvature};
    double base = kernel->base(u), k = i - base - kernel->first;

    kernel->eval(kernel, (long double)u - base, &weights);
    return k < 0.0 || k >= kernel->support ? 0.0 : of[order][(int)k];
}

static double sum_at(const struct wck_kernel *kernel, double u, int order)
{
    double sum = 0.0;

    for (double i = floor(u) - WCK_TAPS; i <= floor(u) + WCK_TAPS; i++)
        sum += weight_at(kernel, u, i, order);
    return sum;
}

/* Roundings of a weight, slope or curvature, as a multiple of u.  Weights: as the row
 * says.  Slopes are sums of terms up to 3 (a + 2) + 2 (a + 3) < 8 (cubic), 2 pi + 2
 * (Lanczos), of 16 roundings at most; curvatures of terms up to 6 (a + 2) + 2 (a + 3) <
 * 16, or pi^2 + 4 pi < 32, likewise. */
static double roundings(const struct wck_kernel *kernel, int order)
{
    static const double most[ORDERS] = {0, 8 * 16, 32 * 16};

    return order == WEIGHT ? wck_kernel_roundings(kernel) : most[order];
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
    if (kernel->footprint) {
        ck_assert_int_eq(kernel->support, 0);
        ck_assert(kernel->base == NULL && kernel->eval == NULL);
    } else {
        ck_assert_int_ge(kernel->support, 1);
        ck_assert(kernel->base != NULL && kernel->eval != NULL);
    }
    ck_assert_int_le(kernel->support, WCK_TAPS);
    ck_assert_int_ge(kernel->smoothness, -1);
    ck_assert_int_ge(kernel->degree, -1);
    ck_assert_uint_gt(strlen(kernel->family), 0);
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

START_TEST(weights_add_up_to_one_and_derivatives_to_zero)
{
    const struct wck_kernel *kernel = row(_i);
    struct wck_rng rng = wck_rng_start(20260405, 0);

    for (int n = 0; n < 1000; n++) {
        double u = n < 64 ? n / 4.0 - 8.0 : generic_coordinate(&rng);

        for (int order = 0; order < ORDERS; order++) {
            /* Each of the weights, and the sum itself. */
            double tolerance = kernel->support *
                               (roundings(kernel, order) + kernel->support) * 0x1p-53;

            ck_assert_double_eq_tol(sum_at(kernel, u, order), order == WEIGHT,
                                    tolerance);
        }
    }
}
END_TEST

/* Seven points a distance h apart differentiate polynomials of degree 6 and less
 * exactly: (-f(-3h) + 9 f(-2h) - 45 f(-h) + 45 f(h) - 9 f(2h) + f(3h)) / 60h. */
static double quotient(const struct wck_kernel *kernel, double u, double i, int order,
                       double h)
{
    static const double factor[] = {-1, 9, -45, 0, 45, -9, 1};
    double sum = 0.0;

    for (int k = 0; k < 7; k++)
        sum += factor[k] * weight_at(kernel, u + (k - 3) * h, i, order);
    return sum / (60 * h);
}

/* h is a power of two and u a multiple of it, so that only the values are rounded: the
 * factors' magnitudes add up to 110, over 60 h.  Without a polynomial (Lanczos) the
 * truncation is h^6 / 140 times a 7th or 8th derivative: of a product of two sines over
 * d^2 at most (pi + pi/4)^8 < 2^17. */
START_TEST(derivatives_are_difference_quotients_inside_a_cell)
{
    const struct wck_kernel *kernel = row(_i);
    const double h = 0x1p-6;

    ck_assert_int_le(kernel->degree, 6);
    for (int n = -5 * 64; n < 5 * 64; n++) {
        double u = n * h, cell = floor(u - kernel->knot) + kernel->knot;

        if (u - 3 * h <= cell || u + 3 * h >= cell + 1.0)
            continue;
        for (double i = floor(u) - WCK_TAPS; i <= floor(u) + WCK_TAPS; i++) {
            for (int order = WEIGHT; order < CURVATURE; order++) {
                double tolerance =
                    110 * (roundings(kernel, order) + 7) * 0x1p-53 / (60 * h) +
                    roundings(kernel, order + 1) * 0x1p-53 +
                    (kernel->degree < 0 ? pow(h, 6) / 140 * 0x1p17 : 0.0);

                ck_assert_double_eq_tol(weight_at(kernel, u, i, order + 1),
                                        quotient(kernel, u, i, order, h), tolerance);
            }
        }
    }
}
END_TEST

START_TEST(a_base_is_a_whole_number_and_changes_only_at_knots)
{
    const struct wck_kernel *kernel = row(_i);

    for (int n = -5; n < 5; n++) {
        double cell = n + kernel->knot, base = kernel->base(cell + 0.2385);

        ck_assert_double_eq(base, floor(base));
        ck_assert_double_le(fabs(cell + 0.2385 - base), 1.0);
        ck_assert_double_eq(kernel->base(nextafter(cell, 9.0)), base);
        ck_assert_double_eq(kernel->base(nextafter(cell + 1.0, -9.0)), base);
        /* A tie goes to the cell before it or to the one after it. */
        ck_assert(kernel->base(cell) <= base);
        ck_assert(kernel->base(cell + 1.0) >= base);
    }
}
END_TEST

/* What the row says of its smoothness, measured a distance d from the knot on both
 * sides: a value that is continuous, with a derivative below 2^6, differs by less than
 * 2 d 2^6; the first derivative that is not jumps by more than 1/16. */
START_TEST(a_knot_is_as_smooth_as_the_row_says)
{
    const struct wck_kernel *kernel = row(_i);
    const double d = 0x1p-20;

    for (int order = 0; order < ORDERS; order++) {
        double largest = 0.0, at = 3.0 + kernel->knot;

        for (double i = -WCK_TAPS; i <= 2 * WCK_TAPS; i++)
            largest = fmax(largest, fabs(weight_at(kernel, at + d, i, order) -
                                         weight_at(kernel, at - d, i, order)));
        if (kernel->smoothness >= order)
            ck_assert_double_le(largest, 2 * d * 0x1p6);
        else if (kernel->smoothness == order - 1)
            ck_assert_double_gt(largest, 0.0625);
    }
}
END_TEST

/* From 0 on: some ties are taken away from 0. */
START_TEST(shifting_by_whole_pixels_shifts_the_weights)
{
    const struct wck_kernel *kernel = row(_i);

    for (int n = 0; n <= 80; n++) {
        double u = n / 16.0;

        for (double i = -WCK_TAPS; i <= 2 * WCK_TAPS; i++) {
            for (int order = 0; order < ORDERS; order++)
                ck_assert_double_eq(weight_at(kernel, u, i, order),
                                    weight_at(kernel, u + 1024.0, i + 1024.0, order));
        }
    }
}
END_TEST

/* Rows of one family are the same but for ties or a parameter. */
START_TEST(a_family_reads_equally_many_pixels)
{
    const struct wck_kernel *kernel = row(_i);

    for (size_t other = 0; other < wck_kernel_count(); other++) {
        const struct wck_kernel *relative = wck_kernel_row(other);

        if (strcmp(kernel->family, relative->family) == 0 && kernel->order == 0)
            ck_assert_int_eq(kernel->support, relative->support);
    }
}
END_TEST

struct tie {
    const char *kernel;
    double minus_one_half, one_half, three_halves, minus_three_quarters;
};

static const struct tie ties[] = {
    {"nearest", 0, 1, 2, -1},
    {"nearest-half-even", 0, 0, 2, -1},
    {"nearest-half-away", -1, 1, 2, -1},
    {"nearest-half-down", -1, 0, 1, -1},
    {"nearest-floor", -1, 0, 1, -1},
    {"nearest-truncate", 0, 0, 1, 0},
};
#define TIES ((int)(sizeof ties / sizeof ties[0]))

START_TEST(nearest_kernels_differ_at_ties_as_their_names_say)
{
    const struct tie *tie = &ties[_i];
    const struct wck_kernel *kernel = wck_kernel_find(tie->kernel);

    ck_assert_ptr_nonnull(kernel);
    ck_assert_double_eq(kernel->base(-0.5), tie->minus_one_half);
    ck_assert_double_eq(kernel->base(0.5), tie->one_half);
    ck_assert_double_eq(kernel->base(1.5), tie->three_halves);
    ck_assert_double_eq(kernel->base(-0.75), tie->minus_three_quarters);
}
END_TEST

START_TEST(every_nearest_kernel_has_its_ties_listed)
{
    int nearest = 0;

    for (size_t i = 0; i < wck_kernel_count(); i++)
        nearest += strcmp(wck_kernel_row(i)->family, "nearest") == 0;
    ck_assert_int_eq(nearest, TIES);
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
    struct wck_weights to = {0};
    const double *w = to.weight, *s = to.slope;

    ck_assert_double_eq(kernel->base(2.0), 2.0);
    ck_assert_double_eq(kernel->base(nextafter(2.0, 0.0)), 1.0);
    ck_assert_double_eq(kernel->base(-0.25), -1.0);
    kernel->eval(kernel, 0.375, &to);
    ck_assert_double_eq(w[0], 0.625);
    ck_assert_double_eq(w[1], 0.375);
    ck_assert_double_eq(s[0], -1.0);
    ck_assert_double_eq(s[1], 1.0);
    /* At a knot the pixel after is still listed, with weight 0 and the slope of the
     * right cell. */
    kernel->eval(kernel, 0.0, &to);
    ck_assert_double_eq(w[0], 1.0);
    ck_assert_double_eq(w[1], 0.0);
    ck_assert_double_eq(s[1], 1.0);
}
END_TEST

Suite *wck_kernel_suite(void)
{
    int rows = pair_separable_kernels(), all = (int)wck_kernel_count();
    Suite *suite = suite_create("kernel");
    TCase *tcase = tcase_create("kernel");

    tcase_add_loop_test(tcase, a_row_is_complete_and_found_by_its_name, 0, all);
    tcase_add_test(tcase, there_is_no_row_beyond_the_last_and_no_unknown_name);
    tcase_add_loop_test(tcase, weights_add_up_to_one_and_derivatives_to_zero, 0, rows);
    tcase_add_loop_test(tcase, derivatives_are_difference_quotients_inside_a_cell, 0,
                        rows);
    tcase_add_loop_test(tcase, a_base_is_a_whole_number_and_changes_only_at_knots, 0,
                        rows);
    tcase_add_loop_test(tcase, a_knot_is_as_smooth_as_the_row_says, 0, rows);
    tcase_add_loop_test(tcase, shifting_by_whole_pixels_shifts_the_weights, 0, rows);
    tcase_add_loop_test(tcase, a_family_reads_equally_many_pixels, 0, all);
    tcase_add_loop_test(tcase, nearest_kernels_differ_at_ties_as_their_names_say, 0,
                        TIES);
    tcase_add_test(tcase, every_nearest_kernel_has_its_ties_listed);
    tcase_add_test(tcase, nearest_takes_the_pixel_after_at_a_tie);
    tcase_add_test(tcase, nearest_is_exact_beside_a_tie);
    tcase_add_test(tcase, bilinear_starts_at_the_floor);
    suite_add_tcase(suite, tcase);
    return suite;
}
