/* Baselines as files, and verifications that have one. */
#include "src/run/baseline_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/io/scratch.h"
#include "check/suites.h"
#include "reference/kernel.h"
#include "src/run/verify.h"
#include "src/subject/problem.h"

static struct wck_baseline read_text(const char *text, enum wck_status want,
                                     struct wck_error *err)
{
    struct wck_baseline baseline = {0};
    const char *path = scratch_file("known.json", text, strlen(text));

    *err = (struct wck_error){0};
    ck_assert_int_eq(wck_baseline_read(&baseline, path, err), want);
    return baseline;
}

START_TEST(what_an_entry_says_is_read)
{
    struct wck_error err;
    struct wck_baseline baseline =
        read_text("{\"schema\": {\"name\": \"warpcheck.baseline\", \"version\": 1},\n"
                  " \"findings\": [\n"
                  "  {\"id\": \"forward-9c1f02ab\", \"reason\": \"mended in 2.1\",\n"
                  "   \"expires\": \"2027-01-31\"},\n"
                  "  {\"id\": \"jacobian-00000001\", \"reason\": \"TODO: ask them\",\n"
                  "   \"expires\": \"2028-02-29\", \"subject\": \"py:a.py:warp\",\n"
                  "   \"problem\": \"bilinear, border wrap\", \"judged\": 12}]}",
                  WCK_OK, &err);
    const struct wck_baseline_entry *entries = baseline.entries;

    ck_assert_uint_eq(baseline.count, 2);
    ck_assert_str_eq(entries[0].id, "forward-9c1f02ab");
    ck_assert_str_eq(entries[0].reason, "mended in 2.1");
    ck_assert_str_eq(entries[0].expires.text, "2027-01-31");
    ck_assert_ptr_null(entries[0].subject);
    ck_assert_ptr_null(entries[0].problem);
    ck_assert_uint_eq(entries[0].judged, 0);
    ck_assert_str_eq(entries[1].subject, "py:a.py:warp");
    ck_assert_str_eq(entries[1].problem, "bilinear, border wrap");
    ck_assert_uint_eq(entries[1].judged, 12);
    wck_baseline_release(&baseline);
}
END_TEST

#define ID "\"id\": \"forward-9c1f02ab\""
#define REASON "\"reason\": \"why\""
#define EXPIRES "\"expires\": \"2027-01-31\""

/* The list of one entry, and what is said of it. */
static const struct {
    const char *entry, *said;
} refused[] = {
    {"7", "entry 1: it is no object"},
    {REASON ", " EXPIRES, "entry 1: 'id' is missing"},
    {"\"id\": 3", "entry 1: 'id' is no text"},
    {"\"id\": \"\"", "entry 1: 'id' is empty"},
    {"\"id\": \"forward\"", "entry 1: 'forward' is no id of a finding"},
    {"\"id\": \"-9c1f02ab\"", "'-9c1f02ab' is no id"},
    {"\"id\": \"forward-9C1F02AB\"", "'forward-9C1F02AB' is no id"},
    {"\"id\": \"forward-9c1f02abc\"", "'forward-9c1f02abc' is no id"},
    {"\"id\": \"a\\nb-9c1f02ab\"", "'a?b-9c1f02ab' is no id"},
    {ID ", " EXPIRES, "entry 1 (forward-9c1f02ab): 'reason' is missing"},
    {ID ", \"reason\": \" \\t\", " EXPIRES,
     "entry 1 (forward-9c1f02ab): 'reason' is empty"},
    {ID ", \"reason\": \"TODO: say why\", " EXPIRES,
     "entry 1 (forward-9c1f02ab): the reason is still 'TODO: say why'"},
    {ID ", " REASON, "entry 1 (forward-9c1f02ab): 'expires' is missing"},
    {ID ", " REASON ", \"expires\": \"2027-02-29\"",
     "entry 1 (forward-9c1f02ab): '2027-02-29' is no date to expire on"},
    {ID ", " REASON ", \"expires\": 20270131", "'expires' is no text"},
    {ID ", " REASON ", " EXPIRES ", \"subject\": \"\"", "'subject' is empty"},
    {ID ", " REASON ", " EXPIRES ", \"expired\": true", "'expired' means nothing here"},
    {ID ", " REASON ", " EXPIRES ", \"judged\": 3", "go together"},
    {ID ", " REASON ", " EXPIRES ", \"problem\": \"p\"", "go together"},
    {ID ", " REASON ", " EXPIRES ", \"problem\": \"p\", \"judged\": 0",
     "'judged' is no whole number above 0"},
    {ID ", " REASON ", " EXPIRES "}, {" ID ", " REASON ", " EXPIRES,
     "entry 2 (forward-9c1f02ab): the id was there before, in entry 1"},
    {ID ", " REASON ", " EXPIRES ", \"subject\": \"a\"}, {" ID ", " REASON ", " EXPIRES,
     "entry 2 (forward-9c1f02ab): the id was there before, in entry 1"},
};

