/* Verification as a whole: what passes, what fails, and what the diagnosis says. */
#include "src/run/verify.h"

#include <stdlib.h>
#include <string.h>

#include "check/suites.h"
#include "check/turn.h"
#include "src/deviation/deviation.h"
#include "src/subject/builtin.h"

static struct wck_subject *open_subject(const char *prefix, const char *name)
{
    struct wck_error err = {0};
    struct wck_text text = {0};
    struct wck_subject *subject;

    wck_text_printf(&text, "%s:%s", prefix, name);
    ck_assert_msg(wck_subject_new(&subject, text.data, &err) == WCK_OK, "%s", err.text);
    wck_text_release(&text);
    return subject;
}

/* Fails the test with the first finding that is neither pass nor not-applicable. */
static void assert_all_well(const struct wck_verification *v)
{
    for (size_t i = 0; i < v->findings.count; i++) {
        const struct wck_finding *f = &v->findings.items[i];

        ck_assert_msg(f->verdict == WCK_PASS || f->verdict == WCK_NOT_APPLICABLE,
                      "%s %s %s: %s (got %.17g, want %.17g, bound %g + %g) %s",
                      f->checker, wck_claim_id(f->claim), wck_verdict_id(f->verdict),
                      f->problem, f->worst.got, f->worst.want, f->worst.round,
                      f->worst.trunc, f->cause);
    }
    ck_assert_int_eq(v->verdict, WCK_PASS);
    ck_assert_ptr_null(v->diagnosis);
}

static void count_progress(void *state, size_t done, size_t total)
{
    size_t *calls = state;

    ck_assert_uint_eq(done, ++*calls);
    ck_assert_uint_le(done, total);
}

/* At level 4 every layout of each kernel and border; an instrumented build, which the
 * environment tells, has time for the default's. */
START_TEST(the_reference_passes_the_whole_plan_without_a_doubt)
{
    int level = is_turn(1) ? 4 : 3;
    struct wck_subject *subject = open_subject("builtin", "reference");
    struct wck_error err = {0};
    struct wck_verification v;
    size_t calls = 0;

    ck_assert_msg(wck_verify(&v,
                             &(struct wck_verify_request){.subject = subject,
                                                          .level = level,
                                                          .progress = count_progress,
                                                          .progress_state = &calls},
                             &err) == WCK_OK,
                  "%s", err.text);
    assert_all_well(&v);
    ck_assert_uint_eq(calls, v.problems);
    ck_assert_uint_ge(v.problems,
                      wck_kernel_count() * wck_border_count() * (level == 4 ? 5 : 3));
    wck_verification_release(&v);
    wck_subject_free(subject);
}
END_TEST

static size_t findings_of(const char *checker, int level, bool named)
{
    static const double matrix[6] = {0.75, 0.25, -1.5, -0.25, 1.25, 2.0};
    static const enum wck_dtype dtype = WCK_FLOAT64;
    struct wck_verify_request request = {.subject =
                                             open_subject("builtin", "reference"),
                                         .matrix = matrix,
                                         .dtype = &dtype,
                                         .level = level,
                                         .kernel = wck_kernel_find("bilinear"),
                                         .border = wck_border_find("replicate"),
                                         .layout = "HW"};
    struct wck_verification v;
    size_t count = 0;

    if (named)
        request.checkers[request.checker_count++] = wck_checker_find(checker);
    ck_assert_int_eq(wck_verify(&v, &request, NULL), WCK_OK);
    ck_assert_uint_gt(v.findings.count, 0);
    for (size_t i = 0; i < v.findings.count; i++)
        count += strcmp(v.findings.items[i].checker, checker) == 0;
    wck_verification_release(&v);
    wck_subject_free(request.subject);
    return count;
}

