#include <check.h>
#include <string.h>

#include "check/suites.h"
#include "src/base/status.h"

START_TEST(every_status_has_a_text_of_its_own)
{
    const char *text = wck_status_text((enum wck_status)_i);

    ck_assert_uint_gt(strlen(text), 0);
    ck_assert_str_ne(text, "unknown status");
    for (int other = 0; other < _i; other++)
        ck_assert_str_ne(text, wck_status_text((enum wck_status)other));
}
END_TEST

START_TEST(what_is_no_status_has_a_text_too)
{
    ck_assert_str_eq(wck_status_text(WCK_STATUS_COUNT), "unknown status");
    ck_assert_str_eq(wck_status_text((enum wck_status)(WCK_STATUS_COUNT + 1)),
                     "unknown status");
}
END_TEST

START_TEST(no_error_is_zero)
{
    ck_assert_int_eq(WCK_OK, 0);
    ck_assert_str_eq(wck_status_text(WCK_OK), "no error");
}
END_TEST

Suite *wck_status_suite(void)
{
    Suite *suite = suite_create("status");
    TCase *tcase = tcase_create("status");

    tcase_add_loop_test(tcase, every_status_has_a_text_of_its_own, 0, WCK_STATUS_COUNT);
    tcase_add_test(tcase, what_is_no_status_has_a_text_too);
    tcase_add_test(tcase, no_error_is_zero);
    suite_add_tcase(suite, tcase);
    return suite;
}
