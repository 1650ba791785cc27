#include <check.h>
#include <math.h>

#include "check/suites.h"
#include "src/verdict/tally.h"

static void add(struct wck_tally *tally, double error, double bound, double scale,
                long plane, bool resolved)
{
    struct wck_measure measure = {.got = error, .round = bound, .scale = scale};
    struct wck_place place = {.plane = plane, .y = 3, .x = 5};

    wck_tally_add(tally, &measure, &place, resolved);
}

START_TEST(an_empty_tally_is_not_applicable)
{
    struct wck_tally tally = {0};

    ck_assert_int_eq(wck_tally_verdict(&tally, 1e-6), WCK_NOT_APPLICABLE);
}
END_TEST

START_TEST(the_worst_comparison_is_that_with_the_largest_ratio)
{
    struct wck_tally tally = {0};

    add(&tally, 0.125, 1.0, 1.0, 0, true);
    add(&tally, 0.75, 0.25, 1.0, 1, true); /* ratio 3 */
    add(&tally, 2.0, 1.0, 1.0, 2, true);   /* a larger error, a ratio of 2 */
    ck_assert_uint_eq(tally.compared, 3);
    ck_assert_uint_eq(tally.beyond, 2);
    ck_assert_double_eq(tally.ratio, 3.0);
    ck_assert_int_eq(tally.where.plane, 1);
    ck_assert_double_eq(tally.worst.got, 0.75);
    ck_assert_int_eq(wck_tally_verdict(&tally, 10.0), WCK_MARGINAL);
}
END_TEST

START_TEST(the_first_comparison_is_kept_where_all_are_exact)
{
    struct wck_tally tally = {0};

    add(&tally, 0.0, 0.5, 1.0, 4, true);
    add(&tally, 0.0, 0.5, 1.0, 5, true);
    ck_assert_int_eq(tally.where.plane, 4);
    ck_assert_uint_eq(tally.beyond, 0);
}
END_TEST

START_TEST(what_is_equal_is_counted_and_the_largest_part_kept)
{
    struct wck_tally tally = {0}, other = {0};

    add(&tally, 0.0, 0.5, 1.0, 4, true);
    add(&tally, 0.0, 0.0, 1.0, 5, true);
    add(&tally, 0.25, 0.5, 1.0, 6, true);
    ck_assert_uint_eq(tally.exact, 2);
    ck_assert_double_eq(tally.used, 0.5);
    add(&other, 0.0, 0.5, 1.0, 8, true);
    wck_tally_merge(&tally, &other);
    ck_assert_uint_eq(tally.exact, 3);
    ck_assert_double_eq(tally.used, 0.5);
    wck_tally_merge(&other, &tally);
    ck_assert_double_eq(other.used, 0.5);
    add(&other, (double)NAN, 0.5, 1.0, 7, true);
    ck_assert_uint_eq(other.exact, 4);
    ck_assert_double_eq(other.used, (double)INFINITY);
}
END_TEST

START_TEST(an_error_hides_up_to_twice_the_bound)
{
    struct wck_tally tally = {0};

    add(&tally, 0.0, 0.25, 4.0, 0, true);
    add(&tally, 0.0, 0.25, 8.0, 0, true);
    ck_assert_double_eq(tally.detectable, 2.0 * 0.25 / 4.0);
    ck_assert_int_eq(wck_tally_verdict(&tally, 0.125), WCK_PASS);
    ck_assert_int_eq(wck_tally_verdict(&tally, 0.1249), WCK_INCONCLUSIVE);
}
END_TEST

START_TEST(truncation_hides_errors_as_rounding_does)
{
    struct wck_tally tally = {0};
    struct wck_measure measure = {.round = 0.125, .trunc = 0.375, .scale = 2.0};
    struct wck_place place = {.plane = 0};

    wck_tally_add(&tally, &measure, &place, true);
    ck_assert_double_eq(tally.detectable, 0.5);
}
END_TEST

START_TEST(comparisons_that_do_not_resolve_leave_the_power_alone)
{
    struct wck_tally tally = {0};

    add(&tally, 0.0, 0.25, 4.0, 0, true);
    add(&tally, 0.0, 64.0, 4.0, 0, false);
    add(&tally, 0.0, 64.0, 0.0, 0, true); /* nothing to be relative to */
    ck_assert_uint_eq(tally.compared, 3);
    ck_assert_double_eq(tally.detectable, 0.125);
}
END_TEST

