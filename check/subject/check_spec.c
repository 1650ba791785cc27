/* spec.json: what is written is read back. */
#include <check.h>
#include <string.h>

#include "check/suites.h"
#include "src/subject/spec.h"

static const struct wck_spec written[] = {
    {.layout = "NCHW",
     .choices = {.interp = "bicubic", .border = "border", .align_corners = 1}},
    {.layout = NULL, .choices = {.align_corners = -1}},
    {.layout = "HWC",
     .choices = {.interp = "cv2.\"INTER\\_AREA",
                 .version = "4.10.0",
                 .align_corners = -1,
                 .inverse_map = true,
                 .ipp = true}},
    {.layout = "DHW",
     .choices = {.interp = "spline3",
                 .border = "grid-wrap",
                 .align_corners = 0,
                 .clip = true,
                 .preserve_range = true,
                 .unfiltered = true,
                 .normalized = true}},
};

/* Both said, and alike, or neither. */
static void expect_word(const char *got, const char *want)
{
    ck_assert_int_eq(got == NULL, want == NULL);
    if (want != NULL)
        ck_assert_str_eq(got, want);
}

START_TEST(what_is_written_is_read_back)
{
    struct wck_spec want = written[_i], got;
    struct wck_text text = {0};

    want.convention = wck_convention_row((size_t)_i);
    ck_assert_int_eq(wck_spec_write(&want, &text, NULL), WCK_OK);
    ck_assert_int_eq(wck_spec_read("a file", wck_text_string(&text), &got, NULL),
                     WCK_OK);
    ck_assert_ptr_eq(got.convention, want.convention);
    expect_word(got.layout, want.layout);
    expect_word(got.choices.interp, want.choices.interp);
    expect_word(got.choices.border, want.choices.border);
    expect_word(got.choices.version, want.choices.version);
    ck_assert_int_eq(got.choices.align_corners, want.choices.align_corners);
    ck_assert_int_eq(got.choices.inverse_map, want.choices.inverse_map);
    ck_assert_int_eq(got.choices.clip, want.choices.clip);
    ck_assert_int_eq(got.choices.preserve_range, want.choices.preserve_range);
    ck_assert_int_eq(got.says_clip, want.choices.clip);
    ck_assert_int_eq(got.choices.unfiltered, want.choices.unfiltered);
    ck_assert_int_eq(got.choices.ipp, want.choices.ipp);
    ck_assert_int_eq(got.choices.normalized, want.choices.normalized);
    ck_assert_str_eq(wck_text_string(&got.unread), "");
    wck_spec_release(&got);
    wck_text_release(&text);
}
END_TEST

START_TEST(a_word_that_is_not_utf_8_is_refused)
{
    struct wck_spec spec = {.convention = wck_convention_row(0),
                            .choices = {.version = "4.10\xff", .align_corners = -1}};
    struct wck_error err = {0};
    struct wck_text text = {0};

    ck_assert_int_eq(wck_spec_write(&spec, &text, &err), WCK_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "cannot be written as JSON"));
    ck_assert_str_eq(wck_text_string(&text), "");
}
END_TEST

Suite *wck_spec_suite(void)
{
    Suite *suite = suite_create("spec");
    TCase *tests = tcase_create("spec");

    tcase_add_loop_test(tests, what_is_written_is_read_back, 0,
                        (int)(sizeof written / sizeof written[0]));
    tcase_add_test(tests, a_word_that_is_not_utf_8_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
