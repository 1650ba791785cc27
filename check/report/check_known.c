/* Known: what the writers make of failures that a baseline knows. */
#include <check.h>
#include <string.h>

#include "check/report/verification.h"
#include "check/suites.h"

/* What each must say where all failures are known, and what it must not. */
static const struct {
    const char *format, *says, *silent;
} known[] = {
    {"junit",
     "<skipped message=\"known until 2030-12-31: waits for the # new kernel: off "
     "from row 3 to 11 on\"/>",
     "<failure"},
    {"junit",
     " tests=\"6\" failures=\"0\" errors=\"0\" skipped=\"3\">\n  <testsuite name="
     "\"subject\"",
     "still fails"},
    {"tap",
     "\nnot ok 3 - forward: conforms, bilinear, border wrap # TODO known until "
     "2030-12-31: waits for the \\# new kernel\n  ---\n",
     "still fails"},
    {"sarif",
     "\"suppressions\": [\n      {\n       \"kind\": \"external\",\n       "
     "\"status\": \"accepted\",\n       \"justification\": \"known until "
     "2030-12-31: waits for the # new kernel\"\n      }",
     "mended since"},
    {"markdown", "**fail, all known**: 4 problems, 9 findings", "**fail**: forward"},
    {"markdown",
     "| fail, known until 2030-12-31 | forward | conforms | bilinear | wrap | 2 |",
     "| fail | forward"},
    {"markdown",
     "no longer fails: remove it: matrix-00000002, known until 2030-12-31: "
     "mended since",
     "expired"},
};

START_TEST(what_is_known_is_told_apart)
{
    struct verification v;
    struct wck_text text;

    verification_small(&v);
    verification_know(&v);
    text = verification_write(&v, known[_i].format);
    ck_assert_msg(strstr(wck_text_string(&text), known[_i].says) != NULL,
                  "no \"%s\" in\n%.3000s", known[_i].says, wck_text_string(&text));
    ck_assert_msg(strstr(wck_text_string(&text), known[_i].silent) == NULL,
                  "\"%s\" in\n%.3000s", known[_i].silent, wck_text_string(&text));
    wck_text_release(&text);
    verification_release(&v);
}
END_TEST

/* With --fail-on stale: an entry that no longer fails does; without one nothing. */
static const struct {
    const char *format, *stale, *fresh;
} asked[] = {
    {"junit", "<failure type=\"stale\">", "name=\"still fails\">\n</testcase>"},
    {"tap", "\nnot ok 7 - all that the baseline knows still fails\n  ---\n",
     "\nok 7 - all that the baseline knows still fails\n"},
};

START_TEST(a_stale_entry_fails_where_that_is_asked_for)
{
    struct verification v;
    struct wck_text text;

    verification_small(&v);
    verification_know(&v);
    v.report.fail_on_stale = true;
    text = verification_write(&v, asked[_i].format);
    ck_assert_ptr_nonnull(strstr(wck_text_string(&text), asked[_i].stale));
    ck_assert_ptr_null(strstr(wck_text_string(&text), asked[_i].fresh));
    ck_assert_ptr_nonnull(strstr(wck_text_string(&text), "mended since"));
    wck_text_release(&text);
    v.baseline.entries[1].state = WCK_ENTRY_UNREACHED;
    text = verification_write(&v, asked[_i].format);
    ck_assert_ptr_null(strstr(wck_text_string(&text), asked[_i].stale));
    ck_assert_ptr_nonnull(strstr(wck_text_string(&text), asked[_i].fresh));
    wck_text_release(&text);
    verification_release(&v);
}
END_TEST

Suite *wck_known_suite(void)
{
    Suite *suite = suite_create("known");
    TCase *tcase = tcase_create("known");

    tcase_add_loop_test(tcase, what_is_known_is_told_apart, 0,
                        sizeof known / sizeof *known);
    tcase_add_loop_test(tcase, a_stale_entry_fails_where_that_is_asked_for, 0,
                        sizeof asked / sizeof *asked);
    suite_add_tcase(suite, tcase);
    return suite;
}
