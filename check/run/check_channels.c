/* Channels: one subject says the same whichever way it is reached: in a worker of its
 * own, in this process, as a worker by shared memory or by pipe, as a recording of its
 * answers.  Reports are compared, whose numbers are printed with 17 digits. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/io/scratch.h"
#include "check/subject/everywhere.h"
#include "check/suites.h"
#include "src/io/npz.h"
#include "src/report/report.h"
#include "src/run/verify.h"
#include "src/subject/recorded.h"

#define ALTERED "check/subject/altered.so"

static const enum wck_dtype narrow = WCK_FLOAT32, wide = WCK_FLOAT64;

static const struct way {
    const char *prefix, *suffix;
    bool serve; /* the program goes between */
    struct wck_subject_options options;
} ways[] = {
    {"plugin:", "", false, {.in_process = true}},
    {"plugin:", "", false, {.transport = WCK_TRANSPORT_SHARED}},
    {"plugin:", "", false, {.transport = WCK_TRANSPORT_PIPE}},
    {"worker:", " serve ", true, {.transport = WCK_TRANSPORT_SHARED}},
    {"worker:", " serve ", true, {.transport = WCK_TRANSPORT_PIPE}},
};

#define WAYS (sizeof ways / sizeof *ways)

static struct wck_subject *reach(const struct way *way)
{
    const char *program = getenv("WARPCHECK");
    struct wck_text name = {0};
    struct wck_error err = {WCK_OK, ""};
    struct wck_subject *subject;

    setenv("WARPCHECK", program != NULL ? program : "./warpcheck", 1);
    wck_text_printf(&name, "%s%s%s%s", way->prefix,
                    way->serve ? getenv("WARPCHECK") : "", way->suffix, ALTERED);
    ck_assert_msg(wck_subject_new_with(&subject, wck_text_string(&name), &way->options,
                                       &err) == WCK_OK,
                  "%s", err.text);
    wck_text_release(&name);
    return subject;
}

/* All that a report says but for the subject's name; freed by the caller. */
static char *report(struct wck_verification *v)
{
    struct wck_verify_report report = {.findings = &v->findings,
                                       .subject = "",
                                       .verdict = v->verdict,
                                       .diagnosis = v->diagnosis,
                                       .problems = v->problems,
                                       .refused = v->refused,
                                       .refusal = v->refusal,
                                       .command = ""};
    struct wck_text text = {0};

    for (size_t i = 0; i < v->findings.count; i++) {
        v->findings.items[i].subject[0] = '\0';
        v->findings.items[i].reproduce[0] = '\0';
    }
    ck_assert_int_eq(wck_format_find("json")->verify(&report, &text, NULL), WCK_OK);
    return text.data;
}

/* Verifies and reports; takes the subject. */
static char *verify_take(struct wck_subject *subject,
                         const struct wck_verify_request *like,
                         enum wck_verdict verdict)
{
    struct wck_verify_request request = *like;
    struct wck_verification v;
    struct wck_error err = {WCK_OK, ""};
    char *text;

    request.subject = subject;
    ck_assert_msg(wck_verify(&v, &request, &err) == WCK_OK, "%s", err.text);
    ck_assert_int_eq(v.verdict, verdict);
    ck_assert_uint_gt(v.problems, 0);
    text = report(&v);
    wck_verification_release(&v);
    wck_subject_free(subject);
    return text;
}

static const struct {
    const char *altered;
    enum wck_verdict verdict;
} alterations[] = {{"", WCK_PASS}, {"bright", WCK_FAIL}, {"vary", WCK_PASS}};

#define ALTERATIONS (sizeof alterations / sizeof *alterations)

START_TEST(a_plugin_has_the_same_findings_by_every_way)
{
    struct wck_verify_request request = {.kernel = wck_kernel_find("bilinear"),
                                         .border = wck_border_find("constant"),
                                         .layout = "HWC",
                                         .dtype = &narrow};
    enum wck_verdict verdict = alterations[_i].verdict;
    char *first, *other;

    ask_everywhere(&request);
    setenv("ALTERED", alterations[_i].altered, 1);
    first = verify_take(reach(&ways[0]), &request, verdict);
    for (size_t w = 1; w < WAYS; w++) {
        other = verify_take(reach(&ways[w]), &request, verdict);
        ck_assert_str_eq(other, first);
        free(other);
    }
    free(first);
}
END_TEST

/* ---- under a library's convention ---- */

static struct wck_calls_request calls_request(void)
{
    return (struct wck_calls_request){.convention =
                                          wck_convention_find("opencv.warpAffine"),
                                      .choices = {.interp = "bilinear",
                                                  .border = "constant",
                                                  .version = "5",
                                                  .align_corners = -1},
                                      .dtype = &narrow,
                                      .seed = 2385};
}

