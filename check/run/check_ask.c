/* Ask: every convention is put to the reference, which passes, and to deviations, which
 * do not. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/checker/stand_in.h"
#include "check/suites.h"
#include "src/run/verify.h"
#include "src/subject/recorded.h"

static const struct wck_convention *row(int i)
{
    return wck_convention_row((size_t)i);
}

static struct wck_calls_request open_request(const struct wck_convention *convention)
{
    return (struct wck_calls_request){
        .convention = convention, .choices = {.align_corners = -1}, .seed = 2385};
}

static struct wck_verification verify(const char *name,
                                      const struct wck_calls_request *calls)
{
    struct wck_subject *subject;
    struct wck_verification v;
    struct wck_error err = {WCK_OK, ""};
    struct wck_verify_request request = {.calls = calls};

    ck_assert_int_eq(wck_subject_new(&subject, name, NULL), WCK_OK);
    request.subject = subject;
    ck_assert_msg(wck_verify(&v, &request, &err) == WCK_OK, "%s: %s",
                  calls->convention->name, err.text);
    wck_subject_free(subject);
    return v;
}

START_TEST(the_reference_passes_under_every_convention)
{
    struct wck_calls_request calls = open_request(row(_i));
    struct wck_verification v = verify("builtin:reference", &calls);
    size_t count = wck_calls_count(&calls), passed = 0, open = 0;

    for (size_t i = 0; i < v.findings.count; i++) {
        const struct wck_finding *f = &v.findings.items[i];

        ck_assert_msg(f->verdict != WCK_FAIL && f->verdict != WCK_MARGINAL,
                      "%s %s: %s (%s)", wck_verdict_id(f->verdict), f->detail,
                      f->problem, f->reproduce);
        passed += f->verdict == WCK_PASS;
        open += f->verdict == WCK_INCONCLUSIVE;
    }
    printf("%s: %zu calls judged, %zu refused (%s), %zu pass, %zu open\n",
           row(_i)->name, v.problems, v.refused, v.refusal != NULL ? v.refusal : "",
           passed, open);
    ck_assert_uint_eq(v.problems + v.refused, count);
    ck_assert_uint_gt(v.problems, v.refused);
    /* In float32 much of a matrix's gradient is rounding. */
    ck_assert_uint_gt(passed, 3 * open);
    wck_verification_release(&v);
}
END_TEST

/* Gradient bugs are bugs under any convention, and are named. */
START_TEST(a_wrong_gradient_fails_under_a_librarys_convention_and_is_named)
{
    static const char *const conventions[] = {"torch.grid_sample", "kornia.warp_affine",
                                              "scipy.map_coordinates",
                                              "jax.map_coordinates", "monai.warp"};
    static const char *const deviations[] = {"scatter-assigns", "swapped-slopes"};
    struct wck_calls_request calls =
        open_request(wck_convention_find(conventions[_i % 5]));
    const char *deviation = deviations[_i / 5];
    struct wck_text name = {0};
    struct wck_verification v;

    calls.choices.interp = "bilinear";
    wck_text_printf(&name, "deviation:%s", deviation);
    v = verify(wck_text_string(&name), &calls);
    ck_assert_int_eq(v.verdict, WCK_FAIL);
    ck_assert_ptr_nonnull(v.diagnosis);
    ck_assert_msg(strstr(v.diagnosis, deviation) != NULL, "%s: %s",
                  calls.convention->name, v.diagnosis);
    wck_verification_release(&v);
    wck_text_release(&name);
}
END_TEST

START_TEST(one_call_of_many_can_be_put_again)
{
    struct wck_calls_request calls =
        open_request(wck_convention_find("torch.grid_sample"));
    size_t call = 37, beyond = wck_calls_count(&calls);
    struct wck_subject *subject;
    struct wck_verify_request request = {.calls = &calls, .call = &call};
    struct wck_verification one;
    struct wck_error err = {WCK_OK, ""};

    ck_assert_int_eq(wck_subject_new(&subject, "deviation:scatter-assigns", NULL),
                     WCK_OK);
    request.subject = subject;
    ck_assert_int_eq(wck_verify(&one, &request, NULL), WCK_OK);
    ck_assert_uint_eq(one.problems, 1);
    ck_assert_ptr_nonnull(
        strstr(one.findings.items[0].reproduce,
               "--convention torch.grid_sample --seed 2385 --call 37"));
    wck_verification_release(&one);
    request.call = &beyond;
    ck_assert_int_eq(wck_verify(&one, &request, &err), WCK_INVALID);
    ck_assert_ptr_nonnull(strstr(err.text, "only 0 to"));
    wck_verification_release(&one);
    wck_subject_free(subject);
}
END_TEST

