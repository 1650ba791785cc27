#include <check.h>
#include <string.h>

#include "check/report/verification.h"
#include "check/suites.h"
#include "src/report/kind.h"
#include "src/report/utf8.h"

static struct wck_kinds kinds_of(const struct verification *v)
{
    struct wck_kinds kinds;

    ck_assert_int_eq(wck_kinds_make(&kinds, &v->findings, v->report.baseline, NULL),
                     WCK_OK);
    return kinds;
}

static const struct wck_case *find_case(const struct wck_kinds *kinds, const char *want)
{
    for (size_t i = 0; i < kinds->case_count; i++) {
        struct wck_text name = {0};
        bool found;

        wck_text_printf(&name, "%s: ", kinds->cases[i].kinds->worst->checker);
        wck_case_name(&kinds->cases[i], &name);
        found = strcmp(wck_text_string(&name), want) == 0;
        wck_text_release(&name);
        if (found)
            return &kinds->cases[i];
    }
    ck_abort_msg("no case %s", want);
    return NULL;
}

START_TEST(causes_that_differ_in_numbers_are_one_kind_with_their_ranges)
{
    struct verification v;
    struct wck_kinds kinds;
    const struct wck_case *one;

    verification_small(&v);
    kinds = kinds_of(&v);
    ck_assert_uint_eq(kinds.count, 6);
    ck_assert_uint_eq(kinds.case_count, 5);
    one = find_case(&kinds, "forward: conforms, bilinear, border wrap");
    ck_assert_uint_eq(one->count, 2);
    ck_assert_int_eq(one->verdict, WCK_FAIL);
    ck_assert_uint_eq(one->verdicts[WCK_FAIL], 2);
    ck_assert_uint_eq(one->verdicts[WCK_PASS], 1);
    ck_assert_uint_eq(one->kinds[0].findings, 2);
    ck_assert_uint_eq(one->kinds[0].compared, 19);
    ck_assert_uint_eq(one->kinds[0].beyond, 6);
    ck_assert_str_eq(one->kinds[0].form, "off from row # on");
    ck_assert_str_eq(one->kinds[0].cause, "off from row 3 to 11 on");
    /* The worst is the farther off. */
    ck_assert_str_eq(one->kinds[0].worst->problem, "29x31");
    ck_assert_ptr_null(one->kinds[1].cause);
    wck_kinds_release(&kinds);
    verification_release(&v);
}
END_TEST

/* The cases of the small verification, and what becomes of them. */
static const struct {
    const char *name;
    enum wck_verdict verdict;
    enum wck_outcome outcome, if_asked, if_known;
} cases[] = {
    {"forward: conforms, bilinear, border wrap", WCK_FAIL, WCK_CASE_FAILED,
     WCK_CASE_FAILED, WCK_CASE_KNOWN},
    {"forward: conforms, nearest, border wrap", WCK_MARGINAL, WCK_CASE_PASSED,
     WCK_CASE_PASSED, WCK_CASE_PASSED},
    {"adjoint: self-consistent, bilinear, border wrap", WCK_NOT_APPLICABLE,
     WCK_CASE_SKIPPED, WCK_CASE_SKIPPED, WCK_CASE_SKIPPED},
    {"matrix: conforms, bilinear, border wrap", WCK_INCONCLUSIVE, WCK_CASE_SKIPPED,
     WCK_CASE_FAILED, WCK_CASE_SKIPPED},
    {"matrix: self-consistent, bilinear, border wrap", WCK_PASS, WCK_CASE_PASSED,
     WCK_CASE_PASSED, WCK_CASE_PASSED},
};

static enum wck_outcome outcome_of(const struct wck_case *one, bool asked)
{
    const struct wck_kind *decisive = NULL;
    enum wck_outcome outcome = wck_case_outcome(one, asked, &decisive);

    ck_assert_ptr_nonnull(decisive);
    return outcome;
}

START_TEST(a_case_has_its_verdict)
{
    struct verification v;
    struct wck_kinds kinds;
    const struct wck_case *one;

    verification_small(&v);
    kinds = kinds_of(&v);
    one = find_case(&kinds, cases[_i].name);
    ck_assert_int_eq(one->verdict, cases[_i].verdict);
    ck_assert_int_eq(outcome_of(one, false), cases[_i].outcome);
    ck_assert_int_eq(outcome_of(one, true), cases[_i].if_asked);
    wck_kinds_release(&kinds);
    verification_know(&v);
    kinds = kinds_of(&v);
    one = find_case(&kinds, cases[_i].name);
    ck_assert_int_eq(one->verdict, cases[_i].verdict);
    ck_assert_int_eq(outcome_of(one, false), cases[_i].if_known);
    wck_kinds_release(&kinds);
    verification_release(&v);
}
END_TEST

