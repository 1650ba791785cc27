/* Baselines: what is known, what has expired, and what can be called fixed. */
#include "src/verdict/baseline.h"

#include <stdlib.h>
#include <string.h>

#include "check/suites.h"

static const char today[] = "2027-03-14";

/* A finding of checker forward for kernel bilinear and border constant. */
static struct wck_finding *add_finding(struct wck_findings *findings,
                                       enum wck_verdict verdict, const char *id)
{
    struct wck_finding finding = {.checker = "forward",
                                  .claim = WCK_CONFORMS,
                                  .verdict = verdict,
                                  .subject = strdup("py:a.py:warp"),
                                  .problem =
                                      strdup("bilinear, border constant, HWC float64")};

    memcpy(finding.id, id, strlen(id) + 1);
    ck_assert_int_eq(wck_findings_add_take(findings, &finding, NULL), WCK_OK);
    return &findings->items[findings->count - 1];
}

static struct wck_baseline_entry *add_entry(struct wck_baseline *baseline,
                                            const char *id, const char *expires)
{
    struct wck_baseline_entry entry = {.id = strdup(id), .reason = strdup("because")};

    ck_assert(wck_date_read(&entry.expires, expires));
    ck_assert(wck_date_read(&baseline->today, today));
    ck_assert_int_eq(wck_baseline_add_take(baseline, &entry, NULL), WCK_OK);
    return &baseline->entries[baseline->count - 1];
}