START_TEST(a_subject_that_knows_no_conventions_refuses_every_call)
{
    struct wck_calls_request calls = open_request(wck_convention_find("stn.bilinear"));
    struct stand_in in = stand_in_reference();
    struct wck_verify_request request = {.subject = stand_in_new(&in), .calls = &calls};
    struct wck_verification v;

    ck_assert_int_eq(wck_verify(&v, &request, NULL), WCK_OK);
    ck_assert_uint_eq(v.problems, 0);
    ck_assert_uint_eq(v.refused, wck_calls_count(&calls));
    ck_assert_ptr_nonnull(strstr(v.refusal, "knows no library's convention"));
    ck_assert_int_eq(v.verdict, WCK_NOT_APPLICABLE);
    wck_verification_release(&v);
    wck_subject_free(request.subject);
}
END_TEST

static enum wck_status answer_same_size(void *state, const struct wck_recorded *asked,
                                        struct wck_npz *answers, struct wck_error *err)
{
    const struct wck_call *call = &asked->recording.call;

    if (call->output_height != call->image.height ||
        call->output_width != call->image.width)
        return wck_error_set(err, WCK_UNSUPPORTED, "another size");
    return wck_subject_answer(state, asked, answers, err);
}

static void close_inner(void *state)
{
    wck_subject_free(state);
}

static enum wck_status no_forward(void *state, const struct wck_problem *problem,
                                  const struct wck_image *image,
                                  const struct wck_image *output, struct wck_error *err)
{
    (void)state, (void)problem, (void)image, (void)output;
    return wck_error_set(err, WCK_UNSUPPORTED, "calls only");
}

static const struct wck_subject_kind same_size_kind = {.prefix = "same-size",
                                                       .close = close_inner,
                                                       .forward = no_forward,
                                                       .answer = answer_same_size};

/* As a spatial transformer whose grid is made for the image's own size; and what it is
 * found to do there is put again by the same number. */
START_TEST(a_subject_of_one_size_is_judged_at_that_size)
{
    static const char *const names[] = {"builtin:reference",
                                        "deviation:scatter-assigns"};
    struct wck_calls_request calls =
        open_request(wck_convention_find("torch.affine_grid"));
    struct wck_verify_request request = {.calls = &calls};
    struct wck_subject *inner;
    struct wck_verification v;

    calls.choices.interp = "bilinear";
    ck_assert_int_eq(wck_subject_new(&inner, names[_i], NULL), WCK_OK);
    ck_assert_int_eq(wck_subject_of_kind_take(&request.subject, &same_size_kind,
                                              "same-size", inner, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_verify(&v, &request, NULL), WCK_OK);
    ck_assert_uint_eq(v.problems, wck_calls_count(&calls));
    ck_assert_uint_eq(v.same_size, v.problems);
    ck_assert_uint_eq(v.refused, 0);
    ck_assert_int_eq(v.verdict, _i == 0 ? WCK_PASS : WCK_FAIL);
    wck_verification_release(&v);
    wck_subject_free(request.subject);
}
END_TEST

Suite *wck_ask_suite(void)
{
    Suite *suite = suite_create("ask");
    TCase *tcase = tcase_create("ask");

    tcase_set_timeout(tcase, 120.0);
    tcase_add_loop_test(tcase, the_reference_passes_under_every_convention, 0,
                        (int)wck_convention_count());
    tcase_add_loop_test(
        tcase, a_wrong_gradient_fails_under_a_librarys_convention_and_is_named, 0, 10);
    tcase_add_test(tcase, one_call_of_many_can_be_put_again);
    tcase_add_test(tcase, a_subject_that_knows_no_conventions_refuses_every_call);
    tcase_add_loop_test(tcase, a_subject_of_one_size_is_judged_at_that_size, 0, 2);
    suite_add_tcase(suite, tcase);
    return suite;
}
