/* Diagnosis: which known way to be wrong a subject is, and how it is said. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/checker/stand_in.h"
#include "check/suites.h"
#include "src/diagnose/diagnose.h"
#include "src/diagnose/together.h"
#include "src/run/plan.h"

static struct wck_plan plan;

static void make_plan(void)
{
    static const enum wck_dtype dtype = WCK_FLOAT64;
    struct wck_verify_request request = {
        .kernel = wck_kernel_find("bilinear"), .layout = "HWC", .dtype = &dtype};

    ck_assert_int_eq(wck_plan_make(&plan, &request, NULL), WCK_OK);
}

static void release_plan(void)
{
    wck_plan_release(&plan);
}

/* The diagnosis over the whole plan, all problems failed but those of border wrap. */
static char *diagnose_until(const struct stand_in *in, double until)
{
    struct wck_subject *subject = stand_in_new(in);
    bool *failed = calloc(plan.count, sizeof *failed);
    struct wck_error err = {WCK_OK, ""};
    char *sentence;

    ck_assert_ptr_nonnull(failed);
    for (size_t i = 0; i < plan.count; i++)
        failed[i] = strcmp(plan.problems[i].warp.border->name, "wrap") != 0;
    ck_assert_msg(wck_diagnose(&(struct wck_diagnose_request){.subject = subject,
                                                              .problems = plan.problems,
                                                              .failed = failed,
                                                              .count = plan.count,
                                                              .until = until},
                               &sentence, &err) == WCK_OK,
                  "%s", err.text);
    free(failed);
    wck_subject_free(subject);
    return sentence;
}

static char *diagnose(const struct stand_in *in)
{
    return diagnose_until(in, 0.0);
}

static void assert_says(const char *sentence, const char *part)
{
    ck_assert_msg(strstr(sentence, part) != NULL, "'%s' is not in: %s", part, sentence);
}

START_TEST(the_reference_is_no_deviation)
{
    struct stand_in in = stand_in_reference();
    char *sentence = diagnose(&in);

    assert_says(sentence, "no difference from the reference shows on random images");
    assert_says(sentence, "; the next best hypothesis, ");
    free(sentence);
}
END_TEST

START_TEST(another_border_whatever_is_asked_for_is_named)
{
    struct stand_in in = stand_in_reference();
    char *sentence;

    /* Which is a deviation as well, and that is the simpler of the two. */
    wck_deviation_find("clamped-indices")->apply(&in.behaviour);
    sentence = diagnose(&in);
    assert_says(sentence, "equals the reference with clamped-indices: it clamps");
    assert_says(sentence, "which is also: border replicate whatever is asked for; ");
    assert_says(sentence, "residual 0 over 25 problems. Remedy: ");
    free(sentence);
}
END_TEST

static void constant_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                             struct wck_stencil *to)
{
    struct wck_warp other = *warp;

    other.border = wck_border_find("constant");
    wck_stages_reference.stencil(&other, axis, u, to);
}

START_TEST(a_border_that_is_no_deviation_is_named_by_itself)
{
    struct stand_in in = stand_in_reference();
    char *sentence;

    in.behaviour.forward.stencil = in.behaviour.backward.stencil = constant_stencil;
    sentence = diagnose(&in);
    assert_says(sentence,
                "equals the reference with border constant whatever is asked for; "
                "residual 0 over 25 problems; the next best hypothesis, ");
    free(sentence);
}
END_TEST

static void cubic_stencil(const struct wck_warp *warp, enum wck_axis axis, double u,
                          struct wck_stencil *to)
{
    struct wck_warp other = *warp;

    other.kernel = wck_kernel_find("cubic-0.75");
    wck_stages_reference.stencil(&other, axis, u, to);
}

START_TEST(another_kernel_whatever_is_asked_for_is_named)
{
    struct stand_in in = stand_in_reference();
    char *sentence;

    in.behaviour.forward.stencil = in.behaviour.backward.stencil = cubic_stencil;
    sentence = diagnose(&in);
    assert_says(sentence, "equals the reference with kernel cubic-0.75 whatever is "
                          "asked for; residual ");
    free(sentence);
}
END_TEST

static void brighten(const struct wck_warp *warp, const struct wck_image *image,
                     const struct wck_image *output, size_t calls)
{
    (void)warp, (void)image, (void)calls;
    for (size_t x = 0; x < output->width; x++)
        wck_image_set(output, 0, 2, x, wck_image_get(output, 0, 2, x) + 0.00390625);
}

