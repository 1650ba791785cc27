#include <check.h>
#include <string.h>

#include "check/suites.h"
#include "src/base/error.h"

START_TEST(an_error_is_recorded_and_its_status_returned)
{
    struct wck_error err = {0};

    ck_assert_int_eq(
        wck_error_set(&err, WCK_IO, "%s: %d of %zu", "a.npy", 3, (size_t)7), WCK_IO);
    ck_assert_int_eq(err.status, WCK_IO);
    ck_assert_str_eq(err.text, "a.npy: 3 of 7");
}
END_TEST

START_TEST(the_first_error_wins)
{
    struct wck_error err = {0};

    wck_error_set(&err, WCK_FORMAT, "the cause");
    ck_assert_int_eq(wck_error_set(&err, WCK_IO, "its consequence"), WCK_IO);
    ck_assert_int_eq(wck_error_no_memory(&err), WCK_NO_MEMORY);
    ck_assert_int_eq(err.status, WCK_FORMAT);
    ck_assert_str_eq(err.text, "the cause");
}
END_TEST

START_TEST(nobody_has_to_listen)
{
    ck_assert_int_eq(wck_error_set(NULL, WCK_INVALID, "%d", 1), WCK_INVALID);
    ck_assert_int_eq(wck_error_no_memory(NULL), WCK_NO_MEMORY);
}
END_TEST

START_TEST(lack_of_memory_is_said_in_its_own_words)
{
    struct wck_error err = {0};

    ck_assert_int_eq(wck_error_no_memory(&err), WCK_NO_MEMORY);
    ck_assert_int_eq(err.status, WCK_NO_MEMORY);
    ck_assert_str_eq(err.text, wck_status_text(WCK_NO_MEMORY));
}
END_TEST

START_TEST(long_text_is_cut)
{
    struct wck_error err = {0};
    char text[2 * sizeof err.text];

    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    wck_error_set(&err, WCK_INVALID, "%s", text);
    ck_assert_uint_eq(strlen(err.text), sizeof err.text - 1);
}
END_TEST

Suite *wck_error_suite(void)
{
    Suite *suite = suite_create("error");
    TCase *tcase = tcase_create("error");

    tcase_add_test(tcase, an_error_is_recorded_and_its_status_returned);
    tcase_add_test(tcase, the_first_error_wins);
    tcase_add_test(tcase, nobody_has_to_listen);
    tcase_add_test(tcase, lack_of_memory_is_said_in_its_own_words);
    tcase_add_test(tcase, long_text_is_cut);
    suite_add_tcase(suite, tcase);
    return suite;
}
