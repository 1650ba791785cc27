#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "check/report/verification.h"
#include "check/suites.h"
#include "src/report/uri.h"

static json_t *parse(const struct wck_text *text)
{
    json_error_t error;
    json_t *root = json_loads(wck_text_string(text), JSON_REJECT_DUPLICATES, &error);

    ck_assert_msg(root != NULL, "line %d: %s", error.line, error.text);
    return root;
}

static json_t *write_sarif(const struct verification *v)
{
    struct wck_text text = verification_write(v, "sarif");
    json_t *root = parse(&text);

    wck_text_release(&text);
    return root;
}

static json_t *run_of(const json_t *root)
{
    return json_array_get(json_object_get(root, "runs"), 0);
}

static json_t *result(const json_t *root, size_t i)
{
    return json_array_get(json_object_get(run_of(root), "results"), i);
}

static const char *word(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));

    ck_assert_msg(value != NULL, "no text %s", key);
    return value;
}

static const char *fingerprint(const json_t *one)
{
    return word(json_object_get(one, "partialFingerprints"), "warpcheckKind/v1");
}

START_TEST(a_kind_that_did_not_pass_is_a_result_failures_first)
{
    static const struct {
        const char *rule, *kind, *level, *text;
        int occurrences;
    } want[] = {
        {"forward/conforms", "fail", "error",
         "forward, conforms, bilinear, border wrap: off from row 3 to 11 on; worst: ",
         2},
        {"forward/conforms", "fail", "warning", "forward, conforms, nearest", 1},
        {"matrix/conforms", "open", "none", "matrix, conforms, bilinear", 2},
    };
    struct verification v;
    json_t *root, *one;

    verification_small(&v);
    root = write_sarif(&v);
    ck_assert_str_eq(word(root, "version"), "2.1.0");
    ck_assert_uint_eq(json_array_size(json_object_get(run_of(root), "results")), 3);
    for (size_t i = 0; i < 3; i++) {
        one = result(root, i);
        ck_assert_str_eq(word(one, "ruleId"), want[i].rule);
        ck_assert_str_eq(word(one, "kind"), want[i].kind);
        ck_assert_str_eq(word(one, "level"), want[i].level);
        ck_assert_ptr_nonnull(
            strstr(word(json_object_get(one, "message"), "text"), want[i].text));
        ck_assert_int_eq(json_integer_value(json_object_get(one, "occurrenceCount")),
                         want[i].occurrences);
    }
    json_decref(root);
    verification_release(&v);
}
END_TEST

/* The worst finding's: its words are there too. */
START_TEST(a_result_has_the_id_of_its_worst_finding)
{
    struct verification v;
    json_t *root, *properties;

    verification_small(&v);
    strcpy(v.findings.items[0].id, "forward-00000001");
    strcpy(v.findings.items[1].id, "forward-00000002");
    root = write_sarif(&v);
    properties = json_object_get(result(root, 0), "properties");
    ck_assert_str_eq(word(properties, "id"), "forward-00000002");
    ck_assert_str_eq(word(properties, "problem"), "29x31");
    ck_assert_str_eq(word(properties, "kernel"), "bilinear");
    json_decref(root);
    verification_release(&v);
}
END_TEST

START_TEST(a_rule_is_found_by_its_index)
{
    struct verification v;
    json_t *root, *rules;

    verification_small(&v);
    root = write_sarif(&v);
    rules = json_object_get(
        json_object_get(json_object_get(run_of(root), "tool"), "driver"), "rules");
    ck_assert_uint_eq(json_array_size(rules), 2);
    for (size_t i = 0; i < 3; i++) {
        const json_t *one = result(root, i);
        json_int_t index = json_integer_value(json_object_get(one, "ruleIndex"));

        ck_assert_str_eq(word(json_array_get(rules, (size_t)index), "id"),
                         word(one, "ruleId"));
    }
    json_decref(root);
    verification_release(&v);
}
END_TEST

START_TEST(fingerprints_stay_when_numbers_and_order_change)
{
    struct verification v;
    json_t *before, *after;

    verification_small(&v);
    before = write_sarif(&v);
    free(v.findings.items[0].cause);
    v.findings.items[0].cause = strdup("off from row 5 on");
    verification_reverse(&v);
    after = write_sarif(&v);
    for (size_t i = 0; i < 3; i++)
        ck_assert_str_eq(fingerprint(result(before, i)), fingerprint(result(after, i)));
    ck_assert_str_ne(fingerprint(result(before, 0)), fingerprint(result(before, 1)));
    json_decref(after);
    v.report.subject = "builtin:another";
    after = write_sarif(&v);
    ck_assert_str_ne(fingerprint(result(before, 0)), fingerprint(result(after, 0)));
    json_decref(before);
    json_decref(after);
    verification_release(&v);
}
END_TEST