START_TEST(an_entry_that_is_none_is_refused_in_one_line)
{
    struct wck_text text = {0};
    struct wck_error err;
    struct wck_baseline baseline;
    bool bare = refused[_i].entry[0] == '7';

    wck_text_printf(&text, "{\"findings\": [%s%s%s]}", bare ? "" : "{",
                    refused[_i].entry, bare ? "" : "}");
    baseline = read_text(wck_text_string(&text), WCK_FORMAT, &err);
    ck_assert_msg(strstr(err.text, refused[_i].said) != NULL, "'%s' is not in '%s'",
                  refused[_i].said, err.text);
    ck_assert_ptr_nonnull(strstr(err.text, "known.json: "));
    ck_assert_ptr_null(strchr(err.text, '\n'));
    wck_baseline_release(&baseline);
    wck_text_release(&text);
}
END_TEST

/* Of two subjects each may have its own reason. */
START_TEST(an_id_may_be_known_of_two_subjects)
{
    struct wck_error err;
    struct wck_baseline baseline = read_text(
        "{\"findings\": [{" ID ", " REASON ", " EXPIRES ", \"subject\": \"a\"},"
        "{" ID ", " REASON ", " EXPIRES ", \"subject\": \"b\"}]}",
        WCK_OK, &err);

    ck_assert_uint_eq(baseline.count, 2);
    wck_baseline_release(&baseline);
}
END_TEST

static const struct {
    const char *text, *said;
} no_baselines[] = {
    {"", "line 1: "},
    {"{\"findings\": [\n\n}", "line 3: "},
    {"{\"findings\": [],\n\"findings\": []}", "line 2: "},
    {"{\"findings\": []} x", "line 1: "},
    {"[]", "it has no list 'findings'"},
    {"{\"findings\": {}}", "it has no list 'findings'"},
    {"{\"findings\": [], \"known\": []}", "'known' means nothing here"},
    {"{\"schema\": {\"name\": \"warpcheck.verify\", \"version\": 1}, \"findings\": []}",
     "its schema is not 'warpcheck.baseline'"},
    {"{\"schema\": {\"name\": \"warpcheck.baseline\", \"version\": 2}, \"findings\": "
     "[]}",
     "another version than 1"},
};

START_TEST(what_is_no_baseline_is_refused_with_its_line)
{
    struct wck_error err;
    struct wck_baseline baseline = read_text(no_baselines[_i].text, WCK_FORMAT, &err);

    ck_assert_msg(strstr(err.text, no_baselines[_i].said) != NULL,
                  "'%s' is not in '%s'", no_baselines[_i].said, err.text);
    ck_assert_ptr_null(strchr(err.text, '\n'));
    ck_assert_uint_eq(baseline.count, 0);
    wck_baseline_release(&baseline);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_no_empty_baseline)
{
    struct wck_baseline baseline = {0};
    struct wck_error err = {0};

    ck_assert_int_eq(wck_baseline_read(&baseline, scratch_path("none.json"), &err),
                     WCK_IO);
    ck_assert_ptr_nonnull(strstr(err.text, "none.json"));
}
END_TEST

/* ---- with a subject ---- */

/* A verification of two small kinds of problems by one checker: short, and of the wrong
 * one every problem fails. */
static void verify(const char *subject_name, struct wck_verify_request request,
                   struct wck_verification *result)
{
    struct wck_error err = {0};
    struct wck_subject *subject;

    ck_assert_int_eq(wck_subject_new(&subject, subject_name, &err), WCK_OK);
    request.subject = subject;
    if (request.kernel == NULL)
        request.kernel = wck_kernel_find("bilinear");
    request.border = wck_border_find("replicate");
    ck_assert_msg(wck_verify(result, &request, &err) == WCK_OK, "%s", err.text);
    wck_subject_free(subject);
}

