#include <check.h>
#include <string.h>

#include "check/report/verification.h"
#include "check/suites.h"

static void assert_says(const struct wck_text *text, const char *part)
{
    ck_assert_msg(strstr(wck_text_string(text), part) != NULL, "no \"%s\" in\n%.3000s",
                  part, wck_text_string(text));
}

START_TEST(a_case_is_a_test_point)
{
    struct verification v;
    struct wck_text text;

    verification_small(&v);
    text = verification_write(&v, "tap");
    ck_assert_ptr_eq(strstr(wck_text_string(&text), "TAP version 14\n1..6\n"),
                     wck_text_string(&text));
    assert_says(&text, "\nok 1 - the subject answers: builtin:it\n");
    assert_says(&text, "\nok 2 - adjoint: self-consistent, bilinear, border wrap # "
                       "SKIP it has no gradient\n");
    assert_says(&text, "\nnot ok 3 - forward: conforms, bilinear, border wrap\n  ---\n"
                       "  message: \"off from row 3 to 11 on\"\n  severity: \"fail\"\n"
                       "  findings: 2\n  problem: \"29x31\"\n  worst: \"output row 4");
    /* What is marginal has passed. */
    assert_says(&text, "\nok 4 - forward: conforms, nearest, border wrap\n");
    assert_says(&text, "\nok 5 - matrix: self-consistent, bilinear, border wrap\n");
    assert_says(&text, "\nok 6 - matrix: conforms, bilinear, border wrap # SKIP ");
    wck_text_release(&text);
    verification_release(&v);
}
END_TEST

START_TEST(a_subject_that_broke_is_not_ok_and_says_why)
{
    struct verification v;
    struct wck_text text;

    verification_small(&v);
    v.report.fault = "killed by signal 11";
    v.report.fail_on_inconclusive = true;
    text = verification_write(&v, "tap");
    assert_says(&text, "\nnot ok 1 - the subject answers: builtin:it\n  ---\n  "
                       "message: \"killed by signal 11\"\n");
    assert_says(&text, "\nnot ok 6 - matrix: conforms");
    wck_text_release(&text);
    verification_release(&v);
}
END_TEST

START_TEST(where_nothing_was_judged_the_only_test_point_is_skipped)
{
    struct wck_findings none = {0};
    struct verification v = {.report = {.findings = &none,
                                        .subject = "builtin:it",
                                        .verdict = WCK_NOT_APPLICABLE,
                                        .refusal = "no kernel #3",
                                        .command = "warpcheck"}};
    struct wck_text text = verification_write(&v, "tap");

    ck_assert_str_eq(wck_text_string(&text),
                     "TAP version 14\n1..1\nok 1 - the subject answers: builtin:it # "
                     "SKIP nothing could be judged: no kernel \\#3\n");
    wck_text_release(&text);
}
END_TEST

/* A line that is none of ours is one that a name has smuggled in. */
START_TEST(hostile_names_make_no_lines)
{
    static const char *const begin[] = {"TAP version 14", "1..6", "ok ", "not ok ",
                                        "  "};
    struct verification v;
    struct wck_text text;

    verification_hostile(&v);
    text = verification_write(&v, "tap");
    for (const char *line = text.data; *line != '\0'; line += strcspn(line, "\n") + 1) {
        bool known = false;

        for (size_t i = 0; i < sizeof begin / sizeof *begin; i++)
            known = known || strncmp(line, begin[i], strlen(begin[i])) == 0;
        ck_assert_msg(known, "%.100s", line);
    }
    assert_says(&text, "the subject answers: a\"b'<c>&amp;|`d`]]>?????[2J?");
    assert_says(&text, "{\\#}*_~$@x\\\\ --> %s");
    assert_says(&text, "  message: \"a\\\"b'<c>");
    wck_text_release(&text);
    verification_release(&v);
}
END_TEST

START_TEST(the_order_of_the_findings_does_not_matter)
{
    struct verification v;
    struct wck_text one, two;

    verification_small(&v);
    one = verification_write(&v, "tap");
    verification_reverse(&v);
    two = verification_write(&v, "tap");
    ck_assert_str_eq(wck_text_string(&one), wck_text_string(&two));
    wck_text_release(&one);
    wck_text_release(&two);
    verification_release(&v);
}
END_TEST

Suite *wck_tap_suite(void)
{
    Suite *suite = suite_create("tap");
    TCase *tcase = tcase_create("tap");

    tcase_add_test(tcase, a_case_is_a_test_point);
    tcase_add_test(tcase, a_subject_that_broke_is_not_ok_and_says_why);
    tcase_add_test(tcase, where_nothing_was_judged_the_only_test_point_is_skipped);
    tcase_add_test(tcase, hostile_names_make_no_lines);
    tcase_add_test(tcase, the_order_of_the_findings_does_not_matter);
    suite_add_tcase(suite, tcase);
    return suite;
}
