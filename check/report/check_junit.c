#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "check/report/scene.h"
#include "check/report/verification.h"
#include "check/suites.h"
#include "src/report/utf8.h"

static const char begin_case[] = "<testcase ";

static void assert_says(const struct wck_text *text, const char *part)
{
    ck_assert_msg(strstr(wck_text_string(text), part) != NULL, "no \"%s\" in\n%.3000s",
                  part, wck_text_string(text));
}

static size_t occurrences(const struct wck_text *text, const char *part)
{
    size_t count = 0;

    for (const char *at = wck_text_string(text); (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

START_TEST(findings_of_one_case_are_one_test)
{
    struct verification v;
    struct wck_text text;

    verification_small(&v);
    text = verification_write(&v, "junit");
    assert_says(&text, "<testsuites name=\"warpcheck verify\" tests=\"6\" "
                       "failures=\"1\" errors=\"0\" skipped=\"2\">");
    ck_assert_uint_eq(occurrences(&text, begin_case), 6);
    assert_says(&text, "<testcase classname=\"builtin:it.forward\" "
                       "name=\"conforms, bilinear, border wrap\">\n"
                       "      <failure type=\"fail\" message=\"off from row 3 to 11 "
                       "on\">fail, 2 findings\n");
    assert_says(&text, "off by 2, allowed 0.125 (4 of 10 comparisons");
    /* What is marginal has passed. */
    assert_says(&text, "<testcase classname=\"builtin:it.forward\" "
                       "name=\"conforms, nearest, border wrap\"/>\n");
    assert_says(&text,
                "<skipped message=\"errors below 1e-3 to 2e-3 would not be seen\"/>");
    assert_says(&text, "<testsuite name=\"matrix\" tests=\"2\" failures=\"0\" "
                       "errors=\"0\" skipped=\"1\">");
    wck_text_release(&text);
    verification_release(&v);
}
END_TEST

START_TEST(what_cannot_be_judged_fails_where_that_is_asked_for)
{
    struct verification v;
    struct wck_text text;

    verification_small(&v);
    v.report.fail_on_inconclusive = true;
    text = verification_write(&v, "junit");
    assert_says(&text, "failures=\"2\" errors=\"0\" skipped=\"1\">\n  <testsuite "
                       "name=\"subject\"");
    assert_says(&text, "<failure type=\"inconclusive\" message=\"errors below");
    wck_text_release(&text);
    verification_release(&v);
}
END_TEST

START_TEST(a_subject_that_broke_is_an_error)
{
    struct verification v;
    struct wck_text text;

    verification_small(&v);
    v.report.fault = "the worker was killed by signal 11";
    text = verification_write(&v, "junit");
    assert_says(&text, "tests=\"6\" failures=\"1\" errors=\"1\" skipped=\"2\">\n"
                       "  <testsuite name=\"subject\" tests=\"1\" failures=\"0\" "
                       "errors=\"1\" skipped=\"0\">");
    assert_says(&text, "<error type=\"fault\" message=\"the worker was killed by "
                       "signal 11\"/>");
    wck_text_release(&text);
    verification_release(&v);
}
END_TEST

START_TEST(where_nothing_was_judged_a_test_is_skipped_and_says_why)
{
    struct wck_findings none = {0};
    struct verification v = {.report = {.findings = &none,
                                        .subject = "builtin:it",
                                        .verdict = WCK_NOT_APPLICABLE,
                                        .refusal = "no such kernel",
                                        .command = "warpcheck"}};
    struct wck_text text = verification_write(&v, "junit");

    assert_says(&text, "tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\">");
    assert_says(&text, "<skipped message=\"no such kernel\"/>");
    wck_text_release(&text);
}
END_TEST

START_TEST(the_order_of_the_findings_does_not_matter)
{
    struct verification v;
    struct wck_text one, two;

    verification_small(&v);
    one = verification_write(&v, "junit");
    verification_reverse(&v);
    two = verification_write(&v, "junit");
    ck_assert_str_eq(wck_text_string(&one), wck_text_string(&two));
    wck_text_release(&one);
    wck_text_release(&two);
    verification_release(&v);
}
END_TEST

/* Every byte is one that XML allows, and the name is there as entities. */
START_TEST(hostile_names_stay_in_their_place)
{
    static const char escaped[] =
        "a&quot;b&#39;&lt;c&gt;&amp;amp;|`d`]]&gt;&#10;&#9;\xef\xbf\xbd\xef\xbf\xbd"
        "\xef\xbf\xbd[2J\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
        "\xef\xbf\xbd{#}*_~$@x\\ --&gt; %s";
    struct verification v;
    struct wck_text text;

    verification_hostile(&v);
    text = verification_write(&v, "junit");
    ck_assert_uint_eq(strlen(wck_text_string(&text)), text.size);
    for (size_t i = 0, length; i < text.size; i += length) {
        unsigned char byte = (unsigned char)text.data[i];

        length = wck_utf8_length(text.data + i);
        ck_assert_uint_gt(length, 0);
        ck_assert_msg((byte >= 0x20 || byte == '\n') && byte != 0x7f, "byte %u", byte);
    }
    ck_assert_uint_ge(occurrences(&text, escaped), 6 + 1 + 2 + 4 + 1);
    ck_assert_uint_eq(occurrences(&text, begin_case), 6);
    wck_text_release(&text);
    verification_release(&v);
}
END_TEST

START_TEST(a_fault_of_coverage_is_a_failed_test)
{
    struct scene scene;
    struct wck_text text;

    scene_faults(&scene);
    scene.report.image_name = "a<b";
    text = scene_write(&scene, "junit");
    assert_says(&text, "<testsuites name=\"warpcheck coverage\" tests=\"5\" "
                       "failures=\"3\" errors=\"0\" skipped=\"0\">");
    assert_says(&text, "<testcase classname=\"a&lt;b.coverage\" name=\"no entry is "
                       "lost-in-backward\">\n      <failure type=\"lost-in-backward\" "
                       "message=\"the gradient should be there, but");
    assert_says(&text, ">1 of 126 entries\nwarpcheck coverage --again\n</failure>");
    assert_says(&text, "name=\"no entry is spurious\">\n      <failure ");
    assert_says(&text, "name=\"no entry is plateau\"/>\n");
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The attributes of every test, cut out of the text. */
static char **cut_names(struct wck_text *text, size_t count)
{
    char **names = calloc(count, sizeof *names);
    size_t found = 0;

    for (char *at = text->data; (at = strstr(at, begin_case)) != NULL;) {
        ck_assert_uint_lt(found, count);
        names[found++] = at;
        at += strcspn(at, ">");
        *at++ = '\0';
        /* An empty element ends in a slash. */
        if (at[-2] == '/')
            at[-2] = '\0';
    }
    ck_assert_uint_eq(found, count);
    qsort(names, count, sizeof *names, compare);
    return names;
}

START_TEST(very_many_findings_stay_below_30_million_bytes_and_have_unique_names)
{
    struct verification v;
    struct wck_text text;
    size_t count;
    char **names;

    verification_many(&v);
    text = verification_write(&v, "junit");
    ck_assert_uint_lt(text.size, 30000000);
    assert_says(&text, " more cases\"><failure type=\"fail\"/></testcase>");
    count = occurrences(&text, begin_case);
    ck_assert_uint_gt(count, 5000);
    names = cut_names(&text, count);
    for (size_t i = 1; i < count; i++)
        ck_assert_str_ne(names[i - 1], names[i]);
    free(names);
    wck_text_release(&text);
    verification_release(&v);
}
END_TEST

Suite *wck_junit_suite(void)
{
    Suite *suite = suite_create("junit");
    TCase *tcase = tcase_create("junit");

    tcase_add_test(tcase, findings_of_one_case_are_one_test);
    tcase_add_test(tcase, what_cannot_be_judged_fails_where_that_is_asked_for);
    tcase_add_test(tcase, a_subject_that_broke_is_an_error);
    tcase_add_test(tcase, where_nothing_was_judged_a_test_is_skipped_and_says_why);
    tcase_add_test(tcase, the_order_of_the_findings_does_not_matter);
    tcase_add_test(tcase, a_fault_of_coverage_is_a_failed_test);
    tcase_add_test(tcase, hostile_names_stay_in_their_place);
    tcase_add_test(
        tcase, very_many_findings_stay_below_30_million_bytes_and_have_unique_names);
    suite_add_tcase(suite, tcase);
    return suite;
}
