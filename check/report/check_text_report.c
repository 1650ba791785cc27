#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check/report/scene.h"
#include "check/report/verification.h"
#include "check/suites.h"
#include "src/report/paragraph.h"

static void assert_says(const struct wck_text *text, const char *part)
{
    ck_assert_msg(strstr(wck_text_string(text), part) != NULL, "no \"%s\" in\n%s", part,
                  wck_text_string(text));
}

static void assert_silent(const struct wck_text *text, const char *part)
{
    ck_assert_msg(strstr(wck_text_string(text), part) == NULL, "\"%s\" in\n%s", part,
                  wck_text_string(text));
}

/* Commands are to be copied, so they stay on one line. */
static void assert_narrow(const struct wck_text *text)
{
    for (const char *line = wck_text_string(text); *line != '\0';) {
        size_t size = strcspn(line, "\n");

        ck_assert_msg(size <= WCK_COLUMNS || strstr(line, "warpcheck ") != NULL,
                      "%zu columns: %.*s", size, (int)size, line);
        line += size + (line[size] == '\n');
    }
}

START_TEST(a_paragraph_breaks_between_words_and_counts_characters)
{
    struct wck_text text = {0}, words = {0};

    /* Words of one character, which takes two bytes. */
    for (int i = 0; i < 60; i++)
        wck_text_printf(&words, "%s\xc3\xa9", i > 0 ? " " : "");
    wck_paragraph_wrap(&text, wck_text_string(&words), 3, 7);
    /* (100 - 3 + 1) / 2 = 49 words on the first line. */
    ck_assert_uint_eq(strcspn(wck_text_string(&text), "\n"), 49 * 3 - 1);
    assert_says(&text, "\n       \xc3\xa9 \xc3\xa9");
    wck_text_release(&text);
    wck_text_release(&words);
}
END_TEST

START_TEST(a_terminal_is_not_steered_by_a_files_name)
{
    struct wck_text text = {0};

    /* U+009B is an escape and '[' to some; U+00E9 is a letter. */
    wck_paragraph_plain(&text, "a\033[2Jb\nc\177\xc2\x9b"
                               "2J\xc3\xa9");
    ck_assert_str_eq(wck_text_string(&text), "a?[2Jb?c??2J\xc3\xa9");
    wck_text_release(&text);
}
END_TEST

