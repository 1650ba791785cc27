#include <check.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include "check/suites.h"
#include "src/base/text.h"

START_TEST(a_text_grows_by_what_is_added)
{
    struct wck_text text = {0};

    ck_assert_str_eq(wck_text_string(&text), "");
    wck_text_append(&text, "23x", 2);
    wck_text_printf(&text, "%c%d, %s", '8', 5, "warp");
    ck_assert_str_eq(wck_text_string(&text), "2385, warp");
    ck_assert_uint_eq(text.size, 10);
    ck_assert(!text.failed);
    wck_text_release(&text);
    ck_assert_ptr_null(text.data);
    ck_assert_str_eq(wck_text_string(&text), "");
}
END_TEST

START_TEST(a_text_grows_past_any_size)
{
    struct wck_text text = {0};

    for (int i = 0; i < 1000; i++)
        wck_text_printf(&text, "%03d,", i);
    ck_assert_uint_eq(text.size, 4000);
    ck_assert_uint_gt(text.capacity, text.size);
    ck_assert_uint_eq(strlen(text.data), 4000);
    ck_assert_int_eq(strncmp(text.data + 4 * 637, "637,", 4), 0);
    wck_text_release(&text);
}
END_TEST

START_TEST(bytes_of_any_value_are_kept)
{
    struct wck_text text = {0};

    wck_text_append(&text, "a\0b", 3);
    wck_text_append(&text, "", 0);
    ck_assert_uint_eq(text.size, 3);
    ck_assert_mem_eq(text.data, "a\0b", 4);
    wck_text_release(&text);
}
END_TEST

/* L'\x20ac' has no form in the C locale. */
START_TEST(a_failure_is_remembered_and_stops_everything)
{
    struct wck_text text = {0};

    wck_text_append(&text, "kept", 4);
    wck_text_printf(&text, "%lc", (wint_t)0x20ac);
    ck_assert(text.failed);
    wck_text_append(&text, "not", 3);
    wck_text_printf(&text, "added");
    ck_assert_uint_eq(text.size, 4);
    ck_assert_str_eq(wck_text_string(&text), "");
    wck_text_release(&text);
    ck_assert(!text.failed);
}
END_TEST

START_TEST(sizes_are_read)
{
    static const struct {
        const char *text;
        size_t count, sizes[4];
    } good[] = {
        {"64", 1, {64}},
        {"13x17", 2, {13, 17}},
        {"13X17x3", 3, {13, 17, 3}},
        {"2x3x5x7", 4, {2, 3, 5, 7}},
        {"0013x1", 2, {13, 1}},
        {"9223372036854775807", 1, {PTRDIFF_MAX}},
    };

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        size_t sizes[4] = {0};

        ck_assert_uint_eq(wck_text_read_sizes(good[i].text, sizes, 4), good[i].count);
        ck_assert_mem_eq(sizes, good[i].sizes, sizeof sizes);
    }
}
END_TEST

START_TEST(what_is_no_size_is_refused)
{
    static const char *const bad[] = {"",
                                      "x",
                                      "13x",
                                      "x17",
                                      "13xx17",
                                      "13 x17",
                                      " 13x17",
                                      "13x17 ",
                                      "13x-1",
                                      "+13",
                                      "0x17",
                                      "13x0",
                                      "0",
                                      "1.5",
                                      "13*17",
                                      "2x3x5x7x11",
                                      "9223372036854775808",
                                      "99999999999999999999999"};
    size_t sizes[4];

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(wck_text_read_sizes(bad[i], sizes, 4) == 0, "'%s'", bad[i]);
    ck_assert_uint_eq(wck_text_read_sizes("2x3", sizes, 1), 0);
}
END_TEST

START_TEST(numbers_are_read)
{
    static const struct {
        const char *text;
        size_t count;
        double numbers[4];
    } good[] = {
        {"1 0 10; 0", 4, {1, 0, 10, 0}},
        {" -1.5,\t+2e3\n", 2, {-1.5, 2000}},
        {"0x1.8p1;.25;3.", 3, {3, 0.25, 3}},
        {"1,,;2", 2, {1, 2}},
        {"1.7976931348623157e308 5e-324", 2, {1.7976931348623157e308, 5e-324}},
    };

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        double numbers[4] = {0.0};

        ck_assert_uint_eq(wck_text_read_numbers(good[i].text, numbers, 4),
                          good[i].count);
        for (int k = 0; k < 4; k++)
            ck_assert_double_eq(numbers[k], good[i].numbers[k]);
    }
}
END_TEST

START_TEST(what_is_no_list_of_numbers_is_refused)
{
    static const char *const bad[] = {"",          " ;,",   "1 x",   "1x2",
                                      "nan",       "1 inf", "1e999", "--1",
                                      "1 2 3 4 5", "1:2",   "0x",    "1 2 -"};
    double numbers[4];

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(wck_text_read_numbers(bad[i], numbers, 4) == 0, "'%s'", bad[i]);
}
END_TEST

static const struct {
    size_t part, whole;
    int decimals;
    const char *text;
} shares[] = {
    {7128, 12288, 2, "58.01%"},
    {7128, 12288, 1, "58.0%"},
    {0, 7, 2, "0%"},
    {7, 7, 2, "100%"},
    {0, 0, 2, "0%"},
    {12287, 12288, 2, "99.99%"},
    {12287, 12288, 1, "99.99%"},
    {999999, 1000000, 2, "99.9999%"},
    {1, 1000000, 2, "0.0001%"},
    {1, 3000, 1, "0.03%"},
    {999999999999, 1000000000000, 2, "99.9999999999%"},
};

START_TEST(a_share_is_never_rounded_to_nothing_or_to_all)
{
    struct wck_text text = {0};

    wck_text_share(&text, shares[_i].part, shares[_i].whole, shares[_i].decimals);
    ck_assert_str_eq(wck_text_string(&text), shares[_i].text);
    wck_text_release(&text);
}
END_TEST

START_TEST(a_quoted_word_is_one_word_to_a_shell)
{
    struct wck_text text = {0};

    wck_text_quote(&text, "worker:sh -c 'a b' $HOME \"");
    ck_assert_str_eq(wck_text_string(&text), "'worker:sh -c '\\''a b'\\'' $HOME \"'");
    wck_text_release(&text);
}
END_TEST

Suite *wck_text_suite(void)
{
    Suite *suite = suite_create("text");
    TCase *tcase = tcase_create("text");

    tcase_add_test(tcase, a_text_grows_by_what_is_added);
    tcase_add_test(tcase, a_text_grows_past_any_size);
    tcase_add_test(tcase, bytes_of_any_value_are_kept);
    tcase_add_test(tcase, a_failure_is_remembered_and_stops_everything);
    tcase_add_test(tcase, sizes_are_read);
    tcase_add_test(tcase, what_is_no_size_is_refused);
    tcase_add_test(tcase, numbers_are_read);
    tcase_add_test(tcase, what_is_no_list_of_numbers_is_refused);
    tcase_add_loop_test(tcase, a_share_is_never_rounded_to_nothing_or_to_all, 0,
                        sizeof shares / sizeof *shares);
    tcase_add_test(tcase, a_quoted_word_is_one_word_to_a_shell);
    suite_add_tcase(suite, tcase);
    return suite;
}
