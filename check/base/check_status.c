/* Statuses: each says what it means. */
#include <check.h>
#include <string.h>

#include "check/suites.h"
#include "src/base/status.h"

START_TEST(every_status_has_a_text_of_its_own)
{
    const char *text = wck_status_text((enum wck_status)_i);

    ck_assert_uint_gt(strlen(text), 0);
    for (int other = 0; other < _i; other++)
        ck_assert_str_ne(text, wck_status_text((enum wck_status)other));
}
END_TEST

START_TEST(a_number_that_is_no_status_has_a_text_too)
{
    ck_assert_ptr_nonnull(wck_status_text(WCK_STATUS_COUNT));
    ck_assert_str_ne(wck_status_text(WCK_STATUS_COUNT), wck_status_text(WCK_OK));
}
END_TEST

Suite *wck_status_suite(void)
{
    Suite *suite = suite_create("status");
    TCase *texts = tcase_create("texts");

    tcase_add_loop_test(texts, every_status_has_a_text_of_its_own, 0, WCK_STATUS_COUNT);
    tcase_add_test(texts, a_number_that_is_no_status_has_a_text_too);
    suite_add_tcase(suite, texts);
    return suite;
}