START_TEST(the_story_reads_as_it_should)
{
    static const char headline[] =
        "7128 of 12288 entries (58.01%) get a gradient; 2376 of 4096 pixels\n";
    struct scene scene;
    struct wck_text text;

    scene_story(&scene);
    text = scene_write(&scene, "text");
    ck_assert_ptr_eq(strstr(wck_text_string(&text), headline), wck_text_string(&text));
    assert_says(&text, "out-of-view    1621     4863  no output reads the pixel");
    assert_says(&text, "zero-weight      99      297  outputs list the pixel");
    assert_says(&text, "straight-through* ");
    assert_says(&text, "7425 (60.42%)");
    assert_says(&text, "12288 (100%)");
    assert_says(&text, "a surrogate");
    assert_says(&text, "\nAgain: warpcheck coverage --again\n");
    assert_silent(&text, "skipped ");
    assert_silent(&text, "FAULT");
    assert_narrow(&text);
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

START_TEST(faults_come_before_the_headline)
{
    struct scene scene;
    struct wck_text text;
    const char *first;

    scene_faults(&scene);
    text = scene_write(&scene, "text");
    first = wck_text_string(&text);
    ck_assert_int_eq(strncmp(first, "FAULT: 1 entry is lost-in-backward: ", 36), 0);
    assert_says(&text, "FAULT: 1 entry is non-finite");
    assert_says(&text, "FAULT: 1 entry has a gradient that this warp does not send");
    ck_assert(strstr(first, "get a gradient;") > strstr(first, "does not send"));
    assert_says(&text, "gradient.npy");
    assert_silent(&text, "what if");
    assert_narrow(&text);
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

START_TEST(an_image_all_covered_has_no_table_of_reasons)
{
    struct scene scene;
    struct wck_text text;

    scene_large(&scene, 2, 2);
    text = scene_write(&scene, "text");
    assert_says(&text, "4 of 4 entries (100%)");
    assert_silent(&text, "what it means");
    wck_text_release(&text);
    scene_release(&scene);
}
END_TEST

static void add(struct wck_findings *findings, const char *checker,
                enum wck_verdict verdict, double got, const char *cause)
{
    struct wck_finding finding = {
        .checker = checker,
        .claim = verdict == WCK_FAIL ? WCK_CONFORMS : WCK_SELF_CONSISTENT,
        .verdict = verdict,
        .worst = {.got = got, .want = 2.0, .round = 0.125, .scale = 1.0},
        .where = {.plane = 1, .y = 2, .x = -1},
        .compared = verdict == WCK_NOT_APPLICABLE ? 0 : 12,
        .beyond = verdict == WCK_FAIL ? 5 : 0,
        .detectable = 3e-7,
        .problem = strdup("bilinear 7x11"),
        .detail = strdup("3 forward images"),
        .cause = cause != NULL ? strdup(cause) : NULL,
        .reproduce = strdup("warpcheck verify it"),
    };

    ck_assert_int_eq(wck_findings_add_take(findings, &finding, NULL), WCK_OK);
}

static struct wck_text verify(const struct wck_findings *findings, size_t problems,
                              const char *diagnosis)
{
    struct wck_verify_report report = {
        .findings = findings,
        .subject = "builtin:it",
        .verdict = wck_findings_verdict(findings),
        .diagnosis = diagnosis,
        .problems = problems,
        .command = "warpcheck verify builtin:it",
    };
    struct wck_text text = {0};

    ck_assert_int_eq(wck_format_find("text")->verify(&report, &text, NULL), WCK_OK);
    return text;
}

START_TEST(a_pass_is_short_and_states_its_power)
{
    struct wck_findings findings = {0};
    struct wck_text text;

    add(&findings, "forward", WCK_PASS, 2.0625, NULL);
    add(&findings, "forward", WCK_PASS, 2.0, NULL);
    add(&findings, "border-value", WCK_NOT_APPLICABLE, 0.0, NULL);
    text = verify(&findings, 2, NULL);
    ck_assert_int_eq(strncmp(wck_text_string(&text),
                             "builtin:it: pass (2 problems, 3 findings)", 41),
                     0);
    assert_says(&text,
                "forward           self-consistent     2         0     0      0  "
                "       0       0.5       3e-07");
    assert_says(&text,
                "border-value      self-consistent     0         0     0      1  "
                "       0         -           -");
    assert_silent(&text, "off by");
    assert_narrow(&text);
    wck_text_release(&text);
    wck_findings_release(&findings);
}
END_TEST

static struct wck_finding *last(const struct wck_findings *findings)
{
    return &findings->items[findings->count - 1];
}

START_TEST(what_a_checker_counted_is_said_once_with_ranges_over_the_problems)
{
    struct wck_findings findings = {0};
    struct wck_text text;

    add(&findings, "forward", WCK_PASS, 2.0, NULL);
    add(&findings, "forward", WCK_FAIL, 9.0, "wrong");
    free(last(&findings)->detail);
    last(&findings)->detail = strdup("11 forward images");
    add(&findings, "adjoint", WCK_PASS, 2.0, NULL);
    free(last(&findings)->detail);
    last(&findings)->detail = NULL;
    text = verify(&findings, 2, NULL);
    assert_says(&text, "\nforward           3 to 11 forward images\n");
    assert_silent(&text, "\nadjoint           \n");
    wck_text_release(&text);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(the_worst_of_the_distinct_failures_are_shown_and_the_rest_counted)
{
    struct wck_findings findings = {0};
    struct wck_text text;
    const char *all;

    add(&findings, "forward", WCK_FAIL, 5.0, "the first kind, 1.5 off");
    add(&findings, "forward", WCK_FAIL, 9.0, "the first kind, 22.25 off");
    add(&findings, "forward", WCK_FAIL, 7.0, "the second kind");
    add(&findings, "forward", WCK_FAIL, (double)NAN, "the third kind");
    add(&findings, "forward", WCK_FAIL, 3.0, "the fourth kind");
    add(&findings, "adjoint", WCK_INCONCLUSIVE, 2.0, "too coarse");
    text = verify(&findings, 6, "equals the reference with floor");
    all = wck_text_string(&text);
    assert_says(&text, "builtin:it: fail (6 problems, 6 findings)");
    assert_says(&text, "22.25 off");
    assert_silent(&text, " 1.5 off");
    assert_silent(&text, "fourth kind");
    ck_assert(strstr(all, "third kind") < strstr(all, "22.25"));
    ck_assert(strstr(all, "22.25") < strstr(all, "second kind"));
    assert_says(&text, "... and 2 more fail: forward, conforms");
    assert_says(&text,
                "output plane 1 row 2: got 9, want 2; off by 7, allowed 0.125 (5 "
                "of 12 comparisons");
    assert_says(&text, "inconclusive: adjoint, self-consistent");
    assert_says(&text, "too coarse");
    assert_says(&text, "\n  warpcheck verify it\n");
    ck_assert(strstr(all, "\nDiagnosis: equals") > strstr(all, "too coarse"));
    assert_narrow(&text);
    wck_text_release(&text);
    wck_findings_release(&findings);
}
END_TEST

static void add_known(struct wck_baseline *baseline, const char *id,
                      const char *expires, enum wck_baseline_state state, size_t failed)
{
    struct wck_baseline_entry entry = {.id = strdup(id),
                                       .reason = strdup("it is planted"),
                                       .state = state,
                                       .failed = failed};

    ck_assert(wck_date_read(&entry.expires, expires));
    ck_assert_int_eq(wck_baseline_add_take(baseline, &entry, NULL), WCK_OK);
}

/* Two findings, the second known until the end of the year. */
static struct wck_text verify_known(struct wck_findings *findings,
                                    struct wck_baseline *baseline,
                                    enum wck_verdict first)
{
    struct wck_verify_report report = {.findings = findings,
                                       .subject = "builtin:it",
                                       .problems = 2,
                                       .baseline = baseline,
                                       .command = "warpcheck verify builtin:it"};
    struct wck_text text = {0};

    add(findings, "forward", first, 5.0, "a new one");
    add(findings, "adjoint", WCK_FAIL, 5.0, "an old one");
    strcpy(last(findings)->id, "adjoint-00000001");
    report.verdict = wck_findings_verdict(findings);
    ck_assert(wck_date_read(&baseline->today, "2027-03-14"));
    add_known(baseline, "adjoint-00000001", "2027-12-31", WCK_ENTRY_KNOWN, 1);
    ck_assert_int_eq(wck_format_find("text")->verify(&report, &text, NULL), WCK_OK);
    return text;
}

START_TEST(what_is_known_is_told_apart)
{
    struct wck_findings findings = {0};
    struct wck_baseline baseline = {0};
    struct wck_text text;

    add_known(&baseline, "forward-00000001", "2027-06-30", WCK_ENTRY_KNOWN, 3);
    add_known(&baseline, "forward-00000002", "2027-01-31", WCK_ENTRY_EXPIRED, 1);
    add_known(&baseline, "forward-00000003", "2027-02-28", WCK_ENTRY_FIXED, 0);
    add_known(&baseline, "forward-00000004", "2027-02-27", WCK_ENTRY_UNREACHED, 0);
    add_known(&baseline, "forward-00000005", "2027-02-27", WCK_ENTRY_UNREACHED, 0);
    baseline.entries[baseline.count - 1].elsewhere = true;
    text = verify_known(&findings, &baseline, WCK_FAIL);
    assert_says(&text, "\nnot reached: 1 entry of the baseline: of another subject\n");
    assert_says(&text, "builtin:it: fail (2 problems");
    assert_says(&text, "a new one");
    assert_silent(&text, "an old one");
    assert_says(&text, "\nknown: 4 findings, by the baseline, the first expires "
                       "2027-06-30\n  forward-00000001: 3 findings, until 2027-06-30: "
                       "it is planted\n  adjoint-00000001: 1 finding, until "
                       "2027-12-31: it is planted\n");
    assert_says(&text, "\nexpired: forward-00000002 was known until 2027-01-31: it is "
                       "planted\n");
    assert_says(&text, "\nno longer fails: remove it: forward-00000003, known until "
                       "2027-02-28: it is planted\n");
    assert_says(&text, "\nnot reached: 1 entry of the baseline: not judged here");
    assert_silent(&text, "forward-00000004");
    assert_narrow(&text);
    wck_text_release(&text);
    wck_baseline_release(&baseline);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(where_all_that_fails_is_known_the_headline_says_so)
{
    struct wck_findings findings = {0};
    struct wck_baseline baseline = {0};
    struct wck_text text = verify_known(&findings, &baseline, WCK_PASS);

    assert_says(&text, "builtin:it: fail, all of it known (2 problems");
    assert_silent(&text, "an old one");
    assert_says(&text, "\nknown: 1 finding, by the baseline, the first expires "
                       "2027-12-31\n");
    wck_text_release(&text);
    wck_baseline_release(&baseline);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(every_format_is_found_by_its_name_and_in_order)
{
    static const char *const names[] = {"text",     "json",  "png", "html",
                                        "svg",      "junit", "tap", "sarif",
                                        "markdown", "lcov",  "csv", "npy"};
    size_t count = sizeof names / sizeof *names;

    ck_assert_uint_eq(wck_format_count(), count);
    for (size_t row = 0; row < count; row++) {
        ck_assert_str_eq(wck_format_row(row)->name, names[row]);
        ck_assert_ptr_eq(wck_format_find(names[row]), wck_format_row(row));
    }
    ck_assert_ptr_null(wck_format_row(count));
    ck_assert_ptr_null(wck_format_find("txt"));
    ck_assert(wck_format_find("png")->verify == NULL);
}
END_TEST

START_TEST(where_nothing_applies_the_first_reasons_are_told)
{
    struct verification v;
    struct wck_text text;

    verification_small(&v);
    text = verification_write(&v, "text");
    assert_silent(&text, "Nothing could be judged");
    wck_text_release(&text);
    for (size_t i = 0; i < v.findings.count; i++)
        v.findings.items[i].verdict = WCK_NOT_APPLICABLE;
    v.report.verdict = WCK_NOT_APPLICABLE;
    text = verification_write(&v, "text");
    assert_says(&text, "\nNothing could be judged:\n  1 finding: off from row 3 on\n");
    wck_text_release(&text);
    verification_release(&v);
}
END_TEST

Suite *wck_text_report_suite(void)
{
    Suite *suite = suite_create("text_report");
    TCase *tcase = tcase_create("text");

    tcase_add_test(tcase, a_paragraph_breaks_between_words_and_counts_characters);
    tcase_add_test(tcase, a_terminal_is_not_steered_by_a_files_name);
    tcase_add_test(tcase, the_story_reads_as_it_should);
    tcase_add_test(tcase, faults_come_before_the_headline);
    tcase_add_test(tcase, an_image_all_covered_has_no_table_of_reasons);
    tcase_add_test(tcase, a_pass_is_short_and_states_its_power);
    tcase_add_test(tcase,
                   what_a_checker_counted_is_said_once_with_ranges_over_the_problems);
    tcase_add_test(tcase,
                   the_worst_of_the_distinct_failures_are_shown_and_the_rest_counted);
    tcase_add_test(tcase, where_nothing_applies_the_first_reasons_are_told);
    tcase_add_test(tcase, what_is_known_is_told_apart);
    tcase_add_test(tcase, where_all_that_fails_is_known_the_headline_says_so);
    tcase_add_test(tcase, every_format_is_found_by_its_name_and_in_order);
    suite_add_tcase(suite, tcase);
    return suite;
}