/* What no ordinary call does is not put by default. */
START_TEST(a_checker_runs_from_its_level_on_or_where_it_is_named)
{
    ck_assert_int_eq(wck_checker_find("special")->level, WCK_VERIFY_LEVEL + 1);
    ck_assert_uint_eq(findings_of("special", 0, false), 0);
    ck_assert_uint_eq(findings_of("special", 3, false), 0);
    ck_assert_uint_gt(findings_of("special", 4, false), 0);
    ck_assert_uint_gt(findings_of("special", 1, true), 0);
    ck_assert_uint_gt(findings_of("poison", 1, false), 0);
}
END_TEST

/* ---- a subject that knows no border value but 0 ---- */

static enum wck_status refuse(const struct wck_problem *problem, struct wck_error *err)
{
    if (problem->warp.border->fills && wck_problem_border_amplitude(problem) > 0.0)
        return wck_error_set(err, WCK_UNSUPPORTED, "0 alone");
    return WCK_OK;
}

static enum wck_status zero_alone(void *state, const struct wck_problem *problem,
                                  const struct wck_image *image,
                                  const struct wck_image *output, struct wck_error *err)
{
    if (refuse(problem, err) != WCK_OK)
        return WCK_UNSUPPORTED;
    return wck_subject_builtin.forward(state, problem, image, output, err);
}

static enum wck_status zero_alone_vjp(void *state, const struct wck_problem *problem,
                                      const struct wck_image *image,
                                      const struct wck_image *upstream,
                                      const struct wck_gradients *gradients,
                                      struct wck_error *err)
{
    if (refuse(problem, err) != WCK_OK)
        return WCK_UNSUPPORTED;
    return wck_subject_builtin.vjp(state, problem, image, upstream, gradients, err);
}

static struct wck_verification verify_zero_alone(const double *border_value)
{
    static const struct wck_subject_kind kind = {.prefix = "zero-alone",
                                                 .summary = "0 outside",
                                                 .close = free,
                                                 .forward = zero_alone,
                                                 .vjp = zero_alone_vjp};
    struct wck_behaviour *behaviour = malloc(sizeof *behaviour);
    struct wck_verify_request request = {.level = 1,
                                         .border_value = border_value,
                                         .border_values = border_value != NULL};
    struct wck_verification v;

    ck_assert_ptr_nonnull(behaviour);
    *behaviour = wck_behaviour_reference();
    ck_assert_int_eq(wck_subject_of_kind_take(&request.subject, &kind, "zero-alone",
                                              behaviour, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_verify(&v, &request, NULL), WCK_OK);
    wck_subject_free(request.subject);
    return v;
}

static size_t passes_of_constant(const struct wck_verification *v)
{
    size_t count = 0;

    for (size_t i = 0; i < v->findings.count; i++)
        count += strcmp(v->findings.items[i].border, "constant") == 0 &&
                 v->findings.items[i].verdict == WCK_PASS;
    return count;
}

START_TEST(a_subject_that_fills_with_zero_alone_is_judged_with_zero)
{
    static const double other = 0.5;
    struct wck_verification v = verify_zero_alone(NULL);

    ck_assert(v.fills_zero);
    ck_assert_int_eq(v.verdict, WCK_PASS);
    ck_assert_uint_gt(passes_of_constant(&v), 0);
    wck_verification_release(&v);
    /* What the caller asks for is not replaced. */
    v = verify_zero_alone(&other);
    ck_assert(!v.fills_zero);
    ck_assert_uint_eq(passes_of_constant(&v), 0);
    wck_verification_release(&v);
}
END_TEST

Suite *wck_verify_suite(void)
{
    Suite *suite = suite_create("verify");
    TCase *whole = tcase_create("whole plan"), *levels = tcase_create("levels");

    tcase_set_timeout(whole, 600.0);
    tcase_add_test(whole, the_reference_passes_the_whole_plan_without_a_doubt);
    suite_add_tcase(suite, whole);
    tcase_set_timeout(levels, 60.0);
    tcase_add_test(levels, a_checker_runs_from_its_level_on_or_where_it_is_named);
    tcase_add_test(levels, a_subject_that_fills_with_zero_alone_is_judged_with_zero);
    suite_add_tcase(suite, levels);
    return suite;
}
