/* Text: a string that grows, and numbers read strictly. */
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "check/suites.h"
#include "src/base/text.h"

START_TEST(text_grows_by_every_addition)
{
    struct wck_text text = {0};
    size_t size = 0;

    ck_assert_str_eq(wck_text_string(&text), "");
    for (int i = 0; i < 100; i++) {
        wck_text_append(&text, "abc", 2);
        wck_text_printf(&text, "%03d;", i);
        size += 6;
        ck_assert_uint_eq(text.size, size);
        ck_assert_uint_gt(text.capacity, size);
    }
    ck_assert_uint_eq(strlen(wck_text_string(&text)), size);
    ck_assert_str_eq(wck_text_string(&text) + size - 12, "ab098;ab099;");
    wck_text_release(&text);
    ck_assert_ptr_null(text.data);
}
END_TEST

START_TEST(text_that_failed_is_empty_and_stays_so)
{
    struct wck_text text = {0};

    wck_text_append(&text, "before", 6);
    text.failed = true;
    wck_text_append(&text, "after", 5);
    wck_text_printf(&text, "%d", 7);
    ck_assert_uint_eq(text.size, 6);
    ck_assert_str_eq(wck_text_string(&text), "");
    wck_text_release(&text);
    ck_assert(!text.failed);
}
END_TEST

static const struct {
    const char *text;
    size_t count, sizes[3];
} sizes[] = {
    {"64x48", 2, {64, 48}},
    {"5X7x3", 3, {5, 7, 3}},
    {"9223372036854775807", 1, {PTRDIFF_MAX}},
    {"", 0, {0}},
    {"64x", 0, {0}},
    {"x64", 0, {0}},
    {"0x5", 0, {0}},
    {"-3x5", 0, {0}},
    {"+3x5", 0, {0}},
    {" 3x5", 0, {0}},
    {"3x5 ", 0, {0}},
    {"3*5", 0, {0}},
    {"3x5x7x9", 0, {0}},
    {"9223372036854775808", 0, {0}},
    {"99999999999999999999999", 0, {0}},
};

START_TEST(sizes_are_read_strictly)
{
    size_t got[3] = {0};

    ck_assert_uint_eq(wck_text_read_sizes(sizes[_i].text, got, 3), sizes[_i].count);
    for (size_t i = 0; i < sizes[_i].count; i++)
        ck_assert_uint_eq(got[i], sizes[_i].sizes[i]);
}
END_TEST

static const struct {
    const char *text;
    size_t count;
    double numbers[4];
} numbers[] = {
    {"1 0 10; -2.5,", 4, {1, 0, 10, -2.5}},
    {"  1e-3\n", 1, {1e-3}},
    {"0x1p-3", 1, {0.125}},
    {"", 0, {0}},
    {" ;", 0, {0}},
    {"1 2 3 4 5", 0, {0}},
    {"nan", 0, {0}},
    {"1 inf", 0, {0}},
    {"1e999", 0, {0}},
    {"1 two", 0, {0}},
    {"1.5px", 0, {0}},
    {"1:2", 0, {0}},
};

START_TEST(numbers_are_read_strictly)
{
    double got[4] = {0};

    ck_assert_uint_eq(wck_text_read_numbers(numbers[_i].text, got, 4),
                      numbers[_i].count);
    for (size_t i = 0; i < numbers[_i].count; i++)
        ck_assert_double_le(fabs(got[i] - numbers[_i].numbers[i]), 0.0);
}
END_TEST

Suite *wck_text_suite(void)
{
    Suite *suite = suite_create("text");
    TCase *strings = tcase_create("strings"), *reading = tcase_create("reading");

    tcase_add_test(strings, text_grows_by_every_addition);
    tcase_add_test(strings, text_that_failed_is_empty_and_stays_so);
    tcase_add_loop_test(reading, sizes_are_read_strictly, 0,
                        (int)(sizeof sizes / sizeof sizes[0]));
    tcase_add_loop_test(reading, numbers_are_read_strictly, 0,
                        (int)(sizeof numbers / sizeof numbers[0]));
    suite_add_tcase(suite, strings);
    suite_add_tcase(suite, reading);
    return suite;
}
