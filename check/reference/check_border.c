/* Borders: where a tap outside the image is read, against reflections step by step. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "check/oracle/oracle.h"
#include "check/suites.h"
#include "reference/border.h"

static const size_t sizes[] = {1, 2, 3, 5, 8};
#define SIZES (sizeof sizes / sizeof sizes[0])

static const struct wck_border *row(int i)
{
    return wck_border_row((size_t)i);
}

START_TEST(a_border_reads_where_its_reflections_lead)
{
    for (size_t s = 0; s < SIZES; s++) {
        for (int64_t i = -30; i <= 40; i++)
            ck_assert_int_eq(row(_i)->fold(i, sizes[s]),
                             oracle_border(row(_i)->name, 0, (int)i, (int)sizes[s]));
    }
}
END_TEST

START_TEST(pixels_inside_are_read_as_they_are)
{
    for (size_t s = 0; s < SIZES; s++) {
        for (size_t i = 0; i < sizes[s]; i++)
            ck_assert_int_eq(row(_i)->fold((int64_t)i, sizes[s]), (ptrdiff_t)i);
    }
}
END_TEST

START_TEST(a_border_repeats_with_its_period_and_no_shorter_one)
{
    const int64_t far = INT64_C(1) << 53;

    for (size_t s = 0; s < SIZES; s++) {
        size_t n = sizes[s];
        int64_t period = row(_i)->period(n);

        if (period == 0) {
            ck_assert_int_eq(row(_i)->fold(far, n), row(_i)->fold((int64_t)n, n));
            ck_assert_int_eq(row(_i)->fold(-far, n), row(_i)->fold(-1, n));
            continue;
        }
        for (int64_t i = -3; i < 12; i++) {
            ptrdiff_t here = row(_i)->fold(i, n);

            ck_assert_int_eq(row(_i)->fold(i + 7 * period, n), here);
            ck_assert_int_eq(row(_i)->fold(i - far / period * period, n), here);
        }
        for (int64_t shorter = 1; shorter < period; shorter++) {
            bool differs = false;

            for (int64_t i = 0; i < period; i++)
                differs |= row(_i)->fold(i, n) != row(_i)->fold(i + shorter, n);
            ck_assert_msg(differs || n == 1, "%s repeats after %d of %d pixels",
                          row(_i)->name, (int)shorter, (int)n);
        }
    }
}
END_TEST

START_TEST(border_rows_are_found_by_name)
{
    ck_assert_ptr_eq(wck_border_find(row(_i)->name), row(_i));
    ck_assert_uint_gt(strlen(row(_i)->summary), 0);
    ck_assert_int_eq(strncmp(row(_i)->source, "NOTES:", 6), 0);
}
END_TEST

START_TEST(there_is_no_border_beyond_the_table)
{
    ck_assert_ptr_null(wck_border_row(wck_border_count()));
    ck_assert_ptr_null(wck_border_find("reflect101"));
}
END_TEST

Suite *wck_border_suite(void)
{
    Suite *suite = suite_create("border");
    TCase *rows = tcase_create("rows");
    int count = (int)wck_border_count();

    tcase_add_loop_test(rows, a_border_reads_where_its_reflections_lead, 0, count);
    tcase_add_loop_test(rows, pixels_inside_are_read_as_they_are, 0, count);
    tcase_add_loop_test(rows, a_border_repeats_with_its_period_and_no_shorter_one, 0,
                        count);
    tcase_add_loop_test(rows, border_rows_are_found_by_name, 0, count);
    tcase_add_test(rows, there_is_no_border_beyond_the_table);
    suite_add_tcase(suite, rows);
    return suite;
}
