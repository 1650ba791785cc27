/* Conform: a worker that keeps to the protocol passes every clause, and one that breaks
 * a clause is caught under that clause and no other. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "check/suites.h"
#include "src/run/conform.h"

/* Calls are numbered from 1 on in each of the two conversations: in shared memory
 * forward (2), types (one each), layouts (5), vjp (2), jvp (2), second (2), sizes (4),
 * repeat (2), and the first of pipe; by pipe unknown-keys, pipe, refusal, alive. */
#define LAYOUTS (3 + WCK_DTYPE_COUNT)
#define VJP (LAYOUTS + 5)
#define JVP (VJP + 2)
#define SECOND (JVP + 2)
#define SIZES (SECOND + 2)
#define REPEAT (SIZES + 4)

static const struct {
    const char *mode;
    int when; /* 0: from 1 on */
    const char *call, *failing;
} rows[] = {
    {"", 0, NULL, ""},
    {"print", 1, NULL, ""},
    {"floor-trunc", 0, NULL, ""},
    {"unsupported", 0, "vjp", ""},
    {"unsupported", 0, "jvp", ""},
    {"unsupported", 0, "second", ""},
    {"greet-crash", 0, NULL, "greeting "},
    {"greet-version", 0, NULL, "greeting "},
    {"greet-garbage", 0, NULL, "greeting "},
    {"wrong-id", 1, NULL, "forward unknown-keys "},
    {"garbage", 2, NULL, "forward pipe "},
    {"failed", 3, NULL, "types "},
    {"wrong-dtype", 4, NULL, "types alive "},
    {"exit", LAYOUTS, NULL, "layouts "},
    {"crash", VJP, NULL, "vjp "},
    {"crash", 0, "vjp", "vjp "},
    {"failed", JVP, NULL, "jvp "},
    {"crash", 0, "jvp", "jvp "},
    {"failed", SECOND, NULL, "second "},
    {"huge", SIZES, NULL, "sizes "},
    {"random", REPEAT, "forward", "repeat "},
    {"behind", VJP, NULL, "outputs "},
    {"unwritten", SIZES, NULL, "outputs "},
    {"twice", VJP, NULL, "silence "},
    {"strict", 0, NULL, "unknown-keys "},
    {"brittle", 0, NULL, "refusal alive "},
    {"stay", 0, NULL, "end "},
};

START_TEST(a_broken_clause_is_told_and_no_other)
{
    struct wck_subject_options options = {.timeout = 30.0};
    struct wck_conformity results[WCK_CLAUSE_COUNT];
    struct wck_error err = {0};
    const char *path = getenv("WORKER");
    char program[400], mode[40], when[20], call[20], failing[200] = "";
    char *argv[] = {program, mode, when, rows[_i].call != NULL ? call : NULL, NULL};
    size_t used = 0;

    snprintf(program, sizeof program, "%s",
             path != NULL ? path : "check/subject/worker");
    snprintf(mode, sizeof mode, "%s", rows[_i].mode);
    snprintf(when, sizeof when, "%d%s", rows[_i].when > 0 ? rows[_i].when : 1,
             rows[_i].when > 0 ? "" : "+");
    snprintf(call, sizeof call, "%s", rows[_i].call != NULL ? rows[_i].call : "");
    ck_assert_msg(wck_conform(results, argv, &options, &err) == WCK_OK, "%s", err.text);
    for (int i = 0; i < WCK_CLAUSE_COUNT; i++) {
        if (results[i].verdict == WCK_FAIL)
            used += (size_t)snprintf(failing + used, sizeof failing - used, "%s ",
                                     wck_clauses[i].name);
        ck_assert_int_eq(results[i].verdict != WCK_PASS, results[i].why[0] != '\0');
    }
    ck_assert_str_eq(failing, rows[_i].failing);
}
END_TEST

START_TEST(a_program_that_is_none_is_no_verdict)
{
    struct wck_conformity results[WCK_CLAUSE_COUNT];
    struct wck_error err = {0};
    char program[] = "./there-is-no-such-program";
    char *argv[] = {program, NULL};

    ck_assert_int_eq(wck_conform(results, argv, &(struct wck_subject_options){0}, &err),
                     WCK_INVALID);
    ck_assert_str_eq(err.text, "./there-is-no-such-program cannot be executed: No such "
                               "file or directory");
}
END_TEST

START_TEST(a_worker_that_serves_nothing_of_it_is_not_judged)
{
    struct wck_conformity results[WCK_CLAUSE_COUNT];
    char program[400];
    char *argv[] = {program, NULL};
    const char *path = getenv("WORKER");

    snprintf(program, sizeof program, "%s",
             path != NULL ? path : "check/subject/worker");
    setenv("SERVES", "{\"conventions\": [\"opencv.remap\"]}", 1);
    ck_assert_int_eq(wck_conform(results, argv, &(struct wck_subject_options){0}, NULL),
                     WCK_OK);
    ck_assert_int_eq(results[WCK_CLAUSE_GREETING].verdict, WCK_PASS);
    ck_assert_int_eq(results[WCK_CLAUSE_FORWARD].verdict, WCK_NOT_APPLICABLE);
    ck_assert_int_eq(results[WCK_CLAUSE_JVP].verdict, WCK_NOT_APPLICABLE);
    ck_assert_int_eq(results[WCK_CLAUSE_OUTPUTS].verdict, WCK_NOT_APPLICABLE);
    ck_assert_int_eq(results[WCK_CLAUSE_END].verdict, WCK_PASS);
}
END_TEST

/* As one that was written before there was forward mode, or double backward. */
START_TEST(a_worker_without_later_calls_conforms)
{
    struct wck_conformity results[WCK_CLAUSE_COUNT];
    char program[400];
    char *argv[] = {program, NULL};
    const char *path = getenv("WORKER");

    snprintf(program, sizeof program, "%s",
             path != NULL ? path : "check/subject/worker");
    setenv("SERVES", "{}", 1);
    ck_assert_int_eq(wck_conform(results, argv, &(struct wck_subject_options){0}, NULL),
                     WCK_OK);
    for (int i = 0; i < WCK_CLAUSE_COUNT; i++)
        ck_assert_int_eq(results[i].verdict,
                         i == WCK_CLAUSE_JVP || i == WCK_CLAUSE_SECOND
                             ? WCK_NOT_APPLICABLE
                             : WCK_PASS);
    ck_assert_str_eq(results[WCK_CLAUSE_JVP].why,
                     "float64 9x11 HWC: reference 1 has no forward mode");
    ck_assert_str_eq(results[WCK_CLAUSE_SECOND].why,
                     "float64 9x11 HWC: reference 1 has no double backward");
}
END_TEST

Suite *wck_conform_suite(void)
{
    Suite *suite = suite_create("conform");
    TCase *tcase = tcase_create("conform");

    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, a_broken_clause_is_told_and_no_other, 0,
                        (int)(sizeof rows / sizeof rows[0]));
    tcase_add_test(tcase, a_program_that_is_none_is_no_verdict);
    tcase_add_test(tcase, a_worker_that_serves_nothing_of_it_is_not_judged);
    tcase_add_test(tcase, a_worker_without_later_calls_conforms);
    suite_add_tcase(suite, tcase);
    return suite;
}
