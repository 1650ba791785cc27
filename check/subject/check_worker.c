/* Workers: what misbehaves is told in words, in time, and nothing of it is left.  The
 * worker is check/subject/worker.c, which misbehaves where it is told to. */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "check/io/scratch.h"
#include "check/subject/everywhere.h"
#include "check/suites.h"
#include "src/report/report.h"
#include "src/run/verify.h"
#include "src/subject/arena.h"

static const double border_value[3] = {0.4375, -0.8125, 0.625};
static const double matrix[6] = {0.8125, 0.375, -2.5, -0.3125, 1.0625, 1.75};

static const enum wck_transport transports[] = {WCK_TRANSPORT_SHARED,
                                                WCK_TRANSPORT_PIPE};

/* A problem, arrays for it, and the reference's answers. */
struct scene {
    struct wck_problem problem;
    struct wck_image image, output, upstream, gradient, right_output, right_gradient;
    struct wck_subject *reference;
};

static void answer(struct wck_subject *subject, const struct scene *s,
                   const struct wck_image *output, const struct wck_image *gradient)
{
    ck_assert_int_eq(wck_subject_forward(subject, &s->problem, &s->image, output, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_subject_vjp(subject, &s->problem, &s->image, &s->upstream,
                                     &(struct wck_gradients){.image = gradient}, NULL),
                     WCK_OK);
}

static struct scene scene_new(size_t height, size_t width)
{
    struct scene s = {.problem = {.dtype = WCK_FLOAT32,
                                  .layout = "HWC",
                                  .batch = 1,
                                  .channels = 3,
                                  .seed = 11,
                                  .warp = {.kernel = wck_kernel_find("bilinear"),
                                           .border = wck_border_find("constant"),
                                           .border_value = border_value,
                                           .border_values = 3,
                                           .source_width = width,
                                           .source_height = height,
                                           .output_width = width + 2,
                                           .output_height = height - 2}}};

    wck_map_affine(&s.problem.warp.map, matrix, WCK_SOURCE_TO_OUTPUT, NULL);
    wck_problem_source(&s.problem, &s.image, NULL);
    wck_problem_source(&s.problem, &s.gradient, NULL);
    wck_problem_source(&s.problem, &s.right_gradient, NULL);
    wck_problem_output(&s.problem, &s.output, NULL);
    wck_problem_output(&s.problem, &s.right_output, NULL);
    wck_problem_output(&s.problem, &s.upstream, NULL);
    wck_problem_random(&s.problem, 1, &s.image);
    wck_problem_random(&s.problem, 2, &s.upstream);
    ck_assert_int_eq(wck_subject_new(&s.reference, "builtin:reference", NULL), WCK_OK);
    answer(s.reference, &s, &s.right_output, &s.right_gradient);
    return s;
}

static void scene_free(struct scene *s)
{
    wck_subject_free(s->reference);
    free(s->image.tensor.data);
    free(s->output.tensor.data);
    free(s->upstream.tensor.data);
    free(s->gradient.tensor.data);
    free(s->right_output.tensor.data);
    free(s->right_gradient.tensor.data);
}

static void assert_equal(const struct wck_image *got, const struct wck_image *want)
{
    ck_assert_mem_eq(got->tensor.data, want->tensor.data,
                     wck_tensor_count(&want->tensor) *
                         wck_dtype_row(want->tensor.dtype)->size);
}

static const char *program(void)
{
    const char *path = getenv("WORKER");

    return path != NULL ? path : "check/subject/worker";
}

static struct wck_subject *worker_new(const char *arguments,
                                      const struct wck_subject_options *options)
{
    struct wck_subject *subject;
    struct wck_error err = {WCK_OK, ""};
    char name[400];

    snprintf(name, sizeof name, "worker:%s %s", program(), arguments);
    ck_assert_msg(wck_subject_new_with(&subject, name, options, &err) == WCK_OK, "%s",
                  err.text);
    return subject;
}

/* Descriptors that this process has open. */
static size_t descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    size_t count = 0;

    ck_assert_ptr_nonnull(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

/* Has this process any child, alive or not yet waited for? */
static bool has_children(void)
{
    char path[64];
    FILE *file;
    int first;

    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    first = fgetc(file);
    fclose(file);
    return first != EOF;
}

/* Seconds on a clock that is never set. */
static double seconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* ---- what misbehaves ---- */

static const struct {
    const char *mode, *call;
    const char *shared, *piped; /* how the fault is told; NULL: there is none */
} faults[] = {
    {"crash", "forward",
     "crashed in forward (call 2): killed by SIGSEGV; the last that it printed: about "
     "to "
     "fall over  [1m",
     "crashed in forward (call 2): killed by SIGSEGV; the last that it printed: about "
     "to "
     "fall over  [1m"},
    {"crash", "vjp",
     "crashed in vjp (call 2): killed by SIGSEGV; the last that it printed: about to "
     "fall over  [1m",
     "crashed in vjp (call 2): killed by SIGSEGV; the last that it printed: about to "
     "fall over  [1m"},
    {"dump", "vjp",
     "crashed in vjp (call 2): killed by SIGSEGV; the last that it printed: Fatal "
     "Python error: Segmentation fault, at File \"warps.py\", line 7 in backward, "
     "called at File \"torch.py\", line 9 in apply",
     "crashed in vjp (call 2): killed by SIGSEGV; the last that it printed: Fatal "
     "Python error: Segmentation fault, at File \"warps.py\", line 7 in backward, "
     "called at File \"torch.py\", line 9 in apply"},
    {"own-group", "vjp", "crashed in vjp (call 2): killed by SIGKILL",
     "crashed in vjp (call 2): killed by SIGKILL"},
    {"exit", "forward", "crashed in forward (call 2): exited with status 0",
     "crashed in forward (call 2): exited with status 0"},
    {"truncated", "vjp", "crashed in vjp (call 2): exited with status 3",
     "crashed in vjp (call 2): exited with status 3"},
    {"hang", "forward", "hung in forward (call 2): no answer within 1 s",
     "hung in forward (call 2): no answer within 1 s"},
    {"close", "vjp", "broke the protocol in vjp (call 2): closed its descriptors",
     "broke the protocol in vjp (call 2): closed its descriptors"},
    {"garbage", "forward",
     "broke the protocol in forward (call 2): its answer is no JSON object: "
     "'Segmentation violated'",
     "broke the protocol in forward (call 2): its answer is no JSON object: "
     "'Segmentation violated'"},
    {"long", "forward",
     "broke the protocol in forward (call 2): sent a line of more than 1048575 bytes, "
     "or "
     "a NUL in it",
     "broke the protocol in forward (call 2): sent a line of more than 1048575 bytes, "
     "or "
     "a NUL in it"},
    {"wrong-id", "vjp", "broke the protocol in vjp (call 2): it answers call 9, not 2",
     "broke the protocol in vjp (call 2): it answers call 9, not 2"},
    {"wrong-shape", "vjp",
     "failed in vjp (call 2): its grad_image has another shape or type than was wanted",
     "broke the protocol in vjp (call 2): its grad_image has another shape or type "
     "than "
     "was wanted"},
    {"failed", "forward", "failed in forward (call 2): not ? today",
     "failed in forward (call 2): not ? today"},
    {"before", "vjp",
     "wrote outside its outputs in vjp (call 2): byte 1 before grad_image", NULL},
    {"behind", "forward",
     "wrote outside its outputs in forward (call 2): byte 1 behind output", NULL},
    {"unwritten", "forward",
     "left outputs unwritten in forward (call 2): 627 of 627 elements of output, the "
     "first is number 0",
     NULL},
    {"input", "vjp", "crashed in vjp (call 2): killed by SIGSEGV", NULL},
    {"print", "forward", NULL, NULL},
};

#define FAULTS (sizeof faults / sizeof faults[0])

/* The call at which the worker misbehaves; the others are answered as the reference
 * answers them, by a worker started anew where the old one is gone. */
static void misbehave(struct wck_subject *subject, struct scene *s, bool forward,
                      const char *told)
{
    struct wck_error err = {WCK_OK, ""};
    struct wck_gradients wanted = {.image = &s->gradient};
    enum wck_status status;

    ck_assert_int_eq(
        wck_subject_forward(subject, &s->problem, &s->image, &s->output, NULL), WCK_OK);
    assert_equal(&s->output, &s->right_output);
    status =
        forward ? wck_subject_forward(subject, &s->problem, &s->image, &s->output, &err)
                : wck_subject_vjp(subject, &s->problem, &s->image, &s->upstream,
                                  &wanted, &err);
    ck_assert_str_eq(err.text, told != NULL ? told : "");
    ck_assert_int_eq(status, told != NULL ? WCK_SUBJECT : WCK_OK);
    ck_assert(!wck_subject_is_lost(subject));
    answer(subject, s, &s->output, &s->gradient);
    assert_equal(&s->output, &s->right_output);
    assert_equal(&s->gradient, &s->right_gradient);
}

static void misbehave_by(size_t row, enum wck_transport transport)
{
    struct wck_subject_options options = {.transport = transport, .timeout = 1.0};
    const char *told =
        transport == WCK_TRANSPORT_SHARED ? faults[row].shared : faults[row].piped;
    struct scene s = scene_new(13, 17);
    size_t open_before = descriptors();
    double begun = seconds();
    struct wck_subject *subject;
    char arguments[80];

    /* A slow, instrumented or shared machine must not look like a hang. */
    if (strcmp(faults[row].mode, "hang") != 0)
        options.timeout = 60.0;
    snprintf(arguments, sizeof arguments, "%s 2 %s", faults[row].mode,
             faults[row].call);
    subject = worker_new(arguments, &options);
    misbehave(subject, &s, strcmp(faults[row].call, "forward") == 0, told);
    wck_subject_free(subject);
    ck_assert_uint_eq(descriptors(), open_before);
    ck_assert(!has_children());
    ck_assert_double_lt(seconds() - begun, 30.0);
    scene_free(&s);
}

START_TEST(each_fault_is_told_of_its_call_and_the_next_one_is_answered)
{
    misbehave_by((size_t)_i, WCK_TRANSPORT_SHARED);
}
END_TEST

START_TEST(each_fault_is_told_by_pipe_too)
{
    misbehave_by((size_t)_i, WCK_TRANSPORT_PIPE);
}
END_TEST

START_TEST(what_is_said_unasked_is_blamed_on_the_call_before)
{
    struct scene s = scene_new(13, 17);
    struct wck_subject *subject =
        worker_new("twice 1", &(struct wck_subject_options){0});
    struct wck_error err = {WCK_OK, ""};

    ck_assert_int_eq(
        wck_subject_forward(subject, &s.problem, &s.image, &s.output, NULL), WCK_OK);
    ck_assert_int_eq(
        wck_subject_forward(subject, &s.problem, &s.image, &s.output, &err),
        WCK_SUBJECT);
    ck_assert_str_eq(err.text,
                     "broke the protocol in forward (call 1): it said more than "
                     "was asked for in the call before");
    answer(subject, &s, &s.output, &s.gradient);
    wck_subject_free(subject);
    scene_free(&s);
}
END_TEST

START_TEST(a_worker_is_given_up_after_three_faults)
{
    struct scene s = scene_new(13, 17);
    struct wck_subject *subject =
        worker_new("exit 1+", &(struct wck_subject_options){0});

    for (int i = 1; i <= 4; i++) {
        struct wck_error err = {WCK_OK, ""};
        char told[120];

        ck_assert_int_eq(
            wck_subject_forward(subject, &s.problem, &s.image, &s.output, &err),
            WCK_SUBJECT);
        ck_assert_int_eq(wck_subject_is_lost(subject), i >= 3);
        snprintf(told, sizeof told,
                 "crashed in forward (call %d): exited with status 0%s", i,
                 i == 3 ? "; given up after 3 faults" : "");
        ck_assert_str_eq(err.text, i < 4 ? told : "given up after 3 faults");
    }
    ck_assert(!has_children());
    wck_subject_free(subject);
    scene_free(&s);
}
END_TEST

/* ---- what it starts ---- */

static bool is_alive(const char *path)
{
    FILE *file = fopen(path, "r");
    int pid = 0;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%d", &pid), 1);
    fclose(file);
    return kill((pid_t)pid, 0) == 0 || errno != ESRCH;
}

static const char *const leavers[] = {"orphan 1", "stubborn 1"};

/* By the keeper alone: a namespace would leave it nothing to do. */
START_TEST(nothing_that_a_worker_starts_outlives_it)
{
    struct wck_subject_options options = {.timeout = 2.0, .sandbox.off = true};
    struct scene s = scene_new(13, 17);
    struct wck_error err = {WCK_OK, ""};
    const char *path = scratch_path("orphan");
    struct wck_subject *subject;

    setenv("ORPHAN", path, 1);
    subject = worker_new(leavers[_i], &options);
    ck_assert_int_eq(
        wck_subject_forward(subject, &s.problem, &s.image, &s.output, &err),
        WCK_SUBJECT);
    ck_assert(!is_alive(path));
    wck_subject_free(subject);
    ck_assert(!has_children());
    scene_free(&s);
}
END_TEST

/* ---- greetings ---- */

static const struct {
    const char *mode, *told;
} greetings[] = {
    {"greet-hang", "hung in its greeting: no answer within 1 s"},
    {"greet-crash", "crashed in its greeting: killed by SIGABRT"},
    {"greet-garbage",
     "broke the protocol: its greeting has no \"warpcheck\": [MAJOR, MINOR]"},
    {"greet-version", "speaks version 2 of the protocol, this is version 1"},
    {"greet-refusal", "cannot start: no GPU here"},
    {"greet-lists", "broke the protocol: \"dtypes\" is no list of words"},
};

START_TEST(a_worker_that_does_not_greet_back_cannot_be_opened)
{
    size_t open_before = descriptors();
    struct wck_subject_options options = {.timeout = 1.0};
    struct wck_subject *subject;
    struct wck_error err = {WCK_OK, ""};
    char name[400], told[500];

    if (strcmp(greetings[_i].mode, "greet-hang") != 0)
        options.timeout = 60.0;
    snprintf(name, sizeof name, "worker:%s %s", program(), greetings[_i].mode);
    ck_assert_int_eq(wck_subject_new_with(&subject, name, &options, &err), WCK_SUBJECT);
    snprintf(told, sizeof told, "%s %s", program(), greetings[_i].told);
    ck_assert_str_eq(err.text, told);
    ck_assert_ptr_null(subject);
    ck_assert_uint_eq(descriptors(), open_before);
    ck_assert(!has_children());
}
END_TEST

static const struct {
    const char *name, *told;
} commands[] = {
    {"worker:./there-is-no-such-program x",
     "./there-is-no-such-program cannot be executed: No such file or directory"},
    {"worker:", "worker: is followed by no command"},
    {"worker:'open",
     "''open' is no plain command line: no shell runs it, so it has no | & "
     "; < > ( ) { }, $(...) or open quotes"},
    {"worker:true | false", "'true | false' is no plain command line: no shell runs "
                            "it, so it has no | & ; < > "
                            "( ) { }, $(...) or open quotes"},
};

START_TEST(a_command_that_is_none_is_refused)
{
    struct wck_subject *subject;
    struct wck_error err = {WCK_OK, ""};

    ck_assert_int_eq(wck_subject_new(&subject, commands[_i].name, &err), WCK_INVALID);
    ck_assert_str_eq(err.text, commands[_i].told);
}
END_TEST

START_TEST(options_of_a_process_are_refused_where_there_is_none)
{
    struct wck_subject *subject;
    struct wck_error err = {WCK_OK, ""};

    ck_assert_int_eq(wck_subject_new_with(&subject, "builtin:reference",
                                          &(struct wck_subject_options){.timeout = 3.0},
                                          &err),
                     WCK_INVALID);
    ck_assert_str_eq(
        err.text, "builtin:reference runs in no process of its own: it has no timeout");
}
END_TEST

/* ---- what it does not serve ---- */

static const struct {
    const char *serves, *told; /* of a vjp that wants the image's gradient */
} refusals[] = {
    {"{\"dtypes\": [\"float64\", \"int8\"]}",
     "reference 1 serves no dtypes 'float32' (float64, int8)"},
    {"{\"gradients\": []}", "reference 1 serves no gradients 'image' (it serves none)"},
    {"{\"layouts\": [\"NCHW\"]}", "reference 1 serves no layouts 'HWC' (NCHW)"},
    {"{\"arrays\": [\"grid\"]}", "reference 1 serves no arrays 'matrix' (grid)"},
    {"{\"conventions\": [\"torch.grid_sample\"]}",
     "reference 1 serves no conventions 'warp' (torch.grid_sample): say "
     "--convention"},
};

START_TEST(what_a_worker_does_not_serve_is_not_asked)
{
    struct scene s = scene_new(13, 17);
    struct wck_gradients wanted = {.image = &s.gradient};
    struct wck_error err = {WCK_OK, ""};
    struct wck_subject *subject;

    setenv("SERVES", refusals[_i].serves, 1);
    subject = worker_new("crash 1+", &(struct wck_subject_options){0});
    ck_assert_int_eq(
        wck_subject_vjp(subject, &s.problem, &s.image, &s.upstream, &wanted, &err),
        WCK_UNSUPPORTED);
    ck_assert_str_eq(err.text, refusals[_i].told);
    wck_subject_free(subject);
    scene_free(&s);
}
END_TEST

static const struct {
    const char *mode, *told;
} answers[] = {
    {"unsupported", "the worker does not serve this: not ? today"},
    {"without", "the worker has no grad_image here"},
};

START_TEST(unsupported_is_an_answer_and_no_fault)
{
    struct scene s = scene_new(13, 17);
    struct wck_gradients wanted = {.image = &s.gradient};
    struct wck_subject_options options = {.transport = transports[_i % 2]};
    struct wck_subject *subject = worker_new(answers[_i / 2].mode, &options);

    for (int i = 0; i < 5; i++) {
        struct wck_error err = {WCK_OK, ""};

        ck_assert_int_eq(
            wck_subject_vjp(subject, &s.problem, &s.image, &s.upstream, &wanted, &err),
            WCK_UNSUPPORTED);
        ck_assert_str_eq(err.text, answers[_i / 2].told);
    }
    ck_assert(!wck_subject_is_lost(subject));
    wck_subject_free(subject);
    scene_free(&s);
}
END_TEST

/* ---- the same subject, reached in three ways ---- */

static char *json_of(const char *subject_name, enum wck_transport transport)
{
    struct wck_subject_options options = {.transport = transport};
    struct wck_verify_request request = {.kernel = wck_kernel_find("bilinear"),
                                         .border = wck_border_find("constant"),
                                         .layout = "NCHW"};
    struct wck_verification v;
    struct wck_text text = {0};
    struct wck_error err = {WCK_OK, ""};
    struct wck_verify_report report;

    ck_assert_msg(
        wck_subject_new_with(&request.subject, subject_name, &options, &err) == WCK_OK,
        "%s", err.text);
    ask_everywhere(&request);
    ck_assert_msg(wck_verify(&v, &request, &err) == WCK_OK, "%s", err.text);
    for (size_t i = 0; i < v.findings.count; i++) {
        free(v.findings.items[i].subject);
        free(v.findings.items[i].reproduce);
        v.findings.items[i].subject = v.findings.items[i].reproduce = NULL;
    }
    report = (struct wck_verify_report){.findings = &v.findings,
                                        .subject = "it",
                                        .verdict = v.verdict,
                                        .diagnosis = v.diagnosis,
                                        .problems = v.problems,
                                        .command = "it"};
    ck_assert_int_eq(wck_format_find("json")->verify(&report, &text, NULL), WCK_OK);
    wck_verification_release(&v);
    wck_subject_free(request.subject);
    return text.data;
}

static const struct {
    const char *builtin, *argument;
} same[] = {
    {"builtin:reference", ""},
    {"deviation:scatter-assigns", "scatter-assigns"},
};

START_TEST(a_subject_gives_the_same_findings_however_it_is_reached)
{
    char name[400];
    char *inside = json_of(same[_i].builtin, WCK_TRANSPORT_ANY), *shared, *piped;

    snprintf(name, sizeof name, "worker:%s %s", program(), same[_i].argument);
    shared = json_of(name, WCK_TRANSPORT_SHARED);
    piped = json_of(name, WCK_TRANSPORT_PIPE);
    ck_assert_uint_gt(strlen(inside), 10000);
    ck_assert_str_eq(shared, inside);
    ck_assert_str_eq(piped, inside);
    free(inside);
    free(shared);
    free(piped);
}
END_TEST

/* ---- the job ---- */

static struct wck_verification verify_worker(const char *arguments,
                                             struct wck_error *err)
{
    struct wck_verify_request request = {.kernel = wck_kernel_find("bilinear"),
                                         .border = wck_border_find("constant"),
                                         .layout = "NCHW"};
    struct wck_verification v;

    request.subject = worker_new(arguments, &(struct wck_subject_options){0});
    ck_assert_int_eq(wck_verify(&v, &request, err), WCK_SUBJECT);
    wck_subject_free(request.subject);
    return v;
}

START_TEST(a_fault_leaves_one_checker_unjudged_and_the_job_goes_on)
{
    static const char told[] = "crashed in vjp (call 44): killed by SIGSEGV; the last "
                               "that it printed: about to fall over  [1m";
    struct wck_error err = {WCK_OK, ""};
    struct wck_verification v = verify_worker("crash 44", &err);
    size_t unjudged = 0;

    ck_assert_msg(strncmp(err.text, "the subject crashed in vjp (call 44)", 36) == 0,
                  "%s", err.text);
    ck_assert_uint_gt(v.problems, 5);
    ck_assert_int_eq(v.verdict, WCK_INCONCLUSIVE);
    for (size_t i = 0; i < v.findings.count; i++) {
        const struct wck_finding *f = &v.findings.items[i];

        if (f->verdict != WCK_INCONCLUSIVE) {
            ck_assert(f->verdict == WCK_PASS || f->verdict == WCK_NOT_APPLICABLE);
            continue;
        }
        ck_assert_str_eq(f->cause, told);
        ck_assert_uint_eq(f->compared, 0);
        unjudged++;
    }
    ck_assert_uint_gt(unjudged, 0);
    ck_assert_uint_lt(unjudged, 3); /* one checker has at most two claims */
    wck_verification_release(&v);
}
END_TEST

/* Problem after problem it would die of the same. */
START_TEST(what_a_subject_died_of_is_not_put_again)
{
    struct wck_error err = {WCK_OK, ""};
    struct wck_verify_request request = {
        .level = 1, .checker_count = 1, .checkers = {wck_checker_find("special")}};
    struct wck_verification v;

    request.subject = worker_new("crash 2+", &(struct wck_subject_options){0});
    ck_assert_int_eq(wck_verify(&v, &request, &err), WCK_SUBJECT);
    ck_assert_msg(strstr(err.text, "of several") == NULL, "%s", err.text);
    ck_assert_uint_gt(v.problems, 5);
    for (size_t i = 0; i < v.findings.count; i++) {
        ck_assert_int_eq(v.findings.items[i].verdict, WCK_INCONCLUSIVE);
        ck_assert_ptr_nonnull(strstr(v.findings.items[i].cause,
                                     i == 0 ? "crashed in " : "not put again"));
    }
    wck_verification_release(&v);
    wck_subject_free(request.subject);
}
END_TEST

START_TEST(a_job_ends_where_its_subject_is_given_up)
{
    struct wck_error err = {WCK_OK, ""};
    struct wck_verification v = verify_worker("exit 44+", &err);
    const struct wck_finding *last = &v.findings.items[v.findings.count - 1];

    ck_assert_str_eq(err.text,
                     "the subject crashed in vjp (call 44): exited with status "
                     "0 (the first fault of several)");
    ck_assert_uint_eq(v.problems, 0);
    ck_assert_str_eq(last->cause, "crashed in forward (call 46): exited with status 0; "
                                  "given up after 3 faults");
    wck_verification_release(&v);
}
END_TEST

/* Many warps have no gradient but the image's: that one is enough to name the culprit.
 */
START_TEST(a_worker_with_one_gradient_is_diagnosed_by_it)
{
    struct wck_verify_request request = {.kernel = wck_kernel_find("bilinear"),
                                         .border = wck_border_find("wrap"),
                                         .layout = "HWC"};
    struct wck_verification v;

    setenv("SERVES", "{\"gradients\": [\"image\"]}", 1);
    request.subject = worker_new("scatter-assigns", &(struct wck_subject_options){0});
    ck_assert_int_eq(wck_verify(&v, &request, NULL), WCK_OK);
    ck_assert_int_eq(v.verdict, WCK_FAIL);
    ck_assert_ptr_nonnull(v.diagnosis);
    ck_assert_msg(strstr(v.diagnosis, "writes each contribution") != NULL, "%s",
                  v.diagnosis);
    wck_verification_release(&v);
    wck_subject_free(request.subject);
}
END_TEST

/* What a framework has no path to is what its user asks first: the diagnosis begins
 * with it.  Of a subject that passes nothing is said. */
START_TEST(a_gradient_named_lost_begins_the_diagnosis)
{
    struct wck_verify_request request = {.kernel = wck_kernel_find("bilinear"),
                                         .border = wck_border_find("wrap"),
                                         .layout = "HWC",
                                         .checkers = {wck_checker_find("adjoint")},
                                         .checker_count = 1};
    const char *begins = "autograd has no path from the output to its image (None): it "
                         "was detached, computed under no_grad, or went through NumPy. "
                         "By its numbers: ";
    struct wck_verification v;

    request.subject =
        worker_new(_i == 0 ? "lost" : "named", &(struct wck_subject_options){0});
    ck_assert_int_eq(wck_verify(&v, &request, NULL), WCK_OK);
    ck_assert_int_eq(v.verdict, _i == 0 ? WCK_FAIL : WCK_PASS);
    ck_assert_str_eq(wck_subject_lost(request.subject, 0), "image");
    ck_assert_ptr_null(wck_subject_lost(request.subject, 1));
    if (_i == 0)
        ck_assert_msg(strncmp(v.diagnosis, begins, strlen(begins)) == 0, "%s",
                      v.diagnosis);
    else
        ck_assert_ptr_null(v.diagnosis);
    wck_verification_release(&v);
    wck_subject_free(request.subject);
}
END_TEST

/* It is taken at its word: what repeats calls to judge is left open. */
START_TEST(a_worker_that_says_that_it_varies_is_judged_so)
{
    struct wck_verify_request request = {.kernel = wck_kernel_find("bilinear"),
                                         .border = wck_border_find("wrap"),
                                         .layout = "HWC"};
    struct wck_verification v;
    size_t judged = 0, open = 0, spared = 0;

    setenv("SERVES", "{\"deterministic\": false}", 1);
    request.subject = worker_new("", &(struct wck_subject_options){0});
    ck_assert(wck_subject_varies(request.subject));
    ck_assert_int_eq(wck_verify(&v, &request, NULL), WCK_OK);
    for (size_t i = 0; i < v.findings.count; i++) {
        const struct wck_finding *f = &v.findings.items[i];

        if (strcmp(f->checker, "determinism") == 0) {
            ck_assert_int_eq(f->verdict, WCK_NOT_APPLICABLE);
            ck_assert_str_eq(
                f->cause, "the subject says that the same call may have other answers");
            spared++;
        } else if (wck_checker_find(f->checker)->needs_deterministic) {
            ck_assert_int_eq(f->verdict, WCK_INCONCLUSIVE);
            open++;
        } else {
            ck_assert_int_eq(f->verdict, WCK_PASS);
            judged++;
        }
    }
    ck_assert_uint_eq(spared, v.problems);
    ck_assert_uint_ge(open, 4 * v.problems);
    ck_assert_uint_eq(judged, 2 * v.problems);
    wck_verification_release(&v);
    wck_subject_free(request.subject);
}
END_TEST

START_TEST(whether_it_varies_is_said_by_true_or_false)
{
    struct wck_subject *subject;
    struct wck_error err = {WCK_OK, ""};
    char name[400];

    setenv("SERVES", "{\"deterministic\": \"no\"}", 1);
    snprintf(name, sizeof name, "worker:%s", program());
    ck_assert_int_eq(wck_subject_new(&subject, name, &err), WCK_SUBJECT);
    ck_assert_msg(strstr(err.text, "broke the protocol: \"deterministic\" is neither "
                                   "true nor false") != NULL,
                  "%s", err.text);
}
END_TEST

/* More than any pipe holds, and files that grow and stay. */
/* The user's caches cannot be written to from the sandbox. */
START_TEST(a_confined_worker_has_a_cache_of_its_own)
{
    const char name[] = "worker:sh -c 'test \"$XDG_CACHE_HOME\" = \"$TMPDIR\" && echo "
                        "of its own; exit 3'";
    struct wck_subject_options options = {.sandbox = {.off = _i == 1}};
    struct wck_subject *subject;
    struct wck_error err = {WCK_OK, ""};

    ck_assert_int_eq(wck_subject_new_with(&subject, name, &options, &err), WCK_SUBJECT);
    ck_assert_int_eq(strstr(err.text, "of its own") == NULL, _i == 1);
}
END_TEST

START_TEST(images_of_all_sizes_pass_through_one_worker)
{
    static const size_t sizes[][2] = {{13, 17}, {701, 403}, {5, 3}, {1201, 307}};
    struct wck_subject_options options = {.transport = transports[_i]};
    struct wck_subject *subject = worker_new("", &options);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct scene s = scene_new(sizes[i][0], sizes[i][1]);

        answer(subject, &s, &s.output, &s.gradient);
        assert_equal(&s.output, &s.right_output);
        assert_equal(&s.gradient, &s.right_gradient);
        scene_free(&s);
    }
    wck_subject_free(subject);
}
END_TEST

/* Arrays of a quarter of a megabyte and more, in memory of the subject's. */
START_TEST(images_that_the_subject_lends_pass)
{
    struct wck_subject_options options = {.transport = transports[_i]};
    struct wck_subject *subject = worker_new("", &options);
    struct scene s = scene_new(401, 203);
    struct wck_image image, upstream, others[WCK_ARENA_LOANS];

    ck_assert_int_eq(wck_subject_source(subject, &s.problem, &image, NULL), WCK_OK);
    ck_assert_int_eq(wck_subject_upstream(subject, &s.problem, &upstream, NULL),
                     WCK_OK);
    wck_problem_random(&s.problem, 1, &image);
    wck_problem_random(&s.problem, 2, &upstream);
    /* The loans run out: memory of the host's own does as well. */
    for (size_t i = 0; i < WCK_ARENA_LOANS; i++) {
        ck_assert_int_eq(wck_subject_source(subject, &s.problem, &others[i], NULL),
                         WCK_OK);
        wck_problem_random(&s.problem, 3 + i, &others[i]);
    }
    for (int turn = 0; turn < 2; turn++) {
        ck_assert_int_eq(
            wck_subject_forward(subject, &s.problem, &image, &s.output, NULL), WCK_OK);
        assert_equal(&s.output, &s.right_output);
        ck_assert_int_eq(wck_subject_vjp(subject, &s.problem, &image, &upstream,
                                         &(struct wck_gradients){.image = &s.gradient},
                                         NULL),
                         WCK_OK);
        assert_equal(&s.gradient, &s.right_gradient);
        for (size_t i = 0; i < WCK_ARENA_LOANS; i++)
            wck_subject_free_image(subject, &others[i]);
    }
    wck_subject_free_image(subject, &image);
    wck_subject_free_image(subject, &upstream);
    wck_subject_free(subject);
    scene_free(&s);
}
END_TEST

/* The second column of each row is skipped, and rows run upwards. */
START_TEST(images_with_any_strides_pass)
{
    struct scene s = scene_new(13, 17);
    struct wck_subject_options options = {.transport = transports[_i]};
    struct wck_subject *subject = worker_new("", &options);
    struct wck_image image = s.image, output = s.output;
    float *wide = calloc(2 * 13 * 17 * 3, sizeof *wide);
    float *narrow = calloc(2 * 11 * 19 * 3, sizeof *narrow);

    image.tensor.data = wide + (ptrdiff_t)12 * 17 * 3 * 2;
    output.tensor.data = narrow;
    for (int d = 0; d < 3; d++) {
        image.tensor.stride[d] *= d == 0 ? -2 : 2;
        output.tensor.stride[d] *= 2;
    }
    wck_tensor_copy(&s.image.tensor, &image.tensor, NULL);
    ck_assert_int_eq(wck_subject_forward(subject, &s.problem, &image, &output, NULL),
                     WCK_OK);
    wck_tensor_copy(&output.tensor, &s.output.tensor, NULL);
    assert_equal(&s.output, &s.right_output);
    free(wide);
    free(narrow);
    wck_subject_free(subject);
    scene_free(&s);
}
END_TEST

Suite *wck_worker_suite(void)
{
    Suite *suite = suite_create("worker");
    TCase *tcase = tcase_create("worker");

    tcase_add_checked_fixture(tcase, scratch_make, scratch_remove);
    tcase_add_loop_test(tcase,
                        each_fault_is_told_of_its_call_and_the_next_one_is_answered, 0,
                        (int)FAULTS);
    tcase_add_loop_test(tcase, each_fault_is_told_by_pipe_too, 0, (int)FAULTS);
    tcase_add_test(tcase, what_is_said_unasked_is_blamed_on_the_call_before);
    tcase_add_test(tcase, a_worker_is_given_up_after_three_faults);
    tcase_add_loop_test(tcase, nothing_that_a_worker_starts_outlives_it, 0, 2);
    tcase_add_loop_test(tcase, a_worker_that_does_not_greet_back_cannot_be_opened, 0,
                        5);
    tcase_add_loop_test(tcase, a_command_that_is_none_is_refused, 0, 4);
    tcase_add_test(tcase, options_of_a_process_are_refused_where_there_is_none);
    tcase_add_loop_test(tcase, what_a_worker_does_not_serve_is_not_asked, 0, 5);
    tcase_add_loop_test(tcase, unsupported_is_an_answer_and_no_fault, 0, 4);
    tcase_add_loop_test(tcase, a_subject_gives_the_same_findings_however_it_is_reached,
                        0, 2);
    tcase_add_test(tcase, a_fault_leaves_one_checker_unjudged_and_the_job_goes_on);
    tcase_add_test(tcase, what_a_subject_died_of_is_not_put_again);
    tcase_add_test(tcase, a_job_ends_where_its_subject_is_given_up);
    tcase_add_test(tcase, a_worker_with_one_gradient_is_diagnosed_by_it);
    tcase_add_loop_test(tcase, a_gradient_named_lost_begins_the_diagnosis, 0, 2);
    tcase_add_loop_test(tcase, images_of_all_sizes_pass_through_one_worker, 0, 2);
    tcase_add_loop_test(tcase, images_that_the_subject_lends_pass, 0, 2);
    tcase_add_test(tcase, a_worker_that_says_that_it_varies_is_judged_so);
    tcase_add_test(tcase, whether_it_varies_is_said_by_true_or_false);
    tcase_add_loop_test(tcase, a_confined_worker_has_a_cache_of_its_own, 0, 2);
    tcase_add_loop_test(tcase, images_with_any_strides_pass, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
