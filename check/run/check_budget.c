/* Budget: who gets which part of the time. */
#include <check.h>
#include <stdlib.h>

#include "check/suites.h"
#include "src/base/clock.h"
#include "src/run/budget.h"

START_TEST(every_item_has_its_turn)
{
    static const double seconds[] = {0.0, 60.0};
    struct wck_budget budget = wck_budget_begin(seconds[_i]);

    for (size_t count = 1; count < 100; count++) {
        bool put[100] = {false};

        for (size_t turn = 0; turn < count; turn++) {
            size_t item = wck_budget_item(&budget, turn, count);

            ck_assert_uint_lt(item, count);
            ck_assert_msg(!put[item], "item %zu of %zu twice", item, count);
            put[item] = true;
            if (_i == 0)
                ck_assert_uint_eq(item, turn);
        }
    }
}
END_TEST

/* Neighbours, which are alike, do not follow each other. */
START_TEST(kinds_are_visited_by_turns)
{
    struct wck_budget budget = wck_budget_begin(60.0);

    for (size_t turn = 0; turn < 29; turn++) {
        size_t a = wck_budget_item(&budget, turn, 30);
        size_t b = wck_budget_item(&budget, turn + 1, 30);

        ck_assert_uint_ge(a > b ? a - b : b - a, 5);
    }
}
END_TEST

static struct wck_budget begun_ago(double ago, double seconds)
{
    return (struct wck_budget){.began = wck_clock_seconds() - ago, .seconds = seconds};
}

START_TEST(the_last_quarter_is_kept_where_something_failed)
{
    struct wck_budget early = begun_ago(7000.0, 10000.0);
    struct wck_budget late = begun_ago(8000.0, 10000.0);
    struct wck_budget over = begun_ago(10001.0, 10000.0);
    struct wck_budget none = begun_ago(10001.0, 0.0);

    ck_assert(!wck_budget_is_up(&early, true) && !wck_budget_is_up(&early, false));
    ck_assert(wck_budget_is_up(&late, true) && !wck_budget_is_up(&late, false));
    ck_assert(wck_budget_is_up(&over, true) && wck_budget_is_up(&over, false));
    ck_assert(!wck_budget_is_up(&none, true) && !wck_budget_is_up(&none, false));
}
END_TEST

START_TEST(a_diagnosis_has_the_rest_or_a_quarter_where_others_wait)
{
    struct wck_budget early = begun_ago(1000.0, 10000.0);
    struct wck_budget late = begun_ago(9000.0, 10000.0);
    struct wck_budget none = begun_ago(9000.0, 0.0);
    double now = wck_clock_seconds();

    ck_assert_double_eq_tol(wck_budget_until(&early, false), now + 9000.0, 100.0);
    ck_assert_double_eq_tol(wck_budget_until(&early, true), now + 2500.0, 100.0);
    ck_assert_double_eq_tol(wck_budget_until(&late, true), now + 1000.0, 100.0);
    ck_assert_double_eq(wck_budget_until(&none, true), 0.0);
    ck_assert(wck_clock_is_past(now - 1.0) && !wck_clock_is_past(now + 1000.0) &&
              !wck_clock_is_past(0.0));
}
END_TEST

Suite *wck_budget_suite(void)
{
    Suite *suite = suite_create("budget");
    TCase *tcase = tcase_create("budget");

    tcase_add_loop_test(tcase, every_item_has_its_turn, 0, 2);
    tcase_add_test(tcase, kinds_are_visited_by_turns);
    tcase_add_test(tcase, the_last_quarter_is_kept_where_something_failed);
    tcase_add_test(tcase, a_diagnosis_has_the_rest_or_a_quarter_where_others_wait);
    suite_add_tcase(suite, tcase);
    return suite;
}