/* A recording, in a file, of what the subject answers to a call; takes the subject. */
static struct wck_subject *record_take(struct wck_subject *subject,
                                       const struct wck_calls_request *calls,
                                       size_t call)
{
    const struct wck_recorded_inputs inputs = {0};
    struct wck_npz asked = {0}, made = {0};
    struct wck_recorded recorded = {0};
    struct wck_error err = {WCK_OK, ""};
    struct wck_text name = {0};
    const char *path = scratch_path("made.npz");

    ck_assert_int_eq(wck_calls_make(calls, call, &asked, NULL), WCK_OK);
    ck_assert_int_eq(wck_calls_make(calls, call, &made, NULL), WCK_OK);
    ck_assert_int_eq(wck_recorded_take(&recorded, &asked, "call", &inputs, NULL),
                     WCK_OK);
    ck_assert_msg(wck_subject_answer(subject, &recorded, &made, &err) == WCK_OK, "%s",
                  err.text);
    ck_assert_int_eq(wck_npz_write(&made, path, NULL), WCK_OK);
    wck_text_printf(&name, "recording:%s", path);
    wck_recorded_release(&recorded);
    wck_npz_release(&made);
    wck_subject_free(subject);
    ck_assert_msg(wck_subject_new(&subject, wck_text_string(&name), &err) == WCK_OK,
                  "%s", err.text);
    wck_text_release(&name);
    return subject;
}

START_TEST(a_recording_has_the_findings_of_the_subject_that_it_was_made_of)
{
    struct wck_calls_request calls = calls_request();
    size_t call = (size_t)_i / 2 * 2; /* first rows that are not 0 */
    struct wck_verify_request request = {.calls = &calls, .call = &call}, none = {0};
    enum wck_verdict verdict = alterations[_i % 2].verdict;
    char *first, *other;

    setenv("ALTERED", alterations[_i % 2].altered, 1);
    first = verify_take(reach(&ways[0]), &request, verdict);
    for (size_t w = 0; w < WAYS; w++) {
        other = verify_take(reach(&ways[w]), &request, verdict);
        ck_assert_str_eq(other, first);
        free(other);
        other = verify_take(record_take(reach(&ways[w]), &calls, call), &none, verdict);
        ck_assert_str_eq(other, first);
        free(other);
    }
    free(first);
}
END_TEST

/* ---- the reference ---- */

static const char *const behaviours[][2] = {
    {"builtin:reference", "worker:check/subject/worker"},
    {"deviation:scatter-assigns", "worker:check/subject/worker scatter-assigns"},
    {"deviation:truncated-base", "worker:check/subject/worker truncated-base"},
};

/* The program's own worker of the reference, in whatever type. */
START_TEST(what_the_program_serves_has_the_same_forward_mode)
{
    struct wck_verify_request request = {
        .kernel = wck_kernel_find("bilinear"),
        .border = wck_border_find("constant"),
        .layout = _i == 0 ? "NCHW" : "HWC",
        .dtype = _i == 0 ? &wide : &narrow,
        .checker_count = 1,
        .checkers = {wck_checker_find("forward-mode")}};
    const char *program = getenv("WARPCHECK");
    struct wck_subject *subject;
    struct wck_text name = {0};
    char *first, *other;

    wck_text_printf(&name, "worker:%s serve builtin:reference",
                    program != NULL ? program : "./warpcheck");
    ck_assert_int_eq(wck_subject_new(&subject, "builtin:reference", NULL), WCK_OK);
    first = verify_take(subject, &request, WCK_PASS);
    ck_assert_int_eq(wck_subject_new(&subject, wck_text_string(&name), NULL), WCK_OK);
    other = verify_take(subject, &request, WCK_PASS);
    ck_assert_str_eq(other, first);
    free(other);
    free(first);
    wck_text_release(&name);
}
END_TEST

#define BEHAVIOURS (sizeof behaviours / sizeof *behaviours)

START_TEST(a_worker_has_the_findings_of_what_it_does_in_this_process)
{
    struct wck_verify_request request = {.kernel = wck_kernel_find("bilinear"),
                                         .border = wck_border_find("reflect_101"),
                                         .layout = "CHW",
                                         .dtype = &wide};
    enum wck_verdict verdict = _i == 0 ? WCK_PASS : WCK_FAIL;
    static const enum wck_transport transports[] = {WCK_TRANSPORT_SHARED,
                                                    WCK_TRANSPORT_PIPE};
    struct wck_subject *subject;
    char *first, *other;

    ask_everywhere(&request);
    ck_assert_int_eq(wck_subject_new(&subject, behaviours[_i][0], NULL), WCK_OK);
    first = verify_take(subject, &request, verdict);
    for (size_t t = 0; t < 2; t++) {
        struct wck_subject_options options = {.transport = transports[t]};

        ck_assert_int_eq(
            wck_subject_new_with(&subject, behaviours[_i][1], &options, NULL), WCK_OK);
        other = verify_take(subject, &request, verdict);
        ck_assert_str_eq(other, first);
        free(other);
    }
    free(first);
}
END_TEST