START_TEST(a_subject_that_broke_is_told)
{
    struct verification v;
    json_t *root, *invocation, *notice;

    verification_small(&v);
    v.report.fault = "it said {0} [a](b)";
    root = write_sarif(&v);
    invocation = json_array_get(json_object_get(run_of(root), "invocations"), 0);
    ck_assert(json_is_false(json_object_get(invocation, "executionSuccessful")));
    notice =
        json_array_get(json_object_get(invocation, "toolExecutionNotifications"), 0);
    ck_assert_str_eq(word(notice, "level"), "error");
    /* Neither a placeholder nor a link. */
    ck_assert_str_eq(word(json_object_get(notice, "message"), "text"),
                     "it said {{0}} [a] (b)");
    json_decref(root);
    verification_release(&v);
}
END_TEST

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

START_TEST(very_many_findings_are_25000_results_of_unique_fingerprints)
{
    const char **prints = calloc(25000, sizeof *prints);
    struct verification v;
    json_t *root, *results, *invocation, *notice;

    verification_many(&v);
    root = write_sarif(&v);
    results = json_object_get(run_of(root), "results");
    ck_assert_uint_eq(json_array_size(results), 25000);
    for (size_t i = 0; i < 25000; i++)
        prints[i] = fingerprint(json_array_get(results, i));
    qsort(prints, 25000, sizeof *prints, compare);
    for (size_t i = 1; i < 25000; i++)
        ck_assert_str_ne(prints[i - 1], prints[i]);
    invocation = json_array_get(json_object_get(run_of(root), "invocations"), 0);
    notice =
        json_array_get(json_object_get(invocation, "toolExecutionNotifications"), 0);
    ck_assert_str_eq(word(json_object_get(notice, "message"), "text"),
                     "35000 more kinds of findings are left out");
    free(prints);
    json_decref(root);
    verification_release(&v);
}
END_TEST

START_TEST(hostile_names_give_valid_json)
{
    struct verification v;
    json_t *root;

    verification_hostile(&v);
    root = write_sarif(&v);
    ck_assert_ptr_nonnull(strstr(
        word(json_array_get(
                 json_object_get(
                     json_array_get(json_object_get(result(root, 0), "locations"), 0),
                     "logicalLocations"),
                 0),
             "fullyQualifiedName"),
        "a\"b'<c>&amp;|`d`]]>\n\t\r\001\033[2J"));
    json_decref(root);
    verification_release(&v);
}
END_TEST

static const struct {
    const char *subject, *uri;
} subjects[] = {
    {"builtin:reference", "builtin%3Areference"},
    {"recording:a b/step.npz", "a%20b/step.npz"},
    {"recording:/tmp/step.npz", "file:///tmp/step.npz"},
    {"py:my_warps.py:rotate", "my_warps.py"},
    {"plugin:./it.so", "./it.so"},
    {"worker:python3 it.py", "worker%3Apython3%20it.py"},
    {"recording:", "recording%3A"},
    {"recording:\xff\n%\"", "%FF%0A%25%22"},
};

START_TEST(a_subject_is_a_reference_to_its_file)
{
    struct wck_text text = {0};

    wck_uri_of_subject(subjects[_i].subject, &text);
    ck_assert_str_eq(wck_text_string(&text), subjects[_i].uri);
    wck_text_release(&text);
}
END_TEST

Suite *wck_sarif_suite(void)
{
    Suite *suite = suite_create("sarif");
    TCase *tcase = tcase_create("sarif");

    tcase_add_test(tcase, a_kind_that_did_not_pass_is_a_result_failures_first);
    tcase_add_test(tcase, a_result_has_the_id_of_its_worst_finding);
    tcase_add_test(tcase, a_rule_is_found_by_its_index);
    tcase_add_test(tcase, fingerprints_stay_when_numbers_and_order_change);
    tcase_add_test(tcase, a_subject_that_broke_is_told);
    tcase_add_test(tcase, very_many_findings_are_25000_results_of_unique_fingerprints);
    tcase_add_test(tcase, hostile_names_give_valid_json);
    tcase_add_loop_test(tcase, a_subject_is_a_reference_to_its_file, 0,
                        sizeof subjects / sizeof *subjects);
    suite_add_tcase(suite, tcase);
    return suite;
}
