/* Shrinking: every deviation comes down to a few pixels, and still fails there. */
#include "src/run/shrink.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/checker/stand_in.h"
#include "check/io/scratch.h"
#include "check/suites.h"
#include "check/turn.h"
#include "src/run/reproduce.h"
#include "src/run/verify.h"

#define FEW 5 /* rows and columns that a small problem has at most */

static const struct wck_deviation *row_of(int i)
{
    return wck_deviation_row((size_t)i);
}

static struct wck_subject *open_subject(const char *name)
{
    struct wck_subject *subject;
    struct wck_error err = {WCK_OK, ""};

    ck_assert_msg(wck_subject_new(&subject, name, &err) == WCK_OK, "%s", err.text);
    return subject;
}

static struct wck_subject *open_deviation(const struct wck_deviation *row)
{
    char name[80];

    snprintf(name, sizeof name, "deviation:%s", row->name);
    return open_subject(name);
}

static struct wck_verification verify(struct wck_subject *subject,
                                      struct wck_verify_request request)
{
    struct wck_verification verification;
    struct wck_error err = {WCK_OK, ""};

    request.subject = subject;
    ck_assert_msg(wck_verify(&verification, &request, &err) == WCK_OK, "%s", err.text);
    return verification;
}

static struct wck_verify_request request_of(const struct wck_deviation *row)
{
    static const enum wck_dtype dtype = WCK_FLOAT64;
    size_t side = row->side > FEW ? row->side : 0;

    return (struct wck_verify_request){
        .kernel = wck_kernel_find(row->kernel != NULL ? row->kernel : "bilinear"),
        .layout = "NCHW",
        .dtype = &dtype,
        .source_height = side,
        .source_width = side,
        .shrink = true};
}

/* The options that the problem is put by, as a request. */
static struct wck_verify_request request_for(const struct wck_shrunk *shrunk)
{
    const struct wck_problem *problem = &shrunk->smallest.problem;
    const struct wck_warp *warp = &problem->warp;

    return (struct wck_verify_request){
        .kernel = warp->kernel,
        .border = warp->border,
        .layout = problem->layout,
        .dtype = &problem->dtype,
        .matrix = warp->map.matrix,
        .direction = warp->map.direction,
        .border_value = warp->border_value,
        .border_values = warp->border_values,
        .source_height = warp->source_height,
        .source_width = warp->source_width,
        .output_height = warp->output_height,
        .output_width = warp->output_width,
        .channels = problem->channels,
        .seed = problem->seed,
        .checkers = {wck_checker_find(shrunk->finding.checker)},
        .checker_count = 1,
    };
}

static bool fails_by(const struct wck_verification *v, const char *id)
{
    for (size_t i = 0; i < v->findings.count; i++) {
        if (v->findings.items[i].verdict == WCK_FAIL &&
            strcmp(v->findings.items[i].id, id) == 0)
            return true;
    }
    return false;
}

/* Judges the file. */
static enum wck_verdict judge_file(const char *path)
{
    struct wck_text name = {0};
    struct wck_subject *subject;
    struct wck_verification v;
    enum wck_verdict verdict;

    wck_text_printf(&name, "recording:%s", path);
    subject = open_subject(wck_text_string(&name));
    v = verify(subject, (struct wck_verify_request){.resolution = 0.0});
    verdict = v.verdict;
    wck_verification_release(&v);
    wck_subject_free(subject);
    wck_text_release(&name);
    return verdict;
}

/* ---- every deviation ---- */

static void assert_small(const struct wck_shrunk *shrunk,
                         const struct wck_deviation *row)
{
    const struct wck_warp *warp = &shrunk->smallest.problem.warp;
    size_t few = row->side > FEW ? row->side : FEW;

    ck_assert(shrunk->repeats);
    ck_assert_uint_gt(shrunk->kept, 0);
    ck_assert_uint_le(shrunk->kept, shrunk->tried);
    ck_assert_uint_lt(shrunk->tried, WCK_SHRINK_TRIES);
    ck_assert_uint_le(warp->source_height, few);
    ck_assert_uint_le(warp->source_width, few);
    ck_assert_uint_le(warp->output_height, few);
    ck_assert_uint_le(warp->output_width, few);
    /* Three channels and two items went in; what mixes them needs two of them. */
    ck_assert_uint_le(shrunk->smallest.problem.channels, 2);
    ck_assert_uint_le(shrunk->smallest.problem.batch, 2);
}