/* Writes what fails, says why, and reads it. */
static struct wck_baseline known_of(const struct wck_verification *result,
                                    const char *day)
{
    struct wck_baseline baseline = {0};
    struct wck_error err = {0};
    struct wck_date expires;
    const char *path = scratch_path("known.json");

    ck_assert(wck_date_read(&expires, "2027-06-30"));
    ck_assert_int_eq(wck_baseline_write(path, NULL, &result->findings, &expires, &err),
                     WCK_OK);
    ck_assert_int_eq(wck_baseline_read(&baseline, path, &err), WCK_FORMAT);
    ck_assert_ptr_nonnull(strstr(err.text, "still 'TODO: say why'"));
    wck_baseline_release(&baseline);
    {
        struct wck_text command = {0};

        wck_text_printf(&command, "sed -i 's/TODO: say why/it is planted/' '%s'", path);
        ck_assert_int_eq(system(command.data), 0);
        wck_text_release(&command);
    }
    err = (struct wck_error){0};
    ck_assert_msg(wck_baseline_read(&baseline, path, &err) == WCK_OK, "%s", err.text);
    ck_assert(wck_date_read(&baseline.today, day));
    return baseline;
}

static const char wrong[] = "deviation:detached-image";

START_TEST(what_is_written_and_given_a_reason_is_known_and_not_shrunk)
{
    struct wck_verification first, again;
    struct wck_baseline baseline;

    verify(wrong, (struct wck_verify_request){.shrink = true}, &first);
    ck_assert_int_eq(first.verdict, WCK_FAIL);
    ck_assert_ptr_nonnull(first.shrunk);
    baseline = known_of(&first, "2027-06-30");
    ck_assert_uint_gt(baseline.count, 0);
    verify(wrong, (struct wck_verify_request){.shrink = true, .baseline = &baseline},
           &again);
    ck_assert_int_eq(again.verdict, WCK_FAIL);
    ck_assert_ptr_null(wck_baseline_first_new(&baseline, &again.findings, 0));
    ck_assert_uint_eq(wck_baseline_count(&baseline, WCK_ENTRY_KNOWN), baseline.count);
    ck_assert_ptr_null(again.shrunk);
    wck_verification_release(&again);
    /* What has expired is as new as ever. */
    ck_assert(wck_date_read(&baseline.today, "2027-07-01"));
    verify(wrong, (struct wck_verify_request){.shrink = true, .baseline = &baseline},
           &again);
    ck_assert_uint_eq(wck_baseline_count(&baseline, WCK_ENTRY_EXPIRED), baseline.count);
    ck_assert_ptr_nonnull(again.shrunk);
    ck_assert_str_eq(again.shrunk->finding.id, first.shrunk->finding.id);
    wck_verification_release(&again);
    wck_verification_release(&first);
    wck_baseline_release(&baseline);
}
END_TEST

START_TEST(with_one_failure_known_the_first_of_the_others_is_shrunk)
{
    struct wck_verification first, again;
    struct wck_baseline all, one = {0};

    verify(wrong, (struct wck_verify_request){.shrink = true}, &first);
    all = known_of(&first, "2027-06-30");
    ck_assert_uint_gt(all.count, 1);
    ck_assert_str_eq(all.entries[0].id, first.shrunk->finding.id);
    ck_assert_int_eq(wck_baseline_add_take(&one, &all.entries[0], NULL), WCK_OK);
    one.today = all.today;
    verify(wrong, (struct wck_verify_request){.shrink = true, .baseline = &one},
           &again);
    ck_assert_ptr_nonnull(again.shrunk);
    ck_assert_str_eq(again.shrunk->finding.id, all.entries[1].id);
    wck_verification_release(&again);
    wck_verification_release(&first);
    wck_baseline_release(&all);
    wck_baseline_release(&one);
}
END_TEST

/* As if the subject had been mended. */
static void rename_subject(struct wck_baseline *baseline, const char *name)
{
    for (size_t i = 0; i < baseline->count; i++) {
        free(baseline->entries[i].subject);
        baseline->entries[i].subject = strdup(name);
    }
}

