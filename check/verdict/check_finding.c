#include <check.h>
#include <math.h>
#include <string.h>

#include "check/suites.h"
#include "src/verdict/finding.h"

static const double nan_value = (double)NAN, infinite = (double)INFINITY;

static struct wck_measure measure_of(double error, double round, double trunc)
{
    return (struct wck_measure){
        .got = 2.375 + error, .want = 2.375, .round = round, .trunc = trunc};
}

START_TEST(rounding_and_truncation_add_up_to_the_bound)
{
    struct wck_measure measure = measure_of(0.75, 0.125, 0.25);

    ck_assert_double_eq(wck_measure_ratio(&measure), 2.0);
}
END_TEST

START_TEST(a_verdict_turns_at_one_and_at_four_bounds)
{
    static const struct {
        double error;
        enum wck_verdict verdict;
    } rows[] = {
        {0.0, WCK_PASS},      {-0.375, WCK_PASS},
        {0.375, WCK_PASS},    {0.375 + 0x1p-9, WCK_MARGINAL},
        {-1.5, WCK_MARGINAL}, {1.5 + 0x1p-9, WCK_FAIL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wck_measure measure = measure_of(rows[i].error, 0.375, 0.0);

        ck_assert_int_eq(wck_measure_verdict(&measure), rows[i].verdict);
    }
}
END_TEST

START_TEST(a_number_that_is_not_finite_fails)
{
    const struct wck_measure rows[] = {
        {.got = nan_value, .want = 1.5, .round = 3.0},
        {.got = 1.5, .want = nan_value, .round = 3.0},
        {.got = nan_value, .want = nan_value, .round = 3.0},
        {.got = infinite, .want = 1.5, .round = 3.0},
        {.got = infinite, .want = infinite, .round = 3.0},
        {.got = 1.5, .want = 1.625, .round = nan_value},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_double_eq(wck_measure_ratio(&rows[i]), infinite);
        ck_assert_int_eq(wck_measure_verdict(&rows[i]), WCK_FAIL);
    }
}
END_TEST

START_TEST(where_no_error_is_allowed_only_equality_passes)
{
    struct wck_measure same = measure_of(0.0, 0.0, 0.0);
    struct wck_measure other = measure_of(0x1p-50, 0.0, 0.0);

    ck_assert_int_eq(wck_measure_verdict(&same), WCK_PASS);
    ck_assert_int_eq(wck_measure_verdict(&other), WCK_FAIL);
}
END_TEST

/* Adds findings with these verdicts and returns the run's. */
static enum wck_verdict verdict_of(const enum wck_verdict *verdicts, size_t count)
{
    struct wck_findings findings = {0};
    enum wck_verdict verdict;

    for (size_t i = 0; i < count; i++) {
        struct wck_finding finding = {.verdict = verdicts[i]};

        ck_assert_int_eq(wck_findings_add_take(&findings, &finding, NULL), WCK_OK);
    }
    verdict = wck_findings_verdict(&findings);
    wck_findings_release(&findings);
    ck_assert_ptr_null(findings.items);
    ck_assert_uint_eq(findings.count, 0);
    return verdict;
}

START_TEST(the_worst_finding_decides_the_run)
{
    static const enum wck_verdict all[] = {WCK_NOT_APPLICABLE, WCK_INCONCLUSIVE,
                                           WCK_PASS, WCK_MARGINAL, WCK_FAIL};

    ck_assert_int_eq(verdict_of(all, 0), WCK_NOT_APPLICABLE);
    /* Each of these outweighs all before it. */
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        ck_assert_int_eq(verdict_of(all, i + 1), all[i]);
}
END_TEST

START_TEST(findings_take_the_texts_and_keep_the_order)
{
    struct wck_findings findings = {0};

    for (size_t i = 0; i < 40; i++) {
        struct wck_finding finding = {.compared = i, .cause = strdup("of this")};

        ck_assert_int_eq(wck_findings_add_take(&findings, &finding, NULL), WCK_OK);
        ck_assert_ptr_null(finding.cause);
    }
    ck_assert_uint_eq(findings.count, 40);
    for (size_t i = 0; i < findings.count; i++) {
        ck_assert_uint_eq(findings.items[i].compared, i);
        ck_assert_str_eq(findings.items[i].cause, "of this");
    }
    wck_findings_release(&findings);
}
END_TEST

START_TEST(ids_are_those_that_reports_print)
{
    static const char *const verdicts[] = {"pass", "marginal", "fail", "not-applicable",
                                           "inconclusive"};

    for (int i = 0; i < WCK_VERDICT_COUNT; i++)
        ck_assert_str_eq(wck_verdict_id((enum wck_verdict)i), verdicts[i]);
    ck_assert_str_eq(wck_claim_id(WCK_SELF_CONSISTENT), "self-consistent");
    ck_assert_str_eq(wck_claim_id(WCK_CONFORMS), "conforms");
}
END_TEST

Suite *wck_finding_suite(void)
{
    Suite *suite = suite_create("finding");
    TCase *tcase = tcase_create("finding");

    tcase_add_test(tcase, rounding_and_truncation_add_up_to_the_bound);
    tcase_add_test(tcase, a_verdict_turns_at_one_and_at_four_bounds);
    tcase_add_test(tcase, a_number_that_is_not_finite_fails);
    tcase_add_test(tcase, where_no_error_is_allowed_only_equality_passes);
    tcase_add_test(tcase, the_worst_finding_decides_the_run);
    tcase_add_test(tcase, findings_take_the_texts_and_keep_the_order);
    tcase_add_test(tcase, ids_are_those_that_reports_print);
    suite_add_tcase(suite, tcase);
    return suite;
}