/* A test of the failure that no right warp passes would be worth nothing. */
static void assert_reference_passes(const struct wck_shrunk *shrunk)
{
    struct wck_subject *right = open_subject("builtin:reference");
    struct wck_verification v = verify(right, request_for(shrunk));

    ck_assert_msg(v.verdict == WCK_PASS, "%s of %s", wck_verdict_id(v.verdict),
                  shrunk->finding.problem);
    wck_verification_release(&v);
    wck_subject_free(right);
}

static void assert_recorded(const struct wck_shrunk *shrunk)
{
    struct wck_subject *right = open_subject("builtin:reference");
    struct wck_witness other = {.problem = shrunk->witness.problem,
                                .way = shrunk->witness.way,
                                .inputs = shrunk->witness.inputs};
    const char *path = scratch_path("wrong.npz");
    bool fails = true;

    ck_assert_uint_gt(shrunk->witness.recording.count, 0);
    ck_assert_int_eq(wck_npz_write(&shrunk->witness.recording, path, NULL), WCK_OK);
    ck_assert_int_eq(judge_file(path), WCK_FAIL);
    ck_assert_int_eq(wck_witness_try(&other, right, 0.0, &fails, NULL), WCK_OK);
    ck_assert(!fails);
    wck_subject_free(right);
}

/* What needs more pixels than this takes minutes to come down to them. */
#define SOON 64

/* All others can be shown on few pixels, or on the least that they say, and in a
 * recording. */
START_TEST(every_deviation_shrinks_to_a_few_pixels_where_it_alone_fails)
{
    const struct wck_deviation *row = row_of(_i);
    struct wck_subject *subject;
    struct wck_verification v, again;
    const struct wck_finding *first;

    if (row->side > SOON || !is_turn(_i))
        return;
    subject = open_deviation(row);
    v = verify(subject, request_of(row));
    first = wck_findings_first_failed(&v.findings);
    ck_assert_ptr_nonnull(v.shrunk);
    assert_small(v.shrunk, row);
    ck_assert_str_eq(v.shrunk->finding.id, first->id);
    ck_assert_str_eq(v.shrunk->finding.checker, first->checker);
    again = verify(subject, request_for(v.shrunk));
    ck_assert_uint_eq(again.problems, 1);
    ck_assert(fails_by(&again, first->id));
    if (row->unrecorded)
        ck_assert_uint_eq(v.shrunk->witness.recording.count, 0);
    /* A recording is judged by the declared warp alone: where the gradient is that
     * warp's, and not the output's, nothing in it is wrong; and what is wrong in the
     * last digits need not be with the zeros and ones of one. */
    else if (!row->wide || v.shrunk->witness.recording.count > 0)
        assert_recorded(v.shrunk);
    assert_reference_passes(v.shrunk);
    wck_verification_release(&again);
    wck_verification_release(&v);
    wck_subject_free(subject);
}
END_TEST

START_TEST(few_deviations_need_more)
{
    int more = 0;

    for (size_t i = 0; i < wck_deviation_count(); i++)
        more += wck_deviation_row(i)->side > SOON;
    ck_assert_int_eq(more, 3);
}
END_TEST

/* ---- the search ---- */

START_TEST(what_does_not_fail_is_not_shrunk)
{
    struct wck_subject *subject = open_subject("builtin:reference");
    struct wck_verification v = verify(
        subject, (struct wck_verify_request){.kernel = wck_kernel_find("bilinear"),
                                             .layout = "HW",
                                             .shrink = true});

    ck_assert_int_eq(v.verdict, WCK_PASS);
    ck_assert_ptr_null(v.shrunk);
    wck_verification_release(&v);
    wck_subject_free(subject);
}
END_TEST

