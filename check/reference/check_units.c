/* Units: every row against its definition, and round trips. */
#include <check.h>
#include <math.h>
#include <quadmath.h>
#include <string.h>

#include "check/oracle/oracle.h"
#include "check/suites.h"
#include "reference/units.h"

static const int sizes[] = {1, 2, 3, 7, 640};
#define SIZES (sizeof sizes / sizeof sizes[0])

static const struct wck_units *row(int i)
{
    return wck_units_row((size_t)i);
}

/* Four operations on numbers of up to 2n + 1. */
static double bound(int n, double i)
{
    return 4 * 0x1p-53 * (2.0 * fabs(i) + n + 2.0);
}

START_TEST(numbers_and_pixels_are_as_defined)
{
    for (size_t s = 0; s < SIZES; s++) {
        int n = sizes[s];

        for (double i = -2.375; i < n + 3; i += 0.8125) {
            double g = row(_i)->of_pixel(i, (size_t)n);

            ck_assert_double_le((double)fabsq(g - oracle_of_pixel(row(_i)->name, i, n)),
                                bound(n, i));
            ck_assert_double_le((double)fabsq(row(_i)->to_pixel(g, (size_t)n) -
                                              oracle_to_pixel(row(_i)->name, g, n)),
                                bound(n, i));
        }
    }
}
END_TEST

/* Normalised numbers lose what the pixel's coordinate is large: n/2 times a rounding of
 * a number of up to 2 |i| / n + 2.  A single pixel has no extent between centres. */
START_TEST(there_and_back_is_the_same_pixel)
{
    for (size_t s = 0; s < SIZES; s++) {
        int n = sizes[s];

        for (double i = -2.375; i < n + 3; i += 0.8125) {
            double back = row(_i)->to_pixel(row(_i)->of_pixel(i, (size_t)n), (size_t)n);

            if (n > 1 || strstr(row(_i)->name, "centres") == NULL)
                ck_assert_double_le(fabs(back - i), 2 * bound(n, i));
            else
                ck_assert_double_le(fabs(back), 0.0);
        }
    }
}
END_TEST

START_TEST(the_factor_is_the_slope_of_to_pixel)
{
    for (size_t s = 0; s < SIZES; s++) {
        size_t n = (size_t)sizes[s];
        double slope = (row(_i)->to_pixel(3.0, n) - row(_i)->to_pixel(-1.0, n)) / 4.0;

        ck_assert_double_le(fabs(row(_i)->factor(n) - slope), 0.0);
    }
}
END_TEST

START_TEST(normalised_numbers_end_at_centres_or_edges)
{
    const struct wck_units *centres = wck_units_find("centres");
    const struct wck_units *edges = wck_units_find("edges");

    ck_assert_double_le(fabs(centres->of_pixel(0.0, 7) + 1.0), 0.0);
    ck_assert_double_le(fabs(centres->to_pixel(1.0, 7) - 6.0), 0.0);
    ck_assert_double_le(fabs(edges->of_pixel(-0.5, 7) + 1.0), 0.0);
    ck_assert_double_le(fabs(edges->to_pixel(1.0, 7) - 6.5), 0.0);
}
END_TEST

START_TEST(units_rows_are_found_by_name)
{
    ck_assert_ptr_eq(wck_units_find(row(_i)->name), row(_i));
    ck_assert_uint_gt(strlen(row(_i)->summary), 0);
    ck_assert_int_eq(strncmp(row(_i)->source, "NOTES:", 6), 0);
}
END_TEST

START_TEST(there_are_no_units_beyond_the_table)
{
    ck_assert_ptr_null(wck_units_row(wck_units_count()));
    ck_assert_ptr_null(wck_units_find("pixel"));
}
END_TEST

Suite *wck_units_suite(void)
{
    Suite *suite = suite_create("units");
    TCase *rows = tcase_create("rows");
    int count = (int)wck_units_count();

    tcase_add_loop_test(rows, numbers_and_pixels_are_as_defined, 0, count);
    tcase_add_loop_test(rows, there_and_back_is_the_same_pixel, 0, count);
    tcase_add_loop_test(rows, the_factor_is_the_slope_of_to_pixel, 0, count);
    tcase_add_loop_test(rows, units_rows_are_found_by_name, 0, count);
    tcase_add_test(rows, normalised_numbers_end_at_centres_or_edges);
    tcase_add_test(rows, there_are_no_units_beyond_the_table);
    suite_add_tcase(suite, rows);
    return suite;
}