static void brighten_one(const struct wck_warp *warp, const struct wck_image *image,
                         const struct wck_image *output, size_t calls)
{
    (void)warp, (void)image, (void)calls;
    wck_image_set(output, 0, 2, 3, wck_image_get(output, 0, 2, 3) + 0.00390625);
}

START_TEST(one_wrong_number_is_a_fault_of_no_rule)
{
    struct stand_in in = stand_in_reference();
    char *sentence;

    in.after_forward = brighten_one;
    sentence = diagnose(&in);
    assert_says(sentence, "is the reference but for 1 of ");
    assert_says(sentence, " numbers, a fault of single entries and not of a rule: the "
                          "output at plane 0, row 2, column 3, is ");
    free(sentence);
}
END_TEST

START_TEST(what_is_no_known_way_to_be_wrong_is_said_to_be_none)
{
    struct stand_in in = stand_in_reference();
    char *sentence;

    in.after_forward = brighten;
    sentence = diagnose(&in);
    ck_assert_str_eq(sentence,
                     "is none of the known deviations, borders or kernels, nor two "
                     "or three of them together (what else it may be, 'warpcheck "
                     "identify' tells); the nearest, no deviation, is 0.0039 away");
    free(sentence);
}
END_TEST

static void answer_nan(const struct wck_warp *warp, const struct wck_image *image,
                       const struct wck_image *output, size_t calls)
{
    (void)warp, (void)image, (void)calls;
    wck_image_set(output, 0, 2, 3, (double)NAN);
}

START_TEST(a_nan_is_infinitely_far_from_every_hypothesis)
{
    struct stand_in in = stand_in_reference();
    char *sentence;

    in.after_forward = answer_nan;
    sentence = diagnose(&in);
    assert_says(sentence, "a fault of single entries and not of a rule: the output at "
                          "plane 0, row 2, column 3, is nan instead of ");
    assert_says(sentence, "no deviation, differs in which numbers are finite");
    free(sentence);
}
END_TEST

START_TEST(without_gradients_outputs_are_enough)
{
    struct stand_in in = stand_in_reference();
    char *sentence;

    in.vjp_status = WCK_UNSUPPORTED;
    wck_deviation_find("last-row-lost")->apply(&in.behaviour);
    sentence = diagnose(&in);
    assert_says(sentence, "equals the reference with last-row-lost: it drops");
    free(sentence);
}
END_TEST

START_TEST(nothing_failed_leaves_the_reference)
{
    struct stand_in in = stand_in_reference();
    struct wck_subject *subject = stand_in_new(&in);
    bool failed = false;
    char *sentence;

    ck_assert_int_eq(
        wck_diagnose(&(struct wck_diagnose_request){.subject = subject,
                                                    .problems = plan.problems,
                                                    .failed = &failed,
                                                    .count = 1},
                     &sentence, NULL),
        WCK_OK);
    assert_says(sentence, "no difference from the reference shows");
    free(sentence);
    wck_subject_free(subject);
}
END_TEST

/* ---- together ---- */

static const struct {
    const char *rows[3];
    bool output_only; /* the first changes the output, and not the pull-back */
    const char *said;
} combined[] = {
    {{"last-sample-lost", "chain-turned"}, false, "last-sample-lost and chain-turned"},
    {{"truncated-base", "scatter-assigns"},
     false,
     "truncated-base and scatter-assigns"},
    {{"smoothstep-weights", "slopes-negated"},
     false,
     "smoothstep-weights and slopes-negated"},
    {{"quantised-32", "one-pixel-lost", "row-slopes-lost"},
     false,
     "quantised-32 and one-pixel-lost and row-slopes-lost"},
    {{"rows-not-interpolated"}, true, "rows-not-interpolated in its output alone"},
    {{"swapped-axes", "gain"}, false, "gain and swapped-axes"},
    {{"half-pixel-kept", "last-row-lost", "slopes-doubled"},
     false,
     "last-row-lost and half-pixel-kept and slopes-doubled"},
};

static struct wck_behaviour combine(size_t i)
{
    struct wck_behaviour behaviour = wck_behaviour_reference();

    for (int k = 0; k < 3 && combined[i].rows[k] != NULL; k++)
        wck_deviation_find(combined[i].rows[k])->apply(&behaviour);
    if (combined[i].output_only)
        behaviour.backward = wck_stages_reference;
    return behaviour;
}