START_TEST(the_same_subject_shrinks_to_the_same_bytes)
{
    const struct wck_deviation *row = wck_deviation_find("short-wrap-period");
    struct wck_subject *subject = open_deviation(row);
    struct wck_text bytes[2] = {{0}, {0}};

    for (int i = 0; i < 2; i++) {
        struct wck_verification v = verify(subject, request_of(row));

        ck_assert_int_eq(wck_npz_encode(&v.shrunk->witness.recording, &bytes[i], NULL),
                         WCK_OK);
        wck_problem_options(&v.shrunk->smallest.problem, &bytes[i]);
        wck_verification_release(&v);
    }
    ck_assert_uint_eq(bytes[0].size, bytes[1].size);
    ck_assert_mem_eq(bytes[0].data, bytes[1].data, bytes[0].size);
    wck_text_release(&bytes[0]);
    wck_text_release(&bytes[1]);
    wck_subject_free(subject);
}
END_TEST

/* A problem on which a failure can be shown, and its finding. */
struct failure {
    struct wck_problem problem;
    double border_value;
    struct wck_findings findings;
};

static void find_failure(struct failure *failure, struct wck_subject *subject,
                         const char *checker)
{
    const double matrix[6] = {1.0, 0.375, -2.5, -0.3125, 0.8828125, 1.5};
    struct wck_trial trial = {.subject = subject,
                              .problem = &failure->problem,
                              .findings = &failure->findings};

    *failure = (struct failure){.border_value = 0.4375};
    failure->problem =
        (struct wck_problem){.warp = {.kernel = wck_kernel_find("bilinear"),
                                      .border = wck_border_find("constant"),
                                      .border_value = &failure->border_value,
                                      .border_values = 1,
                                      .source_height = 7,
                                      .source_width = 11,
                                      .output_height = 9,
                                      .output_width = 8},
                             .dtype = WCK_FLOAT64,
                             .layout = "HWC",
                             .batch = 1,
                             .channels = 2,
                             .seed = 5};
    ck_assert_int_eq(
        wck_map_affine(&failure->problem.warp.map, matrix, WCK_OUTPUT_TO_SOURCE, NULL),
        WCK_OK);
    ck_assert_int_eq(wck_checker_run(wck_checker_find(checker), &trial, NULL), WCK_OK);
    ck_assert_ptr_nonnull(wck_findings_first_failed(&failure->findings));
}

static enum wck_status shrink(struct wck_shrunk *shrunk, struct wck_subject *subject,
                              const struct failure *failure, size_t tries,
                              struct wck_faults *faults)
{
    const struct wck_shrink_request request = {
        .subject = subject,
        .problem = &failure->problem,
        .finding = wck_findings_first_failed(&failure->findings),
        .tries = tries};

    *faults = (struct wck_faults){.count = 0};
    return wck_shrink(shrunk, &request, faults, NULL);
}

START_TEST(the_count_of_tries_is_kept)
{
    struct wck_subject *subject = open_subject("deviation:detached-image");
    struct failure failure;
    struct wck_shrunk shrunk;
    struct wck_faults faults;

    find_failure(&failure, subject, "jacobian");
    ck_assert_int_eq(shrink(&shrunk, subject, &failure, 3, &faults), WCK_OK);
    ck_assert_uint_eq(shrunk.tried, 3);
    ck_assert_uint_gt(shrunk.kept, 0);
    wck_shrunk_release(&shrunk);
    wck_findings_release(&failure.findings);
    wck_subject_free(subject);
}
END_TEST

static void spoil_once(const struct wck_warp *warp, const struct wck_image *image,
                       const struct wck_image *output, size_t calls)
{
    (void)warp;
    (void)image;
    if (calls == 0)
        wck_image_set(output, 0, 0, 0, 17.0);
}