/* ---- in this process ---- */

static const struct {
    const char *name;
    struct wck_subject_options options;
    enum wck_status status;
    const char *said;
} refused[] = {
    {"builtin:reference",
     {.in_process = true},
     WCK_INVALID,
     "only a plugin can be loaded into this process, as in plugin:./my_warp.so: "
     "builtin:reference is none"},
    {"worker:true",
     {.in_process = true},
     WCK_INVALID,
     "only a plugin can be loaded into this process, as in plugin:./my_warp.so: "
     "worker:true is none"},
    {"plugin:" ALTERED,
     {.in_process = true, .timeout = 1.0},
     WCK_INVALID,
     "plugin:" ALTERED " runs in no process of its own: it has no timeout"},
    {"plugin:" ALTERED,
     {.in_process = true, .transport = WCK_TRANSPORT_PIPE},
     WCK_INVALID,
     "plugin:" ALTERED " runs in no process of its own: it has no transport"},
    {"plugin:nowhere/at-all.so",
     {.in_process = true},
     WCK_IO,
     "nowhere/at-all.so: cannot be read"},
    {"plugin:check/subject/worker",
     {.in_process = true},
     WCK_INVALID,
     "cannot load a plugin: "},
};

START_TEST(what_cannot_run_in_this_process_is_refused_in_words)
{
    struct wck_subject *subject;
    struct wck_error err = {WCK_OK, ""};

    ck_assert_int_eq(
        wck_subject_new_with(&subject, refused[_i].name, &refused[_i].options, &err),
        refused[_i].status);
    ck_assert_ptr_null(subject);
    ck_assert_msg(strncmp(err.text, refused[_i].said, strlen(refused[_i].said)) == 0,
                  "%s", err.text);
}
END_TEST

/* Unwritten outputs show there, too, and do not end it. */
START_TEST(a_fault_in_this_process_is_told_of_its_call)
{
    const double matrix[6] = {1.0, 0.0, 0.25, 0.0, 1.0, -0.75};
    struct wck_subject_options options = {.in_process = true};
    struct wck_problem problem = {.dtype = WCK_FLOAT32,
                                  .layout = "HW",
                                  .batch = 1,
                                  .channels = 1,
                                  .warp = {.kernel = wck_kernel_find("bilinear"),
                                           .border = wck_border_find("constant"),
                                           .source_width = 7,
                                           .source_height = 5,
                                           .output_width = 3,
                                           .output_height = 2}};
    struct wck_subject *subject;
    struct wck_image image, output;

    setenv("ODD", "", 1);
    ck_assert_int_eq(
        wck_subject_new_with(&subject, "plugin:check/subject/odd.so", &options, NULL),
        WCK_OK);
    wck_map_affine(&problem.warp.map, matrix, WCK_OUTPUT_TO_SOURCE, NULL);
    wck_problem_source(&problem, &image, NULL);
    wck_problem_output(&problem, &output, NULL);
    for (int call = 1; call <= 2; call++) {
        struct wck_error err = {WCK_OK, ""};
        char told[160];

        snprintf(told, sizeof told,
                 "left outputs unwritten in forward (call %d): 6 of 6 elements of "
                 "output, the first is number 0",
                 call);
        ck_assert_int_eq(wck_subject_forward(subject, &problem, &image, &output, &err),
                         WCK_SUBJECT);
        ck_assert_str_eq(err.text, told);
        ck_assert(!wck_subject_is_lost(subject));
    }
    free(image.tensor.data);
    free(output.tensor.data);
    wck_subject_free(subject);
}
END_TEST

Suite *wck_channels_suite(void)
{
    Suite *suite = suite_create("channels");
    TCase *tcase = tcase_create("channels");

    tcase_set_timeout(tcase, 60.0);
    tcase_add_checked_fixture(tcase, scratch_make, scratch_remove);
    tcase_add_loop_test(tcase, a_plugin_has_the_same_findings_by_every_way, 0,
                        (int)ALTERATIONS);
    tcase_add_loop_test(
        tcase, a_recording_has_the_findings_of_the_subject_that_it_was_made_of, 0, 4);
    tcase_add_loop_test(tcase,
                        a_worker_has_the_findings_of_what_it_does_in_this_process, 0,
                        (int)BEHAVIOURS);
    tcase_add_loop_test(tcase, what_the_program_serves_has_the_same_forward_mode, 0, 2);
    tcase_add_loop_test(tcase, what_cannot_run_in_this_process_is_refused_in_words, 0,
                        (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tcase, a_fault_in_this_process_is_told_of_its_call);
    suite_add_tcase(suite, tcase);
    return suite;
}
