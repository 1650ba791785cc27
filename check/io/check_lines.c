#include <check.h>
#include <string.h>

#include "check/io/scratch.h"
#include "check/suites.h"
#include "src/io/lines.h"

static const char *next(struct wck_lines *lines)
{
    bool more = false;

    ck_assert_int_eq(wck_lines_next(lines, &more, NULL), WCK_OK);
    return more ? lines->text : NULL;
}

START_TEST(lines_are_read_without_their_ends)
{
    const char bytes[] = "one\n\r\ntwo\r\nlast";
    struct wck_lines lines;

    ck_assert_int_eq(
        wck_lines_open(&lines, scratch_file("a", bytes, strlen(bytes)), NULL), WCK_OK);
    ck_assert_str_eq(next(&lines), "one");
    ck_assert_str_eq(next(&lines), "");
    ck_assert_str_eq(next(&lines), "two");
    ck_assert_uint_eq(lines.number, 3);
    ck_assert_str_eq(next(&lines), "last");
    ck_assert_ptr_null(next(&lines));
    wck_lines_close(&lines);
}
END_TEST

START_TEST(an_empty_file_has_no_line)
{
    struct wck_lines lines;

    ck_assert_int_eq(wck_lines_open(&lines, scratch_file("a", "", 0), NULL), WCK_OK);
    ck_assert_ptr_null(next(&lines));
    wck_lines_close(&lines);
}
END_TEST

/* The second line of the file is refused. */
static void expect_refusal(const char *bytes, size_t size, const char *part)
{
    struct wck_error err = {0};
    struct wck_lines lines;
    bool more;

    ck_assert_int_eq(wck_lines_open(&lines, scratch_file("a", bytes, size), NULL),
                     WCK_OK);
    ck_assert_str_eq(next(&lines), "");
    ck_assert_int_eq(wck_lines_next(&lines, &more, &err), WCK_FORMAT);
    ck_assert_msg(strstr(err.text, "line 2: ") != NULL &&
                      strstr(err.text, part) != NULL,
                  "%s", err.text);
    wck_lines_close(&lines);
}

START_TEST(a_byte_of_0_is_refused)
{
    expect_refusal("\n1 0\0 0", 7, "a byte of 0");
}
END_TEST

START_TEST(a_line_may_be_so_long_and_no_longer)
{
    char bytes[WCK_LINE + 2];
    struct wck_lines lines;

    memset(bytes, '1', sizeof bytes);
    ck_assert_int_eq(wck_lines_open(&lines, scratch_file("b", bytes, WCK_LINE), NULL),
                     WCK_OK);
    ck_assert_uint_eq(strlen(next(&lines)), WCK_LINE);
    wck_lines_close(&lines);
    bytes[0] = '\n';
    expect_refusal(bytes, sizeof bytes, "longer than");
}
END_TEST

START_TEST(what_cannot_be_read_is_named)
{
    struct wck_error err = {0}, again = {0};
    struct wck_lines lines;
    bool more;

    ck_assert_int_eq(wck_lines_open(&lines, scratch_path("none"), &err), WCK_IO);
    ck_assert_ptr_nonnull(strstr(err.text, "none: No such file"));
    wck_lines_close(&lines);
    ck_assert_int_eq(wck_lines_open(&lines, scratch_path("."), NULL), WCK_OK);
    ck_assert_int_eq(wck_lines_next(&lines, &more, &again), WCK_IO);
    ck_assert_ptr_nonnull(strstr(again.text, "Is a directory"));
    wck_lines_close(&lines);
}
END_TEST

Suite *wck_lines_suite(void)
{
    Suite *suite = suite_create("lines");
    TCase *tcase = tcase_create("lines");

    tcase_add_checked_fixture(tcase, scratch_make, scratch_remove);
    tcase_add_test(tcase, lines_are_read_without_their_ends);
    tcase_add_test(tcase, an_empty_file_has_no_line);
    tcase_add_test(tcase, a_byte_of_0_is_refused);
    tcase_add_test(tcase, a_line_may_be_so_long_and_no_longer);
    tcase_add_test(tcase, what_cannot_be_read_is_named);
    suite_add_tcase(suite, tcase);
    return suite;
}