START_TEST(a_failure_that_does_not_come_again_is_kept_as_it_was)
{
    struct stand_in in = stand_in_reference();
    struct wck_subject *subject;
    struct failure failure;
    struct wck_shrunk shrunk;
    struct wck_faults faults;

    in.after_forward = spoil_once;
    subject = stand_in_new(&in);
    find_failure(&failure, subject, "forward");
    ck_assert_int_eq(shrink(&shrunk, subject, &failure, 0, &faults), WCK_OK);
    ck_assert(!shrunk.repeats);
    ck_assert_uint_eq(shrunk.tried, 0);
    ck_assert_uint_eq(shrunk.smallest.problem.warp.source_width, 11);
    ck_assert_str_eq(shrunk.finding.reproduce, failure.findings.items[0].reproduce);
    ck_assert_uint_eq(shrunk.witness.recording.count, 0);
    wck_shrunk_release(&shrunk);
    wck_findings_release(&failure.findings);
    wck_subject_free(subject);
}
END_TEST

static void spoil_always(const struct wck_warp *warp, const struct wck_image *image,
                         const struct wck_image *output, size_t calls)
{
    (void)warp;
    (void)image;
    (void)calls;
    wck_image_set(output, 0, 0, 0, 17.0);
}

static void spoil_black(const struct wck_warp *warp, const struct wck_image *image,
                        const struct wck_image *output, size_t calls)
{
    (void)warp;
    (void)calls;
    if (fpclassify(wck_image_get(image, 0, 0, 0)) == FP_ZERO)
        wck_image_set(output, 0, 0, 0, 17.0);
}

/* A recording begins with an image that is black nowhere. */
START_TEST(a_failure_that_shows_in_no_recording_is_shrunk_all_the_same)
{
    struct stand_in in = stand_in_reference();
    struct wck_subject *subject;
    struct failure failure;
    struct wck_shrunk shrunk;
    struct wck_faults faults;

    in.after_forward = spoil_black;
    subject = stand_in_new(&in);
    find_failure(&failure, subject, "jacobian");
    ck_assert_int_eq(shrink(&shrunk, subject, &failure, 0, &faults), WCK_OK);
    ck_assert_uint_eq(faults.count, 0);
    ck_assert_uint_eq(shrunk.smallest.problem.warp.source_width, 1);
    ck_assert_uint_eq(shrunk.smallest.problem.warp.output_height, 1);
    ck_assert_uint_eq(shrunk.witness.recording.count, 0);
    wck_shrunk_release(&shrunk);
    wck_findings_release(&failure.findings);
    wck_subject_free(subject);
}
END_TEST

/* From the fourth call on: after it was found, found again, and recorded. */
START_TEST(a_subject_that_is_lost_on_the_way_keeps_its_failure)
{
    struct stand_in in = stand_in_reference();
    struct wck_subject *subject;
    struct failure failure;
    struct wck_shrunk shrunk;
    struct wck_faults faults;

    in.after_forward = spoil_always;
    in.forward_status = WCK_SUBJECT;
    in.good_calls = 3;
    subject = stand_in_new(&in);
    find_failure(&failure, subject, "forward");
    ck_assert_int_eq(shrink(&shrunk, subject, &failure, 0, &faults), WCK_OK);
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_uint_eq(shrunk.tried, 1);
    ck_assert_uint_eq(shrunk.kept, 0);
    ck_assert_int_eq(shrunk.finding.verdict, WCK_FAIL);
    ck_assert_uint_eq(shrunk.smallest.problem.warp.source_width, 11);
    wck_shrunk_release(&shrunk);
    wck_findings_release(&failure.findings);
    wck_subject_free(subject);
}
END_TEST

/* Of every convention.  A spline's outputs read all pixels, and rounded weights are
 * wrong at a size of their own: the output comes down all the same. */