START_TEST(only_a_run_that_looks_at_as_much_says_that_something_is_fixed)
{
    static const char right[] = "builtin:reference";
    struct wck_verification first, again;
    struct wck_baseline baseline;
    const enum wck_dtype wide = WCK_FLOAT64;
    struct wck_verify_request less[] = {{.budget = 1e-9},
                                        {.level = 1},
                                        {.dtype = &wide},
                                        {.kernel = wck_kernel_find("nearest")}};

    verify(wrong, (struct wck_verify_request){.level = 0}, &first);
    baseline = known_of(&first, "2027-06-30");
    wck_verification_release(&first);
    verify(right, (struct wck_verify_request){.baseline = &baseline}, &again);
    ck_assert_uint_eq(wck_baseline_count(&baseline, WCK_ENTRY_UNREACHED),
                      baseline.count);
    wck_verification_release(&again);
    rename_subject(&baseline, right);
    verify(right, (struct wck_verify_request){.baseline = &baseline}, &again);
    ck_assert_uint_eq(wck_baseline_count(&baseline, WCK_ENTRY_FIXED), baseline.count);
    wck_verification_release(&again);
    for (size_t i = 0; i < sizeof less / sizeof less[0]; i++) {
        less[i].baseline = &baseline;
        verify(right, less[i], &again);
        ck_assert_msg(wck_baseline_count(&baseline, WCK_ENTRY_UNREACHED) ==
                          baseline.count,
                      "request %zu", i);
        wck_verification_release(&again);
    }
    wck_baseline_release(&baseline);
}
END_TEST

START_TEST(a_kind_of_problem_is_its_class)
{
    struct wck_verification result;

    verify(wrong, (struct wck_verify_request){.level = 1}, &result);
    for (size_t i = 0; i < result.findings.count; i++) {
        const struct wck_finding *finding = &result.findings.items[i];

        ck_assert_uint_eq(wck_baseline_kind_length(finding),
                          strlen("bilinear, border replicate"));
    }
    wck_verification_release(&result);
}
END_TEST

START_TEST(a_file_written_anew_keeps_reasons_and_leaves_out_what_is_fixed)
{
    struct wck_verification first;
    struct wck_baseline before, after = {0};
    struct wck_error err = {0};
    struct wck_date later;

    verify(wrong, (struct wck_verify_request){.level = 1}, &first);
    before = known_of(&first, "2027-06-30");
    ck_assert_uint_gt(before.count, 1);
    wck_baseline_judge(&before, &first.findings, false);
    before.entries[0].state = WCK_ENTRY_FIXED;
    before.entries[0].expires.text[0] = '1'; /* long ago: it is not known */
    ck_assert(wck_date_read(&later, "2027-09-28"));
    ck_assert_int_eq(wck_baseline_write(scratch_path("new.json"), &before,
                                        &first.findings, &later, &err),
                     WCK_OK);
    /* All but the one that fails though it had expired have their reason. */
    ck_assert_int_eq(wck_baseline_read(&after, scratch_path("new.json"), &err),
                     WCK_FORMAT);
    ck_assert_uint_eq(after.count, before.count - 1);
    for (size_t i = 0; i < after.count; i++) {
        ck_assert_str_eq(after.entries[i].id, before.entries[i + 1].id);
        ck_assert_str_eq(after.entries[i].reason, "it is planted");
        ck_assert_str_eq(after.entries[i].expires.text, "2027-06-30");
    }
    ck_assert_ptr_nonnull(strstr(err.text, before.entries[0].id));
    wck_verification_release(&first);
    wck_baseline_release(&before);
    wck_baseline_release(&after);
}
END_TEST

static TCase *files(void)
{
    TCase *tcase = tcase_create("files");

    tcase_add_checked_fixture(tcase, scratch_make, scratch_remove);
    tcase_add_test(tcase, what_an_entry_says_is_read);
    tcase_add_loop_test(tcase, an_entry_that_is_none_is_refused_in_one_line, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    tcase_add_test(tcase, an_id_may_be_known_of_two_subjects);
    tcase_add_loop_test(tcase, what_is_no_baseline_is_refused_with_its_line, 0,
                        (int)(sizeof no_baselines / sizeof no_baselines[0]));
    tcase_add_test(tcase, a_file_that_is_not_there_is_no_empty_baseline);
    return tcase;
}

Suite *wck_baseline_file_suite(void)
{
    Suite *suite = suite_create("baseline_file");
    TCase *runs = tcase_create("runs");

    suite_add_tcase(suite, files());
    tcase_set_timeout(runs, 120.0);
    tcase_add_checked_fixture(runs, scratch_make, scratch_remove);
    tcase_add_test(runs, what_is_written_and_given_a_reason_is_known_and_not_shrunk);
    tcase_add_test(runs, with_one_failure_known_the_first_of_the_others_is_shrunk);
    tcase_add_test(runs, only_a_run_that_looks_at_as_much_says_that_something_is_fixed);
    tcase_add_test(runs, a_kind_of_problem_is_its_class);
    tcase_add_test(runs,
                   a_file_written_anew_keeps_reasons_and_leaves_out_what_is_fixed);
    suite_add_tcase(suite, runs);
    return suite;
}
