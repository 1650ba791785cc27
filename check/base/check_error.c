/* Errors: the first one is kept, and always fits. */
#include <check.h>
#include <string.h>

#include "check/suites.h"
#include "src/base/error.h"

START_TEST(the_first_error_wins)
{
    struct wck_error err = {0};

    ck_assert_int_eq(wck_error_set(&err, WCK_FORMAT, "row %d of %s", 7, "a.npy"),
                     WCK_FORMAT);
    ck_assert_int_eq(wck_error_set(&err, WCK_IO, "later"), WCK_IO);
    ck_assert_int_eq(err.status, WCK_FORMAT);
    ck_assert_str_eq(err.text, "row 7 of a.npy");
}
END_TEST

START_TEST(an_error_may_go_nowhere)
{
    ck_assert_int_eq(wck_error_set(NULL, WCK_SUBJECT, "%s", "unheard"), WCK_SUBJECT);
    ck_assert_int_eq(wck_error_no_memory(NULL), WCK_NO_MEMORY);
}
END_TEST

START_TEST(a_long_text_is_cut)
{
    struct wck_error err = {0};

    wck_error_set(&err, WCK_INVALID, "%2000d", 3);
    ck_assert_uint_eq(strlen(err.text), sizeof err.text - 1);
}
END_TEST

START_TEST(no_memory_says_so)
{
    struct wck_error err = {0};

    ck_assert_int_eq(wck_error_no_memory(&err), WCK_NO_MEMORY);
    ck_assert_str_eq(err.text, "out of memory");
}
END_TEST

Suite *wck_error_suite(void)
{
    Suite *suite = suite_create("error");
    TCase *errors = tcase_create("errors");

    tcase_add_test(errors, the_first_error_wins);
    tcase_add_test(errors, an_error_may_go_nowhere);
    tcase_add_test(errors, a_long_text_is_cut);
    tcase_add_test(errors, no_memory_says_so);
    suite_add_tcase(suite, errors);
    return suite;
}
