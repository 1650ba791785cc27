/* The verdict matrix: every deviation fails and is named; the reference passes for
 * every seed; and the two claims are judged apart. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "check/checker/stand_in.h"
#include "check/suites.h"
#include "check/turn.h"
#include "src/run/verify.h"

static struct wck_verification verify(struct wck_subject *subject,
                                      struct wck_verify_request request)
{
    struct wck_verification verification;
    struct wck_error err = {WCK_OK, ""};

    request.subject = subject;
    ck_assert_msg(wck_verify(&verification, &request, &err) == WCK_OK, "%s", err.text);
    return verification;
}

static struct wck_subject *open_deviation(const struct wck_deviation *row)
{
    struct wck_subject *subject;
    char name[80];

    snprintf(name, sizeof name, "deviation:%s", row->name);
    ck_assert_int_eq(wck_subject_new(&subject, name, NULL), WCK_OK);
    return subject;
}

static const struct wck_kernel *kernel_of(const struct wck_deviation *row)
{
    return wck_kernel_find(row->kernel != NULL ? row->kernel : "bilinear");
}

/* Large images under one border and by one matrix: a problem of them takes seconds. */
static struct wck_verification verify_deviation(const struct wck_deviation *row,
                                                enum wck_dtype dtype)
{
    static const double shift[6] = {1.0, 0.0, -2.5, 0.0, 1.0, 3.0};
    bool large = row->side > 64;
    struct wck_subject *subject = open_deviation(row);
    struct wck_verification verification =
        verify(subject, (struct wck_verify_request){
                            .kernel = kernel_of(row),
                            .border = large ? wck_border_find("constant") : NULL,
                            .matrix = large ? shift : NULL,
                            .direction = WCK_OUTPUT_TO_SOURCE,
                            .layout = large ? "HW" : "NHWC",
                            .dtype = &dtype,
                            .source_height = row->side > 0 ? row->side + 2 : 0,
                            .source_width = row->side > 0 ? row->side + 2 : 0});

    wck_subject_free(subject);
    return verification;
}

/* ---- every row ---- */

static void assert_named(const struct wck_verification *v,
                         const struct wck_deviation *row)
{
    char said[120];

    ck_assert_int_eq(v->verdict, WCK_FAIL);
    ck_assert_ptr_nonnull(v->diagnosis);
    snprintf(said, sizeof said, "equals the reference with %s: it ", row->name);
    ck_assert_msg(strncmp(v->diagnosis, said, strlen(said)) == 0, "%s: %s", row->name,
                  v->diagnosis);
    ck_assert_ptr_nonnull(strstr(v->diagnosis, row->summary));
    ck_assert_ptr_nonnull(strstr(v->diagnosis, row->remedy));
    ck_assert_ptr_nonnull(strstr(v->diagnosis, "the next best hypothesis"));
    if (row->equivalent != NULL)
        ck_assert_ptr_nonnull(strstr(v->diagnosis, row->equivalent));
}

/* Findings with this claim and verdict; those of one checker where it is not NULL. */
static size_t count(const struct wck_verification *v, const char *checker,
                    enum wck_claim claim, enum wck_verdict verdict)
{
    size_t found = 0;

    for (size_t i = 0; i < v->findings.count; i++) {
        const struct wck_finding *f = &v->findings.items[i];

        found += f->claim == claim && f->verdict == verdict &&
                 (checker == NULL || strcmp(checker, f->checker) == 0);
    }
    return found;
}

/* Another warp with its own gradient is self-consistent. */
static void assert_self_consistent(const struct wck_verification *v,
                                   const struct wck_deviation *row)
{
    ck_assert_uint_gt(count(v, "forward", WCK_CONFORMS, WCK_FAIL), 0);
    for (size_t i = 0; i < v->findings.count; i++) {
        const struct wck_finding *f = &v->findings.items[i];

        ck_assert_msg(f->claim != WCK_SELF_CONSISTENT ||
                          (f->verdict != WCK_FAIL && f->verdict != WCK_MARGINAL),
                      "%s: %s of %s: %s (got %.17g, want %.17g, bound %g + %g)",
                      row->name, wck_verdict_id(f->verdict), f->checker, f->problem,
                      f->worst.got, f->worst.want, f->worst.round, f->worst.trunc);
    }
    ck_assert_uint_gt(3 * count(v, "adjoint", WCK_SELF_CONSISTENT, WCK_PASS),
                      v->problems);
    /* Nearest has no slope to be wrong. */
    if (kernel_of(row)->smoothness >= 0)
        ck_assert_uint_gt(3 * count(v, "coordinates", WCK_SELF_CONSISTENT, WCK_PASS),
                          v->problems);
}