START_TEST(two_or_three_ways_to_be_wrong_at_once_are_named)
{
    struct stand_in in = stand_in_reference();
    char *sentence, said[120];

    in.behaviour = combine((size_t)_i);
    sentence = diagnose(&in);
    snprintf(said, sizeof said, "equals the reference with %s: it ", combined[_i].said);
    ck_assert_msg(strncmp(sentence, said, strlen(said)) == 0, "%s", sentence);
    for (int k = 0; k < 3 && combined[_i].rows[k] != NULL; k++) {
        assert_says(sentence, wck_deviation_find(combined[_i].rows[k])->summary);
        assert_says(sentence, wck_deviation_find(combined[_i].rows[k])->remedy);
    }
    assert_says(sentence, " over 25 problems. Remedy: ");
    free(sentence);
}
END_TEST

/* A breakdown at any of the subject's calls, of either kind. */
static enum wck_status break_down(enum wck_status forward, enum wck_status vjp,
                                  size_t good)
{
    struct stand_in in = stand_in_reference();
    struct wck_subject *subject;
    const bool failed[2] = {true, true};
    struct wck_error err = {WCK_OK, ""};
    char *sentence;
    enum wck_status status;

    in.forward_status = forward;
    in.vjp_status = vjp;
    in.good_calls = good;
    subject = stand_in_new(&in);
    status = wck_diagnose(&(struct wck_diagnose_request){.subject = subject,
                                                         .problems = plan.problems,
                                                         .failed = failed,
                                                         .count = 2},
                          &sentence, &err);
    ck_assert_int_eq(err.status, status);
    ck_assert((sentence == NULL) == (status != WCK_OK));
    free(sentence);
    wck_subject_free(subject);
    return status;
}

START_TEST(a_breakdown_at_any_call_is_passed_on)
{
    size_t forward = 0, vjp = 0;

    while (break_down(WCK_SUBJECT, WCK_OK, forward) == WCK_SUBJECT)
        forward++;
    while (break_down(WCK_OK, WCK_SUBJECT, vjp) == WCK_SUBJECT)
        vjp++;
    ck_assert_uint_ge(forward, 2);
    /* Random image and poison; image, border value and matrix, coordinates. */
    ck_assert_uint_eq(2 * vjp, 3 * forward);
}
END_TEST

/* Another problem may be none of the subject's business. */
START_TEST(problems_that_the_subject_refuses_are_left_out)
{
    struct stand_in in = stand_in_reference();
    char *sentence;

    wck_deviation_find("truncated-base")->apply(&in.behaviour);
    in.forward_status = WCK_UNSUPPORTED;
    in.good_calls = 5;
    sentence = diagnose(&in);
    assert_says(sentence, "equals the reference with truncated-base");
    ck_assert_ptr_null(strstr(sentence, " over 0 problems"));
    free(sentence);
}
END_TEST

/* An inverse that was worked out otherwise moves a whole coordinate by an ulp, and its
 * slope is that of the other cell. */
START_TEST(a_last_digit_of_the_matrix_is_no_difference)
{
    struct wck_behaviour reference = wck_behaviour_reference();
    size_t turned = 0;

    for (size_t i = 0; i < plan.count; i++) {
        struct wck_problem problem = plan.problems[i];
        struct wck_trace a, b;
        double ratio, distance, *back = problem.warp.map.backward;

        if (wck_problem_exact(&problem))
            continue;
        ck_assert_int_eq(wck_trace_behaviour(&a, &reference, &problem, NULL, NULL),
                         WCK_OK);
        for (int k = 0; k < 6; k++)
            back[k] = nextafter(back[k], k % 2 == 0 ? 100.0 : -100.0);
        ck_assert_int_eq(wck_trace_behaviour(&b, &reference, &problem, NULL, NULL),
                         WCK_OK);
        wck_trace_compare(&a, &b, &ratio, &distance);
        ck_assert_double_le(ratio, 1.0);
        ck_assert_double_le(distance, 1e-12);
        wck_trace_release(&a);
        wck_trace_release(&b);
        turned++;
    }
    ck_assert_uint_gt(turned, 0);
}
END_TEST

/* Not the first that has not been ruled out yet. */
START_TEST(where_time_is_up_nobody_is_named)
{
    struct stand_in in = stand_in_reference();
    char *sentence;

    wck_deviation_find("truncated-base")->apply(&in.behaviour);
    sentence = diagnose_until(&in, 1e-9);
    ck_assert_msg(strncmp(sentence,
                          "not found: the time of --budget was up when 0 of 1",
                          50) == 0,
                  "%s", sentence);
    ck_assert_ptr_null(strstr(sentence, "truncated-base"));
    free(sentence);
}
END_TEST