START_TEST(a_call_of_a_librarys_convention_is_cut_down_and_made_black)
{
    struct wck_calls_request calls = {.convention = wck_convention_row((size_t)_i),
                                      .choices = {.align_corners = -1},
                                      .seed = 2385};
    const size_t first = 0;
    struct wck_subject *subject = open_subject("deviation:detached-image");
    struct wck_verification v = verify(
        subject,
        (struct wck_verify_request){.calls = &calls, .call = &first, .shrink = true});
    const struct wck_tensor *image, *upstream;
    size_t others = 0;

    ck_assert_ptr_nonnull(v.shrunk);
    ck_assert(v.shrunk->repeats);
    /* Image and output that must be of one size are not cut one by one. */
    if (!calls.convention->same_size)
        ck_assert_uint_gt(v.shrunk->kept, 0);
    ck_assert_str_eq(v.shrunk->witness.id, v.shrunk->finding.id);
    ck_assert_int_eq(
        wck_npz_write(&v.shrunk->witness.recording, scratch_path("call.npz"), NULL),
        WCK_OK);
    ck_assert_int_eq(judge_file(scratch_path("call.npz")), WCK_FAIL);
    upstream = wck_npz_array(&v.shrunk->witness.recording, "grad_output");
    if (!calls.convention->same_size)
        ck_assert_uint_le(wck_tensor_count(upstream), FEW * FEW);
    image = wck_npz_array(&v.shrunk->witness.recording, "image");
    for (size_t i = 0; i < wck_tensor_count(image); i++)
        others += fpclassify(wck_tensor_get(image, (ptrdiff_t)i)) != FP_ZERO;
    ck_assert_uint_eq(others, 0);
    wck_verification_release(&v);
    wck_subject_free(subject);
}
END_TEST

START_TEST(a_recording_cannot_be_shrunk)
{
    struct wck_subject *subject = open_subject("deviation:detached-image");
    struct wck_verification v =
        verify(subject, request_of(wck_deviation_find("detached-image")));
    struct wck_text name = {0};
    struct wck_subject *recorded;
    struct wck_verification none;

    wck_text_printf(&name, "recording:%s", scratch_path("one.npz"));
    ck_assert_int_eq(
        wck_npz_write(&v.shrunk->witness.recording, scratch_path("one.npz"), NULL),
        WCK_OK);
    recorded = open_subject(wck_text_string(&name));
    ck_assert_int_eq(
        wck_verify(&none,
                   &(struct wck_verify_request){.subject = recorded, .shrink = true},
                   NULL),
        WCK_INVALID);
    wck_verification_release(&none);
    wck_verification_release(&v);
    wck_text_release(&name);
    wck_subject_free(recorded);
    wck_subject_free(subject);
}
END_TEST

Suite *wck_shrink_suite(void)
{
    Suite *suite = suite_create("shrink");
    TCase *rows = tcase_create("every deviation"), *search = tcase_create("search");
    int count = (int)wck_deviation_count();

    tcase_add_checked_fixture(rows, scratch_make, scratch_remove);
    tcase_add_loop_test(
        rows, every_deviation_shrinks_to_a_few_pixels_where_it_alone_fails, 0, count);
    tcase_add_test(rows, few_deviations_need_more);
    suite_add_tcase(suite, rows);
    tcase_add_checked_fixture(search, scratch_make, scratch_remove);
    tcase_add_test(search, what_does_not_fail_is_not_shrunk);
    tcase_add_test(search, the_same_subject_shrinks_to_the_same_bytes);
    tcase_add_test(search, the_count_of_tries_is_kept);
    tcase_add_test(search, a_failure_that_does_not_come_again_is_kept_as_it_was);
    tcase_add_test(search, a_failure_that_shows_in_no_recording_is_shrunk_all_the_same);
    tcase_add_test(search, a_subject_that_is_lost_on_the_way_keeps_its_failure);
    tcase_add_loop_test(search,
                        a_call_of_a_librarys_convention_is_cut_down_and_made_black, 0,
                        (int)wck_convention_count());
    tcase_add_test(search, a_recording_cannot_be_shrunk);
    suite_add_tcase(suite, search);
    return suite;
}