START_TEST(a_new_failure_beside_a_known_one_decides)
{
    struct verification v;
    struct wck_kinds kinds;
    const struct wck_kind *decisive = NULL;
    const struct wck_case *one;

    verification_small(&v);
    verification_know(&v);
    v.findings.items[1].id[0] = '\0';
    kinds = kinds_of(&v);
    one = find_case(&kinds, cases[0].name);
    ck_assert_uint_eq(one->count, 3);
    ck_assert_int_eq(wck_case_outcome(one, false, &decisive), WCK_CASE_FAILED);
    ck_assert_ptr_eq(decisive, &one->kinds[0]);
    ck_assert_str_eq(decisive->cause, "off from row 11 on");
    ck_assert_ptr_null(decisive->known);
    ck_assert_ptr_eq(one->kinds[1].known, &v.baseline.entries[0]);
    wck_kinds_release(&kinds);
    verification_release(&v);
}
END_TEST

START_TEST(what_is_marginal_does_not_decide)
{
    struct verification v;
    struct wck_kinds kinds;
    const struct wck_kind *decisive = NULL;
    const struct wck_case *one;

    verification_small(&v);
    /* Two inconclusive ones, beside a marginal one. */
    for (size_t i = 0; i < v.findings.count; i++) {
        v.findings.items[i].checker = "one";
        v.findings.items[i].kernel = NULL;
        v.findings.items[i].border = NULL;
        v.findings.items[i].claim = WCK_CONFORMS;
        if (v.findings.items[i].verdict == WCK_FAIL)
            v.findings.items[i].verdict = WCK_PASS;
    }
    kinds = kinds_of(&v);
    ck_assert_uint_eq(kinds.case_count, 1);
    one = find_case(&kinds, "one: conforms");
    ck_assert_int_eq(one->verdict, WCK_MARGINAL);
    ck_assert_int_eq(one->kinds[0].worst->verdict, WCK_MARGINAL);
    ck_assert_int_eq(wck_case_outcome(one, true, &decisive), WCK_CASE_FAILED);
    ck_assert_int_eq(decisive->worst->verdict, WCK_INCONCLUSIVE);
    wck_kinds_release(&kinds);
    verification_release(&v);
}
END_TEST

START_TEST(no_findings_are_no_kinds)
{
    struct verification v = {0};
    struct wck_kinds kinds = kinds_of(&v);

    ck_assert_uint_eq(kinds.count, 0);
    ck_assert_uint_eq(kinds.case_count, 0);
    wck_kinds_release(&kinds);
}
END_TEST

/* Bytes, how many may be kept, and what is. */
static const struct {
    const char *bytes;
    size_t most;
    const char *clipped;
} clips[] = {
    {"", 0, ""},
    {"abc", 3, "abc"},
    {"abcd", 3, "abc\xe2\x80\xa6"},
    {"a", 0, "\xe2\x80\xa6"},
    {"a\xc3\xa9", 3, "a\xc3\xa9"},
    {"a\xc3\xa9z", 2, "a\xe2\x80\xa6"}, /* no half a character */
    {"\xff\xff", 1, "\xef\xbf\xbd\xe2\x80\xa6"},
};

START_TEST(a_text_is_clipped_between_characters)
{
    struct wck_text text = {0};

    wck_utf8_clip(&text, clips[_i].bytes, clips[_i].most);
    ck_assert_str_eq(wck_text_string(&text), clips[_i].clipped);
    wck_text_release(&text);
}
END_TEST

Suite *wck_kind_suite(void)
{
    Suite *suite = suite_create("kind");
    TCase *tcase = tcase_create("kind");

    tcase_add_test(tcase, causes_that_differ_in_numbers_are_one_kind_with_their_ranges);
    tcase_add_loop_test(tcase, a_case_has_its_verdict, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tcase, a_new_failure_beside_a_known_one_decides);
    tcase_add_test(tcase, what_is_marginal_does_not_decide);
    tcase_add_test(tcase, no_findings_are_no_kinds);
    tcase_add_loop_test(tcase, a_text_is_clipped_between_characters, 0,
                        sizeof clips / sizeof *clips);
    suite_add_tcase(suite, tcase);
    return suite;
}