START_TEST(want_of_power_never_excuses_a_failure)
{
    struct wck_tally tally = {0};

    add(&tally, 5.0, 1.0, 1.0, 0, true);
    ck_assert_int_eq(wck_tally_verdict(&tally, 1e-6), WCK_FAIL);
    tally = (struct wck_tally){0};
    add(&tally, 3.0, 1.0, 1.0, 0, true);
    ck_assert_int_eq(wck_tally_verdict(&tally, 1e-6), WCK_MARGINAL);
}
END_TEST

START_TEST(where_bounds_are_certain_nothing_is_marginal)
{
    struct wck_tally tally = {0};

    add(&tally, 1.5, 1.0, 1.0, 0, false);
    ck_assert_int_eq(wck_tally_verdict(&tally, 1.0), WCK_MARGINAL);
    tally.certain = true;
    ck_assert_int_eq(wck_tally_verdict(&tally, 1.0), WCK_FAIL);
    tally = (struct wck_tally){.certain = true};
    add(&tally, 1.0, 1.0, 1.0, 0, false);
    ck_assert_int_eq(wck_tally_verdict(&tally, 1.0), WCK_PASS);
}
END_TEST

START_TEST(a_nan_is_the_worst_of_all)
{
    struct wck_tally tally = {0};

    add(&tally, (double)NAN, 1.0, 1.0, 6, true);
    add(&tally, 100.0, 1.0, 1.0, 7, true);
    ck_assert_int_eq(tally.where.plane, 6);
    ck_assert_uint_eq(tally.beyond, 2);
    ck_assert_int_eq(wck_tally_verdict(&tally, 1.0), WCK_FAIL);
}
END_TEST

START_TEST(merging_is_adding_all_of_the_other)
{
    struct wck_tally tally = {0}, other = {0}, empty = {0};

    add(&tally, 0.75, 0.5, 1.0, 1, true);
    add(&other, 1.25, 0.5, 0.25, 2, true);
    add(&other, 0.25, 0.5, 1.0, 3, true);
    wck_tally_merge(&tally, &other);
    ck_assert_uint_eq(tally.compared, 3);
    ck_assert_uint_eq(tally.beyond, 2);
    ck_assert_int_eq(tally.where.plane, 2);
    ck_assert_double_eq(tally.ratio, 2.5);
    ck_assert_double_eq(tally.detectable, 4.0);
    wck_tally_merge(&tally, &empty);
    ck_assert_uint_eq(tally.compared, 3);
    ck_assert_int_eq(tally.where.plane, 2);
    wck_tally_merge(&empty, &tally);
    ck_assert_uint_eq(empty.compared, 3);
    ck_assert_int_eq(empty.where.plane, 2);
}
END_TEST

START_TEST(merging_nothing_into_exact_comparisons_keeps_their_place)
{
    struct wck_tally tally = {0}, empty = {0};

    add(&tally, 0.0, 0.5, 1.0, 8, true);
    wck_tally_merge(&tally, &empty);
    ck_assert_int_eq(tally.where.plane, 8);
    ck_assert_double_eq(tally.worst.round, 0.5);
}
END_TEST

Suite *wck_tally_suite(void)
{
    Suite *suite = suite_create("tally");
    TCase *tcase = tcase_create("tally");

    tcase_add_test(tcase, an_empty_tally_is_not_applicable);
    tcase_add_test(tcase, the_worst_comparison_is_that_with_the_largest_ratio);
    tcase_add_test(tcase, the_first_comparison_is_kept_where_all_are_exact);
    tcase_add_test(tcase, what_is_equal_is_counted_and_the_largest_part_kept);
    tcase_add_test(tcase, an_error_hides_up_to_twice_the_bound);
    tcase_add_test(tcase, truncation_hides_errors_as_rounding_does);
    tcase_add_test(tcase, comparisons_that_do_not_resolve_leave_the_power_alone);
    tcase_add_test(tcase, want_of_power_never_excuses_a_failure);
    tcase_add_test(tcase, where_bounds_are_certain_nothing_is_marginal);
    tcase_add_test(tcase, a_nan_is_the_worst_of_all);
    tcase_add_test(tcase, merging_is_adding_all_of_the_other);
    tcase_add_test(tcase, merging_nothing_into_exact_comparisons_keeps_their_place);
    suite_add_tcase(suite, tcase);
    return suite;
}