START_TEST(where_time_is_up_no_two_are_found_together)
{
    static const enum wck_together expected[] = {WCK_TOGETHER_NO_TIME,
                                                 WCK_TOGETHER_FOUND};
    static const double until[] = {1e-9, 0.0};
    struct stand_in in = stand_in_reference();
    struct wck_suspect suspect = {.problem = &plan.problems[3]};
    struct wck_hypothesis found = {.row = {NULL}};
    struct wck_subject *subject;
    enum wck_together result;

    wck_deviation_find("last-row-lost")->apply(&in.behaviour);
    wck_deviation_find("detached-image")->apply(&in.behaviour);
    subject = stand_in_new(&in);
    ck_assert_int_eq(wck_trace_subject(&suspect.trace, subject, suspect.problem, NULL),
                     WCK_OK);
    ck_assert_int_eq(wck_together_find(&suspect, 1, until[_i], &found, &result, NULL),
                     WCK_OK);
    ck_assert_int_eq(result, expected[_i]);
    ck_assert((found.row[0] != NULL) == (result == WCK_TOGETHER_FOUND));
    wck_trace_release(&suspect.trace);
    wck_subject_free(subject);
}
END_TEST

START_TEST(nothing_is_said_of_what_answers_nothing)
{
    struct stand_in in = stand_in_reference();
    char *sentence;

    in.forward_status = WCK_UNSUPPORTED;
    sentence = diagnose(&in);
    assert_says(sentence,
                "not found: the subject answers none of what is asked to tell");
    assert_says(sentence, "--convention reference.maps");
    free(sentence);
}
END_TEST

START_TEST(a_trace_agrees_with_itself_and_with_what_refuses_gradients)
{
    struct stand_in in = stand_in_reference();
    struct wck_subject *full = stand_in_new(&in), *part;
    struct wck_trace a, b;
    double ratio, distance;

    in.vjp_status = WCK_UNSUPPORTED;
    part = stand_in_new(&in);
    ck_assert_int_eq(wck_trace_subject(&a, full, &plan.problems[3], NULL), WCK_OK);
    ck_assert_int_eq(wck_trace_subject(&b, part, &plan.problems[3], NULL), WCK_OK);
    ck_assert(!a.refused && b.refused);
    ck_assert_uint_lt(b.count, a.count);
    wck_trace_compare(&a, &b, &ratio, &distance);
    ck_assert(!(ratio > 0.0) && !(distance > 0.0));
    a.value[4] += 0.5;
    wck_trace_compare(&a, &b, &ratio, &distance);
    ck_assert_double_eq_tol(distance, 0.5, 1e-15);
    ck_assert_double_gt(ratio, 1e12);
    a.value[4] = b.value[4] = (double)NAN;
    wck_trace_compare(&a, &b, &ratio, &distance);
    ck_assert(!(ratio > 0.0));
    wck_trace_release(&a);
    wck_trace_release(&b);
    wck_subject_free(full);
    wck_subject_free(part);
}
END_TEST

Suite *wck_diagnose_suite(void)
{
    Suite *suite = suite_create("diagnose");
    TCase *tcase = tcase_create("diagnose");

    tcase_add_unchecked_fixture(tcase, make_plan, release_plan);
    tcase_set_timeout(tcase, 60.0);
    tcase_add_test(tcase, the_reference_is_no_deviation);
    tcase_add_test(tcase, another_border_whatever_is_asked_for_is_named);
    tcase_add_test(tcase, a_border_that_is_no_deviation_is_named_by_itself);
    tcase_add_test(tcase, another_kernel_whatever_is_asked_for_is_named);
    tcase_add_test(tcase, what_is_no_known_way_to_be_wrong_is_said_to_be_none);
    tcase_add_test(tcase, one_wrong_number_is_a_fault_of_no_rule);
    tcase_add_test(tcase, a_nan_is_infinitely_far_from_every_hypothesis);
    tcase_add_test(tcase, without_gradients_outputs_are_enough);
    tcase_add_test(tcase, nothing_failed_leaves_the_reference);
    tcase_add_loop_test(tcase, two_or_three_ways_to_be_wrong_at_once_are_named, 0,
                        sizeof combined / sizeof combined[0]);
    tcase_add_test(tcase, a_breakdown_at_any_call_is_passed_on);
    tcase_add_test(tcase, problems_that_the_subject_refuses_are_left_out);
    tcase_add_test(tcase, a_last_digit_of_the_matrix_is_no_difference);
    tcase_add_test(tcase, where_time_is_up_nobody_is_named);
    tcase_add_loop_test(tcase, where_time_is_up_no_two_are_found_together, 0, 2);
    tcase_add_test(tcase, nothing_is_said_of_what_answers_nothing);
    tcase_add_test(tcase, a_trace_agrees_with_itself_and_with_what_refuses_gradients);
    suite_add_tcase(suite, tcase);
    return suite;
}
