#include "src/base/date.h"

#include "check/suites.h"

static void assert_no_date(const char *text)
{
    struct wck_date date = {"2027-01-31"};

    ck_assert_msg(!wck_date_read(&date, text), "%s", text);
    ck_assert_str_eq(date.text, "2027-01-31");
}

START_TEST(a_day_of_the_calendar_is_read_in_one_form_only)
{
    static const char *const others[] = {
        "",           "2027-1-31",   "27-01-31",    "2027/01/31",
        "31-01-2027", "2027-01-31 ", " 2027-01-31", "2027-01-3x",
        "+027-01-31", "2027-01-311"};
    struct wck_date date = {""};

    ck_assert(wck_date_read(&date, "2027-12-31"));
    ck_assert_str_eq(date.text, "2027-12-31");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_no_date(others[i]);
}
END_TEST

START_TEST(days_that_the_calendar_does_not_have_are_none)
{
    struct wck_date date;

    assert_no_date("2027-00-07");
    assert_no_date("2027-13-07");
    assert_no_date("2027-07-00");
    assert_no_date("2027-07-32");
    assert_no_date("2027-04-31");
    assert_no_date("2027-02-29");
    assert_no_date("2100-02-29");
    ck_assert(wck_date_read(&date, "2028-02-29"));
    ck_assert(wck_date_read(&date, "2400-02-29"));
}
END_TEST

START_TEST(a_day_begins_and_ends_in_utc)
{
    struct wck_date date;

    ck_assert(wck_date_at(&date, 0));
    ck_assert_str_eq(date.text, "1970-01-01");
    ck_assert(wck_date_at(&date, -1));
    ck_assert_str_eq(date.text, "1969-12-31");
    /* 2028 is a leap year: 31 + 28 days after it began, in its last second and the
     * next; 58 years before it, 14 of them leap years. */
    ck_assert(wck_date_at(&date, (58 * 365 + 14 + 31 + 29) * INT64_C(86400) - 1));
    ck_assert_str_eq(date.text, "2028-02-29");
    ck_assert(wck_date_at(&date, (58 * 365 + 14 + 31 + 29) * INT64_C(86400)));
    ck_assert_str_eq(date.text, "2028-03-01");
}
END_TEST

START_TEST(years_of_more_than_four_digits_are_no_dates)
{
    struct wck_date date = {"2027-01-31"};

    ck_assert(!wck_date_at(&date, INT64_C(253402300800))); /* 10000-01-01 */
    ck_assert(!wck_date_at(&date, INT64_MAX));
    ck_assert_str_eq(date.text, "2027-01-31");
    ck_assert(wck_date_at(&date, INT64_C(253402300799)));
    ck_assert_str_eq(date.text, "9999-12-31");
}
END_TEST

START_TEST(dates_are_in_the_order_of_their_days)
{
    const struct wck_date a = {"2027-09-30"}, b = {"2027-10-01"}, c = {"2028-01-01"};

    ck_assert(wck_date_before(&a, &b) && wck_date_before(&b, &c));
    ck_assert(!wck_date_before(&b, &a) && !wck_date_before(&b, &b));
}
END_TEST

Suite *wck_date_suite(void)
{
    Suite *suite = suite_create("date");
    TCase *tcase = tcase_create("date");

    tcase_add_test(tcase, a_day_of_the_calendar_is_read_in_one_form_only);
    tcase_add_test(tcase, days_that_the_calendar_does_not_have_are_none);
    tcase_add_test(tcase, a_day_begins_and_ends_in_utc);
    tcase_add_test(tcase, years_of_more_than_four_digits_are_no_dates);
    tcase_add_test(tcase, dates_are_in_the_order_of_their_days);
    suite_add_tcase(suite, tcase);
    return suite;
}