/* The right warp with a wrong gradient fails both claims. */
static void assert_both_fail(const struct wck_verification *v)
{
    ck_assert_uint_eq(count(v, "forward", WCK_CONFORMS, WCK_PASS), v->problems);
    ck_assert_uint_eq(count(v, "linearity", WCK_SELF_CONSISTENT, WCK_PASS),
                      v->problems);
    ck_assert_uint_gt(count(v, NULL, WCK_CONFORMS, WCK_FAIL), 0);
    ck_assert_uint_gt(count(v, NULL, WCK_SELF_CONSISTENT, WCK_FAIL), 0);
}

START_TEST(every_deviation_fails_and_is_named_as_the_cause)
{
    const struct wck_deviation *row = wck_deviation_row((size_t)_i);
    struct wck_verification v;

    if (!is_turn(_i))
        return;
    v = verify_deviation(row, WCK_FLOAT64);

    assert_named(&v, row);
    if (row->own_gradient && row->side <= 64)
        assert_self_consistent(&v, row);
    if (wck_deviation_scope(row) == WCK_SCOPE_BACKWARD)
        assert_both_fail(&v);
    wck_verification_release(&v);
}
END_TEST

/* Of those that show in so narrow a type, every third. */
START_TEST(deviations_are_named_in_float32_too)
{
    const struct wck_deviation *row = wck_deviation_row(3 * (size_t)_i);
    struct wck_verification v;

    if (row->wide || !is_turn(_i))
        return;
    v = verify_deviation(row, WCK_FLOAT32);
    assert_named(&v, row);
    wck_verification_release(&v);
}
END_TEST

START_TEST(clamped_indices_are_border_replicate_by_another_name)
{
    struct wck_verification v =
        verify_deviation(wck_deviation_find("clamped-indices"), WCK_FLOAT64);

    ck_assert_ptr_nonnull(strstr(v.diagnosis, "(equivalent to border replicate), which "
                                              "is also: border replicate whatever is "
                                              "asked for; "));
    wck_verification_release(&v);
}
END_TEST

START_TEST(the_storys_function_is_found_out)
{
    struct wck_subject *subject =
        open_deviation(wck_deviation_find("truncated-and-clamped"));
    struct wck_verification v = verify(
        subject, (struct wck_verify_request){.kernel = wck_kernel_find("bilinear"),
                                             .border = wck_border_find("constant"),
                                             .layout = "HWC"});

    ck_assert_int_eq(v.verdict, WCK_FAIL);
    ck_assert_ptr_nonnull(
        strstr(v.diagnosis, "it ignores the border asked for, extends the edge, and "
                            "extrapolates in the band -1 < x < 0"));
    wck_verification_release(&v);
    wck_subject_free(subject);
}
END_TEST

/* ---- two claims ---- */

/* ---- the reference ---- */

START_TEST(the_reference_passes_for_every_seed)
{
    static const char *const layouts[] = {"HWC", "CHW", "NHWC", "NCHW", "HW"};
    struct stand_in in = stand_in_reference();
    struct wck_subject *subject;
    struct wck_verification v;

    if (!is_turn(_i))
        return;
    subject = stand_in_new(&in);
    v = verify(subject, (struct wck_verify_request){.seed = 100 + (uint64_t)_i,
                                                    .layout = layouts[_i]});
    for (size_t i = 0; i < v.findings.count; i++) {
        const struct wck_finding *f = &v.findings.items[i];

        ck_assert_msg(f->verdict == WCK_PASS || f->verdict == WCK_NOT_APPLICABLE,
                      "%s %s: %s", f->checker, wck_verdict_id(f->verdict), f->problem);
    }
    ck_assert_int_eq(v.verdict, WCK_PASS);
    wck_verification_release(&v);
    wck_subject_free(subject);
}
END_TEST

/* ---- the job ---- */