START_TEST(a_failure_is_known_up_to_the_last_day_and_not_after_it)
{
    struct wck_baseline baseline = {0};
    struct wck_findings findings = {0};
    struct wck_finding *finding = add_finding(&findings, WCK_FAIL, "forward-00000001");
    struct wck_baseline_entry *entry =
        add_entry(&baseline, "forward-00000001", "2027-03-14");

    ck_assert_ptr_eq(wck_baseline_known(&baseline, finding), entry);
    ck_assert_ptr_null(wck_baseline_first_new(&baseline, &findings, 0));
    wck_baseline_judge(&baseline, &findings, true);
    ck_assert_int_eq(entry->state, WCK_ENTRY_KNOWN);
    ck_assert(wck_date_read(&entry->expires, "2027-03-13"));
    ck_assert_ptr_null(wck_baseline_known(&baseline, finding));
    ck_assert_ptr_eq(wck_baseline_first_new(&baseline, &findings, 0), finding);
    wck_baseline_judge(&baseline, &findings, true);
    ck_assert_int_eq(entry->state, WCK_ENTRY_EXPIRED);
    ck_assert_uint_eq(entry->failed, 1);
    wck_baseline_release(&baseline);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(only_failures_of_the_id_and_of_the_subject_are_known)
{
    struct wck_baseline baseline = {0};
    struct wck_findings findings = {0};
    struct wck_baseline_entry *entry =
        add_entry(&baseline, "forward-00000001", "2027-12-31");

    add_finding(&findings, WCK_MARGINAL, "forward-00000001");
    add_finding(&findings, WCK_INCONCLUSIVE, "forward-00000001");
    add_finding(&findings, WCK_FAIL, "forward-00000002");
    for (size_t i = 0; i < findings.count; i++)
        ck_assert_ptr_null(wck_baseline_known(&baseline, &findings.items[i]));
    ck_assert_ptr_null(wck_baseline_known(NULL, &findings.items[2]));
    add_finding(&findings, WCK_FAIL, "forward-00000001");
    ck_assert_ptr_eq(wck_baseline_known(&baseline, &findings.items[3]), entry);
    entry->subject = strdup("py:a.py:warp");
    ck_assert_ptr_eq(wck_baseline_known(&baseline, &findings.items[3]), entry);
    entry->subject[3] = 'b';
    ck_assert_ptr_null(wck_baseline_known(&baseline, &findings.items[3]));
    wck_baseline_judge(&baseline, &findings, true);
    ck_assert_int_eq(entry->state, WCK_ENTRY_UNREACHED);
    wck_baseline_release(&baseline);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(the_first_new_failure_is_looked_for_from_where_it_is_asked)
{
    struct wck_baseline baseline = {0};
    struct wck_findings findings = {0};

    add_entry(&baseline, "forward-00000001", "2027-12-31");
    add_finding(&findings, WCK_FAIL, "forward-00000002");
    add_finding(&findings, WCK_FAIL, "forward-00000001");
    add_finding(&findings, WCK_PASS, "forward-00000003");
    add_finding(&findings, WCK_FAIL, "forward-00000002");
    ck_assert_ptr_eq(wck_baseline_first_new(&baseline, &findings, 0),
                     &findings.items[0]);
    ck_assert_ptr_eq(wck_baseline_first_new(&baseline, &findings, 1),
                     &findings.items[3]);
    ck_assert_ptr_eq(wck_baseline_first_new(NULL, &findings, 1), &findings.items[1]);
    ck_assert_ptr_null(wck_baseline_first_new(&baseline, &findings, 4));
    wck_baseline_release(&baseline);
    wck_findings_release(&findings);
}
END_TEST

/* What has become of an entry that was judged `judged` times when it was made. */
static enum wck_baseline_state state_of(const struct wck_findings *findings,
                                        const char *problem, size_t judged, bool whole)
{
    struct wck_baseline baseline = {0};
    struct wck_baseline_entry *entry =
        add_entry(&baseline, "forward-00000001", "2027-12-31");
    enum wck_baseline_state state;

    entry->problem = problem != NULL ? strdup(problem) : NULL;
    entry->judged = judged;
    wck_baseline_judge(&baseline, findings, whole);
    state = entry->state;
    wck_baseline_release(&baseline);
    return state;
}

START_TEST(what_was_judged_as_often_as_when_it_failed_is_fixed)
{
    static const char kind[] = "bilinear, border constant";
    struct wck_findings findings = {0};

    add_finding(&findings, WCK_PASS, "forward-00000007");
    add_finding(&findings, WCK_MARGINAL, "forward-00000008");
    add_finding(&findings, WCK_FAIL, "forward-00000009");
    add_finding(&findings, WCK_INCONCLUSIVE, "forward-00000007");
    add_finding(&findings, WCK_NOT_APPLICABLE, "forward-00000007");
    ck_assert_uint_eq(wck_baseline_judged(&findings, &findings.items[3]), 3);
    ck_assert_int_eq(state_of(&findings, kind, 3, false), WCK_ENTRY_FIXED);
    ck_assert_int_eq(state_of(&findings, kind, 4, true), WCK_ENTRY_UNREACHED);
    ck_assert_int_eq(state_of(&findings, "bilinear, border wrap", 1, true),
                     WCK_ENTRY_UNREACHED);
    ck_assert_int_eq(state_of(&findings, "bilinear, border", 1, true),
                     WCK_ENTRY_UNREACHED);
    findings.items[0].checker = "adjoint";
    ck_assert_int_eq(state_of(&findings, kind, 3, true), WCK_ENTRY_UNREACHED);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(an_entry_that_does_not_say_where_it_was_found_needs_a_whole_run)
{
    struct wck_findings findings = {0};

    ck_assert_int_eq(state_of(&findings, NULL, 0, true), WCK_ENTRY_UNREACHED);
    add_finding(&findings, WCK_PASS, "forward-00000007");
    ck_assert_int_eq(state_of(&findings, NULL, 0, false), WCK_ENTRY_UNREACHED);
    ck_assert_int_eq(state_of(&findings, NULL, 0, true), WCK_ENTRY_FIXED);
    findings.items[0].checker = "forwards";
    ck_assert_int_eq(state_of(&findings, NULL, 0, true), WCK_ENTRY_UNREACHED);
    findings.items[0].checker = "forward";
    findings.items[0].verdict = WCK_INCONCLUSIVE;
    ck_assert_int_eq(state_of(&findings, NULL, 0, true), WCK_ENTRY_UNREACHED);
    wck_findings_release(&findings);
}
END_TEST

START_TEST(entries_are_counted_by_what_has_become_of_them)
{
    struct wck_baseline baseline = {0};
    struct wck_findings findings = {0};

    add_finding(&findings, WCK_FAIL, "forward-00000001");
    add_entry(&baseline, "forward-00000001", "2027-12-31");
    add_entry(&baseline, "forward-00000002", "2027-12-31");
    add_entry(&baseline, "forward-00000003", "2026-12-31");
    add_entry(&baseline, "jacobian-00000001", "2027-12-31");
    wck_baseline_judge(&baseline, &findings, true);
    ck_assert_uint_eq(wck_baseline_count(&baseline, WCK_ENTRY_KNOWN), 1);
    ck_assert_uint_eq(wck_baseline_count(&baseline, WCK_ENTRY_FIXED), 2);
    ck_assert_uint_eq(wck_baseline_count(&baseline, WCK_ENTRY_UNREACHED), 1);
    ck_assert_uint_eq(wck_baseline_count(&baseline, WCK_ENTRY_EXPIRED), 0);
    ck_assert_uint_eq(wck_baseline_count(NULL, WCK_ENTRY_KNOWN), 0);
    ck_assert_str_eq(wck_baseline_state_id(WCK_ENTRY_UNREACHED), "not-reached");
    wck_baseline_release(&baseline);
    wck_findings_release(&findings);
}
END_TEST

Suite *wck_baseline_suite(void)
{
    Suite *suite = suite_create("baseline");
    TCase *tcase = tcase_create("baseline");

    tcase_add_test(tcase, a_failure_is_known_up_to_the_last_day_and_not_after_it);
    tcase_add_test(tcase, only_failures_of_the_id_and_of_the_subject_are_known);
    tcase_add_test(tcase, the_first_new_failure_is_looked_for_from_where_it_is_asked);
    tcase_add_test(tcase, what_was_judged_as_often_as_when_it_failed_is_fixed);
    tcase_add_test(tcase,
                   an_entry_that_does_not_say_where_it_was_found_needs_a_whole_run);
    tcase_add_test(tcase, entries_are_counted_by_what_has_become_of_them);
    suite_add_tcase(suite, tcase);
    return suite;
}