static struct wck_verify_request small_request(void)
{
    static const enum wck_dtype dtype = WCK_FLOAT64;

    return (struct wck_verify_request){.kernel = wck_kernel_find("bilinear"),
                                       .border = wck_border_find("reflect"),
                                       .layout = "CHW",
                                       .dtype = &dtype};
}

START_TEST(a_subject_that_breaks_ends_the_job_and_the_findings_are_kept)
{
    struct wck_verify_request request = small_request();
    struct stand_in in = stand_in_reference();
    struct wck_verification v;
    struct wck_error err = {WCK_OK, ""};

    in.vjp_status = WCK_SUBJECT;
    in.good_calls = 40;
    request.subject = stand_in_new(&in);
    ck_assert_int_eq(wck_verify(&v, &request, &err), WCK_SUBJECT);
    ck_assert_str_eq(err.text, "the subject the stand-in will not");
    ck_assert_uint_gt(v.findings.count, 1);
    ck_assert_int_eq(v.findings.items[v.findings.count - 1].verdict, WCK_INCONCLUSIVE);
    ck_assert_str_eq(v.findings.items[v.findings.count - 1].cause,
                     "the stand-in will not");
    ck_assert_int_eq(v.verdict, WCK_INCONCLUSIVE);
    wck_verification_release(&v);
    wck_subject_free(request.subject);
}
END_TEST

START_TEST(what_is_asked_for_in_vain_is_inconclusive)
{
    struct wck_verify_request request = small_request();
    struct stand_in in = stand_in_reference();
    struct wck_subject *subject = stand_in_new(&in);
    struct wck_verification v;

    request.resolution = 1e-18;
    request.checkers[0] = wck_checker_find("forward");
    request.checkers[1] = wck_checker_find("adjoint");
    request.checker_count = 2;
    v = verify(subject, request);
    ck_assert_int_eq(v.verdict, WCK_INCONCLUSIVE);
    ck_assert_uint_eq(v.findings.count, 2 * v.problems);
    ck_assert_ptr_null(v.diagnosis);
    wck_verification_release(&v);
    wck_subject_free(subject);
}
END_TEST

START_TEST(what_a_subject_does_not_serve_is_not_applicable)
{
    struct stand_in in = stand_in_reference();
    struct wck_subject *subject;
    struct wck_verification v;

    in.forward_status = in.vjp_status = WCK_UNSUPPORTED;
    subject = stand_in_new(&in);
    v = verify(subject, small_request());
    ck_assert_int_eq(v.verdict, WCK_NOT_APPLICABLE);
    ck_assert_uint_gt(v.problems, 0);
    wck_verification_release(&v);
    wck_subject_free(subject);
}
END_TEST

START_TEST(a_request_that_contradicts_itself_is_refused)
{
    struct wck_verify_request request = small_request();
    struct stand_in in = stand_in_reference();
    struct wck_verification v;

    request.subject = stand_in_new(&in);
    request.channels = WCK_PROBLEM_CHANNELS + 1;
    ck_assert_int_eq(wck_verify(&v, &request, NULL), WCK_INVALID);
    ck_assert_uint_eq(v.findings.count, 0);
    wck_verification_release(&v);
    wck_subject_free(request.subject);
}
END_TEST

Suite *wck_verdicts_suite(void)
{
    Suite *suite = suite_create("verdicts");
    TCase *tcase = tcase_create("verdicts");
    int rows = (int)wck_deviation_count();

    tcase_set_timeout(tcase, 120.0);
    tcase_add_loop_test(tcase, every_deviation_fails_and_is_named_as_the_cause, 0,
                        rows);
    tcase_add_loop_test(tcase, deviations_are_named_in_float32_too, 0, (rows + 2) / 3);
    tcase_add_test(tcase, clamped_indices_are_border_replicate_by_another_name);
    tcase_add_test(tcase, the_storys_function_is_found_out);
    tcase_add_loop_test(tcase, the_reference_passes_for_every_seed, 0, 5);
    tcase_add_test(tcase, a_subject_that_breaks_ends_the_job_and_the_findings_are_kept);
    tcase_add_test(tcase, what_is_asked_for_in_vain_is_inconclusive);
    tcase_add_test(tcase, what_a_subject_does_not_serve_is_not_applicable);
    tcase_add_test(tcase, a_request_that_contradicts_itself_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
